//! Usage in Anthropic's form: the buckets stand beside each other, and counts in a stream are cumulative.

use crate::chat::Usage;
use serde::Deserialize;

/// A `usage` object, whole or a part of it.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
pub(super) struct WireUsage {
    input_tokens: Option<f64>,
    cache_read_input_tokens: Option<f64>,
    cache_creation_input_tokens: Option<f64>,
    output_tokens: Option<f64>,
}

impl WireUsage {
    /// Replaces the counts that this object names; negative ones count as 0.
    pub(super) fn update(&self, usage: &mut Usage) {
        let set = |to: &mut u64, count: Option<f64>| {
            if let Some(count) = count {
                *to = count.round() as u64;
            }
        };
        set(&mut usage.input, self.input_tokens);
        set(&mut usage.cached_read, self.cache_read_input_tokens);
        set(&mut usage.cache_write, self.cache_creation_input_tokens);
        set(&mut usage.output, self.output_tokens);
    }
}
