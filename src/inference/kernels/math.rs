//! Functions of one vector.

use super::simd::Simd;

/// `eˣ`: `x = n · ln 2 + r` with `|r| ≤ ln 2 / 2`, and the Taylor series of `eʳ` to its sixth power (relative error 2·10⁻⁷). Below
/// -87 it is about 10⁻³⁸, above 88 about 10³⁸.
#[inline(always)]
pub(super) unsafe fn exp<S: Simd>(x: S::F) -> S::F {
    // ln 2 in two parts; the first one has few bits, so that its product with `n` is exact.
    const LN2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
    const SERIES: [f32; 7] = [1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0];
    unsafe {
        let x = S::min(S::splat(88.0), S::max(S::splat(-87.0), x));
        let n = S::round(S::mul(x, S::splat(std::f32::consts::LOG2_E)));
        let r = S::fma(n, S::splat(-LN2[0]), x);
        let r = S::fma(n, S::splat(-LN2[1]), r);
        let mut sum = S::splat(SERIES[0]);
        let mut i = 1;
        while i < SERIES.len() {
            sum = S::fma(sum, r, S::splat(SERIES[i]));
            i += 1;
        }
        S::scale(sum, n)
    }
}

/// `x · Φ(x)`, the exact GELU (Hendrycks and Gimpel 2016).
///
/// `erf(x / √2) / x` is a polynomial in `2 · (x / 5.5)² - 1` up to 5.5, fitted by least squares at Chebyshev's nodes; the value's
/// error is below 1.1·10⁻⁶.
#[inline(always)]
pub(super) unsafe fn gelu<S: Simd>(x: S::F) -> S::F {
    const END: f32 = 5.5;
    const FIT: [f32; 14] = [
        -1.721_853_7e-3,
        5.085_063_6e-3,
        -5.293_79e-3,
        5.201_61e-3,
        -1.234_432_1e-2,
        2.261_674_8e-2,
        -3.084_907e-2,
        4.015_769e-2,
        -5.186_437_4e-2,
        6.420_880_6e-2,
        -7.761_072e-2,
        9.547_243e-2,
        -0.128_343_94,
        0.257_103_9,
    ];
    unsafe {
        // In this order NaN stays NaN.
        let inside = S::max(S::splat(-END), S::min(S::splat(END), x));
        let at = S::fma(S::mul(inside, inside), S::splat(2.0 / (END * END)), S::splat(-1.0));
        let mut fit = S::splat(FIT[0]);
        let mut i = 1;
        while i < FIT.len() {
            fit = S::fma(fit, at, S::splat(FIT[i]));
            i += 1;
        }
        let erf = S::mul(inside, fit);
        let erf = S::max(S::splat(-1.0), S::min(S::splat(1.0), erf));
        let half = S::mul(x, S::splat(0.5));
        S::fma(half, erf, half)
    }
}

/// `1 / (1 + e⁻ˣ)`.
#[inline(always)]
pub(super) unsafe fn sigmoid<S: Simd>(x: S::F) -> S::F {
    unsafe {
        let one = S::splat(1.0);
        S::div(one, S::add(one, exp::<S>(S::sub(S::splat(0.0), x))))
    }
}

/// The approximate GELU, `x / 2 · (1 + tanh(√(2 / π) · (x + 0.044715 · x³)))`.
#[inline(always)]
pub(super) unsafe fn gelu_tanh<S: Simd>(x: S::F) -> S::F {
    // 1 + tanh(u) is twice the sigmoid of 2 · u.
    const TWICE: f32 = 1.595_769;
    unsafe {
        let cube = S::mul(S::mul(x, x), x);
        let inner = S::fma(cube, S::splat(0.044_715), x);
        S::mul(x, sigmoid::<S>(S::mul(inner, S::splat(TWICE))))
    }
}

/// The sum of the lanes.
#[inline(always)]
pub(super) unsafe fn sum<S: Simd>(x: S::F) -> f32 {
    let mut lanes = [0.0f32; 16];
    unsafe { S::store(lanes.as_mut_ptr(), x) };
    let mut width = S::LANES;
    while width > 1 {
        width /= 2;
        let mut i = 0;
        while i < width {
            lanes[i] += lanes[i + width];
            i += 1;
        }
    }
    lanes[0]
}

/// The smallest and the largest lane of two vectors.
#[inline(always)]
pub(super) unsafe fn ends<S: Simd>(low: S::F, high: S::F) -> (f32, f32) {
    let (mut lows, mut highs) = ([0.0f32; 16], [0.0f32; 16]);
    unsafe {
        S::store(lows.as_mut_ptr(), low);
        S::store(highs.as_mut_ptr(), high);
    }
    let (mut low, mut high) = (lows[0], highs[0]);
    let mut i = 1;
    while i < S::LANES {
        low = low.min(lows[i]);
        high = high.max(highs[i]);
        i += 1;
    }
    (low, high)
}

/// The smallest and the largest of `len` numbers and 0, and whether one of them is not finite.
#[inline(always)]
pub(super) unsafe fn range<S: Simd>(from: *const f32, len: usize) -> (f32, f32, bool) {
    let whole = len - len % S::LANES;
    unsafe {
        let zero = S::splat(0.0);
        let (mut lows, mut highs, mut nothing) = (zero, zero, zero);
        let mut i = 0;
        while i < whole {
            let x = S::load(from.add(i));
            (lows, highs) = (S::min(lows, x), S::max(highs, x));
            // Not a number from the first infinity or NaN on.
            nothing = S::fma(x, zero, nothing);
            i += S::LANES;
        }
        let (mut low, mut high) = ends::<S>(lows, highs);
        let mut broken = sum::<S>(nothing);
        while i < len {
            let x = *from.add(i);
            (low, high, broken) = (low.min(x), high.max(x), broken + x * 0.0);
            i += 1;
        }
        (low, high, broken != 0.0)
    }
}
