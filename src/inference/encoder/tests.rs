//! Against candle, the reference, on small random models of every family; and files that are not what they say.

use super::super::kernels::{Level, counting::allocations};
use super::model::{Config, Model};
use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use candle_transformers::models::{bert, distilbert, xlm_roberta};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::json;
use std::collections::HashMap;

const WIDTH: usize = 48;
const INNER: usize = 100;
const LAYERS: usize = 2;
const VOCABULARY: usize = 90;

fn config(family: &str) -> serde_json::Value {
    json!({
        "model_type": family, "hidden_size": WIDTH, "num_attention_heads": 4, "num_hidden_layers": LAYERS,
        "intermediate_size": INNER, "max_position_embeddings": 40, "layer_norm_eps": 1e-5, "hidden_act": "gelu",
        "vocab_size": VOCABULARY, "type_vocab_size": if family == "bert" { 2 } else { 1 }, "pad_token_id": 1,
        "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0, "initializer_range": 0.02,
        "position_embedding_type": "absolute", "use_cache": false,
    })
}

fn distil() -> serde_json::Value {
    json!({
        "model_type": "distilbert", "dim": WIDTH, "n_heads": 4, "n_layers": LAYERS, "hidden_dim": INNER,
        "max_position_embeddings": 40, "activation": "gelu", "vocab_size": VOCABULARY, "initializer_range": 0.02,
        "pad_token_id": 0, "use_cache": false,
    })
}

/// Random weights under a family's names.
fn tensors(family: &str) -> HashMap<String, Tensor> {
    let mut rng = StdRng::seed_from_u64(9);
    let mut out = HashMap::new();
    let mut put = |name: String, shape: &[usize], around: f32| {
        let n = shape.iter().product();
        let values: Vec<f32> = (0..n).map(|_| around + rng.random_range(-0.3..0.3)).collect();
        out.insert(name, Tensor::from_vec(values, shape, &Device::Cpu).unwrap());
    };
    put("embeddings.word_embeddings.weight".into(), &[VOCABULARY, WIDTH], 0.0);
    put("embeddings.position_embeddings.weight".into(), &[40, WIDTH], 0.0);
    if family != "distilbert" {
        let kinds = if family == "bert" { 2 } else { 1 };
        put("embeddings.token_type_embeddings.weight".into(), &[kinds, WIDTH], 0.0);
    }
    let distil = family == "distilbert";
    let (layer, parts, norms) = if distil {
        let square = ["attention.q_lin", "attention.k_lin", "attention.v_lin", "attention.out_lin"];
        (
            "transformer.layer",
            (square, "ffn.lin1", "ffn.lin2"),
            ["sa_layer_norm", "output_layer_norm"],
        )
    } else {
        let square = [
            "attention.self.query",
            "attention.self.key",
            "attention.self.value",
            "attention.output.dense",
        ];
        let norms = ["attention.output.LayerNorm", "output.LayerNorm"];
        ("encoder.layer", (square, "intermediate.dense", "output.dense"), norms)
    };
    for i in 0..LAYERS {
        let square = parts.0.map(|part| (part, WIDTH, WIDTH));
        for (part, rows, cols) in
            square.into_iter().chain([(parts.1, INNER, WIDTH), (parts.2, WIDTH, INNER)])
        {
            put(format!("{layer}.{i}.{part}.weight"), &[rows, cols], 0.0);
            put(format!("{layer}.{i}.{part}.bias"), &[rows], 0.0);
        }
        for norm in norms {
            put(format!("{layer}.{i}.{norm}.weight"), &[WIDTH], 1.0);
            put(format!("{layer}.{i}.{norm}.bias"), &[WIDTH], 0.0);
        }
    }
    put("embeddings.LayerNorm.weight".into(), &[WIDTH], 1.0);
    put("embeddings.LayerNorm.bias".into(), &[WIDTH], 0.0);
    out
}

