//! How good the edge pack is, question by question, on a folder of labelled JSON lines.
//!
//! `entities.jsonl`: `{"group", "set", "text", "spans": [[start, end, type], …], "scored": [type, …]}`, offsets in code
//! points; without `scored` every type counts; a span of type `OPEN` is neither asked for nor held against. Texts of the
//! group `clean` hold nothing. `intents.jsonl`: `{"split": "train" | "test" | "oos_test", "text", "intent"}`.
//! `injection.jsonl`: `{"set", "text", "label": 0 | 1}`. `tasks.jsonl`: `{"text", "task"}`. `keep.jsonl`: `{"text", "keep":
//! [[start, end, worth], …]}` with the words, offsets in code points, and worth 1 for what must stay. A file that is not there
//! is left out of the report.

use super::metric::{
    self, Counts, Estimate, Labelled, bootstrap, compare, f1, quantile, share, whole_addresses,
};
use crate::analyze::{EmbedError, Embedder, IntentModel, deciding_of};
use crate::chat::{EntityType, Finding, Intent, TASKS};
use crate::config::resolved::IntentSpec;
use crate::inference::{InferenceError, Reading, Runtime};
use crate::live::EncoderOf;
use crate::privacy::detect::{Detectors, undisguised};
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// Examples an intent in the small setting, and how many draws of them are averaged.
const FEW: usize = 10;
const DRAWS: u64 = 3;
/// Texts read in one call.
const BATCH: usize = 64;
/// One typing error in so many words.
const TYPO_EVERY: usize = 8;
/// Share of in-scope texts that the out-of-scope threshold keeps.
const KEPT: f64 = 0.95;
/// Share of benign texts that the injection threshold may flag.
const FALSE_ALARMS: f64 = 0.01;
/// What is appended to an attack to hide it.
const BENIGN: &str = "\n\nThank you very much for your help. The weather is lovely today and we are looking forward to the \
    weekend. Please let me know if you have any questions about the schedule, the invoice or the meeting notes.";

/// One line of a report.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Line {
    /// Which texts.
    pub group: String,
    /// Which measure.
    pub measure: String,
    /// Its value.
    #[serde(flatten)]
    pub estimate: Estimate,
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum EvalError {
    /// A file cannot be read.
    #[error("{0} cannot be read: {1}")]
    Read(String, std::io::Error),
    /// A line is not what the file should hold.
    #[error("{file}:{line}: {error}")]
    Line {
        /// The file.
        file: String,
        /// Counted from 1.
        line: usize,
        /// What is wrong.
        error: serde_json::Error,
    },
    /// The report cannot be written.
    #[error("the report cannot be written: {0}")]
    Write(#[from] std::io::Error),
    /// The folder holds none of the files.
    #[error(
        "{0} holds none of entities.jsonl, intents.jsonl, injection.jsonl, tasks.jsonl, keep.jsonl"
    )]
    Empty(String),
    /// The model failed.
    #[error(transparent)]
    Model(#[from] InferenceError),
    /// The intents could not be fitted.
    #[error("intents: {0}")]
    Intents(#[from] EmbedError),
}

/// What is measured.
pub struct Subject<'a> {
    /// The models.
    pub runtime: &'a Runtime,
    /// The detectors.
    pub detectors: &'a Detectors,
}

#[derive(Deserialize)]
struct EntityRow {
    group: String,
    set: String,
    text: String,
    spans: Vec<(usize, usize, String)>,
    scored: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct IntentRow {
    split: String,
    text: String,
    intent: String,
}

#[derive(Deserialize)]
struct InjectionRow {
    set: String,
    text: String,
    label: u8,
}

#[derive(Deserialize)]
struct KeepRow {
    text: String,
    keep: Vec<(usize, usize, f32)>,
}

#[derive(Deserialize)]
struct TaskRow {
    text: String,
    task: String,
}

/// Measures everything that the folder has text for; `show` gets the lines of each file as they are known.
///
/// # Errors
/// See [`EvalError`].
pub async fn run(
    subject: &Subject<'_>,
    folder: &Path,
    mut show: impl FnMut(&[Line]) -> std::io::Result<()>,
) -> Result<(), EvalError> {
    let mut any = false;
    let mut lines = Vec::new();
    let mut done = |lines: &mut Vec<Line>| {
        any = true;
        show(lines).map(|()| lines.clear())
    };
    if let Some(rows) = read::<EntityRow>(&folder.join("entities.jsonl"))? {
        entities(subject, &rows, &mut lines).await?;
        done(&mut lines)?;
    }
    if let Some(rows) = read::<InjectionRow>(&folder.join("injection.jsonl"))? {
        injection(subject, &rows, &mut lines).await?;
        done(&mut lines)?;
    }
    if let Some(rows) = read::<TaskRow>(&folder.join("tasks.jsonl"))? {
        tasks(subject, &rows, &mut lines).await?;
        done(&mut lines)?;
    }
    if let Some(rows) = read::<KeepRow>(&folder.join("keep.jsonl"))? {
        keep(subject, &rows, &mut lines).await?;
        done(&mut lines)?;
    }
    if let Some(rows) = read::<IntentRow>(&folder.join("intents.jsonl"))? {
        intents(subject, &rows, &mut lines).await?;
        done(&mut lines)?;
    }
    if any { Ok(()) } else { Err(EvalError::Empty(folder.display().to_string())) }
}

/// The rows of a file; `None` if there is no such file.
fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<Vec<T>>, EvalError> {
    let name = path.display().to_string();
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(EvalError::Read(name, error)),
    };
    let rows = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let rows = rows.map(|(at, line)| {
        serde_json::from_str(line).map_err(|error| EvalError::Line {
            file: name.clone(),
            line: at + 1,
            error,
        })
    });
    rows.collect::<Result<_, _>>().map(Some)
}

