//! Collects the events of a stream to a whole answer.

use crate::chat::{
    ChatResponse, Choice, FinishReason, ResponseToolCall, StreamEvent, TokenLogprob,
};
use std::collections::BTreeMap;

/// An answer in the making.
#[derive(Debug, Default)]
pub struct Collector {
    response: ChatResponse,
    choices: BTreeMap<u32, Partial>,
}

#[derive(Debug, Default)]
struct Partial {
    text: String,
    reasoning: String,
    calls: BTreeMap<u32, ResponseToolCall>,
    finish: Option<FinishReason>,
    logprobs: Vec<TokenLogprob>,
}

impl Collector {
    /// An empty answer.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one event. [`StreamEvent::End`] and [`StreamEvent::Error`] add nothing; the caller knows what they mean.
    pub fn push(&mut self, event: &StreamEvent) {
        match event {
            StreamEvent::Start { id, model } => {
                self.response.id.clone_from(id);
                self.response.model.clone_from(model);
            }
            StreamEvent::Text { choice, delta, logprobs } => {
                let choice = self.choice(*choice);
                choice.text.push_str(delta);
                choice.logprobs.extend_from_slice(logprobs);
            }
            StreamEvent::Reasoning { choice, delta } => {
                self.choice(*choice).reasoning.push_str(delta);
            }
            StreamEvent::ToolCall { choice, index, id, name } => {
                let call = self.choice(*choice).calls.entry(*index).or_default();
                call.id.clone_from(id);
                call.name.clone_from(name);
            }
            StreamEvent::ToolArguments { choice, index, delta } => {
                self.choice(*choice).calls.entry(*index).or_default().arguments.push_str(delta);
            }
            StreamEvent::Finish { choice, reason } => self.choice(*choice).finish = Some(*reason),
            StreamEvent::Usage(usage) => self.response.usage = Some(*usage),
            StreamEvent::End | StreamEvent::Error { .. } => {}
        }
    }

    /// The answer so far. Text that was never sent is absent rather than empty.
    pub fn finish(self) -> ChatResponse {
        let some = |text: String| (!text.is_empty()).then_some(text);
        let choices = self.choices.into_values().map(|partial| Choice {
            text: some(partial.text),
            reasoning: some(partial.reasoning),
            tool_calls: partial.calls.into_values().collect(),
            finish: partial.finish,
            logprobs: partial.logprobs,
        });
        ChatResponse { choices: choices.collect(), ..self.response }
    }

    fn choice(&mut self, index: u32) -> &mut Partial {
        self.choices.entry(index).or_default()
    }
}
