//! Where a streamed answer comes from: a provider's stream in OpenAI form, or events that are encoded here.
//!
//! Invariant: a source yields [`Step::End`] only when its answer is complete by its own dialect's word.

use super::ctx::Ctx;
use crate::chat::{ChatRequest, FinishReason, HopKind, Outcome, StreamEvent, Usage};
use crate::config::resolved::Target;
use crate::dialect::{DialectError, anthropic, openai_chat};
use crate::error::{Error, ErrorKind};
use crate::inference::Generated;
use crate::telemetry::{self, Metric};
use crate::upstream::{Event, EventStream, Frame, Limit, UpstreamError, reported};
use bytes::Bytes;
use memchr::memchr2;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// When to ask again while the local model is busy.
const BUSY_RETRY: Duration = Duration::from_secs(2);

/// One step of a streamed answer on its way to the client.
#[derive(Debug)]
pub enum Step {
    /// The JSON of one `chat.completion.chunk`.
    Chunk(Bytes),
    /// The answer is complete; `outcome` is not [`Outcome::Ok`] if a limit ended it early but cleanly.
    End {
        /// How it ended.
        outcome: Outcome,
    },
    /// The answer cannot go on.
    Failed(Error),
}

/// A streamed answer in OpenAI form.
pub enum Source {
    /// Chunks pass as they are.
    OpenAi {
        /// The provider's events.
        stream: Box<EventStream>,
        /// Who answers.
        target: Arc<Target>,
        /// Whether the client asked for usage.
        show_usage: bool,
        /// What of the answer has come.
        progress: Progress,
    },
    /// An answer that is there already.
    Given(Vec<Step>),
    /// Events are encoded as chunks.
    Encoded {
        /// The events.
        events: Box<Events>,
        /// Their encoder.
        encoder: openai_chat::ChunkEncoder,
        /// How many tokens the client wants named at each place, if any.
        top: Option<usize>,
    },
}

/// A streamed answer in canonical form.
pub enum Events {
    /// A provider's stream in Anthropic form.
    Anthropic {
        /// The provider's events.
        stream: Box<EventStream>,
        /// Their decoder.
        decoder: anthropic::StreamDecoder,
        /// Who answers.
        target: Arc<Target>,
        /// What could not be read.
        skipped: Skipped,
        /// An error that stood behind events which had to go out first.
        failed: Option<Error>,
    },
    /// An answer that was there before its request.
    Canned {
        /// What comes first.
        first: Vec<StreamEvent>,
        /// All that comes after it.
        rest: Vec<StreamEvent>,
        /// The time between the two.
        pause: Duration,
    },
    /// A local generation.
    Local {
        /// What the model thread sends.
        tokens: mpsc::UnboundedReceiver<Generated>,
        /// Who answers.
        target: Arc<Target>,
        /// When generation stops whatever it has.
        deadline: Instant,
        /// When the request was queued.
        queued: Instant,
        /// How long it may wait for its turn.
        queue: Duration,
        /// Whether its turn has come.
        started: bool,
    },
}

/// How far a provider's stream in OpenAI form has come.
#[derive(Debug, Default)]
pub struct Progress {
    /// How many choices were asked for.
    n_choices: u32,
    choices: openai_chat::Choices,
    /// The last chunk, the model for one of our own.
    last: Bytes,
    skipped: Skipped,
}

impl Progress {
    /// The progress of an answer of so many choices that has not begun.
    pub fn new(n_choices: u32) -> Self {
        Self { n_choices, ..Self::default() }
    }
}

/// Events that could not be read and were left out.
#[derive(Debug, Default)]
pub struct Skipped(u32);

/// Most events of one stream that are left out; what sends more is no stream of this dialect.
const MAX_SKIPPED: u32 = 16;

impl Skipped {
    /// Leaves an event out, if it is not one too many.
    fn add(&mut self, target: &Target, error: DialectError) -> Result<(), Error> {
        self.0 += 1;
        telemetry::counter(Metric::SkippedEvents, &[&target.name]).add(1);
        if self.0 > MAX_SKIPPED { Err(bad_event(target, &error)) } else { Ok(()) }
    }

