//! Telephone numbers: international by ITU-T E.164 (calling code, length by country), national by the spellings of
//! the larger countries, anything else only next to a word such as `phone`.
//!
//! Invariant: order ids, versions, dates, prices and IP addresses do not pass: a bare run of digits needs context,
//! and a word such as `order` before the number takes a national spelling away.

use super::context::{OTHER_NUMBER, PHONE, PHONE_WEAK, Topics};
use super::entity::PHONE_NUMBER;
use super::scan::{Hit, Scan};

/// Calling codes with the fewest and most digits that follow (ITU-T E.164 annex, national numbering plans).
const CODES: &[(&str, usize, usize)] = &[
    ("1", 10, 10),
    ("7", 10, 10),
    ("20", 8, 10),
    ("27", 9, 9),
    ("30", 10, 10),
    ("31", 9, 9),
    ("32", 8, 9),
    ("33", 9, 9),
    ("34", 9, 9),
    ("36", 8, 9),
    ("39", 6, 11),
    ("40", 9, 9),
    ("41", 9, 9),
    ("43", 7, 13),
    ("44", 9, 10),
    ("45", 8, 8),
    ("46", 7, 10),
    ("47", 8, 8),
    ("48", 9, 9),
    ("49", 6, 12),
    ("51", 8, 9),
    ("52", 10, 11),
    ("53", 6, 8),
    ("54", 10, 11),
    ("55", 10, 11),
    ("56", 9, 9),
    ("57", 8, 10),
    ("58", 10, 10),
    ("60", 8, 10),
    ("61", 9, 9),
    ("62", 8, 12),
    ("63", 8, 10),
    ("64", 8, 10),
    ("65", 8, 8),
    ("66", 8, 9),
    ("81", 9, 10),
    ("82", 8, 10),
    ("84", 9, 10),
    ("86", 10, 11),
    ("90", 10, 10),
    ("91", 10, 10),
    ("92", 9, 10),
    ("93", 9, 9),
    ("94", 9, 9),
    ("95", 7, 10),
    ("98", 10, 10),
];

/// First two digits of the three-digit codes; 6 to 11 digits follow.
const LONG_CODES: &[&str] = &[
    "21", "22", "23", "24", "25", "26", "29", "35", "37", "38", "42", "50", "59", "67", "68", "69",
    "85", "87", "88", "96", "97", "99",
];

/// Digit groups from one place on.
#[derive(Default)]
struct Groups {
    /// Start and end of each group.
    at: [(usize, usize); 8],
    n: usize,
}

impl Groups {
    fn len(&self, i: usize) -> usize {
        self.at.get(i).map_or(0, |g| g.1 - g.0)
    }

    fn total(&self, n: usize) -> usize {
        (0..n).map(|i| self.len(i)).sum()
    }

    fn end(&self, n: usize) -> usize {
        n.checked_sub(1).and_then(|i| self.at.get(i)).map_or(0, |g| g.1)
    }
}

pub(super) fn find(scan: &mut Scan) {
    let mut done = 0;
    for i in 0..scan.words.len() {
        let word = scan.words[i];
        let opens = word.opens || matches!(scan.before(word.start), b'+' | b'(');
        if word.start < done || !opens || !word.numeric || word.len() > 15 {
            continue;
        }
        let groups = groups(scan, i);
        let hit = international(scan, &groups).or_else(|| national(scan, &groups));
        let hit = longer(hit, labelled(scan, i));
        if let Some((start, end, score)) = hit {
            let end = extension(scan, end);
            done = end;
            scan.push(Hit {
                start,
                end,
                entity: PHONE_NUMBER,
                kind: None,
                score,
                validated: false,
                detector: "phone",
            });
        }
    }
}

/// Of two readings from one place the longer.
fn longer(
    a: Option<(usize, usize, f32)>,
    b: Option<(usize, usize, f32)>,
) -> Option<(usize, usize, f32)> {
    match (a, b) {
        (Some(a), Some(b)) if b.1 > a.1 => Some((a.0.min(b.0), b.1, a.2.max(b.2))),
        (a, b) => a.or(b),
    }
}

/// Most bytes between two groups of a labelled number.
const GAP: usize = 3;

