//! Token usage with its price buckets apart.

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
    /// Generated tokens, reasoning included.
    pub output: u64,
    /// Of `output`, those spent on reasoning.
    pub reasoning: u64,
    /// True if Weir estimated the numbers because the provider sent none.
    pub estimated: bool,
}

impl Usage {
    /// Size of the prompt in tokens.
    pub fn prompt(&self) -> u64 {
        self.input + self.cached_read + self.cache_write
    }

    /// Prompt and answer.
    pub fn total(&self) -> u64 {
        self.prompt() + self.output
    }
}

impl AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        self.input += other.input;
        self.cached_read += other.cached_read;
        self.cache_write += other.cache_write;
        self.output += other.output;
        self.reasoning += other.reasoning;
        self.estimated |= other.estimated;
    }
}
