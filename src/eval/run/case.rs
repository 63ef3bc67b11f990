//! One case, step by step: each step's request holds the conversation so far, with the answers that really came.

use super::{Run, RunError, answer, judge};
use crate::chat::{EDGE, RequestRecord};
use crate::config::TargetKind;
use crate::eval::check::{Answer, CallCounts, Check, Observed};
use crate::eval::result::{CaseResult, CheckResult, StepResult, cost};
use crate::eval::suite::{Case, Step};
use crate::pipeline::{self, Inbound, Rehearsal};
use crate::units::NanoUsd;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Instant;

/// What a tool that no step speaks of is taken to return.
const NO_RESULT: &str = "(no result)";

/// Runs one case.
pub async fn run(run: &Run, case: &Case) -> Result<CaseResult, RunError> {
    let tiers = &run.suite.tiers;
    let mut result = CaseResult {
        id: case.id.clone(),
        tags: case.tags.clone(),
        should_escalate: case.should_escalate(tiers),
        ..CaseResult::default()
    };
    let (mut spent, mut judged) = (Some(NanoUsd::ZERO), Some(NanoUsd::ZERO));
    let mut conversation: Vec<Value> = Vec::new();
    let mut last: Option<Answer> = None;
    for (at, step) in case.steps.iter().enumerate() {
        if at > 0 && last.is_none() {
            result.steps.push(StepResult::unreached());
            continue;
        }
        extend(&mut conversation, last.as_ref(), step);
        let done = Turn { run, case, step, conversation: &conversation }.take().await?;
        spent = spent.and_then(|sum| Some(sum + done.cost?));
        judged = judged.and_then(|sum| Some(sum + done.judge_cost?));
        result.calls.add(done.calls);
        result.tokens.add(&done.record);
        if done.answer.is_some() {
            let target = done.record.target.as_deref();
            let left = target.and_then(|target| has_left_first_tier(run, target));
            result.escalated = left.map(|left| left || result.escalated == Some(true));
            result.target = target.map(str::to_owned);
        }
        result.steps.push(StepResult::of(&done.record, done.checks));
        last = done.answer;
    }
    result.pass = result.steps.iter().flat_map(|step| &step.checks).all(|check| check.pass);
    result.cost_nano_usd = spent.map(|cost| cost.0);
    result.judge_nano_usd = judged.map(|cost| cost.0);
    Ok(result)
}

/// Whether an answer of this target is an escalation: it is not the first of the suite's tiers, or, without tiers, it is not
/// local where something local could have answered.
fn has_left_first_tier(run: &Run, target: &str) -> Option<bool> {
    if target == EDGE {
        return Some(false);
    }
    if let Some(first) = run.suite.tiers.first() {
        return Some(target != first);
    }
    let local = |name: &str| {
        run.live.config.target(name).is_some_and(|target| target.kind == TargetKind::Local)
    };
    let any_local = run.live.config.targets.iter().any(|it| it.kind == TargetKind::Local);
    any_local.then(|| !local(target))
}

/// Adds the last answer, the results of its calls, and what the step says.
fn extend(conversation: &mut Vec<Value>, last: Option<&Answer>, step: &Step) {
    if let Some(answer) = last {
        let mut message = json!({"role": "assistant", "content": answer.text});
        if !answer.calls.is_empty() {
            let calls = answer.calls.iter().map(|call| {
                let function = json!({"name": call.name, "arguments": call.raw});
                json!({"id": call.id, "type": "function", "function": function})
            });
            message["tool_calls"] = calls.collect();
        }
        conversation.push(message);
        for call in &answer.calls {
            let content = step.results.get(&call.name).map_or(NO_RESULT, String::as_str);
            conversation.push(json!({"role": "tool", "tool_call_id": call.id, "content": content}));
        }
    }
    conversation.extend(step.messages.iter().cloned());
}

/// One step that is about to run.
struct Turn<'a> {
    run: &'a Run,
    case: &'a Case,
    step: &'a Step,
    conversation: &'a [Value],
}

/// One step that ran.
struct Done {
    answer: Option<Answer>,
    record: RequestRecord,
    checks: Vec<CheckResult>,
    calls: CallCounts,
    cost: Option<NanoUsd>,
    judge_cost: Option<NanoUsd>,
}

