//! Suites from the command line to the exit code: a run, its reports, and the gate.

use crate::cli::weir;
use crate::support::upstream::{End, Script, Upstream};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Output;
use tempfile::TempDir;

fn data(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/eval").join(name);
    path.display().to_string()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A folder with a suite in it, and runs of that.
struct Bench {
    folder: TempDir,
    suite: String,
    config: String,
}

impl Bench {
    fn triage() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder, suite: data("triage.jsonl"), config: data("router.yaml") }
    }

    fn own(config: &str, suite: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("weir.yaml"), config).unwrap();
        std::fs::write(folder.path().join("suite.yaml"), suite).unwrap();
        Self { folder, suite: "suite.yaml".to_owned(), config: "weir.yaml".to_owned() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, report: &str, more: &[&str]) -> Output {
        let args =
            ["eval", "run", "--suite", &self.suite, "--config", &self.config, "--report", report];
        weir(self.folder.path(), &[&args[..], more].concat(), "")
    }

    fn report(&self, name: &str) -> Value {
        serde_json::from_str(&std::fs::read_to_string(self.path(name)).unwrap()).unwrap()
    }

    fn ran(&self, more: &[&str]) -> Value {
        let output = self.run("r.json", more);
        assert!(output.status.success(), "{}", said(&output));
        self.report("r.json")
    }

    fn assert(&self, report: &str, baseline: &str, more: &[&str]) -> Output {
        let args = ["eval", "assert", "--report", report, "--baseline", baseline];
        weir(self.folder.path(), &[&args[..], more].concat(), "")
    }
}

fn case<'a>(report: &'a Value, id: &str) -> &'a Value {
    let cases = report["cases"].as_array().unwrap();
    cases.iter().find(|case| case["id"] == id).unwrap_or_else(|| panic!("no case {id}"))
}

/// What a run must give again: all but the clock.
fn timeless(mut report: Value) -> Value {
    report["started_at"] = Value::Null;
    report["metrics"]["latency"] = Value::Null;
    for case in report["cases"].as_array_mut().unwrap() {
        for step in case["steps"].as_array_mut().unwrap() {
            for field in ["total_us", "ttft_us", "hops"] {
                step[field] = Value::Null;
            }
        }
    }
    report
}

const SENTENCES: [&str; 5] = ["kettle", "@example.com", "Anna Berg", "Thank you", "4111 1111"];

#[test]
fn the_example_suite_runs_twice_alike_and_tells_nobodys_words() {
    let bench = Bench::triage();
    let more = ["--junit", "o/r.xml", "--promptfoo", "o/foo.json", "--seed", "7"];
    let first = bench.ran(&more);
    let again = bench.run("again.json", &["--seed", "7", "--concurrency", "7"]);
    assert!(again.status.success(), "{}", said(&again));
    assert_eq!(timeless(first.clone()), timeless(bench.report("again.json")));
    assert!(!bench.path("r.json.partial.jsonl").exists());

    let metrics = &first["metrics"];
    let cases = first["cases"].as_array().unwrap();
    let passed = cases.iter().filter(|case| case["pass"] == true).count();
    assert_eq!((cases.len(), first["suite"]["n_cases"].as_u64()), (259, Some(259)));
    assert_eq!(metrics["n_success"].as_u64(), Some(passed as u64));
    let rate = &metrics["success_rate"];
    assert!((rate["value"].as_f64().unwrap() - passed as f64 / 259.0).abs() < 1e-12);
    for figure in ["success_rate", "tool_precision", "escalation_recall", "cost_per_success_usd"] {
        let at = |end: &str| metrics[figure][end].as_f64().unwrap();
        assert!(
            at("low") <= at("value") && at("value") <= at("high") && at("low") < at("high"),
            "{figure}"
        );
    }
    let share: f64 = metrics["share"]
        .as_object()
        .unwrap()
        .values()
        .map(|it| it["value"].as_f64().unwrap())
        .sum();
    assert!((share - 1.0).abs() < 1e-9);
    assert!(first["warnings"].as_array().unwrap().is_empty(), "{}", first["warnings"]);
    assert!(metrics["judge_cost_usd"].as_f64().unwrap() > 0.0);
    let hop = |report: &Value, hop: &str, measure: &str| {
        let rows = report["metrics"]["latency"].as_array().unwrap().clone();
        rows.into_iter()
            .find(|row| row["hop"] == hop && row["measure"] == measure && row["target"] == "large")
            .unwrap()
    };
    assert!(
        hop(&first, "upstream", "ttft")["p50"]["value"].as_f64().unwrap() >= 360.0,
        "times pass as recorded"
    );

    // The second conversation pays a wrong amount in its second step and ends with the right words.
    let wrong = case(&first, "conversation/2");
    let pass = |step: usize| {
        wrong["steps"][step]["checks"].as_array().unwrap().iter().all(|it| it["pass"] == true)
    };
    assert_eq!(
        (wrong["pass"].as_bool(), pass(0), pass(1), pass(2)),
        (Some(false), true, false, true)
    );
    assert_eq!(case(&first, "conversation/1")["pass"], true);
    assert_eq!(case(&first, "refused/1")["steps"][0]["error"], "blocked_by_policy");
    assert_eq!(case(&first, "refused/1")["pass"], true);

    for file in ["r.json", "o/r.xml", "o/foo.json"] {
        let text = std::fs::read_to_string(bench.path(file)).unwrap();
        for words in SENTENCES {
            assert!(!text.contains(words), "{file} holds {words:?}");
        }
    }
    let xml = std::fs::read_to_string(bench.path("o/r.xml")).unwrap();
    assert_eq!(xml.matches("<testcase ").count(), 259);
    assert_eq!(xml.matches("<failure ").count(), 259 - passed);
    let foo = bench.report("o/foo.json");
    assert_eq!(foo["results"]["version"], 3);
    assert_eq!(foo["results"]["stats"]["successes"].as_u64(), Some(passed as u64));
}

