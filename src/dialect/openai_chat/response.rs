//! What Weir must know of a whole answer.

use super::usage;
use crate::chat::{FinishReason, Usage};
use crate::dialect::DialectError;
use crate::dialect::json::{Kind, Tape, Value};

/// What a whole answer says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ResponseFacts {
    /// Usage, if the provider counted.
    pub usage: Option<Usage>,
    /// Why each choice ended, in order; unknown reasons are left out.
    pub finish: Vec<FinishReason>,
    /// Whether it is a completion: an object with at least one choice.
    pub is_completion: bool,
    /// The type (and code, behind a colon) of an error that stands in an answer with a good status.
    pub error: Option<String>,
}

/// Reads a whole answer. Call it for bodies of any status: an error object is a fact too.
///
/// # Errors
/// The body is not a JSON object.
pub fn read_response(body: &[u8]) -> Result<ResponseFacts, DialectError> {
    let text = std::str::from_utf8(body)
        .map_err(|error| DialectError::Json { at: error.valid_up_to(), expected: "UTF-8 text" })?;
    let tape = Tape::parse(text)?;
    let root = tape.root();
    if root.kind() != Kind::Object {
        return Err(DialectError::Shape { field: "body", expected: "a JSON object" });
    }
    let choices = root.get("choices").filter(|choices| choices.kind() == Kind::Array);
    let ends = choices.iter().flat_map(|choices| choices.items());
    Ok(ResponseFacts {
        usage: root.get("usage").and_then(usage::read),
        finish: ends
            .filter_map(|choice| finish_reason(&choice.get("finish_reason")?.text()?))
            .collect(),
        is_completion: choices.is_some_and(|choices| choices.items().next().is_some()),
        error: root.get("error").and_then(error_kind),
    })
}

fn finish_reason(name: &str) -> Option<FinishReason> {
    match name {
        "stop" => Some(FinishReason::Stop),
        "length" => Some(FinishReason::Length),
        "tool_calls" | "function_call" => Some(FinishReason::ToolCalls),
        "content_filter" => Some(FinishReason::ContentFilter),
        _ => None,
    }
}

/// The type of an error object and its code behind a colon, as far as there are such; `None` for `null`. An error that
/// is only a message has the kind `error`.
pub(super) fn error_kind(error: Value<'_>) -> Option<String> {
    error.given()?;
    let kind = error.get("type").and_then(Value::text).unwrap_or_default();
    let code = error.get("code").map(|code| match code.text() {
        Some(code) => code.into_owned(),
        None => code.raw().to_owned(),
    });
    Some(match code {
        Some(code) if kind.is_empty() => code,
        Some(code) if code != kind => format!("{kind}:{code}"),
        _ if kind.is_empty() => "error".to_owned(),
        _ => kind.into_owned(),
    })
}
