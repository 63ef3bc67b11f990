//! The loop from prompts to answers with a model that answers as told.

use super::*;

/// A model that answers every prompt with the tokens that the prompt's first token stands for; token 0 ends.
#[derive(Default)]
struct Script {
    answers: Vec<Vec<u32>>,
    /// Prompt and answer so far.
    sequences: Vec<Vec<u32>>,
    /// Lengths of prompts.
    prompts: Vec<usize>,
    /// Tokens of every step.
    steps: Vec<usize>,
    open: usize,
    most_open: usize,
    logits: Vec<f32>,
    broken: bool,
    /// Whether it takes drafts, and what it was told to forget.
    drafts: bool,
    forgotten: usize,
}

/// A script whose state a test can look into while an engine has it.
struct Shared(Arc<std::sync::Mutex<Script>>, Vec<f32>);

impl CausalLm for Shared {
    fn window(&self) -> usize {
        16
    }
    fn fits(&self, most: usize) -> bool {
        most < 16
    }
    fn has_room(&self, _: usize) -> bool {
        let script = self.0.lock().unwrap();
        script.open < script.most_open
    }
    fn footprint(&self) -> Footprint {
        Footprint::default()
    }
    fn open(&mut self, _: &Tenant, prompt: &[u32], _: usize) -> (SequenceId, usize) {
        let mut script = self.0.lock().unwrap();
        script.open += 1;
        script.prompts.push(prompt.len());
        script.sequences.push(Vec::new());
        (SequenceId(script.sequences.len() as u64 - 1), 0)
    }
    fn forward(&mut self, parts: &[Part<'_>]) -> Result<&[f32], InferenceError> {
        let mut script = self.0.lock().unwrap();
        let script = &mut *script;
        script.steps.push(parts.iter().map(|part| part.tokens.len()).sum());
        script.logits.clear();
        for part in parts {
            let at = part.sequence.0 as usize;
            script.sequences[at].extend(part.tokens);
            let own = &script.sequences[at];
            assert!(part.drafted == 0 || script.drafts && part.logits == part.drafted + 1);
            for after in own.len() - part.logits + 1..=own.len() {
                let said = after - script.prompts[at];
                let next = script.answers[own[0] as usize - 1].get(said).copied().unwrap_or(0);
                let mut row = vec![if script.broken { f32::NAN } else { 0.0 }; 8];
                if !script.broken {
                    row[next as usize] = 9.0;
                }
                script.logits.extend(row);
            }
        }
        self.1 = script.logits.clone();
        Ok(&self.1)
    }
    fn takes_drafts(&self) -> bool {
        self.0.lock().unwrap().drafts
    }
    fn roll_back(&mut self, sequence: SequenceId, n: usize) {
        let mut script = self.0.lock().unwrap();
        script.forgotten += n;
        let own = &mut script.sequences[sequence.0 as usize];
        own.truncate(own.len() - n);
    }
    fn close(&mut self, _: SequenceId) {
        self.0.lock().unwrap().open -= 1;
    }
}

struct Letters;

impl Vocabulary for Letters {
    fn size(&self) -> usize {
        8
    }
    fn encode(&self, _: &str) -> Result<Vec<u32>, InferenceError> {
        Ok(Vec::new())
    }
    fn disarm(&self, text: &str) -> String {
        text.to_owned()
    }
    fn bytes(&self, id: u32) -> Vec<u8> {
        let all: [&[u8]; 8] = [b"", b"a", b"b", b"cd", b"\xf0\x9f", b"\x98\x80", b" ", b"\n"];
        all[id as usize].to_vec()
    }
    fn is_end(&self, id: u32) -> bool {
        id == 0
    }
}

fn engine(answers: &[&[u32]]) -> (Engine, Arc<std::sync::Mutex<Script>>) {
    let answers = answers.iter().map(|tokens| tokens.to_vec()).collect();
    let script = Script { answers, most_open: 9, ..Script::default() };
    let script = Arc::new(std::sync::Mutex::new(script));
    (Engine::new(Box::new(Shared(Arc::clone(&script), Vec::new())), Box::new(Letters)), script)
}

fn begin(
    engine: &mut Engine,
    prompt: &[u32],
    stop: &[&str],
    max_tokens: usize,
) -> Result<Begun, InferenceError> {
    engine.begin(&None, ask(prompt, stop, max_tokens))
}

fn ask(prompt: &[u32], stop: &[&str], max_tokens: usize) -> Ask {
    let stop: Vec<String> = stop.iter().map(ToString::to_string).collect();
    Ask {
        prompt: prompt.to_vec(),
        sampler: Sampler::new(0.0, 1.0, 0),
        stops: StopBuffer::new(&stop),
        max_tokens,
        format: None,
        first_by: None,
        logprobs: None,
    }
}

/// Runs until all is done; the texts and ends of the streams in the order of their names.
fn run(engine: &mut Engine) -> Vec<(String, Option<Step>)> {
    let mut all: Vec<(String, Option<Step>)> = Vec::new();
    while !engine.streams.is_empty() {
        engine.step(&mut |stream, step| {
            let at = stream.0 as usize;
            all.resize(all.len().max(at + 1), (String::new(), None));
            match step {
                Step::Text(text, _) => all[at].0.push_str(&text),
                Step::Tick => {}
                end => all[at].1 = Some(end),
            }
            true
        });
    }
    all
}

fn usage(input: u64, output: u64) -> Usage {
    Usage { input, output, ..Usage::default() }
}

#[test]
fn how_answers_end() {
    use FinishReason::{Length, Stop};
    type Case<'a> = (&'a [u32], &'a [&'a str], usize, &'a str, FinishReason, u64);
    let cases: &[Case] = &[
        (&[1, 2, 3], &[], 9, "abcd", Stop, 3),
        (&[1, 2, 3], &[], 2, "ab", Length, 2),
        (&[1, 2, 3], &[], 3, "abcd", Length, 3),
        (&[1, 2, 3], &[], 0, "", Length, 0),
        (&[1, 2, 3, 1], &["bc"], 9, "a", Stop, 3),
        (&[1, 2], &["bc"], 9, "ab", Stop, 2),
        (&[1, 4, 5, 2], &[], 9, "a😀b", Stop, 4),
        (&[1, 4], &[], 9, "a\u{fffd}", Stop, 2),
        (&[1; 40], &[], 9, "aaaaaaaaa", Length, 9),
    ];
    for ((tokens, stop, max, expected, reason, n_output), drafts) in
        cases.iter().flat_map(|case| [(case, false), (case, true)])
    {
        let (mut engine, script) = engine(&[tokens]);
        script.lock().unwrap().drafts = drafts;
        begin(&mut engine, &[1; 6], stop, *max).unwrap();
        let end = Step::Done(*reason, usage(6, *n_output));
        assert_eq!(run(&mut engine), [((*expected).to_owned(), Some(end))], "{tokens:?} {stop:?}");
        assert_eq!(script.lock().unwrap().open, 0);
    }
}

