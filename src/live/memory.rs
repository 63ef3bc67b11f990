//! How much memory the requests in work may take together.
//!
//! A request takes a multiple of its body: as received, decoded, read, as it leaves. It claims that while its body arrives and
//! gives it back when its answer begins. Invariant: claims stay within the limit, but for a request that is alone, which may be
//! larger than all of it.

use crate::inference::kernels;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

/// Bytes that a request takes for each byte of its body; `cargo bench --bench overload` measures it.
const PER_BYTE: usize = 6;
/// Bytes that a request takes beside its body.
const BESIDE: usize = 16 * 1024;
/// After claims of this many bytes the heap is given back to the system.
const LARGE: usize = 8 << 20;
/// How long after the end of a large request.
const SOON: Duration = Duration::from_millis(500);

/// What the requests in work have claimed.
#[derive(Debug, Default)]
pub struct Memory {
    claimed: AtomicUsize,
    /// Whether the heap is about to be given back.
    giving_back: AtomicBool,
}

/// What one request has claimed; given back when dropped.
#[derive(Debug)]
pub struct Claim {
    memory: Arc<Memory>,
    bytes: usize,
}

impl Memory {
    /// A claim for a request whose body is still to come; `None` if there is no room for it.
    pub fn claim(self: &Arc<Self>, limit: usize) -> Option<Claim> {
        let mut claim = Claim { memory: Arc::clone(self), bytes: 0 };
        claim.add(BESIDE, limit).then_some(claim)
    }

    /// Bytes that are claimed.
    pub fn claimed(&self) -> usize {
        self.claimed.load(Ordering::Relaxed)
    }

    /// Gives free memory of the heap back to the system, soon and once for all that end until then.
    fn give_back(self: &Arc<Self>) {
        let Ok(tokio) = tokio::runtime::Handle::try_current() else { return };
        if self.giving_back.swap(true, Ordering::AcqRel) {
            return;
        }
        let memory = Arc::clone(self);
        tokio.spawn(async move {
            tokio::time::sleep(SOON).await;
            memory.giving_back.store(false, Ordering::Release);
            // It takes some milliseconds, in which this thread would serve nobody.
            let _ = tokio::task::spawn_blocking(kernels::release_free_memory).await;
        });
    }
}

impl Claim {
    /// Claims what `body` more bytes of a body take; false if there is no room.
    #[must_use]
    pub fn grow(&mut self, body: usize, limit: usize) -> bool {
        self.add(body.saturating_mul(PER_BYTE), limit)
    }

    fn add(&mut self, bytes: usize, limit: usize) -> bool {
        let own = self.bytes;
        let add = |claimed: usize| {
            let next = claimed.saturating_add(bytes);
            (next <= limit || claimed == own).then_some(next)
        };
        let order = Ordering::Relaxed;
        let added = self.memory.claimed.fetch_update(order, order, add).is_ok();
        self.bytes += if added { bytes } else { 0 };
        added
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.memory.claimed.fetch_sub(self.bytes, Ordering::Relaxed);
        if self.bytes >= LARGE {
            self.memory.give_back();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{BESIDE, Memory, PER_BYTE};
    use std::sync::Arc;

    #[test]
    fn claims_stay_within_the_limit_and_come_back() {
        let memory = Arc::new(Memory::default());
        let limit = 2 * BESIDE + 100 * PER_BYTE;
        let mut first = memory.claim(limit).unwrap();
        assert!(first.grow(60, limit));
        let mut second = memory.claim(limit).unwrap();
        assert!(memory.claim(limit).is_none(), "no room for a third");
        assert!(second.grow(40, limit));
        assert!(!second.grow(1, limit) && !first.grow(1, limit));
        assert_eq!(memory.claimed(), limit);
        drop(first);
        assert_eq!(memory.claimed(), BESIDE + 40 * PER_BYTE);
        assert!(second.grow(60, limit));
        drop(second);
        assert_eq!(memory.claimed(), 0);
    }

    #[test]
    fn who_is_alone_may_take_more_than_there_is() {
        let memory = Arc::new(Memory::default());
        let mut large = memory.claim(1).unwrap();
        assert!(large.grow(1 << 30, 1) && large.grow(1 << 30, 1));
        assert!(memory.claim(1).is_none());
        drop(large);
        assert!(memory.claim(1).is_some_and(|mut next| next.grow(5, 1)));
        assert_eq!(memory.claimed(), 0);
    }
}
