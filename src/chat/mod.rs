//! The canonical vocabulary: every type that crosses rooms lives here, and nothing here does I/O.
//!
//! Text keeps its place: each string of a body that may carry somebody's words is a [`TextSlot`] with its span in the
//! body, so that redaction and shaping replace single JSON string literals and every other byte survives the trip.

mod aims;
mod analysis;
mod body;
pub mod check_digit;
mod decision;
mod finding;
mod hop;
mod request;
mod stream;
mod usage;

pub use aims::{Aim, Aims};
pub use analysis::{Analysis, GainEstimate, Intent, StageReport, TASKS, TaskGuess};
pub use body::{Edit, SlotKind, Span, TextSlot, json_string, splice};
pub use decision::{
    Arm, Candidate, Cascade, Decision, EDGE, EdgeAnswers, Escalation, GainAsked, LatencyClass,
    PrivacyAction, Rejected, ShapeLevel, Side, UncheckedAction, Values,
};
pub use finding::{ALLOWED, EntityType, Finding, PUBLIC, own_detector};
pub use hop::{Hop, HopKind, Outcome, RequestRecord};
pub use request::{
    ChatRequest, Message, OutputFormat, Part, Role, Sampling, Tool, ToolCall, ToolChoice,
};
pub use stream::{
    ChatResponse, Choice, FinishReason, Likely, ResponseToolCall, StreamEvent, TokenLogprob,
};
pub use usage::{MAX_TOKENS, Usage, believable};
