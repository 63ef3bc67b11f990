//! From the request's path to the store: a bounded queue that the requests themselves empty, and a thread that commits.
//!
//! `record` is one push under a short lock. After every fourth record, when the answer is out, the request's worker adds
//! what waits to the store's open batch: some 30 microseconds of computing without a thread switch. It never waits for the
//! store; where another thread has it, the records stay in the queue. What may touch the disk or take long is the writer
//! thread's: commits, checkpoints and trying again. Nothing is lost short of a full queue: the store's failures are
//! retried until it works again, and a record that finds no room, or comes after the end, counts in
//! `weir_ledger_dropped_total`.

use super::note::Note;
use super::store::{Entry, LedgerStore, SqliteStore, StoreError};
use super::tally::{Losses, Tally};
use crate::chat::RequestRecord;
use crate::telemetry::{self, Counter, Metric};
use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{Duration, Instant};
use tokio::runtime::Handle;

/// Records that are worth a commit at once.
const BATCH: u64 = 512;
/// Longest that a record waits for its commit.
const LINGER: Duration = Duration::from_millis(100);
/// Waiting records that are worth adding at once: one at a time costs a request twice the computing, many at once are time
/// that the next request may wait for.
const FEW: usize = 4;
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
    tally: Option<Tally>,
    losses: Option<Losses>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    /// Locked before `state` where both are. Requests only try to.
    batch: Mutex<Batch>,
    /// For the writer: work, hurry or the end.
    wake: Condvar,
    /// For those who wait for the writer.
    progress: Condvar,
    capacity: u64,
    dropped: Counter,
    retries: Counter,
}

#[derive(Debug, Default)]
struct State {
    /// Records on their way to the batch.
    queue: VecDeque<Entry>,
    /// Records that were ever accepted, and those of them that the writer is done with.
    accepted: u64,
    done: u64,
    /// Somebody waits; commit without lingering.
    hurry: bool,
    /// No more records; the writer gives up on a failing store at this moment.
    closed: Option<Instant>,
    exited: bool,
    drop_logged: Option<Instant>,
    n_dropped: u64,
}

impl State {
    /// Records that were accepted and are not yet kept.
    fn pending(&self) -> u64 {
        self.accepted - self.done
    }
}

/// The store's open batch.
#[derive(Debug)]
struct Batch {
    /// `None` after the end.
    store: Option<Box<dyn LedgerStore>>,
    /// What was added since the last commit, kept so that it can be added again.
    entries: Vec<Entry>,
    /// The store has lost the batch; only the writer may go on.
    broken: bool,
}

impl Batch {
    fn add(&mut self, entry: Entry) {
        let store = self.store.as_mut().filter(|_| !self.broken);
        self.broken = store.is_none_or(|store| store.add_entry(&entry).is_err());
        self.entries.push(entry);
    }

    /// Makes the batch durable.
    fn commit(&mut self) -> Result<(), StoreError> {
        let Some(store) = &mut self.store else { return Ok(()) };
        let written =
            if self.broken { store.append_entries(&self.entries) } else { store.commit() };
        self.broken = written.is_err();
        written
    }
}

impl Ledger {
    /// Opens the SQLite file and starts the writer. `queue_len` records may wait.
    ///
    /// # Errors
    /// The file cannot be opened or the thread not started.
    pub fn open(path: &Path, queue_len: usize) -> Result<Self, StoreError> {
        let store = SqliteStore::open(path)?;
        let tally = Tally::open(path, store.last_row()?);
        let mut ledger = Self::start(Box::new(store), queue_len)?;
        if let Some((tally, losses)) = tally {
            let (under_way, unwritten) =
                losses.map_or((0, 0), |lost| (lost.under_way, lost.unwritten));
            telemetry::counter(Metric::LedgerLost, &[]).add(under_way.saturating_add(unwritten));
            ledger.tally = Some(tally);
            ledger.losses = losses;
        }
        Ok(ledger)
    }

    /// What the process before this one left without a record, if it was killed.
    pub fn losses(&self) -> Option<Losses> {
        self.losses
    }

    /// Notes that a request begins, which will be recorded or withdrawn.
    pub fn begin(&self) {
        if let Some(tally) = &self.tally {
            tally.begin();
        }
    }

    /// Notes that what began leaves no record of its own.
    pub fn withdraw(&self) {
        if let Some(tally) = &self.tally {
            tally.withdraw();
        }
    }

    /// Records and notes that found no room since the start.
    pub fn n_dropped(&self) -> u64 {
        self.shared.as_ref().map_or(0, |shared| shared.lock().n_dropped)
    }

