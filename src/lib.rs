//! Weir: an edge-inference routing gateway. Applications use it as their OpenAI base URL.
//!
//! The rooms stand in the order in which a request flows through them; ARCHITECTURE.md draws the river.

pub mod chat;
pub mod config;
pub mod error;
pub mod units;
