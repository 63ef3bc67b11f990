//! Cases from files, and properties of decoding and splicing.

use super::*;
use crate::chat::{ChatRequest, Edit, Likely, Part, SlotKind, StreamEvent, TokenLogprob, splice};
use crate::dialect::cases::check;
use crate::error::{Error, ErrorKind};
use bytes::Bytes;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::fmt::Write as _;

fn decode(body: &str) -> Result<ChatRequest, Error> {
    decode_request(Bytes::copy_from_slice(body.as_bytes()))
}

/// A request in a few lines.
fn shown(result: Result<ChatRequest, Error>) -> String {
    let request = match result {
        Ok(request) => request,
        Err(error) => return format!("{:?} param={:?}: {error}", error.kind, error.param),
    };
    let mut out = format!("model {:?}", request.model);
    if request.stream {
        let _ = write!(out, " stream include_usage={}", request.include_usage);
    }
    for message in &request.messages {
        let _ = write!(out, "\n{:?}", message.role);
        for part in &message.parts {
            let _ = match part {
                Part::Text { slot, cache_control } => {
                    let control = cache_control.as_ref().map_or("", |control| control.get());
                    write!(out, " text#{slot}{control}")
                }
                Part::Image { url } => write!(out, " image({url})"),
                Part::Other { kind } => write!(out, " other({kind})"),
            };
        }
        for call in &message.tool_calls {
            let _ = write!(out, " call({:?} {} #{})", call.id, call.name, call.arguments);
        }
        if let Some(id) = &message.tool_call_id {
            let _ = write!(out, " answers({id})");
        }
    }
    for (index, slot) in request.texts.iter().enumerate() {
        let place =
            slot.message.map_or(String::new(), |at| format!(" {at}:{:?}", slot.role.unwrap()));
        let cached = if slot.cached { " cached" } else { "" };
        let _ = write!(out, "\n#{index} {:?}{place}{cached} {:?}", slot.kind, slot.text);
    }
    for tool in &request.tools {
        let schema = tool.parameters.as_ref().map_or("-", |schema| schema.get());
        let _ = write!(
            out,
            "\ntool {} function={} {:?} {schema}",
            tool.name, tool.is_function, tool.description
        );
    }
    let _ = write!(
        out,
        "\nchoice {:?} parallel={:?}",
        request.tool_choice, request.parallel_tool_calls
    );
    let _ = write!(out, "\n{:?}", request.sampling);
    if let Some(format) = &request.response_format {
        let _ = write!(out, "\nformat {format}");
    }
    let _ = write!(out, "\nunknown {:?}", request.unknown_fields);
    out
}

#[test]
fn requests() {
    check(include_str!("../../../tests/data/dialect/openai_chat/requests.txt"), |body| {
        shown(decode(body))
    });
}

#[test]
fn refused_requests() {
    check(include_str!("../../../tests/data/dialect/openai_chat/refused.txt"), |body| {
        let error = decode(body).unwrap_err();
        format!("{:?} {}\n{error}", error.kind, error.param.as_deref().unwrap_or("-"))
    });
}

#[test]
fn edits_for_a_target() {
    check(include_str!("../../../tests/data/dialect/openai_chat/edits.txt"), |body| {
        let request = decode(body).unwrap();
        let sent = splice(&request.raw, upstream_edits(&request, "target-1"));
        let again = decode_request(sent.clone()).unwrap();
        assert_eq!(again.model, "target-1");
        assert!(!again.stream || again.include_usage);
        String::from_utf8(sent.to_vec()).unwrap()
    });
}

#[test]
fn chunks() {
    check(include_str!("../../../tests/data/dialect/openai_chat/chunks.txt"), |data| {
        let data = Bytes::copy_from_slice(data.as_bytes());
        let facts = match read_chunk(&data) {
            Ok(facts) => facts,
            Err(error) => return error.to_string(),
        };
        let mut out = String::new();
        for (flag, name) in [
            (facts.has_content, "content"),
            (facts.choices.n_ended() > 0, "finished"),
            (facts.usage_only, "usage_only"),
        ] {
            if flag {
                let _ = write!(out, "{name} ");
            }
        }
        if let Some(kind) = &facts.error {
            let _ = write!(out, "error({kind}) ");
        }
        let _ = match &facts.usage {
            Some(usage) => writeln!(out, "{usage:?}"),
            None => writeln!(out),
        };
        match hide_usage(&data, &facts) {
            Some(shown) if shown == data => out + "same",
            Some(shown) => {
                let mut wanted: Value = serde_json::from_slice(&data).unwrap();
                wanted.as_object_mut().unwrap().shift_remove("usage");
                assert_eq!(serde_json::from_slice::<Value>(&shown).unwrap(), wanted);
                out + std::str::from_utf8(&shown).unwrap()
            }
            None => out + "hidden",
        }
    });
}

