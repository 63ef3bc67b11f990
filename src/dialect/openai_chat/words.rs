//! Finds every string that may carry somebody's words, so that privacy fails closed: a string, a key or a long number is
//! left out only if its exact path *and* its exact form say that it is structure (`places`).

use super::data::is_data;
use super::places::{Field, Form};
use crate::chat::{Role, SlotKind, TextSlot};
use crate::dialect::json::{Kind, Value};
use compact_str::CompactString;
use std::collections::HashSet;

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
    /// How many there may be; 0 for any number.
    pub(super) most: usize,
    /// Whether there were more.
    pub(super) too_many: bool,
    /// Kinds of content that go unread, each once.
    pub(super) unchecked: Vec<&'static str>,
    /// Ids of calls that a provider made, as far as the conversation has come.
    pub(super) calls: HashSet<String>,
}

/// Keys shorter than this, in bytes, hold nothing that could be found.
const MIN_KEY: usize = 3;

/// Fewest digits of a number that may be somebody's: an account, a card, a telephone.
const MIN_DIGITS: usize = 8;

/// Single letters count as texts until there are so many texts: there may be millions of them.
const MANY: usize = 4096;

impl Words {
    /// Room for so many texts, of which there may be `most`. A list that grew by doubling would take up to three times as much.
    pub(super) fn with_room(n_texts: usize, most: usize) -> Self {
        Self { slots: Vec::with_capacity(n_texts), most, ..Self::default() }
    }

    /// Adds one string and returns its index.
    pub(super) fn add(&mut self, string: Value<'_>, place: Place) -> usize {
        let text = string.text().map(Into::into).unwrap_or_default();
        self.push(string, text, place)
    }

    fn push(&mut self, value: Value<'_>, text: CompactString, place: Place) -> usize {
        if self.most > 0 && self.slots.len() >= self.most {
            self.too_many = true;
            return self.slots.len() - 1;
        }
        self.slots.push(TextSlot {
            span: value.span(),
            text,
            kind: place.kind,
            role: place.role,
            message: place.message.map(|at| at as u32),
            cached: false,
        });
        self.slots.len() - 1
    }

    /// Notes a kind of content that no detector can read.
    pub(super) fn leave_unread(&mut self, kind: &'static str) {
        if !self.unchecked.contains(&kind) {
            self.unchecked.push(kind);
        }
    }

    /// Adds a key as a name.
    pub(super) fn add_key(&mut self, key: Value<'_>, place: Place) {
        if key.inner().len() >= MIN_KEY {
            self.add(key, place.of_kind(SlotKind::Name));
        }
    }

    /// Adds a number that is long enough to be somebody's.
    fn add_number(&mut self, number: Value<'_>, place: Place) {
        if number.raw().bytes().filter(u8::is_ascii_digit).count() < MIN_DIGITS {
            return;
        }
        let plain = |raw: &str| raw.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        match number.raw() {
            raw if plain(raw) => {
                self.push(number, raw.into(), place);
            }
            // A card may be written 4.111e15.
            _ => {
                if let Some(whole) = number.integer() {
                    self.push(number, whole.to_string().into(), place);
                }
            }
        }
    }

    /// Adds a field that the dialect does not define at its path: its key as a name, and all of its value.
    pub(super) fn add_field(&mut self, key: Value<'_>, value: Value<'_>, place: Place) {
        self.add_key(key, place);
        self.add_all(value, place);
    }

    /// Adds a field of an object that has these fields.
    pub(super) fn add_known(
        &mut self,
        key: Value<'_>,
        value: Value<'_>,
        fields: &'static [Field],
        place: Place,
    ) {
        match fields.iter().find(|(name, _)| key.is(name)) {
            Some((_, form)) => self.add_as(value, form, place),
            None => self.add_field(key, value, place),
        }
    }

    /// Adds every string, key and long number of a value.
    pub(super) fn add_all(&mut self, value: Value<'_>, place: Place) {
        for node in value.subtree() {
            match node.kind() {
                Kind::Key => self.add_key(node, place),
                // A single letter is nobody's name.
                Kind::String if node.inner().len() < 2 && self.slots.len() >= MANY => {}
                Kind::String => {
                    self.add(node, place);
                }
                Kind::Number => self.add_number(node, place),
                _ => {}
            }
        }
    }

