//! A streamed answer: events in batches as the network delivers them, with limits for silence and total time.
//!
//! Invariant: an end without the dialect's end marker is an error, unless the answer had said why it ends. Dropping the stream
//! cancels the request.

use super::answer::Head;
use super::attempt::verdict;
use super::breaker::Verdict;
use super::endpoint::Guard;
use super::error::{Limit, UpstreamError};
use super::reported::reported;
use super::sse::{Decoder, Frame};
use super::timer::Timer;
use crate::config::resolved::TargetKind;
use bytes::Bytes;
use http_body::Body;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

/// One event of a streamed answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A payload in the provider's dialect.
    Data(Frame),
    /// The provider said that the answer is complete: `[DONE]`, or after the event `message_stop`. Nothing follows.
    Done,
}

/// Most events in one batch, so that one fast provider cannot hold its task.
const MAX_BATCH: usize = 256;
/// How long the rest of a complete stream is awaited, so that its connection can be used again.
const DRAIN_LIMIT: Duration = Duration::from_secs(1);
/// Longest silence behind an answer that said why it ends; many servers send no end marker after it.
const FINISHED_IDLE: Duration = Duration::from_secs(5);

/// The events of a streamed answer.
#[derive(Debug)]
pub struct EventStream {
    head: Head,
    /// `None` once the body has ended.
    body: Option<Incoming>,
    decoder: Decoder,
    kind: TargetKind,
    timer: Timer,
    guard: Guard,
    /// When the first event must be there; `None` once it is.
    first_by: Option<Instant>,
    /// Until when a model may think after its first event; `None` once it has spoken.
    think_by: Option<Instant>,
    idle: Duration,
    total_by: Instant,
    last_bytes_at: Instant,
    /// The answer said why it ends.
    is_finished: bool,
    /// Events that were read before the stream was handed out.
    held: Vec<Event>,
    is_complete: bool,
    failure: Option<UpstreamError>,
}

/// What a stream is made of.
pub(super) struct Parts {
    pub(super) head: Head,
    pub(super) body: Incoming,
    pub(super) kind: TargetKind,
    pub(super) timer: Timer,
    pub(super) guard: Guard,
    pub(super) first_by: Instant,
    pub(super) idle: Duration,
    pub(super) total_by: Instant,
}

impl EventStream {
    /// Waits for the first event and holds it back.
    ///
    /// # Errors
    /// No event came, or the first one is an error.
    pub(super) async fn begin(parts: Parts) -> Result<Self, UpstreamError> {
        let mut stream = Self {
            head: parts.head,
            body: Some(parts.body),
            decoder: Decoder::default(),
            kind: parts.kind,
            timer: parts.timer,
            guard: parts.guard,
            first_by: Some(parts.first_by),
            think_by: Some(parts.first_by),
            idle: parts.idle,
            total_by: parts.total_by,
            last_bytes_at: Instant::now(),
            is_finished: false,
            held: Vec::new(),
            is_complete: false,
            failure: None,
        };
        let mut first = Vec::new();
        match stream.next_batch(&mut first).await {
            Ok(_) => {}
            Err(UpstreamError::Cut { clean: true }) => {
                return Err(UpstreamError::Garbage {
                    reason: "the stream ended without any event",
                });
            }
            Err(UpstreamError::Cut { clean: false }) => {
                let cause = "the connection was lost before the first event".to_owned();
                return Err(UpstreamError::Unreachable { cause });
            }
            Err(error) => return Err(error),
        }
        if let Some(Event::Data(frame)) = first.first()
            && is_error(frame)
        {
            let error = reported(&frame.data);
            stream.guard.tell(verdict(&error));
            return Err(error);
        }
        stream.guard.tell(Verdict::Began);
        stream.first_by = None;
        stream.held = first;
        Ok(stream)
    }

    /// Status and headers.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Notes that the model has begun to speak: from now on its silence is no thinking.
    pub fn has_spoken(&mut self) {
        self.think_by = None;
    }

    /// Notes that the answer said why it ends: however the stream ends now, it is complete.
    pub fn has_finished(&mut self) {
        self.is_finished = true;
    }

    /// Waits for events and appends all that have arrived to `batch`. False means that the stream ended as it should,
    /// with [`Event::Done`] as the last event.
    ///
    /// # Errors
    /// The provider fell silent, took too long, cut the answer or sent something unreadable. Events that came before
    /// are given first; after an error the stream has ended.
    pub async fn next_batch(&mut self, batch: &mut Vec<Event>) -> Result<bool, UpstreamError> {
        std::future::poll_fn(|cx| self.poll_batch(cx, batch)).await
    }

