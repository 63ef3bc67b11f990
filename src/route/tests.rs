//! The case tables: a configuration, requests, and what is decided.

use super::{RequestFacts, consider};
use crate::chat::{
    Analysis, ChatRequest, EntityType, Finding, GainEstimate, Intent, Message, Part, Role,
    Sampling, Tool, ToolChoice,
};
use crate::config::{Config, Overrides, entities};
use crate::error::{Error, ErrorKind};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::Duration;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    config: serde_json::Value,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(default)]
    request: Facts,
    /// `rule privacy: a, b` or `ErrorKind`.
    expect: String,
    #[serde(default)]
    rejected: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Facts {
    pub model: Option<String>,
    pub intent: Option<(String, f32, f32)>,
    /// Pair, gain, lower and upper end.
    pub gains: Vec<(String, f32, f32, f32)>,
    pub findings: Vec<String>,
    pub tokens: u32,
    pub tools: bool,
    pub tool_choice: Option<String>,
    pub image: bool,
    pub audio: bool,
    pub n: Option<u32>,
    pub logprobs: bool,
    pub response_format: Option<String>,
    pub tenant: Option<String>,
    pub headers: BTreeMap<String, String>,
    pub privacy_failed: bool,
    pub draw: f32,
    pub down: BTreeMap<String, String>,
}

pub(super) fn config(text: &str) -> Config {
    let env = |name: &str| name.ends_with("_KEY").then(|| ["value", "of", name].join("-"));
    Config::from_text(text, None, &env, &Overrides::default()).unwrap()
}

pub(super) fn run(config: &Config, facts: &Facts) -> (crate::chat::Decision, Option<Error>) {
    let tool = || Tool { name: "f".into(), description: None, parameters: None, is_function: true };
    let mut parts = Vec::new();
    if facts.image {
        parts.push(Part::Image { url: "data:".into() });
    }
    if facts.audio {
        parts.push(Part::Other { kind: "input_audio" });
    }
    let message = Message { role: Role::User, parts, tool_calls: Vec::new(), tool_call_id: None };
    let request = ChatRequest {
        raw: bytes::Bytes::new(),
        model: facts.model.clone().unwrap_or_else(|| "auto".into()),
        model_span: 0..0,
        stream: false,
        include_usage: false,
        stream_options_span: None,
        object_start: 0,
        messages: vec![message],
        texts: Vec::new(),
        tools: facts.tools.then(tool).into_iter().collect(),
        tool_choice: match facts.tool_choice.as_deref() {
            None | Some("auto") => ToolChoice::Auto,
            Some("none") => ToolChoice::None,
            Some("required") => ToolChoice::Required,
            Some(name) => ToolChoice::Function(name.to_owned()),
        },
        parallel_tool_calls: None,
        sampling: Sampling { n: facts.n, logprobs: facts.logprobs, ..Sampling::default() },
        response_format: facts
            .response_format
            .as_ref()
            .map(|json| serde_json::value::RawValue::from_string(json.clone()).unwrap()),
        unchecked: Vec::new(),
        unknown_fields: Vec::new(),
    };
    let finding = |name: &String| Finding {
        slot: 0,
        start: 0,
        end: 1,
        entity: entities::find(name).unwrap_or(EntityType("UNKNOWN")),
        kind: None,
        score: 1.0,
        detector: "test",
    };
    let gain = |(pair, gain, low, high): &(String, f32, f32, f32)| GainEstimate {
        pair: pair.as_str().into(),
        cheap: "cheap".into(),
        strong: "strong".into(),
        gain: *gain,
        low: *low,
        high: *high,
        category: "question".into(),
    };
    let analysis = Analysis {
        gains: facts.gains.iter().map(gain).collect(),
        findings: facts.findings.iter().map(finding).collect(),
        intent: facts.intent.as_ref().map(|(name, p, reject)| Intent {
            name: name.as_str().into(),
            p: *p,
            margin: 0.1,
            reject: *reject,
            inherited: false,
        }),
        n_tokens: facts.tokens,
        unchecked: [(facts.image, "image"), (facts.audio, "audio")]
            .into_iter()
            .filter_map(|(has, kind)| has.then_some(kind))
            .collect(),
        ..Analysis::default()
    };
    let health =
        |target: &crate::config::Target| match facts.down.get(&*target.name) {
            None => Ok(()),
            Some(what) if what == "loading" => {
                Err(Error::new(ErrorKind::ModelLoading, "is loading")
                    .retry_after(Duration::from_secs(7)))
            }
            Some(_) => Err(Error::new(ErrorKind::NoCandidate, "breaker open")
                .retry_after(Duration::from_secs(3))),
        };
    let facts = RequestFacts {
        request: &request,
        analysis: &analysis,
        tenant: facts.tenant.as_deref().map(Into::into),
        header: &|name| facts.headers.get(name).cloned(),
        draw: &|_| facts.draw,
        privacy_failed: facts.privacy_failed,
    };
    consider(config, &facts, &health)
}

#[test]
fn case_tables() {
    for text in [
        include_str!("../../tests/data/route/rules.yaml"),
        include_str!("../../tests/data/route/privacy.yaml"),
        include_str!("../../tests/data/route/capabilities.yaml"),
        include_str!("../../tests/data/route/defaults.yaml"),
        include_str!("../../tests/data/route/gain.yaml"),
    ] {
        let table: Table = serde_saphyr::from_str(text).unwrap();
        let config = config(&serde_saphyr::to_string(&table.config).unwrap());
        for case in &table.cases {
            let (decision, error) = run(&config, &case.request);
            let names: Vec<&str> = decision.candidates.iter().map(|c| &*c.target).collect();
            let privacy = serde_json::to_value(decision.privacy).unwrap();
            let found = match &error {
                None => {
                    format!("{} {}: {}", decision.rule, privacy.as_str().unwrap(), names.join(", "))
                }
                Some(error) => match error.retry_after {
                    Some(after) => format!("{:?} after {} s", error.kind, after.as_secs()),
                    None => format!("{:?}", error.kind),
                },
            };
            assert_eq!(found, case.expect, "{}: {error:?}", case.name);
            for (target, reason) in &case.rejected {
                let found = decision.rejected.iter().find(|rejected| *rejected.target == **target);
                let found = found.map_or("not rejected", |rejected| rejected.reason.as_str());
                assert!(found.contains(reason), "{}: {target}: {found}", case.name);
            }
        }
    }
}

#[test]
fn an_unknown_model_is_told_what_there_is() {
    let config = config(
        "targets: [{name: gpt, kind: openai, model: m}]\nroute: [{when: {model: gpt-4o}, to: gpt}]",
    );
    let facts = Facts { model: Some("gpt-5".into()), ..Facts::default() };
    let (_, error) = run(&config, &facts);
    let error = error.unwrap();
    assert_eq!(error.message, "There is no such model here. Available: auto, gpt, local, gpt-4o.");
    assert_eq!(error.param.as_deref(), Some("model"));
}
