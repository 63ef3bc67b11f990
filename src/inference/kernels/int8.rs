//! Products of quantised activations with quantised weights: `y = x · Wᵀ + b`.
//!
//! Weights are int8 with one scale a row of `W`. Activations are quantised anew at every call, each row with scales of its own
//! ([`Steps`]). Sums of products are exact integers within a group of activations that share a scale. Weights lie in panels of
//! two vectors of rows, with as many columns of each row side by side as a dot product takes.

use super::level::Level;
use super::math;
use super::memory::Aligned;
use super::simd::{Simd, Steps};
use super::tile::{self, After, Target};

/// Quantised weights and their bias.
#[derive(Debug)]
pub struct Int8Matrix {
    level: &'static Level,
    rows: usize,
    cols: usize,
    /// Panels × steps of columns × rows of the panel × columns of a step.
    weights: Aligned<i8>,
    /// One a row, padded to whole panels.
    scales: Aligned<f32>,
    bias: Aligned<f32>,
    /// Groups × rows: the sum of the weights of a group.
    sums: Aligned<f32>,
}

impl Int8Matrix {
    /// Packs a row-major matrix, with a scale and a bias for each of its rows.
    ///
    /// # Panics
    /// If the slices do not fit each other.
    pub fn pack(
        level: &'static Level,
        weights: &[i8],
        scales: &[f32],
        bias: &[f32],
        cols: usize,
    ) -> Self {
        let rows = scales.len();
        assert!(rows.checked_mul(cols) == Some(weights.len()) && bias.len() == rows, "one matrix");
        let (width, depth, group) = (level.panel(), level.depth, level.steps.group());
        let (padded, deep) = (rows.next_multiple_of(width), cols.next_multiple_of(depth));
        let mut out = Self {
            level,
            rows,
            cols,
            weights: Aligned::zeros(padded * deep),
            scales: Aligned::zeros(padded),
            bias: Aligned::zeros(padded),
            sums: Aligned::zeros(cols.div_ceil(group) * padded),
        };
        out.scales[..rows].copy_from_slice(scales);
        out.bias[..rows].copy_from_slice(bias);
        for (row, weights) in weights.chunks_exact(cols.max(1)).enumerate() {
            let panel = row / width * deep * width + row % width * depth;
            for (col, weight) in weights.iter().enumerate() {
                out.weights[panel + col / depth * width * depth + col % depth] = *weight;
                out.sums[col / group * padded + row] += f32::from(*weight);
            }
        }
        out
    }

    /// How many numbers a result has.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many numbers an activation has.
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// For every row of `x` its product with all rows of the weights, plus bias.
    ///
    /// # Panics
    /// If `x` has other columns, or `out` is not one row for each of its rows.
    pub fn apply(&self, x: &Quantised, after: After<'_>, out: &mut [f32]) {
        assert_eq!(x.cols, self.cols, "columns of the activations");
        assert!(std::ptr::eq(x.level, self.level), "quantised for these weights");
        let target = Target::new(out, after, x.rows, self.rows);
        // SAFETY: the level was found on this processor; sizes are those of the matrix and were checked above.
        unsafe { (self.level.int8)(self, x, &target) }
    }
}

/// Rows of activations, quantised. Keeps its memory for the next ones.
#[derive(Debug)]
pub struct Quantised {
    level: &'static Level,
    rows: usize,
    cols: usize,
    /// Rows × columns, padded to whole steps.
    values: Aligned<u8>,
    /// Rows × groups: what a step is worth.
    scales: Aligned<f32>,
    /// Rows × groups: what the zero is worth.
    zeros: Aligned<f32>,
}

impl Quantised {
    /// None yet.
    pub fn new(level: &'static Level) -> Self {
        let (values, scales, zeros) = Default::default();
        Self { level, rows: 0, cols: 0, values, scales, zeros }
    }

    /// Takes in rows of `cols` numbers. A group that holds anything but finite numbers becomes NaN as a whole.
    ///
    /// # Panics
    /// If `x` is not whole rows.
    pub fn set(&mut self, x: &[f32], cols: usize) {
        assert!(cols > 0 && x.len().is_multiple_of(cols), "whole rows");
        (self.rows, self.cols) = (x.len() / cols, cols);
        self.values.grow(self.rows * self.stride());
        self.scales.grow(self.rows * self.groups());
        self.zeros.grow(self.rows * self.groups());
        // SAFETY: the level was found on this processor; there is room for all rows and groups.
        unsafe { (self.level.quantise)(self, x) }
    }

    /// Bytes of a row.
    fn stride(&self) -> usize {
        self.cols.next_multiple_of(self.level.depth) * self.level.steps.size()
    }

    fn groups(&self) -> usize {
        self.cols.div_ceil(self.level.steps.group())
    }
}

/// # Safety
/// The level's instructions; `x` holds the rows, and there is room for them.
#[inline(always)]
pub(super) unsafe fn quantise<S: Simd>(q: &mut Quantised, x: &[f32]) {
    let (cols, stride, groups) = (q.cols, q.stride(), q.groups());
    let (group, size) = (S::STEPS.group(), S::STEPS.size());
    for row in 0..q.rows {
        unsafe {
            let to = q.values.as_mut_ptr().add(row * stride);
            // What fills up the last step meets zero weights, but must be a number that was written.
            std::ptr::write_bytes(to.add(cols * size), 0, stride - cols * size);
            for at in 0..groups {
                let start = at * group;
                let from = x.as_ptr().add(row * cols + start);
                let len = group.min(cols - start);
                let (scale, zero) = quantise_group::<S>(from, len, to.add(start * size));
                *q.scales.as_mut_ptr().add(row * groups + at) = scale;
                *q.zeros.as_mut_ptr().add(row * groups + at) = zero;
            }
        }
    }
}

