//! The body of a request at the pace at which it has to come.
//!
//! Invariant: only time in which we wait for the client counts, so a body that we take our time with is not slow.

use crate::config::ConnectionLimits;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Instant, Sleep};

/// The client sends too slowly.
#[derive(Debug, thiserror::Error)]
#[error("the client sends too slowly")]
pub struct TooSlow;

/// A body that ends in [`TooSlow`] if nothing comes for a while, or too little.
pub struct Paced<B> {
    inner: B,
    stall: Duration,
    min_rate: u32,
    n_bytes: u64,
    /// How long we have waited for what has come.
    waited: Duration,
    /// Since when we wait for more, and until when.
    waiting: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl<B> Paced<B> {
    /// The body under these limits.
    pub fn new(inner: B, limits: &ConnectionLimits) -> Self {
        let (stall, min_rate) = (limits.body_stall, limits.body_min_rate.max(1));
        Self { inner, stall, min_rate, n_bytes: 0, waited: Duration::ZERO, waiting: None }
    }

    /// How long we may go on to wait: the silence that is allowed, less what the body is behind its least rate.
    fn patience(&self) -> Duration {
        let earned = Duration::from_secs_f64(self.n_bytes as f64 / f64::from(self.min_rate));
        (self.stall + earned).saturating_sub(self.waited).min(self.stall)
    }
}

impl<B> Body for Paced<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let this = &mut *self;
        if let Poll::Ready(frame) = Pin::new(&mut this.inner).poll_frame(cx) {
            if let Some((since, _)) = this.waiting.take() {
                this.waited += since.elapsed();
            }
            if let Some(Ok(frame)) = &frame {
                this.n_bytes += frame.data_ref().map_or(0, |data| data.len() as u64);
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let patience = this.patience();
        let (_, limit) = this
            .waiting
            .get_or_insert_with(|| (Instant::now(), Box::pin(tokio::time::sleep(patience))));
        limit.as_mut().poll(cx).map(|()| Some(Err(TooSlow.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::{Paced, TooSlow};
    use crate::config::ConnectionLimits;
    use bytes::Bytes;
    use futures_util::stream;
    use http_body::Frame;
    use http_body_util::{BodyExt, StreamBody};
    use std::convert::Infallible;
    use std::time::Duration;
    use tokio::time::Instant;

    const SECOND: Duration = Duration::from_secs(1);

    /// What comes of pieces of so many bytes, so many seconds apart, and after how many seconds that is known.
    async fn sent(pieces: Vec<(u64, usize)>) -> (bool, u64) {
        let limits = ConnectionLimits {
            max: None,
            head: SECOND,
            idle: SECOND,
            body_stall: 20 * SECOND,
            body_min_rate: 500,
            answer_stall: SECOND,
        };
        let pieces = stream::unfold(pieces.into_iter(), |mut pieces| async move {
            let (pause, n) = pieces.next()?;
            tokio::time::sleep(SECOND * u32::try_from(pause).unwrap()).await;
            Some((Ok::<_, Infallible>(Frame::data(Bytes::from(vec![b' '; n]))), pieces))
        });
        let body = StreamBody::new(Box::pin(pieces));
        let begun = Instant::now();
        let result = Paced::new(body, &limits).collect().await;
        if let Err(error) = &result {
            assert!(error.is::<TooSlow>());
        }
        (result.is_ok(), begun.elapsed().as_secs())
    }

    #[tokio::test(start_paused = true)]
    async fn slow_bodies_end_and_others_do_not() {
        for (what, pieces, expected) in [
            ("at once", vec![(0, 1 << 20)], (true, 0)),
            ("empty", vec![], (true, 0)),
            ("after a while", vec![(19, 10)], (true, 19)),
            ("never", vec![(10_000, 1)], (false, 20)),
            ("silence in the middle", vec![(1, 1 << 20), (21, 1)], (false, 21)),
            ("a byte a second", vec![(1, 1); 100], (false, 20)),
            ("a byte each ten seconds", vec![(10, 1); 100], (false, 20)),
            ("just too slow", vec![(1, 400); 1000], (false, 96)),
            ("just fast enough", vec![(1, 600); 1000], (true, 1000)),
            ("first much, then a trickle", vec![(0, 5_000), (10, 1), (10, 1), (10, 1)], (true, 30)),
            (
                "first much, then too long a trickle",
                vec![(0, 500), (10, 1), (10, 1), (10, 1)],
                (false, 21),
            ),
            (
                "pauses that were earned",
                vec![(0, 100_000), (19, 1), (19, 1), (19, 1), (19, 1)],
                (true, 76),
            ),
        ] {
            assert_eq!(sent(pieces).await, expected, "{what}");
        }
    }
}
