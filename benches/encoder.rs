//! The encoder against candle's stock path, the processor's peak and, if asked, onnxruntime: `cargo bench --bench encoder`.
//!
//! One sequence at a time, all-MiniLM-L6-v2's shape (10.6 million multiplications a token besides attention), on one core and on
//! all. Rivals take turns, so that what disturbs the machine disturbs all. Options behind `--`: `--rounds N` (25), `--peer
//! COMMAND`: a process that answers a line `CORES TOKENS` with its milliseconds for one run, see `benches/peers`. `then` is the
//! share of the int8 peak that was measured beside each run, the column before it that of the best peak there was. A second
//! table: some sequences one after another and as one batch.

#![expect(clippy::print_stdout, reason = "this is where the table goes")]

#[path = "support/args.rs"]
mod args;
#[path = "support/peer.rs"]
mod peer;
#[path = "support/stat.rs"]
mod stat;

use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use candle_transformers::models::bert::{BertModel, Config};
use peer::Peer;
use stat::quantile;
use std::collections::HashMap;
use std::error::Error;
use std::time::Instant;
use weir::inference::kernels::Level;
use weir::inference::{BertEncoder, EdgePack, InferenceError, TextEncoder};

const SHAPE: &str = r#"{"vocab_size": 30522, "hidden_size": 384, "num_hidden_layers": 6, "num_attention_heads": 12,
    "intermediate_size": 1536, "hidden_act": "gelu", "hidden_dropout_prob": 0.0, "max_position_embeddings": 512,
    "type_vocab_size": 2, "initializer_range": 0.02, "layer_norm_eps": 1e-12, "pad_token_id": 0}"#;
/// Multiplications of a token in the layers' matrices.
const EACH: f64 = 6.0 * 384.0 * (4.0 * 384.0 + 2.0 * 1536.0);
/// Sequences of a batch, and the tokens of each.
const BATCHES: [(usize, usize); 8] =
    [(2, 12), (8, 12), (8, 24), (16, 24), (4, 64), (2, 128), (4, 128), (2, 256)];
const LENGTHS: [usize; 6] = [16, 32, 64, 128, 256, 512];

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().collect();
    let rounds = args::option(&args, "--rounds").unwrap_or(25);
    let command: Option<String> = args::option(&args, "--peer");
    let mut peer = command.map(|command| Peer::start(&command)).transpose()?;
    let pack = EdgePack::embedded()?;
    let config: Config = serde_json::from_str(SHAPE)?;
    let stock = BertModel::load(VarBuilder::zeros(DType::F32, &Device::Cpu), &config)?;
    let level = Level::best();
    let peaks = level.peaks();
    println!("{}: {peaks}", level.name);
    let name = peer.as_ref().map_or("no peer", |peer| peer.1.as_str());
    println!(
        "cores  tokens  ms p50    p99  of int8 peak  then  candle p50  ratio  {name} p50  ratio"
    );
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    for threads in [1, cores] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
        for tokens in LENGTHS {
            let ids = ids(tokens);
            let input = Tensor::new(&ids[..], &Device::Cpu)?.unsqueeze(0)?;
            let types = input.zeros_like()?;
            let (mut own, mut candle, mut other) = (Vec::new(), Vec::new(), Vec::new());
            let mut then = Vec::new();
            for round in 0..rounds + 3 {
                // What the peak is at this moment: other tenants of a machine slow it down for a while.
                let peak = level.int8_now();
                let begun = Instant::now();
                let states = pool.install(|| pack.states(&[&ids]))?;
                let middle = Instant::now();
                let reference = pool.install(|| stock.forward(&input, &types, None))?;
                let end = Instant::now();
                assert_eq!(states.len(), reference.elem_count(), "one state a token");
                let rival = peer
                    .as_mut()
                    .map(|peer| peer.0.run(&format!("{threads} {tokens}")))
                    .transpose()?;
                // The first rounds warm up.
                if round >= 3 {
                    let rate = tokens as f64 * EACH / (middle - begun).as_secs_f64();
                    then.push(rate / (peak * threads as f64));
                    own.push((middle - begun).as_secs_f64() * 1e3);
                    candle.push((end - middle).as_secs_f64() * 1e3);
                    other.extend(rival);
                }
            }
            let (p50, p99) = (quantile(own.iter().copied(), 0.5), quantile(own, 0.99));
            let share = tokens as f64 * EACH / (p50 / 1e3) / (peaks.int8 * threads as f64);
            let (candle, other) = (quantile(candle, 0.5), quantile(other, 0.5));
            let then = quantile(then, 0.5);
            println!(
                "{threads:>5}  {tokens:>6}  {p50:>6.2}  {p99:>5.1}  {share:>12.2}  {then:>4.2}  {candle:>10.2}  {:>5.2}  {other:>10.2}  {:>5.2}",
                candle / p50,
                other / p50
            );
        }
    }
    batches(&pack, rounds, cores)?;
    Ok(())
}

