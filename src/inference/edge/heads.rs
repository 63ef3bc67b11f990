//! The heads on the trunk's last states; see `models/train/edge/model.py`.

use super::super::InferenceError;
use super::super::kernels::After;
use super::super::layers::{Linear, Memory};
use super::super::windows::add_weighted;
use super::adapter::Adapter;
use super::pack::{Manifest, Tensors};
use super::trunk::States;
use crate::chat::TASKS;
use std::ops::Range;

/// The heads.
pub(super) struct Heads {
    tag_up: Linear,
    tag: Linear,
    keep: Linear,
    queries: Linear,
    task: Linear,
    gain: Linear,
}

/// What a reading of one window says.
#[derive(Debug, Default)]
pub struct Window {
    /// For each piece the probabilities of its tags.
    pub(super) tags: Vec<Vec<f32>>,
    pub(super) keep: Vec<f32>,
    pub(super) means: Vec<Vec<f32>>,
    pub(super) injection: f32,
    pub(super) tasks: Vec<f32>,
    pub(super) gain: Vec<f32>,
}

impl Heads {
    /// Reads the weights.
    ///
    /// # Errors
    /// If a tensor is missing or of another form.
    pub(super) fn load(tensors: &Tensors, manifest: &Manifest) -> Result<Self, InferenceError> {
        let width = manifest.trunk.width;
        let tag_up = tensors.linear("tag_up", None, width)?;
        Ok(Self {
            tag: tensors.small("tag", Some(2 * manifest.entities.len() + 1), tag_up.rows())?,
            tag_up,
            keep: tensors.small("keep", Some(1), width)?,
            queries: tensors.small("pool.query", Some(2), width)?,
            task: tensors.small("task", Some(TASKS.len()), width)?,
            gain: tensors.small("gain_features", None, width)?,
        })
    }

    /// What all heads and the adapter say about every window.
    ///
    /// # Errors
    /// If the trunk lacks a layer that is asked for.
    pub(super) fn windows(
        &self,
        states: &States,
        manifest: &Manifest,
        adapter: &Adapter,
        memory: &mut Memory,
    ) -> Result<Vec<Window>, InferenceError> {
        let last = states.of(manifest.trunk.layers)?;
        let width = states.width();
        let injection = adapter.logits(states, memory)?;
        let mut apply = |linear: &Linear, x: &[f32], after: After<'_>| {
            let mut out = vec![0.0; x.len() / linear.cols() * linear.rows()];
            linear.apply(x, after, &mut memory.first().bytes, &mut out);
            out
        };
        // The first and the last token are special ones, as are those between windows, which no one asks for.
        let inside = last.get(width..last.len().saturating_sub(width)).unwrap_or_default();
        let tags = apply(&self.tag_up, inside, After::Gelu);
        let tags = apply(&self.tag, &tags, After::Nothing);
        let keep = apply(&self.keep, inside, After::Nothing);
        let queries = apply(&self.queries, last, After::Nothing);
        let mut windows = Vec::with_capacity(states.lengths.len());
        for (tokens, injection) in states.windows().zip(injection) {
            let rows = &last[tokens.start * width..tokens.end * width];
            let own = tokens.start..tokens.end.saturating_sub(2).max(tokens.start);
            // For a question its attention over the tokens.
            let pooled = |question: usize| {
                let asked = queries.chunks_exact(2).skip(tokens.start).take(tokens.len());
                let scores: Vec<f32> = asked.map(|token| token[question]).collect();
                let mut sum = vec![0.0; width];
                for (weight, row) in softmax(&scores).into_iter().zip(rows.chunks_exact(width)) {
                    add_weighted(&mut sum, row, weight);
                }
                sum
            };
            let tags = tags.chunks_exact(self.tag.rows()).skip(own.start).take(own.len());
            windows.push(Window {
                tags: tags.map(softmax).collect(),
                keep: keep[own].iter().copied().map(sigmoid).collect(),
                means: means(states, manifest, &tokens)?,
                injection,
                tasks: softmax(&apply(&self.task, &pooled(0), After::Nothing)),
                gain: apply(&self.gain, &pooled(1), After::Nothing)
                    .into_iter()
                    .map(f32::tanh)
                    .collect(),
            });
        }
        Ok(windows)
    }
}

/// The means over a window's tokens that make up the embedding.
///
/// # Errors
/// If the trunk lacks a layer that is asked for.
pub(super) fn means(
    states: &States,
    manifest: &Manifest,
    tokens: &Range<usize>,
) -> Result<Vec<Vec<f32>>, InferenceError> {
    manifest.trunk.means.iter().map(|layer| states.mean(*layer, tokens)).collect()
}

/// `1 / (1 + e⁻ˣ)`.
pub(super) fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

fn softmax(x: &[f32]) -> Vec<f32> {
    let top = x.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let weights: Vec<f32> = x.iter().map(|x| (x - top).exp()).collect();
    let sum: f32 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / sum).collect()
}
