//! The edge pack's lane: texts that wait to be read, and the threads that read them window by window. While one of them cuts texts
//! and takes in what windows said, the windows of another go through the model, so that no core waits for the other.
//!
//! Invariants: a turn is one window, or as many small ones as are as long as one; what a request has had read is not lost when
//! its allowance ends or its caller leaves, but goes on when the same text of the same tenant comes again; an error of the
//! model ends the request whose text it was, not those beside it.

use super::InferenceError;
use super::edge::{Cut, Key, Progress, Reading, ReadingCache, Window};
use super::lane::{Lane, Shuts, guarded};
use super::line::{Line, Pace, Waits, admit};
use super::runtime::{Meaning, Terms, TextReader};
use rayon::ThreadPool;
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// How many turns there are at a time, where there are as many cores.
const WORKERS: usize = 2;
/// Tokens of a turn.
const TURN: usize = 256;
/// What readings that were broken off may take together, in bytes.
const KEPT: usize = 16 << 20;
/// Texts shorter than this are read anew, in bytes.
const WORTH_KEEPING: usize = 4096;

/// What a caller gets.
type Answer = Result<Vec<Arc<Reading>>, InferenceError>;

/// A text of a request.
struct Text {
    text: String,
    key: Key,
    progress: Progress,
    /// Windows that were cut and are not read yet: at most one.
    ready: Option<Cut>,
    reading: Option<Arc<Reading>>,
}

/// A request: texts that somebody waits for.
pub(super) struct ReadJob {
    texts: Vec<Text>,
    /// The text whose windows are next.
    at: usize,
    /// Tokens of the texts behind it, as estimated.
    behind: usize,
    terms: Terms,
    /// How long the model has worked for it.
    served: Duration,
    /// What was left after its last turn; `None` before its first.
    before: Option<usize>,
    answer: oneshot::Sender<Answer>,
}

impl ReadJob {
    /// A request and where its answer will come.
    pub(super) fn new(
        texts: Vec<(String, Key)>,
        terms: Terms,
    ) -> (Self, oneshot::Receiver<Answer>) {
        let (answer, result) = oneshot::channel();
        let behind = texts.iter().skip(1).map(|(text, _)| estimate(text.len())).sum();
        let text = |(text, key)| Text {
            text,
            key,
            progress: Progress::new(terms.words),
            ready: None,
            reading: None,
        };
        let texts = texts.into_iter().map(text).collect();
        let served = Duration::ZERO;
        (Self { texts, at: 0, behind, terms, served, before: None, answer }, result)
    }

    /// The next window, with the number of its text; `None` once all were given out.
    fn cut(&mut self, reader: &dyn TextReader) -> Result<Option<(usize, Cut)>, InferenceError> {
        while let Some(text) = self.texts.get_mut(self.at) {
            if let Some(cut) = text.ready.take() {
                return Ok(Some((self.at, cut)));
            }
            if text.reading.is_none()
                && let Some(cut) = guarded(|| reader.cut(&text.text, &mut text.progress))?
            {
                return Ok(Some((self.at, cut)));
            }
            self.at += 1;
            let next = self.texts.get(self.at).map_or(0, |text| estimate(text.text.len()));
            self.behind = self.behind.saturating_sub(next);
        }
        Ok(None)
    }

    fn is_done(&self) -> bool {
        self.texts.iter().all(|text| text.reading.is_some())
    }
}

impl Waits for ReadJob {
    fn tenant(&self) -> Option<&Arc<str>> {
        self.terms.tenant.as_ref()
    }

    fn left(&self) -> usize {
        let here = self.texts.get(self.at);
        let here = here.map_or(0, |it| estimate(it.text.len().saturating_sub(it.progress.at())));
        self.behind + here
    }

    fn is_abandoned(&self) -> bool {
        self.answer.is_closed()
    }
}

/// Tokens of so many bytes of text, near enough: four bytes each, and the special ones.
fn estimate(bytes: usize) -> usize {
    bytes / 4 + 3
}

/// Who waits for the edge pack.
#[derive(Default)]
pub(super) struct Reads {
    inner: Mutex<Inner>,
    changed: Condvar,
}

#[derive(Default)]
struct Inner {
    line: Line<ReadJob>,
    pace: Pace,
    /// Until when turns are in the pace.
    noted: Option<Instant>,
    closed: bool,
}

impl Inner {
    /// A turn that began then is over, in which so many tokens were read: the time that it took, without what went to another.
    fn end_turn(&mut self, begun: Instant, tokens: usize) -> Duration {
        let now = Instant::now();
        let from = self.noted.map_or(begun, |noted| noted.max(begun));
        let time = now.saturating_duration_since(from);
        self.noted = Some(now);
        if tokens > 0 {
            self.pace.note(tokens, time);
        }
        time
    }
}

