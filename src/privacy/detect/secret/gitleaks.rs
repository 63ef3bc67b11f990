//! The gitleaks rules (MIT, notice in `gitleaks.json`): regular expression, keyword, entropy, allowlists, as data.
//!
//! Invariant: a rule's expression is compiled at the first place where its anchor stands and the bytes around it
//! allow a match, and runs over that neighbourhood only; windows of one rule that overlap become one, so work stays
//! linear. Expressions work on bytes without Unicode classes, which keeps each of them small.

use super::push;
use crate::privacy::detect::scan::Scan;
use crate::privacy::validate::entropy;
use aho_corasick::{AhoCorasick, AhoCorasickKind};
use regex_automata::Input;
use regex_automata::meta::Regex;
use regex_automata::util::syntax;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::OnceLock;

/// The rules, as shipped.
static DATA: &str = include_str!("gitleaks.json");

#[derive(Deserialize)]
struct File<'a> {
    allow: Allow,
    #[serde(borrow)]
    rules: Vec<Rule<'a>>,
}

/// What a finding must not be.
#[derive(Deserialize)]
struct Allow {
    /// What the expressions look at: `secret`, `match` or `line`.
    #[serde(default = "secret_target")]
    target: String,
    #[serde(default)]
    regexes: Vec<String>,
    #[serde(default)]
    stopwords: Vec<String>,
    #[serde(skip)]
    compiled: OnceLock<(Vec<Regex>, Option<AhoCorasick>)>,
}

/// Where an anchor stands in a match.
#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Mode {
    /// It starts the secret, which is one long word.
    Token,
    /// It names the secret, which is assigned to it.
    Assign,
    /// It stands somewhere near.
    Near,
}

#[derive(Deserialize)]
struct Rule<'a> {
    /// Its name, which becomes the finding's kind.
    id: &'a str,
    mode: Mode,
    /// Lower-case words of which one stands in or near every match.
    anchors: Vec<String>,
    regex: String,
    /// A secret must have more bits per byte than this; 0 for no such demand.
    #[serde(default)]
    entropy: f32,
    /// The capture group of the secret; else the first that took part, else the whole match.
    group: Option<usize>,
    #[serde(default)]
    allow: Vec<Allow>,
    #[serde(skip)]
    compiled: OnceLock<Option<Regex>>,
}

/// All rules.
pub(super) struct Rules {
    allow: Option<Allow>,
    rules: Vec<Rule<'static>>,
}

/// Neighbourhoods to look at, by rule.
#[derive(Default)]
pub(super) struct Windows {
    by_rule: BTreeMap<usize, Vec<Range<usize>>>,
    /// The end of the word without spaces looked at last.
    run: Range<usize>,
}

impl Rules {
    /// Reads the shipped rules; none if the data is broken, which a test excludes.
    pub fn embedded() -> Self {
        match serde_json::from_str::<File<'static>>(DATA) {
            Ok(file) => Self { allow: Some(file.allow), rules: file.rules },
            Err(_) => Self { allow: None, rules: Vec::new() },
        }
    }

    /// Every anchor with the number of its rule.
    pub fn anchors(&self) -> impl Iterator<Item = (usize, &str)> {
        self.rules
            .iter()
            .enumerate()
            .flat_map(|(i, rule)| rule.anchors.iter().map(move |a| (i, a.as_str())))
    }

    /// Runs the rules over their windows.
    pub fn run(&self, scan: &mut Scan, windows: Windows) {
        for (rule, ranges) in windows.by_rule {
            let Some(rule) = self.rules.get(rule) else { continue };
            let compiled = rule.compiled.get_or_init(|| compile(&rule.regex));
            let Some(regex) = compiled else { continue };
            for range in ranges {
                self.search(scan, rule, regex, range);
            }
        }
    }

    fn search(&self, scan: &mut Scan, rule: &Rule<'static>, regex: &Regex, range: Range<usize>) {
        let bytes = scan.bytes;
        let mut from = range.start;
        let mut captures = regex.create_captures();
        while from < range.end {
            regex.captures(Input::new(bytes).span(from..range.end), &mut captures);
            let Some(whole) = captures.get_match() else { return };
            from = whole.end().max(from + 1);
            let groups = rule.group.map_or(1..captures.group_len(), |group| group..group + 1);
            let secret = groups.filter_map(|i| captures.get_group(i)).find(|s| !s.is_empty());
            let secret = secret.map_or(whole.range(), |span| span.range());
            let (Some(text), Some(all)) =
                (scan.text.get(secret.clone()), scan.text.get(whole.range()))
            else {
                continue;
            };
            let low = rule.entropy > 0.0 && entropy(text.as_bytes()) <= rule.entropy;
            let line = || line_around(scan.text, &whole.range());
            let allowed =
                rule.allow.iter().chain(&self.allow).any(|allow| allow.holds(text, all, line));
            if !low && !allowed {
                let exact = rule.mode != Mode::Assign;
                push(
                    scan,
                    secret.start,
                    secret.end,
                    rule.id,
                    if exact { 0.95 } else { 0.85 },
                    exact,
                );
            }
        }
    }
}

