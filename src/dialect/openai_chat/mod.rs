//! OpenAI's Chat Completions format: what clients speak, and most providers.
//!
//! Invariant: a request or a chunk for a provider or client of this dialect is never re-serialised; it is the received
//! body with a few spans replaced. Source: the OpenAI API reference, "Chat completions" and "Streaming".

mod cached;
mod chunk;
mod collect;
mod data;
mod decode;
mod edits;
mod encode;
mod errors;
mod fields;
mod format;
mod message;
mod parameters;
mod places;
mod reasoning;
mod response;
mod schema;
mod spoken;
mod tools;
mod usage;
mod words;

pub use chunk::{Choices, ChunkFacts, hide_usage, read_chunk};
pub use collect::Collector;
pub use decode::decode_request;
pub use edits::upstream_edits;
pub use encode::{ChunkEncoder, encode_response};
pub use errors::error_body;
pub use format::output_format;
pub use reasoning::asks_for_reasoning;
pub use response::{ResponseFacts, read_response};
pub use spoken::{Spoken, SpokenStream};

#[cfg(test)]
mod tests;
