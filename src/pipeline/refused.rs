//! A provider that refuses a parameter: the request is sent once more without it. Which models refuse what is known for some of
//! them only, and changes.

use super::cloud::{self, Opened, Patience};
use super::ctx::Ctx;
use super::prepare::{Prepared, names};
use super::respond::Remarks;
use crate::chat::ChatRequest;
use crate::config::resolved::Target;
use crate::dialect::{models, refused_parameter};
use crate::error::{Error, ErrorKind};
use std::sync::Arc;

/// As [`cloud::open`]. What was left out is among the remarks. A client that named the target itself gets the provider's answer to
/// what it sent.
///
/// # Errors
/// As there.
pub(super) async fn open(
    ctx: &mut Ctx,
    remarks: &mut Remarks,
    request: &ChatRequest,
    prepared: Prepared,
    target: &Arc<Target>,
    (prompt_tokens, patience): (u64, Patience),
) -> Result<Opened, Error> {
    remarks.lost.clone_from(&prepared.lost);
    let first = cloud::open(ctx, request, prepared.clone(), target, prompt_tokens, patience).await;
    let Err(error) = &first else { return first };
    let Some(name) = complaint(error).filter(|_| !names(request, target)) else { return first };
    // A complaint of what was not sent is about the request before this one, or of something on the way: once more as it is.
    let (body, lost) = models::without(&prepared.body, name)
        .unwrap_or_else(|| (prepared.body.clone(), Vec::new()));
    remarks.lost.extend(lost);
    let again = Prepared { body, ..prepared };
    cloud::open(ctx, request, again, target, prompt_tokens, patience).await
}

/// The parameter that the provider refuses.
fn complaint(error: &Error) -> Option<&'static str> {
    let (status, body) = error.upstream.as_ref()?;
    refused_parameter(*status, body).filter(|_| error.kind == ErrorKind::UpstreamRejected)
}
