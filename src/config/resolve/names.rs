//! Names that an operator gives: to targets, rules, intents, keys, tenants, models.
//!
//! Invariant: a name fits into an HTTP header and into a metric's label.

use super::Context;

/// Reports a name that is empty, too long, has characters outside of visible ASCII, is reserved or taken.
pub(super) fn check<'a>(
    name: &str,
    what: &str,
    path: &str,
    taken: impl IntoIterator<Item = &'a str>,
    reserved: &[&str],
    cx: &mut Context<'_>,
) {
    if cx.broken(path) {
        return;
    }
    let fits = |c: char| c.is_ascii_graphic() && !matches!(c, ',' | ';' | '"' | '\\');
    if name.is_empty() || name.len() > 128 || !name.chars().all(fits) {
        let hint = "1 to 128 letters, digits and signs such as - _ . / of ASCII, without spaces, commas or quotes";
        cx.report(path, format!("not a name for {what}"), Some(hint.to_owned()));
    } else if reserved.contains(&name) {
        cx.report(
            path,
            format!("`{name}` is taken by Weir itself"),
            Some("choose another name".to_owned()),
        );
    } else if taken.into_iter().any(|other| other == name) {
        cx.report(path, format!("the name `{name}` is given twice"), None);
    }
}

/// The names of a list of the file, for checking what refers to them.
pub(super) struct Known {
    names: Vec<String>,
    complete: bool,
}

impl Known {
    /// From the names as written, `None` where one is missing; `path` is the list's.
    pub(super) fn new(names: Vec<Option<String>>, path: &str, cx: &Context<'_>) -> Self {
        let list_is_right = !cx.problems.iter().any(|problem| problem.path == path);
        let complete = list_is_right && names.iter().all(Option::is_some);
        Self { names: names.into_iter().flatten().collect(), complete }
    }

    /// Whether there is such a name, or may be one where the file is wrong.
    pub(super) fn may_have(&self, name: &str) -> bool {
        !self.complete || self.names.iter().any(|known| known == name)
    }

    /// The names.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> + Clone {
        self.names.iter().map(String::as_str)
    }
}
