//! Street addresses by how they are written in many countries: the forms that hold a word for a street and a number, and what
//! belongs to an address around a part of it that was found (house letter, flat, box, postal code and town).
//!
//! Invariant: a number and a word for a street, both near; a word alone (`the long road`, `place 5`) is none. The parts
//! around grow only over what has a form of its own.

use super::entity::STREET_ADDRESS;
use super::phrases::Phrases;
use super::scan::{Hit, Scan, stretch};
use regex_automata::meta::Regex;
use regex_automata::{Anchored, Input};
use std::ops::Range;
use std::sync::LazyLock;

/// Bytes looked at on either side of a word for a street, and of a part.
const REACH: usize = 96;
/// Most parts that an address grows by on one side.
const PARTS: usize = 8;

/// A number of a house: `12`, `12b`, `12 B`, `12/A`, `12-2`, `12 bis`, `12-3/4`.
const NUMBER: &str = r"\d{1,5}(?:[A-Za-z]\b|\ [A-Z]\b|\ ?[-/–]\ ?\d{1,4}[A-Za-z]?\b|/[A-Z]\b|\ (?:bis|ter|quater)\b)*";
/// The number behind its sign.
const SIGNED: &str =
    r"(?:(?:[Nn][ºo°]\.?|№|[Nn]r\.?|[Nn]o:|No\.|no\.|д\.|дом|буд\.|бр\.|αρ\.)\ ?)?";
/// A capitalised word of a name.
const NAME: &str = r"(?:\p{Lu}[\p{L}\p{M}'’.-]*)";
/// Small words inside of a name.
const SMALL: &str = r"(?:de|del|de\ la|de\ las|de\ los|du|des|della|dello|delle|dei|degli|di|da|do|dos|das|la|le|les|el|los|las|l['’]|d['’]|dell['’]|à|aux|au|et|y|e|van|von|van\ der|der|den|am|an\ der|im|zur|zum|of|the)";