/// Quantises `len` numbers; returns the scale, and the scale times the zero.
#[inline(always)]
unsafe fn quantise_group<S: Simd>(from: *const f32, len: usize, to: *mut u8) -> (f32, f32) {
    let whole = len - len % S::LANES;
    let size = S::STEPS.size();
    unsafe {
        let (low, high, broken) = math::range::<S>(from, len);
        // The steps at both ends, and the number between them that stands for 0.
        let (scale, bottom, top) = match S::STEPS {
            Steps::Bytes => ((high - low) / 255.0, 0.0, 255.0),
            Steps::Words => (high.max(-low) / 2047.0, -2047.0, 2047.0),
        };
        let inverse = if scale > 0.0 { 1.0 / scale } else { 0.0 };
        // Something is no number, or the range is too wide for f32, or so narrow that its steps have no inverse.
        if broken || !scale.is_finite() || !inverse.is_finite() {
            let all = if broken || !scale.is_finite() { f32::NAN } else { 0.0 };
            std::ptr::write_bytes(to, 0, len * size);
            return (all, all);
        }
        let zero = match S::STEPS {
            Steps::Bytes => (-low * inverse).round_ties_even(),
            Steps::Words => 0.0,
        };
        let (factor, shift) = (S::splat(inverse), S::splat(zero));
        let (bottoms, tops) = (S::splat(bottom), S::splat(top));
        let mut i = 0;
        while i < whole {
            let x = S::round(S::fma(S::load(from.add(i)), factor, shift));
            S::store_steps(to.add(i * size), S::max(bottoms, S::min(tops, x)));
            i += S::LANES;
        }
        while i < len {
            let x = (*from.add(i) * inverse + zero).round_ties_even().clamp(bottom, top);
            match S::STEPS {
                Steps::Bytes => *to.add(i) = x as u8,
                Steps::Words => to.add(i * size).cast::<i16>().write_unaligned(x as i16),
            }
            i += 1;
        }
        (scale, scale * zero)
    }
}

/// # Safety
/// The level's instructions; `w` and `x` were made for the level and have the same columns; `target` fits both.
#[inline(always)]
pub(super) unsafe fn apply<S: Simd>(w: &Int8Matrix, x: &Quantised, target: &Target<'_>) {
    let panels = w.rows.div_ceil(2 * S::LANES);
    for panel in 0..panels {
        let mut row = 0;
        while row < x.rows {
            let left = (x.rows - row).min(S::ROWS);
            unsafe { tile::for_rows!(left, tile_of::<S>(w, x, target, panel, row)) }
            row += left;
        }
    }
}

/// `R` rows of activations times one panel.
#[inline(always)]
unsafe fn tile_of<S: Simd, const R: usize>(
    w: &Int8Matrix,
    x: &Quantised,
    target: &Target<'_>,
    panel: usize,
    row: usize,
) {
    let width = 2 * S::LANES;
    let (stride, groups) = (x.stride(), x.groups());
    let (padded, depth) = (w.scales.len(), stride / S::STEPS.size());
    unsafe {
        let mut total = [[S::splat(0.0); 2]; R];
        let activations = x.values.as_ptr().add(row * stride);
        let weights = w.weights.as_ptr().add(panel * depth * width);
        for group in 0..groups {
            let start = group * S::STEPS.group();
            let end = (start + S::STEPS.group()).min(depth);
            let sums = dots::<S, R>(
                activations.add(start * S::STEPS.size()),
                stride,
                weights.add(start * width),
                (end - start) / S::DEPTH,
            );
            let scale = x.scales.as_ptr().add(row * groups + group);
            for (i, (total, sums)) in total.iter_mut().zip(sums).enumerate() {
                let scale = S::splat(*scale.add(i * groups));
                total[0] = S::fma(S::float(sums[0]), scale, total[0]);
                total[1] = S::fma(S::float(sums[1]), scale, total[1]);
            }
        }
        // Words have their zero at 0, but what is not a number is passed on by it.
        for group in 0..groups {
            let of_group = w.sums.as_ptr().add(group * padded + panel * width);
            let (low, high) = (S::load(of_group), S::load(of_group.add(S::LANES)));
            let zero = x.zeros.as_ptr().add(row * groups + group);
            for (i, total) in total.iter_mut().enumerate() {
                let zero = S::splat(-*zero.add(i * groups));
                total[0] = S::fma(low, zero, total[0]);
                total[1] = S::fma(high, zero, total[1]);
            }
        }
        let (scales, bias) =
            (w.scales.as_ptr().add(panel * width), w.bias.as_ptr().add(panel * width));
        for row in &mut total {
            for (half, total) in row.iter_mut().enumerate() {
                let at = half * S::LANES;
                *total = S::fma(*total, S::load(scales.add(at)), S::load(bias.add(at)));
            }
        }
        target.finish::<S, R>(total, panel * width, row);
    }
}

/// The sums of products of `R` rows and one panel over some steps.
#[inline(always)]
unsafe fn dots<S: Simd, const R: usize>(
    activations: *const u8,
    stride: usize,
    mut weights: *const i8,
    steps: usize,
) -> [[S::I; 2]; R] {
    unsafe {
        let mut sums = [[S::zero(); 2]; R];
        for step in 0..steps {
            let low = S::weights(weights);
            let high = S::weights(weights.add(S::LANES * S::DEPTH));
            for (i, sums) in sums.iter_mut().enumerate() {
                let from = activations.add(i * stride + step * S::DEPTH * S::STEPS.size());
                let own = S::spread(from);
                sums[0] = S::dot(sums[0], own, low);
                sums[1] = S::dot(sums[1], own, high);
            }
            weights = weights.add(2 * S::LANES * S::DEPTH);
        }
        sums
    }
}
