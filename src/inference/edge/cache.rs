//! Readings by the content of their texts, each tenant's for itself: how fast an answer comes says nothing about others.
//!
//! Invariants: bounded in bytes; no text is kept, only a hash under a key of this process, so a key tells nothing and
//! cannot be aimed at.

use super::Reading;
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

    /// The key of a text of a tenant, read with or without what each word is worth.
    pub(in crate::inference) fn key(&self, text: &str, tenant: Option<&str>, words: bool) -> Key {
        let hash = Sha256::new().chain_update(self.secret);
        let hash = hash.chain_update([u8::from(words), u8::from(tenant.is_some())]);
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
    use super::{Reading, ReadingCache};

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
        let key = cache.key("hello", None, false);
        assert_eq!(key, cache.key("hello", None, false));
        for (text, tenant, words) in [
            ("hello ", None, false),
            ("hello", None, true),
            ("hello", Some(""), false),
            ("hello", Some("a"), false),
            ("ahello", None, false),
        ] {
            assert_ne!(key, cache.key(text, tenant, words), "{text:?} {tenant:?} {words}");
        }
        assert_ne!(cache.key("bc", Some("a"), false), cache.key("c", Some("ab"), false));
        let other = ReadingCache::new(1).key("hello", None, false);
        assert_ne!(key, other, "another process has other keys");
        assert!(cache.get(&key).is_none());
        cache.insert(key, reading(3));
        assert_eq!(cache.get(&key).map(|found| found.n_tokens), Some(3));
        for i in 0..100 {
            cache.insert(cache.key(&i.to_string(), None, false), reading(1000));
        }
        cache.entries.run_pending_tasks();
        assert!(cache.entries.weighted_size() <= 40_000);
        assert!(cache.entries.entry_count() > 4);
    }
}
