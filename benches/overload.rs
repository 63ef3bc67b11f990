//! What holds under load, with the edge pack reading every prompt: `cargo bench --bench overload`.
//!
//! Prints the capacity (answers a second, every connection busy), what is served when twice as many requests come and how the rest is
//! refused, how long a short request takes alone and beside a 4.6 MiB prompt, and by how many times its body a request of each kind
//! lets the resident size grow. The upstream is scripted and answers at once. Linux only. Options behind `--`: `--requests N` (600),
//! `--mib N` (8, size of the bodies), `--only capacity|beside|memory`. `WEIR_BIN` names another weir.

mod support;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};
use support::load::Report;
use support::process::{Load, Process, free_port, weir, weir_binary};
use support::table::lines;
use support::{finish, option, play, say};

const MODEL: &str = "bench-model";
const PATIENCE: Duration = Duration::from_secs(120);
/// Of the long prompt beside which short ones are measured.
const LONG: usize = 4_823_449;
/// A sentence of nothing in particular.
const PLAIN: &str =
    "The bed of the river is narrow here, so the water runs faster than it does below the weir. ";

fn main() {
    let args: Vec<String> = std::env::args().collect();
    finish(play(&args).unwrap_or_else(|| drive(&args)));
}

fn drive(args: &[String]) -> Result<(), String> {
    let only: Option<String> = option(args, "--only");
    let wanted = |part: &str| only.as_deref().is_none_or(|only| only == part);
    let requests: usize = option(args, "--requests").unwrap_or(600);
    let mib: usize = option(args, "--mib").unwrap_or(8);
    let dir = tempfile::tempdir().map_err(|error| error.to_string())?;
    let (_upstream, upstream) = Process::upstream(0)?;
    let bench = Bench { dir: dir.path(), upstream };
    if wanted("capacity") {
        bench.capacity(requests)?;
    }
    if wanted("beside") {
        bench.beside()?;
    }
    if wanted("memory") {
        bench.memory(mib << 20)?;
    }
    Ok(())
}

struct Bench<'a> {
    dir: &'a Path,
    upstream: String,
}

impl Bench<'_> {
    /// A gateway of its own, warm.
    fn gateway(&self) -> Result<(Process, String), String> {
        let config = self.dir.join("weir.yaml");
        let text = format!(
            "targets:\n  - {{name: {MODEL}, kind: openai, model: {MODEL}, base_url: \"http://{}/v1\", api_key: none}}\n\
             route:\n  - {{name: all, to: {MODEL}, privacy: redact}}\n\
             latency: {{interactive: {{ttft_ms: 3000, total_ms: 10000}}}}\n\
             body_limit_mib: 64\nledger: {{enabled: false}}\n",
            self.upstream
        );
        std::fs::write(&config, text).map_err(|error| error.to_string())?;
        let binary = weir_binary().ok_or("no weir binary: set WEIR_BIN")?;
        let gateway = format!("127.0.0.1:{}", free_port()?);
        let mut process =
            Process::start(&mut weir(&binary, &config, &gateway), &self.dir.join("weir.log"))?;
        process.wait_until_it_answers(&gateway, chat("Good morning.").as_bytes(), PATIENCE)?;
        Ok((process, gateway))
    }

    /// New prompts of 1 KiB from more and more connections.
    fn capacity(&self, requests: usize) -> Result<(), String> {
        let (process, gateway) = self.gateway()?;
        let file = self.dir.join("body.json");
        let head = ["1 KiB prompts", "", "served/s", "refused", "p50 ms", "p99 ms", "cpu s/1000"];
        let mut rows = vec![head.map(str::to_owned).to_vec()];
        let mut capacity = 0.0;
        for connections in [1, 8, 64] {
            // Each round asks what no earlier one asked.
            let text = format!("######## of {connections} {}", PLAIN.repeat(11));
            std::fs::write(&file, chat(&text)).map_err(|error| error.to_string())?;
            let n = if connections == 1 { requests / 4 } else { requests };
            let load = Load { to: &gateway, body: &file, header: None, connections, requests: n };
            let before = process.cpu_seconds();
            let report = load.run()?;
            let cpu = (process.cpu_seconds() - before) / served_of(&report).max(1.0) * 1e3;
            let served = served_of(&report);
            capacity = served / report.seconds;
            rows.push(vec![
                format!("{connections} connections"),
                String::new(),
                format!("{:.1}", served / report.seconds),
                report.errors.to_string(),
                format!("{:.1}", report.p50 / 1e3),
                format!("{:.1}", report.p99 / 1e3),
                format!("{cpu:.1}"),
            ]);
        }
        rows.push(twice(&gateway, capacity));
        lines(&rows).iter().for_each(|line| say(line));
        Ok(())
    }

    /// Short requests alone, then with a long prompt in work.
    fn beside(&self) -> Result<(), String> {
        let head = ["short prompts", "", "n", "failed", "p50 ms", "p95 ms"];
        let mut rows = vec![head.map(str::to_owned).to_vec()];
        for (size, repeat) in [("90 bytes", 1), ("1 KiB", 11)] {
            let (_process, gateway) = self.gateway()?;
            rows.push(row(size, "alone", &short(&gateway, repeat, 100)));
            let long = chat(&varied(LONG, size.len()));
            let own = gateway.clone();
            let busy = std::thread::spawn(move || post(&own, long.as_bytes(), 600));
            wait(Duration::from_secs(2));
            rows.push(row(size, "beside 4.6 MiB", &short(&gateway, repeat, 100)));
            let still = if busy.is_finished() { " (the long one had ended)" } else { "" };
            if let Some(last) = rows.last_mut() {
                last[1].push_str(still);
            }
        }
        lines(&rows).iter().for_each(|line| say(line));
        Ok(())
    }

    /// By how many times its body one request lets the resident size grow.
    fn memory(&self, size: usize) -> Result<(), String> {
        let head = ["body", "", "status", "MiB", "peak x", "after x", "s"];
        let mut rows = vec![head.map(str::to_owned).to_vec()];
        for (name, body) in bodies(size) {
            let (process, gateway) = self.gateway()?;
            // Intents and patterns are made ready behind the first answer.
            wait(Duration::from_secs(4));
            let [before, _] = process.resident_mib();
            let begun = Instant::now();
            let own = gateway.clone();
            let mib = body.len() as f64 / f64::from(1 << 20);
            let sent = std::thread::spawn(move || post(&own, body.as_bytes(), 60));
            let sent = sent.join();
            let [_, peak] = process.resident_mib();
            let seconds = begun.elapsed().as_secs_f64();
            let status = sent.map_err(|_| "a request ended in a panic".to_owned())?;
            wait(Duration::from_secs(2));
            let times = |now: f64| format!("{:.1}", (now - before) / mib);
            rows.push(vec![
                name.to_owned(),
                String::new(),
                match status {
                    Ok(()) => "200".to_owned(),
                    Err(Refused { status: 0, .. }) => "none yet".to_owned(),
                    Err(Refused { status, .. }) => status.to_string(),
                },
                format!("{mib:.1}"),
                times(peak),
                times(process.resident_mib()[0]),
                format!("{seconds:.1}"),
            ]);
        }
        lines(&rows).iter().for_each(|line| say(line));
        Ok(())
    }
}

