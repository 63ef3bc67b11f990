//! Listening, and stopping in order: no new connections, a bounded drain of open streams, then the ledger.

use super::router;
use crate::live::Gateway;
use axum::serve::ListenerExt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// How long open requests may go on after a stop was asked for.
const DRAIN: Duration = Duration::from_secs(10);

/// Why the server could not run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be listened on.
    #[error(
        "cannot listen on {address}: {cause} (another process may hold the port; choose one with --listen)"
    )]
    Bind {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        cause: std::io::Error,
    },
    /// The server ended by itself.
    #[error("the server ended: {0}")]
    Io(#[from] std::io::Error),
}

/// Opens the listening socket.
///
/// # Errors
/// [`ServeError::Bind`] if the address is taken or not ours.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address).await.map_err(|cause| ServeError::Bind { address, cause })
}

/// Serves until `stop` is cancelled, then drains for at most ten seconds.
///
/// # Errors
/// [`ServeError::Io`] if accepting connections fails for good.
pub async fn serve(
    gateway: Arc<Gateway>,
    listener: TcpListener,
    stop: CancellationToken,
) -> Result<(), ServeError> {
    // Small stream events must not wait for Nagle's algorithm.
    let listener = listener.tap_io(|socket| {
        let _ = socket.set_nodelay(true);
    });
    let stopped = stop.clone();
    let server = axum::serve(listener, router(gateway)).with_graceful_shutdown(async move {
        stopped.cancelled().await;
    });
    let drained = async {
        stop.cancelled().await;
        tokio::time::sleep(DRAIN).await;
    };
    tokio::select! {
        result = server => Ok(result?),
        () = drained => {
            tracing::warn!("open streams were cut after {} s of draining", DRAIN.as_secs());
            Ok(())
        }
    }
}
