//! The predictor on made-up worlds whose gains are known.

use super::{Example, FitError, FitOptions, GainFileError, GainModel, Seen, fit};
use crate::chat::TASKS;
use crate::inference::{EdgePack, Reading};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::sync::Arc;

const WIDTH: usize = 24;

fn reading(embedding: Vec<f32>, task: usize) -> Reading {
    let tasks = (0..TASKS.len()).map(|at| if at == task { 0.89 } else { 0.01 }).collect();
    Reading {
        entities: Vec::new(),
        embedding,
        injection: None,
        tasks,
        gain: vec![0.1; 4],
        keep: Vec::new(),
        n_tokens: 3,
    }
}

/// Texts of three kinds; the gain of kind 0 is 0, of kind 1 0.5, of kind 2 it hangs on one direction.
fn world(n: usize, seed: u64, named: bool) -> Vec<(Example, f32)> {
    let mut rng = StdRng::seed_from_u64(seed);
    let example = |_| {
        let kind = rng.random_range(0..3usize);
        let mut x: Vec<f32> = (0..WIDTH).map(|_| rng.random_range(-0.5..0.5)).collect();
        x[kind] += 2.0;
        let gain = [0.0, 0.5, 0.3 + 0.6 * x[5]][kind];
        let (a, b): (f32, f32) = (rng.random(), rng.random());
        let cheap = f32::from(u8::from(a < 0.4));
        let strong = if a < 0.4 { 1.0 } else { f32::from(u8::from(b < gain / 0.6)) };
        let seen = Seen::of("some text", &reading(x, kind));
        let category = named.then(|| Arc::from(["easy", "hard", "mixed"][kind]));
        (Example { seen, cheap, strong, category }, gain.clamp(0.0, 0.6))
    };
    (0..n).map(example).collect()
}

fn options() -> FitOptions {
    FitOptions {
        cheap: "small".into(),
        strong: "large".into(),
        gain_features: false,
        seed: 7,
        encoder: "pack@1".to_owned(),
        data_sha256: "00".to_owned(),
    }
}

fn fitted(n: usize, named: bool) -> GainModel {
    let examples: Vec<Example> =
        world(n, 1, named).into_iter().map(|(example, _)| example).collect();
    fit(&examples, &options()).expect("a fit")
}

#[test]
fn learns_table_and_rest() {
    let model = fitted(3000, true);
    let row =
        |name: &str| model.table.rows.iter().find(|row| &*row.name == name).expect("a row").gain;
    assert!(row("easy").abs() < 0.05 && (row("hard") - 0.5).abs() < 0.06, "{:?}", model.table);
    let fresh = world(2000, 2, true);
    let (mut error, mut covered) = (0.0, 0);
    for (example, gain) in &fresh {
        let said = model.predict(&example.seen).expect("a prediction");
        assert!(
            said.low <= said.gain && said.gain <= said.high && said.low >= -1.0 && said.high <= 1.0
        );
        error += (said.gain - gain).powi(2) / 2000.0;
        covered += usize::from(said.low <= *gain && *gain <= said.high);
    }
    assert!(error.sqrt() < 0.09, "root mean square error {}", error.sqrt());
    assert!(covered > 1500, "{covered} of 2000 true gains lie within");
}

#[test]
fn few_data_mean_wide_intervals() {
    let width = |n: usize| {
        let (model, fresh) = (fitted(n, true), world(200, 3, true));
        let said = fresh.iter().filter_map(|(example, _)| model.predict(&example.seen));
        said.map(|said| said.high - said.low).sum::<f32>() / 200.0
    };
    let (few, many) = (width(40), width(3000));
    assert!(few > 2.5 * many, "{few} {many}");
}

#[test]
fn without_categories_the_task_types_are_the_table() {
    let model = fitted(600, false);
    let names: Vec<&str> = model.table.rows.iter().map(|row| &*row.name).collect();
    assert_eq!(names, TASKS);
    let (example, _) = &world(1, 4, false)[0];
    let said = model.predict(&example.seen).expect("a prediction");
    assert!(TASKS[..3].contains(&&*said.category));
}

