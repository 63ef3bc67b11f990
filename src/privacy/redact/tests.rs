//! Cases and properties of `super`.

use super::{Redaction, redact};
use crate::chat::{EntityType, Finding, Role, SlotKind, TextSlot, splice};
use crate::privacy::plain::Plain;
use crate::privacy::restore::{Escaping, restore_text};
use bytes::Bytes;
use proptest::prelude::*;
use serde_json::Value;

const CASES: &str = include_str!("../../../tests/data/privacy/restore/redact.json");
const TYPES: [&str; 5] = ["PERSON", "EMAIL_ADDRESS", "SECRET", "PHONE_NUMBER", "URL"];

#[derive(serde::Deserialize)]
struct Case {
    name: String,
    slots: Vec<Slot>,
    #[serde(default)]
    keep: Vec<String>,
    /// Slot, type and the text that a detector found at its first occurrence.
    found: Vec<(usize, String, String)>,
    /// The text of every slot afterwards; null if it is not edited.
    want: Vec<Option<String>>,
    n: usize,
}

#[derive(serde::Deserialize)]
struct Slot {
    kind: String,
    text: String,
}

fn entity(name: &str) -> EntityType {
    EntityType(TYPES.into_iter().find(|t| *t == name).unwrap())
}

/// A body that is an array of strings, with its slots.
fn body(slots: &[(SlotKind, &str)]) -> (Bytes, Vec<TextSlot>) {
    let mut json = String::from("[");
    let mut texts = Vec::new();
    for (i, (kind, text)) in slots.iter().enumerate() {
        let start = json.len();
        json.push_str(&crate::chat::json_string(text));
        let message = (*kind != SlotKind::Schema && *kind != SlotKind::Other).then_some(i as u32);
        let role = message.map(|_| Role::User);
        let (span, text, kind) = (start..json.len(), (*text).into(), *kind);
        texts.push(TextSlot { span, text, kind, role, message, cached: false });
        json.push(',');
    }
    json.push_str("0]");
    (json.into(), texts)
}

fn finding(slot: usize, range: std::ops::Range<usize>, entity: EntityType) -> Finding {
    Finding {
        slot,
        start: range.start,
        end: range.end,
        entity,
        kind: None,
        score: 1.0,
        detector: "test",
    }
}

fn texts_after(body: &Bytes, redaction: &Redaction) -> Vec<String> {
    let out: Vec<Value> = serde_json::from_slice(&splice(body, redaction.edits.clone())).unwrap();
    out.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect()
}

fn kind(name: &str) -> SlotKind {
    match name {
        "message" => SlotKind::Message,
        "result" => SlotKind::ToolResult,
        "arguments" => SlotKind::ToolArguments,
        "schema" => SlotKind::Schema,
        _ => SlotKind::Other,
    }
}

#[test]
fn cases() {
    let cases: Vec<Case> = serde_json::from_str(CASES).unwrap();
    for case in cases {
        let slots: Vec<_> = case.slots.iter().map(|s| (kind(&s.kind), s.text.as_str())).collect();
        let (body, texts) = body(&slots);
        let findings: Vec<Finding> = case
            .found
            .iter()
            .map(|(slot, kind, what)| {
                let start = texts[*slot].text.find(what.as_str()).unwrap();
                finding(*slot, start..start + what.len(), entity(kind))
            })
            .collect();
        let keep: Vec<EntityType> = case.keep.iter().map(|k| entity(k)).collect();
        let redaction = redact(&texts, &findings, &keep);
        let after = texts_after(&body, &redaction);
        let edited = case.want.iter().flatten().count();
        for ((slot, after), want) in texts.iter().zip(&after).zip(&case.want) {
            assert_eq!(after, want.as_deref().unwrap_or(&slot.text), "{}", case.name);
            if slot.kind == SlotKind::ToolArguments {
                serde_json::from_str::<Value>(after).unwrap();
            }
        }
        assert_eq!(
            (redaction.edits.len(), redaction.n_redacted),
            (edited, case.n),
            "{}",
            case.name
        );
    }
}

#[test]
fn offsets_off_the_text_are_clamped() {
    let (body, texts) = body(&[(SlotKind::Message, "héllo")]);
    let findings = [
        finding(0, 2..3, entity("SECRET")),
        finding(0, 5..99, entity("SECRET")),
        finding(7, 0..1, entity("URL")),
    ];
    let redaction = redact(&texts, &findings, &[]);
    assert_eq!(texts_after(&body, &redaction), ["h<SECRET_1>ll<SECRET_2>"]);
}

/// Values that are hard on JSON, on words and on the grammar of placeholders.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Za-z\"\\\\é]{1,8}",
        "[0-9]{5,9}",
        "[a-z]{4,6}@ex.com",
        Just("Ann \"A\\B\"\n\tMüller 😀".to_owned()),
        Just("<PERSON_1>".to_owned()),
        Just("PERSON_2".to_owned()),
    ]
}

