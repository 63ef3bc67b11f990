//! What an operator wants of a threshold, in his words: `success >= baseline - 0.02 @ 95%`.

use serde::Serialize;
use std::fmt;
use std::str::FromStr;

/// Confidence where an objective names none.
const CONFIDENCE: f64 = 0.95;

/// A wish with the confidence that it must hold with on requests to come.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Objective {
    /// What must hold.
    #[serde(flatten)]
    pub wish: Wish,
    /// With which probability over the cases that the threshold is tuned on, 0 to 1.
    pub confidence: f64,
}

/// What must hold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "bound")]
pub enum Wish {
    /// Share of successes, at least.
    Success(f64),
    /// Share of successes that may be lost against sending everything to the stronger target.
    Loss(f64),
    /// Share of requests that go to the stronger target, at most.
    StrongShare(f64),
    /// Mean cost of a task in dollars, at most.
    CostPerTask(f64),
}

impl Wish {
    /// Whether sending everything to the stronger target is the safe side.
    pub fn is_quality(self) -> bool {
        matches!(self, Self::Success(_) | Self::Loss(_))
    }
}

impl fmt::Display for Objective {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.wish {
            Wish::Success(bound) => write!(f, "success >= {bound}")?,
            Wish::Loss(bound) => write!(f, "success >= baseline - {bound}")?,
            Wish::StrongShare(bound) => write!(f, "strong_share <= {bound}")?,
            Wish::CostPerTask(bound) => write!(f, "cost_per_task <= {bound}")?,
        }
        // Digits of a confidence, not those of a binary fraction.
        write!(f, " @ {}%", (self.confidence * 1e6).round() / 1e4)
    }
}

impl FromStr for Objective {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let usage = || {
            format!(
                "`{text}` is no objective: write `success >= 0.88`, `success >= baseline - 0.02`, `strong_share <= 0.3` or \
                 `cost_per_task <= 0.10`, each with `@ 95%` behind it if need be"
            )
        };
        let (wish, confidence) = match text.split_once('@') {
            Some((wish, level)) => {
                let level = level.trim();
                let number = level.strip_suffix('%').unwrap_or(level).trim().parse::<f64>();
                let share =
                    number.map_err(|_| usage())? / if level.ends_with('%') { 100.0 } else { 1.0 };
                (wish, share)
            }
            None => (text, CONFIDENCE),
        };
        if !(0.5..1.0).contains(&confidence) {
            return Err(format!(
                "`{text}`: a confidence lies from 50 % up to below 100 %, such as 95%"
            ));
        }
        let words: Vec<&str> = wish.split_whitespace().collect();
        let number = |word: &str, most: f64| {
            let number = word.parse::<f64>().map_err(|_| usage())?;
            let fits = (0.0..=most).contains(&number);
            fits.then_some(number)
                .ok_or_else(|| format!("`{text}`: {word} is not from 0 to {most}"))
        };
        let wish = match words[..] {
            ["success", ">=", "baseline"] => Wish::Loss(0.0),
            ["success", ">=", "baseline", "-", loss] => Wish::Loss(number(loss, 1.0)?),
            ["success", ">=", rate] => Wish::Success(number(rate, 1.0)?),
            ["strong_share", "<=", share] => Wish::StrongShare(number(share, 1.0)?),
            ["cost_per_task", "<=", cost] => {
                Wish::CostPerTask(number(cost.trim_start_matches('$'), f64::MAX)?)
            }
            _ => return Err(usage()),
        };
        Ok(Self { wish, confidence })
    }
}

#[cfg(test)]
mod tests {
    use super::{Objective, Wish};

    #[test]
    fn wishes_are_read_as_they_are_said() {
        for (text, wish, confidence) in [
            ("success >= baseline - 0.02 @ 95%", Wish::Loss(0.02), 0.95),
            ("success >= baseline", Wish::Loss(0.0), 0.95),
            ("success >= 0.88 @ 99%", Wish::Success(0.88), 0.99),
            ("strong_share <= 0.3", Wish::StrongShare(0.3), 0.95),
            ("cost_per_task <= $0.10 @ 0.9", Wish::CostPerTask(0.1), 0.9),
        ] {
            let read: Objective = text.parse().unwrap();
            assert_eq!((read.wish, (read.confidence * 1e6).round()), (wish, confidence * 1e6));
            assert_eq!(read.to_string().parse::<Objective>().unwrap(), read, "{read}");
        }
    }

    #[test]
    fn what_is_no_wish_says_how_to_write_one() {
        for text in
            ["", "success", "success > 0.8", "success >= x", "share <= 0.3", "success >= 0.8 @ x"]
        {
            let error = text.parse::<Objective>().unwrap_err();
            assert!(error.contains("strong_share <= 0.3"), "{error}");
        }
        for text in [
            "success >= 1.2",
            "strong_share <= -1",
            "success >= 0.8 @ 100%",
            "success >= 0.8 @ 20%",
        ] {
            let error = text.parse::<Objective>().unwrap_err();
            assert!(error.contains("from"), "{error}");
        }
    }
}
