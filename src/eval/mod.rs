//! Measuring what Weir does, through the code that serves: its heads, and whole suites of tasks.
//!
//! Like `downstream`, this room drives the river, from files where that does from sockets. Invariant: nothing here opens a
//! connection itself; what is read and written is what the caller names.

pub mod affected;
pub mod check;
pub mod gain;
pub mod gate;
pub mod heads;
pub mod metric;
pub mod report;
pub mod result;
pub mod review;
pub mod run;
pub mod stats;
pub mod suite;
pub mod tune;
