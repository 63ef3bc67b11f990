//! What is tried out: pairs of answers, and the two sides of a canary.

use super::super::StoreError;
use super::read::limit;
use super::schema::{self, WITH_TRIALS};
use crate::chat::{Arm, Side};
use crate::ledger::codes;
use crate::ledger::note::{Pair, Trial, answered};
use crate::units::NanoUsd;
use rusqlite::types::FromSql;
use rusqlite::{Connection, OptionalExtension, Params, params};
use uuid::Uuid;

/// Adds the side of a request.
pub(super) fn add_side(connection: &Connection, seq: i64, side: Side) -> Result<(), StoreError> {
    connection.prepare_cached("INSERT INTO arms VALUES (?1, ?2, ?3)")?.execute((
        seq,
        side.arm == Arm::Canary,
        side.conversation,
    ))?;
    Ok(())
}

/// The side of a request.
pub(super) fn side(connection: &Connection, seq: i64) -> Result<Option<Side>, StoreError> {
    let sql = "SELECT arm, conversation FROM arms WHERE seq = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_row([seq], |row| side_of(row.get(0)?, row.get(1)?)).optional()?)
}

fn side_of(is_canary: bool, conversation: u32) -> rusqlite::Result<Side> {
    Ok(Side { arm: if is_canary { Arm::Canary } else { Arm::Control }, conversation })
}

pub(super) fn add_pair(connection: &Connection, pair: &Pair) -> Result<(), StoreError> {
    let gain = |at: usize| pair.gain.and_then(|gain| gain.get(at).copied());
    connection
        .prepare_cached(
            "INSERT INTO pairs(at_us, request, rule, cheap, strong, strong_answered, encoder, gain_low, gain, gain_high,
            category, confidence, length, cheap_success, strong_success, cheap_cost, strong_cost, compared, share)
            VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19)",
        )?
        .execute(params![
            pair.at_us,
            pair.request.as_bytes().as_slice(),
            pair.rule,
            pair.cheap,
            pair.strong,
            pair.strong_answered,
            pair.encoder,
            gain(0),
            gain(1),
            gain(2),
            pair.category,
            pair.confidence,
            pair.length,
            pair.success[0],
            pair.success[1],
            pair.cost[0].map(|cost| cost.0),
            pair.cost[1].map(|cost| cost.0),
            pair.compared,
            pair.share,
        ])?;
    Ok(())
}

/// Pairs in order.
pub(super) fn pairs(
    connection: &Connection,
    rule: Option<&str>,
    since_us: i64,
) -> Result<Vec<Pair>, StoreError> {
    if schema::version(connection)? < WITH_TRIALS {
        return Ok(Vec::new());
    }
    let sql = "SELECT at_us, request, rule, cheap, strong, strong_answered, encoder, gain_low, gain, gain_high,
        category, confidence, length, cheap_success, strong_success, cheap_cost, strong_cost, compared, share
        FROM pairs WHERE at_us >= ?1 AND (?2 IS NULL OR rule = ?2) ORDER BY seq";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map((since_us, rule), |row| {
        let gain: [Option<f64>; 3] = [row.get(7)?, row.get(8)?, row.get(9)?];
        let gain = match gain {
            [Some(low), Some(gain), Some(high)] => Some([low, gain, high]),
            _ => None,
        };
        Ok(Pair {
            at_us: row.get(0)?,
            request: Uuid::from_bytes(row.get(1)?),
            rule: row.get(2)?,
            cheap: row.get(3)?,
            strong: row.get(4)?,
            strong_answered: row.get(5)?,
            encoder: row.get(6)?,
            gain,
            category: row.get(10)?,
            confidence: row.get(11)?,
            length: row.get(12)?,
            success: [row.get(13)?, row.get(14)?],
            cost: [row.get::<_, Option<i64>>(15)?, row.get(16)?].map(|cost| cost.map(NanoUsd)),
            compared: row.get(17)?,
            share: row.get(18)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Requests on both sides.
pub(super) fn trials(
    connection: &Connection,
    config: &str,
    cursor: i64,
    n: usize,
) -> Result<Vec<Trial>, StoreError> {
    let sql = "SELECT a.seq, a.arm, a.conversation, r.outcome FROM arms a JOIN requests r ON r.seq = a.seq
        WHERE a.seq > ?2 AND r.config = (SELECT id FROM names WHERE name = ?1) ORDER BY a.seq LIMIT ?3";
    read(connection, sql, (config, cursor, limit(n)), |code| {
        codes::outcome(code).and_then(answered)
    })
}

/// What was told about them.
pub(super) fn told_trials(
    connection: &Connection,
    config: &str,
    cursor: i64,
    n: usize,
) -> Result<Vec<Trial>, StoreError> {
    let sql = "SELECT told.seq, a.arm, a.conversation, told.success FROM (
        SELECT f.seq AS seq, f.success AS success, coalesce(
            (SELECT a.seq FROM requests r JOIN arms a ON a.seq = r.seq WHERE r.id = f.subject
                AND r.config = (SELECT id FROM names WHERE name = ?1)),
            (SELECT a.seq FROM tasks t JOIN arms a ON a.seq = t.seq JOIN requests r ON r.seq = t.seq
                WHERE t.task = f.subject AND r.config = (SELECT id FROM names WHERE name = ?1)
                ORDER BY t.seq LIMIT 1)) AS request
        FROM feedback f WHERE f.seq > ?2 AND f.success IS NOT NULL AND NOT EXISTS
            (SELECT 1 FROM feedback e WHERE e.subject = f.subject AND e.success IS NOT NULL AND e.seq < f.seq)) told
        JOIN arms a ON a.seq = told.request ORDER BY told.seq LIMIT ?3";
    read(connection, sql, (config, cursor, limit(n)), Some)
}

/// Rows of a cursor, a side, and what a success is made of.
fn read<T: FromSql>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    success: impl Fn(T) -> Option<f64>,
) -> Result<Vec<Trial>, StoreError> {
    if schema::version(connection)? < WITH_TRIALS {
        return Ok(Vec::new());
    }
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(params, |row| {
        let side = side_of(row.get(1)?, row.get(2)?)?;
        Ok(Trial { cursor: row.get(0)?, side, success: success(row.get(3)?) })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
