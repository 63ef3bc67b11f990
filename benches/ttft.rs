//! Time to the first token on each path, with local models on: `cargo bench --bench ttft`.
//!
//! One client, streamed answers, against a scripted upstream that answers at once, so that what is left is Weir's own time:
//! `direct` without Weir; `cloud`: intent and detectors, nothing found; `redacted`: personal data replaced and restored; `local`:
//! the generator in this process. Each in a short and a long form, and with a prompt that was there before and with new ones. The models are fetched on the first run, which may take minutes.
//! Options behind `--`: `--requests N` (200; a tenth of it for `local`). `WEIR_BIN` names another weir.

mod support;

use std::path::Path;
use std::time::Duration;
use support::process::{Load, Process, free_port, weir, weir_binary};
use support::table::lines;
use support::{finish, option, play, say};

const MODEL: &str = "bench-model";
/// How long the first run may fetch and load models.
const PATIENCE: Duration = Duration::from_secs(900);

const INTENTS: &str = "
intents:
  - {name: explain, examples: [why is the sky blue, explain how a lock works, what makes a river bend]}
  - {name: write, examples: [write a short letter to the town, draft a notice for tenants, compose a reply]}
  - {name: smalltalk, examples: [good morning, how are you today, thanks a lot for your help]}
";

fn main() {
    let args: Vec<String> = std::env::args().collect();
    finish(play(&args).unwrap_or_else(|| drive(&args)));
}

fn drive(args: &[String]) -> Result<(), String> {
    let requests: usize = option(args, "--requests").unwrap_or(200);
    let dir = tempfile::tempdir().map_err(|error| error.to_string())?;
    let (_upstream, upstream) = Process::upstream(0)?;
    let config = dir.path().join("weir.yaml");
    let text = format!(
        "targets:\n  - {{name: {MODEL}, kind: openai, model: {MODEL}, base_url: \"http://{upstream}/v1\", api_key: none}}\n\
         route:\n  - {{name: all, to: {MODEL}, privacy: redact}}\n\
         latency: {{interactive: {{ttft_ms: 60000, total_ms: 120000}}}}\n\
         ledger: {{path: {}}}\n{INTENTS}",
        dir.path().join("ledger.db").display()
    );
    std::fs::write(&config, text).map_err(|error| error.to_string())?;
    let binary = weir_binary().ok_or("no weir binary: set WEIR_BIN")?;
    let gateway = format!("127.0.0.1:{}", free_port()?);
    let mut process =
        Process::start(&mut weir(&binary, &config, &gateway), &dir.path().join("weir.log"))?;
    let probe = body("local", "Say yes.", false).to_string();
    process.wait_until_it_answers(&gateway, probe.as_bytes(), PATIENCE)?;

    let plain = "Why does the water run faster where the bed of a river is narrow? ";
    // Made up here, so that no personal datum stands in this file as a whole.
    let mail = ["anna.berg", "example.org"].join("@");
    let card = format!("4{}", "1".repeat(15));
    let personal = format!("Write to {mail} from 203.0.113.7 that her card {card} was charged. ");
    let head =
        ["path", "prompt", "ttft p50 ms", "ttft p99 ms", "total p50 ms", "cpu s/1000", "errors"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for (path, to, model, sentence, n) in [
        ("direct", &upstream, MODEL, plain, requests),
        ("cloud", &gateway, "auto", plain, requests),
        ("redacted", &gateway, "auto", personal.as_str(), requests),
        ("local", &gateway, "local", plain, (requests / 10).max(3)),
    ] {
        for (size, repeat) in [("short", 1), ("long", 24)] {
            // A prompt that was there before is read no more: neither by the edge pack nor by the generator.
            for (prompt, start) in [("again", String::new()), ("new", format!("{path} ########: "))]
            {
                let text = start + &sentence.repeat(repeat);
                let file = write_body(dir.path(), &body(model, &text, true))?;
                let before = process.cpu_seconds();
                let report =
                    Load { to, body: &file, header: None, connections: 1, requests: n }.run()?;
                let ms = |micros: f64| format!("{:.2}", micros / 1e3);
                rows.push(vec![
                    path.to_owned(),
                    format!("{size}, {prompt}"),
                    ms(report.first_p50),
                    ms(report.first_p99),
                    ms(report.p50),
                    format!("{:.1}", (process.cpu_seconds() - before) / report.sent as f64 * 1e3),
                    report.errors.to_string(),
                ]);
            }
        }
    }
    lines(&rows).iter().for_each(|line| say(line));
    say(&format!("peak resident size {:.0} MiB", process.resident_mib()[1]));
    Ok(())
}

fn body(model: &str, text: &str, stream: bool) -> serde_json::Value {
    serde_json::json!({
        "model": model,
        "messages": [{"role": "user", "content": text}],
        "max_tokens": 16,
        "temperature": 0.0,
        "stream": stream,
    })
}

fn write_body(dir: &Path, body: &serde_json::Value) -> Result<std::path::PathBuf, String> {
    let path = dir.join("body.json");
    std::fs::write(&path, body.to_string()).map_err(|error| error.to_string())?;
    Ok(path)
}
