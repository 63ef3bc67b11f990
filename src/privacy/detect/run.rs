//! Runs of digits, also those that letters touch, and what may stand between the groups of one number.
//!
//! People and programs write `4539 1488`, `4539-1488`, `4539  1488`, `4539/1488`, break the line in the middle, and put numbers
//! into names (`scan_4539…pdf`, `ref4539…`). Invariant: a run never begins or ends inside of a longer number; a word that
//! mixes several runs of digits with letters (a hash, a serial number) holds none.

use super::scan::{Scan, Word};

/// Most bytes between two groups of one number.
const MOST: usize = 4;

/// A run of digits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    pub start: usize,
    pub end: usize,
    /// Whether a letter stands right before it.
    pub glued_before: bool,
    /// Whether a letter stands right behind it.
    pub glued_after: bool,
}

/// All runs of a text.
pub(super) struct Runs {
    pub all: Vec<Run>,
}

impl Runs {
    /// The runs among the words of a scan.
    pub fn new(scan: &Scan) -> Self {
        Self { all: scan.words.iter().filter_map(|word| only_run(scan.bytes, *word)).collect() }
    }
}

/// The digits of a word, if they stand together.
pub(super) fn only_run(bytes: &[u8], word: Word) -> Option<Run> {
    if word.numeric {
        return Some(Run {
            start: word.start,
            end: word.end,
            glued_before: false,
            glued_after: false,
        });
    }
    let text = bytes.get(word.start..word.end)?;
    let lead = text.iter().take_while(|b| !b.is_ascii_digit()).count();
    let len = text.iter().skip(lead).take_while(|b| b.is_ascii_digit()).count();
    let rest = text.get(lead + len..)?;
    let (start, end) = (word.start + lead, word.start + lead + len);
    (!rest.iter().any(u8::is_ascii_digit)).then_some(Run {
        start,
        end,
        glued_before: lead > 0,
        glued_after: !rest.is_empty(),
    })
}

/// What stands between two groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    /// One mark.
    One(u8),
    /// Blanks, perhaps with one line break.
    Blank,
    /// A mark between blanks.
    Spaced(u8),
}

/// What stands between `end` and `start`; `None` if it cannot stand inside of a number.
pub(super) fn gap(bytes: &[u8], end: usize, start: usize) -> Option<Gap> {
    let between = bytes.get(end..start).filter(|between| between.len() <= MOST)?;
    let breaks = between.iter().filter(|b| **b == b'\n').count();
    match between {
        [one @ (b' ' | b'-' | b'.' | b'/' | b'_')] => Some(Gap::One(*one)),
        [b' ', mark @ (b'-' | b'/'), b' '] => Some(Gap::Spaced(*mark)),
        [b'-', b'\n'] | [b'-', b'\r', b'\n'] => Some(Gap::Blank),
        [b'\xc2', b'\xb7'] => Some(Gap::One(b'.')),
        [_, ..]
            if breaks <= 1 && between.iter().all(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n')) =>
        {
            Some(Gap::Blank)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Gap, Runs, gap};
    use crate::privacy::detect::scan::Scan;

    #[test]
    fn a_run_is_a_number_of_its_own() {
        let runs = |text: &str| {
            let scan = Scan::new(text);
            let all = Runs::new(&scan).all;
            all.iter()
                .filter_map(|run| text.get(run.start..run.end).map(str::to_owned))
                .collect::<Vec<_>>()
        };
        assert_eq!(runs("scan_4539.pdf ref77x"), ["4539", "77"]);
        assert_eq!(runs("3f78 a1b2 0x45"), [""; 0]);
    }

    #[test]
    fn groups_stand_close() {
        let between = |text: &str| gap(text.as_bytes(), 0, text.len());
        assert_eq!(between("-"), Some(Gap::One(b'-')));
        for blank in ["  ", "\n", "\r\n", " \n ", "\t"] {
            assert_eq!(between(blank), Some(Gap::Blank), "{blank:?}");
        }
        for other in ["", "\n\n", ",", ", ", "--", ":", "     "] {
            assert_eq!(between(other), None, "{other:?}");
        }
    }
}
