//! How good the edge pack is, question by question, on a folder of labelled JSON lines.
//!
//! `entities.jsonl`: `{"group", "set", "text", "spans": [[start, end, type], …], "scored": [type, …]}`, offsets in code
//! points; without `scored` every type counts; a span of type `OPEN` is neither asked for nor held against. Texts of the
//! group `clean` hold nothing. `intents.jsonl`: `{"split": "train" | "test" | "oos_test", "text", "intent"}`.
//! `injection.jsonl`: `{"set", "text", "label": 0 | 1}`. `tasks.jsonl`: `{"text", "task"}`. `keep.jsonl`: `{"text", "keep":
//! [[start, end, worth], …]}` with the words, offsets in code points, and worth 1 for what must stay. A file that is not there
//! is left out of the report.

mod clean;
mod entities;
mod injection;
mod intents;
mod words;

use super::metric::Estimate;
use crate::analyze::EmbedError;
use crate::inference::{InferenceError, Reading, Runtime};
use crate::privacy::detect::{Detectors, undisguised};
use entities::{EntityRow, entities};
use injection::{InjectionRow, injection};
use intents::{IntentRow, intents};
use serde::de::DeserializeOwned;
use std::path::Path;
use std::sync::Arc;
use words::{KeepRow, TaskRow, keep, tasks};

pub use clean::{Alarm, Alarms, alarms};

/// Texts read in one call.
const BATCH: usize = 64;

/// One line of a report.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Line {
    /// Which texts.
    pub group: String,
    /// Which measure.
    pub measure: String,
    /// Its value.
    #[serde(flatten)]
    pub estimate: Estimate,
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum EvalError {
    /// A file cannot be read.
    #[error("{0} cannot be read: {1}")]
    Read(String, std::io::Error),
    /// A line is not what the file should hold.
    #[error("{file}:{line}: {error}")]
    Line {
        /// The file.
        file: String,
        /// Counted from 1.
        line: usize,
        /// What is wrong.
        error: serde_json::Error,
    },
    /// The report cannot be written.
    #[error("the report cannot be written: {0}")]
    Write(#[from] std::io::Error),
    /// The folder holds none of the files.
    #[error(
        "{0} holds none of entities.jsonl, intents.jsonl, injection.jsonl, tasks.jsonl, keep.jsonl"
    )]
    Empty(String),
    /// The model failed.
    #[error(transparent)]
    Model(#[from] InferenceError),
    /// The intents could not be fitted.
    #[error("intents: {0}")]
    Intents(#[from] EmbedError),
}

/// What is measured.
pub struct Subject<'a> {
    /// The models.
    pub runtime: &'a Runtime,
    /// The detectors.
    pub detectors: &'a Detectors,
}

/// Measures everything that the folder has text for; `show` gets the lines of each file as they are known.
///
/// # Errors
/// See [`EvalError`].
pub async fn run(
    subject: &Subject<'_>,
    folder: &Path,
    mut show: impl FnMut(&[Line]) -> std::io::Result<()>,
) -> Result<(), EvalError> {
    let mut any = false;
    let mut lines = Vec::new();
    let mut done = |lines: &mut Vec<Line>| {
        any = true;
        show(lines).map(|()| lines.clear())
    };
    if let Some(rows) = read::<EntityRow>(&folder.join("entities.jsonl"))? {
        entities(subject, &rows, &mut lines).await?;
        done(&mut lines)?;
    }
    if let Some(rows) = read::<InjectionRow>(&folder.join("injection.jsonl"))? {
        injection(subject, &rows, &mut lines).await?;
        done(&mut lines)?;
    }
    if let Some(rows) = read::<TaskRow>(&folder.join("tasks.jsonl"))? {
        tasks(subject, &rows, &mut lines).await?;
        done(&mut lines)?;
    }
    if let Some(rows) = read::<KeepRow>(&folder.join("keep.jsonl"))? {
        keep(subject, &rows, &mut lines).await?;
        done(&mut lines)?;
    }
    if let Some(rows) = read::<IntentRow>(&folder.join("intents.jsonl"))? {
        intents(subject, &rows, &mut lines).await?;
        done(&mut lines)?;
    }
    if any { Ok(()) } else { Err(EvalError::Empty(folder.display().to_string())) }
}

/// The rows of a file; `None` if there is no such file.
fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<Vec<T>>, EvalError> {
    let name = path.display().to_string();
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(EvalError::Read(name, error)),
    };
    let rows = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let rows = rows.map(|(at, line)| {
        serde_json::from_str(line).map_err(|error| EvalError::Line {
            file: name.clone(),
            line: at + 1,
            error,
        })
    });
    rows.collect::<Result<_, _>>().map(Some)
}

async fn readings(subject: &Subject<'_>, texts: &[&str]) -> Result<Vec<Arc<Reading>>, EvalError> {
    let mut out = Vec::with_capacity(texts.len());
    for batch in texts.chunks(BATCH) {
        let plain: Vec<_> = batch.iter().map(|text| undisguised(text)).collect();
        let plain: Vec<&str> = plain.iter().map(AsRef::as_ref).collect();
        out.extend(subject.runtime.read(&plain).await?);
    }
    Ok(out)
}
