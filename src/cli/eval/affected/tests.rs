//! A configuration with every file that it may name, at a revision and now.

use super::super::git::Revision;
use super::{Kind, look_for, since_revision};
use crate::cli::Common;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

const CONFIG: &str = r#"
ledger: {enabled: false}
local: {enabled: false}
prices: prices.yaml
api_keys: [{name: app, key_file: secrets/app}]
targets:
  - {name: small, kind: openai, model: s-1}
  - {name: large, kind: anthropic, model: "1.0", api_key_file: secrets/large, limits: {retries: 0}}
intents:
  - {name: refund, examples_file: refund.txt}
  - {name: other, examples: [good morning, "what: is new", 'tell "me" a joke 🙂']}
gain: [{cheap: small, strong: large, file: gain.json}]
route:
  - {name: refunds, when: {intent: refund, min_probability: 1e-3}, to: small}
  - {name: gains, when: {min_gain: 0.25}, to: large}
  - {name: rest, to: small}
"#;
const SUITE: &str = "suite: s\ncases: [{id: one, input: hi, check: [{exact: ho}]}]\n";

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).unwrap();
}

fn git(folder: &Path, args: &[&str]) {
    let who = ["-c", "user.name=Test", "-c", "user.email=test@example.org"];
    let output = Command::new("git").args(who).args(args).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn repository() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("weir.yaml", CONFIG),
        ("prices.yaml", "providers: {}\n"),
        ("refund.txt", "# What they say.\nmoney back\nreturn my order\nI want a refund\n"),
        ("gain.json", "{}\n"),
        ("s.yaml", SUITE),
    ] {
        write(folder.path(), name, text);
    }
    git(folder.path(), &["init", "-q"]);
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "-q", "-m", "state"]);
    folder
}

fn reasons(folder: &Path) -> Vec<String> {
    let common = Common { config: Some(folder.join("weir.yaml")) };
    let mut suites: Vec<PathBuf> = Vec::new();
    look_for(folder, true, &mut suites).unwrap();
    let revision = Revision::find(folder, "HEAD").unwrap();
    let (found, _) = since_revision(&common, &revision, suites).unwrap();
    assert_eq!(found.len(), 1, "weir.yaml is no suite");
    let only = |kind: Kind| matches!(kind, Kind::Model | Kind::Prompt);
    assert!(found[0].kinds().into_iter().all(only));
    found[0].changes.iter().map(|change| change.what.clone()).collect()
}

#[test]
fn files_of_the_configuration_are_read_from_the_same_side_and_keys_play_no_part() {
    let repository = repository();
    let folder = repository.path();
    assert_eq!(reasons(folder), Vec::<String>::new(), "no key is there, and nothing changed");
    for (name, from, to, part) in [
        ("refund.txt", "money back", "my money back", "intents[refund].examples: "),
        ("gain.json", "{}", "{\"a\": 1}", "gain[small>large].file: gain.json (sha256 "),
        ("prices.yaml", "{}", "{a: {}}", "prices: prices.yaml (sha256 "),
        ("weir.yaml", "retries: 0", "retries: 1", "targets[large].limits.retries: 0 → 1"),
        ("weir.yaml", "1e-3", "0.5", "route[refunds].when.min_probability: 0.001 → 0.5"),
        ("s.yaml", "input: hi", "input: hello", "1 case changed (one)"),
    ] {
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        assert!(text.contains(from), "{from}");
        write(folder, name, &text.replacen(from, to, 1));
        let found = reasons(folder);
        assert!(found.len() == 1 && found[0].starts_with(part), "{name}: {found:?}");
        write(folder, name, &text);
    }
    // A file under another name with the same content is no other examples.
    std::fs::rename(folder.join("refund.txt"), folder.join("returns.txt")).unwrap();
    write(folder, "weir.yaml", &CONFIG.replace("refund.txt", "returns.txt"));
    assert_eq!(reasons(folder), Vec::<String>::new());
}

#[test]
fn a_revision_is_found_or_told() {
    let repository = repository();
    let folder = repository.path();
    let told = |name: &str| Revision::find(folder, name).unwrap_err().to_string();
    assert!(told("nope").contains("there is no revision `nope`"));
    assert!(told("--all").contains("--since needs a revision"));
    let outside = tempfile::tempdir().unwrap();
    let bare = Revision::find(outside.path(), "HEAD").unwrap_err().to_string();
    assert!(bare.contains("is in no git repository"), "{bare}");
    let revision = Revision::find(folder, "HEAD").unwrap();
    assert_eq!(revision.commit.len(), 40);
    assert_eq!(revision.text(&folder.join("s.yaml")).unwrap().as_deref(), Some(SUITE));
    assert_eq!(revision.text(&folder.join("t.yaml")).unwrap(), None);
    write(outside.path(), "s.yaml", SUITE);
    let other = revision.text(&outside.path().join("s.yaml")).unwrap_err().to_string();
    assert!(other.contains("is not in the repository"), "{other}");
}
