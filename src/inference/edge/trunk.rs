//! The trunk: BERT (Devlin et al. 2018, arXiv 1810.04805) in the shape of all-MiniLM-L6-v2.
//!
//! Weights ship as int8 with one scale per output channel and are computed with as such. The embedding tables stay where the
//! pack's bytes are and are widened row by row. Invariant: windows stand one after another without padding, so no mask exists.

use super::super::InferenceError;
use super::super::layers::{Layer, Memory, Norm};
use super::pack::{Table, Tensors};
use std::ops::Range;

/// What stands in the manifest about the trunk.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Shape {
    pub width: usize,
    pub layers: usize,
    pub heads: usize,
    /// Longest window, special tokens included.
    pub window: usize,
    /// The layers whose means make up the embedding; 0 are the word embeddings.
    pub means: Vec<usize>,
}

impl Shape {
    /// Whether there are such layers.
    ///
    /// # Errors
    /// Names the first one that is missing.
    pub(super) fn has(&self, layers: &[usize]) -> Result<(), InferenceError> {
        let missing = layers.iter().find(|layer| **layer > self.layers);
        missing.map_or(Ok(()), |layer| Err(no_layer(*layer)))
    }
}

fn no_layer(layer: usize) -> InferenceError {
    InferenceError::Failed(format!("edge pack: the trunk has no layer {layer}"))
}

/// Windows that go through the trunk together, one after another, special tokens included. Keeps its memory.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// Vocabulary ids.
    ids: Vec<u32>,
    /// For each token its row of the table of token types.
    types: Vec<u32>,
    /// Tokens of every window.
    lengths: Vec<usize>,
}

impl Batch {
    /// No window.
    pub(super) fn clear(&mut self) {
        self.ids.clear();
        self.types.clear();
        self.lengths.clear();
    }

    /// One more window: ids and types of its tokens.
    pub(super) fn push(&mut self, tokens: impl Iterator<Item = (u32, u32)>) {
        let before = self.ids.len();
        for (id, kind) in tokens {
            self.ids.push(id);
            self.types.push(kind);
        }
        self.lengths.push(self.ids.len() - before);
    }
}

/// States of the windows of a batch, one row a token: the word embeddings, then those of every layer. Keeps its memory.
#[derive(Debug, Default)]
pub(super) struct States {
    width: usize,
    /// Tokens of every window.
    pub lengths: Vec<usize>,
    layers: Vec<Vec<f32>>,
}

impl States {
    /// Those of a layer, counted from 1; 0 are the word embeddings.
    ///
    /// # Errors
    /// If the trunk has no such layer.
    pub(super) fn of(&self, layer: usize) -> Result<&[f32], InferenceError> {
        let len = self.lengths.iter().sum::<usize>() * self.width;
        let states = self.layers.get(layer).and_then(|x| x.get(..len));
        states.ok_or_else(|| no_layer(layer))
    }

    /// Numbers a token.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// For every window its tokens.
    pub(super) fn windows(&self) -> impl Iterator<Item = Range<usize>> {
        let mut start = 0;
        self.lengths.iter().map(move |length| {
            start += length;
            start - length..start
        })
    }

    /// Mean over some tokens, of length 1.
    ///
    /// # Errors
    /// As [`Self::of`].
    pub(super) fn mean(
        &self,
        layer: usize,
        tokens: &Range<usize>,
    ) -> Result<Vec<f32>, InferenceError> {
        let mut mean = vec![0.0f32; self.width];
        let rows = self.of(layer)?.chunks_exact(self.width.max(1));
        for row in rows.skip(tokens.start).take(tokens.len()) {
            mean.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
        }
        super::super::windows::normalise(&mut mean);
        Ok(mean)
    }
}

/// The encoder.
pub(super) struct Trunk {
    shape: Shape,
    words: Table,
    positions: Table,
    types: Table,
    norm: Norm,
    layers: Vec<Layer>,
}

impl Trunk {
    /// Reads the weights.
    ///
    /// # Errors
    /// If a tensor is missing or of another form, or the embedding asks for a layer that is not there.
    pub(super) fn load(tensors: &Tensors, shape: &Shape) -> Result<Self, InferenceError> {
        let Shape { width, heads, .. } = *shape;
        shape.has(&shape.means)?;
        let layer = |i| tensors.layer(&format!("trunk.layers.{i}"), width, heads);
        Ok(Self {
            words: tensors.table("trunk.words.weight")?.of_width(width)?,
            positions: tensors.table("trunk.positions.weight")?.of_width(width)?,
            types: tensors.table("trunk.types.weight")?.of_width(width)?,
            norm: tensors.norm("trunk.norm", width)?,
            layers: (0..shape.layers).map(layer).collect::<Result<_, _>>()?,
            shape: shape.clone(),
        })
    }

    /// Some windows, each of at most [`Shape::window`] tokens.
    ///
    /// # Errors
    /// If an id lies outside of its table.
    pub(super) fn forward(
        &self,
        batch: &Batch,
        memory: &mut Memory,
        states: &mut States,
    ) -> Result<(), InferenceError> {
        let (width, tokens) = (self.shape.width, batch.ids.len());
        states.width = width;
        states.lengths.clone_from(&batch.lengths);
        states.layers.resize_with(self.layers.len() + 1, Vec::new);
        for layer in &mut states.layers {
            layer.resize(layer.len().max(tokens * width), 0.0);
        }
        let mut done = states.layers.iter_mut().map(|layer| &mut layer[..tokens * width]);
        let Some(mut x) = done.next() else { return Ok(()) };
        x.fill(0.0);
        let positions = batch.lengths.iter().flat_map(|length| 0..*length);
        let tokens = batch.ids.iter().zip(&batch.types).zip(positions);
        for (row, ((id, kind), position)) in x.chunks_exact_mut(width).zip(tokens) {
            self.words.add_row(*id as usize, row)?;
            self.types.add_row(*kind as usize, row)?;
            self.positions.add_row(position, row)?;
        }
        self.norm.apply(memory.level(), x);
        for (layer, next) in self.layers.iter().zip(done) {
            memory.forward(layer, &batch.lengths, x, next);
            x = next;
        }
        Ok(())
    }
}