/// A number right behind a word for a telephone, whatever its grouping.
fn labelled(scan: &mut Scan, i: usize) -> Option<(usize, usize, f32)> {
    let first = scan.words.get(i)?.start;
    let mut start = first;
    while matches!(scan.before(start), b'+' | b'(') {
        start -= 1;
    }
    if scan.label(start) & PHONE == 0 {
        return None;
    }
    let (mut total, mut end, mut lens) = (0, first, Vec::new());
    for word in scan.words.iter().skip(i).take(12) {
        let gap = scan.bytes.get(end..word.start)?;
        let marks = gap.iter().filter(|b| !b.is_ascii_whitespace()).count();
        let joint = gap.iter().all(|b| b" -./()".contains(b)) && gap.len() <= GAP && marks <= 2;
        if !word.numeric || !joint || total + word.len() > 15 {
            break;
        }
        // `051 209, 12 rooms`: a small number behind a blank and before a word counts something.
        let small = total >= 7 && word.len() <= 2 && gap == b" ";
        if small && scan.byte(word.end) == b' ' && scan.byte(word.end + 1).is_ascii_alphabetic() {
            break;
        }
        total += word.len();
        lens.push(word.len());
        end = word.end;
    }
    let date = matches!(lens[..], [4, 1..=2, 1..=2] | [1..=2, 1..=2, 4]);
    let year = lens == [4];
    (5..=15).contains(&total).then_some(())?;
    (!date && !year && closes(scan, end)).then_some((start, end, 0.9))
}

/// Groups of digits from word `i` on, divided by at most three of space, dash, full stop, slash and parentheses.
fn groups(scan: &Scan, i: usize) -> Groups {
    let mut groups = Groups::default();
    let mut total = 0;
    for word in scan.words.iter().skip(i).take(8) {
        let gap = scan.bytes.get(groups.end(groups.n)..word.start).unwrap_or(&[]);
        let joint = match gap {
            _ if groups.n == 0 => true,
            [b' ' | b'-' | b'.' | b'/' | b')' | b'(']
            | b" - "
            | b") "
            | b" ("
            | b")-"
            | b")."
            | b"-("
            | b") - " => true,
            _ => false,
        };
        let end =
            if word.numeric { word.end } else { before_extension(scan, word.start, word.end) };
        total += end - word.start;
        if !joint || end == word.start || total > 16 {
            break;
        }
        groups.at[groups.n] = (word.start, end);
        groups.n += 1;
        if !word.numeric {
            break;
        }
    }
    groups
}

/// Where the digits of `4567x89` end; `start` for any other word.
fn before_extension(scan: &Scan, start: usize, end: usize) -> usize {
    let word = scan.bytes.get(start..end).unwrap_or(&[]);
    let digits = word.iter().take_while(|b| b.is_ascii_digit()).count();
    let rest = word.get(digits + 1..).unwrap_or(&[]);
    let extension = matches!(word.get(digits), Some(b'x' | b'X')) && (1..=6).contains(&rest.len());
    if extension && rest.iter().all(u8::is_ascii_digit) { start + digits } else { start }
}

/// `+` or `00`, a calling code and a number of the right length.
fn international(scan: &mut Scan, groups: &Groups) -> Option<(usize, usize, f32)> {
    let first = groups.at[0].0;
    let plus = scan.before(first) == b'+'
        || (scan.before(first) == b'(' && scan.before(first - 1) == b'+');
    if !plus && (scan.byte(first) != b'0' || scan.byte(first + 1) != b'0') {
        return None;
    }
    let mut digits = [0u8; 16];
    let mut n = 0;
    for &(start, end) in groups.at.iter().take(groups.n) {
        for (to, from) in digits.iter_mut().skip(n).zip(scan.bytes.get(start..end)?) {
            *to = *from;
        }
        n += end - start;
    }
    let zeros = !plus && digits.starts_with(b"00");
    let skip = if zeros { 2 } else { 0 };
    let start = match (plus, scan.before(first)) {
        (true, b'+') => first - 1,
        (true, _) => first - 2,
        _ => first,
    };
    let start = if plus && scan.before(start) == b'(' { start - 1 } else { start };
    if scan.word_ends(start) || (zeros && !scan.opens(start)) {
        return None;
    }
    let (code, least, most) = calling_code(digits.get(skip..n)?)?;
    let trunk = groups.len(0) == skip + code
        && scan.bytes.get(groups.at[1].0) == Some(&b'0')
        && groups.n > 1;
    for k in (1..=groups.n).rev() {
        let end = groups.end(k);
        let rest = groups.total(k).checked_sub(skip + code)?;
        let rest = if trunk && code > 0 { rest.saturating_sub(1) } else { rest };
        if rest < least || rest > most || !closes(scan, end) {
            continue;
        }
        if zeros && groups.n == 1 && scan.topics(start, end, 50, 20) & (PHONE | PHONE_WEAK) == 0 {
            return None;
        }
        return Some((start, end, 0.95));
    }
    None
}

