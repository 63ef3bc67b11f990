//! Metrics with 95 % intervals.
//!
//! Shares of independent cases get Wilson's interval (Wilson 1927); everything else the percentile bootstrap over documents
//! (Efron 1979), with a fixed seed, so that the same results give the same numbers.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde::Serialize;
use std::ops::Range;

/// Resamples of a bootstrap.
const RESAMPLES: usize = 1000;
const SEED: u64 = 1;

/// A number and where it lies with 95 % confidence.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    /// The value on all cases.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Cases.
    pub n: usize,
}

/// `hits` of `n` with Wilson's interval.
pub fn share(hits: usize, n: usize) -> Estimate {
    if n == 0 {
        return Estimate { value: f64::NAN, low: 0.0, high: 1.0, n };
    }
    let (p, n_f) = (hits as f64 / n as f64, n as f64);
    let z = 1.959_964_f64;
    let centre = (p + z * z / (2.0 * n_f)) / (1.0 + z * z / n_f);
    let half = z / (1.0 + z * z / n_f) * (p * (1.0 - p) / n_f + z * z / (4.0 * n_f * n_f)).sqrt();
    Estimate { value: p, low: (centre - half).max(0.0), high: (centre + half).min(1.0), n }
}

/// Any statistic of cases with a bootstrap interval.
pub fn bootstrap<T>(
    cases: &[T],
    statistic: impl Fn(&mut dyn Iterator<Item = &T>) -> f64,
) -> Estimate {
    let mut rng = StdRng::seed_from_u64(SEED);
    let value = statistic(&mut cases.iter());
    let mut values: Vec<f64> = (0..RESAMPLES)
        .map(|_| {
            let picks = (0..cases.len()).map(|_| &cases[rng.random_range(0..cases.len())]);
            statistic(&mut picks.collect::<Vec<_>>().into_iter())
        })
        .filter(|value| value.is_finite())
        .collect();
    values.sort_by(f64::total_cmp);
    let at = |q: f64| values.get((q * values.len() as f64) as usize).copied().unwrap_or(f64::NAN);
    Estimate { value, low: at(0.025), high: at(0.975), n: cases.len() }
}

/// Probability that a positive score lies above a negative one; ties count half.
pub fn auroc(cases: &mut dyn Iterator<Item = &(f32, bool)>) -> f64 {
    let mut scores: Vec<(f32, bool)> = cases.copied().collect();
    scores.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut below, mut pairs, mut at) = (0.0, 0.0, 0);
    while at < scores.len() {
        let same = scores[at..].iter().take_while(|case| case.0 == scores[at].0).count();
        let group = &scores[at..at + same];
        let positives = group.iter().filter(|case| case.1).count() as f64;
        let negatives = same as f64 - positives;
        pairs += positives * (below + negatives / 2.0);
        below += negatives;
        at += same;
    }
    let positives = scores.iter().filter(|case| case.1).count() as f64;
    pairs / (positives * below)
}

/// Rank correlation (Spearman 1904); ties share their mean rank. NaN where one side does not vary.
pub fn spearman(a: &[f32], b: &[f32]) -> f64 {
    let (a, b) = (ranks(a), ranks(b));
    let mean = (a.len() as f64 + 1.0) / 2.0;
    let sum = |x: &[f64], y: &[f64]| -> f64 {
        x.iter().zip(y).map(|(x, y)| (x - mean) * (y - mean)).sum()
    };
    sum(&a, &b) / (sum(&a, &a) * sum(&b, &b)).sqrt()
}

/// For each value its place in ascending order, from 1.
fn ranks(values: &[f32]) -> Vec<f64> {
    let place = |value: &f32| {
        let below = values.iter().filter(|other| *other < value).count();
        let same = values.iter().filter(|other| *other == value).count();
        below as f64 + (same as f64 + 1.0) / 2.0
    };
    values.iter().map(place).collect()
}

/// The value below which a share `q` of `values` lies.
pub fn quantile(mut values: Vec<f32>, q: f64) -> f32 {
    values.sort_by(f32::total_cmp);
    let at = (q * values.len() as f64).ceil() as usize;
    values
        .get(at.saturating_sub(1).min(values.len().saturating_sub(1)))
        .copied()
        .unwrap_or(f32::NAN)
}

/// A span of characters with its class.
pub type Labelled<'a> = (Range<usize>, &'a str);

/// Counts of one text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Spans found that are right.
    pub hits: usize,
    /// Spans found.
    pub found: usize,
    /// Spans that are there.
    pub gold: usize,
    /// Characters of personal data.
    pub gold_chars: usize,
    /// Those of them that no finding covers.
    pub bare_chars: usize,
    /// All characters.
    pub chars: usize,
}

