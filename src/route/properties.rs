//! Properties of the decision over random configurations and requests.

use super::tests::{Facts, config, run};
use crate::chat::PrivacyAction;
use crate::config::{Condition, Config, Rule};
use proptest::prelude::*;
use std::sync::LazyLock;

const BASE: &str = "
targets:
  - {name: gpt, kind: openai, model: m, api_key: none, window: 1000}
  - {name: claude, kind: anthropic, model: m, api_key: none}
  - {name: small, kind: local, model: l, window: 500}
intents:
  - {name: a, examples: [a, b, c]}
  - {name: b, examples: [d, e, f]}
";

fn condition() -> impl Strategy<Value = Condition> {
    let names = |all: &'static [&'static str]| {
        proptest::sample::subsequence(all, 0..=all.len().min(2))
            .prop_map(|names| names.into_iter().map(str::to_owned).collect::<Vec<_>>())
    };
    let p = || proptest::option::of(0.0f32..1.0);
    (
        names(&["a", "b", "none"]),
        p(),
        p(),
        names(&["any", "US_SSN", "URL"]),
        any::<Option<bool>>(),
        names(&["x"]),
    )
        .prop_map(|(intent, min_probability, max_reject, findings, tools, tenant)| Condition {
            intent,
            min_probability,
            max_reject,
            findings,
            tools,
            tenant,
            ..Condition::default()
        })
}

fn rule() -> impl Strategy<Value = Rule> {
    let to = proptest::sample::subsequence(&["gpt", "claude", "local", "small", "gone"][..], 0..=4)
        .prop_shuffle();
    let privacy = proptest::sample::select(vec![
        PrivacyAction::Redact,
        PrivacyAction::LocalOnly,
        PrivacyAction::Block,
        PrivacyAction::Allow,
    ]);
    ("[a-z]{3}", condition(), to, privacy).prop_map(|(name, when, to, privacy)| Rule {
        name: name.into(),
        when,
        to: to.into_iter().map(Into::into).collect(),
        privacy,
        unchecked: crate::chat::UncheckedAction::Pass,
        shape: crate::chat::ShapeLevel::Off,
        latency: crate::chat::LatencyClass::Standard,
        cascade: None,
        edge: None,
        shadow: None,
        canary: None,
        tuned: None,
    })
}

fn facts() -> impl Strategy<Value = Facts> {
    let model = proptest::sample::select(vec!["auto", "", "weir/auto", "gpt", "local", "what"]);
    let intent =
        proptest::option::of((proptest::sample::select(vec!["a", "b"]), 0.0f32..1.0, 0.0f32..1.0));
    let findings = proptest::sample::subsequence(&["US_SSN", "URL", "EMAIL_ADDRESS"][..], 0..=3);
    let down = proptest::sample::subsequence(&["gpt", "claude", "local", "small"][..], 0..=4);
    (model, intent, findings, 0u32..2000, any::<[bool; 5]>(), down).prop_map(
        |(model, intent, findings, tokens, flags, down)| Facts {
            model: Some(model.to_owned()),
            intent: intent.map(|(name, p, reject)| (name.to_owned(), p, reject)),
            findings: findings.into_iter().map(str::to_owned).collect(),
            tokens,
            tools: flags[0],
            tool_choice: flags[1].then(|| "required".to_owned()),
            image: flags[2],
            draw: 0.5,
            privacy_failed: flags[3],
            tenant: flags[4].then(|| "x".to_owned()),
            down: down.into_iter().map(|name| (name.to_owned(), "open".to_owned())).collect(),
            ..Facts::default()
        },
    )
}

fn with_rules(rules: Vec<Rule>) -> Config {
    static CONFIG: LazyLock<Config> = LazyLock::new(|| config(BASE));
    Config { rules, ..CONFIG.clone() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn total_and_deterministic(rules in prop::collection::vec(rule(), 0..5), facts in facts()) {
        let config = with_rules(rules);
        let (decision, error) = run(&config, &facts);
        prop_assert_eq!(error.is_none(), !decision.candidates.is_empty());
        let (again, _) = run(&config, &facts);
        prop_assert_eq!(&decision, &again);
        let mut names: Vec<_> = decision.candidates.iter().map(|c| &c.target).collect();
        names.extend(decision.rejected.iter().map(|r| &r.target));
        names.sort_unstable();
        names.dedup();
        prop_assert_eq!(names.len(), decision.candidates.len() + decision.rejected.len());
    }

    #[test]
    fn what_stays_here_never_gets_a_cloud_candidate(rules in prop::collection::vec(rule(), 0..5), facts in facts()) {
        let (decision, error) = run(&with_rules(rules), &facts);
        let keeps = match decision.privacy {
            PrivacyAction::Block => { prop_assert!(error.is_some()); true }
            PrivacyAction::LocalOnly => true,
            PrivacyAction::Redact => facts.privacy_failed,
            PrivacyAction::Allow => false,
        };
        prop_assert!(!keeps || decision.candidates.iter().all(|candidate| candidate.local));
    }

    #[test]
    fn the_first_match_wins(rules in prop::collection::vec(rule(), 1..5), later in rule(), facts in facts()) {
        let mut named: Vec<Rule> = rules;
        for (i, rule) in named.iter_mut().enumerate() {
            rule.name = format!("r{i}").into();
        }
        let auto = Facts { model: Some("auto".into()), ..facts };
        let (before, _) = run(&with_rules(named.clone()), &auto);
        // A rule behind the one that matched changes nothing; the same rule in front of all wins if it matches.
        let alone = run(&with_rules(vec![later.clone()]), &auto).0;
        let matched = named.iter().any(|rule| rule.name == before.rule);
        let mut behind = named.clone();
        behind.push(later.clone());
        if matched {
            prop_assert_eq!(&run(&with_rules(behind), &auto).0, &before);
        }
        named.insert(0, later.clone());
        let in_front = run(&with_rules(named), &auto).0;
        let expected = if alone.rule == later.name { alone } else { before };
        prop_assert_eq!(in_front, expected);
    }

    #[test]
    fn a_higher_threshold_never_sends_more_to_local(
        mut first in condition(),
        rest in prop::collection::vec(condition(), 0..3),
        low in 0.0f32..1.0,
        more in 0.0f32..1.0,
        facts in facts(),
    ) {
        let auto = Facts { model: Some("auto".into()), down: Default::default(), ..facts };
        let to = |name: &str, when: Condition| Rule {
            name: name.into(),
            when,
            to: vec![if name == "here" { "local".into() } else { "claude".into() }],
            privacy: PrivacyAction::Allow,
            unchecked: crate::chat::UncheckedAction::Pass,
            shape: crate::chat::ShapeLevel::Off,
            latency: crate::chat::LatencyClass::Standard,
        cascade: None,
        edge: None,
        shadow: None,
        canary: None,
        tuned: None,
        };
        let mut sent = Vec::new();
        for min in [low, low + more] {
            first.min_probability = Some(min);
            let mut rules = vec![to("here", first.clone())];
            rules.extend(rest.iter().cloned().map(|when| to("away", when)));
            rules.push(to("away", Condition::default()));
            let (decision, _) = run(&with_rules(rules), &auto);
            sent.push(decision.candidates.first().is_some_and(|candidate| candidate.local));
        }
        prop_assert!(sent[0] || !sent[1]);
    }
}
