//! One candidate in the cloud: the phase `upstream`, up to the first bytes of the answer.

use super::ctx::Ctx;
use super::prepare::Prepared;
use super::rehearsal;
use super::source::{Events, Progress, Skipped, Source, Step, top_logprobs};
use crate::chat::{ChatRequest, HopKind, Outcome};
use crate::config::resolved::{Target, TargetKind};
use crate::dialect::{anthropic, openai_chat};
use crate::error::{Error, ErrorKind};
use crate::units::NanoUsd;
use crate::upstream::{Answer, Call, reported};
use bytes::Bytes;
use http::HeaderMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// An answer that has begun.
pub enum Opened {
    /// The whole body in OpenAI form.
    Whole(Bytes),
    /// A stream whose first steps have come.
    Stream {
        /// The rest.
        source: Box<Source>,
        /// What has come.
        first: Vec<Step>,
    },
}

/// Limits of one attempt at a candidate.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Longest wait for the first token.
    pub ttft: Duration,
    /// When the request must be over.
    pub deadline: Instant,
    /// Longest wait for a local model's turn.
    pub queue: Duration,
    /// Whether others go first.
    pub background: bool,
}

/// Sends a prepared request to a provider and waits for the first of its answer.
///
/// # Errors
/// Whatever kept an answer from beginning; [`ErrorKind::falls_back`] says whether another candidate may do better.
pub async fn open(
    ctx: &mut Ctx,
    request: &ChatRequest,
    prepared: Prepared,
    target: &Arc<Target>,
    prompt_tokens: u64,
    patience: Patience,
) -> Result<Opened, Error> {
    ctx.begin(HopKind::Upstream, target, prompt_tokens);
    if let Some(opened) = rehearsal::answer(ctx, request, target, &prepared.body, patience).await {
        return opened;
    }
    let call = Call {
        stream: request.stream,
        headers: &HeaderMap::new(),
        ttft_limit: patience.ttft,
        total_deadline: patience.deadline,
    };
    let (live, by_tool) = (ctx.live.clone(), prepared.by_tool);
    let mut attempts = Vec::new();
    let result = live.upstreams.send(target, prepared.body, call, &mut attempts).await;
    let failed = attempts.len().saturating_sub(usize::from(result.is_ok()));
    for attempt in attempts.iter().take(failed) {
        let hop = ctx.hop(HopKind::Upstream, attempt.start, attempt.duration, attempt.outcome);
        hop.target = Some(target.name.clone());
        hop.cost = Some(NanoUsd::ZERO);
        hop.detail.clone_from(&attempt.detail);
    }
    let answer = match result {
        Ok(answer) => answer,
        Err(error) => {
            ctx.attempt = None;
            return Err(error.into_error(target));
        }
    };
    if let (Some(running), Some(attempt)) = (&mut ctx.attempt, attempts.last()) {
        running.started = attempt.start;
        running.ttft = attempt.ttft;
    }
    ctx.provider_headers = answer.head().passed_on().map(|(n, v)| (n.clone(), v.clone())).collect();
    let opened = match answer {
        Answer::Whole(answer) => whole(ctx, &answer.body, target, (request.stream, by_tool)),
        Answer::Stream(stream) => first_steps(ctx, source(stream, request, target, by_tool)).await,
    };
    if let Err(error) = &opened {
        ctx.provider_headers.clear();
        // An error that stands in a good answer's place is no answer that was begun.
        if let Some(attempt) = ctx.attempt.as_mut().filter(|_| error.upstream.is_some()) {
            attempt.ttft = None;
        }
        ctx.settle(Outcome::Error, Some(error.kind.code().to_owned()));
    }
    opened
}

fn source(
    stream: crate::upstream::EventStream,
    request: &ChatRequest,
    target: &Arc<Target>,
    by_tool: bool,
) -> Source {
    let (stream, target) = (Box::new(stream), target.clone());
    if target.kind == TargetKind::Anthropic {
        let decoder = if by_tool {
            anthropic::StreamDecoder::structured()
        } else {
            anthropic::StreamDecoder::new()
        };
        let skipped = Skipped::default();
        let events = Events::Anthropic { stream, decoder, target, skipped, failed: None };
        let (encoder, top) = (encoder(request), top_logprobs(request));
        return Source::Encoded { events: Box::new(events), encoder, top };
    }
    let progress = Progress::new(request.sampling.n.unwrap_or(1));
    Source::OpenAi { stream, target, show_usage: request.include_usage, progress }
}

/// An encoder for the stream that a request asked for.
pub fn encoder(request: &ChatRequest) -> openai_chat::ChunkEncoder {
    openai_chat::ChunkEncoder::new(now_seconds(), request.include_usage)
}

/// Waits until a source has something to send or fails, so that a failure can still fall back.
///
/// # Errors
/// The source failed before it had anything to send.
pub async fn first_steps(ctx: &mut Ctx, mut source: Source) -> Result<Opened, Error> {
    loop {
        let mut first = source.next(ctx).await;
        // A failure is always the last step, so a first one is the only one.
        if first.len() == 1
            && let Some(Step::Failed(error)) = first.pop_if(|step| matches!(step, Step::Failed(_)))
        {
            return Err(error);
        }
        if !first.is_empty() {
            return Ok(Opened::Stream { source: Box::new(source), first });
        }
    }
}

fn whole(
    ctx: &mut Ctx,
    body: &Bytes,
    target: &Target,
    (streamed, by_tool): (bool, bool),
) -> Result<Opened, Error> {
    if streamed {
        let message = format!(
            "target `{}`: the provider answered a streamed request with a whole body",
            target.name
        );
        return Err(Error::new(ErrorKind::UpstreamGarbage, message));
    }
    let garbage = |error: crate::dialect::DialectError| {
        let message =
            format!("target `{}`: the provider's answer cannot be read ({error})", target.name);
        Error::new(ErrorKind::UpstreamGarbage, message)
    };
    let (body, usage) = if target.kind == TargetKind::Anthropic {
        if anthropic::decode_error(body).is_some() {
            return Err(reported(body).into_error(target));
        }
        let decode =
            if by_tool { anthropic::decode_structured } else { anthropic::decode_response };
        let response = decode(body).map_err(garbage)?;
        (openai_chat::encode_response(&response, now_seconds()), response.usage)
    } else {
        let facts = openai_chat::read_response(body).map_err(garbage)?;
        if facts.error.is_some() {
            return Err(reported(body).into_error(target));
        }
        if !facts.is_completion {
            let message =
                format!("target `{}`: the provider's answer is not a chat completion", target.name);
            return Err(Error::new(ErrorKind::UpstreamGarbage, message));
        }
        (body.clone(), facts.usage)
    };
    if let Some(attempt) = &mut ctx.attempt {
        attempt.usage = usage;
        if usage.is_none() {
            attempt.n_deltas = body.len() as u64 / 4;
        }
    }
    ctx.settle(Outcome::Ok, None);
    Ok(Opened::Whole(body))
}

/// Seconds since the Unix epoch, for `created`.
pub fn now_seconds() -> i64 {
    jiff::Timestamp::now().as_second()
}
