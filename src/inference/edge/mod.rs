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
#[cfg(test)]
#[expect(clippy::string_slice, reason = "a test may panic")]
mod tests;
mod tokens;
mod trunk;

pub use cache::ReadingCache;
pub use decode::Tagged;

use super::InferenceError;
use super::kernels::Level;
use super::layers::Memory;
use super::manifest::{FileRole, ModelSpec, Source, Task};
use super::windows::{add_weighted, normalise, runs};
use crate::chat::TASKS;
use adapter::Adapter;
use decode::WordScores;
use heads::{Heads, Window};
use pack::{Manifest, Tensors};
use sha2::{Digest, Sha256};
use std::iter::once;
use std::ops::Range;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use tokenizers::Tokenizer;
use tokens::Pieces;
use trunk::{Batch, States, Trunk};

const MANIFEST: &[u8] = include_bytes!("../../../models/edge/manifest.json");
const WEIGHTS: &[u8] = include_bytes!("../../../models/edge/edge.safetensors");
const TOKENIZER: &[u8] = include_bytes!("../../../models/edge/tokenizer.json");

/// Part of a window that it shares with its neighbour: one eighth.
const OVERLAP: usize = 8;

/// Most tokens of windows that go through the model together.
const TOGETHER: usize = 512;

/// What the pack says about a text.
#[derive(Debug, Clone, PartialEq)]
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
    /// Words and how much each is worth keeping, 0–1.
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
        let texts = self.cut(texts, goes_on)?;
        let mut sums: Vec<Sums> = texts.iter().map(|text| Sums::new(&text.pieces)).collect();
        self.run(&texts, goes_on, |windows, states, memory| {
            let read = self.heads.windows(states, &self.manifest, &self.adapter, memory)?;
            for ((at, cut), window) in windows.iter().zip(read) {
                sums[*at].add(&texts[*at].pieces, cut, window);
            }
            Ok(())
        })?;
        Ok(texts.iter().zip(sums).map(|(text, sums)| self.reading(text, sums)).collect())
    }

    fn reading(&self, text: &Text<'_>, sums: Sums) -> Reading {
        let pieces = &text.pieces;
        let spans = pieces.spans.iter().map(|word| word.bytes.clone());
        let (first, end) = sums.ends.filter(|_| !pieces.ids.is_empty()).unwrap_or_default();
        Reading {
            entities: decode::entities(text.text, &pieces.spans, &sums.scores, &self.manifest),
            embedding: sums.means.joined(),
            injection: (!pieces.ids.is_empty()).then(|| self.calibrated(sums.injection)),
            tasks: first.iter().zip(&end).map(|(a, b)| (a + b) / 2.0).collect(),
            gain: sums.gain,
            keep: spans.zip(sums.keep).map(|(bytes, (sum, n))| (bytes, sum / n.max(1.0))).collect(),
            n_tokens: pieces.ids.len(),
        }
    }

    fn calibrated(&self, logit: f32) -> f32 {
        let [factor, offset] = self.manifest.injection;
        heads::sigmoid(logit * factor + offset)
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

/// One window of a text.
#[derive(Debug)]
struct Cut {
    /// Its pieces.
    pieces: Range<usize>,
    /// Words whose scores it gives; those near its borders belong to its neighbours, which see more around them.
    own: Range<usize>,
}

/// A text in pieces and windows.
struct Text<'a> {
    text: &'a str,
    pieces: Pieces,
    cuts: Vec<Cut>,
}

/// What the windows of a text add up to.
struct Sums {
    scores: Vec<WordScores>,
    keep: Vec<(f32, f32)>,
    means: Means,
    injection: f32,
    /// Tasks according to the first and the last window.
    ends: Option<(Vec<f32>, Vec<f32>)>,
    gain: Vec<f32>,
}

impl Sums {
    fn new(pieces: &Pieces) -> Self {
        Self {
            scores: vec![WordScores::default(); pieces.spans.len()],
            keep: vec![(0.0, 0.0); pieces.spans.len()],
            means: Means::default(),
            injection: f32::NEG_INFINITY,
            ends: None,
            gain: Vec::new(),
        }
    }

    /// Takes in the next window.
    fn add(&mut self, pieces: &Pieces, cut: &Cut, window: Window) {
        self.means.add(&window.means, cut);
        self.injection = self.injection.max(window.injection);
        // The request stands at the beginning or at the end of a long text.
        self.ends = Some(match self.ends.take() {
            None => {
                self.gain = window.gain;
                (window.tasks.clone(), window.tasks)
            }
            Some((first, _)) => (first, window.tasks),
        });
        for (at, (tags, value)) in cut.pieces.clone().zip(window.tags.iter().zip(&window.keep)) {
            let word = pieces.words.get(at).map_or(0, |word| *word as usize);
            if !cut.own.contains(&word) {
                continue;
            }
            if let (Some(scores), Some(keep)) = (self.scores.get_mut(word), self.keep.get_mut(word))
            {
                scores.add(tags);
                *keep = (keep.0 + value, keep.1 + 1.0);
            }
        }
    }
}

