//! A local answer that is looked at before it counts: it begins, its first tokens are held back, and either the client gets
//! it or the next candidate answers instead. Where time is short the next candidate starts meanwhile.
//!
//! Invariant: of an answer that is not kept nothing reaches the client; what it and a loser of the race cost is on record.

mod signs;
#[cfg(test)]
mod tests;

use super::cloud::{Patience, encoder, now_seconds};
use super::ctx::Ctx;
use super::rehearsal::{self, Canned};
use super::respond::Remarks;
use super::source::{Events, Source, encoded, show_logprobs, top_logprobs};
use super::{Answer, Asked, answer, local, terms};
use crate::analyze::tokens::estimate;
use crate::chat::{
    Candidate, Cascade, ChatRequest, Escalation, HopKind, Outcome, Sampling, StreamEvent,
    TokenLogprob,
};
use crate::config::Target;
use crate::dialect::openai_chat;
use crate::error::{Error, ErrorKind};
use crate::telemetry::{self, Metric};
use signs::Signs;
use std::pin::pin;
use std::sync::Arc;
use std::time::Instant;
use tokio::time::{sleep_until, timeout};

/// Temperature of the second answer, unless the client's own is higher: a greedy one would only say the same again.
const SECOND_TEMPERATURE: f64 = 0.7;

/// A local answer after the look at its first tokens.
struct Looked {
    events: Events,
    held: Vec<StreamEvent>,
    /// How it ended, if it has.
    ended: Option<Outcome>,
    signs: Signs,
    text: String,
}

/// What came of the candidate that ran beside the local one.
type Beside = (Ctx, Remarks, Result<Answer, Error>);

/// What the race came to.
enum Winner {
    Local(Box<Result<Looked, Error>>),
    Beside(Box<Beside>),
}

/// Tries the local candidate at `index`, and the next one with it where they overlap. Says how many candidates were tried.
pub(super) async fn run(
    ctx: &mut Ctx,
    remarks: &mut Remarks,
    asked: Asked<'_>,
    index: usize,
    cascade: Cascade,
) -> (usize, Result<Answer, Error>) {
    let candidates = &asked.decision.candidates;
    let Some(candidate) = candidates.get(index) else {
        return (1, Err(super::internal("a cascade without a candidate")));
    };
    let (target, patience) = match terms(ctx, asked, candidate, true) {
        Ok(terms) => terms,
        Err(error) => return (1, Err(error)),
    };
    if let Some(rehearsal) = ctx.rehearsal.clone().filter(|it| it.stands_in_for(&target.name)) {
        return match rehearsal.canned(&target.name) {
            Some(known) => {
                (1, rehearsed(ctx, remarks, asked, candidate, &target, cascade, known).await)
            }
            // Nobody may be asked, which is told as for any other target.
            None => (1, answer(ctx, remarks, asked, candidate, true).await),
        };
    }
    let aimed_at = ctx.targets_since + ctx.live.budget(asked.decision.latency).ttft_target;
    let next = candidates.get(index + 1).filter(|next| !next.local);
    let begins = match cascade.overlap {
        Some(false) => None,
        Some(true) => Some(Instant::now()),
        None => Some(aimed_at),
    };
    let (Some(next), Some(begins)) = (next, begins) else {
        let looked = look(ctx, asked, &target, patience, cascade).await;
        return (1, keep(ctx, remarks, asked.request, &target, patience, cascade, looked).await);
    };
    let mut side = ctx.fork();
    let more = index + 2 < candidates.len();
    let beside = async move {
        sleep_until(begins.into()).await;
        let mut own = Remarks::default();
        let result = answer(&mut side, &mut own, asked, next, more).await;
        (side, own, result)
    };
    let mut beside = Box::pin(beside);
    let mut ready: Option<Box<Beside>> = None;
    let winner = {
        let mut look = pin!(look(ctx, asked, &target, patience, cascade));
        loop {
            let is_good = ready.as_ref().is_some_and(|beside| beside.2.is_ok());
            tokio::select! {
                biased;
                looked = &mut look => break Winner::Local(Box::new(looked)),
                () = sleep_until(aimed_at.into()), if is_good => {
                    if let Some(beside) = ready.take() {
                        break Winner::Beside(beside);
                    }
                }
                done = &mut beside, if ready.is_none() => ready = Some(Box::new(done)),
            }
        }
    };
    let kept = match winner {
        Winner::Beside(beside) => {
            // The time that was aimed at is over, and an answer is there.
            ctx.settle(Outcome::Cancelled, Some("overtaken".to_owned()));
            return (2, take(ctx, remarks, *beside));
        }
        Winner::Local(looked) => {
            let looked = *looked;
            let good = matches!(&looked, Ok(looked) if looked.signs.score() >= cascade.min_score);
            if good {
                drop(beside);
                drop(ready.take());
                ctx.gather();
                let kept = keep(ctx, remarks, asked.request, &target, patience, cascade, looked);
                return (1, kept.await);
            }
            keep(ctx, remarks, asked.request, &target, patience, cascade, looked).await
        }
    };
    match (kept, ready) {
        (Err(error), _) if !error.kind.falls_back() => (1, Err(error)),
        (_, Some(beside)) => {
            left(&target);
            (2, take(ctx, remarks, *beside))
        }
        (_, None) if Instant::now() >= begins => {
            left(&target);
            let beside = beside.await;
            (2, take(ctx, remarks, beside))
        }
        (kept, None) => (1, kept),
    }
}

