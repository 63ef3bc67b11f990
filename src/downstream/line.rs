//! One connection of a client: what it is doing, and when it has been idle or slow for too long.
//!
//! ```text
//!  connect ──► head of a request ──► request open (body, work, answer) ──► idle ──► next head …
//!     └────────── head ──────────┘        body: pace.rs                    └idle┘   └ head ┘
//!                                         answer: taken, or not for answer_stall
//! ```
//!
//! Invariant: a connection in each of these states has a moment at which it ends, whatever its client does. What a client
//! sends that is no request (a trickled head, HTTP/2's pings) moves none of them.

use crate::config::ConnectionLimits;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;
use tokio::time::Instant;

/// Bytes of an answer that a client must take for a connection without an open request to count as active.
const PROGRESS: usize = 1024;

/// What a connection is doing. Times are milliseconds since it began.
#[derive(Debug)]
pub struct Line {
    begun: Instant,
    /// Requests that are not answered in full.
    open: AtomicUsize,
    served: AtomicBool,
    multiplexed: AtomicBool,
    idle_since: AtomicU64,
    /// When the first byte of the next head came, plus one; 0 before it.
    head_since: AtomicU64,
    taken: AtomicUsize,
    /// Answers with something that the client has not taken, and since when.
    untaken: Mutex<HashMap<u64, Instant>>,
    n_requests: AtomicU64,
    leaving: AtomicBool,
    leave: Notify,
}

impl Line {
    /// A connection that begins now.
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            begun: Instant::now(),
            open: AtomicUsize::new(0),
            served: AtomicBool::new(false),
            multiplexed: AtomicBool::new(false),
            idle_since: AtomicU64::new(0),
            head_since: AtomicU64::new(0),
            taken: AtomicUsize::new(0),
            untaken: Mutex::default(),
            n_requests: AtomicU64::new(0),
            leaving: AtomicBool::new(false),
            leave: Notify::new(),
        })
    }

    /// A request has come; it is open until what comes back is dropped.
    pub fn begin(self: &Arc<Self>, multiplexed: bool) -> Open {
        self.open.fetch_add(1, Ordering::AcqRel);
        self.served.store(true, Ordering::Relaxed);
        self.multiplexed.store(multiplexed, Ordering::Relaxed);
        self.head_since.store(0, Ordering::Relaxed);
        Open { line: self.clone(), id: self.n_requests.fetch_add(1, Ordering::Relaxed) }
    }

    /// Asks an idle connection to leave for another one. False if it was asked before.
    pub fn dismiss(&self) -> bool {
        let first = !self.leaving.swap(true, Ordering::AcqRel);
        self.leave.notify_one();
        first
    }

    /// Waits until the connection is asked to leave.
    pub async fn dismissed(&self) {
        self.leave.notified().await;
    }

    /// Since when it has had no open request; `None` if it has one, or is leaving.
    pub fn idle_since(&self) -> Option<Instant> {
        let busy = self.open.load(Ordering::Acquire) > 0 || self.leaving.load(Ordering::Acquire);
        (!busy).then(|| self.moment(self.idle_since.load(Ordering::Relaxed)))
    }

    /// Whether a request is not answered in full.
    pub fn has_open(&self) -> bool {
        self.open.load(Ordering::Acquire) > 0
    }

    /// When to look again; `None` if the connection has been idle or slow for too long.
    pub fn look_again(&self, limits: &ConnectionLimits) -> Option<Instant> {
        let now = Instant::now();
        let tick = limits.head.min(limits.idle).min(limits.answer_stall) / 2;
        let ends = if self.open.load(Ordering::Acquire) > 0 {
            let untaken = self.untaken();
            untaken.values().min().map(|since| *since + limits.answer_stall)
        } else {
            Some(self.idle_until(limits))
        };
        match ends {
            Some(ends) if ends <= now => None,
            Some(ends) => Some(ends.min(now + tick)),
            None => Some(now + tick),
        }
    }

    fn idle_until(&self, limits: &ConnectionLimits) -> Instant {
        let idle = self.moment(self.idle_since.load(Ordering::Relaxed)) + limits.idle;
        if !self.served.load(Ordering::Relaxed) {
            return self.begun + limits.head;
        }
        match self.head_since.load(Ordering::Relaxed) {
            since if since > 0 && !self.multiplexed.load(Ordering::Relaxed) => {
                idle.min(self.moment(since) + limits.head)
            }
            _ => idle,
        }
    }

    fn moment(&self, millis: u64) -> Instant {
        self.begun + Duration::from_millis(millis)
    }

    fn now(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn untaken(&self) -> MutexGuard<'_, HashMap<u64, Instant>> {
        self.untaken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn has_read(&self) {
        if self.open.load(Ordering::Acquire) == 0 && self.head_since.load(Ordering::Relaxed) == 0 {
            self.head_since.store(self.now() + 1, Ordering::Relaxed);
        }
    }

    fn has_written(&self, n: usize) {
        if self.taken.fetch_add(n, Ordering::Relaxed) + n >= PROGRESS {
            self.taken.store(0, Ordering::Relaxed);
            self.idle_since.store(self.now(), Ordering::Relaxed);
        }
    }
}

