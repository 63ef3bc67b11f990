//! Wire formats, a folder each, translated to and from the types in [`crate::chat`] and never into each other.
//!
//! Invariant: nothing here does I/O, and no error carries text of a request or an answer: only positions and the names of
//! fields that the formats define.

pub mod anthropic;
#[cfg(test)]
mod cases;
mod complaint;
mod json;
pub mod models;
pub mod openai_chat;

pub use complaint::refused_parameter;

/// Why bytes of a provider are not what its dialect says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DialectError {
    /// The bytes are not JSON.
    #[error("not JSON at byte {at}: expected {expected}")]
    Json {
        /// Offset of the first byte at fault.
        at: usize,
        /// What should stand there.
        expected: &'static str,
    },
    /// The JSON has another shape than the dialect says.
    #[error("`{field}` is not {expected}")]
    Shape {
        /// The field at fault.
        field: &'static str,
        /// What it should be.
        expected: &'static str,
    },
}

impl From<json::Syntax> for DialectError {
    fn from(syntax: json::Syntax) -> Self {
        Self::Json { at: syntax.at, expected: syntax.expected }
    }
}
