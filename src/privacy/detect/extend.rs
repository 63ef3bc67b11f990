//! Whole values: a finding never begins or ends inside of a number, a date, an address or an identifier.
//!
//! The model reads word pieces and may see `3456 7890` of `0012 3456 7890`. After merging, each finding takes in the rest of
//! the word that it cuts, groups of the same number that one mark divides, the day or year of its date and the parts of its
//! address. Values with check digits know their own length and stay as they are. Invariant: a finding never grows into
//! another, nor over a word or a sentence beside it.

use super::address::{grow, grow_town};
use super::entity::{
    BANK_ACCOUNT, CREDIT_CARD, DATE_OF_BIRTH, DRIVER_LICENSE, GOVERNMENT_ID, IP_ADDRESS, LOCATION,
    MEDICAL_RECORD, PASSPORT, PHONE_NUMBER, STREET_ADDRESS, US_BANK_NUMBER, US_DRIVER_LICENSE,
    US_PASSPORT, US_SSN,
};
use super::model::MODEL;
use super::scan::{Hit, stretch};
use std::ops::Range;

/// Longest part of a number on either side, in bytes, and most of them.
const LONGEST: usize = 24;
const PARTS: usize = 6;
/// Digits from which on a telephone number lacks no groups.
const PHONE: usize = 7;
/// Most digits of a number.
const MOST: usize = 20;

/// Each hit with what it cuts, in order and without overlaps as they came.
pub(super) fn whole(text: &str, mut hits: Vec<Hit>) -> Vec<Hit> {
    for i in 0..hits.len() {
        let floor = i.checked_sub(1).and_then(|i| hits.get(i)).map_or(0, |hit| hit.end);
        let ceiling = hits.get(i + 1).map_or(text.len(), |hit| hit.start);
        let Some(hit) =
            hits.get_mut(i).filter(|hit| !hit.validated || hit.entity == STREET_ADDRESS)
        else {
            continue;
        };
        let range = extended(text, hit, floor, ceiling);
        (hit.start, hit.end) = (range.start, range.end);
    }
    hits
}

fn extended(text: &str, hit: &Hit, floor: usize, ceiling: usize) -> Range<usize> {
    let part = hit.start..hit.end;
    match hit.entity {
        STREET_ADDRESS => grow(text, word(text, part, floor, ceiling), floor, ceiling),
        LOCATION => grow_town(text, part, floor, ceiling),
        IP_ADDRESS if hit.detector == MODEL => {
            let whole = run(text, part.clone(), floor, ceiling, |c| {
                c.is_ascii_hexdigit() || c == '.' || c == ':'
            });
            // The last letters of a word before it may look like a group: `outside:`.
            let glued = text
                .get(..whole.start)
                .and_then(|t| t.chars().next_back())
                .is_some_and(char::is_alphanumeric);
            if glued { part.start..whole.end } else { whole }
        }
        DATE_OF_BIRTH => date(
            text,
            tight(text, word(text, part, floor, ceiling), floor, ceiling),
            floor,
            ceiling,
        ),
        BANK_ACCOUNT | US_BANK_NUMBER | CREDIT_CARD | GOVERNMENT_ID | MEDICAL_RECORD | US_SSN
        | DRIVER_LICENSE | US_DRIVER_LICENSE | PASSPORT | US_PASSPORT => {
            let part = tight(text, word(text, part, floor, ceiling), floor, ceiling);
            groups(text, part, floor, ceiling)
        }
        PHONE_NUMBER => {
            let part = tight(text, word(text, part, floor, ceiling), floor, ceiling);
            let part = if digits(text, &part) < PHONE || hit.detector == MODEL {
                groups(text, part, floor, ceiling)
            } else {
                part
            };
            prefix(text, part, floor)
        }
        _ => part,
    }
}

/// Letters and digits that touch the part, where it begins or ends with one.
fn word(text: &str, part: Range<usize>, floor: usize, ceiling: usize) -> Range<usize> {
    run(text, part, floor, ceiling, |c| c.is_ascii_alphanumeric())
}

/// The run of characters that fit around the part, no full stop or colon at its ends.
fn run(
    text: &str,
    part: Range<usize>,
    floor: usize,
    ceiling: usize,
    fits: impl Fn(char) -> bool,
) -> Range<usize> {
    let inside = text.get(part.clone()).unwrap_or("");
    let (mut start, mut end) = (part.start, part.end);
    if inside.starts_with(&fits) {
        let before = stretch(text, part.start.saturating_sub(LONGEST * 2).max(floor), part.start);
        let n: usize = before.chars().rev().take_while(|c| fits(*c)).map(char::len_utf8).sum();
        let taken = before.get(before.len() - n..).unwrap_or("").trim_start_matches(['.', ':']);
        start -= taken.len();
    }
    if inside.ends_with(&fits) {
        let after = stretch(text, part.end, (part.end + LONGEST * 2).min(ceiling));
        let n: usize = after.chars().take_while(|c| fits(*c)).map(char::len_utf8).sum();
        end += after.get(..n).unwrap_or("").trim_end_matches(['.', ':']).len();
    }
    start..end
}

