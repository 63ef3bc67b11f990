//! Dates of birth: a date of the Gregorian calendar near a word that speaks of birth. Other dates are not personal.

use super::context::BIRTH;
use super::entity::DATE_OF_BIRTH;
use super::scan::{Hit, Scan};
use crate::privacy::validate::{is_date, number};

/// Starts of the months' names in English, German, French, Spanish, Italian, Portuguese and Dutch.
const MONTHS: [&str; 12] = [
    "jan,ene,gen",
    "feb,fev,fév",
    "mar,mär,mrt,maa",
    "apr,abr,avr",
    "may,mai,mag,mei,mayo",
    "jun,juin,giu",
    "jul,juil,lug",
    "aug,ago,aoû,aou",
    "sep,set",
    "oct,okt,ott,out",
    "nov",
    "dec,dez,déc,dic",
];

/// Longest name of a month, in bytes.
const MONTH_LEN: usize = 12;

pub(super) fn find(scan: &mut Scan) {
    let mut done = 0;
    for i in 0..scan.words.len() {
        let word = scan.words[i];
        if word.start < done || word.len() > 8 {
            continue;
        }
        let found =
            if word.numeric { numeric(scan, i) } else { None }.or_else(|| named_month(scan, i));
        let Some((start, end)) = found else { continue };
        // `1985-03-12T00:00` ends before its time.
        let closes =
            !scan.word_begins(end) || scan.byte(end) == b'T' && scan.byte(end + 1).is_ascii_digit();
        if scan.word_ends(start) || !closes || scan.topics(start, end, 60, 16) & BIRTH == 0 {
            continue;
        }
        done = end;
        scan.push(Hit {
            start,
            end,
            entity: DATE_OF_BIRTH,
            kind: None,
            score: 0.9,
            validated: true,
            detector: "date_of_birth",
        });
    }
}

/// `d/m/y`, `m/d/y`, `y-m-d` with one separator throughout, or eight digits.
fn numeric(scan: &Scan, i: usize) -> Option<(usize, usize)> {
    let a = scan.words.get(i)?;
    if a.len() == 8 {
        let n = value(scan, a.start, a.end)?;
        let good = birth(n / 10000, n / 100 % 100, n % 100)
            || birth(n % 10000, n / 10000 % 100, n / 1_000_000);
        return good.then_some((a.start, a.end));
    }
    let (b, c) = (scan.words.get(i + 1)?, scan.words.get(i + 2)?);
    let sep = scan.byte(a.end);
    let tight = matches!(sep, b'-' | b'.' | b'/' | b' ')
        && b.start == a.end + 1
        && scan.byte(b.end) == sep
        && c.start == b.end + 1;
    let loose = sep == b'.'
        && scan.bytes.get(a.end..b.start) == Some(b". ")
        && scan.bytes.get(b.end..c.start) == Some(b". ");
    let last = scan.bytes.get(c.start..c.end)?.iter().take_while(|d| d.is_ascii_digit()).count();
    if !(tight || loose) || !b.numeric || b.len() > 2 || last > 4 {
        return None;
    }
    let end = c.start + last;
    let (x, y, z) =
        (value(scan, a.start, a.end)?, value(scan, b.start, b.end)?, value(scan, c.start, end)?);
    let good = match (a.len(), last) {
        (4, 1 | 2) => birth(x, y, z),
        (1 | 2, 4) => birth(z, y, x) || birth(z, x, y),
        (1 | 2, 2) if sep != b' ' => birth(1900 + z, y, x) || birth(1900 + z, x, y),
        _ => false,
    };
    let time = scan.byte(c.start + 2) == b'T';
    (good && (end == c.end || time)).then_some((a.start, end))
}

/// `12 March 1985`, `12th of March, 1985`, `March 12, 1985`, `12. März 1985`.
fn named_month(scan: &Scan, i: usize) -> Option<(usize, usize)> {
    let day = scan.words.get(i)?;
    let digits =
        scan.bytes.get(day.start..day.end)?.iter().take_while(|b| b.is_ascii_digit()).count();
    let suffix = scan.text.get(day.start + digits..day.end)?.to_ascii_lowercase();
    if !(1..=2).contains(&digits)
        || !matches!(suffix.as_str(), "" | "st" | "nd" | "rd" | "th" | "er")
    {
        return None;
    }
    let d = value(scan, day.start, day.start + digits)?;
    let year = scan.words.get(i + 1).filter(|w| w.numeric && w.len() == 4)?;
    let y = value(scan, year.start, year.end)?;
    let between = scan.text.get(day.end..year.start).filter(|t| t.len() <= 24)?;
    let inner = between.trim_matches(|c: char| !c.is_alphabetic());
    let inner = inner.strip_prefix("of ").or_else(|| inner.strip_prefix("de ")).unwrap_or(inner);
    let inner = inner.strip_suffix(" de").unwrap_or(inner);
    if let Some(m) = month(inner) {
        return birth(y, m, d).then_some((day.start, year.end));
    }
    // The month stands before the day.
    let from = (day.start.saturating_sub(MONTH_LEN + 2)..=day.start)
        .find(|&at| scan.text.is_char_boundary(at))?;
    let before = scan.text.get(from..day.start)?.trim_end();
    let name = before.rsplit(|c: char| !c.is_alphabetic() && c != '.').next()?;
    let m = month(name.trim_end_matches('.'))?;
    let start = from + before.len() - name.len();
    (inner.is_empty() && birth(y, m, d)).then_some((start, year.end))
}

fn month(name: &str) -> Option<u64> {
    let name = name.to_lowercase();
    if name.len() < 3 || name.len() > MONTH_LEN || !name.chars().all(char::is_alphabetic) {
        return None;
    }
    MONTHS
        .iter()
        .zip(1..)
        .find(|(starts, _)| starts.split(',').any(|start| name.starts_with(start)))
        .map(|(_, n)| n)
}

/// Whether somebody now alive may have been born on that day.
fn birth(year: u64, month: u64, day: u64) -> bool {
    (1900..=2035).contains(&year)
        && month <= 12
        && day <= 31
        && is_date(year as u32, month as u32, day as u32)
}

fn value(scan: &Scan, start: usize, end: usize) -> Option<u64> {
    number(scan.bytes.get(start..end)?)
}
