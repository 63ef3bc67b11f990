//! Multinomial logistic regression by L-BFGS.
//!
//! Starts at the nearest-mean rule and stops after a fixed number of steps, so that a fit takes a known time and is the same
//! every time. Method: Liu and Nocedal, "On the limited memory BFGS method for large scale optimization", 1989.

use super::matrix::{Matrix, axpy, combine, dot, log_sum_exp};
use super::whiten::Whitening;
use crate::inference::kernels::View;
use std::collections::VecDeque;

/// Weight of one example against half the squared weights; found on CLINC150, flat around it.
const C: f32 = 20.0;
/// Steps of the solver.
const STEPS: usize = 40;
/// Pairs that the solver remembers.
const MEMORY: usize = 6;
/// Sharpness of the nearest-mean rule that the solver starts from.
const START_SHARPNESS: f32 = 20.0;

/// Scores of classes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Softmax {
    /// Width of an example × number of classes.
    weights: Matrix,
    offsets: Vec<f32>,
}

impl Softmax {
    /// Fits `classes` classes to the rows of `x`, whose classes are `y`.
    pub(super) fn fit(x: &Matrix, y: &[usize], classes: usize) -> Self {
        let (means, _) = class_means(x, y, classes);
        let mut solved = minimise(x, y, classes, nearest_mean(&means));
        let offsets = solved.split_off(x.cols * classes);
        Self { weights: Matrix { rows: x.cols, cols: classes, data: solved }, offsets }
    }

    /// The same for rows that were not whitened.
    pub(super) fn before(mut self, whitening: &Whitening) -> Self {
        let mut directions = self.weights.transposed();
        whitening.back(&mut directions);
        self.weights = directions.transposed();
        self
    }

    /// The unscaled score of every class.
    pub(super) fn scores(&self, x: &[f32]) -> Vec<f32> {
        let mut out = self.offsets.clone();
        combine(x, &self.weights.data, &mut out);
        out
    }
}

/// The mean of each class and the mean over all rows.
pub(super) fn class_means(x: &Matrix, y: &[usize], classes: usize) -> (Matrix, Vec<f32>) {
    let mut means = Matrix::zeros(classes, x.cols);
    let mut counts = vec![0usize; classes];
    let mut centre = vec![0.0; x.cols];
    for (row, class) in y.iter().enumerate() {
        axpy(1.0, x.row(row), means.row_mut(*class));
        axpy(1.0 / x.rows as f32, x.row(row), &mut centre);
        counts[*class] += 1;
    }
    for (class, count) in counts.iter().enumerate() {
        let scale = 1.0 / (*count).max(1) as f32;
        means.row_mut(class).iter_mut().for_each(|v| *v *= scale);
    }
    (means, centre)
}

/// Weights and offsets (in this order, row-major) of the nearest-mean rule.
fn nearest_mean(means: &Matrix) -> Vec<f32> {
    let mut start = means.transposed().data;
    start.iter_mut().for_each(|v| *v *= START_SHARPNESS);
    let offset = |row: usize| -0.5 * START_SHARPNESS * dot(means.row(row), means.row(row));
    start.extend((0..means.rows).map(offset));
    start
}

/// Loss and gradient at `w`.
fn loss(x: &Matrix, y: &[usize], classes: usize, w: &[f32]) -> (f32, Vec<f32>) {
    let (weights, offsets) = w.split_at(x.cols * classes);
    let mut p = x.times(View::new(weights, x.cols, classes));
    let mut total = 0.0f64;
    for (row, class) in y.iter().enumerate() {
        let scores = p.row_mut(row);
        axpy(1.0, offsets, scores);
        let norm = log_sum_exp(scores);
        total += f64::from(norm - scores[*class]);
        scores.iter_mut().for_each(|score| *score = (*score - norm).exp());
        scores[*class] -= 1.0;
    }
    total += f64::from(0.5 / C * dot(weights, weights));
    let mut gradient = x.transposed_times(&p).data;
    axpy(1.0 / C, weights, &mut gradient);
    let mut offsets = vec![0.0; classes];
    for row in 0..x.rows {
        axpy(1.0, p.row(row), &mut offsets);
    }
    gradient.extend(offsets);
    (total as f32, gradient)
}

/// A fixed number of L-BFGS steps with halving line search.
fn minimise(x: &Matrix, y: &[usize], classes: usize, start: Vec<f32>) -> Vec<f32> {
    let mut w = start;
    let (mut value, mut gradient) = loss(x, y, classes, &w);
    let mut memory: VecDeque<(Vec<f32>, Vec<f32>, f32)> = VecDeque::new();
    for _ in 0..STEPS {
        let direction = descent(&gradient, &memory);
        let slope = dot(&direction, &gradient);
        if slope > -1e-7 {
            break;
        }
        let mut step =
            if memory.is_empty() { (1.0 / dot(&gradient, &gradient).sqrt()).min(1.0) } else { 1.0 };
        let mut next = None;
        for _ in 0..12 {
            let mut candidate = w.clone();
            axpy(step, &direction, &mut candidate);
            let (v, g) = loss(x, y, classes, &candidate);
            if v <= value + 1e-4 * step * slope {
                next = Some((candidate, v, g));
                break;
            }
            step *= 0.5;
        }
        let Some((candidate, v, g)) = next else { break };
        let s: Vec<f32> = candidate.iter().zip(&w).map(|(a, b)| a - b).collect();
        let d: Vec<f32> = g.iter().zip(&gradient).map(|(a, b)| a - b).collect();
        let curvature = dot(&s, &d);
        if curvature > 1e-10 {
            memory.push_back((s, d, 1.0 / curvature));
            if memory.len() > MEMORY {
                memory.pop_front();
            }
        }
        (w, value, gradient) = (candidate, v, g);
    }
    w
}

/// The two-loop recursion: minus the approximate inverse Hessian times the gradient.
fn descent(gradient: &[f32], memory: &VecDeque<(Vec<f32>, Vec<f32>, f32)>) -> Vec<f32> {
    let mut q: Vec<f32> = gradient.iter().map(|g| -g).collect();
    let mut alphas = Vec::with_capacity(memory.len());
    for (s, d, rho) in memory.iter().rev() {
        let alpha = rho * dot(s, &q);
        axpy(-alpha, d, &mut q);
        alphas.push(alpha);
    }
    if let Some((_, d, rho)) = memory.back() {
        let scale = 1.0 / (rho * dot(d, d));
        q.iter_mut().for_each(|v| *v *= scale);
    }
    for ((s, d, rho), alpha) in memory.iter().zip(alphas.iter().rev()) {
        let beta = rho * dot(d, &q);
        axpy(alpha - beta, s, &mut q);
    }
    q
}
