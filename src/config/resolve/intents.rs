//! Intents: examples from the file and from text files beside it.

use super::{Context, names, paths};
use crate::config::raw::RawIntent;
use crate::config::resolved::IntentSpec;

/// Fewest examples of an intent.
const MIN_EXAMPLES: usize = 3;

pub(super) fn intents(raw: &[RawIntent], cx: &mut Context<'_>) -> Vec<IntentSpec> {
    let mut intents: Vec<IntentSpec> = Vec::new();
    for (i, raw) in raw.iter().enumerate() {
        let path = format!("intents[{i}]");
        let name = raw.name.clone().unwrap_or_default();
        let taken = intents.iter().map(|intent| &*intent.name);
        names::check(&name, "an intent", &format!("{path}.name"), taken, &["none", "any"], cx);
        let examples = examples(raw, &path, cx);
        intents.push(IntentSpec {
            name: name.into(),
            description: raw.description.clone(),
            examples,
        });
    }
    if let [only] = &intents[..] {
        let message =
            format!("`{}` is the only intent, so there is nothing to tell it from", only.name);
        cx.report("intents", message, Some("add a second one, such as `other`".to_owned()));
    }
    intents
}

fn examples(raw: &RawIntent, path: &str, cx: &mut Context<'_>) -> Vec<String> {
    let mut lines: Vec<String> = raw.examples.clone();
    if let Some(file) = &raw.examples_file {
        let file = paths::inside(file, cx);
        cx.files.push(file.clone());
        match std::fs::read_to_string(&file) {
            Ok(text) => {
                let words = text.lines().filter(|line| !line.trim_start().starts_with('#'));
                lines.extend(words.map(str::to_owned));
            }
            Err(error) => {
                let message = paths::unreadable(&file, &error);
                cx.report(&format!("{path}.examples_file"), message, None);
                return Vec::new();
            }
        }
    }
    let mut examples: Vec<String> = Vec::new();
    for line in lines {
        let line = line.trim();
        if !line.is_empty() && !examples.iter().any(|known| known == line) {
            examples.push(line.to_owned());
        }
    }
    if examples.len() < MIN_EXAMPLES && !cx.broken(&format!("{path}.examples")) {
        let message = format!("has {} different examples", examples.len());
        let hint = format!("give at least {MIN_EXAMPLES}, each as a user would write it");
        cx.report(&format!("{path}.examples"), message, Some(hint));
    }
    examples
}