impl Turn<'_> {
    fn missing(&self, target: &Arc<str>) -> RunError {
        RunError::Missing { case: self.case.id.clone(), target: target.to_string() }
    }

    fn is_canned(&self) -> bool {
        self.step.is_canned() && !self.run.ask_targets
    }

    async fn take(&self) -> Result<Done, RunError> {
        let canned = self.is_canned();
        let rehearsal = Arc::new(if canned {
            let answers = self.step.recorded.iter();
            Rehearsal::closed(answers.map(|(name, it)| (name.clone(), it.canned())).collect())
        } else {
            Rehearsal::open()
        });
        let live = self.run.live.clone();
        let reply = pipeline::rehearse(live, self.inbound(), rehearsal.clone()).await;
        let answer = answer::read(reply).await;
        if let Some(target) = rehearsal.missing() {
            return Err(self.missing(&target));
        }
        let defect = || RunError::Defect(self.case.id.clone());
        let record = rehearsal.record().ok_or_else(defect)?;
        let spent = cost(&record, canned);
        let (sent, asked) = (rehearsal.sent(), self.asked());
        let observed = Observed {
            answer: answer.as_ref(),
            record: &record,
            sent: &sent,
            asked: &asked,
            cost: spent,
            detectors: &self.run.live.detectors,
            kept: &self.run.live.config.privacy.keep,
            writes: &self.run.suite.writes,
        };
        let mut checks = Vec::new();
        if !self.wants_refusal() {
            checks.push(CheckResult::new("answered", answered(&observed)));
            checks.extend(self.outcome(&observed));
        }
        let mut judge_cost = Some(NanoUsd::ZERO);
        for check in &self.step.checks {
            let mut verdict = check.run(&observed);
            if let (Check::Judge { rubric }, Some(answer)) = (check, &answer) {
                let judged = self.judge(rubric, answer, &record).await?;
                judge_cost = judge_cost.and_then(|sum| Some(sum + judged.cost?));
                verdict = judged.pass;
            }
            checks.push(CheckResult::new(check.name(), verdict));
        }
        let calls = answer.as_ref().map_or(&[][..], |answer| &answer.calls[..]);
        let calls = CallCounts::of(
            calls,
            self.step.calls.as_deref(),
            &self.step.tools,
            &self.run.suite.writes,
        );
        Ok(Done { answer, record, checks, calls, cost: spent, judge_cost })
    }

    async fn judge(
        &self,
        rubric: &str,
        answer: &Answer,
        record: &RequestRecord,
    ) -> Result<judge::Verdict, RunError> {
        let spec = self.run.suite.judge.as_ref();
        let target = spec.and_then(|spec| self.run.live.config.target(&spec.target));
        let Some(target) = target else { return Err(RunError::Defect(self.case.id.clone())) };
        let asked = judge::Asked { body: self.body(), answer, record };
        let recorded = record.target.as_deref().and_then(|target| self.step.verdicts.get(target));
        let canned = self.is_canned();
        let judged = judge::ask(self.run, target, rubric, asked, recorded, canned).await;
        match &judged.missing {
            Some(target) => Err(self.missing(target)),
            None => Ok(judged),
        }
    }

    fn body(&self) -> Bytes {
        let mut body = self.step.fields.clone();
        body.entry("model").or_insert_with(|| json!("auto"));
        body.insert("messages".to_owned(), Value::Array(self.conversation.to_vec()));
        Bytes::from(Value::Object(body).to_string())
    }

    fn inbound(&self) -> Inbound {
        let headers = self.step.headers.iter().filter_map(|(name, value)| {
            Some((name.parse::<HeaderName>().ok()?, value.parse::<HeaderValue>().ok()?))
        });
        Inbound {
            body: Ok(self.body()),
            headers: headers.collect::<HeaderMap>(),
            tenant: None,
            arrived: Instant::now(),
        }
    }

    /// The texts of the conversation.
    fn asked(&self) -> Vec<String> {
        let content = |message: &Value| match &message["content"] {
            Value::String(text) => vec![text.clone()],
            Value::Array(parts) => {
                parts.iter().filter_map(|part| part["text"].as_str().map(str::to_owned)).collect()
            }
            _ => Vec::new(),
        };
        self.conversation.iter().flat_map(content).collect()
    }

    fn wants_refusal(&self) -> bool {
        let refused = |check: &Check| matches!(check, Check::Policy(policy) if policy.refused);
        self.step.checks.iter().any(refused)
    }

    /// What the suite says of the target that answered; nothing where targets are asked themselves.
    fn outcome(&self, seen: &Observed<'_>) -> Option<CheckResult> {
        let target = seen.record.target.as_deref().filter(|_| seen.answer.is_some())?;
        if target == EDGE && self.step.checks.is_empty() {
            // It really answered, whatever the targets would have made of it.
            let why = "the edge pack answered, and no check says whether it is right";
            return Some(CheckResult::new("outcome", Err(why.to_owned())));
        }
        let right = self.step.outcomes.get(target).filter(|_| self.is_canned())?;
        let verdict = match right {
            true => Ok(()),
            false => Err(format!("target `{target}` gets it wrong")),
        };
        Some(CheckResult::new("outcome", verdict))
    }
}

fn answered(seen: &Observed<'_>) -> Result<(), String> {
    match (seen.answer, seen.record.error) {
        (Some(_), _) => Ok(()),
        (None, Some(code)) => Err(format!("no answer ({code})")),
        (None, None) => Err("no answer".to_owned()),
    }
}
