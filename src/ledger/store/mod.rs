//! Where records are kept. Every store passes the one suite in `conformance.rs`.

#[cfg(test)]
pub(super) mod conformance;
mod memory;
mod sqlite;

pub use memory::MemoryStore;
pub use sqlite::SqliteStore;

use super::note::{ConfigChange, ConfigVersion, Feedback, Note, Pair, Trial};
use super::summary::{By, SummaryRow};
use crate::chat::RequestRecord;
use uuid::Uuid;

/// Why a store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The store itself failed: disk, lock, damage. Writing again may help.
    #[error("ledger: {0}")]
    Failed(String),
    /// There is no ledger at that place.
    #[error("no ledger at {0}; has `weir serve` run with this path?")]
    Missing(String),
    /// The file was written by a newer Weir.
    #[error(
        "the ledger has schema version {found}, this Weir knows up to {known}; use a newer Weir"
    )]
    Newer {
        /// Version of the file.
        found: i64,
        /// Highest version that this program knows.
        known: i64,
    },
    /// Not an id nor a part of one.
    #[error(
        "`{0}` is not a request id nor a part of one; `weir ledger tail` shows ids, and any digits that only one holds will do"
    )]
    BadId(String),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

/// Some records in the order in which they were appended.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    /// The records, oldest first.
    pub records: Vec<RequestRecord>,
    /// Give this to [`LedgerStore::after`] for what comes next.
    pub cursor: i64,
}

/// Records that are listed where a part of an id fits several.
const LISTED: usize = 10;

/// What a part of an id leads to.
#[derive(Debug, Clone, PartialEq)]
pub enum Lookup {
    /// One record.
    Found(Box<RequestRecord>),
    /// Nothing.
    None,
    /// More than one record: the first of those whose ids begin so, else the last that hold the part.
    Ambiguous(Vec<RequestRecord>),
}

/// Something that waits to be kept.
#[derive(Debug, Clone)]
pub enum Entry {
    /// A request.
    Request(Box<RequestRecord>),
    /// Something else.
    Note(Box<Note>),
}

/// A place that keeps records.
///
/// Obligations: records and notes are added to a batch and committed together, all or none. What was committed is there for every
/// later read of this and every other opening of the same place, also after the process was killed; what was not is seen
/// by nobody. Records come back equal to what was added, hops in order (numbers beyond `i64` may saturate). Failure: after
/// an `Err` from `add` or `commit` the batch is empty and none of it is there; adding the same records again is allowed at
/// any time: an id that is there already is left as it is. A store never panics. Concurrency: one thread at a time adds
/// through one store; any number of others may read through stores of their own meanwhile, and neither waits for the
/// other. `add` is called by the threads that serve requests: it takes microseconds and waits for nothing.
pub trait LedgerStore: Send + std::fmt::Debug {
    /// Adds a record to the batch.
    ///
    /// # Errors
    /// The store failed; the batch is lost.
    fn add(&mut self, record: &RequestRecord) -> Result<(), StoreError>;

    /// Adds a note to the batch.
    ///
    /// # Errors
    /// The store failed; the batch is lost.
    fn add_note(&mut self, note: &Note) -> Result<(), StoreError>;

    /// Adds either to the batch.
    ///
    /// # Errors
    /// The store failed; the batch is lost.
    fn add_entry(&mut self, entry: &Entry) -> Result<(), StoreError> {
        match entry {
            Entry::Request(record) => self.add(record),
            Entry::Note(note) => self.add_note(note),
        }
    }

    /// Makes the batch durable and visible, and begins another. May take long.
    ///
    /// # Errors
    /// The store failed; the batch is lost.
    fn commit(&mut self) -> Result<(), StoreError>;

    /// Adds records in order and commits.
    ///
    /// # Errors
    /// The store failed; the batch is lost.
    fn append(&mut self, records: &[RequestRecord]) -> Result<(), StoreError> {
        records.iter().try_for_each(|record| self.add(record))?;
        self.commit()
    }

    /// Adds entries in order and commits.
    ///
    /// # Errors
    /// The store failed; the batch is lost.
    fn append_entries(&mut self, entries: &[Entry]) -> Result<(), StoreError> {
        entries.iter().try_for_each(|entry| self.add_entry(entry))?;
        self.commit()
    }

    /// The last `n` records.
    ///
    /// # Errors
    /// The store failed.
    fn tail(&self, n: usize) -> Result<Page, StoreError>;

