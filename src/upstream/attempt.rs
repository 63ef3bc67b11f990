//! One attempt at a provider: send, judge status and content type, read or begin to stream.
//!
//! Invariant: whatever happens, the breaker is told and the [`Attempt`] in the log is filled in.

use super::answer::{Answer, BodyLimits, Head, Whole, read_whole};
use super::breaker::Verdict;
use super::connect::{HttpClient, cause};
use super::endpoint::{Endpoint, Guard};
use super::error::{Limit, UpstreamError};
use super::retry;
use super::stream::{EventStream, Parts};
use super::timer::Timer;
use crate::chat::Outcome;
use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, Response};
use hyper::body::Incoming;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Largest whole answer, in bytes.
pub const MAX_BODY_BYTES: usize = 64 * 1024 * 1024;
/// Largest error body that is passed on, in bytes.
const MAX_ERROR_BYTES: usize = 1024 * 1024;
/// How long an error body is awaited; its status says enough without it.
const ERROR_BODY_WAIT: Duration = Duration::from_secs(2);

/// One attempt, for the record.
#[derive(Debug, Clone, PartialEq)]
pub struct Attempt {
    /// When it began.
    pub start: Instant,
    /// How long it took until it failed or its answer was handed out; zero for one that was dropped.
    pub duration: Duration,
    /// From its begin to the first event (streams) or the headers.
    pub ttft: Option<Duration>,
    /// How it ended; `Cancelled` until it has, so that it stays so if the caller goes away.
    pub outcome: Outcome,
    /// The provider's status, if it answered.
    pub status: Option<u16>,
    /// What went wrong, in words. Never text of the request or the answer.
    pub detail: Option<String>,
}

impl Attempt {
    pub(super) fn begun(start: Instant) -> Self {
        Self {
            start,
            duration: Duration::ZERO,
            ttft: None,
            outcome: Outcome::Cancelled,
            status: None,
            detail: None,
        }
    }

    fn failed(&mut self, error: &UpstreamError) {
        self.duration = self.start.elapsed();
        self.outcome = match error {
            UpstreamError::Timeout { .. } => Outcome::Timeout,
            _ => Outcome::Error,
        };
        self.status = self.status.or(error.status());
        self.detail = Some(error.to_string());
    }
}

/// Why an attempt failed and whether another one may go better.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: UpstreamError,
    pub(super) is_transient: bool,
}

impl Failure {
    fn last(error: UpstreamError) -> Self {
        Self { error, is_transient: false }
    }

    fn transient(error: UpstreamError) -> Self {
        Self { error, is_transient: true }
    }
}

/// What one attempt needs.
pub(super) struct Trial<'a> {
    pub(super) client: &'a HttpClient,
    pub(super) endpoint: &'a Endpoint,
    pub(super) headers: &'a HeaderMap,
    pub(super) stream: bool,
    pub(super) first_by: Instant,
    pub(super) total_by: Instant,
}

impl Trial<'_> {
    /// Makes the attempt and fills in `attempt`.
    pub(super) async fn run(
        &self,
        body: Bytes,
        guard: Guard,
        attempt: &mut Attempt,
    ) -> Result<Answer, Failure> {
        let result = self.exchange(body, guard, attempt).await;
        match &result {
            Ok(_) => {
                attempt.duration = attempt.start.elapsed();
                attempt.outcome = Outcome::Ok;
            }
            Err(failure) => attempt.failed(&failure.error),
        }
        result
    }

    async fn exchange(
        &self,
        body: Bytes,
        mut guard: Guard,
        attempt: &mut Attempt,
    ) -> Result<Answer, Failure> {
        let first_by = self.first_by.min(self.total_by);
        let mut timer = Timer::new(first_by);
        let request = self.endpoint.request(body, self.stream, self.headers);
        let sent = timer.limit(first_by, self.client.request(request)).await;
        let response = match sent {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => {
                guard.tell(Verdict::Failed);
                return Err(not_sent(&error));
            }
            Err(_) => {
                guard.tell(Verdict::Failed);
                let which = if first_by == self.total_by { Limit::Total } else { Limit::Ttft };
                return Err(Failure::last(UpstreamError::Timeout { which }));
            }
        };
        attempt.ttft = Some(attempt.start.elapsed());
        let status = response.status().as_u16();
        attempt.status = Some(status);
        if !response.status().is_success() {
            attempt.ttft = None;
            let failure = refused(response, timer).await;
            guard.tell(verdict(&failure.error));
            return Err(failure);
        }
        if let Err(reason) = check_form(response.headers(), self.stream) {
            guard.tell(Verdict::Failed);
            return Err(Failure::last(UpstreamError::Garbage { reason }));
        }
        if is_event_stream(response.headers()) {
            attempt.ttft = None;
            let stream = self.begin_stream(response, timer, guard).await?;
            attempt.ttft = Some(attempt.start.elapsed());
            return Ok(Answer::Stream(stream));
        }
        self.read(response, timer, guard).await.map(Answer::Whole)
    }

    async fn begin_stream(
        &self,
        response: Response<Incoming>,
        timer: Timer,
        guard: Guard,
    ) -> Result<EventStream, Failure> {
        let (head, body) = parts(response);
        let target = &self.endpoint.target;
        let parts = Parts {
            head,
            body,
            kind: target.kind,
            timer,
            guard,
            first_by: self.first_by,
            idle: target.limits.idle,
            total_by: self.total_by,
        };
        EventStream::begin(parts)
            .await
            .map_err(|error| Failure { is_transient: error.is_transient(), error })
    }

    async fn read(
        &self,
        response: Response<Incoming>,
        mut timer: Timer,
        mut guard: Guard,
    ) -> Result<Whole, Failure> {
        let (head, mut body) = parts(response);
        let limits = BodyLimits {
            idle: self.endpoint.target.limits.idle,
            total_by: self.total_by,
            max_bytes: MAX_BODY_BYTES,
        };
        match read_whole(&mut body, &mut timer, limits).await {
            Ok(body) => {
                guard.tell(Verdict::Healthy);
                Ok(Whole { head, body })
            }
            Err(error) => {
                guard.tell(verdict(&error));
                Err(Failure::last(error))
            }
        }
    }
}

