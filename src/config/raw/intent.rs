//! An intent as the operator writes it.

use schemars::JsonSchema;
use serde::Deserialize;
use std::path::PathBuf;

/// Something that users want, known by examples.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawIntent {
    /// Its name, unique; `none` and `any` are taken. Plain words (`lost_card`) count as one more example.
    #[schemars(required)]
    pub name: Option<String>,
    /// What it is, for people. Default: nothing.
    pub description: Option<String>,
    /// Utterances of it, at least three together with those of `examples_file`.
    #[serde(default)]
    pub examples: Vec<String>,
    /// A text file with one utterance a line; empty lines and lines that start with `#` are skipped.
    pub examples_file: Option<PathBuf>,
}
