//! Shapes of numbers, dates and addresses: what a value of a type must look like, or what must stand beside it.

use super::around::{Around, split};
use super::lists::{FUNCTION, STREETS};
use super::pattern::{matches, regex};
use regex_automata::meta::Regex;
use std::sync::LazyLock;

/// Whether a value has a digit of any script.
pub(super) fn has_digit(value: &str) -> bool {
    value.chars().any(char::is_numeric)
}

/// Whether a word for a street, a house or a postal place is in a value.
pub(super) fn has_street(value: &str) -> bool {
    let (whole, ends) = &*STREETS;
    split(value).any(|word| {
        let folded = word.to_lowercase();
        let capital = word.starts_with(char::is_uppercase);
        let end = |end: &String| {
            capital && folded.len() > end.len() + 2 && folded.ends_with(end.as_str())
        };
        (whole.contains(&folded) && !FUNCTION.contains(&folded)) || ends.iter().any(end)
    })
}

/// A street address needs a number or a word for a street, house or postal place.
pub(super) fn address(a: &Around<'_>) -> bool {
    const CJK: &[char] = &[
        '省', '市', '区', '區', '县', '縣', '路', '街', '道', '号', '號', '巷', '村', '镇', '鎮',
        '弄', '栋', '楼', '室', '県', '府', '町', '丁', '目', '番', '地', '동', '로', '길', '구',
        '시',
    ];
    let street = has_street(a.value);
    // The number may stand beside what the model saw of the address.
    let list = a.before.trim_end().trim_end_matches(['.', ')']);
    let listed =
        a.before.trim_end().len() > list.len() && list.ends_with(|c: char| c.is_ascii_digit());
    let beside = (!listed && has_digit(a.near_before(12))) || has_digit(a.near_after(16));
    let capital = a.value.chars().next().is_some_and(|c| c.is_uppercase() || !c.is_ascii());
    // In lower case two words at least, with the number of a house or a postal code around.
    let words = split(a.value).count() >= 2
        && (has_digit(a.near_before(32)) || has_digit(a.near_after(24)));
    has_digit(a.value)
        || street
        || a.value.contains(CJK)
        || (beside && capital)
        || (words && !listed)
}

/// An IP address has digits with full stops, or colons; one that names nobody does not count.
pub(super) fn ip(a: &Around<'_>) -> bool {
    let run = a.run(|c: char| c.is_ascii_hexdigit() || matches!(c, '.' | ':' | 'x' | '*'));
    let dots = run.matches('.').count();
    let digits = run.bytes().filter(u8::is_ascii_digit).count();
    if run.starts_with("127.0.0.1") || run.starts_with("0.0.0.0") || run == "::1" {
        return false;
    }
    let spelled = a.line().to_lowercase().matches(" dot ").count() >= 3;
    let octets = run.split(['.', ':']).filter(|part| !part.is_empty()).count();
    (digits >= 2 && (dots >= 2 || run.matches(':').count() >= 2) && octets >= 3)
        || (has_digit(a.value) && spelled)
}

/// Names of months, and words of birth, in languages that are common here.
static MONTH: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r#"(?i)\b(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez|dic|dez|gen|mag|giu|lug|ago|set|ott|janv|févr|mars|avr|juin|juil|août|ene|abr|out|maj|mei|mrt|сент|янв|фев|мар|апр|мая|июн|июл|авг|окт|ноя|дек|sty|lut|kwi|cze|lip|sie|wrz|paź|lis|gru|oca|şub|nis|haz|tem|ağu|eyl|eki|kas|ara)\p{L}*"#,
    )
});
static BIRTH: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r#"(?i)\b(?:born|birth\w*|dob|d\.o\.b|bday|geboren|geb\b|geburts\w*|jahrgang|née?|naissance|nacid[oa]|nacimiento|nac\b|nat[oa]|nascita|nascid[oa]|nascimento|geboorte\w*|född|født|fødsels\w*|syntynyt|urodz\w*|narozen\w*|született|născut\w*|doğum\w*|рожд\w*|родил\w*|γεννήθηκε|class of)|出生|生日|生年月日|생년월일"#,
    )
});

/// A date of birth is a whole date, or a part of one near a word of birth.
pub(super) fn birth(a: &Around<'_>) -> bool {
    // The model may have seen a part of it.
    let run = a.run(|c: char| c.is_ascii_digit() || matches!(c, '.' | '/' | '-'));
    let groups = run.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).count();
    let month = matches(&MONTH, a.value);
    let near = matches(&BIRTH, a.near_before(60))
        || matches(&BIRTH, a.near_after(24))
        || matches(&BIRTH, a.value);
    let cjk = a.value.contains(['年', '月', '日', '년', '월']);
    let digits = has_digit(a.value);
    groups >= 3 || (month && digits) || (digits && (near || cjk)) || (month && near)
}

/// Numbers in words up to a hundred, in languages that are common here, and words of age.
static NUMBER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r#"(?i)\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|zwei|drei|dreißig|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|\w+zehn|\w+zig|deux|trois|quatre|cinq|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingt|trente|quarante|cinquante|soixante|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|veint\w+|treinta|cuarenta|cincuenta|sesenta|setenta|ochenta|noventa|due|tre|quattro|cinque|sei|sette|otto|nove|dieci|venti\w*|trenta\w*|quaranta\w*|cinquanta\w*|sessanta\w*|settanta\w*|ottanta\w*|novanta\w*|dois|três|quatro|sete|oito|dez|vinte|trinta|quarenta|cinquenta|teen\w*|toddler|newborn|infant|months?|weeks?|years?)\b"#,
    )
});

/// An age needs digits or a number in words.
pub(super) fn age(a: &Around<'_>) -> bool {
    has_digit(a.value) || matches(&NUMBER, a.value)
}

/// A phone number has five digits at least, and is no date and no time.
pub(super) fn phone(a: &Around<'_>) -> bool {
    let run =
        a.run(|c: char| c.is_ascii_digit() || matches!(c, ' ' | '-' | '.' | '/' | '(' | ')' | '+'));
    has_digit(a.value)
        && run.chars().filter(|c| c.is_numeric()).count() >= 5
        && !is_timestamp(a.value)
}

static TIMESTAMP: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(r"^(?:19|20)\d\d[-/.](?:0[1-9]|1[0-2])[-/.](?:0[1-9]|[12]\d|3[01])(?:[ T]\d{1,2})?$")
});

/// Whether a value is a date, with an hour behind it perhaps.
pub(super) fn is_timestamp(value: &str) -> bool {
    matches(&TIMESTAMP, value)
}
