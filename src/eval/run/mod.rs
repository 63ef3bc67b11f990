//! Runs a suite: every case through the river that serves, several at once, results in the suite's order.
//!
//! Invariant: nothing but [`pipeline::rehearse`](crate::pipeline::rehearse) sends anything, so a case is analysed, decided,
//! redacted, answered, restored and recorded as a client's request is.

mod answer;
mod case;
mod judge;
mod partial;

pub use partial::{Partial, PartialError, Stamp};

use super::result::CaseResult;
use super::suite::Suite;
use crate::live::LiveState;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::task::JoinSet;

/// What runs.
#[derive(Clone)]
pub struct Run {
    /// What cases are served with.
    pub live: Arc<LiveState>,
    /// The suite.
    pub suite: Arc<Suite>,
    /// Ask the targets even where the suite holds answers.
    pub ask_targets: bool,
    /// Cases at once, from 1.
    pub concurrency: usize,
}

/// Why a run ended before its last case.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A case led to a target that the suite knows no answer of.
    #[error(
        "case `{case}` leads to target `{target}`, for which it has neither `recorded` nor `outcomes`: add it to the case, or \
         run with --live to ask the targets themselves"
    )]
    Missing {
        /// The case.
        case: String,
        /// The target.
        target: String,
    },
    /// The partial file cannot be written.
    #[error(transparent)]
    Partial(#[from] PartialError),
    /// A defect.
    #[error("case `{0}` ended in a defect of Weir; nothing is known of it")]
    Defect(String),
}

impl Run {
    /// Runs every case that `known` lacks and gives back all results in the suite's order; `done` gets each as it ends.
    ///
    /// # Errors
    /// See [`RunError`]; `done` has seen all results until then.
    pub async fn all(
        &self,
        known: Vec<CaseResult>,
        mut done: impl FnMut(&CaseResult) -> Result<(), PartialError>,
    ) -> Result<Vec<CaseResult>, RunError> {
        let mut results: BTreeMap<String, CaseResult> =
            known.into_iter().map(|result| (result.id.clone(), result)).collect();
        let cases = (0..self.suite.cases.len())
            .filter(|at| !results.contains_key(&self.suite.cases[*at].id))
            .collect::<Vec<_>>();
        let mut waiting = cases.into_iter();
        let mut running = JoinSet::new();
        loop {
            while running.len() < self.concurrency.max(1) {
                let Some(at) = waiting.next() else { break };
                let run = self.clone();
                running.spawn(async move { case::run(&run, &run.suite.cases[at]).await });
            }
            let Some(ended) = running.join_next().await else { break };
            let result = ended.map_err(|_| RunError::Defect("unknown".to_owned()))??;
            done(&result)?;
            results.insert(result.id.clone(), result);
        }
        Ok(self.suite.cases.iter().filter_map(|case| results.remove(&case.id)).collect())
    }
}
