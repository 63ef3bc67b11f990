//! The edge pack: one small encoder, inside the binary, that answers every question about a text in one pass.
//!
//! Which words are personal data, what the text means (its embedding), whether it tries to take over the instructions, what
//! kind of task it is, which words tell much, and what helps to guess whether a stronger model would do better. Trained by
//! `models/train`; the model card is `models/edge/README.md`. Invariants: the work is linear in the text; offsets are bytes
//! on character borders; a text of any length is read whole, through overlapping windows.

mod adapter;
mod cache;
mod decode;
mod heads;
mod pack;
mod progress;
#[cfg(test)]
#[expect(clippy::string_slice, reason = "a test may panic")]
mod tests;
mod tokens;
mod trunk;

pub use cache::{Key, ReadingCache};
pub use decode::Tagged;
pub use heads::Window;
pub use progress::{Cut, Progress};

use super::InferenceError;
use super::kernels::Level;
use super::layers::Memory;
use super::manifest::{FileRole, ModelSpec, Source, Task};
use super::windows::{add_weighted, normalise};
use crate::chat::TASKS;
use adapter::Adapter;
use heads::Heads;
use pack::{Manifest, Tensors};
use sha2::{Digest, Sha256};
use std::iter::once;
use std::ops::Range;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use tokenizers::Tokenizer;
use trunk::{Batch, States, Trunk};

const MANIFEST: &[u8] = include_bytes!("../../../models/edge/manifest.json");
const WEIGHTS: &[u8] = include_bytes!("../../../models/edge/edge.safetensors");
const TOKENIZER: &[u8] = include_bytes!("../../../models/edge/tokenizer.json");

/// Part of a window that it shares with its neighbour: one eighth.
const OVERLAP: usize = 8;

/// Most tokens of windows that go through the model together.
const TOGETHER: usize = 512;

/// What the pack says about a text.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reading {
    /// Personal data, in order, without overlaps.
    pub entities: Vec<Tagged>,
    /// What the text means, of length 1: the means over some layers side by side.
    pub embedding: Vec<f32>,
    /// Probability that the text tries to override instructions, 0–1; the highest of its windows. `None` without words.
    pub injection: Option<f32>,
    /// Probability of each of [`TASKS`]; empty without words.
    pub tasks: Vec<f32>,
    /// Features for the gain predictor, each −1 to 1.
    pub gain: Vec<f32>,
    /// Words and how much each is worth keeping, 0–1; empty where nobody asked for it.
    pub keep: Vec<(Range<usize>, f32)>,
    /// Word pieces, special ones left out.
    pub n_tokens: usize,
}

/// The encoder with its heads.
pub struct EdgePack {
    manifest: Manifest,
    tokenizer: Tokenizer,
    trunk: Trunk,
    adapter: Adapter,
    heads: Heads,
    begin: u32,
    end: u32,
    id: String,
    /// Bytes of the weights, as they ship and as they were packed.
    bytes: usize,
    level: &'static Level,
    /// Buffers of readings that are over, for the next ones.
    buffers: Mutex<Vec<Buffers>>,
}

/// What a reading needs while it runs.
struct Buffers {
    memory: Memory,
    batch: Batch,
    states: States,
}

impl EdgePack {
    /// The pack inside the binary.
    ///
    /// # Errors
    /// If it is broken, which a test rules out.
    pub fn embedded() -> Result<Self, InferenceError> {
        Self::load(MANIFEST, WEIGHTS, TOKENIZER, Level::best(), false)
    }

    /// The pack inside the binary as one of the local models.
    pub fn spec() -> ModelSpec {
        let files = [
            (FileRole::Weights, WEIGHTS),
            (FileRole::Config, MANIFEST),
            (FileRole::Tokenizer, TOKENIZER),
        ];
        ModelSpec {
            name: "weir-edge".to_owned(),
            task: Task::Read,
            licence: "Apache-2.0".to_owned(),
            max_len: None,
            labels: Vec::new(),
            temperature: None,
            top_p: None,
            sources: vec![Source::Embedded(files.to_vec())],
        }
    }

    /// The English words of the vocabulary, the most frequent first; none if the pack is broken.
    pub fn words() -> Vec<String> {
        let Ok(tokenizer) = Tokenizer::from_bytes(TOKENIZER) else { return Vec::new() };
        let mut words: Vec<(String, u32)> = tokenizer.get_vocab(false).into_iter().collect();
        words.retain(|(word, _)| word.len() > 1 && word.bytes().all(|b| b.is_ascii_lowercase()));
        words.sort_unstable_by_key(|(_, id)| *id);
        words.into_iter().map(|(word, _)| word).collect()
    }

    /// Whether the weights inside the binary are those that its manifest names.
    pub fn is_intact() -> bool {
        let hash = hex(&Sha256::digest(WEIGHTS));
        serde_json::from_slice::<Manifest>(MANIFEST).is_ok_and(|manifest| manifest.sha256 == hash)
    }

