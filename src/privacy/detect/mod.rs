//! The detectors: deterministic finders of personal data and secrets, each pattern → validator → context.
//!
//! A text is normalised only if it holds disguising characters (`shadow`), read once for places where anything may
//! start (`scan`), and each place is handed to the detectors whose shape fits. Invariants: findings lie on character
//! borders of the original text, never overlap, never split a word; the work is linear in the text; nothing here logs
//! or keeps text.
//!
//! Merge rule, for candidates that overlap: validated beats unvalidated, then the higher score, then the longer, then
//! the earlier; what overlaps a kept one is dropped.

mod card;
mod context;
mod crypto;
mod date;
mod document;
mod email;
pub mod entity;
mod iban;
mod national;
mod network;
mod phone;
mod scan;
mod secret;
mod shadow;
#[cfg(test)]
mod tests;
mod url;

use crate::chat::{EntityType, Finding};
use scan::{Hit, Scan};
use secret::Secrets;
use shadow::Shadow;
use std::collections::BTreeMap;

/// All detectors, ready to scan. Immutable; share it by reference between threads.
pub struct Detectors {
    ignore: Vec<EntityType>,
    min_score: f32,
    secrets: Secrets,
}

impl Detectors {
    /// Detectors that never report the types in `ignore` nor anything scored below `min_score` (0–1).
    pub fn new(ignore: &[EntityType], min_score: f32) -> Self {
        Self { ignore: ignore.to_vec(), min_score, secrets: Secrets::new() }
    }

    /// Findings in one text, sorted by start, without overlaps; `slot` is copied into each. Linear in the text.
    pub fn scan(&self, slot: usize, text: &str) -> Vec<Finding> {
        let shadow = Shadow::new(text);
        let mut scan = Scan::new(&shadow.text);
        self.secrets.find(&mut scan);
        if !scan.ats.is_empty() {
            email::find(&mut scan);
        }
        if !scan.colons.is_empty() || !scan.words.is_empty() {
            network::find(&mut scan);
        }
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
                find(&mut scan);
            }
        }
        let mut hits = scan.hits;
        hits.retain(|hit| hit.score >= self.min_score && !self.ignore.contains(&hit.entity));
        merge(hits).into_iter().map(|hit| finding(slot, &shadow, &hit)).collect()
    }

    /// Every type that a detector can report.
    pub fn entity_types() -> &'static [EntityType] {
        entity::ALL
    }
}

fn finding(slot: usize, shadow: &Shadow, hit: &Hit) -> Finding {
    let (start, end) = shadow.original(hit.start, hit.end);
    Finding {
        slot,
        start,
        end,
        entity: hit.entity,
        kind: hit.kind,
        score: hit.score,
        detector: hit.detector,
    }
}

/// Keeps the best of candidates that overlap, by the rule above.
fn merge(mut hits: Vec<Hit>) -> Vec<Hit> {
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
        }
    }
    kept.into_values().collect()
}