/// Forms of a street with its number.
fn forms() -> Vec<String> {
    let names = format!(
        r"(?:(?:{SMALL}\ ?)*(?:{NAME}|\d{{1,2}}(?:\.|º|er)?)(?:\ (?:{SMALL}\ ?)*{NAME}){{0,4}})"
    );
    let number = format!(r"(?:{SIGNED}{NUMBER})");
    vec![
        // 4521 N Maple St
        format!(r"\b{NUMBER},?\ (?:[NSEW]{{1,2}}\.?\ )?(?:(?:{NAME}|\d{{1,3}}(?:st|nd|rd|th))\ ){{1,4}}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Court|Ct|Boulevard|Blvd|Way|Place|Pl|Square|Sq|Terrace|Ter|Close|Crescent|Cres|Parkway|Pkwy|Highway|Hwy|Circle|Cir|Trail|Trl|Row|Mews|Gardens|Grove|Hill|Walk|Quay|Esplanade|Parade|Loop|Alley|Nagar|Marg|Chowk|Wharf)\b(?:\ [NSEW]{{1,2}}\b)?"),
        // Lindenallee 4, Kölner Straße 12, Keizersgracht 12-2
        format!(r"\p{{Lu}}[\p{{L}}-]{{2,}}(?:straße|strasse|str\.|allee|weg|gasse|platz|ufer|damm|chaussee|steig|stieg|gatan|vägen|gränd|torget|stigen|veien|vegen|gata|gaten|sgate|vej|gade|stræde|straat|laan|gracht|kade|plein|steeg|dijk|singel|katu|ntie|kuja|polku|tänav|iela|gatvė)\ ?{number}"),
        format!(r"(?:{NAME}[\ -]){{1,3}}(?:Straße|Strasse|Str\.|Allee|Weg|Platz|Gasse|Damm|Ufer|Chaussee|Ring|Markt|gate|gata|plass|plads|katu|tie|iela|gatvė|utca|náměstí|nám\.|třída|u\.|út|útja|tér|tere|körút|krt\.|ulica|ulice|Caddesi|Cad\.|Cd\.|Sokak|Sokağı|Sok\.|Sk\.|Bulvarı|Blv\.|Mahallesi|Mah\.)\ ?{number}"),
        // 12 bis rue de la Paix
        format!(r"\b{NUMBER},?\ (?i:rue|avenue|av\.|bd|boulevard|place|chemin|allée|impasse|quai|route|cours|square|passage|faubourg|villa)\ {names}"),
        // Calle Mayor 12; Rua das Flores, 123; ul. Długa 5; ул. Ленина, д. 5; Jalan Sudirman No. 5
        format!(r"(?:\b(?:Rue|Avenue|Boulevard|Chemin|Quai|Calle|calle|Avenida|avenida|Avda\.?|Av\.|Plaza|plaza|Paseo|paseo|Carrer|carrer|Camino|Ronda|Travesía|Carretera|Rambla|Carrera|Calzada|Cl\.|Viale|viale|Piazza|piazza|Corso|corso|Vicolo|vicolo|Piazzale|Strada|Contrada|Rua|rua|R\.|Travessa|Praça|Alameda|Estrada|Rodovia|Ladeira|[Uu]l\.|[Uu]lica|[Aa]l\.|[Aa]leja|[Aa]leje|[Pp]l\.|[Pp]lac|[Oo]s\.|[Oo]siedle|[Nn]áměstí|[Nn]ám\.|[Tt]řída|[Tt]ř\.|[Tt]rg|[Cc]esta|Jalan|Jl\.|Jln\.|Lorong|Calea|Bulevardul|Bd\.|Aleea|Str\.)|(?:[Уу]л\.|[Уу]лица|[Уу]л|[Пп]р\.|[Пп]роспект|[Пп]р-т|[Пп]р-кт|[Пп]ер\.|[Пп]ереулок|[Нн]аб\.|[Нн]абережная|[Шш]оссе|[Бб]ул\.|[Бб]ульвар|[Бб]-р|[Вв]ул\.|[Вв]улиця|[Пп]лощадь|[Пп]л\.|[Пп]роезд|[Оо]дός|[Οο]δός|[Οο]δού|[Λλ]εωφ\.|[Λλ]εωφόρος|[Ππ]λατεία|Șoseaua|[Đđ]ường|[Pp]hố)|\b[Cc]/)\ ?{names},?\ {number}"),
        format!(r"\bVia\ {names}(?:,\ {number}|\ {number}(?:,|\n|$|\ \d{{5}}))"),
        // 123 đường Lê Lợi
        format!(r"(?:\b[Ss]ố\ )?\b{NUMBER}\ (?:[Đđ]ường|[Pp]hố|Jalan|Jl\.|Soi|ถนน)\ {names}"),
        // PO Box 1234
        r"(?:\b(?i:p\.?\ ?o\.?\ ?box|post\ office\ box|gpo\ box|private\ bag|locked\ bag)|\b(?:Postfach|Postbus|Postboks|Postbox|Casella\ [Pp]ostale|Boîte\ [Pp]ostale|Apartado(?:\ (?:de\ [Cc]orreos|[Pp]ostal))?|Apdo\.(?:\ de\ Correos)?|Caixa\ [Pp]ostal|Skrytka\ [Pp]ocztowa|skr\.\ poczt\.|Poštanski\ pretinac|Posta\ [Kk]utusu|P\.K\.|Postilokero|Postafiók|Pf\.)|а/я|[Аа]бонентский\ ящик|Ταχ\.\ Θυρίδα|Τ\.Θ\.)\ ?(?:[Nn][ºo°]?\.?\ ?|№\ ?|:\ ?)?\d{1,6}(?:[- ]\d{1,4})?\b".to_owned(),
        r"\bB\.?P\.?\ \d{1,5},?\ (?:F-)?\d{5}\b".to_owned(),
        r"\b(?:Box|PL)\ \d{1,5},?\ (?:SE-)?\d{3}\ ?\d{2}\ \p{Lu}\p{L}+".to_owned(),
    ]
}

