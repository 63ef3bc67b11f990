//! From text to what the trunk reads: word pieces and, for each, the case that the uncased vocabulary lost.
//!
//! The same as `models/train/edge/text.py`; `models/edge/cases.json`, written by the training, holds both together.
//! Invariants: offsets are bytes of the text, on character borders, and a word's pieces stand next to each other; a text is cut
//! into pieces stretch by stretch, which gives the pieces that the whole text would give.

use super::super::InferenceError;
use std::ops::Range;
use tokenizers::Tokenizer;

/// Kinds of gap before a word.
const GAPS: u32 = 3;

/// The pieces of a text, special ones left out.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Pieces {
    /// Vocabulary ids.
    pub ids: Vec<u32>,
    /// For each piece the word it belongs to.
    pub words: Vec<u32>,
    /// For each word its bytes and its type.
    pub spans: Vec<Word>,
}

/// A word: a run of letters and digits, or one punctuation mark, as BERT's pre-tokenizer cuts them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// Bytes of the text.
    pub bytes: Range<usize>,
    /// Row of the token-type table: shape × gap.
    pub kind: u32,
}

/// Bytes of a text that are cut into pieces at a time; a stretch ends at the last border before that many.
const STRETCH: usize = 2048;
/// A word that goes on for so many bytes is unknown to the vocabulary, so its head stands for the whole.
const LONG_WORD: usize = 4096;

impl Pieces {
    /// Adds the pieces of the next stretch of `text`, which begins at `from`; returns where it ends. `before` is the end of
    /// the word before it.
    ///
    /// # Errors
    /// If the tokenizer fails on the text.
    pub(super) fn extend(
        &mut self,
        tokenizer: &Tokenizer,
        text: &str,
        from: usize,
        mut before: Option<usize>,
    ) -> Result<usize, InferenceError> {
        let (end, behind) = stretch(text, from);
        let part = text.get(from..end).unwrap_or_default();
        let encoding = tokenizer
            .encode(part, false)
            .map_err(|_| InferenceError::Failed("the text could not be tokenized".to_owned()))?;
        self.ids.extend_from_slice(encoding.get_ids());
        let first = self.spans.len();
        let mut last = None;
        for (word, (start, end)) in encoding.get_word_ids().iter().zip(encoding.get_offsets()) {
            let (start, end) = (start + from, end + from);
            match self.spans.last_mut() {
                Some(span) if last == Some(*word) => span.bytes.end = span.bytes.end.max(end),
                _ => self.spans.push(Word { bytes: start..end, kind: 0 }),
            }
            last = Some(*word);
            self.words.push(self.spans.len() as u32 - 1);
        }
        if let (true, Some(word)) =
            (behind > end, self.spans.get_mut(first..).and_then(<[Word]>::last_mut))
        {
            word.bytes.end = behind;
        }
        for word in self.spans.iter_mut().skip(first) {
            let shape = text.get(word.bytes.clone()).map_or(0, shape);
            word.kind = shape * GAPS + gap(text, before, word.bytes.start);
            before = Some(word.bytes.end);
        }
        Ok(behind)
    }
}

/// Where the stretch from `from` on ends, and where the text goes on behind it; the two differ where a word is too long to be
/// looked at whole.
fn stretch(text: &str, from: usize) -> (usize, usize) {
    let rest = text.get(from..).unwrap_or_default();
    if rest.len() <= STRETCH {
        return (text.len(), text.len());
    }
    let border = |(at, c): (usize, char)| is_border(c).then_some(from + at + c.len_utf8());
    let head = |most: usize| rest.get(..rest.floor_char_boundary(most)).unwrap_or_default();
    if let Some(end) = head(STRETCH).char_indices().rev().find_map(border) {
        return (end, end);
    }
    match rest.char_indices().find_map(border) {
        Some(end) if end - from <= LONG_WORD => (end, end),
        None if rest.len() <= LONG_WORD => (text.len(), text.len()),
        found => {
            let end = from + head(LONG_WORD).len();
            // The border itself is a word of its own, or a blank.
            let behind = found.map_or(text.len(), |end| text.floor_char_boundary(end - 1));
            (end, behind.max(end))
        }
    }
}

/// Whether no word, and no special token such as `[SEP]`, goes on behind this character.
fn is_border(c: char) -> bool {
    match c {
        '[' => false,
        ' ' | '\n' | '\r' | '\t' | '\u{4e00}'..='\u{9fff}' => true,
        _ => c.is_ascii_punctuation(),
    }
}

/// How a word is written: 0 lower case or without letters, 1 First letter, 2 ALL, 3 miXed.
fn shape(word: &str) -> u32 {
    let (mut upper, mut lower, mut first) = (0, 0, None);
    for c in word.chars() {
        if c.is_uppercase() {
            upper += 1;
            first.get_or_insert(true);
        } else if c.is_lowercase() {
            lower += 1;
            first.get_or_insert(false);
        }
    }
    match (upper, lower) {
        (0, _) => 0,
        (1, _) if first == Some(true) => 1,
        (_, 0) => 2,
        _ => 3,
    }
}

