//! The intent head: from an embedding to a name, a calibrated probability, a margin and a reject score.
//!
//! Classes by logistic regression ([`softmax`](super::softmax)) on a text's direction from the centre of all examples, as a text
//! of several topics lies nearer to it; reject by distance ([`scope`](super::scope)). The probability is calibrated by one temperature, fitted to examples that the fold's classifier has not seen (Guo et al., "On
//! calibration of modern neural networks", 2017) and held near a prior where examples are few. Invariant: the same examples
//! in the same order give the same head, bit for bit.

use super::matrix::{Matrix, axpy, dot, log_sum_exp};
use super::scope::Scope;
use super::softmax::{Softmax, class_means};
use super::whiten::Whitening;
use crate::chat::Intent;
use std::sync::Arc;

/// Folds of the calibration.
const FOLDS: usize = 5;
/// From this many examples on fewer folds do, and the fit stays fast.
const MANY_EXAMPLES: usize = 600;
const FOLDS_OF_MANY: usize = 3;
/// Unseen examples that are enough to fit one number to; further folds are not fitted.
const ENOUGH: usize = 300;
/// The temperature that sets of intents tend to, and how many nats it costs to leave it by a factor of e.
const PRIOR_TEMPERATURE: f32 = 0.45;
const PRIOR_STRENGTH: f32 = 3.0;

/// A fitted head. [`Self::predict`] takes some tens of microseconds for 150 intents.
#[derive(Debug, Clone, PartialEq)]
pub struct IntentHead {
    names: Vec<Arc<str>>,
    /// The mean of all examples.
    centre: Vec<f32>,
    softmax: Softmax,
    scope: Scope,
    temperature: f32,
}

impl IntentHead {
    /// Fits a head to examples: for each the index of its intent in `names` and its L2-normalised embedding.
    ///
    /// Examples whose index is out of range, whose width is not that of the first or that hold a number which is not finite are
    /// left out. `None` if no example is left. An intent without examples is never predicted.
    pub fn fit(names: &[Arc<str>], examples: &[(usize, &[f32])]) -> Option<Self> {
        let width = examples.first()?.1.len();
        let usable = |(class, x): &&(usize, &[f32])| {
            *class < names.len() && x.len() == width && x.iter().all(|v| v.is_finite())
        };
        let usable: Vec<_> = examples.iter().filter(usable).collect();
        let x = Matrix {
            rows: usable.len(),
            cols: width,
            data: usable.iter().flat_map(|(_, x)| x.iter().copied()).collect(),
        };
        if usable.is_empty() || width == 0 {
            return None;
        }
        // Intents without an example get no class; the others are numbered anew.
        let mut present: Vec<usize> = usable.iter().map(|(class, _)| *class).collect();
        present.sort_unstable();
        present.dedup();
        let number = |class: usize| present.partition_point(|other| *other < class);
        let y: Vec<usize> = usable.iter().map(|(class, _)| number(*class)).collect();
        let classes = present.len();
        let (means, centre) = class_means(&x, &y, classes);
        let whitening = Whitening::fit(&x, &y, &means);
        let white = whitening.of(&x);
        let turned = directions(&x, &centre, &white, &whitening);
        Some(Self {
            names: present.iter().map(|class| Arc::clone(&names[*class])).collect(),
            centre,
            softmax: Softmax::fit(&turned, &y, classes).before(&whitening),
            scope: Scope::fit(&white, &y, whitening.of(&means), &whitening),
            temperature: temperature(&unseen_scores(&turned, &y, classes)),
        })
    }

    /// The intent of a text by its L2-normalised embedding. From reject 0.5 on, where a text is likelier out of scope than
    /// not, probability and margin shrink with it to 0. `None` if the embedding has another width than the examples'.
    pub fn predict(&self, embedding: &[f32]) -> Option<Intent> {
        if embedding.len() != self.centre.len() || embedding.iter().any(|v| !v.is_finite()) {
            return None;
        }
        let mut direction = embedding.to_vec();
        axpy(-1.0, &self.centre, &mut direction);
        let distance = length(&direction);
        direction.iter_mut().for_each(|v| *v /= distance);
        let mut scores = self.softmax.scores(&direction);
        scores.iter_mut().for_each(|score| *score /= self.temperature);
        let norm = log_sum_exp(&scores);
        let (mut best, mut p1, mut p2) = (0, 0.0, 0.0);
        for (class, score) in scores.iter().enumerate() {
            let p = (score - norm).exp();
            if p > p1 {
                (best, p2, p1) = (class, p1, p);
            } else if p > p2 {
                p2 = p;
            }
        }
        let reject = self.scope.reject(embedding);
        let inside = (2.0 * (1.0 - reject)).min(1.0);
        let name = Arc::clone(self.names.get(best)?);
        Some(Intent { name, p: p1 * inside, margin: (p1 - p2) * inside, reject, inherited: false })
    }
}

