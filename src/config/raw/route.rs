//! Routing rules as the operator writes them.

use super::OneOrMany;
use crate::chat::{LatencyClass, PrivacyAction, ShapeLevel, UncheckedAction};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// One rule: if `when` holds, `to` says where, and the rest how.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawRule {
    /// A name for it, unique; `forced` is taken. Default `rule-1`, `rule-2`, … by position.
    pub name: Option<String>,
    /// What must hold, all of it. Default: nothing, so the rule always matches.
    #[serde(default)]
    pub when: RawWhen,
    /// Targets in order of preference. Default: cloud targets in their order, then local ones; only local ones under
    /// `local_only`; none under `block`.
    pub to: Option<OneOrMany>,
    /// What happens to findings before a request leaves the machine. Default `redact`.
    pub privacy: Option<PrivacyAction>,
    /// What happens to content that no detector can read (images, audio, video, files that are not text) before a request leaves the
    /// machine: `pass` sends it as it is and names its kind in `x-weir-unchecked` and in the record, `refuse` keeps the request on this
    /// machine. Default `pass`.
    pub unchecked: Option<UncheckedAction>,
    /// How much the request may be shortened. Default `lossless`.
    pub shape: Option<ShapeLevel>,
    /// Which time budget applies. Default `standard`.
    pub latency: Option<LatencyClass>,
    /// Lets a local target begin and looks at its answer before the client gets any of it. Default: local answers go out unseen.
    pub cascade: Option<RawCascade>,
    /// Lets the edge pack answer requests whose schema asks for labels or entities, before any target is asked. Default: never.
    pub edge: Option<RawEdge>,
    /// Share of the rule's requests that another of its targets answers too, in the background and for comparison only. Both
    /// answers are compared as `experiments` says and kept as a labelled pair, without their text. Default 0, range 0–1.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub shadow: Option<f64>,
    /// Share of all conversations for which this rule is there; the others go on as if it were not. What becomes of both is
    /// compared, and the rule is set to 0 by itself when it loses more than `experiments.max_drop`. Default: the rule is there for
    /// all. Range 0–1.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub canary: Option<f64>,
    /// The report of `weir tune` that `when.max_gain` or `when.min_gain` comes from: requests that reach the rule are compared with
    /// its cases, with a warning where they no longer look alike. Default: no comparison.
    pub tuned_on: Option<PathBuf>,
}

/// When a local answer is good enough; else the next target answers.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawCascade {
    /// Lowest score of an answer that is kept. Default 0.6, range 0–1.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub min_score: Option<f64>,
    /// Tokens that are looked at, and held back meanwhile. Default 24, range 1–512.
    #[schemars(range(min = 1, max = 512), extend("x-unit" = "tokens"))]
    pub look: Option<u32>,
    /// Whether the next target starts beside the local one, to be cancelled if the local answer is kept. Default: once the
    /// latency class's `ttft_target_ms` has passed without a verdict.
    pub overlap: Option<bool>,
    /// Whether a second answer is drawn to see whether the two agree. Default false.
    pub second_sample: Option<bool>,
}

/// What the edge pack may answer by itself.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawEdge {
    /// Lowest confidence of each field of an answer. Default 0.7, range 0–1.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub min_confidence: Option<f64>,
    /// Questions to the user by the name of the field: where that field is missing the question is the answer. Default: none.
    #[serde(default)]
    pub ask: BTreeMap<String, String>,
}

/// What a rule asks of a request; a list asks for any one of its entries.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawWhen {
    /// The intent; `none` stands for a request without one.
    pub intent: Option<OneOrMany>,
    /// The intent's probability is at least this. Range 0–1.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub min_probability: Option<f64>,
    /// The intent's reject score (how far out of scope the text lies) is at most this. Range 0–1.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub max_reject: Option<f64>,
    /// The task type of the last user turn: `chit_chat`, `question`, `extraction`, `classification`, `summarization`,
    /// `rewriting`, `translation`, `code`, `math`, `reasoning`, `tool_use` or `creative`.
    pub task: Option<OneOrMany>,
    /// The probability that words of the user or of a tool try to override the instructions is at least this. A signal: attacks
    /// slip through it, so it must not be all that stands between them and harm. Range 0–1.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub min_injection: Option<f64>,
    /// The pair of `gain` that `min_gain` and `max_gain` speak of. Default: the only one.
    pub gain: Option<String>,
    /// The stronger target is surely worth at least this much: the lower end of the 90 % interval of P(stronger succeeds) −
    /// P(cheaper succeeds) is at or above it. Where the prediction is unsure or missing, the rule does not match. Range -1–1.
    #[schemars(range(min = -1.0, max = 1.0))]
    pub min_gain: Option<f64>,
    /// The stronger target is surely worth at most this much: the upper end of that interval is at or below it. Where the
    /// prediction is unsure or missing, the rule does not match. Range -1–1.
    #[schemars(range(min = -1.0, max = 1.0))]
    pub max_gain: Option<f64>,
    /// A finding of this type is present, for example `US_SSN`; `any` stands for every type.
    pub findings: Option<OneOrMany>,
    /// Whether tools are on offer.
    pub tools: Option<bool>,
    /// Fewest tokens of context.
    #[schemars(extend("x-unit" = "tokens"))]
    pub min_context_tokens: Option<u32>,
    /// Most tokens of context.
    #[schemars(extend("x-unit" = "tokens"))]
    pub max_context_tokens: Option<u32>,
    /// The tenant of the client's key.
    pub tenant: Option<OneOrMany>,
    /// Each of these request headers has this value.
    #[serde(default)]
    pub header: BTreeMap<String, String>,
    /// The model the client asks for. Names given here are accepted from clients beside `auto` and the targets.
    pub model: Option<OneOrMany>,
}
