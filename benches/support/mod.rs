//! What the whole-gateway benches share. One bench binary plays every part but the gateway's, each in a process of its own: the
//! driver starts copies of itself as `upstream` and as `load`, so that their processor time is not the gateway's.

mod args;
pub mod load;
pub mod process;
pub mod table;
pub mod upstream;

pub use args::option;
use std::io::Write;

/// Plays the part that the first argument names; `None` if this process is the driver.
pub fn play(args: &[String]) -> Option<Result<(), String>> {
    let part = args.get(1)?.as_str();
    let part = match part {
        "upstream" => upstream::main(args),
        "load" => load::main(args),
        _ => return None,
    };
    Some(part)
}

/// Writes one line to stdout. A closed pipe ends the process quietly.
pub fn say(line: &str) {
    if writeln!(std::io::stdout(), "{line}").is_err() {
        std::process::exit(0);
    }
}

/// A runtime on one thread.
pub fn runtime() -> Result<tokio::runtime::Runtime, String> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())
}

/// Ends the process with 1 if something went wrong.
pub fn finish(result: Result<(), String>) {
    if let Err(error) = result {
        let _ = writeln!(std::io::stderr(), "bench: {error}");
        std::process::exit(1);
    }
}
