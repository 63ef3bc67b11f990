//! The release gate: a new report against a baseline.
//!
//! Two questions with two answers. *May it ship?* The point figures against the bounds: a drop in points (0.02 is two
//! percentage points), a rise in cost relative to the baseline (0.25 is a quarter more). *How sure is that?* A paired
//! comparison of the cases that both runs have: worse, no worse, or nobody can tell with so few.

use super::metric::Estimate;
use super::report::cost_shares;
use super::report::{Figure, Metrics, Report, TOLERANCE};
use super::result::CaseResult;
use super::stats;
use serde::Serialize;
use std::collections::HashMap;

/// The bound on success before tools are added.
const TOOLS: &str = "min_success_for_tools";

/// What may change at most; `None` is not asked.
#[derive(Debug, Clone, Copy, Default)]
pub struct Limits {
    /// Success rate, in points of one.
    pub success_drop: Option<f64>,
    /// Cost of a successful task, relative.
    pub cost_increase: Option<f64>,
    /// Tool precision, in points of one.
    pub tool_precision_drop: Option<f64>,
    /// Unsafe writes, as a count.
    pub unsafe_writes_increase: Option<u32>,
    /// Least success rate of a baseline to which tools were added.
    pub success_for_tools: Option<f64>,
}

/// What a paired comparison says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum Evidence {
    /// Certainly not beyond the bound.
    NoWorse,
    /// Certainly worse than the baseline.
    Worse,
    /// Not enough cases.
    CannotTell {
        /// About how many would do; `None` if no number would.
        needed: Option<usize>,
    },
}

/// One bound, its change, and how sure that is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// The bound's flag.
    pub name: &'static str,
    /// Before.
    pub baseline: Option<f64>,
    /// Now.
    pub new: Option<f64>,
    /// How much worse it is; positive is worse.
    pub change: Option<f64>,
    /// How much worse it may be.
    pub limit: f64,
    /// Whether the bound holds.
    pub pass: bool,
    /// Tools that were added, where the bound is on that.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<String>,
    /// The paired comparison, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paired: Option<Paired>,
}

/// The paired comparison of one figure.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Paired {
    /// What it says.
    pub evidence: Evidence,
    /// The change with its interval; for success in points, negative is worse, for cost relative, positive is worse.
    pub change: Figure,
    /// Of McNemar's exact test, for success.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p_value: Option<f64>,
}

/// Both reports compared.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// Cases that both have.
    pub n_paired: usize,
    /// The bounds.
    pub findings: Vec<Finding>,
    /// What makes the comparison less than fair.
    pub warnings: Vec<String>,
}

/// Why there is nothing to compare.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum GateError {
    /// No common case.
    #[error("the two reports have no case in common: they are of different suites")]
    NoPairs,
    /// A figure is missing.
    #[error(
        "{0}: the baseline has no such figure ({1}); run the baseline again, or leave the bound out"
    )]
    NoBaseline(&'static str, &'static str),
}

/// Compares a report with its baseline.
///
/// # Errors
/// See [`GateError`].
pub fn compare(baseline: &Report, new: &Report, limits: Limits) -> Result<Comparison, GateError> {
    let before: HashMap<&str, &CaseResult> =
        baseline.cases.iter().map(|case| (case.id.as_str(), case)).collect();
    let pairs: Vec<(&CaseResult, &CaseResult)> =
        new.cases.iter().filter_map(|case| Some((*before.get(case.id.as_str())?, case))).collect();
    if pairs.is_empty() {
        return Err(GateError::NoPairs);
    }
    let mut findings = Vec::new();
    if let Some(limit) = limits.success_drop {
        findings.push(success(baseline, new, &pairs, limit)?);
    }
    if let Some(limit) = limits.cost_increase {
        findings.push(cost(baseline, new, &pairs, limit)?);
    }
    if let Some(limit) = limits.tool_precision_drop {
        let of = |metrics: &Metrics| metrics.tool_precision.value;
        let before = of(&baseline.metrics)
            .ok_or(GateError::NoBaseline("max_tool_precision_drop", "it made no tool call"))?;
        findings.push(drop("max_tool_precision_drop", before, of(&new.metrics), limit));
    }
    if let Some(limit) = limits.unsafe_writes_increase {
        let of = |report: &Report| f64::from(report.metrics.calls.unsafe_writes);
        let (before, now) = (of(baseline), of(new));
        let change = now - before;
        let limit = f64::from(limit);
        findings.push(Finding {
            name: "max_unsafe_writes_increase",
            baseline: Some(before),
            new: Some(now),
            change: Some(change),
            limit,
            pass: change <= limit,
            tools: Vec::new(),
            paired: None,
        });
    }
    let mut warnings = warnings(baseline, new, pairs.len());
    if let Some(limit) = limits.success_for_tools {
        match added_tools(baseline, new) {
            Some(tools) if tools.is_empty() => {}
            Some(tools) => findings.push(tools_added(baseline, new, tools, limit)),
            None => warnings.push(
                "whether tools were added cannot be told: a report does not say which it offered (run it again)"
                    .to_owned(),
            ),
        }
    }
    Ok(Comparison { n_paired: pairs.len(), findings, warnings })
}

