//! Where the bytes of a text that was decoded stand in the text that it was decoded from.
//!
//! Invariants: marks rise in both texts; a stretch that was only copied costs one mark, however long it is.

use std::ops::Range;

/// The way from a decoded text back to its source.
#[derive(Debug, Clone, Default)]
pub(super) struct Map {
    marks: Vec<Mark>,
}

/// From `plain` on, the source runs in parallel from `source`; or all of it up to the next mark stands for the `len` source
/// bytes there.
#[derive(Debug, Clone, Copy)]
struct Mark {
    plain: u32,
    source: u32,
    /// [`PARALLEL`], or the length of the escape.
    len: u32,
    /// For an escape in text that is no JSON: its backslashes.
    slashes: u8,
}

const PARALLEL: u32 = u32::MAX;

impl Mark {
    fn begin(self, at: usize) -> usize {
        match self.len {
            PARALLEL => self.source as usize + (at - self.plain as usize),
            _ => self.source as usize,
        }
    }

    fn end(self, at: usize) -> usize {
        match self.len {
            PARALLEL => self.begin(at) + 1,
            len => (self.source + len) as usize,
        }
    }
}

impl Map {
    /// The map of a text that is its own source.
    pub(super) fn identity() -> Self {
        Self { marks: vec![Mark { plain: 0, source: 0, len: PARALLEL, slashes: 0 }] }
    }

    /// Notes that what follows at `plain` was copied from `source` on.
    fn copy(&mut self, plain: usize, source: usize) {
        let runs_on =
            self.marks.last().is_some_and(|m| m.len == PARALLEL && m.begin(plain) == source);
        if !runs_on {
            let (plain, source) = (plain as u32, source as u32);
            self.marks.push(Mark { plain, source, len: PARALLEL, slashes: 0 });
        }
    }

    /// Notes that what follows at `plain`, up to the next note, stands for all of `source`.
    fn unit(&mut self, plain: usize, source: &Range<usize>, slashes: u8) {
        let (start, len) = (source.start as u32, source.len() as u32);
        self.marks.push(Mark { plain: plain as u32, source: start, len, slashes });
    }

    /// Notes at `plain` of `self` what this map's `range` was made of.
    pub(super) fn copy_into(&self, range: &Range<usize>, to: &mut Self, plain: usize) {
        let mut next = self.marks.partition_point(|m| m.plain as usize <= range.start);
        let mut at = range.start;
        while at < range.end {
            let Some(mark) = next.checked_sub(1).and_then(|i| self.marks.get(i)) else { return };
            let source = mark.begin(at);
            match mark.len {
                PARALLEL => to.copy(plain + at - range.start, source),
                len => {
                    let source = source..source + len as usize;
                    to.unit(plain + at - range.start, &source, mark.slashes);
                }
            }
            at = self.marks.get(next).map_or(range.end, |m| m.plain as usize);
            next += 1;
        }
    }

    /// Escapes of text that is no JSON in a range of the decoded text: where they stand there, and with how many backslashes.
    pub(super) fn slashes(&self, range: &Range<usize>) -> impl Iterator<Item = (usize, u8)> {
        let first = self.marks.partition_point(|m| (m.plain as usize) < range.start);
        let end = range.end;
        let inside = self.marks.iter().skip(first).take_while(move |m| (m.plain as usize) < end);
        inside.filter(|m| m.slashes > 0).map(|m| (m.plain as usize, m.slashes))
    }

    /// Where a range of the decoded text stands in the source, escapes whole.
    pub(super) fn source(&self, range: &Range<usize>) -> Range<usize> {
        let start = self.mark(range.start).begin(range.start);
        if range.is_empty() {
            return start..start;
        }
        start..self.mark(range.end - 1).end(range.end - 1)
    }

