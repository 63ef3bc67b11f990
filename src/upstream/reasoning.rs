//! Which models are known to think before they speak, so that their silence is no fault.
//!
//! Invariant: the table is data, `reasoning_models.txt`; it decides about patience alone.

const TABLE: &str = include_str!("reasoning_models.txt");

/// Whether the model of that name is known to reason.
pub fn is_reasoning_model(model: &str) -> bool {
    let name = model.rsplit('/').next().unwrap_or(model).to_ascii_lowercase();
    let lines = TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut rules = lines.map(|line| match line.strip_prefix('!') {
        Some(pattern) => (pattern, false),
        None => (line, true),
    });
    rules.find(|(pattern, _)| matches(pattern, &name)).is_some_and(|(_, reasons)| reasons)
}

/// Whether a pattern stands for all of `text`; `*` stands for any part of it.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.split_once(part) {
            Some((_, behind)) => rest = behind,
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::{TABLE, is_reasoning_model, matches};

    #[test]
    fn models_that_think_are_known_by_any_of_their_names() {
        for (model, reasons) in [
            ("o1", true),
            ("o3-mini-2025-01-31", true),
            ("openai/o4-mini", true),
            ("gpt-5", true),
            ("GPT-5.4-mini", true),
            ("gpt-5-chat-latest", false),
            ("gpt-5.2-chat", false),
            ("gpt-4.1", false),
            ("gpt-4o-mini", false),
            ("openai/gpt-oss-120b", true),
            ("deepseek-reasoner", true),
            ("deepseek-ai/DeepSeek-R1-Distill-Qwen-32B", true),
            ("deepseek-chat", false),
            ("Qwen/QwQ-32B", true),
            ("qwen3-235b-a22b-thinking-2507", true),
            ("qwen3-235b-a22b-instruct-2507", false),
            ("gemini-2.5-pro", true),
            ("models/gemini-2.5-flash-lite", false),
            ("gemini-2.0-flash", false),
            ("x-ai/grok-4-fast-non-reasoning", false),
            ("grok-4-fast-reasoning", true),
            ("magistral-medium-latest", true),
            ("moonshotai/kimi-k2-thinking", true),
            ("claude-haiku-4-5", false),
            ("llama-3.3-70b", false),
            ("smollm2-135m", false),
            ("m", false),
            ("", false),
        ] {
            assert_eq!(is_reasoning_model(model), reasons, "{model}");
        }
    }

    #[test]
    fn a_star_stands_for_any_part() {
        for (pattern, text, expected) in [
            ("a*", "abc", true),
            ("*c", "abc", true),
            ("*b*", "abc", true),
            ("a*c", "ac", true),
            ("abc", "abc", true),
            ("abc", "abcd", false),
            ("a*b*c", "axbyc", true),
            ("a*b*c", "axc", false),
            ("*-r1", "x-r1", true),
            ("*-r1", "x-r1-y", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
        let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
        assert!(
            lines.clone().count() > 20
                && lines.clone().all(|line| line == line.to_ascii_lowercase())
        );
    }
}