/// Answers that were as they should be.
fn served_of(report: &Report) -> f64 {
    report.measured.saturating_sub(report.errors) as f64
}

/// New prompts of 1 KiB at twice what 64 busy connections got, whether or not others are answered.
fn twice(gateway: &str, capacity: f64) -> Vec<String> {
    let seconds = 12.0;
    let n = (2.0 * capacity * seconds) as usize;
    let begun = Instant::now();
    let ask = |i: usize| {
        let gateway = gateway.to_owned();
        wait((begun + Duration::from_secs_f64(i as f64 / (2.0 * capacity))) - Instant::now());
        std::thread::spawn(move || {
            let body = chat(&format!("{i:08} at twice {}", PLAIN.repeat(11)));
            let sent = Instant::now();
            (
                post(&gateway, body.as_bytes(), 60),
                sent.elapsed().as_secs_f64() * 1e3,
                Instant::now(),
            )
        })
    };
    let asked: Vec<_> = (0..n).map(ask).collect();
    let all: Vec<_> = asked.into_iter().filter_map(|asked| asked.join().ok()).collect();
    let served: Vec<_> = all.iter().filter(|(answer, ..)| answer.is_ok()).collect();
    let told = |answer: &Result<(), Refused>| {
        matches!(answer, Err(Refused { status: 429 | 503, says_when: true }))
    };
    let n_told = all.iter().filter(|(answer, ..)| told(answer)).count();
    let last = served.iter().map(|(_, _, end)| *end).max().unwrap_or(begun);
    let mut times: Vec<f64> = served.iter().map(|(_, ms, _)| *ms).collect();
    times.sort_by(f64::total_cmp);
    let at = |q: f64| times.get((q * times.len() as f64) as usize).copied().unwrap_or(f64::NAN);
    vec![
        format!("{:.0} come a second", 2.0 * capacity),
        format!("{n_told} of the refused are told when to come again"),
        format!("{:.1}", served.len() as f64 / (last - begun).as_secs_f64()),
        (n - served.len()).to_string(),
        format!("{:.1}", at(0.5)),
        format!("{:.1}", at(0.99)),
        String::new(),
    ]
}

fn row(size: &str, how: &str, times: &[Option<f64>]) -> Vec<String> {
    let mut known: Vec<f64> = times.iter().flatten().copied().collect();
    known.sort_by(f64::total_cmp);
    let at = |q: f64| known.get((q * known.len() as f64) as usize).copied().unwrap_or(f64::NAN);
    let failed = times.len() - known.len();
    let (n, failed) = (times.len().to_string(), failed.to_string());
    vec![
        size.to_owned(),
        how.to_owned(),
        n,
        failed,
        format!("{:.1}", at(0.5)),
        format!("{:.1}", at(0.95)),
    ]
}

