//! What the operator adds to the detectors and lets pass: `privacy.patterns`, `privacy.words`, `privacy.allow`.
//!
//! Invariants: an operator's finding wins over others only where it covers them; what they saw beside it stays found. What may pass is
//! a whole finding, never a part of one.

use super::scan::Hit;
use crate::chat::ALLOWED;
use crate::config::Own;
use std::collections::BTreeMap;
use std::ops::Range;

/// The detector's name for findings of lists.
const WORDS: &str = "words";
/// The kind of findings that the operator asked for.
const OWN: &str = "own";

/// What the operator's patterns and lists find.
pub(super) fn hits(own: &Own, text: &str) -> Vec<Hit> {
    let mut hits = Vec::new();
    for pattern in &own.patterns {
        let hit = |range: Range<usize>| Hit {
            start: range.start,
            end: range.end,
            entity: pattern.entity,
            kind: Some(OWN),
            score: pattern.score,
            validated: true,
            detector: pattern.name,
        };
        hits.extend(pattern.find(text, false).into_iter().map(hit));
    }
    for list in &own.words {
        let hit = |range: Range<usize>| Hit {
            start: range.start,
            end: range.end,
            entity: list.entity,
            kind: Some(OWN),
            score: 1.0,
            validated: true,
            detector: WORDS,
        };
        hits.extend(list.find(text).into_iter().filter(|range| !range.is_empty()).map(hit));
    }
    hits
}

/// Whether one of the operator's own findings stands where `hit` does.
pub(super) fn beats(kept: &BTreeMap<usize, Hit>, hit: &Hit) -> bool {
    let mut over = kept.range(..hit.end).rev().take_while(|(_, other)| other.end > hit.start);
    over.any(|(_, other)| other.kind == Some(OWN))
}

/// Marks what may pass, by its value as a reader sees it.
pub(super) fn let_pass(own: &Own, text: &str, hits: &mut [Hit]) {
    if own.allow.is_empty() {
        return;
    }
    for hit in hits {
        let value = text.get(hit.start..hit.end).unwrap_or_default();
        if own.allow.lets_pass(value) {
            hit.kind = Some(ALLOWED);
        }
    }
}
