//! Restores OpenAI chat completions, whole and streamed, at the level of their JSON.
//!
//! Text, refusal, reasoning, audio transcripts, tool inputs and names of tools are restored as text; the arguments of function
//! calls as JSON. Each choice, field and tool index is a channel with its own [`Restorer`]. Bytes of strings that do not change are
//! left alone. Left as received, with placeholders but never with values: `logprobs` (a token is no text one could
//! restore), `annotations` and `reasoning_details`.

use super::restorer::{Counts, Escaping, Restorer};
use super::wire::{Member, elements, member, members, span, string};
use crate::chat::{Edit, json_string, splice};
use crate::privacy::vault::Vault;
use bytes::Bytes;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Why a body could not be restored. It was not changed then, so it holds placeholders at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RestoreError {
    /// It is no JSON object.
    #[error("the answer is not a JSON object")]
    NotAnObject,
}

/// Fields of a message or delta that carry plain text.
const TEXT_FIELDS: [&str; 4] = ["content", "refusal", "reasoning_content", "reasoning"];

/// A place within a choice whose text belongs together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Text(&'static str),
    ToolArguments(u64),
    /// The free text that a custom tool takes.
    ToolInput(u64),
    FunctionArguments,
    Transcript,
}

/// Restores the answer to one request.
pub struct ResponseRestorer {
    vault: Arc<Vault>,
    content: Escaping,
    channels: BTreeMap<(u64, Place), Restorer>,
    /// Counts of channels that are no longer kept.
    closed: Counts,
    /// The last chunk, the model for chunks of our own.
    last_chunk: Bytes,
}

/// One body or chunk at work.
struct Pass<'a> {
    body: &'a Bytes,
    edits: Vec<Edit>,
    choice: u64,
    /// The body is not streamed: each string is complete.
    whole: bool,
}

impl ResponseRestorer {
    /// A restorer for an answer. `json_content` says that the client asked for JSON (`response_format`), so that values in
    /// the text are escaped as JSON needs it.
    pub fn new(vault: Arc<Vault>, json_content: bool) -> Self {
        let content = if json_content { Escaping::JsonString } else { Escaping::None };
        let (channels, closed) = (BTreeMap::new(), Counts::default());
        Self { vault, content, channels, closed, last_chunk: Bytes::new() }
    }

    /// Restores a body that is not streamed: a chat completion, or an error object's message.
    ///
    /// # Errors
    /// [`RestoreError::NotAnObject`].
    pub fn whole(&mut self, body: &Bytes) -> Result<Bytes, RestoreError> {
        self.restore(body, "message")
    }

    /// Restores one chunk of a stream (the JSON of one `data:` line). Text that may be the beginning of a placeholder stays
    /// behind for a later chunk, at the latest for the one with the choice's `finish_reason`; a chunk whose text stays
    /// behind goes out with an empty string.
    ///
    /// # Errors
    /// [`RestoreError::NotAnObject`].
    pub fn chunk(&mut self, data: &Bytes) -> Result<Bytes, RestoreError> {
        let out = self.restore(data, "delta")?;
        self.last_chunk = data.clone();
        Ok(out)
    }

    /// At `[DONE]` or after a cut: one chunk for each choice whose text is still held back, with the id, model and time of
    /// the last chunk.
    pub fn flush(&mut self) -> Vec<Bytes> {
        let mut deltas: BTreeMap<u64, Vec<(Place, String)>> = BTreeMap::new();
        for ((choice, place), restorer) in &mut self.channels {
            if restorer.is_holding() {
                deltas.entry(*choice).or_default().push((*place, restorer.cut()));
            }
        }
        let last = std::str::from_utf8(&self.last_chunk).ok().and_then(members).unwrap_or_default();
        let mut head = String::from("{\"object\":\"chat.completion.chunk\"");
        for name in ["id", "created", "model"] {
            if let Some(found) = member(&last, name) {
                head.push_str(&format!(",\"{name}\":{}", found.json));
            }
        }
        let chunks = deltas.into_iter().map(|(choice, tails)| {
            let delta = new_members(&tails).join(",");
            format!(
                "{head},\"choices\":[{{\"index\":{choice},\"delta\":{{{delta}}},\"finish_reason\":null}}]}}"
            )
            .into()
        });
        chunks.collect()
    }

