//! All request metrics from a finished record.
//!
//! This runs once per request on its own thread, so the series of a (route, target) pair are looked up once per thread
//! and kept. A kept entry is found by the addresses of the two names and holds both, so that an address cannot come to
//! stand for another name while it is in use.

use super::names::Metric;
use super::registry::Registry;
use super::series::{Counter, Histogram};
use crate::chat::{Aims, Hop, HopKind, Outcome, RequestRecord, Usage};
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;

/// Entries per thread; a reload brings new names and the old ones would otherwise stay for ever.
const MAX_ENTRIES: usize = 512;
/// Outcomes in the order of [`outcome_index`].
const N_OUTCOMES: usize = 9;
/// Status classes, `0xx` for what is none.
const CLASSES: [&str; 6] = ["0xx", "1xx", "2xx", "3xx", "4xx", "5xx"];

thread_local! {
    static RECORDER: RefCell<Recorder<'static>> = RefCell::new(Recorder::new(Registry::global()));
}

/// Counts a finished request.
pub fn record(record: &RequestRecord) {
    RECORDER.with_borrow_mut(|recorder| recorder.record(record));
}

type Name = Option<Arc<str>>;
/// Address and length of a name; zeros for none.
type NameKey = (usize, usize);

/// The series that one thread has used.
pub(super) struct Recorder<'r> {
    registry: &'r Registry,
    routes: HashMap<(NameKey, NameKey), RouteSeries>,
    targets: HashMap<NameKey, TargetSeries>,
    overhead: Histogram,
    hops: HashMap<HopKind, Histogram>,
}

/// Series of a route and the target that answered.
struct RouteSeries {
    route: Name,
    target: Name,
    requests: [[OnceCell<Counter>; N_OUTCOMES]; CLASSES.len()],
    duration: Histogram,
    ttft: OnceCell<Histogram>,
}

/// Series of one target's hops. Made on their first use, so that nothing is shown that never happened.
#[derive(Default)]
struct TargetSeries {
    target: Name,
    tokens: [OnceCell<Counter>; 5],
    cost: OnceCell<Counter>,
    unknown_price: OnceCell<Counter>,
}

impl<'r> Recorder<'r> {
    pub(super) fn new(registry: &'r Registry) -> Self {
        Self {
            registry,
            routes: HashMap::new(),
            targets: HashMap::new(),
            overhead: registry.histogram(Metric::Overhead, &[]),
            hops: HashMap::new(),
        }
    }

    pub(super) fn record(&mut self, record: &RequestRecord) {
        self.request(record);
        self.overhead.observe_us(record.overhead_us);
        if let Some(aims) = &record.latency {
            self.aims(aims);
        }
        for hop in &record.hops {
            let registry = self.registry;
            let duration = self
                .hops
                .entry(hop.kind)
                .or_insert_with(|| registry.histogram(Metric::HopDuration, &[hop.kind.as_str()]));
            duration.observe_us(hop.duration_us);
            if hop.usage.is_some() || hop.cost.is_some() {
                self.paid(hop);
            }
            if !matches!(hop.kind, HopKind::Upstream | HopKind::Queue) {
                self.stage_failure(hop);
            }
        }
    }

    fn request(&mut self, record: &RequestRecord) {
        if self.routes.len() >= MAX_ENTRIES {
            self.routes.clear();
        }
        let registry = self.registry;
        let (route, target) = (&record.route, &record.target);
        let series = self
            .routes
            .entry((key(route.as_ref()), key(target.as_ref())))
            .or_insert_with(|| RouteSeries::new(registry, route.clone(), target.clone()));
        let class = usize::from(record.status / 100);
        let class = if class < CLASSES.len() { class } else { 0 };
        let requests = series.requests[class][outcome_index(record.outcome)].get_or_init(|| {
            let outcome = record.outcome.as_str();
            registry
                .counter(Metric::Requests, &[text(route), text(target), CLASSES[class], outcome])
        });
        requests.add(1);
        series.duration.observe_us(record.total_us);
        if let Some(ttft_us) = record.ttft_us {
            let labels = [text(&series.route), text(&series.target)];
            series
                .ttft
                .get_or_init(|| registry.histogram(Metric::Ttft, &labels))
                .observe_us(ttft_us);
        }
    }