    /// The same as [`Self::next_batch`], to poll.
    ///
    /// # Errors
    /// As there.
    pub fn poll_batch(
        &mut self,
        cx: &mut Context<'_>,
        batch: &mut Vec<Event>,
    ) -> Poll<Result<bool, UpstreamError>> {
        let n_before = batch.len();
        batch.append(&mut self.held);
        let is_pending = self.failure.is_none() && self.read(cx, batch, n_before);
        if batch.len() > n_before {
            return Poll::Ready(Ok(true));
        }
        if let Some(error) = self.failure.take() {
            return Poll::Ready(self.conclude(error, batch));
        }
        if !is_pending {
            return Poll::Ready(Ok(false));
        }
        if self.timer.poll_elapsed(cx, self.deadline().0).is_pending() {
            return Poll::Pending;
        }
        let which = self.deadline().1;
        Poll::Ready(self.conclude(UpstreamError::Timeout { which }, batch))
    }

    /// Ends a stream that has failed. The failure counts only if the answer was not finished.
    fn conclude(
        &mut self,
        error: UpstreamError,
        batch: &mut Vec<Event>,
    ) -> Result<bool, UpstreamError> {
        self.body = None;
        if self.is_finished {
            self.is_complete = true;
            self.guard.tell(Verdict::Healthy);
            batch.push(Event::Done);
            return Ok(true);
        }
        // That an answer which flows takes longer than its request may is no fault of the target.
        let flows = self.first_by.is_none();
        let is_over = error == UpstreamError::Timeout { which: Limit::Total };
        self.guard.tell(if flows && is_over { Verdict::Unknown } else { verdict(&error) });
        Err(error)
    }

    /// Reads what is there. True if more may come.
    fn read(&mut self, cx: &mut Context<'_>, batch: &mut Vec<Event>, n_before: usize) -> bool {
        let mut got_bytes = false;
        while let Some(body) = &mut self.body {
            let data = match Pin::new(body).poll_frame(cx) {
                Poll::Pending => break,
                Poll::Ready(Some(Ok(frame))) => frame.into_data().unwrap_or_default(),
                Poll::Ready(Some(Err(_))) => {
                    self.end(batch, false);
                    break;
                }
                Poll::Ready(None) => {
                    self.end(batch, true);
                    break;
                }
            };
            got_bytes = true;
            // What comes after the end marker is read only to free the connection.
            if !self.is_complete {
                self.decode(data, batch);
            }
            if self.failure.is_some() || batch.len() - n_before >= MAX_BATCH {
                break;
            }
        }
        if got_bytes {
            self.last_bytes_at = Instant::now();
        }
        self.body.is_some() && !self.is_complete
    }

    fn decode(&mut self, data: Bytes, batch: &mut Vec<Event>) {
        let (kind, is_complete) = (self.kind, &mut self.is_complete);
        let fed = self.decoder.feed(data, |frame| emit(frame, kind, is_complete, batch));
        if let Err(error) = fed {
            self.failure = Some(UpstreamError::TooLarge { limit: error.limit });
        } else if self.is_complete {
            self.guard.tell(Verdict::Healthy);
        }
    }

    /// The body ended, cleanly or not.
    fn end(&mut self, batch: &mut Vec<Event>, clean: bool) {
        self.body = None;
        if self.is_complete {
            return;
        }
        // A connection that was lost before the first event gave nothing that another attempt could not give again.
        if clean || self.first_by.is_none() {
            let (kind, is_complete) = (self.kind, &mut self.is_complete);
            self.decoder.finish(|frame| emit(frame, kind, is_complete, batch));
        }
        if self.is_complete {
            self.guard.tell(Verdict::Healthy);
        } else {
            self.failure = Some(UpstreamError::Cut { clean });
        }
    }

    fn deadline(&self) -> (Instant, Limit) {
        let idle = if self.is_finished { self.idle.min(FINISHED_IDLE) } else { self.idle };
        let silent_by = self.last_bytes_at.checked_add(idle).unwrap_or(self.total_by);
        let (by, which) = match (self.first_by, self.think_by) {
            (Some(by), _) => (by, Limit::Ttft),
            (None, Some(by)) if by > silent_by && !self.is_finished => (by, Limit::Ttft),
            _ => (silent_by, Limit::Idle),
        };
        if self.total_by <= by { (self.total_by, Limit::Total) } else { (by, which) }
    }
}

