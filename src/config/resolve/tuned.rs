//! What a rule's threshold was tuned on: a report of `weir tune` that is there and fits the rule.

use super::{Context, paths};
use crate::config::profile::{GainKey, Profile};
use crate::config::raw::RawRule;
use crate::config::resolved::TunedOn;
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;

/// The profile that the rule names. Its file is watched even where it cannot be used.
pub(super) fn tuned(raw: &RawRule, path: &str, cx: &mut Context<'_>) -> Option<TunedOn> {
    let file = paths::inside(raw.tuned_on.as_deref()?, cx);
    cx.files.push(file.clone());
    let path = format!("{path}.tuned_on");
    let key = match (raw.when.min_gain, raw.when.max_gain) {
        (Some(_), None) => GainKey::MinGain,
        (None, Some(_)) => GainKey::MaxGain,
        (Some(_), Some(_)) => {
            let message = "the rule has `min_gain` and `max_gain`: a tuned rule has one of them";
            cx.report(&path, message, None);
            return None;
        }
        (None, None) => {
            let hint = "`weir tune` chooses one of them".to_owned();
            cx.report(&path, "the rule's `when` has no `min_gain` or `max_gain`", Some(hint));
            return None;
        }
    };
    match read(&file) {
        Ok(profile) if profile.key == key => Some(TunedOn { file, profile: Arc::new(profile) }),
        Ok(profile) => {
            let (other, key) = (profile.key.as_str(), key.as_str());
            let message = format!("{} is of a `{other}`, and the rule has `{key}`", file.display());
            cx.report(&path, message, None);
            None
        }
        Err(message) => {
            cx.report(
                &path,
                message,
                Some("take it out until `weir tune` has written it".to_owned()),
            );
            None
        }
    }
}

fn read(file: &Path) -> Result<Profile, String> {
    let name = file.display();
    let text = std::fs::read_to_string(file).map_err(|error| paths::unreadable(file, &error))?;
    let report: Option<Value> = serde_json::from_str(&text).ok();
    let is_report = |report: &Value| report.get("objectives").is_some_and(Value::is_array);
    let Some(mut report) = report.filter(is_report) else {
        return Err(format!("{name} is not a report of `weir tune`"));
    };
    let Some(profile) = report.get_mut("profile").map(Value::take) else {
        return Err(format!("{name} says nothing of its cases (`profile`)"));
    };
    let profile: Profile = serde_json::from_value(profile)
        .map_err(|_| format!("the `profile` in {name} cannot be read"))?;
    profile.check().map_err(|what| format!("the `profile` in {name} {what}"))?;
    Ok(profile)
}
