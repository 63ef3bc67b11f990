//! Replaces findings by placeholders.
//!
//! Invariants: the result depends on the texts and findings alone; a slot in which nothing changes is not edited; a slot
//! that was JSON stays JSON (a bare number becomes a string); a value that was found once is replaced wherever it stands
//! as a word, even where the detector overlooked it.
//!
//! Numbers are given in prompt order: tools, then messages, then the rest. Appending messages therefore renumbers nothing,
//! unless they reveal a value that earlier messages carry too, or a name that looks like a placeholder.

use super::json_text::{View, escaped, views};
use super::vault::Vault;
use crate::chat::{Edit, EntityType, Finding, SlotKind, TextSlot};
use aho_corasick::AhoCorasick;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

/// Values shorter than this (in characters) are replaced only where they were found.
const MIN_SPREAD: usize = 4;

/// What redaction did.
#[derive(Debug, Default)]
pub struct Redaction {
    /// Edits to the body, one per changed slot.
    pub edits: Vec<Edit>,
    /// What the placeholders stand for.
    pub vault: Vault,
    /// Number of places replaced.
    pub n_redacted: usize,
}

/// One place to replace.
struct Place {
    /// Where in the slot's text.
    source: Range<usize>,
    entity: EntityType,
    value: String,
    /// The bare number it stands in, with what a quote looks like there.
    number: Option<(Range<usize>, String)>,
}

/// A stretch of a view that must go.
#[derive(Clone)]
struct Mark {
    range: Range<usize>,
    entity: EntityType,
}

/// Replaces every finding that is not public and whose type is not in `keep`. Offsets that lie outside of a text are clamped to it.
pub fn redact(texts: &[TextSlot], findings: &[Finding], keep: &[EntityType]) -> Redaction {
    let wanted: Vec<&Finding> =
        findings.iter().filter(|f| !f.is_public() && !keep.contains(&f.entity)).collect();
    if wanted.is_empty() {
        return Redaction::default();
    }
    let slots: Vec<Vec<View<'_>>> = texts.iter().map(views).collect();
    let mut marks: Vec<Vec<Vec<Mark>>> =
        slots.iter().map(|views| vec![Vec::new(); views.len()]).collect();
    for finding in &wanted {
        let Some(slot) = slots.get(finding.slot) else { continue };
        for (view, marks) in slot.iter().zip(&mut marks[finding.slot]) {
            let range = view.touched(&(finding.start..finding.end));
            if !range.is_empty() {
                marks.push(Mark { range, entity: finding.entity });
            }
        }
    }
    spread(&slots, &mut marks);
    let places: Vec<Vec<Place>> =
        slots.iter().zip(marks).map(|(views, marks)| places(views, marks)).collect();
    let types: Vec<EntityType> =
        places.iter().flatten().map(|p| p.entity).collect::<BTreeSet<_>>().into_iter().collect();
    let kept = texts.iter().zip(&places).flat_map(|(slot, places)| kept(&slot.text, places));
    let whole = texts.iter().map(|slot| slot.text.as_str());
    let mut vault = Vault::avoiding(whole.chain(kept), &types);
    let mut edits = Vec::new();
    for index in prompt_order(texts) {
        let (slot, places) = (&texts[index], &places[index]);
        if !places.is_empty() {
            edits.push(Edit::text(slot, &replaced(&slot.text, places, &mut vault)));
        }
    }
    Redaction { edits, vault, n_redacted: places.iter().map(Vec::len).sum() }
}

/// Slot indices in the order in which a provider lays out the prompt.
fn prompt_order(texts: &[TextSlot]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..texts.len()).collect();
    order.sort_by_key(|&index| match texts[index].kind {
        SlotKind::Schema => 0,
        _ if texts[index].message.is_some() => 1,
        _ => 2,
    });
    order
}

