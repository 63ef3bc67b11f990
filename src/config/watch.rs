//! Watches the files of a configuration and loads it again when one changes, or on SIGHUP.
//!
//! The files are looked at once a second instead of asking the system for events: that works the same for editors that
//! write a new file and rename it, for Kubernetes, which swaps a symbolic link beside the file, and on network mounts,
//! and a ledger that is written in the same folder wakes nobody. What counts is the content.
//!
//! Invariant: the callback gets a loaded configuration or the reason why not; the caller keeps what it has in that case.

use super::load::{self, Overrides};
use super::overlay::Overlay;
use super::problem::ConfigErrors;
use super::resolved::Config;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::future::Future;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// How long files that change must be quiet before they are read.
const QUIET: Duration = Duration::from_millis(150);
/// How often files are looked at.
const LOOK: Duration = Duration::from_secs(1);

/// Reads an environment variable, from any thread.
pub type SharedEnv = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// Everything that a configuration is loaded from.
#[derive(Clone)]
pub struct Source {
    /// The file, as [`super::find`] found it.
    pub path: Option<PathBuf>,
    /// The environment.
    pub env: SharedEnv,
    /// What the command line said.
    pub overrides: Overrides,
}

impl Source {
    /// The same with the file that is there now: should it be gone later, loading fails instead of falling back to the
    /// defaults, which ask for no keys.
    #[must_use]
    pub fn pinned(mut self) -> Self {
        self.path = load::find(self.path.as_deref(), &*self.env);
        self
    }

    /// Loads the configuration.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn load(&self) -> Result<Config, ConfigErrors> {
        Config::load(self.path.as_deref(), &*self.env, &self.overrides)
    }

    /// The configuration with thresholds of a rule changed, and the file that the overrides belong to. Nothing is written.
    ///
    /// # Errors
    /// There is no file or no such rule, or the configuration would not be valid.
    pub fn changed(
        &self,
        rule: &str,
        changes: &[(String, Option<f64>)],
    ) -> Result<(Config, PathBuf), ChangeError> {
        let file = load::find(self.path.as_deref(), &*self.env).ok_or(ChangeError::NoFile)?;
        let text = load::read(&file).map_err(ChangeError::Invalid)?;
        let overlay = Overlay::read(&file).map_err(ChangeError::Overrides)?;
        let overlay = overlay.with(&text, rule, changes).map_err(ChangeError::NoRule)?;
        let loaded = Config::from_parts(&text, Some(&file), &overlay, &*self.env, &self.overrides);
        Ok((loaded.map_err(ChangeError::Invalid)?, file))
    }
}

/// Why thresholds cannot be changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// The defaults are in use.
    #[error("there is no configuration file, so there are no rules to change")]
    NoFile,
    /// No such rule in the file.
    #[error("{0}")]
    NoRule(String),
    /// The file of overrides cannot be used.
    #[error("the file of overrides beside the configuration {0}")]
    Overrides(String),
    /// What would come out has problems.
    #[error("{0}")]
    Invalid(ConfigErrors),
}

/// Gives a task that calls `on_change` with every new configuration, and waits for it, for as long as it is polled.
/// `files` are those of the configuration in use. Must be called inside a tokio runtime.
///
/// # Errors
/// The handler of SIGHUP cannot be installed.
pub fn watch<C, F>(
    source: Source,
    files: &[PathBuf],
    on_change: C,
) -> std::io::Result<impl Future<Output = ()> + use<C, F>>
where
    C: FnMut(Result<Config, ConfigErrors>) -> F,
    F: Future<Output = ()>,
{
    let hangup = signal(SignalKind::hangup())?;
    let mut seen = Seen::default();
    seen.follow(files);
    Ok(run(source, seen, hangup, on_change))
}

async fn run<F: Future<Output = ()>>(
    source: Source,
    mut seen: Seen,
    mut hangup: Signal,
    mut on_change: impl FnMut(Result<Config, ConfigErrors>) -> F,
) {
    loop {
        let forced = tokio::select! {
            hangup = hangup.recv() => hangup.is_some(),
            () = tokio::time::sleep(LOOK) => false,
        };
        let mut changed = seen.content_changed();
        if !forced && !changed {
            continue;
        }
        while changed {
            tokio::time::sleep(QUIET).await;
            changed = seen.content_changed();
        }
        let result = source.load();
        seen.follow(match &result {
            Ok(config) => &config.files,
            Err(errors) => &errors.files,
        });
        on_change(result).await;
    }
}

