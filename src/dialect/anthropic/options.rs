//! Tools, their choice, and metadata.

use super::losses::field_name;
use crate::chat::{ChatRequest, ToolChoice};
use crate::dialect::json::{Kind, Value};
use serde::Serialize;
use serde_json::value::RawValue;

#[derive(Serialize)]
pub(super) struct WireTool<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    input_schema: Box<RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cache_control: Option<Box<RawValue>>,
}

#[derive(Serialize)]
pub(super) struct WireChoice<'a> {
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    disable_parallel_tool_use: bool,
}

impl<'a> WireTool<'a> {
    /// A tool without more.
    pub(super) fn new(
        name: &'a str,
        description: Option<&'a str>,
        input_schema: Box<RawValue>,
    ) -> Self {
        Self { name, description, input_schema, cache_control: None }
    }
}

impl<'a> WireChoice<'a> {
    /// This tool and no other.
    pub(super) fn of(name: &'a str) -> Self {
        Self { r#type: "tool", name: Some(name), disable_parallel_tool_use: true }
    }
}

#[derive(Serialize)]
pub(super) struct Metadata {
    user_id: String,
}

/// A value as received.
pub(super) fn raw(value: Option<Value<'_>>) -> Option<Box<RawValue>> {
    RawValue::from_string(value?.raw().to_owned()).ok()
}

/// The function tools; others are lost.
pub(super) fn tools<'a>(
    request: &'a ChatRequest,
    body: Value<'_>,
    lost: &mut Vec<String>,
) -> Vec<WireTool<'a>> {
    // `tools` come before the legacy `functions` in the request too.
    let items = |name: &'static str| {
        let list = body.get(name).filter(|list| list.kind() == Kind::Array);
        list.into_iter()
            .flat_map(Value::items)
            .enumerate()
            .map(move |(at, item)| (format!("{name}[{at}]"), item))
    };
    let mut tools = Vec::with_capacity(request.tools.len());
    for (tool, (path, item)) in request.tools.iter().zip(items("tools").chain(items("functions"))) {
        if !tool.is_function {
            lost.push(path);
            continue;
        }
        let function = item.get("function").unwrap_or(item);
        for (key, value) in function.fields() {
            let known = ["name", "description", "parameters", "cache_control"]
                .iter()
                .any(|name| key.is(name));
            // `strict: false` is how tools work here.
            if !known && value.given().is_some() && value.bool() != Some(false) {
                lost.push(format!("{path}.function.{}", field_name(key)));
            }
        }
        tools.push(WireTool {
            name: &tool.name,
            description: tool.description.as_deref(),
            input_schema: input_schema(tool.parameters.as_deref()),
            cache_control: raw(item.get("cache_control").or_else(|| function.get("cache_control"))),
        });
    }
    tools
}

/// A schema must say that it describes an object.
fn input_schema(parameters: Option<&RawValue>) -> Box<RawValue> {
    const EMPTY: &str = r#"{"type":"object","properties":{}}"#;
    let given = parameters.map_or(EMPTY, RawValue::get);
    let has_type = crate::dialect::json::Tape::parse(given)
        .is_ok_and(|tape| tape.root().get("type").is_some());
    let members = given.strip_prefix('{').map(str::trim_start);
    let json = match members {
        _ if has_type => given.to_owned(),
        Some(members) if !members.starts_with('}') => format!(r#"{{"type":"object",{members}"#),
        _ => EMPTY.to_owned(),
    };
    RawValue::from_string(json).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

/// How a tool is to be chosen; `None` says `auto`, and without tools nothing may be said.
pub(super) fn choice(request: &ChatRequest, no_tools: bool) -> Option<WireChoice<'_>> {
    if no_tools {
        return None;
    }
    let one_at_a_time = request.parallel_tool_calls == Some(false);
    let (kind, name) = match &request.tool_choice {
        ToolChoice::Auto if !one_at_a_time => return None,
        ToolChoice::Auto => ("auto", None),
        ToolChoice::None => ("none", None),
        ToolChoice::Required => ("any", None),
        ToolChoice::Function(name) => ("tool", Some(name.as_str())),
    };
    let disable_parallel_tool_use = one_at_a_time && kind != "none";
    Some(WireChoice { r#type: kind, name, disable_parallel_tool_use })
}

/// Who the end user is: `safety_identifier`, else its older name `user`.
pub(super) fn metadata(body: Value<'_>) -> Option<Metadata> {
    let user = body.get("safety_identifier").or_else(|| body.get("user"))?;
    Some(Metadata { user_id: user.text()?.into_owned() })
}
