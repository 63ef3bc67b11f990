//! Who may come in: hosts, origins, keys and what a reload does to them, over sockets.

use crate::support::client::{self, Answer};
use crate::support::gateway::{TestGateway, load};
use crate::support::upstream::{Script, Upstream};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const CHAT: &str = "/v1/chat/completions";
const HELLO: &str = r#"{"model":"auto","messages":[{"role":"user","content":"hello"}]}"#;
const KEY: &str = "first-key-0123456789";
const OTHER: &str = "other-key-9876543210";
const ADMIN: &str = "admin-key-5551212345";

async fn provider() -> Upstream {
    let script: Vec<Script> = serde_saphyr::from_str(
        r#"[{pieces: ['{"choices":[{"index":0,"message":{"role":"assistant","content":"x"},"finish_reason":"stop"}]}']}]"#,
    )
    .unwrap();
    Upstream::start(script).await
}

fn config(url: &str, more: &str) -> String {
    format!(
        "local: {{enabled: false}}\nledger: {{enabled: false}}\ntargets:\n  - {{name: cloud, kind: openai, model: gpt-4.1-mini, provider: openai, \
         base_url: \"{url}/v1\", api_key: none}}\n{more}"
    )
}

fn bearer(key: &str) -> BTreeMap<String, String> {
    BTreeMap::from([("authorization".to_owned(), format!("Bearer {key}"))])
}