    /// A pack that the training wrote. Its bytes stay in memory for the life of the process.
    ///
    /// # Errors
    /// If a file is missing or of another form.
    pub fn from_folder(folder: &Path) -> Result<Self, InferenceError> {
        let read = |name: &str| -> Result<&'static [u8], InferenceError> {
            let bytes = std::fs::read(folder.join(name));
            let bytes = bytes.map_err(|error| bad(format!("{name}: {error}")))?;
            Ok(Box::leak(bytes.into_boxed_slice()))
        };
        let (manifest, weights) = (read("manifest.json")?, read("edge.safetensors")?);
        Self::load(manifest, weights, read("tokenizer.json")?, Level::best(), false)
    }

    /// `wide` computes with f32 where int8 is stored: the reference.
    fn load(
        manifest: &'static [u8],
        weights: &'static [u8],
        tokenizer: &[u8],
        level: &'static Level,
        wide: bool,
    ) -> Result<Self, InferenceError> {
        let (manifest, name) = named(manifest)?;
        let arithmetic = if wide { "f32" } else { level.arithmetic() };
        let id = format!("{name}+{arithmetic}");
        if manifest.tasks != TASKS {
            return Err(bad("other task types than this build knows"));
        }
        let mut tokenizer = Tokenizer::from_bytes(tokenizer)
            .map_err(|error| bad(format!("tokenizer.json: {error}")))?;
        tokenizer.with_truncation(None).map_err(bad)?.with_padding(None);
        let special = |name: &str| {
            tokenizer.token_to_id(name).ok_or_else(|| bad(format!("the tokenizer has no {name}")))
        };
        let (begin, end) = (special("[CLS]")?, special("[SEP]")?);
        let tensors = Tensors::new(weights, level, wide)?;
        let trunk = Trunk::load(&tensors, &manifest.trunk)?;
        let adapter = Adapter::load(&tensors, &manifest.adapter, &manifest.trunk)?;
        let heads = Heads::load(&tensors, &manifest)?;
        let (bytes, buffers) = (tensors.bytes(), Mutex::default());
        Ok(Self {
            manifest,
            tokenizer,
            trunk,
            adapter,
            heads,
            begin,
            end,
            id,
            bytes,
            level,
            buffers,
        })
    }

    /// Names the pack inside the binary: its weights, not the arithmetic of this processor.
    ///
    /// # Errors
    /// If it is broken, which a test rules out.
    pub fn embedded_name() -> Result<String, InferenceError> {
        named(MANIFEST).map(|(_, name)| name)
    }

    /// Names the pack and everything that its readings depend on; the same id means the same readings.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Bytes of the weights: as they ship, and as the kernels want them.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Reads a text of any length.
    ///
    /// # Errors
    /// If the tokenizer fails on this text.
    pub fn read(&self, text: &str) -> Result<Reading, InferenceError> {
        let mut readings = self.read_all(&[text], &|| true)?;
        readings.pop().ok_or_else(|| bad("no reading"))
    }

    /// Reads some texts, as many of their windows at a time as go through the model together. Asks `goes_on` in between.
    ///
    /// # Errors
    /// If the tokenizer fails on a text, or [`InferenceError::Gone`] once `goes_on` denies it.
    pub fn read_all(
        &self,
        texts: &[&str],
        goes_on: &dyn Fn() -> bool,
    ) -> Result<Vec<Reading>, InferenceError> {
        let mut progress: Vec<Progress> = texts.iter().map(|_| Progress::new(true)).collect();
        let add = |text: &str, progress: &mut Progress, cut: &Cut, window| {
            self.add(text, progress, cut, window);
        };
        self.run(texts, &mut progress, goes_on, |cuts| self.windows(cuts), add)?;
        Ok(progress.into_iter().zip(texts).map(|(it, text)| self.finish(text, it)).collect())
    }

    /// The next window of a text; `None` after the last one.
    ///
    /// # Errors
    /// If the tokenizer fails on the text.
    pub fn cut(&self, text: &str, progress: &mut Progress) -> Result<Option<Cut>, InferenceError> {
        progress.cut(self, text)
    }

    /// What windows say that go through the model together.
    ///
    /// # Errors
    /// If the pack contradicts itself, which a test rules out.
    pub fn windows(&self, cuts: &[&Cut]) -> Result<Vec<Window>, InferenceError> {
        self.together(cuts, |states, memory| {
            self.heads.windows(states, &self.manifest, &self.adapter, memory)
        })
    }

    /// Takes in what the next window of a text says.
    pub fn add(&self, text: &str, progress: &mut Progress, cut: &Cut, window: Window) {
        progress.add(&self.manifest, text, cut, window);
    }

    /// What a text says whose windows are all in.
    pub fn finish(&self, text: &str, progress: Progress) -> Reading {
        progress.finish(&self.manifest, text)
    }
}

