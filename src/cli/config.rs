//! `weir config check | schema | show | history | rollback`.

use super::history;
use crate::config::{Config, Overrides, Target, TargetKind, describe, find, schema, warnings};
use crate::pricing::PriceTable;
use std::io::Write;
use std::path::{Path, PathBuf};

/// What to do with the configuration.
#[derive(Debug, clap::Subcommand)]
pub enum ConfigArgs {
    /// Check a file and report everything that is wrong with it.
    Check {
        /// The file; without it the one that `serve` would use.
        file: Option<PathBuf>,
        /// Do without the keys: their variables need not be set and their files not be there
        #[arg(long)]
        no_keys: bool,
    },
    /// Print the JSON Schema of the file, for editors.
    Schema,
    /// Print the configuration as Weir understands it, with every default, secrets masked.
    Show,
    /// List the changes of the configuration that a gateway recorded in its ledger, newest last.
    History(history::HistoryArgs),
    /// Bring an earlier configuration back; a running gateway takes it as it takes any change of the file.
    Rollback(history::RollbackArgs),
}

/// Runs the command. `config_path` is what `--config` said.
///
/// # Errors
/// Where the configuration has problems (all of them are in the message) or the output cannot be written.
pub fn run(args: &ConfigArgs, config_path: Option<&Path>) -> anyhow::Result<()> {
    let env = |name: &str| std::env::var(name).ok();
    let load = |path: Option<&Path>| Config::load(path, &env, &Overrides::default());
    let without_keys = Overrides { without_keys: true, ..Overrides::default() };
    let text = match args {
        ConfigArgs::History(args) => history::list(args, config_path)?,
        ConfigArgs::Rollback(args) => history::rollback(args, config_path, &env)?,
        ConfigArgs::Schema => serde_json::to_string_pretty(&schema())?,
        ConfigArgs::Show => serde_saphyr::to_string(&describe(&load(config_path)?))?,
        ConfigArgs::Check { file, no_keys } => {
            let path = file.as_deref().or(config_path);
            let config =
                if *no_keys { Config::load(path, &env, &without_keys)? } else { load(path)? };
            let name = find(path, &env)
                .map_or("no file, defaults only".to_owned(), |path| path.display().to_string());
            let has_price = priced(&config)?;
            let told = warnings(&config, &has_price);
            let told = told.into_iter().map(|warning| format!("\nwarning: {warning}"));
            summary(&name, &config) + &told.collect::<String>()
        }
    };
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", text.trim_end())?;
    Ok(())
}

/// Says of a target whether its model has a price today.
fn priced(config: &Config) -> anyhow::Result<impl Fn(&Target) -> bool> {
    let table = match &config.prices_file {
        None => PriceTable::builtin(),
        Some(path) => PriceTable::with_file(&std::fs::read_to_string(path)?)?,
    };
    let now = jiff::Timestamp::now().as_microsecond();
    Ok(move |target: &Target| table.price(&target.provider, &target.model, now).is_some())
}

/// `ok` and what the configuration holds, in a few lines.
fn summary(name: &str, config: &Config) -> String {
    let targets: Vec<String> = config
        .targets
        .iter()
        .map(|target| match target.kind {
            TargetKind::Local => format!("{} (here)", target.name),
            TargetKind::OpenAi | TargetKind::Anthropic => target.name.to_string(),
        })
        .collect();
    let rules: Vec<&str> = config.rules.iter().map(|rule| &*rule.name).collect();
    let examples: usize = config.intents.iter().map(|intent| intent.examples.len()).sum();
    let ledger =
        config.ledger.path.as_ref().map_or("off".to_owned(), |path| path.display().to_string());
    let lines = [
        format!("ok: {name}"),
        format!("  listen   {} ({} keys)", config.listen, config.api_keys.len()),
        format!("  targets  {}", targets.join(", ")),
        format!("  intents  {} ({examples} examples)", config.intents.len()),
        format!("  rules    {}", rules.join(" → ")),
        format!("  ledger   {ledger}"),
        format!("  hash     {}", config.hash),
    ];
    let gaps = config.privacy.gaps().into_iter().map(|gap| format!("  warning: {gap}"));
    lines.into_iter().chain(gaps).collect::<Vec<_>>().join("\n")
}
