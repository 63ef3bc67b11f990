//! From a reading to the row that the regressions see: blocks of numbers, each centred, scaled and weighted.

use super::super::matrix::Matrix;
use super::surface::{NAMES, surface};
use crate::inference::Reading;
use serde::{Deserialize, Serialize};

/// Weight of the surface features against the embedding's.
const SURFACE_WEIGHT: f32 = 0.7;
/// Weight of the task probabilities.
const TASK_WEIGHT: f32 = 0.3;
/// Weight of the edge pack's gain features.
const GAIN_WEIGHT: f32 = 0.7;
/// How far from its mean a number may lie, in standard deviations.
const FAR: f32 = 3.0;

/// The numbers of one text before they are scaled.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Features {
    pub(super) embedding: Vec<f32>,
    pub(super) surface: Vec<f32>,
    pub(super) tasks: Vec<f32>,
    pub(super) gain: Vec<f32>,
}

impl Features {
    pub(super) fn of(text: &str, reading: &Reading) -> Self {
        Self {
            embedding: reading.embedding.clone(),
            surface: surface(text),
            tasks: reading.tasks.clone(),
            gain: reading.gain.clone(),
        }
    }
}

/// A block: what is taken off each number and what it is then multiplied with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Block {
    pub(super) mean: Vec<f32>,
    pub(super) scale: Vec<f32>,
}

impl Block {
    /// All numbers by one factor, so that a row has the mean square length 1.
    fn whole(rows: &[&[f32]]) -> Self {
        let (mean, variance) = moments(rows);
        let length = variance.iter().sum::<f32>().sqrt();
        let scale = if length > 0.0 { 1.0 / length } else { 0.0 };
        Self { scale: vec![scale; mean.len()], mean }
    }

    /// Each number by its own factor, so that all count the same.
    fn each(rows: &[&[f32]], weight: f32) -> Self {
        let (mean, variance) = moments(rows);
        let weight = weight / (mean.len().max(1) as f32).sqrt();
        let scale = variance.iter().map(|v| if *v > 1e-8 { weight / v.sqrt() } else { 0.0 });
        Self { scale: scale.collect(), mean }
    }

    fn push(&self, numbers: &[f32], limit: Option<f32>, out: &mut Vec<f32>) {
        let reach = limit
            .map_or(f32::INFINITY, |weight| FAR * weight / (self.mean.len().max(1) as f32).sqrt());
        let scaled = numbers.iter().zip(&self.mean).zip(&self.scale);
        out.extend(scaled.map(|((v, mean), scale)| ((v - mean) * scale).clamp(-reach, reach)));
    }
}

/// How all numbers of a text become one row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Blocks {
    pub(super) embedding: Block,
    pub(super) surface: Block,
    pub(super) tasks: Block,
    /// `None` leaves the edge pack's gain features out.
    pub(super) gain: Option<Block>,
}

impl Blocks {
    /// Fits to texts, of which there is at least one.
    pub(super) fn fit(texts: &[&Features], with_gain: bool) -> Self {
        let block = |of: fn(&Features) -> &Vec<f32>| {
            texts.iter().map(|text| &of(text)[..]).collect::<Vec<_>>()
        };
        Self {
            embedding: Block::whole(&block(|text| &text.embedding)),
            surface: Block::each(&block(|text| &text.surface), SURFACE_WEIGHT),
            tasks: Block::each(&block(|text| &text.tasks), TASK_WEIGHT),
            gain: with_gain.then(|| Block::each(&block(|text| &text.gain), GAIN_WEIGHT)),
        }
    }

    /// Numbers in a row.
    pub(super) fn width(&self) -> usize {
        let blocks =
            [Some(&self.embedding), Some(&self.surface), Some(&self.tasks), self.gain.as_ref()];
        blocks.into_iter().flatten().map(|block| block.mean.len()).sum()
    }

    /// Whether every factor has its mean.
    pub(super) fn is_whole(&self) -> bool {
        let whole = |block: &Block| block.mean.len() == block.scale.len();
        [&self.embedding, &self.surface, &self.tasks].into_iter().all(whole)
            && self.gain.as_ref().is_none_or(whole)
            && self.surface.mean.len() == NAMES.len()
    }

    /// The row of a text; `None` if a block has another width.
    pub(super) fn row(&self, text: &Features) -> Option<Vec<f32>> {
        let fits = text.embedding.len() == self.embedding.mean.len()
            && text.tasks.len() == self.tasks.mean.len()
            && self.gain.as_ref().is_none_or(|block| block.mean.len() == text.gain.len());
        if !fits {
            return None;
        }
        let mut out = Vec::with_capacity(self.width());
        self.embedding.push(&text.embedding, None, &mut out);
        self.surface.push(&text.surface, Some(SURFACE_WEIGHT), &mut out);
        self.tasks.push(&text.tasks, Some(TASK_WEIGHT), &mut out);
        if let Some(block) = &self.gain {
            block.push(&text.gain, Some(GAIN_WEIGHT), &mut out);
        }
        Some(out)
    }

    /// The rows of texts that all fit.
    pub(super) fn matrix(&self, texts: &[&Features]) -> Option<Matrix> {
        let rows: Option<Vec<Vec<f32>>> = texts.iter().map(|text| self.row(text)).collect();
        Some(Matrix { rows: texts.len(), cols: self.width(), data: rows?.concat() })
    }
}

/// Mean and variance of every column.
fn moments(rows: &[&[f32]]) -> (Vec<f32>, Vec<f32>) {
    let width = rows.first().map_or(0, |row| row.len());
    let n = rows.len().max(1) as f64;
    let (mut sum, mut squares) = (vec![0.0f64; width], vec![0.0f64; width]);
    for row in rows {
        for ((sum, squares), v) in sum.iter_mut().zip(&mut squares).zip(*row) {
            *sum += f64::from(*v);
            *squares += f64::from(*v) * f64::from(*v);
        }
    }
    let variance = sum
        .iter()
        .zip(&squares)
        .map(|(sum, squares)| (squares / n - (sum / n).powi(2)).max(0.0) as f32);
    (sum.iter().map(|sum| (sum / n) as f32).collect(), variance.collect())
}
