//! What may go wrong with a provider, and what a client is told about it.
//!
//! Invariant: messages name the target, the cause and the remedy, and never carry a key or text of a request. The one
//! exception is a provider's own answer to a request that it rejected, which travels beside the message.

use super::retry;
use crate::config::resolved::Target;
use crate::error::{Error, ErrorKind};
use bytes::Bytes;
use memchr::memmem;
use std::time::Duration;

/// Which time limit was passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// The first token of a stream, or the headers of a whole answer.
    Ttft,
    /// Silence inside an answer.
    Idle,
    /// The whole attempt or the whole request.
    Total,
}

impl Limit {
    /// What was waited for, for messages.
    fn as_str(self) -> &'static str {
        match self {
            Self::Ttft => "did not begin to answer within the first-token limit",
            Self::Idle => "fell silent within its answer for longer than the idle limit",
            Self::Total => "did not finish within the total limit",
        }
    }
}

/// Why a provider gave no answer, or no whole one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UpstreamError {
    /// The key was rejected, or the account may not use the model (401, 402, 403).
    #[error("the provider rejected the key or the account (HTTP {status})")]
    Unauthorized {
        /// The provider's status.
        status: u16,
    },
    /// The model or the path is unknown (404).
    #[error("the provider does not know the model or the path (HTTP 404)")]
    NotFound,
    /// The request was rejected (other 4xx).
    #[error("the provider rejected the request (HTTP {status})")]
    Rejected {
        /// The provider's status.
        status: u16,
        /// The provider's own error, in its dialect.
        body: Bytes,
    },
    /// The conversation is longer than the model's window.
    #[error("the conversation does not fit the model's context window (HTTP {status})")]
    ContextLength {
        /// The provider's status.
        status: u16,
        /// The provider's own error, in its dialect.
        body: Bytes,
    },
    /// Too many requests or an empty quota (429).
    #[error("the provider limits the rate (HTTP 429)")]
    RateLimited {
        /// When to try again, if the provider said so.
        retry_after: Option<Duration>,
        /// The provider's own error, in its dialect.
        body: Bytes,
    },
    /// The provider failed: 5xx, 408, 425, or an error inside a good answer that names no other kind.
    #[error("the provider failed (HTTP {status})")]
    Failed {
        /// The provider's status, or the one that its error stands for.
        status: u16,
        /// When to try again, if the provider said so.
        retry_after: Option<Duration>,
        /// The provider's own error, in its dialect.
        body: Bytes,
    },
    /// No connection, or one that was lost before the answer began.
    #[error("the provider could not be reached: {cause}")]
    Unreachable {
        /// DNS, TCP, TLS or HTTP, in words.
        cause: String,
    },
    /// A time limit was passed.
    #[error("the provider {}", which.as_str())]
    Timeout {
        /// Which one.
        which: Limit,
    },
    /// The answer ended before it was complete.
    #[error("the provider's answer ended before it was complete")]
    Cut {
        /// True if the connection ended as HTTP says and only the end marker of the stream is missing.
        clean: bool,
    },
    /// The answer is not what was asked for.
    #[error("the provider's answer cannot be read: {reason}")]
    Garbage {
        /// Why, in words.
        reason: &'static str,
    },
    /// The answer or one of its events is larger than the cap.
    #[error("the provider's answer is larger than {limit} bytes")]
    TooLarge {
        /// The cap in bytes.
        limit: usize,
    },
    /// The target is left alone after repeated failures.
    #[error("the provider failed repeatedly and is left alone for a while")]
    BreakerOpen {
        /// When a probe may pass.
        retry_after: Duration,
    },
    /// The target was not configured when the clients were built: a defect of Weir.
    #[error("the target has no client")]
    UnknownTarget,
}