/// Tools that the new report offered and the baseline did not; `None` if one of them does not say.
fn added_tools(baseline: &Report, new: &Report) -> Option<Vec<String>> {
    let before = baseline.suite.tools.as_ref()?;
    Some(new.suite.tools.as_ref()?.difference(before).cloned().collect())
}

/// Success comes before tools: with them added, the baseline must have been good enough.
fn tools_added(baseline: &Report, new: &Report, tools: Vec<String>, limit: f64) -> Finding {
    let before = baseline.metrics.success_rate.value;
    Finding {
        name: TOOLS,
        baseline: before,
        new: new.metrics.success_rate.value,
        change: None,
        limit,
        pass: before.is_some_and(|before| before >= limit - TOLERANCE),
        tools,
        paired: None,
    }
}

fn drop(name: &'static str, before: f64, now: Option<f64>, limit: f64) -> Finding {
    let change = now.map(|now| before - now);
    // A figure that is gone is not a figure that held.
    let pass = change.is_some_and(|change| change <= limit + TOLERANCE);
    let (baseline, tools) = (Some(before), Vec::new());
    Finding { name, baseline, new: now, change, limit, pass, tools, paired: None }
}

fn success(
    baseline: &Report,
    new: &Report,
    pairs: &[(&CaseResult, &CaseResult)],
    limit: f64,
) -> Result<Finding, GateError> {
    const NAME: &str = "max_success_drop";
    let of = |metrics: &Metrics| metrics.success_rate.value;
    let before = of(&baseline.metrics).ok_or(GateError::NoBaseline(NAME, "it has no case"))?;
    let lost = pairs.iter().filter(|(old, new)| old.pass && !new.pass).count();
    let gained = pairs.iter().filter(|(old, new)| !old.pass && new.pass).count();
    let change = stats::paired_change(pairs.len(), gained, lost);
    let p_value = stats::mcnemar(lost, gained);
    let evidence = if change.low >= -limit {
        Evidence::NoWorse
    } else if lost > gained && p_value < 0.05 {
        Evidence::Worse
    } else {
        let needed = stats::cases_needed(pairs.len(), gained, lost, limit);
        Evidence::CannotTell { needed }
    };
    let paired = Paired { evidence, change: change.into(), p_value: Some(p_value) };
    Ok(Finding { paired: Some(paired), ..drop(NAME, before, of(&new.metrics), limit) })
}

