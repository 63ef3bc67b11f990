//! Theorems, algorithms, distributions: what is called after a mathematician or a physicist, and is nobody.

use super::around::Around;
use super::lists::{AMBIGUOUS, Thing};
use super::pattern::{matches, regex};
use regex_automata::meta::Regex;
use std::sync::LazyLock;

/// What is called after a mathematician or a physicist.
static RESULT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r#"(?xi)^(?:['’]s?|[-–]\p{Lu}[\p{L}]+)*[\s\-–]+(?:\p{L}+[\s-])?(?:theorems?|lemma|algorithms?|optimi[sz]ers?|distributions?|process(?:es)?|functions?|equations?|laws?|transforms?|series|methods?|rules?|filters?|matrix|matrices|inequalit(?:y|ies)|
        conjectures?|constants?|numbers?|sequences?|sort|search|heaps?|trees?|graphs?|tests?|criteri(?:on|a)|kernels?|regression|networks?|machines?|models?|principles?|paradox|curves?|spaces?|norms?|polynomials?|integrals?|derivatives?|
        coefficients?|index|scores?|distances?|metrics?|estimators?|sampling|samplers?|chains?|ciphers?|codes?|coding|encoding|hash(?:ing)?|effect|scale|diagrams?|triangles?|cycles?|automat(?:on|a)|grammars?|notation|calculus|algebra|groups?|
        rings?|fields?|sets?|hypothesis|problem|corrections?|bounds?|gates?|demon|razor|dilemma|equilibrium|optimality|decomposition|factori[sz]ation|expansion|approximation|interpolation|iteration|trick|simulation|momentum|
        weights?|beta\d?|plots?|logic|noise|shading|detector|operator|exchange|tolerance|prime|primes|classifier|divergence|entropy|information|limit|ratio|product|sum|identity|formula|form|condition|multipliers?|satz|verteilung|
        algorithmus|gleichung|verfahren|gesetz|théorème|algorithme|loi|équation|teorema|algoritmo|ley|legge|lei|stelling|sats|twierdzenie)\b"#,
    )
});
static RESULT_BEFORE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r#"(?xi)(?:theorem|lemma|algorithm|law|principle|distribution|method|equation|optimi[sz]er|function|theorie|théorème\ de|algorithme\ de|loi\ de|équation\ de|teorema\ de|teorema\ di|algoritmo\ de|algoritmo\ di|ley\ de|legge\ di|satz\ von|satz\ des|regel\ von|verfahren\ von|naive|multinomial|stochastic|hidden|extended|fast|discrete|inverse|
        like|with|using|use|than|sgd,?|rmsprop,?|adagrad,?|adamw?\ (?:or|vs\.?|and)|lr=|optimizer\s*[:=])\s*["'`]*$"#,
    )
});

/// Whether a name is part of a theorem, an algorithm, a distribution …
pub(super) fn is_result(a: &Around<'_>, folded: &str) -> bool {
    let stem = folded.trim_end_matches("'s").trim_end_matches("’s");
    let math = |word: &str| AMBIGUOUS.get(word).is_some_and(|things| things.contains(&Thing::Math));
    let words: Vec<&str> = stem.split([' ', '-', '–']).filter(|word| !word.is_empty()).collect();
    let common = words.iter().any(|word| COMMON_SURNAMES.contains(word));
    let known = math(stem)
        || (!words.is_empty()
            && words
                .iter()
                .all(|word| math(word) || matches!(*word, "naive" | "and" | "de" | "van")));
    if known {
        let adam = stem == "adam";
        let close = [a.near_before(80), a.near_after(80)].concat();
        // `like Adam`, `use Adam` speak of the optimiser only where something is trained.
        let loose = ["with", "like", "than", "use", "using"].contains(&&*a.word_before());
        if adam && matches(&SURE_OPTIMISER, &close) {
            return true;
        }
        let before = matches(&RESULT_BEFORE, a.near_before(32));
        let before = before && if adam { matches(&OPTIMISER, &close) } else { !loose };
        let after = if common { &SURE_RESULT } else { &RESULT };
        return before || matches(after, a.near_after(48));
    }
    matches(&STRICT_RESULT, a.near_after(24))
}

/// Words that stand beside the optimiser alone.
static SURE_OPTIMISER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r"(?i)\b(?:sgd|rmsprop|adagrad|adadelta|adamw|optimi[sz]ers?|weight decay|nesterov|lr=|betas)\b",
    )
});

static OPTIMISER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(r"(?i)learning rate|optimi[sz]er|sgd|epoch|gradient|batch size|weight decay|loss|train")
});
/// Surnames and given names that many people bear: what they have and do must not be taken for a result.
const COMMON_SURNAMES: &[&str] = &[
    "taylor",
    "wilson",
    "moore",
    "ford",
    "church",
    "curry",
    "cook",
    "rice",
    "post",
    "miller",
    "graham",
    "harris",
    "lambert",
    "brooks",
    "murphy",
    "peter",
    "julia",
    "lucas",
    "anderson",
    "friedman",
    "cox",
    "meier",
    "fisher",
    "powell",
    "simpson",
    "morris",
    "reed",
    "solomon",
    "student",
    "adam",
    "lloyd",
    "kendall",
    "welch",
    "baum",
    "nash",
    "cohen",
    "pearson",
    "abel",
    "wald",
    "mann",
    "whitney",
    "mead",
    "fletcher",
    "wolfe",
    "darling",
    "dunn",
    "hamilton",
    "pratt",
    "boyer",
    "metropolis",
    "hastings",
    "kahn",
    "weber",
    "parkinson",
    "kaplan",
    "koch",
    "marquardt",
    "beer",
    "jarvis",
    "conway",
    "martin",
    "maxwell",
    "bell",
];

/// What nobody has at home.
static SURE_RESULT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r#"(?xi)^(?:['’]s?|[-–]\p{Lu}[\p{L}]+)*[\s\-–]+(?:rank\s|product[\s-]moment\s)?(?:theorems?|lemma|algorithms?|optimi[sz]ers?|distributions?|series|expansion|filters?|matrix|matrices|polynomials?|transforms?|equations?|
        inequalit(?:y|ies)|coefficients?|correlation|kappa|regression|kernels?|estimators?|detector|equilibrium|criterion|t-test|numerals?|beta\d|simplex|loss\ function|interval|curve|fallacy|satz|verteilung|algorithmus|théorème|algorithme|teorema|algoritmo)\b"#,
    )
});

/// Results that are called after anybody.
static STRICT_RESULT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(r"(?i)^['’]s?\s+(?:\p{L}+\s)?(?:theorem|lemma|conjecture|inequality|paradox)\b")
});
