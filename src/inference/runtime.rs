//! The local models as the rest of Weir sees them: asynchronous calls in front of threads of their own.
//!
//! Invariants: starting never waits for a model; encoder and generator have separate queues and threads, so a long answer
//! never holds up an embedding; a panic in a model ends one request, not the thread; a runtime that is switched off has no
//! thread and no queue.

use super::edge::{Cut, EdgePack, Key, Progress, Reading, ReadingCache, Window};
use super::encoder::{BertEncoder, TextEncoder};
use super::fetch::Fetcher;
use super::generator::{ChatGenerator, Drafts, Footprint, TextGenerator};
use super::lane::{Lane, LoadFailure, Shuts, serve};
use super::manifest::ModelSpec;
use super::queue::{Job, Queue};
use super::reads::{self, ReadJob, Reads};
use super::scheduler::{self, GenerateJob};
use super::{InferenceError, ModelState};
use crate::chat::{FinishReason, OutputFormat, Role, Sampling, TokenLogprob, Usage};
use rayon::ThreadPool;
use std::borrow::Cow;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};

/// Which edge pack reads texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EdgeSpec {
    /// None.
    Off,
    /// The one inside the binary.
    Embedded,
    /// Another one, to measure it: a folder as `models/train` writes it.
    Folder(PathBuf),
}

/// Which local models to run, and within which bounds.
#[derive(Debug, Clone)]
pub struct RuntimeSpec {
    /// False leaves encoder and generator off, which are fetched; the edge pack is part of the binary.
    pub enabled: bool,
    /// What reads texts.
    pub edge: EdgeSpec,
    /// An encoder of the operator's that embeds in place of the edge pack, if any.
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
    /// Bytes for keys and values of what the generator has read.
    pub kv_cache_bytes: usize,
}

/// One of the local models.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Text to all that the heads say.
    Edge,
    /// Text to vector.
    Encoder,
    /// Chat to text.
    Generator,
}

/// A conversation to answer.
#[derive(Debug, Clone, Default)]
pub struct GenerateRequest {
    /// The conversation.
    pub messages: Vec<(Role, String)>,
    /// The form that the answer must have; `None` for any.
    pub format: Option<OutputFormat>,
    /// Sampling and length; `n` is not supported and ignored.
    pub sampling: Sampling,
    /// Used where `sampling` has no seed.
    pub seed: u64,
    /// Whose request it is: what one tenant's prompts begin with is read once for all of its requests, never for another's.
    pub tenant: Option<Arc<str>>,
    /// When the first token must be there: what cannot be is refused before it is begun.
    pub first_by: Option<Instant>,
    /// Whether others go first.
    pub background: bool,
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
        /// Its tokens with their probabilities, if they were asked for.
        logprobs: Vec<TokenLogprob>,
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

/// On what terms texts are read.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    /// Whose texts they are: what was read for one tenant is not known to another.
    pub tenant: Option<Arc<str>>,
    /// How long the model may work for them; waiting for others is not counted. `None` for as long as it takes.
    pub allowance: Option<Duration>,
    /// How long they can wait for others, unless their own work takes longer; a longer line is refused at once. `None` for any.
    pub patience: Option<Duration>,
    /// Whether [`Reading::keep`] is asked for.
    pub words: bool,
    /// Whether nobody asks what the texts are about, so that [`Reading::embedding`], `tasks` and `gain` may be empty.
    pub meaning: Meaning,
}

/// Whether it is asked what texts are about, besides what is in them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Meaning {
    /// It may be asked.
    #[default]
    Kept,
    /// Nobody asks.
    Dropped,
}

/// What the runtime asks of the edge pack, from some threads at a time; an error concerns that call alone.
pub(super) trait TextReader: Send + Sync + 'static {
    /// The next window of a text; `None` after the last one.
    ///
    /// # Errors
    /// If the model fails on a text.
    fn cut(&self, text: &str, progress: &mut Progress) -> Result<Option<Cut>, InferenceError>;

    /// What some windows say that go through the model together.
    ///
    /// # Errors
    /// If the model fails on one of them.
    fn windows(&self, cuts: &[&Cut]) -> Result<Vec<Window>, InferenceError>;

    /// Takes in what the next window of a text says.
    fn add(&self, text: &str, progress: &mut Progress, cut: &Cut, window: Window);

    /// What a text says whose windows are all in.
    fn finish(&self, text: &str, progress: Progress) -> Reading;

    /// Identifies the function from text to reading.
    fn id(&self) -> String;

    /// Bytes of its weights.
    fn bytes(&self) -> usize;
}

