//! Where the bytes of a text that was decoded stand in the text that it was decoded from.
//!
//! Invariants: marks rise in both texts; a stretch that was only copied costs one mark, however long it is, and none after
//! an escape.

use std::ops::Range;

/// The way from a decoded text back to its source.
#[derive(Debug, Clone, Default)]
pub(super) struct Map {
    marks: Vec<Mark>,
}

/// At `plain`, `n` bytes stand for `len` bytes of the source from `source` on; what follows runs in parallel up to the next mark.
#[derive(Debug, Clone, Copy, Default)]
struct Mark {
    plain: u32,
    source: u32,
    len: u32,
    n: u8,
    /// For an escape in text that is no JSON: its backslashes.
    slashes: u8,
}

impl Mark {
    /// Where its own bytes end in the decoded text and in the source.
    fn after(self) -> (usize, usize) {
        (self.plain as usize + usize::from(self.n), (self.source + self.len) as usize)
    }

    fn begin(self, at: usize) -> usize {
        let (plain, source) = self.after();
        at.checked_sub(plain).map_or(self.source as usize, |beyond| source + beyond)
    }

    fn end(self, at: usize) -> usize {
        let (plain, source) = self.after();
        at.checked_sub(plain).map_or(source, |beyond| source + beyond + 1)
    }
}

impl Map {
    /// The map of a text that is its own source.
    pub(super) fn identity() -> Self {
        Self { marks: vec![Mark::default()] }
    }

    /// Notes that what follows at `plain` was copied from `source` on.
    fn copy(&mut self, plain: usize, source: usize) {
        if self.marks.last().is_none_or(|m| m.begin(plain) != source) {
            let (plain, source) = (plain as u32, source as u32);
            self.marks.push(Mark { plain, source, ..Mark::default() });
        }
    }

    /// Notes that the next `n` bytes at `plain` stand for all of `source`.
    fn unit(&mut self, plain: usize, n: u8, source: &Range<usize>, slashes: u8) {
        let (start, len) = (source.start as u32, source.len() as u32);
        self.marks.push(Mark { plain: plain as u32, source: start, len, n, slashes });
    }

    /// Notes at `plain` of `self` what this map's `range` was made of.
    pub(super) fn copy_into(&self, range: &Range<usize>, to: &mut Self, plain: usize) {
        let mut next = self.marks.partition_point(|m| m.plain as usize <= range.start);
        let mut at = range.start;
        while at < range.end {
            let Some(mark) = next.checked_sub(1).and_then(|i| self.marks.get(i)) else { return };
            let (own, source) = mark.after();
            if at < own {
                let source = mark.source as usize..source;
                to.unit(plain + at - range.start, mark.n, &source, mark.slashes);
                at = own;
            }
            let end = self.marks.get(next).map_or(range.end, |m| m.plain as usize);
            if at < end.min(range.end) {
                to.copy(plain + at - range.start, mark.begin(at));
            }
            at = end;
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
        let limit = |next: usize| self.marks.get(next).map_or(len, |m| m.plain as usize);
        let last = |next: usize| next.checked_sub(1).and_then(|i| self.marks.get(i));
        let next = self.marks.partition_point(|m| m.source as usize <= source.start);
        let start = last(next).map_or(0, |m| {
            let (plain, after) = m.after();
            let beyond = source.start.checked_sub(after);
            beyond.map_or(m.plain as usize, |beyond| (plain + beyond).min(limit(next)))
        });
        let next = self.marks.partition_point(|m| (m.source as usize) < source.end);
        let end = last(next).map_or(0, |m| {
            let (plain, after) = m.after();
            (plain + source.end.saturating_sub(after)).min(limit(next))
        });
        start..end.max(start)
    }

    fn mark(&self, at: usize) -> Mark {
        let next = self.marks.partition_point(|m| m.plain as usize <= at);
        next.checked_sub(1).and_then(|i| self.marks.get(i)).copied().unwrap_or_default()
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
        self.map.unit(self.text.len(), c.len_utf8() as u8, source, slashes);
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
