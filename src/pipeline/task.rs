//! The task that a request belongs to, as its client names it with `x-weir-task-id`.

use crate::error::{Error, ErrorKind};
use crate::ledger::task_key;
use http::HeaderMap;
use uuid::Uuid;

/// The header with the task's name.
const HEADER: &str = "x-weir-task-id";

/// What a task may be named, for messages.
pub const TASK_ID_FORM: &str =
    "must be 1 to 128 letters, digits and signs of ASCII without spaces, best an id of your own";

/// Whether a task may be named so.
pub fn is_task_id(text: &str) -> bool {
    !text.is_empty() && text.len() <= 128 && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The key of the task that the headers name.
///
/// # Errors
/// The name is none.
pub(super) fn of(headers: &HeaderMap, tenant: Option<&str>) -> Result<Option<Uuid>, Error> {
    let Some(value) = headers.get(HEADER) else { return Ok(None) };
    match value.to_str().ok().filter(|task| is_task_id(task)) {
        Some(task) => Ok(Some(task_key(tenant, task))),
        None => Err(Error::new(ErrorKind::InvalidValue, format!("`{HEADER}` {TASK_ID_FORM}"))),
    }
}
