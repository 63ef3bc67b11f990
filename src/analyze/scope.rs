//! How far a text lies outside of every intent.
//!
//! The score is the largest linear-discriminant score `m·A·x − ½·m·A·m` over the class means `m`, with `A` the inverse of the
//! shrunk within-class covariance ([`whiten`](super::whiten)). The reject value is that score against the scores which the
//! examples get when each is left out in turn, so that 0.5 means the same for every set of intents: about one in-scope text
//! in twenty lies above it.

use super::matrix::{Matrix, combine, dot};
use super::whiten::Whitening;

/// How many examples the prior spread of scores counts for.
const PRIOR_EXAMPLES: f32 = 20.0;
/// Prior spread of scores as a share of half the within-class variance; the same for all sets of intents we measured.
const PRIOR_SPREAD: f32 = 0.33;
/// Standard deviations below the mean where one in-scope text in twenty lies.
const ONE_IN_TWENTY: f32 = 1.645;
/// Standard errors of the mean that are taken off for what the examples do not show.
const UNSEEN: f32 = 2.0;

/// The reject rule of one set of intents.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scope {
    /// Width of an embedding × number of classes.
    weights: Matrix,
    offsets: Vec<f32>,
    /// The score at which reject is 0.5.
    boundary: f32,
    /// The change of score that moves the log-odds of rejection by one.
    unit: f32,
}

impl Scope {
    /// Fits the rule to whitened examples, whose classes are `y`, and the whitened means of the classes.
    pub(super) fn fit(
        white: &Matrix,
        y: &[usize],
        mut centres: Matrix,
        whitening: &Whitening,
    ) -> Self {
        let classes = centres.rows;
        let offsets: Vec<f32> =
            (0..classes).map(|k| -0.5 * dot(centres.row(k), centres.row(k))).collect();
        let left_out = left_out_scores(white, y, &centres, &offsets);
        whitening.back(&mut centres);
        let (boundary, unit) =
            calibrate(&left_out, whitening.variance, y.len() as f32 / classes.max(1) as f32);
        Self { weights: centres.transposed(), offsets, boundary, unit }
    }

    /// 0–1; higher is further out of scope.
    pub(super) fn reject(&self, x: &[f32]) -> f32 {
        let mut scores = self.offsets.clone();
        combine(x, &self.weights.data, &mut scores);
        let best = scores.into_iter().fold(f32::NEG_INFINITY, f32::max);
        1.0 / (1.0 + ((best - self.boundary) / self.unit).exp())
    }
}

/// The best score of every example when its own class mean is taken without it. A class of one example gives none.
fn left_out_scores(white: &Matrix, y: &[usize], centres: &Matrix, offsets: &[f32]) -> Vec<f32> {
    let mut counts = vec![0usize; offsets.len()];
    y.iter().for_each(|class| counts[*class] += 1);
    let by_class = centres.transposed();
    let mut scores = offsets.to_vec();
    let mut out = Vec::with_capacity(y.len());
    for (row, class) in y.iter().enumerate().filter(|(_, class)| counts[**class] > 1) {
        let n = counts[*class] as f32;
        let x = white.row(row);
        scores.copy_from_slice(offsets);
        combine(x, &by_class.data, &mut scores);
        // m' = (n·m − x) / (n − 1), inserted into m'·x − ½·m'·m'.
        let (mx, mm, xx) = (scores[*class] - offsets[*class], -2.0 * offsets[*class], dot(x, x));
        let rest = 1.0 / (n - 1.0);
        let own = rest * (n * mx - xx) - 0.5 * rest * rest * (n * n * mm - 2.0 * n * mx + xx);
        scores[*class] = own;
        out.push(scores.iter().copied().fold(f32::NEG_INFINITY, f32::max));
    }
    out
}

/// Boundary and unit from the left-out scores, the within-class variance and the mean number of examples of a class.
fn calibrate(scores: &[f32], variance: f32, per_class: f32) -> (f32, f32) {
    let n = scores.len() as f32;
    let distance = 0.5 * variance * (1.0 + 1.0 / per_class.max(1.0));
    let mean = if scores.is_empty() { 0.5 - distance } else { scores.iter().sum::<f32>() / n };
    let squares: f32 = scores.iter().map(|s| (s - mean) * (s - mean)).sum();
    let prior = PRIOR_SPREAD * distance;
    let spread =
        ((squares + PRIOR_EXAMPLES * prior * prior) / (n + PRIOR_EXAMPLES)).sqrt().max(1e-3);
    (mean - (ONE_IN_TWENTY + UNSEEN / n.max(1.0).sqrt()) * spread, 0.5 * spread)
}
