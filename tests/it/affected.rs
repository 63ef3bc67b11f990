//! `weir eval affected` in a git repository: the four kinds of change, what is none, and what cannot be told.

use crate::cli::weir;
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

const CONFIG: &str = r#"
listen: 127.0.0.1:8000
ledger: {enabled: false}
local: {enabled: false}
prices: prices.yaml
targets:
  - {name: small, kind: openai, model: s-1, api_key_env: SHOP_KEY}
  - {name: large, kind: openai, model: l-1, base_url: "http://127.0.0.1:9/v1", api_key_file: secrets/large}
intents:
  - {name: refund, examples_file: refund.txt}
  - {name: other, examples: [good morning, what is new, tell me a joke]}
route:
  - {name: news, when: {header: {x-flow: news}}, to: large}
  - {name: refunds, when: {intent: refund}, to: small}
  - {name: rest, to: small}
"#;
const PRICES: &str = "providers:\n  openai:\n    source: invoice\n    as_of: 2026-11-26\n    models: [{model: s-1, input: 1.0, output: 2.0}]\n";
const ORDERS: &str = r#"suite: orders
defaults: {system: You work for a shop., request: {tools: [{type: function, function: {name: look_up, parameters: {type: object}}}]}}
cases:
  - {id: one, input: Where is my kettle?, check: [{contains: way}, {citation: {of: [terms]}}]}
"#;
const NEWS: &str = "{\"suite\": \"news\", \"defaults\": {\"headers\": {\"x-flow\": \"news\"}}}\n{\"id\": 1, \"input\": \"What is new?\", \
                    \"check\": [{\"contains\": \"today\"}]}\n";

/// A repository with a configuration and two suites, all committed.
struct Repository(TempDir);

