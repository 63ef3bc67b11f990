//! What Weir must know of one stream chunk, on the hottest path: one pass, no tree, and no allocation for a plain delta.

use super::response::error_kind;
use super::usage;
use crate::chat::Usage;
use crate::dialect::DialectError;
use crate::dialect::json::{Literal, Scanner, Syntax, Tape};
use bytes::{Bytes, BytesMut};
use std::ops::Range;

/// What a chunk says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ChunkFacts {
    /// Usage, whichever chunk it stands on.
    pub usage: Option<Usage>,
    /// Whether the chunk is there for usage alone: it has usage and no choices.
    pub usage_only: bool,
    /// Whether it carries something generated: text, reasoning, a refusal, audio or a tool call.
    pub has_content: bool,
    /// The choices that it speaks of and those that end with it.
    pub choices: Choices,
    /// The type (and code, behind a colon) of an error that the provider reports inside the stream.
    pub error: Option<String>,
    /// Where a `usage` field stands, with the comma that goes if it goes.
    usage_field: Option<Range<usize>>,
    /// Whether there are more `usage` fields than one.
    usage_repeats: bool,
}

/// Choices of a stream as sets of bits by their index; one beyond 63 counts as number 63.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Choices {
    seen: u64,
    ended: u64,
}

impl Choices {
    /// Takes in those of the next chunk.
    pub fn add(&mut self, next: Self) {
        self.seen |= next.seen;
        self.ended |= next.ended;
    }

    /// Whether all of `n` choices, and every other that was seen, have said why they end.
    pub fn are_finished(self, n: u32) -> bool {
        self.seen & !self.ended == 0 && self.n_ended() >= n.clamp(1, 64)
    }

    /// How many have said why they end.
    pub fn n_ended(self) -> u32 {
        self.ended.count_ones()
    }

    /// The indices of those that have not ended.
    pub fn open(self) -> impl Iterator<Item = u32> {
        let open = self.seen & !self.ended;
        (0..64).filter(move |index| open >> index & 1 == 1)
    }
}

/// Reads one chunk: the data of one SSE event but `[DONE]`.
///
/// # Errors
/// The data is not a JSON object.
pub fn read_chunk(data: &[u8]) -> Result<ChunkFacts, DialectError> {
    let text = std::str::from_utf8(data)
        .map_err(|error| DialectError::Json { at: error.valid_up_to(), expected: "UTF-8 text" })?;
    let mut facts = ChunkFacts::default();
    let mut has_choices = false;
    let mut scanner = Scanner::new(text);
    if scanner.peek().is_some_and(|first| first != b'{') {
        return Err(DialectError::Shape { field: "data", expected: "a JSON object" });
    }
    scanner.members(|at, key, comma| match &*at.text(key) {
        "choices" if at.peek() == Some(b'[') => at.elements(|at| {
            has_choices = true;
            choice(at, &mut facts)
        }),
        "usage" => usage_field(at, key, comma, &mut facts),
        "error" => {
            let span = at.skip()?;
            facts.error = error_kind(Tape::parse(at.slice(span))?.root());
            Ok(())
        }
        _ => at.skip().map(drop),
    })?;
    scanner.finish()?;
    facts.usage_only = facts.usage.is_some() && !has_choices && facts.error.is_none();
    Ok(facts)
}

fn usage_field(
    at: &mut Scanner<'_>,
    key: Literal,
    comma: Option<usize>,
    facts: &mut ChunkFacts,
) -> Result<(), Syntax> {
    let value = at.skip()?;
    facts.usage_repeats = facts.usage_field.is_some();
    facts.usage_field = Some(match comma {
        Some(comma) => comma..value.end,
        // The first field takes the comma behind it along.
        None => {
            let mut behind = at.clone();
            let next = behind.peek();
            key.start..if next == Some(b',') { behind.at() + 1 } else { value.end }
        }
    });
    if let Some(counted) = usage::read(Tape::parse(at.slice(value))?.root()) {
        facts.usage = Some(counted);
    }
    Ok(())
}

fn choice(at: &mut Scanner<'_>, facts: &mut ChunkFacts) -> Result<(), Syntax> {
    if at.peek() != Some(b'{') {
        return at.skip().map(drop);
    }
    let (mut index, mut ended) = (0, false);
    at.members(|at, key, _| match &*at.text(key) {
        "index" => {
            let span = at.skip()?;
            index = at.slice(span).parse().unwrap_or(0_u64).min(63);
            Ok(())
        }
        "delta" | "message" if at.peek() == Some(b'{') => at.members(|at, key, _| {
            match &*at.text(key) {
                "content" | "reasoning" | "reasoning_content" | "refusal" | "tool_calls"
                | "function_call" | "audio" => facts.has_content |= says_something(at)?,
                _ => {
                    at.skip()?;
                }
            }
            Ok(())
        }),
        "finish_reason" => {
            ended |= says_something(at)?;
            Ok(())
        }
        _ => at.skip().map(drop),
    })?;
    facts.choices.add(Choices { seen: 1 << index, ended: u64::from(ended) << index });
    Ok(())
}

/// Passes a value and says whether it is more than `null`, an empty string or an empty array.
fn says_something(at: &mut Scanner<'_>) -> Result<bool, Syntax> {
    let span = at.skip()?;
    let raw = at.slice(span);
    Ok(!matches!(raw, "null" | "\"\"" | "[]" | "{}"))
}

/// The chunk for a client that did not ask for usage: `None` if it is there for usage alone, else without its `usage`
/// field and otherwise byte for byte. `facts` must be those of `data`.
pub fn hide_usage(data: &Bytes, facts: &ChunkFacts) -> Option<Bytes> {
    if facts.usage_only {
        return None;
    }
    let Some(field) = &facts.usage_field else { return Some(data.clone()) };
    let (Some(before), Some(after)) = (data.get(..field.start), data.get(field.end..)) else {
        return Some(data.clone());
    };
    let mut shown = BytesMut::with_capacity(before.len() + after.len());
    shown.extend_from_slice(before);
    shown.extend_from_slice(after);
    let shown = shown.freeze();
    if !facts.usage_repeats {
        return Some(shown);
    }
    // The field that was cut is the last one; each round cuts one more.
    let rest = read_chunk(&shown).ok()?;
    hide_usage(&shown, &ChunkFacts { usage_only: false, ..rest })
}
