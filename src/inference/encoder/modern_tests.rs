//! ModernBERT against candle, the reference, on small random models; and configurations that cannot be followed.

use super::super::kernels::Level;
use super::model::{Config, Model};
use super::tests::{file, ids};
use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use candle_transformers::models::modernbert;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};
use std::collections::HashMap;

const VOCABULARY: usize = 90;

/// The size of a model.
#[derive(Debug, Clone, Copy)]
struct Size {
    width: usize,
    heads: usize,
    layers: usize,
    inner: usize,
    every: usize,
    window: usize,
}

const SIZES: [Size; 4] = [
    Size { width: 48, heads: 4, layers: 4, inner: 70, every: 3, window: 8 },
    Size { width: 32, heads: 1, layers: 3, inner: 33, every: 2, window: 5 },
    Size { width: 60, heads: 5, layers: 2, inner: 128, every: 1, window: 16 },
    Size { width: 24, heads: 3, layers: 5, inner: 17, every: 4, window: 30 },
];

fn config(size: Size) -> Value {
    json!({
        "model_type": "modernbert", "vocab_size": VOCABULARY, "hidden_size": size.width,
        "num_hidden_layers": size.layers, "num_attention_heads": size.heads,
        "intermediate_size": size.inner, "max_position_embeddings": 128, "layer_norm_eps": 1e-5,
        "norm_eps": 1e-5, "pad_token_id": 0, "global_attn_every_n_layers": size.every,
        "global_rope_theta": 160_000.0, "local_attention": size.window, "local_rope_theta": 10_000.0,
        "hidden_activation": "gelu", "position_embedding_type": "absolute", "attention_bias": false,
    })
}

/// Random weights under the names of a published model, without what stands before them.
fn tensors(size: Size) -> HashMap<String, Tensor> {
    let mut rng = StdRng::seed_from_u64(5);
    let mut out = HashMap::new();
    let mut put = |name: String, shape: &[usize], around: f32| {
        let n = shape.iter().product();
        let values: Vec<f32> = (0..n).map(|_| around + rng.random_range(-0.4..0.4)).collect();
        out.insert(name, Tensor::from_vec(values, shape, &Device::Cpu).unwrap());
    };
    let Size { width, inner, .. } = size;
    put("embeddings.tok_embeddings.weight".into(), &[VOCABULARY, width], 0.0);
    for norm in ["embeddings.norm", "final_norm"] {
        put(format!("{norm}.weight"), &[width], 1.0);
    }
    for layer in 0..size.layers {
        for (part, rows, cols) in [
            ("attn.Wqkv", 3 * width, width),
            ("attn.Wo", width, width),
            ("mlp.Wi", 2 * inner, width),
            ("mlp.Wo", width, inner),
        ] {
            put(format!("layers.{layer}.{part}.weight"), &[rows, cols], 0.0);
        }
        put(format!("layers.{layer}.mlp_norm.weight"), &[width], 1.0);
        if layer > 0 {
            put(format!("layers.{layer}.attn_norm.weight"), &[width], 1.0);
        }
    }
    out
}

pub(super) fn tiny() -> (Value, Vec<u8>) {
    (config(SIZES[0]), file(&tensors(SIZES[0]), "model."))
}

fn ours(config: &Value, bytes: &[u8], ids: &[u32]) -> Vec<f32> {
    let config = Config::parse(config.to_string().as_bytes()).unwrap();
    let mut model = Model::load(bytes, &config, Level::best()).unwrap();
    model.states(ids, &[ids.len()]).unwrap().to_vec()
}

