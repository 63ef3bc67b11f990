//! JSON Web Tokens (RFC 7519) and encrypted ones (RFC 7516): the header must decode to a JSON object with `alg`,
//! `typ` or `enc`.

use super::push;
use crate::privacy::detect::scan::Scan;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

/// Longest token looked at, in bytes.
const MOST: usize = 16 * 1024;

/// Looks at the `eyJ` at `start`.
pub(super) fn at(scan: &mut Scan, start: usize) {
    let part = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    if scan.word_ends(start)
        || matches!(scan.before(start), b'-' | b'.') && scan.word_ends(start - 1)
    {
        return;
    }
    let rest = scan.bytes.get(start..scan.bytes.len().min(start + MOST)).unwrap_or(&[]);
    let header = rest.iter().take_while(part).count();
    if !(16..=2048).contains(&header) || rest.get(header) != Some(&b'.') {
        return;
    }
    let payload = rest.iter().skip(header + 1).take_while(part).count();
    let mut end = header + 1 + payload;
    let mut parts = 2;
    while parts < 5 && rest.get(end) == Some(&b'.') {
        let len = rest.iter().skip(end + 1).take_while(part).count();
        if len == 0 && parts != 2 {
            break;
        }
        end += 1 + len;
        parts += 1;
    }
    let decoded = rest.get(..header).and_then(|h| BASE64_URL_SAFE_NO_PAD.decode(h).ok());
    let json = decoded.and_then(|d| {
        serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(&d).ok()
    });
    let named =
        json.is_some_and(|map| ["alg", "typ", "enc"].iter().any(|key| map.contains_key(*key)));
    if named && payload >= 2 && parts >= 3 {
        let end = start
            + if rest.get(end.wrapping_sub(1)) == Some(&b'.') && parts > 3 { end - 1 } else { end };
        push(scan, start, end, "jwt", 1.0, true);
    }
}
