//! How rules that are tried out are compared, and which rules may be.

use super::Context;
use crate::chat::PrivacyAction;
use crate::config::problem::name_hint;
use crate::config::raw::{RawCompare, RawConfig, RawRule};
use crate::config::resolved::{Compare, Experiments, Rule, Target, TargetKind};
use std::sync::Arc;

/// What an answer must fulfil unless the operator says otherwise.
const RUBRIC: &str = "The answer is right, complete and does what the user asked for.";

pub(super) fn experiments(
    raw: &RawConfig,
    targets: &[Arc<Target>],
    cx: &mut Context<'_>,
) -> Experiments {
    let written = &raw.experiments;
    let judge = written.judge.as_ref().and_then(|name| {
        let found = targets.iter().find(|target| *target.name == **name);
        if found.is_none() && !cx.broken("targets") {
            let hint = name_hint(name, targets.iter().map(|target| &*target.name));
            cx.report("experiments.judge", format!("there is no target `{name}`"), hint);
        }
        found.map(|target| target.name.clone())
    });
    let rubric = written.rubric.clone().unwrap_or_else(|| RUBRIC.to_owned());
    let min = written.min_similarity.unwrap_or(0.8) as f32;
    let compare = match written.compare.unwrap_or(RawCompare::Embedding) {
        RawCompare::Exact => Compare::Exact,
        RawCompare::Embedding => Compare::Embedding { min },
        RawCompare::Judge => {
            if written.judge.is_none() {
                let hint = "name a target: `judge: …`".to_owned();
                cx.report("experiments.compare", "has nobody to judge", Some(hint));
            }
            Compare::Judge { target: judge.unwrap_or_else(|| Arc::from("")), rubric: rubric.into() }
        }
    };
    let shadowed = raw.route.iter().position(|rule| rule.shadow.is_some_and(|share| share > 0.0));
    if let (Some(i), Compare::Embedding { .. }, Some(false)) =
        (shadowed, &compare, raw.local.enabled)
    {
        let hint = "set `experiments.compare: exact` or `judge`, or `local.enabled: true`";
        let message = "needs local models to compare answers, and they are off";
        cx.report(&format!("route[{i}].shadow"), message, Some(hint.to_owned()));
    }
    Experiments {
        compare,
        max_drop: written.max_drop.unwrap_or(0.02),
        confidence: written.confidence.unwrap_or(0.95),
    }
}

/// The share of a rule's requests that get a second answer; it needs another target to give it.
pub(super) fn shadow(
    raw: &RawRule,
    to: &[Arc<str>],
    path: &str,
    cx: &mut Context<'_>,
) -> Option<f32> {
    let share = raw.shadow.filter(|share| *share > 0.0)?;
    if to.len() < 2 && raw.edge.is_none() && !cx.broken(&format!("{path}.to")) {
        let hint = "add the target that shall answer too to the rule's `to`".to_owned();
        cx.report(&format!("{path}.shadow"), "has no other target to ask", Some(hint));
    }
    Some(share as f32)
}

/// Checks that a judge in the cloud hears nothing that its rule would not send there.
pub(super) fn judges(
    rules: &[Rule],
    targets: &[Arc<Target>],
    experiments: &Experiments,
    cx: &mut Context<'_>,
) {
    let Compare::Judge { target: judge, .. } = &experiments.compare else { return };
    let in_cloud =
        |target: &&Arc<Target>| target.name == *judge && target.kind != TargetKind::Local;
    if targets.iter().find(in_cloud).is_none() {
        return;
    }
    for (i, rule) in rules.iter().enumerate() {
        // Under `local_only` a judge in the cloud is not asked.
        if rule.shadow.is_some()
            && rule.privacy != PrivacyAction::LocalOnly
            && !rule.to.contains(judge)
        {
            let message = format!(
                "would show its requests to the judge `{judge}`, a target that the rule does not name"
            );
            let hint =
                format!("add `{judge}` to the rule's `to`, or judge with one of its targets");
            cx.report(&format!("route[{i}].shadow"), message, Some(hint));
        }
    }
}

/// Checks the rules that only part of all conversations get: one at a time, with a ledger to compare from.
pub(super) fn canaries(rules: &[Rule], has_ledger: bool, cx: &mut Context<'_>) {
    let mut tried = rules.iter().enumerate().filter(|(_, rule)| rule.canary.is_some());
    if let Some((i, _)) = tried.next().filter(|_| !has_ledger) {
        let hint = "set `ledger.enabled: true` or take `canary` out".to_owned();
        let message = "needs the ledger, from which its requests are compared with the others";
        cx.report(&format!("route[{i}].canary"), message, Some(hint));
    }
    for (i, _) in rules.iter().enumerate().filter(|(_, rule)| rule.tries()).skip(1) {
        let hint = "set it to 0 until the first one has ended".to_owned();
        let message = "is the second canary; two at a time could not be told apart";
        cx.report(&format!("route[{i}].canary"), message, Some(hint));
    }
}
