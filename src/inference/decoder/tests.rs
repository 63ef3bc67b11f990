//! Every architecture against candle's implementation of it, on tiny models; the cache of prefixes; batches.

use super::*;
use crate::inference::gguf::tiny::{VOCAB, distance, tiny};
use crate::inference::gguf::{CandleLm, Gguf};
use crate::inference::kernels::{PAGE, Shape};
use candle_core::quantized::GgmlDType;
use candle_core::quantized::gguf_file::Content;
use candle_core::{Device, Tensor};
use candle_transformers::models::{gemma3, quantized_phi3 as phi3, quantized_qwen2 as qwen2};
use std::io::Cursor;
use std::sync::Arc;

const ARCHITECTURES: [&str; 5] = ["llama", "qwen2", "qwen3", "gemma3", "phi3"];
const ROOM: usize = 64 << 20;

fn decoder(file: &[u8], room: usize) -> Decoder {
    Decoder::load(&mut Gguf::read(Cursor::new(file)).unwrap(), None, room).unwrap()
}

fn prompt(n: usize, seed: usize) -> Vec<u32> {
    (0..n).map(|i| ((i * 7 + i * i / 3 + seed) % VOCAB) as u32).collect()
}

/// What follows the tokens, according to candle in f32.
fn reference(architecture: &str, file: &[u8], tokens: &[u32]) -> Vec<f32> {
    let mut reader = Cursor::new(file);
    let input = Tensor::new(tokens, &Device::Cpu).unwrap().unsqueeze(0).unwrap();
    let content = |reader: &mut Cursor<&[u8]>| Content::read(reader).unwrap();
    let logits = match architecture {
        "qwen2" => {
            let content = content(&mut reader);
            let mut model =
                qwen2::ModelWeights::from_gguf(content, &mut reader, &Device::Cpu).unwrap();
            model.forward(&input, 0).unwrap()
        }
        "phi3" => {
            let content = content(&mut reader);
            let mut model =
                phi3::ModelWeights::from_gguf(false, content, &mut reader, &Device::Cpu).unwrap();
            model.forward(&input, 0).unwrap()
        }
        "gemma3" => {
            // Its cache takes one token at a time only.
            let mut model = gemma(file);
            let say = |at| model.forward(&input.narrow(1, at, 1).unwrap(), at).unwrap();
            (0..tokens.len()).map(say).last().unwrap()
        }
        _ => {
            let mut model = CandleLm::load(reader, Device::Cpu, None).unwrap();
            return after(&mut model, &[tokens]);
        }
    };
    logits.flatten_all().unwrap().to_vec1().unwrap()
}

/// candle's model of the published weights: the one for GGUF files has another gate than Gemma 3.
fn gemma(file: &[u8]) -> gemma3::Model {
    let mut reader = Cursor::new(file);
    let content = Content::read(&mut reader).unwrap();
    let mut tensors = HashMap::new();
    for name in content.tensor_infos.keys() {
        let tensor = content.tensor(&mut reader, name, &Device::Cpu).unwrap();
        let mut tensor = tensor.dequantize(&Device::Cpu).unwrap();
        if tensor.rank() == 1 {
            // Published norms are what is added to 1.
            tensor = (tensor - 1.0).unwrap();
        }
        let name = [
            ("token_embd", "model.embed_tokens"),
            ("output_norm", "model.norm"),
            ("blk.", "model.layers."),
            ("attn_q_norm", "self_attn.q_norm"),
            ("attn_k_norm", "self_attn.k_norm"),
            ("post_attention_norm", "post_attention_layernorm"),
            ("post_ffw_norm", "post_feedforward_layernorm"),
            ("attn_norm", "input_layernorm"),
            ("ffn_norm", "pre_feedforward_layernorm"),
            ("attn_q.", "self_attn.q_proj."),
            ("attn_k.", "self_attn.k_proj."),
            ("attn_v.", "self_attn.v_proj."),
            ("attn_output", "self_attn.o_proj"),
            ("ffn_gate", "mlp.gate_proj"),
            ("ffn_up", "mlp.up_proj"),
            ("ffn_down", "mlp.down_proj"),
        ]
        .iter()
        .fold(name.clone(), |name, (from, to)| name.replace(from, to));
        tensors.insert(name, tensor);
    }
    let size = |name: &str, dim: usize| tensors[name].dims()[dim];
    let head = size("model.layers.0.self_attn.q_norm.weight", 0);
    let config = gemma3::Config {
        attention_bias: false,
        head_dim: head,
        hidden_activation: candle_nn::Activation::GeluPytorchTanh,
        hidden_size: size("model.norm.weight", 0),
        intermediate_size: size("model.layers.0.mlp.up_proj.weight", 0),
        num_attention_heads: size("model.layers.0.self_attn.q_proj.weight", 0) / head,
        num_hidden_layers: 3,
        num_key_value_heads: size("model.layers.0.self_attn.k_proj.weight", 0) / head,
        rms_norm_eps: 1e-6,
        rope_theta: 1e6,
        rope_local_base_freq: 1e4,
        vocab_size: VOCAB,
        final_logit_softcapping: None,
        attn_logit_softcapping: None,
        query_pre_attn_scalar: head,
        sliding_window: 4096,
        sliding_window_pattern: 2,
        max_position_embeddings: 512,
    };
    let tensors =
        candle_nn::VarBuilder::from_tensors(tensors, candle_core::DType::F32, &Device::Cpu);
    gemma3::Model::new(false, &config, tensors).unwrap()
}

