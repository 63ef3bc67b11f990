//! Error bodies as OpenAI's clients expect them.

use crate::chat::json_string;
use crate::dialect::json::{Kind, Tape, Value};
use crate::error::{Error, ErrorKind};
use bytes::Bytes;

/// The body for an error: `{"error":{"message","type","param","code"}}`. Where the request was at fault a provider's own error
/// object passes as it is, and one of another shape keeps its message and type. Where the provider was at fault its words
/// stand behind Weir's, with its type and its code if that is a name.
pub fn error_body(error: &Error) -> Bytes {
    let Some((_, body)) = &error.upstream else { return own_body(error, &Told::default()) };
    let tape = std::str::from_utf8(body).ok().and_then(|text| Tape::parse(text).ok());
    let Some(root) = tape.as_ref().map(Tape::root) else {
        return own_body(error, &Told::default());
    };
    let inner = root.get("error");
    let object = inner.filter(|inner| inner.kind() == Kind::Object);
    let holder = object.unwrap_or(root);
    let text =
        |holder: Value<'_>, name: &str| holder.get(name).and_then(Value::text).map(String::from);
    let words = inner.filter(|inner| inner.is_string()).and_then(Value::text).map(String::from);
    let told = Told {
        words: words.or_else(|| text(holder, "message")),
        kind: object.and_then(|object| text(object, "type")),
        ..Told::default()
    };
    if !matches!(error.kind, ErrorKind::UpstreamRejected | ErrorKind::ContextLengthExceeded) {
        let words = told.words.map(|words| format!("{}: {words}", error.message));
        let (param, code) = (text(holder, "param"), text(holder, "code"));
        return own_body(error, &Told { words, param, code, ..told });
    }
    let has_message =
        object.is_some_and(|object| object.get("message").is_some_and(Value::is_string));
    // Anthropic wraps its error in an object with the type `error`; OpenAI's clients look for `code` and `param`.
    let is_anthropic = root.get("type").is_some_and(|kind| kind.is("error"));
    if has_message && !is_anthropic {
        return body.clone();
    }
    own_body(error, &told)
}

/// What a provider told, as far as it did.
#[derive(Default)]
struct Told {
    words: Option<String>,
    kind: Option<String>,
    param: Option<String>,
    code: Option<String>,
}

fn own_body(error: &Error, told: &Told) -> Bytes {
    let (_, own_kind, own_code, _) = error.kind.facts();
    let kind = json_string(told.kind.as_deref().unwrap_or(own_kind));
    let code = json_string(told.code.as_deref().unwrap_or(own_code));
    let param = told.param.as_deref().or(error.param.as_deref());
    let param = param.map_or("null".to_owned(), json_string);
    let message = json_string(told.words.as_deref().unwrap_or(&error.message));
    format!(r#"{{"error":{{"message":{message},"type":{kind},"param":{param},"code":{code}}}}}"#)
        .into()
}