    /// At most `n` records that were appended after the cursor.
    ///
    /// # Errors
    /// The store failed.
    fn after(&self, cursor: i64, n: usize) -> Result<Page, StoreError>;

    /// At most `n` records whose ids lie in a range, both ends included, in order of their ids.
    ///
    /// # Errors
    /// The store failed.
    fn find(&self, first: Uuid, last: Uuid, n: usize) -> Result<Vec<RequestRecord>, StoreError>;

    /// The last `n` records whose ids hold some hexadecimal digits (lower case, no hyphens), newest first.
    ///
    /// # Errors
    /// The store failed.
    fn holding(&self, digits: &str, n: usize) -> Result<Vec<RequestRecord>, StoreError>;

    /// The last `n` records of a task, oldest first.
    ///
    /// # Errors
    /// The store failed.
    fn of_task(&self, task: Uuid, n: usize) -> Result<Vec<RequestRecord>, StoreError>;

    /// What was told about a task, or about a request that belongs to none, oldest first.
    ///
    /// # Errors
    /// The store failed.
    fn feedback(&self, subject: Uuid) -> Result<Vec<Feedback>, StoreError>;

    /// The last `n` changes of the configuration, oldest first.
    ///
    /// # Errors
    /// The store failed.
    fn changes(&self, n: usize) -> Result<Vec<ConfigChange>, StoreError>;

    /// At most two configurations whose hashes begin so. One that is added again replaces the one before.
    ///
    /// # Errors
    /// The store failed.
    fn versions(&self, beginning: &str) -> Result<Vec<ConfigVersion>, StoreError>;

    /// The pairs of one rule, or of all, from `since_us` on, in the order in which they were appended.
    ///
    /// # Errors
    /// The store failed.
    fn pairs(&self, rule: Option<&str>, since_us: i64) -> Result<Vec<Pair>, StoreError>;

    /// At most `n` requests on either side of a canary under one configuration, appended after the cursor: whether they were
    /// answered.
    ///
    /// # Errors
    /// The store failed.
    fn trials(&self, config: &str, cursor: i64, n: usize) -> Result<Vec<Trial>, StoreError>;

    /// The same for what was told about such requests and their tasks; of each what was told first.
    ///
    /// # Errors
    /// The store failed.
    fn told_trials(&self, config: &str, cursor: i64, n: usize) -> Result<Vec<Trial>, StoreError>;

    /// Sums over the records that arrived at `since_us` (microseconds since the epoch) or later, of one tenant or of all.
    ///
    /// # Errors
    /// The store failed.
    fn summary(
        &self,
        by: By,
        since_us: i64,
        tenant: Option<&str>,
    ) -> Result<Vec<SummaryRow>, StoreError>;

    /// The record of an id, given whole or by any part of it that no other id has, with or without hyphens. A beginning
    /// goes before a part.
    ///
    /// # Errors
    /// The text is no part of an id, or the store failed.
    fn lookup(&self, id: &str) -> Result<Lookup, StoreError> {
        let digits = id_digits(id).ok_or_else(|| StoreError::BadId(id.to_owned()))?;
        let mut found = match id_range(&digits) {
            Some((first, last)) => self.find(first, last, LISTED)?,
            None => Vec::new(),
        };
        if found.is_empty() {
            found = self.holding(&digits, LISTED)?;
        }
        Ok(match found.len() {
            0 | 1 => found.pop().map_or(Lookup::None, |record| Lookup::Found(Box::new(record))),
            _ => Lookup::Ambiguous(found),
        })
    }
}

/// The digits of an id or of a part of one.
fn id_digits(text: &str) -> Option<String> {
    let digits: String = text.trim().chars().filter(|c| *c != '-').collect();
    let fits = !digits.is_empty() && digits.len() <= 32;
    (fits && digits.bytes().all(|b| b.is_ascii_hexdigit())).then(|| digits.to_ascii_lowercase())
}

/// The ids that begin with some hexadecimal digits.
fn id_range(digits: &str) -> Option<(Uuid, Uuid)> {
    let low = u128::from_str_radix(&format!("{digits:0<32}"), 16).ok()?;
    let high = u128::from_str_radix(&format!("{digits:f<32}"), 16).ok()?;
    Some((Uuid::from_u128(low), Uuid::from_u128(high)))
}
