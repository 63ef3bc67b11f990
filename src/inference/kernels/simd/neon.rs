//! AArch64: NEON, which every such processor has.
//!
//! Words are multiplied: four products to 32 bits in one instruction, as many as `f32` has, with a quarter of the memory. The
//! dot product of bytes is not yet in stable Rust.

use super::{Simd, Steps};
use std::arch::aarch64::*;

/// Thirty-two registers of four lanes, two of them at a time.
#[derive(Debug, Clone, Copy)]
pub(in crate::inference::kernels) struct Neon;

#[inline(always)]
fn both(
    a: [float32x4_t; 2],
    b: [float32x4_t; 2],
    f: impl Fn(float32x4_t, float32x4_t) -> float32x4_t,
) -> [float32x4_t; 2] {
    [f(a[0], b[0]), f(a[1], b[1])]
}

impl Simd for Neon {
    type F = [float32x4_t; 2];
    type I = [int32x4_t; 2];
    const LANES: usize = 8;
    const ROWS: usize = 6;
    const STEPS: Steps = Steps::Words;
    const DEPTH: usize = 1;
    type A = int16x8_t;
    type W = int16x8_t;

    #[inline(always)]
    unsafe fn splat(x: f32) -> Self::F {
        unsafe { [vdupq_n_f32(x); 2] }
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self::F {
        unsafe { [vld1q_f32(from), vld1q_f32(from.add(4))] }
    }
    #[inline(always)]
    unsafe fn store(to: *mut f32, x: Self::F) {
        unsafe {
            vst1q_f32(to, x[0]);
            vst1q_f32(to.add(4), x[1]);
        }
    }
    #[inline(always)]
    unsafe fn add(a: Self::F, b: Self::F) -> Self::F {
        both(a, b, |a, b| unsafe { vaddq_f32(a, b) })
    }
    #[inline(always)]
    unsafe fn sub(a: Self::F, b: Self::F) -> Self::F {
        both(a, b, |a, b| unsafe { vsubq_f32(a, b) })
    }
    #[inline(always)]
    unsafe fn mul(a: Self::F, b: Self::F) -> Self::F {
        both(a, b, |a, b| unsafe { vmulq_f32(a, b) })
    }
    #[inline(always)]
    unsafe fn div(a: Self::F, b: Self::F) -> Self::F {
        both(a, b, |a, b| unsafe { vdivq_f32(a, b) })
    }
    #[inline(always)]
    unsafe fn min(a: Self::F, b: Self::F) -> Self::F {
        both(a, b, |a, b| unsafe { vbslq_f32(vcltq_f32(a, b), a, b) })
    }
    #[inline(always)]
    unsafe fn max(a: Self::F, b: Self::F) -> Self::F {
        both(a, b, |a, b| unsafe { vbslq_f32(vcgtq_f32(a, b), a, b) })
    }
    #[inline(always)]
    unsafe fn fma(a: Self::F, b: Self::F, c: Self::F) -> Self::F {
        unsafe { [vfmaq_f32(c[0], a[0], b[0]), vfmaq_f32(c[1], a[1], b[1])] }
    }
    #[inline(always)]
    unsafe fn round(x: Self::F) -> Self::F {
        unsafe { [vrndnq_f32(x[0]), vrndnq_f32(x[1])] }
    }
    #[inline(always)]
    unsafe fn scale(x: Self::F, n: Self::F) -> Self::F {
        both(x, n, |x, n| unsafe {
            let exponent = vaddq_s32(vcvtnq_s32_f32(n), vdupq_n_s32(127));
            vmulq_f32(x, vreinterpretq_f32_s32(vshlq_n_s32::<23>(exponent)))
        })
    }
    #[inline(always)]
    unsafe fn store_steps(to: *mut u8, x: Self::F) {
        unsafe {
            let (low, high) = (vcvtnq_s32_f32(x[0]), vcvtnq_s32_f32(x[1]));
            vst1q_s16(to.cast(), vcombine_s16(vqmovn_s32(low), vqmovn_s32(high)));
        }
    }
    #[inline(always)]
    unsafe fn zero() -> Self::I {
        unsafe { [vdupq_n_s32(0); 2] }
    }
    #[inline(always)]
    unsafe fn spread(from: *const u8) -> Self::A {
        unsafe { vdupq_n_s16(from.cast::<i16>().read_unaligned()) }
    }
    #[inline(always)]
    unsafe fn weights(from: *const i8) -> Self::W {
        unsafe { vmovl_s8(vld1_s8(from)) }
    }
    #[inline(always)]
    unsafe fn dot(acc: Self::I, activations: Self::A, weights: Self::W) -> Self::I {
        unsafe {
            let low = vmlal_s16(acc[0], vget_low_s16(activations), vget_low_s16(weights));
            [low, vmlal_high_s16(acc[1], activations, weights)]
        }
    }
    #[inline(always)]
    unsafe fn float(x: Self::I) -> Self::F {
        unsafe { [vcvtq_f32_s32(x[0]), vcvtq_f32_s32(x[1])] }
    }
}
