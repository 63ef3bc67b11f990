//! Values of eleven types in every field of a request × bare or in a sentence × as they are, escaped or nested × provider ×
//! stream × privacy: nothing that a detector finds in a plain message reaches a provider from any other place.

use self::planted::{PLANTED, Planted};
use super::harness::River;
use crate::upstream::scripted::{Act, chunk, end, json, stream_head};
use serde_json::{Value, json};
use std::collections::BTreeMap;

mod planted;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Fill {
    Text,
    Name,
}

/// A request in which every string and key that is a client's own comes from `fill`, which gets its place.
fn full(anthropic: bool, fill: &mut dyn FnMut(&'static str, Fill) -> String) -> Value {
    let mut fill = |place: &'static str, what: Fill| Value::from(fill(place, what));
    macro_rules! text {
        ($place:literal) => {
            fill($place, Fill::Text)
        };
    }
    macro_rules! name {
        ($place:literal) => {
            fill($place, Fill::Name).as_str().unwrap().to_owned()
        };
    }
    let mut parts =
        vec![json!({"type": "text", "text": text!("part.text"), "x": text!("part.unknown")})];
    // What the provider would refuse is not sent.
    if !anthropic {
        parts.push(json!({"type": "image_url", "image_url": {"url": format!("https://pictures.test/?q={}", text!("image.url").as_str().unwrap()),
            "detail": text!("image.detail")}}));
        parts.push(json!({"type": "input_audio", "input_audio": {"data": text!("audio.data"), "format": text!("audio.format")}}));
        parts.push(json!({"type": "file", "file": {"filename": text!("file.filename"), "file_data": text!("file.file_data")}}));
        parts.push(json!({"type": "file", "file": {"file_id": text!("file.file_id")}}));
    }
    let mut body = json!({
        "model": "auto",
        "messages": [
            {"role": "system", "content": text!("system.content"), "name": name!("system.name")},
            {"role": "user", "content": parts, "name": name!("user.name"), "id": text!("message.id"),
                "type": text!("message.type"), "unknown": {name!("message.unknown key"): [text!("message.unknown value")]}},
            {"role": "assistant", "content": text!("assistant.content"), "refusal": text!("refusal"),
                "reasoning_content": text!("reasoning_content"), "audio": {"id": text!("message.audio.id")},
                "annotations": [{"type": text!("annotation.type"), "url_citation": {"title": text!("annotation.title")}}],
                "tool_calls": [{"id": name!("call.id"), "type": "function", "x": text!("call.unknown"),
                    "function": {"name": name!("call.name"),
                        "arguments": json!({name!("call.argument key"): text!("call.argument")}).to_string()}}]},
            {"role": "tool", "tool_call_id": name!("tool_call_id"), "content": text!("tool.content")},
            {"role": "user", "content": text!("user.content")},
        ],
        "tools": [
            {"type": "function", "format": text!("tool.unknown"), "function": {"name": name!("tool.name"),
                "description": text!("tool.description"), "voice": text!("function.unknown"),
                "parameters": {"type": "object", "title": text!("schema.title"), "$comment": text!("schema.comment"),
                    "properties": {
                        name!("schema.property"): {"type": "string", "description": text!("schema.description"),
                            "pattern": text!("schema.pattern"), "format": text!("schema.format"),
                            "enum": [text!("schema.enum")], "const": text!("schema.const"),
                            "default": text!("schema.default"), "examples": [text!("schema.examples")]},
                        "of_type": {"type": text!("schema.type"), "$ref": format!("#/$defs/{}", name!("schema.ref"))},
                    },
                    "required": [name!("schema.required")],
                    "$defs": {name!("schema.defs"): {"type": "string"}},
                    name!("schema.unknown keyword"): {"id": text!("schema.unknown value")}}}},
            {"type": "web_search", "user_location": {"type": text!("location.type"), "city": text!("location.city")}},
        ],
        "tool_choice": {"type": "function", "mode": text!("choice.unknown"), "function": {"name": name!("choice.name")}},
        "stop": [text!("stop")],
        "user": text!("user"),
        "safety_identifier": text!("safety_identifier"),
        "prompt_cache_key": text!("prompt_cache_key"),
        "metadata": {name!("metadata key"): text!("metadata value")},
        "logit_bias": {name!("logit_bias key"): 1},
        "prediction": {"type": "content", "content": text!("prediction")},
        "audio": {"voice": text!("audio.voice"), "format": text!("top audio.format")},
        "modalities": [text!("modalities")],
        "service_tier": text!("service_tier"),
        "reasoning_effort": text!("reasoning_effort"),
        "verbosity": text!("verbosity"),
        "web_search_options": {"search_context_size": text!("search_context_size"),
            "user_location": {"type": text!("search.location.type"), "approximate": {"city": text!("search.city")}}},
        "stream_options": {"include_usage": true, "role": text!("stream_options.unknown")},
        "cache_control": {"type": text!("cache_control.type")},
        "format": text!("unknown format"),
        "id": text!("unknown id"),
        name!("unknown key"): {"type": text!("unknown.type"), "data": text!("unknown.data"), "role": text!("unknown.role"),
            "detail": text!("unknown.detail"), "nested": [{name!("unknown nested key"): text!("unknown nested value")}]},
    });
    if !anthropic {
        body["response_format"] = json!({"type": "json_schema", "json_schema": {"name": name!("format.name"),
            "description": text!("format.description"), "schema": {"type": "object", "properties":
                {name!("format.property"): {"type": "string", "description": text!("format.schema")}}}}});
    }
    body
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Form {
    Bare,
    Sentence,
    Escaped,
    Nested,
}

const FORMS: [Form; 4] = [Form::Bare, Form::Sentence, Form::Escaped, Form::Nested];

/// What stands at a place, and what of it must not leave.
fn planted(kind: &Planted, form: Form, what: Fill, n: usize) -> (String, String) {
    let value = (kind.value)(n);
    let sentence = kind.sentence.replace("{}", &value);
    if what == Fill::Name {
        let words = value.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        let name = match kind.name {
            "person" | "address" => words.collect::<Vec<_>>().join("_").to_lowercase(),
            _ => value,
        };
        let text = if form == Form::Bare { name.clone() } else { format!("lookup_{name}") };
        return (text, name);
    }
    let text = match form {
        Form::Bare => value.clone(),
        Form::Sentence => sentence,
        Form::Escaped => kind.sentence.replace("{}", &format!("\\n{value}\\t")),
        Form::Nested => json!({"outer": json!({"inner": sentence}).to_string()}).to_string(),
    };
    (text, value)
}

/// The words of a plain message that says the same.
fn plain(kind: &Planted, form: Form, what: Fill, n: usize) -> String {
    match form {
        Form::Bare => (kind.value)(n),
        _ if what == Fill::Name => format!("lookup {}", (kind.value)(n)),
        _ => kind.sentence.replace("{}", &(kind.value)(n)),
    }
}

/// What a provider got, as it came and with the escapes of two layers taken off.
fn holds(sent: &str, value: &str) -> bool {
    let once = sent.replace("\\\\", "\\").replace("\\\"", "\"");
    sent.contains(value) || once.contains(value) || once.replace("\\\\", "\\").contains(value)
}

fn script(anthropic: bool, stream: bool) -> Vec<Act> {
    let events: &[&str] = match (anthropic, stream) {
        (false, false) => {
            return vec![json(
                r#"{"choices":[{"index":0,"message":{"role":"assistant","content":"ok"},"finish_reason":"stop"}]}"#,
            )];
        }
        (true, false) => {
            return vec![json(
                r#"{"id":"m","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"ok"}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}}"#,
            )];
        }
        (false, true) => &[
            r#"data: {"choices":[{"index":0,"delta":{"content":"ok"},"finish_reason":"stop"}]}"#,
            "data: [DONE]",
        ],
        (true, true) => &[
            "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"model\":\"m\",\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}}",
            "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}",
            "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"ok\"}}",
            "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}",
            "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":1}}",
            "event: message_stop\ndata: {\"type\":\"message_stop\"}",
        ],
    };
    let events = events.iter().map(|event| chunk(&format!("{event}\n\n")));
    std::iter::once(stream_head()).chain(events).chain([end()]).collect()
}

