//! `weir eval run`: a suite through the river, a report, and an exit code that says whether its bounds held.

use crate::cli::file::{make_folder, write};
use crate::cli::{Common, open};
use crate::config::{Config, TargetKind};
use crate::eval::report::{Bounds, Figure, Report, junit, promptfoo};
use crate::eval::run::{Partial, Run, Stamp};
use crate::eval::suite::Suite;
use crate::inference::{Runtime, Which};
use crate::ledger::Ledger;
use crate::live::{LiveState, runtime_spec};
use anyhow::Context;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// How long the ledger may take to write what waits.
const FLUSH: Duration = Duration::from_secs(10);

/// Options of `eval run`.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// The suite: YAML, or JSON lines (`.jsonl`).
    #[arg(long, value_name = "FILE")]
    suite: PathBuf,
    /// The configuration that routes; another name for --config.
    #[arg(long, value_name = "FILE")]
    model_router: Option<PathBuf>,
    /// Fail if a successful task costs more dollars, all attempts of all tasks counted.
    #[arg(long, value_name = "USD")]
    max_cost_per_task: Option<f64>,
    /// Fail if a smaller share of tasks succeeds, 0 to 1.
    #[arg(long, value_name = "SHARE")]
    min_success_rate: Option<f64>,
    /// Write the report here, as JSON.
    #[arg(long, value_name = "FILE", default_value = "out/eval.json")]
    report: PathBuf,
    /// Write JUnit XML here too.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Write results for `promptfoo import` here too.
    #[arg(long, value_name = "FILE")]
    promptfoo: Option<PathBuf>,
    /// Seed of the intervals.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Cases at once. Default: one per core where the suite holds all answers, else 4.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    concurrency: Option<u16>,
    /// Go on where an interrupted run of the same suite, configuration and seed ended.
    #[arg(long)]
    resume: bool,
    /// Ask the targets themselves, even where the suite holds answers or outcomes.
    #[arg(long)]
    live: bool,
    /// Record every request in this ledger file; without it nothing is kept.
    #[arg(long, value_name = "FILE")]
    ledger: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// A bad suite or configuration, a run that could not go on, or a bound that did not hold.
pub fn run(common: &Common, args: &RunArgs) -> anyhow::Result<()> {
    let bounds = args.bounds()?;
    let common = match &args.model_router {
        Some(_) if common.config.is_some() => {
            anyhow::bail!(
                "--config (or WEIR_CONFIG) and --model-router are two names for one thing: give one"
            )
        }
        Some(path) => Common { config: Some(path.clone()) },
        None => common.clone(),
    };
    let config = open::config(&common)?;
    let targets: Vec<String> = config.targets.iter().map(|it| it.name.to_string()).collect();
    let suite = Suite::read(&args.suite, &targets)?;
    args.check_criteria(&suite)?;
    for path in [Some(&args.report), args.junit.as_ref(), args.promptfoo.as_ref()] {
        path.map_or(Ok(()), |path| make_folder(path))?;
    }
    let report = open::tokio_runtime()?.block_on(evaluate(args, config, suite, bounds))?;
    write(&args.report, &(serde_json::to_string_pretty(&report)? + "\n"))?;
    if let Some(path) = &args.junit {
        write(path, &junit::write(&report))?;
    }
    if let Some(path) = &args.promptfoo {
        write(path, &(serde_json::to_string_pretty(&promptfoo::write(&report))? + "\n"))?;
    }
    tell(&report)?;
    let broken: Vec<String> = report
        .bounds
        .iter()
        .filter(|bound| !bound.pass)
        .map(|bound| bound.why(&report.metrics))
        .collect();
    anyhow::ensure!(broken.is_empty(), "{}", broken.join("; "));
    Ok(())
}

impl RunArgs {
    fn bounds(&self) -> anyhow::Result<Bounds> {
        let share = |rate: f64| (0.0..=1.0).contains(&rate);
        if self.min_success_rate.is_some_and(|rate| !share(rate)) {
            anyhow::bail!("--min-success-rate is a share from 0 to 1, such as 0.88");
        }
        if self.max_cost_per_task.is_some_and(|cost| !cost.is_finite() || cost < 0.0) {
            anyhow::bail!("--max-cost-per-task is an amount of dollars from 0, such as 0.25");
        }
        let (max_cost_per_task, min_success_rate) = (self.max_cost_per_task, self.min_success_rate);
        Ok(Bounds { max_cost_per_task, min_success_rate })
    }

    /// Outcomes say nothing about answers that come now.
    fn check_criteria(&self, suite: &Suite) -> anyhow::Result<()> {
        let bare =
            |case: &&crate::eval::suite::Case| case.steps.iter().all(|step| step.checks.is_empty());
        match suite.cases.iter().find(bare).filter(|_| self.live) {
            Some(case) => anyhow::bail!(
                "case `{}` has only `outcomes`, which say nothing about answers of today: give it a `check`, or leave --live out",
                case.id
            ),
            None => Ok(()),
        }
    }
}