impl UpstreamError {
    /// The kind that a client sees.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Unauthorized { .. } => ErrorKind::UpstreamUnauthorized,
            Self::NotFound => ErrorKind::UpstreamNotFound,
            Self::Rejected { .. } => ErrorKind::UpstreamRejected,
            Self::ContextLength { .. } => ErrorKind::ContextLengthExceeded,
            Self::RateLimited { .. } => ErrorKind::UpstreamRateLimited,
            Self::Failed { .. } => ErrorKind::UpstreamFailed,
            Self::Unreachable { .. } | Self::BreakerOpen { .. } => ErrorKind::UpstreamUnreachable,
            Self::Timeout { .. } => ErrorKind::UpstreamTimeout,
            Self::Cut { .. } => ErrorKind::UpstreamCut,
            Self::Garbage { .. } | Self::TooLarge { .. } => ErrorKind::UpstreamGarbage,
            Self::UnknownTarget => ErrorKind::Internal,
        }
    }

    /// The provider's status, if it answered.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Unauthorized { status }
            | Self::Rejected { status, .. }
            | Self::ContextLength { status, .. }
            | Self::Failed { status, .. } => Some(*status),
            Self::NotFound => Some(404),
            Self::RateLimited { .. } => Some(429),
            _ => None,
        }
    }

    /// When the provider may be asked again, if known.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after, .. } | Self::Failed { retry_after, .. } => {
                *retry_after
            }
            Self::BreakerOpen { retry_after } => Some(*retry_after),
            _ => None,
        }
    }

    /// Whether it says that the target, and not the request, is at fault.
    pub(super) fn is_failure_of_target(&self) -> bool {
        matches!(
            self,
            Self::RateLimited { .. }
                | Self::Failed { .. }
                | Self::Unreachable { .. }
                | Self::Timeout { .. }
                | Self::Cut { .. }
                | Self::Garbage { .. }
        )
    }

    /// What a client is told.
    pub fn into_error(self, target: &Target) -> Error {
        let name = &target.name;
        let message = match &self {
            Self::Unauthorized { status } => match &target.key_source {
                Some(source) => format!(
                    "target `{name}`: the provider rejected the key from {source} (HTTP {status}); check the key and \
                     what its account may use"
                ),
                None => format!(
                    "target `{name}`: the provider asks for a key (HTTP {status}) and none is configured; give the \
                     target a key"
                ),
            },
            Self::NotFound => format!(
                "target `{name}`: the provider does not know the model `{}` or the path (HTTP 404); check the \
                 target's model and base URL",
                target.model
            ),
            Self::Rejected { .. } | Self::ContextLength { .. } | Self::Failed { .. } => {
                format!("target `{name}`: {self}")
            }
            Self::RateLimited { retry_after: Some(after), .. } => {
                format!("target `{name}`: {self}; try again in {} s", ceil_seconds(*after))
            }
            Self::BreakerOpen { retry_after } => {
                format!("target `{name}`: {self}; try again in {} s", ceil_seconds(*retry_after))
            }
            Self::RateLimited { retry_after: None, .. } => {
                format!("target `{name}`: {self}; try again later")
            }
            Self::Unreachable { .. } => {
                format!("target `{name}`: {self}; check its base URL and the network")
            }
            Self::Timeout { .. }
            | Self::Cut { .. }
            | Self::Garbage { .. }
            | Self::TooLarge { .. }
            | Self::UnknownTarget => format!("target `{name}`: {self}"),
        };
        let mut error = Error::new(self.kind(), message);
        error.retry_after = self.retry_after();
        match self {
            Self::Rejected { status, body } | Self::ContextLength { status, body } => {
                error.upstream = Some((status, body));
            }
            // The status is that of the kind: a provider that failed makes a bad gateway.
            Self::RateLimited { body, .. } | Self::Failed { body, .. } if !body.is_empty() => {
                error.upstream = Some((error.status(), body));
            }
            _ => {}
        }
        error
    }

    /// Whether another attempt may go better.
    pub(super) fn is_transient(&self) -> bool {
        match self {
            // An empty quota is reported as a rate limit, and waiting does not fill it.
            Self::RateLimited { body, .. } => memmem::find(body, b"insufficient_quota").is_none(),
            Self::Unreachable { .. } => true,
            _ => self.status().is_some_and(retry::status_is_transient),
        }
    }

    /// The error for an answer with this status, which is not 2xx.
    pub(super) fn from_status(status: u16, retry_after: Option<Duration>, body: Bytes) -> Self {
        match status {
            300..=399 => Self::Garbage {
                reason: "it is a redirect, which is not followed; check the target's base URL",
            },
            401..=403 => Self::Unauthorized { status },
            404 => Self::NotFound,
            429 => Self::RateLimited { retry_after, body },
            408 | 425 | 500..=599 => Self::Failed { status, retry_after, body },
            400 | 413 | 422 if says_too_long(&body) => Self::ContextLength { status, body },
            400..=499 => Self::Rejected { status, body },
            _ => Self::Garbage { reason: "its HTTP status has no meaning here" },
        }
    }
}

