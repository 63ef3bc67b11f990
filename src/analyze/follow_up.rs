//! Whether a short message only makes sense as a continuation of what was said before.
//!
//! "commit it", "looks good, ship it" and "and in French?" say nothing about what kind of work is asked for; the turn before
//! them does. The judgement is lexical and cheap: closed word lists, no model. A message is read clause by clause, each in
//! the language that understands it. It errs towards [`Reference::Possible`], where the intent head has the last word.

use super::reply_words::{COMMAND, OPENER, POINTER, REPLY, TAIL, TONGUES, Tongue};

/// Longest message, in words, that can be a follow-up.
const MAX_WORDS: usize = 12;
/// Longest message that leans on the past by its brevity alone.
const MAX_FRAGMENT: usize = 4;
/// Longest command ("commit it") that a pronoun turns into a follow-up.
const MAX_COMMAND: usize = 4;

/// How much a message leans on earlier turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reference {
    /// It stands on its own.
    None,
    /// It may lean on them: its own prediction decides, unless that is unsure.
    Possible,
    /// It is nothing without them.
    Certain,
}

/// How much `text` leans on what was said before it.
pub fn reference(text: &str) -> Reference {
    let words: Vec<&str> = words_of(text).take(MAX_WORDS + 1).collect();
    if words.is_empty() {
        return Reference::Certain;
    }
    if words.len() > MAX_WORDS {
        return Reference::None;
    }
    let clauses: Vec<Vec<&str>> = clauses(text).map(|clause| words_of(clause).collect()).collect();
    let weights: Vec<Weight> = clauses.iter().map(|words| weight(words)).collect();
    if !weights.contains(&Weight::Content) && weights.contains(&Weight::Leaning) {
        return Reference::Certain;
    }
    let replied =
        clauses.iter().find(|words| !words.is_empty()).is_some_and(|words| is_reply(words));
    if replied || words.len() <= MAX_FRAGMENT || points(&words) {
        return Reference::Possible;
    }
    Reference::None
}

/// `text` without the assent, praise or refusal that it begins with ("great, now run the tests"): what is said of the turn
/// before says nothing about this one. All of `text` if it is long or nothing else.
pub fn core(text: &str) -> &str {
    if words_of(text).nth(MAX_WORDS).is_some() {
        return text;
    }
    let mut at = 0;
    for clause in clauses(text) {
        let words: Vec<&str> = words_of(clause).collect();
        if !words.is_empty() && !is_reply(&words) {
            return text.get(at..).map_or(text, str::trim_start);
        }
        at += clause.len();
    }
    text
}

/// What a clause brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    /// Nothing.
    Empty,
    /// Nothing that stands without the turn before.
    Leaning,
    /// Something of its own.
    Content,
}

/// What a clause brings in the language that finds the most of it said already.
fn weight(words: &[&str]) -> Weight {
    let mut weights: Vec<Weight> = TONGUES.iter().map(|tongue| weight_in(tongue, words)).collect();
    weights.sort_unstable();
    let leaning = weights.iter().copied().find(|weight| *weight == Weight::Leaning);
    leaning.or(weights.first().copied()).unwrap_or(Weight::Empty)
}

/// The same in one language, step by step: "and", "then" and their like begin a new one.
fn weight_in(tongue: &Tongue, words: &[&str]) -> Weight {
    let mut steps: Vec<Vec<(&str, u8)>> = Vec::new();
    for word in words {
        let kinds = tongue.kinds(word);
        match steps.last_mut() {
            Some(step) if kinds & OPENER == 0 => step.push((word, kinds)),
            _ => steps.push(vec![(word, kinds)]),
        }
    }
    steps.iter().map(|step| weight_of(tongue, step)).max().unwrap_or(Weight::Empty)
}

fn weight_of(tongue: &Tongue, step: &[(&str, u8)]) -> Weight {
    let has = |kinds: u8| step.iter().any(|(_, kind)| kind & kinds != 0);
    let opens = step.first().is_some_and(|(_, kinds)| kinds & OPENER != 0);
    let contents = step.iter().filter(|(_, kinds)| *kinds == 0).count();
    if contents == 0 {
        let leans = opens || has(REPLY | POINTER | COMMAND);
        return if leans { Weight::Leaning } else { Weight::Empty };
    }
    if contents > 1 {
        return Weight::Content;
    }
    // "commit it", "translate them for me": one verb whose object is elsewhere.
    let mut behind = step.iter().skip_while(|(_, kinds)| *kinds != 0).map(|(_, kinds)| kinds);
    let object = behind.any(|kinds| kinds & POINTER != 0)
        || step.last().is_some_and(|(_, kinds)| kinds & TAIL != 0);
    let words: Vec<&str> = step.iter().map(|(word, _)| *word).collect();
    if opens || tongue.asks_again(&words.join(" ")) || object && step.len() <= MAX_COMMAND {
        return Weight::Leaning;
    }
    Weight::Content
}

/// Whether a clause is an answer to the turn before and nothing more.
fn is_reply(words: &[&str]) -> bool {
    TONGUES.iter().any(|tongue| {
        let kinds: Vec<u8> = words.iter().map(|word| tongue.kinds(word)).collect();
        kinds.iter().all(|kinds| *kinds != 0) && kinds.iter().any(|kinds| kinds & REPLY != 0)
    })
}

/// Whether a message points back or ties itself to the turn before. English has a say in all messages, every other language in
/// those of which it knows half of the words.
fn points(words: &[&str]) -> bool {
    TONGUES.iter().enumerate().any(|(at, tongue)| {
        let kinds: Vec<u8> = words.iter().map(|word| tongue.kinds(word)).collect();
        let known = kinds.iter().filter(|kinds| **kinds != 0).count();
        if at > 0 && known * 2 < kinds.len() {
            return false;
        }
        // "Can you also add tests": not the first word, but near it.
        let opens = kinds.iter().take(3).any(|kinds| kinds & OPENER != 0);
        let ends = kinds.last().is_some_and(|kinds| kinds & TAIL != 0);
        let points = kinds.iter().any(|kinds| kinds & POINTER != 0);
        opens || ends || points || tongue.asks_again(&words.join(" "))
    })
}

/// What marks of punctuation divide, with the mark at its end.
fn clauses(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(|c: char| ",.;:!?…—–\n()，。！？；：、".contains(c))
}

/// The words of a text: letters, figures, and apostrophes and accents between them.
fn words_of(text: &str) -> impl Iterator<Item = &str> {
    let inside =
        |c: char| c.is_alphanumeric() || matches!(c, '\'' | '\u{2019}' | '\u{300}'..='\u{36f}');
    text.split(move |c: char| !inside(c)).filter(|word| word.chars().any(char::is_alphanumeric))
}
