//! Passwords next to their name: `password=…` and `Pwd=…` in connection strings (ADO.NET, libpq, JDBC), assignments,
//! and `my password is …` in plain words.

use super::{is_placeholder, push};
use crate::privacy::detect::scan::Scan;

/// Looks behind the name at `start..end`.
pub(super) fn at(scan: &mut Scan, start: usize, end: usize) {
    let glued =
        scan.before(start).is_ascii_alphanumeric() && !scan.byte(start).is_ascii_uppercase();
    if glued {
        return;
    }
    let rest = scan.text.get(end.min(scan.text.len())..).unwrap_or("");
    if scan.before(end) == b'=' {
        return value(scan, end, "connection_string");
    }
    let mut at = end;
    at += usize::from(matches!(scan.byte(at), b'"' | b'\''));
    let spaces = |at: usize| scan.bytes.iter().skip(at).take(3).take_while(|b| **b == b' ').count();
    at += spaces(at);
    let spoken = ["is: ", "is ", "ist ", "es ", "est ", "lautet ", "was ", "to "].into_iter();
    let spoken = spoken
        .filter(|_| at > end && rest.starts_with(' '))
        .find(|w| scan.text.get(at..).is_some_and(|t| t.starts_with(w)));
    match (scan.byte(at), scan.byte(at + 1)) {
        (b'=', b'=') | (b':', b':' | b'/') => {}
        (b'=' | b':', _) => {
            at += 1;
            at += spaces(at);
            value(
                scan,
                at,
                if in_connection(scan, start) { "connection_string" } else { "password" },
            );
        }
        _ => {
            if let Some(word) = spoken {
                value(scan, at + word.len(), "password");
            }
        }
    }
}

/// Reports the value at `from` if it looks like a password.
fn value(scan: &mut Scan, from: usize, kind: &'static str) {
    let quote = Some(scan.byte(from)).filter(|b| matches!(b, b'"' | b'\'' | b'`'));
    let from = from + usize::from(quote.is_some());
    let ends = |b: u8| match quote {
        Some(quote) => b == quote || b == b'\n',
        None => {
            b <= b' '
                || matches!(b, b';' | b'"' | b'\'' | b'`' | b'<' | b'>' | b'&')
                || (b == b',' && kind == "password")
        }
    };
    let len = scan.bytes.iter().skip(from).take(129).take_while(|b| !ends(**b)).count();
    let Some(value) = scan.text.get(from..from + len).filter(|v| v.len() <= 128) else { return };
    let value = if quote.is_some() {
        value
    } else {
        value.trim_end_matches(['.', ',', '!', '?', ')', ']', '}', ':'])
    };
    let digit = value.bytes().any(|b| b.is_ascii_digit());
    let letter = value.chars().any(char::is_alphabetic);
    let mark = value.bytes().any(|b| {
        b.is_ascii_punctuation()
            && !matches!(b, b'.' | b'_' | b'-' | b'(' | b')' | b'/' | b'[' | b']')
    });
    let connection = kind == "connection_string";
    let call = value.contains('(') || value.contains("->") || value.contains(' ');
    let strong = (letter && (digit || mark || connection)) || (digit && value.len() >= 6);
    if value.len() < 4
        || (!connection && value.len() < 6)
        || !strong
        || (call && !connection)
        || is_placeholder(value)
    {
        return;
    }
    push(scan, from, from + value.len(), kind, if connection { 0.95 } else { 0.8 }, connection);
}

/// Whether a server or host is named shortly before `start`, as connection strings do.
fn in_connection(scan: &Scan, start: usize) -> bool {
    let before =
        scan.bytes.get(start.saturating_sub(160)..start).unwrap_or(&[]).to_ascii_lowercase();
    let line = before.rsplit(|b| *b == b'\n').next().unwrap_or(&[]);
    [
        "server=",
        "host=",
        "data source=",
        "database=",
        "initial catalog=",
        "uid=",
        "user id=",
        "user=",
        "username=",
    ]
    .iter()
    .any(|key| memchr::memmem::find(line, key.as_bytes()).is_some())
}
