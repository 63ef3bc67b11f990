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

use super::context::{NATIONAL_SHIFT, OTHER_NUMBER};
use super::scan::{Hit, Scan};
use crate::chat::EntityType;
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

/// Tries every form at each word with digits, and at two letters set apart before one.
pub(super) fn find(scan: &mut Scan) {
    for i in 0..scan.words.len() {
        let word = scan.words[i];
        if word.opens {
            at(scan, word.start, word.len());
        }
        let apart = word.start > 2 && matches!(scan.before(word.start), b' ' | b'-');
        if apart
            && scan.opens(word.start - 3)
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
        if !scan.closes(end) || !(id.valid)(value) {
            continue;
        }
        let topics = scan.topics(start, end, 80, 40);
        let named = topics >> (NATIONAL_SHIFT + number) & 1 == 1;
        let lower =
            scan.bytes.get(start..end).is_some_and(|b| b.iter().any(u8::is_ascii_lowercase));
        let other = scan.topics(start, start, 24, 0) & OTHER_NUMBER != 0;
        let score = match (named, *bare) {
            (true, bare) => f32::max(0.9, bare),
            (false, bare) if bare == 0.0 || lower || (other && bare < 0.9) => continue,
            (false, bare) => bare,
        };
        scan.push(Hit {
            start,
            end,
            entity: id.entity,
            kind: None,
            score,
            validated: true,
            detector: "national_id",
        });
    }
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
