//! The local models as the rest of Weir sees them: asynchronous calls in front of threads of their own.
//!
//! Invariants: starting never waits for a model; encoder and generator have separate queues and threads, so a long answer
//! never holds up an embedding; a panic in a model ends one request, not the thread; a runtime that is switched off has no
//! thread and no queue.

use super::encoder::{BertEncoder, TextEncoder, TokenCounter};
use super::fetch::Fetcher;
use super::generator::{ChatGenerator, Step, TextGenerator};
use super::lane::{Lane, LoadFailure, serve};
use super::manifest::ModelSpec;
use super::queue::Job;
use super::{InferenceError, ModelState};
use crate::chat::{FinishReason, Role, Sampling, Usage};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};

/// Which local models to run, and within which bounds.
#[derive(Debug, Clone)]
pub struct RuntimeSpec {
    /// False leaves everything off.
    pub enabled: bool,
    /// The encoder, if any.
    pub encoder: Option<ModelSpec>,
    /// The generator, if any.
    pub generator: Option<ModelSpec>,
    /// Where the models come from.
    pub fetcher: Fetcher,
    /// Cores that one model may use at a time; 0 counts as 1.
    pub threads: usize,
    /// Requests that may wait for one model.
    pub queue_len: usize,
    /// Tokens that may wait for one model.
    pub queue_tokens: usize,
}

/// One of the two local models.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Text to vector.
    Encoder,
    /// Chat to text.
    Generator,
}

/// A conversation to answer.
#[derive(Debug, Clone)]
pub struct GenerateRequest {
    /// The conversation.
    pub messages: Vec<(Role, String)>,
    /// Sampling and length; `n` and `logprobs` are not supported and ignored.
    pub sampling: Sampling,
    /// Used where `sampling` has no seed.
    pub seed: u64,
}

/// One step of an answer. The last one is `Done` or `Failed`.
#[derive(Debug, Clone, PartialEq)]
pub enum Generated {
    /// Its turn has come; the prompt is being read.
    Started {
        /// Microseconds in the queue.
        queue_us: u64,
        /// Tokens of the prompt.
        prompt_tokens: usize,
    },
    /// More text, never empty.
    Token {
        /// The text.
        text: String,
    },
    /// The end.
    Done {
        /// Why it ended.
        finish: FinishReason,
        /// Tokens.
        usage: Usage,
    },
    /// No (whole) answer.
    Failed(InferenceError),
}

struct EmbedJob {
    texts: Vec<String>,
    n_tokens: usize,
    answer: oneshot::Sender<Result<Vec<Vec<f32>>, InferenceError>>,
}

impl Job for EmbedJob {
    fn n_tokens(&self) -> usize {
        self.n_tokens
    }
    fn is_abandoned(&self) -> bool {
        self.answer.is_closed()
    }
}

struct GenerateJob {
    request: GenerateRequest,
    n_tokens: usize,
    answer: mpsc::UnboundedSender<Generated>,
}

impl Job for GenerateJob {
    fn n_tokens(&self) -> usize {
        self.n_tokens
    }
    fn is_abandoned(&self) -> bool {
        self.answer.is_closed()
    }
}

/// What is known of an encoder once it is loaded.
struct EncoderFacts {
    id: String,
    counter: TokenCounter,
}

/// The local models.
pub struct Runtime {
    encoder: Option<Arc<Lane<EmbedJob>>>,
    generator: Option<Arc<Lane<GenerateJob>>>,
    facts: Arc<OnceLock<EncoderFacts>>,
}

/// When to ask again while the queue is full.
const RETRY_FULL: Duration = Duration::from_secs(1);

impl Runtime {
    /// Starts loading in the background and returns at once.
    pub fn start(spec: RuntimeSpec) -> Self {
        let RuntimeSpec { enabled, encoder, generator, fetcher, threads, queue_len, queue_tokens } =
            spec;
        let bounds = Bounds { threads, queue_len, queue_tokens };
        let files = fetcher.clone();
        let encoder = encoder.filter(|_| enabled).map(|spec| {
            move |on: &mut dyn FnMut(u64, u64)| {
                let files = files.fetch(&spec, on).map_err(LoadFailure::fetch)?;
                on(0, 0);
                let encoder = BertEncoder::load(&spec, &files).map_err(LoadFailure::model)?;
                Ok(Box::new(encoder) as Box<dyn TextEncoder>)
            }
        });
        let generator = generator.filter(|_| enabled).map(|spec| {
            move |on: &mut dyn FnMut(u64, u64)| {
                let files = fetcher.fetch(&spec, on).map_err(LoadFailure::fetch)?;
                on(0, 0);
                let generator = ChatGenerator::load(&spec, &files).map_err(LoadFailure::model)?;
                Ok(Box::new(generator) as Box<dyn TextGenerator>)
            }
        });
        Self::with(bounds, encoder, generator)
    }

