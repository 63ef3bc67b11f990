//! What Weir decided about a request, and why.

use super::{EntityType, GainEstimate, Intent, TaskGuess};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What happens to findings before a request leaves the machine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PrivacyAction {
    /// Findings become placeholders and are restored in the answer.
    #[default]
    Redact,
    /// Only local targets may see the request.
    LocalOnly,
    /// The request is refused.
    Block,
    /// The request leaves as it is.
    Allow,
}

impl PrivacyAction {
    /// The name in the configuration and the ledger.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Redact => "redact",
            Self::LocalOnly => "local_only",
            Self::Block => "block",
            Self::Allow => "allow",
        }
    }
}

/// What happens to content that no detector can read, before a request leaves the machine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UncheckedAction {
    /// It leaves as it is, and the record names its kind.
    #[default]
    Pass,
    /// A request that has such content does not leave.
    Refuse,
}

/// How much shaping may do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ShapeLevel {
    /// Nothing.
    #[default]
    Off,
    /// Only what loses no information.
    Lossless,
}

/// Which latency budget applies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LatencyClass {
    /// Time is aimed at and recorded; only the target's own limits end an answer.
    #[default]
    Standard,
    /// A person waits, and a part of an answer in time is better than all of it late.
    Interactive,
    /// Nobody waits.
    Background,
}

impl LatencyClass {
    /// All classes.
    pub const ALL: [Self; 3] = [Self::Standard, Self::Interactive, Self::Background];

    /// The name in the configuration, the record and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Interactive => "interactive",
            Self::Background => "background",
        }
    }
}

/// When a local answer is good enough.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Cascade {
    /// Lowest score of an answer that is kept, 0–1.
    pub min_score: f32,
    /// Tokens that are looked at, and held back meanwhile.
    pub look: u32,
    /// Whether the next target starts beside the local one: at once, never, or (`None`) once the time that the latency class
    /// aims at has passed.
    pub overlap: Option<bool>,
    /// Whether a second answer is drawn to compare.
    pub second_sample: bool,
}

/// What the record calls the edge pack where it answered; no target has this name.
pub const EDGE: &str = "edge";

/// What the edge pack may answer by itself.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct EdgeAnswers {
    /// Lowest confidence of each field, 0–1.
    pub min_confidence: f32,
    /// Questions to the user by the name of the field that is missing.
    pub ask: BTreeMap<String, String>,
}

/// Why a request went on to a larger model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Escalation {
    /// The local answer was not sure enough.
    LowConfidence,
    /// What the answer needs is not in the request.
    MissingContext,
}

impl Escalation {
    /// The name in headers and in the record.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LowConfidence => "low_confidence",
            Self::MissingContext => "missing_context",
        }
    }
}

/// On which side of a comparison a request stands, where a rule is there for a part of all conversations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Arm {
    /// The rule would have matched, and was not there.
    Control,
    /// The rule matched.
    Canary,
}

impl Arm {
    /// The name in the record.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Control => "control",
            Self::Canary => "canary",
        }
    }
}

/// Where a request stands in a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Side {
    /// With the rule or without it.
    pub arm: Arm,
    /// A number of 24 bits that all requests of its conversation share, and hardly any other.
    #[serde(skip)]
    pub conversation: u32,
}

/// A target in the order of preference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Candidate {
    /// The target's name.
    pub target: Arc<str>,
    /// True if it runs in this process.
    pub local: bool,
}

/// A target that was not chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rejected {
    /// The target's name.
    pub target: Arc<str>,
    /// Why, in words for the operator.
    pub reason: String,
}

/// What the rules saw. Never text of the request.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Values {
    /// The model that the client asked for.
    pub requested_model: String,
    /// The intent, if known.
    pub intent: Option<Intent>,
    /// The task type, if known.
    pub task: Option<TaskGuess>,
    /// Probability of an injection, if known.
    pub injection: Option<f32>,
    /// What stronger targets are worth, as far as known.
    pub gains: Vec<GainEstimate>,
    /// The types found, sorted, each once.
    pub finding_types: Vec<EntityType>,
    /// Whether any of them is of a type that is not kept as it is.
    pub has_findings: bool,
    /// Whether tools are on offer.
    pub has_tools: bool,
    /// Whether a tool call is forced.
    pub forced_tool: bool,
    /// Whether images are present.
    pub has_images: bool,
    /// Whether `n > 1`, log-probabilities or a response format is asked for.
    pub needs: Vec<&'static str>,
    /// Tokens of all text.
    pub context_tokens: u32,
    /// The tenant of the API key.
    pub tenant: Option<Arc<str>>,
}

/// The predicted gain that a rule asked for, and its bounds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GainAsked {
    /// The prediction.
    #[serde(flatten)]
    pub estimate: GainEstimate,
    /// What the lower end of the interval had to reach.
    pub min_gain: Option<f32>,
    /// What the upper end had to stay under.
    pub max_gain: Option<f32>,
}

impl std::fmt::Display for GainAsked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let GainEstimate { pair, gain, low, high, .. } = &self.estimate;
        write!(f, "{pair} {gain:.3} [{low:.3}, {high:.3}]")?;
        self.min_gain.map_or(Ok(()), |min| write!(f, " min {min}"))?;
        self.max_gain.map_or(Ok(()), |max| write!(f, " max {max}"))
    }
}

/// The outcome of the rules.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Decision {
    /// The rule that matched, or `forced` (the client named a target) or `default`.
    pub rule: Arc<str>,
    /// The predicted gain that decided: that of the matching rule, else that of the first rule before it that asked for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gain: Option<GainAsked>,
    /// Targets to try, in order. Never empty unless `privacy` is `Block` or all were rejected.
    pub candidates: Vec<Candidate>,
    /// Targets left out, with reasons.
    pub rejected: Vec<Rejected>,
    /// What happens to findings.
    pub privacy: PrivacyAction,
    /// How much shaping may do.
    pub shape: ShapeLevel,
    /// Which latency budget applies.
    pub latency: LatencyClass,
    /// When a local answer is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cascade: Option<Cascade>,
    /// What the edge pack may answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edge: Option<Arc<EdgeAnswers>>,
    /// On which side the request stands, if a canary's condition holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub side: Option<Side>,
    /// Share of such requests that another candidate answers too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shadow: Option<f32>,
    /// The places of the tuned rules that the request reached with all that they ask for beside the gain.
    #[serde(skip)]
    pub in_scope: Vec<usize>,
    /// What the rules saw.
    pub values: Values,
}
