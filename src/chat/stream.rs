//! Answers, whole and as a stream of events, in canonical form. Dialects translate to and from these.

use super::Usage;

/// Why a choice ended, in OpenAI's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FinishReason {
    /// A natural end or a stop string.
    Stop,
    /// The token limit or the context window.
    Length,
    /// The model calls tools.
    ToolCalls,
    /// The provider withheld content.
    ContentFilter,
}

impl FinishReason {
    /// The wire name in OpenAI's `finish_reason`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Length => "length",
            Self::ToolCalls => "tool_calls",
            Self::ContentFilter => "content_filter",
        }
    }
}

/// One step of a streamed answer.
#[derive(Debug, Clone, PartialEq)]
pub enum StreamEvent {
    /// The answer begins.
    Start {
        /// The provider's id of the answer.
        id: String,
        /// The model that answers, as the provider names it.
        model: String,
    },
    /// More text of a choice.
    Text {
        /// Index of the choice.
        choice: u32,
        /// The new text.
        delta: String,
        /// Its tokens with their probabilities, if they were asked for.
        logprobs: Vec<TokenLogprob>,
    },
    /// More reasoning text of a choice.
    Reasoning {
        /// Index of the choice.
        choice: u32,
        /// The new text.
        delta: String,
    },
    /// A tool call begins.
    ToolCall {
        /// Index of the choice.
        choice: u32,
        /// Index of the call within the choice, from 0.
        index: u32,
        /// The call's id.
        id: String,
        /// The function's name.
        name: String,
    },
    /// More of a tool call's arguments (JSON text).
    ToolArguments {
        /// Index of the choice.
        choice: u32,
        /// Index of the call.
        index: u32,
        /// The new text.
        delta: String,
    },
    /// A choice ends.
    Finish {
        /// Index of the choice.
        choice: u32,
        /// Why.
        reason: FinishReason,
    },
    /// Usage so far; a later event replaces an earlier one.
    Usage(Usage),
    /// The answer is complete.
    End,
    /// The provider reports an error inside the stream.
    Error {
        /// The provider's error type.
        kind: String,
        /// The provider's message.
        message: String,
    },
}

/// A token and how likely it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Likely {
    /// Its bytes, which may be part of a character.
    pub bytes: Vec<u8>,
    /// The natural logarithm of its probability.
    pub logprob: f32,
}

/// A chosen token, and which ones were likeliest there.
#[derive(Debug, Clone, PartialEq)]
pub struct TokenLogprob {
    /// The chosen one.
    pub chosen: Likely,
    /// The likeliest ones, best first, as many as were asked for.
    pub top: Vec<Likely>,
}

/// A whole answer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ChatResponse {
    /// The provider's id of the answer.
    pub id: String,
    /// The model that answered, as the provider names it.
    pub model: String,
    /// The choices, in order.
    pub choices: Vec<Choice>,
    /// Tokens, if the provider counted them.
    pub usage: Option<Usage>,
}

/// One choice of a whole answer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Choice {
    /// Its text; `None` if there is none (a pure tool call).
    pub text: Option<String>,
    /// Its reasoning text, if shown.
    pub reasoning: Option<String>,
    /// Its tool calls.
    pub tool_calls: Vec<ResponseToolCall>,
    /// Why it ended.
    pub finish: Option<FinishReason>,
    /// The tokens of its text with their probabilities, if they were asked for.
    pub logprobs: Vec<TokenLogprob>,
}

/// A tool call in an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResponseToolCall {
    /// The call's id.
    pub id: String,
    /// The function's name.
    pub name: String,
    /// Its arguments as JSON text.
    pub arguments: String,
}