pub(super) fn file(tensors: &HashMap<String, Tensor>, prefix: &str) -> Vec<u8> {
    let named = tensors.iter().map(|(name, tensor)| (format!("{prefix}{name}"), tensor.clone()));
    safetensors::serialize(named.collect::<Vec<_>>(), None).unwrap()
}

fn ours(config: &serde_json::Value, bytes: &[u8], ids: &[u32]) -> Vec<f32> {
    model(config, bytes).states(ids, &[ids.len()]).unwrap().to_vec()
}

fn model(config: &serde_json::Value, bytes: &[u8]) -> Model {
    let config = Config::parse(config.to_string().as_bytes()).unwrap();
    Model::load(bytes, &config, Level::best()).unwrap()
}

/// Tokens, none of them padding.
pub(super) fn ids(n: usize, vocabulary: usize) -> Vec<u32> {
    (0..n).map(|i| (2 + i * 7 % (vocabulary - 2)) as u32).collect()
}

#[test]
fn every_family_agrees_with_candle() {
    let ids = ids(31, VOCABULARY);
    let input = Tensor::new(&ids[..], &Device::Cpu).unwrap().unsqueeze(0).unwrap();
    let (kinds, mask) = (input.zeros_like().unwrap(), input.ones_like().unwrap());
    for family in ["bert", "distilbert", "xlm-roberta"] {
        let tensors = tensors(family);
        let config = if family == "distilbert" { distil() } else { config(family) };
        let vars = VarBuilder::from_tensors(tensors.clone(), DType::F32, &Device::Cpu);
        let text = config.to_string();
        let want = match family {
            "bert" => {
                let model = bert::BertModel::load(vars, &serde_json::from_str(&text).unwrap());
                model.unwrap().forward(&input, &kinds, None)
            }
            "distilbert" => {
                let model =
                    distilbert::DistilBertModel::load(vars, &serde_json::from_str(&text).unwrap());
                // Its mask says what is hidden.
                let seen = Tensor::zeros((ids.len(), ids.len()), DType::U8, &Device::Cpu).unwrap();
                model.unwrap().forward(&input, &seen)
            }
            _ => {
                let config = serde_json::from_str(&text).unwrap();
                let model = xlm_roberta::XLMRobertaModel::new(&config, vars).unwrap();
                model.forward(&input, &mask, &kinds, None, None, None)
            }
        };
        let want = want.unwrap().flatten_all().unwrap().to_vec1::<f32>().unwrap();
        for prefix in ["", "bert."] {
            let got = ours(&config, &file(&tensors, prefix), &ids);
            for (at, (got, want)) in
                got.chunks_exact(WIDTH).zip(want.chunks_exact(WIDTH)).enumerate()
            {
                let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
                let cosine = dot(got, want) / (dot(got, got) * dot(want, want)).sqrt();
                assert!(cosine > 0.9999, "{family} {prefix} token {at}: {cosine}");
            }
        }
    }
}

