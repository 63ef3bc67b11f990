//! Text to vector: an encoder of BERT's family or ModernBERT on our kernels in f32, mean pooling, length 1.
//!
//! Invariant: every token of a text has its share in the vector: a text beyond the window runs through overlapping
//! windows, whose means are joined weighted by their tokens. Pooling as in Reimers & Gurevych 2019 (arXiv 1908.10084).

mod bert;
mod file;
mod model;
mod modern;
#[cfg(test)]
mod modern_tests;
#[cfg(test)]
mod tests;

use super::InferenceError;
use super::fetch::{FetchError, ModelFiles};
use super::kernels::Level;
use super::manifest::ModelSpec;
use super::windows::{add_weighted, normalise, runs, windows};
use crate::inference::tokenizer_limits;
use model::{Config, Model};
use std::iter::once;
use std::sync::{Mutex, PoisonError};
use tokenizers::Tokenizer;

/// What the runtime asks of an encoder. Calls come from one thread at a time; an error concerns that call alone.
pub trait TextEncoder: Send + 'static {
    /// The vector of each text, of length 1. Texts of any length are taken whole. Asks `goes_on` now and then.
    ///
    /// # Errors
    /// If the model fails on a text, or [`InferenceError::Gone`] once `goes_on` denies it.
    fn embed(
        &self,
        texts: &[&str],
        goes_on: &dyn Fn() -> bool,
    ) -> Result<Vec<Vec<f32>>, InferenceError>;

    /// Identifies the function from text to vector: name and hash of the weights.
    fn id(&self) -> String;

    /// Bytes of its weights.
    fn bytes(&self) -> usize;
}

/// Part of a window that it shares with its neighbour: one eighth.
const OVERLAP: usize = 8;

/// Most tokens of windows that go through the model together.
const TOGETHER: usize = 512;

/// An encoder with its tokenizer.
pub struct BertEncoder {
    /// A call has it to itself.
    model: Mutex<Model>,
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
        let config = read(files.config.as_ref(), "config.json")?;
        let tokenizer = read(files.tokenizer.as_ref(), "tokenizer.json")?;
        let weights = read(Some(&files.weights), "weights")?;
        let mut own =
            Self::from_bytes(&weights, &config, &tokenizer, spec.max_len).map_err(fail)?;
        own.id = format!("{}@{}", spec.name, files.sha256);
        Ok(own)
    }

    /// The same from the files' bytes; `max_len` lowers the window.
    ///
    /// # Errors
    /// Says what is wrong with which file.
    pub fn from_bytes(
        weights: &[u8],
        config: &[u8],
        tokenizer: &[u8],
        max_len: Option<u32>,
    ) -> Result<Self, String> {
        let config = Config::parse(config)?;
        tokenizer_limits::check(tokenizer)?;
        let mut tokenizer =
            Tokenizer::from_bytes(tokenizer).map_err(|error| format!("tokenizer.json: {error}"))?;
        // Files from training often cut and pad; both would change texts silently.
        tokenizer.with_truncation(None).map_err(|error| error.to_string())?.with_padding(None);
        let special = |names: [&str; 2]| {
            let id = names.iter().find_map(|name| tokenizer.token_to_id(name));
            id.ok_or_else(|| format!("the tokenizer has no {}", names[0]))
        };
        let (begin, end) = (special(["[CLS]", "<s>"])?, special(["[SEP]", "</s>"])?);
        let own = config.window();
        let window = max_len.map_or(own, |len| own.min(len as usize)).max(3);
        let model = Mutex::new(Model::load(weights, &config, Level::best())?);
        Ok(Self { model, tokenizer, window, begin, end, id: String::new() })
    }

    /// Tokens that fit into one window, special ones included.
    pub fn window(&self) -> usize {
        self.window
    }

    /// The tokens of a text, special ones left out.
    fn tokens(&self, text: &str) -> Result<Vec<u32>, InferenceError> {
        let encoding = self
            .tokenizer
            .encode_fast(text, false)
            .map_err(|_| InferenceError::Failed("the text could not be tokenized".to_owned()))?;
        Ok(encoding.get_ids().to_vec())
    }
}

impl TextEncoder for BertEncoder {
    fn embed(
        &self,
        texts: &[&str],
        goes_on: &dyn Fn() -> bool,
    ) -> Result<Vec<Vec<f32>>, InferenceError> {
        let asked = || if goes_on() { Ok(()) } else { Err(InferenceError::Gone) };
        let room = self.window - 2;
        // Every window with the number of its text.
        let mut cuts: Vec<(usize, Vec<u32>)> = Vec::new();
        for (at, text) in texts.iter().enumerate() {
            asked()?;
            let ids = self.tokens(text)?;
            for cut in windows(ids.len(), room, room / OVERLAP) {
                let inside = ids.get(cut).unwrap_or_default().iter().copied();
                cuts.push((at, once(self.begin).chain(inside).chain(once(self.end)).collect()));
            }
        }
        let lengths: Vec<usize> = cuts.iter().map(|(_, ids)| ids.len()).collect();
        let mut model = self.model.lock().unwrap_or_else(PoisonError::into_inner);
        let width = model.width();
        let mut sums = vec![vec![0.0; width]; texts.len()];
        let (mut ids, mut mean) = (Vec::new(), vec![0.0; width]);
        for run in runs(&lengths, TOGETHER) {
            asked()?;
            let (cuts, lengths) = (&cuts[run.clone()], &lengths[run]);
            ids.clear();
            cuts.iter().for_each(|(_, own)| ids.extend_from_slice(own));
            let mut rest = model.states(&ids, lengths)?;
            for ((at, own), tokens) in cuts.iter().zip(lengths) {
                let (rows, behind) = rest.split_at(own.len() * width);
                rest = behind;
                mean.fill(0.0);
                let share = 1.0 / *tokens as f32;
                rows.chunks_exact(width).for_each(|row| add_weighted(&mut mean, row, share));
                add_weighted(&mut sums[*at], &mean, *tokens as f32);
            }
        }
        sums.iter_mut().for_each(|sum| normalise(sum));
        Ok(sums)
    }

    fn bytes(&self) -> usize {
        self.model.lock().unwrap_or_else(PoisonError::into_inner).bytes()
    }

    fn id(&self) -> String {
        self.id.clone()
    }
}
