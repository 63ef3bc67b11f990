//! Keys of those who may change thresholds while Weir runs.

use super::{Context, names, secret};
use crate::config::raw::RawAdminKey;
use crate::config::resolved::{AdminKey, ApiKey};
use secrecy::ExposeSecret;

/// Loads the keys; none may be one of a client.
pub(super) fn keys(raw: &[RawAdminKey], clients: &[ApiKey], cx: &mut Context<'_>) -> Vec<AdminKey> {
    let mut keys: Vec<AdminKey> = Vec::new();
    for (i, raw) in raw.iter().enumerate() {
        let path = format!("admin_keys[{i}]");
        let name = raw.name.clone().unwrap_or_default();
        let taken = keys.iter().map(|key| &*key.name);
        names::check(&name, "a key", &format!("{path}.name"), taken, &[], cx);
        let pair = secret::Sources {
            path: &path,
            env: ("key_env", raw.key_env.as_deref()),
            file: ("key_file", raw.key_file.as_deref()),
        };
        if raw.key_env.is_none() && raw.key_file.is_none() && !cx.broken(&path) {
            cx.report(&path, "has no key", Some("give `key_env` or `key_file`".to_owned()));
        }
        let Some((secret, _)) = secret::load(&pair, cx) else { continue };
        let known = clients.iter().map(|key| (&key.name, &key.secret));
        let mut known = known.chain(keys.iter().map(|key| (&key.name, &key.secret)));
        if let Some((other, _)) =
            known.find(|(_, known)| known.expose_secret() == secret.expose_secret())
        {
            let message = format!("holds the same key as `{other}`");
            cx.report(&path, message, Some("every key needs a value of its own".to_owned()));
        }
        keys.push(AdminKey { name: name.into(), secret });
    }
    keys
}