#[test]
fn answers_have_the_form_they_must_have() {
    use crate::chat::OutputFormat;
    // The model would say aaaa for ever.
    let say = |expression: &str| {
        let (mut engine, script) = engine(&[&[1; 40]]);
        let format = Some(OutputFormat::Regex(expression.to_owned()));
        engine.begin(&None, Ask { format, ..ask(&[1], &[], 9) }).unwrap();
        let all = run(&mut engine);
        assert_eq!(script.lock().unwrap().open, 0);
        all.into_iter().next().unwrap()
    };
    use FinishReason::{Length, Stop};
    for (expression, text, reason, n) in [
        ("ba", "ba", Stop, 2),
        ("a{2}b?cd", "aabcd", Stop, 4),
        ("a+", "aaaaaaaaa", Length, 9),
        ("(😀|b)", "b", Stop, 1),
    ] {
        assert_eq!(say(expression), (text.to_owned(), Some(Step::Done(reason, usage(1, n)))));
    }
    let (mut engine, script) = engine(&[&[1]]);
    for (format, keyword) in [
        (OutputFormat::Regex("(".to_owned()), None),
        (OutputFormat::JsonSchema(serde_json::json!({"type": "secret"})), Some("type")),
        (OutputFormat::JsonSchema(serde_json::json!({"$ref": "http://elsewhere"})), Some("$ref")),
    ] {
        let error = engine.begin(&None, Ask { format: Some(format), ..ask(&[1], &[], 9) });
        assert_eq!(error, Err(InferenceError::Format { keyword }));
        assert_eq!(script.lock().unwrap().open, 0);
    }
}

