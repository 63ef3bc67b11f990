//! Products of `f32` activations with `f32` weights that were packed once: `y = x · Wᵀ + b`.
//!
//! Weights that all fit bfloat16, as models that were trained in it have them, are kept as such: half the memory, the same results.

use super::level::Level;
use super::memory::{Aligned, Plain};
use super::simd::Simd;
use super::tile::{self, After, Target};

/// Weights and their bias, in panels of two vectors of rows.
#[derive(Debug)]
pub struct FloatMatrix {
    level: &'static Level,
    rows: usize,
    cols: usize,
    weights: Weights,
    bias: Aligned<f32>,
}

/// Panels × columns × rows of the panel.
#[derive(Debug)]
enum Weights {
    Whole(Aligned<f32>),
    /// The upper halves; the lower ones are zero.
    Upper(Aligned<u16>),
}

/// A stored weight.
trait Weight: Plain {
    /// As it is stored.
    fn of(x: f32) -> Self;
    /// [`Simd::LANES`] of them.
    unsafe fn load<S: Simd>(from: *const Self) -> S::F;
}

impl Weight for f32 {
    fn of(x: f32) -> Self {
        x
    }
    #[inline(always)]
    unsafe fn load<S: Simd>(from: *const Self) -> S::F {
        unsafe { S::load(from) }
    }
}

impl Weight for u16 {
    fn of(x: f32) -> Self {
        (x.to_bits() >> 16) as u16
    }
    #[inline(always)]
    unsafe fn load<S: Simd>(from: *const Self) -> S::F {
        unsafe { S::load_upper(from) }
    }
}

/// Row-major weights in panels of `width` rows.
fn panels<W: Weight>(weights: &[f32], rows: usize, cols: usize, width: usize) -> Aligned<W> {
    let mut packed = Aligned::zeros(rows.next_multiple_of(width) * cols);
    for (row, weights) in weights.chunks_exact(cols.max(1)).enumerate() {
        let panel = row / width * cols * width + row % width;
        for (col, weight) in weights.iter().enumerate() {
            packed[panel + col * width] = W::of(*weight);
        }
    }
    packed
}

impl FloatMatrix {
    /// Packs a row-major matrix, with a bias for each of its rows.
    ///
    /// # Panics
    /// If the slices do not fit each other.
    pub fn pack(level: &'static Level, weights: &[f32], bias: &[f32], cols: usize) -> Self {
        let rows = bias.len();
        assert_eq!(rows.checked_mul(cols), Some(weights.len()), "one matrix");
        let width = level.panel();
        let weights = if weights.iter().all(|x| x.to_bits().trailing_zeros() >= 16) {
            Weights::Upper(panels(weights, rows, cols, width))
        } else {
            Weights::Whole(panels(weights, rows, cols, width))
        };
        let mut own = Aligned::zeros(rows.next_multiple_of(width));
        own[..rows].copy_from_slice(bias);
        Self { level, rows, cols, weights, bias: own }
    }

    /// How many numbers a result has.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many numbers an activation has.
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// Bytes of memory.
    pub fn size(&self) -> usize {
        let weights = match &self.weights {
            Weights::Whole(weights) => size_of_val(&**weights),
            Weights::Upper(weights) => size_of_val(&**weights),
        };
        weights + size_of_val(&*self.bias)
    }

    /// For every row of `x` its product with all rows of the weights, plus bias.
    ///
    /// # Panics
    /// If `x` is not whole rows, or `out` is not one row for each of them.
    pub fn apply(&self, x: &[f32], after: After<'_>, out: &mut [f32]) {
        assert!(self.cols > 0 && x.len().is_multiple_of(self.cols), "whole rows");
        let target = Target::new(out, after, x.len() / self.cols, self.rows);
        // SAFETY: the level was found on this processor; sizes are those of the matrix and were checked above.
        unsafe { (self.level.float)(self, x, &target) }
    }
}

/// # Safety
/// The level's instructions; `w` was made for the level; `x` and `target` have as many rows and fit `w`.
#[inline(always)]
pub(super) unsafe fn apply<S: Simd>(w: &FloatMatrix, x: &[f32], target: &Target<'_>) {
    unsafe {
        match &w.weights {
            Weights::Whole(weights) => apply_to::<S, f32>(w, weights, x, target),
            Weights::Upper(weights) => apply_to::<S, u16>(w, weights, x, target),
        }
    }
}

#[inline(always)]
unsafe fn apply_to<S: Simd, W: Weight>(
    w: &FloatMatrix,
    weights: &[W],
    x: &[f32],
    target: &Target<'_>,
) {
    let rows = x.len() / w.cols;
    for panel in 0..w.rows.div_ceil(2 * S::LANES) {
        let mut row = 0;
        while row < rows {
            let left = (rows - row).min(S::ROWS);
            unsafe {
                tile::for_rows!(left, tile_of::<S, W>(w, weights.as_ptr(), x, target, panel, row));
            }
            row += left;
        }
    }
}

/// `R` rows of activations times one panel.
#[inline(always)]
unsafe fn tile_of<S: Simd, W: Weight, const R: usize>(
    w: &FloatMatrix,
    weights: *const W,
    x: &[f32],
    target: &Target<'_>,
    panel: usize,
    row: usize,
) {
    let width = 2 * S::LANES;
    unsafe {
        let bias = w.bias.as_ptr().add(panel * width);
        let mut sums = [[S::load(bias), S::load(bias.add(S::LANES))]; R];
        let activations = x.as_ptr().add(row * w.cols);
        let mut weights = weights.add(panel * w.cols * width);
        for col in 0..w.cols {
            let (low, high) = (W::load::<S>(weights), W::load::<S>(weights.add(S::LANES)));
            let mut i = 0;
            while i < R {
                let own = S::splat(*activations.add(i * w.cols + col));
                sums[i][0] = S::fma(own, low, sums[i][0]);
                sums[i][1] = S::fma(own, high, sums[i][1]);
                i += 1;
            }
            weights = weights.add(width);
        }
        target.finish::<S, R>(sums, panel * width, row);
    }
}
