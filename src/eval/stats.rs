//! How sure a figure is, and whether two runs differ: seeded bootstraps, order statistics, McNemar's exact test.
//!
//! Pure functions over numbers; equal arguments give equal results.

use super::metric::Estimate;

/// Resamples of a bootstrap.
const RESAMPLES: usize = 1000;
/// 97.5 % point of the normal distribution: two-sided 95 %.
const Z95: f64 = 1.959_964;
/// 80 % point: the power that a sample size is asked for.
const Z80: f64 = 0.841_621;

/// Numerator and denominator of one case.
pub type Share = (f64, f64);

/// Sum of numerators over sum of denominators, with the percentile bootstrap over cases (Efron 1979). NaN without a
/// denominator.
pub fn ratio(cases: &[Share], seed: u64) -> Estimate {
    let value = over(cases.iter().fold((0.0, 0.0), add));
    let draws = resample(cases.len(), seed, |picks| {
        over(picks.iter().fold((0.0, 0.0), |sum, at| add(sum, &cases[*at])))
    });
    interval(value, draws, cases.len())
}

/// Mean with the percentile bootstrap.
pub fn mean(values: &[f64], seed: u64) -> Estimate {
    let cases: Vec<Share> = values.iter().map(|value| (*value, 1.0)).collect();
    ratio(&cases, seed)
}

/// How much a ratio changed between two runs over the same cases, relative to the first: new / old − 1, with a paired
/// bootstrap that draws a case from both runs together.
pub fn relative_change(old: &[Share], new: &[Share], seed: u64) -> Estimate {
    let n = old.len().min(new.len());
    let change = |old: Share, new: Share| over(new) / over(old) - 1.0;
    let sum = |cases: &[Share]| cases.iter().take(n).fold((0.0, 0.0), add);
    let draws = resample(n, seed, |picks| {
        let sums = picks
            .iter()
            .fold(((0.0, 0.0), (0.0, 0.0)), |(a, b), at| (add(a, &old[*at]), add(b, &new[*at])));
        change(sums.0, sums.1)
    });
    interval(change(sum(old), sum(new)), draws, n)
}

/// The value below which a share `q` of the values lies, with the interval between two order statistics (binomial, normal
/// approximation). NaN without values.
pub fn quantile(values: &[f64], q: f64) -> Estimate {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    let Some(last) = n.checked_sub(1) else {
        return Estimate { value: f64::NAN, low: f64::NAN, high: f64::NAN, n };
    };
    let rank = q * n as f64;
    let half = Z95 * (rank * (1.0 - q)).sqrt();
    let at = |rank: f64| sorted[(rank.max(1.0) as usize - 1).min(last)];
    let (low, high) = (at((rank - half).floor()), at((rank + half).ceil() + 1.0));
    Estimate { value: at(rank.ceil()), low, high, n }
}

/// Two-sided p-value of McNemar's exact test: of `lost + gained` cases that changed, how unlikely so uneven a split is if
/// either way is as likely (McNemar 1947; binomial form).
pub fn mcnemar(lost: usize, gained: usize) -> f64 {
    let n = lost + gained;
    let tail: f64 =
        (0..=lost.min(gained)).map(|k| (ln_choose(n, k) - n as f64 * 2f64.ln()).exp()).sum();
    (2.0 * tail).min(1.0)
}

/// The change of a success rate over `n` cases of which `gained` turned good and `lost` turned bad, with the adjusted Wald
/// interval for paired shares (Agresti and Min 2005: half a case more in each cell).
pub fn paired_change(n: usize, gained: usize, lost: usize) -> Estimate {
    let value = (gained as f64 - lost as f64) / n as f64;
    let (all, up, down) = (n as f64 + 2.0, gained as f64 + 0.5, lost as f64 + 0.5);
    let centre = (up - down) / all;
    let half = Z95 * ((up + down) - (up - down) * (up - down) / all).sqrt() / all;
    Estimate { value, low: (centre - half).max(-1.0), high: (centre + half).min(1.0), n }
}

/// About how many cases it takes to see, in four of five runs, that a rate did not drop by more than `margin`, if it does
/// not change and as many cases flip as here; without a margin, to tell the change seen here from none. `None` if no number
/// would do.
pub fn cases_needed(n: usize, gained: usize, lost: usize, margin: f64) -> Option<usize> {
    let flips = (gained + lost) as f64 + 1.0;
    let flips = flips / (n as f64 + 2.0);
    let seen = (gained as f64 - lost as f64).abs() / n as f64;
    let distance = if margin > 0.0 { margin } else { seen };
    if distance <= 0.0 {
        return None;
    }
    let needed = (Z95 + Z80).powi(2) * flips / (distance * distance);
    Some(needed.ceil().max(n as f64 + 1.0) as usize)
}

/// About how many cases shrink an interval so that it no longer reaches `bound`, its width falling with the root of their
/// number. `None` if the value lies on the bound.
pub fn cases_to_clear(estimate: &Estimate, bound: f64) -> Option<usize> {
    let half = (estimate.high - estimate.low) / 2.0;
    let distance = (bound - estimate.value).abs();
    let needed = estimate.n as f64 * (half / distance).powi(2);
    (needed.is_finite() && distance > 0.0)
        .then(|| needed.ceil().max(estimate.n as f64 + 1.0) as usize)
}

