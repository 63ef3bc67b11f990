//! Cases from files, and the agreement of streams with whole answers.

use super::*;
use crate::chat::{ChatResponse, Choice, ResponseToolCall, StreamEvent};
use crate::dialect::cases::check;
use crate::dialect::openai_chat::{
    ChunkEncoder, Collector, decode_request, encode_response, read_response,
};
use bytes::Bytes;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[test]
fn requests() {
    check(include_str!("../../../tests/data/dialect/anthropic/requests.txt"), |body| {
        let request = decode_request(Bytes::copy_from_slice(body.as_bytes())).unwrap();
        match encode_request(&request, "claude", 4096) {
            Ok(Encoded { body, lost, .. }) => {
                serde_json::from_slice::<Value>(&body).unwrap();
                format!("{}\nlost {lost:?}", std::str::from_utf8(&body).unwrap())
            }
            Err(error) => {
                format!("{:?} {}\n{error}", error.kind, error.param.as_deref().unwrap_or("-"))
            }
        }
    });
}

#[test]
fn responses() {
    check(include_str!("../../../tests/data/dialect/anthropic/responses.txt"), |body| {
        match decode_response(body.as_bytes()) {
            Ok(response) => {
                let encoded = encode_response(&response, 7);
                // OpenAI's form must give back the same buckets.
                assert_eq!(read_response(&encoded).unwrap().usage, response.usage);
                String::from_utf8(encoded.to_vec()).unwrap()
            }
            Err(error) => format!("{error}\n{:?}", decode_error(body.as_bytes())),
        }
    });
}

/// Decodes a transcript, one SSE data payload a line.
fn events(transcript: &str) -> Result<Vec<StreamEvent>, String> {
    let mut decoder = StreamDecoder::new();
    let mut events = Vec::new();
    for line in transcript.lines() {
        events.extend(decoder.push(line.as_bytes()).map_err(|error| error.to_string())?);
    }
    Ok(events)
}

fn chunks(events: &[StreamEvent]) -> Vec<Bytes> {
    let mut encoder = ChunkEncoder::new(7, true);
    events.iter().filter_map(|event| encoder.encode(event)).collect()
}

#[test]
fn streams() {
    check(include_str!("../../../tests/data/dialect/anthropic/streams.txt"), |transcript| {
        match events(transcript) {
            Ok(events) => {
                let chunks = chunks(&events).into_iter();
                let lines: Vec<_> =
                    chunks.map(|chunk| String::from_utf8(chunk.to_vec()).unwrap()).collect();
                let ended = events.contains(&StreamEvent::End);
                format!("{}\nended={ended}", lines.join("\n"))
            }
            Err(error) => error,
        }
    });
}

/// Puts chunks together as a client of OpenAI does.
fn reassemble(chunks: &[Bytes]) -> ChatResponse {
    let mut response = ChatResponse::default();
    let (mut choice, mut calls) = (Choice::default(), BTreeMap::<u64, ResponseToolCall>::new());
    let mut roles = 0;
    let add = |to: &mut Option<String>, delta: &Value| {
        if let Some(delta) = delta.as_str().filter(|delta| !delta.is_empty()) {
            to.get_or_insert_default().push_str(delta);
        }
    };
    for chunk in chunks {
        let json: Value = serde_json::from_slice(chunk).unwrap();
        assert_eq!(json["object"], "chat.completion.chunk");
        response.id = json["id"].as_str().unwrap().to_owned();
        response.model = json["model"].as_str().unwrap().to_owned();
        response.usage = read_response(chunk).unwrap().usage.or(response.usage);
        for part in json["choices"].as_array().unwrap() {
            let delta = &part["delta"];
            roles += usize::from(delta["role"] == "assistant");
            add(&mut choice.text, &delta["content"]);
            add(&mut choice.reasoning, &delta["reasoning_content"]);
            for call in delta["tool_calls"].as_array().into_iter().flatten() {
                let whole = calls.entry(call["index"].as_u64().unwrap()).or_default();
                whole.id += call["id"].as_str().unwrap_or("");
                whole.name += call["function"]["name"].as_str().unwrap_or("");
                whole.arguments += call["function"]["arguments"].as_str().unwrap_or("");
            }
            let facts = read_response(chunk).unwrap();
            choice.finish = facts.finish.first().copied().or(choice.finish);
        }
    }
    assert_eq!(roles, 1, "the role is told once");
    choice.tool_calls = calls.into_values().collect();
    response.choices = vec![choice];
    response
}

/// Cuts a string into deltas at character boundaries.
fn cuts(text: &str, size: usize) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    chars.chunks(size).map(|chars| chars.iter().collect()).collect()
}

/// The same answer as a stream.
fn transcript(whole: &Value, size: usize) -> String {
    let usage = &whole["usage"];
    let mut start =
        json!({"id": whole["id"], "model": whole["model"], "content": [], "usage": usage});
    start["usage"]["output_tokens"] = json!(1);
    let mut lines =
        vec![json!({"type": "message_start", "message": start}), json!({"type": "ping"})];
    for (index, block) in whole["content"].as_array().unwrap().iter().enumerate() {
        let (mut empty, mut deltas) = (block.clone(), Vec::new());
        match block["type"].as_str().unwrap() {
            kind @ ("text" | "thinking") => {
                empty[kind] = json!("");
                for part in cuts(block[kind].as_str().unwrap(), size) {
                    deltas.push(json!({"type": format!("{kind}_delta"), kind: part}));
                }
            }
            _ => {
                empty["input"] = json!({});
                let input = block["input"].to_string();
                deltas.push(json!({"type": "input_json_delta", "partial_json": ""}));
                if input != "{}" {
                    deltas.extend(
                        cuts(&input, size)
                            .into_iter()
                            .map(|part| json!({"type": "input_json_delta", "partial_json": part})),
                    );
                }
            }
        }
        lines.push(json!({"type": "content_block_start", "index": index, "content_block": empty}));
        lines.extend(
            deltas.into_iter().map(
                |delta| json!({"type": "content_block_delta", "index": index, "delta": delta}),
            ),
        );
        lines.push(json!({"type": "content_block_stop", "index": index}));
    }
    let delta = json!({"stop_reason": whole["stop_reason"], "stop_sequence": null});
    lines.push(json!({"type": "message_delta", "delta": delta, "usage": {"output_tokens": usage["output_tokens"]}}));
    lines.push(json!({"type": "message_stop"}));
    lines.iter().map(Value::to_string).collect::<Vec<_>>().join("\n")
}

