//! Letters of other alphabets that look like Latin ones, where they stand among Latin letters.
//!
//! Word by word (a run of letters and digits): in a piece of text without blanks that holds an ASCII letter or digit, a
//! word is taken for Latin if it holds an ASCII letter itself, or if every letter of it is a look-alike. Russian or Greek
//! words beside Latin ones ("IT-отдел") stay what they are. The table is a part of Unicode's confusables (UTS 39).

use std::ops::Range;

/// Pairs of a letter and what it looks like.
const LOOKS: &[(char, char)] = &[
    // Cyrillic.
    ('а', 'a'),
    ('е', 'e'),
    ('о', 'o'),
    ('р', 'p'),
    ('с', 'c'),
    ('у', 'y'),
    ('х', 'x'),
    ('і', 'i'),
    ('ѕ', 's'),
    ('ј', 'j'),
    ('ԁ', 'd'),
    ('ԛ', 'q'),
    ('ԝ', 'w'),
    ('һ', 'h'),
    ('ӏ', 'l'),
    ('ո', 'n'),
    ('А', 'A'),
    ('В', 'B'),
    ('Е', 'E'),
    ('К', 'K'),
    ('М', 'M'),
    ('Н', 'H'),
    ('О', 'O'),
    ('Р', 'P'),
    ('С', 'C'),
    ('Т', 'T'),
    ('Х', 'X'),
    ('І', 'I'),
    ('Ѕ', 'S'),
    ('Ј', 'J'),
    ('У', 'Y'),
    ('З', '3'),
    // Greek.
    ('α', 'a'),
    ('ο', 'o'),
    ('ν', 'v'),
    ('ρ', 'p'),
    ('ι', 'i'),
    ('κ', 'k'),
    ('υ', 'u'),
    ('γ', 'y'),
    ('Α', 'A'),
    ('Β', 'B'),
    ('Ε', 'E'),
    ('Ζ', 'Z'),
    ('Η', 'H'),
    ('Ι', 'I'),
    ('Κ', 'K'),
    ('Μ', 'M'),
    ('Ν', 'N'),
    ('Ο', 'O'),
    ('Ρ', 'P'),
    ('Τ', 'T'),
    ('Υ', 'Y'),
    ('Χ', 'X'),
];

/// The Latin letter that `c` looks like.
pub(super) fn latin(c: char) -> Option<char> {
    LOOKS.iter().find(|(from, _)| *from == c).map(|(_, to)| *to)
}

/// Words whose look-alikes stand for Latin letters, in order.
pub(super) fn disguised(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut at = 0;
    for piece in text.split_inclusive(char::is_whitespace) {
        let mixed = !piece.is_ascii() && piece.bytes().any(|b| b.is_ascii_alphanumeric());
        if mixed && piece.chars().any(|c| latin(c).is_some()) {
            words(piece, at, &mut out);
        }
        at += piece.len();
    }
    out
}

fn words(piece: &str, offset: usize, out: &mut Vec<Range<usize>>) {
    let mut start = 0;
    for word in piece.split_inclusive(|c: char| !c.is_alphanumeric()) {
        let letters = || word.chars().filter(|c| c.is_alphabetic());
        let looks = letters().any(|c| latin(c).is_some());
        let own = letters().any(|c| c.is_ascii_alphabetic());
        let other = letters().any(|c| !c.is_ascii_alphabetic() && latin(c).is_none());
        if looks && (own || !other) {
            out.push(offset + start..offset + start + word.len());
        }
        start += word.len();
    }
}

#[cfg(test)]
#[expect(clippy::string_slice, reason = "a test may panic")]
mod tests {
    use super::disguised;

    #[test]
    fn only_words_among_latin_letters() {
        let found = |text: &'static str| -> Vec<&str> {
            disguised(text).into_iter().map(|range| &text[range]).collect()
        };
        assert_eq!(found("mail j\u{430}ne@ex\u{430}mple.com"), ["j\u{430}ne@", "ex\u{430}mple."]);
        assert_eq!(
            found("jane@example.\u{441}\u{43e}\u{43c}"),
            Vec::<&str>::new(),
            "м is no look-alike"
        );
        assert_eq!(found("jane@example.\u{441}\u{43e}"), ["\u{441}\u{43e}"]);
        assert!(found("наш IT-отдел и SMS-сообщение от Анны").is_empty());
        assert!(found("сосна у воды").is_empty());
    }
}
