//! Identifiers as the words that they are made of: `lookup_annaSchmidt` reads "lookup anna Schmidt".
//!
//! Invariant: every byte of the words knows its place in the identifier, so that findings in them are findings in it.

use crate::chat::{SlotKind, TextSlot};

/// Longest name that is read as words, in bytes; a longer one is no identifier.
const MAX_BYTES: usize = 512;

/// An identifier's words.
pub(super) struct Spoken {
    /// The words, with a blank between them.
    pub(super) text: String,
    /// Offset in the identifier of each byte of the words, and of their end.
    map: Vec<u16>,
    /// Bytes before the first word, which are no part of the identifier.
    lead: usize,
}

impl Spoken {
    /// The words of a slot that holds a name; `None` for other slots.
    pub(super) fn of(slot: &TextSlot) -> Option<Self> {
        if !slot.kind.is_name() || slot.text.len() > MAX_BYTES {
            return None;
        }
        let lead = match slot.kind {
            // A login is told from a name by its digits.
            SlotKind::Speaker if slot.text.contains(|c: char| c.is_ascii_digit()) => "username: ",
            SlotKind::Speaker => "name: ",
            _ => "",
        };
        let mut spoken = Self { text: lead.to_owned(), map: vec![0; lead.len()], lead: lead.len() };
        let mut before = [' ', ' '];
        let mut chars = slot.text.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let next_is_small = chars.peek().is_some_and(|(_, next)| next.is_lowercase());
            let [earlier, last] = before;
            let begins = c.is_uppercase()
                && (last.is_lowercase()
                    || (last.is_uppercase() && earlier.is_alphabetic() && next_is_small));
            if begins {
                spoken.push(' ', at);
            }
            let next = chars.peek().map(|(_, next)| *next);
            spoken.push(if is_joint(last, c, next) { ' ' } else { c }, at);
            before = [last, c];
        }
        spoken.map.push(slot.text.len() as u16);
        Some(spoken)
    }

    fn push(&mut self, c: char, at: usize) {
        let from = self.text.len();
        self.text.push(c);
        self.map.extend((from..self.text.len()).map(|byte| (at + byte - from) as u16));
    }

    /// Where a range of the words stands in the identifier; `None` if it has nothing of it.
    pub(super) fn source(&self, start: usize, end: usize) -> Option<(usize, usize)> {
        if end <= self.lead {
            return None;
        }
        let start = start.max(self.lead);
        let place = |at: usize| self.map.get(at).map(|at| usize::from(*at));
        let (from, last) = (place(start)?, place(end.checked_sub(1)?)?);
        // A character of one byte may stand for a longer one.
        let to = self.map.iter().skip(end).map(|at| usize::from(*at)).find(|at| *at > last);
        let to = to.unwrap_or(from);
        (from < to).then_some((from, to))
    }
}

/// Whether a character joins the words of an identifier. Between digits most belong to a number: `536-22-1187`.
fn is_joint(before: char, c: char, after: Option<char>) -> bool {
    let in_number = before.is_ascii_digit() && after.is_some_and(|after| after.is_ascii_digit());
    match c {
        '_' | '#' | '$' => true,
        '-' | '.' | '/' | ':' => !in_number,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::Spoken;
    use crate::chat::{SlotKind, TextSlot};

    fn spoken(kind: SlotKind, text: &str) -> Spoken {
        let text = text.into();
        Spoken::of(&TextSlot { span: 0..0, text, kind, role: None, message: None, cached: false })
            .unwrap()
    }

    #[test]
    fn identifiers_read_as_words() {
        for (name, words) in [
            ("lookup_anna_schmidt", "lookup anna schmidt"),
            ("lookupAnnaSchmidt", "lookup Anna Schmidt"),
            ("HTMLParser", "HTML Parser"),
            ("userID", "user ID"),
            ("anna-schmidt.v2", "anna schmidt v2"),
            ("#/$defs/anna", "   defs anna"),
            ("jörg_Öberg", "jörg Öberg"),
            ("E2E", "E2E"),
            ("user_536-22-1187", "user 536-22-1187"),
            ("from_81.2.60.10", "from 81.2.60.10"),
            ("born-01/03/1940_x", "born 01/03/1940 x"),
        ] {
            assert_eq!(spoken(SlotKind::Name, name).text, words);
        }
    }

    #[test]
    fn words_know_their_place() {
        let name = "getJörgÖberg_now";
        let words = spoken(SlotKind::Name, name);
        for part in ["Jörg", "Öberg", "now", "get"] {
            let start = words.text.find(part).unwrap();
            let (from, to) = words.source(start, start + part.len()).unwrap();
            assert_eq!(name.get(from..to), Some(part));
        }
        let words = spoken(SlotKind::Speaker, "marta");
        assert_eq!((words.text.as_str(), words.source(6, 11)), ("name: marta", Some((0, 5))));
        assert_eq!(words.source(0, 4), None);
    }
}
