//! Ridge regression for many targets and several penalties at once.
//!
//! In weights where there are more rows than columns, in rows else (kernel form); both give the same weights (Hoerl and
//! Kennard, "Ridge regression", 1970; Saunders et al., "Ridge regression learning algorithm in dual variables", 1998).

use super::super::matrix::{Matrix, cholesky, solve_lower, solve_upper};

/// The products of some rows, from which the regression for any penalty follows.
pub(super) struct Products<'a> {
    x: &'a Matrix,
    products: Matrix,
    in_rows: bool,
}

impl<'a> Products<'a> {
    pub(super) fn new(x: &'a Matrix) -> Self {
        let in_rows = x.rows < x.cols;
        let products = if in_rows { x.times(x.view().transposed()) } else { x.transposed_times(x) };
        Self { x, products, in_rows }
    }

    /// The weights for each column of `y`, a row of the result each; `penalty` on the squared weights is above 0.
    pub(super) fn solve(&self, y: &Matrix, penalty: f32) -> Matrix {
        let mut a = self.products.clone();
        let n = a.rows;
        (0..n).for_each(|i| a.data[i * n + i] += penalty);
        let factor = cholesky(&a);
        let mut solved = if self.in_rows { y.transposed() } else { y.transposed_times(self.x) };
        for column in 0..solved.rows {
            solve_lower(&factor, solved.row_mut(column));
            solve_upper(&factor, solved.row_mut(column));
        }
        if self.in_rows { solved.times(self.x.view()) } else { solved }
    }
}

#[cfg(test)]
mod tests {
    use super::Products;
    use crate::analyze::matrix::{Matrix, dot};

    fn sample(rows: usize, cols: usize, salt: usize) -> Matrix {
        let data =
            (0..rows * cols).map(|i| ((i * 37 + salt * 11) % 19) as f32 / 9.0 - 1.0).collect();
        Matrix { rows, cols, data }
    }

    #[test]
    fn both_forms_fulfil_the_normal_equations() {
        for (rows, cols) in [(12, 5), (5, 12)] {
            let (x, y) = (sample(rows, cols, 1), sample(rows, 2, 7));
            let w = Products::new(&x).solve(&y, 0.7);
            for target in 0..2 {
                for col in 0..cols {
                    let error = |row: usize| dot(x.row(row), w.row(target)) - y.row(row)[target];
                    let slope: f32 = (0..rows).map(|row| error(row) * x.row(row)[col]).sum();
                    assert!(
                        (slope + 0.7 * w.row(target)[col]).abs() < 1e-3,
                        "{rows}×{cols}: {slope}"
                    );
                }
            }
        }
    }
}
