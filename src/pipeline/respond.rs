//! The phase `respond`: what stands around an answer. Headers name the request, the route and every hop so far.

use super::ctx::Ctx;
use super::relay::Relay;
use crate::chat::{Analysis, Escalation};
use crate::error::Error;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use std::fmt::Write as _;

/// An answer ready to be written.
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Headers, content type included.
    pub headers: HeaderMap,
    /// The body.
    pub body: ReplyBody,
}

/// The body of an answer.
pub enum ReplyBody {
    /// All of it.
    Whole(Bytes),
    /// A stream in server-sent events.
    Stream(Box<Relay>),
}

const REQUEST_ID: HeaderName = HeaderName::from_static("x-weir-request-id");
const TARGET: HeaderName = HeaderName::from_static("x-weir-target");
const ROUTE: HeaderName = HeaderName::from_static("x-weir-route");
const INTENT: HeaderName = HeaderName::from_static("x-weir-intent");
const INTENT_PROBABILITY: HeaderName = HeaderName::from_static("x-weir-intent-probability");
const GAIN: HeaderName = HeaderName::from_static("x-weir-gain");
const COST: HeaderName = HeaderName::from_static("x-weir-cost-usd");
const NOTICE: HeaderName = HeaderName::from_static("x-weir-notice");
const LOST: HeaderName = HeaderName::from_static("x-weir-lost");
const UNCHECKED: HeaderName = HeaderName::from_static("x-weir-unchecked");
const CONFIDENCE: HeaderName = HeaderName::from_static("x-weir-confidence");
const ESCALATION: HeaderName = HeaderName::from_static("x-weir-escalation");
const NEEDS_INPUT: HeaderName = HeaderName::from_static("x-weir-needs-input");
const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// What the headers of an answer tell beside the record.
#[derive(Default)]
pub struct Remarks {
    /// Fields of the request that the target could not take.
    pub lost: Vec<String>,
    /// Parts of the request that no detector looked at.
    pub unchecked: Vec<&'static str>,
    /// How sure the last local answer was that was looked at, 0–1.
    pub confidence: Option<f32>,
    /// Why the request went on from it.
    pub escalation: Option<Escalation>,
    /// Fields that the user is asked for, by the operator's names.
    pub needs: Vec<String>,
}

impl Remarks {
    /// Remarks after an analysis.
    pub fn of(analysis: &Analysis) -> Self {
        Self { unchecked: analysis.unchecked.clone(), ..Self::default() }
    }
}

/// The headers of an answer as far as they are known now.
pub fn headers(
    ctx: &Ctx,
    remarks: &Remarks,
    content_type: &'static str,
    complete: bool,
) -> HeaderMap {
    let record = &ctx.record;
    let mut map = HeaderMap::with_capacity(10);
    map.extend(ctx.provider_headers.clone());
    map.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    let mut id = uuid::Uuid::encode_buffer();
    put(&mut map, REQUEST_ID, record.id.hyphenated().encode_lower(&mut id));
    if let Some(target) = &record.target {
        put(&mut map, TARGET, target);
    }
    if let Some(route) = &record.route {
        put(&mut map, ROUTE, route);
    }
    if let Some(intent) = &record.intent {
        put(&mut map, INTENT, &intent.name);
        put(&mut map, INTENT_PROBABILITY, &format!("{:.3}", intent.p));
    }
    if let Some(gain) = &ctx.gain {
        put(&mut map, GAIN, &gain.to_string());
    }
    if complete && let Some(cost) = ctx.cost() {
        put(&mut map, COST, &cost.to_string());
    }
    if !ctx.live.has_cloud() {
        map.insert(NOTICE, HeaderValue::from_static("no cloud target is configured"));
    }
    if !remarks.lost.is_empty() {
        put(&mut map, LOST, &remarks.lost.join(", "));
    }
    if !remarks.unchecked.is_empty() {
        put(&mut map, UNCHECKED, &remarks.unchecked.join(", "));
    }
    if let Some(confidence) = remarks.confidence {
        put(&mut map, CONFIDENCE, &format!("{confidence:.3}"));
    }
    if let Some(escalation) = remarks.escalation {
        put(&mut map, ESCALATION, escalation.as_str());
    }
    if !remarks.needs.is_empty() {
        put(&mut map, NEEDS_INPUT, &remarks.needs.join(", "));
    }
    put(&mut map, SERVER_TIMING, &server_timing(ctx));
    map
}

/// Adds what only an error tells.
pub fn error_headers(map: &mut HeaderMap, error: &Error) {
    if let Some(after) = error.retry_after {
        let seconds = after.as_secs_f64().ceil().max(1.0);
        put(map, header::RETRY_AFTER, &seconds.to_string());
    }
}

/// A Server-Timing value: every hop with its milliseconds, then the total (W3C Server Timing, section 2). Whole
/// milliseconds, since finer ones would tell a client about others that the gateway works for.
fn server_timing(ctx: &Ctx) -> String {
    let mut out = String::with_capacity(160);
    let millis = |us: u64| us.saturating_add(500) / 1000;
    for hop in &ctx.record.hops {
        let _ = match &hop.target {
            Some(target) => {
                let target = target.replace(['"', '\\'], "");
                write!(
                    out,
                    "{};desc=\"{target}\";dur={}, ",
                    hop.kind.as_str(),
                    millis(hop.duration_us)
                )
            }
            None => write!(out, "{};dur={}, ", hop.kind.as_str(), millis(hop.duration_us)),
        };
    }
    if let Some(attempt) = &ctx.attempt {
        let ttft = attempt.ttft.unwrap_or_default().as_micros() as u64;
        let _ = write!(out, "ttft;dur={}, ", millis(ttft));
    }
    let _ = write!(out, "total;dur={}", millis(ctx.elapsed().as_micros() as u64));
    out
}

/// The comment before the end of a stream: what the headers could not know yet.
pub fn timing_comment(ctx: &Ctx) -> String {
    let cost = ctx.cost().map_or_else(|| "unknown".to_owned(), |cost| cost.to_string());
    let timing = server_timing(ctx);
    format!(
        ": x-weir-request-id={} x-weir-cost-usd={cost} server-timing={timing}\n\n",
        ctx.record.id
    )
}

/// Header values are opaque bytes; names of intents and rules may hold any script.
fn put(map: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
        map.insert(name, value);
    }
}
