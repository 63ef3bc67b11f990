//! Secrets from the environment and from files.
//!
//! Invariant: a secret goes straight into a `SecretString`; messages name the variable or file and never what is in it.
//! A name of a variable is repeated only if it cannot be a key written into the wrong field.

use super::{Context, paths};
use secrecy::SecretString;
use sha2::{Digest, Sha256};
use std::path::Path;

/// Largest file that is read as a secret, in bytes.
const MAX_BYTES: usize = 64 * 1024;

/// Where a secret may come from: the fields' names and values.
pub(super) struct Sources<'a> {
    /// The mapping that holds both fields.
    pub path: &'a str,
    /// Field and value for the environment variable.
    pub env: (&'a str, Option<&'a str>),
    /// Field and value for the file.
    pub file: (&'a str, Option<&'a Path>),
}

/// Loads a secret, with words for where it came from. `None` if no source is given or something is wrong.
pub(super) fn load(sources: &Sources<'_>, cx: &mut Context<'_>) -> Option<(SecretString, String)> {
    match (sources.env, sources.file) {
        ((env, Some(_)), (file, Some(_))) => {
            cx.report(
                sources.path,
                format!("has both `{env}` and `{file}`"),
                Some("keep one".to_owned()),
            );
            None
        }
        ((field, Some(variable)), _) => {
            from_env(variable, &format!("{}.{field}", sources.path), cx)
        }
        (_, (field, Some(file))) => from_file(file, &format!("{}.{field}", sources.path), cx),
        _ => None,
    }
}

fn from_env(variable: &str, path: &str, cx: &mut Context<'_>) -> Option<(SecretString, String)> {
    let upper = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let is_name = variable.len() <= 64 && variable.contains('_') && variable.chars().all(upper);
    let Some(value) = cx.var(variable) else {
        if cx.broken(path) {
            return None;
        }
        if is_name && cx.without_keys {
            return Some((stand_in(path), format!("environment variable {variable}")));
        }
        if is_name {
            let hint = format!("set it: export {variable}=…");
            cx.report(path, format!("the environment variable {variable} is not set"), Some(hint));
        } else {
            let hint =
                "this field takes the variable's name, such as OPENAI_API_KEY, not the key itself";
            cx.report(path, "there is no environment variable of that name", Some(hint.to_owned()));
        }
        return None;
    };
    checked(&value, path, cx).map(|secret| (secret, format!("environment variable {variable}")))
}

fn from_file(file: &Path, path: &str, cx: &mut Context<'_>) -> Option<(SecretString, String)> {
    let file = paths::inside(file, cx);
    cx.files.push(file.clone());
    match std::fs::read_to_string(&file) {
        Ok(text) if text.len() <= MAX_BYTES => {
            checked(&text, path, cx).map(|secret| (secret, format!("file {}", file.display())))
        }
        Ok(_) => {
            cx.report(path, format!("{} is too large for a key", file.display()), None);
            None
        }
        Err(error) if cx.without_keys && error.kind() == std::io::ErrorKind::NotFound => {
            Some((stand_in(path), format!("file {}", file.display())))
        }
        Err(error) => {
            cx.report(path, paths::unreadable(&file, &error), None);
            None
        }
    }
}

/// What stands in for a key where a file is only checked: another one at every place, and a strong one.
fn stand_in(path: &str) -> SecretString {
    let digest = Sha256::digest(path);
    SecretString::from(digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

fn checked(value: &str, path: &str, cx: &mut Context<'_>) -> Option<SecretString> {
    let value = value.trim();
    if value.is_empty() {
        cx.report(path, "the key is empty", None);
        return None;
    }
    if !value.chars().all(|c| c.is_ascii_graphic()) {
        let hint = "one key, without spaces, line breaks or letters outside of ASCII";
        cx.report(path, "what is there cannot be sent as a key", Some(hint.to_owned()));
        return None;
    }
    Some(SecretString::from(value.to_owned()))
}
