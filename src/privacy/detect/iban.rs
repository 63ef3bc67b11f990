//! IBANs (ISO 13616): the structure of the SWIFT registry by country and mod 97-10, in any grouping and case, also in paths
//! and file names and glued to letters.
//!
//! The structure keeps words out: `is 12 …` begins like an Icelandic IBAN, and no prose goes on with 24 digits. Behind a
//! word such as `IBAN` or `account` a number that only its check digits spoil, or that was cut, counts as well.

use super::context::{ACCOUNT, IBAN};
use super::entity::IBAN_CODE;
use super::run::gap;
use super::scan::{Hit, Scan};
use crate::privacy::validate::mod97;

/// Furthest distance of the word that lets wrong check digits pass, in bytes.
const REACH: usize = 40;
/// Fewest letters and digits of an IBAN that was cut.
const FEWEST: usize = 14;

/// What follows the country and the check digits: `n` digits, `a` letters, `c` either, each behind how many.
const STRUCTURES: &[(&str, &str)] = &[
    ("4n4n12c", "AD"),
    ("19n", "AE IL SO TL"),
    ("8n16c", "AL CY"),
    ("16n", "AT BA EE LT MN XK"),
    ("4a20c", "AZ"),
    ("12n", "BE"),
    ("4a6n8c", "BG"),
    ("4a14c", "BH"),
    ("23n", "BI DJ MR"),
    ("23n1a1c", "BR"),
    ("4c4n16c", "BY"),
    ("5n12c", "CH LI"),
    ("18n", "CR DE ME RS VA"),
    ("20n", "CZ ES SE SK TN"),
    ("14n", "DK FI FO GL SD"),
    ("4c20n", "DO"),
    ("25n", "EG"),
    ("2a12n", "FK"),
    ("10n11c2n", "FR MC"),
    ("4a14n", "GB IE"),
    ("2a16n", "GE"),
    ("4a15c", "GI"),
    ("7n16c", "GR"),
    ("24c", "GT"),
    ("4a20n", "HN NI SV"),
    ("17n", "HR"),
    ("24n", "HU PL"),
    ("4a15n", "IQ"),
    ("22n", "IS"),
    ("1a10n12c", "IT SM"),
    ("4a4n18c", "JO YE"),
    ("4a22c", "KW"),
    ("3n13c", "KZ LU"),
    ("4n20c", "LB"),
    ("4a24c", "LC"),
    ("4a13c", "LV"),
    ("21n", "LY PT ST"),
    ("20c", "MD"),
    ("3n10c2n", "MK"),
    ("4a5n18c", "MT"),
    ("4a19n3a", "MU"),
    ("4a10n", "NL"),
    ("11n", "NO"),
    ("3n16c", "OM"),
    ("4a16c", "PK RO"),
    ("4a21c", "PS QA"),
    ("14n15c", "RU"),
    ("2n18c", "SA"),
    ("4a20n3a", "SC"),
    ("15n", "SI"),
    ("6n16c", "TR"),
    ("6n19c", "UA"),
    ("4a16n", "VG"),
];

/// An IBAN, or the beginning of one.
struct Found {
    start: usize,
    end: usize,
    /// Letters and digits read.
    n: usize,
    /// Whether that is all of them.
    whole: bool,
    /// Whether the check digits agree.
    checked: bool,
}

pub(super) fn find(scan: &mut Scan) {
    let (mut done, mut since) = (0, 0);
    for i in 0..scan.words.len() {
        let word = scan.words[i];
        let before = since;
        since = word.end;
        if word.start < done {
            continue;
        }
        let lead = scan
            .bytes
            .get(word.start..word.end)
            .map_or(0, |text| text.iter().take_while(|b| !b.is_ascii_digit()).count());
        let digits = word.start + lead;
        let country = match lead {
            0 => country_before(scan, word.start),
            1 => None,
            _ => Some(digits - 2),
        };
        let Some(found) = country.and_then(|country| read(scan, country, digits)) else { continue };
        let strict = scan.opens(found.start) && scan.closes(found.end);
        let loose = scan.opens_loosely(found.start) && scan.closes_loosely(found.end);
        let labelled = || found.start.saturating_sub(before.max(found.start.saturating_sub(REACH)));
        let score = match found {
            Found { whole: true, checked: true, .. } if strict => 1.0,
            Found { whole: true, checked: true, .. } if loose => 0.95,
            Found { whole, n, .. } if strict && (whole || n >= FEWEST) => {
                let back = labelled();
                let topics = scan.topics(found.start, found.start, back, 0);
                if topics & IBAN == 0 && !(whole && topics & ACCOUNT != 0) {
                    continue;
                }
                0.8
            }
            _ => continue,
        };
        done = found.end;
        scan.push(Hit {
            start: found.start,
            end: found.end,
            entity: IBAN_CODE,
            kind: None,
            score,
            validated: found.whole && found.checked,
            detector: "iban",
        });
    }
}

