//! Cascades from a request to its record, with a local generator that is as sure as it is told to be.

use crate::chat::{Hop, Outcome, RequestRecord};
use crate::pipeline::harness::{River, Told, hops};
use crate::upstream::scripted::{Act, answer, chunk, end, json, stream_head};
use std::sync::atomic::Ordering;

/// What the provider says, and what its client must never see beside it.
const CLOUD: &str = r#"{"choices":[{"index":0,"message":{"role":"assistant","content":"From above."},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12}}"#;
const SURE: &str = "0.95 Kettles boil water in three minutes";
const UNSURE: &str = "0.1 Kettles boil water in three minutes";

fn rules(cascade: &str) -> String {
    format!("route: [{{name: tried, to: [local, cloud], cascade: {{look: 4, {cascade}}}}}]")
}

fn body(message: &str, more: &str) -> String {
    format!(r#"{{"model":"auto","messages":[{{"role":"user","content":"{message}"}}]{more}}}"#)
}

fn whole(_: usize) -> Vec<Act> {
    vec![json(CLOUD)]
}

fn streamed(_: usize) -> Vec<Act> {
    let event = |data: &str| chunk(&format!("data: {data}\n\n"));
    let delta =
        r#"{"choices":[{"index":0,"delta":{"content":"From above."},"finish_reason":"stop"}]}"#;
    vec![stream_head(), event(delta), event("[DONE]"), end()]
}

fn hangs(_: usize) -> Vec<Act> {
    vec![Act::Hang]
}

fn hop<'a>(record: &'a RequestRecord, kind: &str) -> &'a Hop {
    record.hops.iter().find(|hop| hop.kind.as_str() == kind).unwrap()
}

fn is_local(told: &Told) {
    assert!(told.status == 200 && !told.body.contains("From above"), "{}", told.body);
    assert!(told.body.contains("Kettles") && told.body.contains("minutes"), "{}", told.body);
    assert_eq!(told.header("x-weir-target"), "local");
    assert!(told.header("x-weir-confidence").parse::<f32>().unwrap() >= 0.6);
    assert_eq!(told.header("x-weir-escalation"), "");
}

