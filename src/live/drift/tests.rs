//! Drift on made-up requests, and the statistics against values worked out by hand or printed in tables.

use super::{Drift, Monitor, Shift, chi_square_survival, g_test, psi};
use crate::chat::GainEstimate;
use crate::config::{Config, GainKey, NO_INTENT, Overrides, Profile, TunedOn};
use crate::telemetry::{self, Metric};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::sync::{Arc, Mutex};

/// A request whose score tends to `hardness`, of a category that goes with it; one of a hundred has no prediction.
fn request(rng: &mut StdRng, hardness: f32) -> Option<GainEstimate> {
    let high = (hardness + 0.3 * rng.random::<f32>()).min(1.0);
    let category = match rng.random_range(0..100) {
        0..2 => "rare",
        2..20 => "any",
        _ if high > hardness + 0.15 => "math",
        _ => "chat",
    };
    rng.random_bool(0.99).then(|| GainEstimate {
        pair: "p".into(),
        cheap: "a".into(),
        strong: "b".into(),
        gain: high - 0.1,
        low: high - 0.2,
        high,
        category: category.into(),
    })
}

fn profile(rng: &mut StdRng, n: usize) -> Arc<Profile> {
    let cases: Vec<Option<GainEstimate>> = (0..n).map(|_| request(rng, 0.0)).collect();
    let key = GainKey::MaxGain;
    let seen: Vec<_> = cases
        .iter()
        .map(Option::as_ref)
        .map(|case| (key.compared(case), case.map(|case| &*case.category)))
        .collect();
    Arc::new(Profile::of(key, &seen))
}

fn monitor(rng: &mut StdRng, n: usize) -> Monitor {
    let window = Mutex::default();
    Monitor { rule: "r".into(), pair: "p".into(), profile: profile(rng, n), window }
}

#[test]
fn requests_like_the_cases_raise_no_alert() {
    for (cases, most) in [(60, 3), (300, 1), (2000, 0)] {
        let mut alarms = 0;
        for seed in 0..150 {
            let mut rng = StdRng::seed_from_u64(seed);
            let monitor = monitor(&mut rng, cases);
            let mut alarm = false;
            for _ in 0..3000 {
                monitor.note(request(&mut rng, 0.0).as_ref(), NO_INTENT);
                alarm |= monitor.lock().found.alert;
            }
            alarms += usize::from(alarm);
            assert_eq!(monitor.lock().requests, 1000, "halved twice");
        }
        assert!(alarms <= most, "{alarms} of 150 with {cases} cases");
    }
}

#[test]
fn harder_requests_raise_one_and_the_usual_ones_end_it() {
    for seed in 0..50 {
        let mut rng = StdRng::seed_from_u64(seed);
        let monitor = monitor(&mut rng, 300);
        for _ in 0..600 {
            monitor.note(request(&mut rng, 0.0).as_ref(), NO_INTENT);
        }
        assert!(!monitor.lock().found.alert);
        for _ in 0..600 {
            monitor.note(request(&mut rng, 0.15).as_ref(), NO_INTENT);
        }
        let found = monitor.lock().found;
        let scores = found.scores.unwrap();
        assert!(found.alert && scores.psi > 0.1 && scores.p < 1e-6, "{found:?}");
        for _ in 0..8000 {
            monitor.note(request(&mut rng, 0.0).as_ref(), NO_INTENT);
        }
        let found = monitor.lock().found;
        assert!(!found.alert, "{found:?}");
    }
}

#[test]
fn a_category_that_no_case_had_is_seen() {
    let mut rng = StdRng::seed_from_u64(1);
    let monitor = monitor(&mut rng, 300);
    for i in 0..400 {
        let mut request = request(&mut rng, 0.0);
        if let (Some(estimate), true) = (&mut request, i % 4 == 0) {
            estimate.category = "new".into();
        }
        monitor.note(request.as_ref(), NO_INTENT);
    }
    let found = monitor.lock().found;
    assert!(found.alert && found.categories.unwrap().psi > 0.1, "{found:?}");
    assert!(found.scores.unwrap().p > 0.001, "the scores are as they were: {found:?}");
}

#[test]
fn other_intents_are_seen_where_the_cases_tell_theirs() {
    let mut rng = StdRng::seed_from_u64(2);
    let mut monitor = monitor(&mut rng, 300);
    let intents: Vec<_> =
        (0..300).map(|i| Some(if i % 3 == 0 { "refund" } else { NO_INTENT })).collect();
    monitor.profile = Arc::new((*monitor.profile).clone().with_intents(&intents));
    for (every, alert) in [(3, false), (1, true)] {
        for i in 0..1500 {
            let intent = if i % every == 0 { "refund" } else { NO_INTENT };
            monitor.note(request(&mut rng, 0.0).as_ref(), intent);
        }
        let found = monitor.lock().found;
        assert_eq!(found.alert, alert, "{found:?}");
        assert_eq!(found.intents.unwrap().matters(), alert, "{found:?}");
    }
}

