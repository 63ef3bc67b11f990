//! Tiny decoders with arbitrary but fixed weights, written as GGUF files.

use candle_core::quantized::gguf_file::{self, Value};
use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{Device, Tensor};
use std::io::Cursor;

pub(in crate::inference) const VOCAB: usize = 96;
const WIDTH: usize = 64;
const HEADS: usize = 4;
const KV_HEADS: usize = 2;
const HEAD: usize = 16;
const INNER: usize = 96;

/// A file with three layers of that architecture. Its matrices hold what `stored` can hold, as such or, with `plain`, in f32.
pub(in crate::inference) fn tiny(architecture: &str, stored: GgmlDType, plain: bool) -> Vec<u8> {
    let mut seed = 1u32;
    let mut tensor = |shape: &[usize], scale: f32| {
        let n: usize = shape.iter().product();
        let next = |_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as f32 / 8_388_608.0 - 1.0
        };
        let values: Vec<f32> =
            (0..n).map(next).map(|x| x * scale + f32::from(u8::from(shape.len() == 1))).collect();
        let tensor = Tensor::from_vec(values, shape, &Device::Cpu).unwrap();
        let format = if shape.len() == 1 { GgmlDType::F32 } else { stored };
        let quantised = QTensor::quantize(&tensor, format).unwrap();
        if !plain {
            return quantised;
        }
        QTensor::quantize(&quantised.dequantize(&Device::Cpu).unwrap(), GgmlDType::F32).unwrap()
    };
    // The formats with superblocks need rows of 256.
    let by = if stored.block_size() > 32 { 4 } else { 1 };
    let (width, head) = (WIDTH * by, HEAD * by);
    let inner = if by == 1 { INNER } else { 512 };
    let (q, kv) = (HEADS * head, KV_HEADS * head);
    let mut tensors = vec![("token_embd.weight".to_owned(), tensor(&[VOCAB, width], 1.0))];
    tensors.push(("output_norm.weight".to_owned(), tensor(&[width], 0.1)));
    if architecture == "phi3" {
        tensors.push(("output.weight".to_owned(), tensor(&[VOCAB, width], 0.5)));
    }
    for layer in 0..3 {
        let mut add = |name: &str, shape: &[usize]| {
            tensors.push((format!("blk.{layer}.{name}"), tensor(shape, 0.15)));
        };
        if architecture == "phi3" {
            add("attn_qkv.weight", &[q + 2 * kv, width]);
            add("ffn_up.weight", &[2 * inner, width]);
        } else {
            add("attn_q.weight", &[q, width]);
            add("attn_k.weight", &[kv, width]);
            add("attn_v.weight", &[kv, width]);
            add("ffn_gate.weight", &[inner, width]);
            add("ffn_up.weight", &[inner, width]);
        }
        add("attn_output.weight", &[width, q]);
        add("ffn_down.weight", &[width, inner]);
        add("attn_norm.weight", &[width]);
        add("ffn_norm.weight", &[width]);
        let mut norms = |names: &[&str], len: usize| names.iter().for_each(|n| add(n, &[len]));
        match architecture {
            "qwen2" => {
                norms(&["attn_q.bias"], q);
                norms(&["attn_k.bias", "attn_v.bias"], kv);
            }
            "qwen3" => norms(&["attn_q_norm.weight", "attn_k_norm.weight"], head),
            "gemma3" => {
                norms(&["attn_q_norm.weight", "attn_k_norm.weight"], head);
                norms(&["post_attention_norm.weight", "post_ffw_norm.weight"], width);
            }
            _ => {}
        }
    }
    let number = |n: usize| Value::U32(n as u32);
    let own = |key: &str| format!("{architecture}.{key}");
    let metadata = [
        ("general.architecture".to_owned(), Value::String(architecture.to_owned())),
        (own("context_length"), number(512)),
        (own("block_count"), number(3)),
        (own("embedding_length"), number(width)),
        (own("feed_forward_length"), number(inner)),
        (own("attention.head_count"), number(HEADS)),
        (own("attention.head_count_kv"), number(KV_HEADS)),
        (own("attention.key_length"), number(head)),
        (own("attention.value_length"), number(head)),
        (own("attention.sliding_window"), number(4096)),
        (own("attention.sliding_window_pattern"), number(2)),
        (own("attention.layer_norm_rms_epsilon"), Value::F32(1e-6)),
        (own("rope.dimension_count"), number(head)),
        (own("rope.freq_base"), Value::F32(if architecture == "gemma3" { 1e6 } else { 1e4 })),
    ];
    let metadata: Vec<(&str, &Value)> =
        metadata.iter().map(|(key, value)| (key.as_str(), value)).collect();
    let tensors: Vec<(&str, &QTensor)> =
        tensors.iter().map(|(name, tensor)| (name.as_str(), tensor)).collect();
    let mut out = Cursor::new(Vec::new());
    gguf_file::write(&mut out, &metadata, &tensors).unwrap();
    out.into_inner()
}

/// How far two results are from each other, as a part of the first one's length.
pub(in crate::inference) fn distance(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    let norm = a.iter().map(|x| x * x).sum::<f32>().sqrt();
    a.iter().zip(b).map(|(x, y)| (x - y).powi(2)).sum::<f32>().sqrt() / norm
}
