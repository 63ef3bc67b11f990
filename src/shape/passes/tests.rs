//! Cases and properties of `super`.

use super::{ShapeReport, lossless};
use crate::chat::{
    ChatRequest, Message, Part, Role, Sampling, SlotKind, TextSlot, ToolCall, ToolChoice,
    json_string, splice,
};
use serde_json::Value;

const CASES: &str = include_str!("../../../tests/data/shape/requests.json");

#[derive(serde::Deserialize)]
struct Case {
    name: String,
    messages: Vec<Words>,
    /// What every message says afterwards; null for no change.
    want: Vec<Option<String>>,
    passes: Vec<(String, u32)>,
}

#[derive(serde::Deserialize, Clone)]
struct Words {
    role: Role,
    text: String,
    /// Repeats the text this often.
    #[serde(default)]
    times: Option<usize>,
    /// A tool that the message calls, or answers.
    #[serde(default)]
    tool: Option<String>,
    #[serde(default)]
    cached: bool,
}

fn words(text: &str) -> usize {
    text.split_inclusive(|c: char| !c.is_alphanumeric()).count()
}

/// A request whose body is an array of the messages' texts.
fn request(messages: &[Words]) -> ChatRequest {
    let mut json = String::from("[");
    let (mut texts, mut out) = (Vec::new(), Vec::new());
    let last_cached = messages.iter().rposition(|m| m.cached);
    for (at, words) in messages.iter().enumerate() {
        let text = words.text.repeat(words.times.unwrap_or(1));
        let start = json.len();
        json.push_str(&json_string(&text));
        let kind = if words.role == Role::Tool { SlotKind::ToolResult } else { SlotKind::Message };
        let cached = last_cached.is_some_and(|last| at <= last);
        let (span, role, message) = (start..json.len(), Some(words.role), Some(at as u32));
        texts.push(TextSlot { span, text: text.into(), kind, role, message, cached });
        json.push_str(if at + 1 < messages.len() { "," } else { "" });
        let is_result = words.role == Role::Tool;
        let call = |name: &String| ToolCall { id: name.clone(), name: name.clone(), arguments: 0 };
        let tool_calls = words.tool.iter().filter(|_| !is_result).map(call).collect();
        let tool_call_id = words.tool.clone().filter(|_| is_result);
        let parts = vec![Part::Text { slot: at as u32, cache_control: None }];
        out.push(Message { role: words.role, parts, tool_calls, tool_call_id });
    }
    json.push(']');
    ChatRequest {
        raw: json.into(),
        model: String::new(),
        model_span: 0..0,
        stream: false,
        include_usage: false,
        stream_options_span: None,
        object_start: 0,
        messages: out,
        texts,
        tools: Vec::new(),
        tool_choice: ToolChoice::Auto,
        parallel_tool_calls: None,
        sampling: Sampling::default(),
        response_format: None,
        unchecked: Vec::new(),
        unknown_fields: Vec::new(),
    }
}

fn shaped(request: &ChatRequest) -> (Vec<String>, ShapeReport) {
    let (edits, report) = lossless(request, &words);
    let out: Vec<Value> = serde_json::from_slice(&splice(&request.raw, edits)).unwrap();
    (out.iter().map(|v| v.as_str().unwrap().to_owned()).collect(), report)
}

fn cases() -> Vec<Case> {
    serde_json::from_str(CASES).unwrap()
}

#[test]
fn every_case() {
    for case in cases() {
        let request = request(&case.messages);
        let (got, report) = shaped(&request);
        for ((got, want), slot) in got.iter().zip(&case.want).zip(&request.texts) {
            assert_eq!(got, want.as_deref().unwrap_or(&slot.text), "{}", case.name);
        }
        let passes: Vec<(String, u32)> =
            report.passes.iter().map(|(p, n)| ((*p).into(), *n)).collect();
        assert_eq!(passes, case.passes, "{}", case.name);
        let saved =
            request.texts.iter().zip(&got).map(|(a, b)| words(&a.text) - words(b)).sum::<usize>();
        assert_eq!(report.tokens_before - report.tokens_after, saved as u64, "{}", case.name);
    }
}

#[test]
fn a_longer_conversation_sends_the_same_bytes_again() {
    for case in cases() {
        let (all, _) = shaped(&request(&case.messages));
        for n in 1..case.messages.len() {
            let (part, _) = shaped(&request(&case.messages[..n]));
            let same = case.messages[n..].iter().all(|m| !m.cached);
            assert!(!same || part == all[..n], "{} {n}", case.name);
        }
    }
}

#[test]
fn shaping_twice_changes_nothing_more() {
    for case in cases() {
        let (once, _) = shaped(&request(&case.messages));
        let again: Vec<Words> = case
            .messages
            .iter()
            .zip(&once)
            .map(|(m, text)| Words { text: text.clone(), times: None, ..m.clone() })
            .collect();
        assert_eq!(shaped(&request(&again)).0, once, "{}", case.name);
    }
}

#[test]
fn blobs_become_references_in_place() {
    use base64::Engine;
    let blob = base64::engine::general_purpose::STANDARD
        .encode((0..1_200u32).map(|i| (i * 7 % 251) as u8).collect::<Vec<_>>());
    let result =
        |text: String| Words { role: Role::Tool, text, times: None, tool: None, cached: false };
    let request = request(&[
        Words { role: Role::User, ..result(blob.clone()) },
        result(format!("{{ \"data\": \"{blob}\", \"ok\": true }}")),
    ]);
    let (got, report) = shaped(&request);
    assert_eq!(got[0], blob, "the user's own");
    let value: Value = serde_json::from_str(&got[1]).unwrap();
    assert!(value["data"].as_str().unwrap().starts_with("[base64 data, 1,200 bytes, sha256 "));
    assert_eq!(report.passes, [("base64", 1), ("json", 1)]);
}
