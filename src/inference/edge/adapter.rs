//! The injection adapter: a small encoder on top of the trunk's states that says, token by token, how much it belongs to an
//! attempt to override instructions.
//!
//! Adapters after Houlsby et al. 2019, "Parameter-Efficient Transfer Learning for NLP" (here beside the trunk, which it does
//! not change). The score of a text is the smooth maximum of its tokens', so that harmless words around an attack
//! neither hide it nor add to it.

use super::super::InferenceError;
use super::pack::Tensors;
use super::trunk::{Layer, Linear, Norm, States};
use candle_core::Tensor;

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
    /// Reads the weights.
    ///
    /// # Errors
    /// If a tensor is missing or of another form.
    pub(super) fn load(tensors: &Tensors, shape: &AdapterShape) -> Result<Self, InferenceError> {
        let layer = |i| Layer::load(tensors, &format!("adapter.layers.{i}"), shape.width);
        Ok(Self {
            shape: shape.clone(),
            down: Linear::load(tensors, "adapter.down")?,
            norm: Norm::load(tensors, "adapter.norm", shape.width)?,
            layers: (0..shape.layers).map(layer).collect::<Result<_, _>>()?,
            token: Linear::load(tensors, "adapter.token")?,
        })
    }

    /// The logit of a window.
    ///
    /// # Errors
    /// If candle fails.
    pub(super) fn logit(&self, states: &States) -> Result<f32, InferenceError> {
        let read: Vec<&Tensor> =
            self.shape.reads.iter().map(|layer| states.of(*layer)).collect::<Result<_, _>>()?;
        let mut x = self.norm.forward(&self.down.forward(&Tensor::cat(&read, 1)?)?)?;
        for layer in &self.layers {
            x = layer.forward(&x, self.shape.heads)?;
        }
        let tokens = self.token.forward(&x)?.flatten_all()?;
        Ok(tokens.log_sum_exp(0)?.to_scalar()?)
    }
}
