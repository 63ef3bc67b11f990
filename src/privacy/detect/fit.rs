//! What the edge model found, made to fit what the detectors know of the text: a version is no address, a closing of a letter
//! and a label of a form are no persons.

use super::entity::{IP_ADDRESS, PERSON};
use super::labels::{is_label, leading_label};
use super::scan::{Hit, Scan};

/// The model's hits without what is certainly something else, and without such a beginning.
pub(super) fn fitted<'a>(
    scan: &'a Scan<'_>,
    hits: impl Iterator<Item = Hit> + 'a,
) -> impl Iterator<Item = Hit> + 'a {
    hits.filter_map(|mut hit| match hit.entity {
        IP_ADDRESS => {
            let version =
                scan.versions.iter().any(|range| range.start < hit.end && hit.start < range.end);
            (!version).then_some(hit)
        }
        PERSON => {
            for closing in &scan.closings {
                if closing.end <= hit.start || hit.end <= closing.start {
                    continue;
                }
                if closing.start <= hit.start {
                    hit.start = closing.end.min(hit.end);
                } else {
                    hit.end = closing.start;
                }
            }
            let text = scan.text.get(hit.start..hit.end)?;
            hit.start += text.len()
                - text.trim_start_matches(|c: char| c.is_whitespace() || ",.:;!".contains(c)).len();
            let text = scan.text.get(hit.start..hit.end)?;
            if text.is_empty() || is_label(text) {
                return None;
            }
            hit.start += leading_label(text).unwrap_or(0);
            (hit.start < hit.end).then_some(hit)
        }
        _ => Some(hit),
    })
}
