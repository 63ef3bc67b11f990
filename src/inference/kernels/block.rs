//! Products with weights in blocks, as files of generators have them: `y = x · Wᵀ + b`.
//!
//! Thirty-two weights of a row share a scale. They are half-bytes, which a scale and a smallest weight turn into weights (what ggml
//! calls Q4_1; Q4_0 and the blocks of Q4_K are of that form), or signed bytes with a scale alone (Q8_0). Nothing is rounded that the
//! file has not rounded: activations are fifteen-bit words with one scale a row, sums are exact within a block.
//!
//! Weights lie in panels of two vectors of rows, block after block: the scales and the smallest weights of the panel's rows in
//! half precision, then the weights, four columns of each row side by side. So one stream is read from beginning to end.

use super::level::Level;
use super::math;
use super::memory::Aligned;
use super::simd::Simd;
use super::split;
use super::tile::{self, After, Target};
use half::f16;
use std::ops::Range;

/// Weights that share a scale.
pub const BLOCK: usize = 32;

/// How weights are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blocks {
    /// Half a byte each, from 0 to 15.
    Nibbles,
    /// A byte each, from -127 to 127.
    Bytes,
}

impl Blocks {
    const fn has_low(self) -> bool {
        matches!(self, Self::Nibbles)
    }

    /// Bytes that a panel of `width` rows has for one block.
    const fn size(self, width: usize) -> usize {
        match self {
            Self::Nibbles => width * (4 + BLOCK / 2),
            Self::Bytes => width * (2 + BLOCK),
        }
    }

    /// Bytes of them before the weights.
    const fn head(self, width: usize) -> usize {
        if self.has_low() { width * 4 } else { width * 2 }
    }
}

/// One block of one row.
#[derive(Debug, Clone, Copy)]
pub struct Block {
    /// What a step is worth.
    pub scale: f16,
    /// What 0 is worth; counts for half-bytes only.
    pub low: f16,
    /// The weights; half-bytes take the lower half of each.
    pub values: [u8; BLOCK],
}

impl Block {
    /// The nearest bytes to some weights (at most [`BLOCK`]); what is missing is 0. `None` if one is not finite, or too large.
    pub fn bytes(weights: &[f32]) -> Option<Self> {
        let top = weights.iter().fold(0.0f32, |top, x| top.max(x.abs()));
        let scale = f16::from_f32(top / 127.0);
        if weights.iter().any(|x| !x.is_finite()) || !scale.is_finite() {
            return None;
        }
        let step = scale.to_f32();
        let inverse = if step > 0.0 { 1.0 / step } else { 0.0 };
        let mut values = [0; BLOCK];
        for (to, x) in values.iter_mut().zip(weights) {
            *to = (x * inverse).round_ties_even().clamp(-127.0, 127.0) as i8 as u8;
        }
        Some(Self { scale, low: f16::ZERO, values })
    }
}

/// Where the columns of four are, see [`Simd::P`]; the same the other way round.
const ORDER: [usize; 4] = [0, 2, 1, 3];

fn ordered(four: [u8; 4]) -> [u8; 4] {
    ORDER.map(|at| four[at])
}

/// Weights in blocks and their bias.
#[derive(Debug)]
pub struct BlockMatrix {
    level: &'static Level,
    rows: usize,
    cols: usize,
    blocks: Blocks,
    data: Aligned<u8>,
    bias: Aligned<f32>,
}

impl BlockMatrix {
    /// A matrix whose weights are all 0 until [`Self::set`] says otherwise. `None` if it would not fit an address.
    pub fn zeros(level: &'static Level, blocks: Blocks, rows: usize, cols: usize) -> Option<Self> {
        let width = level.panel();
        let panels = rows.div_ceil(width);
        let size = blocks.size(width).checked_mul(cols.div_ceil(BLOCK))?.checked_mul(panels)?;
        // A slice's size is an `isize`.
        (size < usize::MAX / 4).then(|| Self {
            level,
            rows,
            cols,
            blocks,
            data: Aligned::zeros(size),
            bias: Aligned::zeros(panels * width),
        })
    }

