//! Texts that were encoded in base64 (RFC 4648; wrapped as in RFC 2045 or not): what they say, and how to write them again.
//!
//! A run of the alphabet that decodes to readable text is a file. Invariant: a run is decoded at most three times, so the
//! work is linear in the text.

use super::Plain;
use base64::Engine;
use base64::alphabet::{Alphabet, STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use std::ops::Range;

/// Shortest run that is decoded, in bytes.
const LEAST: usize = 12;
/// Shortest line of a run that goes over several.
const LEAST_WIDTH: usize = 16;
/// Decoded text shorter than this must look like words and numbers: names in code decode to something by chance.
const CHANCE: usize = 24;
/// Bytes of a run that are decoded first; most runs that are no text show it there.
const PROBE: usize = 64;

/// A text inside a text.
pub(in crate::privacy) struct File {
    /// Where it stands, padding included.
    pub(in crate::privacy) at: Range<usize>,
    /// What it says.
    pub(in crate::privacy) plain: Plain<'static>,
    code: Code,
}

/// How a file was encoded.
struct Code {
    is_url: bool,
    is_padded: bool,
    /// Where each line starts, and the index of its first character.
    lines: Vec<(u32, u32)>,
    /// Number of characters without padding.
    n: usize,
}

impl File {
    /// Where bytes of the decoded source stand in the text around the file.
    pub(in crate::privacy) fn outer(&self, bytes: &Range<usize>) -> Range<usize> {
        let place = |index: usize| {
            let lines = &self.code.lines;
            let next = lines.partition_point(|(_, first)| *first as usize <= index);
            let (at, first) = lines.get(next.saturating_sub(1)).copied().unwrap_or_default();
            at as usize + (index - first as usize)
        };
        let first = bytes.start * 4 / 3;
        let last = (bytes.end * 4).div_ceil(3).min(self.code.n).max(first + 1) - 1;
        place(first)..place(last) + 1
    }

    /// The bytes of the decoded source that a range of the text around the file spells.
    pub(in crate::privacy) fn inner(&self, range: &Range<usize>) -> Range<usize> {
        let index = |at: usize| {
            let lines = &self.code.lines;
            let next = lines.partition_point(|(start, _)| *start as usize <= at);
            let Some((start, first)) = next.checked_sub(1).and_then(|i| lines.get(i)) else {
                return 0;
            };
            let end = lines.get(next).map_or(self.code.n, |(_, first)| *first as usize);
            (*first as usize + (at - *start as usize)).min(end)
        };
        let start = (index(range.start) * 3).div_ceil(4);
        start..(index(range.end) * 3 / 4).max(start)
    }

    /// Where the first line of the file ends and where the second begins; `None` if it has one line.
    pub(in crate::privacy) fn first_break(&self) -> Option<Range<usize>> {
        let (second, first) = self.code.lines.get(1)?;
        Some(self.at.start + *first as usize..*second as usize)
    }

    /// Another text in the same encoding, line by line.
    pub(in crate::privacy) fn encoded(&self, text: &str) -> Vec<String> {
        let config = |padded| GeneralPurposeConfig::new().with_encode_padding(padded);
        let alphabet: &Alphabet = if self.code.is_url { &URL_SAFE } else { &STANDARD };
        let run = GeneralPurpose::new(alphabet, config(self.code.is_padded)).encode(text);
        let width = |i: usize| {
            let first = |i: usize| self.code.lines.get(i).map(|(_, first)| *first as usize);
            Some(first(i + 1)? - first(i)?)
        };
        let (Some(first), last) = (width(0), self.code.lines.len()) else { return vec![run] };
        let further = if last > 2 { width(1).unwrap_or(first) } else { first };
        let mut lines = Vec::new();
        let mut rest = run.as_str();
        let mut next = first;
        while !rest.is_empty() {
            let (line, more) = rest.split_at(next.min(rest.len()));
            lines.push(line.to_owned());
            (rest, next) = (more, further);
        }
        lines
    }
}

/// A run of the alphabet with up to two `=`.
struct Run {
    start: usize,
    /// Without padding.
    end: usize,
    padded_end: usize,
}

fn run_at(bytes: &[u8], start: usize) -> Run {
    let rest = bytes.get(start..).unwrap_or_default();
    let len = rest.iter().take_while(|b| is_member(b)).count();
    let padding = rest.iter().skip(len).take(2).take_while(|b| **b == b'=').count();
    Run { start, end: start + len, padded_end: start + len + padding }
}

fn is_member(b: &u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_')
}

/// The files in a stretch of plain text that begins at `base`, read down to `depth` further layers.
pub(super) fn find(text: &str, base: usize, depth: usize, out: &mut Vec<File>) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(first) = bytes.get(at..).and_then(|rest| rest.iter().position(is_member)) {
        let run = run_at(bytes, at + first);
        at = run.padded_end.max(at + first + 1);
        if run.end - run.start < LEAST {
            continue;
        }
        let more = further_lines(bytes, &run);
        if let Some(last) = more.last() {
            at = last.padded_end;
        }
        let lines: Vec<Run> = std::iter::once(run).chain(more).collect();
        if let Some(file) = file(text, &lines, base, depth) {
            out.push(file);
            continue;
        }
        for line in lines {
            match file(text, std::slice::from_ref(&line), base, depth) {
                Some(file) => out.push(file),
                None => parts(text, &line, base, depth, out),
            }
        }
    }
}

