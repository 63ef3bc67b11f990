//! `weir config history` and `weir config rollback`: what the ledger knows of the configuration, and the way back.

use super::ledger::{moment, printable, table};
use super::open;
use crate::config::{Config, Env, Overlay, Overrides, find, replace_file};
use crate::ledger::{ConfigChange, LedgerStore};
use anyhow::{Context as _, bail};
use clap::Args;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Options of `history`.
#[derive(Debug, Args)]
pub struct HistoryArgs {
    /// How many
    #[arg(short, default_value_t = 20)]
    n: usize,
    /// JSON instead of text
    #[arg(long)]
    json: bool,
    /// The ledger file [default: the one in the configuration]
    #[arg(long, value_name = "PATH")]
    ledger: Option<PathBuf>,
}

/// Options of `rollback`.
#[derive(Debug, Args)]
pub struct RollbackArgs {
    /// Hash of the configuration to bring back, or its beginning [default: the one before the last change]
    hash: Option<String>,
    /// The ledger file [default: the one in the configuration]
    #[arg(long, value_name = "PATH")]
    ledger: Option<PathBuf>,
}

/// The history as text.
pub fn list(args: &HistoryArgs, config: Option<&Path>) -> anyhow::Result<String> {
    let changes = open::ledger(args.ledger.as_deref(), config)?.changes(args.n)?;
    if args.json {
        let rows: Vec<Value> = changes.iter().map(row).collect();
        return Ok(serde_json::to_string_pretty(&rows)?);
    }
    let head = ["at", "source", "who", "before", "after", "what"].map(str::to_owned);
    let rows: Vec<_> = std::iter::once(head).chain(changes.iter().map(cells)).collect();
    Ok(table(&rows))
}

fn row(change: &ConfigChange) -> Value {
    json!({
        "at": moment(change.at_us), "source": change.source.as_str(), "who": change.who, "before": change.before,
        "after": change.after, "what": change.what,
    })
}

fn cells(change: &ConfigChange) -> [String; 6] {
    let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    [
        moment(change.at_us),
        change.source.as_str().to_owned(),
        or_dash(&change.who),
        or_dash(&change.before),
        change.after.clone(),
        printable(&change.what.join("; ")),
    ]
}

/// Writes an earlier configuration and its overrides where the present ones are.
pub fn rollback(
    args: &RollbackArgs,
    config: Option<&Path>,
    env: Env<'_>,
) -> anyhow::Result<String> {
    let file = find(config, env).context("there is no configuration file to roll back")?;
    let store = open::ledger(args.ledger.as_deref(), config)?;
    let last = store.changes(1)?.pop().context(
        "the ledger has no history of the configuration; a gateway of this version writes one",
    )?;
    let wanted = match (&args.hash, last.before) {
        (Some(hash), _) => hash.clone(),
        (None, Some(before)) => before,
        (None, None) => bail!("there is no configuration before the present one"),
    };
    let mut found = store.versions(&wanted)?;
    let version = match (found.pop(), found.is_empty()) {
        (Some(version), true) => version,
        (Some(_), false) => bail!("more than one hash begins with `{wanted}`; give more of it"),
        (None, _) => bail!("no configuration `{wanted}`; `weir config history` lists them"),
    };
    let mut overlay = Overlay::parse(&version.overrides)
        .map_err(|message| anyhow::anyhow!("the overrides of `{}` {message}", version.hash))?;
    overlay.restored = Some(version.hash.clone());
    let none = Overrides::default();
    let then = Config::from_parts(&version.text, Some(&file), &overlay, env, &none)
        .map_err(|errors| anyhow::anyhow!("it is not valid any more:\n{errors}"))?;
    let now = Config::load(Some(&file), env, &none);
    // A gateway may have options and variables that this command does not; then only it can tell the hash.
    let alike = now.is_ok_and(|now| *now.hash == *last.after);
    if *then.hash != *version.hash && alike {
        bail!(
            "the hash would be {} instead of {}: something else has changed since, such as a file that it names or the \
             environment; nothing was written",
            then.hash,
            version.hash
        );
    }
    let failed = || format!("{} cannot be written", file.display());
    overlay.write(&file).with_context(failed)?;
    replace_file(&file, &version.text).with_context(failed)?;
    Ok(format!("{} is {} again", file.display(), version.hash))
}
