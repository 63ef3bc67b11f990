//! From the request's path to the store: a bounded queue and one thread.
//!
//! `record` takes a lock for the length of one push and wakes the writer only when the queue was empty or a batch is
//! full; in between the writer sleeps, so that under load two wake-ups serve hundreds of requests. Nothing is lost
//! short of a full queue: the store's failures are retried until it works again, and a record that finds no room, or
//! comes after the end, counts in `weir_ledger_dropped_total`.

use super::store::{LedgerStore, SqliteStore, StoreError};
use crate::chat::RequestRecord;
use crate::telemetry::{self, Counter, Metric};
use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Records that are worth a write at once.
const BATCH: usize = 128;
/// Most records in one transaction, after a jam.
const MAX_BATCH: usize = 2_048;
/// Longest that a record waits for company.
const LINGER: Duration = Duration::from_millis(50);
/// First and longest pause before a failed batch is tried again.
const RETRY: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));
/// Least time between two log lines about dropped records.
const DROP_LOG: Duration = Duration::from_secs(10);
/// How long the writer goes on after the handle was dropped without a shutdown.
const ORPHAN: Duration = Duration::from_secs(5);
/// SQLite needs far less than the default of 2 MiB.
const STACK: usize = 512 * 1024;

/// The handle that takes records.
#[derive(Debug)]
pub struct Ledger {
    shared: Option<Arc<Shared>>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    /// For the writer: work, hurry or the end.
    wake: Condvar,
    /// For those who wait for the writer.
    progress: Condvar,
    capacity: usize,
    dropped: Counter,
    retries: Counter,
}

#[derive(Debug, Default)]
struct State {
    queue: VecDeque<RequestRecord>,
    /// Records that were ever accepted, and those of them that the writer is done with.
    accepted: u64,
    done: u64,
    /// Somebody waits; write without lingering.
    hurry: bool,
    /// No more records; the writer gives up on a failing store at this moment.
    closed: Option<Instant>,
    exited: bool,
    drop_logged: Option<Instant>,
    n_dropped: u64,
}

impl Ledger {
    /// Opens the SQLite file and starts the writer. `queue_len` records may wait.
    ///
    /// # Errors
    /// The file cannot be opened or the thread not started.
    pub fn open(path: &Path, queue_len: usize) -> Result<Self, StoreError> {
        Self::start(Box::new(SqliteStore::open(path)?), queue_len)
    }

    /// Starts the writer on any store.
    ///
    /// # Errors
    /// The thread cannot be started.
    pub fn start(store: Box<dyn LedgerStore>, queue_len: usize) -> Result<Self, StoreError> {
        let shared = Arc::new(Shared {
            state: Mutex::default(),
            wake: Condvar::new(),
            progress: Condvar::new(),
            capacity: queue_len.max(1),
            dropped: telemetry::counter(Metric::LedgerDropped, &[]),
            retries: telemetry::counter(Metric::LedgerRetries, &[]),
        });
        let writer = shared.clone();
        std::thread::Builder::new()
            .name("weir-ledger".to_owned())
            .stack_size(STACK)
            .spawn(move || writer.run(store))
            .map_err(|error| StoreError::Failed(format!("cannot start the writer: {error}")))?;
        Ok(Self { shared: Some(shared) })
    }

    /// A ledger that keeps nothing, for a configuration without a path.
    pub fn off() -> Self {
        Self { shared: None }
    }

    /// Opens the ledger at a path for reading, beside a writer or not.
    ///
    /// # Errors
    /// See [`SqliteStore::open_read`].
    pub fn open_read(path: &Path) -> Result<SqliteStore, StoreError> {
        SqliteStore::open_read(path)
    }

    /// Takes a finished record. Never waits for the store; without room the record is dropped and counted.
    pub fn record(&self, record: RequestRecord) {
        let Some(shared) = &self.shared else { return };
        let mut state = shared.lock();
        if state.closed.is_some() || state.queue.len() >= shared.capacity {
            shared.drop_one(state);
            return;
        }
        state.queue.push_back(record);
        state.accepted += 1;
        let len = state.queue.len();
        drop(state);
        if len == 1 || len == BATCH {
            shared.wake.notify_one();
        }
    }