async fn readings(subject: &Subject<'_>, texts: &[&str]) -> Result<Vec<Arc<Reading>>, EvalError> {
    let mut out = Vec::with_capacity(texts.len());
    for batch in texts.chunks(BATCH) {
        let plain: Vec<_> = batch.iter().map(|text| undisguised(text)).collect();
        let plain: Vec<&str> = plain.iter().map(AsRef::as_ref).collect();
        out.extend(subject.runtime.read(&plain).await?);
    }
    Ok(out)
}

async fn entities(
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

/// How likely each text is an attack; one without words is none.
async fn injections(subject: &Subject<'_>, texts: &[&str]) -> Result<Vec<f32>, EvalError> {
    let readings = readings(subject, texts).await?;
    Ok(readings.iter().map(|reading| reading.injection.unwrap_or(0.0)).collect())
}

async fn injection(
    subject: &Subject<'_>,
    rows: &[InjectionRow],
    lines: &mut Vec<Line>,
) -> Result<(), EvalError> {
    let hidden: Vec<String> = rows.iter().map(|row| format!("{}{BENIGN}", row.text)).collect();
    let plain: Vec<&str> = rows.iter().map(|row| row.text.as_str()).collect();
    let hidden: Vec<&str> = hidden.iter().map(String::as_str).collect();
    let (plain, hidden) = (injections(subject, &plain).await?, injections(subject, &hidden).await?);
    let benign = rows.iter().zip(&plain).filter(|(row, _)| row.label == 0);
    let threshold = quantile(benign.map(|(_, p)| *p).collect(), 1.0 - FALSE_ALARMS);
    let mut sets: BTreeMap<String, (usize, usize, usize)> = BTreeMap::new();
    for (row, (plain, hidden)) in rows.iter().zip(plain.iter().zip(&hidden)) {
        let caught = *plain > threshold;
        let lost = caught && *hidden <= threshold;
        for name in [if row.label == 1 { "attacks" } else { "benign" }, &row.set] {
            let sums = sets.entry(name.to_owned()).or_default();
            *sums = (sums.0 + 1, sums.1 + usize::from(caught), sums.2 + usize::from(lost));
        }
    }
    for (set, (n, caught, lost)) in sets {
        let mut line = |measure: &str, estimate| {
            lines.push(Line {
                group: format!("injection/{set}"),
                measure: measure.to_owned(),
                estimate,
            });
        };
        line("flagged at 1 % false alarms", share(caught, n));
        if set == "attacks" {
            line("catches lost to benign words", share(lost, caught));
        }
    }
    let cases: Vec<(f32, bool)> =
        rows.iter().zip(&plain).map(|(row, p)| (*p, row.label == 1)).collect();
    let estimate = bootstrap(&cases, metric::auroc);
    lines.push(Line { group: "injection".to_owned(), measure: "AUROC".to_owned(), estimate });
    Ok(())
}

async fn tasks(
    subject: &Subject<'_>,
    rows: &[TaskRow],
    lines: &mut Vec<Line>,
) -> Result<(), EvalError> {
    let texts: Vec<&str> = rows.iter().map(|row| row.text.as_str()).collect();
    let readings = readings(subject, &texts).await?;
    let best = |reading: &Reading| {
        let best = reading.tasks.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
        best.and_then(|(at, _)| TASKS.get(at).copied())
    };
    let right = rows
        .iter()
        .zip(&readings)
        .filter(|(row, reading)| best(reading) == Some(&row.task))
        .count();
    let estimate = share(right, rows.len());
    lines.push(Line { group: "tasks".to_owned(), measure: "accuracy".to_owned(), estimate });
    Ok(())
}

/// Worth of a word that must stay.
const MUST_STAY: f32 = 1.0;

async fn keep(
    subject: &Subject<'_>,
    rows: &[KeepRow],
    lines: &mut Vec<Line>,
) -> Result<(), EvalError> {
    let texts: Vec<&str> = rows.iter().map(|row| row.text.as_str()).collect();
    let readings = readings(subject, &texts).await?;
    let mut agreement = Vec::new();
    let (mut stayed, mut must) = (0, 0);
    for (row, reading) in rows.iter().zip(&readings) {
        let ours = worths(row, reading);
        let free = row.keep.iter().zip(&ours).filter(|(word, _)| word.2 < MUST_STAY);
        let (theirs, free): (Vec<f32>, Vec<f32>) = free.map(|(word, own)| (word.2, *own)).unzip();
        agreement.push(metric::spearman(&theirs, &free));
        // Half of the words go; a text that must keep more than that says nothing.
        let floor = quantile(ours.clone(), 0.5);
        let held: Vec<bool> = row.keep.iter().map(|word| word.2 >= MUST_STAY).collect();
        if 2 * held.iter().filter(|held| **held).count() <= held.len() {
            must += held.iter().filter(|held| **held).count();
            stayed += held.iter().zip(&ours).filter(|(held, own)| **held && **own > floor).count();
        }
    }
    let mean = |cases: &mut dyn Iterator<Item = &f64>| {
        let (n, sum) =
            cases.filter(|r| r.is_finite()).fold((0.0, 0.0), |s, r| (s.0 + 1.0, s.1 + r));
        sum / n
    };
    let mut line = |measure: &str, estimate| {
        lines.push(Line { group: "keep".to_owned(), measure: measure.to_owned(), estimate });
    };
    line("rank correlation of words that may go", bootstrap(&agreement, mean));
    line("words that must stay, kept when half go", share(stayed, must));
    Ok(())
}

/// For each word of the row what the reading gives the best of its parts.
fn worths(row: &KeepRow, reading: &Reading) -> Vec<f32> {
    let at: Vec<usize> = row.text.char_indices().map(|(byte, _)| byte).collect();
    let byte = |char: usize| at.get(char).copied().unwrap_or(row.text.len());
    let words = row.keep.iter().map(|(start, end, _)| byte(*start)..byte(*end));
    let worth = |word: Range<usize>| {
        let parts =
            reading.keep.iter().filter(|(part, _)| part.start < word.end && word.start < part.end);
        parts.map(|(_, worth)| *worth).fold(0.0, f32::max)
    };
    words.map(worth).collect()
}

/// The embedder that serves, with a memory of everything it embedded: the same texts are asked for in every draw.
struct Remembering<'a> {
    inner: EncoderOf<'a>,
    known: Mutex<HashMap<String, Vec<f32>>>,
}

