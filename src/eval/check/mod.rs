//! Checks: what must hold of an answer, and of the way to it.
//!
//! Invariant: a reason names the check, places and counts, and what the suite's author wrote as a name; never text of a
//! request or an answer.

pub mod calls;
mod policy;
mod privacy;
mod schema;
mod text;

pub use calls::{CallCounts, Expected, Tools};
pub use policy::{Budget, Policy, known_target as policy_target};
pub use privacy::NoPii;
pub use schema::Schema;
pub use text::{Citation, Contains, Label, Pattern};

use super::suite::fields::{self, Fields};
use crate::chat::RequestRecord;
use crate::config::name_hint;
use crate::pipeline::Sent;
use crate::privacy::detect::Detectors;
use crate::units::NanoUsd;
use serde_json::Value;

/// The checks by their names in a suite.
pub const NAMES: &[&str] = &[
    "exact",
    "starts_with",
    "contains",
    "regex",
    "json_schema",
    "label",
    "tool_calls",
    "citation",
    "no_pii",
    "policy",
    "budget",
    "judge",
];

/// Something that must hold.
#[derive(Debug, Clone)]
pub enum Check {
    /// The answer is one of these, white space at its ends aside.
    Exact(Vec<String>),
    /// The answer begins with one of these, white space before it aside.
    StartsWith(Vec<String>),
    /// Parts that the answer has or lacks.
    Contains(Contains),
    /// A regular expression that matches somewhere in it, or nowhere.
    Regex(Pattern),
    /// The answer is JSON that a schema allows.
    JsonSchema(Schema),
    /// The answer gives a label.
    Label(Label),
    /// The tool calls are these.
    ToolCalls(calls::Equality),
    /// Sources are cited, and only given ones.
    Citation(Citation),
    /// No personal data left or came out.
    NoPii(NoPii),
    /// The rules were kept.
    Policy(Policy),
    /// Cost and time.
    Budget(Budget),
    /// A judge model agrees with a rubric.
    Judge {
        /// What the judge is to look for.
        rubric: String,
    },
}

/// What a suite says once for all its checks.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// All labels.
    pub labels: &'a [String],
    /// The names of the configuration's targets.
    pub targets: &'a [String],
    /// The rubric of the suite's judge; `None` without a judge.
    pub judge: Option<&'a str>,
}

/// A tool call of an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Its id.
    pub id: String,
    /// The function's name.
    pub name: String,
    /// Its arguments; `None` if they are not JSON.
    pub arguments: Option<Value>,
    /// Its arguments as they came.
    pub raw: String,
}

impl Call {
    /// A call with arguments as they came.
    pub fn new(id: String, name: String, raw: String) -> Self {
        Self { id, name, arguments: serde_json::from_str(&raw).ok(), raw }
    }
}

/// An answer as a client reads it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    /// Its text.
    pub text: String,
    /// Its tool calls.
    pub calls: Vec<Call>,
}

impl Answer {
    /// A recorded choice as a client would read it.
    pub fn of(choice: &crate::chat::Choice) -> Self {
        let read = |call: &crate::chat::ResponseToolCall| {
            Call::new(call.id.clone(), call.name.clone(), call.arguments.clone())
        };
        let calls = choice.tool_calls.iter().map(read);
        Self { text: choice.text.clone().unwrap_or_default(), calls: calls.collect() }
    }
}

/// One step of a case after it ran.
#[derive(Clone, Copy)]
pub struct Observed<'a> {
    /// The answer; `None` if there was none.
    pub answer: Option<&'a Answer>,
    /// What the ledger keeps.
    pub record: &'a RequestRecord,
    /// What targets got.
    pub sent: &'a [Sent],
    /// The texts of the request, as the client wrote them.
    pub asked: &'a [String],
    /// The step's cost.
    pub cost: Option<NanoUsd>,
    /// The detectors.
    pub detectors: &'a Detectors,
    /// Types that the operator keeps as they are.
    pub kept: &'a [crate::chat::EntityType],
    /// Names of tools that write.
    pub writes: &'a [String],
}

