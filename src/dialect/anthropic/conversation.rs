//! The conversation: system blocks, then turns of user and assistant that alternate.
//!
//! Invariant: within a user turn tool results stand before everything else, as the format demands.

use super::blocks::{Block, call_id, input, source, wrapped};
use super::encode::unsupported;
use crate::chat::{ChatRequest, Message, Part, Role};
use crate::error::{Error, ErrorKind};
use serde::Serialize;
use serde_json::value::RawValue;

/// `system` and `messages`.
#[derive(Serialize)]
pub(super) struct Conversation<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    system: Vec<Block<'a>>,
    messages: Vec<Turn<'a>>,
}

#[derive(Serialize)]
struct Turn<'a> {
    role: &'static str,
    content: Vec<Block<'a>>,
}

/// Translates all messages.
pub(super) fn conversation<'a>(
    request: &'a ChatRequest,
    lost: &mut Vec<String>,
) -> Result<Conversation<'a>, Error> {
    let mut building = Conversation { system: Vec::new(), messages: Vec::new() };
    // The id of the last call that had none: legacy functions know one call at a time.
    let mut unnamed_call = None;
    for (index, message) in request.messages.iter().enumerate() {
        let path = format!("messages[{index}]");
        match message.role {
            Role::System | Role::Developer => {
                if !building.messages.is_empty() {
                    lost.push(format!("{path}.role"));
                }
                building.system(request, message, &path, lost);
            }
            Role::User => {
                let blocks = blocks(request, message, &path)?;
                building.turn("user").extend(blocks);
            }
            Role::Assistant => {
                let mut turn = blocks(request, message, &path)?;
                for (at, call) in message.tool_calls.iter().enumerate() {
                    let id = if call.id.is_empty() {
                        format!("call_{index}_{at}")
                    } else {
                        call_id(&call.id)
                    };
                    let text =
                        request.texts.get(call.arguments).map_or("", |slot| slot.text.as_str());
                    let input = input(text).unwrap_or_else(|| {
                        lost.push(format!("{path}.tool_calls[{at}].function.arguments"));
                        wrapped(text)
                    });
                    if call.id.is_empty() {
                        unnamed_call = Some(id.clone());
                    }
                    turn.push(Block::ToolUse { id, name: &call.name, input });
                }
                building.turn("assistant").extend(turn);
            }
            Role::Tool | Role::Function => {
                let id = message.tool_call_id.as_deref().filter(|id| !id.is_empty()).map(call_id);
                let Some(tool_use_id) = id.or_else(|| unnamed_call.clone()) else {
                    let path = format!("{path}.tool_call_id");
                    let what = format!("`{path}` must name the call that this result answers.");
                    return Err(Error::new(ErrorKind::InvalidValue, what).param(path));
                };
                let result = tool_result(request, message, tool_use_id, &path)?;
                let turn = building.turn("user");
                let results =
                    turn.iter().take_while(|block| matches!(block, Block::ToolResult { .. }));
                let at = results.count();
                turn.insert(at, result);
            }
        }
    }
    building.messages.retain(|turn| !turn.content.is_empty());
    trim_prefill(&mut building, lost);
    if building.messages.is_empty() {
        return Err(unsupported(
            "messages",
            "the target needs at least one user or assistant message",
        ));
    }
    Ok(building)
}

impl<'a> Conversation<'a> {
    fn system(
        &mut self,
        request: &'a ChatRequest,
        message: &'a Message,
        path: &str,
        lost: &mut Vec<String>,
    ) {
        for (at, part) in message.parts.iter().enumerate() {
            match text_block(request, part) {
                Some(Ok(block)) => self.system.push(block),
                Some(Err(Empty)) => {}
                None => lost.push(format!("{path}.content[{at}]")),
            }
        }
    }

    /// The content of the turn under way, if `role` has it, or of a new one.
    fn turn(&mut self, role: &'static str) -> &mut Vec<Block<'a>> {
        let continues = self.messages.last().is_some_and(|turn| turn.role == role);
        if !continues {
            // A turn that stayed empty would keep its neighbours apart.
            self.messages.retain(|turn| !turn.content.is_empty());
        }
        let at = match self.messages.last() {
            Some(turn) if turn.role == role => self.messages.len() - 1,
            _ => {
                self.messages.push(Turn { role, content: Vec::new() });
                self.messages.len() - 1
            }
        };
        &mut self.messages[at].content
    }
}

/// White space alone is refused by the provider and says nothing.
struct Empty;

/// A text part as a block; `None` for parts that are no text.
fn text_block<'a>(request: &'a ChatRequest, part: &'a Part) -> Option<Result<Block<'a>, Empty>> {
    let Part::Text { slot, cache_control } = part else { return None };
    let text = request.texts.get(*slot as usize).map_or("", |slot| slot.text.as_str());
    if text.trim().is_empty() {
        return Some(Err(Empty));
    }
    Some(Ok(Block::Text { text, cache_control: cache_control.as_deref() }))
}

fn blocks<'a>(
    request: &'a ChatRequest,
    message: &'a Message,
    path: &str,
) -> Result<Vec<Block<'a>>, Error> {
    let mut blocks = Vec::with_capacity(message.parts.len());
    for (at, part) in message.parts.iter().enumerate() {
        let path = format!("{path}.content[{at}]");
        match part {
            Part::Text { .. } => blocks.extend(text_block(request, part).and_then(Result::ok)),
            Part::Image { url } if message.role != Role::Assistant => {
                blocks.push(Block::Image { source: source(url, &path)? });
            }
            Part::Image { .. } => {
                return Err(unsupported(path, "the target takes no images from the assistant"));
            }
            Part::Other { kind } => {
                return Err(unsupported(
                    path,
                    &format!("the target takes no parts of the type `{kind}`"),
                ));
            }
        }
    }
    Ok(blocks)
}

fn tool_result<'a>(
    request: &'a ChatRequest,
    message: &'a Message,
    tool_use_id: String,
    path: &str,
) -> Result<Block<'a>, Error> {
    let mut content = blocks(request, message, path)?;
    // Only the result as a whole can end a cached prefix, not the blocks in it.
    let mut cache: Option<&'a RawValue> = None;
    for block in &mut content {
        if let Block::Text { cache_control, .. } = block {
            cache = cache_control.take().or(cache);
        }
    }
    Ok(Block::ToolResult { tool_use_id, content, cache_control: cache })
}

/// An answer that the client has begun must not end in white space.
fn trim_prefill(building: &mut Conversation<'_>, lost: &mut Vec<String>) {
    let last = building.messages.last_mut().filter(|turn| turn.role == "assistant");
    let Some(Block::Text { text, .. }) = last.and_then(|turn| turn.content.last_mut()) else {
        return;
    };
    let trimmed = text.trim_end();
    if trimmed.len() < text.len() {
        lost.push("messages (white space at the end of the prefill)".to_owned());
        *text = trimmed;
    }
}
