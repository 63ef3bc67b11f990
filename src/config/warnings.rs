//! What a configuration may say and hardly means: it serves, and something in it is without effect. Pure.

use super::resolved::{Condition, Config, GainBounds, Rule, Target, TargetKind};
use std::collections::BTreeMap;

/// Everything that is worth a look, in words for the operator. `has_price` says whether a target's model has one.
pub fn warnings(config: &Config, has_price: &dyn Fn(&Target) -> bool) -> Vec<String> {
    let mut all = equal_examples(config);
    all.extend(shadowed(&config.rules));
    let unpriced = config
        .targets
        .iter()
        .filter(|target| target.kind != TargetKind::Local && !has_price(target));
    all.extend(unpriced.map(|target| {
        format!(
            "target `{}`: no price is known for `{}` of `{}`, so its cost stays unknown; add a row to a `prices` file",
            target.name, target.model, target.provider
        )
    }));
    all
}

/// Examples that stand in more than one place. Their words are not repeated: they may be those of users.
fn equal_examples(config: &Config) -> Vec<String> {
    let mut seen: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut all = Vec::new();
    for (at, intent) in config.intents.iter().enumerate() {
        for (number, example) in intent.examples.iter().enumerate() {
            let words: Vec<String> = example.split_whitespace().map(str::to_lowercase).collect();
            let Some((first, earlier)) = seen.insert(words.join(" "), (at, number)) else {
                continue;
            };
            let name = config.intents.get(first).map_or("", |intent| &*intent.name);
            let (number, earlier) = (number + 1, earlier + 1);
            all.push(if first == at {
                format!("intent `{name}`: examples {earlier} and {number} are the same")
            } else {
                format!(
                    "intents `{name}` and `{}`: example {earlier} of the one is example {number} of the other, so it speaks \
                     for neither",
                    intent.name
                )
            });
        }
    }
    all
}

/// Rules that come behind one which takes all that they would.
fn shadowed(rules: &[Rule]) -> Vec<String> {
    let mut all = Vec::new();
    for (at, rule) in rules.iter().enumerate() {
        let before = rules.iter().take(at);
        // A canary is there for a part of all conversations only.
        let taker = before.filter(|other| other.canary.is_none_or(|share| share >= 1.0));
        let taker =
            taker.filter(|other| covers(&other.when, &rule.when)).map(|other| &other.name).next();
        if let Some(taker) = taker {
            all.push(format!(
                "rule `{}` can never match: `{taker}` stands before it and takes all that it asks for; put `{}` first",
                rule.name, rule.name
            ));
        }
    }
    all
}

/// Whether `wide` holds wherever `narrow` does.
fn covers(wide: &Condition, narrow: &Condition) -> bool {
    let one_of = |wide: &[String], narrow: &[String]| {
        wide.is_empty() || !narrow.is_empty() && narrow.iter().all(|name| wide.contains(name))
    };
    let at_least = |wide: Option<f32>, narrow: Option<f32>| {
        wide.is_none_or(|wide| narrow.is_some_and(|narrow| narrow >= wide))
    };
    let at_most = |wide: Option<f32>, narrow: Option<f32>| {
        wide.is_none_or(|wide| narrow.is_some_and(|narrow| narrow <= wide))
    };
    let gain = |wide: &GainBounds, narrow: &GainBounds| {
        wide.pair == narrow.pair && at_least(wide.min, narrow.min) && at_most(wide.max, narrow.max)
    };
    // A request without an intent passes no bound on it, unless `none` is in the list.
    let none = |when: &Condition| when.intent.iter().any(|name| name == "none");
    let bounds_intent = wide.min_probability.is_some() || wide.max_reject.is_some();
    let intent = one_of(&wide.intent, &narrow.intent)
        && at_least(wide.min_probability, narrow.min_probability)
        && at_most(wide.max_reject, narrow.max_reject)
        && !(bounds_intent && none(narrow) && !none(wide));
    let any = |names: &[String]| names.iter().any(|name| name == "any");
    // `any` leaves out the types that are kept, so that it does not hold for each of them.
    let findings =
        one_of(&wide.findings, &narrow.findings) || any(&wide.findings) && any(&narrow.findings);
    intent
        && findings
        && one_of(&wide.task, &narrow.task)
        && at_least(wide.min_injection, narrow.min_injection)
        && wide
            .gain
            .as_ref()
            .is_none_or(|wide| narrow.gain.as_ref().is_some_and(|narrow| gain(wide, narrow)))
        && wide.tools.is_none_or(|tools| narrow.tools == Some(tools))
        && wide
            .min_context_tokens
            .is_none_or(|min| narrow.min_context_tokens.is_some_and(|own| own >= min))
        && wide
            .max_context_tokens
            .is_none_or(|max| narrow.max_context_tokens.is_some_and(|own| own <= max))
        && one_of(&wide.tenant, &narrow.tenant)
        && one_of(&wide.model, &narrow.model)
        && wide.headers.iter().all(|header| narrow.headers.contains(header))
}

