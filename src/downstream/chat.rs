//! `POST /v1/chat/completions`: from the socket into the river and back.

use super::body;
use super::door::Visit;
use crate::error::Error;
use crate::pipeline::{self, Inbound, Relay, Reply, ReplyBody};
use axum::body::Body;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;
use std::convert::Infallible;
use std::time::Instant;
use tokio_util::sync::CancellationToken;

/// Serves one chat completion.
pub async fn completions(visit: Visit, request: Request) -> Response {
    let arrived = Instant::now();
    let (Parts { headers, .. }, incoming) = request.into_parts();
    let (tenant, body) = match visit.tenant(&headers) {
        Ok(tenant) => (tenant, read(&visit, &headers, incoming).await),
        Err(error) => (None, Err(error)),
    };
    let Visit { live, stop, .. } = visit;
    let inbound = Inbound { body, headers, tenant, arrived };
    respond(pipeline::run_until(live, inbound, &stop).await, stop)
}

async fn read(visit: &Visit, headers: &HeaderMap, incoming: Body) -> Result<Bytes, Error> {
    tokio::select! {
        body = body::read(headers, incoming, visit.live.config.body_limit) => body,
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
