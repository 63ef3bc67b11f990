//! Which turn of a conversation decides its intent.
//!
//! The last user turn does, text parts only: history and system text blur scores. A short follow-up ("commit it") takes
//! over the intent of the turn it follows, so that work in progress does not change hands over a word. Pure: texts and
//! predictions in, a choice out.

use super::follow_up::{Reference, core, reference};
use crate::chat::{ChatRequest, Intent, Role};

/// Earlier user turns that are looked through for one with content.
const MAX_LOOK_BACK: usize = 16;
/// Turns that are embedded at most, the last one included.
const MAX_CANDIDATES: usize = 3;
/// Longest text that is embedded, in bytes. Of a longer one the opening and the end are taken, half each: the
/// instruction stands before or behind the material it speaks of, and the material says little about the intent.
const MAX_TEXT_BYTES: usize = 8192;
/// From this reject score on a prediction is not trusted against an earlier turn.
const UNSURE_REJECT: f32 = 0.5;
/// Below this probability neither.
const UNSURE_P: f32 = 0.3;

/// The turns that may decide.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Deciding {
    /// Their texts, newest first. Empty if no user turn has any text.
    pub texts: Vec<String>,
    /// True if the last user turn is a follow-up with no content of its own; `texts` then begins with an earlier turn.
    pub skipped_last: bool,
}

/// The turns of `request` that may decide its intent.
pub fn deciding(request: &ChatRequest) -> Deciding {
    let users =
        request.messages.iter().enumerate().filter(|(_, message)| message.role == Role::User);
    deciding_of(users.rev().take(MAX_LOOK_BACK).map(|(index, _)| request.text_of(index)))
}

/// Whether the last user turn is so long that only its opening and its end speak for its intent.
pub fn is_excerpted(request: &ChatRequest) -> bool {
    request.last_user().is_some_and(|last| request.text_of(last).len() > MAX_TEXT_BYTES)
}

/// The same over the texts of the user turns, newest first.
pub fn deciding_of(newest_first: impl IntoIterator<Item = String>) -> Deciding {
    let mut turns = newest_first.into_iter().peekable();
    let Some(last) = turns.next() else { return Deciding::default() };
    let mut texts = Vec::new();
    let mut leaning = reference(&last);
    let skipped_last = leaning == Reference::Certain;
    if !skipped_last {
        // What is said of the turn before is no part of what is asked for now; with nothing before it, it is.
        let said = if turns.peek().is_some() { core(&last) } else { last.as_str() };
        texts.push(excerpt(said));
    }
    while leaning != Reference::None && texts.len() < MAX_CANDIDATES {
        let Some(turn) = turns.next() else { break };
        leaning = reference(&turn);
        if leaning != Reference::Certain {
            texts.push(excerpt(&turn));
        }
    }
    if texts.is_empty() && !last.trim().is_empty() {
        // Nothing to inherit from: the short text speaks for itself.
        return Deciding { texts: vec![excerpt(&last)], skipped_last: false };
    }
    Deciding { texts, skipped_last }
}

/// The intent of the conversation from the predictions for [`Deciding::texts`]: the newest one that is sure of itself, else
/// the newest. `None` without predictions.
pub fn choose(deciding: &Deciding, predictions: Vec<Intent>) -> Option<Intent> {
    let sure = |intent: &Intent| intent.reject < UNSURE_REJECT && intent.p >= UNSURE_P;
    let chosen = predictions.iter().position(sure).unwrap_or(0);
    let mut intent = predictions.into_iter().nth(chosen)?;
    intent.inherited = deciding.skipped_last || chosen > 0;
    Some(intent)
}

/// The text, or the opening and the end of one that is too long.
fn excerpt(text: &str) -> String {
    if text.len() <= MAX_TEXT_BYTES {
        return text.to_owned();
    }
    let half = MAX_TEXT_BYTES / 2;
    let opening = text.get(..text.floor_char_boundary(half)).unwrap_or_default();
    let end = text.get(text.ceil_char_boundary(text.len() - half)..).unwrap_or_default();
    format!("{opening}\n{end}")
}

