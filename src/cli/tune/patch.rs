//! The change of one number in a configuration file, everything else left as it stands.
//!
//! Invariant: a patch that exists was tried: with it the rule has the new threshold, and no other rule has changed.

use crate::config::{Config, Overrides, Rule};
use anyhow::Context;
use regex_automata::meta::Regex;
use std::path::{Path, PathBuf};

/// Begins the line that says why.
const MARK: &str = "# weir tune ";
/// Lines around a change.
const AROUND: usize = 3;

/// A change.
#[derive(Debug)]
pub(super) struct Patch {
    file: PathBuf,
    before: String,
    /// The file with the change.
    pub(super) text: String,
}

impl Patch {
    /// Finds the number in the file.
    pub(super) fn find(
        file: &Path,
        config: &Config,
        rule: &str,
        key: &str,
        threshold: f32,
        because: &str,
    ) -> anyhow::Result<Self> {
        let before = std::fs::read_to_string(file)
            .with_context(|| format!("cannot read {}", file.display()))?;
        let wanted: Vec<_> =
            config.rules.iter().map(|it| bounds(it, rule, key, threshold)).collect();
        let number = Regex::new(&format!(r"{key}\s*:\s*(-?[0-9.]+(?:[eE]-?[0-9]+)?)"))?;
        let mut groups = number.create_captures();
        let mut at = 0;
        while at <= before.len() {
            number.captures(regex_automata::Input::new(&before).range(at..), &mut groups);
            let Some(span) = groups.get_group(1) else { break };
            at = span.end;
            let (head, rest) = (before.get(..span.start), before.get(span.end..));
            let (Some(head), Some(rest)) = (head, rest) else { continue };
            let text = marked(head, because) + &format!("{threshold}{rest}");
            let env = |name: &str| std::env::var(name).ok();
            let read = Config::from_text(&text, Some(file), &env, &Overrides::default());
            let same = |new: Config| {
                new.rules.iter().map(|it| bounds(it, "", key, threshold)).collect::<Vec<_>>()
                    == wanted
            };
            if read.is_ok_and(same) {
                return Ok(Self { file: file.to_owned(), before, text });
            }
        }
        anyhow::bail!(
            "`{key}` of rule `{rule}` was not found in {}: set it to {threshold} by hand",
            file.display()
        )
    }

    /// The change as `patch` takes it.
    pub(super) fn diff(&self) -> String {
        let (old, new): (Vec<&str>, Vec<&str>) =
            (self.before.lines().collect(), self.text.lines().collect());
        let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
        let most = old.len().min(new.len()) - head;
        let tail =
            old.iter().rev().zip(new.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
        let start = head.saturating_sub(AROUND);
        let (old_end, new_end) = (old.len() - tail, new.len() - tail);
        let after = AROUND.min(tail);
        let name = self.file.display();
        let mut out = format!(
            "--- {name}\n+++ {name}\n@@ -{},{} +{},{} @@\n",
            start + 1,
            old_end + after - start,
            start + 1,
            new_end + after - start
        );
        let mut push = |mark: char, lines: &[&str]| {
            lines.iter().for_each(|line| out.push_str(&format!("{mark}{line}\n")));
        };
        push(' ', &old[start..head]);
        push('-', &old[head..old_end]);
        push('+', &new[head..new_end]);
        push(' ', &old[old_end..old_end + after]);
        out
    }
}

/// A rule's name and its lowest gain, highest gain and lowest score; those of `rule` with the new threshold.
fn bounds(it: &Rule, rule: &str, key: &str, threshold: f32) -> (String, [Option<f32>; 3]) {
    let (min, max) = it.when.gain.as_ref().map_or((None, None), |gain| (gain.min, gain.max));
    let mut own = [min, max, it.cascade.map(|cascade| cascade.min_score)];
    if &*it.name == rule {
        let at = match key {
            "min_gain" => 0,
            "max_gain" => 1,
            _ => 2,
        };
        own[at] = Some(threshold);
    }
    (it.name.to_string(), own)
}

/// What stands before the number, with a line above its own that says why; an earlier such line is replaced.
fn marked(head: &str, because: &str) -> String {
    let (above, own) = head.rsplit_once('\n').map_or(("", head), |(above, own)| (above, own));
    let indent: String = own.chars().take_while(|c| c.is_whitespace()).collect();
    let mut lines: Vec<&str> = above.lines().collect();
    if lines.last().is_some_and(|line| line.trim_start().starts_with(MARK)) {
        lines.pop();
    }
    let mut out: String = lines.iter().map(|line| format!("{line}\n")).collect();
    out.push_str(&format!("{indent}# {because}\n{own}"));
    out
}

#[cfg(test)]
mod tests {
    use super::{MARK, Patch};
    use crate::config::{Config, Overrides};

    const CONFIG: &str = "\
# Ours.
local: {enabled: false}
targets:
  - {name: small, kind: openai, model: a, base_url: \"http://127.0.0.1:9/v1\", api_key: none}
  - {name: large, kind: openai, model: b, base_url: \"http://127.0.0.1:9/v1\", api_key: none}
gain:
  - {cheap: small, strong: large}
route:
  - {name: first, when: {max_gain: 0.05, tools: true}, to: small}
  # The one to tune.
  - name: easy
    when: {max_gain: 0.05}
    to: small
  - {name: rest, to: large}   # max_gain: 0.05 is not here
";

    fn read(text: &str) -> Config {
        Config::from_text(text, None, &|_| None, &Overrides::default()).unwrap()
    }

    #[test]
    fn one_number_changes_and_the_reason_stands_above() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("weir.yaml");
        std::fs::write(&file, CONFIG).unwrap();
        let find = |threshold, because| {
            let now = read(&std::fs::read_to_string(&file).unwrap());
            Patch::find(&file, &now, "easy", "max_gain", threshold, because)
        };
        let patch = find(0.125, "weir tune now: a").unwrap();
        let gain = |config: &Config, rule: usize| config.rules[rule].when.gain.clone().unwrap().max;
        let changed = read(&patch.text);
        assert_eq!((gain(&changed, 0), gain(&changed, 1)), (Some(0.05), Some(0.125)));
        assert_eq!(patch.text.lines().count(), CONFIG.lines().count() + 1);
        let diff = patch.diff();
        assert!(diff.contains("-    when: {max_gain: 0.05}\n+    # weir tune now: a\n+    when: {max_gain: 0.125}\n"), "{diff}");
        std::fs::write(&file, &patch.text).unwrap();
        let again = find(0.25, "weir tune later: b").unwrap();
        assert_eq!(again.text.matches(MARK).count(), 1, "{}", again.text);
        assert!(again.text.contains("# The one to tune."));
        let now = read(&patch.text);
        let error = Patch::find(&file, &now, "rest", "max_gain", 0.5, "x").unwrap_err();
        assert!(error.to_string().contains("by hand"), "{error}");
    }
}
