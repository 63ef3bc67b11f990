//! The whole room against scripted providers: delays, cuts, resets, silence, garbage and rate limits.

mod finished;
mod http2;

use super::scripted::{Act, Server, answer, chunk, end, json, stream_head, target};
use super::{Answer, Attempt, Call, Event, EventStream, Health, Limit, UpstreamError, Upstreams};
use crate::chat::Outcome;
use crate::config::resolved::{Target, TargetKind};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use std::sync::Arc;
use std::time::{Duration, Instant};

const SHORT: Duration = Duration::from_millis(50);
const LONG: Duration = Duration::from_secs(20);

struct Client {
    upstreams: Upstreams,
    target: Target,
    ttft_limit: Duration,
    total: Duration,
    attempts: Vec<Attempt>,
}

impl Client {
    fn new(target: Target) -> Self {
        let upstreams = Upstreams::new(&[Arc::new(target.clone())], None).unwrap();
        Self { upstreams, target, ttft_limit: LONG, total: LONG, attempts: Vec::new() }
    }

    fn of(server: &Server) -> Self {
        Self::new(target("t", &server.url))
    }

    async fn send(&mut self, stream: bool) -> Result<Answer, UpstreamError> {
        let mut headers = HeaderMap::new();
        headers.insert("idempotency-key", HeaderValue::from_static("i-1"));
        let call = Call {
            stream,
            headers: &headers,
            ttft_limit: self.ttft_limit,
            total_deadline: Instant::now() + self.total,
        };
        let body = Bytes::from_static(b"{\"q\":1}");
        self.upstreams.send(&self.target, body, call, &mut self.attempts).await
    }

    async fn stream(&mut self) -> EventStream {
        match self.send(true).await {
            Ok(Answer::Stream(stream)) => stream,
            other => panic!("not a stream: {other:?}"),
        }
    }

    async fn whole(&mut self) -> Bytes {
        match self.send(false).await {
            Ok(Answer::Whole(whole)) => whole.body,
            other => panic!("not whole: {other:?}"),
        }
    }
}

/// Reads to the end: the payloads, and how it ended.
async fn collect(stream: &mut EventStream) -> (Vec<String>, Result<(), UpstreamError>) {
    let (mut payloads, mut batch) = (Vec::new(), Vec::new());
    loop {
        let more = stream.next_batch(&mut batch).await;
        payloads.extend(batch.drain(..).map(|event| match event {
            Event::Data(frame) => String::from_utf8(frame.data.to_vec()).unwrap(),
            Event::Done => "(done)".to_owned(),
        }));
        match more {
            Ok(true) => {}
            Ok(false) => return (payloads, Ok(())),
            Err(error) => return (payloads, Err(error)),
        }
    }
}

fn timeout(which: Limit) -> UpstreamError {
    UpstreamError::Timeout { which }
}

#[tokio::test]
async fn a_whole_answer_comes_with_its_facts() {
    let head = "200 OK|content-type: application/json|x-request-id: req-7|x-ratelimit-limit-tokens: 9|set-cookie: a=b";
    let server = Server::start(move |_| vec![answer(head, "{\"a\":1}")]).await;
    let mut client = Client::of(&server);
    let Ok(Answer::Whole(whole)) = client.send(false).await else { panic!("not whole") };
    assert_eq!((whole.head.status, whole.head.request_id()), (200, Some("req-7")));
    assert_eq!(whole.body.as_ref(), b"{\"a\":1}");
    let passed: Vec<_> = whole.head.passed_on().map(|(name, _)| name.as_str()).collect();
    assert_eq!(passed, ["x-ratelimit-limit-tokens"]);
    let request = &server.requests()[0];
    assert!(request.starts_with("POST /v1/chat/completions HTTP/1.1\r\n"), "{request}");
    assert!(request.ends_with("\r\n\r\n{\"q\":1}"), "{request}");
    assert!(request.contains("idempotency-key: i-1\r\n"), "{request}");
    assert_eq!(request.matches("host: ").count(), 1, "{request}");
    let [attempt] = client.attempts.as_slice() else { panic!("one attempt") };
    assert_eq!((attempt.outcome, attempt.status), (Outcome::Ok, Some(200)));
    assert!(attempt.ttft.is_some_and(|ttft| ttft <= attempt.duration));
}

