//! From a plan to values: labels by meaning, entities by their exact text.
//!
//! Invariant: every string of an answer stands in the schema or, letter by letter, in the user's words.

use super::names;
use super::plan::{Field, Limits, Plan, What};
use crate::analyze::{Embedder, deciding_of};
use crate::chat::{Analysis, ChatRequest, EdgeAnswers, Escalation, Role};
use crate::inference::Terms;
use crate::live::{EncoderOf, LiveState};
use regex_automata::meta::Regex;
use serde_json::{Map, Value};
use std::sync::LazyLock;

/// How sure it is that an entity which was not found is not there: what the pack leaves uncovered on foreign kinds of text,
/// and a margin.
const ABSENT: f32 = 0.8;
/// How sure a date or a fit of the schema's pattern is.
const DATE: f32 = 0.9;
const FIT: f32 = 0.95;
/// What a difference in cosine counts for, from a text to the words of two labels. On 23 texts of our own with five sets of
/// labels 18 are right at any value; at this one 14 of them reach 0.7, all right, and texts of no label at most 0.45.
const SHARPNESS: f32 = 12.0;

/// What the edge pack makes of a request.
#[derive(Debug, PartialEq)]
pub(super) enum Verdict {
    /// The object, and how sure its least sure field is.
    Answer(Map<String, Value>, f32),
    /// These fields are to be asked for.
    Ask(Vec<String>),
    /// A larger model is to answer; how sure the least sure field was.
    Escalate(Escalation, f32),
    /// The model was not there, or failed.
    Failed,
}

/// What became of one field.
enum Filled {
    Value(Value, f32),
    Absent,
    /// Not sure enough, and how sure.
    Unsure(f32),
}

/// The user's words that the answer is about, with the slots they stand in.
pub(super) struct Words {
    slots: Vec<usize>,
    text: String,
}

impl Words {
    /// Those of the last turn of the user; and of the turns before as long as what stands between are the operator's own
    /// questions.
    pub(super) fn of(request: &ChatRequest, allowed: &EdgeAnswers) -> Self {
        let mut messages = Vec::new();
        let is_question = |index: usize| {
            let text = request.text_of(index);
            !text.is_empty() && text.lines().all(|line| allowed.ask.values().any(|ask| ask == line))
        };
        for (index, message) in request.messages.iter().enumerate().rev() {
            match message.role {
                Role::User => messages.push(index),
                Role::Assistant if messages.is_empty() || is_question(index) => {}
                Role::System | Role::Developer => {}
                _ => break,
            }
        }
        let is_inside = |message: Option<usize>| message.is_some_and(|m| messages.contains(&m));
        let slots: Vec<usize> = (0..request.texts.len())
            .filter(|slot| is_inside(request.texts[*slot].message()))
            .collect();
        let texts: Vec<&str> =
            slots.iter().map(|slot| request.texts[*slot].text.as_str()).collect();
        Self { text: texts.join("\n"), slots }
    }
}

/// Fills in a plan.
pub(super) async fn fill(
    live: &LiveState,
    request: &ChatRequest,
    analysis: &Analysis,
    allowed: &EdgeAnswers,
    plan: &Plan,
) -> Verdict {
    let words = Words::of(request, allowed);
    let mut object = Map::new();
    let (mut least, mut n_found) = (1.0f32, 0);
    let (mut ask, mut escalate) = (Vec::new(), None);
    for field in &plan.fields {
        let filled = match &field.what {
            What::Fixed(value) => {
                object.insert(field.name.clone(), value.clone());
                continue;
            }
            What::Label { labels, topics } => {
                let topics = labels.get(..*topics).unwrap_or_default();
                let Some((label, p)) = label(live, analysis, &words.text, topics).await else {
                    return Verdict::Failed;
                };
                Filled::Value(Value::String(label), p)
            }
            What::Identifier if words.text.chars().any(char::is_numeric) => Filled::Unsure(0.0),
            What::Identifier => Filled::Absent,
            _ => from_text(field, values(request, analysis, &words, field)),
        };
        let asked_for = allowed.ask.contains_key(&field.name);
        let unsure = match filled {
            Filled::Value(value, p) if p >= allowed.min_confidence => {
                least = least.min(p);
                n_found += 1;
                object.insert(field.name.clone(), value);
                continue;
            }
            Filled::Absent if asked_for && field.required => None,
            Filled::Absent if field.required && !field.nullable && !field.many => {
                escalate = Some(Escalation::MissingContext);
                continue;
            }
            Filled::Absent if ABSENT >= allowed.min_confidence => {
                least = least.min(ABSENT);
                let nothing = if field.many { Value::Array(Vec::new()) } else { Value::Null };
                if field.required {
                    object.insert(field.name.clone(), nothing);
                }
                continue;
            }
            Filled::Absent => Some(ABSENT),
            // A label that is not clear is asked for, too; which of two values is meant is for a larger model to read.
            Filled::Value(..) if asked_for && matches!(field.what, What::Label { .. }) => None,
            Filled::Value(_, p) | Filled::Unsure(p) => Some(p),
        };
        match unsure {
            None => ask.push(field.name.clone()),
            Some(p) => {
                least = least.min(p);
                escalate = escalate.or(Some(Escalation::LowConfidence));
            }
        }
    }
    match escalate {
        _ if !ask.is_empty() => Verdict::Ask(ask),
        Some(reason) => Verdict::Escalate(reason, least),
        None if n_found == 0 => Verdict::Escalate(Escalation::LowConfidence, least),
        None => Verdict::Answer(object, least),
    }
}

