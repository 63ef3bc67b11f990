//! Local models inside the process: manifest, sources, encoder, generator, and the runtime in front of them.
//!
//! Invariants: only this room knows candle; model bytes are verified before use; text that a model is given appears in no
//! error and no log. [`Runtime`] is the way in; the traits [`TextEncoder`], [`TextGenerator`] and [`CausalLm`] are the seams
//! behind which a model or its kernels can be replaced.

mod decoder;
pub mod edge;
mod encoder;
mod error;
pub mod fetch;
mod generator;
pub mod gguf;
pub mod kernels;
mod lane;
mod layers;
mod line;
pub mod manifest;
mod queue;
mod reads;
mod rope;
mod runtime;
mod scheduler;
mod tokenizer_limits;
mod windows;

pub use decoder::Decoder;
pub use edge::{EdgePack, Reading, Tagged};
pub use encoder::{BertEncoder, TextEncoder};
pub use error::{InferenceError, ModelState};
pub use fetch::{FetchError, Fetcher, ModelFiles};
pub use generator::{
    Begun, CausalLm, ChatGenerator, Drafts, Footprint, Part, SequenceId, Step, StreamId, Tenant,
    TextGenerator,
};
pub use manifest::{ModelSpec, SpecError, Task};
pub use runtime::{
    EdgeSpec, GenerateRequest, Generated, Meaning, Runtime, RuntimeSpec, Terms, Which,
};

#[cfg(test)]
mod real_tests;
