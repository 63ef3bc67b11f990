//! What a local answer looks like, and one number made of it.

use crate::chat::TokenLogprob;
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

/// How many of the likeliest tokens the entropy is taken over.
pub(super) const ALTERNATIVES: u32 = 20;
/// The least log-probability that counts; one odd token shall not decide everything.
const LEAST: f32 = -10.0;
/// Fewest groups of three words among which repetition means anything.
const FEWEST_TRIGRAMS: usize = 4;
/// How far into an answer a refusal is looked for, in characters.
const OPENING: usize = 160;

/// How an answer that declines begins.
const REFUSALS: [&str; 12] = [
    "i'm sorry",
    "i am sorry",
    "sorry,",
    "i apologize",
    "i cannot",
    "i can't",
    "i'm unable",
    "i am unable",
    "i'm not able",
    "i don't know",
    "i do not know",
    "unfortunately, i",
];
/// What such an answer says of itself, anywhere in its opening.
const CONFESSIONS: [&str; 2] = ["as an ai", "language model"];

/// The signs of one answer.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Signs {
    /// Tokens that were looked at.
    pub n_tokens: usize,
    /// Mean natural logarithm of their probabilities.
    pub mean_logprob: f32,
    /// The least of them.
    pub min_logprob: f32,
    /// Mean entropy of the choices in nats: over the twenty likeliest tokens, all others as one.
    pub entropy: f32,
    /// Whether it declines.
    pub refusal: bool,
    /// Share of its groups of three words that were there before, 0–1.
    pub repetition: f32,
    /// Whether it is whole JSON, where that was asked for and the answer has ended.
    pub valid: Option<bool>,
    /// How many of its words a second answer shares (Dice's coefficient), 0–1.
    pub agreement: Option<f32>,
}

impl Signs {
    /// The signs of the first tokens of an answer; `words` is its text as far as it is known.
    pub(super) fn of(tokens: &[TokenLogprob], words: &str) -> Self {
        let n = tokens.len().max(1) as f32;
        let logprobs = tokens.iter().map(|token| token.chosen.logprob.max(LEAST));
        Self {
            n_tokens: tokens.len(),
            mean_logprob: logprobs.clone().sum::<f32>() / n,
            min_logprob: logprobs.fold(0.0, f32::min),
            entropy: tokens.iter().map(entropy).sum::<f32>() / n,
            ..Self::default()
        }
        .with_words(words)
    }

    /// The same with more of the text known.
    pub(super) fn with_words(self, words: &str) -> Self {
        Self { refusal: refuses(words), repetition: repetition(words), ..self }
    }

    /// The score, 0–1: a logistic function of the signs with fixed weights; an answer without a token has 0.
    ///
    /// `1 / (1 + exp(-z))`, `z = 3 + 1.5 mean + 0.15 min - 0.8 entropy - 5 refusal - 6 repetition - 8 invalid +
    /// 3 (agreement - 0.5)`, where a sign that is not known adds nothing.
    pub(super) fn score(&self) -> f32 {
        if self.n_tokens == 0 {
            return 0.0;
        }
        let flag = |on: bool| if on { 1.0 } else { 0.0 };
        let z = 3.0 + 1.5 * self.mean_logprob + 0.15 * self.min_logprob
            - 0.8 * self.entropy
            - 5.0 * flag(self.refusal)
            - 6.0 * self.repetition
            - 8.0 * flag(self.valid == Some(false))
            + self.agreement.map_or(0.0, |agreement| 3.0 * (agreement - 0.5));
        1.0 / (1.0 + (-z).exp())
    }

    /// All of it in words with the score that counted, for the record.
    pub(super) fn told(&self, score: f32) -> String {
        let mut out = format!(
            "score={score:.3} tokens={} mean={:.2} min={:.2} entropy={:.2} refusal={} repetition={:.2}",
            self.n_tokens,
            self.mean_logprob,
            self.min_logprob,
            self.entropy,
            u8::from(self.refusal),
            self.repetition,
        );
        if let Some(valid) = self.valid {
            let _ = write!(out, " valid={}", u8::from(valid));
        }
        if let Some(agreement) = self.agreement {
            let _ = write!(out, " agreement={agreement:.2}");
        }
        out
    }
}