impl TextReader for EdgePack {
    fn cut(&self, text: &str, progress: &mut Progress) -> Result<Option<Cut>, InferenceError> {
        Self::cut(self, text, progress)
    }

    fn windows(&self, cuts: &[&Cut]) -> Result<Vec<Window>, InferenceError> {
        Self::windows(self, cuts)
    }

    fn add(&self, text: &str, progress: &mut Progress, cut: &Cut, window: Window) {
        Self::add(self, text, progress, cut, window);
    }

    fn finish(&self, text: &str, progress: Progress) -> Reading {
        Self::finish(self, text, progress)
    }

    fn id(&self) -> String {
        Self::id(self).to_owned()
    }

    fn bytes(&self) -> usize {
        Self::bytes(self)
    }
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

/// The local models.
pub struct Runtime {
    edge: Option<Arc<Lane<Reads>>>,
    readings: Arc<ReadingCache>,
    encoder: Option<Arc<Lane<Queue<EmbedJob>>>>,
    generator: Option<Arc<Lane<Queue<GenerateJob>>>>,
    /// Names what embeds, once it is loaded.
    embeds: Arc<OnceLock<String>>,
}

/// Loads a model; reports bytes fetched and to fetch.
type Load<M> = Box<dyn FnMut(&mut dyn FnMut(u64, u64)) -> Result<Box<M>, LoadFailure> + Send>;

/// How the models are had; tests replace it.
#[derive(Default)]
struct Loaders {
    edge: Option<Load<dyn TextReader>>,
    encoder: Option<Load<dyn TextEncoder>>,
    generator: Option<Load<dyn TextGenerator>>,
}

/// When to ask again while the queue is full.
const RETRY_FULL: Duration = Duration::from_secs(1);

impl Runtime {
    /// Starts loading in the background and returns at once.
    pub fn start(spec: RuntimeSpec) -> Self {
        let RuntimeSpec {
            enabled,
            edge,
            encoder,
            generator,
            fetcher,
            threads,
            queue_len,
            queue_tokens,
            kv_cache_bytes,
        } = spec;
        let bounds = Bounds { threads, queue_len, queue_tokens };
        let files = fetcher.clone();
        let edge = (edge != EdgeSpec::Off).then(|| -> Load<dyn TextReader> {
            Box::new(move |_| {
                let pack = match &edge {
                    EdgeSpec::Folder(folder) => EdgePack::from_folder(folder),
                    _ => EdgePack::embedded(),
                };
                Ok(Box::new(pack.map_err(LoadFailure::model)?))
            })
        });
        let encoder = encoder.filter(|_| enabled).map(|spec| -> Load<dyn TextEncoder> {
            Box::new(move |on| {
                let files = files.fetch(&spec, on).map_err(LoadFailure::fetch)?;
                on(0, 0);
                Ok(Box::new(BertEncoder::load(&spec, &files).map_err(LoadFailure::model)?))
            })
        });
        let generator = generator.filter(|_| enabled).map(|spec| -> Load<dyn TextGenerator> {
            Box::new(move |on| {
                let files = fetcher.fetch(&spec, on).map_err(LoadFailure::fetch)?;
                on(0, 0);
                Ok(Box::new(
                    ChatGenerator::load(&spec, &files, kv_cache_bytes)
                        .map_err(LoadFailure::model)?,
                ))
            })
        });
        Self::with(bounds, Loaders { edge, encoder, generator })
    }

