//! Chat to text: template, tokens, reading, sampling, stop strings, one piece of text after another, for several requests at once.
//!
//! Invariant: no request sees the state of another; a caller that has gone costs at most one step more.

mod bounds;
mod draft;
#[cfg(test)]
mod draft_tests;
mod form;
#[cfg(test)]
mod form_tests;
mod keys;
mod keywords;
mod repeats;
mod sampler;
mod stop;
mod stream;
mod template;
#[cfg(test)]
mod tests;

use super::InferenceError;
use super::decoder::Decoder;
use super::fetch::{Blob, ModelFiles};
use super::gguf::{CandleLm, Gguf, GgufTokenizer, Metadata};
use super::manifest::ModelSpec;
use super::runtime::GenerateRequest;
use crate::chat::{FinishReason, Role, TokenLogprob, Usage};
use candle_core::Device;
use form::Forms;
use sampler::Sampler;
use std::io::{Cursor, Read, Seek};
use std::sync::Arc;
use std::time::{Duration, Instant};
use stop::StopBuffer;
use stream::{Ask, Stream};
use template::ChatTemplate;

/// A sequence of tokens whose keys and values a model holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SequenceId(pub u64);

/// Whose a request is.
pub type Tenant = Option<Arc<str>>;

/// New tokens of a sequence.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// Whose.
    pub sequence: SequenceId,
    /// What stands behind what was read before.
    pub tokens: &'a [u32],
    /// For how many of them, counted from the end, logits are wanted.
    pub logits: usize,
    /// How many of them, counted from the end, may yet be taken back.
    pub drafted: usize,
}

/// Bytes of memory.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Footprint {
    /// Of the weights.
    pub weights: usize,
    /// Of what is kept between requests: keys and values, with those that answers in work may yet need, or readings.
    pub kept: usize,
}

/// Tokens that were drafted by prompt lookup.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Drafts {
    /// Those that the model then said itself: as many steps were saved.
    pub right: usize,
    /// The others.
    pub wrong: usize,
}

/// A causal language model with the state of its sequences: the seam behind which the kernels can be replaced. Calls come from one
/// thread at a time.
pub trait CausalLm: Send + 'static {
    /// Tokens that prompt and answer may have together.
    fn window(&self) -> usize;

    /// Whether memory allows a sequence of so many tokens at all.
    fn fits(&self, most: usize) -> bool;

    /// Whether memory allows one more of so many tokens now.
    fn has_room(&self, most: usize) -> bool;

    /// What it takes of memory.
    fn footprint(&self) -> Footprint;

    /// A new sequence that will have at most `most` tokens. Says how many tokens of the prompt need not be read, since the same
    /// tenant had them before; the last one always needs.
    fn open(&mut self, tenant: &Tenant, prompt: &[u32], most: usize) -> (SequenceId, usize);

    /// Reads tokens of some sequences in one pass. Returns the logits that are wanted, one row after another.
    ///
    /// # Errors
    /// If the model fails; the sequences are of no further use.
    fn forward(&mut self, parts: &[Part<'_>]) -> Result<&[f32], InferenceError>;

    /// Whether it can say what follows each of several tokens and take tokens back, as drafts need.
    fn takes_drafts(&self) -> bool;

    /// Forgets the last `n` tokens of a sequence, which were drafted in its last pass.
    fn roll_back(&mut self, sequence: SequenceId, n: usize);

    /// Ends a sequence.
    fn close(&mut self, sequence: SequenceId);
}

/// A request that is in work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StreamId(pub u64);

/// What became of a request that was to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begun {
    /// It is in work.
    Started {
        /// Its name.
        stream: StreamId,
        /// Tokens of the prompt.
        prompt_tokens: usize,
    },
    /// There is no room beside those that are in work; try again once one of them has ended.
    Busy,
}

/// One step of an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// More text, and its tokens if they were asked for.
    Text(String, Vec<TokenLogprob>),
    /// Nothing to show yet.
    Tick,
    /// The end.
    Done(FinishReason, Usage),
    /// The end, for want of a whole answer.
    Failed(InferenceError),
}

