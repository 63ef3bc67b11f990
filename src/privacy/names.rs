//! Redaction of names: of tools, properties and speakers, which must stay within the letters that providers allow.
//!
//! In a name a placeholder has no brackets (`PERSON_1`), and stands for the found part alone: `lookup_anna_schmidt` leaves as
//! `lookup_PERSON_1`, so that a model still knows what the tool is for. The vault keeps the whole name, since inside of a word
//! a placeholder could not be told from other letters.
//!
//! Invariant: the same name leaves in the same form wherever it occurs.

use super::vault::Vault;
use crate::chat::{EntityType, Finding, SlotKind, TextSlot};
use aho_corasick::AhoCorasick;
use std::collections::BTreeMap;
use std::ops::Range;

/// Longest name of a tool or property at providers.
const MAX_NAME: usize = 64;

/// Values shorter than this (in characters) are replaced only where they were found.
const MIN_SPREAD: usize = 4;

/// The places where values that were found stand in names, or as parts of identifiers, unfound.
pub(super) fn elsewhere(texts: &[TextSlot], found: &[&Finding]) -> Vec<Finding> {
    let (mut into_names, mut into_texts) = (BTreeMap::new(), BTreeMap::new());
    let has_names = texts.iter().any(|slot| slot.kind.is_name());
    for finding in found {
        let Some(slot) = texts.get(finding.slot) else { continue };
        let Some(value) = slot.text.get(finding.start..finding.end) else { continue };
        if value.chars().count() < MIN_SPREAD {
            continue;
        }
        if has_names {
            let (spellings, any_case) = spellings(value);
            for spelling in spellings {
                into_names.entry(spelling).or_insert((*finding, any_case));
            }
        }
        if slot.kind.is_name() {
            into_texts.entry(value.to_owned()).or_insert((*finding, false));
        }
    }
    let mut out = Vec::new();
    let names = texts.iter().enumerate().filter(|(_, slot)| slot.kind.is_name());
    search(names, &into_names, &mut out);
    let others = texts.iter().enumerate().filter(|(_, slot)| !slot.kind.is_name());
    search(others, &into_texts, &mut out);
    out
}

/// A value as names spell it, and whether it is the same in any case.
fn spellings(value: &str) -> (Vec<String>, bool) {
    let words: Vec<&str> =
        value.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let mut out = vec![value.to_owned()];
    if words.len() > 1 {
        out.extend(["_", "-", ".", " ", ""].map(|joint| words.join(joint)));
    }
    // One word alone differs by case in meaning ("Mark", "mark").
    (out, !value.chars().all(char::is_alphabetic))
}

fn search<'a>(
    slots: impl Iterator<Item = (usize, &'a TextSlot)>,
    values: &BTreeMap<String, (&Finding, bool)>,
    out: &mut Vec<Finding>,
) {
    if values.is_empty() {
        return;
    }
    let values: Vec<_> = values.iter().collect();
    let patterns = values.iter().map(|(value, _)| value.as_str());
    // Building fails only for more patterns than a body can hold; then what was found is still replaced.
    let Ok(finder) = AhoCorasick::builder().ascii_case_insensitive(true).build(patterns) else {
        return;
    };
    for (index, slot) in slots {
        for hit in finder.find_overlapping_iter(&slot.text) {
            let Some((value, (finding, any_case))) = values.get(hit.pattern().as_usize()) else {
                continue;
            };
            let range = hit.start()..hit.end();
            let exact = slot.text.get(range.clone()) == Some(value.as_str());
            if (exact || *any_case) && is_part(&slot.text, &range) {
                out.push(Finding {
                    slot: index,
                    start: range.start,
                    end: range.end,
                    ..(**finding).clone()
                });
            }
        }
    }
}

/// Whether neither end of the range cuts a word of an identifier: beside it stands no letter or digit, or a word begins.
fn is_part(text: &str, range: &Range<usize>) -> bool {
    let inside = text.get(range.clone()).unwrap_or_default();
    let before = text.get(..range.start).and_then(|t| t.chars().next_back());
    let after = text.get(range.end..).and_then(|t| t.chars().next());
    let cuts = |left: Option<char>, right: Option<char>| {
        let (Some(left), Some(right)) = (left, right) else { return false };
        let goes_on = left.is_alphanumeric() && right.is_alphanumeric();
        let camel = left.is_lowercase() && right.is_uppercase();
        goes_on && !camel && left.is_ascii_digit() == right.is_ascii_digit()
    };
    !cuts(before, inside.chars().next()) && !cuts(inside.chars().next_back(), after)
}

