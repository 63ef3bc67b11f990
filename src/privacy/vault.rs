//! The values of one request and the placeholders that stand for them.
//!
//! Invariants: a value has one placeholder per type and a placeholder one value; a name that the client typed itself is
//! never issued; `Debug` shows counts only.
//!
//! Values are compared byte by byte. Two spellings of one e-mail address get two placeholders, because restoring must
//! give back exactly what was written, and a vault that folded case could not.

use crate::chat::EntityType;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::ops::Bound;

/// Value ↔ placeholder for one request.
#[derive(Clone, Default)]
pub struct Vault {
    /// Values in the order of issue.
    values: Vec<String>,
    /// Type → value → index into `values` with the name issued for it.
    issued: HashMap<EntityType, HashMap<String, usize>>,
    /// Names in the order of issue, e.g. `PERSON_1`.
    names: Vec<String>,
    /// Name → index into `values`.
    by_name: HashMap<String, usize>,
    /// Last number tried per type.
    last: HashMap<EntityType, u32>,
    /// Types with at least one name, in capitals.
    types: Vec<String>,
    /// Names with a placeholder inside → index into `values` of the whole name.
    aliases: BTreeMap<String, usize>,
    /// Names that the client typed.
    typed: HashSet<String>,
    /// Names of values that stood somewhere as a number of JSON.
    numbers: HashSet<String>,
}

impl Vault {
    /// A vault that issues none of the names that `texts` carry literally for one of `types`, whatever their case.
    pub fn avoiding<'a>(texts: impl IntoIterator<Item = &'a str>, types: &[EntityType]) -> Self {
        let mut vault = Self::default();
        let heads: Vec<String> = types.iter().map(|t| format!("{}_", name_of(*t))).collect();
        for text in texts {
            // A name needs an underscore before its digits; most texts have none.
            if !text.contains('_') {
                continue;
            }
            let plain: String =
                text.chars().filter(|c| *c != '\\').map(|c| c.to_ascii_uppercase()).collect();
            for head in &heads {
                for (at, _) in plain.match_indices(head.as_str()) {
                    let digits = plain.get(at + head.len()..).unwrap_or_default();
                    let digits =
                        digits.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
                    if !digits.is_empty() {
                        vault.typed.insert(format!("{head}{digits}"));
                    }
                }
            }
        }
        vault
    }

    /// The placeholder of a value, e.g. `<PERSON_1>`; issues the next free number of the type if it is new.
    pub fn placeholder(&mut self, entity: EntityType, value: &str) -> String {
        format!("<{}>", self.name(entity, value))
    }

    /// The placeholder of a value without brackets, as it stands in names: `PERSON_1`.
    pub(super) fn name(&mut self, entity: EntityType, value: &str) -> String {
        if let Some(&index) = self.issued.get(&entity).and_then(|values| values.get(value)) {
            return self.names[index].clone();
        }
        let kind = name_of(entity);
        let last = self.last.entry(entity).or_default();
        let name = loop {
            *last += 1;
            let name = format!("{kind}_{last}");
            if !self.typed.contains(&name) && !self.by_name.contains_key(&name) {
                break name;
            }
        };
        let index = self.values.len();
        self.values.push(value.to_owned());
        self.names.push(name.clone());
        self.issued.entry(entity).or_default().insert(value.to_owned(), index);
        if !self.types.contains(&kind) {
            self.types.push(kind);
        }
        self.by_name.insert(name.clone(), index);
        name
    }

    /// The placeholder of a value that stands here as a number of JSON.
    pub(super) fn number_placeholder(&mut self, entity: EntityType, value: &str) -> String {
        let name = self.name(entity, value);
        let placeholder = format!("<{name}>");
        self.numbers.insert(name);
        placeholder
    }

    /// Whether any value stood as a number of JSON.
    pub(super) fn has_numbers(&self) -> bool {
        !self.numbers.is_empty()
    }

    /// The value behind a name, if it stood somewhere as a number of JSON.
    pub(super) fn number(&self, name: &str) -> Option<&str> {
        self.numbers.contains(name).then(|| self.value(name)).flatten()
    }

    /// Keeps what a name was whose part is a placeholder: `lookup_PERSON_1` stands for `lookup_anna_schmidt`.
    pub(super) fn alias(&mut self, redacted: &str, original: &str) {
        if self.by_name.contains_key(redacted) || self.aliases.contains_key(redacted) {
            return;
        }
        self.aliases.insert(redacted.to_owned(), self.values.len());
        self.values.push(original.to_owned());
        self.names.push(redacted.to_owned());
    }

    /// Whether any name was kept by [`Self::alias`].
    pub(super) fn has_aliases(&self) -> bool {
        !self.aliases.is_empty()
    }

    /// Whether a kept name begins with this.
    pub(super) fn begins_alias(&self, start: &str) -> bool {
        let mut from = self.aliases.range::<str, _>((Bound::Included(start), Bound::Unbounded));
        from.next().is_some_and(|(alias, _)| alias.starts_with(start))
    }

    /// Whether exactly this name was kept.
    pub(super) fn is_alias(&self, name: &str) -> bool {
        self.aliases.contains_key(name)
    }

    /// Number of placeholders issued.
    pub fn len(&self) -> usize {
        self.by_name.len()
    }

    /// Whether nothing was replaced, so that there is nothing to restore.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The value behind a name such as `PERSON_1` (capitals, no leading zero).
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        let index = self.by_name.get(name).or_else(|| self.aliases.get(name));
        index.and_then(|&index| self.values.get(index)).map(String::as_str)
    }

    /// Whether the client typed this name itself.
    pub(super) fn is_typed(&self, name: &str) -> bool {
        self.typed.contains(name)
    }

    /// Whether further digits could turn this name into another issued one (`PERSON_1` → `PERSON_10`).
    pub(super) fn has_longer(&self, name: &str) -> bool {
        self.names.iter().any(|other| other.len() > name.len() && other.starts_with(name))
    }

    /// Types with at least one placeholder, in capitals.
    pub(super) fn types(&self) -> &[String] {
        &self.types
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("placeholders", &self.len()).finish_non_exhaustive()
    }
}

