//! Names of things that people bear too: models, fonts, units, months, software, titles of works.

use super::around::{Around, split};
use super::lists::{AMBIGUOUS, FONTS, PRODUCTS, Thing};
use super::pattern::{matches, regex};
use super::result::is_result;
use regex_automata::meta::Regex;
use std::sync::LazyLock;

/// Whether a name is a thing's.
pub(super) fn is_thing(a: &Around<'_>, value: &str, ai: bool) -> bool {
    let folded = value.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    if PRODUCTS.contains(&folded) || FONTS.contains(&folded) {
        return true;
    }
    // `Claude Sonnet`, `Anthropic Claude`: every word is a thing's.
    let words: Vec<String> = split(&folded).map(str::to_owned).collect();
    let one = |word: &String| {
        PRODUCTS.contains(word)
            || AMBIGUOUS.contains_key(word)
            || word.bytes().all(|b| b.is_ascii_digit() || b == b'.')
    };
    if words.len() > 1 && words.iter().all(one) && words.iter().any(|word| PRODUCTS.contains(word))
    {
        return true;
    }
    if is_font(a, value) || is_result(a, &folded) {
        return true;
    }
    let Some(things) = AMBIGUOUS.get(&folded) else { return false };
    things.iter().any(|thing| match thing {
        Thing::Model => is_model(a, &folded, ai),
        Thing::Unit => {
            a.before.trim_end().ends_with(|c: char| c.is_ascii_digit())
                || matches!(a.word_before().as_str(), "degrees" | "degree" | "grad")
        }
        Thing::Month => is_month(a),
        Thing::Software => is_software(a),
        // Looked at above.
        Thing::Font | Thing::Typeface | Thing::Math => false,
    })
}

/// Words around names of models.
static MODEL_AFTER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r#"(?xi)^(?:['’]s)?[\s\-/]*(?:\(|v)?(?:\d|sonnet|opus|haiku|pro\b|flash|ultra|nano|instant|code\b|desktop|api\b|models?\b|ai\b|llm|app\b|cli\b|sdk|prompts?\b|agents?\b|assistant|chat|bot\b|plugin|settings|extension|based|powered|embeddings?|tokens?|modell|modèle|modelo|modello|large|small|mini\b|turbo|vision|max\b|through\ (?:bedrock|snowflake|vertex|azure))"#,
    )
});
static MODEL_BEFORE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r#"(?xi)(?:anthropic|google|amazon|meta|openai|xai|models?|llms?|ai|assistant|chatbot|using|use|via|enable\ for|hosted|gpt[\w.-]*|llama[\w.-]*|mistral|gemini|claude|chatgpt|copilot|sonnet|api|provider|prompt|modell|modèle|modelo|modello|ask|powered\ by|based\ on|run\ on|built\ with|trained|fine-tuned|tuning)\s*(?:[:,/+&]|\bor\b|\band\b|\bvs\.?|is|like|such\ as|named|called|'s)?\s*["'`(]*$"#,
    )
});

/// Claude and Gemini are models wherever a text speaks of models; others need the word beside them.
fn is_model(a: &Around<'_>, folded: &str, ai: bool) -> bool {
    let beside =
        matches(&MODEL_AFTER, a.near_after(32)) || matches(&MODEL_BEFORE, a.near_before(32));
    let others = || {
        a.words_near(40).any(|word| {
            let model = AMBIGUOUS.get(&word).is_some_and(|things| things.contains(&Thing::Model));
            word != folded && (PRODUCTS.contains(&word) || model)
        })
    };
    beside || (ai && (matches!(folded, "claude" | "gemini") || others()))
}

/// Words near names of fonts.
const FONT_WORDS: &[&str] = &[
    "font",
    "fonts",
    "font-family",
    "typeface",
    "typefaces",
    "serif",
    "sans",
    "sans-serif",
    "heading",
    "headings",
    "bold",
    "italic",
    "css",
    "typography",
    "kerning",
    "pt",
    "px",
    "schrift",
    "schriftart",
    "schriftarten",
    "police",
    "polices",
    "fuente",
    "fuentes",
    "tipografía",
    "carattere",
    "caratteri",
    "fonte",
    "fontes",
    "lettertype",
    "typsnitt",
    "skrifttype",
    "czcionka",
    "шрифт",
    "字体",
    "フォント",
    "글꼴",
    "monospace",
    "letterforms",
    "glyphs",
    "headline",
    "headlines",
    "subtitles",
    "slide",
    "slides",
    "deck",
];

