//! Clients that are silent, slow or too many, and what a stop does to answers under way, over sockets.

use crate::support::client;
use crate::support::gateway::TestGateway;
use crate::support::upstream::{Script, Upstream};
use futures_util::future::join_all;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::Instant;
use weir::chat::Outcome;

const CHAT: &str = "/v1/chat/completions";
const HELLO: &str = r#"{"model":"auto","messages":[{"role":"user","content":"hello"}]}"#;
const HELLO_STREAM: &str =
    r#"{"model":"auto","stream":true,"messages":[{"role":"user","content":"hello"}]}"#;

fn config(url: &str, connections: &str) -> String {
    format!(
        "local: {{enabled: false}}\nledger: {{enabled: false}}\nconnections: {{{connections}}}\ntargets:\n  - {{name: cloud, \
         kind: openai, model: gpt-4.1-mini, provider: openai, base_url: \"{url}/v1\", api_key: none, \
         limits: {{ttft_ms: 600000, idle_ms: 600000, total_ms: 600000}}}}\n\
         route: [{{name: all, to: cloud, latency: background}}]\nlatency: {{background: {{total_ms: 600000}}}}\n"
    )
}

fn none() -> BTreeMap<String, String> {
    BTreeMap::new()
}

async fn upstream(yaml: &str) -> Upstream {
    let scripts: Vec<Script> = serde_saphyr::from_str(yaml).unwrap();
    Upstream::start(scripts).await
}

/// Sends pieces, each after a pause in seconds, and reads beside it; gives back after how many seconds the connection was
/// closed, and what came.
async fn slow(at: SocketAddr, pieces: Vec<(u64, Vec<u8>)>) -> (u64, String) {
    let (mut reader, mut writer) = TcpStream::connect(at).await.unwrap().into_split();
    let begun = Instant::now();
    let sends = tokio::spawn(async move {
        for (pause, piece) in pieces {
            tokio::time::sleep(Duration::from_secs(pause)).await;
            if writer.write_all(&piece).await.is_err() {
                return;
            }
        }
        // The socket stays open: a client that closes is another one.
        tokio::time::sleep(Duration::from_secs(10_000)).await;
    });
    let mut seen = Vec::new();
    while matches!(reader.read_buf(&mut seen).await, Ok(n) if n > 0) {}
    sends.abort();
    (begun.elapsed().as_secs(), String::from_utf8_lossy(&seen).into_owned())
}

fn h2(frames: &[&[u8]]) -> Vec<u8> {
    let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0".to_vec();
    frames.iter().for_each(|frame| bytes.extend_from_slice(frame));
    bytes
}

#[tokio::test(start_paused = true)]
async fn silent_and_trickling_clients_are_let_go() {
    const PING: &[u8] = b"\0\0\x08\x06\0\0\0\0\0weirweir";
    /// `GET /healthz` of `localhost` on the first stream.
    const GET: &[u8] = b"\0\0\x17\x01\x05\0\0\0\x01\x82\x86\x04\x08/healthz\x41\x09localhost";
    let get = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n".to_vec();
    let head = |more: &str| {
        format!("POST {CHAT} HTTP/1.1\r\nhost: localhost\r\n{more}\r\n\r\n").into_bytes()
    };
    let trickle = |first: Vec<u8>, pause: u64, byte: &[u8]| {
        let mut pieces = vec![(0, first)];
        pieces.extend(std::iter::repeat_n((pause, byte.to_vec()), 200));
        pieces
    };
    /// What it is, what is sent when (seconds), when the connection ends at the earliest and latest, a part of the answer.
    type Case = (&'static str, Vec<(u64, Vec<u8>)>, [u64; 2], &'static str);
    let cases: Vec<Case> = vec![
        ("says nothing", vec![], [30, 31], ""),
        ("one byte", vec![(0, b"G".to_vec())], [30, 31], ""),
        ("a byte late", vec![(29, b"G".to_vec())], [30, 31], ""),
        ("half a head", vec![(0, b"GET / HTTP/1.1\r\nhost: localhost\r\n".to_vec())], [30, 31], ""),
        ("a head by the byte", trickle(b"GET / HTTP/1.1\r\nx: ".to_vec(), 5, b"y"), [30, 31], ""),
        ("blank lines for ever", trickle(b"\r\n".to_vec(), 3, b"\r\n"), [30, 31], ""),
        ("half a preface", vec![(0, b"PRI * HTTP/2".to_vec())], [30, 31], ""),
        ("HTTP/2 without a request", vec![(0, h2(&[]))], [30, 32], ""),
        ("HTTP/2 with pings alone", trickle(h2(&[]), 4, PING), [30, 32], ""),
        (
            "HTTP/2 with half a head",
            vec![(0, h2(&[b"\0\0\x17\x01\x01\0\0\0\x01\x82"]))],
            [30, 32],
            "",
        ),
        ("idle after a request", vec![(0, get.clone())], [90, 92], "\"ok\""),
        (
            "idle after a later request",
            vec![(20, get.clone()), (60, get.clone())],
            [170, 172],
            "\"ok\"",
        ),
        ("a trickled head after a request", trickle(get.clone(), 10, b"G"), [40, 42], "\"ok\""),
        ("HTTP/2 idle after a request", vec![(0, h2(&[GET]))], [90, 92], "\"ok\""),
        ("HTTP/2 idle but for pings", trickle(h2(&[GET]), 10, PING), [90, 92], "\"ok\""),
        ("no body", vec![(0, head("content-length: 100"))], [20, 22], "body_too_slow"),
        (
            "a body by the byte",
            trickle(head("content-length: 100"), 5, b" "),
            [20, 22],
            "body_too_slow",
        ),
        (
            "a body that stops",
            vec![(0, head("content-length: 100")), (3, b"{".to_vec())],
            [20, 22],
            "body_too_slow",
        ),
        (
            "chunks by the byte",
            trickle(head("transfer-encoding: chunked"), 5, b"1\r\n \r\n"),
            [20, 22],
            "body_too_slow",
        ),
        (
            "no body after a hint",
            vec![(0, head("content-length: 100\r\nexpect: 100-continue"))],
            [20, 22],
            "body_too_slow",
        ),
    ];
    let gateway = TestGateway::start(&config("http://127.0.0.1:9", "")).await;
    let at = gateway.address;
    let (names, scripts): (Vec<_>, Vec<_>) =
        cases.into_iter().map(|(what, pieces, range, part)| ((what, range, part), pieces)).unzip();
    let clients = scripts.into_iter().map(|pieces| slow(at, pieces));
    for ((what, [least, most], part), (seconds, seen)) in
        names.into_iter().zip(join_all(clients).await)
    {
        assert!((least..=most).contains(&seconds), "{what}: closed after {seconds} s: {seen}");
        assert!(seen.contains(part), "{what}: {seen}");
    }
    let records = gateway.finish().await;
    assert_eq!(records.iter().filter(|record| record.error == Some("body_too_slow")).count(), 5);
}

