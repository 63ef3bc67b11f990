//! The end of a letter: the name on the line after a closing (`Best regards,` and its like in many languages) is a person,
//! the closing is none, and lines of the block that hold nothing but a number are telephones.

use super::entity::{PERSON, PHONE_NUMBER};
use super::phrases::Phrases;
use super::scan::{Hit, Scan, stretch};
use std::ops::Range;

/// Lines and bytes of the block behind a closing.
const LINES: usize = 9;
const BYTES: usize = 480;
/// Most bytes of a line before a closing.
const BEFORE: usize = 24;
/// Longest name, in bytes, and most words of it.
const LONGEST: usize = 64;
const WORDS: usize = 5;

/// Small words inside of names.
const PARTICLES: &[&str] = &[
    "de", "van", "von", "der", "den", "da", "di", "del", "la", "le", "bin", "binti", "al", "el",
    "y", "e", "zu", "af", "av", "ter", "ten", "dos", "du",
];
/// Words of a sender that is nobody in particular, or of a place to fill in.
const NOBODY: &[&str] = &[
    "team",
    "support",
    "service",
    "customer",
    "group",
    "gmbh",
    "inc",
    "llc",
    "ltd",
    "department",
    "office",
    "crew",
    "staff",
    "board",
    "committee",
    "agent",
    "assistant",
    "bot",
    "ai",
    "admin",
    "hr",
    "sales",
    "your",
    "name",
    "signature",
    "the",
    "company",
    "équipe",
    "equipo",
    "kundenservice",
    "kundendienst",
    "zespół",
    "команда",
    "please",
    "sent",
    "from",
    "we",
    "ihr",
    "ihre",
    "votre",
    "su",
    "in",
    "for",
    "to",
    "and",
    "if",
    "this",
    "a",
    "an",
    "on",
    "you",
    "my",
    "is",
    "are",
    "will",
];

/// Lines that begin a block, by the phrases of the text.
pub(super) fn find(scan: &mut Scan, phrases: &Phrases) {
    let mut done = 0;
    for &(start, end) in &phrases.closings {
        if start < done || !begins_line(scan.text, start) {
            continue;
        }
        if ends_phrase(scan.text, end) {
            scan.closings.push(start..end);
        }
        let Some(name) = name_after(scan.text, end) else { continue };
        push(scan, &name, PERSON, 0.85);
        done = name.end;
        numbers(scan, end);
    }
}

/// Whether only blanks, quote marks and asterisks stand before `at` in its line.
fn begins_line(text: &str, at: usize) -> bool {
    let before = stretch(text, at.saturating_sub(BEFORE), at);
    let line = before.rsplit('\n').next().unwrap_or("");
    let marks = |c: char| c.is_whitespace() || "<>*_|\"'「".contains(c);
    line.trim_end_matches(marks).is_empty() && (line.len() < before.len() || before.len() == at)
}

/// Whether a comma, a full stop or the end of the line follows.
fn ends_phrase(text: &str, at: usize) -> bool {
    let rest = stretch(text, at, at + BEFORE);
    let next = rest.trim_start_matches([' ', '\t', '\r']).chars().next();
    next.is_none_or(|c| "\n,.!;:-–，。、！".contains(c))
}

/// The name behind a closing that ends at `end`: on the rest of its line behind a comma, else on the next line with words.
fn name_after(text: &str, end: usize) -> Option<Range<usize>> {
    let text = stretch(text, 0, end + BYTES);
    let rest = text.get(end..)?;
    let line_end = rest.find('\n').unwrap_or(rest.len());
    let line = rest.get(..line_end)?;
    let inner = line.trim_matches(|c: char| c.is_whitespace() || ",.!;:*_-–—、，。！~".contains(c));
    if !inner.is_empty() {
        let comma = line.trim_start().starts_with([',', ':', '-', '–', '，', '、']);

        return comma.then(|| name(text, end, end + line_end)).flatten();
    }
    let mut at = end + line_end + 1;
    for _ in 0..3 {
        let rest = text.get(at..)?;
        let len = rest.find('\n').unwrap_or(rest.len());
        if !rest.get(..len)?.trim().is_empty() {
            return name(text, at, at + len);
        }
        at += len + 1;
    }
    None
}

/// The name that a stretch of one line is, as a whole.
fn name(text: &str, from: usize, to: usize) -> Option<Range<usize>> {
    let line = text.get(from..to)?;
    // `Anna Lind, CEO`, `Anna Lind | Sales`: the name is the first part.
    let lead = line.len()
        - line
            .trim_start_matches(|c: char| c.is_whitespace() || ",.:;*_>-–—、，".contains(c))
            .len();
    let part = line.get(lead..)?.split([',', '|', '(', '/', '<']).next()?;
    let part = part.trim_end_matches(|c: char| c.is_whitespace() || ".!*_;:-–—。".contains(c));
    let start = from + lead;
    (is_name(part)).then_some(start..start + part.len())
}

