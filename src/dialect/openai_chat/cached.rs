//! Which texts a provider's prompt cache has been asked to keep: those at or before a `cache_control` in prompt order.
//!
//! Prompt order is tools, then system and developer messages, then the others at Anthropic, and tools, then messages as
//! they stand elsewhere. A text counts as cached if either order says so: changing it would break a cache somewhere.

use super::words::{Mark, Words};
use crate::chat::{Role, SlotKind, Span, TextSlot};

/// Everything is to be cached.
pub(super) fn mark_everything(words: &mut Words) {
    words.marks.push(Mark { message: Some(usize::MAX), end: usize::MAX });
}

/// Sets `cached` on every text that a mark covers. `tools` are the spans of the tool lists.
pub(super) fn apply(words: &mut Words, tools: &[Span]) {
    if words.marks.is_empty() {
        return;
    }
    let roles: Vec<_> = words.slots.iter().map(|slot| (slot.message(), slot.role)).collect();
    let is_system = |role| matches!(role, Some(Role::System | Role::Developer));
    // A mark covers all system messages unless it stands in one of them. A message without words has no role here; it
    // counts as not of the system, which covers more.
    let in_system = |mark: &Mark| {
        roles.iter().any(|(message, role)| *message == mark.message && is_system(*role))
    };
    let last = words.marks.iter().filter_map(|mark| Some((mark.message?, mark.end))).max();
    let all_system = words.marks.iter().any(|mark| mark.message.is_some() && !in_system(mark));
    let tools_end =
        words.marks.iter().filter(|mark| mark.message.is_none()).map(|mark| mark.end).max();
    let in_tools = |slot: &TextSlot| tools.iter().any(|span| span.contains(&slot.span.start));
    let covers = |slot: &TextSlot| match (slot.message(), last) {
        (Some(message), Some((marked, end))) => {
            message < marked
                || (message == marked && slot.span.end <= end)
                || (all_system && is_system(slot.role))
        }
        (Some(_), None) => false,
        (None, Some((usize::MAX, _))) => true,
        // A schema is part of the prompt's head; other fields outside of messages are no part of the prompt.
        (None, Some(_)) => slot.kind == SlotKind::Schema || in_tools(slot),
        (None, None) => in_tools(slot) && tools_end.is_some_and(|end| slot.span.end <= end),
    };
    let flags: Vec<bool> = words.slots.iter().map(covers).collect();
    for (slot, cached) in words.slots.iter_mut().zip(flags) {
        slot.cached = cached;
    }
}
