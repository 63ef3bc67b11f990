//! One text under the detectors: its words with digits, its borders and what was found so far.
//!
//! Invariant: one pass over the bytes finds every place where a detector may start, so a text without digits, `@` and
//! `:` costs that pass and the keyword search alone. Work per place is bounded, so the whole is linear in the text.

use super::context::{Context, Topics};
use crate::chat::EntityType;
use std::ops::Range;

/// A run of ASCII letters and digits that holds a digit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word {
    pub start: usize,
    pub end: usize,
    /// True if it holds nothing but digits.
    pub numeric: bool,
    /// Whether a value may begin at its start; see [`Scan::opens`].
    pub opens: bool,
}

impl Word {
    pub fn len(self) -> usize {
        self.end - self.start
    }
}

/// A finding before merging, in offsets of the shadow text.
#[derive(Debug, Clone)]
pub(super) struct Hit {
    pub start: usize,
    pub end: usize,
    pub entity: EntityType,
    pub kind: Option<&'static str>,
    pub score: f32,
    /// True if a checksum, an exact grammar or a decoder agreed.
    pub validated: bool,
    pub detector: &'static str,
}

/// Most characters between a label and its value.
const LABEL: usize = 6;

/// What all detectors work on.
pub(super) struct Scan<'a> {
    pub text: &'a str,
    pub bytes: &'a [u8],
    /// Words with digits, in order.
    pub words: Vec<Word>,
    /// Places of `@`.
    pub ats: Vec<usize>,
    /// Places of a `:` between two things that may belong to an address.
    pub colons: Vec<usize>,
    pub hits: Vec<Hit>,
    /// Numbers of four parts that are versions.
    pub versions: Vec<Range<usize>>,
    /// Closings of letters.
    pub closings: Vec<Range<usize>>,
    context: Option<Context>,
}

/// Classes of bytes in the one pass.
const CLASS: [u8; 256] = {
    let mut table = [0u8; 256];
    let mut b = b'0';
    while b <= b'9' {
        table[b as usize] = 1;
        b += 1;
    }
    table[b'@' as usize] = 2;
    table[b':' as usize] = 3;
    table
};

impl<'a> Scan<'a> {
    /// Looks at every byte once.
    pub fn new(text: &'a str) -> Self {
        let bytes = text.as_bytes();
        let (mut words, mut ats, mut colons) = (Vec::new(), Vec::new(), Vec::new());
        let mut at = 0;
        let mut floor = 0;
        while let Some(&byte) = bytes.get(at) {
            match CLASS[usize::from(byte)] {
                0 => at += 1,
                1 => {
                    let word = word_around(bytes, at, floor);
                    at = word.end;
                    floor = word.end;
                    words.push(word);
                }
                2 => {
                    ats.push(at);
                    at += 1;
                }
                _ => {
                    let next = bytes.get(at + 1).copied().unwrap_or(0);
                    if next == b':' || next.is_ascii_hexdigit() {
                        colons.push(at);
                    }
                    at += 1;
                }
            }
        }
        let mut scan = Self {
            text,
            bytes,
            words: Vec::new(),
            ats,
            colons,
            hits: Vec::new(),
            versions: Vec::new(),
            closings: Vec::new(),
            context: None,
        };
        for word in &mut words {
            word.opens = scan.opens(word.start);
        }
        scan.words = words;
        scan
    }

    /// Records a hit.
    pub fn push(&mut self, hit: Hit) {
        self.hits.push(hit);
    }

    /// The byte at `at`, 0 outside of the text.
    pub fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    /// The byte before `at`, 0 at the start.
    pub fn before(&self, at: usize) -> u8 {
        at.checked_sub(1).map_or(0, |i| self.byte(i))
    }

    /// Subjects that the text names from `back` bytes before `start` up to `ahead` bytes after `end`.
    pub fn topics(&mut self, start: usize, end: usize, back: usize, ahead: usize) -> Topics {
        let context = self.context.get_or_insert_with(|| Context::new(self.text));
        context.topics(start.saturating_sub(back), start, end, end.saturating_add(ahead))
    }

