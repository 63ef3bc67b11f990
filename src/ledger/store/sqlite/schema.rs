//! The tables, and how an older file gets to them.
//!
//! `hops.key` is `seq * 1024 + n`: the hops of a request lie side by side and need no index. Texts that repeat (routes,
//! targets, tenants, …) are kept once in `names` and stand in the rows as numbers; the views put everything together
//! again for people. Times are microseconds, costs nano-USD; codes are those of `ledger/codes.rs`.

use super::super::StoreError;
use rusqlite::{Connection, TransactionBehavior};

/// Hops of one request that have a place; a request has a few candidates with at most four attempts each.
pub(super) const MAX_HOPS: i64 = 1_024;

/// Each script leads from the version of its index to the next. Never change one that was released; add another.
const MIGRATIONS: [&str; 7] = [TABLES, VIEWS, LOCAL_WORK, OUTCOMES, HISTORY, TRIALS, AIMS];

/// From this version on there are tasks and feedback.
pub(super) const WITH_OUTCOMES: i64 = 4;
/// From this version on there is a history of the configuration.
pub(super) const WITH_HISTORY: i64 = 5;
/// From this version on there are pairs of answers and sides of canaries.
pub(super) const WITH_TRIALS: i64 = 6;
/// From this version on there are the aims of latency classes and cache writes for an hour.
pub(super) const WITH_AIMS: i64 = 7;

const TABLES: &str = "
    CREATE TABLE names(
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE
    );
    CREATE TABLE requests(
        seq INTEGER PRIMARY KEY,
        id BLOB NOT NULL,
        at_us INTEGER NOT NULL,
        status INTEGER NOT NULL,
        outcome INTEGER NOT NULL,
        stream INTEGER NOT NULL,
        total_us INTEGER NOT NULL,
        overhead_us INTEGER NOT NULL,
        ttft_us INTEGER,
        tenant INTEGER,
        route INTEGER,
        target INTEGER,
        intent INTEGER,
        privacy INTEGER,
        error INTEGER,
        config INTEGER NOT NULL,
        input INTEGER NOT NULL,
        cached_read INTEGER NOT NULL,
        cache_write INTEGER NOT NULL,
        output INTEGER NOT NULL,
        reasoning INTEGER NOT NULL,
        estimated INTEGER NOT NULL,
        cost INTEGER,
        requested_model TEXT NOT NULL,
        findings TEXT,
        intent_p REAL,
        intent_margin REAL,
        intent_reject REAL,
        intent_inherited INTEGER
    );
    CREATE UNIQUE INDEX requests_id ON requests(id);
    CREATE TABLE hops(
        key INTEGER PRIMARY KEY,
        kind INTEGER NOT NULL,
        outcome INTEGER NOT NULL,
        start_us INTEGER NOT NULL,
        duration_us INTEGER NOT NULL,
        cost INTEGER,
        target INTEGER,
        ttft_us INTEGER,
        allowance_us INTEGER,
        detail TEXT,
        input INTEGER,
        cached_read INTEGER,
        cache_write INTEGER,
        output INTEGER,
        reasoning INTEGER,
        estimated INTEGER
    );";

const VIEWS: &str = "
    CREATE TABLE outcomes(code INTEGER PRIMARY KEY, name TEXT NOT NULL);
    INSERT INTO outcomes VALUES
        (0, 'ok'), (1, 'error'), (2, 'timeout'), (3, 'cancelled'), (4, 'blocked'), (5, 'skipped');
    CREATE TABLE hop_kinds(code INTEGER PRIMARY KEY, name TEXT NOT NULL);
    INSERT INTO hop_kinds VALUES
        (0, 'detect'), (1, 'intent'), (2, 'decide'), (3, 'redact'), (4, 'shape'), (5, 'queue'), (6, 'generate'),
        (7, 'upstream'), (8, 'restore');
    CREATE VIEW request_log AS SELECT
        lower(hex(r.id)) AS id, datetime(r.at_us / 1000000, 'unixepoch') AS at, r.at_us, r.status,
        o.name AS outcome, r.stream, r.requested_model,
        (SELECT name FROM names WHERE id = r.tenant) AS tenant,
        (SELECT name FROM names WHERE id = r.route) AS route,
        (SELECT name FROM names WHERE id = r.target) AS target,
        (SELECT name FROM names WHERE id = r.intent) AS intent, r.intent_p,
        (SELECT name FROM names WHERE id = r.privacy) AS privacy,
        (SELECT name FROM names WHERE id = r.error) AS error,
        (SELECT name FROM names WHERE id = r.config) AS config_hash,
        r.findings, r.input, r.cached_read, r.cache_write, r.output, r.reasoning, r.estimated,
        r.cost AS cost_nano_usd, r.total_us, r.ttft_us, r.overhead_us
    FROM requests r JOIN outcomes o ON o.code = r.outcome;
    CREATE VIEW hop_log AS SELECT
        lower(hex(r.id)) AS request, h.key & 1023 AS n, k.name AS kind, o.name AS outcome, h.start_us, h.duration_us,
        (SELECT name FROM names WHERE id = h.target) AS target, h.ttft_us, h.allowance_us, h.input, h.cached_read,
        h.cache_write, h.output, h.reasoning, h.estimated, h.cost AS cost_nano_usd, h.detail
    FROM hops h JOIN requests r ON r.seq = h.key >> 10
    JOIN hop_kinds k ON k.code = h.kind JOIN outcomes o ON o.code = h.outcome;";

