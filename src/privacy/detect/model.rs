//! What the edge model found, joined with what the detectors found.
//!
//! The rule, for findings that overlap: of the same family (a German tax id is a government id) they become one, as long
//! as the longer, under the detector's more exact type. Otherwise a validated one wins, then the higher score; of the
//! model's finding that loses what lies outside of the winner remains, so that nothing that was seen goes uncovered.
//! Last, the parts of one address (number, street, flat, town, country) that only commas and blanks divide become one.

use super::entity::{
    ABA_ROUTING_NUMBER, BANK_ACCOUNT, CREDIT_CARD, CRYPTO, DATE_OF_BIRTH, DETECTED, DRIVER_LICENSE,
    EMAIL_ADDRESS, GOVERNMENT_ID, IBAN_CODE, IP_ADDRESS, LICENSE_PLATE, LOCATION, MAC_ADDRESS,
    ORGANIZATION, PASSPORT, PASSWORD, PHONE_NUMBER, READ, SECRET, STREET_ADDRESS, URL,
    US_BANK_NUMBER, US_DRIVER_LICENSE, US_PASSPORT, US_SSN, VIN,
};
use super::guard::Guard;
use super::scan::Hit;
use crate::chat::{EntityType, PUBLIC};
use crate::inference::Tagged;
use std::collections::BTreeMap;
use std::ops::Range;

/// The detector's name in findings.
pub(super) const MODEL: &str = "edge";

/// Longest stretch of a URL on either side of what the model saw, in characters.
const MOST: usize = 2048;
/// Most bytes between two parts of an address.
const MOST_BETWEEN: usize = 8;

/// The model's entities as hits, in offsets of the text that it read; those whose shape or surroundings fit their type.
pub(super) fn hits(text: &str, tagged: &[Tagged]) -> Vec<Hit> {
    let guard = Guard::new(text);
    let mut out: Vec<Hit> = Vec::new();
    // What did not pass, part by part, and whether something that did stands right before it: it belongs to a value if something
    // that passes follows (`Santo Antônio` `do` `Descoberto`).
    let mut open: Vec<Hit> = Vec::new();
    let mut inside = false;
    for tagged in tagged {
        let named = text.get(tagged.bytes.clone()).and_then(|value| entity(tagged.entity, value));
        let Some(entity) = named else { continue };
        let hit = |(entity, bytes): (EntityType, Range<usize>)| {
            let bytes = if entity == URL { whole_url(text, &bytes) } else { bytes };
            Hit {
                start: bytes.start,
                end: bytes.end,
                entity,
                kind: (entity == URL).then_some(PUBLIC),
                score: tagged.score,
                validated: false,
                detector: MODEL,
            }
        };
        match guard.passes(entity, tagged.bytes.clone()) {
            Some(passed) => {
                let hit = hit(passed);
                let joins = open.last().is_some_and(|part| goes_on(text, part, &hit));
                if joins && (inside || hit.entity == STREET_ADDRESS) {
                    out.append(&mut open);
                }
                open.clear();
                out.push(hit);
            }
            None => {
                let part = hit((entity, tagged.bytes.clone()));
                if out.last().is_some_and(|last| continues(text, last, &part))
                    && guard.is_name(&part)
                {
                    out.push(part);
                } else if open.last().is_some_and(|last| goes_on(text, last, &part)) {
                    open.push(part);
                } else {
                    inside = out.last().is_some_and(|last| goes_on(text, last, &part));
                    open = vec![part];
                }
            }
        }
    }
    out
}

/// Whether two parts of one value follow each other with a blank or nothing between them.
fn goes_on(text: &str, first: &Hit, second: &Hit) -> bool {
    let between = text.get(first.end..second.start);
    // The `and` of an organisation stands between names of any type.
    let firm = |hit: &Hit| hit.entity == ORGANIZATION;
    let one = family(first.entity) == family(second.entity) || firm(first) || firm(second);
    one && between.is_some_and(|it| matches!(it, "" | " "))
}

/// The type of one of the model's findings.
fn entity(name: &str, value: &str) -> Option<EntityType> {
    if name == "GOV_ID" {
        let groups: Vec<usize> = value.split('-').map(str::len).collect();
        let digits = value.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        return Some(if digits && groups == [3, 2, 4] { US_SSN } else { GOVERNMENT_ID });
    }
    READ.iter().chain(DETECTED).copied().find(|known| known.as_str() == name)
}

