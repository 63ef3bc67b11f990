//! What must hold for any bytes at all: one function per target, called by the fuzzer and by the replay in `tests/it`.

use bytes::Bytes;
use std::io::Cursor;
use std::sync::OnceLock;
use weir::chat::{ChatRequest, Finding, SlotKind, TextSlot, json_string, splice};
use weir::config::{Config, Overrides};
use weir::dialect::{anthropic, openai_chat};
use weir::inference::gguf::{Gguf, GgufTokenizer};
use weir::inference::{BertEncoder, CausalLm, Decoder, Part, TextEncoder};
use weir::privacy::detect::{Detectors, undisguised};
use weir::privacy::{Escaping, Restorer, redact, restore_text};
use weir::upstream::Frame;
use weir::upstream::sse::{self, EventTooLarge};

/// A target by its name and folder in the corpus.
pub type Target = (&'static str, fn(&[u8]));

/// All targets.
pub const ALL: [Target; 8] = [
    ("sse", sse_events),
    ("openai_request", openai_request),
    ("openai_answer", openai_answer),
    ("anthropic", anthropic),
    ("redact_restore", redact_restore),
    ("config", config),
    ("gguf", gguf),
    ("encoder", encoder),
];

/// Server-sent events do not depend on how the network cut them, nor does their limit.
pub fn sse_events(data: &[u8]) {
    let (size, stream) =
        data.split_first().map_or((1, data), |(n, rest)| (usize::from(*n).max(1), rest));
    for max in [24, 1 << 20] {
        let whole = frames([stream], max);
        assert_eq!(whole.is_ok(), frames(stream.chunks(1), max).is_ok());
        if whole.is_ok() {
            assert_eq!(whole, frames(stream.chunks(size), max));
        }
    }
}

fn frames<'a>(
    chunks: impl IntoIterator<Item = &'a [u8]>,
    max: usize,
) -> Result<Vec<Frame>, EventTooLarge> {
    let (mut decoder, mut frames) = (sse::Decoder::new(max), Vec::new());
    for chunk in chunks {
        decoder.feed(Bytes::copy_from_slice(chunk), |frame| frames.push(frame))?;
    }
    decoder.finish(|frame| frames.push(frame));
    Ok(frames)
}

/// A request that is taken stays JSON on its way to a provider, says the same there, and its texts are where they claim.
pub fn openai_request(data: &[u8]) {
    let Ok(request) = openai_chat::decode_request(Bytes::copy_from_slice(data)) else { return };
    for slot in &request.texts {
        let span = data.get(slot.span.clone()).expect("a text lies inside the body");
        let inside: String = serde_json::from_slice(span).expect("a text is a JSON string");
        assert_eq!(inside, slot.text);
    }
    let sent = splice(&request.raw, openai_chat::upstream_edits(&request, "a \"model\""));
    let again = openai_chat::decode_request(sent).expect("what is sent can be read");
    assert_eq!(again.model, "a \"model\"");
    assert_eq!(texts(&again), texts(&request));
    to_anthropic(&request);
}

fn texts(request: &ChatRequest) -> Vec<&str> {
    let of_messages = request.texts.iter().filter(|slot| slot.message.is_some());
    of_messages.map(|slot| slot.text.as_str()).collect()
}

fn to_anthropic(request: &ChatRequest) {
    if let Ok(anthropic::Encoded { body, .. }) = anthropic::encode_request(request, "m", 64) {
        is_json(&body);
    }
}

/// Answers and chunks of an OpenAI-compatible provider are read or refused; without their usage they are still JSON.
pub fn openai_answer(data: &[u8]) {
    let _ = openai_chat::read_response(data);
    if let Ok(facts) = openai_chat::read_chunk(data) {
        let shown = openai_chat::hide_usage(&Bytes::copy_from_slice(data), &facts);
        shown.iter().for_each(|chunk| is_json(chunk));
    }
}

/// Anthropic's answers, whole and as events (one a line), become OpenAI's or are refused.
pub fn anthropic(data: &[u8]) {
    let _ = anthropic::decode_error(data);
    if let Ok(answer) = anthropic::decode_response(data) {
        is_json(&openai_chat::encode_response(&answer, 0));
    }
    let mut decoder = anthropic::StreamDecoder::new();
    let mut encoder = openai_chat::ChunkEncoder::new(0, true);
    let mut collector = openai_chat::Collector::new();
    for line in data.split(|byte| *byte == b'\n') {
        let Ok(events) = decoder.push(line) else { return };
        for event in &events {
            collector.push(event);
            encoder.encode(event).iter().for_each(|chunk| is_json(chunk));
        }
    }
    is_json(&openai_chat::encode_response(&collector.finish(), 0));
}