/// What the runtime asks of a generator. Calls come from one thread at a time.
pub trait TextGenerator: Send + 'static {
    /// Takes a request on.
    ///
    /// # Errors
    /// [`InferenceError::ContextLength`], [`InferenceError::Memory`], [`InferenceError::Late`], [`InferenceError::Format`], or what
    /// the model says.
    fn begin(&mut self, request: &GenerateRequest) -> Result<Begun, InferenceError>;

    /// Requests in work.
    fn n_streams(&self) -> usize;

    /// What it takes of memory.
    fn footprint(&self) -> Footprint;

    /// What was drafted since this was asked last.
    fn take_drafts(&mut self) -> Drafts;

    /// Takes all of them one step further. `on_step` returns false once nobody waits for that one.
    fn step(&mut self, on_step: &mut dyn FnMut(StreamId, Step) -> bool);

    /// Drops all that is in work, for instance after a panic.
    fn reset(&mut self);
}

/// Requests that are in work at once.
const STREAMS: usize = 16;
/// Tokens of prompts that are read in one step.
const CHUNK: usize = 128;
/// The same while answers are running, which must not stall.
const CHUNK_BESIDE: usize = 32;

/// Tokens of a step from which on its time says what a prompt's token takes.
const PACED: usize = 24;

/// A chat model.
pub struct ChatGenerator {
    model: Engine,
    template: ChatTemplate,
    temperature: f64,
    top_p: f64,
}

impl ChatGenerator {
    /// Reads a GGUF file.
    ///
    /// # Errors
    /// If the file is damaged or of an unknown kind.
    pub fn load(
        spec: &ModelSpec,
        files: &ModelFiles,
        cache_bytes: usize,
    ) -> Result<Self, InferenceError> {
        let fail = |text: String| InferenceError::Failed(format!("{}: {text}", spec.name));
        match &files.weights {
            Blob::Embedded(bytes) => Self::read(spec, Cursor::new(*bytes), cache_bytes),
            Blob::File(path) => {
                let file = std::fs::File::open(path).map_err(|error| fail(error.to_string()))?;
                Self::read(spec, std::io::BufReader::new(file), cache_bytes)
            }
        }
    }

    fn read(
        spec: &ModelSpec,
        reader: impl Read + Seek,
        cache_bytes: usize,
    ) -> Result<Self, InferenceError> {
        let named = |error| match error {
            InferenceError::Failed(why) => InferenceError::Failed(format!("{}: {why}", spec.name)),
            other => other,
        };
        let mut file = Gguf::read(reader).map_err(named)?;
        let tokenizer = GgufTokenizer::new(&file.metadata).map_err(named)?;
        let model: Box<dyn CausalLm> = match on_gpu(&mut file, spec) {
            Some(model) => model,
            None => {
                let model = Decoder::load(&mut file, spec.max_len, cache_bytes).map_err(named)?;
                if tokenizer.len() > model.vocabulary() {
                    let (tokens, rows) = (tokenizer.len(), model.vocabulary());
                    let why =
                        format!("a tokenizer of {tokens} tokens does not fit a model of {rows}");
                    return Err(named(InferenceError::Failed(why)));
                }
                Box::new(model)
            }
        };
        let source = file.metadata.text("tokenizer.chat_template");
        let template = ChatTemplate::new(source, tokenizer.bos(), tokenizer.eos())?;
        let (temperature, top_p) = recommended(spec, &file.metadata);
        Ok(Self { model: Engine::new(model, Box::new(tokenizer)), template, temperature, top_p })
    }

    /// Token ids of a conversation, ready for the answer.
    ///
    /// # Errors
    /// If the template refuses the messages.
    pub fn prompt(&self, messages: &[(Role, String)]) -> Result<Vec<u32>, InferenceError> {
        let tokenizer = &self.model.vocabulary;
        let safe: Vec<(Role, String)> =
            messages.iter().map(|(role, text)| (*role, tokenizer.disarm(text))).collect();
        tokenizer.encode(&self.template.render(&safe)?)
    }

    /// Whether answers are drafted where their model allows it, as they are unless told otherwise: to measure what that brings.
    pub fn set_drafting(&mut self, on: bool) {
        self.model.drafting = on && self.model.lm.takes_drafts();
    }

    /// The window in tokens.
    pub fn window(&self) -> usize {
        self.model.lm.window()
    }
}

/// Temperature and nucleus where the client gives none: the manifest's, else what the file's makers wrote into it, else values at
/// which small models keep to the point.
fn recommended(spec: &ModelSpec, metadata: &Metadata) -> (f64, f64) {
    const USUAL: (f64, f64) = (0.7, 0.9);
    let written = |key: &str, most: f64| {
        let value = metadata.float(&format!("general.sampling.{key}")).map(f64::from);
        value.filter(|value| (0.0..=most).contains(value))
    };
    (
        spec.temperature.or_else(|| written("temp", 2.0)).unwrap_or(USUAL.0),
        spec.top_p.or_else(|| written("top_p", 1.0)).unwrap_or(USUAL.1),
    )
}