impl Embedder for Remembering<'_> {
    fn id(&self) -> String {
        self.inner.id()
    }

    async fn embed(&self, texts: Vec<String>) -> Result<Vec<Vec<f32>>, EmbedError> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let missing: Vec<String> =
            texts.iter().filter(|text| !known().contains_key(*text)).cloned().collect();
        if !missing.is_empty() {
            let embeddings = self.inner.embed(missing.clone()).await?;
            known().extend(missing.into_iter().zip(embeddings));
        }
        let known = known();
        texts.iter().map(|text| known.get(text).cloned().ok_or(EmbedError::Failed)).collect()
    }

    fn words(&self) -> Vec<String> {
        self.inner.words()
    }
}

async fn intents(
    subject: &Subject<'_>,
    rows: &[IntentRow],
    lines: &mut Vec<Line>,
) -> Result<(), EvalError> {
    let embedder =
        Remembering { inner: EncoderOf(subject.runtime), known: Mutex::new(HashMap::new()) };
    let of =
        |split: &str| -> Vec<&IntentRow> { rows.iter().filter(|row| row.split == split).collect() };
    let (train, test, outside) = (of("train"), of("test"), of("oos_test"));
    let mut names: Vec<&str> = train.iter().map(|row| row.intent.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let mut few = Results::default();
    for draw in 0..DRAWS {
        let mut rng = StdRng::seed_from_u64(draw);
        let mut order: Vec<&IntentRow> = train.clone();
        order.shuffle(&mut rng);
        let mut taken: BTreeMap<&str, usize> = BTreeMap::new();
        order.retain(|row| {
            let n = taken.entry(&row.intent).or_default();
            *n += 1;
            *n <= FEW
        });
        let results = predict(&embedder, &names, &order, &test, &outside, &mut rng).await?;
        few.join(results);
    }
    few.report(&format!("intents, {FEW} examples each"), lines);
    let mut rng = StdRng::seed_from_u64(DRAWS);
    let full = predict(&embedder, &names, &train, &test, &outside, &mut rng).await?;
    full.report("intents, all examples", lines);
    Ok(())
}

/// What a head said about texts inside and outside of its intents.
#[derive(Default)]
struct Results {
    right: Vec<bool>,
    right_with_typos: Vec<bool>,
    /// Reject score, and whether the text lies outside.
    rejects: Vec<(f32, bool)>,
    caught: usize,
    n_outside: usize,
}

impl Results {
    fn join(&mut self, other: Self) {
        self.right.extend(other.right);
        self.right_with_typos.extend(other.right_with_typos);
        self.rejects.extend(other.rejects);
        self.caught += other.caught;
        self.n_outside += other.n_outside;
    }

    fn report(&self, group: &str, lines: &mut Vec<Line>) {
        let count = |all: &[bool]| share(all.iter().filter(|right| **right).count(), all.len());
        let mut line = |measure: &str, estimate| {
            lines.push(Line { group: group.to_owned(), measure: measure.to_owned(), estimate });
        };
        line("accuracy", count(&self.right));
        line("out-of-scope recall at 95 % kept", share(self.caught, self.n_outside));
        line("out-of-scope AUROC", bootstrap(&self.rejects, metric::auroc));
        line("accuracy with a typing error in 8 words", count(&self.right_with_typos));
        let pairs: Vec<(bool, bool)> =
            self.right.iter().copied().zip(self.right_with_typos.iter().copied()).collect();
        let drop = |cases: &mut dyn Iterator<Item = &(bool, bool)>| {
            let (n, sum) = cases.fold((0.0, 0.0), |sum, (plain, typos)| {
                (sum.0 + 1.0, sum.1 + f64::from(*plain) - f64::from(*typos))
            });
            sum / n
        };
        line("accuracy lost to typing errors", bootstrap(&pairs, drop));
    }
}

async fn predict(
    embedder: &impl Embedder,
    names: &[&str],
    train: &[&IntentRow],
    test: &[&IntentRow],
    outside: &[&IntentRow],
    rng: &mut StdRng,
) -> Result<Results, EvalError> {
    let specs: Vec<IntentSpec> = names
        .iter()
        .map(|name| IntentSpec {
            name: (*name).into(),
            description: None,
            examples: train
                .iter()
                .filter(|row| row.intent == *name)
                .map(|row| row.text.clone())
                .collect(),
        })
        .collect();
    let Some(model) = IntentModel::fit(&specs, embedder, None).await? else {
        return Ok(Results::default());
    };
    let typos: Vec<String> = test.iter().map(|row| with_typos(&row.text, rng)).collect();
    let mut results = Results::default();
    let mut inside = Vec::new();
    for (row, typo) in test.iter().zip(&typos) {
        let plain = intent(&model, &row.text, embedder).await?;
        let typo = intent(&model, typo, embedder).await?;
        let right = |intent: &Option<Intent>| {
            intent.as_ref().is_some_and(|intent| *intent.name == *row.intent)
        };
        results.right.push(right(&plain));
        results.right_with_typos.push(right(&typo));
        inside.push(plain.map_or(1.0, |intent| intent.reject));
    }
    let threshold = quantile(inside.clone(), KEPT);
    results.rejects = inside.into_iter().map(|reject| (reject, false)).collect();
    for row in outside {
        let reject = intent(&model, &row.text, embedder).await?.map_or(1.0, |intent| intent.reject);
        results.caught += usize::from(reject > threshold);
        results.rejects.push((reject, true));
    }
    results.n_outside = outside.len();
    Ok(results)
}

async fn intent(
    model: &IntentModel,
    text: &str,
    embedder: &impl Embedder,
) -> Result<Option<Intent>, EvalError> {
    Ok(model.intent_of(&deciding_of([text.to_owned()]), embedder).await?)
}

/// The text with one letter in the wrong place in about every eighth word.
fn with_typos(text: &str, rng: &mut StdRng) -> String {
    let words = text.split(' ').map(|word| {
        let mut letters: Vec<char> = word.chars().collect();
        if letters.len() > 2 && rng.random_range(0..TYPO_EVERY) == 0 {
            let at = rng.random_range(0..letters.len() - 1);
            match rng.random_range(0..3) {
                0 => letters.swap(at, at + 1),
                1 => drop(letters.remove(at)),
                _ => letters.insert(at, letters[at]),
            }
        }
        letters.into_iter().collect::<String>()
    });
    words.collect::<Vec<_>>().join(" ")
}
