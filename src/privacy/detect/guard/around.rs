//! What stands around a value: a bounded piece of text before and behind it, its line, the words beside it.
//!
//! Invariant: no look goes further than [`REACH`] bytes, so that a line of a megabyte costs no more than a short one.

use std::ops::Range;

/// How far a look goes on either side, in bytes.
pub(super) const REACH: usize = 320;

/// A value and what stands around it.
pub(super) struct Around<'a> {
    /// The value.
    pub value: &'a str,
    /// What stands before it.
    pub before: &'a str,
    /// What stands behind it.
    pub after: &'a str,
}

impl<'a> Around<'a> {
    /// `None` where the range is none of the text's.
    pub fn new(text: &'a str, range: &Range<usize>) -> Option<Self> {
        let value = text.get(range.clone())?;
        let mut from = range.start.saturating_sub(REACH);
        while !text.is_char_boundary(from) {
            from += 1;
        }
        let mut to = text.len().min(range.end + REACH);
        while !text.is_char_boundary(to) {
            to -= 1;
        }
        Some(Self { value, before: text.get(from..range.start)?, after: text.get(range.end..to)? })
    }

    /// The part of its line before the value.
    pub fn line_before(&self) -> &'a str {
        self.before.rsplit('\n').next().unwrap_or_default()
    }

    /// The part of its line behind the value.
    pub fn line_after(&self) -> &'a str {
        self.after.split('\n').next().unwrap_or_default()
    }

    /// Its line, as far as it is seen.
    pub fn line(&self) -> String {
        [self.line_before(), self.value, self.line_after()].concat()
    }

    /// At most the last `n` bytes before the value.
    pub fn near_before(&self, n: usize) -> &'a str {
        let mut from = self.before.len().saturating_sub(n);
        while !self.before.is_char_boundary(from) {
            from += 1;
        }
        self.before.get(from..).unwrap_or_default()
    }

    /// At most the first `n` bytes behind the value.
    pub fn near_after(&self, n: usize) -> &'a str {
        let mut to = self.after.len().min(n);
        while !self.after.is_char_boundary(to) {
            to -= 1;
        }
        self.after.get(..to).unwrap_or_default()
    }

    /// The character before the value.
    pub fn char_before(&self) -> Option<char> {
        self.before.chars().next_back()
    }

    /// The word before the value in lower case; only blanks and quotes stand between.
    pub fn word_before(&self) -> String {
        let before = self.before.trim_end_matches([' ', '\t', '"', '\'', '“', '‘', '`', '*', '(']);
        last_word(before).to_lowercase()
    }

    /// The word behind it in lower case; only blanks, quotes and a possessive stand between.
    pub fn word_after(&self) -> String {
        let after = self.after.strip_prefix("'s").or_else(|| self.after.strip_prefix("’s"));
        let after = after.unwrap_or(self.after);
        let after =
            after.trim_start_matches([' ', '\t', '"', '\'', '”', '’', '`', '*', '-', '–', ')']);
        first_word(after).to_lowercase()
    }

    /// The words within `n` bytes on either side, in lower case.
    pub fn words_near(&self, n: usize) -> impl Iterator<Item = String> {
        split(self.near_before(n)).chain(split(self.near_after(n))).map(str::to_lowercase)
    }

    /// Whether the value begins or ends a field of a record: marks of one kind divide its line (`|`, `;`, `~`, `^`, tabs).
    pub fn in_record(&self) -> bool {
        let (before, after) = (self.line_before(), self.line_after());
        ['|', ';', '~', '^', '\t'].into_iter().any(|mark| {
            let edge = before.ends_with(mark) || after.starts_with(mark);
            edge && before.matches(mark).count() + after.matches(mark).count() >= 3
        })
    }

    /// The whole run around the value that `fits` says belongs together.
    pub fn run(&self, fits: impl Fn(char) -> bool) -> String {
        let [head, tail] = self.beside(fits);
        let before = self.before.get(self.before.len() - head..).unwrap_or_default();
        let after = self.after.get(..tail).unwrap_or_default();
        [before, self.value, after].concat()
    }

    /// How many bytes of that run stand before and behind the value.
    pub fn beside(&self, fits: impl Fn(char) -> bool) -> [usize; 2] {
        let head = self.before.len() - self.before.trim_end_matches(&fits).len();
        [head, self.after.len() - self.after.trim_start_matches(&fits).len()]
    }
}

/// The words of a text.
pub(super) fn split(text: &str) -> impl Iterator<Item = &str> {
    let edge = |c: char| !c.is_alphanumeric();
    text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '\'' | '’' | '.' | '_')))
        .map(move |word| word.trim_matches(edge))
        .filter(|word| !word.is_empty())
}

fn last_word(text: &str) -> &str {
    text.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default()
}

fn first_word(text: &str) -> &str {
    text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default()
}
