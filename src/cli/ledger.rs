//! `weir ledger`: what the record says. Data goes to stdout, as aligned text or as JSON (one object a line for
//! `tail`).

use super::open;
use crate::chat::{Hop, RequestRecord, Usage};
use crate::ledger::{By, Feedback, LedgerStore, Lookup, RecordView, SqliteStore, SummaryRow};
use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use serde::Serialize;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Pause between two looks at the file while following.
const FOLLOW: Duration = Duration::from_millis(500);
/// Records per look.
const PAGE: usize = 500;

/// Arguments of `weir ledger`.
#[derive(Debug, Args)]
pub struct LedgerArgs {
    /// The ledger file [default: the one in the configuration]
    #[arg(long, global = true, value_name = "PATH")]
    ledger: Option<PathBuf>,
    /// JSON instead of text
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// The last requests, one a line
    Tail {
        /// How many
        #[arg(short, default_value_t = 10)]
        n: usize,
        /// Go on with new ones as they come, until interrupted
        #[arg(short, long)]
        follow: bool,
    },
    /// One request with its hops
    Show {
        /// Its id (`x-weir-request-id`) or any part of it that no other id has
        id: String,
    },
    /// Requests, tokens, costs and times summed up
    Summary {
        /// intent, target, tenant or day
        #[arg(long)]
        by: By,
        /// Only what arrived since: an age such as 30m, 24h, 7d, 4w, or a day such as 2026-01-31 (UTC)
        #[arg(long, value_parser = parse_since)]
        since: Option<Since>,
    },
}

/// Where a summary begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Since {
    /// So long before now, in microseconds.
    Age(i64),
    /// At this moment, in microseconds since the epoch.
    At(i64),
}

