//! Reads the weights of BERT, DistilBERT, RoBERTa and XLM-RoBERTa as their training leaves them: `config.json` and a
//! `safetensors` file with Hugging Face's names.
//!
//! Every tensor is checked against the configuration before it is used; what is wrong is named.

use super::super::InferenceError;
use super::super::kernels::{FloatMatrix, Level};
use super::super::layers::{Layer, Linear, Norm};
use safetensors::{Dtype, SafeTensors};
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

/// Most of anything that a configuration may ask for.
const MOST: usize = 1 << 20;

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
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, String> {
        let config: Self =
            serde_json::from_slice(bytes).map_err(|error| format!("config.json: {error}"))?;
        config.check().map_err(|what| format!("config.json: {what}"))?;
        Ok(config)
    }

    fn check(&self) -> Result<(), String> {
        for (name, value) in [
            ("hidden_size", self.hidden_size),
            ("num_attention_heads", self.num_attention_heads),
            ("num_hidden_layers", self.num_hidden_layers),
            ("intermediate_size", self.intermediate_size),
            ("max_position_embeddings", self.max_position_embeddings),
        ] {
            if value == 0 || value > MOST {
                return Err(format!("{name} is {value}"));
            }
        }
        if !self.hidden_size.is_multiple_of(self.num_attention_heads) {
            return Err("hidden_size is not a multiple of num_attention_heads".to_owned());
        }
        if !matches!(
            self.model_type.as_str(),
            "" | "bert" | "distilbert" | "roberta" | "xlm-roberta"
        ) {
            return Err(format!(
                "model_type {} is not supported; use bert, distilbert, roberta or xlm-roberta",
                self.model_type
            ));
        }
        if let Some(act) = self.hidden_act.as_deref().filter(|act| *act != "gelu") {
            return Err(format!("hidden_act {act} is not supported, only gelu"));
        }
        let kind = self.position_embedding_type.as_deref();
        if let Some(kind) = kind.filter(|kind| *kind != "absolute") {
            return Err(format!("position_embedding_type {kind} is not supported, only absolute"));
        }
        if self.first_position() + 3 > self.max_position_embeddings {
            return Err("max_position_embeddings leaves no room for a text".to_owned());
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

/// An encoder's weights.
#[derive(Debug)]
pub(super) struct Weights {
    words: Vec<f32>,
    /// Those of the only token type added.
    positions: Vec<f32>,
    norm: Norm,
    pub layers: Vec<Layer>,
    pub width: usize,
}

/// The tensors of a file.
struct File<'a> {
    tensors: SafeTensors<'a>,
    /// What stands before all names.
    prefix: &'static str,
}

impl File<'_> {
    /// A tensor's numbers; `rows` × `cols` of them, or `cols` if `rows` is `None`.
    fn numbers(&self, name: &str, rows: Option<usize>, cols: usize) -> Result<Vec<f32>, String> {
        let name = format!("{}{name}", self.prefix);
        let view = self.tensors.tensor(&name).map_err(|_| format!("no tensor {name}"))?;
        let shape: Vec<usize> = rows.into_iter().chain([cols]).collect();
        if view.shape() != shape {
            return Err(format!("{name} is {:?}, not {shape:?}", view.shape()));
        }
        let halves = || view.data().as_chunks::<2>().0.iter().map(|x| u16::from_le_bytes(*x));
        Ok(match view.dtype() {
            Dtype::F32 => {
                view.data().as_chunks::<4>().0.iter().map(|x| f32::from_le_bytes(*x)).collect()
            }
            Dtype::F16 => halves().map(|x| half::f16::from_bits(x).to_f32()).collect(),
            Dtype::BF16 => halves().map(|x| half::bf16::from_bits(x).to_f32()).collect(),
            other => return Err(format!("{name} is {other:?}, not F32, F16 or BF16")),
        })
    }

    fn norm(&self, name: &str, width: usize, epsilon: f32) -> Result<Norm, String> {
        // Old files say gamma and beta.
        let either = |new: &str, old: &str| {
            let numbers = self.numbers(&format!("{name}.{new}"), None, width);
            numbers.or_else(|error| {
                self.numbers(&format!("{name}.{old}"), None, width).map_err(|_| error)
            })
        };
        Ok(Norm { weight: either("weight", "gamma")?, bias: either("bias", "beta")?, epsilon })
    }

    /// Projections of the same input side by side.
    fn linear(&self, names: &[String], rows: usize, cols: usize) -> Result<Linear, String> {
        let (mut weight, mut bias) = (Vec::new(), Vec::new());
        for name in names {
            weight.extend(self.numbers(&format!("{name}.weight"), Some(rows), cols)?);
            bias.extend(self.numbers(&format!("{name}.bias"), None, rows)?);
        }
        Ok(Linear::F32(FloatMatrix::pack(Level::best(), &weight, &bias, cols)))
    }
}