fn parts(response: Response<Incoming>) -> (Head, Incoming) {
    let (parts, body) = response.into_parts();
    (Head::new(parts.status, &parts.headers), body)
}

/// A provider that rejects a request is as healthy as one that serves it.
pub(super) fn verdict(error: &UpstreamError) -> Verdict {
    match error {
        error if error.is_failure_of_target() => Verdict::Failed,
        UpstreamError::Unauthorized { .. } | UpstreamError::TooLarge { .. } => Verdict::Unknown,
        _ => Verdict::Healthy,
    }
}

/// The request did not get an answer.
fn not_sent(error: &hyper_util::client::legacy::Error) -> Failure {
    let source = std::error::Error::source(error);
    let hyper = source.and_then(|source| source.downcast_ref::<hyper::Error>());
    if hyper.is_some_and(hyper::Error::is_parse) {
        return Failure::last(UpstreamError::Garbage { reason: "it is not HTTP" });
    }
    let cause = if hyper.is_some_and(hyper::Error::is_incomplete_message) {
        "the connection was closed before an answer".to_owned()
    } else {
        cause(error)
    };
    Failure::transient(UpstreamError::Unreachable { cause })
}

/// The provider answered with a status other than 2xx.
async fn refused(response: Response<Incoming>, mut timer: Timer) -> Failure {
    let retry_after = retry::retry_after(response.headers(), unix_seconds());
    let advised = retry::advised(response.headers());
    let (head, mut body) = parts(response);
    let limits = BodyLimits {
        idle: ERROR_BODY_WAIT,
        total_by: Instant::now() + ERROR_BODY_WAIT,
        max_bytes: MAX_ERROR_BYTES,
    };
    let body = read_whole(&mut body, &mut timer, limits).await.unwrap_or_default();
    let error = UpstreamError::from_status(head.status, retry_after, body);
    Failure { is_transient: error.is_transient() && advised != Some(false), error }
}

fn unix_seconds() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

fn content_type(headers: &HeaderMap) -> Option<&[u8]> {
    let value = headers.get(CONTENT_TYPE)?.as_bytes();
    Some(value.split(|byte| *byte == b';').next().unwrap_or(value).trim_ascii())
}

fn is_event_stream(headers: &HeaderMap) -> bool {
    content_type(headers).is_some_and(|form| form.eq_ignore_ascii_case(b"text/event-stream"))
}

/// Whether an answer has a form that can be read. An answer without a content type is taken for JSON.
fn check_form(headers: &HeaderMap, stream: bool) -> Result<(), &'static str> {
    let coding = headers.get(CONTENT_ENCODING).map_or(b"identity".as_slice(), |it| it.as_bytes());
    if !coding.eq_ignore_ascii_case(b"identity") {
        return Err("it is compressed though that was not asked for");
    }
    if is_event_stream(headers) {
        return if stream { Ok(()) } else { Err("it is a stream though none was asked for") };
    }
    let form = content_type(headers).unwrap_or(b"application/json").to_ascii_lowercase();
    if form == b"application/json" || form.ends_with(b"+json") || form == b"text/json" {
        return Ok(());
    }
    if form == b"text/html" {
        return Err("it is a web page; check the target's base URL");
    }
    Err("its content type is neither JSON nor an event stream")
}

#[cfg(test)]
mod tests {
    use super::check_form;
    use http::{HeaderMap, HeaderValue};

    #[test]
    fn only_json_and_asked_for_streams_are_read() {
        for (form, coding, stream, ok) in [
            ("application/json", "", false, true),
            ("application/json; charset=utf-8", "", true, true),
            ("Application/Problem+JSON", "", false, true),
            ("", "", false, true),
            ("text/event-stream", "", true, true),
            ("text/event-stream; charset=utf-8", "identity", true, true),
            ("text/event-stream", "", false, false),
            ("text/html; charset=utf-8", "", false, false),
            ("application/x-ndjson", "", true, false),
            ("application/json", "gzip", false, false),
        ] {
            let mut headers = HeaderMap::new();
            for (name, value) in [("content-type", form), ("content-encoding", coding)] {
                if !value.is_empty() {
                    headers.insert(name, HeaderValue::from_static(value));
                }
            }
            assert_eq!(check_form(&headers, stream).is_ok(), ok, "{form} {coding} {stream}");
        }
    }
}
