//! Escapes that begin with a backslash: those of JSON (RFC 8259, section 7), and those that Python, JavaScript, C and git write
//! (`\xHH`, `\UHHHHHHHH`, `\u{H…}`, `\303\274`).
//!
//! In a JSON string every escape is one. In other text a backslash may as well be part of a path, of a regular expression or
//! of LaTeX. There, `\u`, `\x` and escaped quotes are read, and `\n \t \r \b \f` unless a small letter follows (`\new`, `\beta`)
//! or a path stands there. A small letter is read too where the same line shows other escapes and no foreign ones (`\d`,
//! `\alpha`). However many backslashes there are, the escape is read as what it means in the end.

use super::level::Level;
use super::map::Decoded;
use std::ops::Range;

/// Longest path, in bytes.
const PATH: usize = 260;

/// What an escape stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Escape {
    c: char,
    /// Bytes from the first one after the backslashes.
    len: usize,
    /// One of `n t r b f`, which are letters too.
    letter: bool,
}

/// The escape whose backslashes, `slashes` of them, end before `at`.
fn escape(text: &str, at: usize, slashes: usize) -> Option<Escape> {
    let bytes = text.as_bytes();
    let letter = |c| Some(Escape { c, len: 1, letter: true });
    match bytes.get(at)? {
        b'n' => letter('\n'),
        b't' => letter('\t'),
        b'r' => letter('\r'),
        b'b' => letter('\u{8}'),
        b'f' => letter('\u{c}'),
        &byte @ (b'"' | b'\'' | b'/') => {
            Some(Escape { c: char::from(byte), len: 1, letter: false })
        }
        b'u' => unicode(text, at, slashes),
        b'U' => {
            let c = char::from_u32(hex(bytes, at + 1, 8)?)?;
            Some(Escape { c, len: 9, letter: false })
        }
        b'x' => {
            let unit = |at| u8::try_from(hex(bytes, at + 1, 2)?).ok();
            utf8(bytes, at, slashes, b"x", 3, unit, true)
        }
        b'2' | b'3' => {
            let unit = |at: usize| {
                let digits = text.get(at..at + 3)?;
                u8::from_str_radix(digits, 8).ok()
            };
            utf8(bytes, at, slashes, b"23", 3, unit, false)
        }
        _ => None,
    }
}

/// `n` hexadecimal digits.
fn hex(bytes: &[u8], at: usize, n: usize) -> Option<u32> {
    let digits = bytes.get(at..at + n)?;
    digits.iter().try_fold(0u32, |sum, b| Some((sum << 4) | char::from(*b).to_digit(16)?))
}

/// `uXXXX`, a pair of them, or `u{X…}`. Half a pair stands for an unknown character.
fn unicode(text: &str, at: usize, slashes: usize) -> Option<Escape> {
    let bytes = text.as_bytes();
    if bytes.get(at + 1) == Some(&b'{') {
        let digits =
            bytes.iter().skip(at + 2).take(7).take_while(|b| b.is_ascii_hexdigit()).count();
        let closed = bytes.get(at + 2 + digits) == Some(&b'}');
        let c = char::from_u32(hex(bytes, at + 2, digits).filter(|_| closed && digits > 0)?)?;
        return Some(Escape { c, len: digits + 3, letter: false });
    }
    let first = hex(bytes, at + 1, 4)? as u16;
    let second = || {
        let next = at + 5;
        let gap = bytes.get(next..next + slashes)?;
        let begins = gap.iter().all(|b| *b == b'\\') && bytes.get(next + slashes) == Some(&b'u');
        if begins { hex(bytes, next + slashes + 1, 4).map(|unit| unit as u16) } else { None }
    };
    match char::from_u32(u32::from(first)) {
        Some(c) => Some(Escape { c, len: 5, letter: false }),
        None => match second().map(|second| char::decode_utf16([first, second]).next()) {
            Some(Some(Ok(c))) => Some(Escape { c, len: 10 + slashes, letter: false }),
            _ => Some(Escape { c: char::REPLACEMENT_CHARACTER, len: 5, letter: false }),
        },
    }
}

/// A character whose bytes in UTF-8 are escaped one by one, each `len` long with a first byte of `heads`; or, where `latin`,
/// one of Latin-1 that is a single byte.
fn utf8(
    bytes: &[u8],
    at: usize,
    slashes: usize,
    heads: &[u8],
    len: usize,
    unit: impl Fn(usize) -> Option<u8>,
    latin: bool,
) -> Option<Escape> {
    let first = unit(at)?;
    let n = match first {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => 1,
    };
    let place = |i: usize| at + i * (len + slashes);
    let begins = |i: usize| {
        let start = place(i);
        let gap = bytes.get(start - slashes..start);
        gap.is_some_and(|gap| gap.iter().all(|b| *b == b'\\'))
            && bytes.get(start).is_some_and(|b| heads.contains(b))
    };
    let more: Option<Vec<u8>> =
        (0..n).map(|i| if i == 0 || begins(i) { unit(place(i)) } else { None }).collect();
    let whole = more.as_deref().and_then(|units| std::str::from_utf8(units).ok());
    match whole.and_then(|s| s.chars().next()) {
        Some(c) if n > 1 || latin => {
            Some(Escape { c, len: n * len + (n - 1) * slashes, letter: false })
        }
        _ if latin => Some(Escape { c: char::from(first), len, letter: false }),
        _ => None,
    }
}

