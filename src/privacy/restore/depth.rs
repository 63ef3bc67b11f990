//! Where in JSON text a position stands: outside of strings, in a string, or in a string of JSON inside a string.
//!
//! The answer tells how often an inserted value must be escaped. It is found one character at a time, so the text may
//! come in pieces. A string is taken for JSON if its first character other than white space is `{` or `[`, until something
//! outside of its strings cannot be JSON: `"[note] said"` is prose.

use crate::privacy::plain::MAX_DEPTH;

/// A quote in JSON, in JSON in a string, and so on.
const QUOTES: [&str; 4] = ["\"", r#"\""#, r#"\\\""#, r#"\\\\\\\""#];

/// Follows JSON text.
#[derive(Debug)]
pub(super) struct Depth {
    /// The text itself, then the content of the open string, then the content of the open string in that, …
    levels: Vec<Level>,
}

#[derive(Debug)]
enum Level {
    /// Nothing but white space so far.
    Blank,
    /// Not JSON.
    Prose,
    Json {
        in_string: bool,
        escape: Escape,
    },
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Escape {
    No,
    Begun,
    /// Digits read and their value.
    Hex(u8, u32),
}

/// What one character does at one level.
enum Step {
    /// Nothing that concerns the levels below.
    Done,
    Opened,
    Closed,
    Content(char),
    NotJson,
}

impl Depth {
    /// The beginning of JSON text.
    pub(super) fn new() -> Self {
        Self { levels: vec![Level::Json { in_string: false, escape: Escape::No }] }
    }

    /// How many strings the position stands in.
    pub(super) fn strings(&self) -> usize {
        self.levels.iter().filter(|l| matches!(l, Level::Json { in_string: true, .. })).count()
    }

    /// Where a value may begin at the innermost level: how a quote is written there.
    pub(super) fn quote(&self) -> Option<&'static str> {
        match self.levels.last() {
            Some(Level::Json { in_string: false, .. }) if !self.in_escape() => {
                QUOTES.get(self.levels.len() - 1).copied()
            }
            _ => None,
        }
    }

    /// Whether the position stands inside an escape such as `\n` or `\u00e9`.
    pub(super) fn in_escape(&self) -> bool {
        match self.levels.first() {
            Some(Level::Json { escape, .. }) => *escape != Escape::No,
            _ => false,
        }
    }

    /// Takes note that a placeholder stands here: a string that begins with one is prose.
    pub(super) fn skip_placeholder(&mut self) {
        if let Some(level @ Level::Blank) = self.levels.last_mut() {
            *level = Level::Prose;
        }
    }

    /// Reads one character and returns what it means at the innermost level.
    pub(super) fn feed(&mut self, mut c: char) -> char {
        let mut i = 0;
        while let Some(level) = self.levels.get_mut(i) {
            match level.step(c) {
                Step::Done => break,
                Step::Opened => {
                    let below = if i + 1 < MAX_DEPTH { Level::Blank } else { Level::Prose };
                    self.levels.push(below);
                    break;
                }
                Step::Closed => {
                    self.levels.truncate(i + 1);
                    break;
                }
                Step::Content(inner) => c = inner,
                Step::NotJson => {
                    if i > 0 {
                        *level = Level::Prose;
                    }
                    break;
                }
            }
            i += 1;
        }
        c
    }
}

impl Level {
    fn step(&mut self, c: char) -> Step {
        if let Self::Blank = self {
            match c {
                '{' | '[' => *self = Self::Json { in_string: false, escape: Escape::No },
                c if c.is_whitespace() => {}
                _ => *self = Self::Prose,
            }
            return Step::Done;
        }
        let Self::Json { in_string, escape } = self else { return Step::Done };
        if !*in_string {
            if c == '"' {
                *in_string = true;
                return Step::Opened;
            }
            let may_stand = c.is_ascii_digit() || "{}[]:, \t\r\n+-.eEtrufalsn".contains(c);
            return if may_stand { Step::Done } else { Step::NotJson };
        }
        match *escape {
            Escape::No if c == '"' => {
                *in_string = false;
                Step::Closed
            }
            Escape::No if c == '\\' => {
                *escape = Escape::Begun;
                Step::Done
            }
            Escape::No => Step::Content(c),
            Escape::Begun if c == 'u' => {
                *escape = Escape::Hex(0, 0);
                Step::Done
            }
            Escape::Begun => {
                *escape = Escape::No;
                Step::Content(match c {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    'b' => '\u{8}',
                    'f' => '\u{c}',
                    other => other,
                })
            }
            Escape::Hex(digits, value) => {
                let value = value * 16 + c.to_digit(16).unwrap_or_default();
                if digits < 3 {
                    *escape = Escape::Hex(digits + 1, value);
                    return Step::Done;
                }
                *escape = Escape::No;
                Step::Content(char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Depth;

    /// `@` marks where the depth is asked; the answers in order.
    fn depths(json: &str) -> Vec<usize> {
        let mut depth = Depth::new();
        let mut out = Vec::new();
        for c in json.chars() {
            if c == '@' {
                out.push(depth.strings());
                depth.skip_placeholder();
            } else {
                depth.feed(c);
            }
        }
        out
    }

    #[test]
    fn counts_the_strings_around_a_place() {
        for (json, want) in [
            (r#"{"a":@,"b":"@ x \"@\" y","c":@}"#, &[0, 1, 1, 0][..]),
            (r#"{"body":"{\"to\":\"@\",\"n\":@,\"in\":\"[\\\"@\\\"]\"}","x":"@"}"#, &[2, 1, 3, 1]),
            (r#"{"a":"[note] \"@\" said","b":" { \"k\" : \"@\" }"}"#, &[1, 2]),
            (r#"{"a":"\u007b\u0022k\u0022:\u0022@\u0022}"}"#, &[2]),
            (r#"{"a":"@ {\"b\":\"@\"}"}"#, &[1, 1]),
        ] {
            assert_eq!(depths(json), want, "{json}");
        }
    }
}
