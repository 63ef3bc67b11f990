//! One timer for the whole life of a request, moved lazily.
//!
//! Invariant: it elapses at the deadline that it was last polled with, never before. A deadline that moves away, as the
//! idle limit does with every chunk, costs nothing until the timer fires at the old one.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Instant;
use tokio::time::Sleep;

/// A timer whose deadline is given anew with every poll.
#[derive(Debug)]
pub(super) struct Timer {
    sleep: Pin<Box<Sleep>>,
}

/// The deadline passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Elapsed;

impl Timer {
    pub(super) fn new(deadline: Instant) -> Self {
        Self { sleep: Box::pin(tokio::time::sleep_until(deadline.into())) }
    }

    /// Ready once `deadline` has passed.
    pub(super) fn poll_elapsed(&mut self, cx: &mut Context<'_>, deadline: Instant) -> Poll<()> {
        let deadline = tokio::time::Instant::from_std(deadline);
        if self.sleep.deadline() > deadline {
            self.sleep.as_mut().reset(deadline);
        }
        while self.sleep.as_mut().poll(cx).is_ready() {
            if self.sleep.deadline() >= deadline {
                return Poll::Ready(());
            }
            self.sleep.as_mut().reset(deadline);
        }
        Poll::Pending
    }

    /// Runs `work` until `deadline`.
    pub(super) async fn limit<T>(
        &mut self,
        deadline: Instant,
        work: impl Future<Output = T>,
    ) -> Result<T, Elapsed> {
        let mut work = pin!(work);
        std::future::poll_fn(|cx| match work.as_mut().poll(cx) {
            Poll::Ready(done) => Poll::Ready(Ok(done)),
            Poll::Pending => self.poll_elapsed(cx, deadline).map(|()| Err(Elapsed)),
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::{Elapsed, Timer};
    use std::future::pending;
    use std::time::Duration;
    use tokio::time::Instant;

    #[tokio::test(start_paused = true)]
    async fn follows_deadlines_that_move_both_ways() {
        let begin = Instant::now();
        let at = |ms| (begin + Duration::from_millis(ms)).into_std();
        let mut timer = Timer::new(at(100));
        assert_eq!(timer.limit(at(100), async { 7 }).await, Ok(7));
        for (deadline, elapsed) in [(40, 40), (300, 300), (250, 300), (310, 310)] {
            assert_eq!(timer.limit(at(deadline), pending::<()>()).await, Err(Elapsed));
            let passed = begin.elapsed().as_millis();
            assert!((elapsed..=elapsed + 2).contains(&passed), "{passed} for {deadline}");
        }
    }
}
