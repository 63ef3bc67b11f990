//! A predictor as one readable JSON file: a key a line, a row of the table a line.
//!
//! Invariant: what is read back predicts what was written, bit for bit. Long rows of weights are whole numbers with a scale.

use super::GainModel;
use super::features::Blocks;
use super::table::{CategoryRow, Sorter, Table};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;

const EMBEDDED: &str = include_str!("../../../models/gain/gain.json");
const FORMAT: &str = "weir-gain 1";
/// The largest whole number of a row of weights.
const TOP: f32 = 2047.0;

/// What a predictor was fitted to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// The encoder of the readings; another one means other numbers.
    pub encoder: String,
    /// SHA-256 of the data file.
    pub data_sha256: String,
    /// Examples.
    pub n: usize,
    /// Seed of the fit.
    pub seed: u64,
}

/// How a fit went, on rows that the predicting part had not seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Mean gain.
    pub mean_gain: f32,
    /// Average performance gap recovered; `None` where the stronger target wins nothing.
    pub apgr: Option<f32>,
    /// The same by the table alone.
    pub table_apgr: Option<f32>,
    /// Expected calibration error.
    pub calibration_error: f32,
    /// Standard deviation of outcomes around predictions.
    pub residual_sd: f32,
    /// Penalty on the squared weights that did best.
    pub penalty: f32,
}

/// Why a file is no predictor for this build.
#[derive(Debug, thiserror::Error)]
pub enum GainFileError {
    /// Not such a file.
    #[error("not a gain predictor as `weir gain fit` writes it: {0}")]
    Form(String),
    /// Of another encoder.
    #[error(
        "fitted with the encoder {file}, while this build reads texts with {build}: fit it again with `weir gain fit`"
    )]
    Encoder {
        /// The file's.
        file: String,
        /// This build's.
        build: String,
    },
}

/// A row of weights.
#[derive(Serialize, Deserialize)]
struct Row {
    scale: f32,
    values: Vec<i16>,
}

impl Row {
    fn of(weights: &[f32]) -> Self {
        let top = weights.iter().fold(0.0f32, |top, v| top.max(v.abs()));
        let scale = if top > 0.0 { top / TOP } else { 1.0 };
        Self { scale, values: weights.iter().map(|v| (v / scale).round() as i16).collect() }
    }

    fn weights(&self) -> Vec<f32> {
        self.values.iter().map(|v| f32::from(*v) * self.scale).collect()
    }
}

/// Weights as a file keeps them.
pub(super) fn rounded(weights: &[f32]) -> Vec<f32> {
    Row::of(weights).weights()
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct GainFile {
    format: String,
    cheap: Arc<str>,
    strong: Arc<str>,
    provenance: Provenance,
    figures: Figures,
    table: Vec<CategoryRow>,
    offset: f32,
    offset_sd: f32,
    table_factor: f32,
    rest_factor: f32,
    /// How often each category occurs; absent where the categories are the edge pack's task types.
    shares: Option<Vec<f32>>,
    sorter: Vec<Row>,
    rest: Row,
    draws: Vec<Row>,
    blocks: Blocks,
}

impl GainModel {
    /// The file's text.
    ///
    /// # Errors
    /// [`GainFileError::Form`] if a number is not finite.
    pub fn to_json(&self) -> Result<String, GainFileError> {
        let form = |error: serde_json::Error| GainFileError::Form(error.to_string());
        let (shares, sorter) = match &self.sorter {
            Sorter::Tasks => (None, Vec::new()),
            Sorter::Ridge { weights, shares } => {
                (Some(shares.clone()), weights.iter().map(|row| Row::of(row)).collect())
            }
        };
        let file = GainFile {
            format: FORMAT.to_owned(),
            cheap: self.cheap.clone(),
            strong: self.strong.clone(),
            provenance: self.provenance.clone(),
            figures: self.figures.clone(),
            table: self.table.rows.clone(),
            offset: self.stack[0],
            offset_sd: self.offset_sd,
            table_factor: self.stack[1],
            rest_factor: self.stack[2],
            shares,
            sorter,
            rest: Row::of(&self.rest),
            draws: self.draws.iter().map(|draw| Row::of(draw)).collect(),
            blocks: self.blocks.clone(),
        };
        let Value::Object(keys) = serde_json::to_value(&file).map_err(form)? else {
            return Err(GainFileError::Form("not an object".to_owned()));
        };
        let lines: Vec<String> = keys
            .iter()
            .map(|(key, value)| match value {
                Value::Array(rows) if rows.first().is_some_and(Value::is_object) => {
                    let rows: Vec<String> = rows.iter().map(|row| format!("  {row}")).collect();
                    format!(" \"{key}\": [\n{}\n ]", rows.join(",\n"))
                }
                value => format!(" \"{key}\": {value}"),
            })
            .collect();
        Ok(format!("{{\n{}\n}}\n", lines.join(",\n")))
    }

    /// The predictor inside the binary; its model card is `models/gain/README.md`.
    ///
    /// # Errors
    /// If it was not fitted again after the edge pack changed, which a test rules out.
    pub fn embedded(encoder: &str) -> Result<Self, GainFileError> {
        Self::from_json(EMBEDDED, encoder)
    }

    /// Reads a file's text; `encoder` is what this build reads texts with.
    ///
    /// # Errors
    /// See [`GainFileError`].
    pub fn from_json(text: &str, encoder: &str) -> Result<Self, GainFileError> {
        let form = |what: &str| GainFileError::Form(what.to_owned());
        let file: GainFile = serde_json::from_str(text).map_err(|error| {
            GainFileError::Form(format!(
                "line {}, column {}: {error}",
                error.line(),
                error.column()
            ))
        })?;
        if file.format != FORMAT {
            return Err(form("of another format"));
        }
        if file.provenance.encoder != encoder {
            let (file, build) = (file.provenance.encoder, encoder.to_owned());
            return Err(GainFileError::Encoder { file, build });
        }
        let width = file.blocks.width();
        let rows = || file.sorter.iter().chain(&file.draws).chain([&file.rest]);
        if !file.blocks.is_whole() || rows().any(|row| row.values.len() != width) {
            return Err(form("rows of weights have different lengths"));
        }
        let n_categories = file.table.len();
        let tasks = file.blocks.tasks.mean.len();
        let sorter = match file.shares {
            None if n_categories == tasks => Sorter::Tasks,
            Some(shares) if shares.len() == n_categories && file.sorter.len() == n_categories => {
                Sorter::Ridge { weights: file.sorter.iter().map(Row::weights).collect(), shares }
            }
            _ => return Err(form("the table does not fit the categories")),
        };
        let wrong = |gain: &f32| !(-1.0..=1.0).contains(gain);
        if let Some(row) = file.table.iter().find(|row| row.fixed.as_ref().is_some_and(wrong)) {
            return Err(form(&format!("the override of `{}` is not within -1 and 1", row.name)));
        }
        Ok(Self {
            cheap: file.cheap,
            strong: file.strong,
            table: Table { rows: file.table },
            figures: file.figures,
            provenance: file.provenance,
            blocks: file.blocks,
            sorter,
            rest: file.rest.weights(),
            draws: file.draws.iter().map(Row::weights).collect(),
            stack: [file.offset, file.table_factor, file.rest_factor],
            offset_sd: file.offset_sd,
        })
    }
}