async fn river(anthropic: bool, stream: bool, rules: &str) -> River {
    let kind = if anthropic { "anthropic" } else { "openai" };
    River::start_with(kind, rules, move |_| script(anthropic, stream)).await
}

/// Places of a request in order, with what each takes.
fn places(anthropic: bool) -> Vec<(&'static str, Fill)> {
    let mut places = Vec::new();
    full(anthropic, &mut |place, what| {
        places.push((place, what));
        format!("t{}", places.len())
    });
    places
}

/// What of each value a provider gets from a plain message of its own; what is not in here does not count.
async fn found_in_messages(river: &River, kind: &Planted, form: Form) -> Vec<bool> {
    let places = places(false);
    let texts = places.iter().enumerate().map(|(n, (place, what))| {
        let text = plain(kind, form, *what, n);
        // The same words around it.
        if *place == "image.url" { format!("https://pictures.test/?q={text}") } else { text }
    });
    let messages: Vec<Value> = texts.map(|text| json!({"role": "user", "content": text})).collect();
    river.ask(&json!({"model": "auto", "messages": messages}).to_string(), &[]).await;
    let sent = river.provider.requests().pop().unwrap();
    (0..places.len()).map(|n| !holds(&sent, &(kind.value)(n))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_leaves_from_any_place_under_redact() {
    let rules = "route: [{name: all, to: cloud, privacy: redact}]";
    let plain_river = river(false, false, rules).await;
    let (mut leaks, mut n_counted) = (BTreeMap::new(), BTreeMap::new());
    let mut found = BTreeMap::new();
    for kind in &PLANTED {
        for form in FORMS {
            found.insert((kind.name, form), found_in_messages(&plain_river, kind, form).await);
        }
    }
    for (anthropic, stream) in [(false, false), (false, true), (true, false), (true, true)] {
        let river = river(anthropic, stream, rules).await;
        for kind in &PLANTED {
            for form in FORMS {
                let mut values = Vec::new();
                // The numbers of places are those of the larger request, so that a text is read once.
                let all = places(false);
                let mut body = full(anthropic, &mut |place, what| {
                    let n = all.iter().position(|(name, _)| *name == place).unwrap();
                    let (text, value) = planted(kind, form, what, n);
                    values.push((place, n, value));
                    text
                });
                body["stream"] = stream.into();
                let before = river.provider.requests().len();
                let told = river.ask(&body.to_string(), &[]).await;
                assert_eq!(told.status, 200, "{} {form:?}: {}", kind.name, told.body);
                let sent = river.provider.requests();
                assert_eq!(sent.len(), before + 1);
                let sent = sent.last().unwrap();
                for (place, n, value) in values {
                    if !found[&(kind.name, form)][n] {
                        continue;
                    }
                    *n_counted.entry((kind.name, form)).or_insert(0) += 1;
                    if holds(sent, &value) {
                        leaks
                            .entry((kind.name, form, anthropic))
                            .or_insert_with(Vec::new)
                            .push(place);
                    }
                }
            }
        }
    }
    let total: usize = n_counted.values().sum();
    let by_kind = n_counted.iter().map(|((kind, form), n)| format!("{kind} {form:?} {n}"));
    println!(
        "{total} values that a plain message hides: {}",
        by_kind.collect::<Vec<_>>().join(", ")
    );
    assert!(leaks.is_empty(), "{leaks:#?}");
    assert!(total > 9_000, "{total}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_leaves_from_any_place_under_block_and_local_only() {
    let plain_river = river(false, false, "route: [{name: all, to: cloud, privacy: redact}]").await;
    let mut found = BTreeMap::new();
    for kind in &PLANTED {
        for form in FORMS {
            found.insert((kind.name, form), found_in_messages(&plain_river, kind, form).await);
        }
    }
    let (mut leaks, mut n_counted) = (Vec::new(), 0);
    for (anthropic, stream, privacy) in [
        (false, false, "block"),
        (true, true, "block"),
        (false, true, "local_only"),
        (true, false, "local_only"),
    ] {
        let to = if privacy == "block" { "" } else { "to: local, " };
        let rules = format!(
            "route: [{{name: kept, when: {{findings: any}}, {to}privacy: {privacy}}}, {{name: open, to: cloud, privacy: allow}}]"
        );
        let river = river(anthropic, stream, &rules).await;
        let all = places(false);
        let request = |at: &str, planted: &str| {
            let mut body = full(anthropic, &mut |place, _| {
                if place == at { planted.to_owned() } else { "ok".to_owned() }
            });
            body["stream"] = stream.into();
            body.to_string()
        };
        let neutral = river.ask(&request("", ""), &[]).await;
        assert_eq!((neutral.status, river.provider.requests().len()), (200, 1), "{}", neutral.body);
        for (n, (place, what)) in all.iter().enumerate() {
            if !places(anthropic).iter().any(|(name, _)| name == place) {
                continue;
            }
            for (at, kind) in PLANTED.iter().enumerate() {
                // Each place meets each type, in one form after the other.
                let form = FORMS[(n + at) % FORMS.len()];
                if !found[&(kind.name, form)][n] {
                    continue;
                }
                n_counted += 1;
                let (text, _) = planted(kind, form, *what, n);
                let before = river.provider.requests().len();
                river.ask(&request(place, &text), &[]).await;
                if river.provider.requests().len() > before {
                    leaks.push((privacy, anthropic, *place, kind.name, form));
                }
            }
        }
    }
    println!("{n_counted} requests with a value that a plain message shows");
    assert!(leaks.is_empty(), "{} of {n_counted}: {leaks:#?}", leaks.len());
    assert!(n_counted > 2_000, "{n_counted}");
}

/// A tool: name, description, properties with descriptions.
type Offered = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

/// Tools as agents have them.
const ORDINARY: &[Offered] = &[
    (
        "read_file",
        "Reads a file of the workspace.",
        &[
            ("path", "Path of the file, relative to the root."),
            ("start_line", "First line, from 1."),
        ],
    ),
    (
        "write_file",
        "Writes text to a file.",
        &[("path", "Where to."), ("content", "What the file is to hold.")],
    ),
    (
        "str_replace_editor",
        "Views, creates and edits files.",
        &[("command", "One of view, create, insert."), ("old_str", "Text to replace.")],
    ),
    (
        "execute_bash",
        "Runs a command in a shell.",
        &[
            ("command", "The command, for example ls -la."),
            ("timeout", "Seconds until it is ended."),
        ],
    ),
    (
        "web_search",
        "Searches the web.",
        &[("query", "What to search for."), ("num_results", "How many results.")],
    ),
    (
        "get_weather",
        "Tells the weather of a city.",
        &[("location", "City and country, e.g. Paris, France."), ("unit", "celsius or fahrenheit")],
    ),
    (
        "send_email",
        "Sends a message.",
        &[
            ("to", "Address of the recipient."),
            ("subject", "The subject line."),
            ("body", "The text."),
        ],
    ),
    (
        "create_issue",
        "Opens an issue in a repository.",
        &[
            ("title", "One line."),
            ("labels", "Labels to set."),
            ("assignee", "Login of who is to do it."),
        ],
    ),
    (
        "query_database",
        "Runs a query that only reads.",
        &[("sql", "SELECT statement."), ("database", "Name of the database.")],
    ),
    (
        "lookup_customer",
        "Finds a customer by number or e-mail address.",
        &[("customer_id", "Number of the customer."), ("email", "E-mail address.")],
    ),
    (
        "create_order",
        "Places an order.",
        &[
            ("sku", "Article."),
            ("quantity", "How many."),
            ("shipping_address", "Where it goes to."),
        ],
    ),
    (
        "refund_payment",
        "Gives money back.",
        &[("payment_id", "Which payment."), ("amount_cents", "How much, in cents.")],
    ),
    (
        "book_flight",
        "Books a seat on a flight.",
        &[
            ("origin", "IATA code such as BER."),
            ("destination", "IATA code."),
            ("passenger_name", "As in the passport."),
        ],
    ),
    (
        "list_directory",
        "Lists what a directory holds.",
        &[("directory", "Path."), ("recursive", "Whether to go into folders.")],
    ),
    (
        "browser_navigate",
        "Opens a page.",
        &[("url", "Address of the page."), ("wait_until", "load or idle")],
    ),
    (
        "browser_click",
        "Clicks on an element.",
        &[("selector", "CSS selector."), ("button", "left, right or middle")],
    ),
    (
        "get_stock_price",
        "Price of a share.",
        &[("ticker", "Symbol such as ABCD."), ("currency", "ISO code.")],
    ),
    (
        "translate_text",
        "Translates a text.",
        &[("text", "What to translate."), ("target_language", "Language code, e.g. de.")],
    ),
    (
        "summarizeDocument",
        "Sums a document up.",
        &[("documentId", "Which one."), ("maxWords", "Longest summary.")],
    ),
    (
        "finish",
        "Ends the task.",
        &[("message", "Final words to the user."), ("task_completed", "true, false or partial")],
    ),
    ("think", "Notes a thought. Changes nothing.", &[("thought", "The thought.")]),
    (
        "schedule_meeting",
        "Puts a meeting into the calendar.",
        &[
            ("attendees", "Addresses of who comes."),
            ("start_time", "ISO 8601."),
            ("duration_minutes", "How long."),
        ],
    ),
    (
        "git_commit",
        "Records the changes of the repository.",
        &[("message", "What changed and why."), ("all", "Whether to add all files.")],
    ),
    (
        "apply_patch",
        "Applies a unified diff.",
        &[("patch", "The diff."), ("strip", "Leading folders to take off.")],
    ),
    (
        "memory_search",
        "Looks into the memory of the agent.",
        &[
            ("query", "What to look for."),
            ("user_id", "Whose memory."),
            ("session_id", "Which session."),
        ],
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn ordinary_tools_leave_as_they_are() {
    let tool = |(name, description, properties): &Offered| {
        let schema = |(name, description): &(&str, &str)| {
            ((*name).to_owned(), json!({"type": "string", "description": description}))
        };
        let required = properties.iter().map(|(name, _)| *name).collect::<Vec<_>>();
        let properties: serde_json::Map<String, Value> = properties.iter().map(schema).collect();
        json!({"type": "function", "function": {"name": name, "description": description, "parameters":
            {"type": "object", "properties": properties, "required": required, "additionalProperties": false}}})
    };
    let tools: Vec<Value> = ORDINARY.iter().map(tool).collect();
    let river = river(false, false, "route: [{name: all, to: cloud, privacy: redact}]").await;
    // Something to redact, so that a body is written anew.
    let body = json!({"model": "auto", "tools": tools, "tool_choice": "auto", "messages": [
        {"role": "system", "name": "rules", "content": "Use the tools."},
        {"role": "user", "content": "Write to ada.quist@example.org"}]});
    assert_eq!(river.ask(&body.to_string(), &[]).await.status, 200);
    let sent = river.provider.requests().pop().unwrap();
    let sent: Value = serde_json::from_str(sent.split_once("\r\n\r\n").unwrap().1).unwrap();
    for (was, is) in tools.iter().zip(sent["tools"].as_array().unwrap()) {
        assert_eq!(was, is);
    }
    assert_eq!(sent["messages"][1]["content"], "Write to <EMAIL_ADDRESS_1>");
    assert_eq!(sent["messages"][0]["name"], "rules");
}

/// A speaker's name leaves as a name that providers take, and the same for the same speaker.
#[tokio::test(flavor = "multi_thread")]
async fn speakers_have_names_that_providers_take() {
    let river = river(false, false, "route: [{name: all, to: cloud, privacy: redact}]").await;
    for (name, is_somebody) in [
        ("Marta_Lindqvist", true),
        ("marta", true),
        ("jonas-weber", true),
        ("AnnaSchmidt", true),
        ("anna.schmidt@example.org", true),
        ("Pedro", true),
        ("Sofia-Kowalski", true),
        ("henrik_solberg", true),
        ("536-22-1187", true),
        ("+442079460958", true),
        ("helper_bot", false),
        ("assistant", false),
        ("example_user", false),
        ("system", false),
    ] {
        let body = json!({"model": "auto", "messages": [
            {"role": "user", "name": name, "content": "Hello"},
            {"role": "assistant", "name": "helper", "content": "Hi"},
            {"role": "user", "name": name, "content": "More, please"}]});
        assert_eq!(river.ask(&body.to_string(), &[]).await.status, 200);
        let sent = river.provider.requests().pop().unwrap();
        let sent: Value = serde_json::from_str(sent.split_once("\r\n\r\n").unwrap().1).unwrap();
        let names = [0, 2].map(|at| sent["messages"][at]["name"].as_str().unwrap());
        assert_eq!(names[0], names[1]);
        let forbidden = |c: char| c.is_whitespace() || "<|\\/>".contains(c);
        assert!(!names[0].is_empty() && !names[0].contains(forbidden), "{}", names[0]);
        assert_eq!(names[0] != name, is_somebody, "{name} left as {}", names[0]);
    }
}
