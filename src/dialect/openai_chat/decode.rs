//! Decodes a request body and keeps the place of every text in it.
//!
//! Of two fields with the same name the last one counts, as for most JSON readers; the strings of the others are still
//! listed (kind [`SlotKind::Other`]), because they leave with the body. Escapes of lone surrogates (`\ud800`) name no
//! text, so a body with one is refused as invalid JSON rather than changed.

use super::cached;
use super::fields::{Invalid, Within, array, boolean, integer, number, object, string};
use super::message;
use super::parameters;
use super::places;
use super::tools;
use super::words::{Place, Words, is_identifier};
use crate::chat::{ChatRequest, Sampling, SlotKind, ToolChoice};
use crate::dialect::json::{Kind, Syntax, Tape, Value};
use crate::error::{Error, ErrorKind};
use bytes::Bytes;

/// Top-level fields with a meaning to Weir.
const FIELDS: [&str; 20] = [
    "model",
    "messages",
    "stream",
    "stream_options",
    "tools",
    "functions",
    "tool_choice",
    "function_call",
    "parallel_tool_calls",
    "response_format",
    "temperature",
    "top_p",
    "max_completion_tokens",
    "max_tokens",
    "stop",
    "seed",
    "n",
    "logprobs",
    "top_logprobs",
    "cache_control",
];

/// Most names kept in [`ChatRequest::unknown_fields`].
const MAX_UNKNOWN_FIELDS: usize = 64;

/// Most messages of a conversation: far more than any model takes, and few enough that those without words stay small.
const MAX_MESSAGES: usize = 65_536;
/// So many texts are always taken.
const FEWEST_REFUSED: usize = 131_072;
/// Bytes of the body for each text beyond: what is kept beside a text is a few times that.
const BYTES_A_TEXT: usize = 24;

/// Decodes a request body.
///
/// The texts list holds every string, every key and every long number that may carry words. Left out is only what the dialect
/// defines at its exact path, in the exact form that it defines there (`places`): the model, roles and types, words such
/// as `auto`, keywords of schemas, ids of calls that a provider made, and bytes of images, audio and files.
///
/// # Errors
/// [`ErrorKind::InvalidJson`] with line and column, or [`ErrorKind::InvalidValue`] with the path of the field and what
/// it must be. Neither quotes the body.
pub fn decode_request(body: Bytes) -> Result<ChatRequest, Error> {
    let text = std::str::from_utf8(&body).map_err(|error| {
        let syntax = Syntax { at: error.valid_up_to(), expected: "UTF-8 text" };
        invalid_json(&body, syntax)
    })?;
    let tape = Tape::parse(text).map_err(|syntax| invalid_json(&body, syntax))?;
    let mut request = read(tape.root())?;
    request.raw = body;
    Ok(request)
}

fn invalid_json(body: &[u8], Syntax { at, expected }: Syntax) -> Error {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Error::new(ErrorKind::InvalidJson, "The body is empty; expected a JSON object.");
    }
    let before = body.get(..at).unwrap_or(body);
    let line_start =
        before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    // Characters, not bytes: continuation bytes of UTF-8 do not count.
    let starts = |byte: &&u8| **byte & 0xC0 != 0x80;
    let column = before.get(line_start..).unwrap_or(&[]).iter().filter(starts).count() + 1;
    let message =
        format!("The body is not valid JSON at line {line}, column {column}: expected {expected}.");
    Error::new(ErrorKind::InvalidJson, message)
}

