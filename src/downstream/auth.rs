//! API keys of clients, compared in constant time.

use crate::config::Config;
use crate::config::is_weak;
use crate::error::{Error, ErrorKind};
use axum::http::{HeaderMap, header};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use subtle::ConstantTimeEq;

/// The tenant of the key that a request carries. From other machines (`public`) a weak key opens nothing.
///
/// # Errors
/// [`ErrorKind::Unauthenticated`] if the request carries none of the keys, or there are none.
pub fn tenant(config: &Config, headers: &HeaderMap, public: bool) -> Result<Arc<str>, Error> {
    if config.api_keys.is_empty() {
        let message = "this gateway asked for a key when it started, and its configuration has none any more: nobody is \
                       served until it is started again";
        return Err(Error::new(ErrorKind::Unauthenticated, message));
    }
    let Some(given) = presented(headers) else {
        let message =
            "no API key: send `Authorization: Bearer KEY` with a key from api_keys of this gateway";
        return Err(Error::new(ErrorKind::Unauthenticated, message));
    };
    let keys = config.api_keys.iter().map(|key| (&key.secret, &key.tenant));
    match matching(keys, given, public) {
        Some(tenant) => Ok(tenant),
        None => Err(Error::new(
            ErrorKind::Unauthenticated,
            "the API key is not one of this gateway's api_keys",
        )),
    }
}

/// The name of the admin key that a request carries.
///
/// # Errors
/// [`ErrorKind::NotFound`] if none are configured, [`ErrorKind::Unauthenticated`] if the request carries none of them.
pub fn admin(config: &Config, headers: &HeaderMap, public: bool) -> Result<Arc<str>, Error> {
    if config.admin_keys.is_empty() {
        let message = "this path is off: list `admin_keys` in the configuration to switch it on";
        return Err(Error::new(ErrorKind::NotFound, message));
    }
    let keys = config.admin_keys.iter().map(|key| (&key.secret, &key.name));
    presented(headers).and_then(|given| matching(keys, given, public)).ok_or_else(|| {
        let message = "send `Authorization: Bearer KEY` with a key from admin_keys of this gateway";
        Error::new(ErrorKind::Unauthenticated, message)
    })
}

/// Whether a request may read the metrics: with their own key or one of `admin_keys`, where they have a key.
///
/// # Errors
/// [`ErrorKind::Unauthenticated`] if they have one and the request carries neither.
pub fn metrics(config: &Config, headers: &HeaderMap, public: bool) -> Result<(), Error> {
    let Some(own) = &config.server.metrics.key else { return Ok(()) };
    let name: Arc<str> = "metrics".into();
    let admins = config.admin_keys.iter().map(|key| (&key.secret, &key.name));
    let keys = std::iter::once((own, &name)).chain(admins);
    match presented(headers).and_then(|given| matching(keys, given, public)) {
        Some(_) => Ok(()),
        None => {
            let message =
                "send `Authorization: Bearer KEY` with the key of `metrics` in the configuration";
            Err(Error::new(ErrorKind::Unauthenticated, message))
        }
    }
}

/// What stands beside the key that was given. Every key is compared, so that timing says nothing about which one came close.
fn matching<'a>(
    keys: impl Iterator<Item = (&'a SecretString, &'a Arc<str>)>,
    given: &str,
    public: bool,
) -> Option<Arc<str>> {
    let mut found = None;
    for (secret, name) in keys.filter(|(secret, _)| !(public && is_weak(secret))) {
        if bool::from(secret.expose_secret().as_bytes().ct_eq(given.as_bytes())) {
            found = Some(name.clone());
        }
    }
    found
}

fn presented(headers: &HeaderMap) -> Option<&str> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let (scheme, key) = value.to_str().ok()?.split_once(' ')?;
        return scheme.eq_ignore_ascii_case("bearer").then(|| key.trim());
    }
    // Azure's and Anthropic's clients name their header so.
    let named = headers.get("api-key").or_else(|| headers.get("x-api-key"))?;
    named.to_str().ok().map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::presented;
    use axum::http::{HeaderMap, HeaderValue};

    #[test]
    fn keys_come_in_three_headers() {
        for (name, value, key) in [
            ("authorization", "Bearer abc", Some("abc")),
            ("authorization", "bearer  abc ", Some("abc")),
            ("authorization", "Basic abc", None),
            ("api-key", "abc", Some("abc")),
            ("x-api-key", "abc", Some("abc")),
            ("x-other", "abc", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(name, HeaderValue::from_static(value));
            assert_eq!(presented(&headers), key, "{name}: {value}");
        }
    }
}
