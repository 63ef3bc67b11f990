//! Logs: to stderr, filtered by `RUST_LOG` (default `info`), for people or as JSON lines.

use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// How log lines look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    #[default]
    Human,
    /// One JSON object a line.
    Json,
}

/// Installs the log subscriber and a panic hook that tells places, never messages. A second call changes nothing.
///
/// # Errors
/// `RUST_LOG` is set and is not a filter; the default filter is then in place and the text says what is wrong.
pub fn init(format: LogFormat) -> Result<(), String> {
    std::panic::set_hook(Box::new(report_panic));
    let (filter, problem) = match std::env::var(EnvFilter::DEFAULT_ENV) {
        Ok(text) if !text.trim().is_empty() => filter(&text),
        _ => filter("info"),
    };
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    // An error means that somebody, such as a test, has installed a subscriber before.
    let _ = match format {
        LogFormat::Human => lines.with_target(false).try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
    problem.map_or(Ok(()), Err)
}

/// A panic's own message may quote what the code was working on, so only its place is told.
fn report_panic(panic: &std::panic::PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    tracing::error!(place, "a defect: code panicked");
}

fn filter(text: &str) -> (EnvFilter, Option<String>) {
    match EnvFilter::try_new(text) {
        Ok(filter) => (filter, None),
        Err(error) => {
            let problem = format!(
                "RUST_LOG is not a filter ({error}); logging at `info`, try RUST_LOG=weir=debug"
            );
            (EnvFilter::new("info"), Some(problem))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::filter;

    #[test]
    fn a_bad_filter_falls_back_and_says_so() {
        assert_eq!(filter("weir=debug,info").1, None);
        let (fallback, problem) = filter("weir=loudly");
        assert_eq!(fallback.to_string(), "info");
        assert!(problem.unwrap().contains("RUST_LOG"));
    }
}
