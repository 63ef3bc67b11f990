//! How good the gain predictor is: five folds, at several numbers of labels, against simpler ways to choose.
//!
//! Each fold is predicted by a fit that has seen nothing of it: scaling, categories, table, weights and calibration come from the
//! other folds alone.

mod rows;

pub use rows::{Row, Rows, RowsError, readings};

use crate::analyze::gain::{
    Example, FitError, FitOptions, GainModel, Seen, apgr, calibration_error, fit,
};
use crate::inference::Reading;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use serde::Serialize;
use std::sync::Arc;
use std::time::Instant;

/// Parts that take turns at being predicted.
const FOLDS: usize = 5;
/// Samples of labels for each fold, where not all are used.
const DRAWS: u64 = 3;
/// Predictions that are timed.
const TIMED: usize = 400;

/// What to measure.
pub struct Question<'a> {
    /// The rows.
    pub rows: &'a Rows,
    /// Their readings.
    pub readings: &'a [Reading],
    /// The cheaper and the stronger name.
    pub pair: [&'a str; 2],
    /// Labels to learn from; `None` is all of the other folds.
    pub labels: Option<usize>,
    /// Whether the edge pack's gain features take part.
    pub gain_features: bool,
    /// Seed of folds, samples and fits.
    pub seed: u64,
}

/// One line of the table. Scores are average performance gaps recovered, means over folds and samples.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    /// The file's name.
    pub set: String,
    /// The cheaper name.
    pub cheap: String,
    /// The stronger one.
    pub strong: String,
    /// Rows that have both.
    pub n: usize,
    /// Labels that each fit learned from.
    pub labels: usize,
    /// The predictor.
    pub gain: f64,
    /// The predictor on rows marked `held_out`.
    pub gain_held_out: Option<f64>,
    /// The table by predicted category alone.
    pub table: f64,
    /// Longer prompts first.
    pub length: f64,
    /// Any order: what is won at equal share by chance.
    pub random: f64,
    /// The true outcomes.
    pub oracle: f64,
    /// Expected calibration error of the predictions for all rows.
    pub calibration_error: f64,
    /// What a perfect predictor would show by chance.
    pub calibration_by_chance: f64,
    /// Mean width of the 90 % interval.
    pub interval: f64,
    /// Seconds of one fit, readings given.
    pub fit_s: f64,
    /// Microseconds of one decision beyond the reading, 95th percentile.
    pub decide_us: f64,
}

/// Measures one question; `progress` hears of every fit.
///
/// # Errors
/// Rows that lack the pair, or that nothing can be fitted to.
pub fn measure(
    question: &Question<'_>,
    mut progress: impl FnMut(usize, usize),
) -> Result<Line, GainEvalError> {
    let Question { rows, readings, pair, .. } = question;
    let seen: Vec<Seen> = rows
        .rows
        .iter()
        .zip(*readings)
        .map(|(row, reading)| Seen::of(&row.text, reading))
        .collect();
    let (places, examples): (Vec<usize>, Vec<Example>) =
        rows.examples(&seen, *pair)?.into_iter().unzip();
    let n = examples.len();
    let mut order: Vec<usize> = (0..n).collect();
    order.shuffle(&mut StdRng::seed_from_u64(question.seed));
    let mut sums = Sums::default();
    let draws = if question.labels.is_some() { DRAWS } else { 1 };
    let mut labels = 0;
    for draw in 0..draws {
        let mut all = Predicted::default();
        for fold in 0..FOLDS {
            progress(draw as usize * FOLDS + fold, draws as usize * FOLDS);
            let of = |held: bool| {
                let rows = order
                    .iter()
                    .enumerate()
                    .filter(move |(place, _)| (place % FOLDS == fold) == held);
                rows.map(|(_, row)| *row).collect::<Vec<usize>>()
            };
            let (mut train, test) = (of(false), of(true));
            let seed = question.seed + draw * FOLDS as u64 + fold as u64;
            train.shuffle(&mut StdRng::seed_from_u64(seed));
            train.truncate(question.labels.unwrap_or(usize::MAX));
            labels = train.len();
            let learned: Vec<Example> = train.iter().map(|row| examples[*row].clone()).collect();
            let begun = Instant::now();
            let model = fit(&learned, &options(question, seed))?;
            sums.fit_s += begun.elapsed().as_secs_f64();
            let predicted = Predicted::of(&model, &test, &examples);
            let length = |row: &usize| rows.rows[places[*row]].text.chars().count() as f32;
            let lengths: Vec<f32> = test.iter().map(length).collect();
            let held = predicted.only(|at| rows.rows[places[test[at]]].held_out);
            sums.add(&predicted, &held, &lengths);
            if draw == 0 && fold == 0 {
                let texts = test
                    .iter()
                    .map(|row| (&*rows.rows[places[*row]].text, &readings[places[*row]]));
                sums.decide_us = timed(&model, texts.take(TIMED));
            }
            all.extend(&predicted);
        }
        let (error, chance) = calibration_error(&all.gain, &all.true_gain);
        sums.calibration += error;
        sums.chance += chance;
    }
    progress(draws as usize * FOLDS, draws as usize * FOLDS);
    let name = rows.file.file_stem().map(|name| name.to_string_lossy().into_owned());
    Ok(sums.line(name.unwrap_or_default(), *pair, n, labels, draws as f64))
}

