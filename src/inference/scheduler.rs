//! The scheduler of the generator's thread: continuous batching (Yu et al. 2022, "Orca"). Requests come from the queue and join the
//! answers in work as soon as there is room; every step of the model takes all of them further.
//!
//! Invariants: whoever waits gets an end, `Done` or `Failed`; a panic of the model ends what was in work, not the thread.

use super::InferenceError;
use super::generator::{Begun, Step, StreamId, TextGenerator};
use super::lane::{Lane, guarded};
use super::queue::{Job, Queue};
use super::runtime::{GenerateRequest, Generated};
use crate::chat::{Role, Sampling};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// A request that waits for the generator.
pub(super) struct GenerateJob {
    pub request: GenerateRequest,
    pub n_tokens: usize,
    pub answer: mpsc::UnboundedSender<Generated>,
}

impl Job for GenerateJob {
    fn n_tokens(&self) -> usize {
        self.n_tokens
    }
    fn is_abandoned(&self) -> bool {
        self.answer.is_closed()
    }
    fn is_background(&self) -> bool {
        self.request.background
    }
}

/// One short answer, so that the first caller finds everything in place.
pub(super) fn warm_up(generator: &mut (dyn TextGenerator + 'static)) -> Result<(), InferenceError> {
    let request = GenerateRequest {
        messages: vec![(Role::User, "Hi".to_owned())],
        sampling: Sampling { max_tokens: Some(2), ..Sampling::default() },
        ..GenerateRequest::default()
    };
    generator.begin(&request)?;
    let mut result = Ok(());
    while generator.n_streams() > 0 {
        generator.step(&mut |_, step| {
            if let Step::Failed(error) = step {
                result = Err(error);
            }
            true
        });
    }
    result
}

/// An answer that is in work.
struct Running {
    stream: StreamId,
    answer: mpsc::UnboundedSender<Generated>,
    begun: Instant,
}

/// Works the queue off, several answers at a time: new ones join those that are in work as soon as there is room.
pub(super) fn run(mut generator: Box<dyn TextGenerator>, lane: &Lane<Queue<GenerateJob>>) {
    let mut running: Vec<Running> = Vec::new();
    let mut next: Option<(GenerateJob, Duration)> = None;
    loop {
        lane.set_footprint(generator.footprint());
        lane.add_drafts(generator.take_drafts());
        if generator.n_streams() == 0 && next.is_none() {
            next = lane.queue.pop();
            if next.is_none() {
                return;
            }
        }
        while let Some((job, waited)) = next.take().or_else(|| lane.queue.try_pop()) {
            if job.is_abandoned() {
                continue;
            }
            match guarded(|| generator.begin(&job.request)) {
                Ok(Begun::Started { stream, prompt_tokens }) => {
                    let queue_us = u64::try_from(waited.as_micros()).unwrap_or(u64::MAX);
                    // Whoever left is noticed at the next step.
                    let _ = job.answer.send(Generated::Started { queue_us, prompt_tokens });
                    running.push(Running { stream, answer: job.answer, begun: Instant::now() });
                }
                Ok(Begun::Busy) if generator.n_streams() == 0 => {
                    let why = "no room although nothing is in work".to_owned();
                    let _ = job.answer.send(Generated::Failed(InferenceError::Failed(why)));
                }
                Ok(Begun::Busy) => {
                    next = Some((job, waited));
                    break;
                }
                Err(error) => {
                    let _ = job.answer.send(Generated::Failed(error));
                }
            }
        }
        let is_closed = lane.queue.is_closed();
        let step = guarded(|| {
            generator.step(&mut |stream, step| {
                let at = running.iter().position(|running| running.stream == stream);
                let Some(at) = at.filter(|_| !is_closed) else { return false };
                let goes_on = running[at].tell(step);
                if !goes_on {
                    running.swap_remove(at);
                }
                goes_on
            });
            Ok(())
        });
        if let Err(error) = step {
            // Nothing can be known of any of them.
            for running in running.drain(..) {
                let _ = running.answer.send(Generated::Failed(error.clone()));
            }
            generator.reset();
        }
        if is_closed {
            return;
        }
    }
}

impl Running {
    /// Passes a step on; false if it was the last one or nobody waits for more.
    fn tell(&self, step: Step) -> bool {
        let step = match step {
            Step::Tick => return !self.answer.is_closed(),
            Step::Text(text, logprobs) => {
                let sent = self.answer.send(Generated::Token { text, logprobs });
                return sent.is_ok() && !self.answer.is_closed();
            }
            Step::Done(finish, usage) => {
                tracing::debug!(
                    prompt_tokens = usage.prompt(),
                    cached_tokens = usage.cached_read,
                    output_tokens = usage.output,
                    elapsed_ms = self.begun.elapsed().as_millis() as u64,
                    "local answer"
                );
                Generated::Done { finish, usage }
            }
            Step::Failed(error) => Generated::Failed(error),
        };
        // Nobody listens if the caller went away meanwhile.
        let _ = self.answer.send(step);
        false
    }
}
