//! The pack's files: a manifest that says what the numbers mean, and the tensors.
//!
//! A matrix is int8, row by row, with one f32 scale a row beside it (`NAME` and `NAME.scale`); everything else is f32.

use super::super::InferenceError;
use super::super::kernels::{FloatMatrix, Int8Matrix, Level};
use super::super::layers::{Layer, Linear, Norm};
use super::adapter::AdapterShape;
use super::trunk::Shape;
use safetensors::{Dtype, SafeTensors};
use serde::Deserialize;
use std::cell::Cell;

/// `manifest.json`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    /// Name and version of the pack, part of the key of stored embeddings.
    pub name: &'static str,
    pub version: &'static str,
    pub trunk: Shape,
    pub adapter: AdapterShape,
    /// Entity types; tag 0 is none, 2i+1 and 2i+2 begin and continue type i.
    pub entities: Vec<&'static str>,
    /// For each entity type the probability from which a word counts as one.
    pub thresholds: Vec<f32>,
    /// Task types.
    pub tasks: Vec<&'static str>,
    /// Factor and offset that calibrate the injection logit.
    pub injection: [f32; 2],
    /// SHA-256 of the weights.
    pub sha256: String,
}

/// A table of numbers. What ships is int8, and its rows stay where the pack's bytes are; f32 is for comparing the two.
pub(super) struct Table {
    values: Values,
    pub rows: usize,
    pub cols: usize,
}

enum Values {
    /// Row by row, with one scale a row.
    Int8 {
        data: &'static [u8],
        scales: Vec<f32>,
    },
    F32(Vec<f32>),
}

impl Table {
    /// All of it as f32.
    pub(super) fn widened(&self) -> Vec<f32> {
        match &self.values {
            Values::F32(values) => values.clone(),
            Values::Int8 { data, scales } => {
                let rows = data.chunks_exact(self.cols).zip(scales);
                let wide = |x: &u8, scale: f32| f32::from(x.cast_signed()) * scale;
                rows.flat_map(|(row, scale)| row.iter().map(move |x| wide(x, *scale))).collect()
            }
        }
    }

    /// Itself, if its rows are that wide.
    ///
    /// # Errors
    /// If they are not.
    pub(super) fn of_width(self, width: usize) -> Result<Self, InferenceError> {
        let bad = || bad(&format!("a table of {} numbers a row, not {width}", self.cols));
        if self.cols == width { Ok(self) } else { Err(bad()) }
    }

    /// Adds one row to `sum`.
    ///
    /// # Errors
    /// If there is no such row.
    pub(super) fn add_row(&self, row: usize, sum: &mut [f32]) -> Result<(), InferenceError> {
        let start = row.saturating_mul(self.cols);
        let range = start..start.saturating_add(self.cols);
        let missing = || bad(&format!("no row {row} in a table of {}", self.rows));
        match &self.values {
            Values::F32(values) => {
                let values = values.get(range).ok_or_else(missing)?;
                sum.iter_mut().zip(values).for_each(|(slot, value)| *slot += value);
            }
            Values::Int8 { data, scales } => {
                let scale = scales.get(row).ok_or_else(missing)?;
                let values = data.get(range).ok_or_else(missing)?;
                for (slot, value) in sum.iter_mut().zip(values) {
                    *slot += f32::from(value.cast_signed()) * scale;
                }
            }
        }
        Ok(())
    }
}

/// The tensors of a pack, and what is computed with them.
pub(super) struct Tensors {
    file: SafeTensors<'static>,
    /// Whose instructions the projections are packed for.
    pub level: &'static Level,
    /// Compute with f32 where int8 is stored: the reference.
    wide: bool,
    /// Bytes of the tensors that were read: as they are stored, and once more as they were packed or widened.
    taken: Cell<usize>,
}

impl Tensors {
    /// Reads the header.
    ///
    /// # Errors
    /// If the bytes are no safetensors file.
    pub(super) fn new(
        bytes: &'static [u8],
        level: &'static Level,
        wide: bool,
    ) -> Result<Self, InferenceError> {
        let file = SafeTensors::deserialize(bytes).map_err(|error| bad(&error.to_string()))?;
        Ok(Self { file, level, wide, taken: Cell::new(bytes.len()) })
    }

    /// Bytes of the pack itself and of what was made of it so far.
    pub(super) fn bytes(&self) -> usize {
        self.taken.get()
    }

    fn take(&self, bytes: usize) {
        self.taken.set(self.taken.get() + bytes);
    }

