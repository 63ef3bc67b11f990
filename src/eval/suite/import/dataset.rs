//! Data sets: OpenAI Evals samples, LangSmith and Phoenix examples.
//!
//! Forms: OpenAI Evals `{"input": [message, …] | text, "ideal": text | [text, …]}`. Examples as JSON
//! `{"inputs" | "input": {…}, "outputs" | "output": {…}, "metadata"}`, as chat fine-tuning lines `{"messages": […]}`, or as CSV
//! whose columns are fields, bare or with `input_`, `output_`, `inputs.`, `outputs.`, `metadata_` before them.

use super::{Cases, Options, csv, id};
use serde_json::{Map, Value, json};

/// Fields that hold a question, the likeliest first.
const INPUTS: [&str; 8] =
    ["messages", "input", "question", "prompt", "query", "text", "content", "user"];
/// Fields that hold an expected answer.
const OUTPUTS: [&str; 11] = [
    "output",
    "answer",
    "response",
    "expected",
    "expected_output",
    "reference",
    "label",
    "ideal",
    "completion",
    "text",
    "messages",
];

/// Reads OpenAI Evals samples.
pub(super) fn openai_evals(text: &str, options: &Options) -> Result<Cases, String> {
    let mut cases = Cases::default();
    for (at, (line, row)) in objects(text)?.into_iter().enumerate() {
        let wrong = |what: &str| format!("line {line}: {what}");
        let question = row.get("input").and_then(messages).ok_or_else(|| {
            wrong("`input` must be text or a list of messages with `role` and `content`")
        })?;
        let ideal = row.get("ideal").and_then(texts).ok_or_else(|| {
            wrong("`ideal` must be text or a list of texts (model-graded samples have no counterpart)")
        })?;
        let name = options.check.as_deref().unwrap_or("starts_with");
        cases.cases.push(case(&id(row.get("id"), at), &question, &check(name, &ideal)));
    }
    Ok(cases)
}

/// Reads the examples of LangSmith and Phoenix.
pub(super) fn examples(ending: &str, text: &str, options: &Options) -> Result<Cases, String> {
    let rows = match ending {
        "csv" => csv_rows(text)?,
        "json" => {
            let value: Value = serde_json::from_str(text)
                .map_err(|error| format!("line {}: not JSON", error.line()))?;
            let list = value.as_array().or_else(|| value.get("examples")?.as_array());
            let list = list.ok_or("it must be a list of examples, or hold one as `examples`")?;
            list.iter()
                .enumerate()
                .filter_map(|(at, row)| Some((at + 1, row.as_object()?.clone())))
                .collect()
        }
        _ => objects(text)?,
    };
    let mut cases = Cases::default();
    for (at, (line, row)) in rows.into_iter().enumerate() {
        let case = example(&row, at, options).map_err(|what| format!("line {line}: {what}"))?;
        cases.cases.push(case);
    }
    Ok(cases)
}

fn example(row: &Map<String, Value>, at: usize, options: &Options) -> Result<Value, String> {
    let part = |names: [&str; 2]| names.iter().find_map(|name| row.get(*name)).cloned();
    let own_id = row.get("id").or_else(|| row.get("example_id"));
    let check_name = options.check.as_deref().unwrap_or("exact");
    let chat =
        |name: &str| row.get(name).and_then(Value::as_array).filter(|_| row.get("input").is_none());
    if let Some(turns) = chat("messages") {
        // A fine-tuning line: the last message is what the assistant should say.
        let (last, before) = turns.split_last().ok_or("`messages` is empty")?;
        let answer = last.get("content").and_then(texts);
        let is_answer = last.get("role").and_then(Value::as_str) == Some("assistant");
        let answer = answer
            .filter(|_| is_answer)
            .ok_or("the last message must be the assistant's, with text")?;
        let question = messages(&json!(before)).ok_or("a message lacks `role` or `content`")?;
        return Ok(case(&id(own_id, at), &question, &check(check_name, &answer)));
    }
    let inputs = part(["inputs", "input"]).ok_or("it has neither `inputs` nor `input`")?;
    let outputs =
        part(["outputs", "output"]).ok_or("it has no expected output, so nothing to check")?;
    let question = pick(&inputs, options.input_key.as_deref(), &INPUTS)
        .and_then(|value| messages(&value))
        .ok_or("the question cannot be told from its fields: name it with --input-key")?;
    let expected = pick(&outputs, options.output_key.as_deref(), &OUTPUTS)
        .and_then(|value| answers(&value))
        .ok_or("the expected answer cannot be told from its fields: name it with --output-key")?;
    let mut case = case(&id(own_id, at), &question, &check(check_name, &expected));
    if let Some(Value::Object(metadata)) = row.get("metadata") {
        let short = |value: &Value| match value {
            Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
            _ => None,
        };
        let tags: Map<String, Value> = metadata
            .iter()
            .filter_map(|(name, value)| Some((name.clone(), json!(short(value)?))))
            .collect();
        if !tags.is_empty() {
            case["tags"] = Value::Object(tags);
        }
    }
    Ok(case)
}

/// The field that is meant: the one named, the only one, or the first of the usual names.
fn pick(value: &Value, key: Option<&str>, usual: &[&str]) -> Option<Value> {
    let Value::Object(map) = value else { return Some(value.clone()) };
    if let Some(key) = key {
        return map.get(key).cloned();
    }
    let mut fields = map.values();
    if let (Some(only), None) = (fields.next(), fields.next()) {
        return Some(only.clone());
    }
    usual.iter().find_map(|name| map.get(*name)).cloned()
}