    /// The bytes of the decoded text, which is `len` long, that a range of the source touches; empty if none.
    pub(super) fn touched(&self, source: &Range<usize>, len: usize) -> Range<usize> {
        let after = self.marks.partition_point(|m| m.source as usize <= source.start);
        let limit = |next: usize| self.marks.get(next).map_or(len, |m| m.plain as usize);
        let start = match after.checked_sub(1).and_then(|i| self.marks.get(i)) {
            None => 0,
            Some(m) if m.len == PARALLEL => {
                (m.plain as usize + source.start - m.source as usize).min(limit(after))
            }
            Some(m) if source.start < (m.source + m.len) as usize => m.plain as usize,
            Some(_) => limit(after),
        };
        let after = self.marks.partition_point(|m| (m.source as usize) < source.end);
        let end = match after.checked_sub(1).and_then(|i| self.marks.get(i)) {
            None => 0,
            Some(m) if m.len == PARALLEL => {
                (m.plain as usize + source.end - m.source as usize).min(limit(after))
            }
            Some(_) => limit(after),
        };
        start..end.max(start)
    }

    fn mark(&self, at: usize) -> Mark {
        let next = self.marks.partition_point(|m| m.plain as usize <= at);
        let none = Mark { plain: 0, source: 0, len: PARALLEL, slashes: 0 };
        next.checked_sub(1).and_then(|i| self.marks.get(i)).copied().unwrap_or(none)
    }
}

/// A decoded text as it grows, with its map.
#[derive(Debug, Default)]
pub(super) struct Decoded {
    pub(super) text: String,
    pub(super) map: Map,
}

impl Decoded {
    /// Adds a copy of a range of the text that `map` belongs to.
    pub(super) fn copy(&mut self, text: &str, map: &Map, base: usize, range: &Range<usize>) {
        let from = base + range.start..base + range.end;
        map.copy_into(&from, &mut self.map, self.text.len());
        self.text.push_str(text.get(range.clone()).unwrap_or_default());
    }

    /// Adds a character that stands for a range of the source.
    pub(super) fn unit(&mut self, c: char, source: &Range<usize>, slashes: u8) {
        self.map.unit(self.text.len(), source, slashes);
        self.text.push(c);
    }
}

#[cfg(test)]
mod tests {
    use super::{Decoded, Map};

    /// `a\nb\u00fcc` decoded once, then `b` taken for an escape of its own.
    #[test]
    fn ranges_lead_back_over_two_layers() {
        let source = r"a\nb\u00fcc";
        let root = Map::identity();
        let mut one = Decoded::default();
        one.copy(source, &root, 0, &(0..1));
        one.unit('\n', &(1..3), 1);
        one.copy(source, &root, 0, &(3..4));
        one.unit('ü', &(4..10), 0);
        one.copy(source, &root, 0, &(10..11));
        assert_eq!(one.text, "a\nbüc");
        assert_eq!(one.map.source(&(2..5)), 3..10);
        assert_eq!(one.map.source(&(1..2)), 1..3);
        let mut two = Decoded::default();
        two.copy(&one.text, &one.map, 0, &(0..2));
        two.unit('B', &one.map.source(&(2..5)), 0);
        two.copy(&one.text, &one.map, 0, &(5..6));
        assert_eq!((two.text.as_str(), two.map.source(&(2..3))), ("a\nBc", 3..10));
        assert_eq!(two.map.source(&(3..4)), 10..11);
        assert_eq!(two.map.slashes(&(0..4)).collect::<Vec<_>>(), [(1, 1)]);
        assert_eq!(two.map.touched(&(5..6), two.text.len()), 2..3);
        assert_eq!(two.map.touched(&(2..11), two.text.len()), 1..4);
        assert_eq!(two.map.touched(&(11..11), two.text.len()), 4..4);
    }

    #[test]
    fn what_was_left_out_is_touched_by_nothing() {
        let root = Map::identity();
        let mut decoded = Decoded::default();
        decoded.copy("ab--cd", &root, 0, &(0..2));
        decoded.copy("ab--cd", &root, 0, &(4..6));
        assert_eq!(decoded.map.touched(&(2..4), 4), 2..2);
        assert_eq!(decoded.map.touched(&(1..5), 4), 1..3);
        assert_eq!(decoded.map.source(&(1..3)), 1..5);
    }
}
