//! Attention of a sequence to the tokens before, whose keys and values lie in pages.
//!
//! A page holds some tokens of all layers in half precision, keys with the tokens side by side, values token by token, so that both
//! products read whole vectors. The queries of all heads that share keys go through a page together; sums of earlier pages are
//! scaled down when a larger score appears (Dao et al. 2022, "FlashAttention"; pages as in Kwon et al. 2023, "PagedAttention").

use super::attention::Scratch;
use super::level::Level;
use super::math;
use super::memory::Aligned;
use super::simd::Simd;
use super::split;
use super::tile;
use half::slice::HalfFloatSliceExt;
use std::ops::Range;
use std::sync::Arc;

/// Tokens of a page.
pub const PAGE: usize = 32;
/// Rows of values are filled up to it: the most lanes of two vectors.
const FILL: usize = 32;
/// Tokens whose queries go through a page together.
const TOKENS: usize = 16;

/// The sizes of keys and values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Layers of the model.
    pub layers: usize,
    /// Heads of keys and values.
    pub heads: usize,
    /// Numbers of a head.
    pub size: usize,
}

impl Shape {
    fn deep(self) -> usize {
        self.size.next_multiple_of(FILL)
    }

    /// Numbers of one head of one layer: keys and values.
    fn numbers(self) -> usize {
        PAGE * (self.size + self.deep())
    }

    /// Bytes of a page.
    pub fn page_bytes(self) -> usize {
        self.layers * self.heads * self.numbers() * size_of::<u16>()
    }
}

/// Keys and values of [`PAGE`] tokens.
#[derive(Debug, Clone)]
pub struct Page {
    shape: Shape,
    data: Aligned<u16>,
}

impl Page {
    /// One without tokens.
    pub fn new(shape: Shape) -> Self {
        Self { shape, data: Aligned::zeros(shape.page_bytes() / size_of::<u16>()) }
    }

    /// Stores the keys and values of all heads of one layer as the page's token `at`. What half precision cannot hold becomes
    /// the largest number that it can.
    ///
    /// # Panics
    /// If there is no such layer or token, or a number for each of all heads is not there.
    pub fn put(&mut self, layer: usize, at: usize, keys: &[f32], values: &[f32]) {
        let Shape { layers, heads, size } = self.shape;
        assert!(layer < layers && at < PAGE, "a token of the page");
        assert!(keys.len() == heads * size && values.len() == heads * size, "all heads");
        let (numbers, deep) = (self.shape.numbers(), self.shape.deep());
        let own = &mut self.data[layer * heads * numbers..(layer + 1) * heads * numbers];
        let mut clamped = [0.0; 256];
        let mut halves = [half::f16::ZERO; 256];
        for (head, own) in own.chunks_exact_mut(numbers).enumerate() {
            let (to_keys, to_values) = own.split_at_mut(PAGE * size);
            for start in (0..size).step_by(clamped.len()) {
                let n = clamped.len().min(size - start);
                let mut halve = |from: &[f32]| {
                    let from = &from[head * size + start..][..n];
                    for (to, x) in clamped.iter_mut().zip(from) {
                        *to = x.clamp(-65504.0, 65504.0);
                    }
                    halves[..n].convert_from_f32_slice(&clamped[..n]);
                    halves
                };
                for (i, x) in halve(keys)[..n].iter().enumerate() {
                    to_keys[(start + i) * PAGE + at] = x.to_bits();
                }
                for (i, x) in halve(values)[..n].iter().enumerate() {
                    to_values[at * deep + start + i] = x.to_bits();
                }
            }
        }
    }
}

/// Queries of tokens in a row, and what they see.
#[derive(Debug, Clone, Copy)]
pub struct Paged<'a> {
    /// The sequence's pages from its first token on.
    pub pages: &'a [Arc<Page>],
    /// Whose keys and values.
    pub layer: usize,
    /// Rows whose first numbers are a token's queries, head by head.
    pub queries: &'a [f32],
    /// Numbers of a row.
    pub stride: usize,
    /// Heads of queries; neighbours share a head of keys.
    pub heads: usize,
    /// Which token of the sequence the first row is.
    pub first: usize,
    /// How many tokens before itself a token sees.
    pub reach: usize,
    /// Scores are multiplied with it.
    pub scale: f32,
}

/// Where results go, from several cores to places of their own.
pub(super) struct Out(*mut f32);
// SAFETY: cores that share it write to places of their own.
unsafe impl Sync for Out {}

