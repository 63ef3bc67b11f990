//! A closed-loop load generator: each connection sends its next request when the last answer is complete.
//!
//! `load --to ADDR --body FILE --connections N --requests N [--header 'name: value'] [--path P]` checks every answer (status 200;
//! a stream must end in `[DONE]`) and says one line of JSON. The first request of each connection is not measured.

use super::upstream::header;
use super::{option, runtime, say};
use hdrhistogram::Histogram;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Barrier;

/// What one run of the generator measured. Times are in microseconds.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
pub struct Report {
    /// Requests sent, with those that were not measured.
    pub sent: u64,
    /// Requests that were measured, after every connection's first.
    pub measured: u64,
    /// Answers that were not what they should be.
    pub errors: u64,
    /// Wall time of the run in seconds.
    pub seconds: f64,
    /// Median time to the complete answer.
    pub p50: f64,
    /// 99th percentile of it.
    pub p99: f64,
    /// Median time to the first bytes of the body.
    pub first_p50: f64,
    /// 99th percentile of it.
    pub first_p99: f64,
}

/// Runs the load and prints its report.
pub fn main(args: &[String]) -> Result<(), String> {
    let to: String = option(args, "--to").ok_or("--to is missing")?;
    let body: String = option(args, "--body").ok_or("--body is missing")?;
    let body = std::fs::read(&body).map_err(|error| format!("{body}: {error}"))?;
    let path = option(args, "--path").unwrap_or_else(|| "/v1/chat/completions".to_owned());
    let extra: String =
        option(args, "--header").map(|line: String| format!("{line}\r\n")).unwrap_or_default();
    let mut request = format!(
        "POST {path} HTTP/1.1\r\nhost: {to}\r\ncontent-type: application/json\r\nauthorization: Bearer none\r\n{extra}content-length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    request.extend_from_slice(&body);
    let connections: u64 = option(args, "--connections").unwrap_or(1);
    let requests: i64 = option(args, "--requests").unwrap_or(1000);
    let report = runtime()?.block_on(run(to, Arc::new(request), connections, requests))?;
    say(&serde_json::to_string(&report).map_err(|error| error.to_string())?);
    Ok(())
}

/// Where a body has this, each request has a number of its own.
pub const NUMBER: &[u8; 8] = b"########";

struct Shared {
    left: AtomicI64,
    next: AtomicI64,
    errors: AtomicI64,
    times: Mutex<(Histogram<u64>, Histogram<u64>)>,
    /// Passed when every connection has had its first answer.
    ready: Barrier,
}

async fn run(
    to: String,
    request: Arc<Vec<u8>>,
    connections: u64,
    requests: i64,
) -> Result<Report, String> {
    let histogram = || {
        Histogram::<u64>::new_with_bounds(100, 600_000_000_000, 3)
            .map_err(|error| error.to_string())
    };
    let shared = Arc::new(Shared {
        left: AtomicI64::new(requests),
        next: AtomicI64::new(0),
        errors: AtomicI64::new(0),
        times: Mutex::new((histogram()?, histogram()?)),
        ready: Barrier::new(connections as usize + 1),
    });
    let mut tasks = Vec::new();
    for _ in 0..connections {
        let (to, request, shared) = (to.clone(), Arc::clone(&request), Arc::clone(&shared));
        tasks.push(tokio::spawn(async move { connection(&to, &request, &shared).await }));
    }
    shared.ready.wait().await;
    let start = Instant::now();
    for task in tasks {
        task.await.map_err(|error| error.to_string())?;
    }
    let seconds = start.elapsed().as_secs_f64();
    let times = shared.times.lock().map_err(|error| error.to_string())?;
    let micros = |h: &Histogram<u64>, q: f64| h.value_at_quantile(q) as f64 / 1e3;
    Ok(Report {
        sent: requests.unsigned_abs() + connections,
        measured: requests.unsigned_abs(),
        errors: shared.errors.load(Ordering::Relaxed).unsigned_abs(),
        seconds,
        p50: micros(&times.0, 0.5),
        p99: micros(&times.0, 0.99),
        first_p50: micros(&times.1, 0.5),
        first_p99: micros(&times.1, 0.99),
    })
}

/// One connection's loop; connects anew after an answer that was wrong. The first answer is not measured, and none is until
/// every connection stands: a server that lets some wait would otherwise be measured with fewer.
async fn connection(to: &str, request: &[u8], shared: &Shared) {
    let mut request = request.to_vec();
    let number = request.windows(NUMBER.len()).position(|window| window == NUMBER);
    let mut stream = None;
    let mut buffer = Vec::with_capacity(32 << 10);
    let mut measured = false;
    loop {
        if measured && shared.left.fetch_sub(1, Ordering::Relaxed) <= 0 {
            return;
        }
        if let Some(at) = number {
            let next = shared.next.fetch_add(1, Ordering::Relaxed);
            request[at..at + NUMBER.len()].copy_from_slice(format!("{next:08}").as_bytes());
        }
        match exchange(&mut stream, to, &request, &mut buffer).await {
            Ok((first, total)) if measured => {
                if let Ok(mut times) = shared.times.lock() {
                    times.0.saturating_record(total.as_nanos() as u64);
                    times.1.saturating_record(first.as_nanos() as u64);
                }
            }
            Ok(_) => {}
            Err(_) => {
                shared.errors.fetch_add(1, Ordering::Relaxed);
                stream = None;
            }
        }
        if !measured {
            shared.ready.wait().await;
            measured = true;
        }
    }
}

/// Sends one request and reads its answer: time to the body's first bytes and to its end.
async fn exchange(
    open: &mut Option<TcpStream>,
    to: &str,
    request: &[u8],
    buffer: &mut Vec<u8>,
) -> std::io::Result<(Duration, Duration)> {
    let wrong = |what: &'static str| std::io::Error::other(what);
    let stream = match open {
        Some(stream) => stream,
        None => {
            let stream = TcpStream::connect(to).await?;
            stream.set_nodelay(true)?;
            open.insert(stream)
        }
    };
    buffer.clear();
    let start = Instant::now();
    stream.write_all(request).await?;
    let mut first = None;
    let mut head = None;
    loop {
        if stream.read_buf(buffer).await? == 0 {
            return Err(wrong("connection closed"));
        }
        if head.is_none() {
            let Some(end) = memchr::memmem::find(buffer, b"\r\n\r\n") else { continue };
            let text = buffer.get(..end + 2).unwrap_or_default().to_ascii_lowercase();
            if !text.starts_with(b"http/1.1 200") {
                return Err(wrong("not 200"));
            }
            head = Some((end + 4, header(&text, b"content-length:")));
        }
        let Some((begin, length)) = head else { continue };
        let body = buffer.get(begin..).unwrap_or_default();
        if first.is_none() && !body.is_empty() {
            first = Some(start.elapsed());
        }
        let complete = match length {
            Some(length) => body.len() >= length,
            None => body.ends_with(b"0\r\n\r\n"),
        };
        if complete {
            let total = start.elapsed();
            if length.is_none() && memchr::memmem::find(body, b"data: [DONE]").is_none() {
                return Err(wrong("stream without end"));
            }
            return Ok((first.unwrap_or(total), total));
        }
    }
}
