//! Answers of tiny models with drafts and without: the same, in fewer steps.

use super::*;
use crate::chat::OutputFormat;
use crate::inference::gguf::tiny::{VOCAB, tiny};
use candle_core::quantized::GgmlDType;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A decoder that counts its steps.
struct Counted {
    lm: Decoder,
    steps: Arc<AtomicUsize>,
}

impl CausalLm for Counted {
    fn window(&self) -> usize {
        self.lm.window()
    }
    fn fits(&self, most: usize) -> bool {
        self.lm.fits(most)
    }
    fn has_room(&self, most: usize) -> bool {
        self.lm.has_room(most)
    }
    fn footprint(&self) -> Footprint {
        self.lm.footprint()
    }
    fn open(&mut self, tenant: &Tenant, prompt: &[u32], most: usize) -> (SequenceId, usize) {
        self.lm.open(tenant, prompt, most)
    }
    fn forward(&mut self, parts: &[Part<'_>]) -> Result<&[f32], InferenceError> {
        self.steps.fetch_add(1, Ordering::Relaxed);
        self.lm.forward(parts)
    }
    fn takes_drafts(&self) -> bool {
        self.lm.takes_drafts()
    }
    fn roll_back(&mut self, sequence: SequenceId, n: usize) {
        self.lm.roll_back(sequence, n);
    }
    fn close(&mut self, sequence: SequenceId) {
        self.lm.close(sequence);
    }
}

/// A letter for every token; the last one ends.
struct Letters;

impl Vocabulary for Letters {
    fn size(&self) -> usize {
        VOCAB
    }
    fn encode(&self, prompt: &str) -> Result<Vec<u32>, InferenceError> {
        Ok(prompt.bytes().map(|byte| u32::from(byte - b' ')).collect())
    }
    fn disarm(&self, text: &str) -> String {
        text.to_owned()
    }
    fn bytes(&self, id: u32) -> Vec<u8> {
        if self.is_end(id) { Vec::new() } else { vec![b' ' + id as u8] }
    }
    fn is_end(&self, id: u32) -> bool {
        id as usize + 1 == VOCAB
    }
}

/// What is asked of a model: prompt, temperature, form, stop string, tokens.
#[derive(Clone, Copy)]
struct Case<'a>(&'a str, f64, Option<&'a str>, &'a str, usize);

/// What came of it.
#[derive(Debug, PartialEq)]
struct Told {
    /// Text, log-probabilities and end of each answer.
    answers: Vec<(String, Vec<TokenLogprob>, Option<Step>)>,
    /// Bytes that the cache keeps.
    kept: usize,
}

/// All cases at once; what they gave, the steps, and the drafts.
fn tell(file: &[u8], cases: &[Case<'_>], seed: u64, drafts: bool) -> (Told, usize, Drafts) {
    let steps = Arc::new(AtomicUsize::new(0));
    let lm = Decoder::load(&mut Gguf::read(Cursor::new(file)).unwrap(), None, 64 << 20).unwrap();
    let lm = Counted { lm, steps: Arc::clone(&steps) };
    let mut engine = Engine::new(Box::new(lm), Box::new(Letters));
    engine.drafting = drafts;
    for Case(prompt, temperature, form, stop, max_tokens) in cases {
        let ask = Ask {
            prompt: Letters.encode(prompt).unwrap(),
            sampler: Sampler::new(*temperature, 0.95, seed),
            stops: StopBuffer::new(&[(*stop).to_owned()]),
            max_tokens: *max_tokens,
            format: form.map(|form| OutputFormat::Regex(form.to_owned())),
            first_by: None,
            logprobs: Some(2),
        };
        assert!(matches!(engine.begin(&None, ask), Ok(Begun::Started { .. })));
    }
    let mut answers = vec![(String::new(), Vec::new(), None); cases.len()];
    while !engine.streams.is_empty() {
        engine.step(&mut |stream, step| {
            let own = &mut answers[stream.0 as usize];
            match step {
                Step::Text(text, logprobs) => {
                    own.0.push_str(&text);
                    own.1.extend(logprobs);
                }
                Step::Tick => {}
                end => own.2 = Some(end),
            }
            true
        });
    }
    let told = Told { answers, kept: engine.lm.footprint().kept };
    (told, steps.load(Ordering::Relaxed), engine.drafts)
}

const PROMPT: &str = "the cat sat on the mat, the cat sat on the hat, the cat sat on ";

#[test]
fn answers_are_the_same_with_and_without_drafts() {
    let mut all = Drafts::default();
    for architecture in ["llama", "qwen3", "gemma3", "phi3"] {
        let file = tiny(architecture, GgmlDType::Q4_1, false);
        for seed in 0..4 {
            for temperature in [0.0, 1.0, 4.0, 10.0] {
                for case in [
                    Case(PROMPT, temperature, None, "", 90),
                    Case(PROMPT, temperature, None, "the", 90),
                    Case(
                        "the cat sat; the dog sat; ",
                        temperature,
                        Some("(the [cdf]at sat ){1,9}"),
                        "",
                        70,
                    ),
                    Case("!", temperature, None, "", 120),
                ] {
                    let (with, fewer, drafts) = tell(&file, &[case], seed, true);
                    let (without, steps, none) = tell(&file, &[case], seed, false);
                    assert_eq!(with, without, "{architecture} {seed} {temperature}");
                    assert_eq!(fewer + drafts.right, steps);
                    assert_eq!(none, Drafts::default());
                    all.wrong += drafts.wrong;
                    all.right += drafts.right;
                }
            }
        }
    }
    assert!(all.right > 500 && all.wrong > 100, "{all:?}");
}

#[test]
fn a_text_that_repeats_takes_a_fraction_of_the_steps() {
    let file = tiny("llama", GgmlDType::Q4_1, false);
    const LINE: usize = "a line that comes again and again, ".len();
    let repeated = Some("(a line that comes again and again, ){4}");
    let (told, steps, drafts) = tell(&file, &[Case("x", 0.0, repeated, "", 400)], 0, true);
    let n = told.answers[0].1.len();
    assert_eq!(n, 4 * LINE);
    // The first time there is nothing to draft from; later a step takes several tokens.
    assert!(steps < LINE + 3 * LINE / 3, "{steps} steps for {n} tokens");
    assert!(drafts.right > 4 * drafts.wrong, "{drafts:?}");
    // Nothing repeats: no step has a row too many.
    let (_, steps, drafts) =
        tell(&file, &[Case("!", 0.0, Some("abcdefghijklmnop"), "", 99)], 0, true);
    assert_eq!((steps, drafts), (16, Drafts::default()));
}

#[test]
fn answers_beside_each_other_are_the_same_too() {
    let file = tiny("qwen2", GgmlDType::Q8_0, false);
    let repeated = Some("(a line that comes again and again, ){4}");
    let cases = [
        Case("x", 0.0, repeated, "", 400),
        Case(PROMPT, 0.7, None, "", 60),
        Case("a hat, a cat, a hat, a ", 0.0, None, "sat", 60),
    ];
    let (with, fewer, drafts) = tell(&file, &cases, 3, true);
    let (without, steps, _) = tell(&file, &cases, 3, false);
    assert_eq!(with, without);
    assert!(fewer < steps && drafts.right > 0, "{fewer} of {steps} steps, {drafts:?}");
}
