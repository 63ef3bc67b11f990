//! Every metric of Weir: its name, unit, help and labels.
//!
//! Invariant: label values come from the configuration or from enums of the program, never from a request. The
//! registry also stops each metric at a number of series. Naming follows Prometheus: base units, `_total` for counters.

/// What a metric is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Only grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// A gauge that is set in millionths and shown as a decimal number.
    Ratio,
    /// Durations, observed in microseconds and shown in seconds.
    Histogram,
}

/// The facts about a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MetricInfo {
    /// Name on the wire, with its unit.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// What it counts, for `# HELP`.
    pub help: &'static str,
    /// Names of its labels.
    pub labels: &'static [&'static str],
}

macro_rules! metrics {
    ($($(#[doc = $help:literal])+ $variant:ident = $kind:ident $name:literal [$($label:literal),*];)+) => {
        /// A metric.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Metric {
            $($(#[doc = $help])+ $variant,)+
        }

        impl Metric {
            /// All metrics, in the order in which they are shown.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The facts about it.
            pub fn info(self) -> &'static MetricInfo {
                match self {
                    $(Self::$variant => const { &MetricInfo {
                        name: $name,
                        kind: Kind::$kind,
                        help: concat!($($help),+),
                        labels: &[$($label),*],
                    } },)+
                }
            }
        }
    };
}

metrics! {
    /// Finished requests by route, target, status class and outcome.
    Requests = Counter "weir_requests_total" ["route", "target", "status", "outcome"];
    /// Arrival to last byte.
    RequestDuration = Histogram "weir_request_duration_seconds" ["route", "target"];
    /// Arrival to first byte of the answer.
    Ttft = Histogram "weir_ttft_seconds" ["route", "target"];
    /// Total time of a request minus the union of its upstream intervals.
    Overhead = Histogram "weir_overhead_seconds" [];
    /// Duration of the hops by kind.
    HopDuration = Histogram "weir_hop_duration_seconds" ["hop"];
    /// Tokens by target and price bucket: input, cached_read, cache_write, output, reasoning (part of output).
    Tokens = Counter "weir_tokens_total" ["target", "direction"];
    /// Cost of the hops whose price is known, in billionths of a US dollar; an empty target is local work.
    Cost = Counter "weir_cost_nano_usd_total" ["target"];
    /// Upstream hops with tokens but without a known price.
    UnknownPrice = Counter "weir_unknown_price_total" ["target"];
    /// Times that a request went on to its next candidate, by the target that was left.
    Fallback = Counter "weir_fallback_total" ["target"];
    /// Times that a local answer was not good enough and a request went on, by the target that was left and the reason.
    Escalation = Counter "weir_escalation_total" ["target", "reason"];
    /// Second answers for comparison: `same` or `different` from the client's, `failed`, or `skipped` since too many were under way.
    Shadows = Counter "weir_shadow_total" ["route", "result"];
    /// Requests by latency class, what was aimed at (`ttft`, `total`), whether it was met, and the stage that took most of the time
    /// where it was missed.
    LatencyTarget = Counter "weir_latency_target_total" ["class", "of", "result", "stage"];
    /// Events of providers' streams that could not be read and were left out.
    SkippedEvents = Counter "weir_skipped_events_total" ["target"];
    /// Local stages that did not finish as they should, by reason.
    StageFailures = Counter "weir_stage_failures_total" ["stage", "reason"];
    /// State of a target's breaker: 0 closed, 1 half open, 2 open.
    BreakerState = Gauge "weir_breaker_state" ["target"];
    /// Requests that wait for a local model.
    QueueDepth = Gauge "weir_queue_depth" ["queue"];
    /// Memory that a local model takes, by part: weights; the generator's kv_cache, which keeps what was read and what answers may
    /// yet need; the edge pack's readings of texts that were read before.
    ModelMemory = Gauge "weir_model_memory_bytes" ["model", "part"];
    /// Tokens that the generator drafted, by outcome: accepted, which saved a step each, or rejected.
    DraftTokens = Counter "weir_draft_tokens_total" ["outcome"];
    /// Values replaced by placeholders before a hop.
    Redacted = Counter "weir_redacted_total" [];
    /// Placeholders replaced by their values in an answer.
    Restored = Counter "weir_restored_total" [];
    /// Placeholders in an answer that stand for no value.
    Unrestored = Counter "weir_unrestored_total" [];
    /// Request records that could not be kept because the ledger's queue was full or closed.
    LedgerDropped = Counter "weir_ledger_dropped_total" [];
    /// Requests that left no record since an earlier process was killed.
    LedgerLost = Counter "weir_ledger_lost_total" [];
    /// Batches that the ledger's store failed to write and that were tried again.
    LedgerRetries = Counter "weir_ledger_retries_total" [];
    /// Outcomes that clients posted back by route and result: success, partial, failure, or figures alone.
    Outcomes = Counter "weir_outcomes_total" ["route", "result"];
    /// How far the requests that reach a tuned rule are from the cases that it was tuned on, as population stability index, of
    /// their scores, of their predicted categories, and of their intents.
    DriftPsi = Ratio "weir_drift_psi" ["rule", "of"];
    /// Whether the requests that reach a tuned rule no longer look like the cases that it was tuned on: 1 if so, else 0.
    DriftAlert = Gauge "weir_drift_alert" ["rule"];
    /// Reloads of the configuration by result: ok or error.
    ConfigReload = Counter "weir_config_reload_total" ["result"];
    /// Changes of the configuration's hash by source: start, reload, admin or rollback.
    ConfigChanges = Counter "weir_config_changes_total" ["source"];
}

impl Metric {
    /// Position in [`Metric::ALL`].
    pub(super) fn index(self) -> usize {
        self as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_rules() {
        let mut names = std::collections::HashSet::new();
        for (index, metric) in Metric::ALL.iter().enumerate() {
            let info = metric.info();
            assert_eq!(metric.index(), index);
            assert!(names.insert(info.name), "{} twice", info.name);
            assert!(info.name.starts_with("weir_"), "{}", info.name);
            assert!(
                info.name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'),
                "{}",
                info.name
            );
            assert_eq!(info.name.ends_with("_total"), info.kind == Kind::Counter, "{}", info.name);
            assert_eq!(
                info.name.ends_with("_seconds"),
                info.kind == Kind::Histogram,
                "{}",
                info.name
            );
            assert!(info.help.trim().ends_with('.'), "{}", info.name);
            assert!(info.labels.len() <= 4, "{}", info.name);
        }
    }
}