/// Marks every other occurrence of the marked values.
fn spread(slots: &[Vec<View<'_>>], marks: &mut [Vec<Vec<Mark>>]) {
    let mut known: HashMap<String, (EntityType, bool)> = HashMap::new();
    for (views, marks) in slots.iter().zip(marks.iter()) {
        for (view, mark) in views.iter().zip(marks).flat_map(|(v, m)| m.iter().map(move |m| (v, m)))
        {
            let value = view.text.get(mark.range.clone()).unwrap_or_default();
            if value.chars().count() < MIN_SPREAD || known.contains_key(value) {
                continue;
            }
            // Words differ by case in meaning ("Mark", "mark"); addresses and numbers do not.
            let any_case = value.contains(|c: char| c.is_ascii_digit() || c == '@');
            for spelling in [escaped(value, 1), ascii_escaped(value), value.to_owned()] {
                known.entry(spelling).or_insert((mark.entity, any_case));
            }
        }
    }
    let mut known: Vec<(String, (EntityType, bool))> = known.into_iter().collect();
    known.sort_by(|a, b| a.0.cmp(&b.0));
    let patterns = known.iter().map(|(value, _)| value.as_str());
    // Building fails only for more patterns than a body can hold; then what was found is still replaced.
    let Ok(finder) = AhoCorasick::builder().ascii_case_insensitive(true).build(patterns) else {
        return;
    };
    for (view, marks) in slots.iter().flatten().zip(marks.iter_mut().flatten()) {
        for hit in finder.find_overlapping_iter(&*view.text) {
            let (value, (entity, any_case)) = &known[hit.pattern().as_usize()];
            let range = hit.start()..hit.end();
            let exact = view.text.get(range.clone()) == Some(value.as_str());
            if (exact || *any_case) && stands_alone(&view.text, &range) {
                marks.push(Mark { range, entity: *entity });
            }
        }
    }
}

/// Whether neither end of the range cuts a word or number.
fn stands_alone(text: &str, range: &Range<usize>) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let inside = text.get(range.clone()).unwrap_or_default();
    let before = text.get(..range.start).and_then(|t| t.chars().next_back());
    let after = text.get(range.end..).and_then(|t| t.chars().next());
    let cut = |inner: Option<char>, outer: Option<char>| {
        inner.is_some_and(is_word) && outer.is_some_and(is_word)
    };
    !cut(inside.chars().next(), before) && !cut(inside.chars().next_back(), after)
}

/// `value` as the content of a JSON string in ASCII, as many encoders write it.
fn ascii_escaped(value: &str) -> String {
    let mut out = String::new();
    for c in escaped(value, 1).chars() {
        if c.is_ascii() {
            out.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            out.push_str(&format!("\\u{unit:04x}"));
        }
    }
    out
}

/// Unites marks that overlap (under the type of the longest) and finds their places in the source.
fn places(views: &[View<'_>], marks: Vec<Vec<Mark>>) -> Vec<Place> {
    let mut out = Vec::new();
    for (view, mut marks) in views.iter().zip(marks) {
        marks.sort_by_key(|m| (m.range.start, std::cmp::Reverse(m.range.end)));
        let mut united: Vec<(Mark, usize)> = Vec::new();
        for mark in marks {
            match united.last_mut() {
                Some((last, longest)) if mark.range.start < last.range.end => {
                    if mark.range.len() > *longest {
                        (last.entity, *longest) = (mark.entity, mark.range.len());
                    }
                    last.range.end = last.range.end.max(mark.range.end);
                }
                _ => {
                    let longest = mark.range.len();
                    united.push((mark, longest));
                }
            }
        }
        out.extend(united.into_iter().map(|(mark, _)| Place {
            source: view.source(&mark.range),
            entity: mark.entity,
            value: view.text.get(mark.range).unwrap_or_default().to_owned(),
            number: view.quote.clone().map(|quote| (view.extent(), quote)),
        }));
    }
    out
}

/// The stretches of a text between the places: what the provider will see of it.
fn kept<'a>(text: &'a str, places: &'a [Place]) -> impl Iterator<Item = &'a str> {
    let starts = std::iter::once(0).chain(places.iter().map(|p| p.source.end));
    let ends = places.iter().map(|p| p.source.start).chain(std::iter::once(text.len()));
    let changed = !places.is_empty();
    starts.zip(ends).filter(move |_| changed).filter_map(|(start, end)| text.get(start..end))
}

fn replaced(text: &str, places: &[Place], vault: &mut Vault) -> String {
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    let mut copy_to = |out: &mut String, to: usize, skip_to: usize| {
        out.push_str(text.get(copied..to).unwrap_or_default());
        copied = skip_to;
    };
    let number_start = |place: &Place| place.number.as_ref().map(|(extent, _)| extent.start);
    for (i, place) in places.iter().enumerate() {
        let previous = i.checked_sub(1).and_then(|i| places.get(i)).and_then(number_start);
        let next = places.get(i + 1).and_then(number_start);
        if let Some((extent, quote)) = &place.number
            && previous != Some(extent.start)
        {
            copy_to(&mut out, extent.start, extent.start);
            out.push_str(quote);
        }
        copy_to(&mut out, place.source.start, place.source.end);
        out.push_str(&vault.placeholder(place.entity, &place.value));
        if let Some((extent, quote)) = &place.number
            && next != Some(extent.start)
        {
            copy_to(&mut out, extent.end, extent.end);
            out.push_str(quote);
        }
    }
    copy_to(&mut out, text.len(), text.len());
    out
}

#[cfg(test)]
mod tests;
