//! All targets of one configuration, and the way to call one of them.
//!
//! Invariant: one call makes at most `1 + MAX_RETRIES` attempts, none after anything was handed out, and each only with
//! the breaker's permit.

use super::answer::Answer;
use super::attempt::{Attempt, Trial};
use super::breaker::Health;
use super::connect::{self, HttpClient};
use super::endpoint::{Endpoint, SetupError};
use super::error::UpstreamError;
use super::retry::{self, MAX_RETRIES};
use crate::config::resolved::{Target, TargetKind};
use bytes::Bytes;
use http::HeaderMap;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The targets that are reached over HTTP, with their breakers, behind one client and its pool.
#[derive(Debug)]
pub struct Upstreams {
    pub(super) client: HttpClient,
    has_tls: bool,
    endpoints: HashMap<Arc<str>, Endpoint>,
}

/// How one request is sent.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// Whether the body asks for a stream.
    pub stream: bool,
    /// Headers of this request beside the target's, such as `idempotency-key`.
    pub headers: &'a HeaderMap,
    /// Longest time until the first event (streams) or the headers of the answer, over all attempts together.
    pub ttft_limit: Duration,
    /// When the whole request must be done.
    pub total_deadline: Instant,
}

impl Upstreams {
    /// Prepares every target that is not local. The pool of `previous` and the breakers of targets that did not change
    /// are kept. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// The first target that cannot be served.
    pub fn new(targets: &[Arc<Target>], previous: Option<&Self>) -> Result<Self, SetupError> {
        let mut endpoints = HashMap::new();
        for target in targets.iter().filter(|target| target.kind != TargetKind::Local) {
            let before = previous.and_then(|old| old.endpoints.get(&*target.name));
            endpoints.insert(Arc::clone(&target.name), Endpoint::new(target, before)?);
        }
        let needs_tls = endpoints.values().any(Endpoint::is_tls);
        let (client, has_tls) = match previous {
            Some(old) if old.has_tls || !needs_tls => (old.client.clone(), old.has_tls),
            _ => {
                let client = connect::client(needs_tls);
                (client.map_err(|error| SetupError::Tls(error.to_string()))?, needs_tls)
            }
        };
        Ok(Self { client, has_tls, endpoints })
    }

    /// Whether a target takes requests; a local or unknown one always does.
    pub fn health(&self, target: &str) -> Health {
        let endpoint = self.endpoints.get(target);
        endpoint.map_or(Health::Closed, |endpoint| endpoint.health(Instant::now()))
    }

    /// Sends `body` to `target` and returns once its answer is whole or its first event has come. Retries what may pass.
    ///
    /// Every attempt is appended to `attempts` as it begins, so that it stays on record if this future is dropped, which
    /// cancels the request.
    ///
    /// # Errors
    /// Why the last attempt failed, or that the breaker is open.
    pub async fn send(
        &self,
        target: &Target,
        body: Bytes,
        call: Call<'_>,
        attempts: &mut Vec<Attempt>,
    ) -> Result<Answer, UpstreamError> {
        let Some(endpoint) = self.endpoints.get(&*target.name) else {
            return Err(UpstreamError::UnknownTarget);
        };
        let limits = &endpoint.target.limits;
        let retries = limits.retries.min(MAX_RETRIES);
        let mut start = Instant::now();
        let first_by = start.checked_add(call.ttft_limit).unwrap_or(call.total_deadline);
        let mut guard = endpoint
            .admit(start)
            .map_err(|retry_after| UpstreamError::BreakerOpen { retry_after })?;
        let mut retry = 0;
        loop {
            let attempt_by = start.checked_add(limits.total).unwrap_or(call.total_deadline);
            let trial = Trial {
                client: &self.client,
                endpoint,
                headers: call.headers,
                stream: call.stream,
                first_by,
                total_by: attempt_by.min(call.total_deadline),
            };
            let attempt = attempts.push_mut(Attempt::begun(start));
            let failure = match trial.run(body.clone(), guard, attempt).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            let wait = retry::delay(retry, failure.error.retry_after(), rand::random());
            let again_at = Instant::now() + wait;
            let is_too_late = again_at >= first_by.min(call.total_deadline);
            let is_open = match endpoint.health(Instant::now()) {
                Health::Open { retry_after } => retry_after > wait,
                Health::Closed | Health::HalfOpen => false,
            };
            // Nobody waits for a breaker that will still be open.
            if !failure.is_transient || retry == retries || is_too_late || is_open {
                return Err(failure.error);
            }
            tokio::time::sleep_until(again_at.into()).await;
            start = Instant::now();
            let Ok(next) = endpoint.admit(start) else { return Err(failure.error) };
            guard = next;
            retry += 1;
        }
    }
}
