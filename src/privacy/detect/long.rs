//! A long text under the detectors, part by part, so that what they note beside it does not grow with it.
//!
//! Invariant: every byte is looked at with [`AROUND`] bytes of what stands before and after it, and each hit comes once.

use super::Detectors;
use super::scan::{Hit, Scan};
use std::ops::Range;

/// Bytes of a part.
const PART: usize = 256 * 1024;
/// Bytes around a part that are looked at with it: longer than any value, and than the words beside a value that say what it is.
const AROUND: usize = 32 * 1024;
/// How far to look for a blank at which to cut.
const BLANK: usize = 4096;

/// What the detectors see in a text before merging, in its offsets.
#[derive(Default)]
pub(super) struct Seen {
    pub hits: Vec<Hit>,
    /// Numbers of four parts that are versions.
    pub versions: Vec<Range<usize>>,
    /// Closings of letters.
    pub closings: Vec<Range<usize>>,
}

impl Detectors {
    /// What the detectors see in a text of any length, before merging.
    pub(super) fn seen_in(&self, text: &str) -> Seen {
        self.seen_in_parts(text, PART, AROUND)
    }

    fn seen_in_parts(&self, text: &str, part: usize, around: usize) -> Seen {
        if text.len() <= 2 * part {
            return self.seen(&mut Scan::new(text));
        }
        let mut out = Seen::default();
        let mut start = 0;
        while start < text.len() {
            let end = cut(text, start + part);
            let from = cut(text, start.saturating_sub(around)).min(start);
            let seen = text.get(from..cut(text, end + around)).unwrap_or_default();
            let Seen { hits, versions, closings } = self.seen(&mut Scan::new(seen));
            let begins_here = |at: usize| (start..end).contains(&at);
            let moved = |range: Range<usize>| range.start + from..range.end + from;
            let hits = hits.into_iter();
            let hits = hits.map(|hit| Hit { start: hit.start + from, end: hit.end + from, ..hit });
            out.hits.extend(hits.filter(|hit| begins_here(hit.start)));
            for (all, found) in [(&mut out.versions, versions), (&mut out.closings, closings)] {
                all.extend(found.into_iter().map(moved).filter(|range| begins_here(range.start)));
            }
            start = end;
        }
        out
    }
}

/// Behind the first blank at or after `at`, or at a character near `at` where there is none for long.
fn cut(text: &str, at: usize) -> usize {
    if at == 0 || at >= text.len() {
        return at.min(text.len());
    }
    let near = text.as_bytes().iter().skip(at).take(BLANK).position(u8::is_ascii_whitespace);
    near.map_or_else(|| text.floor_char_boundary(at), |blank| at + blank + 1)
}

#[cfg(test)]
mod tests {
    use super::Detectors;
    use crate::privacy::detect::scan::Scan;

    /// Values of all kinds among other words, longer than many parts.
    fn text(filler: &str) -> String {
        let card = format!("4{}", "1".repeat(15));
        let values = [
            format!("mail anna{}example.org", '@'),
            format!("card {card}"),
            "IBAN DE89 3704 0044 0532 0130 00".to_owned(),
            "call +44 20 7946 0958".to_owned(),
            "born 1990-01-31".to_owned(),
            "host 203.0.113.7".to_owned(),
            "see http://user:pass@example.com/a".to_owned(),
            "ssn 078-05-1120".to_owned(),
            "password = hunter2hunter2".to_owned(),
            "tel 020 7946 0958".to_owned(),
        ];
        (0..300).map(|i| format!("{filler} {} {filler}\n", values[i % values.len()])).collect()
    }

    #[test]
    fn parts_see_what_one_look_sees() {
        let detectors = Detectors::new(&[], 0.0);
        for filler in ["", "plain words here", "é ü 中文 ж", "{\"a\":[1,2],\"b\":\"c\"}", "x"]
        {
            let text = text(filler);
            let mut whole = detectors.seen(&mut Scan::new(&text)).hits;
            assert!(whole.len() >= 200, "{filler}: {}", whole.len());
            whole.sort_by_key(|hit| (hit.start, hit.end, hit.detector));
            for part in [2048, 3000, 5000] {
                let mut parts = detectors.seen_in_parts(&text, part, 1024).hits;
                parts.sort_by_key(|hit| (hit.start, hit.end, hit.detector));
                let places = |hits: &[super::Hit]| -> Vec<_> {
                    hits.iter().map(|hit| (hit.start, hit.end, hit.entity)).collect()
                };
                assert_eq!(places(&parts), places(&whole), "{filler} {part}");
            }
        }
    }

    #[test]
    fn a_value_on_a_border_is_whole_and_comes_once() {
        let detectors = Detectors::new(&[], 0.0);
        let value = format!("anna{}example.org", '@');
        for shift in 0..60 {
            let text = format!("{}{}", "a".repeat(shift), format!(" {value} ").repeat(400));
            let hits = detectors.seen_in_parts(&text, 512, 128).hits;
            assert_eq!(hits.len(), 400, "{shift}");
            assert!(hits.iter().all(|it| text.get(it.start..it.end) == Some(value.as_str())));
        }
    }
}
