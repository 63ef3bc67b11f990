//! Removes white space from JSON that means nothing.
//!
//! Invariant: number literals, the order of members, repeated members and the content of strings stay byte for byte.

use serde::de::IgnoredAny;

/// A JSON object or array without insignificant white space; `None` if the text is not one.
pub(super) fn json(text: &str) -> Option<String> {
    let text = text.trim_matches([' ', '\t', '\r', '\n']);
    if !text.starts_with(['{', '[']) || serde_json::from_str::<IgnoredAny>(text).is_err() {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let (mut in_string, mut escaped) = (false, false);
    for c in text.chars() {
        if !in_string && matches!(c, ' ' | '\t' | '\r' | '\n') {
            continue;
        }
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = in_string,
            '"' => in_string = !in_string,
            _ => {}
        }
        out.push(c);
    }
    Some(out)
}

/// A text with the content of its ```` ```json ```` blocks minified; `None` if there is none or nothing changes.
pub(super) fn fenced(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut changed = false;
    while let Some(open) = next_fence(rest) {
        let (before, block) = rest.split_at(open);
        out.push_str(before);
        let Some((content, after)) = content_until_fence(block) else {
            rest = block;
            break;
        };
        match json(content) {
            Some(small) if small.len() + 1 < content.len() => {
                out.push_str(&small);
                out.push('\n');
                changed = true;
            }
            _ => out.push_str(content),
        }
        rest = after;
    }
    out.push_str(rest);
    changed.then_some(out)
}

/// Where the content of the next JSON block begins.
fn next_fence(text: &str) -> Option<usize> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        at += line.len();
        let line = line.trim();
        if line.eq_ignore_ascii_case("```json") || line.eq_ignore_ascii_case("~~~json") {
            return Some(at);
        }
    }
    None
}

/// A block's content and what follows from its closing fence on.
fn content_until_fence(block: &str) -> Option<(&str, &str)> {
    let mut at = 0;
    for line in block.split_inclusive('\n') {
        if matches!(line.trim(), "```" | "~~~") {
            return block.split_at_checked(at);
        }
        at += line.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{fenced, json};
    use proptest::prelude::*;

    const CASES: &str = include_str!("../../tests/data/shape/minify.json");

    #[derive(serde::Deserialize)]
    struct Case {
        text: String,
        want: Option<String>,
        #[serde(default)]
        fenced: bool,
    }

    #[test]
    fn cases() {
        let cases: Vec<Case> = serde_json::from_str(CASES).unwrap();
        for case in cases {
            let got = if case.fenced { fenced(&case.text) } else { json(&case.text) };
            assert_eq!(got, case.want, "{}", case.text);
        }
    }

    proptest! {
        #[test]
        fn keeps_the_value_and_is_stable(keys in proptest::collection::vec(".{0,6}", 0..5), n in any::<f64>()) {
            let value = serde_json::json!({"k": keys, "n": n, "o": {"a": [], "b": keys}});
            let pretty = serde_json::to_string_pretty(&value).unwrap();
            let small = json(&pretty).unwrap();
            prop_assert_eq!(&small, &value.to_string());
            prop_assert_eq!(json(&small), Some(small));
        }
    }
}
