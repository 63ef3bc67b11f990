//! What operators add to the detectors and take away from them: patterns, lists of words, values that may pass.
//!
//! Invariants: nothing here looks back or around, so a search is linear in the text; all sizes are bounded when the configuration is
//! loaded; `Debug` shows no word of a list and no allowed value.

use super::raw::Checksum;
use crate::chat::EntityType;
use crate::chat::check_digit::{iban, luhn, mod11, mod11_10, mod97, verhoeff};
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use regex_automata::meta::Regex;
use regex_automata::util::captures::Captures;
use regex_automata::util::syntax;
use std::collections::HashSet;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// Longest regular expression, in bytes.
pub(super) const REGEX_BYTES: usize = 1024;
/// Most memory that a compiled one may take, in bytes.
const REGEX_SIZE: usize = 1 << 20;
/// The group that narrows what a pattern finds.
const VALUE: &str = "value";
/// How far before a match a context word may stand, in bytes.
const BEFORE: usize = 80;
/// How far behind it.
const BEHIND: usize = 40;

/// Everything that the operator adds and takes away.
#[derive(Debug, Clone, Default)]
pub struct Own {
    /// Patterns, in the order of the file.
    pub patterns: Vec<OwnPattern>,
    /// Lists of words, in the order of the file.
    pub words: Vec<OwnWords>,
    /// What may pass.
    pub allow: Allow,
}

/// A pattern of the operator.
#[derive(Clone)]
pub struct OwnPattern {
    /// Its name.
    pub name: &'static str,
    /// What it finds.
    pub entity: EntityType,
    /// How sure a match is, 0–1.
    pub score: f32,
    /// The regular expression as written.
    pub regex: Arc<str>,
    /// Words of which one must stand near a match; empty asks for none.
    pub context: Vec<String>,
    /// The check digits that a match must have.
    pub checksum: Option<Checksum>,
    compiled: Regex,
    near: Option<AhoCorasick>,
}

impl OwnPattern {
    /// A pattern.
    ///
    /// # Errors
    /// Why the regular expression cannot be used, in words.
    pub(super) fn new(
        name: &'static str,
        entity: EntityType,
        regex: &str,
        context: &[String],
    ) -> Result<Self, String> {
        let compiled = compile(regex)?;
        let words: Vec<String> = context.iter().map(|word| word.to_lowercase()).collect();
        let near = (!words.is_empty()).then(|| search(&words, true)).transpose()?;
        let regex = regex.into();
        Ok(Self { name, entity, score: 1.0, regex, context: words, checksum: None, compiled, near })
    }

    /// Where it matches with the right check digits; `anywhere` asks for no context word.
    pub fn find(&self, text: &str, anywhere: bool) -> Vec<Range<usize>> {
        let mut marks = None;
        let mut near = |range: &Range<usize>| {
            let Some(words) = self.near.as_ref().filter(|_| !anywhere) else { return true };
            let marks = marks.get_or_insert_with(|| words_in(words, text));
            let from = range.start.saturating_sub(BEFORE);
            let first = marks.partition_point(|mark| mark.start < from);
            marks[first..].iter().take_while(|mark| mark.end <= range.end + BEHIND).next().is_some()
        };
        let ranges = self.matches(text).into_iter();
        ranges.filter(|range| self.checks(text, range) && near(range)).collect()
    }

    /// Matches of the expression, or of its group.
    fn matches(&self, text: &str) -> Vec<Range<usize>> {
        let group = self.compiled.group_info().to_index(regex_automata::PatternID::ZERO, VALUE);
        let Some(group) = group else {
            let found = self.compiled.find_iter(text).map(|found| found.range());
            return found.filter(|range| !range.is_empty()).collect();
        };
        let value = |found: Captures| found.get_group(group).map(|span| span.range());
        self.compiled.captures_iter(text).filter_map(value).filter(|it| !it.is_empty()).collect()
    }

