//! What operators add to the detectors: what a file means, what its patterns and lists find, what may pass.

#![expect(clippy::string_slice, reason = "a test may panic")]

use super::{Config, Overrides, PrivacySettings, describe};
use serde_json::json;
use std::path::Path;

fn load(text: &str) -> Config {
    let env = |name: &str| name.ends_with("_KEY").then(|| "key".to_owned());
    Config::from_text(text, Some(Path::new("weir.yaml")), &env, &Overrides::default())
        .unwrap_or_else(|errors| panic!("{errors}"))
}

fn good() -> Config {
    load(include_str!("../../tests/data/config/good/own.yaml"))
}

#[test]
fn a_file_means_what_it_says() {
    let config = good();
    let shown = describe(&config);
    let privacy = &shown["privacy"];
    assert_eq!(privacy["keep"], json!(["ORGANIZATION", "PROJECT_NAME"]));
    assert_eq!(privacy["patterns"][1]["checksum"], json!("mod11"));
    assert_eq!(privacy["patterns"][1]["score"], json!(0.8));
    assert_eq!(privacy["patterns"][0]["context"], json!(["employee", "staff", "mitarbeiter"]));
    assert_eq!(privacy["words"][0]["entries"], json!(3));
    assert_eq!(privacy["allow"]["entries"], json!(2));
    assert_eq!(config.rules[0].when.findings, ["EMPLOYEE_ID"]);
    // The list is watched, and neither its words nor what may pass is shown.
    assert!(config.files.iter().any(|file| file.ends_with("projects.txt")));
    let all = format!("{shown} {config:?}");
    let privacy = &all[all.find("\"privacy\":{").unwrap()..];
    assert!(!privacy.contains("Heron") && !describe(&config).to_string().contains("support@"));
}

#[test]
fn a_type_of_the_operators_is_the_same_after_a_reload() {
    let (one, two) = (good(), good());
    let name = |config: &Config| config.privacy.own.patterns[0].entity.as_str().as_ptr();
    assert_eq!(name(&one), name(&two));
    assert_eq!(one.hash, two.hash);
}

#[test]
fn patterns_find_with_context_and_checksum() {
    let own = good().privacy.own;
    let cases: [(usize, &str, &[&str]); 12] = [
        (0, "employee EMP-004711 called", &["EMP-004711"]),
        (0, "the Mitarbeiter is EMP-004711.", &["EMP-004711"]),
        (0, "EMP-004711 (staff)", &["EMP-004711"]),
        (0, "order EMP-004711", &[]),
        (0, "unemployees EMP-004711", &[]),
        (0, "staff: EMP-1", &[]),
        (1, "ISBN 0306406152 and isbn 080442957X", &["0306406152", "080442957X"]),
        (1, "isbn 0306406151", &[]),
        (2, "943112780003", &["943112780003"]),
        (2, "943112780008", &[]),
        (2, "x943112780003", &[]),
        (2, "ñ 943112780003, ñ", &["943112780003"]),
    ];
    for (at, text, expected) in cases {
        let found: Vec<&str> =
            own.patterns[at].find(text, false).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn lists_find_whole_words_in_any_case() {
    let own = good().privacy.own;
    let cases: [(usize, &str, &[&str]); 12] = [
        (0, "the blue heron launch", &["blue heron"]),
        (0, "NACHTIGALL!", &["NACHTIGALL"]),
        (0, "Nachtigallen", &[]),
        (0, "æther and ÆTHER", &["æther", "ÆTHER"]),
        (0, "aether", &[]),
        (0, "Blue  Heron", &[]),
        (0, "(Nachtigall)", &["Nachtigall"]),
        (0, "日本Nachtigall日本", &["Nachtigall"]),
        (1, "Nachtigallen", &["Nachtigall"]),
        (1, "nachtigall", &[]),
        (1, "İ Nachtigall", &["Nachtigall"]),
        (0, "İ nachtigall", &["nachtigall"]),
    ];
    for (at, text, expected) in cases {
        let found: Vec<&str> =
            own.words[at].find(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn what_may_pass_is_a_whole_value() {
    let allow = good().privacy.own.allow;
    for value in ["support@example.com", " support@example.com ", "+1 555 0142"] {
        assert!(allow.lets_pass(value), "{value}");
    }
    for value in [
        "Support@example.com",
        "xsupport@example.com",
        "support@example.com.au",
        "+1 555 01422",
        "+1 555 0242",
        "",
    ] {
        assert!(!allow.lets_pass(value), "{value}");
    }
}

#[test]
fn gaps_are_told() {
    let gaps = |privacy: &str| {
        let config = load(&format!("privacy: {{{privacy}}}"));
        (config.privacy.gaps(), config.privacy.gaps_in_short())
    };
    assert_eq!(gaps(""), (Vec::new(), None));
    let (long, short) =
        gaps("model: false, ignore: [URL, AGE], min_score: 0.75, allow: [a@b.example]");
    assert_eq!(long.len(), 4);
    assert!(long[0].contains("names") && long[1].contains("AGE, URL") && long[2].contains("0.75"));
    assert_eq!(short.as_deref(), Some("off=model ignore=AGE,URL min_score=0.75"));
    // A switch for local models is no gap: the edge pack reads all the same.
    let settings: PrivacySettings = load("local: {enabled: false}\ntargets: [{name: a, kind: openai, model: m, base_url: 'http://127.0.0.1:9', api_key: none}]").privacy;
    assert!(settings.model && settings.gaps().is_empty());
}
