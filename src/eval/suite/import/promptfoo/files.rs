//! What a configuration of promptfoo keeps in files of its own.

use super::super::csv;
use super::check::of_cell;
use super::{parsed, words_of};
use serde_json::{Map, Value, json};

/// Reads a file by the name that a configuration gives it.
pub(in crate::eval::suite::import) type Reader<'a> = &'a dyn Fn(&str) -> Result<String, String>;

const SCHEME: &str = "file://";

/// The name of the file that a value stands for.
pub(super) fn file_of(value: &Value) -> Option<&str> {
    value.as_str()?.strip_prefix(SCHEME)
}

/// All tests of a list, where an entry may be a file of tests.
pub(super) fn tests(value: &Value, read: Reader<'_>) -> Result<Vec<Value>, String> {
    match value {
        Value::Array(list) => {
            let mut tests = Vec::with_capacity(list.len());
            for entry in list {
                match entry {
                    Value::String(name) => tests.extend(file(name, read)?),
                    test => tests.push(test.clone()),
                }
            }
            Ok(tests)
        }
        Value::String(name) => file(name, read),
        _ => Err("`tests` must be a list or the name of a file".to_owned()),
    }
}

fn file(name: &str, read: Reader<'_>) -> Result<Vec<Value>, String> {
    let name = name.strip_prefix(SCHEME).unwrap_or(name);
    let within = |what: String| format!("`{name}`: {what}");
    let not_read = |what: &str| {
        Err(format!(
            "`{name}`: tests in {what} are not read; write them to a file of JSON, YAML or CSV"
        ))
    };
    if name.contains("://") {
        return not_read("another place");
    }
    if name.contains('*') {
        return not_read("files by a pattern");
    }
    match name.rsplit('.').next().map(str::to_lowercase).as_deref() {
        Some("csv") => table(&read(name)?).map_err(within),
        Some("jsonl") => {
            let text = read(name)?;
            let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
            let test = |(at, line): (usize, &str)| {
                serde_json::from_str(line).map_err(|_| within(format!("line {}: not JSON", at + 1)))
            };
            lines.map(test).collect()
        }
        Some("json" | "yaml" | "yml") => match parsed(&read(name)?).map_err(within)? {
            Value::Array(tests) => Ok(tests),
            Value::Object(test) => Ok(vec![Value::Object(test)]),
            _ => Err(within("it must be a list of tests".to_owned())),
        },
        _ => not_read("a file of this kind"),
    }
}

/// A table: a column a variable, apart from those whose names begin with two lines below.
fn table(text: &str) -> Result<Vec<Value>, String> {
    let mut rows = csv::rows(text)?.into_iter();
    let head = rows.next().ok_or("it is empty")?;
    rows.map(|row| {
        let (mut vars, mut asserts, mut test) = (Map::new(), Vec::new(), Map::new());
        for (name, cell) in head.iter().map(|name| name.trim()).zip(row) {
            match name.strip_prefix("__") {
                None => {
                    vars.insert(name.to_owned(), json!(cell));
                }
                Some(more) if more.strip_prefix("expected").is_some_and(is_number) => {
                    if !cell.trim().is_empty() {
                        asserts.push(of_cell(&cell));
                    }
                }
                Some("description") => {}
                Some(meta) if meta.starts_with("metadata") => {}
                Some(_) if cell.trim().is_empty() => {}
                Some(other) => {
                    return Err(format!("the column `__{}` has no counterpart", words_of(other)));
                }
            }
        }
        test.insert("vars".to_owned(), Value::Object(vars));
        test.insert("assert".to_owned(), Value::Array(asserts));
        Ok(Value::Object(test))
    })
    .collect()
}

/// Whether there is nothing but digits, or nothing.
fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A test's variables; those that stand in files are read.
pub(super) fn vars(value: Option<&Value>, read: Reader<'_>) -> Result<Map<String, Value>, String> {
    let whole = match value {
        None | Some(Value::Null) => return Ok(Map::new()),
        Some(value) => match file_of(value) {
            Some(name) => parsed(&read(name)?).map_err(|what| format!("`{name}`: {what}"))?,
            None => value.clone(),
        },
    };
    let Value::Object(vars) = whole else {
        return Err("`vars` must be names with values, or a file of them".to_owned());
    };
    vars.into_iter().map(|(name, value)| Ok((name, read_value(value, read)?))).collect()
}

fn read_value(value: Value, read: Reader<'_>) -> Result<Value, String> {
    if let Value::Array(items) = value {
        return items.into_iter().map(|item| read_value(item, read)).collect();
    }
    let Some(name) = file_of(&value) else { return Ok(value) };
    let kind = name.rsplit('.').next().map(str::to_lowercase);
    match kind.as_deref() {
        Some(
            "js" | "mjs" | "cjs" | "ts" | "py" | "rb" | "sh" | "pdf" | "png" | "jpg" | "jpeg"
            | "gif" | "webp",
        ) => Err(format!(
            "`{name}`: a variable from a file of this kind cannot be read; put its text here"
        )),
        _ => Ok(Value::String(read(name)?.trim_end_matches(['\n', '\r']).to_owned())),
    }
}

/// Every way to take one value of each variable that has a list of them, in the order of the lists.
pub(super) fn spread(vars: &Map<String, Value>) -> Vec<Map<String, Value>> {
    let mut all = vec![Map::new()];
    for (name, value) in vars {
        let values = match value {
            Value::Array(values) => values.clone(),
            one => vec![one.clone()],
        };
        let with = |vars: &Map<String, Value>, value: &Value| {
            let mut vars = vars.clone();
            vars.insert(name.clone(), value.clone());
            vars
        };
        all = all
            .iter()
            .flat_map(|vars| values.iter().map(|value| with(vars, value)).collect::<Vec<_>>())
            .collect();
    }
    all
}
