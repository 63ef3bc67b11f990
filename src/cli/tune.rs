//! `weir tune`: the threshold of a rule, chosen from cases whose outcomes are known so that what was wished for holds.

mod cases;
mod patch;

use super::file::write;
use super::{Common, open};
use crate::config::{Config, GainBounds};
use crate::eval::tune::report::{Origin, html};
use crate::eval::tune::{Objective, Tuned, tune};
use anyhow::Context;
use cases::Scored;
use clap::Args;
use patch::Patch;
use serde::Serialize;
use std::io::Write;
use std::path::PathBuf;

/// Options of `tune`.
#[derive(Debug, Args)]
pub struct TuneArgs {
    /// The cases: a suite (YAML, or JSON lines `.jsonl`). Each is answered by both targets of the rule's pair as `eval run` would,
    /// from what the suite holds.
    #[arg(long, value_name = "FILE", required_unless_present = "cases")]
    suite: Option<PathBuf>,
    /// Cases that were scored before (`--save-cases`): JSON lines `{"id","score","length","cheap","strong"}`, each target with
    /// `success` (0 to 1) and `cost` in dollars.
    #[arg(long, value_name = "FILE", conflicts_with = "suite")]
    cases: Option<PathBuf>,
    /// What must hold: `success >= baseline - 0.02 @ 95%` (baseline: everything to the stronger target), `success >= 0.88`,
    /// `strong_share <= 0.3`, `cost_per_task <= 0.10`. May be given several times; then all must hold.
    #[arg(long = "objective", value_name = "WISH", required = true)]
    objectives: Vec<Objective>,
    /// The rule whose `max_gain` or `min_gain` is tuned. Default: the only one that has one.
    #[arg(long, value_name = "NAME")]
    rule: Option<String>,
    /// Seed of orders and intervals.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Ask the targets themselves, even where the suite holds answers or outcomes.
    #[arg(long, conflicts_with = "cases")]
    live: bool,
    /// Write what was found here, as JSON.
    #[arg(long, value_name = "FILE", default_value = "out/tune.json")]
    report: PathBuf,
    /// Write the page here. Default: the report's name with `.html`.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Write the change of the configuration here, for `patch`. Default: the report's name with `.patch`.
    #[arg(long, value_name = "FILE")]
    patch: Option<PathBuf>,
    /// Write the scored cases here, for `--cases`.
    #[arg(long, value_name = "FILE")]
    save_cases: Option<PathBuf>,
    /// Change the configuration file itself.
    #[arg(long)]
    write: bool,
}

/// A rule with the threshold to tune.
#[derive(Debug, Clone)]
struct Tunable {
    rule: String,
    /// `max_gain` or `min_gain`.
    key: &'static str,
    bounds: GainBounds,
    cheap: String,
    strong: String,
}

impl Tunable {
    /// The threshold in force.
    fn in_force(&self) -> Option<f64> {
        let bound = if self.key == "max_gain" { self.bounds.max } else { self.bounds.min };
        // As it was written, not as `f32` rounds it.
        bound.and_then(|bound| bound.to_string().parse().ok())
    }
}

/// The report as a file.
#[derive(Serialize)]
struct Report<'a> {
    /// Version of this format.
    version: u32,
    origin: &'a Origin,
    /// Which key of the rule the threshold is.
    key: &'static str,
    objectives: Vec<String>,
    #[serde(flatten)]
    tuned: &'a Tuned,
}

/// Runs the command.
///
/// # Errors
/// Bad cases or configuration, a file that cannot be written, or no threshold that meets all objectives.
pub fn run(common: &Common, args: &TuneArgs) -> anyhow::Result<()> {
    let config = open::config(common)?;
    let tunable = tunable(&config, args.rule.as_deref())?;
    let hash = config.hash.to_string();
    let file = config.files.first().cloned();
    let Scored { cases, name, hash: cases_hash } = match (&args.suite, &args.cases) {
        (_, Some(path)) => cases::read(path)?,
        (Some(path), None) => cases::score(common, path, args.live, &tunable)?,
        (None, None) => anyhow::bail!("give --suite or --cases"),
    };
    if let Some(path) = &args.save_cases {
        write(path, &cases::lines(&cases)?)?;
    }
    let tuned = tune(&cases, &args.objectives, tunable.in_force(), args.seed)?;
    let origin = Origin {
        rule: tunable.rule.clone(),
        cheap: tunable.cheap.clone(),
        strong: tunable.strong.clone(),
        cases: name,
        cases_hash,
        config_hash: hash,
        at: jiff::Timestamp::now().strftime("%FT%TZ").to_string(),
    };
    let objectives: Vec<String> = args.objectives.iter().map(Objective::to_string).collect();
    let report = Report {
        version: 1,
        origin: &origin,
        key: tunable.key,
        objectives: objectives.clone(),
        tuned: &tuned,
    };
    write(&args.report, &(serde_json::to_string_pretty(&report)? + "\n"))?;
    let page = args.html.clone().unwrap_or_else(|| args.report.with_extension("html"));
    write(&page, &html(&tuned, &origin)?)?;
    tell(&tuned, &tunable)?;
    let Some(threshold) = tuned.threshold else {
        anyhow::bail!("no threshold meets all objectives; {} shows what there is", page.display());
    };
    let file = file.context("there is no configuration file to change")?;
    let because = format!(
        "weir tune {}: {}; {} cases of {} ({}), configuration {}, seed {}",
        origin.at,
        objectives.join(", "),
        tuned.n_cases,
        origin.cases,
        origin.cases_hash,
        origin.config_hash,
        args.seed
    );
    let change =
        Patch::find(&file, &config, &tunable.rule, tunable.key, threshold as f32, &because)?;
    let place = args.patch.clone().unwrap_or_else(|| args.report.with_extension("patch"));
    write(&place, &change.diff())?;
    if args.write {
        write(&file, &change.text)?;
    }
    let mut out = std::io::stdout().lock();
    if args.write {
        writeln!(out, "{} is changed; a running Weir takes it by itself", file.display())?;
    } else {
        writeln!(out, "to take it over: patch {} {}", file.display(), place.display())?;
    }
    Ok(writeln!(out, "curves and mistakes: {}", page.display())?)
}

