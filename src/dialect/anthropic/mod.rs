//! Anthropic's Messages format, to and from the canonical types.
//!
//! Invariant: what the format has no place for is named as a loss or refused, never dropped in silence. Source: the
//! Anthropic API reference, "Messages", "Streaming" and "Errors".

mod blocks;
mod conversation;
mod decode;
mod encode;
mod losses;
mod options;
mod stream;
mod structured;
mod usage;

pub use decode::{decode_error, decode_response, decode_structured};
pub use encode::{Encoded, encode_request};
pub use stream::StreamDecoder;

#[cfg(test)]
mod tests;

use crate::chat::FinishReason;

/// A stop reason in OpenAI's words. A reason that is new to Weir counts as a natural end.
fn finish_reason(stop_reason: &str) -> FinishReason {
    match stop_reason {
        "max_tokens" | "model_context_window_exceeded" => FinishReason::Length,
        "tool_use" => FinishReason::ToolCalls,
        "refusal" => FinishReason::ContentFilter,
        // `end_turn`, `stop_sequence`, `pause_turn`
        _ => FinishReason::Stop,
    }
}
