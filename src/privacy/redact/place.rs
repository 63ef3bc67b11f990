//! From marks on a text to the places that are replaced.

use crate::chat::EntityType;
use crate::privacy::plain::{Piece, Plain};
use std::cmp::Reverse;
use std::ops::Range;

/// A stretch of a text that must go.
#[derive(Debug, Clone)]
pub(super) struct Mark {
    pub(super) range: Range<usize>,
    pub(super) entity: EntityType,
}

/// One place to replace.
#[derive(Debug)]
pub(super) struct Place {
    /// Where in the reading of the text.
    pub(super) range: Range<usize>,
    /// Where in the text itself.
    pub(super) source: Range<usize>,
    pub(super) entity: EntityType,
    pub(super) value: String,
    /// The bare number it stands in, with what a quote looks like there.
    pub(super) number: Option<(Range<usize>, String)>,
    /// How the text is encoded there.
    pub(super) percent: bool,
    pub(super) html: bool,
}

/// Unites marks that overlap (under the type of the longest) and finds their places.
pub(super) fn places(plain: &Plain<'_>, mut marks: Vec<Mark>) -> Vec<Place> {
    marks.sort_by_key(|m| (m.range.start, Reverse(m.range.end)));
    let mut united: Vec<(Mark, usize)> = Vec::new();
    for mark in marks {
        match united.last_mut() {
            Some((last, longest)) if mark.range.start < last.range.end => {
                if mark.range.len() > *longest {
                    (last.entity, *longest) = (mark.entity, mark.range.len());
                }
                last.range.end = last.range.end.max(mark.range.end);
            }
            _ => {
                let longest = mark.range.len();
                united.push((mark, longest));
            }
        }
    }
    united.iter().flat_map(|(mark, _)| parts(plain, mark)).collect()
}

/// The places of a mark: more than one if the structure of JSON divides it.
fn parts(plain: &Plain<'_>, mark: &Mark) -> Vec<Place> {
    let pieces = plain.pieces();
    let first = pieces.partition_point(|piece| piece.range().end <= mark.range.start);
    let touched = pieces.iter().skip(first).take_while(|p| p.range().start < mark.range.end);
    let mut parts: Vec<(Range<usize>, Piece)> = Vec::new();
    for piece in touched {
        let Range { start, end } = piece.range();
        let range = start.max(mark.range.start)..end.min(mark.range.end);
        match parts.last_mut() {
            Some((last, joined)) if last.end == start && is_text(plain, joined, piece) => {
                last.end = range.end;
                joined.percent |= piece.percent;
                joined.html |= piece.html;
            }
            _ => parts.push((range, *piece)),
        }
    }
    let text = |range: &Range<usize>| plain.text().get(range.clone()).unwrap_or_default();
    let says = |range: &Range<usize>| text(range).contains(char::is_alphanumeric);
    if parts.iter().any(|(range, _)| says(range)) {
        parts.retain(|(range, _)| says(range));
    }
    let place = |(range, piece): (Range<usize>, Piece)| Place {
        source: plain.place(&range),
        entity: mark.entity,
        value: plain.value(&range),
        number: plain.quote(&piece).map(|quote| (plain.place(&piece.range()), quote.to_owned())),
        percent: piece.percent,
        html: piece.html,
        range,
    };
    parts.into_iter().map(place).collect()
}

/// Whether neither of two pieces is a bare number.
fn is_text(plain: &Plain<'_>, one: &Piece, other: &Piece) -> bool {
    plain.quote(one).is_none() && plain.quote(other).is_none()
}
