//! Hashing files and writing them so that a final name never stands for half a file.
//!
//! Invariant: [`write_verified`] either leaves the whole file with the expected hash under its name, or nothing.

use super::FetchError;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

fn hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// SHA-256 of bytes as 64 hex digits.
pub(super) fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// SHA-256 of a file as 64 lower-case hex digits.
///
/// # Errors
/// If the file cannot be read.
pub fn sha256_of(path: &Path) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0u8; 1 << 18];
    loop {
        let n = file.read(&mut buffer)?;
        if n == 0 {
            return Ok(hex(&hasher.finalize()));
        }
        hasher.update(buffer.get(..n).unwrap_or_default());
    }
}

/// The hash noted beside a file when it was fetched without a pinned one.
pub(super) fn noted_hash(path: &Path) -> Option<String> {
    let text = std::fs::read_to_string(with_suffix(path, ".sha256")).ok()?;
    let hash = text.trim();
    (hash.len() == 64).then(|| hash.to_owned())
}

/// Notes a file's hash beside it, so that later damage is seen.
pub(super) fn note_hash(path: &Path, hash: &str) -> std::io::Result<()> {
    std::fs::write(with_suffix(path, ".sha256"), hash)
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Removes its file unless disarmed.
struct Part {
    path: PathBuf,
    armed: bool,
}

impl Drop for Part {
    fn drop(&mut self) {
        if self.armed {
            // A leftover `.part` file is harmless: it is never read.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Copies `from` to `path` through a `.part` file and returns the hash.
///
/// # Errors
/// If reading or writing fails, or the hash is not the expected one; then nothing stands under `path` that was not there
/// before.
pub(super) fn write_verified(
    mut from: impl Read,
    path: &Path,
    expected: Option<&str>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<String, FetchError> {
    let io = |error: std::io::Error| FetchError::io(path, &error);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(io)?;
    }
    let name = with_suffix(path, &format!(".{}.part", std::process::id()));
    let mut file = File::create(&name).map_err(io)?;
    let mut part = Part { path: name, armed: true };
    let mut hasher = Sha256::new();
    let mut buffer = vec![0u8; 1 << 18];
    let mut done = 0u64;
    loop {
        let n = from.read(&mut buffer).map_err(io)?;
        if n == 0 {
            break;
        }
        let bytes = buffer.get(..n).unwrap_or_default();
        hasher.update(bytes);
        file.write_all(bytes).map_err(io)?;
        done += n as u64;
        on_bytes(done);
    }
    let found = hex(&hasher.finalize());
    if let Some(expected) = expected.filter(|expected| *expected != found) {
        return Err(FetchError::WrongHash {
            file: path.display().to_string(),
            expected: expected.to_owned(),
            found,
        });
    }
    file.sync_all().map_err(io)?;
    drop(file);
    std::fs::rename(&part.path, path).map_err(io)?;
    part.armed = false;
    if let Some(folder) = path.parent().and_then(|folder| File::open(folder).ok()) {
        // Makes the rename itself durable; file systems that cannot sync a folder lose only time.
        let _ = folder.sync_all();
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    fn names(folder: &Path) -> Vec<String> {
        std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect()
    }

    #[test]
    fn whole_or_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f.bin");
        let error = write_verified(&b"abd"[..], &path, Some(ABC), &mut |_| ()).unwrap_err();
        let text = error.to_string();
        assert!(
            text.contains("f.bin") && text.contains(ABC) && text.contains("a52d159f"),
            "{text}"
        );
        assert!(names(folder.path()).is_empty(), "{:?}", names(folder.path()));
        assert_eq!(write_verified(&b"abc"[..], &path, Some(ABC), &mut |_| ()).unwrap(), ABC);
        assert_eq!(names(folder.path()), ["f.bin"]);
        assert_eq!(sha256_of(&path).unwrap(), ABC);
    }

    #[test]
    fn a_cut_source_leaves_the_old_file() {
        struct Cut(bool);
        impl Read for Cut {
            fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
                if std::mem::replace(&mut self.0, true) {
                    return Err(std::io::ErrorKind::UnexpectedEof.into());
                }
                buf[0] = b'x';
                Ok(1)
            }
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f.bin");
        std::fs::write(&path, "old").unwrap();
        assert!(write_verified(Cut(false), &path, None, &mut |_| ()).is_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        assert_eq!(names(folder.path()), ["f.bin"]);
    }
}
