//! The phase `prepare`: redact, then shape, then the target's dialect. A fallback comes back here with the original.
//!
//! Invariant: under `redact`, a body leaves this phase only with every finding replaced; a redaction that fails closes.

use super::ctx::Ctx;
use super::stage::{StageFailure, bounded};
use crate::chat::{
    Analysis, ChatRequest, Decision, HopKind, Outcome, PrivacyAction, ShapeLevel, SlotKind, splice,
};
use crate::config::resolved::{Budget, Target, TargetKind};
use crate::dialect::{anthropic, models, openai_chat};
use crate::error::{Error, ErrorKind};
use crate::privacy::redact::redact;
use crate::privacy::vault::Vault;
use crate::shape;
use crate::telemetry::{self, Metric};
use bytes::Bytes;
use std::sync::Arc;
use std::time::Duration;

/// Tool results shorter than this are not worth shaping, in bytes.
const MIN_SHAPED_BYTES: usize = 256;

/// What the allowance of redaction grows by with the text, so that a long prompt with many values is not refused.
const PER_KIB: Duration = Duration::from_millis(1);

/// A request as it leaves for a target.
#[derive(Clone)]
pub struct Prepared {
    /// The body in the target's dialect.
    pub body: Bytes,
    /// What restores the answer; `None` if nothing was replaced.
    pub vault: Option<Arc<Vault>>,
    /// Fields that the target's dialect has no place for, or its model does not take.
    pub lost: Vec<String>,
    /// Whether an answer in JSON comes as the input of a tool.
    pub by_tool: bool,
}

/// Prepares a request for one target.
///
/// # Errors
/// [`ErrorKind::PrivacyUnavailable`] if redaction did not finish, [`ErrorKind::Unsupported`] or
/// [`ErrorKind::InvalidValue`] if the dialect cannot say what the request says.
pub async fn run(
    ctx: &mut Ctx,
    request: &Arc<ChatRequest>,
    analysis: &Arc<Analysis>,
    decision: &Decision,
    target: &Arc<Target>,
) -> Result<Prepared, Error> {
    let budget = ctx.live.budget(decision.latency);
    let mut edits = openai_chat::upstream_edits(request, &target.model);
    let mut vault = None;
    if decision.privacy == PrivacyAction::Redact && !analysis.findings.is_empty() {
        let redaction = redact_findings(ctx, request, analysis, &budget).await?;
        edits.extend(redaction.edits);
        vault = (!redaction.vault.is_empty()).then(|| Arc::new(redaction.vault));
    }
    let mut body = splice(&request.raw, edits);
    let mut decoded = None;
    if decision.shape == ShapeLevel::Lossless && worth_shaping(request) {
        let current = Arc::new(openai_chat::decode_request(body.clone())?);
        if let Some(shaped) = shape_body(ctx, &current, target, &budget).await {
            body = shaped;
        } else {
            decoded = Some(current);
        }
    }
    if target.kind != TargetKind::Anthropic {
        return Ok(fitted(
            request,
            target,
            Prepared { body, vault, lost: Vec::new(), by_tool: false },
        ));
    }
    let current = match decoded {
        Some(current) => current,
        None => Arc::new(openai_chat::decode_request(body)?),
    };
    let anthropic::Encoded { body, lost, by_tool } =
        anthropic::encode_request(&current, &target.model, target.default_max_tokens)?;
    Ok(fitted(request, target, Prepared { body, vault, lost, by_tool }))
}

/// Leaves out what the target's model is known to refuse, unless the client named this target and means what it sent.
fn fitted(request: &ChatRequest, target: &Target, mut prepared: Prepared) -> Prepared {
    let wire = match target.kind {
        TargetKind::Anthropic => models::Wire::Anthropic,
        TargetKind::OpenAi if matches!(&*target.provider, "openai" | "azure") => {
            models::Wire::OpenAi
        }
        _ => return prepared,
    };
    if names(request, target) {
        return prepared;
    }
    let model = models::find(wire, &target.model);
    if let Some((body, lost)) = model.and_then(|model| models::fit(&prepared.body, model)) {
        prepared.body = body;
        prepared.lost.extend(lost);
    }
    prepared
}

/// Whether the client asked for this very target.
pub(super) fn names(request: &ChatRequest, target: &Target) -> bool {
    request.model == *target.name
}

async fn redact_findings(
    ctx: &mut Ctx,
    request: &Arc<ChatRequest>,
    analysis: &Arc<Analysis>,
    budget: &Budget,
) -> Result<crate::privacy::redact::Redaction, Error> {
    let running = ctx.start(HopKind::Redact);
    let (live, request, analysis) = (ctx.live.clone(), request.clone(), analysis.clone());
    let n_bytes = request.text_bytes();
    let kib = u32::try_from(n_bytes / 1024).unwrap_or(u32::MAX);
    let allowance = budget.redact.saturating_add(PER_KIB.saturating_mul(kib));
    let result = bounded(n_bytes, allowance, move || {
        redact(&request.texts, &analysis.findings, &live.config.privacy.keep)
    })
    .await;
    let hop = ctx.end(running, outcome(&result), Some(allowance));
    match result {
        Ok(redaction) => {
            hop.detail = Some(format!("replaced={}", redaction.n_redacted));
            telemetry::counter(Metric::Redacted, &[]).add(redaction.n_redacted as u64);
            Ok(redaction)
        }
        Err(failure) => {
            hop.detail = Some(failure.as_str().to_owned());
            Err(Error::new(
                ErrorKind::PrivacyUnavailable,
                format!(
                    "redaction did not finish ({}), so nothing left this machine; try again, or raise \
                     latency.*.stages.redact_ms",
                    failure.as_str()
                ),
            ))
        }
    }
}

/// The shaped body, or `None` if shaping found nothing or did not finish (its fail mode: go on without).
async fn shape_body(
    ctx: &mut Ctx,
    current: &Arc<ChatRequest>,
    target: &Arc<Target>,
    budget: &Budget,
) -> Option<Bytes> {
    let running = ctx.start(HopKind::Shape);
    let (work, target) = (current.clone(), target.clone());
    // Never inline: the first count loads a vocabulary, which takes longer than a request should wait.
    let result = bounded(usize::MAX, budget.shape, move || {
        let counter = shape::counter_for(&target.provider, &target.model);
        shape::lossless(&work, &|text| counter.count(text))
    })
    .await;
    let hop = ctx.end(running, outcome(&result), Some(budget.shape));
    match result {
        Ok((edits, report)) => {
            hop.detail = Some(format!("tokens={}->{}", report.tokens_before, report.tokens_after));
            (!edits.is_empty()).then(|| splice(&current.raw, edits))
        }
        Err(failure) => {
            hop.detail = Some(failure.as_str().to_owned());
            None
        }
    }
}

fn worth_shaping(request: &ChatRequest) -> bool {
    let mut results = request.texts.iter().filter(|slot| slot.kind == SlotKind::ToolResult);
    results.any(|slot| slot.text.len() >= MIN_SHAPED_BYTES)
}

fn outcome<T>(result: &Result<T, StageFailure>) -> Outcome {
    match result {
        Ok(_) => Outcome::Ok,
        Err(StageFailure::Timeout) => Outcome::Timeout,
        Err(_) => Outcome::Error,
    }
}
