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
