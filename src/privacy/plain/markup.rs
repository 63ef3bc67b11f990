//! Percent-encoding (RFC 3986, and form bodies of the URL standard), HTML entities, and the colours of terminals (ECMA-48).

use super::escape::{Line, loose, slashes};
use super::level::{Coding, Level};
use super::map::Decoded;
use std::ops::Range;

/// Longest entity, with `&` and `;`: `&CounterClockwiseContourIntegral;`.
const ENTITY: usize = 33;

/// Whether a text may hold anything that [`decoded`] or [`percent_tokens`] read.
pub(super) fn is_encoded(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr3(b'\\', b'%', b'&', bytes).is_some() || memchr::memchr(ESC, bytes).is_some()
}

const ESC: u8 = 0x1b;

/// The words of a text in which characters are percent-encoded. A word ends at blanks, quotes, brackets of tags and backslashes.
pub(super) fn percent_tokens(text: &str) -> Vec<Range<usize>> {
    let cut = |b: &u8| b.is_ascii_whitespace() || b"\"'<>`\\".contains(b);
    let bytes = text.as_bytes();
    let mut out: Vec<Range<usize>> = Vec::new();
    let mut done = 0;
    for at in memchr::memchr_iter(b'%', bytes) {
        if at < done || percent(text, at).is_none() {
            continue;
        }
        let before = bytes.get(done..at).unwrap_or_default();
        let start = before.iter().rposition(cut).map_or(done, |i| done + i + 1);
        let after = bytes.get(at..).unwrap_or_default();
        done = after.iter().position(cut).map_or(text.len(), |i| at + i);
        out.push(start..done);
    }
    out
}

/// The character that is percent-encoded at `at`, and where it ends. A byte that is no UTF-8 is taken for a letter of Latin-1.
fn percent(text: &str, at: usize) -> Option<(char, usize)> {
    let byte = |i: usize| {
        let code = text.as_bytes().get(at + 3 * i..at + 3 * i + 3)?;
        let digit = |i: usize| char::from(*code.get(i)?).to_digit(16);
        if code.first() == Some(&b'%') {
            u8::try_from(digit(1)? * 16 + digit(2)?).ok()
        } else {
            None
        }
    };
    let first = byte(0)?;
    let n = match first {
        0..=0x7f => return Some((char::from(first), at + 3)),
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => 1,
    };
    let bytes: Option<Vec<u8>> = (0..n).map(byte).collect();
    let whole = bytes.as_deref().and_then(|bytes| std::str::from_utf8(bytes).ok());
    match whole.and_then(|s| s.chars().next()) {
        Some(c) => Some((c, at + 3 * n)),
        None => Some((char::from(first), at + 3)).filter(|(c, _)| c.is_alphabetic()),
    }
}

/// A percent-encoded word, decoded. A `+` between the words of a form's value is a blank.
pub(super) fn percent_decoded(level: &Level<'_>) -> Decoded {
    let text = level.text;
    let mut out = Decoded::with_room(text.len());
    let mut copied = 0;
    let form = text.contains('=');
    let mut field = 0..0;
    let mut keeps_plus = true;
    for at in memchr::memchr2_iter(b'%', b'+', text.as_bytes()) {
        if at < copied {
            continue;
        }
        let is_plus = text.as_bytes().get(at) == Some(&b'+');
        if is_plus && form && at >= field.end {
            field = field_around(text, at);
            let value = text.get(field.clone()).unwrap_or_default();
            // People write the sign of an address as it is: `to=anna+news@…`.
            keeps_plus = value.contains('@') || value.contains("%40") || !value.contains('=');
        }
        let found = match is_plus {
            true if form && !keeps_plus && between_words(text, at) => Some((' ', at + 1)),
            true => None,
            false => percent(text, at),
        };
        if let Some((c, end)) = found {
            level.copy(copied..at, &mut out);
            level.unit(c, &(at..end), &mut out);
            copied = end;
        }
    }
    level.copy(copied..text.len(), &mut out);
    out
}

