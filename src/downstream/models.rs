//! `GET /v1/models`: the virtual model `auto` and every target.

use super::door::Visit;
use super::{error_response, json_value};
use crate::error::{Error, ErrorKind};
use crate::live::LiveState;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Value, json};

/// All models.
pub async fn list(visit: Visit, headers: HeaderMap) -> Response {
    if let Err(error) = visit.tenant(&headers) {
        return error_response(&error);
    }
    json_value(200, &json!({ "object": "list", "data": models(&visit.live) }))
}

/// One model.
pub async fn one(visit: Visit, Path(id): Path<String>, headers: HeaderMap) -> Response {
    if let Err(error) = visit.tenant(&headers) {
        return error_response(&error);
    }
    match models(&visit.live)
        .into_iter()
        .find(|model| model.get("id").and_then(Value::as_str) == Some(&id))
    {
        Some(model) => json_value(200, &model),
        None => {
            let message = "no such model; GET /v1/models lists `auto` and the targets";
            error_response(&Error::new(ErrorKind::ModelNotFound, message).param("model"))
        }
    }
}

fn models(live: &LiveState) -> Vec<Value> {
    let model = |id: &str, owner: &str| json!({ "id": id, "object": "model", "created": 0, "owned_by": owner });
    let targets = live.config.targets.iter().map(|target| model(&target.name, &target.provider));
    let mut models: Vec<Value> = std::iter::once(model("auto", "weir")).chain(targets).collect();
    // A name that a rule asks for is as good as `auto`.
    for name in live.config.rules.iter().flat_map(|rule| &rule.when.model) {
        if !models.iter().any(|known| known.get("id").and_then(Value::as_str) == Some(name)) {
            models.push(model(name, "weir"));
        }
    }
    models
}
