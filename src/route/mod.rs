//! The decision: which rule applies to a request, which targets may answer it, and why the others may not.
//!
//! Invariant: pure and total. The same request, analysis, configuration and health give the same decision; there is one
//! for every input; and no decision lets a request leave the machine that the first matching rule keeps here, whatever
//! model the client names.

mod candidates;
mod condition;
mod refusal;

use crate::chat::{
    Analysis, Arm, Candidate, ChatRequest, Decision, GainAsked, PrivacyAction, Rejected, Side,
    ToolChoice, UncheckedAction, Values,
};
use crate::config::{Condition, Config, Rule, Target, TargetKind};
use crate::error::Error;
use candidates::Reason;
use std::sync::{Arc, LazyLock};

/// Names that clients use for "let Weir decide". An empty name means it too.
pub const AUTO: [&str; 2] = ["auto", "weir/auto"];

/// Places at which a conversation may stand: a float holds 24 bits exactly.
pub const DRAWS: f32 = (1u32 << 24) as f32;

/// The name of the decision where the client named a target.
static FORCED: LazyLock<Arc<str>> = LazyLock::new(|| Arc::from("forced"));

/// What is known about a request.
pub struct RequestFacts<'a> {
    /// The request.
    pub request: &'a ChatRequest,
    /// What the local stages said.
    pub analysis: &'a Analysis,
    /// The tenant of the client's key.
    pub tenant: Option<Arc<str>>,
    /// Request headers by lower-case name.
    pub header: &'a dyn Fn(&str) -> Option<String>,
    /// Where the conversation stands among all others, from 0 to below 1, drawn anew for every rule.
    pub draw: &'a dyn Fn(&str) -> f32,
    /// True if the detectors did not finish, so that nothing is known about findings.
    pub privacy_failed: bool,
}

/// Whether a target can be tried now; the error says why not, and when to try again if that is known.
pub type Health<'a> = &'a dyn Fn(&Target) -> Result<(), Error>;

/// Decides about a request.
///
/// # Errors
/// Where no target may or can answer: `ModelNotFound`, `Blocked`,
/// `PrivacyUnavailable`, `NoCandidate`, or the one reason that all targets share.
pub fn decide(
    config: &Config,
    facts: &RequestFacts<'_>,
    health: Health<'_>,
) -> Result<Decision, Error> {
    match consider(config, facts, health) {
        (decision, None) => Ok(decision),
        (_, Some(error)) => Err(error),
    }
}

/// As [`decide`], but tells the rule, the values and every rejected target where the request is refused, too.
pub fn consider(
    config: &Config,
    facts: &RequestFacts<'_>,
    health: Health<'_>,
) -> (Decision, Option<Error>) {
    let model = facts.request.model.as_str();
    let values = values(config, facts);
    let mut side = None;
    let matched = config.rules.iter().position(|rule| {
        if !condition::holds(&rule.when, facts, &values) {
            return false;
        }
        let Some(share) = rule.canary else { return true };
        let drawn = (facts.draw)(&rule.name);
        let is_there = drawn < share;
        if share > 0.0 {
            let arm = if is_there { Arm::Canary } else { Arm::Control };
            side = Some(Side { arm, conversation: (drawn * DRAWS) as u32 });
        }
        is_there
    });
    let rule = matched.and_then(|at| config.rules.get(at));
    let forced = config.target(model);
    let fallback = Rule {
        name: Arc::from("default"),
        when: Condition::default(),
        to: Vec::new(),
        privacy: PrivacyAction::LocalOnly,
        unchecked: UncheckedAction::Refuse,
        shape: crate::chat::ShapeLevel::Off,
        latency: crate::chat::LatencyClass::Standard,
        cascade: None,
        edge: None,
        shadow: None,
        canary: None,
        tuned: None,
    };
    // A resolved configuration always has a rule that matches; without one nothing may leave.
    let rule = rule.unwrap_or(&fallback);
    let mut decision = Decision {
        rule: if forced.is_some() { FORCED.clone() } else { rule.name.clone() },
        gain: gain_asked(config, matched, &values),
        candidates: Vec::new(),
        rejected: Vec::new(),
        privacy: rule.privacy,
        shape: rule.shape,
        latency: rule.latency,
        cascade: rule.cascade.filter(|_| forced.is_none()),
        edge: None,
        side: None,
        shadow: rule.shadow.filter(|_| forced.is_none()),
        in_scope: Vec::new(),
        values,
    };
    if forced.is_none() && !may_decide(config, model) {
        return (decision, Some(refusal::model_not_found(config)));
    }
    if forced.is_none() {
        decision.in_scope = in_scope(config, matched, facts, &decision.values);
        decision.side = side;
    }
    let order: Vec<&Arc<Target>> = match forced {
        Some(target) => vec![target],
        None => rule.to.iter().filter_map(|name| config.target(name)).collect(),
    };
    if rule.privacy == PrivacyAction::Block {
        let reason = format!("the rule `{}` blocks the request", rule.name);
        let reject = |target: &&Arc<Target>| Rejected {
            target: target.name.clone(),
            reason: reason.clone(),
        };
        decision.rejected = order.iter().map(reject).collect();
        return (decision, Some(refusal::blocked(&rule.name)));
    }
    decision.edge = rule.edge.clone().filter(|_| forced.is_none());
    let mut reasons: Vec<(Arc<str>, Reason)> = Vec::new();
    for target in order {
        match candidates::admit(target, rule, facts, &decision.values, health) {
            Ok(()) => {
                let local = target.kind == TargetKind::Local;
                decision.candidates.push(Candidate { target: target.name.clone(), local });
            }
            Err(reason) => reasons.push((target.name.clone(), reason)),
        }
    }
    let listed = reasons
        .iter()
        .map(|(target, reason)| Rejected { target: target.clone(), reason: reason.to_string() });
    decision.rejected = listed.collect();
    let error = decision
        .candidates
        .is_empty()
        .then(|| refusal::nobody(&rule.name, forced.is_some(), &reasons));
    (decision, error)
}