/// The model on a GPU, where the build has one (features `cuda` and `metal`), the machine has it, and candle knows the architecture.
fn on_gpu(file: &mut Gguf<impl Read + Seek>, spec: &ModelSpec) -> Option<Box<dyn CausalLm>> {
    let devices = [Device::cuda_if_available(0), Device::metal_if_available(0)];
    let device = devices.into_iter().flatten().find(|device| !device.is_cpu())?;
    match file.rewound().and_then(|file| CandleLm::load(file, device, spec.max_len)) {
        Ok(model) => Some(Box::new(model)),
        Err(error) => {
            tracing::warn!(model = spec.name, reason = %error, "not on the GPU");
            None
        }
    }
}

impl TextGenerator for ChatGenerator {
    fn begin(&mut self, request: &GenerateRequest) -> Result<Begun, InferenceError> {
        if self.model.streams.len() >= STREAMS {
            return Ok(Begun::Busy);
        }
        let sampling = &request.sampling;
        let ask = Ask {
            prompt: self.prompt(&request.messages)?,
            sampler: Sampler::new(
                sampling.temperature.unwrap_or(self.temperature),
                sampling.top_p.unwrap_or(self.top_p),
                sampling.seed.unwrap_or(request.seed),
            ),
            stops: StopBuffer::new(&sampling.stop),
            max_tokens: sampling.max_tokens.map_or(usize::MAX, |n| n as usize),
            format: request.format.clone(),
            first_by: request.first_by,
            logprobs: sampling.logprobs.then(|| sampling.top_logprobs.unwrap_or(0) as usize),
        };
        self.model.begin(&request.tenant, ask)
    }

    fn n_streams(&self) -> usize {
        self.model.streams.len()
    }

    fn footprint(&self) -> Footprint {
        self.model.lm.footprint()
    }

    fn take_drafts(&mut self) -> Drafts {
        std::mem::take(&mut self.model.drafts)
    }

    fn step(&mut self, on_step: &mut dyn FnMut(StreamId, Step) -> bool) {
        self.model.step(on_step);
    }

    fn reset(&mut self) {
        self.model.reset();
    }
}

/// Text to tokens and back, and which of them end an answer.
trait Vocabulary: Send {
    /// How many tokens there are.
    fn size(&self) -> usize;
    fn encode(&self, prompt: &str) -> Result<Vec<u32>, InferenceError>;
    fn disarm(&self, text: &str) -> String;
    fn bytes(&self, id: u32) -> Vec<u8>;
    fn is_end(&self, id: u32) -> bool;
}

impl Vocabulary for GgufTokenizer {
    fn size(&self) -> usize {
        self.len()
    }
    fn encode(&self, prompt: &str) -> Result<Vec<u32>, InferenceError> {
        Self::encode(self, prompt)
    }
    fn disarm(&self, text: &str) -> String {
        Self::disarm(self, text).into_owned()
    }
    fn bytes(&self, id: u32) -> Vec<u8> {
        Self::bytes(self, id)
    }
    fn is_end(&self, id: u32) -> bool {
        Self::is_end(self, id)
    }
}

/// All that is in work, one batch a step.
struct Engine {
    lm: Box<dyn CausalLm>,
    vocabulary: Box<dyn Vocabulary>,
    streams: Vec<Stream>,
    next: u64,
    /// Made for the first answer that must have a form.
    forms: Option<Forms>,
    /// Seconds that a token of a prompt takes, as far as is known.
    pace: f64,
    /// Whether answers are drafted.
    drafting: bool,
    drafts: Drafts,
}

impl Engine {
    fn new(lm: Box<dyn CausalLm>, vocabulary: Box<dyn Vocabulary>) -> Self {
        let (streams, drafts, drafting) = (Vec::new(), Drafts::default(), lm.takes_drafts());
        Self { lm, vocabulary, streams, next: 0, forms: None, pace: 0.0, drafting, drafts }
    }

