//! Tensors of a GGUF file as the kernels want them.
//!
//! Four-bit formats keep every number that the file has (the scales of Q4_K, products of two numbers, are rounded to half
//! precision); all others become bytes with a scale for thirty-two of them, finer than any format of up to six bits.

use super::header::{Gguf, TensorInfo};
use crate::inference::InferenceError;
use crate::inference::kernels::{BLOCK, Block, BlockMatrix, Blocks, Level};
use candle_core::quantized::{GgmlDType, QStorage, QTensor};
use candle_core::{Device, Result as CandleResult};
use half::f16;
use std::io::{Read, Seek};

/// Bytes of a tensor that are read at a time.
const CHUNK: usize = 4 << 20;

/// Some rows of a tensor.
#[derive(Debug, Clone)]
pub struct Rows<'a> {
    /// Which tensor.
    pub name: &'a str,
    /// For rows whose halves rotate with each other where the file has neighbours: rows of a head, and how many of them rotate.
    pub turned: Option<(usize, usize)>,
}

impl<R: Read + Seek> Gguf<R> {
    fn expect(&self, name: &str, cols: usize) -> Result<TensorInfo, InferenceError> {
        let info = self.find(name).ok_or_else(|| missing(name))?;
        if info.cols != cols || info.rows == 0 {
            let why = format!("tensor `{name}` has rows of {}, not of {cols}", info.cols);
            return Err(InferenceError::Failed(why));
        }
        Ok(info.clone())
    }

    /// A vector of `len` numbers.
    ///
    /// # Errors
    /// If it is not there, has another length, or holds what is no number.
    pub fn vector(&mut self, name: &str, len: usize) -> Result<Vec<f32>, InferenceError> {
        let info = self.expect(name, len)?;
        let mut bytes = vec![0; info.row_bytes];
        self.rows(name, &info, 0, &mut bytes)?;
        let numbers = dequantize(&info, &bytes, 1)?;
        if info.rows != 1 || numbers.iter().any(|x| !x.is_finite()) {
            let why = format!("tensor `{name}` is not {len} finite numbers");
            return Err(InferenceError::Failed(why));
        }
        Ok(numbers)
    }

    /// The same, where it may be missing.
    ///
    /// # Errors
    /// As for [`Self::vector`], except that it is not there.
    pub fn maybe_vector(
        &mut self,
        name: &str,
        len: usize,
    ) -> Result<Option<Vec<f32>>, InferenceError> {
        self.find(name).is_some().then(|| self.vector(name, len)).transpose()
    }

    /// How the kernels store a tensor, and how many rows it has.
    ///
    /// # Errors
    /// If it is not there or has other columns.
    pub fn layout(&self, name: &str, cols: usize) -> Result<(Blocks, usize), InferenceError> {
        let info = self.expect(name, cols)?;
        let nibbles = matches!(info.format, GgmlDType::Q4_0 | GgmlDType::Q4_1 | GgmlDType::Q4K);
        Ok((if nibbles { Blocks::Nibbles } else { Blocks::Bytes }, info.rows))
    }