    /// Adds what of a value does not have the form that structure has here.
    pub(super) fn add_as(&mut self, value: Value<'_>, form: &Form, place: Place) {
        match (form, value.kind()) {
            (Form::OneOf(words), Kind::String) if words.iter().any(|word| value.is(word)) => {}
            (Form::Each(form), Kind::Array) => {
                value.items().for_each(|item| self.add_as(item, form, place));
            }
            (Form::Object(fields), Kind::Object) => {
                for (key, field) in value.fields() {
                    self.add_known(key, field, fields, place);
                }
            }
            (Form::Number, Kind::Number) => {}
            (Form::OneOf(_), Kind::String) if is_identifier(value.inner()) => {
                self.add(value, place.of_kind(SlotKind::Name));
            }
            (Form::Id(prefixes), Kind::String) if is_id(value.inner(), prefixes) => {}
            (Form::Name | Form::Id(_), Kind::String) => {
                self.add(value, place.of_kind(SlotKind::Name));
            }
            (Form::Speaker, Kind::String) => {
                self.add(value, place.of_kind(SlotKind::Speaker));
            }
            (Form::Schema, _) => self.add_schema(value),
            (Form::Data(kind), Kind::String) if is_data(value.inner()) => self.leave_unread(kind),
            (Form::TokenIds, Kind::Object) => {
                for (key, bias) in value.fields() {
                    if !is_token_id(key.inner()) {
                        self.add_key(key, place);
                    }
                    if bias.number().is_none_or(|bias| bias.abs() > 100.0) {
                        self.add_all(bias, place);
                    }
                }
            }
            _ => self.add_all(value, place),
        }
    }

    /// Adds the id of a call, unless a provider made it.
    pub(super) fn add_call_id(&mut self, id: Value<'_>, place: Place) {
        if id.kind() == Kind::String && is_id(id.inner(), super::places::CALL_IDS) {
            self.calls.insert(id.inner().to_owned());
        } else {
            self.add_as(id, &Form::Name, place);
        }
    }

    /// Adds the id of the call that a result answers, unless it is the one that a provider made.
    pub(super) fn add_answered_id(&mut self, id: Value<'_>, place: Place) {
        if !self.calls.contains(id.inner()) {
            self.add_as(id, &Form::Name, place);
        }
    }
}

/// Whether a literal is an id as providers make them: a prefix, then a UUID, 16 to 64 hexadecimal digits, or 16 to 48 letters
/// in both cases and digits, thoroughly mixed. Numbers and names are none of these.
fn is_id(inner: &str, prefixes: &[&str]) -> bool {
    let Some(rest) = prefixes.iter().find_map(|prefix| inner.strip_prefix(prefix)) else {
        return false;
    };
    let any = |wanted: fn(&u8) -> bool| rest.as_bytes().iter().any(wanted);
    let all = |wanted: fn(&u8) -> bool| rest.as_bytes().iter().all(wanted);
    let hex = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f');
    let groups: Vec<usize> = rest.split('-').map(str::len).collect();
    let is_uuid =
        groups == [8, 4, 4, 4, 12] && all(|byte| byte.is_ascii_hexdigit() || *byte == b'-');
    let is_hex = (16..=64).contains(&rest.len()) && rest.as_bytes().iter().all(hex);
    let class = |byte: &u8| (byte.is_ascii_digit(), byte.is_ascii_uppercase());
    let pairs = rest.as_bytes().iter().zip(rest.as_bytes().iter().skip(1));
    let n_turns = pairs.filter(|(a, b)| class(a) != class(b)).count();
    let is_random = (16..=48).contains(&rest.len())
        && all(u8::is_ascii_alphanumeric)
        && any(u8::is_ascii_uppercase)
        && n_turns * 9 >= rest.len() * 4;
    // Digits alone would be a number of somebody's.
    (is_uuid || is_hex || is_random) && any(u8::is_ascii_lowercase) && any(u8::is_ascii_digit)
}

/// Whether a key is the number of a token.
fn is_token_id(inner: &str) -> bool {
    (1..=7).contains(&inner.len()) && inner.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a string literal looks like an identifier: short, and of letters, digits and joining signs.
pub(super) fn is_identifier(inner: &str) -> bool {
    let joins = |byte: u8| matches!(byte, b'_' | b'-' | b'.' | b':' | b'/' | b'+');
    (1..=128).contains(&inner.len())
        && inner.bytes().all(|byte| byte.is_ascii_alphanumeric() || joins(byte))
}

#[cfg(test)]
mod tests {
    use super::is_id;
    use crate::dialect::openai_chat::places::CALL_IDS;

    #[test]
    fn ids_are_random_and_words_are_not() {
        for id in [
            "call_aB3dE5fG7hI9jK1lM3nO5pQ7",
            "call_0f8fad5b-d9cb-469f-a165-70867728950e",
            "toolu_01A09q9Tqw90Lq917H35lq9X",
            "chatcmpl-tool-1f2e3d4c5b6a79880f1e2d3c4b5a6978",
        ] {
            assert!(is_id(id, CALL_IDS), "{id}");
        }
        for words in [
            "call_1",
            "c1",
            "call_anna_schmidt",
            "call_AnnaSchmidtBerlin",
            "call_AnnaSchmidtBerlin1",
            "call_BjornAndersen1984",
            "call_4111111111111111",
            "call_DE89370400440532013000",
            "call_anna@example.com",
            "call_078-05-1120",
            "aB3dE5fG7hI9jK1lM3nO5pQ7",
            "call_",
        ] {
            assert!(!is_id(words, CALL_IDS), "{words}");
        }
    }
}
