//! What a reading by the edge pack costs, and what its heads add to the bare encoder: `cargo bench --bench edge`.
//!
//! `all heads` is `EdgePack::read`, `encoder` is `EdgePack::embed` (the same trunk, embedding only), turn by turn in one
//! process on one core and on all; tokenizing is in both. Options behind `--`: `--rounds N` (40).

#![expect(clippy::print_stdout, reason = "this is where the table goes")]

#[path = "support/args.rs"]
mod args;
#[path = "support/stat.rs"]
mod stat;

use std::time::Instant;
use weir::inference::{EdgePack, InferenceError};

/// Something with names, numbers and plain words, repeated to length.
const TEXT: &str = "Please ask Maria Jensen in Aarhus whether order 4417 was paid, and why the second parcel came back. ";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().collect();
    let rounds = args::option(&args, "--rounds").unwrap_or(40);
    let pack = EdgePack::embedded()?;
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    println!("tokens  cores  encoder p50 ms  all heads p50 ms  ratio");
    for threads in [1, cores] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
        for bytes in [60, 260, 540, 1080, 4300] {
            let text: String = TEXT.chars().cycle().take(bytes).collect();
            let (tokens, encoder, heads) = pool.install(|| measure(&pack, &text, rounds))?;
            let ratio = heads / encoder;
            println!("{tokens:>6}  {threads:>5}  {encoder:>14.2}  {heads:>16.2}  {ratio:>5.3}");
        }
    }
    Ok(())
}

/// Tokens, and the medians of encoder and of all heads in milliseconds.
fn measure(
    pack: &EdgePack,
    text: &str,
    rounds: usize,
) -> Result<(usize, f64, f64), InferenceError> {
    let (mut encoder, mut heads, mut tokens) = (Vec::new(), Vec::new(), 0);
    for round in 0..rounds + 3 {
        let begun = Instant::now();
        let embedding = pack.embed(text)?;
        let middle = Instant::now();
        let reading = pack.read(text)?;
        let end = Instant::now();
        tokens = reading.n_tokens;
        assert_eq!(embedding, reading.embedding, "the encoder and the heads disagree");
        // The first rounds warm up.
        if round >= 3 {
            encoder.push((middle - begun).as_secs_f64() * 1e3);
            heads.push((end - middle).as_secs_f64() * 1e3);
        }
    }
    Ok((tokens, stat::quantile(encoder, 0.5), stat::quantile(heads, 0.5)))
}