/// Whether a text is nothing but the name of a person.
fn is_name(text: &str) -> bool {
    if text.is_empty() || text.len() > LONGEST || text.chars().any(|c| c.is_ascii_digit()) {
        return false;
    }
    let first = text.chars().next().unwrap_or(' ');
    if wide(first) {
        let n = text.chars().filter(|c| !c.is_whitespace()).count();
        return (2..=8).contains(&n)
            && text.chars().all(|c| wide(c) || c.is_whitespace() || c == '・' || c == '·');
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let fits = |word: &&str| {
        let lower = word.trim_matches('.').to_lowercase();
        let letters = word
            .chars()
            .all(|c| c.is_alphabetic() || "'’.-\u{300}\u{301}".contains(c) || is_mark(c));
        let capital = word
            .starts_with(|c: char| c.is_uppercase() || (c.is_alphabetic() && !c.is_lowercase()));
        letters
            && !NOBODY.contains(&lower.as_str())
            && (capital || PARTICLES.contains(&lower.as_str()))
    };
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    words.len() <= WORDS && letters >= 2 && words.iter().all(fits) && !PARTICLES.contains(&text)
}

/// Han, kana, Hangul.
fn wide(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '々')
}

/// Signs that belong to letters of the scripts of India and South East Asia.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{900}'..='\u{dff}' | '\u{e00}'..='\u{e7f}')
}

/// Lines of the block that hold nothing but numbers.
fn numbers(scan: &mut Scan, from: usize) {
    let mut at = from;
    for _ in 0..LINES {
        let Some(rest) =
            stretch(scan.text, 0, from + BYTES).get(at..).filter(|rest| !rest.is_empty())
        else {
            return;
        };
        let len = rest.find('\n').unwrap_or(rest.len());
        let parts = rest
            .get(..len)
            .unwrap_or("")
            .split(" / ")
            .flat_map(|part| part.split(['|', ',', ';', '•', '·']));
        let base = scan.text.as_ptr() as usize;
        let found: Vec<Range<usize>> = parts
            .filter_map(|part| {
                let number = part.trim();
                let short = ["T", "M", "P", "F", "H", "C", "W", "t", "m", "p", "f"];
                let bare = short
                    .iter()
                    .find_map(|label| number.strip_prefix(label))
                    .map_or(number, |rest| rest.trim_start_matches(['.', ':', ' ']));
                let start = bare.as_ptr() as usize - base;
                is_number(bare).then_some(start..start + bare.len())
            })
            .collect();
        for number in found {
            push(scan, &number, PHONE_NUMBER, 0.8);
        }
        at += len + 1;
    }
}

/// Whether a text is nothing but a telephone number.
fn is_number(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let shape = text.starts_with(['+', '(', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
        && text.ends_with(|c: char| c.is_ascii_digit());
    let groups = text.split(['-', '/', '.']).map(str::len).collect::<Vec<_>>();
    let date = matches!(groups[..], [4, 1..=2, 1..=2] | [1..=2, 1..=2, 4]);
    shape
        && !date
        && (7..=15).contains(&digits)
        && text.bytes().all(|b| b.is_ascii_digit() || b"+()-./ ".contains(&b))
}

fn push(scan: &mut Scan, range: &Range<usize>, entity: crate::chat::EntityType, score: f32) {
    scan.push(Hit {
        start: range.start,
        end: range.end,
        entity,
        kind: None,
        score,
        validated: false,
        detector: "signature",
    });
}

#[cfg(test)]
mod tests {
    use super::{is_name, is_number};

    #[test]
    fn names_and_numbers_are_whole_lines() {
        for name in [
            "Anna Lind",
            "Jan de Wit",
            "O'Neill",
            "佐藤健",
            "Иван Петров",
            "김민수",
            "J. R. Berg",
            "Dr. Eva Holm-Berg",
        ] {
            assert!(is_name(name), "{name}");
        }
        for other in [
            "",
            "The Support Team",
            "see you",
            "Your Name",
            "anna",
            "Room 5",
            "de",
            "Sent from my phone",
        ] {
            assert!(!is_name(other), "{other}");
        }
        assert!(
            is_number("070-174 06 35") && is_number("+46 70 174 06 35") && is_number("20 12 34 56")
        );
        assert!(!is_number("2026-05-12") && !is_number("12345") && !is_number("5 pm"));
    }
}
