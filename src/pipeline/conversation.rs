//! Which conversation a request belongs to, so that all of its requests stand on the same side of a comparison.

use crate::chat::{ChatRequest, Role};
use crate::route::DRAWS;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Where a conversation stands among all others, from 0 to below 1, drawn anew for every rule. A task is one conversation; else
/// those are that begin with the same words, up to the user's first.
pub(super) fn draw(
    rule: &str,
    request: &ChatRequest,
    tenant: Option<&str>,
    task: Option<Uuid>,
) -> f32 {
    let mut digest = Sha256::new();
    let mut add = |part: &[u8]| {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    };
    add(rule.as_bytes());
    add(tenant.unwrap_or_default().as_bytes());
    match task {
        Some(task) => add(task.as_bytes()),
        None => {
            for (at, message) in request.messages.iter().enumerate() {
                add(request.text_of(at).as_bytes());
                if message.role == Role::User {
                    break;
                }
            }
        }
    }
    let bytes = digest.finalize();
    let [a, b, c] = [0, 1, 2].map(|at| bytes.get(at).copied().map_or(0, u32::from));
    (a << 16 | b << 8 | c) as f32 / DRAWS
}

#[cfg(test)]
mod tests {
    use super::draw;
    use crate::chat::ChatRequest;
    use crate::dialect::openai_chat;
    use uuid::Uuid;

    fn request(messages: &[(&str, &str)]) -> ChatRequest {
        let messages: Vec<_> = messages
            .iter()
            .map(|(role, content)| serde_json::json!({"role": role, "content": content}))
            .collect();
        let body = serde_json::json!({"model": "auto", "messages": messages}).to_string();
        openai_chat::decode_request(body.into()).unwrap()
    }

    #[test]
    fn a_conversation_stays_where_it_is() {
        let first = request(&[("system", "Be kind."), ("user", "Hello")]);
        let third = request(&[
            ("system", "Be kind."),
            ("user", "Hello"),
            ("assistant", "Hi"),
            ("user", "What now?"),
        ]);
        let here = draw("r", &first, None, None);
        assert_eq!(here, draw("r", &third, None, None));
        for other in [
            draw("other", &first, None, None),
            draw("r", &first, Some("t"), None),
            draw("r", &request(&[("user", "Hello")]), None, None),
            draw("r", &first, None, Some(Uuid::from_u128(1))),
        ] {
            assert_ne!(here, other);
        }
        let task = Some(Uuid::from_u128(1));
        assert_eq!(
            draw("r", &first, None, task),
            draw("r", &request(&[("user", "Bye")]), None, task)
        );
    }

    #[test]
    fn shares_come_out() {
        let drawn = (0..2_000u32)
            .filter(|n| draw("r", &request(&[("user", &n.to_string())]), None, None) < 0.1);
        let n = drawn.count();
        assert!((150..250).contains(&n), "{n} of 2,000");
    }
}
