//! Whether a request without a key comes from a page of another site in a browser on this machine.
//!
//! Two ways lead such a page here. It may send a request across origins: browsers then say so in `Origin` and
//! `Sec-Fetch-Site` (Fetch Metadata, section 2.3). Or its host name may be pointed at a loopback address once the page is
//! loaded (DNS rebinding): then the request carries that name as its `Host`. Clients that are no browsers send neither
//! header and name the host that they connect to.
//!
//! Invariant: pure; what cannot be read is foreign.

use crate::config::ServerSettings;
use crate::error::{Error, ErrorKind};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri, header};
use std::net::{Ipv4Addr, Ipv6Addr};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses a request that another site's page may have sent.
///
/// # Errors
/// [`ErrorKind::ForeignSite`].
pub fn check(settings: &ServerSettings, uri: &Uri, headers: &HeaderMap) -> Result<(), Error> {
    let named = headers.get_all(header::HOST).iter().map(text);
    let named = uri.authority().map(|authority| Some(authority.as_str())).into_iter().chain(named);
    for host in named {
        if !host.is_some_and(|host| is_own_host(settings, host)) {
            let message = "the request names a host that is not this gateway's; list the name in `allowed_hosts`, \
                           or set `api_keys`";
            return Err(Error::new(ErrorKind::ForeignSite, message));
        }
    }
    if !is_own_page(settings, headers) {
        let message = "the request comes from a web page of another site; list its origin in `allowed_origins`, \
                       or set `api_keys`";
        return Err(Error::new(ErrorKind::ForeignSite, message));
    }
    Ok(())
}

/// The origin of a page that the operator lets in, as the browser wrote it.
pub fn allowed_origin<'a>(
    settings: &ServerSettings,
    headers: &'a HeaderMap,
) -> Option<&'a HeaderValue> {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let only = origins.next().filter(|_| origins.next().is_none())?;
    is_listed(settings, text(only)?).then_some(only)
}

fn is_own_page(settings: &ServerSettings, headers: &HeaderMap) -> bool {
    let origins: Vec<_> = headers.get_all(header::ORIGIN).iter().map(text).collect();
    let listed = |origin: &&str| is_listed(settings, origin);
    if !origins.is_empty() && origins.iter().all(|origin| origin.as_ref().is_some_and(listed)) {
        return true;
    }
    let own =
        |origin: &Option<&str>| origin.is_some_and(|origin| is_local_origin(settings, origin));
    let near = |site: Option<&str>| matches!(site, Some("same-origin" | "same-site" | "none"));
    origins.iter().all(own) && headers.get_all(SEC_FETCH_SITE).iter().map(text).all(near)
}

fn is_listed(settings: &ServerSettings, origin: &str) -> bool {
    settings.allowed_origins.iter().any(|allowed| allowed.eq_ignore_ascii_case(origin))
}

/// A page that this machine serves, or a host that is the gateway's own name.
fn is_local_origin(settings: &ServerSettings, origin: &str) -> bool {
    let rest = strip(origin, "http://").or_else(|| strip(origin, "https://"));
    rest.is_some_and(|host| is_own_host(settings, host))
}

fn strip<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    let (begin, rest) = text.split_at_checked(start.len())?;
    begin.eq_ignore_ascii_case(start).then_some(rest)
}

/// Whether `host`, with or without a port, is a name of this machine for itself or one that the operator lists.
fn is_own_host(settings: &ServerSettings, host: &str) -> bool {
    let Some(name) = without_port(host) else { return false };
    let name = name.strip_suffix('.').unwrap_or(name);
    let inside = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let is_loopback = match inside {
        Some(address) => address.parse().is_ok_and(is_loopback_v6),
        None => name.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback()),
    };
    is_loopback
        || name.eq_ignore_ascii_case("localhost")
        || settings.allowed_hosts.iter().any(|allowed| allowed.eq_ignore_ascii_case(name))
}

fn is_loopback_v6(address: Ipv6Addr) -> bool {
    address.is_loopback() || address.to_ipv4_mapped().is_some_and(|address| address.is_loopback())
}

/// The name of a `host[:port]`; `None` if it is not of that form.
fn without_port(host: &str) -> Option<&str> {
    let end = if host.starts_with('[') {
        host.find(']')? + 1
    } else {
        host.find(':').unwrap_or(host.len())
    };
    let (name, port) = host.split_at_checked(end)?;
    let port_fits = match port.strip_prefix(':') {
        Some(digits) => digits.len() <= 5 && digits.bytes().all(|byte| byte.is_ascii_digit()),
        None => port.is_empty(),
    };
    port_fits.then_some(name)
}

