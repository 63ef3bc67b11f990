//! THE river: receive → decode → analyze → decide → prepare → upstream → restore → encode → respond → record.
//!
//! [`run`] calls the rooms in this order; nothing else decides it. Every request ends in the ledger, whatever happens.

mod analyze;
mod cascade;
mod cloud;
mod conversation;
mod ctx;
#[cfg(test)]
mod drift_tests;
mod edge;
mod explain;
#[cfg(test)]
mod harness;
mod hear;
mod judge;
mod local;
#[cfg(test)]
mod matrix_tests;
mod model_name;
mod prepare;
mod refused;
mod rehearsal;
mod relay;
mod respond;
mod shadow;
#[cfg(test)]
mod shadow_tests;
mod source;
mod stage;
mod task;
mod tried;

pub use analyze::{privacy_failed, run as analyze};
pub use ctx::Ctx;
pub use edge::EdgeExplained;
pub use explain::{Explanation, decision, explanation};
pub use hear::hear;
pub use judge::{Judged, look, verdict};
pub use rehearsal::{Canned, Charge, Rehearsal, Sent};
pub use relay::Relay;
pub use respond::{Reply, ReplyBody};
pub use stage::StageFailure;
pub use task::{TASK_ID_FORM, is_task_id};

use crate::chat::{Candidate, ChatRequest, Decision, HopKind, LatencyClass, Outcome};
use crate::config::Target;
use crate::config::resolved::Budget;
use crate::dialect::openai_chat::{self, Spoken};
use crate::error::{Error, ErrorKind};
use crate::live::LiveState;
use crate::privacy::restore::{ResponseRestorer, restore_text};
use crate::privacy::vault::Vault;
use crate::telemetry::{self, Metric};
use crate::upstream::is_reasoning_model;
use bytes::Bytes;
use cloud::{Opened, Patience};
use futures_util::FutureExt;
use http::HeaderMap;
use respond::Remarks;
use shadow::Shadow;
use source::{Source, Step};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

const JSON: &str = "application/json";
const EVENT_STREAM: &str = "text/event-stream";
/// When to send a request again that was cut since the process ends: another process may be there by then.
const STOPPING_RETRY: Duration = Duration::from_secs(2);

/// A request as it arrived.
pub struct Inbound {
    /// The body, or why there is none.
    pub body: Result<Bytes, Error>,
    /// The client's headers.
    pub headers: HeaderMap,
    /// The tenant of the API key.
    pub tenant: Option<Arc<str>>,
    /// When it arrived.
    pub arrived: Instant,
}

/// How the river ended for a request that did not fail.
enum Answer {
    Whole(Bytes),
    /// A whole answer that is a question to the user.
    Question(Bytes),
    /// What would be done with the request.
    DryRun(Bytes),
    Stream {
        source: Box<Source>,
        first: Vec<Step>,
        restorer: Option<Box<ResponseRestorer>>,
    },
}

/// Serves one request from arrival to record. Never fails: an error becomes a reply.
pub async fn run(live: Arc<LiveState>, inbound: Inbound) -> Reply {
    run_until(live, inbound, &CancellationToken::new()).await
}

/// As [`run`], but once `stop` is cancelled a request without an answer ends with [`ErrorKind::Stopping`].
pub async fn run_until(live: Arc<LiveState>, inbound: Inbound, stop: &CancellationToken) -> Reply {
    let ctx = Ctx::new(live, inbound.arrived, inbound.tenant.clone());
    serve(ctx, inbound, stop).await
}

/// What is said to those whose answers are cut since the process ends.
pub fn stopping() -> Error {
    let message = "the gateway is being stopped; send the request again";
    Error::new(ErrorKind::Stopping, message).retry_after(STOPPING_RETRY)
}

/// As [`run`], with a rehearsal that answers for targets and looks on. Nothing else differs.
pub async fn rehearse(live: Arc<LiveState>, inbound: Inbound, rehearsal: Arc<Rehearsal>) -> Reply {
    let mut ctx = Ctx::new(live, inbound.arrived, inbound.tenant.clone());
    ctx.rehearsal = Some(rehearsal);
    serve(ctx, inbound, &CancellationToken::new()).await
}

