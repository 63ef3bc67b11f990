//! Canonical answers, from another dialect or a local model, in OpenAI's form.

use super::usage;
use crate::chat::{ChatResponse, Choice, Likely, StreamEvent, TokenLogprob, Usage, json_string};
use bytes::Bytes;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Encodes the events of one stream as chunks. The role goes out with the first delta of each choice, so that nothing
/// reaches the client before there is something to say.
#[derive(Debug)]
pub struct ChunkEncoder {
    created: i64,
    include_usage: bool,
    /// Everything up to the choices.
    head: String,
    /// Choices that have said who speaks.
    begun: BTreeSet<u32>,
    usage: Option<Usage>,
    finished: bool,
    usage_sent: bool,
}

impl ChunkEncoder {
    /// An encoder for a stream created at `created` (Unix seconds); `include_usage` if the client asked for usage.
    pub fn new(created: i64, include_usage: bool) -> Self {
        let mut encoder = Self {
            created,
            include_usage,
            head: String::new(),
            begun: BTreeSet::new(),
            usage: None,
            finished: false,
            usage_sent: false,
        };
        encoder.start("chatcmpl-0", "unknown");
        encoder
    }

    /// The chunk for an event, if it has one. [`StreamEvent::Start`] sets the id and the model of all chunks. Usage goes
    /// out once, with the first count that follows the end of a choice, or with [`StreamEvent::End`]. The `[DONE]` line
    /// is the caller's.
    pub fn encode(&mut self, event: &StreamEvent) -> Option<Bytes> {
        match event {
            StreamEvent::Start { id, model } => {
                self.start(id, model);
                None
            }
            StreamEvent::Text { choice, delta, logprobs } => {
                let content = format!(r#""content":{}"#, json_string(delta));
                Some(self.choice(*choice, &content, &encode_logprobs(logprobs), "null"))
            }
            StreamEvent::Reasoning { choice, delta } => {
                Some(self.delta(*choice, &format!(r#""reasoning_content":{}"#, json_string(delta))))
            }
            StreamEvent::ToolCall { choice, index, id, name } => {
                let (id, name) = (json_string(id), json_string(name));
                let call = format!(
                    r#""tool_calls":[{{"index":{index},"id":{id},"type":"function","function":{{"name":{name},"arguments":""}}}}]"#
                );
                Some(self.delta(*choice, &call))
            }
            StreamEvent::ToolArguments { choice, index, delta } => {
                let arguments = json_string(delta);
                let call = format!(
                    r#""tool_calls":[{{"index":{index},"function":{{"arguments":{arguments}}}}}]"#
                );
                Some(self.delta(*choice, &call))
            }
            StreamEvent::Finish { choice, reason } => {
                self.finished = true;
                let empty = if self.begun.contains(choice) { "" } else { r#""content":"""# };
                Some(self.choice(*choice, empty, "null", &json_string(reason.as_str())))
            }
            StreamEvent::Usage(usage) => {
                self.usage = Some(*usage);
                if self.finished { self.usage_chunk() } else { None }
            }
            StreamEvent::End => self.usage_chunk(),
            StreamEvent::Error { kind, message } => Some(error_event(kind, message)),
        }
    }

    /// The last chunk of a choice that a limit ended: its reason is `length`, and `weir.partial` names the limit.
    pub fn partial(&mut self, choice: u32, limit: &str) -> Bytes {
        self.finished = true;
        self.begun.insert(choice);
        let mut out = self.head.clone();
        let usage = if self.include_usage { r#","usage":null"# } else { "" };
        let limit = json_string(limit);
        let _ = write!(
            out,
            r#"{{"index":{choice},"delta":{{}},"logprobs":null,"finish_reason":"length"}}]{usage},"weir":{{"partial":{limit}}}}}"#
        );
        out.into()
    }

    /// An encoder that goes on where a provider's own chunks end; `last` is one of them.
    pub fn after(last: &[u8], include_usage: bool) -> Self {
        let last = serde_json::from_slice::<serde_json::Value>(last).unwrap_or_default();
        let mut encoder = Self::new(last["created"].as_i64().unwrap_or(0), include_usage);
        if let (Some(id), Some(model)) = (last["id"].as_str(), last["model"].as_str()) {
            encoder.start(id, model);
        }
        encoder
    }

    fn start(&mut self, id: &str, model: &str) {
        let (id, model) = (json_string(id), json_string(model));
        self.head = format!(
            r#"{{"id":{id},"object":"chat.completion.chunk","created":{},"model":{model},"choices":["#,
            self.created
        );
    }

    fn delta(&mut self, choice: u32, fields: &str) -> Bytes {
        self.choice(choice, fields, "null", "null")
    }

    fn choice(&mut self, choice: u32, fields: &str, logprobs: &str, finish_reason: &str) -> Bytes {
        let mut out = String::with_capacity(self.head.len() + fields.len() + 128);
        out.push_str(&self.head);
        let _ = write!(out, r#"{{"index":{choice},"delta":{{"#);
        if self.begun.insert(choice) {
            let comma = if fields.is_empty() { "" } else { "," };
            let silent =
                fields.starts_with(r#""tool_calls""#) || fields.starts_with(r#""reasoning"#);
            let content = if silent { r#","content":null"# } else { "" };
            let _ = write!(out, r#""role":"assistant"{content}{comma}"#);
        }
        let _ =
            write!(out, r#"{fields}}},"logprobs":{logprobs},"finish_reason":{finish_reason}}}]"#);
        if self.include_usage {
            out.push_str(r#","usage":null"#);
        }
        out.push('}');
        out.into()
    }

    fn usage_chunk(&mut self) -> Option<Bytes> {
        let usage = self.usage.filter(|_| self.include_usage && !self.usage_sent)?;
        self.usage_sent = true;
        let mut out = self.head.clone();
        out.push_str(r#"],"usage":"#);
        usage::write(&usage, &mut out);
        out.push('}');
        Some(out.into())
    }
}

fn error_event(kind: &str, message: &str) -> Bytes {
    let (kind, message) = (json_string(kind), json_string(message));
    format!(r#"{{"error":{{"message":{message},"type":{kind},"param":null,"code":null}}}}"#).into()
}

/// Encodes a whole answer created at `created` (Unix seconds).
pub fn encode_response(response: &ChatResponse, created: i64) -> Bytes {
    let (id, model) = (json_string(&response.id), json_string(&response.model));
    let mut out = format!(
        r#"{{"id":{id},"object":"chat.completion","created":{created},"model":{model},"choices":["#
    );
    for (index, choice) in response.choices.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        encode_choice(index, choice, &mut out);
    }
    out.push(']');
    if let Some(usage) = &response.usage {
        out.push_str(r#","usage":"#);
        usage::write(usage, &mut out);
    }
    out.push('}');
    out.into()
}

fn encode_choice(index: usize, choice: &Choice, out: &mut String) {
    let content = match &choice.text {
        Some(text) => json_string(text),
        None if choice.tool_calls.is_empty() => r#""""#.to_owned(),
        None => "null".to_owned(),
    };
    let _ = write!(
        out,
        r#"{{"index":{index},"message":{{"role":"assistant","content":{content},"refusal":null"#
    );
    if let Some(reasoning) = &choice.reasoning {
        let _ = write!(out, r#","reasoning_content":{}"#, json_string(reasoning));
    }
    for (at, call) in choice.tool_calls.iter().enumerate() {
        out.push_str(if at == 0 { r#","tool_calls":["# } else { "," });
        let (id, name) = (json_string(&call.id), json_string(&call.name));
        let arguments = json_string(&call.arguments);
        let _ = write!(
            out,
            r#"{{"id":{id},"type":"function","function":{{"name":{name},"arguments":{arguments}}}}}"#
        );
    }
    if !choice.tool_calls.is_empty() {
        out.push(']');
    }
    let finish = choice.finish.map_or("stop", |reason| reason.as_str());
    let logprobs = encode_logprobs(&choice.logprobs);
    let _ = write!(out, r#"}},"logprobs":{logprobs},"finish_reason":"{finish}"}}"#);
}

/// The value of a choice's `logprobs`.
fn encode_logprobs(tokens: &[TokenLogprob]) -> String {
    if tokens.is_empty() {
        return "null".to_owned();
    }
    let mut out = r#"{"content":["#.to_owned();
    for (at, token) in tokens.iter().enumerate() {
        out.push_str(if at > 0 { ",{" } else { "{" });
        likely(&token.chosen, &mut out);
        out.push_str(r#","top_logprobs":["#);
        for (at, token) in token.top.iter().enumerate() {
            out.push_str(if at > 0 { ",{" } else { "{" });
            likely(token, &mut out);
            out.push('}');
        }
        out.push_str("]}");
    }
    out.push_str(r#"],"refusal":null}"#);
    out
}

/// The fields of one token. What is less likely than JSON's clients can read has the least number that OpenAI sends.
fn likely(token: &Likely, out: &mut String) {
    let text = json_string(&String::from_utf8_lossy(&token.bytes));
    let logprob = token.logprob.max(-9999.0);
    let bytes: Vec<String> = token.bytes.iter().map(u8::to_string).collect();
    let _ = write!(out, r#""token":{text},"logprob":{logprob},"bytes":[{}]"#, bytes.join(","));
}
