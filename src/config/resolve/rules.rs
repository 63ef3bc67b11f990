//! Rules: names that exist, orders that make sense, and a last rule that always matches.

use super::names::{self, Known};
use super::{Context, experiments, local_work, tuned};
use crate::chat::{LatencyClass, PrivacyAction, ShapeLevel, TASKS, UncheckedAction};
use crate::config::problem::name_hint;
use crate::config::raw::{OneOrMany, RawConfig, RawRule, RawWhen};
use crate::config::resolved::{Condition, GainBounds, GainPair, Rule, Target, TargetKind};
use std::sync::Arc;

/// The name of the rule that is added.
const DEFAULT: &str = "default";

pub(super) fn rules(
    raw: &RawConfig,
    targets: &[Arc<Target>],
    pairs: &[GainPair],
    cx: &mut Context<'_>,
) -> Vec<Rule> {
    let local_on = raw.local.enabled.unwrap_or(true);
    let written = raw.targets.iter().map(|target| target.name.clone());
    let resolved = targets.iter().map(|target| Some(target.name.to_string()));
    let mut target_names: Vec<Option<String>> = written.collect();
    target_names
        .extend(resolved.filter(|name| !raw.targets.iter().any(|target| target.name == *name)));
    let target_names = Known::new(target_names, "targets", cx);
    let intents = raw.intents.iter().map(|intent| intent.name.clone()).collect();
    let intents = Known::new(intents, "intents", cx);
    let mut rules: Vec<Rule> = Vec::new();
    let mut always: Option<Arc<str>> = None;
    for (i, raw) in raw.route.iter().enumerate() {
        let path = format!("route[{i}]");
        let name = raw.name.clone().unwrap_or_else(|| format!("rule-{}", i + 1));
        let mut when = condition(&raw.when, &intents, &format!("{path}.when"), cx);
        when.gain = gain(&raw.when, pairs, &format!("{path}.when"), cx);
        // A gain that cannot be told is asked for all the same.
        let asks_gain = raw.when.min_gain.is_some() || raw.when.max_gain.is_some();
        let catch_all = when == Condition::default() && !asks_gain && !cx.broken(&path);
        let reserved: &[&str] = if catch_all { &["forced"] } else { &["forced", DEFAULT] };
        let taken: Vec<Arc<str>> = rules.iter().map(|rule| rule.name.clone()).collect();
        names::check(
            &name,
            "a rule",
            &format!("{path}.name"),
            taken.iter().map(|name| &**name),
            reserved,
            cx,
        );
        if let Some(before) = &always {
            let message = format!("is never reached: `{before}` before it matches every request");
            cx.report(&path, message, Some("move it up or give that rule a `when`".to_owned()));
        }
        let privacy = raw.privacy.unwrap_or_default();
        let to = order(raw, privacy, targets, &target_names, &path, cx);
        let name: Arc<str> = name.into();
        if catch_all && raw.canary.is_none() {
            always.get_or_insert(name.clone());
        }
        rules.push(Rule {
            name,
            when,
            privacy,
            unchecked: raw.unchecked.unwrap_or_default(),
            shape: raw.shape.unwrap_or(ShapeLevel::Lossless),
            latency: raw.latency.unwrap_or_default(),
            cascade: local_work::cascade(raw, &to, targets, &path, cx),
            edge: local_work::edge(raw, local_on, &path, cx),
            shadow: experiments::shadow(raw, &to, &path, cx),
            canary: raw.canary.map(|share| share as f32),
            tuned: tuned::tuned(raw, &path, cx),
            to,
        });
    }
    if always.is_none() {
        rules.push(default_rule(targets));
    }
    rules
}

/// Cloud targets first, then local ones, redacted. With local targets alone nothing may leave, and the rule says so.
fn default_rule(targets: &[Arc<Target>]) -> Rule {
    let all_local = targets.iter().all(|target| target.kind == TargetKind::Local);
    let privacy = if all_local { PrivacyAction::LocalOnly } else { PrivacyAction::Redact };
    Rule {
        name: DEFAULT.into(),
        when: Condition::default(),
        to: default_order(targets, privacy),
        privacy,
        unchecked: UncheckedAction::Pass,
        shape: ShapeLevel::Lossless,
        latency: LatencyClass::Standard,
        cascade: None,
        edge: None,
        shadow: None,
        canary: None,
        tuned: None,
    }
}

fn default_order(targets: &[Arc<Target>], privacy: PrivacyAction) -> Vec<Arc<str>> {
    let named = |local: bool| {
        let of_kind = move |target: &&Arc<Target>| (target.kind == TargetKind::Local) == local;
        targets.iter().filter(of_kind).map(|target| target.name.clone())
    };
    match privacy {
        PrivacyAction::Block => Vec::new(),
        PrivacyAction::LocalOnly => named(true).collect(),
        PrivacyAction::Redact | PrivacyAction::Allow => named(false).chain(named(true)).collect(),
    }
}

