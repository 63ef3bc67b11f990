//! Every check with what it lets pass and what it does not.

use super::{Answer, Call, CallCounts, Check, Expected, Observed, Scope, Tools};
use crate::chat::{EntityType, Outcome, RequestRecord};
use crate::pipeline::Sent;
use crate::privacy::detect::Detectors;
use crate::units::NanoUsd;
use bytes::Bytes;
use serde_json::{Value, json};

fn compile(check: &Value) -> Result<Check, String> {
    let labels = ["refund".to_owned(), "billing".to_owned(), "account_access".to_owned()];
    let targets = ["small".to_owned(), "large".to_owned()];
    Check::compile(check, Scope { labels: &labels, targets: &targets, judge: Some("polite") })
}

fn call(name: &str, arguments: &str) -> Call {
    Call::new("c".to_owned(), name.to_owned(), arguments.to_owned())
}

fn verdict(check: &Value, answer: &Answer) -> Result<(), String> {
    let (record, detectors) = (RequestRecord::default(), Detectors::new(&[], 0.4));
    let observed = Observed {
        answer: Some(answer),
        record: &record,
        sent: &[],
        asked: &[],
        cost: None,
        detectors: &detectors,
        kept: &[],
        writes: &[],
    };
    compile(check).unwrap().run(&observed)
}

#[test]
fn checks_of_words_pass_and_fail() {
    let schema = json!({"json_schema": {"type": "object", "required": ["a"],
        "properties": {"a": {"type": "integer"}}, "additionalProperties": false}});
    for (check, good, bad) in [
        (json!({"exact": "yes"}), " yes\n", "yes."),
        (json!({"exact": ["yes", "no"]}), "no", "maybe"),
        (json!({"starts_with": "Dear"}), "  Dear Ann", "Hello Dear"),
        (json!({"contains": "left"}), "it left today", "it stays"),
        (json!({"contains": ["a", "b"]}), "b a", "a"),
        (json!({"contains": {"any": ["RED", "blue"], "ignore_case": true}}), "red", "green"),
        (json!({"contains": {"none": ["sorry"]}}), "fine", "sorry, no"),
        (json!({"regex": r"\b\d{4}\b"}), "in 2024", "in 20245"),
        (json!({"regex": {"pattern": "(?i)model", "not": true}}), "a person", "a Model"),
        (schema.clone(), "{\"a\": 1}", "{\"a\": \"1\"}"),
        (schema, " {\"a\": 2} ", "```json\n{\"a\": 2}\n```"),
        (json!({"json_schema": true}), "[1]", "{1}"),
        (json!({"label": "refund"}), "Refund.", "billing"),
        (json!({"label": "refund"}), "This is about a refund", "refund or billing"),
        (json!({"label": "refund"}), "{\"label\": \"refund\"}", "{\"label\": \"other\"}"),
        (
            json!({"label": {"is": "yes", "of": ["yes", "no"], "field": "ok"}}),
            "{\"ok\":\"yes\"}",
            "yes",
        ),
        (json!({"label": "account_access"}), "account_access", "accounting"),
        (json!({"citation": true}), "as said [1]", "as said"),
        (json!({"citation": true}), "see https://example.com/a", "see [ ]"),
        (json!({"citation": {"of": ["kb-1", "kb-2"]}}), "so [kb-2]", "so [kb-2] and [kb-9]"),
        (json!({"citation": {"min": 2}}), "[a] [b]", "[a]"),
    ] {
        let answer = |text: &str| Answer { text: text.to_owned(), calls: Vec::new() };
        assert_eq!(verdict(&check, &answer(good)), Ok(()), "{check} on {good:?}");
        let reason = verdict(&check, &answer(bad)).expect_err(&format!("{check} on {bad:?}"));
        // A label is a name of the suite; a short text may be part of any sentence.
        let told = bad != "billing" && bad.len() > 4 && reason.contains(bad);
        assert!(!told, "a reason quotes the answer: {reason}");
    }
}

