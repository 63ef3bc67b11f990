//! Cases and properties of `super`.

use super::{Counts, Escaping, Restorer, restore_text};
use crate::chat::EntityType;
use crate::privacy::vault::Vault;
use proptest::prelude::*;
use std::sync::Arc;

const CASES: &str = include_str!("../../../../tests/data/privacy/restore/text.json");

#[derive(serde::Deserialize)]
struct Cases {
    values: Vec<(String, String)>,
    /// What the client sent as numbers.
    numbers: Vec<(String, String)>,
    typed: String,
    cases: Vec<Case>,
}

#[derive(serde::Deserialize)]
struct Case {
    name: String,
    #[serde(default)]
    json: bool,
    text: String,
    want: String,
    counts: [u64; 2],
}

fn entity(name: &str) -> EntityType {
    let known = ["PERSON", "EMAIL_ADDRESS", "SECRET", "PHONE_NUMBER", "DATE_TIME", "CREDIT_CARD"];
    EntityType(known.into_iter().find(|k| *k == name).unwrap())
}

fn vault(cases: &Cases) -> Arc<Vault> {
    let types: Vec<EntityType> = cases.values.iter().map(|(kind, _)| entity(kind)).collect();
    let mut vault = Vault::avoiding([cases.typed.as_str()], &types);
    for (kind, value) in &cases.values {
        vault.placeholder(entity(kind), value);
    }
    for (kind, value) in &cases.numbers {
        vault.number_placeholder(entity(kind), value);
    }
    Arc::new(vault)
}

/// Feeds `text` cut at the given character positions.
fn in_pieces(
    vault: &Arc<Vault>,
    text: &str,
    escaping: Escaping,
    cuts: &[usize],
) -> (String, Counts) {
    let mut restorer = Restorer::new(vault.clone(), escaping);
    let mut out = String::new();
    let chars: Vec<char> = text.chars().collect();
    let mut start = 0;
    for &cut in cuts.iter().chain([&chars.len()]) {
        let piece: String = chars[start..cut].iter().collect();
        out.push_str(&restorer.push(&piece));
        start = cut;
    }
    out.push_str(&restorer.finish());
    assert!(!restorer.is_holding());
    (out, restorer.counts())
}

#[test]
fn every_case_is_restored_however_it_is_cut() {
    let cases: Cases = serde_json::from_str(CASES).unwrap();
    let vault = vault(&cases);
    for case in &cases.cases {
        let escaping = if case.json { Escaping::JsonString } else { Escaping::None };
        let counts = Counts { restored: case.counts[0], unrestored: case.counts[1] };
        let want = (case.want.clone(), counts);
        assert_eq!(restore_text(&vault, &case.text, escaping), case.want, "{}", case.name);
        if case.json {
            let valid: Result<serde_json::Value, _> = serde_json::from_str(&case.want);
            assert!(valid.is_ok(), "{}", case.name);
        }
        let n = case.text.chars().count();
        for cut in 0..=n {
            assert_eq!(
                in_pieces(&vault, &case.text, escaping, &[cut]),
                want,
                "{} {cut}",
                case.name
            );
        }
        let singles: Vec<usize> = (1..n).collect();
        assert_eq!(in_pieces(&vault, &case.text, escaping, &singles), want, "{}", case.name);
    }
}

#[test]
fn only_a_live_prefix_is_held_back() {
    let cases: Cases = serde_json::from_str(CASES).unwrap();
    let vault = vault(&cases);
    let mut restorer = Restorer::new(vault, Escaping::None);
    assert_eq!(
        restorer.push("Hello <div class=\"a\"> & Co, dear <PER"),
        "Hello <div class=\"a\"> & Co, dear "
    );
    assert_eq!(restorer.push("SONAL"), "<PERSONAL");
    assert_eq!(restorer.push(" x <PERSON_1"), " x ");
    assert_eq!(restorer.push(">!"), "Ann \"A\\B\" Müller!");
}

#[test]
fn a_cut_between_digits_guesses_nobody() {
    let cases: Cases = serde_json::from_str(CASES).unwrap();
    let vault = vault(&cases);
    let cut = |text: &str| {
        let mut restorer = Restorer::new(vault.clone(), Escaping::None);
        restorer.push(text) + &restorer.cut()
    };
    assert_eq!(cut("<PERSON_1"), "<PERSON_1", "PERSON_10 exists");
    assert_eq!(cut("<PERSON_2"), "Bob", "no PERSON_2x exists");
    assert_eq!(cut("<PERS"), "<PERS");
}

