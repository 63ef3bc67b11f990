//! Multinomial logistic regression on embeddings, by L-BFGS.
//!
//! The weights live in the plane that the class means span, cut to its widest directions: what varies only within
//! classes carries no evidence, and the smaller problem is several times faster. In it a text counts by its direction, as a
//! text of several topics lies nearer to the centre. Starts at the nearest-mean rule and stops
//! after a fixed number of steps, so that a fit takes a known time and is the same every time.
//! Method: Liu and Nocedal, "On the limited memory BFGS method for large scale optimization", 1989.

use super::matrix::{Matrix, axpy, combine, dot, log_sum_exp};
use super::whiten::Whitening;
use std::collections::VecDeque;

/// Weight of one example against half the squared weights; found on CLINC150, flat around it.
const C: f32 = 20.0;
/// Steps of the solver.
const STEPS: usize = 24;
/// Pairs that the solver remembers.
const MEMORY: usize = 6;
/// Directions kept of the plane of class means.
const MAX_DIRECTIONS: usize = 149;
/// Sharpness of the nearest-mean rule that the solver starts from.
const START_SHARPNESS: f32 = 20.0;

/// Scores of classes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Softmax {
    /// Width of an embedding × directions of the plane.
    plane: Matrix,
    /// The centre in the plane.
    centre: Vec<f32>,
    lengths: Lengths,
    /// Directions × number of classes.
    weights: Matrix,
    offsets: Vec<f32>,
}

impl Softmax {
    /// Fits `classes` classes to the rows of `x`, whose classes are `y`.
    pub(super) fn fit(x: &Matrix, y: &[usize], classes: usize) -> Self {
        let (means, centre) = class_means(x, y, classes);
        let plane = directions(&means, &centre);
        let mut shift = vec![0.0; plane.cols];
        combine(&centre, &plane.data, &mut shift);
        let (z, lengths) = in_plane(x, &centre, &plane);
        let (means, _) = class_means(&z, y, classes);
        let start = nearest_mean(&means);
        let solved = minimise(&z, y, classes, start);
        let (weights, offsets) = solved.split_at(plane.cols * classes);
        let weights = Matrix { rows: plane.cols, cols: classes, data: weights.to_vec() };
        Self { plane, centre: shift, lengths, weights, offsets: offsets.to_vec() }
    }

    /// The same for rows that were not whitened.
    pub(super) fn before(mut self, whitening: &Whitening) -> Self {
        let mut directions = self.plane.transposed();
        whitening.back(&mut directions);
        self.plane = directions.transposed();
        self
    }

    /// The unscaled score of every class.
    pub(super) fn scores(&self, x: &[f32]) -> Vec<f32> {
        let mut z: Vec<f32> = self.centre.iter().map(|c| -c).collect();
        combine(x, &self.plane.data, &mut z);
        self.lengths.even(&mut z);
        let mut out = self.offsets.clone();
        combine(&z, &self.weights.data, &mut out);
        out
    }
}

/// How far texts lie from the centre.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Lengths {
    /// Squared, of the mean text.
    all: f32,
    /// The part of it outside of the plane, taken to be every text's.
    outside: f32,
}

impl Lengths {
    /// Moves a text in the plane as far out as the mean one.
    fn even(self, z: &mut [f32]) {
        let own = dot(z, z) + self.outside;
        if own > 0.0 {
            let factor = (self.all / own).sqrt();
            z.iter_mut().for_each(|value| *value *= factor);
        }
    }
}

/// The rows in the plane, all as far from the centre.
fn in_plane(x: &Matrix, centre: &[f32], plane: &Matrix) -> (Matrix, Lengths) {
    let mut centred = x.clone();
    for row in 0..x.rows {
        axpy(-1.0, centre, centred.row_mut(row));
    }
    let mut z = centred.times(plane);
    let mean = |m: &Matrix| dot(&m.data, &m.data) / m.rows.max(1) as f32;
    let all = mean(&centred);
    let lengths = Lengths { all, outside: (all - mean(&z)).max(0.0) };
    (0..z.rows).for_each(|row| lengths.even(z.row_mut(row)));
    (z, lengths)
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

/// An orthonormal basis (as columns) of the widest directions of the centred class means, by orthogonal iteration on their
/// Gram matrix.
fn directions(means: &Matrix, centre: &[f32]) -> Matrix {
    let k = means.rows;
    let mut centred = means.clone();
    for row in 0..k {
        axpy(-1.0, centre, centred.row_mut(row));
    }
    let transposed = centred.transposed();
    let wanted = MAX_DIRECTIONS.min(k).min(means.cols);
    // The rows of `basis` span the plane; each round turns them towards its widest directions.
    let mut basis = Matrix { rows: wanted, cols: means.cols, data: Vec::new() };
    basis.data = centred.data[..wanted * means.cols].to_vec();
    let rounds = if wanted < k { 12 } else { 0 };
    basis = orthonormal(basis);
    for _ in 0..rounds {
        basis = orthonormal(basis.times(&transposed).times(&centred));
    }
    basis.transposed()
}

/// Gram-Schmidt on the rows, twice for accuracy; rows that depend on earlier ones go.
fn orthonormal(mut m: Matrix) -> Matrix {
    let mut kept = 0;
    for row in 0..m.rows {
        let mut v = m.row(row).to_vec();
        let before = dot(&v, &v).sqrt();
        for _ in 0..2 {
            for earlier in 0..kept {
                let along = dot(&v, m.row(earlier));
                axpy(-along, m.row(earlier), &mut v);
            }
        }
        let length = dot(&v, &v).sqrt();
        if length > 1e-4 * before && length > 1e-7 {
            v.iter_mut().for_each(|value| *value /= length);
            m.row_mut(kept).copy_from_slice(&v);
            kept += 1;
        }
    }
    m.data.truncate(kept * m.cols);
    m.rows = kept;
    m
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
    let r = x.cols;
    let (weights, offsets) = w.split_at(r * classes);
    let mut p = Matrix::zeros(x.rows, classes);
    let mut total = 0.0f64;
    for (row, class) in y.iter().enumerate() {
        let scores = p.row_mut(row);
        scores.copy_from_slice(offsets);
        combine(x.row(row), weights, scores);
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
