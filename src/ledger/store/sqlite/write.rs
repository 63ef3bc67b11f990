//! Appending to the tables. Everything here is on the budget of a request: statements are prepared once, repeated texts
//! are numbers, and a batch is one transaction.

use super::super::StoreError;
use super::schema::MAX_HOPS;
use crate::chat::{Hop, RequestRecord};
use crate::ledger::codes;
use rusqlite::{CachedStatement, Connection, OptionalExtension, params};
use std::collections::HashMap;
use std::time::Duration;

/// Records that are written in one go, and the pause after them. The writer shares its core with requests: what it does
/// without a pause is time that they may have to wait, and shows in their 99th percentile.
const SLICE: usize = 8;
const PAUSE: Duration = Duration::from_micros(200);
/// Most records that are worth pauses; more means that the writer is behind.
const CALM: usize = 512;
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
pub(super) struct Names(HashMap<Box<str>, i64>);

impl Names {
    /// Forgets all. Needed when a transaction was rolled back, because its new names are gone.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

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

/// Writes records into the transaction that is open on the connection.
pub(super) fn append(
    connection: &Connection,
    names: &mut Names,
    records: &[RequestRecord],
) -> Result<(), StoreError> {
    let last = connection
        .prepare_cached("SELECT max(seq) FROM requests")?
        .query_row([], |row| row.get(0))?;
    let mut seq = Option::<i64>::unwrap_or(last, 0);
    let mut statements = Statements {
        request: connection.prepare_cached(INSERT_REQUEST)?,
        hop: connection.prepare_cached(INSERT_HOP)?,
        paid_hop: connection.prepare_cached(INSERT_PAID_HOP)?,
    };
    let hurry = records.len() > CALM;
    for (n, record) in records.iter().enumerate() {
        if n % SLICE == SLICE - 1 && !hurry {
            std::thread::park_timeout(PAUSE);
        }
        if !statements.request(connection, names, seq + 1, record)? {
            continue;
        }
        seq += 1;
        for (n, hop) in (0..MAX_HOPS).zip(&record.hops) {
            statements.hop(connection, names, seq * MAX_HOPS + n, hop)?;
        }
    }
    Ok(())
}

struct Statements<'c> {
    request: CachedStatement<'c>,
    hop: CachedStatement<'c>,
    paid_hop: CachedStatement<'c>,
}

impl Statements<'_> {
    /// False if the id is there already.
    fn request(
        &mut self,
        connection: &Connection,
        names: &mut Names,
        seq: i64,
        record: &RequestRecord,
    ) -> Result<bool, StoreError> {
        let intent = record.intent.as_ref();
        let usage = &record.usage;
        let inserted = self.request.execute(params![
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

    fn hop(
        &mut self,
        connection: &Connection,
        names: &mut Names,
        key: i64,
        hop: &Hop,
    ) -> Result<(), StoreError> {
        let kind = codes::kind_code(hop.kind);
        let outcome = codes::outcome_code(hop.outcome);
        let (start_us, duration_us) = (int(hop.start_us), int(hop.duration_us));
        let cost = hop.cost.map(|cost| cost.0);
        let target = names.optional(connection, hop.target.as_deref())?;
        let (ttft_us, allowance_us) = (hop.ttft_us.map(int), hop.allowance_us.map(int));
        let detail = &hop.detail;
        match &hop.usage {
            None => self.hop.execute(params![
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
            Some(usage) => self.paid_hop.execute(params![
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
        Ok(())
    }
}

/// As SQLite's integer; saturates.
fn int(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
