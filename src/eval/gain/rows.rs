//! Labelled outcomes as JSON lines, and what the edge pack reads in their texts.
//!
//! A line: `{"id", "prompt" | "messages", "outcomes": {"target or tier": 0 | 1 | score | true | false}}`, with `category` (which
//! kind of work it is) and `held_out` (a row to report apart) if the data have them. Of messages the last user turn counts, as in
//! serving.

use crate::analyze::EmbeddingCache;
use crate::analyze::gain::{Example, Seen};
use crate::chat::TASKS;
use crate::inference::{InferenceError, Reading, Runtime};
use crate::privacy::detect::undisguised;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Texts read in one call.
const BATCH: usize = 32;

/// Why rows cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RowsError {
    /// A file cannot be read.
    #[error("{0} cannot be read: {1}")]
    Read(PathBuf, std::io::Error),
    /// A line is not what it should be.
    #[error("{file}:{line}: {problem}")]
    Line {
        /// The file.
        file: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is wrong, without the line's text.
        problem: String,
    },
    /// Nobody has outcomes of that name.
    #[error("no row of {file} has an outcome of `{name}`; there are {known}")]
    NoOutcome {
        /// The file.
        file: PathBuf,
        /// The name that was asked for.
        name: String,
        /// The names that there are.
        known: String,
    },
    /// The model failed.
    #[error(transparent)]
    Model(#[from] InferenceError),
    /// What was read cannot be kept.
    #[error("readings cannot be kept: {0}")]
    Cache(std::io::Error),
}

/// One text with what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The text that decides.
    pub text: String,
    /// Success by target or tier, 0–1.
    pub outcomes: BTreeMap<String, f32>,
    /// Its kind of work, if given.
    pub category: Option<Arc<str>>,
    /// Whether it is reported apart.
    pub held_out: bool,
}

/// A file of rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows {
    /// Where they are from.
    pub file: PathBuf,
    /// The rows.
    pub rows: Vec<Row>,
    /// SHA-256 of the file.
    pub sha256: String,
    /// Texts that occur more than once with different outcomes.
    pub contradictions: usize,
}

#[derive(Deserialize)]
struct Line {
    id: Option<Value>,
    prompt: Option<String>,
    messages: Option<Vec<Message>>,
    outcomes: Option<BTreeMap<String, Value>>,
    category: Option<String>,
    #[serde(default)]
    held_out: bool,
}

#[derive(Deserialize)]
struct Message {
    role: String,
    content: String,
}

impl Rows {
    /// Reads a file.
    ///
    /// # Errors
    /// [`RowsError::Read`], or [`RowsError::Line`] for a line without text or outcomes, with an id or a score that cannot be.
    pub fn read(file: &Path) -> Result<Self, RowsError> {
        let bytes = std::fs::read(file).map_err(|error| RowsError::Read(file.to_owned(), error))?;
        let sha256 = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        let mut rows = Vec::new();
        let mut lines_of: HashMap<String, usize> = HashMap::new();
        for (at, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let bad =
                |problem: String| RowsError::Line { file: file.to_owned(), line: at + 1, problem };
            // What serde says of values would quote them.
            let line: Line = serde_json::from_slice(line).map_err(|error| {
                bad(format!(
                    "not a row with `prompt` or `messages` and `outcomes` (column {})",
                    error.column()
                ))
            })?;
            if let Some(id) = &line.id
                && let Some(before) = lines_of.insert(id.to_string(), at + 1)
            {
                return Err(bad(format!("has the id of line {before}; ids must be unique")));
            }
            rows.push(row(line).map_err(bad)?);
        }
        let mut first: HashMap<&str, &BTreeMap<String, f32>> = HashMap::new();
        let mut contradictions = 0;
        for row in &rows {
            let outcomes = first.entry(&row.text).or_insert(&row.outcomes);
            contradictions += usize::from(*outcomes != &row.outcomes);
        }
        Ok(Self { file: file.to_owned(), rows, sha256, contradictions })
    }

