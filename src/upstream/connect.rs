//! Connections to providers: TCP, TLS with HTTP/2 where the provider has it, and the proxy of the environment.
//!
//! Invariant: no redirect is followed and no certificate goes unchecked. Plain HTTP never takes a proxy, because it is
//! for servers on this machine or its network; HTTPS takes the one in `HTTPS_PROXY` or `ALL_PROXY` unless `NO_PROXY`
//! says otherwise.

use bytes::Bytes;
use http::Uri;
use http_body_util::Full;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::legacy::{Builder, Client};
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::TcpStream;
use tower::Service;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The one client that all targets share, with its pool.
pub(super) type HttpClient = Client<HttpsConnector<Route>, Full<Bytes>>;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const POOL_IDLE: Duration = Duration::from_secs(90);
const POOL_PER_HOST: usize = 1024;
const KEEPALIVE: Duration = Duration::from_secs(30);
const H2_STREAM_WINDOW: u32 = 1024 * 1024;
const H2_CONNECTION_WINDOW: u32 = 8 * 1024 * 1024;

/// Builds the client. Reads the platform's root certificates only if `with_tls`, which takes some milliseconds.
///
/// # Errors
/// The TLS library refuses its own settings.
pub(super) fn client(with_tls: bool) -> Result<HttpClient, rustls::Error> {
    Ok(builder().build(connector(with_tls)?))
}

/// TCP and TLS with HTTP/1.1 and HTTP/2 on offer.
pub(super) fn connector(with_tls: bool) -> Result<HttpsConnector<Route>, rustls::Error> {
    Ok(hyper_rustls::HttpsConnectorBuilder::new()
        .with_tls_config(tls_config(with_tls)?)
        .https_or_http()
        .enable_all_versions()
        .wrap_connector(Route::new(Matcher::from_env())))
}

/// Pool and HTTP settings.
pub(super) fn builder() -> Builder {
    let mut builder = Client::builder(TokioExecutor::new());
    builder
        .pool_timer(TokioTimer::new())
        .timer(TokioTimer::new())
        .pool_idle_timeout(POOL_IDLE)
        .pool_max_idle_per_host(POOL_PER_HOST)
        .http2_initial_stream_window_size(H2_STREAM_WINDOW)
        .http2_initial_connection_window_size(H2_CONNECTION_WINDOW)
        .http2_keep_alive_interval(KEEPALIVE)
        .http2_keep_alive_timeout(CONNECT_TIMEOUT)
        .http2_keep_alive_while_idle(true);
    builder
}

fn tls_config(with_roots: bool) -> Result<ClientConfig, rustls::Error> {
    let builder = || {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()
    };
    if with_roots && let Ok(verified) = builder()?.with_platform_verifier() {
        return Ok(verified.with_no_client_auth());
    }
    // A machine without any root certificates, such as an empty container, gets Mozilla's.
    let mut roots = RootCertStore::empty();
    if with_roots {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    Ok(builder()?.with_root_certificates(roots).with_no_client_auth())
}

/// Opens TCP connections, through a proxy where one is set.
#[derive(Clone)]
pub(super) struct Route {
    direct: HttpConnector,
    proxies: Arc<Matcher>,
}

impl Route {
    pub(super) fn new(proxies: Matcher) -> Self {
        let mut direct = HttpConnector::new();
        direct.enforce_http(false);
        direct.set_nodelay(true);
        direct.set_keepalive(Some(KEEPALIVE));
        direct.set_connect_timeout(Some(CONNECT_TIMEOUT));
        Self { direct, proxies: Arc::new(proxies) }
    }
}

impl Service<Uri> for Route {
    type Response = TokioIo<TcpStream>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.direct.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        let is_tls = to.scheme() == Some(&http::uri::Scheme::HTTPS);
        let Some(proxy) = is_tls.then(|| self.proxies.intercept(&to)).flatten() else {
            let connecting = self.direct.call(to);
            return Box::pin(async { Ok(connecting.await?) });
        };
        if proxy.uri().scheme() != Some(&http::uri::Scheme::HTTP) {
            return Box::pin(async { Err("only http:// proxies are supported".into()) });
        }
        let mut tunnel = Tunnel::new(proxy.uri().clone(), self.direct.clone());
        if let Some(auth) = proxy.basic_auth() {
            tunnel = tunnel.with_auth(auth.clone());
        }
        let connecting = tunnel.call(to);
        Box::pin(async { Ok(connecting.await?) })
    }
}

/// The innermost cause of a failed request in words, such as `connection refused`. Holds no text of the request: the
/// causes are errors of DNS, TCP, TLS and HTTP.
pub(super) fn cause(error: &(dyn std::error::Error + 'static)) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    let text = innermost.to_string();
    text.chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::{Route, client};
    use hyper_util::client::proxy::matcher::Matcher;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;
    use tower::Service;

    #[test]
    fn builds_with_and_without_root_certificates() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let _inside = runtime.enter();
        assert!(client(true).is_ok());
        assert!(client(false).is_ok());
    }

    /// Accepts one connection, answers `200` to its request head and returns the head's first line.
    async fn proxy_once(listener: TcpListener) -> String {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(socket.read_u8().await.unwrap());
        }
        socket.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        String::from_utf8(head).unwrap().lines().next().unwrap().to_owned()
    }

    #[tokio::test]
    async fn https_goes_through_the_proxy_as_a_tunnel() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let proxies = Matcher::builder().all(address).no("direct.test").build();
        let mut route = Route::new(proxies);
        let to = "https://api.test/v1".parse().unwrap();
        let (line, connected) = tokio::join!(proxy_once(listener), route.call(to));
        assert!(connected.is_ok());
        assert_eq!(line, "CONNECT api.test:443 HTTP/1.1");
    }

    #[tokio::test]
    async fn plain_http_goes_direct_and_other_proxies_are_refused() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let to = format!("http://{}/v1", listener.local_addr().unwrap());
        let mut route = Route::new(Matcher::builder().all("http://127.0.0.1:1").build());
        assert!(route.call(to.parse().unwrap()).await.is_ok());
        let mut socks = Route::new(Matcher::builder().all("socks5://127.0.0.1:1").build());
        let refused = socks.call("https://api.test/".parse().unwrap()).await.unwrap_err();
        assert!(refused.to_string().contains("http:// proxies"), "{refused}");
    }
}
