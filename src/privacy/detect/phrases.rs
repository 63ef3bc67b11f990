//! Where a text holds words that open a place for personal data: closings of letters, labels of names, words for streets,
//! digits as words. One search for all of them.
//!
//! Invariant: a phrase counts only as whole words; suffixes of compound words (`Lindenallee`) and words of scripts without
//! spaces are as they stand.

use super::context::{is_whole_word, spellings};
use super::words::{BOXES, CLOSINGS, DIGITS, NAME_LABELS, STREET_ENDINGS, STREETS};
use aho_corasick::{AhoCorasick, AhoCorasickKind};
use std::sync::LazyLock;

/// What a phrase is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Closing,
    NameLabel,
    Street,
    StreetEnding,
    Digit(u8),
}

/// Phrases of one text, each class in order of place.
#[derive(Debug, Default)]
pub(super) struct Phrases {
    pub closings: Vec<(usize, usize)>,
    pub name_labels: Vec<(usize, usize)>,
    /// Words for streets and boxes.
    pub streets: Vec<(usize, usize)>,
    /// Digits as words: start, end, value.
    pub digits: Vec<(usize, usize, u8)>,
}

/// The searcher and the class of each of its patterns.
static SEARCH: LazyLock<Option<(AhoCorasick, Vec<Class>)>> = LazyLock::new(|| {
    let (mut patterns, mut classes) = (Vec::new(), Vec::new());
    let mut add = |words: &str, class: Class| {
        for word in words.split(',').map(str::trim).filter(|word| !word.is_empty()) {
            for spelling in spellings(word) {
                patterns.push(spelling);
                classes.push(class);
            }
        }
    };
    CLOSINGS.iter().for_each(|words| add(words, Class::Closing));
    NAME_LABELS.iter().for_each(|words| add(words, Class::NameLabel));
    STREETS.iter().chain(BOXES).for_each(|words| add(words, Class::Street));
    STREET_ENDINGS.iter().for_each(|words| add(words, Class::StreetEnding));
    for words in DIGITS {
        for (value, word) in (0u8..).zip(words.split(' ')) {
            word.split('/').for_each(|word| add(word, Class::Digit(value)));
        }
    }
    let mut builder = AhoCorasick::builder();
    builder.ascii_case_insensitive(true).kind(Some(AhoCorasickKind::ContiguousNFA));
    builder.build(patterns).ok().map(|search| (search, classes))
});

/// Builds the searcher, so that no request waits for it.
pub(super) fn warm() {
    LazyLock::force(&SEARCH);
}

impl Phrases {
    /// Searches `text` once.
    pub fn new(text: &str) -> Self {
        let mut out = Self::default();
        let Some((search, classes)) = SEARCH.as_ref() else { return out };
        for found in search.find_overlapping_iter(text) {
            let (start, end) = (found.start(), found.end());
            let Some(class) = classes.get(found.pattern().as_usize()) else { continue };
            if *class != Class::StreetEnding && !is_whole_word(text, start, end) {
                continue;
            }
            match class {
                Class::Closing => out.closings.push((start, end)),
                Class::NameLabel => out.name_labels.push((start, end)),
                Class::Street | Class::StreetEnding => out.streets.push((start, end)),
                Class::Digit(value) => out.digits.push((start, end, *value)),
            }
        }
        longest(&mut out.closings);
        longest(&mut out.name_labels);
        out.streets.sort_unstable();
        longest_digits(&mut out.digits);
        out
    }
}

/// Of digits that overlap (`tre`, `tres`) keeps the longest, and one of those that are the same in two languages.
fn longest_digits(found: &mut Vec<(usize, usize, u8)>) {
    found.sort_unstable_by_key(|(start, end, _)| (*start, std::cmp::Reverse(*end)));
    let mut last = 0;
    found.retain(|(start, end, _)| {
        let apart = *start >= last;
        last = if apart { *end } else { last };
        apart
    });
}

/// Of phrases that overlap keeps the longest.
fn longest(found: &mut Vec<(usize, usize)>) {
    found.sort_unstable_by_key(|(start, end)| (*start, std::cmp::Reverse(*end)));
    let mut last = 0;
    found.retain(|(start, end)| {
        let apart = *start >= last;
        last = if apart { *end } else { last };
        apart
    });
}
