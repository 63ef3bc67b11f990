//! Personal data: what detectors and model find together, against labels.

use super::{EvalError, Line, Subject, readings};
use crate::chat::{EntityType, Finding};
use crate::eval::metric::{Counts, Estimate, Labelled, bootstrap, compare, f1, whole_addresses};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ops::Range;

#[derive(Deserialize)]
pub(super) struct EntityRow {
    group: String,
    set: String,
    text: String,
    spans: Vec<(usize, usize, String)>,
    scored: Option<Vec<String>>,
}

pub(super) async fn entities(
    subject: &Subject<'_>,
    rows: &[EntityRow],
    lines: &mut Vec<Line>,
) -> Result<(), EvalError> {
    let texts: Vec<&str> = rows.iter().map(|row| row.text.as_str()).collect();
    let readings = readings(subject, &texts).await?;
    let mut groups: BTreeMap<String, Vec<Counts>> = BTreeMap::new();
    let mut whole: BTreeMap<&str, Vec<Counts>> = BTreeMap::new();
    let mut persons: BTreeMap<&str, Vec<Counts>> = BTreeMap::new();
    let mut classes: BTreeMap<(&str, &'static str), Vec<Counts>> = BTreeMap::new();
    for (row, reading) in rows.iter().zip(&readings) {
        let found = subject.detectors.scan(0, &row.text, &reading.entities);
        let judged = Judged::new(row, &found);
        let counts = judged.counts(|_| true);
        groups.entry(row.group.clone()).or_default().push(counts);
        groups.entry(format!("{}/{}", row.group, row.set)).or_default().push(counts);
        whole.entry(&row.group).or_default().push(judged.with_whole_addresses());
        persons.entry(&row.group).or_default().push(judged.counts(|class| class == "PERSON"));
        for class in CLASSES {
            let counts = judged.counts(|other| other == class);
            if counts.found + counts.gold > 0 {
                classes.entry((&row.group, class)).or_default().push(counts);
            }
        }
    }
    for (group, counts) in &groups {
        let mut line = |measure: &str, estimate: Estimate| {
            lines.push(Line { group: group.clone(), measure: measure.to_owned(), estimate });
        };
        if group.starts_with("clean") {
            line("false positives per 1,000 characters", bootstrap(counts, false_positives));
        } else {
            line("typed micro F1", bootstrap(counts, |cases| f1(cases)));
            line("uncovered share of characters", bootstrap(counts, uncovered));
        }
    }
    for (group, counts) in whole.iter().filter(|(group, _)| **group != "clean") {
        lines.push(Line {
            group: (*group).to_owned(),
            measure: "typed micro F1, parts of an address as one".to_owned(),
            estimate: bootstrap(counts, |cases| f1(cases)),
        });
    }
    for (group, counts) in persons.iter().filter(|(group, _)| **group != "clean") {
        lines.push(Line {
            group: (*group).to_owned(),
            measure: "PERSON recall".to_owned(),
            estimate: bootstrap(counts, recall),
        });
    }
    for ((group, class), counts) in &classes {
        let measure = if *group == "clean" { "found" } else { "F1" };
        let estimate = match *group {
            "clean" => {
                bootstrap(counts, |cases| cases.map(|case| case.found).sum::<usize>() as f64)
            }
            _ => bootstrap(counts, |cases| f1(cases)),
        };
        let measure = format!("{class} {measure}");
        lines.push(Line { group: (*group).to_owned(), measure, estimate });
    }
    Ok(())
}

/// The classes that are scored.
const CLASSES: [&str; 12] = [
    "PERSON", "EMAIL", "PHONE", "ADDRESS", "LOCATION", "CARD", "BANK", "GOVID", "IP", "URL", "DOB",
    "SECRET",
];

/// The class that a type belongs to; `None` for what is not scored.
fn class_of(entity: &str) -> Option<&'static str> {
    Some(match entity {
        "PERSON" => "PERSON",
        "EMAIL_ADDRESS" => "EMAIL",
        "PHONE_NUMBER" => "PHONE",
        "STREET_ADDRESS" => "ADDRESS",
        "LOCATION" => "LOCATION",
        "CREDIT_CARD" => "CARD",
        "BANK_ACCOUNT" | "IBAN_CODE" | "US_BANK_NUMBER" | "ABA_ROUTING_NUMBER" => "BANK",
        "IP_ADDRESS" => "IP",
        "URL" => "URL",
        "DATE_OF_BIRTH" => "DOB",
        "SECRET" | "PASSWORD" => "SECRET",
        "ORGANIZATION" | "AGE" | "USERNAME" | "MEDICAL_RECORD" | "MAC_ADDRESS" | "CRYPTO"
        | "LICENSE_PLATE" | "VIN" | "OPEN" => return None,
        // Passports, licences and the numbers of every country.
        _ => "GOVID",
    })
}

