//! The Prometheus text format, version 0.0.4
//! (<https://github.com/prometheus/docs/blob/main/docs/instrumenting/exposition_formats.md>).

use super::names::{Kind, Metric};
use super::registry::{Labels, Registry};
use super::series::{BOUNDS_US, Histogram, Series};
use std::fmt::Write as _;

/// All metrics that have a series.
pub(super) fn render(registry: &Registry) -> String {
    let mut out = String::with_capacity(16 * 1024);
    for metric in Metric::ALL {
        let info = metric.info();
        let family = registry.family(*metric);
        if family.is_empty() {
            continue;
        }
        let kind = match info.kind {
            Kind::Counter => "counter",
            Kind::Gauge | Kind::Ratio => "gauge",
            Kind::Histogram => "histogram",
        };
        // Writing to a String does not fail.
        let _ =
            writeln!(out, "# HELP {} {}\n# TYPE {} {kind}", info.name, info.help.trim(), info.name);
        for (values, series) in &family {
            let labels = pairs(info.labels, values);
            match series {
                Series::Counter(counter) => {
                    line(&mut out, info.name, "", &labels, &counter.get().to_string());
                }
                Series::Gauge(gauge) if info.kind == Kind::Ratio => {
                    let value = u64::try_from(gauge.get()).unwrap_or(0);
                    line(&mut out, info.name, "", &labels, &millionths(value));
                }
                Series::Gauge(gauge) => {
                    line(&mut out, info.name, "", &labels, &gauge.get().to_string());
                }
                Series::Histogram(histogram) => buckets(&mut out, info.name, &labels, histogram),
            }
        }
    }
    out
}

fn buckets(out: &mut String, name: &str, labels: &str, histogram: &Histogram) {
    let comma = if labels.is_empty() { "" } else { "," };
    let (counts, sum_us) = histogram.read();
    let mut total = 0;
    for (index, count) in counts.iter().enumerate() {
        total += count;
        let bound = BOUNDS_US.get(index).map_or_else(|| "+Inf".to_owned(), |us| millionths(*us));
        let labels = format!("{labels}{comma}le=\"{bound}\"");
        line(out, name, "_bucket", &labels, &total.to_string());
    }
    line(out, name, "_sum", labels, &millionths(sum_us));
    line(out, name, "_count", labels, &total.to_string());
}

fn line(out: &mut String, name: &str, suffix: &str, labels: &str, value: &str) {
    let _ = if labels.is_empty() {
        writeln!(out, "{name}{suffix} {value}")
    } else {
        writeln!(out, "{name}{suffix}{{{labels}}} {value}")
    };
}

/// `name="value"` pairs with the three escapes that the format knows.
fn pairs(names: &[&str], values: &Labels) -> String {
    let mut out = String::new();
    for (name, value) in names.iter().zip(values.iter()) {
        let comma = if out.is_empty() { "" } else { "," };
        let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        let _ = write!(out, "{comma}{name}=\"{value}\"");
    }
    out
}

/// Millionths as a decimal number, such as microseconds as seconds: exact and without trailing zeros.
fn millionths(n: u64) -> String {
    let text = format!("{}.{:06}", n / 1_000_000, n % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_the_format() {
        let registry = Registry::default();
        registry.counter(Metric::Fallback, &["a\"b\\c\nd"]).add(2);
        registry.gauge(Metric::BreakerState, &["t"]).set(-1);
        registry.gauge(Metric::DriftPsi, &["r", "scores"]).set(312_500);
        registry.histogram(Metric::Overhead, &[]).observe_us(40);
        registry.histogram(Metric::Overhead, &[]).observe_us(1_500_000_000);
        let text = render(&registry);
        for expected in [
            "# TYPE weir_fallback_total counter\nweir_fallback_total{target=\"a\\\"b\\\\c\\nd\"} 2\n",
            "# TYPE weir_breaker_state gauge\nweir_breaker_state{target=\"t\"} -1\n",
            "# TYPE weir_drift_psi gauge\nweir_drift_psi{rule=\"r\",of=\"scores\"} 0.3125\n",
            "# TYPE weir_overhead_seconds histogram\nweir_overhead_seconds_bucket{le=\"0.00001\"} 0\n",
            "weir_overhead_seconds_bucket{le=\"0.00005\"} 1\n",
            "weir_overhead_seconds_bucket{le=\"1\"} 1\n",
            "weir_overhead_seconds_bucket{le=\"180\"} 1\nweir_overhead_seconds_bucket{le=\"+Inf\"} 2\n",
            "weir_overhead_seconds_sum 1500.00004\nweir_overhead_seconds_count 2\n",
        ] {
            assert!(text.contains(expected), "{expected}\nnot in\n{text}");
        }
        assert!(!text.contains("weir_tokens_total"), "a metric without series stays out");
    }
}
