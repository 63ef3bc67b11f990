//! Which series exist. A series is made on its first use and lives as long as the process.
//!
//! Invariant: at most [`MAX_SERIES`] series a metric; what comes after shares one whose labels all say `other`, so a
//! mistake in a label costs precision and not memory.

use super::names::{Kind, Metric};
use super::series::{Counter, Gauge, Histogram, Series};
use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex, PoisonError};

/// Most series of one metric.
pub(super) const MAX_SERIES: usize = 1_000;

/// Label values in the order of the metric's labels.
pub(super) type Labels = Box<[Box<str>]>;

/// The series of all metrics. The process has one; tests make their own.
#[derive(Debug)]
pub struct Registry {
    families: Vec<Mutex<BTreeMap<Labels, Series>>>,
}

impl Default for Registry {
    fn default() -> Self {
        Self { families: Metric::ALL.iter().map(|_| Mutex::default()).collect() }
    }
}

impl Registry {
    /// The process's own.
    pub fn global() -> &'static Self {
        static GLOBAL: LazyLock<Registry> = LazyLock::new(Registry::default);
        &GLOBAL
    }

    /// The counter of these label values. A metric of another kind gives one that is not shown.
    pub fn counter(&self, metric: Metric, labels: &[&str]) -> Counter {
        match self.series(metric, labels) {
            Series::Counter(counter) => counter,
            _ => Counter::default(),
        }
    }

    /// The gauge of these label values. A metric of another kind gives one that is not shown.
    pub fn gauge(&self, metric: Metric, labels: &[&str]) -> Gauge {
        match self.series(metric, labels) {
            Series::Gauge(gauge) => gauge,
            _ => Gauge::default(),
        }
    }

    /// The histogram of these label values. A metric of another kind gives one that is not shown.
    pub fn histogram(&self, metric: Metric, labels: &[&str]) -> Histogram {
        match self.series(metric, labels) {
            Series::Histogram(histogram) => histogram,
            _ => Histogram::default(),
        }
    }

    /// The series of one metric with their labels, sorted.
    pub(super) fn family(&self, metric: Metric) -> Vec<(Labels, Series)> {
        let family = self.lock(metric);
        family.iter().map(|(labels, series)| (labels.clone(), series.clone())).collect()
    }

    fn series(&self, metric: Metric, labels: &[&str]) -> Series {
        let info = metric.info();
        let value = |i: usize| labels.get(i).copied().unwrap_or_default().into();
        let mut key: Labels = (0..info.labels.len()).map(value).collect();
        let mut family = self.lock(metric);
        if family.len() >= MAX_SERIES && !family.contains_key(&key) {
            key.fill("other".into());
        }
        let new = || match info.kind {
            Kind::Counter => Series::Counter(Counter::default()),
            Kind::Gauge | Kind::Ratio => Series::Gauge(Gauge::default()),
            Kind::Histogram => Series::Histogram(Histogram::default()),
        };
        family.entry(key).or_insert_with(new).clone()
    }

    fn lock(&self, metric: Metric) -> std::sync::MutexGuard<'_, BTreeMap<Labels, Series>> {
        self.families[metric.index()].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_series_per_labels_and_a_bound_on_them() {
        let registry = Registry::default();
        registry.counter(Metric::Cost, &["a"]).add(1);
        registry.counter(Metric::Cost, &["a"]).add(2);
        assert_eq!(registry.counter(Metric::Cost, &["a"]).get(), 3);
        for i in 0..2 * MAX_SERIES {
            registry.counter(Metric::Cost, &[&i.to_string()]).add(1);
        }
        assert_eq!(registry.family(Metric::Cost).len(), MAX_SERIES + 1);
        let lost = registry.counter(Metric::Cost, &["other"]).get();
        assert_eq!(lost, MAX_SERIES as u64 + 1);
    }

    #[test]
    fn a_wrong_kind_or_number_of_labels_does_no_harm() {
        let registry = Registry::default();
        registry.gauge(Metric::Cost, &["a"]).set(7);
        registry.counter(Metric::Fallback, &[]).add(1);
        registry.counter(Metric::Fallback, &["", "more"]).add(1);
        assert_eq!(registry.counter(Metric::Cost, &["a"]).get(), 0);
        assert_eq!(registry.counter(Metric::Fallback, &[""]).get(), 2);
    }
}
