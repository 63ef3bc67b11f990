//! Token usage as providers of this dialect write it, to and from separate buckets.
//!
//! OpenAI nests: `prompt_tokens` contains cached tokens and `completion_tokens` contains reasoning. Others put the same
//! facts elsewhere or beside each other; `total_tokens` tells which. Sources: the API references of OpenAI, DeepSeek
//! (`prompt_cache_hit_tokens`), OpenRouter (`cache_write_tokens`), Moonshot (`cached_tokens`), xAI and Gemini (reasoning
//! beside the completion), Anthropic (`cache_…_input_tokens`, beside the input).

use crate::chat::Usage;
use crate::dialect::json::{Value, count};
use std::fmt::Write as _;

/// Reads a `usage` object; `None` if it counts nothing, or more than a model can reach. Missing, `null` and negative
/// counts are 0, fractions rounded, and digits in a string are a count.
pub(super) fn read(usage: Value<'_>) -> Option<Usage> {
    let first = |names: &[&str]| names.iter().find_map(|name| count(usage.get(name)));
    let nested = |outer: &str, names: &[&str]| {
        let outer = usage.get(outer)?;
        names.iter().find_map(|name| count(outer.get(name)))
    };
    let cached = nested("prompt_tokens_details", &["cached_tokens"])
        .or_else(|| nested("input_tokens_details", &["cached_tokens"]))
        .or_else(|| first(&["prompt_cache_hit_tokens", "cached_tokens", "cache_read_input_tokens"]))
        .unwrap_or(0);
    let written = nested("prompt_tokens_details", &["cache_write_tokens", "cache_creation_tokens"])
        .or_else(|| first(&["cache_creation_input_tokens", "cache_write_tokens"]))
        .unwrap_or(0);
    let reasoning = nested("completion_tokens_details", &["reasoning_tokens"])
        .or_else(|| nested("output_tokens_details", &["reasoning_tokens"]))
        .or_else(|| first(&["reasoning_tokens"]))
        .unwrap_or(0);
    let hour = hour_writes(usage);
    let written = written.max(hour);
    let missed = first(&["prompt_cache_miss_tokens"]);
    let prompt =
        first(&["prompt_tokens", "input_tokens"]).or_else(|| Some(missed?.saturating_add(cached)));
    let completion = first(&["completion_tokens", "output_tokens"]);
    let absurd = |name: &str| is_absurd(usage.get(name));
    if prompt.is_none() && completion.is_none() || MAIN_COUNTS.into_iter().any(absurd) {
        return None;
    }
    let (prompt, completion) = (prompt.unwrap_or(0), completion.unwrap_or(0));
    let total = first(&["total_tokens"]).unwrap_or(0);
    let buckets = cached.saturating_add(written);
    let sum = prompt.saturating_add(completion);
    let beside = buckets > prompt || (buckets > 0 && total == sum.saturating_add(buckets));
    let input = if beside { prompt } else { prompt - buckets };
    // What the total holds beyond prompt and completion was generated as well: reasoning that stands beside.
    let hidden =
        if beside || total <= sum || completion == 0 && reasoning == 0 { 0 } else { total - sum };
    Some(Usage {
        input,
        cached_read: cached,
        cache_write: written,
        cache_write_1h: hour,
        output: completion.saturating_add(hidden),
        reasoning: reasoning.max(hidden).min(completion.saturating_add(hidden)),
        estimated: false,
    })
}

/// Counts without which the others say nothing.
const MAIN_COUNTS: [&str; 4] =
    ["prompt_tokens", "input_tokens", "completion_tokens", "output_tokens"];

/// Whether something is given that cannot be a count.
fn is_absurd(value: Option<Value<'_>>) -> bool {
    value.is_some() && count(value).is_none()
}

/// Tokens written to a cache for an hour, as Anthropic names them and as gateways in front of it do.
fn hour_writes(usage: Value<'_>) -> u64 {
    let details = usage.get("prompt_tokens_details");
    let places = [
        usage.get("cache_creation"),
        details.and_then(|details| details.get("cache_creation_token_details")),
        details.and_then(|details| details.get("cache_creation")),
    ];
    let named = |place: Option<Value<'_>>| count(place?.get("ephemeral_1h_input_tokens"));
    places.into_iter().find_map(named).unwrap_or(0)
}

/// Appends a `usage` object in OpenAI's form.
pub(super) fn write(usage: &Usage, out: &mut String) {
    let (prompt, output, total) = (usage.prompt(), usage.output, usage.total());
    let _ = write!(
        out,
        r#"{{"prompt_tokens":{prompt},"completion_tokens":{output},"total_tokens":{total},"prompt_tokens_details":{{"cached_tokens":{}"#,
        usage.cached_read
    );
    if usage.cache_write > 0 {
        let _ = write!(out, r#","cache_write_tokens":{}"#, usage.cache_write);
    }
    let _ = write!(
        out,
        r#"}},"completion_tokens_details":{{"reasoning_tokens":{}}}}}"#,
        usage.reasoning
    );
}