fn add(sum: Share, case: &Share) -> Share {
    (sum.0 + case.0, sum.1 + case.1)
}

fn over((up, down): Share) -> f64 {
    if down == 0.0 { f64::NAN } else { up / down }
}

/// A statistic over resamples of `n` cases, given by index.
fn resample(n: usize, seed: u64, statistic: impl Fn(&[usize]) -> f64) -> Vec<f64> {
    let mut draws = SplitMix(seed);
    let mut picks = vec![0; n];
    let mut draw = || {
        picks.fill_with(|| draws.below(n));
        statistic(&picks)
    };
    if n == 0 { Vec::new() } else { (0..RESAMPLES).map(|_| draw()).collect() }
}

/// SplitMix64 (Steele, Lea, Flood 2014): a bootstrap draws millions of indices, which needs speed and no secrecy.
#[derive(Debug, Clone)]
pub struct SplitMix(pub u64);

impl SplitMix {
    /// A number below `n`, by multiplication (Lemire 2019); the bias is below `n` in 2^64.
    pub fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        ((u128::from(z) * n as u128) >> 64) as usize
    }
}

/// The middle 95 % of the draws that have a value.
fn interval(value: f64, mut draws: Vec<f64>, n: usize) -> Estimate {
    draws.retain(|draw| draw.is_finite());
    draws.sort_by(f64::total_cmp);
    let at = |q: f64| draws.get((q * draws.len() as f64) as usize).copied().unwrap_or(f64::NAN);
    Estimate { value, low: at(0.025), high: at(0.975), n }
}

fn ln_choose(n: usize, k: usize) -> f64 {
    (1..=k).map(|i| ((n - k + i) as f64).ln() - (i as f64).ln()).sum()
}

#[cfg(test)]
mod tests {
    use super::{
        cases_needed, cases_to_clear, mcnemar, mean, paired_change, quantile, ratio,
        relative_change,
    };

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-3, "{found} is not {expected}");
    }

    #[test]
    fn mcnemar_as_binomial_tables_say() {
        near(mcnemar(0, 0), 1.0);
        near(mcnemar(0, 5), 0.0625);
        near(mcnemar(1, 9), 0.0215);
        near(mcnemar(9, 1), 0.0215);
        near(mcnemar(6, 6), 1.0);
        near(mcnemar(400, 500), 0.0009);
    }

    #[test]
    fn a_ratio_counts_failed_attempts_in_its_numerator() {
        let tasks = [(0.3, 1.0), (0.2, 1.0), (0.5, 0.0)];
        let cost = ratio(&tasks, 7);
        near(cost.value, 0.5);
        assert!(cost.low < 0.5 && cost.high > 0.5, "{cost:?}");
        assert_eq!(cost, ratio(&tasks, 7), "the same seed, the same interval");
        assert!(ratio(&[(1.0, 0.0)], 1).value.is_nan() && ratio(&[], 1).value.is_nan());
        near(mean(&[1.0, 3.0], 1).value, 2.0);
    }

    #[test]
    fn a_paired_change_of_nothing_is_certain() {
        let old: Vec<(f64, f64)> = (1..100).map(|i| (f64::from(i), 1.0)).collect();
        let same = relative_change(&old, &old, 3);
        assert!(same.value == 0.0 && same.low == 0.0 && same.high == 0.0, "{same:?}");
        let dearer: Vec<(f64, f64)> = old.iter().map(|(cost, n)| (cost * 1.25, *n)).collect();
        let change = relative_change(&old, &dearer, 3);
        near(change.value, 0.25);
        near(change.low, 0.25);
        near(change.high, 0.25);
    }

    #[test]
    fn quantiles_lie_between_order_statistics() {
        let values: Vec<f64> = (1..=100).map(f64::from).collect();
        let median = quantile(&values, 0.5);
        assert_eq!((median.value, median.low, median.high), (50.0, 40.0, 61.0));
        let tail = quantile(&values, 0.99);
        assert_eq!((tail.value, tail.high), (99.0, 100.0));
        assert_eq!(quantile(&[4.0], 0.5).value, 4.0);
        assert!(quantile(&[], 0.5).value.is_nan());
    }

    #[test]
    fn paired_changes_and_the_cases_they_need() {
        let change = paired_change(200, 3, 9);
        near(change.value, -0.03);
        assert!(change.low < -0.06 && change.low > -0.07 && change.high > 0.0, "{change:?}");
        let still = paired_change(1000, 0, 0);
        assert!(still.low > -0.004 && still.high < 0.004, "{still:?}");
        let needed = cases_needed(200, 3, 9, 0.02).unwrap();
        assert!((1200..1350).contains(&needed), "{needed}");
        assert_eq!(cases_needed(200, 5, 5, 0.0), None);
        let wide = super::Estimate { value: 0.1, low: -0.1, high: 0.3, n: 100 };
        assert_eq!(cases_to_clear(&wide, 0.2), Some(400));
        assert_eq!(cases_to_clear(&wide, 0.1), None);
    }
}
