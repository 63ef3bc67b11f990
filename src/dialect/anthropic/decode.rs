//! Decodes whole answers and errors.

use super::finish_reason;
use super::structured::ANSWER_TOOL;
use super::usage;
use crate::chat::{ChatResponse, Choice, FinishReason, ResponseToolCall, Usage};
use crate::dialect::DialectError;
use crate::dialect::json::{Kind, Tape, Value};

/// Decodes a whole answer.
///
/// # Errors
/// The body is not JSON or not a message; [`decode_error`] tells whether it is an error object.
pub fn decode_response(body: &[u8]) -> Result<ChatResponse, DialectError> {
    let tape = Tape::parse(utf8(body)?)?;
    let root = tape.root();
    let content = root.get("content").filter(|content| content.kind() == Kind::Array);
    let content = content.ok_or(DialectError::Shape { field: "content", expected: "an array" })?;
    let mut choice = Choice::default();
    for block in content.items() {
        let kind = text_of(block, "type");
        match &*kind {
            "text" => append(&mut choice.text, block, "text"),
            "thinking" => append(&mut choice.reasoning, block, "thinking"),
            "tool_use" => choice.tool_calls.push(ResponseToolCall {
                id: text_of(block, "id"),
                name: text_of(block, "name"),
                arguments: block.get("input").map_or("{}", Value::raw).to_owned(),
            }),
            // Redacted thinking and the provider's own tools have no place in a chat answer.
            _ => {}
        }
    }
    choice.finish =
        root.get("stop_reason").and_then(Value::text).map(|reason| finish_reason(&reason));
    Ok(ChatResponse {
        id: text_of(root, "id"),
        model: text_of(root, "model"),
        choices: vec![choice],
        usage: root.get("usage").and_then(|usage| {
            let mut counted = Usage::default();
            usage::update(&mut counted, usage).then_some(counted)
        }),
    })
}

/// Decodes a whole answer that comes as the input of a tool: the input is its text.
///
/// # Errors
/// As [`decode_response`].
pub fn decode_structured(body: &[u8]) -> Result<ChatResponse, DialectError> {
    let mut response = decode_response(body)?;
    for choice in &mut response.choices {
        let is_answer = |call: &ResponseToolCall| call.name == ANSWER_TOOL;
        let Some(at) = choice.tool_calls.iter().position(is_answer) else { continue };
        // Words beside it would not be JSON.
        choice.text = Some(choice.tool_calls.swap_remove(at).arguments);
        choice.tool_calls.clear();
        choice.finish = choice.finish.map(without_call);
    }
    Ok(response)
}

/// A call that is no call of the client's ends an answer as its own words would.
pub(super) fn without_call(reason: FinishReason) -> FinishReason {
    if reason == FinishReason::ToolCalls { FinishReason::Stop } else { reason }
}

/// The type and the message of an error body, `{"type":"error","error":{"type","message"}}`. The message may quote the
/// request: it is for the client alone.
pub fn decode_error(body: &[u8]) -> Option<(String, String)> {
    let tape = Tape::parse(utf8(body).ok()?).ok()?;
    let error = tape.root().get("error").filter(|error| error.kind() == Kind::Object)?;
    Some((text_of(error, "type"), text_of(error, "message")))
}

pub(super) fn utf8(bytes: &[u8]) -> Result<&str, DialectError> {
    std::str::from_utf8(bytes)
        .map_err(|error| DialectError::Json { at: error.valid_up_to(), expected: "UTF-8 text" })
}

/// A string field; empty if it is missing or no string.
pub(super) fn text_of(object: Value<'_>, name: &str) -> String {
    object.get(name).and_then(Value::text).map(Into::into).unwrap_or_default()
}

fn append(to: &mut Option<String>, block: Value<'_>, name: &str) {
    let text = text_of(block, name);
    if !text.is_empty() {
        to.get_or_insert_default().push_str(&text);
    }
}
