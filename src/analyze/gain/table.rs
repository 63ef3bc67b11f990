//! Mean gains by category, and what says which category a text is of.

use super::super::matrix::{Matrix, dot};
use super::ridge::Products;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Sharpness of the category probabilities over the scores of the regression on class indicators.
const SHARPNESS: f32 = 8.0;
/// Penalty of that regression.
const SORTER_PENALTY: f32 = 0.3;
/// Least and greatest weight, in rows, with which a category is drawn to the mean of all.
const SHRINKAGE: (f32, f32) = (5.0, 200.0);

/// One row of the table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CategoryRow {
    /// The category.
    pub name: Arc<str>,
    /// Rows of data in it.
    pub n: usize,
    /// How often the cheaper target succeeded, 0–1.
    pub cheap: f32,
    /// How often the stronger one did.
    pub strong: f32,
    /// The gain, drawn to the mean of all where rows are few.
    pub gain: f32,
    /// Standard deviation of that.
    pub sd: f32,
    /// What an operator says the gain is; stands in place of every estimate for texts of this category.
    #[serde(rename = "override")]
    pub fixed: Option<f32>,
}

/// The table.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Its rows.
    pub rows: Vec<CategoryRow>,
}

/// What the table says of a text that may be of several categories.
pub(super) struct Looked {
    pub(super) gain: f32,
    pub(super) sd: f32,
    /// Probability of the categories that an operator has fixed, and their part of the gain.
    pub(super) fixed: f32,
    pub(super) fixed_gain: f32,
}

/// Outcomes of one example: category, cheap, strong.
pub(super) type Outcome = (usize, f32, f32);

impl Table {
    /// The table of some outcomes, of which there is at least one.
    pub(super) fn fit(names: &[Arc<str>], outcomes: &[Outcome]) -> Self {
        let total = outcomes.len().max(1) as f32;
        let mean = outcomes.iter().map(|(_, cheap, strong)| strong - cheap).sum::<f32>() / total;
        let mut sums = vec![[0.0f32; 3]; names.len()];
        for (category, cheap, strong) in outcomes {
            if let Some([n, c, s]) = sums.get_mut(*category) {
                (*n, *c, *s) = (*n + 1.0, *c + cheap, *s + strong);
            }
        }
        let gain = |[n, c, s]: &[f32; 3]| (s - c) / n.max(1.0);
        let within: f32 = outcomes
            .iter()
            .filter_map(|(category, cheap, strong)| {
                Some((strong - cheap - gain(sums.get(*category)?)).powi(2))
            })
            .sum();
        let filled = sums.iter().filter(|[n, ..]| *n > 0.0).count() as f32;
        let within = (within / (total - filled).max(1.0)).max(1e-4);
        // Method of moments for the variance between categories.
        let spread: f32 = sums.iter().map(|row| row[0] * (gain(row) - mean).powi(2)).sum();
        let squares: f32 = sums.iter().map(|[n, ..]| n * n).sum();
        let between = (spread - (filled - 1.0) * within) / (total - squares / total).max(1e-6);
        let pull = (within / between.max(1e-6)).clamp(SHRINKAGE.0, SHRINKAGE.1);
        let row = |(name, sums): (&Arc<str>, &[f32; 3])| CategoryRow {
            name: name.clone(),
            n: sums[0] as usize,
            cheap: sums[1] / sums[0].max(1.0),
            strong: sums[2] / sums[0].max(1.0),
            gain: (sums[2] - sums[1] + pull * mean) / (sums[0] + pull),
            sd: if sums[0] > 0.0 {
                (within / (sums[0] + pull)).sqrt()
            } else {
                // Nothing is known of a category that was never seen, whatever the others have in common.
                between.max(within / SHRINKAGE.0).sqrt()
            },
            fixed: None,
        };
        Self { rows: names.iter().zip(&sums).map(row).collect() }
    }

    /// The mean over the categories by their probabilities.
    pub(super) fn look_up(&self, p: &[f32]) -> Looked {
        let mut out = Looked { gain: 0.0, sd: 0.0, fixed: 0.0, fixed_gain: 0.0 };
        let mut variance = 0.0;
        for (row, p) in self.rows.iter().zip(p) {
            out.gain += p * row.gain;
            variance += (p * row.sd).powi(2);
            if let Some(gain) = row.fixed {
                out.fixed += p;
                out.fixed_gain += p * gain;
            }
        }
        out.sd = variance.sqrt();
        out
    }
}

/// What says which category a text is of.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Sorter {
    /// The edge pack's task types are the categories.
    Tasks,
    /// A regression on class indicators: a row of weights and a share for each category.
    Ridge {
        /// A category each.
        weights: Vec<Vec<f32>>,
        /// How often each occurs.
        shares: Vec<f32>,
    },
}

impl Sorter {
    /// Learns categories from rows.
    pub(super) fn fit(x: &Products<'_>, categories: &[usize], n: usize) -> Self {
        let mut shares = vec![0.0; n];
        categories.iter().for_each(|category| shares[*category] += 1.0 / categories.len() as f32);
        let mut y = Matrix::zeros(categories.len(), n);
        for (row, category) in categories.iter().enumerate() {
            y.row_mut(row).iter_mut().zip(&shares).for_each(|(y, share)| *y = -share);
            y.row_mut(row)[*category] += 1.0;
        }
        let solved = x.solve(&y, SORTER_PENALTY);
        Self::Ridge { weights: (0..n).map(|row| solved.row(row).to_vec()).collect(), shares }
    }

    /// The probability of every category.
    pub(super) fn probabilities(&self, x: &[f32], tasks: &[f32]) -> Vec<f32> {
        let Self::Ridge { weights, shares } = self else { return tasks.to_vec() };
        let scores = weights
            .iter()
            .zip(shares)
            .map(|(weights, share)| SHARPNESS * (dot(weights, x) + share));
        let mut p: Vec<f32> = scores.collect();
        let top = p.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        p.iter_mut().for_each(|score| *score = (*score - top).exp());
        let sum: f32 = p.iter().sum();
        p.iter_mut().for_each(|p| *p /= sum);
        p
    }
}
