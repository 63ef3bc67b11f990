//! Chat to text: template, tokens, prefill, sampling, stop strings, one piece of text after another.
//!
//! Invariant: no request sees the state of another; a caller that has gone costs at most one prompt piece or token more.

use super::InferenceError;
use super::fetch::{Blob, ModelFiles};
use super::gguf::{GgufModel, GgufTokenizer};
use super::manifest::ModelSpec;
use super::sampler::Sampler;
use super::stop::{StopBuffer, Utf8Buffer};
use super::template::ChatTemplate;
use crate::chat::{FinishReason, Role, Sampling, Usage};
use std::io::Cursor;

/// A causal language model: the seam behind which candle may be replaced by kernels of our own.
pub trait CausalLm: Send + Sync + 'static {
    /// Tokens that prompt and answer may have together.
    fn window(&self) -> usize;

    /// Most tokens of a prompt that a session takes at once.
    fn chunk(&self) -> usize;

    /// A fresh state for one request. Must be cheap next to one token.
    fn session(&self) -> Box<dyn Session>;
}

/// The state of one request.
pub trait Session: Send {
    /// Takes tokens that stand at `position` (counted from 0, without gaps) and returns the logits behind the last one.
    ///
    /// # Errors
    /// If the model fails; the session is of no further use.
    fn forward(&mut self, tokens: &[u32], position: usize) -> Result<Vec<f32>, InferenceError>;
}

/// One step of a generation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The prompt has this many tokens; it is being read.
    Prompt(usize),
    /// More text.
    Text(String),
    /// Nothing to show yet.
    Tick,
}

/// What the runtime asks of a generator. Calls come from one thread at a time.
pub trait TextGenerator: Send + 'static {
    /// Generates an answer; `on_step` returns false once nobody waits for it.
    ///
    /// # Errors
    /// [`InferenceError::ContextLength`] before any text, [`InferenceError::Gone`] after `on_step` returned false, else
    /// what the model says.
    fn generate(
        &self,
        messages: &[(Role, String)],
        sampling: &Sampling,
        seed: u64,
        on_step: &mut dyn FnMut(Step) -> bool,
    ) -> Result<(FinishReason, Usage), InferenceError>;
}

/// A chat model.
pub struct ChatGenerator {
    lm: Box<dyn CausalLm>,
    tokenizer: GgufTokenizer,
    template: ChatTemplate,
    temperature: f64,
    top_p: f64,
}

impl ChatGenerator {
    /// Reads a GGUF file.
    ///
    /// # Errors
    /// If the file is damaged or of an unknown kind.
    pub fn load(spec: &ModelSpec, files: &ModelFiles) -> Result<Self, InferenceError> {
        let fail = |text: String| InferenceError::Failed(format!("{}: {text}", spec.name));
        let (lm, metadata) = match &files.weights {
            Blob::Embedded(bytes) => GgufModel::load(Cursor::new(*bytes), None, spec.max_len)?,
            Blob::File(path) => {
                let file = std::fs::File::open(path).map_err(|error| fail(error.to_string()))?;
                GgufModel::load(std::io::BufReader::new(file), None, spec.max_len)?
            }
        };
        let tokenizer = GgufTokenizer::new(&metadata)?;
        let source = metadata.text("tokenizer.chat_template");
        let template = ChatTemplate::new(source, tokenizer.bos(), tokenizer.eos())?;
        Ok(Self {
            lm: Box::new(lm),
            tokenizer,
            template,
            temperature: spec.temperature.unwrap_or(1.0),
            top_p: spec.top_p.unwrap_or(1.0),
        })
    }

    /// Token ids of a conversation, ready for the answer.
    ///
    /// # Errors
    /// If the template refuses the messages.
    pub fn prompt(&self, messages: &[(Role, String)]) -> Result<Vec<u32>, InferenceError> {
        let safe: Vec<(Role, String)> = messages
            .iter()
            .map(|(role, text)| (*role, self.tokenizer.disarm(text).into_owned()))
            .collect();
        self.tokenizer.encode(&self.template.render(&safe)?)
    }

