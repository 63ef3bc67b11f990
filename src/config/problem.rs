//! What is wrong with a configuration, in words that help to mend it.
//!
//! Invariant: no message contains a secret. Values are quoted only where they are numbers or names that other parts of
//! the file refer to.

use std::fmt;
use std::path::PathBuf;

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where in the configuration, such as `targets[1].limits.ttft_ms`; empty for the whole.
    pub path: String,
    /// Line and column in the file, from 1; `None` if the problem is not in the file.
    pub at: Option<(u64, u64)>,
    /// What is wrong.
    pub message: String,
    /// What to do, if that is not obvious.
    pub hint: Option<String>,
}

/// All problems of a configuration, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ConfigErrors {
    /// The file, if there is one.
    pub file: Option<PathBuf>,
    /// The problems; never empty.
    pub problems: Vec<Problem>,
    /// Every file that was read or tried, for watching.
    pub files: Vec<PathBuf>,
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.problems.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            if let Some(file) = &self.file {
                write!(f, "{}:", file.display())?;
                if let Some((line, column)) = problem.at {
                    write!(f, "{line}:{column}:")?;
                }
                f.write_str(" ")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(f, " ({hint})"),
            None => Ok(()),
        }
    }
}

/// The known name that is closest to `written`, if one is close enough to be meant: few edits away, or begun alike.
pub fn did_you_mean<'a>(
    written: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let lower = written.to_lowercase();
    let allowed = (written.chars().count() / 3).clamp(1, 3);
    let distance = |name: &str| {
        let name = name.to_lowercase();
        let begun = lower.len() >= 4 && name.starts_with(&lower);
        if begun { allowed } else { strsim::damerau_levenshtein(&lower, &name) }
    };
    let near = known.into_iter().map(|name| (distance(name), name));
    near.filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// A hint for an unknown name: the closest known one, else all of them if they are few.
pub fn name_hint<'a>(
    written: &str,
    known: impl IntoIterator<Item = &'a str> + Clone,
) -> Option<String> {
    if let Some(name) = did_you_mean(written, known.clone()) {
        return Some(format!("did you mean `{name}`?"));
    }
    let all: Vec<&str> = known.into_iter().collect();
    (!all.is_empty() && all.len() <= 24).then(|| format!("known: {}", all.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::did_you_mean;

    #[test]
    fn finds_the_name_that_was_meant() {
        let known = ["retries", "ttft_ms", "US_SSN"];
        for (written, expected) in [
            ("retires", Some("retries")),
            ("ttft", Some("ttft_ms")),
            ("US", None),
            ("us_ssn", Some("US_SSN")),
            ("colour", None),
        ] {
            assert_eq!(did_you_mean(written, known), expected, "{written}");
        }
    }
}
