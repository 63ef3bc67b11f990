//! Decodes the tools on offer and how one is to be chosen.

use super::fields::{Invalid, Within, array, object, string};
use super::places;
use super::words::{Mark, Place, Words};
use crate::chat::{SlotKind, Tool, ToolChoice};
use crate::dialect::json::{Kind, Value};
use serde_json::value::RawValue;

const TOOL_FIELDS: [&str; 2] = ["function", "cache_control"];
const FUNCTION_FIELDS: [&str; 4] = ["name", "description", "parameters", "cache_control"];

/// A value as received.
pub(super) fn raw(value: Value<'_>) -> Option<Box<RawValue>> {
    RawValue::from_string(value.raw().to_owned()).ok()
}

/// Decodes `tools`.
pub(super) fn tools(value: Value<'_>, words: &mut Words) -> Result<Vec<Tool>, Invalid> {
    let Some(list) = array(value)? else { return Ok(Vec::new()) };
    list.items().enumerate().map(|(index, item)| tool(item, words).index(index)).collect()
}

/// Decodes the legacy `functions`.
pub(super) fn functions(value: Value<'_>, words: &mut Words) -> Result<Vec<Tool>, Invalid> {
    let Some(list) = array(value)? else { return Ok(Vec::new()) };
    list.items().enumerate().map(|(index, item)| function(item, words).index(index)).collect()
}

fn tool(value: Value<'_>, words: &mut Words) -> Result<Tool, Invalid> {
    let value = object(value)?.ok_or_else(|| Invalid::missing("an object"))?;
    let Some(kind) = value.get("type") else {
        return Err(Invalid::missing("the tool's type, such as `function`")).field("type");
    };
    let kind = string(kind).field("type")?;
    let mut found = None;
    for (name, key, field) in value.named_fields(&TOOL_FIELDS) {
        match name {
            "function" if kind == "function" => found = Some(function(field, words).field(name)?),
            "cache_control" => mark(field, value, words),
            _ => words.add_known(key, field, places::TOOL, Place::outside(SlotKind::Schema)),
        }
    }
    match found {
        Some(tool) => Ok(tool),
        None if kind == "function" => {
            Err(Invalid::missing("an object with a `name`")).field("function")
        }
        None => Ok(Tool { name: kind, description: None, parameters: None, is_function: false }),
    }
}

fn function(value: Value<'_>, words: &mut Words) -> Result<Tool, Invalid> {
    let value = object(value)?.ok_or_else(|| Invalid::missing("an object with a `name`"))?;
    let name = value.get("name").ok_or_else(|| Invalid::missing("a string")).field("name")?;
    let name = string(name).field("name")?;
    let mut tool = Tool { name, description: None, parameters: None, is_function: true };
    for (field, key, given) in value.named_fields(&FUNCTION_FIELDS) {
        match field {
            "name" => words.add_as(given, &places::Form::Name, Place::outside(SlotKind::Schema)),
            "description" => {
                if let Some(words_of_it) = given.given() {
                    tool.description = Some(string(words_of_it).field(field)?);
                    words.add(words_of_it, Place::outside(SlotKind::Schema));
                }
            }
            "parameters" => {
                if let Some(schema) = object(given).field(field)? {
                    words.add_schema(schema);
                    tool.parameters = raw(schema);
                }
            }
            "cache_control" => mark(given, value, words),
            _ => words.add_known(key, given, places::FUNCTION, Place::outside(SlotKind::Schema)),
        }
    }
    Ok(tool)
}

fn mark(cache_control: Value<'_>, tool: Value<'_>, words: &mut Words) {
    if cache_control.given().is_some() {
        words.marks.push(Mark { message: None, end: tool.span().end });
    }
    words.add_as(cache_control, &places::CACHE_CONTROL, Place::outside(SlotKind::Schema));
}

/// Decodes `tool_choice` or the legacy `function_call`, and whether it narrows the tools to a list.
pub(super) fn choice(value: Value<'_>) -> Result<(ToolChoice, bool), Invalid> {
    const EXPECTED: &str = "`none`, `auto`, `required` or an object that names a function";
    match value.kind() {
        Kind::String => {
            Ok((mode(value).ok_or_else(|| Invalid::new(format!("must be {EXPECTED}")))?, false))
        }
        Kind::Object => {
            if let Some(allowed) = value.get("allowed_tools") {
                let mode = allowed.get("mode").and_then(mode).unwrap_or_default();
                return Ok((mode, true));
            }
            let named = value.get("function").or_else(|| value.get("custom")).unwrap_or(value);
            match named.get("name") {
                Some(name) => Ok((ToolChoice::Function(string(name).field("name")?), false)),
                None => Err(Invalid::new(format!("must be {EXPECTED}"))),
            }
        }
        _ => Err(Invalid::kind(EXPECTED, value)),
    }
}

/// Lists the words of a choice.
pub(super) fn list_choice(choice: Value<'_>, words: &mut Words) {
    let is_word = choice.kind() == Kind::String;
    let form = if is_word { places::CHOICES } else { places::CHOICE };
    words.add_as(choice, &form, Place::outside(SlotKind::Schema));
}

fn mode(value: Value<'_>) -> Option<ToolChoice> {
    match &*value.text()? {
        "auto" => Some(ToolChoice::Auto),
        "none" => Some(ToolChoice::None),
        // `any` is what Mistral calls it.
        "required" | "any" => Some(ToolChoice::Required),
        _ => None,
    }
}
