//! Normalisation of rows.

use super::level::Level;
use super::math;
use super::simd::Simd;

impl Level {
    /// Layer normalisation (Ba et al. 2016) of every row, in place.
    ///
    /// # Panics
    /// If `x` is not whole rows as long as `weight` and `bias`.
    pub fn layer_norm(&self, x: &mut [f32], weight: &[f32], bias: &[f32], epsilon: f32) {
        assert_eq!(weight.len(), bias.len(), "a weight and a bias each");
        assert!(!weight.is_empty() && x.len().is_multiple_of(weight.len()), "whole rows");
        // SAFETY: the level was found on this processor; lengths were checked above.
        unsafe { (self.layer_norm)(x, weight, bias, epsilon) }
    }

    /// Root-mean-square normalisation (Zhang and Sennrich 2019) of every row.
    ///
    /// # Panics
    /// If `x` is not whole rows as long as `weight`, or `out` is not as long.
    pub fn rms_norm(&self, x: &[f32], weight: &[f32], epsilon: f32, out: &mut [f32]) {
        assert!(!weight.is_empty() && x.len().is_multiple_of(weight.len()), "whole rows");
        assert_eq!(x.len(), out.len(), "room for the results");
        // SAFETY: the level was found on this processor; lengths were checked above.
        unsafe { (self.rms_norm)(x, weight, epsilon, out) }
    }

    /// Rows whose first half is a gate and whose second half passes it: `gate(first) · second`.
    ///
    /// # Panics
    /// If `x` is not whole rows of twice `cols`, or `out` is not as many rows of `cols`.
    pub fn gate(&self, gate: Gate, x: &[f32], cols: usize, out: &mut [f32]) {
        assert!(cols > 0 && out.len().is_multiple_of(cols), "whole rows");
        assert_eq!(out.len().checked_mul(2), Some(x.len()), "a gate and what passes it");
        // SAFETY: the level was found on this processor; lengths were checked above.
        unsafe { (self.gate)(gate, x, cols, out) }
    }
}

/// How much of what is behind it a gate lets through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// `x · σ(x)`, also called swish.
    Silu,
    /// The approximate GELU.
    Gelu,
    /// The exact GELU.
    GeluExact,
}

/// # Safety
/// The level's instructions; lengths as [`Level::rms_norm`] checks them.
#[inline(always)]
pub(super) unsafe fn rms_norm<S: Simd>(x: &[f32], weight: &[f32], epsilon: f32, out: &mut [f32]) {
    let cols = weight.len();
    let whole = cols - cols % S::LANES;
    let weight = weight.as_ptr();
    for (x, out) in x.chunks_exact(cols).zip(out.chunks_exact_mut(cols)) {
        let (x, out) = (x.as_ptr(), out.as_mut_ptr());
        unsafe {
            let mut squares = S::splat(0.0);
            let mut i = 0;
            while i < whole {
                let own = S::load(x.add(i));
                squares = S::fma(own, own, squares);
                i += S::LANES;
            }
            let mut square = math::sum::<S>(squares);
            while i < cols {
                square += *x.add(i) * *x.add(i);
                i += 1;
            }
            let inverse = 1.0 / (square / cols as f32 + epsilon).sqrt();
            let inverses = S::splat(inverse);
            i = 0;
            while i < whole {
                let own = S::mul(S::load(x.add(i)), inverses);
                S::store(out.add(i), S::mul(own, S::load(weight.add(i))));
                i += S::LANES;
            }
            while i < cols {
                *out.add(i) = *x.add(i) * inverse * *weight.add(i);
                i += 1;
            }
        }
    }
}

/// # Safety
/// The level's instructions; lengths as [`Level::gate`] checks them.
#[inline(always)]
pub(super) unsafe fn gate<S: Simd>(gate: Gate, x: &[f32], cols: usize, out: &mut [f32]) {
    for (x, out) in x.chunks_exact(2 * cols).zip(out.chunks_exact_mut(cols)) {
        let (x, out) = (x.as_ptr(), out.as_mut_ptr());
        let of = |x: S::F| unsafe {
            match gate {
                Gate::Silu => S::mul(x, math::sigmoid::<S>(x)),
                Gate::Gelu => math::gelu_tanh::<S>(x),
                Gate::GeluExact => math::gelu::<S>(x),
            }
        };
        unsafe {
            let mut i = 0;
            while i + S::LANES <= cols {
                let passed = S::mul(of(S::load(x.add(i))), S::load(x.add(cols + i)));
                S::store(out.add(i), passed);
                i += S::LANES;
            }
            while i < cols {
                let mut lanes = [0.0f32; 16];
                S::store(lanes.as_mut_ptr(), of(S::splat(*x.add(i))));
                *out.add(i) = lanes[0] * *x.add(cols + i);
                i += 1;
            }
        }
    }
}

/// # Safety
/// The level's instructions; `x` is whole rows as long as `weight` and `bias`.
#[inline(always)]
pub(super) unsafe fn layer_norm<S: Simd>(
    x: &mut [f32],
    weight: &[f32],
    bias: &[f32],
    epsilon: f32,
) {
    let cols = weight.len();
    let whole = cols - cols % S::LANES;
    let (weight, bias) = (weight.as_ptr(), bias.as_ptr());
    for row in x.chunks_exact_mut(cols) {
        let row = row.as_mut_ptr();
        unsafe {
            let mut sums = S::splat(0.0);
            let mut i = 0;
            while i < whole {
                sums = S::add(sums, S::load(row.add(i)));
                i += S::LANES;
            }
            let mut sum = math::sum::<S>(sums);
            while i < cols {
                sum += *row.add(i);
                i += 1;
            }
            let mean = sum / cols as f32;
            let means = S::splat(mean);
            let mut squares = S::splat(0.0);
            i = 0;
            while i < whole {
                let away = S::sub(S::load(row.add(i)), means);
                squares = S::fma(away, away, squares);
                i += S::LANES;
            }
            let mut square = math::sum::<S>(squares);
            while i < cols {
                let away = *row.add(i) - mean;
                square += away * away;
                i += 1;
            }
            let inverse = 1.0 / (square / cols as f32 + epsilon).sqrt();
            let inverses = S::splat(inverse);
            i = 0;
            while i < whole {
                let away = S::mul(S::sub(S::load(row.add(i)), means), inverses);
                S::store(row.add(i), S::fma(away, S::load(weight.add(i)), S::load(bias.add(i))));
                i += S::LANES;
            }
            while i < cols {
                *row.add(i) = (*row.add(i) - mean) * inverse * *weight.add(i) + *bias.add(i);
                i += 1;
            }
        }
    }
}
