//! The injection adapter: a small encoder on top of the trunk's states that says, token by token, how much it belongs to an
//! attempt to override instructions.
//!
//! Adapters after Houlsby et al. 2019, "Parameter-Efficient Transfer Learning for NLP" (here beside the trunk, which it does
//! not change). The score of a text is the smooth maximum of its tokens', so that harmless words around an attack
//! neither hide it nor add to it.

use super::super::InferenceError;
use super::super::kernels::After;
use super::super::layers::{Layer, Linear, Memory, Norm};
use super::pack::Tensors;
use super::trunk::{Shape, States};

/// What stands in the manifest about the adapter.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AdapterShape {
    pub width: usize,
    pub layers: usize,
    pub heads: usize,
    /// The trunk's layers whose states it reads, side by side.
    pub reads: Vec<usize>,
}

/// The adapter.
pub(super) struct Adapter {
    shape: AdapterShape,
    down: Linear,
    norm: Norm,
    layers: Vec<Layer>,
    token: Linear,
}

impl Adapter {
    /// Reads the weights of an adapter beside `trunk`.
    ///
    /// # Errors
    /// If a tensor is missing or of another form, or it reads a layer that the trunk has not.
    pub(super) fn load(
        tensors: &Tensors,
        shape: &AdapterShape,
        trunk: &Shape,
    ) -> Result<Self, InferenceError> {
        let AdapterShape { width, heads, .. } = *shape;
        trunk.has(&shape.reads)?;
        let layer = |i| tensors.layer(&format!("adapter.layers.{i}"), width, heads);
        Ok(Self {
            down: tensors.linear("adapter.down", Some(width), shape.reads.len() * trunk.width)?,
            norm: tensors.norm("adapter.norm", width)?,
            layers: (0..shape.layers).map(layer).collect::<Result<_, _>>()?,
            token: tensors.small("adapter.token", Some(1), width)?,
            shape: shape.clone(),
        })
    }

    /// The logit of every window.
    ///
    /// # Errors
    /// If the trunk lacks a layer that it reads.
    pub(super) fn logits(
        &self,
        states: &States,
        memory: &mut Memory,
    ) -> Result<Vec<f32>, InferenceError> {
        let read: Vec<&[f32]> =
            self.shape.reads.iter().map(|layer| states.of(*layer)).collect::<Result<_, _>>()?;
        let width = states.width();
        let tokens = read.first().map_or(0, |states| states.len() / width);
        let mut joined = Vec::with_capacity(tokens * width * read.len());
        for at in 0..tokens {
            read.iter().for_each(|states| joined.extend_from_slice(&states[at * width..][..width]));
        }
        let mut x = vec![0.0; tokens * self.shape.width];
        let mut next = x.clone();
        self.down.apply(&joined, After::Nothing, &mut memory.first().bytes, &mut x);
        self.norm.apply(memory.level(), &mut x);
        for layer in &self.layers {
            memory.forward(layer, &states.lengths, &x, &mut next);
            std::mem::swap(&mut x, &mut next);
        }
        let mut logits = vec![0.0; tokens];
        self.token.apply(&x, After::Nothing, &mut memory.first().bytes, &mut logits);
        Ok(states.windows().map(|tokens| smooth_maximum(&logits[tokens])).collect())
    }
}

fn smooth_maximum(x: &[f32]) -> f32 {
    let top = x.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    top + x.iter().map(|x| (x - top).exp()).sum::<f32>().ln()
}
