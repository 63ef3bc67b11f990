//! Whether a rule's condition holds.

use super::RequestFacts;
use crate::chat::{GainEstimate, Intent, Values};
use crate::config::{Condition, GainBounds};

/// True if all that the condition asks for holds.
pub(super) fn holds(when: &Condition, facts: &RequestFacts<'_>, values: &Values) -> bool {
    when.gain.as_ref().is_none_or(|bounds| gain(bounds, &values.gains))
        && holds_but_gain(when, facts, values)
}

/// True if all of it holds, whatever gain is predicted.
pub(super) fn holds_but_gain(when: &Condition, facts: &RequestFacts<'_>, values: &Values) -> bool {
    intent(when, values.intent.as_ref())
        && (when.task.is_empty()
            || values.task.as_ref().is_some_and(|task| when.task.iter().any(|t| t == task.name)))
        && when.min_injection.is_none_or(|min| values.injection.is_some_and(|p| p >= min))
        && findings(&when.findings, values)
        && when.tools.is_none_or(|tools| tools == values.has_tools)
        && when.min_context_tokens.is_none_or(|min| values.context_tokens >= min)
        && when.max_context_tokens.is_none_or(|max| values.context_tokens <= max)
        && (when.tenant.is_empty()
            || values.tenant.as_deref().is_some_and(|t| when.tenant.iter().any(|w| w == t)))
        && when
            .headers
            .iter()
            .all(|(name, value)| (facts.header)(name).is_some_and(|found| found == *value))
        && (when.model.is_empty() || when.model.contains(&facts.request.model))
}

/// Probability and reject score are asked of an intent; `none` in the list lets a request without one pass.
fn intent(when: &Condition, intent: Option<&Intent>) -> bool {
    let Some(intent) = intent else {
        let asks_nothing =
            when.intent.is_empty() && when.min_probability.is_none() && when.max_reject.is_none();
        return asks_nothing || when.intent.iter().any(|name| name == "none");
    };
    (when.intent.is_empty() || when.intent.iter().any(|name| *name == *intent.name))
        && when.min_probability.is_none_or(|min| intent.p >= min)
        && when.max_reject.is_none_or(|max| intent.reject <= max)
}

/// True if the whole interval lies within the bounds: an unsure prediction fulfils none.
fn gain(bounds: &GainBounds, known: &[GainEstimate]) -> bool {
    known.iter().find(|estimate| estimate.pair == bounds.pair).is_some_and(|estimate| {
        bounds.min.is_none_or(|min| estimate.low >= min)
            && bounds.max.is_none_or(|max| estimate.high <= max)
    })
}

fn findings(wanted: &[String], values: &Values) -> bool {
    let found = |name: &String| match name.as_str() {
        "any" => values.has_findings,
        name => values.finding_types.iter().any(|entity| entity.as_str() == name),
    };
    wanted.is_empty() || wanted.iter().any(found)
}