/// Counts that a request went on from the local candidate to the one beside it.
fn left(target: &Target) {
    telemetry::counter(Metric::Fallback, &[&target.name]).add(1);
}

/// A look at an answer that was there before: by the confidence that is told of it, else by its words.
async fn rehearsed(
    ctx: &mut Ctx,
    remarks: &mut Remarks,
    asked: Asked<'_>,
    candidate: &Candidate,
    target: &Arc<Target>,
    cascade: Cascade,
    canned: &Canned,
) -> Result<Answer, Error> {
    if let Ok(choice) = &canned.answer {
        let text = choice.text.as_deref().unwrap_or_default();
        let n_tokens = estimate(text) as usize;
        let signs = Signs { n_tokens, valid: is_valid(asked.request, text), ..Signs::default() };
        let signs = signs.with_words(text);
        let score = canned.confidence.unwrap_or_else(|| signs.score());
        if score < cascade.min_score {
            rehearsal::begin(ctx, asked.request, target, canned, cascade.look);
        }
        judge(ctx, remarks, target, cascade, (score, &signs))?;
    }
    answer(ctx, remarks, asked, candidate, true).await
}

/// Goes on with what ran beside.
fn take(ctx: &mut Ctx, remarks: &mut Remarks, beside: Beside) -> Result<Answer, Error> {
    let (side, own, result) = beside;
    ctx.adopt(side);
    remarks.lost = own.lost;
    result
}

/// Starts the local answer and waits for its first tokens; an attempt that fails is settled.
async fn look(
    ctx: &mut Ctx,
    asked: Asked<'_>,
    target: &Arc<Target>,
    patience: Patience,
    cascade: Cascade,
) -> Result<Looked, Error> {
    let work = first_tokens(ctx, asked, target, patience, cascade);
    let looked = match timeout(patience.ttft, work).await {
        Ok(looked) => looked,
        Err(_) => Err(local::too_late(target, patience)),
    };
    if let Err(error) = &looked {
        local::settle_failed(ctx, error);
    }
    looked
}

async fn first_tokens(
    ctx: &mut Ctx,
    asked: Asked<'_>,
    target: &Arc<Target>,
    patience: Patience,
    cascade: Cascade,
) -> Result<Looked, Error> {
    let request = asked.request;
    let prompt_tokens = u64::from(asked.analysis.n_tokens);
    let seed = ctx.record.id.as_u64_pair().1;
    let own = local::sampling(request, target);
    let sampling = Sampling {
        logprobs: true,
        top_logprobs: Some(own.top_logprobs.unwrap_or(0).max(signs::ALTERNATIVES)),
        ..own.clone()
    };
    let begin = |ctx: &mut Ctx, how| {
        ctx.begin(HopKind::Generate, target, prompt_tokens);
        rehearsal::sent(ctx, target, &request.raw);
        local::start(ctx, request, target, patience, how)
    };
    let mut events = begin(ctx, (sampling, seed))?;
    let mut second = None;
    if cascade.second_sample {
        let mut side = ctx.fork();
        let sampling = Sampling {
            temperature: Some(
                own.temperature.unwrap_or(SECOND_TEMPERATURE).max(SECOND_TEMPERATURE),
            ),
            max_tokens: own.max_tokens.map(|most| most.min(cascade.look)),
            seed: own.seed.map(|seed| seed.wrapping_add(1)),
            logprobs: false,
            ..own
        };
        // Without it there is one sign less.
        second =
            begin(&mut side, (sampling, seed.wrapping_add(1))).ok().map(|events| (side, events));
    }
    let mut held = Vec::new();
    let mut tokens: Vec<TokenLogprob> = Vec::new();
    let (mut text, mut ended) = (String::new(), None);
    while tokens.len() < cascade.look as usize && ended.is_none() {
        let (batch, outcome) = events.next(ctx).await?;
        for event in batch {
            match &event {
                StreamEvent::Text { delta, logprobs, .. } => {
                    text.push_str(delta);
                    tokens.extend_from_slice(logprobs);
                }
                StreamEvent::End => ended = Some(outcome),
                _ => {}
            }
            held.push(event);
        }
    }
    let mut signs = Signs::of(&tokens, &text);
    if let Some((side, events)) = second {
        signs.agreement =
            second_text(side, events).await.map(|other| signs::agreement(&text, &other));
    }
    if ended.is_some() {
        signs.valid = is_valid(request, &text);
    }
    show_logprobs(&mut held, top_logprobs(request));
    Ok(Looked { events, held, ended, signs, text })
}

