//! Counts tokens as a target's model would.
//!
//! Exact for OpenAI's models (their public vocabularies); for others an estimate of four bytes a token, which is good enough
//! to tell the shorter of two similar texts, and is marked as an estimate wherever it is shown.

use tiktoken_rs::tokenizer::{Tokenizer, get_tokenizer};
use tiktoken_rs::{cl100k_base_singleton, o200k_base_singleton};

/// Longest stretch given to the tokenizer at once, in bytes: its regular expression backtracks over long runs.
const MAX_PIECE: usize = 16 * 1024;

/// How to count tokens for one target. Cheap to copy; a vocabulary is loaded at the first count that needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenCounter(Vocabulary);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Vocabulary {
    O200k,
    Cl100k,
    Bytes,
}

/// The counter for a model, by the provider's name in the price table and the model's name there. A router's name for an
/// OpenAI model (`openai/gpt-4o`) counts as OpenAI's.
pub fn counter_for(provider: &str, model: &str) -> TokenCounter {
    let own = match model.strip_prefix("openai/") {
        Some(own) => own,
        None if matches!(provider, "openai" | "azure") => model,
        None => return TokenCounter(Vocabulary::Bytes),
    };
    TokenCounter(match get_tokenizer(own) {
        Some(Tokenizer::Cl100kBase) => Vocabulary::Cl100k,
        Some(Tokenizer::O200kBase | Tokenizer::O200kHarmony) => Vocabulary::O200k,
        // Every model since GPT-4o uses it, so a newer name most likely does too.
        None if own.starts_with("gpt-") || own.starts_with('o') => Vocabulary::O200k,
        _ => Vocabulary::Bytes,
    })
}

impl TokenCounter {
    /// Tokens of a text.
    pub fn count(self, text: &str) -> usize {
        let vocabulary = match self.0 {
            Vocabulary::Bytes => return text.len().div_ceil(4),
            Vocabulary::O200k => o200k_base_singleton(),
            Vocabulary::Cl100k => cl100k_base_singleton(),
        };
        let mut rest = text;
        let mut n_tokens = 0;
        while !rest.is_empty() {
            let (piece, later) = rest.split_at(piece_end(rest));
            n_tokens += vocabulary.count_ordinary(piece);
            rest = later;
        }
        n_tokens
    }

    /// Whether counts are estimates.
    pub fn is_estimate(self) -> bool {
        self.0 == Vocabulary::Bytes
    }
}

/// Where to end a piece: behind a line if possible, where a cut changes next to nothing.
fn piece_end(text: &str) -> usize {
    if text.len() <= MAX_PIECE {
        return text.len();
    }
    let head = text.get(..text.floor_char_boundary(MAX_PIECE)).unwrap_or(text);
    head.rfind('\n').map_or(head.len(), |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::counter_for;

    #[test]
    fn known_models_are_counted_and_others_estimated() {
        for (provider, model, text, n, estimate) in [
            ("openai", "gpt-4o-mini", "Hello, world!", 4, false),
            ("openai", "gpt-4", "Hello, world!", 4, false),
            ("openai", "gpt-99-new", "Hello, world!", 4, false),
            ("openrouter", "openai/gpt-4o", "Hello, world!", 4, false),
            ("anthropic", "claude-sonnet-4-5", "Hello, world!", 4, true),
            ("mistral", "mistral-small", "12345", 2, true),
            ("openai", "my-finetune", "", 0, true),
        ] {
            let counter = counter_for(provider, model);
            assert_eq!((counter.count(text), counter.is_estimate()), (n, estimate), "{model}");
        }
    }

    #[test]
    fn long_texts_are_counted_in_pieces() {
        let counter = counter_for("openai", "gpt-4o");
        let line = "The quick brown fox jumps over the lazy dog.\n";
        assert_eq!(counter.count(&line.repeat(2_000)), 2_000 * counter.count(line));
        assert!(counter.count(&" ".repeat(300_000)) > 0);
        assert!(counter.count(&"é".repeat(100_000)) > 0);
    }
}
