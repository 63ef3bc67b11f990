//! Pairs of targets for the gain predictor: targets that exist, names that differ, files that are there.

use super::{Context, names, paths};
use crate::config::problem::name_hint;
use crate::config::raw::RawConfig;
use crate::config::resolved::{GainPair, Target};
use std::sync::Arc;

pub(super) fn pairs(
    raw: &RawConfig,
    targets: &[Arc<Target>],
    cx: &mut Context<'_>,
) -> Vec<GainPair> {
    let mut pairs: Vec<GainPair> = Vec::new();
    for (i, raw) in raw.gain.iter().enumerate() {
        let path = format!("gain[{i}]");
        let mut find = |name: &Option<String>, key: &str| -> Option<Arc<str>> {
            let name = name.as_ref()?;
            let path = format!("{path}.{key}");
            let found = targets.iter().find(|target| *target.name == **name);
            if found.is_none() && !cx.broken(&path) && !cx.broken("targets") {
                let hint = name_hint(name, targets.iter().map(|target| &*target.name));
                cx.report(&path, format!("there is no target `{name}`"), hint);
            }
            found.map(|target| target.name.clone())
        };
        let (Some(cheap), Some(strong)) = (find(&raw.cheap, "cheap"), find(&raw.strong, "strong"))
        else {
            continue;
        };
        if cheap == strong {
            cx.report(&format!("{path}.strong"), "is the cheaper target itself", None);
        }
        let name = raw.name.clone().unwrap_or_else(|| format!("{cheap}>{strong}"));
        let taken = pairs.iter().map(|pair| &*pair.name);
        names::check(&name, "a pair", &format!("{path}.name"), taken, &[], cx);
        let file = raw.file.as_deref().map(|file| paths::inside(file, cx));
        if let Some(file) = &file {
            if !file.is_file() {
                let hint = "write it with `weir gain fit`".to_owned();
                cx.report(
                    &format!("{path}.file"),
                    format!("there is no file {}", file.display()),
                    Some(hint),
                );
            }
            cx.files.push(file.clone());
        }
        pairs.push(GainPair { name: name.into(), cheap, strong, file });
    }
    pairs
}
