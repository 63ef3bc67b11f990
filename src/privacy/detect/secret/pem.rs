//! Private keys in PEM form (RFC 7468), OpenSSH and PGP: the whole block, or what there is of a block that was cut.

use super::push;
use crate::privacy::detect::scan::Scan;
use memchr::memmem;

/// Remembers where the next end line is, so that many begin lines do not each search the rest of the text.
#[derive(Default)]
pub(super) struct Pem {
    next_end: Option<usize>,
    none_left: bool,
    done: usize,
}

impl Pem {
    /// Looks at the `-----BEGIN` at `start`.
    pub fn at(&mut self, scan: &mut Scan, start: usize) {
        if start < self.done {
            return;
        }
        let line = scan.bytes.get(start..scan.bytes.len().min(start + 120)).unwrap_or(&[]);
        let label = line
            .iter()
            .skip(10)
            .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b' ' | b'_'))
            .count();
        let upper = line.get(..10 + label).unwrap_or(&[]).to_ascii_uppercase();
        if memmem::find(&upper, b"PRIVATE KEY").is_none()
            || line.get(10 + label..15 + label) != Some(b"-----")
        {
            return;
        }
        let body = start + 15 + label;
        if self.next_end.is_none_or(|at| at < body) && !self.none_left {
            let rest = scan.bytes.get(body..).unwrap_or(&[]);
            self.next_end = memmem::find(rest, b"-----END").map(|at| body + at);
            self.none_left = self.next_end.is_none();
        }
        let close = self.next_end.filter(|&at| at >= body && !self.none_left);
        let end = match close {
            Some(at) => {
                let tail = scan.bytes.get(at + 8..scan.bytes.len().min(at + 120)).unwrap_or(&[]);
                memmem::find(tail, b"-----").map_or(at + 8, |n| at + 8 + n + 5)
            }
            None => {
                let rest = scan.bytes.get(body..).unwrap_or(&[]);
                let text = |b: &&u8| b.is_ascii_alphanumeric() || b"+/=\r\n \\".contains(*b);
                let n = rest.iter().take_while(text).count();
                let used = rest.get(..n).unwrap_or(&[]).trim_ascii_end().len();
                if used < 32 {
                    return;
                }
                body + used
            }
        };
        self.done = end;
        push(scan, start, end, "pem_private_key", 1.0, true);
    }
}
