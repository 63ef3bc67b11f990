//! Integration tests: the rules of the architecture, and the river from a client's socket to the ledger.

mod architecture;
