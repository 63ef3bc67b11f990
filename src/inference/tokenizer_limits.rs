//! What a `tokenizer.json` may ask for before it is built: a file from a hub may make any text grow without end, or have a
//! regular expression try every way through it.
//!
//! Checked are the steps that run over texts. A pattern is fine if it compiles for a linear engine within its memory. One
//! with look-around runs on a backtracking engine, which gives up after a million steps a match; it must be fine without
//! its look-around, must not refer back to what it matched, and must not nest repetitions without an upper bound.

use regex_automata::meta::{Config, Regex};
use regex_automata::util::syntax;
use regex_syntax::hir::{Hir, HirKind};
use serde_json::Value;

/// Largest file, in bytes; those of vocabularies of 250,000 words have half of it.
const FILE: usize = 64 << 20;
/// Most steps over a text.
const STEPS: usize = 64;
/// Longest pattern, in bytes.
const PATTERN: usize = 2048;
/// Longest text that a step puts in, in bytes.
const CONTENT: usize = 256;
/// How much longer a text may become, counted in characters.
const GROWTH: usize = 64;
/// Most memory that a pattern may compile to, in bytes.
const COMPILED: usize = 4 << 20;
/// Largest table of characters to be replaced, in bytes as it is written; that of SentencePiece has a third of it.
const CHARSMAP: usize = 1 << 20;
/// Steps over texts, by their names in the file.
const PARTS: [&str; 4] = ["normalizer", "pre_tokenizer", "post_processor", "decoder"];

/// Whether a tokenizer's file stays within the limits.
///
/// # Errors
/// Says what does not.
pub fn check(file: &[u8]) -> Result<(), String> {
    if file.len() > FILE {
        return Err(format!("tokenizer.json: is larger than {} MiB", FILE >> 20));
    }
    let file: Value =
        serde_json::from_slice(file).map_err(|_| "tokenizer.json: is not JSON".to_owned())?;
    let mut seen = Seen { steps: 0, growth: 1 };
    for part in PARTS {
        if let Some(steps) = file.get(part) {
            seen.look(steps).map_err(|what| format!("tokenizer.json: {part}: {what}"))?;
        }
    }
    Ok(())
}

struct Seen {
    steps: usize,
    growth: usize,
}

impl Seen {
    fn look(&mut self, value: &Value) -> Result<(), String> {
        match value {
            Value::Object(fields) => {
                if fields.contains_key("type") {
                    self.step(value)?;
                }
                fields.values().try_for_each(|value| self.look(value))
            }
            Value::Array(items) => items.iter().try_for_each(|value| self.look(value)),
            _ => Ok(()),
        }
    }

    /// One step: its pattern, and what it puts in the place of what matches or before the text.
    fn step(&mut self, step: &Value) -> Result<(), String> {
        self.steps += 1;
        if self.steps > STEPS {
            return Err(format!("has more than {STEPS} steps"));
        }
        let text = |name: &str| step.get(name).and_then(Value::as_str);
        if text("precompiled_charsmap").is_some_and(|map| map.len() > CHARSMAP) {
            return Err(format!("has a table of more than {} KiB", CHARSMAP >> 10));
        }
        let mut least = 1;
        if let Some(pattern) = step.get("pattern") {
            if let Some(regex) = pattern.get("Regex").and_then(Value::as_str) {
                bounded(regex)?;
            }
            if let Some(fixed) = pattern.get("String").and_then(Value::as_str) {
                least = fixed.chars().count().max(1);
            }
        }
        for put in ["content", "prepend", "replacement", "prefix", "suffix"].map(text) {
            let Some(put) = put else { continue };
            if put.len() > CONTENT {
                return Err(format!("puts in a text of more than {CONTENT} bytes"));
            }
            if step.get("pattern").is_some() {
                self.growth =
                    self.growth.saturating_mul(put.chars().count().div_ceil(least).max(1));
            }
        }
        if self.growth > GROWTH {
            return Err(format!("may make a text more than {GROWTH} times as long"));
        }
        Ok(())
    }
}

/// Whether a pattern takes bounded time and memory.
fn bounded(pattern: &str) -> Result<(), String> {
    if pattern.len() > PATTERN {
        return Err(format!("has a pattern of more than {PATTERN} bytes"));
    }
    let compiles = |pattern: &str| {
        let config = Config::new().nfa_size_limit(Some(COMPILED)).onepass(false).dfa(false);
        Regex::builder().configure(config).build(pattern).is_ok()
    };
    if compiles(pattern) {
        return Ok(());
    }
    let (plain, has_look_around) =
        without_look_around(pattern).ok_or("has a pattern that refers back or cannot be read")?;
    if !has_look_around || !compiles(&plain) {
        return Err("has a pattern that cannot be read or is too large".to_owned());
    }
    let tree = syntax::parse(&plain).map_err(|_| "has a pattern that cannot be read")?;
    if nests(&tree, false) {
        let why = "has a pattern with look-around whose repetitions nest, which may take any time";
        return Err(why.to_owned());
    }
    Ok(())
}