/// The content of a JSON string, which stands at `range` of a level, with its escapes read once.
pub(super) fn unescaped(level: &Level<'_>, range: &Range<usize>) -> Decoded {
    let mut out = Decoded::with_room(range.len());
    let mut at = range.start;
    let content = level.text.get(..range.end).unwrap_or_default();
    let find = |at: usize| {
        let rest = content.as_bytes().get(at..).unwrap_or_default();
        memchr::memchr(b'\\', rest).map_or(range.end, |i| at + i)
    };
    while at < range.end {
        let slash = find(at);
        level.copy(at..slash, &mut out);
        if slash >= range.end {
            break;
        }
        at = match (content.as_bytes().get(slash + 1), escape(content, slash + 1, 1)) {
            (_, Some(found)) => {
                let end = slash + 1 + found.len;
                level.unit(found.c, &(slash..end), &mut out);
                end
            }
            (Some(b'\\'), None) => {
                level.unit('\\', &(slash..slash + 2), &mut out);
                slash + 2
            }
            _ => {
                level.copy(slash..slash + 1, &mut out);
                slash + 1
            }
        };
    }
    out
}

/// What is known of the line and the word that were looked at last.
#[derive(Default)]
pub(super) struct Line {
    range: Range<usize>,
    is_escaped: bool,
    /// Where the word begins, and how far the text was looked at for it.
    word: usize,
    looked: usize,
}

/// The character that the backslashes at `at` introduce in text that is no JSON, and where the escape ends.
pub(super) fn loose(text: &str, at: usize, line: &mut Line) -> Option<(char, usize)> {
    let slashes = slashes(text, at);
    let after = at + slashes;
    let found = escape(text, after, slashes)?;
    let end = after + found.len;
    if found.letter {
        let sure = !text.as_bytes().get(end).is_some_and(u8::is_ascii_lowercase);
        if in_path(text, at, line) {
            let read = sure && after_extension(text, at);
            return read.then_some((found.c, end));
        }
        if !sure && !is_escaped(text, at, line) {
            return None;
        }
    }
    Some((found.c, end))
}

/// How a character is escaped by a letter or by itself; `None` if it needs none.
pub(super) fn letter(c: char) -> Option<char> {
    match c {
        '\n' => Some('n'),
        '\t' => Some('t'),
        '\r' => Some('r'),
        '\u{8}' => Some('b'),
        '\u{c}' => Some('f'),
        '"' | '\'' => Some(c),
        _ => None,
    }
}

/// Number of backslashes at `at`.
pub(super) fn slashes(text: &str, at: usize) -> usize {
    text.bytes().skip(at).take_while(|b| *b == b'\\').count()
}

/// Whether the line around `at` is text that somebody escaped: it shows escapes that cannot be words, and no foreign ones.
fn is_escaped(text: &str, at: usize, line: &mut Line) -> bool {
    if !line.range.contains(&at) {
        let bytes = text.as_bytes();
        let start =
            memchr::memrchr(b'\n', bytes.get(..at).unwrap_or_default()).map_or(0, |i| i + 1);
        let rest = bytes.get(at..).unwrap_or_default();
        let end = memchr::memchr(b'\n', rest).map_or(text.len(), |i| at + i);
        line.range = start..end;
        line.is_escaped = shows_escapes(text, start, end);
    }
    line.is_escaped
}

fn shows_escapes(text: &str, start: usize, end: usize) -> bool {
    let bytes = text.as_bytes();
    let mut at = start;
    let mut own = false;
    while let Some(slash) =
        memchr::memchr(b'\\', bytes.get(at..end).unwrap_or_default()).map(|i| at + i)
    {
        let n = slashes(text, slash);
        at = slash + n;
        match escape(text, at, n) {
            Some(found) => {
                let next = bytes.get(at + found.len);
                own |= !found.letter || !next.is_some_and(u8::is_ascii_lowercase);
                at += found.len;
            }
            None if bytes.get(at).is_some_and(u8::is_ascii_alphabetic) => return false,
            None => {}
        }
    }
    own
}

