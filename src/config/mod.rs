//! Configuration.

pub mod resolved;
