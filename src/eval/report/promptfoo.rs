//! A report in the form that `promptfoo import` reads and `promptfoo eval --output` writes (version 3): a result a case,
//! with components for its checks. Prompts and outputs stay out; the case's id stands for them.

use super::Report;
use super::junit::reasons;
use crate::eval::result::{CaseResult, CheckResult};
use crate::units::NanoUsd;
use serde_json::{Value, json};

/// Writes the results.
pub fn write(report: &Report) -> Value {
    let results: Vec<Value> =
        report.cases.iter().enumerate().map(|(at, case)| result(at, case)).collect();
    let n_passed = report.metrics.n_success;
    let n_failed = report.cases.len() - n_passed;
    let cost = report.metrics.cost_usd.unwrap_or_default();
    let total_ms: u64 = report.cases.iter().map(latency_ms).sum();
    let used = &report.metrics.tokens;
    let usage = json!({
        "prompt": used.input + used.cached,
        "completion": used.output,
        "cached": used.cached,
        "total": used.input + used.cached + used.output,
        "numRequests": report.cases.iter().map(|case| case.steps.len()).sum::<usize>(),
    });
    let prompt = json!({
        "raw": "{{case}}",
        "label": "case",
        "provider": "weir",
        "metrics": {
            "score": n_passed,
            "testPassCount": n_passed,
            "testFailCount": n_failed,
            "testErrorCount": 0,
            "assertPassCount": checks(report).filter(|check| check.pass).count(),
            "assertFailCount": checks(report).filter(|check| !check.pass).count(),
            "totalLatencyMs": total_ms,
            "tokenUsage": usage,
            "namedScores": {},
            "namedScoresCount": {},
            "cost": cost,
        },
    });
    json!({
        "evalId": format!("weir-{}-{}", report.suite.hash, report.config_hash),
        "results": {
            "version": 3,
            "timestamp": report.started_at,
            "prompts": [prompt],
            "results": results,
            "stats": {"successes": n_passed, "failures": n_failed, "errors": 0, "tokenUsage": usage},
        },
        "config": {
            "description": format!("weir eval run: {}", report.suite.name),
            "providers": ["weir"],
            "prompts": ["{{case}}"],
            "tests": [],
        },
        "shareableUrl": null,
        "metadata": {"weirVersion": report.weir, "suiteHash": report.suite.hash, "configHash": report.config_hash},
    })
}

fn checks(report: &Report) -> impl Iterator<Item = &CheckResult> {
    report.cases.iter().flat_map(|case| &case.steps).flat_map(|step| &step.checks)
}

fn latency_ms(case: &CaseResult) -> u64 {
    case.steps.iter().map(|step| step.total_us).sum::<u64>() / 1000
}

fn result(at: usize, case: &CaseResult) -> Value {
    let components: Vec<Value> =
        case.steps.iter().flat_map(|step| &step.checks).map(component).collect();
    let score = u8::from(case.pass);
    let reason = if case.pass { "All checks passed".to_owned() } else { reasons(case) };
    let vars = json!({"case": case.id});
    json!({
        "promptIdx": 0,
        "testIdx": at,
        "testCase": {"description": case.id, "vars": vars, "assert": [], "metadata": case.tags},
        "promptId": "weir",
        "provider": {"id": "weir", "label": case.target},
        "prompt": {"raw": case.id, "label": "case"},
        "vars": vars,
        "response": {"output": ""},
        "success": case.pass,
        "score": score,
        "failureReason": score ^ 1,
        "error": if case.pass { Value::Null } else { json!(reason) },
        "gradingResult": {
            "pass": case.pass,
            "score": score,
            "reason": reason,
            "componentResults": components,
        },
        "namedScores": {},
        "latencyMs": latency_ms(case),
        "cost": case.cost_nano_usd.map(|cost| NanoUsd(cost).as_usd()),
        "metadata": {"target": case.target},
    })
}

fn component(check: &CheckResult) -> Value {
    json!({
        "pass": check.pass,
        "score": u8::from(check.pass),
        "reason": check.reason.as_deref().unwrap_or("held"),
        "assertion": {"type": format!("weir:{}", check.check)},
    })
}
