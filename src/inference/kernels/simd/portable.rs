//! Plain Rust, for processors without a level of their own, for Miri, and as what the others are compared with.

use super::{Simd, Steps};

/// Eight lanes, which compilers map to what there is. With words; with bytes for the tests alone, so that the arithmetic of
/// processors with dot products of bytes is tested on all others too.
#[derive(Debug, Clone, Copy)]
pub(in crate::inference::kernels) struct Portable<const BYTES: bool>;

const LANES: usize = 8;

#[inline(always)]
fn each(f: impl Fn(usize) -> f32) -> [f32; LANES] {
    std::array::from_fn(f)
}

impl<const BYTES: bool> Simd for Portable<BYTES> {
    type F = [f32; LANES];
    type I = [i32; LANES];
    const LANES: usize = LANES;
    const ROWS: usize = 4;
    const STEPS: Steps = if BYTES { Steps::Bytes } else { Steps::Words };
    const DEPTH: usize = 1;
    type A = i32;
    type W = [i8; LANES];

    #[inline(always)]
    unsafe fn splat(x: f32) -> Self::F {
        [x; LANES]
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self::F {
        // SAFETY: the caller has that many numbers there.
        unsafe { from.cast::<Self::F>().read_unaligned() }
    }
    #[inline(always)]
    unsafe fn store(to: *mut f32, x: Self::F) {
        // SAFETY: the caller has that much room there.
        unsafe { to.cast::<Self::F>().write_unaligned(x) }
    }
    #[inline(always)]
    unsafe fn add(a: Self::F, b: Self::F) -> Self::F {
        each(|i| a[i] + b[i])
    }
    #[inline(always)]
    unsafe fn sub(a: Self::F, b: Self::F) -> Self::F {
        each(|i| a[i] - b[i])
    }
    #[inline(always)]
    unsafe fn mul(a: Self::F, b: Self::F) -> Self::F {
        each(|i| a[i] * b[i])
    }
    #[inline(always)]
    unsafe fn div(a: Self::F, b: Self::F) -> Self::F {
        each(|i| a[i] / b[i])
    }
    #[inline(always)]
    unsafe fn min(a: Self::F, b: Self::F) -> Self::F {
        each(|i| if a[i] < b[i] { a[i] } else { b[i] })
    }
    #[inline(always)]
    unsafe fn max(a: Self::F, b: Self::F) -> Self::F {
        each(|i| if a[i] > b[i] { a[i] } else { b[i] })
    }
    #[inline(always)]
    unsafe fn fma(a: Self::F, b: Self::F, c: Self::F) -> Self::F {
        each(|i| a[i] * b[i] + c[i])
    }
    #[inline(always)]
    unsafe fn round(x: Self::F) -> Self::F {
        each(|i| x[i].round_ties_even())
    }
    #[inline(always)]
    unsafe fn scale(x: Self::F, n: Self::F) -> Self::F {
        each(|i| x[i] * f32::from_bits(((n[i] as i32 + 127) as u32) << 23))
    }
    #[inline(always)]
    unsafe fn store_steps(to: *mut u8, x: Self::F) {
        for (i, x) in x.into_iter().enumerate() {
            // SAFETY: the caller has that much room there.
            unsafe {
                if BYTES {
                    *to.add(i) = x as u8;
                } else {
                    to.cast::<i16>().add(i).write_unaligned(x as i16);
                }
            }
        }
    }
    #[inline(always)]
    unsafe fn zero() -> Self::I {
        [0; LANES]
    }
    #[inline(always)]
    unsafe fn spread(from: *const u8) -> Self::A {
        // SAFETY: the caller has an activation there.
        unsafe {
            if BYTES { i32::from(*from) } else { i32::from(from.cast::<i16>().read_unaligned()) }
        }
    }
    #[inline(always)]
    unsafe fn weights(from: *const i8) -> Self::W {
        // SAFETY: the caller has a weight a lane there.
        unsafe { from.cast::<Self::W>().read_unaligned() }
    }
    #[inline(always)]
    unsafe fn dot(acc: Self::I, activations: Self::A, weights: Self::W) -> Self::I {
        std::array::from_fn(|lane| acc[lane] + activations * i32::from(weights[lane]))
    }
    #[inline(always)]
    unsafe fn float(x: Self::I) -> Self::F {
        each(|i| x[i] as f32)
    }
}
