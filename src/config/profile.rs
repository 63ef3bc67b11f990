//! What the cases looked like that a threshold was tuned on, so that requests can be compared with them.
//!
//! Holds shares alone: no case can be told from it.

use crate::chat::GainEstimate;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What stands for a request without an intent, as in rules.
pub const NO_INTENT: &str = "none";
/// Bins that scores are sorted into, as far as they differ.
const BINS: usize = 10;

/// Which bound of a rule is its threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GainKey {
    /// The upper end of the interval is compared.
    MaxGain,
    /// The lower end.
    MinGain,
}

impl GainKey {
    /// Its name in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MaxGain => "max_gain",
            Self::MinGain => "min_gain",
        }
    }

    /// The number that a rule compares, as [`Self::of_interval`] has it.
    pub fn compared(self, estimate: Option<&GainEstimate>) -> f64 {
        self.of_interval(estimate.map(|estimate| [estimate.low, estimate.high]))
    }

    /// The number that a rule compares, of the interval of a gain. A score from the threshold on means the stronger target, as the rule has it: `max_gain`
    /// sends to the cheaper one where the upper end of the interval is at most the threshold, `min_gain` to the stronger one where
    /// the lower end is at least it. Without a prediction neither matches. Half a step beside the number itself, so that it does
    /// not matter how a threshold is rounded.
    pub fn of_interval(self, interval: Option<[f32; 2]>) -> f64 {
        let between = |a: f32, b: f32| f64::midpoint(a.into(), b.into()).clamp(-1.0, 1.0);
        match (interval, self) {
            (Some([_, high]), Self::MaxGain) => between(high.next_down(), high),
            (Some([low, _]), Self::MinGain) => between(low, low.next_up()),
            (None, _) => self.unpredicted(),
        }
    }

    /// The score where nothing is predicted; no prediction has it.
    fn unpredicted(self) -> f64 {
        match self {
            Self::MaxGain => 1.0,
            Self::MinGain => -1.0,
        }
    }
}

/// The cases of a tuning by score, by predicted category and by intent, as shares of all of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Which bound was tuned.
    pub key: GainKey,
    /// Cases.
    pub n_cases: usize,
    /// Scores between the bins, ascending. No case lies on one.
    pub edges: Vec<f64>,
    /// Cases in each bin: one more than there are edges.
    pub scores: Vec<f64>,
    /// Cases without a prediction.
    pub unpredicted: f64,
    /// Cases in each category; `None` where the cases do not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub categories: Option<BTreeMap<String, f64>>,
    /// Cases of each intent, [`NO_INTENT`] among them; `None` where the cases do not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intents: Option<BTreeMap<String, f64>>,
}

impl Profile {
    /// The profile of cases: the score of each, which is finite, and its category.
    pub fn of(key: GainKey, cases: &[(f64, Option<&str>)]) -> Self {
        let is_predicted = |(score, category): &&(f64, Option<&str>)| {
            category.is_some() || *score != key.unpredicted()
        };
        let predicted: Vec<_> = cases.iter().filter(is_predicted).collect();
        let mut sorted: Vec<f64> = predicted.iter().map(|case| case.0).collect();
        sorted.sort_by(f64::total_cmp);
        let edges = edges(&sorted);
        let share = |n: usize| n as f64 / cases.len().max(1) as f64;
        let mut counts = vec![0; edges.len() + 1];
        for score in &sorted {
            counts[bin(&edges, *score)] += 1;
        }
        let mut categories = BTreeMap::<String, usize>::new();
        for category in predicted.iter().filter_map(|case| case.1) {
            *categories.entry(category.to_owned()).or_default() += 1;
        }
        let all_told = !predicted.is_empty() && predicted.iter().all(|case| case.1.is_some());
        let shares = |counts: BTreeMap<String, usize>| {
            counts.into_iter().map(|(name, n)| (name, share(n))).collect()
        };
        Self {
            key,
            n_cases: cases.len(),
            edges,
            scores: counts.into_iter().map(share).collect(),
            unpredicted: share(cases.len() - predicted.len()),
            categories: all_told.then(|| shares(categories)),
            intents: None,
        }
    }

    /// With the intent of each case, if all of them tell it.
    #[must_use]
    pub fn with_intents(mut self, intents: &[Option<&str>]) -> Self {
        let told: Option<Vec<&str>> = intents.iter().copied().collect();
        self.intents = told.filter(|told| !told.is_empty()).map(|told| {
            let mut shares = BTreeMap::new();
            for intent in &told {
                *shares.entry((*intent).to_owned()).or_insert(0.0) += 1.0 / told.len() as f64;
            }
            shares
        });
        self
    }

