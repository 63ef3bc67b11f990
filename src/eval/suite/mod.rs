//! Evaluation suites: cases with what they ask, what must hold of the answer, and, where it is known, what each target
//! answers.
//!
//! A suite that exists is usable: every check is compiled, ids are unique, recordings are complete and labels do not
//! contradict each other. All problems are reported at once with file, line and case.

mod build;
mod consistency;
pub mod fields;
pub mod import;
mod recorded;
mod source;
#[cfg(test)]
mod tests;

pub use recorded::Recorded;
pub use source::{Source, SuiteError, SuiteProblem};

use super::check::{Check, Expected, Tools};
use crate::units::NanoUsd;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// Fewest cases that a gate should rest on.
pub const ENOUGH_CASES: usize = 200;

/// A suite as meant.
#[derive(Debug, Clone)]
pub struct Suite {
    /// Its name.
    pub name: String,
    /// SHA-256 (first 16 hex digits) of its text.
    pub hash: String,
    /// Targets from cheap to strong. The first is where a request should end if it can.
    pub tiers: Vec<String>,
    /// Tools that write.
    pub writes: Vec<String>,
    /// What a task of this kind may cost.
    pub cost_class: Option<CostClass>,
    /// Who judges where a case asks for it.
    pub judge: Option<JudgeSpec>,
    /// The cases, in order.
    pub cases: Vec<Case>,
}

/// The range that the cost of a successful task should lie in.
#[derive(Debug, Clone, PartialEq)]
pub struct CostClass {
    /// Its name.
    pub name: String,
    /// Lower end.
    pub low: NanoUsd,
    /// Upper end.
    pub high: NanoUsd,
}

/// A judge model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgeSpec {
    /// The target that judges.
    pub target: String,
    /// What it looks for unless a case says otherwise.
    pub rubric: String,
}

/// One task: one request, or a conversation of several steps.
#[derive(Debug, Clone)]
pub struct Case {
    /// Its name, unique in the suite.
    pub id: String,
    /// Line in the file.
    pub line: u64,
    /// What an operator sorts by.
    pub tags: BTreeMap<String, String>,
    /// Whether the cheap tier is not enough, if the author says so.
    pub escalate: Option<bool>,
    /// The steps, in order; never empty.
    pub steps: Vec<Step>,
}

/// One request of a case.
#[derive(Debug, Clone)]
pub struct Step {
    /// Messages that come to the conversation before the request.
    pub messages: Vec<Value>,
    /// What tools called by the answer before are taken to have returned, by tool name.
    pub results: BTreeMap<String, String>,
    /// Every other field of the request.
    pub fields: Map<String, Value>,
    /// Headers of the request.
    pub headers: BTreeMap<String, String>,
    /// What must hold.
    pub checks: Vec<Check>,
    /// Calls that are needed; `None` if the author does not say.
    pub calls: Option<Vec<Expected>>,
    /// The tools on offer.
    pub tools: Tools,
    /// What targets answered once.
    pub recorded: BTreeMap<Arc<str>, Recorded>,
    /// Whether targets get it right.
    pub outcomes: BTreeMap<Arc<str>, bool>,
    /// What the judge said once of each target's answer.
    pub verdicts: BTreeMap<Arc<str>, Recorded>,
}

impl Step {
    /// Whether the step is answered by what the suite holds.
    pub fn is_canned(&self) -> bool {
        !self.recorded.is_empty()
    }
}

impl Case {
    /// Whether a target gets the whole case right, if the suite says so: in every step that has outcomes.
    pub fn outcome(&self, target: &str) -> Option<bool> {
        let known = self.steps.iter().filter_map(|step| step.outcomes.get(target));
        known.copied().reduce(|all, one| all && one)
    }

    /// Whether the case has to leave the first tier: what the author says, else whether the first tier fails and another one
    /// does not.
    pub fn should_escalate(&self, tiers: &[String]) -> Option<bool> {
        self.escalate.or_else(|| {
            let (first, others) = tiers.split_first()?;
            let cheap = self.outcome(first)?;
            let strong: Vec<bool> =
                others.iter().filter_map(|target| self.outcome(target)).collect();
            (!strong.is_empty()).then(|| !cheap && strong.contains(&true))
        })
    }
}

impl Suite {
    /// Reads a suite in YAML or JSON lines (by the file's ending). `targets` are the names in the configuration.
    ///
    /// # Errors
    /// The file cannot be read, or everything that is wrong with it.
    pub fn read(path: &Path, targets: &[String]) -> Result<Self, SuiteError> {
        let text = source::load(path)?;
        Self::parse(&path.display().to_string(), &text, source::is_lines(path), targets)
    }

    /// Reads a suite from text; `file` is its name in messages.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn parse(
        file: &str,
        text: &str,
        lines: bool,
        targets: &[String],
    ) -> Result<Self, SuiteError> {
        let mut problems = Vec::new();
        let suite = source::split(text, lines, &mut problems)
            .map(|source| build::build(source, source::hash(text), targets, &mut problems));
        match suite {
            Some(suite) if problems.is_empty() => Ok(suite),
            _ => Err(SuiteError::Bad { file: file.to_owned(), problems }),
        }
    }

    /// Names of all tools that it offers.
    pub fn tools(&self) -> std::collections::BTreeSet<String> {
        let steps = self.cases.iter().flat_map(|case| &case.steps);
        steps.flat_map(|step| step.tools.names()).map(str::to_owned).collect()
    }

    /// Whether anything in it is answered by what it holds.
    pub fn is_canned(&self) -> bool {
        self.cases.iter().any(|case| case.steps.iter().any(Step::is_canned))
    }
}