fn order(
    raw: &RawRule,
    privacy: PrivacyAction,
    targets: &[Arc<Target>],
    names: &Known,
    path: &str,
    cx: &mut Context<'_>,
) -> Vec<Arc<str>> {
    let path = format!("{path}.to");
    if cx.broken(&path) {
        return Vec::new();
    }
    let written = raw.to.as_ref().map_or(&[][..], OneOrMany::as_slice);
    let mut order: Vec<Arc<str>> = Vec::new();
    let mut unsure = false;
    for (i, name) in written.iter().enumerate() {
        let path = item_path(&path, raw.to.as_ref(), i);
        match targets.iter().find(|target| &*target.name == name) {
            Some(target) if !order.contains(&target.name) => order.push(target.name.clone()),
            Some(_) => cx.report(&path, format!("`{name}` is given twice"), None),
            None if names.may_have(name) => unsure = true,
            None => {
                let hint = name_hint(name, names.iter());
                cx.report(&path, format!("there is no target `{name}`"), hint);
            }
        }
    }
    if written.is_empty() {
        order = default_order(targets, privacy);
    }
    let is_local = |name: &Arc<str>| {
        targets.iter().any(|target| target.name == *name && target.kind == TargetKind::Local)
    };
    if privacy == PrivacyAction::LocalOnly
        && !unsure
        && !order.iter().any(is_local)
        && !cx.broken(&path)
    {
        let hint = "add a local target or choose another `privacy`";
        cx.report(
            &path,
            "holds no local target, and the rule says `local_only`",
            Some(hint.to_owned()),
        );
    }
    order
}

fn item_path(path: &str, list: Option<&OneOrMany>, i: usize) -> String {
    if matches!(list, Some(OneOrMany::Many(_))) { format!("{path}[{i}]") } else { path.to_owned() }
}

/// The bounds of a gain, and of which pair.
fn gain(raw: &RawWhen, pairs: &[GainPair], path: &str, cx: &mut Context<'_>) -> Option<GainBounds> {
    let (min, max) = (raw.min_gain.map(|min| min as f32), raw.max_gain.map(|max| max as f32));
    let asked = |key: &str| format!("{path}.{key}");
    if min.is_none() && max.is_none() {
        if raw.gain.is_some() {
            let hint = "give `min_gain` or `max_gain`".to_owned();
            cx.report(&asked("gain"), "asks nothing of the pair", Some(hint));
        }
        return None;
    }
    let key = if min.is_some() { "min_gain" } else { "max_gain" };
    if min.zip(max).is_some_and(|(min, max)| min > max) {
        cx.report(&asked(key), "is above `max_gain`, so nothing matches", None);
    }
    let pair = match (&raw.gain, pairs) {
        (None, [only]) => only.name.clone(),
        (None, _) if cx.broken("gain") => return None,
        (None, []) => {
            let hint = "add `gain: [{cheap: …, strong: …}]` with two targets".to_owned();
            cx.report(&asked(key), "there is no pair in `gain` to predict for", Some(hint));
            return None;
        }
        (None, _) => {
            let hint = "name one of them as `gain` beside it".to_owned();
            cx.report(&asked(key), "could mean any of several pairs in `gain`", Some(hint));
            return None;
        }
        (Some(name), _) => {
            let found = pairs.iter().find(|pair| *pair.name == **name);
            if found.is_none() && !cx.broken("gain") {
                let hint = name_hint(name, pairs.iter().map(|pair| &*pair.name));
                cx.report(&asked("gain"), format!("there is no pair `{name}`"), hint);
            }
            found?.name.clone()
        }
    };
    Some(GainBounds { pair, min, max })
}

fn condition(raw: &RawWhen, intents: &Known, path: &str, cx: &mut Context<'_>) -> Condition {
    let list = |list: &Option<OneOrMany>| {
        list.as_ref().map_or_else(Vec::new, |list| list.as_slice().to_vec())
    };
    let intent = list(&raw.intent);
    for (i, name) in intent.iter().enumerate() {
        let path = item_path(&format!("{path}.intent"), raw.intent.as_ref(), i);
        let known = name == "none" || intents.may_have(name);
        if !known && !cx.broken(&path) {
            let none = Some("there are no `intents` in this file".to_owned());
            let hint = if intents.iter().next().is_none() {
                none
            } else {
                name_hint(name, intents.iter())
            };
            cx.report(&path, format!("there is no intent `{name}`"), hint);
        }
    }
    let task = list(&raw.task);
    for (i, name) in task.iter().enumerate() {
        let path = item_path(&format!("{path}.task"), raw.task.as_ref(), i);
        if !TASKS.contains(&name.as_str()) && !cx.broken(&path) {
            let all = Some(format!("the task types are {}", TASKS.join(", ")));
            let hint = name_hint(name, TASKS.iter().copied()).or(all);
            cx.report(&path, format!("there is no task type `{name}`"), hint);
        }
    }
    let mut findings = Vec::new();
    for (i, name) in list(&raw.findings).into_iter().enumerate() {
        let path = item_path(&format!("{path}.findings"), raw.findings.as_ref(), i);
        if name == "any" {
            findings.push(name);
        } else if let Some(entity) = cx.entity(&name, &path) {
            findings.push(entity.as_str().to_owned());
        }
    }
    if let (Some(min), Some(max)) = (raw.min_context_tokens, raw.max_context_tokens)
        && min > max
    {
        cx.report(
            &format!("{path}.min_context_tokens"),
            "is above `max_context_tokens`, so nothing matches",
            None,
        );
    }
    let headers =
        raw.header.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone())).collect();
    Condition {
        intent,
        min_probability: raw.min_probability.map(|p| p as f32),
        max_reject: raw.max_reject.map(|reject| reject as f32),
        task,
        min_injection: raw.min_injection.map(|p| p as f32),
        gain: None,
        findings,
        tools: raw.tools,
        min_context_tokens: raw.min_context_tokens,
        max_context_tokens: raw.max_context_tokens,
        tenant: list(&raw.tenant),
        headers,
        model: list(&raw.model),
    }
}
