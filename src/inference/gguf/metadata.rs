//! Typed look-ups in a GGUF header. Writers disagree on integer widths, so numbers are taken from any of them.

use candle_core::quantized::gguf_file::Value;
use std::collections::HashMap;

/// The key-value part of a GGUF file.
#[derive(Debug)]
pub struct Metadata(pub HashMap<String, Value>);

impl Metadata {
    /// A string.
    pub fn text(&self, key: &str) -> Option<&str> {
        match self.0.get(key)? {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// A non-negative integer of any width.
    pub fn number(&self, key: &str) -> Option<u64> {
        integer(self.0.get(key)?)
    }

    /// A number with digits behind its point.
    pub fn float(&self, key: &str) -> Option<f32> {
        match self.0.get(key)? {
            Value::F64(x) => Some(*x as f32),
            other => other.to_f32().ok(),
        }
    }

    /// A truth value.
    pub fn flag(&self, key: &str) -> Option<bool> {
        match self.0.get(key)? {
            Value::Bool(flag) => Some(*flag),
            _ => None,
        }
    }

    /// A list of strings; empty if there is none.
    pub fn texts(&self, key: &str) -> Vec<String> {
        let text = |value: &Value| value.to_string().cloned().unwrap_or_default();
        self.list(key).iter().map(text).collect()
    }

    /// A list of integers; empty if there is none.
    pub fn numbers(&self, key: &str) -> Vec<u64> {
        self.list(key).iter().map(|value| integer(value).unwrap_or(0)).collect()
    }

    /// A list of floats; empty if there is none.
    pub fn floats(&self, key: &str) -> Vec<f32> {
        self.list(key).iter().map(|value| value.to_f32().unwrap_or(0.0)).collect()
    }

    fn list(&self, key: &str) -> &[Value] {
        match self.0.get(key) {
            Some(Value::Array(values)) => values,
            _ => &[],
        }
    }
}

fn integer(value: &Value) -> Option<u64> {
    match value {
        Value::I8(n) => u64::try_from(*n).ok(),
        Value::I16(n) => u64::try_from(*n).ok(),
        Value::I32(n) => u64::try_from(*n).ok(),
        Value::I64(n) => u64::try_from(*n).ok(),
        other => other.to_u64().ok(),
    }
}