    /// Starts with given loaders.
    fn with(bounds: Bounds, loaders: Loaders) -> Self {
        let embeds = Arc::new(OnceLock::new());
        // Set once: a model is loaded once in the life of a runtime.
        let named = |embeds: &Arc<OnceLock<String>>, id: String| drop(embeds.set(id));
        let own_encoder = loaders.encoder.is_some();
        let readings = Arc::new(ReadingCache::default());
        let edge = loaders.edge.map(|load| {
            let embeds = Arc::clone(&embeds);
            let lane = Lane::new(Reads::default());
            let own = Arc::clone(&lane);
            let warm = move |reader: &mut (dyn TextReader + 'static)| {
                own.set_footprint(Footprint { weights: reader.bytes(), kept: 0 });
                if let Some(cut) = reader.cut("warm up", &mut Progress::default())? {
                    reader.windows(&[&cut])?;
                }
                if !own_encoder {
                    named(&embeds, reader.id());
                }
                Ok(())
            };
            let readings = Arc::clone(&readings);
            let run = move |reader: Box<dyn TextReader>, lane: &Lane<Reads>, pool: &ThreadPool| {
                reads::run(&*reader, lane, &readings, pool);
            };
            serve("edge", bounds.threads, &lane, load, warm, run);
            lane
        });
        let encoder = loaders.encoder.map(|load| {
            let embeds = Arc::clone(&embeds);
            let lane = Lane::new(Queue::new(bounds.queue_len, bounds.queue_tokens));
            let own = Arc::clone(&lane);
            let warm = move |encoder: &mut (dyn TextEncoder + 'static)| {
                own.set_footprint(Footprint { weights: encoder.bytes(), kept: 0 });
                encoder.embed(&["warm up"], &|| true)?;
                named(&embeds, encoder.id());
                Ok(())
            };
            let run =
                |encoder: Box<dyn TextEncoder>, lane: &Lane<Queue<EmbedJob>>, pool: &ThreadPool| {
                    pool.install(move || {
                        while let Some((job, _)) = lane.queue.pop() {
                            answer(&job.texts, job.answer, |texts, goes_on| {
                                encoder.embed(texts, goes_on)
                            });
                        }
                    });
                };
            serve("encoder", bounds.threads, &lane, load, warm, run);
            lane
        });
        let generator = loaders.generator.map(|load| {
            let lane = Lane::new(Queue::new(bounds.queue_len, bounds.queue_tokens));
            let own = Arc::clone(&lane);
            let warm = move |generator: &mut (dyn TextGenerator + 'static)| {
                own.set_footprint(generator.footprint());
                scheduler::warm_up(generator)
            };
            let run = |generator, lane: &Lane<_>, pool: &ThreadPool| {
                pool.install(|| scheduler::run(generator, lane));
            };
            serve("generator", bounds.threads, &lane, load, warm, run);
            lane
        });
        Self { edge, readings, encoder, generator, embeds }
    }

    /// State of one model. Without an encoder of its own the edge pack's state is the encoder's.
    pub fn state(&self, which: Which) -> ModelState {
        match (which, &self.encoder) {
            (Which::Encoder, Some(lane)) => lane.state(),
            (Which::Edge | Which::Encoder, _) => {
                self.edge.as_ref().map_or(ModelState::Off, |lane| lane.state())
            }
            (Which::Generator, _) => {
                self.generator.as_ref().map_or(ModelState::Off, |lane| lane.state())
            }
        }
    }

    /// Requests that wait for one model.
    pub fn queue_depth(&self, which: Which) -> usize {
        match which {
            Which::Edge => self.edge.as_ref().map_or(0, |lane| lane.queue.len()),
            Which::Encoder => self.encoder.as_ref().map_or(0, |lane| lane.queue.len()),
            Which::Generator => self.generator.as_ref().map_or(0, |lane| lane.queue.len()),
        }
    }

    /// What a model takes of memory; nothing while it is not there, or embeds with the edge pack. What is kept are keys and values
    /// of the generator and readings of the edge pack.
    pub fn footprint(&self, which: Which) -> Footprint {
        match which {
            Which::Edge => self.edge.as_ref().map_or_else(Footprint::default, |lane| Footprint {
                kept: self.readings.bytes(),
                ..lane.footprint()
            }),
            Which::Encoder => {
                self.encoder.as_ref().map_or_else(Footprint::default, |lane| lane.footprint())
            }
            Which::Generator => {
                self.generator.as_ref().map_or_else(Footprint::default, |lane| lane.footprint())
            }
        }
    }

    /// What the generator drafted since this was asked last.
    pub fn take_drafts(&self) -> Drafts {
        self.generator.as_ref().map_or_else(Drafts::default, |lane| lane.take_drafts())
    }

    /// Waits until a model is no longer loading.
    pub async fn settled(&self, which: Which) -> ModelState {
        match (which, &self.encoder) {
            (Which::Encoder, Some(lane)) => lane.settled().await,
            (Which::Edge | Which::Encoder, _) => settled(self.edge.as_deref()).await,
            (Which::Generator, _) => settled(self.generator.as_deref()).await,
        }
    }

    /// What the edge pack says about each text, whatever it takes, for no tenant and with what each word is worth.
    ///
    /// # Errors
    /// As [`Self::read_for`].
    pub async fn read(&self, texts: &[&str]) -> Result<Vec<Arc<Reading>>, InferenceError> {
        let texts = texts.iter().map(|text| Cow::Borrowed(*text)).collect();
        self.read_for(texts, &Terms { words: true, ..Terms::default() }).await
    }

