//! Coordinates in which texts of one intent spread alike in all directions, so that a difference that means little within
//! intents counts little between them (Fisher's linear discriminant).
//!
//! The pooled covariance within intents is shrunk almost to a sphere: a table of few examples supports no more (Ledoit and
//! Wolf's idea).

use super::matrix::{Matrix, axpy, cholesky, solve_lower, solve_upper};

/// Largest share of the examples' own covariance; reached with many examples.
const MAX_COVARIANCE_SHARE: f32 = 0.15;
/// Degrees of freedom at which half of it is trusted.
const COVARIANCE_HALF: f32 = 300.0;

/// The change of coordinates.
#[derive(Debug)]
pub(super) struct Whitening {
    /// The lower triangle of the shrunk covariance.
    lower: Matrix,
    /// Variance within intents before scaling.
    pub(super) variance: f32,
}

impl Whitening {
    /// From the rows of `x`, whose classes are `y`, and the classes' means.
    pub(super) fn fit(x: &Matrix, y: &[usize], means: &Matrix) -> Self {
        let free = x.rows.saturating_sub(means.rows) as f32;
        let (covariance, variance) = within_class(x, y, means, free);
        let share = MAX_COVARIANCE_SHARE * free / (free + COVARIANCE_HALF);
        Self { lower: cholesky(&shrunk(covariance, share)), variance }
    }

    /// The rows in the new coordinates.
    pub(super) fn of(&self, rows: &Matrix) -> Matrix {
        let mut out = rows.clone();
        (0..out.rows).for_each(|row| solve_lower(&self.lower, out.row_mut(row)));
        out
    }

    /// Turns directions of the new coordinates into those whose inner product with an old row is the same.
    pub(super) fn back(&self, directions: &mut Matrix) {
        (0..directions.rows).for_each(|row| solve_upper(&self.lower, directions.row_mut(row)));
    }
}

/// The pooled covariance within classes, scaled to mean diagonal 1, and its trace before scaling.
fn within_class(x: &Matrix, y: &[usize], means: &Matrix, free: f32) -> (Matrix, f32) {
    let mut residuals = x.clone();
    for (row, class) in y.iter().enumerate() {
        axpy(-1.0, means.row(*class), residuals.row_mut(row));
    }
    let mut covariance = residuals.transposed_times(&residuals);
    let d = x.cols;
    let trace: f32 = (0..d).map(|i| covariance.data[i * d + i]).sum();
    let scale = if trace > 1e-6 { d as f32 / trace } else { 0.0 };
    covariance.data.iter_mut().for_each(|v| *v *= scale);
    // Examples that are all alike say nothing about the spread of texts to come; sentence embeddings have about 0.5.
    (covariance, if trace > 1e-6 && free > 0.0 { trace / free } else { 0.5 })
}

fn shrunk(mut covariance: Matrix, share: f32) -> Matrix {
    covariance.data.iter_mut().for_each(|v| *v *= share);
    let d = covariance.cols;
    for i in 0..d {
        covariance.data[i * d + i] += 1.0 - share;
    }
    covariance
}

#[cfg(test)]
mod tests {
    use super::Whitening;
    use crate::analyze::matrix::{Matrix, dot};
    use crate::analyze::softmax::class_means;

    #[test]
    fn directions_go_back_to_where_rows_came_from() {
        let data = (0..40 * 6).map(|i| ((i * 37 + i / 7) % 19) as f32 / 9.0 - 1.0).collect();
        let x = Matrix { rows: 40, cols: 6, data };
        let y: Vec<usize> = (0..40).map(|row| row % 3).collect();
        let (means, _) = class_means(&x, &y, 3);
        let whitening = Whitening::fit(&x, &y, &means);
        let (white, mut directions) = (whitening.of(&x), x.select(&[3, 8]));
        let there: Vec<f32> =
            (0..40).map(|row| dot(white.row(row), directions.row(row % 2))).collect();
        whitening.back(&mut directions);
        for (row, there) in there.into_iter().enumerate() {
            let here = dot(x.row(row), directions.row(row % 2));
            assert!((here - there).abs() < 1e-3, "{row}: {here} {there}");
        }
        assert!(white.data.iter().zip(&x.data).any(|(a, b)| (a - b).abs() > 1e-2));
    }
}