    /// The error of a stream that was cut: one of which nothing could be read was never a stream.
    fn cut(&self, ctx: &Ctx, target: &Target, error: UpstreamError) -> Error {
        let said = ctx.attempt.as_ref().is_some_and(|attempt| attempt.n_deltas > 0);
        match error {
            UpstreamError::Cut { .. } if self.0 > 0 && !said => {
                let reason = "none of its events can be read";
                UpstreamError::Garbage { reason }.into_error(target)
            }
            error => error.into_error(target),
        }
    }
}

/// Whether an answer that has begun ends here as a part of it: a limit of the whole request, not of a silence, was reached.
fn ends_partial(ctx: &Ctx, error: &UpstreamError) -> bool {
    let said = ctx.attempt.as_ref().is_some_and(|attempt| attempt.n_deltas > 0);
    said && *error == UpstreamError::Timeout { which: Limit::Total }
}

/// The limit that ends an answer as a part of it, as clients are told.
pub(super) const TOTAL_LIMIT: &str = "total_limit";

impl Source {
    /// Waits for the next steps; never empty before the end.
    pub async fn next(&mut self, ctx: &mut Ctx) -> Vec<Step> {
        match self {
            Self::OpenAi { stream, target, show_usage, progress } => {
                next_chunks(stream, target, *show_usage, progress, ctx).await
            }
            Self::Given(steps) => std::mem::take(steps),
            Self::Encoded { events, encoder, top } => {
                let (mut events, outcome) = match events.next(ctx).await {
                    Ok(next) => next,
                    Err(error) => return vec![Step::Failed(error)],
                };
                show_logprobs(&mut events, *top);
                encoded(&events, outcome, encoder)
            }
        }
    }
}

/// Events as steps; `outcome` is how the answer ended if its end is among them.
pub(super) fn encoded(
    events: &[StreamEvent],
    outcome: Outcome,
    encoder: &mut openai_chat::ChunkEncoder,
) -> Vec<Step> {
    let mut steps = Vec::with_capacity(events.len());
    for event in events {
        match event {
            StreamEvent::End => steps.push(Step::End { outcome }),
            StreamEvent::Finish { choice, .. } if outcome == Outcome::Partial => {
                steps.push(Step::Chunk(encoder.partial(*choice, TOTAL_LIMIT)));
            }
            event => steps.extend(encoder.encode(event).into_iter().map(Step::Chunk)),
        }
    }
    steps
}

/// All chunks that one read of a provider's OpenAI stream delivered.
async fn next_chunks(
    stream: &mut EventStream,
    target: &Target,
    show_usage: bool,
    progress: &mut Progress,
    ctx: &mut Ctx,
) -> Vec<Step> {
    let mut batch = Vec::new();
    if let Err(error) = stream.next_batch(&mut batch).await {
        if ends_partial(ctx, &error) {
            return partial(ctx, progress, show_usage);
        }
        return vec![Step::Failed(progress.skipped.cut(ctx, target, error))];
    }
    let mut steps = Vec::with_capacity(batch.len());
    for event in batch {
        let frame = match event {
            Event::Done => {
                steps.push(Step::End { outcome: Outcome::Ok });
                break;
            }
            Event::Data(frame) => frame,
        };
        match chunk(frame, show_usage, progress, (target, stream), ctx) {
            Ok(shown) => steps.extend(shown.map(Step::Chunk)),
            Err(error) => {
                steps.push(Step::Failed(error));
                break;
            }
        }
    }
    steps
}

/// What a client is shown of one event.
fn chunk(
    frame: Frame,
    show_usage: bool,
    progress: &mut Progress,
    (target, stream): (&Target, &mut EventStream),
    ctx: &mut Ctx,
) -> Result<Option<Bytes>, Error> {
    if frame.event.as_deref() == Some(b"error") {
        return Err(reported(&frame.data).into_error(target));
    }
    if frame.data.trim_ascii().is_empty() {
        return Ok(None);
    }
    let data = one_line(frame.data);
    let facts = match openai_chat::read_chunk(&data) {
        Ok(facts) => facts,
        Err(error) => return progress.skipped.add(target, error).map(|()| None),
    };
    if facts.error.is_some() {
        return Err(reported(&data).into_error(target));
    }
    if let Some(attempt) = &mut ctx.attempt {
        attempt.usage = cumulative(attempt.usage, facts.usage);
        attempt.n_deltas += u64::from(facts.has_content);
    }
    if facts.has_content {
        stream.has_spoken();
    }
    progress.choices.add(facts.choices);
    if progress.choices.are_finished(progress.n_choices) {
        stream.has_finished();
    }
    progress.last = data.clone();
    Ok(if show_usage { Some(data) } else { openai_chat::hide_usage(&data, &facts) })
}

