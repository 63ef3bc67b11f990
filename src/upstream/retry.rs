//! When an attempt is repeated and how long to wait before it.
//!
//! Invariant: pure; randomness and the wall clock are arguments. Never more than [`MAX_RETRIES`] retries, and never
//! earlier than the provider asked. Sources: RFC 9110 section 10.2.3 (Retry-After); M. Brooker, "Exponential Backoff
//! and Jitter" (full jitter).

use http::HeaderMap;
use std::time::Duration;

/// Most retries after the first attempt, whatever the configuration says.
pub const MAX_RETRIES: u8 = 3;

const BASE: Duration = Duration::from_millis(200);
const CAP: Duration = Duration::from_secs(5);
/// A provider that asks for more than a day means "not now".
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// Whether a provider's answer with this status may be better the next time.
pub(super) fn status_is_transient(status: u16) -> bool {
    matches!(status, 408 | 409 | 425 | 429 | 500 | 502 | 503 | 504 | 529)
}

/// How long to wait before retry number `retry` (from 0). `random` is uniform in `[0, 1)`.
///
/// Without a word from the provider: full jitter over an exponentially growing interval. With one: at least as long as
/// it asked, plus up to a tenth, so that its clients do not return all at once.
pub(super) fn delay(retry: u8, retry_after: Option<Duration>, random: f64) -> Duration {
    match retry_after {
        Some(asked) => asked + (asked / 10).min(CAP).mul_f64(random),
        None => BASE.saturating_mul(1 << retry.min(16)).min(CAP).mul_f64(random),
    }
}

/// When the provider wants to be asked again. `now` is the Unix time in seconds, for the date form.
///
/// Reads `retry-after-ms` (milliseconds, sent by OpenAI), then `retry-after` as seconds or as an HTTP date.
pub(super) fn retry_after(headers: &HeaderMap, now: i64) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let millis = text("retry-after-ms").and_then(|ms| ms.parse::<f64>().ok()).map(|ms| ms / 1e3);
    let seconds = || {
        let value = text("retry-after")?;
        value.parse::<f64>().ok().or_else(|| seconds_until(value, now))
    };
    let wait = millis.or_else(seconds)?;
    if !wait.is_finite() {
        return None;
    }
    Some(Duration::from_secs_f64(wait.clamp(0.0, LONGEST_RETRY_AFTER.as_secs_f64())))
}

/// The provider's own word on whether a retry makes sense (`x-should-retry`, sent by OpenAI and Anthropic).
pub(super) fn advised(headers: &HeaderMap) -> Option<bool> {
    match headers.get("x-should-retry")?.as_bytes() {
        b"true" => Some(true),
        b"false" => Some(false),
        _ => None,
    }
}

fn seconds_until(date: &str, now: i64) -> Option<f64> {
    let at = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(date).ok()?;
    Some(at.as_second().saturating_sub(now) as f64)
}

#[cfg(test)]
mod tests {
    use super::{CAP, delay, retry_after, status_is_transient};
    use http::{HeaderMap, HeaderName, HeaderValue};
    use proptest::prelude::*;
    use std::time::Duration;

    const NOW: i64 = 784_111_777; // Sun, 06 Nov 1994 08:49:37 GMT

    #[test]
    fn reads_every_form_of_retry_after() {
        for (header, value, expected_ms) in [
            ("retry-after", "3", Some(3_000)),
            ("retry-after", " 0 ", Some(0)),
            ("retry-after", "1.5", Some(1_500)),
            ("retry-after", "-4", Some(0)),
            ("retry-after", "99999999999", Some(86_400_000)),
            ("retry-after", "Sun, 06 Nov 1994 08:49:47 GMT", Some(10_000)),
            ("retry-after", "Sun, 06 Nov 1994 08:49:07 GMT", Some(0)),
            ("retry-after", "soon", None),
            ("retry-after", "NaN", None),
            ("retry-after", "", None),
            ("retry-after-ms", "250", Some(250)),
            ("x-other", "3", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(HeaderName::from_static(header), HeaderValue::from_str(value).unwrap());
            let expected = expected_ms.map(Duration::from_millis);
            assert_eq!(retry_after(&headers, NOW), expected, "{header}: {value}");
        }
    }

    #[test]
    fn retries_what_may_pass_and_nothing_else() {
        let transient: Vec<u16> =
            (100..600).filter(|status| status_is_transient(*status)).collect();
        assert_eq!(transient, [408, 409, 425, 429, 500, 502, 503, 504, 529]);
    }

    #[test]
    fn grows_and_stays_below_the_cap() {
        let nearly_one = 0.999_999;
        assert_eq!(delay(0, None, 0.0), Duration::ZERO);
        assert!(delay(1, None, nearly_one) > delay(0, None, nearly_one));
        assert!(delay(2, None, nearly_one) > Duration::from_millis(799));
        assert!(delay(200, None, nearly_one) <= CAP);
    }

    proptest! {
        #[test]
        fn never_comes_back_before_the_provider_asked(
            retry in 0_u8..4, asked_ms in 0_u64..100_000_000, random in 0.0_f64..1.0,
        ) {
            let asked = Duration::from_millis(asked_ms);
            prop_assert!(delay(retry, Some(asked), random) >= asked);
            prop_assert!(delay(retry, None, random) <= CAP);
        }
    }
}
