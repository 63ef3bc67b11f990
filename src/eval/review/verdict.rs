//! What people said of a sample: how often they agree with the checks, and the success rate that follows for all cases.

use crate::eval::metric::{Estimate, share};
use crate::eval::report::Figure;
use crate::eval::result::{CaseResult, CheckResult};
use crate::eval::stats::{self, Share};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A line of a review queue. It holds the text of a case: it is for people, not for logs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// The case.
    pub id: String,
    /// Its stratum.
    pub stratum: String,
    /// How probable it was that it is drawn.
    pub probability: f64,
    /// What the checks said.
    pub automated: Verdicts,
    /// The target that answered last.
    pub target: Option<String>,
    /// What was asked: the user's words, or the steps as the suite has them.
    #[serde(default)]
    pub input: Value,
    /// What the suite has on record as the answer of that target; null where the target was asked itself.
    #[serde(default)]
    pub answer: Value,
    /// What a person says.
    #[serde(default)]
    pub review: Review,
}

/// What the checks of a case said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verdicts {
    /// Whether all held.
    pub pass: bool,
    /// Those of each step.
    #[serde(default)]
    pub steps: Vec<Vec<CheckResult>>,
}

/// What a person says of a case.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Review {
    /// Whether it is right; null until somebody looked.
    #[serde(default)]
    pub pass: Option<bool>,
    /// Why.
    #[serde(default)]
    pub note: String,
}

/// The figures of a review.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Judged {
    /// Cases that were drawn.
    pub n_drawn: usize,
    /// Cases that somebody looked at.
    pub n_reviewed: usize,
    /// Share of them on which person and checks agree (Wilson).
    pub agreement: Figure,
    /// Cohen's kappa; null where both sides said the same of all.
    pub kappa: Option<f64>,
    /// Success rate of all cases by the checks.
    pub automated_success: Figure,
    /// Success rate of all cases by people, each case weighted by one over its probability.
    pub corrected_success: Figure,
    /// The checks passed it, a person did not.
    pub passed_wrongly: Vec<String>,
    /// The checks failed it, a person did not.
    pub failed_wrongly: Vec<String>,
}

/// Why a review says nothing.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ReviewError {
    /// Nobody looked.
    #[error("no case is reviewed yet: set `review.pass` to true or false")]
    Nothing,
    /// Not a case of the report.
    #[error("line {0}: the report has no case `{1}`: this queue was drawn from another report")]
    Unknown(usize, String),
    /// The report says something else.
    #[error(
        "line {0}: the checks said otherwise of case `{1}` in this report: this queue was drawn from another one"
    )]
    Other(usize, String),
    /// Twice the same case.
    #[error("line {0}: case `{1}` is there twice")]
    Twice(usize, String),
    /// Not a probability.
    #[error("line {0}: `probability` of case `{1}` must be above 0 and at most 1")]
    Probability(usize, String),
}

/// The figures of a reviewed queue, whose items stand on the given lines, over the cases that it was drawn from.
///
/// # Errors
/// See [`ReviewError`].
pub fn judged(
    items: &[(usize, Item)],
    cases: &[CaseResult],
    seed: u64,
) -> Result<Judged, ReviewError> {
    let known: BTreeMap<&str, bool> = cases.iter().map(|it| (it.id.as_str(), it.pass)).collect();
    let mut seen = BTreeSet::new();
    for (line, item) in items {
        let at = |error: fn(usize, String) -> ReviewError| Err(error(*line, item.id.clone()));
        match known.get(item.id.as_str()) {
            None => return at(ReviewError::Unknown),
            Some(pass) if *pass != item.automated.pass => return at(ReviewError::Other),
            Some(_) => {}
        }
        if !(item.probability > 0.0 && item.probability <= 1.0) {
            return at(ReviewError::Probability);
        }
        if !seen.insert(&item.id) {
            return at(ReviewError::Twice);
        }
    }
    let reviewed: Vec<(&Item, bool)> =
        items.iter().filter_map(|(_, item)| Some((item, item.review.pass?))).collect();
    if reviewed.is_empty() {
        return Err(ReviewError::Nothing);
    }
    let disagree = |checks: bool| {
        let wrong =
            reviewed.iter().filter(|(it, human)| it.automated.pass == checks && *human != checks);
        wrong.map(|(item, _)| item.id.clone()).collect::<Vec<_>>()
    };
    let (passed_wrongly, failed_wrongly) = (disagree(true), disagree(false));
    let n = reviewed.len();
    let agree = n - passed_wrongly.len() - failed_wrongly.len();
    let pairs: Vec<(f64, bool)> =
        reviewed.iter().map(|(item, human)| (item.probability, *human)).collect();
    let n_passed = cases.iter().filter(|case| case.pass).count();
    Ok(Judged {
        n_drawn: items.len(),
        n_reviewed: n,
        agreement: share(agree, n).into(),
        kappa: kappa(&reviewed, agree),
        automated_success: share(n_passed, cases.len()).into(),
        corrected_success: corrected(&pairs, seed).into(),
        passed_wrongly,
        failed_wrongly,
    })
}

/// Cohen's kappa (Cohen 1960): agreement beyond what both would have by chance.
fn kappa(reviewed: &[(&Item, bool)], agree: usize) -> Option<f64> {
    let n = reviewed.len() as f64;
    let checks = reviewed.iter().filter(|(item, _)| item.automated.pass).count() as f64 / n;
    let human = reviewed.iter().filter(|(_, human)| *human).count() as f64 / n;
    let chance = checks * human + (1.0 - checks) * (1.0 - human);
    (chance < 1.0).then(|| (agree as f64 / n - chance) / (1.0 - chance))
}

/// The rate of success over all cases from a sample of them with their probabilities (Hájek 1971). The interval is the wider
/// of a bootstrap over cases and Wilson's at the effective size (Kish 1965), since a bootstrap of a few cases that all
/// passed would be sure of it.
fn corrected(sample: &[(f64, bool)], seed: u64) -> Estimate {
    let pair = |(probability, pass): &(f64, bool)| {
        (f64::from(u8::from(*pass)) / probability, 1.0 / probability)
    };
    let pairs: Vec<Share> = sample.iter().map(pair).collect();
    let estimate = stats::ratio(&pairs, seed);
    let (sum, squares) = pairs.iter().fold((0.0, 0.0), |(a, b), (_, w)| (a + w, b + w * w));
    let n = (sum * sum / squares).floor().max(1.0);
    let wilson = share((estimate.value * n).round() as usize, n as usize);
    Estimate { low: estimate.low.min(wilson.low), high: estimate.high.max(wilson.high), ..estimate }
}
