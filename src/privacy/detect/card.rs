//! Payment cards: ISO/IEC 7812 numbers with the prefixes and lengths of the brands (any prefix next to a word such
//! as `card`) and Luhn's check digit, in any grouping if a word such as `card` stands near.
//!
//! A number in a file name, a path, a URL or glued to letters counts where prefix, length and grouping are a brand's.
//! A number that only its check digit spoils counts right behind the word: a typing error gives as much away.

use super::context::{CARD, CARD_NAME, OTHER_NUMBER};
use super::entity::CREDIT_CARD;
use super::run::{Gap, Runs, gap};
use super::scan::{Hit, Scan};
use crate::privacy::validate::luhn;

/// Furthest distance of the word that lets a wrong check digit pass, in bytes.
const REACH: usize = 32;

pub(super) fn find(scan: &mut Scan) {
    let runs = Runs::new(scan);
    for i in 0..runs.all.len() {
        if enough(scan, &runs, i) {
            at(scan, &runs, i);
        }
    }
}

/// Whether twelve digits stand close enough together from run `i` on.
fn enough(scan: &Scan, runs: &Runs, i: usize) -> bool {
    let (mut n, mut end) = (0, None);
    for run in runs.all.iter().skip(i) {
        let joined = end.is_none_or(|end| gap(scan.bytes, end, run.start).is_some());
        if !joined || (end.is_some() && run.glued_before) {
            return false;
        }
        n += run.end - run.start;
        end = Some(run.end);
        if n >= 12 {
            return true;
        }
        if run.glued_after {
            return false;
        }
    }
    false
}

/// Groups of digits from one place on.
#[derive(Default)]
struct Groups {
    digits: [u8; 19],
    lens: [usize; 19],
    /// End in the text, digits until there.
    ends: [(usize, usize); 19],
    /// What stands before each group.
    gaps: [Option<Gap>; 19],
    n: usize,
}

fn groups(scan: &Scan, runs: &Runs, i: usize) -> Groups {
    let mut groups = Groups::default();
    let mut n = 0;
    for run in runs.all.iter().skip(i) {
        let len = run.end - run.start;
        let k = groups.n;
        if k > 0 {
            let Some(gap) = gap(scan.bytes, groups.ends[k - 1].0, run.start) else { break };
            groups.gaps[k.min(18)] = Some(gap);
        }
        if n + len > 19 || k == 19 || (k > 0 && run.glued_before) {
            break;
        }
        for (to, from) in
            groups.digits.iter_mut().skip(n).zip(scan.bytes.iter().skip(run.start).take(len))
        {
            *to = *from;
        }
        n += len;
        groups.lens[k] = len;
        groups.ends[k] = (run.end, n);
        groups.n += 1;
        if run.glued_after {
            break;
        }
    }
    groups
}

/// Tries the groups that start at run `i`, the longest number first.
fn at(scan: &mut Scan, runs: &Runs, i: usize) {
    let Some(run) = runs.all.get(i) else { return };
    let (start, since) =
        (run.start, i.checked_sub(1).and_then(|i| runs.all.get(i)).map_or(0, |r| r.end));
    let found = groups(scan, runs, i);
    let strict_start = scan.opens(start);
    let (mut mistyped, mut shorter) = (None, None);
    for k in (0..found.n).rev() {
        let (end, n) = found.ends[k];
        let (Some(number), Some(lens)) = (found.digits.get(..n), found.lens.get(..=k)) else {
            continue;
        };
        if n < 12 || number.windows(2).all(|pair| pair[0] == pair[1]) {
            continue;
        }
        let strict = strict_start && scan.closes(end);
        let loose = scan.opens_loosely(start) && scan.closes_loosely(end);
        if !(strict || loose) {
            continue;
        }
        let branded = brand(number);
        let usual = usual(lens) || (n >= 15 && lens.iter().all(|&len| len == 1));
        let plain = strict && plain(found.gaps.get(1..=k).unwrap_or(&[]));
        if !luhn(number) {
            let typed = n >= 13 && branded && (lens.len() == 1 || usual) || lens == [4, 4, 4, 4];
            if mistyped.is_none() && typed {
                mistyped = Some(end);
            }
            continue;
        }
        let named = scan.topics(start, end, 80, 60) & CARD != 0;
        let known = branded && usual;
        let score = match (named, plain) {
            (true, _) if branded => 1.0,
            (true, _) if strict => 0.75,
            (false, true) if known && lens.len() > 1 => 1.0,
            (false, true) if known && n >= 15 => 0.9,
            (false, _) if known && n >= 15 && lines(scan, start, end) <= 1 => 0.8,
            _ => continue,
        };
        // By chance every tenth beginning of a mistyped number has a good check digit.
        if mistyped.is_some() && !known {
            shorter = shorter.or(Some((end, score)));
            continue;
        }
        return push(scan, start, end, score, true);
    }
    if let Some(end) = mistyped {
        let back = scan.topics(start, start, REACH.min(start - since), 0);
        let ahead = scan.topics(end, end, 0, REACH / 2);
        if back & CARD_NAME != 0 || (ahead & CARD_NAME != 0 && back & OTHER_NUMBER == 0) {
            return push(scan, start, end, 0.75, false);
        }
    }
    if let Some((end, score)) = shorter {
        push(scan, start, end, score, true);
    }
}

/// The groupings that the brands print.
fn usual(lens: &[usize]) -> bool {
    matches!(
        lens,
        [_] | [4, 4, 4, 4]
            | [4, 6, 5]
            | [4, 6, 4]
            | [4, 4, 4, 4, 3]
            | [4, 4, 5]
            | [8, 8]
            | [4, 4, 8]
    )
}

/// Whether one space, dash or full stop divides all groups.
fn plain(gaps: &[Option<Gap>]) -> bool {
    let simple = |gap: &Option<Gap>| matches!(gap, Some(Gap::One(b' ' | b'-' | b'.')));
    gaps.iter().all(|gap| simple(gap) && *gap == gaps[0])
}

/// Line breaks in a stretch.
fn lines(scan: &Scan, start: usize, end: usize) -> usize {
    scan.bytes.get(start..end).map_or(0, |part| memchr::memchr_iter(b'\n', part).count())
}

fn push(scan: &mut Scan, start: usize, end: usize, score: f32, validated: bool) {
    scan.push(Hit {
        start,
        end,
        entity: CREDIT_CARD,
        kind: None,
        score,
        validated,
        detector: "credit_card",
    });
}

/// Whether prefix and length belong to a brand (issuer identification ranges as the brands publish them).
fn brand(number: &[u8]) -> bool {
    let prefix =
        |len: usize| number.iter().take(len).fold(0u32, |n, b| n * 10 + u32::from(b - b'0'));
    let (two, three, four, six) = (prefix(2), prefix(3), prefix(4), prefix(6));
    match number.len() {
        13 | 19 if prefix(1) == 4 => true,
        16 if prefix(1) == 4 || (51..=55).contains(&two) || (2221..=2720).contains(&four) => true,
        15 if two == 34 || two == 37 => true,
        14 if (300..=305).contains(&three) || two == 36 || two == 38 || two == 39 => true,
        16..=19
            if four == 6011
                || two == 65
                || (644..=649).contains(&three)
                || (622_126..=622_925).contains(&six) =>
        {
            true
        }
        16..=19 if (3528..=3589).contains(&four) || two == 62 || two == 60 || two == 81 => true,
        16 if (2200..=2204).contains(&four) || four == 9792 => true,
        12..=19 => matches!(four, 5018 | 5020 | 5038 | 5893 | 6304 | 6759 | 6761..=6763 | 6390),
        _ => false,
    }
}
