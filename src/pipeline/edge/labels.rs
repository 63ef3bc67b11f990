//! Whether the words of a label name a topic. An embedding says what a text is about; it does not judge, grade or count, so that
//! "yes", "high" or "option b" are not to be had from it.

use super::names::words;

/// Labels that say what a text is not: no words to compare with.
const REST: [&str; 8] = ["other", "others", "none", "unknown", "unclear", "misc", "n a", "na"];

/// Words that judge, grade, count or point, and name no topic. English first, then what other languages say for yes and no.
const EMPTY: &str = include_str!("no_topic.txt");

/// Whether a label says what a text is not.
pub(super) fn is_rest(label: &str) -> bool {
    REST.contains(&words(label).join(" ").as_str())
}

/// Whether a word of the label names a topic.
pub(super) fn is_topic(label: &str) -> bool {
    let letters = |word: &String| word.chars().filter(|c| c.is_alphabetic()).count();
    let empty = |word: &str| EMPTY.split_whitespace().any(|other| other == word);
    words(label).iter().any(|word| letters(word) >= 3 && !empty(word))
}

#[cfg(test)]
mod tests {
    use super::{EMPTY, is_rest, is_topic};

    #[test]
    fn labels_that_name_no_topic() {
        for label in [
            "yes",
            "No",
            "true",
            "PASS",
            "incorrect",
            "maybe",
            "high",
            "low_priority",
            "mediumRisk",
            "option-b",
            "a",
            "B2",
            "strongly agree",
            "not relevant",
            "safe",
            "valid",
            "urgent",
            "level 3",
            "one",
            "first",
            "neither",
            "ja",
            "nein",
            "oui",
            "não",
            "да",
            "нет",
            "是",
            "はい",
            "escalate",
            "entailment",
            "partially met",
        ] {
            assert!(!is_topic(label), "{label}");
        }
        assert!(EMPTY.split_whitespace().all(|word| !is_topic(word)));
        for label in [
            "refund",
            "delivery_delay",
            "technicalProblem",
            "billing",
            "positive",
            "negative",
            "sports",
            "bug report",
            "spam",
            "high voltage",
            "account access",
            "Rechnung",
            "退款问题",
        ] {
            assert!(is_topic(label), "{label}");
        }
        assert!(is_rest("Other") && is_rest("n/a") && !is_rest("refund"));
    }
}
