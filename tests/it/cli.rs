//! The command line as a user meets it: what goes to stdout, what to stderr, and the exit code.

use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

const CONFIG: &str = "local: {enabled: false}\nledger: {enabled: false}\ntargets: [{name: cloud, kind: openai, model: \
                      m, base_url: \"http://127.0.0.1:9/v1\", api_key: none}]\nroute:\n  - {name: cards, when: \
                      {findings: CREDIT_CARD}, to: cloud, privacy: block}\n  - {name: rest, to: cloud}\n";

pub fn weir(folder: &Path, args: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_weir"))
        .args(args)
        .current_dir(folder)
        .env_clear()
        .env("HOME", folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("weir.yaml"), CONFIG).unwrap();
    folder
}

fn lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn analyze_counts_offsets_in_code_points() {
    let folder = folder();
    let input = "{\"id\":\"a\",\"text\":\"🙂é mail anna@example.com now\"}\n\n{\"id\":2,\"messages\":[{\"role\":\"system\",\
                 \"content\":\"x\"},{\"role\":\"user\",\"content\":\"bo@example.org\"}]}\n";
    let output = weir(folder.path(), &["analyze"], input);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let rows = lines(&output);
    assert_eq!(rows.len(), 2);
    let first = &rows[0]["findings"][0];
    assert_eq!(
        (rows[0]["id"].as_str(), first["start"].as_u64(), first["end"].as_u64()),
        (Some("a"), Some(8), Some(24))
    );
    assert_eq!(first["type"], "EMAIL_ADDRESS");
    assert!(first["score"].is_number() && first["detector"].is_string());
    assert!(
        rows[0]["intent"].is_null()
            && rows[0]["n_tokens"].as_u64() > Some(0)
            && rows[0]["elapsed_us"].is_u64()
    );
    assert_eq!(
        (rows[1]["id"].as_u64(), rows[1]["findings"][0]["message"].as_u64()),
        (Some(2), Some(1))
    );
}

#[test]
fn a_bad_line_gives_an_error_line_and_a_bad_exit() {
    let folder = folder();
    let output = weir(
        folder.path(),
        &["analyze"],
        "{\"id\":1,\"text\":\"a\"}\nnonsense 4111 1111\n{\"id\":3,\"text\":\"b\"}\n",
    );
    assert!(!output.status.success());
    let rows = lines(&output);
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[1]["line"], 2);
    assert!(rows[1]["error"].is_string());
    assert!(
        !String::from_utf8_lossy(&output.stdout).contains("nonsense"),
        "errors never quote the input"
    );
}

#[test]
fn explain_tells_the_rule_or_the_refusal() {
    let folder = folder();
    let card = ["4111", "1111", "1111", "1111"].join(" ");
    let input = format!("{{\"id\":1,\"text\":\"hello\"}}\n{{\"id\":2,\"text\":\"card {card}\"}}\n");
    let output = weir(folder.path(), &["explain", "--config", "weir.yaml"], &input);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let rows = lines(&output);
    assert_eq!(rows[0]["decision"]["rule"], "rest");
    assert_eq!(rows[0]["decision"]["candidates"][0]["target"], "cloud");
    assert_eq!(rows[1]["refused"]["code"], "blocked_by_policy");
    assert_eq!(rows[1]["findings"][0]["type"], "CREDIT_CARD");
}

#[test]
fn config_check_reports_everything_at_once() {
    let folder = folder();
    std::fs::write(
        folder.path().join("bad.yaml"),
        "listen: nowhere\ntargest: []\nroute: [{name: a, to: nobody}]\n",
    )
    .unwrap();
    let output = weir(folder.path(), &["config", "check", "bad.yaml"], "");
    assert!(!output.status.success());
    let told = String::from_utf8_lossy(&output.stderr).into_owned()
        + &String::from_utf8_lossy(&output.stdout);
    for part in ["bad.yaml:1", "bad.yaml:2", "bad.yaml:3", "targets", "nobody"] {
        assert!(told.contains(part), "{part} is missing: {told}");
    }
    assert!(weir(folder.path(), &["config", "check", "weir.yaml"], "").status.success());
}

#[test]
fn a_missing_config_is_a_clear_error() {
    let folder = folder();
    let output = weir(folder.path(), &["explain", "--config", "gone.yaml"], "");
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("gone.yaml"));
}

/// Sends a signal to a process of this test.
fn signal(child: &std::process::Child, name: &str) {
    let sent = Command::new("kill").args(["-s", name, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

#[test]
fn serve_says_where_it_listens_reloads_on_sighup_and_ends_well_on_sigterm() {
    let folder = folder();
    let config = CONFIG.replace("ledger: {enabled: false}", "ledger: {path: weir.db}");
    std::fs::write(folder.path().join("weir.yaml"), config).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_weir"))
        .args(["serve", "--config", "weir.yaml", "--listen", "127.0.0.1:0"])
        .current_dir(folder.path())
        .env_clear()
        .env("HOME", folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let log = BufReader::new(child.stderr.take().unwrap());
    let mut lines = log.lines().map(Result::unwrap);
    let mut next = |part: &str| lines.find(|line| line.contains(part)).unwrap();
    let line = next("answers at http://127.0.0.1:");
    let port = line.split("127.0.0.1:").nth(1).unwrap().split('/').next().unwrap();
    assert_ne!(port.parse::<u16>().unwrap(), 0);
    next("ledger: ");
    signal(&child, "HUP");
    next("configuration reloaded: no change");
    std::fs::write(folder.path().join("weir.yaml"), "nonsense: 1").unwrap();
    next("the configuration was not reloaded, the old one stays");
    signal(&child, "TERM");
    next("stopping");
    assert!(child.wait().unwrap().success());
    assert!(folder.path().join("weir.db").is_file());
}