/// A type as it stands in placeholders.
fn name_of(entity: EntityType) -> String {
    entity.as_str().to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::Vault;
    use crate::chat::EntityType;

    const PERSON: EntityType = EntityType("PERSON");
    const SECRET: EntityType = EntityType("SECRET");

    #[test]
    fn a_value_keeps_its_placeholder_and_types_count_apart() {
        let mut vault = Vault::default();
        assert_eq!(vault.placeholder(PERSON, "Ann"), "<PERSON_1>");
        assert_eq!(vault.placeholder(SECRET, "Ann"), "<SECRET_1>");
        assert_eq!(vault.placeholder(PERSON, "ann"), "<PERSON_2>");
        assert_eq!(vault.placeholder(PERSON, "Ann"), "<PERSON_1>");
        assert_eq!((vault.len(), vault.value("PERSON_2")), (3, Some("ann")));
    }

    #[test]
    fn names_that_the_client_typed_are_skipped() {
        let texts =
            ["see <person_1> and PERSON\\_3.", "\\u003cPERSON_4\\u003e", "PERSON_x SECRET_1"];
        let mut vault = Vault::avoiding(texts, &[PERSON]);
        let names: Vec<String> =
            ["a", "b", "c"].iter().map(|v| vault.placeholder(PERSON, v)).collect();
        assert_eq!(names, ["<PERSON_2>", "<PERSON_5>", "<PERSON_6>"]);
        assert_eq!(vault.placeholder(SECRET, "s"), "<SECRET_1>", "only the types asked for");
        assert!(vault.is_typed("PERSON_1") && !vault.is_typed("SECRET_1"));
    }

    #[test]
    fn debug_shows_no_value() {
        let mut vault = Vault::default();
        vault.placeholder(PERSON, "Ann Example");
        assert_eq!(format!("{vault:?}"), "Vault { placeholders: 1, .. }");
    }
}