    /// What was seen so far, over all channels.
    pub fn counts(&self) -> Counts {
        self.channels.values().map(Restorer::counts).fold(self.closed, add)
    }

    fn restore(&mut self, body: &Bytes, holder: &str) -> Result<Bytes, RestoreError> {
        let text = std::str::from_utf8(body).map_err(|_| RestoreError::NotAnObject)?;
        let top = members(text).ok_or(RestoreError::NotAnObject)?;
        let whole = holder == "message";
        let mut pass = Pass { body, edits: Vec::new(), choice: 0, whole };
        if let Some(error) = member(&top, "error").and_then(|m| members(m.json))
            && let Some(found) = member(&error, "message")
            && let Some(text) = string(found.json)
        {
            self.complete(&mut pass, found.json, &text, Escaping::None);
        }
        let choices = member(&top, "choices").and_then(|m| elements(m.json)).unwrap_or_default();
        for (at, json) in choices.into_iter().enumerate() {
            let Some(choice) = members(json) else { continue };
            pass.choice = index_of(&choice, at);
            let held_by = member(&choice, holder);
            let delta = held_by.and_then(|m| members(m.json));
            if let Some(delta) = &delta {
                self.message(&mut pass, delta);
            }
            if !whole && member(&choice, "finish_reason").is_some_and(|m| m.json != "null") {
                self.tails(&mut pass, json, held_by, delta.as_deref());
            }
        }
        Ok(splice(body, pass.edits))
    }

    /// Restores a string that no later text belongs to.
    fn complete(&mut self, pass: &mut Pass<'_>, json: &str, text: &str, escaping: Escaping) {
        let mut restorer = Restorer::new(self.vault.clone(), escaping);
        let mut restored = restorer.push(text);
        restored.push_str(&restorer.finish());
        self.closed = add(self.closed, restorer.counts());
        pass.replace(json, text, &restored);
    }

