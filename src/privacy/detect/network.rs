//! IP addresses (parsed by the standard library, so RFC 4291 and RFC 6943 dotted quads) and MAC addresses (IEEE 802).
//!
//! Loopback, unspecified and broadcast addresses name nobody and are left out, and so are versions of four parts.

use super::entity::{IP_ADDRESS, MAC_ADDRESS};
use super::scan::{Hit, Scan, Word};
use super::version::is_version;
use crate::chat::EntityType;
use std::net::{Ipv4Addr, Ipv6Addr};

pub(super) fn find(scan: &mut Scan) {
    dotted(scan);
    coloned(scan);
}

/// IPv4 addresses, and MAC addresses with dashes or dots.
fn dotted(scan: &mut Scan) {
    let mut done = 0;
    // Where the last four numbers ended, and whether they were a version.
    let mut last = None;
    for i in 0..scan.words.len() {
        let word = scan.words[i];
        if word.start < done || word.len() > 4 {
            continue;
        }
        let next = scan.byte(word.end);
        if next == b'.' && word.numeric && word.len() <= 3 && opens(scan, word) {
            let end = run(scan, word.start, 16, |b| b.is_ascii_digit() || b == b'.');
            let end = if scan.before(end) == b'.' { end - 1 } else { end };
            let Some(address) =
                scan.text.get(word.start..end).and_then(|t| t.parse::<Ipv4Addr>().ok())
            else {
                continue;
            };
            let after = matches!(scan.byte(end), b'-' | b'_') && scan.word_begins(end + 1)
                || scan.word_begins(end);
            let nobody =
                address.is_loopback() || address.is_unspecified() || address.is_broadcast();
            done = end;
            let version = is_version(scan, word.start, end, last);
            last = Some((end, version));
            if version {
                scan.versions.push(word.start..end);
            }
            if !after && !nobody && !version {
                push(scan, word.start, end, IP_ADDRESS, "ip", 0.95);
            }
        } else if (word.len() == 2 && (next == b'-' || scan.before(word.start) == b'-'))
            || (word.len() == 4 && next == b'.')
        {
            let sep = if word.len() == 2 { b'-' } else { b'.' };
            let back =
                scan.bytes.get(word.start.saturating_sub(17).max(done)..word.start).unwrap_or(&[]);
            let back =
                back.iter().rev().take_while(|b| b.is_ascii_hexdigit() || **b == sep).count();
            let start = word.start - back;
            let end = run(scan, start, 18, |b| b.is_ascii_hexdigit() || b == sep);
            mac(scan, start, end, sep);
            done = done.max(word.end);
        }
    }
}

/// Whether an address may begin at a word: also behind the `@` of a login and in a path behind a word for a machine.
fn opens(scan: &Scan, word: Word) -> bool {
    let machine = |name: &[u8]| {
        let from = scan.bytes.get(word.start.saturating_sub(name.len() + 1)..word.start - 1);
        from.is_some_and(|from| from.eq_ignore_ascii_case(name))
            && !scan.word_ends(word.start - 1 - name.len())
    };
    match scan.before(word.start) {
        _ if word.opens => true,
        b'@' => true,
        b'/' => [
            &b"hosts"[..],
            b"host",
            b"ip",
            b"ips",
            b"servers",
            b"server",
            b"nodes",
            b"node",
            b"devices",
            b"device",
            b"clients",
            b"client",
            b"peers",
        ]
        .into_iter()
        .any(machine),
        _ => false,
    }
}

/// IPv6 addresses and MAC addresses with colons.
fn coloned(scan: &mut Scan) {
    let mut done = 0;
    for colon in std::mem::take(&mut scan.colons) {
        if colon < done {
            continue;
        }
        let back = scan.bytes.get(colon.saturating_sub(4).max(done)..colon).unwrap_or(&[]);
        let start = colon - back.iter().rev().take_while(|b| b.is_ascii_hexdigit()).count();
        let mut end = run(scan, start, 46, |b| b.is_ascii_hexdigit() || b == b':' || b == b'.');
        done = end;
        while matches!(scan.before(end), b'.')
            || (scan.before(end) == b':' && scan.before(end - 1) != b':')
        {
            end -= 1;
        }
        mac(scan, start, end, b':');
        let Some(text) = scan.text.get(start..end).filter(|t| t.len() >= 6) else { continue };
        let Ok(address) = text.parse::<Ipv6Addr>() else { continue };
        // `abc::def` is a path in many languages; an address has a digit and more than two short groups.
        let groups = text.split(':').filter(|g| !g.is_empty()).count();
        let long = text.split(':').next().is_some_and(|g| g.len() >= 3)
            && text.bytes().filter(u8::is_ascii_digit).count() >= 2;
        let real =
            text.bytes().any(|b| b.is_ascii_digit()) && (groups >= 3 || long || text.contains('.'));
        let border = !scan.word_ends(start) && !scan.word_begins(end) && scan.before(start) != b':';
        if real && border && !address.is_loopback() {
            push(scan, start, end, IP_ADDRESS, "ip", 0.95);
        }
    }
}

/// Six groups of two hexadecimal digits (three of four with full stops), not all the same.
fn mac(scan: &mut Scan, start: usize, end: usize, sep: u8) {
    let Some(text) = scan.bytes.get(start..end) else { return };
    let group = if sep == b'.' { 4 } else { 2 };
    let shape =
        text.split(|&b| b == sep).all(|g| g.len() == group && g.iter().all(u8::is_ascii_hexdigit));
    let hex = text.iter().filter(|b| **b != sep);
    let first = hex.clone().next();
    let letters = sep == b':' || text.iter().any(u8::is_ascii_alphabetic);
    let border = !scan.word_ends(start)
        && !scan.word_begins(end)
        && scan.before(start) != sep
        && scan.byte(end) != sep;
    if shape
        && hex.clone().count() == 12
        && !hex.clone().all(|b| Some(b) == first)
        && letters
        && border
    {
        push(scan, start, end, MAC_ADDRESS, "mac", 0.95);
    }
}

/// The end of the run from `start` that `fits`, at most `most` bytes.
fn run(scan: &Scan, start: usize, most: usize, fits: impl Fn(u8) -> bool) -> usize {
    start + scan.bytes.iter().skip(start).take(most).take_while(|b| fits(**b)).count()
}

fn push(
    scan: &mut Scan,
    start: usize,
    end: usize,
    entity: EntityType,
    detector: &'static str,
    score: f32,
) {
    scan.push(Hit { start, end, entity, kind: None, score, validated: true, detector });
}
