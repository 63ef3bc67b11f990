//! Sampled review by people: which cases of a run they look at, and what their verdicts say about the checks.
//!
//! Pure functions; equal arguments give equal samples and figures.

mod sample;
mod verdict;

pub use sample::{Draw, Plan, SampleError, StratumCount, sample};
pub use verdict::{Item, Judged, Review, ReviewError, Verdicts, judged};

#[cfg(test)]
mod tests;
