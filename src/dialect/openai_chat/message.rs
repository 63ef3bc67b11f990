//! Decodes one message.

use super::fields::{Invalid, Within, array, object, string};
use super::places;
use super::words::{Mark, Place, Words};
use crate::chat::{Message, Part, Role, SlotKind, ToolCall};
use crate::dialect::json::{Kind, Value};
use serde_json::value::RawValue;

const FIELDS: [&str; 7] =
    ["role", "content", "tool_calls", "function_call", "tool_call_id", "refusal", "cache_control"];
const PART_FIELDS: [&str; 5] = ["type", "text", "refusal", "image_url", "cache_control"];
const CALL_FIELDS: [&str; 4] = ["id", "type", "function", "custom"];
const FUNCTION_FIELDS: [&str; 3] = ["name", "arguments", "input"];

/// Decodes the message at `index` and lists its words.
pub(super) fn message(
    value: Value<'_>,
    index: usize,
    words: &mut Words,
) -> Result<Message, Invalid> {
    if value.kind() != Kind::Object {
        return Err(Invalid::kind("an object", value));
    }
    let role = role(value).field("role")?;
    let kind = match role {
        Role::Tool | Role::Function => SlotKind::ToolResult,
        _ => SlotKind::Message,
    };
    let place = Place { kind, role: Some(role), message: Some(index) };
    let other = place.of_kind(SlotKind::Other);
    let mut message =
        Message { role, parts: Vec::new(), tool_calls: Vec::new(), tool_call_id: None };
    let mut has_content = false;
    let mut cache_control = None;
    for (name, key, value) in value.named_fields(&FIELDS) {
        match name {
            "role" => {}
            "content" => {
                has_content = value.given().is_some();
                message.parts = content(value, place, words).field(name)?;
            }
            "tool_calls" => message.tool_calls.extend(tool_calls(value, other, words).field(name)?),
            "function_call" => {
                if let Some(call) = object(value).field(name)? {
                    message
                        .tool_calls
                        .push(function(call, String::new(), other, words).field(name)?);
                }
            }
            "tool_call_id" => {
                if let Some(id) = value.given() {
                    message.tool_call_id = Some(string(id).field(name)?);
                    words.add_answered_id(id, other);
                }
            }
            "refusal" if value.given().is_some_and(|refusal| !refusal.is_string()) => {
                return Err(Invalid::kind("a string", value)).field(name);
            }
            "cache_control" => {
                cache_control = value.given();
                words.add_as(value, &places::CACHE_CONTROL, other);
            }
            // A legacy result is tied to its call by the function's name.
            "" if role == Role::Function && key.is("name") => {
                words.add_as(value, &places::Form::Name, other);
            }
            // An earlier duplicate of a known field.
            "" if FIELDS.iter().any(|field| key.is(field)) => words.add_all(value, other),
            _ => words.add_known(key, value, places::MESSAGE, other),
        }
    }
    // An assistant may say nothing beside its calls, and a legacy function may return nothing.
    if !has_content && !matches!(role, Role::Assistant | Role::Function) {
        return Err(Invalid::missing("a string or an array of parts")).field("content");
    }
    if let Some(control) = cache_control {
        words.marks.push(Mark { message: Some(index), end: value.span().end });
        mark_last_text(&mut message.parts, control);
    }
    Ok(message)
}

fn role(message: Value<'_>) -> Result<Role, Invalid> {
    const EXPECTED: &str = "`system`, `developer`, `user`, `assistant`, `tool` or `function`";
    let role = message.get("role").ok_or_else(|| Invalid::missing(EXPECTED))?;
    Ok(match &*role.text().ok_or_else(|| Invalid::kind(EXPECTED, role))? {
        "system" => Role::System,
        "developer" => Role::Developer,
        "user" => Role::User,
        "assistant" => Role::Assistant,
        "tool" => Role::Tool,
        "function" => Role::Function,
        _ => return Err(Invalid::new(format!("must be {EXPECTED}"))),
    })
}

/// A message-wide `cache_control` means its last text, as long as that has none of its own.
fn mark_last_text(parts: &mut [Part], control: Value<'_>) {
    let texts = parts.iter_mut().rev().filter_map(|part| match part {
        Part::Text { cache_control, .. } => Some(cache_control),
        _ => None,
    });
    if let Some(last) = texts.take(1).find(|own| own.is_none()) {
        *last = super::tools::raw(control);
    }
}

fn content(value: Value<'_>, place: Place, words: &mut Words) -> Result<Vec<Part>, Invalid> {
    match value.kind() {
        Kind::Null => Ok(Vec::new()),
        Kind::String => {
            let slot = words.add(value, place) as u32;
            Ok(vec![Part::Text { slot, cache_control: None }])
        }
        Kind::Array => {
            let parts = value.items().enumerate();
            parts.map(|(index, item)| part(item, place, words).index(index)).collect()
        }
        _ => Err(Invalid::kind("a string or an array of parts", value)),
    }
}

