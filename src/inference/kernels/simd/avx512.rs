//! x86-64 with AVX-512 and its byte dot product (VNNI).

use super::{Simd, Steps};
use std::arch::x86_64::*;

/// Thirty-two registers of sixteen lanes.
#[derive(Debug, Clone, Copy)]
pub(in crate::inference::kernels) struct Avx512;

impl Simd for Avx512 {
    type F = __m512;
    type I = __m512i;
    const LANES: usize = 16;
    const ROWS: usize = 12;
    const STEPS: Steps = Steps::Bytes;
    const DEPTH: usize = 4;
    type A = __m512i;
    type W = __m512i;
    type P = __m512i;
    type Q = [__m512i; 2];

    #[inline(always)]
    unsafe fn splat(x: f32) -> Self::F {
        unsafe { _mm512_set1_ps(x) }
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self::F {
        unsafe { _mm512_loadu_ps(from) }
    }
    #[inline(always)]
    unsafe fn store(to: *mut f32, x: Self::F) {
        unsafe { _mm512_storeu_ps(to, x) }
    }
    #[inline(always)]
    unsafe fn add(a: Self::F, b: Self::F) -> Self::F {
        unsafe { _mm512_add_ps(a, b) }
    }
    #[inline(always)]
    unsafe fn sub(a: Self::F, b: Self::F) -> Self::F {
        unsafe { _mm512_sub_ps(a, b) }
    }
    #[inline(always)]
    unsafe fn mul(a: Self::F, b: Self::F) -> Self::F {
        unsafe { _mm512_mul_ps(a, b) }
    }
    #[inline(always)]
    unsafe fn div(a: Self::F, b: Self::F) -> Self::F {
        unsafe { _mm512_div_ps(a, b) }
    }
    #[inline(always)]
    unsafe fn min(a: Self::F, b: Self::F) -> Self::F {
        unsafe { _mm512_min_ps(a, b) }
    }
    #[inline(always)]
    unsafe fn max(a: Self::F, b: Self::F) -> Self::F {
        unsafe { _mm512_max_ps(a, b) }
    }
    #[inline(always)]
    unsafe fn fma(a: Self::F, b: Self::F, c: Self::F) -> Self::F {
        unsafe { _mm512_fmadd_ps(a, b, c) }
    }
    #[inline(always)]
    unsafe fn round(x: Self::F) -> Self::F {
        unsafe { _mm512_roundscale_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(x) }
    }
    #[inline(always)]
    unsafe fn scale(x: Self::F, n: Self::F) -> Self::F {
        unsafe { _mm512_scalef_ps(x, n) }
    }
    #[inline(always)]
    unsafe fn store_steps(to: *mut u8, x: Self::F) {
        unsafe { _mm_storeu_si128(to.cast(), _mm512_cvtusepi32_epi8(_mm512_cvtps_epi32(x))) }
    }
    #[inline(always)]
    unsafe fn zero() -> Self::I {
        unsafe { _mm512_setzero_si512() }
    }
    #[inline(always)]
    unsafe fn spread(from: *const u8) -> Self::A {
        unsafe { _mm512_set1_epi32(from.cast::<i32>().read_unaligned()) }
    }
    #[inline(always)]
    unsafe fn weights(from: *const i8) -> Self::W {
        unsafe { _mm512_loadu_si512(from.cast()) }
    }
    #[inline(always)]
    unsafe fn dot(acc: Self::I, activations: Self::A, weights: Self::W) -> Self::I {
        unsafe { _mm512_dpbusd_epi32(acc, activations, weights) }
    }
    #[inline(always)]
    unsafe fn float(x: Self::I) -> Self::F {
        unsafe { _mm512_cvtepi32_ps(x) }
    }
    #[inline(always)]
    unsafe fn prefetch(from: *const u8) {
        unsafe { _mm_prefetch::<_MM_HINT_T0>(from.cast()) }
    }
    #[inline(always)]
    unsafe fn packed(from: *const u8) -> Self::P {
        unsafe { _mm512_loadu_si512(from.cast()) }
    }
    #[inline(always)]
    unsafe fn nibbles<const UPPER: bool>(p: Self::P) -> Self::P {
        unsafe {
            let p = if UPPER { _mm512_srli_epi16::<4>(p) } else { p };
            _mm512_and_si512(p, _mm512_set1_epi8(15))
        }
    }
    #[inline(always)]
    unsafe fn widen<const SIGNED: bool>(p: Self::P) -> Self::Q {
        unsafe {
            if SIGNED {
                [_mm512_srai_epi16::<8>(_mm512_slli_epi16::<8>(p)), _mm512_srai_epi16::<8>(p)]
            } else {
                [_mm512_and_si512(p, _mm512_set1_epi16(255)), _mm512_srli_epi16::<8>(p)]
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
            let pair = _mm512_set1_epi32(activations.cast::<i32>().add(at).read_unaligned());
            _mm512_dpwssd_epi32(acc, pair, weights[at])
        }
    }
    #[inline(always)]
    unsafe fn store_words(to: *mut i16, x: Self::F) {
        unsafe { _mm256_storeu_si256(to.cast(), _mm512_cvtsepi32_epi16(_mm512_cvtps_epi32(x))) }
    }
    #[inline(always)]
    unsafe fn load_half(from: *const u16) -> Self::F {
        unsafe { _mm512_cvtph_ps(_mm256_loadu_si256(from.cast())) }
    }
    #[inline(always)]
    unsafe fn load_upper(from: *const u16) -> Self::F {
        unsafe {
            let wide = _mm512_cvtepu16_epi32(_mm256_loadu_si256(from.cast()));
            _mm512_castsi512_ps(_mm512_slli_epi32::<16>(wide))
        }
    }
}
