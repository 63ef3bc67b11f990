//! Thresholds that an operator set while Weir ran. They lie in a file of their own beside the configuration
//! (`weir.yaml` → `weir.overrides.json`) and are put into its tree before the check, so that they meet the same checks.
//!
//! Invariant: an override holds as long as the file itself says what it said when the override was made. A file that
//! has been edited at that place wins, and the override is named as ignored.

use super::problem::name_hint;
use super::raw::ROUTE_ALIASES;
use super::tree::{self, Node, NodeValue};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The overrides.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Overlay {
    /// Hash of the configuration that a rollback brought back with this; nothing after any other change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restored: Option<String>,
    /// Thresholds of rules.
    #[serde(default)]
    pub thresholds: Vec<Override>,
}

/// One threshold of a rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// The rule's name.
    pub rule: String,
    /// The field as in the file, such as `when.min_probability`.
    pub field: String,
    /// Its value; nothing takes the condition away.
    pub value: Option<f64>,
    /// What the file said when the override was made.
    pub file: Option<f64>,
}

/// What the configuration was loaded from, kept so that it can come back.
#[derive(Debug, Clone, Default)]
pub struct Written {
    /// The file's text.
    pub text: String,
    /// The overrides beside it.
    pub overlay: Overlay,
    /// Overrides that do not hold, each with the reason.
    pub ignored: Vec<(Override, &'static str)>,
}

impl Written {
    /// The overrides that hold.
    pub fn overrides(&self) -> impl Iterator<Item = &Override> {
        let holds = |one: &&Override| !self.ignored.iter().any(|(other, _)| other == *one);
        self.overlay.thresholds.iter().filter(holds)
    }
}

impl Overlay {
    /// Where the overrides of a configuration file lie.
    pub fn path(file: &Path) -> PathBuf {
        file.with_extension("overrides.json")
    }

    /// Reads the overrides of a configuration file; none where there is no such file.
    ///
    /// # Errors
    /// Says what is wrong with the file of overrides.
    pub fn read(file: &Path) -> Result<Self, String> {
        match std::fs::read_to_string(Self::path(file)) {
            Ok(text) => Self::parse(&text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(format!("cannot be read: {}", error.kind())),
        }
    }

    /// Reads overrides from text.
    ///
    /// # Errors
    /// Says where the text is not what [`Overlay::text`] writes.
    pub fn parse(text: &str) -> Result<Self, String> {
        serde_json::from_str(text).map_err(|error| {
            format!(
                "is not what Weir writes (line {}); mend it, or delete it to drop all overrides",
                error.line()
            )
        })
    }

    /// The overrides as text.
    pub fn text(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// Writes the overrides beside a configuration file, or takes the file away where there are none.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn write(&self, file: &Path) -> std::io::Result<()> {
        let path = Self::path(file);
        if *self == Self::default() {
            return match std::fs::remove_file(path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            };
        }
        replace_file(&path, &self.text())
    }

    /// Puts the overrides into the tree of a file; says which do not hold.
    pub(super) fn apply(&self, root: &mut Node) -> Vec<(Override, &'static str)> {
        let mut ignored = Vec::new();
        for one in &self.thresholds {
            match rule_mut(root, &one.rule) {
                None => ignored.push((one.clone(), "the file has no such rule")),
                Some(rule) if number(rule, &one.field) != one.file => {
                    ignored.push((one.clone(), "the file has another value than before"));
                }
                Some(rule) => set(rule, &one.field, one.value),
            }
        }
        ignored
    }

    /// These overrides with changes to a rule of the file's text, without those that do not hold.
    ///
    /// # Errors
    /// The file has no such rule; the message lists those that it has.
    pub fn with(
        &self,
        text: &str,
        rule: &str,
        changes: &[(String, Option<f64>)],
    ) -> Result<Self, String> {
        // A text that is no YAML has no rules; loading it says why.
        let Ok(mut root) = tree::parse(text) else { return Ok(self.clone()) };
        let names = rule_names(&root);
        let Some(found) = rule_mut(&mut root, rule) else {
            let hint = name_hint(rule, names.iter().map(String::as_str));
            let hint = hint.map_or(String::new(), |hint| format!(" ({hint})"));
            return Err(format!("the configuration file has no rule of that name{hint}"));
        };
        let is_changed = |one: &Override| {
            one.rule == rule && changes.iter().any(|(field, _)| *field == one.field)
        };
        let mut thresholds: Vec<Override> =
            self.thresholds.iter().filter(|one| !is_changed(one)).cloned().collect();
        for (field, value) in changes {
            let file = number(found, field);
            if file != *value {
                let (rule, field) = (rule.to_owned(), field.clone());
                thresholds.push(Override { rule, field, value: *value, file });
            }
        }
        thresholds.retain(|one| {
            rule_mut(&mut root, &one.rule).is_some_and(|rule| number(rule, &one.field) == one.file)
        });
        Ok(Self { restored: None, thresholds })
    }
}

/// Writes a file whole or not at all, where a link leads to.
///
/// # Errors
/// The folder cannot be written.
pub fn replace_file(path: &Path, text: &str) -> std::io::Result<()> {
    let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let new = path.with_file_name(name);
    std::fs::write(&new, text)?;
    if let Ok(old) = std::fs::metadata(&path) {
        std::fs::set_permissions(&new, old.permissions())?;
    }
    std::fs::rename(new, path)
}

fn rules_mut(root: &mut Node) -> impl Iterator<Item = (String, &mut Node)> {
    let entries = match &mut root.value {
        NodeValue::Map(entries) => entries.as_mut_slice(),
        _ => &mut [],
    };
    let is_rules = |key: &str| key == "route" || ROUTE_ALIASES.contains(&key);
    let lists = entries.iter_mut().filter(move |(key, _, _)| is_rules(key));
    let items = lists.flat_map(|(_, _, node)| match &mut node.value {
        NodeValue::List(items) => items.as_mut_slice(),
        _ => &mut [],
    });
    items.enumerate().map(|(i, item)| {
        let name = match get(item, "name").map(|node| &node.value) {
            Some(NodeValue::Text(name)) => name.clone(),
            _ => format!("rule-{}", i + 1),
        };
        (name, item)
    })
}

fn rule_names(root: &Node) -> Vec<String> {
    rules_mut(&mut root.clone()).map(|(name, _)| name).collect()
}

fn rule_mut<'a>(root: &'a mut Node, rule: &str) -> Option<&'a mut Node> {
    rules_mut(root).find(|(name, _)| name == rule).map(|(_, node)| node)
}

