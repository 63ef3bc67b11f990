//! `weir models list | pull | verify`: what local models there are, bringing them here, and checking them.
//!
//! Data goes to stdout, talk to stderr.

#![expect(clippy::print_stdout, reason = "this is where the command's data goes")]
#![expect(clippy::print_stderr, reason = "progress and talk of a command")]

use crate::config::Config;
use crate::inference::fetch::{FileState, FileStatus};
use crate::inference::manifest::{self, ModelSpec};
use crate::inference::{EdgePack, Fetcher};
use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;

/// Local models.
#[derive(Debug, Args)]
pub struct ModelsArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the models, where they come from, and whether they are here
    List {
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Download models (those that the configuration uses, if none is named); goes on where it stopped
    Pull {
        /// Names of models
        names: Vec<String>,
    },
    /// Hash the files that are here and compare; fails if one is wrong
    Verify {
        /// Names of models
        names: Vec<String>,
    },
}

/// Runs the command on the built-in models and those of the operator.
///
/// # Errors
/// Says which model failed and why.
pub fn run(args: &ModelsArgs, config: &Config) -> anyhow::Result<()> {
    let mut models = vec![EdgePack::spec()];
    models.extend(manifest::builtin()?);
    for own in &config.local.models {
        models.push(ModelSpec::operator(
            &own.name,
            &own.source,
            own.sha256.as_deref(),
            own.max_len,
        )?);
    }
    let fetcher = Fetcher::from_env(config.local.cache_dir.clone());
    match &args.command {
        Command::Pull { names } if names.is_empty() => pull(&fetcher, &used(config, &models)),
        _ => run_on(args, &fetcher, &models),
    }
}

/// The models that the configuration makes use of.
fn used<'a>(config: &Config, models: &'a [ModelSpec]) -> Vec<&'a ModelSpec> {
    let local = &config.local;
    let names = local.encoder.iter().chain([&local.generator]);
    let names: Vec<&String> = names.chain(local.models.iter().map(|model| &model.name)).collect();
    models.iter().filter(|model| names.contains(&&model.name)).collect()
}

/// Runs the command on given models.
///
/// # Errors
/// Says which model failed and why.
pub fn run_on(args: &ModelsArgs, fetcher: &Fetcher, models: &[ModelSpec]) -> anyhow::Result<()> {
    match &args.command {
        Command::List { json } => {
            list(fetcher, models, *json);
            Ok(())
        }
        Command::Pull { names } => pull(fetcher, &chosen(models, names)?),
        Command::Verify { names } => verify(fetcher, &chosen(models, names)?),
    }
}

fn chosen<'a>(models: &'a [ModelSpec], names: &[String]) -> anyhow::Result<Vec<&'a ModelSpec>> {
    if names.is_empty() {
        return Ok(models.iter().collect());
    }
    let known = || models.iter().map(|model| model.name.as_str()).collect::<Vec<_>>().join(", ");
    let find = |name: &String| {
        let model = models.iter().find(|model| model.name == *name);
        model.with_context(|| format!("no model named `{name}`; known models: {}", known()))
    };
    names.iter().map(find).collect()
}

fn list(fetcher: &Fetcher, models: &[ModelSpec], json: bool) {
    if !json {
        println!(
            "{:<26} {:<9} {:<12} {:>9}  {:<40} SOURCES",
            "NAME", "TASK", "LICENCE", "SIZE", "STATE"
        );
    }
    for model in models {
        let size = model.sources.first().map_or(0, manifest::Source::size);
        let sources: Vec<String> = model.sources.iter().map(manifest::Source::label).collect();
        let state = match fetcher.cached(model) {
            Ok(Some(files)) => format!("here ({})", files.source),
            Ok(None) => "not here".to_owned(),
            Err(error) => error.to_string(),
        };
        if json {
            let row = serde_json::json!({
                "name": model.name, "task": model.task.as_str(), "licence": model.licence,
                "bytes": size, "max_len": model.max_len, "state": state, "sources": sources,
            });
            println!("{row}");
        } else {
            println!(
                "{:<26} {:<9} {:<12} {:>6} MB  {:<40} {}",
                model.name,
                model.task.as_str(),
                model.licence,
                size / 1_000_000,
                state,
                sources.join(" ")
            );
        }
    }
}

