//! A JSON document as a flat list of nodes in document order, each with its span and the index behind its subtree.
//!
//! Invariant: offsets are 32 bits wide, so documents of 4 GiB and more are refused.

use super::scan::{Scanner, Sink, Syntax, Token};
use super::unescape;
use std::borrow::Cow;
use std::ops::Range;

pub(in crate::dialect) use super::scan::Token as Kind;

#[derive(Debug, Clone, Copy)]
struct Node {
    kind: Kind,
    escaped: bool,
    start: u32,
    end: u32,
    /// Index of the first node behind the subtree.
    next: u32,
}

/// A parsed document.
#[derive(Debug)]
pub(in crate::dialect) struct Tape<'a> {
    text: &'a str,
    nodes: Vec<Node>,
}

/// One value (or key) of a document.
#[derive(Clone, Copy)]
pub(in crate::dialect) struct Value<'t> {
    tape: &'t Tape<'t>,
    index: usize,
}

struct Builder {
    nodes: Vec<Node>,
    open: Vec<u32>,
}

impl Sink for Builder {
    fn open(&mut self, token: Token, start: usize) {
        self.open.push(self.nodes.len() as u32);
        self.leaf(token, start..start, false);
    }

    fn close(&mut self, end: usize) {
        let next = self.nodes.len() as u32;
        if let Some(node) = self.open.pop().and_then(|index| self.nodes.get_mut(index as usize)) {
            node.end = end as u32;
            node.next = next;
        }
    }

    fn leaf(&mut self, kind: Token, span: Range<usize>, escaped: bool) {
        let next = self.nodes.len() as u32 + 1;
        self.nodes.push(Node {
            kind,
            escaped,
            start: span.start as u32,
            end: span.end as u32,
            next,
        });
    }
}

impl<'a> Tape<'a> {
    /// Parses a whole document.
    pub(in crate::dialect) fn parse(text: &'a str) -> Result<Self, Syntax> {
        if text.len() >= u32::MAX as usize {
            return Err(Syntax { at: u32::MAX as usize, expected: "a document under 4 GiB" });
        }
        let mut builder =
            Builder { nodes: Vec::with_capacity(text.len() / 16 + 8), open: Vec::new() };
        let mut scanner = Scanner::new(text);
        scanner.value(&mut builder)?;
        scanner.finish()?;
        Ok(Self { text, nodes: builder.nodes })
    }

    /// The document's value.
    pub(in crate::dialect) fn root(&self) -> Value<'_> {
        Value { tape: self, index: 0 }
    }
}

impl<'t> Value<'t> {
    fn node(self) -> Node {
        self.tape.nodes.get(self.index).copied().unwrap_or(Node {
            kind: Kind::Null,
            escaped: false,
            start: 0,
            end: 0,
            next: u32::MAX,
        })
    }

    /// What it is.
    pub(in crate::dialect) fn kind(self) -> Kind {
        self.node().kind
    }

    /// Whether it is a string (or a key).
    pub(in crate::dialect) fn is_string(self) -> bool {
        matches!(self.kind(), Kind::String | Kind::Key)
    }

    /// Its place in the document.
    pub(in crate::dialect) fn span(self) -> Range<usize> {
        let node = self.node();
        node.start as usize..node.end as usize
    }

