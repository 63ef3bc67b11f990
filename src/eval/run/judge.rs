//! A judge model: one more request through the river, to a target that the suite names.

use super::Run;
use super::answer;
use crate::chat::{PrivacyAction, RequestRecord, ResponseToolCall};
use crate::config::{Target, TargetKind};
use crate::dialect::openai_chat::{self, Spoken};
use crate::eval::check::{Answer, Call};
use crate::eval::suite::Recorded;
use crate::pipeline::{self, Inbound, Judged, Rehearsal, verdict};
use crate::units::NanoUsd;
use bytes::Bytes;
use http::HeaderMap;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

/// What a judge said, and what that cost.
pub struct Verdict {
    /// Whether the answer is good, or why nobody knows.
    pub pass: Result<(), String>,
    /// Its cost, if the price is known.
    pub cost: Option<NanoUsd>,
    /// The target that is missing an answer, if the suite was to hold one.
    pub missing: Option<Arc<str>>,
}

/// A request that was answered.
pub struct Asked<'a> {
    /// Its body.
    pub body: Bytes,
    /// The answer.
    pub answer: &'a Answer,
    /// Its record.
    pub record: &'a RequestRecord,
}

/// Asks the judge. `recorded` is what it said once; without it in a canned run nobody is asked.
pub async fn ask(
    run: &Run,
    target: &Target,
    rubric: &str,
    asked: Asked<'_>,
    recorded: Option<&Recorded>,
    canned: bool,
) -> Verdict {
    let Some(body) = question(run, target, rubric, asked).await else {
        let pass = Err("what the judge is to see could not be looked at".to_owned());
        return Verdict { pass, cost: Some(NanoUsd::ZERO), missing: None };
    };
    let rehearsal = Arc::new(if canned {
        let known = recorded.map(|answer| (target.name.clone(), answer.canned()));
        Rehearsal::closed(HashMap::from_iter(known))
    } else {
        Rehearsal::open()
    });
    let inbound = Inbound {
        body: Ok(body),
        headers: HeaderMap::new(),
        tenant: None,
        arrived: Instant::now(),
    };
    let reply = pipeline::rehearse(run.live.clone(), inbound, rehearsal.clone()).await;
    let said = answer::read(reply).await;
    let record = rehearsal.record().unwrap_or_default();
    let pass = match said.as_ref().and_then(|said| verdict(&said.text)) {
        Some(true) => Ok(()),
        Some(false) => Err("the judge says no".to_owned()),
        None => match record.error {
            Some(code) => Err(format!("the judge gave no answer ({code})")),
            None => {
                Err("the judge's answer is not {\"pass\": true} or {\"pass\": false}".to_owned())
            }
        },
    };
    let cost = crate::eval::result::cost(&record, canned);
    Verdict { pass, cost, missing: rehearsal.missing() }
}

/// What the judge is asked. A judge in the cloud gets placeholders, unless the request itself went out as it was.
async fn question(run: &Run, target: &Target, rubric: &str, asked: Asked<'_>) -> Option<Bytes> {
    let request = Arc::new(openai_chat::decode_request(asked.body).ok()?);
    let call = |call: &Call| ResponseToolCall {
        id: call.id.clone(),
        name: call.name.clone(),
        arguments: call.raw.clone(),
    };
    let calls = asked.answer.calls.iter().map(call).collect();
    let answer = Spoken { text: asked.answer.text.clone(), calls };
    let open = asked.record.privacy == Some(PrivacyAction::Allow.as_str());
    let mut found = None;
    if target.kind != TargetKind::Local && !open {
        found = Some(pipeline::look(&run.live, &request).await);
    }
    let judged = Judged { rubric, request: &request, found: found.as_ref(), answer: &answer };
    judged.question(&run.live, &target.name).await
}
