//! Choosing the threshold between a cheaper and a stronger target from cases whose outcomes are known, so that what was wished
//! for holds on requests to come.
//!
//! Pure: the same cases, wishes and seed give the same result. Thresholds are those of a grid that was there before the data,
//! as the guarantee demands.

mod curve;
mod objective;
pub mod report;
#[cfg(test)]
mod tests;

pub use curve::{Curve, Point};
pub use objective::{Objective, Wish};

use super::metric::Estimate;
use super::stats;
use crate::bet;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use serde::Serialize;

/// Steps of the grid between scores of −1 and 1.
const GRID: i32 = 400;
/// Mistakes that are listed.
const WORST: usize = 20;

/// What a target made of a case.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    /// 0 to 1.
    pub success: f64,
    /// In dollars.
    pub cost: f64,
}

/// A case with what both targets make of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// Its name.
    pub id: String,
    /// What the threshold is compared with, −1 to 1.
    pub score: f64,
    /// Characters of the prompt.
    pub length: u32,
    /// The category that was predicted, where that is known.
    pub category: Option<String>,
    /// The intent, [`NO_INTENT`](crate::config::NO_INTENT) for none, where that is known.
    pub intent: Option<String>,
    /// The cheaper target's outcome.
    pub cheap: Outcome,
    /// The stronger target's.
    pub strong: Outcome,
}

impl Recorded {
    fn routed(&self, is_strong: bool) -> Outcome {
        if is_strong { self.strong } else { self.cheap }
    }
}

/// Why nothing can be chosen.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum TuneError {
    /// No case.
    #[error("there is no case with outcomes of both targets")]
    NoCases,
    /// One target is never better.
    #[error(
        "the outcomes of both targets are the same in all {0} cases: there is nothing to choose between; label cases in which they differ"
    )]
    OneClass(usize),
    /// A number that is none.
    #[error("case `{0}`: {1}")]
    BadCase(String, &'static str),
}

/// One wish and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verdict {
    /// The wish.
    pub objective: String,
    /// Whether it can be promised.
    pub met: bool,
    /// The thresholds that it allows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed: Option<[f64; 2]>,
    /// Of the last threshold that passed: how likely the cases would be if the wish did not hold there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p_value: Option<f64>,
    /// What stands in the way, and the best that there is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// A case that the chosen threshold sends to the target that fails while the other one would not have.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Mistake {
    /// The case.
    pub id: String,
    /// Its score.
    pub score: f64,
    /// Whether it went to the stronger target.
    pub sent_to_strong: bool,
    /// Success that was lost.
    pub lost: f64,
}

/// What changes from the threshold that is in force.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// The threshold in force, on these cases.
    pub from: Point,
    /// Cases that would move to the stronger target.
    pub to_strong: usize,
    /// Cases that would move to the cheaper one.
    pub to_cheap: usize,
    /// Change of the share of successes.
    pub success: Estimate,
    /// Change of the mean cost in dollars.
    pub cost_per_task: Estimate,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tuned {
    /// Cases that it rests on.
    pub n_cases: usize,
    /// Seed of orders and intervals.
    pub seed: u64,
    /// The threshold that meets all wishes, if one does: scores from it on go to the stronger target.
    pub threshold: Option<f64>,
    /// What it does to the cases.
    pub chosen: Option<Point>,
    /// Share of successes with it.
    pub success: Option<Estimate>,
    /// Mean cost in dollars with it.
    pub cost_per_task: Option<Estimate>,
    /// Every wish.
    pub objectives: Vec<Verdict>,
    /// Against the threshold in force.
    pub change: Option<Change>,
    /// By score and by its rivals.
    pub curves: Vec<Curve>,
    /// The worst mistakes, the largest loss and the score farthest from the threshold first.
    pub worst: Vec<Mistake>,
}

/// A threshold of the grid.
fn threshold(at: usize) -> f64 {
    // The last one lies above all scores: nothing goes to the stronger target.
    f64::from(2 * at as i32 - GRID) / f64::from(GRID)
}

