//! Attention of one head, without the matrix of all scores.
//!
//! A block of queries lies side by side in the lanes and walks over the keys, so that maximum, sum and weighting of a query never
//! leave its lane, and keys and values are read where they are. Keys come in parts; sums of earlier parts are scaled down when
//! a larger score appears (Dao et al. 2022, "FlashAttention"; Milakov and Gimelshein 2018).

use super::level::Level;
use super::math;
use super::memory::Aligned;
use super::simd::Simd;
use super::tile;
use std::ops::Range;

/// Keys of a part: their scores stay in the first-level cache.
const PART: usize = 128;

/// Queries, keys and values of some heads, a row a token.
#[derive(Debug, Clone, Copy)]
pub struct Heads<'a> {
    /// Rows of queries, keys and values, all of this width.
    pub rows: &'a [f32],
    /// Numbers of a row.
    pub stride: usize,
    /// Where the first head's query, key and value begin in a row.
    pub at: [usize; 3],
    /// Numbers of a head.
    pub size: usize,
    /// How many heads.
    pub heads: usize,
    /// How far before and after itself a token sees.
    pub reach: [usize; 2],
}

impl Heads<'_> {
    /// The tokens that some tokens see.
    fn seen(&self, of: &Range<usize>) -> Range<usize> {
        let [before, after] = self.reach;
        let tokens = self.rows.len() / self.stride;
        of.start.saturating_sub(before)..of.end.saturating_add(after).min(tokens)
    }
}

/// Where keys and values of one head lie.
struct Seen {
    keys: *const f32,
    values: *const f32,
    /// From one token to the next.
    stride: usize,
}

/// Memory of a call, kept for the next one.
#[derive(Debug, Default)]
pub struct Scratch(pub(super) Aligned<f32>);

impl Level {
    /// Memory for attention of any of these rows to any of them.
    pub fn reserve(&self, heads: &Heads<'_>, scratch: &mut Scratch) {
        let tokens = heads.rows.len() / heads.stride;
        scratch.0.grow(self.panel() * (PART + 2 * heads.size) + 2 * tokens * heads.size);
    }

    /// For the tokens in `of` the mixed values of all heads side by side.
    ///
    /// # Panics
    /// If rows are not whole, a head lies outside of its row, `of` outside of the rows, or `out` has not one row for each.
    pub fn attend(
        &self,
        heads: &Heads<'_>,
        of: Range<usize>,
        out: &mut [f32],
        scratch: &mut Scratch,
    ) {
        let width = heads.heads.checked_mul(heads.size).expect("heads that fit an address");
        assert!(heads.stride > 0 && heads.rows.len().is_multiple_of(heads.stride), "whole rows");
        assert!(heads.at.iter().all(|at| at + width <= heads.stride), "heads inside of a row");
        assert!(
            of.start <= of.end && of.end * heads.stride <= heads.rows.len(),
            "tokens there are"
        );
        assert_eq!(out.len(), of.len() * width, "room for the results");
        self.reserve(heads, scratch);
        // SAFETY: the level was found on this processor; sizes were checked above.
        unsafe { (self.attend)(heads, of, out, scratch) }
    }
}

/// # Safety
/// The level's instructions; sizes as [`Level::attend`] checks them.
#[inline(always)]
pub(super) unsafe fn attend<S: Simd>(
    heads: &Heads<'_>,
    of: Range<usize>,
    out: &mut [f32],
    scratch: &mut Scratch,
) {
    let (width, lanes) = (heads.heads * heads.size, 2 * S::LANES);
    for head in 0..heads.heads {
        unsafe {
            let seen = seen::<S>(heads, head, &of, scratch.0.as_mut_ptr());
            let mut first = of.start;
            while first < of.end {
                let n = lanes.min(of.end - first);
                let to = out.as_mut_ptr().add((first - of.start) * width + head * heads.size);
                block::<S>(heads, head, &seen, first, n, to, scratch.0.as_mut_ptr());
                first += n;
            }
        }
    }
}

/// Keys and values of a head: where they are, or for several blocks of queries a copy that spans few pages of memory.
#[inline(always)]
unsafe fn seen<S: Simd>(
    heads: &Heads<'_>,
    head: usize,
    of: &Range<usize>,
    scratch: *mut f32,
) -> Seen {
    let (size, stride, lanes) = (heads.size, heads.stride, 2 * S::LANES);
    unsafe {
        let rows = heads.rows.as_ptr().add(head * size);
        let (keys, values) = (rows.add(heads.at[1]), rows.add(heads.at[2]));
        if of.len() <= lanes {
            return Seen { keys, values, stride };
        }
        let seen = heads.seen(of);
        let copy = scratch.add(lanes * (PART + 2 * size));
        let copies = [copy, copy.add(seen.len() * size)];
        for (i, token) in seen.clone().enumerate() {
            for (from, to) in [keys, values].into_iter().zip(copies) {
                std::ptr::copy_nonoverlapping(from.add(token * stride), to.add(i * size), size);
            }
        }
        let [keys, values] = copies.map(|copy| copy.cast_const().wrapping_sub(seen.start * size));
        Seen { keys, values, stride: size }
    }
}

