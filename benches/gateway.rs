//! Speed of the whole gateway: what it adds to calling the upstream directly, and what it costs.
//!
//! `cargo bench --bench gateway` starts a scripted upstream, `weir serve` (local models off, ledger on) and, if `CRABLLM_BIN`
//! names its binary, crabllm; then sends the same load to each in turn, in interleaved rounds, and prints medians over the
//! rounds. Options behind `--`: `--rounds N` (5), `--scale F` (1.0; factor on the number of requests), `--only TEXT` (loads
//! whose name holds TEXT, such as `"whole x16"`). `WEIR_BIN` names another weir.
//!
//! Added time is a round's figure minus the direct figure of the same round. Everything shares this machine's cores, so the
//! figures of a busy machine say little; ratios from one run hold better than absolute times.

#[path = "support/stat.rs"]
mod stat;
mod support;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use support::load::Report;
use support::process::{Load, Process, free_port, weir, weir_binary};
use support::table::lines;
use support::{finish, option, play, say};

/// Connections and measured requests of each load, whole and streamed.
const SIZES: [(usize, usize); 4] = [(1, 1500), (16, 6000), (64, 6000), (256, 8000)];
const MODEL: &str = "bench-model";

fn main() {
    let args: Vec<String> = std::env::args().collect();
    finish(play(&args).unwrap_or_else(|| drive(&args)));
}

/// A way to the upstream.
struct Subject {
    name: &'static str,
    address: String,
    /// The gateway's process; `None` for the direct way.
    process: Option<Process>,
}

/// Many requests alike.
struct Shape {
    name: String,
    streamed: bool,
    connections: usize,
    requests: usize,
}

/// The loads that `--only` leaves, in the order of the table.
fn shapes(args: &[String]) -> Vec<Shape> {
    let scale: f64 = option(args, "--scale").unwrap_or(1.0);
    let only: String = option(args, "--only").unwrap_or_default();
    let mut shapes = Vec::new();
    for streamed in [false, true] {
        for (connections, requests) in SIZES {
            let name = format!("{} x{connections}", if streamed { "stream" } else { "whole" });
            let requests = ((requests as f64 * scale) as usize).max(connections);
            shapes.push(Shape { name, streamed, connections, requests });
        }
    }
    shapes.retain(|shape| shape.name.contains(&only));
    shapes
}

/// One figure: a load on a subject in one round.
struct Sample {
    load: usize,
    subject: usize,
    report: Report,
    cpu_seconds: f64,
}

fn drive(args: &[String]) -> Result<(), String> {
    let rounds: usize = option(args, "--rounds").unwrap_or(5);
    let shapes = shapes(args);
    let dir = tempfile::tempdir().map_err(|error| error.to_string())?;
    let (_upstream, address) = Process::upstream(0)?;
    let bodies = [write_body(dir.path(), false)?, write_body(dir.path(), true)?];
    let probe = std::fs::read(&bodies[0]).map_err(|error| error.to_string())?;

    let mut subjects = vec![Subject { name: "direct", address: address.clone(), process: None }];
    match weir_binary() {
        Some(binary) => subjects.push(start_weir(&binary, &address, dir.path())?),
        None => say("no weir binary: set WEIR_BIN"),
    }
    match std::env::var_os("CRABLLM_BIN") {
        Some(binary) => subjects.push(start_crabllm(Path::new(&binary), &address, dir.path())?),
        None => say("crabllm is not compared: CRABLLM_BIN is not set"),
    }
    for subject in &mut subjects {
        if let Some(process) = &mut subject.process {
            process
                .wait_until_it_answers(&subject.address, &probe, Duration::from_secs(30))
                .map_err(|error| with_log(dir.path(), subject.name, &error))?;
        }
    }

    let mut samples = Vec::new();
    for (load, shape) in shapes.iter().enumerate() {
        for round in 0..=rounds {
            for turn in 0..subjects.len() {
                let index = (turn + round) % subjects.len();
                let subject = &subjects[index];
                let sent = Load {
                    to: &subject.address,
                    body: &bodies[usize::from(shape.streamed)],
                    header: None,
                    connections: shape.connections,
                    requests: shape.requests,
                };
                let cpu = || subject.process.as_ref().map_or(0.0, Process::cpu_seconds);
                let before = cpu();
                let report = sent.run()?;
                let cpu_seconds = cpu() - before;
                // The first round warms up.
                if round > 0 {
                    samples.push(Sample { load, subject: index, report, cpu_seconds });
                }
            }
        }
    }
    print(&shapes, &subjects, &samples);
    let errors: u64 = samples.iter().map(|sample| sample.report.errors).sum();
    if errors > 0 { Err(format!("{errors} answers were wrong")) } else { Ok(()) }
}