#[test]
fn responses() {
    check(include_str!("../../../tests/data/dialect/openai_chat/responses.txt"), |body| {
        match read_response(body.as_bytes()) {
            Ok(facts) => {
                let error = facts.error.map_or(String::new(), |kind| format!(" error({kind})"));
                format!(
                    "completion={} {:?}{error}\n{:?}",
                    facts.is_completion, facts.finish, facts.usage
                )
            }
            Err(error) => error.to_string(),
        }
    });
}

#[test]
fn probabilities_of_tokens_are_those_of_the_api() {
    let likely = |bytes: &[u8], logprob| Likely { bytes: bytes.to_vec(), logprob };
    let token = TokenLogprob {
        chosen: likely(b"\xf0\x9f", -0.5),
        top: vec![likely(b"a", -0.25), likely(b"\n", f32::NEG_INFINITY)],
    };
    let event = StreamEvent::Text { choice: 0, delta: "x".to_owned(), logprobs: vec![token] };
    let wanted = json!({"content": [{
        "token": "\u{fffd}", "logprob": -0.5, "bytes": [240, 159],
        "top_logprobs": [
            {"token": "a", "logprob": -0.25, "bytes": [97]},
            {"token": "\n", "logprob": -9999, "bytes": [10]},
        ],
    }], "refusal": null});
    let chunk = ChunkEncoder::new(0, false).encode(&event).unwrap();
    let chunk: Value = serde_json::from_slice(&chunk).unwrap();
    assert_eq!(chunk["choices"][0]["logprobs"], wanted);
    let mut collector = Collector::new();
    collector.push(&event);
    let whole: Value = serde_json::from_slice(&encode_response(&collector.finish(), 0)).unwrap();
    assert_eq!(whole["choices"][0]["logprobs"], wanted);
    let asked = decode(
        r#"{"model":"m","messages":[{"role":"user","content":"x"}],"logprobs":true,"top_logprobs":3}"#,
    );
    assert_eq!(asked.unwrap().sampling.top_logprobs, Some(3));
}

#[test]
fn error_bodies() {
    check(include_str!("../../../tests/data/dialect/openai_chat/errors.txt"), |body| {
        let mut error = Error::new(ErrorKind::UpstreamRejected, "the \"provider\" refused");
        if body == "-" {
            error = error.param("messages[0].role");
        } else {
            error.upstream = Some((422, Bytes::copy_from_slice(body.as_bytes())));
        }
        String::from_utf8(error_body(&error).to_vec()).unwrap()
    });
}

#[test]
fn broken_utf8_is_broken_json_with_a_place() {
    let error = decode_request(Bytes::from_static(b"{\"a\":\n\"\xC3\xA9\xFF\"}")).unwrap_err();
    assert_eq!(error.kind, ErrorKind::InvalidJson);
    assert!(error.message.contains("line 2, column 3"), "{error}");
}

#[test]
fn untouched_bytes_survive() {
    let body = "\u{20}{\"x\" : 1.50e+3,\t\"x\":-0.0, \"model\":\"m\",\n \"messages\" :[ {\"role\":\"user\" , \
                \"content\":\"caf\\u00e9 \\/ \\ud83d\\ude00\"} ],\"y\":[1E5,0.10,{}],\"z\":\"\\u0041\" }\r\n";
    let request = decode(body).unwrap();
    assert_eq!(splice(&request.raw, Vec::new()), body);
    let slot = request.texts.iter().find(|slot| slot.kind == SlotKind::Message).unwrap();
    assert_eq!(slot.text, "café / 😀");
    let edited = splice(&request.raw, vec![Edit::text(slot, "tea")]);
    assert_eq!(edited, body.replace("caf\\u00e9 \\/ \\ud83d\\ude00", "tea"));
}