#[tokio::test]
async fn one_connection_serves_many_requests() {
    let server = Server::start(|n| {
        if n % 2 == 0 {
            return vec![json("{}")];
        }
        vec![stream_head(), chunk("data: 1\n\n"), chunk("data: [DONE]\n\n"), end()]
    })
    .await;
    let mut client = Client::of(&server);
    for _ in 0..3 {
        client.whole().await;
        let mut stream = client.stream().await;
        let (payloads, result) = collect(&mut stream).await;
        assert_eq!((payloads, result), (vec!["1".into(), "(done)".into()], Ok(())));
        // The last bytes may still be on their way; the drain in the background waits for them.
        drop(stream);
        tokio::task::yield_now().await;
    }
    // A drain that lost the race costs a connection, but never one for each request.
    assert!(server.n_connections() < 6, "{}", server.n_connections());
}

#[tokio::test]
async fn a_connection_is_kept_though_its_stream_ends_late() {
    let server = Server::start(|n| match n {
        0 => {
            vec![stream_head(), chunk("data: [DONE]\n\n"), Act::Wait, end(), json("{}"), Act::Hang]
        }
        _ => vec![json("{}")],
    })
    .await;
    let mut client = Client::of(&server);
    let mut stream = client.stream().await;
    assert_eq!(collect(&mut stream).await.1, Ok(()));
    drop(stream);
    // Not closed by the drop: the server can still write the end, and only then sees the client go.
    assert!(tokio::time::timeout(SHORT, server.closed()).await.is_err());
    server.go();
    server.closed().await;
}

#[tokio::test]
async fn events_come_whole_however_they_are_cut() {
    let text = ": hi\n\ndata: {\"a\":1}\n\nevent: x\ndata: 2\n\ndata: [DONE]\n\n";
    for size in [1, 2, 3, 7, 20, text.len()] {
        let server = Server::start(move |_| {
            let pieces = text.as_bytes().chunks(size).map(|it| std::str::from_utf8(it).unwrap());
            [stream_head()].into_iter().chain(pieces.map(chunk)).chain([end()]).collect()
        })
        .await;
        let mut client = Client::of(&server);
        let mut stream = client.stream().await;
        let (payloads, result) = collect(&mut stream).await;
        assert_eq!(payloads, ["{\"a\":1}", "2", "(done)"], "{size}");
        assert_eq!(result, Ok(()), "{size}");
    }
}

#[tokio::test]
async fn what_one_read_delivers_comes_in_one_batch() {
    let text: String = (0..32).map(|n| format!("data: {n}\n\n")).collect();
    let script = vec![stream_head(), chunk(&text), Act::Wait, chunk("data: [DONE]\n\n"), end()];
    let server = Server::start(move |_| script.clone()).await;
    let mut stream = Client::of(&server).stream().await;
    let mut batch = Vec::new();
    assert_eq!(stream.next_batch(&mut batch).await, Ok(true));
    assert_eq!(batch.len(), 32);
    server.go();
    assert_eq!(collect(&mut stream).await, (vec!["(done)".to_owned()], Ok(())));
}

#[tokio::test]
async fn json_in_answer_to_a_streamed_request_is_whole() {
    let server = Server::start(|_| vec![json("{\"whole\":true}")]).await;
    let answer = Client::of(&server).send(true).await;
    assert!(matches!(answer, Ok(Answer::Whole(_))), "{answer:?}");
}