/// A field's value from all that were found.
fn from_text(field: &Field, found: Vec<(String, f32)>) -> Filled {
    let least = found.iter().map(|(_, p)| *p).fold(1.0, f32::min);
    if found.is_empty() {
        return Filled::Absent;
    }
    if field.many {
        let all = found.into_iter().map(|(value, _)| Value::String(value)).collect();
        return Filled::Value(Value::Array(all), least);
    }
    match <[_; 1]>::try_from(found) {
        Ok([(value, p)]) => Filled::Value(Value::String(value), p),
        Err(_) => Filled::Unsure(0.0),
    }
}

/// All values that a field may have, each once, in the order of the text.
fn values(
    request: &ChatRequest,
    analysis: &Analysis,
    words: &Words,
    field: &Field,
) -> Vec<(String, f32)> {
    let mut found: Vec<(String, f32)> = Vec::new();
    let mut add = |value: &str, p: f32| {
        if field.limits.allow(value) && !found.iter().any(|(other, _)| other == value) {
            found.push((value.to_owned(), p));
        }
    };
    match &field.what {
        What::Entity(types) => {
            let inside =
                analysis.findings.iter().filter(|finding| words.slots.contains(&finding.slot));
            for finding in inside.filter(|finding| types.contains(&finding.entity)) {
                let text = request.texts.get(finding.slot).map_or("", |slot| slot.text.as_str());
                if let Some(value) = text.get(finding.start..finding.end) {
                    add(value, finding.score);
                }
            }
        }
        What::Date => {
            let dates = DATES.iter().flat_map(|dates| matches(dates, &words.text));
            dates.for_each(|value| add(value, DATE));
        }
        What::Pattern => {
            if let Limits { finder: Some(finder), .. } = &field.limits {
                matches(finder, &words.text).for_each(|value| add(value, FIT));
            }
        }
        What::Fixed(_) | What::Label { .. } | What::Identifier => {}
    }
    found
}

/// Dates with a year, in figures or with the month's English name.
static DATES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let month = "(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}";
    let figures = r"\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{4}";
    let named = format!(r"\d{{1,2}} {month} \d{{4}}|{month} \d{{1,2}}, \d{{4}}");
    Regex::new(&format!("{figures}|{named}")).ok()
});

/// Fits of a pattern that neither begin nor end within a word.
fn matches<'a>(pattern: &'a Regex, text: &'a str) -> impl Iterator<Item = &'a str> {
    let joins = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    pattern.find_iter(text).filter_map(move |found| {
        let before = text.get(..found.start())?.chars().next_back();
        let after = text.get(found.end()..)?.chars().next();
        let value = text.get(found.range())?;
        (!value.is_empty() && !joins(before) && !joins(after)).then_some(value)
    })
}

/// The label of a text and how sure it is. Where every label is the name of an intent, the intent head has its examples to
/// go by; else the words of the labels are all there is. `None` if the model is not there.
async fn label(
    live: &LiveState,
    analysis: &Analysis,
    text: &str,
    labels: &[String],
) -> Option<(String, f32)> {
    let words = |name: &str| names::words(name).join(" ");
    let called: Vec<String> = labels.iter().map(|label| words(label)).collect();
    let intents: Vec<String> =
        live.config.intents.iter().map(|intent| words(&intent.name)).collect();
    if called.iter().all(|label| intents.contains(label)) {
        let intent = analysis.intent.as_ref()?;
        let name = words(&intent.name);
        let at = called.iter().position(|label| *label == name);
        let (at, p) = at.map_or((0, 0.0), |at| (at, intent.p));
        return Some((labels.get(at)?.clone(), p));
    }
    let text = deciding_of([text.to_owned()]).texts.into_iter().next()?;
    let texts: Vec<String> = std::iter::once(text).chain(called).collect();
    let embeddings = EncoderOf(&live.runtime, Terms::default()).embed(texts).await.ok()?;
    let (x, labelled) = embeddings.split_first()?;
    let (at, p) = nearest(x, labelled)?;
    Some((labels.get(at)?.clone(), p))
}

