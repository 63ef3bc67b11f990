//! How often texts that hold nothing personal raise an alarm.

use super::{EvalError, Subject, read, readings};
use crate::chat::EntityType;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

#[derive(Deserialize)]
struct CleanRow {
    text: String,
}

/// One alarm. It says where, never what.
#[derive(Debug, Clone, Serialize)]
pub struct Alarm {
    /// The line of the file, counted from 1 without blank ones.
    pub line: usize,
    /// First character of the text, in code points.
    pub start: usize,
    /// One past the last.
    pub end: usize,
    /// What it was taken for.
    #[serde(rename = "type")]
    pub entity: &'static str,
    /// Confidence, 0–1.
    pub score: f32,
    /// The detector.
    pub detector: &'static str,
}

/// Alarms in a set of texts.
#[derive(Debug, Clone, Serialize)]
pub struct Alarms {
    /// Texts.
    pub texts: usize,
    /// Their characters.
    pub chars: usize,
    /// Alarms, in order.
    pub alarms: Vec<Alarm>,
}

impl Alarms {
    /// Alarms for every 10,000 characters.
    pub fn rate(&self, n: usize) -> f64 {
        if self.chars == 0 { 0.0 } else { 10_000.0 * n as f64 / self.chars as f64 }
    }

    /// How many there are of each type, most first.
    pub fn by_type(&self) -> Vec<(&'static str, usize)> {
        let mut counts = BTreeMap::new();
        for alarm in &self.alarms {
            *counts.entry(alarm.entity).or_insert(0) += 1;
        }
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        counts
    }
}

/// Counts what would be replaced in the `text` of each line of a file; public findings and types in `keep` do not count.
///
/// # Errors
/// See [`EvalError`].
pub async fn alarms(
    subject: &Subject<'_>,
    file: &Path,
    keep: &[EntityType],
) -> Result<Alarms, EvalError> {
    let Some(rows) = read::<CleanRow>(file)? else {
        let missing = std::io::Error::from(std::io::ErrorKind::NotFound);
        return Err(EvalError::Read(file.display().to_string(), missing));
    };
    let texts: Vec<&str> = rows.iter().map(|row| row.text.as_str()).collect();
    let readings = readings(subject, &texts).await?;
    let chars = texts.iter().map(|text| text.chars().count()).sum();
    let mut alarms = Vec::new();
    for (i, (text, reading)) in texts.iter().zip(&readings).enumerate() {
        let at: Vec<usize> = text.char_indices().map(|(byte, _)| byte).collect();
        let place = |byte: usize| at.partition_point(|start| *start < byte);
        let found = subject.detectors.scan(0, text, &reading.entities);
        let counted = found.iter().filter(|it| !it.is_kept(keep));
        alarms.extend(counted.map(|finding| Alarm {
            line: i + 1,
            start: place(finding.start),
            end: place(finding.end),
            entity: finding.entity.as_str(),
            score: finding.score,
            detector: finding.detector,
        }));
    }
    Ok(Alarms { texts: texts.len(), chars, alarms })
}
