//! What is personal: types that are kept and ignored, and the operator's own patterns, words and exceptions.
//!
//! Invariant: a pattern that does not do what its examples say is never served with. No message shows a word of a list.

use super::{Context, paths};
use crate::chat::{EntityType, own_detector};
use crate::config::entities;
use crate::config::own::{Allow, Own, OwnPattern, OwnWords};
use crate::config::raw::{RawAllow, RawPattern, RawPrivacy, RawWords};
use crate::config::resolved::PrivacySettings;
use sha2::{Digest, Sha256};
use std::path::Path;

/// Most patterns.
const PATTERNS: usize = 200;
/// Most words of context of a pattern.
const CONTEXT: usize = 100;
/// Most bytes of a list.
const LIST_BYTES: u64 = 1 << 20;
/// Most entries of a list.
const LIST_ENTRIES: usize = 50_000;
/// Fewest and most bytes of an entry.
const ENTRY_BYTES: [usize; 2] = [2, 256];
/// Most allowed values and expressions.
const ALLOWED: usize = 10_000;

pub(super) fn privacy(raw: &RawPrivacy, cx: &mut Context<'_>) -> PrivacySettings {
    let min_score = raw.min_score.unwrap_or(0.4) as f32;
    let own = Own {
        patterns: patterns(&raw.patterns, min_score, cx),
        words: words(&raw.words, cx),
        allow: allow(&raw.allow, cx),
    };
    let patterns = own.patterns.iter().map(|pattern| pattern.entity);
    cx.own_types.extend(patterns.chain(own.words.iter().map(|list| list.entity)));
    let keep = match &raw.keep {
        Some(names) => entity_types(names, "privacy.keep", cx),
        None => vec![EntityType("ORGANIZATION")],
    };
    let ignore = entity_types(&raw.ignore, "privacy.ignore", cx);
    PrivacySettings { model: raw.model.unwrap_or(true), min_score, keep, ignore, own }
}

fn entity_types(names: &[String], path: &str, cx: &mut Context<'_>) -> Vec<EntityType> {
    let mut out = Vec::new();
    for (i, name) in names.iter().enumerate() {
        let found = cx.entity(name, &format!("{path}[{i}]"));
        out.extend(found.filter(|entity| !out.contains(entity)));
    }
    out.sort_unstable();
    out
}

fn patterns(raw: &[RawPattern], min_score: f32, cx: &mut Context<'_>) -> Vec<OwnPattern> {
    too_many("privacy.patterns", raw.len(), PATTERNS, cx);
    let mut out: Vec<OwnPattern> = Vec::new();
    for (i, raw) in raw.iter().take(PATTERNS).enumerate() {
        let path = format!("privacy.patterns[{i}]");
        let name = detector(raw.name.as_deref(), &out, &path, cx);
        let entity = own_type(raw.entity.as_deref(), &path, cx);
        too_many(&format!("{path}.context"), raw.context.len(), CONTEXT, cx);
        for (i, word) in raw.context.iter().enumerate().filter(|(_, word)| word.trim().is_empty()) {
            cx.report(&format!("{path}.context[{i}]"), format!("`{word}` is no word"), None);
        }
        let score = raw.score.unwrap_or(1.0) as f32;
        if score < min_score && !cx.broken(&path) {
            let hint = "a finding below `privacy.min_score` is dropped, so this pattern would find nothing";
            cx.report(
                &format!("{path}.score"),
                format!("{score} is below {min_score}"),
                Some(hint.to_owned()),
            );
        }
        let (Some(name), Some(entity), Some(regex)) = (name, entity, &raw.regex) else { continue };
        if cx.broken(&path) {
            continue;
        }
        match OwnPattern::new(name, entity, regex, &raw.context) {
            Ok(mut pattern) => {
                (pattern.checksum, pattern.score) = (raw.checksum, score);
                examples(&pattern, raw, &path, cx);
                out.push(pattern);
            }
            Err(reason) => cx.report(&format!("{path}.regex"), reason, None),
        }
    }
    out
}

/// Holds a pattern against its examples.
fn examples(pattern: &OwnPattern, raw: &RawPattern, path: &str, cx: &mut Context<'_>) {
    for (i, _) in
        raw.examples.iter().enumerate().filter(|(_, text)| pattern.find(text, true).is_empty())
    {
        let hint = match raw.checksum {
            Some(_) => "the expression does not match in it, or the match has other check digits",
            None => "the expression does not match in it",
        };
        let path = format!("{path}.examples[{i}]");
        cx.report(&path, "the pattern finds nothing in this example", Some(hint.to_owned()));
    }
    let found = raw
        .counterexamples
        .iter()
        .enumerate()
        .filter(|(_, text)| !pattern.find(text, false).is_empty());
    for (i, _) in found {
        let hint = "make the expression narrower, or add `context` or `checksum`";
        let path = format!("{path}.counterexamples[{i}]");
        cx.report(
            &path,
            "the pattern finds something in this counterexample",
            Some(hint.to_owned()),
        );
    }
}

