//! Integration tests: the rules of the architecture, the river from a client's socket to the ledger, the command line.

#![allow(
    clippy::unwrap_used,
    clippy::string_slice,
    clippy::needless_pass_by_value,
    reason = "a test may panic"
)]

mod affected;
mod architecture;
mod cli;
mod connections;
mod doors;
mod eval;
mod fuzz;
mod lifecycle;
mod review;
mod river;
mod support;
mod tune;
mod tuning;
