//! API keys of clients, compared in constant time.

use crate::config::resolved::Config;
use crate::error::{Error, ErrorKind};
use axum::http::{HeaderMap, header};
use secrecy::ExposeSecret;
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
    let mut tenant = None;
    // Every key is compared, so that timing says nothing about which one came close.
    for key in &config.api_keys {
        if bool::from(key.secret.expose_secret().as_bytes().ct_eq(given.as_bytes())) {
            tenant = Some(key.tenant.clone());
        }
    }
    match tenant {
        Some(tenant) => Ok(Some(tenant)),
        None => Err(Error::new(
            ErrorKind::Unauthenticated,
            "the API key is not one of this gateway's api_keys",
        )),
    }
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
