//! From a file to its head and its cases as plain values, each with its line.

use crate::config::tree::{self, Node, NodeValue};
use serde_json::{Map, Number, Value};
use sha2::{Digest, Sha256};
use std::fmt;
use std::path::Path;

/// Why there is no suite.
#[derive(Debug, thiserror::Error)]
pub enum SuiteError {
    /// The file cannot be read.
    #[error("{0} cannot be read: {1}")]
    Read(String, std::io::Error),
    /// It is not a usable suite.
    #[error("{}", told(.file, .problems))]
    Bad {
        /// The file.
        file: String,
        /// Everything that is wrong; never empty.
        problems: Vec<SuiteProblem>,
    },
}

/// One thing that is wrong. Quotes names that the author gave, never what a case asks or answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuiteProblem {
    /// Line in the file, from 1; 0 if it is not in one.
    pub line: u64,
    /// The case, if it is in one.
    pub case: Option<String>,
    /// What is wrong and what to do.
    pub message: String,
}

/// Most problems that are printed.
const SHOWN: usize = 20;

fn told(file: &str, problems: &[SuiteProblem]) -> String {
    let mut lines: Vec<String> =
        problems.iter().take(SHOWN).map(|problem| format!("{file}:{problem}")).collect();
    if problems.len() > SHOWN {
        lines.push(format!("… and {} more problems", problems.len() - SHOWN));
    }
    lines.join("\n")
}

impl fmt::Display for SuiteProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "{}:", self.line)?;
        }
        match &self.case {
            Some(case) => write!(f, " case `{case}`: {}", self.message),
            None => write!(f, " {}", self.message),
        }
    }
}

/// A suite as written.
#[derive(Debug, Default)]
pub struct Source {
    /// Everything but the cases.
    pub head: Map<String, Value>,
    /// Each case with its line.
    pub cases: Vec<(u64, Value)>,
}

impl Source {
    /// Takes a suite's text apart without looking at what it means; `file` is its name in messages and tells the form.
    ///
    /// # Errors
    /// It is not YAML or JSON lines, or a key is there twice.
    pub fn parse(file: &Path, text: &str) -> Result<Self, SuiteError> {
        let mut problems = Vec::new();
        match split(text, is_lines(file), &mut problems) {
            Some(source) if problems.is_empty() => Ok(source),
            _ => Err(SuiteError::Bad { file: file.display().to_string(), problems }),
        }
    }

    /// Takes the file of a suite apart; gives back its hash too.
    ///
    /// # Errors
    /// As [`Source::parse`], or the file cannot be read.
    pub fn read(file: &Path) -> Result<(Self, String), SuiteError> {
        let text = load(file)?;
        Ok((Self::parse(file, &text)?, hash(&text)))
    }

    /// The suite's name, if it has one.
    pub fn name(&self) -> Option<&str> {
        self.head.get("suite").and_then(Value::as_str)
    }

    /// The id of a case, if it has one.
    pub fn id(case: &Value) -> Option<String> {
        match case.get("id")? {
            Value::String(id) => Some(id.clone()),
            Value::Number(id) => Some(id.to_string()),
            _ => None,
        }
    }

    /// The hash by which reports know a text.
    pub fn hash(text: &str) -> String {
        hash(text)
    }

    /// Whether it has the form of a suite: cases that ask something.
    pub fn is_suite(&self) -> bool {
        let asks = |case: &Value| {
            ["input", "messages", "turns"].iter().any(|field| case.get(field).is_some())
        };
        self.cases.iter().any(|(_, case)| Self::id(case).is_some() && asks(case))
    }
}

/// The text of a file.
pub fn load(path: &Path) -> Result<String, SuiteError> {
    std::fs::read_to_string(path)
        .map_err(|error| SuiteError::Read(path.display().to_string(), error))
}

/// Whether a file holds JSON lines.
pub fn is_lines(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "jsonl" || ending == "ndjson")
}

/// The first 16 hex digits of a text's SHA-256.
pub fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Takes a file apart; `None` after a problem that leaves nothing to look at.
pub fn split(text: &str, lines: bool, problems: &mut Vec<SuiteProblem>) -> Option<Source> {
    if lines { split_lines(text, problems) } else { split_yaml(text, problems) }
}

fn problem(line: u64, message: impl Into<String>) -> SuiteProblem {
    SuiteProblem { line, case: None, message: message.into() }
}

fn split_lines(text: &str, problems: &mut Vec<SuiteProblem>) -> Option<Source> {
    let mut source = Source::default();
    for (line, text) in (1..).zip(text.lines()).filter(|(_, text)| !text.trim().is_empty()) {
        match serde_json::from_str::<Value>(text) {
            Ok(Value::Object(map)) if map.contains_key("suite") && !map.contains_key("id") => {
                if !source.head.is_empty() || !source.cases.is_empty() {
                    problems.push(problem(
                        line,
                        "the line with `suite` must be the first, and the only one",
                    ));
                }
                source.head = map;
            }
            Ok(value) => source.cases.push((line, value)),
            // What serde says of a syntax error is a place and what stands there by kind.
            Err(error) => {
                problems.push(problem(line, format!("not JSON (column {})", error.column())));
            }
        }
    }
    Some(source)
}

fn split_yaml(text: &str, problems: &mut Vec<SuiteProblem>) -> Option<Source> {
    let root = match tree::parse(text) {
        Ok(root) => root,
        Err((at, message)) => {
            problems.push(problem(at.map_or(0, |(line, _)| line), format!("not YAML: {message}")));
            return None;
        }
    };
    let NodeValue::Map(entries) = root.value else {
        let message =
            "a suite is a mapping with `suite` and `cases` (JSON lines need the ending .jsonl)";
        problems.push(problem(root.at.0, message));
        return None;
    };
    let mut source = Source::default();
    for (name, at, node) in entries {
        match node.value {
            NodeValue::List(items) if name == "cases" => {
                for item in items {
                    let line = item.at.0;
                    let value = value(item, problems);
                    source.cases.push((line, value));
                }
            }
            _ if name == "cases" => problems.push(problem(at.0, "`cases` must be a list")),
            _ => {
                let value = value(node, problems);
                if source.head.insert(name.clone(), value).is_some() {
                    problems.push(problem(at.0, format!("`{name}` is there twice")));
                }
            }
        }
    }
    Some(source)
}

/// A node as JSON. A key that is there twice is a problem, as one of the two would be lost.
fn value(node: Node, problems: &mut Vec<SuiteProblem>) -> Value {
    match node.value {
        NodeValue::Null => Value::Null,
        NodeValue::Bool(flag) => Value::Bool(flag),
        NodeValue::Int(int) => i64::try_from(int)
            .map(Number::from)
            .or_else(|_| u64::try_from(int).map(Number::from))
            .map_or(Value::Null, Value::Number),
        NodeValue::Float(float) => Number::from_f64(float).map_or(Value::Null, Value::Number),
        NodeValue::Text(text) => Value::String(text),
        NodeValue::List(items) => {
            Value::Array(items.into_iter().map(|item| value(item, problems)).collect())
        }
        NodeValue::Map(entries) => {
            let mut map = Map::new();
            for (name, at, node) in entries {
                let value = value(node, problems);
                if map.insert(name, value).is_some() {
                    problems.push(problem(at.0, "a key is there twice"));
                }
            }
            Value::Object(map)
        }
    }
}
