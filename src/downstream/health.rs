//! Liveness, readiness and metrics.

use super::door::Visit;
use super::{error_response, json_value};
use crate::telemetry;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use serde_json::json;

/// The process answers.
pub async fn healthz(visit: Visit) -> Response {
    if let Err(error) = visit.open() {
        return error_response(&error);
    }
    json_value(200, &json!({ "status": "ok" }))
}

/// Every local model is loaded and warmed, and the intents are fitted.
pub async fn readyz(visit: Visit) -> Response {
    if let Err(error) = visit.open() {
        return error_response(&error);
    }
    let readiness = visit.live.readiness();
    let status = if readiness.ready { 200 } else { 503 };
    json_value(status, &json!(readiness))
}

/// Metrics in Prometheus' text format.
pub async fn metrics(visit: Visit, headers: HeaderMap) -> Response {
    if let Err(error) = visit.metrics(&headers) {
        return error_response(&error);
    }
    visit.live.refresh_gauges();
    let mut response = Response::new(Body::from(telemetry::render()));
    let text = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, text);
    response
}
