//! A dry run: what the river would do with a request, without doing it.

use super::analyze::privacy_failed;
use super::ctx::Ctx;
use crate::chat::{Analysis, ChatRequest, Decision};
use crate::error::Error;
use crate::route::{Health, RequestFacts, consider};
use serde::Serialize;
use std::collections::BTreeMap;

/// Decides about an analysed request; `health` says which targets can be tried. With an error it still tells what was considered: the rules refuse the request,
/// the model is unknown, or no candidate is left.
pub fn decision(
    ctx: &Ctx,
    request: &ChatRequest,
    analysis: &Analysis,
    header: &dyn Fn(&str) -> Option<String>,
    health: Health<'_>,
) -> (Decision, Option<Error>) {
    let facts = RequestFacts {
        request,
        analysis,
        tenant: ctx.record.tenant.clone(),
        header,
        privacy_failed: privacy_failed(analysis),
    };
    consider(&ctx.live.config, &facts, health)
}

/// What a dry run tells. Holds no text of the request.
#[derive(Debug, Serialize)]
pub struct Explanation {
    /// What was decided, or considered before it was refused.
    pub decision: Decision,
    /// Why the request would be refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<Refusal>,
    /// The types found with their counts.
    pub findings: BTreeMap<&'static str, u32>,
    /// Parts that no detector looked at.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unchecked: Vec<&'static str>,
    /// Stages that did not finish, with the reason.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub failed_stages: Vec<(&'static str, &'static str)>,
}

/// Why the rules refuse a request.
#[derive(Debug, Serialize)]
pub struct Refusal {
    /// The error code that a client would get.
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// The message.
    pub message: String,
}

/// Puts a dry run's outcome in words.
pub fn explanation(
    analysis: &Analysis,
    (decision, refused): (Decision, Option<Error>),
) -> Explanation {
    let mut findings = BTreeMap::new();
    for finding in &analysis.findings {
        *findings.entry(finding.entity.as_str()).or_insert(0) += 1;
    }
    let refused = refused.map(|error| Refusal {
        code: error.kind.code(),
        status: error.status(),
        message: error.message,
    });
    let failed =
        analysis.stages.iter().filter_map(|stage| Some((stage.stage, stage.failed?))).collect();
    Explanation {
        decision,
        refused,
        findings,
        unchecked: analysis.unchecked.clone(),
        failed_stages: failed,
    }
}