/// Length of a vector; never 0, to divide by.
fn length(x: &[f32]) -> f32 {
    dot(x, x).sqrt().max(1e-6)
}

/// The directions from the centre to the rows of `x`, in the coordinates of `white`, which holds the same rows.
fn directions(x: &Matrix, centre: &[f32], white: &Matrix, whitening: &Whitening) -> Matrix {
    let white_centre = whitening.of(&Matrix { rows: 1, cols: x.cols, data: centre.to_vec() });
    let mut out = white.clone();
    for row in 0..out.rows {
        let mut away = x.row(row).to_vec();
        axpy(-1.0, centre, &mut away);
        let distance = length(&away);
        let direction = out.row_mut(row);
        axpy(-1.0, &white_centre.data, direction);
        direction.iter_mut().for_each(|v| *v /= distance);
    }
    out
}

/// For examples that can be left out, all of them if they are few: the class and its scores by a classifier that has not seen it.
fn unseen_scores(x: &Matrix, y: &[usize], classes: usize) -> Vec<(usize, Vec<f32>)> {
    let folds = if y.len() > MANY_EXAMPLES { FOLDS_OF_MANY } else { FOLDS };
    let mut seen = vec![0usize; classes];
    let fold: Vec<usize> = y
        .iter()
        .map(|class| {
            seen[*class] += 1;
            (seen[*class] - 1) % folds
        })
        .collect();
    let mut out = Vec::with_capacity(y.len());
    for held in 0..folds {
        if out.len() >= ENOUGH {
            break;
        }
        let (tests, rest): (Vec<usize>, Vec<usize>) =
            (0..y.len()).partition(|row| fold[*row] == held);
        // A class of one example would vanish from the rest; its example cannot be judged.
        let tests: Vec<usize> = tests.into_iter().filter(|row| seen[y[*row]] > 1).collect();
        if tests.is_empty() || rest.is_empty() {
            continue;
        }
        let classes_of_rest: Vec<usize> = rest.iter().map(|row| y[*row]).collect();
        let model = Softmax::fit(&x.select(&rest), &classes_of_rest, classes);
        out.extend(tests.into_iter().map(|row| (y[row], model.scores(x.row(row)))));
    }
    out
}

/// The temperature under which the unseen examples are likeliest, on a grid.
fn temperature(unseen: &[(usize, Vec<f32>)]) -> f32 {
    let cost = |temperature: f32| {
        let away = (temperature / PRIOR_TEMPERATURE).ln();
        let loss = unseen.iter().map(|(class, scores)| {
            let scaled: Vec<f32> = scores.iter().map(|score| score / temperature).collect();
            f64::from(log_sum_exp(&scaled) - scaled[*class])
        });
        f64::from(PRIOR_STRENGTH * away * away) + loss.sum::<f64>()
    };
    let grid = (0..=36).map(|step| 0.1 * (step as f32 * 0.09).exp());
    let costs = grid.map(|temperature| (cost(temperature), temperature));
    let best = costs.fold((f64::INFINITY, PRIOR_TEMPERATURE), |a, b| if b.0 < a.0 { b } else { a });
    best.1
}

#[cfg(test)]
mod tests {
    use super::IntentHead;
    use std::sync::Arc;

    const WIDTH: usize = 64;

    /// A repeatable stream of numbers between -1 and 1.
    struct Noise(u64);

    impl Noise {
        fn next(&mut self) -> f32 {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            ((self.0 >> 40) as f32) / 8_388_608.0 - 1.0
        }

        fn direction(&mut self) -> Vec<f32> {
            unit((0..WIDTH).map(|_| self.next()).collect())
        }

        /// A text of the topic, as near to it as sentence embeddings are (cosine about 0.7).
        fn near(&mut self, topic: &[f32]) -> Vec<f32> {
            let noise = self.direction();
            unit(topic.iter().zip(&noise).map(|(t, n)| t + n).collect())
        }
    }

