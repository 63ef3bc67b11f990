//! A record as JSON, for people and their tools. Field names are those of [`RequestRecord`]; costs are dollars with nine
//! decimals as text, null where the price is unknown.

use super::note::Feedback;
use crate::chat::{Aim, Aims, Hop, Intent, RequestRecord, Usage};
use crate::units::NanoUsd;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Serializes a record.
#[derive(Debug, Serialize)]
pub struct RecordView<'a> {
    id: Uuid,
    #[serde(serialize_with = "moment")]
    at: i64,
    tenant: Option<&'a str>,
    requested_model: &'a str,
    route: Option<&'a str>,
    target: Option<&'a str>,
    intent: Option<&'a Intent>,
    findings: &'a str,
    privacy: Option<&'a str>,
    stream: bool,
    status: u16,
    error: Option<&'a str>,
    outcome: &'static str,
    usage: Usage,
    #[serde(serialize_with = "dollars")]
    cost_usd: Option<NanoUsd>,
    total_us: u64,
    ttft_us: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    latency: Option<LatencyView>,
    overhead_us: u64,
    task: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    side: Option<&'static str>,
    config_hash: &'a str,
    hops: Vec<HopView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcomes: Option<Vec<FeedbackView<'a>>>,
}

/// What a latency class aimed at: `met`, or the stage that most of the time went to.
#[derive(Debug, Serialize)]
struct LatencyView {
    class: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ttft: Option<AimView>,
    total: AimView,
}

#[derive(Debug, Serialize)]
struct AimView {
    result: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    stage: Option<&'static str>,
}

impl LatencyView {
    fn new(aims: Aims) -> Self {
        let view = |aim: Aim| AimView { result: aim.result(), stage: aim.stage() };
        Self { class: aims.class.as_str(), ttft: aims.ttft.map(view), total: view(aims.total) }
    }
}

#[derive(Debug, Serialize)]
struct FeedbackView<'a> {
    #[serde(serialize_with = "moment")]
    at: i64,
    success: Option<f64>,
    kpi: &'a BTreeMap<String, f64>,
}

#[derive(Debug, Serialize)]
struct HopView<'a> {
    kind: &'static str,
    target: Option<&'a str>,
    start_us: u64,
    duration_us: u64,
    ttft_us: Option<u64>,
    usage: Option<Usage>,
    #[serde(serialize_with = "dollars")]
    cost_usd: Option<NanoUsd>,
    outcome: &'static str,
    allowance_us: Option<u64>,
    detail: Option<&'a str>,
}

impl<'a> RecordView<'a> {
    /// The JSON form of a record.
    pub fn new(record: &'a RequestRecord) -> Self {
        Self {
            id: record.id,
            at: record.at_us,
            tenant: record.tenant.as_deref(),
            requested_model: &record.requested_model,
            route: record.route.as_deref(),
            target: record.target.as_deref(),
            intent: record.intent.as_ref(),
            findings: &record.findings,
            privacy: record.privacy,
            stream: record.stream,
            status: record.status,
            error: record.error,
            outcome: record.outcome.as_str(),
            usage: record.usage,
            cost_usd: record.cost,
            total_us: record.total_us,
            ttft_us: record.ttft_us,
            latency: record.latency.map(LatencyView::new),
            overhead_us: record.overhead_us,
            task: record.task,
            side: record.side.map(|side| side.arm.as_str()),
            config_hash: &record.config_hash,
            hops: record.hops.iter().map(HopView::new).collect(),
            outcomes: None,
        }
    }

    /// With what was told about it or its task.
    #[must_use]
    pub fn with_outcomes(mut self, feedback: &'a [Feedback]) -> Self {
        let view =
            |one: &'a Feedback| FeedbackView { at: one.at_us, success: one.success, kpi: &one.kpi };
        self.outcomes = Some(feedback.iter().map(view).collect());
        self
    }
}

impl<'a> HopView<'a> {
    fn new(hop: &'a Hop) -> Self {
        Self {
            kind: hop.kind.as_str(),
            target: hop.target.as_deref(),
            start_us: hop.start_us,
            duration_us: hop.duration_us,
            ttft_us: hop.ttft_us,
            usage: hop.usage,
            cost_usd: hop.cost,
            outcome: hop.outcome.as_str(),
            allowance_us: hop.allowance_us,
            detail: hop.detail.as_deref(),
        }
    }
}

fn moment<S: Serializer>(at_us: &i64, serializer: S) -> Result<S::Ok, S::Error> {
    match jiff::Timestamp::from_microsecond(*at_us) {
        Ok(at) => serializer.collect_str(&at),
        Err(_) => serializer.serialize_i64(*at_us),
    }
}

fn dollars<S: Serializer>(cost: &Option<NanoUsd>, serializer: S) -> Result<S::Ok, S::Error> {
    match cost {
        Some(cost) => serializer.collect_str(cost),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::store::conformance::sample;
    use super::*;

    #[test]
    fn money_is_exact_text_and_unknown_is_null() {
        let mut record = sample(1);
        record.at_us = 1_767_225_600_000_001;
        record.cost = Some(NanoUsd(1_500_000_001));
        record.hops[0].cost = None;
        let json = serde_json::to_value(RecordView::new(&record)).unwrap();
        assert_eq!(json["at"], "2026-01-01T00:00:00.000001Z");
        assert_eq!(json["cost_usd"], "1.500000001");
        assert!(json["hops"][0]["cost_usd"].is_null());
        assert_eq!(json["hops"].as_array().unwrap().len(), record.hops.len());
    }
}
