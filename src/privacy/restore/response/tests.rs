//! Cases and properties of `super`.

use super::{ResponseRestorer, RestoreError};
use crate::chat::EntityType;
use crate::privacy::restore::Counts;
use crate::privacy::vault::Vault;
use bytes::Bytes;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

const CASES: &str = include_str!("../../../../tests/data/privacy/restore/response.json");

#[derive(serde::Deserialize)]
struct Cases {
    whole: Vec<Whole>,
    stream: Vec<Stream>,
}

#[derive(serde::Deserialize)]
struct Whole {
    name: String,
    #[serde(default)]
    json_content: bool,
    body: String,
    want: String,
}

#[derive(serde::Deserialize)]
struct Stream {
    name: String,
    chunks: Vec<String>,
    want: Vec<String>,
    #[serde(default)]
    flush: Vec<String>,
}

fn vault() -> Arc<Vault> {
    let mut vault = Vault::default();
    let person = EntityType("PERSON");
    for value in ["Ann \"A\\B\" Müller", "Bob", "C", "D", "E", "F", "G", "H", "I", "Ten"] {
        vault.placeholder(person, value);
    }
    vault.placeholder(EntityType("EMAIL_ADDRESS"), "bob@example.com");
    Arc::new(vault)
}

fn text(bytes: &Bytes) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn whole_bodies_change_in_their_text_alone() {
    let cases: Cases = serde_json::from_str(CASES).unwrap();
    for case in cases.whole {
        let mut restorer = ResponseRestorer::new(vault(), case.json_content);
        let out = restorer.whole(&Bytes::from(case.body)).unwrap();
        assert_eq!(text(&out), case.want, "{}", case.name);
        serde_json::from_slice::<Value>(&out).unwrap();
    }
}

#[test]
fn chunks_hold_back_and_give_up_what_they_must() {
    let cases: Cases = serde_json::from_str(CASES).unwrap();
    for case in cases.stream {
        let mut restorer = ResponseRestorer::new(vault(), false);
        let mut out = Vec::new();
        for chunk in case.chunks {
            let bytes = restorer.chunk(&Bytes::from(chunk)).unwrap();
            serde_json::from_slice::<Value>(&bytes).unwrap();
            out.push(text(&bytes).to_owned());
        }
        assert_eq!(out, case.want, "{}", case.name);
        let flushed: Vec<String> = restorer.flush().iter().map(|b| text(b).to_owned()).collect();
        assert_eq!(flushed, case.flush, "{}", case.name);
        assert!(restorer.flush().is_empty(), "{}", case.name);
    }
}

#[test]
fn what_is_no_object_is_refused() {
    let mut restorer = ResponseRestorer::new(vault(), false);
    for bad in ["", "[1]", "{\"a\":", "\"x\""] {
        assert_eq!(restorer.whole(&Bytes::from(bad)), Err(RestoreError::NotAnObject));
        assert_eq!(restorer.chunk(&Bytes::from(bad)), Err(RestoreError::NotAnObject));
    }
}

