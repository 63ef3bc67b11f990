//! Decodes the events of a stream.

use super::decode::{text_of, utf8, without_call};
use super::finish_reason;
use super::structured::ANSWER_TOOL;
use super::usage;
use crate::chat::{StreamEvent, Usage};
use crate::dialect::DialectError;
use crate::dialect::json::{Tape, Value};
use std::collections::BTreeMap;

/// Decodes the events of one stream. Events and blocks that are new to Weir are passed over.
#[derive(Debug, Default)]
pub struct StreamDecoder {
    /// The tool calls under way, by the index of their block.
    calls: BTreeMap<u64, Call>,
    n_calls: u32,
    usage: Usage,
    /// Whether the answer comes as the input of a tool.
    by_tool: bool,
    /// The block of that input, once it has begun.
    answer: Option<u64>,
}

#[derive(Debug)]
struct Call {
    index: u32,
    has_arguments: bool,
}

impl StreamDecoder {
    /// A decoder at the start of a stream.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same for an answer that comes as the input of a tool: the input is its text.
    pub fn structured() -> Self {
        Self { by_tool: true, ..Self::default() }
    }

    /// The events in the data of one SSE event; the type inside the data counts. [`StreamEvent::End`] comes from
    /// `message_stop` alone: a stream that ends without it was cut.
    ///
    /// # Errors
    /// The data is not a JSON object with a type.
    pub fn push(&mut self, data: &[u8]) -> Result<Vec<StreamEvent>, DialectError> {
        let tape = Tape::parse(utf8(data)?)?;
        let event = tape.root();
        let kind = event.get("type").and_then(Value::text);
        let kind = kind.ok_or(DialectError::Shape { field: "type", expected: "a string" })?;
        let index =
            event.get("index").and_then(Value::integer).and_then(|index| u64::try_from(index).ok());
        let index = index.unwrap_or(0);
        Ok(match &*kind {
            "message_start" => {
                let message = field(event, "message")?;
                let start = StreamEvent::Start {
                    id: text_of(message, "id"),
                    model: text_of(message, "model"),
                };
                let mut events = vec![start];
                events.extend(self.count(message));
                events
            }
            "content_block_start" => self.begin(index, field(event, "content_block")?),
            "content_block_delta" => {
                self.delta(index, field(event, "delta")?).into_iter().collect()
            }
            "content_block_stop" => self.end(index).into_iter().collect(),
            "message_delta" => {
                let reason = event
                    .get("delta")
                    .and_then(|delta| delta.get("stop_reason"))
                    .and_then(Value::text);
                let finish = reason.map(|reason| {
                    let reason = finish_reason(&reason);
                    let reason = if self.by_tool { without_call(reason) } else { reason };
                    StreamEvent::Finish { choice: 0, reason }
                });
                finish.into_iter().chain(self.count(event)).collect()
            }
            "message_stop" => vec![StreamEvent::End],
            "error" => {
                let error = event.get("error").unwrap_or(event);
                vec![StreamEvent::Error {
                    kind: text_of(error, "type"),
                    message: text_of(error, "message"),
                }]
            }
            _ => Vec::new(),
        })
    }

    fn begin(&mut self, block: u64, content: Value<'_>) -> Vec<StreamEvent> {
        match &*text_of(content, "type") {
            // Words beside the answer would not be JSON.
            "text" if self.by_tool => Vec::new(),
            "tool_use" if self.by_tool => {
                if self.answer.is_none()
                    && content.get("name").is_some_and(|name| name.is(ANSWER_TOOL))
                {
                    self.answer = Some(block);
                }
                let input = content.get("input").filter(|input| input.fields().next().is_some());
                let call = Call { index: 0, has_arguments: input.is_some() };
                self.calls.insert(block, call);
                let own = self.answer == Some(block);
                input
                    .filter(|_| own)
                    .and_then(|input| text(input.raw().to_owned()))
                    .into_iter()
                    .collect()
            }
            "text" => text(text_of(content, "text")).into_iter().collect(),
            "thinking" => reasoning(text_of(content, "thinking")).into_iter().collect(),
            "tool_use" => {
                let index = self.n_calls;
                self.n_calls += 1;
                let call = StreamEvent::ToolCall {
                    choice: 0,
                    index,
                    id: text_of(content, "id"),
                    name: text_of(content, "name"),
                };
                // The input is empty here and follows in deltas, unless a provider sends it at once.
                let input = content.get("input").filter(|input| input.fields().next().is_some());
                self.calls.insert(block, Call { index, has_arguments: input.is_some() });
                let whole = input.map(|input| arguments(index, input.raw().to_owned()));
                std::iter::once(call).chain(whole).collect()
            }
            _ => Vec::new(),
        }
    }

    fn delta(&mut self, block: u64, delta: Value<'_>) -> Option<StreamEvent> {
        match &*text_of(delta, "type") {
            "text_delta" if self.by_tool => None,
            "text_delta" => text(text_of(delta, "text")),
            "thinking_delta" => reasoning(text_of(delta, "thinking")),
            "input_json_delta" => {
                let part = text_of(delta, "partial_json");
                // Blocks that are no calls of the client's tools have input too; it is not for the client.
                let call = self.calls.get_mut(&block).filter(|_| !part.is_empty())?;
                call.has_arguments = true;
                if self.by_tool {
                    return text(part).filter(|_| self.answer == Some(block));
                }
                Some(arguments(call.index, part))
            }
            _ => None,
        }
    }

    /// Arguments are JSON text, so a call without any gets an empty object.
    fn end(&mut self, block: u64) -> Option<StreamEvent> {
        let call = self.calls.remove(&block)?;
        if self.by_tool {
            let empty = self.answer == Some(block) && !call.has_arguments;
            return text("{}".to_owned()).filter(|_| empty);
        }
        (!call.has_arguments).then(|| arguments(call.index, "{}".to_owned()))
    }

    /// Counts so far, which are cumulative.
    fn count(&mut self, holder: Value<'_>) -> Option<StreamEvent> {
        usage::update(&mut self.usage, holder.get("usage")?)
            .then_some(StreamEvent::Usage(self.usage))
    }
}

fn field<'t>(event: Value<'t>, name: &'static str) -> Result<Value<'t>, DialectError> {
    event.get(name).ok_or(DialectError::Shape { field: name, expected: "an object" })
}

fn text(delta: String) -> Option<StreamEvent> {
    (!delta.is_empty()).then_some(StreamEvent::Text { choice: 0, delta, logprobs: Vec::new() })
}

fn reasoning(delta: String) -> Option<StreamEvent> {
    (!delta.is_empty()).then_some(StreamEvent::Reasoning { choice: 0, delta })
}

fn arguments(index: u32, delta: String) -> StreamEvent {
    StreamEvent::ToolArguments { choice: 0, index, delta }
}
