//! The detectors: deterministic finders of personal data and secrets, each pattern → validator → context.
//!
//! A text is seen as its reader reads it (`privacy::plain`), normalised if it holds disguising characters (`shadow`), read
//! once for places where anything may start (`scan`), and each place is handed to the detectors whose shape fits.
//! Invariants: findings lie on character borders of the original text, never overlap, never split a word or an escape; the
//! work is linear in the text; nothing here logs or keeps text.
//!
//! Merge rule, for candidates that overlap: validated beats unvalidated, then the higher score, then the longer, then
//! the earlier; what overlaps a kept one is dropped. How the edge model's findings join in: `model`, `fit`. What is kept
//! extends to the whole number, date or address that it cuts: `extend`.

mod address;
mod card;
mod cjk;
mod context;
mod crypto;
mod custom;
#[cfg(test)]
mod custom_tests;
mod date;
mod document;
mod email;
pub mod entity;
mod extend;
mod fit;
mod guard;
mod iban;
mod labels;
mod long;
mod look_alike;
mod model;
mod mrz;
mod national;
mod network;
mod phone;
mod phrases;
mod run;
mod scan;
mod secret;
mod shadow;
mod signature;
mod spelled;
#[cfg(test)]
mod tests;
mod url;
mod version;
mod words;

use super::identifier::Spoken;
use crate::chat::{EntityType, Finding, SlotKind, TextSlot};
use crate::config::{Own, PrivacySettings};
use crate::inference::Tagged;
use crate::privacy::plain::Plain;
use long::Seen;
use phrases::Phrases;
use scan::{Hit, Scan};
use secret::Secrets;
use shadow::Shadow;
use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;

/// All detectors, ready to scan. Immutable; share it by reference between threads.
pub struct Detectors {
    ignore: Vec<EntityType>,
    min_score: f32,
    secrets: Secrets,
    own: Own,
}

impl Detectors {
    /// Detectors that never report the types in `ignore` nor anything scored below `min_score` (0–1). The first ones
    /// take about a tenth of a second to compile their patterns.
    pub fn new(ignore: &[EntityType], min_score: f32) -> Self {
        phrases::warm();
        address::warm();
        cjk::warm();
        Self { ignore: ignore.to_vec(), min_score, secrets: Secrets::new(), own: Own::default() }
    }

    /// Detectors as the operator wants them, with own patterns and lists.
    pub fn of(settings: &PrivacySettings) -> Self {
        Self { own: settings.own.clone(), ..Self::new(&settings.ignore, settings.min_score) }
    }

    /// Findings in a slot of a request, as [`Self::scan`] gives them. A name is looked at as it stands and as the words that it
    /// is made of. `tagged` is what the edge model found in [`reading_text`].
    pub fn scan_slot(&self, index: usize, slot: &TextSlot, tagged: &[Tagged]) -> Vec<Finding> {
        let trust = match slot.kind {
            // A number alone, such as a default or an example, has nothing around it that could make the model sure.
            SlotKind::Schema if !slot.text.contains(char::is_alphabetic) => Trust::CertainOrNumber,
            SlotKind::Schema => Trust::Certain,
            SlotKind::Name => Trust::CertainOrNumber,
            _ => Trust::All,
        };
        match Spoken::of(slot) {
            None => {
                let findings = self.look(index, &slot.text, tagged, trust);
                match parted(slot) {
                    Some(text) => {
                        join(findings, self.look(index, &text, tagged, trust).into_iter())
                    }
                    None => findings,
                }
            }
            Some(spoken) => {
                let placed = |finding: Finding| {
                    let (start, end) = spoken.source(finding.start, finding.end)?;
                    Some(Finding { start, end, ..finding })
                };
                let heard = self.look(index, &spoken.text, tagged, trust);
                join(self.scan(index, &slot.text, &[]), heard.into_iter().filter_map(placed))
            }
        }
    }

    /// Findings in one text, sorted by start, without overlaps; `slot` is copied into each. `tagged` is what the edge model
    /// found in [`undisguised`] of the same text. Linear in the text.
    pub fn scan(&self, slot: usize, text: &str, tagged: &[Tagged]) -> Vec<Finding> {
        self.look(slot, text, tagged, Trust::All)
    }

