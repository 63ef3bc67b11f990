//! `weir eval import`: test sets of other tools as suites.

use crate::eval::suite::import::{self, From, Options};
use anyhow::Context;
use clap::{Args, ValueEnum};
use std::io::Write;
use std::path::PathBuf;

/// Options of `eval import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// What wrote the file.
    #[arg(long, value_enum)]
    from: Tool,
    /// The file: promptfoo YAML; JSON lines of OpenAI Evals; JSON lines, JSON or CSV of LangSmith and Phoenix.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Write the suite here, as JSON lines; standard output if absent.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The suite's name; the file's name if absent.
    #[arg(long)]
    name: Option<String>,
    /// The input field that holds the question, where there are several.
    #[arg(long, value_name = "KEY")]
    input_key: Option<String>,
    /// The output field that holds the expected answer, where there are several.
    #[arg(long, value_name = "KEY")]
    output_key: Option<String>,
    /// How an expected answer is checked: exact, starts_with, contains or label. Default: starts_with for OpenAI Evals, as
    /// its `Match` does, else exact.
    #[arg(long, value_name = "CHECK", value_parser = ["exact", "starts_with", "contains", "label"])]
    check: Option<String>,
    /// Leave out what has no counterpart here (said on stderr) in place of an error.
    #[arg(long)]
    skip_unknown: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Tool {
    Promptfoo,
    OpenaiEvals,
    Langsmith,
    Phoenix,
}

/// Runs the command.
///
/// # Errors
/// A file that cannot be read, or that holds what a suite cannot say.
pub fn run(args: &ImportArgs) -> anyhow::Result<()> {
    let from = match args.from {
        Tool::Promptfoo => From::Promptfoo,
        Tool::OpenaiEvals => From::OpenAiEvals,
        Tool::Langsmith => From::LangSmith,
        Tool::Phoenix => From::Phoenix,
    };
    let stem = || args.file.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let options = Options {
        name: args.name.clone().or_else(stem).unwrap_or_else(|| "suite".to_owned()),
        input_key: args.input_key.clone(),
        output_key: args.output_key.clone(),
        check: args.check.clone(),
        skip_unknown: args.skip_unknown,
    };
    let imported = import::import(from, &args.file, &options)?;
    for skipped in &imported.skipped {
        super::run::warn(skipped);
    }
    match &args.out {
        Some(path) => {
            crate::cli::file::write(path, &imported.lines)?;
            let mut out = std::io::stdout().lock();
            writeln!(out, "{} cases in {}", imported.n_cases, path.display())?;
        }
        None => std::io::stdout()
            .lock()
            .write_all(imported.lines.as_bytes())
            .context("the suite could not be written")?,
    }
    Ok(())
}