impl Level {
    /// For every row of queries the mixed values of all heads side by side.
    ///
    /// # Panics
    /// If rows are not whole, pages are missing or of other sizes, or `out` has not one row for each.
    pub fn attend_pages(&self, of: &Paged<'_>, out: &mut [f32], scratch: &mut Scratch) {
        assert!(of.stride > 0 && of.queries.len().is_multiple_of(of.stride), "whole rows");
        let rows = of.queries.len() / of.stride;
        let Some(shape) = of.pages.first().map(|page| page.shape) else {
            return assert!(rows == 0 && out.is_empty(), "pages for the tokens");
        };
        assert!(of.pages.iter().all(|page| page.shape == shape), "pages of one model");
        assert!(of.first + rows <= of.pages.len() * PAGE, "pages for the tokens");
        assert!(of.layer < shape.layers && of.heads > 0, "a layer and heads");
        assert!(of.heads.is_multiple_of(shape.heads), "as many queries for each head");
        assert!(of.heads * shape.size <= of.stride, "queries inside of a row");
        assert_eq!(out.len(), rows * of.heads * shape.size, "room for the results");
        let group = of.heads / shape.heads;
        let most = TOKENS.min(rows.max(1)) * group;
        // Queries, results, scores, and the largest score and the sum of each row.
        let need = most * (2 * shape.deep() + PAGE + 2);
        scratch.0.grow(rayon::current_num_threads().max(1) * need);
        let blocks = rows.div_ceil(TOKENS);
        let work = 2 * rows * of.heads * shape.size * (of.first + rows);
        let (out, memory) = (Out(out.as_mut_ptr()), Out(scratch.0.as_mut_ptr()));
        split::among_cores(shape.heads * blocks, work, |core, units| {
            let (out, memory) = (&out, &memory);
            for unit in units {
                let (head, block) = (unit / blocks, unit % blocks);
                let tokens = block * TOKENS..((block + 1) * TOKENS).min(rows);
                // SAFETY: the level was found on this processor; sizes were checked above; no two units write to one place,
                // and no two cores have one part of the memory.
                unsafe { (self.paged)(of, head, tokens, out.0, memory.0.add(core * need)) }
            }
        });
    }
}

/// # Safety
/// The level's instructions; sizes as [`Level::attend_pages`] checks them; `out` and `scratch` are no one else's.
#[inline(always)]
pub(super) unsafe fn attend<S: Simd>(
    of: &Paged<'_>,
    head: usize,
    tokens: Range<usize>,
    out: *mut f32,
    scratch: *mut f32,
) {
    unsafe {
        let shape = of.pages.get_unchecked(0).shape;
        let (size, deep) = (shape.size, shape.deep());
        let group = of.heads / shape.heads;
        let rows = tokens.len() * group;
        let (queries, mixed) = (scratch, scratch.add(rows * deep));
        let scores = mixed.add(rows * deep);
        let (tops, sums) = (scores.add(rows * PAGE), scores.add(rows * (PAGE + 1)));
        // Row by row a token's heads that share these keys.
        for row in 0..rows {
            let token = tokens.start + row / group;
            let from = of.queries.as_ptr().add(token * of.stride);
            let from = from.add((head * group + row % group) * size);
            for i in 0..size {
                *queries.add(row * deep + i) = *from.add(i) * of.scale;
            }
            std::ptr::write_bytes(mixed.add(row * deep), 0, deep);
            *tops.add(row) = f32::NEG_INFINITY;
            *sums.add(row) = 0.0;
        }
        let position = |row: usize| of.first + tokens.start + row / group;
        let (first, last) = (position(0), position(rows - 1));
        for page in first.saturating_sub(of.reach) / PAGE..=last / PAGE {
            let start = page * PAGE;
            let keys = of.pages.get_unchecked(page).data.as_ptr();
            let keys = keys.add((of.layer * shape.heads + head) * shape.numbers());
            let values = keys.add(PAGE * size);
            let shown = PAGE.min(last + 1 - start);
            // Earlier tokens of the block see nothing of a page that begins after them.
            let skip = start.saturating_sub(first) * group;
            let at = |from: *mut f32, width: usize| from.add(skip * width);
            product::<S>(
                rows - skip,
                (at(queries, deep), deep, size),
                (keys, PAGE, PAGE),
                (at(scores, PAGE), PAGE),
                false,
            );
            for row in skip..rows {
                let own = scores.add(row * PAGE);
                let here = position(row);
                if start + PAGE > here + 1 || start.saturating_add(of.reach) < here {
                    for j in 0..PAGE {
                        let key = start + j;
                        if key > here || key.saturating_add(of.reach) < here {
                            *own.add(j) = f32::NEG_INFINITY;
                        }
                    }
                }
                let factor = weigh::<S>(own, &mut *tops.add(row), &mut *sums.add(row));
                if factor != 1.0 {
                    let (factor, mixed) = (S::splat(factor), mixed.add(row * deep));
                    let mut i = 0;
                    while i < deep {
                        S::store(mixed.add(i), S::mul(S::load(mixed.add(i)), factor));
                        i += S::LANES;
                    }
                }
            }
            product::<S>(
                rows - skip,
                (at(scores, PAGE), PAGE, shown),
                (values, deep, deep),
                (at(mixed, deep), deep),
                true,
            );
        }
        for row in 0..rows {
            let inverse = 1.0 / *sums.add(row);
            let to = out.add((tokens.start + row / group) * of.heads * size);
            let to = to.add((head * group + row % group) * size);
            for i in 0..size {
                *to.add(i) = *mixed.add(row * deep + i) * inverse;
            }
        }
    }
}

