//! Names before and after redaction, and what models write of them.

use crate::chat::{EntityType, Finding, Role, SlotKind, TextSlot};
use crate::privacy::redact::{Redaction, redact};
use crate::privacy::restore::{Escaping, restore_text};
use std::sync::Arc;

const PERSON: EntityType = EntityType("PERSON");
const EMAIL: EntityType = EntityType("EMAIL_ADDRESS");

fn slot(kind: SlotKind, text: &str) -> TextSlot {
    let message = (kind == SlotKind::Message).then_some(0);
    let role = message.map(|_| Role::User);
    TextSlot { span: 0..0, text: text.into(), kind, role, message, cached: false }
}

/// Redacts texts in which a value is found at its first place in the slot of that index.
fn redacted(
    slots: &[(SlotKind, &str)],
    found: &[(usize, EntityType, &str)],
) -> (Vec<String>, Redaction) {
    let texts: Vec<TextSlot> = slots.iter().map(|(kind, text)| slot(*kind, text)).collect();
    let finding = |(slot, entity, value): &(usize, EntityType, &str)| {
        let start = texts[*slot].text.find(value).unwrap();
        let (slot, entity, end) = (*slot, *entity, start + value.len());
        Finding { slot, start, end, entity, kind: None, score: 1.0, detector: "test" }
    };
    let findings: Vec<Finding> = found.iter().map(finding).collect();
    // Every slot has its own span, by which its edit is known again.
    let texts: Vec<TextSlot> = texts
        .into_iter()
        .enumerate()
        .map(|(at, slot)| TextSlot { span: at..at + 1, ..slot })
        .collect();
    let redaction = redact(&texts, &findings, &[]);
    let text = |slot: &TextSlot| {
        let edit = redaction.edits.iter().find(|edit| edit.span == slot.span);
        edit.map_or(slot.text.to_string(), |edit| serde_json::from_str(&edit.json).unwrap())
    };
    (texts.iter().map(text).collect(), redaction)
}

/// Whether a provider takes a text as the name of a tool.
fn is_tool_name(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.chars().all(super::is_letter)
}

#[test]
fn names_stay_names() {
    let long = format!("{}_anna_schmidt", "x".repeat(50));
    for (name, found, want) in [
        ("anna_schmidt", "anna_schmidt", "PERSON_1"),
        ("lookup_anna_schmidt", "anna_schmidt", "lookup_PERSON_1"),
        ("anna-schmidt-email", "anna-schmidt", "PERSON_1-email"),
        ("getAnnaSchmidt", "AnnaSchmidt", "getPERSON_1"),
        ("a_anna_b_anna_schmidt_c", "anna_schmidt", "a_anna_b_PERSON_1_c"),
        ("anna_schmidt_or_anna_schmidt", "anna_schmidt", "PERSON_1_or_PERSON_1"),
        (&long, "anna_schmidt", "PERSON_1"),
        ("x.anna_schmidt", "anna_schmidt", "x.PERSON_1"),
        ("Adresse von Anna Schmidt", "Anna Schmidt", "Adresse von PERSON_1"),
        ("Anna", "Anna", "PERSON_1"),
    ] {
        let long_after = want == "PERSON_1" && name.len() > 60;
        let name = if long_after { long.clone() } else { name.to_owned() };
        let (texts, redaction) = redacted(&[(SlotKind::Name, &name)], &[(0, PERSON, found)]);
        let value = texts[0].clone();
        if long_after {
            assert!(is_tool_name(&value), "{value}");
        } else {
            assert_eq!(value, want, "{name}");
        }
        let vault = Arc::new(redaction.vault);
        assert_eq!(restore_text(&vault, &value, Escaping::None), name);
        for json in [format!("{{\"{value}\":1}}"), format!("{{\"k\":[\"{value}\"]}}")] {
            let wanted = json.replace(&value, &name);
            assert_eq!(restore_text(&vault, &json, Escaping::JsonString), wanted);
        }
    }
}

