//! Decodes parameters that hold more than one value.

use super::fields::{Invalid, Within, object, string};
use super::words::{Place, Words};
use crate::chat::SlotKind;
use crate::dialect::json::{Kind, Value};

/// Decodes `stop`: a string or an array of strings.
pub(super) fn stop(value: Value<'_>, words: &mut Words) -> Result<Vec<String>, Invalid> {
    let place = Place::outside(SlotKind::Other);
    match value.kind() {
        Kind::Null => Ok(Vec::new()),
        Kind::String => {
            words.add(value, place);
            Ok(vec![string(value)?])
        }
        Kind::Array => {
            let mut stops = Vec::new();
            for (index, item) in value.items().enumerate() {
                stops.push(string(item).index(index)?);
                words.add(item, place);
            }
            Ok(stops)
        }
        _ => Err(Invalid::kind("a string or an array of strings", value)),
    }
}

/// Lists the words of a `response_format`.
pub(super) fn response_format(format: Value<'_>, words: &mut Words) -> Result<(), Invalid> {
    let kind = format.get("type").ok_or_else(|| Invalid::missing("a string")).field("type")?;
    string(kind).field("type")?;
    for (name, key, value) in format.named_fields(&["json_schema", "schema"]) {
        match name {
            "json_schema" => {
                let Some(named) = object(value).field(name)? else { continue };
                for (field, key, value) in named.named_fields(&["name", "schema"]) {
                    match field {
                        "name" => words.add_odd_name(value, Place::outside(SlotKind::Schema)),
                        "schema" => words.add_schema(value),
                        _ => words.add_field(key, value, Place::outside(SlotKind::Schema)),
                    }
                }
            }
            "schema" => words.add_schema(value),
            _ => words.add_field(key, value, Place::outside(SlotKind::Schema)),
        }
    }
    Ok(())
}
