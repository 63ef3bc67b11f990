//! A judge model: one more request through the river, to a target that the suite names.

use super::Run;
use super::answer;
use crate::config::Target;
use crate::eval::check::Answer;
use crate::eval::suite::Recorded;
use crate::pipeline::{self, Inbound, Judged, Rehearsal, verdict};
use crate::units::NanoUsd;
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

/// Asks the judge. `recorded` is what it said once; without it in a canned run nobody is asked.
pub async fn ask(
    run: &Run,
    target: &Target,
    rubric: &str,
    asked: &str,
    answer: &Answer,
    recorded: Option<&Recorded>,
    canned: bool,
) -> Verdict {
    let calls: Vec<(&str, &str)> =
        answer.calls.iter().map(|call| (&*call.name, &*call.raw)).collect();
    let judged = Judged { rubric, asked, text: &answer.text, calls: &calls };
    let rehearsal = Arc::new(if canned {
        let known = recorded.map(|answer| (target.name.clone(), answer.canned()));
        Rehearsal::closed(HashMap::from_iter(known))
    } else {
        Rehearsal::open()
    });
    let inbound = Inbound {
        body: Ok(judged.request(&target.name)),
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