/// Thresholds of the grid.
const N_THRESHOLDS: usize = GRID as usize + 2;

/// Finds the threshold.
///
/// # Errors
/// If the cases say nothing about a threshold.
pub fn tune(
    cases: &[Recorded],
    objectives: &[Objective],
    in_force: Option<f64>,
    seed: u64,
) -> Result<Tuned, TuneError> {
    check(cases)?;
    let mut order: Vec<&Recorded> = cases.iter().collect();
    order.shuffle(&mut StdRng::seed_from_u64(seed));
    let objectives: Vec<(Objective, Verdict)> =
        objectives.iter().map(|objective| (*objective, judge(&order, *objective))).collect();
    let threshold = choose(&objectives);
    let estimate = |of: &dyn Fn(&Recorded) -> f64| {
        stats::mean(&cases.iter().map(of).collect::<Vec<_>>(), seed)
    };
    let routed = |case: &Recorded, threshold: f64| case.routed(case.score >= threshold);
    let change = threshold.zip(in_force).map(|(new, old)| Change {
        from: curve::at(cases, old),
        to_strong: cases.iter().filter(|case| case.score >= new && case.score < old).count(),
        to_cheap: cases.iter().filter(|case| case.score < new && case.score >= old).count(),
        success: estimate(&|case| routed(case, new).success - routed(case, old).success),
        cost_per_task: estimate(&|case| routed(case, new).cost - routed(case, old).cost),
    });
    Ok(Tuned {
        n_cases: cases.len(),
        seed,
        chosen: threshold.map(|at| curve::at(cases, at)),
        success: threshold.map(|at| estimate(&|case| routed(case, at).success)),
        cost_per_task: threshold.map(|at| estimate(&|case| routed(case, at).cost)),
        objectives: objectives.into_iter().map(|(_, verdict)| verdict).collect(),
        change,
        curves: curve::curves(cases),
        worst: threshold.map_or_else(Vec::new, |at| worst(cases, at)),
        threshold,
    })
}

fn check(cases: &[Recorded]) -> Result<(), TuneError> {
    if cases.is_empty() {
        return Err(TuneError::NoCases);
    }
    for case in cases {
        let bad = |why| Err(TuneError::BadCase(case.id.clone(), why));
        if !(-1.0..=1.0).contains(&case.score) {
            return bad("its score is not from -1 to 1");
        }
        for outcome in [case.cheap, case.strong] {
            if !(0.0..=1.0).contains(&outcome.success) {
                return bad("an outcome is not from 0 to 1");
            }
            if !(0.0..f64::INFINITY).contains(&outcome.cost) {
                return bad("a cost is no amount of dollars");
            }
        }
    }
    let differs = |case: &Recorded| case.cheap.success != case.strong.success;
    if cases.iter().any(differs) { Ok(()) } else { Err(TuneError::OneClass(cases.len())) }
}

