//! A JSON reader that keeps places: what stands where in a body, so that a few spans can be replaced and every other
//! byte survives. `serde_json` reports values, not their spans, and copies strings; hence this one. Source: RFC 8259.
//!
//! Invariant: it accepts what `serde_json` accepts (a test compares both), but stops at [`MAX_DEPTH`]; escapes of lone
//! surrogates are refused, as they name no text. It works without recursion.

mod scan;
mod tape;

use crate::chat::believable;

pub(super) use scan::{Literal, Scanner, Syntax};
pub(super) use tape::{Kind, Tape, Value};

/// Deepest nesting that is read: the limit of `serde_json`, so nothing later chokes on what passed here.
pub(super) const MAX_DEPTH: u32 = 127;

/// A count of tokens: a number, or digits in a string. `None` if it is not given or cannot be one.
pub(super) fn count(value: Option<Value<'_>>) -> Option<u64> {
    let value = value?;
    let number = match value.kind() {
        Kind::Number => value.number()?,
        Kind::String => value.inner().trim().parse().ok()?,
        _ => return None,
    };
    believable(number)
}

/// The text of a JSON string literal without its quotes, escapes replaced. Expects escapes that have been checked.
pub(super) fn unescape(inner: &str) -> String {
    let mut out = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some((plain, escape)) = rest.split_once('\\') {
        out.push_str(plain);
        let mut chars = escape.chars();
        match chars.next() {
            Some('b') => out.push('\u{8}'),
            Some('f') => out.push('\u{c}'),
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some('u') => {
                let (unit, used) = code_point(escape);
                out.push(unit);
                rest = escape.get(used..).unwrap_or("");
                continue;
            }
            Some(other) => out.push(other),
            None => {}
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
    out
}

/// The character of `uXXXX` or `uXXXX\uXXXX` at the start of `escape`, and the bytes it takes.
fn code_point(escape: &str) -> (char, usize) {
    let unit = |from: usize| {
        escape.get(from..from + 4).and_then(|digits| u32::from_str_radix(digits, 16).ok())
    };
    let first = unit(1).unwrap_or(0xFFFD);
    if let (0xD800..=0xDBFF, Some(second)) = (first, unit(7)) {
        let point = 0x1_0000 + ((first - 0xD800) << 10) + (second.wrapping_sub(0xDC00) & 0x3FF);
        return (char::from_u32(point).unwrap_or('\u{FFFD}'), 11);
    }
    (char::from_u32(first).unwrap_or('\u{FFFD}'), 5)
}

#[cfg(test)]
mod tests {
    use super::{Kind, Tape, Value, unescape};
    use proptest::prelude::*;

    /// Puts a value together from the nodes alone.
    fn rebuild(value: Value<'_>) -> serde_json::Value {
        match value.kind() {
            Kind::Object => {
                let fields = value.fields();
                fields
                    .map(|(key, value)| (key.text().unwrap().into_owned(), rebuild(value)))
                    .collect()
            }
            Kind::Array => value.items().map(rebuild).collect(),
            _ => serde_json::from_str(value.raw()).unwrap(),
        }
    }

    #[test]
    fn escapes() {
        assert_eq!(
            unescape(r#"a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00z"#),
            "a\"\\/\u{8}\u{c}\n\r\té😀z"
        );
    }

    /// JSON-like noise: tokens in any order, so that both valid and broken documents turn up.
    fn noise() -> impl Strategy<Value = String> {
        let tokens = [
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"a\"",
            "\"\\u00e9\"",
            "\"\\ud800\"",
            "\"\\udc00\"",
            "\"\\ud83d\\ude00\"",
            "\"\\x\"",
            "\"",
            "\\",
            "1",
            "-1",
            "01",
            "1.5e+3",
            "1.",
            "-",
            ".5",
            "1e",
            "0",
            "true",
            "false",
            "null",
            "nul",
            " ",
            "\n",
            "\t",
            "\u{b}",
            "é",
            "\"é\n\"",
            "\"k\":1",
        ];
        prop::collection::vec(prop::sample::select(tokens.to_vec()), 0..12)
            .prop_map(|parts| parts.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn accepts_what_serde_json_accepts(text in noise()) {
            let theirs = serde_json::from_str::<serde_json::Value>(&text);
            // A number that no f64 holds is JSON all the same; serde_json stops there, so it cannot be the judge.
            let is_judge = !theirs.as_ref().is_err_and(|e| e.to_string().starts_with("number out of range"));
            prop_assume!(is_judge);
            prop_assert_eq!(Tape::parse(&text).is_ok(), theirs.is_ok(), "{}", text);
        }

        #[test]
        fn reads_what_serde_json_writes(text in "\\PC*", number: f64, nested in 0usize..40) {
            let mut json = serde_json::json!({ text.clone(): [text, number, true, null_or(nested)] });
            for _ in 0..nested {
                json = serde_json::json!([json, {"k": nested}]);
            }
            for written in [json.to_string(), serde_json::to_string_pretty(&json).unwrap()] {
                let tape = Tape::parse(&written).unwrap();
                prop_assert_eq!(rebuild(tape.root()), serde_json::from_str::<serde_json::Value>(&written).unwrap());
                for node in tape.root().subtree().filter(|node| node.is_string()) {
                    let theirs: String = serde_json::from_str(node.raw()).unwrap();
                    prop_assert_eq!(node.text().unwrap(), theirs);
                }
            }
        }

        #[test]
        fn never_panics(bytes: Vec<u8>) {
            let text = String::from_utf8_lossy(&bytes);
            let _ = Tape::parse(&text);
            let _ = unescape(&text);
        }
    }

    fn null_or(n: usize) -> Option<usize> {
        n.is_multiple_of(2).then_some(n)
    }

    #[test]
    fn depth_has_a_limit_and_needs_no_stack() {
        let deep = |n: usize| format!("{}1{}", "[".repeat(n), "]".repeat(n));
        assert!(Tape::parse(&deep(127)).is_ok());
        assert!(Tape::parse(&deep(128)).is_err());
        assert!(Tape::parse(&deep(1_000_000)).is_err());
        assert!(serde_json::from_str::<serde_json::Value>(&deep(127)).is_ok());
    }
}
