//! The configuration as written: one struct per mapping of the file. These doc comments are the reference, and the JSON
//! Schema made from them checks the file.
//!
//! Invariant: every field may be absent here (a required one is an `Option` that the schema requires), so that a file
//! with mistakes still yields whatever is right in it, and all its mistakes can be reported at once.

mod experiments;
mod gain;
mod intent;
mod latency;
mod local;
mod privacy;
mod route;
mod server;
mod target;

pub use experiments::{RawCompare, RawExperiments};
pub use gain::RawGain;
pub use intent::RawIntent;
pub use latency::{RawAims, RawBudget, RawLatency, RawStages};
pub use local::{RawLocal, RawLocalModel};
pub use privacy::{Checksum, RawAllow, RawPattern, RawPrivacy, RawWords};
pub use route::{RawCascade, RawEdge, RawRule, RawWhen};
pub use server::{RawConnections, RawMetrics};
pub use target::{NoKey, RawBreaker, RawCapabilities, RawKind, RawLimits, RawTarget};

use schemars::JsonSchema;
use serde::Deserialize;
use std::path::PathBuf;

/// Other names under which `route` may be written.
pub const ROUTE_ALIASES: [&str; 2] = ["routes", "rules"];

/// Weir's configuration. Every path in it is relative to the file it stands in; `~/` is the home directory.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawConfig {
    /// Address to listen on. Default `127.0.0.1:8787`. Any address that is not loopback needs `api_keys`.
    pub listen: Option<String>,
    /// Keys that clients may present. Default: none, and then every client on this machine may use the gateway. On any
    /// other address than loopback a key has at least 12 characters and is no simple pattern.
    #[serde(default)]
    pub api_keys: Vec<RawApiKey>,
    /// Keys for `/admin/routes`, where thresholds of rules are read and changed while Weir runs. Default: none, and then
    /// nobody can. A key is needed on loopback too, and none may be one of `api_keys`.
    #[serde(default)]
    pub admin_keys: Vec<RawAdminKey>,
    /// Other names of hosts by which requests may come that need no key, beside `localhost` and loopback addresses. A
    /// request under any other name is refused, since a web page may have pointed that name here. Default: none.
    #[serde(default)]
    pub allowed_hosts: Vec<String>,
    /// Origins of web pages that may send requests from a browser, such as `https://app.example.com`. Default: none; pages
    /// from this machine are no other site.
    #[serde(default)]
    pub allowed_origins: Vec<String>,
    /// Who may read `/metrics`, and where.
    #[serde(default)]
    pub metrics: RawMetrics,
    /// How many connections there may be, and how long one may be silent or slow.
    #[serde(default)]
    pub connections: RawConnections,
    /// Providers and models, in order of preference. Default: OpenAI if `OPENAI_API_KEY` is set, Anthropic if
    /// `ANTHROPIC_API_KEY` is set. The target `local` is added unless there is one or local models are off.
    #[serde(default)]
    pub targets: Vec<RawTarget>,
    /// What users may want, in words with examples. Default: none, and then no intent is looked for.
    #[serde(default)]
    pub intents: Vec<RawIntent>,
    /// Pairs of targets between which rules may ask what the stronger one is worth. Default: none.
    #[serde(default)]
    pub gain: Vec<RawGain>,
    /// Rules; the first that matches decides. A last rule named `default` is added unless one matches everything. May
    /// also be written `routes` or `rules`.
    #[serde(default)]
    pub route: Vec<RawRule>,
    /// How rules that are tried out (`shadow`, `canary`) are compared.
    #[serde(default)]
    pub experiments: RawExperiments,
    /// Settings of the detectors of personal data and secrets.
    #[serde(default)]
    pub privacy: RawPrivacy,
    /// Time budgets of the three latency classes.
    #[serde(default)]
    pub latency: RawLatency,
    /// Models that run in this process.
    #[serde(default)]
    pub local: RawLocal,
    /// Where the record of requests goes.
    #[serde(default)]
    pub ledger: RawLedger,
    /// Largest request body in MiB. Default 32, range 1–1024.
    #[schemars(range(min = 1, max = 1024), extend("x-unit" = "MiB"))]
    pub body_limit_mib: Option<u32>,
    /// What requests may take of this machine together.
    #[serde(default)]
    pub limits: RawServing,
    /// A price table to read after the built-in one; its rows win. Default: none.
    pub prices: Option<PathBuf>,
}

/// What requests may take of this machine together.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawServing {
    /// Memory for the requests in work: each counts six times its body until its answer begins. One that does not fit is refused
    /// with 503 and `Retry-After`, unless it is alone. Default 1024, range 16–1048576.
    #[schemars(range(min = 16, max = 1_048_576), extend("x-unit" = "MiB"))]
    pub memory_mib: Option<u32>,
}

/// A key that a client may present as `Authorization: Bearer …`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawApiKey {
    /// A name for it, unique.
    #[schemars(required)]
    pub name: Option<String>,
    /// The environment variable that holds the key. Exactly one of `key_env` and `key_file` must be given.
    pub key_env: Option<String>,
    /// The file that holds the key; white space around it is ignored.
    pub key_file: Option<PathBuf>,
    /// The tenant it stands for. Default: `name`.
    pub tenant: Option<String>,
}

/// A key for `/admin/routes`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawAdminKey {
    /// A name for it, unique; the history of the configuration says who changed what by it.
    #[schemars(required)]
    pub name: Option<String>,
    /// The environment variable that holds the key. Exactly one of `key_env` and `key_file` must be given.
    pub key_env: Option<String>,
    /// The file that holds the key; white space around it is ignored.
    pub key_file: Option<PathBuf>,
}

/// Where the record of requests goes.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawLedger {
    /// Whether requests are recorded. Default true.
    pub enabled: Option<bool>,
    /// The SQLite file. Default: `weir.db` in `$XDG_STATE_HOME/weir`, else in `~/.local/state/weir`. The environment
    /// variable `WEIR_LEDGER` wins over it.
    pub path: Option<PathBuf>,
    /// Requests whose record may wait to be written. Default 8192, range 16–1000000.
    #[schemars(range(min = 16, max = 1_000_000), extend("x-unit" = "requests"))]
    pub queue: Option<u32>,
}

/// One text or a list of texts.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum OneOrMany {
    /// A single one.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl OneOrMany {
    /// As a list.
    pub fn as_slice(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}
