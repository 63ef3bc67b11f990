//! What only a file can be asked: survival, migration, locks.

use super::super::conformance::{Suite, run, sample};
use super::*;
use crate::chat::{HopKind, Outcome};

struct Sqlite(tempfile::TempDir);

impl Suite for Sqlite {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn open(&self) -> Box<dyn LedgerStore> {
        Box::new(SqliteStore::open(&self.0.path().join("new/ledger.db")).unwrap())
    }
}

#[test]
fn conforms() {
    run::<Sqlite>();
}

/// A process that is killed leaves the file and the log as they lie on disk, without the last words of a closing
/// connection: the same as a copy taken while the writer is open.
#[test]
fn what_was_appended_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let (path, copy) = (folder.path().join("a.db"), folder.path().join("b.db"));
    let mut store = SqliteStore::open(&path).unwrap();
    let records: Vec<_> = (1..=700).map(sample).collect();
    for batch in records.chunks(100) {
        store.append(batch).unwrap();
    }
    for suffix in ["", "-wal"] {
        std::fs::copy(format!("{}{suffix}", path.display()), format!("{}{suffix}", copy.display()))
            .unwrap();
    }
    let mut reopened = SqliteStore::open(&copy).unwrap();
    assert_eq!(reopened.tail(1_000).unwrap().records, records);
    reopened.append(&[sample(701)]).unwrap();
    assert_eq!(reopened.tail(1).unwrap().records, [sample(701)]);
}

#[test]
fn an_older_file_is_migrated_and_keeps_its_records() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let mut connection = Connection::open(&path).unwrap();
    schema::migrate_to(&mut connection, 1).unwrap();
    let mut writer = Writer::default();
    writer.add(&connection, &sample(3)).unwrap();
    writer.commit(&connection).unwrap();
    drop(connection);
    assert_eq!(SqliteStore::open_read(&path).unwrap().tail(9).unwrap().records, [sample(3)]);
    let store = SqliteStore::open(&path).unwrap();
    assert_eq!(schema::version(&store.connection).unwrap(), schema::known());
    assert_eq!(store.tail(9).unwrap().records, [sample(3)]);
    drop(store);
    drop(SqliteStore::open(&path).unwrap());
}

#[test]
fn a_newer_or_foreign_file_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    for result in [SqliteStore::open(&path), SqliteStore::open_read(&path)] {
        assert!(matches!(result, Err(StoreError::Newer { found: 99, .. })));
    }
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "not a database, but long enough to be looked at as one".repeat(20))
        .unwrap();
    for result in [SqliteStore::open(&text), SqliteStore::open_read(&text)] {
        assert!(matches!(result, Err(StoreError::Failed(_))));
    }
    assert!(std::fs::read_to_string(&text).unwrap().starts_with("not a database"));
    let missing = SqliteStore::open_read(&folder.path().join("none.db"));
    assert!(matches!(missing, Err(StoreError::Missing(_))));
    assert!(!folder.path().join("none.db").exists());
}

#[test]
fn a_reader_cannot_write_and_a_failed_append_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let mut store = SqliteStore::open(&path).unwrap();
    assert!(SqliteStore::open_read(&path).unwrap().append(&[sample(1)]).is_err());
    store.connection.execute_batch("ALTER TABLE hops RENAME TO gone").unwrap();
    assert!(store.append(&[sample(1), sample(2)]).is_err());
    store.connection.execute_batch("ALTER TABLE gone RENAME TO hops").unwrap();
    assert!(store.tail(9).unwrap().records.is_empty());
    store.append(&[sample(1), sample(2)]).unwrap();
    assert_eq!(store.tail(9).unwrap().records, [sample(1), sample(2)]);
}

#[test]
fn the_views_say_what_the_enums_say() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = SqliteStore::open(&folder.path().join("ledger.db")).unwrap();
    let record = sample(7);
    store.append(std::slice::from_ref(&record)).unwrap();
    let row: (String, String, String, i64) = store
        .connection
        .query_row("SELECT id, outcome, target, cost_nano_usd FROM request_log", [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })
        .unwrap();
    let target = record.target.clone().unwrap().to_string();
    let cost = record.cost.unwrap().0;
    assert_eq!(
        row,
        (record.id.simple().to_string(), record.outcome.as_str().to_owned(), target, cost)
    );
    let mut statement =
        store.connection.prepare("SELECT kind, outcome, n FROM hop_log ORDER BY n").unwrap();
    let hops: Vec<(String, String, i64)> = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let expected: Vec<_> = record
        .hops
        .iter()
        .enumerate()
        .map(|(n, hop)| (hop.kind.as_str().to_owned(), hop.outcome.as_str().to_owned(), n as i64))
        .collect();
    assert_eq!(hops, expected);
    for (table, names) in [
        ("outcomes", crate::ledger::codes::OUTCOMES.map(Outcome::as_str).to_vec()),
        ("hop_kinds", crate::ledger::codes::KINDS.map(HopKind::as_str).to_vec()),
    ] {
        let mut statement =
            store.connection.prepare(&format!("SELECT name FROM {table} ORDER BY code")).unwrap();
        let stored: Vec<String> =
            statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        assert_eq!(stored, names, "{table}");
    }
}

#[test]
fn two_writers_of_one_file_take_turns() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let mut one = SqliteStore::open(&path).unwrap();
    let mut other = SqliteStore::open(&path).unwrap();
    one.add(&sample(1)).unwrap();
    assert!(other.add(&sample(2)).is_err(), "requests do not wait");
    let (tx, started) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        let appended = scope.spawn(|| {
            tx.send(()).unwrap();
            other.append(&[sample(2)])
        });
        started.recv().unwrap();
        one.commit().unwrap();
        appended.join().unwrap().unwrap();
    });
    assert_eq!(one.tail(9).unwrap().records, [sample(1), sample(2)]);
}