    fn checks(&self, text: &str, range: &Range<usize>) -> bool {
        let Some(checksum) = self.checksum else { return true };
        let value = text.get(range.clone()).unwrap_or_default();
        let plain: Vec<u8> =
            value.bytes().filter(|b| !matches!(b, b' ' | b'.' | b'-' | b'/')).collect();
        // `EMP-004713`: what stands before the digits is a prefix.
        let lead = plain.iter().take_while(|b| b.is_ascii_alphabetic()).count();
        let digits = plain.get(lead..).unwrap_or_default();
        match checksum {
            Checksum::Luhn => luhn(digits),
            Checksum::Iban => iban(&plain),
            Checksum::Mod97 => mod97(plain.iter().copied()) == Some(1),
            Checksum::Mod11 => mod11(digits),
            Checksum::Mod1110 => mod11_10(digits),
            Checksum::Verhoeff => verhoeff(digits),
        }
    }
}

impl fmt::Debug for OwnPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnPattern").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Where one of the words stands as a word of its own, in order.
fn words_in(words: &AhoCorasick, text: &str) -> Vec<Range<usize>> {
    let folded = Folded::new(text, true);
    let found = words.find_overlapping_iter(&folded.text).map(|found| found.range());
    let mut marks: Vec<_> = found.filter(|range| stands_alone(&folded.text, range)).collect();
    for mark in &mut marks {
        *mark = folded.original(mark);
    }
    marks.sort_by_key(|mark| (mark.start, mark.end));
    marks
}

/// A list of words of the operator.
#[derive(Clone)]
pub struct OwnWords {
    /// What they are found as.
    pub entity: EntityType,
    /// Whether one counts only where it is no part of a longer word.
    pub whole_word: bool,
    /// Whether case is ignored.
    pub ignore_case: bool,
    /// How many there are.
    pub n: usize,
    /// The first hex digits of the SHA-256 of the file, so that a changed list is a changed configuration.
    pub digest: String,
    /// The file's name in messages.
    pub file: String,
    search: AhoCorasick,
}

impl OwnWords {
    /// A list; its words as they are written.
    ///
    /// # Errors
    /// The search cannot be built.
    pub(super) fn new(
        entity: EntityType,
        words: &[String],
        (whole_word, ignore_case): (bool, bool),
    ) -> Result<Self, String> {
        let folded: Vec<String> =
            words.iter().map(|word| Folded::new(word, ignore_case).text).collect();
        Ok(Self {
            entity,
            whole_word,
            ignore_case,
            n: words.len(),
            digest: String::new(),
            file: String::new(),
            search: search(&folded, whole_word)?,
        })
    }

    /// Where words of the list stand; of two that begin at one place the longer.
    pub fn find(&self, text: &str) -> Vec<Range<usize>> {
        let folded = Folded::new(text, self.ignore_case);
        if !self.whole_word {
            let found = self.search.find_iter(&folded.text);
            return found.map(|found| folded.original(&found.range())).collect();
        }
        let found = self.search.find_overlapping_iter(&folded.text).map(|found| found.range());
        let mut whole: Vec<_> = found.filter(|range| stands_alone(&folded.text, range)).collect();
        whole.sort_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
        let mut end = 0;
        whole.retain(|range| {
            let free = range.start >= end;
            end = end.max(range.end);
            free
        });
        whole.iter().map(|range| folded.original(range)).collect()
    }
}

impl fmt::Debug for OwnWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnWords").field("n", &self.n).finish_non_exhaustive()
    }
}

/// Values that may pass.
#[derive(Clone, Default)]
pub struct Allow {
    values: HashSet<String>,
    patterns: Vec<Regex>,
    /// The first hex digits of a SHA-256 of all of them.
    pub digest: String,
}

impl Allow {
    /// Lets a value pass.
    pub(super) fn value(&mut self, value: &str) {
        self.values.insert(value.trim().to_owned());
    }

    /// Lets all values pass that an expression matches as a whole.
    ///
    /// # Errors
    /// Why it cannot be used, in words.
    pub(super) fn pattern(&mut self, regex: &str) -> Result<(), String> {
        compile(regex)?;
        self.patterns.push(compile(&format!(r"\A(?:{regex})\z"))?);
        Ok(())
    }

