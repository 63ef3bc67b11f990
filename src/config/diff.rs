//! What changed between two configurations, in words, secrets masked.

use super::resolved::Config;
use super::show::describe;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

/// One line for each change; empty if nothing changed.
pub fn diff(old: &Config, new: &Config) -> Vec<String> {
    let mut lines = Vec::new();
    compare("", &describe(old), &describe(new), &mut lines);
    for key in &new.api_keys {
        let before = old.api_keys.iter().find(|before| before.name == key.name);
        if before.is_some_and(|before| !same(Some(&before.secret), Some(&key.secret))) {
            lines.push(format!("api_keys[{}].key: has another value", key.name));
        }
    }
    for key in &new.admin_keys {
        let before = old.admin_keys.iter().find(|before| before.name == key.name);
        if before.is_some_and(|before| !same(Some(&before.secret), Some(&key.secret))) {
            lines.push(format!("admin_keys[{}].key: has another value", key.name));
        }
    }
    let (before, after) = (&old.server.metrics.key, &new.server.metrics.key);
    if before.is_some() && after.is_some() && !same(before.as_ref(), after.as_ref()) {
        lines.push("metrics.key: has another value".to_owned());
    }
    for target in &new.targets {
        let before =
            old.target(&target.name).filter(|before| before.key.is_some() && target.key.is_some());
        if before.is_some_and(|before| !same(before.key.as_ref(), target.key.as_ref())) {
            lines.push(format!("targets[{}].api_key: has another value", target.name));
        }
    }
    lines
}

fn same(a: Option<&SecretString>, b: Option<&SecretString>) -> bool {
    a.map(ExposeSecret::expose_secret) == b.map(ExposeSecret::expose_secret)
}

fn compare(path: &str, old: &Value, new: &Value, lines: &mut Vec<String>) {
    match (old, new) {
        _ if old == new => {}
        (Value::Object(a), Value::Object(b)) => {
            for key in a.keys().chain(b.keys().filter(|key| !a.contains_key(*key))) {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                optional(&path, a.get(key), b.get(key), lines);
            }
        }
        (Value::Array(a), Value::Array(b)) if named(a) && named(b) => lists(path, a, b, lines),
        _ => lines.push(format!("{path}: {} → {}", words(old), words(new))),
    }
}

fn lists(path: &str, old: &[Value], new: &[Value], lines: &mut Vec<String>) {
    let names =
        |list: &[Value]| list.iter().filter_map(name).map(str::to_owned).collect::<Vec<_>>();
    let (before, after) = (names(old), names(new));
    for (item, name) in old.iter().zip(&before) {
        let other = after.iter().position(|other| other == name).and_then(|i| new.get(i));
        optional(&format!("{path}[{name}]"), Some(item), other, lines);
    }
    for name in after.iter().filter(|name| !before.contains(name)) {
        lines.push(format!("{path}[{name}]: new"));
    }
    let kept = |list: &[String], other: &[String]| {
        list.iter().filter(|name| other.contains(name)).cloned().collect::<Vec<_>>()
    };
    if kept(&before, &after) != kept(&after, &before) {
        lines.push(format!("{path}: the order is now {}", after.join(", ")));
    }
}

fn optional(path: &str, old: Option<&Value>, new: Option<&Value>, lines: &mut Vec<String>) {
    match (old, new) {
        (Some(old), Some(new)) => compare(path, old, new, lines),
        (Some(_), None) => lines.push(format!("{path}: gone")),
        (None, Some(new)) if new.is_object() || new.is_array() => {
            lines.push(format!("{path}: new"));
        }
        (None, Some(new)) => lines.push(format!("{path}: now {}", words(new))),
        (None, None) => {}
    }
}

fn named(list: &[Value]) -> bool {
    list.iter().all(|item| name(item).is_some())
}

fn name(item: &Value) -> Option<&str> {
    item.get("name").and_then(Value::as_str)
}

fn words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) if items.len() > 8 => format!("{} entries", items.len()),
        Value::Array(items) => items.iter().map(words).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}
