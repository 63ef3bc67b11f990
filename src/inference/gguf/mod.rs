//! GGUF files: weights, tokenizer and chat template of one generator in one file.
//!
//! Format: <https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>.

mod layout;
mod metadata;
mod model;
mod tokenizer;

pub use layout::Layout;
pub use metadata::Metadata;
pub use model::GgufModel;
pub use tokenizer::GgufTokenizer;

#[cfg(test)]
mod tests;
