//! Runs the passes over a request.
//!
//! Order: whole duplicates, base64 data, JSON, blocks of lines. Each pass sees what the one before left, and is undone if it
//! does not save tokens.

use super::duplicate::Seen;
use super::{base64_blob, minify};
use crate::chat::{ChatRequest, Edit, SlotKind, TextSlot};

/// What shaping did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShapeReport {
    /// Tokens of the tool results that shaping may touch, before.
    pub tokens_before: u64,
    /// Tokens of the same results after.
    pub tokens_after: u64,
    /// Passes that changed something, each with the number of texts it changed.
    pub passes: Vec<(&'static str, u32)>,
}

/// Shortens tool results without loss (base64 data excepted, see below). `count` counts tokens as the target does.
///
/// - `duplicate`: a result that an earlier message already carries becomes a reference to it.
/// - `base64`: base64 data of 1 KiB or more becomes a reference with its type, size and hash.
/// - `json`: white space goes from results that are JSON and from their ```` ```json ```` blocks.
/// - `lines`: lines (64 tokens or more in a row) that an earlier message already carries become a reference.
///
/// The edits apply to `request.raw`.
pub fn lossless(request: &ChatRequest, count: &dyn Fn(&str) -> usize) -> (Vec<Edit>, ShapeReport) {
    let mut report = ShapeReport::default();
    let mut edits = Vec::new();
    if !request.texts.iter().any(|slot| slot.kind == SlotKind::ToolResult) {
        return (edits, report);
    }
    let cached = request.texts.iter().rposition(|slot| slot.cached && slot.message.is_some());
    let mut seen = Seen::default();
    // Texts of the message at work; only earlier messages may be referred to.
    let mut current: Vec<(usize, &TextSlot, String)> = Vec::new();
    for (index, slot) in request.texts.iter().enumerate() {
        let Some(message) = slot.message() else { continue };
        if current.first().is_some_and(|(earlier, ..)| *earlier != message) {
            for (message, slot, sent) in current.drain(..) {
                seen.add(message, &slot.text, &sent);
            }
        }
        let may_touch = slot.kind == SlotKind::ToolResult
            && !slot.cached
            && cached.is_none_or(|cached| index > cached);
        let sent = if may_touch {
            shape(request, &slot.text, &seen, count, &mut report)
        } else {
            slot.text.to_string()
        };
        if sent != slot.text {
            edits.push(Edit::text(slot, &sent));
        }
        if slot.kind != SlotKind::ToolArguments {
            current.push((message, slot, sent));
        }
    }
    (edits, report)
}

/// Makes a text shorter, or has nothing to do.
type Pass<'a> = &'a dyn Fn(&str) -> Option<String>;

/// One text after all passes.
fn shape(
    request: &ChatRequest,
    original: &str,
    seen: &Seen,
    count: &dyn Fn(&str) -> usize,
    report: &mut ShapeReport,
) -> String {
    let mut text = original.to_owned();
    let mut n_tokens = count(&text);
    report.tokens_before += n_tokens as u64;
    let passes: [(&'static str, Pass<'_>); 4] = [
        ("duplicate", &|text| seen.whole(request, text)),
        ("base64", &base64_blob::replace),
        ("json", &|text| minify::json(text).or_else(|| minify::fenced(text))),
        ("lines", &|text| match minify::json(text) {
            Some(_) => None,
            None => seen.blocks(request, text, count),
        }),
    ];
    for (name, pass) in passes {
        let Some(shorter) = pass(&text).filter(|shorter| shorter.len() < text.len()) else {
            continue;
        };
        let n_shorter = count(&shorter);
        if n_shorter >= n_tokens {
            continue;
        }
        (text, n_tokens) = (shorter, n_shorter);
        match report.passes.iter_mut().find(|(known, _)| *known == name) {
            Some((_, n)) => *n += 1,
            None => report.passes.push((name, 1)),
        }
        if name == "duplicate" {
            break;
        }
    }
    report.tokens_after += n_tokens as u64;
    text
}

#[cfg(test)]
mod tests;