#[test]
fn deep_and_wide_bodies_are_read_or_refused() {
    let deep =
        format!(r#"{{"model":"m","messages":{}{}}}"#, "[".repeat(200_000), "]".repeat(200_000));
    assert_eq!(decode(&deep).unwrap_err().kind, ErrorKind::InvalidJson);
    let schema = format!("{}1{}", r#"{"items":"#.repeat(110), "}".repeat(110));
    let tool = format!(
        r#"{{"model":"m","messages":[{{"role":"user","content":""}}],"tools":[{{"type":"function","function":{{"name":"f","parameters":{schema}}}}}]}}"#
    );
    assert!(decode(&tool).is_ok());
    let wide: String = (0..100_000).map(|at| format!(r#""k{at}":"v","#)).collect();
    let request =
        decode(&format!(r#"{{{wide}"model":"m","messages":[{{"role":"user","content":"x"}}]}}"#))
            .unwrap();
    assert_eq!(request.unknown_fields.len(), 64);
    assert!(request.texts.len() > 100_000);
}

/// Strings with and without escapes, words and structure.
fn words() -> impl Strategy<Value = String> {
    prop_oneof!["\\PC{0,12}", "[a-z_]{1,8}", Just("line\n\t\"quoted\" \\ \u{1}".to_owned())]
}

/// Any JSON, as the value of a field that nobody knows.
fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        any::<f64>().prop_map(|n| json!(n)),
        words().prop_map(Value::from)
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((words(), inner), 0..4)
                .prop_map(|f| Value::Object(f.into_iter().collect())),
        ]
    })
}

fn message() -> impl Strategy<Value = Value> {
    let part = prop_oneof![
        words().prop_map(|text| json!({"type": "text", "text": text})),
        (words(), anything())
            .prop_map(|(text, x)| json!({"text": text, "extra": x, "type": "text"})),
        words().prop_map(|url| json!({"type": "image_url", "image_url": {"url": url}})),
        anything().prop_map(|x| json!({"type": "input_audio", "input_audio": x})),
    ];
    let calls = prop::collection::vec((words(), words()), 0..3).prop_map(|calls| {
        let call = |(id, arguments)| json!({"id": id, "type": "function", "function": {"name": "f", "arguments": arguments}});
        Value::from(calls.into_iter().map(call).collect::<Vec<_>>())
    });
    prop_oneof![
        (words(), words()).prop_map(|(text, name)| json!({"role": "user", "content": text, "name": name})),
        prop::collection::vec(part, 0..4).prop_map(|parts| json!({"role": "user", "content": parts})),
        (words(), calls, anything()).prop_map(
            |(text, calls, x)| json!({"content": text, "tool_calls": calls, "x": x, "role": "assistant"})
        ),
        (words(), words()).prop_map(|(id, text)| json!({"role": "tool", "tool_call_id": id, "content": text})),
    ]
}

fn body() -> impl Strategy<Value = String> {
    (prop::collection::vec(message(), 1..5), anything(), anything(), words(), any::<bool>(), any::<bool>()).prop_map(
        |(messages, unknown, schema, text, pretty, stream)| {
            let body = json!({
                "first": unknown.clone(), "model": "m", "user": text.clone(), "stream": stream, "messages": messages,
                "tools": [{"type": "function", "function": {"name": "f", "description": text, "parameters": {"default": schema}}}],
                "metadata": unknown,
            });
            if pretty { serde_json::to_string_pretty(&body).unwrap() } else { body.to_string() }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_slot_stands_where_it_says(body in body()) {
        let request = decode(&body).unwrap();
        prop_assert_eq!(splice(&request.raw, Vec::new()), body.as_bytes());
        let mut end = 0;
        for slot in &request.texts {
            prop_assert!(slot.span.start >= end, "slots are in order and do not overlap");
            end = slot.span.end;
            let literal = body.get(slot.span.clone()).unwrap();
            match serde_json::from_str::<Value>(literal).unwrap() {
                Value::String(text) => prop_assert_eq!(&text, &slot.text),
                // Long numbers are looked at too, by their digits: 4111.0 is 4111.
                number => prop_assert_eq!(number.as_f64(), slot.text.parse().ok()),
            }
        }
    }

    #[test]
    fn edited_slots_read_back(body in body(), new in "\\PC{0,6} \"\\\\ \u{7}") {
        let request = decode(&body).unwrap();
        let edits: Vec<_> = request.texts.iter().enumerate()
            .map(|(at, slot)| Edit::text(slot, &format!("{new} {at}"))).collect();
        let again = decode_request(splice(&request.raw, edits)).unwrap();
        let texts: Vec<_> = again.texts.iter().map(|slot| slot.text.clone()).collect();
        let wanted: Vec<_> = (0..request.texts.len()).map(|at| format!("{new} {at}")).collect();
        prop_assert_eq!(texts, wanted);
    }

    #[test]
    fn no_word_is_missed(body in body(), secret in "[0-9]{3}-[0-9]{2}-[0-9]{4} x") {
        // Wherever a string that is no structure holds the secret, some slot holds it too.
        let planted = body.replace("line\\n", &secret);
        let request = decode(&planted).unwrap();
        let found: usize = request.texts.iter().map(|slot| slot.text.matches(&secret).count()).sum();
        prop_assert_eq!(found, planted.matches(&secret).count());
    }

    #[test]
    fn upstream_edits_change_nothing_else(body in body()) {
        let request = decode(&body).unwrap();
        let sent = splice(&request.raw, upstream_edits(&request, "other"));
        let mut wanted: Value = serde_json::from_str(&body).unwrap();
        wanted["model"] = json!("other");
        if request.stream {
            wanted["stream_options"] = json!({"include_usage": true});
        }
        prop_assert_eq!(serde_json::from_slice::<Value>(&sent).unwrap(), wanted);
    }

    #[test]
    fn nothing_panics(bytes: Vec<u8>, body in body(), cut in 0usize..2000, byte: u8) {
        let mut broken = body.into_bytes();
        let cut = cut % broken.len();
        for input in [bytes, broken[..cut].to_vec(), { broken[cut] = byte; broken }] {
            let data = Bytes::from(input);
            let _ = decode_request(data.clone());
            let _ = read_response(&data);
            if let Ok(facts) = read_chunk(&data) {
                let _ = hide_usage(&data, &facts);
            }
            let mut error = Error::new(ErrorKind::UpstreamRejected, "refused");
            error.upstream = Some((400, data));
            serde_json::from_slice::<Value>(&error_body(&error)).unwrap();
        }
    }

    #[test]
    fn usage_survives_both_ways(counts: [u32; 4], reasoning in 0u64..1000) {
        let most = crate::chat::MAX_TOKENS / 4;
        let [input, cached_read, cache_write, output] = counts.map(|count| u64::from(count) % most);
        let reasoning = reasoning.min(output);
        let usage = crate::chat::Usage { input, cached_read, cache_write, cache_write_1h: 0, output, reasoning, estimated: false };
        // Prompts without a full-price token can also be read as buckets beside the prompt; real ones have some.
        prop_assume!(input > 0 && output > 0);
        let mut json = String::new();
        usage::write(&usage, &mut json);
        let facts = read_response(format!(r#"{{"usage":{json}}}"#).as_bytes()).unwrap();
        prop_assert_eq!(facts.usage, Some(usage));
    }
}

/// A request with every field of the dialect, and some that nobody knows.
const FULL: &str = include_str!("../../../tests/data/dialect/openai_chat/full.json");

/// Calls `change` with every string, key and number of a document in turn, and gives back each changed document.
fn every_change(body: &Value, value: &Value) -> Vec<(String, Value)> {
    fn walk(
        node: &Value,
        path: &str,
        value: &Value,
        out: &mut Vec<(String, Value)>,
        whole: &dyn Fn(Value) -> Value,
    ) {
        match node {
            Value::Object(fields) => {
                for key in fields.keys() {
                    let renamed = fields.iter().map(|(name, field)| {
                        let name = if name == key {
                            value.to_string().replace('"', "")
                        } else {
                            name.clone()
                        };
                        (name, field.clone())
                    });
                    out.push((
                        format!("{path}.{key} (key)"),
                        whole(Value::Object(renamed.collect())),
                    ));
                    let put = |inner: Value| {
                        let mut fields = fields.clone();
                        fields[key] = inner;
                        whole(Value::Object(fields))
                    };
                    walk(&fields[key], &format!("{path}.{key}"), value, out, &put);
                }
            }
            Value::Array(items) => {
                for at in 0..items.len() {
                    let put = |inner: Value| {
                        let mut items = items.clone();
                        items[at] = inner;
                        whole(Value::Array(items))
                    };
                    walk(&items[at], &format!("{path}[{at}]"), value, out, &put);
                }
            }
            _ => out.push((path.to_owned(), whole(value.clone()))),
        }
    }
    let mut out = Vec::new();
    walk(body, "", value, &mut out, &|document| document);
    out
}

#[test]
fn no_place_is_left_out_by_its_name() {
    let body: Value = serde_json::from_str(FULL).unwrap();
    // Addressed to Weir itself and replaced by the target's own.
    let own = [".model"];
    // Numbers that the dialect defines at their path.
    let mut n_looked_at = 0;
    for value in [
        "ada.quist@example.org",
        "4111111111111111",
        "adaQuist",
        "ada_quist",
        "DE89370400440532013000",
        "call_ada_quist",
        "file-ada_quist",
        "data:image/ada_quist;base64,iVBORw0KGgo=",
        "ephemeral ada",
        "AdaQuistBerlin1",
    ] {
        for (path, changed) in every_change(&body, &Value::from(value)) {
            // What is refused does not leave.
            let Ok(request) = decode(&changed.to_string()) else { continue };
            if own.contains(&path.as_str()) {
                continue;
            }
            n_looked_at += 1;
            let seen = request.texts.iter().any(|slot| slot.text.contains(value));
            assert!(seen, "{path}: {value}");
        }
    }
    assert!(n_looked_at > 2000, "{n_looked_at}");
}

#[test]
fn long_numbers_are_looked_at_and_limits_are_not() {
    let body: Value = serde_json::from_str(FULL).unwrap();
    let number = json!(4_111_111_111_111_111_u64);
    let mut left_out = Vec::new();
    for (path, changed) in every_change(&body, &number) {
        let Ok(request) = decode(&changed.to_string()) else { continue };
        if !request.texts.iter().any(|slot| slot.text.contains("4111111111111111")) {
            left_out.push(path);
        }
    }
    left_out.sort();
    assert_eq!(
        left_out,
        [
            ".frequency_penalty",
            ".messages[2].annotations[0].url_citation.end_index",
            ".messages[2].annotations[0].url_citation.start_index",
            ".messages[2].audio.expires_at",
            ".messages[2].tool_calls[0].index",
            ".min_p",
            ".presence_penalty",
            ".reasoning.max_tokens",
            ".repetition_penalty",
            ".seed",
            ".thinking.budget_tokens",
            ".tools[0].function.parameters.properties.age.maximum",
            ".tools[0].function.parameters.properties.age.minimum",
            ".tools[2].max_uses",
            ".top_k",
        ]
    );
}

#[test]
fn structure_is_left_out() {
    let request = decode(FULL).unwrap();
    let words: Vec<&str> = request.texts.iter().map(|slot| slot.text.as_str()).collect();
    for structure in [
        "user",
        "assistant",
        "function",
        "auto",
        "low",
        "wav",
        "alloy",
        "ephemeral",
        "5m",
        "string",
        "object",
        "date-time",
        "json_schema",
        "content",
        "properties",
        "required",
        "approximate",
        "search_context_size",
        "messages",
    ] {
        assert!(!words.contains(&structure), "{structure}");
    }
    assert!(
        !words.iter().any(|text| text.starts_with("call_") || text.contains("base64")),
        "{words:?}"
    );
    assert_eq!(request.unchecked, ["image", "audio", "file"]);
}

#[test]
fn content_that_goes_unread_is_named() {
    let part = |part: &str| {
        let body = format!(r#"{{"model":"m","messages":[{{"role":"user","content":[{part}]}}]}}"#);
        let request = decode(&body).unwrap();
        (request.unchecked, request.texts.len())
    };
    for (json, unchecked, n_texts) in [
        (r#"{"type":"text","text":"x"}"#, &[][..], 1),
        (
            r#"{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}}"#,
            &["image"],
            0,
        ),
        (r#"{"type":"image_url","image_url":{"url":"https://x.test/a.png"}}"#, &["image"], 1),
        (
            r#"{"type":"input_audio","input_audio":{"data":"UklGRg==","format":"wav"}}"#,
            &["audio"],
            0,
        ),
        (
            r#"{"type":"input_audio","input_audio":{"data":"QW5uYSBTY2htaWR0","format":"wav"}}"#,
            &["audio"],
            1,
        ),
        (
            r#"{"type":"file","file":{"file_data":"data:application/pdf;base64,JVBERi0=","filename":"a b.pdf"}}"#,
            &["file"],
            1,
        ),
        (
            r#"{"type":"file","file":{"file_data":"data:text/plain;base64,QW5uYSBTY2htaWR0"}}"#,
            &[],
            1,
        ),
        (r#"{"type":"file","file":{"file_id":"file-aB3dE5fG7hI9jK1lM3nO5p"}}"#, &["file"], 0),
        (r#"{"type":"video_url","video_url":{"url":"https://x.test/a.mp4"}}"#, &["video"], 1),
        (r#"{"type":"hologram","hologram":"x"}"#, &["other"], 3),
    ] {
        assert_eq!(part(json), (unchecked.to_vec(), n_texts), "{json}");
    }
}
