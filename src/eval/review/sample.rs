//! Draws a sample of a fixed size with unequal probabilities.
//!
//! A case's probability is its weight times one factor for all, capped at 1, such that the probabilities add up to the size of
//! the sample. Systematic sampling (Madow 1949) then keeps every probability exactly and the size fixed; as cases of one
//! stratum lie together, in random order, each stratum gets within one case of what it should.

use crate::eval::result::CaseResult;
use crate::eval::stats::SplitMix;
use std::collections::BTreeMap;

/// The stratum of all cases where nothing divides them.
const ALL: &str = "all";
/// The stratum of a case that lacks the tag.
const UNTAGGED: &str = "none";

/// What to draw.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Share of the cases, above 0 and up to 1.
    pub share: f64,
    /// The tag whose values are strata; `None` leaves all cases in one.
    pub by: Option<String>,
    /// How much likelier a case of a stratum is drawn than one of weight 1.
    pub weights: BTreeMap<String, f64>,
    /// How much likelier a case is drawn that a check failed.
    pub failed: f64,
    /// The seed.
    pub seed: u64,
}

/// A drawn case.
#[derive(Debug, Clone, PartialEq)]
pub struct Draw<'a> {
    /// The case.
    pub case: &'a CaseResult,
    /// Its stratum.
    pub stratum: String,
    /// How probable it was that it is drawn.
    pub probability: f64,
}

/// A stratum after the draw.
#[derive(Debug, Clone, PartialEq)]
pub struct StratumCount {
    /// Its name.
    pub name: String,
    /// Its cases.
    pub n: usize,
    /// Those that were drawn.
    pub drawn: usize,
}

/// Why nothing can be drawn.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SampleError {
    /// No cases.
    #[error("the report has no cases to draw from")]
    Empty,
    /// A bad share.
    #[error("--share is above 0 and at most 1, such as 0.2")]
    Share,
    /// A bad weight.
    #[error(
        "the weight of `{0}` must be a number above 0: what is never drawn cannot be estimated"
    )]
    Weight(String),
    /// Weights without strata.
    #[error("--weight needs --by TAG, whose values are the strata")]
    NoTag,
    /// A tag that no case has.
    #[error("no case has the tag `{tag}` (tags: {known})")]
    Tag {
        /// The tag.
        tag: String,
        /// What there is.
        known: String,
    },
    /// A stratum that is not there.
    #[error("there is no stratum `{name}` (strata: {known})")]
    Stratum {
        /// The stratum.
        name: String,
        /// What there is.
        known: String,
    },
}

/// Draws; the draws come in the order of `cases`, the strata by name.
///
/// # Errors
/// See [`SampleError`].
pub fn sample<'a>(
    cases: &'a [CaseResult],
    plan: &Plan,
) -> Result<(Vec<Draw<'a>>, Vec<StratumCount>), SampleError> {
    check(cases, plan)?;
    let strata: Vec<&str> = cases.iter().map(|case| stratum(case, plan)).collect();
    let weight = |at: usize| {
        let failed = if cases[at].pass { 1.0 } else { plan.failed };
        plan.weights.get(strata[at]).copied().unwrap_or(1.0) * failed
    };
    let weights: Vec<f64> = (0..cases.len()).map(weight).collect();
    // A share of a few cases still asks for somebody to look at one.
    let size = ((plan.share * cases.len() as f64).round() as usize).clamp(1, cases.len());
    let probabilities = probabilities(&weights, size);
    let mut random = SplitMix(plan.seed);
    let mut order: Vec<usize> = (0..cases.len()).collect();
    for end in (1..order.len()).rev() {
        order.swap(end, random.below(end + 1));
    }
    order.sort_by_key(|at| (strata[*at], cases[*at].pass));
    let taken = systematic(&order, &probabilities, size, &mut random);
    let mut counts: BTreeMap<&str, StratumCount> = BTreeMap::new();
    let mut draws = Vec::new();
    for (at, case) in cases.iter().enumerate() {
        let name = strata[at];
        let count = counts.entry(name).or_insert_with(|| StratumCount {
            name: name.to_owned(),
            n: 0,
            drawn: 0,
        });
        count.n += 1;
        if taken[at] {
            count.drawn += 1;
            let (stratum, probability) = (name.to_owned(), probabilities[at]);
            draws.push(Draw { case, stratum, probability });
        }
    }
    Ok((draws, counts.into_values().collect()))
}