/// What goes on behind a part.
fn behind() -> Vec<String> {
    let town = format!(r"{NAME}(?:(?:\ |-)(?:{SMALL}\ )*{NAME}){{0,2}}");
    vec![
        // Flats and floors: Apt 3B, lgh 1102, m. 3, кв. 12, 3º B, 2. OG
        r"(?i:apt|apartment|apto|appt|app|appartement|flat|fl|floor|unit|suite|ste|room|rm|lgh|leilighet|bolig|lejl|m|lok|kv|кв|квартира|оф|офис|корп|корпус|к|стр|строение|под|подъезд|этаж|эт|д|дом|литера|bldg|building|block|blk|bl|sc|et|ap|bt|bat|bât|bâtiment|esc|escalera|piso|planta|puerta|pta|pt|int|interno|scala|piano|top|stiege|tür|whg|wohnung|bus|bte|boîte|etage|étage|no|nr|kat|daire|d|em|emelet|ajtó|byt|patro|tower|wing|shop|plot|lot|space|trlr|quận|phường|q|p)\.?:?\ ?#?\d{1,5}[A-Za-z]?\b".to_owned(),
        r"(?:#|№|[Nn]º|[Nn]°)\ ?\d{1,5}[A-Za-z]?\b".to_owned(),
        r"\d{1,2}\ ?[ºª°](?:\ ?[A-Z]\b|\ (?:izq|dcha|izda|centro|drcha|esq|dto|fte|puerta)\b\.?)?(?:\ ?\d{1,2}\b)?".to_owned(),
        r"\d{1,2}(?:\.|er|ème|e)\ ?(?:OG|UG|DG|Stock|Etage|étage|th|tv|mf|sal|kerros|em\.)(?:\ (?:links|rechts|th|tv|mf))?".to_owned(),
        r"(?:EG|OG|DG|Hinterhaus|HH|VH|Seitenflügel|th|tv|mf|bis|ter)\b\.?".to_owned(),
        // Postal code and town
        format!(r"(?:[A-Z]{{1,3}}[-–]\ ?)?(?:\d{{3}}\ \d{{2}}|\d{{2}}-\d{{3}}|\d{{5}}-\d{{3,4}}|\d{{3}}-\d{{4}}|\d{{4}}\ ?[A-Z]{{2}}|\d{{4,6}})\ {town}"),
        // Town, state and postal code
        format!(r"{town},?\ (?:[A-Z]{{2,3}},?\ )?(?:\d{{5}}(?:-\d{{4}})?|\d{{6}}|\d{{4}}|[A-Z]{{1,2}}\d[A-Z\d]?\ ?\d[A-Z]{{2}}|[A-Z]\d[A-Z]\ ?\d[A-Z]\d|\d{{3}}\ \d{{2}})\b"),
        format!(r"{town}(?:\ ?[-–]\ ?|,\ |\ \()[A-Z]{{2}}\b\)?"),
        r"(?:[A-Z]{2,3}\ )?(?:\d{5}(?:-\d{3,4})?|[A-Z]{1,2}\d[A-Z\d]?\ ?\d[A-Z]{2}|[A-Z]\d[A-Z]\ ?\d[A-Z]\d|\d{2}-\d{3}|\d{6})\b".to_owned(),
    ]
}

/// What stands before a part.
fn before() -> Vec<String> {
    vec![
        r"(?i:\b(?:flat|apt|apartment|unit|suite|house|h\.?\ ?no|house\ no|door\ no|d\.?\ ?no|plot|plot\ no|shop|room|floor|villa|block|tower|building|bldg|lot|level|no)\b\.?:?\ ?|#\ ?)\d{1,5}[A-Za-z]?(?:[-/]\d{1,5}[A-Za-z]?)*".to_owned(),
        r"(?:\b\d{5,6},\ )?(?:(?:г|гор|м|с|пос|п|обл)\.|город|село|посёлок)\ ?\p{Lu}\p{L}+(?:[-\ ]\p{L}+)?".to_owned(),
        r"(?:\bul\.|\bul|\bал\.|\bул\.|\bпр\.|\bпер\.|\bvia|\bVia|\bcalle|\bCalle|\brue|\bRue|\brua|\bRua|\bC/|\bAv\.|\bJl\.)".to_owned(),
    ]
}

struct Patterns {
    forms: Vec<Regex>,
    behind: Vec<Regex>,
    before: Vec<Regex>,
    /// A number right before a part, and a postal code right before a town.
    number: Option<Regex>,
    code: Option<Regex>,
    /// A number right behind a part without one.
    follows: Option<Regex>,
}

static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| {
    let all = |list: Vec<String>, end: &str| {
        list.iter().filter_map(|pattern| compiled(&format!("(?:{pattern}){end}"))).collect()
    };
    Patterns {
        forms: all(forms(), ""),
        behind: all(behind(), ""),
        before: all(before(), r",?\s?$"),
        number: compiled(&format!(r"(?:^|[^\p{{L}}\p{{N}}.,/-])(?P<n>{NUMBER}),?\ $")),
        code: compiled(
            r"(?:^|[^\p{L}\p{N}.,/-])(?P<n>(?:[A-Z]{1,3}-)?(?:\d{5}|\d{3}\ \d{2}|\d{2}-\d{3}|\d{4}\ [A-Z]{2})|[A-Z]{1,3}-\d{4})\ $",
        ),
        follows: compiled(&format!(r",?\ {SIGNED}{NUMBER}")),
    }
});

