//! The queue and the thread, with stores that fail on command.

use super::super::note::{ConfigChange, ConfigVersion, Feedback, Pair, Trial};
use super::super::store::conformance::sample;
use super::super::store::{MemoryStore, Page};
use super::super::summary::{By, SummaryRow};
use super::*;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};
use uuid::Uuid;

const LONG: Duration = Duration::from_secs(30);

/// A store whose `commit` waits for a gate and fails a number of times, as its `add` does.
#[derive(Debug)]
struct Faulty {
    inner: MemoryStore,
    gate: Arc<(Mutex<bool>, Condvar)>,
    failures: Arc<AtomicU32>,
    add_failures: u32,
    tried: Arc<AtomicBool>,
}

impl Faulty {
    fn new(failures: u32, open: bool) -> Self {
        Self {
            inner: MemoryStore::new(1_000_000),
            gate: Arc::new((Mutex::new(open), Condvar::new())),
            failures: Arc::new(AtomicU32::new(failures)),
            add_failures: 0,
            tried: Arc::default(),
        }
    }
}

fn open(gate: &(Mutex<bool>, Condvar)) {
    *gate.0.lock().unwrap() = true;
    gate.1.notify_all();
}

impl LedgerStore for Faulty {
    fn add(&mut self, record: &RequestRecord) -> Result<(), StoreError> {
        if self.add_failures > 0 {
            self.add_failures -= 1;
            self.inner.abandon();
            return Err(StoreError::Failed("no memory".into()));
        }
        self.inner.add(record)
    }

    fn add_note(&mut self, note: &Note) -> Result<(), StoreError> {
        self.inner.add_note(note)
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.tried.store(true, SeqCst);
        drop(self.gate.1.wait_while(self.gate.0.lock().unwrap(), |open| !*open).unwrap());
        let left = self.failures.fetch_update(SeqCst, SeqCst, |n| n.checked_sub(1));
        match left {
            Ok(_) => {
                self.inner.abandon();
                Err(StoreError::Failed("disk full".into()))
            }
            Err(_) => self.inner.commit(),
        }
    }

    fn tail(&self, n: usize) -> Result<Page, StoreError> {
        self.inner.tail(n)
    }

    fn after(&self, cursor: i64, n: usize) -> Result<Page, StoreError> {
        self.inner.after(cursor, n)
    }

    fn find(&self, first: Uuid, last: Uuid, n: usize) -> Result<Vec<RequestRecord>, StoreError> {
        self.inner.find(first, last, n)
    }

    fn holding(&self, digits: &str, n: usize) -> Result<Vec<RequestRecord>, StoreError> {
        self.inner.holding(digits, n)
    }

    fn of_task(&self, task: Uuid, n: usize) -> Result<Vec<RequestRecord>, StoreError> {
        self.inner.of_task(task, n)
    }

    fn feedback(&self, subject: Uuid) -> Result<Vec<Feedback>, StoreError> {
        self.inner.feedback(subject)
    }

    fn changes(&self, n: usize) -> Result<Vec<ConfigChange>, StoreError> {
        self.inner.changes(n)
    }

    fn versions(&self, beginning: &str) -> Result<Vec<ConfigVersion>, StoreError> {
        self.inner.versions(beginning)
    }

    fn pairs(&self, rule: Option<&str>, since_us: i64) -> Result<Vec<Pair>, StoreError> {
        self.inner.pairs(rule, since_us)
    }

    fn trials(&self, config: &str, cursor: i64, n: usize) -> Result<Vec<Trial>, StoreError> {
        self.inner.trials(config, cursor, n)
    }

    fn told_trials(&self, config: &str, cursor: i64, n: usize) -> Result<Vec<Trial>, StoreError> {
        self.inner.told_trials(config, cursor, n)
    }

    fn summary(
        &self,
        by: By,
        since_us: i64,
        tenant: Option<&str>,
    ) -> Result<Vec<SummaryRow>, StoreError> {
        self.inner.summary(by, since_us, tenant)
    }
}

