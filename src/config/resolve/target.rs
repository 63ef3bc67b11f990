//! Targets: what the operator listed, else what the environment has keys for, and the local one.

use super::{Context, names, secret, url};
use crate::chat::EDGE;
use crate::config::raw::{RawCapabilities, RawConfig, RawKind, RawTarget};
use crate::config::resolved::{
    BreakerSettings, Capabilities, Limits, LocalModels, Target, TargetKind,
};
use secrecy::SecretString;
use std::sync::Arc;
use std::time::Duration;

/// Names that no target may have: those that clients use for "let Weir decide", and that of the edge pack in the record.
const TAKEN: [&str; 3] = ["auto", "weir/auto", EDGE];

/// Targets that exist by default where the provider's key is set: small, priced, and able to take what OpenAI clients
/// send (tools in Chat Completions, `temperature`). Source: the providers' model pages and migration guides, 2026-11.
const BY_KEY: [(RawKind, &str); 2] =
    [(RawKind::Openai, "gpt-5.4-mini"), (RawKind::Anthropic, "claude-haiku-4-5")];

/// Context windows of well-known models, by the beginning of their name. Source: the providers' model pages, 2026-11.
const WINDOWS: [(&str, u32); 7] = [
    ("gpt-6-luna", 1_050_000),
    ("gpt-5.4-mini", 400_000),
    ("gpt-4.1", 1_047_576),
    ("gpt-4o", 128_000),
    ("claude-haiku-5-5", 1_000_000),
    ("claude-haiku-4-5", 200_000),
    ("smollm2-", 8_192),
];

/// First token of a stream, in milliseconds.
const TTFT_MS: u64 = 60_000;
/// First token where the model may think first, in milliseconds.
const REASONING_TTFT_MS: u64 = 300_000;
/// One whole attempt, in milliseconds.
const TOTAL_MS: u64 = 1_800_000;

pub(super) fn targets(
    raw: &RawConfig,
    local: &LocalModels,
    cx: &mut Context<'_>,
) -> Vec<Arc<Target>> {
    let mut targets: Vec<Arc<Target>> = Vec::new();
    for (i, raw) in raw.targets.iter().enumerate() {
        let path = format!("targets[{i}]");
        let name = raw.name.as_deref().unwrap_or_default();
        let taken = targets.iter().map(|target| &*target.name);
        names::check(name, "a target", &format!("{path}.name"), taken, &TAKEN, cx);
        if raw.kind == Some(RawKind::Local) && !local.enabled {
            let hint = "take the target out or set `local.enabled: true`";
            cx.report(&path, "is local, and local models are off", Some(hint.to_owned()));
        }
        targets.extend(target(raw, &path, local, cx).map(Arc::new));
    }
    if raw.targets.is_empty() && !cx.broken("targets") {
        for (kind, model) in BY_KEY {
            let by_key = RawTarget { name: Some(model.to_owned()), ..written(kind, model) };
            let has_key = own_key(kind).is_some_and(|name| cx.var(name).is_some());
            if has_key {
                targets.extend(target(&by_key, "targets", local, cx).map(Arc::new));
            }
        }
    }
    if local.enabled && !targets.iter().any(|target| &*target.name == "local") {
        let raw = RawTarget {
            name: Some("local".to_owned()),
            ..written(RawKind::Local, &local.generator)
        };
        targets.extend(target(&raw, "targets", local, cx).map(Arc::new));
    }
    if targets.is_empty() && !cx.broken("targets") {
        let hint =
            "list one, set OPENAI_API_KEY or ANTHROPIC_API_KEY, or set `local.enabled: true`";
        cx.report("targets", "there is no target at all", Some(hint.to_owned()));
    }
    targets
}

fn written(kind: RawKind, model: &str) -> RawTarget {
    RawTarget { kind: Some(kind), model: Some(model.to_owned()), ..RawTarget::default() }
}

