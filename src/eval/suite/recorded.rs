//! What a target answered once, as a suite holds it.

use super::fields::{self, Fields};
use crate::chat::{Choice, FinishReason, ResponseToolCall, Usage};
use crate::error::ErrorKind;
use crate::pipeline::{Canned, Charge};
use crate::units::NanoUsd;
use serde_json::Value;
use std::time::Duration;

/// What stands for the words of an answer that is known only by its outcome.
const NO_WORDS: &str = "(simulated)";

/// Fields of an answer beside its content.
const METER: [&str; 7] = [
    "input_tokens",
    "cached_tokens",
    "output_tokens",
    "cost_usd",
    "latency_ms",
    "ttft_ms",
    "confidence",
];

/// An answer, or the failure to give one.
#[derive(Debug, Clone)]
pub struct Recorded {
    answer: Result<Choice, ErrorKind>,
    /// Whether its words are known.
    pub has_words: bool,
    usage: Option<Usage>,
    charge: Charge,
    ttft: Duration,
    total: Duration,
    confidence: Option<f32>,
}

impl Recorded {
    /// Reads an answer: its text, or `{text, calls, error, …}`.
    ///
    /// # Errors
    /// Says what is wrong.
    pub fn answer(value: &Value) -> Result<Self, String> {
        if let Value::String(text) = value {
            let empty = Fields::of(&Value::Object(serde_json::Map::new()), &[])?;
            return Self::metered(&empty, Ok(choice(Some(text.clone()), Vec::new())), true);
        }
        let fields = Fields::of(value, &[&["text", "calls", "error"][..], &METER[..]].concat())?;
        let calls = fields.list("calls")?;
        let calls = (0..).zip(&calls).map(|(at, value)| call(at, value));
        let calls: Vec<_> = calls.collect::<Result<_, _>>()?;
        let text = fields.text("text")?;
        let answer = match fields.text("error")? {
            Some(_) if text.is_some() || !calls.is_empty() => {
                return Err("it has both an `error` and an answer: keep one".to_owned());
            }
            Some(name) => Err(failure(&name)?),
            None if text.is_none() && calls.is_empty() => {
                return Err("it has neither `text` nor `calls` nor `error`".to_owned());
            }
            None => Ok(choice(text, calls)),
        };
        Self::metered(&fields, answer, true)
    }

    /// Reads an outcome: `0`, `1`, or `{success, cost_usd, …}`.
    ///
    /// # Errors
    /// Says what is wrong.
    pub fn outcome(value: &Value) -> Result<(bool, Self), String> {
        let fields = match value {
            Value::Object(_) => Fields::of(value, &[&["success"][..], &METER[..]].concat())?,
            _ => Fields::of(&Value::Object(serde_json::Map::new()), &[])?,
        };
        let success = if value.is_object() { fields.get("success") } else { Some(value) };
        let success = match success {
            Some(Value::Bool(flag)) => *flag,
            Some(Value::Number(number)) if number.as_f64() == Some(0.0) => false,
            Some(Value::Number(number)) if number.as_f64() == Some(1.0) => true,
            _ => return Err("an outcome is 0 or 1, or a mapping with `success`".to_owned()),
        };
        let answer = Ok(choice(Some(NO_WORDS.to_owned()), Vec::new()));
        let mut recorded = Self::metered(&fields, answer, false)?;
        if recorded.usage.is_none() && recorded.charge == Charge::ByUsage {
            // Without words and tokens there is nothing to price; a guess would look like a figure.
            recorded.charge = Charge::Unknown;
        }
        // Nothing can be seen of an answer without words.
        recorded.confidence.get_or_insert(1.0);
        Ok((success, recorded))
    }

    fn metered(
        fields: &Fields,
        answer: Result<Choice, ErrorKind>,
        has_words: bool,
    ) -> Result<Self, String> {
        let ms = |name: &str| -> Result<Duration, String> {
            let ms = fields.number(name)?.unwrap_or(0.0).min(1e9);
            Ok(Duration::from_secs_f64(ms / 1000.0))
        };
        let (input, output) = (fields.whole("input_tokens")?, fields.whole("output_tokens")?);
        let cached = fields.whole("cached_tokens")?.unwrap_or(0);
        let usage = match (input, output) {
            (None, None) => None,
            (Some(input), Some(output)) if cached <= input => Some(Usage {
                input: input - cached,
                cached_read: cached,
                output,
                ..Usage::default()
            }),
            (Some(_), Some(_)) => {
                return Err(
                    "`cached_tokens` are part of `input_tokens` and cannot be more".to_owned()
                );
            }
            _ => return Err("give both `input_tokens` and `output_tokens`, or none".to_owned()),
        };
        let charge = match fields.number("cost_usd")? {
            Some(usd) => Charge::Known(NanoUsd::from_usd(usd)),
            None => Charge::ByUsage,
        };
        let total = ms("latency_ms")?;
        let ttft = if fields.get("ttft_ms").is_some() { ms("ttft_ms")? } else { total };
        if ttft > total {
            return Err("`ttft_ms` is part of `latency_ms` and cannot be more".to_owned());
        }
        let confidence = fields.number("confidence")?.map(|sure| sure as f32);
        if confidence.is_some_and(|sure| sure > 1.0) {
            return Err("`confidence` goes from 0 to 1".to_owned());
        }
        Ok(Self { answer, has_words, usage, charge, ttft, total, confidence })
    }

    /// The answer as the river takes it.
    pub fn canned(&self) -> Canned {
        let (answer, usage, charge) = (self.answer.clone(), self.usage, self.charge);
        let (ttft, total, confidence) = (self.ttft, self.total, self.confidence);
        Canned { answer, usage, charge, ttft, total, confidence }
    }

    /// Its cost, if the suite says it.
    pub fn cost(&self) -> Option<NanoUsd> {
        self.charge.known()
    }

    /// Text and calls (name, JSON text of the arguments), if it is an answer whose words are known.
    pub fn choice(&self) -> Option<&Choice> {
        self.answer.as_ref().ok().filter(|_| self.has_words)
    }
}

fn choice(text: Option<String>, tool_calls: Vec<ResponseToolCall>) -> Choice {
    let finish = if tool_calls.is_empty() { FinishReason::Stop } else { FinishReason::ToolCalls };
    Choice { text, tool_calls, finish: Some(finish), ..Choice::default() }
}

/// A recorded call: `{name, arguments}`, arguments as a mapping, or as text where they are not JSON.
fn call(at: usize, value: &Value) -> Result<ResponseToolCall, String> {
    let fields = Fields::of(value, &["name", "arguments"])?;
    let name = fields.text("name")?.ok_or("a recorded call needs a `name`")?;
    let arguments = match fields.get("arguments") {
        None => "{}".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(value @ Value::Object(_)) => value.to_string(),
        Some(other) => fields::text("arguments", other)?,
    };
    Ok(ResponseToolCall { id: format!("call_{}", at + 1), name, arguments })
}

fn failure(name: &str) -> Result<ErrorKind, String> {
    match name {
        "timeout" => Ok(ErrorKind::UpstreamTimeout),
        "rate_limited" => Ok(ErrorKind::UpstreamRateLimited),
        "unreachable" => Ok(ErrorKind::UpstreamUnreachable),
        "failed" => Ok(ErrorKind::UpstreamFailed),
        "rejected" => Ok(ErrorKind::UpstreamRejected),
        _ => {
            Err("`error` must be timeout, rate_limited, unreachable, failed or rejected".to_owned())
        }
    }
}
