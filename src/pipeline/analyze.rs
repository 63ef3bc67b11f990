//! The phase `analyze`: the edge model reads, the detectors look, the intent is told, each inside its allowance.
//!
//! Invariant: a stage that fails leaves its field empty and says so; `privacy_failed` then makes the decision close.

use super::ctx::Ctx;
use super::stage::{StageFailure, bounded};
use crate::analyze::is_excerpted;
use crate::chat::{
    Analysis, ChatRequest, Finding, HopKind, Intent, Outcome, Role, StageReport, TASKS, TaskGuess,
    TextSlot,
};
use crate::inference::{Reading, Terms};
use crate::live::LiveState;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What the allowance of the detectors grows by with the text, so that a long prompt is read whole.
const PER_KIB: Duration = Duration::from_millis(100);

fn kib(n_bytes: usize) -> u32 {
    u32::try_from(n_bytes / 1024).unwrap_or(u32::MAX)
}

/// What one stage did: its result, when it began and how long it took.
struct Timed<T> {
    result: Result<T, StageFailure>,
    started: Instant,
    duration: Duration,
}

/// Runs the local stages over a request and notes their hops.
pub async fn run(ctx: &mut Ctx, request: &Arc<ChatRequest>) -> Analysis {
    let live = ctx.live.clone();
    // The class is decided later; until then the tighter budget holds.
    let budget = live.config.latency.interactive;
    // One after the other: what the detectors' pass reads is there when the intent asks for it.
    let terms = |allowance| Terms {
        tenant: ctx.record.tenant.clone(),
        allowance: Some(allowance),
        patience: Some(live.patience()),
        ..Terms::default()
    };
    let detect = timed(detect(&live, request, terms(budget.detect))).await;
    let intent = timed(find_intent(&live, request, &terms(budget.intent))).await;
    let mut analysis = Analysis {
        n_tokens: live.count_tokens(request),
        unchecked: unchecked(request, live.config.privacy.model),
        retry_after: retry_after(&detect).or(retry_after(&intent)),
        ..Analysis::default()
    };
    if let Some(seen) = note(ctx, &mut analysis.stages, HopKind::Detect, detect, budget.detect) {
        analysis.injection = injection(request, &seen.readings);
        analysis.task = task(request, &seen.readings);
        if let Some((text, reading)) = deciding(request, &seen.readings) {
            analysis.gains = live.gains(&text.text, reading);
        }
        analysis.findings = seen.findings;
        if let Some(hop) = ctx.record.hops.last_mut() {
            hop.detail = what_passes(&live, &analysis);
        }
    }
    if live.has_intents() {
        analysis.intent =
            note(ctx, &mut analysis.stages, HopKind::Intent, intent, budget.intent).flatten();
        if let Some(hop) = ctx.record.hops.last_mut()
            && is_excerpted(request)
        {
            hop.detail = Some("opening and end of a long text".to_owned());
        }
    }
    ctx.analysed(&analysis);
    analysis
}

/// Whether the detectors did not finish, so that nothing may be assumed clean.
pub fn privacy_failed(analysis: &Analysis) -> bool {
    analysis.stages.iter().any(|s| s.stage == HopKind::Detect.as_str() && s.failed.is_some())
}

/// What the model said about the texts, slot by slot, and what was found in them.
struct Seen {
    readings: Vec<Option<Arc<Reading>>>,
    findings: Vec<Finding>,
}

/// The highest probability among texts that others than the operator wrote.
fn injection(request: &ChatRequest, readings: &[Option<Arc<Reading>>]) -> Option<f32> {
    let texts = request.texts.iter().zip(readings);
    let foreign = texts.filter(|(text, _)| matches!(text.role, Some(Role::User | Role::Tool)));
    foreign.filter_map(|(_, reading)| reading.as_ref()?.injection).max_by(f32::total_cmp)
}

/// The longest text of the last user turn and what was read in it.
fn deciding<'a>(
    request: &'a ChatRequest,
    readings: &'a [Option<Arc<Reading>>],
) -> Option<(&'a TextSlot, &'a Reading)> {
    let last = request.last_user()?;
    let texts = request.texts.iter().zip(readings).filter(|(text, _)| text.message() == Some(last));
    let (text, reading) = texts.max_by_key(|(text, _)| text.text.len())?;
    // Tiny texts that were read side by side have no reading of their own.
    Some((text, reading.as_deref().filter(|reading| !reading.tasks.is_empty())?))
}

/// The task type of the text that decides.
fn task(request: &ChatRequest, readings: &[Option<Arc<Reading>>]) -> Option<TaskGuess> {
    let (_, reading) = deciding(request, readings)?;
    let (at, p) = reading.tasks.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1))?;
    Some(TaskGuess { name: TASKS.get(at)?, p: *p })
}

