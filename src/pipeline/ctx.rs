//! One request's context: its clock, its hops and its record.
//!
//! Invariant: every context ends in the ledger exactly once. One that is dropped before it was finished (the client
//! went away and took the future with it) is recorded as cancelled, with the hop that was under way. What a side context
//! did beside it is part of the same record, however it ended.

use super::rehearsal::{Charge, Rehearsal};
use super::shadow::Shadow;
use crate::chat::{
    Aims, Analysis, Decision, GainAsked, Hop, HopKind, LatencyClass, Outcome, RequestRecord, Usage,
};
use crate::config::resolved::Target;
use crate::error::{Error, ErrorKind};
use crate::live::LiveState;
use crate::privacy::Counts;
use crate::telemetry::{self, Metric};
use crate::units::NanoUsd;
use http::HeaderMap;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use uuid::Uuid;

/// Longest requested model name that is kept in the record, in bytes.
const MODEL_NAME_BYTES: usize = 128;

/// Owned by the request from arrival to record.
pub struct Ctx {
    /// The state the request is served with, from first to last byte.
    pub live: Arc<LiveState>,
    /// When the request arrived.
    pub arrived: Instant,
    /// When the time of its targets began: what the local stages before them took is not theirs.
    pub targets_since: Instant,
    /// What the ledger will keep.
    pub record: RequestRecord,
    /// The attempt at a target that is under way.
    pub attempt: Option<Attempt>,
    /// The predicted gain that decided, if a rule asked for one.
    pub gain: Option<GainAsked>,
    /// Headers of the provider's answer that the client gets too.
    pub provider_headers: HeaderMap,
    /// Who answers in the targets' place and looks on, for a request that is only tried out.
    pub rehearsal: Option<Arc<Rehearsal>>,
    /// The second answer that it is to get, for comparison.
    pub shadow: Option<Box<Shadow>>,
    /// The latency class, once it is decided.
    class: Option<LatencyClass>,
    finished: bool,
    /// Hops of side contexts that have ended.
    aside: Option<Aside>,
    /// Where its hops go, if it is a side context itself.
    parent: Option<Aside>,
}

type Aside = Arc<Mutex<Vec<Hop>>>;

/// An attempt at a target: a hop that has tokens and a price.
#[derive(Debug)]
pub struct Attempt {
    /// Upstream or local generation.
    pub kind: HopKind,
    /// Who answers.
    pub target: Arc<Target>,
    /// When it began.
    pub started: Instant,
    /// Its first token, since it began.
    pub ttft: Option<Duration>,
    /// The provider's own count.
    pub usage: Option<Usage>,
    /// Estimated tokens of the prompt, for an attempt that ends without a count.
    pub prompt_tokens: u64,
    /// Deltas seen so far, about one token each, for the same purpose.
    pub n_deltas: u64,
    /// What it costs.
    pub charge: Charge,
    /// A short fact for the operator, for its hop.
    pub detail: Option<String>,
}

impl Attempt {
    /// Tokens so far where nobody counted them: about one a delta.
    pub fn estimate(&self) -> Usage {
        Usage {
            input: self.prompt_tokens,
            output: self.n_deltas,
            estimated: true,
            ..Usage::default()
        }
    }
}

/// A local hop that is under way.
#[derive(Debug, Clone, Copy)]
pub struct Running {
    kind: HopKind,
    started: Instant,
}

impl Ctx {
    /// A context for a request that arrived at `arrived`.
    pub fn new(live: Arc<LiveState>, arrived: Instant, tenant: Option<Arc<str>>) -> Self {
        let at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let record = RequestRecord {
            id: Uuid::now_v7(),
            at_us: at.as_micros() as i64,
            tenant,
            config_hash: live.config.hash.clone(),
            hops: Vec::with_capacity(6),
            ..RequestRecord::default()
        };
        live.ledger.begin();
        Self {
            live,
            arrived,
            targets_since: arrived,
            record,
            attempt: None,
            gain: None,
            provider_headers: HeaderMap::new(),
            rehearsal: None,
            shadow: None,
            class: None,
            finished: false,
            aside: None,
            parent: None,
        }
    }

    /// A context for an attempt beside the one under way. Its hops become part of this record when it ends: by
    /// [`Self::adopt`], or when it is dropped, which records its attempt as cancelled.
    pub fn fork(&mut self) -> Self {
        let aside = Arc::clone(self.aside.get_or_insert_default());
        let mut side = Self::new(self.live.clone(), self.arrived, self.record.tenant.clone());
        side.targets_since = self.targets_since;
        side.record.id = self.record.id;
        side.record.at_us = self.record.at_us;
        side.rehearsal.clone_from(&self.rehearsal);
        side.parent = Some(aside);
        side
    }

