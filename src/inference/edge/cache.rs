//! Readings by the content of their texts, each tenant's for itself: how fast an answer comes says nothing about others.
//!
//! Invariants: bounded in bytes; no text is kept, only a hash under a key of this process, so a key tells nothing and
//! cannot be aimed at.

use super::Reading;
use crate::inference::runtime::{Meaning, Terms};
use moka::sync::Cache;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// What all readings together may take, in bytes.
const CAPACITY: u64 = 16 << 20;

/// Half of a keyed SHA-256.
pub type Key = [u8; 16];

/// Readings of texts that were read before.
pub struct ReadingCache {
    secret: [u8; 32],
    entries: Cache<Key, Arc<Reading>>,
}

impl Default for ReadingCache {
    fn default() -> Self {
        Self::new(CAPACITY)
    }
}

impl ReadingCache {
    fn new(capacity: u64) -> Self {
        let entries = Cache::builder().max_capacity(capacity);
        let entries = entries.weigher(|_, reading: &Arc<Reading>| weight(reading)).build();
        Self { secret: rand::random(), entries }
    }

    /// Bytes that they take, about.
    pub(in crate::inference) fn bytes(&self) -> usize {
        self.entries.run_pending_tasks();
        usize::try_from(self.entries.weighted_size()).unwrap_or(usize::MAX)
    }

    /// The key of a text that is read on these terms: whose it is, and what is asked about it.
    pub(in crate::inference) fn key(&self, text: &str, terms: &Terms) -> Key {
        let tenant = terms.tenant.as_deref();
        let flags = [terms.words, terms.meaning == Meaning::Dropped, tenant.is_some()];
        let hash = Sha256::new().chain_update(self.secret).chain_update(flags.map(u8::from));
        let tenant = tenant.unwrap_or_default();
        let hash = hash.chain_update((tenant.len() as u64).to_le_bytes()).chain_update(tenant);
        let hash = hash.chain_update(text).finalize();
        hash.first_chunk().copied().unwrap_or_default()
    }

    /// The reading under a key, if it is still there.
    pub(in crate::inference) fn get(&self, key: &Key) -> Option<Arc<Reading>> {
        self.entries.get(key)
    }

    /// Keeps a reading.
    pub(in crate::inference) fn insert(&self, key: Key, reading: Reading) -> Arc<Reading> {
        let reading = Arc::new(reading);
        self.entries.insert(key, Arc::clone(&reading));
        reading
    }
}

/// Bytes that a reading takes, about.
fn weight(reading: &Reading) -> u32 {
    let numbers = reading.embedding.len() + reading.tasks.len() + reading.gain.len();
    let bytes = size_of::<Reading>()
        + numbers * size_of::<f32>()
        + size_of_val(&*reading.entities)
        + size_of_val(&*reading.keep)
        + 128;
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::{Meaning, Reading, ReadingCache, Terms};

    fn reading(n: usize) -> Reading {
        Reading {
            entities: Vec::new(),
            embedding: vec![0.5; n],
            injection: None,
            tasks: Vec::new(),
            gain: Vec::new(),
            keep: Vec::new(),
            n_tokens: n,
        }
    }

    #[test]
    fn keeps_by_content_and_never_more_than_its_capacity() {
        let cache = ReadingCache::new(40_000);
        let plain = Terms::default();
        let of = |tenant: &str| Terms { tenant: Some(tenant.into()), ..Terms::default() };
        let key = cache.key("hello", &plain);
        assert_eq!(key, cache.key("hello", &plain));
        for (text, terms) in [
            ("hello ", plain.clone()),
            ("hello", Terms { words: true, ..plain.clone() }),
            ("hello", Terms { meaning: Meaning::Dropped, ..plain.clone() }),
            ("hello", of("")),
            ("hello", of("a")),
            ("ahello", plain.clone()),
        ] {
            assert_ne!(key, cache.key(text, &terms), "{text:?} {terms:?}");
        }
        assert_ne!(cache.key("bc", &of("a")), cache.key("c", &of("ab")));
        let other = ReadingCache::new(1).key("hello", &plain);
        assert_ne!(key, other, "another process has other keys");
        assert!(cache.get(&key).is_none());
        cache.insert(key, reading(3));
        assert_eq!(cache.get(&key).map(|found| found.n_tokens), Some(3));
        for i in 0..100 {
            cache.insert(cache.key(&i.to_string(), &plain), reading(1000));
        }
        cache.entries.run_pending_tasks();
        assert!(cache.entries.weighted_size() <= 40_000);
        assert!(cache.entries.entry_count() > 4);
    }
}
