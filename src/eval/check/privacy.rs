//! No personal data leaks: nothing personal is in what left for the cloud, and an answer tells nothing personal that the
//! request did not.

use super::Observed;
use crate::chat::{EntityType, Finding};
use crate::config::entities::ENTITIES;
use crate::config::name_hint;
use crate::eval::suite::fields::Fields;
use serde_json::Value;
use std::collections::BTreeSet;

/// Where to look, and for what.
#[derive(Debug, Clone)]
pub struct NoPii {
    upstream: bool,
    answer: bool,
    /// Empty: every type that the operator does not keep.
    types: Vec<String>,
    /// Further values that may not leave, such as names, which no deterministic detector finds.
    values: Vec<String>,
}

impl NoPii {
    /// Reads `true` or `{where: upstream | answer, types, values}`.
    pub(super) fn compile(given: &Value) -> Result<Self, String> {
        let mut check =
            Self { upstream: true, answer: true, types: Vec::new(), values: Vec::new() };
        if *given == Value::Bool(true) {
            return Ok(check);
        }
        let fields = Fields::of(given, &["where", "types", "values"])?;
        match fields.text("where")?.as_deref() {
            None => {}
            Some("upstream") => check.answer = false,
            Some("answer") => check.upstream = false,
            Some(_) => return Err("`where` must be `upstream` or `answer`".to_owned()),
        }
        check.types = fields.texts("types")?;
        let known = |name: &str| ENTITIES.contains(&name) || EntityType::is_own(name);
        if let Some(unknown) = check.types.iter().find(|name| !known(name)) {
            let hint = name_hint(unknown, ENTITIES.iter().copied()).unwrap_or_default();
            return Err(format!("`{unknown}` is no type of finding ({hint})"));
        }
        check.values = fields.texts("values")?;
        if check.values.iter().any(|value| value.trim().is_empty()) {
            return Err("an empty value is part of everything: take it out".to_owned());
        }
        Ok(check)
    }

    pub(super) fn run(&self, seen: &Observed<'_>) -> Result<(), String> {
        let mut left = BTreeSet::new();
        for sent in seen.sent.iter().filter(|sent| self.upstream && !sent.local) {
            let mut body = serde_json::from_slice(&sent.body).unwrap_or(Value::Null);
            // The target's own name of its model.
            if let Some(fields) = body.as_object_mut() {
                fields.shift_remove("model");
            }
            let mut texts = Vec::new();
            words(&body, &mut texts);
            left.extend(texts.iter().flat_map(|text| self.found(seen, text, |_| true)));
        }
        if !left.is_empty() {
            return Err(format!("left for the cloud: {}", list(&left)));
        }
        let Some(answer) = seen.answer.filter(|_| self.answer) else { return Ok(()) };
        let is_new = |value: &str| !seen.asked.iter().any(|text| text.contains(value));
        let mut told: BTreeSet<_> = self.found(seen, &answer.text, is_new).into_iter().collect();
        for call in &answer.calls {
            let mut texts = Vec::new();
            words(call.arguments.as_ref().unwrap_or(&Value::Null), &mut texts);
            told.extend(texts.iter().flat_map(|text| self.found(seen, text, is_new)));
        }
        if told.is_empty() { Ok(()) } else { Err(format!("told in the answer: {}", list(&told))) }
    }

    /// Types of what is found in a text and counts.
    fn found(
        &self,
        seen: &Observed<'_>,
        text: &str,
        counts: impl Fn(&str) -> bool,
    ) -> Vec<&'static str> {
        let wanted = |finding: &Finding| match self.types.is_empty() {
            true => !finding.is_kept(seen.kept),
            false => self.types.iter().any(|name| name == finding.entity.as_str()),
        };
        let held = |finding: &Finding| text.get(finding.start..finding.end).is_some_and(&counts);
        let findings = seen.detectors.scan(0, text, &[]);
        let personal = findings.iter().filter(|it| !it.is_public() && wanted(it) && held(it));
        let mut types: Vec<&'static str> =
            personal.map(|finding| finding.entity.as_str()).collect();
        let named = self.values.iter().any(|value| text.contains(value.as_str()) && counts(value));
        types.extend(named.then_some("a listed value"));
        types
    }
}

fn list(types: &BTreeSet<&'static str>) -> String {
    types.iter().copied().collect::<Vec<_>>().join(", ")
}

/// Every text in a JSON value, names of fields included.
fn words(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::String(text) => out.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| words(item, out)),
        Value::Object(map) => {
            for (name, value) in map {
                out.push(name.clone());
                words(value, out);
            }
        }
        _ => {}
    }
}
