//! What `weir ledger` prints.

use super::*;
use crate::chat::{HopKind, Intent, Outcome};
use crate::ledger::{Ledger, Note};
use crate::units::NanoUsd;
use clap::Parser;
use uuid::Uuid;

#[derive(Debug, Parser)]
struct Cli {
    #[command(flatten)]
    args: LedgerArgs,
}

fn record() -> RequestRecord {
    let usage = Usage {
        input: 120,
        cached_read: 1_000,
        cache_write: 0,
        cache_write_1h: 0,
        output: 45,
        reasoning: 5,
        estimated: false,
    };
    let detect = Hop {
        kind: HopKind::Detect,
        target: None,
        start_us: 12,
        duration_us: 350,
        ttft_us: None,
        usage: None,
        cost: Some(NanoUsd(4)),
        outcome: Outcome::Ok,
        allowance_us: Some(20_000),
        detail: None,
    };
    let upstream = Hop {
        kind: HopKind::Upstream,
        target: Some("cloud".into()),
        start_us: 400,
        duration_us: 1_234_567,
        ttft_us: Some(310_000),
        usage: Some(usage),
        cost: None,
        allowance_us: None,
        detail: Some("status=200".into()),
        ..detect.clone()
    };
    RequestRecord {
        id: Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001),
        at_us: 1_767_225_600_123_456,
        tenant: None,
        requested_model: "au\u{1b}to".into(),
        route: Some("code".into()),
        target: Some("cloud".into()),
        intent: Some(Intent {
            name: "code".into(),
            p: 0.913,
            margin: 0.8,
            reject: 0.1,
            inherited: true,
        }),
        findings: "PERSON:1".into(),
        privacy: Some("redact"),
        stream: true,
        status: 200,
        error: None,
        outcome: Outcome::Ok,
        usage,
        cost: None,
        total_us: 1_235_100,
        ttft_us: Some(310_500),
        latency: None,
        overhead_us: 533,
        task: None,
        side: None,
        config_hash: "c0ffee".into(),
        hops: vec![detect, upstream],
    }
}

fn printed(arguments: &[&str]) -> (String, anyhow::Result<()>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let mut written = SqliteStore::open(&path).unwrap();
    written.append(&[record()]).unwrap();
    let told = Feedback {
        at_us: 1_767_225_700_000_000,
        subject: record().id,
        request: Some(record().id),
        success: Some(0.5),
        kpi: [("minutes".to_owned(), 2.5)].into(),
    };
    written.add_note(&Note::Feedback(told)).unwrap();
    written.commit().unwrap();
    let store = Ledger::open_read(&path).unwrap();
    let args = Cli::try_parse_from([&["ledger"], arguments].concat()).unwrap().args;
    let mut out = Vec::new();
    let done = match args.command {
        Command::Tail { n, follow } => tail(&mut out, &store, n, follow, args.json),
        Command::Show { id } => show(&mut out, &store, &id, args.json),
        Command::Summary { by, since } => summary(&mut out, &store, by, since, args.json),
    };
    (String::from_utf8(out).unwrap(), done)
}

#[test]
fn show_draws_the_hops() {
    let (text, done) = printed(&["show", "0190"]);
    done.unwrap();
    assert_eq!(text, include_str!("../../../tests/data/ledger/show.txt"));
}

#[test]
fn tail_and_summary_in_columns() {
    let (text, done) = printed(&["tail", "-n", "3"]);
    done.unwrap();
    assert_eq!(text.lines().count(), 2);
    let line = text.lines().last().unwrap();
    for part in [
        "2026-01-01T00:00:00.123Z",
        "01900000-0000-7000-8000-000000000001",
        " 1120 ",
        "unknown",
        "1.23s",
    ] {
        assert!(line.contains(part), "{part} not in {line}");
    }
    let (text, done) = printed(&["summary", "--by", "target", "--since", "2025-12-31"]);
    done.unwrap();
    assert!(text.lines().last().unwrap().starts_with("cloud"), "{text}");
    let (text, done) = printed(&["summary", "--by", "day", "--since", "2026-01-02"]);
    done.unwrap();
    assert_eq!(text.lines().count(), 1, "only the head");
}

#[test]
fn json_is_json() {
    let value = |arguments: &[&str]| {
        let (text, done) = printed(arguments);
        done.unwrap();
        serde_json::from_str::<serde_json::Value>(&text).unwrap()
    };
    assert_eq!(value(&["tail", "--json"])["hops"][1]["usage"]["cached_read"], 1_000);
    assert_eq!(value(&["--json", "show", "0190"])["intent"]["inherited"], true);
    assert_eq!(value(&["--json", "show", "0190"])["outcomes"][0]["kpi"]["minutes"], 2.5);
    let summary = value(&["summary", "--by", "intent", "--json"]);
    assert_eq!((&summary[0]["outcomes"], &summary[0]["successes"]), (&1.into(), &0.5.into()));
    assert!(summary[0]["cost_per_success_usd"].is_null(), "the cost is unknown");
    assert_eq!(summary[0]["key"], "code");
    assert_eq!(summary[0]["cost_usd"], "0.000000000");
    assert_eq!(summary[0]["unknown_costs"], 1);
    assert!(summary[0]["overhead_us"]["p50"].as_u64().unwrap().abs_diff(533) <= 5);
}

#[test]
fn errors_end_with_a_hint() {
    for (arguments, part) in [(&["show", "ff"], "ledger tail"), (&["show", "zz"], "any digits")] {
        let message = printed(arguments).1.unwrap_err().to_string();
        assert!(message.contains(part), "{message}");
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("weir.yaml");
    let args = Cli::try_parse_from(["ledger", "tail"]).unwrap().args;
    for (text, part) in
        [("ledger: {enabled: false}", "keeps no ledger"), ("listen: nowhere", "not an address")]
    {
        std::fs::write(&file, text).unwrap();
        let message = run(&args, Some(&file)).unwrap_err().to_string();
        assert!(message.contains("--ledger") && message.contains(part), "{message}");
    }
    let args = Cli::try_parse_from(["ledger", "tail", "--ledger", "no/such/file"]).unwrap().args;
    assert!(run(&args, None).unwrap_err().to_string().contains("no/such/file"));
}

#[test]
fn since() {
    for (text, expected) in [
        ("90s", Some(Since::Age(90_000_000))),
        ("7d", Some(Since::Age(604_800_000_000))),
        ("2w", Some(Since::Age(1_209_600_000_000))),
        ("2026-01-01", Some(Since::At(1_767_225_600_000_000))),
        ("", None),
        ("d", None),
        ("-1d", None),
        ("7", None),
        ("7é", None),
        ("2026-02-30", None),
    ] {
        assert_eq!(parse_since(text).ok(), expected, "{text}");
    }
}