#[test]
fn a_name_that_grows_too_long_becomes_a_placeholder() {
    let name = format!("{}_a@b.de", "x".repeat(48));
    let (texts, _) = redacted(&[(SlotKind::Name, &name)], &[(0, EMAIL, "a@b.de")]);
    assert_eq!(texts[0], format!("{}_EMAIL_ADDRESS_1", "x".repeat(48)));
    let name = format!("{}_anna", "x".repeat(58));
    let (texts, redaction) = redacted(&[(SlotKind::Name, &name)], &[(0, PERSON, "anna")]);
    assert!(is_tool_name(&texts[0]), "{}", texts[0]);
    assert_eq!(restore_text(&redaction.vault, &texts[0], Escaping::None), name);
}

#[test]
fn the_same_name_leaves_in_the_same_form_everywhere() {
    let slots = [
        (SlotKind::Name, "lookup_anna_schmidt"),
        (SlotKind::Name, "anna_schmidt"),
        (SlotKind::Name, "#/$defs/anna_schmidt"),
        (SlotKind::Message, "Please call lookup_anna_schmidt for anna_schmidt."),
        (SlotKind::ToolArguments, r#"{"anna_schmidt": {"x": "anna_schmidt"}}"#),
        (SlotKind::Name, "lookup_anna_schmidt"),
        (SlotKind::Name, "lookup_annabelle"),
    ];
    let (texts, redaction) = redacted(&slots, &[(0, PERSON, "anna_schmidt")]);
    let want = [
        "lookup_PERSON_1",
        "PERSON_1",
        "#/$defs/PERSON_1",
        "Please call lookup_PERSON_1 for <PERSON_1>.",
        r#"{"PERSON_1": {"x": "<PERSON_1>"}}"#,
        "lookup_PERSON_1",
        "lookup_annabelle",
    ];
    assert_eq!(texts, want);
    for (text, (kind, was)) in texts.iter().zip(slots) {
        let escaping =
            if kind == SlotKind::ToolArguments { Escaping::JsonString } else { Escaping::None };
        assert_eq!(restore_text(&redaction.vault, text, escaping), was);
    }
}

#[test]
fn what_a_text_reveals_goes_from_names_too() {
    for (name, want) in [
        ("anna_schmidt", "PERSON_1"),
        ("ANNA-SCHMIDT", "PERSON_1"),
        ("mailAnnaSchmidtNow", "mailPERSON_1Now"),
        ("annaschmidt2", "PERSON_1"),
        ("A_ANNA_SCHMIDT", "PERSON_1"),
        ("Anna Schmidt", "PERSON_1"),
        ("joanna_schmidt", "joanna_schmidt"),
        ("anna", "anna"),
        ("anna_schmidtke", "anna_schmidtke"),
    ] {
        let slots = [(SlotKind::Name, name), (SlotKind::Message, "I am Anna Schmidt")];
        let (texts, redaction) = redacted(&slots, &[(1, PERSON, "Anna Schmidt")]);
        assert_eq!(texts[0], want, "{name}");
        assert!(!texts[1].contains("Anna"));
        assert_eq!(restore_text(&redaction.vault, &texts[0], Escaping::None), name, "{name}");
    }
}

#[test]
fn one_word_is_the_same_in_the_same_case_only() {
    let slots = [
        (SlotKind::Name, "mark_as_done"),
        (SlotKind::Name, "Mark_list"),
        (SlotKind::Message, "I am Mark"),
    ];
    let (texts, _) = redacted(&slots, &[(2, PERSON, "Mark")]);
    assert_eq!(texts, ["mark_as_done", "PERSON_1_list", "I am <PERSON_1>"]);
}

#[test]
fn a_property_called_like_a_placeholder_keeps_its_name() {
    let slots = [
        (SlotKind::Name, "PERSON_1"),
        (SlotKind::Name, "lookup_PERSON_2"),
        (SlotKind::Name, "anna_schmidt"),
        (SlotKind::Name, "lookup_anna_schmidt"),
    ];
    let (texts, redaction) = redacted(&slots, &[(2, PERSON, "anna_schmidt")]);
    assert_eq!(texts, ["PERSON_1", "lookup_PERSON_2", "PERSON_3", "lookup_PERSON_3"]);
    let answer = r#"{"PERSON_1":"a","PERSON_3":"b","lookup_PERSON_2":1,"lookup_PERSON_3":2}"#;
    let want = r#"{"PERSON_1":"a","anna_schmidt":"b","lookup_PERSON_2":1,"lookup_anna_schmidt":2}"#;
    assert_eq!(restore_text(&redaction.vault, answer, Escaping::JsonString), want);
}
