//! Encodes a request as a Messages body.

use super::conversation::{Conversation, conversation};
use super::losses;
use super::options;
use super::structured::{self, OutputConfig};
use crate::chat::{ChatRequest, Sampling};
use crate::dialect::json::{Kind, Tape};
use crate::error::{Error, ErrorKind};
use bytes::Bytes;
use serde::Serialize;
use serde_json::value::RawValue;

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    max_tokens: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    cache_control: Option<Box<RawValue>>,
    #[serde(flatten)]
    conversation: Conversation<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<options::WireTool<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_choice: Option<options::WireChoice<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_config: Option<&'a OutputConfig>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stop_sequences: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_p: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_k: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<options::Metadata>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    stream: bool,
}

/// A request in this format.
#[derive(Debug, PartialEq, Eq)]
pub struct Encoded {
    /// The body.
    pub body: Bytes,
    /// Paths of what is lost on the way.
    pub lost: Vec<String>,
    /// Whether the answer comes as the input of a tool: [`super::decode_structured`] and
    /// [`super::StreamDecoder::structured`] read it.
    pub by_tool: bool,
}

/// Encodes a request for `model`, and names what is lost on the way by path. `default_max_tokens` applies where the
/// client set no limit, because this format demands one.
///
/// The request must have been decoded from its body as it is to leave: what redaction and shaping changed in the body
/// must stand in the fields too, because descriptions, schemas and image addresses are read from there.
///
/// # Errors
/// [`ErrorKind::Unsupported`] for what would change the meaning if left out (several choices, audio, files, image
/// addresses that the provider cannot fetch, a conversation without turns, a form of the answer that the model cannot be held to); [`ErrorKind::InvalidValue`] for a tool
/// result that answers no call.
pub fn encode_request(
    request: &ChatRequest,
    model: &str,
    default_max_tokens: u32,
) -> Result<Encoded, Error> {
    if request.sampling.n.is_some_and(|n| n > 1) {
        return Err(unsupported("n", "the target answers with one choice only; ask for `n` of 1"));
    }
    let text = std::str::from_utf8(&request.raw).unwrap_or("{}");
    let tape = Tape::parse(text).map_err(|_| {
        Error::new(ErrorKind::Internal, "the request's body was damaged on its way")
    })?;
    let raw = tape.root();
    let mut lost = losses::of(request, raw);
    let conversation = conversation(request, &mut lost)?;
    let form = structured::form(request, raw, model)?;
    let own = options::tools(request, raw, &mut lost);
    let (tools, tool_choice) = match form.tool() {
        Some((tool, choice)) => (vec![tool], Some(choice)),
        None => {
            let choice = options::choice(request, own.is_empty());
            (own, choice)
        }
    };
    let (temperature, top_p) = randomness(&request.sampling, &mut lost);
    let body = Body {
        model,
        max_tokens: request.sampling.max_tokens.unwrap_or(default_max_tokens),
        cache_control: options::raw(
            raw.get("cache_control").filter(|control| control.kind() == Kind::Object),
        ),
        conversation,
        tool_choice,
        tools,
        output_config: form.config(),
        stop_sequences: stops(&request.sampling, &mut lost),
        temperature,
        top_p,
        top_k: raw.get("top_k").and_then(|top_k| top_k.integer()?.try_into().ok()),
        metadata: options::metadata(raw),
        stream: request.stream,
    };
    let body = serde_json::to_vec(&body).map_err(|_| {
        Error::new(ErrorKind::Internal, "the request could not be written for its target")
    })?;
    lost.sort();
    lost.dedup();
    Ok(Encoded { body: body.into(), lost, by_tool: form.tool().is_some() })
}

/// The highest temperature here is 1, and recent models refuse `top_p` beside a temperature; 1 is its neutral value.
fn randomness(sampling: &Sampling, lost: &mut Vec<String>) -> (Option<f64>, Option<f64>) {
    if sampling.temperature.is_some_and(|temperature| temperature > 1.0) {
        lost.push("temperature".to_owned());
    }
    let temperature = sampling.temperature.map(|temperature| temperature.min(1.0));
    let Some(top_p) = sampling.top_p else { return (temperature, None) };
    if temperature.is_none() {
        return (None, Some(top_p));
    }
    if top_p < 1.0 {
        lost.push("top_p".to_owned());
    }
    (temperature, None)
}

/// Stop strings; those of white space alone are refused by the provider.
fn stops<'a>(sampling: &'a Sampling, lost: &mut Vec<String>) -> Vec<&'a str> {
    let mut stops = Vec::with_capacity(sampling.stop.len());
    for (index, stop) in sampling.stop.iter().enumerate() {
        if stop.trim().is_empty() {
            lost.push(format!("stop[{index}]"));
        } else {
            stops.push(stop.as_str());
        }
    }
    stops
}

/// What the target cannot do; another candidate may.
pub(super) fn unsupported(path: impl Into<String>, what: &str) -> Error {
    let path = path.into();
    Error::new(ErrorKind::Unsupported, format!("`{path}`: {what}.")).param(path)
}