/// Makes weights of a row of scores; returns what earlier results are to be multiplied with.
#[inline(always)]
unsafe fn weigh<S: Simd>(scores: *mut f32, top: &mut f32, sum: &mut f32) -> f32 {
    unsafe {
        let mut tops = S::load(scores);
        let mut i = S::LANES;
        while i < PAGE {
            tops = S::max(S::load(scores.add(i)), tops);
            i += S::LANES;
        }
        let (_, high) = math::ends::<S>(tops, tops);
        let new = top.max(high);
        // A query that has seen no key yet: this keeps its weights at 0.
        let base = S::splat(new.max(f32::MIN));
        let mut own = S::splat(0.0);
        i = 0;
        while i < PAGE {
            let weight = math::exp::<S>(S::sub(S::load(scores.add(i)), base));
            own = S::add(own, weight);
            S::store(scores.add(i), weight);
            i += S::LANES;
        }
        let factor = if new > *top { (*top - new).exp() } else { 1.0 };
        *top = new;
        *sum = *sum * factor + math::sum::<S>(own);
        factor
    }
}

/// Products of `rows` rows of `steps` numbers (where, stride, steps) with as many rows of half-precision numbers (where, stride,
/// how many of a row), stored or added to what is there (where, stride).
#[inline(always)]
unsafe fn product<S: Simd>(
    rows: usize,
    numbers: (*const f32, usize, usize),
    halves: (*const u16, usize, usize),
    out: (*mut f32, usize),
    add: bool,
) {
    let mut row = 0;
    while row < rows {
        let left = (rows - row).min(S::ROWS);
        unsafe {
            let numbers = (numbers.0.add(row * numbers.1), numbers.1, numbers.2);
            let out = (out.0.add(row * out.1), out.1);
            tile::for_rows!(left, product_rows::<S>(numbers, halves, out, add));
        }
        row += left;
    }
}

#[inline(always)]
unsafe fn product_rows<S: Simd, const R: usize>(
    numbers: (*const f32, usize, usize),
    halves: (*const u16, usize, usize),
    out: (*mut f32, usize),
    add: bool,
) {
    let mut col = 0;
    while col < halves.2 {
        unsafe {
            let to = out.0.add(col);
            let mut sums = [[S::splat(0.0); 2]; R];
            let mut i = 0;
            while add && i < R {
                let from = to.add(i * out.1);
                sums[i] = [S::load(from), S::load(from.add(S::LANES))];
                i += 1;
            }
            let mut from = halves.0.add(col);
            for step in 0..numbers.2 {
                let (low, high) = (S::load_half(from), S::load_half(from.add(S::LANES)));
                let mut i = 0;
                while i < R {
                    let x = S::splat(*numbers.0.add(i * numbers.1 + step));
                    sums[i][0] = S::fma(x, low, sums[i][0]);
                    sums[i][1] = S::fma(x, high, sums[i][1]);
                    i += 1;
                }
                from = from.add(halves.1);
            }
            i = 0;
            while i < R {
                S::store(to.add(i * out.1), sums[i][0]);
                S::store(to.add(i * out.1 + S::LANES), sums[i][1]);
                i += 1;
            }
        }
        col += 2 * S::LANES;
    }
}
