//! Personal data and secrets: finding them, replacing them before a text leaves the machine, putting them back.
//!
//! `redact → (upstream) → restore`, with a [`vault::Vault`] between the two that lives as long as one request.
//!
//! Invariants: nothing here does I/O, logs or formats a value; redaction is a function of the request alone, so that the
//! same history yields the same bytes on every turn and a provider's prompt cache stays warm.

pub mod detect;
mod identifier;
mod names;
mod plain;
pub mod redact;
pub mod restore;
mod validate;
pub mod vault;

pub use redact::{Redaction, redact};
pub use restore::{Counts, Escaping, ResponseRestorer, RestoreError, Restorer, restore_text};
pub use vault::Vault;
