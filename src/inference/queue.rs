//! The bounded queue in front of a model's thread.
//!
//! Invariants: at most `max_jobs` jobs wait, and at most `max_tokens` tokens unless a single job alone is larger; a job
//! whose caller has gone takes no room and is never run. Form: text-embeddings-inference's token budget.

use super::lane::Shuts;
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Work that somebody waits for.
pub trait Job: Send {
    /// Its size in tokens, as estimated.
    fn n_tokens(&self) -> usize;

    /// Whether nobody waits for it any more.
    fn is_abandoned(&self) -> bool;

    /// Whether others go first.
    fn is_background(&self) -> bool {
        false
    }
}

/// A queue with two bounds, first in first out within each of two classes.
pub struct Queue<J> {
    inner: Mutex<Inner<J>>,
    changed: Condvar,
    max_jobs: usize,
    max_tokens: usize,
}

struct Inner<J> {
    jobs: VecDeque<(J, Instant)>,
    n_tokens: usize,
    closed: bool,
}

impl<J: Job> Inner<J> {
    fn next(&mut self) -> Option<(J, Duration)> {
        let waits = |(job, _): &(J, Instant)| !job.is_background();
        while let Some((job, since)) =
            self.jobs.remove(self.jobs.iter().position(waits).unwrap_or(0))
        {
            self.n_tokens = self.n_tokens.saturating_sub(job.n_tokens());
            if !job.is_abandoned() {
                return Some((job, since.elapsed()));
            }
        }
        None
    }
}

impl<J: Job> Queue<J> {
    /// An empty queue.
    pub fn new(max_jobs: usize, max_tokens: usize) -> Self {
        let inner = Inner { jobs: VecDeque::new(), n_tokens: 0, closed: false };
        Self { inner: Mutex::new(inner), changed: Condvar::new(), max_jobs, max_tokens }
    }

    /// Adds a job; hands it back if there is no room or the queue is closed.
    ///
    /// # Errors
    /// The job itself.
    pub fn push(&self, job: J) -> Result<(), J> {
        let mut inner = self.lock();
        let size = job.n_tokens();
        if inner.closed {
            return Err(job);
        }
        if !self.has_room(&inner, size) {
            // Dead jobs leave first, so that callers that give up do not lock out those that come.
            inner.jobs.retain(|(job, _)| !job.is_abandoned());
            inner.n_tokens = inner.jobs.iter().map(|(job, _)| job.n_tokens()).sum();
            if !self.has_room(&inner, size) {
                return Err(job);
            }
        }
        inner.n_tokens += size;
        inner.jobs.push_back((job, Instant::now()));
        drop(inner);
        self.changed.notify_one();
        Ok(())
    }

    fn has_room(&self, inner: &Inner<J>, size: usize) -> bool {
        let fits = inner.jobs.is_empty() || inner.n_tokens.saturating_add(size) <= self.max_tokens;
        inner.jobs.len() < self.max_jobs && fits
    }

    /// The next job that somebody waits for, if there is one now, and how long it waited.
    pub fn try_pop(&self) -> Option<(J, Duration)> {
        self.lock().next()
    }

    /// Waits for the next job that somebody waits for, and says how long it waited. `None` once the queue is closed.
    pub fn pop(&self) -> Option<(J, Duration)> {
        let mut inner = self.lock();
        loop {
            if inner.closed {
                return None;
            }
            if let Some(next) = inner.next() {
                return Some(next);
            }
            inner = self.changed.wait(inner).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Refuses all further work and drops what waits.
    pub fn close(&self) {
        let mut inner = self.lock();
        inner.closed = true;
        inner.jobs.clear();
        inner.n_tokens = 0;
        drop(inner);
        self.changed.notify_all();
    }

    /// Whether it is closed.
    pub fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Jobs that wait.
    pub fn len(&self) -> usize {
        self.lock().jobs.len()
    }

    /// Tokens that wait.
    #[cfg(test)]
    fn n_tokens(&self) -> usize {
        self.lock().n_tokens
    }

    /// No code panics while it holds the lock, so a poisoned one is still consistent.
    fn lock(&self) -> MutexGuard<'_, Inner<J>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<J: Job + 'static> Shuts for Queue<J> {
    fn wait_closed(&self, limit: Duration) -> bool {
        let waited = self.changed.wait_timeout_while(self.lock(), limit, |inner| !inner.closed);
        waited.unwrap_or_else(PoisonError::into_inner).0.closed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    #[derive(Debug)]
    struct Fake(usize, Arc<AtomicBool>);

    impl Job for Fake {
        fn n_tokens(&self) -> usize {
            self.0
        }
        fn is_abandoned(&self) -> bool {
            self.1.load(Ordering::Relaxed)
        }
    }

    fn job(n: usize) -> (Fake, Arc<AtomicBool>) {
        let gone = Arc::new(AtomicBool::new(false));
        (Fake(n, Arc::clone(&gone)), gone)
    }

    #[test]
    fn both_bounds_hold_and_the_dead_make_room() {
        let queue = Queue::new(2, 10);
        let (first, first_gone) = job(6);
        assert!(queue.push(first).is_ok());
        assert!(queue.push(job(5).0).is_err(), "11 tokens");
        assert!(queue.push(job(4).0).is_ok());
        assert!(queue.push(job(0).0).is_err(), "three jobs");
        first_gone.store(true, Ordering::Relaxed);
        assert!(queue.push(job(6).0).is_ok());
        assert_eq!(queue.n_tokens(), 10);
        assert_eq!(queue.pop().unwrap().0.0, 4);
        assert_eq!(queue.pop().unwrap().0.0, 6);
        assert_eq!(queue.n_tokens(), 0);
    }

    #[test]
    fn a_job_larger_than_the_budget_runs_alone() {
        let queue = Queue::new(4, 10);
        assert!(queue.push(job(50).0).is_ok());
        assert!(queue.push(job(1).0).is_err());
        assert_eq!(queue.pop().unwrap().0.0, 50);
    }

    #[test]
    fn background_work_goes_last() {
        struct Classed(usize, bool);
        impl Job for Classed {
            fn n_tokens(&self) -> usize {
                1
            }
            fn is_abandoned(&self) -> bool {
                false
            }
            fn is_background(&self) -> bool {
                self.1
            }
        }
        let queue = Queue::new(9, 9);
        for (at, background) in [true, false, true, false].into_iter().enumerate() {
            assert!(queue.push(Classed(at, background)).is_ok());
        }
        let order: Vec<usize> =
            std::iter::from_fn(|| queue.try_pop()).map(|(job, _)| job.0).collect();
        assert_eq!((order, queue.n_tokens()), (vec![1, 3, 0, 2], 0));
    }

    #[test]
    fn closing_ends_waiting_and_refuses() {
        let queue = Arc::new(Queue::<Fake>::new(4, 10));
        let waiting = Arc::clone(&queue);
        let thread = std::thread::spawn(move || waiting.pop().is_none());
        assert!(!queue.wait_closed(Duration::from_millis(1)));
        queue.close();
        assert!(thread.join().unwrap());
        assert!(queue.push(job(1).0).is_err());
        assert!(queue.wait_closed(Duration::from_secs(60)));
    }
}
