//! `weir eval affected`: the suites that a change concerns, for CI.

use super::git::Revision;
use super::side::Side;
use crate::cli::{Common, open};
use crate::config::{Config, find};
use crate::eval::affected::{Change, Kind, Needs, Parts, configuration};
use crate::eval::report::Report;
use crate::eval::suite::Source;
use anyhow::{Context, ensure};
use clap::Args;
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Options of `eval affected`.
#[derive(Debug, Args)]
pub struct AffectedArgs {
    /// Compare the working tree with this revision of the git repository, such as origin/main.
    #[arg(long, value_name = "REV", required_unless_present = "since_report")]
    since: Option<String>,
    /// Compare with what this report of `eval run` was made of; give it once for each suite.
    #[arg(long, value_name = "FILE", conflicts_with = "since")]
    since_report: Vec<PathBuf>,
    /// Print only the paths of affected suites, one a line.
    #[arg(long, conflicts_with = "json")]
    names_only: bool,
    /// Write one JSON document with every suite, its kinds of change, reasons and digests.
    #[arg(long)]
    json: bool,
    /// Suites, or folders in which every suite is looked for (YAML, or JSON lines `.jsonl`).
    #[arg(value_name = "SUITE", required = true)]
    suites: Vec<PathBuf>,
}

/// A suite with what was found.
struct Found {
    path: PathBuf,
    name: String,
    changes: Vec<Change>,
    digests: Value,
}

/// Runs the command.
///
/// # Errors
/// A suite, a configuration or a report that cannot be read; git, or a revision, that is not there.
pub fn run(common: &Common, args: &AffectedArgs) -> anyhow::Result<()> {
    let mut suites = Vec::new();
    for path in &args.suites {
        look_for(path, true, &mut suites)?;
    }
    ensure!(!suites.is_empty(), "there is no suite in {}", listed(&args.suites));
    let (found, since) = match &args.since {
        Some(name) => since_revision(common, &Revision::find(Path::new("."), name)?, suites)?,
        None => since_reports(common, &args.since_report, suites)?,
    };
    let affected = || found.iter().filter(|suite| !suite.changes.is_empty());
    let mut out = std::io::stdout().lock();
    if args.json {
        let suites: Vec<Value> = found.iter().map(Found::json).collect();
        let document = json!({"since": since, "n_affected": affected().count(), "suites": suites});
        serde_json::to_writer_pretty(&mut out, &document)?;
        writeln!(out)?;
    } else if args.names_only {
        for suite in affected() {
            writeln!(out, "{}", suite.path.display())?;
        }
    } else {
        for suite in affected() {
            let kinds: Vec<&str> = suite.kinds().into_iter().map(Kind::as_str).collect();
            writeln!(out, "{}: {}", suite.path.display(), kinds.join(", "))?;
            for change in &suite.changes {
                writeln!(out, "  {}: {}", change.kind.as_str(), change.what)?;
            }
        }
        writeln!(out, "{} of {} suites affected since {since}", affected().count(), found.len())?;
    }
    Ok(())
}

fn listed(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}

