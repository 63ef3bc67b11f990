//! Child processes: starting them, waiting for their first answer, and what they have used (from `/proc`, so Linux only).

use super::load::Report;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Ticks of `/proc/PID/stat` in a second; fixed at 100 for user space on Linux.
const TICKS_PER_SECOND: f64 = 100.0;

/// A child that is killed when it goes out of scope.
pub struct Process {
    child: Child,
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Process {
    /// Starts a command that is silent on stdout; what it says on stderr goes to `log`.
    pub fn start(command: &mut Command, log: &Path) -> Result<Self, String> {
        let name = command.get_program().to_string_lossy().into_owned();
        let log =
            std::fs::File::create(log).map_err(|error| format!("{}: {error}", log.display()))?;
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let child = command.spawn().map_err(|error| format!("{name}: {error}"))?;
        Ok(Self { child })
    }

    /// Starts this binary as the scripted upstream; also gives its address.
    pub fn upstream(gap_us: u64) -> Result<(Self, String), String> {
        let mut child = this_binary()?
            .args(["upstream", "--gap-us", &gap_us.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        let mut address = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut address).map_err(|error| error.to_string())?;
        }
        Ok((Self { child }, address.trim().to_owned()))
    }

    /// Processor seconds used so far, user and system.
    pub fn cpu_seconds(&self) -> f64 {
        let stat =
            std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
        // The name in parentheses may hold blanks; the fields behind it do not.
        let fields: Vec<&str> =
            stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks =
            |index: usize| fields.get(index).and_then(|f| f.parse::<f64>().ok()).unwrap_or(0.0);
        (ticks(11) + ticks(12)) / TICKS_PER_SECOND
    }

    /// Resident size in MiB: now, and the largest since this was asked last (since the start, where the kernel does not let go of
    /// it).
    pub fn resident_mib(&self) -> [f64; 2] {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))
            .unwrap_or_default();
        // Forgets the peak.
        let _ = std::fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5");
        ["VmRSS:", "VmHWM:"].map(|name| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
            line.trim().trim_end_matches(" kB").parse::<f64>().unwrap_or(0.0) / 1024.0
        })
    }

    /// Waits until a POST of `body` to `address` is answered with 200.
    pub fn wait_until_it_answers(
        &mut self,
        address: &str,
        body: &[u8],
        patience: Duration,
    ) -> Result<(), String> {
        let start = Instant::now();
        while start.elapsed() < patience {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(format!("the server on {address} ended with {status}"));
            }
            if answers(address, body).unwrap_or(false) {
                return Ok(());
            }
            pause();
        }
        Err(format!("the server on {address} does not answer with 200"))
    }
}

/// A tenth of a second.
fn pause() {
    let (_open, never) = std::sync::mpsc::channel::<()>();
    let _ = never.recv_timeout(Duration::from_millis(100));
}

fn answers(address: &str, body: &[u8]) -> std::io::Result<bool> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    write!(
        stream,
        "POST /v1/chat/completions HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    )?;
    stream.write_all(body)?;
    let mut head = [0; 12];
    stream.read_exact(&mut head)?;
    Ok(head.ends_with(b" 200"))
}

/// One load to generate.
pub struct Load<'a> {
    /// Address of the server.
    pub to: &'a str,
    /// File with the body of every request.
    pub body: &'a Path,
    /// Further header line.
    pub header: Option<&'a str>,
    /// Connections, each with one request at a time.
    pub connections: usize,
    /// Requests to measure.
    pub requests: usize,
}

impl Load<'_> {
    /// Runs this binary as the load generator.
    pub fn run(&self) -> Result<Report, String> {
        let mut command = this_binary()?;
        command.args(["load", "--to", self.to, "--body"]).arg(self.body);
        command.args(["--connections", &self.connections.to_string()]);
        command.args(["--requests", &self.requests.to_string()]);
        if let Some(header) = self.header {
            command.args(["--header", header]);
        }
        let output =
            command.stderr(Stdio::inherit()).output().map_err(|error| error.to_string())?;
        serde_json::from_slice(&output.stdout).map_err(|error| format!("load generator: {error}"))
    }
}

fn this_binary() -> Result<Command, String> {
    std::env::current_exe().map(Command::new).map_err(|error| error.to_string())
}

/// A loopback port that was free a moment ago.
pub fn free_port() -> Result<u16, String> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    listener.local_addr().map(|address| address.port()).map_err(|error| error.to_string())
}

/// The gateway to measure: `WEIR_BIN`, else the one that cargo built beside this bench.
pub fn weir_binary() -> Option<PathBuf> {
    std::env::var_os("WEIR_BIN")
        .map(PathBuf::from)
        .or(option_env!("CARGO_BIN_EXE_weir").map(PathBuf::from))
}

/// `weir serve` with a config, on a port, with nothing of the operator's own environment.
pub fn weir(binary: &Path, config: &Path, listen: &str) -> Command {
    let mut command = Command::new(binary);
    command.arg("serve").arg("--config").arg(config).args(["--listen", listen]);
    for name in ["OPENAI_API_KEY", "ANTHROPIC_API_KEY", "WEIR_CONFIG", "WEIR_LEDGER", "RUST_LOG"] {
        command.env_remove(name);
    }
    command
}
