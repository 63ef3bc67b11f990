//! The record of every request: one row, and one row per hop, written off the request's path; beside it what clients told
//! about their tasks, and the history of the configuration.
//!
//! [`Ledger`] takes finished records and hands them in batches to a [`LedgerStore`] on a thread of its own; reading goes
//! through a store of its own, so that it never waits for the writer. Invariants: a record that was accepted is written
//! or counted as dropped; no text of a request or an answer is ever stored; only this room knows SQL.

mod codes;
mod note;
mod store;
mod summary;
mod tally;
mod view;
mod writer;

pub use note::{
    ChangeSource, ConfigChange, ConfigVersion, Feedback, Note, Pair, Trial, success, task_key,
};
pub use store::{Entry, LedgerStore, Lookup, MemoryStore, Page, SqliteStore, StoreError};
pub use summary::{By, Percentiles, SummaryRow};
pub use tally::Losses;
pub use view::RecordView;
pub use writer::Ledger;
