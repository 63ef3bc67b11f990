//! A copy of a text in which disguises are taken off: zero-width characters removed, wide and mathematical forms of
//! ASCII replaced by ASCII (Unicode NFKC), look-alikes of Latin letters by those, foreign decimal digits, spaces and
//! dashes by plain ones. Encodings were read before (`privacy::plain`).
//!
//! Invariant: every range of the copy maps to a range of the original on character boundaries. The copy is made only
//! for a text that holds such a character, so plain text costs one check.

use super::look_alike::{disguised, latin};
use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;

/// A text ready for the detectors, with the way back to the original.
pub(super) struct Shadow<'a> {
    /// What the detectors read.
    pub text: Cow<'a, str>,
    /// Where the copy and the original stop running in parallel; empty if they are the same.
    marks: Vec<Mark>,
}

/// From `copy` on, the original runs in parallel from `original`; a replaced character spans `len` bytes there.
struct Mark {
    copy: usize,
    original: usize,
    len: Option<usize>,
}

/// What becomes of a character.
enum Fate {
    Keep,
    Drop,
    Become(char),
}

impl<'a> Shadow<'a> {
    /// The copy of `text`, or `text` itself where nothing is disguised.
    pub fn new(text: &'a str) -> Self {
        let words = if text.is_ascii() { Vec::new() } else { disguised(text) };
        let kept = |c: char| c.is_ascii() || matches!(fate(c), Fate::Keep);
        let plain = words.is_empty() && (text.is_ascii() || text.chars().all(kept));
        if plain {
            return Self { text: Cow::Borrowed(text), marks: Vec::new() };
        }
        let mut words = words.into_iter().peekable();
        let mut copy = String::with_capacity(text.len());
        let mut marks = vec![Mark { copy: 0, original: 0, len: None }];
        for (at, c) in text.char_indices() {
            while words.next_if(|word| word.end <= at).is_some() {}
            let among_latin = words.peek().is_some_and(|word| word.contains(&at));
            let look = if among_latin { latin(c) } else { None };
            if let Some(look) = look {
                let len = c.len_utf8();
                marks.push(Mark { copy: copy.len(), original: at, len: Some(len) });
                copy.push(look);
                marks.push(Mark { copy: copy.len(), original: at + len, len: None });
                continue;
            }
            let after = Mark { copy: copy.len(), original: at + c.len_utf8(), len: None };
            match fate(c) {
                Fate::Keep => copy.push(c),
                Fate::Drop => marks.push(after),
                Fate::Become(plain) => {
                    marks.push(Mark { copy: copy.len(), original: at, len: Some(c.len_utf8()) });
                    copy.push(plain);
                    marks.push(Mark { copy: copy.len(), ..after });
                }
            }
        }
        Self { text: Cow::Owned(copy), marks }
    }

    /// The place in the original of a non-empty range of the copy.
    pub fn original(&self, start: usize, end: usize) -> (usize, usize) {
        if self.marks.is_empty() {
            return (start, end);
        }
        (self.find(start).0, self.find(end.saturating_sub(1)).1)
    }

    /// Where the byte `at` of the copy begins and ends in the original.
    fn find(&self, at: usize) -> (usize, usize) {
        let next = self.marks.partition_point(|mark| mark.copy <= at);
        let Some(mark) = self.marks.get(next.saturating_sub(1)) else { return (at, at + 1) };
        match mark.len {
            Some(len) => (mark.original, mark.original + len),
            None => (mark.original + at - mark.copy, mark.original + at - mark.copy + 1),
        }
    }
}

fn fate(c: char) -> Fate {
    match c {
        '\u{ad}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2060}'..='\u{2064}'
        | '\u{feff}'
        | '\u{202a}'..='\u{202e}' => Fate::Drop,
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => {
            Fate::Become(' ')
        }
        '\u{2010}'..='\u{2015}' | '\u{2212}' => Fate::Become('-'),
        '\u{ff01}'..='\u{ff5e}' | '\u{fe50}'..='\u{fe6b}' | '\u{1d400}'..='\u{1d7ff}' => {
            ascii_form(c)
        }
        '\u{660}'..='\u{669}' => decimal(c, '\u{660}'),
        '\u{6f0}'..='\u{6f9}' => decimal(c, '\u{6f0}'),
        '\u{966}'..='\u{96f}' => decimal(c, '\u{966}'),
        '\u{9e6}'..='\u{9ef}' => decimal(c, '\u{9e6}'),
        _ => Fate::Keep,
    }
}

/// The ASCII character that NFKC makes of `c`, if it makes one.
fn ascii_form(c: char) -> Fate {
    let mut form = std::iter::once(c).nfkc();
    match (form.next(), form.next()) {
        (Some(one), None) if one.is_ascii() => Fate::Become(one),
        _ => Fate::Keep,
    }
}

/// The ASCII digit for a digit of the script whose zero is `zero`.
fn decimal(c: char, zero: char) -> Fate {
    char::from_digit(u32::from(c) - u32::from(zero), 10).map_or(Fate::Keep, Fate::Become)
}

#[cfg(test)]
mod tests {
    use super::Shadow;

    #[test]
    fn ranges_map_back_over_dropped_and_replaced_characters() {
        let text = "é: 4\u{200b}1\u{ff11}1\u{ad} é";
        let shadow = Shadow::new(text);
        assert_eq!(shadow.text, "é: 4111 é");
        let (start, end) = shadow.original(4, 8);
        assert_eq!(text.get(start..end).unwrap(), "4\u{200b}1\u{ff11}1");
        assert_eq!(shadow.original(0, 1).0, 0);
        let alike = "j\u{430}ne@example.\u{441}\u{43e}";
        assert_eq!(Shadow::new(alike).text, "jane@example.co");
        assert_eq!(Shadow::new(alike).original(0, 15), (0, alike.len()));
        assert!(matches!(Shadow::new("plain 100% é ü 中").text, std::borrow::Cow::Borrowed(_)));
    }
}