    /// How many numbers a result has.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many numbers an activation has.
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// How its weights are stored.
    pub fn blocks(&self) -> Blocks {
        self.blocks
    }

    /// Bytes that it takes.
    pub fn size(&self) -> usize {
        self.data.len()
    }

    /// What is added to the results.
    ///
    /// # Panics
    /// If it has not a number for each row.
    pub fn set_bias(&mut self, bias: &[f32]) {
        self.bias[..self.rows].copy_from_slice(bias);
    }

    /// Where a block begins, and its row in the panel.
    fn place(&self, row: usize, block: usize) -> (usize, usize) {
        let width = self.level.panel();
        let blocks = self.cols.div_ceil(BLOCK);
        assert!(row < self.rows && block < blocks, "a block of the matrix");
        ((row / width * blocks + block) * self.blocks.size(width), row % width)
    }

    /// Stores a block.
    ///
    /// # Panics
    /// If there is no such row or block, or what its steps are worth is no number (which half precision hides on some levels).
    pub fn set(&mut self, row: usize, block: usize, from: &Block) {
        assert!(from.scale.is_finite() && from.low.is_finite(), "weights that are numbers");
        let (start, row) = self.place(row, block);
        let width = self.level.panel();
        let (blocks, size) = (self.blocks, self.blocks.size(width));
        let (head, weights) = self.data[start..start + size].split_at_mut(blocks.head(width));
        head[2 * row..2 * row + 2].copy_from_slice(&from.scale.to_le_bytes());
        if blocks.has_low() {
            let at = 2 * (width + row);
            head[at..at + 2].copy_from_slice(&from.low.to_le_bytes());
        }
        let steps = weights.chunks_exact_mut(4 * width);
        match blocks {
            Blocks::Bytes => {
                for (to, four) in steps.zip(from.values.as_chunks::<4>().0) {
                    to[4 * row..4 * row + 4].copy_from_slice(&ordered(*four));
                }
            }
            Blocks::Nibbles => {
                for (to, eight) in steps.zip(from.values.as_chunks::<8>().0) {
                    let halves = |i: usize| eight[i] & 15 | eight[i + 4] << 4;
                    let four = [halves(0), halves(1), halves(2), halves(3)];
                    to[4 * row..4 * row + 4].copy_from_slice(&ordered(four));
                }
            }
        }
    }

    /// The weights of one row.
    ///
    /// # Panics
    /// If there is no such row, or `out` has not a number for each column.
    pub fn row(&self, row: usize, out: &mut [f32]) {
        assert_eq!(out.len(), self.cols, "room for a row");
        let width = self.level.panel();
        for (block, out) in out.chunks_mut(BLOCK).enumerate() {
            let (start, row) = self.place(row, block);
            let data = &self.data[start..start + self.blocks.size(width)];
            let (head, weights) = data.split_at(self.blocks.head(width));
            let half = |at: usize| f16::from_le_bytes([head[at], head[at + 1]]).to_f32();
            let scale = half(2 * row);
            let low = if self.blocks.has_low() { half(2 * (width + row)) } else { 0.0 };
            for (col, out) in out.iter_mut().enumerate() {
                let four = |step: usize| &weights[(step * width + row) * 4..][..4];
                let lane = ORDER[col % 4];
                let value = match self.blocks {
                    Blocks::Bytes => f32::from(four(col / 4)[lane] as i8),
                    Blocks::Nibbles => f32::from(four(col / 8)[lane] >> (col / 4 % 2 * 4) & 15),
                };
                *out = value * scale + low;
            }
        }
    }

    /// For every row of `x` its product with all rows of the weights, plus bias; the rows of weights are shared among the
    /// cores of the pool that calls, where that pays.
    ///
    /// # Panics
    /// If `x` has other columns, or `out` is not one row for each of its rows.
    pub fn apply(&self, x: &Words, after: After<'_>, out: &mut [f32]) {
        self.apply_at(x, after, out, 0, self.rows);
    }

