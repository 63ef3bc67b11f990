//! API keys of clients, compared in constant time.

use crate::config::resolved::Config;
use crate::error::{Error, ErrorKind};
use axum::http::{HeaderMap, header};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use subtle::ConstantTimeEq;

/// The tenant of the key that a request carries; `None` where no keys are configured (loopback only).
///
/// # Errors
/// [`ErrorKind::Unauthenticated`] if keys are configured and the request carries none of them.
pub fn tenant(config: &Config, headers: &HeaderMap) -> Result<Option<Arc<str>>, Error> {
    if config.api_keys.is_empty() {
        return Ok(None);
    }
    let Some(given) = presented(headers) else {
        let message =
            "no API key: send `Authorization: Bearer KEY` with a key from api_keys of this gateway";
        return Err(Error::new(ErrorKind::Unauthenticated, message));
    };
    let keys = config.api_keys.iter().map(|key| (&key.secret, &key.tenant));
    match matching(keys, given) {
        Some(tenant) => Ok(Some(tenant)),
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
pub fn admin(config: &Config, headers: &HeaderMap) -> Result<Arc<str>, Error> {
    if config.admin_keys.is_empty() {
        let message = "this path is off: list `admin_keys` in the configuration to switch it on";
        return Err(Error::new(ErrorKind::NotFound, message));
    }
    let keys = config.admin_keys.iter().map(|key| (&key.secret, &key.name));
    presented(headers).and_then(|given| matching(keys, given)).ok_or_else(|| {
        let message = "send `Authorization: Bearer KEY` with a key from admin_keys of this gateway";
        Error::new(ErrorKind::Unauthenticated, message)
    })
}

/// What stands beside the key that was given. Every key is compared, so that timing says nothing about which one came close.
fn matching<'a>(
    keys: impl Iterator<Item = (&'a SecretString, &'a Arc<str>)>,
    given: &str,
) -> Option<Arc<str>> {
    let mut found = None;
    for (secret, name) in keys {
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