async fn evaluate(
    args: &RunArgs,
    config: Config,
    suite: Suite,
    bounds: Bounds,
) -> anyhow::Result<Report> {
    let canned = suite.is_canned() && !args.live;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let concurrency = args.concurrency.map_or(if canned { cores } else { 4 }, usize::from);
    let live = live_state(args, config, canned).await?;
    let stamp = Stamp {
        suite: suite.hash.clone(),
        config: live.config.hash.to_string(),
        seed: args.seed,
        live: args.live,
    };
    let path = Partial::path_for(&args.report);
    let (mut partial, known) = if args.resume {
        Partial::resume(path, &stamp)?
    } else {
        (Partial::begin(path, &stamp)?, Vec::new())
    };
    let started_at = jiff::Timestamp::now().to_string();
    let bar = progress(suite.cases.len() as u64, known.len() as u64);
    let run =
        Run { live: live.clone(), suite: Arc::new(suite), ask_targets: args.live, concurrency };
    let (mut n, mut n_failed) = (known.len(), known.iter().filter(|case| !case.pass).count());
    let done = |result: &crate::eval::result::CaseResult| {
        (n, n_failed) = (n + 1, n_failed + usize::from(!result.pass));
        bar.set_message(format!("{n_failed} failed"));
        bar.set_position(n as u64);
        partial.add(result)
    };
    let results = run.all(known, done).await;
    bar.finish_and_clear();
    let results = results
        .context(format!("the run ended early; go on with --resume ({n} cases are done)"))?;
    let report = Report::new(&run.suite, &stamp, started_at, results, bounds);
    partial.remove()?;
    let ledger = live.ledger.clone();
    let n_left = tokio::task::spawn_blocking(move || ledger.shutdown(FLUSH)).await.unwrap_or(0);
    anyhow::ensure!(n_left == 0, "{n_left} requests could not be written to the ledger in time");
    Ok(report)
}

/// The state that serves, with everything loaded that the run needs.
async fn live_state(
    args: &RunArgs,
    config: Config,
    canned: bool,
) -> anyhow::Result<Arc<LiveState>> {
    let ledger = match &args.ledger {
        Some(path) => {
            make_folder(path)?;
            Ledger::open(path, config.ledger.queue_len)
                .with_context(|| format!("the ledger {} cannot be opened", path.display()))?
        }
        None => Ledger::off(),
    };
    let mut spec = runtime_spec(&config.local)?;
    let local = config.targets.iter().any(|target| target.kind == TargetKind::Local);
    if canned || !local {
        spec.generator = None;
    }
    let generates = spec.generator.is_some();
    let runtime = Arc::new(Runtime::start(spec));
    let live = LiveState::open(Arc::new(config), runtime.clone(), Arc::new(ledger), None)?;
    live.warm_detectors();
    live.fit_intents().await.map_err(|reason| anyhow::anyhow!("intents: {reason}"))?;
    if generates {
        let state = runtime.settled(Which::Generator).await;
        anyhow::ensure!(state.is_ready(), "the local model is {state}");
    }
    Ok(Arc::new(live))
}

fn progress(n: u64, done: u64) -> ProgressBar {
    let bar = ProgressBar::new(n).with_position(done);
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} cases, {msg} {eta} left");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// The figures in a few lines.
fn tell(report: &Report) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    let metrics = &report.metrics;
    writeln!(
        out,
        "{}: {} of {} cases passed",
        report.suite.name, metrics.n_success, report.suite.n_cases
    )?;
    let mut rows = vec![
        ("success rate".to_owned(), metrics.success_rate),
        ("tool precision".to_owned(), metrics.tool_precision),
        ("unsafe_write_rate".to_owned(), metrics.unsafe_write_rate),
        ("escalation precision".to_owned(), metrics.escalation_precision),
        ("escalation recall".to_owned(), metrics.escalation_recall),
        ("$ per successful case".to_owned(), metrics.cost_per_success_usd),
        ("tokens saved per case".to_owned(), metrics.tokens_saved_per_case),
    ];
    rows.extend(metrics.share.iter().map(|(name, figure)| (format!("share of {name}"), *figure)));
    for latency in metrics.latency.iter().filter(|it| it.hop == "request") {
        for (name, figure) in [("p50", latency.p50), ("p95", latency.p95), ("p99", latency.p99)] {
            rows.push((format!("request {} {name}, ms", latency.measure), figure));
        }
    }
    for (name, figure) in rows.iter().filter(|(_, figure)| figure.value.is_some()) {
        writeln!(out, "  {name:<28} {}", told(figure))?;
    }
    if let Some(class) = &report.cost_class {
        let mark = class.mark.as_deref().unwrap_or("unknown");
        let (name, low, high) = (&class.name, class.low_usd, class.high_usd);
        writeln!(out, "  cost class {name}: {mark} (${low:.2} to ${high:.2} a successful task)")?;
    }
    for warning in &report.warnings {
        warn(warning);
    }
    Ok(())
}

/// A figure with its interval.
pub(super) fn told(figure: &Figure) -> String {
    let number = |value: Option<f64>| match value {
        Some(value) if value.abs() < 0.1 && value != 0.0 => format!("{value:.6}"),
        Some(value) => format!("{value:.4}"),
        None => "?".to_owned(),
    };
    let Figure { value, low, high, n } = figure;
    format!("{:>12}  [{}, {}]  n = {n}", number(*value), number(*low), number(*high))
}

/// Says on stderr what a reader should know.
#[expect(clippy::print_stderr, reason = "the command line talks on stderr")]
pub(super) fn warn(text: &str) {
    eprintln!("warning: {text}");
}
