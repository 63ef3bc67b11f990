//! The configuration as far as the requests of one suite can reach it.
//!
//! A rule is reached unless something that the suite fixes forbids it: the rule's headers, model names and tenant. Rules behind
//! one that surely matches are not. Of targets, pairs and models those count that a rule in reach, a request or the judge
//! names. Where one listens, who may call, where the ledger lies and how many threads there are change no answer.

use super::digest;
use crate::config::{Condition, Config, Rule, TargetKind, describe, diff};
use crate::eval::suite::Source;
use secrecy::SecretString;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

/// What the suite's requests fix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needs {
    /// Headers and model of every request.
    requests: BTreeSet<(BTreeMap<String, String>, String)>,
    /// The target that judges.
    judge: Option<String>,
}

impl Needs {
    /// What a suite fixes.
    pub fn of(source: &Source) -> Self {
        let empty = Map::new();
        let defaults = source.head.get("defaults").and_then(Value::as_object).unwrap_or(&empty);
        let mut requests = BTreeSet::new();
        for (_, case) in &source.cases {
            match case.get("turns").and_then(Value::as_array) {
                Some(turns) => requests.extend(turns.iter().map(|turn| request(defaults, turn))),
                None => {
                    requests.insert(request(defaults, case));
                }
            }
        }
        let judge = source.head.get("judge").and_then(|judge| judge.get("target"));
        Self { requests, judge: judge.and_then(Value::as_str).map(str::to_owned) }
    }
}

fn request(defaults: &Map<String, Value>, step: &Value) -> (BTreeMap<String, String>, String) {
    let mut headers = BTreeMap::new();
    for given in [defaults.get("headers"), step.get("headers")].into_iter().flatten() {
        for (name, value) in given.as_object().into_iter().flatten() {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            headers.insert(name.to_ascii_lowercase(), text);
        }
    }
    let model = |request: Option<&Value>| request?.get("model")?.as_str().map(str::to_owned);
    let model = model(step.get("request")).or_else(|| model(defaults.get("request")));
    (headers, model.unwrap_or_else(|| "auto".to_owned()))
}

/// What changed for a suite between two configurations, and the digest of the new one as far as the suite reaches it.
pub fn configuration(old: &Config, new: &Config, needs: &Needs) -> (Vec<String>, String) {
    let (old, new) = (narrowed(old, needs), narrowed(new, needs));
    (diff(&old, &new), digest(&describe(&new)))
}

/// The rules that a request may meet, by their place.
fn reached(rules: &[Rule], headers: &BTreeMap<String, String>, model: &str) -> Vec<usize> {
    let mut places = Vec::new();
    for (at, rule) in rules.iter().enumerate() {
        let when = &rule.when;
        let fits = when.headers.iter().all(|(name, value)| headers.get(name) == Some(value))
            && (when.model.is_empty() || when.model.iter().any(|name| name == model))
            && when.tenant.is_empty();
        if !fits {
            continue;
        }
        places.push(at);
        let rest = Condition { headers: Vec::new(), model: Vec::new(), ..when.clone() };
        if rest == Condition::default() && rule.canary.is_none() {
            break;
        }
    }
    places
}

fn narrowed(config: &Config, needs: &Needs) -> Config {
    let mut config = config.clone();
    let places: BTreeSet<usize> = needs
        .requests
        .iter()
        .flat_map(|(headers, model)| reached(&config.rules, headers, model))
        .collect();
    let rules = std::mem::take(&mut config.rules).into_iter().enumerate();
    config.rules =
        rules.filter(|(at, _)| places.contains(at)).map(|(_, rule)| rule).collect::<Vec<_>>();
    let rules = &config.rules;
    let named = |name: &str| {
        rules.iter().any(|rule| rule.to.iter().any(|to| **to == *name))
            || needs.judge.as_deref() == Some(name)
            || needs.requests.iter().any(|(_, model)| model == name)
    };
    config.targets.retain(|target| named(&target.name));
    let asks_pair = |name: &str| {
        rules.iter().any(|rule| rule.when.gain.as_ref().is_some_and(|gain| &*gain.pair == name))
    };
    config.gain.retain(|pair| asks_pair(&pair.name));
    let asks_intent = |rule: &Rule| {
        let when = &rule.when;
        !when.intent.is_empty()
            || when.min_probability.is_some()
            || when.max_reject.is_some()
            || rule.edge.is_some()
    };
    if !rules.iter().any(asks_intent) {
        config.intents.clear();
        config.local.encoder = None;
    }
    let local: Vec<String> = config
        .targets
        .iter()
        .filter(|target| target.kind == TargetKind::Local)
        .map(|target| target.model.clone())
        .collect();
    if local.is_empty() {
        config.local.generator.clear();
    }
    let used = |name: &String| {
        local.contains(name)
            || config.local.generator == *name
            || config.local.encoder.as_ref() == Some(name)
    };
    let models = config.local.models.iter().filter(|model| used(&model.name)).cloned().collect();
    config.local.models = models;
    indifferent(&mut config);
    config
}

/// Sets what changes no answer to one value.
fn indifferent(config: &mut Config) {
    config.listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    config.api_keys.clear();
    config.admin_keys.clear();
    config.body_limit = 0;
    config.memory_limit = 0;
    config.ledger.path = None;
    config.ledger.queue_len = 0;
    let local = &mut config.local;
    (local.threads, local.queue_len, local.queue_tokens, local.kv_cache_bytes) = (0, 0, 0, 0);
    local.cache_dir = PathBuf::new();
    for target in &mut config.targets {
        let target = std::sync::Arc::make_mut(target);
        target.key = target.key.as_ref().map(|_| SecretString::from(String::new()));
        target.key_source = None;
    }
}
