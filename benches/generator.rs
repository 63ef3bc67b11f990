//! The generator against candle's stock path and, if asked, llama.cpp: `cargo bench --bench generator -- MODEL.gguf`.
//!
//! Time to the first token for prompts of several lengths (nothing of them known), with 512 tokens known and 32 new, time of a token
//! behind 128, of several rows of one answer in a step, and eight answers at once against one; on one core and on all. Then whole
//! answers with drafts and without. Rivals take turns, so that what disturbs the machine disturbs all. Options behind `--`:
//! `--rounds N` (20), `--drafts` (only those), `--candle` (candle's stock path too, which takes seconds a run), `--peer COMMAND`: a
//! process that answers a line `CORES prefill|decode|prefix N` with its milliseconds, see `benches/peers`; may be given as `--peer2`
//! once more.

#![expect(clippy::print_stdout, reason = "this is where the table goes")]

#[path = "support/args.rs"]
mod args;
#[path = "support/peer.rs"]
mod peer;
#[path = "support/stat.rs"]
mod stat;

use candle_core::quantized::gguf_file::Content;
use candle_core::{Device, Tensor};
use candle_transformers::models::quantized_llama::ModelWeights;
use peer::Peer;
use stat::quantile;
use std::error::Error;
use std::fs::File;
use std::io::BufReader;
use std::sync::Arc;
use std::time::{Duration, Instant};
use weir::chat::{Role, Sampling};
use weir::inference::gguf::Gguf;
use weir::inference::kernels::Level;
use weir::inference::manifest::ModelSpec;
use weir::inference::{
    CausalLm, ChatGenerator, Decoder, Fetcher, GenerateRequest, Part, SequenceId, Step,
    TextGenerator,
};

const LENGTHS: [usize; 4] = [32, 128, 512, 1024];
/// As many tokens of a prompt go through at a time as in service.
const CHUNK: usize = 128;
const STREAMS: usize = 8;
const CACHE: usize = 256 << 20;

type Failure = Box<dyn Error>;

/// Tokens that make no sense.
fn tokens(n: usize, seed: usize) -> Vec<u32> {
    (0..n).map(|i| 300 + ((i * 7919 + seed * 104_729) % 40_000) as u32).collect()
}

/// The decoder with prompts that nobody had before.
struct Own {
    lm: Decoder,
    runs: usize,
}

impl Own {
    fn read(&mut self, sequence: SequenceId, prompt: &[u32]) -> Result<u32, Failure> {
        let mut last = 0;
        let chunks = prompt.chunks(CHUNK).count();
        for (at, tokens) in prompt.chunks(CHUNK).enumerate() {
            let logits = usize::from(at + 1 == chunks);
            let logits = self.lm.forward(&[Part { sequence, tokens, logits, drafted: 0 }])?;
            last = best(logits);
        }
        Ok(last)
    }

    fn open(&mut self, prompt: &[u32]) -> (SequenceId, usize) {
        self.runs += 1;
        self.lm.open(&Some(Arc::from(self.runs.to_string())), prompt, prompt.len() + 64)
    }

    fn prefill(&mut self, n: usize) -> Result<f64, Failure> {
        let prompt = tokens(n, self.runs);
        let begun = Instant::now();
        let (sequence, read) = self.open(&prompt);
        self.read(sequence, &prompt[read..])?;
        let ms = begun.elapsed().as_secs_f64() * 1e3;
        self.lm.close(sequence);
        Ok(ms)
    }

