//! The gain predictor: what a stronger target is worth for a request, P(stronger succeeds) − P(cheaper succeeds).
//!
//! A table of mean gains by category, shrunken towards the mean of all (empirical Bayes: Efron and Morris, "Data analysis
//! using Stein's estimator", 1975), read by predicted category; joined with a ridge regression of what the table leaves over.
//! Both are scaled on predictions for rows that they have not seen (stacking: Wolpert 1992), which calibrates their sum. The
//! interval holds what the data leave open about both; it is wide where data are few. It speaks of the mean gain of such
//! requests, not of a single outcome. Invariants: pure; the same data and seed give the same model; a prediction lies within
//! its interval and both within −1 and 1.

mod features;
mod file;
mod fit;
mod measure;
mod ridge;
mod surface;
mod table;

pub use file::{Figures, GainFileError, Provenance};
pub use fit::{Example, FitError, FitOptions, fit};
pub use measure::{apgr, calibration_error};
pub use table::{CategoryRow, Table};

use super::matrix::{axpy, dot};
use crate::inference::Reading;
use features::{Blocks, Features};
use std::sync::Arc;
use table::Sorter;

/// Standard deviations that the interval reaches to either side: 90 %.
const Z: f32 = 1.645;

/// A fitted predictor for one pair of targets.
#[derive(Debug, Clone, PartialEq)]
pub struct GainModel {
    /// The cheaper target or tier, as the data name it.
    pub cheap: Arc<str>,
    /// The stronger one.
    pub strong: Arc<str>,
    /// Mean gain by category.
    pub table: Table,
    /// How the fit went on unseen rows.
    pub figures: Figures,
    /// What it was fitted to, and with which encoder.
    pub provenance: Provenance,
    blocks: Blocks,
    sorter: Sorter,
    /// Weights of what the table leaves over.
    rest: Vec<f32>,
    /// Draws from the posterior of `rest`, less `rest`.
    draws: Vec<Vec<f32>>,
    /// Offset, factor of the table, factor of the rest.
    stack: [f32; 3],
    /// Standard deviation of what is off everywhere alike: the offset, and gains that the model cannot follow.
    offset_sd: f32,
}

impl GainModel {
    /// Names the encoder and the fit.
    pub fn id(&self) -> String {
        let Provenance { encoder, data_sha256, .. } = &self.provenance;
        format!("{encoder}+{}", data_sha256.get(..12).unwrap_or(data_sha256))
    }
}

/// What is to be expected of a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Prediction {
    /// P(stronger succeeds) − P(cheaper succeeds).
    pub gain: f32,
    /// Lower end of its 90 % interval.
    pub low: f32,
    /// Upper end.
    pub high: f32,
    /// The likeliest category.
    pub category: Arc<str>,
}

/// What a text says to a predictor.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen(Features);

impl Seen {
    /// Takes what is needed from a text and its reading by the edge pack.
    pub fn of(text: &str, reading: &Reading) -> Self {
        Self(Features::of(text, reading))
    }
}

impl GainModel {
    /// The gain to expect. `None` if the reading has another form than those that the model was fitted to.
    pub fn predict(&self, seen: &Seen) -> Option<Prediction> {
        let x = self.blocks.row(&seen.0)?;
        let p = self.sorter.probabilities(&x, &seen.0.tasks);
        let top = p.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1))?.0;
        let looked = self.table.look_up(&p);
        let [offset, of_table, of_rest] = self.stack;
        let of_text = dot(&x, &self.rest);
        let model = offset + of_table * looked.gain + of_rest * of_text;
        let spread: f32 = self.draws.iter().map(|draw| dot(&x, draw).powi(2)).sum();
        let rest_sd = (spread / self.draws.len().max(1) as f32).sqrt();
        // What the stack does not believe of the rest stays open; its own spread is not believed away with it.
        let unbelieved = (1.0 - of_rest).max(0.0) * of_text;
        // Both parts learn from the same outcomes, so their errors are taken as if they went together.
        let sd = of_table * looked.sd + rest_sd.hypot(unbelieved);
        let sd = (sd * sd + self.offset_sd * self.offset_sd).sqrt();
        let free = 1.0 - looked.fixed;
        let gain = (free * model + looked.fixed_gain).clamp(-1.0, 1.0);
        let reach = Z * sd * free;
        Some(Prediction {
            gain,
            low: (gain - reach).max(-1.0),
            high: (gain + reach).min(1.0),
            category: self.table.rows.get(top)?.name.clone(),
        })
    }

    /// The table's part alone, as a baseline to measure against.
    pub fn by_table(&self, seen: &Seen) -> Option<f32> {
        let x = self.blocks.row(&seen.0)?;
        Some(self.table.look_up(&self.sorter.probabilities(&x, &seen.0.tasks)).gain)
    }
}

/// `a + Σ factor · row`.
fn affine(offset: f32, factors: &[f32], rows: &[&[f32]]) -> Vec<f32> {
    let mut out = vec![offset; rows.first().map_or(0, |row| row.len())];
    for (factor, row) in factors.iter().zip(rows) {
        axpy(*factor, row, &mut out);
    }
    out
}

#[cfg(test)]
mod tests;
