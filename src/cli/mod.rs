//! The command line, one file a subcommand. Data goes to stdout, talk to stderr.

mod analyze;
mod batch;
mod bench;
mod config;
mod eval;
mod explain;
mod file;
mod gain;
mod history;
mod ledger;
mod models;
mod open;
mod serve;
mod tune;

use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// Weir: an edge-inference routing gateway with an OpenAI-compatible endpoint.
#[derive(Debug, Parser)]
#[command(name = "weir", version, about, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

/// Options of every subcommand.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// Configuration file; without it `weir.yaml` here is used if it exists, else the defaults.
    #[arg(long, global = true, env = "WEIR_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the gateway.
    Serve(serve::ServeArgs),
    /// Find personal data, secrets and the intent in JSON lines.
    Analyze(batch::BatchArgs),
    /// Say where requests in JSON lines would go, and why; nothing is sent.
    Explain(batch::BatchArgs),
    /// Measure how good the local models are.
    #[command(subcommand)]
    Eval(eval::EvalArgs),
    /// Choose a rule's threshold from cases whose outcomes are known, so that what was wished for holds.
    Tune(Box<tune::TuneArgs>),
    /// Predict what a stronger target is worth: fit it to your outcomes, look at it.
    #[command(subcommand)]
    Gain(gain::GainArgs),
    /// Measure how fast the local models are on this machine.
    Bench(bench::BenchArgs),
    /// Read the record of requests.
    Ledger(ledger::LedgerArgs),
    /// List, fetch and verify local models.
    Models(models::ModelsArgs),
    /// Check and show the configuration.
    #[command(subcommand)]
    Config(config::ConfigArgs),
}

/// Runs a parsed command line.
///
/// # Errors
/// Whatever kept the command from doing its work, with a hint.
pub fn run(cli: Cli) -> anyhow::Result<()> {
    let common = cli.common;
    match cli.command {
        Command::Serve(args) => serve::run(&common, args),
        Command::Analyze(args) => analyze::run(&common, &args),
        Command::Explain(args) => explain::run(&common, &args),
        Command::Eval(args) => eval::run(&common, &args),
        Command::Tune(args) => tune::run(&common, &args),
        Command::Gain(args) => gain::run(&common, &args),
        Command::Bench(args) => bench::run(&common, &args),
        Command::Ledger(args) => ledger::run(&args, common.config.as_deref()),
        Command::Models(args) => models::run(&args, &open::config(&common)?),
        Command::Config(args) => config::run(&args, common.config.as_deref()),
    }
}

/// Tells a person why a command failed, cause by cause.
#[expect(clippy::print_stderr, reason = "the command line talks on stderr")]
pub fn complain(error: &anyhow::Error) {
    eprintln!("weir: {error:#}");
}

/// Whether a command ended because nobody reads its output any more.
pub fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let broken = |io: &std::io::Error| io.kind() == std::io::ErrorKind::BrokenPipe;
    error.chain().any(|cause| cause.downcast_ref().is_some_and(broken))
}
