//! Samples keep share, weights and seed; what people say of them leads back to all cases.

use super::{Item, Plan, Review, ReviewError, SampleError, Verdicts, judged, sample};
use crate::eval::result::CaseResult;
use std::collections::BTreeMap;

/// 300 cases: a fifth on money, a tenth untagged, the rest on shipping; every tenth failed.
fn cases() -> Vec<CaseResult> {
    let flow = |at: usize| match at % 10 {
        0 | 1 => Some("money"),
        2 => None,
        _ => Some("shipping"),
    };
    let case = |at: usize| CaseResult {
        id: format!("case-{at}"),
        pass: at % 10 != 5,
        tags: flow(at).map(|it| ("flow".to_owned(), it.to_owned())).into_iter().collect(),
        ..CaseResult::default()
    };
    (0..300).map(case).collect()
}

fn plan(share: f64, weights: &[(&str, f64)], failed: f64, seed: u64) -> Plan {
    let weights = weights.iter().map(|(name, weight)| ((*name).to_owned(), *weight)).collect();
    Plan { share, by: Some("flow".to_owned()), weights, failed, seed }
}

#[test]
fn share_and_weights_hold_over_seeds() {
    let cases = cases();
    let weights = [("money", 3.0), ("none", 0.5)];
    // 60 of weight 3, 30 of ½, 180 of 1, 30 failed of 2: the factor is 60 / (180 + 15 + 180 + 60).
    let factor = 60.0 / 435.0;
    let expected = |case: &CaseResult| {
        factor
            * match case.tags.get("flow").map(String::as_str) {
                Some("money") => 3.0,
                None => 0.5,
                Some(_) if !case.pass => 2.0,
                Some(_) => 1.0,
            }
    };
    let mut times: BTreeMap<String, f64> = BTreeMap::new();
    let seeds = 400;
    for seed in 0..seeds {
        let (draws, strata) = sample(&cases, &plan(0.2, &weights, 2.0, seed)).unwrap();
        assert_eq!(draws.len(), 60, "a fifth of 300, whatever the weights");
        for draw in &draws {
            assert!((draw.probability - expected(draw.case)).abs() < 1e-9, "{draw:?}");
            *times.entry(draw.case.id.clone()).or_default() += 1.0;
        }
        let drawn = |name: &str| strata.iter().find(|it| it.name == name).unwrap().drawn as f64;
        for (name, n) in [("money", 180.0), ("none", 15.0), ("shipping", 240.0)] {
            assert!((drawn(name) - n * factor).abs() <= 1.0, "{name}: {}", drawn(name));
        }
    }
    for case in &cases {
        let rate = times.get(&case.id).copied().unwrap_or(0.0) / f64::from(seeds as u32);
        // Five standard deviations of a share over 400 draws.
        let p = expected(case);
        let slack = 5.0 * (p * (1.0 - p) / f64::from(seeds as u32)).sqrt();
        assert!((rate - p).abs() < slack, "{}: {rate} is not {p}", case.id);
    }
}

#[test]
fn probabilities_are_capped_and_still_add_up() {
    let cases = cases();
    for (share, failed) in [(0.2, 1.0), (0.5, 50.0), (0.9, 3.0), (1.0, 7.0), (0.001, 1.0)] {
        for seed in 0..50 {
            let (draws, _) =
                sample(&cases, &plan(share, &[("money", 100.0)], failed, seed)).unwrap();
            let size = (share * 300.0).round().max(1.0) as usize;
            assert_eq!(draws.len(), size, "share {share}, seed {seed}");
            assert!(draws.iter().all(|it| it.probability > 0.0 && it.probability <= 1.0));
            if share == 0.5 {
                let certain = draws.iter().filter(|it| it.probability >= 1.0).count();
                assert_eq!(certain, 90, "60 on money and 30 that failed are drawn for sure");
            }
        }
    }
}

