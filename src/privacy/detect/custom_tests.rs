//! What operators add and let pass, among the other findings of a text.

#![expect(clippy::string_slice, reason = "a test may panic")]

use super::Detectors;
use crate::chat::EntityType;
use crate::config::{Config, Overrides};
use crate::privacy::{Escaping, Vault, restore_text};

fn detectors(privacy: &str) -> Detectors {
    let yaml = format!("privacy: {privacy}");
    let config = Config::from_text(&yaml, None, &|_| None, &Overrides::default());
    Detectors::of(&config.unwrap_or_else(|errors| panic!("{errors}")).privacy)
}

/// Types and values found, with the mark of those that may pass.
fn found<'a>(detectors: &Detectors, text: &'a str) -> Vec<(&'static str, &'a str, bool)> {
    let findings = detectors.scan(0, text, &[]);
    let shown = findings.iter().map(|f| (f.entity.as_str(), &text[f.start..f.end], f.is_allowed()));
    shown.collect()
}

#[test]
fn own_patterns_are_found_among_others() {
    let own = detectors(
        r"{patterns: [{name: staff, type: EMPLOYEE_ID, regex: 'EMP-\d{6}'}, {name: part, type: PART_NUMBER, regex: '\b(?:4111|203)\b'},
         {name: site, type: SITE, regex: 'site (?P<value>[A-Z]\d)', context: [plant]}]}",
    );
    assert_eq!(
        found(&own, "EMP-004711 wrote to anna@example.com"),
        [("EMPLOYEE_ID", "EMP-004711", false), ("EMAIL_ADDRESS", "anna@example.com", false)]
    );
    // A value that is surer and longer stays whole; of one that is less sure nothing goes uncovered.
    assert_eq!(
        found(&own, "card 4111 1111 1111 1111"),
        [("CREDIT_CARD", "4111 1111 1111 1111", false)]
    );
    assert_eq!(
        found(&own, "host 203.0.113.77"),
        [("PART_NUMBER", "203", false), ("IP_ADDRESS", "0.113.77", false)]
    );
    assert_eq!(found(&own, "the plant at site B7"), [("SITE", "B7", false)]);
    assert_eq!(found(&own, "the web site B7"), []);
    // Wide digits are the same digits to a reader.
    assert_eq!(found(&own, "EMP-\u{ff10}04711").len(), 1);
}

#[test]
fn what_may_pass_is_told_and_not_replaced() {
    let own = detectors(r"{allow: [support@example.com, {regex: '10\.1\.\d+\.\d+'}]}");
    let cases: [(&str, bool); 10] = [
        ("write to support@example.com", true),
        ("write to anna.support@example.com", false),
        ("write to support@example.com.au", false),
        ("write to Support@example.com", false),
        ("the host 10.1.7.9 is down", true),
        ("the host 10.2.7.9 is down", false),
        ("(support@example.com)", true),
        ("mail support@example.com, please", true),
        ("anna@example.com", false),
        ("110.1.7.9 is down", false),
    ];
    for (text, passes) in cases {
        let findings = found(&own, text);
        let any = findings.iter().any(|finding| finding.2);
        assert!(any == passes && !findings.is_empty(), "{text}: {findings:?}");
    }
}

#[test]
fn own_types_give_placeholders_that_are_restored() {
    let mut vault = Vault::default();
    let staff = EntityType::own("STAFF2").unwrap();
    assert_eq!(vault.placeholder(staff, "EMP-004711"), "<STAFF2_1>");
    assert_eq!(vault.placeholder(staff, "EMP-004712"), "<STAFF2_2>");
    let restored = restore_text(&vault, "<STAFF2_2> and <STAFF2_1>", Escaping::None);
    assert_eq!(restored, "EMP-004712 and EMP-004711");
}

#[test]
fn a_url_that_tells_something_is_not_kept_with_urls() {
    let url = [EntityType("URL")];
    let detectors = Detectors::new(&[], 0.4);
    let cases: [(&str, bool); 10] = [
        ("https://anna:s3cr3tW0rd@example.com/x", false),
        ("https://example.com/x?token=8f3b2c9d1e7a", false),
        ("https://example.com/x?api_key=8f3b2c9d1e7a", false),
        ("https://example.com/x?email=anna@example.org", false),
        ("https://example.com/x?to=anna%40example.org", false),
        ("https://example.com/users/anna.berg", false),
        ("https://example.com/@annaberg", false),
        ("https://www.npmjs.com/package/@scope/server", true),
        ("https://example.com/profile/security", true),
        ("https://example.com/docs/start", true),
    ];
    for (text, stays) in cases {
        let findings = detectors.scan(0, text, &[]);
        let all_kept = findings.iter().all(|finding| finding.is_kept(&url));
        assert_eq!(all_kept, stays, "{text}: {findings:?}");
    }
}
