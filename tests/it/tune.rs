//! A threshold from scored cases: report, page, patch, and the configuration that takes it over.

use crate::cli::weir;
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::Path;
use std::process::{Command, Output};
use uuid::Uuid;
use weir::config::{Config, Overrides};
use weir::ledger::{Entry, Feedback, LedgerStore, Note, Pair, SqliteStore};
use weir::live;
use weir::units::NanoUsd;

const CONFIG: &str = "\
local: {enabled: false}
ledger: {enabled: false}
targets:
  - {name: small, kind: openai, model: a, base_url: \"http://127.0.0.1:9/v1\", api_key: none}
  - {name: large, kind: openai, model: b, base_url: \"http://127.0.0.1:9/v1\", api_key: none}
gain:
  - {cheap: small, strong: large}
route:
  - name: easy   # ours
    when: {max_gain: -0.5}
    to: small
  - {name: rest, to: large}
";

/// Cases of which the better-scored half needs the stronger target.
fn cases(n: usize) -> String {
    let mut out = String::new();
    for i in 0..n {
        let score = (i % 100) as f64 / 100.0;
        // One in ten of the lower half needs it too.
        let (cheap, strong) = (u8::from(i % 100 < 50 && i % 10 != 3), 1);
        let target = |success: u8, cost: f64| json!({"success": success, "cost": cost});
        let line = json!({
            "id": format!("case-{i}"),
            "score": score,
            "length": 10 + i % 13,
            "cheap": target(cheap, 0.001),
            "strong": target(strong, 0.02),
        });
        writeln!(out, "{line}").unwrap();
    }
    out
}

fn tune(folder: &Path, more: &[&str]) -> Output {
    let args =
        ["tune", "--config", "weir.yaml", "--cases", "cases.jsonl", "--report", "out/t.json"];
    weir(folder, &[&args[..], more].concat(), "")
}

fn said(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_wish_becomes_a_patch_that_fits() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("weir.yaml"), CONFIG).unwrap();
    std::fs::write(path("cases.jsonl"), cases(2000)).unwrap();
    let output = tune(folder.path(), &["--objective", "success >= baseline - 0.08 @ 95%"]);
    assert!(output.status.success(), "{}", said(&output.stderr));
    let report: Value =
        serde_json::from_slice(&std::fs::read(path("out/t.json")).unwrap()).unwrap();
    let threshold = report["threshold"].as_f64().unwrap();
    assert!((0.45..0.55).contains(&threshold), "{threshold}");
    assert!(report["chosen"]["success"].as_f64().unwrap() > 0.92, "{report}");
    assert!(std::fs::read_to_string(path("out/t.html")).unwrap().contains("<svg"));
    // Nothing but the files asked for was written.
    assert_eq!(std::fs::read_to_string(path("weir.yaml")).unwrap(), CONFIG);
    let patched = Command::new("patch")
        .args(["weir.yaml", "out/t.patch", "-o", "patched.yaml"])
        .current_dir(folder.path())
        .output();
    if let Ok(patched) = patched {
        assert!(patched.status.success(), "{}", said(&patched.stdout));
        let text = std::fs::read_to_string(path("patched.yaml")).unwrap();
        assert!(
            text.contains(&format!("max_gain: {threshold}")) && text.contains("# ours"),
            "{text}"
        );
    }
    let output =
        tune(folder.path(), &["--objective", "success >= baseline - 0.08 @ 95%", "--write"]);
    assert!(output.status.success(), "{}", said(&output.stderr));
    let text = std::fs::read_to_string(path("weir.yaml")).unwrap();
    assert!(text.contains(&format!("when: {{max_gain: {threshold}}}")), "{text}");
    assert!(text.contains("# weir tune ") && text.contains("success >= baseline - 0.08"), "{text}");
    let check = weir(folder.path(), &["config", "check", "weir.yaml"], "");
    assert!(check.status.success(), "{}", said(&check.stderr));
}

#[test]
fn what_cannot_be_promised_fails_and_says_what_can() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("weir.yaml"), CONFIG).unwrap();
    let fails = |cases: String, more: &[&str]| {
        std::fs::write(path("cases.jsonl"), cases).unwrap();
        let output = tune(folder.path(), more);
        assert!(!output.status.success());
        said(&output.stdout) + &said(&output.stderr)
    };
    let never = fails(
        cases(2000),
        &["--objective", "success >= baseline - 0.08", "--objective", "strong_share <= 0.1"],
    );
    assert!(never.contains("no threshold meets all objectives"), "{never}");
    let few = fails(cases(30), &["--objective", "success >= baseline - 0.01"]);
    assert!(few.contains("too few cases") && few.contains("would do"), "{few}");
    let twice = fails(cases(1) + &cases(1), &["--objective", "strong_share <= 0.5"]);
    assert!(twice.contains("cases.jsonl:2") && twice.contains("case-0"), "{twice}");
    let one_class = fails(cases(3), &["--objective", "strong_share <= 0.5"]);
    assert!(one_class.contains("the same in all 3 cases"), "{one_class}");
    let broken = fails("{\"id\": \"a\"}\n".to_owned(), &["--objective", "strong_share <= 0.5"]);
    assert!(broken.contains("cases.jsonl:1") && broken.contains("score"), "{broken}");
    let wish = fails(cases(10), &["--objective", "be good"]);
    assert!(wish.contains("strong_share <= 0.3"), "{wish}");
    let rule = fails(cases(10), &["--objective", "strong_share <= 0.5", "--rule", "easier"]);
    assert!(rule.contains("there is no rule `easier`; the rules are easy, rest"), "{rule}");
    assert_eq!(std::fs::read_to_string(path("weir.yaml")).unwrap(), CONFIG);
}

