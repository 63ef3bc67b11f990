//! What can go wrong between a caller and a local model, and what state a model is in.
//!
//! Invariant: no variant carries text of a prompt or an answer.

use std::time::Duration;

/// State of one model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelState {
    /// Not configured; it will never be ready.
    Off,
    /// Being fetched, loaded or warmed.
    Loading {
        /// Bytes fetched so far; all of them while they are being verified.
        done: u64,
        /// Bytes to fetch; 0 if nothing is being fetched.
        total: u64,
    },
    /// Loaded, and one run has gone through it.
    Ready,
    /// It could not be loaded; says why and what to do.
    Failed(String),
}

impl ModelState {
    /// True once requests can be served.
    pub fn is_ready(&self) -> bool {
        matches!(self, Self::Ready)
    }
}

/// A few words for people.
impl std::fmt::Display for ModelState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Off => f.write_str("off"),
            Self::Loading { total: 0, .. } => f.write_str("loading"),
            Self::Loading { done, total } if done == total => {
                write!(f, "downloaded, verifying {} MB", total / 1_000_000)
            }
            Self::Loading { done, total } => {
                write!(f, "downloading, {} of {} MB", done / 1_000_000, total / 1_000_000)
            }
            Self::Ready => f.write_str("ready"),
            Self::Failed(reason) => write!(f, "failed: {reason}"),
        }
    }
}

/// Why a local model gave no (whole) answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InferenceError {
    /// Too much waits already.
    #[error("the queue of the local model is full")]
    QueueFull {
        /// When to try again.
        retry_after: Duration,
    },
    /// The model cannot serve yet, or never will.
    #[error("the local model is not ready ({state})")]
    NotReady {
        /// Its state.
        state: ModelState,
        /// When to try again.
        retry_after: Duration,
    },
    /// The prompt does not fit.
    #[error("the prompt has {n_tokens} tokens, the local model's window is {window}")]
    ContextLength {
        /// Tokens of the prompt.
        n_tokens: usize,
        /// The window in tokens.
        window: usize,
    },
    /// Prompt and answer would need more memory than the local model may have.
    #[error(
        "prompt and answer of up to {n_tokens} tokens need more memory than `local.kv_cache_mib` gives; lower `max_tokens` or raise it"
    )]
    Memory {
        /// Tokens of prompt and answer.
        n_tokens: usize,
    },
    /// The answer could not begin in time.
    #[error(
        "the local model has {n_tokens} tokens to read first, which takes about {} ms: too late",
        takes.as_millis()
    )]
    Late {
        /// Tokens to read.
        n_tokens: usize,
        /// How long that takes.
        takes: Duration,
    },
    /// The work took longer than it may; what was done is not lost if the same comes again.
    #[error("the local model did not finish within its allowance")]
    Allowance,
    /// The local model cannot follow the form that the answer should have.
    #[error("{}", format_error(*keyword))]
    Format {
        /// The keyword of the schema that is to blame, if one is.
        keyword: Option<&'static str>,
    },
    /// The caller or the runtime has gone.
    #[error("the request was dropped before it finished")]
    Gone,
    /// The model failed on this request.
    #[error("the local model failed: {0}")]
    Failed(String),
}

fn format_error(keyword: Option<&str>) -> String {
    const ASKS: &str = "`response_format` asks for what local models cannot follow";
    match keyword {
        Some(keyword) => {
            format!("{ASKS}: no grammar can express its keyword `{keyword}` as the schema uses it")
        }
        None => format!(
            "{ASKS}: a schema or expression that is wrong, too large, or uses a keyword that is not supported"
        ),
    }
}

impl From<candle_core::Error> for InferenceError {
    fn from(error: candle_core::Error) -> Self {
        // The first line names the operation and the shapes; a backtrace may follow it.
        Self::Failed(error.to_string().lines().next().unwrap_or_default().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::ModelState;

    #[test]
    fn what_a_model_that_loads_does_at_the_moment() {
        let cases = [
            (0, 0, "loading"),
            (1, 98_000_000, "downloading, 0 of 98 MB"),
            (97_999_999, 98_000_000, "downloading, 97 of 98 MB"),
            (98_000_000, 98_000_000, "downloaded, verifying 98 MB"),
        ];
        for (done, total, expected) in cases {
            assert_eq!(ModelState::Loading { done, total }.to_string(), expected);
        }
    }
}