/// What a wish allows.
fn judge(cases: &[&Recorded], objective: Objective) -> Verdict {
    let alpha = 1.0 - objective.confidence;
    let dearest = cases.iter().flat_map(|case| [case.cheap.cost, case.strong.cost]);
    let dearest = dearest.fold(f64::MIN_POSITIVE, f64::max);
    // A wish as a mean of numbers from 0 to 1 that must stay below a bound.
    let bound = match objective.wish {
        Wish::Success(rate) => 1.0 - rate,
        Wish::Loss(loss) => f64::midpoint(loss, 1.0),
        Wish::StrongShare(share) => share,
        Wish::CostPerTask(cost) => cost / dearest,
    };
    let number = |case: &Recorded, threshold: f64| {
        let is_strong = case.score >= threshold;
        let routed = case.routed(is_strong);
        match objective.wish {
            Wish::Success(_) => 1.0 - routed.success,
            Wish::Loss(_) => f64::midpoint(case.strong.success - routed.success, 1.0),
            Wish::StrongShare(_) => f64::from(u8::from(is_strong)),
            Wish::CostPerTask(_) => routed.cost / dearest,
        }
    };
    let grid =
        |at: usize| threshold(if objective.wish.is_quality() { at } else { N_THRESHOLDS - 1 - at });
    let p = |at: usize, bound: f64| {
        bet::p_value(cases.iter().map(|case| number(case, grid(at))), bound, alpha)
    };
    let passed = bet::passing(N_THRESHOLDS, alpha, |at| p(at, bound));
    let verdict = Verdict {
        objective: objective.to_string(),
        met: passed.is_some(),
        allowed: None,
        p_value: passed.map(|(_, p)| p),
        why: None,
    };
    let Some((last, _)) = passed else {
        let safe: f64 =
            cases.iter().map(|case| number(case, grid(0))).sum::<f64>() / cases.len() as f64;
        return Verdict {
            why: Some(shortfall(objective, safe, bound, dearest, |bound| p(0, bound))),
            ..verdict
        };
    };
    let (a, b) = (grid(0), grid(last));
    Verdict { allowed: Some([a.min(b), a.max(b)]), ..verdict }
}

/// Why not even the safe side passes, and the best bound that it does pass.
fn shortfall(
    objective: Objective,
    safe: f64,
    bound: f64,
    dearest: f64,
    p: impl Fn(f64) -> f64,
) -> String {
    let alpha = 1.0 - objective.confidence;
    let (mut low, mut high) = (bound, 1.0);
    while high - low > 1e-4 {
        let middle = f64::midpoint(low, high);
        if p(middle) <= alpha { high = middle } else { low = middle }
    }
    // Away from the wish, so that what is named does pass.
    let up = |x: f64| (x * 1e3).ceil() / 1e3;
    let best = match objective.wish {
        Wish::Success(_) => Wish::Success(1.0 - up(high)),
        Wish::Loss(_) => Wish::Loss(up(2.0 * high - 1.0)),
        Wish::StrongShare(_) => Wish::StrongShare(up(high)),
        Wish::CostPerTask(_) => Wish::CostPerTask(up(high * dearest)),
    };
    let side = if objective.wish.is_quality() { "stronger" } else { "cheaper" };
    let best = Objective { wish: best, ..objective };
    match bet::cases_needed(safe, bound, alpha) {
        Some(n) => format!(
            "too few cases to promise it, even with everything sent to the {side} target; about {n} would do. The best that these allow: {best}"
        ),
        None => format!(
            "no threshold meets it, not even with everything sent to the {side} target. The best that there is: {best}"
        ),
    }
}

/// The threshold that all wishes allow: the cheapest one if a wish bounds the loss of quality, else the best one.
fn choose(objectives: &[(Objective, Verdict)]) -> Option<f64> {
    let (mut low, mut high) = (threshold(0), threshold(N_THRESHOLDS - 1));
    for (_, verdict) in objectives {
        let [from, to] = verdict.allowed?;
        (low, high) = (low.max(from), high.min(to));
    }
    let bounded = objectives.iter().any(|(objective, _)| objective.wish.is_quality());
    (low <= high && !objectives.is_empty()).then_some(if bounded { high } else { low })
}

fn worst(cases: &[Recorded], threshold: f64) -> Vec<Mistake> {
    let mistake = |case: &Recorded| {
        let is_strong = case.score >= threshold;
        let lost = case.routed(!is_strong).success - case.routed(is_strong).success;
        let id = case.id.clone();
        (lost > 0.0).then_some(Mistake { id, score: case.score, sent_to_strong: is_strong, lost })
    };
    let mut all: Vec<Mistake> = cases.iter().filter_map(mistake).collect();
    let far = |mistake: &Mistake| (mistake.score - threshold).abs();
    all.sort_by(|a, b| b.lost.total_cmp(&a.lost).then(far(b).total_cmp(&far(a))));
    all.truncate(WORST);
    all
}
