//! The trunk: BERT (Devlin et al. 2018, arXiv 1810.04805) in the shape of all-MiniLM-L6-v2, on candle.
//!
//! Weights ship as int8 with one scale per output channel. The embedding tables stay int8 and are widened row by row; the
//! matrices are widened to f32 once, at load. Invariant: a window is one unpadded sequence, so no mask exists.

use super::super::InferenceError;
use super::pack::{Table, Tensors};
use candle_core::{D, Device, Tensor};

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

/// Weights of one projection, transposed for `x · w + b`.
pub(super) struct Linear {
    weight: Tensor,
    bias: Tensor,
}

impl Linear {
    pub(super) fn load(tensors: &Tensors, name: &str) -> Result<Self, InferenceError> {
        let table = tensors.table(&format!("{name}.weight"))?;
        let (rows, cols) = (table.rows, table.cols);
        let weight = Tensor::from_vec(table.widened(), (rows, cols), &Device::Cpu)?.t()?;
        Ok(Self { weight, bias: tensors.vector(&format!("{name}.bias"), rows)? })
    }

    pub(super) fn forward(&self, x: &Tensor) -> Result<Tensor, InferenceError> {
        Ok(x.matmul(&self.weight)?.broadcast_add(&self.bias)?)
    }
}

pub(super) struct Norm {
    weight: Tensor,
    bias: Tensor,
}

impl Norm {
    /// BERT's own epsilon.
    const EPSILON: f32 = 1e-12;

    pub(super) fn load(
        tensors: &Tensors,
        name: &str,
        width: usize,
    ) -> Result<Self, InferenceError> {
        Ok(Self {
            weight: tensors.vector(&format!("{name}.weight"), width)?,
            bias: tensors.vector(&format!("{name}.bias"), width)?,
        })
    }

    pub(super) fn forward(&self, x: &Tensor) -> Result<Tensor, InferenceError> {
        let x = x.contiguous()?;
        Ok(candle_nn::ops::layer_norm(&x, &self.weight, &self.bias, Self::EPSILON)?)
    }
}

/// Self-attention and feed-forward, each followed by a norm.
pub(super) struct Layer {
    qkv: Linear,
    out: Linear,
    norm1: Norm,
    up: Linear,
    down: Linear,
    norm2: Norm,
}

impl Layer {
    pub(super) fn load(
        tensors: &Tensors,
        prefix: &str,
        width: usize,
    ) -> Result<Self, InferenceError> {
        let name = |part: &str| format!("{prefix}.{part}");
        Ok(Self {
            qkv: Linear::load(tensors, &name("qkv"))?,
            out: Linear::load(tensors, &name("out"))?,
            norm1: Norm::load(tensors, &name("norm1"), width)?,
            up: Linear::load(tensors, &name("up"))?,
            down: Linear::load(tensors, &name("down"))?,
            norm2: Norm::load(tensors, &name("norm2"), width)?,
        })
    }

    pub(super) fn forward(&self, x: &Tensor, heads: usize) -> Result<Tensor, InferenceError> {
        let (tokens, width) = x.dims2()?;
        let size = width / heads;
        let qkv = self.qkv.forward(x)?.reshape((tokens, 3, heads, size))?;
        let part = |i: usize| qkv.narrow(1, i, 1)?.squeeze(1)?.transpose(0, 1)?.contiguous();
        let (q, k, v) = (part(0)?, part(1)?, part(2)?);
        let scores = (q.matmul(&k.t()?)? * (size as f64).powf(-0.5))?;
        let mixed = candle_nn::ops::softmax_last_dim(&scores)?.matmul(&v)?;
        let mixed = mixed.transpose(0, 1)?.reshape((tokens, width))?;
        let x = self.norm1.forward(&(x + self.out.forward(&mixed)?)?)?;
        let inner = self.up.forward(&x)?.gelu_erf()?;
        self.norm2.forward(&(&x + self.down.forward(&inner)?)?)
    }
}

/// States of one window, one row a token: the word embeddings, then those of every layer.
pub(super) struct States(Vec<Tensor>);

impl States {
    /// Those of a layer, counted from 1; 0 are the word embeddings.
    ///
    /// # Errors
    /// If the trunk has no such layer.
    pub(super) fn of(&self, layer: usize) -> Result<&Tensor, InferenceError> {
        let missing =
            || InferenceError::Failed(format!("edge pack: the trunk has no layer {layer}"));
        self.0.get(layer).ok_or_else(missing)
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
    /// If a tensor is missing or of another form.
    pub(super) fn load(tensors: &Tensors, shape: &Shape) -> Result<Self, InferenceError> {
        let width = shape.width;
        let layer = |i| Layer::load(tensors, &format!("trunk.layers.{i}"), width);
        Ok(Self {
            words: tensors.table("trunk.words.weight")?,
            positions: tensors.table("trunk.positions.weight")?,
            types: tensors.table("trunk.types.weight")?,
            norm: Norm::load(tensors, "trunk.norm", width)?,
            layers: (0..shape.layers).map(layer).collect::<Result<_, _>>()?,
            shape: shape.clone(),
        })
    }

    /// One window: vocabulary ids and token types, special tokens included, at most [`Shape::window`] of them.
    ///
    /// # Errors
    /// If an id lies outside of its table, or candle fails.
    pub(super) fn forward(&self, ids: &[u32], types: &[u32]) -> Result<States, InferenceError> {
        let width = self.shape.width;
        let mut input = vec![0.0f32; ids.len() * width];
        for (at, (row, (id, kind))) in
            input.chunks_exact_mut(width).zip(ids.iter().zip(types)).enumerate()
        {
            self.words.add_row(*id as usize, row)?;
            self.types.add_row(*kind as usize, row)?;
            self.positions.add_row(at, row)?;
        }
        let input = Tensor::from_vec(input, (ids.len(), width), &Device::Cpu)?;
        let mut x = self.norm.forward(&input)?;
        let mut states = Vec::with_capacity(self.layers.len() + 1);
        for layer in &self.layers {
            let next = layer.forward(&x, self.shape.heads)?;
            states.push(std::mem::replace(&mut x, next));
        }
        states.push(x);
        Ok(States(states))
    }
}

/// Mean over the tokens, of length 1.
///
/// # Errors
/// If candle fails.
pub(super) fn mean(states: &Tensor) -> Result<Vec<f32>, InferenceError> {
    let mean = states.mean(0)?;
    let length = mean.sqr()?.sum(D::Minus1)?.sqrt()?.to_scalar::<f32>()?;
    let mut mean = mean.to_vec1::<f32>()?;
    if length > 0.0 {
        mean.iter_mut().for_each(|x| *x /= length);
    }
    Ok(mean)
}
