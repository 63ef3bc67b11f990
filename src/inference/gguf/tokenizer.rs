//! The tokenizer of a GGUF file, built from its tokens and merges.
//!
//! Invariants: no space is added that the file does not ask for; control tokens come only from the template, never out of
//! what somebody wrote (see [`GgufTokenizer::disarm`]).
//! Source: byte-level BPE as in GPT-2; pre-tokenizer names and expressions as llama.cpp defines them (`llama-vocab.cpp`);
//! merges for vocabularies with scores as sentencepiece applies them (best score first).

use super::metadata::Metadata;
use crate::inference::InferenceError;
use aho_corasick::AhoCorasick;
use std::borrow::Cow;
use std::collections::HashMap;
use tokenizers::models::bpe::{BPE, Vocab};
use tokenizers::normalizers::{Prepend, Replace, Sequence as Normalizers};
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::pre_tokenizers::digits::Digits;
use tokenizers::pre_tokenizers::sequence::Sequence;
use tokenizers::pre_tokenizers::split::{Split, SplitPattern};
use tokenizers::{AddedToken, NormalizerWrapper, SplitDelimiterBehavior, Tokenizer};

/// Stands for a space in vocabularies of sentencepiece.
const SPACE: &str = "▁";
const LLAMA3: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
const QWEN2: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

/// Tokens that end an answer, beside the file's own.
const ENDS: [&str; 7] = [
    "<|im_end|>",
    "<|eot_id|>",
    "<|end_of_text|>",
    "<end_of_turn>",
    "<|endoftext|>",
    "<|end|>",
    "</s>",
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Normal,
    Control,
    User,
    Byte,
}

/// Text to token ids and back.
pub struct GgufTokenizer {
    inner: Tokenizer,
    tokens: Vec<String>,
    kinds: Vec<Kind>,
    /// Byte of each character of a byte-level token; `None` for sentencepiece.
    bytes: Option<HashMap<char, u8>>,
    ends: Vec<u32>,
    bos: Option<u32>,
    eos: Option<u32>,
    add_bos: bool,
    control: AhoCorasick,
}

impl GgufTokenizer {
    /// Builds it from a header.
    ///
    /// # Errors
    /// If the header has no usable vocabulary.
    pub fn new(metadata: &Metadata) -> Result<Self, InferenceError> {
        let fail = |text: &str| InferenceError::Failed(format!("tokenizer: {text}"));
        let tokens = metadata.texts("tokenizer.ggml.tokens");
        if tokens.is_empty() {
            return Err(fail("the file has no tokens"));
        }
        let types = metadata.numbers("tokenizer.ggml.token_type");
        let kinds: Vec<Kind> = (0..tokens.len())
            .map(|id| match types.get(id) {
                Some(2 | 3) => Kind::Control,
                Some(4) => Kind::User,
                Some(6) => Kind::Byte,
                _ => Kind::Normal,
            })
            .collect();
        let byte_level = match metadata.text("tokenizer.ggml.model") {
            Some("gpt2") => true,
            Some("llama") => false,
            other => {
                return Err(fail(&format!("model `{}` is not supported", other.unwrap_or(""))));
            }
        };
        let mut inner = if byte_level {
            byte_level_bpe(metadata, &tokens)
        } else {
            sentencepiece(metadata, &tokens, &kinds)
        }
        .map_err(|error| fail(&error.to_string()))?;
        let of_kind = |kind: Kind| {
            let all = tokens.iter().zip(&kinds).filter(move |(_, k)| **k == kind);
            all.map(move |(text, _)| {
                AddedToken::from(text.clone(), kind == Kind::Control).normalized(false)
            })
        };
        inner.add_special_tokens(of_kind(Kind::Control)).map_err(|e| fail(&e.to_string()))?;
        inner.add_tokens(of_kind(Kind::User)).map_err(|e| fail(&e.to_string()))?;

        let id_of = |name: &str| tokens.iter().position(|token| token == name).map(|id| id as u32);
        let id_at = |key: &str| {
            let id = metadata.number(&format!("tokenizer.ggml.{key}"))?;
            u32::try_from(id).ok().filter(|id| (*id as usize) < tokens.len())
        };
        let (bos, eos) = (id_at("bos_token_id"), id_at("eos_token_id"));
        let mut ends: Vec<u32> = eos.into_iter().chain(id_at("eot_token_id")).collect();
        let is_control = |id: &u32| kinds.get(*id as usize) == Some(&Kind::Control);
        ends.extend(ENDS.iter().filter_map(|name| id_of(name)).filter(is_control));
        let names = tokens
            .iter()
            .zip(&kinds)
            .filter(|(text, kind)| **kind == Kind::Control && text.len() > 1);
        let control = AhoCorasick::new(names.map(|(text, _)| text))
            .map_err(|error| fail(&error.to_string()))?;
        let add_bos = metadata.flag("tokenizer.ggml.add_bos_token").unwrap_or(!byte_level);
        let bytes = byte_level.then(byte_of_char);
        Ok(Self { inner, tokens, kinds, bytes, ends, bos, eos, add_bos, control })
    }

