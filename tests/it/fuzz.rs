//! Replays the fuzzer's corpus, and a few thousand mutations of it that are the same in every run.

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use std::path::Path;

#[path = "../fuzz/targets.rs"]
mod targets;

const MUTATIONS: usize = 20_000;

#[test]
fn the_corpus_and_its_neighbours_hold() {
    for (name, target) in targets::ALL {
        let inputs = corpus(name);
        assert!(inputs.len() >= 4, "{name} has {} inputs", inputs.len());
        inputs.iter().for_each(|input| holds(name, target, input));
        let mut random = StdRng::seed_from_u64(7);
        for _ in 0..MUTATIONS {
            holds(name, target, &mutated(&inputs, &mut random));
        }
    }
}

/// Runs a target; if it fails, says on which input.
fn holds(name: &str, target: fn(&[u8]), input: &[u8]) {
    if std::panic::catch_unwind(|| target(input)).is_err() {
        panic!("{name} fails on b\"{}\"", input.escape_ascii());
    }
}

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus").join(name);
    let mut files: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| std::fs::read(file).unwrap()).collect()
}

/// An input with a few bytes changed, cut out or doubled, or with the end of another one.
fn mutated(inputs: &[Vec<u8>], random: &mut StdRng) -> Vec<u8> {
    let mut input = inputs.choose(random).unwrap().clone();
    for _ in 0..random.random_range(1..5) {
        let (a, b) = (random.random_range(0..=input.len()), random.random_range(0..=input.len()));
        let (from, to) = (a.min(b), a.max(b).min(a.min(b) + 12));
        match random.random_range(0..5) {
            0 if a < input.len() => input[a] = random.random(),
            1 => drop(input.drain(from..to)),
            2 => {
                let piece = input[from..to].to_vec();
                input.splice(a..a, piece);
            }
            3 => {
                let other = inputs.choose(random).unwrap();
                let at = random.random_range(0..=other.len());
                input.truncate(a);
                input.extend_from_slice(&other[at..]);
            }
            _ => {
                let byte = *b"\"\\{}[]:,<>_\n\r 0@-".choose(random).unwrap();
                input.insert(a, byte);
            }
        }
    }
    input
}
