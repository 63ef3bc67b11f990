//! From a model's full name to its family: `gpt-4.1-mini-2025-04-14` is `gpt-4.1-mini`.
//!
//! Only endings that name a release of the same model are taken off. A word such as `-audio` or `-realtime` stands for
//! another product with other prices and stays, so that its price is unknown rather than wrong.

/// Digits of the endings `-2025-04-14`, `-20250514`, `-2411`, `-0613` and `-001`, by the lengths of their groups.
const DATE_SHAPES: [&[usize]; 4] = [&[4, 2, 2], &[8], &[4], &[3]];

/// The name without one release ending, or `None` if it has none.
pub(super) fn without_release(name: &str) -> Option<&str> {
    if let Some(family) = name.strip_suffix("-latest") {
        return Some(family);
    }
    if let Some((family, rest)) = name.rsplit_once("-preview") {
        let dated = rest.bytes().all(|b| b == b'-' || b.is_ascii_digit());
        return dated.then_some(family);
    }
    // Vertex AI writes `claude-sonnet-4@20250514`.
    if let Some((family, date)) = name.rsplit_once('@') {
        return is_number(date, 8).then_some(family);
    }
    DATE_SHAPES.iter().find_map(|shape| without_groups(name, shape))
}

/// Takes `-` and a group of digits off the end for each length in `shape`, from the last to the first.
fn without_groups<'a>(name: &'a str, shape: &[usize]) -> Option<&'a str> {
    let mut rest = name;
    for length in shape.iter().rev() {
        let (before, digits) = rest.rsplit_once('-')?;
        if !is_number(digits, *length) {
            return None;
        }
        rest = before;
    }
    (!rest.is_empty()).then_some(rest)
}

fn is_number(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::without_release;

    #[test]
    fn takes_off_releases_only() {
        for (name, family) in [
            ("gpt-4.1-mini-2025-04-14", Some("gpt-4.1-mini")),
            ("claude-sonnet-4-20250514", Some("claude-sonnet-4")),
            ("claude-sonnet-4@20250514", Some("claude-sonnet-4")),
            ("mistral-large-2411", Some("mistral-large")),
            ("gemini-2.0-flash-001", Some("gemini-2.0-flash")),
            ("gemini-2.5-flash-preview-09-2025", Some("gemini-2.5-flash")),
            ("gemini-3.1-pro-preview", Some("gemini-3.1-pro")),
            ("gpt-5-chat-latest", Some("gpt-5-chat")),
            ("gpt-4o-realtime-preview", Some("gpt-4o-realtime")),
            ("gpt-4o-preview-audio", None),
            ("claude-opus-4-1", None),
            ("gpt-4.1", None),
            ("-2411", None),
            ("", None),
            ("名前-2025-04-14", Some("名前")),
        ] {
            assert_eq!(without_release(name), family, "{name}");
        }
    }
}
