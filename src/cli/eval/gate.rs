//! `weir eval assert`: a report against a baseline, for CI.

use crate::eval::gate::{Evidence, Limits, compare};
use crate::eval::report::Report;
use clap::Args;
use std::io::Write;
use std::path::PathBuf;

/// Success rate from which tools may be added, unless the user says otherwise.
const SUCCESS_BEFORE_TOOLS: f64 = 0.85;

/// Options of `eval assert`.
#[derive(Debug, Args)]
pub struct AssertArgs {
    /// The new report.
    #[arg(long, value_name = "FILE")]
    report: PathBuf,
    /// The report to compare with.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Most that the success rate may drop, absolute: 0.02 is two percentage points.
    #[arg(long, value_name = "POINTS", value_parser = bound)]
    max_success_drop: Option<f64>,
    /// Most that the cost of a successful task may rise, relative: 0.25 is a quarter more.
    #[arg(long, value_name = "SHARE", value_parser = bound)]
    max_cost_increase: Option<f64>,
    /// Most that tool precision may drop, absolute: 0.02 is two percentage points.
    #[arg(long, value_name = "POINTS", value_parser = bound)]
    max_tool_precision_drop: Option<f64>,
    /// Most further `unsafe_writes`, as a count; usually 0.
    #[arg(long, value_name = "N")]
    max_unsafe_writes_increase: Option<u32>,
    /// Where the new suite offers tools that the baseline did not: least success rate that the baseline must have had. Default 0.85.
    #[arg(long, value_name = "SHARE", value_parser = super::review::share)]
    min_success_for_tools: Option<f64>,
    /// Fail also where the paired comparison is not sure that a bound holds.
    #[arg(long)]
    require_evidence: bool,
    /// Write the comparison as JSON.
    #[arg(long)]
    json: bool,
}

fn bound(text: &str) -> Result<f64, String> {
    let bound = text.parse::<f64>().ok().filter(|bound| bound.is_finite() && *bound >= 0.0);
    bound.ok_or_else(|| "a number from 0, such as 0.02".to_owned())
}

/// Runs the command.
///
/// # Errors
/// A report that cannot be read, no baseline, or a bound that does not hold.
pub fn run(args: &AssertArgs) -> anyhow::Result<()> {
    let limits = Limits {
        success_drop: args.max_success_drop,
        cost_increase: args.max_cost_increase,
        tool_precision_drop: args.max_tool_precision_drop,
        unsafe_writes_increase: args.max_unsafe_writes_increase,
        success_for_tools: Some(args.min_success_for_tools.unwrap_or(SUCCESS_BEFORE_TOOLS)),
    };
    let Some(baseline) = &args.baseline else {
        anyhow::bail!(
            "there is no baseline: give --baseline FILE, the report of the last release (make one with `weir eval run --report \
             FILE`)"
        );
    };
    let asks = limits.success_drop.is_some()
        || limits.cost_increase.is_some()
        || limits.tool_precision_drop.is_some()
        || limits.unsafe_writes_increase.is_some()
        || args.min_success_for_tools.is_some();
    anyhow::ensure!(
        asks,
        "nothing is asserted: give at least one bound, such as --max-success-drop 0.02"
    );
    let baseline = Report::read("baseline", baseline)?;
    let new = Report::read("report", &args.report)?;
    let comparison = compare(&baseline, &new, limits)?;
    let mut out = std::io::stdout().lock();
    if args.json {
        serde_json::to_writer_pretty(&mut out, &comparison)?;
        writeln!(out)?;
    } else {
        for finding in &comparison.findings {
            writeln!(out, "{}", finding.told(comparison.n_paired))?;
        }
        for warning in &comparison.warnings {
            writeln!(out, "note: {warning}")?;
        }
    }
    let unsure = |finding: &&crate::eval::gate::Finding| {
        let evidence = finding.paired.map(|paired| paired.evidence);
        args.require_evidence && evidence.is_some_and(|evidence| evidence != Evidence::NoWorse)
    };
    let breached: Vec<&str> = comparison
        .findings
        .iter()
        .filter(|finding| !finding.pass || unsure(finding))
        .map(|finding| finding.name)
        .collect();
    anyhow::ensure!(breached.is_empty(), "the gate is closed: {}", breached.join(", "));
    Ok(())
}
