//! What a reader reads behind every kind of encoding: found, replaced, its layer still valid, and put back.

use crate::chat::{EntityType, Finding, Role, SlotKind, TextSlot, json_string, splice};
use crate::inference::Tagged;
use crate::privacy::detect::{Detectors, undisguised};
use crate::privacy::plain::percent_encoded;
use crate::privacy::redact::redact;
use crate::privacy::restore::{Escaping, restore_text};
use crate::privacy::vault::Vault;
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::prelude::{
    BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD,
};
use bytes::Bytes;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::sync::LazyLock;

static DETECTORS: LazyLock<Detectors> = LazyLock::new(|| Detectors::new(&[], 0.4));

/// Values that detectors find without a model, and without a word beside them.
const VALUES: [&str; 10] = [
    "4539 1488 0343 6467",
    "4539148803436467",
    "DE89 3704 0044 0532 0130 00",
    "DE89370400440532013000",
    "Anna.Berg@example.com",
    "7.berg@mail.example.org",
    "GB29 NWBK 6016 1331 9268 19",
    "371449635398431",
    "FR1420041010050500013M02606",
    "5555 5555 5555 4444",
];

/// Names as a model would tag them.
const NAMES: [&str; 12] = [
    "Jørgen Ødegård",
    "Zoë Brontë",
    "Łukasz Żak",
    "Søren Ågård",
    "José Muñoz",
    "Renée Faÿ",
    "Jiří Dvořák",
    "Gülşen Öztürk",
    "Þóra Björk",
    "Åsa Sjöberg",
    "Мария Иванова",
    "李小龍",
];

/// What a text is sent as, with what restores it.
struct Sent {
    text: String,
    vault: Vault,
    findings: Vec<Finding>,
}

fn tagged(text: &str) -> Vec<Tagged> {
    let read = undisguised(text);
    let places = NAMES.iter().flat_map(|name| read.match_indices(name));
    places
        .map(|(at, name)| Tagged { bytes: at..at + name.len(), entity: "PERSON", score: 0.9 })
        .collect()
}

fn send(text: &str, kind: SlotKind) -> Sent {
    let body = Bytes::from(json_string(text));
    let slot = TextSlot {
        span: 0..body.len(),
        text: text.into(),
        kind,
        role: Some(Role::User),
        message: Some(0),
        cached: false,
    };
    let findings = DETECTORS.scan(0, text, &tagged(text));
    for found in &findings {
        assert!(text.get(found.start..found.end).is_some_and(|value| !value.is_empty()));
    }
    assert!(findings.windows(2).all(|pair| pair[0].end <= pair[1].start), "{text}");
    let redaction = redact(&[slot], &findings, &[]);
    let sent = splice(&body, redaction.edits);
    let text = serde_json::from_slice(&sent).unwrap();
    Sent { text, vault: redaction.vault, findings }
}

/// Sends a text and checks that nothing of the value is left in any layer, and that it comes back.
fn check(text: &str, value: &str, kind: SlotKind) -> Sent {
    let before = undisguised(text);
    assert!(before.contains(value), "{text:?} reads {before:?}");
    let sent = send(text, kind);
    assert!(!sent.findings.is_empty(), "nothing found in {text:?}");
    let read = undisguised(&sent.text);
    for word in value.split_whitespace() {
        assert!(!read.contains(word), "{text:?} was sent as {:?}", sent.text);
    }
    let is_json = |text: &str| serde_json::from_str::<Value>(text).is_ok();
    if is_json(text) {
        assert!(is_json(&sent.text), "{text:?} was sent as {:?}", sent.text);
    }
    let escaping =
        if kind == SlotKind::ToolArguments { Escaping::JsonString } else { Escaping::None };
    let restored = restore_text(&sent.vault, &read, escaping);
    let restored = undisguised(&restored);
    assert!(restored.contains(value), "{text:?} came back as {restored:?}");
    sent
}