    fn message(&mut self, pass: &mut Pass<'_>, message: &[Member<'_>]) {
        for field in TEXT_FIELDS {
            if let Some(found) = member(message, field) {
                self.text_or_parts(pass, found.json, field);
            }
        }
        if let Some(call) = member(message, "function_call").and_then(|m| members(m.json)) {
            self.name(pass, &call);
            self.field(pass, &call, "arguments", Place::FunctionArguments);
        }
        if let Some(audio) = member(message, "audio").and_then(|m| members(m.json)) {
            self.field(pass, &audio, "transcript", Place::Transcript);
        }
        let calls = member(message, "tool_calls").and_then(|m| elements(m.json));
        for (at, call) in calls.unwrap_or_default().into_iter().enumerate() {
            let Some(call) = members(call) else { continue };
            let index = index_of(&call, at);
            if let Some(function) = member(&call, "function").and_then(|m| members(m.json)) {
                self.name(pass, &function);
                self.field(pass, &function, "arguments", Place::ToolArguments(index));
            }
            if let Some(custom) = member(&call, "custom").and_then(|m| members(m.json)) {
                self.name(pass, &custom);
                self.field(pass, &custom, "input", Place::ToolInput(index));
            }
        }
    }

    /// A field that is a string, or a list of parts with their text in `text`, `refusal` or (nested) `thinking`.
    fn text_or_parts(&mut self, pass: &mut Pass<'_>, json: &str, field: &'static str) {
        if json.starts_with('"') {
            return self.string(pass, json, Place::Text(field));
        }
        for part in elements(json).unwrap_or_default() {
            let Some(part) = members(part) else { continue };
            for (name, field) in
                [("text", field), ("refusal", "refusal"), ("thinking", "reasoning_content")]
            {
                if let Some(found) = member(&part, name) {
                    self.text_or_parts(pass, found.json, field);
                }
            }
        }
    }

    fn field(&mut self, pass: &mut Pass<'_>, object: &[Member<'_>], name: &str, place: Place) {
        if let Some(found) = member(object, name) {
            self.string(pass, found.json, place);
        }
    }

    /// The name of a tool, which comes whole in the first chunk of its call.
    fn name(&mut self, pass: &mut Pass<'_>, object: &[Member<'_>]) {
        if let Some(found) = member(object, "name")
            && let Some(text) = string(found.json)
        {
            self.complete(pass, found.json, &text, Escaping::None);
        }
    }

    fn string(&mut self, pass: &mut Pass<'_>, json: &str, place: Place) {
        let Some(text) = string(json) else { return };
        let escaping = match place {
            Place::ToolArguments(_) | Place::FunctionArguments => Escaping::JsonString,
            Place::Text("content") => self.content,
            _ => Escaping::None,
        };
        if pass.whole {
            return self.complete(pass, json, &text, escaping);
        }
        let vault = &self.vault;
        let channel = self.channels.entry((pass.choice, place));
        let channel = channel.or_insert_with(|| Restorer::new(vault.clone(), escaping));
        let restored = channel.push(&text);
        pass.replace(json, &text, &restored);
    }

    /// Ends the choice: what its channels hold back is added to this chunk.
    fn tails(
        &mut self,
        pass: &mut Pass<'_>,
        choice: &str,
        held_by: Option<&Member<'_>>,
        delta: Option<&[Member<'_>]>,
    ) {
        let mut tails: Vec<(Place, String)> = Vec::new();
        let of_choice = (pass.choice, Place::Text(""))..=(pass.choice, Place::Transcript);
        for ((_, place), restorer) in self.channels.range_mut(of_choice.clone()) {
            if restorer.is_holding() {
                tails.push((*place, restorer.finish()));
            }
        }
        let ended: Vec<_> = self.channels.range(of_choice).map(|(key, _)| *key).collect();
        for restorer in ended.iter().filter_map(|key| self.channels.remove(key)) {
            self.closed = add(self.closed, restorer.counts());
        }
        if tails.is_empty() {
            return;
        }
        tails.retain(|(place, tail)| !pass.append(delta.unwrap_or_default(), *place, tail));
        let (object, empty) = match (held_by, delta) {
            (Some(found), Some(delta)) => (found.json, delta.is_empty()),
            (Some(found), None) => {
                let json = format!("{{{}}}", new_members(&tails).join(","));
                pass.edits.push(Edit { span: span(pass.body, found.json), json });
                return;
            }
            (None, _) => {
                let json = format!("\"delta\":{{{}}},", new_members(&tails).join(","));
                pass.insert(choice, &json);
                return;
            }
        };
        let null: Vec<&Member<'_>> =
            delta.unwrap_or_default().iter().filter(|m| m.json == "null").collect();
        let mut added = new_members(&tails);
        for found in null {
            let head = format!("\"{}\":", found.name);
            if let Some(at) = added.iter().position(|new| new.starts_with(&head)) {
                let json = added.remove(at).get(head.len()..).unwrap_or("null").to_owned();
                pass.edits.push(Edit { span: span(pass.body, found.json), json });
            }
        }
        if !added.is_empty() {
            let comma = if empty { "" } else { "," };
            pass.insert(object, &format!("{}{comma}", added.join(",")));
        }
    }
}

