//! Africa and Asia. Sources: UIDAI (Aadhaar), Income Tax Department (PAN), ICA (NRIC), 주민등록법 (RRN), GB 11643-1999
//! (resident id), Nüfus İşleri (TCKN), Home Affairs (ZA ID), Immigration Department HK, MOI Taiwan, DOPA Thailand,
//! Israel Population Authority, 番号法 (My Number).

use super::{Id, d, num, sum, uniform};
use crate::privacy::detect::entity;
use crate::privacy::validate::{is_ymd, luhn, verhoeff};

pub(super) const IDS: &[Id] = &[
    Id {
        entity: entity::IN_AADHAAR,
        context: "aadhaar,aadhar,adhaar,uidai,uid number,आधार",
        forms: &[("dddd dddd dddd", 0.75), ("dddd-dddd-dddd", 0.6), ("dddddddddddd", 0.0)],
        valid: |v| d(v, 0) >= 2 && !uniform(v) && verhoeff(v),
    },
    Id {
        entity: entity::IN_PAN,
        context: "pan,pan card,permanent account number,pan number,income tax",
        forms: &[("AAAAAddddA", 0.6)],
        valid: |v| v.get(3).is_some_and(|c| b"ABCFGHLJPT".contains(c)),
    },
    Id {
        entity: entity::SG_NRIC_FIN,
        context: "nric,fin,singapore ic,ic number,identity card",
        forms: &[("AdddddddA", 0.8)],
        valid: nric,
    },
    Id {
        entity: entity::KR_RRN,
        context: "rrn,resident registration,주민등록번호,주민번호,외국인등록번호",
        forms: &[("dddddd-ddddddd", 0.85), ("ddddddddddddd", 0.0)],
        valid: |v| {
            let check = (11 - sum(v, &[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11) % 10;
            is_ymd(v, 2) && (1..=8).contains(&d(v, 6)) && check == d(v, 12)
        },
    },
    Id {
        entity: entity::CN_RESIDENT_ID,
        context: "身份证,身份证号,身份证号码,resident id,chinese id,id card,shenfenzheng,公民身份号码",
        forms: &[("dddddddddddddddddx", 0.9), ("dddddd dddddddd dddx", 0.9)],
        valid: |v| {
            let rest = sum(v, &[7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11;
            let date = v.get(6..).unwrap_or(&[]);
            matches!(num(v, 6, 8), 18..=20)
                && is_ymd(date, 4)
                && b"10X98765432".get(rest as usize) == v.get(17)
        },
    },
    Id {
        entity: entity::TR_TCKN,
        context: "tckn,tc kimlik,t.c. kimlik,kimlik no,kimlik numarası,tc no,turkish id",
        forms: &[("ddddddddddd", 0.0)],
        valid: |v| {
            let odd = sum(v, &[1, 0, 1, 0, 1, 0, 1, 0, 1]);
            let even = sum(v, &[0, 1, 0, 1, 0, 1, 0, 1, 0]);
            let first = (odd * 7 + 1000 - even) % 10;
            d(v, 0) != 0 && first == d(v, 9) && (odd + even + first) % 10 == d(v, 10)
        },
    },
    Id {
        entity: entity::ZA_ID,
        context: "south african id,sa id,id number,rsa id,identity number,za id,id no",
        forms: &[("ddddddddddddd", 0.0), ("dddddd dddd ddd", 0.0), ("dddddd dddd d d d", 0.0)],
        valid: |v| is_ymd(v, 2) && d(v, 10) <= 2 && luhn(v),
    },
    Id {
        entity: entity::HK_HKID,
        context: "hkid,hong kong id,hong kong identity,香港身份證",
        forms: &[("Adddddd(x)", 0.9), ("AAdddddd(x)", 0.9), ("Addddddx", 0.0)],
        valid: hkid,
    },
    Id {
        entity: entity::TW_ID,
        context: "taiwan id,national id,身分證,身分證字號,roc id",
        forms: &[("Addddddddd", 0.0)],
        valid: |v| {
            const CODES: &[u8; 26] = b"ABCDEFGHJKLMNPQRSTUVXYWZIO";
            let code =
                v.first().and_then(|&b| memchr::memchr(b, CODES)).map_or(0, |i| i as u32 + 10);
            let digits = v.get(1..).unwrap_or(&[]);
            let total = code / 10 + code % 10 * 9 + sum(digits, &[8, 7, 6, 5, 4, 3, 2, 1, 1]);
            matches!(d(v, 1), 1 | 2 | 8 | 9) && total.is_multiple_of(10)
        },
    },
    Id {
        entity: entity::TH_ID,
        context: "thai id,บัตรประชาชน,เลขประจำตัวประชาชน,thai national id",
        forms: &[("d-dddd-ddddd-dd-d", 0.95), ("ddddddddddddd", 0.0), ("d dddd ddddd dd d", 0.85)],
        valid: |v| {
            (11 - sum(v, &[13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 10 == d(v, 12)
                && d(v, 0) != 0
        },
    },
    Id {
        entity: entity::IL_TZ,
        context: "teudat zehut,israeli id,תעודת זהות,ת.ז.,ת״ז",
        forms: &[("ddddddddd", 0.0)],
        valid: |v| luhn(v) && !uniform(v),
    },
    Id {
        entity: entity::JP_MY_NUMBER,
        context: "my number,マイナンバー,個人番号,mynumber",
        forms: &[("dddddddddddd", 0.0), ("dddd dddd dddd", 0.0), ("dddd-dddd-dddd", 0.0)],
        valid: |v| {
            let rest = sum(v, &[6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
            d(v, 11) == if rest < 2 { 0 } else { 11 - rest }
        },
    },
];

/// Weights 2 7 6 5 4 3 2, an offset by series, and a letter of the series' table.
fn nric(v: &[u8]) -> bool {
    let (offset, table) = match v.first() {
        Some(b'S') => (0, b"JZIHGFEDCBA"),
        Some(b'T') => (4, b"JZIHGFEDCBA"),
        Some(b'F') => (0, b"XWUTRQPNMLK"),
        Some(b'G') => (4, b"XWUTRQPNMLK"),
        Some(b'M') => (3, b"XWUTRQPNJLK"),
        _ => return false,
    };
    let rest = (sum(v.get(1..).unwrap_or(&[]), &[2, 7, 6, 5, 4, 3, 2]) + offset) % 11;
    table.get(rest as usize) == v.get(8)
}

/// Letters count from 10, a missing first letter 36; weights fall from 9 and the check digit counts 1.
fn hkid(v: &[u8]) -> bool {
    let value = |b: u8| char::from(b).to_digit(36).unwrap_or(0);
    let (two, rest) = match v {
        [a, b, rest @ ..] if b.is_ascii_uppercase() => (value(*a) * 9 + value(*b) * 8, rest),
        [a, rest @ ..] => (36 * 9 + value(*a) * 8, rest),
        [] => return false,
    };
    let check = match rest.get(6) {
        Some(b'A') => 10,
        Some(b) if b.is_ascii_digit() => u32::from(b - b'0'),
        _ => return false,
    };
    (two + sum(rest, &[7, 6, 5, 4, 3, 2]) + check).is_multiple_of(11)
}
