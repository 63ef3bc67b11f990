//! Which suites a change concerns: digests of what a suite asks, of the tools it offers, of the context it gives and of the
//! part of the configuration that it can reach, each of which changes for one kind of reason.
//!
//! Pure functions over suites and configurations. A change is told by names, counts and the ids of cases, never by the text
//! of a case; what the configuration says is told as `config` tells it on a reload.

mod configuration;
mod parts;

pub use configuration::{Needs, configuration};
pub use parts::Parts;

use super::suite::Source;
use serde::Serialize;
use serde_json::Value;

/// What kind of change concerns a suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The suite was not there.
    New,
    /// System prompts, cases, checks, settings of the suite.
    Prompt,
    /// Schemas of tools, and which of them are offered.
    Tools,
    /// Context that is given: tool results, documents, sources that may be cited.
    Retrieval,
    /// The configuration, as far as requests of the suite can reach it.
    Model,
    /// The suite's text differs from a report's.
    Suite,
    /// The configuration differs from a report's.
    Configuration,
}

impl Kind {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Prompt => "prompt",
            Self::Tools => "tools",
            Self::Retrieval => "retrieval",
            Self::Model => "model",
            Self::Suite => "suite",
            Self::Configuration => "configuration",
        }
    }
}

/// One reason to run a suite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Its kind.
    pub kind: Kind,
    /// What changed.
    pub what: String,
}

impl Change {
    /// A change.
    pub fn new(kind: Kind, what: impl Into<String>) -> Self {
        Self { kind, what: what.into() }
    }
}

/// SHA-256 (first 16 hex digits) of a value in canonical form: the order of keys and the writing of whole numbers do not count.
pub fn digest(value: &Value) -> String {
    let mut text = String::new();
    canonical(value, &mut text);
    Source::hash(&text)
}

fn canonical(value: &Value, out: &mut String) {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_unstable_by_key(|(key, _)| *key);
            out.push('{');
            for (key, value) in entries {
                out.push_str(&Value::String(key.clone()).to_string());
                out.push(':');
                canonical(value, out);
                out.push(',');
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for item in items {
                canonical(item, out);
                out.push(',');
            }
            out.push(']');
        }
        Value::Number(number) => match number.as_f64().filter(|_| number.is_f64()) {
            // Up to 2^53 a float that is whole is that whole number.
            Some(float) if float.fract() == 0.0 && float.abs() < 9e15 => {
                out.push_str(&(float as i64).to_string());
            }
            _ => out.push_str(&number.to_string()),
        },
        other => out.push_str(&other.to_string()),
    }
}

#[cfg(test)]
mod tests;
