//! One model's lane: its state, its queue, and the thread that loads the model and then works the queue off.
//!
//! Invariant: the thread ends only when the queue is closed or the model can never be loaded.

use super::fetch::FetchError;
use super::generator::{Drafts, Footprint};
use super::{InferenceError, ModelState};
use rayon::ThreadPool;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// Why a model is not there, and whether another attempt makes sense.
#[derive(Debug)]
pub(super) struct LoadFailure {
    reason: String,
    retry: bool,
}

impl LoadFailure {
    /// Its files could not be had; networks come back.
    #[expect(clippy::needless_pass_by_value, reason = "passed to map_err by name")]
    pub(super) fn fetch(error: FetchError) -> Self {
        Self { reason: error.to_string(), retry: true }
    }

    /// Its files are no model that can be run.
    #[expect(clippy::needless_pass_by_value, reason = "passed to map_err by name")]
    pub(super) fn model(error: InferenceError) -> Self {
        Self { reason: error.to_string(), retry: false }
    }
}

/// First and longest pause between two attempts to fetch a model.
const PAUSES: (Duration, Duration) = (Duration::from_secs(15), Duration::from_secs(300));

/// Where work waits.
pub(super) trait Shuts: Send + Sync + 'static {
    /// Waits until it is closed, at most `limit`; says whether it is.
    fn wait_closed(&self, limit: Duration) -> bool;
}

/// State and queue of one model.
pub(super) struct Lane<Q> {
    pub(super) queue: Q,
    state: watch::Sender<ModelState>,
    /// Bytes of weights, and of what is kept.
    bytes: [AtomicUsize; 2],
    /// Drafted tokens that were right and that were wrong, until someone asks.
    drafts: [AtomicUsize; 2],
}

impl<Q: Shuts> Lane<Q> {
    pub(super) fn new(queue: Q) -> Arc<Self> {
        let state = watch::Sender::new(ModelState::Loading { done: 0, total: 0 });
        Arc::new(Self { queue, state, bytes: Default::default(), drafts: Default::default() })
    }

    pub(super) fn footprint(&self) -> Footprint {
        let [weights, kept] = [0, 1].map(|i: usize| self.bytes[i].load(Ordering::Relaxed));
        Footprint { weights, kept }
    }

    pub(super) fn set_footprint(&self, now: Footprint) {
        self.bytes[0].store(now.weights, Ordering::Relaxed);
        self.bytes[1].store(now.kept, Ordering::Relaxed);
    }

    pub(super) fn take_drafts(&self) -> Drafts {
        let [right, wrong] = [0, 1].map(|i: usize| self.drafts[i].swap(0, Ordering::Relaxed));
        Drafts { right, wrong }
    }

    pub(super) fn add_drafts(&self, more: Drafts) {
        self.drafts[0].fetch_add(more.right, Ordering::Relaxed);
        self.drafts[1].fetch_add(more.wrong, Ordering::Relaxed);
    }

    pub(super) fn state(&self) -> ModelState {
        self.state.borrow().clone()
    }

    pub(super) async fn settled(&self) -> ModelState {
        let mut states = self.state.subscribe();
        let settled = states.wait_for(|state| !matches!(state, ModelState::Loading { .. })).await;
        settled.map_or(ModelState::Off, |state| state.clone())
    }
}

/// Runs model code; a panic becomes an error. Its message is left out: it may quote what the model was given.
pub(super) fn guarded<T>(
    work: impl FnOnce() -> Result<T, InferenceError>,
) -> Result<T, InferenceError> {
    let panicked = || InferenceError::Failed("a defect in the model's code".to_owned());
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(panicked()))
}

/// Starts the thread of a lane. Models are loaded in a pool of `threads` cores of their own; `run` works the queue off until it is
/// closed and has the model's code run in that pool.
pub(super) fn serve<M, Q>(
    name: &'static str,
    threads: usize,
    lane: &Arc<Lane<Q>>,
    mut load: impl FnMut(&mut dyn FnMut(u64, u64)) -> Result<Box<M>, LoadFailure> + Send + 'static,
    mut warm: impl FnMut(&mut M) -> Result<(), InferenceError> + Send + 'static,
    run: impl FnOnce(Box<M>, &Lane<Q>, &ThreadPool) + Send + 'static,
) where
    M: ?Sized + Send + 'static,
    Q: Shuts,
{
    let own = Arc::clone(lane);
    let body = move |pool: &ThreadPool| {
        let loaded = pool.install(|| load_until(name, &own, &mut load, &mut warm));
        let Some(model) = loaded else { return };
        own.state.send_replace(ModelState::Ready);
        run(model, &own, pool);
    };
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads.max(1))
        .thread_name(move |index| format!("weir-{name}-{index}"))
        .build();
    let started = pool.map_err(|error| error.to_string()).and_then(|pool| {
        let thread = std::thread::Builder::new().name(format!("weir-{name}"));
        thread.spawn(move || body(&pool)).map_err(|error| error.to_string())
    });
    if let Err(reason) = started {
        lane.state.send_replace(ModelState::Failed(format!("no thread for the {name}: {reason}")));
    }
}

/// Loads and warms a model; tries again while trying makes sense. `None` if there will be none.
fn load_until<M: ?Sized, Q: Shuts>(
    name: &str,
    lane: &Lane<Q>,
    load: &mut impl FnMut(&mut dyn FnMut(u64, u64)) -> Result<Box<M>, LoadFailure>,
    warm: &mut impl FnMut(&mut M) -> Result<(), InferenceError>,
) -> Option<Box<M>> {
    let mut pause = PAUSES.0;
    loop {
        let begun = Instant::now();
        let mut n_tenths = None;
        let mut on_progress = |done: u64, total: u64| {
            let state = ModelState::Loading { done, total };
            let now = (done * 10).checked_div(total);
            if now.is_some() && now != n_tenths {
                n_tenths = now;
                tracing::info!(model = name, "{state}");
            }
            lane.state.send_replace(state);
        };
        let attempt = || {
            let mut model = load(&mut on_progress)?;
            guarded(|| warm(&mut *model)).map_err(LoadFailure::model)?;
            Ok(model)
        };
        let failure = match catch_unwind(AssertUnwindSafe(attempt)) {
            Ok(Ok(model)) => {
                tracing::info!(
                    model = name,
                    ms = begun.elapsed().as_millis() as u64,
                    "local model is ready"
                );
                return Some(model);
            }
            Ok(Err(failure)) => failure,
            Err(_) => {
                LoadFailure { reason: "a defect in the model's code".to_owned(), retry: false }
            }
        };
        tracing::warn!(
            model = name,
            reason = failure.reason,
            retry = failure.retry,
            "local model could not be loaded"
        );
        lane.state.send_replace(ModelState::Failed(failure.reason));
        if !failure.retry || lane.queue.wait_closed(pause) {
            return None;
        }
        pause = (pause * 2).min(PAUSES.1);
    }
}