    /// What the edge pack says about each text. A text that was read before costs a look into a bounded cache, so that a turn
    /// of a conversation costs what is new in it. Dropping the future drops the work, but what was read of a long text is kept
    /// for a while.
    ///
    /// # Errors
    /// [`InferenceError::NotReady`], [`InferenceError::QueueFull`] at once if the line is too long, [`InferenceError::Allowance`],
    /// or what the model says.
    pub async fn read_for(
        &self,
        texts: Vec<Cow<'_, str>>,
        terms: &Terms,
    ) -> Result<Vec<Arc<Reading>>, InferenceError> {
        let key = |text: &Cow<'_, str>| self.readings.key(text, terms);
        let keys: Vec<_> = texts.iter().map(key).collect();
        let mut found: Vec<_> = keys.iter().map(|key| self.readings.get(key)).collect();
        // A text that occurs twice is read once.
        let mut missing: HashMap<Key, Vec<usize>> = HashMap::new();
        let mut wanted: Vec<(String, Key)> = Vec::new();
        for (at, text) in texts.into_iter().enumerate().filter(|(at, _)| found[*at].is_none()) {
            let places = missing.entry(keys[at]).or_default();
            if places.is_empty() {
                wanted.push((text.into_owned(), keys[at]));
            }
            places.push(at);
        }
        if !wanted.is_empty() {
            let lane = ready(self.edge.as_deref())?;
            let keys: Vec<Key> = wanted.iter().map(|(_, key)| *key).collect();
            let (job, result) = ReadJob::new(wanted, terms.clone());
            lane.queue.push(job)?;
            let readings = result.await.unwrap_or(Err(InferenceError::Gone))?;
            for (key, reading) in keys.iter().zip(readings) {
                for at in missing.remove(key).unwrap_or_default() {
                    found[at] = Some(Arc::clone(&reading));
                }
            }
        }
        Ok(found.into_iter().flatten().collect())
    }

    /// How long until all that waits for the edge pack is read.
    pub fn backlog(&self) -> Duration {
        self.edge.as_ref().map_or(Duration::ZERO, |lane| lane.queue.backlog())
    }

    /// Vectors of length 1, one a text, by the operator's encoder or by the edge pack. Dropping the future drops the work.
    ///
    /// # Errors
    /// [`InferenceError::NotReady`], [`InferenceError::QueueFull`], or what the model says.
    pub async fn embed(&self, texts: Vec<String>) -> Result<Vec<Vec<f32>>, InferenceError> {
        self.embed_for(texts, &Terms::default()).await
    }

    /// As [`Self::embed`], on terms; an encoder of the operator's keeps to its own queue instead.
    ///
    /// # Errors
    /// As [`Self::read_for`].
    pub async fn embed_for(
        &self,
        texts: Vec<String>,
        terms: &Terms,
    ) -> Result<Vec<Vec<f32>>, InferenceError> {
        if self.encoder.is_none() {
            let texts = texts.into_iter().map(Cow::Owned).collect();
            let readings = self.read_for(texts, terms).await?;
            return Ok(readings.iter().map(|reading| reading.embedding.clone()).collect());
        }
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

    /// Names what embeds, a key for stored embeddings; `None` until it is loaded.
    pub fn encoder_id(&self) -> Option<String> {
        self.embeds.get().cloned()
    }
}

/// Threads end after what they are doing; waiting callers get [`InferenceError::Gone`].
impl Drop for Runtime {
    fn drop(&mut self) {
        if let Some(lane) = &self.edge {
            lane.queue.close();
        }
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

fn ready<Q: Shuts>(lane: Option<&Lane<Q>>) -> Result<&Lane<Q>, InferenceError> {
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

async fn settled<Q: Shuts>(lane: Option<&Lane<Q>>) -> ModelState {
    match lane {
        Some(lane) => lane.settled().await,
        None => ModelState::Off,
    }
}

/// Answers a job; the work ends early when nobody listens any more.
fn answer<T>(
    texts: &[String],
    answer: oneshot::Sender<Result<Vec<T>, InferenceError>>,
    work: impl Fn(&[&str], &dyn Fn() -> bool) -> Result<Vec<T>, InferenceError>,
) {
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let done = super::lane::guarded(|| work(&texts, &|| !answer.is_closed()));
    // Nobody listens if the caller went away meanwhile.
    let _ = answer.send(done);
}

#[cfg(test)]
#[path = "runtime_tests.rs"]
mod tests;
