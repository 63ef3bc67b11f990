//! Personal data and secrets found in text.

use serde::Serialize;
use std::fmt;

/// The type of a finding, by Presidio's entity name where it has one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct EntityType(pub &'static str);

impl EntityType {
    /// The name, e.g. `EMAIL_ADDRESS`.
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for EntityType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Debug for EntityType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// The kind of a finding that is reported, and neither replaced nor asked for by a rule.
pub const PUBLIC: &str = "public";

impl Finding {
    /// Whether it gives nothing away.
    pub fn is_public(&self) -> bool {
        self.kind == Some(PUBLIC)
    }
}

/// Something found in one text. It says where, never what: the value stays in the text.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// Index of the [`super::TextSlot`] it stands in.
    pub slot: usize,
    /// First byte in the slot's text, on a character boundary.
    pub start: usize,
    /// One past the last byte, on a character boundary.
    pub end: usize,
    /// What it is.
    pub entity: EntityType,
    /// Which kind of `SECRET` it is (a gitleaks rule id, `jwt`, `pem_private_key`, …); [`PUBLIC`] for a URL without anything
    /// personal in it.
    pub kind: Option<&'static str>,
    /// Confidence, 0–1.
    pub score: f32,
    /// The detector that found it.
    pub detector: &'static str,
}