    /// A table.
    ///
    /// # Errors
    /// If it is missing or of another form.
    pub(super) fn table(&self, name: &str) -> Result<Table, InferenceError> {
        let view = self.file.tensor(name).map_err(|_| bad(&format!("no tensor {name}")))?;
        let &[rows, cols] = view.shape() else { return Err(bad(&format!("{name} is no table"))) };
        let values = if view.dtype() == Dtype::I8 {
            let scales = self.floats(&format!("{name}.scale"), rows)?;
            Values::Int8 { data: view.data(), scales }
        } else {
            Values::F32(self.floats(name, rows * cols)?)
        };
        Ok(Table { values, rows, cols })
    }

    /// `len` numbers.
    ///
    /// # Errors
    /// If they are missing, or more or fewer.
    pub(super) fn floats(&self, name: &str, len: usize) -> Result<Vec<f32>, InferenceError> {
        let view = self.file.tensor(name).map_err(|_| bad(&format!("no tensor {name}")))?;
        let (words, _) = view.data().as_chunks::<4>();
        if view.dtype() != Dtype::F32 || words.len() != len {
            return Err(bad(&format!("{name} is not {len} numbers")));
        }
        Ok(words.iter().map(|word| f32::from_le_bytes(*word)).collect())
    }

    /// A projection of `cols` numbers to `rows`, or to as many as there are.
    ///
    /// # Errors
    /// As [`Self::table`], or if it is of another size.
    pub(super) fn linear(
        &self,
        name: &str,
        rows: Option<usize>,
        cols: usize,
    ) -> Result<Linear, InferenceError> {
        let (table, bias) = self.projection(name, rows, cols)?;
        Ok(match &table.values {
            Values::Int8 { data, scales } if !self.wide => {
                self.take(data.len());
                let bytes: Vec<i8> = data.iter().map(|byte| byte.cast_signed()).collect();
                Linear::Int8(Int8Matrix::pack(self.level, &bytes, scales, &bias, cols))
            }
            _ => self.widened(&table, &bias),
        })
    }

    /// The same computed with f32 always: for a projection so small that int8 would save nothing.
    ///
    /// # Errors
    /// As [`Self::linear`].
    pub(super) fn small(
        &self,
        name: &str,
        rows: Option<usize>,
        cols: usize,
    ) -> Result<Linear, InferenceError> {
        let (table, bias) = self.projection(name, rows, cols)?;
        Ok(self.widened(&table, &bias))
    }

    fn widened(&self, table: &Table, bias: &[f32]) -> Linear {
        self.take(size_of::<f32>() * table.rows * table.cols);
        Linear::F32(FloatMatrix::pack(self.level, &table.widened(), bias, table.cols))
    }

    fn projection(
        &self,
        name: &str,
        rows: Option<usize>,
        cols: usize,
    ) -> Result<(Table, Vec<f32>), InferenceError> {
        let table = self.table(&format!("{name}.weight"))?.of_width(cols)?;
        if rows.is_some_and(|rows| rows != table.rows) {
            return Err(bad(&format!("{name} gives {} numbers", table.rows)));
        }
        let bias = self.floats(&format!("{name}.bias"), table.rows)?;
        Ok((table, bias))
    }

    /// A norm over `width` numbers.
    ///
    /// # Errors
    /// As [`Self::floats`].
    pub(super) fn norm(&self, name: &str, width: usize) -> Result<Norm, InferenceError> {
        Ok(Norm {
            weight: self.floats(&format!("{name}.weight"), width)?,
            bias: self.floats(&format!("{name}.bias"), width)?,
            // BERT's own.
            epsilon: 1e-12,
        })
    }

    /// A layer whose states are `width` wide.
    ///
    /// # Errors
    /// If something is missing or does not fit the rest.
    pub(super) fn layer(
        &self,
        prefix: &str,
        width: usize,
        heads: usize,
    ) -> Result<Layer, InferenceError> {
        if heads == 0 || !width.is_multiple_of(heads) {
            return Err(bad(&format!("{heads} heads of {width} numbers")));
        }
        let linear = |part: &str, rows: Option<usize>, cols: usize| {
            self.linear(&format!("{prefix}.{part}"), rows, cols)
        };
        let norm = |part: &str| self.norm(&format!("{prefix}.{part}"), width);
        let up = linear("up", None, width)?;
        Ok(Layer {
            qkv: linear("qkv", Some(3 * width), width)?,
            out: linear("out", Some(width), width)?,
            norm1: norm("norm1")?,
            down: linear("down", Some(width), up.rows())?,
            up,
            norm2: norm("norm2")?,
            heads,
        })
    }
}

fn bad(what: &str) -> InferenceError {
    InferenceError::Failed(format!("edge pack: {what}"))
}
