//! Check digits that tell a real number from a look-alike, those that an operator's own patterns may name among them.
//!
//! Every function is pure, total over any bytes and takes the value without separators. Sources: ISO/IEC 7812 (Luhn),
//! ISO/IEC 7064 (mod 97-10, mod 11-10), Verhoeff 1969, the weights 2, 3, 4 … of ISBN-10 and many account numbers (mod 11).

/// Value of an ASCII digit, or `None`.
pub fn digit(byte: u8) -> Option<u32> {
    byte.is_ascii_digit().then(|| u32::from(byte - b'0'))
}

/// Luhn's check over digits with the check digit last (ISO/IEC 7812-1 annex B).
pub fn luhn(digits: &[u8]) -> bool {
    let mut sum = 0;
    for (i, &b) in digits.iter().rev().enumerate() {
        let Some(d) = digit(b) else { return false };
        sum += match (i % 2, d * 2) {
            (0, _) => d,
            (_, twice) if twice > 9 => twice - 9,
            (_, twice) => twice,
        };
    }
    !digits.is_empty() && sum % 10 == 0
}

/// ISO/IEC 7064 mod 97-10 over letters and digits (letters count 10–35): the remainder.
pub fn mod97(text: impl Iterator<Item = u8>) -> Option<u32> {
    let mut rest = 0u32;
    for b in text {
        let value = char::from(b).to_digit(36)?;
        rest = if value > 9 { rest * 100 + value } else { rest * 10 + value } % 97;
    }
    Some(rest)
}

/// ISO/IEC 7064 mod 11-10 with the check digit last (German tax id, Croatian OIB).
pub fn mod11_10(digits: &[u8]) -> bool {
    let Some((&check, body)) = digits.split_last() else { return false };
    let mut product = 10;
    for &b in body {
        let Some(d) = digit(b) else { return false };
        let sum = match (d + product) % 10 {
            0 => 10,
            sum => sum,
        };
        product = sum * 2 % 11;
    }
    digit(check) == Some((11 - product) % 10)
}

/// Verhoeff's dihedral check with the check digit last (Aadhaar).
pub fn verhoeff(digits: &[u8]) -> bool {
    // The permutation of the scheme and its powers are computed from one row; the group is D5.
    const ROW: [u32; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    let multiply = |a: u32, b: u32| match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => (a + b - 5) % 5 + 5,
        (false, true) => (a + 5 - 5 - b + 5) % 5 + 5,
        (false, false) => (a + 5 - b) % 5,
    };
    let mut state = 0;
    for (i, &b) in digits.iter().rev().enumerate() {
        let Some(mut d) = digit(b) else { return false };
        for _ in 0..i % 8 {
            d = ROW.get(d as usize).copied().unwrap_or(0);
        }
        state = multiply(state, d);
    }
    !digits.is_empty() && state == 0
}

/// Sum of the digits times their place from the right (check digit 1, the next 2, …), divided by 11 without a rest. The check digit
/// stands last and may be `X` for ten (ISBN-10).
pub fn mod11(digits: &[u8]) -> bool {
    let mut sum = 0;
    for (i, &b) in digits.iter().rev().enumerate() {
        let value = match b {
            b'X' | b'x' if i == 0 => 10,
            _ => match digit(b) {
                Some(value) => value,
                None => return false,
            },
        };
        sum = (sum + value * (i as u32 % 11 + 1)) % 11;
    }
    digits.len() > 1 && sum == 0
}

/// An IBAN's check: its first four characters go to the end, and mod 97-10 leaves 1.
pub fn iban(text: &[u8]) -> bool {
    let Some((head, tail)) = text.split_at_checked(4) else { return false };
    text.len() > 4 && mod97(tail.iter().chain(head).copied()) == Some(1)
}

#[cfg(test)]
mod tests {
    use super::{iban, mod11};

    #[test]
    fn published_numbers_pass_and_a_changed_digit_fails() {
        type Check = fn(&[u8]) -> bool;
        let cases: [(Check, &str, &str); 4] = [
            (mod11, "0306406152", "0306406153"),
            (mod11, "080442957X", "0804429570"),
            (iban, "DE89370400440532013000", "DE89370400440532013001"),
            (iban, "GB82WEST12345698765432", "GB82WEST12345698765433"),
        ];
        for (check, good, bad) in cases {
            assert!(check(good.as_bytes()), "{good}");
            assert!(!check(bad.as_bytes()), "{bad}");
            assert!(!check(b"") && !check("12é3".as_bytes()));
        }
    }
}