fn part(value: Value<'_>, place: Place, words: &mut Words) -> Result<Part, Invalid> {
    if value.kind() != Kind::Object {
        return Err(Invalid::kind("an object", value));
    }
    let Some(kind) = value.get("type") else {
        return Err(Invalid::missing("the part's type as a string")).field("type");
    };
    let kind = string(kind).field("type")?;
    let other = place.of_kind(SlotKind::Other);
    let mut cache_control: Option<Box<RawValue>> = None;
    let mut text = None;
    let mut url = None;
    for (name, key, value) in value.named_fields(&PART_FIELDS) {
        match name {
            "text" | "refusal" if name == kind => {
                string_kind(value).field(name)?;
                text = Some(words.add(value, place));
            }
            "image_url" if name == kind => url = Some(image_url(value, other, words).field(name)?),
            "cache_control" => {
                cache_control = value.given().and_then(super::tools::raw);
                words.add_as(value, &places::CACHE_CONTROL, other);
            }
            "image_url" => words.add_all(value, other),
            _ => words.add_known(key, value, places::PART, other),
        }
    }
    if cache_control.is_some() {
        words.marks.push(Mark { message: place.message, end: value.span().end });
    }
    match (&*kind, text, url) {
        ("text" | "refusal", Some(slot), _) => Ok(Part::Text { slot: slot as u32, cache_control }),
        ("text" | "refusal", None, _) => Err(Invalid::missing("a string")).field(&kind),
        ("image_url", _, Some(url)) => Ok(Part::Image { url: url.into() }),
        ("image_url", _, None) => {
            Err(Invalid::missing("an object with a `url`")).field("image_url")
        }
        (name, ..) => {
            let known = places::PART_TYPES.iter().find(|known| **known == name);
            if let Some(unread) = unread(name, value) {
                words.leave_unread(unread);
            }
            Ok(Part::Other { kind: known.copied().unwrap_or("unknown") })
        }
    }
}

/// What of a part goes unread; `None` for a file whose content is text, which is looked at.
fn unread(kind: &str, part: Value<'_>) -> Option<&'static str> {
    match kind {
        "input_audio" | "audio_url" => Some("audio"),
        "video_url" => Some("video"),
        "input_image" => Some("image"),
        "thinking" | "input_text" => None,
        "file" | "input_file" | "document" => {
            let data = part.get("file").and_then(|file| file.get("file_data"));
            data.is_none_or(|data| super::data::is_data(data.inner())).then_some("file")
        }
        _ => Some("other"),
    }
}

fn image_url(value: Value<'_>, place: Place, words: &mut Words) -> Result<String, Invalid> {
    words.leave_unread("image");
    if value.kind() == Kind::String {
        words.add_as(value, &places::Form::Data("image"), place);
        return string(value);
    }
    let image = object(value)?.ok_or_else(|| Invalid::missing("an object with a `url`"))?;
    for (key, value) in image.fields() {
        words.add_known(key, value, places::IMAGE, place);
    }
    let url = image.get("url").ok_or_else(|| Invalid::missing("a string")).field("url")?;
    string(url).field("url")
}

fn tool_calls(value: Value<'_>, place: Place, words: &mut Words) -> Result<Vec<ToolCall>, Invalid> {
    let Some(list) = array(value)? else { return Ok(Vec::new()) };
    let calls = list.items().enumerate();
    calls.map(|(index, call)| tool_call(call, place, words).index(index)).collect()
}

fn tool_call(value: Value<'_>, place: Place, words: &mut Words) -> Result<ToolCall, Invalid> {
    if value.kind() != Kind::Object {
        return Err(Invalid::kind("an object", value));
    }
    let id = value.get("id").map(string).transpose().field("id")?.unwrap_or_default();
    let mut call = None;
    for (name, key, value) in value.named_fields(&CALL_FIELDS) {
        match name {
            "id" => words.add_call_id(value, place),
            "function" | "custom" => {
                let given = object(value).field(name)?.ok_or_else(|| Invalid::missing("an object"));
                call = Some(function(given.field(name)?, id.clone(), place, words).field(name)?);
            }
            // An earlier duplicate of a known field.
            _ if CALL_FIELDS[2..].iter().any(|field| key.is(field)) => words.add_all(value, place),
            _ => words.add_known(key, value, places::CALL, place),
        }
    }
    call.ok_or_else(|| Invalid::missing("an object with `name` and `arguments`")).field("function")
}

/// The called function, or a custom tool, whose input is plain text.
fn function(
    value: Value<'_>,
    id: String,
    place: Place,
    words: &mut Words,
) -> Result<ToolCall, Invalid> {
    let name = value.get("name").ok_or_else(|| Invalid::missing("a string")).field("name")?;
    let mut arguments = None;
    for (field, key, value) in value.named_fields(&FUNCTION_FIELDS) {
        match field {
            "name" => words.add_as(value, &places::Form::Name, place),
            "arguments" | "input" => {
                string_kind(value).field(field)?;
                let kind = if field == "input" { SlotKind::Other } else { SlotKind::ToolArguments };
                arguments = Some(words.add(value, place.of_kind(kind)));
            }
            // An earlier duplicate of a known field.
            _ if FUNCTION_FIELDS.iter().any(|field| key.is(field)) => words.add_all(value, place),
            _ => words.add_field(key, value, place),
        }
    }
    let arguments = arguments.ok_or_else(|| Invalid::missing("a string")).field("arguments")?;
    Ok(ToolCall { id, name: string(name).field("name")?, arguments })
}

fn string_kind(value: Value<'_>) -> Result<(), Invalid> {
    if value.is_string() { Ok(()) } else { Err(Invalid::kind("a string", value)) }
}
