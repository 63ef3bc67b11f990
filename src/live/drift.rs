//! Whether requests still look like the cases that the threshold of their rule was tuned on: the promise of `weir tune` is one
//! about requests like those.
//!
//! A window of counts for each tuned rule, by score, predicted category and intent, and two measures of each: the population stability
//! index says how far it is from the cases, a test whether that can be chance. An alert needs both.

#[cfg(test)]
mod tests;

use crate::chat::{Decision, GainEstimate};
use crate::config::{Config, NO_INTENT, Profile};
use crate::telemetry::{self, Metric};
use serde::Serialize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Requests from which on they are compared.
const FIRST: u32 = 200;
/// Requests from one comparison to the next.
const EVERY: u32 = 50;
/// Requests at which the counts are halved, so that older ones count less and less.
const FULL: u32 = 2000;
/// The population stability index (PSI) above which a shift matters.
const PSI: f64 = 0.1;
/// The p-value below which a shift is not chance.
const P: f64 = 0.001;
/// The least p-value that is told.
const LEAST_P: f64 = 1e-300;

/// The monitors of a configuration, one for each tuned rule, in the order of the rules.
#[derive(Default)]
pub struct Drift(Vec<Option<Arc<Monitor>>>);

/// What is known of the requests that reach one rule.
struct Monitor {
    rule: Arc<str>,
    pair: Arc<str>,
    profile: Arc<Profile>,
    window: Mutex<Window>,
}

#[derive(Default)]
struct Window {
    requests: u32,
    scores: Vec<f64>,
    categories: Vec<f64>,
    intents: Vec<f64>,
    found: Found,
}

#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Found {
    scores: Option<Shift>,
    categories: Option<Shift>,
    intents: Option<Shift>,
    alert: bool,
}

impl Found {
    fn shifts(&self) -> [(&'static str, Option<Shift>); 3] {
        [("scores", self.scores), ("categories", self.categories), ("intents", self.intents)]
    }
}

/// How far requests are from the cases, and how likely so much would be if nothing had changed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Shift {
    /// The population stability index.
    pub psi: f64,
    /// The p-value of the test; 1e-300 stands for anything below.
    pub p: f64,
}

/// Where a rule stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Standing {
    /// Requests in the window.
    pub requests: u32,
    /// By score; `None` until there are enough requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scores: Option<Shift>,
    /// By predicted category, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub categories: Option<Shift>,
    /// By intent, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intents: Option<Shift>,
    /// Whether any of them has shifted.
    pub alert: bool,
}

impl Drift {
    /// Monitors for a configuration; what `previous` knows of a rule that was tuned on the same cases stays known.
    pub(super) fn open(config: &Config, previous: Option<&Self>) -> Self {
        let monitor = |rule: &crate::config::Rule| {
            let profile = rule.tuned.as_ref()?.profile.clone();
            let pair = rule.when.gain.as_ref()?.pair.clone();
            let mut known = previous.into_iter().flat_map(|drift| drift.0.iter().flatten());
            let same = |it: &&Arc<Monitor>| {
                it.rule == rule.name && it.pair == pair && it.profile == profile
            };
            Some(known.find(same).cloned().unwrap_or_else(|| {
                Arc::new(Monitor {
                    rule: rule.name.clone(),
                    pair,
                    profile,
                    window: Mutex::default(),
                })
            }))
        };
        Self(config.rules.iter().map(monitor).collect())
    }

    /// Counts a request under every tuned rule that it reached.
    pub fn note(&self, decision: &Decision) {
        for monitor in decision.in_scope.iter().filter_map(|at| self.0.get(*at)?.as_ref()) {
            let values = &decision.values;
            let intent = values.intent.as_ref().map_or(NO_INTENT, |intent| &intent.name);
            let estimate = values.gains.iter().find(|estimate| estimate.pair == monitor.pair);
            monitor.note(estimate, intent);
        }
    }

    /// Where the rule at this place stands; `None` if it was not tuned.
    pub fn standing(&self, rule: usize) -> Option<Standing> {
        let window = self.0.get(rule)?.as_ref()?.lock();
        let Found { scores, categories, intents, alert } = window.found;
        Some(Standing { requests: window.requests, scores, categories, intents, alert })
    }

