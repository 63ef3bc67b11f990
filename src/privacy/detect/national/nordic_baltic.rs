//! The Nordic and Baltic countries. Sources: DVV (henkilötunnus), Skatteverket SKV 704 (personnummer), Skatteetaten
//! (fødselsnummer), CPR-kontoret (personnummer), Rahvastikuregistri seadus (isikukood).

use super::{Id, d, num, sum};
use crate::privacy::detect::entity;
use crate::privacy::validate::{is_date, is_dmy, luhn};

pub(super) const IDS: &[Id] = &[
    Id {
        entity: entity::FI_PERSONAL_IDENTITY_CODE,
        context: "henkilötunnus,hetu,personbeteckning,finnish personal identity code,personal identity code,henkilötunnukseni,\
                  sosiaaliturvatunnus",
        forms: &[("dddddd-dddx", 0.85), ("dddddd+dddx", 0.85), ("ddddddAdddx", 0.6)],
        valid: hetu,
    },
    Id {
        entity: entity::SE_PERSONNUMMER,
        context: "personnummer,personnr,samordningsnummer,swedish personal,swedish id",
        forms: &[
            ("dddddd-dddd", 0.6),
            ("dddddd+dddd", 0.6),
            ("dddddddd-dddd", 0.8),
            ("dddddddddddd", 0.0),
            ("dddddddddd", 0.0),
        ],
        valid: |v| {
            let last = v.get(v.len().saturating_sub(10)..).unwrap_or(&[]);
            let century = v.len() == 10 || matches!(num(v, 0, 2), 18..=20);
            let day = num(last, 4, 6);
            let day = if day > 60 { day.wrapping_sub(60) } else { day };
            century && is_date(2000, num(last, 2, 4) as u32, day as u32) && luhn(last)
        },
    },
    Id {
        entity: entity::NO_FNR,
        context: "fødselsnummer,fodselsnummer,personnummer,fnr,d-nummer,norwegian id,fødselsnr",
        forms: &[("dddddd ddddd", 0.75), ("ddddddddddd", 0.0)],
        valid: |v| {
            let first = (11 - sum(v, &[3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11) % 11;
            let second = (11 - sum(v, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11;
            let day = num(v, 0, 2);
            let day = if day > 40 { day.wrapping_sub(40) } else { day };
            first == d(v, 9) && second == d(v, 10) && is_date(2000, num(v, 2, 4) as u32, day as u32)
        },
    },
    Id {
        entity: entity::DK_CPR,
        context: "cpr,cpr-nummer,cpr nummer,cpr-nr,personnummer,danish id",
        forms: &[("dddddd-dddd", 0.0), ("dddddddddd", 0.0)],
        valid: is_dmy,
    },
    Id {
        entity: entity::EE_ISIKUKOOD,
        context: "isikukood,asmens kodas,estonian id,personal code",
        forms: &[("ddddddddddd", 0.0)],
        valid: |v| {
            let first = sum(v, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
            let second = sum(v, &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11 % 10;
            let date = is_date(2000, num(v, 3, 5) as u32, num(v, 5, 7) as u32);
            date && (1..=8).contains(&d(v, 0))
                && d(v, 10) == if first < 10 { first } else { second }
        },
    },
];

/// Date, century sign, number and the check character of `ddmmyyzzz mod 31`.
fn hetu(v: &[u8]) -> bool {
    let (date, rest) = v.split_at_checked(6).unwrap_or((v, &[]));
    // In the form with a letter as century sign the sign is among the letters and digits.
    let rest = match rest {
        [b'A'..=b'F' | b'U'..=b'Y', rest @ ..] | rest if rest.len() == 4 => rest,
        _ => return false,
    };
    let (number, check) = (num(rest, 0, 3), rest.get(3));
    if !is_dmy(date) || !(2..=999).contains(&number) {
        return false;
    }
    let rest = (num(date, 0, 6) * 1000 + number) % 31;
    b"0123456789ABCDEFHJKLMNPRSTUVWXY".get(rest as usize) == check
}
