//! An encoder of one of the families that we know, with its buffers.

use super::super::InferenceError;
use super::super::kernels::Level;
use super::super::layers::Memory;
use super::bert::{self, Bert};
use super::modern::{self, Modern};
use serde::Deserialize;

/// What `config.json` says.
#[derive(Debug)]
pub(super) enum Config {
    Bert(bert::Config),
    Modern(modern::Config),
}

#[derive(Deserialize)]
struct Family {
    #[serde(default)]
    model_type: String,
}

impl Config {
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, String> {
        let broken = |error: serde_json::Error| format!("config.json: {error}");
        let family: Family = serde_json::from_slice(bytes).map_err(broken)?;
        let (config, checked) = match family.model_type.as_str() {
            "" | "bert" | "distilbert" | "roberta" | "xlm-roberta" => {
                let config: bert::Config = serde_json::from_slice(bytes).map_err(broken)?;
                let checked = config.check();
                (Self::Bert(config), checked)
            }
            "modernbert" => {
                let config: modern::Config = serde_json::from_slice(bytes).map_err(broken)?;
                let checked = config.check();
                (Self::Modern(config), checked)
            }
            other => {
                return Err(format!(
                    "config.json: model_type {other} is not supported; use bert, distilbert, roberta, xlm-roberta or modernbert"
                ));
            }
        };
        checked.map_err(|what| format!("config.json: {what}"))?;
        Ok(config)
    }

    /// Tokens of a window, special ones included.
    pub(super) fn window(&self) -> usize {
        match self {
            Self::Bert(config) => config.window(),
            Self::Modern(config) => config.window(),
        }
    }
}

#[derive(Debug)]
enum Weights {
    Bert(Bert),
    Modern(Modern),
}

/// An encoder; its buffers are kept between calls.
#[derive(Debug)]
pub(super) struct Model {
    weights: Weights,
    memory: Memory,
    x: Vec<f32>,
    next: Vec<f32>,
}

impl Model {
    pub(super) fn load(
        bytes: &[u8],
        config: &Config,
        level: &'static Level,
    ) -> Result<Self, String> {
        let weights = match config {
            Config::Bert(config) => Weights::Bert(Bert::load(bytes, config)?),
            Config::Modern(config) => Weights::Modern(Modern::load(bytes, config)?),
        };
        Ok(Self { weights, memory: Memory::new(level), x: Vec::new(), next: Vec::new() })
    }

    /// Bytes of the weights.
    pub(super) fn bytes(&self) -> usize {
        match &self.weights {
            Weights::Bert(bert) => bert.bytes(),
            Weights::Modern(modern) => modern.bytes(),
        }
    }

    /// Numbers of a state.
    pub(super) fn width(&self) -> usize {
        match &self.weights {
            Weights::Bert(bert) => bert.width(),
            Weights::Modern(modern) => modern.width(),
        }
    }

    /// The last states of some sequences, one after another, a row a token; `lengths` are their tokens.
    ///
    /// # Errors
    /// If a token is not in the vocabulary.
    pub(super) fn states(
        &mut self,
        ids: &[u32],
        lengths: &[usize],
    ) -> Result<&[f32], InferenceError> {
        let len = ids.len() * self.width();
        let Self { weights, memory, x, next } = self;
        x.resize(len, 0.0);
        next.resize(len, 0.0);
        let done = match weights {
            Weights::Bert(bert) => bert.forward(ids, lengths, memory, (x, next)),
            Weights::Modern(modern) => modern.forward(ids, lengths, memory, (x, next)),
        };
        let unknown =
            || InferenceError::Failed("the tokenizer does not fit the encoder".to_owned());
        done.ok_or_else(unknown)?;
        Ok(x)
    }
}
