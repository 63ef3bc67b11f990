//! `weir explain`: the analysis and the decision of JSON lines; nothing is sent anywhere.

use super::Common;
use super::batch::{self, BatchArgs};
use crate::pipeline;
use serde_json::Value;

/// Runs the command.
///
/// # Errors
/// As [`batch::run`].
pub fn run(common: &Common, args: &BatchArgs) -> anyhow::Result<()> {
    batch::run(common, args, |line| {
        let mut out = super::analyze::analysis(line);
        // A batch starts no generator; what is asked is where `serve` would send the line with everything up.
        let decision =
            pipeline::decision(line.ctx, line.request, line.analysis, &|_| None, &|_| Ok(()));
        if let Value::Object(told) = serde_json::to_value(pipeline::explanation(
            line.ctx,
            line.request,
            line.analysis,
            decision,
        ))? {
            // The analysis already lists the findings with their places.
            out.extend(told.into_iter().filter(|(name, _)| name != "findings"));
        }
        Ok(Value::Object(out))
    })
}