/// Whether a path with backslashes leads up to `at`.
fn in_path(text: &str, at: usize, line: &mut Line) -> bool {
    let cut = |b: &u8| b.is_ascii_whitespace() || b"\"'`<>|,;=()[]{}".contains(b);
    let bytes = text.as_bytes();
    if let Some(last) = bytes.get(line.looked..at).and_then(|new| new.iter().rposition(cut)) {
        line.word = line.looked + last + 1;
    }
    line.looked = at;
    if at - line.word > PATH {
        return false;
    }
    let token = bytes.get(line.word..at).unwrap_or_default();
    match token {
        // What leads to a share begins with two backslashes and goes on with one.
        [] => {
            let rest = text.get(at..).unwrap_or_default();
            let name = rest.trim_start_matches('\\');
            let server =
                name.bytes().take_while(|b| b.is_ascii_alphanumeric() || b"-_.$".contains(b));
            let server = server.count();
            let share = name.get(server..).and_then(|rest| rest.strip_prefix('\\'));
            rest.len() - name.len() == 2
                && server > 0
                && share.is_some_and(|share| share.starts_with(|c: char| c.is_alphanumeric()))
        }
        [drive, b':', ..] if drive.is_ascii_alphabetic() => true,
        [b'\\', b'\\', name, ..] => name.is_ascii_alphanumeric(),
        [b'.', ..] => {
            let dots = token.iter().take_while(|b| **b == b'.').count();
            dots <= 2 && token.get(dots).is_none_or(|b| *b == b'\\')
        }
        [b'~', ..] => token.get(1).is_none_or(|b| *b == b'\\'),
        [b'%', ..] => token.iter().skip(1).any(|b| *b == b'%'),
        _ => token.starts_with(b"HK") || token.starts_with(b"$env:"),
    }
}

/// Whether a file's extension ends at `at`.
fn after_extension(text: &str, at: usize) -> bool {
    let before = text.as_bytes().get(at.saturating_sub(6)..at).unwrap_or_default();
    let letters = before.iter().rev().take_while(|b| b.is_ascii_alphanumeric()).count();
    let dot = before.len().checked_sub(letters + 1).and_then(|i| before.get(i));
    (1..=4).contains(&letters) && dot == Some(&b'.')
}

#[cfg(test)]
mod tests {
    use super::{Line, loose};

    fn read(text: &str) -> String {
        let (mut out, mut at, mut line) = (String::new(), 0, Line::default());
        while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
            let found = if c == '\\' { loose(text, at, &mut line) } else { None };
            let n = if c == '\\' { super::slashes(text, at) } else { c.len_utf8() };
            match found {
                Some((c, end)) => {
                    out.push(c);
                    at = end;
                }
                None => {
                    out.push_str(text.get(at..at + n).unwrap());
                    at += n;
                }
            }
        }
        out
    }

    #[test]
    fn escapes_outside_of_json() {
        for (text, want) in [
            (r"\n4111 1111", "\n4111 1111"),
            (r"Hello,\nAnna Berg", "Hello,\nAnna Berg"),
            (r"\tØystein", "\tØystein"),
            (r"J\u00f8rgen", "Jørgen"),
            (r"J\\u00f8rgen", "Jørgen"),
            (r"J\\\\u00F8rgen", "Jørgen"),
            (r"b'J\xc3\xb8rgen'", "b'Jørgen'"),
            (r"'J\xf8rgen'", "'Jørgen'"),
            (r"J\303\270rgen.txt", "Jørgen.txt"),
            (r"\U0001f600 \u{1F600} \ud83d\ude00 \\ud83d\\ude00", "😀 😀 😀 😀"),
            (r"\ud83d alone", "\u{fffd} alone"),
            (r#"{\"name\": \"Anna\""#, r#"{"name": "Anna""#),
            (r"https:\/\/a.example\/x", "https://a.example/x"),
            (r"one\n\ntwo\nthree", "one\n\ntwo\nthree"),
            (r"C:\logs\run.txt\nAnna Berg", "C:\\logs\\run.txt\nAnna Berg"),
        ] {
            assert_eq!(read(text), want, "{text}");
        }
    }

    #[test]
    fn backslashes_that_are_none_stay() {
        for text in [
            r"C:\new\table\readme.txt",
            r"C:\Users\nina\reports\2024",
            r"D:\temp\Readme",
            r"\\nas01\reports\2024",
            r"..\new\file.txt",
            r".\bin\run",
            r"%TEMP%\name\run",
            r"HKLM\Software\new",
            r"^\d+\s*\w{2,}\.$",
            r"\bword \d",
            r"\textbf{Anna} \nu \beta \frac{1}{2} \rho",
            r"\alpha + \nabla f",
            r"use \nabla here",
            r"a \ b \\ c",
            r"\0 \033[31m",
            r"src\net\tcp.rs",
        ] {
            assert_eq!(read(text), text, "{text}");
        }
    }
}