/// Compares spans: one counts as right if the class is the same and the characters' intersection over union is at least one
/// half. `covering` are the spans of any class that would hide something.
pub fn compare(
    gold: &[Labelled<'_>],
    found: &[Labelled<'_>],
    covering: &[Range<usize>],
    chars: usize,
) -> Counts {
    let mut free: Vec<&Labelled<'_>> = gold.iter().collect();
    let mut hits = 0;
    for span in found {
        let matches =
            |other: &&Labelled<'_>| other.1 == span.1 && overlap(&other.0, &span.0) >= 0.5;
        if let Some(at) = free.iter().position(matches) {
            free.swap_remove(at);
            hits += 1;
        }
    }
    let gold_chars = gold.iter().map(|span| span.0.len()).sum();
    let hidden = |at: usize| covering.iter().any(|range| range.contains(&at));
    let bare_chars = gold.iter().flat_map(|span| span.0.clone()).filter(|at| !hidden(*at)).count();
    Counts { hits, found: found.len(), gold: gold.len(), gold_chars, bare_chars, chars }
}

/// The spans, in order, with the parts of one address put together: sets of labelled text differ in whether street, flat, town
/// and country are one span or several. Applied to both sides it takes that difference out of the comparison.
pub fn whole_addresses<'a>(text: &str, mut spans: Vec<Labelled<'a>>) -> Vec<Labelled<'a>> {
    let text: Vec<char> = text.chars().collect();
    spans.sort_by_key(|span| span.0.start);
    let mut out: Vec<Labelled<'a>> = Vec::new();
    for span in spans {
        let place = |class: &str| matches!(class, "ADDRESS" | "LOCATION");
        match out.last_mut() {
            Some(last)
                if (last.1 == "ADDRESS" || span.1 == "ADDRESS")
                    && place(last.1)
                    && place(span.1)
                    && text.get(last.0.end..span.0.start).is_some_and(|between| {
                        between.len() <= 8 && !between.iter().any(|c| c.is_alphanumeric())
                    }) =>
            {
                *last = (last.0.start..span.0.end, "ADDRESS");
            }
            _ => out.push(span),
        }
    }
    out
}

/// Intersection over union.
fn overlap(a: &Range<usize>, b: &Range<usize>) -> f64 {
    let inside = a.end.min(b.end).saturating_sub(a.start.max(b.start));
    inside as f64 / (a.len() + b.len() - inside).max(1) as f64
}

/// Harmonic mean of precision and recall over all spans.
pub fn f1(counts: &mut dyn Iterator<Item = &Counts>) -> f64 {
    let (mut hits, mut both) = (0, 0);
    for one in counts {
        hits += one.hits;
        both += one.found + one.gold;
    }
    2.0 * hits as f64 / both as f64
}

#[cfg(test)]
mod tests {
    use super::{auroc, bootstrap, compare, f1, quantile, share, spearman, whole_addresses};

    #[test]
    fn wilson_as_in_the_tables() {
        let half = share(50, 100);
        assert!((half.low - 0.4038).abs() < 1e-3 && (half.high - 0.5962).abs() < 1e-3, "{half:?}");
        let none = share(0, 10);
        assert!(none.low == 0.0 && (none.high - 0.2775).abs() < 1e-3, "{none:?}");
        assert!(share(0, 0).value.is_nan());
    }

    #[test]
    fn spans_match_by_class_and_half_their_characters() {
        let gold = [(0..10, "PERSON"), (20..30, "EMAIL")];
        let counts = |found: &[super::Labelled<'_>]| {
            let covering: Vec<_> = found.iter().map(|span| span.0.clone()).collect();
            compare(&gold, found, &covering, 40)
        };
        let right = counts(&[(0..10, "PERSON"), (18..30, "EMAIL")]);
        assert_eq!((right.hits, right.bare_chars), (2, 0));
        let half = counts(&[(0..4, "PERSON"), (20..30, "PHONE")]);
        assert_eq!((half.hits, half.found, half.gold, half.bare_chars), (0, 2, 2, 6));
        assert!((f1(&mut [right, half].iter()) - 0.5).abs() < 1e-9);
        let twice = counts(&[(0..9, "PERSON"), (1..10, "PERSON")]);
        assert_eq!(twice.hits, 1, "a span is found once");
    }

    #[test]
    fn parts_of_an_address_are_one() {
        let text = "Bo, 12 Elm St\n Suite 3,  Ulm and Bonn";
        let parts = vec![
            (0..2, "PERSON"),
            (25..28, "LOCATION"),
            (4..13, "ADDRESS"),
            (15..22, "ADDRESS"),
            (33..37, "LOCATION"),
        ];
        let whole = vec![(0..2, "PERSON"), (4..28, "ADDRESS"), (33..37, "LOCATION")];
        assert_eq!(whole_addresses(text, parts), whole);
        assert_eq!(whole_addresses(text, whole.clone()), whole);
    }

    #[test]
    fn ranks_and_quantiles() {
        let cases = [(0.9, true), (0.8, false), (0.8, true), (0.1, false)];
        assert!((auroc(&mut cases.iter()) - 0.875).abs() < 1e-9);
        assert!((spearman(&[1.0, 2.0, 3.0, 4.0], &[1.0, 3.0, 2.0, 9.0]) - 0.8).abs() < 1e-9);
        assert!((spearman(&[1.0, 1.0, 2.0], &[5.0, 5.0, 4.0]) + 1.0).abs() < 1e-9);
        assert!(spearman(&[1.0, 1.0], &[1.0, 2.0]).is_nan() && spearman(&[], &[]).is_nan());
        assert_eq!(quantile(vec![3.0, 1.0, 2.0, 4.0], 0.5), 2.0);
        assert_eq!(quantile(vec![1.0], 0.95), 1.0);
        let mean = |cases: &mut dyn Iterator<Item = &f64>| {
            let all: Vec<f64> = cases.copied().collect();
            all.iter().sum::<f64>() / all.len() as f64
        };
        let estimate = bootstrap(&[0.0, 1.0, 0.0, 1.0], mean);
        assert!(estimate.low < 0.5 && 0.5 < estimate.high && estimate.value == 0.5);
        assert_eq!(estimate, bootstrap(&[0.0, 1.0, 0.0, 1.0], mean), "the seed is fixed");
    }
}
