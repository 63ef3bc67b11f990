//! Decodes parameters that hold more than one value.

use super::fields::{Invalid, Within, object, string};
use super::places;
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
    if let Some(named) = format.get("json_schema") {
        object(named).field("json_schema")?;
    }
    words.add_as(format, &places::RESPONSE_FORMAT, Place::outside(SlotKind::Schema));
    Ok(())
}