#[cfg(test)]
mod tests {
    use super::{Deciding, MAX_TEXT_BYTES, choose, deciding_of};
    use crate::analyze::follow_up::{Reference, core, reference};
    use crate::chat::Intent;
    use serde::Deserialize;

    #[derive(Deserialize)]
    struct Table {
        reference: Vec<ReferenceCase>,
        conversation: Vec<ConversationCase>,
    }

    #[derive(Deserialize)]
    struct ReferenceCase {
        is: Reference,
        texts: Vec<String>,
    }

    #[derive(Deserialize)]
    struct ConversationCase {
        /// User turns, oldest first; the head's answer to each.
        turns: Vec<Turn>,
        expect: Option<(String, bool)>,
    }

    #[derive(Deserialize)]
    struct Turn {
        text: String,
        #[serde(default)]
        intent: String,
        #[serde(default)]
        p: f32,
        #[serde(default)]
        reject: f32,
    }

    fn table() -> Table {
        serde_saphyr::from_str(include_str!("../../tests/data/analyze/follow_up.yaml")).unwrap()
    }

    #[test]
    fn messages_lean_on_the_past_as_the_table_says() {
        let mut wrong = Vec::new();
        for case in table().reference {
            for text in case.texts {
                let got = reference(&text);
                if got != case.is {
                    wrong.push(format!("{text:?}: {got:?}, not {:?}", case.is));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn follow_ups_inherit_as_the_table_says() {
        for case in table().conversation {
            let deciding = deciding_of(case.turns.iter().rev().map(|turn| turn.text.clone()));
            let predictions = deciding.texts.iter().map(|text| {
                let turn =
                    case.turns.iter().rfind(|turn| turn.text.ends_with(text.as_str())).unwrap();
                let (p, reject) = (turn.p, turn.reject);
                Intent { name: turn.intent.as_str().into(), p, margin: p, reject, inherited: false }
            });
            let got = choose(&deciding, predictions.collect());
            let got = got.map(|intent| (intent.name.to_string(), intent.inherited));
            let texts: Vec<&str> = case.turns.iter().map(|turn| turn.text.as_str()).collect();
            assert_eq!(got, case.expect, "{texts:?}");
        }
    }

    #[test]
    fn a_turn_of_its_own_is_embedded_alone() {
        let turns = [
            "how do I reset the password of my account",
            "what is the weather in Paris tomorrow morning",
        ];
        let deciding = deciding_of(turns.map(str::to_owned));
        assert_eq!(deciding, Deciding { texts: vec![turns[0].to_owned()], skipped_last: false });
    }

    #[test]
    fn an_endless_text_is_cut_at_characters() {
        let text = "é".repeat(MAX_TEXT_BYTES);
        let deciding = deciding_of([text]);
        assert!(deciding.texts[0].len() <= MAX_TEXT_BYTES + 1);
    }

    #[test]
    fn praise_and_refusal_are_left_out_before_a_request() {
        for (text, rest) in [
            ("great, now run the unit tests", "now run the unit tests"),
            ("No. Use a mutex instead", "Use a mutex instead"),
            ("thanks! how do I cancel my order", "how do I cancel my order"),
            ("perfekt, füge Tests hinzu", "füge Tests hinzu"),
            ("parfait, ajoute des tests", "ajoute des tests"),
            ("no, gracias; quiero cambiar de tarifa", "quiero cambiar de tarifa"),
            ("好的，写一个测试", "写一个测试"),
            ("run the unit tests, please", "run the unit tests, please"),
            ("looks good", "looks good"),
            ("", ""),
        ] {
            assert_eq!(core(text), rest, "{text}");
        }
        let turns = ["how do I reset my password".to_owned(), "great, cancel my order".to_owned()];
        assert_eq!(deciding_of(turns.iter().rev().cloned()).texts[0], "cancel my order");
        assert_eq!(deciding_of([turns[1].clone()]).texts, [turns[1].clone()]);
    }
}