/// A place in a name: where, what it is, and its value.
pub(super) type NamePlace<'a> = (Range<usize>, EntityType, &'a str);

/// A name with its places replaced.
pub(super) fn replaced(name: &str, places: &[NamePlace<'_>], vault: &mut Vault) -> String {
    let whole = |vault: &mut Vault| {
        places.first().map_or(name.to_owned(), |(_, entity, _)| vault.name(*entity, name))
    };
    if is_unclear(name, places) {
        return whole(vault);
    }
    let mut out = String::with_capacity(name.len());
    let mut copied = 0;
    for (range, entity, value) in places {
        out.push_str(name.get(copied..range.start).unwrap_or_default());
        out.push_str(&vault.name(*entity, value));
        copied = range.end;
    }
    out.push_str(name.get(copied..).unwrap_or_default());
    if !out.chars().all(is_letter) {
        return out;
    }
    if out.len() > MAX_NAME && name.len() <= MAX_NAME {
        return whole(vault);
    }
    vault.alias(&out, name);
    out
}

/// Whether a placeholder among the rest of a name could be read as another one: a digit behind it would be one of its number,
/// and capitals before it could be a type's.
fn is_unclear(name: &str, places: &[NamePlace<'_>]) -> bool {
    let (mut kept, mut copied, mut runs_on) = (String::new(), 0, false);
    for (range, ..) in places {
        kept.push_str(name.get(copied..range.start).unwrap_or_default());
        runs_on |= name.as_bytes().get(range.end).is_some_and(u8::is_ascii_digit);
        copied = range.end;
    }
    kept.push_str(name.get(copied..).unwrap_or_default());
    runs_on || !kept.contains(|c: char| c.is_lowercase() || !is_letter(c) || c == '-')
}

/// Letters of a name at providers.
pub(super) fn is_letter(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}

/// A redacted text in which placeholders that are part of an identifier or a property's name have the form that they have in
/// names.
pub(super) fn fitted(kind: SlotKind, text: &str, vault: &mut Vault) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let run = Run::read(rest, vault);
        if run.len == 0 {
            out.push(c);
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
            continue;
        }
        rest = rest.get(run.len..).unwrap_or_default();
        let is_key = kind == SlotKind::ToolArguments && closes_key(rest);
        if run.is_identifier || (run.has_placeholder && is_key) {
            vault.alias(&run.bare, &run.original);
            out.push_str(&run.bare);
        } else {
            out.push_str(&run.written);
        }
    }
    out
}

/// A run of letters of names and of placeholders.
#[derive(Default)]
struct Run {
    len: usize,
    /// As it stands in the text.
    written: String,
    /// With placeholders as in names.
    bare: String,
    /// As it was before redaction.
    original: String,
    has_placeholder: bool,
    /// Whether a placeholder stands beside an underscore.
    is_identifier: bool,
}

impl Run {
    fn read(text: &str, vault: &Vault) -> Self {
        let mut run = Self::default();
        let mut after_placeholder = false;
        while let Some(rest) = text.get(run.len..)
            && let Some(c) = rest.chars().next()
        {
            let name = rest.strip_prefix('<').and_then(|rest| rest.split_once('>'));
            if let Some((name, _)) = name
                && let Some(value) = vault.value(name)
            {
                run.is_identifier |= run.written.ends_with('_');
                run.written.push_str(&format!("<{name}>"));
                run.bare.push_str(name);
                run.original.push_str(value);
                run.len += name.len() + 2;
                (run.has_placeholder, after_placeholder) = (true, true);
                continue;
            }
            if !is_letter(c) {
                break;
            }
            run.is_identifier |= after_placeholder && c == '_';
            after_placeholder = false;
            for part in [&mut run.written, &mut run.bare, &mut run.original] {
                part.push(c);
            }
            run.len += 1;
        }
        run
    }
}

/// Whether a text goes on with the end of a property's name in JSON.
fn closes_key(text: &str) -> bool {
    let quote = text.trim_start_matches('\\').strip_prefix('"');
    quote.is_some_and(|rest| rest.trim_start().starts_with(':'))
}

#[cfg(test)]
mod tests;