/// Why there is no line.
#[derive(Debug, thiserror::Error)]
pub enum GainEvalError {
    /// The rows.
    #[error(transparent)]
    Rows(#[from] RowsError),
    /// The fit.
    #[error(transparent)]
    Fit(#[from] FitError),
}

fn options(question: &Question<'_>, seed: u64) -> FitOptions {
    FitOptions {
        cheap: Arc::from(question.pair[0]),
        strong: Arc::from(question.pair[1]),
        gain_features: question.gain_features,
        seed,
        encoder: String::new(),
        data_sha256: question.rows.sha256.clone(),
    }
}

/// The 95th percentile of what a decision takes, in microseconds.
fn timed<'a>(model: &GainModel, texts: impl Iterator<Item = (&'a str, &'a Reading)>) -> f64 {
    let mut times: Vec<f64> = texts
        .map(|(text, reading)| {
            let begun = Instant::now();
            std::hint::black_box(model.predict(&Seen::of(text, reading)));
            begun.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times.get(times.len() * 95 / 100).copied().unwrap_or(f64::NAN)
}

/// Predictions and what was true.
#[derive(Default)]
struct Predicted {
    gain: Vec<f32>,
    table: Vec<f32>,
    width: Vec<f32>,
    true_gain: Vec<f32>,
}

impl Predicted {
    fn of(model: &GainModel, test: &[usize], examples: &[Example]) -> Self {
        let mut out = Self::default();
        for row in test {
            let example = &examples[*row];
            let said = model.predict(&example.seen);
            out.gain.push(said.as_ref().map_or(0.0, |said| said.gain));
            out.width.push(said.as_ref().map_or(2.0, |said| said.high - said.low));
            out.table.push(model.by_table(&example.seen).unwrap_or(0.0));
            out.true_gain.push(example.gain());
        }
        out
    }

    fn only(&self, wanted: impl Fn(usize) -> bool) -> Self {
        let keep = |values: &[f32]| {
            values
                .iter()
                .enumerate()
                .filter(|(at, _)| wanted(*at))
                .map(|(_, value)| *value)
                .collect()
        };
        Self {
            gain: keep(&self.gain),
            table: keep(&self.table),
            width: keep(&self.width),
            true_gain: keep(&self.true_gain),
        }
    }

    fn extend(&mut self, other: &Self) {
        self.gain.extend(&other.gain);
        self.true_gain.extend(&other.true_gain);
    }
}

/// What folds add up.
#[derive(Default)]
struct Sums {
    folds: f64,
    gain: f64,
    held: f64,
    held_folds: f64,
    table: f64,
    length: f64,
    oracle: f64,
    calibration: f64,
    chance: f64,
    interval: f64,
    fit_s: f64,
    decide_us: f64,
}

impl Sums {
    fn add(&mut self, predicted: &Predicted, held: &Predicted, lengths: &[f32]) {
        let score = |scores: &[f32]| apgr(scores, &predicted.true_gain);
        let scores = (
            score(&predicted.gain),
            score(&predicted.table),
            score(lengths),
            score(&predicted.true_gain),
        );
        if let (Some(gain), Some(table), Some(length), Some(oracle)) = scores {
            self.folds += 1.0;
            self.gain += gain;
            self.table += table;
            self.length += length;
            self.oracle += oracle;
        }
        if let Some(gain) = apgr(&held.gain, &held.true_gain) {
            self.held += gain;
            self.held_folds += 1.0;
        }
        self.interval += predicted.width.iter().map(|width| f64::from(*width)).sum::<f64>()
            / predicted.width.len() as f64;
    }

    fn line(&self, set: String, pair: [&str; 2], n: usize, labels: usize, draws: f64) -> Line {
        let fits = draws * FOLDS as f64;
        Line {
            set,
            cheap: pair[0].to_owned(),
            strong: pair[1].to_owned(),
            n,
            labels,
            gain: self.gain / self.folds,
            gain_held_out: (self.held_folds > 0.0).then(|| self.held / self.held_folds),
            table: self.table / self.folds,
            length: self.length / self.folds,
            random: 0.5,
            oracle: self.oracle / self.folds,
            calibration_error: self.calibration / draws,
            calibration_by_chance: self.chance / draws,
            interval: self.interval / fits,
            fit_s: self.fit_s / fits,
            decide_us: self.decide_us,
        }
    }
}
