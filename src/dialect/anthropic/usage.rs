//! Usage in Anthropic's form: the buckets stand beside each other, and counts in a stream are cumulative.
//!
//! Source: the Anthropic API reference, "Messages" (`usage`, `cache_creation`) and "Streaming" (cumulative counts).

use crate::chat::Usage;
use crate::dialect::json::{Kind, Value, count};

/// Takes in a `usage` object, whole or a part of it. Counts never fall: a later zero, or a count that cannot be one, says
/// nothing. False if the value is no object.
pub(super) fn update(usage: &mut Usage, wire: Value<'_>) -> bool {
    if wire.kind() != Kind::Object {
        return false;
    }
    let named = |name: &str| count(wire.get(name)).unwrap_or(0);
    let kept = wire.get("cache_creation");
    let kept_for = |name: &str| count(kept.and_then(|kept| kept.get(name))).unwrap_or(0);
    let hour = kept_for("ephemeral_1h_input_tokens");
    let parts = hour.saturating_add(kept_for("ephemeral_5m_input_tokens"));
    let counted = Usage {
        input: named("input_tokens"),
        cached_read: named("cache_read_input_tokens"),
        cache_write: named("cache_creation_input_tokens").max(parts),
        cache_write_1h: hour,
        output: named("output_tokens"),
        reasoning: 0,
        estimated: false,
    };
    *usage = usage.at_least(counted);
    true
}
