//! The case tables of all detectors, and properties of every finding.
//!
//! A table line is `{"text", "find": [[type, value]]}` and names all findings. So that no file holds anything that
//! looks like a credential, a line may write `{rnd:class:n}` for made-up characters (the same ones everywhere in the
//! line), `{jwt:alg}`, `{basic:user:word}`, and U+0001 where two halves are to be joined.

// Cases are cut at places just found; a wrong cut should fail the test.
#![allow(clippy::string_slice)]

use super::Detectors;
use crate::inference::Tagged;
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use proptest::prelude::{ProptestConfig, any, prop_assert, proptest};
use std::fmt::Write;
use std::sync::LazyLock;

static DETECTORS: LazyLock<Detectors> = LazyLock::new(|| Detectors::new(&[], 0.5));

#[derive(serde::Deserialize)]
struct Case {
    text: String,
    find: Vec<(String, String)>,
}

/// `n` characters of a class from a fixed sequence.
fn made_up(class: &str, n: usize) -> String {
    let alphabet = match class {
        "hex" => "0123456789abcdef",
        "digit" => "0123456789",
        "lower" => "abcdefghijklmnopqrstuvwxyz0123456789",
        "alpha" => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        "base32" => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
        "alnum" | "mix" => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        other => unreachable!("class {other}"),
    };
    let mut state = 88_172_645_463_325_252u64 ^ n as u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 33) as usize % alphabet.len()
    };
    let mut out: String = (0..n).map(|_| alphabet.as_bytes()[next()] as char).collect();
    if class == "mix" {
        out.replace_range(1..3, "7k");
    }
    out
}

