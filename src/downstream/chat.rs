//! `POST /v1/chat/completions`: from the socket into the river and back.

use super::{auth, body};
use crate::live::Gateway;
use crate::pipeline::{self, Inbound, Relay, Reply, ReplyBody};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Instant;

/// Serves one chat completion.
pub async fn completions(State(gateway): State<Arc<Gateway>>, request: Request) -> Response {
    let arrived = Instant::now();
    let live = gateway.live();
    let (Parts { headers, .. }, incoming) = request.into_parts();
    let (tenant, body) = match auth::tenant(&live.config, &headers) {
        Ok(tenant) => (tenant, body::read(&headers, incoming, live.config.body_limit).await),
        Err(error) => (None, Err(error)),
    };
    let inbound = Inbound { body, headers, tenant, arrived };
    respond(pipeline::run(live, inbound).await)
}

fn respond(reply: Reply) -> Response {
    let body = match reply.body {
        ReplyBody::Whole(bytes) => Body::from(bytes),
        ReplyBody::Stream(relay) => Body::from_stream(stream::unfold(relay, step)),
    };
    let mut response = Response::new(body);
    *response.status_mut() =
        StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    *response.headers_mut() = reply.headers;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

async fn step(mut relay: Box<Relay>) -> Option<(Result<Bytes, Infallible>, Box<Relay>)> {
    let bytes = relay.next().await?;
    Some((Ok(bytes), relay))
}
