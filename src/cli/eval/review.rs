//! `weir eval sample` and `weir eval reviewed`: cases for people to look at, and what their verdicts say.

use crate::cli::file::write;
use crate::eval::report::{Figure, Report};
use crate::eval::result::CaseResult;
use crate::eval::review::{Item, Judged, Plan, Review, Verdicts, judged, sample};
use crate::eval::suite::Source;
use anyhow::{Context, ensure};
use clap::Args;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::path::PathBuf;

/// Options of `eval sample`.
#[derive(Debug, Args)]
pub struct SampleArgs {
    /// The report of the run whose cases are drawn.
    #[arg(long, value_name = "FILE")]
    report: PathBuf,
    /// The suite of that run.
    #[arg(long, value_name = "FILE")]
    suite: PathBuf,
    /// Share of the cases to draw, 0 to 1.
    #[arg(long, value_name = "SHARE", default_value_t = 0.2)]
    share: f64,
    /// The tag whose values are the strata; a case without it is in the stratum `none`. Default: all cases are one stratum.
    #[arg(long, value_name = "TAG")]
    by: Option<String>,
    /// How much likelier a case of a stratum is drawn, such as money=3; may be given several times. The share stays.
    #[arg(long = "weight", value_name = "STRATUM=N", value_parser = weight)]
    weights: Vec<(String, f64)>,
    /// How much likelier a case is drawn that a check failed.
    #[arg(long, value_name = "N", default_value_t = 1.0)]
    failed: f64,
    /// Seed of the draw.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Write the queue here, as JSON lines. It holds the words of the suite's cases: keep it where those may lie.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Options of `eval reviewed`.
#[derive(Debug, Args)]
pub struct ReviewedArgs {
    /// The queue of `eval sample`, with `review.pass` set to true or false in each line that somebody looked at.
    #[arg(value_name = "FILE")]
    queue: PathBuf,
    /// The report that it was drawn from.
    #[arg(long, value_name = "FILE")]
    report: PathBuf,
    /// Fail if people and checks agree on a smaller share of the reviewed cases, 0 to 1.
    #[arg(long, value_name = "SHARE", value_parser = share)]
    min_agreement: Option<f64>,
    /// Seed of the interval.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Write the figures as JSON.
    #[arg(long)]
    json: bool,
}

fn weight(text: &str) -> Result<(String, f64), String> {
    let pair = text.rsplit_once('=').and_then(|(name, number)| Some((name, number.parse().ok()?)));
    let (name, number) = pair.ok_or("a stratum and a number, such as money=3")?;
    Ok((name.to_owned(), number))
}

/// A share from 0 to 1.
pub fn share(text: &str) -> Result<f64, String> {
    let share = text.parse::<f64>().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| "a share from 0 to 1, such as 0.85".to_owned())
}

/// Runs `eval sample`.
///
/// # Errors
/// A file that cannot be read or written, a suite that is not the report's, or a plan that cannot be drawn.
pub fn draw(args: &SampleArgs) -> anyhow::Result<()> {
    let report = Report::read("report", &args.report)?;
    let (source, hash) = Source::read(&args.suite)?;
    ensure!(
        hash == report.suite.hash,
        "{} is not what the report was made of (its hash is {hash}, the report has {}): give the suite of that run, or run it \
         again",
        args.suite.display(),
        report.suite.hash
    );
    let mut weights = BTreeMap::new();
    for (name, number) in &args.weights {
        let twice = weights.insert(name.clone(), *number).is_some();
        ensure!(!twice, "--weight names the stratum `{name}` twice");
    }
    let (share, seed, failed) = (args.share, args.seed, args.failed);
    let plan = Plan { share, by: args.by.clone(), weights, failed, seed };
    let (draws, strata) = sample(&report.cases, &plan)?;
    let cases: HashMap<String, &Value> =
        source.cases.iter().filter_map(|(_, case)| Some((Source::id(case)?, case))).collect();
    let mut lines = String::new();
    for draw in &draws {
        let case = cases.get(&draw.case.id).copied();
        let case = case.with_context(|| format!("the suite has no case `{}`", draw.case.id))?;
        let item = Item {
            id: draw.case.id.clone(),
            stratum: draw.stratum.clone(),
            probability: draw.probability,
            automated: Verdicts {
                pass: draw.case.pass,
                steps: draw.case.steps.iter().map(|step| step.checks.clone()).collect(),
            },
            target: draw.case.target.clone(),
            input: asked(case),
            answer: if report.live { Value::Null } else { answered(case, draw.case) },
            review: Review::default(),
        };
        lines.push_str(&serde_json::to_string(&item)?);
        lines.push('\n');
    }
    write(&args.out, &lines)?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{} of {} cases in {}", draws.len(), report.cases.len(), args.out.display())?;
    for stratum in strata {
        writeln!(out, "  {:<28} {} of {}", stratum.name, stratum.drawn, stratum.n)?;
    }
    Ok(())
}

