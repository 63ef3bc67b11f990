//! From plain values to a suite: reads every field and gathers every problem.

use super::consistency;
use super::fields::{self, Fields};
use super::recorded::Recorded;
use super::source::{Source, SuiteProblem};
use super::{Case, CostClass, JudgeSpec, Step, Suite};
use crate::eval::check::policy_target;
use crate::eval::check::{Check, Expected, Scope, Tools};
use crate::units::NanoUsd;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

const HEAD: &[&str] = &[
    "suite",
    "version",
    "labels",
    "tiers",
    "writes",
    "cost_class",
    "judge",
    "one_class",
    "defaults",
];
const STEP: &[&str] = &[
    "input", "messages", "request", "results", "headers", "check", "calls", "recorded", "outcomes",
    "verdicts",
];
const CASE: &[&str] = &["id", "tags", "escalate", "turns"];
const MESSAGE_ROLES: [&str; 5] = ["system", "developer", "user", "assistant", "tool"];

/// What holds for every case.
struct Head {
    suite: Suite,
    labels: Vec<String>,
    one_class: bool,
    system: Option<String>,
    request: Map<String, Value>,
    headers: BTreeMap<String, String>,
    checks: Vec<Check>,
    tools: Tools,
}

/// Builds a suite; what is wrong goes to `problems`.
pub fn build(
    source: Source,
    hash: String,
    targets: &[String],
    problems: &mut Vec<SuiteProblem>,
) -> Suite {
    let empty = Suite {
        name: "suite".to_owned(),
        hash,
        tiers: Vec::new(),
        writes: Vec::new(),
        cost_class: None,
        judge: None,
        cases: Vec::new(),
    };
    let mut head = Head {
        suite: empty,
        labels: Vec::new(),
        one_class: false,
        system: None,
        request: Map::new(),
        headers: BTreeMap::new(),
        checks: Vec::new(),
        tools: Tools::default(),
    };
    if let Err(message) = read_head(&mut head, &Value::Object(source.head), targets) {
        problems.push(SuiteProblem { line: 1, case: None, message });
        return head.suite;
    }
    if source.cases.is_empty() {
        let message = "there are no cases: list them under `cases`".to_owned();
        problems.push(SuiteProblem { line: 0, case: None, message });
    }
    for (at, (line, value)) in source.cases.iter().enumerate() {
        let id = id(value);
        let shown = id.clone().unwrap_or_else(|_| format!("#{}", at + 1));
        match id.and_then(|id| case(&head, value, id, *line, targets)) {
            Ok(case) => head.suite.cases.push(case),
            Err(message) => {
                problems.push(SuiteProblem { line: *line, case: Some(shown), message });
            }
        }
    }
    consistency::check(&head.suite, head.one_class, problems);
    head.suite
}

fn read_head(head: &mut Head, value: &Value, targets: &[String]) -> Result<(), String> {
    let fields = Fields::of(value, HEAD)?;
    if let Some(name) = fields.text("suite")? {
        head.suite.name = name;
    }
    if fields.whole("version")?.is_some_and(|version| version != 1) {
        return Err("`version` must be 1: this Weir knows no other form of suites".to_owned());
    }
    head.labels = fields.texts("labels")?;
    head.suite.tiers = fields.texts("tiers")?;
    for name in &head.suite.tiers {
        policy_target(name, targets).map_err(|problem| format!("tiers: {problem}"))?;
    }
    head.suite.writes = fields.texts("writes")?;
    head.one_class = fields.flag("one_class")?;
    head.suite.cost_class = fields.get("cost_class").map(cost_class).transpose()?;
    head.suite.judge = fields.get("judge").map(|value| judge(value, targets)).transpose()?;
    let defaults = Value::Object(fields.mapping("defaults")?);
    let defaults = Fields::of(&defaults, &["system", "request", "headers", "check"])
        .map_err(|problem| format!("defaults: {problem}"))?;
    head.system = defaults.text("system")?;
    head.request = request_fields(&defaults)?;
    head.headers = string_map(&defaults, "headers")?;
    head.tools = tools(&head.request)?;
    let judge = head.suite.judge.as_ref().map(|judge| judge.rubric.as_str());
    let scope = Scope { labels: &head.labels, targets, judge };
    head.checks = checks(&defaults.list("check")?, scope)?;
    Ok(())
}

