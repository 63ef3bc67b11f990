//! Checks of an answer's words: exact, contains, regular expression, label, citation.

use crate::eval::suite::fields::{self, Fields};
use regex_automata::meta::Regex;
use serde_json::Value;

/// Whether a text is one of several.
///
/// # Errors
/// It is none of them.
pub fn exact(text: &str, any: &[String]) -> Result<(), String> {
    let same = any.iter().any(|expected| expected.trim() == text.trim());
    if same { Ok(()) } else { Err(none_of("the answer is none of", any.len())) }
}

/// Whether a text begins with one of several.
///
/// # Errors
/// It begins with none of them.
pub fn starts_with(text: &str, any: &[String]) -> Result<(), String> {
    let begun = any.iter().any(|expected| text.trim_start().starts_with(expected.trim()));
    if begun { Ok(()) } else { Err(none_of("the answer begins with none of", any.len())) }
}

fn none_of(what: &str, n: usize) -> String {
    format!("{what} {n} expected text{}", if n == 1 { "" } else { "s" })
}

/// Parts that an answer has or lacks.
#[derive(Debug, Clone, Default)]
pub struct Contains {
    all: Vec<String>,
    any: Vec<String>,
    none: Vec<String>,
    ignore_case: bool,
}

impl Contains {
    /// Reads `"text"`, `[…]` (all of them) or `{all, any, none, ignore_case}`.
    pub(super) fn compile(given: &Value) -> Result<Self, String> {
        let mut parts = match given {
            Value::Object(_) => {
                let fields = Fields::of(given, &["all", "any", "none", "ignore_case"])?;
                Self {
                    all: fields.texts("all")?,
                    any: fields.texts("any")?,
                    none: fields.texts("none")?,
                    ignore_case: fields.flag("ignore_case")?,
                }
            }
            other => Self { all: fields::texts("contains", other)?, ..Self::default() },
        };
        let mut lists = [&mut parts.all, &mut parts.any, &mut parts.none];
        if lists.iter().all(|list| list.is_empty()) {
            return Err("it asks for nothing: give `all`, `any` or `none`".to_owned());
        }
        if lists.iter().any(|list| list.iter().any(String::is_empty)) {
            return Err("an empty text is part of everything: take it out".to_owned());
        }
        if parts.ignore_case {
            for text in lists.iter_mut().flat_map(|list| list.iter_mut()) {
                *text = text.to_lowercase();
            }
        }
        Ok(parts)
    }

    pub(super) fn run(&self, text: &str) -> Result<(), String> {
        let text = if self.ignore_case { text.to_lowercase() } else { text.to_owned() };
        let has = |part: &String| text.contains(part.as_str());
        if let Some(at) = self.all.iter().position(|part| !has(part)) {
            return Err(format!("part {} of {} is missing", at + 1, self.all.len()));
        }
        if !self.any.is_empty() && !self.any.iter().any(has) {
            return Err(format!("none of {} parts is there", self.any.len()));
        }
        match self.none.iter().position(has) {
            Some(at) => Err(format!("forbidden part {} of {} is there", at + 1, self.none.len())),
            None => Ok(()),
        }
    }
}

/// A regular expression in the syntax of Rust's `regex`: linear time, no look-around.
#[derive(Debug, Clone)]
pub struct Pattern {
    regex: Regex,
    not: bool,
}

impl Pattern {
    /// Reads `"pattern"` or `{pattern, not}`.
    pub(super) fn compile(given: &Value) -> Result<Self, String> {
        let (pattern, not) = match given {
            Value::Object(_) => {
                let fields = Fields::of(given, &["pattern", "not"])?;
                let pattern = fields.text("pattern")?.ok_or("`pattern` is missing")?;
                (pattern, fields.flag("not")?)
            }
            other => (fields::text("regex", other)?, false),
        };
        Ok(Self { regex: regex(&pattern)?, not })
    }

    pub(super) fn run(&self, text: &str) -> Result<(), String> {
        match (self.regex.is_match(text), self.not) {
            (false, false) => Err("the expression matches nowhere".to_owned()),
            (true, true) => Err("the expression matches, and must not".to_owned()),
            _ => Ok(()),
        }
    }
}

fn regex(pattern: &str) -> Result<Regex, String> {
    Regex::new(pattern).map_err(|error| {
        let why = error.syntax_error().map_or_else(
            || "it is too large".to_owned(),
            |error| error.to_string().lines().last().unwrap_or_default().to_owned(),
        );
        format!("the expression cannot be compiled: {why} (no look-around, no back-references)")
    })
}