impl Allow {
    fn holds<'t>(&self, secret: &'t str, all: &'t str, line: impl Fn() -> &'t str) -> bool {
        let (regexes, stopwords) = self.compiled.get_or_init(|| self.compile());
        if stopwords.as_ref().is_some_and(|words| words.is_match(secret)) {
            return true;
        }
        let target = match self.target.as_str() {
            "match" => all,
            "line" => line(),
            _ => secret,
        };
        regexes.iter().any(|regex| regex.is_match(target))
    }

    /// The expressions, and a search for the stopwords if there are any.
    fn compile(&self) -> (Vec<Regex>, Option<AhoCorasick>) {
        let mut search = AhoCorasick::builder();
        search.ascii_case_insensitive(true).kind(Some(AhoCorasickKind::ContiguousNFA));
        let stopwords = Some(&self.stopwords).filter(|words| !words.is_empty());
        (
            self.regexes.iter().filter_map(|r| compile(r)).collect(),
            stopwords.and_then(|words| search.build(words).ok()),
        )
    }
}

impl Windows {
    /// Notes the anchor at `start..end` for each of `rules` that may match there.
    pub fn note(&mut self, scan: &Scan, all: &Rules, rules: &[usize], start: usize, end: usize) {
        let mut assigned = None;
        for &i in rules {
            let Some(rule) = all.rules.get(i) else { continue };
            let window = match rule.mode {
                Mode::Token => {
                    if scan.before(start).is_ascii_alphanumeric() && rule.regex.starts_with("\\b") {
                        continue;
                    }
                    self.word(scan, start).filter(|run| run.end - start >= 16)
                }
                Mode::Assign => assigned
                    .get_or_insert_with(|| {
                        assignment(scan, start, end, rule.id == "generic-api-key")
                    })
                    .clone(),
                Mode::Near => {
                    Some(start.saturating_sub(512)..end.saturating_add(4096).min(scan.bytes.len()))
                }
            };
            let Some(window) = window else { continue };
            let list = self.by_rule.entry(i).or_default();
            match list.last_mut() {
                Some(last) if last.end >= window.start => {
                    last.start = last.start.min(window.start);
                    last.end = last.end.max(window.end);
                }
                _ => list.push(window),
            }
        }
    }

    /// The word without spaces around `start`, with what may end it.
    fn word(&mut self, scan: &Scan, start: usize) -> Option<Range<usize>> {
        if !self.run.contains(&start) {
            let len = scan.bytes.iter().skip(start).take(2048).take_while(|b| **b > b' ').count();
            self.run = start..start + len;
        }
        let end = self.run.end.min(start + 2048);
        Some(start.saturating_sub(8)..(end + 1).min(scan.bytes.len()))
    }
}

/// The neighbourhood of a name to which a long enough value is assigned.
fn assignment(scan: &Scan, start: usize, end: usize, generic: bool) -> Option<Range<usize>> {
    let count = |at: usize, most: usize, fits: &dyn Fn(u8) -> bool| {
        scan.bytes.iter().skip(at).take(most).take_while(|b| fits(**b)).count()
    };
    let mut at = end;
    at += count(at, 20, &|b| {
        b.is_ascii_alphanumeric() || matches!(b, b' ' | b'\t' | b'_' | b'.' | b'-')
    });
    at += count(at, 3, &|b| b.is_ascii_whitespace() || matches!(b, b'"' | b'\''));
    let operator = count(at, 4, &|b| matches!(b, b'=' | b'>' | b':' | b'|' | b'?' | b','));
    if operator == 0 {
        return None;
    }
    at += operator;
    at += count(at, 6, &|b| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'`' | b'='));
    let value = count(at, 200, &|b| b.is_ascii_alphanumeric() || b"_.=-+/~".contains(&b));
    let digits = scan.bytes.iter().skip(at).take(value).any(u8::is_ascii_digit);
    let long = value >= 8 && (digits || !generic);
    long.then(|| start.saturating_sub(60)..(at + value + 40).min(scan.bytes.len()))
}

/// The line of `range`, cut at 256 bytes on each side so that a text of one line costs no more than others.
fn line_around<'t>(text: &'t str, range: &Range<usize>) -> &'t str {
    let bytes = text.as_bytes();
    let before = bytes.get(range.start.saturating_sub(256)..range.start).unwrap_or(&[]);
    let after = bytes.get(range.end..bytes.len().min(range.end + 256)).unwrap_or(&[]);
    let mut start = range.start - before.iter().rev().take_while(|b| **b != b'\n').count();
    let mut end = range.end + after.iter().take_while(|b| **b != b'\n').count();
    while !text.is_char_boundary(start) {
        start += 1;
    }
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(start..end).unwrap_or("")
}

/// An expression over bytes, with small caches.
fn compile(pattern: &str) -> Option<Regex> {
    let config = Regex::config()
        .utf8_empty(false)
        .nfa_size_limit(Some(32 << 20))
        .hybrid_cache_capacity(256 << 10);
    let config = config.onepass(false).dfa(false);
    let syntax = syntax::Config::new().unicode(false).utf8(false);
    Regex::builder().configure(config).syntax(syntax).build(pattern).ok()
}

fn secret_target() -> String {
    "secret".to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Rules, compile};

    #[test]
    fn every_rule_and_allowlist_compiles() {
        let rules = Rules::embedded();
        assert_eq!(rules.rules.len(), 219);
        for rule in &rules.rules {
            assert!(compile(&rule.regex).is_some(), "{}", rule.id);
            assert!(!rule.anchors.is_empty());
        }
        let global = rules.allow.iter();
        for allow in rules.rules.iter().flat_map(|rule| &rule.allow).chain(global) {
            for regex in &allow.regexes {
                assert!(compile(regex).is_some(), "{regex}");
            }
        }
    }
}
