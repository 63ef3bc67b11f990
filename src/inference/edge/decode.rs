//! From tag probabilities of word pieces to entities.
//!
//! A word's scores are the means over its pieces, so a span never splits a word. A word counts as the type that it scores
//! highest if that reaches the type's threshold; neighbours of one type are one entity unless the second one begins
//! anew. Punctuation at the edges is not part of an entity.

use super::pack::Manifest;
use std::ops::Range;

/// One entity.
#[derive(Debug, Clone, PartialEq)]
pub struct Tagged {
    /// Bytes of the text.
    pub bytes: Range<usize>,
    /// The type's name in the manifest.
    pub entity: &'static str,
    /// Mean probability of its words, 0–1.
    pub score: f32,
}

/// What the pieces of one word say together.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct WordScores {
    /// Probability of each type.
    pub entities: Vec<f32>,
    /// For each type whether an entity more likely begins here than goes on.
    pub begins: Vec<bool>,
    pieces: f32,
}

impl WordScores {
    /// Takes in one piece: probabilities of all tags.
    pub(super) fn add(&mut self, tags: &[f32]) {
        let pairs = tags.get(1..).unwrap_or_default().as_chunks::<2>().0;
        if self.entities.is_empty() {
            self.entities = vec![0.0; pairs.len()];
            self.begins = pairs.iter().map(|[begin, inside]| begin > inside).collect();
        }
        for (sum, [begin, inside]) in self.entities.iter_mut().zip(pairs) {
            *sum += begin + inside;
        }
        self.pieces += 1.0;
    }

    /// The best type that reaches its threshold, and its probability.
    fn best(&self, thresholds: &[f32]) -> Option<(usize, f32)> {
        let scored = self.entities.iter().map(|sum| sum / self.pieces.max(1.0)).enumerate();
        let (entity, score) = scored.max_by(|a, b| a.1.total_cmp(&b.1))?;
        (score >= *thresholds.get(entity)?).then_some((entity, score))
    }
}

/// The entities of a text, from the scores of its words in order.
#[derive(Debug, Default)]
pub(super) struct Entities {
    found: Vec<Tagged>,
    /// The one that the next word may go on with: its type, itself, its words.
    open: Option<(usize, Tagged, f32)>,
}

impl Entities {
    /// Takes in the next word.
    pub(super) fn add(
        &mut self,
        text: &str,
        word: &Range<usize>,
        scores: &WordScores,
        types: &Manifest,
    ) {
        let best = scores.best(&types.thresholds);
        if let (Some((entity, score)), Some((index, tagged, n))) = (best, &mut self.open)
            && *index == entity
            && !scores.begins.get(entity).copied().unwrap_or(true)
        {
            tagged.bytes.end = word.end;
            tagged.score += score;
            *n += 1.0;
            return;
        }
        self.close(text);
        self.open = best.and_then(|(index, score)| {
            let entity = types.entities.get(index)?;
            Some((index, Tagged { bytes: word.clone(), entity, score }, 1.0))
        });
    }

    /// All of them.
    pub(super) fn finish(mut self, text: &str) -> Vec<Tagged> {
        self.close(text);
        self.found
    }

    /// Bytes that they take, about.
    pub(super) fn bytes(&self) -> usize {
        self.found.capacity() * size_of::<Tagged>()
    }

    fn close(&mut self, text: &str) {
        self.found.extend(self.open.take().and_then(|open| closed(text, open)));
    }
}

/// An entity without punctuation around it; `None` if nothing is left.
fn closed(text: &str, (_, mut tagged, n): (usize, Tagged, f32)) -> Option<Tagged> {
    let inside = text.get(tagged.bytes.clone())?;
    let opening = |c: char| {
        !c.is_alphanumeric() && !matches!(c, '@' | '+' | '(' | '/' | '#' | '$' | '<' | '[')
    };
    let closing = |c: char| {
        c.is_whitespace() || matches!(c, '.' | ',' | ';' | ':' | '"' | '\'' | '`' | '’' | '”' | '>')
    };
    let from_start = inside.trim_start_matches(opening);
    let trimmed = from_start.trim_end_matches(closing);
    if !trimmed.chars().any(char::is_alphanumeric) {
        return None;
    }
    tagged.bytes.start += inside.len() - from_start.len();
    tagged.bytes.end = tagged.bytes.start + trimmed.len();
    tagged.score /= n;
    Some(tagged)
}

