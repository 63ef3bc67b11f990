//! Cases from the ledger: requests that two targets answered, since a rule has `shadow`.

#![expect(clippy::print_stderr, reason = "a word to the operator beside the result")]

use super::cases::{Scored, hash, intent, lines, name};
use super::{By, Tunable};
use crate::cli::open;
use crate::config::Config;
use crate::eval::tune::{Outcome, Recorded};
use crate::ledger::{LedgerStore, Pair, SqliteStore, success};
use crate::live;
use anyhow::{Context, bail};
use std::path::Path;

/// Reads the pairs of the tunable rule's targets.
pub(super) fn read(
    config: &Config,
    ledger: Option<&Path>,
    since: Option<jiff::Timestamp>,
    tunable: &Tunable,
) -> anyhow::Result<Scored> {
    let path = ledger.or(config.ledger.path.as_deref());
    let path = path.context("the configuration keeps no ledger; name one with --ledger PATH")?;
    let store = open::ledger(Some(path), None)?;
    let since_us = since.map_or(i64::MIN, jiff::Timestamp::as_microsecond);
    let mut pairs = store.pairs(None, since_us)?;
    pairs.retain(|pair| pair.cheap == tunable.cheap && pair.strong == tunable.strong);
    if pairs.is_empty() {
        bail!(
            "{} holds no request that `{}` and `{}` both answered: set `shadow: 0.05` on rule `{}` and on the rule that takes \
             what it leaves, and let `weir serve` run for a while",
            path.display(),
            tunable.cheap,
            tunable.strong,
            tunable.rule
        );
    }
    if let Some(pair) = tunable.by.pair() {
        let own = config.gain.iter().find(|known| &*known.name == pair).context("the pair")?;
        same_scorer(&pairs, &live::scorer(own)?)?;
    }
    if tunable.by == By::MinScore {
        pairs.retain(|pair| pair.confidence.is_some());
        anyhow::ensure!(!pairs.is_empty(), "no local answer in the ledger was looked at");
    }
    evenly(&mut pairs, tunable)?;
    let cases = pairs.iter().map(|pair| case(config, &store, pair, tunable));
    let cases: Vec<Recorded> = cases.collect::<anyhow::Result<_>>()?;
    let hash = hash(&lines(&cases)?);
    Ok(Scored { cases, name: name(path), hash })
}

/// Refuses pairs that something else has scored than what would score requests now.
fn same_scorer(pairs: &[Pair], now: &str) -> anyhow::Result<()> {
    let others: Vec<&Pair> = pairs.iter().filter(|pair| pair.encoder != now).collect();
    let Some(last) = others.last() else { return Ok(()) };
    let first = pairs.iter().find(|pair| pair.encoder == now && pair.at_us > last.at_us);
    let way_out = match first.and_then(|pair| jiff::Timestamp::from_microsecond(pair.at_us).ok()) {
        Some(at) => format!("the present one's begin with --since {at}"),
        None => "it has none of the present one yet; wait for new ones".to_owned(),
    };
    let other = if last.encoder.is_empty() { "nothing" } else { &last.encoder };
    bail!(
        "{} of {} pairs in the ledger were scored by {other}, requests are scored by {now} now: a threshold from both would mean \
         nothing; {way_out}",
        others.len(),
        pairs.len()
    )
}

/// Leaves those pairs that the smallest share among them would have drawn, so that they are mixed as requests are.
fn evenly(pairs: &mut Vec<Pair>, tunable: &Tunable) -> anyhow::Result<()> {
    let mut rules: Vec<String> = pairs.iter().map(|pair| pair.rule.clone()).collect();
    rules.sort_unstable();
    rules.dedup();
    let least = pairs.iter().map(|pair| pair.share).fold(1.0, f32::min);
    pairs.retain(|pair| live::drawn(pair.request) < least);
    if let ([only], By::Gain(..)) = (&rules[..], &tunable.by) {
        eprintln!(
            "weir: all pairs come from rule `{only}`: of requests that it does not take nothing is known, so thresholds that take more of \
             them cannot be judged; set `shadow` on the rule that takes them, too"
        );
    }
    anyhow::ensure!(!pairs.is_empty(), "no pair is left at the smallest share, {least}");
    Ok(())
}

