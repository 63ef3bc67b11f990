//! The endpoint's URL from what an operator writes as base URL.
//!
//! Sources: the base URLs of the official clients of OpenAI (with `/v1`) and Anthropic (without), and Azure's paths by
//! deployment with `api-version` in the query.

use crate::config::raw::RawKind;
use ::url::{self, Url};
use std::collections::BTreeMap;

/// What is wrong with a URL: message and hint.
pub(super) type Wrong = (String, Option<String>);

/// The full URL of the endpoint.
///
/// # Errors
/// Where `base` is not an `http` or `https` URL with a host, or holds a user name, password or key.
pub(super) fn endpoint(
    kind: RawKind,
    base: &str,
    chat_path: Option<&str>,
    query: &BTreeMap<String, String>,
) -> Result<Url, Wrong> {
    let example = || Some("write it like https://api.openai.com/v1".to_owned());
    let mut url = Url::parse(base.trim()).map_err(|error| match error {
        url::ParseError::RelativeUrlWithoutBase => {
            ("does not begin with https:// or http://".to_owned(), example())
        }
        error => (format!("not a URL: {error}"), example()),
    })?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err((format!("`{}` is not a scheme that Weir speaks", url.scheme()), example()));
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(("has no host".to_owned(), example()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        let hint = "take them out and name the key in `api_key_env`";
        return Err(("holds a user name or a password".to_owned(), Some(hint.to_owned())));
    }
    let path = full_path(kind, url.path().trim_end_matches('/'), chat_path);
    url.set_path(&path);
    url.set_fragment(None);
    for (name, value) in query {
        url.query_pairs_mut().append_pair(name, value);
    }
    match url.query_pairs().find(|(name, _)| is_secret(name)) {
        Some((name, _)) => {
            let hint = "keys do not belong into a URL: name the key in `api_key_env`, and the header in `auth_header`";
            Err((format!("the query holds `{name}`"), Some(hint.to_owned())))
        }
        None => Ok(url),
    }
}

fn full_path(kind: RawKind, base: &str, chat_path: Option<&str>) -> String {
    if let Some(path) = chat_path {
        return format!("{base}/{}", path.trim_start_matches('/'));
    }
    let (end, versioned) = match kind {
        RawKind::Anthropic => ("/messages", base.ends_with("/v1")),
        RawKind::Openai | RawKind::Local => ("/chat/completions", !base.is_empty()),
    };
    if base.ends_with(end) {
        base.to_owned()
    } else if versioned {
        format!("{base}{end}")
    } else {
        format!("{base}/v1{end}")
    }
}

/// Whether the name of a header or query parameter says that its value is a secret.
pub(super) fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let words =
        ["authorization", "api-key", "api_key", "apikey", "token", "secret", "password", "cookie"];
    words.iter().any(|word| name.contains(word))
        || matches!(&*name, "key" | "auth" | "sig" | "x-goog-key")
}

/// The provider's name in the price table, by host.
pub(super) fn provider(kind: RawKind, url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let known = [
        ("api.openai.com", "openai"),
        ("openai.azure.com", "openai"),
        ("api.anthropic.com", "anthropic"),
        ("generativelanguage.googleapis.com", "google"),
        ("api.mistral.ai", "mistral"),
        ("openrouter.ai", "openrouter"),
        ("api.groq.com", "groq"),
        ("api.together.xyz", "together"),
        ("api.fireworks.ai", "fireworks"),
        ("api.deepinfra.com", "deepinfra"),
        ("api.deepseek.com", "deepseek"),
        ("api.x.ai", "xai"),
    ];
    let found = known.iter().find(|(end, _)| {
        host.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    });
    match found {
        Some((_, name)) => (*name).to_owned(),
        None if kind == RawKind::Anthropic && host.is_empty() => "anthropic".to_owned(),
        None => host.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{RawKind, endpoint};
    use std::collections::BTreeMap;

    #[test]
    fn endpoints() {
        for line in include_str!("../../../tests/data/config/urls.txt").lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            let [kind, base, path, query, expected] = words[..] else { continue };
            if kind.starts_with('#') {
                continue;
            }
            let kind = if kind == "openai" { RawKind::Openai } else { RawKind::Anthropic };
            let query: BTreeMap<String, String> = query
                .split_once('=')
                .map(|(k, v)| (k.to_owned(), v.to_owned()))
                .into_iter()
                .collect();
            let path = (path != "-").then_some(path);
            let url = endpoint(kind, base, path, &query);
            let found = url.as_ref().map_or("error", |url| url.as_str());
            assert_eq!(found, expected, "{line}");
        }
    }
}
