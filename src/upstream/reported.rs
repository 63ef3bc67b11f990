//! Errors that a provider reports in an answer whose HTTP status is good: as an event of a stream, or as the whole body.
//!
//! Invariant: such an error is what it would have been with the status that it names, by number or by the name of its kind; the
//! provider's words stay beside it and get into no message. Sources: the error tables of OpenAI, Anthropic and Google (gRPC
//! names), vLLM and LiteLLM (class names), OpenRouter (HTTP numbers as `code`).

use super::error::{UpstreamError, says_too_long};
use bytes::Bytes;
use serde_json::{Value, json};

/// Longest error that is no JSON, in bytes; what is longer is cut.
const MAX_TEXT_BYTES: usize = 4096;

/// Fields that may hold an HTTP status.
const NUMBERS: [&str; 5] = ["code", "status", "status_code", "http_status", "http_code"];

/// Fields that may name the kind, the most exact first.
const NAMES: [&str; 4] = ["code", "type", "status", "kind"];

/// Parts of the names of kinds in small letters without `_`, `-` and blanks, with the status that they stand for. The first
/// that is found decides.
const KINDS: [(&str, u16); 38] = [
    ("contextlength", 400),
    ("contextwindow", 400),
    ("contextsize", 400),
    ("invalidapikey", 401),
    ("authentication", 401),
    ("unauthenticated", 401),
    ("unauthorized", 401),
    ("permission", 403),
    ("forbidden", 403),
    ("billing", 402),
    ("payment", 402),
    ("notfound", 404),
    ("toolarge", 413),
    ("quota", 429),
    ("ratelimit", 429),
    ("toomanyrequests", 429),
    ("throttl", 429),
    ("resourceexhausted", 429),
    ("overloaded", 529),
    ("unavailable", 503),
    ("timeout", 504),
    ("deadlineexceeded", 504),
    ("internal", 500),
    ("servererror", 500),
    ("apierror", 500),
    ("unprocessable", 422),
    ("invalid", 400),
    ("badrequest", 400),
    ("unsupported", 400),
    ("validation", 400),
    ("contentfilter", 400),
    ("contentpolicy", 400),
    ("policyviolation", 400),
    ("failedprecondition", 400),
    ("outofrange", 400),
    ("missing", 400),
    ("abovemax", 400),
    ("belowmin", 400),
];

/// The error in the data of an error event, or in a body that is one.
pub fn reported(data: &[u8]) -> UpstreamError {
    let told = match serde_json::from_slice::<Value>(data) {
        // Google wraps a whole answer's error in an array.
        Ok(Value::Array(items)) => items.into_iter().next().unwrap_or_default(),
        Ok(Value::String(words)) => json!({"error": {"message": words}}),
        Ok(told) => told,
        Err(_) => plain(data),
    };
    let body = Bytes::from(told.to_string());
    let error = told.get("error").filter(|error| !error.is_null()).unwrap_or(&told);
    let status = [error, &told].into_iter().find_map(number);
    let status = status.or_else(|| [error, &told].into_iter().find_map(by_name));
    let by_words = || if says_too_long(&body) { 400 } else { 500 };
    UpstreamError::from_status(status.unwrap_or_else(by_words), None, body)
}

/// An error that is only text.
fn plain(data: &[u8]) -> Value {
    let shown = data.get(..MAX_TEXT_BYTES).unwrap_or(data);
    let words = String::from_utf8_lossy(shown);
    match words.trim() {
        "" => json!({}),
        words => json!({"error": {"message": words}}),
    }
}

fn number(holder: &Value) -> Option<u16> {
    let read = |value: &Value| match value {
        Value::Number(number) => number.as_u64(),
        Value::String(digits) => digits.parse().ok(),
        _ => None,
    };
    let mut numbers = NUMBERS.iter().filter_map(|name| read(holder.get(name)?));
    let number = numbers.find(|number| (400..600).contains(number))?;
    u16::try_from(number).ok()
}

fn by_name(holder: &Value) -> Option<u16> {
    let mut names = NAMES.iter().filter_map(|name| holder.get(name)?.as_str());
    names.find_map(|name| {
        let name: String = name
            .chars()
            .filter(|c| !matches!(c, '_' | '-' | ' '))
            .map(|c| c.to_ascii_lowercase())
            .collect();
        KINDS.iter().find(|(part, _)| name.contains(part)).map(|(_, status)| *status)
    })
}

