//! The edge pack's answers from a request to its record, by the pack inside the binary.

#![expect(clippy::needless_pass_by_value, reason = "values are written where they are passed")]

use crate::chat::Outcome;
use crate::pipeline::harness::{River, Told, hops};
use crate::upstream::scripted::{Act, json};
use serde_json::{Value, json as value};

const CLOUD: &str = r#"{"choices":[{"index":0,"message":{"role":"assistant","content":"From above."},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12}}"#;

const RULES: &str = "route: [{name: forms, to: cloud, privacy: allow, edge: {min_confidence: 0.6, ask: {order_id: 'Which order number?'}}}]";

fn above(_: usize) -> Vec<Act> {
    vec![json(CLOUD)]
}

fn request(messages: Value, more: Value) -> String {
    let mut body = value!({"model": "auto", "messages": messages});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body.to_string()
}

fn user(text: &str) -> Value {
    value!([{"role": "system", "content": "Fill in the form."}, {"role": "user", "content": text}])
}

fn object(properties: Value, required: &[&str]) -> Value {
    value!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

fn format(schema: Value) -> Value {
    value!({"response_format": {"type": "json_schema", "json_schema": {"name": "form", "strict": true, "schema": schema}}})
}

fn tool(schema: Value) -> Value {
    let function = value!({"name": "save", "parameters": schema});
    value!({"tools": [{"type": "function", "function": function}], "tool_choice": {"type": "function", "function": {"name": "save"}}})
}

fn contact() -> Value {
    object(
        value!({"name": {"type": "string"}, "email": {"type": "string", "format": "email"}}),
        &["name", "email"],
    )
}

const ANNA: &str = "Hello, my name is Anna Bergström, please write to anna.b@example.com, thanks.";

fn parsed(told: &Told) -> Value {
    assert_eq!(told.status, 200, "{}", told.body);
    serde_json::from_str(&told.body).unwrap()
}

fn content(told: &Told) -> Value {
    let answer = parsed(told);
    serde_json::from_str(answer["choices"][0]["message"]["content"].as_str().unwrap()).unwrap()
}

fn is_from_above(told: &Told) {
    assert!(
        told.body.contains("From above.") && told.header("x-weir-target") == "cloud",
        "{}",
        told.body
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn entities_fill_a_form_and_stay_here() {
    let river = River::start(RULES, above).await;
    let told = river.ask(&request(user(ANNA), format(contact())), &[]).await;
    assert_eq!(content(&told), value!({"name": "Anna Bergström", "email": "anna.b@example.com"}));
    let answer = parsed(&told);
    assert_eq!(
        (&answer["choices"][0]["finish_reason"], &answer["model"]),
        (&value!("stop"), &value!("weir-edge"))
    );
    assert!(
        answer["usage"]["prompt_tokens"].as_u64() > Some(5)
            && answer["usage"]["completion_tokens"].as_u64() > Some(5)
    );
    assert_eq!((told.header("x-weir-target"), told.header("x-weir-route")), ("edge", "forms"));
    assert!(told.header("x-weir-confidence").parse::<f32>().unwrap() >= 0.6);
    assert!(!told.header("x-weir-cost-usd").is_empty());
    assert!(river.provider.requests().is_empty());
    let record = river.record();
    assert_eq!((hops(&record).as_str(), record.target.as_deref()), ("edge:ok", Some("edge")));
    assert!(
        record.usage.input > 0 && record.usage.output > 0 && record.cost.is_some_and(|c| c.0 > 0)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forced_tool_is_called_whole_and_as_a_stream() {
    let river = River::start(RULES, above).await;
    let told = river.ask(&request(user(ANNA), tool(contact())), &[]).await;
    let answer = parsed(&told);
    let message = &answer["choices"][0]["message"];
    assert_eq!(
        (&message["content"], &message["tool_calls"][0]["function"]["name"]),
        (&Value::Null, &value!("save"))
    );
    let arguments = message["tool_calls"][0]["function"]["arguments"].as_str().unwrap();
    assert_eq!(serde_json::from_str::<Value>(arguments).unwrap()["name"], "Anna Bergström");
    assert_eq!(answer["choices"][0]["finish_reason"], "tool_calls");

    let mut more = tool(contact());
    more["stream"] = value!(true);
    more["stream_options"] = value!({"include_usage": true});
    let told = river.ask(&request(user(ANNA), more), &[]).await;
    assert!(
        told.body.contains(r#""name":"save""#)
            && told.body.contains(r#"\"email\":\"anna.b@example.com\""#),
        "{}",
        told.body
    );
    assert!(
        told.body.contains(r#""completion_tokens""#) && told.body.ends_with("data: [DONE]\n\n"),
        "{}",
        told.body
    );
    assert!(river.provider.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn labels_by_words_and_by_intents() {
    let labels =
        |names: &[&str]| object(value!({"topic": {"type": "string", "enum": names}}), &["topic"]);
    let river = River::start(RULES, above).await;
    let text = user("I want my money back for the broken kettle, please refund me");
    let more = format(labels(&["refund_request", "technical_problem", "delivery_delay", "other"]));
    let told = river.ask(&request(text.clone(), more), &[]).await;
    assert_eq!(content(&told), value!({"topic": "refund_request"}));

    let intents = "intents:\n  - {name: zorp, examples: [play a song, play some music, next song please, put on the radio]}\n  - {name: \
                   quux, examples: [I want my money back, please refund my order, return the amount, refund the broken thing]}\n";
    let river = River::start(&format!("{intents}{RULES}"), above).await;
    let told = river.ask(&request(text, format(labels(&["zorp", "quux"]))), &[]).await;
    assert_eq!(content(&told), value!({"topic": "quux"}), "the names say nothing, the examples do");
    assert!(river.provider.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_clear_goes_on_with_its_reason() {
    let river = River::start(&RULES.replace("0.6", "0.99"), above).await;
    let topic = object(value!({"topic": {"enum": ["sports", "politics", "weather"]}}), &["topic"]);
    let told = river
        .ask(&request(user("Hm, I do not know what to say about it"), format(topic)), &[])
        .await;
    is_from_above(&told);
    assert_eq!(told.header("x-weir-escalation"), "low_confidence");
    assert_eq!(hops(&river.record()), "edge:rejected upstream:ok");

    // Two values for one field, and none for a field that must have one.
    for (text, reason) in [
        ("Write to anna@example.com or to bob@example.org", "low_confidence"),
        ("Please write to me", "missing_context"),
    ] {
        let river = River::start(RULES, above).await;
        let email = object(value!({"email": {"type": "string"}}), &["email"]);
        let told = river.ask(&request(user(text), format(email)), &[]).await;
        is_from_above(&told);
        assert_eq!(told.header("x-weir-escalation"), reason, "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_invented() {
    let river = River::start(RULES, above).await;
    let schema = object(
        value!({
            "emails": {"type": "array", "items": {"type": "string", "format": "email"}},
            "phone": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            "order_date": {"type": ["string", "null"], "format": "date"},
            "iban": {"type": "string"},
            "version": {"const": 2},
        }),
        &["emails", "phone", "order_date", "version"],
    );
    let text = "Copy anna@example.com and bob@example.org; I ordered on 2026-11-03.";
    let told = river.ask(&request(user(text), format(schema)), &[]).await;
    let expected = value!({
        "emails": ["anna@example.com", "bob@example.org"], "phone": null, "order_date": "2026-11-03", "version": 2,
    });
    assert_eq!(content(&told), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_slot_is_asked_for_and_then_taken() {
    let schema = object(
        value!({"order_id": {"type": "string", "pattern": "^[A-Z]{2}-[0-9]{6}$"}}),
        &["order_id"],
    );
    for stream in [false, true] {
        let river = River::start(RULES, above).await;
        let mut more = tool(schema.clone());
        more["stream"] = value!(stream);
        let told = river.ask(&request(user("Where is my parcel?"), more), &[]).await;
        assert!(told.status == 200 && told.body.contains("Which order number?"), "{}", told.body);
        assert!(
            told.body.contains(r#""finish_reason":"stop""#) && !told.body.contains("tool_calls"),
            "{}",
            told.body
        );
        assert_eq!(told.header("x-weir-needs-input"), "order_id");
        assert!(river.provider.requests().is_empty());
        let record = river.record();
        assert_eq!(
            (record.outcome, hops(&record).as_str()),
            (Outcome::NeedsInput, "edge:needs_input")
        );
    }
    let river = River::start(RULES, above).await;
    let turns = value!([
        {"role": "user", "content": "Where is my parcel?"},
        {"role": "assistant", "content": "Which order number?"},
        {"role": "user", "content": "It is AB-123456, thank you"},
    ]);
    let told = river.ask(&request(turns, format(schema)), &[]).await;
    assert_eq!(content(&told), value!({"order_id": "AB-123456"}));

    // Without a pattern any number may be it, which a larger model can tell; only where there is none it is missing.
    let free = object(value!({"order_id": {"type": "string"}}), &["order_id"]);
    let told =
        river.ask(&request(user("Where is parcel 17 of 2026?"), format(free.clone())), &[]).await;
    is_from_above(&told);
    let told = river.ask(&request(user("Where is my parcel?"), format(free)), &[]).await;
    assert_eq!(told.header("x-weir-needs-input"), "order_id");
}

#[tokio::test(flavor = "multi_thread")]
async fn explain_says_why_a_schema_is_left_alone() {
    let river = River::start(RULES, above).await;
    let string = || value!({"type": "string"});
    for (more, expected) in [
        (format(object(value!({"summary": string()}), &["summary"])), "`summary` names nothing"),
        (
            format(object(value!({"email": string(), "work_email": string()}), &[])),
            "ask for the same type",
        ),
        (
            format(object(value!({"ok": {"type": "boolean"}}), &["ok"])),
            "neither a label nor a string",
        ),
        (format(object(value!({"is": {"enum": ["yes", "no"]}}), &["is"])), "name no topic"),
        (format(object(value!({"email": {"type": "string", "not": {}}}), &[])), "keyword `not`"),
        (
            format(object(value!({"order_id": {"type": "string", "pattern": ".*"}}), &[])),
            "plain words",
        ),
        (format(value!({"type": "array"})), "not that of an object"),
        (value!({}), "no JSON schema"),
    ] {
        let body = request(user(ANNA), more);
        let told = river.ask(&body, &[("x-weir-explain", "true")]).await;
        let explained = parsed(&told);
        assert_eq!(explained["edge"]["can_answer"], false, "{}", told.body);
        let why = explained["edge"]["why_not"].as_str().unwrap();
        assert!(why.contains(expected), "{why}");
        assert!(!told.body.contains("Anna"), "{}", told.body);
    }
    let told =
        river.ask(&request(user(ANNA), format(contact())), &[("x-weir-explain", "true")]).await;
    let explained = parsed(&told);
    assert_eq!(
        (&explained["edge"]["can_answer"], &explained["edge"]["fields"]["name"]),
        (&value!(true), &value!("PERSON"))
    );
    // And such a request is answered by the rule's target.
    let free = format(object(value!({"summary": string()}), &["summary"]));
    is_from_above(&river.ask(&request(user(ANNA), free), &[]).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_rule_that_allows_it_nothing_is_answered() {
    let river = River::start("route: [{name: plain, to: cloud, privacy: allow}]", above).await;
    is_from_above(&river.ask(&request(user(ANNA), format(contact())), &[]).await);
    assert_eq!(hops(&river.record()), "upstream:ok");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_target_of_the_rule_can_do_is_still_answered_and_a_block_is_not() {
    // The local generator calls no tools.
    let forms = "edge: {min_confidence: 0.6}";
    let rules = format!("route: [{{name: here, to: local, privacy: local_only, {forms}}}]");
    let river = River::start(&rules, above).await;
    let told = river.ask(&request(user(ANNA), tool(contact())), &[]).await;
    assert_eq!((told.status, told.header("x-weir-target")), (200, "edge"), "{}", told.body);
    // What the pack leaves alone is refused as before.
    let free = object(value!({"summary": {"type": "string"}}), &["summary"]);
    let told = river.ask(&request(user(ANNA), tool(free)), &[]).await;
    assert_eq!(told.status, 400, "{}", told.body);

    let rules = format!("route: [{{name: shut, privacy: block, {forms}}}]");
    let river = River::start(&rules, above).await;
    let told = river.ask(&request(user(ANNA), format(contact())), &[]).await;
    assert_eq!(told.status, 403, "{}", told.body);
}
