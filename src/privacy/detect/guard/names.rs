//! Names of people and places: what the words around them say.
//!
//! The rule: what people do and are called by (a greeting, a title, a relation, a surname) makes a name a person, whatever else it
//! may stand for. Without that a name that only things bear is none, and one that both bear is a thing where the words around it say so.

use super::around::{Around, split};
use super::lists::{CLOSINGS, CODE, COMMON, FIELD, FOREIGN, FUNCTION, NAMES_TOO, PRODUCTS};
use super::pattern::{matches, regex};
use super::things::{is_font, is_part_of_font, is_thing, is_title};
use regex_automata::meta::Regex;
use std::sync::LazyLock;

/// What stands before a person: greetings, titles, relations, labels of names, closings of letters.
static BEFORE_A_PERSON: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r#"(?xi)(?:^|[^\p{L}])(?:dear|hi|hello|hey|mr|mrs|ms|miss|mx|dr|prof|professor|sir|madam|lady|lord|sister|brother|father|rev|judge|officer|sergeant|captain|doctor|nurse|
        liebe|lieber|hallo|herr|herrn|frau|sehr\ geehrte|sehr\ geehrter|cher|chère|bonjour|monsieur|madame|mme|mlle|m|estimado|estimada|querido|querida|hola|señor|señora|señorita|sr|sra|srta|don|doña|
        caro|cara|ciao|gentile|signor|signora|sig|dott|dottor|prezado|prezada|senhor|senhora|olá|beste|geachte|meneer|mevrouw|kära|hej|kære|hei|drogi|droga|pan|pani|milý|milá|
        friend|friends|wife|husband|spouse|partner|son|daughter|mother|mom|mum|dad|aunt|uncle|cousin|nephew|niece|grandmother|grandfather|grandma|grandpa|boyfriend|girlfriend|fiancé|fiancée|
        boss|colleague|coworker|co-worker|manager|lawyer|attorney|neighbour|neighbor|client|customer|patient|employee|teacher|student|kid|dentist|therapist|landlord|tenant|roommate|boy|girl|baby|
        meine\ frau|mein\ mann|freund|freundin|kollege|kollegin|kunde|kundin|patientin|tochter|sohn|mutter|vater|bruder|schwester|nachbar|nachbarin|ma\ femme|mon\ mari|mi\ esposa|mi\ marido|
        my\ name\ is|named|i\ am|i'm|i’m|am|ich\ bin|ich\ heiße|heißt|je\ m'appelle|me\ llamo|mi\ chiamo|chamo-me|ik\ heet|call\ me|married|met|marry|
        attn|signed|sincerely|regards|cheers|yours|thanks|love|grüße|gruß|cordialement|saludos|saluti|abraços|groeten|hälsningar|hilsen)
        \s*[.,:;!]?\s*["'“*_]?$"#,
    )
});

/// Labels of fields that hold a name.
static LABEL_OF_A_NAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r#"(?i)(?:name|contact|attention|vorname|nachname|nom|nombre|apellidos?|nome|cognome|naam|namn|navn|imię|nazwisko|author|patient|customer|client|employee)["']?\s*[:=]\s*["'“]?$"#,
    )
});

/// What people do and have, behind their name.
static AFTER_A_PERSON: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r#"(?xi)^\s*(?:
            (?:called|phoned|rang|emailed|e-mailed|texted|messaged|lives|lived|born|died|married|divorced|moved|works\ (?:at|for|as|in)|worked\ (?:at|for|as|in)|said|told|asked|replied|complained|
             wants\ (?:her|his)|needs\ (?:her|his)|lost|paid|owes|ordered|booked|visited|met|came|left|arrived|joined|resigned|quit|is\ (?:my|our|his|her|their|a\ patient|sick|ill|pregnant|on\ leave|out\ of\ office)|was\ (?:my|our|his|her|born|hired|fired|diagnosed|admitted)|has\ (?:a\ son|a\ daughter|diabetes|cancer|been\ (?:admitted|diagnosed|hired|fired)))
            | ['’]s\s+(?:wife|husband|mother|father|mom|mum|dad|sister|brother|son|daughter|friend|phone|number|email|e-mail|address|birthday|house|home|car|salary|passport|account|appointment|diagnosis|medical|date\ of\ birth|password|boss|lawyer|doctor|boyfriend|girlfriend|family|kids|children)
            | ,?\s*(?:\(?\d{1,3}\)?,|aged?\s\d|\d{1,3}\s(?:years|jahre|ans|años))
            | \s*(?:<|\()?[\w.+-]+@[\w-]+\.
            | \s*[:,]?\s*\+?\d[\d\ ()-]{6,}
            | \s+(?:rief|sagt|sagte|wohnt|wohnte|arbeitet|kam|hat\ (?:mich|mir|uns)|habite|a\ appelé|travaille|vive|llamó|trabaja|ha\ chiamato|abita|lavora|mora|ligou|trabalha)
        )"#,
    )
});

/// Whether the words around say that somebody is meant.
fn is_somebody(a: &Around<'_>) -> bool {
    matches(&BEFORE_A_PERSON, a.near_before(48)) || matches(&AFTER_A_PERSON, a.near_after(48))
}