impl EdgePack {
    /// Windows that begin and end between words and overlap by an eighth.
    fn windows(&self, pieces: &Pieces) -> Vec<Cut> {
        let room = self.manifest.trunk.window - 2;
        let n = pieces.ids.len();
        let word_at =
            |piece: usize| pieces.words.get(piece).map_or(pieces.spans.len(), |w| *w as usize);
        // The first piece of the word that holds `piece`.
        let floor = |piece: usize| {
            let word = word_at(piece);
            let back = pieces.words.get(..piece).unwrap_or_default().iter().rev();
            piece - back.take_while(|other| **other as usize == word).count()
        };
        let mut cuts: Vec<Cut> = Vec::new();
        let mut start = 0;
        loop {
            let rest = n - start;
            let end = if rest <= room { n } else { floor(start + room) };
            // A word longer than a window is cut; BERT's own limit of 100 letters a word rules it out.
            let end = if end <= start { (start + room).min(n) } else { end };
            let own = cuts.last().map_or(0, |cut| cut.own.end);
            cuts.push(Cut { pieces: start..end, own: own..word_at(end) });
            if end >= n {
                return cuts;
            }
            let next = floor(end - (room / OVERLAP).min(end - start - 1));
            let next = if next <= start { end } else { next };
            if let Some(cut) = cuts.last_mut() {
                cut.own.end = word_at(next + (end - next) / 2).max(cut.own.start);
            }
            start = next;
        }
    }

    /// The embedding alone, as [`Reading::embedding`] has it: what the trunk costs without the other heads.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn embed(&self, text: &str) -> Result<Vec<f32>, InferenceError> {
        let texts = self.cut(&[text], &|| true)?;
        let mut means = Means::default();
        self.run(&texts, &|| true, |windows, states, _| {
            for ((_, cut), tokens) in windows.iter().zip(states.windows()) {
                means.add(&heads::means(states, &self.manifest, &tokens)?, cut);
            }
            Ok(())
        })?;
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

    fn cut<'a>(
        &self,
        texts: &[&'a str],
        goes_on: &dyn Fn() -> bool,
    ) -> Result<Vec<Text<'a>>, InferenceError> {
        let cut = |text: &&'a str| {
            if !goes_on() {
                return Err(InferenceError::Gone);
            }
            let pieces = tokens::pieces(&self.tokenizer, text)?;
            Ok(Text { text, cuts: self.windows(&pieces), pieces })
        };
        texts.iter().map(cut).collect()
    }

    /// The trunk over all windows; `then` is given those that went through it together, with the numbers of their texts.
    fn run(
        &self,
        texts: &[Text<'_>],
        goes_on: &dyn Fn() -> bool,
        mut then: impl FnMut(&[(usize, &Cut)], &States, &mut Memory) -> Result<(), InferenceError>,
    ) -> Result<(), InferenceError> {
        let windows: Vec<(usize, &Cut)> = texts
            .iter()
            .enumerate()
            .flat_map(|(at, text)| text.cuts.iter().map(move |cut| (at, cut)))
            .collect();
        let lengths: Vec<usize> = windows.iter().map(|(_, cut)| cut.pieces.len() + 2).collect();
        let mut buffers = self.buffers();
        for run in runs(&lengths, TOGETHER) {
            if !goes_on() {
                return Err(InferenceError::Gone);
            }
            let Buffers { memory, batch, states } = &mut buffers;
            batch.clear();
            for (at, cut) in &windows[run.clone()] {
                let pieces = &texts[*at].pieces;
                let inside = pieces.ids.get(cut.pieces.clone()).unwrap_or_default();
                let words = pieces.words.get(cut.pieces.clone()).unwrap_or_default();
                let kind = |word: &u32| pieces.spans.get(*word as usize).map_or(0, |w| w.kind);
                let inside = inside.iter().copied().zip(words.iter().map(kind));
                batch.push(once((self.begin, 0)).chain(inside).chain(once((self.end, 0))));
            }
            self.trunk.forward(batch, memory, states)?;
            then(&windows[run], states, memory)?;
        }
        self.put_back(buffers);
        Ok(())
    }
}

/// The means over the layers of a text, window by window.
#[derive(Default)]
struct Means(Vec<Vec<f32>>);

impl Means {
    /// Takes in those of a window, weighted by its tokens.
    fn add(&mut self, window: &[Vec<f32>], cut: &Cut) {
        self.0.resize(window.len(), Vec::new());
        for (sum, mean) in self.0.iter_mut().zip(window) {
            sum.resize(mean.len(), 0.0);
            add_weighted(sum, mean, (cut.pieces.len() + 2) as f32);
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