const CASCADE: &str = "\
ledger: {enabled: false}
targets:
  - {name: large, kind: openai, model: b, base_url: \"http://127.0.0.1:9/v1\", api_key: none}
route:
  - {name: tried, to: [local, large], cascade: {min_score: 0.9, look: 8}}
";

#[test]
fn the_score_of_a_cascade_is_a_threshold_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("weir.yaml"), CASCADE).unwrap();
    // The same cases, each as unsure as it was worth the stronger target.
    let text = cases(2000);
    let unsure = text.lines().map(|line| {
        let mut line: Value = serde_json::from_str(line).unwrap();
        line["score"] = json!(line["score"].as_f64().unwrap() - 1.0);
        line.to_string() + "\n"
    });
    std::fs::write(path("cases.jsonl"), unsure.collect::<String>()).unwrap();
    let output =
        tune(folder.path(), &["--objective", "success >= baseline - 0.08 @ 95%", "--write"]);
    assert!(output.status.success(), "{}", said(&output.stderr));
    let changed = std::fs::read_to_string(path("weir.yaml")).unwrap();
    let number = changed.split("min_score: ").nth(1).unwrap().split(',').next().unwrap();
    let number: f64 = number.parse().unwrap();
    // Half of the cases, those with a confidence above one half, do well enough with the local answer.
    assert!((0.4..0.65).contains(&number), "{changed}");
    assert!(
        said(&output.stdout).contains(&format!("min_score: {number}")),
        "{}",
        said(&output.stdout)
    );
    let page = std::fs::read_to_string(path("out/t.html")).unwrap();
    assert!(page.contains(&format!("a confidence below {number}")), "{page}");
}

#[test]
fn pairs_in_the_ledger_become_a_threshold() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let config = CONFIG
        .replace(
            "ledger: {enabled: false}",
            "ledger: {path: ledger.db}\nexperiments: {compare: exact}",
        )
        .replace("    to: small\n", "    to: [small, large]\n    shadow: 0.5\n")
        .replace("to: large}", "to: [large, small], shadow: 0.5}");
    std::fs::write(path("weir.yaml"), &config).unwrap();
    let read = Config::from_text(&config, None, &|_| None, &Overrides::default()).unwrap();
    let scorer = live::scorer(&read.gain[0]).unwrap();
    let mut store = SqliteStore::open(&path("ledger.db")).unwrap();
    let lines: Vec<Value> =
        cases(1701).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let pair = |n: usize, encoder: &str| {
        let line = &lines[n];
        let of = |target: &str, name: &str| line[target][name].as_f64().unwrap();
        let score = line["score"].as_f64().unwrap();
        Pair {
            at_us: 1_000_000 * n as i64,
            request: Uuid::from_u128(n as u128),
            rule: if score > 0.2 { "rest" } else { "easy" }.to_owned(),
            share: if score > 0.2 { 1.0 } else { 0.5 },
            cheap: "small".to_owned(),
            strong: "large".to_owned(),
            strong_answered: score > 0.2,
            encoder: encoder.to_owned(),
            gain: Some([score - 0.01, score - 0.005, score]),
            category: Some("math".to_owned()),
            confidence: None,
            length: 20,
            success: [of("cheap", "success"), of("strong", "success")],
            cost: ["cheap", "strong"].map(|target| Some(NanoUsd::from_usd(of(target, "cost")))),
            compared: "exact".to_owned(),
        }
    };
    let note = |note: Note| Entry::Note(Box::new(note));
    let mut entries: Vec<Entry> = (0..1500).map(|n| note(Note::Pair(pair(n, &scorer)))).collect();
    // A client says that the stronger answer of one request was wrong.
    let subject = Uuid::from_u128(77);
    let told = Feedback { subject, success: Some(0.25), ..Feedback::default() };
    entries.push(note(Note::Feedback(told)));
    store.append_entries(&entries).unwrap();
    let tune = |more: &[&str]| {
        let args = ["tune", "--config", "weir.yaml", "--from-ledger", "--report", "out/t.json"];
        let wish =
            ["--objective", "success >= baseline - 0.1 @ 95%", "--save-cases", "saved.jsonl"];
        let output = weir(folder.path(), &[&args[..], &wish[..], more].concat(), "");
        (output.status.success(), said(&output.stdout) + &said(&output.stderr))
    };
    let (done, said) = tune(&[]);
    assert!(done && said.contains("max_gain: 0."), "{said}");
    let saved = std::fs::read_to_string(path("saved.jsonl")).unwrap();
    assert_eq!(saved.lines().count(), 1500);
    let told = saved.lines().find(|line| line.contains(&subject.to_string())).unwrap();
    let told: Value = serde_json::from_str(told).unwrap();
    assert_eq!(told["strong"]["success"].as_f64(), Some(0.25));

    store.append_entries(&[note(Note::Pair(pair(1600, "another@1")))]).unwrap();
    let (done, said) = tune(&[]);
    assert!(
        !done && said.contains("1 of 1501 pairs") && said.contains("wait for new ones"),
        "{said}"
    );
    store.append_entries(&[note(Note::Pair(pair(1700, &scorer)))]).unwrap();
    let (done, said) = tune(&[]);
    assert!(!done && said.contains("--since 1970-01-01T00:28:20Z"), "{said}");
    let (done, said) = tune(&["--since", "2030-01-01T00:00:00Z"]);
    assert!(!done && said.contains("both answered: set `shadow"), "{said}");
}
