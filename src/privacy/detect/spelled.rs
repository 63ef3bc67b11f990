//! Numbers that are spelled out: `four five three nine …`, in the languages of `words`, `double four` and digits in between.
//!
//! Invariant: a run counts if it is a card by Luhn's check, or if a word right before it names what it is. Counting
//! from one to ten is neither.

use super::context::{ACCOUNT, BANK, CARD_NAME, PHONE, PHONE_WEAK};
use super::entity::{CREDIT_CARD, PHONE_NUMBER, US_BANK_NUMBER, US_SSN};
use super::national;
use super::phrases::Phrases;
use super::scan::{Hit, Scan};
use crate::chat::EntityType;
use crate::privacy::validate::luhn;

/// Fewest and most digits of a number.
const FEWEST: usize = 7;
const MOST: usize = 34;
/// Furthest distance of the word that names it, in bytes.
const REACH: usize = 48;
/// Most bytes between two digits.
const GAP: usize = 4;

/// A run of spelled digits.
struct Run {
    start: usize,
    end: usize,
    digits: Vec<u8>,
    /// Digits that were words.
    spelled: usize,
}

pub(super) fn find(scan: &mut Scan, phrases: &Phrases) {
    let mut at = 0;
    while let Some((start, _, _)) = phrases.digits.get(at) {
        let run = run(scan, phrases, at, *start);
        at += run.spelled.max(1);
        if run.digits.len() >= FEWEST && run.spelled * 2 > run.digits.len() {
            judge(scan, &run);
        }
    }
}

/// Reads on from the digit word number `first`.
fn run(scan: &Scan, phrases: &Phrases, first: usize, start: usize) -> Run {
    let mut run = Run { start, end: start, digits: Vec::new(), spelled: 0 };
    let (lead, mut times) = repeated(scan.text.get(..start).unwrap_or(""));
    run.start -= lead;
    let mut next = first;
    loop {
        if let Some((from, to, value)) =
            phrases.digits.get(next).filter(|(from, ..)| *from >= run.end)
            && let Some(between) = scan.text.get(run.end..*from)
            && let Some(n) = joint(between)
        {
            times = times.max(n);
            run.digits.extend(std::iter::repeat_n(b'0' + value, times));
            run.spelled += 1;
            run.end = *to;
        } else if let Some(end) = digits_after(scan, run.end) {
            let digits = scan.bytes.get(run.end..end).unwrap_or(&[]);
            run.digits.extend(digits.iter().filter(|b| b.is_ascii_digit()));
            run.end = end;
            next = phrases.digits.partition_point(|(from, ..)| *from < end).max(next);
            if run.digits.len() > MOST {
                return run;
            }
            times = 1;
            continue;
        } else {
            return run;
        }
        times = 1;
        next += 1;
        if run.digits.len() > MOST {
            return run;
        }
    }
}

/// How often a digit counts after what stands between two; `None` if it is not the same number.
fn joint(between: &str) -> Option<usize> {
    let word = between.trim_matches(|c: char| c.is_whitespace() || ",.-–;/、，".contains(c));
    let marks = between.len() - word.len();
    match word.to_lowercase().as_str() {
        "" if marks <= GAP => Some(1),
        "double" | "doppel" | "doble" | "doppio" | "dubbel" | "duplo" if marks <= GAP + 1 => {
            Some(2)
        }
        "triple" | "treble" | "triplo" if marks <= GAP + 1 => Some(3),
        _ => None,
    }
}

/// Length and meaning of a `double ` that stands before the first digit.
fn repeated(before: &str) -> (usize, usize) {
    [("double ", 2), ("triple ", 3), ("treble ", 3)]
        .into_iter()
        .find(|(word, _)| {
            before
                .len()
                .checked_sub(word.len())
                .and_then(|at| before.get(at..))
                .is_some_and(|end| end.eq_ignore_ascii_case(word))
        })
        .map_or((0, 1), |(word, n)| (word.len(), n))
}

/// The end of a short group of digits right after `at`.
fn digits_after(scan: &Scan, at: usize) -> Option<usize> {
    let gap =
        scan.bytes.iter().skip(at).take(2).take_while(|b| matches!(b, b' ' | b'-' | b',')).count();
    let from = at + gap;
    let n = scan.bytes.iter().skip(from).take(5).take_while(|b| b.is_ascii_digit()).count();
    (gap > 0 && (1..=4).contains(&n) && !scan.word_begins(from + n)).then_some(from + n)
}

fn judge(scan: &mut Scan, run: &Run) {
    let topics = scan.topics(run.start, run.start, REACH, 0);
    let n = run.digits.len();
    let different = run.digits.windows(2).any(|pair| pair[0] != pair[1]);
    let card = (13..=19).contains(&n) && different;
    let found: Option<(EntityType, f32, bool)> = if card && luhn(&run.digits) {
        Some((CREDIT_CARD, 0.9, true))
    } else if (12..=19).contains(&n) && topics & CARD_NAME != 0 {
        Some((CREDIT_CARD, 0.8, false))
    } else if topics & PHONE != 0 || (topics & PHONE_WEAK != 0 && (9..=15).contains(&n)) {
        Some((PHONE_NUMBER, 0.75, false))
    } else if n == 9 && national::is_named(US_SSN, topics) {
        Some((US_SSN, 0.85, false))
    } else if topics & (BANK | ACCOUNT) != 0 {
        Some((US_BANK_NUMBER, 0.7, false))
    } else {
        None
    };
    if let Some((entity, score, validated)) = found {
        scan.push(Hit {
            start: run.start,
            end: run.end,
            entity,
            kind: None,
            score,
            validated,
            detector: "spelled",
        });
    }
}
