//! Whether a request asks its model to think first, in the words of the providers of this dialect.
//!
//! Sources: the API references of OpenAI (`reasoning_effort`, `reasoning`), Anthropic's compatible endpoint (`thinking`), OpenRouter
//! (`reasoning`), Qwen (`enable_thinking`, `thinking_budget`) and vLLM (`chat_template_kwargs`).

use crate::chat::ChatRequest;
use crate::dialect::json::{Kind, Tape, Value};

/// Fields that ask for reasoning or refuse it.
const FIELDS: [&str; 8] = [
    "reasoning_effort",
    "reasoning",
    "thinking",
    "enable_thinking",
    "thinking_budget",
    "include_reasoning",
    "chat_template_kwargs",
    "extra_body",
];

/// Fields of such an object that decide about it.
const INNER: [&str; 9] = [
    "effort",
    "enabled",
    "type",
    "max_tokens",
    "budget_tokens",
    "thinking",
    "enable_thinking",
    "reasoning_effort",
    "thinking_budget",
];

/// True if the request asks for reasoning, false if it asks for none; `None` if it says nothing about it.
pub fn asks_for_reasoning(request: &ChatRequest) -> Option<bool> {
    if !request.unknown_fields.iter().any(|name| FIELDS.contains(&name.as_str())) {
        return None;
    }
    let tape = Tape::parse(std::str::from_utf8(&request.raw).ok()?).ok()?;
    let told = FIELDS.iter().filter_map(|name| {
        let value = tape.root().get(name)?;
        // These hold much else beside it.
        let is_holder = matches!(*name, "chat_template_kwargs" | "extra_body");
        if is_holder { inner(value) } else { asks(value).or(Some(true)) }
    });
    told.reduce(|one, other| one || other)
}

/// What a value says; `None` for an object that says nothing about it.
fn asks(value: Value<'_>) -> Option<bool> {
    match value.kind() {
        Kind::Object => inner(value),
        Kind::String => {
            let refuses = ["none", "off", "disabled", "false", "no"].iter().any(|no| value.is(no));
            Some(!refuses)
        }
        Kind::Number => value.number().map(|number| number != 0.0),
        Kind::True => Some(true),
        Kind::False => Some(false),
        Kind::Array | Kind::Key | Kind::Null => None,
    }
}

fn inner(object: Value<'_>) -> Option<bool> {
    let told: Vec<bool> = INNER.iter().filter_map(|name| asks(object.get(name)?)).collect();
    (!told.is_empty()).then(|| told.iter().all(|asks| *asks))
}

#[cfg(test)]
mod tests {
    use super::asks_for_reasoning;
    use crate::dialect::openai_chat::decode_request;
    use bytes::Bytes;

    #[test]
    fn every_providers_word_for_it_is_known() {
        for (fields, expected) in [
            ("", None),
            (r#","user":"u""#, None),
            (r#","reasoning_effort":"high""#, Some(true)),
            (r#","reasoning_effort":"minimal""#, Some(true)),
            (r#","reasoning_effort":"none""#, Some(false)),
            (r#","reasoning_effort":null"#, None),
            (r#","reasoning":{"effort":"low"}"#, Some(true)),
            (r#","reasoning":{"effort":"none"}"#, Some(false)),
            (r#","reasoning":{"enabled":false}"#, Some(false)),
            (r#","reasoning":{"max_tokens":2000}"#, Some(true)),
            (r#","reasoning":{}"#, Some(true)),
            (r#","reasoning":{"exclude":true}"#, Some(true)),
            (r#","thinking":{"type":"enabled","budget_tokens":1024}"#, Some(true)),
            (r#","thinking":{"type":"adaptive"}"#, Some(true)),
            (r#","thinking":{"type":"disabled"}"#, Some(false)),
            (r#","enable_thinking":true"#, Some(true)),
            (r#","enable_thinking":false"#, Some(false)),
            (r#","thinking_budget":0"#, Some(false)),
            (r#","thinking_budget":-1"#, Some(true)),
            (r#","chat_template_kwargs":{"enable_thinking":true}"#, Some(true)),
            (r#","chat_template_kwargs":{"enable_thinking":false}"#, Some(false)),
            (r#","chat_template_kwargs":{"date":"today"}"#, None),
            (r#","extra_body":{"reasoning_effort":"high"}"#, Some(true)),
            (r#","enable_thinking":false,"reasoning_effort":"low""#, Some(true)),
        ] {
            let body = format!(
                r#"{{"model":"auto","messages":[{{"role":"user","content":"hi"}}]{fields}}}"#
            );
            let request = decode_request(Bytes::from(body)).unwrap();
            assert_eq!(asks_for_reasoning(&request), expected, "{fields}");
        }
    }
}