    /// The middle of some tokens behind `n`, for one of `streams` answers at once.
    fn decode(&mut self, n: usize, streams: usize) -> Result<f64, Failure> {
        let mut all = Vec::new();
        for _ in 0..streams {
            let prompt = tokens(n, self.runs);
            let (sequence, read) = self.open(&prompt);
            all.push((sequence, [self.read(sequence, &prompt[read..])?]));
        }
        let mut times = Vec::new();
        for _ in 0..24 {
            let begun = Instant::now();
            let parts: Vec<Part<'_>> = all
                .iter()
                .map(|(sequence, tokens)| Part {
                    sequence: *sequence,
                    tokens,
                    logits: 1,
                    drafted: 0,
                })
                .collect();
            let logits = self.lm.forward(&parts)?;
            let size = logits.len() / streams;
            let next: Vec<u32> = logits.chunks_exact(size).map(best).collect();
            all.iter_mut().zip(next).for_each(|(own, next)| own.1 = [next]);
            times.push(begun.elapsed().as_secs_f64() * 1e3);
        }
        all.iter().for_each(|(sequence, _)| self.lm.close(*sequence));
        Ok(quantile(times, 0.5))
    }

    /// The middle of some steps of one sequence with `rows` tokens each, behind `n`.
    fn rows(&mut self, n: usize, rows: usize) -> Result<f64, Failure> {
        let prompt = tokens(n, self.runs);
        let (sequence, read) = self.open(&prompt);
        self.read(sequence, &prompt[read..])?;
        let draft = tokens(rows, self.runs);
        let mut times = Vec::new();
        for _ in 0..24 {
            let begun = Instant::now();
            let part = Part { sequence, tokens: &draft, logits: rows, drafted: rows - 1 };
            self.lm.forward(&[part])?;
            times.push(begun.elapsed().as_secs_f64() * 1e3);
            self.lm.roll_back(sequence, rows - 1);
        }
        self.lm.close(sequence);
        Ok(quantile(times, 0.5))
    }

    /// The first token behind `n` known tokens and 32 new ones.
    fn prefix(&mut self, n: usize) -> Result<f64, Failure> {
        let known = tokens(n, self.runs);
        let (sequence, read) = self.open(&known);
        self.read(sequence, &known[read..])?;
        self.lm.close(sequence);
        let prompt: Vec<u32> = known.into_iter().chain(tokens(32, self.runs + 7)).collect();
        let begun = Instant::now();
        let tenant = Some(Arc::from(self.runs.to_string()));
        let (sequence, read) = self.lm.open(&tenant, &prompt, prompt.len() + 64);
        assert_eq!(read, n, "the beginning is known");
        self.read(sequence, &prompt[read..])?;
        let ms = begun.elapsed().as_secs_f64() * 1e3;
        self.lm.close(sequence);
        Ok(ms)
    }
}

fn best(logits: &[f32]) -> u32 {
    let top = logits.iter().enumerate().fold(
        (0, f32::MIN),
        |top, (i, x)| {
            if *x > top.1 { (i, *x) } else { top }
        },
    );
    top.0 as u32
}

/// candle's stock path, with the file's own formats.
struct Stock(ModelWeights);

impl Stock {
    fn run(&self, what: &str, n: usize) -> Result<f64, Failure> {
        let prompt = tokens(n, 1);
        let mut model = self.0.clone();
        let input = Tensor::new(&prompt[..], &Device::Cpu)?.unsqueeze(0)?;
        let begun = Instant::now();
        let logits = model.forward(&input, 0)?.flatten_all()?.to_vec1::<f32>()?;
        let mut ms = begun.elapsed().as_secs_f64() * 1e3;
        if what == "decode" {
            let next = Tensor::new(&[best(&logits)], &Device::Cpu)?.unsqueeze(0)?;
            let mut times = Vec::new();
            for at in 0..4 {
                let begun = Instant::now();
                model.forward(&next, n + at)?;
                times.push(begun.elapsed().as_secs_f64() * 1e3);
            }
            ms = quantile(times, 0.5);
        }
        Ok(ms)
    }
}

/// Chat with drafts and without, in turns.
struct Drafting(ChatGenerator);

