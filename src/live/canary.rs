//! A rule that is there for a part of all conversations only: what becomes of them is compared with what becomes of the others,
//! and a rule that loses is taken back.
//!
//! Both sides are drawn by chance from the same requests, those for which the rule's condition holds. They are compared by whether
//! they were answered, and by what clients told of them afterwards. Invariant: however often one looks, a rule that loses no more
//! than it may is taken back with probability 1 − confidence at most, since the tests hold at any time (`crate::bet`); every conversation counts once,
//! with what is known of it first.

use super::{Gateway, PatchError};
use crate::bet::Bet;
use crate::chat::Arm;
use crate::config::{Config, Experiments};
use crate::ledger::{Ledger, LedgerStore, SqliteStore, StoreError, Trial};
use serde::Serialize;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// How often the ledger is looked at.
pub const EVERY: Duration = Duration::from_secs(10);
/// Pairs after which the tests are at their best; they hold for any number.
const HORIZON: f64 = 1_000.0;
/// What two measures share: each may err half as often.
const MEASURES: f64 = 2.0;
/// Rows that are read at a time.
const PAGE: usize = 10_000;
/// Who a canary's end is ascribed to.
const WHO: &str = "canary";

/// Both sides by one measure.
#[derive(Debug, Clone)]
pub struct Sides {
    worse: Bet,
    no_worse: Bet,
    /// Sum and number of what has not met the other side yet: control, canary.
    waiting: [(f64, f64); 2],
    /// Sum and number of all.
    all: [(f64, f64); 2],
}

impl Sides {
    /// A comparison that allows the canary to lose `max_drop`.
    pub fn new(max_drop: f64, alpha: f64) -> Self {
        // A pair is (canary − control + 1) / 2, from 0 to 1.
        Self {
            worse: Bet::against((1.0 - max_drop) / 2.0, alpha, HORIZON),
            no_worse: Bet::against((1.0 + max_drop) / 2.0, alpha, HORIZON),
            waiting: [(0.0, 0.0); 2],
            all: [(0.0, 0.0); 2],
        }
    }

    /// Takes one success, from 0 to 1.
    pub fn push(&mut self, arm: Arm, success: f64) {
        let side = usize::from(arm == Arm::Canary);
        for sums in [&mut self.waiting, &mut self.all] {
            if let Some((sum, n)) = sums.get_mut(side) {
                *sum += success;
                *n += 1.0;
            }
        }
        let [(control, n_control), (canary, n_canary)] = self.waiting;
        if n_control > 0.0 && n_canary > 0.0 {
            self.waiting = [(0.0, 0.0); 2];
            let pair = (canary / n_canary - control / n_control + 1.0) / 2.0;
            self.worse.push(pair);
            self.no_worse.push(1.0 - pair);
        }
    }

    /// In numbers.
    pub fn report(&self) -> SidesReport {
        let [control, canary] =
            self.all.map(|(sum, n)| Side { n: n as u64, success: (n > 0.0).then(|| sum / n) });
        let (p_worse, p_no_worse) = (self.worse.p_value(), self.no_worse.p_value());
        SidesReport { control, canary, p_worse, p_no_worse }
    }
}

/// One side in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Side {
    /// How many there are.
    pub n: u64,
    /// Their mean success.
    pub success: Option<f64>,
}

/// Both sides in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SidesReport {
    /// Those for which the rule was not there.
    pub control: Side,
    /// Those for which it was.
    pub canary: Side,
    /// How likely this would be if the canary lost no more than it may.
    pub p_worse: f64,
    /// How likely it would be if it lost more.
    pub p_no_worse: f64,
}

/// What is known of a canary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It loses more than it may.
    Worse,
    /// It does not.
    NoWorse,
    /// Nobody can tell yet.
    CannotTell,
}

/// The comparison of a rule with the requests for which it was not there.
#[derive(Debug, Clone)]
pub struct Trials {
    /// The rule.
    pub rule: Arc<str>,
    config_hash: Arc<str>,
    alpha: f64,
    answered: Sides,
    told: Sides,
    cursors: [i64; 2],
    /// Conversations that have counted, by either measure.
    counted: [HashSet<u32>; 2],
}

/// The comparison in numbers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TrialsReport {
    /// What it comes to.
    pub verdict: Verdict,
    /// Whether requests were answered.
    pub answered: SidesReport,
    /// What clients told of them.
    pub outcomes: SidesReport,
}

