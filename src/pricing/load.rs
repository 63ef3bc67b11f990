//! Price files: YAML in the form of `prices.yaml` to rows. Prices are dollars per million tokens there and exact
//! integers from here on.

use super::price::{Price, Rates};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Why a price file was refused.
#[derive(Debug, thiserror::Error)]
pub enum PriceError {
    /// It is not YAML of the expected form.
    #[error("price file: {0}")]
    Syntax(String),
    /// A row has a value that cannot be a price.
    #[error("price file: {provider}/{model}: {problem}")]
    Row {
        /// The row's provider.
        provider: String,
        /// The row's model.
        model: String,
        /// What is wrong and what would be right.
        problem: String,
    },
}

/// A price file as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    aliases: BTreeMap<String, String>,
    #[serde(default)]
    providers: BTreeMap<String, Provider>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Provider {
    source: Option<String>,
    as_of: Option<jiff::civil::Date>,
    models: Vec<Row>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    model: String,
    from: Option<jiff::civil::Date>,
    source: Option<String>,
    as_of: Option<jiff::civil::Date>,
    input: f64,
    cached_read: Option<f64>,
    cache_write: Option<f64>,
    cache_write_1h: Option<f64>,
    output: f64,
    reasoning: Option<f64>,
    long: Option<Long>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Long {
    over: u64,
    input: f64,
    cached_read: Option<f64>,
    cache_write: Option<f64>,
    cache_write_1h: Option<f64>,
    output: f64,
    reasoning: Option<f64>,
}

/// A row as meant.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) provider: String,
    pub(super) model: String,
    pub(super) price: Price,
}

/// Reads a price file: its rows and its provider aliases.
pub(super) fn parse(yaml: &str) -> Result<(Vec<Entry>, BTreeMap<String, String>), PriceError> {
    let file: File =
        serde_saphyr::from_str(yaml).map_err(|error| PriceError::Syntax(error.to_string()))?;
    let mut entries = Vec::new();
    for (provider, Provider { source, as_of, models }) in file.providers {
        let source: Option<Arc<str>> = source.map(Arc::from);
        for row in models {
            let mut price = row.price().map_err(|problem| PriceError::Row {
                provider: provider.clone(),
                model: row.model.clone(),
                problem,
            })?;
            price.source = row.source.map(Arc::from).or_else(|| source.clone());
            price.as_of = row.as_of.or(as_of);
            entries.push(Entry { provider: provider.clone(), model: row.model, price });
        }
    }
    Ok((entries, file.aliases))
}

impl Row {
    fn price(&self) -> Result<Price, String> {
        let stars = self.model.matches('*').count();
        if self.model.is_empty() || stars > 1 || (stars == 1 && !self.model.ends_with('*')) {
            return Err(
                "the model must be a name, or a beginning of names that ends in one `*`".into()
            );
        }
        let usual = Dollars {
            input: self.input,
            cached_read: self.cached_read,
            cache_write: self.cache_write,
            cache_write_1h: self.cache_write_1h,
            output: self.output,
            reasoning: self.reasoning,
        };
        let long = match &self.long {
            Some(long) => {
                let Long {
                    input, cached_read, cache_write, cache_write_1h, output, reasoning, ..
                } = *long;
                let long_prompt =
                    Dollars { input, cached_read, cache_write, cache_write_1h, output, reasoning };
                Some((long.over, rates(&long_prompt)?))
            }
            None => None,
        };
        let from_us = match self.from {
            Some(date) => date
                .to_zoned(jiff::tz::TimeZone::UTC)
                .map_err(|error| error.to_string())?
                .timestamp()
                .as_microsecond(),
            None => i64::MIN,
        };
        Ok(Price { from_us, rates: rates(&usual)?, long, source: None, as_of: None })
    }
}

/// Prices in dollars per million tokens, as far as they are given.
struct Dollars {
    input: f64,
    cached_read: Option<f64>,
    cache_write: Option<f64>,
    cache_write_1h: Option<f64>,
    output: f64,
    reasoning: Option<f64>,
}

fn rates(usd: &Dollars) -> Result<Rates, String> {
    let cache_write = usd.cache_write.unwrap_or(usd.input);
    Ok(Rates {
        input: pico_per_token(usd.input)?,
        cached_read: pico_per_token(usd.cached_read.unwrap_or(usd.input))?,
        cache_write: pico_per_token(cache_write)?,
        cache_write_1h: pico_per_token(usd.cache_write_1h.unwrap_or(2.0 * usd.input))?,
        output: pico_per_token(usd.output)?,
        reasoning: pico_per_token(usd.reasoning.unwrap_or(usd.output))?,
    })
}

/// Dollars per million tokens to pico-USD per token; refuses what that unit cannot hold exactly.
fn pico_per_token(usd_per_million: f64) -> Result<i64, String> {
    let pico = usd_per_million * 1e6;
    if !(0.0..=1e15).contains(&pico) {
        return Err(format!("{usd_per_million} is not a price; write dollars per million tokens"));
    }
    if (pico - pico.round()).abs() > 1e-3 {
        return Err(format!("{usd_per_million} has more than six decimals"));
    }
    Ok(pico.round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_become_exact_integers() {
        for (usd, pico) in
            [(0.0, 0), (0.15, 150_000), (0.0028, 2_800), (0.003625, 3_625), (600.0, 600_000_000)]
        {
            assert_eq!(pico_per_token(usd), Ok(pico), "{usd}");
        }
        for bad in [-0.1, f64::NAN, f64::INFINITY, 1e12, 0.000_000_1] {
            assert!(pico_per_token(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn bad_files_are_refused_with_the_row_at_fault() {
        let row = |row: &str| format!("providers: {{p: {{models: [{row}]}}}}");
        for (yaml, part) in [
            (row("{model: m, input: -1, output: 1}"), "p/m"),
            (row("{model: 'a*b', input: 1, output: 1}"), "a*b"),
            (row("{model: m, input: 1, output: 1, per: 1000}"), "per"),
            (row("{model: m, input: 1}"), "output"),
            (row("{model: m, input: 1, output: 1, from: 2025-13-01}"), "price file"),
            ("providers: [".to_owned(), "price file"),
        ] {
            let message = parse(&yaml).unwrap_err().to_string();
            assert!(message.contains(part), "{yaml}: {message}");
        }
    }
}
