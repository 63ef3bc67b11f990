//! Tuning while it runs: outcomes that clients post back, thresholds that change, the history and the way back.

use crate::support::client::{self, Answer};
use crate::support::gateway::{TestGateway, load};
use crate::support::upstream::Upstream;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

const HELLO: &str = r#"{"model":"auto","messages":[{"role":"user","content":"hello"}]}"#;
const CHAT: &str = "/v1/chat/completions";
const OUTCOMES: &str = "/v1/outcomes";

async fn upstream() -> Upstream {
    let script = r#"[{pieces: ['{"choices":[{"index":0,"message":{"role":"assistant","content":"x"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1000,"completion_tokens":10}}']}]"#;
    Upstream::start(serde_saphyr::from_str(script).unwrap()).await
}

/// A configuration with one target, a ledger and what comes behind.
fn config(url: &str, more: &str) -> String {
    format!(
        "local: {{enabled: false}}\nledger: {{path: ledger.db}}\ntargets:\n  - {{name: cloud, kind: openai, model: \
         gpt-4.1-mini, provider: openai, base_url: \"{url}/v1\", api_key: none}}\n{more}"
    )
}

/// A new key in a file, and the headers that present it.
fn key(folder: &Path, name: &str) -> (String, BTreeMap<String, String>) {
    let secret = format!("key-{}", uuid::Uuid::now_v7());
    let file = folder.join(name);
    std::fs::write(&file, &secret).unwrap();
    let headers = BTreeMap::from([("authorization".to_owned(), format!("Bearer {secret}"))]);
    (file.display().to_string(), headers)
}

