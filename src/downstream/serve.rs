//! Listening, and stopping in order: no new connections, a bounded drain of open streams, then the ledger.

use super::router;
use crate::live::Gateway;
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// How long open requests may go on after a stop was asked for.
const DRAIN: Duration = Duration::from_secs(10);
/// How long a connection may take until the head of its next request is complete: one that trickles its headers or says
/// nothing is let go. Longer than the 60 s for which load balancers keep idle connections, so that they close first.
const HEAD_LIMIT: Duration = Duration::from_secs(90);
/// Most that a connection reads ahead, and so the longest head of a request.
const BUFFER: usize = 64 * 1024;
/// Pause before the next try when the system has no more sockets for us.
const ACCEPT_PAUSE: Duration = Duration::from_millis(500);

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
}

/// Opens the listening socket.
///
/// # Errors
/// [`ServeError::Bind`] if the address is taken or not ours.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address).await.map_err(|cause| ServeError::Bind { address, cause })
}

/// Serves until `stop` is cancelled, then drains for at most ten seconds.
pub async fn serve(gateway: Arc<Gateway>, listener: TcpListener, stop: CancellationToken) {
    let router = router(gateway);
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_LIMIT).max_buf_size(BUFFER);
    builder.http2().timer(TokioTimer::new());
    let builder = Arc::new(builder);
    let open = GracefulShutdown::new();
    while let Some(accepted) = stop.run_until_cancelled(listener.accept()).await {
        match accepted {
            Ok((socket, _)) => {
                let (builder, router) = (builder.clone(), router.clone());
                tokio::spawn(connection(socket, builder, router, open.watcher()));
            }
            // The client left before it was served.
            Err(error) if is_about_client(error.kind()) => {}
            // Too many open files, most likely: it passes when connections end.
            Err(error) => {
                tracing::error!("no connection can be accepted: {error}");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    if tokio::time::timeout(DRAIN, open.shutdown()).await.is_err() {
        tracing::warn!("open streams were cut after {} s of draining", DRAIN.as_secs());
    }
}

/// Serves one connection until the client leaves or a stop was asked for and its last answer is out.
async fn connection(
    socket: TcpStream,
    builder: Arc<Builder<TokioExecutor>>,
    router: Router,
    watcher: Watcher,
) {
    // Small stream events must not wait for Nagle's algorithm.
    let _ = socket.set_nodelay(true);
    let service = TowerToHyperService::new(
        router.map_request(|request: Request<Incoming>| request.map(Body::new)),
    );
    let connection = builder.serve_connection(TokioIo::new(socket), service);
    // What ends a connection badly is on record with its request, if there was one.
    let _ = watcher.watch(connection.into_owned()).await;
}

fn is_about_client(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset
    )
}
