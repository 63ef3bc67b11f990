//! A threshold from scored cases: report, page, patch, and the configuration that takes it over.

use crate::cli::weir;
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::Path;
use std::process::{Command, Output};

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