/// What is to be copied.
const LIST: &str = "{\"orders\": [{\"id\": 4711, \"customer\": \"Hanna Berger\", \"city\": \"Graz\", \"items\": [\"lamp\", \
    \"desk\"], \"total\": 318.40}, {\"id\": 4712, \"customer\": \"Paul Okafor\", \"city\": \"Lyon\", \"items\": [\"chair\"], \
    \"total\": 89.90}, {\"id\": 4713, \"customer\": \"Mina Sato\", \"city\": \"Porto\", \"items\": [\"shelf\", \"rug\"], \
    \"total\": 204.15}]}";

impl Drafting {
    /// Milliseconds of an answer behind its first token, its tokens, and the text.
    fn answer(&mut self, text: &str, on: bool) -> Result<(f64, u64, String), Failure> {
        self.0.set_drafting(on);
        let sampling =
            Sampling { temperature: Some(0.0), max_tokens: Some(160), ..Sampling::default() };
        let messages = vec![(Role::User, text.to_owned())];
        self.0.begin(&GenerateRequest { messages, sampling, ..GenerateRequest::default() })?;
        let (mut answer, mut tokens, mut begun) = (String::new(), 0, None);
        let mut end = Duration::ZERO;
        while self.0.n_streams() > 0 {
            self.0.step(&mut |_, step| {
                let begun = begun.get_or_insert_with(Instant::now);
                match step {
                    Step::Text(text, _) => answer.push_str(&text),
                    Step::Done(_, usage) => (tokens, end) = (usage.output, begun.elapsed()),
                    Step::Tick | Step::Failed(_) => {}
                }
                true
            });
        }
        Ok((end.as_secs_f64() * 1e3, tokens.max(1) - 1, answer))
    }
}

/// Tokens a second with drafts and without, for answers that repeat their prompt and for those that do not.
fn drafts(path: &str, rounds: usize) -> Result<(), Failure> {
    let path = std::fs::canonicalize(path)?;
    let spec = ModelSpec::operator("bench", &path.to_string_lossy(), None, None)?;
    let files = Fetcher::from_env(std::env::temp_dir()).cached(&spec)?.ok_or("no such file")?;
    let mut own = Drafting(ChatGenerator::load(&spec, &files, CACHE)?);
    let copy = format!("Repeat the following JSON exactly, character by character:\n{LIST}");
    let asks = [
        ("copy", copy.as_str()),
        ("story", "Tell me a story about a lighthouse keeper who finds a letter in a bottle."),
        ("explain", "Explain why the sky is blue and sunsets are red."),
    ];
    println!("cores  answer    tokens  accepted  rejected  tokens/s with  without  ratio");
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    for threads in [1, cores] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
        for (name, text) in asks {
            let (mut with, mut without, mut n) = (Vec::new(), Vec::new(), 0);
            own.0.take_drafts();
            for round in 0..rounds + 1 {
                let mut told = Vec::new();
                for on in [round % 2 == 0, round % 2 == 1] {
                    let (ms, tokens, text) =
                        pool.install(|| own.answer(text, on).map_err(|e| e.to_string()))?;
                    n = tokens;
                    told.push(text);
                    // The first round reads the prompt.
                    if round > 0 {
                        let speed = tokens as f64 / ms * 1e3;
                        (if on { &mut with } else { &mut without }).push(speed);
                    }
                }
                assert_eq!(told[0], told[1], "a draft decides nothing");
            }
            let drafts = own.0.take_drafts();
            let (right, wrong) = (drafts.right / (rounds + 1), drafts.wrong / (rounds + 1));
            let (with, without) = (quantile(with, 0.5), quantile(without, 0.5));
            println!(
                "{threads:>5}  {name:<8} {n:>7}  {right:>8}  {wrong:>8}  {with:>13.1}  {without:>7.1}  {:>5.2}",
                with / without
            );
        }
    }
    Ok(())
}

fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().collect();
    let path = args.iter().skip(1).find(|arg| arg.ends_with(".gguf"));
    let path = path.ok_or("name a GGUF file of the llama family")?;
    let rounds: usize = args::option(&args, "--rounds").unwrap_or(20);
    if args.iter().any(|arg| arg == "--drafts") {
        return drafts(path, rounds);
    }
    let stock = if args.iter().any(|arg| arg == "--candle") {
        let mut file = BufReader::new(File::open(path)?);
        let content = Content::read(&mut file)?;
        Some(Stock(ModelWeights::from_gguf(content, &mut file, &Device::Cpu)?))
    } else {
        None
    };
    let mut peers = Vec::new();
    for name in ["--peer", "--peer2"] {
        if let Some(command) = args::option::<String>(&args, name) {
            peers.push(Peer::start(&command)?);
        }
    }
    let begun = Instant::now();
    let mut file = Gguf::read(BufReader::new(File::open(path)?))?;
    let lm = Decoder::load(&mut file, None, CACHE)?;
    println!("loaded in {:.0} ms", begun.elapsed().as_secs_f64() * 1e3);
    let level = Level::best();
    println!("{}: {}", level.name, level.peaks());
    let mut head = "cores  what             ms p50      p99  tokens/s".to_owned();
    for (_, name) in &peers {
        head.push_str(&format!("  {name}  ratio"));
    }
    if stock.is_some() {
        head.push_str("  candle  ratio");
    }
    println!("{head}");
    let mut own = Own { lm, runs: 0 };
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut work: Vec<(&str, usize, usize)> = LENGTHS.map(|n| ("prefill", n, n)).to_vec();
    work.extend([("decode", 128, 1), ("prefix", 512, 32), ("streams", 128, STREAMS)]);
    work.extend([2, 4, 8].map(|rows| ("rows", 128, rows)));
    for threads in [1, cores] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
        for (what, n, counted) in work.iter().copied() {
            // A peer may take seconds a run for a long prompt.
            let rounds = if n > 500 { rounds.div_ceil(2) } else { rounds };
            let (mut times, mut theirs, mut candle) = (Vec::new(), vec![Vec::new(); 2], Vec::new());
            for round in 0..rounds + 1 {
                let ms = pool.install(|| match what {
                    "prefill" => own.prefill(n).map_err(|e| e.to_string()),
                    "prefix" => own.prefix(n).map_err(|e| e.to_string()),
                    "rows" => own.rows(n, counted).map_err(|e| e.to_string()),
                    "decode" => own.decode(n, 1).map_err(|e| e.to_string()),
                    _ => own.decode(n, STREAMS).map_err(|e| e.to_string()),
                })?;
                let mut rivals = Vec::new();
                for (peer, _) in &mut peers {
                    if !matches!(what, "streams" | "rows") {
                        rivals.push(peer.run(&format!("{threads} {what} {n}"))?);
                    }
                }
                // The first round warms up.
                if round > 0 {
                    times.push(ms);
                    rivals.iter().zip(&mut theirs).for_each(|(ms, all)| all.push(*ms));
                }
                let few = n <= 128 && round < 3 && matches!(what, "prefill" | "decode");
                if let Some(stock) = stock.as_ref().filter(|_| few) {
                    candle.push(pool.install(|| stock.run(what, n).map_err(|e| e.to_string()))?);
                }
            }
            let (p50, p99) = (quantile(times.iter().copied(), 0.5), quantile(times, 0.99));
            let mut line = format!(
                "{threads:>5}  {what:<8} {n:>5}  {p50:>9.2}  {p99:>7.1}  {:>8.1}",
                counted as f64 / p50 * 1e3
            );
            for theirs in theirs.into_iter().take(peers.len()) {
                let other = quantile(theirs, 0.5);
                line.push_str(&format!("  {other:>9.2}  {:>5.2}", other / p50));
            }
            if stock.is_some() {
                let other = quantile(candle, 0.5);
                line.push_str(&format!("  {other:>8.1}  {:>5.1}", other / p50));
            }
            println!("{line}");
        }
    }
    drafts(path, rounds.div_ceil(2))
}