#[tokio::test]
async fn a_stream_that_fails_midway_gives_its_events_and_then_the_error() {
    let cut = |clean| UpstreamError::Cut { clean };
    let cases: [(&str, TargetKind, Vec<Act>, UpstreamError); 6] = [
        ("closed", TargetKind::OpenAi, vec![Act::Close], cut(false)),
        ("reset", TargetKind::OpenAi, vec![Act::Wait, Act::Reset], cut(false)),
        ("no end marker", TargetKind::OpenAi, vec![end()], cut(true)),
        (
            "wrong end marker",
            TargetKind::Anthropic,
            vec![chunk("data: [DONE]\n\n"), end()],
            cut(true),
        ),
        ("half an event", TargetKind::OpenAi, vec![chunk("data: {\"b"), end()], cut(true)),
        ("silence", TargetKind::OpenAi, vec![Act::Hang], timeout(Limit::Idle)),
    ];
    for (name, kind, tail, expected) in cases {
        let script: Vec<Act> =
            [stream_head(), chunk("data: 1\n\n")].into_iter().chain(tail).collect();
        let server = Server::start(move |_| script.clone()).await;
        let mut target = target("t", &server.url);
        target.kind = kind;
        if expected == timeout(Limit::Idle) {
            target.limits.idle = SHORT;
        }
        let mut stream = Client::new(target).stream().await;
        stream.has_spoken();
        server.go();
        let (payloads, result) = collect(&mut stream).await;
        assert_eq!(payloads[0], "1", "{name}");
        assert_eq!(result, Err(expected), "{name}");
        assert_eq!(stream.next_batch(&mut Vec::new()).await, Ok(false), "{name}: it has ended");
    }
}

#[tokio::test]
async fn the_total_limit_ends_a_stream_that_never_falls_silent() {
    let server = Server::start(|_| {
        let comments = (0..100_000).map(|_| chunk(": still here\n\n"));
        [stream_head(), chunk("data: 1\n\n")]
            .into_iter()
            .chain(comments)
            .chain([Act::Hang])
            .collect()
    })
    .await;
    let mut client = Client::of(&server);
    client.total = Duration::from_millis(300);
    let mut stream = client.stream().await;
    assert_eq!(collect(&mut stream).await.1, Err(timeout(Limit::Total)));
}

#[tokio::test]
async fn each_bad_answer_has_its_error() {
    let garbage = |text: &str| vec![Act::Send(text.into()), Act::Close];
    let html = "200 OK|content-type: text/html";
    let moved = "301 Moved|location: http://127.0.0.1:1/";
    let lone = |head: &str| vec![answer(head, "{\"error\":{}}")];
    let stream = |tail: Vec<Act>| [stream_head()].into_iter().chain(tail).collect::<Vec<_>>();
    let cases: [(&str, bool, Vec<Act>, &str); 21] = [
        ("400", false, lone("400 Bad"), "Rejected"),
        ("401", false, lone("401 No"), "Unauthorized"),
        ("403", true, lone("403 No"), "Unauthorized"),
        ("404", false, lone("404 No"), "NotFound"),
        ("413", false, lone("413 Large"), "Rejected"),
        ("429", false, lone("429 Slow"), "RateLimited"),
        ("500", true, lone("500 Oh"), "Failed"),
        ("529", false, lone("529 Busy"), "Failed"),
        (
            "status without the promised body",
            false,
            garbage("HTTP/1.1 503 X\r\ncontent-length: 9\r\n\r\n"),
            "Failed",
        ),
        ("redirect", false, vec![answer(moved, "")], "Garbage"),
        ("html", false, vec![answer(html, "<html>")], "Garbage"),
        ("not http", false, garbage("SSH-2.0-OpenSSH\r\n\r\n"), "Garbage"),
        ("closed at once", false, vec![Act::Close], "Unreachable"),
        ("reset at once", false, vec![Act::Reset], "Unreachable"),
        ("half a head", false, garbage("HTTP/1.1 200 OK\r\ncontent-"), "Unreachable"),
        ("half a body", false, garbage("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"), "Cut"),
        ("stream without events", true, stream(vec![chunk(": hi\n\n"), end()]), "Garbage"),
        ("stream closed before an event", true, stream(vec![Act::Close]), "Unreachable"),
        (
            "error as first event",
            true,
            stream(vec![chunk("data: {\"error\":{}}\n\n"), end()]),
            "Failed",
        ),
        ("text in a stream", true, stream(vec![chunk("Internal Server Error"), end()]), "Garbage"),
        ("stream unasked", false, stream(vec![chunk("data: 1\n\n"), end()]), "Garbage"),
    ];
    for (name, streamed, script, expected) in cases {
        let server = Server::start(move |_| script.clone()).await;
        let mut client = Client::of(&server);
        let error = client.send(streamed).await.map(|_| ()).unwrap_err();
        assert!(format!("{error:?}").starts_with(expected), "{name}: {error:?}");
        assert_eq!(server.requests().len(), 1, "{name}: no retry is configured");
        let [attempt] = client.attempts.as_slice() else { panic!("{name}: one attempt") };
        assert_eq!(attempt.outcome, Outcome::Error, "{name}");
        assert_eq!(attempt.detail, Some(error.to_string()), "{name}");
    }
}

