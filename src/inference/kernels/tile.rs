//! What becomes of a tile of results: activation, sum with what was there, and its place in memory.

use super::math;
use super::simd::Simd;

/// What is done to a result before it is stored.
#[derive(Debug, Clone, Copy)]
pub enum After<'a> {
    /// Nothing.
    Nothing,
    /// The exact GELU.
    Gelu,
    /// Something as large is added.
    Add(&'a [f32]),
}

/// Where the results go: row-major, one row for each row of activations.
pub(super) struct Target<'a> {
    out: *mut f32,
    after: After<'a>,
    cols: usize,
    /// Where results begin in a row, and how long rows are.
    first: usize,
    stride: usize,
}

// SAFETY: cores that share a target write to places of their own.
unsafe impl Sync for Target<'_> {}

impl<'a> Target<'a> {
    /// # Panics
    /// If `out`, or what is added, is not `rows` × `cols`.
    pub(super) fn new(out: &'a mut [f32], after: After<'a>, rows: usize, cols: usize) -> Self {
        Self::within(out, after, rows, cols, (0, cols))
    }

    /// Results from `first` on in rows of `stride` numbers.
    ///
    /// # Panics
    /// As [`Self::new`], or if the results do not fit into a row.
    pub(super) fn within(
        out: &'a mut [f32],
        after: After<'a>,
        rows: usize,
        cols: usize,
        (first, stride): (usize, usize),
    ) -> Self {
        assert_eq!(rows.checked_mul(stride), Some(out.len()), "room for the results");
        assert!(first.checked_add(cols).is_some_and(|end| end <= stride), "results in a row");
        if let After::Add(with) = after {
            assert_eq!(with.len(), out.len(), "as much to add");
        }
        Self { out: out.as_mut_ptr(), after, cols, first, stride }
    }

    /// Stores a tile whose first result is at `row` and `col`; what lies beyond the last column is dropped.
    ///
    /// # Safety
    /// The level's instructions; `row + R` rows are there.
    #[inline(always)]
    pub(super) unsafe fn finish<S: Simd, const R: usize>(
        &self,
        mut tile: [[S::F; 2]; R],
        col: usize,
        row: usize,
    ) {
        let width = 2 * S::LANES;
        let mut i = 0;
        while i < R {
            let at = (row + i) * self.stride + self.first + col;
            unsafe {
                if let After::Gelu = self.after {
                    tile[i][0] = math::gelu::<S>(tile[i][0]);
                    tile[i][1] = math::gelu::<S>(tile[i][1]);
                }
                if col + width <= self.cols {
                    if let After::Add(with) = self.after {
                        let with = with.as_ptr().add(at);
                        tile[i][0] = S::add(tile[i][0], S::load(with));
                        tile[i][1] = S::add(tile[i][1], S::load(with.add(S::LANES)));
                    }
                    S::store(self.out.add(at), tile[i][0]);
                    S::store(self.out.add(at + S::LANES), tile[i][1]);
                } else {
                    let mut all = [0.0f32; 32];
                    S::store(all.as_mut_ptr(), tile[i][0]);
                    S::store(all.as_mut_ptr().add(S::LANES), tile[i][1]);
                    let mut j = 0;
                    while col + j < self.cols {
                        let with = if let After::Add(with) = self.after {
                            *with.as_ptr().add(at + j)
                        } else {
                            0.0
                        };
                        *self.out.add(at + j) = all[j] + with;
                        j += 1;
                    }
                }
            }
            i += 1;
        }
    }
}

/// Calls a function with the number of rows as its last constant.
macro_rules! for_rows {
    ($rows:expr, $name:ident::<$($ty:ty),+>($($argument:expr),*)) => {
        match $rows {
            1 => $name::<$($ty),+, 1>($($argument),*),
            2 => $name::<$($ty),+, 2>($($argument),*),
            3 => $name::<$($ty),+, 3>($($argument),*),
            4 => $name::<$($ty),+, 4>($($argument),*),
            5 => $name::<$($ty),+, 5>($($argument),*),
            6 => $name::<$($ty),+, 6>($($argument),*),
            7 => $name::<$($ty),+, 7>($($argument),*),
            8 => $name::<$($ty),+, 8>($($argument),*),
            9 => $name::<$($ty),+, 9>($($argument),*),
            10 => $name::<$($ty),+, 10>($($argument),*),
            11 => $name::<$($ty),+, 11>($($argument),*),
            _ => $name::<$($ty),+, 12>($($argument),*),
        }
    };
}
pub(super) use for_rows;