/// Runs `weir ledger`; `default_path` is the configuration's ledger.
///
/// # Errors
/// No path is known, the file is no ledger, the request is not there, or stdout fails.
pub fn run(args: &LedgerArgs, config: Option<&Path>) -> anyhow::Result<()> {
    let store = open::ledger(args.ledger.as_deref(), config)?;
    let mut out = io::stdout().lock();
    let done = match &args.command {
        Command::Tail { n, follow } => tail(&mut out, &store, *n, *follow, args.json),
        Command::Show { id } => show(&mut out, &store, id, args.json),
        Command::Summary { by, since } => summary(&mut out, &store, *by, *since, args.json),
    };
    match done {
        // Somebody like `head` has read enough.
        Err(error) if is_broken_pipe(&error) => Ok(()),
        done => done,
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

fn tail(
    out: &mut impl Write,
    store: &SqliteStore,
    n: usize,
    follow: bool,
    json: bool,
) -> anyhow::Result<()> {
    let mut page = store.tail(n)?;
    if !json {
        writeln!(out, "{}", head_line())?;
    }
    loop {
        for record in &page.records {
            if json {
                json_line(out, &RecordView::new(record))?;
            } else {
                writeln!(out, "{}", request_line(record))?;
            }
        }
        out.flush()?;
        if !follow {
            return Ok(());
        }
        if page.records.is_empty() {
            std::thread::park_timeout(FOLLOW);
        }
        page = store.after(page.cursor, PAGE)?;
    }
}

fn show(out: &mut impl Write, store: &SqliteStore, id: &str, json: bool) -> anyhow::Result<()> {
    let record = match store.lookup(id)? {
        Lookup::Found(record) => record,
        Lookup::None => bail!("no request `{id}`; `weir ledger tail` lists the last ones"),
        Lookup::Ambiguous(some) => {
            let lines: Vec<String> = some.iter().map(request_line).collect();
            bail!(
                "`{id}` is a part of more than one id; give more of it:\n{}\n{}",
                head_line(),
                lines.join("\n")
            )
        }
    };
    let told = store.feedback(record.task.unwrap_or(record.id))?;
    if json {
        let view = RecordView::new(&record).with_outcomes(&told);
        serde_json::to_writer_pretty(&mut *out, &view).context("stdout")?;
        writeln!(out)?;
        return Ok(());
    }
    for (name, value) in facts(&record) {
        writeln!(out, "{name:<10} {value}")?;
    }
    for one in &told {
        writeln!(out, "{:<10} {}", "outcome", outcome_words(one))?;
    }
    writeln!(out)?;
    let head = HOP_HEAD.map(str::to_owned);
    let rows = std::iter::once(head).chain(record.hops.iter().map(hop_cells)).collect::<Vec<_>>();
    Ok(write!(out, "{}", table(&rows))?)
}

fn summary(
    out: &mut impl Write,
    store: &SqliteStore,
    by: By,
    since: Option<Since>,
    json: bool,
) -> anyhow::Result<()> {
    let since_us = match since {
        None => i64::MIN,
        Some(Since::At(at_us)) => at_us,
        Some(Since::Age(age_us)) => jiff::Timestamp::now().as_microsecond().saturating_sub(age_us),
    };
    let rows = store.summary(by, since_us, None)?;
    if json {
        return json_line(out, &rows);
    }
    let head = SUMMARY_HEAD.map(str::to_owned);
    let cells = std::iter::once(head).chain(rows.iter().map(summary_cells)).collect::<Vec<_>>();
    Ok(write!(out, "{}", table(&cells))?)
}

fn json_line(out: &mut impl Write, value: &impl Serialize) -> anyhow::Result<()> {
    let line = serde_json::to_string(value)?;
    Ok(writeln!(out, "{line}")?)
}

fn head_line() -> String {
    format!(
        "{:<24} {:<36} {:>3} {:<9} {:<16} {:<16} {:>8} {:>6} {:>13} {:>9} {:>9}",
        "at", "id", "st", "outcome", "route", "target", "in", "out", "usd", "ttft", "total"
    )
}

fn request_line(record: &RequestRecord) -> String {
    format!(
        "{:<24} {:<36} {:>3} {:<9} {:<16} {:<16} {:>8} {:>6} {:>13} {:>9} {:>9}",
        moment(record.at_us),
        record.id,
        record.status,
        record.outcome.as_str(),
        record.route.as_deref().unwrap_or("-"),
        record.target.as_deref().unwrap_or("-"),
        record.usage.prompt(),
        record.usage.output,
        record.cost.map_or_else(|| "unknown".to_owned(), |cost| cost.to_string()),
        record.ttft_us.map_or_else(|| "-".to_owned(), duration),
        duration(record.total_us),
    )
}

/// What `show` says above the hops.
fn facts(record: &RequestRecord) -> Vec<(&'static str, String)> {
    let or_dash = |text: Option<&str>| text.unwrap_or("-").to_owned();
    let intent = record.intent.as_ref().map(|intent| {
        let inherited = if intent.inherited { ", inherited" } else { "" };
        format!(
            "{} (p {:.2}, margin {:.2}, reject {:.2}{inherited})",
            intent.name, intent.p, intent.margin, intent.reject
        )
    });
    let stream = if record.stream { ", streamed" } else { "" };
    let error = record.error.map(|error| format!(", {error}")).unwrap_or_default();
    [
        ("id", record.id.to_string()),
        ("at", moment(record.at_us)),
        ("tenant", or_dash(record.tenant.as_deref())),
        ("model", printable(&record.requested_model)),
        ("route", or_dash(record.route.as_deref())),
        ("target", or_dash(record.target.as_deref())),
        ("intent", or_dash(intent.as_deref())),
        (
            "findings",
            or_dash(Some(record.findings.as_str()).filter(|findings| !findings.is_empty())),
        ),
        ("privacy", or_dash(record.privacy)),
        ("answer", format!("{} {}{error}{stream}", record.status, record.outcome.as_str())),
        ("tokens", tokens(&record.usage)),
        ("usd", record.cost.map_or_else(|| "unknown".to_owned(), |cost| cost.to_string())),
        (
            "time",
            format!(
                "total {}, first byte {}, overhead {}",
                duration(record.total_us),
                record.ttft_us.map_or_else(|| "-".to_owned(), duration),
                duration(record.overhead_us)
            ),
        ),
        ("config", record.config_hash.to_string()),
    ]
    .into_iter()
    .chain(record.task.map(|task| ("task", task.to_string())))
    .chain(record.side.map(|side| ("side", side.arm.as_str().to_owned())))
    .collect()
}

/// One outcome as it was posted; the last one with a success counts.
fn outcome_words(told: &Feedback) -> String {
    let success = told.success.map(|success| format!("success {success:.2}"));
    let kpi = told.kpi.iter().map(|(name, value)| format!("{name} {value}"));
    let words: Vec<String> = success.into_iter().chain(kpi).collect();
    format!("{}, told {}", words.join(", "), moment(told.at_us))
}

const HOP_HEAD: [&str; 10] = [
    "hop",
    "target",
    "outcome",
    "start",
    "duration",
    "ttft",
    "allowance",
    "tokens",
    "usd",
    "detail",
];

fn hop_cells(hop: &Hop) -> [String; 10] {
    let time = |us: Option<u64>| us.map_or_else(|| "-".to_owned(), duration);
    [
        hop.kind.as_str().to_owned(),
        hop.target.as_deref().unwrap_or("-").to_owned(),
        hop.outcome.as_str().to_owned(),
        duration(hop.start_us),
        duration(hop.duration_us),
        time(hop.ttft_us),
        time(hop.allowance_us),
        hop.usage.as_ref().map_or_else(|| "-".to_owned(), tokens),
        hop.cost.map_or_else(|| "unknown".to_owned(), |cost| cost.to_string()),
        printable(hop.detail.as_deref().unwrap_or("-")),
    ]
}

const SUMMARY_HEAD: [&str; 19] = [
    "key",
    "requests",
    "errors",
    "blocked",
    "cancelled",
    "input",
    "cached",
    "written",
    "output",
    "usd",
    "unpriced",
    "outcomes",
    "successes",
    "usd/success",
    "total p50",
    "p95",
    "overhead p50",
    "p95",
    "ttft p50",
];

fn summary_cells(row: &SummaryRow) -> [String; 19] {
    [
        row.key.as_deref().unwrap_or("-").to_owned(),
        row.requests.to_string(),
        row.errors.to_string(),
        row.blocked.to_string(),
        row.cancelled.to_string(),
        row.input_tokens.to_string(),
        row.cached_read_tokens.to_string(),
        row.cache_write_tokens.to_string(),
        row.output_tokens.to_string(),
        row.cost.to_string(),
        row.unknown_costs.to_string(),
        row.outcomes.to_string(),
        format!("{:.1}", row.successes),
        row.cost_per_success.map_or_else(|| "-".to_owned(), |cost| cost.to_string()),
        duration(row.total_us.p50),
        duration(row.total_us.p95),
        duration(row.overhead_us.p50),
        duration(row.overhead_us.p95),
        row.ttft_us.map_or_else(|| "-".to_owned(), |ttft| duration(ttft.p50)),
    ]
}

/// Rows as columns as wide as their widest cell: text left, what starts with a digit right.
pub(super) fn table<const N: usize>(rows: &[[String; N]]) -> String {
    let width =
        |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; N] = std::array::from_fn(width);
    let is_number = |cell: &str| cell.starts_with(|c: char| c.is_ascii_digit());
    // The head of a column stands where its values stand.
    let right: [bool; N] = std::array::from_fn(|column| {
        rows.iter().skip(1).any(|row| is_number(&row[column])) && column > 0
    });
    let mut out = String::new();
    for row in rows {
        let mut line = String::new();
        for ((cell, width), right) in row.iter().zip(widths).zip(right) {
            let pad = " ".repeat(width - cell.chars().count());
            line += &if right { format!("{pad}{cell}  ") } else { format!("{cell}{pad}  ") };
        }
        out += line.trim_end();
        out.push('\n');
    }
    out
}

fn tokens(usage: &Usage) -> String {
    let mut text = format!("{} in", usage.input);
    for (n, name) in [(usage.cached_read, "cached"), (usage.cache_write, "written")] {
        if n > 0 {
            text += &format!(" + {n} {name}");
        }
    }
    text += &format!(", {} out", usage.output);
    if usage.reasoning > 0 {
        text += &format!(" ({} reasoning)", usage.reasoning);
    }
    if usage.estimated {
        text += ", estimated";
    }
    text
}

fn duration(us: u64) -> String {
    match us {
        0..1_000 => format!("{us}µs"),
        1_000..1_000_000 => format!("{}.{:02}ms", us / 1_000, us % 1_000 / 10),
        _ => format!("{}.{:02}s", us / 1_000_000, us % 1_000_000 / 10_000),
    }
}

pub(super) fn moment(at_us: i64) -> String {
    match jiff::Timestamp::from_microsecond(at_us) {
        Ok(at) => at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
        Err(_) => at_us.to_string(),
    }
}

/// A client chose the model's name: control characters must not reach a terminal.
pub(super) fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

fn parse_since(text: &str) -> Result<Since, String> {
    let bad = || "must be an age such as 30m, 24h, 7d, 4w, or a day such as 2026-01-31".to_owned();
    if let Ok(day) = text.parse::<jiff::civil::Date>() {
        let start = day.to_zoned(jiff::tz::TimeZone::UTC).map_err(|_| bad())?;
        return Ok(Since::At(start.timestamp().as_microsecond()));
    }
    let unit = text.chars().last().ok_or_else(bad)?;
    let seconds: i64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return Err(bad()),
    };
    let count: u32 = text.strip_suffix(unit).unwrap_or_default().parse().map_err(|_| bad())?;
    Ok(Since::Age(i64::from(count).saturating_mul(seconds).saturating_mul(1_000_000)))
}

#[cfg(test)]
mod tests;
