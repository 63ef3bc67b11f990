//! Suites in both forms, and everything that is refused.

use super::import::{From, Options, convert};
use super::{Suite, SuiteError};
use std::sync::Arc;

const HEAD: &str = r#"{"suite": "s", "labels": ["a", "b"], "tiers": ["small", "large"]}"#;

fn parse(text: &str, lines: bool) -> Result<Suite, SuiteError> {
    Suite::parse("s", text, lines, &["small".to_owned(), "large".to_owned()])
}

fn refused(cases: &[&str]) -> String {
    let text = std::iter::once(&HEAD).chain(cases).map(|line| format!("{line}\n"));
    parse(&text.collect::<String>(), true).map(|suite| suite.name).unwrap_err().to_string()
}

#[test]
fn yaml_and_lines_say_the_same() {
    let yaml = r#"
suite: both
tiers: [small, large]
writes: [pay]
cost_class: high_volume
defaults: {system: Be short., request: {temperature: 0}, check: [{contains: x}]}
cases:
  - id: one
    input: Say x.
    tags: {n: 1}
    recorded: {small: x, large: {text: x, input_tokens: 10, output_tokens: 2, latency_ms: 30}}
  - id: two
    turns:
      - {input: go, check: [{tool_calls: [{name: pay}]}], recorded: {small: {text: x, calls: [{name: pay}]}, large: x}}
      - {results: {pay: done}, recorded: {small: x, large: x}, escalate: false}
"#;
    let wrong = parse(yaml, false).unwrap_err().to_string();
    assert!(wrong.contains("s:12: case `two`: turn 2: `escalate` is not a field here"), "{wrong}");
    let suite = parse(&yaml.replace(", escalate: false", ""), false).unwrap();
    let (one, two) = (&suite.cases[0], &suite.cases[1]);
    assert_eq!((one.id.as_str(), one.line, one.steps[0].messages.len()), ("one", 8, 2));
    assert_eq!(one.steps[0].messages[0]["content"], "Be short.");
    assert_eq!(one.steps[0].fields["temperature"], 0);
    assert_eq!((two.steps.len(), two.steps[1].messages.len()), (2, 0));
    assert_eq!(
        two.steps[0].calls.as_ref().unwrap()[0].name,
        "pay",
        "the check names what is needed"
    );
    assert!(two.steps[1].calls.is_none() && two.steps[1].checks.len() == 1);
    let lines = "{\"suite\":\"both\"}\n\n{\"id\":7,\"input\":\"Say x.\",\"check\":[{\"contains\":\"x\"}]}\n";
    let suite = parse(lines, true).unwrap();
    assert_eq!(
        (suite.name.as_str(), suite.cases[0].id.as_str(), suite.cases[0].line),
        ("both", "7", 3)
    );
}

#[test]
fn outcomes_tell_what_has_to_escalate() {
    let case = |small: u8, large: u8| {
        let text = format!(
            "{HEAD}\n{{\"id\":1,\"input\":\"q\",\"outcomes\":{{\"small\":{small},\"large\":{large}}}}}\n\
             {{\"id\":2,\"input\":\"r\",\"outcomes\":{{\"small\":0,\"large\":{{\"success\":true,\"cost_usd\":0.5}}}}}}\n"
        );
        parse(&text, true).unwrap().cases.remove(0)
    };
    let tiers = ["small".to_owned(), "large".to_owned()];
    assert_eq!(case(0, 1).should_escalate(&tiers), Some(true));
    assert_eq!(case(1, 1).should_escalate(&tiers), Some(false));
    assert_eq!(case(0, 0).should_escalate(&tiers), Some(false), "a larger model would not help");
    assert_eq!(case(0, 1).should_escalate(&[]), None);
    let known = case(1, 0);
    assert!(known.outcome("small") == Some(true) && known.outcome("other").is_none());
    let answer: &Arc<str> = known.steps[0].recorded.keys().next().unwrap();
    assert!(known.steps[0].recorded[answer].choice().is_none(), "an outcome has no words");
}