impl Reads {
    /// Adds a request, unless it would wait longer than it can.
    ///
    /// # Errors
    /// [`InferenceError::QueueFull`] says when to come again.
    pub(super) fn push(&self, job: ReadJob) -> Result<(), InferenceError> {
        let mut inner = self.lock();
        if inner.closed {
            return Err(InferenceError::Gone);
        }
        if let Some(patience) = job.terms.patience {
            let left = job.left();
            let before = inner.line.before(job.tenant(), left);
            let (own, wait) = (inner.pace.time(left), inner.pace.time(before));
            admit(patience, own, wait)
                .map_err(|retry_after| InferenceError::QueueFull { retry_after })?;
        }
        inner.line.push(job);
        drop(inner);
        self.changed.notify_one();
        Ok(())
    }

    /// How long until all that waits is read.
    pub(super) fn backlog(&self) -> Duration {
        let inner = self.lock();
        inner.pace.time(inner.line.all())
    }

    /// Waits for somebody whose turn it is; `None` once it is closed.
    fn pop(&self) -> Option<ReadJob> {
        let mut inner = self.lock();
        loop {
            if inner.closed {
                return None;
            }
            if let Some(job) = inner.line.pop() {
                return Some(job);
            }
            inner = self.changed.wait(inner).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Refuses all further work and drops who waits.
    pub(super) fn close(&self) {
        let mut inner = self.lock();
        inner.closed = true;
        inner.line.clear();
        drop(inner);
        self.changed.notify_all();
    }

    /// How many wait.
    pub(super) fn len(&self) -> usize {
        self.lock().line.len()
    }

    /// No code panics while it holds the lock, so a poisoned one is still consistent.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shuts for Reads {
    fn wait_closed(&self, limit: Duration) -> bool {
        let waited = self.changed.wait_timeout_while(self.lock(), limit, |inner| !inner.closed);
        waited.unwrap_or_else(PoisonError::into_inner).0.closed
    }
}

/// Readings that were broken off, the oldest first.
#[derive(Default)]
struct Kept {
    texts: VecDeque<(Key, Progress, Option<Cut>)>,
    bytes: usize,
}

impl Kept {
    /// Keeps what a request has had read of its texts.
    fn keep(&mut self, job: ReadJob) {
        for text in job.texts {
            let is_under_way = text.reading.is_none() && text.progress.at() > 0;
            if is_under_way && text.text.len() >= WORTH_KEEPING {
                self.bytes += text.progress.bytes();
                self.texts.push_back((text.key, text.progress, text.ready));
            }
        }
        while self.bytes > KEPT {
            let Some((_, oldest, _)) = self.texts.pop_front() else { return };
            self.bytes -= oldest.bytes().min(self.bytes);
        }
    }

    /// Goes on where an earlier request with the same text was broken off.
    fn resume(&mut self, job: &mut ReadJob) {
        for text in job.texts.iter_mut().filter(|text| text.text.len() >= WORTH_KEEPING) {
            let at = self.texts.iter().rposition(|(key, ..)| *key == text.key);
            if let Some((_, progress, ready)) = at.and_then(|at| self.texts.remove(at)) {
                self.bytes -= progress.bytes().min(self.bytes);
                (text.progress, text.ready) = (progress, ready);
            }
        }
    }
}

/// One turn: some windows, and those whose texts they are.
#[derive(Default)]
struct Turn {
    jobs: Vec<ReadJob>,
    /// Number of the job, number of its text, window.
    cuts: Vec<(usize, usize, Cut)>,
    tokens: usize,
}

/// Works the line off, turn by turn, until it is closed. Windows go through the model in `pool`.
pub(super) fn run(
    reader: &dyn TextReader,
    lane: &Lane<Reads>,
    readings: &ReadingCache,
    pool: &ThreadPool,
) {
    let kept = Mutex::default();
    let work = || {
        while let Some(first) = lane.queue.pop() {
            take_turn(first, reader, lane, readings, &kept, pool);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..WORKERS.min(pool.current_num_threads()) {
            let worker = std::thread::Builder::new().name("weir-edge".to_owned());
            // Without a second thread the first does all of the work.
            let _ = worker.spawn_scoped(scope, work);
        }
        work();
    });
}

/// One turn, begun by a request whose turn it is.
fn take_turn(
    first: ReadJob,
    reader: &dyn TextReader,
    lane: &Lane<Reads>,
    readings: &ReadingCache,
    kept: &Mutex<Kept>,
    pool: &ThreadPool,
) {
    let keep = |job| kept.lock().unwrap_or_else(PoisonError::into_inner).keep(job);
    let gone = lane.queue.lock().line.take_abandoned();
    gone.into_iter().for_each(keep);
    let begun = Instant::now();
    let Turn { mut jobs, cuts, .. } = gather(first, reader, &lane.queue, kept);
    let mut failed = pool.install(|| read(reader, &mut jobs, &cuts));
    let tokens = |job: &ReadJob| job.before.unwrap_or(0).saturating_sub(job.left());
    let time = lane.queue.lock().end_turn(begun, jobs.iter().map(tokens).sum());
    let share = time / u32::try_from(jobs.len()).unwrap_or(u32::MAX).max(1);
    let mut again = Vec::new();
    for (at, mut job) in jobs.into_iter().enumerate() {
        job.served += share;
        // What was cut for a turn without room counts in the turn that reads it.
        job.before = Some(job.left());
        if let Some(error) = failed.iter().position(|(of, _)| *of == at) {
            let _ = job.answer.send(Err(failed.swap_remove(error).1));
            continue;
        }
        finish_texts(&mut job, reader, readings);
        if job.is_done() {
            let all = job.texts.into_iter().filter_map(|text| text.reading).collect();
            // Nobody listens if the caller went away meanwhile.
            let _ = job.answer.send(Ok(all));
        } else if job.is_abandoned() {
            keep(job);
        } else if job.terms.allowance.is_some_and(|most| job.served > most) {
            let (answer, _) = oneshot::channel();
            let answer = std::mem::replace(&mut job.answer, answer);
            keep(job);
            let _ = answer.send(Err(InferenceError::Allowance));
        } else {
            again.push(job);
        }
    }
    let mut inner = lane.queue.lock();
    if !inner.closed {
        again.into_iter().for_each(|job| inner.line.push(job));
        drop(inner);
        lane.queue.changed.notify_one();
    }
}

/// Windows for a turn, of the first and of those behind it as long as there is room.
fn gather(first: ReadJob, reader: &dyn TextReader, reads: &Reads, kept: &Mutex<Kept>) -> Turn {
    let kept = || kept.lock().unwrap_or_else(PoisonError::into_inner);
    let mut turn = Turn::default();
    let mut next = Some(first);
    while let Some(mut job) = next.take() {
        if job.is_abandoned() {
            kept().keep(job);
        } else {
            if job.before.is_none() {
                kept().resume(&mut job);
                job.before = Some(job.left());
            }
            match fill(&mut turn, job, reader) {
                Filled::Room => {}
                Filled::Full => return turn,
                Filled::Later(job) => {
                    reads.lock().line.push_front(*job);
                    return turn;
                }
            }
        }
        // Who has many windows left shares no turn: others would wait for more than one window.
        next = if turn.tokens + 3 <= TURN { reads.lock().line.pop_short() } else { None };
    }
    turn
}

/// What became of a request that was to give windows for a turn.
enum Filled {
    /// All of its windows are in, or it failed; there is room for others.
    Room,
    /// The turn is full.
    Full,
    /// Not one of its windows had room.
    Later(Box<ReadJob>),
}

/// Adds windows of a request to a turn as long as there is room.
fn fill(turn: &mut Turn, mut job: ReadJob, reader: &dyn TextReader) -> Filled {
    let (number, n_before, tokens) = (turn.jobs.len(), turn.cuts.len(), turn.tokens);
    loop {
        match job.cut(reader) {
            Ok(Some((text, cut))) if turn.tokens == 0 || turn.tokens + cut.n_tokens() <= TURN => {
                turn.tokens += cut.n_tokens();
                turn.cuts.push((number, text, cut));
            }
            Ok(Some((text, cut))) => {
                job.texts[text].ready = Some(cut);
                if turn.cuts.len() == n_before {
                    return Filled::Later(Box::new(job));
                }
                turn.jobs.push(job);
                return Filled::Full;
            }
            Ok(None) => {
                turn.jobs.push(job);
                return Filled::Room;
            }
            Err(error) => {
                turn.cuts.truncate(n_before);
                turn.tokens = tokens;
                let _ = job.answer.send(Err(error));
                return Filled::Room;
            }
        }
    }
}

/// Reads the windows of a turn and adds up what they say. Returns which jobs failed.
fn read(
    reader: &dyn TextReader,
    jobs: &mut [ReadJob],
    cuts: &[(usize, usize, Cut)],
) -> Vec<(usize, InferenceError)> {
    let windows = |cuts: &[(usize, usize, Cut)]| -> Result<Vec<Window>, InferenceError> {
        let cuts: Vec<&Cut> = cuts.iter().map(|(.., cut)| cut).collect();
        if cuts.is_empty() { Ok(Vec::new()) } else { guarded(|| reader.windows(&cuts)) }
    };
    let mut add = |cuts: &[(usize, usize, Cut)], said: Vec<Window>| {
        for ((job, text, cut), window) in cuts.iter().zip(said) {
            let text = &mut jobs[*job].texts[*text];
            reader.add(&text.text, &mut text.progress, cut, window);
        }
    };
    match windows(cuts) {
        Ok(said) => {
            add(cuts, said);
            Vec::new()
        }
        Err(_) => {
            // One of them is at fault; each shows it alone.
            let mut failed = Vec::new();
            for part in cuts.chunk_by(|a, b| a.0 == b.0) {
                match (windows(part), part.first()) {
                    (Ok(said), _) => add(part, said),
                    (Err(error), Some((job, ..))) => failed.push((*job, error)),
                    (Err(_), None) => {}
                }
            }
            failed
        }
    }
}

/// Ends texts whose windows are all in, and keeps their readings.
fn finish_texts(job: &mut ReadJob, reader: &dyn TextReader, readings: &ReadingCache) {
    let until = job.texts.len().min(job.at + 1);
    for text in job.texts.iter_mut().take(until).rev() {
        if text.reading.is_some() {
            break;
        }
        if text.progress.has_ended() && text.ready.is_none() {
            let progress = std::mem::take(&mut text.progress);
            let mut reading = reader.finish(&text.text, progress);
            if job.terms.meaning == Meaning::Dropped {
                reading = Reading {
                    embedding: Vec::new(),
                    tasks: Vec::new(),
                    gain: Vec::new(),
                    ..reading
                };
            }
            text.reading = Some(readings.insert(text.key, reading));
            text.text = String::new();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{InferenceError, ReadJob, Reads, Terms};
    use std::time::Duration;

    /// A request of a tenant for a text of so many tokens.
    fn job(tenant: &str, tokens: usize, patience_ms: u64) -> (ReadJob, impl Sized) {
        let terms = Terms {
            tenant: Some(tenant.into()),
            patience: Some(Duration::from_millis(patience_ms)),
            ..Terms::default()
        };
        ReadJob::new(vec![("x".repeat(4 * tokens - 12), [0; 16])], terms)
    }

    #[test]
    fn a_line_that_is_too_long_is_refused_at_once_with_the_time_until_it_is_not() {
        let reads = Reads::default();
        // A thousand tokens a second; nobody works the line off.
        reads.lock().pace.note(1000, Duration::from_secs(1));
        let mut callers = Vec::new();
        let mut push = |tenant, tokens, patience_ms| {
            let (job, caller) = job(tenant, tokens, patience_ms);
            callers.push(caller);
            reads.push(job).map_err(|error| match error {
                InferenceError::QueueFull { retry_after } => retry_after.as_millis(),
                other => panic!("{other}"),
            })
        };
        for (tenant, tokens, patience_ms, expected) in [
            ("x", 250, 0, Ok(())),
            // Its own work takes as long as it waits.
            ("x", 250, 0, Ok(())),
            ("x", 250, 400, Err(1000)),
            ("x", 250, 3000, Ok(())),
            ("x", 1000, 500, Ok(())),
            ("x", 250, 600, Err(1000)),
            // Another tenant waits for one turn of the first only.
            ("y", 250, 300, Ok(())),
            ("y", 1000, 999, Err(1000)),
            ("y", 1000, 2300, Ok(())),
            ("x", 50, 0, Err(1000)),
            ("z", 50, 3000, Ok(())),
        ] {
            let got = push(tenant, tokens, patience_ms);
            assert_eq!(got, expected, "{tenant} {tokens} {patience_ms}");
        }
        assert_eq!(reads.backlog(), Duration::from_millis(3 * 250 + 1000 + 250 + 1000 + 50));
        assert_eq!(reads.len(), 7);
    }

    #[test]
    fn who_has_no_patience_to_lose_is_never_refused_and_a_closed_line_takes_nobody() {
        let reads = Reads::default();
        reads.lock().pace.note(1, Duration::from_secs(1));
        let mut callers = Vec::new();
        for _ in 0..50 {
            let (job, caller) = ReadJob::new(vec![("x".repeat(99), [0; 16])], Terms::default());
            assert!(reads.push(job).is_ok());
            callers.push(caller);
        }
        reads.close();
        assert_eq!(reads.len(), 0);
        let (job, _caller) = ReadJob::new(Vec::new(), Terms::default());
        assert_eq!(reads.push(job), Err(InferenceError::Gone));
    }
}
