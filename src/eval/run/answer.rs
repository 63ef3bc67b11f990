//! An answer as checks see it.

use crate::eval::check::{Answer, Call};
use crate::pipeline::{Reply, hear};

/// Reads a reply to its end; `None` if it is an error, or a stream that did not end as it should.
pub async fn read(reply: Reply) -> Option<Answer> {
    let spoken = hear(reply).await?;
    let calls = spoken.calls.into_iter();
    let calls = calls.map(|call| Call::new(call.id, call.name, call.arguments)).collect();
    Some(Answer { text: spoken.text, calls })
}