/// Ends what there is of an answer.
fn partial(ctx: &Ctx, progress: &Progress, show_usage: bool) -> Vec<Step> {
    let mut encoder = openai_chat::ChunkEncoder::after(&progress.last, show_usage);
    let open = progress.choices.open();
    let mut chunks: Vec<Bytes> = open.map(|choice| encoder.partial(choice, TOTAL_LIMIT)).collect();
    let counted = ctx.attempt.as_ref().map(|attempt| attempt.usage.unwrap_or(attempt.estimate()));
    chunks.extend(counted.and_then(|usage| encoder.encode(&StreamEvent::Usage(usage))));
    let steps = chunks.into_iter().map(Step::Chunk);
    steps.chain([Step::End { outcome: Outcome::Partial }]).collect()
}

/// The larger of each count: a later zero says nothing.
fn cumulative(before: Option<Usage>, now: Option<Usage>) -> Option<Usage> {
    match (before, now) {
        (Some(before), Some(now)) => Some(before.at_least(now)),
        (before, now) => now.or(before),
    }
}

/// JSON that came over several lines, on one: line ends are white space in it.
fn one_line(data: Bytes) -> Bytes {
    if memchr2(b'\n', b'\r', &data).is_none() {
        return data;
    }
    let flat = |byte: &u8| if matches!(byte, b'\n' | b'\r') { b' ' } else { *byte };
    data.iter().map(flat).collect()
}

impl Events {
    /// Waits for the next events, and how the answer ended if [`StreamEvent::End`] is among them.
    ///
    /// # Errors
    /// The answer cannot go on: the provider or the model failed, or was cut off.
    pub async fn next(&mut self, ctx: &mut Ctx) -> Result<(Vec<StreamEvent>, Outcome), Error> {
        match self {
            Self::Anthropic { stream, decoder, target, skipped, failed } => {
                if let Some(error) = failed.take() {
                    return Err(error);
                }
                let mut batch = Vec::new();
                if let Err(error) = stream.next_batch(&mut batch).await {
                    if ends_partial(ctx, &error) {
                        return Ok((cut_short(ctx), Outcome::Partial));
                    }
                    return Err(skipped.cut(ctx, target, error));
                }
                let mut events = Vec::with_capacity(batch.len());
                for event in batch {
                    match event {
                        Event::Data(frame) => {
                            match decode(&frame, decoder, (target, skipped), &mut events) {
                                Ok(()) => {}
                                Err(error) if events.is_empty() => return Err(error),
                                Err(error) => {
                                    *failed = Some(error);
                                    break;
                                }
                            }
                        }
                        // It may stand behind an end that could not be read, or that never came.
                        Event::Done if events.last() != Some(&StreamEvent::End) => {
                            events.push(StreamEvent::End);
                        }
                        Event::Done => {}
                    }
                }
                for event in &events {
                    note(ctx, event);
                    match event {
                        StreamEvent::Finish { .. } => stream.has_finished(),
                        StreamEvent::Text { .. }
                        | StreamEvent::Reasoning { .. }
                        | StreamEvent::ToolCall { .. } => stream.has_spoken(),
                        _ => {}
                    }
                }
                Ok((events, Outcome::Ok))
            }
            Self::Canned { first, rest, pause } => {
                let events = match std::mem::take(first) {
                    first if first.is_empty() => {
                        ctx.pass(std::mem::take(pause));
                        std::mem::take(rest)
                    }
                    first => first,
                };
                for event in &events {
                    note(ctx, event);
                }
                Ok((events, Outcome::Ok))
            }
            Self::Local { tokens, target, deadline, queued, queue, started } => {
                let turn_by =
                    (!*started).then(|| *queued + *queue).filter(|turn_by| turn_by < deadline);
                let wait = turn_by.unwrap_or(*deadline).saturating_duration_since(Instant::now());
                let Ok(next) = tokio::time::timeout(wait, tokens.recv()).await else {
                    if !*started {
                        return Err(turn_missed(ctx, tokens, target, *queued, *queue));
                    }
                    tokens.close();
                    return Ok((cut_short(ctx), Outcome::Partial));
                };
                *started |= matches!(next, Some(Generated::Started { .. }));
                let events = local_events(ctx, next, target, (*queued, *queue))?;
                for event in &events {
                    note(ctx, event);
                }
                Ok((events, Outcome::Ok))
            }
        }
    }
}

