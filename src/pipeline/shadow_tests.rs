//! Second answers from a request to the labelled pair that they leave.

use super::harness::{River, hops};
use crate::chat::RequestRecord;
use crate::ledger::{LedgerStore, Pair};
use crate::upstream::scripted::{Act, chunk, end, json, stream_head};
use std::time::{Duration, Instant};

const TEXT: &str = "Kettles boil water in three minutes";
const USAGE: &str = r#""usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12}"#;

fn completion(text: &str) -> Act {
    let text = serde_json::Value::from(text);
    json(&format!(
        r#"{{"choices":[{{"index":0,"message":{{"role":"assistant","content":{text}}},"finish_reason":"stop"}}],{USAGE}}}"#
    ))
}

fn rules(order: &str, experiments: &str) -> String {
    format!(
        "experiments: {{{experiments}}}\ngain: [{{cheap: local, strong: cloud}}]\n\
         route: [{{name: tried, to: [{order}], shadow: 1.0}}]"
    )
}

fn ask(stream: bool) -> String {
    format!(
        r#"{{"model":"auto","stream":{stream},"messages":[{{"role":"user","content":"0.9 {TEXT}"}}]}}"#
    )
}

/// What is on record once a pair is there: the request, its shadow, further ones, and the pair.
async fn settled(river: &River) -> (Vec<RequestRecord>, Pair) {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(30) {
        let store = river.store();
        if let Some(pair) = store.pairs(None, 0).unwrap().pop() {
            let mut records = store.tail(9).unwrap().records;
            records.sort_by_key(|record| record.id);
            return (records, pair);
        }
        tokio::task::yield_now().await;
    }
    panic!("no pair within half a minute");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_other_target_answers_too_and_nobody_sees_it() {
    for (stream, said, same) in [(false, TEXT, 1.0), (true, TEXT, 1.0), (false, "Not at all", 0.0)]
    {
        let script = move |_| {
            if !stream {
                return vec![completion(said)];
            }
            let delta = format!(
                r#"{{"choices":[{{"index":0,"delta":{{"content":"{said}"}},"finish_reason":"stop"}}]}}"#
            );
            let event = |data: &str| chunk(&format!("data: {data}\n\n"));
            vec![stream_head(), event(&delta), event("[DONE]"), end()]
        };
        let river = River::start(&rules("local, cloud", "compare: exact"), script).await;
        let told = river.ask(&ask(stream), &[]).await;
        assert_eq!((told.status, told.header("x-weir-target")), (200, "local"), "{}", told.body);
        assert!(!told.body.contains("Not at all"), "{}", told.body);
        let (records, pair) = settled(&river).await;
        let [first, shadow] = &records[..] else { panic!("{} records", records.len()) };
        assert_eq!((hops(first), hops(shadow)), ("generate:ok".into(), "upstream:ok".into()));
        assert_eq!(
            (&*shadow.requested_model, shadow.route.as_deref()),
            ("weir/shadow", Some("tried"))
        );
        assert_eq!((pair.request, &*pair.rule, &*pair.compared), (first.id, "tried", "exact"));
        assert_eq!((&*pair.cheap, &*pair.strong, pair.strong_answered), ("local", "cloud", false));
        assert_eq!(pair.success, [same, 1.0], "stream: {stream}");
        assert!(pair.cost[0].is_some() && pair.cost[1] == shadow.cost, "{:?}", pair.cost);
        assert!(pair.gain.is_some() && pair.category.is_some() && pair.encoder.contains("@"));
        assert_eq!(pair.length as usize, "0.9 ".len() + TEXT.len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stronger_one_may_have_answered_and_likeness_counts() {
    let river = River::start(&rules("cloud, local", ""), |_| vec![completion(TEXT)]).await;
    let told = river.ask(&ask(false), &[]).await;
    assert_eq!(told.header("x-weir-target"), "cloud");
    let (_, pair) = settled(&river).await;
    assert!(pair.strong_answered && pair.success == [1.0, 1.0], "{pair:?}");
    assert_eq!(pair.compared, "embedding");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_judge_says_of_each_whether_it_is_good() {
    let script = |n: usize| {
        vec![completion(["Cold air.", "{\"pass\": true}", "{\"pass\": false}"][n.min(2)])]
    };
    let river = River::start(&rules("local, cloud", "compare: judge, judge: cloud"), script).await;
    river.ask(&ask(false), &[]).await;
    let (records, pair) = settled(&river).await;
    assert_eq!((pair.success, &*pair.compared), ([1.0, 0.0], "judge"));
    let models: Vec<&str> = records.iter().map(|record| &*record.requested_model).collect();
    assert_eq!(models, ["auto", "weir/shadow", "weir/judge", "weir/judge"]);
    let asked = river.provider.requests();
    assert!(asked[1].contains("Kettles") && asked[2].contains("Cold air."), "{asked:?}");
}

/// The rule asks for a header that a judge's request would not have; below it stands one that lets everything out.
#[tokio::test(flavor = "multi_thread")]
async fn a_judge_gets_what_the_rule_of_the_request_lets_out() {
    let rules = "experiments: {compare: judge, judge: cloud}\n\
                 route: [{name: tried, when: {header: {x-secret: 'yes'}}, to: [cloud, local], shadow: 1.0}, \
                 {to: cloud, privacy: allow}]";
    let river = River::start(rules, |n| {
        vec![completion(["Ask anna.meier@example.com.", "{\"pass\": true}"][n.min(1)])]
    })
    .await;
    let body = ask(false).replace(TEXT, "Mail anna.meier@example.com");
    assert_eq!(river.ask(&body, &[("x-secret", "yes")]).await.status, 200);
    let (_, pair) = settled(&river).await;
    assert_eq!(pair.success, [1.0, 1.0]);
    let asked = river.provider.requests();
    assert_eq!(asked.len(), 3);
    assert!(asked.iter().all(|request| !request.contains("anna.meier")), "{asked:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_must_stay_here_stays_here() {
    let rules = "experiments: {compare: exact}\nroute: [{name: tried, to: [local, cloud], privacy: local_only, shadow: 1.0}]";
    let river = River::start(rules, |_| vec![completion(TEXT)]).await;
    let told = river.ask(&ask(false), &[("x-weir-explain", "true")]).await;
    assert!(!told.body.contains(r#""target":"cloud","local":false"#), "{}", told.body);
    assert_eq!(river.ask(&ask(false), &[]).await.status, 200);
    assert!(river.provider.requests().is_empty());
    let records = river.store().tail(9).unwrap().records;
    let done: Vec<String> = records.iter().map(hops).collect();
    assert_eq!(done, ["generate:ok"], "the request alone; a dry run is none");
}

/// Values of ten kinds, each with the words around it.
const FOUND: [(&str, &str); 10] = [
    ("anna.meier@example.com", "Mail anna.meier@example.com today."),
    ("4111 1111 1111 1111", "The card is 4111 1111 1111 1111."),
    ("DE89 3704 0044 0532 0130 00", "Pay to IBAN DE89 3704 0044 0532 0130 00."),
    ("078-05-1120", "My SSN is 078-05-1120."),
    ("+44 20 7946 0958", "Call me at +44 20 7946 0958."),
    ("Henrik Solberg", "My name is Henrik Solberg and I wait."),
    ("81.2.69.142", "My IP address is 81.2.69.142."),
    ("aa:bb:cc:11:22:33", "The MAC address is aa:bb:cc:11:22:33."),
    ("ghp_16C7e42F292c6912E7710c838347Ae178B4a", "Token: ghp_16C7e42F292c6912E7710c838347Ae178B4a"),
    ("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "Coins go to 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2."),
];

/// Says whether any value stands in what the provider got, as it was sent and with two layers of JSON taken off.
fn leaked(sent: &[String], values: &[&str]) -> Vec<String> {
    let plain = |text: &str| text.replace("\\\\", "\\").replace("\\\"", "\"");
    let holds = |value: &&&str| {
        sent.iter().any(|body| body.contains(**value) || plain(&plain(body)).contains(**value))
    };
    values.iter().filter(holds).map(|value| (*value).to_owned()).collect()
}

/// The shadow, both judges and the target get what one redaction made, whoever answered first.
#[tokio::test(flavor = "multi_thread")]
async fn all_that_leaves_is_covered_by_one_decision() {
    let words: Vec<&str> = FOUND.iter().map(|(_, words)| *words).collect();
    let body = serde_json::json!({"model": "auto", "messages": [
        {"role": "system", "content": "Henrik Solberg asks."},
        {"role": "user", "content": format!("0.9 {}", words.join(" "))},
    ]})
    .to_string();
    // What the answer alone reveals.
    let said = "I told <PERSON_1> and bo.lind@example.org, card 5500 0055 5555 5559.";
    let mut values: Vec<&str> = FOUND.iter().map(|(value, _)| *value).collect();
    values.extend(["bo.lind@example.org", "5500 0055 5555 5559"]);
    for order in ["cloud, local", "local, cloud"] {
        let script = move |n: usize| vec![completion([said, "{\"pass\": true}"][n.min(1)])];
        let river = River::start(&rules(order, "compare: judge, judge: cloud"), script).await;
        let told = river.ask(&body, &[]).await;
        assert_eq!(told.status, 200, "{}", told.body);
        let (_, pair) = settled(&river).await;
        assert_eq!(&*pair.compared, "judge");
        let sent = river.provider.requests();
        assert_eq!(sent.len(), 3, "{order}: one answer, two verdicts");
        assert_eq!(leaked(&sent, &values), [""; 0], "{order}: {sent:?}");
        // The placeholders of the request are the same in what the judge gets.
        for name in
            ["<PERSON_1>", "<CREDIT_CARD_1>", "<IBAN_CODE_1>", "<US_SSN_1>", "<IP_ADDRESS_1>"]
        {
            assert!(sent.iter().all(|body| body.contains(name)), "{order} {name}: {sent:?}");
        }
        assert!(sent[1..].iter().any(|body| body.contains("<EMAIL_ADDRESS_2>")), "{sent:?}");
    }
}

/// A call of a tool is judged under the names that the target knows.
#[tokio::test(flavor = "multi_thread")]
async fn a_judge_gets_calls_with_placeholders() {
    let call = serde_json::json!({"choices": [{"index": 0, "finish_reason": "tool_calls", "message": {
        "role": "assistant", "content": null, "tool_calls": [{"id": "c", "type": "function",
            "function": {"name": "lookup_PERSON_1", "arguments": "{\"mail\":\"<EMAIL_ADDRESS_1>\"}"}}]}}]});
    let call = call.to_string();
    let river = River::start(&rules("cloud, local", "compare: judge, judge: cloud"), move |n| {
        if n == 0 { vec![json(&call)] } else { vec![completion("{\"pass\": true}")] }
    })
    .await;
    let body = serde_json::json!({"model": "auto",
        "messages": [{"role": "user", "content": "0.9 Mail anna.meier@example.com"}],
        // A local model takes no part where tools may be called.
        "tool_choice": "none",
        "tools": [{"type": "function", "function": {"name": "lookup_henrik_solberg", "parameters": {}}}],
    });
    let told = river.ask(&body.to_string(), &[]).await;
    assert!(told.body.contains(r#""name":"lookup_henrik_solberg""#), "{}", told.body);
    assert!(told.body.contains("anna.meier@example.com"), "{}", told.body);
    settled(&river).await;
    let sent = river.provider.requests();
    assert_eq!(sent.len(), 3);
    let values = ["henrik", "solberg", "anna.meier"];
    assert_eq!(leaked(&sent, &values), [""; 0], "{sent:?}");
    assert!(sent[1..].iter().any(|body| body.contains("lookup_PERSON_1")), "{sent:?}");
}

/// The next candidate that runs beside a local answer, and the one after a failure, get placeholders too.
#[tokio::test(flavor = "multi_thread")]
async fn what_runs_beside_gets_placeholders() {
    for (cascade, p) in
        [("overlap: true", "0.9"), ("overlap: true", "0.1"), ("overlap: false", "0.1")]
    {
        let rules = format!(
            "route: [{{name: tried, to: [local, cloud], cascade: {{look: 4, {cascade}}}}}]"
        );
        let river = River::start(&rules, |_| vec![completion("Done.")]).await;
        let words: Vec<&str> = FOUND.iter().map(|(_, words)| *words).collect();
        let text = format!("{p} {} (wait)", words.join(" "));
        river.go.store(true, std::sync::atomic::Ordering::SeqCst);
        let body =
            serde_json::json!({"model": "auto", "messages": [{"role": "user", "content": text}]});
        assert_eq!(river.ask(&body.to_string(), &[]).await.status, 200);
        let sent = river.provider.requests();
        assert!(p == "0.9" || sent.len() == 1, "{cascade}");
        let values: Vec<&str> = FOUND.iter().map(|(value, _)| *value).collect();
        assert_eq!(leaked(&sent, &values), [""; 0], "{cascade} {sent:?}");
    }
}