#[test]
fn probabilities_of_tokens() {
    let (mut engine, _) = engine(&[&[1, 3, 2]]);
    engine.begin(&None, Ask { logprobs: Some(2), ..ask(&[1], &["b"], 9) }).unwrap();
    let mut all = Vec::new();
    while !engine.streams.is_empty() {
        engine.step(&mut |_, step| {
            if let Step::Text(text, logprobs) = step {
                all.push((text, logprobs));
            }
            true
        });
    }
    // Nine against seven zeros.
    let certain = -(7.0 * (-9.0f64).exp()).ln_1p() as f32;
    assert_eq!(all.len(), 2);
    for ((text, logprobs), expected) in all.iter().zip(["a", "cd"]) {
        assert_eq!((text.as_str(), logprobs.len()), (expected, 1));
        assert_eq!(logprobs[0].chosen.bytes, expected.as_bytes());
        assert!((logprobs[0].chosen.logprob - certain).abs() < 1e-5, "{logprobs:?}");
        assert_eq!(logprobs[0].top[0], logprobs[0].chosen);
        assert!((logprobs[0].top[1].logprob - (certain - 9.0)).abs() < 1e-5);
    }
}

#[test]
fn answers_at_once_do_not_mix_and_new_ones_join() {
    let (mut engine, script) = engine(&[&[1, 2, 1, 2, 1], &[2, 2], &[3]]);
    for prompt in [&[1, 9, 9][..], &[2, 9]] {
        begin(&mut engine, prompt, &[], 9).unwrap();
    }
    let mut texts = vec![String::new(); 3];
    let mut joined = false;
    while !engine.streams.is_empty() {
        engine.step(&mut |stream, step| {
            if let Step::Text(text, _) = step {
                texts[stream.0 as usize].push_str(&text);
            }
            true
        });
        if !std::mem::replace(&mut joined, true) {
            begin(&mut engine, &[3, 9, 9, 9], &[], 9).unwrap();
        }
    }
    assert_eq!(texts, ["ababa", "bb", "cd"]);
    // Both prompts in one step; one token each and the third prompt in the next.
    assert_eq!(script.lock().unwrap().steps[..3], [5, 6, 3]);
}

#[test]
fn long_prompts_are_read_in_pieces_beside_running_answers() {
    let (mut alone, script) = engine(&[&[1]]);
    let long: Vec<u32> = vec![1; 300];
    let open = |engine: &mut Engine, id: u64, tokens: Vec<u32>| {
        let mut script = script.lock().unwrap();
        script.prompts.push(tokens.len());
        script.sequences.push(Vec::new());
        script.open += 1;
        let ask = ask(&tokens, &[], 900);
        engine.streams.push(Stream::new(StreamId(id), SequenceId(id), ask, None, 0, 900));
    };
    open(&mut alone, 0, long.clone());
    run(&mut alone);
    assert_eq!(script.lock().unwrap().steps, [128, 128, 44, 1]);
    script.lock().unwrap().answers = vec![vec![1; 20]];
    open(&mut alone, 1, vec![1; 3]);
    alone.step(&mut |_, _| true);
    open(&mut alone, 2, long);
    run(&mut alone);
    assert_eq!(script.lock().unwrap().steps[4..8], [3, 1 + 32, 1 + 32, 1 + 32]);
}

#[test]
fn what_does_not_fit_is_refused_or_waits() {
    let (mut engine, script) = engine(&[&[1]]);
    let error = begin(&mut engine, &[1; 16], &[], 9).unwrap_err();
    assert_eq!(error, InferenceError::ContextLength { n_tokens: 16, window: 16 });
    let error = begin(&mut engine, &[1; 9], &[], 99).unwrap_err();
    assert_eq!(error, InferenceError::Memory { n_tokens: 16 });
    script.lock().unwrap().most_open = 1;
    assert!(matches!(
        begin(&mut engine, &[1], &[], 3),
        Ok(Begun::Started { prompt_tokens: 1, .. })
    ));
    assert_eq!(begin(&mut engine, &[1], &[], 3), Ok(Begun::Busy));
    run(&mut engine);
    assert!(matches!(begin(&mut engine, &[1], &[], 3), Ok(Begun::Started { .. })));
}

