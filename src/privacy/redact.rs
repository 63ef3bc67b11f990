//! Replaces findings by placeholders.
//!
//! Invariants: the result depends on the texts and findings alone; a slot in which nothing changes is not edited; every
//! layer of a text stays what it was: JSON (a bare number becomes a string), percent-encoding, HTML, base64; a value that
//! was found once is replaced wherever it stands as a word, in every layer, even where the detector overlooked it.
//!
//! Numbers are given in prompt order: tools, then messages, then the rest. Appending messages therefore renumbers nothing,
//! unless they reveal a value that earlier messages carry too, or a name that looks like a placeholder.

mod place;
mod write;

use super::detect::entity::{CRYPTO, PASSWORD, SECRET};
use super::names;
use super::plain::{File, Plain};
use super::vault::Vault;
use crate::chat::{Edit, EntityType, Finding, SlotKind, TextSlot};
use aho_corasick::{AhoCorasick, AhoCorasickKind};
use place::{Mark, Place, places};
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use write::written;

/// Values shorter than this (in characters) are replaced only where they were found.
const MIN_SPREAD: usize = 4;
/// So are values longer than this, in bytes: keys and files, which detectors know wherever they stand.
const MAX_SPREAD: usize = 1024;
/// And so is what is found after this many bytes of values: looking for all of them takes some fifty times their memory.
const MOST_SPREAD: usize = 1 << 20;
/// For values of more bytes than this, the faster way to look for them takes too much memory.
const FEW_SPREAD: usize = 4096;

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

/// A slot's text, or a file in one.
struct Doc<'p> {
    plain: &'p Plain<'p>,
    /// Its files, as indices of documents.
    files: Vec<usize>,
}

/// Replaces every finding that is not public and not kept by `keep` (see [`Finding::is_kept`]). Offsets that lie outside of a text are clamped to it.
pub fn redact(texts: &[TextSlot], findings: &[Finding], keep: &[EntityType]) -> Redaction {
    let wanted: Vec<&Finding> = findings.iter().filter(|f| !f.is_kept(keep)).collect();
    if wanted.is_empty() {
        return Redaction::default();
    }
    let elsewhere = names::elsewhere(texts, &wanted);
    let is_data =
        |slot: &TextSlot| matches!(slot.kind, SlotKind::ToolArguments | SlotKind::ToolResult);
    let plains: Vec<Plain<'_>> =
        texts.iter().map(|slot| Plain::with_pieces(&slot.text, is_data(slot))).collect();
    let mut docs = Vec::new();
    let roots: Vec<usize> = plains.iter().map(|plain| gather(plain, &mut docs)).collect();
    let mut marks: Vec<Vec<Mark>> = vec![Vec::new(); docs.len()];
    for finding in wanted.iter().copied().chain(&elsewhere) {
        if let Some(&root) = roots.get(finding.slot) {
            mark(&docs, root, &(finding.start..finding.end), finding.entity, &mut marks);
        }
    }
    spread(&docs, &mut marks);
    let places: Vec<Vec<Place>> =
        docs.iter().zip(marks).map(|(doc, marks)| places(doc.plain, marks)).collect();
    let types: Vec<EntityType> =
        places.iter().flatten().map(|p| p.entity).collect::<BTreeSet<_>>().into_iter().collect();
    let read = docs.iter().zip(&places).flat_map(|(doc, places)| kept(doc.plain.text(), places));
    let whole = docs.iter().flat_map(|doc| [doc.plain.source(), doc.plain.text()]);
    let mut vault = Vault::avoiding(whole.chain(read), &types);
    let mut edits = Vec::new();
    let named = |index: usize| texts[index].kind.is_name() && !places[roots[index]].is_empty();
    let has_names = (0..texts.len()).any(named);
    for index in prompt_order(texts) {
        let slot = &texts[index];
        if named(index) {
            let own = places[roots[index]].iter();
            let own = own.map(|place| (place.source.clone(), place.entity, place.value.as_str()));
            let own: Vec<names::NamePlace<'_>> = own.collect();
            let name = names::replaced(&slot.text, &own, &mut vault);
            edits.push(Edit::text(slot, &name));
        } else if let Some(text) = written(&docs, &places, roots[index], &mut vault) {
            let text = if has_names { names::fitted(slot.kind, &text, &mut vault) } else { text };
            edits.push(Edit::text(slot, &text));
        }
    }
    Redaction { edits, vault, n_redacted: places.iter().map(Vec::len).sum() }
}

