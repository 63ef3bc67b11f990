//! Credentials in HTTP headers (RFC 7617 basic, RFC 6750 bearer) and keys that start with `sk-`.

use super::{is_placeholder, push};
use crate::privacy::detect::scan::Scan;
use crate::privacy::validate::entropy;
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD};

/// Looks behind `basic ` at `start..end`: the value must decode to `user:word`.
pub(super) fn basic(scan: &mut Scan, start: usize, end: usize) {
    let len = token(scan, end, |b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='));
    if scan.word_ends(start) || !(8..=1024).contains(&len) {
        return;
    }
    let Some(value) = scan.bytes.get(end..end + len) else { return };
    let decoded = BASE64_STANDARD.decode(value).or_else(|_| BASE64_STANDARD_NO_PAD.decode(value));
    let pair = decoded.ok().and_then(|d| String::from_utf8(d).ok());
    let credentials = pair.is_some_and(|p| p.contains(':') && !p.chars().any(char::is_control));
    if credentials {
        push(scan, end, end + len, "basic_auth", 1.0, true);
    }
}

/// Looks behind `bearer `: a long value with letters, digits and some entropy.
pub(super) fn bearer(scan: &mut Scan, start: usize, end: usize) {
    let len = token(scan, end, |b| b.is_ascii_alphanumeric() || b"-._~+/=".contains(&b));
    let Some(value) = scan.text.get(end..end + len) else { return };
    let value = value.trim_end_matches('.');
    if !scan.word_ends(start) && value.len() >= 16 && random(value) && !value.starts_with("eyJ") {
        push(scan, end, end + value.len(), "bearer_token", 0.9, false);
    }
}

/// Looks at `sk-`: an API key as many model providers write it.
pub(super) fn sk_token(scan: &mut Scan, start: usize) {
    if scan.word_ends(start) || scan.before(start) == b'-' {
        return;
    }
    let len = token(scan, start, |b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    let Some(value) = scan.text.get(start..start + len) else { return };
    let value = value.trim_end_matches(['-', '_']);
    if value.starts_with("sk-") && value.len() >= 20 && random(value) {
        push(scan, start, start + value.len(), "sk_api_key", 0.9, false);
    }
}

/// Letters, at least three digits, and entropy above three bits a byte.
fn random(value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let letters = value.bytes().filter(u8::is_ascii_alphabetic).count();
    digits >= 3 && letters >= 3 && entropy(value.as_bytes()) > 3.0 && !is_placeholder(value)
}

/// Length of the run of fitting bytes at `from`, at most 2048.
fn token(scan: &Scan, from: usize, fits: impl Fn(u8) -> bool) -> usize {
    scan.bytes.iter().skip(from).take(2048).take_while(|b| fits(**b)).count()
}