fn headers(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

async fn ask(at: SocketAddr, key: Option<&str>) -> u16 {
    let headers = key.map(bearer).unwrap_or_default();
    client::send(at, "POST", CHAT, &headers, HELLO).await.status
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_host_or_page_gets_nothing_without_a_key() {
    let upstream = provider().await;
    let folder = tempfile::tempdir().unwrap();
    let admin = folder.path().join("admin");
    std::fs::write(&admin, ADMIN).unwrap();
    let more = format!(
        "admin_keys: [{{name: ops, key_file: \"{}\"}}]\nallowed_hosts: [weir.corp.example]\n\
         allowed_origins: ['https://app.example.com']\n",
        admin.display()
    );
    let gateway = TestGateway::start(&config(&upstream.url, &more)).await;
    let at = gateway.address;
    let all: [(&str, &str, &str, u16); 9] = [
        ("POST", CHAT, HELLO, 200),
        ("POST", "/chat/completions", HELLO, 200),
        ("GET", "/v1/models", "", 200),
        ("GET", "/v1/models/auto", "", 200),
        ("GET", "/v1/usage", "", 404),
        ("GET", "/admin/routes", "", 200),
        ("GET", "/metrics", "", 200),
        ("GET", "/healthz", "", 200),
        ("GET", "/readyz", "", 200),
    ];
    let port = at.port();
    let fine = [
        headers(&[]),
        headers(&[("host", &format!("localhost:{port}"))]),
        headers(&[
            ("host", &format!("127.0.0.1:{port}")),
            ("origin", &format!("http://127.0.0.1:{port}")),
        ]),
        headers(&[("host", "weir.corp.example")]),
        headers(&[("sec-fetch-site", "none")]),
        headers(&[
            ("sec-fetch-site", "same-origin"),
            ("origin", &format!("http://localhost:{port}")),
        ]),
        headers(&[("origin", "https://app.example.com"), ("sec-fetch-site", "cross-site")]),
    ];
    let foreign = [
        headers(&[("host", "rebound.example")]),
        headers(&[("host", &format!("rebound.example:{port}"))]),
        headers(&[("host", "127.0.0.1.nip.example")]),
        headers(&[("origin", "https://other.example")]),
        headers(&[("origin", "null")]),
        headers(&[("sec-fetch-site", "cross-site")]),
        headers(&[("origin", "https://other.example"), ("sec-fetch-site", "same-origin")]),
    ];
    for (method, path, body, status) in all {
        for (set, expected) in
            fine.iter().map(|set| (set, status)).chain(foreign.iter().map(|set| (set, 403)))
        {
            let mut set = set.clone();
            set.extend(bearer(ADMIN));
            let answer = client::send(at, method, path, &set, body).await;
            assert_eq!(answer.status, expected, "{method} {path} {set:?}: {}", answer.body);
            assert_eq!(
                answer.body.contains("foreign_site"),
                expected == 403,
                "{path}: {}",
                answer.body
            );
        }
    }
    for path in ["/", "/nothing"] {
        assert_eq!(client::send(at, "GET", path, &foreign[0], "").await.status, 403);
        assert_eq!(client::send(at, "GET", path, &fine[0], "").await.status, 404);
    }
    let n_served = upstream.seen().len();
    assert_eq!(n_served, 2 * fine.len(), "nothing of a foreign page reached the provider");
    let records = gateway.finish().await;
    let refused = records.iter().filter(|record| record.error == Some("foreign_site")).count();
    assert_eq!((records.len(), refused), (2 * (fine.len() + foreign.len()), 2 * foreign.len()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listed_page_is_answered_as_browsers_need_it() {
    let upstream = provider().await;
    let more = "allowed_origins: ['https://app.example.com']\n";
    let gateway = TestGateway::start(&config(&upstream.url, more)).await;
    let page = |origin: &str| {
        headers(&[
            ("origin", origin),
            ("access-control-request-method", "POST"),
            ("sec-fetch-site", "cross-site"),
        ])
    };
    let asked =
        client::send(gateway.address, "OPTIONS", CHAT, &page("https://app.example.com"), "").await;
    let header =
        |answer: &Answer, name: &str| answer.headers.get(name).cloned().unwrap_or_default();
    assert_eq!(asked.status, 204);
    assert_eq!(header(&asked, "access-control-allow-origin"), "https://app.example.com");
    assert!(header(&asked, "access-control-allow-headers").contains("authorization"));
    assert_eq!(header(&asked, "vary"), "origin");
    let told =
        client::send(gateway.address, "POST", CHAT, &page("https://app.example.com"), HELLO).await;
    assert_eq!(told.status, 200, "{}", told.body);
    assert_eq!(header(&told, "access-control-allow-origin"), "https://app.example.com");
    assert!(header(&told, "access-control-expose-headers").contains("x-weir-request-id"));
    let other =
        client::send(gateway.address, "OPTIONS", CHAT, &page("https://other.example"), "").await;
    assert_eq!((other.status, header(&other, "access-control-allow-origin").len()), (403, 0));
    gateway.finish().await;
}

/// A step of a reload and what requests without a key, with the first and with the other key get after it.
type Step = (&'static str, &'static str, [u16; 3]);

#[tokio::test(flavor = "multi_thread")]
async fn no_order_of_reloads_serves_without_a_key_where_one_was_needed() {
    const PUBLIC: &str = "0.0.0.0:0";
    const HERE: &str = "127.0.0.1:0";
    let orders: [(&str, &str, &[Step]); 12] = [
        (PUBLIC, "first", &[("127.0.0.1", "none", [401, 401, 401])]),
        (
            PUBLIC,
            "first",
            &[("127.0.0.1", "first", [401, 200, 401]), ("127.0.0.1", "none", [401, 401, 401])],
        ),
        (
            PUBLIC,
            "first",
            &[("127.0.0.1", "none", [401, 401, 401]), ("0.0.0.0", "first", [401, 200, 401])],
        ),
        (
            PUBLIC,
            "first",
            &[("0.0.0.0", "other", [401, 401, 200]), ("127.0.0.1", "none", [401, 401, 401])],
        ),
        (
            PUBLIC,
            "first",
            &[("127.0.0.1", "weak", [401, 401, 401]), ("127.0.0.1", "none", [401, 401, 401])],
        ),
        (
            PUBLIC,
            "first",
            &[("0.0.0.0", "both", [401, 200, 200]), ("0.0.0.0", "other", [401, 401, 200])],
        ),
        (
            PUBLIC,
            "none",
            &[("127.0.0.1", "none", [401, 401, 401]), ("127.0.0.1", "first", [401, 200, 401])],
        ),
        (
            "[::]:0",
            "first",
            &[("127.0.0.1", "none", [401, 401, 401]), ("[::1]", "none", [401, 401, 401])],
        ),
        (HERE, "first", &[("127.0.0.1", "none", [401, 401, 401])]),
        (
            HERE,
            "first",
            &[("0.0.0.0", "first", [401, 200, 401]), ("127.0.0.1", "none", [401, 401, 401])],
        ),
        (
            HERE,
            "none",
            &[("127.0.0.1", "first", [401, 200, 401]), ("127.0.0.1", "none", [401, 401, 401])],
        ),
        (
            HERE,
            "none",
            &[("127.0.0.1", "none", [200, 200, 200]), ("0.0.0.0", "both", [401, 200, 200])],
        ),
    ];
    let upstream = provider().await;
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let (first, other, weak) = (file("first", KEY), file("other", OTHER), file("weak", "x"));
    let keys = |which: &str| match which {
        "first" => format!("api_keys: [{{name: a, key_file: \"{first}\"}}]\n"),
        "other" => format!("api_keys: [{{name: b, key_file: \"{other}\"}}]\n"),
        "both" => format!(
            "api_keys: [{{name: a, key_file: \"{first}\"}}, {{name: b, key_file: \"{other}\"}}]\n"
        ),
        "weak" => format!("api_keys: [{{name: c, key_file: \"{weak}\"}}]\n"),
        _ => String::new(),
    };
    for (socket, begin, steps) in orders {
        let more = keys(begin);
        let gateway =
            TestGateway::start_on(&config(&upstream.url, &more), socket.parse().unwrap()).await;
        let at = gateway.address;
        // A connection that is open from before the first reload.
        let mut kept = TcpStream::connect(at).await.unwrap();
        let what = format!("{socket} {begin}");
        for (n, (listen, with, expected)) in steps.iter().enumerate() {
            let text = config(&upstream.url, &format!("listen: \"{listen}:1\"\n{}", keys(with)));
            std::fs::write(&gateway.file, text).unwrap();
            gateway.gateway.reload(load(&gateway.file)).await.unwrap();
            for (key, expected) in [None, Some(KEY), Some(OTHER)].into_iter().zip(expected) {
                assert_eq!(ask(at, key).await, *expected, "{what} step {n}: {key:?}");
            }
            if *with == "weak" {
                assert_eq!(ask(at, Some("x")).await, 401, "{what} step {n}");
            }
            assert_eq!(
                on(&mut kept, at).await,
                expected[0],
                "{what} step {n}: a connection from before"
            );
        }
        gateway.finish().await;
    }
}

/// What one more request without a key gets on a connection that is kept.
async fn on(socket: &mut TcpStream, at: SocketAddr) -> u16 {
    let head = format!("GET /v1/models HTTP/1.1\r\nhost: {at}\r\n\r\n");
    socket.write_all(head.as_bytes()).await.unwrap();
    let mut seen = Vec::new();
    while !seen.ends_with(b"}") {
        assert!(socket.read_buf(&mut seen).await.unwrap() > 0, "closed");
    }
    String::from_utf8_lossy(&seen)[9..12].parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_gone_or_emptied_takes_no_key_away() {
    let upstream = provider().await;
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key");
    std::fs::write(&key, KEY).unwrap();
    let text = config(
        &upstream.url,
        &format!("api_keys: [{{name: a, key_file: \"{}\"}}]\n", key.display()),
    );
    let gateway = TestGateway::start(&text).await;
    let at = gateway.address;
    let source = weir::config::Source {
        path: Some(gateway.file.clone()),
        env: std::sync::Arc::new(|_| None),
        overrides: weir::config::Overrides::default(),
    };
    let source = source.pinned();
    for (what, contents) in
        [("no key in it", Some("")), ("white space", Some(" \n")), ("gone", None)]
    {
        match contents {
            Some(contents) => std::fs::write(&key, contents).unwrap(),
            None => std::fs::remove_file(&key).unwrap(),
        }
        assert!(source.load().is_err(), "{what}");
    }
    std::fs::write(&key, KEY).unwrap();
    std::fs::remove_file(&gateway.file).unwrap();
    assert!(source.load().is_err(), "the configuration is gone, which is not the same as none");
    // A file that was cut to nothing on its way to the disk means the defaults, which have no keys.
    std::fs::write(&gateway.file, "").unwrap();
    gateway.gateway.reload(source.load().unwrap()).await.unwrap();
    assert_eq!((ask(at, None).await, ask(at, Some(KEY)).await), (401, 401));
    std::fs::write(&gateway.file, text).unwrap();
    gateway.gateway.reload(source.load().unwrap()).await.unwrap();
    assert_eq!((ask(at, None).await, ask(at, Some(KEY)).await), (401, 200));
    gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_may_need_a_key_or_be_elsewhere() {
    let upstream = provider().await;
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let more = format!(
        "metrics: {{key_file: \"{}\"}}\napi_keys: [{{name: a, key_file: \"{}\"}}]\nadmin_keys: [{{name: ops, key_file: \"{}\"}}]\n",
        file("metrics", "metrics-key-13579"),
        file("client", KEY),
        file("admin", ADMIN),
    );
    let gateway = TestGateway::start(&config(&upstream.url, &more)).await;
    for (key, expected) in [
        (None, 401),
        (Some("metrics-key-13579"), 200),
        (Some(ADMIN), 200),
        (Some(KEY), 401),
        (Some("x"), 401),
    ] {
        let headers = key.map(bearer).unwrap_or_default();
        let answer = client::send(gateway.address, "GET", "/metrics", &headers, "").await;
        assert_eq!(answer.status, expected, "{key:?}");
        assert_eq!(answer.body.contains("weir_requests_total"), expected == 200, "{key:?}");
    }
    assert_eq!(ask(gateway.address, Some("metrics-key-13579")).await, 401, "it opens nothing else");
    let apart = gateway.metrics_apart().await;
    for (at, path, expected) in [
        (apart, "/metrics", 401),
        (apart, "/healthz", 200),
        (apart, "/readyz", 200),
        (apart, "/v1/models", 404),
        (apart, CHAT, 404),
        (apart, "/admin/routes", 404),
    ] {
        assert_eq!(
            client::send(at, "GET", path, &headers(&[]), "").await.status,
            expected,
            "{path}"
        );
    }
    let answer = client::send(apart, "GET", "/metrics", &bearer("metrics-key-13579"), "").await;
    assert_eq!(answer.status, 200);
    gateway.finish().await;
}
