//! What every store must do, as one suite. A store's tests call [`run`].

use super::{Entry, LedgerStore, Lookup, Page, StoreError};
use crate::chat::{Arm, Hop, HopKind, Intent, Outcome, RequestRecord, Side, Usage};
use crate::ledger::note::{
    ChangeSource, ConfigChange, ConfigVersion, Feedback, Note, Pair, Trial, task_key,
};
use crate::ledger::summary::{By, SummaryRow};
use crate::units::NanoUsd;
use uuid::Uuid;

/// A place for one test.
pub(in crate::ledger) trait Suite {
    /// An empty place.
    fn new() -> Self;
    /// A store on it; every one sees the same records.
    fn open(&self) -> Box<dyn LedgerStore>;
}

/// Runs the suite.
pub(in crate::ledger) fn run<S: Suite>() {
    records_come_back_equal::<S>();
    an_empty_store_is_no_error::<S>();
    extremes_survive::<S>();
    pages_follow_each_other::<S>();
    an_id_is_kept_once::<S>();
    lookups_by_a_part::<S>();
    summaries::<S>();
    readers_beside_a_writer::<S>();
    feedback_is_kept_in_order::<S>();
    costs_per_success::<S>();
    the_history_of_the_configuration::<S>();
    pairs_come_back_equal::<S>();
    both_sides_of_a_canary::<S>();
}

/// A record in which every field depends on `n`.
pub(in crate::ledger) fn sample(n: u64) -> RequestRecord {
    let outcome =
        [Outcome::Ok, Outcome::Error, Outcome::Timeout, Outcome::Cancelled, Outcome::Blocked];
    let usage = Usage {
        input: n,
        cached_read: 2 * n,
        cache_write: n % 3,
        cache_write_1h: n % 3 / 2,
        output: 7,
        reasoning: 1,
        estimated: n.is_multiple_of(2),
    };
    let hop = |kind, i: u64| Hop {
        kind,
        target: None,
        start_us: 10 * i,
        duration_us: n,
        ttft_us: None,
        usage: None,
        cost: Some(NanoUsd(n as i64)),
        outcome: outcome[((n + i) % 5) as usize],
        allowance_us: (i == 0).then_some(5_000),
        detail: (i == 1).then(|| format!("spans={n}")),
    };
    let upstream = Hop {
        target: Some(format!("target{}", n % 3).into()),
        ttft_us: Some(n + 1),
        usage: Some(usage),
        cost: (!n.is_multiple_of(4)).then_some(NanoUsd(1_000 * n as i64)),
        ..hop(HopKind::Upstream, 3)
    };
    RequestRecord {
        id: Uuid::from_u128((u128::from(n) << 96) | 0x7000_8000_0000_0000_0000 | u128::from(n)),
        at_us: 1_767_225_600_000_000 + n as i64 * 3_600_000_000,
        tenant: n.is_multiple_of(2).then(|| format!("tenant{}", n % 5).into()),
        requested_model: format!("modèle-{n}"),
        route: Some("rule".into()),
        target: (n % 7 != 6).then(|| format!("target{}", n % 3).into()),
        intent: n.is_multiple_of(3).then(|| Intent {
            name: format!("intent{}", n % 2).into(),
            p: 0.1 + n as f32 / 1e4,
            margin: 0.3,
            reject: 1.0 / 3.0,
            inherited: n % 2 == 1,
        }),
        findings: if n.is_multiple_of(2) {
            "EMAIL_ADDRESS:2,PERSON:1".into()
        } else {
            String::new()
        },
        privacy: (!n.is_multiple_of(5)).then_some("redact"),
        stream: n % 2 == 1,
        status: 200 + (n % 300) as u16,
        error: (n % 4 == 1).then_some("upstream_failed"),
        outcome: outcome[(n % 5) as usize],
        usage,
        cost: (!n.is_multiple_of(4)).then_some(NanoUsd(1_003 * n as i64)),
        total_us: 1_000 * n,
        ttft_us: n.is_multiple_of(2).then_some(500 * n),
        latency: n.is_multiple_of(2).then(|| "standard ttft=met total=upstream".parse().unwrap()),
        overhead_us: 40 + n,
        task: n.is_multiple_of(5).then(|| task(n % 10)),
        side: [None, Some(Arm::Control), Some(Arm::Canary)][(n % 3) as usize]
            .map(|arm| Side { arm, conversation: n as u32 }),
        config_hash: format!("hash{}", n / 100).into(),
        hops: vec![
            hop(HopKind::Detect, 0),
            hop(HopKind::Redact, 1),
            hop(HopKind::Decide, 2),
            upstream,
            hop(HopKind::Restore, 4),
        ],
    }
}