#[test]
fn tool_calls_are_compared_by_name_arguments_and_order() {
    let two = json!([{"name": "a", "arguments": {"n": 1, "m": [2.0]}}, {"name": "b"}]);
    let ordered = json!({"tool_calls": two});
    let any = json!({"tool_calls": {"calls": two, "any_order": true}});
    let part = json!({"tool_calls": [{"name": "a", "arguments": {"n": 1}, "subset": true}]});
    let a = || call("a", "{\"m\":[2],\"n\":1.0}");
    let b = || call("b", "{\"x\":0}");
    for (check, calls, pass) in [
        (&ordered, vec![a(), b()], true),
        (&ordered, vec![b(), a()], false),
        (&ordered, vec![a()], false),
        (&ordered, vec![a(), b(), b()], false),
        (&ordered, vec![call("a", "{\"n\":2,\"m\":[2]}"), b()], false),
        (&any, vec![b(), a()], true),
        (&any, vec![a(), a()], false),
        (&part, vec![a()], true),
        (&part, vec![call("a", "not json")], false),
        (&json!({"tool_calls": []}), vec![], true),
        (&json!({"tool_calls": []}), vec![b()], false),
    ] {
        let answer = Answer { text: String::new(), calls };
        assert_eq!(verdict(check, &answer).is_ok(), pass, "{check} on {:?}", answer.calls);
    }
}

