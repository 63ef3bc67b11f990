//! Every architecture on a tiny model with random weights made at run time, and tokenizers on tiny vocabularies.

use super::*;
use crate::inference::generator::CausalLm;
use candle_core::quantized::gguf_file::{self, Value};
use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{Device, Tensor};
use std::collections::HashMap;
use std::io::Cursor;

const VOCAB: usize = 32;
const WIDTH: usize = 64;
const HEADS: usize = 2;
const HEAD: usize = 32;
const INNER: usize = 96;

/// A file with two layers of that architecture; the numbers are arbitrary but fixed.
fn tiny(architecture: &str, stored: GgmlDType) -> Vec<u8> {
    let mut seed = 1u32;
    let mut tensor = |shape: &[usize], scale: f32, format| {
        let n: usize = shape.iter().product();
        let next = |_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as f32 / 8_388_608.0 - 1.0
        };
        let values: Vec<f32> =
            (0..n).map(next).map(|x| x * scale + f32::from(u8::from(shape.len() == 1))).collect();
        let tensor = Tensor::from_vec(values, shape, &Device::Cpu).unwrap();
        QTensor::quantize(&tensor, format).unwrap()
    };
    let mut tensors = vec![("token_embd.weight".to_owned(), tensor(&[VOCAB, WIDTH], 1.0, stored))];
    tensors.push(("output_norm.weight".to_owned(), tensor(&[WIDTH], 0.1, GgmlDType::F32)));
    for layer in 0..2 {
        let mut add = |name: &str, shape: &[usize]| {
            let format = if shape.len() == 1 { GgmlDType::F32 } else { stored };
            tensors.push((format!("blk.{layer}.{name}"), tensor(shape, 0.1, format)));
        };
        for name in ["attn_q.weight", "attn_k.weight", "attn_v.weight"] {
            add(name, &[HEADS * HEAD, WIDTH]);
        }
        add("attn_output.weight", &[WIDTH, HEADS * HEAD]);
        add("ffn_gate.weight", &[INNER, WIDTH]);
        add("ffn_up.weight", &[INNER, WIDTH]);
        add("ffn_down.weight", &[WIDTH, INNER]);
        add("attn_norm.weight", &[WIDTH]);
        add("ffn_norm.weight", &[WIDTH]);
        match architecture {
            "qwen2" => ["attn_q.bias", "attn_k.bias", "attn_v.bias"]
                .iter()
                .for_each(|n| add(n, &[HEADS * HEAD])),
            "qwen3" => {
                ["attn_q_norm.weight", "attn_k_norm.weight"].iter().for_each(|n| add(n, &[HEAD]));
            }
            "gemma3" => {
                ["attn_q_norm.weight", "attn_k_norm.weight"].iter().for_each(|n| add(n, &[HEAD]));
                ["post_attention_norm.weight", "post_ffw_norm.weight"]
                    .iter()
                    .for_each(|n| add(n, &[WIDTH]));
            }
            _ => {}
        }
    }
    let number = |n: usize| Value::U32(n as u32);
    let own = |key: &str| format!("{architecture}.{key}");
    let metadata = [
        ("general.architecture".to_owned(), Value::String(architecture.to_owned())),
        (own("context_length"), number(256)),
        (own("block_count"), number(2)),
        (own("embedding_length"), number(WIDTH)),
        (own("attention.head_count"), number(HEADS)),
        (own("attention.head_count_kv"), number(HEADS)),
        (own("attention.key_length"), number(HEAD)),
        (own("attention.value_length"), number(HEAD)),
        (own("attention.sliding_window"), number(128)),
        (own("attention.layer_norm_rms_epsilon"), Value::F32(1e-6)),
        (own("rope.dimension_count"), number(HEAD)),
        (own("rope.freq_base"), Value::F32(10_000.0)),
    ];
    let metadata: Vec<(&str, &Value)> =
        metadata.iter().map(|(key, value)| (key.as_str(), value)).collect();
    let tensors: Vec<(&str, &QTensor)> =
        tensors.iter().map(|(name, tensor)| (name.as_str(), tensor)).collect();
    let mut out = Cursor::new(Vec::new());
    gguf_file::write(&mut out, &metadata, &tensors).unwrap();
    out.into_inner()
}

fn distance(a: &[f32], b: &[f32]) -> f32 {
    let norm = a.iter().map(|x| x * x).sum::<f32>().sqrt();
    a.iter().zip(b).map(|(x, y)| (x - y).powi(2)).sum::<f32>().sqrt() / norm
}

#[test]
fn every_architecture_reads_a_prompt_at_once_or_token_by_token() {
    let tokens: Vec<u32> = (0..37).map(|n| (n * 7 + 3) % VOCAB as u32).collect();
    for architecture in ["llama", "qwen2", "qwen3", "gemma3"] {
        let file = tiny(architecture, GgmlDType::F32);
        let (model, _) = GgufModel::load(Cursor::new(&file), None, Some(100)).unwrap();
        assert_eq!(model.window(), 100);
        let whole = model.session().forward(&tokens, 0).unwrap();
        assert_eq!(whole.len(), VOCAB, "{architecture}");
        let mut session = model.session();
        let mut last = Vec::new();
        for (position, token) in tokens.iter().enumerate() {
            last = session.forward(&[*token], position).unwrap();
        }
        assert!(distance(&whole, &last) < 2e-2, "{architecture}: {}", distance(&whole, &last));
        // A session begins empty, whatever ran before it.
        let again = model.session().forward(&tokens, 0).unwrap();
        assert_eq!(whole, again, "{architecture}");
        let other = model.session().forward(&tokens[1..], 0).unwrap();
        assert!(distance(&whole, &other) > 1e-3, "{architecture} ignores its input");
    }
}

