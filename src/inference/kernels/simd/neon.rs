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
    type P = [uint8x16_t; 2];
    type Q = [int16x8_t; 4];

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
        unsafe { Self::store_words(to.cast(), x) }
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
    #[inline(always)]
    unsafe fn prefetch(_: *const u8) {}
    #[inline(always)]
    unsafe fn packed(from: *const u8) -> Self::P {
        // Column by column: bytes 0, 4, 8, … are the first one.
        unsafe {
            let all = vld4_u8(from);
            [vcombine_u8(all.0, all.2), vcombine_u8(all.1, all.3)]
        }
    }
    #[inline(always)]
    unsafe fn nibbles<const UPPER: bool>(p: Self::P) -> Self::P {
        p.map(|p| unsafe { if UPPER { vshrq_n_u8::<4>(p) } else { vandq_u8(p, vdupq_n_u8(15)) } })
    }
    #[inline(always)]
    unsafe fn widen<const SIGNED: bool>(p: Self::P) -> Self::Q {
        let words = |x: uint8x8_t| unsafe {
            if SIGNED {
                vmovl_s8(vreinterpret_s8_u8(x))
            } else {
                vreinterpretq_s16_u16(vmovl_u8(x))
            }
        };
        unsafe {
            [
                words(vget_low_u8(p[0])),
                words(vget_high_u8(p[0])),
                words(vget_low_u8(p[1])),
                words(vget_high_u8(p[1])),
            ]
        }
    }
    #[inline(always)]
    unsafe fn dot_words<const SECOND: bool>(
        acc: Self::I,
        activations: *const i16,
        weights: Self::Q,
    ) -> Self::I {
        let at = 2 * usize::from(SECOND);
        unsafe {
            let (x, y) = (*activations.add(at), *activations.add(at + 1));
            let low = vmlal_n_s16(acc[0], vget_low_s16(weights[at]), x);
            let high = vmlal_high_n_s16(acc[1], weights[at], x);
            let low = vmlal_n_s16(low, vget_low_s16(weights[at + 1]), y);
            [low, vmlal_high_n_s16(high, weights[at + 1], y)]
        }
    }
    #[inline(always)]
    unsafe fn store_words(to: *mut i16, x: Self::F) {
        unsafe {
            let (low, high) = (vcvtnq_s32_f32(x[0]), vcvtnq_s32_f32(x[1]));
            vst1q_s16(to, vcombine_s16(vqmovn_s32(low), vqmovn_s32(high)));
        }
    }
    #[inline(always)]
    unsafe fn load_half(from: *const u16) -> Self::F {
        // The exponent moves to its place with another bias, which a product makes good, of subnormal numbers too.
        let wide = |h: uint16x4_t| unsafe {
            let h = vmovl_u16(h);
            let size = vshlq_n_u32::<13>(vandq_u32(h, vdupq_n_u32(0x7fff)));
            let sign = vshlq_n_u32::<16>(vandq_u32(h, vdupq_n_u32(0x8000)));
            let size = vmulq_n_f32(vreinterpretq_f32_u32(size), super::HALF_BIAS);
            vreinterpretq_f32_u32(vorrq_u32(vreinterpretq_u32_f32(size), sign))
        };
        unsafe {
            let h = vld1q_u16(from);
            [wide(vget_low_u16(h)), wide(vget_high_u16(h))]
        }
    }
    #[inline(always)]
    unsafe fn load_upper(from: *const u16) -> Self::F {
        unsafe {
            let h = vld1q_u16(from);
            let wide = |h: uint16x4_t| vreinterpretq_f32_u32(vshlq_n_u32::<16>(vmovl_u16(h)));
            [wide(vget_low_u16(h)), wide(vget_high_u16(h))]
        }
    }
}