/// Words of printed matter, enough for a name that hardly anybody bears.
const SETTING_WORDS: &[&str] = &[
    "body", "text", "caption", "captions", "logo", "title", "titles", "set", "gesetzt", "texte",
    "titre", "titres", "texto", "testo", "título", "titolo", "tekst", "print", "page", "readable",
    "legible", "document", "cover", "poster", "brand", "copy",
];

/// Whether a name is a font's, alone or beside others, with a word of fonts or another font near it.
pub(super) fn is_font(a: &Around<'_>, value: &str) -> bool {
    let folded = value.to_lowercase();
    if FONTS.contains(folded.trim_matches(|c: char| !c.is_alphanumeric())) {
        return true;
    }
    if is_part_of_font(a, value) {
        return true;
    }
    let is = |word: &str, thing: Thing| AMBIGUOUS.get(word).is_some_and(|it| it.contains(&thing));
    let ambiguous = |word: &str| is(word, Thing::Font) || is(word, Thing::Typeface);
    let words: Vec<&str> = split(&folded).collect();
    let styled = |word: &&str| {
        matches!(
            *word,
            "sans"
                | "serif"
                | "mono"
                | "slab"
                | "display"
                | "text"
                | "pro"
                | "neue"
                | "next"
                | "mt"
                | "ms"
                | "bold"
                | "black"
                | "light"
                | "narrow"
                | "medium"
                | "condensed"
                | "new"
                | "old"
                | "face"
                | "style"
                | "roman"
                | "code"
                | "ui"
                | "and"
                | "script"
                | "linotype"
        )
    };
    let fonts = words.iter().filter(|word| ambiguous(word)).count();
    let all = words.iter().all(|word| ambiguous(word) || styled(word)) && fonts > 0;
    if !(all || ambiguous(&folded)) {
        return false;
    }
    let rare = words.iter().all(|word| is(word, Thing::Typeface) || styled(word));
    if rare && words.len() > fonts {
        return true;
    }
    let near: Vec<String> = a.words_near(120).collect();
    let word = near.iter().any(|word| FONT_WORDS.contains(&word.as_str()));
    // `Lora baked a cake for Karla` names two of them and is about neither.
    let other = near.iter().any(|word| is(word, Thing::Typeface) && *word != folded);
    let pair = near.windows(2).chain(near.windows(3)).any(|words| FONTS.contains(&words.join(" ")));
    let set = rare && near.iter().any(|word| SETTING_WORDS.contains(&word.as_str()));
    word || other || pair || set
}

/// Whether the words right beside a name make it a font's: `Lucida` in `Lucida Console`.
pub(super) fn is_part_of_font(a: &Around<'_>, value: &str) -> bool {
    let before: Vec<String> = match a.before.strip_suffix(' ') {
        Some(before) => before.rsplit(' ').take(3).map(str::to_lowercase).collect(),
        None => Vec::new(),
    };
    let after: Vec<String> = match a.after.strip_prefix(' ') {
        Some(after) => after.split(' ').take(3).map(str::to_lowercase).collect(),
        None => Vec::new(),
    };
    let folded = value.to_lowercase();
    let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    (0..=before.len()).flat_map(|n| (0..=after.len()).map(move |m| (n, m))).any(|(n, m)| {
        let words = before.iter().take(n).rev().map(|word| bare(word));
        let words = words.chain([bare(&folded)]).chain(after.iter().take(m).map(|word| bare(word)));
        n + m > 0 && FONTS.contains(&words.collect::<Vec<_>>().join(" "))
    })
}

fn is_month(a: &Around<'_>) -> bool {
    let number = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    let after = a.after.trim_start_matches([' ', ',']);
    let before = a.before.trim_end_matches([' ', '.', ',']);
    let ordinal = ["th", "st", "nd", "rd"].iter().any(|end| {
        before
            .strip_suffix(end)
            .is_some_and(|number| number.ends_with(|c: char| c.is_ascii_digit()))
    });
    number(after)
        || before.ends_with(|c: char| c.is_ascii_digit())
        || ordinal
        || matches!(
            a.word_before().as_str(),
            "in" | "on"
                | "since"
                | "until"
                | "till"
                | "by"
                | "early"
                | "late"
                | "mid"
                | "last"
                | "next"
                | "every"
                | "seit"
                | "bis"
                | "through"
                | "this"
                | "before"
                | "after"
                | "during"
        )
}