/// The key of a task; those of samples are 0 and 5.
fn task(n: u64) -> Uuid {
    task_key(None, &n.to_string())
}

fn samples(range: std::ops::RangeInclusive<u64>) -> Vec<RequestRecord> {
    range.map(sample).collect()
}

fn records_come_back_equal<S: Suite>() {
    let place = S::new();
    let mut store = place.open();
    store.append(&samples(1..=60)).unwrap();
    store.append(&samples(61..=61)).unwrap();
    assert_eq!(place.open().tail(100).unwrap().records, samples(1..=61), "in another opening");
    assert_eq!(store.tail(3).unwrap().records, samples(59..=61), "the last ones, oldest first");
    drop(store);
    let mut store = place.open();
    store.append(&samples(62..=62)).unwrap();
    assert_eq!(store.tail(2).unwrap().records, samples(61..=62), "after reopening");
}

fn an_empty_store_is_no_error<S: Suite>() {
    let mut store = S::new().open();
    store.append(&[]).unwrap();
    let none = Page::default();
    assert_eq!((store.tail(5).unwrap(), store.after(0, 5).unwrap()), (none.clone(), none));
    assert_eq!(store.lookup("00").unwrap(), Lookup::None);
    assert!(store.summary(By::Day, i64::MIN, None).unwrap().is_empty());
}

fn extremes_survive<S: Suite>() {
    let mut store = S::new().open();
    let max = i64::MAX as u64;
    let usage = Usage {
        input: max,
        cached_read: 0,
        cache_write: 0,
        cache_write_1h: 0,
        output: max,
        reasoning: 0,
        estimated: false,
    };
    let bare = RequestRecord {
        side: None,
        id: Uuid::max(),
        at_us: i64::MIN,
        tenant: None,
        requested_model: String::new(),
        route: None,
        target: None,
        intent: None,
        findings: String::new(),
        privacy: None,
        stream: false,
        status: u16::MAX,
        error: None,
        outcome: Outcome::Skipped,
        usage: Usage::default(),
        cost: None,
        total_us: max,
        ttft_us: None,
        latency: None,
        overhead_us: 0,
        task: None,
        config_hash: "".into(),
        hops: Vec::new(),
    };
    let mut full = sample(9);
    full.usage = usage;
    full.cost = Some(NanoUsd(i64::MIN));
    full.requested_model = "quote ' \" ; -- \u{0} 名前 \u{10ffff}".into();
    full.route = Some("".into());
    let hop = full.hops[3].clone();
    full.hops = (0..200).map(|n| Hop { start_us: n, ..hop.clone() }).collect();
    let records = vec![bare, full];
    store.append(&records).unwrap();
    assert_eq!(store.tail(5).unwrap().records, records);
}