#[test]
fn bounds_and_gates_close_with_one_clear_line() {
    let bench = Bench::triage();
    let output =
        bench.run("good.json", &["--min-success-rate", "0.99", "--max-cost-per-task", "0.0000001"]);
    assert!(!output.status.success());
    let line = said(&output);
    assert!(
        line.contains("cost per successful task $0.00")
            && line.contains("is below the bound 0.9900"),
        "{line}"
    );
    assert!(bench.path("good.json").exists(), "the report is there all the same");

    let cheap =
        Bench { folder: bench.folder, suite: bench.suite, config: data("router_cheap.yaml") };
    let output = cheap.run("cheap.json", &[]);
    assert!(output.status.success(), "{}", said(&output));
    let all = [
        "--max-success-drop",
        "0.02",
        "--max-cost-increase",
        "0.25",
        "--max-tool-precision-drop",
        "0.02",
        "--max-unsafe-writes-increase",
        "0",
    ];
    let output = cheap.assert("cheap.json", "good.json", &all);
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!output.status.success(), "{told}");
    assert!(said(&output).contains(
        "the gate is closed: max_success_drop, max_tool_precision_drop, max_unsafe_writes_increase"
    ));
    assert!(
        told.contains("BREACH  max_success_drop") && told.contains("; worse (paired change"),
        "{told}"
    );
    assert!(
        told.contains("ok  max_cost_increase") && told.contains("; no worse (paired change"),
        "{told}"
    );

    let same = cheap.assert(
        "good.json",
        "good.json",
        &["--max-success-drop", "0.02", "--max-cost-increase", "0.25"],
    );
    assert!(same.status.success(), "{}", said(&same));
    for (args, part) in [
        (
            vec!["eval", "assert", "--report", "good.json", "--max-success-drop", "0.02"],
            "there is no baseline: give --baseline",
        ),
        (
            vec![
                "eval",
                "assert",
                "--report",
                "good.json",
                "--baseline",
                "none.json",
                "--max-success-drop",
                "0.02",
            ],
            "the baseline none.json cannot be read",
        ),
        (
            vec!["eval", "assert", "--report", "good.json", "--baseline", "good.json"],
            "nothing is asserted",
        ),
        (vec!["eval", "run", "--suite", "none.yaml"], "none.yaml cannot be read"),
    ] {
        let output = weir(cheap.folder.path(), &args, "");
        assert!(
            !output.status.success() && said(&output).contains(part),
            "{args:?}: {}",
            said(&output)
        );
    }
}

const TWO: &str = "local: {enabled: false}\nledger: {enabled: false}\ntargets:\n  - {name: small, kind: openai, model: s, base_url: \
    \"http://127.0.0.1:9/v1\", api_key: none}\n  - {name: large, kind: openai, model: l, base_url: \"http://127.0.0.1:9/v1\", \
    api_key: none}\nroute:\n  - {name: hard, when: {header: {x-hard: \"1\"}}, to: large}\n  - {name: rest, to: [small, large]}\n";