/// What was seen of the files.
#[derive(Debug, Default)]
struct Seen {
    files: BTreeMap<PathBuf, File>,
}

/// One file as it was last seen. Everything is `None` where it cannot be read.
#[derive(Debug, Default)]
struct File {
    /// Device, inode, length and time of change of what the path leads to: while they stay, so does the content.
    stamp: Option<(u64, u64, u64, SystemTime)>,
    digest: Option<[u8; 32]>,
}

impl Seen {
    /// Looks at every file; called before a load, so that what changes during the load is seen the next time.
    fn content_changed(&mut self) -> bool {
        let mut changed = false;
        for (path, file) in &mut self.files {
            changed |= file.look(path);
        }
        changed
    }

    /// Follows what the last attempt read. Files of before stay: a file with a mistake may not have got to them.
    fn follow(&mut self, paths: &[PathBuf]) {
        for path in paths {
            self.files.entry(path.clone()).or_insert_with(|| {
                let mut file = File::default();
                file.look(path);
                file
            });
        }
    }
}

impl File {
    /// True if the content is another than the last time.
    fn look(&mut self, path: &Path) -> bool {
        let stamp = std::fs::metadata(path).ok().and_then(|found| {
            Some((found.dev(), found.ino(), found.len(), found.modified().ok()?))
        });
        if stamp.is_some() && stamp == self.stamp {
            return false;
        }
        let digest = std::fs::read(path).ok().map(|content| Sha256::digest(content).into());
        let changed = digest != self.digest;
        *self = Self { stamp, digest };
        changed
    }
}

#[cfg(test)]
mod tests {
    use super::{Source, watch};
    use crate::config::Overrides;
    use std::path::Path;
    use std::sync::Arc;
    use std::time::Duration;
    use tokio::sync::mpsc;

    /// The changes that a watcher of `file` reports: the body limit in MiB, or the mistakes.
    fn changes(file: &Path) -> mpsc::UnboundedReceiver<Result<usize, String>> {
        let source = Source {
            path: Some(file.to_owned()),
            env: Arc::new(|_| None),
            overrides: Overrides::default(),
        };
        let files = source.load().unwrap().files;
        let (send, receive) = mpsc::unbounded_channel();
        let on_change = move |result: Result<crate::config::Config, super::ConfigErrors>| {
            let result = result.map(|config| config.body_limit >> 20).map_err(|e| e.to_string());
            let _ = send.send(result);
            std::future::ready(())
        };
        tokio::spawn(watch(source, &files, on_change).unwrap());
        receive
    }

    async fn next(
        changes: &mut mpsc::UnboundedReceiver<Result<usize, String>>,
    ) -> Result<usize, String> {
        tokio::time::timeout(Duration::from_secs(30), changes.recv()).await.unwrap().unwrap()
    }

    #[tokio::test]
    async fn sees_writes_renames_and_mistakes() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("weir.yaml");
        std::fs::write(&file, "body_limit_mib: 1").unwrap();
        let mut changes = changes(&file);
        std::fs::write(&file, "body_limit_mib: 2").unwrap();
        assert_eq!(next(&mut changes).await, Ok(2));
        std::fs::write(folder.path().join("new"), "body_limit_mib: 3").unwrap();
        std::fs::rename(folder.path().join("new"), &file).unwrap();
        assert_eq!(next(&mut changes).await, Ok(3));
        std::fs::write(&file, "body_limit_mib: 0").unwrap();
        assert!(next(&mut changes).await.unwrap_err().contains("0 is below 1"));
        std::fs::write(&file, "body_limit_mib: 4").unwrap();
        assert_eq!(next(&mut changes).await, Ok(4));
    }

    #[tokio::test]
    async fn sees_a_swapped_link() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for n in [1, 2] {
            std::fs::create_dir(at(&format!("v{n}"))).unwrap();
            std::fs::write(at(&format!("v{n}/weir.yaml")), format!("body_limit_mib: {n}")).unwrap();
        }
        std::os::unix::fs::symlink("v1", at("..data")).unwrap();
        std::os::unix::fs::symlink("..data/weir.yaml", at("weir.yaml")).unwrap();
        let mut changes = changes(&at("weir.yaml"));
        std::os::unix::fs::symlink("v2", at("..next")).unwrap();
        std::fs::rename(at("..next"), at("..data")).unwrap();
        assert_eq!(next(&mut changes).await, Ok(2));
    }
}