fn text(value: &HeaderValue) -> Option<&str> {
    value.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::{allowed_origin, check};
    use crate::config::{Config, Overrides, ServerSettings};
    use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri};

    fn settings() -> ServerSettings {
        let yaml = "allowed_hosts: [weir.corp.example, '[fd00::5]']\n\
                    allowed_origins: ['https://app.example.com', 'chrome-extension://abcdef']\n\
                    local: {enabled: false}\ntargets: [{name: t, kind: openai, model: m, base_url: 'http://127.0.0.1:9/v1', api_key: none}]";
        Config::from_text(yaml, None, &|_| None, &Overrides::default()).unwrap().server
    }

    fn passes(uri: &str, headers: &[(&'static str, &str)]) -> bool {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
            map.append(HeaderName::from_static(name), value);
        }
        check(&settings(), &uri.parse::<Uri>().unwrap(), &map).is_ok()
    }

    #[test]
    fn only_own_names_of_the_host_pass() {
        for host in [
            "localhost",
            "localhost:8787",
            "LOCALHOST:8787",
            "localhost.",
            "localhost.:8787",
            "127.0.0.1",
            "127.0.0.1:8787",
            "127.8.9.1:1",
            "[::1]",
            "[::1]:8787",
            "[::ffff:127.0.0.1]:8787",
            "[0:0:0:0:0:0:0:1]",
            "weir.corp.example",
            "Weir.Corp.Example:443",
            "[fd00::5]:8787",
        ] {
            assert!(passes("/", &[("host", host)]), "{host}");
            assert!(passes(&format!("http://{host}/v1/models"), &[]), "{host}");
        }
        for host in [
            "evil.example",
            "evil.example:8787",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "127.0.0.1.nip.io:8787",
            "localhost:8787.evil.example",
            "evil.example:localhost",
            "0.0.0.0:8787",
            "10.0.0.5:8787",
            "[::2]:8787",
            "[::]",
            "::1",
            "2130706433",
            "0x7f.1",
            "127.1",
            "[::1",
            "",
            ":8787",
            "localhost@evil.example",
            "evil.example#localhost",
            "xn--lcalhost-n3a",
            "loc\u{e4}lhost",
            "localhost:123456",
        ] {
            assert!(!passes("/", &[("host", host)]), "{host}");
        }
        assert!(passes("/", &[]), "HTTP/1.0 without a name; browsers always send one");
        assert!(!passes("/", &[("host", "localhost"), ("host", "evil.example")]));
        assert!(!passes("http://evil.example/v1/models", &[("host", "localhost")]));
    }

    #[test]
    fn only_pages_of_this_machine_and_listed_ones_pass() {
        let with = |headers: &[(&'static str, &str)]| {
            let mut all = vec![("host", "localhost:8787")];
            all.extend_from_slice(headers);
            passes("/", &all)
        };
        for origin in [
            "http://localhost:8787",
            "http://127.0.0.1:8787",
            "http://[::1]:8787",
            "http://localhost:3000",
            "https://localhost",
            "HTTP://LOCALHOST:8787",
            "http://127.0.0.2",
            "http://weir.corp.example",
            "https://app.example.com",
            "HTTPS://APP.EXAMPLE.COM",
            "chrome-extension://abcdef",
        ] {
            assert!(with(&[("origin", origin)]), "{origin}");
        }
        for origin in [
            "null",
            "",
            "https://evil.example",
            "http://localhost.evil.example",
            "http://evil.example:8787",
            "https://app.example.com.evil.example",
            "https://app.example.com:8443",
            "http://app.example.com",
            "https://sub.app.example.com",
            "file://",
            "chrome-extension://other",
            "moz-extension://abcdef",
            "localhost",
            "http://localhost@evil.example",
            "http://localhost/evil",
            "https://[::2]",
            "\u{ff}",
        ] {
            assert!(!with(&[("origin", origin)]), "{origin}");
        }
        for (site, fine) in [
            ("same-origin", true),
            ("same-site", true),
            ("none", true),
            ("cross-site", false),
            ("", false),
            ("Same-Origin", false),
            ("nonsense", false),
        ] {
            assert_eq!(with(&[("sec-fetch-site", site)]), fine, "{site}");
            assert_eq!(
                with(&[("sec-fetch-site", site), ("origin", "http://localhost:1")]),
                fine,
                "{site}"
            );
            assert!(
                !with(&[("sec-fetch-site", site), ("origin", "https://evil.example")]),
                "{site}"
            );
            assert!(
                with(&[("sec-fetch-site", site), ("origin", "https://app.example.com")]),
                "{site}"
            );
        }
        assert!(with(&[]), "no browser");
        assert!(!with(&[
            ("origin", "https://app.example.com"),
            ("origin", "https://evil.example")
        ]));
    }

    #[test]
    fn answers_name_an_origin_only_if_it_is_listed() {
        let origin = |value: &'static str| {
            let headers = HeaderMap::from_iter([(
                axum::http::header::ORIGIN,
                HeaderValue::from_static(value),
            )]);
            allowed_origin(&settings(), &headers).is_some()
        };
        assert!(origin("https://app.example.com") && origin("chrome-extension://abcdef"));
        assert!(
            !origin("http://localhost:3000") && !origin("null") && !origin("https://evil.example")
        );
    }
}
