//! Who may come in: what a request must show depends on the socket that it came through and on what was asked of
//! requests before, not on the configuration of the moment alone.
//!
//! Invariants: the key is looked at with the same state that serves the request. A socket that other machines can reach
//! never serves without a key, and a process that once asked for keys goes on to do so: a reload can take a key away,
//! never the need for one.

use super::{auth, error_response, foreign};
use crate::error::{Error, ErrorKind};
use crate::live::{Gateway, LiveState, Memory};
use axum::body::Body;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// What a page of an allowed origin may send and read.
const SENT: HeaderValue = HeaderValue::from_static(
    "authorization, api-key, x-api-key, content-type, x-weir-explain, x-weir-task-id",
);
const READ: HeaderValue = HeaderValue::from_static(
    "retry-after, server-timing, x-weir-request-id, x-weir-target, x-weir-route, x-weir-intent, \
     x-weir-intent-probability, x-weir-gain, x-weir-cost-usd, x-weir-notice, x-weir-lost, x-weir-unchecked, \
     x-weir-confidence, x-weir-escalation, x-weir-needs-input",
);
const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, PATCH");

/// The socket that a request came through.
#[derive(Debug, Clone, Copy)]
pub struct Entrance {
    /// Whether other machines can reach it.
    pub public: bool,
    /// Whether `/metrics` is answered here.
    pub metrics: bool,
}

impl Entrance {
    /// The entrance at the address that is listened on.
    pub fn at(address: SocketAddr, metrics: bool) -> Self {
        Self { public: !address.ip().is_loopback(), metrics }
    }
}

/// When answers under way are cut because the process ends.
#[derive(Debug, Clone)]
pub struct Stop(pub CancellationToken);

/// A request at the door: the state that it is served with and what it must show.
#[derive(Clone)]
pub struct Visit {
    /// The state that the request is served with.
    pub live: Arc<LiveState>,
    /// Cancelled when answers under way are cut because the process ends.
    pub stop: CancellationToken,
    /// What the requests in work take of memory.
    pub memory: Arc<Memory>,
    entrance: Entrance,
    needs_key: bool,
    /// What stands against a visitor without a key.
    foreign: Option<Error>,
}

impl Visit {
    fn new(gateway: &Gateway, entrance: Entrance, request: &Request) -> Self {
        let live = gateway.live();
        let needs_key = entrance.public || gateway.has_asked_for_keys();
        let foreign = match entrance.public {
            true => None,
            false => foreign::check(&live.config.server, request.uri(), request.headers()).err(),
        };
        let stop = request.extensions().get::<Stop>().map(|stop| stop.0.clone());
        let memory = Arc::clone(&gateway.memory);
        Self { live, stop: stop.unwrap_or_default(), memory, entrance, needs_key, foreign }
    }

    /// The tenant of the key that the request carries; `None` where no key is needed.
    ///
    /// # Errors
    /// [`ErrorKind::Unauthenticated`] if a key is needed and the request carries none, [`ErrorKind::ForeignSite`] if none
    /// is needed and the request comes from another site.
    pub fn tenant(&self, headers: &HeaderMap) -> Result<Option<Arc<str>>, Error> {
        if !self.needs_key {
            return self.foreign.clone().map_or(Ok(None), Err);
        }
        auth::tenant(&self.live.config, headers, self.entrance.public).map(Some)
    }

    /// The name of the admin key that the request carries.
    ///
    /// # Errors
    /// As [`auth::admin`], and [`ErrorKind::ForeignSite`] from another site where clients need no key.
    pub fn admin(&self, headers: &HeaderMap) -> Result<Arc<str>, Error> {
        match &self.foreign {
            Some(error) if !self.needs_key => Err(error.clone()),
            _ => auth::admin(&self.live.config, headers, self.entrance.public),
        }
    }

    /// Whether the request may read the metrics here.
    ///
    /// # Errors
    /// They are elsewhere, need a key, or the request comes from another site.
    pub fn metrics(&self, headers: &HeaderMap) -> Result<(), Error> {
        if !self.entrance.metrics {
            let message =
                "metrics have an address of their own, see `metrics.listen` in the configuration";
            return Err(Error::new(ErrorKind::NotFound, message));
        }
        auth::metrics(&self.live.config, headers, self.entrance.public)?;
        let open = self.live.config.server.metrics.key.is_none();
        self.foreign.clone().filter(|_| open).map_or(Ok(()), Err)
    }

    /// Whether the request may see a path that takes no key.
    ///
    /// # Errors
    /// [`ErrorKind::ForeignSite`] from another site where clients need no key.
    pub fn open(&self) -> Result<(), Error> {
        self.foreign.clone().filter(|_| !self.needs_key).map_or(Ok(()), Err)
    }
}

impl<S: Sync> FromRequestParts<S> for Visit {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| {
            error_response(&Error::new(ErrorKind::Internal, "the request came past the door"))
        })
    }
}

/// Stands before every path: makes the [`Visit`] and answers pages of allowed origins as browsers need it.
pub async fn admit(
    State(gateway): State<Arc<Gateway>>,
    mut request: Request,
    next: Next,
) -> Response {
    // Without word of the socket the strictest holds.
    let unknown = Entrance { public: true, metrics: true };
    let entrance = request.extensions().get::<Entrance>().copied().unwrap_or(unknown);
    let visit = Visit::new(&gateway, entrance, &request);
    let settings = &visit.live.config.server;
    let page = foreign::allowed_origin(settings, request.headers()).cloned();
    let vary = !settings.allowed_origins.is_empty();
    let asks = request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if page.is_some() && asks {
        preflight()
    } else {
        request.extensions_mut().insert(visit);
        next.run(request).await
    };
    if let Some(origin) = page {
        response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        response.headers_mut().insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, READ);
    }
    if vary {
        response.headers_mut().append(header::VARY, HeaderValue::from_static("origin"));
    }
    response
}

/// What a browser asks before it lets a page send JSON to another origin (Fetch, section 4.8).
fn preflight() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, SENT);
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    response
}
