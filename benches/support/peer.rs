//! A rival in a process of its own, which answers each line with the milliseconds that it took.

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// The rival in a process of its own.
pub struct Peer {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Peer {
    /// Starts it; its first line names what it measures.
    pub fn start(command: &str) -> Result<(Self, String), Box<dyn Error>> {
        let mut parts = command.split_whitespace();
        let mut child = Command::new(parts.next().ok_or("--peer is empty")?)
            .args(parts)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let to = child.stdin.take().ok_or("the peer has no input")?;
        let from = BufReader::new(child.stdout.take().ok_or("the peer has no output")?);
        let mut peer = Self { child, to, from };
        let name = peer.line()?;
        Ok((peer, name))
    }

    fn line(&mut self) -> Result<String, Box<dyn Error>> {
        let mut line = String::new();
        if self.from.read_line(&mut line)? == 0 {
            return Err("the peer has ended".into());
        }
        Ok(line.trim().to_owned())
    }

    /// Milliseconds of what the line asks for.
    pub fn run(&mut self, line: &str) -> Result<f64, Box<dyn Error>> {
        writeln!(self.to, "{line}")?;
        self.to.flush()?;
        Ok(self.line()?.parse()?)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
