//! Providers over HTTP: connections, retries, breakers, time limits and server-sent events. The only room that knows the
//! HTTP client.
//!
//! It works on bytes: what is in a body or an event is for `dialect` to say. Three things of the payload it must know
//! all the same: the end marker of a stream, errors inside good answers, and the words for "too long".
//!
//! Invariants: nothing is retried once any part of an answer was handed out; an answer that was cut never looks complete, and one that said why it ends is complete;
//! dropping a call or a stream cancels the request; a redirect is never followed, so a key goes nowhere else.
//!
//! The client is hyper-util's rather than reqwest's: over loopback it needs 16 instead of 28 µs of CPU per request.

mod answer;
mod attempt;
mod breaker;
mod client;
mod connect;
mod endpoint;
mod error;
mod reasoning;
mod reported;
mod retry;
pub mod sse;
mod stream;
mod timer;

#[cfg(test)]
pub(crate) mod scripted;
#[cfg(test)]
mod tests;

pub use answer::{Answer, Head, Whole};
pub use attempt::{Attempt, MAX_BODY_BYTES};
pub use breaker::Health;
pub use client::{Call, Upstreams};
pub use endpoint::SetupError;
pub use error::{Limit, UpstreamError};
pub use reasoning::is_reasoning_model;
pub use reported::reported;
pub use retry::MAX_RETRIES;
pub use sse::Frame;
pub use stream::{Event, EventStream};
