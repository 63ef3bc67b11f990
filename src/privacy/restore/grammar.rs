//! Recognises placeholders as models write them back.
//!
//! A placeholder was issued as `<TYPE_n>`, in HTML as `&lt;TYPE_n&gt;`, in percent-encoded text as `%3CTYPE_n%3E`. Models return it in
//! another case, as `\u003cTYPE_n\u003e`, with an escaped underscore (`TYPE\_1`), without one bracket or without both; inside of two
//! brackets also with blanks or hyphens, with wide brackets or digits. Only spelling is tolerated, never the number: digits are
//! read to their end, so that `PERSON_1` and `PERSON_10` stay apart however the text is cut.
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
    let open = match bracket(text, OPEN, end) {
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
    // Inside of brackets a blank, a hyphen or a wide digit leave no doubt about what is meant.
    let mut is_loose = open > 0 && bytes.first() == Some(&b' ');
    let mut i = usize::from(is_loose);
    let mut capitals = true;
    for want in kind.bytes().chain([b'_']) {
        if want == b'_' {
            let slashes = bytes.iter().skip(i).take(2).take_while(|b| **b == b'\\').count();
            i += slashes;
        }
        match bytes.get(i) {
            None if end => return Probe::No,
            None => return Probe::Live,
            Some(b' ' | b'-') if want == b'_' && open > 0 => is_loose = true,
            Some(got) if got.to_ascii_uppercase() == want => capitals &= !got.is_ascii_lowercase(),
            Some(_) => return Probe::No,
        }
        if open == 0 && !capitals {
            return Probe::No;
        }
        i += 1;
    }
    let digits = number(body.get(i..).unwrap_or_default(), open > 0);
    let stop = i + digits.len;
    if digits.text.len() > MAX_DIGITS {
        return Probe::No;
    }
    let rest = body.get(stop..).unwrap_or_default();
    if rest.is_empty() && !end {
        return Probe::Live;
    }
    if digits.text.is_empty() {
        return Probe::No;
    }
    let blank = usize::from(open > 0 && rest.starts_with(' '));
    let behind = rest.get(blank..).unwrap_or_default();
    let slash = usize::from(open > 0 && behind.starts_with('/'));
    let behind = behind.get(slash..).unwrap_or_default();
    if behind.is_empty() && blank + slash > 0 && !end {
        return Probe::Live;
    }
    let close = match bracket(behind, CLOSE, end) {
        Part::Whole(len) => blank + slash + len,
        Part::Begun => return Probe::Live,
        Part::Absent => 0,
    };
    is_loose |= digits.is_wide;
    let in_word = rest.chars().next().is_some_and(super::is_word);
    let lacks_bracket = open == 0 || close == 0;
    if (close == 0 && in_word) || (lacks_bracket && (!capitals || is_loose)) {
        return Probe::No;
    }
    Probe::Found {
        len: open + stop + close,
        name: format!("{kind}_{}", digits.text),
        open_ended: close == 0 && rest.is_empty(),
        percent: false,
    }
}

/// Digits at the beginning of a text.
struct Digits {
    /// As plain digits.
    text: String,
    /// Bytes that they take.
    len: usize,
    /// Whether any is a wide one (U+FF10 to U+FF19).
    is_wide: bool,
}

fn number(text: &str, may_be_wide: bool) -> Digits {
    let mut digits = Digits { text: String::new(), len: 0, is_wide: false };
    for c in text.chars() {
        match c {
            '0'..='9' => digits.text.push(c),
            '\u{ff10}'..='\u{ff19}' if may_be_wide => {
                digits.text.push(char::from(b'0' + (u32::from(c) - 0xff10) as u8));
                digits.is_wide = true;
            }
            _ => break,
        }
        digits.len += c.len_utf8();
    }
    digits
}

/// How much of a bracket stands at the beginning of a text.
enum Part {
    Absent,
    Begun,
    Whole(usize),
}

/// The forms of a bracket.
#[derive(Clone, Copy)]
struct Bracket {
    plain: [&'static str; 2],
    entities: [&'static str; 3],
    percent: &'static str,
    escape: &'static str,
}

const OPEN: Bracket = Bracket {
    plain: ["<", "＜"],
    entities: ["&lt;", "&#60;", "&#x3c;"],
    percent: "%3c",
    escape: "u003c",
};
const CLOSE: Bracket = Bracket {
    plain: [">", "＞"],
    entities: ["&gt;", "&#62;", "&#x3e;"],
    percent: "%3e",
    escape: "u003e",
};

/// Reads a bracket: plain or wide, as an HTML entity, percent-encoded, or as a JSON escape inside up to four strings (1, 2, 4 or 8
/// backslashes).
fn bracket(text: &str, forms: Bracket, end: bool) -> Part {
    match text.as_bytes().first() {
        Some(b'&') => {
            let parts = forms.entities.map(|entity| read(text, entity, 0, end));
            let mut begun = false;
            for part in parts {
                match part {
                    Part::Whole(len) => return Part::Whole(len),
                    Part::Begun => begun = true,
                    Part::Absent => {}
                }
            }
            if begun { Part::Begun } else { Part::Absent }
        }
        Some(b'%') => read(text, forms.percent, 0, end),
        Some(b'\\') => {
            let slashes = text.bytes().take(9).take_while(|b| *b == b'\\').count();
            let rest = text.get(slashes..).unwrap_or_default();
            if slashes > 8 || (!rest.is_empty() && !slashes.is_power_of_two()) {
                return Part::Absent;
            }
            read(rest, forms.escape, slashes, end)
        }
        Some(_) => {
            let plain = forms.plain.iter().find(|plain| text.starts_with(**plain));
            plain.map_or(Part::Absent, |plain| Part::Whole(plain.len()))
        }
        None => Part::Absent,
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
            ("< PERSON_1 >", "PERSON_1"),
            ("<PERSON 1>", "PERSON_1"),
            ("<PERSON-1>", "PERSON_1"),
            ("<EMAIL ADDRESS_1>", "EMAIL_ADDRESS_1"),
            ("<PERSON_1/>", "PERSON_1"),
            ("&#60;PERSON_1&#62;", "PERSON_1"),
            ("&#x3C;PERSON_1&#x3E;", "PERSON_1"),
            ("＜PERSON_1＞", "PERSON_1"),
            ("<PERSON_１０>", "PERSON_10"),
            ("%3CPERSON_1%3E", "PERSON_1"),
            ("%3cperson_10%3e", "PERSON_10"),
        ] {
            for cut in (1..text.len()).filter(|cut| text.is_char_boundary(*cut)) {
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
            "<person_1 x",
            "<PERSON 1 x",
            "PERSON 1>",
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