fn apart(got: &[f32], want: &[f32]) -> f32 {
    assert_eq!(got.len(), want.len());
    got.iter().zip(want).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

#[test]
fn agrees_with_candle() {
    for size in SIZES {
        let tensors = tensors(size);
        let named = tensors.iter().map(|(name, x)| (format!("model.{name}"), x.clone())).collect();
        let vars = VarBuilder::from_tensors(named, DType::F32, &Device::Cpu);
        let own = config(size);
        let reference: modernbert::Config = serde_json::from_value(own.clone()).unwrap();
        let reference = modernbert::ModernBert::load(vars, &reference).unwrap();
        for n in [1, 6, 41, 100] {
            let ids = ids(n, VOCABULARY);
            let input = Tensor::new(&ids[..], &Device::Cpu).unwrap().unsqueeze(0).unwrap();
            let want = reference.forward(&input, &input.ones_like().unwrap()).unwrap();
            let want = want.flatten_all().unwrap().to_vec1::<f32>().unwrap();
            for prefix in ["", "model."] {
                let off = apart(&ours(&own, &file(&tensors, prefix), &ids), &want);
                assert!(off < 5e-4, "{size:?} {n} tokens: {off}");
            }
        }
    }
}

/// Newer files say the same in other fields; every one of them counts.
#[test]
fn every_field_counts_under_its_old_name_and_its_new_one() {
    let (old, bytes) = tiny();
    let ids = ids(50, VOCABULARY);
    let want = ours(&old, &bytes, &ids);
    let (full, sliding) = ("full_attention", "sliding_attention");
    let mut new = old.clone();
    let fields = new.as_object_mut().unwrap();
    for field in
        ["layer_norm_eps", "global_attn_every_n_layers", "global_rope_theta", "local_rope_theta"]
    {
        fields.remove(field);
    }
    fields.insert("layer_types".into(), json!([full, sliding, sliding, full]));
    let rope = |theta: f32| json!({"rope_type": "default", "rope_theta": theta});
    fields
        .insert("rope_parameters".into(), json!({full: rope(160_000.0), sliding: rope(10_000.0)}));
    assert_eq!(ours(&new, &bytes, &ids), want);
    for (field, value) in [
        ("local_attention", json!(10)),
        ("layer_types", json!([full, full, sliding, full])),
        ("rope_parameters", json!({full: rope(150_000.0)})),
        ("rope_parameters", json!({sliding: rope(9_000.0)})),
        ("norm_eps", json!(1e-2)),
    ] {
        let mut other = new.clone();
        other[field] = value;
        assert!(apart(&ours(&other, &bytes, &ids), &want) > 1e-5, "{field}");
    }
}

#[test]
fn bad_files_are_refused_by_name() {
    let (good, bytes) = tiny();
    for (field, value, expected) in [
        ("hidden_size", json!(0), "hidden_size is 0"),
        (
            "hidden_size",
            json!(64),
            "model.embeddings.tok_embeddings.weight is [90, 48], not [90, 64]",
        ),
        ("num_attention_heads", json!(16), "not an even multiple of num_attention_heads"),
        ("num_attention_heads", json!(u64::MAX), "num_attention_heads is 18446744073709551615"),
        ("num_hidden_layers", json!(5), "no tensor model.layers.4."),
        ("intermediate_size", json!(71), "mlp.Wi.weight is [140, 48], not [142, 48]"),
        ("max_position_embeddings", json!(2), "max_position_embeddings"),
        ("global_attn_every_n_layers", json!(0), "global_attn_every_n_layers is 0"),
        ("local_attention", json!(u64::MAX), "local_attention is"),
        ("local_attention", json!(-1), "config.json: invalid value"),
        ("global_rope_theta", json!(0.0), "global_rope_theta is 0"),
        ("local_rope_theta", json!(-0.0), "local_rope_theta is -0"),
        ("norm_eps", json!(-1.0), "norm_eps is -1"),
        ("hidden_activation", json!("relu"), "hidden_activation relu"),
        ("mlp_bias", json!(true), "mlp_bias is true"),
        ("layer_types", json!(["full_attention"]), "layer_types names 1 layers, not 4"),
        (
            "rope_parameters",
            json!({"full_attention": {"rope_type": "yarn", "rope_theta": 1e4}}),
            "rope_type yarn",
        ),
    ] {
        let mut config = good.clone();
        config[field] = value;
        let loaded = Config::parse(config.to_string().as_bytes())
            .and_then(|config| Model::load(&bytes, &config, Level::best()).map(drop));
        let error = loaded.unwrap_err();
        assert!(error.contains(expected), "{field}: {error}");
    }
}