fn stratum<'a>(case: &'a CaseResult, plan: &Plan) -> &'a str {
    match &plan.by {
        Some(tag) => case.tags.get(tag).map_or(UNTAGGED, String::as_str),
        None => ALL,
    }
}

fn check(cases: &[CaseResult], plan: &Plan) -> Result<(), SampleError> {
    if cases.is_empty() {
        return Err(SampleError::Empty);
    }
    if !(plan.share > 0.0 && plan.share <= 1.0) {
        return Err(SampleError::Share);
    }
    let good = |weight: f64| weight.is_finite() && weight > 0.0;
    let bad = plan.weights.iter().find(|(_, weight)| !good(**weight)).map(|(name, _)| &**name);
    if let Some(name) = bad.or_else(|| (!good(plan.failed)).then_some("failed")) {
        return Err(SampleError::Weight(name.to_owned()));
    }
    let names =
        |names: std::collections::BTreeSet<&str>| names.into_iter().collect::<Vec<_>>().join(", ");
    match &plan.by {
        None if !plan.weights.is_empty() => return Err(SampleError::NoTag),
        Some(tag) if !cases.iter().any(|case| case.tags.contains_key(tag)) => {
            let known = cases.iter().flat_map(|case| case.tags.keys().map(String::as_str));
            return Err(SampleError::Tag { tag: tag.clone(), known: names(known.collect()) });
        }
        _ => {}
    }
    let there: std::collections::BTreeSet<&str> =
        cases.iter().map(|case| stratum(case, plan)).collect();
    match plan.weights.keys().find(|name| !there.contains(name.as_str())) {
        Some(name) => Err(SampleError::Stratum { name: name.clone(), known: names(there) }),
        None => Ok(()),
    }
}

/// Probabilities in proportion to weights, capped at 1, that add up to `size`.
fn probabilities(weights: &[f64], size: usize) -> Vec<f64> {
    let mut certain = vec![false; weights.len()];
    loop {
        let n_certain = certain.iter().filter(|it| **it).count();
        let open = |at: &usize| !certain[*at];
        let rest: f64 = (0..weights.len()).filter(open).map(|at| weights[at]).sum();
        let factor = if rest > 0.0 { (size - n_certain) as f64 / rest } else { 0.0 };
        // The cap of one case raises the factor of the others, which may reach the cap in turn.
        let over: Vec<usize> = (0..weights.len())
            .filter(open)
            .filter(|at| weights[*at] * factor >= 1.0 - 1e-12)
            .collect();
        if over.is_empty() {
            let of = |at: usize| if certain[at] { 1.0 } else { weights[at] * factor };
            return (0..weights.len()).map(of).collect();
        }
        over.into_iter().for_each(|at| certain[at] = true);
    }
}

/// For each case whether it is taken: `size` of them.
fn systematic(
    order: &[usize],
    probabilities: &[f64],
    size: usize,
    random: &mut SplitMix,
) -> Vec<bool> {
    const STEPS: usize = 1_000_000;
    let mut taken: Vec<bool> =
        probabilities.iter().map(|probability| *probability >= 1.0).collect();
    let left = size - taken.iter().filter(|it| **it).count();
    // Half a step away from both ends, so that no rounding of the sum moves a mark out of the last case.
    let mut mark = (random.below(STEPS) as f64 + 0.5) / STEPS as f64;
    let last = mark + left as f64 - 0.5;
    let mut sum = 0.0;
    for at in order.iter().copied().filter(|at| probabilities[*at] < 1.0) {
        sum += probabilities[at];
        if sum > mark && mark < last {
            taken[at] = true;
            mark += 1.0;
        }
    }
    taken
}
