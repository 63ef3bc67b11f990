//! Whether one target may and can answer a request.
//!
//! Invariant: privacy is asked first, so that a target that may not see a request is never tried for another reason.

use super::{Health, RequestFacts};
use crate::chat::{ChatRequest, Part, PrivacyAction, ToolChoice, UncheckedAction, Values};
use crate::config::{Rule, Target, TargetKind};
use crate::error::Error;
use std::fmt;

/// Why a target is left out.
pub(super) enum Reason {
    /// The rule keeps the request on this machine.
    LocalOnly,
    /// The detectors did not finish.
    PrivacyFailed,
    /// The rule refuses content that no detector can read: its kinds.
    Unchecked(String),
    /// The request needs something that the target cannot do.
    Unsupported(&'static str),
    /// The context is larger than the window: both in tokens.
    Window(u32, u32),
    /// It cannot be tried now.
    Health(Error),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LocalOnly => f.write_str("the rule keeps the request on this machine"),
            Self::PrivacyFailed => {
                f.write_str("the detectors did not finish, so nothing may leave the machine")
            }
            Self::Unchecked(kinds) => {
                write!(f, "the rule lets no content leave that nobody can read ({kinds})")
            }
            Self::Unsupported(what) => write!(f, "cannot do {what}"),
            Self::Window(tokens, window) => {
                write!(f, "about {tokens} tokens do not fit its window of {window}")
            }
            Self::Health(error) => f.write_str(&error.message),
        }
    }
}

/// Whether the target may and can answer.
pub(super) fn admit(
    target: &Target,
    rule: &Rule,
    facts: &RequestFacts<'_>,
    values: &Values,
    health: Health<'_>,
) -> Result<(), Reason> {
    if target.kind != TargetKind::Local {
        if rule.privacy == PrivacyAction::LocalOnly {
            return Err(Reason::LocalOnly);
        }
        if facts.privacy_failed && rule.privacy != PrivacyAction::Allow {
            return Err(Reason::PrivacyFailed);
        }
        let unchecked = &facts.analysis.unchecked;
        if rule.unchecked == UncheckedAction::Refuse && !unchecked.is_empty() {
            return Err(Reason::Unchecked(unchecked.join(", ")));
        }
    }
    if let Some(what) = lacks(target, facts.request, values) {
        return Err(Reason::Unsupported(what));
    }
    match target.window {
        Some(window) if values.context_tokens > window => {
            Err(Reason::Window(values.context_tokens, window))
        }
        _ => health(target).map_err(Reason::Health),
    }
}

/// Names of what a request asks for beyond a plain conversation, apart from tools and images.
pub(super) fn needs(request: &ChatRequest) -> Vec<&'static str> {
    let mut needs = Vec::new();
    if request.sampling.n.is_some_and(|n| n > 1) {
        needs.push("n");
    }
    if request.sampling.logprobs {
        needs.push("logprobs");
    }
    if wants_format(request) {
        needs.push("response_format");
    }
    needs
}

/// The first thing that the request needs and the target lacks.
fn lacks(target: &Target, request: &ChatRequest, values: &Values) -> Option<&'static str> {
    let can = &target.capabilities;
    let local = target.kind == TargetKind::Local;
    // Tools on offer are meant to be called: a model that cannot would chatter over them.
    let needs_tools =
        values.forced_tool || (values.has_tools && request.tool_choice != ToolChoice::None);
    let other_parts = || {
        let parts = request.messages.iter().flat_map(|message| &message.parts);
        parts.into_iter().any(|part| matches!(part, Part::Other { .. }))
    };
    let missing = [
        (needs_tools && (local || !can.tools), "tool calls"),
        (values.has_images && !can.images, "images"),
        (local && other_parts(), "audio or file parts"),
        (values.needs.contains(&"n") && !can.n, "several choices (`n`)"),
        (values.needs.contains(&"logprobs") && !can.logprobs, "log-probabilities"),
        (values.needs.contains(&"response_format") && !can.response_format, "`response_format`"),
    ];
    missing.into_iter().find(|(lacks, _)| *lacks).map(|(_, what)| what)
}

/// Whether a response format other than text is asked for. What cannot be read counts as one.
fn wants_format(request: &ChatRequest) -> bool {
    #[derive(serde::Deserialize)]
    struct Format {
        r#type: String,
    }
    let Some(format) = &request.response_format else { return false };
    let is_null = format.get().trim() == "null";
    !is_null && !serde_json::from_str(format.get()).is_ok_and(|Format { r#type }| r#type == "text")
}
