//! Measuring what Weir's models do, through the code that serves.
//!
//! Invariant: nothing here opens a connection; what is read is what the caller names.

pub mod gain;
pub mod heads;
pub mod metric;
