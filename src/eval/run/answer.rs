//! An answer as a client reads it, whole or from a stream.

use crate::eval::check::{Answer, Call};
use crate::pipeline::{Reply, ReplyBody};
use serde_json::Value;
use std::collections::BTreeMap;

/// Reads a reply to its end; `None` if it is an error, or a stream that did not end as it should.
pub async fn read(reply: Reply) -> Option<Answer> {
    match reply.body {
        ReplyBody::Whole(body) if reply.status == 200 => {
            let body: Value = serde_json::from_slice(&body).ok()?;
            whole(&body)
        }
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

fn whole(body: &Value) -> Option<Answer> {
    let message = body.get("choices")?.get(0)?.get("message")?;
    let calls = message.get("tool_calls").and_then(Value::as_array);
    let text = |value: &Value, name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let read = |call: &Value| {
        let function = &call["function"];
        Call::new(text(call, "id"), text(function, "name"), text(function, "arguments"))
    };
    let calls = calls.map(|calls| calls.iter().map(read).collect()).unwrap_or_default();
    Some(Answer { text: text(message, "content"), calls })
}

/// Puts the deltas of the first choice together.
fn stream(body: &str) -> Option<Answer> {
    let mut answer = Answer::default();
    let mut calls: BTreeMap<u64, [String; 3]> = BTreeMap::new();
    let mut complete = false;
    for data in body.lines().filter_map(|line| line.strip_prefix("data: ")) {
        if data == "[DONE]" {
            complete = true;
            continue;
        }
        let chunk: Value = serde_json::from_str(data).ok()?;
        let delta = &chunk["choices"][0]["delta"];
        answer.text.push_str(delta["content"].as_str().unwrap_or_default());
        for call in delta["tool_calls"].as_array().into_iter().flatten() {
            let parts = calls.entry(call["index"].as_u64().unwrap_or(0)).or_default();
            let pieces = [&call["id"], &call["function"]["name"], &call["function"]["arguments"]];
            for (part, piece) in parts.iter_mut().zip(pieces) {
                part.push_str(piece.as_str().unwrap_or_default());
            }
        }
    }
    answer.calls = calls.into_values().map(|[id, name, raw]| Call::new(id, name, raw)).collect();
    complete.then_some(answer)
}

#[cfg(test)]
mod tests {
    use super::{stream, whole};
    use serde_json::json;

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
        let answer = whole(&body).unwrap();
        assert_eq!(answer.calls[0].arguments, Some(json!({"order": 7})));
        assert_eq!(stream(&text), None, "a stream without its end is no answer");
        assert_eq!(stream(&format!("{text}: comment\n\ndata: [DONE]\n\n")), Some(answer));
        assert_eq!(whole(&json!({"error": {}})), None);
    }
}
