//! `weir analyze`: findings and intent of JSON lines, with offsets in Unicode code points.

use super::Common;
use super::batch::{self, Analysed, BatchArgs};
use serde_json::{Map, Value, json};

/// Runs the command.
///
/// # Errors
/// As [`batch::run`].
pub fn run(common: &Common, args: &BatchArgs) -> anyhow::Result<()> {
    batch::run(common, args, |line| Ok(Value::Object(analysis(line))))
}

/// The fields of an analysis.
pub fn analysis(line: &Analysed<'_>) -> Map<String, Value> {
    let findings: Vec<Value> = line
        .analysis
        .findings
        .iter()
        .filter_map(|finding| {
            let slot = line.request.texts.get(finding.slot)?;
            let start = slot.text.get(..finding.start)?.chars().count();
            let length = slot.text.get(finding.start..finding.end)?.chars().count();
            let mut shown = json!({
                "start": start,
                "end": start + length,
                "type": finding.entity.as_str(),
                "score": round(finding.score),
                "detector": finding.detector,
            });
            let map = shown.as_object_mut()?;
            if let Some(kind) = finding.kind {
                map.insert("kind".to_owned(), json!(kind));
            }
            if !line.plain {
                map.insert("message".to_owned(), json!(slot.message));
                map.insert("slot".to_owned(), json!(finding.slot));
            }
            Some(shown)
        })
        .collect();
    let intent = line.analysis.intent.as_ref().map(|intent| {
        let mut shown = json!({
            "name": intent.name,
            "p": round(intent.p),
            "margin": round(intent.margin),
            "reject": round(intent.reject),
        });
        if let (true, Some(map)) = (intent.inherited, shown.as_object_mut()) {
            map.insert("inherited".to_owned(), json!(true));
        }
        shown
    });
    let mut out = Map::new();
    out.insert("findings".to_owned(), json!(findings));
    out.insert("intent".to_owned(), json!(intent));
    if let Some(task) = &line.analysis.task {
        out.insert("task".to_owned(), json!({ "name": task.name, "p": round(task.p) }));
    }
    if !line.analysis.gains.is_empty() {
        out.insert("gains".to_owned(), json!(line.analysis.gains));
    }
    if let Some(injection) = line.analysis.injection {
        out.insert("injection".to_owned(), json!(round(injection)));
    }
    out.insert("n_tokens".to_owned(), json!(line.analysis.n_tokens));
    out.insert("elapsed_us".to_owned(), json!(line.elapsed.as_micros() as u64));
    out
}

/// Four decimals, enough for a score.
fn round(value: f32) -> f64 {
    (f64::from(value) * 1e4).round() / 1e4
}
