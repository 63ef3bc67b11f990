//! Puts the values back into what a provider answers.
//!
//! [`Restorer`] works on one channel of text, [`ResponseRestorer`] on OpenAI response bodies and stream chunks, where it
//! keeps a restorer for each channel.

mod depth;
mod grammar;
mod response;
mod restorer;
mod wire;

pub use response::{ResponseRestorer, RestoreError};
pub use restorer::{Counts, Escaping, Restorer, restore_text};

/// Whether a character is part of a word, so that no placeholder without brackets begins or ends beside it.
fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}
