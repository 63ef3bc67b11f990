//! The circuit breaker of one target: closed, open, half-open with one probe, driven by consecutive failures.
//!
//! Invariant: pure; the time is an argument. While open nothing passes, and while half-open at most one request does.
//! Source: M. Nygard, "Release It!", chapter "Circuit Breaker".

use crate::config::resolved::BreakerSettings;
use std::time::{Duration, Instant};

/// Whether a target takes requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// It does.
    Closed,
    /// It is left alone.
    Open {
        /// Time until a probe may pass.
        retry_after: Duration,
    },
    /// One probe may pass, or is under way, and decides.
    HalfOpen,
}

/// What a request said about the target's health.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The target answered in full.
    Healthy,
    /// The target began to answer; the end is still to come.
    Began,
    /// The target failed.
    Failed,
    /// Nothing can be said: the request was at fault or its client left.
    Unknown,
}

/// The right to send one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Permit {
    probe: bool,
    generation: u64,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Closed { failures: u32 },
    Open { until: Instant },
    HalfOpen,
}

/// Counts consecutive failures and opens at the limit.
#[derive(Debug)]
pub(super) struct Breaker {
    settings: BreakerSettings,
    state: State,
    /// Counts changes of state, so that an answer to a request from an earlier state changes nothing.
    generation: u64,
}

impl Breaker {
    pub(super) fn new(settings: BreakerSettings) -> Self {
        Self { settings, state: State::Closed { failures: 0 }, generation: 0 }
    }

    /// The state as `route` sees it.
    pub(super) fn health(&self, now: Instant) -> Health {
        match self.state {
            State::Closed { .. } => Health::Closed,
            State::Open { until } if now < until => Health::Open { retry_after: until - now },
            State::Open { .. } | State::HalfOpen => Health::HalfOpen,
        }
    }

    /// Lets a request pass.
    ///
    /// # Errors
    /// How long to wait, if the breaker is open or a probe is under way.
    pub(super) fn admit(&mut self, now: Instant) -> Result<Permit, Duration> {
        match self.state {
            State::Closed { .. } => Ok(Permit { probe: false, generation: self.generation }),
            State::Open { until } if now < until => Err(until - now),
            State::Open { .. } => {
                self.enter(State::HalfOpen);
                Ok(Permit { probe: true, generation: self.generation })
            }
            // Nobody knows when the probe ends; a second is what a client is told.
            State::HalfOpen => Err(Duration::from_secs(1)),
        }
    }

    /// Takes in what a permitted request showed. May be called more than once for one permit.
    pub(super) fn record(&mut self, permit: Permit, verdict: Verdict, now: Instant) {
        if permit.generation != self.generation {
            return self.record_late(permit, verdict, now);
        }
        match (self.state, verdict) {
            (State::Closed { .. }, Verdict::Healthy) => self.state = State::Closed { failures: 0 },
            (State::Closed { failures }, Verdict::Failed) => self.fail(failures, now),
            (State::HalfOpen, Verdict::Healthy | Verdict::Began) => {
                self.enter(State::Closed { failures: 0 });
            }
            (State::HalfOpen, Verdict::Failed) => self.open(now),
            // A probe that told nothing hands its right to the next request.
            (State::HalfOpen, Verdict::Unknown) => self.enter(State::Open { until: now }),
            (State::Closed { .. } | State::Open { .. }, _) => {}
        }
    }

    /// A probe that closed the breaker by beginning to answer may still fail; other late news is old news.
    fn record_late(&mut self, permit: Permit, verdict: Verdict, now: Instant) {
        if let State::Closed { failures } = self.state
            && permit.probe
            && permit.generation.wrapping_add(1) == self.generation
            && verdict == Verdict::Failed
        {
            self.fail(failures, now);
        }
    }

    fn fail(&mut self, failures: u32, now: Instant) {
        let failures = failures.saturating_add(1);
        if self.settings.failures > 0 && failures >= self.settings.failures {
            self.open(now);
        } else {
            self.state = State::Closed { failures };
        }
    }

    fn open(&mut self, now: Instant) {
        self.enter(State::Open { until: now + self.settings.open });
    }

