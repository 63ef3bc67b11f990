//! The names in the objects of a growing JSON text, so that none is written twice. Grammars cannot see to that where the model
//! chooses the names.

use std::collections::HashSet;

/// Most characters of a name that a model chooses itself (see `bounds`): one that is that long can only be ended.
pub(super) const LONGEST: usize = 40;

/// Follows JSON text that a grammar keeps valid.
#[derive(Debug, Clone, Default)]
pub(super) struct Keys {
    open: Vec<Frame>,
    /// The bytes of the string under way.
    string: Option<Vec<u8>>,
    escaped: bool,
    /// Whether a name was met for the second time.
    repeated: bool,
}

#[derive(Debug, Clone)]
enum Frame {
    List,
    Object { names: HashSet<String>, awaits_name: bool },
}

impl Keys {
    /// Reads on.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.read(*byte));
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
        // A name of full length can only be ended.
        let (long, mut keys) = ("x".repeat(40), Keys::default());
        keys.push(format!("{{\"{long}\":1,\"{}", &long[1..]).as_bytes());
        assert!(keys.would_repeat(b"x") && !keys.would_repeat(b"y") && !keys.would_repeat(b"\""));
    }
}
