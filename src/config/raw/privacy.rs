//! What is personal, as written: the detectors, and what operators add to them and take away.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Settings of the detectors of personal data and secrets.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawPrivacy {
    /// Findings with a score below this are dropped. Default 0.4, range 0–1.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub min_score: Option<f64>,
    /// Whether the edge model looks for what no pattern describes: names, places, addresses, numbers by their context. Without
    /// it only values of a known form are found. It is part of the binary, so `local.enabled` does not switch it off. Default true.
    pub model: Option<bool>,
    /// Types that are reported but never replaced, for example `LOCATION`. A URL that carries credentials, tokens or a person's
    /// name is replaced even where `URL` is kept. Default: `ORGANIZATION`.
    pub keep: Option<Vec<String>>,
    /// Types that are not looked for at all. Default: none.
    #[serde(default)]
    pub ignore: Vec<String>,
    /// Patterns of your own, such as numbers of employees or customers. Default: none.
    #[serde(default)]
    pub patterns: Vec<RawPattern>,
    /// Lists of words of your own, such as names of projects or customers. Default: none.
    #[serde(default)]
    pub words: Vec<RawWords>,
    /// Values that are never replaced, each as it is written or as `{regex}`, which must match the whole value. The record counts
    /// what they let pass, by type. Default: none.
    #[serde(default)]
    pub allow: Vec<RawAllow>,
}

/// A pattern of the operator.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawPattern {
    /// A name for it, unique; findings call it their detector.
    #[schemars(required)]
    pub name: Option<String>,
    /// The type that it finds: one of Weir's, or a name of your own in capitals such as `EMPLOYEE_ID`.
    #[serde(rename = "type")]
    #[schemars(required)]
    pub entity: Option<String>,
    /// A regular expression without look-around and back-references, at most 1024 bytes; `(?i)` in front ignores case. A group
    /// named `value` narrows what is found.
    #[schemars(required)]
    pub regex: Option<String>,
    /// Words of which one must stand near what the pattern matches (80 bytes before, 40 after). Case is ignored. Default: none is
    /// needed.
    #[serde(default)]
    pub context: Vec<String>,
    /// The check digits that a match must have. Default: none.
    pub checksum: Option<Checksum>,
    /// How sure a match is. Default 1, range 0–1.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub score: Option<f64>,
    /// Texts in which it must find something; checked when the configuration is loaded. Context words are not needed in them.
    #[serde(default)]
    pub examples: Vec<String>,
    /// Texts in which it must find nothing; checked when the configuration is loaded.
    #[serde(default)]
    pub counterexamples: Vec<String>,
}

/// Check digits by name. Blanks, dots, hyphens and slashes do not count, nor do letters before the digits where all else is digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum Checksum {
    /// Luhn's, as of bank cards (ISO/IEC 7812).
    #[serde(rename = "luhn")]
    Luhn,
    /// That of an IBAN: the first four characters go to the end, then mod 97-10.
    #[serde(rename = "iban")]
    Iban,
    /// Mod 97-10 of letters and digits as they stand (ISO/IEC 7064).
    #[serde(rename = "mod97")]
    Mod97,
    /// Weights 1, 2, 3 … from the right, a rest of 0 by 11, `X` for ten (ISBN-10).
    #[serde(rename = "mod11")]
    Mod11,
    /// Mod 11-10 (ISO/IEC 7064), as of German tax ids.
    #[serde(rename = "mod11_10")]
    Mod1110,
    /// Verhoeff's.
    #[serde(rename = "verhoeff")]
    Verhoeff,
}

/// A list of words in a file.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawWords {
    /// The type that they are found as: one of Weir's, or a name of your own in capitals.
    #[serde(rename = "type")]
    #[schemars(required)]
    pub entity: Option<String>,
    /// A text file, one entry a line; blank lines and lines that begin with `#` do not count. At most 1 MiB and 50,000 entries of
    /// 2 to 256 bytes. It is read again with the configuration, and when it changes.
    #[schemars(required)]
    pub file: Option<PathBuf>,
    /// Whether an entry counts only where it is no part of a longer word. Default true.
    pub whole_word: Option<bool>,
    /// Whether case is ignored. Default true.
    pub ignore_case: Option<bool>,
}

/// A value that is never replaced.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum RawAllow {
    /// The value as it is written; case counts.
    Value(String),
    /// Every value that a regular expression matches as a whole.
    Pattern {
        /// The regular expression, under the same bounds as those of `patterns`.
        regex: String,
    },
}