/// Length of the calling code at the start of `digits`, and the fewest and most digits after it.
fn calling_code(digits: &[u8]) -> Option<(usize, usize, usize)> {
    let short = CODES.iter().find(|(code, ..)| digits.starts_with(code.as_bytes()));
    let long =
        || LONG_CODES.iter().any(|code| digits.starts_with(code.as_bytes())).then_some((3, 6, 11));
    short.map(|(code, least, most)| (code.len(), *least, *most)).or_else(long)
}

/// National spellings, the longest run of groups first.
fn national(scan: &mut Scan, groups: &Groups) -> Option<(usize, usize, f32)> {
    let first = groups.at[0].0;
    // An opening parenthesis belongs to the number if the area code closes it.
    let closed = groups.at.iter().take(groups.n - 1).any(|g| scan.byte(g.1) == b')');
    let paren = scan.before(first) == b'(' && closed;
    let start = if paren { first - 1 } else { first };
    if !scan.opens(start) || matches!(scan.before(start), b'#' | b'$' | b'+') {
        return None;
    }
    if matches!(scan.before(start), b'.' | b',' | b':') && scan.before(start - 1).is_ascii_digit() {
        return None;
    }
    if groups.total(groups.n) < 7 {
        return None;
    }
    let topics = scan.topics(start, groups.end(groups.n), 48, 16);
    let close = scan.topics(start, start, 24, 0);
    if close & OTHER_NUMBER != 0 && close & PHONE == 0 {
        return None;
    }
    for k in (1..=groups.n).rev() {
        let end = groups.end(k);
        // A rest may stand behind the number only after a space, and only where the spelling is a known one.
        let cut = k < groups.n;
        if (cut && scan.byte(end) != b' ') || !closes(scan, end) {
            continue;
        }
        let score = spelling(scan, groups, k, paren)
            .or_else(|| if cut { None } else { named(scan, groups, k, topics) });
        if let Some(score) = score {
            let sure = topics & PHONE != 0;
            return Some((start, end, if sure { f32::max(score, 0.9) } else { score }));
        }
    }
    None
}

/// The score of a known national spelling.
fn spelling(scan: &Scan, groups: &Groups, k: usize, paren: bool) -> Option<f32> {
    let lens: Vec<usize> = (0..k).map(|i| groups.len(i)).collect();
    let digit = |group: usize, i: usize| groups.at.get(group).map_or(0, |g| scan.byte(g.0 + i));
    let gap = |i: usize| groups.at.get(i).map_or(0, |g| scan.byte(g.1));
    // North America: area, exchange, line, perhaps after a 1.
    let lead = match (lens.first(), digit(0, 0)) {
        (Some(1), b'1') => 1,
        (Some(3), b'0') if scan.bytes.get(groups.at[0].0..groups.at[0].1) == Some(b"001") => 1,
        _ => 0,
    };
    if lens.get(lead..) == Some(&[3, 3, 4]) && (b'2'..=b'9').contains(&digit(lead, 0)) {
        let area = gap(lead);
        let exchange = (b'2'..=b'9').contains(&digit(lead + 1, 0));
        return match (area, gap(lead + 1)) {
            (b')', _) => Some(0.8),
            (b'-', b'-') => Some(0.75),
            (b'.', b'.') | (b' ', b'-') => Some(0.7),
            (b' ', b' ') if exchange || lead == 1 => Some(0.55),
            _ => None,
        };
    }
    if paren && lens.get(lead..) == Some(&[3, 7]) && gap(lead) == b')' {
        return Some(0.7);
    }
    // Brazil: (area) and eight or nine digits.
    if paren && matches!(lens[..], [2, 4 | 5, 4]) && gap(0) == b')' {
        return Some(0.75);
    }
    trunk(&lens, digit(0, 0), digit(0, 1), paren, gap, k)
}