/// A manifest and the name of the pack that it describes.
fn named(bytes: &'static [u8]) -> Result<(Manifest, String), InferenceError> {
    let hash = hex(&Sha256::digest(bytes));
    let manifest: Manifest =
        serde_json::from_slice(bytes).map_err(|error| bad(format!("manifest.json: {error}")))?;
    let name =
        format!("{}-{}@{}", manifest.name, manifest.version, hash.get(..16).unwrap_or_default());
    Ok((manifest, name))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bad(what: impl std::fmt::Display) -> InferenceError {
    InferenceError::Failed(format!("edge pack: {what}"))
}

impl EdgePack {
    /// The embedding alone, as [`Reading::embedding`] has it: what the trunk costs without the other heads.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn embed(&self, text: &str) -> Result<Vec<f32>, InferenceError> {
        let mut means = Means::default();
        let read = |cuts: &[&Cut]| {
            self.together(cuts, |states, _| {
                let means = |tokens| heads::means(states, &self.manifest, &tokens);
                states.windows().map(means).collect::<Result<Vec<_>, _>>()
            })
        };
        let add = |_: &str, _: &mut Progress, cut: &Cut, window: Vec<Vec<f32>>| {
            means.add(&window, cut.n_tokens());
        };
        self.run(&[text], &mut [Progress::new(false)], &|| true, read, add)?;
        Ok(means.joined())
    }

    /// The last states of some windows of token ids, a row a token: the trunk and nothing else.
    ///
    /// # Errors
    /// If an id is not in the vocabulary, or a window has more than there are positions.
    pub fn states(&self, windows: &[&[u32]]) -> Result<Vec<f32>, InferenceError> {
        let mut buffers = self.buffers();
        let Buffers { memory, batch, states } = &mut buffers;
        batch.clear();
        windows.iter().for_each(|ids| batch.push(ids.iter().map(|id| (*id, 0))));
        self.trunk.forward(batch, memory, states)?;
        let last = states.of(self.manifest.trunk.layers)?.to_vec();
        self.put_back(buffers);
        Ok(last)
    }

    fn buffers(&self) -> Buffers {
        let kept = self.buffers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        kept.unwrap_or_else(|| Buffers {
            memory: Memory::new(self.level),
            batch: Batch::default(),
            states: States::default(),
        })
    }

    fn put_back(&self, buffers: Buffers) {
        self.buffers.lock().unwrap_or_else(PoisonError::into_inner).push(buffers);
    }

    /// Windows through the trunk together, and what `then` makes of their states.
    fn together<T>(
        &self,
        cuts: &[&Cut],
        then: impl FnOnce(&States, &mut Memory) -> Result<T, InferenceError>,
    ) -> Result<T, InferenceError> {
        let mut buffers = self.buffers();
        let Buffers { memory, batch, states } = &mut buffers;
        batch.clear();
        for cut in cuts {
            let inside = cut.tokens.iter().copied();
            batch.push(once((self.begin, 0)).chain(inside).chain(once((self.end, 0))));
        }
        self.trunk.forward(batch, memory, states)?;
        let said = then(states, memory)?;
        self.put_back(buffers);
        Ok(said)
    }

    /// All windows of some texts, as many at a time as go through the model together; `add` is given what `read` makes of each.
    fn run<W>(
        &self,
        texts: &[&str],
        progress: &mut [Progress],
        goes_on: &dyn Fn() -> bool,
        read: impl Fn(&[&Cut]) -> Result<Vec<W>, InferenceError>,
        mut add: impl FnMut(&str, &mut Progress, &Cut, W),
    ) -> Result<(), InferenceError> {
        let asked = || if goes_on() { Ok(()) } else { Err(InferenceError::Gone) };
        let mut ready: Vec<(usize, Cut)> = Vec::new();
        let mut flush = |ready: &mut Vec<(usize, Cut)>, progress: &mut [Progress]| {
            asked()?;
            let cuts: Vec<&Cut> = ready.iter().map(|(_, cut)| cut).collect();
            let said = read(&cuts)?;
            for ((at, cut), window) in ready.drain(..).zip(said) {
                add(texts[at], &mut progress[at], &cut, window);
            }
            Ok::<(), InferenceError>(())
        };
        for (at, text) in texts.iter().enumerate() {
            asked()?;
            while let Some(cut) = self.cut(text, &mut progress[at])? {
                let tokens: usize = ready.iter().map(|(_, cut)| cut.n_tokens()).sum();
                if !ready.is_empty() && tokens + cut.n_tokens() > TOGETHER {
                    flush(&mut ready, progress)?;
                }
                ready.push((at, cut));
            }
        }
        if ready.is_empty() { Ok(()) } else { flush(&mut ready, progress) }
    }
}

/// The means over the layers of a text, window by window.
#[derive(Debug, Default)]
struct Means(Vec<Vec<f32>>);

impl Means {
    /// Takes in those of a window, weighted by its tokens.
    fn add(&mut self, window: &[Vec<f32>], tokens: usize) {
        self.0.resize(window.len(), Vec::new());
        for (sum, mean) in self.0.iter_mut().zip(window) {
            sum.resize(mean.len(), 0.0);
            add_weighted(sum, mean, tokens as f32);
        }
    }

    /// Side by side, each of the same weight; of length 1.
    fn joined(mut self) -> Vec<f32> {
        self.0.iter_mut().for_each(|mean| normalise(mean));
        let mut joined = self.0.concat();
        normalise(&mut joined);
        joined
    }
}
