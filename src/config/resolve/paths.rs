//! Where files are: relative to the configuration file, below the home directory, and at the places that the XDG base
//! directory specification names.

use super::Context;
use crate::config::Overrides;
use crate::config::raw::RawLedger;
use std::path::{Path, PathBuf};

/// A path of the file: `~/` is the home directory, other relative paths start at the file's folder.
pub(super) fn inside(path: &Path, cx: &Context<'_>) -> PathBuf {
    match (path.strip_prefix("~"), cx.var("HOME")) {
        (Ok(rest), Some(home)) => Path::new(&home).join(rest),
        _ => cx.dir.join(path),
    }
}

/// The folder `weir` below an XDG base directory.
pub(super) fn xdg(variable: &str, below_home: &str, cx: &Context<'_>) -> Option<PathBuf> {
    let base = cx.var(variable).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = base.or_else(|| cx.var("HOME").map(|home| Path::new(&home).join(below_home)));
    base.map(|base| base.join("weir"))
}

/// The ledger's file; `None` if it is switched off. The command line wins over `WEIR_LEDGER`, that over the file.
pub(super) fn ledger(raw: &RawLedger, overrides: &Overrides, cx: &Context<'_>) -> Option<PathBuf> {
    if let Some(path) = &overrides.ledger {
        return Some(path.clone());
    }
    match cx.var("WEIR_LEDGER") {
        Some(word) if word == "off" => return None,
        Some(path) => return Some(path.into()),
        None => {}
    }
    if raw.enabled == Some(false) {
        return None;
    }
    if let Some(path) = &raw.path {
        return Some(inside(path, cx));
    }
    let folder = xdg("XDG_STATE_HOME", ".local/state", cx).unwrap_or_default();
    Some(folder.join("weir.db"))
}

/// Why a file could not be read, in words.
pub(super) fn unreadable(file: &Path, error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => format!("there is no file {}", file.display()),
        kind => format!("cannot read {}: {kind}", file.display()),
    }
}