#[test]
fn bad_suites_are_refused_with_line_case_and_what_to_do() {
    let good = r#"{"id":"g","input":"q","check":[{"label":"a"}],"outcomes":{"small":0,"large":1},"recorded":{"small":"b","large":"a"}}"#;
    let with = |case: &str| refused(&[good, case]);
    let bare = |rest: &str| format!("{{\"id\":\"x\",\"input\":\"q2\",{rest}}}");
    for (problem, part) in [
        (with(good), "s:3: case `g`: its id is already that of line 2: rename one"),
        (with("{\"input\":\"q\"}"), "s:3: case `#2`: `id` is missing"),
        (with(&bare("\"id\":\"a b@c\"").replacen("\"id\":\"x\",", "", 1)), "`id` must be 1 to 128"),
        (with("{\"id\":\"x\""), "s:3: not JSON"),
        (
            with(&bare("\"outcomes\":{\"small\":1}")),
            "`outcomes` lacks large, which other cases have",
        ),
        (with(&bare("\"check\":[{\"exact\":\"z\"}]")), "`outcomes` lacks large, small"),
        (with(&bare("\"outcomes\":{\"smal\":1,\"large\":1}")), "outcomes: `smal` is no target"),
        (with(&bare("\"outcomes\":{\"small\":2,\"large\":1}")), "an outcome is 0 or 1"),
        (
            with(&bare("\"check\":[{\"exact\":\"z\"}],\"outcomes\":{\"small\":1,\"large\":0}")),
            "needs an answer",
        ),
        (with(&bare("\"recorded\":{\"small\":\"a\",\"large\":\"a\"}")), "nothing is asked of it"),
        (
            with(&bare("\"check\":[{\"regex\":\"[\"}]")),
            "case `x`: check `regex`: the expression cannot be compiled",
        ),
        (with(&bare("\"checks\":[]")), "did you mean `check`?"),
        (with("{\"id\":\"x\",\"check\":[]}"), "it asks nothing"),
        (with(&bare("\"tags\":{\"who\":\"Bo B\"},\"check\":[]")), "`tags` must be"),
        (
            with(
                &good
                    .replace("\"g\"", "\"x\"")
                    .replace("{\"label\":\"a\"}", "{\"label\":\"b\"}")
                    .replace("\"small\":0,\"large\":1", "\"small\":1,\"large\":0"),
            ),
            "it asks the same as case `g` and wants the label `b` where that wants `a`: keep one",
        ),
        (
            with(&good.replace("\"g\"", "\"x\"").replace("\"small\":0", "\"small\":1")),
            "`outcomes.small` is 1, but its recorded answer fails a check",
        ),
        (
            refused(&[
                &bare("\"outcomes\":{\"small\":1,\"large\":1}"),
                &bare("\"outcomes\":{\"small\":1,\"large\":1}").replace("\"x\"", "\"y\""),
            ]),
            "every outcome of every target is the same",
        ),
        (
            refused(&[
                &bare("\"check\":[{\"label\":\"a\"}]"),
                "{\"id\":\"y\",\"input\":\"r\",\"check\":[{\"label\":\"a\"}]}",
            ]),
            "every case wants the same label",
        ),
        (refused(&[]), "there are no cases"),
    ] {
        assert!(problem.contains(part), "{part}\n{problem}");
        assert!(!problem.contains("q2"), "the text of a case is quoted: {problem}");
    }
    let all = refused(&["{\"id\":1}", "{\"id\":2}"]);
    assert_eq!(all.lines().count(), 2, "all problems at once: {all}");
    for (text, part) in [
        ("cases: [", "not YAML"),
        ("- a", "a suite is a mapping"),
        ("suite: s\nversion: 2\ncases: []", "`version` must be 1"),
        ("suite: s\ntiers: [tiny]\ncases: []", "tiers: `tiny` is no target"),
        ("suite: s\njudge: {target: big}\ncases: []", "judge: `big` is no target"),
        (
            "suite: s\ncases: [{id: 1, id: 2, input: q, check: [{exact: a}]}]",
            "a key is there twice",
        ),
    ] {
        let problem = parse(text, false).unwrap_err().to_string();
        assert!(problem.contains(part), "{part}: {problem}");
    }
}

fn imported(from: From, ending: &str, text: &str, options: &Options) -> Suite {
    let imported = convert(from, ending, text, options).unwrap();
    let suite =
        parse(&imported.lines, true).unwrap_or_else(|error| panic!("{error}\n{}", imported.lines));
    assert_eq!(suite.cases.len(), imported.n_cases);
    suite
}