fn answer() -> impl Strategy<Value = Value> {
    let block = prop_oneof![
        "\\PC{0,40}".prop_map(|text| json!({"type": "text", "text": text})),
        "\\PC{0,40}".prop_map(|text| json!({"type": "thinking", "thinking": text, "signature": "s"})),
        ("[a-z]{1,8}", prop::collection::vec(("\\PC{0,8}", "\\PC{0,8}"), 0..3)).prop_map(|(name, input)| {
            let input: serde_json::Map<_, _> = input.into_iter().map(|(key, value)| (key, json!(value))).collect();
            json!({"type": "tool_use", "id": format!("toolu_{name}"), "name": name, "input": input})
        }),
    ];
    let reasons =
        ["end_turn", "stop_sequence", "max_tokens", "tool_use", "refusal", "pause_turn", "new_one"];
    (prop::collection::vec(block, 0..5), prop::sample::select(reasons.to_vec()), [1u32..9, 0..9, 0..9, 1..9]).prop_map(
        |(content, reason, [input, read, write, output])| {
            json!({"id": "msg_1", "type": "message", "role": "assistant", "model": "claude", "content": content,
                "stop_reason": reason, "usage": {"input_tokens": input, "cache_read_input_tokens": read,
                "cache_creation_input_tokens": write, "output_tokens": output}})
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn streams_agree_with_whole_answers(whole in answer(), size in 1usize..9) {
        let decoded = decode_response(whole.to_string().as_bytes()).unwrap();
        let events = events(&transcript(&whole, size)).unwrap();
        prop_assert_eq!(events.last(), Some(&StreamEvent::End));
        let mut collector = Collector::new();
        events.iter().for_each(|event| collector.push(event));
        prop_assert_eq!(collector.finish(), decoded.clone());
        prop_assert_eq!(reassemble(&chunks(&events)), decoded);
    }

    #[test]
    fn nothing_panics(bytes: Vec<u8>, whole in answer(), cut in 0usize..3000, byte: u8) {
        let mut broken = transcript(&whole, 3).into_bytes();
        let cut = cut % broken.len();
        broken[cut] = byte;
        let _ = decode_response(&bytes);
        let _ = decode_error(&bytes);
        let _ = StreamDecoder::new().push(&bytes);
        let mut decoder = StreamDecoder::new();
        for line in broken.split(|byte| *byte == b'\n') {
            let _ = decoder.push(line);
            let _ = decode_response(line);
        }
    }
}

#[test]
fn how_answers_in_json_are_asked_for() {
    let word =
        json!({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]});
    let with = |key: &str, value: Value| {
        let mut schema = word.clone();
        schema["properties"]["a"][key] = value;
        schema
    };
    let new = "claude-sonnet-4-5-20250929";
    let nested =
        json!({"type": "object", "properties": {"list": {"type": "array", "items": word.clone()}}});
    let recursive = json!({"type": "object", "properties": {"n": {"$ref": "#/$defs/n"}},
        "$defs": {"n": {"type": "object", "properties": {"n": {"$ref": "#/$defs/n"}}}}});
    let defined = json!({"type": "object", "properties": {"n": {"$ref": "#/$defs/n"}}, "$defs": {"n": word.clone()}});
    let open = json!({"type": "object", "additionalProperties": {"type": "string"}});
    for (model, schema, way) in [
        (new, word.clone(), "schema"),
        ("claude-opus-4-7", word.clone(), "schema"),
        ("claude-haiku-5-5", nested.clone(), "schema"),
        (new, defined, "schema"),
        (new, with("format", json!("email")), "schema"),
        (new, with("enum", json!(["x", "y"])), "schema"),
        (new, json!({"type": "array", "items": word.clone()}), "schema"),
        (new, with("minLength", json!(3)), "tool"),
        (new, with("pattern", json!("^a")), "tool"),
        (new, with("format", json!("made-up")), "tool"),
        (new, recursive, "tool"),
        (new, open, "tool"),
        ("claude-3-5-haiku", word.clone(), "tool"),
        ("claude-sonnet-4-20250514", nested, "tool"),
        ("claude-3-5-haiku", json!({"type": "array", "items": {"type": "string"}}), "refused"),
        (new, json!({"type": "array", "items": {"type": "string"}, "minItems": 3}), "refused"),
    ] {
        let body = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}],
            "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": schema}}});
        let request = decode_request(Bytes::from(body.to_string())).unwrap();
        let got = match encode_request(&request, model, 9) {
            Err(_) => "refused",
            Ok(Encoded { by_tool: true, .. }) => "tool",
            Ok(encoded) => {
                let sent: Value = serde_json::from_slice(&encoded.body).unwrap();
                let sent = &sent["output_config"]["format"]["schema"];
                assert!(sent.to_string().contains("\"additionalProperties\":false"), "{sent}");
                assert_eq!(encoded.lost, Vec::<String>::new());
                "schema"
            }
        };
        assert_eq!(got, way, "{model} {schema}");
    }
}
