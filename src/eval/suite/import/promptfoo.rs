//! promptfoo: a configuration with `prompts` and `tests`, or a bare list of tests.
//!
//! A case is made of every prompt with every test; `{{var}}` is filled in. Of the assertions those become checks that Weir has
//! a counterpart of.

mod check;
mod files;

use super::{Cases, Options};
use crate::config::tree::{self, Node, NodeValue};
use check::check;
pub(super) use files::Reader;
use files::{file_of, spread, vars};
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};
use serde_json::{Map, Value, json};

/// Most cases that lists of values may make of one test.
const MOST: usize = 10_000;

/// Reads the tests; `read` reads the files that the configuration names.
pub(super) fn cases(text: &str, options: &Options, read: Reader<'_>) -> Result<Cases, String> {
    let (config, tests) = match parsed(text)? {
        Value::Array(tests) => (json!({}), files::tests(&Value::Array(tests), read)?),
        config @ Value::Object(_) => {
            let mut tests = match config.get("tests") {
                None => Vec::new(),
                Some(tests) => files::tests(tests, read)?,
            };
            tests.extend(scenarios(&config, read)?);
            if tests.is_empty() {
                return Err("there are no `tests`".to_owned());
            }
            (config, tests)
        }
        _ => return Err("it must be a configuration with `tests`, or a list of tests".to_owned()),
    };
    let prompts = prompts(&config, read)?;
    let default = match config.get("defaultTest") {
        None => json!({}),
        Some(value) => match file_of(value) {
            Some(name) => parsed(&read(name)?)?,
            None => value.clone(),
        },
    };
    let mut out = Cases::default();
    let mut judge = false;
    for (at, test) in tests.iter().enumerate() {
        let wrong = |what: String| format!("test {}: {what}", at + 1);
        if !test.is_object() {
            return Err(wrong(
                "it must be names with values, such as `vars` and `assert`".to_owned(),
            ));
        }
        let mut all = vars(default.get("vars"), read).map_err(wrong)?;
        all.extend(vars(test.get("vars"), read).map_err(wrong)?);
        let n_cases: usize = all.values().filter_map(Value::as_array).map(Vec::len).product();
        if n_cases == 0 {
            return Err(wrong("a variable has an empty list, so there is no case".to_owned()));
        }
        if n_cases > MOST {
            return Err(wrong(format!("its lists of values make more than {MOST} cases")));
        }
        let spread = spread(&all);
        for (turn, vars) in spread.iter().enumerate() {
            for (number, prompt) in prompts.iter().enumerate() {
                let mut id = format!("case-{:04}", at + 1);
                if spread.len() > 1 {
                    id = format!("{id}-v{}", turn + 1);
                }
                if prompts.len() > 1 {
                    id = format!("{id}-p{}", number + 1);
                }
                let messages = filled(prompt, vars).map_err(wrong)?;
                let checks = checks([&default, test], vars, options, (&id, &mut out.skipped))
                    .map_err(|what| format!("{} (--skip-unknown leaves it out)", wrong(what)))?;
                judge |= checks.iter().any(|check: &Value| check.get("judge").is_some());
                if checks.is_empty() {
                    out.skipped
                        .push(format!("{id}: left out: it asserts nothing that a suite can say"));
                    continue;
                }
                out.cases.push(json!({"id": id, "messages": messages, "check": checks}));
            }
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

/// The assertions of the default and of the test as checks; what has no counterpart is an error or named in `skipped`.
fn checks(
    tests: [&Value; 2],
    vars: &Map<String, Value>,
    options: &Options,
    (id, skipped): (&str, &mut Vec<String>),
) -> Result<Vec<Value>, String> {
    let mut checks = Vec::new();
    for test in tests {
        let list = match test.get("assert") {
            None | Some(Value::Null) => continue,
            Some(Value::Array(list)) => list,
            Some(_) => return Err("`assert` must be a list".to_owned()),
        };
        for assertion in list {
            match check(assertion, vars) {
                Ok(check) => checks.push(check),
                Err(what) if options.skip_unknown => {
                    skipped.push(format!("{id}: left out: {what}"));
                }
                Err(what) => return Err(what),
            }
        }
    }
    Ok(checks)
}

/// Tests of scenarios: every configuration with every test.
fn scenarios(config: &Value, read: Reader<'_>) -> Result<Vec<Value>, String> {
    let list = match config.get("scenarios") {
        None => return Ok(Vec::new()),
        Some(Value::Array(list)) => list,
        Some(_) => return Err("`scenarios` must be a list".to_owned()),
    };
    let mut out = Vec::new();
    for scenario in list {
        let Value::Object(_) = scenario else {
            return Err("a scenario is a file of its own: put it here".to_owned());
        };
        let part = |name: &str| match scenario.get(name) {
            Some(part) => files::tests(part, read),
            None => Err(format!("a scenario has no `{name}`")),
        };
        let tests = part("tests")?;
        for config in part("config")? {
            for test in &tests {
                let mut all = vars(config.get("vars"), read)?;
                all.extend(vars(test.get("vars"), read)?);
                let asserts = |test: &Value| test["assert"].as_array().cloned().unwrap_or_default();
                let both: Vec<Value> = asserts(&config).into_iter().chain(asserts(test)).collect();
                out.push(json!({"vars": all, "assert": both}));
            }
        }
    }
    Ok(out)
}

/// YAML or JSON as JSON.
fn parsed(text: &str) -> Result<Value, String> {
    let root = tree::parse(text).map_err(|(at, message)| {
        at.map_or(message.clone(), |(line, _)| format!("line {line}: {message}"))
    })?;
    Ok(plain(&root))
}

/// A name as far as it is one; other text could be anybody's words.
fn words_of(name: &str) -> String {
    name.chars().filter(|c| c.is_ascii_alphanumeric() || "_-:".contains(*c)).take(40).collect()
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

/// The prompts as text. Without any, a test's only variable is the prompt.
fn prompts(config: &Value, read: Reader<'_>) -> Result<Vec<Option<String>>, String> {
    let prompt = |value: &Value| {
        let text = value.as_str().or_else(|| value.get("raw")?.as_str());
        let text = text.ok_or("a prompt must be text, or `{raw: text}`")?;
        match text.strip_prefix("file://") {
            None => Ok(Some(text.to_owned())),
            Some(name)
                if name.ends_with(".txt") || name.ends_with(".json") || name.ends_with(".md") =>
            {
                Ok(Some(read(name)?))
            }
            Some(_) => Err("a prompt is a file of its own: put its text here".to_owned()),
        }
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