/// Decodes one event of an Anthropic stream.
fn decode(
    frame: &Frame,
    decoder: &mut anthropic::StreamDecoder,
    (target, skipped): (&Target, &mut Skipped),
    events: &mut Vec<StreamEvent>,
) -> Result<(), Error> {
    let is_error = |event: &StreamEvent| matches!(event, StreamEvent::Error { .. });
    match decoder.push(&frame.data) {
        Ok(new) if frame.event.as_deref() != Some(b"error") && !new.iter().any(is_error) => {
            events.extend(new);
            Ok(())
        }
        Err(error) if frame.event.as_deref() != Some(b"error") => {
            if frame.data.trim_ascii().is_empty() { Ok(()) } else { skipped.add(target, error) }
        }
        _ => Err(reported(&frame.data).into_error(target)),
    }
}

/// The end of an answer that a limit cut. A part of an answer is a better end than none: the limit acts like a token limit.
fn cut_short(ctx: &Ctx) -> Vec<StreamEvent> {
    let finish = StreamEvent::Finish { choice: 0, reason: FinishReason::Length };
    let counted = ctx.attempt.as_ref().map(|attempt| attempt.usage.unwrap_or(attempt.estimate()));
    vec![finish, StreamEvent::Usage(counted.unwrap_or_default()), StreamEvent::End]
}

/// How many tokens a client wants named at each place; `None` for no log-probabilities at all.
pub(super) fn top_logprobs(request: &ChatRequest) -> Option<usize> {
    let sampling = &request.sampling;
    sampling.logprobs.then(|| sampling.top_logprobs.unwrap_or(0) as usize)
}

/// Leaves of the log-probabilities what the client asked for.
pub(super) fn show_logprobs(events: &mut [StreamEvent], top: Option<usize>) {
    for event in events {
        let StreamEvent::Text { logprobs, .. } = event else { continue };
        match top {
            None => logprobs.clear(),
            Some(n) => logprobs.iter_mut().for_each(|token| token.top.truncate(n)),
        }
    }
}

/// Gives up a place in the queue: the allowance for waiting is over, and another candidate may be quicker.
fn turn_missed(
    ctx: &mut Ctx,
    tokens: &mut mpsc::UnboundedReceiver<Generated>,
    target: &Target,
    queued: Instant,
    queue: Duration,
) -> Error {
    tokens.close();
    let hop = ctx.hop(HopKind::Queue, queued, queued.elapsed(), Outcome::Timeout);
    hop.cost = Some(crate::units::NanoUsd::ZERO);
    hop.allowance_us = Some(queue.as_micros() as u64);
    // Nothing was generated, so there is no attempt to put on record.
    ctx.attempt = None;
    let message = format!(
        "target `{}`: the local model is busy; its turn did not come within {} ms",
        target.name,
        queue.as_millis()
    );
    Error::new(ErrorKind::Overloaded, message).retry_after(BUSY_RETRY)
}

fn local_events(
    ctx: &mut Ctx,
    next: Option<Generated>,
    target: &Target,
    (queued, queue): (Instant, Duration),
) -> Result<Vec<StreamEvent>, Error> {
    match next {
        Some(Generated::Started { prompt_tokens, .. }) => {
            let now = Instant::now();
            let hop = ctx.hop(HopKind::Queue, queued, now - queued, Outcome::Ok);
            hop.cost = Some(crate::units::NanoUsd::ZERO);
            hop.allowance_us = Some(queue.as_micros() as u64);
            if let Some(attempt) = &mut ctx.attempt {
                attempt.started = now;
                attempt.prompt_tokens = prompt_tokens as u64;
            }
            let id = format!("chatcmpl-{}", ctx.record.id.simple());
            Ok(vec![StreamEvent::Start { id, model: target.model.clone() }])
        }
        Some(Generated::Token { text, logprobs }) => {
            Ok(vec![StreamEvent::Text { choice: 0, delta: text, logprobs }])
        }
        Some(Generated::Done { finish, usage }) => {
            let finish = StreamEvent::Finish { choice: 0, reason: finish };
            Ok(vec![finish, StreamEvent::Usage(usage), StreamEvent::End])
        }
        Some(Generated::Failed(error)) => Err(super::local::into_error(&error, target)),
        None => Err(Error::new(
            ErrorKind::Internal,
            format!(
                "target `{}`: the model thread ended in the middle of an answer; try again",
                target.name
            ),
        )),
    }
}