fn pages_follow_each_other<S: Suite>() {
    let mut store = S::new().open();
    store.append(&samples(1..=10)).unwrap();
    let mut cursor = store.tail(4).unwrap().cursor;
    assert_eq!(store.after(cursor, 10).unwrap(), Page { records: Vec::new(), cursor });
    store.append(&samples(11..=15)).unwrap();
    let mut seen = Vec::new();
    loop {
        let page = store.after(cursor, 2).unwrap();
        if page.records.is_empty() {
            break;
        }
        assert!(page.records.len() <= 2);
        cursor = page.cursor;
        seen.extend(page.records);
    }
    assert_eq!(seen, samples(11..=15));
    let nothing = store.tail(0).unwrap();
    assert_eq!(nothing, Page { records: Vec::new(), cursor }, "a follower may start at the end");
}

fn an_id_is_kept_once<S: Suite>() {
    let mut store = S::new().open();
    store.append(&samples(1..=3)).unwrap();
    let mut changed = sample(2);
    changed.status = 599;
    store.append(&[changed, sample(4)]).unwrap();
    store.append(&samples(1..=5)).unwrap();
    assert_eq!(store.tail(9).unwrap().records, samples(1..=5));
}

fn lookups_by_a_part<S: Suite>() {
    let mut store = S::new().open();
    store.append(&samples(1..=40)).unwrap();
    let found = |n| Lookup::Found(Box::new(sample(n)));
    let id = sample(18).id;
    for (text, expected) in [
        (id.to_string(), found(18)),
        (id.simple().to_string().to_uppercase(), found(18)),
        ("00000012".to_owned(), found(18)),
        (" 0000-0012 ".to_owned(), found(18)),
        ("0000001".to_owned(), Lookup::Ambiguous((16..=25).map(sample).collect())),
        ("f".repeat(32), Lookup::None),
        // A part from the middle or the end.
        ("8000-000000000012".to_owned(), found(18)),
        ("8000000000000012".to_owned(), found(18)),
        ("0120000700080".to_owned(), found(18)),
        ("12-0000-7".to_owned(), found(18)),
        ("-0028".to_owned(), found(40)),
        ("7000-8000".to_owned(), Lookup::Ambiguous((31..=40).rev().map(sample).collect())),
        ("7000-8001".to_owned(), Lookup::None),
    ] {
        assert_eq!(store.lookup(&text).unwrap(), expected, "{text}");
    }
    for bad in ["", "-", "xyz", "0000000g", &"0".repeat(33), "é"] {
        assert!(matches!(store.lookup(bad), Err(StoreError::BadId(_))), "{bad}");
    }
}

fn summaries<S: Suite>() {
    let mut store = S::new().open();
    let records = samples(1..=200);
    store.append(&records).unwrap();
    let since = records[80].at_us;
    for by in [By::Intent, By::Target, By::Tenant, By::Day] {
        for (since, records) in [(i64::MIN, &records[..]), (since, &records[80..]), (i64::MAX, &[])]
        {
            let rows = store.summary(by, since, None).unwrap();
            let sum = |field: fn(&SummaryRow) -> u64| rows.iter().map(field).sum::<u64>();
            let count = |test: fn(&RequestRecord) -> bool| {
                records.iter().filter(|r| test(r)).count() as u64
            };
            assert_eq!(sum(|row| row.requests), records.len() as u64);
            assert_eq!(
                sum(|row| row.errors),
                count(|r| matches!(r.outcome, Outcome::Error | Outcome::Timeout))
            );
            assert_eq!(sum(|row| row.blocked), count(|r| r.outcome == Outcome::Blocked));
            assert_eq!(sum(|row| row.cancelled), count(|r| r.outcome == Outcome::Cancelled));
            assert_eq!(sum(|row| row.unknown_costs), count(|r| r.cost.is_none()));
            assert_eq!(
                sum(|row| row.input_tokens),
                records.iter().map(|r| r.usage.input).sum::<u64>()
            );
            assert_eq!(
                sum(|row| row.cached_read_tokens),
                records.iter().map(|r| r.usage.cached_read).sum::<u64>()
            );
            let costs = |cost: NanoUsd| cost.0;
            assert_eq!(
                rows.iter().map(|row| costs(row.cost)).sum::<i64>(),
                records.iter().filter_map(|r| r.cost).map(costs).sum::<i64>()
            );
        }
    }
    for tenant in ["tenant0", "nobody"] {
        let rows = store.summary(By::Day, i64::MIN, Some(tenant)).unwrap();
        let own = records.iter().filter(|r| r.tenant.as_deref() == Some(tenant)).count();
        assert_eq!(rows.iter().map(|row| row.requests).sum::<u64>(), own as u64);
    }
    let targets = store.summary(By::Target, i64::MIN, None).unwrap();
    let keys: Vec<_> = targets.iter().map(|row| row.key.as_deref()).collect();
    assert_eq!(
        keys,
        [Some("target1"), Some("target2"), Some("target0"), None],
        "most requests first"
    );
    let days = store.summary(By::Day, i64::MIN, None).unwrap();
    let first = &days[0];
    assert_eq!((first.key.as_deref(), first.requests), (Some("2026-01-01"), 23));
    assert_eq!((first.total_us.p50, first.overhead_us.p50), (11_968, 52));
    assert!(first.ttft_us.is_some());
    assert!(days.is_sorted_by(|a, b| a.key < b.key));
}

