//! A chat request as Weir understands it: what it needs to decide and translate, beside the body as received.

use super::{Span, TextSlot};
use bytes::Bytes;
use serde_json::value::RawValue;

/// Who speaks in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Instructions of the operator (`system`).
    System,
    /// Instructions of the application (`developer`), a system message to providers without that role.
    Developer,
    /// The user.
    User,
    /// The model.
    Assistant,
    /// A tool's result.
    Tool,
    /// A result in the legacy `function` form.
    Function,
}

/// One decoded request. `raw` stays the truth: a target of the same dialect gets it with a few spans replaced.
#[derive(Debug, Clone)]
pub struct ChatRequest {
    /// The body as received, or as it stands after redaction and shaping.
    pub raw: Bytes,
    /// The requested model: `auto`, a target's name, or anything else (an error later).
    pub model: String,
    /// Where `model`'s string literal stands in `raw`.
    pub model_span: Span,
    /// Whether the client wants a stream.
    pub stream: bool,
    /// Whether the client asked for usage in the stream (`stream_options.include_usage`).
    pub include_usage: bool,
    /// The value of `stream_options` in `raw`, if present.
    pub stream_options_span: Option<Span>,
    /// Offset in `raw` just behind the opening brace of the body.
    pub object_start: usize,
    /// The conversation, in order.
    pub messages: Vec<Message>,
    /// Every string that may carry somebody's words, in body order. `Part::Text` and `ToolCall` point into it.
    pub texts: Vec<TextSlot>,
    /// The tools on offer (`tools`, or the legacy `functions`).
    pub tools: Vec<Tool>,
    /// How tools are to be chosen.
    pub tool_choice: ToolChoice,
    /// `parallel_tool_calls`, if given.
    pub parallel_tool_calls: Option<bool>,
    /// Sampling and length parameters.
    pub sampling: Sampling,
    /// `response_format` as received, if given.
    pub response_format: Option<Box<RawValue>>,
    /// Kinds of content that no detector can read, each once: `image`, `audio`, `video`, `file`, `other`.
    pub unchecked: Vec<&'static str>,
    /// Names of the top-level fields that none of the above covers, for reporting what a translation loses.
    pub unknown_fields: Vec<String>,
}

/// One message of the conversation.
#[derive(Debug, Clone)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// Its content in order; empty for `null`.
    pub parts: Vec<Part>,
    /// Calls the assistant made.
    pub tool_calls: Vec<ToolCall>,
    /// The call that a tool result answers.
    pub tool_call_id: Option<String>,
}

/// A piece of a message's content.
#[derive(Debug, Clone)]
pub enum Part {
    /// Text: an index into [`ChatRequest::texts`]; `cache_control` as received beside it.
    Text {
        /// Index into [`ChatRequest::texts`]; small, since there may be millions of parts.
        slot: u32,
        /// The part's `cache_control` object, if any.
        cache_control: Option<Box<RawValue>>,
    },
    /// An image by URL or `data:` URL.
    Image {
        /// The URL as received.
        url: Box<str>,
    },
    /// A part Weir does not translate (audio, file, …).
    Other {
        /// Its `type`, if Weir knows it, else `unknown`.
        kind: &'static str,
    },
}

/// A call of a tool by the assistant.
#[derive(Debug, Clone)]
pub struct ToolCall {
    /// The call's id.
    pub id: String,
    /// The function's name.
    pub name: String,
    /// Index into [`ChatRequest::texts`] of its arguments (JSON text).
    pub arguments: usize,
}

/// A tool on offer.
#[derive(Debug, Clone)]
pub struct Tool {
    /// The function's name (for tools of another type: the type).
    pub name: String,
    /// What it does.
    pub description: Option<String>,
    /// JSON Schema of its arguments.
    pub parameters: Option<Box<RawValue>>,
    /// False for tools that are not functions.
    pub is_function: bool,
}

/// The client's `tool_choice`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ToolChoice {
    /// Not given, or `auto`.
    #[default]
    Auto,
    /// No tool.
    None,
    /// Some tool.
    Required,
    /// This function.
    Function(String),
}

/// The form that an answer must have.
#[derive(Debug, Clone, PartialEq)]
pub enum OutputFormat {
    /// Any JSON object.
    JsonObject,
    /// JSON that a schema allows.
    JsonSchema(serde_json::Value),
    /// What a regular expression matches as a whole.
    Regex(String),
}

/// Sampling and length parameters, `None` where the client said nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sampling {
    /// Softmax temperature, 0–2.
    pub temperature: Option<f64>,
    /// Nucleus mass, 0–1.
    pub top_p: Option<f64>,
    /// Most tokens to generate: `max_completion_tokens`, else `max_tokens`.
    pub max_tokens: Option<u32>,
    /// Strings that end the answer; at most four at OpenAI.
    pub stop: Vec<String>,
    /// Seed for repeatable sampling.
    pub seed: Option<u64>,
    /// Number of choices; 1 if absent.
    pub n: Option<u32>,
    /// Whether token log-probabilities are asked for.
    pub logprobs: bool,
    /// Of how many tokens at each place, 0–20.
    pub top_logprobs: Option<u32>,
}

impl ChatRequest {
    /// Index of the message that decides: the last one from the user.
    pub fn last_user(&self) -> Option<usize> {
        self.messages.iter().rposition(|message| message.role == Role::User)
    }

    /// The text of one message, its text parts joined by newlines.
    pub fn text_of(&self, message: usize) -> String {
        let parts = self.messages.get(message).map_or(&[][..], |m| &m.parts[..]);
        let mut out = String::new();
        for part in parts {
            let Part::Text { slot, .. } = part else { continue };
            if !out.is_empty() {
                out.push('\n');
            }
            out.push_str(&self.texts[*slot as usize].text);
        }
        out
    }

    /// Whether a message carries an image.
    pub fn has_images(&self) -> bool {
        self.messages.iter().flat_map(|m| &m.parts).any(|part| matches!(part, Part::Image { .. }))
    }

    /// Bytes of text over all slots, the base of token estimates.
    pub fn text_bytes(&self) -> usize {
        self.texts.iter().map(|slot| slot.text.len()).sum()
    }
}
