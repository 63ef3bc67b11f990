//! Runs one local stage inside its allowance, isolated: an overrun or a panic becomes a [`StageFailure`], never more.
//!
//! Small inputs run where they are (a thread hop costs more than the work); large ones run on the blocking pool, where
//! the caller can stop waiting for them. Their work is linear in the input, so an abandoned stage ends soon. As many of the large
//! ones run at a time as there are cores; a stage that waits for its place does not use up its allowance.

use crate::chat::{Analysis, HopKind};
use crate::error::{Error, ErrorKind};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Inputs up to this many bytes of text run on the caller's thread.
const INLINE_BYTES: usize = 32 * 1024;

/// Places for large inputs.
static PLACES: LazyLock<Semaphore> = LazyLock::new(|| {
    Semaphore::new(std::thread::available_parallelism().map_or(1, std::num::NonZero::get))
});

/// Why a stage has no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StageFailure {
    /// It took longer than its allowance.
    Timeout,
    /// It panicked; a defect.
    Panic,
    /// What it needs is not loaded.
    NotReady,
    /// It would wait for others longer than the request can wait.
    Overloaded {
        /// When to try again.
        retry_after: Duration,
    },
    /// It ended in an error.
    Error,
}

impl StageFailure {
    /// The reason in the record and in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Panic => "panic",
            Self::NotReady => "not_ready",
            Self::Overloaded { .. } => "overloaded",
            Self::Error => "error",
        }
    }
}

/// A refusal because the detectors did not finish, with what the client can do about it; any other error as it is.
pub fn told(error: Error, analysis: &Analysis) -> Error {
    if error.kind != ErrorKind::PrivacyUnavailable {
        return error;
    }
    let failed = analysis.stages.iter().find(|it| it.stage == HopKind::Detect.as_str());
    match (failed.and_then(|it| it.failed), analysis.retry_after) {
        (Some("overloaded"), Some(after)) => {
            let message = "too many requests wait to be read by the stage `detect`, and this one would wait longer than \
                its latency class allows, so nothing left this machine; try again later";
            Error::new(ErrorKind::Overloaded, message).retry_after(after)
        }
        (Some("timeout"), _) => {
            let message = format!(
                "{} The stage `detect` took longer than its allowance; raise `latency.interactive.stages.detect_ms`.",
                error.message
            );
            Error { message, ..error }
        }
        (Some(why), _) => {
            let message = format!("{} The stage `detect` ended with `{why}`.", error.message);
            Error { message, ..error }
        }
        (None, _) => error,
    }
}

/// Runs `work` over `n_bytes` of text.
///
/// # Errors
/// [`StageFailure::Timeout`] past the allowance (large inputs only), [`StageFailure::Panic`] if it panicked.
pub async fn bounded<T: Send + 'static>(
    n_bytes: usize,
    allowance: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, StageFailure> {
    if n_bytes <= INLINE_BYTES {
        return catch_unwind(AssertUnwindSafe(work)).map_err(|_| StageFailure::Panic);
    }
    // The places are never closed.
    let Ok(place) = PLACES.acquire().await else { return Err(StageFailure::Panic) };
    let work = move || {
        let value = work();
        drop(place);
        value
    };
    match tokio::time::timeout(allowance, tokio::task::spawn_blocking(work)).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(_)) => Err(StageFailure::Panic),
        Err(_) => Err(StageFailure::Timeout),
    }
}

#[cfg(test)]
mod tests {
    use super::{StageFailure, bounded};
    use std::sync::mpsc;
    use std::time::Duration;

    #[tokio::test]
    async fn a_panic_stays_inside_the_stage() {
        let small = bounded(10, Duration::from_secs(1), || -> u8 { panic!("stage") }).await;
        assert_eq!(small, Err(StageFailure::Panic));
        let large = bounded(1 << 20, Duration::from_secs(1), || -> u8 { panic!("stage") }).await;
        assert_eq!(large, Err(StageFailure::Panic));
    }

    #[tokio::test]
    async fn a_large_stage_is_cut_off_at_its_allowance() {
        let (release, wait) = mpsc::channel::<()>();
        let result = bounded(1 << 20, Duration::from_millis(5), move || wait.recv().is_ok()).await;
        assert_eq!(result, Err(StageFailure::Timeout));
        drop(release);
    }
}