#[cfg(test)]
mod tests {
    use super::reported;
    use crate::error::ErrorKind as K;
    use crate::upstream::scripted::target;

    #[test]
    fn an_error_in_a_good_answer_is_what_it_says_it_is() {
        for (data, kind, status) in [
            (
                r#"{"error":{"message":"w","type":"insufficient_quota","code":429}}"#,
                K::UpstreamRateLimited,
                429,
            ),
            (
                r#"{"error":{"message":"w","type":"invalid_request_error","code":400}}"#,
                K::UpstreamRejected,
                400,
            ),
            (r#"{"error":{"message":"w","code":"400"}}"#, K::UpstreamRejected, 400),
            (
                r#"{"error":{"message":"w","type":"invalid_request_error","code":null}}"#,
                K::UpstreamRejected,
                400,
            ),
            (
                r#"{"error":{"message":"prompt is too long: 9 tokens > 8","type":"x"}}"#,
                K::ContextLengthExceeded,
                400,
            ),
            (
                r#"{"error":{"message":"w","code":"context_length_exceeded"}}"#,
                K::ContextLengthExceeded,
                400,
            ),
            (r#"{"error":{"message":"w","code":503,"metadata":{}}}"#, K::UpstreamFailed, 502),
            (
                r#"{"type":"error","error":{"type":"overloaded_error","message":"w"}}"#,
                K::UpstreamFailed,
                502,
            ),
            (
                r#"{"type":"error","error":{"type":"rate_limit_error","message":"w"}}"#,
                K::UpstreamRateLimited,
                429,
            ),
            (
                r#"{"error":{"code":8,"status":"RESOURCE_EXHAUSTED","message":"w"}}"#,
                K::UpstreamRateLimited,
                429,
            ),
            (
                r#"[{"error":{"code":400,"status":"INVALID_ARGUMENT","message":"w"}}]"#,
                K::UpstreamRejected,
                400,
            ),
            (
                r#"{"object":"error","message":"w","type":"BadRequestError","code":400}"#,
                K::UpstreamRejected,
                400,
            ),
            (
                r#"{"object":"error","message":"w","type":"BadRequestError"}"#,
                K::UpstreamRejected,
                400,
            ),
            (
                r#"{"error":{"type":"invalid_request_error","code":"invalid_api_key"}}"#,
                K::UpstreamUnauthorized,
                502,
            ),
            (
                r#"{"error":{"type":"invalid_request_error","code":"model_not_found"}}"#,
                K::UpstreamNotFound,
                502,
            ),
            (
                r#"{"error":{"message":"w","type":"server_error","code":"overloaded"}}"#,
                K::UpstreamFailed,
                502,
            ),
            (r#"{"error":{"message":"w"},"status_code":422}"#, K::UpstreamRejected, 422),
            (r#"{"error":"w"}"#, K::UpstreamFailed, 502),
            (r#"{"message":"w"}"#, K::UpstreamFailed, 502),
            (r#""w""#, K::UpstreamFailed, 502),
            ("{}", K::UpstreamFailed, 502),
            ("w, and no JSON", K::UpstreamFailed, 502),
            ("", K::UpstreamFailed, 502),
            (r#"{"error":{"code":200,"message":"w"}}"#, K::UpstreamFailed, 502),
            (r#"{"error":{"code":1e300,"message":"w"}}"#, K::UpstreamFailed, 502),
        ] {
            let told = reported(data.as_bytes()).into_error(&target("t", "http://localhost/v1"));
            assert_eq!((told.kind, told.status()), (kind, status), "{data}");
            let body = crate::dialect::openai_chat::error_body(&told);
            let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
            let shown = body["error"]["message"].as_str().unwrap_or_default();
            let is_ours = matches!(kind, K::UpstreamUnauthorized | K::UpstreamNotFound);
            assert_eq!(
                shown.contains('w') && shown != told.message,
                !is_ours && data.contains('w'),
                "{data}: {body}"
            );
        }
    }
}