#[test]
fn precision_counts_valid_and_necessary_calls() {
    let schema =
        json!({"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]});
    let tool =
        |name: &str| json!({"type": "function", "function": {"name": name, "parameters": schema}});
    let tools = Tools::compile(&json!([tool("read"), tool("write")])).unwrap();
    let wanted =
        [Expected { name: "read".to_owned(), arguments: Some(json!({"n": 1})), subset: false }];
    let calls = [
        call("read", "{\"n\":1}"),     // valid and necessary
        call("read", "{\"n\":1}"),     // valid, but needed once
        call("read", "{\"n\":\"1\"}"), // its schema forbids it
        call("guess", "{\"n\":1}"),    // not on offer
        call("write", "{\"n\":1}"),    // valid, not needed, and it writes
    ];
    let writes = ["write".to_owned()];
    let counts = CallCounts::of(&calls, Some(&wanted), &tools, &writes);
    let expected = CallCounts { total: 5, valid: 3, precise: 1, unsafe_writes: 1, unjudged: 0 };
    assert_eq!(counts, expected);
    let unjudged = CallCounts::of(&calls, None, &tools, &writes);
    assert_eq!((unjudged.total, unjudged.unjudged, unjudged.unsafe_writes), (0, 5, 1));
}

/// A request that went to `large` under the rule `rest`, with this body.
fn gone(body: &str) -> (RequestRecord, Vec<Sent>) {
    let record = RequestRecord {
        route: Some("rest".into()),
        target: Some("large".into()),
        privacy: Some("redact"),
        total_us: 2_000_000,
        ttft_us: Some(400_000),
        ..RequestRecord::default()
    };
    let body = Bytes::from(
        json!({"model": "m", "messages": [{"role": "user", "content": body}]}).to_string(),
    );
    (record, vec![Sent { target: "large".into(), local: false, body }])
}

fn on_the_way(
    check: &Value,
    text: &str,
    (record, sent): &(RequestRecord, Vec<Sent>),
) -> Result<(), String> {
    let (answer, detectors) = (
        Answer { text: text.to_owned(), calls: vec![call("pay", "{}")] },
        Detectors::new(&[], 0.4),
    );
    let asked = ["I am bo@example.org".to_owned()];
    let observed = Observed {
        answer: Some(&answer),
        record,
        sent,
        asked: &asked,
        cost: Some(NanoUsd::from_usd(0.02)),
        detectors: &detectors,
        kept: &[EntityType("URL")],
        writes: &["pay".to_owned()],
    };
    compile(check).unwrap().run(&observed)
}

#[test]
fn personal_data_may_neither_leave_nor_come_out() {
    let clean = gone("I am <EMAIL_ADDRESS_1>");
    let leaky = gone("I am bo@example.org");
    let all = json!({"no_pii": true});
    assert_eq!(
        on_the_way(&all, "Hello bo@example.org", &clean),
        Ok(()),
        "an echo tells nothing new"
    );
    let told = on_the_way(&all, "Ask eve@example.org", &clean).unwrap_err();
    assert!(told.contains("EMAIL_ADDRESS") && !told.contains("eve"), "{told}");
    assert!(on_the_way(&all, "", &leaky).unwrap_err().contains("left for the cloud"));
    assert_eq!(on_the_way(&json!({"no_pii": {"where": "answer"}}), "", &leaky), Ok(()));
    assert_eq!(on_the_way(&json!({"no_pii": {"types": ["CREDIT_CARD"]}}), "", &leaky), Ok(()));
    let value = json!({"no_pii": {"values": ["Anna Berg"]}});
    assert!(on_the_way(&value, "", &gone("from Anna Berg")).is_err());
    let local = (leaky.0.clone(), vec![Sent { local: true, ..leaky.1[0].clone() }]);
    assert_eq!(on_the_way(&all, "", &local), Ok(()), "what stays here leaks nothing");
}

#[test]
fn policies_and_budgets_look_at_the_way() {
    let way = gone("hi");
    let mut blocked = gone("hi");
    (blocked.0.outcome, blocked.1) = (Outcome::Blocked, Vec::new());
    for (check, way, pass) in [
        (json!({"policy": {"targets": ["large"]}}), &way, true),
        (json!({"policy": {"targets": ["small"]}}), &way, false),
        (json!({"policy": {"not_targets": ["large"]}}), &way, false),
        (json!({"policy": {"rule": "rest", "privacy": "redact"}}), &way, true),
        (json!({"policy": {"rule": "cards"}}), &way, false),
        (json!({"policy": {"privacy": "local_only"}}), &way, false),
        (json!({"policy": {"refused": true}}), &way, false),
        (json!({"policy": {"refused": true}}), &blocked, true),
        (json!({"policy": {"deny_tools": ["pay"]}}), &way, false),
        (json!({"policy": {"deny_tools": ["other"]}}), &way, true),
        (json!({"policy": {"no_writes": true}}), &way, false),
        (json!({"budget": {"cost_usd": 0.02}}), &way, true),
        (json!({"budget": {"cost_usd": 0.019}}), &way, false),
        (json!({"budget": {"latency_ms": 2000, "ttft_ms": 400}}), &way, true),
        (json!({"budget": {"latency_ms": 1999}}), &way, false),
        (json!({"budget": {"ttft_ms": 399}}), &way, false),
    ] {
        assert_eq!(on_the_way(&check, "ok", way).is_ok(), pass, "{check}");
    }
}

#[test]
fn what_cannot_be_compiled_says_what_to_do() {
    for (check, part) in [
        (json!("contains"), "must be a mapping with its name"),
        (json!({"contains": "a", "regex": "b"}), "exactly one name, this has 2"),
        (json!({"contans": "a"}), "did you mean `contains`?"),
        (json!({"regex": "(a"}), "cannot be compiled"),
        (json!({"regex": "(?=a)b"}), "no look-around"),
        (json!({"contains": {"al": ["a"]}}), "did you mean `all`?"),
        (json!({"contains": ""}), "empty text"),
        (json!({"exact": []}), "at least one"),
        (json!({"exact": 5}), "must be text, not a number"),
        (json!({"json_schema": {"type": "objekt"}}), "cannot be compiled"),
        (json!({"label": "refnd"}), "not among the labels"),
        (json!({"tool_calls": [{"arguments": {}}]}), "`name` is missing"),
        (json!({"policy": {"targets": "smal"}}), "did you mean `small`?"),
        (json!({"policy": {}}), "asks for nothing"),
        (json!({"no_pii": {"types": ["EMAIL"]}}), "no type of finding"),
        (json!({"budget": {"cost_usd": -1}}), "from 0, not a negative number"),
    ] {
        let problem = compile(&check).expect_err(&check.to_string());
        assert!(problem.contains(part), "{check}: {problem}");
    }
    let no_judge = Scope { labels: &[], targets: &[], judge: None };
    let problem = Check::compile(&json!({"judge": "kind"}), no_judge).unwrap_err();
    assert!(problem.contains("add `judge:"), "{problem}");
}