#[test]
fn bad_files_are_refused_by_name() {
    let good = tensors("bert");
    let bytes = file(&good, "");
    let load = |config: &serde_json::Value, bytes: &[u8]| {
        let config = Config::parse(config.to_string().as_bytes())?;
        Model::load(bytes, &config, Level::best()).map(drop)
    };
    assert_eq!(load(&config("bert"), &bytes), Ok(()));
    let with = |field: &str, value: serde_json::Value| {
        let mut config = config("bert");
        config[field] = value;
        config
    };
    for (config, expected) in [
        (with("hidden_size", json!(0)), "hidden_size is 0"),
        (with("num_attention_heads", json!(5)), "multiple of num_attention_heads"),
        (with("hidden_act", json!("relu")), "hidden_act relu"),
        (with("position_embedding_type", json!("relative_key")), "relative_key"),
        (with("model_type", json!("electra")), "model_type electra"),
        (with("num_hidden_layers", json!(3)), "encoder.layer.2.attention.self.query.weight"),
        (
            with("intermediate_size", json!(99)),
            "intermediate.dense.weight is [100, 48], not [99, 48]",
        ),
        (with("max_position_embeddings", json!(41)), "position_embeddings.weight is [40, 48]"),
        (with("num_hidden_layers", json!(u64::MAX)), "num_hidden_layers"),
        (with("layer_norm_eps", json!(-1)), "layer_norm_eps is -1"),
        (
            json!({
                "model_type": "roberta", "hidden_size": 4, "num_attention_heads": 1, "num_hidden_layers": 1,
                "intermediate_size": 4, "max_position_embeddings": 9, "pad_token_id": u64::MAX,
            }),
            "no room behind position 18446744073709551615",
        ),
    ] {
        let error = load(&config, &bytes).unwrap_err();
        assert!(error.contains(expected), "{error}");
    }
    for table in ["word_embeddings", "token_type_embeddings"] {
        let mut empty = good.clone();
        let none = Tensor::zeros((0, WIDTH), DType::F32, &Device::Cpu).unwrap();
        empty.insert(format!("embeddings.{table}.weight"), none);
        let error = load(&config("bert"), &file(&empty, "")).unwrap_err();
        assert!(error.contains(&format!("{table}.weight has no rows")), "{error}");
    }
    let mut whole = good.clone();
    let counts = Tensor::zeros((WIDTH,), DType::U32, &Device::Cpu).unwrap();
    whole.insert("encoder.layer.0.output.dense.bias".into(), counts);
    let error = load(&config("bert"), &file(&whole, "")).unwrap_err();
    assert!(error.contains("output.dense.bias is U32"), "{error}");
    for cut in [0, 7, 8, 100, bytes.len() - 1] {
        let error = load(&config("bert"), &bytes[..cut]).unwrap_err();
        assert!(error.contains("safetensors"), "{error}");
    }
    let mut hostile = bytes.clone();
    hostile[..8].copy_from_slice(&u64::MAX.to_le_bytes());
    assert!(load(&config("bert"), &hostile).unwrap_err().contains("safetensors"));
}

/// Sequences that go through a model together say what each says alone, on one core and on several.
#[test]
fn a_batch_is_its_sequences() {
    let bert = (config("bert"), file(&tensors("bert"), ""));
    let distil = (distil(), file(&tensors("distilbert"), ""));
    for (config, bytes) in [bert, distil, super::modern_tests::tiny()] {
        let mut model = model(&config, &bytes);
        let (all, lengths) = (ids(40, VOCABULARY), [1, 17, 40, 3, 16, 2, 33, 24]);
        let own = |length: usize| &all[40 - length..];
        let together: Vec<u32> = lengths.iter().flat_map(|n| own(*n)).copied().collect();
        for threads in [1, 2, 3] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let got = model.states(&together, &lengths).unwrap().to_vec();
                let alone = |n: &usize| model.states(own(*n), &[*n]).unwrap().to_vec();
                let want: Vec<f32> = lengths.iter().flat_map(alone).collect();
                assert_eq!(got.len(), want.len());
                for (got, want) in got.iter().zip(&want) {
                    assert!((got - want).abs() < 1e-5, "{config}: {got} {want}");
                }
            });
        }
    }
}

#[test]
fn a_batch_no_larger_than_one_before_allocates_nothing() {
    assert!(allocations(|| drop(vec![1u8; 100])) > 0);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    for (config, bytes) in
        [(config("bert"), file(&tensors("bert"), "")), super::modern_tests::tiny()]
    {
        let mut model = model(&config, &bytes);
        let ids = ids(40, VOCABULARY);
        let mut states = |n: usize, lengths: &[usize]| {
            allocations(|| assert!(model.states(&ids[..n], lengths).is_ok()))
        };
        pool.install(|| {
            assert!(states(40, &[8, 32]) > 0);
            assert_eq!(states(40, &[8, 32]), 0);
            assert_eq!(states(31, &[10, 20, 1]), 0);
        });
    }
}
