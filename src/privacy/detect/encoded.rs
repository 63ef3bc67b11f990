//! Personal data inside base64 (RFC 4648): a run of its alphabet that decodes to text which holds a finding is one itself.
//!
//! Invariant: a run is decoded once, so the work stays linear; what is encoded twice is not looked into.

use super::scan::{Hit, Scan};
use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Shortest and longest run that is decoded, in bytes. Longer ones are files.
const LEAST: usize = 12;
const MOST: usize = 64 * 1024;

const CONFIG: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const PLAIN: GeneralPurpose = GeneralPurpose::new(&STANDARD, CONFIG);
const URL: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, CONFIG);

/// Adds a hit for every run in whose text `best_within` finds something.
pub(super) fn find(
    scan: &Scan<'_>,
    hits: &mut Vec<Hit>,
    best_within: impl Fn(&str) -> Option<Hit>,
) {
    let member = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_');
    let mut at = 0;
    while let Some(rest) = scan.bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let len = rest.iter().take_while(|b| member(b)).count();
        let end = at + len + rest.iter().skip(len).take(2).take_while(|b| **b == b'=').count();
        if (LEAST..=MOST).contains(&len)
            && let Some(text) = decoded(scan.bytes.get(at..end).unwrap_or_default())
            && let Some(hit) = best_within(&text)
        {
            hits.push(Hit { start: at, end, detector: "base64", ..hit });
        }
        at = end.max(at + 1);
    }
}

/// The text of a run; `None` if it is no base64, or not of readable text.
fn decoded(run: &[u8]) -> Option<String> {
    // Words of a language have no digits and few capitals; a look at the alphabet spares decoding them.
    let odd = run.iter().filter(|b| b.is_ascii_uppercase() || b.is_ascii_digit()).count();
    if odd * 6 < run.len() {
        return None;
    }
    let engine = if run.iter().any(|b| matches!(b, b'-' | b'_')) { &URL } else { &PLAIN };
    let text = String::from_utf8(engine.decode(run).ok()?).ok()?;
    let readable = !text.chars().any(|c| c.is_control() && !c.is_whitespace());
    readable.then_some(text)
}