/// The label whose direction from the centre of all labels is the text's, and its part of the softmax.
pub(super) fn nearest(x: &[f32], labels: &[Vec<f32>]) -> Option<(usize, f32)> {
    let n = labels.len() as f32;
    let centre: Vec<f32> = (0..x.len())
        .map(|i| labels.iter().filter_map(|label| label.get(i)).sum::<f32>() / n)
        .collect();
    let away = |y: &[f32]| -> Vec<f32> { y.iter().zip(&centre).map(|(y, c)| y - c).collect() };
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    let x = away(x);
    let cosine = |label: &Vec<f32>| {
        let label = away(label);
        dot(&x, &label) / (dot(&x, &x) * dot(&label, &label)).sqrt().max(1e-6)
    };
    let scores: Vec<f32> = labels.iter().map(|label| SHARPNESS * cosine(label)).collect();
    let (at, top) = scores.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let sum: f32 = scores.iter().map(|score| (score - top).exp()).sum();
    Some((at, 1.0 / sum))
}

#[cfg(test)]
mod tests {
    use super::{DATES, matches, nearest};
    use crate::inference::EdgePack;

    #[test]
    fn dates() {
        let text = "Ordered 2026-11-03, paid on 5 Nov 2026 or November 7, 2026; not 12026-11-03, nor 03.11.20265";
        let found: Vec<&str> = matches(DATES.as_ref().unwrap(), text).collect();
        assert_eq!(found, ["2026-11-03", "5 Nov 2026", "November 7, 2026"]);
    }

    /// Labels, and texts with the place of theirs.
    type Row = (&'static [&'static str], &'static [(&'static str, usize)]);

    /// Where no label fits; such a text must not look sure.
    const NONE: usize = usize::MAX;

    /// Texts of our own with the label they have; the others of the row are what they might be taken for.
    const LABELLED: &[Row] = &[
        (
            &["refund", "delivery delay", "technical problem", "account access"],
            &[
                ("I want my money back for the broken kettle", 0),
                ("Please return the amount to my card", 0),
                ("My parcel should have been here a week ago", 1),
                ("Where is my order? It still has not arrived", 1),
                ("What is the weather like in Rome", NONE),
                ("Tell me a joke about cats", NONE),
                ("The app crashes whenever I open the settings", 2),
                ("The screen stays black after the update", 2),
                ("I cannot log in, the password is not accepted", 3),
                ("My login is locked after three attempts", 3),
            ],
        ),
        (
            &["positive", "negative", "neutral"],
            &[
                ("I love this phone, the best I ever had", 0),
                ("What a wonderful evening, thank you all", 0),
                ("This is the worst hotel I have stayed in", 1),
                ("Terrible service, I am very disappointed", 1),
            ],
        ),
        (
            &["sports", "politics", "technology", "business"],
            &[
                ("The striker scored twice in the final", 0),
                ("Parliament passed the law after a long debate", 1),
                ("The new chip doubles the speed of the laptop", 2),
                ("The company's shares fell after weak quarterly profit", 3),
            ],
        ),
    ];

    #[test]
    fn labels_by_their_words() {
        let pack = EdgePack::embedded().unwrap();
        let (mut right, mut sure_right, mut sure, mut n) = (0, 0, 0, 0);
        for (labels, texts) in LABELLED {
            let labels: Vec<Vec<f32>> =
                labels.iter().map(|label| pack.embed(label).unwrap()).collect();
            for (text, label) in *texts {
                let (found, p) = nearest(&pack.embed(text).unwrap(), &labels).unwrap();
                if *label == NONE {
                    assert!(p < 0.6, "{text}: {p}");
                    continue;
                }
                n += 1;
                right += usize::from(found == *label);
                sure += usize::from(p >= 0.7);
                sure_right += usize::from(p >= 0.7 && found == *label);
            }
        }
        assert!(right * 4 >= n * 3, "{right} of {n}");
        assert!(
            sure_right * 10 >= sure * 9 && sure * 3 >= n,
            "{sure_right} of {sure} sure ones, of {n}"
        );
    }
}