    /// The window in tokens.
    pub fn window(&self) -> usize {
        self.lm.window()
    }
}

impl TextGenerator for ChatGenerator {
    fn generate(
        &self,
        messages: &[(Role, String)],
        sampling: &Sampling,
        seed: u64,
        on_step: &mut dyn FnMut(Step) -> bool,
    ) -> Result<(FinishReason, Usage), InferenceError> {
        let prompt = self.prompt(messages)?;
        let settings = Settings {
            sampler: Sampler::new(
                sampling.temperature.unwrap_or(self.temperature),
                sampling.top_p.unwrap_or(self.top_p),
                sampling.seed.unwrap_or(seed),
            ),
            stops: StopBuffer::new(&sampling.stop),
            max_tokens: sampling.max_tokens.map_or(usize::MAX, |n| n as usize),
        };
        run(&*self.lm, &self.tokenizer, &prompt, settings, on_step)
    }
}

/// From tokens to the bytes they add, and which of them end an answer.
pub(super) trait Vocabulary {
    fn bytes(&self, id: u32) -> Vec<u8>;
    fn is_end(&self, id: u32) -> bool;
}

impl Vocabulary for GgufTokenizer {
    fn bytes(&self, id: u32) -> Vec<u8> {
        Self::bytes(self, id)
    }
    fn is_end(&self, id: u32) -> bool {
        Self::is_end(self, id)
    }
}

struct Settings {
    sampler: Sampler,
    stops: StopBuffer,
    max_tokens: usize,
}

/// The loop from prompt to answer.
fn run(
    lm: &dyn CausalLm,
    vocabulary: &dyn Vocabulary,
    prompt: &[u32],
    mut settings: Settings,
    on_step: &mut dyn FnMut(Step) -> bool,
) -> Result<(FinishReason, Usage), InferenceError> {
    let window = lm.window();
    if prompt.len() >= window {
        return Err(InferenceError::ContextLength { n_tokens: prompt.len(), window });
    }
    let mut step = |step| if on_step(step) { Ok(()) } else { Err(InferenceError::Gone) };
    step(Step::Prompt(prompt.len()))?;
    let mut session = lm.session();
    let mut logits = Vec::new();
    let mut position = 0;
    for chunk in prompt.chunks(lm.chunk().max(1)) {
        logits = session.forward(chunk, position)?;
        position += chunk.len();
        step(Step::Tick)?;
    }
    let mut utf8 = Utf8Buffer::default();
    let mut n_output = 0;
    let reason = loop {
        if n_output >= settings.max_tokens || position >= window {
            break FinishReason::Length;
        }
        let token = settings.sampler.pick(&logits);
        if vocabulary.is_end(token) {
            break FinishReason::Stop;
        }
        n_output += 1;
        let text = utf8.push(&vocabulary.bytes(token));
        let (text, stopped) = settings.stops.push(&text);
        step(if text.is_empty() { Step::Tick } else { Step::Text(text) })?;
        if stopped {
            return Ok((FinishReason::Stop, usage(prompt.len(), n_output)));
        }
        if n_output >= settings.max_tokens {
            break FinishReason::Length;
        }
        logits = session.forward(&[token], position)?;
        position += 1;
    };
    let (mut rest, stopped) = settings.stops.push(&utf8.finish());
    if !stopped {
        rest.push_str(&settings.stops.finish());
    }
    if !rest.is_empty() {
        step(Step::Text(rest))?;
    }
    Ok((reason, usage(prompt.len(), n_output)))
}