fn own_key(kind: RawKind) -> Option<&'static str> {
    match kind {
        RawKind::Openai => Some("OPENAI_API_KEY"),
        RawKind::Anthropic => Some("ANTHROPIC_API_KEY"),
        RawKind::Local => None,
    }
}

fn target(
    raw: &RawTarget,
    path: &str,
    local: &LocalModels,
    cx: &mut Context<'_>,
) -> Option<Target> {
    let (name, kind, model) = (raw.name.as_deref()?, raw.kind?, raw.model.as_deref()?);
    if model.trim().is_empty() && !cx.broken(&format!("{path}.model")) {
        cx.report(&format!("{path}.model"), "is empty", None);
    }
    let endpoint = if kind == RawKind::Local {
        local_only(raw, path, cx)
    } else {
        Some(remote(raw, kind, path, cx)?)
    };
    let own = local.models.iter().find(|own| kind == RawKind::Local && own.name == model);
    let known =
        WINDOWS.iter().find(|(start, _)| model.starts_with(start)).map(|(_, window)| *window);
    let window = raw.window.or(own.map_or(known, |own| own.max_len));
    let ms = |value: Option<u64>, default| Duration::from_millis(value.unwrap_or(default));
    let ttft = ms(raw.limits.ttft_ms, TTFT_MS);
    let remote = endpoint.unwrap_or_default();
    Some(Target {
        name: name.into(),
        kind: match kind {
            RawKind::Openai => TargetKind::OpenAi,
            RawKind::Anthropic => TargetKind::Anthropic,
            RawKind::Local => TargetKind::Local,
        },
        model: model.to_owned(),
        url: remote.url,
        auth: remote.auth,
        key: remote.key,
        key_source: remote.key_source,
        headers: headers(raw, kind, path, cx),
        limits: Limits {
            ttft,
            reasoning_ttft: ms(raw.limits.reasoning_ttft_ms, REASONING_TTFT_MS).max(ttft),
            headers: ms(raw.limits.ttft_ms.or(raw.limits.total_ms), TOTAL_MS),
            idle: ms(raw.limits.idle_ms, 60_000),
            total: ms(raw.limits.total_ms, TOTAL_MS),
            retries: raw.limits.retries.unwrap_or(2),
        },
        breaker: BreakerSettings {
            failures: raw.breaker.failures.unwrap_or(5),
            open: ms(raw.breaker.open_ms, 10_000),
        },
        window,
        capabilities: capabilities(kind, &raw.capabilities),
        default_max_tokens: raw.max_tokens.unwrap_or(if kind == RawKind::Local {
            512
        } else {
            4096
        }),
        provider: raw.provider.clone().unwrap_or(remote.provider),
    })
}

struct Remote {
    url: String,
    auth: (String, String),
    key: Option<SecretString>,
    key_source: Option<String>,
    provider: String,
}

impl Default for Remote {
    fn default() -> Self {
        let nothing = String::new;
        Self {
            url: nothing(),
            auth: (nothing(), nothing()),
            key: None,
            key_source: None,
            provider: "local".to_owned(),
        }
    }
}

/// A local target takes none of the fields that speak of a server.
fn local_only(raw: &RawTarget, path: &str, cx: &mut Context<'_>) -> Option<Remote> {
    let fields = [
        ("base_url", raw.base_url.is_some()),
        ("chat_path", raw.chat_path.is_some()),
        ("query", !raw.query.is_empty()),
        ("api_key_env", raw.api_key_env.is_some()),
        ("api_key_file", raw.api_key_file.is_some()),
        ("auth_header", raw.auth_header.is_some()),
        ("headers", !raw.headers.is_empty()),
    ];
    for (field, _) in fields.iter().filter(|(_, given)| *given) {
        let hint =
            "`kind: local` runs in this process; for a server on this machine use `kind: openai`";
        cx.report(
            &format!("{path}.{field}"),
            "means nothing for a local target",
            Some(hint.to_owned()),
        );
    }
    None
}

