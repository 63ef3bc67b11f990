//! Embeddings on disk, so that a restart or a reload embeds only what is new.
//!
//! One file per encoder, written whole beside its place and renamed, closed by a checksum. Invariant: a file that is cut,
//! altered or of another encoder is worth nothing and never an error: the cache starts empty and is written anew.
//! The key of an entry is the SHA-256 of the encoder's id and the text; the texts themselves are not stored.

use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Entries kept at most; at 384 numbers each they take 80 MB on disk, fewer at smaller widths.
const MAX_ENTRIES: usize = 50_000;
/// Longest file that is read.
const MAX_BYTES: u64 = 512 << 20;
const MAGIC: &[u8; 8] = b"weiremb1";
const KEY_BYTES: usize = 32;

type Key = [u8; KEY_BYTES];

/// The embeddings of one encoder.
#[derive(Debug)]
pub struct EmbeddingCache {
    path: PathBuf,
    encoder: String,
    entries: HashMap<Key, Entry>,
    changed: bool,
}

#[derive(Debug)]
struct Entry {
    embedding: Vec<f32>,
    used: bool,
}

impl EmbeddingCache {
    /// Opens the cache of `encoder` in `dir`. A file that is missing or damaged gives an empty cache.
    pub fn open(dir: &Path, encoder: &str) -> Self {
        let name = hex(&Sha256::digest(encoder.as_bytes())[..8]);
        let path = dir.join(format!("embeddings-{name}.bin"));
        let entries = read(&path).unwrap_or_default();
        Self { path, encoder: encoder.to_owned(), entries, changed: false }
    }

    /// The embedding of `text`, if it is known.
    pub fn get(&mut self, text: &str) -> Option<&[f32]> {
        let entry = self.entries.get_mut(&key(&self.encoder, text))?;
        entry.used = true;
        Some(&entry.embedding)
    }

    /// Keeps the embedding of `text`.
    pub fn insert(&mut self, text: &str, embedding: Vec<f32>) {
        self.changed = true;
        self.entries.insert(key(&self.encoder, text), Entry { embedding, used: true });
    }

    /// Number of embeddings held.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Writes the file if something was inserted. When there are too many entries, those not asked for since [`Self::open`]
    /// are left out first.
    ///
    /// # Errors
    /// The folder cannot be made or the file cannot be written; the old file then stays as it was.
    pub fn save(&mut self) -> std::io::Result<()> {
        self.save_at_most(MAX_ENTRIES)
    }

    fn save_at_most(&mut self, max_entries: usize) -> std::io::Result<()> {
        if !self.changed {
            return Ok(());
        }
        let width = self.entries.values().next().map_or(0, |entry| entry.embedding.len());
        let mut kept: Vec<(&Key, &Entry)> =
            self.entries.iter().filter(|(_, entry)| entry.embedding.len() == width).collect();
        kept.sort_by_key(|(key, entry)| (!entry.used, **key));
        kept.truncate(max_entries);
        let mut bytes = Vec::with_capacity(64 + kept.len() * (KEY_BYTES + 4 * width));
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&u32::try_from(width).unwrap_or(0).to_le_bytes());
        for (key, entry) in kept {
            bytes.extend_from_slice(key);
            for value in &entry.embedding {
                bytes.extend_from_slice(&value.to_le_bytes());
            }
        }
        let checksum = Sha256::digest(&bytes);
        bytes.extend_from_slice(&checksum);
        write_atomically(&self.path, &bytes)?;
        self.changed = false;
        Ok(())
    }
}

