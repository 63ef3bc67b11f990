//! From labelled outcomes to a predictor.

use super::super::matrix::{Matrix, axpy, dot};
use super::features::{Blocks, Features};
use super::file::{Figures, Provenance, rounded};
use super::measure::{apgr, calibration_error};
use super::ridge::Products;
use super::table::{Outcome, Sorter, Table};
use super::{GainModel, Seen};
use crate::chat::TASKS;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rayon::prelude::*;
use std::sync::Arc;

/// Fewest examples that a fit makes sense of.
const MIN_EXAMPLES: usize = 20;
/// Parts of the data that take turns at being unseen.
const FOLDS: usize = 3;
/// Penalties that are tried.
const PENALTIES: [f32; 5] = [5.0, 15.0, 40.0, 120.0, 400.0];
/// Draws from the posterior.
const DRAWS: usize = 16;
/// Fewest examples from which on anything beyond the table is believed: with 100 it made the order of one measured pair worse and
/// that of three hardly better (models/gain/README.md).
const FEWEST_BEYOND: usize = 200;
/// Examples at which half of what the table leaves over is believed, and its square grows; the table itself is drawn to the factor 1.
const HALF_BELIEVED: f32 = 500.0;
/// The standard deviation of both beliefs.
const FACTOR_SD: f32 = 0.3;
/// Fewest rows of a group whose mean error is looked at.
const GROUP: usize = 10;
/// The category of examples without one, where others have one.
const OTHER: &str = "other";

/// What both targets made of a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// What the text says to the predictor.
    pub seen: Seen,
    /// Success of the cheaper target, 0–1.
    pub cheap: f32,
    /// Success of the stronger one.
    pub strong: f32,
    /// Which kind of work it is, if the data say so. Learned from the text, so that it need not be known later.
    pub category: Option<Arc<str>>,
}

impl Example {
    /// What the stronger target won.
    pub fn gain(&self) -> f32 {
        self.strong - self.cheap
    }
}

/// How to fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FitOptions {
    /// The cheaper target's name.
    pub cheap: Arc<str>,
    /// The stronger one's.
    pub strong: Arc<str>,
    /// Whether the edge pack's gain features take part. They must not where the pack was trained on these very outcomes: on them
    /// it looks better than it is.
    pub gain_features: bool,
    /// Seed of folds and draws.
    pub seed: u64,
    /// The encoder of the readings.
    pub encoder: String,
    /// SHA-256 of the data.
    pub data_sha256: String,
}

/// Why there is no predictor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FitError {
    /// Too little to learn from.
    #[error("{0} usable examples are too few: give at least {MIN_EXAMPLES}, some hundreds do well")]
    TooFew(usize),
    /// Nothing to tell apart.
    #[error(
        "every example has the same outcome for both targets, so nothing tells when the stronger one is worth it"
    )]
    OneClass,
    /// Readings of different form.
    #[error("the readings are not all of one encoder")]
    Mixed,
}