fn cost_class(value: &Value) -> Result<CostClass, String> {
    let class = |name: &str, low: f64, high: f64| CostClass {
        name: name.to_owned(),
        low: NanoUsd::from_usd(low),
        high: NanoUsd::from_usd(high),
    };
    match value {
        Value::String(name) if name == "high_volume" => Ok(class(name, 0.05, 0.25)),
        Value::String(name) if name == "complex" => Ok(class(name, 0.50, 2.00)),
        Value::Object(_) => {
            let fields = Fields::of(value, &["name", "low_usd", "high_usd"])?;
            let low = fields.number("low_usd")?.unwrap_or(0.0);
            let high = fields.number("high_usd")?.ok_or("cost_class: `high_usd` is missing")?;
            if low > high {
                return Err("cost_class: `low_usd` is above `high_usd`".to_owned());
            }
            Ok(class(&fields.text("name")?.unwrap_or_else(|| "own".to_owned()), low, high))
        }
        _ => {
            Err("`cost_class` must be high_volume, complex, or {name, low_usd, high_usd}"
                .to_owned())
        }
    }
}

fn judge(value: &Value, targets: &[String]) -> Result<JudgeSpec, String> {
    let wrong = |problem: String| format!("judge: {problem}");
    let fields = Fields::of(value, &["target", "rubric"]).map_err(wrong)?;
    let target = fields.text("target")?.ok_or("judge: `target` is missing")?;
    policy_target(&target, targets).map_err(wrong)?;
    Ok(JudgeSpec { target, rubric: fields.text("rubric")?.unwrap_or_default() })
}

/// Whether a name may stand in a report: of such letters nobody's words are made.
fn is_plain(name: &str) -> bool {
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || "._:/-".contains(c));
    plain && (1..=128).contains(&name.len())
}

fn id(value: &Value) -> Result<String, String> {
    let id = Source::id(value).ok_or("`id` is missing: give every case a name of its own")?;
    if is_plain(&id) {
        return Ok(id);
    }
    Err("`id` must be 1 to 128 of the letters A-Z a-z 0-9 . _ : / - (it appears in reports)"
        .to_owned())
}

fn case(
    head: &Head,
    value: &Value,
    id: String,
    line: u64,
    targets: &[String],
) -> Result<Case, String> {
    let fields = Fields::of(value, &[CASE, STEP].concat())?;
    let turns = fields.list("turns")?;
    let steps = if turns.is_empty() {
        vec![step(head, &fields, true, targets)?]
    } else {
        if let Some(name) = STEP.iter().find(|name| fields.get(name).is_some()) {
            return Err(format!("it has `turns`, so `{name}` belongs into a turn"));
        }
        let read = |(at, value): (usize, &Value)| {
            let wrong = |problem: String| format!("turn {}: {problem}", at + 1);
            let fields = Fields::of(value, STEP).map_err(wrong)?;
            step(head, &fields, at == 0, targets).map_err(wrong)
        };
        turns.iter().enumerate().map(read).collect::<Result<_, _>>()?
    };
    let tags = fields.mapping("tags")?.into_iter().map(|(name, value)| match value {
        Value::String(text) if is_plain(&text) => Ok((name, text)),
        Value::Number(_) | Value::Bool(_) => Ok((name, value.to_string())),
        _ => Err("`tags` must be names of numbers or of words made of A-Z a-z 0-9 . _ : / - (they appear in reports)".to_owned()),
    });
    let tags = tags.collect::<Result<_, _>>()?;
    Ok(Case { id, line, tags, escalate: fields.maybe_flag("escalate")?, steps })
}

