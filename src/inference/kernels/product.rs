//! Products of `f32` matrices by the `gemm` crate, which picks the widest instructions of the processor at run time.

use gemm::{Parallelism, gemm};
use std::ops::Range;

/// A row-major matrix, read as it is or transposed.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    data: &'a [f32],
    rows: usize,
    cols: usize,
    row_stride: usize,
    col_stride: usize,
}

impl<'a> View<'a> {
    /// The first `rows` × `cols` numbers of `data`, row by row.
    ///
    /// # Panics
    /// If there are fewer.
    pub fn new(data: &'a [f32], rows: usize, cols: usize) -> Self {
        assert!(
            rows.checked_mul(cols).is_some_and(|n| n <= data.len()),
            "a matrix has its numbers"
        );
        Self { data, rows, cols, row_stride: cols, col_stride: 1 }
    }

    /// The part of it in those rows and columns.
    ///
    /// # Panics
    /// If it has not all of them.
    #[must_use]
    pub fn block(self, rows: Range<usize>, cols: Range<usize>) -> Self {
        assert!(rows.start <= rows.end && rows.end <= self.rows, "rows of the matrix");
        assert!(cols.start <= cols.end && cols.end <= self.cols, "columns of the matrix");
        let skipped = rows.start * self.row_stride + cols.start * self.col_stride;
        let data = self.data.get(skipped..).unwrap_or_default();
        Self { data, rows: rows.len(), cols: cols.len(), ..self }
    }

    /// How many columns it has.
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// The same numbers with rows and columns exchanged.
    #[must_use]
    pub fn transposed(self) -> Self {
        Self {
            data: self.data,
            rows: self.cols,
            cols: self.rows,
            row_stride: self.col_stride,
            col_stride: self.row_stride,
        }
    }
}

/// `a · b`, row by row, on the calling thread.
///
/// # Panics
/// If `a` has not as many columns as `b` has rows.
pub fn product(a: View<'_>, b: View<'_>) -> Vec<f32> {
    assert_eq!(a.cols, b.rows, "inner dimensions");
    let mut out = vec![0.0f32; a.rows * b.cols];
    if out.is_empty() || a.cols == 0 {
        return out;
    }
    // SAFETY: `View::new` has checked that rows × cols numbers are there and `View::block` stays within them, so the strides
    // address only what `data` borrows; `out` was made
    // with one number for each pair of a row of `a` and a column of `b`, and borrows from neither.
    unsafe {
        gemm(
            a.rows,
            b.cols,
            a.cols,
            out.as_mut_ptr(),
            1,
            b.cols as isize,
            false,
            a.data.as_ptr(),
            a.col_stride as isize,
            a.row_stride as isize,
            b.data.as_ptr(),
            b.col_stride as isize,
            b.row_stride as isize,
            0.0,
            1.0,
            false,
            false,
            false,
            Parallelism::None,
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{View, product};

    #[test]
    fn products_agree_with_the_definition() {
        for (n, k, m) in [(0, 3, 2), (2, 0, 3), (1, 1, 1), (7, 5, 6), (33, 70, 17)] {
            let sample = |len: usize, seed: usize| -> Vec<f32> {
                (0..len).map(|i| ((i * 37 + seed) % 17) as f32 / 8.0 - 1.0).collect()
            };
            let (a, b) = (sample(n * k, 11), sample(k * m, 5));
            let turned: Vec<f32> = (0..k * n).map(|at| a[at % n * k + at / n]).collect();
            let straight = product(View::new(&a, n, k), View::new(&b, k, m));
            let back = product(View::new(&turned, k, n).transposed(), View::new(&b, k, m));
            for (at, (one, other)) in straight.iter().zip(&back).enumerate() {
                let (i, j) = (at / m, at % m);
                let want: f32 = (0..k).map(|l| a[i * k + l] * b[l * m + j]).sum();
                assert!((one - want).abs() < 1e-4 && (other - want).abs() < 1e-4);
            }
            assert_eq!(straight.len(), n * m);
        }
    }

    #[test]
    fn blocks_are_parts() {
        let data: Vec<f32> = (0..20).map(|i| i as f32).collect();
        let whole = View::new(&data, 4, 5);
        let one = [1.0f32, 0.0, 0.0, 1.0];
        let unit = View::new(&one, 2, 2);
        assert_eq!(product(whole.block(1..3, 3..5), unit), [8.0, 9.0, 13.0, 14.0]);
        assert_eq!(product(whole.transposed().block(3..5, 1..3), unit), [8.0, 13.0, 9.0, 14.0]);
        assert!(product(whole.block(4..4, 5..5), whole.block(0..0, 0..2)).is_empty());
    }

    #[test]
    fn what_is_not_there_is_refused() {
        let numbers = [0.0f32; 6];
        let refused = |work: fn(View<'_>) -> View<'_>| {
            std::panic::catch_unwind(|| work(View::new(&numbers, 2, 3)).cols()).is_err()
        };
        assert!(refused(|view| view.block(1..3, 0..1)) && refused(|view| view.block(0..1, 2..4)));
        assert!(refused(|view| view.transposed().block(0..4, 0..1)));
        assert!(!refused(|view| view.transposed().block(0..3, 0..2)));
        assert!(std::panic::catch_unwind(|| View::new(&numbers, 2, 4).cols()).is_err());
        assert!(std::panic::catch_unwind(|| View::new(&numbers, usize::MAX, 2).cols()).is_err());
    }
}