fn ceil_seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

/// The words in which providers say that a conversation is too long: OpenAI's code, vLLM's and llama.cpp's messages,
/// Anthropic's message.
pub(super) fn says_too_long(body: &[u8]) -> bool {
    const SIGNS: [&[u8]; 4] = [
        b"context_length_exceeded",
        b"maximum context length",
        b"exceed_context_size_error",
        b"prompt is too long",
    ];
    SIGNS.iter().any(|sign| memmem::find(body, sign).is_some())
}

#[cfg(test)]
mod tests {
    use super::{Limit, UpstreamError};
    use crate::error::ErrorKind;
    use crate::upstream::scripted::target;
    use bytes::Bytes;
    use std::time::Duration;

    #[test]
    fn statuses_become_kinds() {
        use ErrorKind as K;
        for (status, body, kind) in [
            (301, "", K::UpstreamGarbage),
            (400, "{}", K::UpstreamRejected),
            (400, r#"{"error":{"code":"context_length_exceeded"}}"#, K::ContextLengthExceeded),
            (400, r#"{"error":{"message":"prompt is too long: 9 > 8"}}"#, K::ContextLengthExceeded),
            (401, "", K::UpstreamUnauthorized),
            (402, "", K::UpstreamUnauthorized),
            (403, "", K::UpstreamUnauthorized),
            (404, "", K::UpstreamNotFound),
            (408, "", K::UpstreamFailed),
            (409, "", K::UpstreamRejected),
            (413, "", K::UpstreamRejected),
            (422, "{}", K::UpstreamRejected),
            (429, "", K::UpstreamRateLimited),
            (500, "", K::UpstreamFailed),
            (529, "", K::UpstreamFailed),
            (600, "", K::UpstreamGarbage),
            (100, "", K::UpstreamGarbage),
        ] {
            let error = UpstreamError::from_status(status, None, Bytes::from(body));
            assert_eq!(error.kind(), kind, "{status} {body}");
        }
    }

    #[test]
    fn messages_say_what_to_do() {
        let mut gpt = target("gpt", "http://localhost/v1");
        gpt.model = "gpt-9".into();
        gpt.key_source = Some("OPENAI_API_KEY".into());
        let after = Some(Duration::from_millis(1_200));
        for (error, part) in [
            (UpstreamError::Unauthorized { status: 401 }, "the key from OPENAI_API_KEY"),
            (UpstreamError::NotFound, "`gpt-9`"),
            (
                UpstreamError::RateLimited { retry_after: after, body: Bytes::new() },
                "try again in 2 s",
            ),
            (UpstreamError::Timeout { which: Limit::Idle }, "idle limit"),
            (UpstreamError::Unreachable { cause: "connection refused".into() }, "refused"),
            (UpstreamError::Garbage { reason: "it is HTML" }, "it is HTML"),
        ] {
            let told = error.into_error(&gpt);
            assert!(told.message.starts_with("target `gpt`: "), "{}", told.message);
            assert!(told.message.contains(part), "{}", told.message);
        }
        gpt.key_source = None;
        let told = UpstreamError::Unauthorized { status: 401 }.into_error(&gpt);
        assert!(told.message.contains("none is configured"), "{}", told.message);
    }

    #[test]
    fn a_rejection_keeps_the_providers_words_beside_the_message() {
        let body = Bytes::from_static(b"{\"error\":{\"message\":\"secret words\"}}");
        let error = UpstreamError::Rejected { status: 422, body: body.clone() };
        let told = error.into_error(&target("gpt", "http://localhost/v1"));
        assert_eq!((told.status(), told.upstream), (422, Some((422, body))));
        assert!(!told.message.contains("secret"));
    }
}
