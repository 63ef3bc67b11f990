//! What the kernels' arithmetic costs a generator in quality: `cargo bench --bench generator_quality -- MODEL.gguf PROMPTS.jsonl`.
//!
//! The reference is candle in f32 with the numbers that the file means. A line of the prompts is a JSON object whose first string (or
//! first string of a list) is asked. Printed are the correlation of the logits behind the prompts, how many greedy answers of
//! `--tokens N` (32) are the same, how often the next token of the reference's answer is chosen, and the perplexity of the prompts'
//! own text, which the reference reads token by token. Options behind `--`: `--prompts N` (200), `--texts N` (20, for the perplexity).

#![expect(clippy::print_stdout, reason = "this is where the figures go")]

#[path = "support/args.rs"]
mod args;

use candle_core::quantized::gguf_file::{self, Content, Value};
use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{Device, Tensor};
use candle_transformers::models::quantized_llama::ModelWeights;
use std::error::Error;
use std::fs::File;
use std::io::{BufReader, Cursor};
use std::path::PathBuf;
use weir::chat::Role;
use weir::inference::fetch::{Blob, ModelFiles};
use weir::inference::gguf::Gguf;
use weir::inference::{CausalLm, ChatGenerator, Decoder, ModelSpec, Part};

type Failure = Box<dyn Error>;

/// The file with all its numbers in f32.
fn plain(path: &str) -> Result<ModelWeights, Failure> {
    let mut file = BufReader::new(File::open(path)?);
    let content = Content::read(&mut file)?;
    let mut tensors = Vec::new();
    for name in content.tensor_infos.keys() {
        let tensor = content.tensor(&mut file, name, &Device::Cpu)?.dequantize(&Device::Cpu)?;
        tensors.push((name.clone(), QTensor::quantize(&tensor, GgmlDType::F32)?));
    }
    let tensors: Vec<(&str, &QTensor)> = tensors.iter().map(|(n, t)| (n.as_str(), t)).collect();
    let metadata: Vec<(&str, &Value)> =
        content.metadata.iter().map(|(key, value)| (key.as_str(), value)).collect();
    let mut out = Cursor::new(Vec::new());
    gguf_file::write(&mut out, &metadata, &tensors)?;
    out.set_position(0);
    let content = Content::read(&mut out)?;
    Ok(ModelWeights::from_gguf(content, &mut out, &Device::Cpu)?)
}

fn say(model: &mut ModelWeights, tokens: &[u32], at: usize) -> Result<Vec<f32>, Failure> {
    let input = Tensor::new(tokens, &Device::Cpu)?.unsqueeze(0)?;
    Ok(model.forward(&input, at)?.flatten_all()?.to_vec1()?)
}

fn best(logits: &[f32]) -> u32 {
    let larger = |top: (usize, f32), (i, x): (usize, &f32)| if *x > top.1 { (i, *x) } else { top };
    logits.iter().enumerate().fold((0, f32::MIN), larger).0 as u32
}

/// What the token behind costs, in nats.
fn surprise(logits: &[f32], token: u32) -> f64 {
    let top = logits.iter().fold(f32::MIN, |top, x| top.max(*x));
    let sum: f64 = logits.iter().map(|x| f64::from(x - top).exp()).sum();
    sum.ln() + f64::from(top - logits[token as usize])
}

fn correlation(a: &[f32], b: &[f32]) -> f64 {
    let mean = |x: &[f32]| x.iter().map(|x| f64::from(*x)).sum::<f64>() / x.len() as f64;
    let (ma, mb) = (mean(a), mean(b));
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (a, b) in a.iter().zip(b) {
        let (a, b) = (f64::from(*a) - ma, f64::from(*b) - mb);
        (ab, aa, bb) = (ab + a * b, aa + a * a, bb + b * b);
    }
    ab / (aa * bb).sqrt()
}

fn first_text(value: &serde_json::Value) -> Option<String> {
    value.as_object()?.values().find_map(|value| {
        let text = value.as_str().or_else(|| value.as_array()?.first()?.as_str())?;
        text.contains(' ').then(|| text.to_owned())
    })
}

fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().collect();
    let file = |ending: &str| args.iter().skip(1).find(|arg| arg.ends_with(ending)).cloned();
    let path = file(".gguf").ok_or("name a GGUF file of the llama family")?;
    let prompts = std::fs::read_to_string(file(".jsonl").ok_or("name a file of prompts")?)?;
    let n_prompts = args::option(&args, "--prompts").unwrap_or(200);
    let n_texts = args::option(&args, "--texts").unwrap_or(20);
    let n_tokens: usize = args::option(&args, "--tokens").unwrap_or(32);
    let texts: Vec<String> = prompts
        .lines()
        .filter_map(|line| first_text(&serde_json::from_str(line).ok()?))
        .take(n_prompts)
        .collect();
    let reference = plain(&path)?;
    let mut own =
        Decoder::load(&mut Gguf::read(BufReader::new(File::open(&path)?))?, None, 1 << 28)?;
    let weights = Blob::File(PathBuf::from(&path));
    let (source, sha256) = (path.clone(), String::new());
    let files = ModelFiles { weights, config: None, tokenizer: None, source, sha256 };
    let chat =
        ChatGenerator::load(&ModelSpec::operator("model", &path, None, None)?, &files, 1 << 28)?;

    let (mut least, mut sum, mut same, mut chosen, mut all) = (1.0f64, 0.0, 0, 0, 0);
    for text in &texts {
        let prompt = chat.prompt(&[(Role::User, text.clone())])?;
        let mut model = reference.clone();
        let mut logits = say(&mut model, &prompt, 0)?;
        let mut answer = Vec::new();
        let (sequence, read) = own.open(&None, &prompt, prompt.len() + n_tokens);
        let part = Part { sequence, tokens: &prompt[read..], logits: 1, drafted: 0 };
        let mut ours = own.forward(&[part])?.to_vec();
        let close = correlation(&logits, &ours);
        (least, sum) = (least.min(close), sum + close);
        let mut agrees = true;
        while answer.len() < n_tokens {
            let next = best(&logits);
            (all, chosen) = (all + 1, chosen + usize::from(next == best(&ours)));
            agrees &= next == best(&ours);
            answer.push(next);
            // The template's end of a turn.
            if next == 2 {
                break;
            }
            logits = say(&mut model, &[next], prompt.len() + answer.len() - 1)?;
            ours =
                own.forward(&[Part { sequence, tokens: &[next], logits: 1, drafted: 0 }])?.to_vec();
        }
        own.close(sequence);
        same += usize::from(agrees);
    }
    let n = texts.len() as f64;
    println!("{} prompts, answers of up to {n_tokens} tokens", texts.len());
    println!("correlation of logits: mean {:.6}, least {least:.6}", sum / n);
    println!("the same greedy answer: {same}, {:.1} %", 100.0 * same as f64 / n);
    println!("the same next token: {chosen} of {all}, {:.2} %", 100.0 * chosen as f64 / all as f64);

    let (mut theirs, mut ours, mut counted) = (0.0, 0.0, 0);
    for text in texts.iter().take(n_texts) {
        let tokens = chat.prompt(&[(Role::User, text.clone())])?;
        let mut model = reference.clone();
        let (sequence, _) = own.open(&Some("alone".into()), &[], tokens.len());
        let part = Part { sequence, tokens: &tokens, logits: tokens.len(), drafted: 0 };
        let rows = own.forward(&[part])?.to_vec();
        own.close(sequence);
        let size = rows.len() / tokens.len();
        for (at, pair) in tokens.windows(2).enumerate() {
            theirs += surprise(&say(&mut model, &pair[..1], at)?, pair[1]);
            ours += surprise(&rows[at * size..(at + 1) * size], pair[1]);
            counted += 1;
        }
    }
    let perplexity = |sum: f64| (sum / f64::from(counted)).exp();
    let (theirs, ours) = (perplexity(theirs), perplexity(ours));
    println!(
        "perplexity of {counted} tokens: {ours:.4} against {theirs:.4}, {:+.3} %",
        100.0 * (ours / theirs - 1.0)
    );
    Ok(())
}
