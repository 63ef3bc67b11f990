//! A text as its reader will read it, with the way back to the bytes that were received.
//!
//! JSON inside strings of JSON, escapes with backslashes, percent-encoding, HTML entities and colours of terminals are read
//! layer by layer, wherever they stand: in a tool's arguments, in a code block, in the middle of a sentence. Brackets, keys and
//! quotes of JSON stay where they are, since they tell a reader what a value is. What base64 says is read as a text of its own,
//! behind the text that it stands in. Detectors, models and redaction share this one reading.
//!
//! Invariants: every range of the reading maps to a range of the source with whole escapes and whole characters; replacing it
//! by [`Piece`]s keeps every layer valid; a text without any such sign is not copied; the work is at most [`MAX_DEPTH`]
//! times linear. What lies deeper is read as it stands there, except that escapes with any number of backslashes are read as
//! what they mean.

mod build;
mod escape;
mod file;
mod json;
mod level;
mod map;
mod markup;
#[cfg(test)]
mod tests;

pub(super) use file::File;
pub(super) use json::escaped;
pub(super) use markup::{entity, percent_encoded};

use map::Map;
use std::borrow::Cow;
use std::ops::Range;

/// Layers within layers are followed this deep.
pub(super) const MAX_DEPTH: usize = 8;

/// What stands between a text and the files in it.
const GAP: &str = "\n\n";

/// A stretch of the text whose content may be replaced; what lies between two of them is the structure of JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    start: u32,
    end: u32,
    /// For a bare number of JSON: which of [`Plain::quotes`] belongs there.
    quote: Option<u16>,
    /// Whether it was percent-encoded.
    pub(super) percent: bool,
    /// Whether it was written with HTML entities.
    pub(super) html: bool,
}

impl Piece {
    /// Where it stands in the text.
    pub(super) fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A text and its reading.
pub(super) struct Plain<'a> {
    source: Cow<'a, str>,
    /// The reading without files; `None` if it is the source itself.
    text: Option<String>,
    map: Map,
    pieces: Vec<Piece>,
    /// What a quote looks like in the source at the places of bare numbers.
    quotes: Vec<Box<str>>,
    files: Vec<File>,
}

impl<'a> Plain<'a> {
    /// The reading of a text. It has no pieces, so that nothing is replaced by it.
    pub(super) fn read(source: &'a str) -> Self {
        build::read(Cow::Borrowed(source), false, false, 0)
    }

    /// The reading of a text with its pieces. `is_data` says that all of it is JSON if it can be read as JSON; elsewhere brackets
    /// around numbers alone are prose.
    pub(super) fn with_pieces(source: &'a str, is_data: bool) -> Self {
        build::read(Cow::Borrowed(source), true, is_data, 0)
    }

    /// What stands in a file.
    fn of_file(source: String, depth: usize) -> Plain<'static> {
        build::read(Cow::Owned(source), true, true, depth)
    }

    /// The text that was read.
    pub(super) fn source(&self) -> &str {
        &self.source
    }

    /// The reading without what files say.
    pub(super) fn text(&self) -> &str {
        self.text.as_deref().unwrap_or(&self.source)
    }

    /// The texts inside of it, in order.
    pub(super) fn files(&self) -> &[File] {
        &self.files
    }

    /// Whether a range of [`Self::text`] lies in a file that holds several words.
    pub(super) fn spells_sentence(&self, range: &Range<usize>) -> bool {
        let after = self.files.partition_point(|file| file.at.end <= range.start);
        self.files.get(after).is_some_and(|file| {
            file.at.start < range.end && file.plain.text().trim().contains(char::is_whitespace)
        })
    }

    /// What may be replaced, in order.
    pub(super) fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// What a quote looks like around a bare number; `None` if the piece is none.
    pub(super) fn quote(&self, piece: &Piece) -> Option<&str> {
        self.quotes.get(usize::from(piece.quote?)).map(AsRef::as_ref)
    }

    /// The whole reading: the text, then what each file says.
    pub(super) fn full(&self) -> Cow<'_, str> {
        if self.files.is_empty() {
            return Cow::Borrowed(self.text());
        }
        let mut out = String::with_capacity(self.len());
        self.push_full(&mut out);
        Cow::Owned(out)
    }

    /// The whole reading, given away.
    pub(super) fn into_full(self) -> Cow<'a, str> {
        match (self.files.is_empty(), self.text) {
            (true, None) => self.source,
            (true, Some(text)) => Cow::Owned(text),
            (false, text) => Cow::Owned(Self { text, ..self }.full().into_owned()),
        }
    }

    fn push_full(&self, out: &mut String) {
        out.push_str(self.text());
        for file in &self.files {
            out.push_str(GAP);
            file.plain.push_full(out);
        }
    }

    /// Length of the whole reading.
    fn len(&self) -> usize {
        let files = self.files.iter().map(|file| GAP.len() + file.plain.len());
        self.text().len() + files.sum::<usize>()
    }

    /// Where a range of the reading without files stands in the source.
    pub(super) fn place(&self, range: &Range<usize>) -> Range<usize> {
        match self.text {
            None => range.clone(),
            Some(_) => self.map.source(range),
        }
    }

    /// A range of the reading without files, with escapes that are no JSON's and stand for blanks or quotes as they were
    /// written: whether `\n` in prose means a line's end is for its writer to say.
    pub(super) fn value(&self, range: &Range<usize>) -> String {
        let text = self.text().get(range.clone()).unwrap_or_default();
        let mut out = String::with_capacity(text.len());
        let mut copied = 0;
        let slashes = self.text.as_ref().map(|_| self.map.slashes(range));
        for (at, slashes) in slashes.into_iter().flatten() {
            let at = at - range.start;
            let c = text.get(at..).and_then(|rest| rest.chars().next());
            if let Some(letter) = c.and_then(escape::letter) {
                out.push_str(text.get(copied..at).unwrap_or_default());
                out.extend(std::iter::repeat_n('\\', usize::from(slashes)));
                out.push(letter);
                copied = at + 1;
            }
        }
        out.push_str(text.get(copied..).unwrap_or_default());
        out
    }

    /// Where a range of the whole reading stands in the source: in one place, unless files are touched too.
    pub(super) fn sources(&self, range: &Range<usize>) -> Vec<Range<usize>> {
        let text = self.text().len();
        let mut out = Vec::new();
        if range.start < text {
            out.push(self.place(&(range.start..range.end.min(text))));
        }
        if range.end <= text {
            return out;
        }
        let mut start = text;
        for file in &self.files {
            start += GAP.len();
            let end = start + file.plain.len();
            if range.start < end && range.end > start {
                let inside = range.start.max(start) - start..range.end.min(end) - start;
                for bytes in file.plain.sources(&inside) {
                    out.push(self.place(&file.outer(&bytes)));
                }
            }
            start = end;
        }
        out
    }

    /// The characters of the reading without files that a range of the source touches; empty if none.
    pub(super) fn touched(&self, source: &Range<usize>) -> Range<usize> {
        let text = self.text();
        let Range { mut start, mut end } = match self.text {
            None => source.start.min(text.len())..source.end.min(text.len()),
            Some(_) => self.map.touched(source, text.len()),
        };
        if start >= end {
            return start..start;
        }
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        while !text.is_char_boundary(end) {
            end += 1;
        }
        start..end
    }
}
