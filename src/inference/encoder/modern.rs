//! ModernBERT (Warner et al. 2024, arXiv 2412.13663): rotary positions, norms before attention and feed-forward, a gate in the
//! feed-forward part, no biases, and attention that sees everything in some layers and a window in the others.

use super::super::kernels::{After, Gate};
use super::super::layers::{Halves, Linear, Memory, Norm, Share, room};
use super::super::rope::Rope;
use super::file::{Bias, File, check_counts, check_epsilon, row};
use serde::Deserialize;

/// What `config.json` says; what is missing there has the published models' value.
#[derive(Debug, Deserialize)]
pub(super) struct Config {
    hidden_size: usize,
    num_attention_heads: usize,
    num_hidden_layers: usize,
    intermediate_size: usize,
    max_position_embeddings: usize,
    norm_eps: Option<f32>,
    /// Its older name.
    layer_norm_eps: Option<f32>,
    global_attn_every_n_layers: Option<usize>,
    local_attention: Option<usize>,
    global_rope_theta: Option<f32>,
    local_rope_theta: Option<f32>,
    /// The newer way to say which layers see everything.
    layer_types: Option<Vec<Sees>>,
    /// The newer way to say how fast positions turn.
    rope_parameters: Option<RopeParameters>,
    #[serde(alias = "hidden_act")]
    hidden_activation: Option<String>,
    #[serde(default)]
    attention_bias: bool,
    #[serde(default)]
    mlp_bias: bool,
    #[serde(default)]
    norm_bias: bool,
}

/// What a layer's tokens see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
enum Sees {
    #[serde(rename = "full_attention")]
    All,
    #[serde(rename = "sliding_attention")]
    Window,
}

#[derive(Debug, Deserialize)]
struct RopeParameters {
    full_attention: Option<OneRope>,
    sliding_attention: Option<OneRope>,
}

#[derive(Debug, Deserialize)]
struct OneRope {
    rope_type: Option<String>,
    rope_theta: Option<f32>,
}

/// What the published models have where a configuration is silent.
const EPSILON: f32 = 1e-5;
const GLOBAL_EVERY: usize = 3;
const LOCAL_ATTENTION: usize = 128;
const THETAS: [f32; 2] = [160_000.0, 10_000.0];

impl Config {
    /// Whether there can be such an encoder.
    pub(super) fn check(&self) -> Result<(), String> {
        let every = self.global_attn_every_n_layers.unwrap_or(GLOBAL_EVERY);
        check_counts(&[
            ("hidden_size", self.hidden_size),
            ("num_attention_heads", self.num_attention_heads),
            ("num_hidden_layers", self.num_hidden_layers),
            ("intermediate_size", self.intermediate_size),
            ("max_position_embeddings", self.max_position_embeddings),
            ("global_attn_every_n_layers", every),
            ("local_attention", self.local_attention.unwrap_or(LOCAL_ATTENTION)),
        ])?;
        check_epsilon("norm_eps", self.epsilon())?;
        if !self.hidden_size.is_multiple_of(2 * self.num_attention_heads) {
            return Err("hidden_size is not an even multiple of num_attention_heads".to_owned());
        }
        if self.max_position_embeddings < 3 {
            return Err("max_position_embeddings leaves no room for a text".to_owned());
        }
        if let Some(act) = self.hidden_activation.as_deref().filter(|act| *act != "gelu") {
            return Err(format!("hidden_activation {act} is not supported, only gelu"));
        }
        for (name, has) in [
            ("attention_bias", self.attention_bias),
            ("mlp_bias", self.mlp_bias),
            ("norm_bias", self.norm_bias),
        ] {
            if has {
                return Err(format!("{name} is true, which is not supported"));
            }
        }
        if let Some(types) = self.layer_types.as_ref().filter(|t| t.len() != self.num_hidden_layers)
        {
            let n = self.num_hidden_layers;
            return Err(format!("layer_types names {} layers, not {n}", types.len()));
        }
        for sees in [Sees::All, Sees::Window] {
            if let Some(kind) = self.rope(sees).and_then(|rope| rope.rope_type.as_deref())
                && kind != "default"
            {
                return Err(format!("rope_type {kind} is not supported, only default"));
            }
            let (name, theta) = self.theta(sees);
            if !(theta.is_finite() && theta >= 1.0) {
                return Err(format!("{name} is {theta}, not a number from 1 on"));
            }
        }
        Ok(())
    }

