//! Western, central and southern Europe. Sources: HMRC NIM39110 (NINO), NHS data dictionary (NHS number), Real
//! Decreto 1553/2005 and 338/1990 (DNI, NIE), DM 23/12/1976 (codice fiscale), ustawa o ewidencji ludności (PESEL), §
//! 139b AO (IdNr), INSEE (NIR), Wet algemene bepalingen BSN, DL 463/79 (PT NIF), KB 8-1-2006 (rijksregister), SR
//! 831.10 art. 50c (AHV), HG 217 Romania, zákon 133/2000 Sb. (rodné číslo), NN 60/08 (OIB), Revenue (PPSN), § 30c
//! ASVG.

use super::{Id, d, num, sum, uniform};
use crate::privacy::detect::entity;
use crate::privacy::validate::{is_date, is_dmy, is_ymd, luhn, mod11_10};

pub(super) const IDS: &[Id] = &[
    Id {
        entity: entity::UK_NINO,
        context: "national insurance,ni number,nino,national insurance number,ni no",
        forms: &[
            ("AAddddddA", 0.75),
            ("AA dd dd dd A", 0.9),
            ("AA-dd-dd-dd-A", 0.9),
            ("AA dddddd A", 0.85),
            ("AA dd dd ddA", 0.85),
        ],
        valid: nino,
    },
    Id {
        entity: entity::UK_NHS,
        context: "nhs,nhs number,nhs no,national health service,health number",
        forms: &[("ddd ddd dddd", 0.0), ("ddd-ddd-dddd", 0.0), ("dddddddddd", 0.0)],
        valid: |v| !uniform(v) && sum(v, &[10, 9, 8, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11),
    },
    Id {
        entity: entity::ES_NIF,
        context: "dni,nif,documento nacional,documento de identidad",
        forms: &[
            ("ddddddddA", 0.8),
            ("dddddddd-A", 0.85),
            ("dd.ddd.ddd-A", 0.95),
            ("dd.ddd.dddA", 0.9),
            ("dddddddd A", 0.0),
        ],
        valid: |v| spanish_letter(num(v, 0, 8), v.get(8)),
    },
    Id {
        entity: entity::ES_NIE,
        context: "nie,extranjero,número de identidad de extranjero",
        forms: &[("AdddddddA", 0.8), ("A-ddddddd-A", 0.95), ("Addddddd-A", 0.9)],
        valid: |v| {
            let first = match v.first() {
                Some(b'X') => 0,
                Some(b'Y') => 1,
                Some(b'Z') => 2,
                _ => return false,
            };
            spanish_letter(first * 10_000_000 + num(v, 1, 8), v.get(8))
        },
    },
    Id {
        entity: entity::IT_FISCAL_CODE,
        context: "codice fiscale,cod. fiscale,fiscal code,c.f.",
        forms: &[("AAAAAAxxAxxAxxxA", 0.9), ("AAA AAA xxAxx AxxxA", 0.95)],
        valid: codice_fiscale,
    },
    Id {
        entity: entity::PL_PESEL,
        context: "pesel,numer pesel",
        forms: &[("ddddddddddd", 0.0)],
        valid: |v| {
            let month = num(v, 2, 4) % 20;
            let day = num(v, 4, 6);
            (1..=12).contains(&month)
                && (1..=31).contains(&day)
                && sum(v, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]).is_multiple_of(10)
        },
    },
    Id {
        entity: entity::DE_TAX_ID,
        context: "steuer-id,steuerid,steueridentifikationsnummer,steuer-identifikationsnummer,idnr,identifikationsnummer,\
                  steuernummer,tax id,tax identification number,tin,german tax id,steuerliche",
        forms: &[("ddddddddddd", 0.0), ("dd ddd ddd ddd", 0.0), ("dd/ddd/ddd/ddd", 0.0)],
        valid: |v| {
            let body = v.get(..10).unwrap_or(&[]);
            let most = (b'0'..=b'9').map(|c| body.iter().filter(|&&b| b == c).count()).max();
            d(v, 0) != 0 && matches!(most, Some(2 | 3)) && mod11_10(v)
        },
    },
    Id {
        entity: entity::FR_NIR,
        context: "numéro de sécurité sociale,sécurité sociale,securite sociale,nir,insee,numéro de sécu,carte vitale,n° ss,\
                  numéro ss,french social security",
        forms: &[
            ("ddddddddddddddd", 0.75),
            ("d dd dd dd ddd ddd dd", 0.98),
            ("d dd dd dx ddd ddd dd", 0.95),
            ("ddddddddddddd dd", 0.8),
            ("ddddddxdddddddd", 0.0),
        ],
        valid: nir,
    },
    Id {
        entity: entity::NL_BSN,
        context: "bsn,burgerservicenummer,sofinummer,sofi,citizen service number",
        forms: &[
            ("ddddddddd", 0.0),
            ("dddd.dd.ddd", 0.0),
            ("dddd dd ddd", 0.0),
            ("ddd ddd ddd", 0.0),
        ],
        valid: |v| {
            let check = sum(v, &[9, 8, 7, 6, 5, 4, 3, 2, 0]) + 11;
            !uniform(v) && check >= d(v, 8) && (check - d(v, 8)).is_multiple_of(11)
        },
    },
    Id {
        entity: entity::PT_NIF,
        context: "nif,contribuinte,número de contribuinte,numero de contribuinte,número de identificação fiscal,nipc",
        forms: &[("ddddddddd", 0.0), ("ddd ddd ddd", 0.0)],
        valid: |v| {
            let rest = sum(v, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
            matches!(d(v, 0), 1 | 2 | 3 | 5 | 6 | 8 | 9)
                && d(v, 8) == if rest < 2 { 0 } else { 11 - rest }
        },
    },
    Id {
        entity: entity::BE_NRN,
        context: "rijksregisternummer,rijksregister,registre national,numéro de registre national,numéro national,insz,niss,nrn,\
                  national register,national number",
        forms: &[
            ("dd.dd.dd-ddd.dd", 0.98),
            ("ddddddddddd", 0.0),
            ("dd.dd.dd ddd.dd", 0.9),
            ("dddddd-ddd-dd", 0.85),
            ("dddddd ddd dd", 0.0),
        ],
        valid: |v| {
            let body = num(v, 0, 9);
            let check = num(v, 9, 11);
            97 - body % 97 == check || 97 - (2_000_000_000 + body) % 97 == check
        },
    },
    Id {
        entity: entity::CH_AHV,
        context: "ahv,avs,ahv-nummer,ahvn13,numéro avs,sozialversicherungsnummer",
        forms: &[("ddd.dddd.dddd.dd", 0.98), ("ddddddddddddd", 0.6), ("ddd dddd dddd dd", 0.9)],
        valid: |v| {
            v.starts_with(b"756")
                && sum(v, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]).is_multiple_of(10)
        },
    },
    Id {
        entity: entity::RO_CNP,
        context: "cnp,cod numeric personal,codul numeric personal",
        forms: &[("ddddddddddddd", 0.0)],
        valid: |v| {
            let rest = sum(v, &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
            d(v, 0) != 0
                && is_ymd(v.get(1..).unwrap_or(&[]), 2)
                && d(v, 12) == if rest == 10 { 1 } else { rest }
        },
    },
    Id {
        entity: entity::CZ_RC,
        context: "rodné číslo,rodne cislo,rč,r.č.,birth number,rodného čísla",
        forms: &[("dddddd/dddd", 0.8), ("dddddddddd", 0.0)],
        valid: |v| {
            let month = num(v, 2, 4);
            let month = [0, 20, 50, 70]
                .into_iter()
                .map(|add| month.wrapping_sub(add))
                .find(|m| (1..=12).contains(m));
            let date = month.is_some_and(|m| is_date(2000, m as u32, num(v, 4, 6) as u32));
            date && num(v, 0, 10).is_multiple_of(11)
        },
    },
    Id {
        entity: entity::HR_OIB,
        context: "oib,osobni identifikacijski broj",
        forms: &[("ddddddddddd", 0.0)],
        valid: mod11_10,
    },
    Id {
        entity: entity::IE_PPS,
        context: "pps,ppsn,pps number,personal public service,pps no",
        forms: &[("dddddddA", 0.0), ("dddddddAA", 0.0)],
        valid: |v| {
            let second = match v.get(8) {
                None | Some(b'W') => 0,
                Some(&b) if b.is_ascii_uppercase() => u32::from(b - b'A') + 1,
                Some(_) => return false,
            };
            let rest = (sum(v, &[8, 7, 6, 5, 4, 3, 2]) + 9 * second) % 23;
            b"WABCDEFGHIJKLMNOPQRSTUV".get(rest as usize) == v.get(7)
        },
    },
    Id {
        entity: entity::AT_SVNR,
        context: "svnr,sozialversicherungsnummer,sv-nummer,sv nummer,versicherungsnummer,svnummer",
        forms: &[("dddd dddddd", 0.0), ("dddddddddd", 0.0), ("dddd-dddddd", 0.0)],
        valid: |v| {
            let month = num(v, 6, 8);
            let rest = sum(v, &[3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11;
            d(v, 0) != 0
                && (1..=31).contains(&num(v, 4, 6))
                && (1..=15).contains(&month)
                && d(v, 3) == rest
        },
    },
    Id {
        entity: entity::BG_EGN,
        context: "egn,егн,единен граждански номер",
        forms: &[("dddddddddd", 0.0)],
        valid: |v| {
            sum(v, &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10 == d(v, 9)
                && (1..=52).contains(&num(v, 2, 4))
        },
    },
    Id {
        entity: entity::GR_AMKA,
        context: "amka,αμκα",
        forms: &[("ddddddddddd", 0.0)],
        valid: |v| is_dmy(v) && luhn(v),
    },
    Id {
        entity: entity::RU_SNILS,
        context: "snils,снилс,страховой номер",
        forms: &[("ddd-ddd-ddd dd", 0.95), ("ddd-ddd-ddd-dd", 0.8), ("ddddddddddd", 0.0)],
        valid: |v| {
            let rest = sum(v, &[9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101 % 100;
            !uniform(v.get(..9).unwrap_or(&[])) && u64::from(rest) == num(v, 9, 11)
        },
    },
];

/// HMRC: letters D F I Q U V never, O not second, and some prefixes are not given out.
fn nino(v: &[u8]) -> bool {
    let (Some(&a), Some(&b), Some(suffix)) = (v.first(), v.get(1), v.get(8)) else { return false };
    let never = |c: u8| matches!(c, b'D' | b'F' | b'I' | b'Q' | b'U' | b'V');
    let reserved = [b"BG", b"GB", b"KN", b"NK", b"NT", b"TN", b"ZZ"].contains(&&[a, b]);
    !never(a) && !never(b) && b != b'O' && !reserved && (b'A'..=b'D').contains(suffix)
}

/// The control letter of DNI and NIE.
fn spanish_letter(number: u64, letter: Option<&u8>) -> bool {
    b"TRWAGMYFPDXBNJZSQVHLCKE".get((number % 23) as usize) == letter
}

/// Odd places by table, even places by value, letters L M N P Q R S T U V may stand for digits (omocodia).
fn codice_fiscale(v: &[u8]) -> bool {
    const ODD: [u32; 26] = [
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24,
        23,
    ];
    let Some((&check, body)) = v.split_last().filter(|_| v.len() == 16) else { return false };
    let mut total = 0;
    for (i, &b) in body.iter().enumerate() {
        let digit_place = matches!(i, 6 | 7 | 9 | 10 | 12 | 13 | 14);
        if digit_place && !b.is_ascii_digit() && !b"LMNPQRSTUV".contains(&b) {
            return false;
        }
        let value = if b.is_ascii_digit() { b - b'0' } else { b - b'A' };
        total += if i % 2 == 0 {
            ODD.get(usize::from(value)).copied().unwrap_or(0)
        } else {
            u32::from(value)
        };
    }
    b"ABCDEHLMPRST".contains(&v[8]) && u32::from(check) == u32::from(b'A') + total % 26
}

/// 97 minus the first 13 digits mod 97; Corsica's 2A and 2B count as 19 and 18.
fn nir(v: &[u8]) -> bool {
    let mut digits = [0u8; 13];
    for (to, from) in digits.iter_mut().zip(v) {
        *to = *from;
    }
    match v.get(5..7) {
        Some(b"2A") => digits[5..7].copy_from_slice(b"19"),
        Some(b"2B") => digits[5..7].copy_from_slice(b"18"),
        _ => {}
    }
    let month = num(&digits, 3, 5);
    let plausible = matches!(digits[0], b'1' | b'2' | b'3' | b'4' | b'7' | b'8');
    plausible && ((1..=12).contains(&month) || (20..=42).contains(&month) || month >= 50) && {
        let body = num(&digits, 0, 13);
        97 - body % 97 == num(v, 13, 15)
    }
}