#[tokio::test(start_paused = true)]
async fn limits_are_those_of_the_configuration() {
    let limits = "head_s: 3, idle_s: 7, body_stall_s: 5";
    let gateway = TestGateway::start(&config("http://127.0.0.1:9", limits)).await;
    let get = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n".to_vec();
    let post = format!("POST {CHAT} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\n");
    for (pieces, expected) in [(vec![], 3), (vec![(0, get)], 7), (vec![(0, post.into_bytes())], 5)]
    {
        let (seconds, seen) = slow(gateway.address, pieces).await;
        assert!((expected..=expected + 2).contains(&seconds), "{expected}: {seconds} {seen}");
    }
    gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn busy_connections_fill_the_gateway_and_idle_ones_make_room() {
    let mut upstream = upstream("[{end: mute}]").await;
    let gateway = TestGateway::start(&config(&upstream.url, "max: 3")).await;
    let at = gateway.address;
    let mut idle = Vec::new();
    for _ in 0..3 {
        idle.push(TcpStream::connect(at).await.unwrap());
    }
    // Each idle one leaves for one that asks.
    let mut busy = Vec::new();
    for n in 1..=3 {
        busy.push(client::open(at, "POST", CHAT, &none(), HELLO).await);
        while upstream.seen().len() < n {
            tokio::task::yield_now().await;
        }
    }
    for socket in &mut idle {
        assert_eq!(socket.read(&mut [0; 16]).await.unwrap_or(0), 0, "an idle one is closed");
    }
    for _ in 0..5 {
        let refused = client::send(at, "GET", "/healthz", &none(), "").await;
        assert_eq!((refused.status, refused.headers["retry-after"].as_str()), (503, "2"));
        assert!(refused.body.contains("overloaded"), "{}", refused.body);
    }
    drop(busy.pop());
    upstream.left().await;
    // The place is free once the gateway has seen it.
    while client::send(at, "GET", "/healthz", &none(), "").await.status != 200 {
        tokio::task::yield_now().await;
    }
    drop(busy);
    gateway.finish().await;
}

#[tokio::test(start_paused = true)]
async fn a_stop_ends_answers_with_an_error_and_puts_them_on_record() {
    let piece = r#"data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hel\"}}]}\n\n"#;
    let stream = format!("{{type: sse, end: hang, pieces: [\"{piece}\"]}}");
    let upstream = upstream(&format!("[{stream}, {stream}, {{end: mute}}]")).await;
    let gateway = TestGateway::start(&config(&upstream.url, "")).await;
    let at = gateway.address;
    let mut sockets = Vec::new();
    for (n, body) in [HELLO_STREAM, HELLO_STREAM, HELLO].into_iter().enumerate() {
        sockets.push(client::open(at, "POST", CHAT, &none(), body).await);
        while upstream.seen().len() <= n {
            tokio::task::yield_now().await;
        }
    }
    let head = format!("POST {CHAT} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 50\r\n\r\n{{");
    let mut half = TcpStream::connect(at).await.unwrap();
    half.write_all(head.as_bytes()).await.unwrap();
    sockets.push(half);
    let reads = sockets.into_iter().map(|mut socket| async move {
        let mut seen = String::new();
        let _ = socket.read_to_string(&mut seen).await;
        seen
    });
    let reads = tokio::spawn(join_all(reads));
    // All of them have begun before the stop.
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
    let begun = Instant::now();
    let records = gateway.finish().await;
    assert!((10..=13).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
    let seen = reads.await.unwrap();
    for stream in &seen[..2] {
        assert!(stream.starts_with("HTTP/1.1 200") && stream.contains("Hel"), "{stream}");
        assert!(stream.contains("data: {\"error\"") && stream.contains("stopping"), "{stream}");
        assert!(!stream.contains("[DONE]") && stream.ends_with("0\r\n\r\n"), "{stream}");
    }
    for whole in &seen[2..] {
        assert!(whole.starts_with("HTTP/1.1 503") && whole.contains("stopping"), "{whole}");
        assert!(whole.contains("retry-after"), "{whole}");
    }
    let told: Vec<_> = records.iter().map(|record| (record.error, record.outcome)).collect();
    assert_eq!(told, [(Some("stopping"), Outcome::Error); 4]);
}
