//! Each of the four kinds of change is found and told, and what changes nothing is none.

use super::{Change, Kind, Needs, Parts, configuration, digest};
use crate::config::{Config, Overrides};
use crate::eval::suite::Source;
use serde_json::json;
use std::path::Path;

const SUITE: &str = r#"
suite: orders
labels: [refund, billing]
writes: [pay]
judge: {target: judge}
defaults:
  system: You work for a shop.
  request: {temperature: 0, tools: [{type: function, function: {name: look_up, parameters: {type: object, required: [order]}}}]}
cases:
  - id: one
    input: Where is my money?
    check: [{contains: refund}, {citation: {of: [terms, faq]}}]
  - id: two
    turns:
      - {input: Order 7 came broken., check: [{tool_calls: [{name: look_up}]}], headers: {X-Flow: orders}}
      - {results: {look_up: paid}, check: [{contains: refund}]}
"#;

fn source(text: &str) -> Source {
    Source::parse(Path::new("s.yaml"), text).unwrap()
}

/// What replacing a part of the suite changes.
fn changes(from: &str, to: &str) -> Vec<(Kind, String)> {
    assert!(SUITE.contains(from), "{from}");
    let new = Parts::of(&source(&SUITE.replacen(from, to, 1)));
    let changes = new.changes_since(&Parts::of(&source(SUITE)));
    changes.into_iter().map(|Change { kind, what }| (kind, what)).collect()
}

#[test]
fn each_kind_of_change_is_found_and_told_by_names() {
    for (from, to, kind, what) in [
        ("for a shop", "for a bank", Kind::Prompt, "`defaults.system` changed"),
        ("temperature: 0", "temperature: 1", Kind::Prompt, "`defaults.request` changed"),
        ("my money", "my kettle", Kind::Prompt, "1 case changed (one)"),
        ("{contains: refund}, ", "", Kind::Prompt, "1 case changed (one)"),
        (
            "  - id: one",
            "  - {id: zero, input: hm}\n  - id: one",
            Kind::Prompt,
            "1 case new (zero)",
        ),
        ("required: [order]", "required: [order, day]", Kind::Tools, "tool `look_up` changed"),
        (
            "tools: [{type",
            "tools: [{type: function, function: {name: pay}}, {type",
            Kind::Tools,
            "tool `pay` is new",
        ),
        ("writes: [pay]", "writes: [pay, refund]", Kind::Tools, "`writes` changed"),
        (
            "id: one\n",
            "id: one\n    request: {tool_choice: none}\n",
            Kind::Tools,
            "1 case changed (one)",
        ),
        ("[terms, faq]", "[terms]", Kind::Retrieval, "1 case changed (one)"),
        ("look_up: paid", "look_up: open", Kind::Retrieval, "1 case changed (two)"),
        (
            "id: one\n",
            "id: one\n    request: {documents: [{text: Terms of sale}]}\n",
            Kind::Retrieval,
            "1 case changed (one)",
        ),
    ] {
        assert_eq!(changes(from, to), [(kind, what.to_owned())], "{from} → {to}");
    }
    let gone = changes("  - id: one\n    input: Where", "  - id: uno\n    input: Where");
    let prompt = gone.iter().filter(|(kind, _)| *kind == Kind::Prompt).map(|(_, what)| &**what);
    assert_eq!(prompt.collect::<Vec<_>>(), ["1 case new (uno)", "1 case gone (one)"]);
}

#[test]
fn order_of_keys_form_and_comments_change_nothing() {
    let other = r#"
# The same in another order.
labels: ["refund", "billing"]
suite: orders
writes:
  - pay
judge: {target: judge}
cases:
  - turns:
      - {headers: {X-Flow: orders}, check: [{tool_calls: [{name: look_up}]}], input: Order 7 came broken.}
      - {check: [{contains: refund}], results: {look_up: paid}}
    id: two
  - input: Where is my money?
    id: one
    check: [{contains: refund}, {citation: {of: [terms, faq]}}]
defaults:
  request: {tools: [{function: {parameters: {required: [order], type: object}, name: look_up}, type: function}], temperature: 0.0}
  system: You work for a shop.
"#;
    let (old, new) = (Parts::of(&source(SUITE)), Parts::of(&source(other)));
    assert_eq!(new.changes_since(&old), []);
    assert_eq!(new.totals(), old.totals());
    assert_eq!(digest(&json!({"a": 1, "b": [2.0]})), digest(&json!({"b": [2], "a": 1.0})));
    assert_ne!(digest(&json!({"a": [1, 2]})), digest(&json!({"a": [2, 1]})), "lists have an order");
    assert_ne!(digest(&json!({"a": "1"})), digest(&json!({"a": 1})));
}

