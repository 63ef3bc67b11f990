//! Names the fields of a request that a Messages body has no place for.

use crate::chat::ChatRequest;
use crate::dialect::json::{Kind, Value};

/// Top-level fields that the translation reads although Weir does not know them otherwise.
const READ: [&str; 4] = ["user", "safety_identifier", "top_k", "cache_control"];
const MESSAGE_FIELDS: [&str; 6] =
    ["role", "content", "tool_calls", "function_call", "tool_call_id", "cache_control"];
const PART_FIELDS: [&str; 5] = ["type", "text", "refusal", "image_url", "cache_control"];

/// Paths of what is lost, but for what the other parts of the translation report themselves.
pub(super) fn of(request: &ChatRequest, raw: Value<'_>) -> Vec<String> {
    let unknown = request.unknown_fields.iter().filter(|name| !READ.contains(&name.as_str()));
    let mut lost: Vec<String> = unknown.cloned().collect();
    if request.sampling.seed.is_some() {
        lost.push("seed".to_owned());
    }
    if request.sampling.logprobs {
        lost.push("logprobs".to_owned());
    }
    if request.sampling.top_logprobs.is_some() {
        lost.push("top_logprobs".to_owned());
    }
    if raw.get("user").is_some() && raw.get("safety_identifier").is_some() {
        lost.push("user".to_owned());
    }
    // Fields that are read have their own type; of another type they are lost.
    let mistyped = |name: &str| raw.get(name).is_some_and(|value| !fits(name, value));
    lost.extend(READ.into_iter().filter(|name| mistyped(name)).map(str::to_owned));
    let messages = raw.get("messages");
    for (index, message) in messages.iter().flat_map(|list| list.items()).enumerate() {
        of_message(message, &format!("messages[{index}]"), &mut lost);
    }
    lost
}

fn fits(name: &str, value: Value<'_>) -> bool {
    match name {
        "top_k" => value.integer().is_some_and(|top_k| i64::try_from(top_k).is_ok()),
        "cache_control" => value.kind() == Kind::Object,
        _ => value.is_string(),
    }
}

fn of_message(message: Value<'_>, path: &str, lost: &mut Vec<String>) {
    // The name of a legacy function result stands in for the call's id.
    let is_function = message.get("role").is_some_and(|role| role.is("function"));
    for (key, value) in message.fields() {
        let known =
            MESSAGE_FIELDS.iter().any(|name| key.is(name)) || (is_function && key.is("name"));
        if !known && value.given().is_some() {
            lost.push(format!("{path}.{}", field_name(key)));
        }
    }
    let parts = message.get("content").filter(|content| content.kind() == Kind::Array);
    for (index, part) in parts.iter().flat_map(|list| list.items()).enumerate() {
        let path = format!("{path}.content[{index}]");
        let is_image = part.get("image_url").is_some();
        for (key, value) in part.fields() {
            let known = PART_FIELDS.iter().any(|name| key.is(name));
            if (!known || (is_image && key.is("cache_control"))) && value.given().is_some() {
                lost.push(format!("{path}.{}", field_name(key)));
            }
        }
        let detail = part.get("image_url").and_then(|image| image.get("detail"));
        if detail.is_some_and(|detail| !detail.is("auto")) {
            lost.push(format!("{path}.image_url.detail"));
        }
    }
}

/// A key as far as it is a plain name; other keys could be words.
pub(super) fn field_name(key: Value<'_>) -> &str {
    let name = key.inner();
    let plain =
        name.len() <= 64 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if plain { name } else { "(not a field name)" }
}
