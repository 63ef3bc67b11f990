//! The figures of a report, each with its interval.

use super::Figure;
use crate::eval::check::CallCounts;
use crate::eval::metric::{Estimate, share};
use crate::eval::result::{CaseResult, HopResult, StepResult, Tokens};
use crate::eval::stats::{self, Share};
use crate::units::NanoUsd;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// All figures of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Metrics {
    /// Cases that passed.
    pub n_success: usize,
    /// Share of cases that passed (Wilson).
    pub success_rate: Figure,
    /// Share of tool calls that were valid and necessary, of those in cases that say which are needed (the wider of Wilson
    /// over calls and a bootstrap over cases).
    pub tool_precision: Figure,
    /// All tool calls, counted.
    pub calls: CallCounts,
    /// Share of cases with one of `unsafe_writes` or more (Wilson).
    pub unsafe_write_rate: Figure,
    /// Of the cases that left the first tier, the share that had to (Wilson).
    pub escalation_precision: Figure,
    /// Of the cases that had to leave the first tier, the share that did (Wilson).
    pub escalation_recall: Figure,
    /// Dollars for a successful case: all attempts of all cases over the successes (bootstrap over cases). The judge is
    /// not in it.
    pub cost_per_success_usd: Figure,
    /// The same with the judge.
    pub cost_per_success_with_judge_usd: Figure,
    /// Dollars for a case (bootstrap).
    pub cost_per_case_usd: Figure,
    /// All attempts together; null if a price is unknown.
    pub cost_usd: Option<f64>,
    /// The judge; null if a price is unknown.
    pub judge_cost_usd: Option<f64>,
    /// Cases of which the cost is unknown.
    pub n_unknown_cost: usize,
    /// Share of cases by the target that answered last; `none` where nobody did (Wilson).
    pub share: BTreeMap<String, Figure>,
    /// Times in milliseconds, by hop.
    pub latency: Vec<Latency>,
    /// Tokens of all cases.
    pub tokens: Tokens,
    /// Tokens of a case that no provider charged at the full price: shaped away, from a cache, or local (bootstrap).
    pub tokens_saved_per_case: Figure,
}

/// Times of one kind of hop, in milliseconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Latency {
    /// The hop's kind, or `request` for a whole request.
    pub hop: String,
    /// The target, for attempts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// `total`, or `ttft` for the time to the first token.
    pub measure: String,
    /// Median (order statistics).
    pub p50: Figure,
    /// 95th percentile.
    pub p95: Figure,
    /// 99th percentile.
    pub p99: Figure,
}

impl Metrics {
    /// The figures of a run's results.
    pub fn of(cases: &[CaseResult], seed: u64) -> Self {
        let n = cases.len();
        let n_success = cases.iter().filter(|case| case.pass).count();
        let rate = |hits: usize, n: usize| Figure::from(share(hits, n));
        let mut calls = CallCounts::default();
        let mut tokens = Tokens::default();
        for case in cases {
            calls.add(case.calls);
            tokens += case.tokens;
        }
        let had_to = |case: &&CaseResult| case.should_escalate == Some(true);
        let left = |case: &&CaseResult| case.escalated == Some(true);
        let judged = || {
            cases.iter().filter(|case| case.should_escalate.is_some() && case.escalated.is_some())
        };
        let right = judged().filter(had_to).filter(left).count();
        let cost = total(cases.iter().map(|case| case.cost_nano_usd));
        let judge = total(cases.iter().map(|case| case.judge_nano_usd));
        let saved: Vec<f64> = cases
            .iter()
            .map(|case| (case.tokens.shaped_away + case.tokens.cached + case.tokens.local) as f64)
            .collect();
        Self {
            n_success,
            success_rate: rate(n_success, n),
            tool_precision: tool_precision(cases, calls, seed),
            calls,
            unsafe_write_rate: rate(
                cases.iter().filter(|case| case.calls.unsafe_writes > 0).count(),
                n,
            ),
            escalation_precision: rate(right, judged().filter(left).count()),
            escalation_recall: rate(right, judged().filter(had_to).count()),
            cost_per_success_usd: costs(cases, seed, |case| Some((case.cost_nano_usd?, case.pass))),
            cost_per_success_with_judge_usd: costs(cases, seed, |case| {
                Some((case.cost_nano_usd? + case.judge_nano_usd?, case.pass))
            }),
            cost_per_case_usd: costs(cases, seed, |case| Some((case.cost_nano_usd?, true))),
            cost_usd: cost.map(dollars),
            judge_cost_usd: judge.map(dollars),
            n_unknown_cost: cases.iter().filter(|case| case.cost_nano_usd.is_none()).count(),
            share: shares(cases),
            latency: latencies(cases),
            tokens,
            tokens_saved_per_case: stats::mean(&saved, seed).into(),
        }
    }
}

