//! A dry run: what the river would do with a request, without doing it.

use super::analyze::privacy_failed;
use super::conversation;
use super::ctx::Ctx;
use super::edge::{self, EdgeExplained};
use crate::chat::{Analysis, ChatRequest, Decision, Usage};
use crate::error::Error;
use crate::live::LiveState;
use crate::route::{Health, RequestFacts, consider};
use crate::units::NanoUsd;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

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
        draw: &|rule| {
            conversation::draw(rule, request, ctx.record.tenant.as_deref(), ctx.record.task)
        },
        privacy_failed: privacy_failed(analysis),
    };
    consider(&ctx.live.config, &facts, health)
}

/// Tokens of an answer that costs are expected for, where the request sets no limit.
const ANSWER_TOKENS: u32 = 300;

/// What a dry run tells. Holds no text of the conversation.
#[derive(Debug, Serialize)]
pub struct Explanation {
    /// What was decided, or considered before it was refused.
    pub decision: Decision,
    /// Why the request would be refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<Refusal>,
    /// What the request would cost at each target that was considered; those between which a gain was predicted come first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub expected_costs: Vec<ExpectedCost>,
    /// Whether the edge pack would try to answer, where the rule allows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edge: Option<EdgeExplained>,
    /// The types found with their counts.
    pub findings: BTreeMap<&'static str, u32>,
    /// Parts that no detector looked at.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unchecked: Vec<&'static str>,
    /// Stages that did not finish, with the reason.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub failed_stages: Vec<(&'static str, &'static str)>,
}

/// What a request would cost at a target.
#[derive(Debug, Serialize)]
pub struct ExpectedCost {
    /// The target.
    pub target: Arc<str>,
    /// In USD; `null` where the price is unknown or the target is local, whose cost is core time.
    pub usd: Option<f64>,
    /// Tokens of the answer that it assumes.
    pub answer_tokens: u32,
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
    ctx: &Ctx,
    request: &ChatRequest,
    analysis: &Analysis,
    (decision, refused): (Decision, Option<Error>),
) -> Explanation {
    let mut findings = BTreeMap::new();
    for finding in &analysis.findings {
        *findings.entry(finding.entity.as_str()).or_insert(0) += 1;
    }
    let expected_costs = expected_costs(&ctx.live, ctx.record.at_us, request, analysis, &decision);
    let refused = refused.map(|error| Refusal {
        code: error.kind.code(),
        status: error.status(),
        message: error.message,
    });
    let failed =
        analysis.stages.iter().filter_map(|stage| Some((stage.stage, stage.failed?))).collect();
    let edge = decision
        .edge
        .is_some()
        .then(|| edge::explained(request, analysis, &ctx.live.config.intents));
    Explanation {
        decision,
        edge,
        refused,
        expected_costs,
        findings,
        unchecked: analysis.unchecked.clone(),
        failed_stages: failed,
    }
}

fn expected_costs(
    live: &LiveState,
    at_us: i64,
    request: &ChatRequest,
    analysis: &Analysis,
    decision: &Decision,
) -> Vec<ExpectedCost> {
    let answer_tokens = request.sampling.max_tokens.unwrap_or(ANSWER_TOKENS).min(ANSWER_TOKENS);
    let usage = Usage {
        input: u64::from(analysis.n_tokens),
        output: u64::from(answer_tokens),
        ..Usage::default()
    };
    let pair =
        decision.gain.iter().flat_map(|asked| [&asked.estimate.cheap, &asked.estimate.strong]);
    let mut names: Vec<&Arc<str>> = pair.collect();
    for candidate in &decision.candidates {
        if !names.contains(&&candidate.target) {
            names.push(&candidate.target);
        }
    }
    let cost = |name: &Arc<str>| {
        let target = live.config.target(name)?;
        let usd = live.price(target, at_us, &usage).map(NanoUsd::as_usd);
        Some(ExpectedCost { target: name.clone(), usd, answer_tokens })
    };
    names.into_iter().filter_map(cost).collect()
}
