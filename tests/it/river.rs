//! The river end to end: cases of request × scripted provider → exact answer, what the provider saw, ledger rows.

use crate::support::client;
use crate::support::gateway::TestGateway;
use crate::support::upstream::{Script, Upstream};
use serde::Deserialize;
use std::collections::BTreeMap;
use weir::chat::RequestRecord;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    /// Configuration; `{url}` and `{url2}` are the providers. The default has one OpenAI target, `cloud`.
    #[serde(default = "default_config")]
    config: String,
    #[serde(default = "post")]
    method: String,
    #[serde(default = "path")]
    path: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    request: String,
    /// Answers of the provider at `{url}`.
    #[serde(default)]
    upstream: Vec<Script>,
    /// Answers of the provider at `{url2}`.
    #[serde(default)]
    upstream2: Vec<Script>,
    expect: Expect,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Expect {
    status: u16,
    /// The whole body.
    body: Option<String>,
    has: Vec<String>,
    lacks: Vec<String>,
    headers: BTreeMap<String, String>,
    /// The whole body that the provider saw last.
    sent: Option<String>,
    sent_has: Vec<String>,
    sent_lacks: Vec<String>,
    n_sent: Option<usize>,
    n_sent2: Option<usize>,
    record: Option<ExpectRecord>,
    /// Rows of the ledger.
    n_records: Option<usize>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ExpectRecord {
    outcome: Option<String>,
    error: Option<String>,
    route: Option<String>,
    target: Option<String>,
    findings: Option<String>,
    /// `kind:outcome` of every hop, in order.
    hops: Option<String>,
    /// What the hop of the detectors says.
    detail: Option<String>,
    input: Option<u64>,
    cached_read: Option<u64>,
    output: Option<u64>,
    cost_known: Option<bool>,
    cache_write: Option<u64>,
    cache_write_1h: Option<u64>,
    /// In dollars with nine decimals.
    cost: Option<String>,
    /// Latency class and aims, such as `standard ttft=met total=upstream`.
    latency: Option<String>,
    estimated: Option<bool>,
}

fn default_config() -> String {
    include_str!("../data/river/default.yaml").to_owned()
}

fn post() -> String {
    "POST".to_owned()
}

fn path() -> String {
    "/v1/chat/completions".to_owned()
}

const CASES: &[(&str, &str)] = &[
    ("passthrough", include_str!("../data/river/passthrough.yaml")),
    ("failures", include_str!("../data/river/failures.yaml")),
    ("redaction", include_str!("../data/river/redaction.yaml")),
    ("privacy", include_str!("../data/river/privacy.yaml")),
    ("routing", include_str!("../data/river/routing.yaml")),
    ("anthropic", include_str!("../data/river/anthropic.yaml")),
    ("parameters", include_str!("../data/river/parameters.yaml")),
    ("bad_input", include_str!("../data/river/bad_input.yaml")),
    ("latency", include_str!("../data/river/latency.yaml")),
    ("streams", include_str!("../data/river/streams.yaml")),
    ("stream_errors", include_str!("../data/river/stream_errors.yaml")),
    ("money", include_str!("../data/river/money.yaml")),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_case_of_the_river() {
    let mut failures = Vec::new();
    let mut n_cases = 0;
    for (file, text) in CASES {
        let cases: Vec<Case> =
            serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{file}: {error}"));
        for case in cases {
            n_cases += 1;
            let wrong = run(&case).await;
            if !wrong.is_empty() {
                failures.push(format!("{file}: {}\n    {}", case.name, wrong.join("\n    ")));
            }
        }
    }
    assert!(failures.is_empty(), "{} of {n_cases} cases:\n{}", failures.len(), failures.join("\n"));
}

async fn run(case: &Case) -> Vec<String> {
    let upstream = Upstream::start(case.upstream.clone()).await;
    let upstream2 = Upstream::start(case.upstream2.clone()).await;
    let config = case.config.replace("{url2}", &upstream2.url).replace("{url}", &upstream.url);
    let gateway = TestGateway::start(&config).await;
    let answer =
        client::send(gateway.address, &case.method, &case.path, &case.headers, &case.request).await;
    let records = gateway.finish().await;

    let expect = &case.expect;
    let mut wrong = Vec::new();
    let mut check = |ok: bool, what: String| {
        if !ok {
            wrong.push(what);
        }
    };
    check(answer.status == expect.status, format!("status {}: {}", answer.status, answer.body));
    check(answer.complete, "the answer's body was cut".to_owned());
    if let Some(body) = &expect.body {
        check(without_comments(&answer.body) == *body, format!("body {:?}", answer.body));
    }
    for part in &expect.has {
        check(answer.body.contains(part), format!("body lacks {part:?}: {}", answer.body));
    }
    for part in &expect.lacks {
        check(!answer.body.contains(part), format!("body has {part:?}: {}", answer.body));
    }
    for (name, value) in &expect.headers {
        let found = answer.headers.get(name).map_or("(none)", String::as_str);
        check(found.contains(value.as_str()), format!("header {name}: {found:?}"));
    }
    let seen = upstream.seen();
    let sent = seen.last().map(|seen| seen.body.clone()).unwrap_or_default();
    if let Some(body) = &expect.sent {
        check(sent == *body, format!("sent {sent}"));
    }
    for part in &expect.sent_has {
        check(sent.contains(part), format!("sent lacks {part:?}: {sent}"));
    }
    for part in &expect.sent_lacks {
        check(
            !seen.iter().any(|seen| seen.body.contains(part)),
            format!("sent has {part:?}: {sent}"),
        );
    }
    if let Some(n) = expect.n_sent {
        check(seen.len() == n, format!("{} requests sent", seen.len()));
    }
    if let Some(n) = expect.n_sent2 {
        check(
            upstream2.seen().len() == n,
            format!("{} requests sent to the second", upstream2.seen().len()),
        );
    }
    if expect.n_records.is_some_and(|n| n != records.len()) {
        wrong.push(format!("{} ledger rows", records.len()));
    }
    if let Some(record) = &expect.record {
        match records.as_slice() {
            [one] => wrong.extend(compare(one, record, answer.status)),
            other => wrong.push(format!("{} ledger rows", other.len())),
        }
    }
    wrong
}

/// Comments carry timings, which differ from run to run.
fn without_comments(body: &str) -> String {
    let kept: Vec<&str> = body.split("\n\n").filter(|event| !event.starts_with(':')).collect();
    kept.join("\n\n")
}

fn compare(found: &RequestRecord, expect: &ExpectRecord, status: u16) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut check = |name: &str, expected: &Option<String>, found: String| {
        if expected.as_ref().is_some_and(|expected| *expected != found) {
            wrong.push(format!("record.{name} is {found:?}"));
        }
    };
    let hops: Vec<String> = found
        .hops
        .iter()
        .map(|hop| format!("{}:{}", hop.kind.as_str(), hop.outcome.as_str()))
        .collect();
    let number = |n: &Option<u64>| n.map(|n| n.to_string());
    check("outcome", &expect.outcome, found.outcome.as_str().to_owned());
    check("error", &expect.error, found.error.unwrap_or("").to_owned());
    check("route", &expect.route, found.route.as_deref().unwrap_or("").to_owned());
    check("target", &expect.target, found.target.as_deref().unwrap_or("").to_owned());
    check("findings", &expect.findings, found.findings.clone());
    check("hops", &expect.hops, hops.join(" "));
    let detail = found.hops.iter().find(|hop| hop.kind.as_str() == "detect");
    let detail = detail.and_then(|hop| hop.detail.clone()).unwrap_or_default();
    check("detail", &expect.detail, detail);
    check("input", &number(&expect.input), found.usage.input.to_string());
    check("cached_read", &number(&expect.cached_read), found.usage.cached_read.to_string());
    check("output", &number(&expect.output), found.usage.output.to_string());
    check("cache_write", &number(&expect.cache_write), found.usage.cache_write.to_string());
    check(
        "cache_write_1h",
        &number(&expect.cache_write_1h),
        found.usage.cache_write_1h.to_string(),
    );
    let flag = |flag: &Option<bool>| flag.map(|flag| flag.to_string());
    check("estimated", &flag(&expect.estimated), found.usage.estimated.to_string());
    check("cost", &expect.cost, found.cost.map_or("unknown".to_owned(), |cost| cost.to_string()));
    check("latency", &expect.latency, found.latency.map_or(String::new(), |it| it.to_string()));
    check(
        "cost_known",
        &expect.cost_known.map(|b| b.to_string()),
        found.cost.is_some().to_string(),
    );
    check("status", &Some(status.to_string()), found.status.to_string());
    if found.overhead_us > found.total_us {
        wrong.push("overhead is larger than the total".to_owned());
    }
    wrong
}

/// The river alone counts a fallback, whatever the failed candidate was.
#[tokio::test(flavor = "multi_thread")]
async fn a_fallback_counts_once() {
    let upstream = Upstream::start(vec![script("{\"status\": 500, \"pieces\": [\"{}\"]}")]).await;
    let good = r#"{"choices":[{"index":0,"message":{"role":"assistant","content":"fine"},"finish_reason":"stop"}]}"#;
    let second = Upstream::start(vec![script(&format!("{{\"pieces\": ['{good}']}}"))]).await;
    let config = "local: {enabled: false}\nledger: {enabled: false}\ntargets:\n  \
        - {name: left-once, kind: openai, model: m, base_url: '{url}/v1', api_key: none, limits: {retries: 2}}\n  \
        - {name: went-to, kind: openai, model: m, base_url: '{url2}/v1', api_key: none}\n\
        route: [{name: all, to: [left-once, went-to]}]";
    let config = config.replace("{url2}", &second.url).replace("{url}", &upstream.url);
    let gateway = TestGateway::start(&config).await;
    let body = r#"{"model":"auto","messages":[{"role":"user","content":"hi"}]}"#;
    for headers in [BTreeMap::new(), BTreeMap::from([("x-weir-explain".into(), "true".into())])] {
        let answer =
            client::send(gateway.address, "POST", "/v1/chat/completions", &headers, body).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
    let metrics = client::send(gateway.address, "GET", "/metrics", &BTreeMap::new(), "").await.body;
    gateway.finish().await;
    for line in [
        "weir_fallback_total{target=\"left-once\"} 1\n",
        "weir_requests_total{route=\"all\",target=\"went-to\",status=\"2xx\",outcome=\"ok\"} 1\n",
    ] {
        assert!(metrics.contains(line), "{line} not in\n{metrics}");
    }
    assert!(!metrics.contains("weir_fallback_total{target=\"went-to\"}"));
}

fn script(yaml: &str) -> Script {
    serde_saphyr::from_str(yaml).unwrap()
}
