//! The live state as a process holds it, and every way in which its configuration changes.
//!
//! Invariant: a change is whole or none, changes take turns, and each that gives another hash is in the history.

use super::{LiveState, Memory};
use crate::config::{ChangeError, Config, Overlay, Source, diff};
use crate::inference::Which;
use crate::ledger::{ChangeSource, ConfigChange, ConfigVersion, Ledger, LedgerStore, Note};
use crate::telemetry::{self, Metric};
use arc_swap::ArcSwap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::Mutex;

/// How long to wait until a change is on record.
const WRITTEN: Duration = Duration::from_secs(5);
/// Who a rollback from the command line is ascribed to.
const COMMAND_LINE: &str = "weir config rollback";

/// The process's one live state and the way to swap it.
pub struct Gateway {
    live: ArcSwap<LiveState>,
    source: Source,
    changing: Mutex<()>,
    /// Whether a configuration of this process ever had keys for clients.
    asked_for_keys: AtomicBool,
    /// What the requests in work take of memory, whatever they are served with.
    pub memory: Arc<Memory>,
}

/// What a change of thresholds did.
#[derive(Debug)]
pub struct Changed {
    /// Hash before.
    pub before: Arc<str>,
    /// Hash after.
    pub after: Arc<str>,
    /// What changed, in words.
    pub what: Vec<String>,
}

/// Why thresholds were not changed.
#[derive(Debug, thiserror::Error)]
pub enum PatchError {
    /// Nobody could see the change afterwards.
    #[error("the ledger is off, and changes are only made where they are recorded")]
    NoLedger,
    /// The configuration does not allow it.
    #[error(transparent)]
    Change(#[from] ChangeError),
    /// Another change came first.
    #[error("the configuration has changed meanwhile; look at it again")]
    Moved,
    /// It could not be opened or kept.
    #[error("{0}")]
    Failed(String),
}

impl Gateway {
    /// A gateway that serves with `live`, which was loaded from `source`. The configuration goes into the history unless it
    /// is the last one there.
    pub fn new(live: LiveState, source: Source) -> Arc<Self> {
        warn_of_ignored(&live.config);
        let last = live.config.ledger.path.as_deref().and_then(|path| {
            Ledger::open_read(path).ok()?.changes(1).ok()?.pop().map(|change| change.after)
        });
        if last.as_deref() != Some(&*live.config.hash) {
            let (origin, who) = origin(&live.config, ChangeSource::Start);
            record(&live, last, origin, who, Vec::new());
        }
        let asked_for_keys = AtomicBool::new(!live.config.api_keys.is_empty());
        let (live, memory) = (ArcSwap::from_pointee(live), Arc::default());
        Arc::new(Self { live, source, changing: Mutex::default(), asked_for_keys, memory })
    }

    /// The state that a request arriving now is served with.
    pub fn live(&self) -> Arc<LiveState> {
        self.live.load_full()
    }

    /// Whether clients needed a key at any time since the process started: then they go on to need one, though a reload
    /// may have taken the keys away.
    pub fn has_asked_for_keys(&self) -> bool {
        self.asked_for_keys.load(Ordering::Acquire)
    }

    /// Opens a new configuration, fits its intents and swaps it in; on an error the old state stays.
    ///
    /// # Errors
    /// As [`LiveState::open`], or the intents could not be fitted.
    pub async fn reload(&self, config: Config) -> Result<(), String> {
        let _turn = self.changing.lock().await;
        let beside = config.files.first().map(|file| Overlay::read(file));
        if beside.is_some_and(|now| now.is_ok_and(|now| now != config.written.overlay)) {
            // A change came in between; whoever watches the files brings what they say now.
            return Ok(());
        }
        warn_of_ignored(&config);
        let (source, who) = origin(&config, ChangeSource::Reload);
        let next = self.open(config).await?;
        self.swap(next, source, who);
        Ok(())
    }

    /// Changes thresholds of a rule: the numbers at these paths in it, nothing for a condition that goes. They are written
    /// beside the configuration file.
    ///
    /// # Errors
    /// Says why nothing was changed.
    pub async fn patch(
        self: &Arc<Self>,
        rule: String,
        changes: Vec<(String, Option<f64>)>,
        who: &str,
    ) -> Result<Changed, PatchError> {
        let (gateway, who) = (self.clone(), who.to_owned());
        // It goes to its end though the client that asked for it may leave.
        let change =
            async move { gateway.change(rule, changes, (ChangeSource::Admin, &who), None).await };
        let ended = |_| PatchError::Failed("the change ended in a defect".to_owned());
        tokio::spawn(change).await.map_err(ended)?
    }