/// Files among the parts of a run that `/`, `-` or `_` divide, as in the path of a URL.
fn parts(text: &str, run: &Run, base: usize, depth: usize, out: &mut Vec<File>) {
    let bytes = text.as_bytes();
    let mut start = run.start;
    while start < run.end {
        let rest = bytes.get(start..run.end).unwrap_or_default();
        let len = rest.iter().take_while(|b| b.is_ascii_alphanumeric()).count();
        let end = start + len;
        if len >= LEAST && len < run.end - run.start {
            let padded_end = if end == run.end { run.padded_end } else { end };
            out.extend(file(text, &[Run { start, end, padded_end }], base, depth));
        }
        start = end + 1;
    }
}

/// The lines after the first one that belong to the same file: of one width, the last one may be shorter.
fn further_lines(bytes: &[u8], first: &Run) -> Vec<Run> {
    let mut out: Vec<Run> = Vec::new();
    let mut end = first.padded_end;
    let mut width = None;
    if first.end - first.start < LEAST_WIDTH || first.padded_end != first.end {
        return out;
    }
    loop {
        let rest = bytes.get(end..).unwrap_or_default();
        let blank = match rest {
            [b'\r', b'\n', ..] => 2,
            [b'\n', ..] => 1,
            _ => break,
        };
        let indent = rest.iter().skip(blank).take_while(|b| matches!(b, b' ' | b'\t')).count();
        let run = run_at(bytes, end + blank + indent);
        let len = run.end - run.start;
        let after = bytes.get(run.padded_end);
        let whole = len > 0 && after.is_none_or(|b| !b.is_ascii_alphanumeric());
        let longest = width.unwrap_or(len.max(LEAST_WIDTH));
        if !whole || len > longest {
            break;
        }
        let is_last =
            len < longest || run.padded_end != run.end || !matches!(after, Some(b'\n' | b'\r'));
        width.get_or_insert(len);
        end = run.padded_end;
        out.push(run);
        if is_last {
            break;
        }
    }
    out
}

fn file(text: &str, lines: &[Run], base: usize, depth: usize) -> Option<File> {
    let (first, last) = (lines.first()?, lines.last()?);
    let bytes = text.as_bytes();
    let mut starts = Vec::with_capacity(lines.len());
    let mut joined = Vec::new();
    let mut n = 0;
    for line in lines {
        starts.push(((base + line.start) as u32, n as u32));
        n += line.end - line.start;
        if lines.len() > 1 {
            joined.extend_from_slice(bytes.get(line.start..line.end)?);
        }
    }
    let run =
        if lines.len() > 1 { joined.as_slice() } else { bytes.get(first.start..first.end)? };
    let is_url = run.iter().any(|b| matches!(b, b'-' | b'_'));
    let decoded = decoded(run, is_url)?;
    let padding = last.padded_end - last.end;
    let beside_dot = bytes.get(last.padded_end) == Some(&b'.')
        || first.start.checked_sub(1).and_then(|i| bytes.get(i)) == Some(&b'.');
    let is_padded = padding > 0 || (n % 4 == 0 && !is_url && !beside_dot);
    let code = Code { is_url: is_url || !is_padded, is_padded, lines: starts, n };
    let at = base + first.start..base + last.padded_end;
    Some(File { at, plain: Plain::of_file(decoded, depth), code })
}

const CONFIG: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const PLAIN: GeneralPurpose = GeneralPurpose::new(&STANDARD, CONFIG);
const URL: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, CONFIG);

/// The text of a run; `None` if it is no base64, or not of readable text.
fn decoded(run: &[u8], is_url: bool) -> Option<String> {
    // Words of a language have no digits and few capitals; a look at the alphabet spares decoding them.
    let odd = run.iter().filter(|b| b.is_ascii_uppercase() || b.is_ascii_digit()).count();
    if odd * 6 < run.len() {
        return None;
    }
    let engine = if is_url { &URL } else { &PLAIN };
    if run.len() > PROBE {
        let begun = engine.decode(run.get(..PROBE)?).ok()?;
        let text = match std::str::from_utf8(&begun) {
            Ok(text) => text,
            Err(error) if error.error_len().is_none() => {
                std::str::from_utf8(begun.get(..error.valid_up_to())?).ok()?
            }
            Err(_) => return None,
        };
        if !is_readable(text) {
            return None;
        }
    }
    let text = String::from_utf8(engine.decode(run).ok()?).ok()?;
    let likely = text.len() >= CHANCE || text.chars().all(is_likely);
    (likely && is_readable(&text)).then_some(text)
}

fn is_readable(text: &str) -> bool {
    !text.chars().any(|c| c.is_control() && !c.is_whitespace() && c != '\u{1b}')
}

fn is_likely(c: char) -> bool {
    c.is_alphanumeric() || c.is_whitespace() || "@.,:;-_/+'\"()={}[]&?!#*\\%<>$€£".contains(c)
}
