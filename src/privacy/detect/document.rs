//! Numbers that only a word near them gives away: passports, driving licences, number plates, bank accounts, US
//! routing numbers; and vehicle identification numbers (ISO 3779, check digit of 49 CFR 565).
//!
//! Invariant: such a number needs its word within 48 bytes before it, and no other number between. Only numbers of German and
//! French passports and identity cards count without one, where they are all that a text, a line or a string says.

use super::context::{
    ACCOUNT, AMERICA, BANK, LICENCE, OTHER_NUMBER, PASSPORT, PHONE, PLATE, ROUTING, Topics,
    VIN as VIN_WORD,
};
use super::entity::{
    ABA_ROUTING_NUMBER, BANK_ACCOUNT, DRIVER_LICENSE, LICENSE_PLATE, PASSPORT as PASSPORT_NUMBER,
    US_BANK_NUMBER, US_DRIVER_LICENSE, US_PASSPORT, VIN,
};
use super::scan::{Hit, Scan, Word};
use crate::chat::EntityType;
use crate::privacy::validate::{number, weighted};

/// Furthest distance of the word, in bytes.
const REACH: usize = 48;

pub(super) fn find(scan: &mut Scan) {
    let mut last_end = 0;
    let quiet = scan.all_topics() & (PASSPORT | LICENCE | PLATE | BANK | ACCOUNT | ROUTING) == 0;
    for i in 0..scan.words.len() {
        let word = scan.words[i];
        let since = last_end;
        last_end = word.end;
        if word.len() == 9 && is_alone(scan, word) && is_document(scan.bytes, word) {
            push(scan, word.start, word.end, PASSPORT_NUMBER, 0.6, false);
            continue;
        }
        if !word.opens || (quiet && word.len() != 17) {
            continue;
        }
        // Of several numbers the first after the word is meant.
        let back = REACH.min(word.start - since);
        let topics = scan.topics(word.start, word.start, back, 0);
        vin(scan, word, topics);
        if topics & (PASSPORT | LICENCE | PLATE | BANK | ACCOUNT | ROUTING) != 0 {
            named(scan, i, word, topics);
        }
    }
}

/// Whether a word is a whole text, line, string in quotes, element of a page, or value or segment of a URL.
fn is_alone(scan: &Scan, word: Word) -> bool {
    let ends = |byte: u8| matches!(byte, 0 | b'\n' | b'"' | b'\'' | b'>' | b'<' | b'=' | b'/');
    ends(scan.before(word.start)) && ends(scan.byte(word.end))
}

/// Whether a word of nine letters has the form of a German or a French number.
///
/// German numbers are capitals without vowels, and digits (Passverordnung). The first is a letter; of the rest, one at least is a letter
/// and five are digits. Numbers of French passports are two digits, two capitals and five digits.
fn is_document(bytes: &[u8], word: Word) -> bool {
    let Some(text) = bytes.get(word.start..word.end) else { return false };
    let [first, rest @ ..] = text else { return false };
    let german = |b: &u8| b"CFGHJKLMNPRTVWXYZ".contains(b);
    let digits = count_digits(rest);
    let is_german = german(first)
        && rest.iter().all(|b| german(b) || b.is_ascii_digit())
        && (5..8).contains(&digits);
    let is_french = text.iter().enumerate().all(|(at, b)| {
        if matches!(at, 2 | 3) { b.is_ascii_uppercase() } else { b.is_ascii_digit() }
    });
    is_german || is_french
}

fn named(scan: &mut Scan, i: usize, word: Word, topics: Topics) {
    let (len, digits) = (word.len(), scan.bytes.get(word.start..word.end).map_or(0, count_digits));
    let closed = scan.closes(word.end);
    if topics & ROUTING != 0
        && word.numeric
        && len == 9
        && closed
        && routing(scan.bytes.get(word.start..word.end))
    {
        return push(scan, word.start, word.end, ABA_ROUTING_NUMBER, 0.95, true);
    }
    if topics & BANK != 0 && topics & ROUTING == 0 && word.numeric {
        let (end, total) = grouped(scan, i);
        if (6..=17).contains(&total) && scan.closes(end) {
            push(scan, word.start, end, US_BANK_NUMBER, 0.7, false);
        }
    }
    if topics & ACCOUNT != 0 && topics & (BANK | ROUTING) == 0 && word.numeric {
        let (end, total) = grouped(scan, i);
        let before = scan.topics(word.start, word.start, REACH / 2, 0);
        if (8..=17).contains(&total) && scan.closes(end) && before & (OTHER_NUMBER | PHONE) == 0 {
            push(scan, word.start, end, BANK_ACCOUNT, 0.65, false);
        }
    }
    if topics & PASSPORT != 0
        && (6..=9).contains(&len)
        && digits >= 4
        && digits + 4 >= len
        && closed
    {
        let american =
            len == 9 && digits >= 8 && scan.topics(word.start, word.end, REACH, 16) & AMERICA != 0;
        return push(
            scan,
            word.start,
            word.end,
            if american { US_PASSPORT } else { PASSPORT_NUMBER },
            0.8,
            false,
        );
    }
    if topics & PLATE != 0
        && let Some((start, end)) = plate(scan, word)
    {
        return push(scan, start, end, LICENSE_PLATE, 0.75, false);
    }
    if topics & LICENCE != 0 && topics & PLATE == 0 {
        let end = dashed(scan, i);
        let total = scan.bytes.get(word.start..end).map_or(0, count_digits);
        if (5..=20).contains(&(end - word.start))
            && total >= 4
            && scan.closes(end)
            && !is_year(scan, word)
        {
            let american = scan.topics(word.start, word.end, REACH + 16, 16) & AMERICA != 0;
            push(
                scan,
                word.start,
                end,
                if american { US_DRIVER_LICENSE } else { DRIVER_LICENSE },
                0.7,
                false,
            );
        }
    }
}

