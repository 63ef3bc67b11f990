//! Answers of a given form: which tokens may come next, by a grammar over the vocabulary (the crate `llguidance`: Earley's parser on
//! bytes, a trie of all tokens).

use super::Vocabulary;
use crate::chat::OutputFormat;
use crate::inference::InferenceError;
use llguidance::api::TopLevelGrammar;
use llguidance::toktrie::{ApproximateTokEnv, InferenceCapabilities, TokRxInfo, TokTrie};
use llguidance::{Matcher, ParserFactory};
use std::sync::Arc;

/// The vocabulary as grammars see it.
pub(super) struct Forms(ParserFactory);

/// Where an answer stands in its grammar.
pub(super) struct Form(Matcher);

impl Forms {
    pub(super) fn new(vocabulary: &dyn Vocabulary) -> Result<Self, InferenceError> {
        let size = vocabulary.size() as u32;
        let end = (0..size).find(|id| vocabulary.is_end(*id)).unwrap_or(0);
        let word = |id: u32| {
            let bytes = vocabulary.bytes(id);
            if bytes.is_empty() {
                // A control token: never part of an answer.
                let name = format!("<{id}>");
                return [&[TokTrie::SPECIAL_TOKEN_MARKER], name.as_bytes()].concat();
            }
            bytes
        };
        let words: Vec<Vec<u8>> = (0..size).map(word).collect();
        let trie = TokTrie::from(&TokRxInfo::new(size, end), &words);
        let tokens: llguidance::toktrie::TokEnv = Arc::new(ApproximateTokEnv::new(trie));
        let slices = llguidance::earley::SlicedBiasComputer::json_slices();
        let mut factory = ParserFactory::new(&tokens, InferenceCapabilities::default(), &slices)
            .map_err(|_| InferenceError::Failed("no grammars for this vocabulary".to_owned()))?;
        // What it would print may quote an answer.
        factory.quiet();
        Ok(Self(factory))
    }

    /// The beginning of an answer of that form.
    pub(super) fn begin(&self, format: &OutputFormat) -> Result<Form, InferenceError> {
        let grammar = match format {
            OutputFormat::JsonObject => {
                TopLevelGrammar::from_json_schema(serde_json::json!({"type": "object"}))
            }
            OutputFormat::JsonSchema(schema) => TopLevelGrammar::from_json_schema(schema.clone()),
            OutputFormat::Regex(expression) => TopLevelGrammar::from_regex(expression),
        };
        // What is wrong is not said: it would quote the request.
        let parser = self.0.create_parser(grammar).map_err(|_| InferenceError::Format)?;
        Ok(Form(Matcher::new(Ok(parser))))
    }
}

impl Form {
    /// Makes impossible what the form forbids.
    pub(super) fn forbid(&mut self, logits: &mut [f32]) -> Result<(), InferenceError> {
        let allowed = self.0.compute_mask_or_eos().map_err(|_| InferenceError::Format)?;
        for (id, logit) in logits.iter_mut().enumerate() {
            if id >= allowed.len() || !allowed.is_allowed(id as u32) {
                *logit = f32::NEG_INFINITY;
            }
        }
        Ok(())
    }

    /// How many tokens of a draft the form allows, one behind the other.
    pub(super) fn allows(&mut self, draft: &[u32]) -> usize {
        self.0.validate_tokens(draft).unwrap_or(0)
    }

    /// Goes on; true if nothing may follow.
    pub(super) fn push(&mut self, token: u32) -> Result<bool, InferenceError> {
        self.0.consume_token(token).map_err(|_| InferenceError::Format)?;
        Ok(self.0.is_stopped())
    }
}