    fn epsilon(&self) -> f32 {
        self.norm_eps.or(self.layer_norm_eps).unwrap_or(EPSILON)
    }

    fn sees(&self, layer: usize) -> Sees {
        if let Some(types) = &self.layer_types {
            return types.get(layer).copied().unwrap_or(Sees::All);
        }
        let every = self.global_attn_every_n_layers.unwrap_or(GLOBAL_EVERY);
        if layer.is_multiple_of(every) { Sees::All } else { Sees::Window }
    }

    fn rope(&self, sees: Sees) -> Option<&OneRope> {
        let both = self.rope_parameters.as_ref()?;
        match sees {
            Sees::All => both.full_attention.as_ref(),
            Sees::Window => both.sliding_attention.as_ref(),
        }
    }

    /// The base of the speeds at which positions turn, and its field.
    fn theta(&self, sees: Sees) -> (&'static str, f32) {
        let newer = self.rope(sees).and_then(|rope| rope.rope_theta);
        let (name, older, usual) = match sees {
            Sees::All => ("global_rope_theta", self.global_rope_theta, THETAS[0]),
            Sees::Window => ("local_rope_theta", self.local_rope_theta, THETAS[1]),
        };
        (name, newer.or(older).unwrap_or(usual))
    }

    /// Tokens of a window, special ones included.
    pub(super) fn window(&self) -> usize {
        self.max_position_embeddings
    }
}

/// One layer.
#[derive(Debug)]
struct ModernLayer {
    /// The first layer has none.
    attention_norm: Option<Norm>,
    qkv: Linear,
    out: Linear,
    inner_norm: Norm,
    /// A gate, and what passes it.
    gate_up: Linear,
    down: Linear,
    sees: Sees,
}

/// The encoder.
#[derive(Debug)]
pub(super) struct Modern {
    words: Vec<f32>,
    norm: Norm,
    /// Bytes of all of it.
    bytes: usize,
    layers: Vec<ModernLayer>,
    last_norm: Norm,
    heads: usize,
    width: usize,
    /// Half a window of attention.
    reach: usize,
    /// Those of [`Sees::All`] and of [`Sees::Window`], turned up to position `turned`.
    ropes: [Rope; 2],
    turned: usize,
    /// For each token of the batch its place in its sequence.
    positions: Vec<usize>,
}

