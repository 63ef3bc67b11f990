//! Request bodies within their limit.

use super::pace::TooSlow;
use crate::error::{Error, ErrorKind};
use axum::body::Body;
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use http_body_util::LengthLimitError;

/// Largest body that is copied out of the connection's buffer.
const COPIED: usize = 8 * 1024;

/// Reads a whole body of at most `limit` bytes.
///
/// # Errors
/// [`ErrorKind::BodyTooLarge`] past the limit, before reading if the length is announced;
/// [`ErrorKind::BodyIncomplete`] if the client stopped sending, [`ErrorKind::BodyTooSlow`] if it sends too slowly.
pub async fn read(headers: &HeaderMap, body: Body, limit: usize) -> Result<Bytes, Error> {
    let announced =
        headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(too_large(limit));
    }
    match axum::body::to_bytes(body, limit).await {
        // A copy lets go of the connection's read buffer, which would otherwise be kept, and a second one made, for as long
        // as the request lives.
        Ok(bytes) if bytes.len() <= COPIED => Ok(Bytes::copy_from_slice(&bytes)),
        Ok(bytes) => Ok(bytes),
        Err(error)
            if std::error::Error::source(&error)
                .is_some_and(<dyn std::error::Error>::is::<LengthLimitError>) =>
        {
            Err(too_large(limit))
        }
        Err(error) if is_too_slow(&error) => {
            let message =
                "the request body comes too slowly; see `connections` in the configuration";
            Err(Error::new(ErrorKind::BodyTooSlow, message))
        }
        Err(_) => Err(Error::new(
            ErrorKind::BodyIncomplete,
            "the request body ended before it was complete",
        )),
    }
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