    /// The same with results from `first` on in rows of `all` numbers.
    ///
    /// # Panics
    /// As [`Self::apply`], or if the results do not fit into a row.
    pub fn apply_at(&self, x: &Words, after: After<'_>, out: &mut [f32], first: usize, all: usize) {
        assert_eq!(x.cols, self.cols, "columns of the activations");
        assert!(std::ptr::eq(x.level, self.level), "made for these weights");
        let target = Target::within(out, after, x.rows, self.rows, (first, all));
        let work = x.rows * self.rows * self.cols;
        split::among_cores(self.rows.div_ceil(self.level.panel()), work, |_, panels| {
            // SAFETY: the level was found on this processor; sizes are those of the matrix and were checked above; no two
            // cores have a panel in common.
            unsafe { (self.level.block)(self, x, &target, panels) }
        });
    }
}

/// Rows of activations as words. Keeps its memory for the next ones.
#[derive(Debug)]
pub struct Words {
    level: &'static Level,
    rows: usize,
    cols: usize,
    /// Rows × columns, padded to whole blocks.
    values: Aligned<i16>,
    /// One a row: what a step is worth.
    scales: Aligned<f32>,
    /// Rows × blocks: the sums of the steps.
    sums: Aligned<f32>,
}

impl Words {
    /// None yet.
    pub fn new(level: &'static Level) -> Self {
        let (values, scales, sums) = Default::default();
        Self { level, rows: 0, cols: 0, values, scales, sums }
    }

    /// Takes in rows of `cols` numbers. A row that holds anything but finite numbers becomes NaN as a whole.
    ///
    /// # Panics
    /// If `x` is not whole rows.
    pub fn set(&mut self, x: &[f32], cols: usize) {
        assert!(cols > 0 && x.len().is_multiple_of(cols), "whole rows");
        (self.rows, self.cols) = (x.len() / cols, cols);
        let blocks = cols.div_ceil(BLOCK);
        self.values.grow(self.rows * blocks * BLOCK);
        self.scales.grow(self.rows);
        self.sums.grow(self.rows * blocks);
        let to = Rows {
            cols,
            values: self.values.as_mut_ptr(),
            scales: self.scales.as_mut_ptr(),
            sums: self.sums.as_mut_ptr(),
        };
        split::among_cores(self.rows, WORK * x.len(), |_, rows| {
            // SAFETY: the level was found on this processor; there is room for all rows, and no two cores have one in common.
            unsafe { (self.level.words)(&to, x, rows) }
        });
    }
}

/// What making a word of a number costs, in multiplications.
const WORK: usize = 4;

/// Where words go, from several cores to rows of their own.
pub(super) struct Rows {
    cols: usize,
    values: *mut i16,
    scales: *mut f32,
    sums: *mut f32,
}
// SAFETY: cores that share it write to rows of their own.
unsafe impl Sync for Rows {}

/// # Safety
/// The level's instructions; `x` holds the rows, and there is room for them, which are no one else's.
#[inline(always)]
pub(super) unsafe fn words<S: Simd>(to: &Rows, x: &[f32], rows: Range<usize>) {
    let cols = to.cols;
    let blocks = cols.div_ceil(BLOCK);
    for row in rows {
        unsafe {
            let from = x.as_ptr().add(row * cols);
            let values = to.values.add(row * blocks * BLOCK);
            let sums = to.sums.add(row * blocks);
            let (low, high, broken) = math::range::<S>(from, cols);
            let scale = high.max(-low) / 32767.0;
            let inverse = if scale > 0.0 { 1.0 / scale } else { 0.0 };
            let fine = !broken && scale.is_finite() && inverse.is_finite();
            // Too narrow a range for its steps to have an inverse is 0.
            let is_number = !broken && scale.is_finite();
            *to.scales.add(row) = match (fine, is_number) {
                (true, _) => scale,
                (false, true) => 0.0,
                (false, false) => f32::NAN,
            };
            let factor = S::splat(if fine { inverse } else { 0.0 });
            for block in 0..blocks {
                let start = block * BLOCK;
                let mut last = [0.0f32; BLOCK];
                // The last block may be cut.
                let from = if start + BLOCK <= cols {
                    from.add(start)
                } else {
                    std::ptr::copy_nonoverlapping(from.add(start), last.as_mut_ptr(), cols - start);
                    last.as_ptr()
                };
                let mut sum = S::splat(0.0);
                let mut i = 0;
                while i < BLOCK {
                    // `min` and `max` make numbers of what is none.
                    let x = S::round(S::mul(S::load(from.add(i)), factor));
                    let x = S::max(S::min(x, S::splat(32767.0)), S::splat(-32767.0));
                    sum = S::add(sum, x);
                    S::store_words(values.add(start + i), x);
                    i += S::LANES;
                }
                *sums.add(block) = math::sum::<S>(sum);
            }
        }
    }
}

