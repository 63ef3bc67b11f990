//! What a client is told when no target may or can answer.

use super::candidates::Reason;
use crate::config::Config;
use crate::error::{Error, ErrorKind};
use std::sync::Arc;

/// The model is neither `auto` nor a target nor a name that a rule asks for.
pub(super) fn model_not_found(config: &Config) -> Error {
    let mut names: Vec<&str> = vec!["auto"];
    let targets = config.targets.iter().map(|target| &*target.name);
    let asked_for = config.rules.iter().flat_map(|rule| &rule.when.model).map(String::as_str);
    for name in targets.chain(asked_for) {
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    let message = format!("There is no such model here. Available: {}.", names.join(", "));
    Error::new(ErrorKind::ModelNotFound, message).param("model")
}

/// A rule refuses the request.
pub(super) fn blocked(rule: &str) -> Error {
    Error::new(ErrorKind::Blocked, format!("The rule `{rule}` does not allow this request."))
}

/// Every target was rejected (or there was none).
pub(super) fn nobody(rule: &str, forced: bool, reasons: &[(Arc<str>, Reason)]) -> Error {
    let listed: Vec<String> =
        reasons.iter().map(|(target, reason)| format!("{target}: {reason}")).collect();
    let retry_after = reasons.iter().filter_map(|(_, reason)| match reason {
        Reason::Health(error) => error.retry_after,
        _ => None,
    });
    let kind = kind(forced, reasons);
    let message = match (kind, reasons) {
        (ErrorKind::Blocked, [(_, Reason::Unchecked(kinds)), ..]) => {
            format!("The rule `{rule}` lets no content leave that nobody can read ({kinds}).")
        }
        (ErrorKind::Blocked, _) => {
            format!(
                "The rule `{rule}` keeps this request on this machine, and the named model is not local. Use `auto`."
            )
        }
        (_, []) => format!("The rule `{rule}` names no target."),
        (_, _) => format!("No target can take this request. {}.", listed.join("; ")),
    };
    let error = Error::new(kind, message);
    match retry_after.min() {
        Some(after) => error.retry_after(after),
        None => error,
    }
}

/// The reason that all targets share, if they do.
fn kind(forced: bool, reasons: &[(Arc<str>, Reason)]) -> ErrorKind {
    if reasons.iter().any(|(_, reason)| matches!(reason, Reason::PrivacyFailed)) {
        return ErrorKind::PrivacyUnavailable;
    }
    let of_one = |reason: &Reason| match reason {
        Reason::LocalOnly if forced => ErrorKind::Blocked,
        Reason::Unchecked(_) => ErrorKind::Blocked,
        Reason::LocalOnly | Reason::PrivacyFailed => ErrorKind::NoCandidate,
        Reason::Unsupported(_) => ErrorKind::Unsupported,
        Reason::Window(..) => ErrorKind::ContextLengthExceeded,
        Reason::Health(error) => error.kind,
    };
    let Some((first, rest)) = reasons.split_first() else { return ErrorKind::NoCandidate };
    let kind = of_one(&first.1);
    if rest.iter().all(|(_, reason)| of_one(reason) == kind) {
        kind
    } else {
        ErrorKind::NoCandidate
    }
}
