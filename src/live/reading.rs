//! What the edge model is given of a request, and how what it says comes back to the texts.
//!
//! Invariant: every text that is to be read is read, and what was found in it has offsets of its own, in the text without
//! disguises. Of many tiny texts some go through the model side by side, since each alone would cost a window.

use super::LiveState;
use crate::chat::{ChatRequest, TextSlot};
use crate::inference::{InferenceError, Meaning, Reading, Tagged, Terms, Which};
use crate::pipeline::StageFailure;
use crate::privacy::detect::reading_text;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

/// Texts of at most so many bytes are tiny.
const TINY: usize = 48;
/// Tiny texts go side by side where a request has more different ones: a name beside others is harder to tell from a word, so
/// that only requests with far more than people write pay with that for their size.
const MANY: usize = 1024;
/// Bytes of tiny texts that are read together: about a window.
const TOGETHER: usize = 640;

/// One text that the model is given, and the slots that it came from.
struct Given<'a> {
    text: Cow<'a, str>,
    slots: Vec<u32>,
    /// Whether the slots are several tiny texts, each on a line of its own; else all of them say the same.
    side_by_side: bool,
}

impl LiveState {
    /// What the edge model says about each text of a request. Definitions of tools are read too: they repeat, so that most of
    /// their readings are kept from before. Without a rule that could make use of it nothing is read.
    ///
    /// # Errors
    /// [`StageFailure::NotReady`] if the model is not there, [`StageFailure::Overloaded`] if too many wait for it,
    /// [`StageFailure::Timeout`] if it worked longer than the terms allow, [`StageFailure::Error`] if it failed.
    pub async fn read(
        &self,
        request: &ChatRequest,
        terms: &Terms,
    ) -> Result<Vec<Option<Arc<Reading>>>, StageFailure> {
        if !self.reads || request.texts.is_empty() {
            return Ok(vec![None; request.texts.len()]);
        }
        let most = terms.allowance.unwrap_or(Duration::MAX);
        let settled = tokio::time::timeout(most, self.runtime.settled(Which::Edge)).await;
        settled.map_err(|_| StageFailure::NotReady)?;
        let (groups, mut alone): (Vec<_>, Vec<_>) =
            given(&request.texts).into_iter().partition(|given| given.side_by_side);
        let lean = Terms { meaning: Meaning::Dropped, ..terms.clone() };
        // A long text is given away: a copy would cost its memory.
        let texts = alone.iter_mut().map(|given| std::mem::take(&mut given.text)).collect();
        let joined = groups.iter().map(|given| Cow::Borrowed(&*given.text)).collect();
        let found = tokio::try_join!(
            self.runtime.read_for(texts, terms),
            self.runtime.read_for(joined, &lean)
        );
        let (of_alone, of_groups) = found.map_err(|error| failure(&error))?;
        let mut readings = vec![None; request.texts.len()];
        let all = alone.iter().zip(of_alone).chain(groups.iter().zip(of_groups));
        for (given, reading) in all {
            give_back(given, &reading, &request.texts, &mut readings);
        }
        Ok(readings)
    }
}

/// Why a local stage has no result.
fn failure(error: &InferenceError) -> StageFailure {
    match *error {
        InferenceError::NotReady { .. } => StageFailure::NotReady,
        InferenceError::QueueFull { retry_after } => StageFailure::Overloaded { retry_after },
        InferenceError::Allowance => StageFailure::Timeout,
        _ => StageFailure::Error,
    }
}

