//! What the edge model found, made to fit what the detectors know of the text: a version is no address, a closing of a letter
//! and a label of a form are no persons.

use super::entity::{IP_ADDRESS, PERSON};
use super::labels::{is_label, leading_label};
use super::scan::Hit;
use std::ops::Range;

/// The model's hits without what is certainly something else, and without such a beginning.
pub(super) fn fitted<'a>(
    text: &'a str,
    versions: &'a [Range<usize>],
    closings: &'a [Range<usize>],
    hits: impl Iterator<Item = Hit> + 'a,
) -> impl Iterator<Item = Hit> + 'a {
    hits.filter_map(move |mut hit| match hit.entity {
        IP_ADDRESS => {
            let version =
                versions.iter().any(|range| range.start < hit.end && hit.start < range.end);
            (!version).then_some(hit)
        }
        PERSON => {
            for closing in closings {
                if closing.end <= hit.start || hit.end <= closing.start {
                    continue;
                }
                if closing.start <= hit.start {
                    hit.start = closing.end.min(hit.end);
                } else {
                    hit.end = closing.start;
                }
            }
            let value = text.get(hit.start..hit.end)?;
            hit.start += value.len()
                - value
                    .trim_start_matches(|c: char| c.is_whitespace() || ",.:;!".contains(c))
                    .len();
            let value = text.get(hit.start..hit.end)?;
            if value.is_empty() || is_label(value) {
                return None;
            }
            hit.start += leading_label(value).unwrap_or(0);
            (hit.start < hit.end).then_some(hit)
        }
        _ => Some(hit),
    })
}