/// Spellings with the trunk prefix 0: most of Europe, Australia, Japan, Korea, South Africa, India.
fn trunk(
    lens: &[usize],
    first: u8,
    second: u8,
    paren: bool,
    gap: impl Fn(usize) -> u8,
    k: usize,
) -> Option<f32> {
    let total: usize = lens.iter().sum();
    if first != b'0' || second == b'0' || !(9..=11).contains(&total) || k < 2 || lens == [5, 4] {
        return None;
    }
    let same = (1..k - 1).all(|i| gap(i) == gap(k - 2));
    let head = gap(0) == gap(k - 2)
        || paren
        || (matches!(gap(0), b'/' | b'-' | b' ') && lens.first() >= Some(&3));
    let slash = gap(0) != b'/' || lens.first() >= Some(&3);
    let dotted =
        gap(0) == b'.' && (lens.len() < 4 || lens.len() == 4 && lens.iter().all(|&l| l <= 3));
    let small = lens.iter().skip(1).all(|&l| l >= 2);
    (same && head && slash && small && !dotted && lens.first() <= Some(&5)).then_some(0.65)
}

/// The score of any other spelling next to a word that names a telephone.
fn named(scan: &Scan, groups: &Groups, k: usize, topics: Topics) -> Option<f32> {
    let total = groups.total(k);
    let year = k == 3
        && matches!(
            (groups.len(0), groups.len(1), groups.len(2)),
            (4, 1..=2, 1..=2) | (1..=2, 1..=2, 2 | 4)
        );
    let zip = k == 2 && groups.len(0) == 5 && groups.len(1) == 4;
    let dots = k == 4 && (0..3).all(|i| groups.at.get(i).is_some_and(|g| scan.byte(g.1) == b'.'));
    if year || (dots && total < 9) {
        return None;
    }
    if topics & PHONE != 0 && (7..=15).contains(&total) {
        return Some(0.85);
    }
    // `call 73 448 266` is a number, `reach 10 000 000` a count.
    let thousands = (1..k).all(|i| groups.len(i) == 3) && groups.len(0) <= 3;
    let grouped = k >= 2
        && !zip
        && (7..=12).contains(&total)
        && (0..k).all(|i| groups.len(i) >= 2)
        && !thousands;
    let bare = k == 1 && (10..=11).contains(&total);
    (topics & PHONE_WEAK != 0 && (grouped || bare)).then_some(0.6)
}

/// Whether a number may end before `at`; an extension may follow at once.
fn closes(scan: &Scan, at: usize) -> bool {
    // `555-123-4567-Office`, as address lists write it.
    let label = scan.byte(at) == b'-'
        && scan.byte(at + 1).is_ascii_uppercase()
        && scan.byte(at + 2).is_ascii_lowercase();
    (label || scan.closes(at)) && !(scan.byte(at) == b',' && scan.byte(at + 1).is_ascii_digit())
        || (matches!(scan.byte(at), b'x' | b'X') && scan.byte(at + 1).is_ascii_digit())
}

/// The end with ` x123` or ` ext. 123`, if such a thing follows.
fn extension(scan: &Scan, end: usize) -> usize {
    let rest = scan.bytes.get(end..scan.bytes.len().min(end + 24)).unwrap_or(&[]);
    let skip = rest.iter().take_while(|b| matches!(b, b' ' | b',')).count().min(2);
    let rest = rest.get(skip..).unwrap_or(&[]);
    let word = ["extension", "ext.", "ext", "x"];
    let Some(word) = word
        .iter()
        .find(|w| rest.get(..w.len()).is_some_and(|r| r.eq_ignore_ascii_case(w.as_bytes())))
    else {
        return end;
    };
    let rest = rest.get(word.len()..).unwrap_or(&[]);
    let space = usize::from(rest.first() == Some(&b' '));
    let digits = rest.iter().skip(space).take_while(|b| b.is_ascii_digit()).count();
    let stop = end + skip + word.len() + space + digits;
    if (1..=6).contains(&digits) && scan.closes(stop) { stop } else { end }
}