    /// Sets a canary to 0, if the configuration of this hash is still in force.
    ///
    /// # Errors
    /// Says why it is still there.
    pub async fn take_back(
        &self,
        rule: String,
        config_hash: &str,
        who: &str,
    ) -> Result<Changed, PatchError> {
        let changes = vec![("canary".to_owned(), Some(0.0))];
        self.change(rule, changes, (ChangeSource::Rollback, who), Some(config_hash)).await
    }

    async fn change(
        &self,
        rule: String,
        changes: Vec<(String, Option<f64>)>,
        (origin, who): (ChangeSource, &str),
        only_if: Option<&str>,
    ) -> Result<Changed, PatchError> {
        let _turn = self.changing.lock().await;
        if only_if.is_some_and(|hash| *hash != *self.live().config.hash) {
            return Err(PatchError::Moved);
        }
        if self.live().config.ledger.path.is_none() {
            return Err(PatchError::NoLedger);
        }
        let source = self.source.clone();
        let ended = |_| PatchError::Failed("the change ended in a defect".to_owned());
        let changed = tokio::task::spawn_blocking(move || source.changed(&rule, &changes));
        let (config, file) = changed.await.map_err(ended)??;
        let next = self.open(config).await.map_err(PatchError::Failed)?;
        let overlay = next.config.written.overlay.clone();
        let written = tokio::task::spawn_blocking(move || overlay.write(&file));
        written.await.map_err(ended)?.map_err(|error| {
            let kind = error.kind();
            PatchError::Failed(format!(
                "overrides cannot be written beside the configuration: {kind}"
            ))
        })?;
        let changed = self.swap(next, origin, Some(who.to_owned()));
        let ledger = self.live().ledger.clone();
        let written = tokio::task::spawn_blocking(move || ledger.flush(WRITTEN)).await;
        if !written.is_ok_and(|written| written) {
            tracing::error!(
                "a change of the configuration is not on record yet: the ledger is slow"
            );
        }
        Ok(changed)
    }

    /// Opens what a configuration names and makes it ready.
    async fn open(&self, config: Config) -> Result<LiveState, String> {
        let old = self.live();
        let next =
            LiveState::open(Arc::new(config), old.runtime.clone(), old.ledger.clone(), Some(&old))
                .map_err(|error| error.to_string())?;
        let same = old.config.intents == next.config.intents;
        match old.intents.load_full().filter(|_| same) {
            Some(fitted) => next.intents.store(Some(fitted)),
            None if old.runtime.state(Which::Encoder).is_ready() => next.fit_intents().await?,
            None => {}
        }
        next.warm_detectors();
        Ok(next)
    }

    fn swap(&self, next: LiveState, source: ChangeSource, who: Option<String>) -> Changed {
        let old = self.live();
        let next = Arc::new(next);
        // Before the swap, so that no request meets the new keys without the need for one.
        self.asked_for_keys.fetch_or(!next.config.api_keys.is_empty(), Ordering::AcqRel);
        self.live.store(next.clone());
        old.drift.give_way_to(&next.drift);
        if next.has_intents() && next.intents.load().is_none() {
            next.clone().fit_in_background();
        }
        let (before, after) = (old.config.hash.clone(), next.config.hash.clone());
        let what = diff(&old.config, &next.config);
        if before != after {
            record(&next, Some(before.to_string()), source, who, what.clone());
        }
        Changed { before, after, what }
    }
}

/// Whether a rollback brought the configuration back, else `otherwise`.
fn origin(config: &Config, otherwise: ChangeSource) -> (ChangeSource, Option<String>) {
    let restored = config.written.overlay.restored.as_deref();
    if restored == Some(&*config.hash) {
        return (ChangeSource::Rollback, Some(COMMAND_LINE.to_owned()));
    }
    (otherwise, None)
}

fn warn_of_ignored(config: &Config) {
    for (one, reason) in &config.written.ignored {
        tracing::warn!("the override of {}.{} does not hold: {reason}", one.rule, one.field);
    }
}

fn record(
    live: &LiveState,
    before: Option<String>,
    source: ChangeSource,
    who: Option<String>,
    what: Vec<String>,
) {
    let config = &live.config;
    telemetry::counter(Metric::ConfigChanges, &[source.as_str()]).add(1);
    let version = ConfigVersion {
        hash: config.hash.to_string(),
        text: config.written.text.clone(),
        overrides: config.written.overlay.text(),
    };
    let at_us = jiff::Timestamp::now().as_microsecond();
    let change = ConfigChange { at_us, source, who, before, after: version.hash.clone(), what };
    let kept = live.ledger.note(Note::Version(version)) && live.ledger.note(Note::Change(change));
    if !kept && config.ledger.path.is_some() {
        tracing::error!("a change of the configuration could not be recorded: the ledger is full");
    }
}
