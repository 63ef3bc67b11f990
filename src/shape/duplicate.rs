//! Finds text that an earlier message already carries: whole results, and blocks of consecutive lines.
//!
//! Invariants: a reference points to an earlier message as it is sent, by its number from 1 and by line numbers within it;
//! of several equal places the earliest is named. The work is linear in the text: a match that is too short to be replaced
//! has few lines, one that is replaced is skipped over, and each line has few candidates.

use crate::chat::{ChatRequest, Role};
use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

/// Blocks of fewer tokens stay.
const MIN_BLOCK_TOKENS: usize = 64;
/// Blocks of fewer bytes are not worth counting.
const MIN_BLOCK_BYTES: usize = 128;
/// Lines shorter than this start no block: `}` and the like stand everywhere.
const MIN_START_BYTES: usize = 8;
/// Earlier places remembered for one line.
const MAX_PLACES: usize = 8;

/// What the messages so far carry.
#[derive(Default)]
pub(super) struct Seen {
    /// Hash of a whole text → its sources.
    texts: HashMap<u64, Vec<usize>>,
    /// Hash of a line → where it stands: source and line.
    lines: HashMap<u64, Vec<(usize, usize)>>,
    sources: Vec<Source>,
}

struct Source {
    message: usize,
    /// As received; duplicates are recognised by it.
    original: String,
    /// Lines as sent.
    sent: Vec<String>,
}

impl Seen {
    /// Takes note of a text of a message: as received, and as it is sent after shaping.
    pub(super) fn add(&mut self, message: usize, original: &str, sent: &str) {
        if original.len() < MIN_BLOCK_BYTES {
            return;
        }
        let source = self.sources.len();
        self.texts.entry(hash(original)).or_default().push(source);
        let lines: Vec<String> = sent.split('\n').map(str::to_owned).collect();
        for (at, line) in lines.iter().enumerate() {
            if line.len() >= MIN_START_BYTES {
                let places = self.lines.entry(hash(line)).or_default();
                if places.len() < MAX_PLACES {
                    places.push((source, at));
                }
            }
        }
        self.sources.push(Source { message, original: original.to_owned(), sent: lines });
    }

    /// The reference that can stand for this whole text.
    pub(super) fn whole(&self, request: &ChatRequest, text: &str) -> Option<String> {
        let sources = self.texts.get(&hash(text))?;
        let mut found = sources.iter().filter_map(|&at| self.sources.get(at));
        let message = found.find(|source| source.original == text)?.message;
        let origin = origin(request, message);
        Some(format!("[same content as in message {} above{origin}]", message + 1))
    }

    /// The text with every long block of known lines replaced; `None` if there is none.
    pub(super) fn blocks(
        &self,
        request: &ChatRequest,
        text: &str,
        count: &dyn Fn(&str) -> usize,
    ) -> Option<String> {
        let lines: Vec<&str> = text.split('\n').collect();
        let mut out: Vec<String> = Vec::with_capacity(lines.len());
        let mut at = 0;
        let mut changed = false;
        while let Some(rest) = lines.get(at..).filter(|rest| !rest.is_empty()) {
            if let Some((len, reference)) = self.block(request, rest, count) {
                out.push(reference);
                at += len;
                changed = true;
            } else {
                out.push(rest[0].to_owned());
                at += 1;
            }
        }
        changed.then(|| out.join("\n"))
    }

    /// The longest known block at the start of `lines`: its number of lines, and the reference for it.
    fn block(
        &self,
        request: &ChatRequest,
        lines: &[&str],
        count: &dyn Fn(&str) -> usize,
    ) -> Option<(usize, String)> {
        let places = self.lines.get(&hash(lines.first()?))?;
        let mut best: Option<(usize, &Source, usize)> = None;
        for &(source, start) in places {
            let source = self.sources.get(source)?;
            let known = source.sent.get(start..)?;
            let len = known.iter().zip(lines).take_while(|(a, b)| a == b).count();
            if len > best.map_or(0, |(len, ..)| len) {
                best = Some((len, source, start));
            }
        }
        let (len, source, start) = best?;
        let block = lines.get(..len)?.join("\n");
        if block.len() < MIN_BLOCK_BYTES {
            return None;
        }
        let n_tokens = count(&block);
        let (message, first, last) = (source.message + 1, start + 1, start + len);
        let origin = origin(request, source.message);
        let reference =
            format!("[same as lines {first}-{last} of message {message} above{origin}]");
        (n_tokens >= MIN_BLOCK_TOKENS && count(&reference) < n_tokens).then_some((len, reference))
    }
}

/// Which tool a message is the result of, in words.
fn origin(request: &ChatRequest, message: usize) -> String {
    let Some(found) = request.messages.get(message) else { return String::new() };
    if !matches!(found.role, Role::Tool | Role::Function) {
        return String::new();
    }
    let mut earlier = request.messages.iter().take(message).rev().flat_map(|m| &m.tool_calls);
    let call = earlier.find(|call| Some(&call.id) == found.tool_call_id.as_ref());
    call.map(|call| format!(", the result of {}", call.name)).unwrap_or_default()
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