    fn unit(mut x: Vec<f32>) -> Vec<f32> {
        let length = x.iter().map(|v| v * v).sum::<f32>().sqrt();
        x.iter_mut().for_each(|v| *v /= length);
        x
    }

    fn names(n: usize) -> Vec<Arc<str>> {
        (0..n).map(|i| format!("intent{i}").into()).collect()
    }

    fn world(intents: usize, each: usize) -> (IntentHead, Vec<Vec<f32>>, Noise) {
        let mut noise = Noise(7);
        let topics: Vec<Vec<f32>> = (0..intents).map(|_| noise.direction()).collect();
        let texts: Vec<(usize, Vec<f32>)> =
            (0..intents * each).map(|i| (i % intents, noise.near(&topics[i % intents]))).collect();
        let examples: Vec<(usize, &[f32])> = texts.iter().map(|(k, x)| (*k, &x[..])).collect();
        (IntentHead::fit(&names(intents), &examples).unwrap(), topics, noise)
    }

    #[test]
    fn tells_intents_apart_and_knows_what_is_foreign() {
        for (intents, each) in [(1, 5), (2, 3), (3, 10), (5, 5), (40, 8)] {
            let (head, topics, mut noise) = world(intents, each);
            let (mut right, mut kept, mut foreign, mut p_sum, mut p_foreign) = (0, 0, 0, 0.0, 0.0);
            for i in 0..400 {
                let intent = head.predict(&noise.near(&topics[i % intents])).unwrap();
                right += usize::from(*intent.name == *format!("intent{}", i % intents));
                kept += usize::from(intent.reject < 0.5);
                p_sum += intent.p;
                assert!((0.0..=1.0).contains(&intent.p) && (0.0..=1.0).contains(&intent.reject));
                assert!((0.0..=intent.p + 1e-6).contains(&intent.margin));
                let other = head.predict(&noise.direction()).unwrap();
                foreign += usize::from(other.reject > 0.5);
                p_foreign += other.p;
            }
            let case = format!(
                "{intents} × {each}: right {right}, kept {kept}, foreign {foreign}, p {p_sum} {p_foreign}"
            );
            assert!(right >= 380, "{case}");
            assert!(kept >= 360, "{case}");
            assert!(foreign >= 300, "{case}");
            // Calibration: the mean probability is the share that is right, and far from it on foreign texts.
            assert!((p_sum - right as f32).abs() < 40.0, "{case}");
            assert!(p_foreign < 200.0, "{case}");
        }
    }

    #[test]
    fn the_same_examples_give_the_same_head() {
        let (a, _, mut noise) = world(12, 6);
        let (b, ..) = world(12, 6);
        assert_eq!(a, b);
        let text = noise.direction();
        assert_eq!(a.predict(&text), b.predict(&text));
    }

    #[test]
    fn one_text_with_two_intents_is_not_certain() {
        // Twenty examples may look as if they told something, so some sets of them are judged together.
        let sure = |seed| {
            let mut noise = Noise(seed);
            let topic = noise.direction();
            let texts: Vec<Vec<f32>> = (0..20).map(|_| noise.near(&topic)).collect();
            let examples: Vec<(usize, &[f32])> =
                texts.iter().enumerate().map(|(i, x)| (i % 2, &x[..])).collect();
            let head = IntentHead::fit(&names(2), &examples).unwrap();
            (0..200).map(|_| head.predict(&noise.near(&topic)).unwrap().p).sum::<f32>() / 200.0
        };
        let all: Vec<f32> = (3..11).map(sure).collect();
        assert!(all.iter().sum::<f32>() / 8.0 < 0.75, "{all:?}");
    }

    #[test]
    fn odd_input_is_left_out() {
        let (good, short) = ([1.0, 0.0, 0.0], [1.0, 0.0]);
        let nan = [f32::NAN, 0.0, 0.0];
        assert!(IntentHead::fit(&names(2), &[]).is_none());
        assert!(IntentHead::fit(&names(0), &[(0, &good)]).is_none());
        assert!(IntentHead::fit(&names(2), &[(0, &nan)]).is_none());
        let head =
            IntentHead::fit(&names(3), &[(2, &good), (2, &good), (0, &short), (9, &good)]).unwrap();
        assert_eq!(&*head.predict(&good).unwrap().name, "intent2");
        assert!(head.predict(&good).unwrap().reject < 0.5);
        assert!(head.predict(&[0.0, 1.0, 0.0]).unwrap().reject > 0.9);
        assert!(head.predict(&short).is_none() && head.predict(&nan).is_none());
    }
}
