//! What became of one case. Holds ids, names, counts and reasons; no text of a request or an answer.

use super::check::CallCounts;
use crate::chat::{HopKind, Outcome, RequestRecord};
use crate::units::NanoUsd;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One case after it ran.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CaseResult {
    /// The case's id in the suite.
    pub id: String,
    /// Whether every step did what the suite asks.
    pub pass: bool,
    /// What the operator sorts by.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// The target that answered last.
    pub target: Option<String>,
    /// Cost of all attempts in billionths of a dollar, without the judge; null if a price is unknown.
    pub cost_nano_usd: Option<i64>,
    /// Cost of the judge; null if a price is unknown.
    pub judge_nano_usd: Option<i64>,
    /// Whether it left the cheapest tier; null where that has no meaning.
    pub escalated: Option<bool>,
    /// Whether it had to; null if nobody says.
    pub should_escalate: Option<bool>,
    /// Its tool calls.
    pub calls: CallCounts,
    /// Its tokens.
    pub tokens: Tokens,
    /// Its steps.
    pub steps: Vec<StepResult>,
}

/// Tokens of a case.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tokens {
    /// Prompt tokens that providers charged at the full price.
    pub input: u64,
    /// Prompt tokens from a cache.
    pub cached: u64,
    /// Generated tokens.
    pub output: u64,
    /// Tokens that shaping took out of prompts.
    pub shaped_away: u64,
    /// Prompt and answer tokens of local answers, which no provider charged.
    pub local: u64,
}

/// One step of a case.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StepResult {
    /// HTTP status that a client would have got.
    pub status: u16,
    /// Error code that a client would have got.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The rule that decided.
    pub rule: Option<String>,
    /// The target that answered, or was tried last.
    pub target: Option<String>,
    /// The checks.
    pub checks: Vec<CheckResult>,
    /// Arrival to last byte, in microseconds.
    pub total_us: u64,
    /// Arrival to first byte, in microseconds.
    pub ttft_us: Option<u64>,
    /// Every piece of work.
    pub hops: Vec<HopResult>,
}

/// One check of a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CheckResult {
    /// Its name: one of the suite's checks, `answered` or `outcome`.
    pub check: String,
    /// Whether it held.
    pub pass: bool,
    /// Why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl CheckResult {
    /// A check with what came of it.
    pub fn new(check: &str, verdict: Result<(), String>) -> Self {
        Self { check: check.to_owned(), pass: verdict.is_ok(), reason: verdict.err() }
    }
}

/// One hop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HopResult {
    /// What it was, by its name in the ledger.
    pub kind: String,
    /// The target, for attempts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Microseconds.
    pub duration_us: u64,
    /// Microseconds to its first token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttft_us: Option<u64>,
    /// How it ended, by its name in the ledger.
    pub outcome: String,
}

impl StepResult {
    /// What a record tells of a step.
    pub fn of(record: &RequestRecord, checks: Vec<CheckResult>) -> Self {
        let hops = record.hops.iter().map(|hop| HopResult {
            kind: hop.kind.as_str().to_owned(),
            target: hop.target.as_deref().map(str::to_owned),
            duration_us: hop.duration_us,
            ttft_us: hop.ttft_us,
            outcome: hop.outcome.as_str().to_owned(),
        });
        Self {
            status: record.status,
            error: record.error.map(str::to_owned),
            rule: record.route.as_deref().map(str::to_owned),
            target: record.target.as_deref().map(str::to_owned),
            checks,
            total_us: record.total_us,
            ttft_us: record.ttft_us,
            hops: hops.collect(),
        }
    }

    /// The step of a case that was never reached.
    pub fn unreached() -> Self {
        let reason = Err("an earlier step gave no answer".to_owned());
        Self { checks: vec![CheckResult::new("answered", reason)], ..Self::default() }
    }
}

impl Tokens {
    /// Adds what a record tells.
    pub fn add(&mut self, record: &RequestRecord) {
        for hop in &record.hops {
            if hop.kind == HopKind::Shape {
                self.shaped_away += hop.detail.as_deref().map_or(0, shaped_away);
            }
            let Some(usage) = &hop.usage else { continue };
            if hop.kind == HopKind::Generate {
                self.local += usage.total();
            } else {
                self.input += usage.input + usage.cache_write;
                self.cached += usage.cached_read;
                self.output += usage.output;
            }
        }
    }
}

/// The difference in a shape hop's `tokens=BEFORE->AFTER`.
fn shaped_away(detail: &str) -> u64 {
    let counts = detail.strip_prefix("tokens=").and_then(|counts| counts.split_once("->"));
    let Some((before, after)) = counts else { return 0 };
    let number = |text: &str| text.parse::<u64>().unwrap_or(0);
    number(before).saturating_sub(number(after))
}

/// The cost of a step: what its record says, or, where answers were there before, what the attempts cost, as the time of
/// local stages is then that of this machine and not of the one that serves.
pub fn cost(record: &RequestRecord, canned: bool) -> Option<NanoUsd> {
    let hops = record.hops.iter().filter(|hop| !canned || hop.target.is_some());
    hops.map(|hop| hop.cost).sum()
}

/// Local stages of a record that did not finish.
pub fn failed_stages(step: &StepResult) -> usize {
    let stage = |hop: &&HopResult| {
        matches!(hop.kind.as_str(), "detect" | "intent" | "redact")
            && hop.outcome != Outcome::Ok.as_str()
            && hop.outcome != Outcome::Skipped.as_str()
    };
    step.hops.iter().filter(stage).count()
}