/// Adds a text and the files in it; the text's index.
fn gather<'p>(plain: &'p Plain<'p>, docs: &mut Vec<Doc<'p>>) -> usize {
    let index = docs.len();
    docs.push(Doc { plain, files: Vec::new() });
    let files = plain.files().iter().map(|file| gather(&file.plain, docs)).collect();
    docs[index].files = files;
    index
}

/// Slot indices in the order in which a provider lays out the prompt.
fn prompt_order(texts: &[TextSlot]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..texts.len()).collect();
    order.sort_by_key(|&index| match texts[index].kind {
        SlotKind::Schema => 0,
        SlotKind::Name if texts[index].message.is_none() => 0,
        _ if texts[index].message.is_some() => 1,
        _ => 2,
    });
    order
}

/// Marks what a range of a document's source touches, in the document or in one of its files.
fn mark(
    docs: &[Doc<'_>],
    index: usize,
    source: &Range<usize>,
    entity: EntityType,
    marks: &mut [Vec<Mark>],
) {
    let doc = &docs[index];
    let mut range = doc.plain.touched(source);
    if range.is_empty() {
        return;
    }
    let files = doc.plain.files();
    let first = files.partition_point(|file| file.at.end <= range.start);
    for (file, &inside) in files.iter().zip(&doc.files).skip(first) {
        if file.at.start >= range.end {
            break;
        }
        if is_within(file, &range, entity) {
            return mark(docs, inside, &file.inner(&range), entity, marks);
        }
        // What cuts a file takes all of it.
        range = range.start.min(file.at.start)..range.end.max(file.at.end);
    }
    marks[index].push(Mark { range, entity });
}

/// Whether a finding is about what a file says, not about the file's own letters.
fn is_within(file: &File, range: &Range<usize>, entity: EntityType) -> bool {
    let inside = file.at.start <= range.start && range.end <= file.at.end;
    // Of a whole run, a secret may be the run itself.
    let is_all = range.start == file.at.start && range.end + 2 >= file.at.end;
    inside && !(is_all && [SECRET, PASSWORD, CRYPTO].contains(&entity))
}

/// Marks every other occurrence of the marked values.
fn spread(docs: &[Doc<'_>], marks: &mut [Vec<Mark>]) {
    let mut known: HashMap<&str, (EntityType, bool)> = HashMap::new();
    let mut n_bytes = 0;
    for (doc, marks) in docs.iter().zip(marks.iter()) {
        for mark in marks {
            let value = doc.plain.text().get(mark.range.clone()).unwrap_or_default();
            let is_long = value.len() > MAX_SPREAD || n_bytes + value.len() > MOST_SPREAD;
            if is_long || known.contains_key(value) || value.chars().count() < MIN_SPREAD {
                continue;
            }
            // Words differ by case in meaning ("Mark", "mark"); addresses and numbers do not.
            let any_case = value.contains(|c: char| c.is_ascii_digit() || c == '@');
            known.insert(value, (mark.entity, any_case));
            n_bytes += value.len();
        }
    }
    let mut known: Vec<(&str, (EntityType, bool))> = known.into_iter().collect();
    known.sort_unstable_by_key(|(value, _)| *value);
    let patterns = known.iter().map(|(value, _)| value);
    // Building fails only for more patterns than a body can hold; then what was found is still replaced.
    let kind = (n_bytes > FEW_SPREAD).then_some(AhoCorasickKind::ContiguousNFA);
    let finder = AhoCorasick::builder().ascii_case_insensitive(true).kind(kind).build(patterns);
    let Ok(finder) = finder else { return };
    for (doc, marks) in docs.iter().zip(marks.iter_mut()) {
        let (text, files) = (doc.plain.text(), doc.plain.files());
        for hit in finder.find_overlapping_iter(text) {
            let (value, (entity, any_case)) = &known[hit.pattern().as_usize()];
            let range = hit.start()..hit.end();
            let exact = text.get(range.clone()) == Some(*value);
            let near = files.partition_point(|file| file.at.end <= range.start);
            let in_file = files.get(near).is_some_and(|file| file.at.start < range.end);
            if (exact || *any_case) && !in_file && stands_alone(text, &range) {
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

/// The stretches of a text between the places: what the provider will see of it.
fn kept<'a>(text: &'a str, places: &'a [Place]) -> impl Iterator<Item = &'a str> {
    let starts = std::iter::once(0).chain(places.iter().map(|p| p.range.end));
    let ends = places.iter().map(|p| p.range.start).chain(std::iter::once(text.len()));
    let changed = !places.is_empty();
    starts.zip(ends).filter(move |_| changed).filter_map(|(start, end)| text.get(start..end))
}

#[cfg(test)]
mod tests;