    /// Brings the gauges up to date.
    pub(super) fn refresh_gauges(&self) {
        for monitor in self.0.iter().flatten() {
            monitor.show(monitor.lock().found);
        }
    }

    /// Takes back what the gauges said of rules that `next` does not watch.
    pub(super) fn give_way_to(&self, next: &Self) {
        let stays =
            |monitor: &Arc<Monitor>| next.0.iter().flatten().any(|it| it.rule == monitor.rule);
        for monitor in self.0.iter().flatten().filter(|monitor| !stays(monitor)) {
            monitor.show(Found::default());
        }
    }
}

impl Monitor {
    fn lock(&self) -> MutexGuard<'_, Window> {
        self.window.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, estimate: Option<&GainEstimate>, intent: &str) {
        let score = self.profile.place_by_score(estimate);
        let category = self.profile.place_by_category(estimate);
        let intent = self.profile.place_by_intent(intent);
        let (before, now) = {
            let mut window = self.lock();
            let window = &mut *window;
            window.requests += 1;
            count(&mut window.scores, Some(score));
            count(&mut window.categories, category);
            count(&mut window.intents, intent);
            if window.requests < FIRST || !window.requests.is_multiple_of(EVERY) {
                return;
            }
            let now = window.compared(&self.profile);
            let before = std::mem::replace(&mut window.found, now);
            if window.requests >= FULL {
                window.halve();
            }
            (before, now)
        };
        self.tell(before, now);
    }

    fn tell(&self, before: Found, now: Found) {
        if now.alert == before.alert {
            return;
        }
        let rule = &self.rule;
        if !now.alert {
            tracing::info!("rule `{rule}`: requests look like the cases of its tuning again");
            return;
        }
        let shifts = now.shifts().into_iter().filter_map(|(of, shift)| Some((of, shift?)));
        let words: Vec<String> = shifts
            .filter(|(_, shift)| shift.matters())
            .map(|(of, Shift { psi, p })| format!("{of}: PSI {psi:.2}, p {p:.0e}"))
            .collect();
        tracing::warn!(
            "rule `{rule}`: requests no longer look like the cases that its threshold was tuned on ({}); the promise of `weir tune` \
             does not cover them; tune again",
            words.join("; ")
        );
    }

    fn show(&self, found: Found) {
        for (of, shift) in found.shifts() {
            let psi = shift.map_or(0.0, |shift| shift.psi);
            telemetry::gauge(Metric::DriftPsi, &[&self.rule, of]).set((psi * 1e6) as i64);
        }
        telemetry::gauge(Metric::DriftAlert, &[&self.rule]).set(found.alert.into());
    }
}

impl Window {
    fn compared(&self, profile: &Profile) -> Found {
        let scores = Some(Shift::between(&profile.cases_by_score(), &self.scores));
        let categories = profile.cases_by_category();
        let categories = categories.map(|cases| Shift::between(&cases, &self.categories));
        let intents = profile.cases_by_intent();
        let intents = intents.map(|cases| Shift::between(&cases, &self.intents));
        let shifts = [scores, categories, intents].into_iter().flatten();
        let alert = shifts.into_iter().any(|shift: Shift| shift.matters());
        Found { scores, categories, intents, alert }
    }

    fn halve(&mut self) {
        self.requests /= 2;
        let counts = self.scores.iter_mut().chain(&mut self.categories).chain(&mut self.intents);
        counts.for_each(|count| *count /= 2.0);
    }
}

impl Shift {
    /// Between the counts of cases and those of requests in the same cells; cells that are missing at the end are empty.
    fn between(cases: &[f64], requests: &[f64]) -> Self {
        let requests = requests.iter().copied().chain(std::iter::repeat(0.0));
        let cells = cases.iter().copied().zip(requests).filter(|(a, b)| a + b > 0.0);
        let cells: Vec<(f64, f64)> = cells.collect();
        Self { psi: psi(&cells), p: g_test(&cells).max(LEAST_P) }
    }

    fn matters(&self) -> bool {
        self.psi > PSI && self.p < P
    }
}

