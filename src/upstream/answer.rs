//! What a provider gave: a whole body or a stream, and the facts in its headers.

use super::error::{Limit, UpstreamError};
use super::stream::EventStream;
use super::timer::Timer;
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use http_body::Body;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use std::time::{Duration, Instant};

/// An answer that began well.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "one is made for a request and taken apart at once")]
pub enum Answer {
    /// All of it, as JSON in the provider's dialect.
    Whole(Whole),
    /// Its events, of which the first has come.
    Stream(EventStream),
}

impl Answer {
    /// Status and headers.
    pub fn head(&self) -> &Head {
        match self {
            Self::Whole(whole) => &whole.head,
            Self::Stream(stream) => stream.head(),
        }
    }
}

/// A whole answer.
#[derive(Debug)]
pub struct Whole {
    /// Status and headers.
    pub head: Head,
    /// The body in the provider's dialect.
    pub body: Bytes,
}

/// Status and headers of an answer, as far as somebody reads them.
#[derive(Debug, Clone)]
pub struct Head {
    /// The HTTP status.
    pub status: u16,
    pub(super) headers: HeaderMap,
}

impl Head {
    /// Copies what is needed, because the received values hold on to the connection's read buffer.
    pub(super) fn new(status: StatusCode, received: &HeaderMap) -> Self {
        let needed = received
            .iter()
            .filter(|(name, _)| is_passed_on(name) || REQUEST_IDS.contains(&name.as_str()));
        let copied = needed.filter_map(|(name, value)| {
            Some((name.clone(), HeaderValue::from_bytes(value.as_bytes()).ok()?))
        });
        Self { status: status.as_u16(), headers: copied.collect() }
    }

    /// The provider's own id of the request, to quote in a support case.
    pub fn request_id(&self) -> Option<&str> {
        let value = REQUEST_IDS.iter().find_map(|name| self.headers.get(*name))?;
        value.to_str().ok()
    }

    /// The headers that a client may see: processing time and the state of the rate limits.
    pub fn passed_on(&self) -> impl Iterator<Item = (&HeaderName, &HeaderValue)> {
        self.headers.iter().filter(|(name, _)| is_passed_on(name))
    }
}

const REQUEST_IDS: [&str; 2] = ["x-request-id", "request-id"];

fn is_passed_on(name: &HeaderName) -> bool {
    let name = name.as_str();
    matches!(name, "openai-processing-ms" | "openai-version" | "retry-after")
        || name.starts_with("x-ratelimit-")
        || name.starts_with("anthropic-ratelimit-")
}

/// How a body may be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct BodyLimits {
    /// Longest wait for more.
    pub(super) idle: Duration,
    /// When all of it must be there.
    pub(super) total_by: Instant,
    /// Most bytes.
    pub(super) max_bytes: usize,
}

/// Reads a body to its end. A body of one frame is not copied.
pub(super) async fn read_whole(
    body: &mut Incoming,
    timer: &mut Timer,
    limits: BodyLimits,
) -> Result<Bytes, UpstreamError> {
    let (mut first, mut rest) = (Bytes::new(), BytesMut::new());
    loop {
        let now = Instant::now();
        let by = now.checked_add(limits.idle).unwrap_or(limits.total_by).min(limits.total_by);
        let Ok(frame) = timer.limit(by, body.frame()).await else {
            let which = if by == limits.total_by { Limit::Total } else { Limit::Idle };
            return Err(UpstreamError::Timeout { which });
        };
        let data = match frame {
            Some(Ok(frame)) => frame.into_data().unwrap_or_default(),
            Some(Err(_)) => return Err(UpstreamError::Cut { clean: false }),
            None if rest.is_empty() => return Ok(first),
            None => return Ok(rest.freeze()),
        };
        if first.len().max(rest.len()) + data.len() > limits.max_bytes {
            return Err(UpstreamError::TooLarge { limit: limits.max_bytes });
        }
        if first.is_empty() {
            first = data;
        } else {
            if rest.is_empty() {
                let hint = body.size_hint().lower().min(limits.max_bytes as u64) as usize;
                rest.reserve(first.len() + data.len() + hint);
                rest.extend_from_slice(&first);
            }
            rest.extend_from_slice(&data);
        }
    }
}
