//! `weir eval`: how good the local models and whole suites of tasks are, measured through the code that serves.

mod affected;
mod gate;
mod git;
mod import;
mod review;
mod run;
mod side;

use super::Common;
use super::gain::{self, EvalGainArgs};
use super::open;
use crate::eval::heads::{self, Line, Subject};
use crate::inference::{EdgeSpec, Runtime, Which};
use crate::live::runtime_spec;
use crate::privacy::detect::Detectors;
use clap::Subcommand;
use std::io::Write;
use std::path::{Path, PathBuf};

/// What to measure.
#[derive(Debug, Subcommand)]
pub enum EvalArgs {
    /// Measure every head of the edge pack on labelled JSON lines, with 95 % intervals.
    Heads {
        /// The folder with entities.jsonl, intents.jsonl, injection.jsonl and tasks.jsonl, or some of them.
        #[arg(value_name = "FOLDER", required_unless_present = "clean")]
        folder: Option<PathBuf>,
        /// Count alarms in the `text` of JSON lines that hold nothing personal: what would be replaced, per 10,000 characters. With
        /// `--json` each alarm is a line, by place and type.
        #[arg(long, value_name = "FILE", conflicts_with = "folder")]
        clean: Option<PathBuf>,
        /// Measure the pack in this folder in place of the one inside the binary.
        #[arg(long, value_name = "FOLDER")]
        pack: Option<PathBuf>,
        /// Write JSON lines in place of a table.
        #[arg(long)]
        json: bool,
    },
    /// Measure the gain predictor in five folds against simpler ways to choose between two targets.
    Gain(EvalGainArgs),
    /// Send every case of a suite through the river and report success, cost and time, with 95 % intervals.
    Run(Box<run::RunArgs>),
    /// Compare a report with a baseline; the exit code says whether the bounds hold.
    Assert(gate::AssertArgs),
    /// List the suites that a change of prompts, tools, context or configuration concerns.
    Affected(affected::AffectedArgs),
    /// Draw cases of a run for people to review. The file holds the words of cases.
    Sample(review::SampleArgs),
    /// Compare the verdicts of people with those of the checks, and correct the success rate by them.
    Reviewed(review::ReviewedArgs),
    /// Make a suite of a test set of another tool.
    Import(import::ImportArgs),
    /// Print the JSON Schema of the report.
    Schema,
}

/// Runs the command.
///
/// # Errors
/// A file that cannot be read, or a model that failed.
pub fn run(common: &Common, args: &EvalArgs) -> anyhow::Result<()> {
    match args {
        EvalArgs::Heads { folder, clean, pack, json } => {
            let what = (folder.as_deref(), clean.as_deref());
            heads(common, what, pack.as_deref(), *json)
        }
        EvalArgs::Gain(args) => gain::evaluate(common, args),
        EvalArgs::Run(args) => run::run(common, args),
        EvalArgs::Assert(args) => gate::run(args),
        EvalArgs::Affected(args) => affected::run(common, args),
        EvalArgs::Sample(args) => review::draw(args),
        EvalArgs::Reviewed(args) => review::read(args),
        EvalArgs::Import(args) => import::run(args),
        EvalArgs::Schema => {
            let schema = schemars::schema_for!(crate::eval::report::Report);
            writeln!(std::io::stdout().lock(), "{}", serde_json::to_string_pretty(&schema)?)?;
            Ok(())
        }
    }
}

fn heads(
    common: &Common,
    (folder, clean): (Option<&Path>, Option<&Path>),
    pack: Option<&Path>,
    json: bool,
) -> anyhow::Result<()> {
    let config = open::config(common)?;
    let mut spec = runtime_spec(&config.local)?;
    (spec.encoder, spec.generator) = (None, None);
    spec.edge = pack.map_or(EdgeSpec::Embedded, |folder| EdgeSpec::Folder(folder.to_path_buf()));
    let models = Runtime::start(spec);
    let detectors = Detectors::of(&config.privacy);
    let subject = Subject { runtime: &models, detectors: &detectors };
    let runtime = open::tokio_runtime()?;
    let mut out = std::io::stdout().lock();
    let mut group = String::new();
    let show = |lines: &[Line]| {
        for line in lines {
            if json {
                serde_json::to_writer(&mut out, line)?;
                writeln!(out)?;
                continue;
            }
            if group != line.group {
                group.clone_from(&line.group);
                writeln!(out, "{group}")?;
            }
            writeln!(out, "{}", row(line))?;
        }
        out.flush()
    };
    runtime.block_on(models.settled(Which::Edge));
    if let Some(folder) = folder {
        runtime.block_on(heads::run(&subject, folder, show))?;
    }
    if let Some(clean) = clean {
        let alarms = runtime.block_on(heads::alarms(&subject, clean, &config.privacy.keep))?;
        tell_alarms(&mut out, &alarms, json)?;
    }
    Ok(())
}

fn tell_alarms(out: &mut impl Write, alarms: &heads::Alarms, json: bool) -> anyhow::Result<()> {
    if json {
        for alarm in &alarms.alarms {
            serde_json::to_writer(&mut *out, alarm)?;
            writeln!(out)?;
        }
        return Ok(());
    }
    writeln!(out, "{} texts, {} characters", alarms.texts, alarms.chars)?;
    let all = alarms.alarms.len();
    for (entity, n) in std::iter::once(("alarms", all)).chain(alarms.by_type()) {
        writeln!(out, "  {entity:<24} {n:>6}  {:>8.3} per 10,000 characters", alarms.rate(n))?;
    }
    Ok(())
}

fn row(line: &Line) -> String {
    let e = &line.estimate;
    format!("  {:<42} {:>8.4}  [{:.4}, {:.4}]  n = {}", line.measure, e.value, e.low, e.high, e.n)
}
