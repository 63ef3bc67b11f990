//! The form of the file: unknown and doubled keys, wrong types, values out of range. It reports all of them and hands on
//! whatever is right.
//!
//! Invariant: what it hands on has the form that the schema asks for, apart from required fields, which may be absent.

use super::problem::{Problem, name_hint};
use super::tree::{Node, NodeValue, Position};
use serde_json::{Map, Number, Value};
use std::collections::BTreeMap;

/// What the check found.
#[derive(Debug, Default)]
pub(super) struct Checked {
    /// The right parts of the file.
    pub value: Value,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// Where every value stands, by path.
    pub places: Places,
    /// Paths of list entries of which nothing is left, so that nothing more is to be said about them.
    pub lost: Vec<String>,
}

/// Where every value stands, by path.
#[derive(Debug, Default)]
pub(super) struct Places(BTreeMap<String, Position>);

impl Places {
    /// Where the value at `path` stands, or the closest one around it that is in the file.
    pub(super) fn find(&self, path: &str) -> Option<Position> {
        let mut path = path;
        loop {
            if let Some(at) = self.0.get(path) {
                return Some(*at);
            }
            let cut = path.rfind(['.', '['])?;
            path = path.get(..cut)?;
        }
    }
}

/// Checks a tree against a schema without references. `aliases` are other names of top-level keys.
pub(super) fn check(root: &Node, schema: &Value, aliases: &[(&str, &str)]) -> Checked {
    let mut checked = Checked::default();
    let root = rename(root, aliases);
    checked.value = match &root.value {
        NodeValue::Null => Value::Object(Map::new()),
        _ => checked.node(&root, schema, "").unwrap_or_else(|| Value::Object(Map::new())),
    };
    checked
}

fn rename(root: &Node, aliases: &[(&str, &str)]) -> Node {
    let NodeValue::Map(entries) = &root.value else { return root.clone() };
    let meant = |key: &String| {
        let alias = aliases.iter().find(|(alias, _)| alias == key);
        alias.map_or_else(|| key.clone(), |(_, name)| (*name).to_owned())
    };
    let entries = entries.iter().map(|(key, at, node)| (meant(key), *at, node.clone())).collect();
    Node { at: root.at, value: NodeValue::Map(entries) }
}

impl Checked {
    fn report(&mut self, path: &str, at: Position, message: String, hint: Option<String>) {
        self.problems.push(Problem { path: path.to_owned(), at: Some(at), message, hint });
    }

    fn node(&mut self, node: &Node, schema: &Value, path: &str) -> Option<Value> {
        self.places.0.entry(path.to_owned()).or_insert(node.at);
        let schema = branch(schema, &node.value);
        if !accepts(schema, &node.value) {
            let hint = match &node.value {
                NodeValue::Bool(_) | NodeValue::Int(_) | NodeValue::Float(_)
                    if wants(schema, "string") =>
                {
                    Some("put it in quotes".to_owned())
                }
                NodeValue::Text(_) if wants(schema, "array") => {
                    Some("write a list: `[…]` or one `- …` a line".to_owned())
                }
                _ => None,
            };
            let message = format!("expected {}, found {}", expected(schema), node.value.kind());
            self.report(path, node.at, message, hint);
            return None;
        }
        match &node.value {
            NodeValue::Null => None,
            NodeValue::Bool(value) => Some(Value::Bool(*value)),
            NodeValue::Int(value) => self.number(node, schema, path, *value as f64, int(*value)?),
            NodeValue::Float(value) => {
                self.number(node, schema, path, *value, Number::from_f64(*value)?)
            }
            NodeValue::Text(text) => self.text(node, schema, path, text),
            NodeValue::List(items) => Some(self.list(items, schema, path)),
            NodeValue::Map(entries) => Some(self.map(node, entries, schema, path)),
        }
    }

    fn number(
        &mut self,
        node: &Node,
        schema: &Value,
        path: &str,
        value: f64,
        json: Number,
    ) -> Option<Value> {
        let unit = schema
            .get("x-unit")
            .and_then(Value::as_str)
            .map_or(String::new(), |unit| format!(" {unit}"));
        let bound = |name: &str| schema.get(name).and_then(Value::as_f64);
        if let Some(max) = bound("maximum").filter(|max| value > *max) {
            self.report(
                path,
                node.at,
                format!("{value} is above {max}"),
                Some(format!("at most {max}{unit}")),
            );
            return None;
        }
        if let Some(min) = bound("minimum").filter(|min| value < *min) {
            self.report(
                path,
                node.at,
                format!("{value} is below {min}"),
                Some(format!("at least {min}{unit}")),
            );
            return None;
        }
        Some(Value::Number(json))
    }

