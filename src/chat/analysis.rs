//! What the local stages say about a request.

use super::Finding;
use std::sync::Arc;
use std::time::Duration;

/// The intent of the message that decides.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Intent {
    /// The operator's name for it.
    pub name: Arc<str>,
    /// Calibrated probability, 0–1.
    pub p: f32,
    /// Distance to the second best probability, 0–1.
    pub margin: f32,
    /// How far outside of every known intent the text lies, 0–1; higher is further.
    pub reject: f32,
    /// True if a short follow-up took it over from an earlier turn.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub inherited: bool,
}

/// The task types that the edge pack tells apart.
pub const TASKS: &[&str] = &[
    "chit_chat",
    "question",
    "extraction",
    "classification",
    "summarization",
    "rewriting",
    "translation",
    "code",
    "math",
    "reasoning",
    "tool_use",
    "creative",
];

/// What kind of work the message that decides asks for.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct TaskGuess {
    /// The task type: `chit_chat`, `question`, `code`, …
    pub name: &'static str,
    /// Its probability, 0–1.
    pub p: f32,
}

/// What a stronger target is worth for a request: P(stronger succeeds) − P(cheaper succeeds), from −1 to 1.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct GainEstimate {
    /// The name of the pair.
    pub pair: Arc<str>,
    /// The cheaper target.
    pub cheap: Arc<str>,
    /// The stronger one.
    pub strong: Arc<str>,
    /// What is expected.
    pub gain: f32,
    /// Lower end of the 90 % interval of the mean gain of such requests.
    pub low: f32,
    /// Its upper end.
    pub high: f32,
    /// The category that the request most likely belongs to.
    pub category: Arc<str>,
}

/// How one local stage went.
#[derive(Debug, Clone, PartialEq)]
pub struct StageReport {
    /// The stage's name: `detect`, `intent`, …
    pub stage: &'static str,
    /// None if it finished; else why its fail mode applies (`timeout`, `not_ready`, `overloaded`, `error`, `panic`).
    pub failed: Option<&'static str>,
}

/// The sum of the local stages. A stage that did not finish leaves its field empty and says so in `stages`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Analysis {
    /// Personal data and secrets, sorted by slot and start, without overlaps.
    pub findings: Vec<Finding>,
    /// The intent, if intents are configured and the stage finished.
    pub intent: Option<Intent>,
    /// Probability that words of a user or of a tool try to override the instructions, 0–1; the highest of all texts. `None` if
    /// nothing was read. A signal among others, never a safety boundary.
    pub injection: Option<f32>,
    /// The task type of the last user turn; `None` if nothing was read.
    pub task: Option<TaskGuess>,
    /// What stronger targets are worth, for each pair that the configuration names; empty if nothing was read.
    pub gains: Vec<GainEstimate>,
    /// Tokens of all text: counted by the encoder's tokenizer, or estimated from bytes without one.
    pub n_tokens: u32,
    /// How each stage went.
    pub stages: Vec<StageReport>,
    /// When to try again, if a stage was refused because too many wait for it.
    pub retry_after: Option<Duration>,
    /// Parts of the request that no detector looked at (`image`, `audio`, …).
    pub unchecked: Vec<&'static str>,
}