    /// Whether requests can be compared with it.
    ///
    /// # Errors
    /// Says what does not fit.
    pub fn check(&self) -> Result<(), &'static str> {
        let whole = |shares: &[f64]| {
            let sum = self.unpredicted + shares.iter().sum::<f64>();
            let is_share = |share: &f64| *share >= 0.0;
            shares.iter().chain([&self.unpredicted]).all(is_share) && (sum - 1.0).abs() < 1e-6
        };
        let by_category = self.categories.as_ref().map(|it| it.values().copied().collect());
        let by_category = by_category.is_none_or(|shares: Vec<f64>| whole(&shares));
        if self.n_cases == 0 {
            return Err("holds no case");
        }
        if self.scores.len() != self.edges.len() + 1 || !self.edges.is_sorted_by(|a, b| a < b) {
            return Err("has edges that do not fit its bins");
        }
        let by_intent = self.intents.as_ref().map_or(1.0, |shares| shares.values().sum::<f64>());
        if !whole(&self.scores) || !by_category || (by_intent - 1.0).abs() > 1e-6 {
            return Err("has shares that do not make a whole");
        }
        Ok(())
    }

    /// Cases by score: those of each bin, at last those without a prediction.
    pub fn cases_by_score(&self) -> Vec<f64> {
        self.cases(self.scores.iter())
    }

    /// Cases by category in the order of their names, at last those of none of them and those without a prediction.
    pub fn cases_by_category(&self) -> Option<Vec<f64>> {
        let categories = self.categories.as_ref()?;
        Some(self.cases(categories.values().chain([&0.0])))
    }

    /// Cases by intent in the order of their names, at last those of none of them.
    pub fn cases_by_intent(&self) -> Option<Vec<f64>> {
        let shares = self.intents.as_ref()?.values().chain([&0.0]);
        Some(shares.map(|share| share * self.n_cases as f64).collect())
    }

    /// Where a request belongs in [`Self::cases_by_intent`].
    pub fn place_by_intent(&self, intent: &str) -> Option<usize> {
        let intents = self.intents.as_ref()?;
        Some(intents.keys().position(|name| name == intent).unwrap_or(intents.len()))
    }

    fn cases<'a>(&'a self, shares: impl Iterator<Item = &'a f64>) -> Vec<f64> {
        let n = self.n_cases as f64;
        shares.chain([&self.unpredicted]).map(|share| share * n).collect()
    }

    /// Where a request belongs in [`Self::cases_by_score`].
    pub fn place_by_score(&self, estimate: Option<&GainEstimate>) -> usize {
        if estimate.is_none() {
            return self.scores.len();
        }
        bin(&self.edges, self.key.compared(estimate))
    }

    /// Where a request belongs in [`Self::cases_by_category`].
    pub fn place_by_category(&self, estimate: Option<&GainEstimate>) -> Option<usize> {
        let categories = self.categories.as_ref()?;
        let Some(estimate) = estimate else { return Some(categories.len() + 1) };
        let place = categories.keys().position(|name| **name == *estimate.category);
        Some(place.unwrap_or(categories.len()))
    }
}

fn bin(edges: &[f64], score: f64) -> usize {
    edges.partition_point(|edge| *edge <= score)
}

/// The deciles of sorted scores, each halfway between two scores that differ. Among equal scores the nearer end of them counts, and
/// deciles that fall together are one.
fn edges(sorted: &[f64]) -> Vec<f64> {
    let n = sorted.len();
    let decile = |i: usize| {
        let at = n * i / BINS;
        let score = sorted.get(at)?;
        let start = sorted.partition_point(|other| other < score);
        let end = sorted.partition_point(|other| other <= score);
        let ends = [start, end].into_iter().filter(|split| (1..n).contains(split));
        ends.min_by_key(|split| split.abs_diff(at))
    };
    let splits: BTreeSet<usize> = (1..BINS).filter_map(decile).collect();
    splits.into_iter().map(|at| f64::midpoint(sorted[at - 1], sorted[at])).collect()
}

#[cfg(test)]
mod tests {
    use super::{GainEstimate, GainKey, NO_INTENT, Profile};

    fn estimate(low: f32, high: f32) -> GainEstimate {
        GainEstimate {
            pair: "p".into(),
            cheap: "a".into(),
            strong: "b".into(),
            gain: low,
            low,
            high,
            category: "code".into(),
        }
    }

    #[test]
    fn scores_fall_where_the_rule_does() {
        for threshold in [0.51f64, 0.3, -0.005, 0.0, 0.085] {
            let bound = threshold as f32;
            for high in [bound.next_down(), bound, bound.next_up()] {
                let is_strong = GainKey::MaxGain.compared(Some(&estimate(-1.0, high))) >= threshold;
                assert_eq!(is_strong, high > bound, "{high} {threshold}");
                let is_strong = GainKey::MinGain.compared(Some(&estimate(high, 1.0))) >= threshold;
                assert_eq!(is_strong, high >= bound, "{high} {threshold}");
            }
        }
        assert_eq!(GainKey::MaxGain.compared(None), 1.0);
        assert_eq!(GainKey::MinGain.compared(None), -1.0);
        let certain = estimate(-1.0, 1.0);
        assert!(GainKey::MaxGain.compared(Some(&certain)) < 1.0);
        assert!(GainKey::MinGain.compared(Some(&certain)) > -1.0);
    }

