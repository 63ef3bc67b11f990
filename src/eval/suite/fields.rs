//! Reading fields out of a mapping, with errors that name the field and never quote a value.

use crate::config::name_hint;
use serde_json::{Map, Value};

/// The fields of a mapping, all of them known.
#[derive(Debug, Clone)]
pub struct Fields {
    map: Map<String, Value>,
}

impl Fields {
    /// The fields of `value`.
    ///
    /// # Errors
    /// It is not a mapping, or has a field that is not in `known`.
    pub fn of(value: &Value, known: &[&str]) -> Result<Self, String> {
        let Value::Object(map) = value else {
            return Err(format!("must be a mapping, not {}", kind(value)));
        };
        if let Some(name) = map.keys().find(|name| !known.contains(&name.as_str())) {
            let name: String = name.chars().take(40).collect();
            let hint = name_hint(&name, known.iter().copied()).unwrap_or_default();
            return Err(format!("`{name}` is not a field here ({hint})"));
        }
        Ok(Self { map: map.clone() })
    }

    /// The value of a field that is there and not null.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.map.get(name).filter(|value| !value.is_null())
    }

    /// Text.
    ///
    /// # Errors
    /// It is something else.
    pub fn text(&self, name: &str) -> Result<Option<String>, String> {
        self.get(name).map(|value| text(name, value)).transpose()
    }

    /// A list of texts; a single text is a list of one.
    ///
    /// # Errors
    /// It is something else.
    pub fn texts(&self, name: &str) -> Result<Vec<String>, String> {
        self.get(name).map_or(Ok(Vec::new()), |value| texts(name, value))
    }

    /// `true` or `false`; `false` if absent.
    ///
    /// # Errors
    /// It is something else.
    pub fn flag(&self, name: &str) -> Result<bool, String> {
        self.maybe_flag(name).map(|flag| flag.unwrap_or(false))
    }

    /// `true` or `false`, if it is there.
    ///
    /// # Errors
    /// It is something else.
    pub fn maybe_flag(&self, name: &str) -> Result<Option<bool>, String> {
        let read =
            |value: &Value| value.as_bool().ok_or_else(|| wrong(name, "true or false", value));
        self.get(name).map(read).transpose()
    }

    /// A number that is not negative.
    ///
    /// # Errors
    /// It is something else.
    pub fn number(&self, name: &str) -> Result<Option<f64>, String> {
        let read = |value: &Value| {
            let number = value.as_f64().filter(|number| *number >= 0.0 && number.is_finite());
            number.ok_or_else(|| wrong(name, "a number from 0", value))
        };
        self.get(name).map(read).transpose()
    }

    /// A whole number that is not negative.
    ///
    /// # Errors
    /// It is something else.
    pub fn whole(&self, name: &str) -> Result<Option<u64>, String> {
        let read = |value: &Value| {
            value.as_u64().ok_or_else(|| wrong(name, "a whole number from 0", value))
        };
        self.get(name).map(read).transpose()
    }

    /// A list; empty if absent.
    ///
    /// # Errors
    /// It is something else.
    pub fn list(&self, name: &str) -> Result<Vec<Value>, String> {
        match self.get(name) {
            None => Ok(Vec::new()),
            Some(Value::Array(items)) => Ok(items.clone()),
            Some(other) => Err(wrong(name, "a list", other)),
        }
    }

    /// A mapping; empty if absent.
    ///
    /// # Errors
    /// It is something else.
    pub fn mapping(&self, name: &str) -> Result<Map<String, Value>, String> {
        match self.get(name) {
            None => Ok(Map::new()),
            Some(Value::Object(map)) => Ok(map.clone()),
            Some(other) => Err(wrong(name, "a mapping", other)),
        }
    }
}

/// A value that must be text.
///
/// # Errors
/// It is something else.
pub fn text(name: &str, value: &Value) -> Result<String, String> {
    value.as_str().map(str::to_owned).ok_or_else(|| wrong(name, "text", value))
}

/// A value that must be text or a list of texts.
///
/// # Errors
/// It is something else.
pub fn texts(name: &str, value: &Value) -> Result<Vec<String>, String> {
    match value {
        Value::Array(items) => items.iter().map(|item| text(name, item)).collect(),
        one => text(name, one).map(|text| vec![text]),
    }
}

fn wrong(name: &str, wanted: &str, found: &Value) -> String {
    format!("`{name}` must be {wanted}, not {}", kind(found))
}

/// What a value is, in words.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(number) if number.as_f64().is_some_and(|it| it < 0.0) => "a negative number",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a mapping",
    }
}
