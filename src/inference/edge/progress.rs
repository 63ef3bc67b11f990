//! One text on its way through the pack: cut into windows stretch by stretch, and what the windows say, added up as it comes.
//!
//! Invariants: what is kept does not grow with the text, but for what was found in it; the windows and the sums are those that
//! the whole text gives, wherever the reading pauses in between.

use super::decode::{Entities, WordScores};
use super::heads::{self, Window};
use super::pack::Manifest;
use super::tokens::{Pieces, Word};
use super::{EdgePack, Means, OVERLAP, Reading};
use crate::inference::InferenceError;
use std::ops::Range;

/// How far the reading of a text has come. Every call must be given the same text.
#[derive(Debug, Default)]
pub struct Progress {
    /// Pieces that no window has left behind.
    pieces: Pieces,
    /// Bytes of the text that were cut into pieces.
    at: usize,
    /// End of the last word that was cut.
    before: Option<usize>,
    /// Of `pieces`, the first word that no window has claimed.
    unclaimed: usize,
    /// Whether the last window was given out.
    ended: bool,
    /// Whether to keep what each word is worth.
    keeps: bool,
    n_pieces: usize,
    entities: Entities,
    keep: Vec<(Range<usize>, f32)>,
    means: Means,
    injection: Option<f32>,
    /// Tasks according to the first and the last window.
    ends: Option<(Vec<f32>, Vec<f32>)>,
    gain: Vec<f32>,
}

/// A window that is ready for the trunk.
#[derive(Debug, Default)]
pub struct Cut {
    /// Id and type of its pieces.
    pub(super) tokens: Vec<(u32, u32)>,
    /// For each piece the number of its word among `own`; another number for words that belong to a neighbour, which sees more
    /// around them.
    words: Vec<u32>,
    /// Words whose scores it gives, as bytes of the text.
    own: Vec<Range<usize>>,
}

impl Cut {
    /// Tokens, special ones included.
    pub fn n_tokens(&self) -> usize {
        self.tokens.len() + 2
    }

    /// A window of so many pieces with a number, for tests of what schedules them.
    #[cfg(test)]
    pub(in crate::inference) fn of(pieces: usize, number: usize) -> Self {
        Self { tokens: vec![(number as u32, 0); pieces], ..Self::default() }
    }

    /// The number of a window for tests.
    #[cfg(test)]
    pub(in crate::inference) fn number(&self) -> usize {
        self.tokens.first().map_or(0, |(number, _)| *number as usize)
    }

    /// The words whose scores it gives.
    #[cfg(test)]
    pub(super) fn own(&self) -> &[Range<usize>] {
        &self.own
    }
}

impl Progress {
    /// Nothing read yet. `keeps` asks for [`Reading::keep`].
    pub fn new(keeps: bool) -> Self {
        Self { keeps, ..Self::default() }
    }

    /// Bytes of the text that have been looked at.
    pub fn at(&self) -> usize {
        self.at
    }

    /// Whether the last window was given out.
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    /// Bytes that it takes, about.
    pub fn bytes(&self) -> usize {
        let words = self.pieces.spans.capacity() * size_of::<Word>();
        size_of::<Self>() + 8 * self.pieces.ids.capacity() + words + self.entities.bytes() + 16_384
    }

    /// The next window, which begins and ends between words and overlaps with the one before by an eighth; `None` after the
    /// last one.
    ///
    /// # Errors
    /// If the tokenizer fails on the text.
    pub(super) fn cut(
        &mut self,
        pack: &EdgePack,
        text: &str,
    ) -> Result<Option<Cut>, InferenceError> {
        if self.ended {
            return Ok(None);
        }
        let room = pack.manifest.trunk.window - 2;
        while self.pieces.ids.len() <= room && self.at < text.len() {
            let before = self.pieces.ids.len();
            self.at = self.pieces.extend(&pack.tokenizer, text, self.at, self.before)?;
            self.before = self.pieces.spans.last().map(|word| word.bytes.end).or(self.before);
            self.n_pieces += self.pieces.ids.len() - before;
        }
        Ok(Some(self.window(room)))
    }

