//! What a decoder's file says about its build.
//!
//! Sources: llama.cpp's `llama-model.cpp` for names of keys and tensors and for what an architecture means by them; Llama 3
//! (arXiv 2407.21783), Qwen2 (2407.10671), Qwen3 (2505.09388), Gemma 3 (2503.19786), Phi-3 (2404.14219).

use crate::inference::InferenceError;
use crate::inference::gguf::Metadata;
use crate::inference::kernels::Gate;

/// Architectures that are known, all of one family: root-mean-square norms before attention and a gated feed-forward part,
/// rotary positions, shared heads of keys and values.
pub(super) const KNOWN: [&str; 5] = ["llama", "qwen2", "qwen3", "gemma3", "phi3"];

/// Sizes and habits of a decoder.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Spec {
    pub layers: usize,
    pub width: usize,
    pub inner: usize,
    pub heads: usize,
    pub kv_heads: usize,
    pub head: usize,
    pub window: usize,
    pub epsilon: f32,
    /// Numbers of a head that rotate.
    pub rotating: usize,
    /// Whether the file has neighbours rotate with each other rather than halves.
    pub neighbours: bool,
    pub base: f32,
    /// What positions are divided by.
    pub stretch: f32,
    /// What rotated numbers are multiplied with.
    pub magnitude: f32,
    /// What scores are multiplied with.
    pub scale: f32,
    pub gate: Gate,
    /// What a token's embedding is multiplied with.
    pub embedding: f32,
    /// How many tokens before itself a token sees in layers that look near, and the base of their rotation.
    pub near: Option<(usize, f32)>,
    /// Every so manieth layer looks far all the same.
    pub far_every: usize,
}

impl Spec {
    pub(super) fn new(metadata: &Metadata, max_len: Option<u32>) -> Result<Self, InferenceError> {
        let fail = |text: String| InferenceError::Failed(text);
        let name = metadata.text("general.architecture").unwrap_or_default();
        if !KNOWN.contains(&name) {
            let known = KNOWN.join(", ");
            return Err(fail(format!(
                "architecture `{name}` is not supported; these are: {known}"
            )));
        }
        let key = |key: &str| format!("{name}.{key}");
        let number = |own: &str| metadata.number(&key(own)).map(|n| n as usize);
        let float = |own: &str| metadata.float(&key(own)).filter(|x| x.is_finite());
        let sized = |own: &str, most: usize| {
            let n = number(own).ok_or_else(|| fail(format!("the file does not say {}", key(own))));
            match n? {
                n if (1..=most).contains(&n) => Ok(n),
                n => Err(fail(format!("{} of {n} is not from 1 to {most}", key(own)))),
            }
        };
        let layers = sized("block_count", 1024)?;
        let width = sized("embedding_length", 1 << 17)?;
        let inner = sized("feed_forward_length", 1 << 20)?;
        let heads = sized("attention.head_count", 1024)?;
        let kv_heads = number("attention.head_count_kv").unwrap_or(heads);
        if kv_heads == 0 || !heads.is_multiple_of(kv_heads) {
            let own = key("attention.head_count_kv");
            return Err(fail(format!("{heads} heads do not share {own} of {kv_heads}")));
        }
        let head = number("attention.key_length").unwrap_or(width / heads);
        let value = number("attention.value_length").unwrap_or(head);
        if head != value || head == 0 || head > 1024 {
            let own = key("attention.key_length");
            return Err(fail(format!("{own} of {head} with values of {value} is not supported")));
        }
        if number("expert_count").is_some_and(|n| n > 0) {
            return Err(fail(format!(
                "{}: mixtures of experts are not supported",
                key("expert_count")
            )));
        }
        let rotating = number("rope.dimension_count").unwrap_or(head);
        if rotating > head || rotating % 2 != 0 {
            let own = key("rope.dimension_count");
            return Err(fail(format!("{own} of {rotating} does not fit heads of {head}")));
        }
        let stretch = match metadata.text(&key("rope.scaling.type")) {
            // The factors of `longrope` are a tensor; without them positions are as they are.
            None | Some("none" | "longrope") => 1.0,
            Some("linear") => float("rope.scaling.factor").unwrap_or(1.0),
            Some(other) => {
                return Err(fail(format!(
                    "{} `{other}` is not supported",
                    key("rope.scaling.type")
                )));
            }
        };
        let gemma = name == "gemma3";
        let base = float("rope.freq_base").unwrap_or(if gemma { 1e6 } else { 1e4 });
        if stretch <= 0.0 || base <= 0.0 {
            return Err(fail(format!("{} is not above zero", key("rope.freq_base"))));
        }
        let longrope = metadata.text(&key("rope.scaling.type")) == Some("longrope");
        // The factors for short contexts are used, which hold up to here.
        let most = number("rope.scaling.original_context_length").filter(|_| longrope);
        let near = number("attention.sliding_window").filter(|n| *n > 0);
        let window = number("context_length").unwrap_or(2048);
        let window = window.min(most.unwrap_or(usize::MAX));
        let window = window.min(max_len.map_or(usize::MAX, |len| len as usize)).max(1);
        // Gemma 3 27B, of 62 layers, scales as if its heads shared the width.
        let scaled = if gemma && layers == 62 { width / heads } else { head };
        Ok(Self {
            layers,
            width,
            inner,
            heads,
            kv_heads,
            head,
            window,
            epsilon: float("attention.layer_norm_rms_epsilon").unwrap_or(1e-5),
            rotating,
            neighbours: name == "llama",
            base,
            stretch,
            magnitude: float("rope.scaling.attn_factor").unwrap_or(1.0),
            scale: 1.0 / (scaled as f32).sqrt(),
            gate: if gemma { Gate::Gelu } else { Gate::Silu },
            embedding: if gemma { (width as f32).sqrt() } else { 1.0 },
            // A window of n tokens has n - 1 before the token itself.
            near: match name {
                "gemma3" => near.map(|n| (n - 1, 1e4)),
                "phi3" => near.map(|n| (n - 1, base)),
                _ => None,
            },
            far_every: match number("attention.sliding_window_pattern") {
                Some(n) if gemma && n > 0 => n,
                _ if gemma => 6,
                _ => usize::MAX,
            },
        })
    }

