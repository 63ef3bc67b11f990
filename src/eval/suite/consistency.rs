//! What no single case shows: duplicate ids, incomplete outcomes, labels that contradict each other, one class only.

use super::source::SuiteProblem;
use super::{Case, Recorded, Step, Suite};
use crate::eval::check::{Answer, Check};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Reports everything that is wrong with the suite as a whole.
pub fn check(suite: &Suite, one_class: bool, problems: &mut Vec<SuiteProblem>) {
    ids(suite, problems);
    complete(suite, problems);
    criteria(suite, problems);
    labels(suite, problems);
    outcomes_match_answers(suite, problems);
    if !one_class && problems.is_empty() {
        classes(suite, problems);
    }
}

fn at(case: &Case, message: String) -> SuiteProblem {
    SuiteProblem { line: case.line, case: Some(case.id.clone()), message }
}

fn ids(suite: &Suite, problems: &mut Vec<SuiteProblem>) {
    let mut seen: HashMap<&str, u64> = HashMap::new();
    for case in &suite.cases {
        if let Some(line) = seen.insert(&case.id, case.line) {
            problems.push(at(case, format!("its id is already that of line {line}: rename one")));
        }
    }
}

/// Every step is answered by the same targets: the tiers, and whoever answers in any other.
fn complete(suite: &Suite, problems: &mut Vec<SuiteProblem>) {
    let steps = || suite.cases.iter().flat_map(|case| &case.steps);
    let mut wanted: BTreeSet<&str> =
        steps().flat_map(|step| step.outcomes.keys()).map(|name| &**name).collect();
    if !wanted.is_empty() {
        wanted.extend(suite.tiers.iter().map(String::as_str));
    }
    let any_canned = suite.is_canned();
    for case in &suite.cases {
        for (number, step) in (1..).zip(&case.steps) {
            let which =
                if case.steps.len() > 1 { format!("turn {number}: ") } else { String::new() };
            let missing: Vec<&str> =
                wanted.iter().copied().filter(|name| !step.outcomes.contains_key(*name)).collect();
            if !missing.is_empty() && (!step.outcomes.is_empty() || !step.is_canned()) {
                let names = missing.join(", ");
                problems.push(at(
                    case,
                    format!("{which}`outcomes` lacks {names}, which other cases have: add 0 or 1 for each"),
                ));
            } else if any_canned && !step.is_canned() {
                problems.push(at(
                    case,
                    format!("{which}it has neither `recorded` nor `outcomes`, which other cases have: add them"),
                ));
            }
        }
    }
}

/// A case without a criterion would pass whatever comes.
fn criteria(suite: &Suite, problems: &mut Vec<SuiteProblem>) {
    for case in &suite.cases {
        let checked = |step: &Step| !step.checks.is_empty() || !step.outcomes.is_empty();
        if !case.steps.iter().any(checked) {
            problems.push(at(case, "nothing is asked of it: add `check` or `outcomes`".to_owned()));
        }
        for step in &case.steps {
            let judged = step.checks.iter().any(|check| matches!(check, Check::Judge { .. }));
            let unjudged = step.recorded.keys().find(|name| !step.verdicts.contains_key(*name));
            if let Some(target) = unjudged.filter(|_| judged) {
                problems.push(at(
                    case,
                    format!(
                        "check `judge` needs `verdicts.{target}`, what the judge said of that target's recorded answer: add it"
                    ),
                ));
            }
            let bare = step.recorded.iter().find(|(_, answer)| !answer.has_words);
            if let Some((target, _)) = bare
                && let Some(check) = step.checks.iter().find(|check| check.needs_answer())
            {
                problems.push(at(
                    case,
                    format!(
                        "check `{}` needs an answer, and target `{target}` has only an outcome: add `recorded.{target}`, or \
                         take the check out",
                        check.name()
                    ),
                ));
            }
        }
    }
}

/// The same request with two labels.
fn labels(suite: &Suite, problems: &mut Vec<SuiteProblem>) {
    let mut known: HashMap<String, (&str, &Case)> = HashMap::new();
    for case in &suite.cases {
        let [step] = &case.steps[..] else { continue };
        let label = step.checks.iter().find_map(|check| match check {
            Check::Label(label) => Some(label.is.as_str()),
            _ => None,
        });
        let Some(label) = label else { continue };
        let request = Value::Array(step.messages.clone()).to_string();
        match known.get(&request) {
            Some((other, first)) if *other != label => problems.push(at(
                case,
                format!(
                    "it asks the same as case `{}` and wants the label `{label}` where that wants `{other}`: keep one",
                    first.id
                ),
            )),
            Some(_) => {}
            None => {
                known.insert(request, (label, case));
            }
        }
    }
}

/// An outcome that the checks of the recorded answer deny.
fn outcomes_match_answers(suite: &Suite, problems: &mut Vec<SuiteProblem>) {
    for case in &suite.cases {
        for step in &case.steps {
            for (target, outcome) in &step.outcomes {
                let Some(choice) = step.recorded.get(target).and_then(Recorded::choice) else {
                    continue;
                };
                let answer = Answer::of(choice);
                let holds = |check: &Check| check.of_answer(&answer);
                let verdicts: Vec<bool> = step.checks.iter().filter_map(holds).collect();
                if verdicts.contains(&false) && *outcome {
                    problems.push(at(
                        case,
                        format!("`outcomes.{target}` is 1, but its recorded answer fails a check: mend one of them"),
                    ));
                }
            }
        }
    }
}

/// A suite in which everything is the same tells nothing apart.
fn classes(suite: &Suite, problems: &mut Vec<SuiteProblem>) {
    if suite.cases.len() < 2 {
        return;
    }
    let mut outcomes: BTreeSet<bool> = BTreeSet::new();
    let mut labels: BTreeMap<&str, usize> = BTreeMap::new();
    for step in suite.cases.iter().flat_map(|case| &case.steps) {
        outcomes.extend(step.outcomes.values());
        for check in &step.checks {
            if let Check::Label(label) = check {
                *labels.entry(&label.is).or_default() += 1;
            }
        }
    }
    let one_outcome = outcomes.len() == 1;
    let one_label = labels.len() == 1 && labels.values().all(|n| *n == suite.cases.len());
    let what = match (one_outcome, one_label) {
        (true, _) => "every outcome of every target is the same",
        (_, true) => "every case wants the same label",
        _ => return,
    };
    let message = format!(
        "{what}, so the suite tells nothing apart: add cases of the other kind, or say `one_class: true` if that is meant"
    );
    problems.push(SuiteProblem { line: 0, case: None, message });
}