    #[test]
    fn ten_bins_of_as_many_cases_each() {
        let cases: Vec<(f64, Option<&str>)> =
            (0..40).map(|i| (f64::from(i) / 100.0, Some("a"))).collect();
        let profile = Profile::of(GainKey::MaxGain, &cases);
        assert_eq!((profile.edges.len(), profile.n_cases), (9, 40));
        assert!((profile.edges[0] - 0.035).abs() < 1e-12, "{:?}", profile.edges);
        assert_eq!(profile.scores, [0.1; 10]);
        assert_eq!(
            profile.cases_by_score(),
            [4.0, 4.0, 4.0, 4.0, 4.0, 4.0, 4.0, 4.0, 4.0, 4.0, 0.0]
        );
        assert_eq!(profile.check(), Ok(()));
    }

    #[test]
    fn equal_scores_stay_together_and_missing_predictions_apart() {
        let score = GainKey::MaxGain.compared(Some(&estimate(0.0, 0.2)));
        let mut cases = vec![(score, Some("code")); 7];
        cases.extend([(0.5, Some("math")), (0.5, Some("math")), (1.0, None)]);
        let profile = Profile::of(GainKey::MaxGain, &cases);
        assert_eq!(profile.scores, [0.7, 0.2]);
        assert_eq!(profile.unpredicted, 0.1);
        assert_eq!(profile.cases_by_category(), Some(vec![7.0, 2.0, 0.0, 1.0]));
        // The same after it was written and read, where a number may come back beside itself.
        let text = serde_json::to_string(&profile).unwrap();
        let read: Profile = serde_json::from_str(&text).unwrap();
        let places = |estimate: Option<&GainEstimate>| {
            (read.place_by_score(estimate), read.place_by_category(estimate))
        };
        let other = GainEstimate { category: "rest".into(), ..estimate(0.0, 0.9) };
        assert_eq!(places(Some(&estimate(0.0, 0.2))), (0, Some(0)));
        assert_eq!(places(Some(&other)), (1, Some(2)));
        assert_eq!(places(None), (2, Some(3)));
        let one = Profile::of(GainKey::MinGain, &[(0.3, Some("a")); 5]);
        assert_eq!((one.edges.len(), one.scores.len()), (0, 1));
    }

    #[test]
    fn cases_that_do_not_tell_their_category_give_scores_alone() {
        let profile = Profile::of(GainKey::MinGain, &[(0.1, None), (0.2, Some("a")), (-1.0, None)]);
        assert_eq!((profile.categories.as_ref(), profile.edges.len()), (None, 1));
        assert!((profile.unpredicted - 1.0 / 3.0).abs() < 1e-12);
        assert_eq!(profile.place_by_category(None), None);
        assert!(!serde_json::to_string(&profile).unwrap().contains("categories"));
    }

    #[test]
    fn intents_where_all_cases_tell_them() {
        let cases = [(0.1, None), (0.2, None), (0.3, None), (0.4, None)];
        let profile = Profile::of(GainKey::MaxGain, &cases);
        let intents = [Some("refund"), Some(NO_INTENT), Some("refund"), Some("other")];
        let told = profile.clone().with_intents(&intents);
        assert_eq!(told.cases_by_intent(), Some(vec![1.0, 1.0, 2.0, 0.0]));
        let place = |intent| told.place_by_intent(intent);
        assert_eq!([place("none"), place("refund"), place("new")], [Some(0), Some(2), Some(3)]);
        assert_eq!(told.check(), Ok(()));
        assert_eq!(profile.clone().with_intents(&[Some("a"), None]), profile);
    }

    #[test]
    fn a_profile_that_does_not_fit_itself_is_told() {
        let good = Profile::of(GainKey::MaxGain, &[(0.1, Some("a")), (0.2, Some("b"))]);
        assert_eq!(good.check(), Ok(()));
        let with = |change: fn(&mut Profile)| {
            let mut profile = good.clone();
            change(&mut profile);
            profile.check().unwrap_err()
        };
        assert_eq!(with(|it| it.n_cases = 0), "holds no case");
        assert!(with(|it| it.edges.push(0.0)).contains("edges"));
        assert!(with(|it| it.scores[0] = f64::NAN).contains("shares"));
        assert!(with(|it| it.unpredicted = 0.5).contains("shares"));
        assert!(with(|it| it.intents = Some([("a".to_owned(), 0.3)].into())).contains("shares"));
        assert!(with(|it| it.categories = Some([("a".to_owned(), 0.3)].into())).contains("shares"));
    }
}