    /// Starts with given loaders, which tests replace.
    fn with<E, G>(bounds: Bounds, encoder: Option<E>, generator: Option<G>) -> Self
    where
        E: FnMut(&mut dyn FnMut(u64, u64)) -> Result<Box<dyn TextEncoder>, LoadFailure>
            + Send
            + 'static,
        G: FnMut(&mut dyn FnMut(u64, u64)) -> Result<Box<dyn TextGenerator>, LoadFailure>
            + Send
            + 'static,
    {
        let facts = Arc::new(OnceLock::new());
        let known = Arc::clone(&facts);
        let encoder = encoder.map(|load| {
            let warm = move |encoder: &dyn TextEncoder| {
                encoder.embed("warm up")?;
                let facts = EncoderFacts { id: encoder.id(), counter: encoder.counter() };
                // Set once: a model is loaded once in the life of a runtime.
                let _ = known.set(facts);
                Ok(())
            };
            let lane = Lane::new(bounds.queue_len, bounds.queue_tokens);
            serve(
                "encoder",
                bounds.threads,
                &lane,
                load,
                warm,
                |encoder: &dyn TextEncoder, job, _| {
                    embed(encoder, job);
                },
            );
            lane
        });
        let generator = generator.map(|load| {
            let warm = |generator: &dyn TextGenerator| {
                let messages = [(Role::User, "Hi".to_owned())];
                let sampling = Sampling { max_tokens: Some(2), ..Sampling::default() };
                generator.generate(&messages, &sampling, 0, &mut |_| true).map(|_| ())
            };
            let lane = Lane::new(bounds.queue_len, bounds.queue_tokens);
            let queue = Arc::clone(&lane);
            let work = move |generator: &dyn TextGenerator, job, waited| {
                generate(generator, job, waited, &|| queue.queue.is_closed());
            };
            serve("generator", bounds.threads, &lane, load, warm, work);
            lane
        });
        Self { encoder, generator, facts }
    }

    /// State of one model.
    pub fn state(&self, which: Which) -> ModelState {
        match which {
            Which::Encoder => self.encoder.as_ref().map_or(ModelState::Off, |lane| lane.state()),
            Which::Generator => {
                self.generator.as_ref().map_or(ModelState::Off, |lane| lane.state())
            }
        }
    }

    /// Requests that wait for one model.
    pub fn queue_depth(&self, which: Which) -> usize {
        match which {
            Which::Encoder => self.encoder.as_ref().map_or(0, |lane| lane.queue.len()),
            Which::Generator => self.generator.as_ref().map_or(0, |lane| lane.queue.len()),
        }
    }

    /// Waits until a model is no longer loading.
    pub async fn settled(&self, which: Which) -> ModelState {
        match which {
            Which::Encoder => settled(self.encoder.as_deref()).await,
            Which::Generator => settled(self.generator.as_deref()).await,
        }
    }

    /// Vectors of length 1, one a text. Dropping the future drops the work.
    ///
    /// # Errors
    /// [`InferenceError::NotReady`], [`InferenceError::QueueFull`], or what the model says.
    pub async fn embed(&self, texts: Vec<String>) -> Result<Vec<Vec<f32>>, InferenceError> {
        let lane = ready(self.encoder.as_deref())?;
        let (answer, result) = oneshot::channel();
        let n_tokens = texts.iter().map(|text| estimate(text)).sum();
        let job = EmbedJob { texts, n_tokens, answer };
        lane.queue.push(job).map_err(|_| InferenceError::QueueFull { retry_after: RETRY_FULL })?;
        result.await.unwrap_or(Err(InferenceError::Gone))
    }