    /// How many tokens it knows.
    #[expect(clippy::len_without_is_empty, reason = "never empty")]
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Token ids of a rendered prompt; names of control tokens in it become those tokens.
    ///
    /// # Errors
    /// If the tokenizer fails.
    pub fn encode(&self, prompt: &str) -> Result<Vec<u32>, InferenceError> {
        let encoding = self
            .inner
            .encode_fast(prompt, false)
            .map_err(|_| InferenceError::Failed("the prompt could not be tokenized".to_owned()))?;
        let ids = encoding.get_ids();
        match self.bos.filter(|bos| self.add_bos && ids.first() != Some(bos)) {
            Some(bos) => Ok(std::iter::once(bos).chain(ids.iter().copied()).collect()),
            None => Ok(ids.to_vec()),
        }
    }

    /// The bytes that a token adds to the answer: none for control tokens, possibly part of a character.
    pub fn bytes(&self, id: u32) -> Vec<u8> {
        let Some(token) = self.tokens.get(id as usize) else { return Vec::new() };
        match self.kinds.get(id as usize) {
            None | Some(Kind::Control) => Vec::new(),
            Some(Kind::User) => token.as_bytes().to_vec(),
            Some(Kind::Byte) => {
                let hex = token.strip_prefix("<0x").and_then(|rest| rest.strip_suffix('>'));
                hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()).into_iter().collect()
            }
            Some(Kind::Normal) => match &self.bytes {
                Some(map) => token.chars().filter_map(|c| map.get(&c)).copied().collect(),
                None => token.replace(SPACE, " ").into_bytes(),
            },
        }
    }

    /// Whether a token ends the answer.
    pub fn is_end(&self, id: u32) -> bool {
        self.ends.contains(&id)
    }

    /// Text of the token that begins every prompt, for templates.
    pub fn bos(&self) -> &str {
        self.text_of(self.bos)
    }

    /// Text of the token that ends answers, for templates.
    pub fn eos(&self) -> &str {
        self.text_of(self.eos)
    }

    fn text_of(&self, id: Option<u32>) -> &str {
        id.and_then(|id| self.tokens.get(id as usize)).map_or("", String::as_str)
    }

    /// Puts a space into every name of a control token, so that a message cannot end its turn and begin one in another
    /// role.
    pub fn disarm<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if !self.control.is_match(text) {
            return Cow::Borrowed(text);
        }
        let mut out = String::with_capacity(text.len() + 8);
        self.control.replace_all_with(text, &mut out, |_, name, out| {
            let mut chars = name.chars();
            out.extend(chars.next());
            out.push(' ');
            out.push_str(chars.as_str());
            true
        });
        Cow::Owned(out)
    }
}

