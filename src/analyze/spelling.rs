//! Typing errors, put right before a text's meaning is taken.
//!
//! A word piece vocabulary takes a misspelt word to pieces that mean something else, and a short text has few words to make
//! up for it. A word that is one slip away (a letter too many, too few, wrong, or two that changed places: Damerau 1964)
//! from a likelier one becomes that one; likelier are words that the encoder knows, the more frequent the better, and
//! words of the operator's own examples most of all (a noisy channel: Kernighan, Church and Gale 1990). Invariants: what
//! stands in the examples is never changed; long texts, which bear an error, and texts in words that are mostly unknown,
//! which are of another language, stay as they are.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashMap;

/// Words up to which a text is looked at.
const MAX_WORDS: usize = 64;
/// From so many words on a text of which most are unknown is taken to be of another language; a shorter one if all are.
const FOREIGN_WORDS: usize = 5;
/// Shortest word that is looked at.
const MIN_LETTERS: usize = 3;
/// Longest word: beyond it are identifiers.
const MAX_LETTERS: usize = 24;
// Costs, in nats of how rare a word is. Found on CLINC150's validation part, flat around them.
/// What it takes to believe in a slip.
const SLIP: f32 = 4.0;
/// More for a letter that is no double and did not only change its place.
const OTHER_LETTER: f32 = 1.0;
/// More for a slip in the first letter.
const FIRST_LETTER: f32 = 1.5;
/// Less for words of the examples.
const IN_EXAMPLES: f32 = 3.0;
/// A word of the examples that the encoder does not know.
const FOREIGN: f32 = 11.0;
/// A known word with an English ending.
const INFLECTED: f32 = 12.0;
/// Endings.
const ENDINGS: [&str; 8] = ["s", "es", "ed", "d", "ing", "er", "ers", "ly"];

/// What words there are, and how rare each is.
#[derive(Debug, Clone, Default)]
pub(super) struct Spelling {
    /// By length, then by letters.
    words: Vec<Known>,
}

#[derive(Debug, Clone)]
struct Known {
    word: Box<str>,
    nats: f32,
    in_examples: bool,
}

impl Spelling {
    /// Of an encoder's words, the most frequent first, and of examples. Without words nothing is put right.
    pub(super) fn new<'a>(words: &[String], examples: impl Iterator<Item = &'a str>) -> Self {
        if words.is_empty() {
            return Self::default();
        }
        let known = words.iter().enumerate().filter(|(_, word)| word.len() >= MIN_LETTERS);
        let mut nats: HashMap<String, (f32, bool)> = known
            .map(|(i, word)| (word.clone(), (((i + FIRST_RANK) as f32).ln(), false)))
            .collect();
        for word in examples.flat_map(pieces).filter(|word| is_word(word)) {
            let (nats, in_examples) = nats.entry(word.to_lowercase()).or_insert((FOREIGN, false));
            if !*in_examples {
                (*nats, *in_examples) = (*nats - IN_EXAMPLES, true);
            }
        }
        let mut words: Vec<Known> = nats
            .into_iter()
            .map(|(word, (nats, in_examples))| Known { word: word.into(), nats, in_examples })
            .collect();
        words.sort_unstable_by(|a, b| order(&a.word, &b.word));
        Self { words }
    }

    /// The text without its typing errors, as far as they are seen.
    pub(super) fn corrected<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.words.is_empty()
            || pieces(text).filter(|word| is_word(word)).nth(MAX_WORDS).is_some()
        {
            return text.into();
        }
        let lower = |word: &str| word.to_lowercase();
        let words = pieces(text).filter(|word| is_word(word));
        let (n, unknown) = words.fold((0, 0), |(n, unknown), word| {
            (n + 1, unknown + usize::from(!self.is_known(&lower(word))))
        });
        let foreign = if n < FOREIGN_WORDS { n > 1 && unknown == n } else { 2 * unknown > n };
        if foreign {
            return text.into();
        }
        let mut out = String::new();
        let mut changed = false;
        for piece in pieces(text) {
            let better = is_word(piece).then(|| self.likelier(&lower(piece))).flatten();
            changed |= better.is_some();
            out.push_str(better.unwrap_or(piece));
        }
        if changed { out.into() } else { text.into() }
    }

    fn find(&self, word: &str) -> Option<&Known> {
        let at = self.words.binary_search_by(|known| order(&known.word, word)).ok()?;
        self.words.get(at)
    }

    /// Whether there is such a word, or one that it is an English form of.
    fn is_known(&self, word: &str) -> bool {
        let has = |word: &str| self.find(word).is_some();
        let of_stem = |stem: &str| {
            let doubled = || stem.as_bytes().last_chunk().is_some_and(|[a, b]: &[u8; 2]| a == b);
            let shorter = || stem.char_indices().next_back().and_then(|(at, _)| stem.get(..at));
            has(stem)
                || has(&format!("{stem}e"))
                || doubled() && shorter().is_some_and(has)
                || stem.ends_with('i') && shorter().is_some_and(|stem| has(&format!("{stem}y")))
        };
        let stem = |ending: &&str| word.strip_suffix(*ending).filter(|s| s.len() >= MIN_LETTERS);
        has(word) || ENDINGS.iter().filter_map(stem).any(of_stem)
    }

    /// The word that was meant, if it is likelier than the one that stands there. For a word that exists only those of the
    /// examples can be.
    fn likelier(&self, word: &str) -> Option<&str> {
        let itself = self.find(word);
        if itself.is_some_and(|known| known.in_examples) {
            return None;
        }
        let exists = self.is_known(word);
        let own = match itself {
            Some(known) => known.nats,
            None if exists => INFLECTED,
            None => f32::INFINITY,
        };
        let from = self.words.partition_point(|known| known.word.len() + 1 < word.len());
        let to = self.words.partition_point(|known| known.word.len() <= word.len() + 1);
        let near = self.words.get(from..to)?.iter().filter(|known| !exists || known.in_examples);
        let costs = near.filter_map(|known| Some((known.nats + slip(word, &known.word)?, known)));
        let (cost, best) = costs.min_by(|a, b| a.0.total_cmp(&b.0))?;
        (cost + SLIP < own).then_some(&*best.word)
    }
}

