//! x86-64 with AVX2 and FMA, and the same with the byte dot product of AVX-VNNI.
//!
//! Without it words are multiplied: `vpmaddwd` does as many products a cycle as `vpmaddubsw` and `vpmaddwd` together, is exact for
//! all activations, and the weights are widened once for all rows of a tile.

use super::{Simd, Steps};
use std::arch::x86_64::*;

/// Sixteen registers of eight lanes.
#[derive(Debug, Clone, Copy)]
pub(in crate::inference::kernels) struct Avx<const VNNI: bool>;

impl<const VNNI: bool> Simd for Avx<VNNI> {
    type F = __m256;
    type I = __m256i;
    const LANES: usize = 8;
    const ROWS: usize = 6;
    const STEPS: Steps = if VNNI { Steps::Bytes } else { Steps::Words };
    const DEPTH: usize = if VNNI { 4 } else { 2 };
    type A = __m256i;
    type W = __m256i;
    type P = __m256i;
    type Q = [__m256i; 2];

    #[inline(always)]
    unsafe fn splat(x: f32) -> Self::F {
        unsafe { _mm256_set1_ps(x) }
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self::F {
        unsafe { _mm256_loadu_ps(from) }
    }
    #[inline(always)]
    unsafe fn store(to: *mut f32, x: Self::F) {
        unsafe { _mm256_storeu_ps(to, x) }
    }
    #[inline(always)]
    unsafe fn add(a: Self::F, b: Self::F) -> Self::F {
        unsafe { _mm256_add_ps(a, b) }
    }
    #[inline(always)]
    unsafe fn sub(a: Self::F, b: Self::F) -> Self::F {
        unsafe { _mm256_sub_ps(a, b) }
    }
    #[inline(always)]
    unsafe fn mul(a: Self::F, b: Self::F) -> Self::F {
        unsafe { _mm256_mul_ps(a, b) }
    }
    #[inline(always)]
    unsafe fn div(a: Self::F, b: Self::F) -> Self::F {
        unsafe { _mm256_div_ps(a, b) }
    }
    #[inline(always)]
    unsafe fn min(a: Self::F, b: Self::F) -> Self::F {
        unsafe { _mm256_min_ps(a, b) }
    }
    #[inline(always)]
    unsafe fn max(a: Self::F, b: Self::F) -> Self::F {
        unsafe { _mm256_max_ps(a, b) }
    }
    #[inline(always)]
    unsafe fn fma(a: Self::F, b: Self::F, c: Self::F) -> Self::F {
        unsafe { _mm256_fmadd_ps(a, b, c) }
    }
    #[inline(always)]
    unsafe fn round(x: Self::F) -> Self::F {
        unsafe { _mm256_round_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(x) }
    }
    #[inline(always)]
    unsafe fn scale(x: Self::F, n: Self::F) -> Self::F {
        unsafe {
            let exponent = _mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127));
            _mm256_mul_ps(x, _mm256_castsi256_ps(_mm256_slli_epi32::<23>(exponent)))
        }
    }
    #[inline(always)]
    unsafe fn store_steps(to: *mut u8, x: Self::F) {
        unsafe {
            if !VNNI {
                return Self::store_words(to.cast(), x);
            }
            let wide = _mm256_cvtps_epi32(x);
            let (low, high) = (_mm256_castsi256_si128(wide), _mm256_extracti128_si256::<1>(wide));
            let half = _mm_packs_epi32(low, high);
            _mm_storel_epi64(to.cast(), _mm_packus_epi16(half, half));
        }
    }
    #[inline(always)]
    unsafe fn zero() -> Self::I {
        unsafe { _mm256_setzero_si256() }
    }
    #[inline(always)]
    unsafe fn spread(from: *const u8) -> Self::A {
        unsafe { _mm256_set1_epi32(from.cast::<i32>().read_unaligned()) }
    }
    #[inline(always)]
    unsafe fn weights(from: *const i8) -> Self::W {
        unsafe {
            if VNNI {
                _mm256_loadu_si256(from.cast())
            } else {
                _mm256_cvtepi8_epi16(_mm_loadu_si128(from.cast()))
            }
        }
    }
    #[inline(always)]
    unsafe fn dot(acc: Self::I, activations: Self::A, weights: Self::W) -> Self::I {
        unsafe {
            if VNNI {
                _mm256_dpbusd_avx_epi32(acc, activations, weights)
            } else {
                _mm256_add_epi32(acc, _mm256_madd_epi16(activations, weights))
            }
        }
    }
    #[inline(always)]
    unsafe fn float(x: Self::I) -> Self::F {
        unsafe { _mm256_cvtepi32_ps(x) }
    }
    #[inline(always)]
    unsafe fn prefetch(from: *const u8) {
        unsafe { _mm_prefetch::<_MM_HINT_T0>(from.cast()) }
    }
    #[inline(always)]
    unsafe fn packed(from: *const u8) -> Self::P {
        unsafe { _mm256_loadu_si256(from.cast()) }
    }
    #[inline(always)]
    unsafe fn nibbles<const UPPER: bool>(p: Self::P) -> Self::P {
        unsafe {
            let p = if UPPER { _mm256_srli_epi16::<4>(p) } else { p };
            _mm256_and_si256(p, _mm256_set1_epi8(15))
        }
    }
    #[inline(always)]
    unsafe fn widen<const SIGNED: bool>(p: Self::P) -> Self::Q {
        unsafe {
            if SIGNED {
                [_mm256_srai_epi16::<8>(_mm256_slli_epi16::<8>(p)), _mm256_srai_epi16::<8>(p)]
            } else {
                [_mm256_and_si256(p, _mm256_set1_epi16(255)), _mm256_srli_epi16::<8>(p)]
            }
        }
    }
    #[inline(always)]
    unsafe fn dot_words<const SECOND: bool>(
        acc: Self::I,
        activations: *const i16,
        weights: Self::Q,
    ) -> Self::I {
        let at = usize::from(SECOND);
        unsafe {
            let pair = _mm256_set1_epi32(activations.cast::<i32>().add(at).read_unaligned());
            if VNNI {
                _mm256_dpwssd_avx_epi32(acc, pair, weights[at])
            } else {
                _mm256_add_epi32(acc, _mm256_madd_epi16(pair, weights[at]))
            }
        }
    }
    #[inline(always)]
    unsafe fn store_words(to: *mut i16, x: Self::F) {
        unsafe {
            let wide = _mm256_cvtps_epi32(x);
            let (low, high) = (_mm256_castsi256_si128(wide), _mm256_extracti128_si256::<1>(wide));
            _mm_storeu_si128(to.cast(), _mm_packs_epi32(low, high));
        }
    }
    #[inline(always)]
    unsafe fn load_half(from: *const u16) -> Self::F {
        unsafe { _mm256_cvtph_ps(_mm_loadu_si128(from.cast())) }
    }
    #[inline(always)]
    unsafe fn load_upper(from: *const u16) -> Self::F {
        unsafe {
            let wide = _mm256_cvtepu16_epi32(_mm_loadu_si128(from.cast()));
            _mm256_castsi256_ps(_mm256_slli_epi32::<16>(wide))
        }
    }
}