#[test]
fn what_cannot_begin_in_time_is_refused_at_once() {
    let (mut engine, script) = engine(&[&[1]]);
    let by = |ms| Some(Instant::now() + Duration::from_millis(ms));
    // Nothing is known of its pace yet.
    engine.begin(&None, Ask { first_by: by(0), ..ask(&[1; 9], &[], 3) }).ok();
    run(&mut engine);
    engine.pace = 10.0;
    let late = engine.begin(&None, Ask { first_by: by(60_000), ..ask(&[1; 9], &[], 3) });
    let takes = Duration::from_secs(90);
    assert_eq!(late, Err(InferenceError::Late { n_tokens: 9, takes }));
    assert_eq!(script.lock().unwrap().open, 0);
    let begun = engine.begin(&None, Ask { first_by: by(300_000), ..ask(&[1; 9], &[], 3) });
    assert!(matches!(begun, Ok(Begun::Started { .. })));
    // What others have yet to read counts too.
    let late = engine.begin(&None, Ask { first_by: by(120_000), ..ask(&[1; 9], &[], 3) });
    assert!(matches!(late, Err(InferenceError::Late { n_tokens: 18, .. })));
}

#[test]
fn callers_that_left_cost_one_step_and_bad_scores_end_an_answer() {
    let (mut engine, script) = engine(&[&[1; 9], &[2; 9]]);
    begin(&mut engine, &[1], &[], 9).unwrap();
    begin(&mut engine, &[2], &[], 9).unwrap();
    let mut seen = [0, 0];
    while !engine.streams.is_empty() {
        engine.step(&mut |stream, _| {
            seen[stream.0 as usize] += 1;
            stream.0 == 1 || seen[0] < 3
        });
    }
    assert_eq!((seen[0], script.lock().unwrap().open), (3, 0));
    assert!(seen[1] > 9);

    script.lock().unwrap().broken = true;
    begin(&mut engine, &[1], &[], 9).unwrap();
    let all = run(&mut engine);
    assert!(matches!(all.last(), Some((_, Some(Step::Failed(InferenceError::Failed(_)))))));
    begin(&mut engine, &[1], &[], 9).unwrap();
    engine.reset();
    assert_eq!((engine.streams.len(), script.lock().unwrap().open), (0, 0));
}

#[test]
fn sampling_where_the_client_says_nothing() {
    use candle_core::quantized::gguf_file::Value;
    let written = |temperature: Option<f32>, top_p: Option<f32>| {
        let both = [("general.sampling.temp", temperature), ("general.sampling.top_p", top_p)];
        let given =
            both.into_iter().filter_map(|(key, value)| Some((key.to_owned(), Value::F32(value?))));
        Metadata(given.collect())
    };
    let mut spec = ModelSpec::operator("m", "m.gguf", None, None).unwrap();
    let near = |got: (f64, f64), expected: (f64, f64)| {
        assert!((got.0 - expected.0).abs() < 1e-6 && (got.1 - expected.1).abs() < 1e-6, "{got:?}");
    };
    near(recommended(&spec, &written(None, None)), (0.7, 0.9));
    near(recommended(&spec, &written(Some(0.5), Some(0.75))), (0.5, 0.75));
    near(recommended(&spec, &written(Some(9.0), Some(-1.0))), (0.7, 0.9));
    spec.temperature = Some(0.25);
    near(recommended(&spec, &written(Some(0.5), Some(0.75))), (0.25, 0.75));
    // What the manifest knows of the default generator.
    let own = super::super::manifest::find("smollm2-135m-instruct").unwrap();
    near(recommended(&own, &written(Some(0.5), Some(0.75))), (0.2, 0.9));
}

#[test]
fn an_answer_that_goes_round_in_circles_ends() {
    let (mut engine, script) = engine(&[&[1, 2, 3].repeat(200)[..]]);
    let mut script = script.lock().unwrap();
    script.prompts.push(1);
    script.sequences.push(Vec::new());
    script.open += 1;
    drop(script);
    let ask = ask(&[1], &[], 500);
    engine.streams.push(Stream::new(StreamId(0), SequenceId(0), ask, None, 0, 500));
    let all = run(&mut engine);
    assert_eq!(all[0].1, Some(Step::Done(FinishReason::Stop, usage(1, 96))));
}