#[test]
fn other_tools_sets_become_suites() {
    let options = Options { name: "in".to_owned(), ..Options::default() };
    let evals = "{\"input\":[{\"role\":\"system\",\"content\":\"s\"},{\"role\":\"user\",\"content\":\"2+2\"}],\"ideal\":[\"4\",\"four\"]}\n\
                 {\"input\":\"3+3\",\"ideal\":\"6\"}\n";
    let suite = imported(From::OpenAiEvals, "jsonl", evals, &options);
    assert_eq!(suite.cases[0].steps[0].messages.len(), 2);
    assert_eq!(suite.cases[0].steps[0].checks[0].name(), "starts_with");

    let smith = "{\"id\":\"e-1\",\"inputs\":{\"question\":\"capital?\",\"k\":1},\"outputs\":{\"answer\":\"Rome\"},\"metadata\":{\"n\":3}}\n\
                 {\"inputs\":{\"messages\":[{\"type\":\"human\",\"data\":{\"content\":\"hi\"}}]},\"outputs\":{\"output\":{\"content\":\"ho\"}}}\n\
                 {\"messages\":[{\"role\":\"user\",\"content\":\"hi\"},{\"role\":\"assistant\",\"content\":\"ho\"}]}\n";
    let suite = imported(From::LangSmith, "jsonl", smith, &options);
    assert_eq!((suite.cases[0].id.as_str(), suite.cases[0].tags["n"].as_str()), ("e-1", "3"));
    assert_eq!(suite.cases[1].steps[0].messages[0]["role"], "user");
    assert_eq!(suite.cases[2].steps[0].messages.len(), 1);

    let csv = "example_id,input_question,output_answer,metadata_tier\nRGF0,\"Who, then?\",\"Ada\",gold\nRGF1,Why?,Because,\n";
    let suite = imported(From::Phoenix, "csv", csv, &options);
    assert_eq!(suite.cases[0].id, "RGF0");
    assert_eq!(suite.cases[0].steps[0].messages[0]["content"], "Who, then?");
    let named = Options { output_key: Some("short".to_owned()), ..options.clone() };
    let json = "{\"examples\":[{\"input\":\"q\",\"output\":{\"short\":\"a\",\"long\":\"b\"}}]}";
    assert_eq!(imported(From::Phoenix, "json", json, &named).cases.len(), 1);

    let foo = "prompts: ['Translate {{word}}', 'Say {{word}}']\ndefaultTest: {assert: [{type: not-contains, value: sorry}]}\n\
               tests:\n  - vars: {word: Haus}\n    assert: [{type: icontains, value: House}, {type: regex, value: '^H'}]\n\
               \x20 - vars: {word: Hof}\n    assert: [{type: contains-any, value: [yard, court]}, {type: cost, threshold: 0.01}]\n";
    let suite = imported(From::Promptfoo, "yaml", foo, &options);
    let ids: Vec<&str> = suite.cases.iter().map(|case| case.id.as_str()).collect();
    assert_eq!(ids, ["case-0001-p1", "case-0001-p2", "case-0002-p1", "case-0002-p2"]);
    assert_eq!(suite.cases[1].steps[0].messages[0]["content"], "Say Haus");
    assert_eq!(suite.cases[0].steps[0].checks.len(), 3);
}

#[test]
fn what_a_suite_cannot_say_is_an_error_or_told() {
    let options = Options::default();
    let foo = "prompts: [p]\ntests:\n  - assert: [{type: javascript, value: 'true'}, {type: equals, value: a}]\n";
    let problem = convert(From::Promptfoo, "yaml", foo, &options).unwrap_err();
    assert!(problem.contains("test 1: the assertion `javascript` has no counterpart"), "{problem}");
    let skip = Options { skip_unknown: true, ..Options::default() };
    let imported = convert(From::Promptfoo, "yaml", foo, &skip).unwrap();
    assert_eq!((imported.n_cases, imported.skipped.len()), (1, 1));
    for (from, ending, text, part) in [
        (From::OpenAiEvals, "jsonl", "{\"input\":\"q\"}", "line 1: `ideal` must be"),
        (From::OpenAiEvals, "jsonl", "nope", "line 1: not JSON"),
        (
            From::LangSmith,
            "jsonl",
            "{\"inputs\":{\"x\":1,\"y\":2},\"outputs\":{\"z\":1}}",
            "--input-key",
        ),
        (From::LangSmith, "csv", "inputs,outputs\na\n", "row 2: 1 fields"),
        (From::Phoenix, "json", "{}", "list of examples"),
        (
            From::Promptfoo,
            "yaml",
            "prompts: ['{{gone}}']\ntests: [{vars: {}, assert: [{type: equals, value: a}]}]",
            "variable is missing",
        ),
        (From::Promptfoo, "yaml", "tests: file://x.csv", "`tests` must be a list"),
    ] {
        let problem = convert(from, ending, text, &options).unwrap_err();
        assert!(problem.contains(part), "{part}: {problem}");
    }
}