/// What the model is given. A text that stands at several places is given once: names of properties stand in many tools.
fn given(slots: &[TextSlot]) -> Vec<Given<'_>> {
    let tiny = |slot: &TextSlot| slot.text.len() <= TINY;
    let mut different: HashSet<&str> = HashSet::new();
    let together = slots
        .iter()
        .filter(|slot| tiny(slot))
        .any(|slot| different.insert(&slot.text) && different.len() > MANY);
    let mut out: Vec<Given<'_>> = Vec::new();
    let mut known: HashMap<Cow<'_, str>, usize> = HashMap::new();
    // The group that the next tiny text joins.
    let mut open: Option<usize> = None;
    for (at, slot) in slots.iter().enumerate() {
        let text = reading_text(slot);
        let at = at as u32;
        if !(together && tiny(slot)) {
            // A long text is hardly there twice, and a copy of it would cost its memory.
            if !tiny(slot) {
                out.push(Given { text, slots: vec![at], side_by_side: false });
                continue;
            }
            match known.get(&text).and_then(|index| out.get_mut(*index)) {
                Some(same) => same.slots.push(at),
                None => {
                    known.insert(text.clone(), out.len());
                    out.push(Given { text, slots: vec![at], side_by_side: false });
                }
            }
            continue;
        }
        let group = open.filter(|group| out[*group].text.len() + text.len() < TOGETHER);
        match group {
            Some(group) => {
                let together = out[group].text.to_mut();
                together.push('\n');
                together.push_str(&text);
                out[group].slots.push(at);
            }
            None => {
                open = Some(out.len());
                let mut own = String::with_capacity(TOGETHER);
                own.push_str(&text);
                out.push(Given { text: own.into(), slots: vec![at], side_by_side: true });
            }
        }
    }
    out
}

/// Gives each slot what was said about its text. Of texts that were read together only what was found in them is its own; they
/// share how likely one of them is an injection, and have no embedding.
fn give_back(
    given: &Given<'_>,
    reading: &Arc<Reading>,
    slots: &[TextSlot],
    readings: &mut [Option<Arc<Reading>>],
) {
    if !given.side_by_side || given.slots.len() == 1 {
        given.slots.iter().for_each(|slot| readings[*slot as usize] = Some(Arc::clone(reading)));
        return;
    }
    let shared = |entities: Vec<Tagged>| {
        let n_tokens = reading.n_tokens / given.slots.len();
        Arc::new(Reading { entities, injection: reading.injection, n_tokens, ..Reading::default() })
    };
    let quiet = shared(Vec::new());
    let mut start = 0;
    for slot in &given.slots {
        let Some(text) = slots.get(*slot as usize) else { continue };
        let end = start + reading_text(text).len();
        let own = within(&reading.entities, start..end, &given.text);
        let reading = if own.is_empty() { Arc::clone(&quiet) } else { shared(own) };
        readings[*slot as usize] = Some(reading);
        start = end + 1;
    }
}

/// What was found in a part of a text, in offsets of the part and without blanks around it.
fn within(entities: &[Tagged], part: Range<usize>, text: &str) -> Vec<Tagged> {
    let first = entities.partition_point(|found| found.bytes.end <= part.start);
    let found = entities.iter().skip(first).take_while(|found| found.bytes.start < part.end);
    let own = found.filter_map(|found| {
        let (start, end) = (found.bytes.start.max(part.start), found.bytes.end.min(part.end));
        let inside = text.get(start..end)?;
        let start = start + inside.len() - inside.trim_start().len() - part.start;
        let end = start + inside.trim().len();
        (end > start).then(|| Tagged { bytes: start..end, ..found.clone() })
    });
    own.collect()
}

#[cfg(test)]
mod tests {
    use super::{Given, MANY, TOGETHER, give_back, given};
    use crate::chat::{SlotKind, TextSlot};
    use crate::inference::{Reading, Tagged};
    use std::sync::Arc;

    fn slot(text: &str) -> TextSlot {
        TextSlot {
            span: 0..0,
            text: text.into(),
            kind: SlotKind::Message,
            role: None,
            message: None,
            cached: false,
        }
    }

    fn slots(texts: &[String]) -> Vec<TextSlot> {
        texts.iter().map(|text| slot(text)).collect()
    }

    #[test]
    fn few_texts_are_read_alone() {
        let few: Vec<String> = (0..MANY).map(|i| format!("text {i}")).collect();
        let slots = slots(&few);
        let given = given(&slots);
        assert_eq!(given.len(), MANY);
        assert!(given.iter().zip(&few).all(|(given, text)| given.text == *text));
    }

