//! What can be counted on a text without a model: length, digits, options, question words.
//!
//! Invariants: one number per name in [`NAMES`], all finite; the work is linear in the text and bounded by [`MAX_BYTES`].

/// Bytes that are looked at: the opening and the end of a longer text, half each.
const MAX_BYTES: usize = 8192;

/// What each number is.
pub(super) const NAMES: [&str; 38] = [
    "log_chars",
    "log_words",
    "digit_share",
    "log_digits",
    "upper_share",
    "symbol_share",
    "word_length",
    "log_lines",
    "options",
    "log_option_length",
    "log_longest_option",
    "option_digit_share",
    "question_mark",
    "blank",
    "colon_end",
    "math",
    "equals",
    "not",
    "except",
    "which_of",
    "quotes",
    "statements",
    "how_many",
    "what",
    "which",
    "how",
    "why",
    "who",
    "when",
    "the",
    "if",
    "all_or_none",
    "distinct_words",
    "percent",
    "code",
    "log_brackets",
    "log_commas",
    "log_stops",
];

/// The numbers of a text, in the order of [`NAMES`].
pub(super) fn surface(text: &str) -> Vec<f32> {
    let (head, tail) = ends(text);
    let text = format!("{head}{tail}");
    let count = |wanted: &dyn Fn(char) -> bool| text.chars().filter(|c| wanted(*c)).count() as f32;
    let n = text.chars().count() as f32;
    let log = |count: f32| count.ln_1p();
    let share = |count: f32| count / n.max(1.0);
    let lower = text.to_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).collect();
    let letters: usize = words.iter().map(|word| word.chars().count()).sum();
    let mut distinct = words.clone();
    distinct.sort_unstable();
    distinct.dedup();
    let options: Vec<&str> = text.lines().filter_map(option).collect();
    let lengths: Vec<f32> = options.iter().map(|option| option.chars().count() as f32).collect();
    let all_lengths: f32 = lengths.iter().sum();
    let option_digits =
        options.iter().flat_map(|option| option.chars()).filter(char::is_ascii_digit).count()
            as f32;
    let question: Vec<&str> = text.lines().take_while(|line| option(line).is_none()).collect();
    let digits = count(&|c| c.is_ascii_digit());
    let yes = |holds: bool| f32::from(u8::from(holds));
    let has = |needles: &[&str]| yes(needles.iter().any(|needle| lower.contains(needle)));
    let word = |wanted: &str| yes(words.contains(&wanted));
    let first = |wanted: &str| yes(words.first() == Some(&wanted));
    vec![
        log(n),
        log(words.len() as f32),
        share(digits),
        log(digits),
        share(count(&char::is_uppercase)),
        share(count(&|c| !c.is_alphanumeric() && !c.is_whitespace())),
        letters as f32 / (words.len().max(1) as f32),
        log(count(&|c| c == '\n')),
        options.len().min(10) as f32,
        log(all_lengths / lengths.len().max(1) as f32),
        log(lengths.iter().copied().fold(0.0, f32::max)),
        option_digits / all_lengths.max(1.0),
        has(&["?"]),
        has(&["_"]),
        yes(question.join("\n").trim_end().ends_with(':')),
        has(&["$", "\\", "^"]),
        has(&["="]),
        word("not"),
        word("except"),
        has(&["which of the following"]),
        has(&["\""]),
        has(&["statement"]),
        has(&["how many", "how much"]),
        first("what"),
        first("which"),
        first("how"),
        first("why"),
        first("who"),
        first("when"),
        first("the"),
        first("if"),
        has(&["all of the above", "none of the above", "none of these"]),
        distinct.len() as f32 / words.len().max(1) as f32,
        has(&["%"]),
        has(&["```", "def ", "();", "return ", "#include", "</"]),
        log(count(&|c| matches!(c, '(' | '[' | '{'))),
        log(count(&|c| c == ',')),
        log(count(&|c| c == '.')),
    ]
}

/// What a line offers to choose, if it is an option: `A. …`, `b) …`.
fn option(line: &str) -> Option<&str> {
    let line = line.trim_start().trim_start_matches('(');
    let rest = line.strip_prefix(|c: char| c.is_ascii_alphabetic())?;
    rest.strip_prefix(['.', ')']).filter(|rest| rest.starts_with(' ')).map(str::trim)
}

fn ends(text: &str) -> (&str, &str) {
    if text.len() <= MAX_BYTES {
        return (text, "");
    }
    let head = text.floor_char_boundary(MAX_BYTES / 2);
    let tail = text.ceil_char_boundary(text.len() - MAX_BYTES / 2);
    (text.get(..head).unwrap_or_default(), text.get(tail..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::{NAMES, surface};

    fn of(text: &str, name: &str) -> f32 {
        let at = NAMES.iter().position(|known| *known == name).expect("a name");
        surface(text)[at]
    }

    #[test]
    fn counts_what_the_names_say() {
        let text =
            "Which of the following is NOT 7% of 12?\nA. 3\nB) 12 apples\n(c) none of the above";
        assert_eq!(of(text, "options"), 3.0);
        assert_eq!(of(text, "which"), 1.0);
        assert_eq!(of(text, "not") + of(text, "percent") + of(text, "all_or_none"), 3.0);
        assert_eq!(of("Complete this:\nA. x\nB. y", "colon_end"), 1.0);
        assert_eq!(of("How many are there", "how_many"), 1.0);
        assert!((of("ab 12", "digit_share") - 0.4).abs() < 1e-6);
    }

    #[test]
    fn any_text_gives_finite_numbers() {
        for text in [String::new(), "\n".to_owned(), "é".repeat(20_000), "١٢٣ 😀".to_owned()]
        {
            let numbers = surface(&text);
            assert!(
                numbers.len() == NAMES.len() && numbers.iter().all(|v| v.is_finite()),
                "{numbers:?}"
            );
        }
    }
}
