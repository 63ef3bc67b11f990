//! What a run has done so far, in a file beside its report, so that it can go on after an interruption: a line that says what
//! ran, then one line a case.

use crate::eval::result::CaseResult;
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

/// What a run is of. Results of one are no results of another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Hash of the suite.
    pub suite: String,
    /// Hash of the configuration.
    pub config: String,
    /// The seed.
    pub seed: u64,
    /// Whether targets were asked where the suite holds answers.
    pub live: bool,
}

/// Why the file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PartialError {
    /// It cannot be read or written.
    #[error("{0}: {1}")]
    Io(PathBuf, std::io::Error),
    /// It is of another run.
    #[error(
        "{path} is of another run: {what} changed since. Run without --resume to begin anew, or go back to what it was"
    )]
    Other {
        /// The file.
        path: PathBuf,
        /// What differs.
        what: String,
    },
    /// It is something else.
    #[error("{0} is not the partial file of a run: move it away, or name another --report")]
    Alien(PathBuf),
}

/// The open file.
#[derive(Debug)]
pub struct Partial {
    path: PathBuf,
    file: File,
}

impl Partial {
    /// Where the partial file of a report is.
    pub fn path_for(report: &Path) -> PathBuf {
        let mut name = report.as_os_str().to_owned();
        name.push(".partial.jsonl");
        name.into()
    }

    /// Begins a file anew.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn begin(path: PathBuf, stamp: &Stamp) -> Result<Self, PartialError> {
        let mut partial = match File::create(&path) {
            Ok(file) => Self { path, file },
            Err(error) => return Err(PartialError::Io(path, error)),
        };
        partial.write(stamp)?;
        Ok(partial)
    }

    /// Opens a file to go on with, and gives back its results; begins it if there is none. A last line that an interruption
    /// cut is left out.
    ///
    /// # Errors
    /// It cannot be read, is of another run, or is something else.
    pub fn resume(path: PathBuf, stamp: &Stamp) -> Result<(Self, Vec<CaseResult>), PartialError> {
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Self::begin(path, stamp).map(|partial| (partial, Vec::new()));
            }
            Err(error) => return Err(PartialError::Io(path, error)),
        };
        let whole = text.rfind('\n').map_or("", |end| text.get(..=end).unwrap_or_default());
        let mut lines = whole.lines();
        let first = lines.next().and_then(|line| serde_json::from_str::<Stamp>(line).ok());
        let Some(found) = first else { return Err(PartialError::Alien(path)) };
        if found != *stamp {
            let changes = [
                ("the suite", found.suite != stamp.suite),
                ("the configuration", found.config != stamp.config),
                ("the seed", found.seed != stamp.seed),
                ("--live", found.live != stamp.live),
            ];
            let what: Vec<&str> =
                changes.iter().filter(|(_, changed)| *changed).map(|(name, _)| *name).collect();
            return Err(PartialError::Other { path, what: what.join(" and ") });
        }
        let results = lines.map(serde_json::from_str).collect::<Result<Vec<CaseResult>, _>>();
        let Ok(results) = results else { return Err(PartialError::Alien(path)) };
        let opened = OpenOptions::new().write(true).open(&path).and_then(|mut file| {
            file.set_len(whole.len() as u64)?;
            std::io::Seek::seek(&mut file, std::io::SeekFrom::End(0))?;
            Ok(file)
        });
        match opened {
            Ok(file) => Ok((Self { path, file }, results)),
            Err(error) => Err(PartialError::Io(path, error)),
        }
    }

    /// Adds a result.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn add(&mut self, result: &CaseResult) -> Result<(), PartialError> {
        self.write(result)
    }

    /// Takes the file away, once its report is written.
    ///
    /// # Errors
    /// It cannot be removed.
    pub fn remove(self) -> Result<(), PartialError> {
        std::fs::remove_file(&self.path).map_err(|error| PartialError::Io(self.path, error))
    }

    fn write(&mut self, line: &impl Serialize) -> Result<(), PartialError> {
        let text = serde_json::to_string(line).unwrap_or_default() + "\n";
        self.file
            .write_all(text.as_bytes())
            .map_err(|error| PartialError::Io(self.path.clone(), error))
    }
}
