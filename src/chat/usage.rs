//! Token usage with its price buckets apart.
//!
//! Invariant: counts never wrap, and one that no model can reach is not believed.

use serde::{Deserialize, Serialize};
use std::ops::AddAssign;

/// Tokens of one hop. The buckets do not overlap: the prompt's size is `input + cached_read + cache_write`, the answer's
/// `output` (which already contains `reasoning`, as OpenAI counts it).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Prompt tokens at the full price.
    pub input: u64,
    /// Prompt tokens read from the provider's cache.
    pub cached_read: u64,
    /// Prompt tokens written to the provider's cache.
    pub cache_write: u64,
    /// Of `cache_write`, those that are kept for an hour.
    #[serde(default)]
    pub cache_write_1h: u64,
    /// Generated tokens, reasoning included.
    pub output: u64,
    /// Of `output`, those spent on reasoning.
    pub reasoning: u64,
    /// True if Weir estimated the numbers because the provider sent none.
    pub estimated: bool,
}

/// Most tokens that a count of one answer is believed to have; the largest context windows hold a tenth of it.
pub const MAX_TOKENS: u64 = 100_000_000;

/// A provider's count of tokens as a number: rounded, negative ones 0; `None` for what cannot be a count.
pub fn believable(count: f64) -> Option<u64> {
    (count <= MAX_TOKENS as f64).then(|| count.round().max(0.0) as u64)
}

impl Usage {
    /// Size of the prompt in tokens.
    pub fn prompt(&self) -> u64 {
        self.input.saturating_add(self.cached_read).saturating_add(self.cache_write)
    }

    /// Prompt and answer.
    pub fn total(&self) -> u64 {
        self.prompt().saturating_add(self.output)
    }

    /// The larger of each count. Counts in a stream are cumulative, so a smaller one that comes later says nothing.
    #[must_use]
    pub fn at_least(self, other: Self) -> Self {
        Self {
            input: self.input.max(other.input),
            cached_read: self.cached_read.max(other.cached_read),
            cache_write: self.cache_write.max(other.cache_write),
            cache_write_1h: self.cache_write_1h.max(other.cache_write_1h),
            output: self.output.max(other.output),
            reasoning: self.reasoning.max(other.reasoning),
            estimated: self.estimated && other.estimated,
        }
    }
}

impl AddAssign for Usage {
    /// Saturates.
    fn add_assign(&mut self, other: Self) {
        let add = |to: &mut u64, more: u64| *to = to.saturating_add(more);
        add(&mut self.input, other.input);
        add(&mut self.cached_read, other.cached_read);
        add(&mut self.cache_write, other.cache_write);
        add(&mut self.cache_write_1h, other.cache_write_1h);
        add(&mut self.output, other.output);
        add(&mut self.reasoning, other.reasoning);
        self.estimated = self.estimated || other.estimated;
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_TOKENS, Usage, believable};

    #[test]
    fn a_count_is_believed_if_a_model_can_reach_it() {
        for (count, tokens) in [
            (0.0, Some(0)),
            (-0.0, Some(0)),
            (-7.0, Some(0)),
            (f64::NEG_INFINITY, Some(0)),
            (12.0, Some(12)),
            (12.4, Some(12)),
            (12.5, Some(13)),
            (1e8, Some(MAX_TOKENS)),
            (1e8 + 1.0, None),
            (1.844e19, None),
            (1e300, None),
            (f64::INFINITY, None),
            (f64::NAN, None),
        ] {
            assert_eq!(believable(count), tokens, "{count}");
        }
    }

    #[test]
    fn sums_saturate() {
        let most = Usage {
            input: u64::MAX,
            cached_read: u64::MAX,
            cache_write: u64::MAX,
            cache_write_1h: u64::MAX,
            output: u64::MAX,
            reasoning: u64::MAX,
            estimated: false,
        };
        let mut sum = most;
        sum += most;
        assert_eq!(sum, most);
        assert_eq!((sum.prompt(), sum.total()), (u64::MAX, u64::MAX));
        assert_eq!(most.at_least(Usage::default()), most);
        assert_eq!(Usage::default().at_least(most), most);
    }
}
