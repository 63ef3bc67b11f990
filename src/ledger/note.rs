//! What is kept beside the requests: how they went, as their clients told it afterwards, and every change of the
//! configuration.
//!
//! Invariant: nothing of a text and no secret gets in. The names that clients give to their tasks are kept as digests.

use crate::chat::{Outcome, Side};
use crate::units::NanoUsd;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Something to keep that is no request.
#[derive(Debug, Clone, PartialEq)]
pub enum Note {
    /// How a task went.
    Feedback(Feedback),
    /// A change of the configuration.
    Change(ConfigChange),
    /// A configuration, so that it can come back.
    Version(ConfigVersion),
    /// What two targets made of one request.
    Pair(Pair),
}

/// Where a change of the configuration came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeSource {
    /// Weir was started with it.
    Start,
    /// The file, or another that it names, was changed.
    Reload,
    /// `PATCH /admin/routes`.
    Admin,
    /// `weir config rollback`.
    Rollback,
}

impl ChangeSource {
    /// All sources.
    pub const ALL: [Self; 4] = [Self::Start, Self::Reload, Self::Admin, Self::Rollback];

    /// The name in the ledger.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Reload => "reload",
            Self::Admin => "admin",
            Self::Rollback => "rollback",
        }
    }
}

/// A change from one configuration to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigChange {
    /// When, in microseconds since the Unix epoch.
    pub at_us: i64,
    /// Where it came from.
    pub source: ChangeSource,
    /// Name of the key that asked for it, or the command.
    pub who: Option<String>,
    /// Hash before; nothing for the first of a ledger.
    pub before: Option<String>,
    /// Hash after.
    pub after: String,
    /// What changed, in words, secrets masked.
    pub what: Vec<String>,
}

/// A configuration as it was written. Secrets are not in it: the file names where they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigVersion {
    /// Hash of the configuration as meant.
    pub hash: String,
    /// The file's text.
    pub text: String,
    /// The overrides beside it, as JSON.
    pub overrides: String,
}

/// How a task went, posted back by its client. The last one that says so decides; all are kept.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Feedback {
    /// When it came, in microseconds since the Unix epoch.
    pub at_us: i64,
    /// What it is about: a task's key, or the id of a request that belongs to no task.
    pub subject: Uuid,
    /// The request that it named, if it named one.
    pub request: Option<Uuid>,
    /// How far the task succeeded, 0–1.
    pub success: Option<f64>,
    /// Further figures by name.
    pub kpi: BTreeMap<String, f64>,
}

/// What two targets made of one request: a labelled case without its words.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// When, in microseconds since the Unix epoch.
    pub at_us: i64,
    /// The request.
    pub request: Uuid,
    /// The rule that matched it.
    pub rule: String,
    /// The share of the rule's requests that it was drawn with.
    pub share: f32,
    /// The cheaper target.
    pub cheap: String,
    /// The stronger one.
    pub strong: String,
    /// Whether the client got the stronger one's answer.
    pub strong_answered: bool,
    /// What read the text and predicted the gain; other versions of it give other numbers.
    pub encoder: String,
    /// The predicted gain with the ends of its interval: low, gain, high.
    pub gain: Option<[f64; 3]>,
    /// The predicted category.
    pub category: Option<String>,
    /// How sure the local answer looked, 0–1.
    pub confidence: Option<f64>,
    /// Characters of the request.
    pub length: u32,
    /// Success of the cheaper and of the stronger answer, 0–1.
    pub success: [f64; 2],
    /// Cost of both; nothing where the price is unknown.
    pub cost: [Option<NanoUsd>; 2],
    /// How the answers were compared.
    pub compared: String,
}

/// A request on one side of a canary, or what was told about one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trial {
    /// Give this back for what comes next.
    pub cursor: i64,
    /// Where it stands; requests of one conversation are no independent observations.
    pub side: Side,
    /// How far it succeeded, 0–1; nothing where it says nothing about the rule.
    pub success: Option<f64>,
}

/// Whether a request was answered, as a number; one that its client left, or that a rule blocked, says nothing.
pub(super) fn answered(outcome: Outcome) -> Option<f64> {
    match outcome {
        Outcome::Ok | Outcome::NeedsInput | Outcome::Partial => Some(1.0),
        Outcome::Error | Outcome::Timeout | Outcome::Rejected => Some(0.0),
        Outcome::Cancelled | Outcome::Blocked | Outcome::Skipped => None,
    }
}

/// The key of a task that a tenant gave a name: a digest of both, so that tenants never meet and no name is kept.
pub fn task_key(tenant: Option<&str>, task: &str) -> Uuid {
    let mut digest = Sha256::new();
    digest.update(tenant.unwrap_or_default());
    digest.update([0]);
    digest.update(task);
    let mut key = [0; 16];
    key.iter_mut().zip(digest.finalize()).for_each(|(to, from)| *to = from);
    Uuid::from_bytes(key)
}

/// The success that counts: that of the last one which says so.
pub fn success(feedback: &[Feedback]) -> Option<f64> {
    feedback.iter().rev().find_map(|one| one.success)
}

#[cfg(test)]
mod tests {
    use super::task_key;

    #[test]
    fn keys_part_tenants_and_tasks() {
        let key = task_key(Some("a"), "b");
        assert_eq!(key, task_key(Some("a"), "b"));
        for other in [task_key(None, "b"), task_key(Some("a"), "c"), task_key(Some("ab"), "")] {
            assert_ne!(key, other);
        }
    }
}
