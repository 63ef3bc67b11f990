//! JSON (RFC 8259) wherever it stands in a text: where it ends, and where its strings and numbers are.
//!
//! What Python prints of lists and dictionaries is read too (`'…'`, `None`, `True`), and commas before a closing bracket.

use crate::chat::json_string;
use std::ops::Range;

/// Brackets within brackets are followed this deep.
const MAX_NESTED: usize = 128;

/// Where JSON ends, and whether it holds a string.
pub(super) struct Container {
    pub(super) end: usize,
    pub(super) has_strings: bool,
}

/// A part of JSON that may be replaced.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Scalar {
    /// The content of a string, without quotes.
    Text(Range<usize>),
    Number(Range<usize>),
}

/// What may come next.
#[derive(Clone, Copy, PartialEq)]
enum Next {
    Value,
    ValueOrEnd,
    KeyOrEnd,
    Colon,
    CommaOrEnd,
}

/// The JSON object or array that begins at `open`, if one does. `work` is lowered by the bytes that were looked at; at 0 the
/// answer is no.
pub(super) fn container(text: &str, open: usize, work: &mut usize) -> Option<Container> {
    let bytes = text.as_bytes();
    let mut at = open;
    let found = walk(bytes, &mut at, work.saturating_add(open));
    *work = work.saturating_sub(at - open + 8);
    found.map(|has_strings| Container { end: at, has_strings })
}

/// Moves `at` past the container that begins there; whether it holds strings. `None` where it is no JSON.
fn walk(bytes: &[u8], at: &mut usize, limit: usize) -> Option<bool> {
    let mut open: Vec<u8> = Vec::new();
    let mut next = Next::Value;
    let mut has_strings = false;
    while *at < limit {
        let byte = *bytes.get(*at)?;
        match (byte, next) {
            (b' ' | b'\t' | b'\r' | b'\n', _) => *at += 1,
            (b'{' | b'[', Next::Value | Next::ValueOrEnd) => {
                if open.len() == MAX_NESTED {
                    return None;
                }
                open.push(byte);
                next = if byte == b'{' { Next::KeyOrEnd } else { Next::ValueOrEnd };
                *at += 1;
            }
            (b'}' | b']', Next::ValueOrEnd | Next::KeyOrEnd | Next::CommaOrEnd) => {
                if open.pop() != Some(if byte == b'}' { b'{' } else { b'[' }) {
                    return None;
                }
                *at += 1;
                if open.is_empty() {
                    return Some(has_strings);
                }
                next = Next::CommaOrEnd;
            }
            (b'"' | b'\'', Next::Value | Next::ValueOrEnd | Next::KeyOrEnd) => {
                *at = string_end(bytes, *at)?;
                has_strings = true;
                next = if next == Next::KeyOrEnd { Next::Colon } else { Next::CommaOrEnd };
            }
            (b':', Next::Colon) => {
                next = Next::Value;
                *at += 1;
            }
            (b',', Next::CommaOrEnd) => {
                let in_object = open.last() == Some(&b'{');
                next = if in_object { Next::KeyOrEnd } else { Next::ValueOrEnd };
                *at += 1;
            }
            (_, Next::Value | Next::ValueOrEnd) => {
                *at += bare(bytes.get(*at..).unwrap_or_default())?;
                next = Next::CommaOrEnd;
            }
            _ => return None,
        }
    }
    None
}

/// Length of the number or word that a text begins with.
fn bare(rest: &[u8]) -> Option<usize> {
    let number = number_len(rest);
    if rest.iter().take(number).any(u8::is_ascii_digit) {
        return Some(number);
    }
    let words: [&[u8]; 9] =
        [b"true", b"false", b"null", b"None", b"True", b"False", b"NaN", b"Infinity", b"-Infinity"];
    words.iter().find(|word| rest.starts_with(word)).map(|word| word.len())
}

fn number_len(rest: &[u8]) -> usize {
    if !matches!(rest.first(), Some(b'-' | b'0'..=b'9')) {
        return 0;
    }
    rest.iter().take_while(|b| b"+-.eE0123456789".contains(b)).count()
}

/// One past the quote that closes the string that opens at `open`. A line may not end inside of it.
fn string_end(bytes: &[u8], open: usize) -> Option<usize> {
    let quote = bytes.get(open)?;
    let mut i = open + 1;
    loop {
        match bytes.get(i)? {
            b'\\' => i += 2,
            b'\n' | b'\r' => return None,
            byte if byte == quote => return Some(i + 1),
            _ => i += 1,
        }
    }
}

/// The strings and numbers of a container, in order.
pub(super) fn scalars(text: &str, range: &Range<usize>, mut take: impl FnMut(Scalar)) {
    let bytes = text.as_bytes().get(..range.end).unwrap_or_default();
    let mut at = range.start;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' | b'\'' => {
                let end = string_end(bytes, at).unwrap_or(range.end);
                take(Scalar::Text(at + 1..end - 1));
                at = end;
            }
            b'-' | b'0'..=b'9' => {
                let len = number_len(bytes.get(at..).unwrap_or_default());
                take(Scalar::Number(at..at + len));
                at += len;
            }
            _ => at += 1,
        }
    }
}

/// `value` as the content of a JSON string inside `depth` JSON strings.
pub(in crate::privacy) fn escaped(value: &str, depth: usize) -> String {
    let mut out = value.to_owned();
    for _ in 0..depth {
        let quoted = json_string(&out);
        out = quoted.get(1..quoted.len() - 1).unwrap_or_default().to_owned();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Scalar, container, scalars};

    fn end(text: &str) -> Option<usize> {
        container(text, 0, &mut 10_000).map(|found| found.end)
    }

    #[test]
    fn json_is_found_where_it_ends() {
        for text in [
            r#"{}"#,
            r#"[]"#,
            r#"{"a": "x\"}", "b": [1, -2.5e3, true, null]}"#,
            r#"{"a": {"b": {"c": []}}}"#,
            "{\n  \"a\": 1,\n}",
            "[1, 2,]",
            "{'name': 'Anna', 'x': None, 'y': True}",
            r#"[{"role": "user"}, NaN]"#,
        ] {
            assert_eq!(end(text), Some(text.len()), "{text}");
            assert_eq!(end(&format!("{text} and more")), Some(text.len()), "{text}");
        }
    }

    #[test]
    fn prose_and_code_are_no_json() {
        for text in [
            "[note] said",
            "{name}",
            "[a-z\\d]",
            "{3}",
            "[see (1)]",
            "{ return x; }",
            "[1, 2",
            "{\"a\":",
            "{\"a\" 1}",
            "[1 2]",
            "[\"a\nb\"]",
        ] {
            assert!(end(text).is_none(), "{text}");
        }
    }

    #[test]
    fn strings_and_numbers_are_what_may_be_replaced() {
        let text = r#"{"a": "x", "n": [-1.5e3, 'y\'z']}"#;
        let mut found = Vec::new();
        scalars(text, &(0..text.len()), |scalar| {
            let (Scalar::Text(range) | Scalar::Number(range)) = scalar;
            found.push(text.get(range).unwrap());
        });
        assert_eq!(found, ["a", "x", "n", "-1.5e3", r"y\'z"]);
    }

    #[test]
    fn work_is_bounded() {
        let text = "[".repeat(100_000);
        let mut work = 8 * text.len();
        for open in 0..text.len() {
            assert!(container(&text, open, &mut work).is_none());
        }
        assert_eq!(work, 0);
    }
}
