//! Bounds that hold on data to come: tests of a mean by betting, and a sequence of them.
//!
//! A gambler bets against the claim that a mean is too high; his wealth is a nonnegative martingale if the claim is true, so
//! that it exceeds 1 / p with probability p at most (Ville 1939; Waudby-Smith and Ramdas, "Estimating means of bounded random
//! variables by betting", 2024, arXiv 2010.09686). Thresholds are tested from the safe side on until one fails, which keeps
//! the error of the whole sequence at that of one test ("Learn then Test": Angelopoulos et al. 2021, arXiv 2110.01052).
//! Nothing is assumed of the numbers but that they lie from 0 to 1 and are drawn as those to come will be.

/// Part of all wealth that is never bet.
const KEPT: f64 = 0.1;
/// Most cases that are asked for.
const MOST: usize = 1 << 24;

/// A test of "the mean of what these come from is `bound` or more" that goes on with every value. Its p-value may be looked
/// at at any time: whoever stops at the first that is low enough errs no more often than it says.
#[derive(Debug, Clone)]
pub struct Bet {
    bound: f64,
    /// What the narrow bets aim at: level and number of values.
    log_alpha: f64,
    horizon: f64,
    mean: f64,
    variance: f64,
    seen: f64,
    steady: f64,
    eager: f64,
    top: f64,
}

impl Bet {
    /// A test against a mean of `bound`, best at level `alpha` after `horizon` values.
    pub fn against(bound: f64, alpha: f64, horizon: f64) -> Self {
        // What is known before the first value: as if one of 0.5 had been seen, with the variance of a coin.
        let (mean, variance, seen) = (0.5, 0.25, 1.0);
        let log_alpha = (1.0 / alpha).ln();
        let (steady, eager, top) = (0.0, 0.0, f64::NEG_INFINITY);
        Self { bound, log_alpha, horizon, mean, variance, seen, steady, eager, top }
    }

    /// Takes a value from 0 to 1.
    pub fn push(&mut self, value: f64) {
        let most = (1.0 - KEPT) / (1.0 - self.bound).max(f64::EPSILON);
        let gap = self.bound - self.mean;
        // Two gamblers share the purse: one bets what makes the narrowest bound, one what makes most of the gap seen so far.
        let narrow = (2.0 * self.log_alpha / (self.horizon * self.variance)).sqrt();
        let bets = [narrow.clamp(0.0, most), (gap / (self.variance + gap * gap)).clamp(0.0, most)];
        for (wealth, bet) in [&mut self.steady, &mut self.eager].into_iter().zip(bets) {
            *wealth += (bet * (self.bound - value)).ln_1p();
        }
        let high = self.steady.max(self.eager);
        let halves = ((self.steady - high).exp() + (self.eager - high).exp()) / 2.0;
        self.top = self.top.max(high + halves.ln());
        self.seen += 1.0;
        let before = value - self.mean;
        self.mean += before / self.seen;
        self.variance += (before * (value - self.mean) - self.variance) / self.seen;
    }

    /// The p-value of all values so far.
    pub fn p_value(&self) -> f64 {
        // Nothing lies above 1, so whoever asks for less than 1 or more has it already, and for less than 0 never gets it.
        if self.bound > 1.0 {
            return 0.0;
        }
        if self.bound <= 0.0 {
            return 1.0;
        }
        (-self.top).exp().min(1.0)
    }
}

/// The p-value of "the mean of what these come from is `bound` or more". `alpha` is the level that bets aim at.
pub fn p_value(values: impl ExactSizeIterator<Item = f64>, bound: f64, alpha: f64) -> f64 {
    let mut bet = Bet::against(bound, alpha, values.len() as f64);
    values.for_each(|value| bet.push(value));
    bet.p_value()
}

/// How many cases that show nothing but the safe side, `value` each, it takes to reject at all. `None` if no number would do.
pub fn cases_needed(value: f64, bound: f64, alpha: f64) -> Option<usize> {
    let enough = |n: usize| p_value((0..n).map(|_| value), bound, alpha) <= alpha;
    let (mut low, mut high) = (0, 1);
    while !enough(high) {
        (low, high) = (high, high * 2);
        if high > MOST || value >= bound {
            return None;
        }
    }
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if enough(middle) { high = middle } else { low = middle }
    }
    Some(high)
}

/// The last candidate, counted from 0, up to which all pass, with its p-value.
pub fn passing(n: usize, alpha: f64, mut p: impl FnMut(usize) -> f64) -> Option<(usize, f64)> {
    let mut last = None;
    for candidate in 0..n {
        let p = p(candidate);
        if p > alpha {
            break;
        }
        last = Some((candidate, p));
    }
    last
}

#[cfg(test)]
mod tests {
    use super::{cases_needed, p_value, passing};
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};

    /// Draws whose mean is the bound itself are rejected about as often as the level says, at most.
    #[test]
    fn a_true_claim_is_rarely_rejected() {
        let mut rng = StdRng::seed_from_u64(5);
        for (mean, n) in [(0.5, 200), (0.1, 500), (0.9, 100)] {
            let rejected = (0..1000).filter(|_| {
                let draws: Vec<f64> =
                    (0..n).map(|_| f64::from(u8::from(rng.random_bool(mean)))).collect();
                p_value(draws.into_iter(), mean, 0.05) <= 0.05
            });
            let rejected = rejected.count();
            assert!(rejected <= 65, "{rejected} of 1000 at {mean}");
        }
    }

    #[test]
    fn a_false_claim_is_rejected_with_cases_enough() {
        let mut rng = StdRng::seed_from_u64(6);
        let mut draw = |n: usize, mean: f64| -> Vec<f64> {
            (0..n).map(|_| f64::from(u8::from(rng.random_bool(mean)))).collect()
        };
        assert!(p_value(draw(2000, 0.05).into_iter(), 0.08, 0.05) <= 0.05);
        assert!(p_value(draw(30, 0.05).into_iter(), 0.08, 0.05) > 0.05);
        assert!(p_value(draw(2000, 0.1).into_iter(), 0.08, 0.05) > 0.5);
        assert_eq!(p_value(std::iter::empty(), 0.5, 0.05), 1.0);
        assert_eq!(p_value([0.0].into_iter(), 0.0, 0.05), 1.0);
    }

    #[test]
    fn cases_needed_are_those_that_suffice() {
        let n = cases_needed(0.5, 0.51, 0.05).unwrap();
        assert!((150..400).contains(&n), "{n}");
        assert!(p_value((0..n).map(|_| 0.5), 0.51, 0.05) <= 0.05);
        assert!(p_value((0..n - 1).map(|_| 0.5), 0.51, 0.05) > 0.05);
        assert_eq!(cases_needed(0.5, 0.5, 0.05), None);
    }

    #[test]
    fn a_sequence_ends_at_its_first_failure() {
        let p = [0.01, 0.02, 0.2, 0.01];
        assert_eq!(passing(4, 0.05, |at| p[at]), Some((1, 0.02)));
        assert_eq!(passing(4, 0.005, |at| p[at]), None);
    }
}
