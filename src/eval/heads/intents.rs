//! Intents: fitted to some examples, asked about texts inside and outside of them, with and without typing errors.

use super::{EvalError, Line, Subject};
use crate::analyze::{EmbedError, Embedder, IntentModel, deciding_of};
use crate::chat::Intent;
use crate::config::resolved::IntentSpec;
use crate::eval::metric::{auroc, bootstrap, quantile, share};
use crate::inference::Terms;
use crate::live::EncoderOf;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

/// Examples an intent in the small setting, and how many draws of them are averaged.
const FEW: usize = 10;
const DRAWS: u64 = 3;
/// One typing error in so many words.
const TYPO_EVERY: usize = 8;
/// Share of in-scope texts that the out-of-scope threshold keeps.
const KEPT: f64 = 0.95;

#[derive(Deserialize)]
pub(super) struct IntentRow {
    split: String,
    text: String,
    intent: String,
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

pub(super) async fn intents(
    subject: &Subject<'_>,
    rows: &[IntentRow],
    lines: &mut Vec<Line>,
) -> Result<(), EvalError> {
    let embedder = Remembering {
        inner: EncoderOf(subject.runtime, Terms::default()),
        known: Mutex::new(HashMap::new()),
    };
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
        line("out-of-scope AUROC", bootstrap(&self.rejects, auroc));
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