#[tokio::test]
async fn an_event_beyond_the_cap_ends_the_stream() {
    let server = Server::start(|_| {
        let piece = chunk(&"a".repeat(1024 * 1024));
        let flood = std::iter::repeat_n(piece, 9);
        [stream_head(), chunk("data: 1\n\ndata: ")]
            .into_iter()
            .chain(flood)
            .chain([Act::Hang])
            .collect()
    })
    .await;
    let mut stream = Client::of(&server).stream().await;
    let (payloads, result) = collect(&mut stream).await;
    assert_eq!(payloads, ["1"]);
    assert_eq!(result, Err(UpstreamError::TooLarge { limit: super::sse::MAX_EVENT_BYTES }));
}

#[tokio::test]
async fn silence_before_the_answer_ends_at_the_first_limit() {
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{";
    let only_comments = vec![stream_head(), chunk(": wait\n\n"), Act::Hang];
    let half_body = vec![Act::Send(head.into()), Act::Hang];
    let cases: [(&str, bool, Vec<Act>, Limit); 6] = [
        ("nothing", false, vec![Act::Hang], Limit::Ttft),
        ("nothing, streamed", true, vec![Act::Hang], Limit::Ttft),
        ("head only", true, vec![stream_head(), Act::Hang], Limit::Ttft),
        ("comments only", true, only_comments, Limit::Ttft),
        ("half a body", false, half_body.clone(), Limit::Idle),
        ("half a body, total", false, half_body, Limit::Total),
    ];
    for (name, streamed, script, which) in cases {
        let server = Server::start(move |_| script.clone()).await;
        let mut target = target("t", &server.url);
        target.limits.retries = 3;
        if which == Limit::Idle {
            target.limits.idle = SHORT;
        }
        let mut client = Client::new(target);
        match which {
            Limit::Ttft => client.ttft_limit = SHORT,
            Limit::Idle => {}
            Limit::Total => client.total = SHORT,
        }
        let error = client.send(streamed).await.map(|_| ()).unwrap_err();
        assert_eq!(error, timeout(which), "{name}");
        server.closed().await;
        assert_eq!(server.requests().len(), 1, "{name}: a timeout is not retried");
        assert_eq!(client.attempts[0].outcome, Outcome::Timeout, "{name}");
    }
}

#[tokio::test]
async fn retries_what_may_pass_at_most_three_times() {
    let quick = |status: &'static str| answer(&format!("{status}|retry-after-ms: 1"), "{}");
    let quota = answer("429 X|retry-after-ms: 1", "{\"code\":\"insufficient_quota\"}");
    let unadvised = answer("500 X|retry-after-ms: 1|x-should-retry: false", "{}");
    let error_event = vec![stream_head(), chunk("event: error\ndata: {}\n\n"), end()];
    let cases: [(&str, Vec<Act>, u8, usize); 12] = [
        ("503", vec![quick("503 X")], 3, 4),
        ("503 with one retry", vec![quick("503 X")], 1, 2),
        ("503 beyond the most", vec![quick("503 X")], 200, 4),
        ("no retries", vec![quick("503 X")], 0, 1),
        ("429", vec![quick("429 X")], 3, 4),
        ("529", vec![quick("529 X")], 3, 4),
        ("400", vec![quick("400 X")], 3, 1),
        ("401", vec![quick("401 X")], 3, 1),
        ("404", vec![quick("404 X")], 3, 1),
        ("501", vec![quick("501 X")], 3, 1),
        ("quota", vec![quota], 3, 1),
        ("unadvised", vec![unadvised], 3, 1),
    ];
    for (name, script, retries, n_attempts) in cases {
        let server = Server::start(move |_| script.clone()).await;
        let mut target = target("t", &server.url);
        target.limits.retries = retries;
        let mut client = Client::new(target);
        assert!(client.send(false).await.is_err(), "{name}");
        assert_eq!(server.requests().len(), n_attempts, "{name}");
        assert_eq!(client.attempts.len(), n_attempts, "{name}");
    }
    let server = Server::start(move |n| match n {
        0 => vec![Act::Close],
        1 => error_event.clone(),
        2 => vec![answer("429 X|retry-after: 0", "{}")],
        _ => vec![stream_head(), chunk("data: [DONE]\n\n"), end()],
    })
    .await;
    let mut target = target("t", &server.url);
    target.limits.retries = 3;
    let mut client = Client::new(target);
    assert_eq!(collect(&mut client.stream().await).await.1, Ok(()));
    let outcomes: Vec<_> = client.attempts.iter().map(|it| (it.outcome, it.status)).collect();
    let failed = |status| (Outcome::Error, status);
    assert_eq!(outcomes[..3], [failed(None), failed(Some(200)), failed(Some(429))]);
    assert_eq!(outcomes[3], (Outcome::Ok, Some(200)));
}

#[tokio::test]
async fn a_retry_after_beyond_the_limit_ends_the_call_at_once() {
    let server = Server::start(|_| vec![answer("429 X|retry-after: 60", "{}")]).await;
    let mut target = target("t", &server.url);
    target.limits.retries = 3;
    let mut client = Client::new(target);
    let error = client.send(false).await.map(|_| ()).unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(60)));
    assert_eq!(client.attempts.len(), 1);
}

