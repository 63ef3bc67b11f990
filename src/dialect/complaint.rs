//! Which parameter a provider refuses, from its own error: for models that no table knows yet.
//!
//! Invariant: the answer is a name of this file. The error's words stay where they are.

use super::json::{Kind, Tape, Value};

/// Parameters without which a request still asks for the same.
const OPTIONAL: [&str; 17] = [
    "max_completion_tokens",
    "max_tokens",
    "temperature",
    "top_p",
    "top_k",
    "presence_penalty",
    "frequency_penalty",
    "top_logprobs",
    "logprobs",
    "logit_bias",
    "seed",
    "parallel_tool_calls",
    "reasoning_effort",
    "verbosity",
    "prompt_cache_key",
    "safety_identifier",
    "service_tier",
];

/// What providers say of a parameter that they do not take, as opposed to a value that is wrong.
const REFUSALS: [&str; 10] = [
    "unsupported",
    "not supported",
    "does not support",
    "doesn't support",
    "deprecated",
    "unknown parameter",
    "unrecognized",
    "cannot both be specified",
    "extra inputs are not permitted",
    "not permitted",
];

/// The parameter that an error with this body refuses.
pub fn refused_parameter(status: u16, body: &[u8]) -> Option<&'static str> {
    if !matches!(status, 400 | 422) {
        return None;
    }
    let text = std::str::from_utf8(body).ok()?;
    let tape = Tape::parse(text).ok()?;
    let error = tape.root().get("error").filter(|error| error.kind() == Kind::Object);
    let error = error.unwrap_or(tape.root());
    let message = error.get("message").and_then(Value::text)?.to_lowercase();
    if !REFUSALS.iter().any(|words| message.contains(words)) {
        return None;
    }
    let param = error.get("param").and_then(Value::text);
    if let Some(param) = param.filter(|param| !param.is_empty()) {
        return OPTIONAL.into_iter().find(|name| *name == param);
    }
    // The first that is named is the one at fault; a remedy follows.
    let named = OPTIONAL.into_iter().filter_map(|name| Some((position(&message, name)?, name)));
    named.min_by_key(|(at, name)| (*at, std::cmp::Reverse(name.len()))).map(|(_, name)| name)
}

/// Where a name stands as a word of its own.
fn position(message: &str, name: &str) -> Option<usize> {
    let joins = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
    message.match_indices(name).map(|(at, _)| at).find(|at| {
        let before = message.get(..*at).and_then(|text| text.chars().next_back());
        let after = message.get(at + name.len()..).and_then(|text| text.chars().next());
        !joins(before) && !joins(after)
    })
}

#[cfg(test)]
mod tests {
    use super::refused_parameter;
    use serde_json::json;

    #[test]
    fn complaints() {
        let of = |message: &str, param: Option<&str>| {
            let body = json!({"error": {"message": message, "type": "invalid_request_error", "param": param}});
            refused_parameter(400, body.to_string().as_bytes())
        };
        for (message, param, expected) in [
            ("`temperature` is deprecated for this model.", None, Some("temperature")),
            (
                "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
                Some("max_tokens"),
                Some("max_tokens"),
            ),
            (
                "Unsupported parameter: 'max_tokens' is not supported here. Use 'max_completion_tokens'.",
                None,
                Some("max_tokens"),
            ),
            (
                "Unsupported value: 'temperature' does not support 0.2 with this model.",
                Some("temperature"),
                Some("temperature"),
            ),
            ("top_k: Extra inputs are not permitted", None, Some("top_k")),
            (
                "Unrecognized request argument supplied: max_completion_tokens",
                None,
                Some("max_completion_tokens"),
            ),
            (
                "`temperature` and `top_p` cannot both be specified for this model.",
                None,
                Some("temperature"),
            ),
            ("Unknown parameter: 'verbosity'.", Some("verbosity"), Some("verbosity")),
            ("presence_penalty is not supported by this server", None, Some("presence_penalty")),
            ("logprobs are unsupported", None, Some("logprobs")),
            ("temperature must be between 0 and 2", Some("temperature"), None),
            ("'messages' is not supported", Some("messages"), None),
            ("Unsupported parameter: 'tools'.", Some("tools"), None),
            ("this model does not support images", None, None),
        ] {
            assert_eq!(of(message, param), expected, "{message}");
        }
        assert_eq!(
            refused_parameter(500, br#"{"error":{"message":"temperature unsupported"}}"#),
            None
        );
        assert_eq!(refused_parameter(400, b"temperature unsupported"), None);
        assert_eq!(refused_parameter(422, br#"{"message":"seed: unsupported"}"#), Some("seed"));
    }
}
