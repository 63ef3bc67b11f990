//! The values behind metrics: lock-free handles that are cheap to clone and to record on.
//!
//! A histogram counts into fixed buckets at once instead of keeping samples, so its memory does not depend on traffic
//! and nobody needs to drain it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};

/// Upper bounds of the buckets in microseconds: 10 µs to 3 minutes, 1–2.5–5 a decade.
pub(super) const BOUNDS_US: [u64; 23] = [
    10,
    25,
    50,
    100,
    250,
    500,
    1_000,
    2_500,
    5_000,
    10_000,
    25_000,
    50_000,
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
    25_000_000,
    60_000_000,
    120_000_000,
    180_000_000,
];

/// A number that only grows.
#[derive(Debug, Clone, Default)]
pub struct Counter(Arc<AtomicU64>);

impl Counter {
    /// Adds `n`.
    pub fn add(&self, n: u64) {
        self.0.fetch_add(n, Relaxed);
    }

    /// The sum so far.
    pub fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// A number that goes up and down.
#[derive(Debug, Clone, Default)]
pub struct Gauge(Arc<AtomicI64>);

impl Gauge {
    /// Replaces the value.
    pub fn set(&self, value: i64) {
        self.0.store(value, Relaxed);
    }

    /// Adds `n`, which may be negative.
    pub fn add(&self, n: i64) {
        self.0.fetch_add(n, Relaxed);
    }

    /// The value.
    pub fn get(&self) -> i64 {
        self.0.load(Relaxed)
    }
}

/// Counts of durations by size.
#[derive(Debug, Clone, Default)]
pub struct Histogram(Arc<Buckets>);

/// The last bucket takes what is above every bound.
#[derive(Debug, Default)]
struct Buckets {
    counts: [AtomicU64; BOUNDS_US.len() + 1],
    sum_us: AtomicU64,
}

impl Histogram {
    /// Counts a duration in microseconds.
    pub fn observe_us(&self, us: u64) {
        let bucket = BOUNDS_US.partition_point(|bound| *bound < us);
        self.0.counts[bucket].fetch_add(1, Relaxed);
        self.0.sum_us.fetch_add(us, Relaxed);
    }

    /// Counts per bucket (not cumulative) and the sum of all durations in microseconds.
    pub(super) fn read(&self) -> ([u64; BOUNDS_US.len() + 1], u64) {
        (std::array::from_fn(|i| self.0.counts[i].load(Relaxed)), self.0.sum_us.load(Relaxed))
    }

    /// How many durations were counted.
    pub fn count(&self) -> u64 {
        self.read().0.iter().sum()
    }
}

/// One series of a metric.
#[derive(Debug, Clone)]
pub(super) enum Series {
    Counter(Counter),
    Gauge(Gauge),
    Histogram(Histogram),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_belongs_to_its_bucket() {
        assert!(BOUNDS_US.is_sorted_by(|a, b| a < b));
        let histogram = Histogram::default();
        for us in [0, 10, 11, 180_000_000, 180_000_001] {
            histogram.observe_us(us);
        }
        let (counts, sum) = histogram.read();
        assert_eq!((counts[0], counts[1], counts[22], counts[23]), (2, 1, 1, 1));
        assert_eq!((sum, histogram.count()), (360_000_022, 5));
    }
}
