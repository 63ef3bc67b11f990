//! `weir gain`: fit the gain predictor to labelled outcomes, look at it, and `weir eval gain`: measure it.

use super::Common;
use super::open;
use crate::analyze::gain::{Example, FitOptions, GainModel, Seen, fit};
use crate::eval::gain::{Line, Question, Rows, measure, readings};
use crate::inference::{EdgePack, Reading, Runtime, Which};
use crate::live::runtime_spec;
use anyhow::Context;
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What to do with predictors.
#[derive(Debug, Subcommand)]
pub enum GainArgs {
    /// Fit a predictor to labelled outcomes.
    Fit(FitArgs),
    /// Show a predictor's table and figures.
    Show {
        /// A file that `weir gain fit` wrote; without it the predictor inside the binary.
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
        /// Write JSON in place of a table.
        #[arg(long)]
        json: bool,
    },
}

/// What to fit.
#[derive(Debug, Args)]
pub struct FitArgs {
    /// JSON lines, each `{"id", "prompt" | "messages", "outcomes": {"target": 0 | 1 | score}}`, `category` if known.
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
    /// Name of the cheaper target in `outcomes`.
    #[arg(long, value_name = "NAME")]
    cheap: String,
    /// Name of the stronger target in `outcomes`.
    #[arg(long, value_name = "NAME")]
    strong: String,
    /// Where the predictor goes.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    how: How,
}

/// How to fit.
#[derive(Debug, Args)]
pub struct How {
    /// The edge pack was trained on these very outcomes (RouteLLM's, LLMRouter's): leave out the features that know them.
    #[arg(long)]
    pack_saw_outcomes: bool,
    /// Seed of everything random.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// What to measure.
#[derive(Debug, Args)]
pub struct EvalGainArgs {
    /// A file as for `weir gain fit` and the names of the cheaper and the stronger target. May be given several times.
    #[arg(long = "set", value_name = "FILE,CHEAP,STRONG", required = true)]
    sets: Vec<String>,
    /// Numbers of labels to learn from; all of the other folds come last.
    #[arg(long, value_name = "N,…", value_delimiter = ',')]
    labels: Vec<usize>,
    #[command(flatten)]
    how: How,
    /// Write JSON lines in place of a table.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// Data that cannot be read or fitted, or a file that cannot be written.
pub fn run(common: &Common, args: &GainArgs) -> anyhow::Result<()> {
    match args {
        GainArgs::Fit(args) => run_fit(common, args),
        GainArgs::Show { file, json } => show(file.as_deref(), *json),
    }
}

fn run_fit(common: &Common, args: &FitArgs) -> anyhow::Result<()> {
    let rows = read(&args.data)?;
    let (encoder, readings) = read_texts(common, &rows)?;
    let seen = rows.rows.iter().zip(&readings).map(|(row, reading)| Seen::of(&row.text, reading));
    let examples = rows.examples(&seen.collect::<Vec<_>>(), [&args.cheap, &args.strong])?;
    let examples: Vec<Example> = examples.into_iter().map(|(_, example)| example).collect();
    let model = fit(
        &examples,
        &FitOptions {
            cheap: Arc::from(&*args.cheap),
            strong: Arc::from(&*args.strong),
            gain_features: !args.how.pack_saw_outcomes,
            seed: args.how.seed,
            encoder,
            data_sha256: rows.sha256.clone(),
        },
    )?;
    std::fs::write(&args.out, model.to_json()?)
        .with_context(|| format!("cannot write {}", args.out.display()))?;
    print_model(&model, &mut std::io::stdout().lock())
}

fn show(file: Option<&Path>, json: bool) -> anyhow::Result<()> {
    let encoder = EdgePack::embedded_name()?;
    let model = match file {
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .with_context(|| format!("cannot read {}", path.display()))?;
            GainModel::from_json(&text, &encoder).with_context(|| path.display().to_string())?
        }
        None => GainModel::embedded(&encoder)?,
    };
    let mut out = std::io::stdout().lock();
    if !json {
        return print_model(&model, &mut out);
    }
    let told = serde_json::json!({
        "cheap": model.cheap, "strong": model.strong, "provenance": model.provenance, "figures": model.figures,
        "table": model.table.rows,
    });
    writeln!(out, "{told}")?;
    Ok(())
}

fn print_model(model: &GainModel, out: &mut impl Write) -> anyhow::Result<()> {
    let (figures, from) = (&model.figures, &model.provenance);
    let score =
        |value: Option<f32>| value.map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"));
    writeln!(
        out,
        "{} → {}: {} examples, mean gain {:.3}",
        model.cheap, model.strong, from.n, figures.mean_gain
    )?;
    writeln!(
        out,
        "on unseen rows: APGR {} (table alone {}), calibration error {:.3}",
        score(figures.apgr),
        score(figures.table_apgr),
        figures.calibration_error
    )?;
    writeln!(out, "encoder {}, data {}, seed {}", from.encoder, from.data_sha256, from.seed)?;
    writeln!(
        out,
        "\n{:<36} {:>6} {:>6} {:>6} {:>7} {:>6} override",
        "category", "rows", "cheap", "strong", "gain", "±90 %"
    )?;
    for row in &model.table.rows {
        let rate = |rate: f32| if row.n > 0 { format!("{rate:.3}") } else { "–".to_owned() };
        let fixed = row.fixed.map_or_else(|| "–".to_owned(), |gain| format!("{gain:.3}"));
        writeln!(
            out,
            "{:<36} {:>6} {:>6} {:>6} {:>7.3} {:>6.3} {fixed}",
            row.name,
            row.n,
            rate(row.cheap),
            rate(row.strong),
            row.gain,
            1.645 * row.sd
        )?;
    }
    Ok(())
}

/// Runs `weir eval gain`.
///
/// # Errors
/// As [`run`].
pub fn evaluate(common: &Common, args: &EvalGainArgs) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    if !args.json {
        writeln!(
            out,
            "{:<14} {:>6} {:>6}  {:>6} {:>8} {:>6} {:>6} {:>6} {:>6}  {:>5} {:>6} {:>8} {:>6} {:>6}",
            "set",
            "rows",
            "labels",
            "gain",
            "held out",
            "table",
            "length",
            "random",
            "oracle",
            "ECE",
            "chance",
            "interval",
            "fit s",
            "µs"
        )?;
    }
    for set in &args.sets {
        let [file, cheap, strong] = set.split(',').collect::<Vec<_>>()[..] else {
            anyhow::bail!("--set wants FILE,CHEAP,STRONG, not `{set}`");
        };
        let rows = read(Path::new(file))?;
        let (_, readings) = read_texts(common, &rows)?;
        for labels in args.labels.iter().copied().map(Some).chain([None]) {
            if labels.is_some_and(|n| n * 5 > rows.rows.len() * 4) {
                continue;
            }
            let question = Question {
                rows: &rows,
                readings: &readings,
                pair: [cheap, strong],
                labels,
                gain_features: !args.how.pack_saw_outcomes,
                seed: args.how.seed,
            };
            let bar = bar("fits");
            let line = measure(&question, |done, all| tell(&bar, done, all))?;
            bar.finish_and_clear();
            if args.json {
                serde_json::to_writer(&mut out, &line)?;
                writeln!(out)?;
            } else {
                writeln!(out, "{}", row(&line))?;
            }
            out.flush()?;
        }
    }
    Ok(())
}