    /// Waits until every record that was accepted before this call is written, at most for `timeout`. True if so.
    pub fn flush(&self, timeout: Duration) -> bool {
        let Some(shared) = &self.shared else { return true };
        let mut state = shared.lock();
        let wanted = state.accepted;
        state.hurry = true;
        shared.wake.notify_one();
        let waiting = |state: &mut State| state.done < wanted && !state.exited;
        let (state, _) = shared
            .progress
            .wait_timeout_while(state, timeout, waiting)
            .unwrap_or_else(PoisonError::into_inner);
        state.done >= wanted
    }

    /// Takes no more records, writes what waits and ends the writer, at most within `timeout`. Returns how many
    /// records were left unwritten. Blocks; later calls return at once.
    pub fn shutdown(&self, timeout: Duration) -> u64 {
        let Some(shared) = &self.shared else { return 0 };
        let mut state = shared.lock();
        state.closed.get_or_insert(Instant::now() + timeout);
        shared.wake.notify_one();
        let (state, _) = shared
            .progress
            .wait_timeout_while(state, timeout, |state| !state.exited)
            .unwrap_or_else(PoisonError::into_inner);
        state.accepted - state.done
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        if let Some(shared) = &self.shared {
            shared.lock().closed.get_or_insert(Instant::now() + ORPHAN);
            shared.wake.notify_one();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn drop_one(&self, mut state: MutexGuard<'_, State>) {
        self.dropped.add(1);
        state.n_dropped += 1;
        let quiet = state.drop_logged.is_some_and(|logged| logged.elapsed() < DROP_LOG);
        if quiet {
            return;
        }
        state.drop_logged = Some(Instant::now());
        let n_dropped = state.n_dropped;
        drop(state);
        tracing::warn!(n_dropped, "the ledger takes no more records: its queue is full or closed");
    }

    /// The writer's life.
    fn run(&self, mut store: Box<dyn LedgerStore>) {
        let mut batch = Vec::with_capacity(BATCH);
        while self.next_batch(&mut batch) {
            if !self.write(&mut *store, &batch) {
                break;
            }
            let n = batch.len() as u64;
            batch.clear();
            self.lock().done += n;
            self.progress.notify_all();
        }
        drop(store);
        let mut state = self.lock();
        state.exited = true;
        let left = state.accepted - state.done;
        state.queue = VecDeque::new();
        drop(state);
        self.progress.notify_all();
        if left > 0 {
            self.dropped.add(left);
            tracing::error!(left, "the ledger ended with records unwritten");
        }
    }

    /// Waits for records and takes some. False at the end.
    fn next_batch(&self, batch: &mut Vec<RequestRecord>) -> bool {
        let mut state = self.lock();
        if state.queue.is_empty() {
            state.hurry = false;
            let idle = |state: &mut State| state.queue.is_empty() && state.closed.is_none();
            state = self.wake.wait_while(state, idle).unwrap_or_else(PoisonError::into_inner);
        }
        let alone =
            |state: &mut State| state.queue.len() < BATCH && state.closed.is_none() && !state.hurry;
        let (mut state, _) = self
            .wake
            .wait_timeout_while(state, LINGER, alone)
            .unwrap_or_else(PoisonError::into_inner);
        let n = state.queue.len().min(MAX_BATCH);
        batch.extend(state.queue.drain(..n));
        if state.queue.is_empty() && state.queue.capacity() > 2 * MAX_BATCH {
            state.queue.shrink_to(BATCH);
        }
        drop(state);
        batch.shrink_to(MAX_BATCH);
        !batch.is_empty()
    }

    /// Writes a batch, as often as it takes. False if the ledger was closed meanwhile and its time is up.
    fn write(&self, store: &mut dyn LedgerStore, batch: &[RequestRecord]) -> bool {
        let mut pause = RETRY.0;
        loop {
            let Err(error) = store.append(batch) else { return true };
            self.retries.add(1);
            tracing::error!(%error, waiting = batch.len(), "cannot write to the ledger, trying again");
            let state = self.lock();
            let (state, _) = self
                .wake
                .wait_timeout_while(state, pause, |state| state.closed.is_none())
                .unwrap_or_else(PoisonError::into_inner);
            if let Some(end) = state.closed {
                let left = end.saturating_duration_since(Instant::now());
                if left.is_zero() {
                    return false;
                }
                // `closed` no longer holds the wait above; without this one a failing store would spin here.
                let wait = pause.min(left);
                drop(self.progress.wait_timeout_while(state, wait, |_| true));
            }
            pause = (2 * pause).min(RETRY.1);
        }
    }
}

#[cfg(test)]
mod tests;
