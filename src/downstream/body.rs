//! Request bodies within their limit.

use super::pace::TooSlow;
use crate::error::{Error, ErrorKind};
use axum::body::Body;
use axum::http::{HeaderMap, header};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;

/// Reads a whole body of at most `limit` bytes, into memory of its own: the connection's read buffer, and a second one, would
/// otherwise be kept for as long as the request lives. `room` is asked before more bytes are kept.
///
/// # Errors
/// [`ErrorKind::BodyTooLarge`] past the limit, before reading if the length is announced;
/// [`ErrorKind::BodyIncomplete`] if the client stopped sending, [`ErrorKind::BodyTooSlow`] if it sends too slowly; or what
/// `room` says.
pub async fn read(
    headers: &HeaderMap,
    mut body: Body,
    limit: usize,
    mut room: impl FnMut(usize) -> Result<(), Error>,
) -> Result<Bytes, Error> {
    let announced =
        headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(too_large(limit));
    }
    let mut whole = BytesMut::with_capacity(announced.unwrap_or(0));
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| broken(&error))?;
        let Ok(data) = frame.into_data() else { continue };
        if whole.len() + data.len() > limit {
            return Err(too_large(limit));
        }
        room(data.len())?;
        whole.extend_from_slice(&data);
    }
    Ok(whole.freeze())
}

fn broken(error: &axum::Error) -> Error {
    if is_too_slow(error) {
        let message = "the request body comes too slowly; see `connections` in the configuration";
        return Error::new(ErrorKind::BodyTooSlow, message);
    }
    Error::new(ErrorKind::BodyIncomplete, "the request body ended before it was complete")
}

fn is_too_slow(error: &axum::Error) -> bool {
    let first = Some(error as &(dyn std::error::Error + 'static));
    std::iter::successors(first, |error| error.source()).any(<dyn std::error::Error>::is::<TooSlow>)
}

fn too_large(limit: usize) -> Error {
    let message = format!(
        "the request body is larger than {} MiB; send less, or raise body_limit_mib in the configuration",
        limit as f64 / f64::from(1 << 20)
    );
    Error::new(ErrorKind::BodyTooLarge, message)
}