impl Found {
    fn kinds(&self) -> Vec<Kind> {
        let mut kinds: Vec<Kind> = self.changes.iter().map(|change| change.kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }

    fn json(&self) -> Value {
        json!({
            "path": self.path.display().to_string(),
            "suite": self.name,
            "affected": !self.changes.is_empty(),
            "kinds": self.kinds(),
            "reasons": self.changes,
            "digests": self.digests,
        })
    }
}

/// Adds the suite at a path, or every suite in a folder. What was named must be one; in a folder, other files are passed over.
fn look_for(path: &Path, named: bool, out: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    if path.is_dir() {
        let entries = std::fs::read_dir(path)
            .and_then(Iterator::collect::<std::io::Result<Vec<_>>>)
            .with_context(|| format!("the folder {} cannot be read", path.display()))?;
        let mut entries: Vec<PathBuf> = entries
            .iter()
            .filter(|entry| entry.file_type().is_ok_and(|it| !it.is_symlink()))
            .filter(|entry| !entry.file_name().to_string_lossy().starts_with('.'))
            .map(std::fs::DirEntry::path)
            .collect();
        entries.sort();
        return entries.iter().try_for_each(|entry| look_for(entry, false, out));
    }
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let is_suite = named
        || (matches!(ending, "yaml" | "yml" | "jsonl" | "ndjson")
            && match Source::read(path) {
                Ok((source, _)) => source.is_suite(),
                // Whether it is a broken suite or something else, nobody can tell; a suite says so in plain words.
                Err(error) => {
                    let text = std::fs::read_to_string(path).unwrap_or_default();
                    let says = text.lines().any(|line| {
                        ["cases:", "suite:", "{\"suite\":"].iter().any(|it| line.starts_with(it))
                    });
                    ensure!(!says, "{error}");
                    false
                }
            });
    if is_suite && !out.iter().any(|known| known == path) {
        out.push(path.to_path_buf());
    }
    Ok(())
}

fn since_revision(
    common: &Common,
    revision: &Revision,
    suites: Vec<PathBuf>,
) -> anyhow::Result<(Vec<Found>, String)> {
    let file = find(common.config.as_deref(), &|name| std::env::var(name).ok());
    let config = file.as_deref().map(|file| {
        revision.inside(file)?;
        let new = Side::Now.config(file)?;
        let new = new.with_context(|| format!("there is no file {}", file.display()))?;
        anyhow::Ok((Side::At(revision).config(file)?, new))
    });
    let config = config.transpose()?;
    let look = |path: PathBuf| {
        let (source, _) = Source::read(&path)?;
        let old = revision.text(&path)?;
        let mut changes = Vec::new();
        let parts = Parts::of(&source);
        match old.map(|text| Source::parse(&path, &text)) {
            None => {
                changes.push(Change::new(Kind::New, format!("it is not in {}", revision.name)));
            }
            Some(Err(_)) => changes.push(Change::new(
                Kind::Prompt,
                format!("it could not be read in {}", revision.name),
            )),
            Some(Ok(old)) => changes.extend(parts.changes_since(&Parts::of(&old))),
        }
        let mut digests = json!(parts.totals());
        if let Some((old, new)) = &config {
            let (lines, digest) = model(old.as_ref(), new, &Needs::of(&source), revision);
            changes.extend(lines.into_iter().map(|line| Change::new(Kind::Model, line)));
            digests["model"] = Value::String(digest);
        }
        let name = source.name().unwrap_or("suite").to_owned();
        anyhow::Ok(Found { path, name, changes, digests })
    };
    let found = suites.into_iter().map(look).collect::<anyhow::Result<_>>()?;
    Ok((found, revision.name.clone()))
}

fn model(
    old: Option<&Config>,
    new: &Config,
    needs: &Needs,
    revision: &Revision,
) -> (Vec<String>, String) {
    let (lines, digest) = configuration(old.unwrap_or(new), new, needs);
    match old {
        Some(_) => (lines, digest),
        None => (vec![format!("the configuration is not in {}", revision.name)], digest),
    }
}

fn since_reports(
    common: &Common,
    reports: &[PathBuf],
    suites: Vec<PathBuf>,
) -> anyhow::Result<(Vec<Found>, String)> {
    let read = |path: &PathBuf| Report::read("report", path);
    let reports_read = reports.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let config = open::config(common)?;
    let look = |path: PathBuf| {
        let (source, hash) = Source::read(&path)?;
        let name = source.name().unwrap_or("suite").to_owned();
        let mut changes = Vec::new();
        match reports_read.iter().find(|report| report.suite.name == name) {
            None => changes.push(Change::new(Kind::New, format!("no report is of `{name}`"))),
            Some(report) => {
                let both = [
                    (Kind::Suite, report.suite.hash.as_str(), hash.as_str()),
                    (Kind::Configuration, report.config_hash.as_str(), &*config.hash),
                ];
                let differ = both.into_iter().filter(|(_, old, new)| old != new);
                changes.extend(differ.map(|(kind, old, new)| {
                    Change::new(kind, format!("the report has hash {old}, now it is {new}"))
                }));
            }
        }
        let digests = json!({"suite": hash, "configuration": &*config.hash});
        anyhow::Ok(Found { path, name, changes, digests })
    };
    let found = suites.into_iter().map(look).collect::<anyhow::Result<_>>()?;
    Ok((found, listed(reports)))
}

#[cfg(test)]
mod tests;
