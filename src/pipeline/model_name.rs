//! What the record keeps of the model that a client asked for.
//!
//! Invariant: it is a name that somebody else than the client wrote: the configuration or the price table. A client's own
//! words may hold anything, an e-mail address as well as a prompt that slipped into the wrong field.

use crate::live::LiveState;
use crate::route::AUTO;

/// Stands for a name that nobody here knows.
const UNKNOWN: &str = "(unknown model)";
/// Stands for what has not even the form of a name.
const NO_NAME: &str = "(not a model name)";

/// The name if it is known, else words that say so.
pub(super) fn kept<'a>(live: &LiveState, name: &'a str) -> &'a str {
    if name.is_empty() || AUTO.contains(&name) || is_known(live, name) {
        return name;
    }
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.:/@+".contains(c);
    if name.len() <= 128 && name.chars().all(fits) { UNKNOWN } else { NO_NAME }
}

fn is_known(live: &LiveState, name: &str) -> bool {
    let config = &live.config;
    config.targets.iter().any(|target| *target.name == *name || target.model == name)
        || config.rules.iter().any(|rule| rule.when.model.iter().any(|known| known == name))
        || live.prices.names(name)
}

#[cfg(test)]
mod tests {
    use super::{NO_NAME, UNKNOWN, kept};
    use crate::config::{Config, Overrides};
    use crate::inference::Runtime;
    use crate::ledger::Ledger;
    use crate::live::{LiveState, runtime_spec};
    use std::sync::Arc;

    #[test]
    fn only_known_names_are_kept() {
        let yaml = "local: {enabled: false}\nledger: {enabled: false}\n\
                    targets: [{name: big, kind: openai, model: 'org/Our-Model:7b', base_url: 'http://127.0.0.1:9/v1', api_key: none}]\n\
                    route: [{name: r, when: {model: triage}, to: big}]";
        let config = Config::from_text(yaml, None, &|_| None, &Overrides::default()).unwrap();
        let runtime = Arc::new(Runtime::start(runtime_spec(&config.local).unwrap()));
        let live =
            LiveState::open(Arc::new(config), runtime, Arc::new(Ledger::off()), None).unwrap();
        for name in [
            "",
            "auto",
            "weir/auto",
            "big",
            "org/Our-Model:7b",
            "triage",
            "gpt-4.1-mini",
            "gpt-4.1-mini-2025-04-14",
            "claude-haiku-4-5",
            "gpt-4o",
        ] {
            assert_eq!(kept(&live, name), name);
        }
        for name in [
            "gpt-99-imaginary",
            "anna-lindqvist",
            "anna.lindqvist@example.com",
            "4539148803436467",
            "4539-1488-0343-6467",
            "DE89370400440532013000",
            "+4915112345678",
            "078-05-1120",
            "10.1.2.3",
            "sk-live-Zm9vYmFyYmF6cXV4",
            "gpt-4o@example.com",
            "weir/shadow",
            "weir/judge",
            "AUTO",
        ] {
            assert_eq!(kept(&live, name), UNKNOWN, "{name}");
        }
        let long = "x".repeat(129);
        for name in [
            "Anna Lindqvist",
            " auto",
            "auto ",
            "gpt-4o\n",
            "gpt-4o; my card is 4539148803436467",
            "J\u{f8}rgen",
            "\u{5f20}\u{4f1f}",
            "<script>",
            "a\tb",
            "{\"model\":\"x\"}",
            "\u{0}",
            "gpt-4o?user=anna",
            &long,
        ] {
            assert_eq!(kept(&live, name), NO_NAME, "{name}");
        }
    }
}
