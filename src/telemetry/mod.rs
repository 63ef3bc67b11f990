//! Metrics and logs.
//!
//! Invariants: a metric is a variant of [`Metric`], with a unit and bounded labels; its values live in fixed memory
//! (no samples are kept); recording never blocks on a reader and never allocates once a series exists. Nothing here
//! ever sees text of a request.

mod init;
mod names;
mod overhead;
mod registry;
mod request;
mod series;
mod text;

pub use init::{LogFormat, init};
pub use names::{Kind, Metric, MetricInfo};
pub use overhead::{overhead_us, uncovered_us};
pub use registry::Registry;
pub use request::record;
pub use series::{Counter, Gauge, Histogram};

/// The counter of these label values, in the order of the metric's labels. Keep the handle where it is used often.
pub fn counter(metric: Metric, labels: &[&str]) -> Counter {
    Registry::global().counter(metric, labels)
}

/// The gauge of these label values.
pub fn gauge(metric: Metric, labels: &[&str]) -> Gauge {
    Registry::global().gauge(metric, labels)
}

/// The histogram of these label values.
pub fn histogram(metric: Metric, labels: &[&str]) -> Histogram {
    Registry::global().histogram(metric, labels)
}

/// All metrics in the Prometheus text format, version 0.0.4, for `GET /metrics`.
pub fn render() -> String {
    text::render(Registry::global())
}