proptest! {
    #[test]
    fn cuts_never_matter(parts in proptest::collection::vec(piece(), 0..12), seed in any::<u64>(), json in any::<bool>()) {
        let cases: Cases = serde_json::from_str(CASES).unwrap();
        let vault = vault(&cases);
        let text = parts.concat();
        let escaping = if json { Escaping::JsonString } else { Escaping::None };
        let n = text.chars().count();
        let cuts: Vec<usize> = (0..n).filter(|i| (seed >> (i % 64)) & 1 == 1).collect();
        let whole = in_pieces(&vault, &text, escaping, &[]);
        prop_assert_eq!(in_pieces(&vault, &text, escaping, &cuts), whole);
    }
}

/// Pieces that often make placeholders, or nearly.
fn piece() -> impl Strategy<Value = String> {
    let words = [
        "<",
        ">",
        "PERSON",
        "_",
        "1",
        "0",
        "10",
        "person",
        "EMAIL_ADDRESS_1",
        "&lt;",
        "&gt;",
        "\\",
        "\\u003c",
        "u003e",
        "\"",
        "{",
        "\\\"",
        " ",
        "é",
        "a",
        "[",
        "]",
        ":",
        "SECRET_1>",
        "<PHONE_NUMBER_1",
        "\n",
        "\"<CREDIT_CARD_1>\"",
        ",",
    ];
    prop_oneof![
        8 => proptest::sample::select(words.to_vec()).prop_map(str::to_owned),
        1 => ".{0,3}",
    ]
}

/// How models write placeholders back, and what comes of it: everything that can be meant in one way only.
#[test]
fn other_spellings_come_back_where_they_are_plain() {
    let mut vault = Vault::default();
    vault.placeholder(entity("PERSON"), "Marta Lindqvist");
    vault.placeholder(entity("EMAIL_ADDRESS"), "marta@example.org");
    let (name, mail) = ("Marta Lindqvist", "marta@example.org");
    for (written, want) in [
        ("<person_1>", name.to_owned()),
        ("**<PERSON_1>**", format!("**{name}**")),
        ("PERSON_1's", format!("{name}'s")),
        ("[PERSON_1]", format!("[{name}]")),
        ("`<PERSON_1>`", format!("`{name}`")),
        ("< PERSON_1 >", name.to_owned()),
        ("<PERSON 1>", name.to_owned()),
        ("<PERSON-1>", name.to_owned()),
        ("{PERSON_1}", format!("{{{name}}}")),
        ("<Person_1>", name.to_owned()),
        ("<PERSON_1/>", name.to_owned()),
        ("&lt;PERSON_1&gt;", name.to_owned()),
        ("<PERSON\\_1>", name.to_owned()),
        ("<<PERSON_1>>", format!("<{name}>")),
        ("&#60;PERSON_1&#62;", name.to_owned()),
        ("＜PERSON_1＞", name.to_owned()),
        ("<PERSON_１>", name.to_owned()),
        ("«PERSON_1»", format!("«{name}»")),
        ("mailto:<EMAIL_ADDRESS_1>", format!("mailto:{mail}")),
        ("<email_address_1>", mail.to_owned()),
        ("<EMAIL ADDRESS_1>", mail.to_owned()),
        ("<PERSON_1>s", format!("{name}s")),
        // Another number, another type, a word, and prose: nobody knows what is meant.
        ("<PERSON_01>", "<PERSON_01>".to_owned()),
        ("<PERSON_2>", "<PERSON_2>".to_owned()),
        ("<EMAIL_1>", "<EMAIL_1>".to_owned()),
        ("<PERSONNE_1>", "<PERSONNE_1>".to_owned()),
        ("PERSON_1s", "PERSON_1s".to_owned()),
        ("PERSON 1", "PERSON 1".to_owned()),
        ("a < PERSON 1", "a < PERSON 1".to_owned()),
    ] {
        assert_eq!(restore_text(&vault, written, Escaping::None), want, "{written}");
    }
}
