//! The little dense algebra that fitting an intent head takes: row-major `f32`, one core.
//!
//! Every sum has an order that depends on the sizes and the processor alone, so that the same input gives the same bits.

use crate::inference::kernels::{View, product};

/// A row-major matrix.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Matrix {
    pub(super) rows: usize,
    pub(super) cols: usize,
    pub(super) data: Vec<f32>,
}

impl Matrix {
    pub(super) fn zeros(rows: usize, cols: usize) -> Self {
        Self { rows, cols, data: vec![0.0; rows * cols] }
    }

    pub(super) fn row(&self, row: usize) -> &[f32] {
        &self.data[row * self.cols..(row + 1) * self.cols]
    }

    pub(super) fn row_mut(&mut self, row: usize) -> &mut [f32] {
        &mut self.data[row * self.cols..(row + 1) * self.cols]
    }

    /// The given rows, in that order.
    pub(super) fn select(&self, rows: &[usize]) -> Self {
        let mut out = Self::zeros(rows.len(), self.cols);
        for (to, from) in rows.iter().enumerate() {
            out.row_mut(to).copy_from_slice(self.row(*from));
        }
        out
    }

    /// `self · other`.
    pub(super) fn times(&self, other: View<'_>) -> Self {
        Self { rows: self.rows, cols: other.cols(), data: product(self.view(), other) }
    }

    /// `selfᵀ · other`: both have the same number of rows.
    pub(super) fn transposed_times(&self, other: &Self) -> Self {
        let data = product(self.view().transposed(), other.view());
        Self { rows: self.cols, cols: other.cols, data }
    }

    pub(super) fn view(&self) -> View<'_> {
        View::new(&self.data, self.rows, self.cols)
    }

    pub(super) fn transposed(&self) -> Self {
        let mut out = Self::zeros(self.cols, self.rows);
        for row in 0..self.rows {
            for (col, value) in self.row(row).iter().enumerate() {
                out.data[col * self.rows + row] = *value;
            }
        }
        out
    }
}

/// `out += Σ_d x[d] · m[d]` over the rows of `m`, each as long as `out`.
pub(super) fn combine(x: &[f32], m: &[f32], out: &mut [f32]) {
    let k = out.len();
    let mut d = 0;
    while d + 4 <= x.len() {
        let rows: [&[f32]; 4] = std::array::from_fn(|i| &m[(d + i) * k..(d + i + 1) * k]);
        add_four(out, [x[d], x[d + 1], x[d + 2], x[d + 3]], rows);
        d += 4;
    }
    for (d, value) in x.iter().enumerate().skip(d) {
        axpy(*value, &m[d * k..(d + 1) * k], out);
    }
}

fn add_four(out: &mut [f32], a: [f32; 4], p: [&[f32]; 4]) {
    let k = out.len();
    let [p0, p1, p2, p3] = p.map(|row| &row[..k]);
    for i in 0..k {
        out[i] += a[0] * p0[i] + a[1] * p1[i] + a[2] * p2[i] + a[3] * p3[i];
    }
}

/// `out += a · x`.
pub(super) fn axpy(a: f32, x: &[f32], out: &mut [f32]) {
    for (out, x) in out.iter_mut().zip(x) {
        *out += a * x;
    }
}

