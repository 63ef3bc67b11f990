//! The report of a run: one JSON document of a stable form.
//!
//! `weir eval schema` prints its JSON Schema; `version` grows when a field changes its meaning or goes away, never for a new
//! one. It holds no text of a request or an answer. The same suite, configuration and seed give the same report but for
//! `started_at` and measured times.

mod figures;
pub mod junit;
pub mod promptfoo;

pub use figures::{Latency, Metrics, cost_shares};

use super::metric::Estimate;
use super::result::{CaseResult, failed_stages};
use super::run::Stamp;
use super::suite::{CostClass, ENOUGH_CASES, Suite};
use crate::units::NanoUsd;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::Path;

/// The form that this Weir writes and reads.
pub const VERSION: u32 = 1;

/// Equality of two rates, as a share of one: far below what a case weighs, far above rounding.
pub const TOLERANCE: f64 = 1e-9;

/// A number and where it lies with 95 % confidence; null where there is nothing to count or a price is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Figure {
    /// The value over all cases.
    pub value: Option<f64>,
    /// Lower end of the interval.
    pub low: Option<f64>,
    /// Upper end of the interval.
    pub high: Option<f64>,
    /// What it is counted over: cases, or calls for tool precision, or hops for latencies.
    pub n: usize,
}

impl From<Estimate> for Figure {
    fn from(estimate: Estimate) -> Self {
        let known = |value: f64| value.is_finite().then_some(value);
        let value = known(estimate.value);
        let end = |end: f64| value.and(known(end));
        Self { value, low: end(estimate.low), high: end(estimate.high), n: estimate.n }
    }
}

/// A report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// Form of the report: 1.
    pub version: u32,
    /// The Weir that wrote it.
    pub weir: String,
    /// When the run began, in RFC 3339.
    pub started_at: String,
    /// What was run.
    pub suite: SuiteId,
    /// SHA-256 (first 16 hex digits) of the configuration as meant.
    pub config_hash: String,
    /// Seed of the intervals.
    pub seed: u64,
    /// Whether targets answered themselves where the suite holds answers.
    pub live: bool,
    /// The figures.
    pub metrics: Metrics,
    /// Where the cost of a successful task lies, if the suite names a range.
    pub cost_class: Option<CostMark>,
    /// The bounds of the run and whether they held.
    pub bounds: Vec<Bound>,
    /// What a reader should know before trusting the figures.
    pub warnings: Vec<String>,
    /// Every case, in the suite's order.
    pub cases: Vec<CaseResult>,
}

/// Which suite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SuiteId {
    /// Its name.
    pub name: String,
    /// SHA-256 (first 16 hex digits) of its text.
    pub hash: String,
    /// Its cases.
    pub n_cases: usize,
    /// Names of the tools that its requests offer; absent in reports from before they were noted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tools: Option<BTreeSet<String>>,
}

/// The range of a suite's cost class, and where the run lies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CostMark {
    /// The class.
    pub name: String,
    /// Lower end in dollars a successful task.
    pub low_usd: f64,
    /// Upper end.
    pub high_usd: f64,
    /// `under`, `in` or `over`; null if the cost is unknown.
    pub mark: Option<String>,
}

/// A bound and whether it held.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Bound {
    /// Its flag.
    pub name: String,
    /// The limit.
    pub limit: f64,
    /// What was measured; null if it is unknown, which breaks the bound.
    pub value: Option<f64>,
    /// Whether it held.
    pub pass: bool,
}

/// Bounds of a run by itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct Bounds {
    /// Most dollars for a successful task, all attempts of all tasks counted.
    pub max_cost_per_task: Option<f64>,
    /// Least share of tasks that succeed.
    pub min_success_rate: Option<f64>,
}

/// Why a report cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The file.
    #[error("the {0} {1} cannot be read: {2}")]
    Read(&'static str, String, std::io::Error),
    /// Its content.
    #[error("the {0} {1} is not a report of `weir eval run` (line {2})")]
    Form(&'static str, String, usize),
    /// Its version.
    #[error(
        "the {0} {1} has version {2} of the report's form, this Weir reads {VERSION}: run the suite again"
    )]
    Version(&'static str, String, u32),
}

