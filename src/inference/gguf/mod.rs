//! GGUF files: weights, tokenizer and chat template of one generator in one file.
//!
//! Format: <https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>.

mod candle;
mod header;
mod matrix;
mod metadata;
mod tokenizer;

pub use candle::CandleLm;
pub use header::{Gguf, TensorInfo};
pub use matrix::Rows;
pub use metadata::Metadata;
pub use tokenizer::GgufTokenizer;

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(super) mod tiny;
