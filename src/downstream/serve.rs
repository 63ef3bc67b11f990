//! Listening, and stopping in order: no new connections, a bounded drain of open answers, an error event for the streams
//! that are left, then the ledger.

use super::door::{Entrance, Stop};
use super::line::{Answer, Line, Socket};
use super::lines::{Lines, Place};
use super::pace::Paced;
use super::{descriptors, metrics_router, router};
use crate::config::ConnectionLimits;
use crate::live::Gateway;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, Version};
use hyper::body::Incoming;
use hyper::rt::Executor;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

/// How long open requests may go on after a stop was asked for.
const DRAIN: Duration = Duration::from_secs(10);
/// How long streams that were cut may take to send their last event.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// How long a connection that is asked to leave may take to say so to its client.
const FAREWELL: Duration = Duration::from_secs(1);
/// Most that a connection reads ahead, and so the longest head of a request.
const BUFFER: usize = 64 * 1024;
/// Pause before the next try when the system has no more sockets for us.
const ACCEPT_PAUSE: Duration = Duration::from_millis(500);
/// Connections beyond the limit that are told so at once; more are closed without a word.
const REFUSALS: usize = 16;
/// Least time between two log lines about refused connections.
const REFUSED_LOG: Duration = Duration::from_secs(10);

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
    descriptors::raise();
    TcpListener::bind(address).await.map_err(|cause| ServeError::Bind { address, cause })
}

/// Serves clients until `stop` is cancelled, then drains for at most ten seconds. `metrics` says whether `/metrics` is
/// answered here.
pub async fn serve(
    gateway: Arc<Gateway>,
    listener: TcpListener,
    metrics: bool,
    stop: CancellationToken,
) {
    let entrance = entrance(&listener, metrics);
    run(gateway.clone(), listener, router(gateway), entrance, stop).await;
}

/// Serves `/metrics`, `/healthz` and `/readyz` alone until `stop` is cancelled.
pub async fn serve_metrics(gateway: Arc<Gateway>, listener: TcpListener, stop: CancellationToken) {
    let entrance = entrance(&listener, true);
    run(gateway.clone(), listener, metrics_router(gateway), entrance, stop).await;
}

/// A socket that does not say where it listens is taken for one that everybody can reach.
fn entrance(listener: &TcpListener, metrics: bool) -> Entrance {
    let public = Entrance { public: true, metrics };
    listener.local_addr().map_or(public, |address| Entrance::at(address, metrics))
}

/// What every connection is served with.
struct Server {
    gateway: Arc<Gateway>,
    router: Router,
    entrance: Entrance,
    builder: Builder<Tracked>,
    /// No new requests.
    stop: CancellationToken,
    /// Answers end now, with an error.
    cut: CancellationToken,
    /// Connections end now.
    end: CancellationToken,
}

