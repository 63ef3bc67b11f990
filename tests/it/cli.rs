//! The command line as a user meets it: what goes to stdout, what to stderr, and the exit code.

use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

const CONFIG: &str = "local: {enabled: false}\nledger: {enabled: false}\ntargets: [{name: cloud, kind: openai, model: \
                      m, base_url: \"http://127.0.0.1:9/v1\", api_key: none}]\nroute:\n  - {name: cards, when: \
                      {findings: CREDIT_CARD}, to: cloud, privacy: block}\n  - {name: rest, to: cloud}\n";

pub fn weir(folder: &Path, args: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_weir"))
        .args(args)
        .current_dir(folder)
        .env_clear()
        .env("HOME", folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("weir.yaml"), CONFIG).unwrap();
    folder
}

fn lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn analyze_counts_offsets_in_code_points() {
    let folder = folder();
    let input = "{\"id\":\"a\",\"text\":\"🙂é mail anna@example.com now\"}\n\n{\"id\":2,\"messages\":[{\"role\":\"system\",\
                 \"content\":\"x\"},{\"role\":\"user\",\"content\":\"bo@example.org\"}]}\n";
    let output = weir(folder.path(), &["analyze"], input);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let rows = lines(&output);
    assert_eq!(rows.len(), 2);
    let first = &rows[0]["findings"][0];
    assert_eq!(
        (rows[0]["id"].as_str(), first["start"].as_u64(), first["end"].as_u64()),
        (Some("a"), Some(8), Some(24))
    );
    assert_eq!(first["type"], "EMAIL_ADDRESS");
    assert!(first["score"].is_number() && first["detector"].is_string());
    assert!(
        rows[0]["intent"].is_null()
            && rows[0]["n_tokens"].as_u64() > Some(0)
            && rows[0]["elapsed_us"].is_u64()
    );
    assert_eq!(
        (rows[1]["id"].as_u64(), rows[1]["findings"][0]["message"].as_u64()),
        (Some(2), Some(1))
    );
}

#[test]
fn a_bad_line_gives_an_error_line_and_a_bad_exit() {
    let folder = folder();
    let output = weir(
        folder.path(),
        &["analyze"],
        "{\"id\":1,\"text\":\"a\"}\nnonsense 4111 1111\n{\"id\":3,\"text\":\"b\"}\n",
    );
    assert!(!output.status.success());
    let rows = lines(&output);
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[1]["line"], 2);
    assert!(rows[1]["error"].is_string());
    assert!(
        !String::from_utf8_lossy(&output.stdout).contains("nonsense"),
        "errors never quote the input"
    );
}

#[test]
fn explain_tells_the_rule_or_the_refusal() {
    let folder = folder();
    let card = ["4111", "1111", "1111", "1111"].join(" ");
    let input = format!("{{\"id\":1,\"text\":\"hello\"}}\n{{\"id\":2,\"text\":\"card {card}\"}}\n");
    let output = weir(folder.path(), &["explain", "--config", "weir.yaml"], &input);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let rows = lines(&output);
    assert_eq!(rows[0]["decision"]["rule"], "rest");
    assert_eq!(rows[0]["decision"]["candidates"][0]["target"], "cloud");
    assert_eq!(rows[1]["refused"]["code"], "blocked_by_policy");
    assert_eq!(rows[1]["findings"][0]["type"], "CREDIT_CARD");
}

#[test]
fn config_check_reports_everything_at_once() {
    let folder = folder();
    std::fs::write(
        folder.path().join("bad.yaml"),
        "listen: nowhere\ntargest: []\nroute: [{name: a, to: nobody}]\n",
    )
    .unwrap();
    let output = weir(folder.path(), &["config", "check", "bad.yaml"], "");
    assert!(!output.status.success());
    let told = String::from_utf8_lossy(&output.stderr).into_owned()
        + &String::from_utf8_lossy(&output.stdout);
    for part in ["bad.yaml:1", "bad.yaml:2", "bad.yaml:3", "targets", "nobody"] {
        assert!(told.contains(part), "{part} is missing: {told}");
    }
    assert!(weir(folder.path(), &["config", "check", "weir.yaml"], "").status.success());
}

