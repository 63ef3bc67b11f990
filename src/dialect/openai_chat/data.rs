//! Bytes of a medium as base64: told from words by what they begin with.
//!
//! Invariant: text in base64, and words that only use its letters, are no data. They are looked at like other words.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Media types that a `data:` URL may name. Another one could be words.
const MEDIA_TYPES: [&str; 40] = [
    "application/msword",
    "application/octet-stream",
    "application/pdf",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/x-pdf",
    "application/zip",
    "audio/aac",
    "audio/flac",
    "audio/m4a",
    "audio/mp3",
    "audio/mp4",
    "audio/mpeg",
    "audio/mpga",
    "audio/ogg",
    "audio/opus",
    "audio/wav",
    "audio/wave",
    "audio/webm",
    "audio/x-m4a",
    "audio/x-wav",
    "image/avif",
    "image/bmp",
    "image/gif",
    "image/heic",
    "image/heif",
    "image/jpeg",
    "image/jpg",
    "image/png",
    "image/tiff",
    "image/webp",
    "image/x-icon",
    "video/mp4",
    "video/mpeg",
    "video/quicktime",
    "video/webm",
    "video/x-msvideo",
];

/// What files of known kinds begin with: PNG, JPEG, GIF, RIFF (WAV, WebP, AVI), TIFF, icons, MP3, FLAC, Ogg, Matroska, PDF, ZIP
/// (Office), old Office.
const BEGINNINGS: [&[u8]; 14] = [
    b"\x89PN",
    b"\xff\xd8\xff",
    b"GIF8",
    b"RIFF",
    b"II*\0",
    b"MM\0*",
    b"\0\0\x01\0",
    b"ID3",
    b"fLaC",
    b"OggS",
    b"\x1a\x45\xdf\xa3",
    b"%PDF-",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0",
];

/// Bytes that are looked at, in base64's letters.
const HEAD: usize = 384;

/// Fewest letters of base64 without a known beginning, such as raw samples of sound: longer than any key or number.
const MIN_UNKNOWN: usize = 1024;

const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Whether a string literal holds a medium's bytes, as base64 or as a `data:` URL of it; a slash may be escaped.
pub(super) fn is_data(inner: &str) -> bool {
    let Some(url) = inner.strip_prefix("data:") else { return is_binary(inner) };
    let Some((media, data)) = url.split_once(";base64,") else { return false };
    MEDIA_TYPES.contains(&media.replace('\\', "").as_str()) && is_binary(data)
}

/// Whether a literal is base64 throughout, and of something that is not text.
fn is_binary(inner: &str) -> bool {
    let is_sign = |byte: u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'\\')
    };
    let body = inner.trim_end_matches('=');
    if inner.len() - body.len() > 2 || !body.bytes().all(is_sign) {
        return false;
    }
    let letters = body.bytes().filter(|byte| *byte != b'\\').take(HEAD).map(|byte| match byte {
        b'-' => b'+',
        b'_' => b'/',
        other => other,
    });
    let mut letters: Vec<u8> = letters.collect();
    // One letter alone is no byte.
    if letters.len() % 4 == 1 {
        letters.pop();
    }
    let Ok(head) = ENGINE.decode(&letters) else { return false };
    let is_known = BEGINNINGS.iter().any(|beginning| head.starts_with(beginning))
        || head.get(4..8) == Some(b"ftyp");
    is_known || (body.len() >= MIN_UNKNOWN && !is_text(&head))
}

/// Whether bytes read as text, whose last character may be cut.
fn is_text(head: &[u8]) -> bool {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => head
            .get(..error.valid_up_to())
            .and_then(|head| std::str::from_utf8(head).ok())
            .unwrap_or(""),
        Err(_) => return false,
    };
    !text.chars().any(|c| c.is_control() && !c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::is_data;
    use base64::Engine;
    use base64::prelude::BASE64_STANDARD;

    #[test]
    fn media_are_data_and_words_are_not() {
        let long = |text: &str| BASE64_STANDARD.encode(text.repeat(200));
        let samples: Vec<u8> = (0..2000u32).map(|n| (n * n % 251) as u8).collect();
        for data in [
            "iVBORw0KGgo=",
            "UklGRg==",
            "JVBERi0=",
            "data:image\\/png;base64,iVBO\\/Rw0=",
            "data:application/pdf;base64,JVBERi0xLjQK",
            &BASE64_STANDARD.encode(samples),
        ] {
            assert!(is_data(data), "{data}");
        }
        for words in [
            "AnnaSchmidt",
            "Anna Schmidt",
            "4111111111111111",
            "DE89370400440532013000",
            "data:image/png,AnnaSchmidt",
            "data:image/anna-schmidt;base64,iVBORw0KGgo=",
            "data:image/png;name=Anna;base64,iVBORw0KGgo=",
            "data:text/plain;base64,QW5uYSBTY2htaWR0",
            "QW5uYSBTY2htaWR0",
            &long("Anna Schmidt lives here. "),
            "iVBORw0KGgo= and Anna",
            "",
        ] {
            assert!(!is_data(words), "{words}");
        }
    }
}