    /// Tokens and cost of a hop.
    fn paid(&mut self, hop: &Hop) {
        if self.targets.len() >= MAX_ENTRIES {
            self.targets.clear();
        }
        let registry = self.registry;
        let series = self.targets.entry(key(hop.target.as_ref())).or_insert_with(|| TargetSeries {
            target: hop.target.clone(),
            ..TargetSeries::default()
        });
        let target = text(&series.target);
        if let Some(usage) = &hop.usage {
            for (cell, (direction, n)) in series.tokens.iter().zip(directions(usage)) {
                if n > 0 {
                    cell.get_or_init(|| registry.counter(Metric::Tokens, &[target, direction]))
                        .add(n);
                }
            }
        }
        match hop.cost {
            Some(cost) => series
                .cost
                .get_or_init(|| registry.counter(Metric::Cost, &[target]))
                .add(u64::try_from(cost.0).unwrap_or(0)),
            None if hop.kind == HopKind::Upstream => {
                series
                    .unknown_price
                    .get_or_init(|| registry.counter(Metric::UnknownPrice, &[target]))
                    .add(1);
            }
            None => {}
        }
    }

    /// What became of the aims of its class.
    fn aims(&self, aims: &Aims) {
        for (name, aim) in [("ttft", aims.ttft), ("total", Some(aims.total))] {
            let Some(aim) = aim else { continue };
            let stage = aim.stage().unwrap_or_default();
            let labels = [aims.class.as_str(), name, aim.result(), stage];
            self.registry.counter(Metric::LatencyTarget, &labels).add(1);
        }
    }

    fn stage_failure(&self, hop: &Hop) {
        if matches!(hop.outcome, Outcome::Error | Outcome::Timeout) {
            let labels = [hop.kind.as_str(), hop.outcome.as_str()];
            self.registry.counter(Metric::StageFailures, &labels).add(1);
        }
    }
}

impl RouteSeries {
    fn new(registry: &Registry, route: Name, target: Name) -> Self {
        let duration = registry.histogram(Metric::RequestDuration, &[text(&route), text(&target)]);
        Self { route, target, requests: Default::default(), duration, ttft: OnceCell::new() }
    }
}

