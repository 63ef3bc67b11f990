//! The YAML file as a tree that remembers where everything stands.
//!
//! Invariant: a tree holds every entry of the file, duplicate keys included, so that the check sees all there is.

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{DuplicateKeyPolicy, Location, Options, Spanned};
use std::fmt;

/// Line and column, from 1.
pub type Position = (u64, u64);

/// A value and where it stands.
#[derive(Debug, Clone)]
pub struct Node {
    /// Where it begins.
    pub at: Position,
    /// What it is.
    pub value: NodeValue,
}

/// A YAML value.
#[derive(Debug, Clone)]
pub enum NodeValue {
    /// Nothing, `~` or `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i128),
    /// Another number.
    Float(f64),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// A mapping: keys with their places, in order.
    Map(Vec<(String, Position, Node)>),
}

impl NodeValue {
    /// What it is, in words.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "a true/false value",
            Self::Int(_) => "a whole number",
            Self::Float(_) => "a number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Map(_) => "a mapping",
        }
    }
}

/// Reads one YAML document.
///
/// # Errors
/// Where the text is not YAML: the place, if known, and what is wrong.
pub fn parse(text: &str) -> Result<Node, (Option<Position>, String)> {
    let mut options = Options::default();
    options.duplicate_keys = DuplicateKeyPolicy::PassThrough;
    options.strict_booleans = true;
    options.with_snippet = false;
    serde_saphyr::from_str_with_options::<Spanned<NodeValue>>(text, options).map(node).map_err(
        |error| {
            let message = error.without_snippet().to_string();
            let message = message.split(" at line ").next().unwrap_or_default().to_owned();
            (error.location().map(position), message)
        },
    )
}

fn node(spanned: Spanned<NodeValue>) -> Node {
    Node { at: position(spanned.referenced), value: spanned.value }
}

fn position(location: Location) -> Position {
    (location.line(), location.column())
}

impl<'de> Deserialize<'de> for NodeValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = NodeValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_unit<E: Error>(self) -> Result<NodeValue, E> {
        Ok(NodeValue::Null)
    }

    fn visit_none<E: Error>(self) -> Result<NodeValue, E> {
        Ok(NodeValue::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<NodeValue, E> {
        Ok(NodeValue::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<NodeValue, E> {
        Ok(NodeValue::Int(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<NodeValue, E> {
        Ok(NodeValue::Int(value.into()))
    }

    fn visit_i128<E: Error>(self, value: i128) -> Result<NodeValue, E> {
        Ok(NodeValue::Int(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<NodeValue, E> {
        Ok(NodeValue::Float(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<NodeValue, E> {
        Ok(NodeValue::Text(value.to_owned()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<NodeValue, E> {
        Ok(NodeValue::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<NodeValue, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = seq.next_element::<Spanned<NodeValue>>()? {
            list.push(node(item));
        }
        Ok(NodeValue::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<NodeValue, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = map.next_key::<Spanned<String>>()? {
            let value = node(map.next_value::<Spanned<NodeValue>>()?);
            entries.push((key.value, position(key.referenced), value));
        }
        Ok(NodeValue::Map(entries))
    }
}