    fn look(&self, slot: usize, text: &str, tagged: &[Tagged], trust: Trust) -> Vec<Finding> {
        let plain = Plain::read(text);
        let full = plain.full();
        let shadow = Shadow::new(&full);
        let Seen { mut hits, versions, closings } = self.seen_in(&shadow.text);
        let tagged = model::hits(&shadow.text, tagged).into_iter().filter(|hit| {
            let value = shadow.text.get(hit.start..hit.end).unwrap_or_default();
            let (start, end) = shadow.original(hit.start, hit.end);
            // A sentence in base64 looks like a secret; what it says is read behind it.
            trust.takes(hit, value)
                && !(hit.entity == entity::SECRET && plain.spells_sentence(&(start..end)))
        });
        hits.extend(fit::fitted(&shadow.text, &versions, &closings, tagged));
        hits.extend(custom::hits(&self.own, &shadow.text));
        hits.retain(|hit| hit.score >= self.min_score && !self.ignore.contains(&hit.entity));
        hits.retain(|hit| {
            let value = shadow.text.get(hit.start..hit.end).unwrap_or_default();
            hit.entity != entity::PHONE_NUMBER || !guard::is_timestamp(value)
        });
        let mut hits = merge(&shadow.text, hits);
        custom::let_pass(&self.own, &shadow.text, &mut hits);
        let mut found = Vec::new();
        for hit in hits {
            let (start, end) = shadow.original(hit.start, hit.end);
            let places = plain.sources(&(start..end)).into_iter();
            found.extend(places.map(|place| finding(slot, &place, &hit)));
        }
        if plain.files().is_empty() { found } else { disjoint(found) }
    }

    /// What the detectors see in one text, before merging.
    fn seen(&self, scan: &mut Scan<'_>) -> Seen {
        self.secrets.find(scan);
        if !scan.ats.is_empty() {
            email::find(scan);
        }
        if !scan.colons.is_empty() || !scan.words.is_empty() {
            network::find(scan);
        }
        mrz::find(scan);
        let phrases = Phrases::new(scan.text);
        signature::find(scan, &phrases);
        labels::find(scan, &phrases);
        cjk::find(scan);
        address::find(scan, &phrases);
        spelled::find(scan, &phrases);
        if !scan.words.is_empty() {
            for find in [
                card::find,
                iban::find,
                phone::find,
                national::find,
                date::find,
                document::find,
                crypto::find,
            ] {
                find(scan);
            }
        }
        Seen {
            hits: std::mem::take(&mut scan.hits),
            versions: std::mem::take(&mut scan.versions),
            closings: std::mem::take(&mut scan.closings),
        }
    }

    /// Every type that can be reported.
    pub fn entity_types() -> impl Iterator<Item = EntityType> {
        entity::READ.iter().chain(entity::DETECTED).copied()
    }
}

/// What the edge model is to read of a slot: names as words, everything without disguises.
pub fn reading_text(slot: &TextSlot) -> Cow<'_, str> {
    if let Some(spoken) = Spoken::of(slot) {
        return Cow::Owned(undisguised(&spoken.text).into_owned());
    }
    match parted(slot) {
        Some(text) => Cow::Owned(undisguised(&text).into_owned()),
        None => undisguised(&slot.text),
    }
}

/// Longest name of an argument, in bytes.
const LONGEST_NAME: usize = 256;

/// Arguments of a call with the names in them parted at underscores, byte for byte: the names of properties are names like those
/// of the tool. `None` if no name has one.
fn parted(slot: &TextSlot) -> Option<String> {
    if slot.kind != SlotKind::ToolArguments || !slot.text.contains('_') {
        return None;
    }
    let mut bytes = slot.text.as_bytes().to_vec();
    let mut is_parted = false;
    for colon in memchr::memchr_iter(b':', slot.text.as_bytes()) {
        // Back over blanks, the quote and the backslashes before it.
        let before = slot.text.get(..colon).unwrap_or_default().trim_ascii_end();
        let Some(name) = before.strip_suffix('"') else { continue };
        let end = name.trim_end_matches('\\').len();
        let near = name.as_bytes().get(end.saturating_sub(LONGEST_NAME)..end).unwrap_or_default();
        let start = memchr::memrchr(b'"', near).map_or(end, |quote| end - near.len() + quote + 1);
        for byte in bytes.iter_mut().take(end).skip(start).filter(|byte| **byte == b'_') {
            *byte = b' ';
            is_parted = true;
        }
    }
    is_parted.then(|| String::from_utf8(bytes).ok()).flatten()
}

