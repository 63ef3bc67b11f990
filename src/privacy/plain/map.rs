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

/// From `plain` on, `count` times `n` bytes stand for `len` bytes of the source from `source` on; what follows runs in parallel up
/// to the next mark.
#[derive(Debug, Clone, Copy, Default)]
struct Mark {
    plain: u32,
    source: u32,
    len: u32,
    n: u8,
    /// For an escape in text that is no JSON: its backslashes.
    slashes: u8,
    count: u16,
}

impl Mark {
    /// Where one of its own units begins in the decoded text and in the source; the last one's end is the beginning of the next.
    fn unit(self, number: usize) -> (usize, usize) {
        let (n, len) = (usize::from(self.n), self.len as usize);
        (self.plain as usize + number * n, self.source as usize + number * len)
    }

    /// Where its own units end in the decoded text and in the source.
    fn after(self) -> (usize, usize) {
        self.unit(usize::from(self.count))
    }

    /// Number of the unit that holds a byte of the decoded text in front of [`Self::after`].
    fn number(self, at: usize) -> usize {
        (at - self.plain as usize) / usize::from(self.n).max(1)
    }

    fn begin(self, at: usize) -> usize {
        let (plain, source) = self.after();
        match at.checked_sub(plain) {
            Some(beyond) => source + beyond,
            None => self.unit(self.number(at)).1,
        }
    }

    fn end(self, at: usize) -> usize {
        let (plain, source) = self.after();
        match at.checked_sub(plain) {
            Some(beyond) => source + beyond + 1,
            None => self.unit(self.number(at) + 1).1,
        }
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
        if let Some(last) = self.marks.last_mut()
            && (last.n, last.len, last.slashes) == (n, len, slashes)
            && (1..u16::MAX).contains(&last.count)
            && last.after() == (plain, source.start)
        {
            last.count += 1;
            return;
        }
        self.marks.push(Mark { plain: plain as u32, source: start, len, n, slashes, count: 1 });
    }

    /// Notes at `plain` of `self` what this map's `range` was made of.
    pub(super) fn copy_into(&self, range: &Range<usize>, to: &mut Self, plain: usize) {
        let mut next = self.marks.partition_point(|m| m.plain as usize <= range.start);
        let mut at = range.start;
        while at < range.end {
            let Some(mark) = next.checked_sub(1).and_then(|i| self.marks.get(i)) else { return };
            let (own, _) = mark.after();
            while at < own.min(range.end) {
                let number = mark.number(at);
                let (end, source_end) = mark.unit(number + 1);
                let source = mark.unit(number).1..source_end;
                to.unit(plain + at - range.start, mark.n, &source, mark.slashes);
                at = end;
            }
            let end = self.marks.get(next).map_or(range.end, |m| m.plain as usize);
            if at < end.min(range.end) {
                to.copy(plain + at - range.start, mark.begin(at));
            }
            at = at.max(end);
            next += 1;
        }
    }

    /// Escapes of text that is no JSON in a range of the decoded text: where they stand there, and with how many backslashes.
    pub(super) fn slashes(&self, range: &Range<usize>) -> impl Iterator<Item = (usize, u8)> {
        let first = self.marks.partition_point(|m| m.after().0 <= range.start);
        let Range { start, end } = *range;
        let inside = self.marks.iter().skip(first).take_while(move |m| (m.plain as usize) < end);
        let escapes = inside.filter(|m| m.slashes > 0).flat_map(|m| {
            (0..usize::from(m.count)).map(move |number| (m.unit(number).0, m.slashes))
        });
        escapes.filter(move |(at, _)| (start..end).contains(at))
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
            match source.start.checked_sub(after) {
                Some(beyond) => (plain + beyond).min(limit(next)),
                None => m.unit((source.start - m.source as usize) / (m.len as usize).max(1)).0,
            }
        });
        let next = self.marks.partition_point(|m| (m.source as usize) < source.end);
        let end = last(next).map_or(0, |m| {
            let (plain, after) = m.after();
            match source.end.checked_sub(after) {
                Some(beyond) => (plain + beyond).min(limit(next)),
                None => {
                    let before = source.end - m.source as usize;
                    m.unit(before.div_ceil((m.len as usize).max(1))).0
                }
            }
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
    /// Room for a text of so many bytes: one that grew by doubling would take up to three times as much.
    pub(super) fn with_room(len: usize) -> Self {
        Self { text: String::with_capacity(len), map: Map::default() }
    }

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

    /// Escapes of one kind in a row are one mark, and each is found in it.
    #[test]
    fn a_run_of_escapes_is_one_mark() {
        let source = "x%41%42%43%44y&amp;";
        let root = Map::identity();
        let mut one = Decoded::default();
        one.copy(source, &root, 0, &(0..1));
        for (i, c) in "ABCD".chars().enumerate() {
            one.unit(c, &(1 + 3 * i..4 + 3 * i), 2);
        }
        one.copy(source, &root, 0, &(13..14));
        one.unit('&', &(14..19), 0);
        assert_eq!((one.text.as_str(), one.map.marks.len()), ("xABCDy&", 3));
        // Copied in two parts, cut inside of the run.
        let mut two = Decoded::default();
        two.copy(&one.text, &one.map, 0, &(0..3));
        two.copy(&one.text, &one.map, 0, &(3..7));
        assert_eq!((two.text.as_str(), two.map.marks.len()), ("xABCDy&", 3));
        for map in [&one.map, &two.map] {
            for (plain, wanted) in [
                (0..1, 0..1),
                (1..2, 1..4),
                (2..4, 4..10),
                (3..5, 7..13),
                (0..6, 0..14),
                (5..6, 13..14),
                (6..7, 14..19),
            ] {
                assert_eq!(map.source(&plain), wanted, "{plain:?}");
                assert_eq!(map.touched(&wanted, 7), plain, "{wanted:?}");
            }
            for (wanted, source) in [(2..3, 5..6), (1..3, 3..5), (1..5, 2..11), (6..7, 15..16)] {
                assert_eq!(map.touched(&source, 7), wanted, "{source:?}");
            }
            let slashes = |range| map.slashes(&range).collect::<Vec<_>>();
            assert_eq!(slashes(0..7), [(1, 2), (2, 2), (3, 2), (4, 2)]);
            assert_eq!(slashes(2..4), [(2, 2), (3, 2)]);
        }
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