/// Fits a predictor. Its last step rounds the weights as the file does, so that what is fitted is what is stored.
///
/// # Errors
/// See [`FitError`].
pub fn fit(examples: &[Example], options: &FitOptions) -> Result<GainModel, FitError> {
    let n = examples.len();
    if n < MIN_EXAMPLES {
        return Err(FitError::TooFew(n));
    }
    let y: Vec<f32> = examples.iter().map(Example::gain).collect();
    if y.iter().all(|gain| *gain == y[0]) {
        return Err(FitError::OneClass);
    }
    let texts: Vec<&Features> = examples.iter().map(|example| &example.seen.0).collect();
    if texts.iter().any(|text| text.tasks.len() != TASKS.len()) {
        return Err(FitError::Mixed);
    }
    let blocks = Blocks::fit(&texts, options.gain_features);
    let x = blocks.matrix(&texts).ok_or(FitError::Mixed)?;
    let categories = Categories::of(examples);
    let data = Data { x: &x, texts: &texts, categories: &categories, y: &y };

    let mut rng = StdRng::seed_from_u64(options.seed);
    let mut order: Vec<usize> = (0..n).collect();
    order.shuffle(&mut rng);
    let mut fold_of = vec![0; n];
    order.iter().enumerate().for_each(|(place, row)| fold_of[*row] = place % FOLDS);

    let unseen = data.unseen(&fold_of);
    let stack = Stack::fit(&unseen.table, &unseen.rest, &y);
    let predicted =
        super::affine(stack.offset, &[stack.table, stack.rest], &[&unseen.table, &unseen.rest]);
    let noise = y.iter().zip(&predicted).map(|(y, p)| (y - p).powi(2)).sum::<f32>() / n as f32;

    let products = Products::new(&x);
    let (sorter, table) = data.table(&products, &(0..n).collect::<Vec<_>>());
    let left: Vec<f32> = unseen.table.iter().zip(&y).map(|(table, y)| y - table).collect();
    let (rest, draws) = posterior(&products, &x, &left, unseen.penalty, noise, &mut rng);
    let (ece, _) = calibration_error(&predicted, &y);
    let figures = Figures {
        mean_gain: y.iter().sum::<f32>() / n as f32,
        apgr: apgr(&predicted, &y).map(|value| value as f32),
        table_apgr: apgr(&unseen.table, &y).map(|value| value as f32),
        calibration_error: ece as f32,
        residual_sd: noise.sqrt(),
        penalty: unseen.penalty,
    };
    Ok(GainModel {
        cheap: options.cheap.clone(),
        strong: options.strong.clone(),
        table,
        figures,
        provenance: Provenance {
            encoder: options.encoder.clone(),
            data_sha256: options.data_sha256.clone(),
            n,
            seed: options.seed,
        },
        blocks,
        sorter: match sorter {
            Sorter::Tasks => Sorter::Tasks,
            Sorter::Ridge { weights, shares } => {
                Sorter::Ridge { weights: weights.iter().map(|row| rounded(row)).collect(), shares }
            }
        },
        rest: rounded(&rest),
        draws: draws.iter().map(|draw| rounded(draw)).collect(),
        stack: [stack.offset, stack.table, stack.rest],
        offset_sd: (noise / n as f32 + data.misfit(&predicted, &unseen.rest)).sqrt(),
    })
}

/// The categories of examples: their own, or the edge pack's task types if none has one.
struct Categories {
    names: Vec<Arc<str>>,
    outcomes: Vec<Outcome>,
    learned: bool,
}

impl Categories {
    fn of(examples: &[Example]) -> Self {
        let other: Arc<str> = OTHER.into();
        let own = |example: &Example| example.category.clone().unwrap_or_else(|| other.clone());
        let mut names: Vec<Arc<str>> = examples.iter().map(own).collect();
        names.sort_unstable();
        names.dedup();
        let learned = names.len() > 1;
        let place = |example: &Example| {
            if learned {
                return names.binary_search(&own(example)).unwrap_or(0);
            }
            let tasks = example.seen.0.tasks.iter().enumerate();
            tasks.max_by(|a, b| a.1.total_cmp(b.1)).map_or(0, |(task, _)| task)
        };
        let outcomes = examples.iter().map(|e| (place(e), e.cheap, e.strong)).collect();
        let names =
            if learned { names } else { TASKS.iter().map(|task| Arc::from(*task)).collect() };
        Self { names, outcomes, learned }
    }
}

/// All that is fitted to.
struct Data<'a> {
    x: &'a Matrix,
    texts: &'a [&'a Features],
    categories: &'a Categories,
    y: &'a [f32],
}

/// Predictions for rows by models that have not seen them.
struct Unseen {
    table: Vec<f32>,
    rest: Vec<f32>,
    penalty: f32,
}

