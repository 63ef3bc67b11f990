//! Thresholds on made-up cases whose gains are known.

use super::report::{Origin, html};
use super::{Objective, Outcome, Recorded, TuneError, tune};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// Cases whose score is the true gain, give or take.
fn cases(n: usize, seed: u64) -> Vec<Recorded> {
    let mut rng = StdRng::seed_from_u64(seed);
    (0..n)
        .map(|i| {
            let hard: f64 = rng.random();
            let mut outcome = |p: f64, cost: f64| Outcome {
                success: f64::from(u8::from(rng.random_bool(p))),
                cost,
            };
            let (cheap, strong) =
                (outcome(0.9 - 0.7 * hard, 0.001), outcome(0.92 - 0.1 * hard, 0.02));
            let score = (0.02 + 0.6 * hard).clamp(-1.0, 1.0);
            let (id, length) = (format!("case-{i}"), 10 + (i % 7) as u32);
            Recorded { id, score, length, category: None, intent: None, cheap, strong }
        })
        .collect()
}

fn wishes(texts: &[&str]) -> Vec<Objective> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

#[test]
fn a_promise_is_broken_no_more_often_than_it_says() {
    let wishes = wishes(&["success >= baseline - 0.05 @ 90%"]);
    let fresh = cases(40_000, 1);
    let truth = |threshold: f64| {
        let lost =
            |case: &Recorded| case.strong.success - case.routed(case.score >= threshold).success;
        fresh.iter().map(lost).sum::<f64>() / fresh.len() as f64
    };
    let (mut broken, mut saved) = (0, 0.0);
    for seed in 0..100 {
        let tuned = tune(&cases(800, 100 + seed), &wishes, None, seed).unwrap();
        let Some(threshold) = tuned.threshold else { continue };
        broken += usize::from(truth(threshold) > 0.05);
        saved += 1.0 - tuned.chosen.unwrap().strong_share;
    }
    assert!(broken <= 14, "{broken} of 100");
    assert!(saved > 10.0, "{saved} of 100 requests are kept from the stronger target");
}

#[test]
fn wishes_from_both_sides_meet_or_say_why_not() {
    let cases = cases(4000, 2);
    let both =
        tune(&cases, &wishes(&["success >= baseline - 0.1", "strong_share <= 0.8"]), Some(0.1), 1)
            .unwrap();
    let chosen = both.chosen.unwrap();
    assert!(chosen.strong_share <= 0.8 && both.objectives.iter().all(|it| it.met), "{both:?}");
    let change = both.change.unwrap();
    assert_eq!(change.to_strong, 0, "{change:?}");
    assert!(change.to_cheap > 0 && change.cost_per_task.high < 0.0, "{change:?}");
    let share = tune(&cases, &wishes(&["strong_share <= 0.3"]), None, 1).unwrap().chosen.unwrap();
    assert!((0.2..=0.3).contains(&share.strong_share), "{share:?}");
    let cost = tune(&cases, &wishes(&["cost_per_task <= 0.01"]), None, 1).unwrap().chosen.unwrap();
    assert!((0.008..=0.01).contains(&cost.cost_per_task), "{cost:?}");
    let never = tune(&cases, &wishes(&["success >= 0.99"]), None, 1).unwrap();
    let why = never.objectives[0].why.clone().unwrap();
    assert!(
        never.threshold.is_none() && why.contains("The best that there is: success >= 0.8"),
        "{why}"
    );
    let apart =
        tune(&cases, &wishes(&["success >= baseline - 0.02", "strong_share <= 0.05"]), None, 1)
            .unwrap();
    assert!(apart.threshold.is_none() && apart.objectives.iter().all(|it| it.met), "{apart:?}");
}

#[test]
fn few_cases_promise_little_and_say_how_many_it_takes() {
    let few = tune(&cases(40, 3), &wishes(&["success >= baseline - 0.02"]), None, 1).unwrap();
    let why = few.objectives[0].why.clone().unwrap();
    assert!(few.threshold.is_none() && why.contains("too few cases"), "{why}");
    assert!(why.contains("success >= baseline - 0."), "{why}");
}

#[test]
fn curves_lie_between_chance_and_the_oracle() {
    let cases = cases(3000, 4);
    let tuned = tune(&cases, &wishes(&["strong_share <= 0.5"]), None, 1).unwrap();
    let apgr =
        |name: &str| tuned.curves.iter().find(|curve| curve.name == name).unwrap().apgr.unwrap();
    assert!((apgr("chance") - 0.5).abs() < 1e-6, "{}", apgr("chance"));
    assert!(apgr("oracle") > apgr("score") && apgr("score") > 0.6, "{}", apgr("score"));
    assert!((apgr("prompt length") - 0.5).abs() < 0.1);
    for curve in &tuned.curves {
        let shares: Vec<f64> = curve.points.iter().map(|point| point.strong_share).collect();
        assert!(
            shares.is_sorted() && shares[0] == 0.0 && (shares[shares.len() - 1] - 1.0).abs() < 1e-9
        );
    }
    assert!(!tuned.worst.is_empty() && tuned.worst.iter().all(|mistake| mistake.lost > 0.0));
    assert_eq!(tuned, tune(&cases, &wishes(&["strong_share <= 0.5"]), None, 1).unwrap());
}

#[test]
fn cases_that_say_nothing_are_refused() {
    let wishes = wishes(&["strong_share <= 0.5"]);
    assert_eq!(tune(&[], &wishes, None, 1).unwrap_err(), TuneError::NoCases);
    let mut same = cases(50, 5);
    same.iter_mut().for_each(|case| case.strong.success = case.cheap.success);
    assert_eq!(tune(&same, &wishes, None, 1).unwrap_err(), TuneError::OneClass(50));
    let mut bad = cases(50, 5);
    bad[7].score = f64::NAN;
    assert!(
        matches!(tune(&bad, &wishes, None, 1).unwrap_err(), TuneError::BadCase(id, _) if id == "case-7")
    );
}

/// The page draws every curve, names what it rests on, and cannot be taken over by a name.
#[test]
fn the_page_is_whole_and_escapes_names() {
    let cases = cases(500, 6);
    let tuned =
        tune(&cases, &wishes(&["success >= baseline - 0.1", "success >= 0.999"]), Some(0.0), 1)
            .unwrap();
    let origin = Origin {
        rule: "<script>".to_owned(),
        cheap: "small".to_owned(),
        strong: "large".to_owned(),
        cases: "suite.jsonl".to_owned(),
        cases_hash: "00".to_owned(),
        config_hash: "11".to_owned(),
        at: "2026-01-01T00:00:00Z".to_owned(),
        above: "a predicted gain of at least",
        sign: 1.0,
    };
    let page = html(&tuned, &origin).unwrap();
    assert!(!page.contains("<script>") && page.contains("&lt;script&gt;"));
    assert_eq!(page.matches("<polyline").count(), 8);
    assert!(
        page.contains("No threshold meets all") && page.contains("The best that there is"),
        "{page}"
    );
    let met = tune(&cases, &wishes(&["success >= baseline - 0.1"]), Some(0.0), 1).unwrap();
    let page = html(&met, &origin).unwrap();
    assert_eq!(page.matches("<circle").count(), 4);
    assert!(
        page.contains("What changes") && page.contains("case-") && !page.contains("NaN"),
        "{page}"
    );
    if let Some(path) = std::env::var_os("WEIR_TUNE_PAGE") {
        std::fs::write(path, page).unwrap();
    }
}
