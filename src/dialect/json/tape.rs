//! A JSON document as a flat list of nodes in document order, eight bytes each: where it begins, and how long it is or which node
//! stands behind its subtree.
//!
//! Invariant: offsets are 32 bits wide and numbers of nodes 28, so larger documents are refused. Where an object or an array ends
//! is not kept but found again, since hardly anybody asks.

use super::scan::{Scanner, Sink, Syntax, Token};
use super::unescape;
use std::borrow::Cow;
use std::ops::Range;

pub(in crate::dialect) use super::scan::Token as Kind;

/// One value (or key). Of `rest` the low three bits are its kind, the next says whether it holds escapes, and the others are
/// the index of the node behind its subtree, or the length of a value without one, if it is below [`MOST`].
#[derive(Debug, Clone, Copy)]
struct Node {
    start: u32,
    rest: u32,
}

/// The largest number that a node has room for.
const MOST: u32 = (1 << 28) - 1;

const KINDS: [Kind; 8] = [
    Kind::Object,
    Kind::Array,
    Kind::Key,
    Kind::String,
    Kind::Number,
    Kind::True,
    Kind::False,
    Kind::Null,
];

impl Node {
    fn new(kind: Kind, escaped: bool, start: usize, number: usize) -> Self {
        let number = u32::try_from(number).unwrap_or(MOST).min(MOST);
        let rest = number << 4 | u32::from(escaped) << 3 | kind as u32;
        Self { start: start as u32, rest }
    }

    fn kind(self) -> Kind {
        KINDS[(self.rest & 7) as usize]
    }

    fn escaped(self) -> bool {
        self.rest & 8 != 0
    }

    fn number(self) -> usize {
        (self.rest >> 4) as usize
    }

    fn is_container(self) -> bool {
        matches!(self.kind(), Kind::Object | Kind::Array)
    }
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
        self.nodes.push(Node::new(token, false, start, 0));
    }

    fn close(&mut self, _: usize) {
        let next = self.nodes.len();
        if let Some(node) = self.open.pop().and_then(|index| self.nodes.get_mut(index as usize)) {
            *node = Node::new(node.kind(), false, node.start as usize, next);
        }
    }

    fn leaf(&mut self, kind: Token, span: Range<usize>, escaped: bool) {
        self.nodes.push(Node::new(kind, escaped, span.start, span.len()));
    }
}

impl<'a> Tape<'a> {
    /// Parses a whole document.
    pub(in crate::dialect) fn parse(text: &'a str) -> Result<Self, Syntax> {
        if text.len() >= u32::MAX as usize {
            return Err(Syntax { at: u32::MAX as usize, expected: "a document under 4 GiB" });
        }
        let mut builder =
            Builder { nodes: Vec::with_capacity(text.len() / 64 + 8), open: Vec::new() };
        let mut scanner = Scanner::new(text);
        scanner.value(&mut builder)?;
        scanner.finish()?;
        if builder.nodes.len() >= MOST as usize {
            return Err(Syntax { at: text.len(), expected: "fewer than 268 million values" });
        }
        Ok(Self { text, nodes: builder.nodes })
    }

    /// The document's value.
    pub(in crate::dialect) fn root(&self) -> Value<'_> {
        Value { tape: self, index: 0 }
    }
}

impl<'t> Value<'t> {
    fn node(self) -> Node {
        let nothing = Node { start: 0, rest: MOST << 4 | Kind::Null as u32 };
        self.tape.nodes.get(self.index).copied().unwrap_or(nothing)
    }

    /// Index of the first node behind its subtree, in any number of nodes.
    fn next(self) -> usize {
        let node = self.node();
        if node.is_container() { node.number() } else { self.index + 1 }
    }

    /// What it is.
    pub(in crate::dialect) fn kind(self) -> Kind {
        self.node().kind()
    }

    /// Whether it is a string (or a key).
    pub(in crate::dialect) fn is_string(self) -> bool {
        matches!(self.kind(), Kind::String | Kind::Key)
    }

    /// Its place in the document. That of an object or an array is looked for anew, in as many steps as it has bytes.
    pub(in crate::dialect) fn span(self) -> Range<usize> {
        let node = self.node();
        let start = node.start as usize;
        if !node.is_container() && node.number() < MOST as usize {
            return start..start + node.number();
        }
        let mut again = Scanner::from(self.tape.text, start);
        again.skip().unwrap_or(start..start)
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
        match node.kind() {
            Kind::String | Kind::Key if node.escaped() => Some(Cow::Owned(unescape(self.inner()))),
            Kind::String | Kind::Key => Some(Cow::Borrowed(self.inner())),
            _ => None,
        }
    }

    /// Whether it is a string with this text.
    pub(in crate::dialect) fn is(self, text: &str) -> bool {
        let node = self.node();
        match node.kind() {
            Kind::String | Kind::Key if node.escaped() => unescape(self.inner()) == text,
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
        let end = if self.kind() == Kind::Array { self.next() } else { 0 };
        let mut at = self.index + 1;
        std::iter::from_fn(move || {
            let item = Value { tape: self.tape, index: at };
            (at < end).then(|| at = item.next())?;
            Some(item)
        })
    }

    /// The keys and values of an object; nothing for other kinds.
    pub(in crate::dialect) fn fields(self) -> impl Iterator<Item = (Value<'t>, Value<'t>)> {
        let end = if self.kind() == Kind::Object { self.next() } else { 0 };
        let mut at = self.index + 1;
        std::iter::from_fn(move || {
            let key = Value { tape: self.tape, index: at };
            let value = Value { tape: self.tape, index: at + 1 };
            (at < end).then(|| at = value.next())?;
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
        self.next().min(self.tape.nodes.len())
    }
}
