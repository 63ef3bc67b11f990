//! Answers of a given form: which tokens may come next, by a grammar over the vocabulary (the crate `llguidance`: Earley's parser on
//! bytes, a trie of all tokens).

use super::Vocabulary;
use super::bounds::{Narrow, bounded};
use super::keys::Keys;
use super::keywords;
use crate::chat::OutputFormat;
use crate::inference::InferenceError;
use llguidance::api::TopLevelGrammar;
use llguidance::toktrie::{ApproximateTokEnv, InferenceCapabilities, TokRxInfo, TokTrie};
use llguidance::{JsonCompileOptions, Matcher, ParserFactory};
use serde_json::Value;
use std::sync::Arc;

/// Bytes that a token of an answer surely stands for; an answer that has taken so many is brought to its end.
const BYTES_PER_TOKEN: usize = 4;

/// The vocabulary as grammars see it.
pub(super) struct Forms(ParserFactory);

/// Where an answer stands in its grammar.
pub(super) struct Form {
    matcher: Matcher,
    /// For JSON.
    keys: Option<Keys>,
}

/// The grammar led to where nothing may follow.
const BROKEN: InferenceError = InferenceError::Format { keyword: None };

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

    /// The beginning of an answer of that form, of at most `tokens` tokens.
    ///
    /// # Errors
    /// [`InferenceError::Format`], which names the keyword that is to blame, if one is.
    pub(super) fn begin(
        &self,
        format: &OutputFormat,
        tokens: usize,
    ) -> Result<Form, InferenceError> {
        let unknown = InferenceError::Format { keyword: None };
        let schema = match format {
            OutputFormat::JsonObject => serde_json::json!({"type": "object"}),
            OutputFormat::JsonSchema(schema) => schema.clone(),
            OutputFormat::Regex(expression) => {
                let grammar = TopLevelGrammar::from_regex(expression);
                // What is wrong is not said: it would quote the request.
                let parser = self.0.create_parser(grammar).map_err(|_| unknown)?;
                return Ok(Form { matcher: Matcher::new(Ok(parser)), keys: None });
            }
        };
        if let Some(keyword) = keywords::inexpressible(&schema) {
            return Err(InferenceError::Format { keyword: Some(keyword) });
        }
        let parser = |schema: Value| self.0.create_parser(compact(schema)).ok();
        // The schema itself has the last word: a bound that its patterns leave no room for is none.
        let found = parser(bounded(&schema, tokens, Narrow::All))
            .or_else(|| parser(bounded(&schema, tokens, Narrow::Free)))
            .or_else(|| parser(schema.clone()));
        let Some(found) = found else {
            let keyword = keywords::culprit(&schema, |schema| parser(schema.clone()).is_some());
            return Err(InferenceError::Format { keyword });
        };
        Ok(Form {
            matcher: Matcher::new(Ok(found)),
            keys: Some(Keys::within(tokens.saturating_mul(BYTES_PER_TOKEN))),
        })
    }
}

/// The grammar of a schema, without white space that the model may choose: it chooses too much of it.
fn compact(mut schema: Value) -> TopLevelGrammar {
    let options =
        JsonCompileOptions { whitespace_flexible: false, ..JsonCompileOptions::default() };
    if schema.is_object() {
        // This takes the place of options that a client may have put there.
        options.apply_to(&mut schema);
    }
    TopLevelGrammar::from_json_schema(schema)
}

impl Form {
    /// Makes impossible what the form forbids.
    pub(super) fn forbid(&mut self, logits: &mut [f32]) -> Result<(), InferenceError> {
        let allowed = self.matcher.compute_mask_or_eos().map_err(|_| BROKEN)?;
        for (id, logit) in logits.iter_mut().enumerate() {
            if id >= allowed.len() || !allowed.is_allowed(id as u32) {
                *logit = f32::NEG_INFINITY;
            }
        }
        Ok(())
    }

    /// Whether a token would give an object the same name twice.
    pub(super) fn repeats_name(&self, bytes: &[u8]) -> bool {
        self.keys.as_ref().is_some_and(|keys| keys.would_repeat(bytes))
    }

    /// Whether a token would lengthen what is long enough.
    pub(super) fn overruns(&self, bytes: &[u8]) -> bool {
        self.keys.as_ref().is_some_and(|keys| keys.would_overrun(bytes))
    }

    /// How many tokens of a draft the form allows, one behind the other.
    pub(super) fn allows(&mut self, draft: &[u32]) -> usize {
        self.matcher.validate_tokens(draft).unwrap_or(0)
    }

    /// Goes on; true if nothing may follow.
    pub(super) fn push(&mut self, token: u32, bytes: &[u8]) -> Result<bool, InferenceError> {
        self.matcher.consume_token(token).map_err(|_| BROKEN)?;
        if let Some(keys) = &mut self.keys {
            keys.push(bytes);
        }
        Ok(self.matcher.is_stopped())
    }
}
