//! Watches the files of a configuration and loads it again when one changes, or on SIGHUP.
//!
//! Folders are watched, not files: editors that write a new file and rename it, and Kubernetes, which swaps a symbolic
//! link beside the file, both change the folder. What counts is the content: an event without a change of content is
//! ignored, and file systems that send no events (network mounts) are looked at every few seconds.
//!
//! Invariant: the callback gets a loaded configuration or the reason why not; the caller keeps what it has in that case.

use super::load::Overrides;
use super::problem::ConfigErrors;
use super::resolved::Config;
use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, oneshot};

/// How long the files must be quiet before they are read.
const QUIET: Duration = Duration::from_millis(150);
/// How often files are looked at without an event.
const LOOK: Duration = Duration::from_secs(5);

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
    /// Loads the configuration.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn load(&self) -> Result<Config, ConfigErrors> {
        Config::load(self.path.as_deref(), &*self.env, &self.overrides)
    }
}

/// Why watching could not begin.
#[derive(Debug, thiserror::Error)]
pub enum WatchError {
    /// The thread or its signal handler could not be started.
    #[error("cannot watch the configuration: {0}")]
    Start(#[from] std::io::Error),
}

/// Watches until it is dropped.
#[derive(Debug)]
pub struct Watcher {
    _stop: oneshot::Sender<()>,
}

/// Starts a thread that calls `on_change` with every new configuration. `files` are those of the configuration in use.
///
/// # Errors
/// Where the thread or the handler of SIGHUP cannot be started. File events that are not to be had are no error.
pub fn watch(
    source: Source,
    files: Vec<PathBuf>,
    on_change: impl FnMut(Result<Config, ConfigErrors>) + Send + 'static,
) -> Result<Watcher, WatchError> {
    let (stop, stopped) = oneshot::channel();
    let (started, start) = std::sync::mpsc::channel();
    let body = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        match runtime {
            Ok(runtime) => runtime.block_on(run(source, files, on_change, stopped, &started)),
            Err(error) => drop(started.send(Err(error))),
        }
    };
    std::thread::Builder::new().name("weir-config".to_owned()).spawn(body)?;
    let ended = || std::io::Error::other("the thread ended at once");
    start.recv().map_err(|_| ended())??;
    Ok(Watcher { _stop: stop })
}

async fn run(
    source: Source,
    files: Vec<PathBuf>,
    mut on_change: impl FnMut(Result<Config, ConfigErrors>),
    mut stopped: oneshot::Receiver<()>,
    started: &std::sync::mpsc::Sender<std::io::Result<()>>,
) {
    let mut hangup = match signal(SignalKind::hangup()) {
        Ok(hangup) => hangup,
        Err(error) => return drop(started.send(Err(error))),
    };
    let (events, mut changed) = mpsc::unbounded_channel();
    let mut seen = Seen::new(events, &files);
    if started.send(Ok(())).is_err() {
        return;
    }
    loop {
        let forced = tokio::select! {
            _ = &mut stopped => return,
            hangup = hangup.recv() => hangup.is_some(),
            event = changed.recv() => {
                if event.is_none() {
                    return;
                }
                while tokio::time::timeout(QUIET, changed.recv()).await.is_ok_and(|event| event.is_some()) {}
                false
            }
            () = tokio::time::sleep(LOOK) => false,
        };
        let changed = seen.content_changed();
        if !forced && !changed {
            continue;
        }
        let result = source.load();
        seen.follow(match &result {
            Ok(config) => &config.files,
            Err(errors) => &errors.files,
        });
        on_change(result);
    }
}

/// The digest of a file's content; `None` where it cannot be read.
type Content = Option<[u8; 32]>;

/// What was seen of the files.
struct Seen {
    events: mpsc::UnboundedSender<()>,
    files: BTreeMap<PathBuf, Content>,
    watcher: Option<RecommendedWatcher>,
}

impl Seen {
    fn new(events: mpsc::UnboundedSender<()>, files: &[PathBuf]) -> Self {
        let mut seen = Self { events, files: BTreeMap::new(), watcher: None };
        seen.follow(files);
        seen
    }

    /// Looks at every file; called before a load, so that what changes during the load is seen the next time.
    fn content_changed(&mut self) -> bool {
        let mut changed = false;
        for (file, content) in &mut self.files {
            let now = digest(file);
            changed |= *content != now;
            *content = now;
        }
        changed
    }