async fn serve(mut ctx: Ctx, inbound: Inbound, stop: &CancellationToken) -> Reply {
    let mut remarks = Remarks::default();
    let work = river(&mut ctx, &mut remarks, inbound.body, inbound.headers);
    let result = match stop.run_until_cancelled(AssertUnwindSafe(work).catch_unwind()).await {
        None => Err(stopping()),
        Some(Ok(result)) => result,
        Some(Err(_)) => Err(Error::new(
            ErrorKind::Internal,
            "an internal defect ended this request; see the ledger",
        )),
    };
    end(ctx, &remarks, result)
}

/// Makes the reply of what the river came to, and ends the record unless a stream goes on.
fn end(mut ctx: Ctx, remarks: &Remarks, result: Result<Answer, Error>) -> Reply {
    ctx.first_byte();
    let result = result.map_err(|error| tried::named(&ctx, error));
    tried::log(&ctx, result.as_ref().err());
    match result {
        Ok(Answer::Whole(body)) => {
            let headers = respond::headers(&ctx, remarks, JSON, true);
            if let Some(shadow) = ctx.shadow.take()
                && let Some(spoken) = Spoken::whole(&body)
            {
                shadow.begin(&ctx, spoken);
            }
            ctx.finish(200, Outcome::Ok);
            Reply { status: 200, headers, body: ReplyBody::Whole(body) }
        }
        Ok(Answer::Question(body)) => {
            let headers = respond::headers(&ctx, remarks, JSON, true);
            ctx.finish(200, Outcome::NeedsInput);
            Reply { status: 200, headers, body: ReplyBody::Whole(body) }
        }
        Ok(Answer::DryRun(body)) => {
            let headers = respond::headers(&ctx, remarks, JSON, false);
            // Nothing was asked for and nothing is paid, so there is nothing to count.
            ctx.discard();
            Reply { status: 200, headers, body: ReplyBody::Whole(body) }
        }
        Ok(Answer::Stream { source, first, restorer }) => {
            let headers = respond::headers(&ctx, remarks, EVENT_STREAM, false);
            let relay = Relay::new(ctx, source, first, restorer);
            Reply { status: 200, headers, body: ReplyBody::Stream(Box::new(relay)) }
        }
        Err(error) => {
            let mut headers = respond::headers(&ctx, remarks, JSON, true);
            respond::error_headers(&mut headers, &error);
            ctx.fail(&error);
            let body = openai_chat::error_body(&error);
            Reply { status: error.status(), headers, body: ReplyBody::Whole(body) }
        }
    }
}

