//! The edge towards clients: router, keys, bodies in and out. The only room that knows axum.
//!
//! Invariant: every answer that is not a stream of a model is JSON in OpenAI's shape, errors included.

mod admin;
mod auth;
mod body;
mod chat;
mod descriptors;
mod door;
mod foreign;
mod health;
mod line;
mod lines;
mod models;
mod outcomes;
mod pace;
mod serve;
mod usage;

pub use serve::{ServeError, bind, serve, serve_metrics};

use crate::dialect::openai_chat;
use crate::error::{Error, ErrorKind};
use crate::live::Gateway;
use axum::Router;
use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::middleware;
use axum::response::Response;
use axum::routing::{get, patch, post};
use std::sync::Arc;

/// Largest body of what is no chat, in bytes.
const SMALL_BODY: usize = 16 * 1024;

/// All paths of the gateway.
pub fn router(gateway: Arc<Gateway>) -> Router {
    Router::new()
        .route("/v1/chat/completions", post(chat::completions))
        .route("/chat/completions", post(chat::completions))
        .route("/v1/models", get(models::list))
        .route("/v1/models/{*id}", get(models::one))
        .route("/v1/usage", get(usage::summary))
        .route("/v1/outcomes", post(outcomes::post))
        .route("/admin/routes", get(admin::routes))
        .route("/admin/routes/{name}", patch(admin::patch))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(health::metrics))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(middleware::from_fn_with_state(gateway.clone(), door::admit))
        .with_state(gateway)
}

/// What is answered at `metrics.listen`.
fn metrics_router(gateway: Arc<Gateway>) -> Router {
    Router::new()
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(health::metrics))
        .layer(middleware::from_fn_with_state(gateway.clone(), door::admit))
        .with_state(gateway)
}

async fn not_found(visit: door::Visit) -> Response {
    if let Err(error) = visit.open() {
        return error_response(&error);
    }
    let hint = "no such path; POST /v1/chat/completions and /v1/outcomes, GET /v1/models, /v1/usage, /admin/routes, /healthz, /readyz and /metrics exist";
    error_response(&Error::new(ErrorKind::NotFound, hint))
}

async fn method_not_allowed(visit: door::Visit) -> Response {
    if let Err(error) = visit.open() {
        return error_response(&error);
    }
    let hint = "this path takes another method; chat completions and outcomes are sent with POST";
    error_response(&Error::new(ErrorKind::MethodNotAllowed, hint))
}

/// An error in OpenAI's shape, for paths that are not on the river.
fn error_response(error: &Error) -> Response {
    json(error.status(), Body::from(openai_chat::error_body(error)))
}

/// A JSON answer.
fn json(status: u16, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let json = header::HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

/// A JSON answer of a value that serialises.
fn json_value(status: u16, value: &serde_json::Value) -> Response {
    json(status, Body::from(value.to_string()))
}
