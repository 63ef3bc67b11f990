//! An answer as a client hears it, whole or from a stream.

use super::respond::{Reply, ReplyBody};
use crate::dialect::openai_chat::{Spoken, SpokenStream};

/// Reads a reply to its end; `None` if it is an error, or a stream that did not end as it should.
pub async fn hear(reply: Reply) -> Option<Spoken> {
    match reply.body {
        ReplyBody::Whole(body) if reply.status == 200 => Spoken::whole(&body),
        ReplyBody::Whole(_) => None,
        ReplyBody::Stream(mut relay) => {
            let mut bytes = Vec::new();
            while let Some(piece) = relay.next().await {
                bytes.extend_from_slice(&piece);
            }
            stream(&String::from_utf8_lossy(&bytes))
        }
    }
}

/// What the events of a stream say, if it is complete.
fn stream(body: &str) -> Option<Spoken> {
    let mut spoken = SpokenStream::default();
    let mut complete = false;
    for data in body.lines().filter_map(|line| line.strip_prefix("data: ")) {
        if data == "[DONE]" {
            complete = true;
            continue;
        }
        spoken.push(data.as_bytes())?;
    }
    complete.then(|| spoken.finish())
}

#[cfg(test)]
mod tests {
    use super::stream;
    use crate::dialect::openai_chat::Spoken;
    use serde_json::{Value, json};

    #[test]
    fn a_stream_and_a_whole_body_give_the_same_answer() {
        let arguments = "{\"order\":7}";
        let body = json!({"choices": [{"message": {"content": "one two", "tool_calls": [
            {"id": "c1", "function": {"name": "look_up", "arguments": arguments}}]}}]});
        let events = [
            json!({"choices": [{"delta": {"role": "assistant", "content": "one "}}]}),
            json!({"choices": [{"delta": {"content": "two"}}]}),
            json!({"choices": [{"delta": {"tool_calls": [
                {"index": 0, "id": "c1", "function": {"name": "look_up", "arguments": "{\"or"}}]}}]}),
            json!({"choices": [{"delta": {"tool_calls": [
                {"index": 0, "function": {"arguments": "der\":7}"}}]}}]}),
            json!({"choices": [], "usage": {}}),
        ];
        let text: String = events.iter().map(|event| format!("data: {event}\n\n")).collect();
        let whole = |body: Value| Spoken::whole(body.to_string().as_bytes());
        let answer = whole(body).unwrap();
        assert_eq!(answer.calls[0].arguments, arguments);
        assert_eq!(stream(&text), None, "a stream without its end is no answer");
        assert_eq!(stream(&format!("{text}: comment\n\ndata: [DONE]\n\n")), Some(answer));
        assert_eq!(whole(json!({"error": {}})), None);
    }
}