/// What stands before a word: 0 nothing, 1 blanks, 2 a line break or the start of the text.
fn gap(text: &str, before: Option<usize>, start: usize) -> u32 {
    let Some(before) = before else { return 2 };
    match text.get(before..start).unwrap_or_default() {
        "" => 0,
        between if between.contains(['\n', '\r']) => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::{LONG_WORD, Pieces, STRETCH, gap, shape, stretch};
    use crate::inference::edge::EdgePack;
    use std::sync::LazyLock;

    static PACK: LazyLock<EdgePack> = LazyLock::new(|| EdgePack::embedded().unwrap());

    /// The pieces of a text, in stretches or at once.
    fn pieces(text: &str, at_once: bool) -> Pieces {
        let mut pieces = Pieces::default();
        let tokenizer = &PACK.tokenizer;
        let mut at = 0;
        if at_once {
            pieces.whole(tokenizer, text);
            return pieces;
        }
        while at < text.len() {
            let before = pieces.spans.last().map(|word| word.bytes.end);
            at = pieces.extend(tokenizer, text, at, before).unwrap();
        }
        pieces
    }

    impl Pieces {
        fn whole(&mut self, tokenizer: &tokenizers::Tokenizer, text: &str) {
            let encoding = tokenizer.encode(text, false).unwrap();
            self.ids.extend_from_slice(encoding.get_ids());
            let mut last = None;
            for (word, (start, end)) in encoding.get_word_ids().iter().zip(encoding.get_offsets()) {
                if last != Some(*word) {
                    self.spans.push(super::Word { bytes: *start..*end, kind: 0 });
                }
                let at = self.spans.len() - 1;
                self.spans[at].bytes.end = self.spans[at].bytes.end.max(*end);
                last = Some(*word);
                self.words.push(at as u32);
            }
            let mut before = None;
            for word in &mut self.spans {
                let shape = shape(text.get(word.bytes.clone()).unwrap());
                word.kind = shape * super::GAPS + gap(text, before, word.bytes.start);
                before = Some(word.bytes.end);
            }
        }
    }

    #[test]
    fn stretches_give_the_pieces_of_the_whole() {
        for (name, unit) in [
            ("prose", "Please ask Maria Jensen in Aarhus whether order 4417 was paid.\n"),
            ("JSON", r#"{"name":"Ann Lee","tags":["a","b"],"n":[1,2,3],"open":true},"#),
            ("accents", "E\u{301}milie ño\u{308} e\u{301}\u{301}\u{301} café — naïve. "),
            ("Chinese", "王小明住在北京。他的电话是一三八"),
            ("Korean", "김철수 서울특별시 강남구 "),
            ("Arabic", "مرحبا أحمد، كيف حالك؟ "),
            ("special tokens", "[SEP] [CLS][SEP]x[MASK], [PAD] [UN K] "),
            ("base64", "TWFuIGlzIGRpc3Rpbmd1aXNoZWQ+/=\n"),
            ("emoji", "👩\u{200d}👩\u{200d}👧 ok 😀😀 "),
            ("controls", "a\u{0}b\u{1}\u{feff}c\u{200b} d\r\n\t"),
            ("code", "fn main() { let x = vec![1, 2]; println!(\"{x:?}\"); } "),
            ("no blank", "a,b;c.d-e_f/"),
        ] {
            let text = unit.repeat(9 * STRETCH / unit.len());
            assert_eq!(pieces(&text, false), pieces(&text, true), "{name}");
        }
    }

    #[test]
    fn a_word_without_end_is_looked_at_once() {
        for (before, after) in [("", ""), ("see ", " end"), ("x", ", y"), ("ж ", "\n1")] {
            let text = format!("{before}{}{after}", "q".repeat(70_000));
            assert_eq!(pieces(&text, false), pieces(&text, true), "{before:?} {after:?}");
        }
        let marks = format!("e{}", "\u{301}".repeat(40_000));
        let mut at = 0;
        while at < marks.len() {
            let (end, behind) = stretch(&marks, at);
            assert!(end > at && end - at <= LONG_WORD && behind >= end);
            at = behind;
        }
    }

    #[test]
    fn the_shape_of_words() {
        for (word, expected) in [
            ("", 0),
            ("anna", 0),
            ("42", 0),
            ("Anna", 1),
            ("A", 1),
            ("USA", 2),
            ("iPhone", 3),
            ("McDonald", 3),
            ("Émile", 1),
            ("你好", 0),
            ("4B", 1),
            ("B2B", 2),
        ] {
            assert_eq!(shape(word), expected, "{word}");
        }
    }

    #[test]
    fn the_gap_before_a_word() {
        let text = "a b\n c";
        assert_eq!(gap(text, None, 0), 2);
        assert_eq!(gap(text, Some(1), 2), 1);
        assert_eq!(gap(text, Some(3), 5), 2);
        assert_eq!(gap("ab", Some(1), 1), 0);
    }
}
