//! Machine-readable zones of passports, visas and identity cards (ICAO 9303 parts 3 to 7): TD1, TD2, TD3, MRV-A, MRV-B, and the
//! French identity card of 1988.
//!
//! The whole zone is one finding, whether its lines are joined, spaced or broken anew; one line of it alone counts where its
//! head or its check digits are there. A zone whose check digits fail (a reading error) counts by its grammar.

use super::entity::{GOVERNMENT_ID, PASSPORT};
use super::scan::{Hit, Scan};
use crate::chat::EntityType;

/// Most bytes of a zone with its blanks, and what is looked at before the first filler.
const MOST: usize = 320;
const BEFORE: usize = 120;

/// A check digit: from, to (exclusive), its place.
type Check = (usize, usize, usize);

/// A format: length of all lines together, length of a line, its checks.
struct Format {
    chars: usize,
    line: usize,
    fits: fn(&[u8]) -> bool,
    checks: &'static [Check],
    /// Where the second line begins, which can stand alone.
    entity: EntityType,
}

const FORMATS: &[Format] = &[
    // TD1: three lines of 30.
    Format {
        chars: 90,
        line: 30,
        fits: |zone| {
            matches!(zone.first(), Some(b'I' | b'A' | b'C'))
                && state(zone, 2)
                && date(zone, 30)
                && date(zone, 38)
        },
        checks: &[(5, 14, 14), (30, 36, 36), (38, 44, 44)],
        entity: GOVERNMENT_ID,
    },
    // TD3: passports, two lines of 44.
    Format {
        chars: 88,
        line: 44,
        fits: |zone| {
            zone.first() == Some(&b'P') && state(zone, 2) && date(zone, 57) && date(zone, 65)
        },
        checks: &[(44, 53, 53), (57, 63, 63), (65, 71, 71)],
        entity: PASSPORT,
    },
    // MRV-A: visas, two lines of 44.
    Format {
        chars: 88,
        line: 44,
        fits: |zone| {
            zone.first() == Some(&b'V') && state(zone, 2) && date(zone, 57) && date(zone, 65)
        },
        checks: &[(44, 53, 53), (57, 63, 63), (65, 71, 71)],
        entity: PASSPORT,
    },
    // French identity cards: two lines of 36, the date of birth near the end of the second.
    Format {
        chars: 72,
        line: 36,
        fits: |zone| zone.starts_with(b"IDFRA") && zone.get(36..49).is_some_and(alphanumeric),
        checks: &[(36, 48, 48), (63, 69, 69)],
        entity: GOVERNMENT_ID,
    },
    // TD2 and MRV-B: two lines of 36.
    Format {
        chars: 72,
        line: 36,
        fits: |zone| {
            matches!(zone.first(), Some(b'I' | b'A' | b'C' | b'P'))
                && state(zone, 2)
                && date(zone, 49)
                && date(zone, 57)
        },
        checks: &[(36, 45, 45), (49, 55, 55), (57, 63, 63)],
        entity: GOVERNMENT_ID,
    },
    Format {
        chars: 72,
        line: 36,
        fits: |zone| {
            zone.first() == Some(&b'V') && state(zone, 2) && date(zone, 49) && date(zone, 57)
        },
        checks: &[(36, 45, 45), (49, 55, 55), (57, 63, 63)],
        entity: PASSPORT,
    },
];

pub(super) fn find(scan: &mut Scan) {
    let (mut at, mut floor) = (0, 0);
    while let Some(mark) =
        scan.bytes.get(at..).and_then(|rest| memchr::memchr(b'<', rest)).map(|i| at + i)
    {
        at = mark + 1;
        let next = scan.bytes.iter().skip(at).take(2).find(|b| !b.is_ascii_whitespace());
        if next != Some(&b'<') {
            continue;
        }
        let zone = Zone::around(scan.bytes, mark, floor);
        if let Some((start, end, entity, score)) = zone.found() {
            scan.push(Hit {
                start,
                end,
                entity,
                kind: None,
                score,
                validated: true,
                detector: "mrz",
            });
            floor = end;
            at = at.max(end);
        } else if let Some(last) = zone.places.last() {
            at = at.max(last + 1);
        }
    }
}

/// The characters of a zone around a place, without blanks, and where each stands.
struct Zone {
    chars: Vec<u8>,
    places: Vec<usize>,
}

