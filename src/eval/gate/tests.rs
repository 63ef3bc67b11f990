//! The boundaries of the gate, and what its paired comparison says.

use super::{Comparison, Evidence, GateError, Limits, compare};
use crate::eval::check::CallCounts;
use crate::eval::report::{Bounds, Report};
use crate::eval::result::CaseResult;
use crate::eval::run::Stamp;
use crate::eval::suite::Suite;

/// A report of `n` cases that cost `nano` each, of which those pass that `pass` says.
fn report(n: usize, nano: impl Fn(usize) -> i64, pass: impl Fn(usize) -> bool) -> Report {
    let cases = (0..n).map(|at| CaseResult {
        id: at.to_string(),
        pass: pass(at),
        cost_nano_usd: Some(nano(at)),
        judge_nano_usd: Some(0),
        ..CaseResult::default()
    });
    with(cases.collect())
}

fn with(cases: Vec<CaseResult>) -> Report {
    let text = "{\"suite\":\"s\"}\n{\"id\":1,\"input\":\"q\",\"check\":[{\"exact\":\"a\"}]}\n";
    let suite = Suite::parse("s", text, true, &[]).unwrap();
    let stamp = Stamp { suite: "a".to_owned(), config: "b".to_owned(), seed: 1, live: false };
    Report::new(&suite, &stamp, String::new(), cases, Bounds::default())
}

fn gate(baseline: &Report, new: &Report, success: Option<f64>, cost: Option<f64>) -> Comparison {
    let limits = Limits { success_drop: success, cost_increase: cost, ..Limits::default() };
    compare(baseline, new, limits).unwrap()
}

#[test]
fn a_drop_of_two_points_passes_and_a_hair_more_does_not() {
    let baseline = report(10_000, |_| 1, |at| at < 8_800);
    for (passed, pass) in [(8_800, true), (8_600, true), (8_599, false), (9_000, true)] {
        let found = gate(&baseline, &report(10_000, |_| 1, |at| at < passed), Some(0.02), None);
        assert_eq!(found.findings[0].pass, pass, "{passed}: {:?}", found.findings[0]);
    }
}

#[test]
fn a_rise_of_a_quarter_passes_and_a_hair_more_does_not() {
    let baseline = report(500, |_| 80_000, |at| at % 5 != 0);
    for (nano, pass) in [(80_000, true), (100_000, true), (100_080, false), (40_000, true)] {
        let found = gate(&baseline, &report(500, |_| nano, |at| at % 5 != 0), None, Some(0.25));
        assert_eq!(found.findings[0].pass, pass, "{nano}: {:?}", found.findings[0]);
    }
    let free = report(10, |_| 0, |_| true);
    assert!(gate(&free, &free, None, Some(0.25)).findings[0].pass);
    let dear = gate(&free, &report(10, |_| 1, |_| true), None, Some(0.25));
    assert!(!dear.findings[0].pass, "from nothing to something is no quarter");
    let failed = gate(&baseline, &report(500, |_| 1, |_| false), None, Some(0.25));
    assert!(!failed.findings[0].pass && failed.findings[0].new.is_none());
}

#[test]
fn the_comparison_says_worse_no_worse_or_cannot_tell() {
    let says = |n, before: fn(usize) -> bool, now: fn(usize) -> bool| {
        let found = gate(&report(n, |_| 1, before), &report(n, |_| 1, now), Some(0.02), None);
        let told = found.findings[0].told(found.n_paired);
        (found.findings[0].paired.unwrap().evidence, told)
    };
    assert_eq!(says(1_000, |at| at % 10 != 0, |at| at % 10 != 0).0, Evidence::NoWorse);
    assert_eq!(says(1_000, |_| true, |at| at % 10 != 0).0, Evidence::Worse);
    let (evidence, told) = says(200, |at| at % 9 != 0, |at| at % 8 != 0);
    assert!(
        matches!(evidence, Evidence::CannotTell { needed: Some(m) } if m > 1_000),
        "{evidence:?}"
    );
    assert!(told.contains("cannot tell with 200 cases; you need about"), "{told}");
}

