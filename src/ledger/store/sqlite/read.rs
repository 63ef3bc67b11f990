//! Reading records and sums back from the tables.

use super::super::{Page, StoreError};
use super::notes;
use super::schema::{self, MAX_HOPS, WITH_AIMS, WITH_OUTCOMES, WITH_TRIALS};
use super::trials;
use crate::chat::{Hop, HopKind, Intent, Outcome, RequestRecord, Usage};
use crate::ledger::codes;
use crate::ledger::summary::{By, Groups, Sample, SummaryRow, day_name, day_number};
use crate::units::NanoUsd;
use rusqlite::{Connection, OptionalExtension, Params, Row};
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// All texts of `names` by number.
struct Texts(HashMap<i64, Arc<str>>);

impl Texts {
    fn load(connection: &Connection) -> Result<Self, StoreError> {
        let mut statement = connection.prepare_cached("SELECT id, name FROM names")?;
        let pairs =
            statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?.into())))?;
        Ok(Self(pairs.collect::<Result<_, rusqlite::Error>>()?))
    }

    /// A number that stands for no text, in a damaged file, reads as none.
    fn get(&self, id: Option<i64>) -> Option<Arc<str>> {
        self.0.get(&id?).cloned()
    }
}

/// The last records.
pub(super) fn tail(connection: &Connection, n: usize) -> Result<Page, StoreError> {
    let sql = "SELECT * FROM (SELECT * FROM requests ORDER BY seq DESC LIMIT ?1) ORDER BY seq";
    let mut page = page(connection, sql, [limit(n)], 0)?;
    if page.records.is_empty() {
        let last = connection.query_row("SELECT max(seq) FROM requests", [], |row| row.get(0))?;
        page.cursor = Option::<i64>::unwrap_or(last, 0);
    }
    Ok(page)
}

/// Records behind a cursor.
pub(super) fn after(connection: &Connection, cursor: i64, n: usize) -> Result<Page, StoreError> {
    let sql = "SELECT * FROM requests WHERE seq > ?1 ORDER BY seq LIMIT ?2";
    page(connection, sql, [cursor, limit(n)], cursor)
}

/// Records by a range of ids.
pub(super) fn find(
    connection: &Connection,
    first: Uuid,
    last: Uuid,
    n: usize,
) -> Result<Vec<RequestRecord>, StoreError> {
    let sql = "SELECT * FROM requests WHERE id BETWEEN ?1 AND ?2 ORDER BY id LIMIT ?3";
    let range = (first.as_bytes().as_slice(), last.as_bytes().as_slice(), limit(n));
    Ok(page(connection, sql, range, 0)?.records)
}

/// The last records whose ids hold some digits.
pub(super) fn holding(
    connection: &Connection,
    digits: &str,
    n: usize,
) -> Result<Vec<RequestRecord>, StoreError> {
    let sql =
        "SELECT * FROM requests WHERE instr(lower(hex(id)), ?1) > 0 ORDER BY seq DESC LIMIT ?2";
    Ok(page(connection, sql, (digits, limit(n)), 0)?.records)
}

/// The last records of a task.
pub(super) fn of_task(
    connection: &Connection,
    task: Uuid,
    n: usize,
) -> Result<Vec<RequestRecord>, StoreError> {
    if schema::version(connection)? < WITH_OUTCOMES {
        return Ok(Vec::new());
    }
    let sql = "SELECT * FROM requests WHERE seq IN
        (SELECT seq FROM tasks WHERE task = ?1 ORDER BY seq DESC LIMIT ?2) ORDER BY seq";
    Ok(page(connection, sql, (task.as_bytes().as_slice(), limit(n)), 0)?.records)
}

