//! National identity, tax, health and social-security numbers, as a table.
//!
//! A form is matched at the border of a word, its letters and digits are handed to the check of the id, and words
//! near it raise the score. Invariant: a form whose shape and check digits are weak (a bare run of digits) counts
//! only next to a word that names the id; separators or a strong check make a form count alone. The source of each
//! check is named in the country files.

mod africa_asia;
mod americas;
mod europe;
mod nordic_baltic;
mod pacific;

use super::context::{NATIONAL_SHIFT, OTHER_NUMBER, Topics};
use super::run::{gap, only_run};
use super::scan::{Hit, Scan};
use crate::chat::EntityType;
use crate::privacy::validate::is_ymd;
use std::sync::LazyLock;

/// An id.
struct Id {
    entity: EntityType,
    /// Words that name it, lower case, divided by commas.
    context: &'static str,
    /// Spellings: `d` is a digit, `A` a letter, `x` either, anything else itself. The number is the score without a
    /// word near it; 0 where such a word is needed.
    forms: &'static [(&'static str, f32)],
    /// The check over the letters (upper case) and digits alone.
    valid: fn(&[u8]) -> bool,
}

const LISTS: [&[Id]; 5] =
    [europe::IDS, nordic_baltic::IDS, americas::IDS, africa_asia::IDS, pacific::IDS];

/// Longest first group of a form, in letters and digits.
const LONGEST: usize = 18;

/// A spelling of an id.
struct Form {
    /// The number of the id.
    number: usize,
    id: &'static Id,
    pattern: &'static [u8],
    /// What stands behind its first group; 0 if that is all.
    sep: u8,
    score: f32,
}

/// Forms by the length of their first group.
static FORMS: LazyLock<Vec<Vec<Form>>> = LazyLock::new(|| {
    let mut forms = Vec::new();
    forms.resize_with(LONGEST + 1, Vec::new);
    for (number, id) in LISTS.iter().flat_map(|list| list.iter()).enumerate() {
        for (pattern, score) in id.forms {
            let pattern = pattern.as_bytes();
            let first = pattern.iter().take_while(|b| b.is_ascii_alphanumeric()).count();
            if let Some(list) = forms.get_mut(first) {
                list.push(Form {
                    number,
                    id,
                    pattern,
                    sep: pattern.get(first).copied().unwrap_or(0),
                    score: *score,
                });
            }
        }
    }
    forms
});

/// The context words of each id, numbered as its topic bit.
pub(super) fn contexts() -> impl Iterator<Item = (usize, &'static str)> {
    LISTS.iter().flat_map(|list| list.iter()).map(|id| id.context).enumerate()
}

/// Whether one of `topics` is the id.
pub(super) fn is_named(entity: EntityType, topics: Topics) -> bool {
    let ids = LISTS.iter().flat_map(|list| list.iter()).enumerate();
    ids.filter(|(_, id)| id.entity == entity)
        .any(|(number, _)| topics >> (NATIONAL_SHIFT + number) & 1 == 1)
}

/// Letters and digits of the longest id, without what divides them.
const MOST: usize = 18;

/// Tries every form at each word with digits, at two letters set apart before one, and at the digits of a word with letters;
/// then, where an id is named, any grouping.
pub(super) fn find(scan: &mut Scan) {
    for i in 0..scan.words.len() {
        let word = scan.words[i];
        if scan.opens_loosely(word.start) {
            at(scan, word.start, word.len());
            grouped(scan, word.start);
        }
        if let Some(run) =
            only_run(scan.bytes, word).filter(|run| run.glued_before || run.glued_after)
        {
            at(scan, run.start, run.end - run.start);
        }
        let apart = word.start > 2 && matches!(scan.before(word.start), b' ' | b'-');
        if apart
            && scan.opens_loosely(word.start - 3)
            && !scan.word_ends(word.start - 3)
            && (1..=2).all(|k| scan.before(word.start - k).is_ascii_alphabetic())
        {
            at(scan, word.start - 3, 2);
        }
    }
}

fn at(scan: &mut Scan, start: usize, first: usize) {
    let Some(forms) = FORMS.get(first) else { return };
    let sep = scan.byte(start + first);
    for form in forms.iter().filter(|form| form.sep == sep || form.sep == 0) {
        let Form { number, id, pattern, score: bare, .. } = form;
        let mut compact = [0u8; 24];
        let Some((end, n)) = matches(scan.bytes, start, pattern, &mut compact) else { continue };
        let value = compact.get(..n).unwrap_or(&[]);
        if !scan.closes_loosely(end) || !(id.valid)(value) {
            continue;
        }
        let continued = continued(scan, start, end, pattern);
        let strict = scan.opens(start) && scan.closes(end) && !continued;
        let topics = scan.topics(start, end, 80, 40);
        let named = topics >> (NATIONAL_SHIFT + number) & 1 == 1;
        let lower =
            scan.bytes.get(start..end).is_some_and(|b| b.iter().any(u8::is_ascii_lowercase));
        let other = scan.topics(start, start, 24, 0) & OTHER_NUMBER != 0;
        // In a path or a file name, glued to letters: the id's name, or a form that is rare by itself.
        let rare =
            *bare >= LOOSE && !continued && pattern.iter().any(|b| !b.is_ascii_alphanumeric());
        if !strict && !named && (!rare || scan.word_ends(start) && scan.before(start) != b'_') {
            continue;
        }
        let score = match (named, *bare) {
            (true, bare) => f32::max(0.9, bare),
            (false, bare) if bare == 0.0 || lower || (other && strict && bare < 0.9) => continue,
            (false, bare) => bare,
        };
        push(scan, start, end, id.entity, score);
    }
}

