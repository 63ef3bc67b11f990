//! One answer in the making.

use super::draft::Drafter;
use super::form::Form;
use super::repeats::loops;
use super::sampler::Sampler;
use super::stop::{StopBuffer, Utf8Buffer};
use super::{Drafts, Part, SequenceId, Step, StreamId, Vocabulary};
use crate::chat::{FinishReason, Likely, OutputFormat, TokenLogprob, Usage};
use crate::inference::InferenceError;
use std::time::Instant;

/// What is asked for.
pub(super) struct Ask {
    pub prompt: Vec<u32>,
    pub sampler: Sampler,
    pub stops: StopBuffer,
    pub max_tokens: usize,
    pub format: Option<OutputFormat>,
    /// When the first token must be there.
    pub first_by: Option<Instant>,
    /// How many tokens to name at each place, if any.
    pub logprobs: Option<usize>,
}

pub(super) struct Stream {
    pub id: StreamId,
    pub sequence: SequenceId,
    /// The prompt and the answer so far.
    tokens: Vec<u32>,
    /// How many of them the model has read.
    pub read: usize,
    n_prompt: usize,
    n_reused: usize,
    /// Tokens that prompt and answer may have together.
    most: usize,
    drafter: Drafter,
    /// The last token of an answer and its draft.
    next: Vec<u32>,
    sampler: Sampler,
    form: Option<Form>,
    utf8: Utf8Buffer,
    stops: StopBuffer,
    logprobs: Option<usize>,
    /// Of tokens whose text has not been shown yet.
    pending: Vec<TokenLogprob>,
    /// The scores as the form leaves them.
    masked: Vec<f32>,
}

impl Stream {
    pub(super) fn new(
        id: StreamId,
        sequence: SequenceId,
        ask: Ask,
        form: Option<Form>,
        read: usize,
        most: usize,
    ) -> Self {
        Self {
            id,
            sequence,
            read,
            n_prompt: ask.prompt.len(),
            n_reused: read,
            most,
            drafter: Drafter::default(),
            next: Vec::new(),
            sampler: ask.sampler,
            form,
            utf8: Utf8Buffer::default(),
            stops: ask.stops,
            logprobs: ask.logprobs,
            pending: Vec::new(),
            masked: Vec::new(),
            tokens: ask.prompt,
        }
    }

    /// Whether its prompt has been read.
    pub(super) fn is_answering(&self) -> bool {
        self.tokens.len() > self.n_prompt
    }

    /// Tokens of its prompt that have not been read.
    pub(super) fn unread(&self) -> usize {
        self.n_prompt.saturating_sub(self.read)
    }

    /// Drafts what may follow an answer in a step that has `rows` rows without it; returns how many rows more that is.
    pub(super) fn draft(&mut self, rows: usize) -> usize {
        // The step says one token more than was drafted, and the last token of an answer is never read.
        let most = self.most.saturating_sub(self.tokens.len() + 1);
        self.next.truncate(1);
        self.drafter.draft(&self.tokens, rows, most, &mut self.next);
        if let Some(form) = self.form.as_mut().filter(|_| self.next.len() > 1) {
            self.next.truncate(1 + form.allows(&self.next[1..]));
        }
        self.next.len() - 1
    }