    /// Its JSON as written.
    pub(in crate::dialect) fn raw(self) -> &'t str {
        self.tape.text.get(self.span()).unwrap_or("")
    }

    /// A string's literal without quotes, escapes as written.
    pub(in crate::dialect) fn inner(self) -> &'t str {
        let span = self.span();
        self.tape.text.get(span.start + 1..span.end.max(2) - 1).unwrap_or("")
    }

    /// A string's text.
    pub(in crate::dialect) fn text(self) -> Option<Cow<'t, str>> {
        let node = self.node();
        match node.kind {
            Kind::String | Kind::Key if node.escaped => Some(Cow::Owned(unescape(self.inner()))),
            Kind::String | Kind::Key => Some(Cow::Borrowed(self.inner())),
            _ => None,
        }
    }

    /// Whether it is a string with this text.
    pub(in crate::dialect) fn is(self, text: &str) -> bool {
        let node = self.node();
        match node.kind {
            Kind::String | Kind::Key if node.escaped => unescape(self.inner()) == text,
            Kind::String | Kind::Key => self.inner() == text,
            _ => false,
        }
    }

    /// `None` for `null`.
    pub(in crate::dialect) fn given(self) -> Option<Self> {
        (self.kind() != Kind::Null).then_some(self)
    }

    /// A truth value.
    pub(in crate::dialect) fn bool(self) -> Option<bool> {
        match self.kind() {
            Kind::True => Some(true),
            Kind::False => Some(false),
            _ => None,
        }
    }

    /// A finite number.
    pub(in crate::dialect) fn number(self) -> Option<f64> {
        if self.kind() != Kind::Number {
            return None;
        }
        self.raw().parse().ok().filter(|number: &f64| number.is_finite())
    }

    /// A whole number, also one written as `5.0` or `5e0`.
    pub(in crate::dialect) fn integer(self) -> Option<i128> {
        let number = self.number()?;
        self.raw()
            .parse()
            .ok()
            .or_else(|| (number.fract() == 0.0 && number.abs() < 9.0e15).then_some(number as i128))
    }

    /// The values of an array; nothing for other kinds.
    pub(in crate::dialect) fn items(self) -> impl Iterator<Item = Value<'t>> {
        let node = self.node();
        let end = if node.kind == Kind::Array { node.next as usize } else { 0 };
        let mut at = self.index + 1;
        std::iter::from_fn(move || {
            let item = Value { tape: self.tape, index: at };
            (at < end).then(|| at = item.node().next as usize)?;
            Some(item)
        })
    }

    /// The keys and values of an object; nothing for other kinds.
    pub(in crate::dialect) fn fields(self) -> impl Iterator<Item = (Value<'t>, Value<'t>)> {
        let node = self.node();
        let end = if node.kind == Kind::Object { node.next as usize } else { 0 };
        let mut at = self.index + 1;
        std::iter::from_fn(move || {
            let key = Value { tape: self.tape, index: at };
            let value = Value { tape: self.tape, index: at + 1 };
            (at < end).then(|| at = value.node().next as usize)?;
            Some((key, value))
        })
    }

    /// The fields in order, each with its name if `names` lists it and no later field has the same name; else with an
    /// empty name.
    pub(in crate::dialect) fn named_fields<const N: usize>(
        self,
        names: &'static [&'static str; N],
    ) -> impl Iterator<Item = (&'static str, Value<'t>, Value<'t>)> {
        let mut last: [Option<usize>; N] = [None; N];
        for (key, value) in self.fields() {
            if let Some(known) = names.iter().position(|name| key.is(name)) {
                last[known] = Some(value.index);
            }
        }
        self.fields().map(move |(key, value)| {
            let known = last.iter().position(|index| *index == Some(value.index));
            (known.map_or("", |known| names[known]), key, value)
        })
    }

    /// The field of that name; the last one, if there are more. `None` for `null`.
    pub(in crate::dialect) fn get(self, name: &str) -> Option<Value<'t>> {
        let found = self.fields().filter(|(key, _)| key.is(name)).last();
        found.and_then(|(_, value)| value.given())
    }

    /// Itself and everything below it in document order, keys included.
    pub(in crate::dialect) fn subtree(self) -> impl Iterator<Item = Value<'t>> {
        let tape = self.tape;
        (self.index..self.behind()).map(move |index| Value { tape, index })
    }

    /// Index of the first node behind its subtree.
    pub(in crate::dialect) fn behind(self) -> usize {
        (self.node().next as usize).min(self.tape.nodes.len())
    }
}