/// Whether groups like those of the form go on beside it: twelve digits of a card are no id.
fn continued(scan: &Scan, start: usize, end: usize, pattern: &[u8]) -> bool {
    let sep = pattern.iter().rev().find(|b| !b.is_ascii_alphanumeric()).copied().unwrap_or(0);
    let last = pattern.iter().rev().take_while(|b| b.is_ascii_alphanumeric()).count();
    let first = pattern.iter().take_while(|b| b.is_ascii_alphanumeric()).count();
    let digits = |from: usize, n: usize| (from..from + n).all(|at| scan.byte(at).is_ascii_digit());
    let after = scan.byte(end) == sep && digits(end + 1, last) && !scan.word_begins(end + 1 + last);
    let before = scan.before(start) == sep && start > first && digits(start - 1 - first, first);
    sep != 0 && (after || before)
}

/// Least score by itself of a form that counts in a path or a file name.
const LOOSE: f32 = 0.75;

/// An id right behind its name, whatever divides its groups: spaces, dashes, full stops, slashes, a line break.
fn grouped(scan: &mut Scan, start: usize) {
    if scan.all_topics() >> NATIONAL_SHIFT == 0 {
        return;
    }
    let named = scan.topics(start, start, NEAR, 0) >> NATIONAL_SHIFT;
    if named == 0 {
        return;
    }
    let mut compact = [0u8; MOST];
    let (mut at, mut n, mut divided) = (start, 0, false);
    loop {
        let byte = scan.byte(at);
        if byte.is_ascii_alphanumeric() {
            let Some(to) = compact.get_mut(n) else { return };
            *to = byte.to_ascii_uppercase();
            n += 1;
            at += 1;
            continue;
        }
        let value = compact.get(..n).unwrap_or(&[]);
        if divided && scan.closes_loosely(at) && !scan.word_begins(at) {
            for (number, id) in LISTS.iter().flat_map(|list| list.iter()).enumerate() {
                if named >> number & 1 == 1 && id.fits(value) && (id.valid)(value) {
                    push(scan, start, at, id.entity, 0.9);
                    return;
                }
            }
        }
        let step =
            scan.bytes.iter().skip(at).take(5).take_while(|b| !b.is_ascii_alphanumeric()).count();
        let ended = !scan.byte(at + step).is_ascii_alphanumeric();
        // `run 2024.05.06.1` is the day of a run.
        let day = n == 4 && is_ymd(&following(scan, start), 4);
        if ended || day || gap(scan.bytes, at, at + step).is_none() {
            return;
        }
        divided = true;
        at += step;
    }
}

/// The next eight digits from `start` on, over single marks.
fn following(scan: &Scan, start: usize) -> Vec<u8> {
    let near = scan.bytes.get(start..).unwrap_or(&[]).iter().take(10);
    near.filter(|b| b.is_ascii_digit()).take(8).copied().collect()
}

/// Furthest distance of the name from an id in an odd grouping, in bytes.
const NEAR: usize = 40;

impl Id {
    /// Whether a compact value has the letters and digits of one of the forms.
    fn fits(&self, value: &[u8]) -> bool {
        self.forms.iter().any(|(form, _)| {
            let mut wanted = form.bytes().filter(u8::is_ascii_alphanumeric);
            let fits = value.iter().all(|have| match wanted.next() {
                Some(b'd') => have.is_ascii_digit(),
                Some(b'A') => have.is_ascii_alphabetic(),
                Some(b'x') => true,
                _ => false,
            });
            fits && wanted.next().is_none()
        })
    }
}

fn push(scan: &mut Scan, start: usize, end: usize, entity: EntityType, score: f32) {
    scan.push(Hit {
        start,
        end,
        entity,
        kind: None,
        score,
        validated: true,
        detector: "national_id",
    });
}

/// The end of `form` at `start` and how many letters and digits were copied to `compact`.
fn matches(
    bytes: &[u8],
    start: usize,
    form: &[u8],
    compact: &mut [u8; 24],
) -> Option<(usize, usize)> {
    let mut n = 0;
    for (i, &want) in form.iter().enumerate() {
        let have = *bytes.get(start + i)?;
        let fits = match want {
            b'd' => have.is_ascii_digit(),
            b'A' => have.is_ascii_alphabetic(),
            b'x' => have.is_ascii_alphanumeric(),
            other => have == other,
        };
        if !fits {
            return None;
        }
        if have.is_ascii_alphanumeric() {
            *compact.get_mut(n)? = have.to_ascii_uppercase();
            n += 1;
        }
    }
    Some((start + form.len(), n))
}

/// Digit `i` of a compact value, 99 if there is none.
fn d(value: &[u8], i: usize) -> u32 {
    value.get(i).and_then(|&b| crate::privacy::validate::digit(b)).unwrap_or(99)
}

/// The number that `value[from..to]` writes; a number no check accepts if it is not one.
fn num(value: &[u8], from: usize, to: usize) -> u64 {
    value.get(from..to).and_then(crate::privacy::validate::number).unwrap_or(u64::MAX / 1000)
}

/// The weighted sum of the first digits.
fn sum(value: &[u8], weights: &[u32]) -> u32 {
    crate::privacy::validate::weighted(value, weights).unwrap_or(1_000_003)
}

/// Whether all characters are the same.
fn uniform(value: &[u8]) -> bool {
    value.windows(2).all(|pair| pair[0] == pair[1])
}