/// `n` queries from `first` on, at most one in each lane.
#[inline(always)]
unsafe fn block<S: Simd>(
    heads: &Heads<'_>,
    head: usize,
    seen: &Seen,
    first: usize,
    n: usize,
    out: *mut f32,
    scratch: *mut f32,
) {
    let (size, stride, lanes) = (heads.size, heads.stride, 2 * S::LANES);
    let tokens = heads.rows.len() / stride;
    let [before, after] = heads.reach;
    unsafe {
        let query = heads.rows.as_ptr().add(heads.at[0] + head * size);
        // Size × lanes: the queries; parts × lanes: scores; size × lanes: results.
        let (turned, scores) = (scratch, scratch.add(size * lanes));
        let mixed = scores.add(PART * lanes);
        let scale = 1.0 / (size as f32).sqrt();
        for lane in 0..lanes {
            for d in 0..size {
                let x =
                    if lane < n { *query.add((first + lane) * stride + d) * scale } else { 0.0 };
                *turned.add(d * lanes + lane) = x;
            }
        }
        for i in 0..2 * size {
            S::store(mixed.add(i * S::LANES), S::splat(0.0));
        }
        let mut top = [S::splat(f32::NEG_INFINITY); 2];
        let mut sum = [S::splat(0.0); 2];
        let end = (first + n - 1).saturating_add(after).saturating_add(1).min(tokens);
        let mut start = first.saturating_sub(before);
        while start < end {
            let len = PART.min(end - start);
            let keys = Block {
                numbers: seen.keys.wrapping_add(start * seen.stride),
                stride: seen.stride,
                step: 1,
                rows: len,
                steps: size,
                add: false,
            };
            multiply::<S>(&keys, turned, scores);
            // Whether some query of the block does not see some key of the part.
            if start.saturating_add(before) < first + n - 1
                || start + len - 1 > first.saturating_add(after)
            {
                for j in 0..len {
                    for lane in 0..lanes {
                        let (at, own) = (start + j, first + lane);
                        if at.saturating_add(before) < own || at > own.saturating_add(after) {
                            *scores.add(j * lanes + lane) = f32::NEG_INFINITY;
                        }
                    }
                }
            }
            for half in 0..2 {
                let scores = scores.add(half * S::LANES);
                let mut new = top[half];
                for j in 0..len {
                    new = S::max(new, S::load(scores.add(j * lanes)));
                }
                // A query that has seen no key yet: 0 keeps its weights at 0.
                let base = S::max(new, S::splat(f32::MIN));
                let factor = math::exp::<S>(S::sub(top[half], base));
                let mut own = S::mul(sum[half], factor);
                for j in 0..len {
                    let at = scores.add(j * lanes);
                    let weight = math::exp::<S>(S::sub(S::load(at), base));
                    own = S::add(own, weight);
                    S::store(at, weight);
                }
                for d in 0..size {
                    let at = mixed.add(d * lanes + half * S::LANES);
                    S::store(at, S::mul(S::load(at), factor));
                }
                (top[half], sum[half]) = (new, own);
            }
            let values = Block {
                numbers: seen.values.wrapping_add(start * seen.stride),
                stride: 1,
                step: seen.stride,
                rows: size,
                steps: len,
                add: true,
            };
            multiply::<S>(&values, scores, mixed);
            start += len;
        }
        let width = heads.heads * size;
        for (half, sum) in sum.into_iter().enumerate() {
            let inverse = S::div(S::splat(1.0), sum);
            for d in 0..size {
                let at = mixed.add(d * lanes + half * S::LANES);
                S::store(at, S::mul(S::load(at), inverse));
            }
        }
        for lane in 0..n {
            for d in 0..size {
                *out.add(lane * width + d) = *mixed.add(d * lanes + lane);
            }
        }
    }
}

/// Multiplies `rows` rows of `steps` numbers with as many vectors of lanes. Neighbours in a row are `step` numbers apart, rows
/// `stride`; with `add` the results are added to what is there.
struct Block {
    numbers: *const f32,
    stride: usize,
    step: usize,
    rows: usize,
    steps: usize,
    add: bool,
}

/// # Safety
/// The level's instructions; numbers, lanes and results are there.
#[inline(always)]
unsafe fn multiply<S: Simd>(block: &Block, lanes: *const f32, out: *mut f32) {
    let mut row = 0;
    while row < block.rows {
        let left = (block.rows - row).min(S::ROWS);
        unsafe { tile::for_rows!(left, multiply_rows::<S>(block, row, lanes, out)) }
        row += left;
    }
}

#[inline(always)]
unsafe fn multiply_rows<S: Simd, const R: usize>(
    block: &Block,
    row: usize,
    lanes: *const f32,
    out: *mut f32,
) {
    unsafe {
        let out = out.add(2 * row * S::LANES);
        let mut sums = [[S::splat(0.0); 2]; R];
        if block.add {
            for (i, sums) in sums.iter_mut().enumerate() {
                let from = out.add(2 * i * S::LANES);
                *sums = [S::load(from), S::load(from.add(S::LANES))];
            }
        }
        for at in 0..block.steps {
            let own = lanes.add(2 * at * S::LANES);
            let (low, high) = (S::load(own), S::load(own.add(S::LANES)));
            let numbers = block.numbers.add(row * block.stride + at * block.step);
            for (i, sums) in sums.iter_mut().enumerate() {
                let x = S::splat(*numbers.add(i * block.stride));
                sums[0] = S::fma(x, low, sums[0]);
                sums[1] = S::fma(x, high, sums[1]);
            }
        }
        for (i, sums) in sums.into_iter().enumerate() {
            let to = out.add(2 * i * S::LANES);
            S::store(to, sums[0]);
            S::store(to.add(S::LANES), sums[1]);
        }
    }
}