/// Where the words of BERT's vocabulary begin, behind its signs and letters.
const FIRST_RANK: usize = 1996;

fn order(a: &str, b: &str) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

/// A text as words and what stands between them, in order.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let end = rest
            .find(|c: char| c.is_alphanumeric() != first.is_alphanumeric())
            .unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end);
        rest = after;
        Some(piece)
    })
}

fn is_word(piece: &str) -> bool {
    (MIN_LETTERS..=MAX_LETTERS).contains(&piece.len()) && piece.chars().all(char::is_alphabetic)
}

/// What it costs to believe that somebody wrote `word` and meant `other`; `None` if more than one slip lies between.
fn slip(word: &str, other: &str) -> Option<f32> {
    let (a, b) = (word.as_bytes(), other.as_bytes());
    if a.len().abs_diff(b.len()) > 1 || a == b {
        return None;
    }
    let at = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (rest_a, rest_b) = (a.get(at..)?, b.get(at..)?);
    let cost = match (rest_a, rest_b) {
        // A letter is missing.
        (_, [_, tail @ ..]) if tail == rest_a => 0.0,
        // A letter is too much: its neighbour twice, or another one.
        ([extra, tail @ ..], _) if tail == rest_b => {
            let double = at.checked_sub(1).and_then(|before| a.get(before)) == Some(extra);
            if double { 0.0 } else { OTHER_LETTER }
        }
        ([x, y, tail_a @ ..], [v, w, tail_b @ ..]) if x == w && y == v && tail_a == tail_b => 0.0,
        ([_, tail_a @ ..], [_, tail_b @ ..]) if tail_a == tail_b => OTHER_LETTER,
        _ => return None,
    };
    Some(if at == 0 { cost + FIRST_LETTER } else { cost })
}

#[cfg(test)]
mod tests {
    use super::Spelling;

    const WORDS: [&str; 21] = [
        "the",
        "and",
        "that",
        "what",
        "from",
        "time",
        "need",
        "change",
        "help",
        "account",
        "money",
        "bank",
        "form",
        "weather",
        "tomorrow",
        "alert",
        "savings",
        "insurance",
        "policy",
        "hat",
        "with",
    ];

    fn spelling() -> Spelling {
        let words = WORDS.map(str::to_owned);
        Spelling::new(
            &words,
            ["what is my PTO balance", "show the timer", "Überweisung ins Ausland"].into_iter(),
        )
    }

    #[test]
    fn slips_are_put_right() {
        for (text, meant) in [
            ("hepl with the acount", "help with the account"),
            ("what is my pto balnce", "what is my pto balance"),
            ("what is the weatherr tomorow?", "what is the weather tomorrow?"),
            ("shwo the timr", "show the timer"),
            ("money frrom the bank", "money from the bank"),
        ] {
            assert_eq!(spelling().corrected(text), meant);
        }
    }

    #[test]
    fn words_stay_as_they_are() {
        for text in [
            "",
            "  \n",
            "what the alerts and the changed policies",
            "helping with forms",
            "PTO and ÜBERWEISUNG",
            "the hat and the form",
            "the xyzzy qwrt account",
            "order 4417-ab12 and the v2.1.0",
            "geld zurück bitte",
            "kan ik het geld terug krijgen naar mijn rekening",
            "请 the 忽略 account",
        ] {
            assert_eq!(spelling().corrected(text), text);
        }
        let long = "hepl ".repeat(200);
        assert_eq!(spelling().corrected(&long), long);
        assert_eq!(Spelling::default().corrected("hepl"), "hepl");
    }

    #[test]
    fn a_word_of_the_examples_draws_more_than_another() {
        // `time` is known too, and as near.
        assert_eq!(spelling().corrected("the timre"), "the timer");
    }
}
