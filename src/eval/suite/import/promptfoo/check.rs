//! Assertions of promptfoo as checks.

use minijinja::Environment;
use minijinja::value::Serde;
use serde_json::{Map, Value, json};

/// An assertion as a check.
pub(super) fn check(assertion: &Value, vars: &Map<String, Value>) -> Result<Value, String> {
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
    let is_file = |text: &Value| text.as_str().is_some_and(|text| text.starts_with("file://"));
    if is_file(&assertion["value"]) {
        return Err(format!("`{kind}` has its value in a file of its own: put it here"));
    }
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

/// Assertions in the cells of a table: `type: value`, `type(threshold): value`, or the text that the answer must equal.
pub(super) fn of_cell(cell: &str) -> Value {
    let (head, value) = match cell.split_once(':') {
        Some((head, value)) => (head.trim(), Some(value.trim())),
        None => (cell.trim(), None),
    };
    let (kind, threshold) = match head.strip_suffix(')').and_then(|head| head.split_once('(')) {
        Some((kind, threshold)) => (kind.trim(), threshold.trim().parse::<f64>().ok()),
        None => (head, None),
    };
    let kind = if kind == "grade" { "llm-rubric" } else { kind };
    let mut out = json!({"type": kind});
    match value {
        _ if !is_kind(kind)
            || value.is_none() && !matches!(kind, "is-json" | "latency" | "cost") =>
        {
            return json!({"type": "equals", "value": cell});
        }
        Some(value) if !value.is_empty() => out["value"] = json!(value),
        _ => {}
    }
    if let Some(threshold) = threshold {
        out["threshold"] = json!(threshold);
    }
    out
}

/// Whether a word looks like the type of an assertion, known or not: an unknown one is to be named, not compared with.
fn is_kind(word: &str) -> bool {
    const KINDS: [&str; 34] = [
        "equals",
        "contains",
        "icontains",
        "contains-all",
        "contains-any",
        "icontains-all",
        "icontains-any",
        "starts-with",
        "regex",
        "is-json",
        "contains-json",
        "is-html",
        "is-sql",
        "is-xml",
        "javascript",
        "python",
        "fn",
        "eval",
        "ruby",
        "webhook",
        "similar",
        "levenshtein",
        "rouge-n",
        "bleu",
        "llm-rubric",
        "model-graded-closedqa",
        "factuality",
        "classifier",
        "moderation",
        "latency",
        "cost",
        "perplexity",
        "answer-relevance",
        "is-valid-openai-tools-call",
    ];
    KINDS.contains(&word.strip_prefix("not-").unwrap_or(word))
}