fn count(cells: &mut Vec<f64>, place: Option<usize>) {
    let Some(place) = place else { return };
    if cells.len() <= place {
        cells.resize(place + 1, 0.0);
    }
    cells[place] += 1.0;
}

fn sums(cells: &[(f64, f64)]) -> (f64, f64) {
    cells.iter().fold((0.0, 0.0), |(a, b), cell| (a + cell.0, b + cell.1))
}

/// The population stability index: Σ (q − p) ln(q / p) over the shares of both sides. Half a count more in each cell keeps empty
/// ones finite.
fn psi(cells: &[(f64, f64)]) -> f64 {
    let (n_a, n_b) = sums(cells);
    let more = 0.5 * cells.len() as f64;
    let term = |(a, b): &(f64, f64)| {
        let (p, q) = ((a + 0.5) / (n_a + more), (b + 0.5) / (n_b + more));
        (q - p) * (q / p).ln()
    };
    cells.iter().map(term).sum()
}

/// The p-value of the likelihood-ratio test (G-test) that both sides are drawn from the same shares, both with their sampling
/// noise, with Williams' (1976) correction for cells of few counts. No cell may be empty on both sides.
fn g_test(cells: &[(f64, f64)]) -> f64 {
    let (n_a, n_b) = sums(cells);
    let (n, freedom) = (n_a + n_b, cells.len().saturating_sub(1));
    if n_a <= 0.0 || n_b <= 0.0 || freedom == 0 {
        return 1.0;
    }
    let term = |observed: f64, expected: f64| {
        if observed > 0.0 { observed * (observed / expected).ln() } else { 0.0 }
    };
    let both = |(a, b): &(f64, f64)| term(*a, n_a * (a + b) / n) + term(*b, n_b * (a + b) / n);
    let g = 2.0 * cells.iter().map(both).sum::<f64>();
    let rows = n / n_a + n / n_b - 1.0;
    let columns = cells.iter().map(|(a, b)| n / (a + b)).sum::<f64>() - 1.0;
    let correction = 1.0 + rows * columns / (6.0 * n * freedom as f64);
    chi_square_survival(freedom, g / correction)
}

/// How likely a chi-square variable of so many degrees of freedom lies above `x`: the regularised upper incomplete gamma function
/// Q(freedom / 2, x / 2), by its series below and its continued fraction (Lentz's method) above freedom / 2 + 1.
fn chi_square_survival(freedom: usize, x: f64) -> f64 {
    const STEPS: u32 = 1000;
    const CLOSE: f64 = 1e-15;
    if freedom == 0 || x.is_nan() || x <= 0.0 {
        return 1.0;
    }
    let (a, x) = (freedom as f64 / 2.0, x / 2.0);
    let first = (a * x.ln() - x - ln_gamma_of_half(freedom)).exp();
    if x < a + 1.0 {
        let (mut term, mut sum) = (1.0 / a, 1.0 / a);
        for step in 1..STEPS {
            term *= x / (a + f64::from(step));
            sum += term;
            if term < sum * CLOSE {
                break;
            }
        }
        return (1.0 - first * sum).clamp(0.0, 1.0);
    }
    let mut b = x + 1.0 - a;
    let (mut c, mut d) = (f64::MAX, 1.0 / b);
    let mut fraction = d;
    for step in (1..STEPS).map(f64::from) {
        let an = -step * (step - a);
        b += 2.0;
        d = 1.0 / (an * d + b);
        c = b + an / c;
        let factor = c * d;
        fraction *= factor;
        if (factor - 1.0).abs() < CLOSE {
            break;
        }
    }
    (first * fraction).clamp(0.0, 1.0)
}

/// ln Γ(n / 2), from Γ(1) = 1 or Γ(1/2) = √π on.
fn ln_gamma_of_half(n: usize) -> f64 {
    let start = if n.is_multiple_of(2) { 2 } else { 1 };
    let base = if start == 1 { 0.5 * std::f64::consts::PI.ln() } else { 0.0 };
    base + (start..n).step_by(2).map(|k| (k as f64 / 2.0).ln()).sum::<f64>()
}