/// A pair as a case; what its client told of it counts more than the comparison.
fn case(
    config: &Config,
    store: &SqliteStore,
    pair: &Pair,
    tunable: &Tunable,
) -> anyhow::Result<Recorded> {
    let cost = |at: usize, target: &str| {
        let cost = pair.cost.get(at).copied().flatten();
        let cost = cost.with_context(|| {
            format!(
                "request {}: what `{target}` costs is not known; add its price to `prices`",
                pair.request
            )
        })?;
        anyhow::Ok(cost.as_usd())
    };
    let record = store.find(pair.request, pair.request, 1)?.pop();
    let subject = record.as_ref().and_then(|record| record.task).unwrap_or(pair.request);
    let intent = intent(config, record.as_ref().and_then(|record| record.intent.as_ref()));
    let told = success(&store.feedback(subject)?);
    let [cheap, strong] = corrected(pair, told);
    let cheap = Outcome { success: cheap, cost: cost(0, &pair.cheap)? };
    let strong = Outcome { success: strong, cost: cost(1, &pair.strong)? };
    let (cheap, strong) = tunable.by.paid(cheap, strong);
    let interval = pair.gain.map(|[low, _, high]| [low as f32, high as f32]);
    let score = tunable.by.compared(interval, pair.confidence.map(|sure| sure as f32));
    let (id, category) = (pair.request.to_string(), pair.category.clone());
    Ok(Recorded { id, score, length: pair.length, category, intent, cheap, strong })
}

/// The successes of both targets, where the client told that of the one that answered. Without a judge "alike" is all that is known
/// of the other one, so what is told of an answer holds for one like it.
fn corrected(pair: &Pair, told: Option<f64>) -> [f64; 2] {
    let [cheap, strong] = pair.success;
    match told {
        None => [cheap, strong],
        Some(told) if pair.compared != "judge" && cheap == strong => [told, told],
        Some(told) if pair.strong_answered => [cheap, told],
        Some(told) => [told, strong],
    }
}

#[cfg(test)]
mod tests {
    use super::{corrected, same_scorer};
    use crate::ledger::Pair;
    use uuid::Uuid;

    fn pair(at_us: i64, encoder: &str) -> Pair {
        Pair {
            at_us,
            request: Uuid::nil(),
            rule: "r".to_owned(),
            share: 1.0,
            cheap: "a".to_owned(),
            strong: "b".to_owned(),
            strong_answered: false,
            encoder: encoder.to_owned(),
            gain: None,
            category: None,
            confidence: None,
            length: 1,
            success: [1.0, 1.0],
            cost: [None; 2],
            compared: "exact".to_owned(),
        }
    }

    #[test]
    fn what_a_client_told_holds_for_an_answer_alike() {
        let pair = |compared: &str, cheap: f64, strong_answered| {
            let (compared, success) = (compared.to_owned(), [cheap, 1.0]);
            Pair { compared, success, strong_answered, ..pair(1, "e") }
        };
        for (pair, told, expected) in [
            (pair("exact", 1.0, true), None, [1.0, 1.0]),
            (pair("exact", 1.0, true), Some(0.0), [0.0, 0.0]),
            (pair("embedding", 1.0, false), Some(0.25), [0.25, 0.25]),
            (pair("exact", 0.0, true), Some(0.0), [0.0, 0.0]),
            (pair("exact", 0.0, false), Some(1.0), [1.0, 1.0]),
            (pair("judge", 1.0, true), Some(0.0), [1.0, 0.0]),
            (pair("judge", 1.0, false), Some(0.0), [0.0, 1.0]),
        ] {
            assert_eq!(corrected(&pair, told), expected, "{pair:?}");
        }
    }

    #[test]
    fn pairs_of_another_encoder_are_refused() {
        assert!(same_scorer(&[pair(1, "new"), pair(2, "new")], "new").is_ok());
        let mixed = [pair(1, "old"), pair(2, "old"), pair(1_000_000, "new")];
        let error = same_scorer(&mixed, "new").unwrap_err().to_string();
        assert!(
            error.starts_with("2 of 3 pairs") && error.contains("--since 1970-01-01T00:00:01Z"),
            "{error}"
        );
        let error = same_scorer(&mixed[..1], "new").unwrap_err().to_string();
        assert!(error.contains("by old") && error.contains("wait"), "{error}");
    }
}