    fn text(&mut self, node: &Node, schema: &Value, path: &str, text: &str) -> Option<Value> {
        let choices = choices(schema);
        if choices.is_empty() || choices.contains(&text) {
            return Some(Value::String(text.to_owned()));
        }
        if schema.get("x-secret").is_some() {
            let hint = "keys do not belong into this file: name an environment variable in `api_key_env` or a file in \
                        `api_key_file`";
            self.report(
                path,
                node.at,
                "the only value is `none`".to_owned(),
                Some(hint.to_owned()),
            );
            return None;
        }
        let hint = name_hint(text, choices.iter().copied());
        self.report(path, node.at, "not one of the values that are possible here".to_owned(), hint);
        None
    }

    fn list(&mut self, items: &[Node], schema: &Value, path: &str) -> Value {
        let any = Value::Bool(true);
        let schema = schema.get("items").unwrap_or(&any);
        // An entry that is wrong as a whole keeps its place, so that the paths of those after it stay right.
        let empty = if wants(schema, "object") {
            Value::Object(Map::new())
        } else {
            Value::String(String::new())
        };
        let mut out = Vec::with_capacity(items.len());
        for (i, item) in items.iter().enumerate() {
            let path = format!("{path}[{i}]");
            let value = self.node(item, schema, &path).unwrap_or_else(|| {
                self.lost.push(path);
                empty.clone()
            });
            out.push(value);
        }
        Value::Array(out)
    }

    fn map(
        &mut self,
        node: &Node,
        entries: &[(String, Position, Node)],
        schema: &Value,
        path: &str,
    ) -> Value {
        let none = Map::new();
        let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&none);
        let further = schema.get("additionalProperties").filter(|further| further.is_object());
        let mut seen: BTreeMap<&str, Position> = BTreeMap::new();
        let mut out = Map::new();
        for (key, at, value) in entries {
            let path = join(path, key);
            if let Some((line, _)) = seen.insert(key, *at) {
                self.report(&path, *at, format!("given twice, first in line {line}"), None);
                continue;
            }
            let Some(schema) = properties.get(key).or(further) else {
                let hint = name_hint(key, properties.keys().map(String::as_str));
                self.report(&path, *at, "unknown key".to_owned(), hint);
                continue;
            };
            // A key with nothing behind it says nothing.
            if matches!(value.value, NodeValue::Null) {
                continue;
            }
            if let Some(value) = self.node(value, schema, &path) {
                out.insert(key.clone(), value);
            }
        }
        for key in schema.get("required").and_then(Value::as_array).into_iter().flatten() {
            let Some(key) = key.as_str() else { continue };
            let given = entries
                .iter()
                .any(|(name, _, value)| name == key && !matches!(value.value, NodeValue::Null));
            if !given {
                self.report(&join(path, key), node.at, "is missing".to_owned(), None);
            }
        }
        Value::Object(out)
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

fn int(value: i128) -> Option<Number> {
    i64::try_from(value).map(Number::from).or_else(|_| u64::try_from(value).map(Number::from)).ok()
}

/// Of a schema with alternatives, the one for a value of this kind, else the first.
fn branch<'a>(schema: &'a Value, value: &NodeValue) -> &'a Value {
    let Some(branches) = schema.get("anyOf").and_then(Value::as_array) else { return schema };
    let found =
        branches.iter().map(|schema| branch(schema, value)).find(|schema| accepts(schema, value));
    found.or(branches.first()).unwrap_or(schema)
}

fn accepts(schema: &Value, value: &NodeValue) -> bool {
    let Some(types) = types(schema) else { return true };
    types.iter().any(|name| match value {
        NodeValue::Null => *name == "null",
        NodeValue::Bool(_) => *name == "boolean",
        NodeValue::Int(value) => matches!(*name, "integer" | "number") && int(*value).is_some(),
        NodeValue::Float(value) => *name == "number" && value.is_finite(),
        NodeValue::Text(_) => *name == "string",
        NodeValue::List(_) => *name == "array",
        NodeValue::Map(_) => *name == "object",
    })
}

fn wants(schema: &Value, name: &str) -> bool {
    types(schema).is_some_and(|types| types.contains(&name))
}

fn types(schema: &Value) -> Option<Vec<&str>> {
    match schema.get("type") {
        Some(Value::String(name)) => Some(vec![name]),
        Some(Value::Array(names)) => Some(names.iter().filter_map(Value::as_str).collect()),
        _ if !choices(schema).is_empty() => Some(vec!["string"]),
        _ => None,
    }
}

fn expected(schema: &Value) -> String {
    let words = |name: &&str| match *name {
        "boolean" => Some("true or false"),
        "integer" => Some("a whole number"),
        "number" => Some("a number"),
        "string" => Some("text"),
        "array" => Some("a list"),
        "object" => Some("a mapping"),
        _ => None,
    };
    let names: Vec<&str> = types(schema).unwrap_or_default().iter().filter_map(words).collect();
    names.join(" or ")
}

/// The texts that a schema allows; empty if it allows any.
fn choices(schema: &Value) -> Vec<&str> {
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        return values.iter().filter_map(Value::as_str).collect();
    }
    if let Some(value) = schema.get("const").and_then(Value::as_str) {
        return vec![value];
    }
    let branches = schema.get("oneOf").and_then(Value::as_array).into_iter().flatten();
    branches.flat_map(choices).collect()
}