impl Drop for EventStream {
    /// A complete stream is read to its end in the background, or its connection would have to be closed.
    fn drop(&mut self) {
        if !self.is_complete {
            return;
        }
        if let (Some(body), Ok(runtime)) = (self.body.take(), tokio::runtime::Handle::try_current())
        {
            runtime.spawn(tokio::time::timeout(DRAIN_LIMIT, drain(body)));
        }
    }
}

async fn drain(mut body: Incoming) {
    while let Some(Ok(_)) = body.frame().await {}
}

fn emit(frame: Frame, kind: TargetKind, is_complete: &mut bool, batch: &mut Vec<Event>) {
    if *is_complete {
        return;
    }
    match kind {
        TargetKind::Anthropic => {
            *is_complete = is_message_stop(&frame);
            batch.push(Event::Data(frame));
        }
        TargetKind::OpenAi | TargetKind::Local => {
            *is_complete = frame.data.trim_ascii() == b"[DONE]";
            if !*is_complete {
                batch.push(Event::Data(frame));
            }
        }
    }
    if *is_complete {
        batch.push(Event::Done);
    }
}

/// Some servers that speak Anthropic's dialect leave out the event name, which the payload repeats.
fn is_message_stop(frame: &Frame) -> bool {
    match &frame.event {
        Some(name) => name.as_ref() == b"message_stop",
        None => frame.data.starts_with(b"{\"type\":\"message_stop\""),
    }
}

/// Whether a first event is an error instead of an answer: an `error` event, or an `error` object or string as the first
/// member of the payload, as OpenAI-compatible servers send it.
fn is_error(frame: &Frame) -> bool {
    let opening = || {
        let rest = frame.data.trim_ascii_start().strip_prefix(b"{")?;
        let rest = rest.trim_ascii_start().strip_prefix(b"\"error\"")?;
        let rest = rest.trim_ascii_start().strip_prefix(b":")?;
        rest.trim_ascii_start().first().copied()
    };
    frame.event.as_deref() == Some(b"error") || matches!(opening(), Some(b'{' | b'"'))
}

#[cfg(test)]
mod tests {
    use super::{Event, Frame, emit, is_error};
    use crate::config::resolved::TargetKind::{self, Anthropic, OpenAi};
    use bytes::Bytes;

    fn frame(event: &'static str, data: &'static str) -> Frame {
        let event = Some(Bytes::from_static(event.as_bytes())).filter(|name| !name.is_empty());
        Frame { event, data: Bytes::from_static(data.as_bytes()) }
    }

    #[test]
    fn each_dialect_has_its_end_marker() {
        let cases: [(TargetKind, Frame, bool, usize); 7] = [
            (OpenAi, frame("", "[DONE]"), true, 1),
            (OpenAi, frame("", " [DONE] "), true, 1),
            (OpenAi, frame("", "{\"a\":\"[DONE]\"}"), false, 1),
            (OpenAi, frame("message_stop", "{}"), false, 1),
            (Anthropic, frame("message_stop", "{}"), true, 2),
            (Anthropic, frame("", "{\"type\":\"message_stop\"}"), true, 2),
            (Anthropic, frame("", "[DONE]"), false, 1),
        ];
        for (kind, frame, completes, n_events) in cases {
            let (mut is_complete, mut batch) = (false, Vec::new());
            emit(frame.clone(), kind, &mut is_complete, &mut batch);
            assert_eq!((is_complete, batch.len()), (completes, n_events), "{kind:?} {frame:?}");
            assert_eq!(batch.last() == Some(&Event::Done), completes, "{kind:?} {frame:?}");
            emit(frame.clone(), kind, &mut true, &mut batch);
            assert_eq!(batch.len(), n_events, "nothing follows the end: {frame:?}");
        }
    }

    #[test]
    fn an_error_as_the_first_event_is_seen() {
        for (event, data, expected) in [
            ("error", "{}", true),
            ("", "{\"error\":{\"message\":\"m\"}}", true),
            ("", "{ \"error\" : \"overloaded\" }", true),
            ("", "{\"error\":null,\"choices\":[]}", false),
            ("", "{\"id\":\"a\",\"error\":{}}", false),
            ("message_start", "{\"type\":\"message_start\"}", false),
            ("", "", false),
            ("", "{", false),
        ] {
            assert_eq!(is_error(&frame(event, data)), expected, "{event} {data}");
        }
    }
}
