//! BERT (Devlin et al. 2018, arXiv 1810.04805), DistilBERT, RoBERTa and XLM-RoBERTa as their training leaves them: `config.json` and a
//! `safetensors` file with Hugging Face's names.

use super::super::layers::{Layer, Memory, Norm};
use super::file::{Bias, File, check_counts, check_epsilon, row};
use serde::Deserialize;

/// What `config.json` says; the aliases are DistilBERT's.
#[derive(Debug, Deserialize)]
pub(super) struct Config {
    #[serde(default)]
    model_type: String,
    #[serde(alias = "dim")]
    hidden_size: usize,
    #[serde(alias = "n_heads")]
    num_attention_heads: usize,
    #[serde(alias = "n_layers")]
    num_hidden_layers: usize,
    #[serde(alias = "hidden_dim")]
    intermediate_size: usize,
    max_position_embeddings: usize,
    #[serde(default = "epsilon")]
    layer_norm_eps: f32,
    #[serde(alias = "activation", default)]
    hidden_act: Option<String>,
    #[serde(default)]
    position_embedding_type: Option<String>,
    #[serde(default)]
    pad_token_id: usize,
}

fn epsilon() -> f32 {
    1e-12
}

/// How a family calls its tensors.
struct Names {
    layer: &'static str,
    qkv: [&'static str; 3],
    out: &'static str,
    norm1: &'static str,
    up: &'static str,
    down: &'static str,
    norm2: &'static str,
}

const BERT: Names = Names {
    layer: "encoder.layer",
    qkv: ["attention.self.query", "attention.self.key", "attention.self.value"],
    out: "attention.output.dense",
    norm1: "attention.output.LayerNorm",
    up: "intermediate.dense",
    down: "output.dense",
    norm2: "output.LayerNorm",
};

const DISTILBERT: Names = Names {
    layer: "transformer.layer",
    qkv: ["attention.q_lin", "attention.k_lin", "attention.v_lin"],
    out: "attention.out_lin",
    norm1: "sa_layer_norm",
    up: "ffn.lin1",
    down: "ffn.lin2",
    norm2: "output_layer_norm",
};

impl Config {
    /// Whether there can be such an encoder.
    pub(super) fn check(&self) -> Result<(), String> {
        check_counts(&[
            ("hidden_size", self.hidden_size),
            ("num_attention_heads", self.num_attention_heads),
            ("num_hidden_layers", self.num_hidden_layers),
            ("intermediate_size", self.intermediate_size),
            ("max_position_embeddings", self.max_position_embeddings),
        ])?;
        check_epsilon("layer_norm_eps", self.layer_norm_eps)?;
        if !self.hidden_size.is_multiple_of(self.num_attention_heads) {
            return Err("hidden_size is not a multiple of num_attention_heads".to_owned());
        }
        if let Some(act) = self.hidden_act.as_deref().filter(|act| *act != "gelu") {
            return Err(format!("hidden_act {act} is not supported, only gelu"));
        }
        let kind = self.position_embedding_type.as_deref();
        if let Some(kind) = kind.filter(|kind| *kind != "absolute") {
            return Err(format!("position_embedding_type {kind} is not supported, only absolute"));
        }
        if self.max_position_embeddings.saturating_sub(self.first_position()) < 3 {
            let first = self.first_position();
            return Err(format!("max_position_embeddings leaves no room behind position {first}"));
        }
        Ok(())
    }

    /// RoBERTa's positions begin after the padding's id.
    fn first_position(&self) -> usize {
        if self.model_type.contains("roberta") { self.pad_token_id.saturating_add(1) } else { 0 }
    }

    /// Tokens of a window, special ones included.
    pub(super) fn window(&self) -> usize {
        self.max_position_embeddings - self.first_position()
    }
}

/// The encoder.
#[derive(Debug)]
pub(super) struct Bert {
    words: Vec<f32>,
    /// Those of the only token type added.
    positions: Vec<f32>,
    norm: Norm,
    /// Bytes of all of it.
    bytes: usize,
    layers: Vec<Layer>,
    width: usize,
}

impl Bert {
    pub(super) fn load(bytes: &[u8], config: &Config) -> Result<Self, String> {
        let words = "embeddings.word_embeddings.weight";
        let file = File::open(bytes, words)?;
        let width = config.hidden_size;
        let distil = config.model_type == "distilbert";
        let first = config.first_position();
        let positions = "embeddings.position_embeddings.weight";
        let mut positions = file
            .numbers(positions, Some(config.max_position_embeddings), width)?
            .split_off(first * width);
        if !distil {
            let types = file.table("embeddings.token_type_embeddings.weight", width)?;
            for row in positions.chunks_exact_mut(width) {
                row.iter_mut().zip(&types).for_each(|(sum, x)| *sum += x);
            }
        }
        let names = if distil { DISTILBERT } else { BERT };
        let (inner, epsilon) = (config.intermediate_size, config.layer_norm_eps);
        let layer = |number: usize| {
            let name = |part: &str| format!("{}.{number}.{part}", names.layer);
            let one = |part: &str| vec![name(part)];
            Ok::<_, String>(Layer {
                qkv: file.linear(&names.qkv.map(name), width, width, Bias::Yes)?,
                out: file.linear(&one(names.out), width, width, Bias::Yes)?,
                norm1: file.norm(&name(names.norm1), width, epsilon)?,
                up: file.linear(&one(names.up), inner, width, Bias::Yes)?,
                down: file.linear(&one(names.down), width, inner, Bias::Yes)?,
                norm2: file.norm(&name(names.norm2), width, epsilon)?,
                heads: config.num_attention_heads,
            })
        };
        let mut own = Self {
            bytes: 0,
            words: file.table(words, width)?,
            norm: file.norm("embeddings.LayerNorm", width, epsilon)?,
            layers: (0..config.num_hidden_layers).map(layer).collect::<Result<_, _>>()?,
            positions,
            width,
        };
        own.bytes = file.taken();
        Ok(own)
    }

    /// Bytes of the weights.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Numbers of a state.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// Writes the last states of a batch to `x`, a row a token; `None` if a token is not in the vocabulary. `next` is as large.
    pub(super) fn forward(
        &self,
        ids: &[u32],
        lengths: &[usize],
        memory: &mut Memory,
        (x, next): (&mut Vec<f32>, &mut Vec<f32>),
    ) -> Option<()> {
        let places =
            lengths.iter().flat_map(|length| self.positions.chunks_exact(self.width).take(*length));
        for ((to, id), place) in x.chunks_exact_mut(self.width).zip(ids).zip(places) {
            let sums = row(&self.words, self.width, *id)?.iter().zip(place).map(|(a, b)| a + b);
            to.iter_mut().zip(sums).for_each(|(to, sum)| *to = sum);
        }
        self.norm.apply(memory.level(), x);
        for layer in &self.layers {
            memory.forward(layer, lengths, x, next);
            std::mem::swap(x, next);
        }
        Some(())
    }
}
