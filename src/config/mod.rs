//! Configuration: `raw` is what the operator writes, `resolved` what is meant by it; `load` goes from one to the other
//! and reports everything that is wrong at once, with path, line and hint; `watch` does it again when a file changes.
//!
//! Invariant: a [`Config`] that exists can be served, and no secret is ever printed.

mod check;
mod diff;
pub mod entities;
mod gaps;
mod load;
mod overlay;
mod own;
mod problem;
mod profile;
pub mod raw;
mod resolve;
pub mod resolved;
mod schema;
mod show;
pub mod tree;
mod warnings;
mod watch;

#[cfg(test)]
mod own_tests;
#[cfg(test)]
mod tests;

pub use diff::diff;
pub use load::{Overrides, find};
pub use overlay::{Overlay, Override, Written, replace_file};
pub use own::{Allow, Own, OwnPattern, OwnWords};
pub use problem::{ConfigErrors, Problem, name_hint};
pub use profile::{GainKey, NO_INTENT, Profile};
pub use resolve::{Env, is_weak};
pub use resolved::{
    AdminKey, ApiKey, BreakerSettings, Budget, Capabilities, Compare, Condition, Config,
    ConnectionLimits, Experiments, GainBounds, GainPair, IntentSpec, LatencyBudgets,
    LedgerSettings, Limits, LocalModel, LocalModels, MetricsSettings, PrivacySettings, Rule,
    ServerSettings, Target, TargetKind, TunedOn,
};
pub use schema::{schema, thresholds};
pub use show::describe;
pub use warnings::warnings;
pub use watch::{ChangeError, SharedEnv, Source, watch};
