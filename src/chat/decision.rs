//! What Weir decided about a request, and why.

use super::{EntityType, GainEstimate, Intent, TaskGuess};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
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
    /// A person waits.
    #[default]
    Interactive,
    /// Nobody waits.
    Background,
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
    /// What the rules saw.
    pub values: Values,
}
