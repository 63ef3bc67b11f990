//! `weir bench`: what this machine can do with the configured local models, measured through the code that serves.
//!
//! Every figure is a median over rounds; texts begin anew each time, so that nothing is found in a cache but what is named so.

use super::Common;
use super::open;
use crate::chat::{Role, Sampling, Usage};
use crate::inference::kernels::Level;
use crate::inference::{GenerateRequest, Generated, ModelState, Runtime, Which};
use crate::live::runtime_spec;
use anyhow::{Context, bail};
use clap::Args;
use serde::Serialize;
use std::io::Write;
use std::time::{Duration, Instant};

/// How to measure.
#[derive(Debug, Args)]
pub struct BenchArgs {
    /// Rounds of each measurement; the middle one counts.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..1000))]
    rounds: u32,
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
}

/// One figure.
#[derive(Debug, Serialize)]
struct Figure {
    subject: &'static str,
    what: String,
    value: f64,
    unit: &'static str,
    /// The least and the greatest of the rounds, where there were several.
    #[serde(skip_serializing_if = "Option::is_none")]
    spread: Option<[f64; 2]>,
}

impl Figure {
    /// The middle of some rounds, with the least and the greatest.
    fn of(subject: &'static str, what: String, mut rounds: Vec<f64>, unit: &'static str) -> Self {
        rounds.sort_by(f64::total_cmp);
        let at = |at: usize| rounds.get(at).copied().unwrap_or(0.0);
        let spread = (rounds.len() > 1).then(|| [at(0), at(rounds.len() - 1)]);
        Self { subject, what, value: at(rounds.len() / 2), unit, spread }
    }

    /// As a line of text.
    fn line(&self) -> String {
        let Self { subject, what, value, unit, spread } = self;
        let spread =
            spread.map(|[low, high]| format!(" ({low:.1} to {high:.1})")).unwrap_or_default();
        format!("{subject:<10} {what:<52} {value:>9.1} {unit}{spread}")
    }
}

/// Words of the texts to read.
const LENGTHS: [usize; 3] = [16, 96, 384];
/// Answers at once.
const STREAMS: usize = 8;
/// Tokens of an answer.
const ANSWER: u32 = 32;
/// How long models may take to be there.
const PATIENCE: Duration = Duration::from_secs(900);

/// Runs the command.
///
/// # Errors
/// If a configured model cannot be had.
pub fn run(common: &Common, args: &BenchArgs) -> anyhow::Result<()> {
    let config = open::config(common)?;
    let spec = runtime_spec(&config.local)?;
    let generator = spec.generator.as_ref().map(|model| model.name.clone());
    let threads = spec.threads;
    let mut out = std::io::stdout().lock();
    let mut show = |figure: Figure| -> anyhow::Result<()> {
        if args.json {
            serde_json::to_writer(&mut out, &figure)?;
            writeln!(out)?;
        } else {
            writeln!(out, "{}", figure.line())?;
        }
        Ok(out.flush()?)
    };
    // Before anything is measured: afterwards the load is our own.
    if let Some(busy) = busy() {
        writeln!(std::io::stderr(), "weir: {busy}")?;
    }
    let level = Level::best();
    let peaks = level.peaks();
    let mut processor =
        |what: String, value: f64, unit| show(Figure::of("processor", what, vec![value], unit));
    let name = level.name;
    processor(format!("{name}: multiplications of int8, one core"), peaks.int8 / 1e9, "G/s")?;
    processor(format!("{name}: multiplications of f32, one core"), peaks.float / 1e9, "G/s")?;
    let what = format!("{name}: multiplications of f32 with bf16 weights, one core");
    processor(what, peaks.upper / 1e9, "G/s")?;
    processor("reading from memory, one core".to_owned(), peaks.bytes / 1e9, "GB/s")?;
    let begun = Instant::now();
    let models = Runtime::start(spec);
    open::tokio_runtime()?.block_on(async {
        ready(&models, Which::Edge).await?;
        let mut edge =
            |what: String, rounds: Vec<f64>| show(Figure::of("edge", what, rounds, "ms"));
        edge(format!("ready, {threads} threads"), vec![ms(begun.elapsed())])?;
        for words in LENGTHS {
            let (mut times, mut n_tokens) = (Vec::new(), 0);
            for round in 0..=args.rounds {
                let text = text(words, round as usize);
                let begun = Instant::now();
                let readings = models.read(&[&text]).await?;
                n_tokens = readings.first().map_or(0, |reading| reading.n_tokens);
                // The first round warms up.
                times.extend((round > 0).then(|| ms(begun.elapsed())));
            }
            edge(format!("all heads, a text of {n_tokens} tokens"), times)?;
        }
        let Some(generator) = generator else { return Ok(()) };
        ready(&models, Which::Generator).await?;
        let mut figure = |what: String, rounds: Vec<f64>, unit| {
            show(Figure::of("generator", what, rounds, unit))
        };
        figure(format!("{generator} ready"), vec![ms(begun.elapsed())], "ms")?;
        figure(
            "weights".to_owned(),
            vec![models.footprint(Which::Generator).weights as f64 / 1e6],
            "MB",
        )?;
        for words in LENGTHS {
            for again in [false, true] {
                let (mut times, mut last) = (Vec::new(), Usage::default());
                for round in 0..=args.rounds {
                    let mut text = text(words, 1000 + round as usize);
                    if again {
                        // The text of before, with something behind it.
                        text.push_str(" And what else?");
                    }
                    let (first, _, usage) = answer(&models, text, 1).await?;
                    last = usage;
                    times.extend((round > 0).then_some(first));
                }
                let (all, known) = (last.prompt(), last.cached_read);
                let what = format!("first token, a prompt of {all} tokens, {known} known");
                figure(what, times, "ms")?;
            }
        }
        let mut rates = Vec::new();
        for round in 0..args.rounds {
            let (first, all, usage) =
                answer(&models, text(96, 2000 + round as usize), ANSWER).await?;
            rates.push((usage.output.saturating_sub(1)) as f64 / (all - first).max(1e-3) * 1e3);
        }
        figure("one answer".to_owned(), rates, "tokens/s")?;
        let mut rates = Vec::new();
        for round in 0..args.rounds {
            let texts = (0..STREAMS).map(|at| text(96, 3000 + 100 * round as usize + at));
            let begun = Instant::now();
            let all = texts.map(|text| answer(&models, text, ANSWER));
            let all = futures_util::future::try_join_all(all).await?;
            let first = all.iter().map(|(first, ..)| *first).fold(0.0, f64::max);
            // What came after the last of them had begun; others were ahead by then.
            let tokens: u64 = all.iter().map(|(.., usage)| usage.output).sum();
            rates.push(tokens as f64 / ms(begun.elapsed()).max(first) * 1e3);
        }
        figure(format!("{STREAMS} answers at once, prompts included"), rates, "tokens/s")
    })
}

