//! `weir tune`: the threshold of a rule, chosen from cases whose outcomes are known so that what was wished for holds.

mod cases;
mod from_ledger;
mod patch;

use super::file::write;
use super::{Common, open};
use crate::config::{Config, GainKey, Profile, Rule, TargetKind};
use crate::eval::tune::report::{Origin, html};
use crate::eval::tune::{Objective, Tuned, tune};
use anyhow::Context;
use cases::Scored;
use clap::Args;
use patch::Patch;
use serde::Serialize;
use std::io::Write;
use std::path::{Path, PathBuf, absolute};
use std::sync::Arc;

/// Options of `tune`.
#[derive(Debug, Args)]
pub struct TuneArgs {
    /// The cases: a suite (YAML, or JSON lines `.jsonl`). Each is answered by both targets of the rule's pair as `eval run` would,
    /// from what the suite holds.
    #[arg(long, value_name = "FILE", required_unless_present_any = ["cases", "from_ledger"])]
    suite: Option<PathBuf>,
    /// Cases that were scored before (`--save-cases`): JSON lines `{"id","score","length","category","intent","cheap",
    /// "strong"}`, each target with `success` (0 to 1) and `cost` in dollars; `length`, `category` (the predicted one) and `intent`
    /// may be missing.
    #[arg(long, value_name = "FILE", conflicts_with = "suite")]
    cases: Option<PathBuf>,
    /// Cases that `shadow` left in the ledger: requests that both targets answered, with what clients told of them in the place of
    /// the comparison.
    #[arg(long, conflicts_with_all = ["suite", "cases"])]
    from_ledger: bool,
    /// The ledger file [default: the one in the configuration]
    #[arg(long, value_name = "PATH", requires = "from_ledger")]
    ledger: Option<PathBuf>,
    /// Only pairs from this time on, RFC 3339, for example 2026-11-01T00:00:00Z
    #[arg(long, value_name = "TIME", requires = "from_ledger")]
    since: Option<jiff::Timestamp>,
    /// What must hold: `success >= baseline - 0.02 @ 95%` (baseline: everything to the stronger target), `success >= 0.88`,
    /// `strong_share <= 0.3`, `cost_per_task <= 0.10`. May be given several times; then all must hold.
    #[arg(long = "objective", value_name = "WISH", required = true)]
    objectives: Vec<Objective>,
    /// The rule whose `max_gain`, `min_gain` or `cascade.min_score` is tuned. Default: the only one that has one. A rule with both
    /// has its gain tuned.
    #[arg(long, value_name = "NAME")]
    rule: Option<String>,
    /// Seed of orders and intervals.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Ask the targets themselves, even where the suite holds answers or outcomes.
    #[arg(long, conflicts_with_all = ["cases", "from_ledger"])]
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
    by: By,
    /// The number in force.
    number: Option<f32>,
    cheap: String,
    strong: String,
}

/// What a rule goes by.
#[derive(Debug, Clone, PartialEq, Eq)]
enum By {
    /// At most or at least this gain between the pair of this name.
    Gain(GainKey, Arc<str>),
    /// At least this confidence in the local answer.
    MinScore,
}

impl By {
    /// The key in the file.
    fn key(&self) -> &'static str {
        match self {
            Self::Gain(key, _) => key.as_str(),
            Self::MinScore => "min_score",
        }
    }

    /// The pair between which gains are predicted.
    fn pair(&self) -> Option<&str> {
        match self {
            Self::Gain(_, pair) => Some(pair),
            Self::MinScore => None,
        }
    }

    /// What sends a request to the stronger target.
    fn above(&self) -> &'static str {
        match self {
            Self::Gain(..) => "a predicted gain of at least",
            Self::MinScore => "a confidence below",
        }
    }

    /// A threshold of scores, from which on the stronger target answers, as the number in the file, and back.
    fn turned(&self, number: f64) -> f64 {
        if *self == Self::MinScore { -number } else { number }
    }
}

