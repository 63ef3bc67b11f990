//! Payment cards: ISO/IEC 7812 numbers with the prefixes and lengths of the brands (any prefix next to a word such
//! as `card`) and Luhn's check digit. Groups may be
//! divided by one space, dash or full stop, in any grouping if a word such as `card` stands near.

use super::context::CARD;
use super::entity::CREDIT_CARD;
use super::scan::{Hit, Scan};
use crate::privacy::validate::luhn;

pub(super) fn find(scan: &mut Scan) {
    for i in 0..scan.words.len() {
        let start = scan.words[i].start;
        if scan.words[i].numeric && scan.words[i].opens && enough(scan, i) {
            at(scan, i, start);
        }
    }
}

/// Whether twelve digits stand close enough together from word `i` on.
fn enough(scan: &Scan, i: usize) -> bool {
    let (mut n, mut end) = (0, 0);
    for word in scan.words.iter().skip(i) {
        if !word.numeric || n > 0 && word.start != end + 1 {
            return false;
        }
        n += word.len();
        end = word.end;
        if n >= 12 {
            return true;
        }
    }
    false
}

/// Tries the groups that start at word `i`, the longest number first.
fn at(scan: &mut Scan, i: usize, start: usize) {
    let mut digits = [0u8; 19];
    let mut lens = [0usize; 19];
    let (mut n, mut groups, mut sep) = (0, 0, 0);
    let mut ends = [(0usize, 0usize); 19];
    for word in scan.words.iter().skip(i) {
        if groups > 0 {
            let gap = scan.byte(ends[groups - 1].0);
            let next = word.start == ends[groups - 1].0 + 1 && matches!(gap, b' ' | b'-' | b'.');
            if !next || (sep != 0 && sep != gap) {
                break;
            }
            sep = gap;
        }
        if !word.numeric || n + word.len() > 19 || groups == 19 {
            break;
        }
        for (to, from) in
            digits.iter_mut().skip(n).zip(scan.bytes.iter().skip(word.start).take(word.len()))
        {
            *to = *from;
        }
        n += word.len();
        lens[groups] = word.len();
        ends[groups] = (word.end, n);
        groups += 1;
    }
    for k in (0..groups).rev() {
        let (end, n) = ends[k];
        let number = digits.get(..n).unwrap_or(&[]);
        if n < 12 || !luhn(number) || !scan.closes(end) {
            continue;
        }
        let branded = brand(number);
        let grouping = lens.get(..=k).unwrap_or(&[]);
        let usual = matches!(
            grouping,
            [_] | [4, 4, 4, 4] | [4, 6, 5] | [4, 6, 4] | [4, 4, 4, 4, 3] | [4, 4, 5]
        ) || (n >= 15 && grouping.iter().all(|&len| len == 1));
        let same = number.windows(2).all(|pair| pair[0] == pair[1]);
        let named = scan.topics(start, end, 80, 60) & CARD != 0;
        if same || !(named || usual && branded) || (n < 15 && !named && grouping.len() == 1) {
            continue;
        }
        let score = if !branded {
            0.75
        } else if named || grouping.len() > 1 {
            1.0
        } else {
            0.9
        };
        scan.push(Hit {
            start,
            end,
            entity: CREDIT_CARD,
            kind: None,
            score,
            validated: true,
            detector: "credit_card",
        });
        return;
    }
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