#[test]
fn a_seed_draws_the_same_and_another_one_others() {
    let cases = cases();
    let ids = |seed| {
        let (draws, _) = sample(&cases, &plan(0.2, &[("money", 3.0)], 1.0, seed)).unwrap();
        draws.iter().map(|it| it.case.id.clone()).collect::<Vec<_>>()
    };
    assert_eq!(ids(7), ids(7));
    assert_ne!(ids(7), ids(8));
}

#[test]
fn a_plan_that_cannot_be_drawn_is_told() {
    let cases = cases();
    let refused = |plan: &Plan| sample(&cases, plan).unwrap_err().to_string();
    assert!(refused(&plan(0.0, &[], 1.0, 1)).contains("--share is above 0"));
    assert!(refused(&plan(f64::NAN, &[], 1.0, 1)).contains("--share"));
    assert!(refused(&plan(0.2, &[("money", 0.0)], 1.0, 1)).contains("the weight of `money`"));
    assert!(refused(&plan(0.2, &[], -1.0, 1)).contains("the weight of `failed`"));
    let stranger = refused(&plan(0.2, &[("monney", 2.0)], 1.0, 1));
    assert_eq!(stranger, "there is no stratum `monney` (strata: money, none, shipping)");
    let other = Plan { by: Some("tier".to_owned()), ..plan(0.2, &[], 1.0, 1) };
    assert_eq!(refused(&other), "no case has the tag `tier` (tags: flow)");
    let bare = Plan { by: None, ..plan(0.2, &[("money", 2.0)], 1.0, 1) };
    assert_eq!(sample(&cases, &bare).unwrap_err(), SampleError::NoTag);
    assert_eq!(sample(&[], &plan(0.2, &[], 1.0, 1)).unwrap_err(), SampleError::Empty);
}

fn item(id: &str, probability: f64, checks: bool, human: Option<bool>) -> Item {
    Item {
        id: id.to_owned(),
        stratum: "all".to_owned(),
        probability,
        automated: Verdicts { pass: checks, steps: Vec::new() },
        target: None,
        input: serde_json::Value::Null,
        answer: serde_json::Value::Null,
        review: Review { pass: human, note: String::new() },
    }
}

#[test]
fn agreement_kappa_and_the_corrected_rate_are_those_of_a_hand_computed_example() {
    // 20 items: both pass 10, both fail 5, checks alone pass 3, people alone pass 2; one more nobody looked at.
    let verdicts = [(true, true, 10), (false, false, 5), (true, false, 3), (false, true, 2)];
    let pairs: Vec<(bool, bool)> = verdicts
        .iter()
        .flat_map(|(checks, human, n)| std::iter::repeat_n((*checks, *human), *n))
        .collect();
    let case = |(at, (pass, _)): (usize, &(bool, bool))| CaseResult {
        id: at.to_string(),
        pass: *pass,
        ..CaseResult::default()
    };
    let mut cases: Vec<CaseResult> = pairs.iter().enumerate().map(case).collect();
    cases.push(CaseResult { id: "20".to_owned(), pass: true, ..CaseResult::default() });
    // What passed was drawn with ¼, what failed with ½.
    let probability = |checks| if checks { 0.25 } else { 0.5 };
    let mut items: Vec<(usize, Item)> = pairs
        .iter()
        .enumerate()
        .map(|(at, (checks, human))| {
            (at + 1, item(&at.to_string(), probability(*checks), *checks, Some(*human)))
        })
        .collect();
    items.push((21, item("20", 0.25, true, None)));
    let figures = judged(&items, &cases, 1).unwrap();
    assert_eq!((figures.n_drawn, figures.n_reviewed), (21, 20));
    let near = |found: Option<f64>, expected: f64| {
        assert!((found.unwrap() - expected).abs() < 1e-9, "{found:?} is not {expected}");
    };
    near(figures.agreement.value, 0.75);
    // Wilson's interval of 15 of 20.
    assert!((figures.agreement.low.unwrap() - 0.5313).abs() < 1e-3);
    assert!((figures.agreement.high.unwrap() - 0.8881).abs() < 1e-3);
    // By chance: 13/20 · 12/20 + 7/20 · 8/20 = 0.53.
    near(figures.kappa, (0.75 - 0.53) / 0.47);
    near(figures.automated_success.value, 14.0 / 21.0);
    // Weights 4 and 2: (10 · 4 + 2 · 2) / (13 · 4 + 7 · 2).
    near(figures.corrected_success.value, 44.0 / 66.0);
    let (low, high) =
        (figures.corrected_success.low.unwrap(), figures.corrected_success.high.unwrap());
    assert!(low < 0.55 && high > 0.75, "{low} {high}");
    assert_eq!((figures.passed_wrongly.len(), figures.failed_wrongly.len()), (3, 2));
    assert_eq!(figures.passed_wrongly[0], "15");

    let refused = |items: &[(usize, Item)]| judged(items, &cases, 1).unwrap_err();
    let one = |item: Item| [(4, item)];
    assert_eq!(refused(&one(item("0", 0.5, true, None))), ReviewError::Nothing);
    let unknown = refused(&one(item("zz", 0.5, true, None)));
    assert_eq!(unknown, ReviewError::Unknown(4, "zz".to_owned()));
    assert_eq!(refused(&one(item("0", 0.5, false, None))), ReviewError::Other(4, "0".to_owned()));
    assert!(matches!(refused(&one(item("0", 0.0, true, None))), ReviewError::Probability(4, _)));
    let twice = [(1, item("0", 0.5, true, None)), (2, item("0", 0.5, true, None))];
    assert_eq!(refused(&twice), ReviewError::Twice(2, "0".to_owned()));
}

