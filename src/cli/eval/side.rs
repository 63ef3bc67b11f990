//! A configuration as it was at a revision, or as it is, in a form that the two can be compared in.
//!
//! Files that the configuration names are read from the same side: examples of intents become part of it, of price tables and
//! predictors it holds the digest in place of the path. Keys play no part, so none has to be there.

use super::git::Revision;
use crate::config::{Config, Overlay, Overrides};
use crate::eval::suite::Source;
use anyhow::Context;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What a key is taken to be that is not set here.
const NO_KEY: &str = "not-set-";
/// Keys that targets have where the file names none.
const IMPLIED: [&str; 2] = ["OPENAI_API_KEY", "ANTHROPIC_API_KEY"];

/// A side of the comparison.
#[derive(Clone, Copy)]
pub enum Side<'a> {
    /// The working tree.
    Now,
    /// A revision. What git does not keep is taken as it is now.
    At(&'a Revision),
}

impl Side<'_> {
    /// The text of a file that the configuration is made of.
    fn text(self, file: &Path) -> anyhow::Result<Option<String>> {
        let bytes = self.bytes(file)?;
        let text = bytes.map(String::from_utf8).transpose();
        text.with_context(|| format!("{} is not text", file.display()))
    }

    fn bytes(self, file: &Path) -> anyhow::Result<Option<Vec<u8>>> {
        if let Self::At(revision) = self {
            // A file outside of the repository has no past.
            if revision.inside(file).is_ok() {
                let found = revision.bytes(file)?;
                if found.is_some() || revision.keeps(file)? {
                    return Ok(found);
                }
            }
        }
        match std::fs::read(file) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("{} cannot be read", file.display())),
        }
    }

    fn name(self) -> String {
        match self {
            Self::Now => String::new(),
            Self::At(revision) => format!(" at {}", revision.name),
        }
    }

    /// The configuration of a file; `None` where the file was not there.
    ///
    /// # Errors
    /// It has problems, or a file cannot be read.
    pub fn config(self, file: &Path) -> anyhow::Result<Option<Config>> {
        let Some(text) = self.text(file)? else { return Ok(None) };
        let overlay = self.text(&Overlay::path(file))?;
        let overlay = overlay.map(|text| Overlay::parse(&text)).transpose();
        let overlay = overlay.map_err(|problem| {
            anyhow::anyhow!("{}{} {problem}", Overlay::path(file).display(), self.name())
        })?;
        let mut form = Form::new(self, file);
        let text = match Source::parse(Path::new("weir.yaml"), &text) {
            Ok(source) if !text.trim().is_empty() => {
                let mut head = source.head;
                form.rewrite(&mut head)?;
                serde_json::to_string_pretty(&head)?
            }
            // The configuration itself says best what is wrong.
            _ => text,
        };
        let env = |name: &str| std::env::var(name).ok().or_else(|| form.key(name));
        let loaded = Config::from_parts(
            &text,
            Some(file),
            &overlay.unwrap_or_default(),
            &env,
            &Overrides::default(),
        );
        let mut config = loaded.map_err(|errors| {
            let problems = errors.problems.iter().map(|it| format!("\n  {it}")).collect::<String>();
            anyhow::anyhow!(
                "the configuration {}{} cannot be used:{problems}",
                file.display(),
                self.name()
            )
        })?;
        config.prices_file = form.prices.take();
        for pair in &mut config.gain {
            pair.file = form.gain.get(&(pair.cheap.to_string(), pair.strong.to_string())).cloned();
        }
        Ok(Some(config))
    }
}

/// What is taken out of a configuration file before it is loaded.
struct Form<'a> {
    side: Side<'a>,
    folder: PathBuf,
    prices: Option<PathBuf>,
    /// Predictors by cheap and strong target.
    gain: BTreeMap<(String, String), PathBuf>,
    /// Variables that hold keys.
    keys: Vec<String>,
}

impl<'a> Form<'a> {
    fn new(side: Side<'a>, file: &Path) -> Self {
        Self {
            side,
            folder: file.parent().map(Path::to_path_buf).unwrap_or_default(),
            prices: None,
            gain: BTreeMap::new(),
            keys: Vec::new(),
        }
    }

    fn key(&self, name: &str) -> Option<String> {
        self.keys.iter().any(|key| key == name).then(|| format!("{NO_KEY}{name}"))
    }

    /// The place of a file that the configuration names.
    fn place(&self, path: &str) -> PathBuf {
        match (path.strip_prefix("~/"), std::env::var_os("HOME")) {
            (Some(rest), Some(home)) => Path::new(&home).join(rest),
            _ => self.folder.join(path),
        }
    }

    /// A file's name with the digest of its content.
    fn stamp(&self, path: &str) -> anyhow::Result<Option<PathBuf>> {
        let place = self.place(path);
        let Some(bytes) = self.side.bytes(&place)? else { return Ok(None) };
        let hex: String =
            Sha256::digest(&bytes).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Ok(Some(PathBuf::from(format!("{path} (sha256 {hex})"))))
    }

    /// Puts the content of files in place of their names; what is not there stays, and is told when the whole is loaded.
    fn rewrite(&mut self, head: &mut Map<String, Value>) -> anyhow::Result<()> {
        if let Some(path) = head.get("prices").and_then(Value::as_str) {
            self.prices = self.stamp(path)?;
            if self.prices.is_some() {
                head.shift_remove("prices");
            }
        }
        for pair in objects(head.get_mut("gain")) {
            let name = |key: &str| pair.get(key).and_then(Value::as_str).map(str::to_owned);
            let (Some(cheap), Some(strong), Some(file)) =
                (name("cheap"), name("strong"), name("file"))
            else {
                continue;
            };
            if let Some(stamp) = self.stamp(&file)? {
                self.gain.insert((cheap, strong), stamp);
                pair.shift_remove("file");
            }
        }
        for intent in objects(head.get_mut("intents")) {
            let Some(file) = intent.get("examples_file").and_then(Value::as_str) else { continue };
            let Some(text) = self.side.text(&self.place(file))? else { continue };
            intent.shift_remove("examples_file");
            let examples = intent.entry("examples").or_insert_with(|| Value::Array(Vec::new()));
            if let Value::Array(examples) = examples {
                let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
                let lines = lines.map(str::trim).filter(|line| !line.is_empty());
                examples.extend(lines.map(|line| Value::String(line.to_owned())));
            }
        }
        for (list, prefix) in [("api_keys", "key"), ("admin_keys", "key"), ("targets", "api_key")] {
            for (at, holder) in objects(head.get_mut(list)).enumerate() {
                self.keyless(holder, prefix, &format!("WEIR_{list}_{at}").to_uppercase());
            }
        }
        if objects(head.get_mut("targets")).next().is_some() {
            self.keys.extend(IMPLIED.map(str::to_owned));
        }
        Ok(())
    }

    /// Lets a key come from a variable, which may be unset here.
    fn keyless(&mut self, holder: &mut Map<String, Value>, prefix: &str, variable: &str) {
        let (env, file) = (format!("{prefix}_env"), format!("{prefix}_file"));
        if !holder.contains_key(&env) && holder.shift_remove(&file).is_some() {
            holder.insert(env.clone(), Value::String(variable.to_owned()));
        }
        let name = holder.get(&env).and_then(Value::as_str).map(str::to_owned);
        self.keys.extend(name);
    }
}

fn objects(list: Option<&mut Value>) -> impl Iterator<Item = &mut Map<String, Value>> {
    list.and_then(Value::as_array_mut).into_iter().flatten().filter_map(Value::as_object_mut)
}
