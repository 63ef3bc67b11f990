//! Llama-family decoders on our kernels.
//!
//! Tokens of several sequences go through a layer as the rows of one batch, so that weights are read once for all of them; each
//! sequence attends to its own pages ([`cache`]). Weights are those of the file (see `gguf::matrix`); activations are fifteen-bit
//! words, keys and values are kept in half precision. Buffers are kept between calls.

mod cache;
mod load;
mod spec;
#[cfg(test)]
mod tests;

use super::InferenceError;
use super::generator::{CausalLm, Footprint, Part, SequenceId, Tenant};
use super::kernels::{After, BlockMatrix, Level, Paged, Scratch, Words};
use super::rope::Rope;
use cache::{Cache, Sequence};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::{ParallelSlice, ParallelSliceMut};
use spec::Spec;
use std::collections::HashMap;

/// A decoder with its sequences.
pub struct Decoder {
    spec: Spec,
    embedding: Head,
    layers: Vec<Layer>,
    norm: Vec<f32>,
    /// Near and far rotation.
    ropes: [Rope; 2],
    cache: Cache,
    sequences: HashMap<SequenceId, Sequence>,
    next: u64,
    /// Bytes of the matrices.
    weights: usize,
    memory: Memory,
}

/// The table of tokens and the output projection, which many models share.
#[derive(Debug)]
struct Head {
    table: BlockMatrix,
    output: Option<BlockMatrix>,
}

/// Matrices whose results lie side by side.
#[derive(Debug)]
struct Stack(Vec<BlockMatrix>);

#[derive(Debug)]
struct Layer {
    attention_norm: Vec<f32>,
    qkv: Stack,
    q_norm: Option<Vec<f32>>,
    k_norm: Option<Vec<f32>>,
    out: Stack,
    after_attention: Option<Vec<f32>>,
    inner_norm: Vec<f32>,
    gate_up: Stack,
    down: Stack,
    after_inner: Option<Vec<f32>>,
}

/// Buffers of a batch.
#[derive(Debug)]
struct Memory {
    level: &'static Level,
    words: Words,
    scratch: Scratch,
    x: Vec<f32>,
    normed: Vec<f32>,
    qkv: Vec<f32>,
    mixed: Vec<f32>,
    wide: Vec<f32>,
    inner: Vec<f32>,
    logits: Vec<f32>,
}

impl Stack {
    fn apply(&self, x: &Words, after: After<'_>, out: &mut [f32]) {
        let all = self.0.iter().map(BlockMatrix::rows).sum();
        let mut first = 0;
        for matrix in &self.0 {
            matrix.apply_at(x, after, out, first, all);
            first += matrix.rows();
        }
    }
}

impl Layer {
    fn matrices(&self) -> impl Iterator<Item = &BlockMatrix> {
        [&self.qkv, &self.out, &self.gate_up, &self.down].into_iter().flat_map(|stack| &stack.0)
    }
}

impl Memory {
    fn new(level: &'static Level) -> Self {
        let (words, scratch) = (Words::new(level), Scratch::default());
        let (x, normed, qkv, mixed, wide, inner, logits) = Default::default();
        Self { level, words, scratch, x, normed, qkv, mixed, wide, inner, logits }
    }
}

/// Exactly `len` numbers, whatever they are.
fn sized(buffer: &mut Vec<f32>, len: usize) -> &mut [f32] {
    buffer.resize(len, 0.0);
    buffer
}

/// Rows that a core takes through a gate at a time.
const SHARE: usize = 8;

/// One sequence's rows of a batch.
struct Span {
    sequence: SequenceId,
    /// Of the first row.
    position: usize,
    rows: usize,
    /// Rows at the end whose logits are wanted.
    kept: usize,
}

