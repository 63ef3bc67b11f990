//! From text to what the trunk reads: word pieces and, for each, the case that the uncased vocabulary lost.
//!
//! The same as `models/train/edge/text.py`; `models/edge/cases.json`, written by the training, holds both together.
//! Invariant: offsets are bytes of the text, on character borders, and a word's pieces stand next to each other.

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

/// Cuts a text into pieces.
///
/// # Errors
/// If the tokenizer fails on the text.
pub(super) fn pieces(tokenizer: &Tokenizer, text: &str) -> Result<Pieces, InferenceError> {
    let encoding = tokenizer
        .encode(text, false)
        .map_err(|_| InferenceError::Failed("the text could not be tokenized".to_owned()))?;
    let mut out = Pieces {
        ids: encoding.get_ids().to_vec(),
        words: Vec::with_capacity(encoding.len()),
        spans: Vec::new(),
    };
    let mut last = None;
    for (word, (start, end)) in encoding.get_word_ids().iter().zip(encoding.get_offsets()) {
        match out.spans.last_mut() {
            Some(span) if last == Some(*word) => span.bytes.end = span.bytes.end.max(*end),
            _ => out.spans.push(Word { bytes: *start..*end, kind: 0 }),
        }
        last = Some(*word);
        out.words.push(out.spans.len() as u32 - 1);
    }
    let mut before = None;
    for word in &mut out.spans {
        let shape = text.get(word.bytes.clone()).map_or(0, shape);
        word.kind = shape * GAPS + gap(text, before, word.bytes.start);
        before = Some(word.bytes.end);
    }
    Ok(out)
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
    use super::{gap, shape};

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