fn print(shapes: &[Shape], subjects: &[Subject], samples: &[Sample]) {
    let head = [
        "load",
        "way",
        "p50 us",
        "p99 us",
        "+p50",
        "+p99",
        "first p50",
        "+first p50",
        "+first p99",
        "req/s",
        "cpu s/1000",
        "errors",
    ];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for (load, shape) in shapes.iter().enumerate() {
        for (index, subject) in subjects.iter().enumerate() {
            let of = |subject: usize| {
                samples.iter().filter(move |s| (s.load, s.subject) == (load, subject))
            };
            let figure = |get: fn(&Report) -> f64| median(of(index).map(|s| get(&s.report)));
            let added = |get: fn(&Report) -> f64| {
                median(
                    of(index)
                        .zip(of(0))
                        .map(|(mine, direct)| get(&mine.report) - get(&direct.report)),
                )
            };
            let cpu = median(of(index).map(|s| s.cpu_seconds / s.report.sent as f64 * 1e3));
            let errors: u64 = of(index).map(|s| s.report.errors).sum();
            let micros = |value: f64| format!("{value:.0}");
            rows.push(vec![
                shape.name.clone(),
                subject.name.to_owned(),
                micros(figure(|r| r.p50)),
                micros(figure(|r| r.p99)),
                micros(added(|r| r.p50)),
                micros(added(|r| r.p99)),
                micros(figure(|r| r.first_p50)),
                micros(added(|r| r.first_p50)),
                micros(added(|r| r.first_p99)),
                micros(figure(|r| r.measured as f64 / r.seconds)),
                format!("{cpu:.3}"),
                errors.to_string(),
            ]);
        }
    }
    lines(&rows).iter().for_each(|line| say(line));
    say_ratios(shapes, subjects, samples);
    for subject in subjects {
        if let Some(process) = &subject.process {
            say(&format!(
                "{}: peak resident size {:.1} MiB",
                subject.name,
                process.resident_mib()[1]
            ));
        }
    }
}

/// Weir's figures as multiples of the other gateway's, if both ran: medians of each, added times against the direct way.
fn say_ratios(shapes: &[Shape], subjects: &[Subject], samples: &[Sample]) {
    let named = |name: &str| subjects.iter().position(|subject| subject.name == name);
    let (Some(weir), Some(other)) = (named("weir"), named("crabllm")) else { return };
    let head = ["weir / crabllm", "", "+p50", "+p99", "+first p50", "+first p99", "req/s", "cpu"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for (load, shape) in shapes.iter().enumerate() {
        let of =
            |subject: usize| samples.iter().filter(move |s| (s.load, s.subject) == (load, subject));
        let added = |subject: usize, get: fn(&Report) -> f64| {
            median(
                of(subject)
                    .zip(of(0))
                    .map(|(mine, direct)| get(&mine.report) - get(&direct.report)),
            )
        };
        let added_ratio = |get: fn(&Report) -> f64| ratio(added(weir, get), added(other, get));
        let plain =
            |get: fn(&Sample) -> f64| ratio(median(of(weir).map(get)), median(of(other).map(get)));
        rows.push(vec![
            shape.name.clone(),
            String::new(),
            added_ratio(|r| r.p50),
            added_ratio(|r| r.p99),
            added_ratio(|r| r.first_p50),
            added_ratio(|r| r.first_p99),
            plain(|s| s.report.measured as f64 / s.report.seconds),
            plain(|s| s.cpu_seconds / s.report.sent as f64),
        ]);
    }
    say("");
    lines(&rows).iter().for_each(|line| say(line));
}

/// `a / b`, or `-` where noise has made it mean nothing.
fn ratio(a: f64, b: f64) -> String {
    if b > 0.0 && a > 0.0 { format!("{:.2}", a / b) } else { "-".to_owned() }
}

fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    stat::quantile(values, 0.5)
}

/// The body of every request: a short instruction and a question with nothing personal in it.
fn write_body(dir: &Path, stream: bool) -> Result<PathBuf, String> {
    let body = serde_json::json!({
        "model": MODEL,
        "messages": [
            {"role": "system", "content": "You are a patient guide to rivers. Answer in two sentences at most."},
            {"role": "user", "content": "Why does the water run faster where the bed is narrow, and what does a weir \
                change about that? Please explain it so that a child of ten years can follow."},
        ],
        "temperature": 0.2,
        "max_tokens": 64,
        "stream": stream,
    });
    let path = dir.join(if stream { "stream.json" } else { "whole.json" });
    std::fs::write(&path, body.to_string()).map_err(|error| error.to_string())?;
    Ok(path)
}

fn start_weir(binary: &Path, upstream: &str, dir: &Path) -> Result<Subject, String> {
    let config = dir.join("weir.yaml");
    let text = format!(
        "targets:\n  - {{name: {MODEL}, kind: openai, model: {MODEL}, base_url: \"http://{upstream}/v1\", api_key: none}}\n\
         local: {{enabled: false}}\nledger: {{path: {}}}\n",
        dir.join("ledger.db").display()
    );
    std::fs::write(&config, text).map_err(|error| error.to_string())?;
    let address = format!("127.0.0.1:{}", free_port()?);
    let process = Process::start(&mut weir(binary, &config, &address), &dir.join("weir.log"))?;
    Ok(Subject { name: "weir", address, process: Some(process) })
}

fn start_crabllm(binary: &Path, upstream: &str, dir: &Path) -> Result<Subject, String> {
    let config = dir.join("crabllm.toml");
    let address = format!("127.0.0.1:{}", free_port()?);
    let text = format!(
        "listen = \"{address}\"\nopenapi = false\n[providers.bench]\nkind = \"openai\"\napi_key = \"none\"\n\
         base_url = \"http://{upstream}/v1\"\nmodels = [\"{MODEL}\"]\n"
    );
    std::fs::write(&config, text).map_err(|error| error.to_string())?;
    let mut command = Command::new(binary);
    command.arg("serve").arg("--config").arg(&config);
    let process = Process::start(&mut command, &dir.join("crabllm.log"))?;
    Ok(Subject { name: "crabllm", address, process: Some(process) })
}

/// The error with the end of what the gateway said.
fn with_log(dir: &Path, name: &str, error: &str) -> String {
    let log = std::fs::read_to_string(dir.join(format!("{name}.log"))).unwrap_or_default();
    let tail: Vec<&str> = log.lines().rev().take(5).collect();
    format!("{error}\n{}", tail.into_iter().rev().collect::<Vec<_>>().join("\n"))
}
