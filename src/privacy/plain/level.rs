//! A text at one depth of encoding, and how it stands in the source.

use super::map::{Decoded, Map};
use std::ops::Range;

/// What a text was decoded from, outside of JSON; a replacement must be written the same way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Coding {
    /// Percent-encoded (RFC 3986).
    pub(super) percent: bool,
    /// With HTML entities.
    pub(super) html: bool,
}

/// A text that may hide more.
#[derive(Clone, Copy)]
pub(super) struct Level<'t> {
    pub(super) text: &'t str,
    /// The way to the source of a longer text, in which `text` begins at `base`.
    pub(super) map: &'t Map,
    pub(super) base: usize,
    pub(super) coding: Coding,
    /// Whether all of it is meant to be JSON if it can be read as JSON.
    pub(super) is_data: bool,
    pub(super) depth: usize,
}

impl<'t> Level<'t> {
    /// A part of the same text.
    pub(super) fn part(&self, range: &Range<usize>) -> Level<'t> {
        let text = self.text.get(range.clone()).unwrap_or_default();
        Level { text, base: self.base + range.start, is_data: false, ..*self }
    }

    /// What a part of it was decoded to.
    pub(super) fn below<'d>(&self, decoded: &'d Decoded, coding: Coding) -> Level<'d> {
        let (text, map) = (decoded.text.as_str(), &decoded.map);
        Level { text, map, base: 0, coding, is_data: false, depth: self.depth + 1 }
    }

    /// Copies a range of it.
    pub(super) fn copy(&self, range: Range<usize>, out: &mut Decoded) {
        if !range.is_empty() {
            out.copy(self.text, self.map, self.base, &range);
        }
    }

    /// Adds a character that a range of it stands for.
    pub(super) fn unit(&self, c: char, range: &Range<usize>, out: &mut Decoded) {
        out.unit(c, &self.source(range), 0);
    }

    /// Where a range of it stands in the source.
    pub(super) fn source(&self, range: &Range<usize>) -> Range<usize> {
        self.map.source(&(self.base + range.start..self.base + range.end))
    }
}