/// Every character that is not ASCII as `\uXXXX`.
fn ascii(text: &str) -> String {
    let escape = |c: char| -> String {
        c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect()
    };
    text.chars().map(|c| if c.is_ascii() { c.to_string() } else { escape(c) }).collect()
}

const KINDS: [SlotKind; 4] =
    [SlotKind::Message, SlotKind::ToolArguments, SlotKind::ToolResult, SlotKind::Schema];

#[test]
fn an_escape_before_a_value_hides_nothing() {
    let escapes = [
        r"\n",
        r"\t",
        r"\r",
        r"\r\n",
        r"\b",
        r"\f",
        r"\u000a",
        r"\u0009",
        r"\u00a0",
        r#"\""#,
        r"\\n",
        r"\\\\t",
        r"\\u000A",
        r"\x0a",
        r"\u001b[31m",
        "\u{1b}[1m",
        r"\u200b",
        r"\n\n\t",
    ];
    for escape in escapes {
        for value in VALUES {
            for kind in KINDS {
                check(&format!("Pay to:{escape}{value}"), value, kind);
                check(&format!("{{\"note\": \"Pay to: {escape}{value}{escape}"), value, kind);
            }
            // A blank of no width joins what stands on both sides of it.
            if ![r"\x0a", r"\u200b", "\u{1b}[1m"].contains(&escape) {
                for kind in KINDS {
                    check(
                        &format!(r#"{{"note":"Pay to: {escape}{value}{escape}now"}}"#),
                        value,
                        kind,
                    );
                }
            }
        }
    }
}

#[test]
fn names_are_read_through_their_escapes() {
    for name in NAMES {
        let escaped = ascii(name);
        let capital = escaped.to_ascii_uppercase().replace("\\U", "\\u");
        let twice = escaped.replace('\\', "\\\\");
        for text in [
            format!("Meet {escaped} today"),
            format!("log: name={twice};"),
            format!(r#"{{"user": "{escaped}"}}"#),
            format!(r#"{{"user": {{"full": ["{escaped}", 3]}}, "n": null}}"#),
            format!(r#"Here is the record: {{"user": "{escaped}"}} and no more."#),
            format!("```json\n{{\"user\": \"{escaped}\"}}\n```"),
            format!("{{\"user\": \"{escaped}\"}}\n{{\"user\": \"{escaped}\"}}\n"),
            format!(r#"{{"in": "{{\"user\": \"{twice}\"}}"}}"#),
            format!(r#"{{"user": "{escaped}", "cut": "of"#),
            format!("{{'user': '{escaped}', 'x': None}}"),
            format!("{{\"user\": \"{escaped}\",}}"),
            format!("Hello\\n{escaped}\\nBye"),
        ] {
            for kind in KINDS {
                let sent = check(&text, name, kind);
                assert!(!sent.text.contains("\\u0"), "{text:?} was sent as {:?}", sent.text);
            }
        }
        if capital.contains("\\u") && name.chars().filter(char::is_ascii).all(|c| c == ' ') {
            check(&format!("Meet {capital} today"), name, SlotKind::Message);
        }
    }
}

#[test]
fn json_in_json_is_read_to_its_depth() {
    for value in VALUES.into_iter().chain(NAMES) {
        for is_ascii in [false, true] {
            let mut text = json!({ "who": value, "n": 7 }).to_string();
            for depth in 1..=6 {
                if is_ascii {
                    text = ascii(&text);
                }
                for kind in KINDS {
                    let sent = check(&text, value, kind);
                    let mut inner = sent.text;
                    for _ in 1..depth {
                        let outer: Value = serde_json::from_str(&inner).unwrap();
                        inner = outer["in"].as_str().unwrap().to_owned();
                    }
                    let inner: Value = serde_json::from_str(&inner).unwrap();
                    assert!(inner["who"].as_str().unwrap().contains("_1>"));
                    assert_eq!(inner["n"], 7);
                }
                text = json!({ "in": text, "d": depth }).to_string();
            }
        }
    }
}

#[test]
fn bare_numbers_become_strings_in_every_layer() {
    let card = "4539148803436467";
    let json = format!(r#"{{"card": {card}, "n": 1}}"#);
    let nested = json!({ "in": json }).to_string();
    let html = json.replace('"', "&quot;");
    for (text, want) in [
        (json.clone(), r#"{"card": "<CREDIT_CARD_1>", "n": 1}"#.to_owned()),
        (format!("See {json}."), r#"See {"card": "<CREDIT_CARD_1>", "n": 1}."#.to_owned()),
        (nested, json!({ "in": r#"{"card": "<CREDIT_CARD_1>", "n": 1}"# }).to_string()),
        (
            html,
            "{&quot;card&quot;: &quot;&lt;CREDIT_CARD_1&gt;&quot;, &quot;n&quot;: 1}".to_owned(),
        ),
        (format!("[{card}, \"a\"]"), "[\"<CREDIT_CARD_1>\", \"a\"]".to_owned()),
        (format!("[{card}]"), "[<CREDIT_CARD_1>]".to_owned()),
        (format!("{{'card': {card}}}"), "{'card': '<CREDIT_CARD_1>'}".to_owned()),
        (
            percent_encoded(&json),
            format!("%7B%22card%22%3A%20%22{}%22%2C%20%22n%22%3A%201%7D", "%3CCREDIT_CARD_1%3E"),
        ),
    ] {
        assert_eq!(send(&text, SlotKind::Message).text, want);
    }
}

#[test]
fn percent_encoding_is_read_and_kept() {
    for value in VALUES.into_iter().chain(NAMES) {
        let encoded = percent_encoded(value);
        let form = encoded.replace("%20", "+");
        for text in [
            format!("https://a.example/pay?to={encoded}&x=1"),
            format!("https://a.example/users?who={encoded}#edit"),
            format!("a=%20&to={form}&b=2"),
            format!("to={form}&note=50%25"),
            format!("{{\"url\": \"https://a.example/?q={encoded}\"}}"),
            format!("see <https://a.example/?q={encoded}>"),
            format!("redirect={}", percent_encoded(&format!("/next?to={encoded}&y=2"))),
            format!("q={}", percent_encoded(&json!({ "to": value }).to_string())),
            format!("mailto:x@y.example?body=Hello%0A{encoded}%0ABye"),
            format!("data:text/plain,Hello%20{encoded}"),
        ] {
            let sent = check(&text, value, SlotKind::Message);
            let start = sent.text.find("%3C");
            let is_whole = !sent.text.contains('%') || sent.text.contains("<URL_");
            assert!(start.is_some() || is_whole, "{text:?} was sent as {:?}", sent.text);
            let restored = restore_text(&sent.vault, &sent.text, Escaping::None);
            assert!(undisguised(&restored).contains(value), "{text:?} came back as {restored:?}");
        }
    }
}

#[test]
fn a_url_that_is_replaced_whole_comes_back_as_it_was() {
    let text = "open https://a.example/u?mail=anna%40example.com&x=1%262 now";
    let sent = send(text, SlotKind::Message);
    assert_eq!(sent.text, "open <URL_1> now");
    assert_eq!(restore_text(&sent.vault, &sent.text, Escaping::None), text);
}

#[test]
fn entities_of_html_are_read_and_kept() {
    let named: fn(char) -> String = |c| match c {
        'ø' => "&oslash;".into(),
        'Ø' => "&Oslash;".into(),
        'å' => "&aring;".into(),
        'ü' => "&uuml;".into(),
        'é' => "&eacute;".into(),
        'ñ' => "&ntilde;".into(),
        'ž' => "&zcaron;".into(),
        '@' => "&commat;".into(),
        '.' => "&period;".into(),
        ' ' => "&nbsp;".into(),
        c => c.to_string(),
    };
    let encodings: [fn(char) -> String; 6] = [
        named,
        |c| format!("&#{};", u32::from(c)),
        |c| format!("&#x{:X};", u32::from(c)),
        |c| format!("&#x{:x};", u32::from(c)),
        |c| if c.is_alphanumeric() { c.to_string() } else { format!("&#{};", u32::from(c)) },
        |c| if c.is_ascii() { c.to_string() } else { format!("&#X{:x};", u32::from(c)) },
    ];
    for value in VALUES.into_iter().chain(NAMES) {
        for encode in encodings {
            let encoded: String = value.chars().map(encode).collect();
            for text in [
                format!("<p>Dear {encoded},</p>"),
                format!("<a title=\"{encoded}\">A &amp; B</a>"),
                format!("A &lt;b&gt; {encoded}&nbsp;&mdash; more"),
                json!({ "html": format!("<td>{encoded}</td>") }).to_string(),
                format!("&amp;nbsp;{}", encoded.replace('&', "&amp;")),
                format!("{{&quot;who&quot;:&quot;{encoded}&quot;}}"),
            ] {
                let sent = check(&text, value, SlotKind::Message);
                if encoded.contains('&') {
                    assert!(
                        sent.text.contains("_1&gt;") || !sent.text.contains('&'),
                        "{:?}",
                        sent.text
                    );
                }
                let restored = restore_text(&sent.vault, &sent.text, Escaping::None);
                assert!(undisguised(&restored).contains(value), "{text:?}: {restored:?}");
            }
        }
    }
}

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

fn wrapped(run: &str, width: usize, end: &str) -> String {
    let lines: Vec<_> =
        run.as_bytes().chunks(width).map(|c| std::str::from_utf8(c).unwrap()).collect();
    lines.join(end)
}

#[test]
fn texts_in_base64_are_read_and_encoded_again() {
    for value in VALUES.into_iter().chain(NAMES) {
        for file in [
            format!("Customer {value} called at noon. Please call back."),
            format!("name,amount\n{value},12\nnobody,13\n\n\nEnd of the list of all customers?>~"),
            json!({ "customer": ascii(value), "also": [value], "rest": "ÿþ?>" }).to_string(),
        ] {
            let plain = BASE64_STANDARD.encode(&file);
            let texts = [
                plain.clone(),
                BASE64_STANDARD_NO_PAD.encode(&file),
                BASE64_URL_SAFE.encode(&file),
                BASE64_URL_SAFE_NO_PAD.encode(&file),
                wrapped(&plain, 76, "\r\n"),
                wrapped(&plain, 64, "\n"),
            ];
            for (at, run) in texts.iter().enumerate() {
                for text in [
                    run.clone(),
                    format!("data:text/plain;base64,{run}"),
                    format!("The file:\n\n{run}\n\nWhat does it say?"),
                    json!({ "file_data": format!("data:application/json;base64,{run}") })
                        .to_string(),
                    json!({ "in": json!({ "content": run }).to_string() }).to_string(),
                ] {
                    let sent = check(&text, value, SlotKind::Message);
                    assert!(at > 3 || !sent.text.contains('<'), "{:?}", sent.text);
                }
                let sent = send(run, SlotKind::Message).text;
                let joined: String = sent.split_whitespace().collect();
                let again = LENIENT.decode(joined.replace('-', "+").replace('_', "/"));
                let again = String::from_utf8(again.unwrap_or_default()).unwrap();
                assert!(again.contains("_1>"), "{run:?} was sent as {sent:?}: {again:?}");
                if file.starts_with('{') {
                    serde_json::from_str::<Value>(&again).unwrap();
                }
                let widest = run.lines().map(str::len).max().unwrap();
                assert!(run.lines().count() == 1 || sent.lines().all(|line| line.len() <= widest));
            }
        }
    }
}

#[test]
fn base64_in_base64_and_in_percent_encoding() {
    let value = VALUES[0];
    let once = BASE64_STANDARD.encode(format!("Card: {value}, thanks! ÿ?~"));
    let twice = BASE64_STANDARD.encode(format!("attachment: {once}"));
    for text in [twice, format!("https://a.example/?state={}&x=1", percent_encoded(&once))] {
        check(&text, value, SlotKind::Message);
    }
}

#[test]
fn ordinary_text_is_left_alone() {
    for text in [
        r"C:\new\table\readme.txt and D:\temp\bin\run.exe",
        r"\\nas01\reports\2024\total.xlsx",
        r"see ..\new\file and .\bin\test",
        r"the pattern ^\d{3}-\w+\s*\.(txt|md)$ matches",
        r"re.sub(r'\bword\b', '', text)",
        r"\begin{theorem} \forall x \in \mathbb{R} \nu \textbf{bold} \end{theorem}",
        r"printf(%d, %s, %5.2f, %02x, %20s)",
        "strftime %Y-%m-%dT%H:%M:%S and 100% sure, 5 % off, 50%off",
        "LIKE '%ab%' AND name LIKE '%20'",
        "AT&T, R&D, a && b, x &= y; Q&A; &foo &bar; fish&chips;",
        "if (a < b && c > d) { return a[i] & mask; }",
        "let x = &mut y; *p = &q; f(&self, &other);",
        "/usr/local/lib/python3/site-packages/module_name",
        "getUserByIdAndNameOrDefaultValue2 HTTPResponseStatusCode404NotFound",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "commit 3b18e512dba79e4c8300dd08aeb37f8e728b8dad by nobody",
        "aGVsbG8gd29ybGQ= is hello",
        "{\"a\": 1, \"b\": [true, null, 2.5]}",
        "{'a': 1} and [1, 2, 3] and {x} and [link](#top)",
        "x = a+b&c=d+e; y += 1; C++ and C+=2",
        r"a line\nanother line\n\tindented",
        r#"echo "a \"quoted\" word" \ "#,
        "\u{1b}[32mok\u{1b}[0m all tests passed",
        "https://a.example/a%20b/c?d=e%26f#g",
        "Zeile eins &ndash; Zeile zwei &amp; drei",
    ] {
        for kind in KINDS {
            let sent = send(text, kind);
            let private: Vec<_> = sent.findings.iter().filter(|f| !f.is_public()).collect();
            assert!(private.is_empty(), "{text:?}: {private:?}");
            assert_eq!(sent.text, text);
        }
    }
}

#[test]
fn ten_thousand_values_are_replaced() {
    let mails: Vec<String> = (0..10_000).map(|i| format!("user{i}@example.com")).collect();
    let text = mails.join(" wrote to ");
    let sent = send(&text, SlotKind::Message);
    assert_eq!(sent.vault.len(), 10_000);
    assert!(!sent.text.contains('@'));
    assert_eq!(restore_text(&sent.vault, &sent.text, Escaping::None), text);
    let json = serde_json::to_string(&mails).unwrap().replace('@', "\\u0040");
    let sent = send(&json, SlotKind::ToolResult);
    assert_eq!(sent.vault.len(), 10_000);
    assert_eq!(serde_json::from_str::<Vec<String>>(&sent.text).unwrap().len(), 10_000);
}

/// Texts that cost a careless reader more than linear time, or more stack than there is.
#[test]
fn hostile_texts_end() {
    let units = [
        "[",
        "{\"a\":",
        "[\"",
        "\\",
        "\\\\n",
        "\\u00",
        "%",
        "%25",
        "%41+",
        "&",
        "&#",
        "&amp;",
        "&amp;amp;",
        "=+",
        "\"\\\"",
        "{\"a\":\"",
        "QUJD",
        "QUJDREVGR0hJSktMTU5P\n",
        "QUJDREVGR0hJSktMTU5PUFFS\n",
        "\u{1b}[",
        "a/QUJDREVGR0hJSktM/",
        "\\x41",
        "\\303",
        "['a',",
        "{\"\\\"\":[",
        "\\n",
        "C:\\n",
    ];
    for unit in units {
        let text = unit.repeat((256 << 10) / unit.len());
        let findings = DETECTORS.scan(0, &text, &[]);
        assert!(findings.iter().all(|f| text.get(f.start..f.end).is_some()), "{unit}");
        let all = Finding {
            slot: 0,
            start: 0,
            end: text.len() / 2,
            entity: EntityType("SECRET"),
            kind: None,
            score: 1.0,
            detector: "test",
        };
        let span = 0..0;
        let kind = SlotKind::ToolResult;
        let slot =
            TextSlot { span, text: text.into(), kind, role: None, message: None, cached: false };
        redact(&[slot], &[all], &[]);
    }
}

/// Pieces of text with and without layers around a value.
fn layered() -> impl Strategy<Value = String> {
    let value = proptest::sample::select(VALUES.to_vec());
    let filler = "[ a-zA-Z0-9\\\\\"{}\\[\\]:,%&;+=/.'é\n]{0,12}";
    let layer = 0..8u8;
    (proptest::collection::vec((filler, value, layer), 0..5)).prop_map(|parts| {
        let mut out = String::new();
        for (filler, value, layer) in parts {
            out.push_str(&filler);
            let written = match layer {
                0 => value.to_owned(),
                1 => format!("\\n{value}\\n"),
                2 => percent_encoded(value),
                3 => value.replace('@', "&#64;"),
                4 => json!({ "v": value }).to_string(),
                5 => json!({ "in": json!({ "v": value, "l": [4539148803436467u64] }).to_string() })
                    .to_string(),
                6 => BASE64_STANDARD.encode(format!("card {value} end")),
                _ => ascii(&format!("é{value}")),
            };
            out.push_str(&written);
        }
        out
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_lies_outside_of_a_mark_stays_byte_for_byte(text in layered(), is_data in any::<bool>(), start in 0..120usize) {
        let kind = if is_data { SlotKind::ToolResult } else { SlotKind::Message };
        // Shorter than what spreads.
        let end = start + 3;
        let finding = Finding { slot: 0, start, end, entity: EntityType("SECRET"), kind: None, score: 1.0, detector: "t" };
        let body = Bytes::from(json_string(&text));
        let slot = TextSlot { span: 0..body.len(), text: text.as_str().into(), kind, role: None, message: None, cached: false };
        let redaction = redact(&[slot], &[finding], &[]);
        let sent: String = serde_json::from_slice(&splice(&body, redaction.edits)).unwrap();
        if redaction.n_redacted == 0 {
            prop_assert_eq!(&sent, &text);
        }
        if text.starts_with(['{', '[']) && text.contains('"') && serde_json::from_str::<Value>(&text).is_ok() {
            prop_assert!(serde_json::from_str::<Value>(&sent).is_ok());
        }
        // As far as an escape, a number or a word of base64 reaches.
        let near = |same: usize, far: usize| same >= far.saturating_sub(90);
        let before = text.bytes().zip(sent.bytes()).take_while(|(a, b)| a == b).count();
        let after = text.bytes().rev().zip(sent.bytes().rev()).take_while(|(a, b)| a == b).count();
        prop_assert!(near(before, start.min(text.len())), "{text:?} {sent:?}");
        prop_assert!(near(after, text.len().saturating_sub(end)), "{text:?} {sent:?}");
    }

    #[test]
    fn json_stays_json_with_any_mark(text in layered(), start in 0..200usize, len in 1..60usize) {
        let json = json!({ "a": text, "n": [4539148803436467u64, -1.5], "in": json!({ "t": text }).to_string() }).to_string();
        let finding = Finding { slot: 0, start, end: start + len, entity: EntityType("SECRET"), kind: None, score: 1.0, detector: "t" };
        let body = Bytes::from(json_string(&json));
        let slot = TextSlot { span: 0..body.len(), text: json.as_str().into(), kind: SlotKind::ToolArguments, role: None, message: None, cached: false };
        let sent = splice(&body, redact(&[slot], &[finding], &[]).edits);
        let sent: String = serde_json::from_slice(&sent).unwrap();
        let outer: Value = serde_json::from_str(&sent).unwrap();
        if let Some(inner) = outer["in"].as_str().filter(|inner| inner.starts_with('{')) {
            prop_assert!(serde_json::from_str::<Value>(inner).is_ok(), "{sent}");
        }
    }
}