    /// How many values and expressions there are.
    pub fn len(&self) -> usize {
        self.values.len() + self.patterns.len()
    }

    /// Whether nothing is allowed.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether this value may pass.
    pub fn lets_pass(&self, value: &str) -> bool {
        let value = value.trim();
        self.values.contains(value) || self.patterns.iter().any(|regex| regex.is_match(value))
    }
}

impl fmt::Debug for Allow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Allow").field("n", &self.len()).finish_non_exhaustive()
    }
}

/// Compiles a regular expression within bounds.
fn compile(regex: &str) -> Result<Regex, String> {
    let config = Regex::config()
        .nfa_size_limit(Some(REGEX_SIZE))
        .onepass_size_limit(Some(REGEX_SIZE))
        .dfa(false)
        .hybrid_cache_capacity(REGEX_SIZE)
        .match_kind(regex_automata::MatchKind::LeftmostFirst);
    // One that is wrapped is a little longer.
    if regex.len() > REGEX_BYTES + 16 {
        return Err(format!("is longer than {REGEX_BYTES} bytes"));
    }
    let syntax = syntax::Config::new().nest_limit(50);
    let built = Regex::builder().configure(config).syntax(syntax).build(regex);
    let compiled = built.map_err(|error| match error.size_limit() {
        Some(_) => "takes too much memory; make its repetitions shorter".to_owned(),
        None => format!("is no regular expression that Weir can use: {}", reason(&error)),
    })?;
    if compiled.is_match("") {
        return Err("matches nothing at all, so it would match everywhere".to_owned());
    }
    Ok(compiled)
}

/// The parser's reason, in one line.
fn reason(error: &regex_automata::meta::BuildError) -> String {
    use std::error::Error;
    let inner = error.source().map_or_else(|| error.to_string(), ToString::to_string);
    let last = inner.lines().last().unwrap_or_default();
    last.trim_start_matches("error: ").to_owned()
}

fn search(words: &[String], overlapping: bool) -> Result<AhoCorasick, String> {
    let kind = if overlapping { MatchKind::Standard } else { MatchKind::LeftmostLongest };
    let mut builder = AhoCorasick::builder();
    builder.match_kind(kind).kind(Some(AhoCorasickKind::ContiguousNFA));
    builder.build(words).map_err(|error| format!("cannot be searched for: {error}"))
}

/// Whether neither end of the range cuts a word or number. Scripts without blanks between words have no such ends.
fn stands_alone(text: &str, range: &Range<usize>) -> bool {
    let is_word = |c: char| (c.is_alphanumeric() && c < '\u{2e80}') || c == '_';
    let inside = text.get(range.clone()).unwrap_or_default();
    let before = text.get(..range.start).and_then(|t| t.chars().next_back());
    let after = text.get(range.end..).and_then(|t| t.chars().next());
    let cut = |inner: Option<char>, outer: Option<char>| {
        inner.is_some_and(is_word) && outer.is_some_and(is_word)
    };
    !cut(inside.chars().next(), before) && !cut(inside.chars().next_back(), after)
}

/// A text in lower case that knows where its bytes come from.
struct Folded {
    text: String,
    /// Where each byte's character begins in the original, one more for the end; `None` where the offsets are the same.
    places: Option<Vec<usize>>,
}

impl Folded {
    fn new(text: &str, ignore_case: bool) -> Self {
        if !ignore_case {
            return Self { text: text.to_owned(), places: None };
        }
        if text.is_ascii() {
            return Self { text: text.to_ascii_lowercase(), places: None };
        }
        let mut folded = String::with_capacity(text.len());
        let mut places = Vec::with_capacity(text.len() + 1);
        for (at, c) in text.char_indices() {
            folded.extend(c.to_lowercase());
            places.resize(folded.len(), at);
        }
        places.push(text.len());
        Self { text: folded, places: Some(places) }
    }

    /// A range of the original.
    fn original(&self, range: &Range<usize>) -> Range<usize> {
        let Some(places) = &self.places else { return range.clone() };
        let at = |i: usize| places.get(i).copied().unwrap_or_default();
        at(range.start)..at(range.end)
    }
}