/// Two letters of their own before the digits at `at`, as in `DE 68` and `IBAN (DE): 68`.
fn country_before(scan: &Scan, at: usize) -> Option<usize> {
    let from = at.saturating_sub(5);
    let between = scan.bytes.get(from..at)?.iter().rev();
    let n = between.take_while(|b| matches!(b, b' ' | b'-' | b'.' | b':' | b')' | b'\n')).count();
    let start = at.checked_sub(n + 2).filter(|_| (1..=4).contains(&n))?;
    let letters = scan.bytes.get(start..start + 2)?.iter().all(u8::is_ascii_alphabetic);
    (letters && !scan.word_ends(start)).then_some(start)
}

/// Reads on from the country at `country`, whose check digits begin at `digits`.
fn read(scan: &Scan, country: usize, digits: usize) -> Option<Found> {
    let code = scan.text.get(country..country + 2)?.to_ascii_uppercase();
    let structure = STRUCTURES.iter().find(|(_, list)| list.split(' ').any(|c| c == code))?.0;
    let mut compact = [0u8; 34];
    for (to, from) in compact.iter_mut().zip(code.bytes()) {
        *to = from;
    }
    let (mut at, mut n, mut end) = (digits, 2, digits);
    let mut kinds = Kinds::new(structure);
    while let Some(kind) = kinds.next() {
        let step =
            scan.bytes.get(at..)?.iter().take(5).take_while(|b| !b.is_ascii_alphanumeric()).count();
        if step > 0 && n > 2 && gap(scan.bytes, at, at + step).is_none() {
            break;
        }
        let byte = scan.byte(at + step);
        let fits = match kind {
            b'n' => byte.is_ascii_digit(),
            b'a' => byte.is_ascii_alphabetic(),
            _ => byte.is_ascii_alphanumeric(),
        };
        if !fits {
            break;
        }
        *compact.get_mut(n)? = byte.to_ascii_uppercase();
        n += 1;
        at += step + 1;
        end = at;
    }
    let whole = kinds.ended();
    let compact = compact.get(..n)?;
    let turned = compact.iter().skip(4).chain(compact.iter().take(4)).copied();
    let numbers = compact.iter().filter(|b| b.is_ascii_digit()).count();
    // In `IBAN (DE): 68 …` the country belongs to the label.
    let apart = scan.bytes.get(country + 2..digits)?.contains(&b')');
    let start = if apart { digits } else { country };
    Some(Found { start, end, n, whole, checked: whole && numbers >= 8 && mod97(turned) == Some(1) })
}

/// The kinds of an IBAN's characters, one after another, the two check digits first.
struct Kinds {
    structure: &'static [u8],
    left: usize,
    kind: u8,
    over: bool,
}

impl Kinds {
    fn new(structure: &'static str) -> Self {
        Self { structure: structure.as_bytes(), left: 2, kind: b'n', over: false }
    }

    fn ended(&self) -> bool {
        self.over
    }

    fn next(&mut self) -> Option<u8> {
        if self.left == 0 {
            let digits = self.structure.iter().take_while(|b| b.is_ascii_digit()).count();
            let Some((head, rest)) = self.structure.split_at_checked(digits).filter(|_| digits > 0)
            else {
                self.over = true;
                return None;
            };
            self.left = head.iter().fold(0, |n, b| n * 10 + usize::from(b - b'0'));
            self.kind = rest.first().copied().unwrap_or(b'n');
            self.structure = rest.get(1..).unwrap_or(&[]);
        }
        self.left -= 1;
        Some(self.kind)
    }
}
