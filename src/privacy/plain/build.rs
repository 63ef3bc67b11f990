//! Reads a text layer by layer.

use super::escape::unescaped;
use super::json::{Scalar, container, escaped, scalars};
use super::level::{Coding, Level};
use super::map::{Decoded, Map};
use super::markup::{decoded, is_encoded, percent_decoded, percent_tokens};
use super::{File, MAX_DEPTH, Piece, Plain, file};
use std::borrow::Cow;
use std::ops::Range;

/// JSON is looked for until this many times the text was looked at; nested brackets that never close cost more.
const MOST_WORK: usize = 8;

/// The reading of a text that stands `depth` layers deep.
pub(super) fn read(
    source: Cow<'_, str>,
    with_pieces: bool,
    is_data: bool,
    depth: usize,
) -> Plain<'_> {
    let is_short = u32::try_from(source.len()).is_ok();
    let has_json = with_pieces && may_be_json(&source);
    if !is_short || !(has_json || is_encoded(&source)) {
        let pieces = if with_pieces { vec![whole(&source)] } else { Vec::new() };
        let mut files = Vec::new();
        if is_short && depth < MAX_DEPTH {
            file::find(&source, 0, depth + 1, &mut files);
        }
        return plain(source, None, Map::default(), pieces, Vec::new(), files);
    }
    let map = Map::identity();
    let coding = Coding::default();
    let level = Level { text: &source, map: &map, base: 0, coding, is_data, depth };
    let work = source.len().saturating_mul(MOST_WORK);
    let mut reader = Reader {
        source: &source,
        with_pieces,
        depth,
        out: Decoded::with_room(source.len()),
        pieces: Vec::new(),
        quotes: Vec::new(),
        files: Vec::new(),
        work,
    };
    reader.level(&level);
    let Reader { out, pieces, quotes, files, .. } = reader;
    let text = (out.text != *source).then_some(out.text);
    let map = if text.is_some() { out.map } else { Map::default() };
    plain(source, text, map, pieces, quotes, files)
}

fn plain(
    source: Cow<'_, str>,
    text: Option<String>,
    map: Map,
    pieces: Vec<Piece>,
    quotes: Vec<Box<str>>,
    files: Vec<File>,
) -> Plain<'_> {
    Plain { source, text, map, pieces, quotes, files }
}

fn may_be_json(text: &str) -> bool {
    memchr::memchr2(b'{', b'[', text.as_bytes()).is_some()
}

/// A text that is one piece.
fn whole(text: &str) -> Piece {
    Piece { start: 0, end: text.len() as u32, quote: None, percent: false, html: false }
}

struct Reader<'s> {
    source: &'s str,
    with_pieces: bool,
    /// How deep the source itself stands.
    depth: usize,
    out: Decoded,
    pieces: Vec<Piece>,
    quotes: Vec<Box<str>>,
    files: Vec<File>,
    /// Bytes that may still be looked at for JSON.
    work: usize,
}

