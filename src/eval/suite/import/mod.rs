//! Test sets of other tools as suites of ours, in JSON lines.
//!
//! Invariant: what a suite cannot say is an error, or is named in `skipped`; nothing is dropped in silence. Ids are made of
//! numbers and of ids that the tool gave, never of what a case says.

mod csv;
mod dataset;
mod promptfoo;

use super::source;
use serde_json::{Map, Value, json};
use std::path::Path;

/// Which tool wrote a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// promptfoo: a configuration with `tests`, or a list of tests, in YAML or JSON.
    Promptfoo,
    /// OpenAI Evals: JSON lines with `input` and `ideal`.
    OpenAiEvals,
    /// LangSmith: a dataset export in JSON lines, JSON or CSV.
    LangSmith,
    /// Phoenix: a dataset export in JSON lines, JSON or CSV.
    Phoenix,
}

/// How to read it.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The suite's name.
    pub name: String,
    /// The input field that holds the question.
    pub input_key: Option<String>,
    /// The output field that holds the expected answer.
    pub output_key: Option<String>,
    /// The check that an expected answer becomes.
    pub check: Option<String>,
    /// Leave out what a suite cannot say.
    pub skip_unknown: bool,
}

/// A suite as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The suite, in JSON lines.
    pub lines: String,
    /// Its cases.
    pub n_cases: usize,
    /// What was left out.
    pub skipped: Vec<String>,
}

/// Why there is no suite.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read.
    #[error(transparent)]
    Read(#[from] super::SuiteError),
    /// Something in it cannot become a suite.
    #[error("{file}: {message}")]
    Bad {
        /// The file.
        file: String,
        /// Where, what is wrong, and what to do.
        message: String,
    },
}

/// Cases in the making.
#[derive(Debug, Default)]
pub(super) struct Cases {
    /// Fields of the suite's head beside its name.
    pub(super) head: Map<String, Value>,
    /// The cases.
    pub(super) cases: Vec<Value>,
    /// What was left out.
    pub(super) skipped: Vec<String>,
}

/// Reads a file of another tool.
///
/// # Errors
/// See [`ImportError`].
pub fn import(from: From, path: &Path, options: &Options) -> Result<Imported, ImportError> {
    let text = source::load(path)?;
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let beside = |name: &str| {
        let file = path.parent().unwrap_or(Path::new("")).join(name);
        source::load(&file).map_err(|error| error.to_string())
    };
    with_files(from, ending, &text, options, &beside)
        .map_err(|message| ImportError::Bad { file: path.display().to_string(), message })
}

/// Converts text; `ending` is that of its file's name.
///
/// # Errors
/// Says where, what is wrong, and what to do.
pub fn convert(
    from: From,
    ending: &str,
    text: &str,
    options: &Options,
) -> Result<Imported, String> {
    let alone = |name: &str| Err(format!("`{name}` is a file of its own and cannot be read here"));
    with_files(from, ending, text, options, &alone)
}

fn with_files(
    from: From,
    ending: &str,
    text: &str,
    options: &Options,
    read: promptfoo::Reader<'_>,
) -> Result<Imported, String> {
    let cases = match from {
        From::Promptfoo => promptfoo::cases(text, options, read)?,
        From::OpenAiEvals => dataset::openai_evals(text, options)?,
        From::LangSmith | From::Phoenix => dataset::examples(ending, text, options)?,
    };
    if cases.cases.is_empty() {
        return Err("it holds no case".to_owned());
    }
    let mut head = Map::new();
    head.insert("suite".to_owned(), json!(options.name));
    head.insert("version".to_owned(), json!(1));
    head.extend(cases.head);
    let rows = std::iter::once(Value::Object(head)).chain(cases.cases.iter().cloned());
    let lines: String = rows.map(|row| format!("{row}\n")).collect();
    Ok(Imported { lines, n_cases: cases.cases.len(), skipped: cases.skipped })
}

/// An id that reports may show: the tool's own if it is made of plain letters, else a number.
fn id(own: Option<&Value>, at: usize) -> String {
    let own = own.map(|own| own.as_str().map_or_else(|| own.to_string(), str::to_owned));
    let plain = |id: &String| {
        !id.is_empty()
            && id.len() <= 64
            && id.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c))
    };
    own.filter(plain).unwrap_or_else(|| format!("case-{:04}", at + 1))
}