    /// The window at the beginning of `pieces`, of at most `room` of them; what it alone needs goes.
    pub(super) fn window(&mut self, room: usize) -> Cut {
        let n = self.pieces.ids.len();
        let pieces = &self.pieces;
        let word_at =
            |piece: usize| pieces.words.get(piece).map_or(pieces.spans.len(), |w| *w as usize);
        // The first piece of the word that holds `piece`.
        let floor = |piece: usize| {
            let word = word_at(piece);
            let back = pieces.words.get(..piece).unwrap_or_default().iter().rev();
            piece - back.take_while(|other| **other as usize == word).count()
        };
        if n <= room {
            let words = pieces.spans.len();
            self.ended = true;
            return self.take(n, n, words);
        }
        let end = floor(room);
        // A word longer than a window is cut; BERT's own limit of 100 letters a word rules it out.
        let end = if end == 0 { room } else { end };
        let next = floor(end - (room / OVERLAP).min(end - 1));
        let next = if next == 0 { end } else { next };
        let own_end = word_at(next + (end - next) / 2).max(self.unclaimed);
        self.take(end, next, own_end)
    }

    /// A window of the first `end` pieces, which gives the scores of words up to `own_end`; the next one begins at piece `next`.
    fn take(&mut self, end: usize, next: usize, own_end: usize) -> Cut {
        let Pieces { ids, words, spans } = &mut self.pieces;
        let own = self.unclaimed..own_end;
        let kind = |word: &u32| spans.get(*word as usize).map_or(0, |word| word.kind);
        let tokens = ids.iter().copied().zip(words.iter().map(kind)).take(end).collect();
        let first = own.start as u32;
        let cut = Cut {
            tokens,
            words: words.iter().take(end).map(|word| word.wrapping_sub(first)).collect(),
            own: spans.get(own).unwrap_or_default().iter().map(|w| w.bytes.clone()).collect(),
        };
        let gone = words.get(next).map_or(spans.len(), |word| *word as usize);
        ids.drain(..next);
        words.drain(..next);
        words.iter_mut().for_each(|word| *word -= gone as u32);
        spans.drain(..gone);
        self.unclaimed = own_end - gone.min(own_end);
        cut
    }

    /// Takes in what the next window says.
    pub(super) fn add(&mut self, types: &Manifest, text: &str, cut: &Cut, window: Window) {
        self.means.add(&window.means, cut.n_tokens());
        self.injection = Some(self.injection.unwrap_or(f32::NEG_INFINITY).max(window.injection));
        // The request stands at the beginning or at the end of a long text.
        self.ends = Some(match self.ends.take() {
            None => {
                self.gain = window.gain;
                (window.tasks.clone(), window.tasks)
            }
            Some((first, _)) => (first, window.tasks),
        });
        let mut scores = vec![(WordScores::default(), 0.0, 0.0); cut.own.len()];
        for (word, (tags, value)) in cut.words.iter().zip(window.tags.iter().zip(&window.keep)) {
            if let Some((scores, sum, n)) = scores.get_mut(*word as usize) {
                scores.add(tags);
                *sum += value;
                *n += 1.0;
            }
        }
        for (word, (scores, sum, n)) in cut.own.iter().zip(&scores) {
            self.entities.add(text, word, scores, types);
            if self.keeps {
                self.keep.push((word.clone(), sum / f32::max(*n, 1.0)));
            }
        }
    }

    /// What the text says, once all of its windows are in.
    pub(super) fn finish(self, types: &Manifest, text: &str) -> Reading {
        let has_words = self.n_pieces > 0;
        let (first, end) = self.ends.filter(|_| has_words).unwrap_or_default();
        let [factor, offset] = types.injection;
        let calibrated = |logit: f32| heads::sigmoid(logit * factor + offset);
        Reading {
            entities: self.entities.finish(text),
            embedding: self.means.joined(),
            injection: self.injection.filter(|_| has_words).map(calibrated),
            tasks: first.iter().zip(&end).map(|(a, b)| (a + b) / 2.0).collect(),
            gain: self.gain,
            keep: self.keep,
            n_tokens: self.n_pieces,
        }
    }
}

#[cfg(test)]
impl Progress {
    /// Of pieces that are all there.
    pub(super) fn with(pieces: Pieces) -> Self {
        Self { pieces, ..Self::default() }
    }

    /// As if a window had been given out that ends there, for tests of what schedules them.
    pub(in crate::inference) fn advance(&mut self, at: usize, ended: bool) {
        (self.at, self.ended) = (at, ended);
        self.n_pieces += 1;
    }

    /// How many pieces are held.
    pub(super) fn n_held(&self) -> usize {
        self.pieces.ids.len()
    }
}