    /// The examples for a pair of names; rows that lack one of them are left out. `seen` is what each row says.
    ///
    /// # Errors
    /// [`RowsError::NoOutcome`].
    pub fn examples(
        &self,
        seen: &[Seen],
        pair: [&str; 2],
    ) -> Result<Vec<(usize, Example)>, RowsError> {
        for name in pair {
            if !self.rows.iter().any(|row| row.outcomes.contains_key(name)) {
                let mut known: Vec<&str> = self
                    .rows
                    .iter()
                    .flat_map(|row| row.outcomes.keys())
                    .map(String::as_str)
                    .collect();
                known.sort_unstable();
                known.dedup();
                let (file, known) = (self.file.clone(), known.join(", "));
                return Err(RowsError::NoOutcome { file, name: name.to_owned(), known });
            }
        }
        let rows = self.rows.iter().zip(seen).enumerate();
        let example = |(at, (row, seen)): (usize, (&Row, &Seen))| {
            let [cheap, strong] = pair.map(|name| row.outcomes.get(name).copied());
            let category = row.category.clone();
            Some((at, Example { seen: seen.clone(), cheap: cheap?, strong: strong?, category }))
        };
        Ok(rows.filter_map(example).collect())
    }
}

fn row(line: Line) -> Result<Row, String> {
    let text = match (line.prompt, line.messages) {
        (Some(prompt), None) => prompt,
        (None, Some(messages)) => {
            let user = messages.into_iter().rev().find(|message| message.role == "user");
            user.ok_or("has no message of a user")?.content
        }
        _ => return Err("needs either `prompt` or `messages`".to_owned()),
    };
    let outcomes = line.outcomes.filter(|outcomes| !outcomes.is_empty());
    let outcomes = outcomes.ok_or("has no `outcomes`: {\"target\": 0, \"other target\": 1}")?;
    let mut scores = BTreeMap::new();
    for (name, value) in outcomes {
        let score =
            value.as_bool().map_or_else(|| value.as_f64(), |yes| Some(f64::from(u8::from(yes))));
        let score = score.filter(|score| (0.0..=1.0).contains(score));
        scores.insert(
            name.clone(),
            score.ok_or_else(|| format!("the outcome of `{name}` is no score from 0 to 1"))? as f32,
        );
    }
    Ok(Row {
        text,
        outcomes: scores,
        category: line.category.map(Into::into),
        held_out: line.held_out,
    })
}

/// The readings of all rows, from the cache in `cache_dir` where it has them. Of a reading only what the predictor needs is
/// there. `progress` hears how many of how many are done.
///
/// # Errors
/// The model failed, or the cache cannot be written.
pub async fn readings(
    runtime: &Runtime,
    rows: &[Row],
    cache_dir: &Path,
    mut progress: impl FnMut(usize, usize),
) -> Result<Vec<Reading>, RowsError> {
    let id = format!("{}+gain", runtime.encoder_id().unwrap_or_default());
    let mut cache = EmbeddingCache::open(cache_dir, &id);
    let missing: Vec<&Row> = rows.iter().filter(|row| cache.get(&row.text).is_none()).collect();
    for (done, batch) in missing.chunks(BATCH).enumerate() {
        progress(done * BATCH, missing.len());
        let plain: Vec<_> = batch.iter().map(|row| undisguised(&row.text)).collect();
        let plain: Vec<&str> = plain.iter().map(AsRef::as_ref).collect();
        for (row, reading) in batch.iter().zip(runtime.read(&plain).await?) {
            cache.insert(&row.text, packed(&reading));
        }
    }
    progress(missing.len(), missing.len());
    cache.save().map_err(RowsError::Cache)?;
    Ok(rows
        .iter()
        .map(|row| cache.get(&row.text).map_or_else(|| unpacked(&[]), unpacked))
        .collect())
}