fn key(encoder: &str, text: &str) -> Key {
    let mut hash = Sha256::new();
    // The length keeps an id that ends where a text begins from meaning another pair.
    hash.update((encoder.len() as u64).to_le_bytes());
    hash.update(encoder.as_bytes());
    hash.update(text.as_bytes());
    hash.finalize().into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The entries of a file, `None` if it is not whole.
fn read(path: &Path) -> Option<HashMap<Key, Entry>> {
    if std::fs::metadata(path).ok()?.len() > MAX_BYTES {
        return None;
    }
    let bytes = std::fs::read(path).ok()?;
    let (body, checksum) = bytes.split_at_checked(bytes.len().checked_sub(32)?)?;
    if Sha256::digest(body)[..] != *checksum {
        return None;
    }
    let rest = body.strip_prefix(MAGIC)?;
    let (width, records) = rest.split_first_chunk::<4>()?;
    let width = u32::from_le_bytes(*width) as usize;
    let record = width.checked_mul(4)?.checked_add(KEY_BYTES)?;
    if width == 0 || records.len() % record != 0 {
        return None;
    }
    let mut entries = HashMap::with_capacity(records.len() / record);
    for bytes in records.chunks_exact(record) {
        let (key, values) = bytes.split_first_chunk::<KEY_BYTES>()?;
        let (values, _) = values.as_chunks::<4>();
        let embedding = values.iter().map(|value| f32::from_le_bytes(*value)).collect();
        entries.insert(*key, Entry { embedding, used: false });
    }
    Some(entries)
}

/// Writes beside `path` and renames, so that a reader sees the old file or the new one.
fn write_atomically(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(dir) = path.parent() {
        std::fs::create_dir_all(dir)?;
    }
    let beside = path.with_extension(format!("{}.part", std::process::id()));
    let written = std::fs::File::create(&beside).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_data()
    });
    let renamed = written.and_then(|()| std::fs::rename(&beside, path));
    if renamed.is_err() {
        // The half-written file is of no use to anybody; the first error is the one worth telling.
        let _ = std::fs::remove_file(&beside);
    }
    renamed
}

#[cfg(test)]
mod tests {
    use super::EmbeddingCache;

    fn filled(dir: &std::path::Path) -> EmbeddingCache {
        let mut cache = EmbeddingCache::open(dir, "mini");
        cache.insert("hello", vec![1.0, 2.0]);
        cache.insert("world", vec![-3.5, 0.25]);
        cache.save().unwrap();
        cache
    }

    #[test]
    fn comes_back_after_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        filled(dir.path());
        let mut again = EmbeddingCache::open(dir.path(), "mini");
        assert_eq!(again.len(), 2);
        assert_eq!(again.get("world"), Some(&[-3.5, 0.25][..]));
        assert_eq!(again.get("other"), None);
        assert!(EmbeddingCache::open(dir.path(), "another encoder").is_empty());
    }

    #[test]
    fn a_damaged_file_is_ignored_and_rebuilt() {
        let dir = tempfile::tempdir().unwrap();
        let path = filled(dir.path()).path;
        let good = std::fs::read(&path).unwrap();
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1;
            std::fs::write(&path, &bad).unwrap();
            assert!(EmbeddingCache::open(dir.path(), "mini").is_empty(), "flipped byte {at}");
            std::fs::write(&path, &good[..at]).unwrap();
            assert!(EmbeddingCache::open(dir.path(), "mini").is_empty(), "cut at {at}");
        }
        assert_eq!(filled(dir.path()).len(), 2);
        assert_eq!(EmbeddingCache::open(dir.path(), "mini").len(), 2);
    }

    #[test]
    fn when_full_it_keeps_what_is_used() {
        let dir = tempfile::tempdir().unwrap();
        filled(dir.path());
        let mut cache = EmbeddingCache::open(dir.path(), "mini");
        assert!(cache.get("hello").is_some());
        cache.insert("new", vec![0.0, 1.0]);
        cache.save_at_most(2).unwrap();
        let mut again = EmbeddingCache::open(dir.path(), "mini");
        assert_eq!(again.len(), 2);
        assert!(again.get("hello").is_some() && again.get("new").is_some());
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_an_error_and_no_loss() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        std::fs::write(&file, b"x").unwrap();
        let mut cache = EmbeddingCache::open(&file, "mini");
        cache.insert("hello", vec![1.0]);
        assert!(cache.save().is_err());
        assert_eq!(cache.get("hello"), Some(&[1.0][..]));
    }
}