async fn river(
    ctx: &mut Ctx,
    remarks: &mut Remarks,
    body: Result<Bytes, Error>,
    headers: HeaderMap,
) -> Result<Answer, Error> {
    ctx.record.task = task::of(&headers, ctx.record.tenant.as_deref())?;
    let request = Arc::new(openai_chat::decode_request(body?)?);
    ctx.requested(model_name::kept(&ctx.live.clone(), &request.model), request.stream);
    let analysis = Arc::new(analyze(ctx, &request).await);
    *remarks = Remarks::of(&analysis);

    let running = ctx.start(HopKind::Decide);
    let header = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
    let live = ctx.live.clone();
    let rehearsal = ctx.rehearsal.clone();
    let stands_in = |name: &str| rehearsal.as_ref().is_some_and(|it| it.stands_in_for(name));
    let health =
        |target: &Target| if stands_in(&target.name) { Ok(()) } else { live.health(target) };
    let (decision, refused) = decision(ctx, &request, &analysis, &header, &health);
    let refused = refused.map(|error| stage::told(error, &analysis));
    let outcome = if refused.is_none() { Outcome::Ok } else { Outcome::Blocked };
    ctx.end(running, outcome, None);
    ctx.decided(&decision);
    if headers.get("x-weir-explain").is_some_and(|value| value == "true") {
        // Nothing is served, so nothing is compared.
        ctx.record.side = None;
        let told = explanation(ctx, &request, &analysis, (decision, refused));
        let body = serde_json::to_vec(&told)
            .map_err(|_| internal("the explanation could not be written"))?;
        return Ok(Answer::DryRun(body.into()));
    }
    if rehearsal.is_none() {
        live.drift.note(&decision);
    }
    ctx.shadow = Shadow::drawn(ctx, &request, &analysis, &decision);
    if let Some(allowed) = &decision.edge
        && let Some(answer) = edge::answer(ctx, remarks, &request, &analysis, allowed).await
    {
        return Ok(answer);
    }
    if let Some(error) = refused {
        return Err(error);
    }
    // They hold on to the connection's read buffer.
    drop(headers);

    let n_candidates = decision.candidates.len();
    let (mut index, mut rejection) = (0, None);
    while let Some(candidate) = decision.candidates.get(index) {
        let more = index + 1 < n_candidates;
        let asked = Asked { request: &request, analysis: &analysis, decision: &decision };
        let (tried, result) = match &decision.cascade {
            Some(cascade) if candidate.local && more => {
                cascade::run(ctx, remarks, asked, index, *cascade).await
            }
            _ => (1, answer(ctx, remarks, asked, candidate, more).await),
        };
        index += tried;
        match result {
            Ok(answer) => return Ok(answer),
            Err(error)
                if index < n_candidates
                    && !is_over(ctx, &decision)
                    && goes_on(&error, rejection.is_some()) =>
            {
                telemetry::counter(Metric::Fallback, &[&candidate.target]).add(1);
                if error.kind == ErrorKind::UpstreamRejected {
                    rejection = Some(error);
                }
            }
            // What the first provider found wrong with the request is what its client can act on.
            Err(error) => return Err(rejection.unwrap_or(error)),
        }
    }
    Err(Error::new(ErrorKind::NoCandidate, "no target is left to try"))
}

/// Whether the next candidate is asked. A request that one provider rejects may suit another, but not every other.
fn goes_on(error: &Error, was_rejected: bool) -> bool {
    error.kind.falls_back() || error.kind == ErrorKind::UpstreamRejected && !was_rejected
}

/// Whether the time of the request's class has passed, so that nobody else could answer in it.
fn is_over(ctx: &Ctx, decision: &Decision) -> bool {
    ctx.live
        .budget(decision.latency)
        .total
        .is_some_and(|total| ctx.targets_since.elapsed() >= total)
}

/// A request with what is known and decided about it.
#[derive(Clone, Copy)]
struct Asked<'a> {
    request: &'a Arc<ChatRequest>,
    analysis: &'a Arc<crate::chat::Analysis>,
    decision: &'a Decision,
}

/// A candidate's target, and how long it may take.
fn terms(
    ctx: &Ctx,
    asked: Asked<'_>,
    candidate: &Candidate,
    more: bool,
) -> Result<(Arc<Target>, Patience), Error> {
    let Some(target) = ctx.live.config.target(&candidate.target) else {
        return Err(internal("a decision names a target that does not exist"));
    };
    let budget = ctx.live.budget(asked.decision.latency);
    let deadline = deadline(ctx, &budget, target);
    let ttft = first_token_limit(asked.request, target, &budget, more);
    let class = asked.decision.latency;
    let gives_way = !more && class == LatencyClass::Standard;
    let queue = if gives_way { budget.queue.max(ttft) } else { budget.queue };
    let background = class == LatencyClass::Background;
    Ok((target.clone(), Patience { ttft, deadline, queue, background }))
}

/// When a candidate's answer must be over: the class's limit, which counts from the end of the local stages, and the target's own.
fn deadline(ctx: &Ctx, budget: &Budget, target: &Target) -> Instant {
    let own = Instant::now() + target.limits.total;
    budget.total.map_or(own, |total| own.min(ctx.targets_since + total))
}

