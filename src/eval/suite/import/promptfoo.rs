//! promptfoo: a configuration with `prompts` and `tests`, or a bare list of tests.
//!
//! A case is made of every prompt with every test; `{{var}}` is filled in. Of the assertions those become checks that Weir has
//! a counterpart of.

use super::{Cases, Options};
use crate::config::tree::{self, Node, NodeValue};
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};
use serde_json::{Map, Value, json};

/// Reads the tests.
pub(super) fn cases(text: &str, options: &Options) -> Result<Cases, String> {
    let root = tree::parse(text).map_err(|(at, message)| {
        at.map_or(message.clone(), |(line, _)| format!("line {line}: {message}"))
    })?;
    let root = plain(&root);
    let (config, tests) = match &root {
        Value::Array(tests) => (json!({}), tests.clone()),
        Value::Object(_) => match root.get("tests") {
            Some(Value::Array(tests)) => (root.clone(), tests.clone()),
            Some(_) => {
                return Err(
                    "`tests` must be a list (tests in files of their own: import those)".to_owned()
                );
            }
            None => return Err("there are no `tests`".to_owned()),
        },
        _ => return Err("it must be a configuration with `tests`, or a list of tests".to_owned()),
    };
    let prompts = prompts(&config)?;
    let default = config.get("defaultTest").cloned().unwrap_or_else(|| json!({}));
    let mut out = Cases::default();
    let mut judge = false;
    for (at, test) in tests.iter().enumerate() {
        for (number, prompt) in prompts.iter().enumerate() {
            let id = match prompts.len() {
                1 => format!("case-{:04}", at + 1),
                _ => format!("case-{:04}-p{}", at + 1, number + 1),
            };
            let wrong = |what: String| format!("test {}: {what}", at + 1);
            let mut vars = mapping(&default, "vars");
            vars.extend(mapping(test, "vars"));
            let messages = filled(prompt, &vars).map_err(wrong)?;
            let mut checks = Vec::new();
            let list = |test: &Value| test["assert"].as_array().cloned().unwrap_or_default();
            for assertion in list(&default).into_iter().chain(list(test)) {
                match check(&assertion, &vars) {
                    Ok(check) => checks.push(check),
                    Err(what) if options.skip_unknown => {
                        out.skipped.push(format!("{id}: left out: {what}"));
                    }
                    Err(what) => {
                        return Err(format!("{} (--skip-unknown leaves it out)", wrong(what)));
                    }
                }
            }
            judge |= checks.iter().any(|check: &Value| check.get("judge").is_some());
            if checks.is_empty() {
                out.skipped
                    .push(format!("{id}: left out: it asserts nothing that a suite can say"));
                continue;
            }
            out.cases.push(json!({"id": id, "messages": messages, "check": checks}));
        }
    }
    if judge {
        out.skipped.push(
            "some checks ask a judge: add `judge: {target: NAME}` to the suite's first line"
                .to_owned(),
        );
    }
    Ok(out)
}

/// YAML as JSON; of a key that is there twice the last counts.
fn plain(node: &Node) -> Value {
    match &node.value {
        NodeValue::Null => Value::Null,
        NodeValue::Bool(flag) => json!(flag),
        NodeValue::Int(int) => i64::try_from(*int).map_or(Value::Null, |int| json!(int)),
        NodeValue::Float(float) => json!(float),
        NodeValue::Text(text) => json!(text),
        NodeValue::List(items) => items.iter().map(plain).collect(),
        NodeValue::Map(entries) => Value::Object(
            entries.iter().map(|(name, _, node)| (name.clone(), plain(node))).collect(),
        ),
    }
}

fn mapping(value: &Value, name: &str) -> Map<String, Value> {
    value.get(name).and_then(Value::as_object).cloned().unwrap_or_default()
}