impl Repository {
    fn new() -> Self {
        let repository = Self(tempfile::tempdir().unwrap());
        for (name, text) in [
            ("weir.yaml", CONFIG),
            ("prices.yaml", PRICES),
            ("refund.txt", "money back\nreturn my order\nI want a refund\n"),
            ("evals/orders.yaml", ORDERS),
            ("evals/deep/news.jsonl", NEWS),
            ("evals/README.md", "Two suites.\n"),
            ("evals/other.yaml", "just: {some: settings}\n"),
        ] {
            repository.write(name, text);
        }
        repository.git(&["init", "-q"]);
        repository.commit();
        repository
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn git(&self, args: &[&str]) {
        let output = Command::new("git")
            .args(["-c", "user.name=Test", "-c", "user.email=test@example.org"])
            .args(args)
            .current_dir(self.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{args:?}: {}", said(&output));
    }

    fn commit(&self) {
        self.git(&["add", "."]);
        self.git(&["commit", "-q", "-m", "state"]);
    }

    fn affected(&self, more: &[&str]) -> Output {
        let path = std::env::var("PATH").unwrap_or_default();
        Command::new(env!("CARGO_BIN_EXE_weir"))
            .args(["eval", "affected"])
            .args(more)
            .current_dir(self.path())
            .env_clear()
            .env("HOME", self.path())
            .env("PATH", path)
            .output()
            .unwrap()
    }

    /// The affected suites with their kinds since the last commit, after one file got another text; the file comes back.
    fn after(&self, name: &str, from: &str, to: &str) -> Value {
        let path = self.path().join(name);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{from}");
        std::fs::write(&path, text.replacen(from, to, 1)).unwrap();
        let output = self.affected(&["--since", "HEAD", "--json", "evals"]);
        assert!(output.status.success(), "{from} → {to}: {}", said(&output));
        std::fs::write(&path, text).unwrap();
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        let suites = document["suites"].as_array().unwrap();
        assert_eq!(suites.len(), 2);
        let affected = suites.iter().filter(|suite| suite["affected"] == true);
        affected.map(|suite| json!([suite["suite"], suite["kinds"]])).collect()
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn printed(output: &Output) -> String {
    assert!(output.status.success(), "{}", said(output));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn each_kind_of_change_names_the_suites_it_concerns() {
    let repository = Repository::new();
    let orders = |kind: &str| json!([["orders", [kind]]]);
    for (file, from, to, affected) in [
        ("evals/orders.yaml", "for a shop", "for a bank", orders("prompt")),
        (
            "evals/orders.yaml",
            "{type: object}",
            "{type: object, required: [order]}",
            orders("tools"),
        ),
        ("evals/orders.yaml", "[terms]", "[terms, faq]", orders("retrieval")),
        ("weir.yaml", "s-1", "s-2", orders("model")),
        ("weir.yaml", "l-1", "l-2", json!([["news", ["model"]]])),
        ("weir.yaml", "joke", "story", orders("model")),
        ("refund.txt", "money back", "my money back", orders("model")),
        ("prices.yaml", "1.0", "1.5", json!([["news", ["model"]], ["orders", ["model"]]])),
        (
            "weir.yaml",
            "listen: 127.0.0.1:8000",
            "# Another port.\nlisten: 127.0.0.1:8001",
            json!([]),
        ),
        ("weir.yaml", "SHOP_KEY", "OTHER_SHOP_KEY", json!([])),
        ("evals/orders.yaml", "suite: orders", "# A comment.\nsuite: orders", json!([])),
        ("evals/deep/news.jsonl", "\"id\": 1, ", " \"id\" : 1,", json!([])),
        ("evals/other.yaml", "settings", "more", json!([])),
    ] {
        assert_eq!(repository.after(file, from, to), affected, "{file}: {from} → {to}");
    }
}

#[test]
fn ci_gets_names_people_get_reasons() {
    let repository = Repository::new();
    assert_eq!(
        printed(&repository.affected(&["--since", "HEAD", "evals/"])),
        "0 of 2 suites affected since HEAD\n"
    );
    repository.write("evals/orders.yaml", &ORDERS.replace("my kettle", "my tea pot"));
    repository.write(
        "evals/new.yaml",
        "suite: fresh\ncases: [{id: 1, input: hi, check: [{exact: ho}]}]\n",
    );
    repository.write("weir.yaml", &CONFIG.replace("l-1", "l-2"));
    let names = printed(&repository.affected(&["--since", "HEAD", "--names-only", "evals"]));
    assert_eq!(names, "evals/deep/news.jsonl\nevals/new.yaml\nevals/orders.yaml\n");
    let told = printed(&repository.affected(&["--since", "HEAD", "evals"]));
    assert_eq!(
        told,
        "evals/deep/news.jsonl: model\n  model: targets[large].model: l-1 → l-2\nevals/new.yaml: new\n  new: it is not in HEAD\n\
         evals/orders.yaml: prompt\n  prompt: 1 case changed (one)\n3 of 3 suites affected since HEAD\n"
    );
    assert!(!told.contains("kettle") && !told.contains("tea pot"));
    repository.commit();
    let names = printed(&repository.affected(&["--since", "HEAD~1", "--names-only", "evals"]));
    assert_eq!(names.lines().count(), 3, "an earlier commit is compared too");
    let one = printed(&repository.affected(&["--since", "HEAD", "--names-only", "evals/new.yaml"]));
    assert_eq!(one, "");
}

#[test]
fn what_cannot_be_told_is_an_error_that_says_what_to_do() {
    let repository = Repository::new();
    repository.write("broken/cut.yaml", "suite: cut\ncases: [\n");
    repository.write("empty/notes.txt", "nothing\n");
    let outside = tempfile::tempdir().unwrap();
    let elsewhere = outside.path().join("s.yaml").display().to_string();
    std::fs::write(outside.path().join("s.yaml"), ORDERS).unwrap();
    for (args, part) in [
        (vec!["--since", "nope", "evals"], "there is no revision `nope`"),
        (vec!["--since=--all", "evals"], "--since needs a revision"),
        (vec!["--since", "HEAD", "gone.yaml"], "gone.yaml cannot be read"),
        (vec!["--since", "HEAD", "broken"], "cut.yaml"),
        (vec!["--since", "HEAD", "empty"], "there is no suite in empty"),
        (vec!["--since", "HEAD", &elsewhere], "is not in the repository"),
        (vec!["evals"], "--since"),
        (vec!["--since-report", "none.json", "evals"], "the report none.json cannot be read"),
    ] {
        let output = repository.affected(&args);
        assert!(
            !output.status.success() && said(&output).contains(part),
            "{args:?}: {}",
            said(&output)
        );
    }
    let bare = weir(outside.path(), &["eval", "affected", "--since", "HEAD", "s.yaml"], "");
    assert!(
        said(&bare).contains("`git` is not there") || said(&bare).contains("no git repository")
    );
    repository.write("weir.yaml", "targets: [{name: x}]\n");
    let output = repository.affected(&["--since", "HEAD", "evals"]);
    assert!(
        !output.status.success() && said(&output).contains("cannot be used"),
        "{}",
        said(&output)
    );
}

#[test]
fn a_report_stands_for_what_it_was_made_of() {
    let folder = tempfile::tempdir().unwrap();
    let config = "local: {enabled: false}\nledger: {enabled: false}\ntargets: [{name: small, kind: openai, model: s, base_url: \
                  \"http://127.0.0.1:9/v1\", api_key: none}]\n";
    let suite = "suite: s\none_class: true\ncases: [{id: 1, input: hi, check: [{exact: ho}], recorded: {small: ho}}]\n";
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("weir.yaml", config);
    write("s.yaml", suite);
    let run = weir(folder.path(), &["eval", "run", "--suite", "s.yaml", "--report", "r.json"], "");
    assert!(run.status.success(), "{}", said(&run));
    let affected = |more: &[&str]| {
        let args = [&["eval", "affected", "--since-report", "r.json"][..], more].concat();
        printed(&weir(folder.path(), &args, ""))
    };
    assert_eq!(affected(&["s.yaml"]), "0 of 1 suites affected since r.json\n");
    write("s.yaml", &suite.replace("input: hi", "input: hello"));
    assert_eq!(affected(&["--names-only", "s.yaml"]), "s.yaml\n");
    assert!(affected(&["s.yaml"]).starts_with("s.yaml: suite\n  suite: the report has hash "));
    write("weir.yaml", &config.replace("model: s", "model: t"));
    assert!(affected(&["s.yaml"]).starts_with("s.yaml: suite, configuration\n"));
    write("t.yaml", &suite.replace("suite: s", "suite: t"));
    assert!(affected(&["t.yaml"]).starts_with("t.yaml: new\n  new: no report is of `t`"));
}
