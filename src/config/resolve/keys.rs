//! Keys that may be presented: those of clients, and those of who may change thresholds while Weir runs.

use super::{Context, names, secret};
use crate::config::raw::{RawAdminKey, RawApiKey};
use crate::config::resolved::{AdminKey, ApiKey};
use secrecy::{ExposeSecret, SecretString};
use std::path::Path;
use std::sync::Arc;

/// Fewest characters of a key that is accepted from other machines.
const SHORTEST: usize = 12;
/// Fewest different characters in it.
const FEWEST: usize = 6;
/// Longest piece that a key may be a mere repetition of.
const LONGEST_PIECE: usize = 8;

/// Whether a key is too short or too simple to be accepted from other machines.
pub fn is_weak(secret: &SecretString) -> bool {
    let key = secret.expose_secret().as_bytes();
    let mut different = key.to_vec();
    different.sort_unstable();
    different.dedup();
    let repeats = |n: usize| key.iter().zip(key.iter().skip(n)).all(|(a, b)| a == b);
    let counts = key.windows(2).all(|pair| matches!(pair, [a, b] if b.wrapping_sub(*a) == 1));
    key.len() < SHORTEST
        || different.len() < FEWEST
        || counts
        || (1..=LONGEST_PIECE).any(|n| 2 * n <= key.len() && repeats(n))
}

/// Says that a key is too weak.
pub(super) fn report_weak(path: &str, what: &str, cx: &mut Context<'_>) {
    let message =
        format!("{what} is too easy to guess for an address that other machines can reach");
    let hint = format!(
        "take at least {SHORTEST} characters that are no pattern, best 32 random ones: openssl rand -hex 16"
    );
    cx.report(path, message, Some(hint));
}

/// Reports keys that are too weak to be accepted from other machines.
pub(super) fn refuse_weak(clients: &[ApiKey], admins: &[AdminKey], cx: &mut Context<'_>) {
    let clients = clients.iter().map(|key| ("api_keys", &key.name, &key.secret));
    let admins = admins.iter().map(|key| ("admin_keys", &key.name, &key.secret));
    for (list, name, secret) in clients.chain(admins) {
        if is_weak(secret) {
            report_weak(list, &format!("the key `{name}`"), cx);
        }
    }
}

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