/// What is to be told of predicted gains: that of the matching rule, else that of the first rule before it that asked for one.
fn gain_asked(config: &Config, matched: Option<usize>, values: &Values) -> Option<GainAsked> {
    let looked_at = config.rules.get(..=matched?)?;
    let own = looked_at.last()?.when.gain.as_ref();
    let bounds = own.or_else(|| looked_at.iter().find_map(|rule| rule.when.gain.as_ref()))?;
    let estimate = values.gains.iter().find(|estimate| estimate.pair == bounds.pair)?.clone();
    Some(GainAsked { estimate, min_gain: bounds.min, max_gain: bounds.max })
}

/// The tuned rules that the request reached, as far as the rest of their condition holds.
fn in_scope(
    config: &Config,
    matched: Option<usize>,
    facts: &RequestFacts<'_>,
    values: &Values,
) -> Vec<usize> {
    let reached = config.rules.iter().take(matched.map_or(usize::MAX, |at| at + 1)).enumerate();
    let tuned = reached.filter(|(_, rule)| rule.tuned.is_some());
    let holds = |(_, rule): &(usize, &Rule)| condition::holds_but_gain(&rule.when, facts, values);
    tuned.filter(holds).map(|(at, _)| at).collect()
}

/// Whether the rules decide for this model name: `auto`, or a name that some rule asks for.
fn may_decide(config: &Config, model: &str) -> bool {
    let named = |rule: &Rule| rule.when.model.iter().any(|name| name == model);
    model.is_empty() || AUTO.contains(&model) || config.rules.iter().any(named)
}

/// What the rules see. The model's name is cut, since it goes into headers and records.
fn values(config: &Config, facts: &RequestFacts<'_>) -> Values {
    let request = facts.request;
    let secret = facts.analysis.findings.iter().filter(|finding| !finding.is_public());
    let mut finding_types: Vec<_> = secret.map(|finding| finding.entity).collect();
    finding_types.sort_unstable();
    finding_types.dedup();
    let keep = &config.privacy.keep;
    let has_findings = facts.analysis.findings.iter().any(|finding| !finding.is_kept(keep));
    Values {
        requested_model: request.model.chars().take(128).collect(),
        intent: facts.analysis.intent.clone(),
        task: facts.analysis.task.clone(),
        injection: facts.analysis.injection,
        gains: facts.analysis.gains.clone(),
        finding_types,
        has_findings,
        has_tools: !request.tools.is_empty(),
        forced_tool: matches!(request.tool_choice, ToolChoice::Required | ToolChoice::Function(_)),
        has_images: request.has_images(),
        needs: candidates::needs(request),
        context_tokens: facts.analysis.n_tokens,
        tenant: facts.tenant.clone(),
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
