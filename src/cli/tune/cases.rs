//! Cases for tuning: a suite that both targets answer, or lines that were saved before.

use super::{By, Tunable};
use crate::chat::Intent;
use crate::cli::{Common, open};
use crate::config::{Config, NO_INTENT, TargetKind};
use crate::dialect::openai_chat;
use crate::eval::result::CaseResult;
use crate::eval::run::Run;
use crate::eval::suite::{Case, Suite};
use crate::eval::tune::{Outcome, Recorded};
use crate::inference::{Runtime, Which};
use crate::ledger::Ledger;
use crate::live::{LiveState, runtime_spec};
use crate::pipeline::{self, Ctx};
use anyhow::{Context, bail};
use indicatif::ProgressBar;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// Cases with the name and the hash of what they come from.
pub(super) struct Scored {
    pub(super) cases: Vec<Recorded>,
    pub(super) name: String,
    pub(super) hash: String,
}

/// A case as a line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    id: String,
    score: f64,
    #[serde(default)]
    length: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    category: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    intent: Option<String>,
    cheap: LineOutcome,
    strong: LineOutcome,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LineOutcome {
    success: f64,
    #[serde(default)]
    cost: f64,
}

impl From<LineOutcome> for Outcome {
    fn from(LineOutcome { success, cost }: LineOutcome) -> Self {
        Self { success, cost }
    }
}

impl From<Outcome> for LineOutcome {
    fn from(Outcome { success, cost }: Outcome) -> Self {
        Self { success, cost }
    }
}

pub(super) fn hash(text: &str) -> String {
    Sha256::digest(text).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn name(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// Reads scored cases.
pub(super) fn read(path: &Path) -> anyhow::Result<Scored> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let (mut cases, mut seen) = (Vec::new(), std::collections::HashSet::new());
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let place = || format!("{}:{}", path.display(), at + 1);
        let line: Line = serde_json::from_str(line).with_context(place)?;
        if !seen.insert(line.id.clone()) {
            bail!("{}: there are two cases `{}`", place(), line.id);
        }
        let Line { id, score, length, category, intent, cheap, strong } = line;
        let (cheap, strong) = (cheap.into(), strong.into());
        cases.push(Recorded { id, score, length, category, intent, cheap, strong });
    }
    Ok(Scored { cases, name: name(path), hash: hash(&text) })
}

/// Cases as lines that [`read`] takes.
pub(super) fn lines(cases: &[Recorded]) -> anyhow::Result<String> {
    let mut out = String::new();
    for case in cases {
        let (id, cheap, strong) = (case.id.clone(), case.cheap.into(), case.strong.into());
        let (score, length) = (case.score, case.length);
        let (category, intent) = (case.category.clone(), case.intent.clone());
        let line = Line { id, score, length, category, intent, cheap, strong };
        out.push_str(&serde_json::to_string(&line)?);
        out.push('\n');
    }
    Ok(out)
}

