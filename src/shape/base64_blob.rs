//! Replaces long base64 data in tool results by a reference with its type, size and hash.
//!
//! This is the one pass after which something cannot be read from the request any more. No language model decodes a kilobyte
//! of base64, so what it can use of the data is said by the reference: that it is there, what it is, how large, and
//! whether two are the same. A client whose model must copy such data into a call of a tool should leave shaping off.
//! It applies on arrival, not later, because of the room's invariant.

use base64::Engine;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use sha2::{Digest, Sha256};

/// Shorter data stays, in characters.
const MIN_LEN: usize = 1024;
/// Shorter lines are no wrapped base64 (MIME wraps at 76, PEM at 64).
const MIN_LINE: usize = 60;

/// The text with every long base64 run replaced; `None` if it has none.
pub(super) fn replace(text: &str) -> Option<String> {
    if text.len() < MIN_LEN {
        return None;
    }
    let mut out = String::new();
    let (mut copied, mut at) = (0, 0);
    let bytes = text.as_bytes();
    while at < bytes.len() {
        if !is_letter(bytes[at]) {
            at += 1;
            continue;
        }
        let (end, letters) = run(bytes, at);
        if let Some(reference) = reference(&letters) {
            out.push_str(text.get(copied..at)?);
            out.push_str(&reference);
            copied = end;
        }
        at = end;
    }
    out.push_str(text.get(copied..)?);
    (copied > 0).then_some(out)
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}

/// Reads base64 from `start` on: its end, and its letters without line breaks. Lines go on as long as they are equally
/// long; the last may be shorter.
fn run(bytes: &[u8], start: usize) -> (usize, Vec<u8>) {
    let mut end = line_end(bytes, start);
    let width = end - start;
    let mut letters = bytes[start..end].to_vec();
    if width < MIN_LINE {
        return (end, letters);
    }
    loop {
        let next = end + line_break(&bytes[end..]);
        let stop = line_end(bytes, next);
        if next == end || stop == next || stop - next > width {
            break;
        }
        letters.extend_from_slice(&bytes[next..stop]);
        end = stop;
        if stop - next < width {
            break;
        }
    }
    (end, letters)
}

/// The end of the letters and padding from `start` on.
fn line_end(bytes: &[u8], start: usize) -> usize {
    let mut end = start;
    while bytes.get(end).copied().is_some_and(is_letter) {
        end += 1;
    }
    let letters = end;
    while end > start && end < letters + 2 && bytes.get(end) == Some(&b'=') {
        end += 1;
    }
    end
}

/// Length of a line break, plain or as a JSON escape.
fn line_break(bytes: &[u8]) -> usize {
    let breaks: [&[u8]; 4] = [b"\r\n", b"\n", b"\\r\\n", b"\\n"];
    breaks.into_iter().find(|b| bytes.starts_with(b)).map_or(0, <[u8]>::len)
}

/// The reference for these letters, if they are base64 and long enough.
fn reference(letters: &[u8]) -> Option<String> {
    let has = |is: fn(&u8) -> bool| letters.iter().any(is);
    let mixed =
        has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_digit);
    if letters.len() < MIN_LEN || !mixed {
        return None;
    }
    let lenient = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let url_safe = letters.iter().any(|b| matches!(b, b'-' | b'_'));
    let alphabet = if url_safe { &base64::alphabet::URL_SAFE } else { &base64::alphabet::STANDARD };
    let data = GeneralPurpose::new(alphabet, lenient).decode(letters).ok()?;
    let hash: String = Sha256::digest(&data).iter().take(8).map(|b| format!("{b:02x}")).collect();
    let kind = media_type(&data).map(|kind| format!(", {kind}")).unwrap_or_default();
    Some(format!("[base64 data{kind}, {} bytes, sha256 {hash}…, removed]", grouped(data.len())))
}

/// The media type by the first bytes of the data.
fn media_type(data: &[u8]) -> Option<&'static str> {
    let known: [(&[u8], &str); 7] = [
        (b"\x89PNG\r\n", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"GIF8", "image/gif"),
        (b"%PDF-", "application/pdf"),
        (b"PK\x03\x04", "application/zip"),
        (b"\x1f\x8b", "application/gzip"),
        (b"RIFF", "image/webp or audio/wav"),
    ];
    known.into_iter().find(|(magic, _)| data.starts_with(magic)).map(|(_, name)| name)
}

/// A number with its thousands apart: `12,345`.
fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::replace;
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

    fn data(n: usize) -> Vec<u8> {
        let mut state = 7u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        (0..n).map(|_| next()).collect()
    }

    fn wrapped(text: &str, width: usize, line_break: &str) -> String {
        let lines: Vec<&str> =
            text.as_bytes().chunks(width).map(|c| std::str::from_utf8(c).unwrap()).collect();
        lines.join(line_break)
    }

    #[test]
    fn long_data_becomes_a_reference() {
        let plain = STANDARD.encode(data(12_345));
        let url_safe = URL_SAFE_NO_PAD.encode(data(12_345));
        for blob in [
            plain.clone(),
            url_safe,
            wrapped(&plain, 76, "\r\n"),
            wrapped(&plain, 64, "\n"),
            wrapped(&plain, 76, "\\n"),
        ] {
            let got =
                replace(&format!("{{\"d\":\"data:image/png;base64,{blob}\",\"x\":1}}")).unwrap();
            let head = "{\"d\":\"data:image/png;base64,[base64 data, 12,345 bytes, sha256 ";
            assert!(got.starts_with(head) && got.ends_with("…, removed]\",\"x\":1}"), "{got}");
        }
        let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
        png.extend(data(1_000));
        let got = replace(&STANDARD.encode(png)).unwrap();
        assert!(got.starts_with("[base64 data, image/png, 1,008 bytes, sha256 "), "{got}");
    }

    #[test]
    fn the_same_data_has_the_same_reference() {
        let (a, b) = (STANDARD.encode(data(900)), STANDARD.encode(data(901)));
        assert_eq!(replace(&a), replace(&wrapped(&a, 76, "\n")));
        assert_ne!(replace(&a), replace(&b));
    }

    #[test]
    fn other_text_stays() {
        for text in [
            STANDARD.encode(data(700)),
            "0123456789abcdef".repeat(100),
            "word ".repeat(500),
            "Apple1\nbanana\ncherry22\n".repeat(100),
            "a/B2".repeat(10) + "." + &"x".repeat(1_500),
            "é".repeat(2_000),
        ] {
            assert_eq!(replace(&text), None);
        }
    }
}