#[test]
fn everything_from_every_thread_is_written_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let ledger = Ledger::open(&path, 100_000).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let ledger = &ledger;
            scope.spawn(move || {
                (0..1_500).for_each(|n| ledger.record(sample(1 + thread * 10_000 + n)));
            });
        }
    });
    assert!(ledger.flush(LONG));
    let reader = Ledger::open_read(&path).unwrap();
    assert_eq!(reader.tail(10_000).unwrap().records.len(), 6_000, "flushed while it runs");
    ledger.record(sample(90_000));
    assert_eq!(ledger.shutdown(LONG), 0);
    let records = reader.tail(10_000).unwrap().records;
    assert_eq!(records.len(), 6_001);
    for thread in 0..4 {
        let ids =
            records.iter().map(|r| r.usage.input).filter(|n| n / 10_000 == thread && *n < 80_000);
        assert!(ids.is_sorted(), "one thread's records keep their order");
    }
}

#[test]
fn a_single_record_does_not_wait_for_company() {
    let store = MemoryStore::new(9);
    let ledger = Ledger::start(Box::new(store.clone()), 9).unwrap();
    ledger.record(sample(1));
    assert!(ledger.flush(LONG));
    assert_eq!(store.tail(9).unwrap().records, [sample(1)]);
}

#[test]
fn a_dropped_ledger_leaves_a_file_that_opens() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let ledger = Ledger::open(&path, 9).unwrap();
    ledger.record(sample(1));
    assert!(ledger.flush(LONG));
    drop(ledger);
    let ledger = Ledger::open(&path, 9).unwrap();
    ledger.record(sample(2));
    assert_eq!(ledger.shutdown(LONG), 0);
    let records = Ledger::open_read(&path).unwrap().tail(9).unwrap().records;
    assert_eq!(records, [sample(1), sample(2)]);
}

#[test]
fn a_store_that_recovers_loses_nothing() {
    let store = Faulty::new(2, true);
    let kept = store.inner.clone();
    let ledger = Ledger::start(Box::new(store), 9).unwrap();
    (1..=5).for_each(|n| ledger.record(sample(n)));
    assert!(ledger.flush(LONG));
    assert_eq!(kept.tail(9).unwrap().records.len(), 5);
    assert!(telemetry::counter(Metric::LedgerRetries, &[]).get() >= 2);
}

#[test]
fn a_batch_that_breaks_while_requests_add_to_it_loses_nothing() {
    let mut store = Faulty::new(1, true);
    store.add_failures = 3;
    let kept = store.inner.clone();
    let ledger = Ledger::start(Box::new(store), 99).unwrap();
    (1..=11).for_each(|n| ledger.record(sample(n)));
    assert!(ledger.flush(LONG));
    (12..=15).for_each(|n| ledger.record(sample(n)));
    assert_eq!(ledger.shutdown(LONG), 0);
    let numbers: Vec<_> = kept.tail(99).unwrap().records.iter().map(|r| r.usage.input).collect();
    assert_eq!(numbers, (1..=15).map(|n| sample(n).usage.input).collect::<Vec<_>>());
}

#[test]
fn a_full_queue_drops_and_counts_and_never_waits() {
    let store = Faulty::new(0, false);
    let (kept, gate, tried) = (store.inner.clone(), store.gate.clone(), store.tried.clone());
    let ledger = Ledger::start(Box::new(store), 10).unwrap();
    let dropped = telemetry::counter(Metric::LedgerDropped, &[]);
    ledger.record(sample(1));
    while !tried.load(SeqCst) {
        std::thread::yield_now();
    }
    let before = dropped.get();
    (2..=31).for_each(|n| ledger.record(sample(n)));
    assert!(dropped.get() - before >= 21, "ten wait, the one in the store's hands among them");
    open(&gate);
    assert_eq!(ledger.shutdown(LONG), 0);
    assert_eq!(kept.tail(99).unwrap().records.len(), 10);
    ledger.record(sample(99));
    assert!(dropped.get() - before >= 22, "after the end");
}

#[test]
fn a_store_that_never_recovers_does_not_hold_up_the_end() {
    let ledger = Ledger::start(Box::new(Faulty::new(u32::MAX, true)), 10).unwrap();
    (1..=3).for_each(|n| ledger.record(sample(n)));
    assert!(!ledger.flush(Duration::from_millis(20)));
    let started = Instant::now();
    assert_eq!(ledger.shutdown(Duration::from_millis(300)), 3);
    assert!(started.elapsed() < Duration::from_secs(10));
}

#[test]
fn off_keeps_nothing_and_is_always_done() {
    let ledger = Ledger::off();
    ledger.record(sample(1));
    assert!(ledger.flush(Duration::ZERO));
    assert_eq!(ledger.shutdown(Duration::ZERO), 0);
}
