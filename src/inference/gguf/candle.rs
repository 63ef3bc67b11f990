//! The transformer of a GGUF file on candle, chosen by `general.architecture`: what runs on a GPU, and what tests compare the
//! kernels with.
//!
//! Invariant: the loaded weights never see a token. Each sequence runs on a clone (shared tensors, an empty KV cache and an empty
//! mask cache of its own), so nothing of one request reaches another and candle's mask cache cannot grow.

use super::metadata::Metadata;
use crate::inference::InferenceError;
use crate::inference::generator::{CausalLm, Footprint, Part, SequenceId, Tenant};
use candle_core::quantized::gguf_file::Content;
use candle_core::{Device, Tensor};
use candle_transformers::models::{quantized_llama as llama, quantized_qwen3 as qwen3};
use std::collections::HashMap;
use std::io::{Read, Seek};

#[derive(Clone)]
enum Weights {
    Llama(llama::ModelWeights),
    Qwen3(qwen3::ModelWeights),
}

/// A loaded transformer and its sequences.
pub struct CandleLm {
    weights: Weights,
    device: Device,
    window: usize,
    sequences: HashMap<SequenceId, (Weights, usize)>,
    next: u64,
    logits: Vec<f32>,
}

impl CandleLm {
    /// Reads a file's weights onto a device. `max_len` lowers the window.
    ///
    /// # Errors
    /// If the file is no GGUF file, is cut, or has an architecture that candle's models do not have.
    pub fn load<R: Read + Seek>(
        mut reader: R,
        device: Device,
        max_len: Option<u32>,
    ) -> Result<Self, InferenceError> {
        let content = Content::read(&mut reader)?;
        let metadata = Metadata(content.metadata.clone());
        let name = metadata.text("general.architecture").unwrap_or_default().to_owned();
        let own = metadata.number(&format!("{name}.context_length")).unwrap_or(2048) as usize;
        let (weights, limit) = match name.as_str() {
            "llama" => {
                let weights = llama::ModelWeights::from_gguf(content, &mut reader, &device)?;
                (Weights::Llama(weights), llama::MAX_SEQ_LEN)
            }
            "qwen3" => {
                let weights = qwen3::ModelWeights::from_gguf(content, &mut reader, &device)?;
                (Weights::Qwen3(weights), own)
            }
            other => {
                let text = format!("architecture `{other}` does not run on this device");
                return Err(InferenceError::Failed(text));
            }
        };
        let window = own.min(limit).min(max_len.map_or(usize::MAX, |len| len as usize)).max(1);
        let (sequences, logits) = Default::default();
        Ok(Self { weights, device, window, sequences, next: 0, logits })
    }
}

impl CausalLm for CandleLm {
    fn window(&self) -> usize {
        self.window
    }

    fn fits(&self, _: usize) -> bool {
        true
    }

    fn has_room(&self, _: usize) -> bool {
        true
    }

    /// Not known: candle does not say.
    fn footprint(&self) -> Footprint {
        Footprint::default()
    }

    fn open(&mut self, _: &Tenant, _: &[u32], _: usize) -> (SequenceId, usize) {
        let id = SequenceId(self.next);
        self.next += 1;
        self.sequences.insert(id, (self.weights.clone(), 0));
        (id, 0)
    }

    fn forward(&mut self, parts: &[Part<'_>]) -> Result<&[f32], InferenceError> {
        self.logits.clear();
        for part in parts {
            let sequence = self.sequences.get_mut(&part.sequence);
            let (weights, position) = sequence.ok_or(InferenceError::Gone)?;
            let input = Tensor::new(part.tokens, &self.device)?.unsqueeze(0)?;
            // candle's models say what follows the last token only.
            let logits = match weights {
                Weights::Llama(model) => model.forward(&input, *position)?,
                Weights::Qwen3(model) => model.forward(&input, *position)?,
            };
            *position += part.tokens.len();
            if part.logits > 0 {
                self.logits.extend(logits.flatten_all()?.to_vec1::<f32>()?);
            }
        }
        Ok(&self.logits)
    }

    fn takes_drafts(&self) -> bool {
        false
    }

    fn roll_back(&mut self, _: SequenceId, _: usize) {}

    fn close(&mut self, sequence: SequenceId) {
        self.sequences.remove(&sequence);
    }
}