fn json(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn outcomes_reach_the_sums_and_only_the_tenants_own_requests() {
    let upstream = upstream().await;
    let folder = tempfile::tempdir().unwrap();
    let (shop_file, shop) = key(folder.path(), "shop");
    let (bank_file, bank) = key(folder.path(), "bank");
    let keys = format!(
        "api_keys: [{{name: shop, key_file: \"{shop_file}\"}}, {{name: bank, key_file: \"{bank_file}\"}}]\n"
    );
    let gateway = TestGateway::start(&config(&upstream.url, &keys)).await;
    let at = gateway.address;
    let ask = |task: Option<&str>| {
        let mut headers = shop.clone();
        headers.extend(task.map(|task| ("x-weir-task-id".to_owned(), task.to_owned())));
        async move { client::send(at, "POST", CHAT, &headers, HELLO).await }
    };
    let answer = ask(None).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let id = answer.headers["x-weir-request-id"].clone();
    for _ in 0..2 {
        assert_eq!(ask(Some("ticket-7")).await.status, 200);
    }
    let refused = ask(Some("two words")).await;
    assert!(refused.status == 400 && refused.body.contains("x-weir-task-id"), "{}", refused.body);

    let told = |body: String, headers: &BTreeMap<String, String>| {
        let headers = headers.clone();
        async move { client::send(at, "POST", OUTCOMES, &headers, &body).await }
    };
    let of_request = |success: &str| format!(r#"{{"request_id":"{id}","success":{success}}}"#);
    for (headers, body, status, part) in [
        (&BTreeMap::new(), of_request("true"), 401, "invalid_api_key"),
        (&bank, of_request("true"), 404, "\"param\":\"request_id\""),
        (&bank, r#"{"task_id":"ticket-7","success":1}"#.to_owned(), 404, "\"param\":\"task_id\""),
        (
            &shop,
            format!("{{\"request_id\":\"{}\",\"success\":1}}", uuid::Uuid::now_v7()),
            404,
            "request_id",
        ),
        (&shop, "x".repeat(20_000), 413, "body_too_large"),
        (&shop, of_request("false"), 200, "\"requests\":1"),
        (&shop, of_request("true"), 200, "\"requests\":1"),
        (
            &shop,
            r#"{"task_id":"ticket-7","success":0.5,"kpi":{"minutes":3}}"#.to_owned(),
            200,
            "\"requests\":2",
        ),
    ] {
        let answer = told(body, headers).await;
        assert!(
            answer.status == status && answer.body.contains(part),
            "{} {}",
            answer.status,
            answer.body
        );
    }
    let sums = client::send(at, "GET", "/v1/usage?by=tenant", &shop, "").await;
    let row = json(&sums)["data"][0].clone();
    assert_eq!(
        (row["outcomes"].as_u64(), row["successes"].as_f64()),
        (Some(2), Some(1.5)),
        "{row}"
    );
    let cost = |field: &str| row[field].as_str().unwrap().parse::<f64>().unwrap();
    assert!((cost("cost_per_success_usd") - cost("cost_usd") / 1.5).abs() < 1e-8, "{row}");
    let metrics = client::send(at, "GET", "/metrics", &shop, "").await.body;
    assert!(
        metrics.contains("weir_outcomes_total{route=\"default\",result=\"partial\"} 1"),
        "{metrics}"
    );
    let records = gateway.finish().await;
    assert_eq!(records.iter().filter(|record| record.task.is_some()).count(), 2);
}

const RULES: &str = "route: [{name: long, when: {min_context_tokens: 1000}, to: cloud, privacy: block}, {name: rest, \
                     to: cloud}]\n";

#[tokio::test(flavor = "multi_thread")]
async fn thresholds_change_at_once_or_not_at_all_and_every_change_is_on_record() {
    let upstream = upstream().await;
    let folder = tempfile::tempdir().unwrap();
    let (file, ops) = key(folder.path(), "ops");
    let admin = format!("{RULES}admin_keys: [{{name: ops, key_file: \"{file}\"}}]\n");
    let gateway = TestGateway::start(&config(&upstream.url, &admin)).await;
    let at = gateway.address;
    let patch = |rule: &str, body: &str, headers: &BTreeMap<String, String>| {
        let (path, body, headers) =
            (format!("/admin/routes/{rule}"), body.to_owned(), headers.clone());
        async move { client::send(at, "PATCH", &path, &headers, &body).await }
    };
    let (none, lower) = (BTreeMap::new(), r#"{"when":{"min_context_tokens":1}}"#);
    let before = gateway.gateway.live().config.hash.to_string();
    for (rule, body, headers, status, part) in [
        ("long", lower, &none, 401, "admin_keys"),
        ("lnog", lower, &ops, 404, "did you mean `long`?"),
        (
            "long",
            r#"{"when":{"min_context_tokens":0.5}}"#,
            &ops,
            400,
            "route[0].when.min_context_tokens: expected a whole",
        ),
        ("long", r#"{"when":{"min_context_tokens":null}}"#, &ops, 400, "is never reached"),
        (
            "long",
            r#"{"when":{"min_context_tokens":1,"max_context_tokens":0}}"#,
            &ops,
            400,
            "so nothing matches",
        ),
        ("long", r#"{"privacy":"allow"}"#, &ops, 400, "not a number of a rule"),
    ] {
        let answer = patch(rule, body, headers).await;
        assert!(
            answer.status == status && answer.body.contains(part),
            "{} {}",
            answer.status,
            answer.body
        );
    }
    assert_eq!(*gateway.gateway.live().config.hash, *before);
    assert_eq!(client::send(at, "POST", CHAT, &none, HELLO).await.status, 200);
    let overrides = gateway.file.with_extension("overrides.json");
    assert!(!overrides.exists(), "what is refused leaves nothing behind");

    let answer = patch("long", lower, &ops).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let told = json(&answer);
    assert_eq!(
        (told["before"].as_str(), told["changes"][0].as_str()),
        (Some(&*before), Some("route[long].when.min_context_tokens: 1000 → 1"))
    );
    assert_eq!(
        client::send(at, "POST", CHAT, &none, HELLO).await.status,
        403,
        "the rule matches now"
    );
    let shown = json(&client::send(at, "GET", "/admin/routes", &ops, "").await);
    assert_eq!(shown["data"][0]["when"]["min_context_tokens"], 1);
    assert_eq!(shown["data"][0]["overrides"][0]["file"].as_f64(), Some(1000.0));
    assert_eq!(client::send(at, "GET", "/admin/routes", &none, "").await.status, 401);
    let after = load(&gateway.file);
    assert_eq!(told["after"].as_str(), Some(&*after.hash), "a restart finds the same");

    // An edit elsewhere leaves the override alone, one at its place wins.
    let text = std::fs::read_to_string(&gateway.file).unwrap();
    std::fs::write(&gateway.file, format!("{text}body_limit_mib: 7\n")).unwrap();
    let edited = load(&gateway.file);
    assert_eq!(edited.rules[0].when.min_context_tokens, Some(1));
    gateway.gateway.reload(edited).await.unwrap();
    std::fs::write(&gateway.file, text.replace("1000", "2000")).unwrap();
    gateway.gateway.reload(load(&gateway.file)).await.unwrap();
    assert_eq!(client::send(at, "POST", CHAT, &none, HELLO).await.status, 200);
    let changes = gateway.history().await;
    let kinds: Vec<_> =
        changes.iter().map(|change| (change.source.as_str(), change.who.as_deref())).collect();
    assert_eq!(
        kinds,
        [("start", None), ("admin", Some("ops")), ("reload", None), ("reload", None)]
    );
    assert!(changes.windows(2).all(|pair| pair[1].before.as_ref() == Some(&pair[0].after)));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_admin_key_the_paths_are_off() {
    let gateway = TestGateway::start(&config("http://127.0.0.1:9", "")).await;
    for (method, path) in [("GET", "/admin/routes"), ("PATCH", "/admin/routes/default")] {
        let answer = client::send(gateway.address, method, path, &BTreeMap::new(), "{}").await;
        assert!(answer.status == 404 && answer.body.contains("admin_keys"), "{}", answer.body);
    }
    gateway.finish().await;
}

/// A running `weir serve` in a folder, and its log.
fn serve(folder: &Path) -> (std::process::Child, impl Iterator<Item = String>) {
    let mut child = weir(folder, &["serve"]).stderr(Stdio::piped()).spawn().unwrap();
    let log = BufReader::new(child.stderr.take().unwrap());
    (child, log.lines().map(Result::unwrap))
}

fn weir(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_weir"));
    command.args(args).current_dir(folder).env_clear().env("HOME", folder).stdout(Stdio::piped());
    command
}

#[test]
fn a_rollback_brings_the_hash_back_and_a_running_gateway_takes_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("weir.yaml");
    let first = config("http://127.0.0.1:9", "listen: 127.0.0.1:0 # the first\n");
    std::fs::write(&file, &first).unwrap();
    let run = |args: &[&str]| {
        let output = weir(folder.path(), args).stderr(Stdio::piped()).output().unwrap();
        let (told, said) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        (output.status.success(), format!("{told}{said}"))
    };
    let (mut child, mut log) = serve(folder.path());
    let mut next = |part: &str| log.find(|line| line.contains(part)).unwrap();
    next("answers at");
    std::fs::write(&file, format!("{first}body_limit_mib: 7\n")).unwrap();
    next("body_limit_mib: 32 → 7");
    // The ledger writes within a tenth of a second; until then there is nothing to go back to.
    let restored = loop {
        let (done, told) = run(&["config", "rollback"]);
        if done {
            break told;
        }
        assert!(told.contains("no history") || told.contains("no configuration before"), "{told}");
    };
    next("body_limit_mib: 7 → 32");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), first);
    let (done, told) = run(&["config", "rollback", "ffffffffffffffffff"]);
    assert!(!done && told.contains("weir config history"), "{told}");
    let sent = Command::new("kill").args(["-s", "TERM", &child.id().to_string()]).status().unwrap();
    assert!(sent.success() && child.wait().unwrap().success());
    let (done, told) = run(&["config", "history", "--json"]);
    assert!(done, "{told}");
    let rows: Vec<Value> = serde_json::from_str(&told).unwrap();
    let sources: Vec<_> = rows.iter().map(|row| row["source"].as_str().unwrap()).collect();
    assert_eq!(sources, ["start", "reload", "rollback"]);
    assert_eq!(rows[2]["after"], rows[0]["after"], "the earlier hash again");
    assert!(restored.contains(rows[0]["after"].as_str().unwrap()), "{restored}");
    assert!(run(&["config", "history"]).1.contains("weir config rollback"), "who");

    let (done, told) = run(&["config", "rollback", "--ledger", "none.db"]);
    assert!(!done && told.contains("none.db"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_canary_that_loses_is_taken_back_by_itself() {
    let good = upstream().await;
    let bad =
        r#"[{status: 400, pieces: ['{"error":{"message":"no","type":"invalid_request_error"}}']}]"#;
    let bad = Upstream::start(serde_saphyr::from_str(bad).unwrap()).await;
    let folder = tempfile::tempdir().unwrap();
    let (file, ops) = key(folder.path(), "ops");
    let more = format!(
        "  - {{name: newer, kind: openai, model: gpt-4.1-mini, provider: openai, base_url: \"{}/v1\", api_key: none}}\n\
         admin_keys: [{{name: ops, key_file: \"{file}\"}}]\n\
         route: [{{name: try, to: newer, canary: 0.5}}, {{name: rest, to: cloud}}]\n",
        bad.url
    );
    let gateway = TestGateway::start(&config(&good.url, &more)).await;
    let at = gateway.address;
    let watching = tokio::spawn(weir::live::canary::watch(
        gateway.gateway.clone(),
        std::time::Duration::from_millis(20),
    ));
    let shown = || async {
        json(&client::send(at, "GET", "/admin/routes", &ops, "").await)["data"][0].clone()
    };
    let mut seen = [0, 0];
    let mut n = 0;
    let rule = loop {
        let body = format!(
            r#"{{"model":"auto","messages":[{{"role":"system","content":"x"}},{{"role":"user","content":"hello {n}"}}]}}"#
        );
        let first = client::send(at, "POST", CHAT, &BTreeMap::new(), &body).await;
        let again = client::send(at, "POST", CHAT, &BTreeMap::new(), &body).await;
        let rule = shown().await;
        if rule["canary"].as_f64() == Some(0.0) {
            break rule;
        }
        assert_eq!(first.status, again.status, "a conversation stays on its side");
        seen[usize::from(first.status == 200)] += 1;
        n += 1;
        assert!(n < 2_000, "{rule}");
    };
    assert!(seen[0] > 5 && seen[1] > 5, "{seen:?}");
    assert_eq!(rule["overrides"][0]["field"], "canary");
    for n in 0..20 {
        let body = HELLO.replace("hello", &format!("hello {n}"));
        assert_eq!(client::send(at, "POST", CHAT, &BTreeMap::new(), &body).await.status, 200);
    }
    watching.abort();
    let changes = gateway.history().await;
    let last = changes.last().unwrap();
    assert_eq!((last.source.as_str(), last.who.as_deref()), ("rollback", Some("canary")));
    assert!(last.what[0].contains("canary: 0.5 → 0"), "{:?}", last.what);
}