const CONFIG: &str = r#"
local: {enabled: false}
ledger: {enabled: false}
targets:
  - {name: small, kind: openai, model: s-1, base_url: "http://127.0.0.1:9/v1", api_key: none}
  - {name: large, kind: openai, model: l-1, base_url: "http://127.0.0.1:9/v1", api_key: none}
  - {name: judge, kind: openai, model: j-1, base_url: "http://127.0.0.1:9/v1", api_key: none}
  - {name: spare, kind: openai, model: p-1, base_url: "http://127.0.0.1:9/v1", api_key: none}
route:
  - {name: news, when: {header: {x-flow: news}}, to: spare}
  - {name: orders, when: {header: {x-flow: orders}}, to: large}
  - {name: cards, when: {findings: CREDIT_CARD}, to: small, privacy: block}
  - {name: rest, to: small}
"#;

fn config(text: &str) -> Config {
    Config::from_text(text, Some(Path::new("weir.yaml")), &|_| None, &Overrides::default()).unwrap()
}

fn model(from: &str, to: &str) -> Vec<String> {
    assert!(CONFIG.contains(from), "{from}");
    let needs = Needs::of(&source(SUITE));
    configuration(&config(CONFIG), &config(&CONFIG.replacen(from, to, 1)), &needs).0
}

#[test]
fn the_configuration_counts_where_the_suite_can_reach_it() {
    for (from, to, what) in [
        ("model: s-1", "model: s-2", "targets[small].model: s-1 → s-2"),
        ("model: l-1", "model: l-2", "targets[large].model: l-1 → l-2"),
        ("model: j-1", "model: j-2", "targets[judge].model: j-1 → j-2"),
        ("privacy: block", "privacy: redact", "route[cards].privacy: block → redact"),
        ("local:", "privacy: {min_score: 0.7}\nlocal:", "privacy.min_score: 0.4 → 0.7"),
    ] {
        assert_eq!(model(from, to), [what], "{from} → {to}");
    }
    for (from, to) in [
        ("model: p-1", "model: p-2"),
        ("x-flow: news}}, to: spare", "x-flow: news}}, to: [spare, large]"),
        (
            "ledger: {enabled: false}",
            "ledger: {enabled: false, queue: 100}\nlisten: 127.0.0.1:9999",
        ),
    ] {
        assert_eq!(model(from, to), Vec::<String>::new(), "{from} → {to}");
    }
    let moved = model("{x-flow: orders}}, to: large}", "{x-flow: orders}}, to: spare}");
    assert!(moved.contains(&"route[orders].to: large → spare".to_owned()), "{moved:?}");
    let needs = Needs::of(&source(SUITE));
    let digest = |text: &str| configuration(&config(CONFIG), &config(text), &needs).1;
    assert_eq!(digest(CONFIG), digest(&CONFIG.replacen("p-1", "p-2", 1)));
    assert_ne!(digest(CONFIG), digest(&CONFIG.replacen("s-1", "s-2", 1)));
}

/// What stands behind a canary is met by those for whom it is not there, and a form's labels are told by the intents.
#[test]
fn a_canary_hides_nothing_and_forms_go_by_intents() {
    let needs = Needs::of(&source(SUITE));
    let changed =
        |before: &str, after: &str| configuration(&config(before), &config(after), &needs).0;
    let canary = CONFIG
        .replace("ledger: {enabled: false}", "ledger: {path: l.db}")
        .replace("  - {name: rest", "  - {name: try, to: spare, canary: 0.1}\n  - {name: rest");
    let told = changed(&canary, &canary.replacen("s-1", "s-2", 1));
    assert_eq!(told, ["targets[small].model: s-1 → s-2"]);
    let intents = |text: &str, more: &str| {
        let on = text.replace("local: {enabled: false}", "local: {enabled: true}");
        format!(
            "{on}intents: [{{name: refund, examples: [money back, refund me, {more}]}}, {{name: other, examples: [hello, good day, thanks]}}]\n"
        )
    };
    let form = CONFIG.replace("{name: rest, to: small}", "{name: rest, to: small, edge: {}}");
    assert!(!changed(&intents(&form, "pay me"), &intents(&form, "repay me")).is_empty());
    let plain = changed(&intents(CONFIG, "pay me"), &intents(CONFIG, "repay me"));
    assert_eq!(plain, Vec::<String>::new());
}
