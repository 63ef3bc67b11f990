//! From a run to a queue that people review and back to its figures; and the bound on success before tools are added.

use crate::cli::weir;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Output;
use tempfile::TempDir;

fn data(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/eval").join(name).display().to_string()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn triage() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let (suite, config) = (data("triage.jsonl"), data("router.yaml"));
    let args = ["eval", "run", "--suite", &suite, "--config", &config, "--report", "r.json"];
    let output = weir(folder.path(), &args, "");
    assert!(output.status.success(), "{}", said(&output));
    folder
}

fn sample(folder: &TempDir, more: &[&str]) -> Output {
    let suite = data("triage.jsonl");
    let args = ["eval", "sample", "--report", "r.json", "--suite", &suite, "--out", "q.jsonl"];
    weir(folder.path(), &[&args[..], more].concat(), "")
}

fn queue(folder: &TempDir) -> Vec<Value> {
    let text = std::fs::read_to_string(folder.path().join("q.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_queue_is_drawn_reviewed_and_read_back() {
    let folder = triage();
    let report: Value =
        serde_json::from_slice(&std::fs::read(folder.path().join("r.json")).unwrap()).unwrap();
    let output = sample(&folder, &["--by", "kind", "--weight", "conversation=3", "--failed", "2"]);
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{}", said(&output));
    assert!(told.starts_with("52 of 259 cases in q.jsonl\n"), "{told}");
    let drawn = queue(&folder);
    assert_eq!(drawn.len(), 52);
    let cases = report["cases"].as_array().unwrap();
    for item in &drawn {
        let case = cases.iter().find(|case| case["id"] == item["id"]).unwrap();
        assert_eq!(item["automated"]["pass"], case["pass"]);
        assert_eq!(item["target"], case["target"]);
        assert_eq!(item["review"], json!({"pass": null, "note": ""}));
        assert!(!item["input"].is_null(), "{item}");
    }
    let first = std::fs::read(folder.path().join("q.jsonl")).unwrap();
    sample(&folder, &["--by", "kind", "--weight", "conversation=3", "--failed", "2"]);
    assert_eq!(std::fs::read(folder.path().join("q.jsonl")).unwrap(), first, "a seed, a sample");

    let read = |more: &[&str]| {
        let args = ["eval", "reviewed", "q.jsonl", "--report", "r.json"];
        weir(folder.path(), &[&args[..], more].concat(), "")
    };
    assert!(said(&read(&[])).contains("no case is reviewed yet"));
    // A person agrees with the checks on all but the first four.
    let reviewed = drawn.iter().enumerate().map(|(at, item)| {
        let mut item = item.clone();
        let pass = item["automated"]["pass"].as_bool().unwrap();
        item["review"] = json!({"pass": pass != (at < 4), "note": "seen"});
        format!("{item}\n")
    });
    std::fs::write(folder.path().join("q.jsonl"), reviewed.collect::<String>()).unwrap();
    let output = read(&["--json", "--min-agreement", "0.9"]);
    assert!(output.status.success(), "{}", said(&output));
    let figures: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!((figures["agreement"]["value"].as_f64().unwrap() - 48.0 / 52.0).abs() < 1e-9);
    assert!(figures["kappa"].as_f64().unwrap() < 1.0);
    let wrong = |side: &str| figures[side].as_array().unwrap().len();
    assert_eq!(wrong("passed_wrongly") + wrong("failed_wrongly"), 4);
    let corrected = &figures["corrected_success"];
    let at = |end: &str| corrected[end].as_f64().unwrap();
    assert!(at("low") < at("value") && at("value") < at("high"), "{corrected}");
    let output = read(&["--min-agreement", "0.95"]);
    assert!(!output.status.success());
    assert!(
        said(&output).contains("agree on 0.9231 of the reviewed cases, below the bound 0.9500")
    );
    assert!(String::from_utf8_lossy(&output.stdout).contains("Cohen's kappa"));
}

#[test]
fn bad_plans_and_queues_are_told_without_anybodys_words() {
    let folder = triage();
    for (more, part) in [
        (vec!["--share", "1.5"], "--share is above 0 and at most 1"),
        (vec!["--by", "colour"], "no case has the tag `colour`"),
        (vec!["--weight", "money=3"], "--weight needs --by TAG"),
        (vec!["--by", "kind", "--weight", "money=3"], "there is no stratum `money`"),
        (vec!["--weight", "money"], "a stratum and a number"),
    ] {
        let output = sample(&folder, &more);
        assert!(!output.status.success() && said(&output).contains(part), "{}", said(&output));
    }
    std::fs::write(folder.path().join("other.yaml"), "cases: [{id: 1, input: a}]\n").unwrap();
    let args =
        ["eval", "sample", "--report", "r.json", "--suite", "other.yaml", "--out", "q.jsonl"];
    let output = weir(folder.path(), &args, "");
    assert!(said(&output).contains("is not what the report was made of"), "{}", said(&output));
    let line = "{\"id\":\"x\",\"input\":\"my secret words\",\"review\":{\"pass\":\"yes\"}}\n";
    std::fs::write(folder.path().join("q.jsonl"), line).unwrap();
    let output = weir(folder.path(), &["eval", "reviewed", "q.jsonl", "--report", "r.json"], "");
    assert!(
        said(&output).contains("q.jsonl:1: not a line of `weir eval sample`"),
        "{}",
        said(&output)
    );
    assert!(!said(&output).contains("secret"));
}

const CONFIG: &str = "local: {enabled: false}\nledger: {enabled: false}\ntargets: [{name: small, kind: openai, model: s, base_url: \
                      \"http://127.0.0.1:9/v1\", api_key: none}]\n";

#[test]
fn tools_come_after_success() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("weir.yaml", CONFIG);
    let cases: String = (0..10)
        .map(|at| {
            let answer = if at < 8 { "ok" } else { "no" };
            format!("  - {{id: {at}, input: q{at}, check: [{{exact: ok}}], recorded: {{small: {answer}}}}}\n")
        })
        .collect();
    let tools = "defaults: {request: {tools: [{type: function, function: {name: pay}}]}}\n";
    write("old.yaml", &format!("suite: s\none_class: true\ncases:\n{cases}"));
    write("new.yaml", &format!("suite: s\none_class: true\n{tools}cases:\n{cases}"));
    for name in ["old", "new"] {
        let (suite, report) = (format!("{name}.yaml"), format!("{name}.json"));
        let args = ["eval", "run", "--suite", &suite, "--report", &report];
        let output = weir(folder.path(), &args, "");
        assert!(output.status.success(), "{}", said(&output));
    }
    let assert = |report: &str, baseline: &str, more: &[&str]| {
        let args = ["eval", "assert", "--report", report, "--baseline", baseline];
        weir(folder.path(), &[&args[..], more].concat(), "")
    };
    let output = assert("new.json", "old.json", &["--max-success-drop", "0.02"]);
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!output.status.success(), "{told}");
    assert!(told.contains("tools were added (pay) while success was 0.8000, below 0.85"), "{told}");
    assert!(said(&output).contains("the gate is closed: min_success_for_tools"));
    let lower = assert("new.json", "old.json", &["--min-success-for-tools", "0.8"]);
    assert!(lower.status.success(), "{}", said(&lower));
    let away = assert("old.json", "new.json", &["--min-success-for-tools", "0.85"]);
    assert!(away.status.success(), "taking tools away needs no success: {}", said(&away));
}