fn step(head: &Head, fields: &Fields, first: bool, targets: &[String]) -> Result<Step, String> {
    let mut messages = fields.list("messages")?;
    for (at, message) in messages.iter().enumerate() {
        let role = message.get("role").and_then(Value::as_str).unwrap_or_default();
        if !MESSAGE_ROLES.contains(&role) {
            return Err(format!(
                "message {}: `role` must be one of {}",
                at + 1,
                MESSAGE_ROLES.join(", ")
            ));
        }
    }
    if let Some(text) = fields.text("input")? {
        messages.push(json!({"role": "user", "content": text}));
    }
    let results = string_map(fields, "results")?;
    if messages.is_empty() && (first || results.is_empty()) {
        return Err("it asks nothing: give `input` or `messages`".to_owned());
    }
    let has_system = messages.iter().any(|message| message["role"] == "system");
    if let Some(system) = head.system.as_ref().filter(|_| first && !has_system) {
        messages.insert(0, json!({"role": "system", "content": system}));
    }
    let mut request = head.request.clone();
    let own = request_fields(fields)?;
    let offered = if own.contains_key("tools") { tools(&own)? } else { head.tools.clone() };
    request.extend(own);
    let mut headers = head.headers.clone();
    headers.extend(string_map(fields, "headers")?);
    let judge = head.suite.judge.as_ref().map(|judge| judge.rubric.as_str());
    let scope = Scope { labels: &head.labels, targets, judge };
    let mut all = head.checks.clone();
    all.extend(checks(&fields.list("check")?, scope)?);
    let (recorded, outcomes) = answers(fields, targets)?;
    let verdicts = by_target(fields, "verdicts", targets)?;
    let calls = match fields.get("calls") {
        Some(_) => {
            let calls = fields.list("calls")?;
            let calls = calls.iter().map(Expected::compile).collect::<Result<_, _>>();
            Some(calls.map_err(|problem| format!("calls: {problem}"))?)
        }
        None => all.iter().find_map(|check| match check {
            Check::ToolCalls(equality) => Some(equality.calls.clone()),
            _ => None,
        }),
    };
    Ok(Step {
        messages,
        results,
        fields: request,
        headers,
        checks: all,
        calls,
        tools: offered,
        recorded,
        outcomes,
        verdicts,
    })
}

type Answers = (BTreeMap<Arc<str>, Recorded>, BTreeMap<Arc<str>, bool>);

fn answers(fields: &Fields, targets: &[String]) -> Result<Answers, String> {
    let (mut recorded, mut outcomes) = (BTreeMap::new(), BTreeMap::new());
    for (target, value) in fields.mapping("outcomes")? {
        policy_target(&target, targets).map_err(|problem| format!("outcomes: {problem}"))?;
        let read = Recorded::outcome(&value);
        let (success, answer) = read.map_err(|problem| format!("outcomes.{target}: {problem}"))?;
        let target: Arc<str> = target.into();
        outcomes.insert(target.clone(), success);
        recorded.insert(target, answer);
    }
    recorded.extend(by_target(fields, "recorded", targets)?);
    Ok((recorded, outcomes))
}

/// Answers by the name of a target.
fn by_target(
    fields: &Fields,
    name: &str,
    targets: &[String],
) -> Result<BTreeMap<Arc<str>, Recorded>, String> {
    let read = |(target, value): (String, Value)| {
        policy_target(&target, targets).map_err(|problem| format!("{name}: {problem}"))?;
        let answer = Recorded::answer(&value);
        let answer = answer.map_err(|problem| format!("{name}.{target}: {problem}"))?;
        Ok((target.into(), answer))
    };
    fields.mapping(name)?.into_iter().map(read).collect()
}

fn checks(values: &[Value], scope: Scope<'_>) -> Result<Vec<Check>, String> {
    values.iter().map(|value| Check::compile(value, scope)).collect()
}

/// The further fields of a request. The conversation has its own place.
fn request_fields(fields: &Fields) -> Result<Map<String, Value>, String> {
    let request = fields.mapping("request")?;
    if request.contains_key("messages") {
        return Err("`request` holds `messages`: put them beside it".to_owned());
    }
    Ok(request)
}

fn tools(request: &Map<String, Value>) -> Result<Tools, String> {
    request.get("tools").map_or(Ok(Tools::default()), Tools::compile)
}

fn string_map(fields: &Fields, name: &str) -> Result<BTreeMap<String, String>, String> {
    let entries = fields.mapping(name)?.into_iter();
    entries.map(|(key, value)| fields::text(name, &value).map(|text| (key, text))).collect()
}