    fn begin(&mut self, tenant: &Tenant, ask: Ask) -> Result<Begun, InferenceError> {
        let window = self.lm.window();
        let prompt_tokens = ask.prompt.len();
        if prompt_tokens >= window || prompt_tokens == 0 {
            return Err(InferenceError::ContextLength { n_tokens: prompt_tokens, window });
        }
        // The last token of an answer is never read.
        let most = prompt_tokens.saturating_add(ask.max_tokens).min(window);
        if !self.lm.fits(most) {
            return Err(InferenceError::Memory { n_tokens: most });
        }
        if !self.lm.has_room(most) {
            return Ok(Begun::Busy);
        }
        let form = match &ask.format {
            None => None,
            Some(format) => {
                let forms = match self.forms.take() {
                    Some(forms) => forms,
                    None => Forms::new(&*self.vocabulary)?,
                };
                Some(self.forms.insert(forms).begin(format, most - prompt_tokens)?)
            }
        };
        let (sequence, read) = self.lm.open(tenant, &ask.prompt, most);
        let unread = prompt_tokens - read + self.streams.iter().map(Stream::unread).sum::<usize>();
        let takes = Duration::from_secs_f64(self.pace * unread as f64);
        if ask.first_by.is_some_and(|by| Instant::now() + takes > by) {
            self.lm.close(sequence);
            return Err(InferenceError::Late { n_tokens: unread, takes });
        }
        let stream = StreamId(self.next);
        self.next += 1;
        self.streams.push(Stream::new(stream, sequence, ask, form, read, most));
        Ok(Begun::Started { stream, prompt_tokens })
    }

    fn step(&mut self, on_step: &mut dyn FnMut(StreamId, Step) -> bool) {
        let n_running = self.streams.iter().filter(|stream| stream.is_answering()).count();
        let mut budget = if n_running > 0 { CHUNK_BESIDE } else { CHUNK };
        if self.drafting {
            let unread: usize = self.streams.iter().map(Stream::unread).sum();
            let mut rows = n_running + unread.min(budget);
            for stream in self.streams.iter_mut().filter(|stream| stream.is_answering()) {
                rows += stream.draft(rows);
            }
        }
        let mut parts = Vec::with_capacity(self.streams.len());
        for stream in &self.streams {
            parts.push(stream.part(&mut budget));
        }
        let busy: Vec<Part<'_>> = parts.iter().flatten().copied().collect();
        let begun = Instant::now();
        let mut failure = None;
        let logits = self.lm.forward(&busy).unwrap_or_else(|error| {
            failure = Some(error);
            &[]
        });
        let n_tokens: usize = busy.iter().map(|part| part.tokens.len()).sum();
        if n_tokens >= PACED {
            let now = begun.elapsed().as_secs_f64() / n_tokens as f64;
            self.pace = if self.pace > 0.0 { 0.75 * self.pace + 0.25 * now } else { now };
        }
        let wanted: usize = busy.iter().map(|part| part.logits).sum();
        let size = logits.len().checked_div(wanted).unwrap_or(0);
        tracing::trace!(
            tokens = n_tokens,
            us = begun.elapsed().as_micros() as u64,
            "a step of the generator"
        );
        let read: Vec<(usize, usize)> = parts
            .iter()
            .map(|part| part.map_or((0, 0), |part| (part.tokens.len(), part.logits)))
            .collect();
        let mut logits = logits;
        let vocabulary = &*self.vocabulary;
        let (mut ended, mut wrongs) = (Vec::new(), Vec::new());
        for (stream, (n, wanted)) in self.streams.iter_mut().zip(read) {
            let (own, rest) = logits.split_at(logits.len().min(wanted * size));
            logits = rest;
            stream.read += n;
            let goes_on = if let Some(error) = &failure {
                on_step(stream.id, Step::Failed(error.clone()));
                false
            } else if own.is_empty() {
                on_step(stream.id, Step::Tick)
            } else {
                let (drafts, goes_on) = stream.advance(own, size, vocabulary, on_step);
                stream.read -= drafts.wrong;
                self.drafts.right += drafts.right;
                self.drafts.wrong += drafts.wrong;
                wrongs.push((stream.sequence, drafts.wrong));
                goes_on
            };
            if !goes_on {
                ended.push(stream.id);
            }
        }
        for (sequence, wrong) in wrongs.into_iter().filter(|(_, wrong)| *wrong > 0) {
            self.lm.roll_back(sequence, wrong);
        }
        let (gone, rest) = std::mem::take(&mut self.streams)
            .into_iter()
            .partition(|stream| ended.contains(&stream.id));
        self.streams = rest;
        for stream in gone {
            self.lm.close(stream.sequence);
        }
    }

    fn reset(&mut self) {
        for stream in std::mem::take(&mut self.streams) {
            self.lm.close(stream.sequence);
        }
    }
}
