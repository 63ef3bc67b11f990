//! The transformer of a GGUF file on candle, chosen by `general.architecture`.
//!
//! Invariant: the loaded weights never see a token. Each request runs on a clone (shared tensors, an empty KV cache and an
//! empty mask cache of its own), so nothing of one request reaches another and candle's mask cache cannot grow. Qwen2 cannot
//! be cloned: its sessions share one set of weights and take turns, and position 0 starts it afresh.

use super::layout::{Converted, Layout};
use super::metadata::Metadata;
use crate::inference::InferenceError;
use crate::inference::generator::{CausalLm, Session};
use candle_core::quantized::gguf_file::Content;
use candle_core::{Device, Tensor};
use candle_transformers::models::{
    quantized_gemma3 as gemma3, quantized_llama as llama, quantized_qwen2 as qwen2,
    quantized_qwen3 as qwen3,
};
use std::io::{Read, Seek};
use std::sync::{Arc, Mutex, PoisonError};

#[derive(Clone)]
enum Weights {
    Llama(llama::ModelWeights),
    Qwen2(Arc<Mutex<qwen2::ModelWeights>>),
    Qwen3(qwen3::ModelWeights),
    Gemma3(gemma3::ModelWeights),
}

/// A loaded transformer.
pub struct GgufModel {
    weights: Weights,
    window: usize,
    chunk: usize,
}

/// Prompt tokens at once where the architecture allows pieces: bounds the memory of attention scores, and a caller that
/// went away is noticed between pieces.
const CHUNK: usize = 512;

impl GgufModel {
    /// Reads a file's weights into `layout` (`None` chooses the fastest). `max_len` lowers the window.
    ///
    /// # Errors
    /// If the file is no GGUF file, is cut, or has an architecture that is not supported.
    pub fn load<R: Read + Seek>(
        mut reader: R,
        layout: Option<Layout>,
        max_len: Option<u32>,
    ) -> Result<(Self, Metadata), InferenceError> {
        let content = Content::read(&mut reader)?;
        let metadata = Metadata(content.metadata.clone());
        let name = metadata.text("general.architecture").unwrap_or_default().to_owned();
        let own = metadata.number(&format!("{name}.context_length")).unwrap_or(2048) as usize;
        let layout = layout.unwrap_or_else(|| Layout::for_file(&content));
        let (content, mut reader) = Converted::new(content, reader, layout);
        let device = &Device::Cpu;
        let (weights, limit, chunk) = match name.as_str() {
            "llama" => {
                let weights = llama::ModelWeights::from_gguf(content, &mut reader, device)?;
                (Weights::Llama(weights), llama::MAX_SEQ_LEN, CHUNK)
            }
            "qwen2" => {
                let weights = qwen2::ModelWeights::from_gguf(content, &mut reader, device)?;
                (Weights::Qwen2(Arc::new(Mutex::new(weights))), own.min(QWEN2_WINDOW), CHUNK)
            }
            "qwen3" => {
                let weights = qwen3::ModelWeights::from_gguf(content, &mut reader, device)?;
                (Weights::Qwen3(weights), own, own)
            }
            "gemma3" => {
                let weights = gemma3::ModelWeights::from_gguf(content, &mut reader, device)?;
                (Weights::Gemma3(weights), own, own)
            }
            other => {
                let known = "llama, qwen2, qwen3, gemma3";
                let text = format!("architecture `{other}` is not supported; these are: {known}");
                return Err(InferenceError::Failed(text));
            }
        };
        let window = own.min(limit).min(max_len.map_or(usize::MAX, |len| len as usize)).max(1);
        Ok((Self { weights, window, chunk }, metadata))
    }
}

/// Most positions for Qwen2, whose mask cache is never emptied: with pieces of at most [`QWEN2_PIECE`] it stays small.
const QWEN2_WINDOW: usize = 8192;
const QWEN2_PIECE: usize = 64;

/// Feeds tokens in pieces whose lengths are powers of two, so that few different masks are ever cached.
fn qwen2_pieces(
    model: &mut qwen2::ModelWeights,
    tokens: &[u32],
    mut position: usize,
) -> Result<Vec<f32>, InferenceError> {
    if position == 0 {
        model.clear_kv_cache();
    }
    let mut rest = tokens;
    let mut logits = Vec::new();
    while !rest.is_empty() {
        let n = (1usize << rest.len().ilog2()).min(QWEN2_PIECE);
        let (piece, later) = rest.split_at(n);
        let input = Tensor::new(piece, &Device::Cpu)?.unsqueeze(0)?;
        logits = model.forward(&input, position)?.flatten_all()?.to_vec1::<f32>()?;
        position += n;
        rest = later;
    }
    Ok(logits)
}

impl CausalLm for GgufModel {
    fn window(&self) -> usize {
        self.window
    }

    fn chunk(&self) -> usize {
        self.chunk
    }

    fn session(&self) -> Box<dyn Session> {
        Box::new(self.weights.clone())
    }
}

impl Session for Weights {
    fn forward(&mut self, tokens: &[u32], position: usize) -> Result<Vec<f32>, InferenceError> {
        let input = Tensor::new(tokens, &Device::Cpu)?.unsqueeze(0)?;
        let logits = match self {
            Self::Llama(model) => model.forward(&input, position)?,
            Self::Qwen2(model) => {
                let mut model = model.lock().unwrap_or_else(PoisonError::into_inner);
                return qwen2_pieces(&mut model, tokens, position);
            }
            Self::Qwen3(model) => model.forward(&input, position)?,
            Self::Gemma3(model) => model.forward(&input, position)?,
        };
        Ok(logits.flatten_all()?.to_vec1::<f32>()?)
    }
}
