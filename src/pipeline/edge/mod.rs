//! The edge pack's own answers: requests whose schema asks for nothing but labels and entities need no large model.
//!
//! Invariant: nothing of such a request leaves the machine for it, and nothing in the answer is invented.

mod fill;
mod labels;
mod names;
mod plan;
#[cfg(test)]
mod tests;

use super::Answer;
use super::cloud::{encoder, now_seconds};
use super::ctx::Ctx;
use super::respond::Remarks;
use super::source::{Source, encoded};
use crate::analyze::tokens::estimate;
use crate::chat::{
    Analysis, ChatRequest, EDGE, EdgeAnswers, Escalation, FinishReason, HopKind, Outcome,
    StreamEvent, Usage,
};
use crate::config::resolved::IntentSpec;
use crate::dialect::openai_chat;
use crate::telemetry::{self, Metric};
use fill::Verdict;
use plan::{Form, WhyNot};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use tokio::time::timeout;

/// What the record calls the edge pack.
static TARGET: LazyLock<Arc<str>> = LazyLock::new(|| Arc::from(EDGE));
/// What an answer calls it.
const MODEL: &str = "weir-edge";

/// Whether the edge pack would try to answer. Names fields of the schema, and no words of the conversation.
#[derive(Debug, Serialize)]
pub struct EdgeExplained {
    /// Whether the schema asks for nothing else than it can find.
    pub can_answer: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why_not: Option<String>,
    /// Where the value of each field would come from.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
}

/// Says for a dry run whether the edge pack would try.
pub(super) fn explained(
    request: &ChatRequest,
    analysis: &Analysis,
    taught: &[IntentSpec],
) -> EdgeExplained {
    let (why_not, fields) = match plan::plan(request, analysis, taught) {
        Ok(plan) => {
            let told = plan.fields.iter().map(|field| (field.name.clone(), field.what.told()));
            (None, told.collect())
        }
        Err(WhyNot::NoSchema) => {
            (Some("no JSON schema and no forced tool".to_owned()), BTreeMap::new())
        }
        Err(WhyNot::Unsupported(why)) => (Some(why), BTreeMap::new()),
    };
    EdgeExplained { can_answer: why_not.is_none(), why_not, fields }
}

/// Answers a request if its schema asks for nothing but labels and entities and they are clear; `None` leaves it to the
/// candidates.
pub(super) async fn answer(
    ctx: &mut Ctx,
    remarks: &mut Remarks,
    request: &ChatRequest,
    analysis: &Analysis,
    allowed: &EdgeAnswers,
) -> Option<Answer> {
    let running = ctx.start(HopKind::Edge);
    let plan = match plan::plan(request, analysis, &ctx.live.config.intents) {
        Ok(plan) => plan,
        Err(WhyNot::NoSchema) => return None,
        Err(WhyNot::Unsupported(_)) => {
            ctx.end(running, Outcome::Skipped, None).detail = Some("unsupported schema".to_owned());
            return None;
        }
    };
    let live = ctx.live.clone();
    let allowance = live.config.latency.interactive.detect;
    let filled = timeout(allowance, fill::fill(&live, request, analysis, allowed, &plan)).await;
    let n_fields = plan.fields.len();
    let (events, outcome, detail) = match filled {
        Ok(Verdict::Answer(object, confidence)) => {
            let json = serde_json::Value::Object(object).to_string();
            if request.sampling.max_tokens.is_some_and(|most| estimate(&json) > most) {
                ctx.end(running, Outcome::Skipped, Some(allowance)).detail =
                    Some("max_tokens".to_owned());
                return None;
            }
            remarks.confidence = Some(confidence);
            let detail = format!("confidence={confidence:.3} fields={n_fields}");
            (spoken(ctx, &plan.form, json), Outcome::Ok, detail)
        }
        Ok(Verdict::Ask(fields)) => {
            let questions: Vec<&str> = fields
                .iter()
                .filter_map(|field| allowed.ask.get(field))
                .map(String::as_str)
                .collect();
            let detail = format!("missing={} fields={n_fields}", fields.len());
            remarks.needs = fields;
            (spoken(ctx, &Form::Text, questions.join("\n")), Outcome::NeedsInput, detail)
        }
        Ok(Verdict::Escalate(reason, confidence)) => {
            escalate(remarks, reason, confidence);
            let hop = ctx.end(running, Outcome::Rejected, Some(allowance));
            hop.detail =
                Some(format!("{} confidence={confidence:.3} fields={n_fields}", reason.as_str()));
            return None;
        }
        Ok(Verdict::Failed) => {
            ctx.end(running, Outcome::Error, Some(allowance)).detail = Some("not_ready".to_owned());
            return None;
        }
        Err(_) => {
            ctx.end(running, Outcome::Timeout, Some(allowance));
            return None;
        }
    };
    let output = events.iter().map(length).sum();
    let usage =
        Usage { input: u64::from(analysis.n_tokens), output, estimated: true, ..Usage::default() };
    ctx.record.target = Some(TARGET.clone());
    let hop = ctx.end(running, outcome, Some(allowance));
    hop.target = Some(TARGET.clone());
    hop.usage = Some(usage);
    hop.detail = Some(detail);
    let mut events = events;
    events.extend([StreamEvent::Usage(usage), StreamEvent::End]);
    Some(as_asked(request, &events, outcome))
}

fn escalate(remarks: &mut Remarks, reason: Escalation, confidence: f32) {
    remarks.confidence = Some(confidence);
    remarks.escalation = Some(reason);
    telemetry::counter(Metric::Escalation, &[&TARGET, reason.as_str()]).add(1);
}

fn length(event: &StreamEvent) -> u64 {
    match event {
        StreamEvent::Text { delta, .. } | StreamEvent::ToolArguments { delta, .. } => {
            u64::from(estimate(delta))
        }
        _ => 0,
    }
}

/// The events of an answer up to its finish.
fn spoken(ctx: &Ctx, form: &Form, words: String) -> Vec<StreamEvent> {
    let id = ctx.record.id.simple();
    let start = StreamEvent::Start { id: format!("chatcmpl-{id}"), model: MODEL.to_owned() };
    let finish = |reason| StreamEvent::Finish { choice: 0, reason };
    match form {
        Form::Text => {
            let text = StreamEvent::Text { choice: 0, delta: words, logprobs: Vec::new() };
            vec![start, text, finish(FinishReason::Stop)]
        }
        Form::Tool(name) => {
            let (id, name) = (format!("call_{id}"), name.clone());
            let call = StreamEvent::ToolCall { choice: 0, index: 0, id, name };
            let arguments = StreamEvent::ToolArguments { choice: 0, index: 0, delta: words };
            vec![start, call, arguments, finish(FinishReason::ToolCalls)]
        }
    }
}

/// The answer whole or as a stream.
fn as_asked(request: &ChatRequest, events: &[StreamEvent], outcome: Outcome) -> Answer {
    if request.stream {
        let source = Box::new(Source::Given(encoded(events, outcome, &mut encoder(request))));
        return Answer::Stream { source, first: Vec::new(), restorer: None };
    }
    let mut collector = openai_chat::Collector::new();
    events.iter().for_each(|event| collector.push(event));
    let body = openai_chat::encode_response(&collector.finish(), now_seconds());
    if outcome == Outcome::NeedsInput { Answer::Question(body) } else { Answer::Whole(body) }
}