/// The embedding, the task types, the gain features and how many of these there are.
fn packed(reading: &Reading) -> Vec<f32> {
    let mut out = reading.embedding.clone();
    let tasks = reading.tasks.iter().copied().chain(std::iter::repeat(0.0));
    out.extend(tasks.take(TASKS.len()));
    out.extend(&reading.gain);
    out.push(reading.gain.len() as f32);
    out
}

fn unpacked(packed: &[f32]) -> Reading {
    let (gain, rest) = match packed.split_last() {
        Some((n, rest)) => {
            (rest.get(rest.len().saturating_sub(*n as usize)..).unwrap_or_default(), rest)
        }
        None => (&[][..], &[][..]),
    };
    let rest = rest.get(..rest.len() - gain.len()).unwrap_or_default();
    let (embedding, tasks) = rest.split_at(rest.len().saturating_sub(TASKS.len()));
    Reading {
        entities: Vec::new(),
        embedding: embedding.to_vec(),
        injection: None,
        tasks: tasks.to_vec(),
        gain: gain.to_vec(),
        keep: Vec::new(),
        n_tokens: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::{Rows, packed, unpacked};
    use crate::analyze::gain::Seen;

    fn read(text: &str) -> Result<Rows, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("rows.jsonl");
        std::fs::write(&file, text).unwrap();
        Rows::read(&file).map_err(|error| error.to_string())
    }

    #[test]
    fn rows_of_both_forms() {
        let rows = read(concat!(
            "{\"id\": 1, \"prompt\": \"a\", \"outcomes\": {\"x\": 0, \"y\": true}, \"category\": \"c\"}\n\n",
            "{\"id\": \"1\", \"messages\": [{\"role\": \"user\", \"content\": \"b\"}, {\"role\": \"assistant\", ",
            "\"content\": \"z\"}], \"outcomes\": {\"x\": 0.5}}\n",
            "{\"prompt\": \"a\", \"outcomes\": {\"x\": 1, \"y\": 1}}\n",
        ))
        .unwrap();
        assert_eq!((rows.rows.len(), &*rows.rows[1].text, rows.contradictions), (3, "b", 1));
        let seen = vec![Seen::of("a", &unpacked(&[])); 3];
        let examples = rows.examples(&seen, ["x", "y"]).unwrap();
        assert_eq!(
            examples.iter().map(|(at, example)| (*at, example.gain())).collect::<Vec<_>>(),
            [(0, 1.0), (2, 0.0)]
        );
        let error = rows.examples(&seen, ["x", "w"]).unwrap_err().to_string();
        assert!(error.contains("`w`; there are x, y"), "{error}");
    }

    #[test]
    fn bad_rows_are_named_by_line_and_never_quoted() {
        for (text, told) in [
            ("{\"prompt\": \"secret\"}", "1: has no `outcomes`"),
            ("{\"prompt\": 7, \"outcomes\": {\"x\": 1}}", "1: not a row"),
            ("{\"outcomes\": {\"x\": 1}}", "1: needs either"),
            ("\n{\"prompt\": \"secret\", \"outcomes\": {\"x\": 2}}", "2: the outcome of `x`"),
            ("{\"prompt\": \"secret\", \"outcomes\": {\"x\": null}}", "1: the outcome of `x`"),
            ("{\"messages\": [], \"outcomes\": {\"x\": 1}}", "1: has no message"),
            (
                "{\"id\": 1, \"prompt\": \"a\", \"outcomes\": {\"x\": 1}}\n{\"id\": 1, \"prompt\": \"b\", \"outcomes\": {\"x\": 1}}",
                "2: has the id of line 1",
            ),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(told) && !error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn what_is_kept_of_a_reading_comes_back() {
        let mut reading = unpacked(&[]);
        (reading.embedding, reading.tasks, reading.gain) =
            (vec![0.5; 7], vec![0.1; 12], vec![0.3; 4]);
        assert_eq!(unpacked(&packed(&reading)), reading);
    }
}