/// The prompts as text. Without any, a test's only variable is the prompt.
fn prompts(config: &Value) -> Result<Vec<Option<String>>, String> {
    let prompt = |value: &Value| {
        let text = value.as_str().or_else(|| value.get("raw")?.as_str());
        let text = text.ok_or("a prompt must be text, or `{raw: text}`")?;
        if text.starts_with("file://") {
            return Err("a prompt is a file of its own: put its text here".to_owned());
        }
        Ok(Some(text.to_owned()))
    };
    match config.get("prompts") {
        Some(Value::Array(list)) if !list.is_empty() => list.iter().map(prompt).collect(),
        Some(one @ Value::String(_)) => Ok(vec![prompt(one)?]),
        _ => Ok(vec![None]),
    }
}

/// A prompt with its variables filled in, as messages: a JSON list of messages, or text of the user.
fn filled(prompt: &Option<String>, vars: &Map<String, Value>) -> Result<Vec<Value>, String> {
    let text = match prompt {
        Some(prompt) => {
            let mut environment = Environment::new();
            environment.set_undefined_behavior(UndefinedBehavior::Strict);
            environment.render_str(prompt, Serde(vars)).map_err(|_| {
                "the prompt cannot be filled in: a variable is missing, or it uses more than {{variables}}".to_owned()
            })?
        }
        None => {
            let mut values = vars.values().filter_map(Value::as_str);
            match (values.next(), values.next()) {
                (Some(only), None) => only.to_owned(),
                _ => return Err("there are no `prompts`, and `vars` are not one text".to_owned()),
            }
        }
    };
    match serde_json::from_str::<Value>(&text) {
        Ok(Value::Array(messages)) if messages.iter().all(|it| it.get("role").is_some()) => {
            Ok(messages)
        }
        _ => Ok(vec![json!({"role": "user", "content": text})]),
    }
}

/// An assertion as a check.
fn check(assertion: &Value, vars: &Map<String, Value>) -> Result<Value, String> {
    let kind = assertion["type"].as_str().ok_or("an assertion has no `type`")?;
    let fill = |text: &str| {
        Environment::new()
            .render_str(text, Serde(vars))
            .map_err(|_| format!("`{kind}`: its value cannot be filled in"))
    };
    let text = || match &assertion["value"] {
        Value::String(text) => fill(text),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(format!("`{kind}` has no text as `value`")),
    };
    let texts = || match &assertion["value"] {
        Value::Array(list) => list
            .iter()
            .map(|it| fill(it.as_str().unwrap_or_default()))
            .collect::<Result<Vec<_>, _>>(),
        Value::String(text) => text.split(',').map(|part| fill(part.trim())).collect(),
        _ => Err(format!("`{kind}` has no list as `value`")),
    };
    let number = || assertion["threshold"].as_f64().ok_or(format!("`{kind}` has no `threshold`"));
    Ok(match kind {
        "equals" if assertion["value"].is_object() => {
            json!({"json_schema": {"const": assertion["value"]}})
        }
        "equals" => json!({"exact": text()?}),
        "contains" => json!({"contains": text()?}),
        "icontains" => json!({"contains": {"all": [text()?], "ignore_case": true}}),
        "not-contains" => json!({"contains": {"none": [text()?]}}),
        "not-icontains" => json!({"contains": {"none": [text()?], "ignore_case": true}}),
        "contains-all" => json!({"contains": {"all": texts()?}}),
        "contains-any" => json!({"contains": {"any": texts()?}}),
        "icontains-all" => json!({"contains": {"all": texts()?, "ignore_case": true}}),
        "icontains-any" => json!({"contains": {"any": texts()?, "ignore_case": true}}),
        "not-contains-any" => json!({"contains": {"none": texts()?}}),
        "starts-with" => json!({"starts_with": text()?}),
        "regex" => json!({"regex": text()?}),
        "not-regex" => json!({"regex": {"pattern": text()?, "not": true}}),
        "is-json" if assertion["value"].is_object() => json!({"json_schema": assertion["value"]}),
        "is-json" => json!({"json_schema": true}),
        "cost" => json!({"budget": {"cost_usd": number()?}}),
        "latency" => json!({"budget": {"latency_ms": number()?}}),
        "llm-rubric" => json!({"judge": text()?}),
        other => {
            let other: String = other.chars().take(40).collect();
            return Err(format!("the assertion `{other}` has no counterpart"));
        }
    })
}