    /// How many tokens before itself a token sees in a layer, and whether that is near.
    pub(super) fn reach(&self, layer: usize) -> (usize, bool) {
        match self.near {
            Some((reach, _)) if !(layer + 1).is_multiple_of(self.far_every) => (reach, true),
            _ => (usize::MAX, false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::quantized::gguf_file::Value;

    fn spec(architecture: &str, own: &[(&str, Value)]) -> Result<Spec, InferenceError> {
        let number = |n: u32| Value::U32(n);
        let mut all: Vec<(&str, Value)> = vec![
            ("block_count", number(12)),
            ("embedding_length", number(64)),
            ("feed_forward_length", number(96)),
            ("attention.head_count", number(4)),
            ("context_length", number(1000)),
        ];
        all.extend(own.iter().cloned());
        let mut metadata: std::collections::HashMap<String, Value> =
            all.into_iter().map(|(key, value)| (format!("{architecture}.{key}"), value)).collect();
        let name = Value::String(architecture.to_owned());
        metadata.insert("general.architecture".to_owned(), name);
        Spec::new(&Metadata(metadata), Some(900))
    }

    #[test]
    fn what_architectures_mean_by_their_keys() {
        let near = ("attention.sliding_window", Value::U32(8));
        let llama = spec("llama", std::slice::from_ref(&near)).unwrap();
        assert_eq!((llama.head, llama.kv_heads, llama.window), (16, 4, 900));
        assert!(llama.neighbours && llama.near.is_none() && llama.scale == 0.25);
        let gemma = spec("gemma3", std::slice::from_ref(&near)).unwrap();
        let far: Vec<usize> = (0..12).filter(|at| gemma.reach(*at).0 == usize::MAX).collect();
        assert_eq!((far, gemma.reach(0)), (vec![5, 11], (7, true)));
        let longrope = [
            ("rope.scaling.type", Value::String("longrope".to_owned())),
            ("rope.scaling.original_context_length", Value::U32(400)),
            ("rope.scaling.attn_factor", Value::F32(1.2)),
        ];
        let phi = spec("phi3", &longrope).unwrap();
        assert_eq!((phi.window, phi.magnitude), (400, 1.2));
        let linear = [
            ("rope.scaling.type", Value::String("linear".to_owned())),
            ("rope.scaling.factor", Value::F32(8.0)),
        ];
        assert_eq!(spec("qwen2", &linear).unwrap().stretch, 8.0);
        let yarn = [("rope.scaling.type", Value::String("yarn".to_owned()))];
        let error = spec("qwen2", &yarn).unwrap_err().to_string();
        assert!(error.contains("qwen2.rope.scaling.type") && error.contains("yarn"), "{error}");
        let experts = [("expert_count", Value::U32(8))];
        assert!(spec("llama", &experts).unwrap_err().to_string().contains("expert_count"));
    }
}
