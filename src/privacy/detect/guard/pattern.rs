//! Regular expressions of the guards: built once, searched in linear time.

use regex_automata::meta::Regex;

/// A compiled expression; `None` never happens for those here, and matches nothing.
pub(super) fn regex(pattern: &str) -> Option<Regex> {
    Regex::new(pattern).ok()
}

/// Whether an expression matches in a text.
pub(super) fn matches(regex: &Option<Regex>, text: &str) -> bool {
    regex.as_ref().is_some_and(|regex| regex.is_match(text))
}