impl Decoder {
    /// Adds what the layer's attention says to `x`; `spans` says whose its rows are.
    fn attend(&mut self, at: usize, spans: &[Span]) {
        let (spec, layer, memory) = (&self.spec, &self.layers[at], &mut self.memory);
        let level = memory.level;
        let rows = memory.x.len() / spec.width;
        let (q, kv) = (spec.heads * spec.head, spec.kv_heads * spec.head);
        let stride = q + 2 * kv;
        let normed = sized(&mut memory.normed, memory.x.len());
        level.rms_norm(&memory.x, &layer.attention_norm, spec.epsilon, normed);
        memory.words.set(normed, spec.width);
        let qkv = sized(&mut memory.qkv, rows * stride);
        layer.qkv.apply(&memory.words, After::Nothing, qkv);
        let (reach, near) = spec.reach(at);
        let rope = &self.ropes[usize::from(!near)];
        let heads = sized(&mut memory.inner, q.max(kv));
        for (row, qkv) in qkv.chunks_exact_mut(stride).enumerate() {
            let (queries, rest) = qkv.split_at_mut(q);
            let norms = [(queries, &layer.q_norm), (&mut rest[..kv], &layer.k_norm)];
            for (all, norm) in norms {
                if let Some(norm) = norm {
                    let heads = &mut heads[..all.len()];
                    heads.copy_from_slice(all);
                    level.rms_norm(heads, norm, spec.epsilon, all);
                }
                rope.rotate(row, all, spec.head);
            }
        }
        let mut row = 0;
        let mut kept = 0;
        let mixed = sized(&mut memory.mixed, spans.iter().map(|span| span.kept * q).sum());
        for span in spans {
            let Some(sequence) = self.sequences.get_mut(&span.sequence) else { continue };
            let own = &qkv[row * stride..(row + span.rows) * stride];
            for (i, own) in own.chunks_exact(stride).enumerate() {
                let (page, place) = self.cache.place(sequence, span.position + i);
                page.put(at, place, &own[q..q + kv], &own[q + kv..]);
            }
            let skipped = span.rows - span.kept;
            let of = Paged {
                pages: &sequence.pages,
                layer: at,
                queries: &own[skipped * stride..],
                stride,
                heads: spec.heads,
                first: span.position + skipped,
                reach,
                scale: spec.scale,
            };
            let mixed = &mut mixed[kept * q..(kept + span.kept) * q];
            level.attend_pages(&of, mixed, &mut memory.scratch);
            row += span.rows;
            kept += span.kept;
        }
        keep_rows(&mut memory.x, spec.width, spans);
        if kept > 0 {
            memory.words.set(mixed, q);
            let after = layer.after_attention.as_deref();
            add(memory, &layer.out, after, spec.epsilon);
        }
    }

    /// Adds what the layer's feed-forward part says to `x`.
    fn feed_forward(&mut self, at: usize) {
        let (spec, layer, memory) = (&self.spec, &self.layers[at], &mut self.memory);
        let rows = memory.x.len() / spec.width;
        if rows == 0 {
            return;
        }
        let normed = sized(&mut memory.normed, memory.x.len());
        memory.level.rms_norm(&memory.x, &layer.inner_norm, spec.epsilon, normed);
        memory.words.set(normed, spec.width);
        let wide = sized(&mut memory.wide, rows * 2 * spec.inner);
        layer.gate_up.apply(&memory.words, After::Nothing, wide);
        let inner = sized(&mut memory.inner, rows * spec.inner);
        let level = memory.level;
        let shares = inner.par_chunks_mut(SHARE * spec.inner);
        shares.zip(wide.par_chunks(2 * SHARE * spec.inner)).for_each(|(inner, wide)| {
            level.gate(spec.gate, wide, spec.inner, inner);
        });
        memory.words.set(inner, spec.inner);
        add(memory, &layer.down, layer.after_inner.as_deref(), spec.epsilon);
    }
}

/// Adds a product with `words` to `x`, through a norm where there is one.
fn add(memory: &mut Memory, matrix: &Stack, norm: Option<&[f32]>, epsilon: f32) {
    let normed = sized(&mut memory.normed, memory.x.len());
    let Some(norm) = norm else {
        matrix.apply(&memory.words, After::Add(&memory.x), normed);
        std::mem::swap(&mut memory.x, &mut memory.normed);
        return;
    };
    matrix.apply(&memory.words, After::Nothing, normed);
    let mixed = sized(&mut memory.mixed, memory.x.len());
    memory.level.rms_norm(normed, norm, epsilon, mixed);
    memory.x.iter_mut().zip(mixed).for_each(|(x, add)| *x += *add);
}