/// A vehicle number: valid check digit, or the word near it.
fn vin(scan: &mut Scan, word: Word, topics: Topics) {
    if word.len() != 17 || word.numeric || !scan.closes(word.end) {
        return;
    }
    let Some(text) = scan.bytes.get(word.start..word.end) else { return };
    let shape =
        text.iter().all(|b| b.is_ascii_digit() || (b.is_ascii_uppercase() && !b"IOQ".contains(b)));
    let serial = text.get(13..).is_some_and(|t| t.iter().all(u8::is_ascii_digit));
    let near = topics & VIN_WORD != 0;
    if shape && ((check_digit(text) && serial) || near) {
        let score = if near { 0.95 } else { 0.75 };
        push(scan, word.start, word.end, VIN, score, true);
    }
}

/// 49 CFR 565.15(c): transliterated values times weights mod 11, X for ten, at place nine.
fn check_digit(vin: &[u8]) -> bool {
    const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    const VALUES: &[u8; 26] = b"12345678.12345.7.923456789";
    let mut sum = 0;
    for (&b, weight) in vin.iter().zip(WEIGHTS) {
        let byte = if b.is_ascii_digit() {
            b
        } else {
            VALUES.get(usize::from(b.wrapping_sub(b'A'))).copied().unwrap_or(b'0')
        };
        sum += u32::from(byte.saturating_sub(b'0')) * weight;
    }
    vin.get(8) == b"0123456789X".get((sum % 11) as usize)
}

/// Federal Reserve prefix and 3-7-1 check.
fn routing(digits: Option<&[u8]>) -> bool {
    let Some(digits) = digits else { return false };
    let prefix = digits.get(..2).and_then(number).unwrap_or(99);
    let sum = weighted(digits, &[3, 7, 1, 3, 7, 1, 3, 7, 1]).unwrap_or(1);
    matches!(prefix, 1..=12 | 21..=32 | 61..=72 | 80) && sum.is_multiple_of(10)
}

/// End and digits of number groups divided by one space or dash.
fn grouped(scan: &Scan, i: usize) -> (usize, usize) {
    let (mut end, mut total) = (0, 0);
    for word in scan.words.iter().skip(i).take(6) {
        let joined = end == 0
            || (word.start == end + 1 && matches!(scan.byte(end), b' ' | b'-') && word.len() >= 2);
        if !joined || !word.numeric || total + word.len() > 17 {
            break;
        }
        end = word.end;
        total += word.len();
    }
    (end, total)
}

/// End of groups with digits divided by dashes or single spaces, at most four.
fn dashed(scan: &Scan, i: usize) -> usize {
    let mut end = 0;
    for word in scan.words.iter().skip(i).take(5) {
        let joined = end == 0
            || (word.start == end + 1
                && (scan.byte(end) == b'-'
                    || (scan.byte(end) == b' ' && word.numeric && word.len() >= 2)));
        if !joined {
            break;
        }
        end = word.end;
    }
    end
}

/// One to three groups of capitals and digits around `word`, four to nine in all, with both kinds.
fn plate(scan: &Scan, word: Word) -> Option<(usize, usize)> {
    let part = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
    let (mut start, mut end) = (word.start, word.end);
    for _ in 0..2 {
        if matches!(scan.before(start), b' ' | b'-' | b'\xb7') {
            let n =
                scan.bytes.get(..start - 1)?.iter().rev().take(4).take_while(|b| part(**b)).count();
            if (1..=3).contains(&n) && !scan.word_ends(start - 1 - n) {
                start -= n + 1;
            }
        }
        if matches!(scan.byte(end), b' ' | b'-') {
            let n = scan.bytes.get(end + 1..)?.iter().take(5).take_while(|b| part(**b)).count();
            if (1..=4).contains(&n) && !scan.word_begins(end + 1 + n) {
                end += n + 1;
            }
        }
    }
    let text = scan.bytes.get(start..end)?;
    let n = text.iter().filter(|b| b.is_ascii_alphanumeric()).count();
    let both = text.iter().any(u8::is_ascii_uppercase) && !text.iter().any(u8::is_ascii_lowercase);
    (both && (4..=9).contains(&n) && count_digits(text) >= 1 && scan.closes(end))
        .then_some((start, end))
}

fn is_year(scan: &Scan, word: Word) -> bool {
    word.len() == 4 && matches!(scan.bytes.get(word.start..word.start + 2), Some(b"19" | b"20"))
}

fn count_digits(text: &[u8]) -> usize {
    text.iter().filter(|b| b.is_ascii_digit()).count()
}

fn push(
    scan: &mut Scan,
    start: usize,
    end: usize,
    entity: EntityType,
    score: f32,
    validated: bool,
) {
    scan.push(Hit { start, end, entity, kind: None, score, validated, detector: "document" });
}
