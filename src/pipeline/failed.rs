//! The candidates that gave no answer: a line in the log for each, and their names in the error that a client gets.
//!
//! Invariant: names of targets, codes and Weir's own words, never those of a provider, a request or an answer.

use super::ctx::Ctx;
use crate::error::Error;
use std::sync::Arc;

/// Those that failed so far, in order.
#[derive(Debug, Default)]
pub(super) struct Failed(Vec<(Arc<str>, &'static str)>);

impl Failed {
    /// Takes note of one.
    pub(super) fn add(&mut self, ctx: &Ctx, target: &Arc<str>, error: &Error, goes_on: bool) {
        let (request, code) = (ctx.record.id, error.kind.code());
        if goes_on {
            tracing::warn!(%request, %target, code, "a target failed; the next one is asked");
        } else {
            tracing::warn!(%request, %target, code, "a target failed; nobody else is asked");
        }
        self.0.push((target.clone(), code));
    }

    /// The last error, with all that were asked before it.
    pub(super) fn told(&self, mut error: Error) -> Error {
        if let Some((_, before)) = self.0.split_last().filter(|(_, before)| !before.is_empty()) {
            let before: Vec<String> =
                before.iter().map(|(target, code)| format!("`{target}` ({code})")).collect();
            error.message = format!("{}; asked before it: {}", error.message, before.join(", "));
        }
        error
    }
}

#[cfg(test)]
mod tests {
    use super::Failed;
    use crate::error::{Error, ErrorKind};

    #[test]
    fn an_error_names_all_that_were_asked() {
        let error = || Error::new(ErrorKind::UpstreamTimeout, "target `c`: too late");
        let told = |failed: &[(&str, &'static str)]| {
            let failed = failed.iter().map(|(target, code)| ((*target).into(), *code)).collect();
            Failed(failed).told(error()).message
        };
        assert_eq!(told(&[("c", "upstream_timeout")]), "target `c`: too late");
        assert_eq!(
            told(&[("a", "overloaded"), ("b", "upstream_cut"), ("c", "upstream_timeout")]),
            "target `c`: too late; asked before it: `a` (overloaded), `b` (upstream_cut)"
        );
    }
}