fn readers_beside_a_writer<S: Suite>() {
    let place = S::new();
    let mut writer = place.open();
    writer.append(&samples(1..=1)).unwrap();
    let (reader_a, reader_b) = (place.open(), place.open());
    std::thread::scope(|scope| {
        for reader in [reader_a, reader_b] {
            scope.spawn(move || {
                let mut cursor = 0;
                let mut n = 0;
                while n < 2_000 {
                    let page = reader.after(cursor, 300).unwrap();
                    for record in page.records {
                        n += 1;
                        assert_eq!(record, sample(n), "whole and in order");
                    }
                    cursor = page.cursor;
                }
            });
        }
        scope.spawn(move || {
            for batch in samples(2..=2_000).chunks(37) {
                writer.append(batch).unwrap();
            }
        });
    });
}

fn told(subject: Uuid, success: Option<f64>) -> Feedback {
    Feedback { at_us: 7, subject, request: None, success, kpi: Default::default() }
}

fn keep<S: Suite>(store: &mut Box<dyn LedgerStore>, feedback: &[Feedback]) {
    for one in feedback {
        store.add_note(&Note::Feedback(one.clone())).unwrap();
    }
    store.commit().unwrap();
}

fn feedback_is_kept_in_order<S: Suite>() {
    let place = S::new();
    let mut store = place.open();
    let (id, of_task) = (sample(1).id, sample(5));
    let first = Feedback {
        request: Some(id),
        kpi: [("minutes".to_owned(), 2.5), ("calls".to_owned(), -1e9)].into(),
        ..told(id, None)
    };
    let all = [first, told(id, Some(0.0)), told(id, Some(1.0 / 3.0))];
    let entries = [
        Entry::Request(Box::new(sample(1))),
        Entry::Note(Box::new(Note::Feedback(all[0].clone()))),
        Entry::Request(Box::new(of_task.clone())),
    ];
    store.append_entries(&entries).unwrap();
    keep::<S>(&mut store, &all[1..]);
    assert_eq!(place.open().feedback(id).unwrap(), all);
    assert!(store.feedback(of_task.id).unwrap().is_empty());
    store.append(&samples(6..=25)).unwrap();
    let numbers = |n| {
        let records = store.of_task(task(5), n).unwrap();
        records.into_iter().map(|record| record.usage.input).collect::<Vec<_>>()
    };
    assert_eq!((numbers(9), numbers(2)), (vec![5, 15, 25], vec![15, 25]));
    assert!(store.of_task(task(9), 9).unwrap().is_empty());
    assert_eq!(store.tail(1).unwrap().records, samples(25..=25), "notes are no records");
}