/// Reads the pieces one after another and says what follows the last one.
fn after(lm: &mut dyn CausalLm, pieces: &[&[u32]]) -> Vec<f32> {
    let all = pieces.concat();
    let (sequence, known) = lm.open(&None, &all, all.len());
    assert_eq!(known, 0);
    let mut last = Vec::new();
    for tokens in pieces {
        last = lm.forward(&[Part { sequence, tokens, logits: 1, drafted: 0 }]).unwrap().to_vec();
    }
    lm.close(sequence);
    last
}

#[test]
fn every_architecture_says_what_candle_says() {
    let tokens = prompt(70, 3);
    for architecture in ARCHITECTURES {
        for stored in [GgmlDType::Q8_0, GgmlDType::Q4_1, GgmlDType::Q4K] {
            let want = reference(architecture, &tiny(architecture, stored, true), &tokens);
            let file = tiny(architecture, stored, false);
            let whole = after(&mut decoder(&file, ROOM), &[&tokens]);
            let off = distance(&want, &whole);
            // Half precision of keys and values, and for Q4_K of the scales.
            let bound = if stored == GgmlDType::Q4K { 1e-2 } else { 4e-3 };
            assert!(off < bound, "{architecture} {stored:?}: {off}");
            let pieces: Vec<&[u32]> = tokens.chunks(13).collect();
            let off = distance(&whole, &after(&mut decoder(&file, ROOM), &pieces));
            assert!(off < 1e-4, "{architecture} in pieces: {off}");
            let other = after(&mut decoder(&file, ROOM), &[&tokens[..69]]);
            assert!(distance(&whole, &other) > 2e-2, "{architecture} ignores its input");
        }
    }
}

#[test]
fn a_batch_says_what_its_sequences_say_alone() {
    let file = tiny("llama", GgmlDType::Q4_1, false);
    let prompts = [prompt(40, 1), prompt(1, 2), prompt(33, 9)];
    let alone: Vec<Vec<f32>> =
        prompts.iter().map(|tokens| after(&mut decoder(&file, ROOM), &[tokens])).collect();
    let mut lm = decoder(&file, ROOM);
    let open = |lm: &mut Decoder, tokens: &Vec<u32>| lm.open(&None, tokens, tokens.len()).0;
    let ids: Vec<SequenceId> = prompts.iter().map(|tokens| open(&mut lm, tokens)).collect();
    let first =
        lm.forward(&[Part { sequence: ids[2], tokens: &prompts[2][..20], logits: 0, drafted: 0 }]);
    assert!(first.unwrap().is_empty());
    let parts = [
        Part { sequence: ids[0], tokens: &prompts[0], logits: 3, drafted: 0 },
        Part { sequence: ids[1], tokens: &prompts[1], logits: 1, drafted: 0 },
        Part { sequence: ids[2], tokens: &prompts[2][20..], logits: 1, drafted: 0 },
    ];
    let rows: Vec<Vec<f32>> =
        lm.forward(&parts).unwrap().chunks_exact(VOCAB).map(<[f32]>::to_vec).collect();
    assert_eq!(rows.len(), 5);
    let last_of_first = after(&mut decoder(&file, ROOM), &[&prompts[0][..38]]);
    assert!(distance(&last_of_first, &rows[0]) < 1e-4);
    for (alone, row) in alone.iter().zip([&rows[2], &rows[3], &rows[4]]) {
        assert!(distance(alone, row) < 1e-4, "{}", distance(alone, row));
    }
}

