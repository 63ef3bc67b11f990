//! Whether a value is an identifier of a program: its line looks like code, and it stands in no string and no comment.
//!
//! A signal alone says little (German tables end their lines with `;` too), so two weak ones or a strong one are asked for.

use super::around::Around;
use super::lists::{CODE, COMMON, PRODUCTS};
use regex_automata::meta::Regex;
use std::sync::LazyLock;

/// Signs that stand in code alone.
const STRONG: &[&str] = &[
    "self.", "();", "()", "===", "!==", "&&", ");", "):", ") {", "${", "#!/", "!pip", "{{", "f'{",
    "f\"{",
];

/// Openings of lines that are imports, definitions or commands.
static OPENING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?x)^\s*(?:>>>\ |\$\ |\.\.\.\ )?(?:
            from\s+[\w.]+\s+import\b | import\s+[\w.{*]+(?:\s+as\s+\w+)?(?:,\s*[\w.]+)*\s*;?$ | import\s.+\sfrom\s+['"] |
            use\s+[\w:]+(?:::|;) | \#include | require\b.*['"] | (?:async\s+)?(?:def|fn|func|function)\s+\w+\s*[(<] |
            class\s+\w+\s*[({:] | @\w[\w.]*\s*(?:\(.*)?$ | (?:pub|export|public|private|protected|static)\s+[\w<>\[\]*]+.*[={(;]\s*$ |
            (?:let|var|const)\s+[\w{}\[\],\s]+(?::\s*[\w<>\[\]]+)?\s*=\s | export\s+[A-Z_]+= | (?:cd|cp|mv|ls)\s+[./~$] | python3?\s+(?:-|\S+\.py) |
            (?:pip|pip3|uv|npm|npx|pnpm|yarn|cargo|docker|kubectl|curl|wget|sudo|apt|apt-get|brew|conda|poetry|pytest)\s+[-\w./'"] | git\s+(?:add|clone|commit|push|pull|checkout|diff|log|status|-)\b? |
            [\w.]+\s*(?::\s*[\w\[\]|.,\s]+)?=\s*[\w.]+[(\[{] | (?:el)?if\s.+(?:[()=<>!\[]|\bnot\b|\bis\ None|\bin\b).*:$ | (?:return|yield|await|raise|throw)\s+[\w.]+[(\[] |
            for\s+[a-z_]\w*\s+in\s.+:$ | (?:with|while)\s.+\w\(.*:$ | [\w-]+\s*\{\s*$ | :::\s
        )"#,
    )
    .ok()
});

/// Whether the value is an identifier in code.
pub(super) fn is_identifier(a: &Around<'_>) -> bool {
    if let Some(literal) = literal(a) {
        return is_key(literal);
    }
    // What is assigned as it stands is a setting's value.
    let rest = a.line_after().trim_end();
    if a.line_before().ends_with("= ") && matches!(rest, "" | ";" | ",") {
        return false;
    }
    // Names of programs have no blanks.
    let one = !a.value.contains(char::is_whitespace);
    !in_comment(a) && (glued(a) || (one && !a.in_record() && is_code(&a.line())))
}

/// Whether a line looks like code.
pub(super) fn is_code(line: &str) -> bool {
    let line = line.trim_end();
    if OPENING.as_ref().is_some_and(|regex| regex.is_match(line)) {
        return true;
    }
    if STRONG.iter().any(|sign| line.contains(sign)) {
        return true;
    }
    // `std::Adam`, but not the colons of an address.
    let path = line.as_bytes().windows(4).any(|w| {
        w[1] == b':'
            && w[2] == b':'
            && w[0].is_ascii_alphabetic()
            && !w[0].is_ascii_hexdigit()
            && w[3].is_ascii_alphabetic()
    });
    if path {
        return true;
    }
    let inside = |mark: u8| {
        let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
        line.as_bytes().windows(2).any(|pair| pair[1] == mark && word(pair[0]))
    };
    let ends = line.ends_with([';', '{', '}', '(', '[', ',', '\\']);
    let assigns = [" = ", " == ", " != ", " += "].iter().any(|sign| line.contains(sign));
    let arrow = line.contains("=>") || line.contains("->");
    let snake = line
        .as_bytes()
        .windows(3)
        .any(|w| w[1] == b'_' && w[0].is_ascii_lowercase() && w[2].is_ascii_lowercase());
    let first = line.split_whitespace().next().unwrap_or_default();
    let keyword = [
        "return", "if", "elif", "else:", "try:", "raise", "throw", "assert", "case", "switch",
        "await", "yield", "del",
    ]
    .contains(&first);
    let signals = [assigns, arrow, inside(b'('), inside(b'['), snake];
    let n = signals.iter().filter(|signal| **signal).count();
    // `if Anna calls,` begins like code too.
    n >= 2 || (n == 1 && (ends || keyword))
}

/// Whether the value is a part of a name with dots, colons or calls around it (`s.Sema`, `std::Adam`, `Adam(`).
fn glued(a: &Around<'_>) -> bool {
    let mut before = a.before.chars().rev();
    let (last, second) = (before.next(), before.next());
    let word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let start = a.before.trim_end_matches(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.'));
    let head = a.before.get(start.len()..).unwrap_or_default();
    // `s.Sema` has a short lower-case name before the full stop; `tomorrow.Anna` lacks a blank.
    let object = head.trim_end_matches('.');
    let member = last == Some('.')
        && word(second)
        && (object.len() <= 3
            || object.contains(['_', '.'])
            || object.ends_with(|c: char| c.is_ascii_digit()))
        && object.starts_with(|c: char| c.is_lowercase() || c == '_');
    let path = last == Some(':') && second == Some(':');
    let mut after = a.after.chars();
    let (first, next) = (after.next(), after.next());
    let low = !a.value.chars().any(char::is_uppercase);
    let blank = a.value.contains(char::is_whitespace);
    let called = match first {
        // `Anna(mother)` lacks a blank; a call has an object, or a name in lower case.
        Some('(') => (low || matches!(last, Some('.' | '=' | '(' | '@' | ':'))) && !blank,
        Some('[') => {
            next.is_some_and(|c| c.is_ascii_digit() || matches!(c, '"' | '\'' | ']' | ':'))
                && !blank
        }
        Some('.') => {
            let member: String =
                a.after.chars().skip(1).take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let rest = a.after.get(1 + member.len()..).unwrap_or_default();
            let call = rest.starts_with(['(', '[', '=', '_']) || member.contains('_');
            next.is_some_and(|c| c.is_lowercase() || c == '_')
                && !blank
                && last != Some('@')
                && (low || call)
        }
        Some(':') => next == Some(':'),
        Some('=') => next.is_some_and(|c| !c.is_whitespace()) && !blank && low,
        _ => false,
    };
    let placeholder = low
        && matches!(last, Some('{' | '$'))
        && matches!(first, Some('}' | '.' | ':' | '!' | '['));
    // `s.Sema`, seen as a whole.
    let whole = a.value.split_once('.').is_some_and(|(object, member)| {
        let name = |c: char| c.is_alphanumeric() || c == '_';
        let short = object.len() <= 3 && object.chars().all(|c| c.is_lowercase() || c == '_');
        short
            && !object.is_empty()
            && member.starts_with(char::is_uppercase)
            && member.chars().all(name)
    });
    member || path || called || placeholder || whole
}

/// What stands between the quotes or backticks around the value, on its line.
pub(super) fn literal<'a>(a: &Around<'a>) -> Option<Literal<'a>> {
    let (before, after) = (a.line_before(), a.line_after());
    let mut open: Option<(usize, char)> = None;
    let mut last = ' ';
    for (at, c) in before.char_indices() {
        match open {
            None if c == '"' || c == '`' || (c == '\'' && !last.is_alphanumeric()) => {
                open = Some((at, c));
            }
            Some((_, quote)) if c == quote && last != '\\' => open = None,
            _ => {}
        }
        last = c;
    }
    let (at, quote) = open?;
    let end = after.find(quote)?;
    Some(Literal {
        head: before.get(at + quote.len_utf8()..)?,
        value: a.value,
        tail: after.get(..end)?,
        quote,
    })
}

/// A value between quotes.
#[derive(Clone, Copy)]
pub(super) struct Literal<'a> {
    /// What stands between the opening quote and the value.
    pub head: &'a str,
    /// The value.
    pub value: &'a str,
    /// What stands between it and the closing quote.
    pub tail: &'a str,
    /// The quote.
    pub quote: char,
}

/// Whether what stands between the quotes is a key, a path of modules or a setting, and nothing that a person would write.
fn is_key(literal: Literal<'_>) -> bool {
    let Literal { head, value, tail, quote } = literal;
    let whole = [head, value, tail].concat();
    if whole.is_empty() || whole.contains(char::is_whitespace) || whole.contains('@') {
        return quote == '`' && is_code(&whole);
    }
    let plain =
        whole.chars().all(|c| c.is_ascii_alphanumeric() || "_.:/-[]{}()$<>=*%#".contains(c));
    let lower = !whole.chars().any(char::is_uppercase);
    let upper = !whole.chars().any(char::is_lowercase);
    // `anna.smith` and `anna_smith` may be somebody; a path, a setting or three parts in a row are not.
    let parts = |mark: char| whole.matches(mark).count() >= 2;
    let joined = whole.contains([':', '/', '[', '{', '(', '=']) || parts('.') || parts('_');
    // A bare word between backticks is code where it is a word of code.
    let word = quote == '`'
        && (CODE.contains(&whole) || COMMON.contains(&whole) || PRODUCTS.contains(&whole));
    plain && ((lower && (joined || word)) || (upper && parts('_')))
}

/// Whether a comment begins before the value on its line.
fn in_comment(a: &Around<'_>) -> bool {
    let before = a.line_before();
    let trimmed = before.trim_start();
    ["# ", "// ", "/* ", "* ", "-- ", "<!-- "].iter().any(|mark| trimmed.starts_with(mark))
        || before.contains(" # ")
        || before.contains(" // ")
}
