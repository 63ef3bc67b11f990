//! Integration tests: the rules of the architecture, the river from a client's socket to the ledger, the command line.

mod architecture;
mod cli;
mod lifecycle;
mod river;
mod support;