fn row(line: &Line) -> String {
    let held = line.gain_held_out.map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"));
    format!(
        "{:<14} {:>6} {:>6}  {:>6.3} {held:>8} {:>6.3} {:>6.3} {:>6.3} {:>6.3}  {:>5.3} {:>6.3} {:>8.3} {:>6.1} {:>6.0}",
        line.set,
        line.n,
        line.labels,
        line.gain,
        line.table,
        line.length,
        line.random,
        line.oracle,
        line.calibration_error,
        line.calibration_by_chance,
        line.interval,
        line.fit_s,
        line.decide_us
    )
}

#[expect(clippy::print_stderr, reason = "the command line talks on stderr")]
fn read(path: &Path) -> anyhow::Result<Rows> {
    let rows = Rows::read(path)?;
    if rows.contradictions > 0 {
        let (n, file) = (rows.contradictions, path.display());
        eprintln!("weir: {n} rows of {file} repeat a text with other outcomes; all of them count");
    }
    Ok(rows)
}

/// The encoder's name and the readings of all rows, with a bar on stderr.
fn read_texts(common: &Common, rows: &Rows) -> anyhow::Result<(String, Vec<Reading>)> {
    let config = open::config(common)?;
    let mut spec = runtime_spec(&config.local)?;
    (spec.encoder, spec.generator) = (None, None);
    let models = Runtime::start(spec);
    let runtime = open::tokio_runtime()?;
    let bar = bar("texts read");
    let cache = config.local.cache_dir.join("embeddings");
    let found = runtime.block_on(async {
        models.settled(Which::Edge).await;
        readings(&models, &rows.rows, &cache, |done, all| tell(&bar, done, all)).await
    })?;
    bar.finish_and_clear();
    Ok((EdgePack::embedded_name()?, found))
}

fn bar(what: &'static str) -> ProgressBar {
    let form = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len} {eta}");
    ProgressBar::no_length()
        .with_style(form.unwrap_or_else(|_| ProgressStyle::default_bar()))
        .with_message(what)
}

fn tell(bar: &ProgressBar, done: usize, all: usize) {
    bar.set_length(all as u64);
    bar.set_position(done as u64);
}