fn pull(fetcher: &Fetcher, models: &[&ModelSpec]) -> anyhow::Result<()> {
    for model in models {
        let bar = Bar::new(&model.name);
        let files = fetcher.fetch(model, &mut |done, total| bar.show(done, total));
        bar.end();
        let files = files.with_context(|| format!("could not pull {}", model.name))?;
        eprintln!("{}: here, SHA-256 {} ({})", model.name, files.sha256, files.source);
    }
    Ok(())
}

fn verify(fetcher: &Fetcher, models: &[&ModelSpec]) -> anyhow::Result<()> {
    let mut n_wrong = 0;
    for model in models {
        let mut n_here = 0;
        for source in &model.sources {
            for status in fetcher.status(model, source) {
                if status.state == FileState::Absent {
                    continue;
                }
                n_here += 1;
                println!("{:<26} {:<10} {}", model.name, word(&status), shown(&status));
                if let Err(error) = status.check() {
                    eprintln!("{error}");
                    n_wrong += 1;
                }
            }
        }
        if model.task == manifest::Task::Read {
            n_wrong += usize::from(!EdgePack::is_intact());
            let word = if EdgePack::is_intact() { "intact" } else { "damaged" };
            println!("{:<26} {word:<10} inside the binary", model.name);
        } else if n_here == 0 {
            println!("{:<26} {:<10} run `weir models pull {}`", model.name, "not here", model.name);
        }
    }
    if n_wrong > 0 {
        bail!("{n_wrong} model file(s) are damaged; run `weir models pull` to replace them");
    }
    Ok(())
}

fn word(status: &FileStatus) -> &'static str {
    match status.state {
        FileState::Absent => "not here",
        FileState::Intact => "intact",
        FileState::Unpinned => "unpinned",
        FileState::Damaged { .. } => "damaged",
        FileState::Unreadable(_) => "unreadable",
    }
}

fn shown(status: &FileStatus) -> String {
    status.path.as_ref().map_or_else(|| status.name.clone(), |path| path.display().to_string())
}

/// A bar on a terminal, a line every tenth elsewhere.
struct Bar {
    name: String,
    bar: Option<ProgressBar>,
    tenth: std::cell::Cell<u64>,
}

impl Bar {
    fn new(name: &str) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let template = "{msg} [{wide_bar}] {bytes}/{total_bytes} {bytes_per_sec} ({eta})";
            let bar = ProgressBar::new(0).with_message(name.to_owned());
            match ProgressStyle::with_template(template) {
                Ok(style) => bar.with_style(style),
                Err(_) => bar,
            }
        });
        Self { name: name.to_owned(), bar, tenth: std::cell::Cell::new(0) }
    }

    fn show(&self, done: u64, total: u64) {
        let tenth = (done * 10).checked_div(total).unwrap_or(0);
        match &self.bar {
            Some(bar) => {
                bar.set_length(total);
                bar.set_position(done);
            }
            None if tenth > self.tenth.get() => {
                self.tenth.set(tenth);
                eprintln!("{}: {} of {} MB", self.name, done / 1_000_000, total / 1_000_000);
            }
            None => {}
        }
    }

    fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        models: ModelsArgs,
    }

    fn args(line: &str) -> ModelsArgs {
        Cli::parse_from(std::iter::once("weir").chain(line.split(' '))).models
    }

    #[test]
    fn verify_fails_on_a_damaged_file_and_names_both_hashes() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("m.gguf");
        std::fs::write(&file, "abc").unwrap();
        let fetcher = Fetcher::from_env(folder.path().to_owned());
        let good = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        for (hash, ok) in [(good.to_owned(), true), ("0".repeat(64), false)] {
            let spec =
                ModelSpec::operator("m", &file.display().to_string(), Some(&hash), None).unwrap();
            let models = [spec];
            assert_eq!(run_on(&args("verify"), &fetcher, &models).is_ok(), ok);
            assert_eq!(run_on(&args("pull m"), &fetcher, &models).is_ok(), ok);
            assert!(run_on(&args("list --json"), &fetcher, &models).is_ok());
            if !ok {
                let text = format!("{:#}", run_on(&args("pull"), &fetcher, &models).unwrap_err());
                assert!(text.contains(good) && text.contains(&hash), "{text}");
            }
        }
        assert!(run_on(&args("verify other"), &fetcher, &[]).is_err());
    }
}
