//! Finds every string that may carry somebody's words, so that privacy fails closed: a string is left out only if its
//! place *and* its form say that it is structure.

use crate::chat::{Role, SlotKind, TextSlot};
use crate::dialect::json::{Kind, Value};

/// Keys whose value is structure wherever they stand, if it also looks like an identifier.
const STRUCTURAL: [&str; 14] = [
    "type",
    "role",
    "id",
    "tool_call_id",
    "detail",
    "format",
    "voice",
    "syntax",
    "service_tier",
    "file_id",
    "reasoning_effort",
    "effort",
    "verbosity",
    "prompt_cache_retention",
];

/// Keys whose value is encoded data, if it looks like base64.
const DATA: [&str; 3] = ["data", "file_data", "b64_json"];

/// Where a text stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// What it is.
    pub(super) kind: SlotKind,
    /// Who speaks.
    pub(super) role: Option<Role>,
    /// In which message.
    pub(super) message: Option<usize>,
}

impl Place {
    /// Outside of messages.
    pub(super) fn outside(kind: SlotKind) -> Self {
        Self { kind, role: None, message: None }
    }

    /// The same place with another kind.
    pub(super) fn of_kind(self, kind: SlotKind) -> Self {
        Self { kind, ..self }
    }
}

/// A `cache_control`: everything up to `end` in `message` (in the tools, if `None`) is asked to be cached.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    pub(super) message: Option<usize>,
    pub(super) end: usize,
}

/// The texts found so far, in body order, and the cache marks.
#[derive(Debug, Default)]
pub(super) struct Words {
    pub(super) slots: Vec<TextSlot>,
    pub(super) marks: Vec<Mark>,
}

impl Words {
    /// Adds one string and returns its index.
    pub(super) fn add(&mut self, string: Value<'_>, place: Place) -> usize {
        self.slots.push(TextSlot {
            span: string.span(),
            text: string.text().map(Into::into).unwrap_or_default(),
            kind: place.kind,
            role: place.role,
            message: place.message,
            cached: false,
        });
        self.slots.len() - 1
    }

    /// Adds the strings of a field that has no meaning here: its value, and its key if that is more than a name.
    pub(super) fn add_field(&mut self, key: Value<'_>, value: Value<'_>, place: Place) {
        if !is_plain_name(key.inner()) {
            self.add(key, place);
        }
        if !is_structure(key, value, place) {
            self.add_all(value, place);
        }
    }

    /// Adds a name or an id, unless it looks like one.
    pub(super) fn add_odd_name(&mut self, name: Value<'_>, place: Place) {
        if name.kind() == Kind::String && !is_identifier(name.inner()) {
            self.add(name, place);
        }
    }

    /// Adds every string of `value`, and keys that are more than a plain field name.
    pub(super) fn add_all(&mut self, value: Value<'_>, place: Place) {
        let mut at = value.index();
        while let Some(node) = value.below(at) {
            at += 1;
            match node.kind() {
                Kind::Key => {
                    if !is_plain_name(node.inner()) {
                        self.add(node, place);
                    }
                    let Some(field) = value.below(at) else { return };
                    if is_structure(node, field, place) {
                        at = field.behind();
                    }
                }
                Kind::String if !(place.message.is_some() && is_data_url(node.inner())) => {
                    self.add(node, place);
                }
                _ => {}
            }
        }
    }

    /// Adds the strings of a JSON Schema but for what names types and properties. Depth is bounded by the reader.
    pub(super) fn add_schema(&mut self, schema: Value<'_>) {
        let place = Place::outside(SlotKind::Schema);
        match schema.kind() {
            Kind::String => {
                self.add(schema, place);
            }
            Kind::Array => schema.items().for_each(|item| self.add_schema(item)),
            Kind::Object => {
                schema.fields().for_each(|(key, value)| self.add_keyword(&key, value, place));
            }
            _ => {}
        }
    }

    fn add_keyword(&mut self, key: &Value<'_>, value: Value<'_>, place: Place) {
        let key = key.text().unwrap_or_default();
        match &*key {
            "type" | "cache_control" if names_below(value) => {}
            "required" if value.items().all(|name| name.kind() == Kind::String) => {}
            "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas"
                if value.kind() == Kind::Object =>
            {
                value.fields().for_each(|(_, schema)| self.add_schema(schema));
            }
            // Values, not schemas: a field called `type` in them is somebody's data.
            "default" | "const" | "enum" | "examples" | "example" => self.add_values(value, place),
            _ => self.add_schema(value),
        }
    }

    /// Adds every string without exception.
    fn add_values(&mut self, value: Value<'_>, place: Place) {
        for node in value.subtree() {
            let is_name = node.kind() == Kind::Key && is_plain_name(node.inner());
            if node.is_string() && !is_name {
                self.add(node, place);
            }
        }
    }
}

/// Whether a field is structure by its key and form.
fn is_structure(key: Value<'_>, value: Value<'_>, place: Place) -> bool {
    if key.is("cache_control") {
        return names_below(value);
    }
    if value.kind() != Kind::String {
        return false;
    }
    if place.message.is_some() && DATA.iter().any(|name| key.is(name)) {
        return is_base64(value.inner());
    }
    STRUCTURAL.iter().any(|name| key.is(name)) && is_identifier(value.inner())
}

/// Whether all strings of a value look like identifiers.
fn names_below(value: Value<'_>) -> bool {
    value.subtree().all(|node| !node.is_string() || is_identifier(node.inner()))
}

/// Whether a string literal looks like an identifier: short, and of letters, digits and joining signs.
pub(super) fn is_identifier(inner: &str) -> bool {
    let joins = |byte: u8| matches!(byte, b'_' | b'-' | b'.' | b':' | b'/' | b'+');
    (1..=128).contains(&inner.len())
        && inner.bytes().all(|byte| byte.is_ascii_alphanumeric() || joins(byte))
}

/// Whether a key is a plain field name, or a number as short as a token's (`logit_bias`), which no detector needs to
/// see.
fn is_plain_name(inner: &str) -> bool {
    let is_number = inner.len() <= 7 && inner.bytes().all(|byte| byte.is_ascii_digit());
    let is_word = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    is_number || (inner.len() <= 40 && inner.bytes().all(is_word))
}

/// Whether a string literal is a `data:` URL with base64 content.
pub(super) fn is_data_url(inner: &str) -> bool {
    let Some(rest) = inner.strip_prefix("data:") else { return false };
    let Some((media, data)) = rest.split_once(";base64,") else { return false };
    media.len() <= 128 && media.bytes().all(|byte| byte.is_ascii_graphic()) && is_base64(data)
}

/// Whether a string literal is base64; a slash may be escaped.
fn is_base64(inner: &str) -> bool {
    let sign = |byte: u8| matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_' | b'\\');
    inner.bytes().all(|byte| byte.is_ascii_alphanumeric() || sign(byte))
}