impl std::ops::AddAssign for Tokens {
    fn add_assign(&mut self, other: Self) {
        self.input += other.input;
        self.cached += other.cached;
        self.output += other.output;
        self.shaped_away += other.shaped_away;
        self.local += other.local;
    }
}

fn dollars(nano: i64) -> f64 {
    NanoUsd(nano).as_usd()
}

fn total(costs: impl Iterator<Item = Option<i64>>) -> Option<i64> {
    costs.sum()
}

/// Costs over successes as pairs for the bootstrap; nothing if one is unknown.
pub fn cost_shares(
    cases: &[&CaseResult],
    cost: impl Fn(&CaseResult) -> Option<(i64, bool)>,
) -> Option<Vec<Share>> {
    let pair = |case: &&CaseResult| {
        let (cost, pass) = cost(case)?;
        Some((dollars(cost), f64::from(u8::from(pass))))
    };
    cases.iter().map(pair).collect()
}

fn costs(
    cases: &[CaseResult],
    seed: u64,
    cost: impl Fn(&CaseResult) -> Option<(i64, bool)>,
) -> Figure {
    let cases: Vec<&CaseResult> = cases.iter().collect();
    match cost_shares(&cases, cost) {
        Some(pairs) => stats::ratio(&pairs, seed).into(),
        None => Figure { value: None, low: None, high: None, n: cases.len() },
    }
}

fn tool_precision(cases: &[CaseResult], calls: CallCounts, seed: u64) -> Figure {
    let by_call = share(calls.precise as usize, calls.total as usize);
    let pairs: Vec<Share> = cases
        .iter()
        .map(|case| (f64::from(case.calls.precise), f64::from(case.calls.total)))
        .filter(|pair| pair.1 > 0.0)
        .collect();
    let by_case = stats::ratio(&pairs, seed);
    Estimate { low: by_call.low.min(by_case.low), high: by_call.high.max(by_case.high), ..by_call }
        .into()
}

fn shares(cases: &[CaseResult]) -> BTreeMap<String, Figure> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for case in cases {
        *counts.entry(case.target.clone().unwrap_or_else(|| "none".to_owned())).or_default() += 1;
    }
    counts.into_iter().map(|(name, n)| (name, share(n, cases.len()).into())).collect()
}

fn latencies(cases: &[CaseResult]) -> Vec<Latency> {
    let mut times: BTreeMap<(String, Option<String>, &str), Vec<f64>> = BTreeMap::new();
    let mut note = |hop: &str, target: Option<&String>, measure, us: Option<u64>| {
        let key = (hop.to_owned(), target.cloned(), measure);
        times.entry(key).or_default().extend(us.map(|us| us as f64 / 1000.0));
    };
    let ran = |step: &&StepResult| step.status > 0;
    for step in cases.iter().flat_map(|case| &case.steps).filter(ran) {
        note("request", None, "total", Some(step.total_us));
        note("request", None, "ttft", step.ttft_us);
        for HopResult { kind, target, duration_us, ttft_us, .. } in &step.hops {
            note(kind, target.as_ref(), "total", Some(*duration_us));
            note(kind, target.as_ref(), "ttft", *ttft_us);
        }
    }
    let row = |((hop, target, measure), values): ((String, Option<String>, &str), Vec<f64>)| {
        let at = |q: f64| Figure::from(stats::quantile(&values, q));
        let (p50, p95, p99) = (at(0.50), at(0.95), at(0.99));
        Latency { hop, target, measure: measure.to_owned(), p50, p95, p99 }
    };
    times.into_iter().filter(|(_, values)| !values.is_empty()).map(row).collect()
}