/// # Safety
/// The level's instructions; `w` and `x` were made for the level and have the same columns; `target` fits both; panels there are.
#[inline(always)]
pub(super) unsafe fn apply<S: Simd>(
    w: &BlockMatrix,
    x: &Words,
    target: &Target<'_>,
    panels: Range<usize>,
) {
    // A third of the registers that other tiles leave to rows hold unpacked weights here. Tiles are of about one size: a last one
    // of few rows would unpack its weights for little.
    let tiles = x.rows.div_ceil(S::ROWS * 2 / 3);
    let height = x.rows.div_ceil(tiles.max(1));
    for panel in panels {
        let mut row = 0;
        while row < x.rows {
            let left = (x.rows - row).min(height);
            unsafe {
                match w.blocks {
                    Blocks::Nibbles => {
                        tile::for_rows!(left, nibbles::<S>(w, x, target, panel, row));
                    }
                    Blocks::Bytes => tile::for_rows!(left, bytes::<S>(w, x, target, panel, row)),
                }
            }
            row += left;
        }
    }
}

/// How far ahead weights are asked for: the processor's own foresight ends with a page of memory.
const AHEAD: usize = 4096;

/// Asks for as many bytes as a block has.
#[inline(always)]
unsafe fn ahead<S: Simd>(at: *const u8, size: usize) {
    let mut line = 0;
    while line < size {
        unsafe { S::prefetch(at.wrapping_add(AHEAD + line)) };
        line += 64;
    }
}

/// `R` rows of activations times one panel of half-bytes. Beside [`bytes`], which looks much the same: one function for both layouts
/// took up to a quarter longer for a single row.
#[inline(always)]
unsafe fn nibbles<S: Simd, const R: usize>(
    w: &BlockMatrix,
    x: &Words,
    target: &Target<'_>,
    panel: usize,
    row: usize,
) {
    let width = 2 * S::LANES;
    let blocks = w.cols.div_ceil(BLOCK);
    let size = Blocks::Nibbles.size(width);
    unsafe {
        let mut total = [[S::splat(0.0); 2]; R];
        for block in 0..blocks {
            let at = w.data.as_ptr().add((panel * blocks + block) * size);
            let values = x.values.as_ptr().add((row * blocks + block) * BLOCK);
            let weights = at.add(Blocks::Nibbles.head(width));
            // Later tiles find it in the cache.
            if row == 0 {
                ahead::<S>(at, size);
            }
            let mut sums = [[S::zero(); 2]; R];
            let mut step = 0;
            while step < BLOCK / 8 {
                let from = weights.add(step * width * 4);
                let both = [S::packed(from), S::packed(from.add(4 * S::LANES))];
                let lower = both.map(|p| S::widen::<false>(S::nibbles::<false>(p)));
                dots::<S, R>(&mut sums, values.add(8 * step), blocks * BLOCK, lower);
                let upper = both.map(|p| S::widen::<false>(S::nibbles::<true>(p)));
                dots::<S, R>(&mut sums, values.add(8 * step + 4), blocks * BLOCK, upper);
                step += 1;
            }
            let head = at.cast::<u16>();
            let scales = [S::load_half(head), S::load_half(head.add(S::LANES))];
            let lows = [S::load_half(head.add(width)), S::load_half(head.add(width + S::LANES))];
            let of_block = x.sums.as_ptr().add(row * blocks + block);
            let mut i = 0;
            while i < R {
                let sum = S::splat(*of_block.add(i * blocks));
                total[i][0] = S::fma(lows[0], sum, total[i][0]);
                total[i][1] = S::fma(lows[1], sum, total[i][1]);
                total[i][0] = S::fma(S::float(sums[i][0]), scales[0], total[i][0]);
                total[i][1] = S::fma(S::float(sums[i][1]), scales[1], total[i][1]);
                i += 1;
            }
        }
        finish::<S, R>(total, w, x, target, panel, row);
    }
}

