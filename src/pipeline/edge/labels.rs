//! Whether the words of a label name a topic. An embedding says what a text is about; it does not judge, grade or count, so that
//! "yes", "high" or "option b" are not to be had from it.

use super::names::words;

/// Labels that say what a text is not: no words to compare with.
const REST: [&str; 8] = ["other", "others", "none", "unknown", "unclear", "misc", "n a", "na"];

/// Words that judge, grade, count or point, and name no topic. English first, then what other languages say for yes and no.
const EMPTY: &str = "yes no yep nope true false pass fail passed failed correct incorrect right wrong maybe perhaps possibly \
    sometimes always never often rarely agree disagree agreed accept accepted reject rejected approve approved deny denied \
    allow allowed block blocked valid invalid relevant irrelevant related unrelated safe unsafe harmful harmless good bad \
    better worse best worst great poor fair excellent ok okay high higher highest low lower lowest medium mid middle moderate \
    normal average minor major critical severe urgent trivial small large big short long early late on off open closed active \
    inactive enabled disabled up down left first second third last next one two three four five six seven eight nine ten \
    option choice answer label class category type level grade score rank tier group kind same different equal similar match \
    mismatch matched not very somewhat strongly slightly fully partly partially mostly entirely likely unlikely certain \
    uncertain sure unsure definitely probably neither both all any some most few many more less than enough too is are it \
    can cannot could should must do does done a an the of or and to in priority severity risk urgency importance impact \
    confidence quality sufficient insufficient complete incomplete present absent found missing satisfied unsatisfied met \
    unmet supported unsupported entailed entailment contradiction contradicted possible impossible required optional \
    needed unneeded important unimportant keep drop include exclude escalate proceed \
    ja nein oui non si sí sim não nao da net да нет evet hayır nee nej nei tak nie hai iie 是 否 不是 是的 はい いいえ 네 아니요";

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
    use super::{is_rest, is_topic};

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
            "unsafe",
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