impl Modern {
    pub(super) fn load(bytes: &[u8], config: &Config) -> Result<Self, String> {
        let words = "embeddings.tok_embeddings.weight";
        let file = File::open(bytes, words)?;
        let (width, inner, epsilon) =
            (config.hidden_size, config.intermediate_size, config.epsilon());
        let layer = |number: usize| {
            let name = |part: &str| format!("layers.{number}.{part}");
            let linear = |part: &str, rows: usize, cols: usize| {
                file.linear(&[name(part)], rows, cols, Bias::No)
            };
            let norm = |part: &str| file.bare_norm(&name(part), width, epsilon);
            Ok::<_, String>(ModernLayer {
                attention_norm: if number == 0 { None } else { Some(norm("attn_norm")?) },
                qkv: linear("attn.Wqkv", 3 * width, width)?,
                out: linear("attn.Wo", width, width)?,
                inner_norm: norm("mlp_norm")?,
                gate_up: linear("mlp.Wi", 2 * inner, width)?,
                down: linear("mlp.Wo", width, inner)?,
                sees: config.sees(number),
            })
        };
        let rope = |sees| {
            let head = width / config.num_attention_heads;
            Rope::new(head, config.theta(sees).1, 1.0, None, 1.0)
        };
        let mut own = Self {
            bytes: 0,
            words: file.table(words, width)?,
            norm: file.bare_norm("embeddings.norm", width, epsilon)?,
            layers: (0..config.num_hidden_layers).map(layer).collect::<Result<_, _>>()?,
            last_norm: file.bare_norm("final_norm", width, epsilon)?,
            heads: config.num_attention_heads,
            width,
            reach: config.local_attention.unwrap_or(LOCAL_ATTENTION) / 2,
            ropes: [rope(Sees::All), rope(Sees::Window)],
            turned: 0,
            positions: Vec::new(),
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
        &mut self,
        ids: &[u32],
        lengths: &[usize],
        memory: &mut Memory,
        (x, next): (&mut Vec<f32>, &mut Vec<f32>),
    ) -> Option<()> {
        for (to, id) in x.chunks_exact_mut(self.width).zip(ids) {
            to.copy_from_slice(row(&self.words, self.width, *id)?);
        }
        self.norm.apply(memory.level(), x);
        let longest = lengths.iter().copied().max().unwrap_or(0);
        if longest > self.turned {
            self.turned = longest.next_power_of_two();
            self.ropes.iter_mut().for_each(|rope| rope.at(0..self.turned));
        }
        self.positions.clear();
        self.positions.extend(lengths.iter().flat_map(|length| 0..*length));
        for layer in &self.layers {
            memory.forward(&Turned { layer, of: self }, lengths, x, next);
            std::mem::swap(x, next);
        }
        self.last_norm.apply(memory.level(), x);
        Some(())
    }
}

/// A layer with the positions of the batch.
struct Turned<'a> {
    layer: &'a ModernLayer,
    of: &'a Modern,
}

impl Halves for Turned<'_> {
    fn shape(&self) -> (usize, usize, [usize; 2]) {
        let reach = match self.layer.sees {
            Sees::All => usize::MAX,
            Sees::Window => self.of.reach,
        };
        (self.of.width, self.of.heads, [reach; 2])
    }

    fn before(&self, first: usize, x: &[f32], qkv: &mut [f32], own: &mut Share) {
        let (width, head) = (self.of.width, self.of.width / self.of.heads);
        let Share { level, bytes, middle, .. } = own;
        let normed = match &self.layer.attention_norm {
            None => x,
            Some(norm) => {
                let middle = room(middle, x.len());
                middle.copy_from_slice(x);
                norm.apply(level, middle);
                middle
            }
        };
        self.layer.qkv.apply(normed, After::Nothing, bytes, qkv);
        let rope = &self.of.ropes[usize::from(self.layer.sees == Sees::Window)];
        for (row, position) in qkv.chunks_exact_mut(3 * width).zip(&self.of.positions[first..]) {
            rope.rotate(*position, &mut row[..2 * width], head);
        }
    }

    fn after(&self, at: usize, x: &[f32], next: &mut [f32], own: &mut Share) {
        let Share { level, bytes, mixed, middle, inner, wide, .. } = own;
        let (mixed, middle) = (&mut mixed[at..at + x.len()], room(middle, x.len()));
        self.layer.out.apply(mixed, After::Add(x), bytes, middle);
        mixed.copy_from_slice(middle);
        self.layer.inner_norm.apply(level, mixed);
        let (tokens, cols) = (x.len() / self.of.width, self.layer.down.cols());
        let wide = room(wide, tokens * 2 * cols);
        self.layer.gate_up.apply(mixed, After::Nothing, bytes, wide);
        let inner = room(inner, tokens * cols);
        level.gate(Gate::GeluExact, wide, cols, inner);
        self.layer.down.apply(inner, After::Add(middle), bytes, next);
    }
}
