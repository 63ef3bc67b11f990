//! The Americas. Sources: SSA (SSN structure since 2011), IRS publication 1915 (ITIN), Receita Federal IN 1548 and
//! 2119 (CPF, CNPJ), Service Canada (SIN), RENAPO (CURP), Registro Civil de Chile (RUT), AFIP (CUIT).

use super::{Id, d, num, sum, uniform};
use crate::privacy::detect::entity;
use crate::privacy::validate::{is_ymd, luhn};

pub(super) const IDS: &[Id] = &[
    Id {
        entity: entity::US_SSN,
        context: "ssn,social security,social security number,ss#,ss number,social,ssns,social sec,soc sec",
        forms: &[
            ("ddd-dd-dddd", 0.85),
            ("ddd dd dddd", 0.0),
            ("ddd.dd.dddd", 0.0),
            ("ddddddddd", 0.0),
        ],
        valid: |v| {
            let area = num(v, 0, 3);
            area != 0 && area != 666 && area < 900 && num(v, 3, 5) != 0 && num(v, 5, 9) != 0
        },
    },
    Id {
        entity: entity::US_ITIN,
        context: "itin,individual taxpayer,taxpayer identification,tax id,taxpayer id,tin",
        forms: &[("ddd-dd-dddd", 0.7), ("ddd dd dddd", 0.0), ("ddddddddd", 0.0)],
        valid: |v| d(v, 0) == 9 && matches!(num(v, 3, 5), 50..=65 | 70..=88 | 90..=92 | 94..=99),
    },
    Id {
        entity: entity::CA_SIN,
        context: "sin,social insurance,social insurance number,numéro d'assurance sociale,nas",
        forms: &[("ddd-ddd-ddd", 0.5), ("ddd ddd ddd", 0.0), ("ddddddddd", 0.0)],
        valid: |v| !matches!(d(v, 0), 0 | 8) && luhn(v) && !uniform(v),
    },
    Id {
        entity: entity::BR_CPF,
        context: "cpf,cadastro de pessoas físicas,cadastro de pessoa física",
        forms: &[("ddd.ddd.ddd-dd", 0.98), ("ddddddddddd", 0.0), ("ddddddddd-dd", 0.7)],
        valid: |v| {
            let first = sum(v, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10 % 11 % 10;
            let second = sum(v, &[11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10 % 11 % 10;
            !uniform(v) && first == d(v, 9) && second == d(v, 10)
        },
    },
    Id {
        entity: entity::BR_CNPJ,
        context: "cnpj",
        forms: &[("dd.ddd.ddd/dddd-dd", 0.98), ("dddddddddddddd", 0.0)],
        valid: |v| {
            let check = |weights: &[u32]| match sum(v, weights) % 11 {
                0 | 1 => 0,
                rest => 11 - rest,
            };
            !uniform(v)
                && check(&[5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) == d(v, 12)
                && check(&[6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) == d(v, 13)
        },
    },
    Id {
        entity: entity::MX_CURP,
        context: "curp,clave única,clave unica",
        forms: &[("AAAAddddddAAAAAAxd", 0.95)],
        valid: curp,
    },
    Id {
        entity: entity::CL_RUT,
        context: "rut,run,rol único tributario",
        forms: &[
            ("dd.ddd.ddd-x", 0.85),
            ("d.ddd.ddd-x", 0.8),
            ("dddddddd-x", 0.0),
            ("ddddddd-x", 0.0),
        ],
        valid: |v| {
            let Some((&check, body)) = v.split_last() else { return false };
            let mut total = 0;
            for (i, &b) in body.iter().rev().enumerate() {
                total += (u32::from(b) - u32::from(b'0')) * (i as u32 % 6 + 2);
            }
            check == b"0K987654321"[(total % 11) as usize]
        },
    },
    Id {
        entity: entity::AR_CUIT,
        context: "cuit,cuil,clave única de identificación tributaria",
        forms: &[("dd-dddddddd-d", 0.9), ("ddddddddddd", 0.0)],
        valid: |v| {
            let prefix = matches!(num(v, 0, 2), 20 | 23 | 24 | 25 | 26 | 27 | 30 | 33 | 34);
            prefix && (11 - sum(v, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11 == d(v, 10)
        },
    },
];

/// Values 0–9, A–N, Ñ, O–Z; weights fall from 18.
fn curp(v: &[u8]) -> bool {
    let mut total = 0;
    for (i, &b) in v.iter().take(17).enumerate() {
        let value = match b {
            b'0'..=b'9' => u32::from(b - b'0'),
            b'A'..=b'N' => u32::from(b - b'A') + 10,
            b'O'..=b'Z' => u32::from(b - b'O') + 25,
            _ => return false,
        };
        total += value * (18 - i as u32);
    }
    let sex = matches!(v.get(10), Some(b'H' | b'M' | b'X'));
    sex && is_ymd(v.get(4..).unwrap_or(&[]), 2) && (10 - total % 10) % 10 == d(v, 17)
}
