//! What a text asks for, and what its words are worth.

use super::{EvalError, Line, Subject, readings};
use crate::chat::TASKS;
use crate::eval::metric::{bootstrap, quantile, share, spearman};
use crate::inference::Reading;
use serde::Deserialize;
use std::ops::Range;

#[derive(Deserialize)]
pub(super) struct TaskRow {
    text: String,
    task: String,
}

pub(super) async fn tasks(
    subject: &Subject<'_>,
    rows: &[TaskRow],
    lines: &mut Vec<Line>,
) -> Result<(), EvalError> {
    let texts: Vec<&str> = rows.iter().map(|row| row.text.as_str()).collect();
    let readings = readings(subject, &texts).await?;
    let best = |reading: &Reading| {
        let best = reading.tasks.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
        best.and_then(|(at, _)| TASKS.get(at).copied())
    };
    let right = rows
        .iter()
        .zip(&readings)
        .filter(|(row, reading)| best(reading) == Some(&row.task))
        .count();
    let estimate = share(right, rows.len());
    lines.push(Line { group: "tasks".to_owned(), measure: "accuracy".to_owned(), estimate });
    Ok(())
}

#[derive(Deserialize)]
pub(super) struct KeepRow {
    text: String,
    keep: Vec<(usize, usize, f32)>,
}

/// Worth of a word that must stay.
const MUST_STAY: f32 = 1.0;

pub(super) async fn keep(
    subject: &Subject<'_>,
    rows: &[KeepRow],
    lines: &mut Vec<Line>,
) -> Result<(), EvalError> {
    let texts: Vec<&str> = rows.iter().map(|row| row.text.as_str()).collect();
    let readings = readings(subject, &texts).await?;
    let mut agreement = Vec::new();
    let (mut stayed, mut must) = (0, 0);
    for (row, reading) in rows.iter().zip(&readings) {
        let ours = worths(row, reading);
        let free = row.keep.iter().zip(&ours).filter(|(word, _)| word.2 < MUST_STAY);
        let (theirs, free): (Vec<f32>, Vec<f32>) = free.map(|(word, own)| (word.2, *own)).unzip();
        agreement.push(spearman(&theirs, &free));
        // Half of the words go; a text that must keep more than that says nothing.
        let floor = quantile(ours.clone(), 0.5);
        let held: Vec<bool> = row.keep.iter().map(|word| word.2 >= MUST_STAY).collect();
        if 2 * held.iter().filter(|held| **held).count() <= held.len() {
            must += held.iter().filter(|held| **held).count();
            stayed += held.iter().zip(&ours).filter(|(held, own)| **held && **own > floor).count();
        }
    }
    let mean = |cases: &mut dyn Iterator<Item = &f64>| {
        let (n, sum) =
            cases.filter(|r| r.is_finite()).fold((0.0, 0.0), |s, r| (s.0 + 1.0, s.1 + r));
        sum / n
    };
    let mut line = |measure: &str, estimate| {
        lines.push(Line { group: "keep".to_owned(), measure: measure.to_owned(), estimate });
    };
    line("rank correlation of words that may go", bootstrap(&agreement, mean));
    line("words that must stay, kept when half go", share(stayed, must));
    Ok(())
}

/// For each word of the row what the reading gives the best of its parts.
fn worths(row: &KeepRow, reading: &Reading) -> Vec<f32> {
    let at: Vec<usize> = row.text.char_indices().map(|(byte, _)| byte).collect();
    let byte = |char: usize| at.get(char).copied().unwrap_or(row.text.len());
    let words = row.keep.iter().map(|(start, end, _)| byte(*start)..byte(*end));
    let worth = |word: Range<usize>| {
        let parts =
            reading.keep.iter().filter(|(part, _)| part.start < word.end && word.start < part.end);
        parts.map(|(_, worth)| *worth).fold(0.0, f32::max)
    };
    words.map(worth).collect()
}
