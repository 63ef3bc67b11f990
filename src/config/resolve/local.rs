//! The local model runtime.

use super::{Context, names, paths};
use crate::config::raw::{RawLocal, RawLocalModel};
use crate::config::resolved::{LocalModel, LocalModels};
use std::path::PathBuf;

/// The default generator.
const GENERATOR: &str = "smollm2-135m-instruct";

pub(super) fn local(raw: &RawLocal, cx: &mut Context<'_>) -> LocalModels {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(4);
    let cache = raw.cache_dir.as_deref().map(|path| paths::inside(path, cx));
    let cache =
        cache.or_else(|| (cx.env)("WEIR_CACHE").filter(|path| !path.is_empty()).map(PathBuf::from));
    let cache = cache.or_else(|| paths::xdg("XDG_CACHE_HOME", ".cache", cx));
    let mut models: Vec<LocalModel> = Vec::new();
    for (i, raw) in raw.models.iter().enumerate() {
        let path = format!("local.models[{i}]");
        let name = raw.name.clone().unwrap_or_default();
        let taken = models.iter().map(|model| model.name.as_str());
        names::check(&name, "a model", &format!("{path}.name"), taken, &[], cx);
        let source = source(raw, &path, cx);
        models.push(LocalModel {
            name,
            source,
            sha256: sha256(raw, &path, cx),
            max_len: raw.max_len,
        });
    }
    LocalModels {
        enabled: raw.enabled.unwrap_or(true),
        encoder: raw.encoder.clone(),
        generator: raw.generator.clone().unwrap_or_else(|| GENERATOR.to_owned()),
        models,
        threads: raw.threads.map_or(cores, |threads| threads as usize),
        queue_len: raw.queue.unwrap_or(64) as usize,
        queue_tokens: raw.queue_tokens.unwrap_or(16_384) as usize,
        kv_cache_bytes: (raw.kv_cache_mib.unwrap_or(512) as usize).saturating_mul(1 << 20),
        cache_dir: cache.unwrap_or_else(|| std::env::temp_dir().join("weir-cache")),
    }
}

fn source(raw: &RawLocalModel, path: &str, cx: &mut Context<'_>) -> String {
    let bare = |text: &str, prefix: &str| text.strip_prefix(prefix).unwrap_or(text).to_owned();
    match (&raw.path, &raw.hub, &raw.wheel) {
        (Some(file), None, None) => {
            let file = paths::inside(file, cx);
            if !file.exists() {
                cx.report(&format!("{path}.path"), format!("there is no {}", file.display()), None);
            }
            file.display().to_string()
        }
        (None, Some(hub), None) => {
            let hub = bare(hub, "hub:");
            if hub.split('/').filter(|part| !part.is_empty()).count() < 3 {
                let hint = "write owner/repo/file@revision";
                cx.report(&format!("{path}.hub"), "does not name a file", Some(hint.to_owned()));
            }
            format!("hub:{hub}")
        }
        (None, None, Some(wheel)) => {
            let wheel = bare(wheel, "wheel:");
            let parts =
                wheel.split_once("==").and_then(|(name, rest)| Some((name, rest.split_once('/')?)));
            if parts.is_none_or(|(name, (version, member))| [name, version, member].contains(&"")) {
                let hint = "write name==version/member";
                cx.report(
                    &format!("{path}.wheel"),
                    "does not name a file in a wheel",
                    Some(hint.to_owned()),
                );
            }
            format!("wheel:{wheel}")
        }
        _ => {
            if !cx.broken(path) {
                let hint = "give exactly one of `path`, `hub` and `wheel`";
                cx.report(path, "has no source, or more than one", Some(hint.to_owned()));
            }
            String::new()
        }
    }
}

fn sha256(raw: &RawLocalModel, path: &str, cx: &mut Context<'_>) -> Option<String> {
    let hash = raw.sha256.as_ref()?.to_lowercase();
    if hash.len() != 64 || !hash.chars().all(|c| c.is_ascii_hexdigit()) {
        cx.report(&format!("{path}.sha256"), "is not a SHA-256", Some("64 hex digits".to_owned()));
    }
    Some(hash)
}
