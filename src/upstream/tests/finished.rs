//! Answers that said why they end, however their stream ends then; and waits that a breaker makes vain.

use super::super::scripted::{Act, Server, answer, chunk, end, stream_head, target};
use super::{Client, SHORT, collect};
use crate::config::resolved::TargetKind;
use crate::upstream::{Health, UpstreamError};
use std::time::Duration;

#[tokio::test]
async fn a_finished_answer_is_complete_however_its_stream_ends() {
    let large = "x".repeat(9 * 1024 * 1024);
    let silent = vec![Act::Hang];
    let cases: [(&str, TargetKind, Vec<Act>); 12] = [
        ("no marker", TargetKind::OpenAi, vec![end()]),
        ("no marker, anthropic", TargetKind::Anthropic, vec![end()]),
        ("closed", TargetKind::OpenAi, vec![Act::Close]),
        ("closed, anthropic", TargetKind::Anthropic, vec![Act::Close]),
        ("reset", TargetKind::OpenAi, vec![Act::Wait, Act::Reset]),
        ("half an event", TargetKind::OpenAi, vec![chunk("data: {\"b"), end()]),
        ("half a marker", TargetKind::OpenAi, vec![chunk("data: [DO"), Act::Close]),
        (
            "half a marker, anthropic",
            TargetKind::Anthropic,
            vec![chunk("event: message_st"), end()],
        ),
        ("the other marker", TargetKind::Anthropic, vec![chunk("data: [DONE]\n\n"), end()]),
        ("a comment", TargetKind::OpenAi, vec![chunk(": bye\n\n"), end()]),
        ("silence", TargetKind::OpenAi, silent),
        (
            "an event beyond the cap",
            TargetKind::OpenAi,
            vec![chunk(&format!("data: {large}")), Act::Hang],
        ),
    ];
    for (name, kind, tail) in cases {
        for is_finished in [true, false] {
            let script: Vec<Act> =
                [stream_head(), chunk("data: 1\n\n")].into_iter().chain(tail.clone()).collect();
            let server = Server::start(move |_| script.clone()).await;
            let mut target = target("t", &server.url);
            (target.kind, target.limits.idle, target.breaker.failures) = (kind, SHORT, 1);
            let mut client = Client::new(target);
            let mut stream = client.stream().await;
            stream.has_spoken();
            if is_finished {
                stream.has_finished();
            }
            server.go();
            let (payloads, result) = collect(&mut stream).await;
            assert_eq!(payloads[0], "1", "{name}");
            assert_eq!(result.is_ok(), is_finished, "{name}: {result:?}");
            assert_eq!(payloads.last().unwrap() == "(done)", is_finished, "{name}");
            let opens = !is_finished && name != "an event beyond the cap";
            let health = client.upstreams.health("t");
            assert_eq!(matches!(health, Health::Open { .. }), opens, "{name}: {health:?}");
        }
    }
}

#[tokio::test]
async fn a_stream_that_takes_longer_than_its_request_may_is_no_fault_of_the_target() {
    let server = Server::start(|_| vec![stream_head(), chunk("data: 1\n\n"), Act::Hang]).await;
    let mut target = target("t", &server.url);
    target.breaker.failures = 1;
    let mut client = Client::new(target);
    client.total = Duration::from_millis(300);
    let mut stream = client.stream().await;
    assert!(collect(&mut stream).await.1.is_err());
    assert_eq!(client.upstreams.health("t"), Health::Closed);
}

#[tokio::test]
async fn nobody_waits_for_a_retry_that_the_breaker_will_not_let_pass() {
    let server = Server::start(|_| vec![answer("503 X|retry-after: 15", "{}")]).await;
    let mut target = target("t", &server.url);
    (target.limits.retries, target.breaker.failures) = (3, 1);
    let mut client = Client::new(target);
    let sent = tokio::time::timeout(Duration::from_secs(10), client.send(false)).await;
    let error = sent.expect("no wait").map(|_| ()).unwrap_err();
    assert!(matches!(error, UpstreamError::Failed { status: 503, .. }), "{error:?}");
    assert_eq!((server.requests().len(), client.attempts.len()), (1, 1));
}

#[tokio::test]
async fn an_error_in_the_first_event_is_retried_only_if_another_attempt_may_go_better() {
    for (event, is_last, opens) in [
        (
            r#"data: {"error":{"message":"m","type":"invalid_request_error","code":400}}"#,
            true,
            false,
        ),
        (r#"data: {"error":{"message":"m","code":"context_length_exceeded"}}"#, true, false),
        (r#"data: {"error":{"message":"m","type":"not_found_error"}}"#, true, false),
        (r#"data: {"error":{"message":"m","type":"authentication_error"}}"#, true, false),
        (r#"data: {"error":{"message":"m","type":"insufficient_quota","code":429}}"#, true, true),
        (r#"data: {"error":{"message":"m","code":422}}"#, true, false),
        (r#"data: {"error":{"message":"m","code":501}}"#, true, true),
        (r#"data: {"error":{"message":"m","type":"server_error"}}"#, false, true),
        (r#"data: {"error":{"message":"m","code":503}}"#, false, true),
        (r#"data: {"error":"busy"}"#, false, true),
        ("event: error\ndata: {\"type\":\"overloaded_error\"}", false, true),
        ("event: error\ndata: out of memory", false, true),
        ("event: error\ndata: {\"error\":\ndata: {\"message\":\"m\",\"code\":400}}", true, false),
    ] {
        let script = vec![stream_head(), chunk(&format!("{event}\n\n")), end()];
        let server = Server::start(move |_| script.clone()).await;
        let mut target = target("t", &server.url);
        target.limits.retries = 1;
        target.breaker.failures = 2;
        let mut client = Client::new(target);
        assert!(client.send(true).await.is_err(), "{event}");
        assert_eq!(server.requests().len(), if is_last { 1 } else { 2 }, "{event}");
        if is_last {
            assert!(client.send(true).await.is_err(), "{event}");
        }
        let health = client.upstreams.health("t");
        assert_eq!(matches!(health, Health::Open { .. }), opens, "{event}: {health:?}");
    }
}
