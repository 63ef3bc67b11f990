//! Check digits and encodings that tell a real number from a look-alike.
//!
//! Every function is pure, total over any bytes and takes the value without separators. What operators may name too is in
//! [`crate::chat::check_digit`]. Sources: ISO/IEC 7064 (mod 11-2), Bitcoin's base58check, BIP-173 and BIP-350 (bech32),
//! Shannon 1948 (entropy).

pub(crate) use crate::chat::check_digit::{digit, luhn, mod11_10, mod97, verhoeff};
use sha2::{Digest, Sha256};

/// The number that a run of at most 18 ASCII digits writes; `None` for anything else.
pub(crate) fn number(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || digits.len() > 18 {
        return None;
    }
    digits.iter().try_fold(0u64, |n, &b| Some(n * 10 + u64::from(digit(b)?)))
}

/// Sum of digits times weights over the shorter of both; `None` if a byte is no digit.
pub(crate) fn weighted(digits: &[u8], weights: &[u32]) -> Option<u32> {
    digits.iter().zip(weights).try_fold(0, |sum, (&b, w)| Some(sum + digit(b)? * w))
}

/// Whether year (4 digits), month and day are a day of the Gregorian calendar.
pub(crate) fn is_date(year: u32, month: u32, day: u32) -> bool {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let last = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(leap),
        _ => return false,
    };
    (1..=last).contains(&day)
}

/// Whether `yymmdd` (or `yyyymmdd`) at the start of `digits` is a date; two-digit years count as leap if either
/// century is.
pub(crate) fn is_ymd(digits: &[u8], year_len: usize) -> bool {
    let part = |from: usize, len: usize| digits.get(from..from + len).and_then(number);
    let (Some(y), Some(m), Some(d)) = (part(0, year_len), part(year_len, 2), part(year_len + 2, 2))
    else {
        return false;
    };
    let year = if year_len == 2 { 2000 + y } else { y };
    is_date(year as u32, m as u32, d as u32)
}

/// Whether `ddmmyy` at the start of `digits` is a date.
pub(crate) fn is_dmy(digits: &[u8]) -> bool {
    let part = |from: usize| digits.get(from..from + 2).and_then(number);
    let (Some(d), Some(m), Some(y)) = (part(0), part(2), part(4)) else { return false };
    is_date(2000 + y as u32, m as u32, d as u32)
}

/// Shannon entropy of the bytes, in bits per byte.
pub(crate) fn entropy(bytes: &[u8]) -> f32 {
    let mut counts = [0u32; 256];
    for &b in bytes {
        counts[usize::from(b)] += 1;
    }
    let n = bytes.len() as f32;
    counts.iter().filter(|&&c| c > 0).map(|&c| c as f32 / n).map(|p| -p * p.log2()).sum()
}

/// Payload (version byte first) of a base58check text; `None` if the checksum or alphabet is wrong or it is over 128
/// long.
pub(crate) fn base58check(text: &[u8]) -> Option<Vec<u8>> {
    let bytes = base58(text)?;
    let (payload, check) = bytes.split_at_checked(bytes.len().checked_sub(4)?)?;
    let sum = Sha256::digest(Sha256::digest(payload));
    (sum.get(..4)? == check).then(|| payload.to_vec())
}

/// Decoded bytes of a base58 text in Bitcoin's alphabet, at most 128 characters.
pub(crate) fn base58(text: &[u8]) -> Option<Vec<u8>> {
    const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    if text.is_empty() || text.len() > 128 {
        return None;
    }
    let mut little = Vec::with_capacity(text.len());
    for &b in text {
        let mut carry = memchr::memchr(b, ALPHABET)? as u32;
        for byte in &mut little {
            carry += u32::from(*byte) * 58;
            *byte = carry as u8;
            carry >>= 8;
        }
        while carry > 0 {
            little.push(carry as u8);
            carry >>= 8;
        }
    }
    little.extend(text.iter().take_while(|&&b| b == b'1').map(|_| 0));
    little.reverse();
    Some(little)
}

/// Whether `text` is bech32 or bech32m in one case, with a correct checksum.
pub(crate) fn bech32(text: &[u8]) -> bool {
    const ALPHABET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let mixed = text.iter().any(u8::is_ascii_lowercase) && text.iter().any(u8::is_ascii_uppercase);
    let Some(split) = memchr::memrchr(b'1', text).filter(|_| !mixed && text.len() <= 90) else {
        return false;
    };
    let (hrp, data) = text.split_at(split);
    let step = |sum: u32, value: u32| {
        let top = sum >> 25;
        let sum = (sum & 0x01ff_ffff) << 5 ^ value;
        GENERATOR.iter().enumerate().filter(|(i, _)| top >> i & 1 == 1).fold(sum, |s, (_, g)| s ^ g)
    };
    let hrp = hrp.iter().map(|b| u32::from(b.to_ascii_lowercase()));
    let mut sum = hrp.clone().fold(1, |s, v| step(s, v >> 5));
    sum = hrp.fold(step(sum, 0), |s, v| step(s, v & 31));
    for b in data.iter().skip(1) {
        let Some(value) = memchr::memchr(b.to_ascii_lowercase(), ALPHABET) else { return false };
        sum = step(sum, value as u32);
    }
    data.len() > 6 && (sum == 1 || sum == 0x2bc8_30a3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_examples_pass_and_a_changed_digit_fails() {
        type Check = fn(&[u8]) -> bool;
        let cases: [(Check, &str, &str); 6] = [
            (luhn, "79927398713", "79927398714"),
            (mod11_10, "86095742719", "86095742718"),
            (verhoeff, "2363", "2364"),
            (verhoeff, "1428570", "1428507"),
            (
                bech32,
                "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
                "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
            ),
            (bech32, "A1LQFN3A", "A1LQFN3B"),
        ];
        for (check, good, bad) in cases {
            assert!(check(good.as_bytes()), "{good}");
            assert!(!check(bad.as_bytes()), "{bad}");
            assert!(!check(b""));
            assert!(!check("12é3".as_bytes()));
        }
    }

    #[test]
    fn base58check_knows_the_genesis_address() {
        let payload = base58check(b"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa").unwrap();
        assert_eq!((payload.len(), payload[0]), (21, 0));
        assert!(base58check(b"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb").is_none());
        assert!(base58check(b"").is_none());
    }

    #[test]
    fn dates_and_entropy() {
        assert!(
            is_date(2000, 2, 29)
                && !is_date(1900, 2, 29)
                && !is_date(2024, 13, 1)
                && !is_date(2024, 4, 31)
        );
        assert!(
            is_ymd(b"850312", 2)
                && is_ymd(b"19850312", 4)
                && !is_ymd(b"851312", 2)
                && !is_ymd(b"85", 2)
        );
        assert!((entropy(b"abcd") - 2.0).abs() < 1e-6);
        assert!(entropy(b"aaaa").abs() < 1e-6);
    }
}
