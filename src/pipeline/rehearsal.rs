//! A request that is tried out: answers that were there before take the place of targets, and an onlooker sees what left and
//! what was recorded.
//!
//! Invariant: everything but the exchange with a target is the river itself. Time that an answer once took passes on the
//! request's clock without anybody waiting, so limits, fallbacks and overhead come out as they would have.

use super::cloud::{Opened, Patience, encoder, first_steps, now_seconds};
use super::ctx::{Attempt, Ctx};
use super::source::{Events, Source, top_logprobs};
use crate::analyze::tokens;
use crate::chat::{
    ChatRequest, ChatResponse, Choice, FinishReason, HopKind, Outcome, RequestRecord, StreamEvent,
    Usage,
};
use crate::config::{Target, TargetKind};
use crate::dialect::openai_chat;
use crate::error::{Error, ErrorKind};
use crate::units::NanoUsd;
use bytes::Bytes;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What an attempt costs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Charge {
    /// What the price table or the core's price makes of its tokens or time.
    #[default]
    ByUsage,
    /// This much.
    Known(NanoUsd),
    /// Nobody knows.
    Unknown,
}

impl Charge {
    /// The amount, if it was told.
    pub fn known(self) -> Option<NanoUsd> {
        match self {
            Self::Known(cost) => Some(cost),
            Self::ByUsage | Self::Unknown => None,
        }
    }
}

/// What a target answered once, or is taken to answer.
#[derive(Debug, Clone)]
pub struct Canned {
    /// The answer, or how the attempt failed.
    pub answer: Result<Choice, ErrorKind>,
    /// Its tokens; estimated from the text if nobody counted.
    pub usage: Option<Usage>,
    /// Its cost.
    pub charge: Charge,
    /// Time to its first token.
    pub ttft: Duration,
    /// Time to its end.
    pub total: Duration,
    /// How sure its first tokens looked, 0–1, if that is known.
    pub confidence: Option<f32>,
}

/// A body that a target got.
#[derive(Debug, Clone)]
pub struct Sent {
    /// Who got it.
    pub target: Arc<str>,
    /// Whether it stayed in this process.
    pub local: bool,
    /// The body after redaction and shaping.
    pub body: Bytes,
}

/// Answers for one request, and what was seen of it.
#[derive(Debug, Default)]
pub struct Rehearsal {
    canned: HashMap<Arc<str>, Canned>,
    /// Targets without an answer may not be asked.
    closed: bool,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    sent: Vec<Sent>,
    missing: Option<Arc<str>>,
    record: Option<RequestRecord>,
}

impl Rehearsal {
    /// A rehearsal in which nobody but `canned` answers.
    pub fn closed(canned: HashMap<Arc<str>, Canned>) -> Self {
        Self { canned, closed: true, seen: Mutex::default() }
    }

    /// One in which a target without an answer is asked.
    #[cfg(test)]
    pub(super) fn knowing(canned: HashMap<Arc<str>, Canned>) -> Self {
        Self { canned, ..Self::default() }
    }

    /// One in which every target answers itself.
    pub fn open() -> Self {
        Self::default()
    }

    /// Whether a target needs to be there: not where its answer is, nor where nobody may be asked.
    pub fn stands_in_for(&self, target: &str) -> bool {
        self.closed || self.canned.contains_key(target)
    }

    /// The answer that is there for a target.
    pub(super) fn canned(&self, target: &str) -> Option<&Canned> {
        self.canned.get(target)
    }

    /// What targets got, in order.
    pub fn sent(&self) -> Vec<Sent> {
        self.seen().sent.clone()
    }

    /// The target that the request led to though there is no answer for it.
    pub fn missing(&self) -> Option<Arc<str>> {
        self.seen().missing.clone()
    }

    /// The request's record, once it has ended.
    pub fn record(&self) -> Option<RequestRecord> {
        self.seen().record.clone()
    }

    pub(super) fn recorded(&self, record: &RequestRecord) {
        self.seen().record = Some(record.clone());
    }

