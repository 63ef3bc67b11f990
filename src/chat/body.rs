//! Places in a JSON body and edits to them.
//!
//! Invariant: [`splice`] changes only the bytes inside the edited spans; everything else is copied as received.

use super::Role;
use bytes::Bytes;
use compact_str::CompactString;
use std::ops::Range;

/// A byte range in a JSON body. For a string it includes both quotes.
pub type Span = Range<usize>;

/// What a piece of text is to the conversation; decides who may change it, and which form a placeholder has there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SlotKind {
    /// Words of a message: a string `content` or a part of type `text`.
    Message,
    /// Content of a message with the role `tool` or `function`.
    ToolResult,
    /// The JSON text in `tool_calls[].function.arguments`.
    ToolArguments,
    /// A description or other words inside `tools`, `functions` or `response_format`.
    Schema,
    /// A name in the letters that providers allow for it: of a tool, a schema, a property, or any other key of an object.
    Name,
    /// The `name` of whoever speaks in a message.
    Speaker,
    /// Any other string or long number that may carry words: `user`, `metadata` values, `prediction`, unknown fields.
    Other,
}

impl SlotKind {
    /// Whether a placeholder must be a name itself: letters, digits and underscores, without brackets.
    pub fn is_name(self) -> bool {
        matches!(self, Self::Name | Self::Speaker)
    }
}

/// One string (or long number) of a body that may carry somebody's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextSlot {
    /// The JSON literal in the body, the quotes of a string included. An edit of a number makes it a string.
    pub span: Span,
    /// The decoded text. A short one needs no memory of its own beside the slot.
    pub text: CompactString,
    /// What the text is.
    pub kind: SlotKind,
    /// The role of the message it belongs to; `None` outside `messages`.
    pub role: Option<Role>,
    /// Index of the message (or, in a response, of the choice) it belongs to; `None` outside of those. Small, since there may be
    /// millions of texts.
    pub message: Option<u32>,
    /// True where a provider's prompt cache has been asked to end at or after this text (`cache_control`).
    pub cached: bool,
}

impl TextSlot {
    /// Index of the message it belongs to.
    pub fn message(&self) -> Option<usize> {
        self.message.map(|at| at as usize)
    }
}

/// Replaces the bytes of a body in `span` by `json`, which must be valid JSON there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Where; an empty span inserts.
    pub span: Span,
    /// What stands there afterwards.
    pub json: String,
}

impl Edit {
    /// Replaces a slot's text by other text, encoded as a JSON string.
    pub fn text(slot: &TextSlot, text: &str) -> Self {
        Self { span: slot.span.clone(), json: json_string(text) }
    }
}

/// `text` as a JSON string literal with quotes.
pub fn json_string(text: &str) -> String {
    serde_json::Value::String(text.to_owned()).to_string()
}

/// Applies edits to a body. Edits may come in any order; of two that overlap the one that starts first wins, and of two
/// that start together the later in the list.
pub fn splice(body: &Bytes, mut edits: Vec<Edit>) -> Bytes {
    if edits.is_empty() {
        return body.clone();
    }
    edits.reverse();
    edits.sort_by_key(|edit| edit.span.start);
    let grow: usize = edits.iter().map(|edit| edit.json.len()).sum();
    let mut out = Vec::with_capacity(body.len() + grow);
    let mut copied = 0;
    for edit in &edits {
        if edit.span.start < copied || edit.span.end > body.len() || edit.span.start > edit.span.end
        {
            continue;
        }
        out.extend_from_slice(&body[copied..edit.span.start]);
        out.extend_from_slice(edit.json.as_bytes());
        copied = edit.span.end;
    }
    out.extend_from_slice(&body[copied..]);
    out.into()
}

#[cfg(test)]
mod tests {
    use super::{Edit, splice};
    use bytes::Bytes;

    #[test]
    fn splice_leaves_every_other_byte() {
        let body = Bytes::from_static(br#"{ "a" : "x",  "b":1.50 }"#);
        let edits = vec![
            Edit { span: 18..22, json: "2".into() },
            Edit { span: 8..11, json: "\"long\"".into() },
        ];
        assert_eq!(splice(&body, edits), &br#"{ "a" : "long",  "b":2 }"#[..]);
        assert_eq!(splice(&body, vec![]), body);
    }

    #[test]
    fn an_insertion_keeps_what_follows() {
        let body = Bytes::from_static(b"{}");
        assert_eq!(
            splice(&body, vec![Edit { span: 1..1, json: "\"a\":1".into() }]),
            &b"{\"a\":1}"[..]
        );
    }
}