/// Fills the placeholders of a table line, innermost first.
fn filled(template: &str) -> String {
    let mut text = template.replace('\u{1}', "");
    while let Some(start) =
        ["{rnd:", "{jwt:", "{basic:"].iter().filter_map(|mark| text.rfind(mark)).max()
    {
        let end = start + text[start..].find('}').unwrap();
        let inner = &text[start + 1..end];
        let (kind, rest) = inner.split_once(':').unwrap();
        let value = match kind {
            "rnd" => {
                let (class, n) = rest.split_once(':').unwrap();
                made_up(class, n.parse().unwrap())
            }
            "jwt" => {
                let part = |json: String| BASE64_URL_SAFE_NO_PAD.encode(json);
                let header = part(format!(r#"{{"alg":"{rest}","typ":"JWT"}}"#));
                let payload = part(r#"{"sub":"1234567890","admin":true}"#.to_owned());
                format!("{header}.{payload}.{}", made_up("alnum", 43))
            }
            _ => BASE64_STANDARD.encode(rest),
        };
        text.replace_range(start..=end, &value);
    }
    text
}

/// Runs a table and reports every line that differs.
fn check(table: &str) {
    let mut wrong = String::new();
    for (line, case) in table.lines().enumerate() {
        let case: Case = serde_json::from_str(case).unwrap();
        let text = filled(&case.text);
        let mut want: Vec<_> =
            case.find.iter().map(|(kind, value)| (kind.clone(), filled(value))).collect();
        let found = DETECTORS.scan(3, &text, &[]);
        let mut have: Vec<_> =
            found.iter().map(|f| (f.entity.to_string(), text[f.start..f.end].to_owned())).collect();
        want.sort();
        have.sort();
        if want != have {
            writeln!(wrong, "line {}: {text:?}\n  want {want:?}\n  have {have:?}", line + 1)
                .unwrap();
        }
        assert!(found.iter().all(|f| f.slot == 3 && (0.5..=1.0).contains(&f.score)));
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

macro_rules! tables {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                check(include_str!(concat!("../../../tests/data/privacy/detect/", stringify!($name), ".jsonl")));
            }
        )*
    };
}

tables! {
    email phone card iban national network url birth document crypto secret clean version mrz phone_label signature address
    label spelled loose
}

#[test]
fn ignored_types_and_low_scores_stay_out() {
    let text = "joe@example.com from 8.8.8.8";
    let email = super::entity::EMAIL_ADDRESS;
    let found = Detectors::new(&[email], 0.5).scan(0, text, &[]);
    assert_eq!(found.iter().map(|f| f.entity.as_str()).collect::<Vec<_>>(), ["IP_ADDRESS"]);
    assert_eq!(Detectors::new(&[], 0.99).scan(0, text, &[]).len(), 1);
}

/// The rule of `model`: what the model found, joined with what the detectors find.
#[test]
fn the_models_findings_join_in() {
    type Part = (&'static str, &'static str);
    let cases: &[(&str, &[Part], &[Part])] = &[
        // One family: the detector's type, the whole of both.
        (
            "IBAN DE89370400440532013000",
            &[("BANK_ACCOUNT", "DE89370400440532013000")],
            &[("IBAN_CODE", "DE89370400440532013000")],
        ),
        // A validated detector wins; what it leaves of the model's finding stays.
        (
            "Ann Lee joe@example.com",
            &[("PERSON", "Ann Lee joe@example.com")],
            &[("PERSON", "Ann Lee"), ("EMAIL_ADDRESS", "joe@example.com")],
        ),
        ("id 123-45-6788", &[("GOV_ID", "123-45-6788")], &[("US_SSN", "123-45-6788")]),
        // A number has digits.
        ("call me, it is late", &[("PHONE_NUMBER", "me"), ("CREDIT_CARD", "it")], &[]),
        // Parts of one address.
        (
            "to 5 Elm St,\n Flat 2, Oslo, Norway",
            &[
                ("STREET_ADDRESS", "5 Elm St"),
                ("STREET_ADDRESS", "Flat 2"),
                ("LOCATION", "Oslo"),
                ("LOCATION", "Norway"),
            ],
            &[("STREET_ADDRESS", "5 Elm St,\n Flat 2, Oslo, Norway")],
        ),
        (
            "at 5 Elm St. Oslo is far",
            &[("STREET_ADDRESS", "5 Elm St"), ("LOCATION", "Oslo")],
            &[("STREET_ADDRESS", "5 Elm St"), ("LOCATION", "Oslo")],
        ),
        (
            "5 Elm St\n\nOslo",
            &[("STREET_ADDRESS", "5 Elm St"), ("LOCATION", "Oslo")],
            &[("STREET_ADDRESS", "5 Elm St"), ("LOCATION", "Oslo")],
        ),
        (
            "Oslo, 5 Elm St",
            &[("LOCATION", "Oslo"), ("STREET_ADDRESS", "5 Elm St")],
            &[("LOCATION", "Oslo"), ("STREET_ADDRESS", "5 Elm St")],
        ),
        (
            "5 Elm St, Ann",
            &[("STREET_ADDRESS", "5 Elm St"), ("PERSON", "Ann")],
            &[("STREET_ADDRESS", "5 Elm St"), ("PERSON", "Ann")],
        ),
    ];
    for (text, tagged, expected) in cases {
        let tagged: Vec<Tagged> = tagged
            .iter()
            .map(|&(entity, value)| {
                let start = text.find(value).unwrap();
                Tagged { bytes: start..start + value.len(), entity, score: 0.9 }
            })
            .collect();
        let found = DETECTORS.scan(0, text, &tagged);
        let found: Vec<_> =
            found.iter().map(|f| (f.entity.as_str(), &text[f.start..f.end])).collect();
        assert_eq!(found, *expected, "{text}");
    }
}

/// A finding of the model and what it must become; the parts of a line are text, type, what was seen, what is whole.
type Seen = (&'static str, &'static str, &'static str, &'static str);

/// What the detectors make of one finding of the model.
fn joined(text: &str, entity: &'static str, value: &str) -> Vec<(&'static str, String)> {
    let start = text.find(value).unwrap();
    let tagged = [Tagged { bytes: start..start + value.len(), entity, score: 0.9 }];
    let found = DETECTORS.scan(0, text, &tagged);
    found.iter().map(|f| (f.entity.as_str(), text[f.start..f.end].to_owned())).collect()
}

#[test]
fn a_finding_takes_in_the_whole_run_that_it_cuts() {
    let cases: &[Seen] = &[
        ("ref 0012 3456 7890", "BANK_ACCOUNT", "3456 7890", "0012 3456 7890"),
        ("ref 0012 3456 7890 please", "BANK_ACCOUNT", "0012 3456", "0012 3456 7890"),
        ("is 12 3456 7890.", "BANK_ACCOUNT", "3456 7890", "12 3456 7890"),
        ("nr 441-2087-55", "BANK_ACCOUNT", "2087", "441-2087-55"),
        ("id AB-4471-99", "GOV_ID", "4471", "AB-4471-99"),
        ("id X4471990K", "GOV_ID", "471990", "X4471990K"),
        ("born 12.03.1985", "DATE_OF_BIRTH", "03.1985", "12.03.1985"),
        ("day 7 March 1985 it", "DATE_OF_BIRTH", "March 1985", "7 March 1985"),
        ("day 7th of March 1985", "DATE_OF_BIRTH", "March 1985", "7th of March 1985"),
        ("day March 7, 1985", "DATE_OF_BIRTH", "March 7", "March 7, 1985"),
        ("93 555 01 42", "PHONE_NUMBER", "555 01 42", "93 555 01 42"),
        ("try +46 70 174 06 99", "PHONE_NUMBER", "174 06 99", "+46 70 174 06 99"),
        ("seen 198.51.100.23 now", "IP_ADDRESS", "198", "198.51.100.23"),
        ("at Roma 12/A", "STREET_ADDRESS", "Roma 12", "Roma 12/A"),
        ("at 12 bis Rosa Way", "STREET_ADDRESS", "Rosa Way", "12 bis Rosa Way"),
        ("Storgatan 5 B lgh 1102", "STREET_ADDRESS", "Storgatan 5", "Storgatan 5 B lgh 1102"),
        (
            "Lilla Torg 5, 753 31 Uppsala",
            "STREET_ADDRESS",
            "Lilla Torg 5",
            "Lilla Torg 5, 753 31 Uppsala",
        ),
        ("Apt 3, Rosa Hof 5", "STREET_ADDRESS", "Rosa Hof 5", "Apt 3, Rosa Hof 5"),
        ("Kongens Have 4, 2. th", "STREET_ADDRESS", "Kongens Have 4", "Kongens Have 4, 2. th"),
        ("in 26122 Oldenburg.", "LOCATION", "Oldenburg", "26122 Oldenburg"),
        ("seen C01X 00T 47", "PASSPORT", "C01X", "C01X 00T 47"),
        (
            "at 1-2-3 Ginza, Tokyo 104-0061",
            "STREET_ADDRESS",
            "Ginza, Tokyo 104-0061",
            "1-2-3 Ginza, Tokyo 104-0061",
        ),
        ("MRN 88-120-4", "MEDICAL_RECORD", "120", "88-120-4"),
    ];
    for (text, entity, seen, whole) in cases {
        let found = joined(text, entity, seen);
        assert!(found.iter().any(|(_, value)| value == whole), "{text}: {found:?}");
    }
}

#[test]
fn a_finding_takes_in_no_word_beside_it() {
    let cases: &[Seen] = &[
        ("in 2026 3456 7890 came", "BANK_ACCOUNT", "3456 7890", "3456 7890"),
        ("ref 3456 7890 12 times", "BANK_ACCOUNT", "3456 7890", "3456 7890"),
        ("ref 345 678 2026 report", "BANK_ACCOUNT", "345 678", "345 678"),
        ("at 12:30 3456 7890", "BANK_ACCOUNT", "3456 7890", "3456 7890"),
        ("paid $12 3456 7890", "BANK_ACCOUNT", "3456 7890", "3456 7890"),
        ("Rosa Way 5. Please reply", "STREET_ADDRESS", "Rosa Way 5", "Rosa Way 5"),
        ("Rosa Way is long", "STREET_ADDRESS", "Rosa Way", "Rosa Way"),
        ("Rosa Way 5, then call Anna", "STREET_ADDRESS", "Rosa Way 5", "Rosa Way 5"),
        ("since 2026 Rosa Way closed", "STREET_ADDRESS", "Rosa Way", "Rosa Way"),
        ("the 12 shops; Rosa Way 5", "STREET_ADDRESS", "Rosa Way 5", "Rosa Way 5"),
        ("12000 Berlin commuters", "LOCATION", "Berlin", "Berlin"),
        ("in 2026 Berlin", "LOCATION", "Berlin", "Berlin"),
        ("March 1985 in rain", "DATE_OF_BIRTH", "March 1985", "March 1985"),
        ("code 44 Anna Lind 7", "PERSON", "Anna Lind", "Anna Lind"),
        ("id X4471990K, room 5", "GOV_ID", "X4471990K", "X4471990K"),
    ];
    for (text, entity, seen, whole) in cases {
        let found = joined(text, entity, seen);
        assert!(found.iter().any(|(_, value)| value == whole), "{text}: {found:?}");
    }
}

#[test]
fn closings_labels_and_versions_are_not_what_the_model_takes_them_for() {
    let none: &[(&str, &str, &str)] = &[
        ("Mit freundlichen Grüßen\nJens Ahlers", "PERSON", "Grüßen"),
        ("Terveisin\nAino Korhonen", "PERSON", "Terveisin"),
        ("Üdvözlettel,\nKiss Péter", "PERSON", "Üdvözlettel"),
        ("Поздрави\nИван Петров", "PERSON", "Поздрави"),
        ("Hilsen\nMette Lund", "PERSON", "Hilsen"),
        ("よろしくお願いします\n佐藤健", "PERSON", "いします"),
        ("电话：+86 138 1234 5678", "PERSON", "电话"),
        ("手机138-1234-5678", "PERSON", "手机"),
        ("氏名：佐藤健", "PERSON", "氏名"),
        ("이름: 김민수", "PERSON", "이름"),
        ("地址", "PERSON", "地址"),
        ("quill version 2.8.7.0", "IP_ADDRESS", "2.8.7.0"),
        ("pip install quill==1.2.3.4", "IP_ADDRESS", "1.2.3"),
    ];
    for (text, entity, value) in none {
        let found = joined(text, entity, value);
        assert!(found.iter().all(|(_, found)| !found.contains(value)), "{text}: {found:?}");
    }
    let cut = joined("姓名王小明", "PERSON", "姓名王小明");
    assert_eq!(cut, [("PERSON", "王小明".to_owned())]);
    let cut = joined("Hilsen,\nMette Lund", "PERSON", "Hilsen,\nMette Lund");
    assert_eq!(cut, [("PERSON", "Mette Lund".to_owned())]);
}

#[test]
fn every_type_has_a_case() {
    let tables = [
        include_str!("../../../tests/data/privacy/detect/email.jsonl"),
        include_str!("../../../tests/data/privacy/detect/phone.jsonl"),
        include_str!("../../../tests/data/privacy/detect/card.jsonl"),
        include_str!("../../../tests/data/privacy/detect/iban.jsonl"),
        include_str!("../../../tests/data/privacy/detect/national.jsonl"),
        include_str!("../../../tests/data/privacy/detect/network.jsonl"),
        include_str!("../../../tests/data/privacy/detect/url.jsonl"),
        include_str!("../../../tests/data/privacy/detect/birth.jsonl"),
        include_str!("../../../tests/data/privacy/detect/document.jsonl"),
        include_str!("../../../tests/data/privacy/detect/crypto.jsonl"),
        include_str!("../../../tests/data/privacy/detect/secret.jsonl"),
    ]
    .concat();
    for entity in super::entity::DETECTED {
        let n = tables.matches(&format!("[\"{entity}\"")).count();
        assert!(n >= 2, "{entity} has {n} cases");
    }
}

/// Texts that cost a careless scanner more than linear time; with a quadratic step this test would not end.
#[test]
fn hostile_texts_end() {
    let units = [
        "a",
        "@",
        "1",
        "a.a.",
        "a@a.",
        "1 ",
        "key=",
        "+1 ",
        "://",
        ":",
        "a1:",
        "eyJ",
        "-----BEGIN RSA PRIVATE KEY-----",
        "password: ",
        "\u{200b}1",
        "born 1/1/1990 ",
        "DE89 ",
        "kind: secret data: ",
        "curl -u ",
        "a-1-",
        "é1",
        "sk-a1",
        "api_key=ab12cd34ef56gh78 ",
        "http://a:b@",
        "passport A123456 ",
    ];
    for unit in units {
        let text = unit.repeat((512 << 10) / unit.len());
        let found = DETECTORS.scan(0, &text, &[]);
        assert!(found.windows(2).all(|pair| pair[0].end <= pair[1].start), "{unit}");
        assert!(
            found.iter().all(|f| text.get(f.start..f.end).is_some_and(|value| !value.is_empty())),
            "{unit}"
        );
    }
}

fn well_formed(text: &str) -> bool {
    let found = DETECTORS.scan(0, text, &[]);
    let inside = found.iter().all(|f| f.start < f.end && text.get(f.start..f.end).is_some());
    inside && found.windows(2).all(|pair| pair[0].end <= pair[1].start)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn findings_are_disjoint_and_on_borders(text in any::<String>()) {
        prop_assert!(well_formed(&text));
    }

    #[test]
    fn also_in_text_that_looks_like_data(text in "([0-9a-zA-Z@.:/+()\\-= ]|é|\u{200b}|４|中|phone |card |key=|://|password: |eyJ|born ){0,80}") {
        prop_assert!(well_formed(&text));
    }
}

/// The edge model takes a run of base64 for a secret; what a sentence in it says must still be found, in definitions of
/// tools too, where an unsure model is not believed.
#[test]
fn a_sentence_in_base64_is_read_although_the_model_calls_it_a_secret() {
    use crate::chat::{SlotKind, TextSlot};
    for (sentence, value) in [
        ("Write to nora.holm@post.example today.", "nora.holm@post.example"),
        ("The card is 4539 1488 0343 6467 for now.", "4539 1488 0343 6467"),
        ("Pay to DE89 3704 0044 0532 0130 00 soon.", "DE89 3704 0044 0532 0130 00"),
    ] {
        for run in [BASE64_STANDARD.encode(sentence), BASE64_URL_SAFE_NO_PAD.encode(sentence)] {
            let text = format!("data:text/plain;base64,{run}");
            let start = text.len() - run.len();
            let tagged = Tagged { bytes: start..text.len(), entity: "SECRET", score: 0.7 };
            for kind in [SlotKind::Schema, SlotKind::Name, SlotKind::Message, SlotKind::Other] {
                let slot = TextSlot {
                    span: 0..0,
                    text: text.as_str().into(),
                    kind,
                    role: None,
                    message: None,
                    cached: false,
                };
                let found = DETECTORS.scan_slot(0, &slot, std::slice::from_ref(&tagged));
                let first = sentence.find(value).unwrap_or_default() * 4 / 3;
                let covered = found
                    .iter()
                    .any(|it| it.start <= start + first && start + first + value.len() <= it.end);
                assert!(covered, "{kind:?} {value}: {found:?}");
            }
        }
    }
}

#[test]
fn names_of_arguments_are_read_as_words() {
    use crate::chat::{SlotKind, TextSlot};
    for (text, read) in [
        (r#"{"ask_nora_holm": "a_b"}"#, Some(r#"{"ask nora holm": "a_b"}"#)),
        (r#"{"a_b":1,"c_d" : {"e_f":[true]}}"#, Some(r#"{"a b":1,"c d" : {"e f":[true]}}"#)),
        (r#"{"in":"{\"a_b\":1}"}"#, Some(r#"{"in":"{\"a b\":1}"}"#)),
        (r#"{"go_203.0.113.9":1}"#, Some(r#"{"go 203.0.113.9":1}"#)),
        (r#"{"a":"see b_c: d"}"#, None),
        (r#"{"a":"b_c"}"#, None),
        (r#"{"a":1}"#, None),
        (r#":_:"_":"#, Some(r#":_:" ":"#)),
        ("_", None),
    ] {
        let slot = |kind| TextSlot {
            span: 0..0,
            text: text.into(),
            kind,
            role: None,
            message: None,
            cached: false,
        };
        let parted = super::parted(&slot(SlotKind::ToolArguments));
        assert_eq!(parted.as_deref(), read, "{text}");
        assert_eq!(super::parted(&slot(SlotKind::Message)), None, "{text}");
    }
}
