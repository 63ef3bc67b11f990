//! The phase `analyze`: detectors and intent side by side, each inside its allowance.
//!
//! Invariant: a stage that fails leaves its field empty and says so; `privacy_failed` then makes the decision close.

use super::ctx::Ctx;
use super::stage::{StageFailure, bounded};
use crate::analyze::is_excerpted;
use crate::chat::{Analysis, ChatRequest, Finding, HopKind, Intent, Outcome, Part, StageReport};
use crate::live::LiveState;
use std::sync::Arc;
use std::time::{Duration, Instant};

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
    let (intent, detect) = tokio::join!(
        timed(find_intent(&live, request, budget.intent)),
        timed(detect(&live, request, budget.detect)),
    );
    let mut analysis = Analysis {
        n_tokens: live.count_tokens(request),
        unchecked: unchecked(request),
        ..Analysis::default()
    };
    analysis.findings =
        note(ctx, &mut analysis.stages, HopKind::Detect, detect, budget.detect).unwrap_or_default();
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

/// All findings of a request, slot by slot.
pub fn detect_all(live: &LiveState, request: &ChatRequest) -> Vec<Finding> {
    let texts = request.texts.iter().enumerate();
    texts.flat_map(|(slot, text)| live.detectors.scan(slot, &text.text)).collect()
}

async fn timed<T>(work: impl Future<Output = Result<T, StageFailure>>) -> Timed<T> {
    let started = Instant::now();
    let result = work.await;
    Timed { result, started, duration: started.elapsed() }
}

async fn detect(
    live: &Arc<LiveState>,
    request: &Arc<ChatRequest>,
    allowance: Duration,
) -> Result<Vec<Finding>, StageFailure> {
    let (live, request) = (live.clone(), request.clone());
    bounded(request.text_bytes(), allowance, move || detect_all(&live, &request)).await
}

async fn find_intent(
    live: &LiveState,
    request: &ChatRequest,
    allowance: Duration,
) -> Result<Option<Intent>, StageFailure> {
    if !live.has_intents() {
        return Ok(None);
    }
    match tokio::time::timeout(allowance, live.intent(request)).await {
        Ok(result) => result,
        Err(_) => Err(StageFailure::Timeout),
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

/// Content that no detector can read.
fn unchecked(request: &ChatRequest) -> Vec<&'static str> {
    let mut kinds = Vec::new();
    for part in request.messages.iter().flat_map(|message| &message.parts) {
        let kind = match part {
            Part::Text { .. } => continue,
            Part::Image { .. } => "image",
            Part::Other { .. } => "other",
        };
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    kinds
}
