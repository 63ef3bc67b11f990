//! Weir: an edge-inference routing gateway. Applications use it as their OpenAI base URL.
//!
//! The rooms stand in the order in which a request flows through them; ARCHITECTURE.md draws the river.

pub mod bet;
pub mod chat;
pub mod error;
pub mod units;

pub mod config;
pub mod dialect;
pub mod inference;
pub mod pricing;
pub mod telemetry;

pub mod analyze;
pub mod ledger;
pub mod privacy;
pub mod route;
pub mod shape;
pub mod upstream;

pub mod live;
pub mod pipeline;

pub mod downstream;
pub mod eval;

pub mod cli;