/// The pattern with only what its look-around groups hold in their places, and possessive repetitions as plain ones.
/// `None` if it refers back to a group.
fn without_look_around(pattern: &str) -> Option<(String, bool)> {
    let mut out = String::with_capacity(pattern.len());
    let (mut found, mut in_class, mut repeats) = (false, 0_usize, false);
    let mut rest = pattern;
    while let Some(c) = rest.chars().next() {
        let mut taken = c.len_utf8();
        let was_repeat = std::mem::take(&mut repeats);
        if c == '\\' {
            let next = rest.get(1..)?.chars().next()?;
            if in_class == 0 && (matches!(next, '1'..='9') || matches!(next, 'k' | 'g')) {
                return None;
            }
            taken += next.len_utf8();
        } else if in_class > 0 {
            in_class = match c {
                '[' => in_class + 1,
                ']' => in_class - 1,
                _ => in_class,
            };
        } else if let Some(start) =
            ["(?=", "(?!", "(?<=", "(?<!", "(?>"].into_iter().find(|start| rest.starts_with(start))
        {
            found = true;
            out.push_str("(?:");
            rest = rest.get(start.len()..)?;
            continue;
        } else {
            match c {
                '[' => in_class = 1,
                '+' if was_repeat => {
                    found = true;
                    rest = rest.get(1..)?;
                    continue;
                }
                '+' | '*' | '?' | '}' => repeats = true,
                _ => {}
            }
        }
        out.push_str(rest.get(..taken)?);
        rest = rest.get(taken..)?;
    }
    Some((out, found))
}

/// Whether a repetition without an upper bound stands inside another one.
fn nests(tree: &Hir, inside: bool) -> bool {
    match tree.kind() {
        HirKind::Repetition(repetition) => {
            let unbounded = repetition.max.is_none();
            (inside && unbounded) || nests(&repetition.sub, inside || unbounded)
        }
        HirKind::Capture(capture) => nests(&capture.sub, inside),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().any(|part| nests(part, inside))
        }
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{bounded, check};
    use serde_json::{Value, json};

    #[test]
    fn patterns_of_published_tokenizers_pass() {
        for pattern in [
            r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
            r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
            r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s",
            r"[^(\s|[.,!?…。，、।۔،])]+",
            r"\s?\p{L}+|\s?\p{P}+",
            r"(?<=\d)(?=\d{3}(?:\D|$))",
            r" {2,}",
            r"^▁",
            r"\p{N}",
            r"[\r\n]",
            r"(?<![a-z])x",
        ] {
            assert_eq!(bounded(pattern), Ok(()), "{pattern}");
        }
    }

    #[test]
    fn patterns_without_bounds_are_refused() {
        let long = "a".repeat(3000);
        for pattern in [
            r"(a+)+(?!b)",
            r"(?:a*)*(?=c)",
            r"(?:(?:x|y)+z?)*(?!q)",
            r"(.*)*(?<!x)y",
            r"(?>(?:a+)+)b",
            r"(\w+\s?)+(?=$)",
            r"(a)\1+",
            r"(?<n>a)\k<n>",
            r"\p{L}{1000}{1000}{1000}",
            r"(?:[\s\S]{500}){500}",
            "(",
            r"[z-a]",
            r"(?=(a+)+)b",
            &long,
        ] {
            assert!(bounded(pattern).is_err(), "{pattern}");
        }
    }

    #[expect(clippy::needless_pass_by_value, reason = "cases are written where they are used")]
    fn file(normalizer: Value) -> Result<(), String> {
        check(
            json!({ "normalizer": normalizer, "model": { "type": "BPE" } }).to_string().as_bytes(),
        )
    }

    #[expect(clippy::needless_pass_by_value, reason = "cases are written where they are used")]
    fn replace(pattern: Value, content: &str) -> Value {
        json!({ "type": "Replace", "pattern": pattern, "content": content })
    }

    #[test]
    fn texts_cannot_grow_without_bounds() {
        let string = |text: &str| json!({ "String": text });
        let all = |steps: Vec<Value>| json!({ "type": "Sequence", "normalizers": steps });
        let double = |n: usize| all(vec![replace(string("a"), "aa"); n]);
        for fine in [
            Value::Null,
            json!({ "type": "NFC" }),
            replace(string(" "), "▁"),
            replace(string("``"), "\""),
            replace(json!({ "Regex": " {2,}" }), " "),
            all(vec![replace(string("a"), "b"); 40]),
            double(6),
            json!({ "type": "Prepend", "prepend": "▁" }),
            json!({ "type": "BertNormalizer", "lowercase": true }),
            json!({ "type": "Precompiled", "precompiled_charsmap": "AAAA" }),
        ] {
            assert_eq!(file(fine.clone()), Ok(()), "{fine}");
        }
        for bad in [
            double(7),
            double(63),
            all(vec![json!({ "type": "NFC" }); 64]),
            replace(string("a"), &"b".repeat(300)),
            replace(string("a"), &"b".repeat(65)),
            replace(json!({ "Regex": "a" }), &"b".repeat(65)),
            replace(json!({ "Regex": "(a+)+(?!b)" }), "b"),
            replace(string(""), &"b".repeat(65)),
            json!({ "type": "Prepend", "prepend": "x".repeat(257) }),
            json!({ "type": "Precompiled", "precompiled_charsmap": "A".repeat(2 << 20) }),
            all(vec![all(vec![replace(string("ab"), "abababab"); 4])]),
        ] {
            assert!(
                file(bad.clone()).is_err(),
                "{}",
                bad.to_string().chars().take(200).collect::<String>()
            );
        }
        assert!(check(b"no JSON").is_err());
        let split = json!({ "pre_tokenizer": { "type": "Split", "pattern": { "Regex": "(a*)*(?!b)" }, "behavior": "Isolated" } });
        assert!(check(split.to_string().as_bytes()).unwrap_err().contains("pre_tokenizer"));
    }
}