/// Compiles the patterns, so that no request waits for it.
pub(super) fn warm() {
    LazyLock::force(&PATTERNS);
}

/// A pattern whose borders of words are those of ASCII, which a table can search in any text.
fn compiled(pattern: &str) -> Option<Regex> {
    Regex::new(&pattern.replace(r"\b", r"(?-u:\b)")).ok()
}

/// Adds every address with a word for a street and a number.
pub(super) fn find(scan: &mut Scan, phrases: &Phrases) {
    let mut done = 0;
    for &(start, end) in &phrases.streets {
        let (from, to) = (start.saturating_sub(REACH).max(done), end + REACH);
        let first = scan.words.partition_point(|word| word.end <= from);
        if end <= done || scan.words.get(first).is_none_or(|word| word.start >= to) {
            continue;
        }
        let window = stretch(scan.text, from, to);
        let base = window.as_ptr() as usize - scan.text.as_ptr() as usize;
        let found = PATTERNS.forms.iter().filter_map(|form| {
            let found = form
                .find_iter(window)
                .find(|found| base + found.start() <= start && base + found.end() >= end)?;
            Some(base + found.start()..base + found.end())
        });
        let Some(found) = found.max_by_key(ExactSizeIterator::len) else { continue };
        if counts(
            stretch(scan.text, found.start.saturating_sub(16), found.start),
            scan.text.get(found.clone()).unwrap_or(""),
        ) {
            continue;
        }
        let found = grow(scan.text, trimmed(scan.text, found), 0, scan.text.len());
        done = found.end;
        scan.push(Hit {
            start: found.start,
            end: found.end,
            entity: STREET_ADDRESS,
            kind: None,
            score: 0.75,
            validated: true,
            detector: "address",
        });
    }
}

/// Without marks and blanks at its end.
fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let len = text
        .get(range.clone())
        .map_or(0, |part| part.trim_end_matches([',', ' ', '\n', '-', '.']).len());
    range.start..range.start + len
}

/// The address around a part of it, at most from `floor` to `ceiling`.
pub(super) fn grow(text: &str, part: Range<usize>, floor: usize, ceiling: usize) -> Range<usize> {
    let mut whole = part;
    for _ in 0..PARTS {
        let Some(start) = more_before(text, &whole, floor) else { break };
        whole.start = start;
    }
    for _ in 0..PARTS {
        let Some(end) = more_behind(text, &whole, ceiling) else { break };
        whole.end = end;
    }
    whole
}

/// A town with the postal code before it and the state and code behind it.
pub(super) fn grow_town(
    text: &str,
    town: Range<usize>,
    floor: usize,
    ceiling: usize,
) -> Range<usize> {
    let window = stretch(text, town.start.saturating_sub(REACH / 4).max(floor), town.start);
    let start = captured(PATTERNS.code.as_ref(), window).map_or(town.start, |len| town.start - len);
    let rest = stretch(text, town.end, (town.end + REACH / 4).min(ceiling));
    let ended = rest.is_empty() || rest.starts_with([',', '.', '\n', ')', ';']);
    if start < town.start
        && (ended
            || text.get(start..).is_some_and(|code| code.starts_with(|c: char| c.is_uppercase())))
    {
        return start..town.end;
    }
    town
}

/// The length of the group `n` up to the end of a window.
fn captured(pattern: Option<&Regex>, window: &str) -> Option<usize> {
    let pattern = pattern?;
    let mut captures = pattern.create_captures();
    pattern.captures(window, &mut captures);
    captures.get_group_by_name("n").map(|n| window.len() - n.start)
}