fn byte_level_bpe(metadata: &Metadata, tokens: &[String]) -> tokenizers::Result<Tokenizer> {
    let merges = metadata
        .texts("tokenizer.ggml.merges")
        .iter()
        .filter_map(|merge| merge.split_once(' '))
        .map(|(left, right)| (left.to_owned(), right.to_owned()))
        .collect();
    let split = |expression: &str| {
        let pattern = SplitPattern::Regex(expression.to_owned());
        Split::new(pattern, SplitDelimiterBehavior::Isolated, false)
    };
    let bytes_only = ByteLevel::new(false, false, false);
    let gpt2 = ByteLevel::new(false, false, true);
    let pre = metadata.text("tokenizer.ggml.pre").unwrap_or("default");
    let (cutter, whole_words) = match pre {
        "smollm" | "starcoder" | "refact" | "command-r" => {
            (Sequence::new(vec![Digits::new(true).into(), gpt2.into()]), false)
        }
        "llama-bpe" | "llama3" | "llama-v3" | "smaug-bpe" => {
            (Sequence::new(vec![split(LLAMA3)?.into(), bytes_only.into()]), true)
        }
        "qwen2" | "deepseek-r1-qwen" | "stablelm2" => {
            (Sequence::new(vec![split(QWEN2)?.into(), bytes_only.into()]), false)
        }
        "default" | "gpt-2" | "gpt2" => (Sequence::new(vec![gpt2.into()]), false),
        other => return Err(format!("pre-tokenizer `{other}` is not supported").into()),
    };
    let model = BPE::builder()
        .vocab_and_merges(vocab(tokens), merges)
        .ignore_merges(whole_words)
        .build()?;
    let mut tokenizer = Tokenizer::new(model);
    tokenizer.with_pre_tokenizer(Some(cutter));
    Ok(tokenizer)
}

fn sentencepiece(
    metadata: &Metadata,
    tokens: &[String],
    kinds: &[Kind],
) -> tokenizers::Result<Tokenizer> {
    let scores = metadata.floats("tokenizer.ggml.scores");
    let ids: HashMap<&str, usize> =
        tokens.iter().enumerate().map(|(id, token)| (token.as_str(), id)).collect();
    let mut merges = Vec::new();
    for (id, token) in
        tokens.iter().enumerate().filter(|(id, _)| kinds.get(*id) == Some(&Kind::Normal))
    {
        let score = scores.get(id).copied().unwrap_or(f32::MIN);
        for (at, _) in token.char_indices().skip(1) {
            let (left, right) = token.split_at(at);
            if let (Some(l), Some(r)) = (ids.get(left), ids.get(right)) {
                merges.push((score, *l, *r, left.to_owned(), right.to_owned()));
            }
        }
    }
    merges.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
    let merges = merges.into_iter().map(|(_, _, _, left, right)| (left, right)).collect();
    let mut builder =
        BPE::builder().vocab_and_merges(vocab(tokens), merges).byte_fallback(true).fuse_unk(true);
    let unknown = metadata.number("tokenizer.ggml.unknown_token_id");
    if let Some(token) = unknown.and_then(|id| tokens.get(usize::try_from(id).ok()?)) {
        builder = builder.unk_token(token.clone());
    }
    let mut tokenizer = Tokenizer::new(builder.build()?);
    let mut steps: Vec<NormalizerWrapper> = Vec::new();
    if metadata.flag("tokenizer.ggml.add_space_prefix").unwrap_or(true) {
        steps.push(Prepend::new(SPACE.to_owned()).into());
    }
    steps.push(Replace::new(" ", SPACE)?.into());
    tokenizer.with_normalizer(Some(Normalizers::new(steps)))?;
    Ok(tokenizer)
}

fn vocab(tokens: &[String]) -> Vocab {
    tokens.iter().enumerate().map(|(id, token)| (token.clone(), id as u32)).collect()
}

/// The inverse of GPT-2's table that writes each byte as a printable character.
fn byte_of_char() -> HashMap<char, u8> {
    let printable = |b: u8| matches!(b, b'!'..=b'~' | 0xa1..=0xac | 0xae..=0xff);
    let mut spare = (256u32..).filter_map(char::from_u32);
    (0u8..=255)
        .filter_map(|byte| {
            let c = if printable(byte) { Some(char::from(byte)) } else { spare.next() };
            c.map(|c| (c, byte))
        })
        .collect()
}
