//! Records in one SQLite file with a write-ahead log: readers never wait for the writer. With `synchronous=NORMAL` a
//! killed process loses nothing that was appended; a power cut may lose the last moments but never damages the file
//! (<https://www.sqlite.org/pragma.html#pragma_synchronous>).

mod notes;
mod private;
mod read;
mod schema;
mod trials;
mod write;

use super::{Entry, LedgerStore, Page, StoreError};
use crate::chat::RequestRecord;
use crate::ledger::note::{ConfigChange, ConfigVersion, Feedback, Note, Pair, Trial};
use crate::ledger::summary::{By, SummaryRow};
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::time::Duration;
use uuid::Uuid;
use write::Writer;

/// How long to wait for a lock that another process holds.
const BUSY: Duration = Duration::from_secs(2);

/// One connection to a ledger file.
#[derive(Debug)]
pub struct SqliteStore {
    connection: Connection,
    writer: Writer,
}

impl SqliteStore {
    /// Opens a ledger to append to; makes the file and its folder if there is none, and migrates an older one.
    ///
    /// # Errors
    /// The file cannot be made, opened or migrated, is no ledger, or was written by a newer Weir.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        private::prepare(path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let mut connection = connect(path, flags)?;
        // The cache stays small because the writer only ever touches the ends of its trees; a limit on the log's size
        // gives the disk space of a burst back. Checkpoints are frequent and short, so that no request waits for a core
        // while a long one is copied.
        connection.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -1024;
             PRAGMA journal_size_limit = 8388608; PRAGMA wal_autocheckpoint = 100;",
        )?;
        schema::migrate(&mut connection)?;
        // `add` waits for nothing; `append` does.
        connection.busy_timeout(Duration::ZERO)?;
        Ok(Self { connection, writer: Writer::default() })
    }

    /// Opens a ledger to read; never changes it, and `append` fails.
    ///
    /// # Errors
    /// There is no such file, it is no ledger, or it was written by a newer Weir.
    pub fn open_read(path: &Path) -> Result<Self, StoreError> {
        let missing = || StoreError::Missing(path.display().to_string());
        if !path.is_file() {
            return Err(missing());
        }
        // A write-ahead log can only be read by somebody who may write its index; a copy on a read-only medium has
        // none and opens read-only.
        let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)
            .or_else(|_| connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY))?;
        connection.execute_batch("PRAGMA query_only = ON; PRAGMA cache_size = -1024;")?;
        if schema::version(&connection)? == 0 {
            return Err(missing());
        }
        Ok(Self { connection, writer: Writer::default() })
    }

    /// The number of the last request's row; 0 in an empty ledger.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn last_row(&self) -> Result<u64, StoreError> {
        let last: Option<i64> =
            self.connection.query_row("SELECT max(seq) FROM requests", [], |row| row.get(0))?;
        Ok(last.and_then(|last| u64::try_from(last).ok()).unwrap_or(0))
    }

    /// Waits for another process that writes to the same file, as `add` must not.
    fn patiently(
        &mut self,
        write: impl FnOnce(&mut Self) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.connection.busy_timeout(BUSY)?;
        let written = write(self);
        self.connection.busy_timeout(Duration::ZERO)?;
        written
    }
}

impl LedgerStore for SqliteStore {
    fn add(&mut self, record: &RequestRecord) -> Result<(), StoreError> {
        let added = self.writer.add(&self.connection, record);
        added.inspect_err(|_| self.writer.abandon(&self.connection))
    }

    fn add_note(&mut self, note: &Note) -> Result<(), StoreError> {
        let added = self.writer.add_note(&self.connection, note);
        added.inspect_err(|_| self.writer.abandon(&self.connection))
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        let committed = self.writer.commit(&self.connection);
        committed.inspect_err(|_| self.writer.abandon(&self.connection))
    }

    fn append(&mut self, records: &[RequestRecord]) -> Result<(), StoreError> {
        self.patiently(|store| {
            records.iter().try_for_each(|record| store.add(record))?;
            store.commit()
        })
    }

    fn append_entries(&mut self, entries: &[Entry]) -> Result<(), StoreError> {
        self.patiently(|store| {
            entries.iter().try_for_each(|entry| store.add_entry(entry))?;
            store.commit()
        })
    }

    fn tail(&self, n: usize) -> Result<Page, StoreError> {
        read::tail(&self.connection, n)
    }

    fn after(&self, cursor: i64, n: usize) -> Result<Page, StoreError> {
        read::after(&self.connection, cursor, n)
    }

    fn find(&self, first: Uuid, last: Uuid, n: usize) -> Result<Vec<RequestRecord>, StoreError> {
        read::find(&self.connection, first, last, n)
    }

    fn holding(&self, digits: &str, n: usize) -> Result<Vec<RequestRecord>, StoreError> {
        read::holding(&self.connection, digits, n)
    }

    fn of_task(&self, task: Uuid, n: usize) -> Result<Vec<RequestRecord>, StoreError> {
        read::of_task(&self.connection, task, n)
    }

    fn feedback(&self, subject: Uuid) -> Result<Vec<Feedback>, StoreError> {
        notes::feedback(&self.connection, subject)
    }

    fn changes(&self, n: usize) -> Result<Vec<ConfigChange>, StoreError> {
        notes::changes(&self.connection, n)
    }

    fn versions(&self, beginning: &str) -> Result<Vec<ConfigVersion>, StoreError> {
        notes::versions(&self.connection, beginning)
    }

    fn pairs(&self, rule: Option<&str>, since_us: i64) -> Result<Vec<Pair>, StoreError> {
        trials::pairs(&self.connection, rule, since_us)
    }

    fn trials(&self, config: &str, cursor: i64, n: usize) -> Result<Vec<Trial>, StoreError> {
        trials::trials(&self.connection, config, cursor, n)
    }

    fn told_trials(&self, config: &str, cursor: i64, n: usize) -> Result<Vec<Trial>, StoreError> {
        trials::told_trials(&self.connection, config, cursor, n)
    }

    fn summary(
        &self,
        by: By,
        since_us: i64,
        tenant: Option<&str>,
    ) -> Result<Vec<SummaryRow>, StoreError> {
        read::summary(&self.connection, by, since_us, tenant)
    }
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    // A connection stays on one thread at a time, so SQLite needs no lock of its own around each call.
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(16);
    Ok(connection)
}

#[cfg(test)]
mod tests;
