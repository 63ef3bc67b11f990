//! Keys that may be presented: those of clients, and those of who may change thresholds while Weir runs.

use super::{Context, names, secret};
use crate::config::raw::{RawAdminKey, RawApiKey};
use crate::config::resolved::{AdminKey, ApiKey};
use secrecy::{ExposeSecret, SecretString};
use std::path::Path;
use std::sync::Arc;

/// Loads the keys of clients.
pub(super) fn clients(raw: &[RawApiKey], cx: &mut Context<'_>) -> Vec<ApiKey> {
    let mut keys: Vec<ApiKey> = Vec::new();
    for (i, raw) in raw.iter().enumerate() {
        let path = format!("api_keys[{i}]");
        let name = raw.name.clone().unwrap_or_default();
        let taken = keys.iter().map(|key| &*key.name);
        names::check(&name, "a key", &format!("{path}.name"), taken, &[], cx);
        let tenant = raw.tenant.clone().unwrap_or_else(|| name.clone());
        names::check(&tenant, "a tenant", &format!("{path}.tenant"), [], &[], cx);
        let known = keys.iter().map(|key| (&key.name, &key.secret));
        let sources = (raw.key_env.as_deref(), raw.key_file.as_deref());
        let Some(secret) = load(&path, sources, known, cx) else { continue };
        keys.push(ApiKey { name: name.into(), tenant: tenant.into(), secret });
    }
    keys
}

/// Loads the keys for thresholds; none may be one of a client.
pub(super) fn admins(
    raw: &[RawAdminKey],
    clients: &[ApiKey],
    cx: &mut Context<'_>,
) -> Vec<AdminKey> {
    let mut keys: Vec<AdminKey> = Vec::new();
    for (i, raw) in raw.iter().enumerate() {
        let path = format!("admin_keys[{i}]");
        let name = raw.name.clone().unwrap_or_default();
        let taken = keys.iter().map(|key| &*key.name);
        names::check(&name, "a key", &format!("{path}.name"), taken, &[], cx);
        let known = clients.iter().map(|key| (&key.name, &key.secret));
        let known = known.chain(keys.iter().map(|key| (&key.name, &key.secret)));
        let sources = (raw.key_env.as_deref(), raw.key_file.as_deref());
        let Some(secret) = load(&path, sources, known, cx) else { continue };
        keys.push(AdminKey { name: name.into(), secret });
    }
    keys
}

/// A key from its variable or its file; a value that another key has is a problem.
fn load<'a>(
    path: &str,
    (env, file): (Option<&str>, Option<&Path>),
    mut known: impl Iterator<Item = (&'a Arc<str>, &'a SecretString)>,
    cx: &mut Context<'_>,
) -> Option<SecretString> {
    if env.is_none() && file.is_none() && !cx.broken(path) {
        cx.report(path, "has no key", Some("give `key_env` or `key_file`".to_owned()));
    }
    let sources = secret::Sources { path, env: ("key_env", env), file: ("key_file", file) };
    let (secret, _) = secret::load(&sources, cx)?;
    if let Some((other, _)) =
        known.find(|(_, known)| known.expose_secret() == secret.expose_secret())
    {
        let message = format!("holds the same key as `{other}`");
        cx.report(path, message, Some("every key needs a value of its own".to_owned()));
    }
    Some(secret)
}