    /// Watches what the last attempt read. Files of before stay: a file with a mistake may not have got to them.
    fn follow(&mut self, files: &[PathBuf]) {
        for file in files {
            self.files.entry(file.clone()).or_insert_with(|| digest(file));
        }
        self.watch_folders();
    }

    fn watch_folders(&mut self) {
        let events = self.events.clone();
        let on_event = move |event: notify::Result<notify::Event>| {
            let read_only = event.is_ok_and(|event| event.kind.is_access());
            if !read_only {
                // A send fails only when the watch has ended.
                let _ = events.send(());
            }
        };
        let Ok(mut watcher) = notify::recommended_watcher(on_event) else { return };
        for folder in folders(self.files.keys()) {
            // A folder that cannot be watched is covered by the look every few seconds.
            drop(watcher.watch(&folder, RecursiveMode::NonRecursive));
        }
        self.watcher = Some(watcher);
    }
}

/// The folders in which a change may change a file: its own and those of the files that links lead to.
fn folders<'a>(files: impl Iterator<Item = &'a PathBuf>) -> BTreeSet<PathBuf> {
    let mut folders = BTreeSet::new();
    for file in files {
        let mut file = file.clone();
        for _ in 0..8 {
            folders.extend(folder(&file));
            let Ok(link) = std::fs::read_link(&file) else { break };
            file = folder(&file).unwrap_or_default().join(link);
        }
        folders.extend(file.canonicalize().ok().and_then(|file| folder(&file)));
    }
    folders
}

fn folder(file: &Path) -> Option<PathBuf> {
    let folder = file.parent()?;
    Some(if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder.to_path_buf() })
}

fn digest(file: &Path) -> Content {
    std::fs::read(file).ok().map(|content| Sha256::digest(content).into())
}

#[cfg(test)]
mod tests {
    use super::{Source, watch};
    use crate::config::Overrides;
    use std::path::Path;
    use std::sync::{Arc, mpsc};
    use std::time::Duration;

    fn start(file: &Path) -> (super::Watcher, mpsc::Receiver<Result<usize, String>>) {
        let source = Source {
            path: Some(file.to_owned()),
            env: Arc::new(|_| None),
            overrides: Overrides::default(),
        };
        let files = source.load().unwrap().files;
        let (send, receive) = mpsc::channel();
        let on_change = move |result: Result<crate::config::Config, _>| {
            let result = result
                .map(|config| config.body_limit >> 20)
                .map_err(|e: super::ConfigErrors| e.to_string());
            let _ = send.send(result);
        };
        (watch(source, files, on_change).unwrap(), receive)
    }

    #[test]
    fn sees_writes_renames_and_mistakes() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("weir.yaml");
        std::fs::write(&file, "body_limit_mib: 1").unwrap();
        let (_watcher, changes) = start(&file);
        let next = || changes.recv_timeout(Duration::from_secs(30)).unwrap();
        std::fs::write(&file, "body_limit_mib: 2").unwrap();
        assert_eq!(next(), Ok(2));
        std::fs::write(folder.path().join("new"), "body_limit_mib: 3").unwrap();
        std::fs::rename(folder.path().join("new"), &file).unwrap();
        assert_eq!(next(), Ok(3));
        std::fs::write(&file, "body_limit_mib: 0").unwrap();
        assert!(next().unwrap_err().contains("0 is below 1"));
        std::fs::write(&file, "body_limit_mib: 4").unwrap();
        assert_eq!(next(), Ok(4));
    }

    #[test]
    fn sees_a_swapped_link() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for n in [1, 2] {
            std::fs::create_dir(at(&format!("v{n}"))).unwrap();
            std::fs::write(at(&format!("v{n}/weir.yaml")), format!("body_limit_mib: {n}")).unwrap();
        }
        std::os::unix::fs::symlink("v1", at("..data")).unwrap();
        std::os::unix::fs::symlink("..data/weir.yaml", at("weir.yaml")).unwrap();
        let (_watcher, changes) = start(&at("weir.yaml"));
        std::os::unix::fs::symlink("v2", at("..next")).unwrap();
        std::fs::rename(at("..next"), at("..data")).unwrap();
        assert_eq!(changes.recv_timeout(Duration::from_secs(30)).unwrap(), Ok(2));
    }
}