#[test]
fn same_data_same_model_and_the_file_keeps_it() {
    let model = fitted(400, true);
    assert_eq!(model, fitted(400, true));
    let text = model.to_json().expect("a file");
    let read = GainModel::from_json(&text, "pack@1").expect("a model");
    assert_eq!(read.to_json().expect("a file"), text);
    for (example, _) in world(50, 5, true) {
        let (a, b) = (model.predict(&example.seen), read.predict(&example.seen));
        let (a, b) = (a.expect("one"), b.expect("one"));
        assert!((a.gain - b.gain).abs() < 1e-4 && (a.high - b.high).abs() < 1e-4, "{a:?} {b:?}");
    }
}

#[test]
fn an_operator_fixes_a_row() {
    let mut model = fitted(1000, true);
    let hard = model.table.rows.iter_mut().find(|row| &*row.name == "hard").expect("a row");
    hard.fixed = Some(-0.2);
    let text = model.to_json().expect("a file");
    assert!(text.contains("\"override\":-0.2"));
    let model = GainModel::from_json(&text, "pack@1").expect("a model");
    for (example, _) in world(200, 6, true) {
        let said = model.predict(&example.seen).expect("a prediction");
        if &*said.category == "hard" {
            assert!(said.gain < 0.0 && said.high - said.low < 0.1, "{said:?}");
        }
    }
    let text = text.replace("\"override\":-0.2", "\"override\":2");
    let error = GainModel::from_json(&text, "pack@1").expect_err("no gain is 2");
    assert!(error.to_string().contains("`hard`"), "{error}");
}

#[test]
fn what_cannot_be_fitted_or_read_says_why() {
    let examples: Vec<Example> =
        world(40, 1, true).into_iter().map(|(example, _)| example).collect();
    assert_eq!(fit(&examples[..5], &options()), Err(FitError::TooFew(5)));
    let same: Vec<Example> = examples
        .iter()
        .cloned()
        .map(|example| Example { cheap: 1.0, strong: 1.0, ..example })
        .collect();
    assert_eq!(fit(&same, &options()), Err(FitError::OneClass));
    let text = fitted(40, true).to_json().expect("a file");
    let error = GainModel::from_json(&text, "pack@2").expect_err("another encoder");
    assert!(
        matches!(&error, GainFileError::Encoder { .. })
            && error.to_string().contains("fit it again")
    );
    let cut = text.replace("\"format\": \"weir-gain 1\"", "\"format\": \"weir-gain 0\"");
    assert!(matches!(GainModel::from_json(&cut, "pack@1"), Err(GainFileError::Form(_))));
    assert!(matches!(GainModel::from_json("{}", "pack@1"), Err(GainFileError::Form(_))));
    let mut short = examples[0].clone();
    short.seen = Seen::of("x", &reading(vec![0.0; 3], 0));
    assert_eq!(fitted(40, true).predict(&short.seen), None);
}

#[test]
fn the_predictor_in_the_binary_is_of_this_pack() {
    let model = GainModel::embedded(&EdgePack::embedded_name().expect("a name")).expect("a model");
    let pack = EdgePack::embedded().expect("a pack");
    assert!(pack.id().starts_with(&model.provenance.encoder));
    let said = |text: &str| {
        let reading = pack.read(text).expect("a reading");
        model.predict(&Seen::of(text, &reading)).expect("a prediction")
    };
    let proof = said(
        "Let G be a group of order 48 that acts on a set of 5 elements. Which of the following must hold?\nA. The \
         action is transitive\nB. Some element acts trivially\nC. G is abelian\nD. G is simple",
    );
    let greeting = said("hello, how are you?");
    for one in [&proof, &greeting] {
        assert!(one.low < one.gain && one.gain < one.high && one.high - one.low < 1.0, "{one:?}");
    }
    assert!(proof.gain > 0.0, "{proof:?}");
}