async fn run(
    gateway: Arc<Gateway>,
    listener: TcpListener,
    router: Router,
    entrance: Entrance,
    stop: CancellationToken,
) {
    let tasks = TaskTracker::new();
    let mut builder = Builder::new(Tracked(tasks.clone()));
    // The head's time is kept by `Line`, which also sees connections on which nothing comes at all.
    builder.http1().timer(TokioTimer::new()).header_read_timeout(None).max_buf_size(BUFFER);
    builder.http2().timer(TokioTimer::new());
    let (cut, end) = (CancellationToken::new(), CancellationToken::new());
    let server = Server { gateway, router, entrance, builder, stop, cut, end };
    let server = Arc::new(server);
    let lines = Arc::new(Lines::default());
    let refusals = Arc::new(Semaphore::new(REFUSALS));
    let mut refused_logged: Option<Instant> = None;
    while let Some(accepted) = server.stop.run_until_cancelled(listener.accept()).await {
        match accepted {
            Ok((socket, _)) => {
                let line = Line::new();
                let limits = server.gateway.live().config.server.connections;
                let max = limits.max.unwrap_or_else(descriptors::most_connections);
                if let Some(place) = lines.enter(&line, max) {
                    tasks.spawn(connection(socket, server.clone(), line, limits, place));
                    continue;
                }
                if let Ok(permit) = refusals.clone().try_acquire_owned() {
                    tasks.spawn(async move {
                        let _ = tokio::time::timeout(FAREWELL, refuse(socket)).await;
                        drop(permit);
                    });
                }
                if refused_logged.is_none_or(|logged| logged.elapsed() >= REFUSED_LOG) {
                    refused_logged = Some(Instant::now());
                    tracing::warn!(
                        "connections are refused: {max} are open and busy (connections.max)"
                    );
                }
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
    drain(&server, tasks).await;
}

/// Lets open answers go on for a while, ends those that are left with an error, and then every connection, so that every
/// request is on record when this returns.
async fn drain(server: &Server, tasks: TaskTracker) {
    tasks.close();
    if tokio::time::timeout(DRAIN, tasks.wait()).await.is_ok() {
        return;
    }
    server.cut.cancel();
    tracing::warn!("open answers were cut after {} s of draining", DRAIN.as_secs());
    if tokio::time::timeout(LAST_WORDS, tasks.wait()).await.is_err() {
        server.end.cancel();
        let _ = tokio::time::timeout(LAST_WORDS, tasks.wait()).await;
    }
}

/// Serves one connection until the client leaves, is idle or slow for too long, or a stop was asked for and its last
/// answer is out.
async fn connection(
    socket: TcpStream,
    server: Arc<Server>,
    line: Arc<Line>,
    limits: ConnectionLimits,
    place: Place,
) {
    // Small stream events must not wait for Nagle's algorithm.
    let _ = socket.set_nodelay(true);
    let (of_request, of_line) = (server.clone(), line.clone());
    let service = service_fn(move |request: Request<Incoming>| {
        let open = of_line.begin(request.version() == Version::HTTP_2);
        let server = of_request.clone();
        async move {
            let mut request = request.map(|body| Body::new(Paced::new(body, &limits)));
            request.extensions_mut().insert(server.entrance);
            request.extensions_mut().insert(Stop(server.cut.clone()));
            let response = server.router.clone().oneshot(request).await?;
            Ok::<_, std::convert::Infallible>(response.map(|body| Answer::new(body, open)))
        }
    });
    let io = TokioIo::new(Socket::new(socket, line.clone()));
    let mut connection = pin!(server.builder.serve_connection(io, service));
    let mut look = pin!(tokio::time::sleep(Duration::ZERO));
    let mut leaving = false;
    loop {
        tokio::select! {
            // What ends a connection badly is on record with its request, if there was one.
            _ = connection.as_mut() => break,
            () = server.end.cancelled() => break,
            () = server.stop.cancelled(), if !leaving => {
                connection.as_mut().graceful_shutdown();
                leaving = true;
                // From here on only the drain's time counts.
                if line.idle_since().is_some() {
                    look.as_mut().reset(Instant::now() + FAREWELL);
                }
            }
            () = line.dismissed(), if !leaving => {
                connection.as_mut().graceful_shutdown();
                leaving = true;
                look.as_mut().reset(Instant::now() + FAREWELL);
            }
            () = look.as_mut() => match line.look_again(&limits) {
                Some(next) if !leaving => look.as_mut().reset(next),
                // A request came in at the last moment: it is answered.
                Some(next) if line.has_open() => look.as_mut().reset(next),
                _ if leaving => break,
                _ => {
                    connection.as_mut().graceful_shutdown();
                    leaving = true;
                    look.as_mut().reset(Instant::now() + FAREWELL);
                }
            },
        }
    }
    drop(place);
}

/// Tells a client that there are too many connections.
async fn refuse(mut socket: TcpStream) -> std::io::Result<()> {
    let body = r#"{"error":{"message":"this gateway has as many connections as it may have; try again","type":"server_error","param":null,"code":"overloaded"}}"#;
    let head = format!(
        "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\ncontent-length: {}\r\nretry-after: 2\r\n\
         connection: close\r\n\r\n",
        body.len()
    );
    socket.write_all(head.as_bytes()).await?;
    socket.write_all(body.as_bytes()).await?;
    socket.shutdown().await?;
    // Closing with unread bytes would take the answer away from the client.
    let mut unread = [0; 4096];
    while socket.read(&mut unread).await? > 0 {}
    Ok(())
}

/// Runs what a connection needs beside itself, HTTP/2's streams, so that the drain waits for it.
#[derive(Clone)]
struct Tracked(TaskTracker);

impl<F> Executor<F> for Tracked
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    fn execute(&self, future: F) {
        self.0.spawn(future);
    }
}

fn is_about_client(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset
    )
}