#[test]
fn figures_are_those_of_a_hand_computed_example() {
    // Seven attempts, three tasks, two successes: the failed ones count in the numerator.
    let suite = r#"
suite: golden
tiers: [small, large]
writes: [pay]
one_class: true
defaults: {request: {tools: [{type: function, function: {name: read, parameters: {type: object, required: [n]}}}]}}
cases:
  - id: falls-back
    turns:
      - {input: a, check: [{exact: ok}], recorded: {small: {error: timeout, cost_usd: 0.01}, large: {text: ok, cost_usd: 0.05, latency_ms: 90}}}
      - {input: b, check: [{exact: ok}], recorded: {small: {error: failed, cost_usd: 0.01}, large: {text: ok, cost_usd: 0.05, latency_ms: 90}}}
    escalate: true
  - id: wrong
    turns:
      - {input: c, check: [{exact: ok}], recorded: {small: {text: ok, cost_usd: 0.02}, large: {text: no, cost_usd: 9}}}
      - {input: d, check: [{exact: ok}], recorded: {small: {text: no, cost_usd: 0.02}, large: {text: ok, cost_usd: 9}}}
    escalate: true
  - id: calls
    headers: {x-hard: "1"}
    input: e
    request: {stream: true}
    calls: [{name: read, arguments: {n: 1}}]
    check: [{contains: done}]
    escalate: false
    recorded:
      small: {text: done, cost_usd: 9}
      large:
        text: done
        calls: [{name: read, arguments: {n: 1}}, {name: read, arguments: {}}, {name: pay, arguments: {}}]
        cost_usd: 0.04
        ttft_ms: 250
        latency_ms: 1000
"#;
    let report =
        Bench::own(TWO, suite).ran(&["--max-cost-per-task", "0.1", "--min-success-rate", "0.66"]);
    let metrics = &report["metrics"];
    let value = |name: &str| metrics[name]["value"].as_f64().unwrap();
    let near = |found: f64, expected: f64| {
        assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
    };
    near(metrics["cost_usd"].as_f64().unwrap(), 0.20);
    near(value("cost_per_success_usd"), 0.10);
    near(value("success_rate"), 2.0 / 3.0);
    near(value("tool_precision"), 1.0 / 3.0);
    near(value("escalation_precision"), 0.5);
    near(value("escalation_recall"), 0.5);
    near(value("unsafe_write_rate"), 1.0 / 3.0);
    assert_eq!(
        metrics["calls"],
        json!({"total": 3, "valid": 1, "precise": 1, "unsafe_writes": 1, "unjudged": 0})
    );
    let step = &case(&report, "calls")["steps"][0];
    let (first, whole) = (step["ttft_us"].as_u64().unwrap(), step["total_us"].as_u64().unwrap());
    assert!((250_000..1_000_000).contains(&first) && whole >= 1_000_000, "{first} {whole}");
    let hops = case(&report, "falls-back")["steps"][0]["hops"].as_array().unwrap();
    let tried: Vec<&Value> = hops.iter().filter_map(|hop| hop.get("target")).collect();
    assert_eq!(tried, ["small", "large"]);
    assert!(report["warnings"][0].as_str().unwrap().starts_with("3 cases are fewer than 200"));
}

#[test]
fn a_run_resumes_where_it_ended_and_refuses_what_changed() {
    let bench = Bench::triage();
    let report = bench.ran(&[]);
    let stamp = json!({"suite": report["suite"]["hash"], "config": report["config_hash"], "seed": 1, "live": false});
    let mut done = report["cases"][3].clone();
    done["target"] = json!("from_before");
    let partial = bench.path("r.json.partial.jsonl");
    std::fs::write(&partial, format!("{stamp}\n{done}\n{{\"id\": \"cut")).unwrap();
    let resumed = bench.ran(&["--resume"]);
    assert_eq!(
        resumed["cases"][3]["target"], "from_before",
        "a case that is done is not run again"
    );
    let rest = |report: &Value| {
        let mut report = timeless(report.clone());
        report["metrics"] = Value::Null;
        report["cases"][3] = Value::Null;
        report
    };
    assert_eq!(rest(&resumed), rest(&report));
    assert!(!partial.exists());

    std::fs::write(&partial, format!("{stamp}\n")).unwrap();
    for (more, part) in [
        (vec!["--resume", "--seed", "2"], "is of another run: the seed changed"),
        (vec!["--resume", "--model-router", &data("router_cheap.yaml")], "two names for one thing"),
    ] {
        let output = bench.run("r.json", &more);
        assert!(!output.status.success() && said(&output).contains(part), "{}", said(&output));
    }
    std::fs::write(&partial, "{\"something\": \"else\"}\n").unwrap();
    assert!(said(&bench.run("r.json", &["--resume"])).contains("is not the partial file of a run"));
}

