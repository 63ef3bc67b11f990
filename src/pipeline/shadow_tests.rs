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
