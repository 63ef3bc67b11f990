//! What is kept beside the requests, in tables of its own.

use super::super::StoreError;
use super::schema::{self, WITH_HISTORY, WITH_OUTCOMES};
use super::trials;
use crate::ledger::note::{ChangeSource, ConfigChange, ConfigVersion, Feedback, Note};
use crate::ledger::summary::Task;
use crate::units::NanoUsd;
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

/// Adds a note, inside a transaction.
pub(super) fn add(connection: &Connection, note: &Note) -> Result<(), StoreError> {
    match note {
        Note::Feedback(feedback) => add_feedback(connection, feedback),
        Note::Change(change) => add_change(connection, change),
        Note::Version(version) => {
            connection
                .prepare_cached("INSERT OR REPLACE INTO config_versions VALUES (?1,?2,?3)")?
                .execute((&version.hash, &version.text, &version.overrides))?;
            Ok(())
        }
        Note::Pair(pair) => trials::add_pair(connection, pair),
    }
}

fn add_change(connection: &Connection, change: &ConfigChange) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO config_changes(at_us, source, who, before, after, what) VALUES (?1,?2,?3,?4,?5,?6)",
        )?
        .execute(params![
            change.at_us,
            change.source.as_str(),
            change.who,
            change.before,
            change.after,
            serde_json::to_string(&change.what).unwrap_or_default(),
        ])?;
    Ok(())
}

/// The last changes of the configuration, oldest first.
pub(super) fn changes(connection: &Connection, n: usize) -> Result<Vec<ConfigChange>, StoreError> {
    if schema::version(connection)? < WITH_HISTORY {
        return Ok(Vec::new());
    }
    let sql = "SELECT at_us, source, who, before, after, what FROM
        (SELECT * FROM config_changes ORDER BY seq DESC LIMIT ?1) ORDER BY seq";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([i64::try_from(n).unwrap_or(i64::MAX)], |row| {
        let (source, what): (String, String) = (row.get(1)?, row.get(5)?);
        let known = ChangeSource::ALL.into_iter().find(|known| known.as_str() == source);
        Ok(ConfigChange {
            at_us: row.get(0)?,
            // A source of no known name, in a damaged file, reads as the file's.
            source: known.unwrap_or(ChangeSource::Reload),
            who: row.get(2)?,
            before: row.get(3)?,
            after: row.get(4)?,
            what: serde_json::from_str(&what).unwrap_or_default(),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Configurations by the beginning of their hash.
pub(super) fn versions(
    connection: &Connection,
    beginning: &str,
) -> Result<Vec<ConfigVersion>, StoreError> {
    if schema::version(connection)? < WITH_HISTORY {
        return Ok(Vec::new());
    }
    let sql = "SELECT hash, text, overrides FROM config_versions
        WHERE substr(hash, 1, length(?1)) = ?1 ORDER BY hash LIMIT 2";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([beginning], |row| {
        Ok(ConfigVersion { hash: row.get(0)?, text: row.get(1)?, overrides: row.get(2)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn add_feedback(connection: &Connection, feedback: &Feedback) -> Result<(), StoreError> {
    let kpi = serde_json::to_string(&feedback.kpi).unwrap_or_default();
    connection
        .prepare_cached(
            "INSERT INTO feedback(at_us, subject, request, success, kpi) VALUES (?1,?2,?3,?4,?5)",
        )?
        .execute(params![
            feedback.at_us,
            feedback.subject.as_bytes().as_slice(),
            feedback.request.as_ref().map(|id| id.as_bytes().as_slice()),
            feedback.success,
            (!feedback.kpi.is_empty()).then_some(kpi),
        ])?;
    Ok(())
}

/// What was told about a subject, oldest first.
pub(super) fn feedback(
    connection: &Connection,
    subject: Uuid,
) -> Result<Vec<Feedback>, StoreError> {
    if schema::version(connection)? < WITH_OUTCOMES {
        return Ok(Vec::new());
    }
    let sql = "SELECT at_us, request, success, kpi FROM feedback WHERE subject = ?1 ORDER BY seq";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([subject.as_bytes().as_slice()], |row| {
        let kpi: Option<String> = row.get(3)?;
        Ok(Feedback {
            at_us: row.get(0)?,
            subject,
            request: row.get::<_, Option<[u8; 16]>>(1)?.map(Uuid::from_bytes),
            success: row.get(2)?,
            kpi: kpi.and_then(|kpi| serde_json::from_str(&kpi).ok()).unwrap_or_default(),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The task of a request.
pub(super) fn task(connection: &Connection, seq: i64) -> Result<Option<Uuid>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT task FROM tasks WHERE seq = ?1")?;
    let found: Option<[u8; 16]> = statement.query_row([seq], |row| row.get(0)).optional()?;
    Ok(found.map(Uuid::from_bytes))
}

/// A task by a number of its last request, and how far it succeeded.
type Rated = (Task<Option<i64>>, f64);

/// The tasks whose outcome is known, each with its success, over the requests that a summary looks at; a task's key is
/// `column` of its last request.
pub(super) fn tasks(
    connection: &Connection,
    column: &str,
    since_us: i64,
    tenant: Option<&str>,
) -> Result<Vec<Rated>, StoreError> {
    if schema::version(connection)? < WITH_OUTCOMES {
        return Ok(Vec::new());
    }
    // A column beside `max` is that of the row with the maximum (https://www.sqlite.org/lang_select.html#bareagg).
    let mut statement = connection.prepare_cached(&format!(
        "WITH told AS (SELECT subject, success, max(seq) FROM feedback WHERE success IS NOT NULL GROUP BY subject),
        attempts AS (
            SELECT told.subject, told.success, r.* FROM told JOIN requests r ON r.id = told.subject
            UNION ALL
            SELECT told.subject, told.success, r.* FROM told JOIN tasks t ON t.task = told.subject
            JOIN requests r ON r.seq = t.seq)
        SELECT subject, success, {column}, cost FROM attempts WHERE at_us >= ?1
        AND (?2 IS NULL OR tenant = (SELECT id FROM names WHERE name = ?2)) ORDER BY subject, seq"
    ))?;
    let mut rows = statement.query((since_us, tenant))?;
    let mut tasks: Vec<Rated> = Vec::new();
    let mut last: Option<[u8; 16]> = None;
    while let Some(row) = rows.next()? {
        let subject: [u8; 16] = row.get(0)?;
        if last.replace(subject) != Some(subject) {
            tasks.push((Task::default(), row.get(1)?));
        }
        if let Some((task, _)) = tasks.last_mut() {
            task.add(row.get(2)?, row.get::<_, Option<i64>>(3)?.map(NanoUsd));
        }
    }
    Ok(tasks)
}
