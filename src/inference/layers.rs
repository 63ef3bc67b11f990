//! Layers of BERT-family encoders (Devlin et al. 2018, arXiv 1810.04805) on our kernels.
//!
//! A sequence is one unpadded run of tokens. On several cores every core takes its share of the tokens through a layer and
//! meets the others once, before attention; short sequences stay on one core. Buffers are kept between calls.

use super::kernels::{After, FloatMatrix, Heads, Int8Matrix, Level, Quantised, Scratch};
use rayon::iter::{IndexedParallelIterator, IntoParallelRefMutIterator, ParallelIterator};
use rayon::slice::{ParallelSlice, ParallelSliceMut};

/// One projection.
#[derive(Debug)]
pub(super) enum Linear {
    /// Quantised, for speed.
    Int8(Int8Matrix),
    /// As trained.
    F32(FloatMatrix),
}

impl Linear {
    /// How many numbers a result has.
    pub(super) fn rows(&self) -> usize {
        match self {
            Self::Int8(matrix) => matrix.rows(),
            Self::F32(matrix) => matrix.rows(),
        }
    }

    /// How many numbers an input has.
    pub(super) fn cols(&self) -> usize {
        match self {
            Self::Int8(matrix) => matrix.cols(),
            Self::F32(matrix) => matrix.cols(),
        }
    }

    /// The product with whole rows of `x`.
    pub(super) fn apply(
        &self,
        x: &[f32],
        after: After<'_>,
        bytes: &mut Quantised,
        out: &mut [f32],
    ) {
        match self {
            Self::Int8(matrix) => {
                bytes.set(x, matrix.cols());
                matrix.apply(bytes, after, out);
            }
            Self::F32(matrix) => matrix.apply(x, after, out),
        }
    }
}

/// A layer normalisation.
#[derive(Debug)]
pub(super) struct Norm {
    pub weight: Vec<f32>,
    pub bias: Vec<f32>,
    pub epsilon: f32,
}

impl Norm {
    pub(super) fn apply(&self, level: &Level, x: &mut [f32]) {
        level.layer_norm(x, &self.weight, &self.bias, self.epsilon);
    }
}

/// Self-attention and feed-forward, each followed by a norm.
#[derive(Debug)]
pub(super) struct Layer {
    pub qkv: Linear,
    pub out: Linear,
    pub norm1: Norm,
    pub up: Linear,
    pub down: Linear,
    pub norm2: Norm,
    pub heads: usize,
}

/// Tokens from which on a second core pays.
const SHARE: usize = 24;
/// Tokens that pass the feed-forward part together, so that what lies between its halves stays in the second-level cache.
const STEP: usize = 48;
/// Shares are multiples of it, so that they fill the kernels' tiles.
const TILE: usize = 12;

/// Buffers of a sequence.
#[derive(Debug)]
pub(super) struct Memory {
    level: &'static Level,
    qkv: Vec<f32>,
    shares: Vec<Share>,
}

/// Buffers of one core.
#[derive(Debug)]
pub(super) struct Share {
    pub bytes: Quantised,
    attention: Scratch,
    mixed: Vec<f32>,
    middle: Vec<f32>,
    inner: Vec<f32>,
}

impl Memory {
    pub(super) fn new(level: &'static Level) -> Self {
        let mut own = Self { level, qkv: Vec::new(), shares: Vec::new() };
        own.share_out(0);
        own
    }

    /// Whose instructions are used.
    pub(super) fn level(&self) -> &'static Level {
        self.level
    }

    /// The first core's buffers.
    pub(super) fn first(&mut self) -> &mut Share {
        &mut self.shares[0]
    }

    /// Buffers for as many cores as so many tokens deserve; returns the tokens of a share.
    fn share_out(&mut self, tokens: usize) -> usize {
        let shares = (tokens / SHARE).clamp(1, rayon::current_num_threads().max(1));
        let level = self.level;
        self.shares.resize_with(shares.max(self.shares.len()), || Share {
            bytes: Quantised::new(level),
            attention: Scratch::default(),
            mixed: Vec::new(),
            middle: Vec::new(),
            inner: Vec::new(),
        });
        tokens.div_ceil(shares).next_multiple_of(TILE).max(1)
    }
}

/// Room for exactly `len` numbers.
fn room(buffer: &mut Vec<f32>, len: usize) -> &mut [f32] {
    if buffer.len() < len {
        buffer.resize(len, 0.0);
    }
    &mut buffer[..len]
}

impl Layer {
    /// The states after this layer; `x` and `next` hold one row a token.
    pub(super) fn forward(&self, x: &[f32], next: &mut [f32], memory: &mut Memory) {
        let width = self.qkv.cols();
        let tokens = x.len() / width;
        let share = memory.share_out(tokens);
        let Memory { level, qkv, shares } = memory;
        let qkv = room(qkv, tokens * 3 * width);
        let shared = shares.par_iter_mut().zip(x.par_chunks(share * width));
        shared.zip(qkv.par_chunks_mut(share * 3 * width)).for_each(|((own, x), qkv)| {
            for (x, qkv) in x.chunks(STEP * width).zip(qkv.chunks_mut(STEP * 3 * width)) {
                self.qkv.apply(x, After::Nothing, &mut own.bytes, qkv);
            }
        });
        let heads = Heads {
            rows: qkv,
            stride: 3 * width,
            at: [0, width, 2 * width],
            size: width / self.heads,
            heads: self.heads,
            reach: [usize::MAX; 2],
        };
        let shared = shares.par_iter_mut().zip(x.par_chunks(share * width));
        let shared = shared.zip(next.par_chunks_mut(share * width)).enumerate();
        shared.for_each(|(at, ((own, x), next))| {
            self.after_attention(level, &heads, at * share, x, next, own);
        });
    }

    /// What follows for some tokens once all keys and values are known.
    fn after_attention(
        &self,
        level: &Level,
        heads: &Heads<'_>,
        first: usize,
        x: &[f32],
        next: &mut [f32],
        own: &mut Share,
    ) {
        let width = self.qkv.cols();
        let mixed = room(&mut own.mixed, x.len());
        level.attend(heads, first..first + x.len() / width, mixed, &mut own.attention);
        let steps = x.chunks(STEP * width).zip(next.chunks_mut(STEP * width));
        for (mixed, (x, next)) in mixed.chunks(STEP * width).zip(steps) {
            let tokens = x.len() / width;
            let middle = room(&mut own.middle, x.len());
            self.out.apply(mixed, After::Add(x), &mut own.bytes, middle);
            self.norm1.apply(level, middle);
            let inner = room(&mut own.inner, tokens * self.up.rows());
            self.up.apply(middle, After::Gelu, &mut own.bytes, inner);
            self.down.apply(inner, After::Add(middle), &mut own.bytes, next);
            self.norm2.apply(level, next);
        }
    }
}
