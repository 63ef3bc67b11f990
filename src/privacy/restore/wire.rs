//! Looks at JSON without rebuilding it: members and elements as slices of the text that was received.
//!
//! Invariant: every slice points into the input, so that its place in the body is known and all other bytes survive.

use crate::chat::Span;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// A member of an object: its name and the JSON of its value.
pub(super) struct Member<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) json: &'a str,
}

/// The members of an object in order, repeated ones included; `None` if it is not an object.
pub(super) fn members(json: &str) -> Option<Vec<Member<'_>>> {
    serde_json::from_str::<Members<'_>>(json).ok().map(|members| members.0)
}

/// The last member of that name, as most readers see it.
pub(super) fn member<'a, 'b>(members: &'b [Member<'a>], name: &str) -> Option<&'b Member<'a>> {
    members.iter().rev().find(|member| member.name == name)
}

/// The elements of an array; `None` if it is not an array.
pub(super) fn elements(json: &str) -> Option<Vec<&str>> {
    let raw = serde_json::from_str::<Vec<&RawValue>>(json).ok()?;
    Some(raw.into_iter().map(RawValue::get).collect())
}

/// A string's text; `None` if it is not a string.
pub(super) fn string(json: &str) -> Option<String> {
    if json.starts_with('"') { serde_json::from_str(json).ok() } else { None }
}

/// Where a slice of `body` stands in it.
pub(super) fn span(body: &[u8], slice: &str) -> Span {
    let start = (slice.as_ptr() as usize).wrapping_sub(body.as_ptr() as usize);
    start..start.wrapping_add(slice.len())
}

struct Members<'a>(Vec<Member<'a>>);

#[derive(serde::Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Vec<Member<'de>>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut out = Vec::new();
                while let Some(Name(name)) = map.next_key()? {
                    let json: &'de RawValue = map.next_value()?;
                    out.push(Member { name, json: json.get() });
                }
                Ok(out)
            }
        }
        deserializer.deserialize_map(Collect).map(Self)
    }
}