/// What a case asks: its input alone where that is all, else every field of its steps that a reader needs.
fn asked(case: &Value) -> Value {
    let shown = |step: &Value| {
        let fields = ["messages", "input", "results"];
        let there =
            fields.iter().filter_map(|name| Some(((*name).to_owned(), step.get(name)?.clone())));
        Value::Object(there.collect::<Map<_, _>>())
    };
    match (case.get("turns").and_then(Value::as_array), case.get("input")) {
        (Some(turns), _) => turns.iter().map(shown).collect(),
        (None, Some(input)) if case.get("messages").is_none() => input.clone(),
        _ => shown(case),
    }
}

/// What the suite has on record of the targets that answered; one for a single step, else a list.
fn answered(case: &Value, result: &CaseResult) -> Value {
    let recorded = |step: &Value, target: Option<&String>| {
        let answer = target.and_then(|target| step.get("recorded")?.get(target));
        answer.cloned().unwrap_or(Value::Null)
    };
    match case.get("turns").and_then(Value::as_array) {
        Some(turns) => turns
            .iter()
            .zip(&result.steps)
            .map(|(turn, step)| recorded(turn, step.target.as_ref()))
            .collect(),
        None => recorded(case, result.target.as_ref()),
    }
}

/// Runs `eval reviewed`.
///
/// # Errors
/// A file that cannot be read, a queue of another report, nothing reviewed, or too little agreement.
pub fn read(args: &ReviewedArgs) -> anyhow::Result<()> {
    let report = Report::read("report", &args.report)?;
    let name = args.queue.display();
    let text = std::fs::read_to_string(&args.queue)
        .map_err(|error| anyhow::anyhow!("{name} cannot be read: {error}"))?;
    let mut items: Vec<(usize, Item)> = Vec::new();
    for (line, text) in (1..).zip(text.lines()).filter(|(_, text)| !text.trim().is_empty()) {
        // What serde says may quote what stands there, which is somebody's text.
        let item = serde_json::from_str(text).map_err(|error| {
            anyhow::anyhow!(
                "{name}:{line}: not a line of `weir eval sample` (column {}); `review.pass` is true, false or null",
                error.column()
            )
        })?;
        items.push((line, item));
    }
    let figures =
        judged(&items, &report.cases, args.seed).with_context(|| format!("the queue {name}"))?;
    let mut out = std::io::stdout().lock();
    if args.json {
        serde_json::to_writer_pretty(&mut out, &figures)?;
        writeln!(out)?;
    } else {
        tell(&figures, &mut out)?;
    }
    if let Some(bound) = args.min_agreement {
        let agreement = figures.agreement.value.unwrap_or(0.0);
        ensure!(
            agreement >= bound - crate::eval::report::TOLERANCE,
            "people and checks agree on {agreement:.4} of the reviewed cases, below the bound {bound:.4}"
        );
    }
    Ok(())
}

fn tell(figures: &Judged, out: &mut impl Write) -> anyhow::Result<()> {
    let told = |figure: &Figure| super::run::told(figure);
    writeln!(out, "{} of {} drawn cases are reviewed", figures.n_reviewed, figures.n_drawn)?;
    writeln!(out, "  {:<28} {}", "agreement", told(&figures.agreement))?;
    match figures.kappa {
        Some(kappa) => writeln!(out, "  {:<28} {kappa:>12.4}", "Cohen's kappa")?,
        None => writeln!(out, "  {:<28} {:>12}", "Cohen's kappa", "undefined")?,
    }
    writeln!(out, "  {:<28} {}", "success by the checks", told(&figures.automated_success))?;
    writeln!(out, "  {:<28} {}", "success by people", told(&figures.corrected_success))?;
    for (ids, what) in [
        (&figures.passed_wrongly, "passed by the checks, failed by a person"),
        (&figures.failed_wrongly, "failed by the checks, passed by a person"),
    ] {
        if !ids.is_empty() {
            writeln!(out, "{what}: {}", ids.join(", "))?;
        }
    }
    Ok(())
}