/// Groups with digits that one of `-./` binds to the part without a blank.
fn tight(text: &str, part: Range<usize>, floor: usize, ceiling: usize) -> Range<usize> {
    let mut whole = part;
    for _ in 0..PARTS {
        let before = stretch(text, whole.start.saturating_sub(LONGEST).max(floor), whole.start);
        let Some(rest) =
            before.strip_suffix(['-', '.', '/']).filter(|_| opens_with_digit(text, &whole))
        else {
            break;
        };
        let group = last_group(rest);
        if !bound(group) || rest.len() == group.len() && whole.start > floor + before.len() {
            break;
        }
        whole.start -= group.len() + 1;
    }
    for _ in 0..PARTS {
        let after = stretch(text, whole.end, (whole.end + LONGEST).min(ceiling));
        let Some(rest) =
            after.strip_prefix(['-', '.', '/']).filter(|_| closes_with_word(text, &whole))
        else {
            break;
        };
        let group = first_group(rest);
        if !bound(group) || group.chars().all(|c| c.is_ascii_alphabetic()) {
            break;
        }
        whole.end += group.len() + 1;
    }
    whole
}

/// Whether a group may belong to a number: digits, or a few capitals as a prefix.
fn bound(group: &str) -> bool {
    let digits = group.bytes().filter(u8::is_ascii_digit).count();
    let prefix = (1..=4).contains(&group.len()) && group.bytes().all(|b| b.is_ascii_uppercase());
    !group.is_empty() && group.len() <= 17 && (prefix || digits * 2 >= group.len())
}

/// Groups of digits that blanks bind to the part: the same number, written in groups.
fn groups(text: &str, part: Range<usize>, floor: usize, ceiling: usize) -> Range<usize> {
    let mut whole = part;
    for _ in 0..PARTS {
        let inside = text.get(whole.clone()).unwrap_or("");
        let first = first_group(inside);
        let before = stretch(text, whole.start.saturating_sub(LONGEST).max(floor), whole.start);
        let Some(rest) =
            blank_end(before).filter(|_| grouped(first) && digits(text, &whole) < MOST)
        else {
            break;
        };
        let group = last_group(rest);
        let head = rest.get(..rest.len() - group.len()).unwrap_or("");
        let apart = !head.ends_with(['-', '.', '/', ':', '$', '€', '£', ',', '#']);
        if !grouped(group) || group.len() < 2 || !apart || is_year(group, head) {
            break;
        }
        whole.start -= before.len() - rest.len() + group.len();
    }
    for _ in 0..PARTS {
        let inside = text.get(whole.clone()).unwrap_or("");
        let last = last_group(inside);
        let after = stretch(text, whole.end, (whole.end + LONGEST).min(ceiling));
        let Some(rest) =
            blank_start(after).filter(|_| grouped(last) && digits(text, &whole) < MOST)
        else {
            break;
        };
        let group = first_group(rest);
        let tail = rest.get(group.len()..).unwrap_or("");
        // `78 is my number` ends a number, `12 times` counts something.
        let counted = group.len() != last.len()
            && tail.starts_with(' ')
            && tail.trim_start().starts_with(char::is_alphabetic)
            && group.len() < 3;
        let amount = tail.starts_with([':', '%', '€', '$'])
            || (tail.starts_with([',', '.'])
                && tail
                    .get(1..)
                    .is_some_and(|tail| tail.starts_with(|c: char| c.is_ascii_digit())));
        let only = inside.len() == last.len() && group.len() == 1;
        if !grouped(group)
            || counted
            || amount
            || only
            || (group.len() == 4
                && (group.starts_with("19") || group.starts_with("20"))
                && last.len() != 4)
        {
            break;
        }
        whole.end += after.len() - rest.len() + group.len();
    }
    whole
}

/// Digits, perhaps with capitals between them, as few as a group of a number has.
fn grouped(group: &str) -> bool {
    (1..=6).contains(&group.len())
        && group.bytes().any(|b| b.is_ascii_digit())
        && group.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
}

