//! The configuration as meant, written in the words of the file, secrets masked.
//!
//! Invariant: no secret gets in, so what comes out may be printed, hashed and compared.

use super::own::{Allow, OwnPattern, OwnWords};
use super::resolved::{
    Budget, Compare, Condition, Config, ConnectionLimits, Experiments, GainPair, Rule, Target,
    TargetKind,
};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::Duration;

/// What stands in the place of a secret.
const MASK: &str = "***";

/// The whole configuration as a tree.
pub fn describe(config: &Config) -> Value {
    let names =
        |types: &[crate::chat::EntityType]| types.iter().map(|t| t.as_str()).collect::<Vec<_>>();
    let keys: Vec<Value> = config
        .api_keys
        .iter()
        .map(|key| json!({"name": &*key.name, "tenant": &*key.tenant, "key": MASK}))
        .collect();
    let admins = config.admin_keys.iter();
    let admins: Vec<Value> = admins.map(|key| json!({"name": &*key.name, "key": MASK})).collect();
    let intents: Vec<Value> = config
        .intents
        .iter()
        .map(|intent| {
            json!({
                "name": &*intent.name,
                "description": intent.description,
                "examples": intent.examples,
            })
        })
        .collect();
    let models: Vec<Value> = config
        .local
        .models
        .iter()
        .map(|model| {
            json!({
                "name": model.name, "source": model.source, "sha256": model.sha256, "max_len": model.max_len,
            })
        })
        .collect();
    let value = json!({
        "listen": config.listen.to_string(),
        "api_keys": keys,
        "admin_keys": admins,
        "allowed_hosts": config.server.allowed_hosts,
        "allowed_origins": config.server.allowed_origins,
        "metrics": {
            "listen": config.server.metrics.listen.map(|address| address.to_string()),
            "key": config.server.metrics.key.as_ref().map(|_| MASK),
        },
        "connections": connections(&config.server.connections),
        "targets": config.targets.iter().map(|target| describe_target(target)).collect::<Vec<_>>(),
        "intents": intents,
        "gain": config.gain.iter().map(pair).collect::<Vec<_>>(),
        "route": config.rules.iter().map(rule).collect::<Vec<_>>(),
        "privacy": {
            "model": config.privacy.model,
            "min_score": rounded(config.privacy.min_score),
            "keep": names(&config.privacy.keep),
            "ignore": names(&config.privacy.ignore),
            "patterns": config.privacy.own.patterns.iter().map(pattern).collect::<Vec<_>>(),
            "words": config.privacy.own.words.iter().map(words).collect::<Vec<_>>(),
            "allow": allow(&config.privacy.own.allow),
        },
        "experiments": experiments(&config.experiments),
        "latency": {
            "standard": budget(&config.latency.standard),
            "interactive": budget(&config.latency.interactive),
            "background": budget(&config.latency.background),
        },
        "local": {
            "enabled": config.local.enabled,
            "encoder": config.local.encoder,
            "generator": config.local.generator,
            "models": models,
            "threads": config.local.threads,
            "queue": config.local.queue_len,
            "queue_tokens": config.local.queue_tokens,
            "kv_cache_mib": config.local.kv_cache_bytes >> 20,
            "cache_dir": config.local.cache_dir.display().to_string(),
            "core_second_usd": config.core_second.as_usd(),
        },
        "ledger": {
            "enabled": config.ledger.path.is_some(),
            "path": config.ledger.path.as_ref().map(|path| path.display().to_string()),
            "queue": config.ledger.queue_len,
        },
        "limits": {"memory_mib": config.memory_limit >> 20},
        "body_limit_mib": config.body_limit / (1024 * 1024),
        "prices": config.prices_file.as_ref().map(|path| path.display().to_string()),
    });
    without_nothing(value)
}

/// The first 16 hex digits of the SHA-256 of [`describe`].
pub(super) fn hash(config: &Config) -> Arc<str> {
    let digest = Sha256::digest(describe(config).to_string().as_bytes());
    let hex: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    hex.into()
}

fn describe_target(target: &Target) -> Value {
    let local = target.kind == TargetKind::Local;
    let headers: Map<String, Value> =
        target.headers.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    json!({
        "name": &*target.name,
        "kind": match target.kind {
            TargetKind::OpenAi => "openai",
            TargetKind::Anthropic => "anthropic",
            TargetKind::Local => "local",
        },
        "model": target.model,
        "url": (!local).then_some(&target.url),
        "auth_header": (!local).then_some(&target.auth.0),
        "api_key": (!local).then_some(if target.key.is_some() { MASK } else { "none" }),
        "api_key_source": target.key_source,
        "headers": headers,
        "limits": {
            "ttft_ms": ms(target.limits.ttft),
            "reasoning_ttft_ms": ms(target.limits.reasoning_ttft),
            "idle_ms": ms(target.limits.idle),
            "total_ms": ms(target.limits.total),
            "retries": target.limits.retries,
        },
        "breaker": {"failures": target.breaker.failures, "open_ms": ms(target.breaker.open)},
        "window": target.window,
        "max_tokens": target.default_max_tokens,
        "capabilities": {
            "tools": target.capabilities.tools,
            "images": target.capabilities.images,
            "n": target.capabilities.n,
            "logprobs": target.capabilities.logprobs,
            "response_format": target.capabilities.response_format,
        },
        "provider": target.provider,
    })
}