fn more_before(text: &str, whole: &Range<usize>, floor: usize) -> Option<usize> {
    let window = stretch(text, whole.start.saturating_sub(REACH / 2).max(floor), whole.start);
    let part = text.get(whole.clone())?;
    let first = part.chars().next()?;
    for pattern in &PATTERNS.before {
        if let Some(found) = pattern.find(window) {
            return Some(whole.start - (window.len() - found.start()));
        }
    }
    let small = ["rue ", "avenue ", "boulevard ", "place ", "quai ", "chemin ", "allée "]
        .iter()
        .any(|word| part.starts_with(word));
    let len =
        captured(PATTERNS.number.as_ref(), window).filter(|_| first.is_uppercase() || small)?;
    let number = window.get(window.len() - len..)?;
    let before = window.get(..window.len() - len)?;
    // The number of the house stands in the first part; what follows may hold a postal code.
    let lead = part.split([',', '\n']).next().unwrap_or(part);
    let street = lead.chars().any(|c| c.is_ascii_digit()) && first.is_uppercase() && !small;
    // A part that has its number already takes another only where a comma binds them: `12-3/4, MG Road`.
    (!counts(before, number) && (!street || number.trim_end().ends_with(',')))
        .then(|| whole.start - len)
}

/// Whether the number that `text` begins with is a year or a count, by the word before it.
fn counts(before: &str, text: &str) -> bool {
    const YEARS: &[&str] = &[
        "in", "since", "by", "of", "im", "seit", "en", "depuis", "from", "until", "after",
        "before", "during",
    ];
    const COUNTS: &[&str] = &["than", "about", "have", "has", "had", "all", "only", "over"];
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let year = digits == 4 && (text.starts_with("19") || text.starts_with("20"));
    let word = before
        .trim_end()
        .rsplit(|c: char| !c.is_alphanumeric())
        .next()
        .unwrap_or("")
        .to_lowercase();
    digits > 0 && (COUNTS.contains(&word.as_str()) || year && YEARS.contains(&word.as_str()))
}

fn more_behind(text: &str, whole: &Range<usize>, ceiling: usize) -> Option<usize> {
    let rest = stretch(text, whole.end, (whole.end + REACH).min(ceiling));
    let numbered = text.get(whole.clone())?.chars().any(|c| c.is_ascii_digit());
    if !numbered {
        let found = PATTERNS.follows.as_ref()?.find(Input::new(rest).anchored(Anchored::Yes))?;
        let after = rest.get(found.end()..)?;
        let ends = after.trim_start_matches(' ').chars().next().is_none_or(|c| !c.is_lowercase());
        return (ends && !after.starts_with(|c: char| c.is_alphanumeric() || c == '%' || c == ':'))
            .then_some(whole.end + found.end());
    }
    let digit = text.get(whole.clone())?.ends_with(|c: char| c.is_ascii_digit());
    let glued = if digit { glued(rest) } else { 0 };
    if glued > 0 {
        return Some(whole.end + glued);
    }
    let gap = rest.find(|c: char| !(c.is_whitespace() || c == ',' || c == '.'))?;
    let between = rest.get(..gap)?;
    let usual = gap > 0
        && gap <= 6
        && between.matches('\n').count() <= 1
        && between.matches([',', '.']).count() <= 1;
    if !usual
        || (between.starts_with('.')
            && between.len() > 1
            && !text.get(..whole.end)?.ends_with(|c: char| c.is_alphabetic()))
    {
        return None;
    }
    let next = rest.get(gap..)?;
    let found = PATTERNS.behind.iter().filter_map(|pattern| {
        pattern.find(Input::new(next).anchored(Anchored::Yes)).map(|found| found.end())
    });
    let end = found.max()?;
    let end = next.get(..end)?.trim_end_matches(['.', ',', '-', '\'', '’']).len();
    let after = next.get(end..)?;
    let cut = after.starts_with(|c: char| c.is_alphanumeric() || c == '%');
    (!cut).then_some(whole.end + gap + end)
}

/// What of a house number stands right behind a part that ends in its first digits: `/A`, `-2`, `b`, ` B`.
fn glued(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let at = |i: usize| bytes.get(i).copied().unwrap_or(b' ');
    let word = |i: usize| at(i).is_ascii_alphanumeric();
    match (at(0), at(1)) {
        (b'/' | b'-', next) if next.is_ascii_digit() || (next.is_ascii_uppercase() && !word(2)) => {
            1 + bytes.iter().skip(1).take(5).take_while(|b| b.is_ascii_alphanumeric()).count()
        }
        (b' ', next)
            if next.is_ascii_uppercase()
                && !rest.get(2..).is_some_and(|rest| {
                    rest.starts_with(|c: char| c.is_alphanumeric() || "'’.-&".contains(c))
                }) =>
        {
            2
        }
        _ => 0,
    }
}