#[test]
fn what_was_read_before_is_not_read_again() {
    let file = tiny("llama", GgmlDType::Q4_1, false);
    let mut lm = decoder(&file, ROOM);
    let first = prompt(3 * PAGE + 10, 1);
    let alone = |tokens: &[u32]| after(&mut decoder(&file, ROOM), &[tokens]);
    let mut ask = |tenant: &Tenant, tokens: &[u32]| {
        let (sequence, known) = lm.open(tenant, tokens, tokens.len() + 5);
        let part = Part { sequence, tokens: &tokens[known..], logits: 1, drafted: 0 };
        let logits = lm.forward(&[part]).unwrap().to_vec();
        lm.close(sequence);
        (known, logits)
    };
    assert_eq!(ask(&None, &first).0, 0);
    // The same, all but the last token; a longer one; one that parts in the middle of a page; one that is shorter.
    let longer = [&first[..], &prompt(20, 5)].concat();
    let parting = [&first[..PAGE + 9], &prompt(30, 60)].concat();
    let cases: [(&[u32], usize); 5] = [
        (&first, first.len() - 1),
        (&longer, first.len()),
        (&longer, longer.len() - 1),
        (&parting, PAGE + 9),
        (&first[..PAGE], PAGE - 1),
    ];
    for (at, (tokens, known)) in cases.into_iter().enumerate() {
        let (got, logits) = ask(&None, tokens);
        assert_eq!(got, known, "case {at}");
        assert!(distance(&alone(tokens), &logits) < 1e-4, "case {at}");
    }
    let other: Tenant = Some(Arc::from("other"));
    assert_eq!(ask(&other, &first).0, 0, "another tenant's");
    assert_eq!(ask(&other, &longer).0, first.len());
}

#[test]
fn sequences_at_once_share_full_pages() {
    let file = tiny("qwen3", GgmlDType::Q8_0, false);
    let mut lm = decoder(&file, ROOM);
    let tokens = prompt(2 * PAGE + 3, 1);
    let (first, known) = lm.open(&None, &tokens, tokens.len());
    assert_eq!(known, 0);
    lm.forward(&[Part { sequence: first, tokens: &tokens, logits: 0, drafted: 0 }]).unwrap();
    // The first one is still in work; its last page is its own.
    let (second, known) = lm.open(&None, &tokens, tokens.len());
    assert_eq!(known, 2 * PAGE);
    let rest = &tokens[known..];
    let logits =
        lm.forward(&[Part { sequence: second, tokens: rest, logits: 1, drafted: 0 }]).unwrap();
    assert!(distance(&after(&mut decoder(&file, ROOM), &[&tokens]), logits) < 1e-4);
}

#[test]
fn rows_of_a_draft_say_what_single_steps_say_and_leave_nothing_behind() {
    for architecture in ARCHITECTURES {
        let file = tiny(architecture, GgmlDType::Q4_1, false);
        let mut lm = decoder(&file, ROOM);
        // The draft goes over the border of a page.
        let tokens = prompt(2 * PAGE + 9, 4);
        let (read, right, end) = (PAGE - 3, PAGE + 2, 2 * PAGE);
        let mut wrong = tokens[read..end].to_vec();
        wrong[right - read..].iter_mut().for_each(|token| *token = (*token + 1) % VOCAB as u32);
        let (sequence, _) = lm.open(&None, &tokens, tokens.len());
        let part = |tokens, logits, drafted| Part { sequence, tokens, logits, drafted };
        lm.forward(&[part(&tokens[..read], 0, 0)]).unwrap();
        let rows = lm.forward(&[part(&wrong, wrong.len(), wrong.len() - 1)]).unwrap().to_vec();
        // Neither the tree nor the sequence has what is taken back.
        let known = [&tokens[..read], &wrong].concat();
        let (other, n) = lm.open(&None, &known, known.len());
        assert_eq!(n, 0, "nothing is shared while it may be taken back");
        lm.close(other);
        lm.roll_back(sequence, end - right);
        let rest = lm.forward(&[part(&tokens[right..], tokens.len() - right, 0)]).unwrap().to_vec();
        lm.close(sequence);
        assert_eq!(lm.open(&None, &known, known.len()).1, right);
        let mut single = decoder(&file, ROOM);
        let (sequence, _) = single.open(&None, &tokens, tokens.len());
        let both = rows.chunks_exact(VOCAB).take(right - read).chain(rest.chunks_exact(VOCAB));
        single
            .forward(&[Part { sequence, tokens: &tokens[..read], logits: 0, drafted: 0 }])
            .unwrap();
        for (row, token) in both.zip(tokens[read..].chunks(1)) {
            let part = Part { sequence, tokens: token, logits: 1, drafted: 0 };
            assert_eq!(single.forward(&[part]).unwrap(), row, "{architecture}");
        }
        // An end before anyone has confirmed a draft.
        let (sequence, n) = lm.open(&Some(Arc::from("other")), &tokens, tokens.len());
        let drafted = Part { sequence, tokens: &tokens[n..], logits: 0, drafted: PAGE };
        lm.forward(&[drafted]).unwrap();
        lm.close(sequence);
        let (_, n) = lm.open(&Some(Arc::from("other")), &tokens, tokens.len());
        assert_eq!(n, tokens.len() - PAGE);
    }
}