/// A label that an answer gives: as its only word, as a JSON field, or as the only label it names.
#[derive(Debug, Clone)]
pub struct Label {
    /// The right one.
    pub is: String,
    of: Vec<String>,
    field: Option<String>,
}

impl Label {
    /// Reads `"label"` or `{is, of, field}`; `of` defaults to the suite's labels.
    pub(super) fn compile(given: &Value, labels: &[String]) -> Result<Self, String> {
        let label = match given {
            Value::Object(_) => {
                let fields = Fields::of(given, &["is", "of", "field"])?;
                let is = fields.text("is")?.ok_or("`is` is missing: name the right label")?;
                let of = fields.texts("of")?;
                let of = if of.is_empty() { labels.to_vec() } else { of };
                Self { is, of, field: fields.text("field")? }
            }
            other => Self { is: fields::text("label", other)?, of: labels.to_vec(), field: None },
        };
        if !label.of.is_empty() && !label.of.contains(&label.is) {
            let known = label.of.join(", ");
            return Err(format!("`{}` is not among the labels ({known})", label.is));
        }
        Ok(label)
    }

    pub(super) fn run(&self, text: &str) -> Result<(), String> {
        let found = self.found(text);
        match found.as_slice() {
            [one] if *one == self.is => Ok(()),
            [one] => Err(format!("the label is `{one}`, not `{}`", self.is)),
            [] => Err(format!("the answer gives no known label; `{}` was expected", self.is)),
            _ => Err(format!("the answer names {} labels", found.len())),
        }
    }

    /// The labels that an answer gives.
    fn found(&self, text: &str) -> Vec<&str> {
        let known: Vec<&str> = self.of.iter().chain([&self.is]).map(String::as_str).collect();
        let plain = |text: &str| text.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        let json: Option<Value> = serde_json::from_str(text.trim()).ok();
        let given = match (&json, &self.field) {
            (Some(Value::Object(map)), field) => {
                let name = field.as_deref().unwrap_or("label");
                map.get(name).and_then(Value::as_str).map(plain).unwrap_or_default()
            }
            (_, Some(_)) => return Vec::new(),
            (Some(Value::String(text)), None) => plain(text),
            _ => plain(text),
        };
        if let Some(label) = known.iter().find(|label| plain(label) == given) {
            return vec![label];
        }
        let words: Vec<String> =
            given.split(|c: char| !(c.is_alphanumeric() || "_-".contains(c))).map(plain).collect();
        let mut named: Vec<&str> =
            known.into_iter().filter(|label| words.contains(&plain(label))).collect();
        named.sort_unstable();
        named.dedup();
        named
    }
}

/// What a citation looks like unless the suite says otherwise: `[1]`, `[^2]`, `[doc-3]`, or a URL.
const CITATION: &str = r"\[\^?([A-Za-z0-9][A-Za-z0-9._:-]*)\]|https?://[^\s)\]>]+";

/// Citations that an answer must have.
#[derive(Debug, Clone)]
pub struct Citation {
    regex: Regex,
    of: Vec<String>,
    min: usize,
}

impl Citation {
    /// Reads `true` or `{of, min, pattern}`; with `of`, every citation must be one of the given sources.
    pub(super) fn compile(given: &Value) -> Result<Self, String> {
        if *given == Value::Bool(true) {
            return Ok(Self { regex: regex(CITATION)?, of: Vec::new(), min: 1 });
        }
        let fields = Fields::of(given, &["of", "min", "pattern"])?;
        let pattern = fields.text("pattern")?.unwrap_or_else(|| CITATION.to_owned());
        let min = usize::try_from(fields.whole("min")?.unwrap_or(1)).unwrap_or(usize::MAX);
        Ok(Self { regex: regex(&pattern)?, of: fields.texts("of")?, min })
    }

    pub(super) fn run(&self, text: &str) -> Result<(), String> {
        let mut n = 0;
        for captures in self.regex.captures_iter(text) {
            let span = captures.get_group(1).or_else(|| captures.get_match().map(|m| m.span()));
            let Some(cited) = span.and_then(|span| text.get(span.range())) else { continue };
            if !self.of.is_empty() && !self.of.iter().any(|source| source == cited) {
                return Err(format!("citation {} is none of the given sources", n + 1));
            }
            n += 1;
        }
        if n >= self.min {
            Ok(())
        } else {
            Err(format!("{n} citations, at least {} wanted", self.min))
        }
    }
}