    /// Starts the writer on any store.
    ///
    /// # Errors
    /// The thread cannot be started.
    pub fn start(store: Box<dyn LedgerStore>, queue_len: usize) -> Result<Self, StoreError> {
        let batch = Batch { store: Some(store), entries: Vec::new(), broken: false };
        let shared = Arc::new(Shared {
            state: Mutex::default(),
            batch: Mutex::new(batch),
            wake: Condvar::new(),
            progress: Condvar::new(),
            capacity: queue_len.max(1) as u64,
            dropped: telemetry::counter(Metric::LedgerDropped, &[]),
            retries: telemetry::counter(Metric::LedgerRetries, &[]),
        });
        let writer = shared.clone();
        std::thread::Builder::new()
            .name("weir-ledger".to_owned())
            .stack_size(STACK)
            .spawn(move || writer.run())
            .map_err(|error| StoreError::Failed(format!("cannot start the writer: {error}")))?;
        Ok(Self { shared: Some(shared), tally: None, losses: None })
    }

    /// A ledger that keeps nothing, for a configuration without a path.
    pub fn off() -> Self {
        Self { shared: None, tally: None, losses: None }
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
        let taken = self.push(Entry::Request(Box::new(record)));
        match &self.tally {
            Some(tally) if taken => tally.take(),
            // It is counted as dropped.
            Some(tally) => tally.withdraw(),
            None => {}
        }
    }

    /// Takes a note as [`Ledger::record`] takes a record. False if there was no room for it, or the ledger is off.
    pub fn note(&self, note: Note) -> bool {
        self.push(Entry::Note(Box::new(note)))
    }

    fn push(&self, entry: Entry) -> bool {
        let Some(shared) = &self.shared else { return false };
        let mut state = shared.lock();
        if state.closed.is_some() || state.pending() >= shared.capacity {
            shared.drop_one(state);
            return false;
        }
        state.queue.push_back(entry);
        state.accepted += 1;
        let pending = state.pending();
        let few = state.queue.len().is_multiple_of(FEW);
        drop(state);
        if pending == 1 || pending == shared.full() {
            shared.wake.notify_one();
        }
        if !few {
            return true;
        }
        // As a task of its own, because the answer's last bytes go out when the present one pauses.
        match Handle::try_current() {
            Ok(runtime) => {
                let shared = shared.clone();
                runtime.spawn(async move { shared.help() });
            }
            Err(_) => shared.help(),
        }
        true
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
        if let Some(tally) = &self.tally {
            tally.close();
        }
        state.pending()
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        if let Some(tally) = &self.tally {
            tally.close();
        }
        if let Some(shared) = &self.shared {
            shared.lock().closed.get_or_insert(Instant::now() + ORPHAN);
            shared.wake.notify_one();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
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

    /// Records that are worth a commit at once.
    fn full(&self) -> u64 {
        BATCH.min(self.capacity.div_ceil(2))
    }

    /// Adds a few waiting records to the batch, unless somebody is at it.
    fn help(&self) {
        let mut batch = match self.batch.try_lock() {
            Ok(batch) => batch,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return,
        };
        // Twice as many as came since the last time, to catch up after a commit.
        for _ in 0..2 * FEW {
            if batch.broken || !self.move_one(&mut batch) {
                break;
            }
        }
    }

    /// False if no record waits.
    fn move_one(&self, batch: &mut Batch) -> bool {
        let entry = self.lock().queue.pop_front();
        entry.map(|entry| batch.add(entry)).is_some()
    }

    /// The writer's life.
    fn run(&self) {
        while self.await_batch() {
            let mut batch = lock(&self.batch);
            while self.move_one(&mut batch) {}
            if !self.commit(&mut batch) {
                break;
            }
            let n = batch.entries.len() as u64;
            batch.entries.clear();
            batch.entries.shrink_to(BATCH as usize);
            self.lock().done += n;
            self.progress.notify_all();
        }
        lock(&self.batch).store = None;
        let mut state = self.lock();
        state.exited = true;
        let left = state.pending();
        state.queue = VecDeque::new();
        drop(state);
        self.progress.notify_all();
        if left > 0 {
            self.dropped.add(left);
            tracing::error!(left, "the ledger ended with records unwritten");
        }
    }

    /// Waits until something is worth a commit. False at the end.
    fn await_batch(&self) -> bool {
        let idle = |state: &mut State| state.pending() == 0 && state.closed.is_none();
        let few = |state: &mut State| {
            state.pending() < self.full() && state.closed.is_none() && !state.hurry
        };
        let state = self.wake.wait_while(self.lock(), idle).unwrap_or_else(PoisonError::into_inner);
        let (mut state, _) = self
            .wake
            .wait_timeout_while(state, LINGER, few)
            .unwrap_or_else(PoisonError::into_inner);
        // The commit that comes has all that those who wait by now wait for.
        state.hurry = false;
        state.pending() > 0
    }

    /// Commits the batch, as often as it takes. False if the ledger was closed meanwhile and its time is up.
    fn commit(&self, batch: &mut Batch) -> bool {
        let mut pause = RETRY.0;
        while let Err(error) = batch.commit() {
            self.retries.add(1);
            let waiting = batch.entries.len();
            tracing::error!(%error, waiting, "cannot write to the ledger, trying again");
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
        true
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