#[test]
fn memory_is_bounded_and_the_oldest_leaves_first() {
    let file = tiny("llama", GgmlDType::Q4_1, false);
    let page = Shape { layers: 3, heads: 2, size: 16 }.page_bytes();
    let mut lm = decoder(&file, 8 * page);
    assert!(lm.fits(8 * PAGE) && !lm.fits(8 * PAGE + 1));
    assert!((40_000..file.len() * 2).contains(&lm.footprint().weights), "{:?}", lm.footprint());
    let mut ask = |seed: usize, n: usize| {
        let tokens = prompt(n * PAGE, seed);
        assert!(lm.has_room(tokens.len()));
        let (sequence, known) = lm.open(&None, &tokens, tokens.len());
        lm.forward(&[Part { sequence, tokens: &tokens[known..], logits: 0, drafted: 0 }]).unwrap();
        assert!(lm.footprint().kept <= 8 * page, "{:?}", lm.footprint());
        lm.close(sequence);
        assert!(lm.footprint().kept <= 8 * page);
        known
    };
    assert_eq!((ask(1, 3), ask(2, 3)), (0, 0));
    assert_eq!(ask(1, 3), 3 * PAGE - 1);
    // The second one has not been used for longest.
    assert_eq!(ask(3, 4), 0);
    assert_eq!(ask(1, 3), 3 * PAGE - 1);
    assert!(ask(2, 3) < 3 * PAGE - 1);
    // What is in work stays, and leaves no room for as much again.
    let tokens = prompt(6 * PAGE, 70);
    let (sequence, _) = lm.open(&None, &tokens, tokens.len());
    lm.forward(&[Part { sequence, tokens: &tokens, logits: 0, drafted: 0 }]).unwrap();
    assert!(lm.has_room(2 * PAGE) && !lm.has_room(2 * PAGE + 1));
    lm.close(sequence);
    assert!(lm.has_room(8 * PAGE));
}

#[test]
fn files_that_do_not_fit_are_refused_by_name() {
    let error = |file: &[u8]| {
        let file = Gguf::read(Cursor::new(file.to_vec()));
        let loaded = file.and_then(|mut file| Decoder::load(&mut file, None, ROOM));
        loaded.err().map(|error| error.to_string()).unwrap_or_default()
    };
    assert!(error(&tiny("mamba", GgmlDType::F32, true)).contains("`mamba` is not supported"));
    let file = tiny("llama", GgmlDType::Q8_0, false);
    let rename = |from: &str, to: &str| {
        let mut file = file.clone();
        let at = file.windows(from.len()).position(|window| window == from.as_bytes()).unwrap();
        file[at..at + to.len()].copy_from_slice(to.as_bytes());
        file
    };
    assert!(error(&rename("blk.1.attn_k.", "blk.1.attn_x.")).contains("`blk.1.attn_k.weight`"));
    assert!(error(&rename("output_norm", "output_xxxx")).contains("`output_norm.weight`"));
    let number = |key: &str, value: u32| {
        let mut file = file.clone();
        let at = file.windows(key.len()).position(|window| window == key.as_bytes()).unwrap();
        file[at + key.len() + 4..][..4].copy_from_slice(&value.to_le_bytes());
        error(&file)
    };
    for (key, value) in [
        ("llama.block_count", 0),
        ("llama.block_count", 1 << 30),
        ("llama.embedding_length", 96),
        ("llama.feed_forward_length", 95),
        ("llama.attention.head_count_kv", 3),
        ("llama.attention.key_length", 8),
        ("llama.rope.dimension_count", 33),
    ] {
        let error = number(key, value);
        assert!(error.contains(key) || error.contains("tensor `"), "{key} {value}: {error}");
    }
    // One more than it has.
    assert!(number("llama.block_count", 4).contains("`blk.3."));
}

#[test]
fn tokens_that_are_none_are_errors() {
    let file = tiny("llama", GgmlDType::Q8_0, false);
    let mut lm = decoder(&file, ROOM);
    let (sequence, _) = lm.open(&None, &[1, 2], 9);
    let part = Part { sequence, tokens: &[VOCAB as u32], logits: 1, drafted: 0 };
    assert!(matches!(lm.forward(&[part]), Err(InferenceError::Failed(_))));
    let gone = Part { sequence: SequenceId(99), tokens: &[1], logits: 1, drafted: 0 };
    assert_eq!(lm.forward(&[gone]).unwrap_err(), InferenceError::Gone);
}