/// A request that is not answered in full.
#[derive(Debug)]
pub struct Open {
    line: Arc<Line>,
    id: u64,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.line.untaken().remove(&self.id);
        self.line.taken.store(0, Ordering::Relaxed);
        self.line.idle_since.store(self.line.now(), Ordering::Relaxed);
        self.line.open.fetch_sub(1, Ordering::AcqRel);
    }
}

/// The body of an answer, which notes whether the client takes it.
pub struct Answer<B> {
    inner: B,
    open: Open,
}

impl<B> Answer<B> {
    /// The body of the answer to a request that is open.
    pub fn new(inner: B, open: Open) -> Self {
        Self { inner, open }
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for Answer<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        // That more is asked for says that there is room for it.
        self.open.line.untaken().remove(&self.open.id);
        let frame = ready!(Pin::new(&mut self.inner).poll_frame(cx));
        if frame.is_some() {
            self.open.line.untaken().insert(self.open.id, Instant::now());
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// The socket of a connection, which notes what goes through it.
pub struct Socket<S> {
    inner: S,
    line: Arc<Line>,
}

impl<S> Socket<S> {
    /// The socket of a connection.
    pub fn new(inner: S, line: Arc<Line>) -> Self {
        Self { inner, line }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Socket<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(cx, buffer))?;
        if buffer.filled().len() > before {
            self.line.has_read();
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Socket<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        let n = ready!(Pin::new(&mut self.inner).poll_write(cx, bytes))?;
        self.line.has_written(n);
        Poll::Ready(Ok(n))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[std::io::IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        let n = ready!(Pin::new(&mut self.inner).poll_write_vectored(cx, bytes))?;
        self.line.has_written(n);
        Poll::Ready(Ok(n))
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, Line};
    use crate::config::ConnectionLimits;
    use bytes::Bytes;
    use http_body::{Body, Frame};
    use http_body_util::StreamBody;
    use std::convert::Infallible;
    use std::pin::Pin;
    use std::sync::Arc;
    use std::task::{Context, Waker};
    use std::time::Duration;
    use tokio::time::advance;

    const LIMITS: ConnectionLimits = ConnectionLimits {
        max: None,
        head: Duration::from_secs(30),
        idle: Duration::from_secs(90),
        body_stall: Duration::from_secs(20),
        body_min_rate: 500,
        answer_stall: Duration::from_secs(60),
    };

    /// Does what a word says and gives back whether the connection may go on. Numbers let seconds pass; `open` and `close`
    /// begin and end a request, `give` is an answer's next part, `ask` is asking for one that is not there yet, `read n`
    /// and `write n` are bytes through the socket.
    async fn goes_on(script: &str) -> bool {
        let line = Line::new();
        let mut answers = Vec::new();
        for word in script.split_whitespace() {
            match word {
                "open" | "open2" => answers.push(answer(&line, word == "open2")),
                "close" => drop(answers.remove(0)),
                "give" | "ask" => {
                    let (parts, body) = answers.first_mut().unwrap();
                    if word == "give" {
                        parts.try_send(Bytes::from_static(b"x")).unwrap();
                    }
                    let frame = Pin::new(body).poll_frame(&mut Context::from_waker(Waker::noop()));
                    assert_eq!(frame.is_ready(), word == "give");
                }
                "read" => line.has_read(),
                "write1" => line.has_written(1),
                "write9999" => line.has_written(9999),
                seconds => advance(Duration::from_secs(seconds.parse().unwrap())).await,
            }
        }
        line.look_again(&LIMITS).is_some()
    }

    type Parts = tokio::sync::mpsc::Sender<Bytes>;
    type Parted = Answer<Pin<Box<dyn Body<Data = Bytes, Error = Infallible> + Send>>>;

    fn answer(line: &Arc<Line>, multiplexed: bool) -> (Parts, Parted) {
        let (parts, mut rest) = tokio::sync::mpsc::channel(8);
        let frames = futures_util::stream::poll_fn(move |cx| {
            rest.poll_recv(cx).map(|part| part.map(|part| Ok::<_, Infallible>(Frame::data(part))))
        });
        (parts, Answer::new(Box::pin(StreamBody::new(frames)), line.begin(multiplexed)))
    }

    #[tokio::test(start_paused = true)]
    async fn every_state_has_its_end() {
        for (script, expected) in [
            ("29", true),
            ("31", false),
            ("29 read 2", false),
            ("20 open 999 close 89", true),
            ("20 open 999 close 91", false),
            ("open close 50 read 29", true),
            ("open close 50 read 31", false),
            ("open close 50 read 20 read 11", false),
            ("open close 80 read 11", false),
            ("open2 close 50 read 31", true),
            ("open2 close 50 read 41", false),
            ("open ask 9999", true),
            ("open give 59", true),
            ("open give 61", false),
            ("open give ask 9999", true),
            ("open give 40 give 40 give 40", true),
            ("open give 40 give 61", false),
            ("open give close 61", true),
            ("open close 60 write9999 89", true),
            ("open close 60 write9999 91", false),
            ("open close 60 write1 31", false),
            ("open give open 61", false),
        ] {
            assert_eq!(goes_on(script).await, expected, "{script}");
        }
    }
}
