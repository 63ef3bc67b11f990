//! Layers of BERT-family encoders (Devlin et al. 2018, arXiv 1810.04805) on our kernels.
//!
//! A batch is some sequences one after another, without padding: what each token does alone is done for all of them at once, and a
//! token attends to its own sequence. On several cores every core takes its share of the tokens through a layer and meets the
//! others once, before attention; small batches stay on one core. Buffers are kept between calls.

use super::kernels::{After, FloatMatrix, Heads, Int8Matrix, Level, Quantised, Scratch};
use rayon::iter::{IndexedParallelIterator, IntoParallelRefMutIterator, ParallelIterator};
use rayon::slice::{ParallelSlice, ParallelSliceMut};
use std::ops::Range;

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

/// The two halves of a layer, around attention: what every token does alone.
pub(super) trait Halves: Sync {
    /// How wide states are, how many heads there are, and how far before and after itself a token sees.
    fn shape(&self) -> (usize, usize, [usize; 2]);

    /// Queries, keys and values side by side of the tokens from the `first` of the batch on.
    fn before(&self, first: usize, x: &[f32], qkv: &mut [f32], own: &mut Share);

    /// The next states of some tokens; what attention says about them stands in `own.mixed` from `at` on.
    fn after(&self, at: usize, x: &[f32], next: &mut [f32], own: &mut Share);
}

/// Tokens from which on a second core pays.
const SHARE: usize = 24;
/// Tokens that pass a half together, so that what lies between its products stays in the second-level cache.
const STEP: usize = 48;
/// Shares are multiples of it, so that they fill the kernels' tiles.
const TILE: usize = 12;

/// Buffers of a batch.
#[derive(Debug)]
pub(super) struct Memory {
    level: &'static Level,
    qkv: Vec<f32>,
    shares: Vec<Share>,
}

/// Buffers of one core.
#[derive(Debug)]
pub(super) struct Share {
    pub level: &'static Level,
    pub bytes: Quantised,
    attention: Scratch,
    pub mixed: Vec<f32>,
    pub middle: Vec<f32>,
    pub inner: Vec<f32>,
    pub wide: Vec<f32>,
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
            level,
            bytes: Quantised::new(level),
            attention: Scratch::default(),
            mixed: Vec::new(),
            middle: Vec::new(),
            inner: Vec::new(),
            wide: Vec::new(),
        });
        tokens.div_ceil(shares).next_multiple_of(TILE).max(1)
    }

    /// The states after a layer; `x` and `next` hold one row a token, `lengths` the tokens of every sequence.
    pub(super) fn forward(
        &mut self,
        layer: &impl Halves,
        lengths: &[usize],
        x: &[f32],
        next: &mut [f32],
    ) {
        let (width, heads, reach) = layer.shape();
        let tokens = x.len() / width;
        assert_eq!(lengths.iter().sum::<usize>(), tokens, "sequences that make up the batch");
        let share = self.share_out(tokens);
        let qkv = room(&mut self.qkv, tokens * 3 * width);
        let shares = &mut self.shares;
        let shared = shares.par_iter_mut().zip(x.par_chunks(share * width));
        let shared = shared.zip(qkv.par_chunks_mut(share * 3 * width)).enumerate();
        shared.for_each(|(at, ((own, x), qkv))| {
            let steps = x.chunks(STEP * width).zip(qkv.chunks_mut(STEP * 3 * width));
            for (step, (x, qkv)) in steps.enumerate() {
                layer.before(at * share + step * STEP, x, qkv, own);
            }
        });
        let heads = Heads {
            rows: qkv,
            stride: 3 * width,
            at: [0, width, 2 * width],
            size: width / heads,
            heads,
            reach,
        };
        let shared = shares.par_iter_mut().zip(x.par_chunks(share * width));
        let shared = shared.zip(next.par_chunks_mut(share * width)).enumerate();
        shared.for_each(|(at, ((own, x), next))| {
            let first = at * share;
            attend(&heads, lengths, first..first + x.len() / width, own);
            let steps = x.chunks(STEP * width).zip(next.chunks_mut(STEP * width));
            for (step, (x, next)) in steps.enumerate() {
                layer.after(step * STEP * width, x, next, own);
            }
        });
    }
}

/// What attention says about the tokens in `of`, each within its own sequence, in `own.mixed`.
fn attend(heads: &Heads<'_>, lengths: &[usize], of: Range<usize>, own: &mut Share) {
    let width = heads.heads * heads.size;
    let Share { level, attention, mixed, .. } = own;
    level.reserve(heads, attention);
    let mut rest = room(mixed, of.len() * width);
    let mut start = 0;
    for length in lengths {
        let end = start + length;
        let part = of.start.max(start)..of.end.min(end);
        if !part.is_empty() {
            let (to, behind) = rest.split_at_mut(part.len() * width);
            let sequence =
                Heads { rows: &heads.rows[start * heads.stride..end * heads.stride], ..*heads };
            level.attend(&sequence, part.start - start..part.end - start, to, attention);
            rest = behind;
        }
        start = end;
    }
}

/// Room for exactly `len` numbers.
pub(super) fn room(buffer: &mut Vec<f32>, len: usize) -> &mut [f32] {
    if buffer.len() < len {
        buffer.resize(len, 0.0);
    }
    &mut buffer[..len]
}

/// BERT's layer: self-attention and feed-forward, each followed by a norm.
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

impl Halves for Layer {
    fn shape(&self) -> (usize, usize, [usize; 2]) {
        (self.qkv.cols(), self.heads, [usize::MAX; 2])
    }

    fn before(&self, _: usize, x: &[f32], qkv: &mut [f32], own: &mut Share) {
        self.qkv.apply(x, After::Nothing, &mut own.bytes, qkv);
    }

    fn after(&self, at: usize, x: &[f32], next: &mut [f32], own: &mut Share) {
        let Share { level, bytes, mixed, middle, inner, .. } = own;
        let middle = room(middle, x.len());
        self.out.apply(&mixed[at..at + x.len()], After::Add(x), bytes, middle);
        self.norm1.apply(level, middle);
        let inner = room(inner, x.len() / self.up.cols() * self.up.rows());
        self.up.apply(middle, After::Gelu, bytes, inner);
        self.down.apply(inner, After::Add(middle), bytes, next);
        self.norm2.apply(level, next);
    }
}
