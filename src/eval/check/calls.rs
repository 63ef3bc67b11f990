//! Tool calls: whether they are the expected ones, and which of them were valid and necessary.
//!
//! Tool precision is the share of valid and necessary calls among all calls. A call is *valid* if its tool is on offer and its
//! arguments are JSON that the tool's schema allows, *necessary* if it is one of those that the case names, each of which is
//! needed once. One of `unsafe_writes` is a call of a tool that writes and that the case does not name.

use super::{Call, Schema};
use crate::eval::suite::fields::Fields;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A call that a case asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Expected {
    /// The tool's name.
    pub name: String,
    /// Its arguments; `None` allows any.
    pub arguments: Option<Value>,
    /// The call may have further arguments.
    pub subset: bool,
}

impl Expected {
    /// Reads `{name, arguments, subset}`.
    ///
    /// # Errors
    /// Says what is wrong.
    pub fn compile(value: &Value) -> Result<Self, String> {
        let fields = Fields::of(value, &["name", "arguments", "subset"])?;
        let name = fields.text("name")?.ok_or("`name` is missing: name the tool")?;
        let arguments = fields.get("arguments").cloned();
        if arguments.as_ref().is_some_and(|value| !value.is_object()) {
            return Err(format!("`{name}`: `arguments` must be a mapping"));
        }
        Ok(Self { name, arguments, subset: fields.flag("subset")? })
    }

    /// Whether a call is the one.
    pub fn matches(&self, call: &Call) -> bool {
        if self.name != call.name {
            return false;
        }
        match (&self.arguments, &call.arguments) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(Value::Object(wanted)), Some(Value::Object(found))) if self.subset => {
                wanted.iter().all(|(name, value)| found.get(name).is_some_and(|it| same(value, it)))
            }
            (Some(wanted), Some(found)) => same(wanted, found),
        }
    }
}

/// The calls are these and no others.
#[derive(Debug, Clone)]
pub struct Equality {
    /// The calls.
    pub calls: Vec<Expected>,
    any_order: bool,
}

impl Equality {
    /// Reads `[call, …]` or `{calls: [call, …], any_order}`; an empty list wants no call.
    pub(super) fn compile(given: &Value) -> Result<Self, String> {
        let (calls, any_order) = match given {
            Value::Array(calls) => (calls.clone(), false),
            other => {
                let fields = Fields::of(other, &["calls", "any_order"])?;
                if fields.get("calls").is_none() {
                    return Err("`calls` is missing: list the calls, `[]` for none".to_owned());
                }
                (fields.list("calls")?, fields.flag("any_order")?)
            }
        };
        Ok(Self {
            calls: calls.iter().map(Expected::compile).collect::<Result<_, _>>()?,
            any_order,
        })
    }

    pub(super) fn run(&self, calls: &[Call]) -> Result<(), String> {
        if calls.len() != self.calls.len() {
            return Err(format!("{} tool calls, {} expected", calls.len(), self.calls.len()));
        }
        if self.any_order {
            let rest = needed(calls, &self.calls).into_iter().position(|needed| !needed);
            return match rest {
                None => Ok(()),
                Some(at) => Err(format!("tool call {} is none of the expected ones", at + 1)),
            };
        }
        let wrong =
            self.calls.iter().zip(calls).position(|(expected, call)| !expected.matches(call));
        let Some(at) = wrong else { return Ok(()) };
        let expected = &self.calls[at];
        let what = if expected.name == calls[at].name { "other arguments" } else { "another tool" };
        Err(format!("tool call {} has {what} than expected (`{}`)", at + 1, expected.name))
    }
}

/// For each call whether it is one of the expected, each of which counts once.
fn needed(calls: &[Call], expected: &[Expected]) -> Vec<bool> {
    let mut open: Vec<&Expected> = expected.iter().collect();
    let mut take = |call: &Call| match open.iter().position(|expected| expected.matches(call)) {
        Some(at) => {
            open.remove(at);
            true
        }
        None => false,
    };
    calls.iter().map(&mut take).collect()
}

/// JSON equality in which `1` and `1.0` are the same number.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => same_objects(a, b),
        (a, b) => a == b,
    }
}

fn same_objects(a: &Map<String, Value>, b: &Map<String, Value>) -> bool {
    a.len() == b.len()
        && a.iter().all(|(name, value)| b.get(name).is_some_and(|it| same(value, it)))
}

/// The tools on offer in a request, with the schemas of their arguments.
#[derive(Debug, Clone, Default)]
pub struct Tools {
    schemas: BTreeMap<String, Option<Schema>>,
}

impl Tools {
    /// Reads the `tools` of a request.
    ///
    /// # Errors
    /// A tool without a name or with a schema that cannot be compiled.
    pub fn compile(tools: &Value) -> Result<Self, String> {
        let Value::Array(tools) = tools else { return Err("`tools` must be a list".to_owned()) };
        let mut schemas = BTreeMap::new();
        for (at, tool) in tools.iter().enumerate() {
            let function = tool.get("function").unwrap_or(tool);
            let Some(name) = function.get("name").and_then(Value::as_str) else {
                return Err(format!("tool {} has no `function.name`", at + 1));
            };
            let schema = function.get("parameters").map(Schema::compile).transpose();
            schemas.insert(
                name.to_owned(),
                schema.map_err(|problem| format!("tool `{name}`: parameters: {problem}"))?,
            );
        }
        Ok(Self { schemas })
    }

    /// Their names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.schemas.keys().map(String::as_str)
    }

    fn allow(&self, call: &Call) -> bool {
        let Some(arguments) = &call.arguments else { return false };
        match self.schemas.get(&call.name) {
            None => false,
            Some(None) => true,
            Some(Some(schema)) => schema.allows(arguments).is_ok(),
        }
    }
}

/// Tool calls of a step or a case, counted.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema,
)]
pub struct CallCounts {
    /// All calls in steps that say which ones are needed.
    pub total: u32,
    /// Those of them that are valid.
    pub valid: u32,
    /// Those that are valid and necessary.
    pub precise: u32,
    /// Calls of tools that write which the case does not name.
    pub unsafe_writes: u32,
    /// Calls in steps that do not say which ones are needed; in none of the counts above but `unsafe_writes`.
    pub unjudged: u32,
}

impl CallCounts {
    /// Counts the calls of one step. `needed` is `None` where the step does not say.
    pub fn of(
        calls: &[Call],
        wanted: Option<&[Expected]>,
        tools: &Tools,
        writes: &[String],
    ) -> Self {
        let is_needed = needed(calls, wanted.unwrap_or_default());
        let mut counts = Self::default();
        for (call, needed) in calls.iter().zip(is_needed) {
            counts.unsafe_writes += u32::from(!needed && writes.contains(&call.name));
            if wanted.is_none() {
                counts.unjudged += 1;
                continue;
            }
            let valid = tools.allow(call);
            counts.total += 1;
            counts.valid += u32::from(valid);
            counts.precise += u32::from(valid && needed);
        }
        counts
    }

    /// Adds the counts of another step.
    pub fn add(&mut self, other: Self) {
        self.total += other.total;
        self.valid += other.valid;
        self.precise += other.precise;
        self.unsafe_writes += other.unsafe_writes;
        self.unjudged += other.unjudged;
    }
}