#[test]
fn a_case_that_leads_to_an_unknown_answer_ends_the_run() {
    let suite = "cases:\n  - {id: one, input: a, check: [{exact: ok}], recorded: {large: ok}}\n";
    let bench = Bench::own(TWO, suite);
    let output = bench.run("r.json", &[]);
    assert!(!output.status.success());
    assert!(
        said(&output).contains("case `one` leads to target `small`, for which it has neither"),
        "{}",
        said(&output)
    );
    let only = Bench::own(TWO, "cases:\n  - {id: one, input: a, outcomes: {small: 1, large: 0}}\n");
    assert!(said(&only.run("r.json", &["--live"])).contains("has only `outcomes`"));
}

#[test]
fn costs_without_a_price_are_unknown_and_break_a_bound() {
    let suite = "cases:\n  - {id: one, input: a, outcomes: {small: 1, large: 0}}\n  - {id: two, input: b, outcomes: {small: {success: 1, \
                 input_tokens: 9, output_tokens: 1}, large: 0}}\n";
    let bench = Bench::own(TWO, suite);
    let output = bench.run("r.json", &["--max-cost-per-task", "1"]);
    assert!(!output.status.success());
    assert!(
        said(&output).contains("is unknown: 2 cases have attempts without a price"),
        "{}",
        said(&output)
    );
    let report = bench.report("r.json");
    assert_eq!(report["metrics"]["cost_per_success_usd"]["value"], Value::Null);
    assert_eq!(report["metrics"]["n_success"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn real_targets_get_the_redacted_request_and_the_check_sees_the_restored_answer() {
    let body = json!({"id": "x", "object": "chat.completion", "model": "m", "choices": [{"index": 0, "finish_reason": "stop",
        "message": {"role": "assistant", "content": "I wrote to <EMAIL_ADDRESS_1>"}}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 5}});
    let script = Script {
        status: 200,
        headers: BTreeMap::new(),
        content_type: "json".to_owned(),
        pieces: vec![body.to_string()],
        end: End::Clean,
        pause_ms: 0,
    };
    let upstream = Upstream::start(vec![script]).await;
    let config = TWO.replacen("http://127.0.0.1:9/v1", &upstream.url, 1);
    let suite = "cases:\n  - {id: one, input: Write to bo@example.org, check: [{contains: bo@example.org}, {no_pii: true}]}\n";
    let bench = Bench::own(&config, suite);
    let report =
        tokio::task::spawn_blocking(move || bench.ran(&["--ledger", "eval.db"])).await.unwrap();
    assert_eq!(report["metrics"]["n_success"], 1, "{report}");
    let seen = upstream.seen();
    assert!(seen.len() == 1 && !seen[0].body.contains("bo@example.org"), "{seen:?}");
}

#[test]
fn the_schema_of_reports_is_printed_and_reports_keep_to_it() {
    let bench =
        Bench::own(TWO, "cases:\n  - {id: one, input: a, outcomes: {small: 1, large: 0}}\n");
    let output = weir(bench.folder.path(), &["eval", "schema"], "");
    let schema: Value = serde_json::from_slice(&output.stdout).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let report = bench.ran(&[]);
    let wrong: Vec<String> =
        validator.iter_errors(&report).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    assert!(!validator.is_valid(&json!({"version": 1})));
}

#[test]
fn an_imported_suite_runs() {
    let bench = Bench::own(TWO, "");
    let lines = "{\"input\":\"2+2\",\"ideal\":\"4\"}\n{\"input\":\"3+3\",\"ideal\":\"6\"}\n";
    std::fs::write(bench.path("evals.jsonl"), lines).unwrap();
    let args = [
        "eval",
        "import",
        "--from",
        "openai-evals",
        "evals.jsonl",
        "--out",
        "in.jsonl",
        "--name",
        "sums",
    ];
    let output = weir(bench.folder.path(), &args, "");
    assert!(output.status.success(), "{}", said(&output));
    let suite = std::fs::read_to_string(bench.path("in.jsonl")).unwrap();
    let answered: String = suite
        .lines()
        .map(|line| {
            let mut row: Value = serde_json::from_str(line).unwrap();
            if row["id"].is_string() {
                row["recorded"] = json!({"small": "4 it is", "large": "4"});
            }
            format!("{row}\n")
        })
        .collect();
    std::fs::write(bench.path("in.jsonl"), answered).unwrap();
    let bench = Bench { suite: "in.jsonl".to_owned(), ..bench };
    let report = bench.ran(&[]);
    assert_eq!(
        (report["suite"]["name"].as_str(), report["metrics"]["n_success"].as_u64()),
        (Some("sums"), Some(1))
    );
}
