//! Personal data and secrets found in text.

use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Mutex, PoisonError};

/// Most names that operators may give to types and patterns of their own in the life of a process.
const OWN_NAMES: usize = 1024;
/// Longest such name, in bytes.
const OWN_NAME_BYTES: usize = 48;

/// The names that operators gave. A name is kept for the life of the process and never twice, so that a configuration that is
/// loaded again takes no more memory.
static OWN: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

/// The type of a finding, by Presidio's entity name where it has one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct EntityType(pub &'static str);

impl EntityType {
    /// The name, e.g. `EMAIL_ADDRESS`.
    pub fn as_str(self) -> &'static str {
        self.0
    }

    /// The type that an operator calls by a name of capitals, digits and underscores, a letter first (`EMPLOYEE_ID`). `None` for
    /// another form, and where this process has seen more names than any configuration needs.
    pub fn own(name: &str) -> Option<Self> {
        let first = name.starts_with(|c: char| c.is_ascii_uppercase());
        let plain = name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
        // A placeholder is the name, `_` and a number, so a name that ends like one would be read as another's.
        let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
        if !first || !plain || stem.ends_with('_') || name.len() > OWN_NAME_BYTES {
            return None;
        }
        kept(name).map(Self)
    }

    /// Whether an operator has given a type this name.
    pub fn is_own(name: &str) -> bool {
        OWN.lock().unwrap_or_else(PoisonError::into_inner).contains(name)
    }
}

/// The name that an operator gives to a pattern, for [`Finding::detector`]: letters, digits, `_`, `-` and `.`. `None` for another form,
/// and where this process has seen more names than any configuration needs.
pub fn own_detector(name: &str) -> Option<&'static str> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    let fits = !name.is_empty() && name.len() <= OWN_NAME_BYTES && name.bytes().all(plain);
    fits.then(|| kept(name)).flatten()
}

/// A name for the life of the process.
fn kept(name: &str) -> Option<&'static str> {
    let mut names = OWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = names.get(name) {
        return Some(known);
    }
    if names.len() >= OWN_NAMES {
        return None;
    }
    let new: &'static str = Box::leak(name.to_owned().into_boxed_str());
    names.insert(new);
    Some(new)
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

/// The kind of a finding that the operator allows by `privacy.allow`. It is treated like a public one, and counted apart.
pub const ALLOWED: &str = "allowed";

impl Finding {
    /// Whether it gives nothing away, or the operator said so.
    pub fn is_public(&self) -> bool {
        self.kind == Some(PUBLIC) || self.is_allowed()
    }

    /// Whether it stays as it is where the operator keeps these types. A URL that tells something (credentials, a token, a person)
    /// is no address alone, so keeping `URL` does not keep it.
    pub fn is_kept(&self, keep: &[EntityType]) -> bool {
        let tells = self.entity.as_str() == "URL" && self.kind.is_some();
        self.is_public() || (keep.contains(&self.entity) && !tells)
    }

    /// Whether the operator's `privacy.allow` lets it pass.
    pub fn is_allowed(&self) -> bool {
        self.kind == Some(ALLOWED)
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
    /// personal in it; [`ALLOWED`] for what the operator lets pass; `own` for what
    /// the operator's patterns and words found.
    pub kind: Option<&'static str>,
    /// Confidence, 0–1.
    pub score: f32,
    /// The detector that found it.
    pub detector: &'static str,
}

#[cfg(test)]
mod tests {
    use super::EntityType;

    #[test]
    fn a_name_of_an_operator_is_kept_once() {
        let one = EntityType::own("EMPLOYEE_ID").unwrap();
        let two = EntityType::own(&["EMPLOYEE", "ID"].join("_")).unwrap();
        assert!(std::ptr::eq(one.0, two.0));
        for bad in [
            "",
            "employee",
            "Employee",
            "1A",
            "_A",
            "A-B",
            "A B",
            "PERSON_1",
            "A_",
            "É",
            &"A".repeat(49),
        ] {
            assert!(EntityType::own(bad).is_none(), "{bad}");
        }
    }
}
