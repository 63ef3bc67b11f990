//! Latency budgets as the operator writes them.

use schemars::JsonSchema;
use serde::Deserialize;

/// Time budgets of the latency classes.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawLatency {
    /// For requests of rules that name no class. What is aimed at is recorded, and no answer is cut.
    #[serde(default)]
    pub standard: RawAims,
    /// For requests of rules that would rather have a part of an answer than wait.
    #[serde(default)]
    pub interactive: RawBudget,
    /// For requests that nobody waits for.
    #[serde(default)]
    pub background: RawBudget,
}

/// What a class aims at. Only the target's own limits end an answer.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawAims {
    /// First token, what is aimed at, in milliseconds. Default 3000, range 1–3600000.
    #[schemars(range(min = 1, max = 3_600_000), extend("x-unit" = "ms"))]
    pub ttft_target_ms: Option<u64>,
    /// The whole request, what is aimed at, in milliseconds. Default 30000, range 1–3600000.
    #[schemars(range(min = 1, max = 3_600_000), extend("x-unit" = "ms"))]
    pub total_target_ms: Option<u64>,
    /// What each local stage may take. Default as for `interactive` unless another is named, and never less than there.
    #[serde(default)]
    pub stages: RawStages,
}

/// One time budget with limits.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawBudget {
    /// First token, what is aimed at, in milliseconds. Default 1500, background 10000; range 1–3600000.
    #[schemars(range(min = 1, max = 3_600_000), extend("x-unit" = "ms"))]
    pub ttft_target_ms: Option<u64>,
    /// First token, after which the next candidate is tried, in milliseconds. Default 3000, background 60000; range
    /// 1–3600000.
    #[schemars(range(min = 1, max = 3_600_000), extend("x-unit" = "ms"))]
    pub ttft_ms: Option<u64>,
    /// The whole request, what is aimed at, in milliseconds. Default `total_ms`; range 1–3600000.
    #[schemars(range(min = 1, max = 3_600_000), extend("x-unit" = "ms"))]
    pub total_target_ms: Option<u64>,
    /// The whole request, in milliseconds; a stream that has said something ends there as a part of an answer. Default 10000,
    /// background 180000; range 1–3600000.
    #[schemars(range(min = 1, max = 3_600_000), extend("x-unit" = "ms"))]
    pub total_ms: Option<u64>,
    /// What each local stage may take.
    #[serde(default)]
    pub stages: RawStages,
}

/// What each local stage may take. A stage that overruns is cut off: without the detectors nothing leaves the machine
/// that a rule would redact, and without the others the request goes on.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawStages {
    /// The detectors, in milliseconds (a few microseconds a kilobyte; the default leaves room for bodies of many megabytes).
    /// Default 1000, background 2000; range 1–600000.
    #[schemars(range(min = 1, max = 600_000), extend("x-unit" = "ms"))]
    pub detect_ms: Option<u64>,
    /// The intent, embedding included, in milliseconds. Default 150, background 5000; range 1–600000.
    #[schemars(range(min = 1, max = 600_000), extend("x-unit" = "ms"))]
    pub intent_ms: Option<u64>,
    /// Redaction, in milliseconds. Default 500, standard and background 1000; range 1–600000.
    #[schemars(range(min = 1, max = 600_000), extend("x-unit" = "ms"))]
    pub redact_ms: Option<u64>,
    /// Shaping, in milliseconds. Default 50, standard 500, background 2000; range 1–600000.
    #[schemars(range(min = 1, max = 600_000), extend("x-unit" = "ms"))]
    pub shape_ms: Option<u64>,
    /// Waiting for a local generator, in milliseconds. Default 1000, background 60000; with `standard` and no other candidate as long
    /// as the target's first token may take; range 1–600000.
    #[schemars(range(min = 1, max = 600_000), extend("x-unit" = "ms"))]
    pub queue_ms: Option<u64>,
}