impl Pass<'_> {
    fn replace(&mut self, json: &str, old: &str, new: &str) {
        if old != new {
            self.edits.push(Edit { span: span(self.body, json), json: json_string(new) });
        }
    }

    /// Adds members at the beginning of an object.
    fn insert(&mut self, object: &str, json: &str) {
        let start = span(self.body, object).start + 1;
        self.edits.push(Edit { span: start..start, json: json.to_owned() });
    }

    /// Adds a tail to the place's own string or list in the delta; false if it has none.
    fn append(&mut self, delta: &[Member<'_>], place: Place, tail: &str) -> bool {
        let owner = match place {
            Place::Text(field) => member(delta, field).map(|m| m.json),
            Place::FunctionArguments => inner(delta, "function_call", "arguments"),
            Place::Transcript => inner(delta, "audio", "transcript"),
            Place::ToolArguments(index) => call(delta, index, "function", "arguments"),
            Place::ToolInput(index) => call(delta, index, "custom", "input"),
        };
        let outer = match place {
            Place::FunctionArguments => Some(("function_call", "arguments")),
            Place::Transcript => Some(("audio", "transcript")),
            _ => None,
        };
        if let (None, Some((outer, name))) = (owner, outer)
            && let Some(object) = member(delta, outer).filter(|m| m.json.starts_with('{'))
        {
            let comma = if members(object.json).is_some_and(|m| m.is_empty()) { "" } else { "," };
            self.insert(object.json, &format!("\"{name}\":{}{comma}", json_string(tail)));
            return true;
        }
        match (owner, place) {
            (Some(json), _) if json.starts_with('"') => {
                self.extend_string(json, tail);
                true
            }
            (Some(json), Place::Text(_)) if json.starts_with('[') => {
                self.extend_list(
                    json,
                    &format!("{{\"type\":\"text\",\"text\":{}}}", json_string(tail)),
                );
                true
            }
            (_, Place::ToolArguments(_) | Place::ToolInput(_)) => {
                let list = member(delta, "tool_calls").filter(|m| m.json.starts_with('['));
                if let Some(list) = list {
                    self.extend_list(list.json, &new_call(place, tail));
                }
                list.is_some()
            }
            _ => false,
        }
    }

    fn extend_string(&mut self, json: &str, tail: &str) {
        let span = span(self.body, json);
        let edit = self.edits.iter_mut().find(|edit| edit.span == span);
        let old = edit.as_ref().map_or(json, |edit| &edit.json);
        let text = string(old).unwrap_or_default() + tail;
        match edit {
            Some(edit) => edit.json = json_string(&text),
            None => self.edits.push(Edit { span, json: json_string(&text) }),
        }
    }

    fn extend_list(&mut self, json: &str, element: &str) {
        let end = span(self.body, json).end - 1;
        let filled = elements(json).is_some_and(|found| !found.is_empty());
        let earlier = self.edits.iter().position(|edit| edit.span == (end..end));
        let comma = if filled || earlier.is_some() { "," } else { "" };
        match earlier.and_then(|at| self.edits.get_mut(at)) {
            Some(edit) => edit.json.push_str(&format!(",{element}")),
            None => self.edits.push(Edit { span: end..end, json: format!("{comma}{element}") }),
        }
    }
}

/// Members of a delta that carry these tails.
fn new_members(tails: &[(Place, String)]) -> Vec<String> {
    let mut out = Vec::new();
    let mut calls = Vec::new();
    for (place, tail) in tails {
        let text = json_string(tail);
        match place {
            Place::Text(field) => out.push(format!("\"{field}\":{text}")),
            Place::FunctionArguments => {
                out.push(format!("\"function_call\":{{\"arguments\":{text}}}"));
            }
            Place::Transcript => out.push(format!("\"audio\":{{\"transcript\":{text}}}")),
            Place::ToolArguments(_) | Place::ToolInput(_) => calls.push(new_call(*place, tail)),
        }
    }
    if !calls.is_empty() {
        out.push(format!("\"tool_calls\":[{}]", calls.join(",")));
    }
    out
}

fn new_call(place: Place, tail: &str) -> String {
    let text = json_string(tail);
    match place {
        Place::ToolInput(index) => format!("{{\"index\":{index},\"custom\":{{\"input\":{text}}}}}"),
        Place::ToolArguments(index) => {
            format!("{{\"index\":{index},\"function\":{{\"arguments\":{text}}}}}")
        }
        _ => "{}".to_owned(),
    }
}

/// The string at `outer.name` in a delta.
fn inner<'a>(delta: &[Member<'a>], outer: &str, name: &str) -> Option<&'a str> {
    let object = members(member(delta, outer)?.json)?;
    member(&object, name).map(|found| found.json)
}

/// The string at `tool_calls[…].outer.name` of the last entry with that index in a delta.
fn call<'a>(delta: &[Member<'a>], index: u64, outer: &str, name: &str) -> Option<&'a str> {
    let calls = elements(member(delta, "tool_calls")?.json)?;
    calls.into_iter().enumerate().rev().find_map(|(at, json)| {
        let call = members(json)?;
        (index_of(&call, at) == index).then(|| inner(&call, outer, name))?
    })
}

fn index_of(object: &[Member<'_>], position: usize) -> u64 {
    member(object, "index").and_then(|m| m.json.parse().ok()).unwrap_or(position as u64)
}

fn add(a: Counts, b: Counts) -> Counts {
    Counts { restored: a.restored + b.restored, unrestored: a.unrestored + b.unrestored }
}

#[cfg(test)]
mod tests;
