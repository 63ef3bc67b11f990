//! Appending to the tables. Everything here is on the budget of a request: statements are prepared once, repeated texts
//! are numbers, and a batch is one transaction.

use super::super::StoreError;
use super::notes;
use super::schema::MAX_HOPS;
use super::trials;
use crate::chat::{Hop, RequestRecord};
use crate::ledger::codes;
use crate::ledger::note::Note;
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::HashMap;

const INSERT_REQUEST: &str = "INSERT OR IGNORE INTO requests VALUES
    (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20,?21,?22,?23,?24,?25,?26,?27,?28,?29)";
const INSERT_HOP: &str =
    "INSERT INTO hops(key, kind, outcome, start_us, duration_us, cost, target, ttft_us,
    allowance_us, detail) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)";
const INSERT_PAID_HOP: &str =
    "INSERT INTO hops VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16)";

/// Numbers kept in memory; every reload of the configuration brings a new hash.
const MAX_KEPT: usize = 4_096;

/// The numbers of texts in `names`, as far as they were used.
#[derive(Debug, Default)]
struct Names(HashMap<Box<str>, i64>);

impl Names {
    fn id(&mut self, connection: &Connection, name: &str) -> Result<i64, StoreError> {
        if let Some(id) = self.0.get(name) {
            return Ok(*id);
        }
        let find = "SELECT id FROM names WHERE name = ?1";
        let known =
            connection.prepare_cached(find)?.query_row([name], |row| row.get(0)).optional()?;
        let id = match known {
            Some(id) => id,
            None => {
                connection
                    .prepare_cached("INSERT INTO names(name) VALUES (?1)")?
                    .execute([name])?;
                connection.last_insert_rowid()
            }
        };
        if self.0.len() >= MAX_KEPT {
            self.0.clear();
        }
        self.0.insert(name.into(), id);
        Ok(id)
    }

    fn optional(
        &mut self,
        connection: &Connection,
        name: Option<&str>,
    ) -> Result<Option<i64>, StoreError> {
        name.map(|name| self.id(connection, name)).transpose()
    }
}

/// Adds records in a transaction that begins with the first of them.
#[derive(Debug, Default)]
pub(super) struct Writer {
    names: Names,
    /// The last request's `seq`, while a transaction is open.
    last: Option<i64>,
}

impl Writer {
    pub(super) fn add(
        &mut self,
        connection: &Connection,
        record: &RequestRecord,
    ) -> Result<(), StoreError> {
        let seq = self.begun(connection)? + 1;
        if !self.add_request(connection, seq, record)? {
            return Ok(());
        }
        self.last = Some(seq);
        for (n, hop) in (0..MAX_HOPS).zip(&record.hops) {
            self.add_hop(connection, seq * MAX_HOPS + n, hop)?;
        }
        if let Some(task) = record.task {
            connection
                .prepare_cached("INSERT INTO tasks VALUES (?1, ?2)")?
                .execute((seq, task.as_bytes().as_slice()))?;
        }
        if let Some(latency) = record.latency {
            let latency = self.names.id(connection, &latency.to_string())?;
            connection
                .prepare_cached("INSERT INTO aims VALUES (?1, ?2)")?
                .execute((seq, latency))?;
        }
        if let Some(side) = record.side {
            trials::add_side(connection, seq, side)?;
        }
        Ok(())
    }

    pub(super) fn add_note(
        &mut self,
        connection: &Connection,
        note: &Note,
    ) -> Result<(), StoreError> {
        self.begun(connection)?;
        notes::add(connection, note)
    }

    /// The last request's `seq`, in an open transaction.
    fn begun(&mut self, connection: &Connection) -> Result<i64, StoreError> {
        let last = match self.last {
            Some(last) => last,
            None => begin(connection)?,
        };
        self.last = Some(last);
        Ok(last)
    }

