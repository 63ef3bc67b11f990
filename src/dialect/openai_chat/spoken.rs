//! What an answer says to whoever reads it: the words and calls of its first choice, from a whole body or from a stream.

use crate::chat::ResponseToolCall;
use serde_json::Value;
use std::collections::BTreeMap;

/// Words and calls of an answer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Spoken {
    /// Its text.
    pub text: String,
    /// Its calls of tools.
    pub calls: Vec<ResponseToolCall>,
}

impl Spoken {
    /// What a whole body says; `None` if it is no chat completion.
    pub fn whole(body: &[u8]) -> Option<Self> {
        let body: Value = serde_json::from_slice(body).ok()?;
        let message = body.get("choices")?.get(0)?.get("message")?;
        let calls = message.get("tool_calls").and_then(Value::as_array);
        let text = |value: &Value, name: &str| value[name].as_str().unwrap_or_default().to_owned();
        let read = |call: &Value| {
            let function = &call["function"];
            let (name, arguments) = (text(function, "name"), text(function, "arguments"));
            ResponseToolCall { id: text(call, "id"), name, arguments }
        };
        let calls = calls.map(|calls| calls.iter().map(read).collect()).unwrap_or_default();
        Some(Self { text: text(message, "content"), calls })
    }
}

/// Puts the deltas of a stream together.
#[derive(Debug, Default)]
pub struct SpokenStream {
    text: String,
    calls: BTreeMap<u64, ResponseToolCall>,
}

impl SpokenStream {
    /// Takes the data of one event; `None` if it is no JSON.
    pub fn push(&mut self, data: &[u8]) -> Option<()> {
        let chunk: Value = serde_json::from_slice(data).ok()?;
        let is_first = |choice: &&Value| choice["index"].as_u64().unwrap_or(0) == 0;
        let choices = chunk["choices"].as_array().into_iter().flatten();
        let Some(delta) = choices.filter(is_first).map(|choice| &choice["delta"]).next() else {
            return Some(());
        };
        self.text.push_str(delta["content"].as_str().unwrap_or_default());
        for call in delta["tool_calls"].as_array().into_iter().flatten() {
            let known = self.calls.entry(call["index"].as_u64().unwrap_or(0)).or_default();
            let function = &call["function"];
            known.id.push_str(call["id"].as_str().unwrap_or_default());
            known.name.push_str(function["name"].as_str().unwrap_or_default());
            known.arguments.push_str(function["arguments"].as_str().unwrap_or_default());
        }
        Some(())
    }

    /// All that was said.
    pub fn finish(self) -> Spoken {
        Spoken { text: self.text, calls: self.calls.into_values().collect() }
    }
}
