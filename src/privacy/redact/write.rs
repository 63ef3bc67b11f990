//! Writes a text with its places replaced, each as the layers around it need it.

use super::Doc;
use super::place::Place;
use crate::privacy::detect::entity::URL;
use crate::privacy::plain::{File, Plain, entity, percent_encoded};
use crate::privacy::vault::Vault;
use std::ops::Range;

/// Farthest that an entity tells something about a place, in bytes on each side.
const NEAR: usize = 256;

/// A document's source with its places and those of its files replaced; `None` if it has none.
pub(super) fn written(
    docs: &[Doc<'_>],
    places: &[Vec<Place>],
    index: usize,
    vault: &mut Vault,
) -> Option<String> {
    let (doc, own) = (&docs[index], &places[index]);
    let source = doc.plain.source();
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    for (at, place) in own.iter().enumerate() {
        let extent = |place: &Place| place.number.as_ref().map(|(extent, _)| extent.clone());
        let before = at.checked_sub(1).and_then(|at| own.get(at)).and_then(extent);
        let after = own.get(at + 1).and_then(extent);
        let quote = |at: usize, quote: &str| (at..at, quote.to_owned());
        if let Some((extent, mark)) = &place.number
            && before.as_ref() != Some(extent)
        {
            edits.push(quote(extent.start, mark));
        }
        edits.push((place.source.clone(), replacement(source, place, vault)));
        if let Some((extent, mark)) = &place.number
            && after.as_ref() != Some(extent)
        {
            edits.push(quote(extent.end, mark));
        }
    }
    for (file, &inside) in doc.plain.files().iter().zip(&doc.files) {
        let next = own.partition_point(|place| place.range.end <= file.at.start);
        if own.get(next).is_some_and(|place| place.range.start < file.at.end) {
            continue;
        }
        if let Some(text) = written(docs, places, inside, vault) {
            edits.push((doc.plain.place(&file.at), file_again(doc.plain, file, &text)));
        }
    }
    if edits.is_empty() {
        return None;
    }
    edits.sort_by_key(|(range, _)| (range.start, range.end));
    let mut out = String::with_capacity(source.len());
    let mut copied = 0;
    for (range, text) in edits {
        out.push_str(source.get(copied..range.start).unwrap_or_default());
        out.push_str(&text);
        copied = copied.max(range.end);
    }
    out.push_str(source.get(copied..).unwrap_or_default());
    Some(out)
}

/// The placeholder of a place as it must be written there.
fn replacement(source: &str, place: &Place, vault: &mut Vault) -> String {
    let is_word = place.percent && is_whole_word(source, &place.source);
    let written = source.get(place.source.clone()).unwrap_or_default();
    // A URL means something else once it is decoded.
    let keeps = is_word && place.entity == URL && !place.html && !written.contains('\\');
    let value = if keeps { written } else { &place.value };
    let is_number = place.number.as_ref().is_some_and(|(extent, _)| *extent == place.source);
    let placeholder = if is_number {
        vault.number_placeholder(place.entity, value)
    } else {
        vault.placeholder(place.entity, value)
    };
    if place.percent && !is_word {
        percent_encoded(&placeholder)
    } else if place.html && is_html(source, &place.source) {
        placeholder.replace('<', "&lt;").replace('>', "&gt;")
    } else {
        placeholder
    }
}

/// Whether nothing that is percent-encoded touches a place.
fn is_whole_word(source: &str, place: &Range<usize>) -> bool {
    let ends = |c: Option<char>| c.is_none_or(|c| c.is_whitespace() || "\"'<>`\\".contains(c));
    ends(source.get(..place.start).and_then(|t| t.chars().next_back()))
        && ends(source.get(place.end..).and_then(|t| t.chars().next()))
}

/// Whether an entity of HTML stands near a place, in the same line.
fn is_html(source: &str, place: &Range<usize>) -> bool {
    let bytes = source.as_bytes();
    let line = |b: &u8| *b == b'\n';
    let before = bytes.get(place.start.saturating_sub(NEAR)..place.start).unwrap_or_default();
    let start = place.start - before.iter().rev().take_while(|b| !line(b)).count();
    let after = bytes.get(place.end..source.len().min(place.end + NEAR)).unwrap_or_default();
    let end = place.end + after.iter().take_while(|b| !line(b)).count();
    let inside = bytes.get(start..end).unwrap_or_default();
    memchr::memchr_iter(b'&', inside).any(|at| entity(source, start + at).is_some())
}

/// A file with another text, as it must be written in the source.
fn file_again(plain: &Plain<'_>, file: &File, text: &str) -> String {
    let next = plain.pieces().partition_point(|piece| piece.range().end <= file.at.start);
    let percent = plain.pieces().get(next).is_some_and(|piece| piece.percent);
    let between = file.first_break().and_then(|gap| plain.source().get(plain.place(&gap)));
    let lines = file.encoded(text).into_iter();
    let lines = lines.map(|line| if percent { percent_encoded(&line) } else { line });
    lines.collect::<Vec<_>>().join(between.unwrap_or_default())
}
