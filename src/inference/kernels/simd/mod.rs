//! What the kernels ask of a processor: vectors of `f32` and of `i32`, and the dot product of bytes.
//!
//! A kernel is written once, generic over [`Simd`], and compiled once for every level inside a function that enables the
//! level's instructions (`super::level`). Everything is `inline(always)`, so that no call is left that crosses from code with
//! those instructions to code without.

#[cfg(target_arch = "x86_64")]
pub(super) mod avx2;
#[cfg(target_arch = "x86_64")]
pub(super) mod avx512;
#[cfg(target_arch = "aarch64")]
pub(super) mod neon;
pub(super) mod portable;

/// How activations become whole numbers, so that a sum of products fits its 32 bits and every instruction its own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::inference::kernels) enum Steps {
    /// 0 to 255 with a zero in between, for dot products of bytes. Few steps, so only a group of neighbours shares a scale.
    Bytes,
    /// -2047 to 2047, a whole row (or 8,192 of it) with one scale. As good as exact beside int8 weights.
    Words,
}

impl Steps {
    /// Activations that share a scale.
    pub(in crate::inference::kernels) const fn group(self) -> usize {
        match self {
            Self::Bytes => 128,
            Self::Words => 8192,
        }
    }

    /// Bytes of an activation.
    pub(in crate::inference::kernels) const fn size(self) -> usize {
        match self {
            Self::Bytes => 1,
            Self::Words => 2,
        }
    }
}

/// What the bits of a half-precision number, moved to where a single-precision one has them, are multiplied with to be the same
/// number. Infinity and NaN, which have no exponent left for them, become numbers about 10⁵.
#[cfg_attr(target_arch = "x86_64", allow(dead_code, reason = "x86-64 has an instruction for it"))]
pub(super) const HALF_BIAS: f32 = f32::from_bits((127 + 127 - 15) << 23);

/// The instructions of one level.
///
/// # Safety
/// Every method needs the level's instructions to be there, and pointers to as many numbers as it says.
pub(in crate::inference::kernels) trait Simd: Copy + 'static {
    /// Some `f32`.
    type F: Copy;
    /// As many `i32`.
    type I: Copy;
    /// How many.
    const LANES: usize;
    /// Rows of a tile that the registers hold.
    const ROWS: usize;
    /// How activations are quantised.
    const STEPS: Steps;
    /// Activations and weights that one dot product takes.
    const DEPTH: usize;
    /// [`Self::DEPTH`] activations in all lanes.
    type A: Copy;
    /// [`Self::DEPTH`] weights for each lane.
    type W: Copy;

    /// The same number in all lanes.
    unsafe fn splat(x: f32) -> Self::F;
    /// [`Self::LANES`] numbers.
    unsafe fn load(from: *const f32) -> Self::F;
    /// Writes [`Self::LANES`] numbers.
    unsafe fn store(to: *mut f32, x: Self::F);
    /// `a + b`.
    unsafe fn add(a: Self::F, b: Self::F) -> Self::F;
    /// `a - b`.
    unsafe fn sub(a: Self::F, b: Self::F) -> Self::F;
    /// `a · b`.
    unsafe fn mul(a: Self::F, b: Self::F) -> Self::F;
    /// `a / b`.
    unsafe fn div(a: Self::F, b: Self::F) -> Self::F;
    /// The smaller one; `b` where either is not a number.
    unsafe fn min(a: Self::F, b: Self::F) -> Self::F;
    /// The larger one; `b` where either is not a number.
    unsafe fn max(a: Self::F, b: Self::F) -> Self::F;
    /// `a · b + c`.
    unsafe fn fma(a: Self::F, b: Self::F, c: Self::F) -> Self::F;
    /// The nearest integer, halves to the even one.
    unsafe fn round(x: Self::F) -> Self::F;
    /// `x · 2ⁿ` for whole `n` from -126 to 127.
    unsafe fn scale(x: Self::F, n: Self::F) -> Self::F;
    /// Writes [`Self::LANES`] whole numbers as [`Self::STEPS`] has them.
    unsafe fn store_steps(to: *mut u8, x: Self::F);

    /// Zeros.
    unsafe fn zero() -> Self::I;
    /// The same activations in all lanes.
    unsafe fn spread(from: *const u8) -> Self::A;
    /// The weights of all lanes.
    unsafe fn weights(from: *const i8) -> Self::W;
    /// For each lane `acc` plus the dot product of activations and weights.
    unsafe fn dot(acc: Self::I, activations: Self::A, weights: Self::W) -> Self::I;
    /// As `f32`.
    unsafe fn float(x: Self::I) -> Self::F;

    /// Says that what lies there will be read soon; it need not be there at all.
    unsafe fn prefetch(from: *const u8);

    /// Four columns of weights for each lane, a byte each: columns 0, 2, 1 and 3.
    type P: Copy;
    /// The same as words.
    type Q: Copy;

    /// [`Self::LANES`] times four bytes.
    unsafe fn packed(from: *const u8) -> Self::P;
    /// The lower half of every byte, or its upper one.
    unsafe fn nibbles<const UPPER: bool>(p: Self::P) -> Self::P;
    /// As words; bytes count as signed if `SIGNED`.
    unsafe fn widen<const SIGNED: bool>(p: Self::P) -> Self::Q;
    /// For each lane `acc` plus the products of the first or the second two of four activations, which are the same for all lanes,
    /// with its weights.
    unsafe fn dot_words<const SECOND: bool>(
        acc: Self::I,
        activations: *const i16,
        weights: Self::Q,
    ) -> Self::I;
    /// Writes [`Self::LANES`] whole numbers.
    unsafe fn store_words(to: *mut i16, x: Self::F);
    /// [`Self::LANES`] half-precision numbers.
    unsafe fn load_half(from: *const u16) -> Self::F;
    /// [`Self::LANES`] numbers of which only the upper halves are there (bfloat16).
    unsafe fn load_upper(from: *const u16) -> Self::F;
}