/// Sums over records.
pub(super) fn summary(
    connection: &Connection,
    by: By,
    since_us: i64,
    tenant: Option<&str>,
) -> Result<Vec<SummaryRow>, StoreError> {
    let column = match by {
        By::Intent => "intent",
        By::Target => "target",
        By::Tenant => "tenant",
        By::Day => "at_us",
    };
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {column}, outcome, input, cached_read, cache_write, output, reasoning, estimated, cost, total_us,
        overhead_us, ttft_us FROM requests WHERE at_us >= ?1
        AND (?2 IS NULL OR tenant = (SELECT id FROM names WHERE name = ?2))"
    ))?;
    let mut rows = statement.query((since_us, tenant))?;
    let mut groups = Groups::new();
    while let Some(row) = rows.next()? {
        let key: Option<i64> = row.get(0)?;
        let key = if by == By::Day { key.map(day_number) } else { key };
        let sample = Sample {
            outcome: outcome(row.get(1)?),
            usage: usage(row, 2)?,
            cost: row.get::<_, Option<i64>>(8)?.map(NanoUsd),
            total_us: uint(row, 9)?,
            overhead_us: uint(row, 10)?,
            ttft_us: optional_uint(row, 11)?,
        };
        groups.add(key, &sample);
    }
    for (mut task, success) in notes::tasks(connection, column, since_us, tenant)? {
        if by == By::Day {
            task.key = task.key.map(day_number);
        }
        groups.add_task(task, success);
    }
    let texts = Texts::load(connection)?;
    Ok(groups.rows(by, |key| match by {
        By::Day => key.and_then(day_name),
        _ => texts.get(key).map(|text| text.as_ref().to_owned()),
    }))
}

fn page(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    cursor: i64,
) -> Result<Page, StoreError> {
    // One snapshot for requests, hops and names, so that a writer in between cannot tear a record.
    let snapshot = connection.unchecked_transaction()?;
    let texts = Texts::load(&snapshot)?;
    let mut statement = snapshot.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    let mut page = Page { records: Vec::new(), cursor };
    let version = schema::version(&snapshot)?;
    while let Some(row) = rows.next()? {
        let seq: i64 = row.get("seq")?;
        let mut record = request(row, &texts)?;
        record.hops = hops(&snapshot, seq, &texts)?;
        if version >= WITH_OUTCOMES {
            record.task = notes::task(&snapshot, seq)?;
        }
        if version >= WITH_AIMS {
            add_aims(&snapshot, seq, &texts, &mut record)?;
        }
        if version >= WITH_TRIALS {
            record.side = trials::side(&snapshot, seq)?;
        }
        page.records.push(record);
        page.cursor = page.cursor.max(seq);
    }
    Ok(page)
}

/// Adds what stands in tables of its own: the aims of the latency class, and the cache writes for an hour of every hop.
fn add_aims(
    connection: &Connection,
    seq: i64,
    texts: &Texts,
    record: &mut RequestRecord,
) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached("SELECT latency FROM aims WHERE seq = ?1")?;
    let latency: Option<i64> = statement.query_row([seq], |row| row.get(0)).optional()?;
    // A text of another form, in a damaged file, reads as none.
    record.latency = texts.get(latency).and_then(|text| text.parse().ok());
    if record.usage.cache_write == 0 {
        return Ok(());
    }
    let sql = "SELECT key, tokens FROM hour_writes WHERE key BETWEEN ?1 AND ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let first = seq.saturating_mul(MAX_HOPS);
    let mut rows = statement.query([first, first.saturating_add(MAX_HOPS - 1)])?;
    while let Some(row) = rows.next()? {
        let (n, tokens) = (row.get::<_, i64>(0)? - first, uint(row, 1)?);
        let hop = usize::try_from(n).ok().and_then(|n| record.hops.get_mut(n));
        if let Some(usage) = hop.and_then(|hop| hop.usage.as_mut()) {
            usage.cache_write_1h = tokens;
            record.usage.cache_write_1h = record.usage.cache_write_1h.saturating_add(tokens);
        }
    }
    Ok(())
}

