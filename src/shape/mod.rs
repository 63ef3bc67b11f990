//! Token shaping: says the same in fewer tokens before a request goes to a target that charges for them.
//!
//! What it may touch: results of tools, and of those only what stands behind the last `cache_control`. Never a system or
//! developer message, a tool, a user or assistant message.
//!
//! Invariant: what becomes of a block depends on the block and on what stands before it, never on what follows. The same
//! history is therefore sent with the same bytes on every turn, and the provider's prompt cache keeps hitting; a rule such
//! as "only results that have been answered" would rewrite the history once per turn and cost more than it saves. User
//! messages are left alone altogether for the same reason: being the last one is not a lasting property.

mod base64_blob;
mod duplicate;
mod minify;
mod passes;
mod tokens;

pub use passes::{ShapeReport, lossless};
pub use tokens::{TokenCounter, counter_for};
