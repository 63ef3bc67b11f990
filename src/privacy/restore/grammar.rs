//! Recognises placeholders as models write them back.
//!
//! A placeholder was issued as `<TYPE_n>`, in HTML as `&lt;TYPE_n&gt;`, in percent-encoded text as `%3CTYPE_n%3E`. Models return it in
//! another case, as `\u003cTYPE_n\u003e`, with an escaped underscore (`TYPE\_1`), without one bracket or without both. Only spelling is tolerated, never the number:
//! digits are read to their end, so that `PERSON_1` and `PERSON_10` stay apart however the text is cut.
//!
//! Without both brackets the capitals must be there, because `date_time_1` is a good name for a variable.

/// What stands at the beginning of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Probe {
    /// No placeholder.
    No,
    /// What may become one when more text arrives.
    Live,
    /// One of this many bytes; whether it was issued is for the vault to say.
    Found {
        /// Its length, brackets included.
        len: usize,
        /// Its name in capitals, e.g. `PERSON_1`.
        name: String,
        /// True if the text ends with its digits, so that a cut may have taken more of them.
        open_ended: bool,
        /// True if its brackets are percent-encoded, and its value must be.
        percent: bool,
    },
}

/// Digits beyond this many are no number of ours.
const MAX_DIGITS: usize = 9;

/// Looks for a placeholder of one of `types` at the start of `text`. `at_boundary` says whether the character before is no
/// part of a word; `end` that nothing more will come.
pub(super) fn probe(types: &[String], text: &str, at_boundary: bool, end: bool) -> Probe {
    let open = match bracket(text, "<", "&lt;", "u003c", end) {
        Part::Whole(len) => len,
        Part::Begun => return Probe::Live,
        Part::Absent if at_boundary => 0,
        Part::Absent => return Probe::No,
    };
    let body = text.get(open..).unwrap_or_default();
    let mut live = false;
    for kind in types {
        match after_bracket(kind, body, open, end) {
            Probe::No => {}
            Probe::Live => live = true,
            Probe::Found { len, name, open_ended, .. } => {
                let percent = text.starts_with('%');
                return Probe::Found { len, name, open_ended, percent };
            }
        }
    }
    if live { Probe::Live } else { Probe::No }
}

fn after_bracket(kind: &str, body: &str, open: usize, end: bool) -> Probe {
    let bytes = body.as_bytes();
    let mut i = 0;
    let mut capitals = true;
    for want in kind.bytes().chain([b'_']) {
        if want == b'_' {
            let slashes = bytes.iter().skip(i).take(2).take_while(|b| **b == b'\\').count();
            i += slashes;
        }
        match bytes.get(i) {
            None if end => return Probe::No,
            None => return Probe::Live,
            Some(got) if got.to_ascii_uppercase() == want => capitals &= !got.is_ascii_lowercase(),
            Some(_) => return Probe::No,
        }
        if open == 0 && !capitals {
            return Probe::No;
        }
        i += 1;
    }
    let digits = bytes.iter().skip(i).take_while(|b| b.is_ascii_digit()).count();
    let stop = i + digits;
    if digits > MAX_DIGITS {
        return Probe::No;
    }
    if stop == bytes.len() && !end {
        return Probe::Live;
    }
    if digits == 0 {
        return Probe::No;
    }
    let rest = body.get(stop..).unwrap_or_default();
    let close = match bracket(rest, ">", "&gt;", "u003e", end) {
        Part::Whole(len) => len,
        Part::Begun => return Probe::Live,
        Part::Absent => 0,
    };
    let in_word = rest.chars().next().is_some_and(super::is_word);
    if (close == 0 && in_word) || ((open == 0 || close == 0) && !capitals) {
        return Probe::No;
    }
    let number = body.get(i..stop).unwrap_or_default();
    Probe::Found {
        len: open + stop + close,
        name: format!("{kind}_{number}"),
        open_ended: close == 0 && rest.is_empty(),
        percent: false,
    }
}

/// How much of a bracket stands at the beginning of a text.
enum Part {
    Absent,
    Begun,
    Whole(usize),
}

/// Reads a bracket: plain, as an HTML entity, percent-encoded, or as a JSON escape inside up to four strings (1, 2, 4 or 8
/// backslashes).
fn bracket(text: &str, plain: &str, entity: &str, escape: &str, end: bool) -> Part {
    match text.as_bytes().first() {
        Some(b'&') => read(text, entity, 0, end),
        Some(b'%') if plain == "<" => read(text, "%3c", 0, end),
        Some(b'%') => read(text, "%3e", 0, end),
        Some(b'\\') => {
            let slashes = text.bytes().take(9).take_while(|b| *b == b'\\').count();
            let rest = text.get(slashes..).unwrap_or_default();
            if slashes > 8 || (!rest.is_empty() && !slashes.is_power_of_two()) {
                return Part::Absent;
            }
            read(rest, escape, slashes, end)
        }
        Some(_) if text.starts_with(plain) => Part::Whole(plain.len()),
        _ => Part::Absent,
    }
}

fn read(text: &str, want: &str, before: usize, end: bool) -> Part {
    let same =
        text.bytes().zip(want.bytes()).take_while(|(a, b)| a.eq_ignore_ascii_case(b)).count();
    if same == want.len() {
        Part::Whole(before + same)
    } else if same == text.len() && !end {
        Part::Begun
    } else {
        Part::Absent
    }
}

#[cfg(test)]
mod tests {
    use super::{Probe, probe};

    fn ask(text: &str, end: bool) -> Probe {
        probe(&["PERSON".into(), "EMAIL_ADDRESS".into()], text, true, end)
    }

    #[test]
    fn every_proper_prefix_is_live_and_the_whole_is_found() {
        for (text, name) in [
            ("<PERSON_1>", "PERSON_1"),
            ("<person_10>", "PERSON_10"),
            ("&lt;Email_Address_3&gt;", "EMAIL_ADDRESS_3"),
            ("\\u003cPERSON_1\\u003e", "PERSON_1"),
            ("\\\\\\\\u003CPERSON_1\\\\\\\\u003E", "PERSON_1"),
            ("<EMAIL\\_ADDRESS\\_2>", "EMAIL_ADDRESS_2"),
            ("PERSON_1>", "PERSON_1"),
            ("%3CPERSON_1%3E", "PERSON_1"),
            ("%3cperson_10%3e", "PERSON_10"),
        ] {
            for cut in 1..text.len() {
                let begun = text.get(..cut).unwrap();
                assert_eq!(ask(begun, false), Probe::Live, "{begun}");
            }
            let percent = text.starts_with('%');
            let found =
                Probe::Found { len: text.len(), name: name.into(), open_ended: false, percent };
            assert_eq!(ask(text, false), found);
        }
    }

    #[test]
    fn what_is_not_live_goes_out_at_once() {
        for text in [
            "<div",
            "P.",
            "PERSON ",
            "person_1>",
            "<PERSON_1x",
            "<person_1 ",
            "PERSON_1_2",
            "\\n",
            "&amp;",
            "%3D",
            "% ",
            "<PERSON_>",
        ] {
            assert_eq!(ask(text, false), Probe::No, "{text}");
        }
        assert_eq!(probe(&["PERSON".into()], "PERSON_1 ", false, true), Probe::No, "inside a word");
    }

    #[test]
    fn the_end_settles_what_is_open() {
        assert_eq!(ask("<PERS", true), Probe::No);
        let found =
            Probe::Found { len: 8, name: "PERSON_1".into(), open_ended: true, percent: false };
        assert_eq!(ask("PERSON_1", true), found);
    }
}