fn remote(raw: &RawTarget, kind: RawKind, path: &str, cx: &mut Context<'_>) -> Option<Remote> {
    let default = if kind == RawKind::Anthropic {
        "https://api.anthropic.com"
    } else {
        "https://api.openai.com/v1"
    };
    let base = raw.base_url.as_deref().unwrap_or(default);
    let url = match url::endpoint(kind, base, raw.chat_path.as_deref(), &raw.query) {
        Ok(url) => url,
        Err((message, hint)) => {
            let query = raw.query.keys().any(|name| url::is_secret(name));
            cx.report(
                &format!("{path}.{}", if query { "query" } else { "base_url" }),
                message,
                hint,
            );
            return None;
        }
    };
    let (key, key_source) = key(raw, kind, &url, path, cx).unzip();
    let provider = url::provider(kind, &url);
    Some(Remote { url: url.into(), auth: auth(raw, kind, path, cx), key, key_source, provider })
}

fn key(
    raw: &RawTarget,
    kind: RawKind,
    url: &::url::Url,
    path: &str,
    cx: &mut Context<'_>,
) -> Option<(SecretString, String)> {
    if raw.api_key.is_some() {
        if raw.api_key_env.is_some() || raw.api_key_file.is_some() {
            cx.report(
                &format!("{path}.api_key"),
                "says `none` beside another source of the key",
                Some("keep one".into()),
            );
        }
        return None;
    }
    let own_host = matches!(url.host_str(), Some("api.openai.com" | "api.anthropic.com"));
    let implied = own_key(kind).filter(|_| own_host && raw.api_key_file.is_none());
    let sources = secret::Sources {
        path,
        env: ("api_key_env", raw.api_key_env.as_deref().or(implied)),
        file: ("api_key_file", raw.api_key_file.as_deref()),
    };
    secret::load(&sources, cx)
}

fn auth(raw: &RawTarget, kind: RawKind, path: &str, cx: &mut Context<'_>) -> (String, String) {
    let default = if kind == RawKind::Anthropic { "x-api-key" } else { "authorization" };
    let header = raw.auth_header.as_deref().unwrap_or(default).to_ascii_lowercase();
    if http::HeaderName::try_from(&header).is_err() {
        cx.report(&format!("{path}.auth_header"), "not a name of a header", None);
    }
    let before = if header == "authorization" { "Bearer " } else { "" };
    (header, before.to_owned())
}

fn headers(
    raw: &RawTarget,
    kind: RawKind,
    path: &str,
    cx: &mut Context<'_>,
) -> Vec<(String, String)> {
    let mut headers = Vec::new();
    for (name, value) in &raw.headers {
        let path = format!("{path}.headers.{name}");
        let name = name.to_ascii_lowercase();
        if url::is_secret(&name) {
            let hint = "keys do not belong into this file: use `api_key_env` with `auth_header`";
            cx.report(&path, "carries a secret", Some(hint.to_owned()));
        } else if http::HeaderName::try_from(&name).is_err() {
            cx.report(&path, "not a name of a header", None);
        } else if http::HeaderValue::try_from(value).is_err() {
            cx.report(&path, "cannot be sent as the value of a header", None);
        } else if matches!(
            &*name,
            "host" | "content-length" | "content-type" | "transfer-encoding" | "connection"
        ) {
            cx.report(&path, "is set by Weir itself", None);
        }
        headers.push((name, value.clone()));
    }
    if kind == RawKind::Anthropic && !headers.iter().any(|(name, _)| name == "anthropic-version") {
        headers.push(("anthropic-version".to_owned(), "2023-06-01".to_owned()));
    }
    headers
}

fn capabilities(kind: RawKind, raw: &RawCapabilities) -> Capabilities {
    let remote = kind != RawKind::Local;
    let openai = kind == RawKind::Openai;
    let own = kind == RawKind::Local;
    Capabilities {
        tools: raw.tools.unwrap_or(remote),
        images: raw.images.unwrap_or(remote),
        n: raw.n.unwrap_or(openai),
        logprobs: raw.logprobs.unwrap_or(openai || own),
        response_format: raw.response_format.unwrap_or(true),
    }
}