fn cost(
    baseline: &Report,
    new: &Report,
    pairs: &[(&CaseResult, &CaseResult)],
    limit: f64,
) -> Result<Finding, GateError> {
    const NAME: &str = "max_cost_increase";
    let of = |report: &Report| report.metrics.cost_per_success_usd.value;
    let before = of(baseline)
        .ok_or(GateError::NoBaseline(NAME, "a price was unknown, or no task succeeded"))?;
    let now = of(new);
    let rise = |now: f64| match before {
        0.0 if now == 0.0 => 0.0,
        _ => now / before - 1.0,
    };
    let change = now.map(rise);
    let pass = change.is_some_and(|change| change <= limit + TOLERANCE);
    let shares = |pick: fn(&(&CaseResult, &CaseResult)) -> CaseResult| {
        let cases: Vec<CaseResult> = pairs.iter().map(pick).collect();
        cost_shares(&cases.iter().collect::<Vec<_>>(), |case| {
            Some((case.cost_nano_usd?, case.pass))
        })
    };
    let both = shares(|pair| pair.0.clone()).zip(shares(|pair| pair.1.clone()));
    let paired = both.map(|(old, now)| {
        let change = stats::relative_change(&old, &now, new.seed);
        Paired { evidence: cost_evidence(&change, limit), change: change.into(), p_value: None }
    });
    let (name, baseline, new) = (NAME, Some(before), now);
    // An infinite rise has no number in JSON.
    let change = change.filter(|change| change.is_finite());
    Ok(Finding { name, baseline, new, change, limit, pass, tools: Vec::new(), paired })
}

fn cost_evidence(change: &Estimate, limit: f64) -> Evidence {
    if change.high <= limit + TOLERANCE {
        Evidence::NoWorse
    } else if change.low > TOLERANCE {
        Evidence::Worse
    } else {
        Evidence::CannotTell { needed: stats::cases_to_clear(change, limit) }
    }
}

fn warnings(baseline: &Report, new: &Report, n_paired: usize) -> Vec<String> {
    let mut warnings = Vec::new();
    if baseline.suite.hash != new.suite.hash {
        warnings.push("the suite changed between the two reports".to_owned());
    }
    let all = baseline.cases.len().max(new.cases.len());
    if n_paired < all {
        warnings.push(format!("only {n_paired} of {all} cases are in both reports"));
    }
    if baseline.live != new.live {
        warnings.push("one report asked the targets, the other took recorded answers".to_owned());
    }
    warnings
}

impl Finding {
    /// The finding in words.
    pub fn told(&self, n: usize) -> String {
        let verdict = if self.pass { "ok" } else { "BREACH" };
        if self.name == TOOLS {
            let success = self.baseline.map_or("unknown".to_owned(), |it| format!("{it:.4}"));
            let side = if self.pass { "not below" } else { "below" };
            let (tools, limit) = (self.tools.join(", "), self.limit);
            return format!(
                "{verdict}  {TOOLS}: tools were added ({tools}) while success was {success}, {side} {limit}"
            );
        }
        let shown = |value: Option<f64>| match (value, self.name) {
            (None, _) => "unknown".to_owned(),
            (Some(value), "max_unsafe_writes_increase") => format!("{value}"),
            (Some(value), "max_cost_increase") => format!("${value:.6}"),
            (Some(value), _) => format!("{value:.4}"),
        };
        let change = match (self.change, self.name) {
            (None, _) => "cannot be told".to_owned(),
            (Some(change), "max_unsafe_writes_increase") => format!("{change:+}"),
            (Some(change), "max_cost_increase") => format!("{:+.2} %", change * 100.0),
            (Some(change), _) => format!("{:+.2} points", -change * 100.0),
        };
        let mut told = format!(
            "{verdict}  {}: {} -> {} ({change}, bound {})",
            self.name,
            shown(self.baseline),
            shown(self.new),
            self.limit
        );
        if let Some(paired) = &self.paired {
            told.push_str(&format!("; {}", paired.told(n)));
        }
        told
    }
}

impl Paired {
    fn told(&self, n: usize) -> String {
        let percent = |value: Option<f64>| {
            value.map_or("?".to_owned(), |value| format!("{:+.1}", value * 100.0))
        };
        let interval =
            format!("paired change {}..{} %", percent(self.change.low), percent(self.change.high));
        let p = self.p_value.map_or(String::new(), |p| format!(", McNemar p = {p:.4}"));
        match self.evidence {
            Evidence::NoWorse => format!("no worse ({interval}{p})"),
            Evidence::Worse => format!("worse ({interval}{p})"),
            Evidence::CannotTell { needed: Some(m) } => {
                format!("cannot tell with {n} cases; you need about {m} ({interval}{p})")
            }
            Evidence::CannotTell { needed: None } => {
                format!(
                    "cannot tell with {n} cases, and no number would do at this bound ({interval}{p})"
                )
            }
        }
    }
}

#[cfg(test)]
mod tests;
