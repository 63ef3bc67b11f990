//! Text to vector: a BERT-family encoder on our kernels in f32, mean pooling, length 1.
//!
//! Invariant: every token of a text has its share in the vector: a text beyond the window runs through overlapping
//! windows, whose means are joined weighted by their tokens. Pooling as in Reimers & Gurevych 2019 (arXiv 1908.10084).

mod load;
#[cfg(test)]
mod tests;

use super::InferenceError;
use super::fetch::{FetchError, ModelFiles};
use super::kernels::Level;
use super::layers::Memory;
use super::manifest::ModelSpec;
use super::windows::{add_weighted, normalise, windows};
use load::{Config, Weights};
use std::sync::{Mutex, PoisonError};
use tokenizers::Tokenizer;

/// What the runtime asks of an encoder. Calls come from one thread at a time; an error concerns that text alone.
pub trait TextEncoder: Send + 'static {
    /// The vector of one text, of length 1. Texts of any length are taken whole.
    ///
    /// # Errors
    /// If the model fails on this text.
    fn embed(&self, text: &str) -> Result<Vec<f32>, InferenceError>;

    /// Identifies the function from text to vector: name and hash of the weights.
    fn id(&self) -> String;
}

/// Part of a window that it shares with its neighbour: one eighth.
const OVERLAP: usize = 8;

/// A BERT encoder.
pub struct BertEncoder {
    weights: Weights,
    /// Buffers; a call has them to itself.
    memory: Mutex<(Memory, [Vec<f32>; 2])>,
    tokenizer: Tokenizer,
    window: usize,
    begin: u32,
    end: u32,
    id: String,
}

impl BertEncoder {
    /// Reads the weights, `config.json` and `tokenizer.json`.
    ///
    /// # Errors
    /// If a file is missing or of another kind.
    pub fn load(spec: &ModelSpec, files: &ModelFiles) -> Result<Self, InferenceError> {
        let fail = |text: String| InferenceError::Failed(format!("{}: {text}", spec.name));
        let read = |blob: Option<&super::fetch::Blob>, name: &str| {
            blob.ok_or_else(|| fail(format!("the source has no {name}")))?
                .read()
                .map_err(|error: FetchError| fail(error.to_string()))
        };
        let config = Config::parse(&read(files.config.as_ref(), "config.json")?).map_err(fail)?;
        let mut tokenizer =
            Tokenizer::from_bytes(read(files.tokenizer.as_ref(), "tokenizer.json")?)
                .map_err(|error| fail(format!("tokenizer.json: {error}")))?;
        // Files from training often cut and pad; both would change texts silently.
        tokenizer
            .with_truncation(None)
            .map_err(|error| fail(error.to_string()))?
            .with_padding(None);
        let special = |names: [&str; 2]| {
            let id = names.iter().find_map(|name| tokenizer.token_to_id(name));
            id.ok_or_else(|| fail(format!("the tokenizer has no {}", names[0])))
        };
        let (begin, end) = (special(["[CLS]", "<s>"])?, special(["[SEP]", "</s>"])?);
        let own = config.window();
        let window = spec.max_len.map_or(own, |len| own.min(len as usize)).max(3);
        let weights =
            Weights::load(&read(Some(&files.weights), "weights")?, &config).map_err(fail)?;
        let memory = Mutex::new((Memory::new(Level::best()), Default::default()));
        let id = format!("{}@{}", spec.name, files.sha256);
        Ok(Self { weights, memory, tokenizer, window, begin, end, id })
    }

    /// Tokens that fit into one window, special ones included.
    pub fn window(&self) -> usize {
        self.window
    }

    /// Mean over the tokens of one window, special ones included.
    fn mean(&self, ids: &[u32]) -> Result<Vec<f32>, InferenceError> {
        let mut input = Vec::with_capacity(ids.len() + 2);
        input.push(self.begin);
        input.extend_from_slice(ids);
        input.push(self.end);
        let width = self.weights.width;
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let (memory, [x, next]) = &mut *memory;
        x.resize(input.len() * width, 0.0);
        next.resize(input.len() * width, 0.0);
        self.weights.embed(&input, memory.level(), x)?;
        for layer in &self.weights.layers {
            layer.forward(x, next, memory);
            std::mem::swap(x, next);
        }
        let mut mean = vec![0.0; width];
        let share = 1.0 / input.len() as f32;
        x.chunks_exact(width).for_each(|row| add_weighted(&mut mean, row, share));
        Ok(mean)
    }
}

impl TextEncoder for BertEncoder {
    fn embed(&self, text: &str) -> Result<Vec<f32>, InferenceError> {
        let encoding = self
            .tokenizer
            .encode_fast(text, false)
            .map_err(|_| InferenceError::Failed("the text could not be tokenized".to_owned()))?;
        let ids = encoding.get_ids();
        let room = self.window - 2;
        let cuts = windows(ids.len(), room, room / OVERLAP);
        let mut sum = Vec::new();
        for cut in &cuts {
            let ids = ids.get(cut.clone()).unwrap_or_default();
            let mean = self.mean(ids)?;
            sum.resize(mean.len(), 0.0);
            add_weighted(&mut sum, &mean, (ids.len() + 2) as f32);
        }
        normalise(&mut sum);
        Ok(sum)
    }

    fn id(&self) -> String {
        self.id.clone()
    }
}