#[test]
fn config_check_tells_what_is_not_looked_for() {
    let folder = folder();
    let check = |privacy: &str| {
        let config = format!("{CONFIG}\nprivacy: {privacy}\n");
        std::fs::write(folder.path().join("own.yaml"), config).unwrap();
        let output = weir(folder.path(), &["config", "check", "own.yaml"], "");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    assert!(!check("{}").contains("warning: privacy"));
    for (privacy, part) in [
        ("{model: false}", "warning: privacy.model is false"),
        ("{ignore: [AGE]}", "warning: privacy.ignore: AGE is not looked for"),
        ("{min_score: 0.9}", "warning: privacy.min_score is 0.9"),
        ("{allow: [a@b.example]}", "warning: privacy.allow: 1 entries"),
    ] {
        let told = check(privacy);
        assert!(told.contains(part), "{privacy}: {told}");
        assert!(!told.contains("a@b.example"), "{told}");
    }
}

#[test]
fn alarms_in_clean_texts_are_counted() {
    let folder = folder();
    let lines = "{\"text\": \"The build failed after 20 minutes.\"}\n{\"text\": \"Mail anna@example.com about it.\"}\n";
    std::fs::write(folder.path().join("clean.jsonl"), lines).unwrap();
    let args = ["eval", "heads", "--clean", "clean.jsonl"];
    let output = weir(folder.path(), &args, "");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(told.starts_with("2 texts, 65 characters\n  alarms "), "{told}");
    let output = weir(folder.path(), &[&args[..], &["--json"]].concat(), "");
    let alarm: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (&alarm["line"], &alarm["start"], &alarm["type"]),
        (&2.into(), &5.into(), &"EMAIL_ADDRESS".into())
    );
}

#[test]
fn a_missing_config_is_a_clear_error() {
    let folder = folder();
    let output = weir(folder.path(), &["explain", "--config", "gone.yaml"], "");
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("gone.yaml"));
}