    fn enter(&mut self, state: State) {
        self.state = state;
        self.generation = self.generation.wrapping_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::{Breaker, Health, Verdict};
    use crate::config::resolved::BreakerSettings;
    use std::time::{Duration, Instant};

    /// Runs a script: `+N` lets N seconds pass, `ok`/`began`/`fail`/`unknown` admit and record, `admit` admits and keeps
    /// the permit, `late-ok`/`late-began`/`late-fail`/`late-unknown` record for the oldest kept permit, and the states
    /// and `no` (refused) are checks.
    fn run(script: &str) {
        let settings = BreakerSettings { failures: 3, open: Duration::from_secs(10) };
        let (mut breaker, mut now) = (Breaker::new(settings), Instant::now());
        let mut kept = std::collections::VecDeque::new();
        for (at, step) in script.split_whitespace().enumerate() {
            let place = format!("step {at} `{step}` of `{script}`");
            let verdict = |name: &str| match name {
                "ok" => Verdict::Healthy,
                "began" => Verdict::Began,
                "fail" => Verdict::Failed,
                "unknown" => Verdict::Unknown,
                other => panic!("{other}: {place}"),
            };
            match step {
                "closed" => assert_eq!(breaker.health(now), Health::Closed, "{place}"),
                "half" => assert_eq!(breaker.health(now), Health::HalfOpen, "{place}"),
                "no" => assert!(breaker.admit(now).is_err(), "{place}"),
                "admit" => kept.push_back(breaker.admit(now).expect(&place)),
                _ => {
                    if let Some(seconds) = step.strip_prefix('+') {
                        now += Duration::from_secs(seconds.parse().unwrap());
                    } else if let Some(left) = step.strip_prefix("open:") {
                        let retry_after = Duration::from_secs(left.parse().unwrap());
                        assert_eq!(breaker.health(now), Health::Open { retry_after }, "{place}");
                    } else if let Some(name) = step.strip_prefix("late-") {
                        breaker.record(kept.pop_front().expect(&place), verdict(name), now);
                    } else {
                        let permit = breaker.admit(now).expect(&place);
                        breaker.record(permit, verdict(step), now);
                    }
                }
            }
        }
    }

    #[test]
    fn follows_every_transition() {
        for script in [
            "closed ok closed fail fail closed",
            "fail fail ok fail fail closed",
            "fail fail unknown fail open:10 no +4 open:6 no",
            "fail fail began fail open:10",
            "fail fail fail +10 half admit half no late-ok closed fail fail closed",
            "fail fail fail +10 admit no late-fail open:10 no +9 no +1 ok closed",
            "fail fail fail +10 admit late-unknown half admit no",
            "fail fail fail +11 began closed admit admit",
            // Answers to requests from before it opened change nothing.
            "admit admit admit fail fail fail late-ok open:10 +3 late-fail open:7 +7 half late-ok half",
            "admit fail fail fail +10 admit late-fail half late-ok closed",
        ] {
            run(script);
        }
    }

    #[test]
    fn a_probe_that_began_and_was_cut_counts_as_a_failure() {
        let settings = BreakerSettings { failures: 1, open: Duration::from_secs(10) };
        let (mut breaker, now) = (Breaker::new(settings), Instant::now());
        let first = breaker.admit(now).unwrap();
        breaker.record(first, Verdict::Failed, now);
        let later = now + Duration::from_secs(10);
        let probe = breaker.admit(later).unwrap();
        breaker.record(probe, Verdict::Began, later);
        assert_eq!(breaker.health(later), Health::Closed);
        breaker.record(probe, Verdict::Failed, later);
        assert_eq!(breaker.health(later), Health::Open { retry_after: Duration::from_secs(10) });
    }

    #[test]
    fn zero_failures_switch_it_off() {
        let settings = BreakerSettings { failures: 0, open: Duration::from_secs(10) };
        let (mut breaker, now) = (Breaker::new(settings), Instant::now());
        for _ in 0..100 {
            let permit = breaker.admit(now).unwrap();
            breaker.record(permit, Verdict::Failed, now);
        }
        assert_eq!(breaker.health(now), Health::Closed);
    }
}
