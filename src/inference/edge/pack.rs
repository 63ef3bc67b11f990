//! The pack's files: a manifest that says what the numbers mean, and the tensors.
//!
//! A matrix is int8, row by row, with one f32 scale a row beside it (`NAME` and `NAME.scale`); everything else is f32.

use super::super::InferenceError;
use super::adapter::AdapterShape;
use super::trunk::Shape;
use candle_core::{Device, Tensor};
use safetensors::{Dtype, SafeTensors};
use serde::Deserialize;

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

/// The tensors of a pack.
pub(super) struct Tensors(SafeTensors<'static>);

impl Tensors {
    /// Reads the header.
    ///
    /// # Errors
    /// If the bytes are no safetensors file.
    pub(super) fn new(bytes: &'static [u8]) -> Result<Self, InferenceError> {
        SafeTensors::deserialize(bytes).map(Self).map_err(|error| bad(&error.to_string()))
    }

    /// A table.
    ///
    /// # Errors
    /// If it is missing or of another form.
    pub(super) fn table(&self, name: &str) -> Result<Table, InferenceError> {
        let view = self.0.tensor(name).map_err(|_| bad(&format!("no tensor {name}")))?;
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
        let view = self.0.tensor(name).map_err(|_| bad(&format!("no tensor {name}")))?;
        let (words, _) = view.data().as_chunks::<4>();
        if view.dtype() != Dtype::F32 || words.len() != len {
            return Err(bad(&format!("{name} is not {len} numbers")));
        }
        Ok(words.iter().map(|word| f32::from_le_bytes(*word)).collect())
    }

    /// The same for candle.
    ///
    /// # Errors
    /// As [`Self::floats`].
    pub(super) fn vector(&self, name: &str, len: usize) -> Result<Tensor, InferenceError> {
        Ok(Tensor::from_vec(self.floats(name, len)?, len, &Device::Cpu)?)
    }
}

fn bad(what: &str) -> InferenceError {
    InferenceError::Failed(format!("edge pack: {what}"))
}
