//! Pairs of targets between which the gain predictor tells, as the operator writes them.

use schemars::JsonSchema;
use serde::Deserialize;
use std::path::PathBuf;

/// Two targets; what the stronger one is worth is predicted for each request that a rule asks it for.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawGain {
    /// A name for the pair, unique. Default: the names of both targets with `>` between them.
    pub name: Option<String>,
    /// The cheaper target.
    #[schemars(required)]
    pub cheap: Option<String>,
    /// The stronger target.
    #[schemars(required)]
    pub strong: Option<String>,
    /// A predictor that `weir gain fit` wrote. Default: the one inside the binary, which was fitted to small and large models in
    /// general and knows nothing of these two.
    pub file: Option<PathBuf>,
}
