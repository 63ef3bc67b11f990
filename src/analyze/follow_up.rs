//! Whether a short message only makes sense as a continuation of what was said before.
//!
//! "commit it", "yes, do it" and "and in French?" say nothing about what kind of work is asked for; the turn before
//! them does. The judgement is lexical and cheap: closed word lists, no model. It errs towards [`Reference::Possible`], where the
//! intent head has the last word.

/// Longest message, in words, that can be a follow-up.
const MAX_WORDS: usize = 10;
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

/// Words of assent, refusal and going on: alone they carry no content.
const REPLIES: &[&str] = &[
    "yes",
    "yep",
    "yeah",
    "yup",
    "ya",
    "no",
    "nope",
    "nah",
    "ok",
    "okay",
    "k",
    "sure",
    "right",
    "correct",
    "exactly",
    "fine",
    "good",
    "great",
    "perfect",
    "nice",
    "cool",
    "please",
    "pls",
    "thanks",
    "thank",
    "absolutely",
    "definitely",
    "agreed",
    "confirmed",
    "confirm",
    "approved",
    "continue",
    "proceed",
    "go",
    "ahead",
    "on",
    "again",
    "more",
    "next",
    "retry",
    "redo",
    "undo",
    "do",
    "try",
    "keep",
    "going",
    "carry",
    "let's",
    "lets",
    "ja",
    "nein",
    "bitte",
    "weiter",
    "oui",
    "non",
    "sí",
    "si",
    "vale",
    "hai",
    "por",
    "favor",
    "done",
    "yet",
    "still",
    "instead",
    "too",
    "well",
    "alright",
    "why",
    "how",
    "elaborate",
    "so",
];

/// Words that point back.
const POINTERS: &[&str] = &[
    "it", "its", "it's", "that", "that's", "this", "these", "those", "them", "they", "one", "ones",
    "other", "others", "another", "same", "both", "former", "latter", "previous", "last", "above",
    "first", "second", "third", "either", "neither", "rest",
];

/// Words that tie a message to the one before when they open it.
const OPENERS: &[&str] =
    &["and", "or", "but", "also", "then", "now", "plus", "instead", "same", "und", "et", "y"];

/// Words with no content of their own in any message.
const FILLERS: &[&str] = &[
    "a", "an", "the", "i", "you", "me", "my", "your", "we", "us", "is", "are", "was", "be", "can",
    "could", "would", "will", "shall", "should", "for", "to", "of", "in", "with", "just", "like",
    "as", "what", "about", "all", "if", "not", "don't", "does", "did", "i'd", "i'm", "i'll", "and",
    "or", "but", "also", "then", "now", "there", "here", "time", "way", "make", "want",
];

/// How much `text` leans on what was said before it.
pub fn reference(text: &str) -> Reference {
    let words = words_of(text);
    let Some(first) = words.first() else { return Reference::Certain };
    if words.len() > MAX_WORDS {
        return Reference::None;
    }
    let is = |list: &[&str], word: &String| list.contains(&word.as_str());
    let empty = |word: &String| is(REPLIES, word) || is(POINTERS, word) || is(FILLERS, word);
    let points = words.iter().any(|word| is(POINTERS, word));
    let replies = words.iter().any(|word| is(REPLIES, word));
    let contents = words.iter().filter(|word| !empty(word)).count();
    if contents == 0 && (points || replies || is(OPENERS, first)) {
        return Reference::Certain;
    }
    // "commit it", "now translate them": one verb whose object is elsewhere.
    let last_points = words.last().is_some_and(|word| is(POINTERS, word));
    if contents == 1 && last_points && words.len() <= MAX_COMMAND {
        return Reference::Certain;
    }
    let elliptic = is(OPENERS, first) || text.trim_start().to_lowercase().starts_with("what about");
    if contents == 1 && (elliptic || text.to_lowercase().starts_with("how about")) {
        return Reference::Certain;
    }
    if points || elliptic || words.len() <= MAX_FRAGMENT {
        return Reference::Possible;
    }
    Reference::None
}

/// Lower-case words; a text far too long to be a follow-up is not read to its end.
fn words_of(text: &str) -> Vec<String> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '\'' || c == '\u{2019}'))
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .take(MAX_WORDS + 1)
        .map(|word| word.replace('\u{2019}', "'").to_lowercase())
        .collect()
}