/// Redacted text holds no finding any more, and restoring it gives back the text, however the answer is cut.
pub fn redact_restore(data: &[u8]) {
    static DETECTORS: OnceLock<Detectors> = OnceLock::new();
    let detectors = DETECTORS.get_or_init(|| Detectors::new(&[], 0.0));
    let (seed, text) = data.split_first().map_or((1, data), |(n, rest)| (usize::from(*n), rest));
    let Ok(text) = std::str::from_utf8(text) else { return };
    let findings: Vec<Finding> = detectors.scan(0, text, &[]);
    for finding in &findings {
        assert!(text.get(finding.start..finding.end).is_some_and(|value| !value.is_empty()));
    }
    let body = Bytes::from(json_string(text));
    let slot = TextSlot {
        span: 0..body.len(),
        text: text.into(),
        kind: SlotKind::Message,
        role: None,
        message: Some(0),
        cached: false,
    };
    let redaction = redact(&[slot], &findings, &[]);
    let sent = splice(&body, redaction.edits.clone());
    let sent: String = serde_json::from_slice(&sent).expect("a redacted body is JSON");
    let mut masked: Vec<u8> = text.as_bytes().to_vec();
    findings.iter().for_each(|finding| masked[finding.start..finding.end].fill(0));
    for finding in &findings {
        let value = &text[finding.start..finding.end];
        let stands_elsewhere = masked.windows(value.len()).any(|w| w == value.as_bytes());
        assert!(stands_elsewhere || value.len() < 4 || !sent.contains(value), "a finding was sent");
    }
    // Of a text with layers (JSON, escapes, encodings), the restored one says the same in other bytes.
    let is_plain = undisguised(text) == text && !text.contains(['{', '[']);
    let whole = restore_text(&redaction.vault, &sent, Escaping::None);
    assert!(!is_plain || whole == text);
    let mut restorer = Restorer::new(redaction.vault.clone().into(), Escaping::None);
    let mut restored = String::new();
    let mut rest = sent.as_str();
    while !rest.is_empty() {
        let cut =
            (1 + seed % 7..rest.len()).find(|at| rest.is_char_boundary(*at)).unwrap_or(rest.len());
        let (piece, behind) = rest.split_at(cut);
        restored.push_str(&restorer.push(piece));
        rest = behind;
    }
    restored.push_str(&restorer.finish());
    assert_eq!(restored, whole);
}

/// Any text is a configuration or a list of problems that can be shown.
pub fn config(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Err(problems) = Config::from_text(text, None, &|_| None, &Overrides::default()) {
        assert!(!problems.to_string().is_empty());
    }
}

/// Any bytes are a model that can be run or are refused; what is refused is said without panicking.
pub fn gguf(data: &[u8]) {
    let Ok(mut file) = Gguf::read(Cursor::new(data)) else { return };
    let _ = GgufTokenizer::new(&file.metadata);
    let Ok(mut model) = Decoder::load(&mut file, None, 1 << 20) else { return };
    let prompt = [1, 0, 2];
    if model.fits(prompt.len()) {
        let (sequence, read) = model.open(&None, &prompt, prompt.len());
        let part = Part { sequence, tokens: &prompt[read..], logits: 1, drafted: 0 };
        if let Ok(logits) = model.forward(&[part]) {
            assert_eq!(logits.len(), model.vocabulary());
        }
        model.close(sequence);
    }
}

/// Words that an encoder is given here.
const TOKENIZER: &[u8] = br#"{"version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": null,
    "pre_tokenizer": {"type": "WhitespaceSplit"}, "post_processor": null, "decoder": null,
    "model": {"type": "WordLevel", "vocab": {"[CLS]": 0, "[SEP]": 1, "a": 2, "b": 3}, "unk_token": "a"}}"#;

/// Any `config.json` and, behind a zero byte, any `safetensors` file are an encoder that can be run or are refused with a reason.
pub fn encoder(data: &[u8]) {
    let Some(end) = data.iter().position(|byte| *byte == 0) else { return };
    let (config, weights) = (&data[..end], &data[end + 1..]);
    match BertEncoder::from_bytes(weights, config, TOKENIZER, None) {
        Err(why) => assert!(!why.is_empty()),
        Ok(model) => {
            let texts = ["a b", "", "b a b a b b a b a b a a b"];
            if let Ok(vectors) = model.embed(&texts, &|| true) {
                assert!(vectors.len() == texts.len() && vectors[0].len() == vectors[2].len());
            }
        }
    }
}

fn is_json(data: &[u8]) {
    serde_json::from_slice::<&serde_json::value::RawValue>(data).expect("JSON");
}