    /// What the model is to read next; prompts take of `budget`. `None` if that is used up.
    pub(super) fn part(&self, budget: &mut usize) -> Option<Part<'_>> {
        let (sequence, logits) = (self.sequence, self.next.len());
        if logits > 0 {
            return Some(Part { sequence, tokens: &self.next, logits, drafted: logits - 1 });
        }
        let rest = &self.tokens[self.read..];
        let n = rest.len().min(*budget);
        *budget -= n;
        let logits = usize::from(n == rest.len());
        (n > 0).then_some(Part { sequence, tokens: &rest[..n], logits, drafted: 0 })
    }

    /// Chooses a token by each of the rows of `size` logits, as long as what was chosen is what the next row has read. Returns
    /// how its draft fared, and whether there is more to come.
    pub(super) fn advance(
        &mut self,
        logits: &[f32],
        size: usize,
        vocabulary: &dyn Vocabulary,
        on_step: &mut dyn FnMut(StreamId, Step) -> bool,
    ) -> (Drafts, bool) {
        let mut right = 0;
        let mut goes_on = true;
        for row in logits.chunks_exact(size) {
            goes_on = self.choose_next(row, vocabulary, on_step);
            if !goes_on || self.tokens.last() != self.next.get(right + 1) {
                break;
            }
            right += 1;
        }
        let wrong = self.next.len().saturating_sub(1 + right);
        let drafts = Drafts { right, wrong };
        self.drafter.learn(drafts);
        self.next.clear();
        self.next.extend(self.tokens.last());
        (drafts, goes_on)
    }

    /// Chooses the next token; returns whether there is more to come.
    fn choose_next(
        &mut self,
        logits: &[f32],
        vocabulary: &dyn Vocabulary,
        on_step: &mut dyn FnMut(StreamId, Step) -> bool,
    ) -> bool {
        if self.tokens.len() >= self.most {
            return self.finish(FinishReason::Length, on_step);
        }
        let token = match self.choose(logits, vocabulary) {
            Ok(token) => token,
            Err(error) => {
                on_step(self.id, Step::Failed(error));
                return false;
            }
        };
        if vocabulary.is_end(token) {
            return self.finish(FinishReason::Stop, on_step);
        }
        let complete = match self.pushed(token, vocabulary) {
            Ok(complete) => complete.unwrap_or(false),
            Err(error) => {
                on_step(self.id, Step::Failed(error));
                return false;
            }
        };
        self.tokens.push(token);
        if let Some(n) = self.logprobs {
            self.pending.push(logprob(logits, token, n, vocabulary));
        }
        let text = self.utf8.push(&vocabulary.bytes(token));
        let (text, stopped) = self.stops.push(&text);
        if !self.show(text, on_step) {
            return false;
        }
        if stopped {
            on_step(self.id, Step::Done(FinishReason::Stop, self.usage()));
            return false;
        }
        if complete {
            return self.finish(FinishReason::Stop, on_step);
        }
        if self.tokens.len() >= self.most {
            return self.finish(FinishReason::Length, on_step);
        }
        // What has a form is bounded by it, and must not end before it is whole.
        if self.form.is_none() && loops(self.tokens.get(self.n_prompt..).unwrap_or_default()) {
            return self.finish(FinishReason::Stop, on_step);
        }
        true
    }

    /// Takes a token into the form, if there is one; true if nothing may follow.
    fn pushed(
        &mut self,
        token: u32,
        vocabulary: &dyn Vocabulary,
    ) -> Result<Option<bool>, InferenceError> {
        self.form.as_mut().map(|form| form.push(token, &vocabulary.bytes(token))).transpose()
    }

    fn choose(
        &mut self,
        logits: &[f32],
        vocabulary: &dyn Vocabulary,
    ) -> Result<u32, InferenceError> {
        let none = || InferenceError::Failed("its scores are no numbers".to_owned());
        let Some(form) = &mut self.form else { return self.sampler.pick(logits).ok_or_else(none) };
        self.masked.clear();
        self.masked.extend_from_slice(logits);
        form.forbid(&mut self.masked)?;
        // Where it cannot end yet, what is long goes on.
        let mut longer = None;
        loop {
            let Some(token) = self.sampler.pick(&self.masked) else {
                return longer.ok_or_else(none);
            };
            let Some(logit) = self.masked.get_mut(token as usize) else { return Ok(token) };
            let bytes = vocabulary.bytes(token);
            if !logit.is_finite() {
                return longer.ok_or_else(none);
            }
            if form.overruns(&bytes) {
                longer.get_or_insert(token);
            } else if !form.repeats_name(&bytes) {
                return Ok(token);
            }
            *logit = f32::NEG_INFINITY;
        }
    }

    fn show(&mut self, text: String, on_step: &mut dyn FnMut(StreamId, Step) -> bool) -> bool {
        if text.is_empty() {
            return on_step(self.id, Step::Tick);
        }
        on_step(self.id, Step::Text(text, std::mem::take(&mut self.pending)))
    }

    /// Shows what was held back, then the end.
    fn finish(
        &mut self,
        reason: FinishReason,
        on_step: &mut dyn FnMut(StreamId, Step) -> bool,
    ) -> bool {
        let (mut rest, stopped) = self.stops.push(&self.utf8.finish());
        if !stopped {
            rest.push_str(&self.stops.finish());
        }
        if self.show(rest, on_step) {
            on_step(self.id, Step::Done(reason, self.usage()));
        }
        false
    }

    fn usage(&self) -> Usage {
        Usage {
            input: (self.n_prompt - self.n_reused) as u64,
            cached_read: self.n_reused as u64,
            output: (self.tokens.len() - self.n_prompt) as u64,
            ..Usage::default()
        }
    }
}

/// How likely a token was and which `n` were likeliest, by the model alone: before temperature, nucleus and form.
fn logprob(logits: &[f32], token: u32, n: usize, vocabulary: &dyn Vocabulary) -> TokenLogprob {
    let top = logits.iter().fold(f32::NEG_INFINITY, |top, x| top.max(*x));
    let sum: f64 = logits.iter().map(|x| f64::from(x - top).exp()).sum();
    let all = top + sum.ln() as f32;
    let likely = |id: u32| Likely {
        bytes: vocabulary.bytes(id),
        logprob: logits.get(id as usize).map_or(f32::NEG_INFINITY, |x| x - all),
    };
    let mut ids: Vec<u32> = (0..logits.len() as u32).collect();
    let better = |a: &u32, b: &u32| logits[*b as usize].total_cmp(&logits[*a as usize]);
    let n = n.min(ids.len());
    if n > 0 && n < ids.len() {
        ids.select_nth_unstable_by(n - 1, better);
    }
    ids.truncate(n);
    ids.sort_unstable_by(better);
    TokenLogprob { chosen: likely(token), top: ids.into_iter().map(likely).collect() }
}