/// Sample `n` costs 1003 `n`, unknown for multiples of 4; multiples of 5 belong to one of two tasks.
fn costs_per_success<S: Suite>() {
    let mut store = S::new().open();
    store.append(&samples(1..=15)).unwrap();
    let row = |store: &dyn LedgerStore, day: usize| {
        let rows = store.summary(By::Day, i64::MIN, None).unwrap();
        (rows[day].outcomes, rows[day].successes, rows[day].cost_per_success)
    };
    assert_eq!(row(&*store, 0), (0, 0.0, None));
    let id = |n| sample(n).id;
    keep::<S>(
        &mut store,
        &[told(id(1), Some(1.0)), told(id(2), Some(1.0)), told(id(2), Some(0.0))],
    );
    assert_eq!(
        row(&*store, 0),
        (2, 1.0, Some(NanoUsd(1_003 * 3))),
        "attempts that failed cost too"
    );
    keep::<S>(&mut store, &[told(task(5), Some(0.5)), told(task(5), None), told(id(3), Some(0.0))]);
    let expected = (4, 1.5, Some(NanoUsd(1_003 * (1 + 2 + 3 + 5 + 15) * 2 / 3)));
    let (outcomes, successes, cost) = row(&*store, 0);
    assert_eq!((outcomes, successes), (expected.0, expected.1), "a task counts once");
    assert!(cost.unwrap().0.abs_diff(expected.2.unwrap().0) <= 1, "{cost:?}");
    keep::<S>(&mut store, &[told(id(4), Some(1.0))]);
    assert_eq!(row(&*store, 0), (5, 2.5, None), "an unknown cost is not free");
    let failed = store.summary(By::Day, sample(15).at_us, None).unwrap();
    assert_eq!(failed[0].cost_per_success, Some(NanoUsd(1_003 * 15 * 2)), "only what is in reach");
}

fn the_history_of_the_configuration<S: Suite>() {
    let place = S::new();
    let mut store = place.open();
    assert!(store.changes(9).unwrap().is_empty() && store.versions("").unwrap().is_empty());
    let changes: Vec<_> = ChangeSource::ALL
        .into_iter()
        .enumerate()
        .map(|(n, source)| ConfigChange {
            at_us: n as i64,
            source,
            who: (n == 2).then(|| "ops".to_owned()),
            before: (n > 0).then(|| format!("hash{}", n - 1)),
            after: format!("hash{n}"),
            what: vec!["a: 1 → 2".to_owned(); n],
        })
        .collect();
    for change in &changes {
        let (hash, text) = (change.after.clone(), format!("text of {}", change.after));
        let version = ConfigVersion { hash, text, overrides: "{}".to_owned() };
        store.add_note(&Note::Version(version)).unwrap();
        store.add_note(&Note::Change(change.clone())).unwrap();
    }
    let again = ConfigVersion {
        hash: "hash1".to_owned(),
        text: "another text".to_owned(),
        overrides: String::new(),
    };
    store.add_note(&Note::Version(again.clone())).unwrap();
    store.commit().unwrap();
    let reader = place.open();
    assert_eq!(reader.changes(9).unwrap(), changes);
    assert_eq!(reader.changes(2).unwrap(), changes[2..]);
    assert_eq!(reader.versions("hash1").unwrap(), [again]);
    assert_eq!(reader.versions("hash2").unwrap()[0].text, "text of hash2");
    assert_eq!((reader.versions("h").unwrap().len(), reader.versions("x").unwrap().len()), (2, 0));
    assert!(reader.versions("%").unwrap().is_empty());
}

