//! The top error: what a client is told, by kind. Rooms have their own enums; this one carries what the answer needs.
//!
//! Invariant: `message` never contains text of a request or an answer.

use std::time::Duration;

/// Where an error comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorSource {
    /// The client's request.
    Downstream,
    /// A provider.
    Upstream,
    /// This process.
    Local,
    /// A rule of the operator.
    Policy,
}

/// What went wrong, as far as a client may act on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The body is not JSON.
    InvalidJson,
    /// A field has a wrong type or value.
    InvalidValue,
    /// The body is larger than the limit.
    BodyTooLarge,
    /// The body was cut.
    BodyIncomplete,
    /// No such path.
    NotFound,
    /// The path exists, the method does not.
    MethodNotAllowed,
    /// The API key is missing or wrong.
    Unauthenticated,
    /// A web page of another site sent it, or it names another host.
    ForeignSite,
    /// The body came too slowly.
    BodyTooSlow,
    /// The gateway is being stopped.
    Stopping,
    /// The requested model is neither `auto` nor a target.
    ModelNotFound,
    /// The conversation does not fit the model's window.
    ContextLengthExceeded,
    /// The target cannot do what the request needs.
    Unsupported,
    /// A rule refuses the request.
    Blocked,
    /// A privacy stage did not finish and nothing may leave.
    PrivacyUnavailable,
    /// Every candidate was rejected or failed before an answer began.
    NoCandidate,
    /// A local model is still loading.
    ModelLoading,
    /// A local model could not be loaded.
    ModelUnavailable,
    /// Too much work is queued.
    Overloaded,
    /// A local answer was not sure enough.
    LowConfidence,
    /// The provider rejected Weir's key.
    UpstreamUnauthorized,
    /// The provider does not know the model or path.
    UpstreamNotFound,
    /// The provider rejected the request; its message is passed on.
    UpstreamRejected,
    /// The provider limits the rate.
    UpstreamRateLimited,
    /// The provider failed.
    UpstreamFailed,
    /// The provider could not be reached.
    UpstreamUnreachable,
    /// The provider took too long.
    UpstreamTimeout,
    /// The provider's answer ended before it was complete.
    UpstreamCut,
    /// The provider's answer was not what its dialect says.
    UpstreamGarbage,
    /// A defect of Weir.
    Internal,
}

impl ErrorKind {
    /// HTTP status, OpenAI `type`, `code` and source of each kind.
    pub fn facts(self) -> (u16, &'static str, &'static str, ErrorSource) {
        use ErrorSource::{Downstream, Local, Policy, Upstream};
        const REQUEST: &str = "invalid_request_error";
        const SERVER: &str = "server_error";
        match self {
            Self::InvalidJson => (400, REQUEST, "invalid_json", Downstream),
            Self::InvalidValue => (400, REQUEST, "invalid_value", Downstream),
            Self::BodyTooLarge => (413, REQUEST, "body_too_large", Downstream),
            Self::BodyIncomplete => (400, REQUEST, "body_incomplete", Downstream),
            Self::NotFound => (404, REQUEST, "not_found", Downstream),
            Self::MethodNotAllowed => (405, REQUEST, "method_not_allowed", Downstream),
            Self::Unauthenticated => (401, "authentication_error", "invalid_api_key", Downstream),
            Self::ForeignSite => (403, "permission_error", "foreign_site", Downstream),
            Self::BodyTooSlow => (408, REQUEST, "body_too_slow", Downstream),
            Self::Stopping => (503, SERVER, "stopping", Local),
            Self::ModelNotFound => (404, REQUEST, "model_not_found", Downstream),
            Self::ContextLengthExceeded => (400, REQUEST, "context_length_exceeded", Downstream),
            Self::Unsupported => (400, REQUEST, "unsupported_by_target", Downstream),
            Self::Blocked => (403, "permission_error", "blocked_by_policy", Policy),
            Self::PrivacyUnavailable => (503, SERVER, "privacy_unavailable", Local),
            Self::NoCandidate => (503, SERVER, "no_candidate", Policy),
            Self::ModelLoading => (503, SERVER, "model_loading", Local),
            Self::ModelUnavailable => (503, SERVER, "model_unavailable", Local),
            Self::Overloaded => (503, SERVER, "overloaded", Local),
            Self::LowConfidence => (503, SERVER, "low_confidence", Local),
            Self::UpstreamUnauthorized => (502, SERVER, "upstream_unauthorized", Upstream),
            Self::UpstreamNotFound => (502, SERVER, "upstream_not_found", Upstream),
            Self::UpstreamRejected => (400, REQUEST, "upstream_rejected", Upstream),
            Self::UpstreamRateLimited => {
                (429, "rate_limit_error", "upstream_rate_limited", Upstream)
            }
            Self::UpstreamFailed => (502, SERVER, "upstream_failed", Upstream),
            Self::UpstreamUnreachable => (502, SERVER, "upstream_unreachable", Upstream),
            Self::UpstreamTimeout => (504, SERVER, "upstream_timeout", Upstream),
            Self::UpstreamCut => (502, SERVER, "upstream_cut", Upstream),
            Self::UpstreamGarbage => (502, SERVER, "upstream_garbage", Upstream),
            Self::Internal => (500, SERVER, "internal_error", Local),
        }
    }

    /// The OpenAI `code`.
    pub fn code(self) -> &'static str {
        self.facts().2
    }

    /// Whether the next candidate may succeed where this one failed.
    pub fn falls_back(self) -> bool {
        matches!(
            self,
            Self::ContextLengthExceeded
                | Self::Unsupported
                | Self::ModelLoading
                | Self::ModelUnavailable
                | Self::Overloaded
                | Self::LowConfidence
                | Self::UpstreamUnauthorized
                | Self::UpstreamNotFound
                | Self::UpstreamRateLimited
                | Self::UpstreamFailed
                | Self::UpstreamUnreachable
                | Self::UpstreamTimeout
                | Self::UpstreamCut
                | Self::UpstreamGarbage
        )
    }
}

/// An error as it reaches a client.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// What went wrong.
    pub kind: ErrorKind,
    /// Says what was wrong and what to do.
    pub message: String,
    /// The field at fault, as a path such as `messages[0].role`.
    pub param: Option<String>,
    /// When to try again.
    pub retry_after: Option<Duration>,
    /// A provider's own error body and status, passed on where the request was at fault.
    pub upstream: Option<(u16, bytes::Bytes)>,
}

impl Error {
    /// An error of `kind` with a message for the client.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), param: None, retry_after: None, upstream: None }
    }

    /// Names the field at fault.
    #[must_use]
    pub fn param(mut self, path: impl Into<String>) -> Self {
        self.param = Some(path.into());
        self
    }

    /// Says when to try again.
    #[must_use]
    pub fn retry_after(mut self, after: Duration) -> Self {
        self.retry_after = Some(after);
        self
    }

    /// The HTTP status of the answer.
    pub fn status(&self) -> u16 {
        match &self.upstream {
            Some((status, _)) => *status,
            None => self.kind.facts().0,
        }
    }
}
