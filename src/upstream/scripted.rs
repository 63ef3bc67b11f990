//! A provider for tests: a TCP server that plays a script, byte for byte, for each request it gets.

use crate::config::resolved::{BreakerSettings, Capabilities, Limits, Target, TargetKind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// A target with generous limits and neither retries nor a breaker.
pub(crate) fn target(name: &str, url: &str) -> Target {
    Target {
        name: name.into(),
        kind: TargetKind::OpenAi,
        model: "m".into(),
        url: url.into(),
        auth: ("authorization".into(), "Bearer ".into()),
        key: None,
        key_source: None,
        headers: Vec::new(),
        limits: Limits {
            ttft: Duration::from_secs(20),
            reasoning_ttft: Duration::from_secs(20),
            headers: Duration::from_secs(20),
            idle: Duration::from_secs(20),
            total: Duration::from_secs(30),
            retries: 0,
        },
        breaker: BreakerSettings { failures: 0, open: Duration::from_secs(60) },
        window: None,
        capabilities: Capabilities {
            tools: true,
            images: true,
            n: true,
            logprobs: true,
            response_format: true,
        },
        default_max_tokens: 1024,
        provider: "test".into(),
    }
}

/// What the server does next.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// Writes these bytes.
    Send(String),
    /// Waits until the test lets it go on.
    Wait,
    /// Waits until the client closes the connection, and tells the test.
    Hang,
    /// Closes the connection in good order.
    Close,
    /// Breaks the connection.
    Reset,
}

/// An answer with a body of known length. `head` is the status with further header lines, separated by `|`.
pub(crate) fn answer(head: &str, body: &str) -> Act {
    let lines = head.replace('|', "\r\n");
    Act::Send(format!("HTTP/1.1 {lines}\r\ncontent-length: {}\r\n\r\n{body}", body.len()))
}

/// A whole JSON answer.
pub(crate) fn json(body: &str) -> Act {
    answer("200 OK|content-type: application/json", body)
}

/// The head of a stream.
pub(crate) fn stream_head() -> Act {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n";
    Act::Send(format!("{head}transfer-encoding: chunked\r\n\r\n"))
}

/// A chunk of a stream.
pub(crate) fn chunk(text: &str) -> Act {
    Act::Send(format!("{:x}\r\n{text}\r\n", text.len()))
}

/// The end of a stream as HTTP says it.
pub(crate) fn end() -> Act {
    Act::Send("0\r\n\r\n".into())
}

/// The running server.
pub(crate) struct Server {
    pub(crate) url: String,
    shared: Arc<Shared>,
}

struct Shared {
    script: Box<dyn Fn(usize) -> Vec<Act> + Send + Sync>,
    requests: Mutex<Vec<String>>,
    n_connections: AtomicUsize,
    go: Semaphore,
    closed: Semaphore,
}

impl Server {
    /// Plays `script(n)` for request number `n`, from 0, over all connections.
    pub(crate) async fn start(script: impl Fn(usize) -> Vec<Act> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1/chat/completions", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            script: Box::new(script),
            requests: Mutex::default(),
            n_connections: AtomicUsize::new(0),
            go: Semaphore::new(0),
            closed: Semaphore::new(0),
        });
        let serving = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                serving.n_connections.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(socket, Arc::clone(&serving)));
            }
        });
        Self { url, shared }
    }

    /// Lets one [`Act::Wait`] pass.
    pub(crate) fn go(&self) {
        self.shared.go.add_permits(1);
    }

    /// Waits until a client closed a connection in [`Act::Hang`].
    pub(crate) async fn closed(&self) {
        self.shared.closed.acquire().await.unwrap().forget();
    }

    /// Heads and bodies of the requests so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.shared.requests.lock().unwrap().clone()
    }

    pub(crate) fn n_connections(&self) -> usize {
        self.shared.n_connections.load(Ordering::SeqCst)
    }
}

async fn serve(mut socket: TcpStream, shared: Arc<Shared>) {
    let mut buffer = Vec::new();
    while let Some(request) = read_request(&mut socket, &mut buffer).await {
        let n_request = {
            let mut requests = shared.requests.lock().unwrap();
            requests.push(request);
            requests.len() - 1
        };
        for act in (shared.script)(n_request) {
            match act {
                Act::Send(bytes) => {
                    let _ = socket.write_all(bytes.as_bytes()).await;
                }
                Act::Wait => shared.go.acquire().await.unwrap().forget(),
                Act::Hang => {
                    while matches!(socket.read(&mut [0; 64]).await, Ok(n) if n > 0) {}
                    shared.closed.add_permits(1);
                    return;
                }
                Act::Close => return,
                Act::Reset => {
                    socket.set_zero_linger().unwrap();
                    return;
                }
            }
        }
    }
}

/// Reads a head and a body of `content-length`.
async fn read_request(socket: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<String> {
    loop {
        if let Some(end) = memchr::memmem::find(buffer, b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&buffer[..end]).to_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let whole = end + 4 + length.map_or(0, |length| length.trim().parse().unwrap());
            if buffer.len() >= whole {
                let rest = buffer.split_off(whole);
                let request = std::mem::replace(buffer, rest);
                return Some(String::from_utf8_lossy(&request).into_owned());
            }
        }
        if socket.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
}