#[cfg(test)]
#[expect(clippy::string_slice, reason = "a test may panic")]
mod tests {
    use super::{Entities, Manifest, Tagged, WordScores};
    use std::ops::Range;

    const TEXT: &str = "Ask Anna Lee, Bo.";

    fn words() -> Vec<Range<usize>> {
        let of = |part: &str| {
            let start = TEXT.find(part).unwrap();
            start..start + part.len()
        };
        ["Ask", "Anna", "Lee", ",", "Bo", "."].map(of).to_vec()
    }

    /// Tags: none, begin 0, inside 0, begin 1, inside 1.
    fn found(tags: [&[[f32; 5]]; 6]) -> Vec<Tagged> {
        let mut entities = Entities::default();
        for (word, pieces) in words().iter().zip(tags) {
            let mut scores = WordScores::default();
            pieces.iter().for_each(|tags| scores.add(tags));
            entities.add(TEXT, word, &scores, &types());
        }
        entities.finish(TEXT)
    }

    fn types() -> Manifest {
        serde_json::from_str(
            r#"{"name": "", "version": "", "trunk": {"width": 1, "layers": 1, "heads": 1, "window": 9, "means": [1]},
            "adapter": {"width": 1, "layers": 1, "heads": 1, "reads": [1]},
            "entities": ["PERSON", "PLACE"], "thresholds": [0.5, 0.9], "tasks": [], "injection": [1, 0], "sha256": ""}"#,
        )
        .unwrap()
    }

    const NONE: &[[f32; 5]] = &[[1.0, 0.0, 0.0, 0.0, 0.0]];
    const BEGIN: &[[f32; 5]] = &[[0.2, 0.7, 0.1, 0.0, 0.0]];
    const INSIDE: &[[f32; 5]] = &[[0.2, 0.1, 0.7, 0.0, 0.0]];

    #[test]
    fn neighbours_join_until_one_begins_anew() {
        let text = |tagged: Vec<Tagged>| -> Vec<&str> {
            tagged.into_iter().map(|t| &TEXT[t.bytes]).collect()
        };
        assert_eq!(text(found([NONE, BEGIN, INSIDE, NONE, BEGIN, NONE])), ["Anna Lee", "Bo"]);
        assert_eq!(text(found([NONE, BEGIN, BEGIN, NONE, NONE, NONE])), ["Anna", "Lee"]);
        assert_eq!(text(found([NONE, BEGIN, INSIDE, INSIDE, INSIDE, INSIDE])), ["Anna Lee, Bo"]);
        assert_eq!(text(found([NONE, NONE, NONE, BEGIN, NONE, BEGIN])), Vec::<&str>::new());
    }

    #[test]
    fn pieces_vote_for_their_word() {
        let pieces: &[[f32; 5]] = &[[0.2, 0.8, 0.0, 0.0, 0.0], [0.6, 0.0, 0.4, 0.0, 0.0]];
        let one = found([NONE, pieces, NONE, NONE, NONE, NONE]);
        assert_eq!(one.len(), 1);
        assert!((one[0].score - 0.6).abs() < 1e-6);
        let outvoted: &[[f32; 5]] = &[[0.2, 0.8, 0.0, 0.0, 0.0], [0.9, 0.0, 0.1, 0.0, 0.0]];
        assert!(found([NONE, outvoted, NONE, NONE, NONE, NONE]).is_empty());
    }

    #[test]
    fn a_type_has_its_own_threshold() {
        let other: &[[f32; 5]] = &[[0.15, 0.0, 0.0, 0.85, 0.0]];
        assert!(found([NONE, other, NONE, NONE, NONE, NONE]).is_empty());
    }
}
