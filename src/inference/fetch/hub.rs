//! Files from a Hugging Face hub through hf-hub's cache layout, so that they are shared with every other tool.
//!
//! Invariant: a file of this download that fails its check is removed from that cache; a cut download leaves only hf-hub's
//! `.part` file, from which the next attempt goes on.

use super::{FetchError, Fetcher, FileSpec, Progress, disk};
use hf_hub::api::sync::{ApiBuilder, ApiError};
use hf_hub::{Cache, Repo, RepoType};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

/// Longest silence of a hub before the next source is tried; hf-hub itself waits for ever.
const STALL: Duration = Duration::from_secs(30);

enum Step {
    Bytes(usize),
    End(Result<PathBuf, String>),
}

/// Passes hf-hub's byte counts on.
struct Report(mpsc::Sender<Step>);

impl hf_hub::api::Progress for Report {
    fn init(&mut self, _size: usize, _filename: &str) {}
    fn update(&mut self, size: usize) {
        // Nobody listens any more if the download was given up.
        let _ = self.0.send(Step::Bytes(size));
    }
    fn finish(&mut self) {}
}

fn repo_of(repo: &str, revision: &str) -> Repo {
    Repo::with_revision(repo.to_owned(), RepoType::Model, revision.to_owned())
}

impl Fetcher {
    /// Where the hub's cache has a file, if it does.
    pub(super) fn hub_path(&self, repo: &str, revision: &str, file: &str) -> Option<PathBuf> {
        let cache = Cache::new(self.hub_cache.clone()).repo(repo_of(repo, revision));
        // A commit needs no ref: the Python library writes none for it.
        let direct = cache.pointer_path(revision).join(file);
        cache.get(file).or_else(|| direct.is_file().then_some(direct))
    }

    /// Brings the files into the hub's cache.
    pub(super) fn fetch_hub(
        &self,
        repo: &str,
        revision: &str,
        files: &[FileSpec],
        progress: Progress<'_>,
    ) -> Result<(), FetchError> {
        let total = files.iter().filter_map(|file| file.size).sum();
        let mut before = 0;
        for (at, file) in files.iter().enumerate() {
            let name = format!("{repo}/{}", file.path);
            let there = self.hub_path(repo, revision, &file.path);
            if let (Some(path), Some(expected)) = (&there, &file.sha256)
                && disk::sha256_of(path).is_ok_and(|found| found == *expected)
            {
                before += file.size.unwrap_or(0);
                continue;
            }
            if self.hub_offline {
                return Err(FetchError::Offline { file: name });
            }
            let fail = |reason| FetchError::Hub { file: name.clone(), reason };
            let mut here = before;
            let path = self
                .download(repo_of(repo, revision), &file.path, &mut |done| {
                    here = before + done;
                    // Not all is here until the last file is whole.
                    progress(if total > 0 { here.min(total - 1) } else { here }, total);
                })
                .map_err(fail)?;
            if at + 1 == files.len() {
                progress(here.max(1), here.max(1));
            }
            let found = disk::sha256_of(&path).map_err(|error| FetchError::io(&path, &error))?;
            let expected = file.sha256.clone().or_else(|| hash_in_name(&path));
            if let Some(expected) = expected.filter(|expected| *expected != found) {
                discard(&path);
                return Err(FetchError::WrongHash { file: name, expected, found });
            }
            before += file.size.unwrap_or(0);
        }
        Ok(())
    }

    /// One file through hf-hub, on a thread of its own so that a silent server can be given up.
    fn download(
        &self,
        repo: Repo,
        file: &str,
        on_bytes: &mut dyn FnMut(u64),
    ) -> Result<PathBuf, String> {
        let (tx, rx) = mpsc::channel();
        let builder = ApiBuilder::from_cache(Cache::new(self.hub_cache.clone()))
            .with_endpoint(self.hub_endpoint.trim_end_matches('/').to_owned())
            .with_progress(false);
        let blobs = self.hub_cache.join(repo.folder_name()).join("blobs");
        let file = file.to_owned();
        let work = move || {
            let attempt = || {
                let api = builder.build().map_err(|error| error.to_string())?;
                let handle = api.repo(repo);
                match handle.download_with_progress(&file, Report(tx.clone())) {
                    Err(ApiError::InvalidResume) => {
                        remove_parts(&blobs);
                        handle.download_with_progress(&file, Report(tx.clone()))
                    }
                    other => other,
                }
                .map_err(|error| error.to_string())
            };
            // hf-hub asserts on servers that answer oddly; that must not end more than this attempt.
            let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(attempt))
                .unwrap_or_else(|_| Err("the server's answer was not understood".to_owned()));
            let _ = tx.send(Step::End(result));
        };
        std::thread::Builder::new()
            .name("weir-hub".to_owned())
            .spawn(work)
            .map_err(|error| error.to_string())?;
        let mut done = 0;
        loop {
            match rx.recv_timeout(STALL) {
                Ok(Step::Bytes(n)) => {
                    done += n as u64;
                    on_bytes(done);
                }
                Ok(Step::End(result)) => return result,
                Err(RecvTimeoutError::Timeout) => {
                    return Err(format!("no byte for {} s", STALL.as_secs()));
                }
                Err(RecvTimeoutError::Disconnected) => return Err("the download ended".to_owned()),
            }
        }
    }
}

/// Large files lie in the cache under their SHA-256.
fn hash_in_name(pointer: &Path) -> Option<String> {
    let blob = pointer.canonicalize().ok()?;
    let name = blob.file_name()?.to_str()?;
    let is_hash = name.len() == 64 && name.bytes().all(|b| b.is_ascii_hexdigit());
    is_hash.then(|| name.to_lowercase())
}

/// Removes a pointer and the blob behind it. What cannot be removed fails its hash again at the next use.
fn discard(pointer: &Path) {
    if let Ok(blob) = pointer.canonicalize() {
        let _ = std::fs::remove_file(blob);
    }
    let _ = std::fs::remove_file(pointer);
}

fn remove_parts(blobs: &Path) {
    let Ok(entries) = std::fs::read_dir(blobs) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.extension().is_some_and(|ext| ext == "part") {
            let _ = std::fs::remove_file(path);
        }
    }
}
