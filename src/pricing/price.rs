//! One price row and the arithmetic on it.
//!
//! Invariant: the sum over a usage's buckets is exact in pico-USD; only the result is rounded. Buckets of [`Usage`] do
//! not overlap except `reasoning`, which is part of `output`, and `cache_write_1h`, which is part of `cache_write`.

use crate::chat::Usage;
use crate::units::NanoUsd;
use std::sync::Arc;

/// Pico-USD in one nano-USD.
const PICO_PER_NANO: i128 = 1_000;

/// Prices of the token buckets in pico-USD per token. One dollar per million tokens is 1,000,000 pico-USD per token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    /// Prompt tokens at the full price.
    pub input: i64,
    /// Prompt tokens read from the cache.
    pub cached_read: i64,
    /// Prompt tokens written to the cache for a short time.
    pub cache_write: i64,
    /// Prompt tokens written to the cache for an hour.
    pub cache_write_1h: i64,
    /// Generated tokens other than reasoning.
    pub output: i64,
    /// Generated tokens spent on reasoning.
    pub reasoning: i64,
}

impl Rates {
    /// Exact cost of a usage in pico-USD.
    pub fn pico_usd(&self, usage: &Usage) -> i128 {
        // A provider that counts reasoning outside of the output would otherwise make the visible part negative.
        let reasoning = usage.reasoning.min(usage.output);
        let hour = usage.cache_write_1h.min(usage.cache_write);
        let part = |tokens: u64, rate: i64| i128::from(tokens) * i128::from(rate);
        part(usage.input, self.input)
            + part(usage.cached_read, self.cached_read)
            + part(usage.cache_write - hour, self.cache_write)
            + part(hour, self.cache_write_1h)
            + part(usage.output - reasoning, self.output)
            + part(reasoning, self.reasoning)
    }
}

/// The price of one model from one day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    /// First moment at which it holds, in microseconds since the Unix epoch.
    pub from_us: i64,
    /// Prices for prompts of usual size.
    pub rates: Rates,
    /// Prompts of more than so many tokens are billed at these rates instead, answer included.
    pub long: Option<(u64, Rates)>,
    /// Where it was read.
    pub source: Option<Arc<str>>,
    /// When it was last looked up there.
    pub as_of: Option<jiff::civil::Date>,
}

impl Price {
    /// The rates that a prompt of this size is billed at.
    pub fn rates_for(&self, prompt_tokens: u64) -> &Rates {
        match &self.long {
            Some((over, rates)) if prompt_tokens > *over => rates,
            _ => &self.rates,
        }
    }

    /// Cost of a usage, rounded half up to a whole nano-USD; saturates at the range of `i64`.
    pub fn cost(&self, usage: &Usage) -> NanoUsd {
        let pico = self.rates_for(usage.prompt()).pico_usd(usage);
        let nano = (pico + PICO_PER_NANO / 2).div_euclid(PICO_PER_NANO);
        NanoUsd(i64::try_from(nano).unwrap_or(i64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn price(rates: Rates, long: Option<(u64, Rates)>) -> Price {
        Price { from_us: 0, rates, long, source: None, as_of: None }
    }

    fn usage() -> impl Strategy<Value = Usage> {
        let tokens = 0..3_000_000_u64;
        let six = [(); 6].map(|()| tokens.clone());
        six.prop_map(|[input, cached_read, cache_write, hour, output, reasoning]| Usage {
            input,
            cached_read,
            cache_write,
            cache_write_1h: hour.min(cache_write),
            output,
            reasoning: reasoning.min(output),
            estimated: false,
        })
    }

    fn rates() -> impl Strategy<Value = Rates> {
        let six = [(); 6].map(|()| 0..700_000_000_i64);
        six.prop_map(|[input, cached_read, cache_write, cache_write_1h, output, reasoning]| Rates {
            input,
            cached_read,
            cache_write,
            cache_write_1h,
            output,
            reasoning,
        })
    }

    proptest! {
        #[test]
        fn costs_are_additive(rates in rates(), a in usage(), b in usage()) {
            let mut both = a;
            both += b;
            prop_assert_eq!(rates.pico_usd(&both), rates.pico_usd(&a) + rates.pico_usd(&b));
            let price = price(rates, None);
            let apart = price.cost(&a) + price.cost(&b);
            prop_assert!((price.cost(&both).0 - apart.0).abs() <= 1);
        }

        #[test]
        fn whole_nano_prices_are_additive_to_the_last_digit(rates in rates(), a in usage(), b in usage()) {
            let whole = |rate: i64| rate / 1_000 * 1_000;
            let rates = Rates {
                input: whole(rates.input),
                cached_read: whole(rates.cached_read),
                cache_write: whole(rates.cache_write),
                cache_write_1h: whole(rates.cache_write_1h),
                output: whole(rates.output),
                reasoning: whole(rates.reasoning),
            };
            let price = price(rates, None);
            let mut both = a;
            both += b;
            prop_assert_eq!(price.cost(&both), price.cost(&a) + price.cost(&b));
        }
    }

    #[test]
    fn a_long_prompt_changes_every_rate_and_reasoning_has_its_own() {
        let rates = |x| Rates {
            input: x,
            cached_read: x,
            cache_write: x,
            cache_write_1h: x,
            output: x,
            reasoning: 10 * x,
        };
        let price = price(rates(1_000), Some((100, rates(2_000))));
        let at = |input| Usage { input, output: 10, reasoning: 4, ..Usage::default() };
        assert_eq!(price.cost(&at(100)), NanoUsd(100 + 6 + 40));
        assert_eq!(price.cost(&at(101)), NanoUsd(202 + 12 + 80));
    }

    #[test]
    fn absurd_counts_saturate_and_reasoning_outside_of_output_never_refunds() {
        let rates = Rates {
            input: 1_000_000,
            cached_read: 0,
            cache_write: 0,
            cache_write_1h: 0,
            output: 9,
            reasoning: 1,
        };
        let price = price(rates, None);
        let huge = Usage { input: u64::MAX / 2, ..Usage::default() };
        assert_eq!(price.cost(&huge), NanoUsd(i64::MAX));
        let odd = Usage { output: 0, reasoning: 1_000_000, ..Usage::default() };
        assert_eq!(price.cost(&odd), NanoUsd(0));
    }
}