impl Tunable {
    /// The threshold in force.
    fn in_force(&self) -> Option<f64> {
        // As it was written, not as `f32` rounds it.
        let written = self.number.and_then(|number| number.to_string().parse().ok());
        written.map(|number: f64| self.by.turned(number))
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
    /// What the cases look like, for `tuned_on`.
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<&'a Profile>,
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
        (None, None) => from_ledger::read(&config, args.ledger.as_deref(), args.since, &tunable)?,
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
        above: tunable.by.above(),
        sign: tunable.by.turned(1.0),
    };
    let seen: Vec<_> = cases.iter().map(|case| (case.score, case.category.as_deref())).collect();
    let intents: Vec<_> = cases.iter().map(|case| case.intent.as_deref()).collect();
    let profile = match tunable.by {
        By::Gain(key, _) => Some(Profile::of(key, &seen).with_intents(&intents)),
        By::MinScore => None,
    };
    let objectives: Vec<String> = args.objectives.iter().map(Objective::to_string).collect();
    let report = Report {
        version: 1,
        origin: &origin,
        key: tunable.by.key(),
        objectives: objectives.clone(),
        profile: profile.as_ref(),
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
    let number = tunable.by.turned(threshold) as f32;
    let key = tunable.by.key();
    let change = Patch::find(&file, &config, &tunable.rule, key, number, &because)?;
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
    writeln!(out, "curves and mistakes: {}", page.display())?;
    let is_told = |rule: &Rule| *rule.name == *tunable.rule && rule.tuned.is_some();
    if profile.is_some() && !config.rules.iter().any(is_told) {
        let report = seen_from(&file, &args.report);
        writeln!(
            out,
            "to be told when requests stop looking like these cases, add `tuned_on: {}` to rule `{}`",
            report.display(),
            tunable.rule
        )?;
    }
    Ok(())
}

/// A path as the configuration file may name it: from its folder on where it lies below that.
fn seen_from(config: &Path, path: &Path) -> PathBuf {
    let (Ok(config), Ok(path)) = (absolute(config), absolute(path)) else { return path.into() };
    let below = config.parent().and_then(|folder| path.strip_prefix(folder).ok());
    below.unwrap_or(&path).into()
}

/// The rule to tune.
fn tunable(config: &Config, wanted: Option<&str>) -> anyhow::Result<Tunable> {
    let rules: Vec<&Rule> =
        config.rules.iter().filter(|rule| wanted.is_none_or(|name| &*rule.name == name)).collect();
    if let (Some(wanted), true) = (wanted, rules.is_empty()) {
        let names: Vec<&str> = config.rules.iter().map(|rule| &*rule.name).collect();
        anyhow::bail!("there is no rule `{wanted}`; the rules are {}", names.join(", "));
    }
    let with: Vec<&Rule> = rules
        .into_iter()
        .filter(|rule| rule.when.gain.is_some() || rule.cascade.is_some())
        .collect();
    match with[..] {
        [] => anyhow::bail!(
            "no such rule asks for a gain or looks at answers: add `gain: [{{cheap: …, strong: …}}]` and a rule with \
             `when: {{max_gain: 0.05}}`, or a rule with `cascade: {{min_score: 0.6}}`"
        ),
        [rule] => by_gain(config, rule).unwrap_or_else(|| by_score(config, rule)),
        _ => {
            let names: Vec<&str> = with.iter().map(|rule| &*rule.name).collect();
            anyhow::bail!(
                "several rules have a threshold; name one with --rule: {}",
                names.join(", ")
            )
        }
    }
}

fn by_gain(config: &Config, rule: &Rule) -> Option<anyhow::Result<Tunable>> {
    let bounds = rule.when.gain.as_ref()?;
    let (by, number) = match (bounds.min, bounds.max) {
        (Some(_), Some(_)) => {
            return Some(Err(anyhow::anyhow!(
                "rule `{}` has `min_gain` and `max_gain`: a tuned rule has one of them",
                rule.name
            )));
        }
        (Some(_), None) => (By::Gain(GainKey::MinGain, bounds.pair.clone()), bounds.min),
        (None, _) => (By::Gain(GainKey::MaxGain, bounds.pair.clone()), bounds.max),
    };
    let pair = config.gain.iter().find(|pair| pair.name == bounds.pair);
    Some(pair.context("the pair of the rule").map(|pair| {
        let (cheap, strong) = (pair.cheap.to_string(), pair.strong.to_string());
        Tunable { rule: rule.name.to_string(), by, number, cheap, strong }
    }))
}

fn by_score(config: &Config, rule: &Rule) -> anyhow::Result<Tunable> {
    let cascade = rule.cascade.context("the rule looks at answers")?;
    let is_local = |name: &Arc<str>| {
        config.target(name).is_some_and(|target| target.kind == TargetKind::Local)
    };
    let cheap = rule.to.iter().find(|name| is_local(name)).context("a local target")?;
    let strong = rule.to.iter().find(|name| *name != cheap).context("a second target")?;
    let (cheap, strong) = (cheap.to_string(), strong.to_string());
    let number = Some(cascade.min_score);
    Ok(Tunable { rule: rule.name.to_string(), by: By::MinScore, number, cheap, strong })
}

/// What was found, in a few lines.
fn tell(tuned: &Tuned, tunable: &Tunable) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    let percent = |share: f64| format!("{:.1} %", 100.0 * share);
    for verdict in &tuned.objectives {
        match (&verdict.why, verdict.allowed) {
            (None, Some([low, high])) => {
                let mut ends = [low, high].map(|end| tunable.by.turned(end));
                ends.sort_by(f64::total_cmp);
                writeln!(out, "{}: thresholds {} to {}", verdict.objective, ends[0], ends[1])?;
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
            "{}: {} for rule `{}`: {} to `{}`, success {} [{low}, {high}], ${:.6} a task",
            tunable.by.key(),
            tunable.by.turned(threshold),
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
            change.from.threshold.map_or(f64::NAN, |threshold| tunable.by.turned(threshold)),
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