fn read(body: Value<'_>) -> Result<ChatRequest, Invalid> {
    if body.kind() != Kind::Object {
        return Err(Invalid::kind("a JSON object", body));
    }
    let most = FEWEST_REFUSED.max(body.span().len() / BYTES_A_TEXT);
    let n_strings = body.subtree().filter(|value| value.kind() == Kind::String).count();
    let mut words = Words::with_room(n_strings.min(most), most);
    let other = Place::outside(SlotKind::Other);
    let mut request = empty(body.span().start + 1);
    let mut model = None;
    let mut tool_spans = Vec::new();
    for (name, key, value) in body.named_fields(&FIELDS) {
        match name {
            "model" => model = Some(value),
            "messages" => request.messages = messages(value, &mut words).field(name)?,
            "stream" => request.stream = boolean(value).field(name)?.unwrap_or(false),
            "stream_options" => {
                if let Some(options) =
                    object(value).field(name)?.and_then(|o| o.get("include_usage"))
                {
                    let asked = boolean(options).field("include_usage").field(name)?;
                    request.include_usage = asked.unwrap_or(false);
                }
                request.stream_options_span = Some(value.span());
                words.add_as(value, &places::STREAM_OPTIONS, other);
            }
            "tools" => {
                tool_spans.push(value.span());
                let listed = tools::tools(value, &mut words).field(name)?;
                request.tools.splice(0..0, listed);
            }
            "functions" => {
                tool_spans.push(value.span());
                request.tools.extend(tools::functions(value, &mut words).field(name)?);
            }
            "tool_choice" | "function_call" => {
                tools::list_choice(value, &mut words);
                choose(&mut request, name, value)?;
            }
            "parallel_tool_calls" => request.parallel_tool_calls = boolean(value).field(name)?,
            "response_format" => {
                if let Some(format) = object(value).field(name)? {
                    parameters::response_format(format, &mut words).field(name)?;
                    request.response_format = tools::raw(format);
                }
            }
            "cache_control" => {
                if value.given().is_some() {
                    cached::mark_everything(&mut words);
                }
                unknown(&mut request, key, value);
                words.add_known(key, value, places::TOP, other);
            }
            // An earlier duplicate of a known field.
            "" if FIELDS.iter().any(|field| key.is(field)) => words.add_all(value, other),
            "" => {
                unknown(&mut request, key, value);
                words.add_known(key, value, places::TOP, other);
            }
            sampling => {
                parameter(&mut request.sampling, sampling, value, &mut words).field(name)?;
            }
        }
    }
    // Of the two limits the newer name wins, wherever it stands.
    if let Some(limit) = body.get("max_completion_tokens") {
        request.sampling.max_tokens = limit.integer().and_then(|limit| limit.try_into().ok());
    }
    let Some(model) = model.and_then(Value::given) else {
        return Err(Invalid::missing("the model's name as a string")).field("model");
    };
    request.model = string(model).field("model")?;
    request.model_span = model.span();
    if request.model.is_empty() {
        return Err(Invalid::new("must not be empty")).field("model");
    }
    if request.messages.is_empty() {
        return Err(Invalid::missing("an array of messages")).field("messages");
    }
    if words.too_many {
        return Err(Invalid::new(format!(
            "holds more than {most} texts, most of them tiny; join them, or send them in several requests"
        )));
    }
    cached::apply(&mut words, &tool_spans);
    request.texts = words.slots;
    request.texts.shrink_to_fit();
    request.unchecked = words.unchecked;
    Ok(request)
}

fn messages(value: Value<'_>, words: &mut Words) -> Result<Vec<crate::chat::Message>, Invalid> {
    let Some(list) = array(value)? else { return Ok(Vec::new()) };
    let mut messages = Vec::new();
    for (index, item) in list.items().enumerate() {
        if index == MAX_MESSAGES {
            return Err(Invalid::new(format!("must hold at most {MAX_MESSAGES} messages")));
        }
        messages.push(message::message(item, index, words).index(index)?);
    }
    if messages.is_empty() {
        return Err(Invalid::new("must hold at least one message"));
    }
    Ok(messages)
}

fn choose(request: &mut ChatRequest, name: &str, value: Value<'_>) -> Result<(), Invalid> {
    let Some(value) = value.given() else { return Ok(()) };
    let (choice, narrowed) = tools::choice(value).field(name)?;
    request.tool_choice = choice;
    if narrowed {
        request.unknown_fields.push("tool_choice.allowed_tools".to_owned());
    }
    Ok(())
}

fn parameter(
    to: &mut Sampling,
    name: &str,
    value: Value<'_>,
    words: &mut Words,
) -> Result<(), Invalid> {
    match name {
        "temperature" => to.temperature = number(value, 0.0, 2.0)?,
        "top_p" => to.top_p = number(value, 0.0, 1.0)?,
        "max_completion_tokens" | "max_tokens" => {
            to.max_tokens = integer(value, 1, u32::MAX.into())?.map(|limit| limit as u32);
        }
        "stop" => to.stop = parameters::stop(value, words)?,
        "seed" => {
            to.seed = integer(value, i64::MIN.into(), u64::MAX.into())?.map(|seed| seed as u64);
        }
        "n" => to.n = integer(value, 1, 128)?.map(|n| n as u32),
        "logprobs" => to.logprobs = boolean(value)?.unwrap_or(false),
        "top_logprobs" => to.top_logprobs = integer(value, 0, 20)?.map(|n| n as u32),
        _ => {}
    }
    Ok(())
}

/// Notes a field that Weir does not know. `null` says nothing, and names that are no identifiers could be words.
fn unknown(request: &mut ChatRequest, key: Value<'_>, value: Value<'_>) {
    if value.given().is_none() || request.unknown_fields.len() >= MAX_UNKNOWN_FIELDS {
        return;
    }
    let name = if is_identifier(key.inner()) { key.inner() } else { "(not a field name)" };
    request.unknown_fields.push(name.to_owned());
}

fn empty(object_start: usize) -> ChatRequest {
    ChatRequest {
        raw: Bytes::new(),
        model: String::new(),
        model_span: 0..0,
        stream: false,
        include_usage: false,
        stream_options_span: None,
        object_start,
        messages: Vec::new(),
        texts: Vec::new(),
        tools: Vec::new(),
        tool_choice: ToolChoice::default(),
        parallel_tool_calls: None,
        sampling: Sampling::default(),
        response_format: None,
        unchecked: Vec::new(),
        unknown_fields: Vec::new(),
    }
}
