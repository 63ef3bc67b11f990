//! Whether the operator's rules were kept: who saw the request, what was refused, which tools were called, and at what cost.

use super::Observed;
use crate::chat::{Outcome, PrivacyAction};
use crate::config::name_hint;
use crate::eval::suite::fields::Fields;
use crate::units::NanoUsd;
use serde_json::Value;

const FIELDS: &[&str] =
    &["targets", "not_targets", "rule", "privacy", "refused", "deny_tools", "no_writes"];

/// What the rules must lead to.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    targets: Vec<String>,
    not_targets: Vec<String>,
    rule: Option<String>,
    privacy: Option<String>,
    /// Whether a refusal is what is wanted.
    pub refused: bool,
    deny_tools: Vec<String>,
    no_writes: bool,
}

impl Policy {
    /// Reads `{targets, not_targets, rule, privacy, refused, deny_tools, no_writes}`.
    pub(super) fn compile(given: &Value, known: &[String]) -> Result<Self, String> {
        let fields = Fields::of(given, FIELDS)?;
        let policy = Self {
            targets: fields.texts("targets")?,
            not_targets: fields.texts("not_targets")?,
            rule: fields.text("rule")?,
            privacy: fields.text("privacy")?,
            refused: fields.flag("refused")?,
            deny_tools: fields.texts("deny_tools")?,
            no_writes: fields.flag("no_writes")?,
        };
        for name in policy.targets.iter().chain(&policy.not_targets) {
            known_target(name, known)?;
        }
        let actions = [
            PrivacyAction::Redact,
            PrivacyAction::LocalOnly,
            PrivacyAction::Block,
            PrivacyAction::Allow,
        ]
        .map(PrivacyAction::as_str);
        match &policy.privacy {
            Some(name) if !actions.contains(&name.as_str()) => {
                Err(format!("`privacy` must be one of {}", actions.join(", ")))
            }
            _ if given.as_object().is_some_and(serde_json::Map::is_empty) => {
                Err(format!("it asks for nothing: give one of {}", FIELDS.join(", ")))
            }
            _ => Ok(policy),
        }
    }

    pub(super) fn run(&self, seen: &Observed<'_>) -> Result<(), String> {
        let record = seen.record;
        if self.refused && record.outcome != Outcome::Blocked {
            return Err("the request was served and should have been refused".to_owned());
        }
        let barred = seen.sent.iter().map(|sent| &*sent.target).find(|target| {
            let is = |name: &String| name == target;
            (!self.targets.is_empty() && !self.targets.iter().any(is))
                || self.not_targets.iter().any(is)
        });
        if let Some(target) = barred {
            return Err(format!("target `{target}` saw the request and may not"));
        }
        if let Some(rule) = &self.rule
            && record.route.as_deref() != Some(rule)
        {
            let found = record.route.as_deref().unwrap_or("none");
            return Err(format!("rule `{found}` decided, not `{rule}`"));
        }
        if let Some(privacy) = &self.privacy
            && record.privacy != Some(privacy.as_str())
        {
            return Err(format!(
                "privacy was `{}`, not `{privacy}`",
                record.privacy.unwrap_or("none")
            ));
        }
        let calls = seen.answer.map_or(&[][..], |answer| &answer.calls[..]);
        let denied = |name: &String| {
            self.deny_tools.contains(name) || (self.no_writes && seen.writes.contains(name))
        };
        match calls.iter().find(|call| denied(&call.name)) {
            Some(call) => Err(format!("`{}` was called and may not be", call.name)),
            None => Ok(()),
        }
    }
}

/// Whether a target is in the configuration.
///
/// # Errors
/// Says that it is not, and which ones are.
pub fn known_target(name: &str, known: &[String]) -> Result<(), String> {
    if known.iter().any(|target| target == name) {
        return Ok(());
    }
    let hint = name_hint(name, known.iter().map(String::as_str)).unwrap_or_default();
    Err(format!("`{name}` is no target of the configuration ({hint})"))
}

/// Most money and time for one step.
#[derive(Debug, Clone)]
pub struct Budget {
    cost: Option<NanoUsd>,
    latency_us: Option<u64>,
    ttft_us: Option<u64>,
}

impl Budget {
    /// Reads `{cost_usd, latency_ms, ttft_ms}`.
    pub(super) fn compile(given: &Value) -> Result<Self, String> {
        let fields = Fields::of(given, &["cost_usd", "latency_ms", "ttft_ms"])?;
        let us = |ms: f64| (ms * 1000.0) as u64;
        let budget = Self {
            cost: fields.number("cost_usd")?.map(NanoUsd::from_usd),
            latency_us: fields.number("latency_ms")?.map(us),
            ttft_us: fields.number("ttft_ms")?.map(us),
        };
        if budget.cost.is_none() && budget.latency_us.is_none() && budget.ttft_us.is_none() {
            return Err(
                "it asks for nothing: give `cost_usd`, `latency_ms` or `ttft_ms`".to_owned()
            );
        }
        Ok(budget)
    }

    pub(super) fn run(&self, seen: &Observed<'_>) -> Result<(), String> {
        if let Some(limit) = self.cost {
            match seen.cost {
                None => return Err("the cost is unknown".to_owned()),
                Some(cost) if cost > limit => {
                    return Err(format!("it cost ${cost}, more than ${limit}"));
                }
                Some(_) => {}
            }
        }
        let over = |name: &str, found: Option<u64>, limit: Option<u64>| match (found, limit) {
            (Some(found), Some(limit)) if found > limit => {
                Err(format!("{name} was {} ms, more than {} ms", found / 1000, limit / 1000))
            }
            _ => Ok(()),
        };
        over("the whole answer", Some(seen.record.total_us), self.latency_us)?;
        over("the first token", seen.record.ttft_us, self.ttft_us)
    }
}