/// Text around them.
fn filler() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ a-zé<>\"\\\\_.{}\\[\\]:,]{0,6}",
        proptest::sample::select(vec![
            "<",
            ">",
            "PERSON_",
            "_1",
            "person_1",
            "<PERSON_3>",
            "\\u003c",
            "&lt;",
            "&gt;",
            "\\_",
            "1",
            "0",
            " ",
            "SECRET_2>",
        ])
        .prop_map(str::to_owned),
    ]
}

fn pieces() -> impl Strategy<Value = Vec<(String, String, usize)>> {
    proptest::collection::vec((filler(), value(), 0..3usize), 0..6)
}

/// One text with its findings.
fn written(pieces: &[(String, String, usize)], slot: usize) -> (String, Vec<Finding>) {
    let (mut text, mut findings) = (String::new(), Vec::new());
    for (before, value, kind) in pieces {
        text.push_str(before);
        let start = text.len();
        text.push_str(value);
        findings.push(finding(slot, start..text.len(), entity(TYPES[*kind])));
    }
    (text, findings)
}

/// Whether a text has neither encodings nor JSON in it.
fn is_plain(text: &str) -> bool {
    let plain = Plain::with_pieces(text, true);
    plain.text() == text && plain.pieces().len() <= 1 && plain.files().is_empty()
}

proptest! {
    #[test]
    fn restoring_gives_back_every_text(a in pieces(), b in pieces(), tail in filler()) {
        let (mut first, mut findings) = written(&a, 0);
        first.push_str(&tail);
        let (second, more) = written(&b, 1);
        findings.extend(more);
        let (body, texts) = body(&[(SlotKind::Message, &first), (SlotKind::ToolResult, &second)]);
        let redaction = redact(&texts, &findings, &[]);
        let after = texts_after(&body, &redaction);
        // Of a text with layers, the restored one says the same in other bytes.
        for (text, after) in [(&first, &after[0]), (&second, &after[1])] {
            if is_plain(text) {
                prop_assert_eq!(&restore_text(&redaction.vault, after, Escaping::None), text);
            }
        }
        for (_, value, _) in a.iter().filter(|(_, v, _)| v.contains('@')) {
            prop_assert!(!after[0].contains(value.as_str()));
        }
    }

    #[test]
    fn arguments_stay_json_and_come_back(a in pieces(), number in 100_000u64..999_999_999, ascii in any::<bool>()) {
        // Prose that begins like JSON cannot be told from it before its end, so a letter goes first.
        let text = format!("x{}", written(&a, 0).0);
        let inner = serde_json::json!({"k": text, "n": number, "l": [text]}).to_string();
        let mut json = serde_json::json!({"a": text, "n": number, "in": inner}).to_string();
        if ascii {
            json = json.chars().map(|c| if c.is_ascii() { c.to_string() } else {
                c.encode_utf16(&mut [0; 2]).iter().map(|u| format!("\\u{u:04x}")).collect()
            }).collect();
        }
        let (prose, mut findings) = written(&a, 0);
        let at = json.rfind(&number.to_string()).unwrap();
        findings.push(finding(1, at..at + number.to_string().len(), entity("PHONE_NUMBER")));
        let (body, texts) = body(&[(SlotKind::Message, &prose), (SlotKind::ToolArguments, &json)]);
        let redaction = redact(&texts, &findings, &[]);
        let after = texts_after(&body, &redaction);
        serde_json::from_str::<Value>(&after[1]).unwrap();
        prop_assert!(!after[1].contains(&number.to_string()));
        let restored = restore_text(&redaction.vault, &after[1], Escaping::JsonString);
        let restored: Value = serde_json::from_str(&restored).unwrap();
        let inner: Value = serde_json::from_str(restored["in"].as_str().unwrap()).unwrap();
        // Of a text with layers of its own, the restored one says the same in other bytes.
        if is_plain(&text) {
            prop_assert_eq!(restored["a"].as_str(), Some(text.as_str()));
            prop_assert_eq!(inner["k"].as_str(), Some(text.as_str()));
        }
        prop_assert_eq!(&inner["n"], &Value::from(number));
        prop_assert_eq!(&restored["n"], &Value::from(number));
    }

    #[test]
    fn appended_messages_renumber_nothing(a in pieces(), b in pieces()) {
        let plain = |pieces: Vec<(String, String, usize)>| -> Vec<_> {
            pieces.into_iter().filter(|(_, v, _)| !v.contains("PERSON")).map(|(_, v, k)| (" ".to_owned(), v, k)).collect()
        };
        let (first, findings) = written(&plain(a), 0);
        // What is new starts with a letter that no other value holds, so that it is found in no earlier message.
        let b: Vec<_> = plain(b).into_iter().map(|(f, v, k)| (f, format!("Ж{v}Ж"), k)).collect();
        let (second, more) = written(&b, 1);
        let (one, texts) = body(&[(SlotKind::Message, &first)]);
        let before = texts_after(&one, &redact(&texts, &findings, &[]));
        let (two, texts) = body(&[(SlotKind::Message, &first), (SlotKind::Message, &second)]);
        let findings: Vec<Finding> = findings.into_iter().chain(more).collect();
        let after = texts_after(&two, &redact(&texts, &findings, &[]));
        prop_assert_eq!(&before[0], &after[0]);
    }
}
