//! A slot's text as the plain texts that it carries: itself, or, where it is JSON, every string and number in it.
//!
//! A detector's offsets point into the JSON source, where `Müller` may be written `M\u00fcller` and a quote `\"`, twice over
//! where JSON stands inside a JSON string. A [`View`] is one such string as people read it, with the way back to the
//! source, so that one value has one placeholder however it was escaped.
//!
//! Invariant: replacing whole characters of views by text without quotes and backslashes keeps the JSON valid.

use crate::chat::{SlotKind, TextSlot, json_string};
use serde::de::IgnoredAny;
use std::borrow::Cow;
use std::ops::Range;

/// JSON inside JSON strings is followed this deep.
pub(super) const MAX_DEPTH: usize = 5;

/// One plain text of a slot.
pub(super) struct View<'a> {
    /// The text, unescaped.
    pub(super) text: Cow<'a, str>,
    /// Source offset of each byte of `text` and of its end; `None` where the text stands as it is from `offset` on.
    map: Option<Vec<u32>>,
    offset: usize,
    /// For a bare number: what a quote looks like in the source at its place.
    pub(super) quote: Option<String>,
}

impl View<'_> {
    /// Where a range of the text stands in the source.
    pub(super) fn source(&self, range: &Range<usize>) -> Range<usize> {
        self.at(range.start)..self.at(range.end)
    }

    /// The whole text's place in the source.
    pub(super) fn extent(&self) -> Range<usize> {
        self.source(&(0..self.text.len()))
    }

    /// The characters of the text that a source range touches; empty if none.
    pub(super) fn touched(&self, source: &Range<usize>) -> Range<usize> {
        let extent = self.extent();
        if source.end <= extent.start || source.start >= extent.end {
            return 0..0;
        }
        let (mut start, mut end) = match &self.map {
            None => (source.start.saturating_sub(self.offset), source.end - self.offset),
            Some(map) => {
                let after = map.partition_point(|&at| (at as usize) <= source.start);
                (after.saturating_sub(1), map.partition_point(|&at| (at as usize) < source.end))
            }
        };
        end = end.min(self.text.len());
        while !self.text.is_char_boundary(start) {
            start -= 1;
        }
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        start..end
    }

    fn at(&self, index: usize) -> usize {
        match &self.map {
            None => self.offset + index,
            Some(map) => map.get(index).map_or(self.offset, |&at| at as usize),
        }
    }
}

/// The plain texts of a slot, in source order.
pub(super) fn views(slot: &TextSlot) -> Vec<View<'_>> {
    let may_be_json = matches!(slot.kind, SlotKind::ToolArguments | SlotKind::ToolResult);
    if may_be_json && is_json_container(&slot.text) && u32::try_from(slot.text.len()).is_ok() {
        let mut out = Vec::new();
        lex(&slot.text, 0, &mut out);
        return out;
    }
    vec![View { text: Cow::Borrowed(&slot.text), map: None, offset: 0, quote: None }]
}

/// Whether a text is a whole JSON object or array.
pub(super) fn is_json_container(text: &str) -> bool {
    text.trim_start().starts_with(['{', '['])
        && serde_json::from_str::<IgnoredAny>(text.trim_start_matches(char::is_whitespace)).is_ok()
}

/// `value` as the content of a JSON string inside `depth` JSON strings.
pub(super) fn escaped(value: &str, depth: usize) -> String {
    let mut out = value.to_owned();
    for _ in 0..depth {
        let quoted = json_string(&out);
        out = quoted.get(1..quoted.len() - 1).unwrap_or_default().to_owned();
    }
    out
}

/// Collects the strings and numbers of valid JSON.
fn lex<'a>(json: &'a str, depth: usize, out: &mut Vec<View<'a>>) {
    let bytes = json.as_bytes();
    let mut i = 0;
    while let Some(&byte) = bytes.get(i) {
        let start = i;
        match byte {
            b'"' => {
                i = string_end(bytes, i);
                let content = json.get(start + 1..i - 1).unwrap_or_default();
                push_string(content, start + 1, depth, out);
            }
            b'-' | b'0'..=b'9' => {
                while bytes.get(i).is_some_and(|b| b"+-.eE0123456789".contains(b)) {
                    i += 1;
                }
                let text = Cow::Borrowed(json.get(start..i).unwrap_or_default());
                let quote = Some(escaped("\"", depth));
                out.push(View { text, map: None, offset: start, quote });
            }
            _ => i += 1,
        }
    }
}

/// One past the closing quote of the string that opens at `open`.
fn string_end(bytes: &[u8], open: usize) -> usize {
    let mut i = open + 1;
    while let Some(&byte) = bytes.get(i) {
        match byte {
            b'"' => return i + 1,
            b'\\' => i += 2,
            _ => i += 1,
        }
    }
    bytes.len()
}