fn config(profile: &Arc<Profile>) -> Config {
    let yaml = "targets: [{name: gpt, kind: openai, model: m, api_key: none, base_url: 'http://h'}]\n\
                gain: [{cheap: local, strong: gpt, name: p}]\n\
                route: [{name: drift-test, when: {max_gain: 0.1}}]";
    let mut config = Config::from_text(yaml, None, &|_| None, &Overrides::default()).unwrap();
    config.rules[0].tuned = Some(TunedOn { file: "t.json".into(), profile: profile.clone() });
    config
}

#[test]
fn a_reload_keeps_what_is_known_if_the_cases_are_the_same() {
    let mut rng = StdRng::seed_from_u64(1);
    let old = profile(&mut rng, 100);
    let drift = Drift::open(&config(&old), None);
    assert!(drift.standing(1).is_none(), "the rule that is added was not tuned");
    let monitor = drift.0[0].clone().unwrap();
    (0..300).for_each(|_| monitor.note(request(&mut rng, 0.5).as_ref(), NO_INTENT));
    let alert = telemetry::gauge(Metric::DriftAlert, &["drift-test"]);
    let psi = telemetry::gauge(Metric::DriftPsi, &["drift-test", "scores"]);
    drift.refresh_gauges();
    assert!(alert.get() == 1 && psi.get() > 100_000, "{} {}", alert.get(), psi.get());

    let same = Drift::open(&config(&Arc::new((*old).clone())), Some(&drift));
    let standing = same.standing(0).unwrap();
    assert!(standing.requests == 300 && standing.alert, "{standing:?}");
    let shown = serde_json::to_value(standing).unwrap();
    assert!(shown["scores"]["psi"].is_number() && shown["categories"]["p"].is_number(), "{shown}");
    drift.give_way_to(&same);
    assert_eq!(alert.get(), 1);

    let other = Drift::open(&config(&profile(&mut rng, 90)), Some(&drift));
    let shown = serde_json::to_value(other.standing(0).unwrap()).unwrap();
    assert_eq!(shown, serde_json::json!({"requests": 0, "alert": false}));
    drift.give_way_to(&Drift::default());
    assert_eq!((alert.get(), psi.get()), (0, 0));
}

fn near(found: f64, expected: f64) {
    assert!((found / expected - 1.0).abs() < 1e-9, "{found} is not {expected}");
}

#[test]
fn the_index_by_hand() {
    // With half a count more in each cell: shares of 1/2 and 1/2 against 1/4 and 3/4.
    near(psi(&[(49.5, 99.5), (49.5, 299.5)]), 0.25 * 2f64.ln() + 0.25 * 1.5f64.ln());
    assert_eq!(psi(&[(10.0, 20.0), (30.0, 60.0), (0.0, 0.0)][..1]), 0.0);
    assert!(psi(&[(10.0, 0.0), (0.0, 10.0)]).is_finite());
}

#[test]
fn the_test_by_hand() {
    // G = 2 (30 ln 3/2 + 20 ln 2/3 + 10 ln 1/2 + 40 ln 4/3), divided by 1 + (2 + 2 − 1)(100/40 + 100/60 − 1) / (6 · 100).
    let g = 2.0
        * (30.0 * 1.5f64.ln()
            + 20.0 * (2.0f64 / 3.0).ln()
            + 10.0 * 0.5f64.ln()
            + 40.0 * (4.0f64 / 3.0).ln());
    let correction = 1.0 + 3.0 * (100.0 / 40.0 + 100.0 / 60.0 - 1.0) / 600.0;
    let found = g_test(&[(30.0, 10.0), (20.0, 40.0)]);
    near(found, chi_square_survival(1, g / correction));
    near(found, 3.753_990_044_189_7e-5);
    assert_eq!(g_test(&[(10.0, 20.0)]), 1.0, "one cell cannot differ");
    assert_eq!(g_test(&[(10.0, 0.0), (5.0, 0.0)]), 1.0, "nothing to compare with");
    let apart = Shift::between(&[1e6, 0.0], &[0.0, 1e6]);
    assert_eq!(apart.p, 1e-300);
    assert!(apart.matters());
    assert_eq!(Shift::between(&[10.0, 0.0, 0.0], &[7.0]), Shift { psi: 0.0, p: 1.0 });
}

#[test]
fn the_survival_function_as_tables_have_it() {
    for (freedom, x, p) in [
        (1, 3.841_458_820_694_124, 0.05),
        (9, 16.918_977_604_620_448, 0.05),
        (9, 27.877_164_871_256_568, 0.001),
        (2, 10.0, (-5f64).exp()),
        (10, 5.0, 0.891_178_018_914_151_2),
        (9, 100.0, 1.573_517_630_375_394_7e-17),
        (4, 700.0, 351.0 * (-350f64).exp()),
    ] {
        near(chi_square_survival(freedom, x), p);
    }
    for x in [0.0, -1.0, f64::NAN] {
        assert_eq!(chi_square_survival(3, x), 1.0);
    }
    assert_eq!(chi_square_survival(5, 1e9), 0.0);
}
