//! The names in the objects of a growing JSON text, so that none is written twice, and the places of its numbers, so that
//! none goes on for ever. Grammars cannot see to that: the model chooses the names, and zeros may follow any fraction.

use std::collections::HashSet;

/// Most characters of a name that a model chooses itself (see `bounds`): one that is that long can only be ended.
pub(super) const LONGEST: usize = 40;

/// Most bytes of a name where only a pattern of the client's says what it looks like, if it can end there.
const LONGEST_FREE_NAME: usize = 128;

/// Most bytes of a number with a fraction: sign, 15 digits, the point and seven places. Beyond them only an end makes sense.
const LONGEST_NUMBER: usize = 24;

/// Most bytes of a number without one: what 64 bits hold.
const LONGEST_WHOLE: usize = 18;

/// How many lists and objects may be open at once.
const DEEPEST: usize = 32;

/// Follows JSON text that a grammar keeps valid.
#[derive(Debug, Clone, Default)]
pub(super) struct Keys {
    open: Vec<Frame>,
    /// The bytes of the string under way.
    string: Option<Vec<u8>>,
    escaped: bool,
    /// Whether a name was met for the second time.
    repeated: bool,
    /// Bytes of the number under way, and whether it has a fraction.
    number: (usize, bool),
    /// Bytes so far, and how many there should be at most.
    written: usize,
    budget: usize,
}

#[derive(Debug, Clone)]
enum Frame {
    List,
    Object { names: HashSet<String>, awaits_name: bool },
}

impl Keys {
    /// Reads on.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.written += bytes.len();
        bytes.iter().for_each(|byte| self.read(*byte));
    }

    /// Follows an answer that is to end when it has about so many bytes.
    pub(super) fn within(budget: usize) -> Self {
        Self { budget, ..Self::default() }
    }

    /// Whether these bytes would lengthen what is long enough: a number with more places or a name with more letters than anybody
    /// needs, or any value once the answer has taken the bytes that it had.
    pub(super) fn would_overrun(&self, bytes: &[u8]) -> bool {
        let is_late = self.written > self.budget;
        if let Some(string) = &self.string {
            let is_name = matches!(self.open.last(), Some(Frame::Object { awaits_name: true, .. }));
            let is_long = is_name && string.len() + bytes.len() > LONGEST_FREE_NAME;
            return (is_late || is_long) && !self.escaped && !bytes.contains(&b'"');
        }
        let (len, has_fraction) = self.number;
        match bytes.first() {
            Some(b'[' | b'{') => is_late || self.open.len() >= DEEPEST,
            Some(b',' | b'.' | b'e' | b'E') => is_late,
            Some(byte) if byte.is_ascii_digit() && len > 0 => {
                let n_digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
                let most = if has_fraction { LONGEST_NUMBER } else { LONGEST_WHOLE };
                is_late || len + n_digits > most
            }
            _ => false,
        }
    }

    /// Whether these bytes would end a name that its object has, or leave nothing but to do so.
    pub(super) fn would_repeat(&self, bytes: &[u8]) -> bool {
        // Only a quote ends a name.
        let long = self.string.as_ref().is_some_and(|string| string.len() + bytes.len() >= LONGEST);
        let ends = bytes.contains(&b'"');
        if !(long || ends) || self.open.is_empty() && !bytes.contains(&b'{') {
            return false;
        }
        let mut ahead = self.clone();
        ahead.push(bytes);
        ahead.repeated && !self.repeated || ahead.must_repeat()
    }

    /// Whether the name under way is as long as a name may be, and its object has it.
    fn must_repeat(&self) -> bool {
        let Some(Frame::Object { names, awaits_name: true }) = self.open.last() else {
            return false;
        };
        let under_way = self.string.as_deref().and_then(|string| std::str::from_utf8(string).ok());
        under_way.is_some_and(|name| names.contains(name) && name.chars().count() >= LONGEST)
    }

    fn read(&mut self, byte: u8) {
        if let Some(string) = &mut self.string {
            if byte == b'"' && !self.escaped {
                let string = std::mem::take(string);
                self.string = None;
                self.named(&string);
                return;
            }
            self.escaped = byte == b'\\' && !self.escaped;
            string.push(byte);
            return;
        }
        self.number = match byte {
            b'0'..=b'9' | b'-' | b'+' => (self.number.0 + 1, self.number.1),
            b'.' | b'e' | b'E' if self.number.0 > 0 => (self.number.0 + 1, byte == b'.'),
            _ => (0, false),
        };
        match byte {
            b'"' => self.string = Some(Vec::new()),
            b'{' => self.open.push(Frame::Object { names: HashSet::new(), awaits_name: true }),
            b'[' => self.open.push(Frame::List),
            b'}' | b']' => {
                self.open.pop();
            }
            b',' | b':' => {
                if let Some(Frame::Object { awaits_name, .. }) = self.open.last_mut() {
                    *awaits_name = byte == b',';
                }
            }
            _ => {}
        }
    }

    fn named(&mut self, string: &[u8]) {
        let Some(Frame::Object { names, awaits_name: true }) = self.open.last_mut() else { return };
        let quoted = [b"\"", string, b"\""].concat();
        let name = serde_json::from_slice(&quoted);
        let name: String = name.unwrap_or_else(|_| String::from_utf8_lossy(string).into_owned());
        self.repeated |= !names.insert(name);
    }
}

