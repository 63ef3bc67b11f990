//! A decoder from the tensors of a GGUF file.

use super::cache::Cache;
use super::spec::Spec;
use super::{Decoder, Head, Layer, Memory, Stack};
use crate::inference::InferenceError;
use crate::inference::gguf::{Gguf, Rows};
use crate::inference::kernels::{BlockMatrix, Level, Shape};
use crate::inference::rope::Rope;
use std::collections::HashMap;
use std::io::{Read, Seek};

impl Decoder {
    /// Reads a file's weights. `max_len` lowers the window; `cache_bytes` bounds the keys and values of all sequences.
    ///
    /// # Errors
    /// If the architecture is not supported, or a tensor is missing or does not fit.
    pub fn load<R: Read + Seek>(
        file: &mut Gguf<R>,
        max_len: Option<u32>,
        cache_bytes: usize,
    ) -> Result<Self, InferenceError> {
        let spec = Spec::new(&file.metadata, max_len)?;
        let layers: Vec<Layer> =
            (0..spec.layers).map(|at| layer(file, &spec, at)).collect::<Result<_, _>>()?;
        let table = file.matrix(&[rows("token_embd.weight")], spec.width)?;
        let output = match file.find("output.weight") {
            Some(_) => Some(file.matrix(&[rows("output.weight")], spec.width)?),
            None => None,
        };
        let vocabulary = output.as_ref().map_or(table.rows(), BlockMatrix::rows);
        if vocabulary != table.rows() {
            let why = format!("tensor `output.weight` has {vocabulary} rows, not {}", table.rows());
            return Err(InferenceError::Failed(why));
        }
        let norm = file.vector("output_norm.weight", spec.width)?;
        let factors = match file.maybe_vector("rope_freqs.weight", spec.rotating / 2)? {
            Some(factors) => Some(factors),
            None => file.maybe_vector("rope_factors_short.weight", spec.rotating / 2)?,
        };
        if factors.iter().flatten().any(|factor| *factor <= 0.0) {
            let why = "tensor `rope_freqs.weight` has a factor that is not above zero";
            return Err(InferenceError::Failed(why.to_owned()));
        }
        let near = spec.near.map_or(spec.base, |(_, base)| base);
        let ropes = [
            Rope::new(spec.rotating, near, 1.0, factors.as_deref(), spec.magnitude),
            Rope::new(spec.rotating, spec.base, spec.stretch, factors.as_deref(), spec.magnitude),
        ];
        let matrices = layers.iter().flat_map(Layer::matrices);
        let matrices = matrices.chain(std::iter::once(&table)).chain(&output);
        let weights = matrices.map(BlockMatrix::size).sum();
        let shape = Shape { layers: spec.layers, heads: spec.kv_heads, size: spec.head };
        Ok(Self {
            embedding: Head { table, output },
            layers,
            norm,
            ropes,
            cache: Cache::new(shape, cache_bytes),
            sequences: HashMap::new(),
            next: 0,
            weights,
            memory: Memory::new(Level::best()),
            spec,
        })
    }

    /// How many tokens the model knows.
    pub fn vocabulary(&self) -> usize {
        self.embedding.table.rows()
    }
}

fn rows(name: &str) -> Rows<'_> {
    Rows { name, turned: None }
}

/// Tensors whose results lie side by side, as few matrices as their layouts allow.
fn stack<R: Read + Seek>(
    file: &mut Gguf<R>,
    parts: &[(Rows<'_>, usize)],
    cols: usize,
) -> Result<Stack, InferenceError> {
    let mut all = Vec::new();
    let mut run: Vec<Rows<'_>> = Vec::new();
    let mut layout = None;
    for (part, wanted) in parts {
        let (own, n) = file.layout(part.name, cols)?;
        if n != *wanted {
            let why = format!("tensor `{}` has {n} rows, not {wanted}", part.name);
            return Err(InferenceError::Failed(why));
        }
        if layout.is_some_and(|layout| layout != own) {
            all.push(file.matrix(&std::mem::take(&mut run), cols)?);
        }
        layout = Some(own);
        run.push(part.clone());
    }
    all.push(file.matrix(&run, cols)?);
    Ok(Stack(all))
}

fn layer<R: Read + Seek>(
    file: &mut Gguf<R>,
    spec: &Spec,
    at: usize,
) -> Result<Layer, InferenceError> {
    let name = |own: &str| format!("blk.{at}.{own}");
    let (q, kv) = (spec.heads * spec.head, spec.kv_heads * spec.head);
    let turned = spec.neighbours.then_some((spec.head, spec.rotating));
    let fused = name("attn_qkv.weight");
    let mut qkv = if file.find(&fused).is_some() {
        stack(file, &[(rows(&fused), q + 2 * kv)], spec.width)?
    } else {
        let names = ["attn_q.weight", "attn_k.weight", "attn_v.weight"].map(name);
        let parts = [
            (Rows { name: &names[0], turned }, q),
            (Rows { name: &names[1], turned }, kv),
            (rows(&names[2]), kv),
        ];
        stack(file, &parts, spec.width)?
    };
    let mut bias = Vec::new();
    for (own, len) in [("attn_q.bias", q), ("attn_k.bias", kv), ("attn_v.bias", kv)] {
        match file.maybe_vector(&name(own), len)? {
            Some(own) => bias.extend(own),
            None => bias.extend(std::iter::repeat_n(0.0, len)),
        }
    }
    if spec.neighbours && bias.iter().any(|x| *x != 0.0) {
        let why = format!("tensor `{}` is not supported here", name("attn_q.bias"));
        return Err(InferenceError::Failed(why));
    }
    let mut rest = &bias[..];
    for matrix in &mut qkv.0 {
        let (own, later) = rest.split_at(matrix.rows());
        matrix.set_bias(own);
        rest = later;
    }
    let up = name("ffn_up.weight");
    let gate = name("ffn_gate.weight");
    let gate_up = if file.find(&gate).is_some() {
        let parts = [(rows(&gate), spec.inner), (rows(&up), spec.inner)];
        stack(file, &parts, spec.width)?
    } else {
        stack(file, &[(rows(&up), 2 * spec.inner)], spec.width)?
    };
    Ok(Layer {
        attention_norm: file.vector(&name("attn_norm.weight"), spec.width)?,
        qkv,
        q_norm: file.maybe_vector(&name("attn_q_norm.weight"), spec.head)?,
        k_norm: file.maybe_vector(&name("attn_k_norm.weight"), spec.head)?,
        out: stack(file, &[(rows(&name("attn_output.weight")), spec.width)], q)?,
        after_attention: file.maybe_vector(&name("post_attention_norm.weight"), spec.width)?,
        inner_norm: file.vector(&name("ffn_norm.weight"), spec.width)?,
        gate_up,
        down: stack(file, &[(rows(&name("ffn_down.weight")), spec.width)], spec.inner)?,
        after_inner: file.maybe_vector(&name("post_ffw_norm.weight"), spec.width)?,
    })
}