/// Milliseconds of `n` requests with new prompts, one after another, a moment apart; `None` for one that failed.
fn short(gateway: &str, repeat: usize, n: usize) -> Vec<Option<f64>> {
    let ask = |i: usize| {
        wait(Duration::from_millis(30));
        let begun = Instant::now();
        let body = chat(&format!("{begun:?} {i} {}", PLAIN.repeat(repeat)));
        let answer = post(gateway, body.as_bytes(), 60);
        answer.is_ok().then(|| begun.elapsed().as_secs_f64() * 1e3)
    };
    (0..n).map(ask).collect()
}

/// Bodies of about `size` bytes, each of another make.
fn bodies(size: usize) -> Vec<(&'static str, String)> {
    let many = |unit: &str, each: usize| {
        let n = size / each;
        vec![unit; n].join(",")
    };
    let message = |content: &str| {
        format!(r#"{{"model":"auto","messages":[{{"role":"user","content":{content}}}]}}"#)
    };
    let beside = |field: &str| {
        format!(r#"{{"model":"auto","messages":[{{"role":"user","content":"hi"}}],{field}}}"#)
    };
    let call = |arguments: &str| {
        let arguments = serde_json::Value::from(arguments).to_string();
        format!(
            r#"{{"model":"auto","messages":[{{"role":"assistant","content":null,"tool_calls":[{{"id":"call_1","type":"function","function":{{"name":"f","arguments":{arguments}}}}}]}},{{"role":"user","content":"hi"}}]}}"#
        )
    };
    let part = r#"{"type":"text","text":"a"}"#;
    let turn = r#"{"role":"user","content":"a"}"#;
    let nested = format!("{}1{}", "[".repeat(100), "]".repeat(100));
    let keys: Vec<String> = (0..size / 18).map(|i| format!(r#""key {i:08}":1"#)).collect();
    let words: Vec<String> =
        (0..size / 34).map(|i| format!(r#"{{"type":"text","text":"w{i:07}"}}"#)).collect();
    let tool = r#"{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"a":{"type":"string","description":"b"}}}}}"#;
    vec![
        ("one long text", chat(&varied(size, 1))),
        ("one long word", chat(&"a".repeat(size))),
        ("digits and blanks", chat(&"1 ".repeat(size / 2))),
        ("colons", chat(&":a".repeat(size / 2))),
        ("escapes", message(&format!("\"{}\"", "\\n".repeat(size / 2)))),
        ("parts of \"a\"", message(&format!("[{}]", many(part, part.len() + 1)))),
        ("parts, all different", message(&format!("[{}]", words.join(",")))),
        ("strings in arguments", call(&format!("[{}]", many("\"a\"", 4)))),
        ("strings beside", beside(&format!(r#""x":[{}]"#, many("\"a\"", 4)))),
        ("words beside", beside(&format!(r#""x":[{}]"#, many("\"word\"", 7)))),
        ("numbers beside", beside(&format!(r#""x":[{}]"#, many("1", 2)))),
        ("deep nesting", beside(&format!(r#""x":[{}]"#, many(&nested, nested.len() + 1)))),
        ("empty arrays", beside(&format!(r#""x":[{}]"#, many("[]", 3)))),
        (
            "many messages",
            format!(r#"{{"model":"auto","messages":[{}]}}"#, many(turn, turn.len() + 1)),
        ),
        ("many keys", beside(&format!(r#""metadata":{{{}}}"#, keys.join(",")))),
        ("many tools", beside(&format!(r#""tools":[{}]"#, many(tool, tool.len() + 1)))),
    ]
}

/// Sentences with numbers in them, so that no part of the text is like another.
fn varied(size: usize, seed: usize) -> String {
    let mut text = String::with_capacity(size + 128);
    let mut n = seed * 1_000_003;
    while text.len() < size {
        n += 1;
        text.push_str(PLAIN);
        text.push_str(&format!("Gauge {} stood at {}. ", n % 9973, n % 77));
    }
    text
}

fn chat(text: &str) -> String {
    let messages = serde_json::json!([{"role": "user", "content": text}]);
    serde_json::json!({"model": "auto", "messages": messages, "max_tokens": 16}).to_string()
}

/// Another answer than 200; status 0 for none.
#[derive(Debug, Default)]
struct Refused {
    status: u16,
    /// Whether it has a `Retry-After`.
    says_when: bool,
}

/// Sends a body and waits for the whole answer, at most so many seconds.
fn post(address: &str, body: &[u8], seconds: u64) -> Result<(), Refused> {
    let head = format!(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let talk = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(seconds)))?;
        stream.write_all(head.as_bytes())?;
        stream.write_all(body)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    };
    let answer = talk().map_err(|_| Refused::default())?;
    let (head, _) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    let says_when = head.to_ascii_lowercase().contains("\r\nretry-after: ");
    if status == 200 { Ok(()) } else { Err(Refused { status, says_when }) }
}

fn wait(time: Duration) {
    let (_open, never) = std::sync::mpsc::channel::<()>();
    let _ = never.recv_timeout(time);
}