#[test]
fn conversion_keeps_the_function() {
    let file = tiny("llama", GgmlDType::Q4_1);
    let load = |layout| GgufModel::load(Cursor::new(&file), layout, None).unwrap().0;
    let stored =
        load(Some(Layout { body: None, head: None })).session().forward(&[1, 2, 3], 0).unwrap();
    for layout in [
        None,
        Some(Layout { body: Some(GgmlDType::F32), head: Some(GgmlDType::F32) }),
        Some(Layout { body: Some(GgmlDType::Q8_0), head: Some(GgmlDType::Q8_0) }),
    ] {
        let converted = load(layout).session().forward(&[1, 2, 3], 0).unwrap();
        assert!(
            distance(&stored, &converted) < 0.05,
            "{layout:?}: {}",
            distance(&stored, &converted)
        );
    }
}

#[test]
fn damaged_and_foreign_files_are_errors() {
    let file = tiny("llama", GgmlDType::F32);
    for cut in [0, 3, 20, 400, file.len() / 2, file.len() - 100] {
        assert!(GgufModel::load(Cursor::new(&file[..cut]), None, None).is_err(), "{cut}");
    }
    let error =
        GgufModel::load(Cursor::new(tiny("mamba", GgmlDType::F32)), None, None).err().unwrap();
    assert!(error.to_string().contains("mamba"), "{error}");
}

fn texts(list: &[&str]) -> Value {
    Value::Array(list.iter().map(|text| Value::String((*text).to_owned())).collect())
}

#[test]
fn scored_vocabularies_merge_best_first_and_fall_back_to_bytes() {
    let tokens =
        ["<unk>", "<s>", "</s>", "<0xC3>", "<0xBC>", "▁", "a", "b", "ab", "▁ab", "<tool>", "\n"];
    let scores = [0.0, 0.0, 0.0, 0.0, 0.0, -5.0, -6.0, -7.0, -1.0, -2.0, 0.0, -8.0];
    let types = [2, 3, 3, 6, 6, 1, 1, 1, 1, 1, 4, 1];
    let metadata = |prefix: bool| {
        Metadata(HashMap::from([
            ("tokenizer.ggml.model".to_owned(), Value::String("llama".to_owned())),
            ("tokenizer.ggml.tokens".to_owned(), texts(&tokens)),
            ("tokenizer.ggml.scores".to_owned(), Value::Array(scores.map(Value::F32).to_vec())),
            ("tokenizer.ggml.token_type".to_owned(), Value::Array(types.map(Value::I32).to_vec())),
            ("tokenizer.ggml.bos_token_id".to_owned(), Value::U32(1)),
            ("tokenizer.ggml.eos_token_id".to_owned(), Value::U32(2)),
            ("tokenizer.ggml.unknown_token_id".to_owned(), Value::U32(0)),
            ("tokenizer.ggml.add_space_prefix".to_owned(), Value::Bool(prefix)),
        ]))
    };
    let plain = GgufTokenizer::new(&metadata(false)).unwrap();
    let cases: &[(&str, &[u32])] = &[
        ("ab ab", &[1, 8, 9]),
        ("<s>ab", &[1, 8]),
        ("aü\n", &[1, 6, 3, 4, 11]),
        ("b<tool>a", &[1, 7, 10, 6]),
    ];
    for (text, expected) in cases {
        let ids = plain.encode(text).unwrap();
        assert_eq!(&ids, expected, "{text}");
        let bytes: Vec<u8> = ids.iter().flat_map(|id| plain.bytes(*id)).collect();
        assert_eq!(String::from_utf8(bytes).unwrap(), text.replace("<s>", ""));
    }
    assert_eq!(GgufTokenizer::new(&metadata(true)).unwrap().encode("ab").unwrap(), [1, 9]);
    assert!(plain.is_end(2) && !plain.is_end(6));
    assert_eq!(plain.disarm("x</s>y<tool>"), "x< /s>y<tool>");
}

#[test]
fn unknown_tokenizers_are_errors() {
    let with = |pairs: &[(&str, Value)]| {
        GgufTokenizer::new(&Metadata(
            pairs.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect(),
        ))
        .is_err()
    };
    let tokens = ("tokenizer.ggml.tokens", texts(&["a"]));
    let gpt2 = ("tokenizer.ggml.model", Value::String("gpt2".to_owned()));
    assert!(with(&[]));
    assert!(with(&[tokens.clone(), ("tokenizer.ggml.model", Value::String("rwkv".to_owned()))]));
    assert!(with(&[tokens, gpt2, ("tokenizer.ggml.pre", Value::String("unheard-of".to_owned()))]));
}