impl Report {
    /// Puts the results of a run together.
    pub fn new(
        suite: &Suite,
        stamp: &Stamp,
        started_at: String,
        cases: Vec<CaseResult>,
        bounds: Bounds,
    ) -> Self {
        let metrics = Metrics::of(&cases, stamp.seed);
        let cost = metrics.cost_per_success_usd.value;
        Self {
            version: VERSION,
            weir: env!("CARGO_PKG_VERSION").to_owned(),
            started_at,
            suite: SuiteId {
                name: suite.name.clone(),
                hash: stamp.suite.clone(),
                n_cases: cases.len(),
                tools: Some(suite.tools()),
            },
            config_hash: stamp.config.clone(),
            seed: stamp.seed,
            live: stamp.live,
            cost_class: suite.cost_class.as_ref().map(|class| mark(class, cost)),
            bounds: bounds.check(&metrics),
            warnings: warnings(&cases, &metrics),
            metrics,
            cases,
        }
    }

    /// Reads a report; `role` says which one it is, for messages.
    ///
    /// # Errors
    /// See [`ReportError`].
    pub fn read(role: &'static str, path: &Path) -> Result<Self, ReportError> {
        let name = || path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|error| ReportError::Read(role, name(), error))?;
        #[derive(Deserialize)]
        struct Form {
            version: u32,
        }
        let form = |error: serde_json::Error| ReportError::Form(role, name(), error.line());
        let found: Form = serde_json::from_str(&text).map_err(form)?;
        if found.version != VERSION {
            return Err(ReportError::Version(role, name(), found.version));
        }
        serde_json::from_str(&text).map_err(form)
    }
}

impl Bounds {
    fn check(self, metrics: &Metrics) -> Vec<Bound> {
        let cost = self.max_cost_per_task.map(|limit| {
            let value = metrics.cost_per_success_usd.value;
            let pass = value.is_some_and(|value| value <= limit * (1.0 + TOLERANCE));
            Bound { name: "max_cost_per_task".to_owned(), limit, value, pass }
        });
        let success = self.min_success_rate.map(|limit| {
            let value = metrics.success_rate.value;
            let pass = value.is_some_and(|value| value >= limit - TOLERANCE);
            Bound { name: "min_success_rate".to_owned(), limit, value, pass }
        });
        cost.into_iter().chain(success).collect()
    }
}

impl Bound {
    /// Why it does not hold, in one line.
    pub fn why(&self, metrics: &Metrics) -> String {
        let Some(value) = self.value else {
            return match self.name.as_str() {
                "max_cost_per_task" if metrics.n_unknown_cost > 0 => format!(
                    "the cost per successful task is unknown: {} cases have attempts without a price (give the price in \
                     `prices`, or `cost_usd` in the suite)",
                    metrics.n_unknown_cost
                ),
                "max_cost_per_task" => {
                    "no task succeeded, so there is no cost per successful task".to_owned()
                }
                name => format!("{name}: nothing was measured"),
            };
        };
        match self.name.as_str() {
            "max_cost_per_task" => {
                format!(
                    "cost per successful task ${value:.6} is above the bound ${:.6}",
                    self.limit
                )
            }
            _ => format!("success rate {value:.4} is below the bound {:.4}", self.limit),
        }
    }
}

fn mark(class: &CostClass, cost: Option<f64>) -> CostMark {
    let (low, high) = (class.low.as_usd(), class.high.as_usd());
    let place = |cost: f64| match NanoUsd::from_usd(cost) {
        cost if cost < class.low => "under",
        cost if cost > class.high => "over",
        _ => "in",
    };
    let mark = cost.map(|cost| place(cost).to_owned());
    CostMark { name: class.name.clone(), low_usd: low, high_usd: high, mark }
}

fn warnings(cases: &[CaseResult], metrics: &Metrics) -> Vec<String> {
    let mut warnings = Vec::new();
    let n = cases.len();
    if n < ENOUGH_CASES {
        let rate = metrics.success_rate;
        let width = rate.low.zip(rate.high).map_or(1.0, |(low, high)| (high - low) / 2.0);
        warnings.push(format!(
            "{n} cases are fewer than {ENOUGH_CASES}: the success rate is known to ±{:.1} points only",
            width * 100.0
        ));
    }
    if metrics.n_unknown_cost > 0 {
        warnings.push(format!(
            "{} cases have attempts without a price, so costs are unknown (null), not zero",
            metrics.n_unknown_cost
        ));
    }
    let failed: usize = cases.iter().flat_map(|case| &case.steps).map(failed_stages).sum();
    if failed > 0 {
        warnings.push(format!(
            "{failed} local stages did not finish in their allowance: decisions may differ from a quieter machine's (lower \
             --concurrency)"
        ));
    }
    if metrics.calls.unjudged > 0 {
        warnings.push(format!(
            "{} tool calls are in cases that do not say which calls are needed; tool precision leaves them out",
            metrics.calls.unjudged
        ));
    }
    warnings
}
