//! Records summed up by intent, target, tenant or day.
//!
//! Invariants: counts, tokens and costs are exact; a request whose cost is unknown is counted apart and never taken for
//! free. Percentiles come from buckets of 1/64 of a power of two, so they are within 1 % of the true value in memory
//! that does not depend on the number of requests.

use crate::chat::{Outcome, Usage};
use crate::units::NanoUsd;
use serde::{Serialize, Serializer};
use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::str::FromStr;

/// Microseconds of a day.
const DAY_US: i64 = 86_400_000_000;

/// What to sum up by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum By {
    /// The request's intent.
    Intent,
    /// The target that answered, or was tried last; tokens and costs of earlier candidates count there too.
    Target,
    /// The tenant of the API key.
    Tenant,
    /// The day of arrival in UTC.
    Day,
}

impl FromStr for By {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "intent" => Ok(Self::Intent),
            "target" => Ok(Self::Target),
            "tenant" => Ok(Self::Tenant),
            "day" => Ok(Self::Day),
            _ => Err("must be one of intent, target, tenant, day".to_owned()),
        }
    }
}

/// One line of a summary.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SummaryRow {
    /// Intent, target or tenant by name, or day as `2026-01-31`; `None` for requests that have none.
    pub key: Option<String>,
    /// Requests.
    pub requests: u64,
    /// Those that ended with an error or a timeout.
    pub errors: u64,
    /// Those that a rule refused.
    pub blocked: u64,
    /// Those whose client went away.
    pub cancelled: u64,
    /// Prompt tokens at the full price.
    pub input_tokens: u64,
    /// Prompt tokens read from a cache.
    pub cached_read_tokens: u64,
    /// Prompt tokens written to a cache.
    pub cache_write_tokens: u64,
    /// Generated tokens.
    pub output_tokens: u64,
    /// Of those, spent on reasoning.
    pub reasoning_tokens: u64,
    /// Sum of the known costs; in JSON dollars with nine decimals, as text.
    #[serde(rename = "cost_usd", serialize_with = "dollars")]
    pub cost: NanoUsd,
    /// Requests whose cost is unknown and not in the sum.
    pub unknown_costs: u64,
    /// Tasks whose outcome was posted back; a request that belongs to no task is one by itself. A task counts where its last
    /// request does.
    pub outcomes: u64,
    /// Sum of their successes, each 0–1.
    pub successes: f64,
    /// Cost of all requests of these tasks over their successes, as `cost_usd`; null if nothing succeeded or a cost is unknown.
    #[serde(rename = "cost_per_success_usd", serialize_with = "known_dollars")]
    pub cost_per_success: Option<NanoUsd>,
    /// Arrival to last byte.
    pub total_us: Percentiles,
    /// What Weir added.
    pub overhead_us: Percentiles,
    /// Arrival to first byte, over the requests that had one.
    pub ttft_us: Option<Percentiles>,
}

/// Two percentiles in microseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Percentiles {
    /// The median.
    pub p50: u64,
    /// 95 % are at most this.
    pub p95: u64,
}

fn dollars<S: Serializer>(cost: &NanoUsd, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(cost)
}

fn known_dollars<S: Serializer>(cost: &Option<NanoUsd>, serializer: S) -> Result<S::Ok, S::Error> {
    match cost {
        Some(cost) => serializer.collect_str(cost),
        None => serializer.serialize_none(),
    }
}

/// The requests of one task: where the last of them counts, and what all of them cost.
#[derive(Debug)]
pub(super) struct Task<K> {
    pub(super) key: K,
    cost: Option<NanoUsd>,
}

impl<K: Default> Default for Task<K> {
    fn default() -> Self {
        Self { key: K::default(), cost: Some(NanoUsd::ZERO) }
    }
}

impl<K> Task<K> {
    /// Adds the next request of the task.
    pub(super) fn add(&mut self, key: K, cost: Option<NanoUsd>) {
        self.key = key;
        self.cost = self.cost.zip(cost).map(|(sum, cost)| sum + cost);
    }
}

/// What a summary reads of one request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sample {
    pub(super) outcome: Outcome,
    pub(super) usage: Usage,
    pub(super) cost: Option<NanoUsd>,
    pub(super) total_us: u64,
    pub(super) overhead_us: u64,
    pub(super) ttft_us: Option<u64>,
}

/// Groups of samples by a key that is cheap to compare.
#[derive(Debug)]
pub(super) struct Groups<K>(HashMap<K, Group>);

#[derive(Debug, Default)]
struct Group {
    requests: u64,
    errors: u64,
    blocked: u64,
    cancelled: u64,
    usage: Usage,
    cost: NanoUsd,
    unknown_costs: u64,
    outcomes: u64,
    successes: f64,
    task_cost: NanoUsd,
    task_cost_unknown: bool,
    total: Distribution,
    overhead: Distribution,
    ttft: Distribution,
}

impl<K: Eq + Hash> Groups<K> {
    pub(super) fn new() -> Self {
        Self(HashMap::new())
    }

    pub(super) fn add(&mut self, key: K, sample: &Sample) {
        self.0.entry(key).or_default().add(sample);
    }

    /// Adds a task whose outcome is known.
    pub(super) fn add_task(&mut self, task: Task<K>, success: f64) {
        let group = self.0.entry(task.key).or_default();
        group.outcomes += 1;
        group.successes += success;
        match task.cost {
            Some(cost) => group.task_cost += cost,
            None => group.task_cost_unknown = true,
        }
    }

