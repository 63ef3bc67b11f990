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
    type P = [[u8; 4]; LANES];
    type Q = [[i16; 4]; LANES];

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
        // SAFETY: the caller has that much room there.
        unsafe {
            if BYTES {
                to.cast::<[u8; LANES]>().write(x.map(|x| x as u8));
            } else {
                Self::store_words(to.cast(), x);
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
    #[inline(always)]
    unsafe fn prefetch(_: *const u8) {}
    #[inline(always)]
    unsafe fn packed(from: *const u8) -> Self::P {
        // SAFETY: the caller has four bytes a lane there.
        unsafe { from.cast::<Self::P>().read_unaligned() }
    }
    #[inline(always)]
    unsafe fn nibbles<const UPPER: bool>(p: Self::P) -> Self::P {
        p.map(|four| four.map(|byte| if UPPER { byte >> 4 } else { byte & 15 }))
    }
    #[inline(always)]
    unsafe fn widen<const SIGNED: bool>(p: Self::P) -> Self::Q {
        let word = |byte: u8| if SIGNED { i16::from(byte as i8) } else { i16::from(byte) };
        p.map(|[first, third, second, fourth]| [first, second, third, fourth].map(word))
    }
    #[inline(always)]
    unsafe fn dot_words<const SECOND: bool>(
        acc: Self::I,
        activations: *const i16,
        weights: Self::Q,
    ) -> Self::I {
        let at = 2 * usize::from(SECOND);
        // SAFETY: the caller has four activations there.
        let x = unsafe { activations.add(at).cast::<[i16; 2]>().read_unaligned() };
        let x = x.map(i32::from);
        std::array::from_fn(|lane| {
            let w = weights[lane];
            acc[lane] + x[0] * i32::from(w[at]) + x[1] * i32::from(w[at + 1])
        })
    }
    #[inline(always)]
    unsafe fn store_words(to: *mut i16, x: Self::F) {
        // SAFETY: the caller has that much room there.
        unsafe { to.cast::<[i16; LANES]>().write_unaligned(x.map(|x| x as i16)) }
    }
    #[inline(always)]
    unsafe fn load_half(from: *const u16) -> Self::F {
        // SAFETY: the caller has that many numbers there.
        let halves = unsafe { from.cast::<[u16; LANES]>().read_unaligned() };
        halves.map(|h| {
            let size = f32::from_bits(u32::from(h & 0x7fff) << 13) * super::HALF_BIAS;
            if h & 0x8000 == 0 { size } else { -size }
        })
    }
    #[inline(always)]
    unsafe fn load_upper(from: *const u16) -> Self::F {
        // SAFETY: the caller has that many numbers there.
        let uppers = unsafe { from.cast::<[u16; LANES]>().read_unaligned() };
        uppers.map(|upper| f32::from_bits(u32::from(upper) << 16))
    }
}