/// Leaves only the rows whose logits are wanted.
fn keep_rows(x: &mut Vec<f32>, width: usize, spans: &[Span]) {
    let (mut from, mut to) = (0, 0);
    for span in spans {
        from += span.rows - span.kept;
        x.copy_within(from * width..(from + span.kept) * width, to * width);
        from += span.kept;
        to += span.kept;
    }
    x.truncate(to * width);
}

impl CausalLm for Decoder {
    fn window(&self) -> usize {
        self.spec.window
    }

    fn fits(&self, most: usize) -> bool {
        self.cache.fits(most)
    }

    fn has_room(&self, most: usize) -> bool {
        self.cache.has_room(most)
    }

    fn footprint(&self) -> Footprint {
        Footprint { weights: self.weights, kept: self.cache.bytes() }
    }

    fn open(&mut self, tenant: &Tenant, prompt: &[u32], most: usize) -> (SequenceId, usize) {
        let sequence = self.cache.open(tenant, prompt, most);
        let read = sequence.tokens.len();
        let id = SequenceId(self.next);
        self.next += 1;
        self.sequences.insert(id, sequence);
        (id, read)
    }

    fn forward(&mut self, parts: &[Part<'_>]) -> Result<&[f32], InferenceError> {
        let width = self.spec.width;
        let mut spans = Vec::with_capacity(parts.len());
        let x = sized(&mut self.memory.x, parts.iter().map(|p| p.tokens.len() * width).sum());
        let mut rows = x.chunks_exact_mut(width);
        for part in parts {
            let sequence = self.sequences.get(&part.sequence);
            let position = sequence.ok_or(InferenceError::Gone)?.tokens.len();
            let table = &self.embedding.table;
            for (token, row) in part.tokens.iter().zip(&mut rows) {
                if *token as usize >= table.rows() {
                    let why = format!("token {token} of a vocabulary of {}", table.rows());
                    return Err(InferenceError::Failed(why));
                }
                table.row(*token as usize, row);
                row.iter_mut().for_each(|x| *x *= self.spec.embedding);
            }
            let (sequence, rows) = (part.sequence, part.tokens.len());
            spans.push(Span { sequence, position, rows, kept: rows });
        }
        for rope in &mut self.ropes {
            rope.at(spans.iter().flat_map(|span| span.position..span.position + span.rows));
        }
        for layer in 0..self.layers.len() {
            if layer + 1 == self.layers.len() {
                // What no one asks for needs no more than its keys and values.
                for (span, part) in spans.iter_mut().zip(parts) {
                    span.kept = part.logits.min(span.rows);
                }
            }
            self.attend(layer, &spans);
            self.feed_forward(layer);
        }
        for part in parts {
            if let Some(sequence) = self.sequences.get_mut(&part.sequence) {
                sequence.tokens.extend_from_slice(part.tokens);
                sequence.drafted = part.drafted.min(part.tokens.len());
                self.cache.share(sequence);
            }
        }
        let memory = &mut self.memory;
        let rows = memory.x.len() / width;
        let output = self.embedding.output.as_ref().unwrap_or(&self.embedding.table);
        let logits = sized(&mut memory.logits, rows * output.rows());
        if rows > 0 {
            let normed = sized(&mut memory.normed, memory.x.len());
            memory.level.rms_norm(&memory.x, &self.norm, self.spec.epsilon, normed);
            memory.words.set(normed, width);
            output.apply(&memory.words, After::Nothing, logits);
        }
        Ok(logits)
    }

    fn takes_drafts(&self) -> bool {
        true
    }

    fn roll_back(&mut self, sequence: SequenceId, n: usize) {
        if let Some(sequence) = self.sequences.get_mut(&sequence) {
            sequence.roll_back(n);
        }
    }

    fn close(&mut self, sequence: SequenceId) {
        if let Some(sequence) = self.sequences.remove(&sequence) {
            self.cache.close(sequence);
        }
    }
}