/// All findings of a request, slot by slot, from patterns and from what the edge model read.
fn detect_all(
    live: &LiveState,
    request: &ChatRequest,
    readings: &[Option<Arc<Reading>>],
) -> Vec<Finding> {
    let texts = request.texts.iter().enumerate();
    let all = texts.flat_map(|(slot, text)| {
        let reading = readings.get(slot).and_then(Option::as_ref);
        live.detectors.scan_slot(slot, text, reading.map_or(&[], |reading| &reading.entities))
    });
    all.collect()
}

async fn timed<T>(work: impl Future<Output = Result<T, StageFailure>>) -> Timed<T> {
    let started = Instant::now();
    let result = work.await;
    Timed { result, started, duration: started.elapsed() }
}

async fn detect(
    live: &Arc<LiveState>,
    request: &Arc<ChatRequest>,
    mut terms: Terms,
) -> Result<Seen, StageFailure> {
    let n_bytes = request.text_bytes();
    let for_text = PER_KIB.saturating_mul(kib(n_bytes));
    let allowance = terms.allowance.unwrap_or_default() + for_text;
    terms.allowance = Some(allowance);
    let readings = live.read(request, &terms).await?;
    let (live, request) = (live.clone(), request.clone());
    let work = move || {
        let findings = detect_all(&live, &request, &readings);
        Seen { readings, findings }
    };
    bounded(n_bytes, allowance, work).await
}

async fn find_intent(
    live: &LiveState,
    request: &ChatRequest,
    terms: &Terms,
) -> Result<Option<Intent>, StageFailure> {
    if !live.has_intents() {
        return Ok(None);
    }
    // An encoder of the operator's does not count the time that it works, so waiting for it has an end of its own.
    let most = terms.allowance.unwrap_or_default() + terms.patience.unwrap_or_default();
    match tokio::time::timeout(most, live.intent(request, terms)).await {
        Ok(result) => result,
        Err(_) => Err(StageFailure::Timeout),
    }
}

/// When to try again, if the stage was refused.
fn retry_after<T>(timed: &Timed<T>) -> Option<Duration> {
    match timed.result {
        Err(StageFailure::Overloaded { retry_after }) => Some(retry_after),
        _ => None,
    }
}

/// Notes a stage's hop and report; gives back its value.
fn note<T>(
    ctx: &mut Ctx,
    stages: &mut Vec<StageReport>,
    kind: HopKind,
    timed: Timed<T>,
    allowance: Duration,
) -> Option<T> {
    let failed = timed.result.as_ref().err().map(|failure| failure.as_str());
    let outcome = match timed.result {
        Ok(_) => Outcome::Ok,
        Err(StageFailure::Timeout) => Outcome::Timeout,
        Err(StageFailure::NotReady) => Outcome::Skipped,
        Err(_) => Outcome::Error,
    };
    let cost = ctx.live.core_time(timed.duration);
    let hop = ctx.hop(kind, timed.started, timed.duration, outcome);
    hop.cost = Some(cost);
    hop.allowance_us = Some(allowance.as_micros() as u64);
    hop.detail = failed.map(str::to_owned);
    stages.push(StageReport { stage: kind.as_str(), failed });
    timed.result.ok()
}

/// For the record: what no detector looked at, what detection leaves out by the configuration, and how many values of which type it
/// let pass.
fn what_passes(live: &LiveState, analysis: &Analysis) -> Option<String> {
    let unchecked = (!analysis.unchecked.is_empty())
        .then(|| format!("unchecked: {}", analysis.unchecked.join(", ")));
    let mut allowed: BTreeMap<&str, u32> = BTreeMap::new();
    for finding in analysis.findings.iter().filter(|finding| finding.is_allowed()) {
        *allowed.entry(finding.entity.as_str()).or_insert(0) += 1;
    }
    let counts: Vec<String> = allowed.iter().map(|(entity, n)| format!("{entity}:{n}")).collect();
    let allowed = (!counts.is_empty()).then(|| format!("allowed={}", counts.join(",")));
    let gaps = live.config.privacy.gaps_in_short();
    let words: Vec<String> = unchecked.into_iter().chain(gaps).chain(allowed).collect();
    (!words.is_empty()).then(|| words.join("; "))
}

/// What no detector looks at: parts that none can read, and names where the model, which alone finds them, is off.
fn unchecked(request: &ChatRequest, model: bool) -> Vec<&'static str> {
    let mut kinds = request.unchecked.clone();
    if !model {
        kinds.push("names");
    }
    kinds
}
