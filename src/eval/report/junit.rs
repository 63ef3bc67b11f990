//! A report as JUnit XML, which CI servers show: a test case a case, a failure with the reasons of its checks.

use super::Report;
use crate::eval::result::CaseResult;
use std::fmt::Write as _;

/// Writes the XML.
pub fn write(report: &Report) -> String {
    let n_failed = report.cases.iter().filter(|case| !case.pass).count();
    let seconds =
        |case: &CaseResult| case.steps.iter().map(|step| step.total_us as f64).sum::<f64>() / 1e6;
    let total: f64 = report.cases.iter().map(seconds).sum();
    let suite = escaped(&report.suite.name);
    let counts =
        format!("tests=\"{}\" failures=\"{n_failed}\" time=\"{total:.6}\"", report.cases.len());
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {counts}>\n  <testsuite name=\"{suite}\" {counts} \
         errors=\"0\" skipped=\"0\" timestamp=\"{}\">\n",
        escaped(&report.started_at)
    );
    for case in &report.cases {
        let (id, time) = (escaped(&case.id), seconds(case));
        let _ = write!(out, "    <testcase classname=\"{suite}\" name=\"{id}\" time=\"{time:.6}\"");
        if case.pass {
            out.push_str("/>\n");
        } else {
            let reasons = escaped(&reasons(case));
            let _ = writeln!(out, "><failure message=\"{reasons}\" type=\"check\"/></testcase>");
        }
    }
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}

/// Why a case failed, in one line.
pub fn reasons(case: &CaseResult) -> String {
    let several = case.steps.len() > 1;
    let steps = (1..).zip(&case.steps);
    let failed = steps.flat_map(|(number, step)| {
        step.checks.iter().filter(|check| !check.pass).map(move |check| {
            let place = if several { format!("step {number}: ") } else { String::new() };
            format!("{place}{}: {}", check.check, check.reason.as_deref().unwrap_or("failed"))
        })
    });
    failed.collect::<Vec<_>>().join("; ")
}

/// Text as it may stand in an attribute (XML 1.0, section 2.4); characters that XML does not know become blanks.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