    pub(super) fn commit(&mut self, connection: &Connection) -> Result<(), StoreError> {
        if self.last.is_some() {
            connection.prepare_cached("COMMIT")?.execute([])?;
            self.last = None;
        }
        Ok(())
    }

    /// Takes back what was not committed.
    pub(super) fn abandon(&mut self, connection: &Connection) {
        // Fails only where SQLite has rolled back by itself.
        let _ = connection.execute_batch("ROLLBACK");
        *self = Self::default();
    }

    /// False if the id is there already.
    fn add_request(
        &mut self,
        connection: &Connection,
        seq: i64,
        record: &RequestRecord,
    ) -> Result<bool, StoreError> {
        let names = &mut self.names;
        let intent = record.intent.as_ref();
        let usage = &record.usage;
        let inserted = connection.prepare_cached(INSERT_REQUEST)?.execute(params![
            seq,
            record.id.as_bytes().as_slice(),
            record.at_us,
            record.status,
            codes::outcome_code(record.outcome),
            record.stream,
            int(record.total_us),
            int(record.overhead_us),
            record.ttft_us.map(int),
            names.optional(connection, record.tenant.as_deref())?,
            names.optional(connection, record.route.as_deref())?,
            names.optional(connection, record.target.as_deref())?,
            names.optional(connection, intent.map(|intent| &*intent.name))?,
            names.optional(connection, record.privacy)?,
            names.optional(connection, record.error)?,
            names.id(connection, &record.config_hash)?,
            int(usage.input),
            int(usage.cached_read),
            int(usage.cache_write),
            int(usage.output),
            int(usage.reasoning),
            usage.estimated,
            record.cost.map(|cost| cost.0),
            record.requested_model,
            Some(record.findings.as_str()).filter(|findings| !findings.is_empty()),
            intent.map(|intent| intent.p),
            intent.map(|intent| intent.margin),
            intent.map(|intent| intent.reject),
            intent.map(|intent| intent.inherited),
        ])?;
        Ok(inserted == 1)
    }

    fn add_hop(&mut self, connection: &Connection, key: i64, hop: &Hop) -> Result<(), StoreError> {
        let kind = codes::kind_code(hop.kind);
        let outcome = codes::outcome_code(hop.outcome);
        let (start_us, duration_us) = (int(hop.start_us), int(hop.duration_us));
        let cost = hop.cost.map(|cost| cost.0);
        let target = self.names.optional(connection, hop.target.as_deref())?;
        let (ttft_us, allowance_us) = (hop.ttft_us.map(int), hop.allowance_us.map(int));
        let detail = &hop.detail;
        match &hop.usage {
            None => connection.prepare_cached(INSERT_HOP)?.execute(params![
                key,
                kind,
                outcome,
                start_us,
                duration_us,
                cost,
                target,
                ttft_us,
                allowance_us,
                detail,
            ])?,
            Some(usage) => connection.prepare_cached(INSERT_PAID_HOP)?.execute(params![
                key,
                kind,
                outcome,
                start_us,
                duration_us,
                cost,
                target,
                ttft_us,
                allowance_us,
                detail,
                int(usage.input),
                int(usage.cached_read),
                int(usage.cache_write),
                int(usage.output),
                int(usage.reasoning),
                usage.estimated,
            ])?,
        };
        if let Some(tokens) = hop.usage.map(|usage| usage.cache_write_1h).filter(|n| *n > 0) {
            connection
                .prepare_cached("INSERT INTO hour_writes VALUES (?1, ?2)")?
                .execute((key, int(tokens)))?;
        }
        Ok(())
    }
}

/// Opens a transaction and returns the last `seq`.
fn begin(connection: &Connection) -> Result<i64, StoreError> {
    connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
    let last = connection
        .prepare_cached("SELECT max(seq) FROM requests")?
        .query_row([], |row| row.get(0))?;
    Ok(Option::<i64>::unwrap_or(last, 0))
}

/// As SQLite's integer; saturates.
fn int(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