impl Data<'_> {
    /// Table and sorter from some rows, whose products are given.
    fn table(&self, products: &Products<'_>, rows: &[usize]) -> (Sorter, Table) {
        let outcomes: Vec<Outcome> =
            rows.iter().map(|row| self.categories.outcomes[*row]).collect();
        let classes: Vec<usize> = outcomes.iter().map(|outcome| outcome.0).collect();
        let sorter = if self.categories.learned {
            Sorter::fit(products, &classes, self.categories.names.len())
        } else {
            Sorter::Tasks
        };
        (sorter, Table::fit(&self.categories.names, &outcomes))
    }

    fn unseen(&self, fold_of: &[usize]) -> Unseen {
        let n = self.y.len();
        let sides: Vec<(Vec<usize>, Vec<usize>)> =
            (0..FOLDS).map(|fold| (0..n).partition(|row| fold_of[*row] != fold)).collect();
        let parts: Vec<Matrix> = sides.iter().map(|(train, _)| self.x.select(train)).collect();
        let products: Vec<Products<'_>> = parts.par_iter().map(Products::new).collect();
        let mut table = vec![0.0; n];
        let tables: Vec<Vec<f32>> = sides
            .par_iter()
            .zip(&products)
            .map(|((train, test), products)| {
                let (sorter, table) = self.table(products, train);
                let look =
                    |row: &usize| sorter.probabilities(self.x.row(*row), &self.texts[*row].tasks);
                test.iter().map(|row| table.look_up(&look(row)).gain).collect()
            })
            .collect();
        for ((_, test), values) in sides.iter().zip(tables) {
            test.iter().zip(values).for_each(|(row, value)| table[*row] = value);
        }
        let left: Vec<f32> = table.iter().zip(self.y).map(|(table, y)| y - table).collect();
        let trials: Vec<(usize, f32)> =
            (0..FOLDS).flat_map(|fold| PENALTIES.map(|penalty| (fold, penalty))).collect();
        let guesses: Vec<Vec<f32>> = trials
            .par_iter()
            .map(|(fold, penalty)| {
                let (train, test) = &sides[*fold];
                let targets = centred(train.iter().map(|row| left[*row]));
                let weights = products[*fold].solve(&targets, *penalty);
                test.iter().map(|row| dot(self.x.row(*row), weights.row(0))).collect()
            })
            .collect();
        let with = |penalty: f32| {
            let mut rest = vec![0.0; n];
            for ((fold, of), values) in trials.iter().zip(&guesses) {
                if *of == penalty {
                    sides[*fold].1.iter().zip(values).for_each(|(row, value)| rest[*row] = *value);
                }
            }
            let error: f32 = rest.iter().zip(&left).map(|(rest, left)| (left - rest).powi(2)).sum();
            (error, rest, penalty)
        };
        let best = PENALTIES.map(with).into_iter().min_by(|a, b| a.0.total_cmp(&b.0));
        let (_, rest, penalty) = best.unwrap_or((0.0, vec![0.0; n], 1.0));
        Unseen { table, rest, penalty }
    }
}

impl Data<'_> {
    /// The variance of true gains around predictions that no line follows: what the mean errors of groups of unseen rows, a third
    /// of a category each, differ by beyond chance (the test for lack of fit: Fisher 1922). 0 where chance explains all.
    fn misfit(&self, predicted: &[f32], rest: &[f32]) -> f32 {
        let mut rows: Vec<usize> = (0..self.y.len()).collect();
        let category = |row: usize| self.categories.outcomes[row].0;
        rows.sort_by(|a, b| category(*a).cmp(&category(*b)).then(rest[*a].total_cmp(&rest[*b])));
        let (mut excess, mut n) = (0.0, 0.0);
        for of_category in rows.chunk_by(|a, b| category(*a) == category(*b)) {
            for group in of_category.chunks(of_category.len().div_ceil(3).max(GROUP)) {
                let (size, error) =
                    (group.len() as f32, |row: &usize| self.y[*row] - predicted[*row]);
                let mean = group.iter().map(error).sum::<f32>() / size;
                let spread = group.iter().map(|row| (error(row) - mean).powi(2)).sum::<f32>();
                if group.len() > 1 {
                    excess += size * (mean * mean - spread / (size - 1.0) / size);
                    n += size;
                }
            }
        }
        if n > 0.0 { (excess / n).max(0.0) } else { 0.0 }
    }
}

