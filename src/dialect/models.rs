//! What hosted models do not take, from `models.yaml`, and bodies made to fit.
//!
//! Invariant: what is left out is named, unless it says what the provider would do anyway.

use super::json::{Kind, Tape, Value};
use bytes::Bytes;
use serde::Deserialize;
use std::sync::LazyLock;

/// Whose format a body has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wire {
    /// OpenAI Chat Completions, at OpenAI or Azure.
    OpenAi,
    /// Anthropic Messages.
    Anthropic,
}

/// What is known of one model.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    model: String,
    thinks: Option<Thinks>,
    #[serde(default)]
    refuses: Vec<String>,
    limit: Option<String>,
    /// Whether it takes a JSON schema for its answer.
    #[serde(default)]
    pub schema: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Thinks {
    Always,
    ByDefault,
    OnRequest,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    sampling: Vec<String>,
    openai: Rows,
    anthropic: Rows,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rows {
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "as_of")]
    _as_of: jiff::civil::Date,
    models: Vec<Model>,
}

static FILE: LazyLock<Option<File>> =
    LazyLock::new(|| serde_saphyr::from_str(include_str!("models.yaml")).ok());

/// What is known of a model; nothing of one that is not listed.
pub fn find(wire: Wire, name: &str) -> Option<&'static Model> {
    let file = FILE.as_ref()?;
    let rows = match wire {
        Wire::OpenAi => &file.openai,
        Wire::Anthropic => &file.anthropic,
    };
    let name = name.rsplit('/').next().unwrap_or(name);
    let fits = |model: &&Model| {
        name.strip_prefix(model.model.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '@', ':']))
    };
    rows.models.iter().filter(fits).max_by_key(|model| model.model.len())
}

/// The body as the model takes it, and the names of what is lost; `None` if it takes all of it.
pub fn fit(body: &Bytes, model: &Model) -> Option<(Bytes, Vec<String>)> {
    let text = std::str::from_utf8(body).ok()?;
    let tape = Tape::parse(text).ok()?;
    let sampling = FILE.as_ref().map_or(&[][..], |file| &file.sampling);
    let thinks = model.is_thinking(tape.root());
    let refused = |name: &str| {
        model.refuses.iter().any(|other| other == name)
            || thinks && sampling.iter().any(|other| other == name)
    };
    let limit = model.limit.as_deref();
    rewritten(tape.root(), |name| match name {
        "max_tokens" => limit.map_or(Change::Keep, Change::Rename),
        name if refused(name) => Change::Drop,
        _ => Change::Keep,
    })
}

/// The body without a parameter that a provider refused, and what is lost by it; `None` if it does not stand there.
pub fn without(body: &Bytes, refused: &str) -> Option<(Bytes, Vec<String>)> {
    let text = std::str::from_utf8(body).ok()?;
    let tape = Tape::parse(text).ok()?;
    rewritten(tape.root(), |name| match (name, refused) {
        ("max_tokens", "max_tokens") => Change::Rename("max_completion_tokens"),
        ("max_completion_tokens", "max_completion_tokens") => Change::Rename("max_tokens"),
        _ if name == refused => Change::Drop,
        _ => Change::Keep,
    })
}

