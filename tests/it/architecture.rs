//! The one-way rule of ARCHITECTURE.md as a test: a room imports only rooms of lower tiers, and some crates belong to
//! one room alone.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Tiers from the ground up. A room may import rooms of lower tiers; within the lowest tier all may know each other.
const TIERS: &[&[&str]] = &[
    &["bet", "units", "error", "chat"],
    &["dialect", "pricing", "inference", "config", "telemetry"],
    &["analyze", "privacy", "shape", "route", "ledger", "upstream"],
    &["live", "pipeline"],
    &["downstream", "eval"],
    &["cli"],
];

/// Crates that one room alone may name.
const OWNED_CRATES: &[(&str, &[&str])] = &[
    ("axum", &["downstream"]),
    ("candle_core", &["inference"]),
    ("candle_nn", &["inference"]),
    ("candle_transformers", &["inference"]),
    ("hyper", &["downstream", "upstream"]),
    ("hyper_util", &["downstream", "upstream"]),
    ("rusqlite", &["ledger"]),
    ("anyhow", &["cli", "main"]),
];

fn rust_files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, out);
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            out.push(path);
        }
    }
}

fn sources() -> Vec<(String, PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&root, &mut files);
    files
        .into_iter()
        .map(|path| {
            let first = path.strip_prefix(&root).unwrap().components().next().unwrap();
            let room = first.as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned();
            let text = fs::read_to_string(&path).unwrap();
            (room, path, text)
        })
        .collect()
}

fn tier(room: &str) -> Option<usize> {
    TIERS.iter().position(|rooms| rooms.contains(&room))
}

/// Rooms named after `crate::` in code lines, with their line numbers.
fn imports(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let code = line.split("//").next().unwrap_or("");
        for (at, _) in code.match_indices("crate::") {
            let before = code[..at].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
                continue;
            }
            let rest = &code[at + "crate::".len()..];
            for name in rest
                .trim_start_matches('{')
                .split(|c: char| !(c.is_alphanumeric() || c == '_'))
                .take(1)
            {
                found.push((number + 1, name.to_owned()));
            }
        }
    }
    found
}

fn breaches(rule: &str, found: Vec<String>) {
    assert!(found.is_empty(), "{rule}:\n{}", found.join("\n"));
}

#[test]
fn rooms_import_only_lower_tiers() {
    let mut found = Vec::new();
    for (room, path, text) in sources() {
        let Some(own) = tier(&room) else { continue };
        for (line, other) in imports(&text) {
            let Some(theirs) = tier(&other) else { continue };
            let allowed =
                other == room || theirs < own || (own == theirs && (own == 0 || own == 3));
            if !allowed {
                found.push(format!("{}:{line}: {room} imports {other}", path.display()));
            }
        }
    }
    breaches("one-way rooms", found);
}

#[test]
fn every_room_has_a_tier() {
    let mut unknown = BTreeMap::new();
    for (room, path, _) in sources() {
        if tier(&room).is_none() && room != "lib" && room != "main" {
            unknown.insert(room, path);
        }
    }
    breaches("every room has a tier", unknown.keys().cloned().collect());
}

#[test]
fn some_crates_belong_to_one_room() {
    let mut found = Vec::new();
    for (room, path, text) in sources() {
        for (owned, rooms) in OWNED_CRATES {
            let needle = format!("{owned}::");
            let used =
                text.lines().any(|line| line.split("//").next().unwrap_or("").contains(&needle));
            if used && !rooms.contains(&room.as_str()) {
                found.push(format!("{}: {room} uses {owned}", path.display()));
            }
        }
    }
    breaches("crates with one owner", found);
}

#[test]
fn unsafe_code_stays_in_the_kernels() {
    let found = sources()
        .into_iter()
        .filter(|(_, path, _)| !path.to_string_lossy().contains("inference/kernels"))
        .filter(|(_, _, text)| {
            text.lines().any(|line| {
                let code = line.split("//").next().unwrap_or("");
                ["unsafe {", "unsafe fn", "unsafe impl", "unsafe trait", "unsafe extern"]
                    .iter()
                    .any(|form| code.contains(form))
            })
        })
        .map(|(_, path, _)| path.display().to_string())
        .collect();
    breaches("unsafe only in inference/kernels", found);
}

#[test]
fn every_file_says_what_it_is_for() {
    let found = sources()
        .into_iter()
        .filter(|(_, _, text)| !text.starts_with("//!") && !text.starts_with("#!["))
        .map(|(_, path, _)| path.display().to_string())
        .collect();
    breaches("every file opens with //!", found);
}

#[test]
fn the_configuration_knows_exactly_the_types_that_detectors_report() {
    let types = weir::privacy::detect::Detectors::entity_types();
    let reported: BTreeSet<&str> = types.map(weir::chat::EntityType::as_str).collect();
    let known: BTreeSet<&str> = weir::config::entities::ENTITIES.iter().copied().collect();
    assert_eq!(reported, known);
}