    /// Plain values, which a panic elsewhere cannot leave half-written.
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Notes what a target gets, where somebody looks on.
pub(super) fn sent(ctx: &Ctx, target: &Target, body: &Bytes) {
    if let Some(rehearsal) = &ctx.rehearsal {
        let (local, body) = (target.kind == TargetKind::Local, body.clone());
        rehearsal.seen().sent.push(Sent { target: target.name.clone(), local, body });
    }
}

/// The answer that was there for an attempt which has begun; `None` if the target is to answer itself.
pub(super) async fn answer(
    ctx: &mut Ctx,
    request: &ChatRequest,
    target: &Arc<Target>,
    body: &Bytes,
    patience: Patience,
) -> Option<Result<Opened, Error>> {
    let rehearsal = ctx.rehearsal.clone()?;
    sent(ctx, target, body);
    let Some(canned) = rehearsal.canned.get(&target.name) else {
        if !rehearsal.closed {
            return None;
        }
        rehearsal.seen().missing = Some(target.name.clone());
        let message = format!("target `{}` has no recorded answer", target.name);
        return Some(fail(ctx, Error::new(ErrorKind::Internal, message)));
    };
    Some(play(ctx, request, target, canned, patience).await)
}

async fn play(
    ctx: &mut Ctx,
    request: &ChatRequest,
    target: &Arc<Target>,
    canned: &Canned,
    patience: Patience,
) -> Result<Opened, Error> {
    let first = if request.stream { canned.ttft } else { canned.total };
    let left = patience.deadline.saturating_duration_since(std::time::Instant::now());
    let limit = patience.ttft.min(left);
    charge(ctx, canned, canned.total);
    if first > limit {
        ctx.pass(limit);
        let message =
            format!("target `{}`: no answer within {} ms", target.name, limit.as_millis());
        return fail(ctx, Error::new(ErrorKind::UpstreamTimeout, message));
    }
    ctx.pass(first);
    let choice = match &canned.answer {
        Ok(choice) => choice.clone(),
        Err(kind) => {
            let message =
                format!("target `{}`: the recorded attempt failed ({})", target.name, kind.code());
            return fail(ctx, Error::new(*kind, message));
        }
    };
    let usage = canned.usage.or_else(|| estimate(ctx, &choice));
    if let Some(attempt) = &mut ctx.attempt {
        attempt.ttft = Some(canned.ttft);
        attempt.usage = usage;
    }
    let id = format!("chatcmpl-{}", ctx.record.id.simple());
    if request.stream {
        let start = StreamEvent::Start { id, model: target.model.clone() };
        let mut events = events(choice, usage);
        let rest = events.split_off(1.min(events.len()));
        let first = std::iter::once(start).chain(events).collect();
        let events =
            Events::Canned { first, rest, pause: canned.total.saturating_sub(canned.ttft) };
        let (encoder, top) = (encoder(request), top_logprobs(request));
        let source = Source::Encoded { events: Box::new(events), encoder, top };
        return first_steps(ctx, source).await;
    }
    let response = ChatResponse { id, model: target.model.clone(), choices: vec![choice], usage };
    ctx.settle(Outcome::Ok, None);
    Ok(Opened::Whole(openai_chat::encode_response(&response, now_seconds())))
}

/// Lets the first `look` tokens of a local answer pass; the attempt goes on.
pub(super) fn begin(
    ctx: &mut Ctx,
    request: &ChatRequest,
    target: &Arc<Target>,
    canned: &Canned,
    look: u32,
) {
    ctx.begin(HopKind::Generate, target, 0);
    sent(ctx, target, &request.raw);
    let usage = canned.usage.or_else(|| estimate(ctx, canned.answer.as_ref().ok()?));
    let n_tokens = usage.map_or(0, |usage| usage.output);
    let part = f64::from(look) / n_tokens.max(u64::from(look)).max(1) as f64;
    let taken = canned.ttft + canned.total.saturating_sub(canned.ttft).mul_f64(part);
    charge(ctx, canned, taken);
    ctx.pass(taken);
    if let Some(attempt) = &mut ctx.attempt {
        attempt.ttft = Some(canned.ttft);
        attempt.usage = usage.map(|usage| Usage { output: n_tokens.min(u64::from(look)), ..usage });
    }
}

/// Local generation costs the time that it took.
fn charge(ctx: &mut Ctx, canned: &Canned, taken: Duration) {
    let Some(kind) = ctx.attempt.as_ref().map(|attempt| attempt.kind) else { return };
    let charge = match (canned.charge, kind) {
        (Charge::ByUsage, HopKind::Generate) => Charge::Known(ctx.live.generation_time(taken)),
        (charge, _) => charge,
    };
    if let Some(attempt) = &mut ctx.attempt {
        attempt.charge = charge;
    }
}

fn fail<T>(ctx: &mut Ctx, error: Error) -> Result<T, Error> {
    let timed_out = error.kind == ErrorKind::UpstreamTimeout;
    // A provider that failed before it answered bills nothing unless the recording says otherwise.
    if let Some(attempt) = ctx.attempt.as_mut().filter(|it| it.charge == Charge::ByUsage) {
        attempt.charge = Charge::Known(NanoUsd::ZERO);
    }
    let outcome = if timed_out { Outcome::Timeout } else { Outcome::Error };
    ctx.settle(outcome, Some(error.kind.code().to_owned()));
    Err(error)
}

fn estimate(ctx: &Ctx, choice: &Choice) -> Option<Usage> {
    let calls = choice.tool_calls.iter().map(|call| tokens::estimate(&call.arguments));
    let words = choice.text.as_deref().map_or(0, tokens::estimate);
    let output = u64::from(words + calls.sum::<u32>());
    ctx.attempt.as_ref().map(|attempt: &Attempt| Usage { output, ..attempt.estimate() })
}

fn events(choice: Choice, usage: Option<Usage>) -> Vec<StreamEvent> {
    let mut events = Vec::new();
    if let Some(delta) = choice.text {
        events.push(StreamEvent::Text { choice: 0, delta, logprobs: Vec::new() });
    }
    for (index, call) in (0..).zip(choice.tool_calls) {
        let (id, name) = (call.id, call.name);
        events.push(StreamEvent::ToolCall { choice: 0, index, id, name });
        events.push(StreamEvent::ToolArguments { choice: 0, index, delta: call.arguments });
    }
    let reason = choice.finish.unwrap_or(FinishReason::Stop);
    events.push(StreamEvent::Finish { choice: 0, reason });
    events.extend(usage.map(StreamEvent::Usage));
    events.push(StreamEvent::End);
    events
}