/// Inner product, in eight lanes.
pub(super) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0.0f32; 8];
    let (a8, a_rest) = a.as_chunks::<8>();
    let (b8, b_rest) = b.as_chunks::<8>();
    for (a, b) in a8.iter().zip(b8) {
        for i in 0..8 {
            lanes[i] += a[i] * b[i];
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    lanes.iter().sum::<f32>() + rest
}

/// Columns that a factorisation finishes before it looks at the next ones.
const BLOCK: usize = 64;

/// The lower triangle `L` of a symmetric positive definite `a = L·Lᵀ`. A pivot that rounding made too small is lifted.
pub(super) fn cholesky(a: &Matrix) -> Matrix {
    let n = a.rows;
    let mut l = Matrix::zeros(n, n);
    for start in (0..n).step_by(BLOCK) {
        let end = (start + BLOCK).min(n);
        // What the finished columns give to these, for the rows from `start` on.
        let done = l.view().block(start..n, 0..start);
        let given = product(done, l.view().block(start..end, 0..start).transposed());
        for i in start..n {
            for j in start..end.min(i + 1) {
                let inside = dot(&l.row(i)[start..j], &l.row(j)[start..j]);
                let sum =
                    a.data[i * n + j] - given[(i - start) * (end - start) + j - start] - inside;
                l.data[i * n + j] =
                    if i == j { sum.max(1e-6).sqrt() } else { sum / l.data[j * n + j] };
            }
        }
    }
    l
}

/// Solves `L·y = x` in place.
pub(super) fn solve_lower(l: &Matrix, x: &mut [f32]) {
    for i in 0..x.len() {
        let sum = x[i] - dot(&l.row(i)[..i], &x[..i]);
        x[i] = sum / l.row(i)[i];
    }
}

/// Solves `Lᵀ·y = x` in place.
pub(super) fn solve_upper(l: &Matrix, x: &mut [f32]) {
    for i in (0..x.len()).rev() {
        x[i] /= l.row(i)[i];
        let known = x[i];
        axpy(-known, &l.row(i)[..i], &mut x[..i]);
    }
}

/// Natural logarithm of `Σ exp(x)`, without overflow.
pub(super) fn log_sum_exp(x: &[f32]) -> f32 {
    let max = x.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    if max.is_finite() { max + x.iter().map(|v| (v - max).exp()).sum::<f32>().ln() } else { max }
}

#[cfg(test)]
mod tests {
    use super::{Matrix, cholesky, log_sum_exp, solve_lower, solve_upper};

    fn sample(rows: usize, cols: usize) -> Matrix {
        let data = (0..rows * cols).map(|i| ((i * 37 + 11) % 17) as f32 / 8.0 - 1.0).collect();
        Matrix { rows, cols, data }
    }

    #[test]
    fn products_agree_with_the_definition() {
        let (a, b) = (sample(7, 5), sample(5, 6));
        let c = a.times(b.view());
        let d = a.transposed().transposed_times(&b);
        for i in 0..7 {
            for j in 0..6 {
                let want: f32 = (0..5).map(|k| a.row(i)[k] * b.row(k)[j]).sum();
                assert!((c.row(i)[j] - want).abs() < 1e-5 && (d.row(i)[j] - want).abs() < 1e-5);
            }
        }
    }

    #[test]
    fn a_factor_solves_its_system() {
        let b = sample(9, 4);
        let mut a = b.transposed_times(&b);
        for i in 0..4 {
            a.data[i * 4 + i] += 0.5;
        }
        let l = cholesky(&a);
        let mut x = vec![1.0, -2.0, 0.5, 3.0];
        solve_lower(&l, &mut x);
        solve_upper(&l, &mut x);
        let back: Vec<f32> = (0..4).map(|i| super::dot(a.row(i), &x)).collect();
        for (got, want) in back.iter().zip([1.0, -2.0, 0.5, 3.0]) {
            assert!((got - want).abs() < 1e-3, "{back:?}");
        }
    }

    #[test]
    fn a_factor_of_many_columns_gives_the_matrix_back() {
        let b = sample(170, 150);
        let mut a = b.transposed_times(&b);
        (0..150).for_each(|i| a.data[i * 150 + i] += 1.0);
        let l = cholesky(&a);
        let again = l.times(l.view().transposed());
        for (got, want) in again.data.iter().zip(&a.data) {
            assert!((got - want).abs() < 1e-2, "{got} {want}");
        }
    }

    #[test]
    fn huge_exponents_do_not_overflow() {
        assert!((log_sum_exp(&[1000.0, 1000.0]) - 1_000.693_1).abs() < 1e-3);
    }
}