fn directions(usage: &Usage) -> [(&'static str, u64); 5] {
    [
        ("input", usage.input),
        ("cached_read", usage.cached_read),
        ("cache_write", usage.cache_write),
        ("output", usage.output),
        ("reasoning", usage.reasoning),
    ]
}

fn key(name: Option<&Arc<str>>) -> NameKey {
    name.map_or((0, 0), |name| (name.as_ptr() as usize, name.len()))
}

fn text(name: &Name) -> &str {
    name.as_deref().unwrap_or_default()
}

fn outcome_index(outcome: Outcome) -> usize {
    match outcome {
        Outcome::Ok => 0,
        Outcome::Error => 1,
        Outcome::Timeout => 2,
        Outcome::Cancelled => 3,
        Outcome::Blocked => 4,
        Outcome::Skipped => 5,
        Outcome::Rejected => 6,
        Outcome::NeedsInput => 7,
        Outcome::Partial => 8,
    }
}

#[cfg(test)]
mod tests {
    use super::super::text;
    use super::*;
    use crate::units::NanoUsd;
    use uuid::Uuid;

    fn hop(kind: HopKind, target: Option<&str>, usage: Option<Usage>, cost: Option<i64>) -> Hop {
        Hop {
            kind,
            target: target.map(Arc::from),
            start_us: 0,
            duration_us: 700,
            ttft_us: None,
            usage,
            cost: cost.map(NanoUsd),
            outcome: Outcome::Ok,
            allowance_us: None,
            detail: None,
        }
    }

    fn sample() -> RequestRecord {
        let usage = Usage { input: 100, cached_read: 5, output: 20, ..Usage::default() };
        let mut detect = hop(HopKind::Detect, None, None, Some(3));
        detect.outcome = Outcome::Timeout;
        let mut failed = hop(HopKind::Upstream, Some("first"), None, Some(0));
        failed.outcome = Outcome::Error;
        RequestRecord {
            task: None,
            side: None,
            id: Uuid::nil(),
            at_us: 0,
            tenant: None,
            requested_model: "auto".into(),
            route: Some("rule".into()),
            target: Some("second".into()),
            intent: None,
            findings: String::new(),
            privacy: None,
            stream: false,
            status: 200,
            error: None,
            outcome: Outcome::Ok,
            usage,
            cost: None,
            total_us: 2_000,
            ttft_us: Some(900),
            latency: Some("standard ttft=met total=upstream".parse().unwrap()),
            overhead_us: 40,
            config_hash: "c".into(),
            hops: vec![detect, failed, hop(HopKind::Upstream, Some("second"), Some(usage), None)],
        }
    }

    #[test]
    fn a_record_moves_every_metric_it_speaks_of() {
        let registry = Registry::default();
        let mut recorder = Recorder::new(&registry);
        for status in [200, 200, 502, 1234] {
            let mut record = sample();
            record.status = status;
            recorder.record(&record);
        }
        let shown = text::render(&registry);
        for line in [
            "weir_requests_total{route=\"rule\",target=\"second\",status=\"2xx\",outcome=\"ok\"} 2",
            "weir_requests_total{route=\"rule\",target=\"second\",status=\"5xx\",outcome=\"ok\"} 1",
            "weir_requests_total{route=\"rule\",target=\"second\",status=\"0xx\",outcome=\"ok\"} 1",
            "weir_request_duration_seconds_sum{route=\"rule\",target=\"second\"} 0.008",
            "weir_ttft_seconds_count{route=\"rule\",target=\"second\"} 4",
            "weir_overhead_seconds_sum 0.00016",
            "weir_hop_duration_seconds_count{hop=\"upstream\"} 8",
            "weir_tokens_total{target=\"second\",direction=\"input\"} 400",
            "weir_tokens_total{target=\"second\",direction=\"cached_read\"} 20",
            "weir_cost_nano_usd_total{target=\"\"} 12",
            "weir_cost_nano_usd_total{target=\"first\"} 0",
            "weir_unknown_price_total{target=\"second\"} 4",
            "weir_latency_target_total{class=\"standard\",of=\"ttft\",result=\"met\",stage=\"\"} 4",
            "weir_latency_target_total{class=\"standard\",of=\"total\",result=\"missed\",stage=\"upstream\"} 4",
            "weir_stage_failures_total{stage=\"detect\",reason=\"timeout\"} 4",
        ] {
            assert!(shown.contains(&format!("{line}\n")), "{line}\nnot in\n{shown}");
        }
        assert!(
            !shown.contains("direction=\"cache_write\""),
            "nothing is shown that never happened"
        );
        assert!(!shown.contains("weir_stage_failures_total{stage=\"upstream\""));
        assert!(!shown.contains("weir_fallback_total{"), "the river counts it, once");
    }

    #[test]
    fn kept_series_stay_bounded_and_right_when_names_come_and_go() {
        let registry = Registry::default();
        let mut recorder = Recorder::new(&registry);
        for i in 0..3 * MAX_ENTRIES {
            let mut record = sample();
            record.route = Some(format!("rule{}", i % 7).into());
            recorder.record(&record);
            assert!(recorder.routes.len() <= MAX_ENTRIES);
        }
        let labels = |i: usize| [format!("rule{i}")];
        let total: u64 = (0..7)
            .map(|i| {
                registry.counter(Metric::Requests, &[&labels(i)[0], "second", "2xx", "ok"]).get()
            })
            .sum();
        assert_eq!(total, 3 * MAX_ENTRIES as u64);
    }
}