    /// Starts an answer; its steps arrive as they are made. Dropping the receiver ends the work. The channel never holds
    /// more than the model's window, so a slow reader does not hold up the model.
    ///
    /// # Errors
    /// [`InferenceError::NotReady`] or [`InferenceError::QueueFull`]; later errors arrive as [`Generated::Failed`].
    pub fn generate(
        &self,
        request: GenerateRequest,
    ) -> Result<mpsc::UnboundedReceiver<Generated>, InferenceError> {
        let lane = ready(self.generator.as_deref())?;
        let (answer, steps) = mpsc::unbounded_channel();
        let n_tokens = request.messages.iter().map(|(_, text)| estimate(text)).sum();
        let job = GenerateJob { request, n_tokens, answer };
        lane.queue.push(job).map_err(|_| InferenceError::QueueFull { retry_after: RETRY_FULL })?;
        Ok(steps)
    }

    /// Tokens of a text by the encoder's tokenizer; `None` until it is loaded.
    pub fn count_tokens(&self, text: &str) -> Option<usize> {
        self.facts.get().map(|facts| (facts.counter)(text))
    }

    /// The encoder's name and hash, a key for stored embeddings; `None` until it is loaded.
    pub fn encoder_id(&self) -> Option<String> {
        self.facts.get().map(|facts| facts.id.clone())
    }
}

/// Threads end after what they are doing; waiting callers get [`InferenceError::Gone`].
impl Drop for Runtime {
    fn drop(&mut self) {
        if let Some(lane) = &self.encoder {
            lane.queue.close();
        }
        if let Some(lane) = &self.generator {
            lane.queue.close();
        }
    }
}

#[derive(Clone, Copy)]
struct Bounds {
    threads: usize,
    queue_len: usize,
    queue_tokens: usize,
}

/// Tokens of a text, near enough for a budget: four bytes each.
fn estimate(text: &str) -> usize {
    text.len() / 4 + 1
}

fn ready<J: Job>(lane: Option<&Lane<J>>) -> Result<&Lane<J>, InferenceError> {
    let state = lane.map_or(ModelState::Off, Lane::state);
    match lane {
        Some(lane) if state.is_ready() => Ok(lane),
        _ => {
            let seconds = match &state {
                ModelState::Loading { total: 0, .. } | ModelState::Ready => 2,
                ModelState::Loading { .. } => 10,
                ModelState::Off | ModelState::Failed(_) => 60,
            };
            Err(InferenceError::NotReady { state, retry_after: Duration::from_secs(seconds) })
        }
    }
}

async fn settled<J: Job>(lane: Option<&Lane<J>>) -> ModelState {
    match lane {
        Some(lane) => lane.settled().await,
        None => ModelState::Off,
    }
}

fn embed(encoder: &dyn TextEncoder, job: EmbedJob) {
    let EmbedJob { texts, answer, .. } = job;
    let mut vectors = Vec::with_capacity(texts.len());
    for text in &texts {
        if answer.is_closed() {
            return;
        }
        let one = super::lane::guarded(|| encoder.embed(text));
        match one {
            Ok(vector) => vectors.push(vector),
            Err(error) => {
                // Nobody listens if the caller went away meanwhile.
                let _ = answer.send(Err(error));
                return;
            }
        }
    }
    let _ = answer.send(Ok(vectors));
}

fn generate(
    generator: &dyn TextGenerator,
    job: GenerateJob,
    waited: Duration,
    is_closed: &dyn Fn() -> bool,
) {
    let GenerateJob { request, answer, .. } = job;
    let queue_us = u64::try_from(waited.as_micros()).unwrap_or(u64::MAX);
    let mut on_step = |step| {
        let sent = match step {
            Step::Prompt(prompt_tokens) => {
                answer.send(Generated::Started { queue_us, prompt_tokens })
            }
            Step::Text(text) if !text.is_empty() => answer.send(Generated::Token { text }),
            Step::Text(_) | Step::Tick => Ok(()),
        };
        sent.is_ok() && !answer.is_closed() && !is_closed()
    };
    let started = Instant::now();
    let GenerateRequest { messages, sampling, seed } = &request;
    let last = match super::lane::guarded(|| {
        generator.generate(messages, sampling, *seed, &mut on_step)
    }) {
        Ok((finish, usage)) => {
            tracing::debug!(
                prompt_tokens = usage.input,
                output_tokens = usage.output,
                elapsed_ms = started.elapsed().as_millis() as u64,
                "local answer"
            );
            Generated::Done { finish, usage }
        }
        Err(error) => Generated::Failed(error),
    };
    let _ = answer.send(last);
}

#[cfg(test)]
#[path = "runtime_tests.rs"]
mod tests;