#[inline(always)]
unsafe fn bytes<S: Simd, const R: usize>(
    w: &BlockMatrix,
    x: &Words,
    target: &Target<'_>,
    panel: usize,
    row: usize,
) {
    let width = 2 * S::LANES;
    let blocks = w.cols.div_ceil(BLOCK);
    let size = Blocks::Bytes.size(width);
    unsafe {
        let mut total = [[S::splat(0.0); 2]; R];
        for block in 0..blocks {
            let at = w.data.as_ptr().add((panel * blocks + block) * size);
            let values = x.values.as_ptr().add((row * blocks + block) * BLOCK);
            let weights = at.add(Blocks::Bytes.head(width));
            // Later tiles find it in the cache.
            if row == 0 {
                ahead::<S>(at, size);
            }
            let mut sums = [[S::zero(); 2]; R];
            let mut step = 0;
            while step < BLOCK / 4 {
                let from = weights.add(step * width * 4);
                let both = [S::packed(from), S::packed(from.add(4 * S::LANES))];
                let both = both.map(|p| S::widen::<true>(p));
                dots::<S, R>(&mut sums, values.add(4 * step), blocks * BLOCK, both);
                step += 1;
            }
            let head = at.cast::<u16>();
            let scales = [S::load_half(head), S::load_half(head.add(S::LANES))];
            let mut i = 0;
            while i < R {
                total[i][0] = S::fma(S::float(sums[i][0]), scales[0], total[i][0]);
                total[i][1] = S::fma(S::float(sums[i][1]), scales[1], total[i][1]);
                i += 1;
            }
        }
        finish::<S, R>(total, w, x, target, panel, row);
    }
}

/// Adds the products of four columns, for `R` rows of activations that lie `stride` apart.
#[inline(always)]
unsafe fn dots<S: Simd, const R: usize>(
    sums: &mut [[S::I; 2]; R],
    activations: *const i16,
    stride: usize,
    weights: [S::Q; 2],
) {
    let mut i = 0;
    while i < R {
        unsafe {
            let own = activations.add(i * stride);
            sums[i][0] = S::dot_words::<false>(sums[i][0], own, weights[0]);
            sums[i][1] = S::dot_words::<false>(sums[i][1], own, weights[1]);
        }
        i += 1;
    }
    // In this order half of the weights are out of their registers by now.
    i = 0;
    while i < R {
        unsafe {
            let own = activations.add(i * stride);
            sums[i][0] = S::dot_words::<true>(sums[i][0], own, weights[0]);
            sums[i][1] = S::dot_words::<true>(sums[i][1], own, weights[1]);
        }
        i += 1;
    }
}

/// Puts in what a row's steps are worth and the bias, and stores.
#[inline(always)]
unsafe fn finish<S: Simd, const R: usize>(
    mut total: [[S::F; 2]; R],
    w: &BlockMatrix,
    x: &Words,
    target: &Target<'_>,
    panel: usize,
    row: usize,
) {
    let width = 2 * S::LANES;
    unsafe {
        let bias = w.bias.as_ptr().add(panel * width);
        let bias = [S::load(bias), S::load(bias.add(S::LANES))];
        let mut i = 0;
        while i < R {
            let scale = S::splat(*x.scales.as_ptr().add(row + i));
            total[i][0] = S::fma(total[i][0], scale, bias[0]);
            total[i][1] = S::fma(total[i][1], scale, bias[1]);
            i += 1;
        }
        target.finish::<S, R>(total, panel * width, row);
    }
}