impl Trials {
    /// The comparison for the configuration's canary, if it has one.
    pub fn of(config: &Config) -> Option<Self> {
        let rule = config.rules.iter().find(|rule| rule.tries())?;
        let Experiments { max_drop, confidence, .. } = config.experiments;
        let alpha = (1.0 - confidence) / MEASURES;
        let sides = Sides::new(max_drop, alpha);
        Some(Self {
            rule: rule.name.clone(),
            config_hash: config.hash.clone(),
            alpha,
            answered: sides.clone(),
            told: sides,
            cursors: [0; 2],
            counted: Default::default(),
        })
    }

    /// Takes in what the ledger has got since.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn catch_up(&mut self, store: &impl LedgerStore) -> Result<(), StoreError> {
        let config = self.config_hash.clone();
        let ([answered, told], [of_answered, of_told]) = (&mut self.cursors, &mut self.counted);
        let next = |from| store.trials(&config, from, PAGE);
        drain(&mut self.answered, (answered, of_answered), next)?;
        drain(&mut self.told, (told, of_told), |from| store.told_trials(&config, from, PAGE))
    }

    /// What it comes to so far.
    pub fn report(&self) -> TrialsReport {
        let (answered, outcomes) = (self.answered.report(), self.told.report());
        let both = [&answered, &outcomes];
        let verdict = if both.iter().any(|sides| sides.p_worse <= self.alpha) {
            Verdict::Worse
        } else if outcomes.p_no_worse <= self.alpha {
            Verdict::NoWorse
        } else {
            Verdict::CannotTell
        };
        TrialsReport { verdict, answered, outcomes }
    }
}

/// Takes in what is new; of every conversation what is known first, since the rest of it hangs together with that.
fn drain(
    sides: &mut Sides,
    (cursor, counted): (&mut i64, &mut HashSet<u32>),
    next: impl Fn(i64) -> Result<Vec<Trial>, StoreError>,
) -> Result<(), StoreError> {
    loop {
        let trials = next(*cursor)?;
        for trial in &trials {
            *cursor = trial.cursor;
            if let Some(success) = trial.success
                && counted.insert(trial.side.conversation)
            {
                sides.push(trial.side.arm, success);
            }
        }
        if trials.len() < PAGE {
            return Ok(());
        }
    }
}

/// The comparison of the canary of a configuration as the ledger knows it now.
///
/// # Errors
/// The ledger cannot be read.
pub fn compare(config: &Config) -> Result<Option<TrialsReport>, StoreError> {
    let (Some(mut trials), Some(path)) = (Trials::of(config), &config.ledger.path) else {
        return Ok(None);
    };
    trials.catch_up(&Ledger::open_read(path)?)?;
    Ok(Some(trials.report()))
}

/// Looks at the canary of whatever configuration is in force, until the process ends, and takes it back when it loses.
pub async fn watch(gateway: Arc<Gateway>, every: Duration) {
    let mut known: Option<Trials> = None;
    loop {
        tokio::time::sleep(every).await;
        let config = gateway.live().config.clone();
        if known.as_ref().is_none_or(|trials| trials.config_hash != config.hash) {
            known = Trials::of(&config);
        }
        let (Some(trials), Some(path)) = (known.take(), config.ledger.path.clone()) else {
            continue;
        };
        known = look(&gateway, trials, path).await;
    }
}

/// One look; the comparison goes on unless it has ended.
async fn look(gateway: &Gateway, mut trials: Trials, path: PathBuf) -> Option<Trials> {
    let read = move || {
        let caught_up = read(&path).and_then(|store| trials.catch_up(&store));
        caught_up.map(|()| trials)
    };
    let trials = match tokio::task::spawn_blocking(read).await {
        Ok(Ok(trials)) => trials,
        Ok(Err(error)) => {
            tracing::warn!(%error, "the canary was not looked at");
            return None;
        }
        Err(_) => return None,
    };
    let report = trials.report();
    if report.verdict != Verdict::Worse {
        return Some(trials);
    }
    let rule = &trials.rule;
    let success = |side: Side| side.success.unwrap_or_default();
    let told = |sides: &SidesReport| {
        let (canary, control) = (sides.canary, sides.control);
        format!(
            "{:.3} of {} against {:.3} of {}",
            success(canary),
            canary.n,
            success(control),
            control.n
        )
    };
    let why = format!("answered {}; outcomes {}", told(&report.answered), told(&report.outcomes));
    match gateway.take_back(rule.to_string(), &trials.config_hash, WHO).await {
        Ok(_) => tracing::warn!("the canary `{rule}` loses and is taken back: {why}"),
        // What was compared is not in force any more.
        Err(PatchError::Moved) => {}
        Err(error) => {
            tracing::error!("the canary `{rule}` loses ({why}) and cannot be taken back: {error}");
            return Some(trials);
        }
    }
    None
}