/// What is left of a name: without closings of letters and labels before it. `None` where nothing is.
pub(super) fn without_labels(value: &str) -> Option<(usize, usize)> {
    let lower = value.to_lowercase();
    let trimmed = lower.trim_matches(|c: char| !c.is_alphanumeric());
    if CLOSINGS.contains(trimmed) {
        return None;
    }
    // What a closing is followed by, on its own line or behind a comma, may be a name.
    if let Some(cut) = value.find(['\n', ',']) {
        let head = value.get(..cut)?.trim().to_lowercase();
        let rest = value.get(cut..)?;
        let name = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
        if CLOSINGS.contains(&head) && !name.is_empty() {
            return Some((value.len() - name.len(), value.len()));
        }
    }
    let mut end = value.len();
    while let Some((rest, last)) = value.get(..end).and_then(|value| value.rsplit_once(' '))
        && matches!(
            last,
            "or" | "and"
                | "is"
                | "was"
                | "to"
                | "in"
                | "for"
                | "with"
                | "by"
                | "at"
                | "has"
                | "who"
                | "if"
        )
    {
        end = rest.trim_end().len();
    }
    Some((0, end))
}

/// Whether a value that the model takes for a person is one.
pub(super) fn is_person(a: &Around<'_>, ai: bool) -> bool {
    let value = a.value.trim_end_matches("'s").trim_end_matches("’s");
    let letters = value.chars().filter(|c| c.is_alphabetic()).count();
    let lower = !value.chars().any(char::is_uppercase);
    // An initial belongs to the name before it; a name of one Chinese letter is one.
    let before = a.before.trim_end_matches([' ', ',', '.']);
    let initial = !lower && before.ends_with(char::is_alphabetic) && before.len() < a.before.len();
    let few = letters < 2 && !initial && !value.contains(|c: char| c >= '\u{2e80}');
    let surname = lower && NAMES_TOO.contains(value);
    if few || (is_ordinary(value) && !surname) {
        return false;
    }
    // No title makes a person of it: `Trebuchet MS, Lucida Console`.
    if is_part_of_font(a, value) {
        return false;
    }
    if is_somebody(a) {
        return true;
    }
    // A label says that a name follows, not whose.
    let labelled = matches(&LABEL_OF_A_NAME, a.near_before(32));
    if labelled && !PRODUCTS.contains(&value.to_lowercase()) && !has_code_case(value) {
        return true;
    }
    !(has_code_case(value) || is_thing(a, value, ai) || is_title(a))
}

/// Whether a value that the model takes for a place is one.
pub(super) fn is_place(a: &Around<'_>, ai: bool) -> bool {
    let value = a.value.trim_end_matches("'s").trim_end_matches("’s");
    let lower = !value.chars().any(char::is_uppercase);
    let letters = value.chars().filter(|c| c.is_alphabetic()).count();
    // `U` and `S` of `U.S.` are one place in two parts.
    let dotted = a.after.starts_with('.') && !lower;
    let few = letters < 2 && !dotted && !value.contains(|c: char| c >= '\u{2e80}');
    if few || (letters < 3 && lower && value.is_ascii()) || is_ordinary(value) {
        return false;
    }
    let run = a.run(|c: char| c.is_alphanumeric() || matches!(c, '/' | '_' | '-'));
    // A sentence or an entry of a list begins with it.
    let opens = a.line_before().trim_end().is_empty()
        || a.before.trim_end().ends_with(['.', ':', '!', '?', '*', '-', ')']);
    if opens && COMMON.contains(&value.to_lowercase()) {
        return false;
    }
    let named = matches(&PROJECT, a.after);
    let thing =
        PRODUCTS.contains(&value.to_lowercase()) || is_font(a, value) || is_thing(a, value, ai);
    !(matches(&ZONE, &run) || matches(&REGION, &run) || named || has_code_case(value) || thing)
}

/// A time zone (IANA) or a region of a cloud.
static ZONE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r"^(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific|Etc|US)/[A-Z][\w+-]*(?:/[A-Z]\w*)?$|=(?:Africa|America|Asia|Europe|Australia|Pacific|Atlantic)/",
    )
});
static REGION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r"^(?:us|eu|ap|sa|ca|me|af|il|cn|uk|asia|europe|northamerica|southamerica|australia)-(?:gov-)?(?:north|south|east|west|central)\w*(?:-?\d)?(?:-[a-z])?$",
    )
});
/// Names of things that are called after a place.
static PROJECT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r"^\s(?:Project|Protocol|Convention|Agreement|Treaty|Accord|Declaration|Stock Exchange|Style|Manual)",
    )
});

/// Whether every word is one that carries no name: of grammar in any case, of ordinary speech and code in lower case, a label.
pub(super) fn is_ordinary(value: &str) -> bool {
    let mut any = false;
    let all = split(value).all(|word| {
        any = true;
        let folded = word.to_lowercase();
        let lower = !word.chars().any(char::is_uppercase);
        let shouted =
            word.chars().count() > 2 && !word.chars().any(char::is_lowercase) && word.is_ascii();
        // Two capitals are a state or a country as well.
        let short = !lower && word.chars().count() == 2 && !word.chars().any(char::is_lowercase);
        (FUNCTION.contains(&folded) && !short)
            || (lower && FOREIGN.contains(&folded))
            || FIELD.contains(&folded)
            || ((lower || shouted) && (COMMON.contains(&folded) || CODE.contains(&folded)))
    });
    all && any || CLOSINGS.contains(&value.trim().to_lowercase())
}

/// Whether capitals stand inside of a word as they do in names of programs (`CrewAI`, `SoTA`, `AutoModelForCausal`), not of people
/// (`McDonald`, `DeShawn`).
fn has_code_case(value: &str) -> bool {
    split(value).any(|word| {
        let chars: Vec<char> = word.chars().collect();
        let inner = |pair: &&[char]| pair[0].is_lowercase() && pair[1].is_uppercase();
        let humps = chars.windows(2).filter(inner).count();
        let ends_high =
            chars.len() >= 3 && chars[chars.len() - 2..].iter().all(|c| c.is_uppercase());
        humps >= 2 || (humps == 1 && (ends_high || chars.first().is_some_and(|c| c.is_lowercase())))
    })
}