#[cfg(test)]
mod tests {
    use super::Keys;

    #[test]
    fn a_name_is_repeated_within_its_object_only() {
        for (text, next, repeats) in [
            (r#"{"a":1,"a"#, r#"""#, true),
            (r#"{"a":1,"b"#, r#"""#, false),
            (r#"{"a":1,"#, r#""a":2"#, true),
            (r#"{"a":{"a":1},"b"#, r#"""#, false),
            (r#"{"a":{"a":1,"a"#, r#"":"#, true),
            (r#"[{"a":1},{"a"#, r#"""#, false),
            (r#"{"a":"a","b":"a"#, r#"""#, false),
            (r#"{"a":["a","a"#, r#"""#, false),
            (r#"{"\u0061":1,"a"#, r#"""#, true),
            (r#"{"a\"":1,"a"#, r#"""#, false),
            (r#"{"a\"":1,"a\""#, r#"""#, true),
            (r#"{"a":1,"a"#, r#"b""#, false),
            ("", r#"{"a":1,"a":2}"#, true),
            (r#"{"a": 1, "a"#, r#"""#, true),
        ] {
            let mut keys = Keys::default();
            keys.push(text.as_bytes());
            assert_eq!(keys.would_repeat(next.as_bytes()), repeats, "{text} {next}");
        }
        for (text, next, overruns) in [
            ("[999999999999999.0000000", "0", false),
            ("[999999999999999.00000000", "0", true),
            ("[999999999999999.00000000", ",", false),
            ("[999999999999999.00000000", "0,1", true),
            ("[999999999999999999", "9", true),
            ("[99999999999999999", "9", false),
            ("[0.12345", "678", false),
            ("[\"0.1234567890123456789012345", "6", false),
            ("[0.1234567890123456789012,1.5", "6", false),
        ] {
            let mut keys = Keys::within(100);
            keys.push(text.as_bytes());
            assert_eq!(keys.would_overrun(next.as_bytes()), overruns, "{text} {next}");
        }
        for (text, next, overruns) in [
            ("[1", "2", true),
            ("[1", "]", false),
            ("[1", ",", true),
            ("[", "1", false),
            ("[", "[", true),
            ("[\"a", "b", true),
            ("[\"a", "\"", false),
            ("[\"a\\", "n", false),
            ("{\"a\":1", ",", true),
            ("{\"a\":1", "}", false),
        ] {
            let mut late = Keys::within(1);
            late.push(text.as_bytes());
            late.written += 1;
            assert_eq!(late.would_overrun(next.as_bytes()), overruns, "late: {text} {next}");
        }
        // A name of full length can only be ended.
        let (long, mut keys) = ("x".repeat(40), Keys::default());
        let begun = long.strip_prefix('x').unwrap_or_default();
        keys.push(format!("{{\"{long}\":1,\"{begun}").as_bytes());
        assert!(keys.would_repeat(b"x") && !keys.would_repeat(b"y") && !keys.would_repeat(b"\""));
    }
}