fn request(row: &Row<'_>, texts: &Texts) -> Result<RequestRecord, StoreError> {
    let text = |column: &str| Ok::<_, StoreError>(texts.get(row.get(column)?));
    let interned =
        |column: &str| Ok::<_, StoreError>(text(column)?.map(|text| codes::intern(&text)));
    let intent = match text("intent")? {
        None => None,
        Some(name) => Some(Intent {
            name,
            p: row.get("intent_p")?,
            margin: row.get("intent_margin")?,
            reject: row.get("intent_reject")?,
            inherited: row.get("intent_inherited")?,
        }),
    };
    let id: [u8; 16] = row.get("id")?;
    Ok(RequestRecord {
        id: Uuid::from_bytes(id),
        at_us: row.get("at_us")?,
        tenant: text("tenant")?,
        requested_model: row.get("requested_model")?,
        route: text("route")?,
        target: text("target")?,
        intent,
        findings: row.get::<_, Option<String>>("findings")?.unwrap_or_default(),
        privacy: interned("privacy")?,
        stream: row.get("stream")?,
        status: row.get("status")?,
        error: interned("error")?,
        outcome: outcome(row.get("outcome")?),
        usage: usage(row, row.as_ref().column_index("input")?)?,
        cost: row.get::<_, Option<i64>>("cost")?.map(NanoUsd),
        total_us: uint(row, row.as_ref().column_index("total_us")?)?,
        ttft_us: optional_uint(row, row.as_ref().column_index("ttft_us")?)?,
        latency: None,
        overhead_us: uint(row, row.as_ref().column_index("overhead_us")?)?,
        task: None,
        side: None,
        config_hash: text("config")?.unwrap_or_default(),
        hops: Vec::new(),
    })
}

fn hops(connection: &Connection, seq: i64, texts: &Texts) -> Result<Vec<Hop>, StoreError> {
    let sql = "SELECT kind, target, start_us, duration_us, ttft_us, cost, outcome, allowance_us, detail, input,
        cached_read, cache_write, output, reasoning, estimated FROM hops WHERE key BETWEEN ?1 AND ?2 ORDER BY key";
    let mut statement = connection.prepare_cached(sql)?;
    let first = seq.saturating_mul(MAX_HOPS);
    let mut rows = statement.query([first, first.saturating_add(MAX_HOPS - 1)])?;
    let mut hops = Vec::new();
    while let Some(row) = rows.next()? {
        let has_usage = row.get::<_, Option<i64>>(9)?.is_some();
        hops.push(Hop {
            kind: codes::kind(row.get(0)?).unwrap_or(HopKind::Decide),
            target: texts.get(row.get(1)?),
            start_us: uint(row, 2)?,
            duration_us: uint(row, 3)?,
            ttft_us: optional_uint(row, 4)?,
            usage: if has_usage { Some(usage(row, 9)?) } else { None },
            cost: row.get::<_, Option<i64>>(5)?.map(NanoUsd),
            outcome: outcome(row.get(6)?),
            allowance_us: optional_uint(row, 7)?,
            detail: row.get(8)?,
        });
    }
    Ok(hops)
}

/// The six usage columns from a first one on.
fn usage(row: &Row<'_>, first: usize) -> Result<Usage, StoreError> {
    Ok(Usage {
        input: uint(row, first)?,
        cached_read: uint(row, first + 1)?,
        cache_write: uint(row, first + 2)?,
        cache_write_1h: 0,
        output: uint(row, first + 3)?,
        reasoning: uint(row, first + 4)?,
        estimated: row.get(first + 5)?,
    })
}

/// A code of no known outcome, in a damaged file, reads as an error.
fn outcome(code: i64) -> Outcome {
    codes::outcome(code).unwrap_or(Outcome::Error)
}

fn uint(row: &Row<'_>, index: usize) -> Result<u64, StoreError> {
    Ok(row.get::<_, i64>(index)?.try_into().unwrap_or(0))
}

fn optional_uint(row: &Row<'_>, index: usize) -> Result<Option<u64>, StoreError> {
    Ok(row.get::<_, Option<i64>>(index)?.map(|value| value.try_into().unwrap_or(0)))
}

pub(super) fn limit(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