#[tokio::test]
async fn nobody_listening_is_unreachable() {
    let port = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", port.local_addr().unwrap());
    drop(port);
    let mut client = Client::new(target("t", &url));
    let error = client.send(false).await.map(|_| ()).unwrap_err();
    let UpstreamError::Unreachable { cause } = &error else { panic!("{error:?}") };
    assert!(cause.to_lowercase().contains("refused"), "{cause}");
}

#[tokio::test]
async fn a_client_that_leaves_cancels_the_request() {
    let server = Server::start(|_| vec![Act::Hang]).await;
    let mut client = Client::of(&server);
    let left = tokio::time::timeout(SHORT, client.send(false)).await;
    assert!(left.is_err());
    server.closed().await;
    assert_eq!(client.attempts[0].outcome, Outcome::Cancelled);
    let server = Server::start(|_| vec![stream_head(), chunk("data: 1\n\n"), Act::Hang]).await;
    let stream = Client::of(&server).stream().await;
    drop(stream);
    server.closed().await;
}

#[tokio::test]
async fn the_breaker_opens_and_outlives_a_reload() {
    let server = Server::start(|n| match n {
        0 => vec![answer("400 X", "{}")],
        1 => vec![answer("500 X", "{}")],
        _ => vec![stream_head(), chunk("data: 1\n\n"), end()],
    })
    .await;
    let mut target = target("t", &server.url);
    target.breaker.failures = 2;
    let mut client = Client::new(target);
    let _ = client.send(false).await;
    let _ = client.send(false).await;
    assert_eq!(client.upstreams.health("t"), Health::Closed);
    let mut stream = client.stream().await;
    assert_eq!(client.upstreams.health("t"), Health::Closed);
    // A cut counts though the stream began well.
    assert!(collect(&mut stream).await.1.is_err());
    let is_open = |upstreams: &Upstreams| matches!(upstreams.health("t"), Health::Open { .. });
    assert!(is_open(&client.upstreams));
    let n_attempts = client.attempts.len();
    let error = client.send(false).await.map(|_| ()).unwrap_err();
    assert!(matches!(error, UpstreamError::BreakerOpen { .. }), "{error:?}");
    assert_eq!((client.attempts.len(), server.requests().len()), (n_attempts, 3));
    let targets = [Arc::new(client.target.clone())];
    assert!(is_open(&Upstreams::new(&targets, Some(&client.upstreams)).unwrap()));
    assert!(!is_open(&Upstreams::new(&targets, None).unwrap()));
    assert_eq!(client.upstreams.health("unknown"), Health::Closed);
}
