//! From a path to a configuration, or to the list of everything that is wrong.

use super::check::{Checked, check};
use super::overlay::{Overlay, Written};
use super::problem::{ConfigErrors, Problem};
use super::raw::{ROUTE_ALIASES, RawConfig};
use super::resolve::{Context, Env, resolve};
use super::resolved::Config;
use super::{schema, tree};
use std::path::{Path, PathBuf};

/// The file that is read if no other is named and it exists.
const DEFAULT_FILE: &str = "weir.yaml";

/// What the command line says; it wins over the file and the environment.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// Address to listen on.
    pub listen: Option<String>,
    /// The ledger's file.
    pub ledger: Option<PathBuf>,
    /// Keys that are not there are no problem: something else stands in for them. Only for checking a file.
    pub without_keys: bool,
}

/// The configuration file: the one named, else `WEIR_CONFIG`, else `weir.yaml` here if it exists, else none.
pub fn find(path: Option<&Path>, env: Env<'_>) -> Option<PathBuf> {
    let named = path.map(Path::to_path_buf);
    let named =
        named.or_else(|| env("WEIR_CONFIG").filter(|path| !path.is_empty()).map(PathBuf::from));
    named.or_else(|| Some(PathBuf::from(DEFAULT_FILE)).filter(|path| path.is_file()))
}

impl Config {
    /// Loads the configuration from a file (see [`find`]), the environment and the command line.
    ///
    /// # Errors
    /// All problems at once, each with its path, place and a hint.
    pub fn load(
        path: Option<&Path>,
        env: Env<'_>,
        overrides: &Overrides,
    ) -> Result<Self, ConfigErrors> {
        let Some(file) = find(path, env) else {
            return Self::from_text("", None, env, overrides);
        };
        let text = read(&file)?;
        let overlay = Overlay::read(&file).map_err(|message| {
            let path = Overlay::path(&file);
            let mut errors = one(Some(&path), None, message);
            errors.files.push(file.clone());
            errors
        })?;
        Self::from_parts(&text, Some(&file), &overlay, env, overrides)
    }

    /// Loads the configuration from text; `file` gives the name for messages and the folder for relative paths.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn from_text(
        text: &str,
        file: Option<&Path>,
        env: Env<'_>,
        overrides: &Overrides,
    ) -> Result<Self, ConfigErrors> {
        Self::from_parts(text, file, &Overlay::default(), env, overrides)
    }

    /// Loads the configuration from a file's text and the overrides beside it.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn from_parts(
        text: &str,
        file: Option<&Path>,
        overlay: &Overlay,
        env: Env<'_>,
        overrides: &Overrides,
    ) -> Result<Self, ConfigErrors> {
        from_parts(text, file, overlay, env, overrides)
    }
}

/// The text of a configuration file.
///
/// # Errors
/// The file cannot be read.
pub(super) fn read(file: &Path) -> Result<String, ConfigErrors> {
    std::fs::read_to_string(file).map_err(|error| {
        let message = match error.kind() {
            std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
            kind => format!("cannot be read: {kind}"),
        };
        one(Some(file), None, message)
    })
}

fn from_parts(
    text: &str,
    file: Option<&Path>,
    overlay: &Overlay,
    env: Env<'_>,
    overrides: &Overrides,
) -> Result<Config, ConfigErrors> {
    let mut ignored = Vec::new();
    let checked = if text.trim().is_empty() {
        Checked { value: serde_json::json!({}), ..Checked::default() }
    } else {
        let mut root = tree::parse(text).map_err(|(at, message)| one(file, at, message))?;
        ignored = overlay.apply(&mut root);
        let aliases = ROUTE_ALIASES.map(|alias| (alias, "route"));
        check(&root, schema::inlined(), &aliases)
    };
    let Checked { value, problems, places, lost } = checked;
    let Ok(raw) = serde_json::from_value::<RawConfig>(value) else {
        // The check has said what is wrong; this is for a form that the schema allows and the types do not.
        let unclear = || {
            one(file, None, "the file has a form that Weir does not understand".to_owned()).problems
        };
        let problems = if problems.is_empty() { unclear() } else { problems };
        return Err(errors(file, problems, Vec::new()));
    };
    let dir = file.and_then(Path::parent).map(Path::to_path_buf).unwrap_or_default();
    let files = file.map(|file| vec![file.to_path_buf(), Overlay::path(file)]).unwrap_or_default();
    let without_keys = overrides.without_keys;
    let mut cx =
        Context { env, dir, places, lost, problems, files, without_keys, own_types: Vec::new() };
    let mut config = resolve(&raw, overrides, &mut cx);
    if !cx.problems.is_empty() {
        return Err(errors(file, cx.problems, cx.files));
    }
    config.written = Written { text: text.to_owned(), overlay: overlay.clone(), ignored };
    Ok(config)
}

fn one(file: Option<&Path>, at: Option<(u64, u64)>, message: String) -> ConfigErrors {
    let problem = Problem { path: String::new(), at, message, hint: None };
    errors(file, vec![problem], file.map(Path::to_path_buf).into_iter().collect())
}

fn errors(file: Option<&Path>, mut problems: Vec<Problem>, files: Vec<PathBuf>) -> ConfigErrors {
    problems.sort_by_key(|problem| problem.at.unwrap_or((u64::MAX, 0)));
    ConfigErrors { file: file.map(Path::to_path_buf), problems, files }
}