fn usage(input: usize, output: usize) -> Usage {
    Usage { input: input as u64, output: output as u64, ..Usage::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A model that answers with fixed tokens, whatever the prompt; token 0 ends.
    struct Script(Vec<u32>);

    impl CausalLm for Script {
        fn window(&self) -> usize {
            16
        }
        fn chunk(&self) -> usize {
            4
        }
        fn session(&self) -> Box<dyn Session> {
            Box::new(Script(self.0.clone()))
        }
    }

    impl Session for Script {
        fn forward(&mut self, tokens: &[u32], position: usize) -> Result<Vec<f32>, InferenceError> {
            // The prompt in these tests has 6 tokens.
            let at = (position + tokens.len()).checked_sub(6);
            let next = at.and_then(|at| self.0.get(at)).copied().unwrap_or(0);
            let mut logits = vec![0.0; 8];
            logits[next as usize] = 9.0;
            Ok(logits)
        }
    }

    impl Vocabulary for Script {
        fn bytes(&self, id: u32) -> Vec<u8> {
            let all: [&[u8]; 8] = [b"", b"a", b"b", b"cd", b"\xf0\x9f", b"\x98\x80", b" ", b"\n"];
            all[id as usize].to_vec()
        }
        fn is_end(&self, id: u32) -> bool {
            id == 0
        }
    }

    fn generate(
        tokens: &[u32],
        stop: &[&str],
        max_tokens: usize,
        prompt: usize,
    ) -> (Vec<Step>, Result<(FinishReason, Usage), InferenceError>) {
        let script = Script(tokens.to_vec());
        let stop: Vec<String> = stop.iter().map(ToString::to_string).collect();
        let settings = Settings {
            sampler: Sampler::new(0.0, 1.0, 0),
            stops: StopBuffer::new(&stop),
            max_tokens,
        };
        let mut steps = Vec::new();
        let prompt = vec![1; prompt];
        let result = run(&script, &script, &prompt, settings, &mut |step| {
            steps.push(step);
            true
        });
        (steps, result)
    }

    fn text(steps: &[Step]) -> String {
        steps
            .iter()
            .filter_map(|step| if let Step::Text(text) = step { Some(text.as_str()) } else { None })
            .collect()
    }

    #[test]
    fn how_answers_end() {
        use FinishReason::{Length, Stop};
        type Case<'a> = (&'a [u32], &'a [&'a str], usize, &'a str, FinishReason, u64);
        let cases: &[Case] = &[
            (&[1, 2, 3], &[], 99, "abcd", Stop, 3),
            (&[1, 2, 3], &[], 2, "ab", Length, 2),
            (&[1, 2, 3], &[], 3, "abcd", Length, 3),
            (&[1, 2, 3], &[], 0, "", Length, 0),
            (&[1, 2, 3, 1], &["bc"], 99, "a", Stop, 3),
            (&[1, 2], &["bc"], 99, "ab", Stop, 2),
            (&[1, 4, 5, 2], &[], 99, "a😀b", Stop, 4),
            (&[1, 4], &[], 99, "a\u{fffd}", Stop, 2),
            (&[1; 40], &[], 99, "aaaaaaaaaa", Length, 10),
        ];
        for (tokens, stop, max, expected, reason, n_output) in cases {
            let (steps, result) = generate(tokens, stop, *max, 6);
            let (got, usage) = result.unwrap();
            assert_eq!(
                (text(&steps).as_str(), got, usage.output),
                (*expected, *reason, *n_output),
                "{tokens:?} {stop:?}"
            );
            assert_eq!((steps[0].clone(), usage.input), (Step::Prompt(6), 6));
        }
    }

    #[test]
    fn too_long_prompts_and_lost_callers() {
        let (steps, result) = generate(&[1], &[], 9, 16);
        assert_eq!(result, Err(InferenceError::ContextLength { n_tokens: 16, window: 16 }));
        assert!(steps.is_empty());

        let script = Script(vec![1; 40]);
        let settings = Settings {
            sampler: Sampler::new(0.0, 1.0, 0),
            stops: StopBuffer::new(&[]),
            max_tokens: 40,
        };
        let mut seen = 0;
        let result = run(&script, &script, &[1; 6], settings, &mut |_| {
            seen += 1;
            seen < 5
        });
        assert_eq!((result, seen), (Err(InferenceError::Gone), 5));
    }
}