    /// Subjects of the words right before `at`, where only blanks and punctuation stand between.
    pub fn label(&mut self, at: usize) -> Topics {
        let before = self.text.get(..at).unwrap_or("");
        let gap = before.chars().rev().take(LABEL).take_while(|c| !c.is_alphanumeric());
        let end = at - gap.map(char::len_utf8).sum::<usize>();
        let context = self.context.get_or_insert_with(|| Context::new(self.text));
        // Words may hold their own full stop (`tel.`), and an ending behind them (`Telefonu`).
        let dotted = context.ending_at(end + usize::from(self.bytes.get(end) == Some(&b'.')));
        let whole = context.ending_at(end) | dotted;
        let plural = end.checked_sub(1).map_or(0, |end| context.ending_at(end));
        whole | plural
    }

    /// Subjects that the text names anywhere.
    pub fn all_topics(&mut self) -> Topics {
        self.context.get_or_insert_with(|| Context::new(self.text)).all
    }

    /// Whether a value may begin at `at`: not inside a word, nor glued to one by `-`, `.`, `/` and the like.
    pub fn opens(&self, at: usize) -> bool {
        if self.word_ends(at) {
            return false;
        }
        let joint = matches!(self.before(at), b'-' | b'.' | b'/' | b'@' | b'\\' | b'+' | b'~');
        !joint || !self.word_ends(at - 1)
    }

    /// Whether a value may end before `at`. A full stop may follow, also one with a missing space after it.
    pub fn closes(&self, at: usize) -> bool {
        if self.word_begins(at) || self.byte(at) == b'%' {
            return false;
        }
        match self.byte(at) {
            b'.' => {
                let sentence = self.byte(at + 1).is_ascii_uppercase()
                    && self.byte(at + 2).is_ascii_lowercase();
                sentence || !self.word_begins(at + 1)
            }
            b'-' | b'/' | b'@' | b'\\' | b'~' => !self.word_begins(at + 1),
            _ => true,
        }
    }

    /// Whether a value with a checksum may begin at `at`: also behind letters and the marks of paths and file names, never
    /// inside of a number.
    pub fn opens_loosely(&self, at: usize) -> bool {
        match self.before(at) {
            b if b.is_ascii_digit() => false,
            b'.' | b',' => !self.before(at - 1).is_ascii_digit(),
            _ => true,
        }
    }

    /// Whether a value with a checksum may end before `at`; see [`Scan::opens_loosely`].
    pub fn closes_loosely(&self, at: usize) -> bool {
        match self.byte(at) {
            b if b.is_ascii_digit() => false,
            b'.' | b',' => !self.byte(at + 1).is_ascii_digit(),
            b'%' => self.byte(at + 1).is_ascii_hexdigit() && self.byte(at + 2).is_ascii_hexdigit(),
            _ => true,
        }
    }

    /// Whether the character before `at` belongs to a word. Scripts without spaces between words do not count.
    pub fn word_ends(&self, at: usize) -> bool {
        match self.before(at) {
            b if b < 0x80 => b.is_ascii_alphanumeric() || b == b'_',
            _ => self.text.get(..at).and_then(|t| t.chars().next_back()).is_some_and(is_word_char),
        }
    }

    /// Whether the character at `at` belongs to a word.
    pub fn word_begins(&self, at: usize) -> bool {
        match self.byte(at) {
            b if b < 0x80 => b.is_ascii_alphanumeric() || b == b'_',
            _ => self.text.get(at..).and_then(|t| t.chars().next()).is_some_and(is_word_char),
        }
    }
}

/// The part of a text from `from` to `to`, a little less where these would cut a character or leave the text.
pub(super) fn stretch(text: &str, from: usize, to: usize) -> &str {
    let start = (from..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    let end = (start..=to.clamp(start, text.len()))
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(start);
    text.get(start..end).unwrap_or("")
}

/// Letters and digits of scripts that put spaces between words.
fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() && c < '\u{2e80}'
}

/// The word around the digit at `at`, not before `floor`.
fn word_around(bytes: &[u8], at: usize, floor: usize) -> Word {
    let back = bytes.get(floor..at).unwrap_or(&[]);
    let start = at - back.iter().rev().take_while(|b| b.is_ascii_alphanumeric()).count();
    let mut end = at;
    let mut numeric = start == at;
    while let Some(b) = bytes.get(end).filter(|b| b.is_ascii_alphanumeric()) {
        numeric &= b.is_ascii_digit();
        end += 1;
    }
    Word { start, end, numeric, opens: false }
}
