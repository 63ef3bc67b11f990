//! The phases `restore` and `encode` of a streamed answer: takes what a source yields and makes the bytes of an OpenAI
//! stream of it.
//!
//! Invariant: a stream ends with `[DONE]` only if its source said that it is complete; anything else ends in an error
//! event. Dropping a relay cancels its source and records the request as cancelled.

use super::ctx::Ctx;
use super::respond::timing_comment;
use super::source::{Source, Step, TOTAL_LIMIT};
use crate::chat::{HopKind, Outcome};
use crate::dialect::openai_chat;
use crate::error::Error;
use crate::privacy::restore::ResponseRestorer;
use bytes::{BufMut, Bytes, BytesMut};

/// A streamed answer under way.
pub struct Relay {
    // Field order matters: the source is cancelled before the context records the end.
    source: Box<Source>,
    first: Vec<Step>,
    restorer: Option<Box<ResponseRestorer>>,
    ended: bool,
    ctx: Ctx,
}

impl Relay {
    /// A relay over a source that has delivered its first steps.
    pub(super) fn new(
        ctx: Ctx,
        source: Box<Source>,
        first: Vec<Step>,
        restorer: Option<Box<ResponseRestorer>>,
    ) -> Self {
        Self { source, first, restorer, ended: false, ctx }
    }

    /// The next bytes for the client; `None` after the end.
    pub async fn next(&mut self) -> Option<Bytes> {
        let mut out = BytesMut::new();
        while out.is_empty() {
            if self.ended {
                return None;
            }
            self.fill(&mut out).await;
        }
        Some(out.freeze())
    }

    /// Ends the stream with an error that came from outside of it; `None` if it has ended.
    pub fn cut(&mut self, error: &Error) -> Option<Bytes> {
        if self.ended {
            return None;
        }
        let mut out = BytesMut::new();
        self.fail(&mut out, error);
        Some(out.freeze())
    }

    /// Waits for the source once and appends all that came with it.
    async fn fill(&mut self, out: &mut BytesMut) {
        let steps = match std::mem::take(&mut self.first) {
            first if first.is_empty() => self.source.next(&mut self.ctx).await,
            first => first,
        };
        for step in steps {
            let result = match step {
                Step::Chunk(data) => self.chunk(out, data),
                Step::End { outcome } => {
                    self.end(out, outcome);
                    return;
                }
                Step::Failed(error) => Err(error),
            };
            if let Err(error) = result {
                self.fail(out, &error);
                return;
            }
        }
    }

    fn chunk(&mut self, out: &mut BytesMut, data: Bytes) -> Result<(), Error> {
        let data = match &mut self.restorer {
            None => data,
            Some(restorer) => restorer.chunk(&data).map_err(|_| garbage())?,
        };
        self.send(out, &data);
        Ok(())
    }

    /// Sends a chunk, which a shadow hears too.
    fn send(&mut self, out: &mut BytesMut, data: &[u8]) {
        if let Some(shadow) = &mut self.ctx.shadow {
            // What is no JSON has no words.
            let _ = shadow.heard.push(data);
        }
        put_event(out, data);
    }

    fn end(&mut self, out: &mut BytesMut, outcome: Outcome) {
        self.flush(out);
        let partial = (outcome == Outcome::Partial).then(|| TOTAL_LIMIT.to_owned());
        if let Some(limit) = &partial {
            out.put_slice(format!(": x-weir-partial={limit}\n\n").as_bytes());
        }
        self.ctx.settle(outcome, partial);
        out.put_slice(timing_comment(&self.ctx).as_bytes());
        put_event(out, b"[DONE]");
        self.ended = true;
        if let Some(mut shadow) = self.ctx.shadow.take().filter(|_| outcome == Outcome::Ok) {
            let spoken = std::mem::take(&mut shadow.heard).finish();
            shadow.begin(&self.ctx, spoken);
        }
        self.ctx.finish(200, outcome);
    }

    fn fail(&mut self, out: &mut BytesMut, error: &Error) {
        let body = openai_chat::error_body(error);
        // The provider's words may quote the redacted request.
        let restored = self.restorer.as_mut().and_then(|restorer| restorer.whole(&body).ok());
        let (request, target) = (self.ctx.record.id, self.ctx.record.target.as_deref());
        let target = target.unwrap_or_default();
        tracing::warn!(%request, target, code = error.kind.code(), "a stream ended before it was complete");
        self.flush(out);
        put_event(out, &restored.unwrap_or(body));
        self.ended = true;
        self.ctx.settle(Outcome::Error, Some(error.kind.code().to_owned()));
        self.ctx.record.error = Some(error.kind.code());
        // The status line is long gone; the record keeps the one that was sent.
        self.ctx.finish(200, Outcome::Error);
    }

    /// Sends what the restorer still holds back, and notes what restoring did.
    fn flush(&mut self, out: &mut BytesMut) {
        let Some(mut restorer) = self.restorer.take() else { return };
        for data in restorer.flush() {
            self.send(out, &data);
        }
        let running = self.ctx.start(HopKind::Restore);
        self.ctx.end_restore(running, Outcome::Ok, restorer.counts());
    }
}

/// Writes one event. JSON may hold line ends between its tokens; in an event they would end its only line.
fn put_event(out: &mut BytesMut, data: &[u8]) {
    out.reserve(data.len() + 8);
    out.put_slice(b"data: ");
    for (n, line) in data.split(|byte| matches!(byte, b'\n' | b'\r')).enumerate() {
        if n > 0 {
            out.put_u8(b' ');
        }
        out.put_slice(line);
    }
    out.put_slice(b"\n\n");
}

fn garbage() -> Error {
    Error::new(
        crate::error::ErrorKind::UpstreamGarbage,
        "the provider sent a stream event that is not a chat completion chunk; the stream was ended",
    )
}