#[test]
fn a_review_that_agrees_in_all_is_not_sure_of_all() {
    let cases: Vec<CaseResult> = cases().into_iter().filter(|case| case.pass).collect();
    let (draws, _) = sample(&cases, &plan(0.1, &[], 1.0, 1)).unwrap();
    let reviewed = draws
        .iter()
        .enumerate()
        .map(|(at, draw)| (at + 1, item(&draw.case.id, draw.probability, true, Some(true))));
    let figures = judged(&reviewed.collect::<Vec<_>>(), &cases, 1).unwrap();
    assert_eq!((figures.agreement.value, figures.kappa), (Some(1.0), None));
    assert_eq!(figures.corrected_success.value, Some(1.0));
    assert!(figures.corrected_success.low.unwrap() < 0.9, "27 cases cannot tell that");
}

#[test]
fn a_corrected_rate_comes_close_to_the_truth_where_the_sample_is_skewed() {
    let cases = cases();
    // People say that all of money is wrong, which the checks missed.
    let truth =
        |case: &CaseResult| case.pass && case.tags.get("flow").map(String::as_str) != Some("money");
    let true_rate = cases.iter().filter(|case| truth(case)).count() as f64 / 300.0;
    let (mut sum, mut covered, mut naive) = (0.0, 0, 0.0);
    for seed in 0..100 {
        let (draws, _) = sample(&cases, &plan(0.2, &[("money", 4.0)], 1.0, seed)).unwrap();
        let reviewed: Vec<(usize, Item)> = draws
            .iter()
            .map(|it| (1, item(&it.case.id, it.probability, it.case.pass, Some(truth(it.case)))))
            .collect();
        let figure = judged(&reviewed, &cases, seed).unwrap().corrected_success;
        sum += figure.value.unwrap();
        naive += draws.iter().filter(|it| truth(it.case)).count() as f64 / draws.len() as f64;
        covered +=
            usize::from(figure.low.unwrap() <= true_rate && true_rate <= figure.high.unwrap());
    }
    assert!((sum / 100.0 - true_rate).abs() < 0.01, "{} is not {true_rate}", sum / 100.0);
    assert!(covered >= 95, "{covered} of 100 intervals hold the truth");
    assert!(true_rate - naive / 100.0 > 0.15, "unweighted it would be far off: {}", naive / 100.0);
}