    /// The rows, most requests first, days in order.
    pub(super) fn rows(self, by: By, name: impl Fn(K) -> Option<String>) -> Vec<SummaryRow> {
        let mut rows: Vec<SummaryRow> =
            self.0.into_iter().map(|(key, group)| group.row(name(key))).collect();
        match by {
            By::Day => rows.sort_by(|a, b| a.key.cmp(&b.key)),
            _ => rows.sort_by(|a, b| b.requests.cmp(&a.requests).then_with(|| a.key.cmp(&b.key))),
        }
        rows
    }
}

/// Days since the epoch of a moment.
pub(super) fn day_number(at_us: i64) -> i64 {
    at_us.div_euclid(DAY_US)
}

/// A day as `2026-01-31`.
pub(super) fn day_name(number: i64) -> Option<String> {
    let at = jiff::Timestamp::from_microsecond(number.checked_mul(DAY_US)?).ok()?;
    Some(at.strftime("%Y-%m-%d").to_string())
}

impl Group {
    fn add(&mut self, sample: &Sample) {
        self.requests += 1;
        match sample.outcome {
            Outcome::Error | Outcome::Timeout => self.errors += 1,
            Outcome::Blocked => self.blocked += 1,
            Outcome::Cancelled => self.cancelled += 1,
            Outcome::Ok
            | Outcome::Skipped
            | Outcome::Rejected
            | Outcome::NeedsInput
            | Outcome::Partial => {}
        }
        self.usage += sample.usage;
        match sample.cost {
            Some(cost) => self.cost += cost,
            None => self.unknown_costs += 1,
        }
        self.total.add(sample.total_us);
        self.overhead.add(sample.overhead_us);
        if let Some(ttft_us) = sample.ttft_us {
            self.ttft.add(ttft_us);
        }
    }

    fn cost_per_success(&self) -> Option<NanoUsd> {
        let per_success = self.task_cost.as_usd() / self.successes;
        (self.successes > 0.0 && !self.task_cost_unknown).then(|| NanoUsd::from_usd(per_success))
    }

    fn row(self, key: Option<String>) -> SummaryRow {
        SummaryRow {
            key,
            requests: self.requests,
            errors: self.errors,
            blocked: self.blocked,
            cancelled: self.cancelled,
            input_tokens: self.usage.input,
            cached_read_tokens: self.usage.cached_read,
            cache_write_tokens: self.usage.cache_write,
            output_tokens: self.usage.output,
            reasoning_tokens: self.usage.reasoning,
            cost: self.cost,
            unknown_costs: self.unknown_costs,
            outcomes: self.outcomes,
            successes: self.successes,
            cost_per_success: self.cost_per_success(),
            total_us: self.total.percentiles().unwrap_or_default(),
            overhead_us: self.overhead.percentiles().unwrap_or_default(),
            ttft_us: self.ttft.percentiles(),
        }
    }
}

/// Counts by size: every value below 128 by itself, then 64 buckets for each power of two.
#[derive(Debug, Default)]
struct Distribution {
    counts: BTreeMap<u16, u64>,
    total: u64,
}

impl Distribution {
    fn add(&mut self, value: u64) {
        *self.counts.entry(bucket(value)).or_insert(0) += 1;
        self.total += 1;
    }

    /// `None` if nothing was counted.
    fn percentiles(&self) -> Option<Percentiles> {
        let at = |percent: u64| {
            let rank = (self.total * percent).div_ceil(100);
            let mut seen = 0;
            let reached = self.counts.iter().find(|(_, count)| {
                seen += **count;
                seen >= rank
            });
            reached.map(|(index, _)| middle(*index))
        };
        Some(Percentiles { p50: at(50)?, p95: at(95)? })
    }
}

fn bucket(value: u64) -> u16 {
    if value < 128 {
        return value as u16;
    }
    let power = 63 - value.leading_zeros();
    let step = (value >> (power - 6)) & 63;
    128 + (power - 7) as u16 * 64 + step as u16
}

/// The middle of a bucket.
fn middle(index: u16) -> u64 {
    let Some(above) = index.checked_sub(128) else { return u64::from(index) };
    let shift = u32::from(above / 64) + 1;
    let low = (64 + u64::from(above % 64)) << shift;
    low + (1 << (shift - 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_bucket_is_within_one_percent(value in any::<u64>()) {
            let error = middle(bucket(value)).abs_diff(value);
            prop_assert!(error <= value / 100 + u64::from(value > 128), "{value} {}", middle(bucket(value)));
        }

        #[test]
        fn percentiles_are_near_the_sorted_ones(mut values in prop::collection::vec(0..10_000_000_u64, 1..400)) {
            let mut distribution = Distribution::default();
            values.iter().for_each(|v| distribution.add(*v));
            values.sort_unstable();
            let Percentiles { p50, p95 } = distribution.percentiles().unwrap();
            for (got, percent) in [(p50, 50), (p95, 95)] {
                let exact = values[(values.len() * percent).div_ceil(100) - 1];
                prop_assert!(got.abs_diff(exact) <= exact / 100 + 1, "p{percent} {got} {exact}");
            }
        }
    }

    #[test]
    fn days_are_utc_also_before_1970() {
        for (at_us, day) in [
            (0, "1970-01-01"),
            (DAY_US - 1, "1970-01-01"),
            (DAY_US, "1970-01-02"),
            (-1, "1969-12-31"),
            (1_767_225_600_000_000, "2026-01-01"),
        ] {
            assert_eq!(day_name(day_number(at_us)).unwrap(), day);
        }
        assert_eq!(day_name(i64::MAX), None);
    }
}