fn is_from_above(told: &Told) {
    assert!(told.status == 200 && told.body.contains("From above."), "{}", told.body);
    for word in ["Kettles", "boil", "minutes"] {
        assert!(!told.body.contains(word), "{}", told.body);
    }
    assert_eq!(told.header("x-weir-target"), "cloud");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sure_answer_is_kept() {
    for stream in ["", r#","stream":true,"stream_options":{"include_usage":true}"#] {
        let river = River::start(&rules(""), whole).await;
        let told = river.ask(&body(SURE, stream), &[]).await;
        is_local(&told);
        assert!(!told.body.contains("bytes"), "log-probabilities nobody asked for: {}", told.body);
        assert!(told.body.contains(r#""completion_tokens":6"#), "{}", told.body);
        assert_eq!(told.body.ends_with("data: [DONE]\n\n"), !stream.is_empty());
        assert!(river.provider.requests().is_empty());
        let record = river.record();
        assert_eq!(hops(&record), "generate:ok");
        let detail = hop(&record, "generate").detail.clone().unwrap();
        assert!(detail.starts_with("score=0.") && detail.contains("tokens=4"), "{detail}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unsure_answer_leaves_no_trace_but_its_cost() {
    let streamed_body = body(UNSURE, r#","stream":true"#);
    for (body, script) in [
        (body(UNSURE, ""), whole as fn(usize) -> Vec<Act>),
        (streamed_body, streamed as fn(usize) -> Vec<Act>),
    ] {
        let river = River::start(&rules("overlap: false"), script).await;
        let told = river.ask(&body, &[]).await;
        is_from_above(&told);
        assert_eq!(told.header("x-weir-escalation"), "low_confidence");
        let record = river.record();
        assert_eq!(hops(&record), "generate:rejected upstream:ok");
        assert_eq!((record.outcome, record.target.as_deref()), (Outcome::Ok, Some("cloud")));
        let rejected = hop(&record, "generate");
        assert!(rejected.detail.as_ref().is_some_and(|d| d.starts_with("low_confidence score=0.")));
        assert!(rejected.cost.is_some() && rejected.usage.is_some_and(|usage| usage.output == 4));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_answer_is_looked_at_again_at_its_end() {
    let river = River::start(&rules(""), whole).await;
    let again = "0.95 Kettles boil water and boil water and boil water and boil water and boil water and boil water";
    is_from_above(&river.ask(&body(again, ""), &[]).await);
    assert_eq!(hops(&river.record()), "generate:rejected upstream:ok");

    let river = River::start(&rules(""), whole).await;
    let cut =
        body("0.95 Kettles boil water in minutes", r#","response_format":{"type":"json_object"}"#);
    is_from_above(&river.ask(&cut, &[]).await);
    let record = river.record();
    assert!(hop(&record, "generate").detail.as_ref().is_some_and(|d| d.contains("valid=0")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_answer_must_agree() {
    for (other, agrees) in [("Kettles boil water in", true), ("Nobody knows that much", false)] {
        // A probability at which agreement decides.
        let message = format!("0.7 Kettles boil water in minutes|{other}");
        let river = River::start(&rules("second_sample: true, min_score: 0.8"), whole).await;
        let told = river.ask(&body(&message, ""), &[]).await;
        if agrees {
            is_local(&told);
        } else {
            is_from_above(&told);
        }
        let record = river.record();
        let seconds =
            record.hops.iter().filter(|hop| hop.detail.as_deref() == Some("second sample"));
        assert_eq!(seconds.filter(|hop| hop.cost.is_some()).count(), 1);
        assert_eq!(hops(&record).contains("rejected"), !agrees, "{}", hops(&record));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_gets_the_logprobs_that_it_asked_for() {
    let river = River::start(&rules(""), whole).await;
    let told = river.ask(&body(SURE, r#","logprobs":true,"top_logprobs":2"#), &[]).await;
    is_local(&told);
    let answer: serde_json::Value = serde_json::from_str(&told.body).unwrap();
    let tokens = answer["choices"][0]["logprobs"]["content"].as_array().unwrap();
    let shown: Vec<_> =
        tokens.iter().map(|t| t["top_logprobs"].as_array().unwrap().len()).collect();
    assert_eq!(shown, [2; 6]);
}

#[tokio::test(flavor = "multi_thread")]
async fn beside_a_sure_answer_the_cloud_is_cancelled_and_its_cost_known() {
    let river = River::start(&rules("overlap: true"), hangs).await;
    let asked = river.ask_aside(&body("0.95 Kettles (wait) boil water in three minutes", ""));
    while river.provider.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    river.go.store(true, Ordering::SeqCst);
    let told = asked.await.unwrap();
    is_local(&told);
    river.provider.closed().await;
    assert!(told.header("server-timing").contains("upstream"), "known before the headers went out");
    let record = river.record();
    let lost = hop(&record, "upstream");
    assert_eq!((lost.outcome, hop(&record, "generate").outcome), (Outcome::Cancelled, Outcome::Ok));
    assert!(lost.cost.is_some_and(|cost| cost.0 > 0) && lost.usage.is_some_and(|u| u.estimated));
}

#[tokio::test(flavor = "multi_thread")]
async fn beside_an_unsure_answer_the_cloud_goes_on() {
    for (more, script) in [
        ("", whole as fn(usize) -> Vec<Act>),
        (r#","stream":true"#, streamed as fn(usize) -> Vec<Act>),
    ] {
        let river = River::start(&rules("overlap: true"), script).await;
        let told = river.ask(&body(UNSURE, more), &[]).await;
        is_from_above(&told);
        assert_eq!(river.provider.requests().len(), 1);
        let record = river.record();
        let mut found: Vec<&str> = Vec::new();
        let told = hops(&record);
        found.extend(told.split(' '));
        found.sort_unstable();
        assert_eq!(found, ["generate:rejected", "upstream:ok"]);
        assert_eq!(record.target.as_deref(), Some("cloud"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_time_that_is_aimed_at_the_cloud_overtakes() {
    for overlap in ["overlap: true", ""] {
        let config = format!("latency: {{interactive: {{ttft_target_ms: 5}}}}\n{}", rules(overlap));
        let river = River::start(&config, whole).await;
        is_from_above(&river.ask(&body("0.95 Kettles boil ...", ""), &[]).await);
        while river.running.load(Ordering::SeqCst) > 0 {
            tokio::task::yield_now().await;
        }
        let record = river.record();
        let mut found: Vec<String> = hops(&record).split(' ').map(str::to_owned).collect();
        found.sort_unstable();
        assert_eq!(found, ["generate:cancelled", "upstream:ok"]);
        let lost = hop(&record, "generate");
        assert!(lost.cost.is_some() && lost.detail.as_deref() == Some("overtaken"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cloud_that_fails_beside_costs_no_good_answer() {
    let down = |_: usize| vec![answer("500 Down|content-type: application/json", "{}")];
    let river = River::start(&rules("overlap: true"), down).await;
    is_local(&river.ask(&body(SURE, ""), &[]).await);
    let river = River::start(&rules("overlap: true"), down).await;
    let told = river.ask(&body(UNSURE, ""), &[]).await;
    assert!(told.status == 502 && !told.body.contains("Kettles"), "{} {}", told.status, told.body);
    assert_eq!(river.provider.requests().len(), 1, "the candidate was tried already");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_leaves_cancels_both() {
    for more in ["", r#","stream":true"#] {
        let river = River::start(&rules("overlap: true"), hangs).await;
        let asked = river.ask_aside(&body("0.95 Kettles boil ...", more));
        while river.provider.requests().is_empty() || river.running.load(Ordering::SeqCst) < 1 {
            tokio::task::yield_now().await;
        }
        asked.abort();
        assert!(asked.await.is_err());
        river.provider.closed().await;
        while river.running.load(Ordering::SeqCst) > 0 {
            tokio::task::yield_now().await;
        }
        let record = river.record();
        assert_eq!((record.outcome, record.status), (Outcome::Cancelled, 499));
        let mut found: Vec<String> = hops(&record).split(' ').map(str::to_owned).collect();
        found.sort_unstable();
        assert_eq!(found, ["generate:cancelled", "upstream:cancelled"]);
        assert!(record.cost.is_some_and(|cost| cost.0 > 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_shows_the_cascade() {
    let river = River::start(&rules("min_score: 0.5"), whole).await;
    let told = river.ask(&body(SURE, ""), &[("x-weir-explain", "true")]).await;
    let explained: serde_json::Value = serde_json::from_str(&told.body).unwrap();
    assert_eq!(explained["decision"]["cascade"]["min_score"], 0.5);
    assert_eq!(explained["decision"]["cascade"]["look"], 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recorded_answer_is_looked_at_too() {
    let text = "Kettles boil water in three minutes and then they switch themselves off";
    for (confidence, words, keeps) in [
        (Some(0.9), text, true),
        (Some(0.2), text, false),
        (None, text, true),
        (None, "I cannot help with that and I cannot help with that", false),
    ] {
        let river = River::start(&rules(""), whole).await;
        let told = river.rehearse(&body("What do kettles do?", ""), words, confidence).await;
        assert_eq!(told.header("x-weir-target"), if keeps { "local" } else { "cloud" }, "{words}");
        assert_eq!(told.body.contains("From above."), !keeps);
        let record = river.record();
        let kept = if keeps { "generate:ok" } else { "generate:rejected upstream:ok" };
        assert_eq!(hops(&record), kept);
        let first = hop(&record, "generate");
        let tokens = first.usage.unwrap().output;
        assert!(if keeps { tokens > 4 } else { tokens == 4 }, "{tokens}");
        // One second to the first token, and a part of the other four for a look.
        let seconds = first.duration_us / 1_000_000;
        assert!(if keeps { seconds == 5 } else { (1..5).contains(&seconds) }, "{seconds}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_may_be_asked_nobody_is() {
    let river = River::start(&rules("overlap: true"), whole).await;
    let missing = river.rehearse_closed(&body(SURE, "")).await;
    assert_eq!(missing.as_deref(), Some("local"));
    assert!(river.provider.requests().is_empty());
    assert_eq!(river.running.load(Ordering::SeqCst), 0);
}