#[cfg(test)]
mod tests {
    use super::warnings;
    use crate::config::{Config, Overrides};

    fn of(rules: &str) -> Vec<String> {
        let text = format!(
            "ledger: {{enabled: false}}\nlocal: {{enabled: true}}\ntargets: [{{name: up, kind: openai, model: m, base_url: \
             \"http://h:1/v1\", api_key: none}}]\nintents:\n  - {{name: a, examples: [one two, three four, five six]}}\n  - \
             {{name: b, examples: [seven, eight, nine]}}\n{rules}"
        );
        let config = Config::from_text(&text, None, &|_| None, &Overrides::default());
        warnings(&config.unwrap_or_else(|errors| panic!("{errors}")), &|_| true)
    }

    #[test]
    fn rules_that_can_never_match() {
        for (first, second, shadowed) in [
            ("when: {intent: a}", "when: {intent: a}", true),
            ("when: {intent: [a, b]}", "when: {intent: a, min_probability: 0.5}", true),
            ("when: {intent: a}", "when: {intent: [a, b]}", false),
            (
                "when: {intent: a, min_probability: 0.9}",
                "when: {intent: a, min_probability: 0.5}",
                false,
            ),
            (
                "when: {intent: a, min_probability: 0.5}",
                "when: {intent: a, min_probability: 0.9}",
                true,
            ),
            (
                "when: {min_probability: 0.5}",
                "when: {intent: [a, none], min_probability: 0.6}",
                false,
            ),
            ("when: {max_context_tokens: 100}", "when: {max_context_tokens: 50}", true),
            ("when: {max_context_tokens: 50}", "when: {max_context_tokens: 100}", false),
            (
                "when: {min_context_tokens: 50}",
                "when: {min_context_tokens: 100, tools: true}",
                true,
            ),
            ("when: {tools: true}", "when: {tools: false}", false),
            ("when: {tools: true}", "", false),
            ("when: {findings: any}", "when: {findings: CREDIT_CARD}", false),
            ("when: {findings: [CREDIT_CARD, IBAN_CODE]}", "when: {findings: CREDIT_CARD}", true),
            ("when: {header: {x-a: \"1\"}}", "when: {header: {x-a: \"1\", x-b: \"2\"}}", true),
            ("when: {header: {x-a: \"1\"}}", "when: {header: {x-a: \"2\"}}", false),
            ("when: {tenant: t}", "when: {tenant: t, task: code}", true),
        ] {
            let entry = |name: &str, more: &str| {
                let more = if more.is_empty() { String::new() } else { format!(", {more}") };
                format!("  - {{name: {name}, to: up{more}}}\n")
            };
            let found =
                of(&format!("route:\n{}{}", entry("first", first), entry("second", second)));
            let told = found.iter().any(|told| told.contains("`second` can never match"));
            assert_eq!(told, shadowed, "{first} / {second}: {found:?}");
        }
    }

    #[test]
    fn equal_examples_and_models_without_a_price() {
        let text = "ledger: {enabled: false}\ntargets: [{name: up, kind: openai, model: m, base_url: \"http://h:1/v1\", api_key: \
                    none}]\nintents:\n  - {name: a, examples: [One  two, three, four]}\n  - {name: b, examples: [five, one two, \
                    FIVE]}\n";
        let config = Config::from_text(text, None, &|_| None, &Overrides::default()).unwrap();
        let told = warnings(&config, &|_| false).join("\n");
        assert!(
            told.contains("intents `a` and `b`: example 1 of the one is example 2 of the other"),
            "{told}"
        );
        assert!(told.contains("intent `b`: examples 1 and 3 are the same"), "{told}");
        assert!(told.contains("target `up`: no price is known for `m` of `h`"), "{told}");
        assert!(!told.contains("One") && !told.contains("five"), "{told}");
    }
}