/// Lowest score of what the model sees in definitions of tools.
const CERTAIN: f32 = 0.8;

/// What is taken over from the edge model.
#[derive(Clone, Copy, PartialEq)]
enum Trust {
    All,
    /// What is surely somebody's. Places, organizations and ages stand in most definitions of tools as examples, and to
    /// replace them would change what a tool is for.
    Certain,
    /// The same, and what has two and more digits.
    CertainOrNumber,
}

impl Trust {
    fn takes(self, hit: &Hit, value: &str) -> bool {
        let general = [entity::LOCATION, entity::ORGANIZATION, entity::AGE, entity::URL];
        let is_certain = hit.score >= CERTAIN && !general.contains(&hit.entity);
        let is_number = || value.bytes().filter(u8::is_ascii_digit).count() >= 2;
        match self {
            Self::All => true,
            Self::Certain => is_certain,
            Self::CertainOrNumber => is_certain || is_number(),
        }
    }
}

/// Findings of two looks at one text: what overlaps becomes one, under the type of the first look.
fn join(first: Vec<Finding>, second: impl Iterator<Item = Finding>) -> Vec<Finding> {
    let mut out = first;
    for finding in second {
        match out.iter_mut().find(|it| it.start < finding.end && finding.start < it.end) {
            Some(it) => (it.start, it.end) = (it.start.min(finding.start), it.end.max(finding.end)),
            None => out.push(finding),
        }
    }
    out.sort_by_key(|finding| finding.start);
    // Two that grew may touch now.
    out.dedup_by(|next, it| {
        let overlaps = next.start < it.end;
        if overlaps {
            it.end = it.end.max(next.end);
        }
        overlaps
    });
    out
}

/// The text as a reader sees it: decoded, without invisible characters, look-alikes as what they look like, and behind it
/// what the files in it say. This is what a model should read.
pub fn undisguised(text: &str) -> Cow<'_, str> {
    match Plain::read(text).into_full() {
        Cow::Borrowed(text) => Shadow::new(text).text,
        Cow::Owned(text) => {
            let copy = match Shadow::new(&text).text {
                Cow::Owned(copy) => Some(copy),
                Cow::Borrowed(_) => None,
            };
            Cow::Owned(copy.unwrap_or(text))
        }
    }
}

fn finding(slot: usize, place: &Range<usize>, hit: &Hit) -> Finding {
    let Range { start, end } = *place;
    let Hit { entity, kind, score, detector, .. } = *hit;
    Finding { slot, start, end, entity, kind, score, detector }
}

/// Sorts findings of a text and of the files in it, of which one may cover the other: the one that covers more stays, a
/// public one gives way.
fn disjoint(mut found: Vec<Finding>) -> Vec<Finding> {
    found.sort_by_key(|f| (f.is_public(), f.start, Reverse(f.end)));
    let mut kept: BTreeMap<usize, Finding> = BTreeMap::new();
    for mut next in found {
        let before = kept.range(..=next.start).next_back().map_or(0, |(_, other)| other.end);
        next.start = next.start.max(before);
        let free = kept.range(next.start..next.end.max(next.start)).next().is_none();
        if next.start < next.end && free {
            kept.insert(next.start, next);
        }
    }
    kept.into_values().collect()
}

/// Keeps the best of candidates that overlap, by the rule above.
fn merge(text: &str, mut hits: Vec<Hit>) -> Vec<Hit> {
    model::join(&mut hits);
    hits.sort_by(|a, b| {
        let by_score = b.score.total_cmp(&a.score);
        let by_len = (b.end - b.start).cmp(&(a.end - a.start));
        b.validated.cmp(&a.validated).then(by_score).then(by_len).then(a.start.cmp(&b.start))
    });
    let mut kept: BTreeMap<usize, Hit> = BTreeMap::new();
    for hit in hits {
        let before = kept.range(..hit.end).next_back();
        if before.is_none_or(|(_, other)| other.end <= hit.start) {
            kept.insert(hit.start, hit);
        } else if hit.detector == model::MODEL || custom::beats(&kept, &hit) {
            for rest in model::remainders(text, &hit, &kept) {
                kept.insert(rest.start, Hit { start: rest.start, end: rest.end, ..hit.clone() });
            }
        }
    }
    let parts = model::whole_addresses(text, kept.into_values());
    model::whole_addresses(text, extend::whole(text, parts).into_iter())
}