/// The rule to tune.
fn tunable(config: &Config, wanted: Option<&str>) -> anyhow::Result<Tunable> {
    let asks = |rule: &&crate::config::Rule| rule.when.gain.is_some();
    let rules: Vec<&crate::config::Rule> = config
        .rules
        .iter()
        .filter(|rule| wanted.is_none_or(|wanted| &*rule.name == wanted))
        .collect();
    if let (Some(wanted), true) = (wanted, rules.is_empty()) {
        let names: Vec<&str> = config.rules.iter().map(|rule| &*rule.name).collect();
        anyhow::bail!("there is no rule `{wanted}`; the rules are {}", names.join(", "));
    }
    let with: Vec<&crate::config::Rule> = rules.into_iter().filter(asks).collect();
    let [rule] = with[..] else {
        let names: Vec<&str> = with.iter().map(|rule| &*rule.name).collect();
        match names[..] {
            [] => anyhow::bail!(
                "no such rule asks for a gain: add `gain: [{{cheap: …, strong: …}}]` and a rule with `when: {{max_gain: 0.05}}`"
            ),
            _ => anyhow::bail!(
                "several rules ask for a gain; name one with --rule: {}",
                names.join(", ")
            ),
        }
    };
    let bounds = rule.when.gain.clone().context("the rule asks for a gain")?;
    let key = match (bounds.min, bounds.max) {
        (Some(_), Some(_)) => {
            anyhow::bail!(
                "rule `{}` has `min_gain` and `max_gain`: a tuned rule has one of them",
                rule.name
            )
        }
        (Some(_), None) => "min_gain",
        (None, _) => "max_gain",
    };
    let pair = config.gain.iter().find(|pair| pair.name == bounds.pair);
    let pair = pair.context("the pair of the rule")?;
    Ok(Tunable {
        rule: rule.name.to_string(),
        key,
        cheap: pair.cheap.to_string(),
        strong: pair.strong.to_string(),
        bounds,
    })
}

/// What was found, in a few lines.
fn tell(tuned: &Tuned, tunable: &Tunable) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    let percent = |share: f64| format!("{:.1} %", 100.0 * share);
    for verdict in &tuned.objectives {
        match (&verdict.why, verdict.allowed) {
            (None, Some([low, high])) => {
                writeln!(out, "{}: thresholds {low} to {high}", verdict.objective)?;
            }
            (why, _) => {
                writeln!(out, "{}: {}", verdict.objective, why.as_deref().unwrap_or("not met"))?;
            }
        }
    }
    for curve in &tuned.curves {
        let apgr = curve.apgr.map_or("?".to_owned(), |apgr| format!("{apgr:.3}"));
        writeln!(out, "  APGR by {:<14} {apgr}", curve.name)?;
    }
    if let (Some(threshold), Some(chosen), Some(success)) =
        (tuned.threshold, tuned.chosen, tuned.success)
    {
        let (low, high) = (percent(success.low), percent(success.high));
        writeln!(
            out,
            "{}: {threshold} for rule `{}`: {} to `{}`, success {} [{low}, {high}], ${:.6} a task",
            tunable.key,
            tunable.rule,
            percent(chosen.strong_share),
            tunable.strong,
            percent(chosen.success),
            chosen.cost_per_task
        )?;
    }
    if let Some(change) = &tuned.change {
        writeln!(
            out,
            "from {} now: {} cases move to `{}`, {} to `{}`; success {:+.2} points, cost {:+.6} dollars a task",
            change.from.threshold.unwrap_or(f64::NAN),
            change.to_strong,
            tunable.strong,
            change.to_cheap,
            tunable.cheap,
            100.0 * change.success.value,
            change.cost_per_task.value
        )?;
    }
    Ok(())
}