fn read(path: &Path) -> Result<SqliteStore, StoreError> {
    Ledger::open_read(path)
}

#[cfg(test)]
mod tests {
    use super::{Sides, Trials, Verdict};
    use crate::chat::{Arm, Outcome, RequestRecord, Side};
    use crate::config::{Config, Overrides};
    use crate::ledger::{LedgerStore, MemoryStore};
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};
    use uuid::Uuid;

    /// Requests until the canary is found to lose, of at most `n` on its side; every tenth is on it.
    fn until_worse(seed: u64, n: usize, control: f64, canary: f64) -> Option<usize> {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut sides = Sides::new(0.02, 0.025);
        for at in 0..n {
            for _ in 0..9 {
                sides.push(Arm::Control, f64::from(u8::from(rng.random_bool(control))));
            }
            sides.push(Arm::Canary, f64::from(u8::from(rng.random_bool(canary))));
            if sides.report().p_worse <= 0.025 {
                return Some(at);
            }
        }
        None
    }

    #[test]
    fn one_that_loses_no_more_than_it_may_is_rarely_taken_back() {
        let taken = (0..300).filter(|seed| until_worse(*seed, 1_500, 0.9, 0.88).is_some());
        let taken = taken.count();
        assert!(taken <= 15, "{taken} of 300, looked at after every request");
        let same = (0..100).filter(|seed| until_worse(1_000 + *seed, 1_500, 0.9, 0.9).is_some());
        assert!(same.count() <= 3);
    }

    #[test]
    fn one_that_loses_is_taken_back_soon() {
        let mut found: Vec<usize> =
            (0..100).map(|seed| until_worse(seed, 5_000, 0.9, 0.6).unwrap_or(5_000)).collect();
        found.sort_unstable();
        assert!(found[50] < 150 && found[95] < 400, "{} {}", found[50], found[95]);
    }

    #[test]
    fn one_that_is_as_good_is_told_so() {
        let mut rng = StdRng::seed_from_u64(9);
        let mut sides = Sides::new(0.05, 0.025);
        for _ in 0..4_000 {
            for arm in [Arm::Control, Arm::Canary] {
                sides.push(arm, f64::from(u8::from(rng.random_bool(0.9))));
            }
        }
        let report = sides.report();
        assert!(report.p_no_worse <= 0.025 && report.p_worse > 0.5, "{report:?}");
        assert_eq!(report.canary.n, 4_000);
    }

    #[test]
    fn a_ledger_is_read_on_from_where_one_was() {
        let yaml = "ledger: {path: l.db}\nlocal: {enabled: false}\ntargets: [{name: a, kind: openai, model: m, base_url: \
                    'http://127.0.0.1:9/v1', api_key: none}, {name: b, kind: openai, model: m, base_url: \
                    'http://127.0.0.1:9/v1', api_key: none}]\nroute: [{name: new, to: a, canary: 0.5}, {to: b}]";
        let config = Config::from_text(yaml, None, &|_| None, &Overrides::default()).unwrap();
        let mut trials = Trials::of(&config).unwrap();
        let mut store = MemoryStore::new(10_000);
        let mut next = 0u128;
        let mut request = |arm, outcome| {
            next += 1;
            let (id, config_hash) = (Uuid::from_u128(next), config.hash.clone());
            // Two requests of every conversation.
            let side = Some(Side {
                arm,
                conversation: (next as u32 - 1) / 4 * 2 + u32::from(arm == Arm::Canary),
            });
            RequestRecord { id, side, outcome, config_hash, ..RequestRecord::default() }
        };
        for round in 1..=4 {
            let records: Vec<_> = (0..25)
                .flat_map(|_| [(Arm::Control, Outcome::Ok), (Arm::Canary, Outcome::Error)])
                .map(|(arm, outcome)| request(arm, outcome))
                .collect();
            store.append(&records).unwrap();
            trials.catch_up(&store).unwrap();
            trials.catch_up(&store).unwrap();
            assert_eq!(trials.report().answered.canary.n, (25u64 * round).div_ceil(2));
        }
        assert_eq!(trials.report().verdict, Verdict::Worse);
    }
}
