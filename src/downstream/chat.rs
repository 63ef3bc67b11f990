//! `POST /v1/chat/completions`: from the socket into the river and back.

use super::body;
use super::door::Visit;
use crate::error::{Error, ErrorKind};
use crate::live::Claim;
use crate::pipeline::{self, Inbound, Relay, Reply, ReplyBody};
use axum::body::Body;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;
use std::convert::Infallible;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// When to try again at the earliest, where memory is full.
const SOON: Duration = Duration::from_secs(1);

/// Serves one chat completion.
pub async fn completions(visit: Visit, request: Request) -> Response {
    let arrived = Instant::now();
    let (Parts { headers, .. }, incoming) = request.into_parts();
    let mut claim = None;
    let (tenant, body) = match visit.tenant(&headers) {
        Ok(tenant) => (tenant, read(&visit, &headers, incoming, &mut claim).await),
        Err(error) => (None, Err(error)),
    };
    let Visit { live, stop, .. } = visit;
    let inbound = Inbound { body, headers, tenant, arrived };
    // What the request takes of memory is claimed until its answer begins.
    let reply = pipeline::run_until(live, inbound, &stop).await;
    drop(claim);
    respond(reply, stop)
}

/// Reads a body and claims the memory that it takes.
async fn claimed_body(
    visit: &Visit,
    headers: &HeaderMap,
    body: Body,
    claim: &mut Option<Claim>,
) -> Result<Bytes, Error> {
    let live = &visit.live;
    let limit = live.config.memory_limit;
    let full = || {
        let message =
            "the requests in work take all memory that `limits.memory_mib` gives; try again later";
        Error::new(ErrorKind::Overloaded, message).retry_after(live.runtime.backlog().max(SOON))
    };
    let claim = claim.insert(visit.memory.claim(limit).ok_or_else(full)?);
    let room = |n_bytes| if claim.grow(n_bytes, limit) { Ok(()) } else { Err(full()) };
    body::read(headers, body, live.config.body_limit, room).await
}

async fn read(
    visit: &Visit,
    headers: &HeaderMap,
    incoming: Body,
    claim: &mut Option<Claim>,
) -> Result<Bytes, Error> {
    tokio::select! {
        body = claimed_body(visit, headers, incoming, claim) => body,
        () = visit.stop.cancelled() => Err(pipeline::stopping()),
    }
}

fn respond(reply: Reply, stop: CancellationToken) -> Response {
    let body = match reply.body {
        ReplyBody::Whole(bytes) => Body::from(bytes),
        ReplyBody::Stream(relay) => Body::from_stream(stream::unfold((relay, stop), step)),
    };
    let mut response = Response::new(body);
    *response.status_mut() =
        StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    *response.headers_mut() = reply.headers;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

type Streaming = (Box<Relay>, CancellationToken);

async fn step((mut relay, stop): Streaming) -> Option<(Result<Bytes, Infallible>, Streaming)> {
    let next = tokio::select! {
        next = relay.next() => Some(next),
        () = stop.cancelled() => None,
    };
    let bytes = match next {
        Some(bytes) => bytes?,
        None => relay.cut(&pipeline::stopping())?,
    };
    Some((Ok(bytes), (relay, stop)))
}
