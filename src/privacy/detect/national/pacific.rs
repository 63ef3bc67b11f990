//! Australia. Sources: ABR (ABN), ASIC (ACN), ATO (TFN), Services Australia (Medicare).

use super::{Id, d, num, sum};
use crate::privacy::detect::entity;

pub(super) const IDS: &[Id] = &[
    Id {
        entity: entity::AU_ABN,
        context: "abn,australian business number",
        forms: &[("dd ddd ddd ddd", 0.7), ("ddddddddddd", 0.0)],
        valid: |v| {
            let total = sum(v, &[10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]);
            d(v, 0) != 0 && (total - 10).is_multiple_of(89)
        },
    },
    Id {
        entity: entity::AU_ACN,
        context: "acn,australian company number",
        forms: &[("ddd ddd ddd", 0.0), ("ddddddddd", 0.0)],
        valid: |v| (10 - sum(v, &[8, 7, 6, 5, 4, 3, 2, 1]) % 10) % 10 == d(v, 8),
    },
    Id {
        entity: entity::AU_TFN,
        context: "tfn,tax file number,tax file",
        forms: &[("ddd ddd ddd", 0.0), ("ddd-ddd-ddd", 0.0), ("ddddddddd", 0.0)],
        valid: |v| num(v, 0, 9) != 0 && sum(v, &[1, 4, 3, 7, 5, 8, 6, 9, 10]).is_multiple_of(11),
    },
    Id {
        entity: entity::AU_MEDICARE,
        context: "medicare,medicare number,medicare card,medicare no",
        forms: &[
            ("dddd ddddd d", 0.7),
            ("dddddddddd", 0.0),
            ("dddd ddddd d/d", 0.8),
            ("dddd-ddddd-d", 0.7),
        ],
        valid: |v| (2..=6).contains(&d(v, 0)) && sum(v, &[1, 3, 7, 9, 1, 3, 7, 9]) % 10 == d(v, 8),
    },
];