    /// Goes on with the attempt of a side context; an attempt under way here must be settled.
    pub fn adopt(&mut self, mut side: Self) {
        self.attempt = side.attempt.take();
        self.provider_headers = std::mem::take(&mut side.provider_headers);
        if let Some(target) = side.record.target.take() {
            self.record.target = Some(target);
        }
        drop(side);
        self.gather();
    }

    /// Takes in the hops of side contexts that have ended.
    pub fn gather(&mut self) {
        if let Some(aside) = &self.aside {
            let mut hops = aside.lock().unwrap_or_else(PoisonError::into_inner);
            self.record.hops.append(&mut hops);
        }
    }

    /// Time since arrival.
    pub fn elapsed(&self) -> Duration {
        self.arrived.elapsed()
    }

    /// Moves the request's clock on, as if its attempt under way had taken that much longer.
    pub fn pass(&mut self, time: Duration) {
        let earlier = |moment: Instant| moment.checked_sub(time).unwrap_or(moment);
        self.arrived = earlier(self.arrived);
        self.targets_since = earlier(self.targets_since);
        if let Some(attempt) = &mut self.attempt {
            attempt.started = earlier(attempt.started);
        }
    }

    /// Notes what the client asked for.
    pub fn requested(&mut self, model: &str, stream: bool) {
        let mut end = model.len().min(MODEL_NAME_BYTES);
        while !model.is_char_boundary(end) {
            end -= 1;
        }
        self.record.requested_model = model.get(..end).unwrap_or_default().to_owned();
        self.record.stream = stream;
    }

    /// Notes what was found; from now on time is the targets'.
    pub fn analysed(&mut self, analysis: &Analysis) {
        self.targets_since = Instant::now();
        self.record.intent.clone_from(&analysis.intent);
        if analysis.findings.is_empty() {
            return;
        }
        let mut counts = BTreeMap::new();
        // What the operator lets pass is counted with the stage.
        for finding in analysis.findings.iter().filter(|finding| !finding.is_allowed()) {
            *counts.entry(finding.entity.as_str()).or_insert(0u32) += 1;
        }
        for (entity, count) in counts {
            let comma = if self.record.findings.is_empty() { "" } else { "," };
            let _ = write!(self.record.findings, "{comma}{entity}:{count}");
        }
    }

    /// Notes what was decided.
    pub fn decided(&mut self, decision: &Decision) {
        self.record.route = Some(decision.rule.clone());
        self.record.privacy = Some(decision.privacy.as_str());
        self.record.side = decision.side;
        self.class = Some(decision.latency);
        self.gain.clone_from(&decision.gain);
        if let (Some(gain), Some(hop)) = (&self.gain, self.record.hops.last_mut()) {
            hop.detail = Some(format!("gain {gain}"));
        }
    }

    /// Starts a local hop.
    pub fn start(&self, kind: HopKind) -> Running {
        Running { kind, started: Instant::now() }
    }

    /// Ends a local hop, which costs core time.
    pub fn end(
        &mut self,
        running: Running,
        outcome: Outcome,
        allowance: Option<Duration>,
    ) -> &mut Hop {
        let duration = running.started.elapsed();
        let cost = self.live.core_time(duration);
        let hop = self.hop(running.kind, running.started, duration, outcome);
        hop.cost = Some(cost);
        hop.allowance_us = allowance.map(|a| a.as_micros() as u64);
        hop
    }

    /// Ends a restore hop and counts what it did.
    pub fn end_restore(&mut self, running: Running, outcome: Outcome, counts: Counts) {
        let hop = self.end(running, outcome, None);
        hop.detail = Some(format!("restored={} unrestored={}", counts.restored, counts.unrestored));
        telemetry::counter(Metric::Restored, &[]).add(counts.restored);
        telemetry::counter(Metric::Unrestored, &[]).add(counts.unrestored);
    }

    /// Adds a hop of known start and duration, without a cost.
    pub fn hop(
        &mut self,
        kind: HopKind,
        started: Instant,
        duration: Duration,
        outcome: Outcome,
    ) -> &mut Hop {
        let start_us = started.saturating_duration_since(self.arrived).as_micros() as u64;
        self.record.hops.push(Hop {
            kind,
            target: None,
            start_us,
            duration_us: duration.as_micros() as u64,
            ttft_us: None,
            usage: None,
            cost: None,
            outcome,
            allowance_us: None,
            detail: None,
        });
        let last = self.record.hops.len() - 1;
        &mut self.record.hops[last]
    }