async fn ready(models: &Runtime, which: Which) -> anyhow::Result<()> {
    let state = tokio::time::timeout(PATIENCE, models.settled(which)).await;
    match state.context("the local models did not come in time")? {
        ModelState::Ready => Ok(()),
        state => bail!("no local model to measure: {state}; see `weir models list`"),
    }
}

/// Milliseconds to the first token and to the end, and the tokens.
async fn answer(
    models: &Runtime,
    text: String,
    max_tokens: u32,
) -> anyhow::Result<(f64, f64, Usage)> {
    let sampling =
        Sampling { temperature: Some(1.0), max_tokens: Some(max_tokens), ..Sampling::default() };
    let messages = vec![(Role::User, text)];
    let begun = Instant::now();
    let mut steps =
        models.generate(GenerateRequest { messages, sampling, ..GenerateRequest::default() })?;
    let mut first = None;
    while let Some(step) = steps.recv().await {
        match step {
            Generated::Started { .. } => {}
            Generated::Token { .. } => first = first.or(Some(ms(begun.elapsed()))),
            Generated::Done { usage, .. } => {
                let all = ms(begun.elapsed());
                return Ok((first.unwrap_or(all), all, usage));
            }
            Generated::Failed(error) => return Err(error.into()),
        }
    }
    bail!("the local model ended in the middle of an answer")
}

/// Some words that begin like no other text.
fn text(words: usize, number: usize) -> String {
    const ALL: [&str; 8] = ["water", "runs", "under", "the", "old", "bridge", "every", "spring"];
    let word = |at: usize| ALL[(at * 5 + at / 7) % ALL.len()];
    let words: Vec<&str> = (0..words).map(word).collect();
    format!("Note {number}: {}.", words.join(" "))
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// What else this machine is doing, if it is so much that the figures say little: the load of the last minute.
fn busy() -> Option<String> {
    let load: f64 =
        std::fs::read_to_string("/proc/loadavg").ok()?.split(' ').next()?.parse().ok()?;
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    is_busy(load, cores).then(|| {
        format!("this machine is busy (load {load:.1} on {cores} cores): the figures are lower than it could reach")
    })
}

fn is_busy(load: f64, cores: usize) -> bool {
    load > 0.3 * cores as f64
}

#[cfg(test)]
mod tests {
    use super::{Figure, is_busy};

    #[test]
    fn a_figure_has_its_spread() {
        let of = |rounds: &[f64]| Figure::of("edge", "what".to_owned(), rounds.to_vec(), "ms");
        assert!(of(&[3.0, 1.0, 2.0]).line().ends_with("2.0 ms (1.0 to 3.0)"));
        assert!(of(&[3.0]).line().ends_with("3.0 ms"));
        assert_eq!(of(&[]).value, 0.0);
        let json = serde_json::to_value(of(&[3.0, 1.0, 2.0])).unwrap();
        assert_eq!((json["value"].as_f64(), json["spread"][1].as_f64()), (Some(2.0), Some(3.0)));
    }

    #[test]
    fn load_that_spoils_a_measurement() {
        assert!(is_busy(1.0, 2) && is_busy(16.0, 8));
        assert!(!is_busy(0.2, 2) && !is_busy(1.0, 8));
    }
}