impl Weights {
    pub(super) fn load(bytes: &[u8], config: &Config) -> Result<Self, String> {
        let tensors =
            SafeTensors::deserialize(bytes).map_err(|error| format!("safetensors: {error}"))?;
        let words = "embeddings.word_embeddings.weight";
        let prefixes = ["", "bert.", "roberta.", "distilbert.", "model.", "0.auto_model."];
        let found = |prefix: &&str| tensors.tensor(&format!("{prefix}{words}")).is_ok();
        let prefix =
            prefixes.into_iter().find(found).ok_or_else(|| format!("no tensor {words}"))?;
        let vocabulary =
            tensors.tensor(&format!("{prefix}{words}")).map(|view| view.shape().to_vec());
        let vocabulary = vocabulary.ok().and_then(|shape| shape.first().copied()).unwrap_or(0);
        let file = File { tensors, prefix };
        let width = config.hidden_size;
        let distil = config.model_type == "distilbert";
        let first = config.first_position();
        let positions = "embeddings.position_embeddings.weight";
        let mut positions = file
            .numbers(positions, Some(config.max_position_embeddings), width)?
            .split_off(first * width);
        if !distil {
            let name = format!("{prefix}embeddings.token_type_embeddings.weight");
            let kinds = file.tensors.tensor(&name).map_err(|_| format!("no tensor {name}"))?;
            let kinds = kinds.shape().first().copied();
            let types = file.numbers("embeddings.token_type_embeddings.weight", kinds, width)?;
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
                qkv: file.linear(&names.qkv.map(name), width, width)?,
                out: file.linear(&one(names.out), width, width)?,
                norm1: file.norm(&name(names.norm1), width, epsilon)?,
                up: file.linear(&one(names.up), inner, width)?,
                down: file.linear(&one(names.down), width, inner)?,
                norm2: file.norm(&name(names.norm2), width, epsilon)?,
                heads: config.num_attention_heads,
            })
        };
        Ok(Self {
            words: file.numbers(words, Some(vocabulary), width)?,
            norm: file.norm("embeddings.LayerNorm", width, epsilon)?,
            layers: (0..config.num_hidden_layers).map(layer).collect::<Result<_, _>>()?,
            positions,
            width,
        })
    }

    /// Token embeddings before the first layer, a row a token.
    pub(super) fn embed(
        &self,
        ids: &[u32],
        level: &Level,
        out: &mut [f32],
    ) -> Result<(), InferenceError> {
        let positions = self.positions.chunks_exact(self.width);
        for ((row, id), position) in out.chunks_exact_mut(self.width).zip(ids).zip(positions) {
            let word = self.words.chunks_exact(self.width).nth(*id as usize).ok_or_else(|| {
                InferenceError::Failed("the tokenizer does not fit the encoder".to_owned())
            })?;
            let sums = word.iter().zip(position).map(|(word, position)| word + position);
            row.iter_mut().zip(sums).for_each(|(to, sum)| *to = sum);
        }
        self.norm.apply(level, out);
        Ok(())
    }
}
