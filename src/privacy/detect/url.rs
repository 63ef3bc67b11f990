//! URLs that carry something personal: userinfo, a path such as `/users/name`, an e-mail address or a token in the
//! query (RFC 3986). Other URLs are not findings. A password in a connection URL (`postgres://user:word@host`) is a
//! `SECRET`.

use super::entity::{SECRET, URL};
use super::scan::{Hit, Scan};
use super::secret::is_placeholder;

/// Longest URL looked at, in bytes.
const MOST: usize = 2048;

/// Path segments after which a person's name stands.
const PEOPLE: &[&str] =
    &["users", "user", "u", "in", "profile", "profiles", "people", "member", "members", "author"];

/// What stands at a name's place without being one.
const NOBODY: &[&str] = &[
    "me",
    "login",
    "logout",
    "settings",
    "new",
    "list",
    "admin",
    "register",
    "signup",
    "signin",
    "search",
    "edit",
    "id",
    "current",
    "self",
    "index",
    "all",
    "profile",
    "create",
    "update",
    "delete",
    "username",
    "user",
    "name",
    "public",
    "security",
    "sign_up",
    "sign_in",
    "sign-up",
    "sign-in",
    "account",
    "billing",
    "notifications",
    "tokens",
    "keys",
    "api-keys",
    "preferences",
    "password",
    "dashboard",
    "invite",
    "invites",
    "groups",
    "roles",
    "permissions",
    "help",
];

/// Path segments and hosts after which `@scope/package` stands.
const PACKAGES: &[&str] =
    &["package", "packages", "npm", "unpkg.com", "esm.sh", "cdn.skypack.dev", "registry.npmjs.org"];

/// Query keys whose value is a key to something.
const TOKENS: &[&str] = &[
    "token",
    "access_token",
    "id_token",
    "refresh_token",
    "api_key",
    "apikey",
    "api-key",
    "key",
    "auth",
    "password",
    "passwd",
    "pwd",
    "secret",
    "client_secret",
    "sig",
    "signature",
    "session",
    "sessionid",
    "sid",
    "jwt",
];

/// Looks at the `://` at `at`; `done` is where the last URL ended.
pub(super) fn at(scan: &mut Scan, at: usize, done: &mut usize) {
    if at < *done {
        return;
    }
    let back = scan.bytes.get(at.saturating_sub(24).max(*done)..at).unwrap_or(&[]);
    let scheme = back
        .iter()
        .rev()
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
        .count();
    let start = at - scheme;
    let rest = scan.bytes.get(at + 3..scan.bytes.len().min(at + MOST)).unwrap_or(&[]);
    let len = rest.iter().take_while(|b| !ends(**b)).count();
    let mut end = at + 3 + len;
    while matches!(
        scan.before(end),
        b'.' | b',' | b';' | b':' | b'!' | b'?' | b')' | b']' | b'}' | b'\'' | b'*'
    ) && end > at + 3
    {
        end -= 1;
    }
    *done = end;
    let Some(body) = scan.text.get(at + 3..end).filter(|b| scheme > 0 && !b.is_empty()) else {
        return;
    };
    let web = scan
        .bytes
        .get(start..at)
        .is_some_and(|s| matches!(s.to_ascii_lowercase().as_slice(), b"http" | b"https" | b"ftp"));
    let split = body.find(['/', '?', '#']).unwrap_or(body.len());
    let (authority, path) = body.split_at_checked(split).unwrap_or((body, ""));
    if let Some((user, _)) = authority.rsplit_once('@') {
        let password = user.split_once(':');
        match password {
            Some((name, word)) if !web => {
                let from = at + 3 + name.len() + 1;
                if !is_placeholder(word) {
                    push(scan, from, from + word.len(), SECRET, "connection_string", 0.95);
                }
                return;
            }
            _ if web && !is_placeholder(password.map_or(user, |p| p.1)) => {
                return push(scan, start, end, URL, "userinfo", 1.0);
            }
            _ => {}
        }
    }
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    if let Some((kind, score)) =
        query_kind(query).or_else(|| personal(authority, path).then_some(("personal_path", 0.8)))
    {
        push(scan, start, end, URL, kind, score);
    }
}

/// Bytes that end a URL.
fn ends(byte: u8) -> bool {
    byte <= b' ' || matches!(byte, b'"' | b'<' | b'>' | b'`' | b'\\' | b'^' | b'|')
}

fn query_kind(query: &str) -> Option<(&'static str, f32)> {
    query.split(['&', '#', ';']).find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        let key = key.to_ascii_lowercase();
        let email = value.contains("%40") || value.contains('@');
        let token = TOKENS.contains(&key.as_str())
            && value.len() >= 8
            && value.bytes().any(|b| b.is_ascii_digit());
        match (email && value.contains('.'), token && !is_placeholder(value)) {
            (true, _) => Some(("email_query", 1.0)),
            (_, true) => Some(("token_query", 1.0)),
            _ => None,
        }
    })
}

/// Whether the path names a person: `/users/ann`, `/@ann`, `/~ann`.
fn personal(host: &str, path: &str) -> bool {
    let mut before = host;
    for part in path.split('/') {
        let name = part.trim_start_matches(['@', '~']);
        let marked = name.len() < part.len();
        let letters = name.bytes().any(|b| b.is_ascii_alphabetic());
        let plain = name.len() >= 2
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
        let lower = name.to_ascii_lowercase();
        let file = lower.contains('.')
            && lower
                .rsplit('.')
                .next()
                .is_some_and(|e| matches!(e, "html" | "md" | "js" | "json" | "php" | "py"));
        let person = letters && plain && !file && !NOBODY.contains(&lower.as_str());
        let scope = part.starts_with('@') && PACKAGES.contains(&before);
        if person && ((marked && !scope && !name.contains('.')) || PEOPLE.contains(&before)) {
            return true;
        }
        if !part.is_empty() {
            before = part;
        }
    }
    false
}

fn push(
    scan: &mut Scan,
    start: usize,
    end: usize,
    entity: crate::chat::EntityType,
    kind: &'static str,
    score: f32,
) {
    scan.push(Hit {
        start,
        end,
        entity,
        kind: Some(kind),
        score,
        validated: true,
        detector: "url",
    });
}