/// Entropy of one choice, from the likeliest tokens and what is left of the probability.
fn entropy(token: &TokenLogprob) -> f32 {
    let part = |p: f32| if p > 0.0 { -p * p.ln() } else { 0.0 };
    let named = token.top.iter().map(|likely| likely.logprob.exp());
    let rest = (1.0 - named.clone().sum::<f32>()).max(0.0);
    named.map(part).sum::<f32>() + part(rest)
}

fn refuses(words: &str) -> bool {
    let opening: String = words.trim_start().chars().take(OPENING).collect();
    let opening = opening.to_lowercase().replace('\u{2019}', "'");
    REFUSALS.iter().any(|start| opening.starts_with(start))
        || CONFESSIONS.iter().any(|part| opening.contains(part))
}

fn repetition(words: &str) -> f32 {
    let words: Vec<&str> = words.split_whitespace().collect();
    let trigrams = words.windows(3);
    let n = trigrams.len();
    if n < FEWEST_TRIGRAMS {
        return 0.0;
    }
    let distinct: HashSet<&[&str]> = trigrams.collect();
    1.0 - distinct.len() as f32 / n as f32
}

/// The share of words that two texts have in common: Dice's coefficient of their bags of words.
pub(super) fn agreement(a: &str, b: &str) -> f32 {
    let words = |text: &str| -> Vec<String> {
        let parts = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        parts.map(str::to_lowercase).collect()
    };
    let (a, b) = (words(a), words(b));
    if a.is_empty() && b.is_empty() {
        return 1.0;
    }
    let mut left: HashMap<&str, usize> = HashMap::new();
    for word in &a {
        *left.entry(word).or_default() += 1;
    }
    let shared = b.iter().filter(|word| {
        left.get_mut(word.as_str()).is_some_and(|n| {
            let there = *n > 0;
            *n = n.saturating_sub(1);
            there
        })
    });
    2.0 * shared.count() as f32 / (a.len() + b.len()) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::Likely;

    fn token(p: f32) -> TokenLogprob {
        let likely = |p: f32| Likely { bytes: b"x".to_vec(), logprob: p.ln() };
        TokenLogprob { chosen: likely(p), top: vec![likely(p), likely((1.0 - p) / 2.0)] }
    }

    #[test]
    fn sure_is_above_unsure_and_each_sign_pulls_its_way() {
        let text = "The capital of France is Paris.";
        let sure = Signs::of(&vec![token(0.95); 8], text);
        let unsure = Signs::of(&vec![token(0.1); 8], text);
        assert!(sure.score() > 0.85 && unsure.score() < 0.3, "{sure:?} {unsure:?}");
        for worse in [
            Signs { refusal: true, ..sure },
            Signs { repetition: 0.5, ..sure },
            Signs { valid: Some(false), ..sure },
            Signs { agreement: Some(0.0), ..sure },
        ] {
            assert!(worse.score() < sure.score() - 0.05, "{worse:?}: {}", worse.score());
        }
        assert!(Signs { agreement: Some(1.0), ..unsure }.score() > unsure.score());
        assert_eq!(Signs::of(&[], "").score(), 0.0);
    }

    #[test]
    fn the_documented_formula() {
        let signs = Signs {
            n_tokens: 3,
            mean_logprob: -1.0,
            min_logprob: -2.0,
            entropy: 1.0,
            ..Signs::default()
        };
        assert!((signs.score() - 1.0 / (1.0 + (-0.4f32).exp())).abs() < 1e-5, "{}", signs.score());
    }

    #[test]
    fn entropy_counts_what_is_not_named_as_one() {
        let even = TokenLogprob {
            chosen: Likely { bytes: Vec::new(), logprob: 0.25f32.ln() },
            top: vec![Likely { bytes: Vec::new(), logprob: 0.5f32.ln() }],
        };
        assert!((entropy(&even) - 2f32.ln()).abs() < 1e-6);
    }

    #[test]
    fn words() {
        assert!(refuses(" I\u{2019}m sorry, but no") && refuses("Well, as an AI I would"));
        assert!(!refuses("The word sorry has five letters") && !refuses(""));
        assert_eq!(repetition("one two three four five six seven"), 0.0);
        assert!(repetition("and so on and so on and so on and so on") > 0.6);
        assert_eq!(agreement("It is Paris.", "it is Paris"), 1.0);
        assert_eq!(agreement("a b", "c d"), 0.0);
        assert!((agreement("a a b", "a c") - 0.4).abs() < 1e-6);
    }
}
