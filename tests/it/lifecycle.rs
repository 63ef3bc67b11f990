//! What a case table cannot say: clients that leave, keys, reload, the endpoints beside the river.

use crate::support::client;
use crate::support::gateway::{TestGateway, load};
use crate::support::upstream::{Script, Upstream};
use std::collections::BTreeMap;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use weir::chat::Outcome;

const HELLO: &str = r#"{"model":"auto","messages":[{"role":"user","content":"hello"}]}"#;
const HELLO_STREAM: &str =
    r#"{"model":"auto","stream":true,"messages":[{"role":"user","content":"hello"}]}"#;
const CHAT: &str = "/v1/chat/completions";

fn scripts(yaml: &str) -> Vec<Script> {
    serde_saphyr::from_str(yaml).unwrap()
}

fn one_target(url: &str, more: &str) -> String {
    format!(
        "local: {{enabled: false}}\nledger: {{enabled: false}}\ntargets:\n  - {{name: cloud, kind: openai, model: \
         gpt-4.1-mini, provider: openai, base_url: \"{url}/v1\", api_key: none}}\n{more}"
    )
}

fn none() -> BTreeMap<String, String> {
    BTreeMap::new()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_leaves_a_stream_cancels_the_upstream_and_is_billed_an_estimate() {
    let mut upstream = Upstream::start(scripts(
        r#"[{type: sse, end: hang, pieces: ["data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hel\"}}]}\n\n"]}]"#,
    ))
    .await;
    let gateway = TestGateway::start(&one_target(&upstream.url, "")).await;
    let mut socket = client::open(gateway.address, "POST", CHAT, &none(), HELLO_STREAM).await;
    let mut seen = Vec::new();
    while !seen.windows(3).any(|w| w == b"Hel") {
        let n = socket.read_buf(&mut seen).await.unwrap();
        assert!(n > 0, "the stream ended early");
    }
    drop(socket);
    upstream.left().await;
    let records = gateway.finish().await;
    let [record] = records.as_slice() else { panic!("{} rows", records.len()) };
    assert_eq!(record.outcome, Outcome::Cancelled);
    assert!(
        record.usage.estimated && record.usage.input > 0 && record.usage.output == 1,
        "{:?}",
        record.usage
    );
    assert!(record.cost.is_some_and(|cost| cost.0 > 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_leaves_before_the_answer_cancels_the_upstream() {
    let mut upstream = Upstream::start(scripts("[{end: mute}]")).await;
    let gateway = TestGateway::start(&one_target(&upstream.url, "")).await;
    let socket = client::open(gateway.address, "POST", CHAT, &none(), HELLO).await;
    while upstream.seen().is_empty() {
        tokio::task::yield_now().await;
    }
    drop(socket);
    upstream.left().await;
    let records = gateway.finish().await;
    assert_eq!(
        records.iter().map(|r| (r.outcome, r.status)).collect::<Vec<_>>(),
        [(Outcome::Cancelled, 499)]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_checked_and_give_the_tenant() {
    let upstream = Upstream::start(scripts(
        r#"[{pieces: ['{"choices":[{"index":0,"message":{"role":"assistant","content":"x"},"finish_reason":"stop"}]}']}]"#,
    ))
    .await;
    let folder = tempfile::tempdir().unwrap();
    let key = format!("key-{}", uuid::Uuid::now_v7());
    let key_file = folder.path().join("key");
    std::fs::write(&key_file, &key).unwrap();
    let keys =
        format!("api_keys: [{{name: web, key_file: \"{}\", tenant: shop}}]\n", key_file.display());
    let gateway = TestGateway::start(&one_target(&upstream.url, &keys)).await;

    for wrong in [None, Some("Bearer nonsense".to_owned()), Some(format!("Bearer {key}x"))] {
        let headers = wrong.map(|value| ("authorization".to_owned(), value)).into_iter().collect();
        let answer = client::send(gateway.address, "POST", CHAT, &headers, HELLO).await;
        assert_eq!(answer.status, 401);
        assert!(
            answer.body.contains("invalid_api_key") && !answer.body.contains(&key),
            "{}",
            answer.body
        );
    }
    let headers = BTreeMap::from([("authorization".to_owned(), format!("Bearer {key}"))]);
    let answer = client::send(gateway.address, "POST", CHAT, &headers, HELLO).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let records = gateway.finish().await;
    let told: Vec<_> =
        records.iter().map(|r| (r.status, r.tenant.as_deref().map(str::to_owned))).collect();
    assert_eq!(told, [(401, None), (401, None), (401, None), (200, Some("shop".to_owned()))]);
    assert_eq!(upstream.seen().len(), 1);
    assert!(!upstream.seen()[0].head.contains(&key), "a client's key must not reach the provider");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reload_changes_what_new_requests_meet() {
    let upstream = Upstream::start(scripts(
        r#"[{pieces: ['{"choices":[{"index":0,"message":{"role":"assistant","content":"x"},"finish_reason":"stop"}]}']}]"#,
    ))
    .await;
    let gateway = TestGateway::start(&one_target(&upstream.url, "")).await;
    let before = gateway.gateway.live();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("weir.yaml");
    std::fs::write(
        &file,
        one_target(&upstream.url, "route: [{name: closed, to: cloud, privacy: block}]\n"),
    )
    .unwrap();
    gateway.gateway.reload(load(&file)).await.unwrap();
    let answer = client::send(gateway.address, "POST", CHAT, &none(), HELLO).await;
    assert_eq!(answer.status, 403, "{}", answer.body);
    assert_ne!(before.config.hash, gateway.gateway.live().config.hash);
    let records = gateway.finish().await;
    assert_ne!(*records[0].config_hash, *before.config.hash);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_trickles_its_headers_is_let_go() {
    let gateway = TestGateway::start(&one_target("http://127.0.0.1:9", "")).await;
    let mut socket = tokio::net::TcpStream::connect(gateway.address).await.unwrap();
    socket.write_all(b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nx-slow").await.unwrap();
    let begun = tokio::time::Instant::now();
    let mut answer = Vec::new();
    // The paused clock runs on whenever nothing else is to do.
    let _ = socket.read_to_end(&mut answer).await;
    let waited = begun.elapsed().as_secs();
    assert!((30..=32).contains(&waited), "let go after {waited} s");
    gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn health_readiness_metrics_and_usage_answer() {
    let upstream = Upstream::start(scripts(
        r#"[{pieces: ['{"choices":[{"index":0,"message":{"role":"assistant","content":"x"},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":1}}']}]"#,
    ))
    .await;
    let gateway = TestGateway::start(&one_target(&upstream.url, "")).await;
    let answer = client::send(gateway.address, "POST", CHAT, &none(), HELLO).await;
    assert_eq!(answer.status, 200);
    for (path, part) in [
        ("/healthz", "\"ok\""),
        ("/readyz", "\"ready\":true"),
        ("/metrics", "weir_requests_total{"),
        ("/metrics", "weir_overhead_seconds_bucket{"),
        ("/metrics", "weir_breaker_state{target=\"cloud\"} 0"),
        ("/v1/models/auto", "\"id\":\"auto\""),
    ] {
        let answer = client::send(gateway.address, "GET", path, &none(), "").await;
        assert!(
            answer.status == 200 && answer.body.contains(part),
            "{path}: {} {}",
            answer.status,
            answer.body
        );
    }
    let answer = client::send(gateway.address, "GET", "/v1/usage?by=moon", &none(), "").await;
    assert!(answer.status == 400 && answer.body.contains("\"param\":\"by\""), "{}", answer.body);
    gateway.finish().await;
}