impl Reader<'_> {
    /// Reads a text: the JSON in it, and what stands around that.
    fn level(&mut self, level: &Level<'_>) {
        let text = level.text;
        let wanted = self.with_pieces || is_encoded(text);
        if !wanted || level.depth > MAX_DEPTH || !may_be_json(text) {
            return self.prose(level);
        }
        let (mut copied, mut at) = (0, 0);
        while let Some(found) =
            memchr::memchr2(b'{', b'[', text.as_bytes().get(at..).unwrap_or_default())
        {
            let open = at + found;
            at = open + 1;
            let Some(json) = container(text, open, &mut self.work) else { continue };
            let is_alone = |rest: Option<&str>| rest.is_some_and(|rest| rest.trim().is_empty());
            let is_whole =
                level.is_data && is_alone(text.get(..open)) && is_alone(text.get(json.end..));
            if !json.has_strings && !is_whole {
                continue;
            }
            self.prose(&level.part(&(copied..open)));
            self.json(level, &(open..json.end));
            (copied, at) = (json.end, json.end);
        }
        self.prose(&level.part(&(copied..text.len())));
    }

    /// Reads JSON: what its strings say, and its structure as it is.
    fn json(&mut self, level: &Level<'_>, range: &Range<usize>) {
        let mut copied = range.start;
        let mut quote = None;
        scalars(level.text, range, |scalar| match scalar {
            Scalar::Text(content) => {
                level.copy(copied..content.start, &mut self.out);
                copied = content.end;
                if quote.is_none() {
                    quote = self.quote(level, content.start - 1);
                }
                self.string(level, &content);
            }
            Scalar::Number(number) => {
                level.copy(copied..number.start, &mut self.out);
                copied = number.end;
                if quote.is_none() {
                    quote = self.first_quote(level, &(number.end..range.end));
                }
                self.leaf(&level.part(&number), quote);
            }
        });
        level.copy(copied..range.end, &mut self.out);
    }

    /// What the quote at `at` looks like in the source.
    fn quote(&mut self, level: &Level<'_>, at: usize) -> Option<u16> {
        let place = level.source(&(at..at + 1));
        self.known_quote(self.source.get(place)?.into())
    }

    /// What the first quote of a range looks like in the source; where there is none, what it must look like.
    fn first_quote(&mut self, level: &Level<'_>, range: &Range<usize>) -> Option<u16> {
        let rest = level.text.get(range.clone())?;
        match rest.find(['"', '\'']) {
            Some(at) => self.quote(level, range.start + at),
            None => self.known_quote(escaped("\"", level.depth - self.depth).into()),
        }
    }

    fn known_quote(&mut self, quote: Box<str>) -> Option<u16> {
        if !self.with_pieces {
            return None;
        }
        let index = self.quotes.iter().position(|known| *known == quote).unwrap_or_else(|| {
            self.quotes.push(quote);
            self.quotes.len() - 1
        });
        u16::try_from(index).ok()
    }

    /// Reads the content of a string of JSON.
    fn string(&mut self, level: &Level<'_>, content: &Range<usize>) {
        let part = level.part(content);
        if !is_encoded(part.text) && !may_be_json(part.text) {
            return self.leaf(&part, None);
        }
        if memchr::memchr(b'\\', part.text.as_bytes()).is_none() {
            return self.level(&Level { is_data: true, depth: level.depth + 1, ..part });
        }
        let below = unescaped(level, content);
        let next = Level { is_data: true, ..level.below(&below, level.coding) };
        self.level(&next);
    }

    /// Reads text that is no JSON.
    fn prose(&mut self, level: &Level<'_>) {
        if !is_encoded(level.text) {
            return self.leaf(level, None);
        }
        let mut at = 0;
        for word in percent_tokens(level.text) {
            self.escapes(&level.part(&(at..word.start)));
            at = word.end;
            let word = level.part(&word);
            let below = percent_decoded(&word);
            self.further(&word.below(&below, Coding { percent: true, ..level.coding }));
        }
        self.escapes(&level.part(&(at..level.text.len())));
    }

    /// Reads the escapes and entities of text without percent-encoding.
    fn escapes(&mut self, level: &Level<'_>) {
        match decoded(level) {
            Some((below, coding)) => self.further(&level.below(&below, coding)),
            None => self.leaf(level, None),
        }
    }

    /// Reads what was decoded, unless it lies too deep.
    fn further(&mut self, level: &Level<'_>) {
        if level.depth > MAX_DEPTH { self.leaf(level, None) } else { self.level(level) }
    }

    /// Takes text that hides nothing but files.
    fn leaf(&mut self, level: &Level<'_>, quote: Option<u16>) {
        if level.text.is_empty() {
            return;
        }
        let start = self.out.text.len();
        level.copy(0..level.text.len(), &mut self.out);
        if self.depth < MAX_DEPTH && quote.is_none() {
            file::find(level.text, start, self.depth + 1, &mut self.files);
        }
        if self.with_pieces {
            let Coding { percent, html } = level.coding;
            let end = self.out.text.len() as u32;
            self.pieces.push(Piece { start: start as u32, end, quote, percent, html });
        }
    }
}
