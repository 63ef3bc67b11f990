//! Restores one channel of text that comes in pieces: one choice's text, one tool call's arguments.
//!
//! Invariants: the output does not depend on where the input is cut; nothing is held back but what may still become a
//! placeholder; a restored value is never looked at again, so a value that looks like a placeholder stays as it is.

use super::depth::Depth;
use super::grammar::{Probe, probe};
use crate::chat::json_string;
use crate::privacy::names::is_letter;
use crate::privacy::plain::{escaped, percent_encoded};
use crate::privacy::vault::Vault;
use std::sync::Arc;

/// What the restored text is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Escaping {
    /// Plain text: values go in as they are.
    None,
    /// JSON text: a value inside a string is escaped as often as strings are nested there; a bare placeholder becomes a
    /// number if the value is one, else a string. A string that is one placeholder becomes a number if the client sent the value
    /// as a number.
    JsonString,
}

/// How many placeholders were seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Placeholders replaced by their values.
    pub restored: u64,
    /// What looks like a placeholder of an issued type, but was neither issued nor typed by the client.
    pub unrestored: u64,
}

/// Restores one channel.
pub struct Restorer {
    vault: Arc<Vault>,
    state: State,
}

impl Restorer {
    /// A restorer at the beginning of a channel.
    pub fn new(vault: Arc<Vault>, escaping: Escaping) -> Self {
        Self { vault, state: State::new(escaping) }
    }

    /// Takes more text and returns what can go out.
    pub fn push(&mut self, text: &str) -> String {
        self.state.run(&self.vault, text, Ending::No)
    }

    /// The channel is complete: returns what was held back, restored where it is a placeholder.
    pub fn finish(&mut self) -> String {
        self.state.run(&self.vault, "", Ending::Complete)
    }

    /// The channel was cut: as [`Restorer::finish`], but `PERSON_1` stays if `PERSON_10` exists and might have been meant.
    pub fn cut(&mut self) -> String {
        self.state.run(&self.vault, "", Ending::Cut)
    }

    /// Whether text is held back.
    pub fn is_holding(&self) -> bool {
        !self.state.held.is_empty()
    }

    /// What was seen so far.
    pub fn counts(&self) -> Counts {
        self.state.counts
    }
}

