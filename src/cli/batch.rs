//! JSON lines in, JSON lines out: what `analyze` and `explain` share.
//!
//! Invariant: one line out per line in, in order; a line that cannot be read gives an `error` line, and the exit code
//! says so at the end.

use super::Common;
use super::open;
use crate::chat::{Analysis, ChatRequest};
use crate::dialect::openai_chat;
use crate::live::LiveState;
use crate::pipeline::{self, Ctx};
use anyhow::Context;
use clap::Args;
use serde::Deserialize;
use serde_json::error::Category;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Input and output of a batch command.
#[derive(Debug, Args)]
pub struct BatchArgs {
    /// JSON lines, each `{"id","text"}` or `{"id","messages"}`; standard input if absent or `-`.
    #[arg(value_name = "FILE")]
    input: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    id: Value,
    text: Option<String>,
    messages: Option<Box<RawValue>>,
    #[serde(flatten)]
    rest: serde_json::Map<String, Value>,
}

/// A line after analysis.
pub struct Analysed<'a> {
    /// The request made of the line.
    pub request: &'a ChatRequest,
    /// What the local stages said.
    pub analysis: &'a Analysis,
    /// Its context, which is never recorded for a batch.
    pub ctx: &'a Ctx,
    /// How long the stages took.
    pub elapsed: Duration,
    /// Whether the line was `{"text"}`, so that offsets need no message index.
    pub plain: bool,
}

/// Runs every line through the river's own analysis and writes what `show` makes of it.
///
/// # Errors
/// The input cannot be read, the configuration is bad, or some line could not be read.
pub fn run(
    common: &Common,
    args: &BatchArgs,
    show: impl Fn(&Analysed<'_>) -> anyhow::Result<Value>,
) -> anyhow::Result<()> {
    let runtime = open::tokio_runtime()?;
    let live = runtime.block_on(open::batch_state(common))?;
    let input: Box<dyn BufRead> = match &args.input {
        Some(path) if path.as_os_str() != "-" => {
            let file =
                File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
            Box::new(BufReader::new(file))
        }
        _ => Box::new(BufReader::new(std::io::stdin())),
    };
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut n_bad = 0;
    for (index, line) in input.split(b'\n').enumerate() {
        let line = line.context("the input could not be read")?;
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let value = match read_line(&line) {
            Err(error) => {
                n_bad += 1;
                json!({ "line": index + 1, "error": error.to_string() })
            }
            Ok((id, request, plain)) => {
                let mut value = runtime.block_on(analyse(&live, request, plain, &show))?;
                if let Value::Object(map) = &mut value {
                    map.shift_insert(0, "id".to_owned(), id);
                }
                value
            }
        };
        serde_json::to_writer(&mut out, &value)?;
        out.write_all(b"\n")?;
        out.flush()?;
    }
    anyhow::ensure!(n_bad == 0, "{n_bad} of the lines could not be read; see their `error`");
    Ok(())
}

async fn analyse(
    live: &Arc<LiveState>,
    request: ChatRequest,
    plain: bool,
    show: &impl Fn(&Analysed<'_>) -> anyhow::Result<Value>,
) -> anyhow::Result<Value> {
    let started = Instant::now();
    let mut ctx = Ctx::new(live.clone(), started, None);
    let request = Arc::new(request);
    let analysis = pipeline::analyze(&mut ctx, &request).await;
    let elapsed = started.elapsed();
    let value =
        show(&Analysed { request: &request, analysis: &analysis, ctx: &ctx, elapsed, plain });
    ctx.discard();
    value
}

/// A line as a chat request.
fn read_line(line: &[u8]) -> anyhow::Result<(Value, ChatRequest, bool)> {
    let line: Line = serde_json::from_slice(line).map_err(|error| match error.classify() {
        // What serde says of values would quote them.
        Category::Data | Category::Io => anyhow::anyhow!(
            "not a JSON object with `text` or `messages` (column {})",
            error.column()
        ),
        Category::Syntax | Category::Eof => anyhow::anyhow!("not valid JSON: {error}"),
    })?;
    let mut body = line.rest;
    body.entry("model").or_insert_with(|| json!("auto"));
    let plain = line.text.is_some();
    let messages = match (line.text, line.messages) {
        (Some(text), None) => json!([{ "role": "user", "content": text }]),
        (None, Some(messages)) => serde_json::from_str(messages.get())?,
        _ => anyhow::bail!("give either `text` or `messages`"),
    };
    body.insert("messages".to_owned(), messages);
    let raw = serde_json::to_vec(&body)?;
    let request =
        openai_chat::decode_request(raw.into()).map_err(|error| anyhow::anyhow!("{error}"))?;
    Ok((line.id, request, plain))
}
