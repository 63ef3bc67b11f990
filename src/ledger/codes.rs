//! Enums as the small integers that stand for them in a stored ledger.
//!
//! Invariant: a code never changes its meaning; new variants get new codes. The names beside them are in the views
//! `request_log` and `hop_log`.

use crate::chat::{HopKind, Outcome};
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// Hop kinds by code.
pub(super) const KINDS: [HopKind; 10] = HopKind::ALL;

/// Outcomes by code.
pub(super) const OUTCOMES: [Outcome; 9] = [
    Outcome::Ok,
    Outcome::Error,
    Outcome::Timeout,
    Outcome::Cancelled,
    Outcome::Blocked,
    Outcome::Skipped,
    Outcome::Rejected,
    Outcome::NeedsInput,
    Outcome::Partial,
];

/// Distinct texts that [`intern`] keeps; error codes and privacy actions are far fewer.
const MAX_INTERNED: usize = 256;

/// The code of a hop kind.
pub(super) fn kind_code(kind: HopKind) -> i64 {
    match kind {
        HopKind::Detect => 0,
        HopKind::Intent => 1,
        HopKind::Decide => 2,
        HopKind::Redact => 3,
        HopKind::Shape => 4,
        HopKind::Queue => 5,
        HopKind::Generate => 6,
        HopKind::Upstream => 7,
        HopKind::Restore => 8,
        HopKind::Edge => 9,
    }
}

/// The code of an outcome.
pub(super) fn outcome_code(outcome: Outcome) -> i64 {
    match outcome {
        Outcome::Ok => 0,
        Outcome::Error => 1,
        Outcome::Timeout => 2,
        Outcome::Cancelled => 3,
        Outcome::Blocked => 4,
        Outcome::Skipped => 5,
        Outcome::Rejected => 6,
        Outcome::NeedsInput => 7,
        Outcome::Partial => 8,
    }
}

/// The hop kind of a code.
pub(super) fn kind(code: i64) -> Option<HopKind> {
    KINDS.get(usize::try_from(code).ok()?).copied()
}

/// The outcome of a code.
pub(super) fn outcome(code: i64) -> Option<Outcome> {
    OUTCOMES.get(usize::try_from(code).ok()?).copied()
}

/// A text of the program's own small vocabulary (error codes, privacy actions), read back from a file. The set is
/// bounded, so that a foreign file cannot make the process grow; what does not fit reads as `other`.
pub(super) fn intern(text: &str) -> &'static str {
    static KNOWN: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(text) = known.get(text) {
        return text;
    }
    if known.len() >= MAX_INTERNED {
        return "other";
    }
    let kept: &'static str = Box::leak(text.into());
    known.insert(kept);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_lead_back() {
        for (code, variant) in (0..).zip(KINDS) {
            assert_eq!((kind_code(variant), kind(code)), (code, Some(variant)));
        }
        for (code, variant) in (0..).zip(OUTCOMES) {
            assert_eq!((outcome_code(variant), outcome(code)), (code, Some(variant)));
        }
        assert_eq!((kind(-1), kind(10), outcome(9)), (None, None, None));
    }
}
