//! A provider that does what a script says, byte by byte: pieces, pauses, cuts, silence.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// One answer of the provider.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    #[serde(default = "ok")]
    pub status: u16,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// `json`, `sse` or a full content type.
    #[serde(default = "json", rename = "type")]
    pub content_type: String,
    /// Pieces of the body, each written by itself.
    #[serde(default)]
    pub pieces: Vec<String>,
    /// Silence before every piece but the first, in milliseconds.
    #[serde(default)]
    pub pause_ms: u64,
    #[serde(default)]
    pub end: End,
}

/// How an answer ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum End {
    /// As HTTP says.
    #[default]
    Clean,
    /// The connection closes in the middle.
    Cut,
    /// Silence until the other side leaves.
    Hang,
    /// Silence even before the headers.
    Mute,
}

fn ok() -> u16 {
    200
}

fn json() -> String {
    "json".to_owned()
}

/// A request as the provider saw it.
#[derive(Debug, Clone)]
pub struct Seen {
    pub head: String,
    pub body: String,
}

/// A running provider.
pub struct Upstream {
    pub url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    gone: watch::Receiver<usize>,
}

impl Upstream {
    /// Starts a provider that answers request after request by the scripts; past the last it repeats it.
    pub async fn start(scripts: Vec<Script>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (left, gone) = watch::channel(0);
        let left = Arc::new(left);
        let shared = seen.clone();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(serve(socket, scripts.clone(), shared.clone(), left.clone()));
            }
        });
        Self { url, seen, gone }
    }

    /// The requests so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// Waits until a client has left an answer that hangs.
    pub async fn left(&mut self) {
        self.gone.wait_for(|n| *n > 0).await.unwrap();
    }
}

async fn serve(
    mut socket: TcpStream,
    scripts: Vec<Script>,
    seen: Arc<Mutex<Vec<Seen>>>,
    left: Arc<watch::Sender<usize>>,
) {
    while let Some(request) = read_request(&mut socket).await {
        let index = {
            let mut seen = seen.lock().unwrap();
            seen.push(request);
            seen.len() - 1
        };
        let script = scripts.get(index).or(scripts.last()).expect("a script").clone();
        if script.end == End::Mute {
            wait_for_close(&mut socket, &left).await;
            return;
        }
        if !answer(&mut socket, &script).await {
            left.send_modify(|n| *n += 1);
            return;
        }
        match script.end {
            End::Clean => {
                if socket.write_all(b"0\r\n\r\n").await.is_err() {
                    return;
                }
            }
            End::Cut => return,
            End::Hang | End::Mute => {
                wait_for_close(&mut socket, &left).await;
                return;
            }
        }
    }
}

async fn wait_for_close(socket: &mut TcpStream, left: &watch::Sender<usize>) {
    let mut buffer = [0; 64];
    while matches!(socket.read(&mut buffer).await, Ok(n) if n > 0) {}
    left.send_modify(|n| *n += 1);
}

async fn answer(socket: &mut TcpStream, script: &Script) -> bool {
    let content_type = match script.content_type.as_str() {
        "json" => "application/json",
        "sse" => "text/event-stream",
        other => other,
    };
    let mut head = format!(
        "HTTP/1.1 {} Scripted\r\ncontent-type: {content_type}\r\ntransfer-encoding: chunked\r\n",
        script.status
    );
    for (name, value) in &script.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    if socket.write_all(head.as_bytes()).await.is_err() {
        return false;
    }
    for (n, piece) in script.pieces.iter().enumerate() {
        if piece.is_empty() {
            continue;
        }
        if n > 0 && script.pause_ms > 0 {
            tokio::time::sleep(std::time::Duration::from_millis(script.pause_ms)).await;
        }
        let frame = format!("{:x}\r\n{piece}\r\n", piece.len());
        if socket.write_all(frame.as_bytes()).await.is_err() || socket.flush().await.is_err() {
            return false;
        }
        // Lets the gateway read this piece by itself.
        tokio::task::yield_now().await;
    }
    true
}

async fn read_request(socket: &mut TcpStream) -> Option<Seen> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 16384];
    loop {
        if let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
            let length: usize = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))
                .and_then(|value| value.trim().parse().ok())
                .unwrap_or(0);
            let mut body = bytes.split_off(end + 4);
            while body.len() < length {
                let n = socket.read(&mut buffer).await.ok().filter(|n| *n > 0)?;
                body.extend_from_slice(&buffer[..n]);
            }
            return Some(Seen { head, body: String::from_utf8_lossy(&body).into_owned() });
        }
        let n = socket.read(&mut buffer).await.ok().filter(|n| *n > 0)?;
        bytes.extend_from_slice(&buffer[..n]);
    }
}