fn pattern(pattern: &OwnPattern) -> Value {
    json!({
        "name": pattern.name,
        "type": pattern.entity.as_str(),
        "regex": &*pattern.regex,
        "context": pattern.context,
        "checksum": pattern.checksum,
        "score": rounded(pattern.score),
    })
}

/// A list without its words.
fn words(list: &OwnWords) -> Value {
    json!({
        "type": list.entity.as_str(),
        "file": list.file,
        "whole_word": list.whole_word,
        "ignore_case": list.ignore_case,
        "entries": list.n,
        "sha256": list.digest,
    })
}

/// What may pass without the values, which may be personal.
fn allow(allow: &Allow) -> Value {
    if allow.is_empty() {
        return Value::Null;
    }
    json!({"entries": allow.len(), "sha256": allow.digest})
}

fn pair(pair: &GainPair) -> Value {
    let file = pair.file.as_ref().map(|file| file.display().to_string());
    json!({"name": &*pair.name, "cheap": &*pair.cheap, "strong": &*pair.strong, "file": file})
}

fn rule(rule: &Rule) -> Value {
    json!({
        "name": &*rule.name,
        "when": when(&rule.when),
        "to": rule.to.iter().map(|name| &**name).collect::<Vec<_>>(),
        "privacy": rule.privacy,
        "unchecked": rule.unchecked,
        "shape": rule.shape,
        "latency": rule.latency,
        "cascade": rule.cascade.map(|cascade| {
            json!({
                "min_score": rounded(cascade.min_score),
                "look": cascade.look,
                "overlap": cascade.overlap,
                "second_sample": cascade.second_sample,
            })
        }),
        "edge": rule.edge.as_deref().map(|edge| {
            json!({"min_confidence": rounded(edge.min_confidence), "ask": edge.ask})
        }),
        "shadow": rule.shadow.map(rounded),
        "canary": rule.canary.map(rounded),
        "tuned_on": rule.tuned.as_ref().map(|tuned| tuned.file.display().to_string()),
    })
}

fn experiments(experiments: &Experiments) -> Value {
    let (compare, min, judge, rubric) = match &experiments.compare {
        Compare::Exact => ("exact", None, None, None),
        Compare::Embedding { min } => ("embedding", Some(rounded(*min)), None, None),
        Compare::Judge { target, rubric } => ("judge", None, Some(&**target), Some(&**rubric)),
    };
    json!({
        "compare": compare, "min_similarity": min, "judge": judge, "rubric": rubric,
        "max_drop": experiments.max_drop, "confidence": experiments.confidence,
    })
}

fn when(when: &Condition) -> Value {
    let headers: Map<String, Value> =
        when.headers.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    json!({
        "intent": when.intent,
        "min_probability": when.min_probability.map(rounded),
        "max_reject": when.max_reject.map(rounded),
        "task": when.task,
        "min_injection": when.min_injection.map(rounded),
        "gain": when.gain.as_ref().map(|gain| &*gain.pair),
        "min_gain": when.gain.as_ref().and_then(|gain| gain.min).map(rounded),
        "max_gain": when.gain.as_ref().and_then(|gain| gain.max).map(rounded),
        "findings": when.findings,
        "tools": when.tools,
        "min_context_tokens": when.min_context_tokens,
        "max_context_tokens": when.max_context_tokens,
        "tenant": when.tenant,
        "header": headers,
        "model": when.model,
    })
}

fn connections(limits: &ConnectionLimits) -> Value {
    json!({
        "max": limits.max,
        "head_s": limits.head.as_secs(),
        "idle_s": limits.idle.as_secs(),
        "body_stall_s": limits.body_stall.as_secs(),
        "body_min_rate": limits.body_min_rate,
        "answer_stall_s": limits.answer_stall.as_secs(),
    })
}

fn budget(budget: &Budget) -> Value {
    json!({
        "ttft_target_ms": ms(budget.ttft_target),
        "total_target_ms": ms(budget.total_target),
        "ttft_ms": budget.ttft_limit.map(ms),
        "total_ms": budget.total.map(ms),
        "stages": {
            "detect_ms": ms(budget.detect),
            "intent_ms": ms(budget.intent),
            "redact_ms": ms(budget.redact),
            "shape_ms": ms(budget.shape),
            "queue_ms": ms(budget.queue),
        },
    })
}

fn ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Without the digits that an `f32` cannot hold.
fn rounded(value: f32) -> f64 {
    (f64::from(value) * 1e6).round() / 1e6
}

/// Leaves out `null`, empty lists and empty mappings.
fn without_nothing(value: Value) -> Value {
    let nothing = |value: &Value| match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        _ => false,
    };
    match value {
        Value::Array(items) => Value::Array(items.into_iter().map(without_nothing).collect()),
        Value::Object(entries) => {
            let entries = entries.into_iter().map(|(key, value)| (key, without_nothing(value)));
            Value::Object(entries.filter(|(_, value)| !nothing(value)).collect())
        }
        other => other,
    }
}