/// Adds a string's content, or what it holds if it is JSON again.
fn push_string<'a>(content: &'a str, offset: usize, depth: usize, out: &mut Vec<View<'a>>) {
    if !content.contains('\\') {
        if depth + 1 >= MAX_DEPTH || !is_json_container(content) {
            out.push(View { text: Cow::Borrowed(content), map: None, offset, quote: None });
            return;
        }
        let mut inner = Vec::new();
        lex(content, depth + 1, &mut inner);
        out.extend(inner.into_iter().map(|view| shifted(view, offset)));
        return;
    }
    let (text, map) = decoded(content, offset);
    if depth + 1 >= MAX_DEPTH || !is_json_container(&text) {
        out.push(View { text: Cow::Owned(text), map: Some(map), offset, quote: None });
        return;
    }
    let mut inner = Vec::new();
    lex(&text, depth + 1, &mut inner);
    for view in inner {
        let points = (0..=view.text.len()).map(|i| view.at(i));
        let composed = points.map(|at| map.get(at).copied().unwrap_or_default()).collect();
        let text = Cow::Owned(view.text.into_owned());
        out.push(View { text, map: Some(composed), offset: 0, quote: view.quote });
    }
}

fn shifted(mut view: View<'_>, by: usize) -> View<'_> {
    view.offset += by;
    if let Some(map) = &mut view.map {
        map.iter_mut().for_each(|at| *at += by as u32);
    }
    view
}

/// A JSON string's content unescaped, with the source offset of every byte and of the end.
fn decoded(content: &str, offset: usize) -> (String, Vec<u32>) {
    let mut text = String::with_capacity(content.len());
    let mut map = Vec::with_capacity(content.len() + 1);
    let mut i = 0;
    while let Some(c) = content.get(i..).and_then(|rest| rest.chars().next()) {
        let (c, len) = if c == '\\' { unescape(content, i) } else { (c, c.len_utf8()) };
        text.push(c);
        map.resize(text.len(), (offset + i) as u32);
        i += len;
    }
    map.push((offset + content.len()) as u32);
    (text, map)
}

/// The character that the escape at `at` stands for, and the escape's length.
fn unescape(content: &str, at: usize) -> (char, usize) {
    let hex = |at: usize| {
        let digits = content.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    };
    match content.as_bytes().get(at + 1) {
        Some(b'n') => ('\n', 2),
        Some(b't') => ('\t', 2),
        Some(b'r') => ('\r', 2),
        Some(b'b') => ('\u{8}', 2),
        Some(b'f') => ('\u{c}', 2),
        Some(b'u') => {
            let units = hex(at).into_iter().chain(hex(at + 6));
            match char::decode_utf16(units).next() {
                Some(Ok(c)) => (c, 6 * c.len_utf16()),
                _ => (char::REPLACEMENT_CHARACTER, 6),
            }
        }
        Some(&byte) if byte.is_ascii() => (byte as char, 2),
        _ => ('\\', 1),
    }
}

#[cfg(test)]
mod tests {
    use super::views;
    use crate::chat::{SlotKind, TextSlot};

    fn slot(text: &str, kind: SlotKind) -> TextSlot {
        TextSlot { span: 0..0, text: text.into(), kind, role: None, message: None, cached: false }
    }

    #[test]
    fn json_falls_apart_into_what_people_read() {
        let json = r#"{ "a": "M\u00fcller \ud83d\ude00\n", "n": -1.5e3, "in": "{\"k\":[\"q\\\"x\",42]}", "p": "[no] json" }"#;
        let slot = slot(json, SlotKind::ToolArguments);
        let views = views(&slot);
        let texts: Vec<&str> = views.iter().map(|v| &*v.text).collect();
        assert_eq!(
            texts,
            ["a", "Müller 😀\n", "n", "-1.5e3", "in", "k", "q\"x", "42", "p", "[no] json"]
        );
        let source = |i: usize| json.get(views[i].extent()).unwrap();
        assert_eq!(source(1), r"M\u00fcller \ud83d\ude00\n");
        assert_eq!(source(6), r#"q\\\"x"#);
        assert_eq!(source(9), "[no] json");
        assert_eq!(views[3].quote.as_deref(), Some("\""));
        assert_eq!(views[7].quote.as_deref(), Some("\\\""));
    }

    #[test]
    fn a_range_of_the_source_covers_whole_escapes() {
        let json = r#"["M\u00fcller"]"#;
        let slot = slot(json, SlotKind::ToolResult);
        let view = &views(&slot)[0];
        assert_eq!(view.touched(&(5..7)), 1..3, "inside the escape");
        assert_eq!(view.source(&(1..3)), 3..9);
        assert_eq!(view.touched(&(0..2)), 0..0);
        assert_eq!(view.touched(&(0..json.len())), 0..7);
    }

    #[test]
    fn prose_and_broken_json_stay_one_text() {
        for (text, kind) in [
            ("{\"a\":1}", SlotKind::Message),
            ("{\"a\":", SlotKind::ToolArguments),
            ("42", SlotKind::ToolResult),
        ] {
            let slot = slot(text, kind);
            let views = views(&slot);
            assert_eq!(views.len(), 1);
            assert_eq!((&*views[0].text, views[0].touched(&(0..2))), (text, 0..2));
        }
    }
}