/// A question as messages of ours.
fn messages(value: &Value) -> Option<Vec<Value>> {
    match value {
        Value::String(text) => match serde_json::from_str::<Value>(text) {
            // CSV holds lists as JSON text.
            Ok(list @ Value::Array(_)) => messages(&list),
            _ => Some(vec![json!({"role": "user", "content": text})]),
        },
        Value::Number(_) | Value::Bool(_) => {
            Some(vec![json!({"role": "user", "content": value.to_string()})])
        }
        Value::Array(list) if !list.is_empty() => list.iter().map(message).collect(),
        _ => None,
    }
}

/// A message in OpenAI's form, or in LangChain's (`type: human | ai | system`, or `[role, content]`).
fn message(value: &Value) -> Option<Value> {
    let data = value.get("data").unwrap_or(value);
    let (role, content) = match value {
        Value::Array(pair) => (pair.first()?.as_str()?, pair.get(1)?),
        _ => {
            let role = value.get("role").or_else(|| value.get("type"))?.as_str()?;
            (role, data.get("content")?)
        }
    };
    let role = match role {
        "human" => "user",
        "ai" => "assistant",
        role => role,
    };
    let known = ["system", "developer", "user", "assistant", "tool"].contains(&role);
    known.then(|| json!({"role": role, "content": content}))
}

/// Expected answers: text, a list of texts, or the last message of a conversation.
fn answers(value: &Value) -> Option<Vec<String>> {
    if let Some(content) = value.get("content") {
        return texts(content);
    }
    match value {
        Value::Array(list) if list.iter().any(Value::is_object) => {
            texts(list.last()?.get("content")?)
        }
        Value::String(text) => match serde_json::from_str::<Value>(text) {
            Ok(list @ Value::Array(_)) => answers(&list),
            Ok(map @ Value::Object(_)) if map.get("content").is_some() => answers(&map),
            _ => Some(vec![text.clone()]),
        },
        Value::Number(_) | Value::Bool(_) => Some(vec![value.to_string()]),
        other => texts(other),
    }
}

fn texts(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::String(text) => Some(vec![text.clone()]),
        Value::Array(list) if !list.is_empty() => {
            list.iter().map(|text| text.as_str().map(str::to_owned)).collect()
        }
        _ => None,
    }
}

fn check(name: &str, expected: &[String]) -> Value {
    match name {
        "contains" => json!({"contains": {"any": expected}}),
        "label" => json!({"label": expected.first()}),
        name => {
            let mut check = Map::new();
            check.insert(name.to_owned(), json!(expected));
            Value::Object(check)
        }
    }
}

fn case(id: &str, messages: &[Value], check: &Value) -> Value {
    match messages {
        [only] if only["role"] == "user" && only["content"].is_string() => {
            json!({"id": id, "input": only["content"], "check": [check]})
        }
        _ => json!({"id": id, "messages": messages, "check": [check]}),
    }
}

/// An object and the number of its line.
type Numbered = (usize, Map<String, Value>);

/// JSON lines as objects with their line numbers.
fn objects(text: &str) -> Result<Vec<Numbered>, String> {
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| match serde_json::from_str(line) {
            Ok(Value::Object(map)) => Ok((number, map)),
            Ok(_) => Err(format!("line {number}: not a JSON object")),
            Err(error) => Err(format!("line {number}: not JSON (column {})", error.column())),
        })
        .collect()
}

/// CSV rows as examples: columns go to `input`, `output` and `metadata` by what stands before their names, bare ones by the
/// usual names.
fn csv_rows(text: &str) -> Result<Vec<Numbered>, String> {
    let mut rows = csv::rows(text)?.into_iter();
    let header = rows.next().ok_or("it is empty")?;
    let place = |column: &str| -> (&'static str, String) {
        let prefixes = [
            ("input_", "input"),
            ("inputs_", "input"),
            ("inputs.", "input"),
            ("input.", "input"),
            ("output_", "output"),
            ("outputs_", "output"),
            ("outputs.", "output"),
            ("output.", "output"),
            ("metadata_", "metadata"),
            ("metadata.", "metadata"),
        ];
        let name = |(prefix, part): &(&str, &'static str)| {
            Some((*part, column.strip_prefix(prefix).filter(|rest| !rest.is_empty())?.to_owned()))
        };
        let part = match column {
            "id" | "example_id" => "",
            "inputs" => "input",
            "outputs" => "output",
            column if INPUTS.contains(&column) && column != "text" => "input",
            column if OUTPUTS.contains(&column) => "output",
            _ => return prefixes.iter().find_map(name).unwrap_or(("metadata", column.to_owned())),
        };
        (part, column.to_owned())
    };
    let places: Vec<(&str, String)> = header.iter().map(|column| place(column.trim())).collect();
    let read = |(at, row): (usize, Vec<String>)| {
        let mut parts = Map::new();
        if row.len() != places.len() {
            return Err(format!(
                "row {}: {} fields, the header has {}",
                at + 2,
                row.len(),
                places.len()
            ));
        }
        for ((part, name), value) in places.iter().zip(row).filter(|(_, value)| !value.is_empty()) {
            if part.is_empty() {
                parts.insert("id".to_owned(), json!(value));
            } else if let Value::Object(map) = parts.entry(*part).or_insert_with(|| json!({})) {
                // A whole mapping may stand in one field as JSON.
                match serde_json::from_str::<Value>(&value) {
                    Ok(Value::Object(inner)) => map.extend(inner),
                    _ => {
                        map.insert(name.clone(), json!(value));
                    }
                }
            }
        }
        Ok((at + 2, parts))
    };
    rows.enumerate().map(read).collect()
}