const LOCAL_WORK: &str = "
    INSERT INTO outcomes VALUES (6, 'rejected'), (7, 'needs_input');
    INSERT INTO hop_kinds VALUES (9, 'edge');";
const OUTCOMES: &str = "
    CREATE TABLE tasks(seq INTEGER PRIMARY KEY, task BLOB NOT NULL);
    CREATE INDEX tasks_task ON tasks(task);
    CREATE TABLE feedback(
        seq INTEGER PRIMARY KEY,
        at_us INTEGER NOT NULL,
        subject BLOB NOT NULL,
        request BLOB,
        success REAL,
        kpi TEXT
    );
    CREATE INDEX feedback_subject ON feedback(subject);
    CREATE VIEW outcome_log AS SELECT
        lower(hex(subject)) AS subject, lower(hex(request)) AS request,
        datetime(at_us / 1000000, 'unixepoch') AS at, at_us, success, kpi
    FROM feedback;";

const HISTORY: &str = "
    CREATE TABLE config_changes(
        seq INTEGER PRIMARY KEY,
        at_us INTEGER NOT NULL,
        source TEXT NOT NULL,
        who TEXT,
        before TEXT,
        after TEXT NOT NULL,
        what TEXT NOT NULL
    );
    CREATE TABLE config_versions(hash TEXT PRIMARY KEY, text TEXT NOT NULL, overrides TEXT NOT NULL);";

const TRIALS: &str = "
    CREATE TABLE arms(seq INTEGER PRIMARY KEY, arm INTEGER NOT NULL, conversation INTEGER NOT NULL);
    CREATE TABLE pairs(
        seq INTEGER PRIMARY KEY,
        at_us INTEGER NOT NULL,
        request BLOB NOT NULL,
        rule TEXT NOT NULL,
        share REAL NOT NULL,
        cheap TEXT NOT NULL,
        strong TEXT NOT NULL,
        strong_answered INTEGER NOT NULL,
        encoder TEXT NOT NULL,
        gain_low REAL,
        gain REAL,
        gain_high REAL,
        category TEXT,
        confidence REAL,
        length INTEGER NOT NULL,
        cheap_success REAL NOT NULL,
        strong_success REAL NOT NULL,
        cheap_cost INTEGER,
        strong_cost INTEGER,
        compared TEXT NOT NULL
    );
    CREATE INDEX pairs_at ON pairs(at_us);";

const AIMS: &str = "
    INSERT INTO outcomes VALUES (8, 'partial');
    CREATE TABLE aims(seq INTEGER PRIMARY KEY, latency INTEGER NOT NULL);
    CREATE TABLE hour_writes(key INTEGER PRIMARY KEY, tokens INTEGER NOT NULL);
    CREATE VIEW latency_log AS SELECT
        lower(hex(r.id)) AS request, n.name AS latency
    FROM aims a JOIN requests r ON r.seq = a.seq JOIN names n ON n.id = a.latency;";

/// The version of this program's schema.
pub(super) fn known() -> i64 {
    MIGRATIONS.len() as i64
}

/// The version of a file; 0 for an empty one.
pub(super) fn version(connection: &Connection) -> Result<i64, StoreError> {
    let found = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found > known() {
        return Err(StoreError::Newer { found, known: known() });
    }
    Ok(found)
}

/// Brings a file to this program's schema, all steps or none.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    migrate_to(connection, known())
}

pub(super) fn migrate_to(connection: &mut Connection, wanted: i64) -> Result<(), StoreError> {
    // Immediate, so that of two processes that open a new file at once the second one finds it done.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = version(&transaction)?;
    for (from, script) in (0..wanted).zip(MIGRATIONS) {
        if from >= found {
            transaction.execute_batch(script)?;
        }
    }
    transaction.pragma_update(None, "user_version", wanted.max(found))?;
    Ok(transaction.commit()?)
}
