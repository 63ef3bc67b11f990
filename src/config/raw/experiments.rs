//! How rules that are tried out are compared, as the operator writes it.

use schemars::JsonSchema;
use serde::Deserialize;

/// How shadows and canaries are compared.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawExperiments {
    /// What tells the two answers of a shadow apart. Default `embedding`.
    pub compare: Option<RawCompare>,
    /// Cosine of two answers from which on they count as the same, for `embedding`. Default 0.8, range 0–1.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub min_similarity: Option<f64>,
    /// The target that judges answers, for `judge`. In the cloud it must be one that a rule with `shadow` names, since it sees what that
    /// rule's targets see; under `local_only` it is not asked.
    pub judge: Option<String>,
    /// What an answer must fulfil, for `judge`. Default: that it is right and does what was asked.
    pub rubric: Option<String>,
    /// How many successes a canary may lose before it is taken back, as a share of its requests. Default 0.02, range 0–1.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub max_drop: Option<f64>,
    /// How sure of such a loss Weir must be. Default 0.95, range 0.5–0.9999.
    #[schemars(range(min = 0.5, max = 0.9999))]
    pub confidence: Option<f64>,
}

/// What tells two answers apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RawCompare {
    /// They are the same but for white space and case; calls of tools have the same names and arguments.
    Exact,
    /// The edge pack's embeddings of them are alike.
    Embedding,
    /// A judge model says of each whether it is good.
    Judge,
}
