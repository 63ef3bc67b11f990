//! Runs one local stage inside its allowance, isolated: an overrun or a panic becomes a [`StageFailure`], never more.
//!
//! Small inputs run where they are (a thread hop costs more than the work); large ones run on the blocking pool, where
//! the caller can stop waiting for them. Their work is linear in the input, so an abandoned stage ends soon.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

/// Inputs up to this many bytes of text run on the caller's thread.
const INLINE_BYTES: usize = 32 * 1024;

/// Why a stage has no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StageFailure {
    /// It took longer than its allowance.
    Timeout,
    /// It panicked; a defect.
    Panic,
    /// What it needs is not loaded.
    NotReady,
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
            Self::Error => "error",
        }
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
