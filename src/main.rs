//! The `weir` binary: parse, run, exit code.

use clap::Parser;
use std::process::ExitCode;
use weir::cli::{Cli, run};

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        // A reader that has seen enough, such as `head`, is no failure.
        Err(error) if weir::cli::is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            weir::cli::complain(&error);
            ExitCode::FAILURE
        }
    }
}