    /// Tensors of one layout below each other.
    ///
    /// # Errors
    /// If one is not there, does not fit, or holds what is no number.
    pub fn matrix(
        &mut self,
        parts: &[Rows<'_>],
        cols: usize,
    ) -> Result<BlockMatrix, InferenceError> {
        let (mut rows, mut layout) = (0usize, Blocks::Bytes);
        for part in parts {
            let (own, n) = self.layout(part.name, cols)?;
            (rows, layout) = (rows.saturating_add(n), own);
        }
        let mut matrix = BlockMatrix::zeros(Level::best(), layout, rows, cols)
            .ok_or_else(|| InferenceError::Failed("a matrix is too large for memory".to_owned()))?;
        let mut first = 0;
        for part in parts {
            let info = self.expect(part.name, cols)?;
            self.fill(&mut matrix, first, part, &info, layout)?;
            first += info.rows;
        }
        Ok(matrix)
    }

    fn fill(
        &mut self,
        matrix: &mut BlockMatrix,
        first: usize,
        part: &Rows<'_>,
        info: &TensorInfo,
        layout: Blocks,
    ) -> Result<(), InferenceError> {
        let at_once = (CHUNK / info.row_bytes).clamp(1, info.rows);
        let mut bytes = vec![0; at_once * info.row_bytes];
        let mut from = 0;
        while from < info.rows {
            let n = at_once.min(info.rows - from);
            let bytes = &mut bytes[..n * info.row_bytes];
            self.rows(part.name, info, from, bytes)?;
            let plain = match layout {
                Blocks::Nibbles => Vec::new(),
                Blocks::Bytes if info.format == GgmlDType::Q8_0 => Vec::new(),
                Blocks::Bytes => dequantize(info, bytes, n)?,
            };
            for row in 0..n {
                let to = first + part.turned.map_or(from + row, |turned| turn(from + row, turned));
                let bytes = &bytes[row * info.row_bytes..][..info.row_bytes];
                for block in 0..info.cols.div_ceil(BLOCK) {
                    let own = match info.format {
                        GgmlDType::Q4_0 => q4_0(bytes, block),
                        GgmlDType::Q4_1 => q4_1(bytes, block),
                        GgmlDType::Q4K => q4_k(bytes, block),
                        GgmlDType::Q8_0 => q8_0(bytes, block),
                        _ => {
                            let row = &plain[row * info.cols..][..info.cols];
                            let end = ((block + 1) * BLOCK).min(info.cols);
                            Block::bytes(&row[block * BLOCK..end])
                        }
                    };
                    let own = own.filter(|own| own.scale.is_finite() && own.low.is_finite());
                    let Some(own) = own else {
                        let why = format!("tensor `{}` holds what is no number", part.name);
                        return Err(InferenceError::Failed(why));
                    };
                    matrix.set(to, block, &own);
                }
            }
            from += n;
        }
        Ok(())
    }
}

/// Where a row goes when pairs of neighbours in a head's first `rotating` rows become pairs with half of them in between.
fn turn(row: usize, (head, rotating): (usize, usize)) -> usize {
    let (start, at) = (row - row % head, row % head);
    if at >= rotating { row } else { start + at / 2 + at % 2 * (rotating / 2) }
}

fn missing(name: &str) -> InferenceError {
    InferenceError::Failed(format!("the file has no tensor `{name}`"))
}

/// Numbers as they are meant.
fn dequantize(info: &TensorInfo, bytes: &[u8], rows: usize) -> Result<Vec<f32>, InferenceError> {
    let plain = || -> CandleResult<Vec<f32>> {
        let storage = QStorage::from_data(bytes.into(), &Device::Cpu, info.format)?;
        let tensor = QTensor::new(storage, (rows, info.cols))?.dequantize(&Device::Cpu)?;
        tensor.flatten_all()?.to_vec1()
    };
    Ok(plain()?)
}

fn half_at(bytes: &[u8], at: usize) -> Option<f16> {
    Some(f16::from_le_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]))
}

/// Lower halves first, then the upper ones.
fn halves(bytes: &[u8]) -> Option<[u8; BLOCK]> {
    let bytes: &[u8; BLOCK / 2] = bytes.get(..BLOCK / 2)?.try_into().ok()?;
    Some(std::array::from_fn(|i| bytes[i % 16] >> (i / 16 * 4) & 15))
}

fn q4_0(row: &[u8], block: usize) -> Option<Block> {
    let at = block * 18;
    let scale = half_at(row, at)?;
    // Eight steps below zero, which half precision holds as exactly as the step.
    let low = f16::from_f32(scale.to_f32() * -8.0);
    Some(Block { scale, low, values: halves(row.get(at + 2..)?)? })
}

fn q4_1(row: &[u8], block: usize) -> Option<Block> {
    let at = block * 20;
    let (scale, low) = (half_at(row, at)?, half_at(row, at + 2)?);
    Some(Block { scale, low, values: halves(row.get(at + 4..)?)? })
}

fn q8_0(row: &[u8], block: usize) -> Option<Block> {
    let at = block * 34;
    let values = row.get(at + 2..at + 34)?.try_into().ok()?;
    Some(Block { scale: half_at(row, at)?, low: f16::ZERO, values })
}

/// Eight blocks share two numbers, which their six-bit scales and smallest weights are multiplied with.
fn q4_k(row: &[u8], block: usize) -> Option<Block> {
    let (at, own) = (block / 8 * 144, block % 8);
    let (step, step_low) = (half_at(row, at)?.to_f32(), half_at(row, at + 2)?.to_f32());
    let packed: &[u8; 12] = row.get(at + 4..at + 16)?.try_into().ok()?;
    let (scale, low) = if own < 4 {
        (packed[own] & 63, packed[own + 4] & 63)
    } else {
        let upper = |at: usize| packed[at] >> 6 << 4;
        (packed[own + 4] & 15 | upper(own - 4), packed[own + 4] >> 4 | upper(own))
    };
    // Two blocks share thirty-two bytes, one has the lower halves and one the upper.
    let bytes: &[u8; BLOCK] = row.get(at + 16 + own / 2 * 32..)?.get(..BLOCK)?.try_into().ok()?;
    let values = bytes.map(|byte| byte >> (own % 2 * 4) & 15);
    Some(Block {
        scale: f16::from_f32(step * f32::from(scale)),
        low: f16::from_f32(-step_low * f32::from(low)),
        values,
    })
}
