//! One target as the client needs it: address and headers prepared once, and the breaker with its guard.
//!
//! Invariant: preparing a request parses nothing and formats nothing.

use super::breaker::{Breaker, Health, Permit, Verdict};
use crate::config::resolved::{Target, TargetKind};
use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, HOST, USER_AGENT};
use http::uri::Scheme;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri};
use http_body_util::Full;
use secrecy::ExposeSecret;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

const AGENT: &str = concat!("weir/", env!("CARGO_PKG_VERSION"));
const ANTHROPIC_VERSION: &str = "2023-06-01";

/// A target that cannot be served as it is configured.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    /// The URL is not an absolute `http` or `https` URL.
    #[error("target `{target}`: its URL is not an absolute http:// or https:// URL")]
    Url {
        /// The target's name.
        target: String,
    },
    /// A header cannot be sent.
    #[error(
        "target `{target}`: the header `{header}` has a name or value that HTTP does not allow"
    )]
    Header {
        /// The target's name.
        target: String,
        /// The header's name.
        header: String,
    },
    /// The TLS library refuses its settings.
    #[error("TLS cannot be set up: {0}")]
    Tls(String),
}

/// A target, ready to be called.
#[derive(Debug)]
pub(super) struct Endpoint {
    pub(super) target: Arc<Target>,
    uri: Uri,
    whole_headers: HeaderMap,
    stream_headers: HeaderMap,
    breaker: Arc<Mutex<Breaker>>,
}

impl Endpoint {
    /// Prepares `target`; its breaker is that of `previous` if nothing that decides about success has changed.
    ///
    /// # Errors
    /// The URL or a header is unusable.
    pub(super) fn new(target: &Arc<Target>, previous: Option<&Self>) -> Result<Self, SetupError> {
        let uri: Uri = target.url.parse().map_err(|_| bad_url(target))?;
        let scheme = uri.scheme().ok_or_else(|| bad_url(target))?;
        if (scheme != &Scheme::HTTP && scheme != &Scheme::HTTPS) || uri.host().is_none() {
            return Err(bad_url(target));
        }
        let mut whole_headers = common_headers(target, &uri)?;
        let mut stream_headers = whole_headers.clone();
        whole_headers.entry(ACCEPT).or_insert(HeaderValue::from_static("application/json"));
        stream_headers.entry(ACCEPT).or_insert(HeaderValue::from_static("text/event-stream"));
        let breaker = match previous {
            Some(old) if is_same_service(&old.target, target) => Arc::clone(&old.breaker),
            _ => Arc::new(Mutex::new(Breaker::new(target.breaker))),
        };
        Ok(Self { target: Arc::clone(target), uri, whole_headers, stream_headers, breaker })
    }

    pub(super) fn is_tls(&self) -> bool {
        self.uri.scheme() == Some(&Scheme::HTTPS)
    }

    /// The request for one attempt; `extra` headers win over the target's.
    pub(super) fn request(
        &self,
        body: Bytes,
        stream: bool,
        extra: &HeaderMap,
    ) -> Request<Full<Bytes>> {
        let mut headers =
            if stream { self.stream_headers.clone() } else { self.whole_headers.clone() };
        for (name, value) in extra {
            headers.insert(name.clone(), value.clone());
        }
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.uri.clone();
        *request.headers_mut() = headers;
        request
    }

    pub(super) fn health(&self, now: Instant) -> Health {
        lock(&self.breaker).health(now)
    }

    /// The right to send one attempt.
    ///
    /// # Errors
    /// How long to wait, if the breaker is open.
    pub(super) fn admit(&self, now: Instant) -> Result<Guard, Duration> {
        let permit = lock(&self.breaker).admit(now)?;
        let (breaker, target) = (Arc::clone(&self.breaker), Arc::clone(&self.target));
        Ok(Guard { breaker, target, permit, is_settled: false })
    }
}

/// Tells the breaker how a permitted attempt went; an attempt that is dropped tells that nothing is known.
#[derive(Debug)]
pub(super) struct Guard {
    breaker: Arc<Mutex<Breaker>>,
    target: Arc<Target>,
    permit: Permit,
    is_settled: bool,
}

impl Guard {
    pub(super) fn tell(&mut self, verdict: Verdict) {
        if !self.is_settled {
            self.is_settled = verdict != Verdict::Began;
            let now = Instant::now();
            let mut breaker = lock(&self.breaker);
            let before = breaker.health(now);
            breaker.record(self.permit, verdict, now);
            let after = breaker.health(now);
            drop(breaker);
            self.log(before, after);
        }
    }

    /// A line for the operator where a target begins or ends to be left alone.
    fn log(&self, before: Health, after: Health) {
        let target = &*self.target.name;
        match (before, after) {
            (Health::Closed | Health::HalfOpen, Health::Open { retry_after }) => {
                let ms = u64::try_from(retry_after.as_millis()).unwrap_or(u64::MAX);
                tracing::warn!(
                    target_name = target,
                    ms,
                    "a target failed repeatedly and is left alone"
                );
            }
            (Health::HalfOpen | Health::Open { .. }, Health::Closed) => {
                tracing::info!(target_name = target, "a target answers again");
            }
            _ => {}
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.tell(Verdict::Unknown);
    }
}

/// A breaker holds plain numbers, which a panic elsewhere cannot leave half-written.
fn lock(breaker: &Mutex<Breaker>) -> MutexGuard<'_, Breaker> {
    breaker.lock().unwrap_or_else(PoisonError::into_inner)
}