/// Restores a whole text.
pub fn restore_text(vault: &Vault, text: &str, escaping: Escaping) -> String {
    State::new(escaping).run(vault, text, Ending::Complete)
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Ending {
    No,
    Complete,
    Cut,
}

/// Looks for a name with a placeholder inside at the start of a text.
fn alias(vault: &Vault, text: &str, end: bool) -> Probe {
    let len = text.find(|c: char| !is_letter(c)).unwrap_or(text.len());
    let name = text.get(..len).unwrap_or_default();
    let ends = end || len < text.len();
    if ends && vault.is_alias(name) {
        let open_ended = len == text.len();
        return Probe::Found { len, name: name.to_owned(), open_ended, percent: false };
    }
    if !ends && vault.begins_alias(name) { Probe::Live } else { Probe::No }
}

struct State {
    held: String,
    /// Whether the character before `held` is no part of a word.
    at_boundary: bool,
    /// Present for JSON text.
    depth: Option<Depth>,
    counts: Counts,
}

impl State {
    fn new(escaping: Escaping) -> Self {
        let depth = (escaping == Escaping::JsonString).then(Depth::new);
        Self { held: String::new(), at_boundary: true, depth, counts: Counts::default() }
    }

    fn run(&mut self, vault: &Vault, more: &str, ending: Ending) -> String {
        let mut text = std::mem::take(&mut self.held);
        text.push_str(more);
        let mut out = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some(len) = self.take(vault, rest, ending, &mut out) {
            rest = rest.get(len..).unwrap_or_default();
        }
        self.held = rest.to_owned();
        out
    }

    /// Deals with what stands at the beginning of `rest`; its length in bytes, `None` at the end and before what may become a
    /// placeholder.
    fn take(
        &mut self,
        vault: &Vault,
        rest: &str,
        ending: Ending,
        out: &mut String,
    ) -> Option<usize> {
        let first = rest.chars().next()?;
        match self.quoted_number(vault, rest, ending) {
            Probe::Live => return None,
            Probe::Found { len, name, .. } => {
                self.counts.restored += 1;
                self.at_boundary = true;
                out.push_str(vault.number(&name).unwrap_or_default());
                return Some(len);
            }
            Probe::No => {}
        }
        let len = match self.probe(vault, rest, first, ending) {
            Probe::Live => return None,
            Probe::No => self.pass(rest, first.len_utf8(), out),
            Probe::Found { len, name, open_ended, percent } => {
                let doubtful = open_ended && ending == Ending::Cut && vault.has_longer(&name);
                match vault.value(&name) {
                    Some(value) if !doubtful && percent => {
                        self.insert(&percent_encoded(value), len, out)
                    }
                    Some(value) if !doubtful => self.insert(value, len, out),
                    _ => {
                        self.counts.unrestored += u64::from(!vault.is_typed(&name));
                        self.pass(rest, len, out)
                    }
                }
            }
        };
        Some(len)
    }

    /// Looks for a string of JSON that is one placeholder, of a value that the client sent as a number. Keys stay strings.
    fn quoted_number(&self, vault: &Vault, rest: &str, ending: Ending) -> Probe {
        let quote = self.depth.as_ref().filter(|_| vault.has_numbers()).and_then(Depth::quote);
        let Some(quote) = quote else { return Probe::No };
        let is_last = ending != Ending::No;
        let begun = |text: &str| match is_last {
            false if quote.starts_with(text) => Probe::Live,
            _ => Probe::No,
        };
        let Some(content) = rest.strip_prefix(quote) else { return begun(rest) };
        let (len, name) = match probe(vault.types(), content, true, is_last) {
            Probe::Found { len, name, .. } if vault.number(&name).is_some() => (len, name),
            Probe::Live => return Probe::Live,
            _ => return Probe::No,
        };
        let behind = content.get(len..).unwrap_or_default();
        let Some(after) = behind.strip_prefix(quote) else { return begun(behind) };
        match after.trim_start().chars().next() {
            None if !is_last => Probe::Live,
            Some(':') => Probe::No,
            _ => {
                let len = quote.len() * 2 + len;
                Probe::Found { len, name, open_ended: false, percent: false }
            }
        }
    }

    fn probe(&self, vault: &Vault, rest: &str, first: char, ending: Ending) -> Probe {
        let in_escape = || self.depth.as_ref().is_some_and(Depth::in_escape);
        if vault.has_aliases() && self.at_boundary && is_letter(first) && !in_escape() {
            match alias(vault, rest, ending != Ending::No) {
                Probe::No => {}
                seen => return seen,
            }
        }
        let may_begin = match first {
            '<' | '＜' | '&' | '%' | '\\' => true,
            'A'..='Z' => self.at_boundary,
            _ => false,
        };
        if !may_begin || in_escape() {
            return Probe::No;
        }
        probe(vault.types(), rest, self.at_boundary, ending != Ending::No)
    }

    /// Lets the first `len` bytes of `rest` go out as they are.
    fn pass(&mut self, rest: &str, len: usize, out: &mut String) -> usize {
        let passed = rest.get(..len).unwrap_or_default();
        for c in passed.chars() {
            let meant = self.depth.as_mut().map_or(c, |depth| depth.feed(c));
            self.at_boundary = !super::is_word(meant);
        }
        out.push_str(passed);
        len
    }

    /// Puts a value where a placeholder of `len` bytes stands.
    fn insert(&mut self, value: &str, len: usize, out: &mut String) -> usize {
        self.counts.restored += 1;
        self.at_boundary = true;
        match &mut self.depth {
            None => out.push_str(value),
            Some(depth) => {
                match depth.strings() {
                    0 if serde_json::from_str::<serde_json::Number>(value).is_ok() => {
                        out.push_str(value);
                    }
                    0 => out.push_str(&json_string(value)),
                    n => out.push_str(&escaped(value, n)),
                }
                depth.skip_placeholder();
            }
        }
        len
    }
}

#[cfg(test)]
mod tests;
