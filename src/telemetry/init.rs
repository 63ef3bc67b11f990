//! Logs: to stderr, filtered by `RUST_LOG` (default `info`), for people or as JSON lines.
//!
//! Invariant: whatever `RUST_LOG` says, crates other than Weir's own say nothing below a warning. They would print what
//! they work on: texts, headers, whole frames.

use std::io::IsTerminal;
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::filter::{FilterFn, LevelFilter, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, fmt, registry};

/// This crate, as targets of log lines name it.
const OWN: &str = env!("CARGO_CRATE_NAME");

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
    let ansi = std::io::stderr().is_terminal();
    // An error means that somebody, such as a test, has installed a subscriber before.
    let _ = match format {
        LogFormat::Human => human(filter, ansi, std::io::stderr).try_init(),
        LogFormat::Json => json(filter, std::io::stderr).try_init(),
    };
    problem.map_or(Ok(()), Err)
}

fn human<W>(filter: EnvFilter, ansi: bool, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines = fmt::layer().with_target(false).with_ansi(ansi).with_writer(writer);
    registry().with(filter).with(no_talk_of_others()).with(lines)
}

fn json<W>(filter: EnvFilter, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines = fmt::layer().json().flatten_event(true).with_ansi(false).with_writer(writer);
    registry().with(filter).with(no_talk_of_others()).with(lines)
}

fn no_talk_of_others() -> FilterFn {
    let rule: fn(&Metadata<'_>) -> bool = may_be_said;
    filter_fn(rule).with_max_level_hint(LevelFilter::TRACE)
}

fn may_be_said(what: &Metadata<'_>) -> bool {
    let own = what.target().strip_prefix(OWN);
    *what.level() <= Level::WARN
        || own.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
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
    use super::{filter, human, json};
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    /// What is written to the log.
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn others_say_nothing_below_a_warning() {
        for rules in [
            "trace",
            "info,tokenizers=trace",
            "h2=debug,weir=trace",
            "[{}]=trace",
            "weir=trace,trace",
        ] {
            let log = Log::default();
            let lines = log.clone();
            let make = move || lines.clone();
            let subscriber: Box<dyn tracing::Subscriber + Send + Sync> = match rules.len() % 2 {
                0 => Box::new(json(filter(rules).0, make)),
                _ => Box::new(human(filter(rules).0, false, make)),
            };
            tracing::subscriber::with_default(subscriber, || {
                tracing::trace!(target: "tokenizers::pre_tokenizers::bert", "words of the prompt");
                tracing::debug!(target: "h2::codec", "words of the prompt");
                tracing::trace!(target: concat!("hyper", "::proto::h1::io"), "words of the prompt");
                tracing::trace!(target: concat!("hyper_util", "::client"), "words of the prompt");
                tracing::debug!(target: "rustls::client", "words of the prompt");
                tracing::info!(target: "reqwest::connect", "words of the prompt");
                tracing::trace!(target: "llguidance", "words of the prompt");
                tracing::debug!(target: "rusqlite", "words of the prompt");
                tracing::trace!(target: "ureq", "words of the prompt");
                tracing::info!(target: "weird::other", "words of the prompt");
                tracing::warn!(target: "rustls", "a certificate is odd");
                tracing::warn!(target: "weir::live", "a warning of our own");
            });
            let said = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
            assert!(!said.contains("words of the prompt"), "{rules}: {said}");
            assert!(said.contains("of our own") || rules.starts_with("h2"), "{rules}: {said}");
        }
    }

    #[test]
    fn a_bad_filter_falls_back_and_says_so() {
        assert_eq!(filter("weir=debug,info").1, None);
        let (fallback, problem) = filter("weir=loudly");
        assert_eq!(fallback.to_string(), "info");
        assert!(problem.unwrap().contains("RUST_LOG"));
    }
}
