//! Liveness, readiness and metrics.

use super::json_value;
use crate::live::Gateway;
use crate::telemetry;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use serde_json::json;
use std::sync::Arc;

/// The process answers.
pub async fn healthz() -> Response {
    json_value(200, &json!({ "status": "ok" }))
}

/// Every local model is loaded and warmed, and the intents are fitted.
pub async fn readyz(State(gateway): State<Arc<Gateway>>) -> Response {
    let readiness = gateway.live().readiness();
    let status = if readiness.ready { 200 } else { 503 };
    json_value(status, &json!(readiness))
}

/// Metrics in Prometheus' text format.
pub async fn metrics(State(gateway): State<Arc<Gateway>>) -> Response {
    gateway.live().refresh_gauges();
    let mut response = Response::new(Body::from(telemetry::render()));
    let text = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, text);
    response
}