/// Keeps the attempt's usage and first token up to date.
fn note(ctx: &mut Ctx, event: &StreamEvent) {
    let Some(attempt) = &mut ctx.attempt else { return };
    match event {
        StreamEvent::Usage(usage) => attempt.usage = cumulative(attempt.usage, Some(*usage)),
        StreamEvent::Text { .. }
        | StreamEvent::Reasoning { .. }
        | StreamEvent::ToolArguments { .. } => {
            attempt.n_deltas += 1;
            if attempt.ttft.is_none() {
                attempt.ttft = Some(attempt.started.elapsed());
            }
        }
        _ => {}
    }
}

fn bad_event(target: &Target, error: &crate::dialect::DialectError) -> Error {
    let message = format!(
        "target `{}`: the provider sent a stream event that cannot be read ({error})",
        target.name
    );
    Error::new(ErrorKind::UpstreamGarbage, message)
}

#[cfg(test)]
mod tests {
    use super::{Ctx, Events};
    use crate::chat::Outcome;
    use crate::config::{Config, Overrides};
    use crate::error::ErrorKind;
    use crate::inference::{Generated, Runtime};
    use crate::ledger::Ledger;
    use crate::live::{LiveState, runtime_spec};
    use std::sync::Arc;
    use std::time::{Duration, Instant};
    use tokio::sync::mpsc;

    fn ctx() -> Ctx {
        let yaml = "local: {enabled: false}\nledger: {enabled: false}\ntargets: [{name: t, kind: openai, model: m, base_url: \
                    'http://127.0.0.1:9/v1', api_key: none}]";
        let config = Config::from_text(yaml, None, &|_| None, &Overrides::default()).unwrap();
        let runtime = Arc::new(Runtime::start(runtime_spec(&config.local).unwrap()));
        let live =
            LiveState::open(Arc::new(config), runtime, Arc::new(Ledger::off()), None).unwrap();
        Ctx::new(Arc::new(live), Instant::now(), None)
    }

    fn local(ctx: &Ctx, tokens: mpsc::UnboundedReceiver<Generated>, queue: Duration) -> Events {
        let (target, queued) = (ctx.live.config.targets[0].clone(), Instant::now());
        let deadline = queued + Duration::from_secs(60);
        Events::Local { tokens, target, deadline, queued, queue, started: false }
    }

    #[tokio::test(start_paused = true)]
    async fn a_place_in_the_queue_is_given_up_after_its_allowance() {
        let mut ctx = ctx();
        let (sender, tokens) = mpsc::unbounded_channel();
        let mut events = local(&ctx, tokens, Duration::from_secs(1));
        let error = events.next(&mut ctx).await.unwrap_err();
        assert!(
            error.kind == ErrorKind::Overloaded
                && error.kind.falls_back()
                && error.retry_after.is_some()
        );
        assert!(sender.is_closed(), "the model's thread must see that nobody waits");
        assert_eq!(
            ctx.record.hops.iter().map(|hop| hop.outcome).collect::<Vec<_>>(),
            [Outcome::Timeout]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn once_started_only_the_deadline_counts() {
        let mut ctx = ctx();
        let (sender, tokens) = mpsc::unbounded_channel();
        let mut events = local(&ctx, tokens, Duration::from_secs(1));
        sender.send(Generated::Started { queue_us: 1, prompt_tokens: 3 }).unwrap();
        assert_eq!(events.next(&mut ctx).await.unwrap().1, Outcome::Ok);
        let (cut, outcome) = events.next(&mut ctx).await.unwrap();
        assert_eq!((cut.len(), outcome), (3, Outcome::Partial));
    }
}
