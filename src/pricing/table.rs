//! The table: which price holds for a provider's model at a moment.
//!
//! Order of a lookup, first hit wins: the operator's rows before the built-in ones; in each, the exact name, the name
//! without its release endings, the longest `*` row. A row that has not begun at that moment does not count.

use super::load::{self, Entry, PriceError};
use super::names::without_release;
use super::price::Price;
use crate::chat::Usage;
use crate::units::NanoUsd;
use std::collections::HashMap;

/// The rows that Weir brings.
const BUILTIN: &str = include_str!("prices.yaml");
/// Release endings that are taken off one after the other: `-latest` behind a date, not more.
const MAX_ENDINGS: usize = 2;

/// Prices by provider and model.
#[derive(Debug, Clone, Default)]
pub struct PriceTable {
    /// In order of precedence.
    layers: Vec<Layer>,
}

/// One file's rows.
#[derive(Debug, Clone, Default)]
struct Layer {
    providers: HashMap<String, Provider>,
    aliases: HashMap<String, String>,
}

#[derive(Debug, Clone, Default)]
struct Provider {
    /// By full name; each list in order of its dates.
    exact: HashMap<String, Vec<Price>>,
    /// By beginning, the longest first.
    prefixes: Vec<(String, Vec<Price>)>,
}

impl PriceTable {
    /// The built-in table.
    pub fn builtin() -> Self {
        // The file is part of the program and a test reads it; were it broken, every price would be unknown.
        Self { layers: Layer::parse(BUILTIN).into_iter().collect() }
    }

    /// The built-in table with an operator's rows before it. `yaml` is the content of the file, in the form of
    /// `prices.yaml`.
    ///
    /// # Errors
    /// The file is not YAML of that form, or a row's value is not a price.
    pub fn with_file(yaml: &str) -> Result<Self, PriceError> {
        let mut table = Self::builtin();
        table.layers.insert(0, Layer::parse(yaml)?);
        Ok(table)
    }

    /// The price of a provider's model at a moment (microseconds since the Unix epoch); `None` if there is no row.
    pub fn price(&self, provider: &str, model: &str, at_us: i64) -> Option<&Price> {
        self.layers.iter().find_map(|layer| {
            // An alias may stand in one file and the rows in another, so every layer's aliases are asked.
            let alias = || self.layers.iter().find_map(|layer| layer.aliases.get(provider));
            layer.price(provider, model, at_us).or_else(|| layer.price(alias()?, model, at_us))
        })
    }

    /// Whether the table has a row for this very model, or for it without its release, with any provider.
    pub fn names(&self, model: &str) -> bool {
        let family = without_release(model).unwrap_or(model);
        let providers = self.layers.iter().flat_map(|layer| layer.providers.values());
        let mut rows = providers.map(|provider| &provider.exact);
        rows.any(|rows| rows.contains_key(model) || rows.contains_key(family))
    }

    /// What a usage costs at a provider's model at a moment; `None` if the price is unknown.
    pub fn cost(&self, provider: &str, model: &str, at_us: i64, usage: &Usage) -> Option<NanoUsd> {
        self.price(provider, model, at_us).map(|price| price.cost(usage))
    }
}

impl Layer {
    fn parse(yaml: &str) -> Result<Self, PriceError> {
        let (entries, aliases) = load::parse(yaml)?;
        let mut layer = Self { aliases: aliases.into_iter().collect(), ..Self::default() };
        for entry in entries {
            layer.providers.entry(entry.provider.clone()).or_default().add(entry);
        }
        for provider in layer.providers.values_mut() {
            provider.sort();
        }
        Ok(layer)
    }

    fn price(&self, provider: &str, model: &str, at_us: i64) -> Option<&Price> {
        let provider = self.providers.get(provider)?;
        // Google's compatible endpoint lists its models as `models/…`.
        let mut name = model.strip_prefix("models/").unwrap_or(model);
        let full = name;
        for _ in 0..=MAX_ENDINGS {
            if let Some(price) = provider.exact.get(name).and_then(|rows| at(rows, at_us)) {
                return Some(price);
            }
            match without_release(name) {
                Some(family) => name = family,
                None => break,
            }
        }
        provider
            .prefixes
            .iter()
            .filter(|(prefix, _)| full.starts_with(prefix.as_str()))
            .find_map(|(_, rows)| at(rows, at_us))
    }
}