/// The field of a form around `at`.
fn field_around(text: &str, at: usize) -> Range<usize> {
    let cut = |c: char| c == '&' || c == '?' || c == ';';
    let start = text.get(..at).and_then(|t| t.rfind(cut)).map_or(0, |i| i + 1);
    let end = text.get(at..).and_then(|t| t.find(cut)).map_or(text.len(), |i| at + i);
    start..end
}

fn between_words(text: &str, at: usize) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || ".,)(%'+".contains(c);
    let before = text.get(..at).and_then(|t| t.chars().next_back());
    let after = text.get(at + 1..).and_then(|t| t.chars().next());
    before.is_some_and(is_word) && after.is_some_and(is_word)
}

/// Text that is no JSON with its escapes, entities and colours read once; `None` if it has none. With it, whether it holds
/// entities.
pub(super) fn decoded(level: &Level<'_>) -> Option<(Decoded, Coding)> {
    let text = level.text;
    let mut out = Decoded::with_room(text.len());
    let mut coding = level.coding;
    let (mut copied, mut changed) = (0, false);
    let mut line = Line::default();
    for at in memchr::memchr3_iter(b'\\', b'&', ESC, text.as_bytes()) {
        if at < copied {
            continue;
        }
        let found = match text.as_bytes().get(at) {
            Some(b'\\') => loose(text, at, &mut line),
            Some(b'&') => entity(text, at),
            // What stands on both sides of a colour is not one word.
            _ => colour(text, at).map(|end| (' ', end)),
        };
        let end = match found {
            Some((c, end)) => {
                changed = true;
                level.copy(copied..at, &mut out);
                let slashes = slashes(text, at).min(usize::from(u8::MAX)) as u8;
                out.unit(c, &level.source(&(at..end)), slashes);
                coding.html |= text.as_bytes().get(at) == Some(&b'&');
                end
            }
            // Backslashes are read as a run.
            None => {
                let end = at + slashes(text, at).max(1);
                level.copy(copied..end, &mut out);
                end
            }
        };
        copied = end;
    }
    level.copy(copied..text.len(), &mut out);
    changed.then_some((out, coding))
}

/// The character that the entity at `at` stands for, and where it ends. Of numeric ones the semicolon may be missing.
pub(in crate::privacy) fn entity(text: &str, at: usize) -> Option<(char, usize)> {
    let rest = text.as_bytes().get(at..text.len().min(at + ENTITY))?;
    let (radix, digits) = match rest {
        [b'&', b'#', b'x' | b'X', ..] => (16, 3),
        [b'&', b'#', ..] => (10, 2),
        _ => {
            let name = rest.iter().skip(1).take_while(|b| b.is_ascii_alphanumeric()).count();
            if name < 2 || rest.get(1 + name) != Some(&b';') {
                return None;
            }
            let end = at + name + 2;
            let written = text.get(at..end)?;
            let read = html_escape::decode_html_entities(written);
            let mut chars = read.chars();
            let c = chars.next()?;
            // A few names stand for two characters; no value has those.
            return (chars.next().is_none()).then_some((c, end));
        }
    };
    let code = rest.get(digits..)?;
    let n = code.iter().take_while(|b| char::from(**b).is_digit(radix)).count();
    let number = std::str::from_utf8(code.get(..n)?).ok()?;
    let c = char::from_u32(u32::from_str_radix(number, radix).ok()?)?;
    let closed = usize::from(code.get(n) == Some(&b';'));
    Some((c, at + digits + n + closed))
}

/// Where a terminal's sequence of colour at `at` ends.
fn colour(text: &str, at: usize) -> Option<usize> {
    let rest = text.as_bytes().get(at..)?;
    if rest.get(1) != Some(&b'[') {
        return None;
    }
    let n = rest.iter().skip(2).take(32).take_while(|b| b"0123456789;:?".contains(b)).count();
    rest.get(2 + n).filter(|b| b.is_ascii_alphabetic()).map(|_| at + n + 3)
}

/// `text` percent-encoded: all but letters, digits and `-._~`.
pub(in crate::privacy) fn percent_encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
