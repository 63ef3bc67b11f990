//! What a rule lets this machine answer by itself: a local answer that is looked at, and the edge pack's own.

use super::Context;
use crate::chat::{Cascade, EdgeAnswers};
use crate::config::raw::RawRule;
use crate::config::resolved::{Target, TargetKind};
use std::sync::Arc;

/// The rule's cascade; it needs a local target to begin with and another one to go on to.
pub(super) fn cascade(
    raw: &RawRule,
    to: &[Arc<str>],
    targets: &[Arc<Target>],
    path: &str,
    cx: &mut Context<'_>,
) -> Option<Cascade> {
    let cascade = raw.cascade.as_ref()?;
    let path_to = format!("{path}.to");
    let path = format!("{path}.cascade");
    if cx.broken(&path_to) {
        return None;
    }
    let is_local = |name: &Arc<str>| {
        targets.iter().any(|target| target.name == *name && target.kind == TargetKind::Local)
    };
    if !to.first().is_some_and(is_local) {
        let hint = "put a local target first in the rule's `to`";
        cx.report(&path, "needs a local target to begin with", Some(hint.to_owned()));
        return None;
    }
    if to.len() < 2 {
        let hint = "add the target that shall answer instead to the rule's `to`";
        cx.report(&path, "has no target to go on to", Some(hint.to_owned()));
        return None;
    }
    Some(Cascade {
        min_score: cascade.min_score.unwrap_or(0.6) as f32,
        look: cascade.look.unwrap_or(24),
        overlap: cascade.overlap,
        second_sample: cascade.second_sample.unwrap_or(false),
    })
}

/// What the edge pack may answer under the rule; it needs local models.
pub(super) fn edge(
    raw: &RawRule,
    local_on: bool,
    path: &str,
    cx: &mut Context<'_>,
) -> Option<Arc<EdgeAnswers>> {
    let edge = raw.edge.as_ref()?;
    let path = format!("{path}.edge");
    if !local_on {
        let hint = "take `edge` out or set `local.enabled: true`";
        cx.report(&path, "needs local models, and they are off", Some(hint.to_owned()));
        return None;
    }
    for (field, question) in &edge.ask {
        if question.trim().is_empty() {
            cx.report(
                &format!("{path}.ask.{field}"),
                "is empty",
                Some("write a question".to_owned()),
            );
        }
    }
    Some(Arc::new(EdgeAnswers {
        min_confidence: edge.min_confidence.unwrap_or(0.7) as f32,
        ask: edge.ask.clone(),
    }))
}
