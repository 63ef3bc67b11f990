//! One candidate in this process: the generator, streamed or collected.

use super::cloud::{Opened, Patience, encoder, first_steps, now_seconds};
use super::ctx::Ctx;
use super::rehearsal;
use super::source::{Events, Source, top_logprobs};
use crate::chat::{ChatRequest, HopKind, Outcome, Role, Sampling, StreamEvent};
use crate::config::resolved::Target;
use crate::dialect::openai_chat;
use crate::error::{Error, ErrorKind};
use crate::inference::{GenerateRequest, InferenceError, ModelState};
use std::sync::Arc;
use std::time::Instant;

/// Starts a generation and waits for its first token (streams) or its end.
///
/// # Errors
/// The model is not ready, its queue is full, the prompt does not fit, or the first token took too long.
pub async fn open(
    ctx: &mut Ctx,
    request: &ChatRequest,
    target: &Arc<Target>,
    prompt_tokens: u64,
    patience: Patience,
) -> Result<Opened, Error> {
    ctx.begin(HopKind::Generate, target, prompt_tokens);
    if let Some(opened) = rehearsal::answer(ctx, request, target, &request.raw, patience).await {
        return opened;
    }
    let seed = ctx.record.id.as_u64_pair().1;
    let sampling = sampling(request, target);
    let opened = match start(ctx, request, target, patience, (sampling, seed)) {
        Err(error) => Err(error),
        Ok(events) => {
            let answer = answer(ctx, request, events);
            match tokio::time::timeout(patience.ttft, answer).await {
                Ok(opened) => opened,
                Err(_) => Err(too_late(target, patience)),
            }
        }
    };
    if let Err(error) = &opened {
        settle_failed(ctx, error);
    }
    opened
}

/// How the client wants its answer drawn.
pub(super) fn sampling(request: &ChatRequest, target: &Target) -> Sampling {
    Sampling {
        max_tokens: request.sampling.max_tokens.or(Some(target.default_max_tokens)),
        ..request.sampling.clone()
    }
}

/// Starts the generation of an attempt that has begun, which the caller settles.
pub(super) fn start(
    ctx: &Ctx,
    request: &ChatRequest,
    target: &Arc<Target>,
    patience: Patience,
    (sampling, seed): (Sampling, u64),
) -> Result<Events, Error> {
    let queued = Instant::now();
    let format = match request.response_format.as_deref().map(openai_chat::output_format) {
        Some(Err(error)) => {
            let message = format!("target `{}`: {error}", target.name);
            return Err(Error::new(ErrorKind::InvalidValue, message));
        }
        format => format.and_then(Result::ok).flatten(),
    };
    let job = GenerateRequest {
        messages: conversation(request),
        format,
        sampling,
        seed,
        tenant: ctx.record.tenant.clone(),
        first_by: Some(queued + patience.ttft),
        background: patience.background,
    };
    let tokens = ctx.live.runtime.generate(job).map_err(|error| into_error(&error, target))?;
    Ok(Events::Local {
        tokens,
        target: target.clone(),
        deadline: patience.deadline,
        queued,
        queue: patience.queue,
        started: false,
    })
}

/// The error of a generation that did not begin in time.
pub(super) fn too_late(target: &Target, patience: Patience) -> Error {
    let ms = patience.ttft.as_millis();
    let message = format!("target `{}`: no first token within {ms} ms", target.name);
    Error::new(ErrorKind::UpstreamTimeout, message)
}

/// Settles an attempt that ended in an error.
pub(super) fn settle_failed(ctx: &mut Ctx, error: &Error) {
    let timed_out = error.kind == ErrorKind::UpstreamTimeout;
    let outcome = if timed_out { Outcome::Timeout } else { Outcome::Error };
    ctx.settle(outcome, Some(error.kind.code().to_owned()));
}

async fn answer(ctx: &mut Ctx, request: &ChatRequest, mut events: Events) -> Result<Opened, Error> {
    if request.stream {
        return first_steps(
            ctx,
            Source::Encoded {
                events: Box::new(events),
                encoder: encoder(request),
                top: top_logprobs(request),
            },
        )
        .await;
    }
    let mut collector = openai_chat::Collector::new();
    loop {
        let (batch, outcome) = events.next(ctx).await?;
        for event in &batch {
            if *event == StreamEvent::End {
                let mut response = collector.finish();
                response.usage =
                    response.usage.or_else(|| ctx.attempt.as_ref().and_then(|a| a.usage));
                ctx.settle(outcome, None);
                return Ok(Opened::Whole(openai_chat::encode_response(&response, now_seconds())));
            }
            collector.push(event);
        }
    }
}

/// The conversation as a small chat model understands it: text by role.
fn conversation(request: &ChatRequest) -> Vec<(Role, String)> {
    let mut turns = Vec::with_capacity(request.messages.len());
    for (index, message) in request.messages.iter().enumerate() {
        let mut text = request.text_of(index);
        for call in &message.tool_calls {
            let arguments = request.texts.get(call.arguments).map_or("", |slot| slot.text.as_str());
            text.push_str(&format!("[called {} with {arguments}]", call.name));
        }
        let role = match message.role {
            Role::System | Role::Developer => Role::System,
            Role::User | Role::Tool | Role::Function => Role::User,
            Role::Assistant => Role::Assistant,
        };
        turns.push((role, text));
    }
    turns
}

/// What a client is told when a local model cannot answer.
pub fn into_error(error: &InferenceError, target: &Target) -> Error {
    let kind = match error {
        InferenceError::QueueFull { .. }
        | InferenceError::Late { .. }
        | InferenceError::Allowance => ErrorKind::Overloaded,
        InferenceError::NotReady { state: ModelState::Loading { .. }, .. } => {
            ErrorKind::ModelLoading
        }
        InferenceError::NotReady { .. } => ErrorKind::ModelUnavailable,
        InferenceError::ContextLength { .. } | InferenceError::Memory { .. } => {
            ErrorKind::ContextLengthExceeded
        }
        // Another candidate may know the keyword.
        InferenceError::Format { .. } => ErrorKind::Unsupported,
        InferenceError::Gone | InferenceError::Failed(_) => ErrorKind::Internal,
    };
    let told = Error::new(kind, format!("target `{}`: {error}", target.name));
    match error {
        InferenceError::QueueFull { retry_after }
        | InferenceError::NotReady { retry_after, .. } => told.retry_after(*retry_after),
        InferenceError::Late { takes, .. } => told.retry_after(*takes),
        _ => told,
    }
}
