//! Which instructions the processor has. A binary built for any x86-64 or AArch64 picks the best when it first needs them.

use super::attention::{self, Heads, Scratch};
use super::block::{self, BlockMatrix, Rows, Words};
use super::float::{self, FloatMatrix};
use super::int8::{self, Int8Matrix, Quantised};
use super::norm::{self, Gate};
use super::paged::{self, Paged};
use super::peak;
use super::simd::portable::Portable;
use super::simd::{Simd, Steps};
use super::tile::Target;
use std::ops::Range;
use std::sync::LazyLock;

/// The kernels, compiled for some instructions. Who holds one has them: there is no way to a level that the processor lacks.
#[derive(Debug)]
pub struct Level {
    /// Its name.
    pub name: &'static str,
    pub(super) lanes: usize,
    /// How activations are quantised.
    pub(super) steps: Steps,
    /// Columns of weights that lie side by side.
    pub(super) depth: usize,
    pub(super) int8: unsafe fn(&Int8Matrix, &Quantised, &Target<'_>),
    pub(super) quantise: unsafe fn(&mut Quantised, &[f32]),
    pub(super) float: unsafe fn(&FloatMatrix, &[f32], &Target<'_>),
    pub(super) layer_norm: unsafe fn(&mut [f32], &[f32], &[f32], f32),
    pub(super) attend: unsafe fn(&Heads<'_>, Range<usize>, &mut [f32], &mut Scratch),
    pub(super) block: unsafe fn(&BlockMatrix, &Words, &Target<'_>, Range<usize>),
    pub(super) words: unsafe fn(&Rows, &[f32], Range<usize>),
    pub(super) rms_norm: unsafe fn(&[f32], &[f32], f32, &mut [f32]),
    pub(super) gate: unsafe fn(Gate, &[f32], usize, &mut [f32]),
    pub(super) paged: unsafe fn(&Paged<'_>, usize, Range<usize>, *mut f32, *mut f32),
    pub(super) peak_float: unsafe fn(usize) -> f32,
    pub(super) peak_upper: unsafe fn(usize) -> f32,
    pub(super) peak_int8: unsafe fn(usize) -> f32,
}

impl Level {
    /// The best one of this processor.
    pub fn best() -> &'static Self {
        static BEST: LazyLock<&Level> = LazyLock::new(|| Level::all()[0]);
        *BEST
    }

    /// All that this processor has, the best one first; the last one is portable.
    pub fn all() -> Vec<&'static Self> {
        let mut all: Vec<&'static Self> = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            use std::arch::is_x86_feature_detected as has;
            let avx2 = has!("avx2") && has!("fma") && has!("f16c");
            let wide =
                has!("avx512f") && has!("avx512bw") && has!("avx512vl") && has!("avx512vnni");
            if avx2 && wide {
                all.push(&AVX512);
            }
            if avx2 && has!("avxvnni") {
                all.push(&AVX_VNNI);
            }
            if avx2 {
                all.push(&AVX2);
            }
        }
        #[cfg(target_arch = "aarch64")]
        all.push(&NEON);
        all.push(&PORTABLE);
        #[cfg(test)]
        all.push(&PORTABLE_BYTES);
        all
    }

    /// Names how activations are quantised beside int8 weights: results differ a little from one such way to another, and are
    /// the same up to rounding within one.
    pub fn arithmetic(&self) -> &'static str {
        match self.steps {
            Steps::Bytes => "int8-bytes",
            Steps::Words => "int8-words",
        }
    }

    /// Rows of weights that lie side by side.
    pub(super) fn panel(&self) -> usize {
        2 * self.lanes
    }
}

/// Compiles the kernels inside functions that enable a level's instructions.
macro_rules! level {
    ($table:ident, $module:ident, $name:literal, $simd:ty $(, $feature:literal)*) => {
        mod $module {
            use super::*;

            $(#[target_feature(enable = $feature)])*
            unsafe fn int8_apply(w: &Int8Matrix, x: &Quantised, target: &Target<'_>) {
                unsafe { int8::apply::<$simd>(w, x, target) }
            }
            $(#[target_feature(enable = $feature)])*
            unsafe fn quantise(q: &mut Quantised, x: &[f32]) {
                unsafe { int8::quantise::<$simd>(q, x) }
            }
            $(#[target_feature(enable = $feature)])*
            unsafe fn float_apply(w: &FloatMatrix, x: &[f32], target: &Target<'_>) {
                unsafe { float::apply::<$simd>(w, x, target) }
            }
            $(#[target_feature(enable = $feature)])*
            unsafe fn layer_norm(x: &mut [f32], weight: &[f32], bias: &[f32], epsilon: f32) {
                unsafe { norm::layer_norm::<$simd>(x, weight, bias, epsilon) }
            }
            $(#[target_feature(enable = $feature)])*
            unsafe fn attend(
                heads: &Heads<'_>,
                of: Range<usize>,
                out: &mut [f32],
                scratch: &mut Scratch,
            ) {
                unsafe { attention::attend::<$simd>(heads, of, out, scratch) }
            }
            $(#[target_feature(enable = $feature)])*
            unsafe fn block_apply(
                w: &BlockMatrix,
                x: &Words,
                target: &Target<'_>,
                panels: Range<usize>,
            ) {
                unsafe { block::apply::<$simd>(w, x, target, panels) }
            }
            $(#[target_feature(enable = $feature)])*
            unsafe fn words(to: &Rows, x: &[f32], rows: Range<usize>) {
                unsafe { block::words::<$simd>(to, x, rows) }
            }
            $(#[target_feature(enable = $feature)])*
            unsafe fn rms_norm(x: &[f32], weight: &[f32], epsilon: f32, out: &mut [f32]) {
                unsafe { norm::rms_norm::<$simd>(x, weight, epsilon, out) }
            }
            $(#[target_feature(enable = $feature)])*
            unsafe fn gate(gate: Gate, x: &[f32], cols: usize, out: &mut [f32]) {
                unsafe { norm::gate::<$simd>(gate, x, cols, out) }
            }
            $(#[target_feature(enable = $feature)])*
            unsafe fn paged(
                of: &Paged<'_>,
                head: usize,
                tokens: Range<usize>,
                out: *mut f32,
                scratch: *mut f32,
            ) {
                unsafe { paged::attend::<$simd>(of, head, tokens, out, scratch) }
            }

            $(#[target_feature(enable = $feature)])*
            unsafe fn peak_float(turns: usize) -> f32 {
                unsafe { peak::float::<$simd>(turns) }
            }
            $(#[target_feature(enable = $feature)])*
            unsafe fn peak_upper(turns: usize) -> f32 {
                unsafe { peak::upper::<$simd>(turns) }
            }
            $(#[target_feature(enable = $feature)])*
            unsafe fn peak_int8(turns: usize) -> f32 {
                unsafe { peak::int8::<$simd>(turns) }
            }

            pub(super) static TABLE: Level = Level {
                name: $name,
                lanes: <$simd as Simd>::LANES,
                steps: <$simd as Simd>::STEPS,
                depth: <$simd as Simd>::DEPTH,
                int8: int8_apply,
                quantise,
                float: float_apply,
                layer_norm,
                attend,
                block: block_apply,
                words,
                rms_norm,
                gate,
                paged,
                peak_float,
                peak_upper,
                peak_int8,
            };
        }
        use $module::TABLE as $table;
    };
}

#[cfg(target_arch = "aarch64")]
level!(NEON, neon, "neon", super::super::simd::neon::Neon, "neon");
level!(PORTABLE, portable, "portable", Portable<false>);
#[cfg(test)]
level!(PORTABLE_BYTES, portable_bytes, "portable, bytes", Portable<true>);
#[cfg(target_arch = "x86_64")]
level!(AVX2, avx2, "avx2", super::super::simd::avx2::Avx<false>, "avx2,fma,f16c");
#[cfg(target_arch = "x86_64")]
level!(
    AVX_VNNI,
    avx_vnni,
    "avx-vnni",
    super::super::simd::avx2::Avx<true>,
    "avx2,fma,f16c,avxvnni"
);
#[cfg(target_arch = "x86_64")]
level!(
    AVX512,
    avx512,
    "avx512-vnni",
    super::super::simd::avx512::Avx512,
    "avx2,fma,f16c,avx512f,avx512bw,avx512vl,avx512vnni"
);
