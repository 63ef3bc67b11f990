//! Which requests a tuned rule's monitor counts.

use super::harness::River;
use crate::config::{GainKey, Profile};
use crate::upstream::scripted::json;

const ANSWER: &str = r#"{"choices":[{"index":0,"message":{"role":"assistant","content":"Yes."},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12}}"#;

#[tokio::test(flavor = "multi_thread")]
async fn requests_count_where_they_reach_the_rule_and_are_served() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("tune.json");
    let profile = Profile::of(GainKey::MaxGain, &[(0.1, Some("a")), (0.2, Some("b"))]);
    let text = serde_json::json!({"objectives": [], "profile": profile}).to_string();
    std::fs::write(&report, text).unwrap();
    let rules = format!(
        "gain: [{{cheap: local, strong: cloud}}]\n\
         route:\n  - {{name: first, when: {{header: {{x-first: 'yes'}}}}, to: cloud}}\n  \
         - {{name: tuned, when: {{max_gain: -1, tools: false}}, tuned_on: '{}', to: cloud}}\n  \
         - {{name: rest, to: cloud}}",
        report.display()
    );
    let river = River::start(&rules, |_| vec![json(ANSWER)]).await;
    let body = |model: &str, more: &str| {
        format!(
            r#"{{"model":"{model}","messages":[{{"role":"user","content":"Hello there"}}]{more}}}"#
        )
    };
    let tools = r#","tools":[{"type":"function","function":{"name":"f"}}]"#;
    for (body, headers, counted, what) in [
        (body("auto", ""), &[][..], 1, "it goes on to the next rule, and did reach this one"),
        (body("auto", ""), &[("x-first", "yes")], 1, "a rule before it matched"),
        (body("auto", tools), &[], 1, "the rest of its condition does not hold"),
        (body("cloud", ""), &[], 1, "the client named a target"),
        (body("auto", ""), &[("x-weir-explain", "true")], 1, "a dry run"),
        (body("auto", ""), &[], 2, "another one"),
    ] {
        let told = river.ask(&body, headers).await;
        assert_eq!(told.status, 200, "{}", told.body);
        assert_eq!(river.counted(1), Some(counted), "{what}");
    }
    river.rehearse(&body("auto", ""), "Yes", None).await;
    assert_eq!(river.counted(1), Some(2), "an evaluation is not traffic");
    assert_eq!(river.counted(2), None);
}
