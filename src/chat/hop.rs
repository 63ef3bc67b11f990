//! The record of a request: one row, and one row per hop.

use super::{Aims, Intent, Side, Usage};
use crate::units::NanoUsd;
use std::sync::Arc;
use uuid::Uuid;

/// What kind of work a hop was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HopKind {
    /// The detectors over all text.
    Detect,
    /// The intent head, its embedding included.
    Intent,
    /// The rules.
    Decide,
    /// Findings to placeholders.
    Redact,
    /// Lossless shaping.
    Shape,
    /// Waiting for a local model.
    Queue,
    /// Generation by a local model.
    Generate,
    /// One attempt at a provider.
    Upstream,
    /// Placeholders back to values.
    Restore,
    /// The edge pack's own answer.
    Edge,
}

impl HopKind {
    /// All kinds.
    pub const ALL: [Self; 10] = [
        Self::Detect,
        Self::Intent,
        Self::Decide,
        Self::Redact,
        Self::Shape,
        Self::Queue,
        Self::Generate,
        Self::Upstream,
        Self::Restore,
        Self::Edge,
    ];

    /// The name in the ledger and in `server-timing`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Detect => "detect",
            Self::Intent => "intent",
            Self::Decide => "decide",
            Self::Redact => "redact",
            Self::Shape => "shape",
            Self::Queue => "queue",
            Self::Generate => "generate",
            Self::Upstream => "upstream",
            Self::Restore => "restore",
            Self::Edge => "edge",
        }
    }
}

/// How a hop or a request ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// As it should.
    #[default]
    Ok,
    /// With an error.
    Error,
    /// Cut off by its allowance or limit.
    Timeout,
    /// The client went away.
    Cancelled,
    /// Refused by a rule.
    Blocked,
    /// Not done, and the request went on without it.
    Skipped,
    /// An answer that was not sure enough to be given.
    Rejected,
    /// The answer is a question to the user.
    NeedsInput,
    /// A limit ended an answer that had begun, and the client got what there was.
    Partial,
}

impl Outcome {
    /// The name in the ledger.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Error => "error",
            Self::Timeout => "timeout",
            Self::Cancelled => "cancelled",
            Self::Blocked => "blocked",
            Self::Skipped => "skipped",
            Self::Rejected => "rejected",
            Self::NeedsInput => "needs_input",
            Self::Partial => "partial",
        }
    }
}

/// One piece of work for a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Hop {
    /// What it was.
    pub kind: HopKind,
    /// The target, for upstream attempts and local generation.
    pub target: Option<Arc<str>>,
    /// Begin, in microseconds since the request arrived.
    pub start_us: u64,
    /// Duration in microseconds.
    pub duration_us: u64,
    /// First token, in microseconds since the hop began, for upstream attempts and generation.
    pub ttft_us: Option<u64>,
    /// Tokens, where there are any.
    pub usage: Option<Usage>,
    /// Cost; `None` if the price is unknown.
    pub cost: Option<NanoUsd>,
    /// How it ended.
    pub outcome: Outcome,
    /// What it was allowed to take, in microseconds.
    pub allowance_us: Option<u64>,
    /// A short fact for the operator: an error kind, counts. Never text of the request.
    pub detail: Option<String>,
}

/// A finished request, as the ledger keeps it. Holds no text of the request or the answer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RequestRecord {
    /// The id in `x-weir-request-id`, time-ordered.
    pub id: Uuid,
    /// Arrival, in microseconds since the Unix epoch.
    pub at_us: i64,
    /// Tenant of the API key.
    pub tenant: Option<Arc<str>>,
    /// The model that the client asked for, cut to 128 bytes; empty if the body could not be read.
    pub requested_model: String,
    /// The rule that matched.
    pub route: Option<Arc<str>>,
    /// The target that answered (or was tried last).
    pub target: Option<Arc<str>>,
    /// The intent.
    pub intent: Option<Intent>,
    /// Counts of findings per entity type, e.g. `EMAIL_ADDRESS:2,PERSON:1`; empty if none.
    pub findings: String,
    /// Privacy action taken, by its config name.
    pub privacy: Option<&'static str>,
    /// Whether the answer was a stream.
    pub stream: bool,
    /// HTTP status sent to the client.
    pub status: u16,
    /// The error code sent to the client, if any.
    pub error: Option<&'static str>,
    /// How it ended.
    pub outcome: Outcome,
    /// Usage over all paid hops.
    pub usage: Usage,
    /// Cost over all hops; `None` if any hop's price is unknown.
    pub cost: Option<NanoUsd>,
    /// Arrival to last byte, in microseconds.
    pub total_us: u64,
    /// Arrival to first byte of the answer, in microseconds.
    pub ttft_us: Option<u64>,
    /// Whether it kept to the times of its latency class; `None` for one that was never decided about.
    pub latency: Option<Aims>,
    /// Total minus the union of upstream intervals, in microseconds.
    pub overhead_us: u64,
    /// Key of the task that the client says it belongs to, a digest of the task's name.
    pub task: Option<Uuid>,
    /// On which side of a canary it stands.
    pub side: Option<Side>,
    /// Hash of the configuration that decided.
    pub config_hash: Arc<str>,
    /// The hops, in order of their start.
    pub hops: Vec<Hop>,
}