/// Sends a signal to a process of this test.
fn signal(child: &std::process::Child, name: &str) {
    let sent = Command::new("kill").args(["-s", name, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

#[test]
fn serve_says_where_it_listens_reloads_on_sighup_and_ends_well_on_sigterm() {
    let folder = folder();
    let config = CONFIG.replace("ledger: {enabled: false}", "ledger: {path: weir.db}");
    std::fs::write(folder.path().join("weir.yaml"), config).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_weir"))
        .args(["serve", "--config", "weir.yaml", "--listen", "127.0.0.1:0"])
        .current_dir(folder.path())
        .env_clear()
        .env("HOME", folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let log = BufReader::new(child.stderr.take().unwrap());
    let mut lines = log.lines().map(Result::unwrap);
    let mut next = |part: &str| lines.find(|line| line.contains(part)).unwrap();
    let line = next("answers at http://127.0.0.1:");
    let port = line.split("127.0.0.1:").nth(1).unwrap().split('/').next().unwrap();
    assert_ne!(port.parse::<u16>().unwrap(), 0);
    next("ledger: ");
    signal(&child, "HUP");
    next("configuration reloaded: no change");
    std::fs::write(folder.path().join("weir.yaml"), "nonsense: 1").unwrap();
    next("the configuration was not reloaded, the old one stays");
    signal(&child, "TERM");
    next("stopping");
    assert!(child.wait().unwrap().success());
    assert!(folder.path().join("weir.db").is_file());
}

/// A gateway as a process, its port and the lines of its log so far.
struct Served {
    child: std::process::Child,
    port: u16,
    log: std::thread::JoinHandle<String>,
}

fn serve(folder: &Path, log_level: &str, format: &[&str]) -> Served {
    let mut child = Command::new(env!("CARGO_BIN_EXE_weir"))
        .args(["serve", "--config", "weir.yaml", "--listen", "127.0.0.1:0"])
        .args(format)
        .current_dir(folder)
        .env_clear()
        .env("HOME", folder)
        .env("RUST_LOG", log_level)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    let mut log = String::new();
    let line = loop {
        let line = lines.next().unwrap();
        log.push_str(&line);
        log.push('\n');
        if line.contains("answers at http://127.0.0.1:") {
            break line;
        }
    };
    let port = line.split("127.0.0.1:").nth(1).unwrap().split('/').next().unwrap().parse().unwrap();
    let log = std::thread::spawn(move || {
        lines.for_each(|line| log.push_str(&format!("{line}\n")));
        log
    });
    Served { child, port, log }
}

fn post(port: u16, headers: &str, body: &str) -> String {
    let mut socket = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    let head = format!(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    );
    socket.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    std::io::Read::read_to_string(&mut socket, &mut answer).unwrap();
    answer
}

#[test]
fn no_level_of_the_log_shows_what_clients_send() {
    for (level, format) in
        [("trace", &[][..]), ("trace,hyper=trace,tokenizers=trace", &["--log-json"][..])]
    {
        let folder = folder();
        let config = CONFIG.replace("ledger: {enabled: false}", "ledger: {path: weir.db}");
        std::fs::write(folder.path().join("weir.yaml"), config).unwrap();
        let mut served = serve(folder.path(), level, format);
        let planted = [
            "Wilhelmina",
            "wilhelmina@example.com",
            "4539148803436467",
            "x-planted-header",
            "Quixotic-Model",
        ];
        for (headers, body) in [
            (
                "",
                r#"{"model":"auto","messages":[{"role":"user","content":"I am Wilhelmina, wilhelmina@example.com"}]}"#,
            ),
            (
                "",
                r#"{"model":"auto","messages":[{"role":"user","content":"card 4539148803436467"}]}"#,
            ),
            (
                "",
                r#"{"model":"Quixotic-Model","messages":[{"role":"user","content":"Wilhelmina"}]}"#,
            ),
            ("", r#"{"model":"auto","messages":"Wilhelmina"}"#),
            ("", r#"{"Wilhelmina"#),
            (
                "x-planted-header: Wilhelmina\r\n",
                r#"{"model":"auto","messages":[{"role":"user","content":"hello"}]}"#,
            ),
            (
                "x-weir-task-id: Wilhelmina\r\n",
                r#"{"model":"auto","messages":[{"role":"user","content":"hello"}]}"#,
            ),
            (
                "x-weir-task-id: not Wilhelmina\r\n",
                r#"{"model":"auto","messages":[{"role":"user","content":"hello"}]}"#,
            ),
            (
                "x-weir-explain: true\r\n",
                r#"{"model":"Wilhelmina","messages":[{"role":"user","content":"Wilhelmina"}]}"#,
            ),
            (
                "authorization: Bearer Wilhelmina\r\n",
                r#"{"model":"auto","messages":[{"role":"user","content":"hello"}]}"#,
            ),
        ] {
            assert!(post(served.port, headers, body).starts_with("HTTP/1.1 "));
        }
        signal(&served.child, "TERM");
        assert!(served.child.wait().unwrap().success());
        let log = served.log.join().unwrap();
        assert!(log.contains("a request failed"), "failed targets are told: {log}");
        let ledger = std::fs::read(folder.path().join("weir.db")).unwrap();
        for value in planted {
            assert!(
                !log.to_lowercase().contains(&value.to_lowercase()),
                "{value} is in the log: {log}"
            );
            let found =
                ledger.windows(value.len()).any(|part| part.eq_ignore_ascii_case(value.as_bytes()));
            assert!(!found, "{value} is in the ledger");
        }
    }
}

#[test]
fn a_killed_gateway_loses_little_and_the_next_one_says_how_much() {
    let folder = folder();
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://127.0.0.1:{}/v1", silent.local_addr().unwrap().port());
    let config = CONFIG
        .replace("ledger: {enabled: false}", "ledger: {path: weir.db}")
        .replace("http://127.0.0.1:9/v1", &url);
    std::fs::write(folder.path().join("weir.yaml"), config).unwrap();
    let mut served = serve(folder.path(), "info", &[]);
    let blocked =
        r#"{"model":"auto","messages":[{"role":"user","content":"card 4539148803436467"}]}"#;
    for _ in 0..5 {
        assert!(post(served.port, "", blocked).starts_with("HTTP/1.1 403"));
    }
    // Two requests reach a provider that says nothing.
    let hello = r#"{"model":"auto","messages":[{"role":"user","content":"hello"}]}"#;
    let port = served.port;
    let waiting: Vec<_> =
        (0..2).map(|_| std::thread::spawn(move || post(port, "", hello))).collect();
    let _reached: Vec<_> = (0..2).map(|_| silent.accept().unwrap()).collect();
    served.child.kill().unwrap();
    served.child.wait().unwrap();
    waiting.into_iter().for_each(|client| drop(client.join()));
    let mut next = serve(folder.path(), "info", &[]);
    signal(&next.child, "TERM");
    assert!(next.child.wait().unwrap().success());
    let log = next.log.join().unwrap();
    let line = log.lines().find(|line| line.contains("was killed")).expect(&log);
    assert!(line.contains("under_way=2"), "{line}");
    let number = |text: &str| text.split_whitespace().next().unwrap().parse::<usize>().unwrap();
    let unwritten = number(line.split("unwritten=").nth(1).unwrap());
    let rows = weir(folder.path(), &["ledger", "tail", "-n", "100", "--json"], "");
    assert_eq!(lines(&rows).len() + unwritten, 5, "each of the five is there or counted");
    let last = serve(folder.path(), "info", &[]);
    signal(&last.child, "TERM");
    let Served { mut child, log, .. } = last;
    assert!(child.wait().unwrap().success());
    assert!(!log.join().unwrap().contains("was killed"), "it is told once");
}

#[test]
fn a_file_can_be_checked_without_its_keys() {
    let folder = folder();
    let keyed = format!(
        "listen: 0.0.0.0:8787\napi_keys: [{{name: a, key_env: WEB_KEY}}, {{name: b, key_file: no/such/file}}]\n\
         admin_keys: [{{name: c, key_env: OPS_KEY}}]\n{}",
        CONFIG.replace("api_key: none", "api_key_env: PROVIDER_KEY")
    );
    for (text, flag, fine) in [
        (&keyed, "--no-keys", true),
        (&keyed, "", false),
        (&format!("{keyed}nonsense: 1\n"), "--no-keys", false),
        (&keyed.replace("WEB_KEY", "sk-live-0123"), "--no-keys", false),
        (&keyed.replace("{name: a, key_env: WEB_KEY}", "{name: a}"), "--no-keys", false),
        (&keyed.replace("name: b", "name: a"), "--no-keys", false),
    ] {
        std::fs::write(folder.path().join("keyed.yaml"), text).unwrap();
        let args = ["config", "check", "keyed.yaml", flag];
        let output = weir(folder.path(), &args[..if flag.is_empty() { 3 } else { 4 }], "");
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.success(), fine, "{flag} {told}");
    }
}

#[test]
fn the_bound_on_the_gain_in_the_docs_matches_easy_requests() {
    let docs = include_str!("../../docs/tune.md");
    let bound = docs.split("{name: easy, when: {max_gain: ").nth(1).unwrap();
    let bound: f32 = bound.split('}').next().unwrap().parse().unwrap();
    let target = |name: &str| {
        format!(
            "{{name: {name}, kind: openai, model: m, base_url: \"http://127.0.0.1:9/v1\", api_key: none}}"
        )
    };
    let (small, large) = (target("small"), target("large"));
    let config = format!(
        "ledger: {{enabled: false}}\ntargets: [{small}, {large}]\ngain: [{{cheap: small, strong: large}}]\nroute:\n  - \
         {{name: easy, when: {{max_gain: {bound}}}, to: small}}\n  - {{name: rest, to: large}}\n"
    );
    let folder = folder();
    std::fs::write(folder.path().join("weir.yaml"), config).unwrap();
    let texts = [
        "what is the capital of France?",
        "translate good morning to French",
        "is a tomato a fruit?",
        "write a Rust function that parses CSV",
    ];
    let input: String =
        texts.map(|text| format!("{}\n", serde_json::json!({"id": 1, "text": text}))).concat();
    let output = weir(folder.path(), &["explain"], &input);
    let rules: Vec<String> = lines(&output)
        .iter()
        .map(|line| line["decision"]["rule"].as_str().unwrap_or("").to_owned())
        .collect();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(rules, ["easy", "easy", "easy", "rest"], "{said}");
}

#[test]
fn a_check_warns_of_what_is_without_effect() {
    let folder = folder();
    let late =
        "  - {name: late, when: {findings: CREDIT_CARD, tools: true}, to: cloud}\n  - {name: rest";
    let config = CONFIG.replace("  - {name: rest", late);
    std::fs::write(folder.path().join("weir.yaml"), config).unwrap();
    let output = weir(folder.path(), &["config", "check"], "");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && said.starts_with("ok: "), "{said}");
    assert!(
        said.contains("warning: rule `late` can never match: `cards` stands before it"),
        "{said}"
    );
    assert!(said.contains("warning: target `cloud`: no price is known for `m`"), "{said}");
}
