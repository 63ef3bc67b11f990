//! Opening what commands share: the configuration, the model runtime, a live state.

use super::Common;
use crate::config::{Config, Overrides, Source};
use crate::inference::{EdgeSpec, Runtime};
use crate::ledger::{Ledger, SqliteStore};
use crate::live::{LiveState, runtime_spec};
use anyhow::Context;
use std::path::Path;
use std::sync::Arc;

/// Where this process gets its configuration from.
pub fn source(common: &Common, overrides: Overrides) -> Source {
    Source {
        path: common.config.clone(),
        env: Arc::new(|name| std::env::var(name).ok()),
        overrides,
    }
}

/// The configuration, every problem in it told at once.
pub fn config(common: &Common) -> anyhow::Result<Config> {
    source(common, Overrides::default()).load().map_err(|errors| anyhow::anyhow!("{errors}"))
}

/// A ledger to read: the file that was named, else that of the configuration.
pub fn ledger(named: Option<&Path>, config: Option<&Path>) -> anyhow::Result<SqliteStore> {
    let path = match named {
        Some(path) => path.to_path_buf(),
        None => {
            let env = |name: &str| std::env::var(name).ok();
            let loaded = Config::load(config, &env, &Overrides::default()).map_err(|errors| {
                anyhow::anyhow!("name the ledger with --ledger PATH, since:\n{errors}")
            })?;
            loaded
                .ledger
                .path
                .context("the configuration keeps no ledger; name one with --ledger PATH")?
        }
    };
    Ok(Ledger::open_read(&path)?)
}

/// A runtime with a thread per core.
pub fn tokio_runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the async runtime could not start")
}

/// A state for batch commands: without a ledger or a generator, and with the intents fitted before it is handed out.
pub async fn batch_state(common: &Common) -> anyhow::Result<Arc<LiveState>> {
    let config = config(common)?;
    let mut spec = runtime_spec(&config.local)?;
    spec.generator = None;
    if config.intents.is_empty() {
        spec.encoder = None;
        if !config.privacy.model {
            spec.edge = EdgeSpec::Off;
        }
    }
    let runtime = Arc::new(Runtime::start(spec));
    let live = LiveState::open(Arc::new(config), runtime, Arc::new(Ledger::off()), None)?;
    let live = live.reading_always();
    live.fit_intents().await.map_err(|reason| anyhow::anyhow!("intents: {reason}"))?;
    Ok(Arc::new(live))
}