/// Lets both targets of the pair answer every case of a suite, and the edge pack say what the stronger one is worth.
pub(super) fn score(
    common: &Common,
    path: &Path,
    ask_targets: bool,
    tunable: &Tunable,
) -> anyhow::Result<Scored> {
    let config = open::config(common)?;
    let targets: Vec<String> = config.targets.iter().map(|it| it.name.to_string()).collect();
    let suite = Suite::read(path, &targets)?;
    let mut spec = runtime_spec(&config.local)?;
    let local = |name: &str| config.target(name).is_some_and(|it| it.kind == TargetKind::Local);
    let generates = ask_targets && (local(&tunable.cheap) || local(&tunable.strong));
    if !generates {
        spec.generator = None;
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    open::tokio_runtime()?.block_on(async {
        let runtime = Arc::new(Runtime::start(spec));
        let ledger = Arc::new(Ledger::off());
        let live =
            LiveState::open(Arc::new(config), runtime.clone(), ledger, None)?.reading_always();
        live.warm_detectors();
        live.fit_intents().await.map_err(|reason| anyhow::anyhow!("intents: {reason}"))?;
        if generates {
            let state = runtime.settled(Which::Generator).await;
            anyhow::ensure!(state.is_ready(), "the local model is {state}");
        }
        let live = Arc::new(live);
        let bar = ProgressBar::new(3 * suite.cases.len() as u64);
        let mut answers = Vec::new();
        for target in [&tunable.cheap, &tunable.strong] {
            let run = Run {
                live: live.clone(),
                suite: Arc::new(sent_to(&suite, target)),
                ask_targets,
                concurrency: cores,
            };
            let done = |_: &CaseResult| {
                bar.inc(1);
                Ok(())
            };
            answers.push(run.all(Vec::new(), done).await?);
        }
        let mut cases = Vec::new();
        let (strong, cheap) =
            (answers.pop().unwrap_or_default(), answers.pop().unwrap_or_default());
        for ((case, cheap), strong) in suite.cases.iter().zip(&cheap).zip(&strong) {
            let Seen { score, length, category, intent } = seen(&live, case, tunable).await?;
            let (cheap, strong) = tunable.by.paid(outcome(cheap)?, outcome(strong)?);
            let id = case.id.clone();
            cases.push(Recorded { id, score, length, category, intent, cheap, strong });
            bar.inc(1);
        }
        bar.finish_and_clear();
        Ok(Scored { cases, name: name(path), hash: suite.hash.clone() })
    })
}

/// The suite with every request addressed to one target.
fn sent_to(suite: &Suite, target: &str) -> Suite {
    let mut suite = suite.clone();
    for step in suite.cases.iter_mut().flat_map(|case| &mut case.steps) {
        step.fields.insert("model".to_owned(), json!(target));
    }
    suite
}

fn outcome(result: &CaseResult) -> anyhow::Result<Outcome> {
    let cost = result.cost_nano_usd.with_context(|| {
        let target = result.target.as_deref().unwrap_or("its target");
        format!("case `{}`: what {target} costs is not known; add its price to `prices`", result.id)
    })?;
    Ok(Outcome { success: f64::from(u8::from(result.pass)), cost: cost as f64 / 1e9 })
}

/// What the rule sees of the first request of a case.
struct Seen {
    /// The number that it compares.
    score: f64,
    /// Characters.
    length: u32,
    /// The predicted category.
    category: Option<String>,
    /// The intent, where there are intents.
    intent: Option<String>,
}

async fn seen(live: &Arc<LiveState>, case: &Case, tunable: &Tunable) -> anyhow::Result<Seen> {
    let step = case.steps.first().with_context(|| format!("case `{}` has no step", case.id))?;
    let mut body = step.fields.clone();
    body.insert("model".to_owned(), json!("auto"));
    body.insert("messages".to_owned(), Value::Array(step.messages.clone()));
    let request = openai_chat::decode_request(Value::Object(body).to_string().into())
        .map_err(|error| anyhow::anyhow!("case `{}`: {error}", case.id))?;
    let length = request.texts.iter().map(|slot| slot.text.chars().count()).sum::<usize>();
    let request = Arc::new(request);
    let mut ctx = Ctx::new(live.clone(), Instant::now(), None);
    let analysis = pipeline::analyze(&mut ctx, &request).await;
    ctx.discard();
    let estimate = analysis.gains.iter().find(|it| Some(&*it.pair) == tunable.by.pair());
    let interval = estimate.map(|it| [it.low, it.high]);
    let confidence = step.recorded.get(&*tunable.cheap).and_then(|it| it.canned().confidence);
    if tunable.by == By::MinScore && confidence.is_none() {
        bail!(
            "case `{}`: no `confidence` is recorded for `{}`; it is the header x-weir-confidence of an answer under the rule",
            case.id,
            tunable.cheap
        );
    }
    let score = tunable.by.compared(interval, confidence);
    let category = estimate.map(|estimate| estimate.category.to_string());
    let intent = intent(&live.config, analysis.intent.as_ref());
    Ok(Seen { score, length: u32::try_from(length).unwrap_or(u32::MAX), category, intent })
}

/// The name of an intent, if the configuration has any.
pub(super) fn intent(config: &Config, intent: Option<&Intent>) -> Option<String> {
    let name = intent.map_or(NO_INTENT, |intent| &intent.name);
    (!config.intents.is_empty()).then(|| name.to_owned())
}

impl By {
    /// The score of a request whose gain has this interval, and whose local answer looks so sure: from the threshold on it means the
    /// stronger target, as the rule has it. `min_score` keeps a local answer that is at least so sure; what nobody looked at is not
    /// kept.
    pub(super) fn compared(&self, interval: Option<[f32; 2]>, confidence: Option<f32>) -> f64 {
        match self {
            Self::Gain(key, _) => key.of_interval(interval),
            Self::MinScore => confidence.map_or(1.0, |sure| {
                f64::midpoint((-sure.next_up()).into(), (-sure).into()).max(-1.0)
            }),
        }
    }

    /// What both ways cost: a local answer that was looked at is paid even if it is not kept, at most all of it.
    pub(super) fn paid(&self, cheap: Outcome, strong: Outcome) -> (Outcome, Outcome) {
        let looked_at = if *self == Self::MinScore { cheap.cost } else { 0.0 };
        (cheap, Outcome { cost: strong.cost + looked_at, ..strong })
    }
}

#[cfg(test)]
mod tests {
    use super::{By, lines, read};

    #[test]
    fn a_local_answer_is_kept_where_the_rule_keeps_it() {
        for threshold in [0.51f64, 0.3, 0.01, 0.085] {
            let bound = threshold as f32;
            for sure in [bound.next_down(), bound, bound.next_up()] {
                let score = By::MinScore.compared(None, Some(sure));
                let is_strong = score >= By::MinScore.turned(threshold);
                assert_eq!(is_strong, sure < bound, "{sure} {threshold}");
            }
        }
        assert_eq!(By::MinScore.compared(None, None), 1.0);
    }

    #[test]
    fn saved_cases_keep_their_category_and_older_ones_have_none() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("cases.jsonl");
        let old = r#"{"id":"a","score":0.1,"cheap":{"success":1},"strong":{"success":1}}"#;
        let new = old.replace(r#""a""#, r#""b""#).replace("0.1,", r#"0.1,"category":"code","#);
        std::fs::write(&file, format!("{old}\n{new}\n")).unwrap();
        let cases = read(&file).unwrap().cases;
        let categories = |cases: &[super::Recorded]| -> Vec<Option<String>> {
            cases.iter().map(|case| case.category.clone()).collect()
        };
        assert_eq!(categories(&cases), [None, Some("code".to_owned())]);
        std::fs::write(&file, lines(&cases).unwrap()).unwrap();
        assert_eq!(read(&file).unwrap().cases, cases);
    }
}
