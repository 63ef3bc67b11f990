//! Credentials: one keyword search over the text, then the detector that each keyword belongs to.
//!
//! Invariant: a text without a keyword costs the search alone; no regular expression is compiled before its keyword
//! and a cheap look at the bytes around it allow a match.

mod gitleaks;
mod http;
mod jwt;
mod password;
mod pem;

use super::scan::{Hit, Scan};
use super::{entity::SECRET, url};
use aho_corasick::{AhoCorasick, AhoCorasickKind};
use gitleaks::{Rules, Windows};

/// Keywords of the detectors written here; the rules' anchors follow them.
const OWN: [(&str, Own); 18] = [
    ("eyj", Own::Jwt),
    ("-----begin", Own::Pem),
    ("basic ", Own::Basic),
    ("bearer ", Own::Bearer),
    ("://", Own::Url),
    ("password", Own::Password),
    ("passwd", Own::Password),
    ("pwd", Own::Password),
    ("passphrase", Own::Password),
    ("passwort", Own::Password),
    ("kennwort", Own::Password),
    ("contraseña", Own::Password),
    ("mot de passe", Own::Password),
    ("passcode", Own::Password),
    ("senha", Own::Password),
    ("accountkey=", Own::Password),
    ("sharedaccesskey=", Own::Password),
    ("sk-", Own::Token),
];

#[derive(Debug, Clone, Copy)]
enum Own {
    Jwt,
    Pem,
    Basic,
    Bearer,
    Url,
    Password,
    Token,
}

/// The keyword search and what hangs on it.
pub(super) struct Secrets {
    search: Option<AhoCorasick>,
    rules: Rules,
    /// For each pattern behind the own ones: the rules it anchors.
    anchored: Vec<Vec<usize>>,
}

impl Secrets {
    /// Reads the rules and builds the search; compiles no rule.
    pub fn new() -> Self {
        let rules = Rules::embedded();
        let mut patterns: Vec<&str> = OWN.iter().map(|(word, _)| *word).collect();
        let mut anchored: Vec<Vec<usize>> = Vec::new();
        for (i, anchor) in rules.anchors() {
            match patterns.iter().skip(OWN.len()).position(|p| *p == anchor) {
                Some(place) => anchored[place].push(i),
                None => {
                    patterns.push(anchor);
                    anchored.push(vec![i]);
                }
            }
        }
        let mut builder = AhoCorasick::builder();
        builder.ascii_case_insensitive(true).kind(Some(AhoCorasickKind::DFA));
        let search = builder.build(patterns).ok();
        Self { search, rules, anchored }
    }

    /// Finds credentials and personal URLs.
    pub fn find(&self, scan: &mut Scan) {
        let Some(search) = &self.search else { return };
        let text = scan.text;
        let mut windows = Windows::default();
        let mut done = 0;
        let mut pem = pem::Pem::default();
        for found in search.find_overlapping_iter(text) {
            let (start, end) = (found.start(), found.end());
            match OWN.get(found.pattern().as_usize()) {
                Some((_, Own::Jwt)) => jwt::at(scan, start),
                Some((_, Own::Pem)) => pem.at(scan, start),
                Some((_, Own::Basic)) => http::basic(scan, start, end),
                Some((_, Own::Bearer)) => http::bearer(scan, start, end),
                Some((_, Own::Url)) => url::at(scan, start, &mut done),
                Some((_, Own::Password)) => password::at(scan, start, end),
                Some((_, Own::Token)) => http::sk_token(scan, start),
                None => {
                    let rules = self.anchored.get(found.pattern().as_usize() - OWN.len());
                    windows.note(scan, &self.rules, rules.map_or(&[], Vec::as_slice), start, end);
                }
            }
        }
        self.rules.run(scan, windows);
    }
}

/// Whether a value stands for one instead of being one: `<password>`, `${PW}`, `****`, `xxxx`, `your_password`.
pub(super) fn is_placeholder(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let bytes = lower.as_bytes();
    let same = bytes.windows(2).all(|pair| pair[0] == pair[1]);
    let bracketed =
        matches!(bytes.first(), None | Some(b'<' | b'$' | b'{' | b'%' | b'[' | b'*' | b'('));
    let words = [
        "password",
        "passwd",
        "pass",
        "pwd",
        "secret",
        "token",
        "changeme",
        "example",
        "redacted",
        "null",
        "none",
        "true",
        "false",
        "undefined",
        "string",
        "required",
        "placeholder",
        "username",
        "user",
        "process.env",
        "os.environ",
        "getenv",
    ];
    same || bracketed
        || words.contains(&lower.as_str())
        || [
            "your",
            "my_",
            "my-",
            "xxx",
            "...",
            "env.",
            "process.env",
            "os.environ",
            "config.",
            "self.",
            "example",
        ]
        .iter()
        .any(|w| lower.starts_with(w))
        || lower.contains("${")
        || lower.contains("{{")
        || lower.contains("****")
}

/// Records a secret.
fn push(
    scan: &mut Scan,
    start: usize,
    end: usize,
    kind: &'static str,
    score: f32,
    validated: bool,
) {
    scan.push(Hit {
        start,
        end,
        entity: SECRET,
        kind: Some(kind),
        score,
        validated,
        detector: "secret",
    });
}
