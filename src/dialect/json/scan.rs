//! Walks over JSON text without keeping anything.
//!
//! Invariant: `at` never leaves the text, and every step checks what it passes.

use super::{MAX_DEPTH, unescape};
use std::borrow::Cow;
use std::ops::Range;

/// Where JSON is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::dialect) struct Syntax {
    /// Offset of the first byte at fault.
    pub(in crate::dialect) at: usize,
    /// What should stand there.
    pub(in crate::dialect) expected: &'static str,
}

/// A string literal: its place with quotes.
#[derive(Debug, Clone, Copy)]
pub(in crate::dialect) struct Literal {
    pub(in crate::dialect) start: usize,
    pub(in crate::dialect) end: usize,
    /// Whether it contains escapes.
    pub(in crate::dialect) escaped: bool,
}

/// What a value is; keys of objects are told from strings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::dialect) enum Token {
    Object,
    Array,
    Key,
    String,
    Number,
    True,
    False,
    Null,
}

/// Receives what [`Scanner::value`] passes.
pub(super) trait Sink {
    fn open(&mut self, token: Token, start: usize);
    fn close(&mut self, end: usize);
    fn leaf(&mut self, token: Token, span: Range<usize>, escaped: bool);
}

/// Skips.
impl Sink for () {
    fn open(&mut self, _: Token, _: usize) {}
    fn close(&mut self, _: usize) {}
    fn leaf(&mut self, _: Token, _: Range<usize>, _: bool) {}
}