/// How long a candidate's first token is awaited, or the headers of its whole answer. A model that thinks first gets the time
/// for it. Without another candidate, waiting longer is the best that can be done, so the class's limit gives way.
fn first_token_limit(
    request: &ChatRequest,
    target: &Target,
    budget: &Budget,
    more: bool,
) -> Duration {
    let limits = &target.limits;
    let thinks = openai_chat::asks_for_reasoning(request)
        .unwrap_or_else(|| is_reasoning_model(&target.model));
    if !request.stream {
        let headers =
            if thinks { limits.headers.max(limits.reasoning_ttft) } else { limits.headers };
        // A whole answer shows nothing before its end. Where another candidate waits it gets as long as the longest thought.
        return if more { headers.min(limits.reasoning_ttft) } else { headers };
    }
    let own = if thinks { limits.reasoning_ttft } else { limits.ttft };
    budget.ttft_limit.filter(|_| more).map_or(own, |limit| own.min(limit))
}

/// Tries one candidate: prepare, upstream, and for whole answers restore.
async fn answer(
    ctx: &mut Ctx,
    remarks: &mut Remarks,
    asked: Asked<'_>,
    candidate: &Candidate,
    more: bool,
) -> Result<Answer, Error> {
    let Asked { request, analysis, decision } = asked;
    let (target, mut patience) = terms(ctx, asked, candidate, more)?;
    let target = &target;
    let prompt_tokens = u64::from(analysis.n_tokens);
    if candidate.local {
        remarks.lost.clone_from(&request.unknown_fields);
        let opened = local::open(ctx, request, target, prompt_tokens, patience).await?;
        return Ok(into_answer(opened, None));
    }
    let begun = Instant::now();
    let prepared = prepare::run(ctx, request, analysis, decision, target).await?;
    // What leaves is made ready here; that is not the target's time.
    patience.deadline += begun.elapsed();
    let vault = prepared.vault.clone();
    let opened =
        refused::open(ctx, remarks, request, prepared, target, (prompt_tokens, patience)).await;
    match opened {
        Ok(Opened::Whole(body)) => {
            Ok(Answer::Whole(restore_whole(ctx, body, vault, wants_json(request))?))
        }
        Ok(opened) => Ok(into_answer(
            opened,
            vault.map(|vault| Box::new(ResponseRestorer::new(vault, wants_json(request)))),
        )),
        Err(error) => Err(restore_error(error, vault.as_deref())),
    }
}

fn into_answer(opened: Opened, restorer: Option<Box<ResponseRestorer>>) -> Answer {
    match opened {
        Opened::Whole(body) => Answer::Whole(body),
        Opened::Stream { source, first } => Answer::Stream { source, first, restorer },
    }
}

/// Puts values back into a whole answer.
fn restore_whole(
    ctx: &mut Ctx,
    body: Bytes,
    vault: Option<Arc<Vault>>,
    json: bool,
) -> Result<Bytes, Error> {
    let Some(vault) = vault else { return Ok(body) };
    let running = ctx.start(HopKind::Restore);
    let mut restorer = ResponseRestorer::new(vault, json);
    let restored = restorer.whole(&body);
    let outcome = if restored.is_ok() { Outcome::Ok } else { Outcome::Error };
    ctx.end_restore(running, outcome, restorer.counts());
    restored.map_err(|_| {
        Error::new(
            ErrorKind::UpstreamGarbage,
            "the provider's answer could not be read to restore it",
        )
    })
}

/// A provider's error body may quote the redacted request; the client sees its own words.
fn restore_error(mut error: Error, vault: Option<&Vault>) -> Error {
    if let (Some((_, body)), Some(vault)) = (&mut error.upstream, vault)
        && let Ok(text) = std::str::from_utf8(body)
    {
        *body = restore_text(vault, text, crate::privacy::restore::Escaping::JsonString).into();
    }
    error
}

/// Whether the client asked for JSON text, in which restored values must be escaped.
fn wants_json(request: &ChatRequest) -> bool {
    request.response_format.as_ref().is_some_and(|format| format.get().contains("json"))
}

fn internal(message: &str) -> Error {
    Error::new(ErrorKind::Internal, message)
}
