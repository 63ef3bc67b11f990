//! E-mail addresses: a dot-atom of RFC 5322, letters of any script allowed (RFC 6531), at a domain with a plausible
//! top-level label. Each `@` is looked at once, 64 bytes to the left and 253 to the right (RFC 5321 section 4.5.3.1).

use super::entity::EMAIL_ADDRESS;
use super::scan::{Hit, Scan};

/// Last labels that are file names rather than domains (`icon@2x.png`, `jest@config.js`).
const FILES: &[&str] = &[
    "png", "jpg", "jpeg", "gif", "svg", "webp", "ico", "pdf", "js", "ts", "jsx", "tsx", "css",
    "scss", "html", "json", "yaml", "yml", "xml", "txt", "toml", "lock", "exe", "dll", "java",
    "class", "jar", "cpp", "mp3", "mp4", "local", "service",
];

pub(super) fn find(scan: &mut Scan) {
    for at in std::mem::take(&mut scan.ats) {
        if let Some((start, end)) = address(scan, at) {
            scan.push(Hit {
                start,
                end,
                entity: EMAIL_ADDRESS,
                kind: None,
                score: 1.0,
                validated: true,
                detector: "email",
            });
        }
    }
}

fn address(scan: &Scan, at: usize) -> Option<(usize, usize)> {
    let start = local(scan, at)?;
    let end = domain(scan, at + 1)?;
    let local = scan.text.get(start..at)?;
    // `git@host:path` names a repository; `scheme://user:word@host` is a password, which another detector reports.
    let remote = local == "git" && matches!(scan.byte(end), b':' | b'/');
    if remote || in_userinfo(scan, start) { None } else { Some((start, end)) }
}

/// The start of the local part before `at`.
fn local(scan: &Scan, at: usize) -> Option<usize> {
    let mut start = at;
    for (i, c) in scan.text.get(..at)?.char_indices().rev() {
        let fits = c.is_alphanumeric()
            || matches!(c, '.' | '_' | '%' | '+' | '-' | '\'' | '!' | '~' | '*');
        if !fits || at - i > 64 || (c >= '\u{2e80}' && c.is_alphanumeric()) {
            break;
        }
        start = i;
    }
    // Marks around the address do not belong to it.
    let part = scan.text.get(start..at)?;
    let trimmed = part.trim_start_matches(['.', '\'', '!', '~', '*', '-', '%']);
    let start = at - trimmed.len();
    (!trimmed.is_empty() && !trimmed.ends_with('.') && !trimmed.contains("..")).then_some(start)
}

/// The end of the domain that starts at `from`.
fn domain(scan: &Scan, from: usize) -> Option<usize> {
    let mut end = from;
    for (i, c) in scan.text.get(from..)?.char_indices() {
        let fits = (c.is_alphanumeric() && c < '\u{2e80}') || c == '-' || c == '.';
        if !fits || i >= 253 {
            break;
        }
        end = from + i + c.len_utf8();
    }
    let whole = scan.text.get(from..end)?;
    let mut name = whole.split("..").next()?.trim_end_matches(['.', '-']);
    // A missing space after a full stop: `a@b.com.Thanks`.
    while let Some((head, tail)) = name.rsplit_once('.') {
        let mut chars = tail.chars();
        let sentence = chars.next().is_some_and(char::is_uppercase)
            && chars.next().is_some_and(char::is_lowercase);
        if !(sentence && head.contains('.')) {
            break;
        }
        name = head;
    }
    let (rest, top) = name.rsplit_once('.')?;
    let letters = top.chars().all(char::is_alphabetic) && top.chars().count() >= 2;
    let labels = rest
        .split('.')
        .all(|l| !l.is_empty() && l.len() <= 63 && !l.starts_with('-') && !l.ends_with('-'));
    let lower = top.to_ascii_lowercase();
    let file = FILES.contains(&lower.as_str());
    let scale = rest.len() == 2
        && rest.ends_with('x')
        && rest.as_bytes().first().is_some_and(u8::is_ascii_digit);
    let plausible = (letters && top.len() <= 24) || lower.starts_with("xn--");
    (labels
        && plausible
        && !file
        && !scale
        && scan.byte(from + name.len()) != b'_'
        && scan.byte(from + name.len()) != b'(')
        .then_some(from + name.len())
}

/// Whether what stands before `start` is `scheme://user:` (or `scheme://` and the address is `user@host`).
fn in_userinfo(scan: &Scan, start: usize) -> bool {
    let from = start.saturating_sub(80);
    let Some(before) = scan.bytes.get(from..start) else { return false };
    let word = before
        .iter()
        .rposition(|b| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'<' | b'?' | b'='));
    let word = before.get(word.map_or(0, |i| i + 1)..).unwrap_or(&[]);
    let Some(scheme) = memchr::memmem::find(word, b"://") else { return false };
    !word.get(scheme + 3..).unwrap_or(&[]).contains(&b'/')
}
