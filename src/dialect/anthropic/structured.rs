//! Answers in JSON: by `output_config.format` where the model takes the schema, else as the input of a tool that must be called.
//!
//! Invariant: where neither is possible the request is refused, so that another candidate may answer; it never goes out as a
//! request for prose.

use super::encode::unsupported;
use super::options::{WireChoice, WireTool};
use crate::chat::{ChatRequest, Role, ToolChoice};
use crate::dialect::json::Value as Json;
use crate::dialect::models::{Wire, find};
use crate::error::Error;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::borrow::Cow;

/// The tool whose input is the answer.
pub(super) const ANSWER_TOOL: &str = "answer";
const TELLS: &str = "Gives the answer in the form that was asked for.";

/// Strings of these formats can be asked for.
const FORMATS: [&str; 10] =
    ["date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"];
/// Keywords that the provider's grammars know or pass over.
const KNOWN: [&str; 15] = [
    "type",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "enum",
    "const",
    "anyOf",
    "$ref",
    "$defs",
    "definitions",
    "title",
    "description",
    "default",
    "$schema",
];

/// How an answer is to be given.
pub(super) enum Form {
    /// As the model likes.
    Free,
    /// By a schema that the provider keeps to.
    Schema(OutputConfig),
    /// As the input of [`ANSWER_TOOL`].
    Tool(Box<RawValue>, Option<String>),
}

#[derive(Serialize)]
pub(super) struct OutputConfig {
    format: Format,
}

#[derive(Serialize)]
struct Format {
    r#type: &'static str,
    schema: Box<RawValue>,
}

/// What the request's `response_format` asks for.
pub(super) fn form(request: &ChatRequest, body: Json<'_>, model: &str) -> Result<Form, Error> {
    const FIELD: &str = "response_format";
    let Some(format) = body.get(FIELD) else { return Ok(Form::Free) };
    let kind = format.get("type").and_then(Json::text).unwrap_or_default();
    let named = format.get("json_schema");
    let schema = match &*kind {
        "text" => return Ok(Form::Free),
        "json_object" => None,
        "json_schema" => {
            let schema = named.and_then(|named| named.get("schema"));
            Some(schema.ok_or_else(|| unsupported(FIELD, "there is no schema in it"))?)
        }
        _ => return Err(unsupported(FIELD, "the target knows no form of this type")),
    };
    if request.messages.last().is_some_and(|last| last.role == Role::Assistant) {
        return Err(unsupported(
            FIELD,
            "the target cannot go on with a begun answer in a given form",
        ));
    }
    let parsed: Option<Value> = schema.and_then(|schema| serde_json::from_str(schema.raw()).ok());
    if let Some(schema) = &parsed
        && find(Wire::Anthropic, model).is_some_and(|model| model.schema)
        && takes(schema, schema, &mut Vec::new())
        && let Some(schema) = raw(&closed(schema))
    {
        return Ok(Form::Schema(OutputConfig { format: Format { r#type: "json_schema", schema } }));
    }
    if !request.tools.is_empty() && request.tool_choice != ToolChoice::None {
        return Err(unsupported(FIELD, "the target cannot keep to this form beside tools"));
    }
    let schema = parsed.unwrap_or_else(|| serde_json::json!({"type": "object"}));
    if schema.get("type").is_none_or(|kind| kind != "object") {
        return Err(unsupported(
            FIELD,
            "the target can be held to a schema of this kind for objects only",
        ));
    }
    let tells = named.and_then(|named| named.get("description")).and_then(Json::text);
    let schema = raw(&schema).ok_or_else(|| unsupported(FIELD, "its schema cannot be read"))?;
    Ok(Form::Tool(schema, tells.map(Cow::into_owned)))
}

impl Form {
    /// The tool and its choice, where the answer is a tool's input.
    pub(super) fn tool(&self) -> Option<(WireTool<'_>, WireChoice<'_>)> {
        let Self::Tool(schema, tells) = self else { return None };
        let tells = tells.as_deref().unwrap_or(TELLS);
        Some((WireTool::new(ANSWER_TOOL, Some(tells), schema.clone()), WireChoice::of(ANSWER_TOOL)))
    }

    /// What is said beside the conversation, where the provider keeps to the schema.
    pub(super) fn config(&self) -> Option<&OutputConfig> {
        if let Self::Schema(config) = self { Some(config) } else { None }
    }
}

fn raw(schema: &Value) -> Option<Box<RawValue>> {
    RawValue::from_string(schema.to_string()).ok()
}

/// Whether the provider's grammars know all of a schema. `open` holds the references under way: none may come back to itself.
fn takes(schema: &Value, root: &Value, open: &mut Vec<String>) -> bool {
    let Value::Object(map) = schema else { return false };
    if let Some(to) = map.get("$ref") {
        let Some(to) = to.as_str().filter(|to| !open.iter().any(|other| other == to)) else {
            return false;
        };
        let Some(target) = to.strip_prefix('#').and_then(|at| root.pointer(at)) else {
            return false;
        };
        open.push(to.to_owned());
        let taken = takes(target, root, open);
        open.pop();
        if !taken {
            return false;
        }
    }
    map.iter().all(|(key, value)| match key.as_str() {
        "format" => value.as_str().is_some_and(|format| FORMATS.contains(&format)),
        "minItems" => matches!(value.as_u64(), Some(0 | 1)),
        "additionalProperties" => *value == Value::Bool(false),
        "enum" => value.as_array().is_some_and(|all| all.iter().all(is_scalar)),
        "const" => is_scalar(value),
        "properties" | "$defs" | "definitions" => {
            let is_schema = key == "properties";
            let all = value.as_object().into_iter().flat_map(Map::values);
            // Definitions are read where something refers to them.
            !is_schema || all.into_iter().all(|one| takes(one, root, open))
        }
        "items" => takes(value, root, open),
        "anyOf" => value.as_array().is_some_and(|all| all.iter().all(|one| takes(one, root, open))),
        key => KNOWN.contains(&key),
    }) && (map.get("type").is_none_or(|kind| kind != "object") || map.contains_key("properties"))
}

fn is_scalar(value: &Value) -> bool {
    !value.is_array() && !value.is_object()
}

/// The schema with every object closed, as the provider demands; what it allows, the client's own allows too.
fn closed(schema: &Value) -> Value {
    match schema {
        Value::Object(map) => {
            let mut out: Map<String, Value> =
                map.iter().map(|(key, value)| (key.clone(), inner(key, value))).collect();
            if map.get("properties").is_some_and(Value::is_object) {
                out.insert("additionalProperties".to_owned(), Value::Bool(false));
            }
            Value::Object(out)
        }
        other => other.clone(),
    }
}

fn inner(key: &str, value: &Value) -> Value {
    match (key, value) {
        ("properties" | "$defs" | "definitions", Value::Object(all)) => {
            Value::Object(all.iter().map(|(name, one)| (name.clone(), closed(one))).collect())
        }
        ("anyOf", Value::Array(all)) => Value::Array(all.iter().map(closed).collect()),
        ("items", one) => closed(one),
        (_, other) => other.clone(),
    }
}