#[test]
fn costs_are_compared_case_by_case() {
    let steady = report(300, |at| 1_000 + at as i64, |at| at % 4 != 0);
    let says =
        |new: &Report| gate(&steady, new, None, Some(0.25)).findings[0].paired.unwrap().evidence;
    assert_eq!(says(&report(300, |at| 1_100 + at as i64, |at| at % 4 != 0)), Evidence::NoWorse);
    assert_eq!(says(&report(300, |at| 2_000 + at as i64, |at| at % 4 != 0)), Evidence::Worse);
    let wild = report(40, |at| if at == 7 { 40_000 } else { 1_000 }, |_| true);
    let calm = report(40, |_| 1_000, |_| true);
    let found = gate(&calm, &wild, None, Some(0.25)).findings[0].paired.unwrap().evidence;
    assert!(matches!(found, Evidence::CannotTell { needed: Some(_) }), "{found:?}");
}

#[test]
fn tools_and_writes_have_bounds_of_their_own() {
    let calls = |precise, unsafe_writes| {
        let calls = CallCounts { total: 10, valid: 10, precise, unsafe_writes, unjudged: 0 };
        with(
            (0..10)
                .map(|at| CaseResult { id: at.to_string(), calls, ..CaseResult::default() })
                .collect(),
        )
    };
    let limits = Limits {
        tool_precision_drop: Some(0.1),
        unsafe_writes_increase: Some(0),
        ..Limits::default()
    };
    let passes = |new: &Report| -> Vec<bool> {
        let found = compare(&calls(9, 1), new, limits).unwrap();
        found.findings.iter().map(|finding| finding.pass).collect()
    };
    assert_eq!(passes(&calls(8, 1)), [true, true]);
    assert_eq!(passes(&calls(7, 0)), [false, true]);
    assert_eq!(passes(&calls(9, 2)), [true, false]);
    let none = with(vec![CaseResult { id: "0".to_owned(), ..CaseResult::default() }]);
    assert_eq!(passes(&none), [false, true], "a precision that is gone did not hold");
    let error = compare(&none, &calls(9, 0), limits).unwrap_err();
    assert!(matches!(error, GateError::NoBaseline("max_tool_precision_drop", _)), "{error}");
    let other = with(vec![CaseResult { id: "z".to_owned(), ..CaseResult::default() }]);
    assert_eq!(compare(&none, &other, limits).unwrap_err(), GateError::NoPairs);
}

#[test]
fn tools_are_added_only_to_what_succeeds_often_enough() {
    let offering = |passed: usize, tools: Option<&[&str]>| {
        let mut report = report(100, |_| 1, |at| at < passed);
        report.suite.tools = tools.map(|names| names.iter().map(|it| (*it).to_owned()).collect());
        report
    };
    let gate = |baseline: &Report, new: &Report| {
        let limits = Limits { success_for_tools: Some(0.85), ..Limits::default() };
        compare(baseline, new, limits).unwrap()
    };
    let new = offering(95, Some(&["look_up", "pay", "refund"]));
    for (passed, pass) in [(84, false), (85, true), (95, true)] {
        let found = gate(&offering(passed, Some(&["look_up"])), &new);
        assert_eq!(found.findings[0].pass, pass, "{passed}");
        assert_eq!(found.findings[0].tools, ["pay", "refund"]);
    }
    let told = gate(&offering(82, Some(&[])), &new).findings[0].told(100);
    let wanted = "BREACH  min_success_for_tools: tools were added (look_up, pay, refund) while success was 0.8200, below 0.85";
    assert_eq!(told, wanted);
    let fewer = gate(&new, &offering(10, Some(&["look_up"])));
    assert!(fewer.findings.is_empty(), "tools that go are no question");
    let unknown = gate(&offering(10, None), &new);
    assert!(unknown.findings.is_empty() && unknown.warnings[0].contains("cannot be told"));
}