impl Model {
    fn is_thinking(&self, body: Value<'_>) -> bool {
        let effort = body.get("reasoning_effort").and_then(Value::text);
        match self.thinks {
            None => false,
            Some(Thinks::Always) => true,
            Some(Thinks::ByDefault) => effort.as_deref() != Some("none"),
            Some(Thinks::OnRequest) => effort.is_some_and(|effort| effort != "none"),
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Change<'a> {
    Keep,
    Drop,
    Rename(&'a str),
}

/// The object with its members changed; `None` if nothing does.
fn rewritten<'a>(
    body: Value<'_>,
    change: impl Fn(&str) -> Change<'a>,
) -> Option<(Bytes, Vec<String>)> {
    if body.kind() != Kind::Object {
        return None;
    }
    let (mut out, mut lost, mut changed) = (String::from("{"), Vec::new(), false);
    for (key, value) in body.fields() {
        let name = key.text().unwrap_or_default();
        let member = match change(&name) {
            Change::Keep => format!("{}:{}", key.raw(), value.raw()),
            // A limit under both names is one.
            Change::Rename(to) if body.get(to).is_some() => {
                changed = true;
                continue;
            }
            Change::Rename(to) => {
                changed = true;
                format!("\"{to}\":{}", value.raw())
            }
            Change::Drop => {
                changed = true;
                if !is_neutral(&name, value) {
                    lost.push(name.into_owned());
                }
                continue;
            }
        };
        if out.len() > 1 {
            out.push(',');
        }
        out.push_str(&member);
    }
    out.push('}');
    changed.then(|| (out.into(), lost))
}

/// Whether a parameter says what the provider does without it.
fn is_neutral(name: &str, value: Value<'_>) -> bool {
    match name {
        _ if value.given().is_none() => true,
        "temperature" | "top_p" => value.number() == Some(1.0),
        "presence_penalty" | "frequency_penalty" | "top_logprobs" => value.number() == Some(0.0),
        "logprobs" => value.bool() == Some(false),
        "logit_bias" => value.fields().next().is_none(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{FILE, Wire, find, fit, without};
    use bytes::Bytes;

    fn fitted(wire: Wire, model: &str, body: &str) -> (String, String) {
        let body = Bytes::copy_from_slice(body.as_bytes());
        let (fitted, lost) =
            find(wire, model).and_then(|model| fit(&body, model)).unwrap_or((body, Vec::new()));
        (String::from_utf8(fitted.to_vec()).unwrap(), lost.join(" "))
    }

    #[test]
    fn models_get_what_they_take() {
        assert!(FILE.is_some());
        let all =
            r#"{"model":"m","max_tokens":5,"temperature":0,"top_p":0.5,"presence_penalty":0.1}"#;
        let bare = r#"{"model":"m","max_completion_tokens":5}"#;
        let renamed = all.replace("max_tokens", "max_completion_tokens");
        let lost = "temperature top_p presence_penalty";
        for model in [
            "o1",
            "o1-mini",
            "o3",
            "o3-mini",
            "o4-mini",
            "o4-mini-2025-04-16",
            "gpt-5",
            "gpt-5-mini",
            "gpt-5-nano-2025-08-07",
            "openai/gpt-5-mini",
            "gpt-5.5",
            "gpt-6-luna",
            "gpt-5.4-pro",
        ] {
            assert_eq!(
                fitted(Wire::OpenAi, model, all),
                (bare.to_owned(), lost.to_owned()),
                "{model}"
            );
        }
        for model in ["gpt-5.4-mini", "gpt-5.1", "gpt-5.2-2025-12-11", "gpt-5-chat-latest"] {
            assert_eq!(
                fitted(Wire::OpenAi, model, all),
                (renamed.clone(), String::new()),
                "{model}"
            );
        }
        for model in ["gpt-4.1", "gpt-4o-mini", "o", "o10", "gpt-50", "llama-3"] {
            assert_eq!(fitted(Wire::OpenAi, model, all).0, all, "{model}");
        }
        let sampled =
            r#"{"model":"m","max_tokens":5,"temperature":0.5,"top_k":3,"stop_sequences":["x"]}"#;
        let plain = r#"{"model":"m","max_tokens":5,"stop_sequences":["x"]}"#;
        for model in [
            "claude-opus-4-7",
            "claude-opus-4-7-20260416",
            "claude-opus-4-8",
            "claude-fable-5",
            "claude-haiku-5-5",
        ] {
            assert_eq!(
                fitted(Wire::Anthropic, model, sampled),
                (plain.to_owned(), "temperature top_k".to_owned()),
                "{model}"
            );
        }
        for model in [
            "claude-opus-4-6",
            "claude-sonnet-4-5-20250929",
            "claude-haiku-4-5",
            "claude-3-5-haiku",
        ] {
            assert_eq!(fitted(Wire::Anthropic, model, sampled).0, sampled, "{model}");
        }
    }

    #[test]
    fn thinking_on_request_and_neutral_values() {
        for (model, body, expected, lost) in [
            (
                "gpt-5.2",
                r#"{"temperature":0.5,"reasoning_effort":"high"}"#,
                r#"{"reasoning_effort":"high"}"#,
                "temperature",
            ),
            (
                "gpt-5.2",
                r#"{"temperature":0.5,"reasoning_effort":"none"}"#,
                r#"{"temperature":0.5,"reasoning_effort":"none"}"#,
                "",
            ),
            (
                "gpt-6-luna",
                r#"{"temperature":0.5,"reasoning_effort":"none"}"#,
                r#"{"temperature":0.5,"reasoning_effort":"none"}"#,
                "",
            ),
            (
                "o3",
                r#"{"temperature":1,"top_p":1.0,"logprobs":false,"a":"\u00e9"}"#,
                r#"{"a":"\u00e9"}"#,
                "",
            ),
            (
                "o3",
                r#"{"logprobs":true,"top_logprobs":2,"logit_bias":{"1":2}}"#,
                "{}",
                "logprobs top_logprobs logit_bias",
            ),
            (
                "o3",
                r#"{"max_tokens":5,"max_completion_tokens":7}"#,
                r#"{"max_completion_tokens":7}"#,
                "",
            ),
            (
                "o3",
                r#"{"messages":[{"temperature":0}]}"#,
                r#"{"messages":[{"temperature":0}]}"#,
                "",
            ),
        ] {
            assert_eq!(
                fitted(Wire::OpenAi, model, body),
                (expected.to_owned(), lost.to_owned()),
                "{body}"
            );
        }
    }

    #[test]
    fn a_refused_parameter_is_taken_out_or_renamed() {
        for (body, refused, expected) in [
            (r#"{"a":1,"temperature":0}"#, "temperature", Some(r#"{"a":1}"#)),
            (r#"{"temperature":0, "a":1}"#, "temperature", Some(r#"{"a":1}"#)),
            (r#"{"max_tokens":3}"#, "max_tokens", Some(r#"{"max_completion_tokens":3}"#)),
            (
                r#"{"max_completion_tokens":3}"#,
                "max_completion_tokens",
                Some(r#"{"max_tokens":3}"#),
            ),
            (r#"{"a":1}"#, "temperature", None),
            ("[]", "temperature", None),
        ] {
            let got = without(&Bytes::copy_from_slice(body.as_bytes()), refused);
            assert_eq!(
                got.as_ref().map(|(body, _)| &body[..]),
                expected.map(str::as_bytes),
                "{body}"
            );
        }
    }
}