/// Plays several channels as chunks of one character each, turn by turn, and joins what comes out by channel.
#[test]
fn channels_cut_at_every_character_do_not_mix() {
    let channels = [
        (0, "content", "To <PERSON_1>, cc <PERSON_10> &lt;person_2&gt;"),
        (0, "reasoning_content", "I see <PERSON_2> and PERSON_1"),
        (0, "tool0", "{\"to\":\"<EMAIL_ADDRESS_1>\",\"in\":\"{\\\"n\\\":\\\"<PERSON_1>\\\"}\"}"),
        (0, "tool1", "{\"to\":\"\\u003cPERSON_1\\u003e\"}"),
        (1, "content", "PERSON_10"),
        (1, "refusal", "<PERSON_9"),
    ];
    let mut restorer = ResponseRestorer::new(vault(), false);
    let mut got: BTreeMap<(u64, String), String> = BTreeMap::new();
    let mut take = |bytes: &Bytes| {
        let value: Value = serde_json::from_slice(bytes).unwrap();
        for choice in value["choices"].as_array().unwrap() {
            let index = choice["index"].as_u64().unwrap();
            for (key, value) in choice["delta"].as_object().unwrap() {
                if let Some(text) = value.as_str() {
                    got.entry((index, key.clone())).or_default().push_str(text);
                }
                for call in value.as_array().into_iter().flatten() {
                    let key = format!("tool{}", call["index"]);
                    let text = call["function"]["arguments"].as_str().unwrap();
                    got.entry((index, key)).or_default().push_str(text);
                }
            }
        }
    };
    let longest = channels.iter().map(|c| c.2.chars().count()).max().unwrap();
    for at in 0..longest {
        for (choice, field, text) in channels {
            let Some(c) = text.chars().nth(at) else { continue };
            let c = Value::String(c.to_string());
            let delta = match field.strip_prefix("tool") {
                Some(index) => format!(
                    "\"tool_calls\":[{{\"index\":{index},\"function\":{{\"arguments\":{c}}}}}]"
                ),
                None => format!("\"{field}\":{c}"),
            };
            let chunk = format!(
                "{{\"id\":\"x\",\"choices\":[{{\"index\":{choice},\"delta\":{{{delta}}},\"finish_reason\":null}}]}}"
            );
            take(&restorer.chunk(&Bytes::from(chunk)).unwrap());
        }
    }
    for choice in [0, 1] {
        let chunk = format!(
            "{{\"choices\":[{{\"index\":{choice},\"delta\":{{}},\"finish_reason\":\"stop\"}}]}}"
        );
        take(&restorer.chunk(&Bytes::from(chunk)).unwrap());
    }
    assert!(restorer.flush().is_empty());
    let want = [
        (0, "content", "To Ann \"A\\B\" Müller, cc Ten Bob"),
        (0, "reasoning_content", "I see Bob and Ann \"A\\B\" Müller"),
        (0, "tool0", r#"{"to":"bob@example.com","in":"{\"n\":\"Ann \\\"A\\\\B\\\" Müller\"}"}"#),
        (0, "tool1", r#"{"to":"Ann \"A\\B\" Müller"}"#),
        (1, "content", "Ten"),
        (1, "refusal", "I"),
    ];
    for (choice, field, text) in want {
        assert_eq!(got[&(choice, field.to_owned())], text, "{choice} {field}");
    }
    assert_eq!(restorer.counts(), Counts { restored: 10, unrestored: 0 });
}

/// Names of tools and properties, whole and cut at every character.
#[test]
fn names_of_tools_and_properties_come_back() {
    let mut vault = Vault::default();
    assert_eq!(vault.name(EntityType("PERSON"), "anna_schmidt"), "PERSON_1");
    vault.alias("lookup_PERSON_1", "lookup_anna_schmidt");
    vault.alias("x-PERSON_1-y", "x-anna_schmidt-y");
    let vault = Arc::new(vault);
    let arguments = r#"{"PERSON_1":"<PERSON_1>","lookup_PERSON_1":{"x-PERSON_1-y":1},"lookup_PERSON_12":"lookup_PERSON"}"#;
    let want = r#"{"anna_schmidt":"anna_schmidt","lookup_anna_schmidt":{"x-anna_schmidt-y":1},"lookup_PERSON_12":"lookup_PERSON"}"#;
    let function =
        |name: &str, arguments: &str| serde_json::json!({"name": name, "arguments": arguments});
    let body = |holder: &str, function: Value| {
        let call = serde_json::json!({"index": 0, "function": function});
        let choice =
            serde_json::json!({"index": 0, holder: {"tool_calls": [call]}, "finish_reason": null});
        Bytes::from(serde_json::json!({"choices": [choice]}).to_string())
    };
    let told = |bytes: &Bytes, holder: &str| {
        let body: Value = serde_json::from_slice(bytes).unwrap();
        let calls =
            body["choices"][0][holder]["tool_calls"].as_array().cloned().unwrap_or_default();
        let function = |call: &Value| {
            let text = |name: &str| call["function"][name].as_str().unwrap_or_default().to_owned();
            (text("name"), text("arguments"))
        };
        calls
            .iter()
            .map(function)
            .fold((String::new(), String::new()), |(name, all), (n, a)| (name + &n, all + &a))
    };
    for (sent, name) in [
        ("lookup_PERSON_1", "lookup_anna_schmidt"),
        ("PERSON_1", "anna_schmidt"),
        ("x-PERSON_1-y", "x-anna_schmidt-y"),
        ("lookup_PERSON_3", "lookup_PERSON_3"),
        ("lookup", "lookup"),
    ] {
        let mut restorer = ResponseRestorer::new(vault.clone(), false);
        let whole = restorer.whole(&body("message", function(sent, arguments))).unwrap();
        assert_eq!(told(&whole, "message"), (name.to_owned(), want.to_owned()));
        let mut restorer = ResponseRestorer::new(vault.clone(), false);
        let mut all = told(&restorer.chunk(&body("delta", function(sent, ""))).unwrap(), "delta");
        for c in arguments.chars() {
            let chunk = body("delta", serde_json::json!({"arguments": c.to_string()}));
            all.1 += &told(&restorer.chunk(&chunk).unwrap(), "delta").1;
        }
        let end = r#"{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}"#;
        all.1 += &told(&restorer.chunk(&Bytes::from(end)).unwrap(), "delta").1;
        assert_eq!(all, (name.to_owned(), want.to_owned()));
        assert!(restorer.flush().is_empty());
    }
}