impl Zone {
    fn around(bytes: &[u8], at: usize, floor: usize) -> Self {
        let member =
            |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'<' | b' ' | b'\n' | b'\r' | b'\t');
        let back = bytes.get(at.saturating_sub(BEFORE).max(floor)..at).unwrap_or(&[]);
        let start = at - back.iter().rev().take_while(|b| member(b)).count();
        let len = bytes
            .get(start..)
            .unwrap_or(&[])
            .iter()
            .take(MOST + BEFORE)
            .take_while(|b| member(b))
            .count();
        let places = (start..start + len)
            .filter(|i| bytes.get(*i).is_some_and(|b| !b.is_ascii_whitespace()));
        let places: Vec<usize> = places.collect();
        let chars =
            places.iter().filter_map(|i| bytes.get(*i)).map(u8::to_ascii_uppercase).collect();
        Self { chars, places }
    }

    /// Start, end, type and score of the zone in the text.
    fn found(&self) -> Option<(usize, usize, EntityType, f32)> {
        let first = self.chars.windows(2).position(|pair| pair == b"<<")?;
        for from in 0..=first {
            if from > 0
                && self.adjacent(from)
                && self.chars.get(from - 1).is_none_or(|b| *b != b'<')
                && !self.head(from)
            {
                continue;
            }
            let rest = self.chars.get(from..)?;
            for format in FORMATS.iter().filter(|format| rest.len() >= format.chars) {
                let zone = rest.get(..format.chars)?;
                let checked = format.checks.iter().filter(|check| check_digit(zone, check)).count();
                let clean = self.ends(from + format.chars);
                if (format.fits)(zone)
                    && (checked == format.checks.len()
                        || (checked > 0 || self.lined(from, format.line)) && clean)
                {
                    let score = if checked == format.checks.len() { 1.0 } else { 0.9 };
                    return self.hit(from, format.chars, format.entity, score);
                }
            }
        }
        self.line(first)
    }

    /// One line alone: the head with a name, or the numbers of a second line.
    fn line(&self, first: usize) -> Option<(usize, usize, EntityType, f32)> {
        let (from, to) = self.word(first);
        let line = self.chars.get(from..to)?;
        let name = matches!(line.first(), Some(b'P' | b'V' | b'I' | b'A' | b'C'))
            && state(line, 2)
            && line.get(5).is_some_and(u8::is_ascii_alphabetic);
        if (28..=46).contains(&line.len()) && name && line.ends_with(b"<") {
            return self.hit(from, line.len(), PASSPORT, 0.85);
        }
        for checks in [&[(0, 9, 9), (13, 19, 19), (21, 27, 27)][..], &[(0, 6, 6), (8, 14, 14)][..]]
        {
            if line.len() >= 28
                && checks.iter().all(|check| check_digit(line, check))
                && line.iter().any(u8::is_ascii_digit)
            {
                return self.hit(from, line.len(), GOVERNMENT_ID, 0.9);
            }
        }
        None
    }

    /// The characters around `at` that no blank divides.
    fn word(&self, at: usize) -> (usize, usize) {
        let mut from = at;
        while from > 0 && self.adjacent(from) {
            from -= 1;
        }
        let mut to = at + 1;
        while to < self.chars.len() && self.adjacent(to) {
            to += 1;
        }
        (from, to)
    }

    /// Whether the character before stands right beside this one in the text.
    fn adjacent(&self, at: usize) -> bool {
        matches!((at.checked_sub(1).and_then(|i| self.places.get(i)), self.places.get(at)), (Some(a), Some(b)) if a + 1 == *b)
    }

    /// Whether a zone could begin here although a letter stands before it.
    fn head(&self, at: usize) -> bool {
        matches!(self.chars.get(at..at + 2), Some([b'P' | b'V' | b'I' | b'A' | b'C', b'<']))
    }

    /// Whether nothing goes on behind the zone.
    fn ends(&self, at: usize) -> bool {
        at >= self.chars.len() || !self.adjacent(at)
    }

    /// Whether lines break where those of the format do.
    fn lined(&self, from: usize, line: usize) -> bool {
        !self.adjacent(from + line)
    }

    fn hit(
        &self,
        from: usize,
        n: usize,
        entity: EntityType,
        score: f32,
    ) -> Option<(usize, usize, EntityType, f32)> {
        Some((*self.places.get(from)?, *self.places.get(from + n - 1)? + 1, entity, score))
    }
}

/// Three letters of a state, or fewer with fillers (`D<<`).
fn state(zone: &[u8], at: usize) -> bool {
    zone.get(at..at + 3).is_some_and(|code| {
        code.first().is_some_and(u8::is_ascii_alphabetic)
            && code.iter().all(|b| b.is_ascii_alphabetic() || *b == b'<')
    })
}

/// Six digits of a date, or what a reader makes of them.
fn date(zone: &[u8], at: usize) -> bool {
    zone.get(at..at + 6).is_some_and(|date| {
        date.iter().filter(|b| b.is_ascii_digit()).count() >= 4
            && date.iter().all(|b| b.is_ascii_digit() || b"OISBZ<".contains(b))
    })
}

fn alphanumeric(part: &[u8]) -> bool {
    part.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'<')
}

/// Weights 7 3 1, letters from 10, fillers 0, mod 10 (ICAO 9303-3, 4.9).
fn check_digit(zone: &[u8], &(from, to, place): &Check) -> bool {
    let Some(part) = zone.get(from..to) else { return false };
    let mut sum = 0;
    for (b, weight) in part.iter().zip([7, 3, 1].into_iter().cycle()) {
        let value = if *b == b'<' { Some(0) } else { char::from(*b).to_digit(36) };
        let Some(value) = value else { return false };
        sum += value * weight;
    }
    zone.get(place).and_then(|b| char::from(*b).to_digit(10)) == Some(sum % 10)
}
