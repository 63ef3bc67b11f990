//! The tensors of a `safetensors` file, each checked against what the configuration promises before it is used.
//!
//! Invariants: what is wrong is named; nothing is allocated because a file says so: numbers are read after their shape and their
//! bytes were found to be those expected.

use super::super::kernels::{FloatMatrix, Level};
use super::super::layers::{Linear, Norm};
use safetensors::{Dtype, SafeTensors};
use std::cell::Cell;

/// Most of anything that a configuration may ask for.
const MOST: usize = 1 << 20;

/// What may stand before all names, depending on which class was saved.
const PREFIXES: [&str; 6] = ["", "bert.", "roberta.", "distilbert.", "model.", "0.auto_model."];

/// The tensors of a file.
pub(super) struct File<'a> {
    tensors: SafeTensors<'a>,
    /// What stands before all names.
    prefix: &'static str,
    /// Bytes of the matrices and tables that were made of them.
    taken: Cell<usize>,
}

/// Whether a projection has a bias.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bias {
    Yes,
    No,
}

impl<'a> File<'a> {
    /// Reads the header; `words` is the table of tokens, by which the prefix is found.
    pub(super) fn open(bytes: &'a [u8], words: &str) -> Result<Self, String> {
        let tensors =
            SafeTensors::deserialize(bytes).map_err(|error| format!("safetensors: {error}"))?;
        let found = |prefix: &&str| tensors.tensor(&format!("{prefix}{words}")).is_ok();
        let prefix = PREFIXES.into_iter().find(found);
        let prefix = prefix.ok_or_else(|| format!("no tensor {words}"))?;
        Ok(Self { tensors, prefix, taken: Cell::default() })
    }

    /// Bytes of the matrices and tables that were read.
    pub(super) fn taken(&self) -> usize {
        self.taken.get()
    }

    /// A tensor's numbers; `rows` × `cols` of them, or `cols` if `rows` is `None`.
    pub(super) fn numbers(
        &self,
        name: &str,
        rows: Option<usize>,
        cols: usize,
    ) -> Result<Vec<f32>, String> {
        let name = format!("{}{name}", self.prefix);
        let view = self.tensors.tensor(&name).map_err(|_| format!("no tensor {name}"))?;
        let shape: Vec<usize> = rows.into_iter().chain([cols]).collect();
        if view.shape() != shape {
            return Err(format!("{name} is {:?}, not {shape:?}", view.shape()));
        }
        let halves = || view.data().as_chunks::<2>().0.iter().map(|x| u16::from_le_bytes(*x));
        Ok(match view.dtype() {
            Dtype::F32 => {
                view.data().as_chunks::<4>().0.iter().map(|x| f32::from_le_bytes(*x)).collect()
            }
            Dtype::F16 => halves().map(|x| half::f16::from_bits(x).to_f32()).collect(),
            Dtype::BF16 => halves().map(|x| half::bf16::from_bits(x).to_f32()).collect(),
            other => return Err(format!("{name} is {other:?}, not F32, F16 or BF16")),
        })
    }

    /// A table of as many rows of `cols` numbers as there are, at least one.
    pub(super) fn table(&self, name: &str, cols: usize) -> Result<Vec<f32>, String> {
        let full = format!("{}{name}", self.prefix);
        let view = self.tensors.tensor(&full).map_err(|_| format!("no tensor {full}"))?;
        match view.shape().first() {
            None | Some(0) => Err(format!("{full} has no rows")),
            rows => {
                let numbers = self.numbers(name, rows.copied(), cols)?;
                self.taken.set(self.taken.get() + size_of_val(&numbers[..]));
                Ok(numbers)
            }
        }
    }

    /// A norm with its bias.
    pub(super) fn norm(&self, name: &str, width: usize, epsilon: f32) -> Result<Norm, String> {
        // Old files say gamma and beta.
        let either = |new: &str, old: &str| {
            let numbers = self.numbers(&format!("{name}.{new}"), None, width);
            numbers.or_else(|error| {
                self.numbers(&format!("{name}.{old}"), None, width).map_err(|_| error)
            })
        };
        Ok(Norm { weight: either("weight", "gamma")?, bias: either("bias", "beta")?, epsilon })
    }

    /// A norm that has no bias.
    pub(super) fn bare_norm(&self, name: &str, width: usize, epsilon: f32) -> Result<Norm, String> {
        let weight = self.numbers(&format!("{name}.weight"), None, width)?;
        Ok(Norm { weight, bias: vec![0.0; width], epsilon })
    }

    /// Projections of the same input side by side.
    pub(super) fn linear(
        &self,
        names: &[String],
        rows: usize,
        cols: usize,
        has: Bias,
    ) -> Result<Linear, String> {
        let (mut weight, mut bias) = (Vec::new(), Vec::new());
        for name in names {
            weight.extend(self.numbers(&format!("{name}.weight"), Some(rows), cols)?);
            if has == Bias::Yes {
                bias.extend(self.numbers(&format!("{name}.bias"), None, rows)?);
            }
        }
        bias.resize(names.len() * rows, 0.0);
        let matrix = FloatMatrix::pack(Level::best(), &weight, &bias, cols);
        self.taken.set(self.taken.get() + matrix.size());
        Ok(Linear::F32(matrix))
    }
}

/// Fields that count something, each from 1 to [`MOST`].
pub(super) fn check_counts(counts: &[(&str, usize)]) -> Result<(), String> {
    let wrong = counts.iter().find(|(_, value)| *value == 0 || *value > MOST);
    wrong.map_or(Ok(()), |(name, value)| Err(format!("{name} is {value}, not 1 to {MOST}")))
}

/// A field that must be a small number that is not negative.
pub(super) fn check_epsilon(name: &str, value: f32) -> Result<(), String> {
    let fits = (0.0..=1.0).contains(&value);
    if fits { Ok(()) } else { Err(format!("{name} is {value}, not 0 to 1")) }
}

/// A row of a table of tokens.
pub(super) fn row(table: &[f32], width: usize, id: u32) -> Option<&[f32]> {
    let start = (id as usize).checked_mul(width)?;
    table.get(start..start.checked_add(width)?)
}
