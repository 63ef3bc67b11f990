//! Cases for tuning: a suite that both targets answer, or lines that were saved before.

use super::{By, Tunable};
use crate::cli::{Common, open};
use crate::config::TargetKind;
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
        let Line { id, score, length, cheap, strong } = line;
        cases.push(Recorded { id, score, length, cheap: cheap.into(), strong: strong.into() });
    }
    Ok(Scored { cases, name: name(path), hash: hash(&text) })
}

/// Cases as lines that [`read`] takes.
pub(super) fn lines(cases: &[Recorded]) -> anyhow::Result<String> {
    let mut out = String::new();
    for case in cases {
        let (id, cheap, strong) = (case.id.clone(), case.cheap.into(), case.strong.into());
        let line = Line { id, score: case.score, length: case.length, cheap, strong };
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
            let (score, length) = seen(&live, case, tunable).await?;
            let (cheap, strong) = tunable.by.paid(outcome(cheap)?, outcome(strong)?);
            cases.push(Recorded { id: case.id.clone(), score, length, cheap, strong });
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

/// The number that the rule compares for the first request of a case, and the characters of that request.
async fn seen(live: &Arc<LiveState>, case: &Case, tunable: &Tunable) -> anyhow::Result<(f64, u32)> {
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
    Ok((score, u32::try_from(length).unwrap_or(u32::MAX)))
}

impl By {
    /// The score of a request whose gain has this interval, and whose local answer looks so sure: from the threshold on it means the
    /// stronger target, as the rule has it. `max_gain` sends to the cheaper one where the upper end of the interval is at most the
    /// threshold, `min_gain` to the stronger one where the lower end is at least it, `min_score` keeps a local answer that is at
    /// least so sure. Without a prediction no rule matches, and what nobody looked at is not kept. Half a step beside the number
    /// itself, so that it does not matter how a threshold is rounded.
    pub(super) fn compared(&self, interval: Option<[f32; 2]>, confidence: Option<f32>) -> f64 {
        let between = |a: f32, b: f32| f64::midpoint(a.into(), b.into()).clamp(-1.0, 1.0);
        match (self, interval) {
            (Self::MaxGain(_), Some([_, high])) => between(high.next_down(), high),
            (Self::MaxGain(_), None) => 1.0,
            (Self::MinGain(_), Some([low, _])) => between(low, low.next_up()),
            (Self::MinGain(_), None) => -1.0,
            (Self::MinScore, _) => confidence.map_or(1.0, |sure| between(-sure.next_up(), -sure)),
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
    use super::By;

    #[test]
    fn scores_fall_where_the_rule_does() {
        let (max, min) = (By::MaxGain("p".into()), By::MinGain("p".into()));
        for threshold in [0.51f64, 0.3, -0.005, 0.0, 0.085] {
            let bound = threshold as f32;
            for end in [bound.next_down(), bound, bound.next_up()] {
                let is_strong = max.compared(Some([-1.0, end]), None) >= threshold;
                assert_eq!(is_strong, end > bound, "{end} {threshold}");
                let is_strong = min.compared(Some([end, 1.0]), None) >= threshold;
                assert_eq!(is_strong, end >= bound, "{end} {threshold}");
                let is_strong =
                    By::MinScore.compared(None, Some(end)) >= By::MinScore.turned(threshold);
                assert_eq!(is_strong, end < bound, "{end} {threshold}");
            }
        }
        assert_eq!(max.compared(None, None), 1.0);
        assert_eq!(min.compared(None, None), -1.0);
        assert_eq!(By::MinScore.compared(None, None), 1.0);
    }
}