/// The text of the second answer; `None` if there is none. Its cost is on record either way.
async fn second_text(mut side: Ctx, mut events: Events) -> Option<String> {
    let mut text = String::new();
    loop {
        let Ok((batch, outcome)) = events.next(&mut side).await else {
            side.settle(Outcome::Error, Some("second sample".to_owned()));
            return None;
        };
        for event in batch {
            match event {
                StreamEvent::Text { delta, .. } => text.push_str(&delta),
                StreamEvent::End => {
                    side.settle(outcome, Some("second sample".to_owned()));
                    return Some(text);
                }
                _ => {}
            }
        }
    }
}

/// Whether a text that has ended is whole JSON, if that was asked for. The schema itself is kept to token by token, so what
/// is left to go wrong is an answer that was cut.
fn is_valid(request: &ChatRequest, text: &str) -> Option<bool> {
    super::wants_json(request).then(|| serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok())
}

/// Keeps the local answer if it is good enough, with a second look at its end where it is given whole.
async fn keep(
    ctx: &mut Ctx,
    remarks: &mut Remarks,
    request: &ChatRequest,
    target: &Target,
    patience: Patience,
    cascade: Cascade,
    looked: Result<Looked, Error>,
) -> Result<Answer, Error> {
    let mut looked = looked?;
    ctx.gather();
    judge(ctx, remarks, target, cascade, (looked.signs.score(), &looked.signs))?;
    if request.stream {
        remarks.lost.clone_from(&request.unknown_fields);
        let mut encoder = encoder(request);
        let first = encoded(&looked.held, looked.ended.unwrap_or_default(), &mut encoder);
        let (events, top) = (Box::new(looked.events), top_logprobs(request));
        let source = Source::Encoded { events, encoder, top };
        return Ok(Answer::Stream { source: Box::new(source), first, restorer: None });
    }
    if looked.ended.is_none() {
        let work = rest(ctx, request, &mut looked);
        let result = match timeout(patience.ttft, work).await {
            Ok(result) => result,
            Err(_) => Err(local::too_late(target, patience)),
        };
        if let Err(error) = result {
            local::settle_failed(ctx, &error);
            return Err(error);
        }
        looked.signs = looked.signs.with_words(&looked.text);
        looked.signs.valid = is_valid(request, &looked.text);
        judge(ctx, remarks, target, cascade, (looked.signs.score(), &looked.signs))?;
    }
    remarks.lost.clone_from(&request.unknown_fields);
    let mut collector = openai_chat::Collector::new();
    looked.held.iter().for_each(|event| collector.push(event));
    let mut response = collector.finish();
    response.usage = response.usage.or_else(|| ctx.attempt.as_ref().and_then(|a| a.usage));
    ctx.settle(looked.ended.unwrap_or_default(), None);
    Ok(Answer::Whole(openai_chat::encode_response(&response, now_seconds())))
}

/// Collects an answer to its end.
async fn rest(ctx: &mut Ctx, request: &ChatRequest, looked: &mut Looked) -> Result<(), Error> {
    while looked.ended.is_none() {
        let (mut batch, outcome) = looked.events.next(ctx).await?;
        show_logprobs(&mut batch, top_logprobs(request));
        for event in batch {
            match &event {
                StreamEvent::Text { delta, .. } => looked.text.push_str(delta),
                StreamEvent::End => looked.ended = Some(outcome),
                _ => {}
            }
            looked.held.push(event);
        }
    }
    Ok(())
}

/// Notes the signs, and ends the attempt if they are not good enough.
fn judge(
    ctx: &mut Ctx,
    remarks: &mut Remarks,
    target: &Target,
    cascade: Cascade,
    (score, signs): (f32, &Signs),
) -> Result<(), Error> {
    remarks.confidence = Some(score);
    if let Some(shadow) = &mut ctx.shadow {
        shadow.confidence = Some(score);
    }
    if score >= cascade.min_score {
        if let Some(attempt) = &mut ctx.attempt {
            attempt.detail = Some(signs.told(score));
        }
        return Ok(());
    }
    let reason = Escalation::LowConfidence;
    remarks.escalation = Some(reason);
    telemetry::counter(Metric::Escalation, &[&target.name, reason.as_str()]).add(1);
    ctx.settle(Outcome::Rejected, Some(format!("{} {}", reason.as_str(), signs.told(score))));
    let message = format!(
        "target `{}`: its answer scored {score:.3}, below the {:.3} that the rule asks for",
        target.name, cascade.min_score
    );
    Err(Error::new(ErrorKind::LowConfidence, message))
}