fn pairs_come_back_equal<S: Suite>() {
    let place = S::new();
    let pair = |n: u8| Pair {
        at_us: i64::from(n),
        request: Uuid::from_u128(n.into()),
        rule: format!("rule{}", n % 2),
        share: 0.05,
        cheap: "small".to_owned(),
        strong: "large".to_owned(),
        strong_answered: n.is_multiple_of(2),
        encoder: "pack@1".to_owned(),
        gain: (n > 1).then_some([-0.25, 0.1, 0.3]),
        category: (n > 1).then(|| "math".to_owned()),
        confidence: (n > 2).then_some(0.7),
        length: 40 + u32::from(n),
        success: [0.5, 1.0],
        cost: [Some(NanoUsd(7)), (n > 2).then_some(NanoUsd(i64::from(n)))],
        compared: "exact".to_owned(),
    };
    let pairs: Vec<Pair> = (1..=4).map(pair).collect();
    let entries: Vec<Entry> =
        pairs.iter().map(|pair| Entry::Note(Box::new(Note::Pair(pair.clone())))).collect();
    place.open().append_entries(&entries).unwrap();
    assert_eq!(place.open().pairs(None, 0).unwrap(), pairs);
    assert_eq!(place.open().pairs(None, 3).unwrap(), pairs[2..]);
    assert_eq!(place.open().pairs(Some("rule1"), 0).unwrap(), [pair(1), pair(3)]);
    assert_eq!(place.open().pairs(Some("rule2"), 0).unwrap(), []);
}

fn both_sides_of_a_canary<S: Suite>() {
    let place = S::new();
    let mut store = place.open();
    let record = |n: u64, arm: Option<Arm>, outcome| {
        let side = arm.map(|arm| Side { arm, conversation: 7 });
        RequestRecord { side, outcome, ..sample(n) }
    };
    let records = [
        record(1, Some(Arm::Canary), Outcome::Ok),
        record(2, None, Outcome::Ok),
        record(3, Some(Arm::Control), Outcome::Timeout),
        record(4, Some(Arm::Canary), Outcome::Cancelled),
        RequestRecord { task: sample(5).task, ..record(6, None, Outcome::Ok) },
        record(5, Some(Arm::Control), Outcome::Ok),
        record(105, Some(Arm::Canary), Outcome::Ok),
    ];
    store.append(&records).unwrap();
    let plain = |trials: &[Trial]| -> Vec<(Arm, Option<f64>)> {
        assert!(trials.iter().all(|trial| trial.side.conversation == 7));
        trials.iter().map(|trial| (trial.side.arm, trial.success)).collect()
    };
    let seen = store.trials("hash0", 0, 3).unwrap();
    let expected = [(Arm::Canary, Some(1.0)), (Arm::Control, Some(0.0)), (Arm::Canary, None)];
    assert_eq!(plain(&seen), expected);
    let rest = store.trials("hash0", seen[2].cursor, 9).unwrap();
    assert_eq!(plain(&rest), [(Arm::Control, Some(1.0))]);
    assert_eq!(store.trials("hash0", rest[0].cursor, 9).unwrap(), []);

    let tell = |subject: Uuid, success: Option<f64>| {
        Entry::Note(Box::new(Note::Feedback(Feedback { subject, success, ..Feedback::default() })))
    };
    let of = |n: u64| sample(n).id;
    let task = sample(5).task.unwrap();
    let told = [
        tell(of(1), None),
        tell(of(1), Some(0.25)),
        tell(of(1), Some(1.0)),
        tell(of(2), Some(1.0)),
        tell(task, Some(0.5)),
        tell(Uuid::from_u128(9), Some(1.0)),
    ];
    store.append_entries(&told).unwrap();
    let seen = store.told_trials("hash0", 0, 9).unwrap();
    assert_eq!(plain(&seen), [(Arm::Canary, Some(0.25)), (Arm::Control, Some(0.5))]);
    assert_eq!(store.told_trials("hash0", seen[1].cursor, 9).unwrap(), []);
    let other = store.told_trials("hash1", 0, 9).unwrap();
    assert_eq!(plain(&other), [(Arm::Canary, Some(0.5))], "a task over two configurations");
}