/// A URL from its first to its last character, of which the model may have seen a part only.
fn whole_url(text: &str, part: &Range<usize>) -> Range<usize> {
    let inside = |c: &char| c.is_alphanumeric() || "-._~:/?#@!$&*+,;=%".contains(*c);
    let before =
        text.get(..part.start).unwrap_or_default().chars().rev().take_while(inside).take(MOST);
    let after = text.get(part.end..).unwrap_or_default().chars().take_while(inside).take(MOST);
    let start = part.start - before.map(char::len_utf8).sum::<usize>();
    let end = part.end + after.map(char::len_utf8).sum::<usize>();
    let url = text.get(start..end).unwrap_or_default();
    let trimmed = url.trim_end_matches(['.', ',', ';', ':', '!', '?']).len();
    start..part.end.max(start + trimmed)
}

/// What a type is a kind of.
fn family(entity: EntityType) -> EntityType {
    match entity {
        US_PASSPORT => PASSPORT,
        US_DRIVER_LICENSE => DRIVER_LICENSE,
        US_BANK_NUMBER | ABA_ROUTING_NUMBER | IBAN_CODE => BANK_ACCOUNT,
        PASSWORD => SECRET,
        LOCATION => STREET_ADDRESS,
        // All that is left of the detectors' types are numbers that a state gives out.
        other if is_plain(other) => other,
        _ => GOVERNMENT_ID,
    }
}

/// Types that stand for themselves.
fn is_plain(entity: EntityType) -> bool {
    const PLAIN: [EntityType; 12] = [
        EMAIL_ADDRESS,
        PHONE_NUMBER,
        CREDIT_CARD,
        IP_ADDRESS,
        MAC_ADDRESS,
        URL,
        DATE_OF_BIRTH,
        CRYPTO,
        SECRET,
        LICENSE_PLATE,
        VIN,
        STREET_ADDRESS,
    ];
    let own = [
        "PERSON",
        "ORGANIZATION",
        "AGE",
        "MEDICAL_RECORD",
        "USERNAME",
        "BANK_ACCOUNT",
        "PASSPORT",
        "DRIVER_LICENSE",
    ];
    PLAIN.contains(&entity) || own.contains(&entity.as_str())
}

/// Joins hits of one family that overlap, one of them the model's, before the others compete.
pub(super) fn join(hits: &mut Vec<Hit>) {
    let (model, mut others): (Vec<Hit>, Vec<Hit>) =
        std::mem::take(hits).into_iter().partition(|hit| hit.detector == MODEL);
    for hit in model {
        let same = |other: &&mut Hit| {
            other.start < hit.end
                && hit.start < other.end
                && family(other.entity) == family(hit.entity)
        };
        match others.iter_mut().find(same) {
            Some(other) => {
                other.start = other.start.min(hit.start);
                other.end = other.end.max(hit.end);
                other.score = other.score.max(hit.score);
            }
            None => hits.push(hit),
        }
    }
    hits.append(&mut others);
}

/// Puts an address together that was found in parts: a street address, and what follows it as its continuation.
pub(super) fn whole_addresses(text: &str, hits: impl Iterator<Item = Hit>) -> Vec<Hit> {
    let mut out: Vec<Hit> = Vec::new();
    for hit in hits {
        match out.last_mut() {
            Some(last) if continues(text, last, &hit) => {
                last.end = hit.end;
                last.score = last.score.max(hit.score);
            }
            _ => out.push(hit),
        }
    }
    out
}

/// Whether `next` is more of the address `hit`: only a comma, blanks and one line break stand between them.
fn continues(text: &str, hit: &Hit, next: &Hit) -> bool {
    let between = text.get(hit.end..next.start).unwrap_or("-");
    let count = |mark: char| between.chars().filter(|c| *c == mark).count();
    hit.entity == STREET_ADDRESS
        && family(next.entity) == STREET_ADDRESS
        && between.len() <= MOST_BETWEEN
        && between.chars().all(|c| c.is_whitespace() || c == ',')
        && count('\n') <= 1
        && count(',') <= 1
}

/// The parts of `hit` that no kept one covers, without punctuation around them.
pub(super) fn remainders(text: &str, hit: &Hit, kept: &BTreeMap<usize, Hit>) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut at = hit.start;
    let first = kept.range(..=hit.start).next_back().map_or(hit.start, |(start, _)| *start);
    for other in kept.range(first..hit.end).map(|(_, other)| other) {
        if other.start > at {
            out.extend(words_within(text, at..other.start));
        }
        at = at.max(other.end);
    }
    if at < hit.end {
        out.extend(words_within(text, at..hit.end));
    }
    out
}

/// The range from its first to its last letter or digit; `None` for less than two of them.
fn words_within(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let part = text.get(range.clone())?;
    let lead = part.find(char::is_alphanumeric)?;
    let inner = part.trim_end_matches(|c: char| !c.is_alphanumeric());
    let range = range.start + lead..range.start + inner.len();
    let n = text.get(range.clone())?.chars().filter(|c| c.is_alphanumeric()).count();
    (n >= 2).then_some(range)
}