    /// Begins an attempt at a target.
    pub fn begin(&mut self, kind: HopKind, target: &Arc<Target>, prompt_tokens: u64) {
        self.record.target = Some(target.name.clone());
        self.attempt = Some(Attempt {
            kind,
            target: target.clone(),
            started: Instant::now(),
            ttft: None,
            usage: None,
            prompt_tokens,
            n_deltas: 0,
            charge: Charge::ByUsage,
            detail: None,
        });
    }

    /// Ends the attempt under way, if any, as a hop with its tokens and cost.
    pub fn settle(&mut self, outcome: Outcome, detail: Option<String>) {
        let Some(attempt) = self.attempt.take() else { return };
        let duration = attempt.started.elapsed();
        // A provider bills what it read and wrote even if it never sent its count.
        let began = attempt.ttft.is_some()
            || matches!(outcome, Outcome::Cancelled | Outcome::Timeout | Outcome::Partial);
        let usage = attempt.usage.or_else(|| began.then(|| attempt.estimate()));
        // An answer that was cut may have been counted at its begin alone.
        let is_cut = outcome != Outcome::Ok;
        let usage = usage.map(|usage| match usage {
            Usage { output, .. } if is_cut && output < attempt.n_deltas => {
                Usage { output: attempt.n_deltas, estimated: true, ..usage }
            }
            usage => usage,
        });
        let cost = match attempt.kind {
            _ if attempt.charge != Charge::ByUsage => attempt.charge.known(),
            HopKind::Generate => Some(self.live.generation_time(duration)),
            _ => match &usage {
                Some(usage) => self.live.price(&attempt.target, self.record.at_us, usage),
                None => Some(NanoUsd::ZERO),
            },
        };
        let hop = self.hop(attempt.kind, attempt.started, duration, outcome);
        hop.target = Some(attempt.target.name.clone());
        hop.ttft_us = attempt.ttft.map(|t| t.as_micros() as u64);
        hop.usage = usage;
        hop.cost = cost;
        hop.detail = detail.or(attempt.detail);
    }

    /// Cost so far: the sum over hops, `None` if any of them has no known price.
    pub fn cost(&self) -> Option<NanoUsd> {
        self.record.hops.iter().map(|hop| hop.cost).sum()
    }

    /// Notes that the first byte of the answer goes out now.
    pub fn first_byte(&mut self) {
        if self.record.ttft_us.is_none() {
            self.record.ttft_us = Some(self.elapsed().as_micros() as u64);
        }
    }

    /// Ends the request: settles what is under way and hands the record to metrics and ledger.
    pub fn finish(&mut self, status: u16, outcome: Outcome) {
        if self.finished {
            return;
        }
        self.finished = true;
        self.settle(outcome, None);
        if let Some(parent) = &self.parent {
            let mut hops = parent.lock().unwrap_or_else(PoisonError::into_inner);
            hops.append(&mut self.record.hops);
            self.live.ledger.withdraw();
            return;
        }
        self.gather();
        let mut record = std::mem::take(&mut self.record);
        record.status = status;
        record.outcome = outcome;
        record.total_us = self.arrived.elapsed().as_micros() as u64;
        record.cost = record.hops.iter().map(|hop| hop.cost).sum();
        for usage in record.hops.iter().filter_map(|hop| hop.usage) {
            record.usage += usage;
        }
        record.hops.sort_by_key(|hop| hop.start_us);
        record.overhead_us = telemetry::overhead_us(&record);
        record.latency = self.class.filter(|_| is_judged(outcome)).map(|class| {
            let budget = self.live.budget(class);
            Aims::of(class, budget.ttft_target, budget.total_target, &record)
        });
        telemetry::record(&record);
        if let Some(rehearsal) = &self.rehearsal {
            rehearsal.recorded(&record);
        }
        self.live.ledger.record(record);
    }

    /// Ends a context that stands for no request, without a record.
    pub fn discard(mut self) {
        self.finished = true;
        self.live.ledger.withdraw();
    }

    /// Ends the request with an error.
    pub fn fail(&mut self, error: &Error) {
        self.record.error = Some(error.kind.code());
        let outcome = match error.kind {
            ErrorKind::Blocked | ErrorKind::PrivacyUnavailable => Outcome::Blocked,
            ErrorKind::UpstreamTimeout => Outcome::Timeout,
            _ => Outcome::Error,
        };
        self.finish(error.status(), outcome);
    }
}

/// Whether the time that a request took says anything: not where its client left or a rule refused it.
fn is_judged(outcome: Outcome) -> bool {
    !matches!(outcome, Outcome::Cancelled | Outcome::Blocked)
}

impl Drop for Ctx {
    fn drop(&mut self) {
        // 499 is the code that proxies use for a client that closed the connection before an answer.
        let status = if self.record.ttft_us.is_some() { 200 } else { 499 };
        self.finish(status, Outcome::Cancelled);
    }
}
