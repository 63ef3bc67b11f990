//! Targets as the operator writes them.

use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// A provider and a model.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawTarget {
    /// The name that rules and clients use, unique; `auto` is taken.
    #[schemars(required)]
    pub name: Option<String>,
    /// How to speak to it.
    #[schemars(required)]
    pub kind: Option<RawKind>,
    /// The model as the provider names it; for `local` a name from `weir models list` or of `local.models`.
    #[schemars(required)]
    pub model: Option<String>,
    /// Where the API is. Default `https://api.openai.com/v1` or `https://api.anthropic.com`, by kind. A missing `/v1` is
    /// added where the URL has no path.
    pub base_url: Option<String>,
    /// Path of the endpoint below `base_url`. Default `/chat/completions`; for `anthropic` `/messages`.
    pub chat_path: Option<String>,
    /// Query parameters of every request, for example `api-version` at Azure.
    #[serde(default)]
    pub query: BTreeMap<String, String>,
    /// The environment variable that holds the key. Default `OPENAI_API_KEY` or `ANTHROPIC_API_KEY` for the providers'
    /// own addresses; no key for any other.
    pub api_key_env: Option<String>,
    /// The file that holds the key; white space around it is ignored.
    pub api_key_file: Option<PathBuf>,
    /// `none` says that the server needs no key. Keys themselves never stand in this file.
    #[schemars(extend("x-secret" = true))]
    pub api_key: Option<NoKey>,
    /// The header that carries the key. Default `authorization` (as `Bearer …`), for `anthropic` `x-api-key`; Azure
    /// wants `api-key`.
    pub auth_header: Option<String>,
    /// Further headers of every request. Keys and tokens are refused here.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Time limits and retries.
    #[serde(default)]
    pub limits: RawLimits,
    /// When to leave the target alone for a while.
    #[serde(default)]
    pub breaker: RawBreaker,
    /// Context window in tokens. Default: known for some models, else no limit. Range 16–100000000.
    #[schemars(range(min = 16, max = 100_000_000), extend("x-unit" = "tokens"))]
    pub window: Option<u32>,
    /// Most tokens to generate where the client sets no limit. Default 4096 (`local` 512), range 1–10000000.
    #[schemars(range(min = 1, max = 10_000_000), extend("x-unit" = "tokens"))]
    pub max_tokens: Option<u32>,
    /// What requests it can take. Default: what its kind can.
    #[serde(default)]
    pub capabilities: RawCapabilities,
    /// The provider's name in the price table. Default: known for some addresses, else the host.
    pub provider: Option<String>,
}

/// How to speak to a target.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RawKind {
    /// OpenAI Chat Completions, at any server that has them.
    #[default]
    Openai,
    /// Anthropic Messages.
    Anthropic,
    /// A generator in this process.
    Local,
}

/// The only value of `api_key`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum NoKey {
    /// The server needs no key.
    None,
}

/// Time limits and retries of one target.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawLimits {
    /// Connect until the first token of a stream, in milliseconds; where it is set, also until the headers of an answer
    /// that is not streamed. Default 60000 (not streamed: `total_ms`), range 1–3600000.
    #[schemars(range(min = 1, max = 3_600_000), extend("x-unit" = "ms"))]
    pub ttft_ms: Option<u64>,
    /// The same where the request asks for reasoning or the model is known to reason, in milliseconds. Default 300000, or
    /// `ttft_ms` if that is more; range 1–3600000.
    #[schemars(range(min = 1, max = 3_600_000), extend("x-unit" = "ms"))]
    pub reasoning_ttft_ms: Option<u64>,
    /// Longest silence inside an answer, in milliseconds. Default 60000, range 1–3600000.
    #[schemars(range(min = 1, max = 3_600_000), extend("x-unit" = "ms"))]
    pub idle_ms: Option<u64>,
    /// One whole attempt, in milliseconds. Default 1800000, range 1–3600000.
    #[schemars(range(min = 1, max = 3_600_000), extend("x-unit" = "ms"))]
    pub total_ms: Option<u64>,
    /// Retries after the first attempt. Default 2, range 0–3.
    #[schemars(range(min = 0, max = 3), extend("x-unit" = "retries"))]
    pub retries: Option<u8>,
}

/// When to leave a target alone for a while.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawBreaker {
    /// Failures in a row that open the breaker; 0 switches it off. Default 5, range 0–1000.
    #[schemars(range(min = 0, max = 1000), extend("x-unit" = "failures"))]
    pub failures: Option<u32>,
    /// How long it stays open before one probe may pass, in milliseconds. Default 10000, range 1–3600000.
    #[schemars(range(min = 1, max = 3_600_000), extend("x-unit" = "ms"))]
    pub open_ms: Option<u64>,
}

/// What requests a target can take.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawCapabilities {
    /// Tools. Default true; `local` false.
    pub tools: Option<bool>,
    /// Images. Default true; `local` false.
    pub images: Option<bool>,
    /// Several choices (`n` above 1). Default: only `openai`.
    pub n: Option<bool>,
    /// Log-probabilities. Default: only `openai` and `local`.
    pub logprobs: Option<bool>,
    /// A `response_format` other than text. Default true; what an `anthropic` model cannot be held to goes to the next target.
    pub response_format: Option<bool>,
}