fn get<'a>(node: &'a Node, key: &str) -> Option<&'a Node> {
    let NodeValue::Map(entries) = &node.value else { return None };
    entries.iter().find(|(name, _, _)| name == key).map(|(_, _, node)| node)
}

/// The number at a path of keys.
fn number(node: &Node, field: &str) -> Option<f64> {
    match field.split('.').try_fold(node, get)?.value {
        NodeValue::Int(value) => Some(value as f64),
        NodeValue::Float(value) => Some(value),
        _ => None,
    }
}

/// Sets or removes the number at a path of keys, making the mappings on the way.
fn set(node: &mut Node, field: &str, value: Option<f64>) {
    let at = node.at;
    if matches!(node.value, NodeValue::Null) {
        node.value = NodeValue::Map(Vec::new());
    }
    let NodeValue::Map(entries) = &mut node.value else { return };
    let (key, rest) = field.split_once('.').map_or((field, None), |(key, rest)| (key, Some(rest)));
    if rest.is_none() && value.is_none() {
        entries.retain(|(name, _, _)| name != key);
        return;
    }
    let index = entries.iter().position(|(name, _, _)| name == key).unwrap_or_else(|| {
        entries.push((key.to_owned(), at, Node { at, value: NodeValue::Null }));
        entries.len() - 1
    });
    let Some((_, _, found)) = entries.get_mut(index) else { return };
    match (rest, value) {
        (Some(rest), _) => set(found, rest, value),
        (None, Some(value)) if value.fract() == 0.0 => found.value = NodeValue::Int(value as i128),
        (None, Some(value)) => found.value = NodeValue::Float(value),
        (None, None) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::{Overlay, replace_file};
    use crate::config::{Config, ConfigErrors, Overrides};
    use std::path::Path;

    const FILE: &str = "
targets: [{name: a, kind: openai, model: m, api_key: none}]
intents: [{name: x, examples: [a, b, c]}, {name: y, examples: [d, e, f]}]
rules:
  - {name: chat, when: {intent: x, min_probability: 0.6}, to: a}
  - {to: a, when: {max_context_tokens: 100}}
";

    fn load(text: &str, overlay: &Overlay) -> Result<Config, ConfigErrors> {
        let file = Some(Path::new("weir.yaml"));
        Config::from_parts(text, file, overlay, &|_| None, &Overrides::default())
    }

    fn change(
        overlay: &Overlay,
        text: &str,
        rule: &str,
        field: &str,
        value: Option<f64>,
    ) -> Overlay {
        overlay.with(text, rule, &[(field.to_owned(), value)]).unwrap()
    }

    #[test]
    fn an_override_holds_until_the_file_changes_there() {
        let plain = load(FILE, &Overlay::default()).unwrap();
        let higher = change(&Overlay::default(), FILE, "chat", "when.min_probability", Some(0.75));
        let config = load(FILE, &higher).unwrap();
        assert_eq!(config.rules[0].when.min_probability, Some(0.75));
        assert_ne!(config.hash, plain.hash);
        let elsewhere = FILE.replace("max_context_tokens: 100", "max_context_tokens: 200");
        assert_eq!(load(&elsewhere, &higher).unwrap().rules[0].when.min_probability, Some(0.75));
        let there = FILE.replace("0.6", "0.5");
        let config = load(&there, &higher).unwrap();
        assert_eq!(config.rules[0].when.min_probability, Some(0.5));
        assert_eq!(
            config.written.ignored,
            [(higher.thresholds[0].clone(), "the file has another value than before")]
        );
        let gone = load(&FILE.replace("name: chat", "name: talk"), &higher).unwrap();
        assert_eq!(gone.written.ignored[0].1, "the file has no such rule");
        assert_eq!((config.written.overrides().count(), gone.written.overrides().count()), (0, 0));
        assert_eq!(load(FILE, &higher).unwrap().written.overrides().count(), 1);
        let back = change(&higher, FILE, "chat", "when.min_probability", Some(0.6));
        assert_eq!(back, Overlay::default(), "what the file says needs no override");
        let cleaned = change(&higher, &there, "rule-2", "when.max_context_tokens", Some(50.0));
        assert_eq!(cleaned.thresholds.len(), 1, "one that does not hold is dropped");
        assert_eq!(load(&there, &cleaned).unwrap().rules[1].when.max_context_tokens, Some(50));
    }

    #[test]
    fn conditions_come_and_go() {
        let none = change(&Overlay::default(), FILE, "chat", "when.min_probability", None);
        assert_eq!(load(FILE, &none).unwrap().rules[0].when.min_probability, None);
        let more = change(&none, FILE, "chat", "when.max_reject", Some(1.0));
        let when = &load(FILE, &more).unwrap().rules[0].when;
        assert_eq!((when.min_probability, when.max_reject), (None, Some(1.0)));
        assert_eq!(Overlay::parse(&more.text()), Ok(more));
    }

    #[test]
    fn overrides_meet_the_check_of_the_file() {
        for (field, value, part) in [
            (
                "when.min_probability",
                Some(1.5),
                "route[0].when.min_probability: 1.5 is above 1 (at most 1)",
            ),
            (
                "when.max_context_tokens",
                Some(0.5),
                "route[0].when.max_context_tokens: expected a whole number",
            ),
            (
                "when.max_context_tokens",
                Some(-1.0),
                "route[0].when.max_context_tokens: -1 is below 0",
            ),
        ] {
            let overlay = change(&Overlay::default(), FILE, "chat", field, value);
            let told = load(FILE, &overlay).unwrap_err().to_string();
            assert!(told.starts_with("weir.yaml:5:") && told.contains(part), "{told}");
        }
        let unreached =
            change(&Overlay::default(), FILE, "rule-2", "when.max_context_tokens", None);
        assert_eq!(
            load(FILE, &unreached).unwrap().rules.len(),
            2,
            "the rule matches everything now"
        );
        let told = Overlay::default().with(FILE, "chta", &[]).unwrap_err();
        assert_eq!(told, "the configuration file has no rule of that name (did you mean `chat`?)");
    }

    #[test]
    fn files_are_replaced_whole_and_links_stay() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("v1.yaml"), folder.path().join("weir.yaml"));
        std::fs::write(&file, "old").unwrap();
        std::os::unix::fs::symlink("v1.yaml", &link).unwrap();
        replace_file(&link, "new").unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "new");
        assert!(link.is_symlink());
        let overlay = change(&Overlay::default(), FILE, "chat", "when.max_reject", Some(0.5));
        overlay.write(&link).unwrap();
        assert_eq!(Overlay::read(&link), Ok(overlay));
        Overlay::default().write(&link).unwrap();
        Overlay::default().write(&link).unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
        std::fs::write(Overlay::path(&link), "{").unwrap();
        assert!(Overlay::read(&link).unwrap_err().contains("delete it"));
    }
}