impl Check {
    /// Reads a check: a mapping with its name and what it asks.
    ///
    /// # Errors
    /// Says what is wrong with it and what would be right.
    pub fn compile(value: &Value, scope: Scope<'_>) -> Result<Self, String> {
        let example = "write it like `{contains: \"refund\"}`";
        let Value::Object(map) = value else {
            return Err(format!("a check must be a mapping with its name ({example})"));
        };
        let mut entries = map.iter();
        let (Some((name, given)), None) = (entries.next(), entries.next()) else {
            return Err(format!(
                "a check has exactly one name, this has {} ({example})",
                map.len()
            ));
        };
        let check = match name.as_str() {
            "exact" => some("exact", given).map(Self::Exact),
            "starts_with" => some("starts_with", given).map(Self::StartsWith),
            "contains" => Contains::compile(given).map(Self::Contains),
            "regex" => Pattern::compile(given).map(Self::Regex),
            "json_schema" => Schema::compile(given).map(Self::JsonSchema),
            "label" => Label::compile(given, scope.labels).map(Self::Label),
            "tool_calls" => calls::Equality::compile(given).map(Self::ToolCalls),
            "citation" => Citation::compile(given).map(Self::Citation),
            "no_pii" => NoPii::compile(given).map(Self::NoPii),
            "policy" => Policy::compile(given, scope.targets).map(Self::Policy),
            "budget" => Budget::compile(given).map(Self::Budget),
            "judge" => judge(given, scope.judge),
            other => {
                let other: String = other.chars().take(40).collect();
                let hint = name_hint(&other, NAMES.iter().copied()).unwrap_or_default();
                return Err(format!("there is no check `{other}` ({hint})"));
            }
        };
        check.map_err(|problem| format!("check `{name}`: {problem}"))
    }

    /// Its name in a suite.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Exact(_) => "exact",
            Self::StartsWith(_) => "starts_with",
            Self::Contains(_) => "contains",
            Self::Regex(_) => "regex",
            Self::JsonSchema(_) => "json_schema",
            Self::Label(_) => "label",
            Self::ToolCalls(_) => "tool_calls",
            Self::Citation(_) => "citation",
            Self::NoPii(_) => "no_pii",
            Self::Policy(_) => "policy",
            Self::Budget(_) => "budget",
            Self::Judge { .. } => "judge",
        }
    }

    /// Whether it needs the words of an answer, which a bare outcome does not have.
    pub fn needs_answer(&self) -> bool {
        !matches!(self, Self::Policy(_) | Self::Budget(_) | Self::NoPii(_))
    }

    /// Looks whether it holds. A judge is asked elsewhere; here it holds.
    ///
    /// # Errors
    /// The reason why not.
    pub fn run(&self, seen: &Observed<'_>) -> Result<(), String> {
        match self {
            Self::Policy(policy) => return policy.run(seen),
            Self::NoPii(check) => return check.run(seen),
            Self::Budget(budget) => return budget.run(seen),
            _ => {}
        }
        match seen.answer {
            Some(answer) => self.judge_words(answer),
            None => Err("there is no answer".to_owned()),
        }
    }

    /// Whether it holds of an answer by itself; `None` if more than the answer decides.
    pub fn of_answer(&self, answer: &Answer) -> Option<bool> {
        let decides = self.needs_answer() && !matches!(self, Self::Judge { .. });
        decides.then(|| self.judge_words(answer).is_ok())
    }

    fn judge_words(&self, answer: &Answer) -> Result<(), String> {
        match self {
            Self::Exact(any) => text::exact(&answer.text, any),
            Self::StartsWith(any) => text::starts_with(&answer.text, any),
            Self::Contains(parts) => parts.run(&answer.text),
            Self::Regex(pattern) => pattern.run(&answer.text),
            Self::JsonSchema(schema) => schema.run(&answer.text),
            Self::Label(label) => label.run(&answer.text),
            Self::ToolCalls(expected) => expected.run(&answer.calls),
            Self::Citation(citation) => citation.run(&answer.text),
            Self::Policy(_) | Self::NoPii(_) | Self::Budget(_) | Self::Judge { .. } => Ok(()),
        }
    }
}

/// One or more texts.
fn some(name: &str, given: &Value) -> Result<Vec<String>, String> {
    let texts = fields::texts(name, given)?;
    if texts.is_empty() {
        Err("the list is empty: give at least one text".to_owned())
    } else {
        Ok(texts)
    }
}

fn judge(given: &Value, default: Option<&str>) -> Result<Check, String> {
    let Some(default) = default else {
        return Err(
            "the suite names no judge: add `judge: {target: NAME, rubric: \"…\"}`".to_owned()
        );
    };
    let own = match given {
        Value::Bool(true) => None,
        Value::Object(_) => Fields::of(given, &["rubric"])?.text("rubric")?,
        other => Some(fields::text("judge", other)?),
    };
    let rubric = own.unwrap_or_else(|| default.to_owned());
    if rubric.trim().is_empty() {
        return Err("there is no rubric: say what makes an answer good".to_owned());
    }
    Ok(Check::Judge { rubric })
}

#[cfg(test)]
mod tests;