impl Provider {
    fn add(&mut self, entry: Entry) {
        match entry.model.strip_suffix('*') {
            None => self.exact.entry(entry.model).or_default().push(entry.price),
            Some(prefix) => match self.prefixes.iter_mut().find(|(known, _)| known == prefix) {
                Some((_, rows)) => rows.push(entry.price),
                None => self.prefixes.push((prefix.to_owned(), vec![entry.price])),
            },
        }
    }

    fn sort(&mut self) {
        let rows = self.exact.values_mut().chain(self.prefixes.iter_mut().map(|(_, rows)| rows));
        rows.for_each(|rows| rows.sort_by_key(|price| price.from_us));
        self.prefixes.sort_by_key(|(prefix, _)| std::cmp::Reverse(prefix.len()));
    }
}

/// The last row that has begun.
fn at(rows: &[Price], at_us: i64) -> Option<&Price> {
    rows.iter().rev().find(|price| price.from_us <= at_us)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn micros(date: &str) -> i64 {
        let date: jiff::civil::Date = date.parse().unwrap();
        date.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp().as_microsecond()
    }

    /// Lines of `provider model date -> nano-USD for 1,000 input + 100 cached + 10 written + 500 output tokens`, or
    /// `unknown`.
    #[test]
    fn lookups() {
        let table = PriceTable::builtin();
        let usage = Usage {
            input: 1_000,
            cached_read: 100,
            cache_write: 10,
            output: 500,
            ..Usage::default()
        };
        let cases = include_str!("../../tests/data/pricing/lookups.txt");
        let mut n = 0;
        for line in cases.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let [provider, model, date, expected] =
                line.split_whitespace().collect::<Vec<_>>().try_into().unwrap();
            let cost = table.cost(provider, model, micros(date), &usage);
            assert_eq!(cost.map_or("unknown".to_owned(), |c| c.0.to_string()), expected, "{line}");
            n += 1;
        }
        assert!(n >= 30, "only {n} cases");
    }

    #[test]
    fn every_builtin_row_is_sourced_dated_and_once() {
        let (entries, aliases) = load::parse(BUILTIN).unwrap();
        assert!(entries.len() > 100);
        let mut seen = std::collections::HashSet::new();
        for entry in &entries {
            let row = (entry.provider.clone(), entry.model.clone(), entry.price.from_us);
            assert!(entry.price.source.is_some() && entry.price.as_of.is_some(), "{row:?}");
            assert!(entry.price.rates.input > 0 && entry.price.rates.output > 0, "{row:?}");
            assert!(entry.price.rates.cached_read <= entry.price.rates.input, "{row:?}");
            assert!(seen.insert(row.clone()), "twice: {row:?}");
        }
        let known = |name: &String| entries.iter().any(|entry| entry.provider == *name);
        assert!(aliases.values().all(known));
        assert!(!aliases.keys().any(known));
    }

    #[test]
    fn the_operators_rows_win_and_the_others_stay() {
        let table = PriceTable::with_file(
            "aliases: {house: vllm}\n\
             providers:\n  openai:\n    models:\n      - {model: 'gpt-4*', input: 1, output: 1}\n  \
             vllm:\n    models:\n      - {model: '*', input: 0, output: 0.5}\n      \
             - {model: 'qwen*', input: 0, output: 0.7, from: 2026-01-01}\n",
        )
        .unwrap();
        let usage = Usage { input: 10, output: 10, ..Usage::default() };
        let day = micros("2026-06-01");
        let cost = |provider, model, day| table.cost(provider, model, day, &usage).map(|c| c.0);
        assert_eq!(
            cost("openai", "gpt-4.1", day),
            Some(20_000),
            "a short row of the operator beats a long one"
        );
        assert_eq!(cost("openai", "gpt-5", day), Some(12_500 + 100_000));
        assert_eq!(cost("vllm", "anything", day), Some(5_000));
        assert_eq!(cost("vllm", "qwen3", day), Some(7_000), "the longest beginning wins");
        assert_eq!(
            cost("vllm", "qwen3", micros("2025-01-01")),
            Some(5_000),
            "a row that has begun wins"
        );
        assert_eq!(cost("house", "anything", day), Some(5_000));
        assert_eq!(cost("nobody", "anything", day), None);
    }
}