/// A place in JSON text.
#[derive(Debug, Clone)]
pub(in crate::dialect) struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    pub(in crate::dialect) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// From a place in the text on.
    pub(super) fn from(text: &'a str, at: usize) -> Self {
        Self { text, at }
    }

    /// Offset of the next byte.
    pub(in crate::dialect) fn at(&self) -> usize {
        self.at
    }

    /// The next byte that is not white space.
    pub(in crate::dialect) fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(self.at) {
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Some(*byte);
            }
            self.at += 1;
        }
        None
    }

    /// The text between two offsets.
    pub(in crate::dialect) fn slice(&self, span: Range<usize>) -> &'a str {
        self.text.get(span).unwrap_or("")
    }

    /// The decoded text of a literal.
    pub(in crate::dialect) fn text(&self, literal: Literal) -> Cow<'a, str> {
        let inner = self.slice(literal.start + 1..literal.end - 1);
        if literal.escaped { Cow::Owned(unescape(inner)) } else { Cow::Borrowed(inner) }
    }

    /// Nothing but white space may follow.
    pub(in crate::dialect) fn finish(&mut self) -> Result<(), Syntax> {
        match self.peek() {
            None => Ok(()),
            Some(_) => self.fail("the end of the text"),
        }
    }

    /// Calls `each` at every value of an object, with its key and the place of the comma before it. `each` must pass
    /// the value.
    pub(in crate::dialect) fn members(
        &mut self,
        mut each: impl FnMut(&mut Self, Literal, Option<usize>) -> Result<(), Syntax>,
    ) -> Result<(), Syntax> {
        self.take(b'{', "`{`")?;
        let mut comma = None;
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(());
        }
        loop {
            let key = self.key()?;
            self.peek();
            each(self, key, comma)?;
            comma = match self.peek() {
                Some(b',') => Some(self.at),
                Some(b'}') => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return self.fail("`,` or `}`"),
            };
            self.at += 1;
        }
    }

    /// Calls `each` at every value of an array. `each` must pass the value.
    pub(in crate::dialect) fn elements(
        &mut self,
        mut each: impl FnMut(&mut Self) -> Result<(), Syntax>,
    ) -> Result<(), Syntax> {
        self.take(b'[', "`[`")?;
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.peek();
            each(self)?;
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return self.fail("`,` or `]`"),
            }
        }
    }

    /// Passes a value of any kind and returns its span.
    pub(in crate::dialect) fn skip(&mut self) -> Result<Range<usize>, Syntax> {
        self.peek();
        let start = self.at;
        self.value(&mut ())?;
        Ok(start..self.at)
    }

    /// Passes a value and tells `sink` what it saw. Open containers are kept as bits, 1 for an object.
    pub(super) fn value(&mut self, sink: &mut impl Sink) -> Result<(), Syntax> {
        let (mut objects, mut depth) = (0_u128, 0_u32);
        loop {
            let opened = self.one(sink)?;
            if let Some(is_object) = opened {
                if depth == MAX_DEPTH {
                    self.at -= 1;
                    return self.fail("at most 127 levels of nesting");
                }
                depth += 1;
                objects = objects << 1 | u128::from(is_object);
                let close = if is_object { b'}' } else { b']' };
                if self.peek() != Some(close) {
                    if is_object {
                        self.key_into(sink)?;
                    }
                    continue;
                }
            }
            loop {
                if depth == 0 {
                    return Ok(());
                }
                let in_object = objects & 1 == 1;
                match (self.peek(), in_object) {
                    (Some(b','), true) => {
                        self.at += 1;
                        self.key_into(sink)?;
                        break;
                    }
                    (Some(b','), false) => {
                        self.at += 1;
                        break;
                    }
                    (Some(b'}'), true) | (Some(b']'), false) => {
                        self.at += 1;
                        sink.close(self.at);
                        depth -= 1;
                        objects >>= 1;
                    }
                    (_, true) => return self.fail("`,` or `}`"),
                    (_, false) => return self.fail("`,` or `]`"),
                }
            }
        }
    }

    /// Passes one scalar, or opens one container and says whether it is an object.
    fn one(&mut self, sink: &mut impl Sink) -> Result<Option<bool>, Syntax> {
        let first = self.peek();
        let start = self.at;
        let token = match first {
            Some(byte @ (b'{' | b'[')) => {
                self.at += 1;
                let is_object = byte == b'{';
                sink.open(if is_object { Token::Object } else { Token::Array }, start);
                return Ok(Some(is_object));
            }
            Some(b'"') => {
                let literal = self.string()?;
                sink.leaf(Token::String, start..self.at, literal.escaped);
                return Ok(None);
            }
            Some(b'-' | b'0'..=b'9') => {
                self.number()?;
                Token::Number
            }
            Some(b't') => self.word("true", Token::True)?,
            Some(b'f') => self.word("false", Token::False)?,
            Some(b'n') => self.word("null", Token::Null)?,
            _ => return self.fail("a value"),
        };
        sink.leaf(token, start..self.at, false);
        Ok(None)
    }

    /// Passes a key and its colon.
    fn key(&mut self) -> Result<Literal, Syntax> {
        if self.peek() != Some(b'"') {
            return self.fail("a key in quotes");
        }
        let key = self.string()?;
        self.take(b':', "`:`")?;
        Ok(key)
    }

    fn key_into(&mut self, sink: &mut impl Sink) -> Result<(), Syntax> {
        let key = self.key()?;
        sink.leaf(Token::Key, key.start..key.end, key.escaped);
        Ok(())
    }

    /// Passes a string; the next byte is its quote.
    pub(in crate::dialect) fn string(&mut self) -> Result<Literal, Syntax> {
        let (start, mut escaped) = (self.at, false);
        self.take(b'"', "a string")?;
        let bytes = self.text.as_bytes();
        loop {
            self.at = next_special(bytes, self.at);
            match bytes.get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(Literal { start, end: self.at, escaped });
                }
                Some(b'\\') => {
                    escaped = true;
                    self.escape()?;
                }
                Some(_) => return self.fail("an escape instead of a control character"),
                None => return self.fail("the closing quote of a string"),
            }
        }
    }

    fn escape(&mut self) -> Result<(), Syntax> {
        match self.text.as_bytes().get(self.at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.at += 2;
                Ok(())
            }
            Some(b'u') => {
                let Some(first) = self.unit(self.at) else {
                    return self.fail("four hex digits after `\\u`");
                };
                let second = self.unit(self.at + 6);
                self.at += match (first, second) {
                    (0xD800..=0xDBFF, Some(0xDC00..=0xDFFF)) => 12,
                    (0xD800..=0xDFFF, _) => return self.fail("a pair of surrogates"),
                    _ => 6,
                };
                Ok(())
            }
            _ => self.fail("a known escape"),
        }
    }

    /// The number in `\uXXXX` at `at`.
    fn unit(&self, at: usize) -> Option<u32> {
        let escape = self.text.as_bytes().get(at..at + 6)?;
        let digits = escape.strip_prefix(b"\\u")?;
        digits.iter().try_fold(0, |sum, digit| Some(sum * 16 + char::from(*digit).to_digit(16)?))
    }

    fn number(&mut self) -> Result<(), Syntax> {
        let bytes = self.text.as_bytes();
        if bytes.get(self.at) == Some(&b'-') {
            self.at += 1;
        }
        if bytes.get(self.at) == Some(&b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if bytes.get(self.at) == Some(&b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(bytes.get(self.at), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(bytes.get(self.at), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), Syntax> {
        let bytes = self.text.as_bytes();
        let start = self.at;
        while matches!(bytes.get(self.at), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start { self.fail("a digit") } else { Ok(()) }
    }

    fn word(&mut self, word: &'static str, token: Token) -> Result<Token, Syntax> {
        if self.text.as_bytes().get(self.at..self.at + word.len()) != Some(word.as_bytes()) {
            return self.fail("a value");
        }
        self.at += word.len();
        Ok(token)
    }

    fn take(&mut self, byte: u8, expected: &'static str) -> Result<(), Syntax> {
        if self.peek() != Some(byte) {
            return self.fail(expected);
        }
        self.at += 1;
        Ok(())
    }

    fn fail<T>(&self, expected: &'static str) -> Result<T, Syntax> {
        Err(Syntax { at: self.at, expected })
    }
}

/// Offset of the next quote, backslash or control character at or after `from`, else the length. Looks at eight bytes
/// at once: each test leaves the high bit set in bytes that match, and borrows spoil only bytes behind the first match.
fn next_special(bytes: &[u8], mut from: usize) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & HIGH;
    while let Some((eight, _)) = bytes.get(from..).and_then(|rest| rest.split_first_chunk::<8>()) {
        let word = u64::from_le_bytes(*eight);
        let quote = zeros(word ^ (ONES * 0x22));
        let backslash = zeros(word ^ (ONES * 0x5C));
        let control = word.wrapping_sub(ONES * 0x20) & !word & HIGH;
        let found = quote | backslash | control;
        if found != 0 {
            return from + found.trailing_zeros() as usize / 8;
        }
        from += 8;
    }
    let rest = bytes.get(from..).unwrap_or(&[]);
    let special = |byte: &u8| *byte < 0x20 || matches!(byte, b'"' | b'\\');
    from + rest.iter().position(special).unwrap_or(rest.len())
}