/// One text's labels and findings in characters.
struct Judged<'a> {
    text: &'a str,
    gold: Vec<Labelled<'a>>,
    found: Vec<Labelled<'a>>,
    covering: Vec<Range<usize>>,
    chars: usize,
}

impl<'a> Judged<'a> {
    fn new(row: &'a EntityRow, findings: &[Finding]) -> Self {
        let at: Vec<usize> = row.text.char_indices().map(|(byte, _)| byte).collect();
        let chars = |byte: usize| at.partition_point(|start| *start < byte);
        let scored = |class: &str| {
            row.scored
                .as_ref()
                .is_none_or(|scored| scored.iter().any(|name| class_of(name) == Some(class)))
        };
        let gold = row.spans.iter().filter_map(|(start, end, name)| {
            Some((*start..*end, class_of(name).filter(|class| scored(class))?))
        });
        let open: Vec<Range<usize>> = row
            .spans
            .iter()
            .filter(|(_, _, name)| class_of(name).is_none())
            .map(|(start, end, _)| *start..*end)
            .collect();
        let range = |finding: &Finding| chars(finding.start)..chars(finding.end);
        let touches = |a: &Range<usize>, b: &Range<usize>| a.start < b.end && b.start < a.end;
        let found = findings.iter().filter_map(|finding| {
            let range = range(finding);
            let class =
                class_of(EntityType::as_str(finding.entity)).filter(|class| scored(class))?;
            (!open.iter().any(|open| touches(open, &range))).then_some((range, class))
        });
        Self {
            text: &row.text,
            gold: gold.collect(),
            found: found.collect(),
            covering: findings.iter().map(range).collect(),
            chars: at.len(),
        }
    }

    fn counts(&self, of: impl Fn(&str) -> bool) -> Counts {
        let some = |spans: &[Labelled<'a>]| -> Vec<Labelled<'a>> {
            spans.iter().filter(|span| of(span.1)).cloned().collect()
        };
        compare(&some(&self.gold), &some(&self.found), &self.covering, self.chars)
    }

    /// The counts of all classes with addresses put together, in the labels as in the findings.
    fn with_whole_addresses(&self) -> Counts {
        let whole = |spans: &[Labelled<'a>]| whole_addresses(self.text, spans.to_vec());
        compare(&whole(&self.gold), &whole(&self.found), &self.covering, self.chars)
    }
}

fn false_positives(counts: &mut dyn Iterator<Item = &Counts>) -> f64 {
    let (found, chars) = counts.fold((0, 0), |sum, one| (sum.0 + one.found, sum.1 + one.chars));
    1000.0 * found as f64 / chars as f64
}

fn uncovered(counts: &mut dyn Iterator<Item = &Counts>) -> f64 {
    let sum = counts.fold((0, 0), |sum, one| (sum.0 + one.bare_chars, sum.1 + one.gold_chars));
    sum.0 as f64 / sum.1 as f64
}

fn recall(counts: &mut dyn Iterator<Item = &Counts>) -> f64 {
    let sum = counts.fold((0, 0), |sum, one| (sum.0 + one.hits, sum.1 + one.gold));
    sum.0 as f64 / sum.1 as f64
}
