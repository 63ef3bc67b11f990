//! What the processor can do at best: vectors that never leave the registers.

use super::level::Level;
use super::memory::Aligned;
use super::simd::Simd;
use std::fmt;
use std::time::Instant;

/// Multiplications with addition a second, on one core.
#[derive(Debug, Clone, Copy)]
pub struct Peaks {
    /// Of `f32`.
    pub float: f64,
    /// Of `f32` with bfloat16 weights.
    pub upper: f64,
    /// Of quantised activations with int8 weights.
    pub int8: f64,
    /// Bytes that are read from memory, not multiplications.
    pub bytes: f64,
}

impl fmt::Display for Peaks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [int8, float, upper, bytes] =
            [self.int8, self.float, self.upper, self.bytes].map(|rate| rate / 1e9);
        write!(
            f,
            "peak {int8:.0} G int8, {float:.0} G f32 and {upper:.0} G bf16 multiplications a second and core, \
             {bytes:.1} GB a second from memory"
        )
    }
}

/// Chains that hide what an instruction takes; more would not fit sixteen registers.
const CHAINS: usize = 12;
/// Turns of a measurement, some milliseconds of work.
const TURNS: usize = 1 << 20;
const ROUNDS: usize = 7;
/// Bytes of a measurement, more than caches hold.
const STREAM: usize = 96 << 20;

impl Level {
    /// The best of some measurements, each some milliseconds long.
    pub fn peaks(&self) -> Peaks {
        let best = |turn: unsafe fn(usize) -> f32, each: usize| {
            // SAFETY: the turns are this level's, which was found on this processor.
            (0..ROUNDS).map(|_| unsafe { rate(turn, each) }).fold(0.0, f64::max)
        };
        Peaks {
            float: best(self.peak_float, self.lanes),
            upper: best(self.peak_upper, self.lanes),
            int8: best(self.peak_int8, self.lanes * self.depth),
            bytes: stream(),
        }
    }

    /// [`Peaks::int8`] as it is at this moment, a measurement of some milliseconds.
    pub fn int8_now(&self) -> f64 {
        // SAFETY: the level was found on this processor.
        unsafe { rate(self.peak_int8, self.lanes * self.depth) }
    }
}

/// Multiplications a second of one measurement.
///
/// # Safety
/// The instructions of `turn`'s level.
unsafe fn rate(turn: unsafe fn(usize) -> f32, each: usize) -> f64 {
    let begun = Instant::now();
    // SAFETY: as the caller promises.
    std::hint::black_box(unsafe { turn(std::hint::black_box(TURNS)) });
    (TURNS * CHAINS * each) as f64 / begun.elapsed().as_secs_f64()
}

/// Bytes a second that one core reads of what no cache holds.
fn stream() -> f64 {
    let mut numbers = Aligned::<f32>::zeros(STREAM / size_of::<f32>());
    numbers.fill(1.0);
    let sum = |numbers: &[f32]| {
        let mut sums = [0u32; 32];
        for part in numbers.as_chunks::<32>().0 {
            sums.iter_mut().zip(part).for_each(|(sum, x)| *sum = sum.wrapping_add(x.to_bits()));
        }
        sums.into_iter().fold(0, u32::wrapping_add)
    };
    let rate = || {
        let begun = Instant::now();
        std::hint::black_box(sum(std::hint::black_box(&numbers)));
        STREAM as f64 / begun.elapsed().as_secs_f64()
    };
    (0..ROUNDS).map(|_| rate()).fold(0.0, f64::max)
}

/// # Safety
/// The level's instructions.
#[inline(always)]
pub(super) unsafe fn float<S: Simd>(turns: usize) -> f32 {
    unsafe {
        let factor = S::splat(std::hint::black_box(0.5));
        let mut sums = [S::splat(1.0); CHAINS];
        for _ in 0..turns {
            let factor = std::hint::black_box(factor);
            for sum in &mut sums {
                *sum = S::fma(*sum, factor, factor);
            }
        }
        sums.into_iter().map(|sum| super::math::sum::<S>(sum)).sum()
    }
}

/// # Safety
/// The level's instructions.
#[inline(always)]
pub(super) unsafe fn upper<S: Simd>(turns: usize) -> f32 {
    let (activations, weights) = ([0.5f32; CHAINS / 2], [0x3f00u16; 64]);
    unsafe {
        let mut sums = [S::splat(1.0); CHAINS];
        for _ in 0..turns {
            // As in a tile: two vectors of weights are widened for all its rows.
            let from = std::hint::black_box(weights.as_ptr());
            let (low, high) = (S::load_upper(from), S::load_upper(from.add(S::LANES)));
            for (row, sums) in sums.as_chunks_mut::<2>().0.iter_mut().enumerate() {
                let own = S::splat(activations[row]);
                sums[0] = S::fma(own, low, sums[0]);
                sums[1] = S::fma(own, high, sums[1]);
            }
        }
        sums.into_iter().map(|sum| super::math::sum::<S>(sum)).sum()
    }
}

/// # Safety
/// The level's instructions.
#[inline(always)]
pub(super) unsafe fn int8<S: Simd>(turns: usize) -> f32 {
    let (activations, weights) = ([1u8; 64], [1i8; 128]);
    unsafe {
        let weights = std::hint::black_box(weights.as_ptr());
        let (low, high) = (S::weights(weights), S::weights(weights.add(64)));
        let mut sums = [S::zero(); CHAINS];
        for _ in 0..turns {
            // As in a tile: each row's activations meet two vectors of weights. Read anew, or it would be done once for all.
            let from = std::hint::black_box(activations.as_ptr());
            for (row, sums) in sums.as_chunks_mut::<2>().0.iter_mut().enumerate() {
                let own = S::spread(from.add(4 * row));
                sums[0] = S::dot(sums[0], own, low);
                sums[1] = S::dot(sums[1], own, high);
            }
        }
        sums.into_iter().map(|sum| super::math::sum::<S>(S::float(sum))).sum()
    }
}
