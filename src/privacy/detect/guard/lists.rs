//! The lists of words, read once. Each file says where it comes from.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// A set of words in lower case.
type Words = HashSet<String>;

/// What a name that people bear may stand for besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Thing {
    Model,
    /// A font whose name many people bear.
    Font,
    /// A font whose name hardly anybody bears.
    Typeface,
    Math,
    Unit,
    Month,
    Software,
}

/// English words of grammar, which are no names in any case.
pub(super) static FUNCTION: LazyLock<Words> =
    LazyLock::new(|| words(include_str!("words/function.txt")));
/// Those of other languages, which count in lower case alone, since some are names elsewhere.
pub(super) static FOREIGN: LazyLock<Words> =
    LazyLock::new(|| words(include_str!("words/foreign.txt")));
pub(super) static COMMON: LazyLock<Words> =
    LazyLock::new(|| words(include_str!("words/common.txt")));
pub(super) static CODE: LazyLock<Words> = LazyLock::new(|| words(include_str!("words/code.txt")));
/// Ordinary words that are surnames too.
pub(super) static NAMES_TOO: LazyLock<Words> =
    LazyLock::new(|| words(include_str!("words/names_too.txt")));
pub(super) static FIELD: LazyLock<Words> = LazyLock::new(|| words(include_str!("words/field.txt")));
pub(super) static CLOSINGS: LazyLock<Words> =
    LazyLock::new(|| lines(include_str!("words/closings.txt")).map(str::to_lowercase).collect());
pub(super) static PRODUCTS: LazyLock<Words> =
    LazyLock::new(|| names(include_str!("words/products.txt")));
pub(super) static FONTS: LazyLock<Words> = LazyLock::new(|| names(include_str!("words/fonts.txt")));

/// Names of things that people bear too, in lower case.
pub(super) static AMBIGUOUS: LazyLock<HashMap<String, Vec<Thing>>> = LazyLock::new(|| {
    let mut out: HashMap<String, Vec<Thing>> = HashMap::new();
    for line in lines(include_str!("words/ambiguous.txt")) {
        let Some((kind, names)) = line.split_once(':') else { continue };
        let thing = match kind {
            "model" => Thing::Model,
            "font" => Thing::Font,
            "typeface" => Thing::Typeface,
            "math" => Thing::Math,
            "unit" => Thing::Unit,
            "month" => Thing::Month,
            _ => Thing::Software,
        };
        for name in names.split(',') {
            out.entry(name.trim().to_lowercase()).or_default().push(thing);
        }
    }
    out
});

/// What streets are called: whole words, and endings of words.
pub(super) static STREETS: LazyLock<(Words, Vec<String>)> = LazyLock::new(|| {
    let all = words(include_str!("words/streets.txt"));
    let (ends, whole): (Vec<String>, Vec<String>) =
        all.into_iter().partition(|word| word.starts_with('~'));
    let ends: Vec<String> =
        ends.iter().map(|word| word.trim_start_matches('~').to_owned()).collect();
    (whole.into_iter().chain(ends.iter().cloned()).collect(), ends)
});

fn lines(file: &str) -> impl Iterator<Item = &str> {
    file.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn words(file: &str) -> Words {
    lines(file).flat_map(str::split_whitespace).map(str::to_lowercase).collect()
}

fn names(file: &str) -> Words {
    let names = lines(file).flat_map(|line| line.split(','));
    names.map(|name| name.trim().to_lowercase()).filter(|name| !name.is_empty()).collect()
}
