//! A scripted OpenAI-compatible server that costs next to nothing: every answer is a constant, written in one call.
//!
//! `upstream [--gap-us N]` listens on a free loopback port and says it on stdout. A request whose body asks for a
//! stream gets 32 content chunks, a usage chunk and `[DONE]` (in one write, or N µs apart); any other gets a whole answer
//! with usage.

use super::{option, runtime, say};
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Content chunks of a streamed answer.
pub const CHUNKS: usize = 32;

const WHOLE: &str = concat!(
    r#"{"id":"chatcmpl-bench0001","object":"chat.completion","created":1760000000,"model":"bench-model","#,
    r#""choices":[{"index":0,"message":{"role":"assistant","content":"The river carries what it is given, turns at "#,
    r#"the weir, and goes on to the sea. Nothing here is worth more than the time that it took to arrive.","#,
    r#""refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":61,"completion_tokens":32,"#,
    r#""total_tokens":93,"prompt_tokens_details":{"cached_tokens":0}},"system_fingerprint":"fp_bench"}"#
);

/// Runs the server until the process is killed.
pub fn main(args: &[String]) -> Result<(), String> {
    let gap = option(args, "--gap-us").map(Duration::from_micros).filter(|gap| !gap.is_zero());
    runtime()?.block_on(async move {
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(|error| error.to_string())?;
        say(&listener.local_addr().map_err(|error| error.to_string())?.to_string());
        let answers = Arc::new(Answers::new());
        loop {
            let Ok((stream, _)) = listener.accept().await else { continue };
            let _ = stream.set_nodelay(true);
            let answers = Arc::clone(&answers);
            // A connection that ends badly is the client's affair.
            tokio::spawn(async move {
                let _ = serve(stream, &answers, gap).await;
            });
        }
    })
}

/// The bytes of every answer.
struct Answers {
    whole: Vec<u8>,
    stream_head: Vec<u8>,
    events: Vec<Vec<u8>>,
}

impl Answers {
    fn new() -> Self {
        let whole = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{WHOLE}",
            WHOLE.len()
        );
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
        let chunk = |rest: &str| {
            format!(
                r#"{{"id":"chatcmpl-bench0001","object":"chat.completion.chunk","created":1760000000,"model":"bench-model",{rest}}}"#
            )
        };
        let mut data: Vec<String> = (0..CHUNKS)
            .map(|i| {
                let role = if i == 0 { r#""role":"assistant","# } else { "" };
                chunk(&format!(
                    r#""choices":[{{"index":0,"delta":{{{role}"content":" word{i}"}},"finish_reason":null}}],"usage":null"#
                ))
            })
            .collect();
        data.push(chunk(
            r#""choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null"#,
        ));
        data.push(chunk(
            r#""choices":[],"usage":{"prompt_tokens":61,"completion_tokens":32,"total_tokens":93}"#,
        ));
        data.push("[DONE]".to_owned());
        let mut events: Vec<Vec<u8>> = data
            .iter()
            .map(|data| {
                let event = format!("data: {data}\n\n");
                let mut framed = String::new();
                let _ = write!(framed, "{:x}\r\n{event}\r\n", event.len());
                framed.into_bytes()
            })
            .collect();
        if let Some(last) = events.last_mut() {
            last.extend_from_slice(b"0\r\n\r\n");
        }
        Self { whole: whole.into_bytes(), stream_head: head.as_bytes().to_vec(), events }
    }
}

async fn serve(
    mut stream: TcpStream,
    answers: &Answers,
    gap: Option<Duration>,
) -> std::io::Result<()> {
    let mut at_once = answers.stream_head.clone();
    answers.events.iter().for_each(|event| at_once.extend_from_slice(event));
    let mut buffer = Vec::with_capacity(16 << 10);
    while let Some(streamed) = read_request(&mut stream, &mut buffer).await? {
        match gap {
            _ if !streamed => stream.write_all(&answers.whole).await?,
            None => stream.write_all(&at_once).await?,
            Some(gap) => {
                stream.write_all(&answers.stream_head).await?;
                for event in &answers.events {
                    stream.write_all(event).await?;
                    tokio::time::sleep(gap).await;
                }
            }
        }
    }
    Ok(())
}

/// Reads one request and says whether it asks for a stream; `None` at the end of the connection.
async fn read_request(
    stream: &mut TcpStream,
    buffer: &mut Vec<u8>,
) -> std::io::Result<Option<bool>> {
    buffer.clear();
    loop {
        if stream.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
        let Some(head) = memchr::memmem::find(buffer, b"\r\n\r\n") else { continue };
        let (head, body) = buffer.split_at(head + 4);
        let lower = head.to_ascii_lowercase();
        let complete = match header(&lower, b"content-length:") {
            Some(length) => body.len() >= length,
            // A body of unknown length comes in chunks and ends in an empty one.
            None => body.ends_with(b"0\r\n\r\n"),
        };
        if complete {
            let streamed = memchr::memmem::find(body, br#""stream":true"#).is_some()
                || memchr::memmem::find(body, br#""stream": true"#).is_some();
            return Ok(Some(streamed));
        }
    }
}

/// The number in a header, by its lower-case name with colon.
pub fn header(head: &[u8], name: &[u8]) -> Option<usize> {
    let at = memchr::memmem::find(head, name)? + name.len();
    let rest = head.get(at..)?;
    let line = rest.get(..memchr::memchr(b'\r', rest)?)?;
    std::str::from_utf8(line).ok()?.trim().parse().ok()
}
