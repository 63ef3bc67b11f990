//! IBANs (ISO 13616): length by country and mod 97-10, plain or in groups divided by one space or dash.

use super::entity::IBAN_CODE;
use super::scan::{Hit, Scan};
use crate::privacy::validate::mod97;

/// Countries of the SWIFT registry by the length of their IBAN.
const LENGTHS: &[(usize, &str)] = &[
    (15, "NO"),
    (16, "BE"),
    (18, "DK FO FI GL NL SD FK"),
    (19, "MK SI"),
    (20, "AT BA EE KZ XK LT LU MN"),
    (21, "HR LV LI CH"),
    (22, "BH BG CR GE DE IE ME RS GB VA"),
    (23, "TL GI IQ IL SO AE OM"),
    (24, "AD CZ MD PK RO SA SK ES SE TN VG"),
    (25, "LY PT ST"),
    (26, "IS TR"),
    (27, "FR GR IT MR MC SM BI DJ"),
    (28, "AL AZ CY DO GT HU LB PL BY SV NI"),
    (29, "BR EG PS QA UA"),
    (30, "JO KW MU YE"),
    (31, "MT SC"),
    (32, "LC"),
    (33, "RU"),
];

pub(super) fn find(scan: &mut Scan) {
    for i in 0..scan.words.len() {
        let word = scan.words[i];
        if !word.numeric
            && word.len() >= 4
            && word.opens
            && let Some(end) = iban(scan, word.start)
        {
            scan.push(Hit {
                start: word.start,
                end,
                entity: IBAN_CODE,
                kind: None,
                score: 1.0,
                validated: true,
                detector: "iban",
            });
        }
    }
}

fn iban(scan: &Scan, start: usize) -> Option<usize> {
    let head = scan.text.get(start..start + 4)?;
    let (country, check) = head.split_at_checked(2)?;
    if !check.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let country = country.to_ascii_uppercase();
    let length = LENGTHS.iter().find(|(_, list)| list.split(' ').any(|c| c == country))?.0;
    let mut compact = [0u8; 34];
    let (mut at, mut n) = (start, 0);
    while n < length {
        let byte = scan.byte(at);
        if byte.is_ascii_alphanumeric() {
            *compact.get_mut(n)? = byte;
            n += 1;
        } else if !matches!(byte, b' ' | b'-') || !scan.byte(at + 1).is_ascii_alphanumeric() {
            return None;
        }
        at += 1;
    }
    let compact = compact.get(..n)?;
    let turned = compact.iter().skip(4).chain(compact.iter().take(4)).copied();
    (scan.closes(at) && mod97(turned) == Some(1)).then_some(at)
}
