//! Error bodies as OpenAI's clients expect them.

use crate::chat::json_string;
use crate::dialect::json::{Kind, Tape, Value};
use crate::error::Error;
use bytes::Bytes;

/// The body for an error: `{"error":{"message","type","param","code"}}`. A provider's own error object passes as it is;
/// one of another shape keeps its message and type.
pub fn error_body(error: &Error) -> Bytes {
    let Some((_, body)) = &error.upstream else { return own_body(error, &error.message, None) };
    let tape = std::str::from_utf8(body).ok().and_then(|text| Tape::parse(text).ok());
    let Some(root) = tape.as_ref().map(Tape::root) else {
        return own_body(error, &error.message, None);
    };
    let inner = root.get("error");
    let object = inner.filter(|inner| inner.kind() == Kind::Object);
    let has_message =
        object.is_some_and(|object| object.get("message").is_some_and(Value::is_string));
    // Anthropic wraps its error in an object with the type `error`; OpenAI's clients look for `code` and `param`.
    let is_anthropic = root.get("type").is_some_and(|kind| kind.is("error"));
    if has_message && !is_anthropic {
        return body.clone();
    }
    let holder = object.unwrap_or(root);
    let message = inner.filter(|inner| inner.is_string()).or_else(|| holder.get("message"));
    let message = message.and_then(Value::text).unwrap_or(error.message.as_str().into());
    own_body(
        error,
        &message,
        holder.get("type").filter(|_| object.is_some()).and_then(Value::text).as_deref(),
    )
}

fn own_body(error: &Error, message: &str, kind: Option<&str>) -> Bytes {
    let (_, own_kind, code, _) = error.kind.facts();
    let kind = json_string(kind.unwrap_or(own_kind));
    let param = error.param.as_deref().map_or("null".to_owned(), json_string);
    let message = json_string(message);
    format!(r#"{{"error":{{"message":{message},"type":{kind},"param":{param},"code":"{code}"}}}}"#)
        .into()
}