fn bad_url(target: &Target) -> SetupError {
    SetupError::Url { target: target.name.to_string() }
}

fn common_headers(target: &Target, uri: &Uri) -> Result<HeaderMap, SetupError> {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
    if target.kind == TargetKind::Anthropic {
        headers.insert("anthropic-version", HeaderValue::from_static(ANTHROPIC_VERSION));
    }
    // Over TLS the protocol, and with it the place of the host, is known only once connected; the client adds it then.
    if uri.scheme() == Some(&Scheme::HTTP)
        && let Some(host) = uri.host()
    {
        let port = uri.port_u16().filter(|port| *port != 80);
        let host = port.map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        headers.insert(HOST, header_value(target, "host", &host)?);
    }
    for (name, value) in &target.headers {
        headers.insert(header_name(target, name)?, header_value(target, name, value)?);
    }
    if let Some(key) = &target.key {
        let (name, prefix) = &target.auth;
        let mut value = header_value(target, name, &format!("{prefix}{}", key.expose_secret()))?;
        value.set_sensitive(true);
        headers.insert(header_name(target, name)?, value);
    }
    Ok(headers)
}

fn header_name(target: &Target, name: &str) -> Result<HeaderName, SetupError> {
    HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad_header(target, name))
}

fn header_value(target: &Target, name: &str, value: &str) -> Result<HeaderValue, SetupError> {
    HeaderValue::from_str(value).map_err(|_| bad_header(target, name))
}

fn bad_header(target: &Target, name: &str) -> SetupError {
    SetupError::Header { target: target.name.to_string(), header: name.to_owned() }
}

fn is_same_service(old: &Target, new: &Target) -> bool {
    let secret = |target: &Target| target.key.as_ref().map(|key| key.expose_secret().to_owned());
    old.kind == new.kind
        && old.url == new.url
        && old.model == new.model
        && old.auth == new.auth
        && old.headers == new.headers
        && old.breaker == new.breaker
        && secret(old) == secret(new)
}

#[cfg(test)]
mod tests {
    use super::{Endpoint, SetupError, Verdict};
    use crate::config::resolved::{Target, TargetKind};
    use crate::upstream::Health;
    use crate::upstream::scripted::target;
    use bytes::Bytes;
    use http::{HeaderMap, HeaderValue};
    use std::sync::Arc;
    use std::time::Instant;

    fn endpoint(target: &Target) -> Result<Endpoint, SetupError> {
        Endpoint::new(&Arc::new(target.clone()), None)
    }

    #[test]
    fn prepares_the_headers_once() {
        let mut claude = target("claude", "http://localhost:8080/v1/messages?beta=true");
        claude.kind = TargetKind::Anthropic;
        claude.auth = ("x-api-key".into(), String::new());
        claude.key = Some(format!("key-{}", 7).into());
        claude.headers = vec![("X-Team".into(), "blue".into())];
        let endpoint = endpoint(&claude).unwrap();
        let mut extra = HeaderMap::new();
        extra.insert("idempotency-key", HeaderValue::from_static("i-1"));
        let request = endpoint.request(Bytes::from_static(b"{}"), true, &extra);
        assert_eq!(request.uri().to_string(), claude.url);
        for (name, value) in [
            ("accept", "text/event-stream"),
            ("anthropic-version", "2023-06-01"),
            ("content-type", "application/json"),
            ("host", "localhost:8080"),
            ("idempotency-key", "i-1"),
            ("x-api-key", "key-7"),
            ("x-team", "blue"),
        ] {
            assert_eq!(request.headers()[name], value, "{name}");
        }
        assert!(!format!("{:?}", request.headers()).contains("key-7"), "the key is not shown");
        let whole = endpoint.request(Bytes::new(), false, &HeaderMap::new());
        assert_eq!(whole.headers()["accept"], "application/json");
    }

    #[test]
    fn refuses_what_cannot_be_sent() {
        for url in ["", "/v1", "localhost", "ftp://localhost/", "http://", "http://a b/"] {
            let error = endpoint(&target("t", url)).unwrap_err();
            assert_eq!(error, SetupError::Url { target: "t".into() }, "{url}");
        }
        let mut bad = target("t", "http://localhost/");
        bad.headers = vec![("x y".into(), "1".into())];
        assert!(matches!(endpoint(&bad), Err(SetupError::Header { .. })));
        bad.headers = Vec::new();
        bad.key = Some("a\nb".to_owned().into());
        let error = endpoint(&bad).unwrap_err();
        assert!(!error.to_string().contains("a\nb"), "{error}");
    }

    #[test]
    fn the_breaker_outlives_a_reload_that_changes_nothing_about_the_service() {
        let mut old = target("t", "http://localhost/");
        old.breaker.failures = 1;
        let before = endpoint(&old).unwrap();
        before.admit(Instant::now()).unwrap().tell(Verdict::Failed);
        let health = |new: &Target| {
            let after = Endpoint::new(&Arc::new(new.clone()), Some(&before)).unwrap();
            after.health(Instant::now())
        };
        let mut other_limits = old.clone();
        other_limits.limits.retries = 3;
        assert!(matches!(health(&other_limits), Health::Open { .. }));
        let mut other_key = old.clone();
        other_key.key = Some("new".to_owned().into());
        assert_eq!(health(&other_key), Health::Closed);
    }
}