/// Four digits behind a word that a year follows.
fn is_year(group: &str, before: &str) -> bool {
    let word = before.trim_end().rsplit(' ').next().unwrap_or("").to_lowercase();
    group.len() == 4
        && (group.starts_with("19") || group.starts_with("20"))
        && matches!(
            word.as_str(),
            "in" | "since"
                | "year"
                | "of"
                | "from"
                | "im"
                | "seit"
                | "en"
                | "nel"
                | "em"
                | "until"
                | "by"
        )
}

/// The text without the one or two blanks at its end; a line break only between groups of one number.
fn blank_end(text: &str) -> Option<&str> {
    let bare = text.trim_end_matches([' ', '\u{a0}', '\u{202f}']);
    (bare.len() < text.len() && text.len() - bare.len() <= 3 && !bare.is_empty()).then_some(bare)
}

fn blank_start(text: &str) -> Option<&str> {
    let bare = text.trim_start_matches([' ', '\u{a0}', '\u{202f}']);
    (bare.len() < text.len() && text.len() - bare.len() <= 3 && !bare.is_empty()).then_some(bare)
}

fn last_group(text: &str) -> &str {
    let n: usize = text.bytes().rev().take_while(u8::is_ascii_alphanumeric).count();
    text.get(text.len() - n..).unwrap_or("")
}

fn first_group(text: &str) -> &str {
    let n: usize = text.bytes().take_while(u8::is_ascii_alphanumeric).count();
    text.get(..n).unwrap_or("")
}

fn opens_with_digit(text: &str, part: &Range<usize>) -> bool {
    first_group(text.get(part.clone()).unwrap_or("")).bytes().any(|b| b.is_ascii_digit())
}

fn closes_with_word(text: &str, part: &Range<usize>) -> bool {
    !last_group(text.get(part.clone()).unwrap_or("")).is_empty()
}

fn digits(text: &str, part: &Range<usize>) -> usize {
    text.get(part.clone()).map_or(0, |part| part.bytes().filter(u8::is_ascii_digit).count())
}

/// The `+`, the `(` and the calling code in front of a telephone number.
fn prefix(text: &str, part: Range<usize>, floor: usize) -> Range<usize> {
    let before = stretch(text, part.start.saturating_sub(8).max(floor), part.start);
    let inside = text.get(part.clone()).unwrap_or("");
    let bare = before.trim_end_matches(|c: char| c.is_ascii_digit() || "+() -".contains(c));
    let lead = before.get(bare.len()..).unwrap_or("");
    let at = match (lead.find('+'), inside.contains(')') && !inside.contains('(')) {
        (Some(at), _) => at,
        (None, true) => lead.rfind('(').unwrap_or(lead.len()),
        _ => lead.len(),
    };
    let opened = lead.get(at..).is_some_and(|rest| rest.starts_with('+'));
    let at = if opened && at > 0 && lead.get(at - 1..at) == Some("(") { at - 1 } else { at };
    let close = lead.get(at..).unwrap_or("");
    let plain = close.len() <= 7 && !inside.starts_with('+');
    if plain { part.start - close.len()..part.end } else { part }
}

/// The day before a month, the year behind it.
fn date(text: &str, part: Range<usize>, floor: usize, ceiling: usize) -> Range<usize> {
    let inside = text.get(part.clone()).unwrap_or("");
    let (mut start, mut end) = (part.start, part.end);
    let before = stretch(text, part.start.saturating_sub(12).max(floor), part.start);
    if inside.starts_with(char::is_alphabetic) && inside.contains(|c: char| c.is_ascii_digit()) {
        let bare = ["of ", "de ", "di ", ". ", " "]
            .iter()
            .find_map(|word| before.strip_suffix(word))
            .unwrap_or("")
            .trim_end();
        let group = last_group(bare);
        let number = group.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let day = (1..=2).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
        if day && matches!(group.get(number.len()..), Some("" | "st" | "nd" | "rd" | "th" | "er")) {
            start -= before.len() - bare.len() + group.len();
        }
    }
    let after = stretch(text, part.end, (part.end + 10).min(ceiling));
    let rest = after
        .trim_start_matches([',', ' '])
        .strip_prefix("de ")
        .unwrap_or(after.trim_start_matches([',', ' ']));
    let year = first_group(rest);
    let lacks = !inside.split(|c: char| !c.is_ascii_digit()).any(|group| group.len() == 4);
    if lacks
        && rest.len() < after.len()
        && year.len() == 4
        && (year.starts_with("19") || year.starts_with("20"))
        && year.bytes().all(|b| b.is_ascii_digit())
    {
        end += after.len() - rest.len() + year.len();
    }
    start..end
}
