//! Headers that are not what they should be, tensors of every format, and tokenizers on tiny vocabularies.

use super::tiny::tiny;
use super::*;
use crate::inference::kernels::Blocks;
use candle_core::quantized::gguf_file::Value;
use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{Device, Tensor};
use std::collections::HashMap;
use std::io::Cursor;

/// What the kernels get of a tensor is what the file means by it: the four-bit formats and Q8_0 to the last digit, or nearly, all
/// others to within half a step of a byte.
#[test]
fn every_format_becomes_blocks() {
    let (rows, cols) = (5usize, 256usize);
    let values: Vec<f32> =
        (0..rows * cols).map(|i| ((i * 7919 % 1009) as f32 / 504.0 - 1.0).powi(3)).collect();
    let tensor = Tensor::from_vec(values, (rows, cols), &Device::Cpu).unwrap();
    use GgmlDType::{BF16, F16, F32, Q2K, Q3K, Q4_0, Q4_1, Q4K, Q5_0, Q5_1, Q5K, Q6K, Q8_0};
    for format in [F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q2K, Q3K, Q4K, Q5K, Q6K] {
        let stored = QTensor::quantize(&tensor, format).unwrap();
        let meant = stored.dequantize(&Device::Cpu).unwrap().flatten_all().unwrap();
        let meant = meant.to_vec1::<f32>().unwrap();
        let mut file = Cursor::new(Vec::new());
        candle_core::quantized::gguf_file::write(&mut file, &[], &[("w", &stored)]).unwrap();
        let mut file = Gguf::read(file).unwrap();
        let matrix = file.matrix(&[Rows { name: "w", turned: None }], cols).unwrap();
        let nibbles = matches!(format, Q4_0 | Q4_1 | Q4K);
        assert_eq!(matrix.blocks() == Blocks::Nibbles, nibbles, "{format:?}");
        let mut row = vec![0.0; cols];
        for (at, meant) in meant.chunks_exact(cols).enumerate() {
            matrix.row(at, &mut row);
            for (block, (got, meant)) in row.chunks(32).zip(meant.chunks(32)).enumerate() {
                let top = meant.iter().fold(0.0f32, |top, x| top.max(x.abs()));
                let step = match format {
                    Q4_0 | Q4_1 | Q8_0 => 0.0,
                    Q4K => top / 1024.0,
                    _ => top / 127.0 * 0.51,
                };
                for (got, meant) in got.iter().zip(meant) {
                    let off = (got - meant).abs();
                    assert!(off <= step, "{format:?} row {at} block {block}: {got} {meant}");
                }
            }
        }
    }
}

#[test]
fn halves_of_heads_rotate_where_the_file_has_neighbours() {
    let (rows, cols) = (8usize, 32usize);
    let values: Vec<f32> = (0..rows * cols).map(|i| (i / cols) as f32).collect();
    let tensor = Tensor::from_vec(values, (rows, cols), &Device::Cpu).unwrap();
    let stored = QTensor::quantize(&tensor, GgmlDType::Q8_0).unwrap();
    let mut file = Cursor::new(Vec::new());
    candle_core::quantized::gguf_file::write(&mut file, &[], &[("w", &stored)]).unwrap();
    let mut file = Gguf::read(file).unwrap();
    let mut order = |turned| {
        let matrix = file.matrix(&[Rows { name: "w", turned }], cols).unwrap();
        let mut row = vec![0.0; cols];
        let first = |at| {
            matrix.row(at, &mut row);
            row[0].round() as usize
        };
        (0..rows).map(first).collect::<Vec<_>>()
    };
    assert_eq!(order(Some((8, 8))), [0, 2, 4, 6, 1, 3, 5, 7]);
    assert_eq!(order(Some((8, 4))), [0, 2, 1, 3, 4, 5, 6, 7]);
    assert_eq!(order(Some((4, 4))), [0, 2, 1, 3, 4, 6, 5, 7]);
}

/// The file with eight bytes replaced where a pattern stands.
fn with(file: &[u8], pattern: &[u8], skip: usize, bytes: [u8; 8]) -> Vec<u8> {
    let at = file.windows(pattern.len()).position(|window| window == pattern).unwrap();
    let mut file = file.to_vec();
    file[at + pattern.len() + skip..][..8].copy_from_slice(&bytes);
    file
}

#[test]
fn what_does_not_fit_the_file_is_refused_by_name() {
    let file = tiny("llama", GgmlDType::Q4_1, false);
    let error = |file: &[u8]| Gguf::read(Cursor::new(file)).err().map(|error| error.to_string());
    assert_eq!(error(&file), None);
    let huge = (1u64 << 60).to_le_bytes();
    let cases = [
        (b"GGML".to_vec(), "magic"),
        (file[..3].to_vec(), "magic"),
        ([b"GGUF".as_slice(), &1u32.to_le_bytes()].concat(), "version 1"),
        ([b"GGUF".as_slice(), &3u32.to_le_bytes(), &huge, &huge].concat(), "tensor_count"),
        ([b"GGUF".as_slice(), &3u32.to_le_bytes(), &[0; 8], &huge].concat(), "metadata_kv_count"),
        (file[..200].to_vec(), "tensor_count"),
        (with(&file, b"general.architecture", 4, huge), "general.architecture"),
        // A name, a rank, two dimensions, a format, an offset.
        (with(&file, b"token_embd.weight", 4, huge), "token_embd.weight"),
        (with(&file, b"token_embd.weight", 12, huge), "token_embd.weight"),
        (with(&file, b"token_embd.weight", 24, huge), "token_embd.weight"),
        (with(&file, b"token_embd.weight", 4, 33u64.to_le_bytes()), "whole blocks"),
        (with(&file, b"token_embd.weight", 4, [0; 8]), "whole blocks"),
    ];
    for (file, name) in cases {
        let error = error(&file).unwrap_or_default();
        assert!(
            error.contains(name) || name == "magic" && error.contains("GGUF"),
            "{name}: {error}"
        );
    }
    let mut many = file;
    many.truncate(many.len() - 100);
    assert!(error(&many).is_some_and(|error| error.contains("it ends at byte")));
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