    #[test]
    fn a_text_at_several_places_is_read_once() {
        let texts: Vec<String> = (0..3 * MANY).map(|i| format!("text {}", i % 7)).collect();
        let slots = slots(&texts);
        let given = given(&slots);
        assert_eq!(given.len(), 7);
        let mut readings = vec![None; slots.len()];
        for given in &given {
            let reading = Reading { n_tokens: given.text.len(), ..Reading::default() };
            give_back(given, &Arc::new(reading), &slots, &mut readings);
        }
        let all = texts.iter().zip(&readings);
        assert!(
            all.clone().all(|(text, reading)| reading.as_ref().unwrap().n_tokens == text.len())
        );
    }

    #[test]
    fn many_tiny_texts_are_read_together_and_long_ones_alone() {
        let long = "a long text ".repeat(20);
        let mut texts: Vec<String> = (0..5000).map(|i| format!("t{i}")).collect();
        texts.insert(2500, long.clone());
        let slots = slots(&texts);
        let given = given(&slots);
        let size: usize = texts.iter().map(String::len).sum();
        assert!(given.len() < size / 300, "{}", given.len());
        assert!(given.iter().all(|given| given.text.len() <= TOGETHER || given.slots.len() == 1));
        let mut places: Vec<u32> = given.iter().flat_map(|given| given.slots.clone()).collect();
        places.sort_unstable();
        assert_eq!(places, (0..5001).collect::<Vec<u32>>());
        let alone = given.iter().find(|given| given.slots == [2500]).unwrap();
        assert_eq!(alone.text, long);
    }

    /// What was found in a group, as bytes of it, and what each text has of it.
    type Case<'a> = (&'a [&'a str], &'a [(&'a str, usize)], &'a [&'a [&'a str]]);

    #[test]
    fn each_text_gets_what_was_found_in_it() {
        let cases: &[Case<'_>] = &[
            (&["Ann", "x", "Bo"], &[("Ann", 0), ("Bo", 0)], &[&["Ann"], &[], &["Bo"]]),
            (&["Ann", "Lee"], &[("Ann\nLee", 0)], &[&["Ann"], &["Lee"]]),
            (&["a", "Ann Lee b", "c"], &[("Ann Lee", 0)], &[&[], &["Ann Lee"], &[]]),
            (&["", "Ann", ""], &[("Ann", 0)], &[&[], &["Ann"], &[]]),
            (&["Ann ", " Lee"], &[("Ann \n Lee", 0)], &[&["Ann"], &["Lee"]]),
            (&["é Ann é", "ß"], &[("Ann", 0)], &[&["Ann"], &[]]),
            (&["é", "é"], &[("é", 0), ("é", 1)], &[&["é"], &["é"]]),
            (&["a", "b"], &[], &[&[], &[]]),
            (&["Ann Bo", "c"], &[("Ann", 0), ("Bo", 0)], &[&["Ann", "Bo"], &[]]),
            (&["x", "y", "12 Elm", "Rd"], &[("12 Elm\nRd", 0)], &[&[], &[], &["12 Elm"], &["Rd"]]),
        ];
        for (texts, found, expected) in cases {
            let slots: Vec<TextSlot> = texts.iter().map(|text| slot(text)).collect();
            let text = texts.join("\n");
            let entity = |(value, nth): &(&str, usize)| {
                let (start, _) = text.match_indices(value).nth(*nth).unwrap();
                Tagged { bytes: start..start + value.len(), entity: "PERSON", score: 0.9 }
            };
            let entities = found.iter().map(entity).collect();
            let reading = Reading { entities, injection: Some(0.25), ..Reading::default() };
            let given = Given {
                text: text.clone().into(),
                slots: (0..texts.len() as u32).collect(),
                side_by_side: true,
            };
            let mut readings = vec![None; texts.len()];
            give_back(&given, &Arc::new(reading), &slots, &mut readings);
            for ((text, reading), expected) in texts.iter().zip(&readings).zip(*expected) {
                let reading = reading.as_ref().unwrap();
                let own = reading.entities.iter().map(|found| text.get(found.bytes.clone()));
                let expected = expected.iter().map(|value| Some(*value));
                assert!(own.eq(expected), "{texts:?}: {text:?}: {:?}", reading.entities);
                assert_eq!(reading.injection, Some(0.25));
            }
        }
    }
}