/// A column less its mean.
fn centred(values: impl Iterator<Item = f32>) -> Matrix {
    let data: Vec<f32> = values.collect();
    let mean = data.iter().sum::<f32>() / data.len().max(1) as f32;
    Matrix { rows: data.len(), cols: 1, data: data.iter().map(|value| value - mean).collect() }
}

/// Weights for `left` and draws from their posterior, less the weights. A draw solves the same system for noise in the place of
/// outcomes and a sample of the prior (Papandreou and Yuille, "Gaussian sampling by local perturbations", 2010).
fn posterior(
    products: &Products<'_>,
    x: &Matrix,
    left: &[f32],
    penalty: f32,
    noise: f32,
    rng: &mut StdRng,
) -> (Vec<f32>, Vec<Vec<f32>>) {
    let (noise_sd, prior_sd) = (noise.sqrt(), (noise / penalty).sqrt());
    let mut priors = Matrix::zeros(DRAWS, x.cols);
    priors.data.iter_mut().for_each(|v| *v = prior_sd * normal(rng));
    let said = x.times(priors.view().transposed());
    let targets = centred(left.iter().copied());
    let mut y = Matrix::zeros(x.rows, DRAWS + 1);
    for row in 0..x.rows {
        let out = y.row_mut(row);
        out[0] = targets.data[row];
        for (out, said) in out[1..].iter_mut().zip(said.row(row)) {
            *out = noise_sd * normal(rng) - said;
        }
    }
    let solved = products.solve(&y, penalty);
    let draw = |at: usize| {
        let mut draw = priors.row(at).to_vec();
        axpy(1.0, solved.row(at + 1), &mut draw);
        draw
    };
    (solved.row(0).to_vec(), (0..DRAWS).map(draw).collect())
}

/// A standard normal number (Box and Muller 1958).
fn normal(rng: &mut StdRng) -> f32 {
    let (u, v): (f64, f64) = (rng.random_range(f64::MIN_POSITIVE..1.0), rng.random());
    ((-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()) as f32
}

/// How table and rest are added up.
struct Stack {
    offset: f32,
    table: f32,
    rest: f32,
}

impl Stack {
    /// Least squares on unseen rows, drawn to what is believed without them; factors are never below 0.
    fn fit(table: &[f32], rest: &[f32], y: &[f32]) -> Self {
        let n = y.len() as f32;
        let mean = |values: &[f32]| values.iter().sum::<f32>() / n;
        let (mt, mr, my) = (mean(table), mean(rest), mean(y));
        let product = |a: &[f32], ma: f32, b: &[f32], mb: f32| -> f32 {
            a.iter().zip(b).map(|(a, b)| (a - ma) * (b - mb)).sum()
        };
        let (tt, tr, rr) = (
            product(table, mt, table, mt),
            product(table, mt, rest, mr),
            product(rest, mr, rest, mr),
        );
        let (ty, ry) = (product(table, mt, y, my), product(rest, mr, y, my));
        let prior = product(y, my, y, my) / n / (FACTOR_SD * FACTOR_SD);
        let (a, d) = (tt + prior, rr + prior);
        let (ty, ry) = (ty + prior, ry + prior * n * n / (n * n + HALF_BELIEVED * HALF_BELIEVED));
        let determinant = a * d - tr * tr;
        let (mut of_table, mut of_rest) =
            ((ty * d - ry * tr) / determinant, (ry * a - ty * tr) / determinant);
        if of_rest < 0.0 || y.len() < FEWEST_BEYOND {
            (of_table, of_rest) = (ty / a, 0.0);
        }
        if of_table < 0.0 {
            (of_table, of_rest) = (0.0, (ry / d).max(0.0));
        }
        Self { offset: my - of_table * mt - of_rest * mr, table: of_table, rest: of_rest }
    }
}