fn ids(tokens: usize) -> Vec<u32> {
    (0..tokens as u32).map(|i| 1000 + i * 37 % 20_000).collect()
}

/// Sequences one after another against the same ones as one batch: the edge pack's trunk, its whole readings, and an operator's
/// encoder in f32. The tenth percentile, which other processes disturb least.
fn batches(pack: &EdgePack, rounds: usize, cores: usize) -> Result<(), Box<dyn Error>> {
    let own = BertEncoder::from_bytes(&weights()?, SHAPE.as_bytes(), TOKENIZER.as_bytes(), None)?;
    println!("              cores  sequences  tokens  one by one p10 ms  together p10 ms  ratio");
    for threads in [1, cores] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
        for (n, tokens) in BATCHES {
            let ids = ids(tokens);
            let text = "word ".repeat(tokens - 2);
            let (sequences, texts) = (vec![&ids[..]; n], vec![text.as_str(); n]);
            let states = |of: &[&[u32]]| pack.states(of).map(drop);
            let read = |of: &[&str]| pack.read_all(of, &|| true).map(drop);
            let embed = |of: &[&str]| own.embed(of, &|| true).map(drop);
            for (name, [alone, together]) in [
                ("trunk", pool.install(|| in_turns(rounds, &sequences, states))?),
                ("reading", pool.install(|| in_turns(rounds, &texts, read))?),
                ("encoder, f32", pool.install(|| in_turns(rounds, &texts, embed))?),
            ] {
                println!(
                    "{name:<12}  {threads:>5}  {n:>9}  {tokens:>6}  {alone:>17.2}  {together:>15.2}  {:>5.2}",
                    alone / together
                );
            }
        }
    }
    Ok(())
}

/// Milliseconds for all inputs one by one, and for all of them together.
fn in_turns<T: Copy>(
    rounds: usize,
    inputs: &[T],
    work: impl Fn(&[T]) -> Result<(), InferenceError>,
) -> Result<[f64; 2], InferenceError> {
    let mut times = [Vec::new(), Vec::new()];
    for round in 0..rounds + 3 {
        let begun = Instant::now();
        inputs.iter().try_for_each(|one| work(&[*one]))?;
        let middle = Instant::now();
        work(inputs)?;
        let end = Instant::now();
        // The first rounds warm up.
        if round >= 3 {
            times[0].push((middle - begun).as_secs_f64() * 1e3);
            times[1].push((end - middle).as_secs_f64() * 1e3);
        }
    }
    Ok(times.map(|times| quantile(times, 0.1)))
}

/// One word, so that tokens are counted easily.
const TOKENIZER: &str = r#"{"version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": null,
    "pre_tokenizer": {"type": "WhitespaceSplit"}, "post_processor": null, "decoder": null,
    "model": {"type": "WordLevel", "vocab": {"[CLS]": 0, "[SEP]": 1, "word": 2}, "unk_token": "word"}}"#;

/// All-MiniLM-L6-v2's weights as a file, all of them 0.
fn weights() -> Result<Vec<u8>, Box<dyn Error>> {
    let (width, inner) = (384, 1536);
    let mut shapes: Vec<(String, Vec<usize>)> = Vec::new();
    for (name, rows) in [("word", 3), ("position", 512), ("token_type", 2)] {
        shapes.push((format!("embeddings.{name}_embeddings.weight"), vec![rows, width]));
    }
    let mut norms = vec!["embeddings.LayerNorm".to_owned()];
    for layer in 0..6 {
        let name = |part: &str| format!("encoder.layer.{layer}.{part}");
        norms.extend(["attention.output.LayerNorm", "output.LayerNorm"].map(name));
        for (part, rows, cols) in [
            ("attention.self.query", width, width),
            ("attention.self.key", width, width),
            ("attention.self.value", width, width),
            ("attention.output.dense", width, width),
            ("intermediate.dense", inner, width),
            ("output.dense", width, inner),
        ] {
            shapes.push((format!("{}.weight", name(part)), vec![rows, cols]));
            shapes.push((format!("{}.bias", name(part)), vec![rows]));
        }
    }
    let parts = norms.iter().flat_map(|norm| ["weight", "bias"].map(|p| format!("{norm}.{p}")));
    shapes.extend(parts.map(|name| (name, vec![width])));
    let tensors: Result<HashMap<String, Tensor>, candle_core::Error> = shapes
        .into_iter()
        .map(|(name, shape)| Ok((name, Tensor::zeros(shape, DType::F32, &Device::Cpu)?)))
        .collect();
    Ok(safetensors::serialize(tensors?, None)?)
}