/// A pattern's name for findings.
fn detector(
    name: Option<&str>,
    before: &[OwnPattern],
    path: &str,
    cx: &mut Context<'_>,
) -> Option<&'static str> {
    let name = name?;
    let path = format!("{path}.name");
    let found = own_detector(name);
    if cx.broken(&path) {
        return None;
    }
    if found.is_none() {
        let hint = "1 to 48 letters, digits, `_`, `-` and `.` of ASCII";
        cx.report(&path, "not a name for a pattern", Some(hint.to_owned()));
    } else if before.iter().any(|other| other.name == name) {
        cx.report(&path, format!("the name `{name}` is given twice"), None);
    }
    found
}

/// A type of Weir's, or a name of the operator's own.
fn own_type(name: Option<&str>, path: &str, cx: &mut Context<'_>) -> Option<EntityType> {
    let name = name?;
    let found = entities::find(name).or_else(|| EntityType::own(name));
    let path = format!("{path}.type");
    if found.is_none() && !cx.broken(&path) {
        let hint = "1 to 48 capitals, digits and `_`, a letter first, no number after a last `_`, such as EMPLOYEE_ID";
        cx.report(&path, "not a name for a type", Some(hint.to_owned()));
    }
    found
}

fn words(raw: &[RawWords], cx: &mut Context<'_>) -> Vec<OwnWords> {
    let mut out = Vec::new();
    for (i, raw) in raw.iter().enumerate() {
        let path = format!("privacy.words[{i}]");
        let entity = own_type(raw.entity.as_deref(), &path, cx);
        let (Some(entity), Some(file)) = (entity, &raw.file) else { continue };
        let file = paths::inside(file, cx);
        cx.files.push(file.clone());
        let how = (raw.whole_word.unwrap_or(true), raw.ignore_case.unwrap_or(true));
        let list = list(&file).and_then(|(words, digest)| {
            let mut list = OwnWords::new(entity, &words, how)?;
            (list.digest, list.file) = (digest, file.display().to_string());
            Ok(list)
        });
        match list {
            Ok(list) => out.push(list),
            Err(reason) => cx.report(&format!("{path}.file"), reason, None),
        }
    }
    out
}

/// The entries of a list and a digest of its text. Errors name lines, never words.
fn list(file: &Path) -> Result<(Vec<String>, String), String> {
    let unreadable = |error: std::io::Error| paths::unreadable(file, &error);
    let size = std::fs::metadata(file).map_err(unreadable)?.len();
    if size > LIST_BYTES {
        return Err(format!(
            "{} has {size} bytes; at most {LIST_BYTES} can be used",
            file.display()
        ));
    }
    let bytes = std::fs::read(file).map_err(unreadable)?;
    let text = std::str::from_utf8(&bytes).map_err(|error| {
        format!("{} is no UTF-8 from byte {}", file.display(), error.valid_up_to())
    })?;
    let mut words = Vec::new();
    for (i, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let word = line.trim();
        if word.is_empty() || word.starts_with('#') {
            continue;
        }
        let [least, most] = ENTRY_BYTES;
        if !(least..=most).contains(&word.len()) {
            let line = i + 1;
            return Err(format!(
                "line {line} of {} has {} bytes; an entry has {least} to {most}",
                file.display(),
                word.len()
            ));
        }
        words.push(word.to_owned());
    }
    match words.len() {
        0 => Err(format!("{} has no entries", file.display())),
        n if n > LIST_ENTRIES => {
            Err(format!("{} has {n} entries; at most {LIST_ENTRIES} can be used", file.display()))
        }
        _ => Ok((words, digest(&bytes))),
    }
}

fn allow(raw: &[RawAllow], cx: &mut Context<'_>) -> Allow {
    too_many("privacy.allow", raw.len(), ALLOWED, cx);
    let mut allow = Allow::default();
    let mut all = Vec::new();
    for (i, raw) in raw.iter().take(ALLOWED).enumerate() {
        let path = format!("privacy.allow[{i}]");
        let (RawAllow::Value(text) | RawAllow::Pattern { regex: text }) = raw;
        if cx.broken(&path) {
            continue;
        }
        if text.trim().is_empty() {
            cx.report(&path, "is empty", None);
            continue;
        }
        all.push(format!("{}{text}", u8::from(matches!(raw, RawAllow::Value(_)))));
        match raw {
            RawAllow::Value(value) => allow.value(value),
            RawAllow::Pattern { regex } => {
                if let Err(reason) = allow.pattern(regex) {
                    cx.report(&format!("{path}.regex"), reason, None);
                }
            }
        }
    }
    if !all.is_empty() {
        allow.digest = digest(all.join("\n").as_bytes());
    }
    allow
}

fn too_many(path: &str, n: usize, most: usize, cx: &mut Context<'_>) {
    if n > most {
        cx.report(path, format!("has {n} entries; at most {most} can be used"), None);
    }
}

/// The first 16 hex digits of the SHA-256.
fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