/// Words beside names of software.
static SOFTWARE_AFTER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r#"(?xi)^(?:['’]s)?[\s\-]*(?:ci\b|pipelines?|builds?|servers?|jobs?|agents?|nodes?|clusters?|brokers?|topics?|queues?|workers?|library|librar(?:y|ies)|framework|packages?|modules?|plugins?|code\b|scripts?|gems?|language|compiler|interpreter|runtime|console|markup|formatter|linter|tables?|
        progress|engine|sdk|api|client|driver|connector|dashboard|config(?:uration)?|yaml|cli|repos?|repository|tests?|testing|version|v?\d+\.\d|charts?|image|container|syntax|program|functions?|stream|instance|database|operator|services?|app\b|documents?|files?)"#,
    )
});
static SOFTWARE_BEFORE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r"(?i)(?:apache|aws|azure|google|in|via|using|install|import|pip install|npm install|brew install|library|framework|package|language|tool|run|build with|written in|deploy(?:ed)? (?:to|on|with)|configure|hosted on)\s+[`'(]*$",
    )
});

fn is_software(a: &Around<'_>) -> bool {
    matches(&SOFTWARE_AFTER, a.near_after(32)) || matches(&SOFTWARE_BEFORE, a.near_before(32))
}

/// A work right before its title.
static WORK: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r#"(?xi)(?:book|novel|film|movie|play|album|song|opera|poem|musical|series|show|sitcom|ballet|comic|manga|anime|game|painting|roman|buch|film|serie|lied|oper|gedicht|theaterstück|livre|roman|chanson|libro|novela|película|canción|romanzo|canzone|livro|romance|filme|boek|
        read|reading|re-read|rereading|watched|watching|titled|entitled|finished|adaptation\ of|chapter\ (?:of|from)|copy\ of|author\ of|of\ the\ novel|edition\ of)
        \s*(?:called|titled|named|entitled|,|:)?\s*["'“‘«„*_]*$"#,
    )
});

/// Whether a name is the title of a book, a film, a song.
pub(super) fn is_title(a: &Around<'_>) -> bool {
    let quoted = a.before.ends_with(['"', '“', '«', '„', '*', '_', '‘', '\''])
        && a.after.starts_with(['"', '”', '»', '“', '*', '_', '’', '\'', ',', '.']);
    // `about Emma by Friday` names no author.
    let after = a.near_after(32);
    let author = after.split_whitespace().nth(1).unwrap_or_default();
    let author = author.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let day = AMBIGUOUS.get(&author).is_some_and(|it| it.contains(&Thing::Month));
    let by = matches(&BY, after) && !day;
    let work = matches(&WORK, a.near_before(32));
    let active = matches!(
        a.word_after().as_str(),
        "wrote"
            | "gave"
            | "lent"
            | "bought"
            | "sent"
            | "wants"
            | "likes"
            | "read"
            | "recommended"
            | "mentioned"
            | "and"
            | "has"
            | "had"
            | "is"
            | "told"
    );
    let about = matches!(
        a.word_before().as_str(),
        "about" | "on" | "of" | "from" | "in" | "über" | "sur" | "sobre" | "su"
    );
    let study = matches(&STUDY, a.near_before(40));
    (work && (quoted || by || !active)) || (by && (quoted || about)) || (quoted && study)
}

/// What is done with works.
static STUDY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r#"(?i)(?:summari[sz]e|summary of|analy[sz]e|analysis of|review of|essay (?:on|about)|plot of|synopsis of|characters? (?:in|of)|themes? (?:in|of)|quotes? from|stage|staging of|zusammenfassung von|résumé de|resumen de)\s*["'“‘«„*_]*$"#,
    )
});

static BY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(r#"^["'”’»“*_]*,?\s*(?:\(\d{4}\)|(?:by|von|de|di|door|av|af)\s\p{Lu})"#)
});
