//! Suites in both forms, and everything that is refused.

use super::import::{From, Options, convert};
use super::{Case, Suite, SuiteError};
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
        (From::Promptfoo, "yaml", "tests: file://x.csv", "`x.csv` is a file of its own"),
    ] {
        let problem = convert(from, ending, text, &options).unwrap_err();
        assert!(problem.contains(part), "{part}: {problem}");
    }
}

/// Files beside a configuration of promptfoo.
const BESIDE: &[(&str, &str)] = &[
    (
        "cases.csv",
        "text,lang,__expected,__expected2,__description\nGood day,Spanish,equals: Buenos días,,first\nCat,Danish,\"contains-any: kat,Kat\",icontains: kat,\nDog,French,chien,,\n",
    ),
    (
        "cases.json",
        "[{\"description\":\"d\",\"vars\":{\"text\":\"Cat\",\"lang\":\"Danish\"},\"assert\":[{\"type\":\"contains-any\",\"value\":\"kat,Kat\"}]}]",
    ),
    (
        "cases.jsonl",
        "{\"vars\":{\"text\":\"Cat\",\"lang\":\"Danish\"},\"assert\":[{\"type\":\"equals\",\"value\":\"kat\"}]}\n\n",
    ),
    (
        "cases.yaml",
        "- {vars: {text: Cat, lang: [Danish, French]}, assert: [{type: contains, value: '{{lang}}'}]}\n",
    ),
    ("odd.csv", "text,lang,__expected\na,b,javascript: output > 1\n"),
    ("odd2.csv", "text,lang,__suffix\na,b,c\n"),
    ("a.txt", "A long\ntext.\n"),
    ("vars.yaml", "{text: Cat, lang: Danish}"),
    ("prompt.txt", "Say {{text}} in {{lang}}"),
    ("default.yaml", "{vars: {lang: Spanish}, assert: [{type: not-icontains, value: sorry}]}"),
];

#[test]
fn promptfoo_keeps_parts_in_files_and_lists() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in BESIDE {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let of = |config: &str, skip_unknown: bool| {
        let path = folder.path().join("promptfooconfig.yaml");
        std::fs::write(&path, config).unwrap();
        let options = Options { name: "s".to_owned(), skip_unknown, ..Options::default() };
        super::import::import(From::Promptfoo, &path, &options).map_err(|error| error.to_string())
    };
    let says = |config: &str| -> Vec<String> {
        let imported = of(config, false).unwrap_or_else(|error| panic!("{config}: {error}"));
        let suite =
            parse(&imported.lines, true).unwrap_or_else(|error| panic!("{config}: {error}"));
        let words = |case: &Case| {
            let step = &case.steps[0];
            format!(
                "{} {} {}",
                case.id,
                step.messages[0]["content"].as_str().unwrap(),
                step.checks.len()
            )
        };
        suite.cases.iter().map(words).collect()
    };
    const PROMPT: &str = "prompts: ['{{lang}}: {{text}}']\n";
    const ONE: &str = "assert: [{type: icontains, value: a}]";
    for (config, expected) in [
        (
            "tests: file://cases.csv",
            &[
                "case-0001 Spanish: Good day 1",
                "case-0002 Danish: Cat 2",
                "case-0003 French: Dog 1",
            ][..],
        ),
        (
            "tests: cases.csv",
            &[
                "case-0001 Spanish: Good day 1",
                "case-0002 Danish: Cat 2",
                "case-0003 French: Dog 1",
            ],
        ),
        ("tests: file://cases.json", &["case-0001 Danish: Cat 1"]),
        ("tests: file://cases.jsonl", &["case-0001 Danish: Cat 1"]),
        ("tests: file://cases.yaml", &["case-0001-v1 Danish: Cat 1", "case-0001-v2 French: Cat 1"]),
        (
            "tests: [file://cases.json, file://cases.jsonl]",
            &["case-0001 Danish: Cat 1", "case-0002 Danish: Cat 1"],
        ),
        (
            &format!("tests: [{{vars: {{text: cat, lang: [German, French]}}, {ONE}}}]"),
            &["case-0001-v1 German: cat 1", "case-0001-v2 French: cat 1"],
        ),
        (
            &format!("tests: [{{vars: {{text: [a, b], lang: [x, y]}}, {ONE}}}]"),
            &[
                "case-0001-v1 x: a 1",
                "case-0001-v2 y: a 1",
                "case-0001-v3 x: b 1",
                "case-0001-v4 y: b 1",
            ],
        ),
        (
            &format!("tests: [{{vars: {{text: file://a.txt, lang: Danish}}, {ONE}}}]"),
            &["case-0001 Danish: A long\ntext. 1"],
        ),
        (&format!("tests: [{{vars: file://vars.yaml, {ONE}}}]"), &["case-0001 Danish: Cat 1"]),
        (
            &format!("defaultTest: file://default.yaml\ntests: [{{vars: {{text: Cat}}, {ONE}}}]"),
            &["case-0001 Spanish: Cat 2"],
        ),
        (
            &format!(
                "scenarios: [{{config: [{{vars: {{lang: A}}}}, {{vars: {{lang: B}}}}], tests: [{{vars: {{text: t}}, {ONE}}}]}}]"
            ),
            &["case-0001 A: t 1", "case-0002 B: t 1"],
        ),
    ] {
        assert_eq!(says(&format!("{PROMPT}{config}\n")), expected, "{config}");
    }
    assert_eq!(
        says(&format!(
            "prompts: [file://prompt.txt]\ntests: [{{vars: {{text: a, lang: b}}, {ONE}}}]"
        )),
        ["case-0001 Say a in b 1"]
    );

    for (config, part) in [
        ("tests: file://gone.csv", "gone.csv"),
        ("tests: file://cases.js", "are not read"),
        ("tests: 'file://*.yaml'", "by a pattern"),
        ("tests: https://example.com/t.csv", "another place"),
        ("tests: file://odd.csv", "`javascript` has no counterpart"),
        ("tests: file://odd2.csv", "the column `__suffix` has no counterpart"),
        ("tests: file://a.txt", "are not read"),
        ("tests: [just words]", "are not read"),
        (
            "tests: [{vars: {text: file://x.py, lang: a}, assert: [{type: equals, value: a}]}]",
            "cannot be read",
        ),
        (
            "tests: [{vars: {text: file://gone.txt, lang: a}, assert: [{type: equals, value: a}]}]",
            "gone.txt",
        ),
        (
            "tests: [{vars: {text: a, lang: b}, assert: [{type: equals, value: file://a.txt}]}]",
            "in a file of its own",
        ),
        ("tests: [{vars: {text: a, lang: b}, assert: file://a.yaml}]", "`assert` must be a list"),
        ("scenarios: [file://s.yaml]", "a scenario is a file of its own"),
    ] {
        let problem = of(&format!("{PROMPT}{config}\n"), false).unwrap_err();
        assert!(problem.contains(part), "{config}: {problem}");
    }
    let skipped = of(
        &format!(
            "{PROMPT}tests: [{{vars: {{text: a, lang: b}}, assert: [{{type: not-is-json}}, {{type: equals, value: a}}]}}]\n"
        ),
        true,
    );
    let skipped = skipped.unwrap();
    assert_eq!((skipped.n_cases, skipped.skipped.len()), (1, 1));
}
