//! Guards: what the edge model names counts only where its shape or the words around it allow the type.
//!
//! A tagger that reads prompts, manuals and code takes ordinary words for values now and then, and each of them would be replaced in
//! an instruction. The guards know what a value of each type must have. They change a type where the value is of another kind, and
//! take in what belongs to a number or an address of which the model saw a part. Invariant: the work for a finding is bounded, so the whole is linear in the text.

mod around;
mod code;
mod email;
mod lists;
mod names;
mod pattern;
mod result;
mod secret;
mod shapes;
#[cfg(test)]
mod tests;
mod things;
mod username;

use super::entity::{
    AGE, BANK_ACCOUNT, CREDIT_CARD, DATE_OF_BIRTH, DRIVER_LICENSE, EMAIL_ADDRESS, GOVERNMENT_ID,
    IP_ADDRESS, LOCATION, MEDICAL_RECORD, ORGANIZATION, PASSPORT, PASSWORD, PERSON, PHONE_NUMBER,
    SECRET, STREET_ADDRESS, URL, US_SSN, USERNAME,
};
use super::scan::Hit;
use crate::chat::EntityType;
use around::Around;
use std::cell::OnceCell;
use std::ops::Range;

/// Words that say that a text is about language models.
const MODELS: &[&str] = &[
    "anthropic",
    "openai",
    "llm",
    "gpt-",
    "chatgpt",
    "language model",
    "claude sonnet",
    "claude opus",
    "claude haiku",
    "claude desktop",
    "claude code",
    "claude-",
    "sonnet",
    "gemini pro",
    "gemini-",
    "gemini flash",
    "mcp server",
    "model context protocol",
    "system prompt",
    "prompt caching",
    "cache_control",
    "langchain",
    "sprachmodell",
];

/// The guards over one text.
pub(super) struct Guard<'a> {
    text: &'a str,
    /// Whether the text is about language models; looked for once, when a name asks.
    about_models: OnceCell<bool>,
}

impl<'a> Guard<'a> {
    /// Guards for a text.
    pub fn new(text: &'a str) -> Self {
        Self { text, about_models: OnceCell::new() }
    }

    /// The type and the place of what the model named, as far as they hold; `None` for a false alarm.
    pub fn passes(
        &self,
        entity: EntityType,
        range: Range<usize>,
    ) -> Option<(EntityType, Range<usize>)> {
        let range = self.trimmed(entity, range)?;
        let a = Around::new(self.text, &range)?;
        let kept = match entity {
            EMAIL_ADDRESS => return email::email(&a).map(|more| (entity, widened(&range, more))),
            IP_ADDRESS => shapes::ip(&a),
            SECRET | PASSWORD => secret::secret(&a),
            USERNAME => username::username(&a),
            AGE => shapes::age(&a),
            DATE_OF_BIRTH => shapes::birth(&a),
            PHONE_NUMBER => shapes::phone(&a),
            CREDIT_CARD => digits(a.value) >= 8,
            GOVERNMENT_ID | US_SSN | BANK_ACCOUNT | PASSPORT | DRIVER_LICENSE | MEDICAL_RECORD => {
                digits(a.value) >= 2
            }
            URL => a
                .run(|c| c.is_alphanumeric() || matches!(c, '.' | ':' | '/' | '-'))
                .contains(['.', ':']),
            PERSON => !code::is_identifier(&a) && names::is_person(&a, self.about_models()),
            LOCATION => !code::is_identifier(&a) && names::is_place(&a, self.about_models()),
            ORGANIZATION => !names::is_ordinary(a.value),
            STREET_ADDRESS => {
                // `Street` is an ordinary word and the end of an address.
                let named = a.value.contains(char::is_uppercase) || a.value.contains(' ');
                let street = named && shapes::has_street(a.value);
                if (names::is_ordinary(a.value) && !street) || code::is_identifier(&a) {
                    false
                } else if shapes::address(&a) {
                    true
                } else {
                    // Without a number and a street it is a place at most.
                    let capital = a.value.chars().any(|c| c.is_uppercase() || !c.is_ascii());
                    let place = capital && names::is_place(&a, self.about_models());
                    return place.then_some((LOCATION, range));
                }
            }
            _ => true,
        };
        // Of dates and addresses in digits the model often sees a part.
        let more = match entity {
            DATE_OF_BIRTH => a.beside(|c| c.is_ascii_digit() || matches!(c, '/' | '-')),
            IP_ADDRESS => a.beside(|c| c.is_ascii_hexdigit() || c == ':'),
            _ => [0, 0],
        };
        kept.then(|| (entity, widened(&range, more)))
    }

    /// Whether a part of an address is more than ordinary words: a town in lower case behind the street.
    pub fn is_name(&self, part: &Hit) -> bool {
        let value = self.text.get(part.start..part.end).unwrap_or_default();
        !names::is_ordinary(value)
    }

    /// A name without the closing of a letter before it.
    fn trimmed(&self, entity: EntityType, range: Range<usize>) -> Option<Range<usize>> {
        if entity != PERSON {
            return Some(range);
        }
        let (from, to) = names::without_labels(self.text.get(range.clone())?)?;
        Some(range.start + from..range.start + to)
    }

    fn about_models(&self) -> bool {
        *self.about_models.get_or_init(|| {
            // A megabyte of text says within its first part what it is about.
            let mut end = self.text.len().min(1 << 16);
            while !self.text.is_char_boundary(end) {
                end -= 1;
            }
            let head = self.text.get(..end).unwrap_or_default().to_lowercase();
            MODELS.iter().any(|word| head.contains(word))
        })
    }
}

/// A range with some bytes more before and behind it.
fn widened(range: &Range<usize>, [before, behind]: [usize; 2]) -> Range<usize> {
    range.start - before..range.end + behind
}

/// Whether a value is a date or the beginning of a timestamp.
pub(super) fn is_timestamp(value: &str) -> bool {
    shapes::is_timestamp(value)
}

fn digits(value: &str) -> usize {
    value.chars().filter(|c| c.is_numeric()).count()
}
